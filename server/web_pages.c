/* The few pages for people: no script, Vietnamese first. */
#include <stdio.h>
#include <string.h>

#include "phieu/store_progress.h"
#include "web_impl.h"

static const char style[] =
	"body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;"
	"max-width:70rem;padding:0 1rem;color:#1a1a1a;background:#fff}"
	"table{border-collapse:collapse;width:100%}"
	"th,td{border-bottom:1px solid #bbb;padding:.25rem .5rem;"
	"text-align:right}"
	"th:first-child,td:first-child,.t{text-align:left}"
	"tr.group,tr.form{font-weight:600;background:#f2f4f7}"
	"tr.total{font-weight:700;background:#dfe5ee}"
	".mark{display:inline-block;background:#8a1c00;color:#fff;"
	"padding:.1rem .6rem;margin-right:.5rem}"
	"a{color:#0b4a9e}\n";

static const char home[] =
	"<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">"
	"<meta name=\"viewport\" content=\"width=device-width\">"
	"<title>phieu</title><link rel=\"stylesheet\" href=\"/style.css\">"
	"</head><body>\n<h1>phieu: điều tra xã hội học</h1>\n"
	"<p>Máy chủ của cơ quan phân tích: đợt điều tra, tiến độ, kết quả và "
	"điểm thành phần cho phần mềm tính chỉ số.</p>\n"
	"<p lang=\"en\">The analysts' server: waves, progress, results and the "
	"components that index engines pull.</p>\n<ul>\n"
	"<li><a href=\"/healthz\">/healthz</a> · "
	"<a href=\"/readyz\">/readyz</a> · "
	"<a href=\"/metrics\">/metrics</a></li>\n"
	"<li><a href=\"/v1/waves\">/v1/waves</a>: các đợt điều tra "
	"(cần đăng nhập hoặc khóa truy cập; sign in or bring a key)</li>\n"
	"<li>/progress/<i>mã đợt</i>: tiến độ thu phiếu (progress of a wave)"
	"</li>\n"
	"</ul>\n</body></html>\n";

enum http_done web_home_page(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	(void)rq;
	(void)app;
	rp->content_type = "text/html; charset=utf-8";
	buf_adds(&rp->body, home);
	return HTTP_REPLIED;
}

enum http_done web_style(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	(void)rq;
	(void)app;
	rp->content_type = "text/css; charset=utf-8";
	http_set_header(rp, "Cache-Control", "public, max-age=3600");
	buf_adds(&rp->body, style);
	return HTTP_REPLIED;
}

static void put_escaped(struct buf *b, const char *s)
{
	for (; s && *s; s++) {
		if (*s == '<')
			buf_adds(b, "&lt;");
		else if (*s == '>')
			buf_adds(b, "&gt;");
		else if (*s == '&')
			buf_adds(b, "&amp;");
		else if (*s == '"')
			buf_adds(b, "&quot;");
		else if (*s == '\'')
			buf_adds(b, "&#39;");
		else
			buf_add(b, s, 1);
	}
}

static void put_name(struct buf *b, const struct progress_row *r)
{
	const char *unplaced = "(chưa xếp được)";

	buf_adds(b, "<td>");
	switch (r->level) {
	case PROGRESS_CELL:
		put_escaped(b, r->group_name ? r->group_name : unplaced);
		buf_adds(b, r->home_name ? " · " : "");
		put_escaped(b, r->home_name);
		break;
	case PROGRESS_GROUP:
		buf_adds(b, "Cộng nhóm: ");
		put_escaped(b, r->group_name ? r->group_name : unplaced);
		break;
	case PROGRESS_FORM:
		buf_adds(b, "Cộng mẫu ");
		put_escaped(b, r->form ? r->form : unplaced);
		break;
	case PROGRESS_HOME:
		put_escaped(b, r->home_name ? r->home_name : "(không)");
		break;
	case PROGRESS_TOTAL: buf_adds(b, "Tổng cộng"); break;
	}
	buf_adds(b, "</td>");
}

static void put_row(struct buf *b, const struct progress_row *r)
{
	const int64_t n[] = { r->n.planned, r->n.received, r->n.valid,
			      r->n.queried, r->n.invalid,  r->n.set_aside,
			      r->n.missing, r->n.over };
	size_t i;

	buf_addf(b, "<tr class=\"%s\">", progress_level_name(r->level));
	put_name(b, r);
	for (i = 0; i < sizeof n / sizeof n[0]; i++)
		buf_addf(b, "<td>%lld</td>", (long long)n[i]);
	buf_adds(b, "</tr>\n");
}

static void put_table(struct buf *b, const struct progress_row *rows, size_t n,
		      bool homes)
{
	size_t i;

	buf_addf(b,
		 "<table><tr><th>%s</th><th>Kế hoạch</th><th>Thu về</th>"
		 "<th>Hợp lệ</th><th>Chờ xem lại</th><th>Không hợp lệ</th>"
		 "<th>Để riêng</th><th>Còn thiếu</th><th>Vượt</th></tr>\n",
		 homes ? "Đơn vị" : "Mẫu phiếu, nhóm, đơn vị");
	for (i = 0; i < n; i++)
		if (rows[i].level == PROGRESS_TOTAL ||
		    (rows[i].level == PROGRESS_HOME) == homes)
			put_row(b, &rows[i]);
	buf_adds(b, "</table>\n");
}

/* 2020-12-15 as 15/12/2020 */
static void put_day(struct buf *b, const char *iso)
{
	if (strlen(iso) == 10)
		buf_addf(b, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
	else
		put_escaped(b, iso);
}

static bool page(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	struct progress_row *rows;
	struct buf *b = &rp->body;
	size_t n;

	if (!store_progress(db, v->wave, rq->arena, &rows, &n, e))
		return false;
	rp->content_type = "text/html; charset=utf-8";
	buf_adds(b, "<!doctype html>\n<html lang=\"vi\"><head>"
		    "<meta charset=\"utf-8\"><title>Tiến độ ");
	put_escaped(b, v->code);
	buf_adds(b, "</title><link rel=\"stylesheet\" href=\"/style.css\">"
		    "</head><body>\n<h1>Tiến độ: ");
	put_escaped(b, v->name);
	buf_adds(b, "</h1>\n<p>");
	if (v->trial)
		buf_adds(b, "<span class=\"mark\">mẫu thử, không phải phiếu "
			    "chính thức (trial)</span>");
	if (v->simulated)
		buf_adds(b, "<span class=\"mark\">số liệu mô phỏng (simulated)"
			    "</span>");
	buf_adds(b, "từ ");
	put_day(b, v->opens);
	buf_adds(b, " đến ");
	put_day(b, v->closes);
	buf_adds(b, "</p>\n");
	put_table(b, rows, n, false);
	buf_adds(b, "<h2>Theo đơn vị nơi phát phiếu</h2>\n");
	put_table(b, rows, n, true);
	buf_adds(b, "</body></html>\n");
	return true;
}

enum http_done web_progress_page(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run_wave(rq, rp, app, page);
}
