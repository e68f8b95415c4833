/* Histories of a ledger: any of them balances, none can be rewritten. */
#include "phieu/ledger.h"
#include "phieu/sheet.h"
#include "phieu/store_people.h"
#include "support/ledger_world.h"
#include "support/pg.h"
#include "support/test.h"

static void history_cannot_be_rewritten_unseen(void **state)
{
	char code[6];
	struct res *r;

	(void)state;
	assert_string_equal(pg_state(raw,
				     "UPDATE field.sheet_move SET now = 'lost'",
				     code),
			    "42501");
	assert_string_equal(pg_state(raw,
				     "UPDATE field.sheet_event SET reason = ''",
				     code),
			    "42501");
	assert_string_equal(pg_state(raw, "DELETE FROM field.sheet_rule", code),
			    "42501");
	/* the owner can, and it shows */
	pg_do(raw, "DELETE FROM field.sheet_move WHERE sheet = 'CT01-00002-0' "
		   "AND version = 2");
	r = list(&me, "verify", NULL);
	assert_true(res_rows(r) >= 2);
	res_free(r);
	pg_do(raw, "INSERT INTO field.sheet_move SELECT m.wave, "
		   "'CT01-00002-0', 2, m.event, m.was, m.now, m.was_agent, "
		   "m.now_agent, m.was_home, m.now_home, m.code FROM "
		   "field.sheet_move AS m WHERE sheet = 'CT01-00001-2' AND "
		   "version = 2");
	assert_balanced();
	/* the log names no sheet and no time is kept */
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM audit.entry WHERE "
				      "kind = 'ledger' AND content ~ "
				      "'[A-Z0-9]+-[0-9]{5}-[0-9]'"),
			 0);
	assert_int_equal(
		pg_long(raw, "SELECT count(*) FROM information_schema.columns "
			     "WHERE table_schema = 'field' AND table_name IN "
			     "('sheet', 'sheet_event', 'sheet_move') AND "
			     "data_type LIKE 'time%'"),
		0);
}

/* A reason may name a respondent, and a time leads to a sheet: the log has
 * neither of an act on sheets, of an act on the wave both. */
static void the_log_says_of_sheets_neither_why_nor_when(void **state)
{
	struct desk_done done;
	struct err e;
	char *one = pg_text(raw, "SELECT min(sheet) FROM field.sheet WHERE "
				 "status = 'issued'");

	(void)state;
	one[strcspn(one, "\n")] = '\0';
	MUST("refuse", "sheets", one, "reason", "ông Ất từ chối");
	assert_int_equal(
		pg_long(raw, "SELECT count(*) FROM audit.entry WHERE kind = "
			     "'ledger' AND content LIKE '%Ất%'"),
		0);
	assert_int_equal(
		pg_long(raw, "SELECT count(*) FROM audit.entry AS a WHERE "
			     "kind = 'ledger' AND (at ~ "
			     "'^[0-9]{4}-[0-9]{2}-[0-9]{2}$') = "
			     "(content::jsonb ->> 'act' IN ('plan', 'amend', "
			     "'merge', 'close', 'reopen'))"),
		0);
	/* the day of the log is the day of the ledger */
	assert_int_equal(
		pg_long(raw, "SELECT count(*) FROM audit.entry AS a JOIN "
			     "field.sheet_event AS e ON e.event = (a.content::"
			     "jsonb ->> 'event')::integer WHERE kind = "
			     "'ledger' AND length(at) = 10 AND at <> "
			     "e.done_on::text"),
		0);
	MUST("restore", "sheets", one, "reason", "gặp lại");
	free(one);
	assert_balanced();
}

static void a_reason_changed_afterwards_shows(void **state)
{
	struct res *r;

	(void)state;
	pg_do(raw, "ALTER TABLE field.sheet_event DISABLE TRIGGER "
		   "sheet_event_stays;"
		   "UPDATE field.sheet_event SET reason = reason || '!' WHERE "
		   "act = 'refuse' AND reason LIKE '%Ất%'");
	r = list(&me, "verify", NULL);
	assert_int_equal(res_rows(r), 1);
	res_free(r);
	pg_do(raw, "UPDATE field.sheet_event SET reason = left(reason, -1) "
		   "WHERE act = 'refuse' AND reason LIKE '%Ất%'");
	/* one sealed as before, by its moves alone, stays good */
	pg_do(raw, "UPDATE field.sheet_event SET sealed = 1, digest = "
		   "field.ledger_digest(wave, event, nonce) WHERE act = "
		   "'refuse' AND reason LIKE '%Ất%'");
	r = list(&me, "verify", NULL);
	assert_int_equal(res_rows(r), 1); /* the log has the other digest */
	res_free(r);
	pg_do(raw, "UPDATE audit.entry AS a SET content = jsonb_set(a.content"
		   "::jsonb, '{digest}', to_jsonb(encode(e.digest, 'hex')))"
		   "::text FROM field.sheet_event AS e WHERE e.sealed = 1 AND "
		   "a.kind = 'ledger' AND (a.content::jsonb ->> 'event')"
		   "::integer = e.event;"
		   "ALTER TABLE field.sheet_event ENABLE TRIGGER "
		   "sheet_event_stays");
	assert_balanced();
}

/* Whoever has an area learns of what is wrong in it, and of nothing else. */
static void an_area_verifies_its_own(void **state)
{
	static const char *const areas[] = { "huyen-a" };
	const struct desk_who sup = { .by = "sup",
				      .role = "post-supervisor",
				      .areas = areas,
				      .n_areas = 1 };
	static const char spoil[] =
		"UPDATE field.sheet SET version = version + %d WHERE sheet = "
		"(SELECT min(s.sheet) FROM field.sheet AS s JOIN plan.unit AS "
		"u ON u.unit = coalesce(s.now_home, s.home) AND u.code = "
		"'%s')";
	char sql[400];
	struct res *r;

	(void)state;
	r = list(&sup, "verify", NULL);
	assert_int_equal(res_rows(r), 0);
	res_free(r);
	(void)snprintf(sql, sizeof sql, spoil, 1, "huyen-b");
	pg_do(raw, sql);
	r = list(&sup, "verify", NULL);
	assert_int_equal(res_rows(r), 0);
	res_free(r);
	(void)snprintf(sql, sizeof sql, spoil, 1, "xa-1");
	pg_do(raw, sql);
	r = list(&sup, "verify", NULL);
	assert_int_equal(res_rows(r), 1);
	res_free(r);
	r = list(&me, "verify", NULL);
	assert_int_equal(res_rows(r), 2);
	res_free(r);
	(void)snprintf(sql, sizeof sql, spoil, -1, "xa-1");
	pg_do(raw, sql);
	(void)snprintf(sql, sizeof sql, spoil, -1, "huyen-b");
	pg_do(raw, sql);
	assert_balanced();
}

/* ---- random histories -------------------------------------------------- */

static uint64_t dice = 20211;

static unsigned roll(unsigned n)
{
	dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)((dice >> 33) % n);
}

static void any_sheet(char out[SHEET_TEXT_MAX])
{
	char sql[200], *s;

	(void)snprintf(sql, sizeof sql,
		       "SELECT sheet FROM field.sheet ORDER BY sheet OFFSET %u "
		       "LIMIT 1",
		       roll((unsigned)pg_long(raw, "SELECT count(*) FROM "
						   "field.sheet")));
	s = pg_text(raw, sql);
	(void)snprintf(out, SHEET_TEXT_MAX, "%.*s", (int)strcspn(s, "\n"), s);
	free(s);
}

static void comes_in(const char *sheet)
{
	char sql[900];

	(void)snprintf(
		sql, sizeof sql,
		"INSERT INTO field.response (wave, instance, response, sha256, "
		"state, counted, form, grp, home, sheet, keying, way, key, "
		"received_at, flags, simulated, lane, batch) SELECT s.wave, "
		"gen_random_uuid()::text, nextval('field.response_id'), "
		"sha256('x'), %s, s.form, s.grp, s.home, s.sheet, 1, 1, k.key, "
		"now(), 0, false, 1, 1 FROM field.sheet AS s JOIN "
		"field.agent_key AS k ON k.agent = s.agent WHERE s.sheet = "
		"'%s' AND s.status IN ('issued', 'left', 'collected') AND NOT "
		"EXISTS (SELECT FROM field.response AS r WHERE r.sheet = "
		"s.sheet AND r.counted)",
		roll(5) ? "1, true" : "3, false", sheet);
	pg_do(raw, sql);
}

static bool step(struct desk_done *done, struct err *e)
{
	static const char *const acts[] = { "issue",  "return",	 "transfer",
					    "leave",  "collect", "refuse",
					    "miss",   "move",	 "lose",
					    "cancel", "restore", "check",
					    "unlock", "replace" };
	const char *act = acts[roll(14)], *agent = roll(2) ? "a1" : "a2";
	char sheet[SHEET_TEXT_MAX], planned[8];
	const char *pairs[] = { NULL, NULL, NULL, NULL, NULL, NULL, NULL };

	any_sheet(sheet);
	if (roll(6) == 0) {
		comes_in(sheet);
		return true;
	}
	if (roll(12) == 0) {
		(void)snprintf(planned, sizeof planned, "%u", 2 + roll(9));
		return act_by(db, &me, "amend",
			      (const char *const[]){ "group", "lanh-dao",
						     "unit", "huyen-a",
						     "planned", planned,
						     "reason", "vì", NULL },
			      done, e);
	}
	pairs[0] = strcmp(act, "replace") == 0 ? "sheet" : "sheets";
	pairs[1] = sheet;
	if (strcmp(act, "issue") == 0 || strcmp(act, "transfer") == 0) {
		pairs[2] = "agent";
		pairs[3] = agent;
	}
	if (strcmp(act, "issue") != 0) {
		pairs[pairs[2] ? 4 : 2] = "reason";
		pairs[pairs[4] ? 5 : 3] = "vì";
	}
	return act_by(db, &me, act, pairs, done, e);
}

static void the_balance_holds_after_every_step_of_any_history(void **state)
{
	unsigned done = 0;

	(void)state;
	for (unsigned i = 0; i < 600; i++) {
		struct desk_done d;
		struct err e = { 0 };

		if (step(&d, &e))
			done++;
		else if (e.kind != ERR_CONFLICT)
			fail_msg("step %u: %s", i, e.msg);
		if (i % 10 == 0)
			assert_balanced();
	}
	assert_balanced();
	assert_in_range(done, 100, 590);
}

/* A ledger under way: some sheets with each agent, who both have a key. */
static int open_begun(void **state)
{
	struct desk_done done;
	struct err e;

	if (open_all(state))
		return -1;
	MUST("plan", "reason", "theo kế hoạch");
	MUST("issue", "agent", "a1", "group", "dai-bieu", "count", "5");
	MUST("issue", "agent", "a2", "group", "cong-chuc", "unit", "xa-1",
	     "count", "4");
	pg_do(raw, "INSERT INTO field.agent_key (agent, wave, hash, "
		   "expires_at) SELECT a.agent, w.wave, sha256('k' || "
		   "a.code::bytea), now() + interval '1 day' FROM field.agent "
		   "AS a, plan.wave AS w");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(history_cannot_be_rewritten_unseen),
		cmocka_unit_test(the_log_says_of_sheets_neither_why_nor_when),
		cmocka_unit_test(a_reason_changed_afterwards_shows),
		cmocka_unit_test(an_area_verifies_its_own),
		cmocka_unit_test(
			the_balance_holds_after_every_step_of_any_history),
	};

	return cmocka_run_group_tests(tests, open_begun, close_all);
}
