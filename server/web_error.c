/* A person with a browser gets a page where a program gets an error. */
#include <string.h>

#include "phieu/json.h"
#include "web_impl.h"

bool web_is_page(const struct http_request *rq)
{
	const char *accept = http_header(rq, "Accept");

	return rq->path && strncmp(rq->path, "/v1/", 4) != 0 && accept &&
	       strstr(accept, "text/html");
}

static const char *title_of(int status)
{
	switch (status) {
	case 403: return "Không có quyền xem trang này";
	case 404: return "Không có trang này";
	case 429: return "Đang có quá nhiều yêu cầu";
	case 503: return "Máy chủ chưa trả lời được";
	default: return "Chưa làm được";
	}
}

static const char *advice_of(int status)
{
	switch (status) {
	case 403:
		return "Nếu cần xem, hãy hỏi quản trị viên để được cấp quyền.";
	case 404: return "Hãy xem lại địa chỉ, hoặc đi từ trang đầu.";
	case 429:
	case 503: return "Hãy thử lại sau ít phút; chưa có gì bị mất.";
	default:
		return "Hãy quay lại và thử lần nữa; nếu vẫn vậy, báo quản trị "
		       "viên mã yêu cầu dưới đây.";
	}
}

static void put_text(struct buf *b, const char *before, const char *text,
		     const char *after)
{
	if (!text || !*text)
		return;
	buf_adds(b, before);
	web_put_escaped(b, text);
	buf_adds(b, after);
}

static void say(struct http_reply *rp, const cJSON *error)
{
	struct buf *b = &rp->body;
	const char *title = title_of(rp->status);

	web_page_begin(rp, title);
	buf_adds(b, "<nav aria-label=\"Đường dẫn\"><a href=\"/\">Trang đầu"
		    "</a></nav>\n<main class=\"box\">");
	buf_addf(b, "<h1>%s</h1>\n", title);
	put_text(b, "<p>", json_get_text(error, "message_vi"), ".");
	put_text(b, " <span lang=\"en\">(", json_get_text(error, "message"),
		 ")</span>");
	buf_addf(b, "</p>\n<p>%s</p>\n", advice_of(rp->status));
	put_text(b, "<p class=\"small\">Mã yêu cầu: ",
		 json_get_text(error, "request"), "</p>\n");
	web_page_end(rp);
}

void web_dress(struct http_request *rq, struct http_reply *rp, void *app)
{
	const char *type = rp->content_type;
	struct err e = { 0 };
	cJSON *o;

	(void)app;
	if (rp->status < 400 || !web_is_page(rq) || !type ||
	    strncmp(type, "application/json", 16) != 0)
		return;
	o = json_parse(rp->body.data, rp->body.len, &json_submission_limits,
		       &e);
	if (!o)
		return;
	rp->body.len = 0;
	say(rp, cJSON_GetObjectItemCaseSensitive(o, "error"));
	cJSON_Delete(o);
}
