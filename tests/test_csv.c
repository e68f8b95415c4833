/* CSV in and out; what a spreadsheet would run is neutral (S11). */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/csv.h"
#include "phieu/limits.h"

/* Rows as "cell|cell" lines, quoted cells in brackets; an error ends with
 * its message. */
static const char *shown(const char *s, size_t n, char *out, size_t size)
{
	struct csv c;
	struct err e = { 0 };
	size_t at = 0, i;
	int got;

	out[0] = '\0';
	if (!csv_open(&c, s, n, &e)) {
		(void)snprintf(out, size, "! %s", e.msg);
		csv_close(&c);
		return out;
	}
	while ((got = csv_next(&c, &e)) > 0) {
		for (i = 0; i < c.n; i++) {
			assert_int_equal(strlen(c.cells[i].s), c.cells[i].n);
			at += (size_t)snprintf(out + at, size - at,
					       c.cells[i].quoted ? "%s[%s]"
								 : "%s%s",
					       i ? "|" : "", c.cells[i].s);
		}
		at += (size_t)snprintf(out + at, size - at, "\n");
	}
	if (got < 0) {
		assert_int_equal(e.kind, ERR_INPUT);
		(void)snprintf(out + at, size - at, "! %s", e.msg);
		assert_int_equal(csv_next(&c, &e), 0);
	}
	csv_close(&c);
	return out;
}

static void files_as_they_come_are_read(void **state)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "", "" },
		{ "\xef\xbb\xbf", "" },
		{ "\r\n\n\r", "" },
		{ "a,b\r\nc,d\r\n", "a|b\nc|d\n" },
		{ "a,b\nc,d", "a|b\nc|d\n" },
		{ "a,b\rc,d\r", "a|b\nc|d\n" },
		{ "\xef\xbb\xbf"
		  "a;b\n1,5;2\n",
		  "a|b\n1,5|2\n" },
		{ "a\tb\n1,5\t2;3\n", "a|b\n1,5|2;3\n" },
		{ "a,b,\n,,\n", "a|b|\n||\n" },
		{ "a\n\n\nb\n", "a\nb\n" },
		{ "\"\"\n", "[]\n" },
		{ "\"a,b\",c\n", "[a,b]|c\n" },
		{ "\"a;b\";c,d\n", "[a;b]|c,d\n" },
		{ "\"say \"\"no\"\"\",x\n", "[say \"no\"]|x\n" },
		{ "\"\"\"\"\n", "[\"]\n" },
		{ "\"two\r\nlines\",x\n", "[two\r\nlines]|x\n" },
		/* the head may itself hold a line end and separators */
		{ "\"a\n;;;;\",b,c\n", "[a\n;;;;]|b|c\n" },
		{ "5\" pipe,b\n", "5\" pipe|b\n" },
		{ "5\"\";b;c\n", "5\"\"|b|c\n" },
		{ " \"a\",b\n", " \"a\"|b\n" },
		{ "Đơn vị;Số phiếu\nSở Tư pháp;15\n",
		  "Đơn vị|Số phiếu\nSở Tư pháp|15\n" },
		{ "a,b\n1\n1,2,3\n", "a|b\n1\n1|2|3\n" },
	};
	char out[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_string_equal(shown(t[i].in, strlen(t[i].in), out,
					  sizeof out),
				    t[i].out);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "a,b\n\"open,c\nd\n",
		  "a|b\n! line 2: a quote that is never closed" },
		{ "a,b\n\"x\ny\",\"open\n",
		  "a|b\n! line 3: a quote that is never closed" },
		{ "\"", "! line 1: a quote that is never closed" },
		{ "a\n\n\"b\"c\n", "a\n! line 3: text after a closing quote" },
		{ "\"x\n\"y", "! line 2: text after a closing quote" },
		{ "\"a\" ,b", "! line 1: text after a closing quote" },
		{ "a\nb\xff\n", "! line 2: invalid UTF-8 at byte 3" },
	};
	char out[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_string_equal(shown(t[i].in, strlen(t[i].in), out,
					  sizeof out),
				    t[i].out);
	assert_string_equal(shown("a\n\0b", 4, out, sizeof out),
			    "! line 2: a NUL byte");
}

static void rows_know_their_line(void **state)
{
	const char *s = "a\n\n\"b\nb\"\nc\n";
	struct csv c;
	struct err e;

	(void)state;
	assert_true(csv_open(&c, s, strlen(s), &e));
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.line, 1);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.line, 3);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.line, 5);
	assert_int_equal(csv_next(&c, &e), 0);
	csv_close(&c);
}

/* n copies of `what`, then `end`. */
static char *many(char what, size_t n, const char *end, size_t *len)
{
	char *s = malloc(n + strlen(end) + 1);

	assert_non_null(s);
	memset(s, what, n);
	memcpy(s + n, end, strlen(end) + 1);
	*len = n + strlen(end);
	return s;
}

static void the_limits_hold_exactly(void **state)
{
	static const struct {
		char what;
		size_t n;
		const char *end;
		int got;
		const char *says;
	} t[] = {
		{ 'x', LIMIT_STRING_BYTES, ",y\n", 1, "" },
		{ 'x', LIMIT_STRING_BYTES + 1, ",y\n", -1, "cell larger" },
		{ ',', LIMIT_CSV_COLUMNS - 1, "\n", 1, "" },
		{ ',', LIMIT_CSV_COLUMNS, "\n", -1, "columns" },
	};
	struct csv c;
	struct err e;
	size_t i, n;
	char *s;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		s = many(t[i].what, t[i].n, t[i].end, &n);
		assert_true(csv_open(&c, s, n, &e));
		e.msg[0] = '\0';
		assert_int_equal(csv_next(&c, &e), t[i].got);
		assert_non_null(strstr(e.msg, t[i].says));
		csv_close(&c);
		free(s);
	}
}

static void a_row_of_many_large_cells_is_refused(void **state)
{
	size_t cell = LIMIT_STRING_BYTES, i, cells = 100, at = 0;
	char *s = malloc(cells * (cell + 1));
	struct csv c;
	struct err e;

	(void)state;
	assert_non_null(s);
	for (i = 0; i < cells; i++) {
		memset(s + at, 'x', cell);
		at += cell;
		s[at++] = ',';
	}
	/* 63 cells with their NULs fit into 4 MiB, 64 do not. */
	s[63 * (cell + 1) - 1] = '\n';
	assert_true(csv_open(&c, s, at, &e));
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.n, 63);
	s[63 * (cell + 1) - 1] = ',';
	csv_close(&c);
	assert_true(csv_open(&c, s, at, &e));
	assert_int_equal(csv_next(&c, &e), -1);
	assert_non_null(strstr(e.msg, "row larger"));
	csv_close(&c);
	free(s);
}

/* S11, story 62. */
static void formulas_are_neutralised_and_numbers_left(void **state)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "=1+1", "'=1+1" },
		{ "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"" },
		{ "=HYPERLINK(\"x\",\"y\")",
		  "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"" },
		{ "+84912", "'+84912" },
		{ "@SUM(A1)", "'@SUM(A1)" },
		{ "-1+2", "'-1+2" },
		{ "-", "'-" },
		{ "-x", "'-x" },
		{ "-3.", "'-3." },
		{ "-1e", "'-1e" },
		{ "-1e+", "'-1e+" },
		{ "-.5", "'-.5" },
		{ "\tx", "\"'\tx\"" },
		{ "\r=1", "\"'\r=1\"" },
		{ "\n=1", "\"'\n=1\"" },
		{ "＝1", "'＝1" },
		{ "＋1", "'＋1" },
		{ "－1", "'－1" },
		{ "＠x", "'＠x" },
		{ "-3", "-3" },
		{ "-3.5", "-3.5" },
		{ "-3,5", "\"-3,5\"" },
		{ "-1.5e-07", "-1.5e-07" },
		{ "-2E5", "-2E5" },
		{ "3.5", "3.5" },
		{ "a=b", "a=b" },
		{ "", "" },
		{ "'x", "'x" },
		{ "a\"b", "\"a\"\"b\"" },
		{ "\"", "\"\"\"\"" },
		{ "a;b", "\"a;b\"" },
		{ "a|b", "\"a|b\"" },
		{ "a\tb", "\"a\tb\"" },
		{ " a", "\" a\"" },
		{ "a ", "\"a \"" },
		{ "Sở Tư pháp", "Sở Tư pháp" },
	};
	struct buf b = BUF_INIT(1 << 16);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		csv_write(&b, t[i].in, strlen(t[i].in));
		assert_string_equal(buf_cstr(&b), t[i].out);
		buf_free(&b);
	}
	csv_write(&b, "\0=1", 3);
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "'\0=1", 4);
	buf_free(&b);
}

static void a_row_of_one_empty_cell_is_still_a_row(void **state)
{
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	csv_end_row(&b);
	csv_write(&b, "", 0);
	csv_end_row(&b);
	csv_write(&b, "a", 1);
	csv_sep(&b);
	csv_write(&b, "", 0);
	csv_end_row(&b);
	assert_string_equal(buf_cstr(&b), "\"\"\r\n\"\"\r\na,\r\n");
	buf_free(&b);
}

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x >> 11;
}

/* A cell of pieces that matter to the format. */
static size_t make_cell(uint64_t *x, char *cell)
{
	static const char *const pieces[] = { ",",  ";",  "\t",	  "\"", "\"\"",
					      "\n", "\r", "\r\n", " ",	"x",
					      "-3", "=",  "đ",	  "Sở", "'" };
	size_t n = next(x) % 6, at = 0, i;

	for (i = 0; i < n; i++) {
		const char *p =
			pieces[next(x) % (sizeof pieces / sizeof pieces[0])];

		memcpy(cell + at, p, strlen(p));
		at += strlen(p);
	}
	cell[at] = '\0';
	return at;
}

/* What is written is read back the same, but for the ' before a formula. */
/* R18: what is written is read again, cell by cell. */
static void every_table_survives_the_round_trip(void **state)
{
	uint64_t x = UINT64_C(0x9e3779b97f4a7c15);
	char cells[5][5][64];
	struct err e = { 0 };
	struct csv c;
	int round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		size_t rows = 1 + next(&x) % 5, cols = 1 + next(&x) % 5, r, k;
		struct buf b = BUF_INIT(1 << 16);

		/* A head of our own, so that the separator is not guessed
		 * from noise; one column has nothing to guess. */
		for (k = 0; k < cols; k++) {
			if (k)
				csv_sep(&b);
			csv_write(&b, "head", 4);
		}
		csv_end_row(&b);
		for (r = 0; r < rows; r++) {
			for (k = 0; k < cols; k++) {
				size_t n = make_cell(&x, cells[r][k]);

				if (k)
					csv_sep(&b);
				csv_write(&b, cells[r][k], n);
			}
			csv_end_row(&b);
		}
		assert_true(csv_open(&c, b.data, b.len, &e));
		assert_int_equal(csv_next(&c, &e), 1);
		for (r = 0; r < rows; r++) {
			assert_int_equal(csv_next(&c, &e), 1);
			assert_int_equal(c.n, cols);
			for (k = 0; k < cols; k++) {
				const char *got = c.cells[k].s;

				if (*got == '\'' && cells[r][k][0] != '\'')
					got++;
				assert_string_equal(got, cells[r][k]);
				/* S11: no cell starts a formula. */
				if (c.cells[k].s[0] == '-')
					assert_string_equal(c.cells[k].s, "-3");
				else
					assert_true(!c.cells[k].n ||
						    !strchr("=+@\t\r\n",
							    c.cells[k].s[0]));
			}
		}
		assert_int_equal(csv_next(&c, &e), 0);
		csv_close(&c);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(files_as_they_come_are_read),
		cmocka_unit_test(what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(rows_know_their_line),
		cmocka_unit_test(the_limits_hold_exactly),
		cmocka_unit_test(a_row_of_many_large_cells_is_refused),
		cmocka_unit_test(formulas_are_neutralised_and_numbers_left),
		cmocka_unit_test(a_row_of_one_empty_cell_is_still_a_row),
		cmocka_unit_test(every_table_survives_the_round_trip),
	};
	return cmocka_run_group_tests_name("csv", t, NULL, NULL);
}
