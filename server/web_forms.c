/* Signing in and out and changing the password with a browser, without
 * script: plain forms, Vietnamese first. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "web_impl.h"

struct words {
	const char *vi, *en;
};

static const struct words busy = { "Đang có nhiều lượt kiểm tra mật khẩu, hãy "
				   "thử lại sau ít giây.",
				   "busy, try again" };

/* ---- where a post comes from ------------------------------------------ */

/* Does `url` (an origin, or an address below it) name this host? */
static bool is_host(const char *url, const char *host, bool tls)
{
	size_t n = strlen(host);

	if (strncmp(url, "https://", 8) == 0)
		url += 8;
	else if (!tls && strncmp(url, "http://", 7) == 0)
		url += 7;
	else
		return false;
	return n > 0 && strncasecmp(url, host, n) == 0 &&
	       (url[n] == '\0' || url[n] == '/');
}

bool web_is_own_form(const struct http_request *rq, bool tls)
{
	const char *host = http_header(rq, "Host");
	const char *from = http_header(rq, "Origin");
	const char *site = http_header(rq, "Sec-Fetch-Site");

	if (!from)
		from = http_header(rq, "Referer");
	if (site && strcasecmp(site, "same-origin") != 0)
		return false;
	return host && from && is_host(from, host, tls);
}

static bool is_form_type(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	size_t n = sizeof form - 1;

	return type && strncasecmp(type, form, n) == 0 &&
	       (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

const char *web_field(const struct web_fields *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->pair[i].name, name) == 0)
			return f->pair[i].value;
	return "";
}

bool web_read_form(struct http_request *rq, struct http_reply *rp,
		   const struct web *w, struct web_fields *f)
{
	f->n = 0;
	if (!web_is_own_form(rq, w->tls)) {
		http_error(rq, rp, 403, "csrf",
			   "the form was sent from another site",
			   "Biểu mẫu được gửi từ trang khác");
		return false;
	}
	if (rq->body_n > 0 && !is_form_type(http_header(rq, "Content-Type"))) {
		http_error(rq, rp, 415, "bad-type",
			   "send application/x-www-form-urlencoded",
			   "Hãy gửi application/x-www-form-urlencoded");
		return false;
	}
	if (!http_parse_query(rq->arena, rq->body, rq->body_n, f->pair,
			      WEB_FIELDS_MAX, &f->n)) {
		http_error(rq, rp, 400, "bad-form", "malformed form",
			   "Biểu mẫu sai");
		return false;
	}
	return true;
}

static void send_to(struct http_reply *rp, const char *path)
{
	rp->status = 303;
	http_set_header(rp, "Location", path);
}

/* ---- pieces of pages --------------------------------------------------- */

static void begin(struct http_reply *rp, const char *title,
		  const struct words *wrong)
{
	struct buf *b = &rp->body;

	b->len = 0;
	web_page_begin(rp, title);
	buf_addf(b, "<main class=\"box\"><h1>%s</h1>\n", title);
	if (!wrong)
		return;
	buf_adds(b, "<p class=\"error\" id=\"error\" role=\"alert\">");
	web_put_escaped(b, wrong->vi);
	buf_adds(b, " <span lang=\"en\">(");
	web_put_escaped(b, wrong->en);
	buf_adds(b, ")</span></p>\n");
}

struct input {
	const char *name, *vi, *en, *complete;
	bool secret;
};

static void put_input(struct buf *b, const struct input *i, const char *value,
		      bool focus, bool wrong)
{
	buf_addf(b,
		 "<label for=\"%s\">%s <span lang=\"en\">(%s)</span></label>\n"
		 "<input id=\"%s\" name=\"%s\" type=\"%s\" autocomplete=\"%s\" "
		 "required%s%s%s",
		 i->name, i->vi, i->en, i->name, i->name,
		 i->secret ? "password" : "text", i->complete,
		 i->secret ? ""
			   : " autocapitalize=\"none\" spellcheck=\"false\"",
		 focus ? " autofocus" : "",
		 wrong ? " aria-invalid=\"true\" aria-describedby=\"error\""
		       : "");
	if (*value) {
		buf_adds(b, " value=\"");
		web_put_escaped(b, value);
		buf_adds(b, "\"");
	}
	buf_adds(b, ">\n");
}

/* ---- signing in -------------------------------------------------------- */

static void sign_in_page(struct http_reply *rp, int status, const char *login,
			 const struct words *wrong)
{
	static const struct input name = { "login", "Tên đăng nhập", "login",
					   "username", false };
	static const struct input secret = { "password", "Mật khẩu", "password",
					     "current-password", true };
	struct buf *b = &rp->body;

	rp->status = status;
	begin(rp, wrong ? "Đăng nhập chưa được" : "Đăng nhập", wrong);
	buf_adds(b, "<form method=\"post\" action=\"/sign-in\">\n");
	put_input(b, &name, login, !*login, wrong);
	put_input(b, &secret, "", *login, wrong);
	buf_adds(b, "<button type=\"submit\">Đăng nhập</button></form>\n"
		    "<p class=\"small\">Quên mật khẩu: hãy hỏi quản trị viên. "
		    "<span lang=\"en\">(Forgotten: ask the administrator.)"
		    "</span></p>\n");
	web_page_end(rp);
}

enum http_done web_sign_in_page(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	(void)rq;
	(void)app;
	sign_in_page(rp, 200, "", NULL);
	return HTTP_REPLIED;
}

static bool sign_in(struct db *db, struct http_request *rq,
		    struct http_reply *rp, struct web *w, struct err *e)
{
	static const struct words wrong = { "Sai tên đăng nhập hoặc mật khẩu.",
					    "unknown login or wrong password" };
	static const struct words locked = {
		"Đã sai quá nhiều lần, hãy thử lại sau.",
		"too many failures, try later"
	};
	const struct web_fields *f = rq->user;
	const char *login = web_field(f, "login"),
		   *secret = web_field(f, "password");
	struct session s = { 0 };
	enum sign_in outcome = SIGN_IN_WRONG;

	if (*login && *secret &&
	    !store_sign_in(db, &w->rules, login, secret, rq->arena, &outcome,
			   &s, e))
		return false;
	if (outcome == SIGN_IN_LOCKED) {
		sign_in_page(rp, 429, login, &locked);
		http_set_header(rp, "Retry-After", "60");
	} else if (outcome == SIGN_IN_WRONG) {
		sign_in_page(rp, 401, login, &wrong);
	} else {
		send_to(rp, s.person.must_change ? "/password" : "/");
		return web_set_cookie(rq, rp, w, s.token,
				      w->rules.session_hours * 3600) ||
		       err_set(e, ERR_NOMEM, "out of memory");
	}
	return true;
}

/* Runs `fn`, which checks a password: that takes long on purpose, so few at
 * a time.  False when the form is to be shown again with *wrong. */
static bool run_few(struct http_request *rq, struct http_reply *rp,
		    struct web *w, web_fn fn, struct words *wrong)
{
	static const char html[] = "text/html";

	*wrong = busy;
	rp->content_type = html;
	if (atomic_fetch_add(&w->sign_ins, 1) < WEB_SIGN_INS) {
		(void)web_run(rq, rp, w, fn);
		*wrong = (struct words){ "Máy chủ chưa trả lời được, hãy thử "
					 "lại sau ít phút.",
					 "the server cannot answer, try "
					 "again" };
	} else {
		rp->status = 429;
		http_set_header(rp, "Retry-After", "5");
		rp->content_type = "application/json";
	}
	atomic_fetch_sub(&w->sign_ins, 1);
	return strncmp(rp->content_type, html, sizeof html - 1) == 0;
}

enum http_done web_sign_in_form(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	struct words wrong;
	struct web_fields f;

	if (!web_read_form(rq, rp, app, &f))
		return HTTP_REPLIED;
	rq->user = &f;
	if (!run_few(rq, rp, app, sign_in, &wrong))
		sign_in_page(rp, rp->status, web_field(&f, "login"), &wrong);
	rq->user = NULL;
	return HTTP_REPLIED;
}

/* ---- signing out ------------------------------------------------------- */

static bool sign_out(struct db *db, struct http_request *rq,
		     struct http_reply *rp, struct web *w, struct err *e)
{
	const struct identity *id;
	bool found;

	if (!web_person(db, rq, w, &found, e))
		return false;
	id = rq->identity;
	if (found && !store_session_end(db, id->token, e))
		return false;
	send_to(rp, "/");
	return web_set_cookie(rq, rp, w, "", 0) ||
	       err_set(e, ERR_NOMEM, "out of memory");
}

enum http_done web_sign_out_form(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	struct web_fields f;

	if (!web_read_form(rq, rp, app, &f))
		return HTTP_REPLIED;
	return web_run(rq, rp, app, sign_out);
}

/* ---- changing the password --------------------------------------------- */

static void password_page(struct http_reply *rp, int status, bool must,
			  const struct words *wrong)
{
	static const struct input in[] = {
		{ "old", "Mật khẩu đang dùng", "present password",
		  "current-password", true },
		{ "new", "Mật khẩu mới", "new password", "new-password", true },
		{ "again", "Nhập lại mật khẩu mới", "new password again",
		  "new-password", true },
	};
	struct buf *b = &rp->body;

	rp->status = status;
	begin(rp, wrong ? "Đổi mật khẩu chưa được" : "Đổi mật khẩu", wrong);
	if (must)
		buf_adds(b, "<p>Mật khẩu này do người khác đặt: hãy đổi trước "
			    "khi dùng tiếp. <span lang=\"en\">(Change it "
			    "before going on.)</span></p>\n");
	buf_adds(b, "<form method=\"post\" action=\"/password\">\n");
	for (size_t i = 0; i < sizeof in / sizeof in[0]; i++)
		put_input(b, &in[i], "", i == 0, wrong);
	buf_adds(b, "<button type=\"submit\">Đổi mật khẩu</button></form>\n");
	if (must)
		buf_adds(b, "<form method=\"post\" action=\"/sign-out\">"
			    "<button class=\"less\" type=\"submit\">Đăng "
			    "xuất</button>"
			    "</form>\n");
	else
		buf_adds(b, "<p><a href=\"/\">Về danh sách đợt điều tra</a>"
			    "</p>\n");
	web_page_end(rp);
}

static bool password_show(struct db *db, struct http_request *rq,
			  struct http_reply *rp, struct web *w, struct err *e)
{
	const struct identity *id;
	bool found;

	if (!web_person(db, rq, w, &found, e))
		return false;
	id = rq->identity;
	if (found)
		password_page(rp, 200, id->person.must_change, NULL);
	else
		send_to(rp, "/sign-in");
	return true;
}

enum http_done web_password_page(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run(rq, rp, app, password_show);
}

/* What can be said before the old password is looked at; vi NULL: nothing. */
static struct words fault_of(const struct web *w, const struct person *p,
			     const struct web_fields *f)
{
	const char *now = web_field(f, "new");
	struct words wrong = { 0 };

	wrong.en = password_fault(&w->rules, p->login, now, &wrong.vi);
	if (strcmp(now, web_field(f, "again")) != 0)
		wrong = (struct words){ "Hai lần nhập mật khẩu mới không giống "
					"nhau.",
					"the new passwords differ" };
	else if (strcmp(now, web_field(f, "old")) == 0)
		wrong = (struct words){ "Mật khẩu mới phải khác mật khẩu cũ.",
					"the new password is the old one" };
	return wrong;
}

static bool change(struct db *db, struct http_request *rq,
		   struct http_reply *rp, struct web *w, struct err *e)
{
	static const struct words denied = {
		"Mật khẩu đang dùng không đúng, hoặc đã sai quá nhiều lần (khi "
		"đó hãy thử lại sau).",
		"the present password is wrong, or there were too many failures"
	};
	const struct web_fields *f = rq->user;
	const struct identity *id;
	struct words wrong;
	bool found;

	if (!web_person(db, rq, w, &found, e))
		return false;
	id = rq->identity;
	if (!found) {
		send_to(rp, "/sign-in");
		return true;
	}
	wrong = fault_of(w, &id->person, f);
	if (!wrong.vi && !store_password_change(db, &w->rules, &id->person,
						id->token, web_field(f, "old"),
						web_field(f, "new"), e)) {
		if (e->kind == ERR_INPUT)
			wrong = (struct words){ "Mật khẩu mới không dùng được.",
						e->msg };
		else if (e->kind == ERR_DENIED)
			wrong = denied;
		else
			return false;
	}
	if (wrong.vi)
		password_page(rp, 422, id->person.must_change, &wrong);
	else
		send_to(rp, "/");
	return true;
}

enum http_done web_password_form(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	struct words wrong;
	struct web_fields f;

	if (!web_read_form(rq, rp, app, &f))
		return HTTP_REPLIED;
	rq->user = &f;
	if (!run_few(rq, rp, app, change, &wrong))
		password_page(rp, rp->status, false, &wrong);
	rq->user = NULL;
	return HTTP_REPLIED;
}
