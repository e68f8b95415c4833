/* What agents are paid by: rates are exact and kept, counts re-add, a freeze
 * keeps them; a frozen wave is looked at no more. */
#include "support/flags_world.h"

/* ---- payment ------------------------------------------------------------- */

#define RATE(form, item, dong, reason)                                         \
	"SELECT field.pay_rate_set(" W ", 'me', 'analyst', '" form "', '" item \
	"', '" dong "', '" reason "')"

static void rates_are_exact_and_kept(void **state)
{
	static const struct sheet bad = {
		.name = "X-2", .who = 6, .home = 5, .state = 3
	};

	(void)state;
	plant();
	add(&bad);
	refused(RATE("CT-01", "valid", "12.345", "x"), "22023", "decimal");
	refused(RATE("CT-01", "valid", "-1", "x"), "22023", "decimal");
	refused(RATE("CT-01", "valid", "1e3", "x"), "22023", "decimal");
	refused(RATE("CT-01", "sent", "1", "x"), "22023", "one of these");
	refused(RATE("CT-09", "valid", "1", "x"), "22023", "no such form");
	refused(RATE("CT-01", "valid", "1", ""), "22023", "lý do");
	PQclear(ask(RATE("CT-01", "valid", "1.01", "thử"), NULL, 0));
	PQclear(ask(RATE("CT-01", "valid", "12500.35", "QĐ thử"), NULL, 0));
	PQclear(ask(RATE("CT-01", "collected", "0.1", "QĐ thử"), NULL, 0));
	PQclear(ask(RATE("CH-02", "valid", "999999999999.99", "QĐ"), NULL, 0));
	PQclear(ask(RATE("CH-02", "valid", "8000", "QĐ thử"), NULL, 0));
	assert_int_equal(number_of("SELECT count(*) FROM field.pay_rate"), 5);
}

/* Sheets of agent, office, all: each level is the sum of the one below. */
static void assert_adds_up(const char *freeze)
{
	char sql[2048];

	(void)snprintf(
		sql, sizeof sql,
		"WITH p AS MATERIALIZED (SELECT * FROM field.payment_list(" W
		", 'me', 'analyst', NULL, NULL, %s)), o AS (SELECT office, "
		"sum(amount) AS a, sum(collected) AS c, sum(valid) AS v FROM p "
		"WHERE level = 'agent' GROUP BY office) SELECT (SELECT "
		"count(*) FROM p JOIN o USING (office) WHERE level = 'office' "
		"AND (amount, collected, valid) <> (a, c, v)) + (SELECT "
		"count(*) FROM p WHERE level = 'all' AND (amount, collected, "
		"valid) <> (SELECT sum(a), sum(c), sum(v) FROM o)) + (SELECT "
		"count(*) FROM p WHERE level = 'agent' AND amount <> "
		"collected * coalesce(rate_collected, 0) + valid * "
		"coalesce(rate_valid, 0)) + (SELECT 1000 * (count(*) - 1) FROM "
		"p WHERE level = 'all')",
		freeze);
	assert_int_equal(number_of(sql), 0);
}

static const char *paid(const char *freeze)
{
	static char out[65536];
	char sql[400];
	PGresult *r;

	(void)snprintf(sql, sizeof sql,
		       "SELECT string_agg(p::text, E'\\n') FROM "
		       "field.payment_list(" W
		       ", 'me', 'analyst', NULL, NULL, %s) AS p",
		       freeze);
	r = ask(sql, NULL, 0);
	(void)snprintf(out, sizeof out, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return out;
}

/* Two sheets of agent 6 were asked again. */
static void sheets_that_were_asked_again_are_counted(void **state)
{
	const char *asked = "SELECT rechecked FROM field.payment_list(" W
			    ", 'me', 'analyst', NULL, NULL, NULL) WHERE "
			    "agent = 'a6'";

	(void)state;
	assert_int_equal(number_of(asked), 0);
	pg_do(raw, "CREATE TABLE IF NOT EXISTS field.recheck_sheet (wave "
		   "integer, sheet text, form integer, grp integer, home "
		   "integer, agent integer, asked integer, same integer); "
		   "INSERT INTO field.recheck_sheet (wave, sheet, form, grp, "
		   "home, agent, asked, same) SELECT w.wave, 'F6-0' || i, 1, "
		   "1, 5, a.agent, 12, 12 FROM plan.wave AS w, field.agent AS "
		   "a, generate_series(1, 2) AS i WHERE a.code = 'a6'");
	assert_int_equal(number_of(asked), 2);
	pg_do(raw, "DELETE FROM field.recheck_sheet");
}

static void payment_re_adds_and_is_frozen_with_the_wave(void **state)
{
	char kept[65536];

	(void)state;
	assert_adds_up("NULL");
	assert_int_equal(number_of("SELECT (amount * 100)::bigint FROM "
				   "field.payment_list(" W
				   ", 'me', 'analyst', NULL, "
				   "NULL, NULL) WHERE agent = 'a6'"),
			 30 * 1250035 + 31 * 10);
	assert_int_equal(number_of("SELECT count(*) FROM field.payment_list(" W
				   ", 'me', 'analyst', NULL, 'Bưu điện B', "
				   "NULL) WHERE office NOT IN ('Bưu điện B', "
				   "'')"),
			 0);
	refused("SELECT * FROM field.payment_list(" W ", 'me', "
		"'post-supervisor', '{huyen-a}', NULL, NULL)",
		"42501", "whole wave");
	refused("SELECT * FROM field.payment_list(" W ", 'me', 'analyst', "
		"NULL, NULL, 1)",
		"22023", "no such freeze");
	pg_do(raw, "BEGIN; SELECT field.payment_freeze(" W ", 1); UPDATE "
		   "plan.wave SET state = 'frozen'; COMMIT");
	assert_adds_up("NULL");
	assert_adds_up("1");
	(void)snprintf(kept, sizeof kept, "%s", paid("1"));
	assert_string_equal(paid("NULL"), kept);
	/* neither rates nor sheets that come after change it */
	PQclear(ask(RATE("CT-01", "valid", "1", "đổi sau khi khóa"), NULL, 0));
	pg_do(raw, "UPDATE field.response SET counted = false WHERE sheet = "
		   "'F6-00'");
	assert_string_equal(paid("1"), kept);
	assert_int_equal(number_of("SELECT holds::integer FROM "
				   "field.payment_sets(" W ")"),
			 1);
	/* a correction is a new freeze; both stay */
	pg_do(raw, "BEGIN; SELECT field.payment_freeze(" W ", 2); COMMIT");
	assert_adds_up("2");
	assert_string_equal(paid("1"), kept);
	assert_string_not_equal(paid("2"), kept);
	assert_string_equal(paid("NULL"), paid("2"));
}

static void a_kept_payment_that_was_changed_is_told(void **state)
{
	PGresult *r = PQexec(raw, "UPDATE field.payment SET amount = 0");

	(void)state;
	assert_string_equal(PQresultErrorField(r, PG_DIAG_SQLSTATE), "42501");
	PQclear(r);
	pg_do(raw, "ALTER TABLE field.payment DISABLE TRIGGER payment_stays; "
		   "UPDATE field.payment SET name = 'X' WHERE freeze_no = 1 "
		   "AND place = 1; ALTER TABLE field.payment ENABLE TRIGGER "
		   "payment_stays");
	assert_int_equal(number_of("SELECT count(*) FROM field.payment_sets(" W
				   ") WHERE NOT holds AND freeze_no = 1"),
			 1);
	assert_int_equal(number_of("SELECT count(*) FROM field.payment_sets(" W
				   ") WHERE holds AND freeze_no = 2"),
			 1);
}

static void a_frozen_wave_is_looked_at_no_more(void **state)
{
	static const char *const asked[] = {
		"field.quality_flags(" W ", 'me', 'x', NULL, NULL, NULL, NULL, "
		"NULL, NULL, NULL)",
		"field.quality_agents(" W ", 'me', 'x', NULL, NULL, NULL)",
		"field.quality_faults(" W ", 'me', 'x', NULL, NULL, NULL, "
		"NULL)",
		"field.quality_outcomes(" W ", 'me', 'x', NULL)",
		"field.quality_days(" W ", 'me', 'x', NULL)",
		"field.quality_codes(" W ", 'me', 'x', NULL)",
		"field.quality_rule(" W ", 'me', 'x', 'q06-p', '0.1', '', 'x')",
	};
	char sql[400];

	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		(void)snprintf(sql, sizeof sql, "SELECT * FROM %s", asked[i]);
		refused(sql, "55000", "frozen");
	}
	pg_do(raw, "UPDATE plan.wave SET state = 'open'");
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(rates_are_exact_and_kept),
		cmocka_unit_test(sheets_that_were_asked_again_are_counted),
		cmocka_unit_test(payment_re_adds_and_is_frozen_with_the_wave),
		cmocka_unit_test(a_kept_payment_that_was_changed_is_told),
		cmocka_unit_test(a_frozen_wave_is_looked_at_no_more),
	};

	return cmocka_run_group_tests_name("payment", t, open_all, close_all);
}
