/* flags_world.h - sheets with planted signs (Q01-Q06), and what is asked of
 * them as the service's role. */
#ifndef TESTS_FLAGS_WORLD_H
#define TESTS_FLAGS_WORLD_H

#include "support/test.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/store_quality.h"
#include "support/pg.h"

enum { AGENTS = 7, CELLS = 12 };

static struct db *server;
static PGconn *raw, *low; /* the owner; the role of the service */
static int32_t wave;
static int32_t key[AGENTS + 1];
static int made;

/* A province, two districts with a commune each; a form of twelve questions,
 * a form of three; seven agents of two offices. */
static const char world[] =
	"INSERT INTO plan.wave (code, name, opens, closes, trial) VALUES "
	"('thu', 'Thử', '2020-01-01', '2020-12-31', true);"
	"INSERT INTO plan.unit (wave, unit, code, name, kind, rated, parent) "
	"SELECT w.wave, u.* FROM plan.wave AS w, (VALUES "
	"(1, 'tinh', 'Tỉnh', 'tinh', false, NULL), "
	"(2, 'huyen-a', 'Huyện A', 'huyen', true, 1), "
	"(3, 'huyen-b', 'Huyện B', 'huyen', true, 1), "
	"(4, 'xa-1', 'Xã 1', 'xa', true, 2), "
	"(5, 'xa-2', 'Xã 2', 'xa', true, 3)) AS u (a, b, c, d, e, f);"
	"INSERT INTO plan.form SELECT wave, f, c, '1', c, s, true FROM "
	"plan.wave, (VALUES (1, 'CT-01', 12), (2, 'CH-02', 3)) AS x (f, c, s);"
	"INSERT INTO plan.question (wave, form, question, code, type, slot, "
	"text) SELECT wave, 1, q, 'Q' || q, 'scale', q - 1, 'x' FROM "
	"plan.wave, generate_series(1, 12) AS q;"
	"INSERT INTO plan.option (wave, form, question, ordinal, code, label, "
	"coefficient, satisfied) SELECT wave, 1, q, o, 'O' || o, 'x', "
	"CASE WHEN o <= 5 THEN 100 - 25 * (o - 1) END, o < 3 FROM plan.wave, "
	"generate_series(1, 12) AS q, generate_series(1, 6) AS o;"
	"INSERT INTO plan.respondent_group SELECT wave, x.* FROM plan.wave, "
	"(VALUES (1, 'dan', 'Người dân', 1, 'xa'), "
	"(2, 'dai-bieu', 'Đại biểu', 2, NULL)) AS x (g, c, n, f, k);"
	"INSERT INTO plan.quota (wave, grp, home, revision, planned, rule, "
	"reason, decided_by) SELECT wave, x.*, 'r', 'x', 'me' FROM plan.wave, "
	"(VALUES (1, 4, 1, 200), (1, 5, 1, 100), (2, 0, 1, 40)) AS x "
	"(g, h, r, n);"
	"INSERT INTO field.agent (code, name, office) SELECT 'a' || i, "
	"'Bưu tá ' || i, CASE WHEN i < 5 THEN 'Bưu điện A' ELSE 'Bưu điện B' "
	"END FROM generate_series(1, 7) AS i;"
	"INSERT INTO field.agent_key (agent, wave, hash, expires_at) SELECT "
	"a.agent, w.wave, sha256(a.code::bytea), '2099-01-01' FROM field.agent "
	"AS a, plan.wave AS w;";

MAYBE static int open_all(void **state)
{
	char conninfo[512], sql[200];
	struct err e = { 0 };

	(void)state;
	pg_conninfo(conninfo, sizeof conninfo, "server", NULL);
	server = db_open(conninfo, "t", DB_SERVICE_ROLE, 0, &e);
	low = PQconnectdb(conninfo);
	raw = PQconnectdb(getenv("PHIEU_TEST_DB"));
	if (!server || PQstatus(raw) != CONNECTION_OK ||
	    PQstatus(low) != CONNECTION_OK)
		return -1;
	pg_do(raw, world);
	wave = (int32_t)pg_long(raw, "SELECT wave FROM plan.wave");
	for (int i = 1; i <= AGENTS; i++) {
		(void)snprintf(sql, sizeof sql,
			       "SELECT key FROM field.agent_key JOIN "
			       "field.agent USING (agent) WHERE code = 'a%d'",
			       i);
		key[i] = (int32_t)pg_long(raw, sql);
	}
	return 0;
}

MAYBE static int close_all(void **state)
{
	(void)state;
	db_close(server);
	PQfinish(raw);
	PQfinish(low);
	return 0;
}

struct sheet {
	const char *name;
	int who, form, home;
	int state, keying; /* 0: 1 */
	const char *day;   /* NULL: one of its own */
	double minutes;	   /* 0: not timed; below: ended before it began */
	const char *answers[2];
	const char *faults;
	int days_ago; /* received */
};

MAYBE static void add(const struct sheet *s)
{
	char sql[4096], day[32], times[128] = "NULL, NULL";
	int form = s->form ? s->form : 1, state = s->state ? s->state : 1;

	/* no two of an agent on a day unless it is said */
	(void)snprintf(day, sizeof day, "2020-%02d-%02d", made / 28 % 12 + 1,
		       made % 28 + 1);
	made++;
	if (s->minutes != 0)
		(void)snprintf(times, sizeof times,
			       "'2020-02-01 08:00Z', timestamptz "
			       "'2020-02-01 08:00Z' + interval '%.0f s'",
			       s->minutes * 60);
	(void)snprintf(
		sql, sizeof sql,
		"INSERT INTO field.response (wave, instance, response, sha256, "
		"state, counted, form, grp, home, sheet, keying, collected, "
		"started_at, ended_at, way, key, received_at, flags, faults, "
		"simulated, lane, batch) VALUES (%d, 'uuid:%d', "
		"nextval('field.response_id'), sha256('x'), %d, %s, %d, %d, "
		"%d, '%s', %d, '%s', %s, 1, %d, now() - interval '%d days', 0, "
		"%s%s%s, false, 1, 1)",
		(int)wave, made, state, state == 3 ? "false" : "true", form,
		form, s->home, s->name, s->keying ? s->keying : 1,
		s->day ? s->day : day, times, (int)key[s->who], s->days_ago,
		s->faults ? "'" : "", s->faults ? s->faults : "NULL",
		s->faults ? "'" : "");
	pg_do(raw, sql);
	for (int i = 0; i < 2 && s->answers[i]; i++) {
		(void)snprintf(sql, sizeof sql,
			       "INSERT INTO field.rating (wave, response, "
			       "unit, answers) VALUES (%d, "
			       "currval('field.response_id'), %d, '\\x%s')",
			       (int)wave, i + 1, s->answers[i]);
		pg_do(raw, sql);
	}
}

/* A vector that no other sheet has: the number in base 5, or in base 2 of
 * the options `base` and the one after. */
MAYBE static void varied(int number, int base, char out[2 * CELLS + 1])
{
	int of = number;

	for (int i = 0; i < CELLS; i++) {
		int o = i < 6 ? number % 5 : (i + number) % 5;

		if (i < 6)
			number /= 5;
		o = base ? base + (of >> i & 1) : o + 1;
		(void)snprintf(out + 2 * i, 3, "%02x", (unsigned)o);
	}
}

MAYBE static void add_varied(const char *name, int who, int home, int base)
{
	char answers[2 * CELLS + 1];
	struct sheet s = { .name = name, .who = who, .home = home };

	varied(base ? made * 7 + 3 : made * 7919 % 15625, base, answers);
	s.answers[0] = answers;
	add(&s);
}

#define LINE "040404040404040404040404"

static const struct sheet planted[] = {
	/* Q01, of agent 1: a line; a line of five among blanks; too few; two
	 * lines that are one, two lines that are not */
	{ .name = "L-1", .who = 1, .home = 4, .answers = { LINE } },
	{ .name = "L-2",
	  .who = 1,
	  .home = 4,
	  .answers = { "ff0304fe0304fd0004040404" } },
	{ .name = "L-3",
	  .who = 1,
	  .home = 4,
	  .answers = { "ff0004fe0404fd0004040000" } },
	{ .name = "L-4",
	  .who = 1,
	  .home = 4,
	  .answers = { "ff0004fe0400fd0004040000" } },
	{ .name = "L-5", .who = 1, .home = 4, .answers = { LINE, LINE } },
	{ .name = "L-6",
	  .who = 1,
	  .home = 4,
	  .answers = { LINE, "030303030303030303030303" } },
	{ .name = "L-7", .who = 1, .home = 4, .answers = { "ffffff", "" } },
	/* what does not count, and a second keying, are not looked at */
	{ .name = "L-8", .who = 1, .home = 4, .state = 3, .answers = { LINE } },
	{ .name = "L-1",
	  .who = 1,
	  .home = 4,
	  .keying = 2,
	  .answers = { LINE } },
	/* Q02, of agent 2: three alike; two alike; nine cells; the same of
	 * another agent */
	{ .name = "D-1",
	  .who = 2,
	  .home = 4,
	  .answers = { "010203040501020304050102" } },
	{ .name = "D-2",
	  .who = 2,
	  .home = 4,
	  .answers = { "010203040501020304050102" } },
	{ .name = "D-3",
	  .who = 2,
	  .home = 5,
	  .answers = { "010203040501020304050102" } },
	{ .name = "D-4",
	  .who = 3,
	  .home = 4,
	  .answers = { "010203040501020304050102" } },
	{ .name = "D-5",
	  .who = 2,
	  .home = 4,
	  .answers = { "020203040501020304050102" } },
	{ .name = "D-6",
	  .who = 2,
	  .home = 4,
	  .answers = { "020203040501020304050102" } },
	{ .name = "E-1",
	  .who = 2,
	  .home = 4,
	  .answers = { "010203040502010304ffff00" } },
	{ .name = "E-2",
	  .who = 2,
	  .home = 4,
	  .answers = { "010203040502010304ffff00" } },
	{ .name = "E-3",
	  .who = 2,
	  .home = 4,
	  .answers = { "010203040502010304ffff00" } },
	/* Q03, of agent 3: just below, just at, backwards, of the form that
	 * gets its own threshold */
	{ .name = "T-1",
	  .who = 3,
	  .home = 4,
	  .minutes = 2.9,
	  .answers = { "010203040501020304050201" } },
	{ .name = "T-2",
	  .who = 3,
	  .home = 4,
	  .minutes = 3,
	  .answers = { "010203040501020304050202" } },
	{ .name = "T-3",
	  .who = 3,
	  .home = 4,
	  .minutes = -1,
	  .answers = { "010203040501020304050203" } },
	{ .name = "T-4",
	  .who = 3,
	  .form = 2,
	  .minutes = 2,
	  .answers = { "010203" } },
	{ .name = "T-5",
	  .who = 3,
	  .form = 2,
	  .minutes = 0.5,
	  .answers = { "010204" } },
	/* Q04, of agent 4: six on a day where five are the most, five on
	 * another */
	{ .name = "V-1",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-01",
	  .answers = { "010205" } },
	{ .name = "V-2",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-01",
	  .answers = { "010206" } },
	{ .name = "V-3",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-01",
	  .answers = { "010301" } },
	{ .name = "V-4",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-01",
	  .answers = { "010302" } },
	{ .name = "V-5",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-01",
	  .answers = { "010303" } },
	{ .name = "V-6",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-01",
	  .answers = { "010304" } },
	{ .name = "V-7",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-02",
	  .answers = { "010305" } },
	{ .name = "V-8",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-02",
	  .answers = { "010306" } },
	{ .name = "V-9",
	  .who = 4,
	  .form = 2,
	  .day = "2020-06-02",
	  .answers = { "010401" } },
	/* Q05, of agent 5, who works in district A in the first days of July:
	 * the edges are in */
	{ .name = "P-1",
	  .who = 5,
	  .home = 4,
	  .day = "2020-07-01",
	  .answers = { "050203040501020304050201" } },
	{ .name = "P-2",
	  .who = 5,
	  .home = 4,
	  .day = "2020-07-10",
	  .answers = { "050203040501020304050202" } },
	{ .name = "P-3",
	  .who = 5,
	  .home = 4,
	  .day = "2020-07-11",
	  .answers = { "050203040501020304050203" } },
	{ .name = "P-4",
	  .who = 5,
	  .home = 5,
	  .day = "2020-07-02",
	  .answers = { "050203040501020304050204" } },
	{ .name = "P-5",
	  .who = 5,
	  .form = 2,
	  .home = 0,
	  .day = "2020-06-30",
	  .answers = { "050203" } },
};

/* Q06: in commune 2 agent 6 hears from people who are content, agent 7 from
 * those who are not; in commune 1 both hear the same, and 2 and 3 are few. */
MAYBE static void plant(void)
{
	char name[16];

	for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++)
		add(&planted[i]);
	for (int i = 0; i < 15; i++) {
		(void)snprintf(name, sizeof name, "F6-%02d", i);
		add_varied(name, 6, 5, 1);
		(void)snprintf(name, sizeof name, "F7-%02d", i);
		add_varied(name, 7, 5, 4);
		(void)snprintf(name, sizeof name, "S6-%02d", i);
		add_varied(name, 6, 4, 0);
		(void)snprintf(name, sizeof name, "S7-%02d", i);
		add_varied(name, 7, 4, 0);
	}
}

/* ---- asking -------------------------------------------------------------- */

MAYBE static PGresult *ask(const char *sql, const char *const *args, int n)
{
	PGresult *r = PQexecParams(low, sql, n, NULL, args, NULL, NULL, 0);

	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(low));
	return r;
}

/* The SQLSTATE that it is refused with. */
MAYBE static void refused(const char *sql, const char *state, const char *words)
{
	PGresult *r = PQexec(low, sql);
	const char *got = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	if (PQresultStatus(r) == PGRES_TUPLES_OK)
		fail_msg("taken: %s", sql);
	assert_string_equal(got ? got : "", state);
	assert_non_null(strstr(PQresultErrorMessage(r), words));
	PQclear(r);
}

MAYBE static const char *far_found(void)
{
	static struct buf b = BUF_INIT(1 << 20);
	struct err e = { 0 };

	b.len = 0;
	if (!store_quality_far(server, wave, &b, &e))
		fail_msg("%s", e.msg);
	return buf_cstr(&b);
}

/* "Q01 L-1|Q01 L-2", of those of `flag` (NULL: all), within `areas`. */
MAYBE static const char *flags(const char *flag, const char *areas, bool open)
{
	static char out[65536];
	const char *args[] = { areas, flag, open ? "true" : NULL, far_found() };
	PGresult *r = ask("SELECT string_agg(flag || ' ' || sheet, '|' ORDER "
			  "BY flag, sheet) FROM field.quality_flags((SELECT "
			  "wave FROM plan.wave), 'me', 'analyst', $1::text[], "
			  "$2, NULL, NULL, NULL, $3::boolean, $4::jsonb)",
			  args, 4);

	(void)snprintf(out, sizeof out, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return out;
}

MAYBE static const char *why(const char *flag, const char *sheet,
			     const char *column)
{
	static char out[4096];
	char sql[512];
	const char *args[] = { flag, sheet, far_found() };
	PGresult *r;

	(void)snprintf(sql, sizeof sql,
		       "SELECT %s::text FROM field.quality_flags((SELECT wave "
		       "FROM plan.wave), 'me', 'analyst', NULL, $1, NULL, "
		       "NULL, NULL, NULL, $3::jsonb) AS f WHERE sheet = $2",
		       column);
	r = ask(sql, args, 3);
	(void)snprintf(out, sizeof out, "%s",
		       PQntuples(r) == 1 ? PQgetvalue(r, 0, 0) : "?");
	PQclear(r);
	return out;
}

MAYBE static long number_of(const char *sql)
{
	PGresult *r = ask(sql, NULL, 0);
	long v = strtol(PQgetvalue(r, 0, 0), NULL, 10);

	PQclear(r);
	return v;
}

#define W "(SELECT wave FROM plan.wave)"
#define RULE(rule, value, form, reason)                                \
	ask("SELECT field.quality_rule(" W ", 'me', 'analyst', '" rule \
	    "', '" value "', '" form "', '" reason "')",               \
	    NULL, 0)

#endif
