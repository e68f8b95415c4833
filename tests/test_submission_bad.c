#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/limits.h"
#include "phieu/submission.h"
#include "support/sheets.h"

struct row {
	const char *base, *from, *to, *want;
};

#include "data/bad_submissions.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

struct world {
	struct plan *plan;
	struct arena *arena;
	struct date today;
};

static int set_up(void **state)
{
	static struct world w;

	w.plan = sheets_plan();
	w.arena = arena_new((size_t)16 << 20);
	w.today = date_from_ymd(2021, 2, 1);
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

/* "V07 /path; V00 /path" of a text, "quarantine" when it cannot be read. */
static char *faults_of(struct world *w, const char *text, unsigned *flags)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct submission s;
	struct err e = { 0 };
	struct faults f;

	arena_reset(w->arena);
	faults_init(&f, w->arena);
	*flags = 0;
	if (!submission_read(text, strlen(text), w->plan, w->arena, &s, &f,
			     &e)) {
		assert_int_equal(e.kind, ERR_INPUT);
		assert_true(e.msg[0] != '\0');
		buf_adds(&b, "quarantine");
		return buf_take(&b);
	}
	assert_non_null(s.instance);
	submission_check(w->plan, &s, w->today, &f, flags);
	faults_sort(&f);
	for (size_t i = 0; i < f.n; i++) {
		assert_true(f.list[i].message[0] != '\0');
		assert_true(f.list[i].message_vi[0] != '\0');
		buf_addf(&b, "%s%s %s", i ? "; " : "", f.list[i].code,
			 f.list[i].path);
	}
	return buf_take(&b);
}

/* The text of a row; "@8193@" in it stands for so many letters. */
static char *text_of(const struct row *r)
{
	char *text =
		r->base ? sheets_edit(r->base, r->from, r->to) : strdup(r->to);
	char *at = strchr(text, '@'), *end = NULL;
	struct buf b = BUF_INIT((size_t)1 << 20);

	if (!at)
		return text;
	buf_add(&b, text, (size_t)(at - text));
	for (long n = strtol(at + 1, &end, 10); n > 0; n--)
		buf_adds(&b, "c");
	buf_adds(&b, end + 1);
	free(text);
	return buf_take(&b);
}

static size_t wrong_rows(struct world *w, const struct row *rows, size_t n)
{
	size_t wrong = 0;
	unsigned flags;

	for (size_t i = 0; i < n; i++) {
		char *text = text_of(&rows[i]);
		char *got = faults_of(w, text, &flags);

		if (strcmp(got, rows[i].want) != 0) {
			print_message("row %zu: %.60s -> %.100s\n  want %s\n"
				      "  got  %s\n",
				      i, rows[i].from ? rows[i].from : "",
				      rows[i].to, rows[i].want, got);
			wrong++;
		}
		free(got);
		free(text);
	}
	return wrong;
}

static void every_bad_sheet_gets_its_code_and_path(void **state)
{
	assert_true(COUNT(bad) >= 150);
	assert_int_equal(wrong_rows(*state, bad, COUNT(bad)), 0);
}

static void odd_but_good_sheets_are_taken(void **state)
{
	assert_true(COUNT(good) >= 40);
	assert_int_equal(wrong_rows(*state, good, COUNT(good)), 0);
}

static void the_bases_are_good(void **state)
{
	static const char *const bases[] = { sheets_own, sheets_all,
					     sheets_mapped };
	unsigned flags;

	for (size_t i = 0; i < COUNT(bases); i++) {
		char *got = faults_of(*state, bases[i], &flags);

		assert_string_equal(got, "");
		assert_int_equal(flags, FLAG_LATE); /* today: a day later */
		free(got);
	}
}

static char *edited(struct world *w, const char *base, const char *from,
		    const char *to)
{
	char *text = sheets_edit(base, from, to);
	unsigned flags;
	char *got = faults_of(w, text, &flags);

	free(text);
	return got;
}

static void assert_faults(struct world *w, const char *base, const char *from,
			  const char *to, const char *want)
{
	char *got = edited(w, base, from, to);

	assert_string_equal(got, want);
	free(got);
}

/* D2 and D3 are data of the plan; the same sheets fare as they say. */
static void the_minimum_and_blanks_follow_the_decisions(void **state)
{
	struct world *w = *state;
	struct decisions *d = &w->plan->decisions;
	const struct decisions was = *d;

	d->minimum = MINIMUM_ALL;
	assert_faults(w, sheets_own, "\"Q2\":\"B\"", "\"Q2\":\"B\"", "");
	assert_faults(w, sheets_own, "\"Q2\":\"B\"", "\"Q2\":null",
		      "V05 /ratings/0/answers");
	assert_faults(w, sheets_own, "\"Q2\":\"B\"",
		      "\"Q2\":{\"mark\":\"dont-know\"}", "");
	assert_faults(w, sheets_own, "\"Q2\":\"B\"",
		      "\"Q2\":{\"mark\":\"unreadable\"}",
		      "V05 /ratings/0/answers");
	d->minimum = MINIMUM_PERCENT;
	d->minimum_percent = (struct dec){ 60 * DEC_ONE };
	/* five questions: three are 60 % exactly, two are fewer */
	assert_faults(w, sheets_own, "\"Q2\":\"B\",\"Q3\":\"C\",", "", "");
	assert_faults(w, sheets_own, "\"Q2\":\"B\",\"Q3\":\"C\",\"Q5\":\"co\",",
		      "", "V05 /ratings/0/answers");
	d->minimum_percent = (struct dec){ 60 * DEC_ONE + 1 };
	assert_faults(w, sheets_own, "\"Q2\":\"B\",\"Q3\":\"C\",", "",
		      "V05 /ratings/0/answers");
	*d = was;
	d->blank = BLANK_INVALID;
	assert_faults(w, sheets_own, "\"Q2\":\"B\"", "\"Q2\":null",
		      "V05 /ratings/0/answers/Q2");
	assert_faults(w, sheets_own, "\"T1\":\"Tốt\"", "\"T1\":null", "");
	*d = was;
}

static void the_last_day_and_today_are_allowed_and_late_is_a_flag(void **state)
{
	struct world *w = *state;
	const struct date was = w->today;
	unsigned flags;
	char *got;

	w->today = date_from_ymd(2021, 1, 15);
	got = faults_of(w, sheets_own, &flags);
	assert_string_equal(got, "");
	assert_int_equal(flags, 0);
	free(got);
	w->today = date_from_ymd(2021, 1, 14);
	got = faults_of(w, sheets_own, &flags);
	assert_string_equal(got, "V10 /collected");
	free(got);
	w->today = date_from_ymd(2021, 1, 31);
	got = faults_of(w, sheets_mapped, &flags);
	assert_string_equal(got, "");
	assert_int_equal(flags, 0);
	free(got);
	w->today = date_from_ymd(2021, 2, 1);
	got = faults_of(w, sheets_mapped, &flags);
	assert_int_equal(flags, FLAG_LATE);
	free(got);
	w->today = was;
}

static unsigned flags_of(struct world *w, const char *base, const char *from,
			 const char *to)
{
	char *text = sheets_edit(base, from, to);
	unsigned flags;

	free(faults_of(w, text, &flags));
	free(text);
	return flags & FLAG_STRAIGHT;
}

static void one_column_all_the_way_down_is_flagged(void **state)
{
	static const char was[] =
		"\"answers\":{\"Q1\":\"A\",\"Q2\":\"B\",\"Q3\":\"A\","
		"\"N9\":\"1\"}},{\"unit\":\"so-b\",\"answers\":{\"Q1\":\"C\","
		"\"Q2\":\"B\",\"Q3\":\"D\",\"N9\":2}}";
#define TWO(a, b, c, d, e, f)                                       \
	"\"answers\":{\"Q1\":" a ",\"Q2\":" b ",\"Q3\":" c          \
	",\"N9\":\"1\"}},{\"unit\":\"so-b\",\"answers\":{\"Q1\":" d \
	",\"Q2\":" e ",\"Q3\":" f ",\"N9\":2}}"
#define A "\"A\""
	assert_true(flags_of(*state, sheets_all, was, TWO(A, A, A, A, A, A)));
	assert_true(
		flags_of(*state, sheets_all, was, TWO(A, A, A, A, A, "null")));
	assert_true(flags_of(*state, sheets_all, was,
			     TWO(A, A, "{\"mark\":\"dont-know\"}", A, A, A)));
	/* four answers say nothing, one other tick ends it */
	assert_false(flags_of(*state, sheets_all, was,
			      TWO(A, A, A, A, "null", "null")));
	assert_false(
		flags_of(*state, sheets_all, was, TWO(A, A, A, A, A, "\"B\"")));
#undef A
#undef TWO
}

/* A megabyte of nonsense may not take more memory than the limits allow. */
static void faults_without_end_are_counted_and_bounded(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct submission s;
	struct err e = { 0 };
	struct faults f;
	unsigned flags;
	char *text;

	buf_adds(&b, "\"Q3\":\"C\"");
	for (int i = 0; i < 20000; i++)
		buf_addf(&b, ",\"z%d\":1", i);
	text = sheets_edit(sheets_own, "\"Q3\":\"C\"", buf_cstr(&b));
	arena_reset(w->arena);
	faults_init(&f, w->arena);
	assert_true(submission_read(text, strlen(text), w->plan, w->arena, &s,
				    &f, &e));
	submission_check(w->plan, &s, w->today, &f, &flags);
	assert_int_equal(f.n, LIMIT_FAULTS);
	assert_int_equal(f.more, 20000 - LIMIT_FAULTS);
	assert_true(arena_used(w->arena) < (size_t)2 << 20);
	free(text);
	buf_free(&b);
}

static void a_thousand_ratings_are_kept_and_no_more(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct submission s;
	struct err e = { 0 };
	struct faults f;
	char *text;

	for (int i = 0; i < LIMIT_RATINGS + 5; i++)
		buf_addf(&b, "{\"unit\":\"so-a\",\"answers\":{\"Q1\":\"A\"}},");
	buf_adds(&b, "{\"unit\":\"so-a\"");
	text = sheets_edit(sheets_mapped, "{\"unit\":\"so-a\"", buf_cstr(&b));
	arena_reset(w->arena);
	faults_init(&f, w->arena);
	assert_true(submission_read(text, strlen(text), w->plan, w->arena, &s,
				    &f, &e));
	assert_int_equal(s.n_ratings, LIMIT_RATINGS);
	assert_int_equal(f.n, 1);
	assert_string_equal(f.list[0].path, "/ratings");
	free(text);
	buf_free(&b);
}

/* Every arena size up to enough: no crash, and never a half-read sheet that
 * looks whole. */
static void running_out_of_memory_is_said_at_any_point(void **state)
{
	static const char want[] = "{\"N1\":\"12.5\",\"N2\":\"7\","
				   "\"M1\":[\"a\",\"c\"],\"T1\":\"Tốt\"}";
	struct world *w = *state;
	char *one = sheets_edit(sheets_own, "\"Q2\":\"B\"",
				"\"Q2\":\"\\u0042\",\"Q4\":null");
	char *two = sheets_edit(one, "\"12.5\"", "\"\\u0031\\u0032.5\"");
	/* names of files: a new letter of each goes through the arena too */
	char *text = sheets_edit(two, "\"wave\":",
				 "\"files\":[\"a\\u0301nh.jpg\",\"b.jpg\"],"
				 "\"wave\":");
	bool done = false;

	for (size_t size = 16; !done && size < 65536; size++) {
		struct arena *small = arena_new(size);
		struct submission s;
		struct err e = { 0 };
		struct faults f;

		arena_reset(w->arena);
		faults_init(&f, w->arena);
		done = submission_read(text, strlen(text), w->plan, small, &s,
				       &f, &e);
		if (!done)
			assert_int_equal(e.kind, ERR_NOMEM);
		else
			assert_string_equal(s.ratings[0].extra, want);
		if (done)
			assert_int_equal(s.n_files, 2);
		arena_free(small);
	}
	assert_true(done);
	free(one);
	free(two);
	free(text);
}

static void many_ratings_out_of_memory_are_said_too(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct arena *small;
	struct submission s;
	struct err e = { 0 };
	struct faults f;
	bool done = false;
	char *text;

	for (int i = 0; i < 400; i++)
		buf_addf(&b, "{\"unit\":\"so-a\",\"answers\":{\"Q1\":\"A\"}},");
	buf_adds(&b, "{\"unit\":\"so-a\"");
	text = sheets_edit(sheets_mapped, "{\"unit\":\"so-a\"", buf_cstr(&b));
	small = arena_new(1);
	faults_init(&f, w->arena);
	assert_false(submission_read(text, strlen(text), w->plan, small, &s, &f,
				     &e));
	arena_free(small);
	for (size_t size = 1024; !done && size < 1u << 20; size += 64) {
		small = arena_new(size);
		faults_init(&f, w->arena);
		done = submission_read(text, strlen(text), w->plan, small, &s,
				       &f, &e);
		assert_int_equal(e.kind, ERR_NOMEM);
		arena_free(small);
	}
	assert_true(done);
	assert_int_equal(s.n_ratings, 401);
	free(text);
	buf_free(&b);
}

/* Words that find no room are left out; the fault itself is counted. */
static void faults_without_room_for_words_are_still_faults(void **state)
{
	struct world *w = *state;
	char *text = sheets_edit(sheets_own, "\"Q2\":\"B\"",
				 "\"Q2\":\"Z\",\"Q77\":1");

	for (size_t size = 16; size < 2048; size += 16) {
		struct arena *small = arena_new(size);
		struct submission s;
		struct err e = { 0 };
		struct faults f;

		arena_reset(w->arena);
		faults_init(&f, small);
		assert_true(submission_read(text, strlen(text), w->plan,
					    w->arena, &s, &f, &e));
		assert_true(f.n + f.more > 0);
		arena_free(small);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bases_are_good),
		cmocka_unit_test(every_bad_sheet_gets_its_code_and_path),
		cmocka_unit_test(odd_but_good_sheets_are_taken),
		cmocka_unit_test(the_minimum_and_blanks_follow_the_decisions),
		cmocka_unit_test(
			the_last_day_and_today_are_allowed_and_late_is_a_flag),
		cmocka_unit_test(one_column_all_the_way_down_is_flagged),
		cmocka_unit_test(faults_without_end_are_counted_and_bounded),
		cmocka_unit_test(a_thousand_ratings_are_kept_and_no_more),
		cmocka_unit_test(running_out_of_memory_is_said_at_any_point),
		cmocka_unit_test(many_ratings_out_of_memory_are_said_too),
		cmocka_unit_test(
			faults_without_room_for_words_are_still_faults),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
