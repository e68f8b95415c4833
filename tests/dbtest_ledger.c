/* The sheet ledger against the database: every status with every act and
 * role, random histories, two writers.  docs/LEDGER.md holds the table of
 * rules; a migration that changes it changes that in the same commit:
 *	PHIEU_TEST_REWRITE=1 tests/with_pg.sh build/debug/tests/dbtest_ledger */
#include "phieu/file.h"
#include "phieu/ledger.h"
#include "phieu/sheet.h"
#include "phieu/store_people.h"
#include "support/ledger_world.h"
#include "support/pg.h"
#include "support/test.h"

#define DOC "docs/LEDGER.md"

/* ---- tests ------------------------------------------------------------- */

static void numbers_are_those_that_programs_make(void **state)
{
	static const char *const forms[] = { "CT-01", "CH-03", "AZ-9", "x1" };
	static const uint32_t serials[] = { 1,	   7,	  12,	  99,
					    12345, 99999, 100000, 99999999 };
	char sql[200], want[SHEET_TEXT_MAX + 1];

	(void)state;
	for (size_t f = 0; f < 4; f++)
		for (size_t i = 0; i < 400; i++) {
			uint32_t serial =
				i < 8 ? serials[i] : (uint32_t)(i * 7919);
			struct sheet_no no;
			struct err e;
			char *got;

			assert_true(sheet_make(forms[f], serial, &no, &e));
			(void)snprintf(want, sizeof want, "%s\n",
				       sheet_text(&no, sql));
			(void)snprintf(sql, sizeof sql,
				       "SELECT field.sheet_number('%s', %u)",
				       no.prefix, serial);
			got = pg_text(raw, sql);
			assert_string_equal(got, want);
			free(got);
		}
}

static void a_wave_without_a_ledger_says_so(void **state)
{
	const char *values[DESK_PARAMS_MAX] = { NULL };
	struct desk_done done;
	struct err e = { 0 };

	(void)state;
	assert_null(store_desk_list(db, &desk_ledger,
				    desk_list_find(&desk_ledger, "balance"),
				    wave, &me, values, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_false(ACT("lose", "sheets", "CT01-00001-2", "reason", "x"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "no ledger yet"));
}

static void planning_numbers_every_slot_once(void **state)
{
	struct desk_done done;
	struct err e;

	(void)state;
	MUST("plan", "reason", "theo kế hoạch");
	assert_int_equal(done.moved, 30);
	MUST("plan", "reason", "lần nữa");
	assert_int_equal(done.moved, 0);
	assert_int_equal(
		pg_long(raw, "SELECT count(DISTINCT sheet) FROM field.sheet"),
		30);
	assert_balanced();
}

static char *rules_text(void)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err e;
	char *s;

	assert_true(store_ledger_rules(db, &b, &e));
	s = buf_take(&b);
	assert_non_null(s);
	return s;
}

static void the_document_shows_the_rules_that_are_in_force(void **state)
{
	static const char begin[] = "<!-- rules -->\n",
			  end[] = "<!-- end of rules -->";
	char *want = rules_text(), *doc;
	const char *from, *to;
	struct err e;
	size_t n;

	(void)state;
	doc = file_read(DOC, 1 << 20, &n, &e);
	assert_non_null(doc);
	from = strstr(doc, begin);
	to = strstr(doc, end);
	assert_non_null(from);
	assert_non_null(to);
	from += strlen(begin);
	if (getenv("PHIEU_TEST_REWRITE")) {
		struct buf b = BUF_INIT(1 << 20);

		buf_add(&b, doc, (size_t)(from - doc));
		buf_adds(&b, want);
		buf_adds(&b, to);
		assert_true(file_write(DOC, b.data, b.len, 0644, &e));
		buf_free(&b);
	} else if ((size_t)(to - from) != strlen(want) ||
		   memcmp(from, want, strlen(want)) != 0) {
		fail_msg(DOC " differs; rewrite it, see the head of this file");
	}
	free(doc);
	free(want);
}

static void the_table_of_acts_gives_no_other_rights_than_the_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < desk_ledger.n_acts; i++) {
		const struct desk_act *a = &desk_ledger.acts[i];
		char sql[400], *roles;
		unsigned bits = 0;

		(void)snprintf(
			sql, sizeof sql,
			"SELECT DISTINCT x FROM field.sheet_rule, "
			"unnest(roles) AS x WHERE act = '%s' AND of = '%s' "
			"AND x NOT IN ('system', 'agent')",
			a->name, a->of);
		roles = pg_text(raw, sql);
		for (char *s = roles; *s; s += strcspn(s, "\n") + 1) {
			char name[40];
			struct err e;
			enum role r;

			(void)snprintf(name, sizeof name, "%.*s",
				       (int)strcspn(s, "\n"), s);
			assert_true(role_parse(name, &r, &e));
			bits |= ROLE_BIT(r);
		}
		if (bits != a->roles)
			fail_msg("%s: %x, not %x", a->name, a->roles, bits);
		free(roles);
	}
}

/* Every status x every act x every role, with a reason and without, by the
 * function that moves: allowed exactly where the rules have a row. */
static void only_what_the_rules_say_moves_a_sheet(void **state)
{
	struct err e;
	size_t n;
	char *sql = file_read("tests/data/ledger_matrix.sql", 1 << 20, &n, &e);

	(void)state;
	assert_non_null(sql);
	pg_do(raw, sql);
	free(sql);
}

static void an_act_on_many_sheets_is_all_or_nothing(void **state)
{
	struct desk_done done;
	struct err e;

	(void)state;
	MUST("issue", "agent", "a1", "group", "dai-bieu", "count", "5");
	assert_int_equal(done.moved, 5);
	assert_int_equal(done.paper, 1);
	MUST("leave", "sheets", "CT01-00001-2");
	/* the range has one that was left already */
	assert_false(ACT("leave", "sheets", "CT01-00001-2..CT01-00003-6"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.sheet WHERE "
				      "status = 'left'"),
			 1);
	/* one that was never made, a wrong check digit, no reason, no agent */
	assert_false(ACT("leave", "sheets", "CT01-00002-0,CT01-09999-6"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(ACT("leave", "sheets", "CT01-00002-1"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(ACT("lose", "sheets", "CT01-00002-0"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(ACT("issue", "agent", "nobody", "group", "dai-bieu",
			 "count", "1"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(
		ACT("issue", "agent", "a1", "group", "dai-bieu", "count", "6"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_balanced();
}

static void of_two_writers_one_is_told(void **state)
{
	static const char *const lost[] = { "sheets", "CT01-00004-8", "reason",
					    "mưa lũ", "version",      "2",
					    NULL };
	static const char *const cancelled[] = { "sheets",  "CT01-00004-8",
						 "reason",  "in hỏng",
						 "version", "2",
						 NULL };
	struct desk_done done;
	struct err e;
	char *sheet = pg_text(raw, "SELECT sheet FROM field.sheet WHERE "
				   "serial = 4 AND prefix = 'CT01'");

	(void)state;
	assert_string_equal(sheet, "CT01-00004-8\n");
	free(sheet);
	assert_true(db_begin(db, &e));
	if (!act_by(db, &me, "lose", lost, &done, &e))
		fail_msg("%s", e.msg);
	/* the other waits for the lock: let it time out, then try again */
	assert_true(db_commit(db, &e));
	assert_false(act_by(other, &me, "cancel", cancelled, &done, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "look again"));
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.sheet_move "
				      "WHERE sheet = 'CT01-00004-8'"),
			 3);
	MUST("restore", "sheets", "CT01-00004-8", "reason", "tìm thấy");
	assert_balanced();
}

static void who_has_an_area_finds_nothing_beyond_it(void **state)
{
	static const char *const areas[] = { "huyen-a" };
	const struct desk_who sup = { .by = "sup",
				      .role = "post-supervisor",
				      .areas = areas,
				      .n_areas = 1 };
	static const char *const outside[] = { "sheets", "CT01-00002-0",
					       "reason", "x", NULL };
	static const char *const inside[] = { "agent",	   "a2",   "group",
					      "cong-chuc", "unit", "xa-1",
					      "count",	   "2",	   NULL };
	static const char *const beyond[] = { "agent",	  "a2",	  "group",
					      "lanh-dao", "unit", "huyen-b",
					      "count",	  "1",	  NULL };
	static const char *const amend[] = { "group",	"lanh-dao", "unit",
					     "huyen-a", "planned",  "5",
					     "reason",	"x",	    NULL };
	struct desk_done done;
	struct err e;
	struct res *r;

	(void)state;
	assert_false(act_by(db, &sup, "lose", outside, &done, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(act_by(db, &sup, "issue", beyond, &done, &e));
	if (!act_by(db, &sup, "issue", inside, &done, &e))
		fail_msg("%s", e.msg);
	assert_false(act_by(db, &sup, "amend", amend, &done, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	r = list(&sup, "sheets", NULL);
	assert_int_equal(res_rows(r), 16); /* 4 + 6 + 6 */
	res_free(r);
	r = list(&sup, "balance", "total");
	assert_int_equal(number(r, 0, "issued"), 2);
	assert_int_equal(number(r, 0, "planned"), 16);
	res_free(r);
	r = list(&sup, "history", NULL);
	assert_int_equal(res_rows(r), 18);
	res_free(r);
	r = list(&sup, "paper", "1"); /* of a sheet outside */
	assert_int_equal(res_rows(r), 0);
	res_free(r);
}

static void a_quota_is_amended_and_the_old_one_stays(void **state)
{
	struct desk_done done;
	struct err e;

	(void)state;
	MUST("amend", "group", "lanh-dao", "unit", "huyen-b", "planned", "6",
	     "reason", "QĐ 12");
	assert_int_equal(done.moved, 2);
	assert_balanced();
	MUST("amend", "group", "lanh-dao", "unit", "huyen-b", "planned", "3",
	     "reason", "QĐ 13");
	assert_int_equal(done.moved, 3);
	assert_balanced();
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM plan.quota WHERE "
				      "grp = 2 AND home = 3"),
			 3);
	/* five are with an agent */
	assert_false(ACT("amend", "group", "dai-bieu", "planned", "4", "reason",
			 "x"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_false(ACT("amend", "group", "dai-bieu", "planned", "4"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(ACT("amend", "group", "dai-bieu", "planned", "x", "reason",
			 "x"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(ACT("amend", "group", "khong-co", "planned", "1", "reason",
			 "x"));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void a_replaced_sheet_keeps_its_slot_for_the_new_number(void **state)
{
	struct desk_done done;
	struct err e;

	(void)state;
	MUST("replace", "sheet", "ct01 00003 6", "reason", "rách");
	assert_int_equal(strlen(done.made), strlen("CT01-00003-6"));
	assert_int_equal(
		pg_long(raw, "SELECT count(*) FROM field.sheet AS a JOIN "
			     "field.sheet AS b ON b.wave = a.wave AND b.sheet "
			     "= a.replaced_by WHERE a.slot = b.slot AND "
			     "a.status = 'replaced' AND b.status = 'planned'"),
		1);
	assert_false(ACT("replace", "sheet", "CT01-00003-6", "reason", "x"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	/* one that was refused stays so */
	MUST("refuse", "sheets", "CT01-00005-7");
	MUST("replace", "sheet", "CT01-00005-7", "reason", "người khác");
	assert_false(ACT("replace", "sheet", "CT01-00005-7", "reason", "x"));
	assert_false(ACT("restore", "sheets", "CT01-00005-7", "reason", "x"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.sheet WHERE "
				      "status = 'refused'"),
			 1);
	assert_balanced();
}

static void sheets_and_quota_of_a_merged_unit_follow_it(void **state)
{
	struct desk_done done;
	struct err e;

	(void)state;
	assert_false(ACT("merge", "unit", "xa-1", "reason", "NQ 1"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_false(ACT("merge", "unit", "none", "reason", "NQ 1"));
	assert_int_equal(e.kind, ERR_INPUT);
	MUST("merge", "unit", "xa-2", "reason", "NQ 1");
	assert_int_equal(done.moved, 6);
	assert_int_equal(pg_long(raw, "SELECT planned FROM plan.quota_in_force "
				      "WHERE grp = 3 AND home = 4"),
			 12);
	/* what is printed stays */
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.sheet WHERE "
				      "home = 5 AND now_home = 4"),
			 6);
	assert_balanced();
}

static void what_came_in_moves_its_sheet(void **state)
{
	struct desk_done done;
	struct err e;

	(void)state;
	pg_do(raw, "INSERT INTO field.agent_key (agent, wave, hash, "
		   "expires_at) SELECT a.agent, w.wave, sha256('k' || "
		   "a.code::bytea), now() + interval '1 day' FROM field.agent "
		   "AS a, plan.wave AS w");
	pg_do(raw,
	      "INSERT INTO field.response (wave, instance, response, sha256, "
	      "state, counted, form, grp, home, sheet, keying, way, key, "
	      "received_at, flags, simulated, lane, batch) SELECT w.wave, "
	      "x.i, nextval('field.response_id'), sha256('x'), x.s, x.s = 1, "
	      "1, 1, 0, x.n, x.k, 1, (SELECT k.key FROM field.agent_key AS k "
	      "JOIN field.agent AS a USING (agent) WHERE a.code = x.a), now(), "
	      "0, false, 1, 1 FROM plan.wave AS w, (VALUES "
	      "('u1', 1, 'CT01-00001-2', 1, 'a1'), "
	      "('u2', 1, 'CT01-00001-2', 2, 'a2'), "
	      "('u3', 3, 'CT01-00002-0', 1, 'a1'), "
	      "('u4', 3, 'CT01-00004-8', 1, 'a2')) AS x (i, s, n, k, a)");
	assert_balanced();
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.sheet WHERE "
				      "(sheet, status) IN (('CT01-00001-2', "
				      "'second-keyed'), ('CT01-00002-0', "
				      "'keyed'), ('CT01-00004-8', 'issued'))"),
			 3);
	/* said to be lost, then it counts */
	MUST("lose", "sheets", "CT01-00004-8", "reason", "mất");
	pg_do(raw, "UPDATE field.response SET state = 1, counted = true "
		   "WHERE instance = 'u4'");
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM plan.wave AS w, "
				      "field.ledger_open(w.wave, NULL) AS o "
				      "WHERE o.kind = 'contradiction'"),
			 1);
	MUST("restore", "sheets", "CT01-00004-8", "reason", "tìm thấy");
	assert_int_equal(pg_long(raw,
				 "SELECT count(*) FROM field.sheet WHERE sheet "
				 "= 'CT01-00004-8' AND status = 'keyed'"),
			 1);
	assert_balanced();
}

static void an_agent_acts_on_his_own_sheets_only(void **state)
{
	char name[6];

	(void)state;
	assert_int_equal(
		pg_long(raw, "SELECT field.agent_sheet_act(k.key, 'collect', "
			     "ARRAY[s.sheet], NULL, NULL) FROM "
			     "field.agent_key AS k JOIN field.agent AS a USING "
			     "(agent) JOIN field.sheet AS s ON s.agent = "
			     "a.agent AND s.status = 'issued' WHERE a.code = "
			     "'a2' LIMIT 1"),
		1);
	/* a1's, and an act that is not an agent's */
	assert_string_equal(
		pg_state(raw,
			 "SELECT field.agent_sheet_act(k.key, 'collect', "
			 "ARRAY['CT01-00001-2'], NULL, NULL) FROM "
			 "field.agent_key AS k JOIN field.agent AS a USING "
			 "(agent) WHERE a.code = 'a2'",
			 name),
		"22023");
	assert_string_equal(
		pg_state(raw,
			 "SELECT field.agent_sheet_act(k.key, 'cancel', "
			 "ARRAY[s.sheet], 'x', NULL) FROM field.agent_key AS "
			 "k JOIN field.agent AS a USING (agent) JOIN "
			 "field.sheet AS s ON s.agent = a.agent AND s.status = "
			 "'issued' WHERE a.code = 'a2'",
			 name),
		"42501");
	assert_balanced();
}

static void closing_wants_a_balance_or_a_reason(void **state)
{
	struct desk_done done;
	struct err e;
	char code[6];

	(void)state;
	assert_false(ACT("close", "override", "false"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "see the list"));
	assert_false(ACT("close", "override", "true"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(pg_state(raw,
				     "SELECT field.ledger_may_freeze(wave) "
				     "FROM plan.wave",
				     code),
			    "55000");
	MUST("close", "override", "true", "reason", "hết hạn");
	assert_true(done.moved > 0);
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.sheet WHERE "
				      "status = 'locked'"),
			 3);
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM audit.entry WHERE "
				      "kind = 'ledger' AND actor = 'me' AND "
				      "content LIKE '%\"override\": true%' AND "
				      "content LIKE '%hết hạn%'"),
			 1);
	assert_true(pg_long(raw, "SELECT field.ledger_may_freeze(wave)::int "
				 "FROM plan.wave") == 1);
	assert_false(ACT("miss", "sheets", "CT01-00001-2"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	/* judged otherwise after it was locked */
	pg_do(raw, "UPDATE field.response SET state = 7, counted = false "
		   "WHERE instance = 'u1'");
	assert_string_equal(pg_state(raw,
				     "SELECT field.ledger_may_freeze(wave) "
				     "FROM plan.wave",
				     code),
			    "55000");
	MUST("reopen", "reason", "phiếu về muộn");
	MUST("unlock", "sheets", "CT01-00001-2", "reason", "rút lại");
	MUST("close", "override", "true", "reason", "hết hạn");
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.sheet WHERE "
				      "status = 'locked' AND code = 'V13'"),
			 1);
	MUST("reopen", "reason", "thử tiếp");
	assert_balanced();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_that_programs_make),
		cmocka_unit_test(a_wave_without_a_ledger_says_so),
		cmocka_unit_test(planning_numbers_every_slot_once),
		cmocka_unit_test(
			the_document_shows_the_rules_that_are_in_force),
		cmocka_unit_test(
			the_table_of_acts_gives_no_other_rights_than_the_rules),
		cmocka_unit_test(only_what_the_rules_say_moves_a_sheet),
		cmocka_unit_test(an_act_on_many_sheets_is_all_or_nothing),
		cmocka_unit_test(of_two_writers_one_is_told),
		cmocka_unit_test(who_has_an_area_finds_nothing_beyond_it),
		cmocka_unit_test(a_quota_is_amended_and_the_old_one_stays),
		cmocka_unit_test(
			a_replaced_sheet_keeps_its_slot_for_the_new_number),
		cmocka_unit_test(sheets_and_quota_of_a_merged_unit_follow_it),
		cmocka_unit_test(what_came_in_moves_its_sheet),
		cmocka_unit_test(an_agent_acts_on_his_own_sheets_only),
		cmocka_unit_test(closing_wants_a_balance_or_a_reason),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
