#include "phieu/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "support/test.h"

struct want {
	const char *name;
	unsigned as;
};

/* Reads `csv` in pieces of `piece` bytes; NULL or the error's words. */
static const char *read_pieces(struct frame *f, const struct want *want,
			       size_t n_want, const char *csv, size_t n,
			       size_t piece, struct err *e)
{
	struct frame_csv c;
	bool ok = true;

	*e = (struct err){ 0 };
	assert_true(frame_init(f, LIMIT_FRAME_ROWS, e));
	for (size_t i = 0; i < n_want; i++)
		assert_int_not_equal(frame_want(f, want[i].name, want[i].as),
				     FRAME_NONE);
	frame_csv_init(&c, f);
	for (size_t i = 0; ok && i < n; i += piece)
		ok = frame_csv_push(&c, csv + i, n - i < piece ? n - i : piece,
				    e);
	ok = ok && frame_csv_end(&c, e) && frame_done(f, e);
	frame_csv_clear(&c);
	return ok ? NULL : e->msg;
}

#define READ(f, want, csv, piece, e)                                          \
	read_pieces(f, want, sizeof(want) / sizeof *(want), csv, strlen(csv), \
		    piece, e)

static const struct want two[] = { { "g", FRAME_CODE }, { "y", FRAME_NUMBER } };

static void rows_come_in_pieces_of_any_size(void **state)
{
	static const char csv[] = "y,x,g\r\n1,a,\"S,1\"\r\n\r\n2.5,b,\"S\n2\"\n"
				  ",c,\"S \"\"3\"\"\"\nNA,d,\n-7e1,e,S1";

	(void)state;
	for (size_t piece = 1; piece < sizeof csv; piece++) {
		struct frame f;
		struct err e;
		const struct frame_column *g, *y;

		assert_null(READ(&f, two, csv, piece, &e));
		assert_int_equal(f.rows, 5);
		g = frame_get(&f, "g");
		y = frame_get(&f, "y");
		assert_null(frame_get(&f, "x"));
		assert_int_equal(g->n_levels, 4);
		assert_string_equal(g->level[g->code[0]], "S,1");
		assert_string_equal(g->level[g->code[1]], "S\n2");
		assert_string_equal(g->level[g->code[2]], "S \"3\"");
		assert_int_equal(g->code[3], FRAME_NONE);
		assert_string_equal(g->level[g->code[4]], "S1");
		assert_int_equal(frame_level(g, "S1"), g->code[4]);
		assert_int_equal(frame_level(g, "S4"), FRAME_NONE);
		assert_true(frame_number(y, 0) == 1);
		assert_true(frame_number(y, 1) == 2.5);
		assert_true(isnan(frame_number(y, 2)));
		assert_true(isnan(frame_number(y, 3)));
		assert_true(frame_number(y, 4) == -70);
		frame_clear(&f);
	}
}

static void small_integers_stay_bytes(void **state)
{
	struct frame f;
	struct err e;
	const struct frame_column *y;

	(void)state;
	assert_null(READ(&f, two, "g,y\na,1\nb,-127\nc,\nd,127\n", 5, &e));
	y = frame_get(&f, "y");
	assert_non_null(y->item);
	assert_null(y->number);
	assert_true(frame_number(y, 1) == -127);
	assert_true(isnan(frame_number(y, 2)));
	frame_clear(&f);
	assert_null(READ(&f, two, "g,y\na,1\nb,\nc,128\n", 5, &e));
	y = frame_get(&f, "y");
	assert_null(y->item);
	assert_true(frame_number(y, 0) == 1);
	assert_true(isnan(frame_number(y, 1)));
	assert_true(frame_number(y, 2) == 128);
	frame_clear(&f);
}

static void levels_do_not_depend_on_the_order_of_rows(void **state)
{
	struct frame f;
	struct err e;
	const struct frame_column *g;

	(void)state;
	assert_null(READ(&f, two, "g,y\n10,1\n9,1\n-1,1\n09,1\n", 9, &e));
	g = frame_get(&f, "g");
	assert_string_equal(g->level[0], "-1"); /* by value */
	assert_string_equal(g->level[1], "09");
	assert_string_equal(g->level[2], "9");
	assert_string_equal(g->level[3], "10");
	frame_clear(&f);
	assert_null(READ(&f, two, "g,y\n10,1\n9x,1\n-1,1\n", 9, &e));
	g = frame_get(&f, "g");
	assert_string_equal(g->level[0], "-1"); /* by bytes */
	assert_string_equal(g->level[1], "10");
	assert_string_equal(g->level[2], "9x");
	frame_clear(&f);
}

static void bom_semicolons_and_lone_returns_are_read(void **state)
{
	static const char *const csv[] = {
		"\xef\xbb\xbfg;y\nS;1,5\n", /* a comma is no point */
		"\xef\xbb\xbfg;y\nS;1.5\n", "g\ty\rS\t1.5\r", "g,y\rS,1.5"
	};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (size_t piece = 1; piece < 9; piece += 3) {
			struct frame f;
			struct err e;
			const char *why = READ(&f, two, csv[i], piece, &e);

			if (i == 0) {
				assert_non_null(strstr(why, "not a number"));
			} else {
				assert_null(why);
				assert_int_equal(f.rows, 1);
				assert_true(frame_number(frame_get(&f, "y"),
							 0) == 1.5);
			}
			frame_clear(&f);
		}
}

static void faults_say_line_and_column(void **state)
{
	static const struct {
		const char *csv, *words;
	} bad[] = {
		{ "", "empty" },
		{ "g,x\nS,1\n", "no such column" },
		{ "a,b\nS,1\n", "g, y" },
		{ "g,y,g\nS,1,S\n", "twice" },
		{ "g,y\nS,1\nS\n", "line 3: 1" },
		{ "g,y\nS,1\nS,2,3\n", "line 3: 3" },
		{ "g,y\nS,abc\n", "line 2, column \"y\"" },
		{ "g,y\nS,inf\n", "not a number" },
		{ "g,y\nS,nan\n", "not a number" },
		{ "g,y\nS,0x10\n", "not a number" },
		{ "g,y\nS,1e\n", "not a number" },
		{ "g,y\nS,1e999\n", "not a number" },
		{ "g,y\nS,--1\n", "not a number" },
		{ "g,y\nS,.\n", "not a number" },
		{ "g,y\nS,1 \n", "not a number" },
		{ "g,y\n\"S,1\n", "never closed" },
		{ "g,y\n\"S\"x,1\n", "after a closing quote" },
		{ "g,y\nS\xff,1\n", "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct frame f;
		struct err e;
		const char *why = READ(&f, two, bad[i].csv, 4, &e);

		if (!why || !strstr(why, bad[i].words))
			fail_msg("%s: %s, not %s", bad[i].csv,
				 why ? why : "taken", bad[i].words);
		assert_int_equal(e.kind, ERR_INPUT);
		frame_clear(&f);
	}
}

static void numbers_are_those_of_strtod(void **state)
{
	static const char *const text[] = { "0.1",
					    "123456789012345",
					    "1234567890123456789",
					    "0.30000000000000004",
					    "1e-5",
					    "1E+22",
					    "-0.0000001",
					    "4.35",
					    "+7.25",
					    "00012.50",
					    "0.1234567890123456",
					    "5e-324",
					    ".5",
					    "5." };

	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
		struct frame f;
		struct err e;
		char csv[80];
		const char *why;

		(void)snprintf(csv, sizeof csv, "g,y\nS,%s\n", text[i]);
		why = READ(&f, two, csv, 100, &e);
		if (why)
			fail_msg("%s: %s", text[i], why);
		if (frame_number(frame_get(&f, "y"), 0) !=
		    strtod(text[i], NULL))
			fail_msg("%s", text[i]);
		frame_clear(&f);
	}
}

static void many_rows_and_levels_are_held(void **state)
{
	struct frame f;
	struct err e = { 0 };
	struct csv_cell head[] = { { "g", 1, false }, { "y", 1, false } };

	(void)state;
	assert_true(frame_init(&f, 5000, &e));
	(void)frame_want(&f, "g", FRAME_CODE);
	(void)frame_want(&f, "y", FRAME_NUMBER);
	(void)frame_want(&f, "y", FRAME_CODE); /* both */
	assert_true(frame_header(&f, head, 2, &e));
	for (int i = 0; i < 5001; i++) {
		char a[20], b[20];
		struct csv_cell row[2] = { { a, 0, false }, { b, 0, false } };

		row[0].n = (size_t)snprintf(a, sizeof a, "id%d", i % 3000);
		row[1].n = (size_t)snprintf(b, sizeof b, "%d", i);
		if (i < 5000)
			assert_true(frame_row(&f, row, 2, 1, &e));
		else
			assert_false(frame_row(&f, row, 2, 1, &e));
	}
	assert_non_null(strstr(e.msg, "more than 5000 rows"));
	assert_true(frame_done(&f, &e));
	assert_int_equal(frame_get(&f, "g")->n_levels, 3000);
	assert_int_equal(frame_get(&f, "y")->n_levels, 5000);
	assert_int_equal(frame_get(&f, "g")->code[3000],
			 frame_get(&f, "g")->code[0]);
	assert_string_equal(frame_get(&f, "y")->level[4999], "4999");
	frame_clear(&f);
}

static void a_second_file_may_order_its_columns_anew(void **state)
{
	static const char a[] = "g,y\nA,1\n", b[] = "y,z,g\n2,9,B\n";
	struct frame f;
	struct err e = { 0 };
	const char *const csv[] = { a, b };

	(void)state;
	assert_true(frame_init(&f, 100, &e));
	(void)frame_want(&f, "g", FRAME_CODE);
	(void)frame_want(&f, "y", FRAME_NUMBER);
	for (size_t i = 0; i < 2; i++) {
		struct frame_csv c;

		frame_csv_init(&c, &f);
		assert_true(frame_csv_push(&c, csv[i], strlen(csv[i]), &e));
		assert_true(frame_csv_push(&c, "", 0, &e));
		assert_true(frame_csv_end(&c, &e));
		frame_csv_clear(&c);
	}
	assert_true(frame_done(&f, &e));
	assert_int_equal(f.rows, 2);
	assert_true(frame_number(frame_get(&f, "y"), 1) == 2);
	assert_string_equal(frame_get(&f, "g")->level[1], "B");
	frame_clear(&f);
}

static void rows_are_kept_and_columns_added(void **state)
{
	static const char *const level[] = { "u", "v" };
	const uint8_t in[] = { 1, 0, 1 };
	struct frame f;
	struct err e;
	double *made = malloc(3 * sizeof *made);
	uint32_t *code = malloc(3 * sizeof *code);

	(void)state;
	assert_null(READ(&f, two, "g,y\nA,1\nB,2.5\nC,3\n", 7, &e));
	for (size_t i = 0; i < 3; i++) {
		made[i] = (double)i;
		code[i] = i % 2;
	}
	assert_true(frame_add(&f, "made", made, &e));
	assert_true(frame_add_code(&f, "side", code, level, 2, &e));
	assert_int_equal(frame_level(frame_get(&f, "side"), "v"), 1);
	assert_int_equal(frame_level(frame_get(&f, "side"), "w"), FRAME_NONE);
	frame_keep(&f, in);
	assert_int_equal(f.rows, 2);
	assert_true(frame_number(frame_get(&f, "y"), 1) == 3);
	assert_true(frame_number(frame_get(&f, "made"), 1) == 2);
	assert_int_equal(frame_get(&f, "side")->code[1], 0);
	assert_string_equal(
		frame_get(&f, "g")->level[frame_get(&f, "g")->code[1]], "C");
	made = malloc(sizeof *made);
	assert_false(frame_add(&f, "y", made, &e));
	assert_non_null(strstr(e.msg, "there"));
	code = malloc(sizeof *code);
	assert_false(frame_add_code(&f, "g", code, level, 2, &e));
	frame_clear(&f);
}

static void too_many_columns_are_refused(void **state)
{
	struct frame f;
	struct err e = { 0 };
	char name[20];

	(void)state;
	assert_true(frame_init(&f, 10, &e));
	for (int i = 0; i < LIMIT_FRAME_COLUMNS; i++) {
		(void)snprintf(name, sizeof name, "c%d", i);
		assert_int_equal(frame_want(&f, name, FRAME_NUMBER), i);
	}
	assert_int_equal(frame_want(&f, "more", FRAME_NUMBER), FRAME_NONE);
	assert_false(frame_add(&f, "more", malloc(8), &e));
	assert_false(frame_header(&f, NULL, 0, &e));
	assert_non_null(strstr(e.msg, "no"));
	frame_clear(&f);
}

/* A quote that stays open, or one line without end, does not fill memory. */
static void rows_without_end_are_refused(void **state)
{
	static char piece[1 << 16];
	static const char *const start[] = { "g,y\n\"", "g,y\nx" };

	(void)state;
	memset(piece, 'x', sizeof piece);
	for (size_t k = 0; k < 2; k++) {
		struct frame f;
		struct err e = { 0 };
		struct frame_csv c;
		size_t pushed = 0;

		assert_true(frame_init(&f, 10, &e));
		frame_csv_init(&c, &f);
		assert_true(frame_csv_push(&c, start[k], strlen(start[k]), &e));
		while (frame_csv_push(&c, piece, sizeof piece, &e)) {
			pushed += sizeof piece;
			piece[0] = k == 0 ? '\n' : 'x';
			assert_true(pushed < 2 * LIMIT_CSV_ROW_BYTES);
		}
		assert_int_equal(e.kind, ERR_INPUT);
		frame_csv_clear(&c);
		frame_clear(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_in_pieces_of_any_size),
		cmocka_unit_test(small_integers_stay_bytes),
		cmocka_unit_test(levels_do_not_depend_on_the_order_of_rows),
		cmocka_unit_test(bom_semicolons_and_lone_returns_are_read),
		cmocka_unit_test(faults_say_line_and_column),
		cmocka_unit_test(numbers_are_those_of_strtod),
		cmocka_unit_test(many_rows_and_levels_are_held),
		cmocka_unit_test(a_second_file_may_order_its_columns_anew),
		cmocka_unit_test(rows_are_kept_and_columns_added),
		cmocka_unit_test(too_many_columns_are_refused),
		cmocka_unit_test(rows_without_end_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
