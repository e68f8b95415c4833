#include "support/pg.h"

/* Sessions run in UTC as the programs' do. */
static void a_day_begins_at_seventeen_of_utc(void **state)
{
	PGconn *c = pg_as("owner", NULL);
	char *s;

	(void)state;
	pg_do(c, "SET timezone = 'UTC'");
	s = pg_text(c, "SELECT assess.day(t::timestamptz) FROM (VALUES "
		       "('2023-12-31T16:59:59.999999Z'), "
		       "('2023-12-31T17:00:00Z'), ('2024-02-29T16:00:00Z'), "
		       "('2024-02-29T17:00:00Z')) AS x (t)");
	assert_string_equal(s, "2023-12-31\n2024-01-01\n2024-02-29\n"
			       "2024-03-01\n");
	free(s);
	/* one statement has one now() */
	assert_int_equal(
		pg_long(c, "SELECT (assess.today() = assess.day(now()) AND "
			   "assess.day(now()) = (now() AT TIME ZONE "
			   "'Asia/Ho_Chi_Minh')::date)::integer"),
		1);
	PQfinish(c);
}

/* A function that speaks of the day has the clock of Việt Nam, or asks
 * assess.today(); a view can only ask. */
static void nothing_of_a_round_or_a_wave_has_days_of_utc(void **state)
{
	PGconn *c = pg_as("owner", NULL);
	char *s;

	(void)state;
	s = pg_text(
		c,
		"SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN "
		"pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname "
		"IN ('assess', 'field', 'plan', 'publish') AND p.prosrc ~* "
		"'current_date|localtimestamp|(_at|now\\(\\))::date' AND NOT "
		"coalesce('TimeZone=Asia/Ho_Chi_Minh' = ANY (p.proconfig), "
		"false) UNION ALL SELECT viewname FROM pg_views WHERE "
		"schemaname "
		"IN ('assess', 'field', 'plan', 'publish') AND definition ~* "
		"'current_date|_at\\)?::date'");
	assert_string_equal(s, "");
	free(s);
	/* and there is what is looked at */
	assert_true(pg_long(c, "SELECT count(*) FROM pg_proc AS p JOIN "
			       "pg_namespace AS n ON n.oid = p.pronamespace "
			       "WHERE n.nspname = 'assess' AND p.prosrc ~* "
			       "'current_date'") >= 10);
	PQfinish(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_begins_at_seventeen_of_utc),
		cmocka_unit_test(nothing_of_a_round_or_a_wave_has_days_of_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
