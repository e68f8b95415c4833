/* Explanations for people at a terminal, from their documents. */
#include <string.h>

#include "phieu/cli.h"
#include "phieu/json.h"
#include "phieu/round_explain.h"

static const char *text(const cJSON *o, const char *key)
{
	const char *s = json_get_text(o, key);

	return s ? s : "";
}

static const cJSON *child_of(const cJSON *list)
{
	return list ? list->child : NULL;
}

static bool yes(const cJSON *o, const char *key)
{
	return cJSON_IsTrue(json_get(o, key));
}

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

	table_cell(t, text(g, "name"));
	if (weights)
		cell_vi(t, text(g, "weight"));
	for (n = child_of(json_get(g, "counts")); n; n = n->next) {
		char s[24];

		(void)snprintf(s, sizeof s, "%.0f", n->valuedouble);
		table_cell(t, s);
	}
	cell_number(t, g, "unreadable");
	cell_number(t, g, "dont_know");
	cell_number(t, g, "blank");
	table_cell(t, text(g, "mean"));
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
	for (o = child_of(options); o; o = o->next)
		table_cell(t, text(o, "code"));
	table_cell(t, "không đọc được");
	table_cell(t, "không biết");
	table_cell(t, "để trống");
	table_cell(t, "trung bình %");
	for (size_t i = 1; i < columns; i++)
		table_right(t, i);
	table_rule(t);
	for (g = child_of(groups); g; g = g->next)
		if (yes(g, "shown"))
			group_row(t, g, weights);
	table_print(t, to);
	table_free(t);
	return true;
}

static bool put_item(const cJSON *item, FILE *to, struct err *e)
{
	char valid[24], asked[24];

	if (!yes(item, "shown")) {
		(void)fprintf(to, "\n%s: quá ít người trả lời để nêu\n",
			      text(item, "item"));
		return true;
	}
	number(item, "n_valid", valid);
	number(item, "n_asked", asked);
	(void)fprintf(to, "\n%s %s\ntrọng số ", text(item, "item"),
		      text(item, "text"));
	put_vi(text(item, "weight"), to);
	(void)fprintf(to,
		      "; %s trả lời tính điểm / %s được hỏi; hệ số trung bình ",
		      valid, asked);
	if (json_get_text(item, "mean")) {
		/* to be read, and exact */
		put_vi(text(item, "percent"), to);
		(void)fprintf(to, " %% (%s)\n", text(item, "mean"));
	} else {
		(void)fprintf(to, "—\n");
	}
	return group_table(item, to, e);
}

static bool explain_value(const cJSON *doc, FILE *to, struct err *e)
{
	const cJSON *o;

	if (!yes(doc, "shown")) {
		(void)fprintf(to, "chưa có điểm, hoặc quá ít người trả lời\n");
		return true;
	}
	(void)fprintf(to, "điểm ");
	put_vi(text(doc, "points"), to);
	(void)fprintf(to, " = làm tròn của %s, tối đa ", text(doc, "exact"));
	put_vi(text(doc, "maximum"), to);
	(void)fprintf(to, "%s\ncách tính: %s\n",
		      yes(doc, "rescaled") ? " (đã quy đổi)" : "",
		      text(doc, "formula"));
	for (o = child_of(json_get(doc, "items")); o; o = o->next)
		if (!put_item(o, to, e))
			return false;
	for (o = child_of(json_get(doc, "parts")); o; o = o->next)
		(void)fprintf(to, "gồm %s\n", text(o, "code"));
	return true;
}

bool explain_print(const cJSON *doc, FILE *to, struct err *e)
{
	(void)fprintf(to, "%s%s%s\n", text(doc, "name"),
		      yes(doc, "trial")
			      ? " — mẫu thử, không phải số liệu chính thức"
			      : "",
		      yes(doc, "simulated") ? " — SỐ LIỆU MÔ PHỎNG (simulated)"
					    : "");
	(void)fprintf(to, "%s — %s %s\n", text(doc, "unit_name"),
		      text(doc, "criterion"), text(doc, "criterion_name"));
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

	(void)fprintf(to, "  %d. %s\n", i, text(r, "words_vi"));
	for (in = child_of(json_get(r, "inputs")); in; in = in->next) {
		const char *code = text(in, "code"), *note = text(in, "note");
		const char *value = json_get_text(in, "value");

		(void)fprintf(to, "       %s%s%s = %s%s%s%s\n",
			      text(in, "what_vi"), *code ? " " : "", code,
			      value ? value : "-", *note ? " (" : "", note,
			      *note ? ")" : "");
	}
	if (json_get_text(r, "before"))
		(void)fprintf(to, "     = %s\n", text(r, "before"));
	if (json_get_text(r, "after"))
		(void)fprintf(to, "     → %s\n", text(r, "after"));
	for (size_t k = 0; k < sizeof more / sizeof more[0]; k++)
		if (json_get_text(r, more[k][0]))
			(void)fprintf(to, "     %s: %s\n", more[k][1],
				      text(r, more[k][0]));
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
	const char *by[] = { text(c, "at"), text(c, "by") };
	char ruling[24], meeting[24];

	number(c, "ruling", ruling);
	number(c, "meeting", meeting);
	(void)fprintf(to, "  %s %s: %s%s%s: %s → %s\n", by[0], by[1],
		      change_vi(text(c, "what")),
		      *text(c, "criterion") ? " " : "", text(c, "criterion"),
		      *text(c, "from") ? text(c, "from") : "–",
		      *text(c, "to") ? text(c, "to") : "–");
	if (*text(c, "why"))
		(void)fprintf(to, "     lý do: %s\n", text(c, "why"));
	if (*text(c, "office"))
		(void)fprintf(to, "     cơ quan: %s\n", text(c, "office"));
	if (*text(c, "document"))
		(void)fprintf(to, "     văn bản: %s\n", text(c, "document"));
	if (*ruling)
		(void)fprintf(to, "     kết luận số %s, phiên họp %s ngày %s\n",
			      ruling, meeting, text(c, "held"));
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
	for (c = child_of(list); c; c = c->next) {
		const char *p = json_get_text(c, "points");

		table_cell(t, text(c, "code"));
		if (p)
			cell_vi(t, p);
		else
			table_cell(t, text(c, "state"));
		cell_vi(t, text(c, "maximum"));
		table_cell(t, text(c, "name"));
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
		if (strcmp(titles[k][0], text(step, "of")) == 0)
			(void)fprintf(to, "\nBƯỚC %s: %s\n", n, titles[k][1]);
	for (o = child_of(json_get(step, "records")); o; o = o->next)
		put_record(++i, o, to);
	put_criteria(step, to);
	for (o = child_of(json_get(step, "changes")); o; o = o->next)
		put_change(o, to);
	if (strcmp(text(step, "of"), "survey") != 0)
		return true;
	number(step, "release", release);
	(void)fprintf(to, "%s, công bố lần %s, SHA-256 %s\n",
		      text(step, "wave"), release,
		      text(step, "snapshot_sha256"));
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
	(void)fprintf(to, "%s", text(json_get(doc, "unit"), "name"));
	if (cJSON_IsObject(c))
		(void)fprintf(to, " — %s %s", text(c, "code"), text(c, "name"));
	(void)fprintf(to, ": ");
	if (json_get_text(v, "points"))
		put_vi(text(v, "points"), to);
	else
		(void)fprintf(to, "%s", text(v, "state"));
	if (*text(v, "grade"))
		(void)fprintf(to, ", %s", text(v, "grade"));
	if (*rank)
		(void)fprintf(to, ", hạng %s%s", rank,
			      yes(v, "shared") ? " (đồng hạng)" : "");
	(void)fprintf(to, "\n");
}

bool round_explain_print(const cJSON *doc, FILE *to, struct err *e)
{
	const cJSON *p = json_get(doc, "published"), *o;
	char n[24];

	number(doc, "result", n);
	(void)fprintf(to, "%s%s\nkết quả số %s", text(doc, "name"),
		      yes(doc, "trial") ? " — mẫu thử" : "", n);
	number(p, "release", n);
	if (cJSON_IsObject(p))
		(void)fprintf(to, ", công bố lần %s: %s", n,
			      text(p, "decision"));
	else
		(void)fprintf(to, ", Dự thảo (draft)");
	number(p, "superseded_by", n);
	if (*n)
		(void)fprintf(to, "; đã được đính chính ở lần %s", n);
	(void)fprintf(to, "\n");
	put_value(doc, to);
	for (o = child_of(json_get(doc, "steps")); o; o = o->next)
		if (!put_step(o, to, e))
			return false;
	return fflush(to) == 0 || err_set(e, ERR_IO, "cannot write");
}
