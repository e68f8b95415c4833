/* A unit's grid: every criterion with its own points, the appraisal beside it,
 * what nobody types; what is to be done with the whole of it. */
#include <string.h>

#include "page_round.h"
#include "phieu/exact.h"

static size_t depth_of(const struct page *p, size_t node)
{
	size_t depth = 0;

	while (p->round.set.nodes[node].parent != INDEX_NONE) {
		node = p->round.set.nodes[node].parent;
		depth++;
	}
	return depth;
}

static bool is_typed(const struct index_node *n)
{
	return n->leaf && n->source == INDEX_ASSESSED;
}

/* Leaves that nobody gave points yet. */
static size_t missing(const struct page *p, const struct page_desk *d)
{
	size_t count = 0;

	for (size_t i = 0; i < p->round.set.n_nodes; i++) {
		const struct index_node *n = &p->round.set.nodes[i];
		const struct self_row *row = page_desk_row(d, i);

		count += is_typed(n) && n->effect == INDEX_COUNTS &&
			 page_applies(p, d->unit, i) &&
			 !(row && (row->has_points || row->not_applicable));
	}
	return count;
}

static size_t files_of(const struct page_desk *d, const char *criterion)
{
	size_t n = 0;

	for (size_t i = 0; i < res_rows(d->files); i++)
		n += strcmp(res_text(d->files, i, 1), criterion) == 0;
	return n;
}

/* ---- the grid ---------------------------------------------------------------
 */

static void put_name(struct page *p, const struct page_desk *d, size_t node,
		     bool link)
{
	const struct index_node *n = &p->round.set.nodes[node];

	page_put(p->b, "<th scope=\"row\" class=\"d%i\">",
		 (long long)depth_of(p, node));
	if (link)
		page_put(p->b, "<a href=\"/rounds/%u%r\">", p->head.code,
			 page_item_path(p, d->unit, node));
	page_put(p->b, "%s %s%r", n->code, n->name, link ? "</a>" : "");
	if (n->effect == INDEX_BONUS)
		page_put(p->b, " <span class=\"tag\">điểm cộng</span>");
	if (n->effect == INDEX_DEDUCTION)
		page_put(p->b, " <span class=\"tag\">điểm trừ</span>");
	page_put(p->b, "</th>");
}

static void put_typed(struct page *p, const struct page_desk *d, size_t node)
{
	static const struct page_standing none = { .self = "",
						   .state = "pending",
						   .appraised = "",
						   .opinion = "none",
						   .points = "",
						   .ruling = "" };
	const struct page_standing *s = page_desk_standing(p, d, node);
	size_t files = files_of(d, p->round.set.nodes[node].code);

	if (!s) /* of a version of the document that is no more */
		s = &none;
	page_put(p->b, "<td>%p</td><td>", s->self);
	if (files)
		page_put(p->b, "%i tệp", (long long)files);
	page_put(p->b,
		 "</td><td>%p</td><td class=\"t\"><span class=\"tag %s\">%s"
		 "</span></td><td class=\"t\"><span class=\"tag %s\">%s</span>"
		 "</td><td>%p%r</td></tr>\n",
		 s->appraised, s->state, page_item_state_words(s->state),
		 s->opinion, page_opinion_words(s->opinion), s->points,
		 *s->ruling ? " <span class=\"tag\">Hội đồng</span>" : "");
}

/* What a survey or another index gives, as it will be shown: rounded. */
static const char *value_text(struct page *p, const struct round_value *v)
{
	const struct index_rules *rules = &p->round.set.rules;
	char text[DEC_TEXT_MAX];
	const char *out = "";
	struct err e = { 0 };
	struct dec d;
	mpq_t q;

	if (!v || !v->value)
		return "";
	mpq_init(q);
	if (mpq_set_str(q, v->value, 10) != 0) /* "11.33" */
		out = v->value;
	else if (exact_round(q, rules->digits, rules->round, &d, &e))
		out = arena_strdup(p->a, dec_text(d, text));
	mpq_clear(q);
	return out ? out : "";
}

/* The release; its hash is not for reading. */
static const char *origin_text(struct page *p, const struct round_value *v)
{
	const char *s = v && v->origin ? v->origin : "";
	const char *wave = p->round.wave ? p->round.wave : "/";
	const char *out;

	if (strncmp(s, wave, strlen(wave)) != 0)
		return s;
	out = arena_strndup(p->a, s, strcspn(s, " "));
	return out ? out : s;
}

static void put_locked(struct page *p, const struct page_desk *d, size_t node)
{
	const struct index_node *n = &p->round.set.nodes[node];
	const struct round_value *v = page_desk_value(p, d, node);

	page_put(p->b,
		 "<td colspan=\"5\" class=\"t locked\">%s: không ai nhập tay"
		 "%r%s</td><td>%p</td></tr>\n",
		 page_source_words(n->source), v && v->origin ? "; nguồn " : "",
		 origin_text(p, v), value_text(p, v));
}

static bool is_below(const struct index_set *s, size_t node, size_t top)
{
	while (node != INDEX_NONE && node != top)
		node = s->nodes[node].parent;
	return node == top;
}

/* The own points below a node that adds up what is below it. */
static const char *own_sum(struct page *p, const struct page_desk *d,
			   size_t top)
{
	const struct index_set *s = &p->round.set;
	char text[DEC_TEXT_MAX];
	struct dec sum = { 0 };
	struct err e = { 0 };
	bool any = false;
	const char *out;

	for (size_t i = top; i < s->n_nodes; i++) {
		const struct index_node *n = &s->nodes[i];
		const struct self_row *row = page_desk_row(d, i);

		if (!is_below(s, i, top))
			continue;
		if (!n->leaf && n->combine != INDEX_SUM)
			return "";
		if (!n->leaf || n->effect != INDEX_COUNTS || !row ||
		    !row->has_points || !page_sees_item(p, d->unit, i))
			continue;
		any = true;
		if (!dec_add(sum, row->points, &sum, &e))
			return "";
	}
	out = any ? arena_strdup(p->a, dec_text_vi(sum, 0, text)) : "";
	return out ? out : "";
}

static void put_row(struct page *p, const struct page_desk *d, size_t node)
{
	const struct index_node *n = &p->round.set.nodes[node];
	char text[DEC_TEXT_MAX];

	page_put(p->b, "<tr%r>", n->leaf ? "" : " class=\"group\"");
	put_name(p, d, node, is_typed(n));
	page_put(p->b, "<td>%s</td>", dec_text_vi(n->maximum, 0, text));
	if (!n->leaf)
		page_put(p->b, "<td>%s</td><td colspan=\"5\"></td></tr>\n",
			 own_sum(p, d, node));
	else if (is_typed(n))
		put_typed(p, d, node);
	else
		put_locked(p, d, node);
}

/* Does a row below the node show? */
static bool has_shown(const struct page *p, const struct page_desk *d,
		      size_t node)
{
	const struct index_set *s = &p->round.set;

	if (!page_applies(p, d->unit, node))
		return false;
	if (s->nodes[node].leaf)
		return p->me.all || p->me.unit[d->unit] ||
		       (is_typed(&s->nodes[node]) &&
			page_sees_item(p, d->unit, node));
	for (size_t i = node + 1; i < s->n_nodes; i++)
		if (s->nodes[i].parent == node && has_shown(p, d, i))
			return true;
	return false;
}

static void put_grid(struct page *p, const struct page_desk *d)
{
	static const char *const heads[] = { "Tiêu chí",
					     "Điểm tối đa",
					     "Tự chấm",
					     "Tài liệu kiểm chứng",
					     "Thẩm định",
					     "<Trạng thái",
					     "<Ý kiến đơn vị",
					     "Được tính",
					     NULL };

	page_put(p->b, "<h2>Bảng điểm</h2>\n");
	page_table(p, "Bảng điểm", heads);
	for (size_t i = 0; i < p->round.set.n_nodes; i++)
		if (has_shown(p, d, i))
			put_row(p, d, i);
	page_table_end(p);
}

/* ---- the whole of it --------------------------------------------------------
 */

static void put_state(struct page *p, const struct page_desk *d)
{
	size_t left = missing(p, d);

	page_put(p->b, "<p class=\"sum\"><span class=\"tag %s\">%s</span> ",
		 d->self.state, page_self_state_words(d->self.state));
	if (*d->self.by)
		page_put(p->b, "nộp lần cuối: %s, lúc %d. ", d->self.by,
			 d->self.at);
	if (left)
		page_put(p->b, "Còn <strong>%i</strong> mục chưa tự chấm.",
			 (long long)left);
	page_put(p->b, "</p>\n");
	if (p->me.unit[d->unit] && !page_may_fill(p, d) &&
	    strcmp(d->self.state, "submitted") != 0)
		page_put(p->b, "<p>Bước tự đánh giá %s: chưa sửa được.</p>\n",
			 page_state_words(page_step_state(p, STEP_SELF)));
}

/* An act on the whole of it, by the version that was seen. */
static void put_whole(struct page *p, const struct page_desk *d,
		      const char *act, const char *button)
{
	const char *code = p->round.set.units[d->unit].code;
	const char *version =
		arena_printf(p->a, "%lld", (long long)d->self.version);
	const char *preset[] = { "unit",  code,	  "version",
				 version, "text", d->self.explanation,
				 NULL };

	page_act_form(p, act, preset, button,
		      arena_printf(p->a, "/units/%s", code));
}

static void put_submit(struct page *p, const struct page_desk *d)
{
	page_put(p->b,
		 "<p>Nộp rồi thì không sửa được nữa, cho đến khi Tổ Thư ký mở "
		 "lại.</p>\n");
	put_whole(p, d, "self submit", "Nộp bản tự đánh giá");
}

static void put_workbook(struct page *p, const struct page_desk *d)
{
	page_put(p->b,
		 "<h2>Tự chấm bằng Excel</h2>\n<p><a href=\"/rounds/%u/units/%u"
		 "/template.xlsx\">Tải bảng tự chấm của đơn vị</a>, điền rồi "
		 "gửi lại:</p>\n",
		 p->head.code, p->round.set.units[d->unit].code);
	page_put(p->b,
		 "<form method=\"post\" enctype=\"multipart/form-data\" "
		 "action=\"/rounds/%u/units/%u/workbook\">\n",
		 p->head.code, p->round.set.units[d->unit].code);
	page_put(p->b,
		 "<label for=\"workbook\">Bảng đã điền (xlsx hoặc csv)</label>"
		 "<input id=\"workbook\" type=\"file\" name=\"file\" required "
		 "accept=\".xlsx,.csv\">\n"
		 "<label class=\"flag\"><input type=\"checkbox\" name=\"dry\" "
		 "value=\"true\" checked> Chỉ kiểm tra, chưa ghi</label>\n"
		 "<button type=\"submit\">Gửi bảng</button></form>\n");
}

static void put_explain(struct page *p, const struct page_desk *d, bool may)
{
	page_put(p->b, "<h2>Báo cáo giải trình</h2>\n");
	if (!may) {
		page_put(p->b, "<p class=\"text\">%s</p>\n",
			 *d->self.explanation ? d->self.explanation
					      : "(chưa có)");
		return;
	}
	put_whole(p, d, "self explanation", "Lưu giải trình");
}

static void put_lists(struct page *p, const struct page_desk *d)
{
	const char *code = p->round.set.units[d->unit].code;

	page_put(p->b, "<h2>Tài liệu của báo cáo giải trình</h2>\n");
	page_files(p, d, "");
	if (!page_may(p, "request evaluation", code, NULL))
		return;
	page_put(p->b, "<h2>Đề nghị đánh giá lại</h2>\n");
	page_act_form(p, "request evaluation",
		      (const char *const[]){ "unit", code, NULL },
		      "Gửi đề nghị", arena_printf(p->a, "/units/%s", code));
}

static bool unit(struct page *p, struct err *e)
{
	size_t u = page_unit_of(p, p->rq->param[1]);
	struct page_desk d;
	bool fill, ok;

	if (u == INDEX_NONE || !page_sees_unit(p, u))
		return page_missing(p);
	if (!page_desk_open(p, u, &d, e))
		return false;
	fill = page_may_fill(p, &d);
	page_begin(p, p->round.set.units[u].name);
	put_state(p, &d);
	put_grid(p, &d);
	if (fill)
		put_submit(p, &d);
	ok = page_requests(p, u, NULL, false, e);
	if (fill)
		put_workbook(p, &d);
	/* who appraises something of the unit reads what it handed in */
	if (p->me.all || p->me.unit[u] ||
	    strcmp(d.self.state, "submitted") == 0)
		put_explain(p, &d, fill && p->me.unit[u]);
	if (p->me.all || p->me.unit[u])
		put_lists(p, &d);
	if (page_may(p, "self reopen", p->round.set.units[u].code, NULL) &&
	    strcmp(d.self.state, "submitted") == 0) {
		page_put(p->b, "<h2>Mở lại bản tự đánh giá</h2>\n");
		put_whole(p, &d, "self reopen", "Mở lại bản tự đánh giá");
	}
	page_end(p);
	page_desk_close(&d);
	return ok;
}

enum http_done page_unit(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	return page_run(rq, rp, app, unit);
}
