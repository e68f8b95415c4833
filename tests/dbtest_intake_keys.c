/* Keys, agents, receipts, and what the role may do. */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/simulate.h"
#include "phieu/store_agent.h"
#include "phieu/store_intake.h"
#include "support/intake_world.h"
#include "support/pg.h"
#include "support/test.h"

static void the_role_may_call_functions_and_nothing_else(void **state)
{
	static const char *const no[] = {
		"SELECT * FROM field.response", "SELECT * FROM field.raw",
		"SELECT * FROM field.rating", "SELECT * FROM field.agent_key",
		"SELECT * FROM field.receipt_key", "SELECT * FROM audit.entry",
		"INSERT INTO field.raw VALUES (1, 1, '')",
		"UPDATE field.response SET counted = false",
		"DELETE FROM field.response", "TRUNCATE field.raw",
		"UPDATE plan.wave SET state = 'open'",
		"SELECT audit.seal(NULL, 'x', 'x')",
		"SELECT audit.append(0::smallint, 'x', 'x', 'x')",
		"CREATE TEMPORARY TABLE x ()", "CREATE TABLE public.x ()",
		"CREATE FUNCTION field.x() RETURNS int LANGUAGE sql AS "
		"'SELECT 1'",
		/* the functions insist on a search path nobody can fill */
		"SELECT field.intake_one(1, 1::smallint, 1::smallint, '', 1, "
		"'i', '', '', 1::smallint, 1, 1, 1, 's', 1::smallint, NULL, "
		"NULL, NULL, NULL, 1::smallint, 0, NULL, NULL, false, 1, '', "
		"NULL)"
	};
	PGconn *c = PQconnectdb(address("phieu_collector"));

	(void)state;
	assert_int_equal(PQstatus(c), CONNECTION_OK);
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		run_sql(c, no[i], "42501");
	run_sql(c, "SELECT count(*) FROM plan.version", NULL);
	PQfinish(c);
}

static void sum_cells(int32_t group, int32_t home, int64_t n, void *arg)
{
	(void)group;
	(void)home;
	*(int64_t *)arg += n;
}

static void the_counts_are_those_of_the_table(void **state)
{
	struct err e = { 0 };
	int64_t sum = 0;

	(void)state;
	assert_true(store_counted(t.a, t.wave->id, sum_cells, &sum, &e));
	assert_true(sum > 5);
	assert_int_equal(sum, number("SELECT count(*) FROM field.response "
				     "WHERE counted AND keying = 1",
				     NULL));
}

static void a_key_is_found_by_its_hash_with_its_scope(void **state)
{
	struct agent_scope k;
	struct err e = { 0 };
	char token[TOKEN_TEXT_MAX];
	size_t form = 1, homes[2] = { 2, 3 };
	uint8_t hash[32];
	int32_t key;
	bool found;

	(void)state;
	token_hash(t.token, hash);
	assert_true(store_key_find(t.a, hash, t.arena, &found, &k, &e));
	assert_true(found && k.all_forms && k.all_homes && !k.revoked);
	assert_int_equal(k.key, t.key);
	assert_string_equal(k.wave_code, t.wave->code);
	assert_true(k.seconds_left > 86400);
	token_hash("pa_nobody", hash);
	assert_true(store_key_find(t.a, hash, t.arena, &found, &k, &e));
	assert_false(found);
	assert_true(store_agent_key_add(t.owner, "an", t.wave, &form, 1, homes,
					2, 1, "me", token, &key, &e));
	token_hash(token, hash);
	assert_true(store_key_find(t.a, hash, t.arena, &found, &k, &e));
	assert_int_equal(k.n_forms, 1);
	assert_int_equal(k.forms[0], t.wave->form_id[1]);
	assert_int_equal(k.n_homes, 2);
	assert_int_equal(k.homes[1], t.wave->unit_id[3]);
	assert_false(k.all_forms || k.all_homes);
	assert_false(store_agent_key_add(t.owner, "nobody", t.wave, NULL, 0,
					 NULL, 0, 1, "me", token, &key, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(store_agent_add(t.owner, "an", "", "", "me", &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
}

static void an_agent_looks_up_his_own_receipts_only(void **state)
{
	struct intake_item *it = item();
	uint8_t sha[SHA256_BYTES];
	struct intake_answer a;
	struct err e = { 0 };
	bool found;

	(void)state;
	it->state = STATE_INVALID;
	it->faults = "[{\"code\":\"V05\"}]";
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	assert_true(store_receipt_find(t.a, t.key, it->s->instance, t.arena,
				       &found, sha, &a, &e));
	assert_true(found);
	assert_memory_equal(sha, it->sha, SHA256_BYTES);
	assert_int_equal(a.state, STATE_INVALID);
	assert_non_null(strstr(a.faults, "V05"));
	assert_true(store_receipt_find(t.a, t.other_key, it->s->instance,
				       t.arena, &found, sha, &a, &e));
	assert_false(found);
}

static void a_server_that_forgets_is_refused(void **state)
{
	struct err e = { 0 };

	(void)state; /* this very cluster runs with fsync off */
	assert_false(store_durable(t.a, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	assert_non_null(strstr(e.msg, "fsync"));
}

static void count_row(const struct agent_row *r, void *arg)
{
	if (strcmp(r->code, "an") == 0)
		*(int64_t *)arg = r->keys;
}

static void count_key(const struct agent_key_row *r, void *arg)
{
	*(int64_t *)arg += strcmp(r->state, "valid") == 0;
}

static void agents_and_keys_are_listed_without_secrets(void **state)
{
	struct err e = { 0 };
	int64_t keys = -1, valid = 0, none = 0;

	(void)state;
	assert_true(store_agent_list(t.owner, count_row, &keys, &e));
	assert_true(keys >= 1);
	assert_true(store_agent_key_list(t.owner, t.wave->code, count_key,
					 &valid, &e));
	assert_true(valid >= 2);
	assert_true(store_agent_key_list(t.owner, "no-such-wave", count_key,
					 &none, &e));
	assert_int_equal(none, 0);
}

static void receipt_keys_come_with_the_newest_first(void **state)
{
	struct receipt_key *k;
	struct err e = { 0 };
	size_t n;

	(void)state;
	run_sql(t.raw,
		"INSERT INTO field.receipt_key (key_id, key, created_at) "
		"VALUES (2, sha256('two'), now() + interval '1 second')",
		NULL);
	assert_true(store_receipt_keys(t.a, &k, &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(k[0].id, 2);
	assert_int_equal(k[1].id, 1);
	free(k);
}

static int set_up_with_sheets(void **state)
{
	if (set_up(state))
		return -1;
	for (int i = 0; i < 8; i++)
		(void)add(item());
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_role_may_call_functions_and_nothing_else),
		cmocka_unit_test(the_counts_are_those_of_the_table),
		cmocka_unit_test(a_key_is_found_by_its_hash_with_its_scope),
		cmocka_unit_test(an_agent_looks_up_his_own_receipts_only),
		cmocka_unit_test(a_server_that_forgets_is_refused),
		cmocka_unit_test(agents_and_keys_are_listed_without_secrets),
		cmocka_unit_test(receipt_keys_come_with_the_newest_first),
	};

	return cmocka_run_group_tests(tests, set_up_with_sheets, take_down);
}
