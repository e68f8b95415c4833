#include <stdio.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/store_agent.h"
#include "phieu/store_intake.h"
#include "support/intake_world.h"
#include "support/pg.h"
#include "support/test.h"

static void a_submission_is_stored_with_bytes_ratings_and_counts(void **state)
{
	struct intake_item *it = item();
	struct intake_answer a = add(it);

	(void)state;
	assert_int_equal(a.outcome, INTAKE_STORED);
	assert_int_equal(a.state, STATE_VALID);
	assert_int_equal(a.receipt_key, 1);
	assert_int_equal(number("SELECT count(*) FROM field.response AS r JOIN "
				"field.raw AS b USING (wave, response) WHERE "
				"instance = $1 AND counted AND sha256 = "
				"sha256(bytes)",
				it->s->instance),
			 1);
	assert_int_equal(number("SELECT count(*) FROM field.response JOIN "
				"field.rating USING (wave, response) WHERE "
				"instance = $1",
				it->s->instance),
			 (long)it->s->n_ratings);
	balanced();
}

static void the_same_again_is_a_duplicate_with_the_first_state(void **state)
{
	struct intake_item *it = item(), *again;
	struct intake_answer a;

	(void)state;
	it->state = STATE_QUERIED;
	it->flags = FLAG_STRAIGHT;
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	again = twin(it);
	again->state = STATE_VALID;
	again->flags = 0;
	again->key = t.other_key;
	a = add(again);
	assert_int_equal(a.outcome, INTAKE_DUPLICATE);
	assert_int_equal(a.state, STATE_QUERIED);
	assert_int_equal(a.flags, FLAG_STRAIGHT);
	balanced();
}

static void an_invalid_one_again_gets_its_faults_again(void **state)
{
	struct intake_item *it = item();
	struct intake_answer a;

	(void)state;
	it->state = STATE_INVALID;
	it->faults = "[{\"code\":\"V07\"}]";
	assert_int_equal(add(it).state, STATE_INVALID);
	a = add(it);
	assert_int_equal(a.outcome, INTAKE_DUPLICATE);
	assert_int_equal(a.state, STATE_INVALID);
	assert_non_null(strstr(a.faults, "V07"));
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"instance = $1 AND counted",
				it->s->instance),
			 0);
}

static void other_bytes_under_one_instance_are_kept_as_a_conflict(void **state)
{
	struct intake_item *it = item(), *other = twin(it);

	(void)state;
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	other->bytes = "other";
	other->n_bytes = 5;
	sha256(other->bytes, 5, other->sha);
	assert_int_equal(add(other).outcome, INTAKE_CONFLICT);
	assert_int_equal(add(other).outcome, INTAKE_CONFLICT);
	assert_int_equal(number("SELECT count(*) FROM field.conflict WHERE "
				"instance = $1 AND bytes = 'other'",
				it->s->instance),
			 1);
	assert_int_equal(add(it).outcome, INTAKE_DUPLICATE);
	balanced();
}

static void a_sheet_under_another_instance_is_kept_and_not_counted(void **s)
{
	struct intake_item *it = item(), *other = item();
	struct intake_answer a;

	(void)s;
	change(other)->sheet = it->s->sheet;
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	a = add(other);
	assert_int_equal(a.outcome, INTAKE_STORED);
	assert_int_equal(a.state, STATE_INVALID);
	assert_non_null(strstr(a.faults, "V01"));
	a = add(other);
	assert_int_equal(a.outcome, INTAKE_DUPLICATE);
	assert_int_equal(a.state, STATE_INVALID);
	assert_non_null(strstr(a.faults, "V01"));
	balanced();
}

static void a_second_keying_of_a_sheet_counts_beside_the_first(void **state)
{
	struct intake_item *it = item(), *second = item();

	(void)state;
	change(second)->sheet = it->s->sheet;
	change(second)->keying = 2;
	assert_int_equal(add(it).state, STATE_VALID);
	assert_int_equal(add(second).state, STATE_VALID);
	balanced();
}

static void a_mended_sheet_takes_the_place_of_the_old(void **state)
{
	struct intake_item *it = item(), *mended = item(), *again = item();
	struct intake_answer a;

	(void)state;
	change(mended)->sheet = it->s->sheet;
	change(mended)->replaces = it->s->instance;
	change(again)->sheet = it->s->sheet;
	change(again)->replaces = mended->s->instance;
	assert_int_equal(add(it).state, STATE_VALID);
	a = add(mended);
	assert_int_equal(a.outcome, INTAKE_STORED);
	assert_int_equal(a.state, STATE_VALID);
	assert_true(a.replaced);
	assert_int_equal(number("SELECT state FROM field.response WHERE "
				"instance = $1 AND NOT counted",
				it->s->instance),
			 STATE_REPLACED);
	assert_true(add(again).replaced);
	/* an old one that comes again changes nothing */
	a = add(mended);
	assert_int_equal(a.outcome, INTAKE_DUPLICATE);
	assert_int_equal(a.state, STATE_REPLACED);
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"sheet = $1 AND counted",
				it->s->sheet),
			 1);
	balanced();
}

static void nobody_replaces_another_agents_sheet(void **state)
{
	struct intake_item *it = item(), *mended = item();
	struct intake_answer a;

	(void)state;
	change(mended)->sheet = it->s->sheet;
	change(mended)->replaces = it->s->instance;
	mended->key = t.other_key;
	assert_int_equal(add(it).state, STATE_VALID);
	a = add(mended);
	assert_false(a.replaced);
	assert_int_equal(a.state, STATE_INVALID);
	balanced();
}

static void an_invalid_mending_leaves_the_old_one_counted(void **state)
{
	struct intake_item *it = item(), *mended = item();

	(void)state;
	change(mended)->sheet = it->s->sheet;
	change(mended)->replaces = it->s->instance;
	mended->state = STATE_INVALID;
	assert_int_equal(add(it).state, STATE_VALID);
	assert_false(add(mended).replaced);
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"instance = $1 AND counted",
				it->s->instance),
			 1);
}

static void a_revoked_key_stores_nothing_and_stops_nobody_else(void **state)
{
	struct intake_item *good = item(), *bad = item();
	const struct intake_item *items[2] = { good, bad };
	struct intake_answer out[2];
	char token[TOKEN_TEXT_MAX];
	struct err e = { 0 };
	int32_t key;

	(void)state;
	assert_true(store_agent_key_add(t.owner, "an", t.wave, NULL, 0, NULL, 0,
					30, "me", token, &key, &e));
	assert_true(store_agent_key_revoke(t.owner, key, "me", &e));
	assert_true(store_agent_key_revoke(t.owner, key, "me", &e));
	bad->key = key;
	add_with(t.a, 1, items, 2, out);
	for (int i = 0; i < 2; i++)
		assert_int_equal(out[i].outcome, items[i] == bad
							 ? INTAKE_DENIED
							 : INTAKE_STORED);
	assert_int_equal(add(bad).outcome, INTAKE_DENIED);
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"instance = $1",
				bad->s->instance),
			 0);
	assert_false(store_agent_key_revoke(t.owner, 999999, "me", &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void a_frozen_wave_is_closed(void **state)
{
	struct intake_item *it = item(), *before = item(), *other;
	struct intake_answer first = add(before), again;

	(void)state;
	run_sql(t.raw, "UPDATE plan.wave SET state = 'frozen'", NULL);
	assert_int_equal(add(it).outcome, INTAKE_CLOSED);
	/* stored before, its answer lost on the way: the same answer */
	again = add(before);
	assert_int_equal(again.outcome, INTAKE_DUPLICATE);
	assert_int_equal(again.state, first.state);
	assert_int_equal(again.receipt_key, first.receipt_key);
	other = twin(before);
	other->sha[0] ^= 1;
	assert_int_equal(add(other).outcome, INTAKE_CLOSED);
	run_sql(t.raw, "UPDATE plan.wave SET state = 'closed'", NULL);
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	run_sql(t.raw, "UPDATE plan.wave SET state = 'open'", NULL);
}

static void the_log_holds_the_merkle_root_of_what_was_stored(void **state)
{
	const struct intake_item *items[5], *left[4];
	struct intake_answer out[5];
	uint8_t leaves[4][SHA256_BYTES], root[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1], like[120];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		items[i] = item();
	assert_int_equal(add(items[4]).outcome, INTAKE_STORED);
	add_with(t.a, 1, items, 5, out);
	for (int i = 0; i < 5; i++)
		if (out[i].outcome == INTAKE_STORED)
			left[n++] = items[i];
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++) {
		struct sha256_run run;
		sha256_begin(&run);
		sha256_add(&run, "", 1);
		sha256_add(&run, left[i]->s->instance,
			   strlen(left[i]->s->instance));
		sha256_add(&run, left[i]->sha, SHA256_BYTES);
		sha256_end(&run, leaves[i]);
	}
	merkle_root((const uint8_t(*)[SHA256_BYTES])leaves, n, root);
	hex_text(root, sizeof root, hex);
	(void)snprintf(like, sizeof like, "%%\"count\":4,\"root\":\"%s\"}",
		       hex);
	assert_int_equal(number("SELECT count(*) FROM audit.entry WHERE "
				"content LIKE $1",
				like),
			 1);
	assert_int_equal(
		number("SELECT count(*) FROM plan.wave WHERE simulated", NULL),
		1);
}

static void what_nobody_can_read_is_kept_once_a_day(void **state)
{
	struct intake_odd q = { .wave = t.wave->id,
				.key = t.key,
				.bytes = "{",
				.n_bytes = 1,
				.code = "unreadable",
				.words = "not JSON",
				.way = WAY_JSON };
	static const enum intake_outcome want[] = { INTAKE_STORED,
						    INTAKE_DUPLICATE,
						    INTAKE_DENIED };
	enum intake_outcome got;
	struct err e = { 0 };
	struct res *r;

	(void)state;
	sha256(q.bytes, q.n_bytes, q.sha);
	for (int kind = 0; kind < 2; kind++)
		for (size_t i = 0; i < 3; i++) {
			q.key = want[i] == INTAKE_DENIED ? 999999 : t.key;
			assert_true(
				kind ? store_refusal_send(t.a, 1, &q, &e)
				     : store_quarantine_send(t.a, 1, &q, &e));
			r = await(t.a, &e);
			assert_true(store_odd_read(r, &got, &e));
			assert_int_equal(got, want[i]);
			res_free(r);
		}
	assert_int_equal(number("SELECT count(*) FROM field.quarantine", NULL),
			 1);
	assert_int_equal(number("SELECT bytes FROM field.refusal", NULL), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_submission_is_stored_with_bytes_ratings_and_counts),
		cmocka_unit_test(
			the_same_again_is_a_duplicate_with_the_first_state),
		cmocka_unit_test(an_invalid_one_again_gets_its_faults_again),
		cmocka_unit_test(
			other_bytes_under_one_instance_are_kept_as_a_conflict),
		cmocka_unit_test(
			a_sheet_under_another_instance_is_kept_and_not_counted),
		cmocka_unit_test(
			a_second_keying_of_a_sheet_counts_beside_the_first),
		cmocka_unit_test(a_mended_sheet_takes_the_place_of_the_old),
		cmocka_unit_test(nobody_replaces_another_agents_sheet),
		cmocka_unit_test(an_invalid_mending_leaves_the_old_one_counted),
		cmocka_unit_test(
			a_revoked_key_stores_nothing_and_stops_nobody_else),
		cmocka_unit_test(a_frozen_wave_is_closed),
		cmocka_unit_test(
			the_log_holds_the_merkle_root_of_what_was_stored),
		cmocka_unit_test(what_nobody_can_read_is_kept_once_a_day),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
