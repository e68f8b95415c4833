/* Pages of second keying: /second/{wave} shows how far it is, who keys how
 * well and what is still open; ?sheet= one sheet with its two readings side by
 * side.  There what the paper says is typed and Enter settles the field: which
 * of the two was right follows from it.  Opening a sheet stands in the log. */
#include <string.h>

#include "page_desk.h"
#include "page_round.h"
#include "phieu/second.h"

/* Rows of one of the desk's lists, narrowed by one parameter; NULL without an
 * error when it is not for this person. */
static struct res *ask(struct desk_page *p, const struct desk_list *l,
		       const char *name, const char *value, struct err *e)
{
	const char *values[DESK_PARAMS_MAX] = { NULL };
	struct err why = { 0 };
	struct res *r;

	if (name)
		values[desk_param_at(l->params, name)] = value;
	r = web_desk_list(p->db, p->rq, p->v, p->desk, l, values, &why);
	if (!r && why.kind != ERR_DENIED)
		*e = why;
	return r;
}

static bool put_part(struct desk_page *p, const char *name, const char *param,
		     const char *value, const char *title, const char *none,
		     struct err *e)
{
	const struct desk_list *l = desk_list_find(p->desk, name);
	struct res *r = ask(p, l, param, value, e);

	if (!r)
		return e->kind == ERR_NONE;
	page_put(p->b, "<h2>%s</h2>\n", title);
	desk_page_rows(p, l, r, none);
	res_free(r);
	return true;
}

static const char *verdict_words(const char *v)
{
	return strcmp(v, "accept") == 0	  ? "đạt"
	       : strcmp(v, "reject") == 0 ? "không đạt"
	       : strcmp(v, "more") == 0	  ? "chưa đủ để kết luận"
					  : "–";
}

static void put_rate(struct desk_page *p, const struct res *r, size_t i)
{
	static const char *const counts[] = { "sheets", "fields", "differ",
					      "unresolved" };

	page_put(p->b, "<tr><td>%s <span class=\"code\">%s</span></td>",
		 res_word(r, i, "name"), res_word(r, i, "code"));
	for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
		page_put(p->b, "<td class=\"n\">%s</td>",
			 res_word(r, i, counts[k]));
	page_put(p->b,
		 "<td class=\"n\">%s / %s</td><td class=\"n\">%p</td>"
		 "<td class=\"n\">%p – %p</td><td class=\"n\">%p – %p</td>"
		 "<td>%s</td></tr>\n",
		 res_word(r, i, "errors"), res_word(r, i, "judged"),
		 res_word(r, i, "share"), res_word(r, i, "low"),
		 res_word(r, i, "high"), res_word(r, i, "wilson_low"),
		 res_word(r, i, "wilson_high"),
		 verdict_words(res_word(r, i, "verdict")));
}

/* With the comma that people write here; the list has the point that programs
 * read. */
static bool put_rates(struct desk_page *p, struct err *e)
{
	struct res *r = ask(p, desk_list_find(p->desk, "rates"), NULL, NULL, e);

	if (!r)
		return e->kind == ERR_NONE;
	page_put(p->b, "<h2>Tỷ lệ sai của điều tra viên</h2>\n");
	if (res_rows(r) == 0)
		page_put(p->b, "<p>Chưa có phiếu nào được đối chiếu.</p>\n");
	else
		page_put(p->b,
			 "<div class=\"scroll\" role=\"region\" "
			 "tabindex=\"0\" aria-label=\"Tỷ lệ sai\"><table "
			 "class=\"list\"><thead><tr><th scope=\"col\">Điều tra "
			 "viên</th><th scope=\"col\" class=\"n\">Phiếu</th><th "
			 "scope=\"col\" class=\"n\">Ô đối chiếu</th><th "
			 "scope=\"col\" class=\"n\">Ô khác</th><th "
			 "scope=\"col\" class=\"n\">Chưa giải quyết</th><th "
			 "scope=\"col\" class=\"n\">Sai / đã xét</th><th "
			 "scope=\"col\" class=\"n\">Tỷ lệ sai (%%)</th><th "
			 "scope=\"col\" class=\"n\">Khoảng chính xác</th><th "
			 "scope=\"col\" class=\"n\">Khoảng Wilson</th><th "
			 "scope=\"col\">Theo quy tắc</th></tr></thead><tbody>"
			 "\n");
	for (size_t i = 0; i < res_rows(r); i++)
		put_rate(p, r, i);
	if (res_rows(r) > 0)
		page_put(p->b, "</tbody></table></div>\n");
	res_free(r);
	return true;
}

static bool put_overview(struct desk_page *p, struct err *e)
{
	desk_page_begin(p, "Nhập lần hai");
	desk_page_acts(p);
	if (!put_part(p, "progress", NULL, NULL, "Tiến độ",
		      "Chưa rút mẫu lần nào.", e) ||
	    !put_part(p, "sheets", "status", "differs",
		      "Phiếu còn khác nhau, chờ giải quyết",
		      "Không còn phiếu nào khác nhau.", e) ||
	    !put_rates(p, e))
		return false;
	page_put(
		p->b,
		"<p class=\"hint\">Ô sai: ô mà người thứ ba xác định đã nhập "
		"khác với phiếu giấy. Khoảng tin cậy Clopper-Pearson, coi các "
		"ô là độc lập. Chỉ quyết định của người có thẩm quyền mới dừng "
		"hoặc yêu cầu nhập lại.</p>\n");
	web_page_end(p->rp);
	return true;
}

/* ---- one sheet ----------------------------------------------------------- */

static void begin_settling(struct desk_page *p, const struct res *r, size_t row,
			   const char *field)
{
	page_put(p->b, "<form class=\"settle\" method=\"post\" action=\"");
	desk_page_path(p, "/resolve\">");
	page_put(p->b,
		 "<input type=\"hidden\" name=\"sheet\" value=\"%s\">"
		 "<input type=\"hidden\" name=\"about\" value=\"%s\">"
		 "<input type=\"hidden\" name=\"version\" value=\"%s\">"
		 "<input type=\"hidden\" name=\"field\" value=\"%s\">",
		 res_word(r, row, "sheet"), res_word(r, row, "sheet"),
		 res_word(r, row, "version"), field);
}

/* The first button is what Enter presses: what was typed. */
static void put_settling(struct desk_page *p, const struct res *r, size_t row,
			 bool first)
{
	const char *field = res_word(r, row, "field");
	bool typed = strcmp(res_word(r, row, "kind"), "unit") != 0 &&
		     strcmp(res_word(r, row, "kind"), "form") != 0;

	begin_settling(p, r, row, field);
	if (typed)
		page_put(p->b,
			 "<input name=\"value\" size=\"10\" autocomplete="
			 "\"off\" aria-label=\"Giấy ghi, %s %s\"%r> "
			 "<button name=\"take\" value=\"typed\">Theo giấy"
			 "</button> ",
			 res_word(r, row, "unit"), res_word(r, row, "question"),
			 first ? " autofocus" : "");
	page_put(p->b,
		 "<button name=\"take\" value=\"first\"%r>Lần một đúng"
		 "</button> <button name=\"take\" value=\"second\"%r>Lần hai "
		 "đúng</button> <input name=\"reason\" required size=\"14\" "
		 "value=\"đối chiếu phiếu giấy\" aria-label=\"Lý do, %s %s\">"
		 "</form>",
		 first ? " accesskey=\"1\"" : "",
		 first ? " accesskey=\"2\"" : "", res_word(r, row, "unit"),
		 res_word(r, row, "question"));
}

static const char *taken(const char *take)
{
	return strcmp(take, "first") == 0    ? "lần một đúng"
	       : strcmp(take, "second") == 0 ? "lần hai đúng"
					     : "theo giấy";
}

static void put_difference(struct desk_page *p, const struct res *r, size_t row,
			   bool may, bool *first)
{
	const char *take = res_word(r, row, "take");

	page_put(p->b,
		 "<tr><td>%s</td><td>%s <span class=\"code\">%s</span></td>"
		 "<td>%s <span class=\"code\">%s</span></td>"
		 "<td>%s <span class=\"code\">%s</span></td><td>",
		 res_word(r, row, "unit"), res_word(r, row, "question"),
		 res_word(r, row, "field"), res_word(r, row, "first_words"),
		 res_word(r, row, "first"), res_word(r, row, "second_words"),
		 res_word(r, row, "second"));
	if (*take)
		page_put(p->b, "%s: <strong>%s</strong> – %s (%s, %d)",
			 taken(take), res_word(r, row, "value"),
			 res_word(r, row, "reason"),
			 res_word(r, row, "resolved_by"),
			 res_word(r, row, "resolved_on"));
	else if (may)
		put_settling(p, r, row, *first);
	else
		page_put(p->b, "chưa giải quyết");
	*first = *first && *take;
	page_put(p->b, "</td></tr>\n");
}

static void put_whole(struct desk_page *p, const struct res *r)
{
	page_put(p->b, "<details><summary>Cả phiếu theo một lần nhập</summary>"
		       "\n");
	begin_settling(p, r, 0, "@all");
	page_put(p->b, "<label for=\"all-reason\">Lý do</label> <input "
		       "id=\"all-reason\" name=\"reason\" required> <button "
		       "name=\"take\" value=\"first\">Lần một đúng cả</button> "
		       "<button name=\"take\" value=\"second\">Lần hai đúng cả"
		       "</button></form></details>\n");
}

static void put_differences(struct desk_page *p, const struct res *r)
{
	const struct desk_act *a = desk_act_find(p->desk, "resolve");
	bool may = a && desk_page_may(p, a), first = true;
	size_t left = 0;

	for (size_t i = 0; i < res_rows(r); i++)
		left += *res_word(r, i, "take") == '\0';
	page_put(p->b,
		 "<h2>Hai lần nhập</h2>\n<p>%i ô khác nhau, còn %i ô chưa giải "
		 "quyết. Lần mở xem này đã ghi vào nhật ký.</p>\n",
		 (long long)res_rows(r), (long long)left);
	if (may && left > 0)
		page_put(
			p->b,
			"<p class=\"hint\">Gõ điều phiếu giấy ghi rồi nhấn "
			"Enter. Mã phương án; . để trống, - không biết, * "
			"không "
			"đọc được hoặc hai dấu; nhiều phương án cách nhau bằng "
			"dấu phẩy; ngày dạng 2021-02-03.</p>\n");
	page_put(p->b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"Chỗ khác nhau\"><table class=\"list\"><thead>"
		 "<tr><th scope=\"col\">Đơn vị</th><th scope=\"col\">Câu</th>"
		 "<th scope=\"col\">Lần một (%s)</th><th scope=\"col\">Lần hai "
		 "(%s)</th><th scope=\"col\">Giải quyết</th></tr></thead>"
		 "<tbody>\n",
		 res_word(r, 0, "first_agent"), res_word(r, 0, "second_agent"));
	for (size_t i = 0; i < res_rows(r); i++)
		put_difference(p, r, i, may, &first);
	page_put(p->b, "</tbody></table></div>\n");
	if (may && left > 1)
		put_whole(p, r);
}

static void put_links(struct desk_page *p, const char *sheet,
		      const char *status)
{
	/* act, what it calls the sheet, in which state */
	static const char *const on[][3] = {
		{ "assign", "sheets", "drawn" },
		{ "assign", "sheets", "assigned" },
		{ "withdraw", "sheets", "assigned" },
		{ "reopen", "sheet", "resolved" },
	};

	page_put(p->b, "<p class=\"way\">");
	for (size_t i = 0; i < sizeof on / sizeof on[0]; i++) {
		const struct desk_act *a = desk_act_find(p->desk, on[i][0]);

		if (strcmp(status, on[i][2]) != 0 || !a || !desk_page_may(p, a))
			continue;
		page_put(p->b, "<a href=\"");
		desk_page_path(p, "");
		page_put(p->b, "?do=%u&amp;%u=%u\">%s</a> ", a->name, on[i][1],
			 sheet, a->summary_vi);
	}
	page_put(p->b, "</p>\n");
}

static bool put_sheet(struct desk_page *p, const char *sheet, struct err *e)
{
	const struct desk_list *l = desk_list_find(p->desk, "sheets");
	const struct desk_list *d = desk_list_find(p->desk, "differences");
	struct res *r =
		web_desk_list(p->db, p->rq, p->v, p->desk, l,
			      (const char *[DESK_PARAMS_MAX]){ sheet }, e);
	struct res *two = NULL;

	if (!r)
		return false;
	desk_page_begin(p, sheet);
	page_put(p->b, "<h2>Phiếu %s</h2>\n", sheet);
	if (res_rows(r) == 0)
		p->rp->status = 404;
	desk_page_rows(p, l, r,
		       "Phiếu này không có trong mẫu nhập lần hai, hoặc ngoài "
		       "địa bàn của bạn.");
	if (res_rows(r) > 0) {
		put_links(p, sheet, res_word(r, 0, "status"));
		two = ask(p, d, "sheet", sheet, e);
	}
	res_free(r);
	if (two && res_rows(two) > 0)
		put_differences(p, two);
	res_free(two);
	web_page_end(p->rp);
	return e->kind == ERR_NONE;
}

/* ---- the page ------------------------------------------------------------ */

/* Numbers come first: where they are given. */
static bool put_no_ledger(struct desk_page *p, struct err *e)
{
	if (e->kind != ERR_CONFLICT)
		return false;
	*e = (struct err){ 0 };
	p->rp->status = 409;
	page_put(
		p->b,
		"<p>Đợt này chưa lập sổ phiếu. Lập sổ ở <a href=\"/ledger/%u\">"
		"trang sổ phiếu</a>, rồi mới rút phiếu nhập lần hai.</p>\n",
		p->v->code);
	web_page_end(p->rp);
	return true;
}

static bool page(struct desk_page *p, struct err *e)
{
	const char *sheet = http_query(p->rq, "sheet");

	if (http_query(p->rq, "do") || http_query(p->rq, "show"))
		return desk_page_body(p, "progress", e);
	if (sheet && *sheet)
		return put_sheet(p, sheet, e);
	return put_overview(p, e) || put_no_ledger(p, e);
}

enum http_done page_second(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	return desk_page_run(rq, rp, app, NULL, page);
}
