/* Second keying against the database: what differs is found exactly and
 * nothing else, what is settled becomes what counts, rates are those of a
 * count apart, draws can be made again from what is kept, and the second
 * agent learns nothing of the first reading.
 *
 * A property over random readings and errors: SECOND_SEED=n for another
 * sequence. */
#include "support/test.h"

#include <gsl/gsl_errno.h>

#include "../collector/simulate_parts.h"
#include "phieu/ledger.h"
#include "support/second.h"
#include "support/survey.h"

#define SHEETS 120u
#define DRAWN  40 /* by the first draw: 20 of each agent */

static uint64_t seed;

static unsigned roll(unsigned n)
{
	return (unsigned)(survey_random(&seed) % n);
}

static struct second_reading any_reading(void)
{
	struct second_reading r;

	for (size_t i = 0; i < SECOND_FIELDS; i++)
		r.value[i] = roll(second_choices(i));
	return r;
}

/* Another value in about one of `rarity` fields. */
static struct second_reading keyed_badly(const struct second_reading *truth,
					 unsigned rarity)
{
	struct second_reading r = *truth;

	for (size_t i = 0; i < SECOND_FIELDS; i++)
		if (second_choices(i) > 1 && roll(rarity) == 0)
			r.value[i] =
				(r.value[i] + 1 + roll(second_choices(i) - 1)) %
				second_choices(i);
	return r;
}

/* ---- world ------------------------------------------------------------- */

static struct second_reading truth[SHEETS], one[SHEETS], two[SHEETS];
static char number[SHEETS][24];
static bool twice[SHEETS];

static size_t first_of(unsigned i)
{
	return i < SHEETS / 2 ? SECOND_AN : SECOND_BINH;
}

static int set_up(void **state)
{
	const char *s = getenv("SECOND_SEED");

	(void)state;
	(void)gsl_set_error_handler_off();
	seed = s ? strtoull(s, NULL, 10) : 20210115;
	second_open(&w, SHEETS);
	for (unsigned i = 0; i < SHEETS; i++) {
		(void)second_number(&w, i, number[i]);
		truth[i] = any_reading();
		one[i] = keyed_badly(&truth[i], 12);
		assert_int_equal(second_send(&w, number[i], 1, first_of(i),
					     &one[i], NULL, NULL),
				 STATE_VALID);
	}
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	second_close(&w);
	return 0;
}

static size_t second_of(unsigned i)
{
	return first_of(i) == SECOND_AN ? SECOND_BINH : SECOND_AN;
}

static bool is_drawn(unsigned i, const char *which)
{
	char sql[200];

	(void)snprintf(sql, sizeof sql,
		       "SELECT count(*) FROM field.second_sheet WHERE sheet = "
		       "'%s' AND %s",
		       number[i], which);
	return pg_long(w.raw, sql) == 1;
}

/* The first that is, or is not, among those. */
static unsigned some(const char *which, bool is)
{
	unsigned i = 0;

	while (i < SHEETS && is_drawn(i, which) != is)
		i++;
	assert_true(i < SHEETS);
	return i;
}

/* ---- drawing ----------------------------------------------------------- */

static void before_any_draw_only_the_first_agent_is_refused(void **state)
{
	char faults[400];

	(void)state;
	assert_int_equal(second_send(&w, number[0], 2, SECOND_AN, &one[0], NULL,
				     faults),
			 STATE_INVALID);
	assert_non_null(strstr(faults, "V02"));
	assert_non_null(strstr(faults, "lần hai phải do"));
	assert_non_null(strstr(faults, "/keying"));
}

static void what_is_no_draw_is_refused(void **state)
{
	(void)state;
	must_not(draw_by("agent", NULL, NULL, NULL, "s", NULL), ERR_INPUT,
		 "percent or a number");
	must_not(draw_by("agent", NULL, "10", "5", "s", NULL), ERR_INPUT,
		 "percent or a number");
	must_not(draw_by("agent", NULL, "1e2", NULL, "s", NULL), ERR_INPUT,
		 "percent or a number");
	must_not(draw_by("agent", NULL, "0", NULL, "s", NULL), ERR_INPUT,
		 "0.001 to 100");
	must_not(draw_by("agent", NULL, "101", NULL, "s", NULL), ERR_INPUT,
		 "0.001 to 100");
	must_not(draw_by("month", NULL, "10", NULL, "s", NULL), ERR_INPUT,
		 "percent or a number");
	must_not(draw_by("total", "an", "10", NULL, "s", NULL), ERR_INPUT,
		 "only goes with");
	must_not(draw_by("agent", "chi", "10", NULL, "s", NULL), ERR_CONFLICT,
		 "no sheet to draw from");
	/* he keyed some of them himself: nothing is drawn then */
	must_not(draw_by("agent", NULL, "10", NULL, "s", "an"), ERR_INPUT,
		 "keyed first by the same agent");
	must_not(run(w.server, Q_SECOND_DRAW, "me", "auditor", false,
		     MORE("agent", NULL, NULL, "10", NULL, "s", NULL, "r")),
		 ERR_DENIED, "not for this role");
	assert_int_equal(pg_long(w.raw,
				 "SELECT count(*) FROM field.second_draw"),
			 0);
}

static char *chosen(int draw)
{
	char sql[200];

	(void)snprintf(sql, sizeof sql,
		       "SELECT sheet FROM field.second_sheet WHERE draw = %d "
		       "ORDER BY sheet",
		       draw);
	return pg_text(w.raw, sql);
}

static void the_same_seed_draws_the_same_byte_for_byte(void **state)
{
	char *a, *b, *c;

	(void)state;
	pg_do(w.raw, "BEGIN");
	/* as the service, but in a transaction that is taken back */
	pg_do(w.raw, "SELECT field.second_draw(wave, 'me', 'owner', NULL, "
		     "'agent', NULL, NULL, NULL, 20, 'hạt giống', NULL, 'r') "
		     "FROM plan.wave");
	a = chosen(1);
	pg_do(w.raw, "ROLLBACK");
	pg_do(w.raw, "BEGIN");
	pg_do(w.raw, "SELECT field.second_draw(wave, 'me', 'owner', NULL, "
		     "'agent', NULL, NULL, NULL, 20, 'hạt khác', NULL, 'r') "
		     "FROM plan.wave");
	c = chosen(1);
	pg_do(w.raw, "ROLLBACK");
	assert_int_equal(
		must(draw_by("agent", NULL, NULL, "20", "hạt giống", NULL), 1),
		DRAWN);
	b = chosen(1);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	free(a);
	free(b);
	free(c);
	assert_int_equal(
		pg_long(w.raw, "SELECT count(*) FROM audit.entry WHERE kind = "
			       "'second' AND content::jsonb ->> 'act' = "
			       "'draw' AND content::jsonb ->> 'seed' = "
			       "'hạt giống' AND content::jsonb ->> 'frame' = "
			       "'120' AND content::jsonb ->> 'reason' = "
			       "'rút'"),
		1);
	/* the log names no sheet */
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM audit.entry "
					"WHERE content LIKE '%T1-0%'"),
			 0);
}

static void key_text(const struct dice *d, char out[65])
{
	for (int i = 0; i < 32; i++)
		(void)snprintf(out + (size_t)(2 * i), 3, "%02x",
			       (unsigned)(d->s[i / 8] >> (8 * (i % 8)) & 0xff));
}

/* From the frame, the seed and the generator of collector/simulate_random.c
 * alone. */
static void a_draw_is_made_again_from_its_frame(void **state)
{
	struct res *r = run(w.server, Q_SECOND_FRAME, NULL, "1", true, NULL, 0);
	struct sha256_run hash;
	uint8_t sum[SHA256_BYTES];
	char purpose[7 + 64 + 1] = "second ", key[65];
	size_t n = 0;
	struct dice d;

	(void)state;
	assert_non_null(r);
	assert_int_equal(res_rows(r), SHEETS);
	sha256_begin(&hash);
	for (size_t i = 0; i < SHEETS; i++) {
		sha256_add(&hash, res_text(r, i, 1), res_len(r, i, 1));
		sha256_add(&hash, "\n", 1);
	}
	sha256_end(&hash, sum);
	for (size_t i = 0; i < SHA256_BYTES; i++)
		(void)snprintf(purpose + 7 + 2 * i, 3, "%02x", sum[i]);
	for (size_t i = 0; i < SHEETS; i++) {
		size_t rank = 0, mine;

		dice_init(&d, "hạt giống", purpose, i);
		key_text(&d, key);
		assert_string_equal(res_text(r, i, 2), key);
		mine = strcspn(res_text(r, i, 1), "|");
		for (size_t k = 0; k < SHEETS; k++)
			rank += strncmp(res_text(r, i, 1), res_text(r, k, 1),
					mine + 1) == 0 &&
				strcmp(res_text(r, k, 2), key) < 0;
		assert_int_equal(res_bool(r, i, 3), rank < 20);
		n += res_bool(r, i, 3);
	}
	assert_int_equal(n, DRAWN);
	res_free(r);
}

static void a_new_draw_is_a_new_act_on_what_is_left(void **state)
{
	(void)state;
	assert_int_equal(must(draw_by("office", "Bưu điện A", "5", NULL, NULL,
				      "chi"),
			      1),
			 2); /* 5 % of 40, rounded up */
	assert_int_equal(pg_long(w.raw, "SELECT count(DISTINCT event) FROM "
					"field.second_draw"),
			 2);
	assert_int_equal(pg_long(w.raw, "SELECT length(seed) FROM "
					"field.second_draw WHERE draw = 2"),
			 32);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_sheet WHERE draw = 2 AND "
					"status = 'assigned'"),
			 2);
	/* nothing that was drawn changes */
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_sheet WHERE draw = 1"),
			 DRAWN);
	{
		char s[6];

		pg_state(w.raw, "UPDATE field.second_draw SET seed = 'x'", s);
		assert_string_equal(s, "42501");
	}
}

/* ---- assigning --------------------------------------------------------- */

static void nobody_keys_his_own_sheets_again(void **state)
{
	char sheet[24], *s = pg_text(w.raw, "SELECT sheet FROM "
					    "field.second_sheet JOIN "
					    "field.agent ON agent.agent = "
					    "first_agent WHERE draw = 1 AND "
					    "code = 'an' ORDER BY sheet LIMIT "
					    "1");

	(void)state;
	(void)snprintf(sheet, sizeof sheet, "%.*s", (int)strcspn(s, "\n"), s);
	free(s);
	must_not(assign("an", sheet, NULL), ERR_INPUT,
		 "keyed first by the same agent");
	must_not(assign("ai", sheet, NULL), ERR_INPUT, "no such agent");
	must_not(assign("binh", "T1-99999-9", NULL), ERR_INPUT,
		 "no sheet of this number");
	/* each gets what the other keyed */
	assert_int_equal(must(assign("an", NULL, "1"), 1), DRAWN / 2);
	assert_int_equal(must(assign("binh", NULL, "1"), 1), DRAWN / 2);
	must_not(assign("chi", NULL, "1"), ERR_CONFLICT,
		 "nothing drawn is left");
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_sheet WHERE agent = "
					"first_agent"),
			 0);
	/* taken back and given to another, with a reason */
	must_not(run(w.server, Q_SECOND_ASSIGN, "me", "post-supervisor", false,
		     MORE("chi", NULL, NULL, NULL, NULL, NULL)),
		 ERR_CONFLICT, "nothing drawn is left");
	s = strdup(sheet);
	assert_int_equal(must(assign("chi", s, NULL), 1), 1);
	assert_int_equal(must(assign("binh", s, NULL), 1), 1);
	free(s);
}

static void intake_takes_a_second_keying_from_whom_it_was_given(void **state)
{
	struct second_reading r = any_reading();
	char faults[400];
	unsigned i = some("draw = 1", true);

	(void)state;
	assert_int_equal(second_send(&w, number[i], 2, SECOND_DUNG, &r, NULL,
				     faults),
			 STATE_INVALID);
	assert_non_null(strstr(faults, "không giao cho bạn nhập lần hai"));
	assert_int_equal(second_send(&w, number[i], 2, first_of(i), &r, NULL,
				     faults),
			 STATE_INVALID);
	assert_non_null(strstr(faults, "Bạn đã nhập phiếu này lần một"));
	/* one that was not drawn */
	i = some("true", false);
	assert_int_equal(second_send(&w, number[i], 2, SECOND_CHI, &r, NULL,
				     NULL),
			 STATE_INVALID);
}

/* ---- comparing --------------------------------------------------------- */

static void look(void)
{
	const char *args[] = { w.id };
	struct err e;

	if (!db_do(w.server, Q_SECOND_LOOK, args, &e))
		fail_msg("%s", e.msg);
}

/* The drawn sheets of the first draw are keyed again, badly in other ways. */
static void planted_differences_are_found_and_no_other(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (unsigned i = 0; i < SHEETS; i++) {
		twice[i] = is_drawn(i, "draw = 1");
		if (!twice[i])
			continue;
		two[i] = keyed_badly(&truth[i], 12);
		assert_int_equal(second_send(&w, number[i], 2, second_of(i),
					     &two[i], NULL, NULL),
				 STATE_VALID);
	}
	look();
	for (unsigned i = 0; i < SHEETS; i++) {
		struct res *r;
		size_t want = 0;

		if (!twice[i])
			continue;
		r = differences("me", number[i]);
		for (size_t f = 0; f < SECOND_FIELDS; f++) {
			bool differs = one[i].value[f] != two[i].value[f];
			bool told = false;

			for (size_t k = 0; k < res_rows(r); k++)
				told |= strcmp(res_text(r, k, 5),
					       second_field[f]) == 0;
			if (differs != told)
				fail_msg("%s %s: %s", number[i],
					 second_field[f],
					 told ? "told, and is the same"
					      : "differs, and is not told");
			want += differs;
		}
		assert_int_equal(res_rows(r), want);
		wrong += want;
		res_free(r);
	}
	assert_true(wrong > 20);
	/* the ledger knows that they were keyed twice */
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM field.sheet "
					"WHERE status = 'second-keyed'"),
			 DRAWN);
	/* each look at answers stands in the log */
	assert_int_equal(
		pg_long(w.raw, "SELECT count(*) FROM audit.entry WHERE kind = "
			       "'second.open'"),
		pg_long(w.raw, "SELECT count(*) FROM field.second_opened"));
	assert_true(pg_long(w.raw, "SELECT count(*) FROM field.second_opened") >
		    10);
}

/* ---- settling ---------------------------------------------------------- */

static void whoever_keyed_a_sheet_does_not_settle_it(void **state)
{
	unsigned i = some("status = 'differs'", true);
	struct res *r;

	(void)state;
	must_not(resolve("an", number[i], "@all", "first", NULL), ERR_DENIED,
		 "not by one of the two");
	must_not(resolve("BINH", number[i], "@all", "first", NULL), ERR_DENIED,
		 "not by one of the two");
	r = differences("an", number[i]);
	assert_int_equal(res_rows(r), 0);
	res_free(r);
	must_not(run(w.server, Q_SECOND_RESOLVE, "me", "analyst", false,
		     MORE(number[i], "@all", "first", NULL, "x", NULL)),
		 ERR_DENIED, "not for this role");
	must_not(run(w.server, Q_SECOND_RESOLVE, "me", "post-supervisor", false,
		     MORE(number[i], "@all", "first", NULL, NULL, NULL)),
		 ERR_INPUT, "needs a reason");
}

static void a_settlement_says_what_the_paper_can_say(void **state)
{
	unsigned i = some("status = 'differs'", true);
	const char *n = number[i];

	(void)state;
	must_not(resolve("me", n, "@all", "typed", "A"), ERR_INPUT,
		 "first, second, or typed");
	must_not(resolve("me", n, "@all", "third", NULL), ERR_INPUT,
		 "first, second, or typed");
	must_not(resolve("me", n, "so-a/Q9", "first", NULL), ERR_INPUT,
		 "no such difference");
	must_not(resolve("me", "T1-00001-2", "@all", "first", NULL), ERR_INPUT,
		 "");
	must_not(run(w.server, Q_SECOND_RESOLVE, "me", "post-supervisor", false,
		     MORE(n, "@all", "first", NULL, "x", "99")),
		 ERR_CONFLICT, "somebody");
}

/* kind, question, typed, as kept or NULL */
static const char *const typed[][4] = {
	{ "slot", "Q1", "A", "A" },
	{ "slot", "Q1", "E", NULL },
	{ "slot", "Q1", ".", "." },
	{ "slot", "Q1", "*", "*" },
	{ "slot", "Q1", "-", "-" },
	{ "slot", "Q1", "~", NULL },
	{ "number", "N1", "12.50", "12.5" },
	{ "number", "N1", "-5", "-5" },
	{ "number", "N1", "-5.1", NULL },
	{ "number", "N1", "100.6", NULL },
	{ "number", "N2", "0.0000001", NULL },
	{ "number", "N2", "1e3", NULL },
	{ "number", "N2", ".", "." },
	{ "multiple", "M1", "c, a", "a,c" },
	{ "multiple", "M1", "a,q", NULL },
	{ "text", "T1", "Tốt", "Tốt" },
	{ "text", "T1", "dài dài dài dài dài dài dài dài dài dài dài", NULL },
	{ "comment", "@comment", "Ý kiến", "Ý kiến" },
	{ "profile", "@profile/gioi-tinh", "nu", "nu" },
	{ "profile", "@profile/gioi-tinh", "cu", NULL },
	{ "profile", "@profile/gioi-tinh", ".", NULL },
	{ "profile", "@profile/tuoi", ".", "." },
	{ "profile", "@profile/que", "x", NULL },
	{ "collected", "@collected", "2021-01-31", "2021-01-31" },
	{ "collected", "@collected", "2021-02-01", NULL },
	{ "collected", "@collected", "2021-01-39", NULL },
	{ "collected", "@collected", "hôm qua", NULL },
};

static void what_is_typed_is_an_answer_of_its_field(void **state)
{
	char sql[400];

	(void)state;
	for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
		char *s;

		(void)snprintf(sql, sizeof sql,
			       "SELECT coalesce(field.second_typed(%s, 1, "
			       "'%s', '%s', '%s'), 'NULL')",
			       w.id, typed[i][0], typed[i][1], typed[i][2]);
		s = pg_text(w.raw, sql);
		s[strcspn(s, "\n")] = '\0';
		if (strcmp(s, typed[i][3] ? typed[i][3] : "NULL") != 0)
			fail_msg("%s \"%s\": %s", typed[i][1], typed[i][2], s);
		free(s);
	}
}

/* What somebody who holds the paper says of a field. */
static void settle(unsigned i, size_t f)
{
	struct res *r;

	if (truth[i].value[f] == one[i].value[f])
		r = resolve("me", number[i], second_field[f], "first", NULL);
	else if (truth[i].value[f] == two[i].value[f])
		r = resolve("me", number[i], second_field[f], "second", NULL);
	else
		r = resolve("me", number[i], second_field[f], "typed",
			    second_typed[f][truth[i].value[f]]);
	assert_int_equal(must(r, 1), 1);
}

static void what_is_settled_is_what_counts(void **state)
{
	long versions = 0;

	(void)state;
	for (unsigned i = 0; i < SHEETS; i++) {
		struct second_reading now, want;
		bool changed = false;

		if (!twice[i])
			continue;
		want = one[i];
		for (size_t f = 0; f < SECOND_FIELDS; f++) {
			if (one[i].value[f] == two[i].value[f])
				continue;
			settle(i, f);
			want.value[f] = truth[i].value[f];
			changed |= want.value[f] != one[i].value[f];
		}
		versions += changed;
		now = second_counted(&w, number[i]);
		assert_memory_equal(&now, &want, sizeof now);
	}
	assert_true(versions > 5);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.response_version"),
			 versions);
	/* what it said before is kept, and the bytes of both */
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.response_version WHERE content "
					"-> 'ratings' -> 0 ? 'answers' AND "
					"reason = 'xem giấy'"),
			 versions);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM field.raw"),
			 pg_long(w.raw, "SELECT count(*) FROM field.response"));
	/* the second keying counts in no quota and no estimate */
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM field.response "
					"WHERE counted AND keying = 1"),
			 SHEETS);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_sheet WHERE status = "
					"'differs'"),
			 0);
	/* looking again finds nothing new */
	look();
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM "
					"field.second_pair WHERE pair > 1"),
			 0);
}

static void rates_are_those_of_a_count_apart(void **state)
{
	(void)state;
	for (int keying = 1; keying <= 2; keying++) {
		const char *k = keying == 1 ? "1" : "2";
		const char *args[] = { w.id, NULL, "agent", k, NULL };
		struct res *r = db_run(w.server, Q_SECOND_RATES, args, &last);

		assert_non_null(r);
		assert_int_equal(res_rows(r), 2);
		for (size_t row = 0; row < 2; row++) {
			size_t who = row == 0 ? SECOND_AN : SECOND_BINH;
			int64_t fields = 0, errors = 0, differ = 0, got;
			struct err e;

			for (unsigned i = 0; i < SHEETS; i++) {
				const struct second_reading *his =
					keying == 1 ? &one[i] : &two[i];

				if (!twice[i] ||
				    (keying == 1 ? first_of(i)
						 : second_of(i)) != who)
					continue;
				for (size_t f = 0; f < SECOND_FIELDS; f++) {
					bool d = one[i].value[f] !=
						 two[i].value[f];

					fields++;
					differ += d;
					errors +=
						d && his->value[f] !=
							     truth[i].value[f];
				}
			}
			assert_true(res_i64(r, row, 3, &got, &e));
			assert_int_equal(got, fields);
			assert_true(res_i64(r, row, 4, &got, &e));
			assert_int_equal(got, differ);
			assert_true(res_i64(r, row, 7, &got, &e));
			assert_int_equal(got, errors);
		}
		res_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			before_any_draw_only_the_first_agent_is_refused),
		cmocka_unit_test(what_is_no_draw_is_refused),
		cmocka_unit_test(the_same_seed_draws_the_same_byte_for_byte),
		cmocka_unit_test(a_draw_is_made_again_from_its_frame),
		cmocka_unit_test(a_new_draw_is_a_new_act_on_what_is_left),
		cmocka_unit_test(nobody_keys_his_own_sheets_again),
		cmocka_unit_test(
			intake_takes_a_second_keying_from_whom_it_was_given),
		cmocka_unit_test(planted_differences_are_found_and_no_other),
		cmocka_unit_test(whoever_keyed_a_sheet_does_not_settle_it),
		cmocka_unit_test(a_settlement_says_what_the_paper_can_say),
		cmocka_unit_test(what_is_typed_is_an_answer_of_its_field),
		cmocka_unit_test(what_is_settled_is_what_counts),
		cmocka_unit_test(rates_are_those_of_a_count_apart),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
