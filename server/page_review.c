/* Review as a page: submissions by status with counts, many of them chosen by
 * their boxes and acted on at once; one sheet with its versions, what may be
 * done with it, and, opened with a reason, what it says and what differs from
 * the version before.  No script: each button names its own address. */
#include <stdlib.h>
#include <string.h>

#include "page_desk.h"
#include "page_round.h"
#include "phieu/review.h"

enum { ROWS = 100 }; /* with a box each: within WEB_FIELDS_MAX */

/* Buttons of the list and of a sheet, in this order. */
static const char *const by_buttons[] = { "query",  "answer",	"accept",
					  "reject", "withdraw", "undo" };
enum { N_BUTTONS = sizeof by_buttons / sizeof by_buttons[0] };

static const char *asked(const struct desk_page *p, const char *name)
{
	const char *s = http_query(p->rq, name);

	return s ? s : "";
}

static const struct desk_list *list_of(const char *name)
{
	return desk_list_find(&desk_review, name);
}

static struct res *rows_of(struct desk_page *p, const char *name,
			   const char *const *values, struct err *e)
{
	return web_desk_list(p->db, p->rq, p->v, p->desk, list_of(name), values,
			     e);
}

static const char *status_vi(const char *s)
{
	for (const struct desk_choice *w = desk_review.words; w->value; w++)
		if (strcmp(w->value, s) == 0)
			return w->words;
	return s;
}

/* ---- what narrows ------------------------------------------------------ */

static const struct {
	const char *name, *words;
} filters[] = {
	{ "agent", "Điều tra viên" },
	{ "unit", "Đơn vị, địa bàn" },
	{ "fault", "Mã lỗi (V05)" },
	{ "flag", "Lưu ý" },
};
static const char *const flags[] = { "Q01", "late", "overflow", "files" };
enum { N_FILTERS = sizeof filters / sizeof filters[0] };

/* "&agent=a1&unit=…" of what is asked for, but for the status. */
static void put_narrowed(struct desk_page *p)
{
	for (int i = 0; i < N_FILTERS; i++)
		if (*asked(p, filters[i].name))
			page_put(p->b, "&amp;%s=%u", filters[i].name,
				 asked(p, filters[i].name));
}

/* Agents and units by name, flags in words; a code of faults is typed. */
static bool put_choice(struct desk_page *p, const char *name, struct err *e)
{
	const char *now = asked(p, name);

	if (strcmp(name, "fault") == 0) {
		page_put(p->b,
			 "<input id=\"f-%s\" name=\"%s\" value=\"%s\" "
			 "autocomplete=\"off\">",
			 name, name, now);
		return true;
	}
	page_put(p->b,
		 "<select id=\"f-%s\" name=\"%s\"><option value=\"\">tất cả"
		 "</option>",
		 name, name);
	if (strcmp(name, "flag") == 0)
		for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
			page_option(p->b, flags[i],
				    desk_word(&desk_review, flags[i]), now);
	else if (!desk_page_choices(p, e))
		return false;
	for (size_t i = 0; p->choices && i < res_rows(p->choices); i++)
		if (strcmp(res_word(p->choices, i, "kind"), name) == 0)
			page_option(
				p->b, res_word(p->choices, i, "code"),
				arena_printf(p->a, "%s (%s)",
					     res_word(p->choices, i, "name"),
					     res_word(p->choices, i, "code")),
				now);
	page_put(p->b, "</select>");
	return true;
}

static bool put_filter(struct desk_page *p, struct err *e)
{
	page_put(p->b, "<form class=\"filter\" method=\"get\" action=\"");
	desk_page_path(p, "\">\n");
	if (*asked(p, "status"))
		page_put(p->b,
			 "<input type=\"hidden\" name=\"status\" "
			 "value=\"%s\">\n",
			 asked(p, "status"));
	for (int i = 0; i < N_FILTERS; i++) {
		page_put(p->b, "<p><label for=\"f-%s\">%s</label>",
			 filters[i].name, filters[i].words);
		if (!put_choice(p, filters[i].name, e))
			return false;
		page_put(p->b, "</p>\n");
	}
	page_put(p->b, "<button type=\"submit\">Lọc</button></form>\n"
		       "<form class=\"filter\" method=\"get\" action=\"");
	desk_page_path(p, "\">\n");
	page_put(p->b, "<p><label for=\"f-sheet\">Một phiếu</label>"
		       "<input id=\"f-sheet\" name=\"sheet\" "
		       "autocomplete=\"off\" placeholder=\"CT01-00012-7\"></p>"
		       "<button type=\"submit\">Xem</button></form>\n");
	return true;
}

static void put_tab(struct desk_page *p, const char *status, const char *words,
		    long long n)
{
	bool here = strcmp(asked(p, "status"), status) == 0;

	page_put(p->b, "<li>");
	if (here) {
		page_put(p->b, "<strong>%s: %i</strong></li>\n", words, n);
		return;
	}
	page_put(p->b, "<a href=\"");
	desk_page_path(p, "?status=");
	page_put(p->b, "%u", status);
	put_narrowed(p);
	page_put(p->b, "\">%s</a>: %i</li>\n", words, n);
}

static bool put_tabs(struct desk_page *p, struct err *e)
{
	const char *values[DESK_PARAMS_MAX] = { asked(p, "agent"),
						asked(p, "unit") };
	struct res *r = rows_of(p, "counts", values, e);
	int64_t n, all = 0;
	bool ok = r;

	page_put(p->b, "<nav aria-label=\"Trạng thái\"><ul class=\"tabs\">\n");
	for (size_t i = 0; ok && i < res_rows(r); i++) {
		ok = res_i64(r, i, 1, &n, e);
		if (!ok)
			break;
		all += n;
		put_tab(p, res_word(r, i, "status"),
			status_vi(res_word(r, i, "status")), n);
	}
	if (ok)
		put_tab(p, "", "tất cả", all);
	page_put(p->b, "</ul></nav>\n");
	res_free(r);
	return ok;
}

/* ---- acts by buttons --------------------------------------------------- */

static bool put_codes(struct desk_page *p, const char *id, struct err *e)
{
	const char *none[DESK_PARAMS_MAX] = { NULL };
	struct res *r = rows_of(p, "reasons", none, e);
	const char *last = "";

	if (!r)
		return false;
	page_put(p->b,
		 "<p><label for=\"%s\">Lý do trong danh mục (mẫu thử khi chưa "
		 "có căn cứ)</label><select id=\"%s\" name=\"code\"><option "
		 "value=\"\">– không –</option>",
		 id, id);
	for (size_t i = 0; i < res_rows(r); i++) {
		const char *of = res_word(r, i, "act");
		const struct desk_act *a = desk_act_find(&desk_review, of);

		if (strcmp(of, last) != 0)
			page_put(p->b, "%r<optgroup label=\"%s\">",
				 *last ? "</optgroup>" : "",
				 a ? a->summary_vi : of);
		last = of;
		page_put(p->b, "<option value=\"%s\">%s (%s)</option>",
			 res_word(r, i, "code"), res_word(r, i, "words"),
			 res_word(r, i, "code"));
	}
	page_put(p->b, "%r</select></p>\n", *last ? "</optgroup>" : "");
	res_free(r);
	return true;
}

static bool is_among(const char *words, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = strstr(words, name); s; s = strstr(s + 1, name))
		if ((s == words || s[-1] == ' ') &&
		    (s[n] == '\0' || s[n] == ' '))
			return true;
	return false;
}

/* Reason, list of reasons, addressee and the buttons of the acts that this
 * person may do, among `may` when it is given. */
static bool put_buttons(struct desk_page *p, const char *id, const char *may,
			struct err *e)
{
	page_put(p->b,
		 "<p><label for=\"%s-reason\">Lý do, nội dung hỏi hoặc trả "
		 "lời</label><textarea id=\"%s-reason\" name=\"reason\" "
		 "rows=\"2\">%s</textarea></p>\n",
		 id, id, p->form ? web_field(p->form, "reason") : "");
	if (!put_codes(p, arena_printf(p->a, "%s-code", id), e))
		return false;
	page_put(p->b,
		 "<p><label for=\"%s-to\">Hỏi ai</label><select id=\"%s-to\" "
		 "name=\"to\"><option value=\"agent\">điều tra viên đã gửi"
		 "</option><option value=\"post-supervisor\">giám sát địa bàn"
		 "</option></select></p>\n<p class=\"buttons\">",
		 id, id);
	for (int i = 0; i < N_BUTTONS; i++) {
		const struct desk_act *a =
			desk_act_find(&desk_review, by_buttons[i]);

		if (!desk_page_may(p, a) || (may && !is_among(may, a->name)))
			continue;
		page_put(p->b, "<button class=\"cap\" type=\"submit\" "
			       "formaction=\"");
		desk_page_path(p, "");
		page_put(p->b, "/%u\">%s</button>\n", a->name, a->summary_vi);
	}
	page_put(p->b, "</p>\n");
	return true;
}

static bool may_any(struct desk_page *p, const char *may)
{
	for (int i = 0; i < N_BUTTONS; i++)
		if ((!may || is_among(may, by_buttons[i])) &&
		    desk_page_may(p,
				  desk_act_find(&desk_review, by_buttons[i])))
			return true;
	return false;
}

/* ---- the list ---------------------------------------------------------- */

static bool was_chosen(const struct desk_page *p, const char *item)
{
	for (size_t i = 0; p->form && i < p->form->n; i++)
		if (strcmp(p->form->pair[i].name, "sheets") == 0 &&
		    strcmp(p->form->pair[i].value, item) == 0)
			return true;
	return false;
}

/* "Q01 late" in words. */
static void put_row(struct desk_page *p, const struct res *r, size_t i,
		    bool boxes)
{
	static const char *const kinds[] = { "group", "unit", "agent" };
	const char *item = res_word(r, i, "item"),
		   *sheet = res_word(r, i, "sheet"),
		   *shown = *sheet ? sheet : item;
	const char *value =
		arena_printf(p->a, "%s@%s", item, res_word(r, i, "version"));

	page_put(p->b, "<tr>");
	if (boxes)
		page_put(p->b,
			 "<td class=\"noprint\"><input type=\"checkbox\" "
			 "name=\"sheets\" "
			 "value=\"%s\" aria-label=\"Chọn %s\"%r></td>",
			 value, shown, was_chosen(p, value) ? " checked" : "");
	page_put(p->b, "<th scope=\"row\"><a class=\"key\" href=\"");
	desk_page_path(p, "");
	page_put(p->b, "?sheet=%u\">%s</a></th><td>%s</td>", item, shown,
		 status_vi(res_word(r, i, "status")));
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		page_put(p->b, "<td>");
		desk_page_named(p, kinds[k], res_word(r, i, kinds[k]));
		page_put(p->b, "</td>");
	}
	page_put(p->b, "<td>");
	desk_page_words(p, res_word(r, i, "flags"));
	page_put(p->b, "</td><td>%s</td><td>%s</td><td>%d</td></tr>\n",
		 res_word(r, i, "faults"), res_word(r, i, "words"),
		 res_word(r, i, "changed_on"));
}

static void put_pages(struct desk_page *p, int64_t from, size_t n)
{
	page_put(p->b, "<p>Dòng %i–%i.", (long long)from,
		 (long long)(from + (int64_t)n - 1));
	for (int k = 0; k < 2; k++) {
		int64_t to = from + (k ? ROWS : -ROWS);

		if (to < 1 || (k && n < ROWS))
			continue;
		page_put(p->b, " <a href=\"");
		desk_page_path(p, "?status=");
		page_put(p->b, "%u&amp;from=%i", asked(p, "status"),
			 (long long)to);
		put_narrowed(p);
		page_put(p->b, "\">%s</a>", k ? "Trang sau" : "Trang trước");
	}
	page_put(p->b, "</p>\n");
}

static bool put_table(struct desk_page *p, const struct res *r, int64_t from,
		      struct err *e)
{
	bool boxes = may_any(p, NULL);

	if (res_rows(r) == 0) {
		page_put(p->b, "<p>Không có phiếu nào.</p>\n");
		return true;
	}
	page_put(p->b,
		 "<form class=\"wide\" method=\"post\">\n<div class=\"scroll\" "
		 "role=\"region\" tabindex=\"0\" aria-label=\"Phiếu\">"
		 "<table class=\"list\"><thead><tr>");
	if (boxes)
		page_put(p->b, "<th scope=\"col\" class=\"noprint\">Chọn</th>");
	page_put(p->b,
		 "<th scope=\"col\">Số phiếu</th><th scope=\"col\">Trạng thái"
		 "</th><th scope=\"col\">Đối tượng</th><th scope=\"col\">Đơn "
		 "vị</th><th scope=\"col\">Điều tra viên</th><th "
		 "scope=\"col\">Lưu ý</th><th scope=\"col\">Lỗi</th><th "
		 "scope=\"col\">Đang hỏi</th><th scope=\"col\">Xử lý ngày</th>"
		 "</tr></thead><tbody>\n");
	for (size_t i = 0; i < res_rows(r); i++)
		put_row(p, r, i, boxes);
	page_put(p->b, "</tbody></table></div>\n");
	put_pages(p, from, res_rows(r));
	if (boxes) {
		page_put(p->b, "<fieldset><legend>Với các phiếu đã chọn"
			       "</legend>\n");
		if (!put_buttons(p, "many", NULL, e))
			return false;
		page_put(p->b, "</fieldset>\n");
	}
	page_put(p->b, "</form>\n");
	return true;
}

static bool put_first(struct desk_page *p, struct err *e)
{
	const char *from = asked(p, "from");
	long at = strtol(from, NULL, 10);
	const char *rows = arena_printf(p->a, "%d", ROWS);
	const char *values[DESK_PARAMS_MAX] = { asked(p, "status"),
						asked(p, "agent"),
						asked(p, "unit"),
						NULL,
						asked(p, "fault"),
						asked(p, "flag"),
						NULL,
						from,
						rows };
	struct res *r;
	bool ok;

	if (at < 1 || at > 10000000 || from[strspn(from, "0123456789")]) {
		at = 1;
		values[7] = NULL;
	}
	r = rows_of(p, "list", values, e);
	ok = r && put_tabs(p, e);
	ok = ok && put_filter(p, e) && put_table(p, r, at, e);
	res_free(r);
	return ok;
}

/* ---- one sheet --------------------------------------------------------- */

static void put_look(struct desk_page *p, const struct desk_list *l,
		     const char *item, const char *words)
{
	const char *id = arena_printf(p->a, "%s-%s", l->name, item);

	page_put(p->b, "<form method=\"post\" action=\"");
	desk_page_path(p, "");
	page_put(p->b,
		 "/%u\"><input type=\"hidden\" name=\"sheet\" value=\"%s\">"
		 "<p><label for=\"%s\">Lý do mở</label><input id=\"%s\" "
		 "name=\"reason\" required autocomplete=\"off\"> <button "
		 "type=\"submit\">%s</button></p></form>\n",
		 l->name, item, id, id, words);
}

static bool put_one(struct desk_page *p, const struct res *r, size_t i,
		    struct err *e)
{
	const char *item = res_word(r, i, "item"), *may = res_word(r, i, "may");
	const char *status = res_word(r, i, "status");

	page_put(p->b, "<section><h2>%s: %s</h2>\n", item, status_vi(status));
	if (may_any(p, may)) {
		page_put(p->b,
			 "<form method=\"post\"><input type=\"hidden\" "
			 "name=\"sheets\" value=\"%s@%s\"><input "
			 "type=\"hidden\" name=\"sheet\" value=\"%s\">\n",
			 item, res_word(r, i, "version"), item);
		if (!put_buttons(p, arena_printf(p->a, "b%d", (int)i), may, e))
			return false;
		page_put(p->b, "</form>\n");
	}
	if (is_among(may, "open")) {
		page_put(p->b, "<details><summary>Mở xem nội dung (ghi vào "
			       "nhật ký)</summary>\n");
		put_look(p, &review_open, item, "Mở xem");
		if (*res_word(r, i, "replaces"))
			put_look(p, &review_diff, item, "So với bản trước");
		page_put(p->b, "</details>\n");
	}
	page_put(p->b, "</section>\n");
	return true;
}

static bool put_sheet(struct desk_page *p, const char *sheet, struct err *e)
{
	const char *values[DESK_PARAMS_MAX] = { sheet };
	struct res *r = rows_of(p, "show", values, e), *h = NULL;
	bool ok = r;

	if (r && res_rows(r) == 0)
		page_put(p->b,
			 "<p class=\"error\">Không có phiếu %s trong địa bàn "
			 "của bạn.</p>\n",
			 sheet);
	if (r && res_rows(r) > 0) {
		page_put(p->b, "<h2>Phiếu %s</h2>\n", res_word(r, 0, "sheet"));
		desk_page_rows(p, list_of("show"), r, "");
		for (size_t i = 0; ok && i < res_rows(r); i++)
			ok = put_one(p, r, i, e);
		h = ok ? rows_of(p, "history", values, e) : NULL;
		ok = h;
		if (h) {
			page_put(p->b, "<h2>Các bản và lịch sử</h2>\n");
			desk_page_rows(p, list_of("history"), h, "");
		}
	}
	res_free(r);
	res_free(h);
	return ok;
}

static bool page(struct desk_page *p, struct err *e)
{
	const char *sheet = asked(p, "sheet");
	bool ok;

	if (http_query(p->rq, "show") || http_query(p->rq, "do"))
		return desk_page_body(p, "list", e);
	desk_page_begin(p, *sheet ? sheet : "Xem lại phiếu");
	ok = *sheet ? put_sheet(p, sheet, e) : put_first(p, e);
	web_page_end(p->rp);
	return ok;
}

enum http_done page_review(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	return desk_page_run(rq, rp, app, NULL, page);
}

/* ---- posted ------------------------------------------------------------ */

/* All the boxes: "a@1,b@3". */
static const char *chosen(struct desk_page *p)
{
	struct buf b = BUF_INIT((size_t)1 << 18);
	const char *text = "";

	for (size_t i = 0; i < p->form->n; i++)
		if (strcmp(p->form->pair[i].name, "sheets") == 0 &&
		    *p->form->pair[i].value) {
			buf_adds(&b, b.len ? "," : "");
			buf_adds(&b, p->form->pair[i].value);
		}
	if (b.len > 0 && buf_cstr(&b))
		text = arena_strdup(p->a, b.data);
	buf_free(&b);
	return text;
}

static void go(struct desk_page *p, const struct desk_act *a,
	       const struct desk_done *d)
{
	const char *sheet = web_field(p->form, "sheet");
	struct buf b = BUF_INIT(2048);
	const char *to;

	page_put(&b, "/review/%u?done=%u", p->v->code, a->name);
	if (d->moved)
		page_put(&b, "&n=%i", (long long)d->moved);
	if (*sheet)
		page_put(&b, "&sheet=%u", sheet);
	to = buf_cstr(&b) ? arena_strdup(p->a, b.data) : NULL;
	buf_free(&b);
	p->rp->status = 303;
	http_set_header(p->rp, "Location", to ? to : "/");
}

static bool is_refusal(const struct err *e)
{
	return e->kind == ERR_INPUT || e->kind == ERR_CONFLICT ||
	       e->kind == ERR_DENIED;
}

/* What was wrong, and under it the sheet or the list as it stands now. */
static bool refused(struct desk_page *p, const struct err *why, struct err *e)
{
	const char *sheet = web_field(p->form, "sheet");
	bool ok;

	desk_page_begin(p, "Chưa ghi được");
	p->rp->status = err_http_status(why->kind);
	page_put(p->b,
		 "<p class=\"error\" role=\"alert\">Chưa ghi được: %s</p>\n",
		 desk_told(p->desk, why->msg, p->a));
	ok = *sheet ? put_sheet(p, sheet, e) : put_first(p, e);
	web_page_end(p->rp);
	return ok;
}

static bool show_opened(struct desk_page *p, const struct desk_list *l,
			struct err *e)
{
	const char *sheet = web_field(p->form, "sheet");
	const char *values[DESK_PARAMS_MAX] = { sheet,
						web_field(p->form, "reason") };
	struct err why = { 0 };
	struct res *r =
		web_desk_list(p->db, p->rq, p->v, p->desk, l, values, &why);

	if (!r) {
		if (is_refusal(&why))
			return refused(p, &why, e);
		*e = why;
		return false;
	}
	desk_page_begin(p, sheet);
	page_put(p->b,
		 "<h2>%s: %s</h2><p class=\"small\">Lần mở này đã ghi vào lịch "
		 "sử và nhật ký. Không chụp, không sao, không in ra ngoài."
		 "</p>\n<div class=\"noprint\">",
		 sheet, l->summary_vi);
	desk_page_rows(p, l, r, "Hai bản không khác câu nào.");
	page_put(p->b, "</div>\n");
	page_put(p->b, "<p><a href=\"");
	desk_page_path(p, "");
	page_put(p->b, "?sheet=%u\">Về phiếu</a></p>\n", sheet);
	http_set_header(p->rp, "Cache-Control", "no-store");
	web_page_end(p->rp);
	res_free(r);
	return true;
}

/* Acts of the buttons take what the form has of their parameters. */
static bool by_button(struct desk_page *p, const struct desk_act *a,
		      struct err *e)
{
	const char *values[DESK_PARAMS_MAX] = { chosen(p) };
	struct desk_done done = { 0 };
	struct err why = { 0 };
	bool ok;

	for (size_t i = 1; i < desk_params(a->params); i++) {
		const char *s = web_field(p->form, a->params[i].name);

		values[i] = *s ? s : NULL;
	}
	if (!*values[0])
		ok = err_set(&why, ERR_INPUT,
			     "chưa chọn phiếu nào (choose sheets)");
	else
		ok = web_desk_do(p->db, p->rq, a, p->v->wave, values, &done,
				 &why);
	if (ok) {
		go(p, a, &done);
		return true;
	}
	if (is_refusal(&why))
		return refused(p, &why, e);
	*e = why;
	return false;
}

static bool act(struct desk_page *p, struct err *e)
{
	const char *name = p->rq->param[1];
	const struct desk_act *a = desk_act_find(&desk_review, name);
	bool opens = strcmp(name, review_open.name) == 0,
	     compares = strcmp(name, review_diff.name) == 0;

	if ((opens || compares) &&
	    ((const struct identity *)p->rq->identity)->is_person)
		return show_opened(p, opens ? &review_open : &review_diff, e);
	if (!a) {
		web_not_found(p->rq, p->rp);
		return true;
	}
	if (!desk_page_may(p, a))
		return err_set(e, ERR_DENIED, "không có quyền (not allowed)");
	return by_button(p, a, e);
}

enum http_done page_review_do(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	struct web_fields f;

	if (strcmp(rq->param[1], "require") == 0 ||
	    strcmp(rq->param[1], "reason") == 0)
		return page_desk_do(rq, rp, app);
	if (!web_read_form(rq, rp, app, &f))
		return HTTP_REPLIED;
	return desk_page_run(rq, rp, app, &f, act);
}
