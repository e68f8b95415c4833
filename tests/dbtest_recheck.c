/* Phúc tra against the database: who may do what in which state, draws that
 * anybody repeats, two worlds that cannot be joined again, comparisons and
 * decisions against what is worked out here. */
#include "support/test.h"

#include <ctype.h>

#include "phieu/hash.h"
#include "support/pg.h"

static PGconn *owner, *roster, *server;

enum { PERSONS = 90, SHEETS = 60 };

/* Two waves: "thu" without a ledger, "so" with one.  A province, two
 * districts, three communes; a form of three questions. */
static const char world[] =
	"INSERT INTO plan.wave (code, name, opens, closes, trial) VALUES "
	"('thu', 'Thử', '2020-01-01', '2020-12-31', true), "
	"('so', 'Sổ', '2020-01-01', '2020-12-31', true);"
	"INSERT INTO plan.unit (wave, unit, code, name, kind, rated, parent) "
	"SELECT w.wave, u.* FROM plan.wave AS w, (VALUES "
	"(1, 'tinh', 'Tỉnh', 'tinh', false, NULL), "
	"(2, 'huyen-a', 'Huyện A', 'huyen', true, 1), "
	"(3, 'huyen-b', 'Huyện B', 'huyen', true, 1), "
	"(4, 'xa-1', 'Xã 1', 'xa', true, 2), "
	"(5, 'xa-2', 'Xã 2', 'xa', true, 2), "
	"(6, 'xa-3', 'Xã 3', 'xa', true, 3)) AS u (a, b, c, d, e, f);"
	"INSERT INTO plan.form SELECT wave, 1, 'CT-01', '1', 'CT-01', 3, true "
	"FROM plan.wave;"
	"INSERT INTO plan.question SELECT wave, 1, q, 'Q' || q, 'single', "
	"q - 1, '?' FROM plan.wave, generate_series(1, 3) AS q;"
	"INSERT INTO plan.option SELECT wave, 1, q, o, chr(64 + o), 'x', 1, "
	"true FROM plan.wave, generate_series(1, 3) AS q, "
	"generate_series(1, 4) AS o;"
	"INSERT INTO plan.respondent_group SELECT wave, 1, 'dan', 'Dân', 1, "
	"'xa' FROM plan.wave;"
	"INSERT INTO plan.quota (wave, grp, home, revision, planned, rule, "
	"reason, decided_by) SELECT wave, 1, h, 1, 20, 'r', 'x', 'me' FROM "
	"plan.wave, generate_series(4, 6) AS h;"
	"INSERT INTO field.agent (code, name, office) VALUES "
	"('a1', 'An', 'A'), ('a2', 'Bình', 'B');"
	"INSERT INTO field.agent_key (agent, wave, hash, expires_at) SELECT "
	"a.agent, w.wave, sha256((a.agent * 10 + w.wave)::text::bytea), "
	"now() + '1 day' FROM field.agent AS a, plan.wave AS w "
	"ORDER BY w.wave, a.agent;";

/* Persons P1.. over three communes, agent a2 in the third; sheets likewise,
 * answers by their number. */
static const char filled[] =
	"SELECT * FROM roster.import(1, 'so', 'owner', (SELECT "
	"jsonb_agg(jsonb_build_object('row', i, 'code', 'P' || i, 'name', "
	"'Người ' || i, 'contact', '09' || i, 'group', 'dan', 'unit', 'xa-' || "
	"1 + i % 3, 'agent', CASE i % 3 WHEN 2 THEN 'a2' ELSE 'a1' END, "
	"'visited', true)) FROM generate_series(1, 90) AS i));"
	"INSERT INTO field.response (wave, instance, response, sha256, state, "
	"counted, form, grp, home, sheet, keying, way, key, received_at, "
	"flags, "
	"simulated, lane, batch, receipt_key) SELECT 1, 'u' || i, i, '', 1, "
	"true, 1, 1, 4 + i % 3, field.sheet_number('CT01', i), 1, 1, "
	"CASE i % 3 WHEN 2 THEN 2 ELSE 1 END, now(), 0, false, 1, 1, 1 "
	"FROM generate_series(1, 60) AS i;"
	"INSERT INTO field.rating SELECT 1, i, 4 + i % 3, decode(lpad(to_hex("
	"1 + i % 4), 2, '0') || lpad(to_hex(1 + i / 3 % 4), 2, '0') || CASE "
	"WHEN i % 10 = 0 THEN 'ff' ELSE '02' END, 'hex') "
	"FROM generate_series(1, 60) AS i;";

static int open_all(void **state)
{
	(void)state;
	owner = pg_as("owner", NULL);
	roster = pg_as("roster", NULL);
	server = pg_as("server", NULL);
	pg_do(owner, world);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	PQfinish(owner);
	PQfinish(roster);
	PQfinish(server);
	return 0;
}

#define SQL(...)        \
	char sql[4096]; \
	(void)snprintf(sql, sizeof sql, __VA_ARGS__)

static void expect(PGconn *c, const char *state, const char *sql)
{
	char got[6];

	if (strcmp(pg_state(c, sql, got), state) != 0)
		fail_msg("%s\ngave '%s', not '%s': %s", sql, got, state,
			 PQerrorMessage(c));
}

/* Each test from the same beginning. */
static int fill(void **state)
{
	(void)state;
	pg_do(owner,
	      "TRUNCATE roster.person, roster.draw, roster.drawn, "
	      "roster.house, field.response, field.response_version, "
	      "field.rating, field.recheck_sheet, field.recheck_rating, "
	      "field.recheck_decision, field.recheck_decided, field.sheet, "
	      "field.sheet_event, field.sheet_move, audit.entry, audit.lane "
	      "CASCADE; "
	      "UPDATE plan.wave SET ledger = false, state = 'open'");
	pg_do(owner, filled);
	return 0;
}

static void draw(const char *more)
{
	SQL("SELECT * FROM roster.recheck_draw(1, 'mt', 'supervisor', %s)",
	    more);
	pg_do(roster, sql);
}

/* ---- who, in which state ----------------------------------------------- */

static const char *const roles[] = {
	"administrator", "analyst",   "post-supervisor", "agent",
	"unit",		 "appraiser", "secretariat",	 "council",
	"supervisor",	 "auditor",   "engine"
};
enum { ROLES = sizeof roles / sizeof roles[0] };

static const struct {
	const char *act, *role, *sql; /* $1: the role */
	bool persons;
} acts[] = {
	{ "mark", "post-supervisor",
	  "roster.mark(1, 'x', $1, NULL, 'P1', NULL, true)", true },
	{ "draw", "supervisor",
	  "roster.recheck_draw(1, 'x', $1, NULL, 'MT', 5, NULL, NULL, NULL, "
	  "NULL, NULL)",
	  true },
	{ "result", "supervisor",
	  "roster.recheck_result(1, 'x', $1, NULL, 1, '1', 'confirmed', "
	  "NULL, NULL)",
	  true },
	{ "close", "supervisor",
	  "roster.recheck_status(1, 'x', $1, NULL, 'close', 1, NULL)", true },
	{ "reopen", "supervisor",
	  "roster.recheck_status(1, 'x', $1, NULL, 'reopen', 1, 'vì')", true },
	{ "houses", "supervisor",
	  "roster.recheck_houses(1, 'x', $1, NULL, 'MT', 'xa-1', NULL, 3, 0, "
	  "0, 0)",
	  true },
	{ "compare", "supervisor",
	  "field.recheck_compare(1, 'x', $1, NULL, field.sheet_number('CT01',"
	  " 3), 'xa-1: A', 'vì')",
	  false },
	{ "decide", "analyst",
	  "field.recheck_decide(1, 'x', $1, NULL, '1/QĐ', "
	  "ARRAY[field.sheet_number('CT01', 3)], "
	  "ARRAY[field.sheet_number('CT01', 3)], NULL, 'vì')",
	  false },
	{ "undo", "analyst",
	  "field.recheck_undo(1, 'x', $1, NULL, 1, '2/QĐ', 'vì')", false },
	{ "forget", "analyst", "roster.forget(1, 'x', $1, 'hết hạn')", true },
};
enum { ACTS = sizeof acts / sizeof acts[0] };

/* The SQLSTATE of an act in a role, undone again. */
static void try_act(PGconn *c, size_t act, const char *role, char got[6])
{
	SQL("SELECT * FROM %s", acts[act].sql);
	PGresult *r;
	const char *state;

	pg_do(c, "BEGIN");
	r = PQexecParams(c, sql, 1, NULL, &role, NULL, NULL, 0);
	state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	(void)snprintf(got, 6, "%s", state ? state : "");
	PQclear(r);
	pg_do(c, "ROLLBACK");
}

/* What may be done in a state, by whom: the first column of the rule for it
 * decides; everybody else is denied whatever the state. */
static const struct {
	const char *status; /* of draw 1, sheet 3, decision 1 */
	const char *prepare;
	const char *may; /* acts that work, all others give 55000 */
} states[] = {
	{ "-", "SELECT 1", "mark draw houses compare decide" },
	{ "open",
	  "SELECT roster.recheck_draw(1, 'mt', 'supervisor', NULL, 'MT', 100, "
	  "NULL, NULL, 'all', NULL, 'x')",
	  "mark draw result houses compare decide" },
	{ "full",
	  "SELECT roster.recheck_result(1, 'mt', 'supervisor', NULL, 1, "
	  "'1-90', 'confirmed', NULL, NULL)",
	  "mark draw result close houses compare decide" },
	{ "closed",
	  "SELECT roster.recheck_status(1, 'mt', 'supervisor', NULL, 'close', "
	  "1, NULL)",
	  "mark draw reopen houses compare decide" },
	{ "compared",
	  "SELECT field.recheck_compare(1, 'mt', 'supervisor', NULL, "
	  "field.sheet_number('CT01', 3), 'xa-1: A', NULL)",
	  "mark draw reopen houses compare decide" },
	{ "decided",
	  "SELECT field.recheck_decide(1, 'so', 'analyst', NULL, '1/QĐ', "
	  "ARRAY[field.sheet_number('CT01', 3)], "
	  "ARRAY[field.sheet_number('CT01', 3)], NULL, 'vì')",
	  "mark draw reopen houses compare undo" },
	{ "undone",
	  "SELECT field.recheck_undo(1, 'so', 'analyst', NULL, 1, '2/QĐ', "
	  "'vì')",
	  "mark draw reopen houses compare decide" },
	{ "wave closed", "UPDATE plan.wave SET state = 'closed' WHERE wave = 1",
	  "mark draw reopen houses compare decide forget" },
	{ "wave frozen", "UPDATE plan.wave SET state = 'frozen' WHERE wave = 1",
	  "mark reopen houses forget" },
};

static bool names(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = list; (s = strstr(s, word)); s += n)
		if ((s == list || s[-1] == ' ') && (s[n] == ' ' || !s[n]))
			return true;
	return false;
}

static void every_state_act_and_role_is_as_the_rules_say(void **state)
{
	long n = 0;

	(void)state;
	for (size_t s = 0; s < sizeof states / sizeof states[0]; s++) {
		pg_do(owner, states[s].prepare);
		for (size_t a = 0; a < ACTS; a++)
			for (size_t r = 0; r < ROLES; r++) {
				bool mine = !strcmp(roles[r], acts[a].role);
				bool may = names(states[s].may, acts[a].act);
				char got[6];

				/* the server numbers no sheets itself */
				try_act(acts[a].persons ? roster : owner, a,
					roles[r], got);
				n++;
				if (mine && may && *got)
					fail_msg("%s %s by %s: %s",
						 states[s].status, acts[a].act,
						 roles[r], got);
				else if (mine && !may && strcmp(got, "55000"))
					fail_msg("%s %s by %s: '%s'",
						 states[s].status, acts[a].act,
						 roles[r], got);
				else if (!mine && strcmp(got, "42501") &&
					 strcmp(got, "55000"))
					fail_msg("%s %s by %s: '%s'",
						 states[s].status, acts[a].act,
						 roles[r], got);
				else if (!mine && may && strcmp(got, "42501"))
					fail_msg("%s %s by %s: '%s'",
						 states[s].status, acts[a].act,
						 roles[r], got);
			}
	}
	print_message("N=%ld state x act x role\n", n);
}

/* ---- walls --------------------------------------------------------------- */

static void neither_side_reaches_the_other(void **state)
{
	static const char *const not_server[] = {
		"SELECT * FROM roster.person",
		"SELECT * FROM roster.draw",
		"SELECT * FROM roster.drawn",
		"SELECT * FROM roster.house",
		"SELECT * FROM roster.recheck_list(1, NULL, 1)",
		"SELECT * FROM roster.recheck_frame(1, NULL, 1)",
		"SELECT * FROM roster.persons(1, NULL)",
		"SELECT * FROM roster.recheck_hides(1, 'dan', 'xa-1', 'a1')",
		"SELECT * FROM roster.import(1, 'x', 'owner', '[]')",
		"SELECT * FROM field.recheck_rating",
		"SELECT * FROM field.recheck_sheet",
	};
	static const char *const not_roster[] = {
		"SELECT * FROM field.recheck_sheet",
		"SELECT * FROM field.recheck_compared(1, NULL)",
		"SELECT * FROM field.recheck_pairs(1, NULL, 1)",
		"SELECT * FROM field.recheck_compare(1, 'x', 'supervisor', "
		"NULL, 'a', 'b', NULL)",
		"SELECT * FROM field.recheck_decide(1, 'x', 'analyst', NULL, "
		"'1', NULL, NULL, 'a1', 'x')",
		"SELECT * FROM field.response",
		"SELECT * FROM roster.drawn",
		"SELECT * FROM roster.draw",
	};
	static const char *const others[] = { "collector", "analysis",
					      "publish", "auditor" };

	(void)state;
	draw("NULL, 'MT', 50, NULL, NULL, NULL, NULL, 'x'");
	for (size_t i = 0; i < sizeof not_server / sizeof not_server[0]; i++) {
		expect(server, "42501", not_server[i]);
		for (size_t k = 0; k < 4; k++) {
			PGconn *c = pg_as(others[k], NULL);

			expect(c, "42501", not_server[i]);
			PQfinish(c);
		}
	}
	for (size_t i = 0; i < sizeof not_roster / sizeof not_roster[0]; i++)
		expect(roster, "42501", not_roster[i]);
	/* counts, nobody's name, may be known */
	expect(server, "", "SELECT * FROM roster.recheck_counts(1, NULL)");
	expect(server, "", "SELECT * FROM roster.recheck_draws(1, NULL)");
	assert_int_equal(pg_long(server,
				 "SELECT count(*) FROM roster.recheck_draws(1, "
				 "NULL) AS d WHERE d::text LIKE '%P1%' OR "
				 "d::text LIKE '%Người%'"),
			 0);
}

/* ---- the draw ------------------------------------------------------------ */

/* The method of docs/RECHECK.md, worked out apart from the database. */
struct one {
	char code[48], unit[48], stratum[48];
	uint8_t key[32];
	bool taken;
};
struct stratum {
	const char *name;
	long n, take, rest;
};

static size_t read_frame(char *frame, struct one *out, size_t max)
{
	size_t n = 0;
	char *line = strchr(frame, '\n') + 1;

	for (; *line && n < max; n++) {
		char *end = strchr(line, '\n'), *f[6];

		*end = '\0';
		f[0] = line;
		for (int i = 1; i < 6; i++) {
			f[i] = strchr(f[i - 1], ',') + 1;
			f[i][-1] = '\0';
		}
		(void)snprintf(out[n].code, 48, "%s", f[0]);
		(void)snprintf(out[n].unit, 48, "%s", f[2]);
		(void)snprintf(out[n].stratum, 48, "%s", f[5]);
		line = end + 1;
	}
	return n;
}

static size_t find_strata(struct one *o, size_t n, struct stratum *s)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < m && strcmp(s[k].name, o[i].stratum) != 0)
			k++;
		if (k == m)
			s[m++] = (struct stratum){ .name = o[i].stratum };
		s[k].n++;
	}
	return m;
}

static void share_out(struct stratum *s, size_t m, long n, long percent,
		      long count)
{
	long left = count < n ? count : n;

	for (size_t k = 0; k < m; k++) {
		if (percent) {
			s[k].take = (s[k].n * percent + 99) / 100;
			continue;
		}
		s[k].take = s[k].n * (count < n ? count : n) / n;
		s[k].rest = s[k].n * (count < n ? count : n) % n;
		left -= s[k].take;
	}
	for (; !percent && left > 0; left--) {
		size_t best = m;

		for (size_t k = 0; k < m; k++)
			if (s[k].rest >= 0 &&
			    (best == m || s[k].rest > s[best].rest ||
			     (s[k].rest == s[best].rest &&
			      strcmp(s[k].name, s[best].name) < 0)))
				best = k;
		s[best].take++;
		s[best].rest = -1;
	}
}

static size_t pick(struct one *o, size_t n, const char *seed, long percent,
		   long count)
{
	struct stratum s[64];
	size_t m = find_strata(o, n, s), total = 0;

	share_out(s, m, (long)n, percent, count);
	for (size_t i = 0; i < n; i++) {
		struct sha256_run run;

		sha256_begin(&run);
		sha256_add(&run, seed, strlen(seed));
		sha256_add(&run, "|", 1);
		sha256_add(&run, o[i].code, strlen(o[i].code));
		sha256_end(&run, o[i].key);
		o[i].taken = false;
	}
	for (size_t k = 0; k < m; k++)
		for (long t = 0; t < s[k].take; t++, total++) {
			size_t best = n;

			for (size_t i = 0; i < n; i++)
				if (!o[i].taken &&
				    strcmp(o[i].stratum, s[k].name) == 0 &&
				    (best == n ||
				     memcmp(o[i].key, o[best].key, 32) < 0))
					best = i;
			o[best].taken = true;
		}
	return total;
}

static void anybody_draws_the_same_from_frame_and_seed(void **state)
{
	static const char *const strata[] = { "area", "agent", "unit", "group",
					      "none" };
	struct one o[PERSONS];
	char check[80];

	(void)state;
	for (int i = 1; i <= 60; i++) {
		long percent = i % 2 ? 1 + i * 7 % 100 : 0;
		long count = percent ? 0 : 1 + i * 13 % 100;
		char seed[40], share[24], sql[512], *frame, *got, *want, *at;
		size_t n, total;

		(void)snprintf(seed, sizeof seed, "hạt %d|%d", i, i * i);
		(void)snprintf(share, sizeof share,
			       percent ? "%ld, NULL" : "NULL, %ld",
			       percent ? percent : count);
		(void)snprintf(sql, sizeof sql,
			       "NULL, 'MT', %s, '%s', 'all', NULL, '%s'", share,
			       strata[i % 5], seed);
		draw(sql);
		(void)snprintf(sql, sizeof sql,
			       "SELECT frame FROM roster.draw WHERE draw = %d",
			       i);
		frame = pg_text(owner, sql);
		n = read_frame(frame, o, PERSONS);
		assert_int_equal(n, PERSONS);
		total = pick(o, n, seed, percent, count);
		want = calloc(total + 1, 50);
		at = want;
		for (size_t k = 0; k < n; k++)
			if (o[k].taken)
				at += snprintf(at, 50, "%s\n", o[k].code);
		(void)snprintf(sql, sizeof sql,
			       "SELECT code FROM roster.drawn WHERE draw = %d "
			       "ORDER BY code COLLATE \"C\"",
			       i);
		got = pg_text(owner, sql);
		assert_string_equal(got, want);
		free(frame);
		free(got);
		free(want);
	}
	(void)snprintf(check, sizeof check,
		       "SELECT count(*) FROM roster.recheck_verify(1)");
	assert_int_equal(pg_long(server, check), 0);
	print_message("N=60 draws repeated\n");
}

static void a_draw_that_was_changed_shows(void **state)
{
	static const char *const changes[] = {
		"UPDATE roster.draw SET seed = 'khác'",
		"DELETE FROM roster.drawn WHERE place = 1",
		"UPDATE roster.drawn SET code = 'P0' WHERE place = 1",
		"UPDATE roster.drawn SET result = 'confirmed' WHERE place = 2",
		"UPDATE roster.draw SET frame = frame || 'Z,,,,,' || chr(10), "
		"frame_sha256 = sha256(convert_to(frame || 'Z,,,,,' || "
		"chr(10), 'UTF8'))",
		"DELETE FROM roster.drawn; DELETE FROM roster.draw",
	};

	(void)state;
	draw("NULL, 'MT', NULL, 12, NULL, NULL, NULL, 'x'");
	pg_do(roster, "SELECT * FROM roster.recheck_result(1, 'mt', "
		      "'supervisor', NULL, 1, '3', 'refused', NULL, NULL)");
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		pg_do(owner, "BEGIN");
		assert_int_equal(pg_long(owner, "SELECT count(*) FROM "
						"roster.recheck_verify(1) "
						"WHERE draw = 1"),
				 0);
		pg_do(owner, changes[i]);
		if (pg_long(owner, "SELECT count(*) FROM "
				   "roster.recheck_verify(1) "
				   "WHERE draw = 1") == 0)
			fail_msg("unseen: %s", changes[i]);
		pg_do(owner, "ROLLBACK");
	}
}

static void a_draw_wants_what_it_needs(void **state)
{
	static const struct {
		const char *state, *more;
	} cases[] = {
		{ "22023", "NULL, 'MT', 5, 5, NULL, NULL, NULL, 'x'" },
		{ "22023", "NULL, 'MT', 0, NULL, NULL, NULL, NULL, 'x'" },
		{ "22023", "NULL, 'MT', 101, NULL, NULL, NULL, NULL, 'x'" },
		{ "22023", "NULL, 'MT', NULL, 0, NULL, NULL, NULL, 'x'" },
		/* no plan that says how many */
		{ "22023", "NULL, 'MT', NULL, NULL, NULL, NULL, NULL, 'x'" },
		{ "22023", "NULL, 'MT', 5, NULL, 'xa', NULL, NULL, 'x'" },
		{ "22023", "NULL, 'MT', 5, NULL, NULL, 'ai', NULL, 'x'" },
		{ "22023", "NULL, 'MT', 5, NULL, NULL, NULL, 1, 'x'" },
		{ "22023", "NULL, 'MT', 5, NULL, NULL, NULL, NULL, ''" },
		{ "22023", "NULL, 'MT', 5, NULL, NULL, NULL, NULL, E'a\\nb'" },
		{ "55000",
		  "NULL, 'MT', 5, NULL, NULL, 'collected', NULL, 'x'" },
		{ "55000", "'{tinh-khac}', 'MT', 5, NULL, NULL, NULL, NULL, "
			   "'x'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		SQL("SELECT * FROM roster.recheck_draw(1, 'mt', 'supervisor', "
		    "%s)",
		    cases[i].more);
		expect(roster, cases[i].state, sql);
	}
	/* D11 of the plan says how many when nobody else does */
	pg_do(owner, "INSERT INTO plan.version VALUES (1, 1, "
		     "'{\"decisions\":{\"D11\":{\"recheck_percent\":\"7.5\"}}}'"
		     ", sha256('{\"decisions\":{\"D11\":{\"recheck_percent\":"
		     "\"7.5\"}}}'), 'x', 'x')");
	draw("NULL, 'MT', NULL, NULL, 'none', NULL, NULL, 'x'");
	assert_int_equal(pg_long(owner, "SELECT count(*) FROM roster.drawn"),
			 7); /* of 90: 6.75 */
	pg_do(owner, "DELETE FROM plan.version");
}

/* ---- re-linking ---------------------------------------------------------- */

/* Pairs of a person and a sheet, the i-th of one order with the i-th of
 * another: how many are right?  right: code and sheet of the same number. */
static long attack(const char *persons, const char *sheets)
{
	SQL("WITH p AS (SELECT code, row_number() OVER (ORDER BY %s) AS i "
	    "FROM %s), s AS (SELECT sheet, row_number() OVER (ORDER BY %s) "
	    "AS i FROM %s) SELECT count(*) FROM p JOIN s USING (i) "
	    "WHERE s.sheet = field.sheet_number('CT01', substr(p.code, "
	    "2)::integer)",
	    "xmin::text::bigint, ctid", persons, "xmin::text::bigint, ctid",
	    sheets);
	return pg_long(owner, sql);
}

/* As the body works: a person's result, and at once his sheet, one by one in
 * an order of its own. */
static void persons_and_sheets_do_not_meet_again(void **state)
{
	static const char *const places[] = {
		"SELECT string_agg(x::text, '') FROM roster.drawn AS x",
		"SELECT string_agg(x::text, '') FROM roster.person AS x",
		"SELECT string_agg(x::text, '') FROM roster.draw AS x",
		"SELECT string_agg(content, '') FROM audit.entry WHERE kind = "
		"'recheck'",
	};
	static const char *const sheets[] = {
		"SELECT string_agg(x::text, '') FROM field.recheck_sheet AS x",
		"SELECT string_agg(x::text, '') FROM field.recheck_rating AS x",
		"SELECT string_agg(content, '') FROM audit.entry WHERE kind = "
		"'recheck'",
	};
	long n = 0;

	(void)state;
	draw("NULL, 'MT', 100, NULL, NULL, 'all', 2, 'x'");
	pg_do(owner, "CREATE TABLE public.naive_person (code text); "
		     "CREATE TABLE public.naive_sheet (sheet text)");
	for (int i = 0; i < 40; i++) {
		int k = 1 + i * 37 % 59; /* 59 is prime: each once */
		char line[64];

		(void)snprintf(line, sizeof line,
			       "SELECT place FROM roster.drawn WHERE code = "
			       "'P%d'",
			       k);
		{
			SQL("SELECT * FROM roster.recheck_result(1, 'mt', "
			    "'supervisor', NULL, 1, '%ld', 'confirmed', NULL, "
			    "NULL)",
			    pg_long(owner, line));
			pg_do(roster, sql);
		}
		{
			SQL("SELECT * FROM field.recheck_compare(1, 'mt', "
			    "'supervisor', NULL, field.sheet_number('CT01', "
			    "%d), 'xa-%d: A B C', NULL)",
			    k, 1 + k % 3);
			pg_do(owner, sql);
		}
		{
			SQL("INSERT INTO public.naive_person VALUES ('P%d')",
			    k);
			pg_do(owner, sql);
		}
		{
			SQL("INSERT INTO public.naive_sheet VALUES "
			    "(field.sheet_number('CT01', %d))",
			    k);
			pg_do(owner, sql);
		}
		n++;
	}
	/* the naive copy gives every one away */
	assert_int_equal(attack("public.naive_person", "public.naive_sheet"),
			 n);
	/* ours does no better than chance: one of 40 on average */
	assert_true(attack("(SELECT *, xmin, ctid FROM roster.drawn WHERE "
			   "result IS NOT NULL) AS x",
			   "(SELECT *, xmin, ctid FROM field.recheck_sheet) "
			   "AS x") < 12);
	assert_true(attack("(SELECT *, xmin, ctid FROM roster.drawn WHERE "
			   "result IS NOT NULL) AS x",
			   "(SELECT *, xmin, ctid FROM field.recheck_rating) "
			   "AS x") < 12);
	/* one transaction for all rows of either side */
	assert_int_equal(pg_long(owner, "SELECT count(DISTINCT xmin::text) "
					"FROM roster.drawn"),
			 1);
	assert_int_equal(pg_long(owner, "SELECT count(DISTINCT xmin::text) "
					"FROM field.recheck_sheet"),
			 1);
	assert_int_equal(pg_long(owner, "SELECT count(DISTINCT xmin::text) "
					"FROM field.recheck_rating"),
			 1);
	assert_int_equal(pg_long(owner, "SELECT count(DISTINCT xmin::text) "
					"FROM roster.person"),
			 1);
	/* no number among persons, no code among sheets, neither in the log */
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		char *s = pg_text(owner, places[i]);

		if (strstr(s, "CT01-"))
			fail_msg("a sheet's number: %s", places[i]);
		free(s);
	}
	for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++) {
		char *s = pg_text(owner, sheets[i]);

		for (const char *p = s; (p = strchr(p, 'P')); p++)
			if (isdigit((unsigned char)p[1]))
				fail_msg("a person's code: %s", sheets[i]);
		assert_null(strstr(s, "Người"));
		free(s);
	}
	pg_do(owner, "DROP TABLE public.naive_person, public.naive_sheet");
}

/* No column of either side holds what would join them: a time, a number of
 * the other, a running number that both have. */
static void the_two_sides_share_no_column(void **state)
{
	char *shared = pg_text(
		owner,
		"SELECT a.column_name FROM information_schema.columns AS a "
		"JOIN information_schema.columns AS b USING (column_name) "
		"WHERE a.table_schema = 'roster' AND a.table_name IN "
		"('person', 'drawn') AND b.table_schema = 'field' AND "
		"b.table_name LIKE 'recheck\\_sheet' GROUP BY 1 ORDER BY 1");
	char *times = pg_text(
		owner,
		"SELECT table_name || '.' || column_name FROM "
		"information_schema.columns WHERE (table_schema = 'roster' OR "
		"table_name LIKE 'recheck%') AND (data_type LIKE 'timestamp%' "
		"OR data_type LIKE 'time%') ORDER BY 1");
	char *days =
		pg_text(owner, "SELECT column_name FROM "
			       "information_schema.columns WHERE data_type = "
			       "'date' AND (table_name IN ('recheck_sheet', "
			       "'recheck_rating') OR (table_schema = 'roster' "
			       "AND table_name = 'person'))");

	(void)state;
	/* the cell: so many persons and so many sheets have the same */
	assert_string_equal(shared, "agent\ngrp\nhome\nwave\n");
	assert_string_equal(times, "");
	assert_string_equal(days, "");
	free(shared);
	free(times);
	free(days);
}

/* A sheet is compared only where enough of the drawn had one like it. */
static void a_sheet_that_points_at_somebody_is_not_compared(void **state)
{
	(void)state;
	draw("NULL, 'MT', NULL, 6, 'unit', NULL, 3, 'x'"); /* two a commune */
	expect(owner, "55000",
	       "SELECT field.recheck_compare(1, 'mt', 'supervisor', NULL, "
	       "field.sheet_number('CT01', 3), 'xa-1: A', NULL)");
	draw("NULL, 'MT', NULL, 15, 'unit', NULL, 3, 'y'"); /* five more */
	expect(owner, "",
	       "SELECT field.recheck_compare(1, 'mt', 'supervisor', NULL, "
	       "field.sheet_number('CT01', 3), 'xa-1: A', NULL)");
	/* who was not found had none to show: too few are left */
	pg_do(roster, "SELECT * FROM roster.recheck_result(1, 'mt', "
		      "'supervisor', NULL, 1, '1-6', 'not-found', NULL, "
		      "NULL)");
	pg_do(roster, "SELECT * FROM roster.recheck_result(1, 'mt', "
		      "'supervisor', NULL, 2, '1-15', 'refused', NULL, NULL)");
	expect(owner, "55000",
	       "SELECT field.recheck_compare(1, 'mt', 'supervisor', NULL, "
	       "field.sheet_number('CT01', 6), 'xa-1: A', NULL)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			every_state_act_and_role_is_as_the_rules_say, fill),
		cmocka_unit_test_setup(neither_side_reaches_the_other, fill),
		cmocka_unit_test_setup(
			anybody_draws_the_same_from_frame_and_seed, fill),
		cmocka_unit_test_setup(a_draw_that_was_changed_shows, fill),
		cmocka_unit_test_setup(a_draw_wants_what_it_needs, fill),
		cmocka_unit_test_setup(persons_and_sheets_do_not_meet_again,
				       fill),
		cmocka_unit_test_setup(the_two_sides_share_no_column, fill),
		cmocka_unit_test_setup(
			a_sheet_that_points_at_somebody_is_not_compared, fill),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
