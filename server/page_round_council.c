/* The secretariat and the council: what is open per office and unit, members,
 * meetings with minutes, rulings, deductions, visits, external values. */
#include <string.h>

#include "page_round.h"

/* ---- what is open -----------------------------------------------------------
 */

struct open_work {
	size_t items, pending, asked, objects;
};

static bool count_open(struct page *p, const struct page_standing *s, size_t n,
		       struct open_work *w)
{
	size_t offices = p->round.n_offices;

	for (size_t i = 0; i < n; i++) {
		size_t unit = page_unit_of(p, s[i].unit);
		size_t node = page_node_of(p, s[i].criterion), office;
		struct open_work *x;

		if (unit == INDEX_NONE || node == INDEX_NONE ||
		    !page_applies(p, unit, node))
			continue;
		office = round_appraiser(&p->round, node, true);
		if (office >= offices)
			continue;
		x = &w[unit * offices + office];
		x->items++;
		x->pending += strcmp(s[i].state, "pending") == 0;
		x->asked += strcmp(s[i].state, "asked") == 0;
		x->objects +=
			strcmp(s[i].opinion, "objects") == 0 && !*s[i].ruling;
	}
	return true;
}

static void put_open_cell(struct page *p, const struct open_work *x)
{
	if (x->items == 0 || x->pending + x->asked + x->objects == 0) {
		page_put(p->b, "<td>%r</td>",
			 x->items ? "<span class=\"tag agrees\">xong</span>"
				  : "–");
		return;
	}
	page_put(p->b, "<td>%i", (long long)x->pending);
	if (x->asked)
		page_put(p->b,
			 "<br><span class=\"small\">chờ tài liệu: %i"
			 "</span>",
			 (long long)x->asked);
	if (x->objects)
		page_put(p->b,
			 "<br><span class=\"small\">không thống nhất: "
			 "%i</span>",
			 (long long)x->objects);
	page_put(p->b, "</td>");
}

static void put_open_heads(struct page *p)
{
	page_put(p->b, "<h2>Việc còn mở, theo cơ quan và đơn vị</h2>\n"
		       "<p>Số mục chưa thẩm định.</p>\n"
		       "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		       "aria-label=\"Việc còn mở\"><table><thead><tr>"
		       "<th scope=\"col\">Đơn vị</th><th scope=\"col\" "
		       "class=\"t\">Tự đánh giá</th>");
	for (size_t i = 0; i < p->round.n_offices; i++)
		page_put(p->b, "<th scope=\"col\">%s</th>",
			 p->round.offices[i].name);
	page_put(p->b, "</tr></thead><tbody>\n");
}

static bool put_open(struct page *p, struct err *e)
{
	size_t offices = p->round.n_offices, n;
	struct page_standing *s;
	struct open_work *w;
	struct res *late;

	if (!page_standing(p, NULL, &s, &n, e))
		return false;
	w = arena_array(p->a, p->round.set.n_units * offices + 1, sizeof *w);
	if (!w) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	if (!count_open(p, s, n, w))
		return false;
	late = store_self_late(p->db, p->head.id, e);
	if (!late)
		return false;
	put_open_heads(p);
	for (size_t i = 0; i < res_rows(late); i++) {
		size_t unit = page_unit_of(p, res_text(late, i, 0));

		if (unit == INDEX_NONE)
			continue;
		page_put(p->b,
			 "<tr><th scope=\"row\"><a href=\"/rounds/%u/units/%u"
			 "\">%s</a></th><td class=\"t\"><span class=\"tag %s\">"
			 "%s</span></td>",
			 p->head.code, res_text(late, i, 0),
			 res_text(late, i, 1), res_text(late, i, 2),
			 page_self_state_words(res_text(late, i, 2)));
		for (size_t k = 0; k < offices; k++)
			put_open_cell(p, &w[unit * offices + k]);
		page_put(p->b, "</tr>\n");
	}
	page_table_end(p);
	res_free(late);
	return true;
}

/* ---- lists ------------------------------------------------------------------
 */

static const char *body_words(const char *body)
{
	return strcmp(body, "council") == 0 ? "Hội đồng" : "Tổ Thư ký";
}

static void put_form(struct page *p, const char *act, const char *title)
{
	if (!page_may(p, act, NULL, NULL))
		return;
	page_put(p->b, "<details><summary>%s</summary>\n", title);
	page_act_form(p, act, NULL, title, "/council");
	page_put(p->b, "</details>\n");
}

static bool put_members(struct page *p, struct err *e)
{
	static const char *const heads[] = { "Họ và tên", "<Thuộc",
					     "<Chức danh", "<Căn cứ", NULL };
	struct res *r = page_list(p, "council members", NULL, NULL, e);

	if (!r)
		return false;
	page_put(p->b, "<h2>Thành viên</h2>\n");
	page_table(p, "Thành viên", heads);
	for (size_t i = 0; i < res_rows(r); i++)
		page_put(p->b,
			 "<tr><th scope=\"row\">%s</th><td class=\"t\">%s</td>"
			 "<td class=\"t\">%s</td><td class=\"t\">%s</td></tr>"
			 "\n",
			 res_word(r, i, "name"),
			 body_words(res_word(r, i, "body")),
			 res_word(r, i, "position"), res_word(r, i, "basis"));
	page_table_end(p);
	res_free(r);
	put_form(p, "council member", "Thêm, sửa thành viên");
	return true;
}

/* A row of the list is a ruling, or a meeting without any. */
static void put_meeting(struct page *p, const struct res *r, size_t i)
{
	bool first = i == 0 || strcmp(res_word(r, i, "meeting"),
				      res_word(r, i - 1, "meeting")) != 0;
	bool last = i + 1 == res_rows(r) ||
		    strcmp(res_word(r, i, "meeting"),
			   res_word(r, i + 1, "meeting")) != 0;
	size_t unit = page_unit_of(p, res_word(r, i, "unit"));

	if (first)
		page_put(p->b,
			 "<li><p><strong>Cuộc họp %s: %s, ngày %d</strong>"
			 "</p><p>Có mặt: %s</p><p class=\"text\">%s</p>\n<ul>",
			 res_word(r, i, "meeting"),
			 body_words(res_word(r, i, "body")),
			 res_word(r, i, "held"), res_word(r, i, "present"),
			 res_word(r, i, "minutes"));
	if (*res_word(r, i, "criterion"))
		page_put(p->b, "<li>%s, %s: <strong>%p</strong>. %s</li>",
			 unit == INDEX_NONE ? res_word(r, i, "unit")
					    : p->round.set.units[unit].name,
			 res_word(r, i, "criterion"), res_word(r, i, "points"),
			 res_word(r, i, "reason"));
	if (last)
		page_put(p->b, "</ul></li>\n");
}

static bool put_meetings(struct page *p, struct err *e)
{
	struct res *r = page_list(p, "council list", NULL, NULL, e);

	if (!r)
		return false;
	page_put(p->b, "<h2>Các cuộc họp và kết luận</h2>\n"
		       "<ul class=\"waves\">\n");
	for (size_t i = 0; i < res_rows(r); i++)
		put_meeting(p, r, i);
	page_put(p->b, "</ul>\n");
	res_free(r);
	put_form(p, "council meeting", "Ghi biên bản họp");
	if (page_step_open(p, STEP_COUNCIL))
		put_form(p, "council rule", "Ghi kết luận về một mục");
	else
		page_put(p->b,
			 "<p>Bước Hội đồng %s: chưa ghi kết luận được."
			 "</p>\n",
			 page_state_words(page_step_state(p, STEP_COUNCIL)));
	return true;
}

static void put_deduction(struct page *p, const struct res *r, size_t i)
{
	size_t unit = page_unit_of(p, res_word(r, i, "unit"));
	bool stands = !*res_word(r, i, "cancelled_why");

	page_put(p->b,
		 "<tr><th scope=\"row\">%s</th><td class=\"t\">%s</td>"
		 "<td class=\"t\">%s</td><td>%p</td><td class=\"t\">%s</td>"
		 "<td class=\"t\">%s</td><td class=\"t\">",
		 res_word(r, i, "deduction"),
		 unit == INDEX_NONE ? res_word(r, i, "unit")
				    : p->round.set.units[unit].name,
		 *res_word(r, i, "criterion") ? res_word(r, i, "criterion")
					      : "trên tổng điểm",
		 res_word(r, i, "points"), res_word(r, i, "reason"),
		 res_word(r, i, "document"));
	if (!stands) {
		page_put(p->b, "đã hủy: %s", res_word(r, i, "cancelled_why"));
	} else if (page_may(p, "deduct cancel", NULL, NULL)) {
		page_put(p->b,
			 "<details><summary>Hủy<span class=\"unseen\"> "
			 "lần trừ điểm số %s</span></summary>",
			 res_word(r, i, "deduction"));
		page_act_form(p, "deduct cancel",
			      (const char *const[]){
				      "deduction", res_word(r, i, "deduction"),
				      NULL },
			      "Hủy lần trừ điểm này", "/council");
		page_put(p->b, "</details>");
	}
	page_put(p->b, "</td></tr>\n");
}

static bool put_deductions(struct page *p, struct err *e)
{
	static const char *const heads[] = { "Số",	  "<Đơn vị",
					     "<Tiêu chí", "Điểm bị trừ",
					     "<Lý do",	  "<Văn bản",
					     "<Hủy",	  NULL };
	struct res *r = page_list(p, "deduct list", NULL, NULL, e);

	if (!r)
		return false;
	page_put(p->b, "<h2>Điểm bị trừ</h2>\n");
	page_table(p, "Điểm bị trừ", heads);
	for (size_t i = 0; i < res_rows(r); i++)
		put_deduction(p, r, i);
	page_table_end(p);
	res_free(r);
	put_form(p, "deduct add", "Trừ điểm");
	return true;
}

static bool put_externals(struct page *p, struct err *e)
{
	static const char *const heads[] = { "Đơn vị", "<Tiêu chí",  "Giá trị",
					     "<Nguồn", "<Người ghi", NULL };
	struct res *r = page_list(p, "external list", NULL, NULL, e);

	if (!r)
		return false;
	page_put(p->b, "<h2>Chỉ số bên ngoài (PAPI, PCI)</h2>\n");
	page_table(p, "Chỉ số bên ngoài", heads);
	for (size_t i = 0; i < res_rows(r); i++) {
		size_t unit = page_unit_of(p, res_word(r, i, "unit"));

		page_put(p->b,
			 "<tr><th scope=\"row\">%s</th><td class=\"t\">%s</td>"
			 "<td>%p</td><td class=\"t\">%s</td><td class=\"t\">%s"
			 "</td></tr>\n",
			 unit == INDEX_NONE ? res_word(r, i, "unit")
					    : p->round.set.units[unit].name,
			 res_word(r, i, "criterion"), res_word(r, i, "value"),
			 res_word(r, i, "source"), res_word(r, i, "done_by"));
	}
	page_table_end(p);
	res_free(r);
	put_form(p, "external put", "Ghi giá trị");
	return true;
}

static bool put_visits(struct page *p, struct err *e)
{
	struct res *r = page_list(p, "visit list", NULL, NULL, e);

	if (!r)
		return false;
	page_put(p->b, "<h2>Kiểm tra thực tế</h2>\n<ul class=\"waves\">\n");
	for (size_t i = 0; i < res_rows(r); i++) {
		size_t unit = page_unit_of(p, res_word(r, i, "unit"));

		page_put(p->b,
			 "<li><p><strong>%s, ngày %d</strong>; đoàn: %s</p>"
			 "<p class=\"text\">%s</p></li>\n",
			 unit == INDEX_NONE ? res_word(r, i, "unit")
					    : p->round.set.units[unit].name,
			 res_word(r, i, "held"), res_word(r, i, "team"),
			 res_word(r, i, "found"));
	}
	page_put(p->b, "</ul>\n");
	res_free(r);
	put_form(p, "visit add", "Ghi kết quả kiểm tra thực tế");
	return true;
}

static bool put_requests(struct page *p, struct err *e)
{
	for (size_t i = 0; i < p->round.set.n_units; i++)
		if (!page_requests(p, i, NULL, true, e))
			return false;
	return true;
}

static bool council(struct page *p, struct err *e)
{
	if (!p->me.all)
		return page_refuse(p);
	page_begin(p, "Hội đồng thẩm định và Tổ Thư ký");
	if (!put_open(p, e) || !put_meetings(p, e) || !put_members(p, e) ||
	    !put_deductions(p, e) || !put_externals(p, e) ||
	    !put_visits(p, e) || !put_requests(p, e))
		return false;
	page_end(p);
	return true;
}

enum http_done page_council(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return page_run(rq, rp, app, council);
}
