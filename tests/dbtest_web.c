/* The office's service in this process: its own routes, a real database,
 * real sockets. */
#include "support/pg.h"

#include <poll.h>
#include <unistd.h>

#include "../server/web_impl.h"
#include "phieu/date.h"
#include "phieu/fault.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "phieu/store_account.h"
#include "phieu/store_plan.h"
#include "support/raw.h"

#define PLAN	 "collector/plans/lai-chau-2020.json"
#define WAVE	 "lai-chau-2020"
#define PASSWORD "Sông Hồng chảy 7 nhánh"
#define OTHER	 "Núi cao rừng rậm 2 vợ"

struct world {
	struct web w;
	struct conf *conf; /* as it is without a file */
	struct db *db;	   /* as the server's role */
	PGconn *owner;
	struct arena *a;
	char analyst[TOKEN_TEXT_MAX], engine[TOKEN_TEXT_MAX];
	char narrow[TOKEN_TEXT_MAX]; /* an analyst's key for one wave */
	char cookie[128], csrf[TOKEN_TEXT_MAX];
	struct raw r;
	struct err e;
};

#define must(expr)                                           \
	do {                                                 \
		if (!(expr))                                 \
			fail_msg("%s: %s", #expr, w->e.msg); \
	} while (0)

static void load_plan(struct world *w)
{
	char conninfo[512];
	struct plan *p;
	struct faults f;
	struct db *owner;
	int32_t version;
	bool changed;
	char *text;
	size_t n;

	text = file_read(PLAN, LIMIT_PLAN_BYTES, &n, &w->e);
	assert_non_null(text);
	faults_init(&f, w->a);
	p = plan_read(text, n, &f, &w->e);
	assert_non_null(p);
	pg_conninfo(conninfo, sizeof conninfo, "owner", NULL);
	owner = db_open(conninfo, "dbtest", DB_ANY_ROLE, 0, &w->e);
	assert_non_null(owner);
	must(store_plan_load(owner, p, "test", "test", &version, &changed,
			     &w->e));
	db_close(owner);
	plan_free(p);
	free(text);
	pg_do(w->owner, "INSERT INTO plan.wave (code, name, opens, closes, "
			"trial) VALUES ('w-2', '<b>&\"''Đợt 2', "
			"'2020-01-01', '2020-02-01', true)");
}

static void start(struct world *w)
{
	struct http_config c = {
		.address = "127.0.0.1",
		.threads = 2,
		.max_buffered = 1 << 20,
		.routes = web_routes,
		.n_routes = web_routes_n,
		.auth = web_auth,
		.dress = web_dress,
		.app = &w->w,
	};
	char conninfo[512];

	pg_conninfo(conninfo, sizeof conninfo, "server", NULL);
	w->db = db_open(conninfo, "dbtest", DB_SERVICE_ROLE, 0, &w->e);
	w->w.db = db_pool_new(conninfo, "dbtest-web", 2, 10000, &w->e);
	w->w.rules = (struct people_rules){ .min_length = 12,
					    .failures = 100,
					    .lock_minutes = 1,
					    .session_hours = 1 };
	w->w.started_us = clock_monotonic_us();
	w->conf = conf_new(&w->e);
	w->w.conf = w->conf;
	w->w.http = http_start(&c, &w->e);
	if (!w->conf || !w->db || !w->w.db || !w->w.http)
		fail_msg("%s", w->e.msg);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	assert_true(hash_start(&w->e));
	log_set_level(LOG_ERROR);
	w->owner = pg_as("owner", NULL);
	pg_do(w->owner,
	      "TRUNCATE plan.wave, people.account, people.session, "
	      "people.account_role, people.api_key, field.response CASCADE");
	w->a = arena_new((size_t)64 << 20);
	start(w);
	load_plan(w);
	must(store_account_add(w->db, &w->w.rules, "test", "lan", "Lan",
			       PASSWORD, &w->e));
	pg_do(w->owner, "UPDATE people.account SET must_change = false");
	must(store_api_key_add(w->db, "test", "a", ROLE_ANALYST, NULL, 1,
			       w->analyst, &w->e));
	must(store_api_key_add(w->db, "test", "e", ROLE_ENGINE, NULL, 1,
			       w->engine, &w->e));
	must(store_api_key_add(w->db, "test", "n", ROLE_ANALYST, "w-2", 1,
			       w->narrow, &w->e));
	w->r = raw_open(http_port(w->w.http));
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	raw_close(&w->r);
	assert_int_equal(http_stop(w->w.http, 5), 0);
	db_pool_free(w->w.db);
	db_close(w->db);
	PQfinish(w->owner);
	arena_free(w->a);
	conf_free(w->conf);
	free(w);
	return 0;
}

/* `headers`: whole lines with CRLF; a body is sent as JSON. */
static struct raw_reply call(struct world *w, const char *method,
			     const char *path, const char *headers,
			     const char *body)
{
	struct buf b = BUF_INIT(1 << 20);
	struct raw_reply p;

	buf_addf(&b, "%s %s HTTP/1.1\r\nHost: x\r\n%s", method, path,
		 headers ? headers : "");
	if (body)
		buf_addf(&b, "Content-Length: %zu\r\n", strlen(body));
	buf_addf(&b, "\r\n%s", body ? body : "");
	raw_text(&w->r, buf_cstr(&b));
	buf_free(&b);
	p = raw_take(&w->r, strcmp(method, "HEAD") == 0);
	if (p.status == 0)
		fail_msg("%s %s: closed", method, path);
	return p;
}

static int status(struct world *w, const char *method, const char *path,
		  const char *headers, const char *body)
{
	struct raw_reply p = call(w, method, path, headers, body);
	int s = p.status;

	raw_reply_free(&p);
	return s;
}

static const char *bearer(struct world *w, const char *key)
{
	return arena_printf(w->a, "Authorization: Bearer %s\r\n", key);
}

static cJSON *json_of(const struct raw_reply *p)
{
	struct err e = { 0 };
	cJSON *o = json_parse(p->body, p->body_n, &json_plan_limits, &e);

	if (!o)
		fail_msg("%s: %.300s", e.msg, p->body);
	return o;
}

static struct raw_reply ask_session(struct world *w, const char *password)
{
	return call(w, "POST", "/v1/session",
		    "Content-Type: application/json\r\n",
		    arena_printf(w->a,
				 "{\"login\":\"lan\",\"password\":\"%s\"}",
				 password));
}

static void sign_in(struct world *w, const char *password)
{
	struct raw_reply p = ask_session(w, password);
	char v[300];
	cJSON *o;

	assert_int_equal(p.status, 200);
	assert_true(raw_header(&p, "Set-Cookie", v, sizeof v));
	v[strcspn(v, ";")] = '\0';
	(void)snprintf(w->cookie, sizeof w->cookie, "Cookie: %.100s\r\n", v);
	o = json_of(&p);
	(void)snprintf(w->csrf, sizeof w->csrf, "%s", json_get_text(o, "csrf"));
	cJSON_Delete(o);
	raw_reply_free(&p);
}

static const char *write_headers(struct world *w)
{
	return arena_printf(w->a,
			    "%sX-CSRF-Token: %s\r\n"
			    "Content-Type: application/json\r\n",
			    w->cookie, w->csrf);
}

static void give(struct world *w, enum role r, const char *wave)
{
	must(store_role_give(w->db, "test", "lan", r, wave, NULL, &w->e));
}

static void take(struct world *w, enum role r, const char *wave)
{
	must(store_role_take(w->db, "test", "lan", r, wave, NULL, &w->e));
}

/* Every role by every route (S4, S5).  Columns: administrator, analyst, post-supervisor, agent, unit, appraiser,
 * secretariat, council, supervisor, auditor, engine; . no, + yes, * all,
 * also without signing in. */
static const struct {
	const char *route, *may;
} matrix[] = {
	{ "GET /", "***********" },
	{ "GET /style.css", "***********" },
	{ "GET /sign-in", "***********" },
	{ "POST /sign-in", "***********" },
	{ "POST /sign-out", "***********" },
	{ "GET /password", "***********" },
	{ "POST /password", "***********" },
	{ "GET /healthz", "***********" },
	{ "GET /readyz", "***********" },
	{ "GET /metrics", "***********" },
	{ "POST /v1/session", "***********" },
	{ "DELETE /v1/session", "++++++++++." },
	{ "GET /v1/me", "+++++++++++" },
	{ "POST /v1/password", "++++++++++." },
	{ "GET /v1/waves", "+++++++++++" },
	{ "GET /v1/waves/{wave}", "+++++++++++" },
	{ "GET /v1/waves/{wave}/plan", "+++++++++++" },
	{ "GET /v1/waves/{wave}/progress", "+++...+.++." },
	{ "GET /v1/waves/{wave}/results", ".+..++++.++" },
	{ "GET /v1/waves/{wave}/components", ".+..++++.++" },
	{ "GET /v1/waves/{wave}/units/{unit}/criteria/{criterion}",
	  ".+..++++.++" },
	{ "GET "
	  "/v1/rounds/{round}/results/{result}/units/{unit}/criteria/"
	  "{criterion}",
	  ".+..++++.++" },
	{ "GET /v1/waves/{wave}/releases", ".+..++++.++" },
	{ "GET /v1/waves/{wave}/sheets/{sheet}/files", "..+........" },
	{ "POST /v1/waves/{wave}/sheets/{sheet}/files/{name}", "..+........" },
	{ "GET /v1/rounds/{round}/releases", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/releases/{release}", ".+..++++.++" },
	{ "GET /v1/waves/{wave}/odata", ".+........." },
	{ "GET /v1/waves/{wave}/odata/", ".+........." },
	{ "GET /v1/waves/{wave}/odata/{set}", ".+........." },
	{ "GET /v1/waves/{wave}/ledger/{name}", "+++...+.++." },
	{ "POST /v1/waves/{wave}/ledger/{name}", ".++........" },
	{ "GET /ledger/{wave}", "+++...+.++." },
	{ "POST /ledger/{wave}/{act}", ".++........" },
	{ "GET /ledger/{wave}/print/{what}", ".++.....++." },
	{ "GET /handover/{wave}/{number}", ".++.....++." },
	{ "GET /v1/rounds", ".+..++++.++" },
	{ "GET /v1/rounds/{round}", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/calendar", ".+..++++.++" },
	{ "POST /v1/rounds/{round}/acts/{act}", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/lists/{list}", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/units/{unit}/self", ".+..++++.++" },
	{ "PUT /v1/rounds/{round}/units/{unit}/self/{criterion}",
	  ".+..++++.++" },
	{ "GET /v1/rounds/{round}/units/{unit}/workbook", ".+..++++.++" },
	{ "POST /v1/rounds/{round}/units/{unit}/workbook", ".+..++++.++" },
	{ "POST /v1/rounds/{round}/units/{unit}/evidence", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/units/{unit}/evidence/{number}",
	  ".+..++++.++" },
	{ "DELETE /v1/rounds/{round}/units/{unit}/evidence/{number}",
	  ".+..++++.++" },
	{ "POST /v1/rounds/{round}/results", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/results/{result}", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/results/{result}/verify", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/components", ".+..++++.++" },
	{ "GET /progress/{wave}", "+++...+.++." },
	{ "GET /results/{wave}", ".+..++++.++" },
	{ "GET /results/{wave}/{unit}/{criterion}", ".+..++++.++" },
	{ "GET /rounds", ".+..++++.+." },
	{ "GET /rounds/{round}", ".+..++++.+." },
	{ "GET /rounds/{round}/calendar.ics", ".+..++++.+." },
	{ "POST /rounds/{round}/acts/{act}", ".+..++++.+." },
	{ "GET /rounds/{round}/units/{unit}", ".+..++++.+." },
	{ "GET /rounds/{round}/units/{unit}/items/{criterion}", ".+..++++.+." },
	{ "POST /rounds/{round}/units/{unit}/items/{criterion}",
	  ".+..++++.+." },
	{ "GET /rounds/{round}/units/{unit}/template.xlsx", ".+..++++.+." },
	{ "POST /rounds/{round}/units/{unit}/workbook", ".+..++++.+." },
	{ "POST /rounds/{round}/units/{unit}/evidence", ".+..++++.+." },
	{ "GET /rounds/{round}/units/{unit}/evidence/{evidence}",
	  ".+..++++.+." },
	{ "POST /rounds/{round}/units/{unit}/evidence/{evidence}/remove",
	  ".+..++++.+." },
	{ "GET /rounds/{round}/appraise", ".+..++++.+." },
	{ "GET /rounds/{round}/council", ".+..++++.+." },
	{ "GET /rounds/{round}/work/{area}", ".+..++++.+." },
	{ "GET /rounds/{round}/work/{area}/{act}", ".+..++++.+." },
	{ "GET /rounds/{round}/results", ".+..++++.+." },
	{ "POST /rounds/{round}/compute", ".+..++++.+." },
	{ "GET /rounds/{round}/publish", ".+..++++.+." },
	{ "GET /rounds/{round}/results/{result}", ".+..++++.+." },
	{ "GET /rounds/{round}/results/{result}/{unit}", ".+..++++.+." },
	{ "GET /rounds/{round}/results/{result}/{unit}/{criterion}",
	  ".+..++++.+." },
};
enum { ROUTES = sizeof matrix / sizeof matrix[0] };

static const char *path_of(struct world *w, const char *pattern)
{
	const char *open = strchr(pattern, '{');

	if (!open)
		return pattern;
	return arena_printf(w->a, "%.*s" WAVE "%s", (int)(open - pattern),
			    pattern, strchr(open, '}') + 1);
}

static void check_cell(struct world *w, size_t i, char may, const char *headers,
		       const char *who)
{
	const struct http_route *r = &web_routes[i];
	int got;

	if ((r->method == HTTP_DELETE && may != '.') ||
	    strcmp(r->pattern, "/sign-out") == 0)
		return; /* would end the session; tried by itself */
	got = status(w, http_method_name(r->method), path_of(w, r->pattern),
		     arena_printf(w->a, "%sOrigin: http://x\r\n", headers),
		     r->method == HTTP_GET ? NULL : "{}");
	if (may == '.' ? got != 403 : got == 401 || got == 403 || got >= 500)
		fail_msg("%s as %s: %d", matrix[i].route, who, got);
}

/* Passwords, sessions, and forms that are filled in. */
static bool is_for_people(const struct http_route *r)
{
	return r->permission == MAY(MAY_PEOPLE) ||
	       (r->permission != PERM_PUBLIC && r->method != HTTP_GET &&
		strncmp(r->pattern, "/v1/", 4) != 0);
}

static void everyone_may_what_the_matrix_says_and_no_more(void **state)
{
	struct world *w = *state;
	char v[128];
	size_t i;
	unsigned r;

	assert_int_equal(web_routes_n, ROUTES);
	for (i = 0; i < ROUTES; i++) {
		(void)snprintf(v, sizeof v, "%s %s",
			       http_method_name(web_routes[i].method),
			       web_routes[i].pattern);
		assert_string_equal(v, matrix[i].route);
		assert_int_equal(strlen(matrix[i].may), ROLE_COUNT);
	}
	for (i = 0; i < ROUTES; i++) {
		const struct http_route *t = &web_routes[i];
		int got = status(w, http_method_name(t->method),
				 path_of(w, t->pattern),
				 "Content-Type: application/json\r\n",
				 t->method == HTTP_GET ? NULL : "{}");

		if (matrix[i].may[0] == '*' ? got == 401 : got != 401)
			fail_msg("%s unsigned: %d", matrix[i].route, got);
	}
	sign_in(w, PASSWORD);
	for (r = 0; r < ROLE_PEOPLE; r++) {
		give(w, (enum role)r, NULL);
		for (i = 0; i < ROUTES; i++)
			check_cell(w, i, matrix[i].may[r], write_headers(w),
				   role_name((enum role)r));
		take(w, (enum role)r, NULL);
	}
	for (i = 0; i < ROUTES; i++) {
		const char *type = "Content-Type: application/json\r\n";

		check_cell(w, i, matrix[i].may[ROLE_ENGINE],
			   arena_printf(w->a, "%s%s", bearer(w, w->engine),
					type),
			   "engine's key");
		/* an analyst's key: like the person, less what is for people */
		check_cell(w, i,
			   is_for_people(&web_routes[i])
				   ? '.'
				   : matrix[i].may[ROLE_ANALYST],
			   arena_printf(w->a, "%s%s", bearer(w, w->analyst),
					type),
			   "analyst's key");
	}
	/* nobody's roles: signed in, and may nothing */
	assert_int_equal(status(w, "GET", "/v1/waves", w->cookie, NULL), 403);
}

static void bad_keys_and_cookies_open_nothing(void **state)
{
	static const char *const bad[] = {
		"Authorization: Bearer x\r\n", "Authorization: Bearer \r\n",
		"Cookie: phieu=x\r\n",	       "Cookie: phieu=\r\n",
		"Cookie: __Host-phieu=x\r\n",
	};
	struct world *w = *state;
	struct raw_reply p;
	char v[100];
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		p = call(w, "GET", "/v1/me", bad[i], NULL);
		assert_int_equal(p.status, 401);
		assert_true(raw_header(&p, "WWW-Authenticate", v, sizeof v));
		raw_reply_free(&p);
	}
	/* a session's token is no key, a key no session */
	sign_in(w, PASSWORD);
	give(w, ROLE_ANALYST, NULL);
	assert_int_equal(status(w, "GET", "/v1/me", w->cookie, NULL), 200);
	(void)snprintf(v, sizeof v, "%s", strchr(w->cookie, '=') + 1);
	v[strcspn(v, "\r")] = '\0';
	assert_int_equal(status(w, "GET", "/v1/me", bearer(w, v), NULL), 401);
	assert_int_equal(status(w, "GET", "/v1/me",
				arena_printf(w->a, "Cookie: phieu=%s\r\n",
					     w->analyst),
				NULL),
			 401);
	take(w, ROLE_ANALYST, NULL);
}

static void writes_from_other_sites_are_refused(void **state)
{
	struct world *w = *state;
	const char *json = "Content-Type: application/json\r\n";
	char old_csrf[TOKEN_TEXT_MAX];
	const char *variants[12];
	size_t n = 0, i;

	sign_in(w, PASSWORD);
	memcpy(old_csrf, w->csrf, sizeof old_csrf);
	sign_in(w, PASSWORD);
	give(w, ROLE_UNIT, NULL);
#define VARIANT(...) (variants[n++] = arena_printf(w->a, __VA_ARGS__))
	VARIANT("%s%s", w->cookie, json);
	VARIANT("%s%sX-CSRF-Token: \r\n", w->cookie, json);
	VARIANT("%s%sX-CSRF-Token: x\r\n", w->cookie, json);
	VARIANT("%s%sX-CSRF-Token: %s\r\n", w->cookie, json, old_csrf);
	VARIANT("%s%sX-CSRF-Token: %sx\r\n", w->cookie, json, w->csrf);
	VARIANT("%s%sCookie2: X-CSRF-Token=%s\r\n", w->cookie, json, w->csrf);
	VARIANT("%sX-CSRF-Token: %s\r\n", w->cookie, w->csrf);
	VARIANT("%sX-CSRF-Token: %s\r\nContent-Type: text/plain\r\n", w->cookie,
		w->csrf);
	VARIANT("%sX-CSRF-Token: %s\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\n",
		w->cookie, w->csrf);
	VARIANT("%sX-CSRF-Token: %s\r\n"
		"Content-Type: multipart/form-data; boundary=b\r\n",
		w->cookie, w->csrf);
#undef VARIANT
	for (i = 0; i < n; i++) {
		if (status(w, "POST", "/v1/password", variants[i], "{}") != 403)
			fail_msg("%s", variants[i]);
		if (status(w, "DELETE", "/v1/session", variants[i], NULL) !=
		    403)
			fail_msg("DELETE %s", variants[i]);
	}
	assert_int_equal(status(w, "POST", "/v1/password", write_headers(w),
				"{}"),
			 400);
	/* nor can another site sign somebody in by a plain form */
	assert_int_equal(status(w, "POST", "/v1/session",
				"Content-Type: text/plain\r\n",
				"{\"login\":\"lan\",\"password\":\"x\"}"),
			 415);
	take(w, ROLE_UNIT, NULL);
}

static void cookies_are_hidden_from_scripts_and_other_sites(void **state)
{
	struct world *w = *state;
	struct raw_reply p = ask_session(w, PASSWORD);
	char v[300], again[300];

	assert_int_equal(p.status, 200);
	assert_true(raw_header(&p, "Set-Cookie", v, sizeof v));
	assert_memory_equal(v, "phieu=", 6);
	assert_non_null(strstr(v, "; HttpOnly"));
	assert_non_null(strstr(v, "; SameSite=Strict"));
	assert_non_null(strstr(v, "; Path=/"));
	assert_non_null(strstr(v, "; Max-Age=3600"));
	assert_null(strstr(v, "Secure")); /* loopback without TLS */
	assert_null(strstr(p.body, "ps_"));
	raw_reply_free(&p);
	p = ask_session(w, PASSWORD);
	assert_true(raw_header(&p, "Set-Cookie", again, sizeof again));
	assert_string_not_equal(v, again);
	raw_reply_free(&p);
	p = ask_session(w, "wrong");
	assert_int_equal(p.status, 401);
	assert_false(raw_header(&p, "Set-Cookie", v, sizeof v));
	raw_reply_free(&p);
	w->w.tls = true; /* only the cookie's name and mark hang on it */
	p = ask_session(w, PASSWORD);
	w->w.tls = false;
	assert_true(raw_header(&p, "Set-Cookie", v, sizeof v));
	assert_memory_equal(v, "__Host-phieu=", 13);
	assert_non_null(strstr(v, "; Secure"));
	raw_reply_free(&p);
}

static void sessions_end_with_sign_out_and_password(void **state)
{
	struct world *w = *state;
	char elsewhere[sizeof w->cookie];

	give(w, ROLE_COUNCIL, NULL);
	sign_in(w, PASSWORD);
	memcpy(elsewhere, w->cookie, sizeof elsewhere);
	sign_in(w, PASSWORD);
	assert_int_equal(status(w, "GET", "/v1/me", elsewhere, NULL), 200);
	assert_int_equal(status(w, "POST", "/v1/password", write_headers(w),
				"{\"old\":\"" PASSWORD "\",\"new\":\"short\"}"),
			 422);
	assert_int_equal(status(w, "POST", "/v1/password", write_headers(w),
				"{\"old\":\"wrong\",\"new\":\"" OTHER "\"}"),
			 403);
	assert_int_equal(status(w, "POST", "/v1/password", write_headers(w),
				"{\"old\":\"" PASSWORD "\",\"new\":\"" OTHER
				"\"}"),
			 204);
	assert_int_equal(status(w, "GET", "/v1/me", elsewhere, NULL), 401);
	assert_int_equal(status(w, "GET", "/v1/me", w->cookie, NULL), 200);
	assert_int_equal(status(w, "DELETE", "/v1/session", write_headers(w),
				NULL),
			 204);
	assert_int_equal(status(w, "GET", "/v1/me", w->cookie, NULL), 401);
	sign_in(w, OTHER);
	assert_int_equal(status(w, "POST", "/v1/password", write_headers(w),
				"{\"old\":\"" OTHER "\",\"new\":\"" PASSWORD
				"\"}"),
			 204);
	take(w, ROLE_COUNCIL, NULL);
}

static void a_password_given_by_others_must_be_changed_first(void **state)
{
	struct world *w = *state;

	give(w, ROLE_ANALYST, NULL);
	pg_do(w->owner, "UPDATE people.account SET must_change = true");
	sign_in(w, PASSWORD);
	assert_int_equal(status(w, "GET", "/v1/me", w->cookie, NULL), 200);
	assert_int_equal(status(w, "GET", "/v1/waves", w->cookie, NULL), 403);
	pg_do(w->owner, "UPDATE people.account SET must_change = false");
	assert_int_equal(status(w, "GET", "/v1/waves", w->cookie, NULL), 200);
	take(w, ROLE_ANALYST, NULL);
}

static void sign_in_wants_two_texts(void **state)
{
	static const char *const bad[] = {
		"",
		"{}",
		"[]",
		"{\"login\":\"lan\"}",
		"\"",
		"{\"login\":1,\"password\":2}",
		"{\"login\":\"lan\",\"login\":\"x\",\"password\":\"y\"}",
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (status(w, "POST", "/v1/session",
			   "Content-Type: application/json\r\n", bad[i]) != 400)
			fail_msg("%s", bad[i]);
}

static void who_is_bound_to_a_wave_sees_no_other(void **state)
{
	struct world *w = *state;
	struct raw_reply p =
		call(w, "GET", "/v1/waves", bearer(w, w->narrow), NULL);
	cJSON *o = json_of(&p);

	assert_int_equal(cJSON_GetArraySize(json_get(o, "waves")), 1);
	assert_int_equal(json_get(o, "total")->valueint, 1);
	cJSON_Delete(o);
	raw_reply_free(&p);
	assert_int_equal(status(w, "GET", "/v1/waves/w-2", bearer(w, w->narrow),
				NULL),
			 200);
	assert_int_equal(status(w, "GET", "/v1/waves/" WAVE,
				bearer(w, w->narrow), NULL),
			 404);
	assert_int_equal(status(w, "GET", "/v1/waves/" WAVE "/progress",
				bearer(w, w->narrow), NULL),
			 404);
	assert_int_equal(status(w, "GET", "/v1/waves/none",
				bearer(w, w->narrow), NULL),
			 404);
	/* a role for one wave helps in that wave only, whatever else one is */
	give(w, ROLE_UNIT, NULL);
	give(w, ROLE_ANALYST, "w-2");
	sign_in(w, PASSWORD);
	assert_int_equal(status(w, "GET", "/v1/waves/w-2/progress", w->cookie,
				NULL),
			 200);
	assert_int_equal(status(w, "GET", "/v1/waves/" WAVE "/progress",
				w->cookie, NULL),
			 404);
	assert_int_equal(status(w, "GET", "/v1/waves/" WAVE, w->cookie, NULL),
			 200);
	take(w, ROLE_UNIT, NULL);
	take(w, ROLE_ANALYST, "w-2");
}

static void waves_come_in_pages(void **state)
{
	static const char *const bad[] = { "limit=x",
					   "limit=-1",
					   "limit=1001",
					   "offset=1.5",
					   "limit=",
					   "offset=1e3",
					   "offset=99999999999999999999" };
	struct world *w = *state;
	struct raw_reply p;
	cJSON *o;
	size_t i;

	p = call(w, "GET", "/v1/waves?offset=1&limit=1", bearer(w, w->analyst),
		 NULL);
	o = json_of(&p);
	assert_int_equal(json_get(o, "total")->valueint, 2);
	assert_string_equal(
		json_get_text(cJSON_GetArrayItem(json_get(o, "waves"), 0),
			      "wave"),
		"w-2");
	cJSON_Delete(o);
	raw_reply_free(&p);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (status(w, "GET", arena_printf(w->a, "/v1/waves?%s", bad[i]),
			   bearer(w, w->analyst), NULL) != 400)
			fail_msg("%s", bad[i]);
}

static void the_plan_is_sent_once(void **state)
{
	struct world *w = *state;
	struct raw_reply p = call(w, "GET", "/v1/waves/" WAVE "/plan",
				  bearer(w, w->engine), NULL);
	char etag[100], sha[65];
	uint8_t digest[32];

	assert_int_equal(p.status, 200);
	assert_true(raw_header(&p, "ETag", etag, sizeof etag));
	sha256(p.body, p.body_n, digest);
	hex_text(digest, 32, sha);
	assert_string_equal(etag, arena_printf(w->a, "\"%s\"", sha));
	raw_reply_free(&p);
	assert_int_equal(status(w, "GET", "/v1/waves/" WAVE "/plan",
				arena_printf(w->a, "%sIf-None-Match: %s\r\n",
					     bearer(w, w->engine), etag),
				NULL),
			 304);
	assert_int_equal(status(w, "GET", "/v1/waves/w-2/plan",
				bearer(w, w->engine), NULL),
			 404);
}

static const char *const counts[] = { "planned", "received", "valid",
				      "queried", "invalid",  "set_aside",
				      "missing", "over" };

static void sum_level(const cJSON *rows, const char *level, int64_t out[8])
{
	const cJSON *row;
	size_t i;

	memset(out, 0, 8 * sizeof *out);
	cJSON_ArrayForEach(row, rows) if (strcmp(json_get_text(row, "level"),
						 level) == 0) for (i = 0; i < 8;
								   i++)
		out[i] += json_get(row, counts[i])->valueint;
}

static void some_sheets(struct world *w)
{
	pg_do(w->owner,
	      "INSERT INTO field.response (wave, instance, response, sha256, "
	      "state, counted, form, grp, home, keying, way, key, "
	      "received_at, flags, simulated, lane, batch) "
	      "SELECT q.wave, 'uuid:' || n || '-' || q.grp || '-' || q.home, "
	      "n * 100000 + q.grp * 1000 + q.home, '\\x00', "
	      "(ARRAY[1, 1, 5, 2, 3, 4])[n], n < 5, g.form, q.grp, q.home, "
	      "1, 1, 1, now(), 0, true, 1, 1 "
	      "FROM plan.quota_in_force q JOIN plan.respondent_group g "
	      "USING (wave, grp), generate_series(1, 6) n "
	      "WHERE q.home % 2 = 0");
	pg_do(w->owner,
	      "INSERT INTO field.response (wave, instance, response, sha256, "
	      "state, counted, form, grp, home, keying, way, key, "
	      "received_at, flags, simulated, lane, batch) "
	      "SELECT wave, 'uuid:unplaced', 1, '\\x00'::bytea, 3, false, "
	      "NULL::integer, "
	      "NULL::integer, NULL::integer, 1, 1, 1, now(), 0, true, 1, 1 "
	      "FROM plan.wave "
	      "WHERE code = '" WAVE "' UNION ALL "
	      "SELECT wave, 'uuid:second', 2, '\\x00'::bytea, 1, true, 1, 1, "
	      "0, 2, 1, "
	      "1, now(), 0, true, 1, 1 FROM plan.wave "
	      "WHERE code = '" WAVE "'");
}

/* Two sheets of one number, and files of the first: a photo, one that is
 * damaged, one that has not come. */
static void some_files(struct world *w)
{
	some_sheets(w);
	pg_do(w->owner,
	      "INSERT INTO field.attachment (wave, instance, name, sha256, "
	      "bytes, media_type, received_at, named, key) "
	      "SELECT wave, 'uuid:second', f.name, f.sha, f.n, f.type, f.at, "
	      "true, 1 FROM plan.wave, (VALUES "
	      "(E'trang \"1\"\u1ea3.jpg', sha256('a'), 5, 'image/jpeg', "
	      "now()), ('x.png', sha256('b'), 9, "
	      "'application/octet-stream; damaged=1', now()), "
	      "('z.tif', sha256('a'), 5, 'image/tiff; metadata=kept', now()), "
	      "('y.jpg', NULL, NULL, NULL, NULL)) AS f (name, sha, n, type, at)"
	      " WHERE code = '" WAVE "'");
	pg_do(w->owner, "INSERT INTO field.attachment_bytes SELECT wave, "
			"sha256(v.k), v.b FROM plan.wave, (VALUES "
			"('a'::bytea, 'photo'::bytea), ('b', '<script>')) "
			"AS v (k, b) WHERE code = '" WAVE "'");
}

static void drop_files(struct world *w)
{
	pg_do(w->owner, "TRUNCATE field.response, field.attachment, "
			"field.attachment_bytes");
}

#define FILES "/v1/waves/" WAVE "/sheets/uuid%3Asecond/files"

static void files_of_a_sheet_are_listed_with_their_states(void **state)
{
	struct world *w = *state;
	struct raw_reply p;

	some_files(w);
	sign_in(w, PASSWORD);
	give(w, ROLE_POST_SUPERVISOR, WAVE);
	p = call(w, "GET", FILES, w->cookie, NULL);
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "\"instanceID\":\"uuid:second\""));
	assert_non_null(strstr(p.body, "ả.jpg\",\"here\":true,\"type\":"
				       "\"image/jpeg\",\"state\":"
				       "\"cleaned\",\"bytes\":5"));
	assert_non_null(strstr(p.body, "\"state\":\"damaged\""));
	assert_non_null(strstr(p.body, "\"state\":\"metadata-kept\""));
	assert_non_null(strstr(p.body, "{\"name\":\"y.jpg\",\"here\":false}"));
	raw_reply_free(&p);
	assert_int_equal(status(w, "GET",
				"/v1/waves/" WAVE "/sheets/uuid%3Anone/files",
				w->cookie, NULL),
			 404);
	assert_int_equal(status(w, "GET", "/v1/waves/w-2/sheets/x/files",
				w->cookie, NULL),
			 404); /* the role is for the other wave */
	take(w, ROLE_POST_SUPERVISOR, WAVE);
	drop_files(w);
}

static void sheets_are_found_by_their_printed_number_too(void **state)
{
	struct world *w = *state;

	some_files(w);
	pg_do(w->owner, "UPDATE field.response SET sheet = 'CT01-00012-7', "
			"counted = false WHERE instance = 'uuid:second'");
	sign_in(w, PASSWORD);
	give(w, ROLE_POST_SUPERVISOR, NULL);
	assert_int_equal(status(w, "GET",
				"/v1/waves/" WAVE
				"/sheets/ct01%2000012%207/files",
				w->cookie, NULL),
			 200);
	pg_do(w->owner, "UPDATE field.response SET sheet = 'CT01-00012-7', "
			"counted = false");
	assert_int_equal(status(w, "GET",
				"/v1/waves/" WAVE "/sheets/CT01-00012-7/files",
				w->cookie, NULL),
			 409);
	take(w, ROLE_POST_SUPERVISOR, NULL);
	drop_files(w);
}

static long openings(struct world *w)
{
	return pg_long(w->owner, "SELECT count(*) FROM audit.entry WHERE kind "
				 "= 'file.open' AND actor = 'lan'");
}

static void opening_a_file_takes_a_reason_and_stands_in_the_log(void **state)
{
	static const char *const none[] = { "{}", "{\"reason\":\"\"}",
					    "{\"reason\":\" \\t\"}",
					    "{\"reason\":1}" };
	static const char why[] = "{\"reason\":\"đối chiếu phiếu\"}";
	struct world *w = *state;
	struct raw_reply p;
	char v[300];
	long before;

	some_files(w);
	sign_in(w, PASSWORD);
	give(w, ROLE_POST_SUPERVISOR, WAVE);
	before = openings(w);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(status(w, "POST", FILES "/x.png",
					write_headers(w), none[i]),
				 400);
	assert_int_equal(status(w, "POST", FILES "/x.png", w->cookie, why),
			 403); /* without the token */
	assert_int_equal(status(w, "GET", FILES "/x.png", w->cookie, NULL),
			 405);
	assert_int_equal(status(w, "POST", FILES "/none", write_headers(w),
				why),
			 404);
	assert_int_equal(status(w, "POST", FILES "/y.jpg", write_headers(w),
				why),
			 404);
	assert_int_equal(status(w, "POST", FILES "/a%2Fb", write_headers(w),
				why),
			 404);
	assert_int_equal(openings(w), before);
	p = call(w, "POST", FILES "/trang%20%221%22%E1%BA%A3.jpg",
		 write_headers(w), why);
	assert_int_equal(p.status, 200);
	assert_int_equal(p.body_n, 5);
	assert_memory_equal(p.body, "photo", 5);
	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_string_equal(v, "image/jpeg");
	assert_true(raw_header(&p, "Content-Disposition", v, sizeof v));
	assert_string_equal(v, "attachment; filename*=UTF-8''"
			       "trang%20%221%22%E1%BA%A3.jpg");
	assert_true(raw_header(&p, "Content-Security-Policy", v, sizeof v));
	assert_string_equal(v, "default-src 'none'; sandbox");
	assert_true(raw_header(&p, "X-Content-Type-Options", v, sizeof v));
	assert_string_equal(v, "nosniff");
	assert_true(raw_header(&p, "Cache-Control", v, sizeof v));
	assert_string_equal(v, "no-store");
	raw_reply_free(&p);
	assert_int_equal(openings(w), before + 1);
	assert_int_equal(
		pg_long(w->owner,
			"SELECT count(*) FROM audit.entry WHERE kind = "
			"'file.open' AND content LIKE '%đối chiếu phiếu%' "
			"AND content LIKE '%uuid:second%'"),
		openings(w));
	take(w, ROLE_POST_SUPERVISOR, WAVE);
	drop_files(w);
}

static void what_is_no_picture_goes_out_as_bytes(void **state)
{
	static const struct {
		const char *path, *type, *state;
	} t[] = { { FILES "/x.png", "application/octet-stream", "damaged" },
		  { FILES "/z.tif", "image/tiff", "metadata-kept" } };
	struct world *w = *state;
	char v[100];

	some_files(w);
	sign_in(w, PASSWORD);
	give(w, ROLE_POST_SUPERVISOR, NULL);
	for (size_t i = 0; i < 2; i++) {
		struct raw_reply p =
			call(w, "POST", t[i].path, write_headers(w),
			     "{\"reason\":\"x\"}");

		assert_int_equal(p.status, 200);
		assert_true(raw_header(&p, "Content-Type", v, sizeof v));
		assert_string_equal(v, t[i].type);
		assert_true(raw_header(&p, "X-File-State", v, sizeof v));
		assert_string_equal(v, t[i].state);
		raw_reply_free(&p);
	}
	take(w, ROLE_POST_SUPERVISOR, NULL);
	drop_files(w);
}

static void progress_adds_up_to_the_plan(void **state)
{
	static const char *const levels[] = { "cell", "group", "form", "home" };
	struct world *w = *state;
	int64_t total[8], sum[8];
	struct raw_reply p;
	cJSON *o;
	size_t i;

	some_sheets(w);
	p = call(w, "GET", "/v1/waves/" WAVE "/progress", bearer(w, w->analyst),
		 NULL);
	assert_int_equal(p.status, 200);
	o = json_of(&p);
	for (i = 0; i < 8; i++)
		total[i] = json_get(json_get(o, "total"), counts[i])->valueint;
	assert_int_equal(total[0], 1193);
	assert_int_equal(total[1],
			 pg_long(w->owner, "SELECT count(*) FROM "
					   "field.response WHERE keying = 1"));
	assert_int_equal(total[1], total[2] + total[3] + total[4] + total[5]);
	assert_int_equal(total[0] + total[7], total[2] + total[3] + total[6]);
	assert_true(total[3] > 0 && total[5] > 0 && total[6] > 0);
	for (i = 0; i < 4; i++) {
		sum_level(json_get(o, "rows"), levels[i], sum);
		assert_memory_equal(sum, total, sizeof sum);
	}
	cJSON_Delete(o);
	raw_reply_free(&p);
	pg_do(w->owner, "TRUNCATE field.response");
}

static void progress_is_a_spreadsheet_for_those_who_ask(void **state)
{
	struct world *w = *state;
	struct raw_reply p = call(w, "GET", "/v1/waves/" WAVE "/progress",
				  arena_printf(w->a, "%sAccept: text/csv\r\n",
					       bearer(w, w->analyst)),
				  NULL);
	char v[100];

	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_string_equal(v, "text/csv; charset=utf-8");
	assert_true(raw_header(&p, "Vary", v, sizeof v));
	assert_string_equal(v, "Accept, Accept-Encoding");
	assert_memory_equal(p.body, "level,form,", 11);
	assert_non_null(strstr(p.body, "\r\ntotal,,,,,,,1193,0,0,0,0,0,1193,0"
				       "\r\n"));
	raw_reply_free(&p);
}

static void pages_show_marks_and_escape_names(void **state)
{
	struct world *w = *state;
	struct raw_reply p =
		call(w, "GET", "/progress/w-2", bearer(w, w->analyst), NULL);
	char v[100];

	assert_int_equal(p.status, 200);
	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_string_equal(v, "text/html; charset=utf-8");
	assert_non_null(strstr(p.body, "&lt;b&gt;&amp;&quot;&#39;Đợt 2"));
	assert_null(strstr(p.body, "<b>"));
	assert_non_null(strstr(p.body, "mẫu thử, không phải phiếu chính thức"));
	assert_null(strstr(p.body, "mô phỏng"));
	assert_non_null(strstr(p.body, "từ 01/01/2020 đến 01/02/2020"));
	raw_reply_free(&p);
	pg_do(w->owner, "UPDATE plan.wave SET simulated = true "
			"WHERE code = 'w-2'");
	p = call(w, "GET", "/progress/w-2", bearer(w, w->analyst), NULL);
	assert_non_null(strstr(p.body, "mô phỏng"));
	assert_null(strstr(p.body, "<script"));
	assert_null(strstr(p.body, "style="));
	raw_reply_free(&p);
}

/* `path` as a browser asks for it; the page must hold `words`. */
static void page_says(struct world *w, const char *path, const char *headers,
		      int want, const char *words)
{
	struct raw_reply p =
		call(w, "GET", path,
		     arena_printf(w->a, "%sAccept: text/html,*/*\r\n", headers),
		     NULL);
	char v[100];

	assert_int_equal(p.status, want);
	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_string_equal(v, "text/html; charset=utf-8");
	assert_non_null(strstr(p.body, words));
	assert_non_null(strstr(p.body, "<a href=\"/\">"));
	assert_non_null(strstr(p.body, "Mã yêu cầu: "));
	assert_null(strstr(p.body, "{"));
	raw_reply_free(&p);
}

static void browsers_get_pages_where_programs_get_errors(void **state)
{
	struct world *w = *state;
	const char *key = bearer(w, w->analyst);
	struct raw_reply p;
	char v[100];

	page_says(w, "/nowhere/<b>", "", 404, "Không có trang này");
	page_says(w, "/progress/none", key, 404, "Không tìm thấy");
	page_says(w, "/progress/" WAVE, bearer(w, w->engine), 403,
		  "Không có quyền xem trang này");
	/* programs, and whatever lies under /v1 */
	p = call(w, "GET", "/progress/none", key, NULL);
	assert_true(raw_header(&p, "Content-Type", v, sizeof v));
	assert_memory_equal(v, "application/json", 16);
	raw_reply_free(&p);
	p = call(w, "GET", "/v1/waves/none",
		 arena_printf(w->a, "%sAccept: text/html\r\n", key), NULL);
	assert_int_equal(p.status, 404);
	assert_memory_equal(p.body, "{\"error\":", 9);
	raw_reply_free(&p);
	p = call(w, "POST", "/sign-in", "Accept: text/html\r\n", "login=x");
	assert_int_equal(p.status, 403);
	assert_non_null(strstr(p.body, "Biểu mẫu được gửi từ trang khác"));
	raw_reply_free(&p);
}

static void a_progress_page_can_be_read_and_printed(void **state)
{
	struct world *w = *state;
	struct raw_reply p =
		call(w, "GET", "/progress/" WAVE, bearer(w, w->analyst), NULL);

	assert_non_null(strstr(p.body, "kế hoạch <strong>1.193</strong>"));
	assert_non_null(strstr(p.body, "Số liệu lúc "));
	assert_non_null(strstr(p.body, "<th scope=\"row\">Tổng cộng</th>"
				       "<td>1.193</td>"));
	assert_non_null(strstr(p.body, "<tr class=\"begin\"><th colspan="
				       "\"9\" scope=\"colgroup\">CT-01 · "));
	raw_reply_free(&p);
	p = call(w, "GET", "/style.css", NULL, NULL);
	assert_non_null(strstr(p.body, "@media print"));
	raw_reply_free(&p);
}

static void a_lost_connection_is_made_again(void **state)
{
	struct world *w = *state;
	PGconn *super = pg_as("super", NULL);
	int i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(status(w, "GET", "/v1/waves",
					bearer(w, w->analyst), NULL),
				 200);
		pg_do(super, "SELECT pg_terminate_backend(pid) FROM "
			     "pg_stat_activity WHERE application_name = "
			     "'dbtest-web'");
		assert_int_equal(status(w, "GET", "/v1/waves",
					bearer(w, w->analyst), NULL),
				 200);
	}
	PQfinish(super);
}

static void health_tells_a_foreign_schema_from_ours(void **state)
{
	struct world *w = *state;

	assert_int_equal(status(w, "GET", "/readyz", NULL, NULL), 200);
	pg_do(w->owner, "CREATE TABLE people.kept AS SELECT * FROM "
			"meta.migration");
	pg_do(w->owner, "DELETE FROM meta.migration WHERE ctid = (SELECT "
			"max(ctid) FROM meta.migration)");
	assert_int_equal(status(w, "GET", "/readyz", NULL, NULL), 503);
	assert_int_equal(status(w, "GET", "/healthz", NULL, NULL), 200);
	pg_do(w->owner, "DELETE FROM meta.migration");
	pg_do(w->owner, "INSERT INTO meta.migration SELECT * FROM people.kept");
	pg_do(w->owner, "DROP TABLE people.kept");
	assert_int_equal(status(w, "GET", "/readyz", NULL, NULL), 200);
}

static void metrics_count_replies(void **state)
{
	struct world *w = *state;
	struct raw_reply p = call(w, "GET", "/metrics", NULL, NULL);

	assert_non_null(strstr(p.body, "phieu_server_replies_total{class="
				       "\"2xx\"} "));
	assert_null(strstr(p.body, "{class=\"2xx\"} 0\n"));
	assert_non_null(strstr(p.body, "\nphieu_server_active 1\n"));
	assert_non_null(strstr(p.body, "\nphieu_server_connections 1\n"));
	raw_reply_free(&p);
}

static void too_many_sign_ins_at_once_wait(void **state)
{
	struct world *w = *state;

	atomic_store(&w->w.sign_ins, WEB_SIGN_INS);
	assert_int_equal(status(w, "POST", "/v1/session",
				"Content-Type: application/json\r\n", "{}"),
			 429);
	atomic_store(&w->w.sign_ins, 0);
}

/* ---- pages with forms -------------------------------------------------- */

#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define OURS "Origin: http://x\r\n" FORM

/* name=value pairs, each value escaped, ended by NULL */
static const char *form(struct world *w, const char *const *pairs)
{
	struct buf b = BUF_INIT(1 << 14);
	const char *text;

	for (; *pairs; pairs += 2) {
		buf_addf(&b, "%s%s=", b.len ? "&" : "", pairs[0]);
		for (const char *s = pairs[1]; *s; s++)
			buf_addf(&b, "%%%02X", (unsigned)(unsigned char)*s);
	}
	text = arena_strdup(w->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

#define form_of(w, ...) form(w, (const char *const[]){ __VA_ARGS__, NULL })

static void page_sign_in(struct world *w, const char *password,
			 const char *goes_to)
{
	struct raw_reply p =
		call(w, "POST", "/sign-in", OURS,
		     form_of(w, "login", "lan", "password", password));
	char v[300];

	assert_int_equal(p.status, 303);
	assert_true(raw_header(&p, "Location", v, sizeof v));
	assert_string_equal(v, goes_to);
	assert_true(raw_header(&p, "Set-Cookie", v, sizeof v));
	assert_non_null(strstr(v, "; HttpOnly; SameSite=Strict"));
	v[strcspn(v, ";")] = '\0';
	(void)snprintf(w->cookie, sizeof w->cookie, "Cookie: %.100s\r\n", v);
	raw_reply_free(&p);
}

static struct raw_reply page_of(struct world *w, const char *path)
{
	struct raw_reply p =
		call(w, "GET", path,
		     arena_printf(w->a, "%sAccept: text/html\r\n", w->cookie),
		     NULL);
	char v[200];

	if (p.status == 200) {
		assert_true(raw_header(&p, "Content-Type", v, sizeof v));
		assert_string_equal(v, "text/html; charset=utf-8");
		assert_true(
			raw_header(&p, "Content-Security-Policy", v, sizeof v));
		assert_non_null(strstr(v, "frame-ancestors 'none'"));
		assert_null(strstr(p.body, "<script"));
	}
	return p;
}

static void goes_to(struct world *w, const char *path, const char *where)
{
	struct raw_reply p = page_of(w, path);
	char v[100];

	assert_int_equal(p.status, 303);
	assert_true(raw_header(&p, "Location", v, sizeof v));
	assert_string_equal(v, where);
	raw_reply_free(&p);
}

static void a_person_signs_in_and_out_with_a_browser(void **state)
{
	struct world *w = *state;
	struct raw_reply p;
	char v[200];

	w->cookie[0] = '\0';
	goes_to(w, "/progress/w-2", "/sign-in");
	goes_to(w, "/password", "/sign-in");
	p = page_of(w, "/sign-in");
	assert_non_null(strstr(p.body, "<label for=\"login\">"));
	assert_non_null(strstr(p.body, "autocomplete=\"username\""));
	assert_non_null(strstr(p.body, "autocomplete=\"current-password\""));
	assert_null(strstr(p.body, "role=\"alert\""));
	raw_reply_free(&p);
	page_sign_in(w, PASSWORD, "/");
	p = page_of(w, "/"); /* signed in, and has no role */
	assert_non_null(strstr(p.body, "Chưa có đợt điều tra nào"));
	assert_non_null(strstr(p.body, "action=\"/sign-out\""));
	raw_reply_free(&p);
	p = call(w, "POST", "/sign-out",
		 arena_printf(w->a, "%s" OURS, w->cookie), "");
	assert_int_equal(p.status, 303);
	assert_true(raw_header(&p, "Set-Cookie", v, sizeof v));
	assert_non_null(strstr(v, "phieu=; "));
	assert_non_null(strstr(v, "; Max-Age=0"));
	raw_reply_free(&p);
	goes_to(w, "/password", "/sign-in");
	p = page_of(w, "/");
	assert_null(strstr(p.body, "sign-out"));
	assert_non_null(strstr(p.body, "href=\"/sign-in\""));
	raw_reply_free(&p);
	assert_int_equal(status(w, "GET", "/v1/me", w->cookie, NULL), 401);
}

static void the_first_page_lists_waves_of_the_person(void **state)
{
	struct world *w = *state;
	struct raw_reply p;

	give(w, ROLE_ANALYST, "w-2");
	page_sign_in(w, PASSWORD, "/");
	p = page_of(w, "/");
	assert_non_null(strstr(p.body, "<a href=\"/progress/w-2\">&lt;b&gt;"));
	assert_null(strstr(p.body, WAVE));
	assert_non_null(strstr(p.body, "mẫu thử, không phải phiếu chính thức"));
	assert_non_null(strstr(p.body, "số liệu mô phỏng"));
	assert_non_null(strstr(p.body, "đang thu phiếu"));
	raw_reply_free(&p);
	p = page_of(w, "/progress/w-2");
	assert_int_equal(p.status, 200);
	raw_reply_free(&p);
	take(w, ROLE_ANALYST, "w-2");
	/* who does not follow sheets gets names, no links that say 403 */
	give(w, ROLE_UNIT, NULL);
	p = page_of(w, "/");
	assert_non_null(strstr(p.body, "<li>&lt;b&gt;"));
	assert_null(strstr(p.body, "href=\"/progress/"));
	raw_reply_free(&p);
	take(w, ROLE_UNIT, NULL);
}

static void forms_of_other_sites_are_refused(void **state)
{
	static const char *const bad[] = {
		FORM,
		"Origin: null\r\n" FORM,
		"Origin: http://y\r\n" FORM,
		"Origin: http://x.y\r\n" FORM,
		"Origin: http://x:81\r\n" FORM,
		"Origin: http://y/x\r\n" FORM,
		"Origin: http://\r\n" FORM,
		"Origin: ftp://x\r\n" FORM,
		"Origin: x\r\n" FORM,
		"Origin: http://x@y\r\n" FORM,
		"Origin: http://y\r\nReferer: http://x/\r\n" FORM,
		"Referer: http://y/http://x/\r\n" FORM,
		"Referer: http://xy/\r\n" FORM,
		"Sec-Fetch-Site: cross-site\r\n" OURS,
		"Sec-Fetch-Site: same-site\r\n" OURS,
	};
	static const char *const good[] = {
		OURS,
		"Origin: https://X\r\n" FORM,
		"Referer: http://x/sign-in\r\n" FORM,
		"Sec-Fetch-Site: same-origin\r\n" OURS,
	};
	static const char *const paths[] = { "/sign-in", "/sign-out",
					     "/password" };
	struct world *w = *state;
	const char *body = form_of(w, "login", "lan", "password", PASSWORD);
	size_t i, k;

	page_sign_in(w, PASSWORD, "/");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		for (k = 0; k < 3; k++) {
			const char *h =
				arena_printf(w->a, "%s%s", w->cookie, bad[i]);
			struct raw_reply p = call(w, "POST", paths[k], h, body);
			char v[200];

			if (p.status != 403 ||
			    raw_header(&p, "Set-Cookie", v, sizeof v))
				fail_msg("%s %s: %d", paths[k], h, p.status);
			raw_reply_free(&p);
		}
	/* nobody was signed out by them */
	assert_int_equal(status(w, "GET", "/password", w->cookie, NULL), 200);
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		if (status(w, "POST", "/sign-in", good[i], body) != 303)
			fail_msg("%s", good[i]);
	w->w.tls = true; /* a page that came without TLS is another's */
	assert_int_equal(status(w, "POST", "/sign-in", OURS, body), 403);
	assert_int_equal(status(w, "POST", "/sign-in", good[1], body), 303);
	w->w.tls = false;
	assert_int_equal(status(w, "POST", "/sign-in",
				"Origin: http://x\r\n"
				"Content-Type: application/json\r\n",
				body),
			 415);
	assert_int_equal(status(w, "POST", "/sign-in", OURS, "login=%zz"), 400);
}

static void a_failed_sign_in_says_so_on_the_page(void **state)
{
	struct world *w = *state;
	struct raw_reply p = call(w, "POST", "/sign-in", OURS,
				  form_of(w, "login", "<lan\">", "password",
					  "Sai \"<mật khẩu"));
	char v[200];
	int i;

	assert_int_equal(p.status, 401);
	assert_false(raw_header(&p, "Set-Cookie", v, sizeof v));
	assert_non_null(strstr(p.body, "id=\"error\" role=\"alert\">Sai tên"));
	assert_non_null(strstr(p.body, "aria-describedby=\"error\""));
	assert_non_null(strstr(p.body, "value=\"&lt;lan&quot;&gt;\""));
	assert_null(strstr(p.body, "Sai &quot;")); /* never the password */
	raw_reply_free(&p);
	assert_int_equal(status(w, "POST", "/sign-in", OURS, ""), 401);
	w->w.rules.failures = 2;
	for (i = 0; i < 2; i++)
		(void)status(w, "POST", "/sign-in", OURS,
			     form_of(w, "login", "lan", "password", "wrong"));
	p = call(w, "POST", "/sign-in", OURS,
		 form_of(w, "login", "lan", "password", PASSWORD));
	w->w.rules.failures = 100;
	assert_int_equal(p.status, 429);
	assert_true(raw_header(&p, "Retry-After", v, sizeof v));
	assert_non_null(strstr(p.body, "Đã sai quá nhiều lần"));
	raw_reply_free(&p);
	must(store_account_unlock(w->db, "test", "lan", &w->e));
	atomic_store(&w->w.sign_ins, WEB_SIGN_INS);
	p = call(w, "POST", "/sign-in", OURS,
		 form_of(w, "login", "lan", "password", PASSWORD));
	atomic_store(&w->w.sign_ins, 0);
	assert_int_equal(p.status, 429);
	assert_non_null(strstr(p.body, "nhiều lượt"));
	raw_reply_free(&p);
}

static void change_to(struct world *w, const char *old, const char *now,
		      const char *again, const char *says)
{
	struct raw_reply p =
		call(w, "POST", "/password",
		     arena_printf(w->a, "%s" OURS, w->cookie),
		     form_of(w, "old", old, "new", now, "again", again));

	assert_int_equal(p.status, says ? 422 : 303);
	if (says && !strstr(p.body, says))
		fail_msg("not \"%s\": %s", says, p.body);
	raw_reply_free(&p);
}

static void a_given_password_is_changed_on_its_page(void **state)
{
	struct world *w = *state;
	struct raw_reply p;

	give(w, ROLE_ANALYST, NULL);
	pg_do(w->owner, "UPDATE people.account SET must_change = true");
	page_sign_in(w, PASSWORD, "/password");
	goes_to(w, "/", "/password");
	goes_to(w, "/progress/w-2", "/password");
	p = page_of(w, "/password");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "do người khác đặt"));
	assert_non_null(strstr(p.body, "autocomplete=\"new-password\""));
	raw_reply_free(&p);
	change_to(w, PASSWORD, OTHER, PASSWORD, "không giống nhau");
	change_to(w, PASSWORD, PASSWORD, PASSWORD, "khác mật khẩu cũ");
	change_to(w, PASSWORD, "short", "short", "quá ngắn");
	change_to(w, "wrong", OTHER, OTHER, "đang dùng không đúng");
	goes_to(w, "/", "/password");
	change_to(w, PASSWORD, OTHER, OTHER, NULL);
	p = page_of(w, "/");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "href=\"/progress/" WAVE "\""));
	raw_reply_free(&p);
	change_to(w, OTHER, PASSWORD, PASSWORD, NULL);
	take(w, ROLE_ANALYST, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everyone_may_what_the_matrix_says_and_no_more),
		cmocka_unit_test(bad_keys_and_cookies_open_nothing),
		cmocka_unit_test(writes_from_other_sites_are_refused),
		cmocka_unit_test(
			cookies_are_hidden_from_scripts_and_other_sites),
		cmocka_unit_test(sessions_end_with_sign_out_and_password),
		cmocka_unit_test(
			a_password_given_by_others_must_be_changed_first),
		cmocka_unit_test(sign_in_wants_two_texts),
		cmocka_unit_test(who_is_bound_to_a_wave_sees_no_other),
		cmocka_unit_test(waves_come_in_pages),
		cmocka_unit_test(the_plan_is_sent_once),
		cmocka_unit_test(files_of_a_sheet_are_listed_with_their_states),
		cmocka_unit_test(sheets_are_found_by_their_printed_number_too),
		cmocka_unit_test(
			opening_a_file_takes_a_reason_and_stands_in_the_log),
		cmocka_unit_test(what_is_no_picture_goes_out_as_bytes),
		cmocka_unit_test(progress_adds_up_to_the_plan),
		cmocka_unit_test(progress_is_a_spreadsheet_for_those_who_ask),
		cmocka_unit_test(pages_show_marks_and_escape_names),
		cmocka_unit_test(browsers_get_pages_where_programs_get_errors),
		cmocka_unit_test(a_progress_page_can_be_read_and_printed),
		cmocka_unit_test(a_lost_connection_is_made_again),
		cmocka_unit_test(health_tells_a_foreign_schema_from_ours),
		cmocka_unit_test(metrics_count_replies),
		cmocka_unit_test(too_many_sign_ins_at_once_wait),
		cmocka_unit_test(a_person_signs_in_and_out_with_a_browser),
		cmocka_unit_test(the_first_page_lists_waves_of_the_person),
		cmocka_unit_test(forms_of_other_sites_are_refused),
		cmocka_unit_test(a_failed_sign_in_says_so_on_the_page),
		cmocka_unit_test(a_given_password_is_changed_on_its_page),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
