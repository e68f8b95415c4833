/* review.h - the world of the tests of review: two waves, three units, two
 * agents, sheets through the one way in, acts as the server's role. */
#ifndef TESTS_REVIEW_H
#define TESTS_REVIEW_H

#include "support/test.h"

#include <stdbool.h>

#include "support/pg.h"

static PGconn *raw, *server, *second, *agent;

static const char world[] =
	"INSERT INTO plan.wave (code, name, opens, closes, trial) VALUES "
	"('thu', 'Thử', '2020-01-01', '2020-12-31', true), "
	"('khac', 'Khác', '2020-01-01', '2020-12-31', true);"
	"INSERT INTO plan.unit (wave, unit, code, name, kind, rated, parent) "
	"SELECT w.wave, u.* FROM plan.wave AS w, "
	"(VALUES (1, 'tinh', 'Tỉnh', 'tinh', false, NULL), "
	"(2, 'huyen-a', 'Huyện A', 'huyen', true, 1), "
	"(3, 'huyen-b', 'Huyện B', 'huyen', true, 1), "
	"(4, 'xa-1', 'Xã 1', 'xa', true, 2)) AS u "
	"(unit, code, name, kind, rated, parent);"
	"INSERT INTO plan.form SELECT wave, 1, 'CT-01', '1', 'Mẫu', 2, true "
	"FROM plan.wave;"
	"INSERT INTO plan.question SELECT wave, 1, q.* FROM plan.wave, "
	"(VALUES (1, 'Q1', 'scale', 0, 'Câu 1'), (2, 'Q2', 'scale', 1, "
	"'Câu 2'), (3, 'Q3', 'text', NULL, 'Câu 3')) AS q;"
	"INSERT INTO plan.option SELECT wave, 1, q, o.* FROM plan.wave, "
	"generate_series(1, 2) AS q, (VALUES (1, 'A', 'Tốt', 100, true), "
	"(2, 'B', 'Kém', 0, false)) AS o;"
	"INSERT INTO plan.respondent_group SELECT wave, 1, 'cong-chuc', "
	"'Công chức', 1, 'xa' FROM plan.wave;"
	"INSERT INTO plan.quota (wave, grp, home, revision, planned, rule, "
	"reason, decided_by) SELECT wave, 1, x.*, 'r', 'x', 'me' FROM "
	"plan.wave, (VALUES (3, 1, 6), (4, 1, 6)) AS x;"
	"INSERT INTO field.agent (code, name, office) VALUES "
	"('a1', 'An', 'Bưu điện A'), ('a2', 'Bình', 'Bưu điện B');"
	"INSERT INTO field.agent_key (agent, wave, hash, expires_at) SELECT "
	"agent, wave, sha256(convert_to(agent || '/' || wave, 'UTF8')), "
	"now() + interval '1 day' FROM field.agent, plan.wave "
	"ORDER BY wave, agent;"
	"INSERT INTO people.account (login, name, password_hash) VALUES "
	"('xa1', 'Xã 1', 'x'), ('tinh', 'Tỉnh', 'x');"
	"INSERT INTO people.account_role (account, role, unit, given_by) "
	"SELECT account, x.role, x.unit, 'me' FROM people.account JOIN "
	"(VALUES ('xa1', 'unit', 'huyen-a'), ('xa1', 'analyst', NULL), "
	"('tinh', 'unit', NULL), ('tinh', 'analyst', NULL)) "
	"AS x (login, role, unit) USING (login);";

MAYBE static int open_all(void **state)
{
	(void)state;
	raw = pg_as("owner", NULL);
	server = pg_as("server", NULL);
	second = pg_as("server", NULL);
	agent = pg_as("collector", NULL);
	pg_do(raw, world);
	pg_do(raw, "SET search_path = pg_catalog, pg_temp");
	return 0;
}

MAYBE static int close_all(void **state)
{
	(void)state;
	PQfinish(raw);
	PQfinish(server);
	PQfinish(second);
	PQfinish(agent);
	return 0;
}

/* ---- what comes in ----------------------------------------------------- */

struct sent {
	const char *instance, *sheet, *replaces;
	int key, state, home, flags;
	const char *answers; /* hex, two bytes */
};

/* By the one way in; outcome and state, "" for stored as sent. */
MAYBE static char *take_in(const struct sent *s)
{
	char sql[2000], with[300];

	(void)snprintf(with, sizeof with, s->replaces ? "ARRAY['%s']" : "NULL",
		       s->replaces);
	(void)snprintf(
		sql, sizeof sql,
		"SELECT outcome || '/' || state FROM field.intake("
		"(SELECT wave FROM plan.wave WHERE code = 'thu'), 1::smallint, "
		"1::smallint, '[{\"code\":\"V01\"}]', repeat('0', 64), "
		"ARRAY[%d], ARRAY['%s'], ARRAY[sha256('%s')], "
		"ARRAY['x'::bytea], ARRAY[%d::smallint], ARRAY[1], ARRAY[1], "
		"ARRAY[%d], ARRAY['%s'], ARRAY[1::smallint], "
		"ARRAY['2020-02-03'::date], ARRAY[NULL::timestamptz], "
		"ARRAY[NULL::timestamptz], ARRAY[NULL::text], "
		"ARRAY[1::smallint], ARRAY[%d], ARRAY[%s::jsonb], "
		"ARRAY['{\"tuoi\":\"30\"}'::jsonb], ARRAY[false], %s, "
		"ARRAY['lời %s'], ARRAY[1], ARRAY[%d], "
		"ARRAY['\\x%s'::bytea], ARRAY['{\"Q3\":\"chữ\"}'::jsonb])",
		s->key, s->instance, s->instance, s->state,
		s->home ? s->home : 4, s->sheet, s->flags,
		s->state == 3 ? "'[{\"code\":\"V05\"}]'" : "NULL", with,
		s->instance, s->home ? s->home : 4,
		s->answers ? s->answers : "0102");
	return pg_text(raw, sql);
}

MAYBE static void comes_in(const struct sent *s, const char *want)
{
	char *got = take_in(s);

	got[strcspn(got, "\n")] = '\0';
	if (strcmp(got, want) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", s->instance, got, want);
	free(got);
}

MAYBE static void send(const char *instance, const char *sheet)
{
	comes_in(&(struct sent){ .instance = instance,
				 .sheet = sheet,
				 .key = 1,
				 .state = 1 },
		 "");
}

/* ---- acts -------------------------------------------------------------- */

struct done {
	const char *by, *role, *areas, *act, *items, *code, *reason, *to;
};

#define WAVE "(SELECT wave FROM plan.wave WHERE code = 'thu')"

MAYBE static PGresult *ask(PGconn *c, const struct done *d)
{
	const char *args[] = { d->by ? d->by : "me",
			       d->role ? d->role : "owner",
			       d->areas,
			       d->act,
			       d->items,
			       d->code,
			       d->reason,
			       d->to };

	return PQexecParams(c,
			    "SELECT event, moved FROM field.review_act(" WAVE
			    ", $1, $2, $3::text[], $4, $5, $6, $7, $8)",
			    8, NULL, args, NULL, NULL, 0);
}

/* The SQLSTATE, "" when it was done. */
MAYBE static const char *act(PGconn *c, const struct done *d, char state[6],
			     char words[400])
{
	PGresult *r = ask(c, d);
	const char *s = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	(void)snprintf(state, 6, "%s", s ? s : "");
	(void)snprintf(words, 400, "%s", s ? PQresultErrorMessage(r) : "");
	PQclear(r);
	return state;
}

#define DO(...)		   expect("", &(struct done){ __VA_ARGS__ })
#define REFUSED(want, ...) expect(want, &(struct done){ __VA_ARGS__ })
MAYBE static void expect(const char *want, const struct done *d)
{
	char state[6], words[400];

	if (strcmp(act(server, d, state, words), want) != 0)
		fail_msg("%s %s: \"%s\", not \"%s\": %s", d->act, d->items,
			 state, want, words);
}

MAYBE static void is(const char *sql, const char *want)
{
	char *got = pg_text(raw, sql);

	got[strcspn(got, "\n")] = '\0';
	if (strcmp(got, want) != 0)
		fail_msg("%s:\n\"%s\", not \"%s\"", sql, got, want);
	free(got);
}

#define STATUS(item, want)                                                 \
	is("SELECT status || CASE WHEN counted THEN '+' ELSE '' END FROM " \
	   "field.review WHERE instance = '" item "'",                     \
	   want)

MAYBE static void all_is_well(void)
{
	is("SELECT coalesce(string_agg(words, '; '), '') FROM "
	   "field.review_verify(" WAVE ", NULL)",
	   "");
	is("SELECT coalesce(string_agg(words, '; '), '') FROM "
	   "field.ledger_verify(" WAVE ", NULL)",
	   "");
	is("SELECT count(*) FROM field.review WHERE counted <> (status IN "
	   "('received', 'flagged', 'corrected', 'accepted'))",
	   "0");
	is("SELECT count(*) FROM (SELECT FROM field.response WHERE counted "
	   "OR (held AND state <> 4) GROUP BY wave, sheet, keying "
	   "HAVING count(*) > 1) AS x",
	   "0");
	is("SELECT count(*) FROM field.sheet AS s WHERE s.status = 'valid' "
	   "AND NOT EXISTS (SELECT FROM field.response AS r WHERE r.wave = "
	   "s.wave AND r.sheet = s.sheet AND r.counted AND r.state = 5)",
	   "0");
	is("SELECT count(*) FROM field.sheet AS s WHERE s.status = 'invalid' "
	   "AND EXISTS (SELECT FROM field.response AS r WHERE r.wave = s.wave "
	   "AND r.sheet = s.sheet AND r.counted AND r.keying = 1)",
	   "0");
	is("SELECT (SELECT count(*) FROM field.response WHERE keying = 1) - "
	   "(SELECT sum(n) FROM field.review_counts(" WAVE ", 'me', 'owner', "
	   "NULL, NULL, NULL))",
	   "0");
	is("SELECT (SELECT count(*) FROM field.response WHERE counted AND "
	   "keying = 1) - (SELECT coalesce(sum(n), 0) FROM field.counted(" WAVE
	   "))",
	   "0");
}

/* ---- the cells --------------------------------------------------------- */

/* What may be done, written down a second time and not from the table. */
static const struct {
	const char *act, *from, *roles;
	bool reason;
} may[] = {
	{ "query", "received flagged corrected answered invalid",
	  "owner post-supervisor analyst", true },
	{ "answer", "queried", "owner post-supervisor", true },
	{ "accept", "received flagged corrected",
	  "owner post-supervisor analyst", false },
	{ "accept", "queried answered", "owner analyst", false },
	{ "accept", "invalid", "owner analyst", true },
	{ "reject", "received flagged corrected queried answered invalid",
	  "owner analyst", false }, /* the code is the reason */
	{ "withdraw", "received flagged corrected queried answered invalid",
	  "owner analyst", false },
	{ "undo", "queried answered", "owner analyst", true },
	{ "undo", "accepted rejected withdrawn", "owner analyst", true },
};
MAYBE static const char *const statuses[] = {
	"received", "flagged",	"corrected", "queried",	  "answered",
	"invalid",  "accepted", "rejected",  "withdrawn", "replaced"
};
MAYBE static const char *const acts[] = { "query",  "answer",	"accept",
					  "reject", "withdraw", "undo" };
MAYBE static const char *const roles[] = {
	"owner",   "administrator", "analyst",	 "post-supervisor",
	"agent",   "unit",	    "appraiser", "secretariat",
	"council", "supervisor",    "auditor",	 "engine",
	"system"
};
#define N(a) (sizeof(a) / sizeof(a)[0])

MAYBE static bool among(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = list; (s = strstr(s, word)); s += n)
		if ((s == list || s[-1] == ' ') && (s[n] == ' ' || !s[n]))
			return true;
	return false;
}

MAYBE static const char *expected(const char *status, const char *a,
				  const char *role, bool reason)
{
	if (among("agent system", role))
		return "42501";
	/* a post supervisor his own queries: these are not */
	if (strcmp(a, "undo") == 0 && among("queried answered", status) &&
	    strcmp(role, "post-supervisor") == 0)
		return reason ? "42501" : "22023";
	for (size_t i = 0; i < N(may); i++) {
		if (strcmp(may[i].act, a) != 0 || !among(may[i].from, status))
			continue;
		if (!among(may[i].roles, role))
			return "42501";
		return may[i].reason && !reason ? "22023" : "";
	}
	return "55000";
}

MAYBE static const char *open_as(const char *fn, const char *item,
				 const char *who, const char *areas,
				 const char *reason, char state[6])
{
	char sql[500];

	(void)snprintf(sql, sizeof sql,
		       "SELECT * FROM field.%s(" WAVE ", 'me', '%s', %s, "
		       "'%s'%s, %s)",
		       fn, who, areas, item,
		       strcmp(fn, "review_diff") == 0 ? ", NULL" : "", reason);
	return pg_state(server, sql, state);
}

#endif
