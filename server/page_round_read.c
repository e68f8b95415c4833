/* What stands in a round, read for its pages, and the words for it. */
#include <string.h>

#include "page_round.h"
#include "phieu/index_file.h"

struct res *page_list(struct page *p, const char *name, const char *unit,
		      const char *criterion, struct err *e)
{
	const struct act_list *l = act_list_find(name);
	const char *values[ACT_PARAMS_MAX] = { NULL };

	if (!l) {
		(void)err_set(e, ERR_BUG, "no list \"%s\"", name);
		return NULL;
	}
	for (size_t i = 0; i < act_list_params(l); i++)
		if (strcmp(l->params[i].name, "unit") == 0)
			values[i] = unit;
		else if (strcmp(l->params[i].name, "criterion") == 0)
			values[i] = criterion;
	return store_act_list(p->db, l, p->head.id, values, e);
}

static bool number(const char *s, int64_t *out, struct err *e)
{
	struct dec d;

	if (!dec_parse(s, strlen(s), &d, e))
		return false;
	*out = d.micro / DEC_ONE;
	return true;
}

bool page_standing(struct page *p, const char *unit, struct page_standing **out,
		   size_t *n, struct err *e)
{
	struct res *r = page_list(p, "appraise list", unit, NULL, e);
	struct page_standing *list;
	bool ok = true;

	*n = 0;
	if (!r)
		return false;
	list = arena_array(p->a, res_rows(r) + 1, sizeof *list);
	for (size_t i = 0; list && ok && i < res_rows(r); i++) {
		list[i] = (struct page_standing){
			.unit = arena_strdup(p->a, res_word(r, i, "unit")),
			.criterion =
				arena_strdup(p->a, res_word(r, i, "criterion")),
			.maximum =
				arena_strdup(p->a, res_word(r, i, "maximum")),
			.self = arena_strdup(p->a, res_word(r, i, "self")),
			.state = arena_strdup(p->a, res_word(r, i, "state")),
			.appraised =
				arena_strdup(p->a, res_word(r, i, "appraised")),
			.reason = arena_strdup(p->a, res_word(r, i, "reason")),
			.opinion =
				arena_strdup(p->a, res_word(r, i, "opinion")),
			.opinion_text =
				arena_strdup(p->a,
					     res_word(r, i, "opinion_text")),
			.points = arena_strdup(p->a, res_word(r, i, "points")),
			.ruling = arena_strdup(p->a, res_word(r, i, "ruling")),
		};
		list[i].inspection =
			arena_strdup(p->a, res_word(r, i, "inspection"));
		ok = number(res_word(r, i, "version"), &list[i].version, e);
		(*n)++;
	}
	res_free(r);
	*out = list;
	if (!list || arena_broken(p->a)) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	return ok;
}

/* ---- words ------------------------------------------------------------------
 */

struct pair {
	const char *word, *vi;
};

static const char *vi_of(const struct pair *list, const char *word)
{
	for (; list->word; list++)
		if (strcmp(list->word, word) == 0)
			return list->vi;
	return word;
}

const char *page_item_state_words(const char *state)
{
	static const struct pair list[] = {
		{ "pending", "chưa thẩm định" },
		{ "accepted", "chấp nhận" },
		{ "corrected", "điều chỉnh" },
		{ "asked", "chờ bổ sung tài liệu" },
		{ NULL, NULL },
	};

	return vi_of(list, state);
}

const char *page_opinion_words(const char *opinion)
{
	static const struct pair list[] = {
		{ "none", "" },
		{ "open", "còn hạn nêu ý kiến" },
		{ "agrees", "thống nhất" },
		{ "objects", "không thống nhất" },
		{ "silent", "hết hạn, coi như thống nhất" },
		{ NULL, NULL },
	};

	return vi_of(list, opinion);
}

const char *page_self_state_words(const char *state)
{
	static const struct pair list[] = {
		{ "none", "chưa bắt đầu" },
		{ "draft", "đang tự chấm" },
		{ "submitted", "đã nộp" },
		{ "reopened", "được mở lại" },
		{ NULL, NULL },
	};

	return vi_of(list, state);
}

const char *page_request_state_words(const char *state)
{
	static const struct pair list[] = {
		{ "open", "chờ trả lời" },	   { "late", "QUÁ HẠN" },
		{ "answered", "đã trả lời" },	   { "granted", "chấp thuận" },
		{ "refused", "không chấp thuận" }, { NULL, NULL },
	};

	return vi_of(list, state);
}

const char *page_change_words(const char *what)
{
	static const struct pair list[] = {
		{ "self", "điểm tự chấm" },
		{ "self-note", "ghi chú" },
		{ "self-state", "bản tự đánh giá" },
		{ "explanation", "báo cáo giải trình" },
		{ "evidence", "tài liệu kiểm chứng" },
		{ "appraised", "thẩm định" },
		{ "opinion", "ý kiến của đơn vị" },
		{ "request", "đề nghị" },
		{ "ruled", "kết luận của Hội đồng" },
		{ "deduction", "điểm bị trừ" },
		{ "external", "giá trị chỉ số bên ngoài" },
		{ NULL, NULL },
	};

	return vi_of(list, what);
}

/* One word of a stored change. */
static void put_change_word(struct buf *b, const char *word)
{
	char text[DEC_TEXT_MAX];
	struct err e = { 0 };
	struct dec d;

	if (dec_parse(word, strlen(word), &d, &e))
		buf_adds(b, dec_text_vi(d, 0, text));
	else if (strcmp(word, "n/a") == 0)
		buf_adds(b, "không áp dụng");
	else if (strlen(word) < 64) /* else the hash of a file */
		buf_adds(b, page_item_state_words(page_opinion_words(
				    page_self_state_words(word))));
}

const char *page_change_text(struct page *p, const char *stored)
{
	struct buf b = BUF_INIT((size_t)2 * LIMIT_EXPLANATION_BYTES);
	const char *out = stored;

	while (*stored) {
		size_t n = strcspn(stored, " ");
		const char *word = arena_strndup(p->a, stored, n);

		if (word)
			put_change_word(&b, word);
		stored += n;
		if (*stored)
			buf_add(&b, stored++, 1);
	}
	if (b.len && buf_cstr(&b))
		out = arena_strdup(p->a, b.data);
	buf_free(&b);
	return out ? out : "";
}

const char *page_source_words(enum index_source s)
{
	switch (s) {
	case INDEX_SURVEY: return "điểm điều tra xã hội học";
	case INDEX_SATISFACTION: return "chỉ số hài lòng (SIPAS)";
	case INDEX_EXTERNAL: return "chỉ số bên ngoài";
	case INDEX_ASSESSED: break;
	}
	return "tự chấm và thẩm định";
}

/* ---- pieces -----------------------------------------------------------------
 */

const char *page_item_path(struct page *p, size_t unit, size_t node)
{
	struct buf b = BUF_INIT(2048);
	const char *out = NULL;

	page_put(&b, "/units/%u/items/%u", p->round.set.units[unit].code,
		 p->round.set.nodes[node].code);
	if (buf_cstr(&b))
		out = arena_strdup(p->a, b.data);
	buf_free(&b);
	return out ? out : "";
}

void page_table(struct page *p, const char *label, const char *const *heads)
{
	page_put(p->b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"%s\"><table><thead><tr>",
		 label);
	for (; *heads; heads++)
		page_put(p->b, "<th scope=\"col\"%r>%s</th>",
			 **heads == '<' ? " class=\"t\"" : "",
			 **heads == '<' ? *heads + 1 : *heads);
	page_put(p->b, "</tr></thead><tbody>\n");
}

void page_table_end(struct page *p)
{
	page_put(p->b, "</tbody></table></div>\n");
}
