#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/submission.h"
#include "support/sheets.h"

struct world {
	struct plan *plan;
	struct arena *arena;
	struct faults faults;
};

static int set_up(void **state)
{
	static struct world w;

	w.plan = sheets_plan();
	w.arena = arena_new((size_t)4 << 20);
	*state = &w;
	return w.plan && w.arena ? 0 : -1;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	plan_free(w->plan);
	arena_free(w->arena);
	return 0;
}

static void must_read(struct world *w, const char *text, struct submission *s)
{
	struct err e = { 0 };

	arena_reset(w->arena);
	faults_init(&w->faults, w->arena);
	if (!submission_read(text, strlen(text), w->plan, w->arena, s,
			     &w->faults, &e))
		fail_msg("%s", e.msg);
}

static void must_read_edit(struct world *w, const char *from, const char *to,
			   struct submission *s)
{
	char *text = sheets_edit(sheets_own, from, to);

	must_read(w, text, s);
	free(text);
}

static void heads_are_read_as_sent(void **state)
{
	struct world *w = *state;
	struct submission s;

	must_read_edit(w, "\"replaces\":null",
		       "\"replaces\":\"uuid:0\",\"device\":\"m1\","
		       "\"start\":\"2021-01-15T08:00:00+07:00\","
		       "\"end\":\"2021-01-15T01:10:00.5Z\",\"simulated\":true",
		       &s);
	assert_string_equal(s.instance, "uuid:1");
	assert_string_equal(s.replaces, "uuid:0");
	assert_string_equal(s.wave, "thu-2021");
	assert_string_equal(s.form_code, "T-1");
	assert_string_equal(s.form_version, "1");
	assert_string_equal(s.sheet, "T1-00012-9");
	assert_string_equal(s.group_code, "cong-chuc");
	assert_string_equal(s.home_code, "so-a");
	assert_string_equal(s.device, "m1");
	assert_string_equal(s.comment, "Cảm ơn");
	assert_string_equal(s.profile, "{\"gioi-tinh\":\"nam\"}");
	assert_int_equal(s.keying, 1);
	assert_true(s.has_collected && s.has_start && s.has_end && s.simulated);
	assert_int_equal(s.collected.days, date_from_ymd(2021, 1, 15).days);
	assert_int_equal(s.end_us - s.start_us, INT64_C(600500000));
	assert_int_equal(s.form, plan_form(w->plan, "T-1", "1"));
	assert_int_equal(s.group, plan_group(w->plan, "cong-chuc"));
	assert_int_equal(s.home, plan_unit(w->plan, "so-a"));
	assert_int_equal(s.n_ratings, 1);
	assert_int_equal(s.ratings[0].unit, plan_unit(w->plan, "so-a"));
}

/* Slots of form T-1: Q1 Q2 Q3 Q4(not asked) Q5 Q6. */
static void answers_become_the_bytes_of_the_contract(void **state)
{
	static const struct {
		const char *from, *to;
		uint8_t bytes[6];
		size_t answered;
	} rows[] = {
		{ "\"Q1\":\"A\"", "\"Q1\":\"A\"", { 1, 2, 3, 0, 1, 1 }, 5 },
		{ "\"Q2\":\"B\"", "\"Q2\":null", { 1, 255, 3, 0, 1, 1 }, 4 },
		{ "\"Q2\":\"B\",", "", { 1, 255, 3, 0, 1, 1 }, 4 },
		{ "\"Q2\":\"B\"", "\"Q2\":[]", { 1, 255, 3, 0, 1, 1 }, 4 },
		{ "\"Q2\":\"B\"", "\"Q2\":[\"D\"]", { 1, 4, 3, 0, 1, 1 }, 5 },
		{ "\"Q2\":\"B\"",
		  "\"Q2\":[\"A\",\"B\"]",
		  { 1, 253, 3, 0, 1, 1 },
		  4 },
		{ "\"Q2\":\"B\"",
		  "\"Q2\":{\"mark\":\"unreadable\"}",
		  { 1, 253, 3, 0, 1, 1 },
		  4 },
		{ "\"Q2\":\"B\"",
		  "\"Q2\":{\"mark\":\"dont-know\"}",
		  { 1, 254, 3, 0, 1, 1 },
		  4 },
		{ "\"Q2\":\"B\"", "\"Q2\":\"Z\"", { 1, 253, 3, 0, 1, 1 }, 4 },
		{ "\"Q2\":\"B\"", "\"Q2\":5", { 1, 253, 3, 0, 1, 1 }, 4 },
		{ "\"Q5\":\"co\"", "\"Q5\":\"kb\"", { 1, 2, 3, 0, 4, 1 }, 5 },
		{ "\"Q5\":\"co\"", "\"Q5\":\"cu\"", { 1, 2, 3, 0, 253, 1 }, 4 },
		{ "\"Q6\":\"1\"",
		  "\"Q4\":\"A\",\"Q6\":\"2\"",
		  { 1, 2, 3, 0, 1, 2 },
		  5 },
		{ "\"Q1\":\"A\",\"Q2\":\"B\"",
		  "\"Q2\":\"A\",\"Q1\":\"B\"",
		  { 2, 1, 3, 0, 1, 1 },
		  5 },
	};
	struct submission s;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		must_read_edit(*state, rows[i].from, rows[i].to, &s);
		assert_memory_equal(s.ratings[0].answers, rows[i].bytes, 6);
		assert_int_equal(s.ratings[0].n_answered, rows[i].answered);
	}
}

static void other_answers_are_kept_beside_in_the_order_of_the_form(void **state)
{
	static const struct {
		const char *from, *to, *extra;
	} rows[] = {
		{ "\"N1\":\"12.5\",\"N2\":7,\"M1\":[\"a\",\"c\"],"
		  "\"T1\":\"Tốt\"",
		  "\"T1\":\"a\\\"b\\u0041\",\"M1\":[\"c\",\"a\"],\"N2\":-0,"
		  "\"N1\":\"012.50\"",
		  "{\"N1\":\"12.5\",\"N2\":\"0\",\"M1\":[\"a\",\"c\"],"
		  "\"T1\":\"a\\\"bA\"}" },
		{ "\"N1\":\"12.5\",\"N2\":7,\"M1\":[\"a\",\"c\"],"
		  "\"T1\":\"Tốt\"",
		  "\"N1\":null,\"M1\":[],\"T1\":\" \"", NULL },
		{ "\"N1\":\"12.5\",\"N2\":7,\"M1\":[\"a\",\"c\"],"
		  "\"T1\":\"Tốt\"",
		  "\"N1\":{\"mark\":\"unreadable\"},"
		  "\"M1\":{\"mark\":\"dont-know\"}",
		  "{\"N1\":{\"mark\":\"unreadable\"},"
		  "\"M1\":{\"mark\":\"dont-know\"}}" },
	};
	struct submission s;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		must_read_edit(*state, rows[i].from, rows[i].to, &s);
		if (rows[i].extra)
			assert_string_equal(s.ratings[0].extra, rows[i].extra);
		else
			assert_null(s.ratings[0].extra);
	}
}

static void decomposed_vietnamese_becomes_composed(void **state)
{
	struct submission s;

	/* "Tốt" as o, circumflex, acute; "Cảm ơn" with escapes */
	must_read_edit(*state, "\"T1\":\"Tốt\"",
		       "\"T1\":\"To\xCC\x82\xCC\x81t\"", &s);
	assert_non_null(strstr(s.ratings[0].extra, "\"T1\":\"Tốt\""));
	must_read_edit(*state, "\"Cảm ơn\"",
		       "\"Ca\\u0309m o\\u031bn \\ud83d\\ude00\"", &s);
	assert_string_equal(s.comment, "Cảm ơn 😀");
}

static void profiles_are_canonical(void **state)
{
	struct submission s;

	must_read_edit(*state, "{\"gioi-tinh\":\"nam\"}",
		       " { \"tuoi\" : \"tre\" , \"x\" : null, \"gioi-tinh\" : "
		       "\"n\\u0061m\" } ",
		       &s);
	assert_string_equal(s.profile,
			    "{\"gioi-tinh\":\"nam\",\"tuoi\":\"tre\"}");
}

/* What was written reads as the same sheet, whatever is in it. */
static void written_sheets_read_back_the_same(void **state)
{
	static const struct {
		const char *from, *to;
	} edits[] = {
		{ "\"keying\":1", "\"keying\":1" },
		{ "\"keying\":1", "\"keying\":2,\"device\":\"m\\\"1\","
				  "\"simulated\":true,"
				  "\"start\":\"2021-01-15T08:00:00+07:00\","
				  "\"end\":\"2021-01-15T08:00:01+07:00\"" },
		{ "\"Q2\":\"B\"", "\"Q2\":{\"mark\":\"dont-know\"}" },
		{ "\"Q2\":\"B\",\"Q3\":\"C\"",
		  "\"Q2\":{\"mark\":\"unreadable\"}" },
		{ "\"replaces\":null", "\"replaces\":\"uuid:0\"" },
		{ "\"Cảm ơn\"", "null" },
		{ "\"N1\":\"12.5\"", "\"N1\":{\"mark\":\"unreadable\"}" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		struct buf one = BUF_INIT((size_t)1 << 16);
		struct buf two = BUF_INIT((size_t)1 << 16);
		struct submission s;

		must_read_edit(w, edits[i].from, edits[i].to, &s);
		submission_write(w->plan, &s, &one);
		must_read(w, buf_cstr(&one), &s);
		assert_int_equal(w->faults.n, 0);
		submission_write(w->plan, &s, &two);
		assert_string_equal(buf_cstr(&one), buf_cstr(&two));
		buf_free(&one);
		buf_free(&two);
	}
}

static void what_is_unknown_is_written_as_it_came(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_INIT((size_t)1 << 16);
	struct submission s;

	must_read_edit(w, "\"unit\":\"so-a\"", "\"unit\":\"so-z\"", &s);
	submission_write(w->plan, &s, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"unit\":\"so-z\""));
	buf_free(&b);
	b = (struct buf)BUF_INIT((size_t)1 << 16);
	must_read_edit(w, "\"form\":\"T-1\"", "\"form\":\"T-9\"", &s);
	assert_int_equal(s.form, NONE);
	submission_write(w->plan, &s, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"answers\":{}"));
	buf_free(&b);
}

static void a_byte_that_is_no_option_is_written_as_null(void **state)
{
	static const uint8_t odd[6] = { 77, 1, 1, 0, 1, 1 };
	struct world *w = *state;
	struct buf b = BUF_INIT((size_t)1 << 16);
	struct submission s;

	must_read(w, sheets_own, &s);
	s.ratings[0].answers = odd;
	submission_write(w->plan, &s, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"Q1\":null,\"Q2\":\"A\""));
	buf_free(&b);
}

static void lines_end_with_lf_or_cr_lf_and_blank_ones_are_nothing(void **state)
{
	static const char body[] = "\n{1}\r\n \t\r\n\r\n{2}\n{3}  \n\n{4}";
	static const char *const want[] = { "{1}", "{2}", "{3}  ", "{4}" };
	const char *at = body, *line;
	size_t n, i = 0;

	(void)state;
	while (ndjson_next(&at, body + sizeof body - 1, &line, &n)) {
		assert_true(i < 4);
		assert_int_equal(n, strlen(want[i]));
		assert_memory_equal(line, want[i], n);
		i++;
	}
	assert_int_equal(i, 4);
	at = body;
	assert_false(ndjson_next(&at, at, &line, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_read_as_sent),
		cmocka_unit_test(answers_become_the_bytes_of_the_contract),
		cmocka_unit_test(
			other_answers_are_kept_beside_in_the_order_of_the_form),
		cmocka_unit_test(decomposed_vietnamese_becomes_composed),
		cmocka_unit_test(profiles_are_canonical),
		cmocka_unit_test(written_sheets_read_back_the_same),
		cmocka_unit_test(what_is_unknown_is_written_as_it_came),
		cmocka_unit_test(a_byte_that_is_no_option_is_written_as_null),
		cmocka_unit_test(
			lines_end_with_lf_or_cr_lf_and_blank_ones_are_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
