#include "support/test.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/store_judge.h"
#include "support/pg.h"

static struct db *owner;
static PGconn *raw;
static struct arena *arena;
static int32_t wave;

static void sheet(const char *instance, const char *number, int state)
{
	char sql[1024];

	(void)snprintf(
		sql, sizeof sql,
		"INSERT INTO field.response (wave, instance, response, "
		"sha256, state, counted, form, grp, home, sheet, keying, "
		"way, key, received_at, flags, simulated, lane, batch) "
		"VALUES (%d, '%s', nextval('field.response_id'), "
		"sha256('x'), %d, %s, 1, 1, 0, '%s', 1, 1, 1, now(), 0, "
		"false, 1, 1)",
		(int)wave, instance, state, state == 1 ? "true" : "false",
		number);
	pg_do(raw, sql);
}

static int open_all(void **state)
{
	struct err e = { 0 };

	(void)state;
	owner = db_open(getenv("PHIEU_TEST_DB"), "t", DB_ANY_ROLE, 0, &e);
	arena = arena_new(1 << 20);
	raw = PQconnectdb(getenv("PHIEU_TEST_DB"));
	if (!owner || !arena || PQstatus(raw) != CONNECTION_OK)
		return -1;
	wave = (int32_t)pg_long(
		raw, "INSERT INTO plan.wave (code, name, opens, closes, trial) "
		     "VALUES ('thu', 'Thử', '2020-01-01', '2020-12-31', true) "
		     "RETURNING wave");
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	db_close(owner);
	PQfinish(raw);
	arena_free(arena);
	return 0;
}

static struct sheet_head head(const char *instance)
{
	struct sheet_head *list;
	struct err e;
	size_t n;

	assert_true(store_sheet_heads(owner, wave, instance, NULL, arena, &list,
				      &n, &e));
	assert_int_equal(n, 1);
	return list[0];
}

static void a_code_set_by_hand_uncounts_keeps_and_logs(void **state)
{
	struct sheet_head h;
	struct err e;

	(void)state;
	sheet("uuid:a", "CT01-00001-0", 1);
	assert_true(store_judge(owner, wave, "uuid:a", SHEET_INVALID, "V11",
				"thiếu xác nhận", "me", &e));
	h = head("uuid:a");
	assert_int_equal(h.state, SHEET_REJECTED);
	assert_false(h.counted);
	assert_int_equal(h.version, 2);
	assert_non_null(strstr(h.faults, "\"V11\""));
	assert_non_null(strstr(h.faults, "thiếu xác nhận"));
	assert_int_equal(pg_long(raw,
				 "SELECT count(*) FROM field.response_version "
				 "WHERE version = 1 AND changed_by = 'me' "
				 "AND content->>'state' = '1'"),
			 1);
	assert_int_equal(pg_long(raw, "SELECT count(*) FROM audit.entry WHERE "
				      "kind = 'review' AND actor = 'me'"),
			 1);
	/* and back */
	assert_true(store_judge(owner, wave, "uuid:a", SHEET_VALID, NULL,
				"xác nhận đã bổ sung", "me", &e));
	h = head("uuid:a");
	assert_true(h.counted);
	assert_int_equal(h.version, 3);
	assert_string_equal(h.faults, "[]");
}

static void a_second_sheet_of_a_number_cannot_be_counted(void **state)
{
	struct err e;

	(void)state;
	sheet("uuid:b", "CT01-00002-0", 1);
	sheet("uuid:c", "CT01-00002-0", 3);
	assert_false(store_judge(owner, wave, "uuid:c", SHEET_VALID, NULL, "r",
				 "me", &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "counts already"));
	assert_int_equal(head("uuid:c").state, SHEET_INVALID);
	assert_int_equal(head("uuid:c").version, 1);
	/* withdraw the first, then the second may count */
	assert_true(store_judge(owner, wave, "uuid:b", SHEET_WITHDRAWN, NULL,
				"r", "me", &e));
	assert_true(store_judge(owner, wave, "uuid:c", SHEET_ACCEPTED, NULL,
				"r", "me", &e));
	assert_true(head("uuid:c").counted);
}

static void what_may_not_be_judged_is_refused(void **state)
{
	enum sheet_state s;
	struct err e;

	(void)state;
	sheet("uuid:d", "CT01-00003-0", 4);
	assert_false(store_judge(owner, wave, "uuid:d", SHEET_VALID, NULL, "r",
				 "me", &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_false(store_judge(owner, wave, "uuid:none", SHEET_VALID, NULL,
				 "r", "me", &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(store_judge(owner, wave, "uuid:a", SHEET_INVALID, NULL,
				 "r", "me", &e));
	assert_false(store_judge(owner, wave, "uuid:a", SHEET_INVALID, "V14",
				 "r", "me", &e));
	assert_false(store_judge(owner, wave, "uuid:a", SHEET_INVALID, "V1",
				 "r", "me", &e));
	assert_false(store_judge(owner, wave, "uuid:a", SHEET_VALID, "V11", "r",
				 "me", &e));
	assert_int_equal(e.kind, ERR_INPUT);
	/* the database holds to it, whatever program asks */
	assert_false(store_judge(owner, wave, "uuid:a", SHEET_QUERIED, NULL,
				 "r", "me", &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(sheet_state_parse("queried", &s, &e));
	assert_true(sheet_state_parse("rejected", &s, &e));
	assert_int_equal(s, SHEET_REJECTED);
}

static void a_frozen_wave_takes_no_judgement(void **state)
{
	struct err e;

	(void)state;
	sheet("uuid:e", "CT01-00004-0", 1);
	pg_do(raw, "UPDATE plan.wave SET state = 'frozen' WHERE code = 'thu'");
	assert_false(store_judge(owner, wave, "uuid:e", SHEET_REJECTED, NULL,
				 "r", "me", &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_int_equal(head("uuid:e").state, SHEET_VALID);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_code_set_by_hand_uncounts_keeps_and_logs),
		cmocka_unit_test(a_second_sheet_of_a_number_cannot_be_counted),
		cmocka_unit_test(what_may_not_be_judged_is_refused),
		cmocka_unit_test(a_frozen_wave_takes_no_judgement),
	};
	return cmocka_run_group_tests_name("judge", t, open_all, close_all);
}
