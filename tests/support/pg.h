/* pg.h - raw SQL for database tests: what no program of ours may do. */
#ifndef TESTS_PG_H
#define TESTS_PG_H

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

/* role "collector", "owner", "super"; dbname NULL: phieu. */
MAYBE static void pg_conninfo(char *out, size_t max, const char *role,
			      const char *dbname)
{
	(void)snprintf(out, max, "host=%s user=phieu_%s dbname=%s",
		       getenv("PHIEU_TEST_SOCKET"), role,
		       dbname ? dbname : "phieu");
}

MAYBE static PGconn *pg_as(const char *role, const char *dbname)
{
	char conninfo[512];
	PGconn *c;

	pg_conninfo(conninfo, sizeof conninfo, role, dbname);
	c = PQconnectdb(conninfo);
	if (PQstatus(c) != CONNECTION_OK)
		fail_msg("%s: %s", conninfo, PQerrorMessage(c));
	PQclear(PQexec(c, "SET client_min_messages = warning"));
	return c;
}

/* Must work. */
MAYBE static void pg_do(PGconn *c, const char *sql)
{
	PGresult *r = PQexec(c, sql);

	if (PQresultStatus(r) != PGRES_COMMAND_OK &&
	    PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	PQclear(r);
}

/* The SQLSTATE of what happens, "" when it works. */
MAYBE static const char *pg_state(PGconn *c, const char *sql, char state[6])
{
	PGresult *r = PQexec(c, sql);
	const char *s = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	(void)snprintf(state, 6, "%s", s ? s : "");
	PQclear(r);
	return state;
}

/* The first column of all rows, a line each; caller frees. */
MAYBE static char *pg_text(PGconn *c, const char *sql)
{
	PGresult *r = PQexec(c, sql);
	size_t n = 1;
	char *s, *at;

	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	for (int i = 0; i < PQntuples(r); i++)
		n += (size_t)PQgetlength(r, i, 0) + 1;
	s = at = malloc(n);
	assert_non_null(s);
	for (int i = 0; i < PQntuples(r); i++) {
		memcpy(at, PQgetvalue(r, i, 0), (size_t)PQgetlength(r, i, 0));
		at += PQgetlength(r, i, 0);
		*at++ = '\n';
	}
	*at = '\0';
	PQclear(r);
	return s;
}

MAYBE static long pg_long(PGconn *c, const char *sql)
{
	char *s = pg_text(c, sql);
	long v = strtol(s, NULL, 10);

	free(s);
	return v;
}

#endif
