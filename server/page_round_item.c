/* One criterion of one unit: its own points and evidence, the appraisal, the
 * unit's opinion, requests, the council's ruling, and who changed what.  Each
 * part has its form where who looks may do it now. */
#include <string.h>

#include "page_round.h"

struct item {
	size_t unit, node;
	const char *u, *c, *back;
	struct page_desk d;
	const struct self_row *row;
	const struct page_standing *s;
};

/* The next leaf of the unit that this person may see, or the one before. */
static size_t beside(const struct page *p, const struct item *x, bool next)
{
	const struct index_set *s = &p->round.set;
	size_t found = INDEX_NONE;

	for (size_t i = 0; i < s->n_nodes; i++) {
		if (!s->nodes[i].leaf || s->nodes[i].source != INDEX_ASSESSED ||
		    !page_applies(p, x->unit, i) ||
		    !page_sees_item(p, x->unit, i))
			continue;
		if (next && i > x->node)
			return i;
		if (!next && i < x->node)
			found = i;
	}
	return found;
}

static void put_way(struct page *p, const struct item *x)
{
	const struct index_set *s = &p->round.set;
	size_t before = beside(p, x, false), after = beside(p, x, true);

	page_put(p->b,
		 "<p class=\"way\"><a href=\"/rounds/%u/units/%u\">%s</a>",
		 p->head.code, x->u, s->units[x->unit].name);
	if (before != INDEX_NONE)
		page_put(p->b, " <a href=\"/rounds/%u%r\">← %s</a>",
			 p->head.code, page_item_path(p, x->unit, before),
			 s->nodes[before].code);
	if (after != INDEX_NONE)
		page_put(p->b, " <a href=\"/rounds/%u%r\">%s →</a>",
			 p->head.code, page_item_path(p, x->unit, after),
			 s->nodes[after].code);
	page_put(p->b, "</p>\n");
}

/* ---- the unit's own points --------------------------------------------------
 */

/* What stands in the form: what was typed, else what is stored. */
struct typed {
	const char *points, *note;
	bool na;
};

static void put_self_form(struct page *p, const struct item *x,
			  const struct typed *t)
{
	const struct index_node *n = &p->round.set.nodes[x->node];
	char grain[DEC_TEXT_MAX];

	page_put(p->b,
		 "<form method=\"post\" action=\"/rounds/%u%r\">"
		 "<input type=\"hidden\" name=\"version\" value=\"%i\">\n"
		 "<label for=\"points\">Điểm tự chấm",
		 p->head.code, x->back,
		 x->row ? (long long)x->row->version : 0LL);
	if (n->grain.micro > 0)
		page_put(p->b, " <span>(bội của %s)</span>",
			 dec_text_vi(n->grain, 0, grain));
	page_put(p->b, "</label>\n<input id=\"points\" name=\"points\" "
		       "type=\"text\" inputmode=\"decimal\" "
		       "autocomplete=\"off\" value=\"");
	if (*t->points)
		page_put(p->b, "%p", t->points);
	page_put(p->b,
		 "\">\n<label class=\"flag\"><input type=\"checkbox\" "
		 "name=\"na\" value=\"true\"%r> Tiêu chí không áp dụng cho đơn "
		 "vị</label>\n<label for=\"note\">Ghi chú, giải trình "
		 "<span>(không bắt buộc)</span></label>\n<textarea id=\"note\" "
		 "name=\"note\" rows=\"4\">\n%s</textarea>\n"
		 "<button type=\"submit\">Lưu</button> ",
		 t->na ? " checked" : "", t->note);
	if (beside(p, x, true) != INDEX_NONE)
		page_put(p->b, "<button type=\"submit\" name=\"go\" "
			       "value=\"next\">Lưu, sang mục sau</button>");
	page_put(p->b, "</form>\n");
}

static struct typed stored(struct page *p, const struct item *x)
{
	const char *points = page_self_text(p, x->row);

	return (struct typed){
		.points = strcmp(points, "n/a") == 0 ? "" : points,
		.note = x->row && x->row->note ? x->row->note : "",
		.na = x->row && x->row->not_applicable,
	};
}

static void put_self(struct page *p, const struct item *x,
		     const struct typed *t)
{
	struct typed now = stored(p, x);

	page_put(p->b, "<h2>Tự chấm</h2>\n");
	if (page_may_fill(p, &x->d)) {
		put_self_form(p, x, t ? t : &now);
	} else {
		page_put(p->b, "<p class=\"sum\">%p</p>\n",
			 page_self_text(p, x->row));
		if (*now.note)
			page_put(p->b, "<p class=\"text\">%s</p>\n", now.note);
	}
	page_put(p->b, "<h3>Tài liệu kiểm chứng</h3>\n");
	page_files(p, &x->d, x->c);
}

/* ---- the appraisal ----------------------------------------------------------
 */

static void put_appraise_forms(struct page *p, const struct item *x,
			       const char *office)
{
	const char *version =
		arena_printf(p->a, "%lld", (long long)x->s->version);
	const char *preset[] = { "office",  office,	 "unit",
				 x->u,	    "criterion", x->c,
				 "version", version,	 NULL };

	page_put(p->b, "<div class=\"acts\">\n<div>");
	page_act_form(p, "appraise accept", preset, "Chấp nhận điểm tự chấm",
		      x->back);
	page_put(p->b,
		 "</div>\n<details%r><summary>Điều chỉnh điểm"
		 "</summary>\n",
		 "");
	page_act_form(p, "appraise correct", preset, "Ghi điểm thẩm định",
		      x->back);
	page_put(p->b, "</details>\n<details><summary>Yêu cầu bổ sung tài "
		       "liệu</summary>\n");
	page_act_form(p, "appraise ask", preset, "Gửi yêu cầu", x->back);
	page_put(p->b, "</details></div>\n");
}

static void put_appraisal(struct page *p, const struct item *x)
{
	const struct page_standing *s = x->s;
	bool lead;
	size_t office = page_office_for(p, x->unit, x->node, &lead);
	size_t leader = round_appraiser(&p->round, x->node, true);

	page_put(p->b,
		 "<h2>Thẩm định</h2>\n<p>Chủ trì: %s. <span class=\"tag "
		 "%s\">%s</span>",
		 leader == INDEX_NONE ? "" : p->round.offices[leader].name,
		 s->state, page_item_state_words(s->state));
	if (*s->appraised)
		page_put(p->b, " <strong>%p</strong>", s->appraised);
	page_put(p->b, "</p>\n");
	if (*s->reason)
		page_put(p->b, "<p class=\"text\">Lý do: %s</p>\n", s->reason);
	if (*s->inspection)
		page_put(p->b, "<p class=\"text\">Kiểm tra: %s</p>\n",
			 s->inspection);
	if (leader != INDEX_NONE && !p->round.own_unit &&
	    p->round.offices[leader].unit == x->unit)
		page_put(p->b, "<p>Cơ quan chủ trì là chính đơn vị này: Hội "
			       "đồng kết luận.</p>\n");
	if (office == INDEX_NONE)
		return;
	if (!lead)
		page_put(p->b, "<p>Cơ quan của bạn phối hợp: xem, không ghi "
			       "điểm.</p>\n");
	else if (!page_step_open(p, STEP_APPRAISE))
		page_put(p->b, "<p>Bước thẩm định %s.</p>\n",
			 page_state_words(page_step_state(p, STEP_APPRAISE)));
	else if (strcmp(x->d.self.state, "submitted") != 0)
		page_put(p->b, "<p>Đơn vị chưa nộp bản tự đánh giá.</p>\n");
	else
		put_appraise_forms(p, x, p->round.offices[office].code);
}

static void put_opinion(struct page *p, const struct item *x)
{
	const struct page_standing *s = x->s;
	const char *version = arena_printf(p->a, "%lld", (long long)s->version);
	const char *preset[] = { "unit",    x->u,    "criterion", x->c,
				 "version", version, NULL };

	if (strcmp(s->opinion, "none") == 0)
		return;
	page_put(p->b,
		 "<h2>Ý kiến của đơn vị</h2>\n<p><span class=\"tag %s\">%s"
		 "</span></p>\n",
		 s->opinion, page_opinion_words(s->opinion));
	if (*s->opinion_text)
		page_put(p->b, "<p class=\"text\">%s</p>\n", s->opinion_text);
	if (strcmp(s->opinion, "silent") == 0 ||
	    !page_may(p, "opinion agree", x->u, NULL))
		return;
	page_put(p->b, "<div class=\"acts\">\n<details><summary>Thống nhất"
		       "</summary>\n");
	page_act_form(p, "opinion agree", preset, "Thống nhất", x->back);
	page_put(p->b, "</details>\n<details><summary>Không thống nhất"
		       "</summary>\n");
	page_act_form(p, "opinion object", preset,
		      "Gửi ý kiến không thống "
		      "nhất",
		      x->back);
	page_put(p->b, "</details></div>\n");
}

/* ---- the council ------------------------------------------------------------
 */

static bool put_ruling(struct page *p, const struct item *x, struct err *e)
{
	const char *preset[] = { "unit", x->u, "criterion", x->c, NULL };
	bool may = page_may(p, "council rule", x->u, NULL) &&
		   page_step_open(p, STEP_COUNCIL);
	struct res *r;

	if (!*x->s->ruling && !may)
		return true;
	page_put(p->b, "<h2>Kết luận của Hội đồng</h2>\n");
	r = page_list(p, "council list", NULL, NULL, e);
	for (size_t i = 0; r && i < res_rows(r); i++)
		if (strcmp(res_word(r, i, "unit"), x->u) == 0 &&
		    strcmp(res_word(r, i, "criterion"), x->c) == 0)
			page_put(p->b,
				 "<p>Cuộc họp %s ngày %d: <strong>%p"
				 "</strong>. <span class=\"text\">%s</span>"
				 "</p>\n",
				 res_word(r, i, "meeting"),
				 res_word(r, i, "held"),
				 res_word(r, i, "points"),
				 res_word(r, i, "reason"));
	if (may && r) {
		page_put(p->b, "<details><summary>Ghi kết luận</summary>\n");
		page_act_form(p, "council rule", preset, "Ghi kết luận",
			      x->back);
		page_put(p->b, "</details>\n");
	}
	res_free(r);
	return r != NULL;
}

static bool put_history(struct page *p, const struct item *x, struct err *e)
{
	static const char *const heads[] = { "Lúc",    "<Người", "<Mục", "<Từ",
					     "<Thành", "<Lý do", NULL };
	struct res *r = page_list(p, "round history", x->u, x->c, e);

	if (!r)
		return false;
	page_put(p->b, "<h2>Lịch sử</h2>\n");
	page_table(p, "Lịch sử", heads);
	for (size_t i = res_rows(r); i-- > 0;)
		page_put(p->b,
			 "<tr><th scope=\"row\">%d</th><td class=\"t\">%s</td>"
			 "<td class=\"t\">%s</td><td class=\"t\">%s</td>"
			 "<td class=\"t\">%s</td><td class=\"t\">%s</td></tr>"
			 "\n",
			 res_word(r, i, "at"), res_word(r, i, "done_by"),
			 page_change_words(res_word(r, i, "what")),
			 page_change_text(p, res_word(r, i, "was")),
			 page_change_text(p, res_word(r, i, "becomes")),
			 res_word(r, i, "why"));
	page_table_end(p);
	res_free(r);
	return true;
}

/* ---- the page ---------------------------------------------------------------
 */

/* *found false: none that this person may see. */
static bool open_item(struct page *p, struct item *x, bool *found,
		      struct err *e)
{
	*x = (struct item){ .unit = page_unit_of(p, p->rq->param[1]),
			    .node = page_node_of(p, p->rq->param[2]) };
	*found = x->unit != INDEX_NONE && x->node != INDEX_NONE &&
		 p->round.set.nodes[x->node].leaf &&
		 p->round.set.nodes[x->node].source == INDEX_ASSESSED &&
		 page_applies(p, x->unit, x->node) &&
		 page_sees_item(p, x->unit, x->node);
	if (!*found)
		return true;
	x->u = p->round.set.units[x->unit].code;
	x->c = p->round.set.nodes[x->node].code;
	x->back = page_item_path(p, x->unit, x->node);
	if (!page_desk_open(p, x->unit, &x->d, e))
		return false;
	x->row = page_desk_row(&x->d, x->node);
	x->s = page_desk_standing(p, &x->d, x->node);
	*found = x->s != NULL;
	return true;
}

static void put_head(struct page *p, const struct item *x)
{
	const struct index_node *n = &p->round.set.nodes[x->node];
	char text[DEC_TEXT_MAX];

	page_begin(p, arena_printf(p->a, "%s %s", n->code, n->name));
	put_way(p, x);
	page_put(p->b,
		 "<p>Điểm tối đa <strong>%s</strong>; được tính "
		 "<strong>%p</strong>.</p>\n",
		 dec_text_vi(n->maximum, 0, text), x->s->points);
}

static bool put_rest(struct page *p, const struct item *x,
		     const struct typed *t, struct err *e)
{
	put_self(p, x, t);
	put_appraisal(p, x);
	put_opinion(p, x);
	if (!page_requests(p, x->unit, x->c, false, e) ||
	    !put_ruling(p, x, e) || !put_history(p, x, e))
		return false;
	page_end(p);
	return true;
}

static bool item(struct page *p, struct err *e)
{
	struct item x;
	bool found, ok;

	if (!open_item(p, &x, &found, e))
		return false;
	if (!found) {
		page_desk_close(&x.d);
		return page_missing(p);
	}
	put_head(p, &x);
	ok = put_rest(p, &x, NULL, e);
	page_desk_close(&x.d);
	return ok;
}

enum http_done page_item(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	return page_run(rq, rp, app, item);
}

/* ---- saving -----------------------------------------------------------------
 */

/* The item that was typed; false: *wrong says what of it is not right. */
static bool take_item(struct page *p, const struct item *x,
		      struct self_row *row, const char **wrong)
{
	const char *points = page_number(p, web_field(p->form, "points"));
	const char *note = web_field(p->form, "note");
	const char *version = web_field(p->form, "version");
	struct dec seen = { 0 };
	struct err e = { 0 };
	struct faults f;

	*row = (struct self_row){ .unit = x->unit,
				  .node = x->node,
				  .not_applicable = *web_field(p->form, "na"),
				  .note = *note ? note : NULL };
	if (!dec_parse(version, strlen(version), &seen, &e))
		seen.micro = 0;
	row->version = seen.micro / DEC_ONE;
	if (*points && !dec_parse(points, strlen(points), &row->points, &e)) {
		*wrong = "Điểm ghi chưa đúng: hãy ghi số như 3,5 (not a "
			 "number)";
		return false;
	}
	row->has_points = *points;
	faults_init(&f, p->a);
	if (self_item_ok(&p->round, row, "", &f) && f.n == 0)
		return true;
	*wrong = f.n ? arena_printf(p->a, "%s: %s (%s)", f.list[0].code,
				    f.list[0].message_vi, f.list[0].message)
		     : "";
	return false;
}

/* Both values beside each other, and who was quicker. */
static bool put_stale(struct page *p, const struct item *x, struct err *e)
{
	struct typed now = stored(p, x);
	struct res *r = page_list(p, "round history", x->u, x->c, e);
	const char *who = "", *at = "";

	if (!r)
		return false;
	for (size_t i = 0; i < res_rows(r); i++)
		if (strncmp(res_word(r, i, "what"), "self", 4) == 0) {
			at = res_word(r, i, "at");
			who = res_word(r, i, "done_by");
		}
	page_put(p->b,
		 "<table class=\"both\"><caption>%s đã sửa mục này lúc %d"
		 "</caption><thead><tr><td></td><th scope=\"col\" class=\"t\">"
		 "Đang lưu</th><th scope=\"col\" class=\"t\">Bạn vừa nhập</th>"
		 "</tr></thead><tbody><tr><th scope=\"row\">Điểm</th>"
		 "<td class=\"t\">%p</td><td class=\"t\">%p</td></tr>"
		 "<tr><th scope=\"row\">Ghi chú</th><td class=\"t text\">%s"
		 "</td><td class=\"t text\">%s</td></tr></tbody></table>\n"
		 "<p>Chưa ghi gì. Xem lại rồi lưu lần nữa thì thay giá trị "
		 "đang lưu.</p>\n",
		 who, at, now.na ? "n/a" : now.points,
		 *web_field(p->form, "na") ? "n/a"
					   : web_field(p->form, "points"),
		 now.note, web_field(p->form, "note"));
	res_free(r);
	return true;
}

static bool again(struct page *p, const struct item *x, int status,
		  const char *wrong, struct err *e)
{
	struct typed t = { .points = web_field(p->form, "points"),
			   .note = web_field(p->form, "note"),
			   .na = *web_field(p->form, "na") };

	put_head(p, x);
	page_wrong(p, status, wrong);
	if (status == 409 && !put_stale(p, x, e))
		return false;
	return put_rest(p, x, &t, e);
}

static bool go_on(struct page *p, const struct item *x)
{
	size_t next =
		*web_field(p->form, "go") ? beside(p, x, true) : INDEX_NONE;

	return page_go(p,
		       next == INDEX_NONE ? x->back
					  : page_item_path(p, x->unit, next),
		       "saved");
}

static bool save_item(struct page *p, const struct item *x, struct err *e)
{
	struct self_row row;
	struct err why = { 0 };
	struct faults f;
	const char *wrong = "";

	if (!page_may_fill(p, &x->d))
		return p->me.unit[x->unit]
			       ? again(p, x, 409,
				       "bản tự đánh giá đã nộp hoặc bước tự "
				       "đánh giá không mở (it is closed)",
				       e)
			       : page_refuse(p);
	if (!take_item(p, x, &row, &wrong))
		return again(p, x, 422, wrong, e);
	faults_init(&f, p->a);
	if (store_self_put(p->db, p->head.id, x->d.self.unit, &p->round,
			   x->unit, &row, 1, p->id->person.login, &f, &why))
		return go_on(p, x);
	if (f.n)
		return again(p, x, page_status(p, &why), f.list[0].message_vi,
			     e);
	if (page_is_refusal(&why))
		return again(p, x, page_status(p, &why), page_words(p, &why),
			     e);
	*e = why;
	return false;
}

static bool save(struct page *p, struct err *e)
{
	struct item x;
	bool found, ok;

	if (!open_item(p, &x, &found, e))
		return false;
	ok = found ? save_item(p, &x, e) : page_missing(p);
	page_desk_close(&x.d);
	return ok;
}

enum http_done page_item_save(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	return page_run_form(rq, rp, app, save);
}
