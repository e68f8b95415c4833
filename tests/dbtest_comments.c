#include "support/pg.h"

#define OURS                                                        \
	"('plan', 'field', 'frozen', 'people', 'roster', 'audit', " \
	"'publish', 'assess', 'ballot', 'meta')"

static void nothing_comes(const char *what, const char *sql)
{
	PGconn *c = pg_as("owner", NULL);
	char *s = pg_text(c, sql);

	if (*s)
		fail_msg("without a comment, %s:\n%s", what, s);
	free(s);
	PQfinish(c);
}

static void every_schema_has_a_comment(void **state)
{
	(void)state;
	nothing_comes("schema",
		      "SELECT nspname FROM pg_namespace WHERE nspname IN " OURS
		      " AND obj_description(oid, 'pg_namespace') IS NULL");
}

static void every_table_and_view_has_a_comment(void **state)
{
	(void)state;
	nothing_comes(
		"table",
		"SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n "
		"ON n.oid = c.relnamespace WHERE n.nspname IN " OURS
		" AND c.relkind IN ('r', 'p', 'v', 'm') AND "
		"obj_description(c.oid, 'pg_class') IS NULL ORDER BY 1");
}

static void every_column_has_a_comment(void **state)
{
	(void)state;
	nothing_comes(
		"column",
		"SELECT c.oid::regclass || '.' || a.attname FROM pg_class c "
		"JOIN pg_namespace n ON n.oid = c.relnamespace "
		"JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
		"AND NOT a.attisdropped WHERE n.nspname IN " OURS
		" AND c.relkind IN ('r', 'p', 'v', 'm') AND "
		"coalesce(col_description(c.oid, a.attnum), '') = '' "
		"ORDER BY 1");
}

static void there_are_tables_to_look_at(void **state)
{
	PGconn *c = pg_as("owner", NULL);

	(void)state;
	assert_true(pg_long(c, "SELECT count(*) FROM pg_class c JOIN "
			       "pg_namespace n ON n.oid = c.relnamespace "
			       "WHERE c.relkind = 'r' AND n.nspname IN " OURS) >
		    35);
	PQfinish(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_schema_has_a_comment),
		cmocka_unit_test(every_table_and_view_has_a_comment),
		cmocka_unit_test(every_column_has_a_comment),
		cmocka_unit_test(there_are_tables_to_look_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
