/* Phúc tra as a page: the draws, how visits and answers agree, decisions; from
 * there the persons of a draw, to be printed and to enter what they said.
 * Whoever has no right to persons sees counts and figures only. */
#include "page_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page_round.h"
#include "phieu/store_recheck.h"

/* ---- figures ------------------------------------------------------------- */

/* "0.9167" as "91,7 %"; nothing where there is none. */
static void put_percent(struct buf *b, const char *s)
{
	char text[32];
	char *comma;

	if (!*s)
		return;
	(void)snprintf(text, sizeof text, "%.1f", strtod(s, NULL) * 100);
	comma = strchr(text, '.');
	if (comma)
		*comma = ',';
	page_put(b, "%s\u00a0%%", text);
}

static void put_decimal(struct buf *b, const char *s)
{
	char text[32];
	char *comma;

	if (!*s)
		return;
	(void)snprintf(text, sizeof text, "%.2f", strtod(s, NULL));
	comma = strchr(text, '.');
	if (comma)
		*comma = ',';
	page_put(b, "%s", text);
}

static const char *side_words(const char *side)
{
	return strcmp(side, "agent") == 0  ? "Điều tra viên"
	       : strcmp(side, "area") == 0 ? "Địa bàn"
					   : "";
}

static void put_who(struct desk_page *p, const struct res *r, size_t i)
{
	const char *code = res_word(r, i, "code");
	const char *name = res_word(r, i, "name");

	page_put(p->b, "<tr><th scope=\"row\">%s ",
		 side_words(res_word(r, i, "side")));
	if (strcmp(res_word(r, i, "side"), "total") == 0)
		page_put(p->b, "Tất cả");
	else if (*name)
		page_put(p->b, "%s <span class=\"code\">%s</span>", name, code);
	else
		page_put(p->b, "%s", *code ? code : "(không rõ)");
	page_put(p->b, "</th>");
}

static void put_number(struct desk_page *p, const struct res *r, size_t i,
		       const char *column)
{
	page_put(p->b, "<td class=\"n\">%s</td>", res_word(r, i, column));
}

static void put_head(struct desk_page *p, const char *label,
		     const char *const *heads)
{
	page_put(p->b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"%s\"><table class=\"list\"><thead><tr>"
		 "<th scope=\"col\">Ai, ở đâu</th>",
		 label);
	for (; *heads; heads++)
		page_put(p->b, "<th scope=\"col\" class=\"n\">%s</th>", *heads);
	page_put(p->b, "</tr></thead><tbody>\n");
}

static void put_visits(struct desk_page *p, const struct res *r)
{
	static const char *const heads[] = {
		"Rút",	   "Xác nhận", "Sai khác",	 "Không gặp",
		"Từ chối", "Còn lại",  "Tỷ lệ xác nhận", "Khoảng 95 %",
		NULL
	};
	static const char *const columns[] = { "drawn",	  "confirmed",
					       "differs", "not_found",
					       "refused", "waiting" };

	page_put(p->b, "<h2>Các lần đến</h2>\n");
	put_head(p, "Các lần đến", heads);
	for (size_t i = 0; i < res_rows(r); i++) {
		if (strcmp(res_word(r, i, "drawn"), "0") == 0)
			continue;
		put_who(p, r, i);
		for (size_t c = 0; c < 6; c++)
			put_number(p, r, i, columns[c]);
		page_put(p->b, "<td class=\"n\">");
		put_percent(p->b, res_word(r, i, "share"));
		page_put(p->b, "</td><td class=\"n\">");
		put_percent(p->b, res_word(r, i, "low"));
		if (*res_word(r, i, "low"))
			page_put(p->b, " – ");
		put_percent(p->b, res_word(r, i, "high"));
		page_put(p->b, "</td></tr>\n");
	}
	page_put(p->b,
		 "</tbody></table></div>\n<p class=\"small\">Tỷ lệ xác nhận: "
		 "trong số người gặp được (xác nhận và sai khác); khoảng "
		 "Clopper–Pearson. Ô có quá ít người để trống.</p>\n");
}

static void put_answers(struct desk_page *p, const struct res *r)
{
	static const char *const heads[] = { "Phiếu đối chiếu", "Câu so",
					     "Câu giống",	"Tỷ lệ giống",
					     "Kappa",		NULL };

	page_put(p->b, "<h2>Câu trả lời</h2>\n");
	put_head(p, "Câu trả lời", heads);
	for (size_t i = 0; i < res_rows(r); i++) {
		if (strcmp(res_word(r, i, "sheets"), "0") == 0)
			continue;
		put_who(p, r, i);
		put_number(p, r, i, "sheets");
		put_number(p, r, i, "asked");
		put_number(p, r, i, "same");
		page_put(p->b, "<td class=\"n\">");
		put_percent(p->b, res_word(r, i, "agree"));
		page_put(p->b, "</td><td class=\"n\">");
		put_decimal(p->b, res_word(r, i, "kappa"));
		page_put(p->b, "</td></tr>\n");
	}
	page_put(p->b,
		 "</tbody></table></div>\n<p class=\"small\">Chỉ những phiếu "
		 "mà người trả lời đưa cuống có số. Ô có quá ít phiếu để "
		 "trống.</p>\n");
}

/* ---- draws --------------------------------------------------------------- */

static void put_draw(struct desk_page *p, const struct res *r, size_t i,
		     bool persons)
{
	const char *no = res_word(r, i, "draw");
	const char *share = res_word(r, i, "share");

	page_put(p->b, "<article><h3>Lần %s: %s, ngày %d</h3>\n<p>", no,
		 res_word(r, i, "body"), res_word(r, i, "drawn_on"));
	page_put(p->b, *share ? "%s %% của mỗi tầng" : "%s người",
		 *share ? share : res_word(r, i, "count"));
	page_put(p->b,
		 ", trong %s người; rút được <strong>%s</strong>: %s xác nhận, "
		 "%s sai khác, %s không gặp, %s từ chối, %s chưa có kết quả. ",
		 res_word(r, i, "frame_n"), res_word(r, i, "drawn"),
		 res_word(r, i, "confirmed"), res_word(r, i, "differs"),
		 res_word(r, i, "not_found"), res_word(r, i, "refused"),
		 res_word(r, i, "waiting"));
	page_put(p->b, strcmp(res_word(r, i, "status"), "open") == 0
			       ? "Đang làm.</p>\n"
			       : "Đã kết thúc.</p>\n");
	page_put(p->b,
		 "<p class=\"small wrap\">Hạt giống <code>%s</code>, cách rút "
		 "%s, SHA-256 của khung <code>%s</code></p>\n",
		 res_word(r, i, "seed"), res_word(r, i, "method"),
		 res_word(r, i, "frame_sha256"));
	if (persons) {
		page_put(p->b, "<p><a href=\"");
		desk_page_path(p, "");
		page_put(p->b,
			 "?show=list&amp;draw=%u\">Danh sách</a> · "
			 "<a href=\"",
			 no);
		desk_page_path(p, "");
		page_put(p->b, "/list/%u\">Bản in</a> · <a href=\"", no);
		desk_page_path(p, "");
		page_put(p->b,
			 "?do=result&amp;draw=%u\">Ghi kết quả</a> · "
			 "<a href=\"",
			 no);
		desk_page_path(p, "");
		page_put(p->b, "?draw=%u\">Việc khác</a></p>\n", no);
	}
	page_put(p->b, "</article>\n");
}

static void put_draws(struct desk_page *p, const struct res *r)
{
	const struct desk_list *l = desk_list_find(p->desk, "list");
	struct desk_who who;
	struct err e = { 0 };
	bool persons = l && web_desk_who(p->rq, l->roles, p->v->wave, &who, &e);

	page_put(p->b, "<h2>Các lần rút</h2>\n");
	if (res_rows(r) == 0)
		page_put(p->b, "<p>Chưa rút lần nào.</p>\n");
	for (size_t i = 0; i < res_rows(r); i++)
		put_draw(p, r, i, persons);
}

/* ---- the page ------------------------------------------------------------ */

static struct res *rows(struct desk_page *p, const char *name, struct err *e)
{
	const char *none[DESK_PARAMS_MAX] = { NULL };
	const struct desk_list *l = desk_list_find(p->desk, name);

	return l ? web_desk_list(p->db, p->rq, p->v, p->desk, l, none, e)
		 : NULL;
}

static bool page(struct desk_page *p, struct err *e)
{
	struct res *draws = NULL, *figures = NULL, *decisions = NULL;
	bool ok = false;

	if (desk_page_asks(p))
		return desk_page_body(p, "draws", e);
	draws = rows(p, "draws", e);
	if (draws)
		figures = rows(p, "agreement", e);
	if (figures)
		decisions = rows(p, "decisions", e);
	if (decisions) {
		desk_page_begin(p, "Phúc tra");
		desk_page_acts(p);
		put_draws(p, draws);
		put_visits(p, figures);
		put_answers(p, figures);
		page_put(p->b, "<h2>Quyết định</h2>\n");
		desk_page_rows(p, desk_list_find(p->desk, "decisions"),
			       decisions, "Chưa có quyết định nào.");
		web_page_end(p->rp);
		ok = true;
	}
	res_free(draws);
	res_free(figures);
	res_free(decisions);
	return ok;
}

enum http_done page_recheck(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return desk_page_run(rq, rp, app, NULL, page);
}

/* ---- the printed list ---------------------------------------------------- */

static bool print_list(struct desk_page *p, const struct res *list,
		       const struct res *draws, struct err *e)
{
	struct recheck_paper h = { .wave = p->v,
				   .superior = "",
				   .body = "",
				   .place = "",
				   .draws = draws };
	struct paper d;

	while (h.draw < res_rows(draws) &&
	       strcmp(res_word(draws, h.draw, "draw"), p->rq->param[1]) != 0)
		h.draw++;
	if (h.draw == res_rows(draws) || res_rows(list) == 0) {
		web_not_found(p->rq, p->rp);
		return true;
	}
	if (!recheck_paper(list, &h, p->a, &d, e) || !paper_html(&d, p->b, e))
		return false;
	p->rp->content_type = "text/html; charset=utf-8";
	http_set_header(p->rp, "Content-Security-Policy",
			"default-src 'none'; style-src 'unsafe-inline'; "
			"base-uri 'none'; frame-ancestors 'none'");
	return true;
}

static bool paper(struct desk_page *p, struct err *e)
{
	const char *values[DESK_PARAMS_MAX] = { p->rq->param[1] };
	const struct desk_list *l = desk_list_find(p->desk, "list");
	struct res *draws = NULL, *list;
	bool ok = false;

	list = l ? web_desk_list(p->db, p->rq, p->v, p->desk, l, values, e)
		 : NULL;
	if (list)
		draws = rows(p, "draws", e);
	if (draws)
		ok = print_list(p, list, draws, e);
	res_free(list);
	res_free(draws);
	return ok;
}

enum http_done page_recheck_paper(struct http_request *rq,
				  struct http_reply *rp, void *app)
{
	return desk_page_run(rq, rp, app, NULL, paper);
}
