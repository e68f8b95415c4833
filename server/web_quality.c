/* The desk of quality as pages: agents and their flags, from there the sheets
 * behind; the daily sheet of faults and the payment basis to be printed or
 * taken as a workbook.  All else is as of any desk (page_desk.h). */
#include <string.h>

#include "page_desk.h"
#include "page_round.h"
#include "phieu/quality_paper.h"

#define XLSX_TYPE \
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static const char *const flag_names[] = { "q01", "q02", "q03",
					  "q04", "q05", "q06" };
enum { FLAGS = sizeof flag_names / sizeof flag_names[0] };

/* ---- agents x flags ------------------------------------------------------ */

static void put_count(struct desk_page *p, const struct res *r, size_t row,
		      int flag)
{
	const char *n =
		res_word(r, row, flag < FLAGS ? flag_names[flag] : "flagged");

	page_put(p->b, "<td class=\"n\">");
	if (strcmp(n, "0") == 0) {
		page_put(p->b, "–</td>");
		return;
	}
	page_put(p->b, "<a href=\"");
	desk_page_path(p, "?show=flags&amp;agent=");
	page_put(p->b, "%u", res_word(r, row, "agent"));
	if (flag < FLAGS)
		page_put(p->b, "&amp;flag=Q0%i", (long long)flag + 1);
	page_put(p->b, "\">%s</a></td>", n);
}

static void put_agent(struct desk_page *p, const struct res *r, size_t row)
{
	static const char *const counts[] = { "received", "valid", "queried",
					      "invalid" };

	page_put(p->b,
		 "<tr><th scope=\"row\">%s <span class=\"code\">%s</span></th>"
		 "<td>%s</td>",
		 res_word(r, row, "name"), res_word(r, row, "agent"),
		 res_word(r, row, "office"));
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		page_put(p->b, "<td class=\"n\">%s</td>",
			 res_word(r, row, counts[i]));
	for (int i = 0; i <= FLAGS; i++)
		put_count(p, r, row, i);
	page_put(p->b, "<td class=\"n\">%s</td></tr>\n",
		 res_word(r, row, "open"));
}

static void put_agents(struct desk_page *p, const struct res *r)
{
	page_put(p->b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"Điều tra viên và cảnh báo\">"
		 "<table class=\"list cap\"><thead><tr><th scope=\"col\">Điều "
		 "tra viên</th><th scope=\"col\">Bưu cục</th>"
		 "<th scope=\"col\" class=\"n\">Thu về</th>"
		 "<th scope=\"col\" class=\"n\">Hợp lệ</th>"
		 "<th scope=\"col\" class=\"n\">Chờ xem</th>"
		 "<th scope=\"col\" class=\"n\">Không HL</th>");
	for (int i = 0; i < FLAGS; i++)
		page_put(p->b, "<th scope=\"col\" class=\"n\">Q0%i</th>",
			 (long long)i + 1);
	page_put(p->b, "<th scope=\"col\" class=\"n\">Số phiếu</th>"
		       "<th scope=\"col\" class=\"n\">Còn mở</th></tr></thead>"
		       "<tbody>\n");
	for (size_t i = 0; i < res_rows(r); i++)
		put_agent(p, r, i);
	page_put(p->b,
		 "</tbody></table></div>\n<p class=\"small\">Cảnh báo là lý do "
		 "để hỏi lại, tự nó không loại phiếu nào. Q01: mọi ô một "
		 "phương án. Q02: nhiều phiếu giống hệt. Q03: trả lời quá "
		 "nhanh. Q04: quá nhiều phiếu một ngày. Q05: ngoài địa bàn "
		 "hoặc thời gian được giao. Q06: điểm trung bình khác hẳn "
		 "điều tra viên khác cùng đơn vị, cùng mẫu (kiểm định Welch, "
		 "hiệu chỉnh Holm). Chọn con số để xem những phiếu đó.</p>\n");
}

/* Papers of this office, or of all. */
static void put_papers(struct desk_page *p, const char *office)
{
	static const char *const papers[][2] = {
		{ "faults", "Phiếu lỗi hôm qua" },
		{ "payment", "Bảng thanh toán" },
	};

	page_put(p->b, "<p class=\"cap\">In: ");
	for (size_t i = 0; i < 2; i++) {
		for (int book = 0; book < 2; book++) {
			page_put(p->b, book ? " (<a href=\"" : "<a href=\"");
			page_put(p->b, "/quality-paper/%u/%s%s", p->v->code,
				 papers[i][0], book ? ".xlsx" : "");
			if (office && *office)
				page_put(p->b, "?office=%u", office);
			page_put(p->b, book ? "\">Excel</a>)" : "\">%s</a>",
				 papers[i][1]);
		}
		page_put(p->b, i == 0 ? " · " : "</p>\n");
	}
}

static bool page(struct desk_page *p, struct err *e)
{
	const struct desk_list *l = desk_list_find(p->desk, "agents");
	const char *show = http_query(p->rq, "show");
	struct res *r;

	if (desk_page_asks(p) && !(show && strcmp(show, "agents") == 0))
		return desk_page_body(p, "agents", e);
	r = l ? web_desk_list(p->db, p->rq, p->v, p->desk, l, NULL, e) : NULL;
	if (!r)
		return false;
	desk_page_begin(p, p->desk->title_vi);
	desk_page_acts(p);
	put_papers(p, http_query(p->rq, "office"));
	if (res_rows(r) > 0)
		put_agents(p, r);
	else
		page_put(p->b, "<p>Chưa có phiếu nào về.</p>\n");
	web_page_end(p->rp);
	res_free(r);
	return true;
}

enum http_done web_quality_page(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return desk_page_run(rq, rp, app, NULL, page);
}

/* ---- papers -------------------------------------------------------------- */

static bool give_page(struct http_reply *rp, const struct paper *d,
		      struct err *e)
{
	if (!paper_html(d, &rp->body, e))
		return false;
	rp->content_type = "text/html; charset=utf-8";
	http_set_header(rp, "Content-Security-Policy",
			"default-src 'none'; style-src 'unsafe-inline'; "
			"base-uri 'none'; frame-ancestors 'none'");
	return true;
}

static bool give_book(struct http_request *rq, struct http_reply *rp,
		      const struct paper *d, const char *name, struct err *e)
{
	struct buf b = BUF_INIT((size_t)64 << 20);
	bool ok = quality_paper_book(d, &b, e) &&
		  web_give_file(rq, rp, name, XLSX_TYPE, b.data, b.len, e);

	if (ok)
		rp->content_type = XLSX_TYPE;
	buf_free(&b);
	return ok;
}

static bool paper(struct db *db, struct http_request *rq, struct http_reply *rp,
		  const struct wave_head *v, struct err *e)
{
	const char *name = rq->param[1], *dot = strchr(name, '.');
	const char *list =
		dot ? arena_strndup(rq->arena, name, (size_t)(dot - name))
		    : name;
	struct quality_paper_head h = { .wave = v,
					.superior = "",
					.body = "",
					.place = "",
					.office = http_query(rq, "office") };
	bool known = list && (strcmp(list, "faults") == 0 ||
			      strcmp(list, "payment") == 0);
	const struct desk_list *l =
		known ? desk_list_find(&desk_quality, list) : NULL;
	struct paper d;
	struct res *r;
	bool ok;

	if (!l || (dot && strcmp(dot, ".xlsx") != 0)) {
		web_not_found(rq, rp);
		return true;
	}
	if (h.office && !*h.office)
		h.office = NULL;
	r = web_desk_list(db, rq, v, &desk_quality, l, NULL, e);
	if (!r)
		return false;
	ok = quality_paper(list, r, &h, http_query(rq, "day"), rq->arena, &d,
			   e) &&
	     (dot ? give_book(rq, rp, &d,
			      arena_printf(rq->arena, "%s-%s", v->code, name),
			      e)
		  : give_page(rp, &d, e));
	res_free(r);
	return ok;
}

enum http_done web_quality_paper(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run_wave(rq, rp, app, paper);
}
