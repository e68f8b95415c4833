#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/file.h"
#include "phieu/index_file.h"
#include "phieu/self.h"
#include "support/test.h"

#define ROUND "docs/examples/round-ha-nam-2023.json"
#define TTHC  "docs/examples/index-tthc-2021.json"
#define TABLE "docs/examples/tthc-2021-so.csv"

struct world {
	struct arena *a;
	struct round r;
	struct faults f;
	struct self_table t;
	bool ok;
};

static char *text_of(const char *path, size_t *n)
{
	struct err e = { 0 };
	char *s = file_read(path, (size_t)16 << 20, n, &e);

	assert_non_null(s);
	return s;
}

static void begin(struct world *w)
{
	size_t n;
	char *s = text_of(ROUND, &n);

	*w = (struct world){ .a = arena_new((size_t)64 << 20) };
	faults_init(&w->f, w->a);
	assert_true(round_read(s, n, w->a, &w->r, &w->f));
	free(s);
}

static size_t unit(const struct world *w, const char *code)
{
	for (size_t i = 0; i < w->r.set.n_units; i++)
		if (strcmp(w->r.set.units[i].code, code) == 0)
			return i;
	return INDEX_NONE;
}

static void read_bytes(struct world *w, size_t of, const char *s, size_t n)
{
	static const char *const names[] = { SELF_NAME_ROUND, SELF_NAME_UNIT };
	const char *values[2] = { NULL, NULL };
	const struct grid_options o = { .sheet = SELF_SHEET,
					.names = names,
					.values = values,
					.n_names = 2 };
	struct err e = { 0 };
	struct grid *g = grid_read(s, n, &o, &w->f, &e);

	assert_non_null(g);
	faults_init(&w->f, w->a);
	w->ok = self_sheet_read(&w->r, of, g, values[0], values[1], w->a, &w->t,
				&w->f);
	grid_free(g);
}

static void read_csv(struct world *w, const char *of, const char *csv)
{
	read_bytes(w, of ? unit(w, of) : INDEX_NONE, csv, strlen(csv));
}

static const struct self_row *row(const struct world *w, const char *code)
{
	for (size_t i = 0; i < w->t.n; i++)
		if (strcmp(w->r.set.nodes[w->t.rows[i].node].code, code) == 0)
			return &w->t.rows[i];
	return NULL;
}

static void a_filled_workbook_comes_back_as_it_was(void **state)
{
	char path[] = "/tmp/phieu-self.XXXXXX", *bytes;
	struct self_row now[3] = {
		{ .has_points = true,
		  .points = { 3750000 },
		  .note = "đủ; có \"văn bản\"",
		  .version = 4 },
		{ .not_applicable = true, .version = 2 },
		{ .has_points = true, .points = { 1234567 }, .version = 1 }
	};
	struct err e = { 0 };
	struct world w;
	size_t n;
	int fd;

	(void)state;
	begin(&w);
	for (size_t i = 0; i < w.r.set.n_nodes; i++) {
		const char *c = w.r.set.nodes[i].code;

		if (strcmp(c, "1.1") == 0)
			now[0].node = i;
		if (strcmp(c, "2.2") == 0)
			now[1].node = i;
		if (strcmp(c, "2.1") == 0)
			now[2].node = i;
	}
	fd = mkstemp(path);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_true(self_sheet_write(&w.r, unit(&w, "so-tu-phap"), now, 3, path,
				     &e));
	bytes = text_of(path, &n);
	(void)unlink(path);
	/* the file says whose it is */
	read_bytes(&w, INDEX_NONE, bytes, n);
	assert_true(w.ok);
	assert_int_equal(row(&w, "1.1")->unit, unit(&w, "so-tu-phap"));
	assert_int_equal(row(&w, "1.1")->points.micro, 3750000);
	assert_int_equal(row(&w, "1.1")->version, 4);
	assert_string_equal(row(&w, "1.1")->note, "đủ; có \"văn bản\"");
	assert_true(row(&w, "2.2")->not_applicable);
	assert_false(row(&w, "2.2")->has_points);
	assert_int_equal(row(&w, "2.1")->points.micro, 1234567);
	/* sums stand beside what they are of, and add */
	assert_true(row(&w, "1")->is_typed);
	assert_int_equal(row(&w, "1")->typed.micro, 3750000);
	assert_int_equal(w.t.n_sums, 0);
	/* nothing was touched elsewhere */
	assert_null(row(&w, "1.2"));
	assert_null(row(&w, "9.1"));
	/* another unit's */
	read_bytes(&w, unit(&w, "so-tai-chinh"), bytes, n);
	assert_false(w.ok);
	assert_string_equal(w.f.list[0].code, "S13");
	w.r.code = "khac-2023";
	read_bytes(&w, INDEX_NONE, bytes, n);
	assert_false(w.ok);
	assert_string_equal(w.f.list[0].code, "S12");
	free(bytes);
	arena_free(w.a);
}

static void a_place_that_cannot_be_written_is_told(void **state)
{
	struct err e = { 0 };
	struct world w;

	(void)state;
	begin(&w);
	assert_false(
		self_sheet_write(&w.r, 0, NULL, 0, "/tmp/no/such/x.xlsx", &e));
	assert_int_equal(e.kind, ERR_IO);
	arena_free(w.a);
}

static void each_fault_has_its_code_and_cell(void **state)
{
	static const struct {
		const char *of, *csv, *code, *path;
	} cases[] = {
		{ "so-tu-phap", "a;b\n1;2\n", "S01", "" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n1.1;1.500\n", "S02",
		  "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n1.1;1,5\n1.2;0.5\n", "S02",
		  "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n1.1;bốn\n", "S03",
		  "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n2.1;1,1234567\n", "S03",
		  "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n9.1;1\n", "S04",
		  "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm;Không áp dụng (x)\n2.1;1;x\n",
		  "S05", "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n2.1;5,01\n", "S06",
		  "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n2.1;-1\n", "S06",
		  "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n1.1;1,1\n", "S07",
		  "/row/2/column/2" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n2.1;1\n2.1;2\n", "S08",
		  "/row/3/column/2" },
		{ "so-tu-phap",
		  "Mã;Điểm tự chấm;Không áp dụng (x)\n2.1;;có thể\n", "S09",
		  "/row/2/column/3" },
		{ "so-tu-phap", "Mã;Điểm tự chấm\n2.7;1\n", "S10",
		  "/row/2/column/1" },
		{ NULL, "Đơn vị;2.1\nSở Lạ;1\n", "S11", "/row/2/column/1" },
		{ NULL, "Mã;Điểm tự chấm\n2.1;1\n", "S14", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct world w;

		begin(&w);
		read_csv(&w, cases[i].of, cases[i].csv);
		assert_false(w.ok);
		if (w.f.n == 0 ||
		    strcmp(w.f.list[0].code, cases[i].code) != 0 ||
		    strcmp(w.f.list[0].path, cases[i].path) != 0)
			fail_msg("case %zu: %s %s", i,
				 w.f.n ? w.f.list[0].code : "none",
				 w.f.n ? w.f.list[0].path : "");
		assert_true(*w.f.list[0].message_vi);
		arena_free(w.a);
	}
}

static void heads_are_known_without_marks_and_by_key(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	read_csv(&w, "so-tu-phap",
		 "Bảng tự đánh giá\n\nMA,DIEM TU CHAM,GHI CHU  GIAI TRINH\n"
		 "2.1,2,x\n");
	assert_true(w.ok);
	assert_int_equal(row(&w, "2.1")->points.micro, 2000000);
	read_csv(&w, "so-tu-phap", "code,points,na,note\n2.1,2,,n\n2.2,,X,\n");
	assert_true(w.ok);
	assert_string_equal(row(&w, "2.1")->note, "n");
	assert_true(row(&w, "2.2")->not_applicable);
	arena_free(w.a);
}

/* A row that was filled and is now empty empties what is stored; one that was
 * never filled is no row at all. */
static void an_emptied_row_is_told_from_an_untouched_one(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	read_csv(&w, "so-tu-phap",
		 "code,points,version\n2.1,,3\n2.2,,0\n1.1,,\n");
	assert_true(w.ok);
	assert_int_equal(w.t.n, 1);
	assert_false(row(&w, "2.1")->has_points);
	assert_int_equal(row(&w, "2.1")->version, 3);
	arena_free(w.a);
}

static void the_mark_is_found_in_the_file_and_not_in_the_cell(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	read_csv(&w, "so-tu-phap", "code;points\n2.1;1.234\n2.2;0.5\n");
	assert_true(w.ok);
	assert_int_equal(w.t.decimal, '.');
	assert_int_equal(row(&w, "2.1")->points.micro, 1234000);
	read_csv(&w, "so-tu-phap", "code;points\n2.1;1,234\n2.2;0,5\n");
	assert_true(w.ok);
	assert_int_equal(w.t.decimal, ',');
	assert_int_equal(row(&w, "2.1")->points.micro, 1234000);
	arena_free(w.a);
}

/* The table of Lai Châu 2021 as printed: the total of its tenth row is 13.859
 * where the row gives 12.859; the other sixteen add. */
static void the_printed_row_that_does_not_add_is_found(void **state)
{
	struct world w = { .a = arena_new((size_t)64 << 20) };
	struct buf csv = BUF_INIT(1 << 16);
	char *set, *text, *at;
	size_t n;

	(void)state;
	faults_init(&w.f, w.a);
	set = text_of(TTHC, &n);
	assert_true(index_read(set, n, w.a, &w.r.set, &w.f));
	w.r.code = "tthc-2021";
	text = text_of(TABLE, &n);
	at = strstr(text, "\n1,");
	assert_non_null(at);
	buf_adds(&csv, "STT,Đơn vị,cs1,cs2,cs3,cs4,cs5,cs6,cs7,cs8,cs9,Tổng,"
		       "Xếp loại");
	buf_adds(&csv, at);
	read_csv(&w, NULL, buf_cstr(&csv));
	if (!w.ok)
		fail_msg("%s %s", w.f.list[0].code, w.f.list[0].path);
	assert_int_equal(w.t.n, 17 * 9);
	assert_int_equal(w.t.n_sums, 1);
	assert_string_equal(w.r.set.units[w.t.sums[0].unit].code, "r10");
	assert_int_equal(w.t.sums[0].node, INDEX_NONE);
	assert_int_equal(w.t.sums[0].row, 11);
	assert_int_equal(w.t.sums[0].typed.micro, 13859000);
	assert_int_equal(w.t.sums[0].adds_to.micro, 12859000);
	buf_free(&csv);
	free(set);
	free(text);
	arena_free(w.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filled_workbook_comes_back_as_it_was),
		cmocka_unit_test(a_place_that_cannot_be_written_is_told),
		cmocka_unit_test(each_fault_has_its_code_and_cell),
		cmocka_unit_test(heads_are_known_without_marks_and_by_key),
		cmocka_unit_test(an_emptied_row_is_told_from_an_untouched_one),
		cmocka_unit_test(
			the_mark_is_found_in_the_file_and_not_in_the_cell),
		cmocka_unit_test(the_printed_row_that_does_not_add_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
