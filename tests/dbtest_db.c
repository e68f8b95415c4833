#include "support/test.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/copy.h"
#include "phieu/db.h"

static struct db *owner(struct err *e)
{
	return db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE, 0, e);
}

/* A second way in, to cut the first and to look at formats. */
static PGconn *raw(const char *address)
{
	PGconn *c = PQconnectdb(getenv(address));

	assert_int_equal(PQstatus(c), CONNECTION_OK);
	return c;
}

static void a_statement_gives_rows(void **state)
{
	struct err e;
	struct db *db = owner(&e);
	struct res *r;
	int64_t v;

	(void)state;
	assert_non_null(db);
	for (int i = 0; i < 3; i++) {
		r = db_run(db, Q_DB_ALIVE, NULL, &e);
		assert_non_null(r);
		assert_int_equal(res_rows(r), 1);
		assert_false(res_null(r, 0, 0));
		assert_true(res_i64(r, 0, 0, &v, &e));
		assert_int_equal(v, 1);
		assert_int_equal(res_len(r, 0, 0), 1);
		assert_int_equal(res_column(r, res_name(r, 0)), 0);
		assert_int_equal(res_column(r, "none"), -1);
		assert_string_equal(res_word(r, 0, res_name(r, 0)), "1");
		assert_string_equal(res_word(r, 0, "none"), "");
		res_free(r);
	}
	db_close(db);
	db_close(NULL);
}

static void settings_are_ours(void **state)
{
	static const char *const want[][2] = {
		{ "search_path", "pg_catalog, pg_temp" },
		{ "TimeZone", "UTC" },
		{ "client_encoding", "UTF8" },
		{ "statement_timeout", "1234ms" },
		{ "application_name", "dbtest" },
	};
	struct err e;
	struct db *db = db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE,
				1234, &e);

	(void)state;
	assert_non_null(db);
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		const char *args[] = { want[i][0] };
		struct res *r = db_run(db, Q_DB_SETTING, args, &e);
		assert_non_null(r);
		assert_string_equal(res_text(r, 0, 0), want[i][1]);
		res_free(r);
	}
	db_close(db);
}

static void an_error_carries_its_sqlstate_and_kind(void **state)
{
	const char *bad[] = { "soon" };
	const char *slow[] = { "5000" };
	struct err e;
	struct db *db = owner(&e);

	(void)state;
	assert_non_null(db);
	assert_false(db_do(db, Q_DB_TIMEOUT, bad, &e));
	assert_string_equal(e.sqlstate, "22023");
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.msg, "db_timeout"));
	assert_true(db_is_up(db));
	assert_true(db_do(db, Q_DB_TIMEOUT, slow, &e));
	db_close(db);
}

static void a_failed_transaction_does_not_commit(void **state)
{
	const char *bad[] = { "soon" };
	struct err e;
	struct db *db = owner(&e);

	(void)state;
	assert_non_null(db);
	assert_true(db_begin(db, &e));
	assert_false(db_do(db, Q_DB_TIMEOUT, bad, &e));
	assert_false(db_do(db, Q_DB_ALIVE, NULL, &e));
	assert_string_equal(e.sqlstate, "25P02");
	assert_false(db_commit(db, &e));
	assert_true(db_do(db, Q_DB_ALIVE, NULL, &e));
	db_rollback(db);
	assert_true(db_begin_snapshot(db, &e));
	assert_true(db_do(db, Q_DB_ALIVE, NULL, &e));
	assert_true(db_commit(db, &e));
	db_close(db);
}

static void nobody_there_is_down(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_null(db_open("host=/nowhere dbname=phieu", "dbtest", DB_ANY_ROLE,
			    0, &e));
	assert_int_equal(e.kind, ERR_DOWN);
}

static void terminate(struct db *db)
{
	struct err e;
	struct res *r = db_run(db, Q_DB_PID, NULL, &e);
	PGconn *c = raw("PHIEU_TEST_SUPER");
	const char *args[1];

	assert_non_null(r);
	args[0] = res_text(r, 0, 0);
	PQclear(PQexecParams(c, "SELECT pg_terminate_backend($1::int, 5000)", 1,
			     NULL, args, NULL, NULL, 0));
	res_free(r);
	PQfinish(c);
}

static void a_lost_connection_is_down_and_stays_down(void **state)
{
	struct err e;
	struct db *db = owner(&e);
	const char *c, *p;

	(void)state;
	assert_non_null(db);
	terminate(db);
	assert_false(db_do(db, Q_DB_ALIVE, NULL, &e));
	assert_int_equal(e.kind, ERR_DOWN);
	assert_false(db_is_up(db));
	assert_false(db_do(db, Q_DB_PID, NULL, &e));
	assert_int_equal(e.kind, ERR_DOWN);
	assert_false(db_begin(db, &e));
	assert_false(db_notified(db, &c, &p));
	db_rollback(db);
	db_close(db);
}

static void a_connection_lost_while_waiting_is_down(void **state)
{
	struct err e;
	struct db *db = owner(&e);
	struct arg args[1] = { ARG_TEXT("TimeZone") };
	struct res *r;
	enum db_poll p;

	(void)state;
	assert_non_null(db);
	assert_true(db_do(db, Q_DB_ALIVE, NULL, &e));
	terminate(db);
	if (db_send(db, Q_DB_SETTING, args, &e)) {
		while ((p = db_poll(db, &r, &e)) == DB_WAITING)
			continue;
		assert_int_equal(p, DB_FAILED);
	}
	assert_int_equal(e.kind, ERR_DOWN);
	assert_false(db_is_up(db));
	db_close(db);
}

static void send_and_poll_give_the_same_as_run(void **state)
{
	struct err e;
	struct db *db = owner(&e);
	struct arg good[1] = { ARG_TEXT("TimeZone") };
	struct arg bad[1] = { ARG_TEXT("no_such_setting") };
	struct res *r;
	enum db_poll p;

	(void)state;
	assert_non_null(db);
	assert_true(db_socket(db) >= 0);
	for (int i = 0; i < 2; i++) {
		assert_true(db_send(db, Q_DB_SETTING, good, &e));
		while ((p = db_poll(db, &r, &e)) == DB_WAITING)
			continue;
		assert_int_equal(p, DB_READY);
		assert_string_equal(res_text(r, 0, 0), "UTC");
		res_free(r);
		assert_true(db_send(db, Q_DB_SETTING, bad, &e));
		while ((p = db_poll(db, &r, &e)) == DB_WAITING)
			continue;
		assert_int_equal(p, DB_FAILED);
		assert_string_equal(e.sqlstate, "42704");
	}
	db_close(db);
}

static void notifications_arrive_with_their_payload(void **state)
{
	struct err e;
	struct db *db = owner(&e);
	PGconn *c = raw("PHIEU_TEST_DB");
	const char *channel, *payload;
	int tries = 0;

	(void)state;
	assert_non_null(db);
	assert_true(db_listen(db, "phieu_plan", &e));
	assert_false(db_notified(db, &channel, &payload));
	PQclear(PQexec(c, "NOTIFY phieu_plan, 'lai-chau-2020'"));
	while (!db_notified(db, &channel, &payload))
		assert_true(tries++ < 1000000);
	assert_string_equal(channel, "phieu_plan");
	assert_string_equal(payload, "lai-chau-2020");
	assert_false(db_notified(db, &channel, &payload));
	PQfinish(c);
	db_close(db);
}

static void services_are_refused_on_an_owners_or_superusers_address(void **s)
{
	char address[256];
	struct err e = { 0 };
	struct db *db;

	(void)s;
	assert_null(
		db_open(getenv("PHIEU_TEST_DB"), "x", DB_SERVICE_ROLE, 0, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	assert_null(db_open(getenv("PHIEU_TEST_SUPER"), "x", DB_SERVICE_ROLE, 0,
			    &e));
	assert_int_equal(e.kind, ERR_DENIED);
	(void)snprintf(address, sizeof address,
		       "host=%s dbname=phieu user=phieu_collector",
		       getenv("PHIEU_TEST_SOCKET"));
	db = db_open(address, "x", DB_SERVICE_ROLE, 0, &e);
	assert_non_null(db);
	db_close(db);
}

static void the_pool_lends_so_many_and_replaces_the_dead(void **state)
{
	char address[256];
	struct err e = { 0 };
	struct db_pool *p;
	struct db *a, *b;

	(void)state;
	(void)snprintf(address, sizeof address,
		       "host=%s dbname=phieu user=phieu_server",
		       getenv("PHIEU_TEST_SOCKET"));
	p = db_pool_new(address, "pool", 2, 0, &e);
	assert_non_null(p);
	a = db_pool_take(p, 0, &e);
	b = db_pool_take(p, 0, &e);
	assert_non_null(a);
	assert_non_null(b);
	assert_null(db_pool_take(p, 20, &e));
	assert_int_equal(e.kind, ERR_DOWN);
	assert_true(db_begin(a, &e));
	db_pool_give(p, a); /* rolls back */
	b = (db_pool_give(p, b), db_pool_take(p, 0, &e));
	assert_non_null(b);
	terminate(b);
	db_pool_give(p, b);
	a = db_pool_take(p, 0, &e);
	b = db_pool_take(p, 0, &e);
	assert_non_null(a);
	assert_non_null(b);
	assert_true(db_do(a, Q_DB_ALIVE, NULL, &e));
	assert_true(db_do(b, Q_DB_ALIVE, NULL, &e));
	db_pool_give(p, a);
	db_pool_give(p, b);
	db_pool_free(p);
	db_pool_free(NULL);
	assert_null(db_pool_new(address, "pool", 0, 0, &e));
}

/* What PostgreSQL reads back from an array built by us, as text. */
static void reads_as(const char *sql, struct buf *b, const char *want)
{
	PGconn *c = raw("PHIEU_TEST_DB");
	const char *values[1] = { buf_cstr(b) };
	int lengths[1] = { (int)b->len }, formats[1] = { 1 };
	PGresult *r;

	assert_non_null(values[0]);
	r = PQexecParams(c, sql, 1, NULL, values, lengths, formats, 0);
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	assert_string_equal(PQgetvalue(r, 0, 0), want);
	PQclear(r);
	PQfinish(c);
	buf_free(b);
}

static void arrays_are_read_as_they_were_built(void **state)
{
	struct buf b = BUF_INIT(1 << 20);

	(void)state;
	pg_array_begin(&b, PG_TEXT, 3);
	pg_array_bytes(&b, "Sìn Hồ", strlen("Sìn Hồ"));
	pg_array_null(&b);
	pg_array_bytes(&b, "", 0);
	reads_as("SELECT $1::text[]", &b, "{\"Sìn Hồ\",NULL,\"\"}");
	pg_array_begin(&b, PG_BYTEA, 1);
	pg_array_bytes(&b, "\0\377", 2);
	reads_as("SELECT $1::bytea[]", &b, "{\"\\\\x00ff\"}");
	pg_array_begin(&b, PG_INT8, 2);
	pg_array_i64(&b, INT64_MIN);
	pg_array_i64(&b, 7);
	reads_as("SELECT $1::bigint[]", &b, "{-9223372036854775808,7}");
	pg_array_begin(&b, PG_INT4, 2);
	pg_array_i32(&b, -1);
	pg_array_i32(&b, INT32_MAX);
	reads_as("SELECT $1::integer[]", &b, "{-1,2147483647}");
	pg_array_begin(&b, PG_INT2, 2);
	pg_array_i16(&b, -2);
	pg_array_null(&b);
	reads_as("SELECT $1::smallint[]", &b, "{-2,NULL}");
	pg_array_begin(&b, PG_BOOL, 2);
	pg_array_bool(&b, true);
	pg_array_bool(&b, false);
	reads_as("SELECT $1::boolean[]", &b, "{t,f}");
	pg_array_begin(&b, PG_JSONB, 1);
	pg_array_jsonb(&b, "{\"a\":1}", 7);
	reads_as("SELECT $1::jsonb[]", &b, "{\"{\\\"a\\\": 1}\"}");
	pg_array_begin(&b, PG_DATE, 1);
	pg_array_i32(&b, 7704); /* days since 2000-01-01 */
	reads_as("SELECT $1::date[]", &b, "{2021-02-03}");
	pg_array_begin(&b, PG_INT4, 0);
	reads_as("SELECT $1::integer[]", &b, "{}");
}

static void bytes_and_booleans_come_back_in_both_formats(void **state)
{
	struct err e;
	struct db *db = owner(&e);
	uint8_t out[32];
	size_t n;

	(void)state;
	assert_non_null(db);
	for (int binary = 0; binary < 2; binary++) {
		struct arg args[1] = { ARG_BYTES("abc", 3) };
		struct res *r = db_run_args(db, Q_DB_ECHO, args, binary, &e);
		assert_non_null(r);
		assert_true(res_bytes(r, 0, 0, out, sizeof out, &n, &e));
		assert_int_equal(n, 3);
		assert_memory_equal(out, "abc", 3);
		assert_false(res_bytes(r, 0, 0, out, 2, &n, &e));
		assert_true(res_bool(r, 0, 1));
		res_free(r);
		args[0] = ARG_NULL;
		r = db_run_args(db, Q_DB_ECHO, args, binary, &e);
		assert_non_null(r);
		assert_false(res_bytes(r, 0, 0, out, sizeof out, &n, &e));
		assert_false(res_bool(r, 0, 1));
		res_free(r);
	}
	db_close(db);
}

static void numbers_are_checked(void **state)
{
	const char *args[] = { "TimeZone" };
	struct err e;
	struct db *db = owner(&e);
	struct res *r;
	struct dec d;
	int64_t v;

	(void)state;
	assert_non_null(db);
	r = db_run(db, Q_DB_SETTING, args, &e);
	assert_non_null(r);
	assert_false(res_i64(r, 0, 0, &v, &e));
	assert_false(res_dec(r, 0, 0, &d, &e));
	res_free(r);
	args[0] = "extra_float_digits";
	r = db_run(db, Q_DB_SETTING, args, &e);
	assert_non_null(r);
	assert_true(res_dec(r, 0, 0, &d, &e));
	assert_int_equal(d.micro, DEC_ONE);
	res_free(r);
	db_close(db);
}

#define N_ROWS 20000

static void copy_in_then_out_gives_the_same_rows(void **state)
{
	struct err e;
	struct db *db = owner(&e);
	struct copy_in *in;
	struct copy_out *out;
	struct copy_field f[2];
	int rc, n = 0;

	(void)state;
	assert_non_null(db);
	assert_true(db_migration_run(db,
				     "CREATE TEMPORARY TABLE trial "
				     "(number integer, bytes bytea)",
				     &e));
	assert_true(db_begin(db, &e));
	in = copy_in_open(db, Q_COPY_TRIAL_IN, 2, &e);
	assert_non_null(in);
	for (int i = 0; i < N_ROWS; i++) {
		uint8_t number[4] = { 0, 0, (uint8_t)(i >> 8), (uint8_t)i };
		f[0] = (struct copy_field){ number, 4 };
		f[1] = i % 7 ? (struct copy_field){ number, i % 4 }
			     : (struct copy_field){ NULL, -1 };
		assert_true(copy_in_row(in, f, &e));
	}
	assert_true(copy_in_end(in, &e));
	out = copy_out_open(db, Q_COPY_TRIAL_OUT, &e);
	assert_non_null(out);
	while ((rc = copy_out_row(out, f, 2, &e)) == 1) {
		assert_int_equal(copy_i32(&f[0]), n);
		assert_int_equal(f[1].n, n % 7 ? n % 4 : -1);
		n++;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(n, N_ROWS);
	assert_int_equal(copy_out_row(out, f, 2, &e), 0);
	copy_out_close(out);
	/* left half-way, and with a wrong idea of the columns */
	out = copy_out_open(db, Q_COPY_TRIAL_OUT, &e);
	assert_non_null(out);
	assert_int_equal(copy_out_row(out, f, 2, &e), 1);
	copy_out_close(out);
	out = copy_out_open(db, Q_COPY_TRIAL_OUT, &e);
	assert_non_null(out);
	assert_int_equal(copy_out_row(out, f, 1, &e), -1);
	assert_int_equal(e.kind, ERR_BUG);
	copy_out_close(out);
	/* given up: nothing came in */
	f[0] = (struct copy_field){ (const uint8_t *)"\0\0\0\1", 4 };
	f[1] = f[0];
	in = copy_in_open(db, Q_COPY_TRIAL_IN, 2, &e);
	assert_non_null(in);
	assert_true(copy_in_row(in, f, &e));
	copy_in_abort(in);
	db_rollback(db);
	assert_true(db_do(db, Q_DB_ALIVE, NULL, &e));
	db_close(db);
}

/* Its own time-out taken away, the server is as good as hung. */
static void a_server_that_hangs_is_down(void **state)
{
	PGconn *other = raw("PHIEU_TEST_DB");
	const char *args[] = { "1" };
	struct err e = { 0 };
	struct db *db = db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE,
				100, &e);

	(void)state;
	assert_non_null(db);
	PQclear(PQexec(other, "SELECT pg_advisory_lock(7001, 1)"));
	assert_true(db_migration_run(db, "SET statement_timeout = 0", &e));
	assert_true(db_begin(db, &e));
	assert_false(db_do(db, Q_FREEZE_LOCK, args, &e));
	assert_int_equal(e.kind, ERR_DOWN);
	assert_false(db_is_up(db));
	db_close(db);
	PQfinish(other);
}

static bool take(void *to, struct db *db)
{
	struct db **slot = to;

	if (*slot)
		return false;
	*slot = db;
	return true;
}

static void setting_is(struct db *db, const char *name, const char *want)
{
	const char *args[] = { name };
	struct err e;
	struct res *r = db_run(db, Q_DB_SETTING, args, &e);

	assert_non_null(r);
	assert_string_equal(res_text(r, 0, 0), want);
	res_free(r);
}

static void a_kept_connection_wakes_as_if_it_were_new(void **state)
{
	const char *patience[] = { "4321" };
	struct err e;
	struct db *kept = NULL, *db = owner(&e), *second = owner(&e);

	(void)state;
	db_keep(db, take, &kept);
	db_keep(second, take, &kept);
	assert_true(db_do(db, Q_DB_TIMEOUT, patience, &e));
	db_close(db);
	assert_ptr_equal(kept, db);
	db_close(second); /* there is one: this one is ended */
	assert_ptr_equal(kept, db);
	setting_is(db, "statement_timeout", "4321ms");
	assert_true(db_again(db, 1234, &e));
	setting_is(db, "statement_timeout", "1234ms");
	setting_is(db, "search_path", "pg_catalog, pg_temp");
	setting_is(db, "jit", "off");
	db_keep(db, NULL, NULL);
	db_close(db);
}

static void what_is_amid_something_or_lost_is_not_kept(void **state)
{
	struct err e;
	struct db *kept = NULL, *db = owner(&e);
	PGconn *other = raw("PHIEU_TEST_SUPER");

	(void)state;
	db_keep(db, take, &kept);
	assert_true(db_begin(db, &e));
	db_close(db);
	assert_null(kept);
	db = owner(&e);
	db_keep(db, take, &kept);
	PQclear(PQexec(other, "SELECT pg_terminate_backend(pid) FROM "
			      "pg_stat_activity WHERE pid <> "
			      "pg_backend_pid() AND usename = 'phieu_owner'"));
	assert_false(db_again(db, 0, &e));
	assert_int_equal(e.kind, ERR_DOWN);
	db_close(db);
	assert_null(kept);
	PQfinish(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kept_connection_wakes_as_if_it_were_new),
		cmocka_unit_test(what_is_amid_something_or_lost_is_not_kept),
		cmocka_unit_test(a_statement_gives_rows),
		cmocka_unit_test(settings_are_ours),
		cmocka_unit_test(an_error_carries_its_sqlstate_and_kind),
		cmocka_unit_test(a_failed_transaction_does_not_commit),
		cmocka_unit_test(nobody_there_is_down),
		cmocka_unit_test(a_lost_connection_is_down_and_stays_down),
		cmocka_unit_test(a_connection_lost_while_waiting_is_down),
		cmocka_unit_test(a_server_that_hangs_is_down),
		cmocka_unit_test(send_and_poll_give_the_same_as_run),
		cmocka_unit_test(notifications_arrive_with_their_payload),
		cmocka_unit_test(
			services_are_refused_on_an_owners_or_superusers_address),
		cmocka_unit_test(the_pool_lends_so_many_and_replaces_the_dead),
		cmocka_unit_test(arrays_are_read_as_they_were_built),
		cmocka_unit_test(bytes_and_booleans_come_back_in_both_formats),
		cmocka_unit_test(numbers_are_checked),
		cmocka_unit_test(copy_in_then_out_gives_the_same_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
