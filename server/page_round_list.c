/* Rounds a person has to do with; one round at a glance: steps, tasks, what is
 * late and whose, and what is to be done by who looks. */
#include <string.h>

#include "page_round.h"
#include "phieu/calendar.h"

enum { REMIND_DAYS = 3 };

/* ---- all rounds -------------------------------------------------------------
 */

static void put_round(struct buf *b, const struct round_head *h)
{
	page_put(b, "<li><a href=\"/rounds/%u\">%s</a><p>năm %i%r</p><p>",
		 h->code, h->name, (long long)h->year,
		 h->published ? ", <strong>đã công bố</strong>" : "");
	if (h->trial)
		page_put(b, "<span class=\"mark\">mẫu thử, không phải bộ tiêu "
			    "chí chính thức (trial)</span>");
	page_put(b, "</p></li>\n");
}

static bool rounds(struct db *db, struct http_request *rq,
		   struct http_reply *rp, struct web *w, struct err *e)
{
	const struct identity *id = rq->identity;
	struct buf *b = &rp->body;
	struct round_head *list;
	size_t n, shown = 0;

	(void)w;
	if (!store_round_list(db, NULL, rq->arena, &list, &n, e))
		return false;
	http_set_header(rp, "Cache-Control", "private, no-cache");
	web_page_begin(rp, "Các kỳ đánh giá");
	page_put(b, "<nav aria-label=\"Đường dẫn\"><a href=\"/\">Trang đầu</a>"
		    "</nav>\n<main><h1>Các kỳ đánh giá</h1>\n"
		    "<ul class=\"waves\">\n");
	for (size_t i = 0; i < n; i++)
		if (web_sees_wave(id, id->roles, list[i].wave_id)) {
			put_round(b, &list[i]);
			shown++;
		}
	page_put(b, "</ul>\n%r",
		 shown ? ""
		       : "<p>Chưa có kỳ đánh giá nào dành cho tài khoản này. "
			 "<span lang=\"en\">(no round for this account yet)"
			 "</span></p>\n");
	web_page_end(rp);
	return true;
}

enum http_done page_rounds(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	return web_run(rq, rp, app, rounds);
}

/* ---- what is to be done -----------------------------------------------------
 */

struct count {
	size_t pending, asked, objects, open, items;
};

/* Units that handed in: codes of `late`, column 2. */
static bool handed_in(const struct res *late, const char *unit)
{
	for (size_t i = 0; i < res_rows(late); i++)
		if (strcmp(res_text(late, i, 0), unit) == 0)
			return strcmp(res_text(late, i, 2), "submitted") == 0;
	return false;
}

static struct count count_of(const struct page *p, const struct res *late,
			     const struct page_standing *s, size_t n,
			     size_t office)
{
	struct count c = { 0 };

	for (size_t i = 0; i < n; i++) {
		size_t node = page_node_of(p, s[i].criterion);
		size_t unit = page_unit_of(p, s[i].unit);

		if (node == INDEX_NONE || unit == INDEX_NONE ||
		    !page_applies(p, unit, node) ||
		    !handed_in(late, s[i].unit) ||
		    (office != INDEX_NONE &&
		     round_appraiser(&p->round, node, true) != office))
			continue;
		c.items++;
		c.pending += strcmp(s[i].state, "pending") == 0;
		c.asked += strcmp(s[i].state, "asked") == 0;
		c.objects +=
			strcmp(s[i].opinion, "objects") == 0 && !*s[i].ruling;
		c.open += strcmp(s[i].opinion, "open") == 0;
	}
	return c;
}

static const char *due_of(const struct page *p, const struct task_row *t,
			  size_t n, enum round_step step)
{
	const char *until = p->steps[step - STEP_SELF].until, *due = "";

	if (*until)
		return until;
	for (size_t i = 0; i < n; i++)
		if (strcmp(t[i].step, round_step_word(step)) == 0 &&
		    strcmp(t[i].due, due) > 0)
			due = t[i].due;
	return due;
}

static bool unit_work(struct page *p, size_t unit, const struct task_row *t,
		      size_t n_t, const struct res *late, struct err *e)
{
	const char *code = p->round.set.units[unit].code;
	struct page_standing *s;
	struct count c;
	size_t n;

	if (!page_standing(p, code, &s, &n, e))
		return false;
	c = count_of(p, late, s, n, INDEX_NONE);
	page_put(p->b,
		 "<li><a href=\"/rounds/%u/units/%u\">%s</a>: ", p->head.code,
		 code, p->round.set.units[unit].name);
	if (!handed_in(late, code))
		page_put(p->b,
			 "tự chấm điểm và nộp bản tự đánh giá, hạn "
			 "<strong>%d</strong>.",
			 due_of(p, t, n_t, STEP_SELF));
	else if (c.asked || c.open)
		page_put(p->b,
			 "<strong>%i</strong> mục chờ bổ sung tài liệu, "
			 "<strong>%i</strong> mục còn hạn nêu ý kiến.",
			 (long long)c.asked, (long long)c.open);
	else
		page_put(p->b, "đã nộp, không có việc đang chờ.");
	page_put(p->b, "</li>\n");
	return true;
}

static bool office_work(struct page *p, size_t office, const struct res *late,
			struct err *e)
{
	const struct round_office *o = &p->round.offices[office];
	struct page_standing *s;
	struct count c;
	size_t n;

	if (!page_standing(p, NULL, &s, &n, e))
		return false;
	c = count_of(p, late, s, n, office);
	page_put(p->b,
		 "<li>Thẩm định của %s: <a href=\"/rounds/%u/appraise"
		 "?state=pending\">%i mục chưa thẩm định</a>, "
		 "<a href=\"/rounds/%u/appraise?state=asked\">%i mục chờ tài "
		 "liệu</a>, <a href=\"/rounds/%u/appraise?state=objects\">%i "
		 "mục đơn vị không thống nhất</a>.</li>\n",
		 o->name, p->head.code, (long long)c.pending, p->head.code,
		 (long long)c.asked, p->head.code, (long long)c.objects);
	return true;
}

static bool secretariat_work(struct page *p, const struct res *late,
			     struct err *e)
{
	struct page_standing *s;
	size_t n, in = 0;
	struct count c;

	if (!page_standing(p, NULL, &s, &n, e))
		return false;
	c = count_of(p, late, s, n, INDEX_NONE);
	for (size_t i = 0; i < res_rows(late); i++)
		in += strcmp(res_text(late, i, 2), "submitted") == 0;
	page_put(p->b,
		 "<li><a href=\"/rounds/%u/council\">Hội đồng, Tổ Thư ký</a>: "
		 "%i trong %i đơn vị đã nộp; %i mục chưa thẩm định, %i mục chờ "
		 "tài liệu, %i mục đơn vị không thống nhất.</li>\n",
		 p->head.code, (long long)in, (long long)res_rows(late),
		 (long long)c.pending, (long long)c.asked,
		 (long long)c.objects);
	return true;
}

static bool put_work(struct page *p, const struct task_row *t, size_t n,
		     const struct res *late, struct err *e)
{
	bool ok = true;

	page_put(p->b, "<h2>Việc của tôi</h2>\n<ul class=\"work\">\n");
	for (size_t i = 0; ok && i < p->round.set.n_units; i++)
		if (p->me.unit[i])
			ok = unit_work(p, i, t, n, late, e);
	for (size_t i = 0; ok && i < p->round.n_offices; i++)
		if (p->me.office[i])
			ok = office_work(p, i, late, e);
	if (ok && p->me.all)
		ok = secretariat_work(p, late, e);
	page_put(p->b, "</ul>\n");
	return ok;
}

/* ---- steps and tasks --------------------------------------------------------
 */

static void put_steps(struct page *p, const struct task_row *t, size_t n)
{
	static const char *const heads[] = { "Bước",	 "<Trạng thái",
					     "Từ ngày",	 "Đến ngày",
					     "<Ghi chú", NULL };

	page_put(p->b, "<h2>Các bước</h2>\n");
	page_table(p, "Các bước", heads);
	for (int k = STEP_SELF; k <= STEP_PUBLISH; k++) {
		enum round_step step = (enum round_step)k;
		const struct step_row *row = &p->steps[k - STEP_SELF];
		const char *opens = "", *due = "";

		for (size_t i = 0; i < n; i++) {
			if (strcmp(t[i].step, round_step_word(step)) != 0)
				continue;
			if (!*opens || strcmp(t[i].opens, opens) < 0)
				opens = t[i].opens;
			if (strcmp(t[i].due, due) > 0)
				due = t[i].due;
		}
		page_put(p->b,
			 "<tr><th scope=\"row\">%s</th><td class=\"t\">"
			 "<span class=\"tag %s\">%s</span></td><td>%d</td>"
			 "<td>%d</td><td class=\"t\">",
			 round_step_word_vi(step), row->state,
			 page_state_words(row->state), opens, due);
		if (*row->until)
			page_put(p->b, "mở đến %d: ", row->until);
		page_put(p->b, "%s</td></tr>\n", row->reason);
	}
	page_table_end(p);
	if (!page_may(p, "round step", NULL, NULL))
		return;
	page_put(p->b, "<details><summary>Mở hoặc đóng một bước</summary>\n");
	page_act_form(p, "round step", NULL, "Ghi", "");
	page_put(p->b, "</details>\n");
}

/* Codes of offices by their names, words as they are; parted by "; ". */
static void put_agencies(struct page *p, const char *list)
{
	while (*list) {
		size_t n = strcspn(list, ";"), i = 0;
		const char *one = arena_strndup(p->a, list, n);

		while (one && i < p->round.n_offices &&
		       strcmp(p->round.offices[i].code, one) != 0)
			i++;
		page_put(p->b, "%s%r",
			 i < p->round.n_offices ? p->round.offices[i].name
						: one,
			 list[n] ? "; " : "");
		list += n + strspn(list + n, "; ");
	}
}

static const char *task_words(const struct task_row *t)
{
	if (strcmp(t->state, "done") == 0)
		return "xong";
	if (t->days_late > 0)
		return "TRỄ HẠN";
	return strcmp(t->state, "doing") == 0 ? "đang làm" : "chưa làm";
}

static void put_task_form(struct page *p, const struct task_row *t)
{
	const char *version = arena_printf(p->a, "%lld", (long long)t->version);
	const char *preset[] = { "task",  t->code,   "state", t->state, "note",
				 t->note, "version", version, NULL };

	page_put(p->b,
		 "<details><summary>Ghi<span class=\"unseen\"> trạng "
		 "thái nhiệm vụ %s</span></summary>\n",
		 t->code);
	page_act_form(p, "round task", preset, "Ghi trạng thái", "");
	page_put(p->b, "</details>");
}

static void put_task(struct page *p, const struct task_row *t)
{
	bool late = t->days_late > 0;

	page_put(p->b,
		 "<tr%r><th scope=\"row\">%s. %s</th><td class=\"t\">"
		 "<span class=\"tag%r\">%s</span>",
		 late ? " class=\"late\"" : "", t->code, t->title,
		 late ? " past" : "", task_words(t));
	if (late)
		page_put(p->b, " %i ngày", (long long)t->days_late);
	page_put(p->b, "</td><td>%d</td><td>%d</td><td class=\"t\">", t->opens,
		 t->due);
	put_agencies(p, t->lead);
	page_put(p->b, "</td><td class=\"t\">");
	put_agencies(p, t->cooperating);
	page_put(p->b, "</td><td class=\"t\">%s", t->note);
	if (page_may(p, "round task", NULL, NULL))
		put_task_form(p, t);
	page_put(p->b, "</td></tr>\n");
}

static void put_tasks(struct page *p, const struct task_row *t, size_t n)
{
	static const char *const heads[] = { "Nhiệm vụ", "<Trạng thái",
					     "Từ",	 "Hạn",
					     "<Chủ trì", "<Phối hợp",
					     "<Ghi chú", NULL };
	size_t late = 0;

	for (size_t i = 0; i < n; i++)
		late += t[i].days_late > 0;
	page_put(
		p->b,
		"<h2>Nhiệm vụ</h2>\n<p>%i nhiệm vụ, <strong>%i trễ hạn"
		"</strong>. <a href=\"/rounds/%u/calendar.ics\">Lịch nhắc việc "
		"(iCalendar)</a></p>\n",
		(long long)n, (long long)late, p->head.code);
	page_table(p, "Nhiệm vụ", heads);
	for (size_t i = 0; i < n; i++)
		if (t[i].days_late > 0)
			put_task(p, &t[i]);
	for (size_t i = 0; i < n; i++)
		if (t[i].days_late <= 0)
			put_task(p, &t[i]);
	page_table_end(p);
}

static void put_units(struct page *p, const struct res *late)
{
	static const char *const heads[] = { "Đơn vị",	    "<Tự đánh giá",
					     "Mục đã chấm", "Tài liệu",
					     "<Nộp lúc",    NULL };

	page_put(p->b, "<h2>Đơn vị</h2>\n");
	page_table(p, "Đơn vị", heads);
	for (size_t i = 0; i < res_rows(late); i++) {
		size_t u = page_unit_of(p, res_text(late, i, 0));

		if (u == INDEX_NONE || !page_sees_unit(p, u))
			continue;
		page_put(p->b,
			 "<tr><th scope=\"row\"><a href=\"/rounds/%u/units/%u"
			 "\">%s</a></th><td class=\"t\"><span class=\"tag %s\">"
			 "%s</span></td><td>%s</td><td>%s</td>"
			 "<td class=\"t\">%d</td></tr>\n",
			 p->head.code, res_text(late, i, 0),
			 res_text(late, i, 1), res_text(late, i, 2),
			 page_self_state_words(res_text(late, i, 2)),
			 res_text(late, i, 3), res_text(late, i, 4),
			 res_text(late, i, 6));
	}
	page_table_end(p);
}

static bool overview(struct page *p, struct err *e)
{
	struct task_row *t;
	struct res *late;
	size_t n;
	bool ok;

	if (!store_round_tasks(p->db, p->head.id, p->a, &t, &n, e))
		return false;
	late = store_self_late(p->db, p->head.id, e);
	if (!late)
		return false;
	page_begin(p, "Kỳ đánh giá");
	ok = put_work(p, t, n, late, e);
	put_steps(p, t, n);
	put_tasks(p, t, n);
	put_units(p, late);
	page_end(p);
	res_free(late);
	return ok;
}

enum http_done page_overview(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return page_run(rq, rp, app, overview);
}

static bool calendar(struct page *p, struct err *e)
{
	struct task_row *t;
	size_t n;

	if (!store_round_tasks(p->db, p->head.id, p->a, &t, &n, e))
		return false;
	p->rp->content_type = "text/calendar; charset=utf-8";
	http_set_header(p->rp, "Content-Disposition",
			"attachment; filename=\"calendar.ics\"");
	calendar_ics(p->head.code, p->head.name, t, n, REMIND_DAYS,
		     clock_now_us(), p->b);
	return true;
}

enum http_done page_calendar(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return page_run(rq, rp, app, calendar);
}
