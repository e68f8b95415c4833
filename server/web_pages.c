/* The few pages for people: no script, Vietnamese first. */
#include <stdio.h>
#include <string.h>

#include "phieu/desk.h"
#include "phieu/second.h"
#include "web_impl.h"

static const char style[] =
	"*{box-sizing:border-box}"
	"body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;"
	"max-width:70rem;padding:1rem;color:#1a1a1a;background:#fff}"
	"h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.25rem}"
	"table{border-collapse:collapse;width:100%}"
	"th,td{border-bottom:1px solid #bbb;padding:.25rem .5rem;"
	"text-align:right}"
	"th:first-child,td:first-child{text-align:left}"
	"tbody th{font-weight:400}"
	"table.list th,table.list td{text-align:left}"
	"tr.group,tr.form,tr.group th,tr.form th{font-weight:600}"
	"tr.group,tr.form{background:#f2f4f7}"
	"tr.begin th{font-weight:600;padding-top:.9rem;color:#0b4a9e}"
	"tr.total,tr.total th{font-weight:700;background:#dfe5ee}"
	".scroll{overflow-x:auto;position:relative}"
	".mark{display:inline-block;background:#8a1c00;color:#fff;"
	"padding:.1rem .6rem;margin:0 .5rem .25rem 0}"
	"a{color:#0b4a9e}"
	"nav{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;"
	"border-bottom:1px solid #bbb;padding-bottom:.75rem}"
	"nav form{margin:0}nav .who{margin-right:auto}"
	".box{max-width:26rem}"
	"label{display:block;font-weight:600;margin:1rem 0 .25rem}"
	"label span{font-weight:400;color:#4a4a4a}"
	"input{font:inherit;width:100%;padding:.5rem;border:1px solid #666;"
	"border-radius:4px;background:#fff;color:inherit}"
	"button{font:inherit;padding:.5rem 1.25rem;border:1px solid #0b4a9e;"
	"border-radius:4px;background:#0b4a9e;color:#fff;cursor:pointer}"
	".box button{margin-top:1.5rem}"
	"nav button,button.less{background:#fff;color:#0b4a9e}"
	"nav button{padding:.25rem .75rem}"
	":focus-visible{outline:3px solid #b35900;outline-offset:2px}"
	".error{border-left:4px solid #8a1c00;background:#fdf0ed;"
	"color:#6b1600;padding:.5rem .75rem}"
	".waves{list-style:none;padding:0}"
	".waves li{border-bottom:1px solid #bbb;padding:.75rem 0}"
	".waves p{margin:.25rem 0 0}"
	"@media(max-width:40rem){nav .who{flex-basis:100%}"
	".scroll th:first-child{min-width:11rem}.days{display:block}}"
	".small,.small a{color:#4a4a4a;font-size:.9rem}"
	".sum{font-size:1.15rem}"
	"@page{size:A4 landscape;margin:12mm}"
	"@media print{body{max-width:none;padding:0;font-size:9.5pt}"
	"nav{display:none}.scroll{overflow:visible}a{color:inherit;"
	"text-decoration:none}thead{display:table-header-group}"
	"tr{break-inside:avoid}tr.begin{break-after:avoid}"
	"h2{break-after:avoid}th,td{padding:.1rem .4rem}"
	".mark{background:none;color:#000;border:1px solid #000}}\n";

/* What the pages of rounds have more (page_*.c). */
static const char round_style[] =
	"th.t,td.t{text-align:left}td.text,.text{white-space:pre-wrap;"
	"overflow-wrap:anywhere}li,p,h1,h2{overflow-wrap:anywhere}"
	"td,th{overflow-wrap:break-word}td.text{min-width:12rem}.both "
	"td.text{min-width:0;overflow-wrap:anywhere}a,strong,span{"
	"unicode-bidi:isolate}"
	"th.d1{padding-left:1.25rem}th.d2{padding-left:2.25rem}"
	"th.d3,th.d4,th.d5{padding-left:3.25rem}"
	"td.locked{color:#4a4a4a;background:#f2f4f7}"
	".tag{display:inline-block;border:1px solid #767676;"
	"border-radius:4px;padding:0 .4rem;font-size:.85rem;"
	"white-space:nowrap;background:#fff;color:#1a1a1a}.tag:empty{"
	"display:none}.tag.past,.tag.objects{border-color:#8a1c00;"
	"color:#8a1c00}.tag.open,.tag.accepted,.tag.agrees,.tag.submitted{"
	"border-color:#0f5c2e;color:#0f5c2e}.tag.asked,.tag.reopened,"
	".tag.pending{border-color:#7a4a00;color:#7a4a00}"
	".cap a::first-letter,.cap th::first-letter,.cap summary::first-letter,"
	"h2.cap::first-letter,h3.cap::first-letter,button.cap::first-letter,"
	"summary.cap::first-letter{text-transform:uppercase}"
	".cap li a{display:inline-block}button.cap{display:inline-block}"
	"a.key{white-space:nowrap}.filter select{max-width:18rem}"
	".filter p{margin:0;max-width:100%}"
	".long{overflow-wrap:anywhere}"
	".code{color:#4a4a4a;font-size:.85em;white-space:nowrap}"
	"table.list th.n,table.list td.n{text-align:right}"
	"tr.late th{font-weight:600}a.act{display:inline-block;margin:0 "
	".5rem .25rem 0;white-space:nowrap}"
	"thead th::first-letter{text-transform:uppercase}"
	"@media print{.noprint{display:none}td.text{min-width:0}}"
	".done{border-left:4px solid #0f5c2e;background:#eef7f1;"
	"color:#0b4322;padding:.5rem .75rem}"
	"textarea,select{font:inherit;width:100%;padding:.5rem;"
	"border:1px solid #666;border-radius:4px;background:#fff;"
	"color:inherit}main form{max-width:42rem}"
	"main form button{margin:.75rem .5rem 0 0}"
	"form.inline{display:inline}form.inline button,.less{"
	"padding:.15rem .6rem;margin:0}"
	"label.flag{font-weight:400}label.flag input{width:auto}"
	".filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;"
	"align-items:end;max-width:none}.filter label{margin:0}"
	".filter select{width:auto;max-width:100%}.filter button{margin:0}"
	"details{margin:.5rem 0;border:1px solid #bbb;border-radius:4px;"
	"padding:.25rem .75rem}summary{cursor:pointer;color:#0b4a9e}"
	".acts{display:grid;gap:.5rem}.way a{margin-right:1rem}"
	".unseen{position:absolute;width:1px;height:1px;overflow:hidden;"
	"clip-path:inset(50%);white-space:nowrap}.sign{display:none}"
	"ul.tabs{list-style:none;padding:0;margin:.5rem 0;display:flex;"
	"flex-wrap:wrap;gap:.25rem 1.25rem}"
	"main form.wide{max-width:none}form.wide fieldset{max-width:42rem;"
	"border:1px solid #bbb;border-radius:4px}"
	".filter{margin:.75rem 0}"
	"table.both{max-width:42rem}caption{text-align:left;"
	"font-weight:600}"
	"@media screen{form.settle{display:flex;flex-wrap:wrap;gap:.25rem;"
	"max-width:none}}"
	"form.settle input{width:auto}form.settle button{margin:0;"
	"padding:.15rem .6rem}"
	"@media print{main form,main details,.way{display:none}"
	".sum,.small,.tag{font-size:inherit}"
	".filter{display:none}main form.wide{display:block}"
	"form.wide fieldset{display:none}"
	".sign{display:block;text-align:center;margin:2rem 0 0 60%;"
	"break-inside:avoid}.tag{border:0;padding:0;color:#000}}\n";

void web_put_escaped(struct buf *b, const char *s)
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

/* Without a referrer a browser would call the origin of our own forms
 * "null", and they would be refused. */
void web_page_begin(struct http_reply *rp, const char *title)
{
	struct buf *b = &rp->body;

	rp->content_type = "text/html; charset=utf-8";
	http_set_header(rp, "Referrer-Policy", "same-origin");
	http_set_header(rp, "Content-Security-Policy",
			"default-src 'none'; style-src 'self'; "
			"img-src 'self'; form-action 'self'; "
			"base-uri 'none'; frame-ancestors 'none'");
	buf_adds(b, "<!doctype html>\n<html lang=\"vi\"><head>"
		    "<meta charset=\"utf-8\"><meta name=\"viewport\" "
		    "content=\"width=device-width,initial-scale=1\"><title>");
	web_put_escaped(b, title);
	buf_adds(b, " · phieu</title>"
		    "<link rel=\"stylesheet\" href=\"/style.css\">"
		    "</head><body>\n");
}

void web_page_end(struct http_reply *rp)
{
	buf_adds(&rp->body, "</main></body></html>\n");
}

enum http_done web_style(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	(void)rq;
	(void)app;
	rp->content_type = "text/css; charset=utf-8";
	http_set_header(rp, "Cache-Control", "public, max-age=3600");
	buf_adds(&rp->body, style);
	buf_adds(&rp->body, round_style);
	return HTTP_REPLIED;
}

/* 2020-12-15 as 15/12/2020 */
static void put_day(struct buf *b, const char *iso)
{
	if (strlen(iso) == 10)
		buf_addf(b, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
	else
		web_put_escaped(b, iso);
}

void web_put_marks(struct buf *b, const struct wave_head *v)
{
	if (v->trial)
		buf_adds(b, "<span class=\"mark\">mẫu thử, không phải phiếu "
			    "chính thức (trial)</span>");
	if (v->simulated)
		buf_adds(b, "<span class=\"mark\">số liệu mô phỏng (simulated)"
			    "</span>");
}

void web_put_days(struct buf *b, const struct wave_head *v)
{
	buf_adds(b, "<span class=\"days\">từ ");
	put_day(b, v->opens);
	buf_adds(b, " đến ");
	put_day(b, v->closes);
	buf_adds(b, "</span>");
}

/* ---- the first page --------------------------------------------------- */

static void put_stranger(struct http_reply *rp)
{
	web_page_begin(rp, "Điều tra xã hội học");
	buf_adds(
		&rp->body,
		"<nav aria-label=\"Tài khoản\"><a href=\"/sign-in\">Đăng nhập "
		"<span lang=\"en\">(sign in)</span></a></nav>\n"
		"<main><h1>phieu: điều tra xã hội học</h1>\n"
		"<p>Máy chủ của cơ quan phân tích: đợt điều tra, tiến độ, kết "
		"quả và điểm thành phần cho phần mềm tính chỉ số.</p>\n"
		"<p lang=\"en\">The analysts' server: waves, progress, results "
		"and the components that index engines pull.</p>\n"
		"<p class=\"small\">Cho phần mềm (for programs): "
		"<a href=\"/v1/waves\">/v1/waves</a> (cần khóa truy cập), "
		"<a href=\"/healthz\">/healthz</a>, "
		"<a href=\"/readyz\">/readyz</a>, "
		"<a href=\"/metrics\">/metrics</a></p>\n");
	web_page_end(rp);
}

static const char *state_words(const char *state)
{
	static const char *const words[][2] = {
		{ "draft", "đang soạn" },
		{ "open", "đang thu phiếu" },
		{ "closed", "đã ngừng thu phiếu" },
		{ "frozen", "đã khóa số liệu" },
		{ "published", "đã công bố" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return state;
}

/* Who sees the page of a desk stands in its route. */
static bool sees_desk(const struct identity *id, const char *name, int32_t wave)
{
	char pattern[64];

	(void)snprintf(pattern, sizeof pattern, "/%s/{wave}", name);
	for (size_t i = 0; i < web_routes_n; i++)
		if (web_routes[i].method == HTTP_GET &&
		    strcmp(web_routes[i].pattern, pattern) == 0)
			return web_sees_wave(
				id, (unsigned)web_routes[i].permission >> 1,
				wave);
	return false;
}

/* The desks of a wave that this person has to do with.  Quality is looked at
 * before the freeze; after it what agents are paid by stays. */
static void put_desks(struct buf *b, const struct identity *id,
		      const struct wave_head *v, bool plans)
{
	bool open = strcmp(v->state, "open") == 0;
	bool frozen = strcmp(v->state, "frozen") == 0 ||
		      strcmp(v->state, "published") == 0;
	size_t n = 0;

	for (size_t i = 0; i < desks_n && strcmp(v->state, "draft") != 0; i++) {
		const struct desk *d = desks[i];
		bool ledger = d == &desk_ledger;
		bool late = d == &desk_quality && frozen;

		if (!sees_desk(id, d->name, v->wave) ||
		    (ledger && !v->ledger && !(plans && open)) ||
		    (d == &desk_second && !v->ledger))
			continue;
		buf_addf(b, "%s<a href=\"/%s/", n++ == 0 ? "<p>" : " · ",
			 d->name);
		web_put_escaped(b, v->code);
		buf_addf(b, "%s\">%s</a>", late ? "?show=payment" : "",
			 ledger && !v->ledger ? "Lập sổ phiếu"
			 : late		      ? "Thanh toán"
					      : d->title_vi);
	}
	buf_adds(b, n > 0 ? "</p>" : "");
}

static void put_wave(struct buf *b, const struct identity *id,
		     const struct wave_head *v, bool link, bool plans,
		     bool results)
{
	buf_adds(b, "<li>");
	if (link) {
		buf_adds(b, "<a href=\"/progress/");
		web_put_escaped(b, v->code);
		buf_adds(b, "\">");
	}
	web_put_escaped(b, v->name);
	buf_adds(b, link ? "</a>" : "");
	buf_adds(b, "<p>");
	buf_addf(b, "<strong>%s</strong>, ", state_words(v->state));
	web_put_days(b, v);
	buf_adds(b, "</p><p>");
	web_put_marks(b, v);
	buf_adds(b, "</p>");
	put_desks(b, id, v, plans);
	if (results && strcmp(v->state, "published") == 0) {
		buf_adds(b, "<p><a href=\"/results/");
		web_put_escaped(b, v->code);
		buf_adds(b, "\">Kết quả đã công bố</a></p>");
	}
	buf_adds(b, "</li>\n");
}

static void put_waves(struct buf *b, const struct identity *id,
		      const struct wave_head *list, size_t n)
{
	size_t shown = 0, i;

	buf_adds(b, "<main><h1>Các đợt điều tra</h1>\n<ul class=\"waves\">\n");
	for (i = 0; i < n; i++) {
		if (!web_sees_wave(id, MAY_PEOPLE, list[i].wave))
			continue;
		put_wave(b, id, &list[i],
			 web_sees_wave(id, WEB_WATCHES, list[i].wave),
			 web_sees_wave(id, ROLE_BIT(ROLE_ANALYST),
				       list[i].wave),
			 web_sees_wave(id, WEB_READS, list[i].wave));
		shown++;
	}
	buf_adds(b, "</ul>\n");
	if (shown == 0)
		buf_adds(b, "<p>Chưa có đợt điều tra nào dành cho tài khoản "
			    "này. <span lang=\"en\">(no wave for this account "
			    "yet)</span></p>\n");
}

static bool home(struct db *db, struct http_request *rq, struct http_reply *rp,
		 struct web *w, struct err *e)
{
	const struct identity *id;
	struct wave_head *list;
	struct buf *b = &rp->body;
	size_t n, total;
	bool found;

	if (!web_person(db, rq, w, &found, e))
		return false;
	id = rq->identity;
	if (!found) {
		put_stranger(rp);
		return true;
	}
	if (id->person.must_change) {
		rp->status = 303;
		http_set_header(rp, "Location", "/password");
		return true;
	}
	if (!store_wave_heads(db, 0, 0, WEB_PAGE_MAX, rq->arena, &list, &n,
			      &total, e))
		return false;
	web_page_begin(rp, "Các đợt điều tra");
	buf_adds(b, "<nav aria-label=\"Tài khoản\"><span class=\"who\">");
	web_put_escaped(b, id->person.name);
	if (id->person.roles & WEB_READS)
		buf_adds(b, "</span><a href=\"/rounds\">Các kỳ đánh giá</a>"
			    "<span>");
	buf_adds(b, "</span><a href=\"/password\">Đổi mật khẩu</a>"
		    "<form method=\"post\" action=\"/sign-out\">"
		    "<button type=\"submit\">Đăng xuất</button></form>"
		    "</nav>\n");
	put_waves(b, id, list, n);
	web_page_end(rp);
	return true;
}

enum http_done web_home_page(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	/* a stranger's page needs no database */
	if (http_header(rq, "Cookie"))
		return web_run(rq, rp, app, home);
	put_stranger(rp);
	return HTTP_REPLIED;
}
