/* Why a number is what it is, as a page that is read and printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page_round.h"
#include "phieu/json.h"
#include "phieu/round_explain.h"

#define TEXT_BYTES ((size_t)64 << 20)

static long long number(const cJSON *o, const char *key)
{
	const cJSON *n = json_get(o, key);

	return cJSON_IsNumber(n) ? (long long)n->valuedouble : 0;
}

/* An exact number; a fraction also as people read it, about. */
static void put_exact(struct buf *b, const char *s)
{
	const char *slash = strchr(s, '/');
	char about[32];

	page_put(b, "%p", s);
	if (!slash)
		return;
	(void)snprintf(about, sizeof about, "%.4f",
		       strtod(s, NULL) / strtod(slash + 1, NULL));
	page_put(b, " ≈ %p", about);
}

static void begin_table(struct buf *b, const char *label)
{
	page_put(b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"%s\"><table>",
		 label);
}

/* ---- the answers of a wave -------------------------------------------------
 */

static void put_group(struct buf *b, const cJSON *g)
{
	const cJSON *n;

	page_put(b, "<tr%r><th scope=\"row\">%s</th><td>%p</td>",
		 json_get_text(g, "group") ? "" : " class=\"total\"",
		 json_word(g, "name"), json_word(g, "weight"));
	for (n = json_first(json_get(g, "counts")); n; n = n->next)
		page_put(b, "<td>%i</td>", (long long)n->valuedouble);
	page_put(b, "<td>%i</td><td>%i</td><td>%i</td><td>%s</td></tr>\n",
		 number(g, "unreadable"), number(g, "dont_know"),
		 number(g, "blank"), json_word(g, "mean"));
}

static void put_question(struct buf *b, const cJSON *q)
{
	const cJSON *o;
	bool closed = false;

	page_put(b, "<h3>%s. %s</h3>\n", json_word(q, "item"),
		 json_word(q, "text"));
	if (!json_is_true(q, "shown")) {
		page_put(b, "<p>Quá ít người trả lời để nêu.</p>\n");
		return;
	}
	page_put(b,
		 "<p>%i trả lời tính điểm trên %i được hỏi; trọng số của câu "
		 "%p; hệ số trung bình <strong>%p %%</strong>",
		 number(q, "n_valid"), number(q, "n_asked"),
		 json_word(q, "weight"), json_word(q, "percent"));
	if (json_get_text(q, "mean"))
		page_put(b, " (chính xác %s)", json_word(q, "mean"));
	page_put(b, ".</p>\n");
	begin_table(b, json_word(q, "item"));
	page_put(b, "<thead><tr><th scope=\"col\">Đối tượng</th><th "
		    "scope=\"col\">Trọng số</th>");
	for (o = json_first(json_get(q, "options")); o; o = o->next)
		page_put(b, "<th scope=\"col\">%s<br>(%p %%)</th>",
			 json_word(o, "label"), json_word(o, "percent"));
	page_put(b, "<th scope=\"col\">Không đọc được</th><th scope=\"col\">"
		    "Không biết</th><th scope=\"col\">Để trống</th><th "
		    "scope=\"col\">Trung bình %%</th></tr></thead><tbody>\n");
	for (o = json_first(json_get(q, "groups")); o; o = o->next) {
		if (json_is_true(o, "shown"))
			put_group(b, o);
		closed = closed || !json_is_true(o, "shown");
	}
	page_put(b, "</tbody></table></div>\n");
	if (closed)
		page_put(b,
			 "<p class=\"small\">Nhóm không có dòng riêng: không "
			 "trả lời, hoặc quá ít phiếu để nêu (D12); vẫn nằm "
			 "trong dòng “tất cả”.</p>\n");
}

static void put_wave_decisions(struct buf *b, const cJSON *doc)
{
	const cJSON *d;

	page_put(b, "<h3>Căn cứ của cách tính</h3>\n<ul>\n");
	for (d = json_first(json_get(doc, "decisions")); d; d = d->next)
		page_put(b, "<li>%s: %s%r%s%r%s</li>\n", json_word(d, "id"),
			 json_word(d, "text"),
			 *json_word(d, "title") ? " — " : "",
			 json_word(d, "title"),
			 *json_word(d, "number") ? ", số " : "",
			 json_word(d, "number"));
	page_put(b, "</ul>\n");
}

static void put_wave_value(struct buf *b, const cJSON *doc)
{
	const cJSON *o;

	page_put(b, "<p>Điểm <strong>%p</strong>", json_word(doc, "points"));
	if (json_get_text(doc, "exact"))
		page_put(b, " = làm tròn của %s", json_word(doc, "exact"));
	page_put(b, ", tối đa %p%r.</p>\n<p>%s.</p>\n",
		 json_word(doc, "maximum"),
		 json_is_true(doc, "rescaled") ? " (đã quy đổi)" : "",
		 json_word(doc, "formula"));
	if (json_is_true(doc, "guarded"))
		page_put(b, "<p>%s</p>\n", explain_guarded);
	for (o = json_first(json_get(doc, "items")); o; o = o->next)
		put_question(b, o);
	for (o = json_first(json_get(doc, "parts")); o; o = o->next)
		page_put(b, "<p>Gồm %s %s: %s</p>\n", json_word(o, "code"),
			 json_word(o, "name"),
			 json_get_text(o, "exact") ? json_word(o, "exact")
						   : json_word(o, "points"));
	put_wave_decisions(b, doc);
}

/* ---- steps of a round
 * -------------------------------------------------------- */

static void put_input(struct buf *b, const cJSON *in)
{
	page_put(b, "<tr><td class=\"t\">%s %s</td><td>",
		 json_word(in, "what_vi"), json_word(in, "code"));
	put_exact(b, json_word(in, "value"));
	page_put(b, "</td><td class=\"t\">%s</td></tr>\n",
		 json_word(in, "note"));
}

static void put_value_row(struct buf *b, const char *class, const char *label,
			  const char *value)
{
	if (!value)
		return;
	page_put(b, "<tr class=\"%r\"><td class=\"t\">%r</td><td>", class,
		 label);
	put_exact(b, value);
	page_put(b, "</td><td></td></tr>\n");
}

static void put_record(struct buf *b, int i, const cJSON *r)
{
	static const char *const more[][2] = { { "basis", "Căn cứ" },
					       { "reason", "Lý do" },
					       { "origin", "Nguồn" } };
	const cJSON *in;

	begin_table(b, json_word(r, "words_vi"));
	page_put(b, "<caption>%i. %s</caption><tbody>\n", (long long)i,
		 json_word(r, "words_vi"));
	for (in = json_first(json_get(r, "inputs")); in; in = in->next)
		put_input(b, in);
	put_value_row(b, "group", "=", json_get_text(r, "before"));
	put_value_row(b, "total", "→ làm tròn, kết quả",
		      json_get_text(r, "after"));
	page_put(b, "</tbody></table></div>\n");
	for (size_t k = 0; k < sizeof more / sizeof more[0]; k++)
		if (json_get_text(r, more[k][0]))
			page_put(b, "<p class=\"small\">%r: %s</p>\n",
				 more[k][1], json_word(r, more[k][0]));
}

static void put_change(struct page *p, const cJSON *c)
{
	struct buf *b = p->b;

	page_put(b,
		 "<tr><td>%d</td><td class=\"t\">%s%r%s</td><td "
		 "class=\"t\">%s %s</td><td class=\"t\">%s → %s</td>"
		 "<td class=\"t text\">%s",
		 json_word(c, "at"), json_word(c, "by"),
		 *json_word(c, "office") ? ", " : "", json_word(c, "office"),
		 page_change_words(json_word(c, "what")),
		 json_word(c, "criterion"),
		 *json_word(c, "from")
			 ? page_change_text(p, json_word(c, "from"))
			 : "–",
		 *json_word(c, "to") ? page_change_text(p, json_word(c, "to"))
				     : "–",
		 json_word(c, "why"));
	if (*json_word(c, "document"))
		page_put(b, " (%s)", json_word(c, "document"));
	if (number(c, "ruling"))
		page_put(b, " (kết luận số %i, phiên họp %i ngày %d)",
			 number(c, "ruling"), number(c, "meeting"),
			 json_word(c, "held"));
	page_put(b, "</td></tr>\n");
}

static void put_changes(struct page *p, const cJSON *list)
{
	struct buf *b = p->b;
	const cJSON *c;

	begin_table(b, "Ai quyết định");
	page_put(b,
		 "<thead><tr><th scope=\"col\">Lúc</th><th scope=\"col\" "
		 "class=\"t\">Người, cơ quan</th><th scope=\"col\" "
		 "class=\"t\">Việc</th><th scope=\"col\" class=\"t\">Từ → "
		 "thành</th><th scope=\"col\" class=\"t\">Lý do, văn bản</th>"
		 "</tr></thead><tbody>\n");
	for (c = json_first(list); c; c = c->next)
		put_change(p, c);
	page_put(b, "</tbody></table></div>\n");
}

struct way { /* to the page of another criterion */
	struct page *p;
	const char *round, *unit;
	long long result;
};

static void put_criteria(struct buf *b, const cJSON *list, const struct way *w)
{
	const cJSON *c;

	if (cJSON_GetArraySize(list) == 0)
		return;
	begin_table(b, "Các tiêu chí");
	page_put(b,
		 "<thead><tr><th scope=\"col\">Tiêu chí</th><th scope=\"col\""
		 " class=\"t\">Nội dung</th><th scope=\"col\">Tối đa</th><th "
		 "scope=\"col\">Điểm</th></tr></thead><tbody>\n");
	for (c = json_first(list); c; c = c->next) {
		page_put(b,
			 "<tr><th scope=\"row\" class=\"d%i\">%s</th><td "
			 "class=\"t\">%s</td><td>%p</td><td>",
			 number(c, "depth"), json_word(c, "code"),
			 json_word(c, "name"), json_word(c, "maximum"));
		page_put(b,
			 "<a href=\"/rounds/%u/results/%i/%u/%u\">%p</a></td>"
			 "</tr>\n",
			 w->round, w->result, w->unit, json_word(c, "code"),
			 json_word(c, "points"));
	}
	page_put(b, "</tbody></table></div>\n");
}

static void put_step(struct buf *b, const cJSON *s, const struct way *w)
{
	static const char *const titles[][2] = {
		{ "total", "Tổng điểm của đơn vị" },
		{ "criterion", "Tiêu chí" },
		{ "survey", "Câu trả lời của đợt điều tra" },
		{ "decisions", "Ai quyết định" },
	};
	const cJSON *o, *behind = json_get(s, "explanation");
	int i = 0;

	for (size_t k = 0; k < sizeof titles / sizeof titles[0]; k++)
		if (strcmp(titles[k][0], json_word(s, "of")) == 0)
			page_put(b, "<h2>Bước %i. %r</h2>\n", number(s, "step"),
				 titles[k][1]);
	for (o = json_first(json_get(s, "records")); o; o = o->next)
		put_record(b, ++i, o);
	put_criteria(b, json_get(s, "criteria"), w);
	if (json_get(s, "changes"))
		put_changes(w->p, json_get(s, "changes"));
	if (strcmp(json_word(s, "of"), "survey") != 0)
		return;
	page_put(b, "<p>Đợt điều tra %s, công bố lần %i; mã số liệu %s.</p>\n",
		 json_word(s, "wave"), number(s, "release"),
		 json_word(s, "snapshot_sha256"));
	if (cJSON_IsObject(behind))
		put_wave_value(b, behind);
	else
		page_put(b, "<p>Quá ít người trả lời để nêu, hoặc lần công bố "
			    "này chưa lưu giải trình.</p>\n");
}

static void put_head(struct buf *b, const cJSON *doc, const struct way *w)
{
	const cJSON *v = json_get(doc, "value"), *u = json_get(doc, "unit");
	const cJSON *p = json_get(doc, "published");
	const cJSON *c = json_get(doc, "criterion"), *up;

	page_put(b,
		 "<p class=\"way\"><a href=\"/rounds/%u/results/%i/%u\">%s"
		 "</a> <a href=\"/rounds/%u/results/%i/%u/total\">tổng "
		 "điểm</a>",
		 w->round, w->result, w->unit, json_word(u, "name"), w->round,
		 w->result, w->unit);
	for (up = json_first(json_get(c, "path")); up; up = up->next)
		page_put(b, " <a href=\"/rounds/%u/results/%i/%u/%u\">%s</a>",
			 w->round, w->result, w->unit, json_word(up, "code"),
			 json_word(up, "code"));
	page_put(b, "</p>\n<p class=\"sum\">%s%r%s %s: <strong>%p</strong>",
		 json_word(u, "name"),
		 cJSON_IsObject(c) ? " — " : ", tổng điểm",
		 json_word(c, "code"), json_word(c, "name"),
		 json_word(v, "points"));
	if (*json_word(v, "grade"))
		page_put(b, ", xếp loại <strong>%s</strong>",
			 json_word(v, "grade"));
	if (number(v, "rank"))
		page_put(b, ", hạng <strong>%i</strong>%r", number(v, "rank"),
			 json_is_true(v, "shared") ? " (cùng hạng)" : "");
	page_put(b, ".</p>\n");
	if (cJSON_IsObject(p))
		page_put(b,
			 "<p>Công bố lần %i theo %s, lúc %d; kết quả số "
			 "%i.%r</p>\n",
			 number(p, "release"), json_word(p, "decision"),
			 json_word(p, "released_at"), number(doc, "result"),
			 number(p, "superseded_by")
				 ? " <span class=\"mark\">đã có bản đính chính "
				   "thay thế</span>"
				 : "");
	else
		page_put(b,
			 "<p><span class=\"mark\">Dự thảo (draft)</span> Kết "
			 "quả số %i, chưa công bố.</p>\n",
			 number(doc, "result"));
}

static void put_document(struct page *p, const cJSON *doc)
{
	const struct way w = { p, p->head.code,
			       json_word(json_get(doc, "unit"), "code"),
			       number(doc, "result") };
	const cJSON *s;

	page_begin(p, "Vì sao có con số này");
	put_head(p->b, doc, &w);
	for (s = json_first(json_get(doc, "steps")); s; s = s->next)
		put_step(p->b, s, &w);
	if (!json_is_true(doc, "decisions_shown"))
		page_put(p->b,
			 "<p class=\"small\">Ai quyết định, lúc nào: chỉ "
			 "đơn vị này, cơ quan thẩm định, Tổ Thư ký và Hội "
			 "đồng xem được.</p>\n");
	page_put(p->b,
		 "<p class=\"small\">Tính lúc %d bằng %s; mã kết quả %s; mã dữ "
		 "liệu vào %s. Con số được tính lại từ dữ liệu vào đã lưu ngay "
		 "khi mở trang này.</p>\n",
		 json_word(doc, "made_at"), json_word(doc, "method"),
		 json_word(doc, "sha256"), json_word(doc, "input_sha256"));
	page_end(p);
}

/* Own unit, what one's office appraises, or all. */
static bool sees_decisions(const struct page *p, const char *criterion)
{
	size_t unit = page_unit_of(p, p->rq->param[2]);
	size_t node = criterion ? page_node_of(p, criterion) : INDEX_NONE;

	if (p->me.all)
		return true;
	if (unit == INDEX_NONE)
		return false;
	return node == INDEX_NONE ? p->me.unit[unit]
				  : page_sees_item(p, unit, node);
}

static bool put_explained(struct page *p, const struct explained_result *x,
			  struct err *e)
{
	const char *criterion = p->rq->param[3];
	struct round_explain q = { .head = &p->head,
				   .result = x,
				   .unit = p->rq->param[2] };
	struct buf b = BUF_INIT(TEXT_BYTES);
	cJSON *doc = NULL;

	q.criterion = strcmp(criterion, "total") == 0 ? NULL : criterion;
	q.decisions = sees_decisions(p, q.criterion);
	q.all = sees_decisions(p, NULL);
	if (web_round_guarded(p->db, p->id, p->room.who.wave, p->head.id,
			      &q.guarded, e) &&
	    round_explain(p->db, &q, p->a, &b, e))
		doc = json_parse(b.data, b.len, &json_plan_limits, e);
	buf_free(&b);
	if (!doc && e->kind == ERR_INPUT)
		return page_missing(p);
	if (!doc)
		return false;
	put_document(p, doc);
	cJSON_Delete(doc);
	return true;
}

static bool explain(struct page *p, struct err *e)
{
	const char *number = p->rq->param[1];
	struct explained_result x;
	bool found = false;

	if (strlen(number) < 10 &&
	    strspn(number, "0123456789") == strlen(number) &&
	    !store_explained_result(p->db, p->head.id, number, p->a, &x, &found,
				    e))
		return false;
	if (!found || (x.release == 0 && !p->me.drafts))
		return page_missing(p);
	return put_explained(p, &x, e);
}

enum http_done page_why(struct http_request *rq, struct http_reply *rp,
			void *app)
{
	return page_run(rq, rp, app, explain);
}

/* ---- a wave's value
 * ---------------------------------------------------------- */

static bool wave_page(struct db *db, struct http_request *rq,
		      struct http_reply *rp, const struct wave_head *v,
		      struct err *e)
{
	struct explanation x;
	struct buf *b = &rp->body;
	cJSON *doc = NULL;
	bool found;

	if (!web_explanation(db, rq, rp, v, &x, &found, e))
		return false;
	if (!found)
		return true;
	doc = json_parse(x.content, strlen(x.content), &json_plan_limits, e);
	if (!doc)
		return false;
	http_set_header(rp, "Cache-Control", "private, no-cache");
	web_page_begin(rp, "Vì sao có con số này");
	page_put(b,
		 "<nav aria-label=\"Đường dẫn\"><a href=\"/\">Các đợt điều "
		 "tra</a><a href=\"/results/%u\">Tất cả đơn vị</a><a "
		 "href=\"/results/%u?unit=%u\">%s</a></nav>\n<main><h1>%s — "
		 "%s %s</h1>\n<p>%s ",
		 v->code, v->code, rq->param[1], json_word(doc, "unit_name"),
		 json_word(doc, "unit_name"), json_word(doc, "criterion"),
		 json_word(doc, "criterion_name"), v->name);
	web_put_marks(b, v);
	page_put(b, "</p>\n");
	put_wave_value(b, doc);
	page_put(b,
		 "<p class=\"small\">Công bố lần %i; khóa số liệu lần %i; mã "
		 "số liệu %s.</p>\n",
		 (long long)x.release, (long long)x.freeze, x.sha256);
	web_page_end(rp);
	cJSON_Delete(doc);
	return true;
}

enum http_done page_wave_why(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return web_run_wave(rq, rp, app, wave_page);
}
