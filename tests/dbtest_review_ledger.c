/* Review in a wave with a ledger: its sheets move with it; random histories
 * against a model; two at one sheet; closing and freezing. */
#include "support/review.h"

/* ---- with a ledger ----------------------------------------------------- */

enum { SHEETS = 12 };
static char numbers[SHEETS][24];

static void plan_and_issue(void)
{
	pg_do(server,
	      "SELECT field.ledger_plan(" WAVE ", 'me', 'analyst', 'r')");
	for (int i = 0; i < SHEETS; i++) {
		char sql[300], *s;

		(void)snprintf(sql, sizeof sql,
			       "SELECT sheet FROM field.sheet WHERE prefix IS "
			       "NOT NULL ORDER BY home DESC, serial OFFSET %d "
			       "LIMIT 1",
			       i);
		s = pg_text(raw, sql);
		(void)snprintf(numbers[i], sizeof numbers[i], "%.*s",
			       (int)strcspn(s, "\n"), s);
		free(s);
	}
	for (int i = 0; i < 2; i++) {
		char sql[300];

		(void)snprintf(sql, sizeof sql,
			       "SELECT field.ledger_act(" WAVE ", 'me', "
			       "'owner', NULL, 'issue', NULL, NULL, "
			       "'cong-chuc', '%s', 6, 'a%d', NULL, NULL)",
			       i ? "huyen-b" : "xa-1", i + 1);
		pg_do(server, sql);
	}
}

static void mark(const char *a, const char *sheet)
{
	char sql[300];

	(void)snprintf(sql, sizeof sql,
		       "SELECT field.ledger_act(" WAVE ", 'me', 'owner', "
		       "NULL, '%s', ARRAY['%s'], ARRAY['%s'], NULL, NULL, "
		       "NULL, NULL, 'vì', NULL)",
		       a, sheet, sheet);
	pg_do(server, sql);
}

static void sheet_is(int i, const char *want)
{
	char sql[200];

	(void)snprintf(sql, sizeof sql,
		       "SELECT status || coalesce(' ' || code, '') FROM "
		       "field.sheet WHERE sheet = '%s'",
		       numbers[i]);
	is(sql, want);
}

static void the_ledger_moves_with_the_review(void **state)
{
	char state5[6];

	(void)state;
	plan_and_issue();
	send("uuid:l0", numbers[0]);
	DO(.act = "accept", .items = numbers[0]);
	sheet_is(0, "valid");
	DO(.act = "undo", .items = numbers[0], .reason = "nhầm");
	sheet_is(0, "keyed");
	DO(.act = "reject", .items = numbers[0], .code = "V11");
	sheet_is(0, "invalid V11");
	is("SELECT count(*) FROM field.review_event AS e JOIN "
	   "field.sheet_event AS l ON l.wave = e.wave AND l.event = "
	   "e.ledger_event AND l.act = e.act AND l.n = 1",
	   "3");
	DO(.act = "undo", .items = numbers[0], .reason = "nhầm");
	sheet_is(0, "keyed V11"); /* the code is history until it is valid */
	DO(.act = "reject", .items = numbers[0], .code = "other",
	   .reason = "ướt");
	sheet_is(0, "invalid V00");
	DO(.act = "undo", .items = numbers[0], .reason = "nhầm");
	DO(.act = "query", .items = numbers[0], .reason = "x");
	sheet_is(0, "keyed V00");
	DO(.act = "accept", .items = numbers[0]);
	sheet_is(0, "valid");
	/* said to be lost, and it came in */
	mark("lose", numbers[1]);
	send("uuid:l1", numbers[1]);
	REFUSED("55000", .act = "accept", .items = numbers[1]);
	STATUS("uuid:l1", "received+");
	DO(.act = "reject", .items = numbers[1], .code = "V12");
	sheet_is(1, "lost");
	/* another's submission of a sheet that is valid */
	comes_in(&(struct sent){ .instance = "uuid:l0b",
				 .sheet = numbers[0],
				 .key = 2,
				 .state = 1 },
		 "1/3");
	REFUSED("55000", .act = "reject", .items = "uuid:l0b", .code = "V02");
	sheet_is(0, "valid");
	assert_string_equal(pg_state(server,
				     "SELECT field.ledger_act(" WAVE
				     ", 'me', 'owner', NULL, 'undo', "
				     "ARRAY['x'], ARRAY['x'], NULL, NULL, "
				     "NULL, NULL, 'x', NULL)",
				     state5),
			    "22023");
	all_is_well();
}

/* ---- random histories -------------------------------------------------- */

struct one { /* what a submission should be */
	char instance[24], stack[60][12], status[12];
	int sheet, depth, replaces, asked;
	bool held, by_post[60]; /* who asked, beside the stack */
};
static struct one all[600];
static int n_all;
static uint32_t seed = 20201121;

static int dice(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)(seed >> 8) % n;
}

static bool counts(const struct one *o)
{
	return among("received flagged corrected accepted", o->status);
}

static bool has(const struct one *o) /* its number */
{
	return counts(o) || (o->held && strcmp(o->status, "replaced") != 0);
}

static struct one *holder(int sheet, const struct one *but)
{
	for (int i = 0; i < n_all; i++)
		if (all[i].sheet == sheet && &all[i] != but && has(&all[i]))
			return &all[i];
	return NULL;
}

static void becomes(struct one *o, const char *status, bool keep)
{
	if (keep)
		memcpy(o->stack[o->depth++], o->status, sizeof o->status);
	(void)snprintf(o->status, sizeof o->status, "%s", status);
}

static bool out(const struct one *o)
{
	return among("rejected withdrawn", o->status);
}

/* Does it to the model; false when a number stands against it. */
static bool model(struct one *o, const char *a)
{
	struct one *other = holder(o->sheet, o);

	if (strcmp(a, "answer") == 0) {
		becomes(o, "answered", false);
		return true;
	}
	if (strcmp(a, "accept") == 0) {
		if (other && !out(other))
			return false;
		for (int i = 0; i < n_all; i++)
			if (all[i].sheet == o->sheet && out(&all[i]))
				all[i].held = false;
		becomes(o, "accepted", true);
		o->held = false;
		return true;
	}
	if (strcmp(a, "undo") != 0) {
		if (other)
			return false;
		o->asked += strcmp(a, "query") == 0;
		becomes(o,
			strcmp(a, "query") == 0	   ? "queried"
			: strcmp(a, "reject") == 0 ? "rejected"
						   : "withdrawn",
			true);
		o->held = true;
		return true;
	}
	if (other && strcmp(o->stack[o->depth - 1], "invalid") != 0)
		return false;
	o->asked -= among("queried answered", o->status);
	becomes(o, o->stack[--o->depth], false);
	o->held = among("queried answered", o->status);
	if (!holder(o->sheet, NULL))
		for (int i = n_all - 1; i >= 0; i--)
			if (all[i].sheet == o->sheet && out(&all[i])) {
				all[i].held = true;
				break;
			}
	return true;
}

static void random_send(void)
{
	int sheet = 4 + dice(SHEETS - 4), k = dice(4), old = -1;
	struct one *o = &all[n_all], *other;
	struct sent s = { .instance = o->instance,
			  .sheet = numbers[sheet],
			  .key = sheet < 6 ? 1 : 2,
			  .home = sheet < 6 ? 4 : 3,
			  .state = k == 0   ? 3
				   : k == 1 ? 2
					    : 1,
			  .flags = k == 1 };
	bool mends = false;
	char *got;

	for (int i = 0; i < n_all; i++)
		if (all[i].sheet == sheet && dice(4))
			old = i;
	(void)snprintf(o->instance, sizeof o->instance, "uuid:r%d", n_all);
	o->sheet = sheet;
	o->replaces = old;
	s.replaces = old < 0 ? NULL : all[old].instance;
	got = take_in(&s);
	free(got);
	if (old >= 0 && s.state != 3 && !out(&all[old]) &&
	    !among("accepted replaced", all[old].status)) {
		mends = true;
		becomes(&all[old], "replaced", false);
	}
	other = holder(sheet, o);
	becomes(o,
		s.state == 3 || other	      ? "invalid"
		: mends && all[old].asked > 0 ? "corrected"
		: s.state == 2		      ? "flagged"
					      : "received",
		false);
	n_all++;
}

/* Of a sheet the one that has the number, or now and then any. */
static struct one *pick(int sheet)
{
	struct one *o = dice(4) ? holder(sheet, NULL) : NULL;

	for (int k = 0; !o && k < n_all; k++)
		if (all[k].sheet == sheet && dice(3))
			o = &all[k];
	return o;
}

/* Mostly one that its status allows. */
static const char *pick_act(const struct one *o)
{
	const char *a = acts[dice(N(acts))];

	for (int i = 0; i < 20 && dice(8); i++) {
		if (*expected(o->status, a, "owner", true) == '\0')
			break;
		a = acts[dice(N(acts))];
	}
	return a;
}

static int done_n;

static bool may_do(const struct one *o, const char *a, const char *role,
		   bool reason)
{
	if (strcmp(role, "post-supervisor") == 0 && strcmp(a, "undo") == 0 &&
	    among("queried answered", o->status))
		return reason && o->by_post[o->depth - 1];
	return strcmp(expected(o->status, a, role, reason), "") == 0;
}

static void random_act(void)
{
	static const char *const who[] = { "owner", "analyst", "owner",
					   "post-supervisor" };
	const char *role = who[dice(N(who))];
	bool reason = dice(8) != 0, ok = true;
	struct one *picked[3] = { NULL }, *before;
	char items[200] = "", state[6], words[400];
	int n = dice(3) ? 1 : 1 + dice(3), first = 4 + dice(SHEETS - 4);
	struct done d = { .role = role,
			  .items = items,
			  .reason = reason ? "vì" : NULL };

	for (int i = 0; i < n; i++) {
		struct one *o = pick(4 + (first - 4 + i) % (SHEETS - 4));

		if (!o)
			return;
		if (i == 0)
			d.act = pick_act(o);
		picked[i] = o;
		(void)snprintf(items + strlen(items),
			       sizeof items - strlen(items), "%s%s",
			       i ? "," : "", o->instance);
		ok = ok && may_do(o, d.act, role, reason);
	}
	d.code = strcmp(d.act, "reject") == 0 ? "V08" : NULL;
	before = malloc(sizeof all);
	assert_non_null(before);
	memcpy(before, all, sizeof all);
	for (int i = 0; ok && i < n; i++) {
		picked[i]->by_post[picked[i]->depth] =
			strcmp(role, "post-supervisor") == 0;
		ok = model(picked[i], d.act);
	}
	if (!ok)
		memcpy(all, before, sizeof all);
	free(before);
	done_n += ok;
	if ((strcmp(act(server, &d, state, words), "") == 0) != ok)
		fail_msg("%s by %s of %s: should %s: %s %s", d.act, role, items,
			 ok ? "work" : "not", state, words);
}

static void any_history_keeps_what_must_hold(void **state)
{
	(void)state;
	for (int step = 0; step < 1500 && n_all < 500; step++) {
		if (dice(8) == 0)
			random_send();
		else
			random_act();
		if (step % 25 == 0)
			all_is_well();
	}
	for (int i = 0; i < n_all; i++) {
		char sql[200];

		(void)snprintf(sql, sizeof sql,
			       "SELECT status || ' ' || held FROM field.review "
			       "WHERE instance = '%s' AND state <> 4 "
			       "UNION ALL SELECT 'replaced' FROM field.review "
			       "WHERE instance = '%s' AND state = 4",
			       all[i].instance, all[i].instance);
		if (strcmp(all[i].status, "replaced") == 0) {
			is(sql, "replaced");
		} else {
			char want[40];

			(void)snprintf(want, sizeof want, "%s %s",
				       all[i].status,
				       all[i].held ? "true" : "false");
			is(sql, want);
		}
	}
	all_is_well();
	print_message("N=%d submissions, %d acts done at random\n", n_all,
		      done_n);
	assert_true(done_n > 500);
}

/* ---- two at one sheet -------------------------------------------------- */

static void of_two_supervisors_one_is_told_to_look_again(void **state)
{
	struct done d = { .act = "query",
			  .role = "post-supervisor",
			  .items = "uuid:race@1",
			  .reason = "x" };
	char code[6], words[400];
	PGresult *r;

	(void)state;
	send("uuid:race", "XX01-00080-0");
	pg_do(server, "BEGIN");
	expect("", &d);
	assert_int_equal(
		PQsendQuery(second,
			    "SELECT field.review_act((SELECT wave FROM "
			    "plan.wave WHERE code = 'thu'), 'you', "
			    "'post-supervisor', NULL, 'query', 'uuid:race@1', "
			    "NULL, 'y', NULL)"),
		1);
	assert_int_equal(PQconsumeInput(second), 1);
	pg_do(server, "COMMIT");
	r = PQgetResult(second);
	assert_string_equal(PQresultErrorField(r, PG_DIAG_SQLSTATE), "55000");
	assert_non_null(strstr(PQresultErrorMessage(r), "look again"));
	PQclear(r);
	assert_null(PQgetResult(second));
	is("SELECT count(*) FROM field.review_query WHERE instance = "
	   "'uuid:race'",
	   "1");
	assert_string_equal(act(second, &d, code, words), "55000");
	DO(.act = "undo", .items = "uuid:race", .reason = "x");
	all_is_well();
}

/* ---- closing, freezing ------------------------------------------------- */

static void close_ledger(bool override, const char *want)
{
	char sql[300], s[6];

	(void)snprintf(sql, sizeof sql,
		       "SELECT field.ledger_close(" WAVE ", 'me', 'analyst', "
		       "'hết hạn', %s)",
		       override ? "true" : "false");
	assert_string_equal(pg_state(server, sql, s), want);
}

static void
open_queries_stand_against_closing_where_it_is_the_rule(void **state)
{
	char s[6];

	(void)state;
	send("uuid:open", numbers[3]);
	DO(.act = "query", .items = "uuid:open", .reason = "x");
	is("SELECT count(*) FROM field.ledger_open(" WAVE ", NULL) WHERE "
	   "kind = 'query'",
	   "0");
	assert_string_equal(pg_state(server,
				     "SELECT field.review_require(" WAVE
				     ", 'me', 'post-supervisor', false, 'x')",
				     s),
			    "42501");
	assert_string_equal(pg_state(server,
				     "SELECT field.review_require(" WAVE
				     ", 'me', 'analyst', false, '')",
				     s),
			    "22023");
	pg_do(server, "SELECT field.review_require(" WAVE ", 'me', 'analyst', "
		      "false, 'QĐ 9')");
	is("SELECT sheet FROM field.ledger_open(" WAVE
	   ", '{huyen-a}') WHERE kind = 'query' "
	   "AND unit = 'xa-1' ORDER BY sheet LIMIT 1",
	   numbers[3]);
	is("SELECT count(*) FROM field.ledger_open(" WAVE ", '{huyen-b}') "
	   "WHERE kind = 'query' AND unit = 'xa-1'",
	   "0");
	close_ledger(false, "55000");
	pg_do(server, "SELECT field.review_require(" WAVE ", 'me', 'analyst', "
		      "true, 'QĐ 10')");
	is("SELECT count(*) FROM field.ledger_open(" WAVE ", NULL) WHERE "
	   "kind = 'query'",
	   "0");
	is("SELECT string_agg(code, ' ' ORDER BY event) FROM "
	   "field.review_event WHERE act = 'require'",
	   "on off");
	all_is_well();
}

static void what_is_queried_or_rejected_is_never_frozen(void **state)
{
	char s[6];

	(void)state;
	send("uuid:keep", numbers[2]);
	close_ledger(true, "");
	REFUSED("55000", .act = "query", .items = "uuid:keep", .reason = "x");
	REFUSED("55000", .act = "undo", .items = "uuid:l0", .reason = "x");
	assert_string_equal(open_as("review_open", "uuid:keep", "analyst",
				    "NULL", "'x'", s),
			    "");
	pg_do(server, "SELECT field.ledger_reopen(" WAVE ", 'me', 'analyst', "
		      "'về muộn')");
	REFUSED("55000", .act = "undo", .items = "uuid:l0", .reason = "x");
	mark("unlock", numbers[0]);
	sheet_is(0, "checked");
	DO(.act = "undo", .items = "uuid:l0", .reason = "xem lại");
	STATUS("uuid:l0", "queried");
	close_ledger(true, "");
	sheet_is(0, "locked V02");
	is("SELECT field.ledger_may_freeze(" WAVE ")", "t");
	pg_do(raw, "BEGIN");
	is("SELECT (SELECT c.responses FROM frozen.copy_answers(" WAVE
	   ", 1, '{}') AS c) - (SELECT count(*) FROM field.review WHERE "
	   "status IN ('received', 'flagged', 'corrected', 'accepted') AND "
	   "keying = 1)",
	   "0");
	pg_do(raw, "ROLLBACK");
	pg_do(raw, "UPDATE plan.wave SET state = 'frozen' WHERE code = 'thu'");
	REFUSED("55000", .act = "accept", .items = "uuid:keep");
	REFUSED("55000", .act = "undo", .items = "uuid:open", .reason = "x");
	assert_string_equal(open_as("review_open", "uuid:keep", "analyst",
				    "NULL", "'x'", s),
			    "55000");
	all_is_well();
}

/* ---- beside second keying ---------------------------------------------- */

static char more[2][24]; /* sheets of agent 1 that nobody sent */

static void two_more_sheets(void)
{
	pg_do(raw, "UPDATE plan.wave SET state = 'open' WHERE code = 'thu'");
	pg_do(server, "SELECT field.ledger_amend(" WAVE ", 'me', 'analyst', "
		      "'cong-chuc', 'xa-1', 8, 'thêm')");
	pg_do(server, "SELECT field.ledger_act(" WAVE ", 'me', 'owner', NULL, "
		      "'issue', NULL, NULL, 'cong-chuc', 'xa-1', 2, 'a1', "
		      "NULL, NULL)");
	for (int i = 0; i < 2; i++) {
		char sql[200], *s;

		(void)snprintf(sql, sizeof sql,
			       "SELECT sheet FROM field.sheet WHERE status = "
			       "'issued' AND home = 4 ORDER BY serial DESC "
			       "OFFSET %d LIMIT 1",
			       i);
		s = pg_text(raw, sql);
		(void)snprintf(more[i], sizeof more[i], "%.*s",
			       (int)strcspn(s, "\n"), s);
		free(s);
	}
}

/* By the second agent, other answers. */
static void send_again(const char *instance, const char *sheet)
{
	char sql[1000];

	(void)snprintf(
		sql, sizeof sql,
		"SELECT field.intake(" WAVE ", 1::smallint, 1::smallint, '[]', "
		"repeat('0', 64), ARRAY[2], ARRAY['%s'], "
		"ARRAY[sha256('%s')], ARRAY['x'::bytea], ARRAY[1::smallint], "
		"ARRAY[1], ARRAY[1], ARRAY[4], ARRAY['%s'], "
		"ARRAY[2::smallint], ARRAY['2020-02-03'::date], "
		"ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz], "
		"ARRAY[NULL::text], ARRAY[1::smallint], ARRAY[0], "
		"ARRAY[NULL::jsonb], ARRAY['{\"tuoi\":\"30\"}'::jsonb], "
		"ARRAY[false], NULL, ARRAY['lời %s'], ARRAY[1], ARRAY[4], "
		"ARRAY['\\x0202'::bytea], ARRAY['{\"Q3\":\"chữ\"}'::jsonb])",
		instance, instance, sheet, instance);
	pg_do(raw, sql);
}

static void settled(const char *sheet, const char *want)
{
	char sql[300], s[6];

	(void)snprintf(sql, sizeof sql,
		       "SELECT * FROM field.second_resolve(" WAVE ", 'me', "
		       "'post-supervisor', NULL, '%s', '@all', 'second', "
		       "NULL, 'xem giấy', NULL)",
		       sheet);
	assert_string_equal(pg_state(server, sql, s), want);
}

static void a_settled_second_keying_is_no_gap_in_the_history(void **state)
{
	(void)state;
	two_more_sheets();
	send("uuid:twice", more[0]);
	send_again("uuid:twice2", more[0]);
	DO(.act = "accept", .items = more[0]);
	settled(more[0], "");
	is("SELECT version FROM field.response WHERE instance = 'uuid:twice'",
	   "3");
	all_is_well();
	DO(.act = "undo", .items = more[0], .reason = "xem lại");
	DO(.act = "reject", .items = more[0], .code = "V05");
	all_is_well();
	/* a version that nobody made shows as before */
	pg_do(raw, "BEGIN; UPDATE field.response SET version = version + 1 "
		   "WHERE instance = 'uuid:twice'");
	is("SELECT count(*) FROM field.review_verify(" WAVE ", NULL)", "1");
	pg_do(raw, "ROLLBACK");
	/* what is put out is not keyed again */
	is("SELECT count(*) FROM field.agent_second(2)", "0");
	pg_do(raw, "BEGIN; UPDATE field.second_sheet SET status = 'drawn'");
	assert_string_equal(
		pg_state(raw,
			 "SELECT field.second_assign(" WAVE ", 'me', "
			 "'analyst', NULL, 'a2', ARRAY(SELECT sheet FROM "
			 "field.second_sheet), ARRAY(SELECT sheet FROM "
			 "field.second_sheet), NULL, NULL, 'x')",
			 (char[6]){ "" }),
		"55000");
	pg_do(raw, "ROLLBACK");
}

static void what_is_locked_changes_by_nobodys_hand(void **state)
{
	(void)state;
	send("uuid:lock", more[1]);
	send_again("uuid:lock2", more[1]);
	close_ledger(true, "");
	pg_do(server, "SELECT field.ledger_reopen(" WAVE ", 'me', 'analyst', "
		      "'về muộn')");
	settled(more[1], "55000");
	comes_in(&(struct sent){ .instance = "uuid:lock3",
				 .sheet = more[1],
				 .replaces = "uuid:lock",
				 .key = 1,
				 .state = 1,
				 .answers = "0201" },
		 "1/3");
	is("SELECT faults -> 0 ->> 'code' FROM field.response WHERE instance "
	   "= 'uuid:lock3'",
	   "V01");
	STATUS("uuid:lock", "received+");
	mark("unlock", more[1]);
	settled(more[1], "");
	comes_in(&(struct sent){ .instance = "uuid:lock4",
				 .sheet = more[1],
				 .replaces = "uuid:lock",
				 .key = 1,
				 .state = 1,
				 .answers = "0201" },
		 "1/1");
	STATUS("uuid:lock4", "received+");
	all_is_well();
}

/* The first plan of a wave waits for the ledger's lock before it takes the
 * row of the wave, which acts of review take after it. */
static void who_plans_and_who_reviews_do_not_stand_crosswise(void **state)
{
	PGresult *r;

	(void)state;
	pg_do(raw, "BEGIN; SELECT pg_advisory_xact_lock(7004, wave) FROM "
		   "plan.wave WHERE code = 'khac'");
	assert_int_equal(PQsendQuery(second,
				     "SELECT field.ledger_plan((SELECT wave "
				     "FROM plan.wave WHERE code = 'khac'), "
				     "'me', 'analyst', 'r')"),
			 1);
	while (pg_long(server, "SELECT count(*) FROM pg_locks WHERE locktype "
			       "= 'advisory' AND NOT granted") == 0)
		;
	pg_do(raw, "UPDATE plan.wave SET queries_block = true WHERE code = "
		   "'khac'");
	pg_do(raw, "COMMIT");
	r = PQgetResult(second);
	assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
	PQclear(r);
	assert_null(PQgetResult(second));
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(of_two_supervisors_one_is_told_to_look_again),
		cmocka_unit_test(the_ledger_moves_with_the_review),
		cmocka_unit_test(any_history_keeps_what_must_hold),
		cmocka_unit_test(
			open_queries_stand_against_closing_where_it_is_the_rule),
		cmocka_unit_test(what_is_queried_or_rejected_is_never_frozen),
		cmocka_unit_test(
			a_settled_second_keying_is_no_gap_in_the_history),
		cmocka_unit_test(what_is_locked_changes_by_nobodys_hand),
		cmocka_unit_test(
			who_plans_and_who_reviews_do_not_stand_crosswise),
	};

	return cmocka_run_group_tests_name("review", t, open_all, close_all);
}
