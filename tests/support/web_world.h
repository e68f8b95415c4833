/* web_world.h - the service with a wave, and whoever asks it. */
#ifndef TESTS_WEB_WORLD_H
#define TESTS_WEB_WORLD_H

#include "../server/web_impl.h"
#include "phieu/date.h"
#include "phieu/fault.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "phieu/store_account.h"
#include "phieu/store_plan.h"
#include "support/pg.h"
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

MAYBE static void load_plan(struct world *w)
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

MAYBE static void start(struct world *w)
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

MAYBE static int set_up(void **state)
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

MAYBE static int tear_down(void **state)
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
MAYBE static struct raw_reply call(struct world *w, const char *method,
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

MAYBE static int status(struct world *w, const char *method, const char *path,
			const char *headers, const char *body)
{
	struct raw_reply p = call(w, method, path, headers, body);
	int s = p.status;

	raw_reply_free(&p);
	return s;
}

MAYBE static const char *bearer(struct world *w, const char *key)
{
	return arena_printf(w->a, "Authorization: Bearer %s\r\n", key);
}

MAYBE static cJSON *json_of(const struct raw_reply *p)
{
	struct err e = { 0 };
	cJSON *o = json_parse(p->body, p->body_n, &json_plan_limits, &e);

	if (!o)
		fail_msg("%s: %.300s", e.msg, p->body);
	return o;
}

MAYBE static struct raw_reply ask_session(struct world *w, const char *password)
{
	return call(w, "POST", "/v1/session",
		    "Content-Type: application/json\r\n",
		    arena_printf(w->a,
				 "{\"login\":\"lan\",\"password\":\"%s\"}",
				 password));
}

MAYBE static void sign_in(struct world *w, const char *password)
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

MAYBE static const char *write_headers(struct world *w)
{
	return arena_printf(w->a,
			    "%sX-CSRF-Token: %s\r\n"
			    "Content-Type: application/json\r\n",
			    w->cookie, w->csrf);
}

MAYBE static void give(struct world *w, enum role r, const char *wave)
{
	must(store_role_give(w->db, "test", "lan", r, wave, NULL, &w->e));
}

MAYBE static void take(struct world *w, enum role r, const char *wave)
{
	must(store_role_take(w->db, "test", "lan", r, wave, NULL, &w->e));
}

#endif
