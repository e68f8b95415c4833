/* What a re-survey tells of one sheet, and under which lock; and after the
 * fieldwork side of a wave was destroyed: nothing of it comes back. */
#include "support/review.h"

static PGconn *roster;

static int open_both(void **state)
{
	roster = pg_as("roster", NULL);
	return open_all(state);
}

static int close_both(void **state)
{
	PQfinish(roster);
	return close_all(state);
}

static void refused(PGconn *c, const char *sql, const char *want,
		    const char *words)
{
	PGresult *r = PQexec(c, sql);
	const char *got = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	if (strcmp(got ? got : "", want) != 0)
		fail_msg("%s: \"%s\": %s", sql, got ? got : "",
			 PQresultErrorMessage(r));
	if (!strstr(PQresultErrorMessage(r), words))
		fail_msg("%s: no \"%s\"", PQresultErrorMessage(r), words);
	PQclear(r);
}

#define COMPARE(sheet, said, reason)                                         \
	"SELECT * FROM field.recheck_compare(" WAVE ", 'mt', 'supervisor', " \
	"NULL, '" sheet "', 'xa-1: " said "', " reason ")"

static void a_sheet_is_told_of_three_times_at_most(void **state)
{
	(void)state;
	send("uuid:asked", "XX01-00001-0");
	pg_do(server, COMPARE("XX01-00001-0", "A A", "NULL"));
	refused(server, COMPARE("XX01-00001-0", "A B", "NULL"), "22023",
		"lý do");
	pg_do(server, COMPARE("XX01-00001-0", "A B", "'nhập sai'"));
	pg_do(server, COMPARE("XX01-00001-0", "B B", "'nhập sai'"));
	refused(server, COMPARE("XX01-00001-0", "B A", "'nhập sai'"), "55000",
		"so often already");
	is("SELECT times || ' ' || same FROM field.recheck_sheet", "3 1");
}

static void what_its_respondent_withdrew_is_not_compared(void **state)
{
	(void)state;
	send("uuid:gone", "XX01-00002-0");
	DO(.act = "withdraw", .items = "uuid:gone");
	refused(server, COMPARE("XX01-00002-0", "A A", "NULL"), "22023",
		"no such sheet came in");
	is("SELECT count(*) FROM field.recheck_rating WHERE sheet = "
	   "'XX01-00002-0'",
	   "0");
}

#define IMPORT                                                                 \
	"SELECT * FROM roster.import(" WAVE ", 'me', 'owner', "                \
	"'[{\"row\":2,\"code\":\"P1\",\"name\":\"A\",\"group\":\"cong-chuc\"," \
	"\"unit\":\"xa-1\",\"agent\":\"a1\",\"visited\":true}]')"

static void a_draw_that_is_being_closed_takes_no_result(void **state)
{
	PGresult *r;

	(void)state;
	pg_do(roster, IMPORT);
	pg_do(roster, "SELECT * FROM roster.recheck_draw(" WAVE ", 'mt', "
		      "'supervisor', NULL, 'MT', NULL, 1, NULL, NULL, NULL, "
		      "'x')");
	pg_do(roster, "SELECT * FROM roster.recheck_result(" WAVE ", 'mt', "
		      "'supervisor', NULL, 1, '1', 'confirmed', NULL, NULL)");
	pg_do(raw, "BEGIN; SELECT * FROM roster.recheck_status(" WAVE
		   ", 'mt', 'supervisor', NULL, 'close', 1, NULL)");
	assert_int_equal(PQsendQuery(roster,
				     "SELECT * FROM roster.recheck_result(" WAVE
				     ", 'mt', 'supervisor', NULL, 1, '1', "
				     "'differs', NULL, NULL)"),
			 1);
	while (pg_long(server, "SELECT count(*) FROM pg_locks WHERE locktype "
			       "= 'advisory' AND NOT granted") == 0)
		;
	pg_do(raw, "COMMIT");
	r = PQgetResult(roster);
	assert_string_equal(PQresultErrorField(r, PG_DIAG_SQLSTATE), "55000");
	PQclear(r);
	assert_null(PQgetResult(roster));
	is("SELECT result FROM roster.drawn", "confirmed");
}

static void after_the_destruction_nothing_comes_back(void **state)
{
	static const char plan[] = "{\"decisions\":{\"D12\":{\"retention\":"
				   "\"2020-12-31\"}}}";
	char sql[600];

	(void)state;
	(void)snprintf(sql, sizeof sql,
		       "INSERT INTO plan.version (wave, version, content, "
		       "sha256, reason, loaded_by) VALUES (" WAVE
		       ", 1, '%s', sha256('%s'), 'x', 'me')",
		       plan, plan);
	pg_do(raw, sql);
	pg_do(raw, "INSERT INTO ballot.comment (wave, form, comment, question) "
		   "VALUES (" WAVE ", 1, 'lời trong phiếu điện tử', ''), "
		   "((SELECT wave FROM plan.wave WHERE code = 'khac'), 1, 'x', "
		   "'')");
	pg_do(server, "SELECT field.ledger_plan(" WAVE ", 'me', 'analyst', "
		      "'r')");
	pg_do(server, "SELECT field.ledger_close(" WAVE ", 'me', 'analyst', "
		      "'hết hạn', true)");
	pg_do(raw, "UPDATE plan.wave SET state = 'frozen' WHERE code = 'thu'");
	is("SELECT count(*) FROM roster.person", "1");
	is("SELECT n FROM field.destroy(" WAVE ", 'hết hạn lưu', 'me') WHERE "
	   "what = 'ballot.comment'",
	   "1");
	is("SELECT (SELECT count(*) FROM roster.person) + (SELECT count(*) "
	   "FROM field.response) + (SELECT count(*) FROM field.sheet_event) + "
	   "(SELECT count(*) FROM ballot.comment)",
	   "1");
	refused(server,
		"SELECT field.ledger_reopen(" WAVE ", 'me', 'analyst', 'x')",
		"55000", "was destroyed");
	refused(roster, IMPORT, "55000", "was destroyed");
	/* the log still tells of all: that is no fault */
	refused(server, "SELECT * FROM field.ledger_verify(" WAVE ", NULL)",
		"55000", "was destroyed");
	refused(server, "SELECT * FROM field.review_verify(" WAVE ", NULL)",
		"55000", "was destroyed");
	refused(server, "SELECT * FROM roster.recheck_verify(" WAVE ")",
		"55000", "was destroyed");
	/* nor is what they ask of reached past it */
	refused(server,
		"SELECT * FROM field.ledger_verify_rows(" WAVE ", NULL)",
		"42501", "denied");
	refused(roster, "SELECT * FROM roster.recheck_verify_rows(" WAVE ")",
		"42501", "denied");
	refused(raw, "SELECT field.destroy(" WAVE ", 'x', 'me')", "55000",
		"destroyed already");
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_sheet_is_told_of_three_times_at_most),
		cmocka_unit_test(what_its_respondent_withdrew_is_not_compared),
		cmocka_unit_test(a_draw_that_is_being_closed_takes_no_result),
		cmocka_unit_test(after_the_destruction_nothing_comes_back),
	};

	return cmocka_run_group_tests_name("retention", t, open_both,
					   close_both);
}
