/* What agents tell of their own sheets (field.agent_tell), as the collector's
 * role: the same twice counts once, what cannot be is told sheet by sheet, and
 * nobody learns of another's number. */
#include "support/ledger_world.h"

static PGconn *field;
static char mine[5][24], others[24], nobodys[24];
static int key1, key2;

static void take_number(char out[24], const char *where, int at)
{
	char sql[300], *s;

	(void)snprintf(sql, sizeof sql,
		       "SELECT sheet FROM field.sheet WHERE %s ORDER BY sheet "
		       "OFFSET %d LIMIT 1",
		       where, at);
	s = pg_text(raw, sql);
	(void)snprintf(out, 24, "%.*s", (int)strcspn(s, "\n"), s);
	free(s);
}

static int begun(void **state)
{
	struct desk_done done;
	struct err e;

	if (open_all(state))
		return -1;
	field = pg_as("collector", NULL);
	MUST("plan", "reason", "theo kế hoạch");
	MUST("issue", "agent", "a1", "group", "dai-bieu", "count", "5");
	MUST("issue", "agent", "a2", "group", "cong-chuc", "unit", "xa-1",
	     "count", "4");
	pg_do(raw, "INSERT INTO field.agent_key (agent, wave, hash, "
		   "expires_at) SELECT a.agent, w.wave, sha256('k' || "
		   "a.code::bytea), now() + interval '1 day' FROM field.agent "
		   "AS a, plan.wave AS w ORDER BY a.code");
	key1 = (int)pg_long(raw, "SELECT key FROM field.agent_key JOIN "
				 "field.agent USING (agent) WHERE code = 'a1'");
	key2 = (int)pg_long(raw, "SELECT key FROM field.agent_key JOIN "
				 "field.agent USING (agent) WHERE code = 'a2'");
	for (int i = 0; i < 5; i++)
		take_number(mine[i],
			    "agent = (SELECT agent FROM field.agent "
			    "WHERE code = 'a1')",
			    i);
	take_number(others,
		    "agent = (SELECT agent FROM field.agent WHERE code "
		    "= 'a2')",
		    0);
	take_number(nobodys, "status = 'planned'", 0);
	return 0;
}

static int ended(void **state)
{
	PQfinish(field);
	return close_all(state);
}

static const char *telling(char sql[600], int key, int id, const char *act,
			   const char *sheets, const char *reason)
{
	(void)snprintf(sql, 600,
		       "SELECT outcome || coalesce(' ' || words, '') FROM "
		       "field.agent_tell(%d, '00000000-0000-4000-8000-%012d', "
		       "'%s', ARRAY[%s]::text[], %s)",
		       key, id, act, sheets, reason);
	return sql;
}

/* Outcomes, a line each, each begins as is wanted. */
static void told(int key, int id, const char *act, const char *sheets,
		 const char *reason, const char *const *want)
{
	char sql[600];
	char *s = pg_text(field, telling(sql, key, id, act, sheets, reason));
	const char *at = s;

	for (size_t i = 0; want[i]; i++) {
		if (strncmp(at, want[i], strlen(want[i])) != 0)
			fail_msg("%s %s: \"%s\", line %zu should be \"%s\"",
				 act, sheets, s, i, want[i]);
		at = strchr(at, '\n') + 1;
	}
	assert_int_equal(*at, '\0');
	free(s);
}
#define WANT(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void is_refused(const char *code, int key, int id, const char *act,
		       const char *sheets, const char *reason)
{
	char sql[600], got[6];

	assert_string_equal(pg_state(field,
				     telling(sql, key, id, act, sheets, reason),
				     got),
			    code);
}

static long events(void)
{
	return pg_long(raw, "SELECT count(*) FROM field.sheet_event");
}

static const char *listed(char out[200], int n)
{
	int at = 0;

	for (int i = 0; i < n; i++)
		at += snprintf(out + at, 200 - (size_t)at, "%s'%s'",
			       i ? "," : "", mine[i]);
	return out;
}

static void the_same_told_twice_counts_once(void **state)
{
	long before = events();
	char list[200];

	(void)state;
	told(key1, 1, "leave", listed(list, 3), "NULL",
	     WANT("done", "done", "done"));
	assert_int_equal(events(), before + 1);
	told(key1, 1, "leave", listed(list, 3), "NULL",
	     WANT("already", "already", "already"));
	/* and so does another telling of what is so */
	told(key1, 2, "leave", listed(list, 3), "NULL",
	     WANT("already", "already", "already"));
	assert_int_equal(events(), before + 1);
	/* of another agent the number is another telling */
	(void)snprintf(list, sizeof list, "'%s'", others);
	told(key2, 1, "leave", list, "NULL", WANT("done"));
	assert_int_equal(events(), before + 2);
	assert_balanced();
}

static void what_cannot_be_stops_nothing_else(void **state)
{
	char list[200];

	(void)state;
	(void)snprintf(list, sizeof list, "'%s','%s','%s','XX01-00001-0'",
		       others, mine[3], nobodys);
	told(key1, 3, "refuse", list, "'từ chối'",
	     WANT("refused không phải phiếu của bạn", "done",
		  "refused không phải phiếu của bạn",
		  "refused không phải phiếu của bạn"));
	/* a reason is asked for, sheet by sheet */
	(void)snprintf(list, sizeof list, "'%s'", mine[4]);
	told(key1, 4, "lose", list, "NULL", WANT("refused \"lose\" phải có"));
	told(key1, 5, "lose", list, "'lũ'", WANT("done"));
	/* what was said of it forbids the next */
	told(key1, 6, "collect", list, "NULL", WANT("refused đang \"lost\""));
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM field.sheet_told "
				      "WHERE event IS NULL"),
			 3);
	assert_balanced();
}

static void what_came_in_meanwhile_is_known(void **state)
{
	char list[200], sql[600];

	(void)state;
	(void)snprintf(
		sql, sizeof sql,
		"INSERT INTO field.response (wave, instance, response, sha256, "
		"state, counted, form, grp, home, sheet, keying, way, key, "
		"received_at, flags, simulated, lane, batch) SELECT wave, "
		"'uuid:t', nextval('field.response_id'), sha256('x'), 1, true, "
		"form, grp, home, sheet, 1, 1, %d, now(), 0, false, 1, 1 FROM "
		"field.sheet WHERE sheet = '%s'",
		key1, mine[0]);
	pg_do(raw, sql);
	(void)snprintf(list, sizeof list, "'%s'", mine[0]);
	told(key1, 7, "collect", list, "NULL", WANT("already"));
	told(key1, 8, "refuse", list, "'muộn'", WANT("refused đang \"keyed\""));
	(void)snprintf(list, sizeof list, "'%s'", mine[1]);
	told(key1, 9, "collect", list, "NULL", WANT("done"));
	assert_balanced();
}

static void others_acts_and_keys_are_refused(void **state)
{
	PGconn *busy = pg_as("owner", NULL);
	char list[200], hold[100];
	struct desk_done done;
	struct err e;

	(void)state;
	(void)snprintf(list, sizeof list, "'%s'", mine[2]);
	is_refused("22023", key1, 20, "cancel", list, "'x'");
	is_refused("22023", key1, 20, "key", list, "'x'");
	is_refused("22023", key1, 20, "lose", list, "repeat('x', 2001)");
	is_refused("42501", 9999, 20, "leave", list, "NULL");
	(void)snprintf(hold, sizeof hold,
		       "BEGIN; SELECT pg_advisory_xact_lock(7004, %d)",
		       (int)wave);
	pg_do(busy, hold);
	is_refused("55P03", key1, 20, "collect", list, "NULL");
	pg_do(busy, "ROLLBACK");
	PQfinish(busy);
	told(key1, 20, "collect", list, "NULL", WANT("done"));
	MUST("close", "override", "true", "reason", "hết hạn");
	is_refused("55000", key1, 21, "lose", list, "'x'");
	/* who lost the answer while it closed still gets it */
	told(key1, 20, "collect", list, "NULL", WANT("already"));
	pg_do(raw, "UPDATE field.agent_key SET revoked_at = now()");
	is_refused("42501", key1, 20, "collect", list, "NULL");
	assert_balanced();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_told_twice_counts_once),
		cmocka_unit_test(what_cannot_be_stops_nothing_else),
		cmocka_unit_test(what_came_in_meanwhile_is_known),
		cmocka_unit_test(others_acts_and_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, begun, ended);
}
