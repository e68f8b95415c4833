#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "phieu/json.h"
#include "phieu/log.h"
#include "web_impl.h"

/* The __Host- prefix makes a browser insist on Secure, Path=/ and no Domain;
 * without TLS (loopback) it would refuse the cookie altogether. */
static const char *cookie_name(const struct web *w)
{
	return w->tls ? "__Host-phieu" : "phieu";
}

static bool is_feed(const struct http_request *rq)
{
	return strncmp(rq->pattern, "/v1/waves/{wave}/odata", 22) == 0;
}

static bool send_to(struct http_reply *rp, const char *path)
{
	rp->status = 303;
	http_set_header(rp, "Location", path);
	return false;
}

static bool say_401(struct http_request *rq, struct http_reply *rp)
{
	if (web_is_page(rq))
		return send_to(rp, "/sign-in");
	http_set_header(rp, "WWW-Authenticate",
			is_feed(rq) ? "Basic realm=\"phieu\", charset=\"UTF-8\""
				    : "Bearer realm=\"phieu\"");
	http_error(rq, rp, 401, "sign-in", "sign in or bring a key",
		   "Hãy đăng nhập hoặc gửi khóa truy cập");
	return false;
}

static bool say_403(struct http_request *rq, struct http_reply *rp,
		    const char *code, const char *en, const char *vi)
{
	http_error(rq, rp, 403, code, en, vi);
	return false;
}

/* Excel and Power BI know Basic only: the key comes as its password, over TLS
 * or from this machine. */
static const char *key_of(struct http_request *rq, const struct web *w)
{
	const char *name, *secret;
	bool local = strncmp(rq->peer, "127.", 4) == 0 ||
		     strcmp(rq->peer, "::1") == 0;

	if (http_bearer(rq))
		return http_bearer(rq);
	return (w->tls || local) && is_feed(rq) &&
			       http_basic(rq, &name, &secret)
		       ? secret
		       : NULL;
}

static bool find_key(struct db *db, struct http_request *rq, const char *key,
		     struct identity *id, bool *found, struct err *e)
{
	if (!store_api_key_get(db, key, rq->arena, &id->key, found, e))
		return false;
	id->roles = *found ? ROLE_BIT(id->key.role) : 0;
	return true;
}

static bool find_person(struct db *db, struct http_request *rq,
			struct identity *id, uint8_t csrf_hash[32], bool *found,
			struct err *e)
{
	if (!store_session_get(db, id->token, rq->arena, &id->person, csrf_hash,
			       found, e))
		return false;
	id->is_person = true;
	id->roles = *found ? id->person.roles : 0;
	return true;
}

/* What another site can make a browser send without asking first. */
static bool is_form_type(const char *type)
{
	static const char *const all[] = {
		"text/plain", "multipart/form-data",
		"application/x-www-form-urlencoded"
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strncasecmp(type, all[i], strlen(all[i])) == 0)
			return true;
	return false;
}

/* A browser sends the cookie along with whatever another site makes it
 * send; that site cannot set this header or such a content type.  Files come
 * under their own type, all else is JSON (web_read_object). */
static bool is_our_own_write(const struct http_request *rq,
			     const uint8_t csrf_hash[32])
{
	const char *token = http_header(rq, "X-CSRF-Token");
	const char *type = http_header(rq, "Content-Type");
	uint8_t hash[32];

	if (!token || strlen(token) >= TOKEN_TEXT_MAX)
		return false;
	if (!type || is_form_type(type))
		return false;
	token_hash(token, hash);
	return bytes_equal(hash, csrf_hash, sizeof hash);
}

/* Routes of programs want the token; a page's form says where it comes from,
 * and the cookie (SameSite=Strict) comes along with none of another site. */
static bool is_ours(const struct http_request *rq, const struct web *w,
		    const uint8_t csrf_hash[32])
{
	return strncmp(rq->pattern, "/v1/", 4) == 0
		       ? is_our_own_write(rq, csrf_hash)
		       : web_is_own_form(rq, w->tls);
}

static bool may(struct http_request *rq, int permission, struct identity *id,
		const struct web *w, struct http_reply *rp,
		const uint8_t csrf_hash[32])
{
	/* a key with an analyst's role is still nobody: no session to end, no
	 * password to change, no form to fill in */
	bool wants_person = permission == MAY(MAY_PEOPLE) ||
			    (rq->method != HTTP_GET &&
			     strncmp(rq->pattern, "/v1/", 4) != 0);

	if (!(id->roles & ((unsigned)permission >> 1)) ||
	    (wants_person && !id->is_person))
		return say_403(rq, rp, "forbidden", "not allowed",
			       "Không có quyền");
	/* what counts for waves is a role that this route asks for */
	id->roles &= (unsigned)permission >> 1;
	if (!id->is_person)
		return true;
	if (rq->method != HTTP_GET && !is_ours(rq, w, csrf_hash))
		return say_403(
			rq, rp, "csrf",
			"X-CSRF-Token is needed, and a content type that "
			"no form sends",
			"Thiếu X-CSRF-Token hoặc sai kiểu nội dung");
	if (id->person.must_change && strcmp(rq->pattern, "/v1/me") != 0 &&
	    strcmp(rq->pattern, "/v1/password") != 0 &&
	    strcmp(rq->pattern, "/v1/session") != 0)
		return web_is_page(rq) ? send_to(rp, "/password")
				       : say_403(rq, rp, "change-password",
						 "change the password first",
						 "Hãy đổi mật khẩu trước");
	return true;
}

bool web_auth(struct http_request *rq, int permission, struct http_reply *rp,
	      void *app)
{
	struct web *w = app;
	struct identity *id = arena_alloc(rq->arena, sizeof *id);
	uint8_t csrf_hash[32] = { 0 };
	const char *key = key_of(rq, w);
	bool found = false, ok;
	struct err e = { .kind = ERR_NOMEM };
	struct db *db;
	int tries;

	if (!id) {
		http_error_of(rq, rp, &e);
		return false;
	}
	rq->identity = id;
	id->web = w;
	id->token = http_cookie(rq, cookie_name(w));
	if (!key && !id->token)
		return say_401(rq, rp);
	for (tries = 0, ok = false; !ok && tries < 2; tries++) {
		db = db_pool_take(w->db, WEB_DB_WAIT_MS, &e);
		if (!db)
			continue;
		ok = key ? find_key(db, rq, key, id, &found, &e)
			 : find_person(db, rq, id, csrf_hash, &found, &e);
		db_pool_give(w->db, db);
		if (!ok && e.kind != ERR_DOWN)
			break;
	}
	if (!ok) {
		http_error_of(rq, rp, &e);
		return false;
	}
	if (!found)
		return say_401(rq, rp);
	return may(rq, permission, id, w, rp, csrf_hash);
}

static void put_person(struct jw *w, const struct person *p)
{
	size_t i;

	jw_kv(w, "login", p->login);
	jw_kv(w, "name", p->name);
	jw_kb(w, "must_change_password", p->must_change);
	jw_key(w, "roles");
	jw_array(w);
	for (i = 0; i < p->n_grants; i++) {
		jw_object(w);
		jw_kv(w, "role", role_name(p->grants[i].role));
		jw_kv(w, "wave", p->grants[i].wave_code);
		jw_kv(w, "unit", p->grants[i].unit);
		jw_object_end(w);
	}
	jw_array_end(w);
}

cJSON *web_read_object(struct http_request *rq, struct http_reply *rp)
{
	const char *type = http_header(rq, "Content-Type");
	struct err e = { 0 };
	cJSON *o;

	if (!type || strncasecmp(type, "application/json", 16) != 0) {
		http_error(rq, rp, 415, "bad-type", "send application/json",
			   "Hãy gửi application/json");
		return NULL;
	}
	o = json_parse(rq->body, rq->body_n, &json_submission_limits, &e);
	if (o && cJSON_IsObject(o))
		return o;
	if (o)
		(void)err_set(&e, ERR_INPUT, "not a JSON object");
	cJSON_Delete(o);
	http_error_of(rq, rp, &e);
	return NULL;
}

bool web_person(struct db *db, struct http_request *rq, const struct web *w,
		bool *found, struct err *e)
{
	struct identity *id = arena_alloc(rq->arena, sizeof *id);
	uint8_t csrf_hash[32];

	*found = false;
	if (!id)
		return err_set(e, ERR_NOMEM, "out of memory");
	*id = (struct identity){ .token = http_cookie(rq, cookie_name(w)),
				 .web = w };
	rq->identity = id;
	return !id->token || find_person(db, rq, id, csrf_hash, found, e);
}

bool web_set_cookie(struct http_request *rq, struct http_reply *rp,
		    const struct web *w, const char *token, int seconds)
{
	const char *text =
		arena_printf(rq->arena,
			     "%s=%s; Path=/; HttpOnly; SameSite=Strict; "
			     "Max-Age=%d%s",
			     cookie_name(w), token, seconds,
			     w->tls ? "; Secure" : "");

	if (text)
		http_set_header(rp, "Set-Cookie", text);
	return text;
}

static bool say_outcome(struct http_request *rq, struct http_reply *rp,
			const struct web *w, enum sign_in outcome,
			const struct session *s, struct err *e)
{
	struct jw j;

	if (outcome == SIGN_IN_WRONG) {
		http_error(rq, rp, 401, "wrong-password",
			   "unknown login or wrong password",
			   "Sai tên đăng nhập hoặc mật khẩu");
		return true;
	}
	if (outcome == SIGN_IN_LOCKED) {
		http_error(rq, rp, 429, "locked",
			   "too many failures, try later",
			   "Sai quá nhiều lần, hãy thử lại sau");
		http_set_header(rp, "Retry-After", "60");
		return true;
	}
	if (!web_set_cookie(rq, rp, w, s->token, w->rules.session_hours * 3600))
		return err_set(e, ERR_NOMEM, "out of memory");
	jw_init(&j, &rp->body);
	jw_object(&j);
	put_person(&j, &s->person);
	jw_kv(&j, "csrf", s->csrf);
	jw_object_end(&j);
	return true;
}

static bool sign_in(struct db *db, struct http_request *rq,
		    struct http_reply *rp, struct web *w, struct err *e)
{
	cJSON *o = web_read_object(rq, rp);
	const char *login = json_get_text(o, "login");
	const char *password = json_get_text(o, "password");
	struct session s = { 0 };
	enum sign_in outcome;
	bool ok;

	if (!o)
		return true; /* said already */
	if (!login || !password)
		ok = err_set(e, ERR_INPUT, "login and password are needed");
	else
		ok = store_sign_in(db, &w->rules, login, password, rq->arena,
				   &outcome, &s, e) &&
		     say_outcome(rq, rp, w, outcome, &s, e);
	cJSON_Delete(o);
	return ok;
}

enum http_done web_sign_in(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	struct web *w = app;

	/* Checking a password takes long on purpose: a flood of sign-ins
	 * must leave threads for everybody else. */
	if (atomic_fetch_add(&w->sign_ins, 1) < WEB_SIGN_INS)
		(void)web_run(rq, rp, app, sign_in);
	else
		http_error(rq, rp, 429, "busy", "too many sign-ins, try again",
			   "Quá nhiều lượt đăng nhập, hãy thử lại");
	atomic_fetch_sub(&w->sign_ins, 1);
	return HTTP_REPLIED;
}

static bool sign_out(struct db *db, struct http_request *rq,
		     struct http_reply *rp, struct web *w, struct err *e)
{
	const struct identity *id = rq->identity;

	if (!store_session_end(db, id->token, e))
		return false;
	rp->status = 204;
	return web_set_cookie(rq, rp, w, "", 0) ||
	       err_set(e, ERR_NOMEM, "out of memory");
}

enum http_done web_sign_out(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return web_run(rq, rp, app, sign_out);
}

enum http_done web_me(struct http_request *rq, struct http_reply *rp, void *app)
{
	const struct identity *id = rq->identity;
	struct jw j;

	(void)app;
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "kind", id->is_person ? "person" : "key");
	if (id->is_person) {
		put_person(&j, &id->person);
	} else {
		jw_kv(&j, "name", id->key.name);
		jw_kv(&j, "role", role_name(id->key.role));
	}
	jw_object_end(&j);
	return HTTP_REPLIED;
}

static bool password(struct db *db, struct http_request *rq,
		     struct http_reply *rp, struct web *w, struct err *e)
{
	const struct identity *id = rq->identity;
	cJSON *o = web_read_object(rq, rp);
	const char *was = json_get_text(o, "old");
	const char *now = json_get_text(o, "new"), *en, *vi;
	bool ok = true;

	if (!o)
		return true;
	if (!was || !now) {
		ok = err_set(e, ERR_INPUT, "old and new are needed");
		goto out;
	}
	en = password_fault(&w->rules, id->person.login, now, &vi);
	if (en) {
		http_error(rq, rp, 422, "weak-password", en, vi);
		goto out;
	}
	ok = store_password_change(db, &w->rules, &id->person, id->token, was,
				   now, e);
	rp->status = 204;
out:
	cJSON_Delete(o);
	return ok;
}

enum http_done web_password(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	struct web *w = app;

	if (atomic_fetch_add(&w->sign_ins, 1) < WEB_SIGN_INS)
		(void)web_run(rq, rp, app, password);
	else
		http_error(rq, rp, 429, "busy", "busy, try again",
			   "Đang bận, hãy thử lại");
	atomic_fetch_sub(&w->sign_ins, 1);
	return HTTP_REPLIED;
}
