/* Explanations for people at a terminal, from their documents. */
#include <string.h>

#include "phieu/cli.h"
#include "phieu/json.h"
#include "phieu/round_explain.h"

const char explain_guarded[] =
	"Có nhóm quá ít người: số chính xác và số đếm chung của các nhóm không "
	"nêu, để không ai tính ngược ra nhóm ấy (a group is too small: neither "
	"the exact number nor the counts of all together are shown).";

static void number(const cJSON *o, const char *key, char out[24])
{
	const cJSON *n = json_get(o, key);

	*out = '\0';
	if (cJSON_IsNumber(n))
		(void)snprintf(out, 24, "%.0f", n->valuedouble);
}

/* "59.32" as it is written here: 59,32. */
static void put_vi(const char *s, FILE *to)
{
	for (; *s; s++)
		(void)fputc(*s == '.' ? ',' : *s, to);
}

static void cell_vi(struct table *t, const char *s)
{
	char out[DEC_TEXT_MAX];
	size_t n = 0;

	for (; s[n] && n + 1 < sizeof out; n++) {
		out[n] = s[n];
		if (s[n] == '.')
			out[n] = ',';
	}
	out[n] = '\0';
	table_cell(t, out);
}

/* ---- the answers of a wave -------------------------------------------------
 */

static void cell_number(struct table *t, const cJSON *o, const char *key)
{
	char n[24];

	number(o, key, n);
	table_cell(t, n);
}

static void group_row(struct table *t, const cJSON *g, bool weights)
{
	const cJSON *n;

	table_cell(t, json_word(g, "name"));
	if (weights)
		cell_vi(t, json_word(g, "weight"));
	for (n = json_first(json_get(g, "counts")); n; n = n->next) {
		char s[24];

		(void)snprintf(s, sizeof s, "%.0f", n->valuedouble);
		table_cell(t, s);
	}
	cell_number(t, g, "unreadable");
	cell_number(t, g, "dont_know");
	cell_number(t, g, "blank");
	table_cell(t, json_word(g, "mean"));
}

static bool group_table(const cJSON *item, FILE *to, struct err *e)
{
	const cJSON *groups = json_get(item, "groups"), *options, *o, *g;
	bool weights = json_get_text(groups->child, "weight") != NULL;
	size_t columns;
	struct table *t;

	options = json_get(item, "options");
	columns = 5 + (size_t)cJSON_GetArraySize(options) + (weights ? 1 : 0);
	t = table_new(columns);
	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	table_cell(t, "đối tượng");
	if (weights)
		table_cell(t, "trọng số");
	for (o = json_first(options); o; o = o->next)
		table_cell(t, json_word(o, "code"));
	table_cell(t, "không đọc được");
	table_cell(t, "không biết");
	table_cell(t, "để trống");
	table_cell(t, "trung bình %");
	for (size_t i = 1; i < columns; i++)
		table_right(t, i);
	table_rule(t);
	for (g = json_first(groups); g; g = g->next)
		if (json_is_true(g, "shown"))
			group_row(t, g, weights);
	table_print(t, to);
	table_free(t);
	return true;
}

static bool put_item(const cJSON *item, FILE *to, struct err *e)
{
	char valid[24], asked[24];

	if (!json_is_true(item, "shown")) {
		(void)fprintf(to, "\n%s: quá ít người trả lời để nêu\n",
			      json_word(item, "item"));
		return true;
	}
	number(item, "n_valid", valid);
	number(item, "n_asked", asked);
	(void)fprintf(to, "\n%s %s\ntrọng số ", json_word(item, "item"),
		      json_word(item, "text"));
	put_vi(json_word(item, "weight"), to);
	(void)fprintf(to,
		      "; %s trả lời tính điểm / %s được hỏi; hệ số trung bình ",
		      valid, asked);
	if (json_get_text(item, "mean")) {
		/* to be read, and exact */
		put_vi(json_word(item, "percent"), to);
		(void)fprintf(to, " %% (%s)\n", json_word(item, "mean"));
	} else if (json_get_text(item, "percent")) {
		put_vi(json_word(item, "percent"), to);
		(void)fprintf(to, " %%\n");
	} else {
		(void)fprintf(to, "—\n");
	}
	return group_table(item, to, e);
}

static bool explain_value(const cJSON *doc, FILE *to, struct err *e)
{
	const cJSON *o;

	if (!json_is_true(doc, "shown")) {
		(void)fprintf(to, "chưa có điểm, hoặc quá ít người trả lời\n");
		return true;
	}
	(void)fprintf(to, "điểm ");
	put_vi(json_word(doc, "points"), to);
	if (json_get_text(doc, "exact"))
		(void)fprintf(to, " = làm tròn của %s",
			      json_word(doc, "exact"));
	(void)fprintf(to, ", tối đa ");
	put_vi(json_word(doc, "maximum"), to);
	(void)fprintf(to, "%s\ncách tính: %s\n",
		      json_is_true(doc, "rescaled") ? " (đã quy đổi)" : "",
		      json_word(doc, "formula"));
	if (json_is_true(doc, "guarded"))
		(void)fprintf(to, "%s\n", explain_guarded);
	for (o = json_first(json_get(doc, "items")); o; o = o->next)
		if (!put_item(o, to, e))
			return false;
	for (o = json_first(json_get(doc, "parts")); o; o = o->next)
		(void)fprintf(to, "gồm %s\n", json_word(o, "code"));
	return true;
}

bool explain_print(const cJSON *doc, FILE *to, struct err *e)
{
	(void)fprintf(to, "%s%s%s\n", json_word(doc, "name"),
		      json_is_true(doc, "trial")
			      ? " — mẫu thử, không phải số liệu chính thức"
			      : "",
		      json_is_true(doc, "simulated")
			      ? " — SỐ LIỆU MÔ PHỎNG (simulated)"
			      : "");
	(void)fprintf(to, "%s — %s %s\n", json_word(doc, "unit_name"),
		      json_word(doc, "criterion"),
		      json_word(doc, "criterion_name"));
	return explain_value(doc, to, e);
}

/* ---- a round
 * ----------------------------------------------------------------- */

static void put_record(int i, const cJSON *r, FILE *to)
{
	static const char *const more[][2] = { { "basis", "căn cứ" },
					       { "reason", "lý do" },
					       { "origin", "nguồn" } };
	const cJSON *in;

	(void)fprintf(to, "  %d. %s\n", i, json_word(r, "words_vi"));
	for (in = json_first(json_get(r, "inputs")); in; in = in->next) {
		const char *code = json_word(in, "code"),
			   *note = json_word(in, "note");
		const char *value = json_get_text(in, "value");

		(void)fprintf(to, "       %s%s%s = %s%s%s%s\n",
			      json_word(in, "what_vi"), *code ? " " : "", code,
			      value ? value : "-", *note ? " (" : "", note,
			      *note ? ")" : "");
	}
	if (json_get_text(r, "before"))
		(void)fprintf(to, "     = %s\n", json_word(r, "before"));
	if (json_get_text(r, "after"))
		(void)fprintf(to, "     → %s\n", json_word(r, "after"));
	for (size_t k = 0; k < sizeof more / sizeof more[0]; k++)
		if (json_get_text(r, more[k][0]))
			(void)fprintf(to, "     %s: %s\n", more[k][1],
				      json_word(r, more[k][0]));
}

static const char *change_vi(const char *what)
{
	static const char *const words[][2] = {
		{ "self", "đơn vị tự chấm" },
		{ "self-note", "ghi chú của đơn vị" },
		{ "self-state", "bản tự đánh giá" },
		{ "evidence", "tài liệu kiểm chứng" },
		{ "appraised", "thẩm định" },
		{ "opinion", "ý kiến của đơn vị" },
		{ "request", "trả lời đề nghị" },
		{ "ruled", "kết luận của Hội đồng" },
		{ "deduction", "điểm trừ" },
		{ "external", "chỉ số bên ngoài" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], what) == 0)
			return words[i][1];
	return what;
}

static void put_change(const cJSON *c, FILE *to)
{
	const char *by[] = { json_word(c, "at"), json_word(c, "by") };
	char ruling[24], meeting[24];

	number(c, "ruling", ruling);
	number(c, "meeting", meeting);
	(void)fprintf(to, "  %s %s: %s%s%s: %s → %s\n", by[0], by[1],
		      change_vi(json_word(c, "what")),
		      *json_word(c, "criterion") ? " " : "",
		      json_word(c, "criterion"),
		      *json_word(c, "from") ? json_word(c, "from") : "–",
		      *json_word(c, "to") ? json_word(c, "to") : "–");
	if (*json_word(c, "why"))
		(void)fprintf(to, "     lý do: %s\n", json_word(c, "why"));
	if (*json_word(c, "office"))
		(void)fprintf(to, "     cơ quan: %s\n", json_word(c, "office"));
	if (*json_word(c, "document"))
		(void)fprintf(to, "     văn bản: %s\n",
			      json_word(c, "document"));
	if (*ruling)
		(void)fprintf(to, "     kết luận số %s, phiên họp %s ngày %s\n",
			      ruling, meeting, json_word(c, "held"));
}

static void put_criteria(const cJSON *step, FILE *to)
{
	const cJSON *list = json_get(step, "criteria"), *c;
	struct table *t;

	if (cJSON_GetArraySize(list) == 0)
		return;
	t = table_new(4);
	if (!t)
		return;
	table_cell(t, "mã");
	table_cell(t, "điểm");
	table_cell(t, "tối đa");
	table_cell(t, "nội dung");
	table_right(t, 1);
	table_right(t, 2);
	table_rule(t);
	for (c = json_first(list); c; c = c->next) {
		const char *p = json_get_text(c, "points");

		table_cell(t, json_word(c, "code"));
		if (p)
			cell_vi(t, p);
		else
			table_cell(t, json_word(c, "state"));
		cell_vi(t, json_word(c, "maximum"));
		table_cell(t, json_word(c, "name"));
	}
	table_print(t, to);
	table_free(t);
}

static bool put_step(const cJSON *step, FILE *to, struct err *e)
{
	static const char *const titles[][2] = {
		{ "total", "tổng điểm của đơn vị" },
		{ "criterion", "tiêu chí" },
		{ "survey", "câu trả lời của đợt điều tra" },
		{ "decisions", "ai quyết định" },
	};
	const cJSON *o, *behind = json_get(step, "explanation");
	char n[24], release[24];
	int i = 0;

	number(step, "step", n);
	for (size_t k = 0; k < sizeof titles / sizeof titles[0]; k++)
		if (strcmp(titles[k][0], json_word(step, "of")) == 0)
			(void)fprintf(to, "\nBƯỚC %s: %s\n", n, titles[k][1]);
	for (o = json_first(json_get(step, "records")); o; o = o->next)
		put_record(++i, o, to);
	put_criteria(step, to);
	for (o = json_first(json_get(step, "changes")); o; o = o->next)
		put_change(o, to);
	if (strcmp(json_word(step, "of"), "survey") != 0)
		return true;
	number(step, "release", release);
	(void)fprintf(to, "%s, công bố lần %s, SHA-256 %s\n",
		      json_word(step, "wave"), release,
		      json_word(step, "snapshot_sha256"));
	if (cJSON_IsObject(behind))
		return explain_value(behind, to, e);
	(void)fprintf(to,
		      "quá ít người trả lời để nêu, hoặc lần công bố này chưa "
		      "lưu giải trình (xem phieu explain --wave)\n");
	return true;
}

static void put_value(const cJSON *doc, FILE *to)
{
	const cJSON *v = json_get(doc, "value"),
		    *c = json_get(doc, "criterion");
	char rank[24];

	number(v, "rank", rank);
	(void)fprintf(to, "%s", json_word(json_get(doc, "unit"), "name"));
	if (cJSON_IsObject(c))
		(void)fprintf(to, " — %s %s", json_word(c, "code"),
			      json_word(c, "name"));
	(void)fprintf(to, ": ");
	if (json_get_text(v, "points"))
		put_vi(json_word(v, "points"), to);
	else
		(void)fprintf(to, "%s", json_word(v, "state"));
	if (*json_word(v, "grade"))
		(void)fprintf(to, ", %s", json_word(v, "grade"));
	if (*rank)
		(void)fprintf(to, ", hạng %s%s", rank,
			      json_is_true(v, "shared") ? " (đồng hạng)" : "");
	(void)fprintf(to, "\n");
}

bool round_explain_print(const cJSON *doc, FILE *to, struct err *e)
{
	const cJSON *p = json_get(doc, "published"), *o;
	char n[24];

	number(doc, "result", n);
	(void)fprintf(to, "%s%s\nkết quả số %s", json_word(doc, "name"),
		      json_is_true(doc, "trial") ? " — mẫu thử" : "", n);
	number(p, "release", n);
	if (cJSON_IsObject(p))
		(void)fprintf(to, ", công bố lần %s: %s", n,
			      json_word(p, "decision"));
	else
		(void)fprintf(to, ", Dự thảo (draft)");
	number(p, "superseded_by", n);
	if (*n)
		(void)fprintf(to, "; đã được đính chính ở lần %s", n);
	(void)fprintf(to, "\n");
	put_value(doc, to);
	for (o = json_first(json_get(doc, "steps")); o; o = o->next)
		if (!put_step(o, to, e))
			return false;
	return fflush(to) == 0 || err_set(e, ERR_IO, "cannot write");
}
