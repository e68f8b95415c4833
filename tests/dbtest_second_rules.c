/* Second keying against the database: who may do what in which state, what
 * decisions do, what stands against closing and freezing, what the second
 * agent can learn, two people at once, a session that dies in the middle. */
#include "support/test.h"

#include "phieu/store_people.h"
#include "support/second.h"

#define SHEETS 24u

static char number[SHEETS][24];
static const struct second_reading plain;

static struct second_reading with(size_t field, unsigned value)
{
	struct second_reading r = plain;

	r.value[field] = value;
	return r;
}

static int set_up(void **state)
{
	(void)state;
	second_open(&w, SHEETS);
	for (unsigned i = 0; i < SHEETS; i++) {
		(void)second_number(&w, i, number[i]);
		if (i != SHEETS - 1) /* the last one is not keyed yet */
			assert_int_equal(second_send(&w, number[i], 1,
						     i < SHEETS / 2
							     ? SECOND_AN
							     : SECOND_BINH,
						     &plain, NULL, NULL),
					 STATE_VALID);
	}
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	second_close(&w);
	return 0;
}

static void look(void)
{
	const char *args[] = { w.id };
	struct err e;

	if (!db_do(w.server, Q_SECOND_LOOK, args, &e))
		fail_msg("%s", e.msg);
}

static char *status(const char *sheet)
{
	char sql[200], *s;

	(void)snprintf(sql, sizeof sql,
		       "SELECT status FROM field.second_sheet WHERE sheet = "
		       "'%s'",
		       sheet);
	s = pg_text(w.raw, sql);
	s[strcspn(s, "\n")] = '\0';
	return s;
}

static void assert_status(const char *sheet, const char *want)
{
	char *s = status(sheet);

	assert_string_equal(s, want);
	free(s);
}

/* ---- every state, act and role ----------------------------------------- */

/* Sheets 0 to 4 of an: drawn, assigned, same, differs, resolved. */
static void sheets_in_every_state(void **state)
{
	struct second_reading other = with(0, 1);

	(void)state;
	assert_int_equal(must(draw_by("agent", "an", "100", NULL, "x", NULL),
			      1),
			 12);
	for (unsigned i = 1; i < 5; i++)
		assert_int_equal(must(assign("binh", number[i], NULL), 1), 1);
	assert_int_equal(second_send(&w, number[2], 2, SECOND_BINH, &plain,
				     NULL, NULL),
			 STATE_VALID);
	assert_int_equal(second_send(&w, number[3], 2, SECOND_BINH, &other,
				     NULL, NULL),
			 STATE_VALID);
	assert_int_equal(second_send(&w, number[4], 2, SECOND_BINH, &other,
				     NULL, NULL),
			 STATE_VALID);
	look();
	assert_int_equal(must(resolve("me", number[4], "@all", "second", NULL),
			      1),
			 1);
	assert_status(number[0], "drawn");
	assert_status(number[1], "assigned");
	assert_status(number[2], "same");
	assert_status(number[3], "differs");
	assert_status(number[4], "resolved");
}

static const char *const states[] = { "drawn", "assigned", "same", "differs",
				      "resolved" };

static const char *call_of(const char *act, const char *sheet, const char *role,
			   char *sql, size_t max)
{
	if (strcmp(act, "assign") == 0)
		(void)snprintf(sql, max,
			       "SELECT * FROM field.second_assign(%s, 'me', "
			       "'%s', NULL, 'chi', '{%s}', '{%s}', NULL, NULL, "
			       "'r')",
			       w.id, role, sheet, sheet);
	else if (strcmp(act, "withdraw") == 0)
		(void)snprintf(sql, max,
			       "SELECT * FROM field.second_withdraw(%s, 'me', "
			       "'%s', NULL, '{%s}', '{%s}', 'r')",
			       w.id, role, sheet, sheet);
	else if (strcmp(act, "resolve") == 0)
		(void)snprintf(sql, max,
			       "SELECT * FROM field.second_resolve(%s, 'me', "
			       "'%s', NULL, '%s', '@all', 'first', NULL, 'r', "
			       "NULL)",
			       w.id, role, sheet);
	else
		(void)snprintf(sql, max,
			       "SELECT * FROM field.second_reopen(%s, 'me', "
			       "'%s', NULL, '%s', 'r')",
			       w.id, role, sheet);
	return sql;
}

/* By the table of rules and by nothing else. */
static void an_act_is_what_the_rules_say_in_every_state_and_role(void **state)
{
	static const char *const acts[] = { "assign", "withdraw", "resolve",
					    "reopen" };
	char sql[500], got[6];
	size_t done = 0, refused = 0;

	(void)state;
	for (size_t s = 0; s < 5; s++)
		for (size_t a = 0; a < 4; a++)
			for (int r = 0; r <= ROLE_PEOPLE; r++) {
				const char *role =
					r == ROLE_PEOPLE
						? "owner"
						: role_name((enum role)r);
				const char *want;
				char *rule;

				(void)snprintf(
					sql, sizeof sql,
					"SELECT CASE WHEN '%s' = ANY (roles) "
					"OR '%s' = 'owner' THEN 'may' ELSE "
					"'not' END FROM field.sheet_rule WHERE "
					"of = 'pair' AND status = '%s' AND act "
					"= '%s'",
					role, role, states[s], acts[a]);
				rule = pg_text(w.raw, sql);
				want = !*rule	      ? "55000"
				       : *rule == 'm' ? ""
						      : "42501";
				pg_do(w.raw, "BEGIN");
				(void)pg_state(w.raw,
					       call_of(acts[a], number[s], role,
						       sql, sizeof sql),
					       got);
				pg_do(w.raw, "ROLLBACK");
				if (strcmp(got, want) != 0)
					fail_msg("%s of %s as %s: %s, not %s",
						 acts[a], states[s], role, got,
						 want);
				done += !*want;
				refused += *want != '\0';
				free(rule);
			}
	assert_true(done >= 10 && refused > 100);
}

static void wave_acts_are_the_office_s(void **state)
{
	(void)state;
	for (int r = 0; r < ROLE_PEOPLE; r++) {
		const char *role = role_name((enum role)r);
		bool may = r == ROLE_ANALYST;
		struct res *res;

		pg_do(w.raw, "BEGIN"); /* holds nothing of the other */
		pg_do(w.raw, "ROLLBACK");
		res = run(w.server, Q_SECOND_RULE, "me", role, true,
			  MORE("1.5", NULL, "100", "95", "theo hợp đồng"));
		assert_int_equal(res != NULL, may);
		if (!may)
			assert_int_equal(last.kind, ERR_DENIED);
		res_free(res);
		res = run(w.server, Q_SECOND_KEEP, "me", role, true,
			  MORE("refuse", "r"));
		assert_int_equal(res != NULL, may);
		res_free(res);
		res = run(w.server, Q_SECOND_DECIDE, "me", role, true,
			  MORE("an", "accept", "đạt"));
		assert_int_equal(res != NULL, may);
		res_free(res);
	}
}

static void what_is_no_rule_is_refused(void **state)
{
	static const char *const bad[][4] = {
		{ "1", "2", NULL, NULL },    { "-1", NULL, NULL, NULL },
		{ "101", NULL, NULL, NULL }, { "1", NULL, "0", NULL },
		{ "1", NULL, "1", "100" },   { "1", NULL, "1", "0" },
		{ NULL, "-1", "1", "95" },   { "x", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		must_not(run(w.server, Q_SECOND_RULE, "me", "analyst", true,
			     MORE(bad[i][0], bad[i][1], bad[i][2], bad[i][3],
				  "r")),
			 ERR_INPUT, "not both");
	must_not(run(w.server, Q_SECOND_RULE, "me", "analyst", true,
		     MORE("1", NULL, NULL, NULL, NULL)),
		 ERR_INPUT, "needs a reason");
	must_not(run(w.server, Q_SECOND_KEEP, "me", "analyst", true,
		     MORE("both", "r")),
		 ERR_INPUT, "refuse or first");
	must_not(run(w.server, Q_SECOND_DECIDE, "me", "analyst", true,
		     MORE("an", "fire", "r")),
		 ERR_INPUT, "stop");
	must_not(run(w.server, Q_SECOND_DECIDE, "me", "analyst", true,
		     MORE("ai", "stop", "r")),
		 ERR_INPUT, "no such agent");
}

/* ---- decisions --------------------------------------------------------- */

static struct res *decide(const char *agent, const char *verdict)
{
	return run(w.server, Q_SECOND_DECIDE, "me", "analyst", true,
		   MORE(agent, verdict, "tỷ lệ sai cao"));
}

static void only_a_decision_stops_an_agent_and_only_one_lifts_it(void **state)
{
	char sql[400], s[6], faults[400];

	(void)state;
	(void)must(decide("binh", "stop"), 0);
	must_not(decide("binh", "stop"), ERR_CONFLICT, "stopped already");
	/* no sheets are handed to him */
	(void)snprintf(sql, sizeof sql,
		       "SELECT field.ledger_act(%s, 'me', 'owner', NULL, "
		       "'issue', NULL, NULL, 'cong-chuc', 'so-b', 1, 'binh', "
		       "NULL, NULL)",
		       w.id);
	assert_string_equal(pg_state(w.raw, sql, s), "55000");
	must_not(assign("binh", number[0], NULL), ERR_CONFLICT, "stopped");
	/* nor are they taken from him, first keying or second */
	assert_int_equal(second_send(&w, number[SHEETS - 1], 1, SECOND_BINH,
				     &plain, NULL, faults),
			 STATE_INVALID);
	assert_non_null(strstr(faults, "đang tạm dừng"));
	assert_int_equal(second_send(&w, number[1], 2, SECOND_BINH, &plain,
				     NULL, faults),
			 STATE_INVALID);
	assert_non_null(strstr(faults, "đang tạm dừng"));
	(void)must(run(w.server, Q_SECOND_LIFT, "me", "analyst", true,
		       MORE("binh", "đã tập huấn lại")),
		   0);
	must_not(run(w.server, Q_SECOND_LIFT, "me", "analyst", true,
		     MORE("binh", "r")),
		 ERR_CONFLICT, "stopped already, or not");
	assert_int_equal(second_send(&w, number[SHEETS - 1], 1, SECOND_BINH,
				     &plain, NULL, NULL),
			 STATE_VALID);
	assert_string_equal(pg_state(w.raw, sql, s), "");
	/* who decided, by which figures: an was wrong in one field of what was
	 * judged */
	(void)must(decide("an", "accept"), 0);
	assert_int_equal(pg_long(w.raw, "SELECT errors FROM "
					"field.second_decision ORDER BY "
					"decision DESC LIMIT 1"),
			 1);
	assert_int_equal(pg_long(w.raw, "SELECT fields FROM "
					"field.second_decision ORDER BY "
					"decision DESC LIMIT 1"),
			 3 * SECOND_FIELDS - 1);
}

static void keying_all_of_an_agent_again_is_a_draw_of_the_rest(void **state)
{
	struct res *r = decide("binh", "rekey");
	int64_t n;

	(void)state;
	n = must(r, 1);
	assert_int_equal(n, SHEETS / 2);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_sheet AS s JOIN "
					"field.second_decision AS d ON d.draw "
					"= s.draw WHERE verdict = 'rekey'"),
			 SHEETS / 2);
	/* nothing is left to draw: the decision stands nevertheless */
	assert_int_equal(must(decide("binh", "rekey"), 1), 0);
}

/* ---- two people, a dying session --------------------------------------- */

static void of_two_who_settle_at_once_one_is_told(void **state)
{
	char v[16];

	(void)state;
	(void)snprintf(v, sizeof v, "%ld",
		       pg_long(w.raw, "SELECT version FROM field.second_sheet "
				      "WHERE status = 'differs'"));
	res_free(run(w.server, Q_SECOND_RESOLVE, "me", "post-supervisor", false,
		     MORE(number[3], "so-a/Q1", "first", NULL, "giấy ghi A",
			  v)));
	assert_int_equal(last.kind, ERR_NONE);
	must_not(run(w.other, Q_SECOND_RESOLVE, "ban", "post-supervisor", false,
		     MORE(number[3], "so-a/Q1", "second", NULL, "giấy ghi B",
			  v)),
		 ERR_CONFLICT, "resolve");
	assert_status(number[3], "resolved");
}

static void reopened_it_is_settled_anew_and_the_old_stays(void **state)
{
	(void)state;
	(void)must(run(w.server, Q_SECOND_REOPEN, "me", "post-supervisor",
		       false, MORE(number[3], "xem nhầm phiếu")),
		   0);
	assert_status(number[3], "differs");
	assert_int_equal(must(resolve("me", number[3], "so-a/Q1", "typed", "C"),
			      1),
			 1);
	assert_int_equal(second_counted(&w, number[3]).value[0], 2);
	(void)must(run(w.server, Q_SECOND_REOPEN, "me", "post-supervisor",
		       false, MORE(number[3], "lần nữa")),
		   0);
	/* back to what was keyed first */
	assert_int_equal(must(resolve("me", number[3], "@all", "first", NULL),
			      1),
			 1);
	assert_int_equal(second_counted(&w, number[3]).value[0], 0);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_pair WHERE sheet IN "
					"(SELECT sheet FROM field.second_pair "
					"WHERE pair = 3)"),
			 3);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_difference WHERE take IS "
					"NOT NULL AND pair = 2 AND value = "
					"'C'"),
			 1);
	/* once more: the sheet stays open for what follows */
	(void)must(run(w.server, Q_SECOND_REOPEN, "me", "post-supervisor",
		       false, MORE(number[3], "chưa chắc")),
		   0);
}

static void a_session_that_dies_leaves_nothing(void **state)
{
	PGconn *c = pg_as("owner", NULL), *super = pg_as("super", NULL);
	long before = pg_long(w.raw, "SELECT count(*) FROM field.sheet_event"),
	     log = pg_long(w.raw, "SELECT count(*) FROM audit.entry");
	char sql[400], s[6];

	(void)state;
	pg_do(c, "BEGIN");
	pg_do(c, call_of("resolve", number[3], "owner", sql, sizeof sql));
	(void)snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)",
		       PQbackendPID(c));
	pg_do(super, sql);
	(void)pg_state(c, "COMMIT", s);
	assert_int_equal(PQstatus(c), CONNECTION_BAD);
	PQfinish(c);
	PQfinish(super);
	assert_status(number[3], "differs");
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.sheet_event"),
			 before);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM audit.entry"),
			 log);
}

static void two_draws_at_once_share_no_sheet(void **state)
{
	PGconn *a = pg_as("owner", NULL), *b = pg_as("owner", NULL);
	static const char draw[] =
		"SELECT field.second_draw(wave, 'me', 'owner', NULL, 'total', "
		"NULL, NULL, NULL, 1, 's', NULL, 'r') FROM plan.wave";
	PGresult *r;

	(void)state;
	/* three more sheets to draw from */
	pg_do(w.raw, "SELECT field.ledger_act(wave, 'me', 'owner', NULL, "
		     "'issue', NULL, NULL, 'cong-chuc', 'so-b', 3, 'an', NULL, "
		     "NULL) FROM plan.wave");
	pg_do(w.raw,
	      "INSERT INTO field.response SELECT r.wave, 'uuid:x' || "
	      "s.sheet, nextval('field.response_id'), r.sha256, 1, "
	      "true, r.form, r.grp, s.home, s.sheet, 1, r.collected, "
	      "NULL, NULL, NULL, 1, r.key, now(), 0, NULL, r.profile, "
	      "false, NULL, 1, 1, 1, 1 FROM field.sheet AS s JOIN "
	      "field.agent AS g ON g.agent = s.agent AND g.code = 'an', "
	      "(SELECT x.* FROM field.response AS x JOIN field.agent_key "
	      "AS k USING (key) JOIN field.agent AS g USING (agent) "
	      "WHERE g.code = 'an' AND x.keying = 1 AND x.counted LIMIT "
	      "1) AS r WHERE s.status = 'issued'");
	pg_do(a, "BEGIN");
	pg_do(a, draw);
	assert_true(PQsendQuery(b, draw));
	pg_do(a, "COMMIT");
	r = PQgetResult(b);
	assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
	PQclear(r);
	assert_null(PQgetResult(b));
	PQfinish(a);
	PQfinish(b);
	assert_int_equal(
		pg_long(w.raw, "SELECT count(*) FROM field.second_sheet AS s "
			       "JOIN field.second_draw AS d USING (wave, draw) "
			       "WHERE d.stratum = 'total'"),
		2);
	assert_int_equal(pg_long(w.raw, "SELECT count(DISTINCT draw) - "
					"max(draw) FROM field.second_draw"),
			 0);
}

/* ---- what is the same -------------------------------------------------- */

static void texts_that_differ_in_spaces_and_case_are_the_same(void **state)
{
	(void)state;
	assert_int_equal(pg_long(w.raw,
				 "SELECT (field.second_text(E' Tốt\\n  lắm ') "
				 "= field.second_text('tốt lắm'))::int"),
			 1);
	/* composed and not: U+1ED1 and o, U+0302, U+0301 */
	assert_int_equal(
		pg_long(w.raw, "SELECT (field.second_text(U&'T\\1ED1t') = "
			       "field.second_text(U&'to\\0302\\0301t'))::int"),
		1);
	assert_int_equal(pg_long(w.raw, "SELECT (field.second_text('tốt') = "
					"field.second_text('tôt'))::int"),
			 0);
	assert_int_equal(pg_long(w.raw, "SELECT (field.second_text(NULL) = "
					"field.second_text(' '))::int"),
			 1);
}

/* A unit that only one reading has is one field, and can be put or taken. */
static void a_unit_that_one_reading_lacks_is_one_field(void **state)
{
	char sql[600], *s;

	(void)state;
	pg_do(w.raw, "BEGIN");
	(void)snprintf(sql, sizeof sql,
		       "INSERT INTO field.rating SELECT r.wave, r.response, "
		       "u.unit, a.answers, a.extra FROM field.response AS r "
		       "JOIN field.rating AS a USING (wave, response) JOIN "
		       "plan.unit AS u ON u.wave = r.wave AND u.code = 'so-b' "
		       "WHERE r.sheet = '%s' AND r.keying = 2 AND r.counted; "
		       "UPDATE field.response SET version = version + 1 WHERE "
		       "sheet = '%s' AND keying = 2 AND counted",
		       number[2], number[2]);
	pg_do(w.raw, sql);
	(void)snprintf(sql, sizeof sql, "SELECT field.second_look(%s)", w.id);
	pg_do(w.raw, sql);
	(void)snprintf(sql, sizeof sql,
		       "SELECT field || ' ' || one || two FROM "
		       "field.second_difference JOIN field.second_sheet USING "
		       "(wave, sheet, pair) WHERE sheet = '%s'",
		       number[2]);
	s = pg_text(w.raw, sql);
	assert_string_equal(s, "@unit/so-b .x\n");
	free(s);
	pg_do(w.raw, call_of("resolve", number[2], "owner", sql, sizeof sql));
	pg_do(w.raw, "ROLLBACK");
	assert_status(number[2], "same");
}

/* Fields of two good readings may be no good reading: no unit, two where one
 * is rated, a unit that had ended by the day. */
static void units_are_settled_as_a_respondent_may_rate(void **state)
{
	static const struct {
		const char *a, *b, *more, *want;
	} cases[] = {
		{ "second", "first", "", "55000" }, /* none is left */
		{ "first", "second", "", "55000" }, /* both */
		{ "second", "second", "", "" },
		{ "first", "first", "", "" },
		{ "second", "second",
		  "UPDATE plan.unit SET valid_to = '2021-01-14' WHERE code = "
		  "'so-b'",
		  "55000" },
		{ "first", "first",
		  "UPDATE plan.unit SET valid_to = '2021-01-14' WHERE code = "
		  "'so-b'",
		  "" },
	};
	char sql[700], got[6];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pg_do(w.raw, "BEGIN");
		(void)snprintf(
			sql, sizeof sql,
			"UPDATE field.rating AS a SET unit = u.unit FROM "
			"field.response AS r, plan.unit AS u WHERE "
			"r.response = a.response AND u.code = 'so-b' "
			"AND r.sheet = '%s' AND r.keying = 2 AND "
			"r.counted; UPDATE field.response SET version = "
			"version + 1 WHERE sheet = '%s' AND keying = 2 "
			"AND counted; %s",
			number[2], number[2], cases[i].more);
		pg_do(w.raw, sql);
		(void)snprintf(sql, sizeof sql,
			       "SELECT field.second_resolve(%s, 'me', "
			       "'post-supervisor', NULL, '%s', '@unit/so-a', "
			       "'%s', NULL, 'giấy', NULL)",
			       w.id, number[2], cases[i].a);
		pg_do(w.raw, sql);
		(void)snprintf(sql, sizeof sql,
			       "SELECT field.second_resolve(%s, 'me', "
			       "'post-supervisor', NULL, '%s', '@unit/so-b', "
			       "'%s', NULL, 'giấy', NULL)",
			       w.id, number[2], cases[i].b);
		(void)pg_state(w.raw, sql, got);
		(void)snprintf(sql, sizeof sql, "%s", PQerrorMessage(w.raw));
		pg_do(w.raw, "ROLLBACK");
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("case %zu: \"%s\", should be \"%s\": %s", i,
				 got, cases[i].want, sql);
	}
	assert_status(number[2], "same");
}

/* A correction in review of something else does not open it again. */
static void what_changes_nothing_said_is_not_compared_again(void **state)
{
	char sql[400];
	long pairs = pg_long(w.raw, "SELECT count(*) FROM field.second_pair");

	(void)state;
	(void)snprintf(sql, sizeof sql,
		       "UPDATE field.response SET version = version + 1, state "
		       "= 5 WHERE sheet = '%s' AND keying = 1 AND counted",
		       number[4]);
	pg_do(w.raw, sql);
	look();
	assert_status(number[4], "resolved");
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_pair"),
			 pairs);
	/* a correction of an answer is: what was settled stays settled */
	(void)snprintf(sql, sizeof sql,
		       "UPDATE field.response SET version = version + 1, "
		       "collected = '2021-01-20' WHERE sheet = '%s' AND keying "
		       "= 1 AND counted",
		       number[4]);
	pg_do(w.raw, sql);
	look();
	assert_status(number[4], "differs");
	assert_int_equal(
		must(resolve("me", number[4], "@collected", "first", NULL), 1),
		1);
	assert_status(number[4], "resolved");
	assert_int_equal(second_counted(&w, number[2]).value[0], 0);
}

/* As the paper has it there is no answer where one must be. */
static void too_few_answers_are_not_settled_but_judged(void **state)
{
	(void)state;
	must_not(resolve("me", number[3], "so-a/Q1", "typed", "."),
		 ERR_CONFLICT, "judge it");
	assert_status(number[3], "differs");
}

/* ---- blind ------------------------------------------------------------- */

/* All that the collector's role may ask with the second agent's key, before
 * and after another first reading: not a byte differs. */
static char *all_he_can_ask(void)
{
	static const char *const asks[] = {
		"field.agent_second(", "field.agent_sheets(",
		"field.agent_self(",   "field.agent_counts(",
		"field.receipt_list(",
	};
	PGconn *c = pg_as("collector", NULL);
	struct buf b = BUF_INIT(1 << 20);
	char sql[200];

	for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
		char *s;

		(void)snprintf(sql, sizeof sql,
			       "SELECT x::text FROM %s%d%s) AS x ORDER BY 1",
			       asks[i], (int)w.key[SECOND_CHI],
			       i == 4 ? ", NULL, NULL, NULL, 200" : "");
		s = pg_text(c, sql);
		buf_adds(&b, s);
		free(s);
	}
	PQfinish(c);
	return buf_take(&b);
}

static void the_second_agent_learns_nothing_of_the_first(void **state)
{
	PGconn *c = pg_as("collector", NULL);
	static const char *const closed[] = {
		"SELECT * FROM field.rating",
		"SELECT * FROM field.raw",
		"SELECT * FROM field.comment",
		"SELECT * FROM field.response",
		"SELECT * FROM field.second_difference",
		"SELECT * FROM field.second_sheet",
		"SELECT * FROM field.second_pair",
		"SELECT field.second_differences(1, 'chi', 'agent', NULL, "
		"NULL)",
		"SELECT field.second_counts(1, NULL, 'agent', 1, NULL)",
	};
	char sql[400], s[6], *before, *after;
	struct second_reading marked = with(12, 1);

	(void)state;
	assert_int_equal(must(assign("chi", number[5], NULL), 1), 1);
	before = all_he_can_ask();
	assert_non_null(strstr(before, number[5]));
	/* the first reading says other things everywhere */
	pg_do(w.raw, "BEGIN");
	(void)snprintf(sql, sizeof sql,
		       "UPDATE field.response SET profile = '{\"gioi-tinh\": "
		       "\"nu\"}', collected = '2021-01-02' WHERE sheet = '%s'",
		       number[5]);
	pg_do(w.raw, sql);
	(void)snprintf(sql, sizeof sql,
		       "UPDATE field.rating AS a SET answers = "
		       "'\\x0404040404'::bytea, extra = '{\"T1\": \"khác\"}' "
		       "FROM field.response AS r WHERE r.response = a.response "
		       "AND r.sheet = '%s'",
		       number[5]);
	pg_do(w.raw, sql);
	pg_do(w.raw, "COMMIT");
	after = all_he_can_ask();
	assert_string_equal(before, after);
	assert_null(strstr(after, "Cảm ơn"));
	free(before);
	free(after);
	for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
		assert_string_equal(pg_state(c, closed[i], s), "42501");
	PQfinish(c);
	/* his own keying tells him only that it came in, as the same and as
	 * another */
	assert_int_equal(second_send(&w, number[5], 2, SECOND_CHI, &marked,
				     NULL, s),
			 STATE_VALID);
	assert_string_equal(s, "");
}

/* ---- closing and freezing ---------------------------------------------- */

static long open_items(const char *kind)
{
	char sql[200];

	(void)snprintf(sql, sizeof sql,
		       "SELECT count(*) FROM field.ledger_open(%s, NULL) WHERE "
		       "kind = '%s'",
		       w.id, kind);
	return pg_long(w.raw, sql);
}

static void what_is_not_settled_stands_against_closing(void **state)
{
	char sql[200], s[6];

	(void)state;
	look();
	assert_int_equal(open_items("differs"), 2); /* sheets 3 and 5 */
	assert_true(open_items("second") > 10);
	(void)snprintf(sql, sizeof sql,
		       "SELECT field.ledger_close(%s, 'me', 'owner', NULL, "
		       "false)",
		       w.id);
	assert_string_equal(pg_state(w.raw, sql, s), "55000");
	(void)snprintf(sql, sizeof sql,
		       "SELECT field.ledger_close(%s, 'me', 'owner', 'hết "
		       "hạn', true)",
		       w.id);
	pg_do(w.raw, sql);
	(void)snprintf(sql, sizeof sql, "SELECT field.ledger_may_freeze(%s)",
		       w.id);
	assert_string_equal(pg_state(w.raw, sql, s), "55000");
	/* nothing is settled or drawn in a closed ledger */
	must_not(resolve("me", number[3], "@all", "first", NULL), ERR_CONFLICT,
		 "reopen it first");
	must_not(draw_by("total", NULL, "10", NULL, "s", NULL), ERR_CONFLICT,
		 "draw");
	/* but it can be said, with a reason, that the first keying stands */
	must_not(run(w.server, Q_SECOND_KEEP, "me", "analyst", true,
		     MORE("first", NULL)),
		 ERR_INPUT, "needs a reason");
	(void)must(run(w.server, Q_SECOND_KEEP, "me", "analyst", true,
		       MORE("first", "không còn phiếu giấy")),
		   0);
	assert_string_equal(pg_state(w.raw, sql, s), "");
	assert_int_equal(open_items("differs"), 0);
	assert_int_equal(second_counted(&w, number[3]).value[0], 0);
	assert_int_equal(pg_long(w.raw,
				 "SELECT count(*) FROM audit.entry "
				 "WHERE kind = 'second' AND content::jsonb ->> "
				 "'act' = 'keep' AND content::jsonb ->> "
				 "'unresolved' = 'first'"),
			 1);
}

static void the_history_is_whole_and_the_log_says_the_same(void **state)
{
	(void)state;
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM plan.wave AS w, "
					"field.ledger_verify(w.wave, NULL)"),
			 0);
	assert_int_equal(pg_long(w.raw,
				 "SELECT count(*) FROM audit.entry WHERE "
				 "content ~ 'T1-[0-9]' OR content ~ 'Cảm ơn'"),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sheets_in_every_state),
		cmocka_unit_test(
			an_act_is_what_the_rules_say_in_every_state_and_role),
		cmocka_unit_test(wave_acts_are_the_office_s),
		cmocka_unit_test(what_is_no_rule_is_refused),
		cmocka_unit_test(
			only_a_decision_stops_an_agent_and_only_one_lifts_it),
		cmocka_unit_test(
			keying_all_of_an_agent_again_is_a_draw_of_the_rest),
		cmocka_unit_test(of_two_who_settle_at_once_one_is_told),
		cmocka_unit_test(reopened_it_is_settled_anew_and_the_old_stays),
		cmocka_unit_test(a_session_that_dies_leaves_nothing),
		cmocka_unit_test(two_draws_at_once_share_no_sheet),
		cmocka_unit_test(
			texts_that_differ_in_spaces_and_case_are_the_same),
		cmocka_unit_test(a_unit_that_one_reading_lacks_is_one_field),
		cmocka_unit_test(units_are_settled_as_a_respondent_may_rate),
		cmocka_unit_test(
			what_changes_nothing_said_is_not_compared_again),
		cmocka_unit_test(too_few_answers_are_not_settled_but_judged),
		cmocka_unit_test(the_second_agent_learns_nothing_of_the_first),
		cmocka_unit_test(what_is_not_settled_stands_against_closing),
		cmocka_unit_test(
			the_history_is_whole_and_the_log_says_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
