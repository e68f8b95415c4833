/* Who may do what in a round: roles, waves, and what units and offices are
 * bound to. */
#include "phieu/round_may.h"

#include <string.h>

#include "support/test.h"

enum { WAVE = 3, OTHER_WAVE = 4 };

static const struct round_seat seats[] = {
	{ "so-noi-vu", "unit-nv" }, { "so-tu-phap", "so-tu-phap" },
	{ "van-phong", NULL },	    { "unit-x", NULL },
	{ "phong-x", "unit-x" },
};

static struct round_right ask_as(const struct grant *g, size_t n,
				 unsigned roles, enum act_binding b,
				 const char *unit, const char *office)
{
	const struct round_asker who = { true,	g,
					 n,	WAVE,
					 seats, sizeof seats / sizeof *seats };
	const struct round_ask ask = { roles, b, false };

	return round_may(&who, &ask, unit, office);
}

#define UNIT_BIT      ROLE_BIT(ROLE_UNIT)
#define APPRAISER_BIT ROLE_BIT(ROLE_APPRAISER)
#define BOTH	      (UNIT_BIT | APPRAISER_BIT | ROLE_BIT(ROLE_SECRETARIAT))

static void a_role_that_is_not_named_may_nothing(void **state)
{
	const struct grant g = { ROLE_COUNCIL, 0, NULL, NULL };

	(void)state;
	assert_int_equal(
		ask_as(&g, 1, BOTH, ACT_OWN_UNIT_OR_OFFICE, NULL, NULL).why,
		ROUND_NO_ROLE);
	assert_int_equal(ask_as(NULL, 0, BOTH, ACT_ANYBODY, NULL, NULL).why,
			 ROUND_NO_ROLE);
	assert_int_equal(ask_as(&g, 1, 0, ACT_ANYBODY, NULL, NULL).why,
			 ROUND_NO_ROLE);
}

static void another_role_is_not_bound(void **state)
{
	const struct grant g = { ROLE_SECRETARIAT, 0, NULL, NULL };
	struct round_right r =
		ask_as(&g, 1, BOTH, ACT_OWN_UNIT_OR_OFFICE, "u", "o");

	(void)state;
	assert_int_equal(r.why, ROUND_MAY);
	assert_false(r.bound);
	assert_string_equal(r.unit, "u");
	assert_string_equal(r.office, "o");
	r = ask_as(&g, 1, BOTH, ACT_OWN_UNIT_OR_OFFICE, NULL, NULL);
	assert_int_equal(r.why, ROUND_MAY);
	assert_null(r.unit);
	assert_null(r.office);
}

static void a_role_of_another_wave_does_not_count(void **state)
{
	struct grant g = { ROLE_SECRETARIAT, WAVE, "w", NULL };

	(void)state;
	assert_int_equal(ask_as(&g, 1, BOTH, ACT_ANYBODY, NULL, NULL).why,
			 ROUND_MAY);
	g.wave = OTHER_WAVE;
	assert_int_equal(ask_as(&g, 1, BOTH, ACT_ANYBODY, NULL, NULL).why,
			 ROUND_NO_ROLE);
}

static void a_round_without_a_wave_is_for_roles_of_all_waves(void **state)
{
	const struct grant g[] = { { ROLE_SECRETARIAT, WAVE, "w", NULL },
				   { ROLE_SECRETARIAT, 0, NULL, NULL } };
	struct round_asker who = { true, g, 1, 0, NULL, 0 };
	const struct round_ask ask = { BOTH, ACT_ANYBODY, true };

	(void)state;
	assert_int_equal(round_may(&who, &ask, NULL, NULL).why, ROUND_NO_ROLE);
	who.n = 2;
	assert_int_equal(round_may(&who, &ask, NULL, NULL).why, ROUND_MAY);
}

static void a_unit_gets_its_own_and_no_other(void **state)
{
	const struct grant g = { ROLE_UNIT, 0, NULL, "u1" };
	struct round_right r = ask_as(&g, 1, BOTH, ACT_OWN_UNIT, NULL, NULL);

	(void)state;
	assert_int_equal(r.why, ROUND_MAY);
	assert_true(r.bound);
	assert_string_equal(r.unit, "u1");
	assert_int_equal(ask_as(&g, 1, BOTH, ACT_OWN_UNIT, "u1", NULL).why,
			 ROUND_MAY);
	r = ask_as(&g, 1, BOTH, ACT_OWN_UNIT, "u2", NULL);
	assert_int_equal(r.why, ROUND_NOT_OWN);
	assert_null(r.unit);
	assert_int_equal(ask_as(&g, 1, BOTH, ACT_OWN_UNIT, "", NULL).why,
			 ROUND_NOT_OWN);
	assert_int_equal(ask_as(&g, 1, BOTH, ACT_OWN_UNIT, "u", NULL).why,
			 ROUND_NOT_OWN);
}

static void a_unit_role_for_nothing_is_good_for_nothing(void **state)
{
	struct grant g = { ROLE_UNIT, 0, NULL, NULL };
	static const enum act_binding all[] = { ACT_ANYBODY, ACT_OWN_UNIT,
						ACT_OWN_OFFICE,
						ACT_OWN_UNIT_OR_OFFICE };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		g.role = ROLE_UNIT;
		g.unit = NULL;
		assert_int_equal(ask_as(&g, 1, BOTH, all[i], "u1", NULL).why,
				 ROUND_NO_BINDING);
		g.unit = "";
		assert_int_equal(ask_as(&g, 1, BOTH, all[i], "", "").why,
				 ROUND_NO_BINDING);
		g.role = ROLE_APPRAISER;
		assert_int_equal(ask_as(&g, 1, BOTH, all[i], NULL, "").why,
				 ROUND_NO_BINDING);
		g.unit = NULL;
		assert_int_equal(
			ask_as(&g, 1, BOTH, all[i], NULL, "so-noi-vu").why,
			ROUND_NO_BINDING);
		/* an office that is not of this round */
		g.unit = "nowhere";
		assert_int_equal(
			ask_as(&g, 1, BOTH, all[i], NULL, "nowhere").why,
			ROUND_NO_BINDING);
	}
}

static void a_row_that_does_not_bind_a_role_is_not_for_it(void **state)
{
	const struct grant unit = { ROLE_UNIT, 0, NULL, "u1" };
	const struct grant office = { ROLE_APPRAISER, 0, NULL, "so-noi-vu" };

	(void)state;
	assert_int_equal(ask_as(&unit, 1, BOTH, ACT_OWN_OFFICE, "u1", NULL).why,
			 ROUND_NO_ROLE);
	assert_int_equal(
		ask_as(&office, 1, BOTH, ACT_OWN_UNIT, NULL, "so-noi-vu").why,
		ROUND_NO_ROLE);
}

static void what_binds_nobody_is_open_to_units(void **state)
{
	const struct grant g = { ROLE_UNIT, 0, NULL, "u1" };
	struct round_right r = ask_as(&g, 1, BOTH, ACT_ANYBODY, NULL, NULL);

	(void)state;
	assert_int_equal(r.why, ROUND_MAY);
	assert_false(r.bound);
	assert_null(r.unit);
}

static void an_appraiser_gets_his_office(void **state)
{
	struct grant g = { ROLE_APPRAISER, 0, NULL, "so-noi-vu" };
	struct round_right r =
		ask_as(&g, 1, BOTH, ACT_OWN_UNIT_OR_OFFICE, "u9", NULL);

	(void)state;
	assert_int_equal(r.why, ROUND_MAY);
	assert_string_equal(r.office, "so-noi-vu");
	assert_string_equal(r.unit, "u9"); /* whom he looks at is his choice */
	r = ask_as(&g, 1, BOTH, ACT_OWN_OFFICE, NULL, "so-tu-phap");
	assert_int_equal(r.why, ROUND_NOT_OWN);
	/* by the unit that the office is */
	g.unit = "unit-nv";
	r = ask_as(&g, 1, BOTH, ACT_OWN_OFFICE, NULL, NULL);
	assert_string_equal(r.office, "so-noi-vu");
	assert_int_equal(
		ask_as(&g, 1, BOTH, ACT_OWN_OFFICE, NULL, "so-noi-vu").why,
		ROUND_MAY);
	/* a code goes before a unit */
	g.unit = "unit-x";
	r = ask_as(&g, 1, BOTH, ACT_OWN_OFFICE, NULL, NULL);
	assert_string_equal(r.office, "unit-x");
	assert_int_equal(
		ask_as(&g, 1, BOTH, ACT_OWN_OFFICE, NULL, "phong-x").why,
		ROUND_NOT_OWN);
}

static void who_has_several_says_which(void **state)
{
	const struct grant g[] = { { ROLE_UNIT, 0, NULL, "u1" },
				   { ROLE_UNIT, 0, NULL, "u2" },
				   { ROLE_UNIT, WAVE, "w", "u2" } };
	struct round_right r = ask_as(g, 2, BOTH, ACT_OWN_UNIT, NULL, NULL);

	(void)state;
	assert_int_equal(r.why, ROUND_WHICH);
	assert_null(r.unit);
	r = ask_as(g, 3, BOTH, ACT_OWN_UNIT, "u2", NULL);
	assert_int_equal(r.why, ROUND_MAY);
	assert_string_equal(r.unit, "u2");
	/* the same one twice is one */
	r = ask_as(g + 1, 2, BOTH, ACT_OWN_UNIT, NULL, NULL);
	assert_int_equal(r.why, ROUND_MAY);
	r = ask_as(g, 3, BOTH, ACT_OWN_UNIT, "u3", NULL);
	assert_int_equal(r.why, ROUND_NOT_OWN);
}

static void two_hats_are_not_mixed(void **state)
{
	const struct grant g[] = { { ROLE_UNIT, 0, NULL, "so-tu-phap" },
				   { ROLE_APPRAISER, 0, NULL, "so-tu-phap" },
				   { ROLE_SECRETARIAT, OTHER_WAVE, "v", NULL },
				   { ROLE_SECRETARIAT, WAVE, "w", NULL } };
	struct round_right r =
		ask_as(g, 3, BOTH, ACT_OWN_UNIT_OR_OFFICE, NULL, NULL);

	(void)state;
	assert_int_equal(r.why, ROUND_WHICH);
	r = ask_as(g, 3, BOTH, ACT_OWN_OFFICE, NULL, NULL);
	assert_string_equal(r.office, "so-tu-phap");
	assert_null(r.unit);
	r = ask_as(g, 3, BOTH, ACT_OWN_UNIT, NULL, NULL);
	assert_string_equal(r.unit, "so-tu-phap");
	/* a role that is not bound goes before all that are */
	r = ask_as(g, 4, BOTH, ACT_OWN_UNIT_OR_OFFICE, NULL, NULL);
	assert_int_equal(r.why, ROUND_MAY);
	assert_false(r.bound);
}

static void a_program_does_no_acts(void **state)
{
	const struct grant g = { ROLE_ANALYST, 0, NULL, NULL };
	const struct round_asker who = { false, &g, 1, WAVE, NULL, 0 };
	struct round_ask ask = { ROLE_BIT(ROLE_ANALYST), ACT_ANYBODY, true };

	(void)state;
	assert_int_equal(round_may(&who, &ask, NULL, NULL).why,
			 ROUND_NO_PERSON);
	ask.is_act = false;
	assert_int_equal(round_may(&who, &ask, NULL, NULL).why, ROUND_MAY);
}

static void every_door_has_a_name_and_a_decision(void **state)
{
	(void)state;
	for (int d = 0; d < DOOR_COUNT; d++) {
		struct round_ask ask = round_ask_door((enum round_door)d);

		assert_int_not_equal(ask.roles, 0);
		/* what a unit writes is its own */
		if (ask.is_act && (ask.roles & UNIT_BIT))
			assert_int_equal(ask.binding, ACT_OWN_UNIT);
	}
}

static void rows_ask_as_they_say(void **state)
{
	const struct act *a = act_find("opinion agree");
	const struct act_list *l = act_list_find("deduct list");

	(void)state;
	assert_true(round_ask_act(a).is_act);
	assert_int_equal(round_ask_act(a).binding, ACT_OWN_UNIT);
	assert_int_equal(round_ask_act(a).roles, UNIT_BIT);
	assert_false(round_ask_list(l).is_act);
	assert_int_equal(round_ask_list(l).binding, ACT_OWN_UNIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_role_that_is_not_named_may_nothing),
		cmocka_unit_test(another_role_is_not_bound),
		cmocka_unit_test(a_role_of_another_wave_does_not_count),
		cmocka_unit_test(
			a_round_without_a_wave_is_for_roles_of_all_waves),
		cmocka_unit_test(a_unit_gets_its_own_and_no_other),
		cmocka_unit_test(a_unit_role_for_nothing_is_good_for_nothing),
		cmocka_unit_test(a_row_that_does_not_bind_a_role_is_not_for_it),
		cmocka_unit_test(what_binds_nobody_is_open_to_units),
		cmocka_unit_test(an_appraiser_gets_his_office),
		cmocka_unit_test(who_has_several_says_which),
		cmocka_unit_test(two_hats_are_not_mixed),
		cmocka_unit_test(a_program_does_no_acts),
		cmocka_unit_test(every_door_has_a_name_and_a_decision),
		cmocka_unit_test(rows_ask_as_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
