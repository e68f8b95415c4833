/* The office's service in this process: its own routes, a real database,
 * real sockets; S2, S4, S5. */
#include "../server/web_impl.h"
#include "phieu/fault.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "phieu/store_account.h"
#include "support/pg.h"
#include "support/raw.h"
#include "support/web_world.h"

/* Every role by every route (S4, S5).  Columns: administrator, analyst,
 * post-supervisor, agent, unit, appraiser, secretariat, council, supervisor,
 * auditor, engine; . no, + yes, * all, also without signing in. */
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
	{ "GET /v1/waves/{wave}/ballot/{name}", ".+......++." },
	{ "POST /v1/waves/{wave}/ballot/{name}", ".+........." },
	{ "GET /ballot/{wave}", ".+......++." },
	{ "POST /ballot/{wave}/{act}", ".+........." },
	{ "GET /v1/waves/{wave}/second/{name}", "+++...+.++." },
	{ "POST /v1/waves/{wave}/second/{name}", ".++........" },
	{ "GET /second/{wave}", "+++...+.++." },
	{ "POST /second/{wave}/{act}", ".++........" },
	{ "GET /v1/waves/{wave}/review/{name}", ".++.....++." },
	{ "POST /v1/waves/{wave}/review/{name}", ".++........" },
	{ "POST /v1/waves/{wave}/sheets/{sheet}/open", ".++........" },
	{ "POST /v1/waves/{wave}/sheets/{sheet}/diff", ".++........" },
	{ "GET /review/{wave}", ".++.....++." },
	{ "POST /review/{wave}/{act}", ".++........" },
	{ "GET /handover/{wave}/{number}", ".++.....++." },
	{ "GET /v1/waves/{wave}/quality/{name}", ".++.....+.." },
	{ "POST /v1/waves/{wave}/quality/{name}", ".++........" },
	{ "GET /quality/{wave}", ".++.....+.." },
	{ "GET /quality-paper/{wave}/{paper}", ".++.....+.." },
	{ "POST /quality/{wave}/{act}", ".++........" },
	{ "GET /v1/waves/{wave}/recheck/{name}", ".++.....++." },
	{ "POST /v1/waves/{wave}/recheck/{name}", ".+......+.." },
	{ "GET /recheck/{wave}", ".++.....++." },
	{ "POST /recheck/{wave}/{act}", ".+......+.." },
	{ "GET /recheck/{wave}/list/{draw}", "........+.." },
	{ "POST /v1/waves/{wave}/roster", ".+........." },
	{ "GET /v1/waves/{wave}/roster/{name}", "..+.....+.." },
	{ "POST /v1/waves/{wave}/roster/{name}", ".++........" },
	{ "GET /roster/{wave}", "..+.....+.." },
	{ "POST /roster/{wave}/{act}", ".++........" },
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
	{ "GET /v1/rounds/{round}/reports/{shape}", ".+..++++.++" },
	{ "GET /v1/rounds/{round}/compare", ".+..++++.++" },
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
		cmocka_unit_test(a_lost_connection_is_made_again),
		cmocka_unit_test(health_tells_a_foreign_schema_from_ours),
		cmocka_unit_test(metrics_count_replies),
		cmocka_unit_test(too_many_sign_ins_at_once_wait),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
