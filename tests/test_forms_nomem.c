/* R22: Forms and filled tables with every allocation failing once: each time
 * the call says so, nothing leaks, and what is given as whole is whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/file.h"
#include "phieu/form_template.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/xform.h"
#include "phieu/xlsform.h"
#include "support/import.h"

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);
static long allocations_left = -1;
static bool has_failed;

static bool allocation_fails(void)
{
	if (allocations_left < 0 || allocations_left-- > 0)
		return false;
	has_failed = true;
	return true;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return allocation_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_malloc(size_t size)
{
	return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return allocation_fails() ? NULL : __real_realloc(p, size);
}

/* What a call made, so that two runs can be compared. */
static char made[1 << 20];
static size_t n_made;

static void keep(const char *s, size_t n)
{
	allocations_left = -1;
	if (n > sizeof made - n_made)
		n = sizeof made - n_made;
	memcpy(made + n_made, s, n);
	n_made += n;
}

static struct plan *numbers;
static char *workbook, *xml, *parts;
static size_t n_workbook, n_xml, n_parts;
static char path[40];

/* A table that memory does not suffice for is refused as too large (F07): a
 * file past a limit meets the same wall. */
static bool is_refused(const struct import *im, struct err *e)
{
	if (!im || im->grid)
		return false;
	return im->n_faults == 1 && strcmp(im->faults[0].code, "F07") == 0 &&
	       !err_set(e, ERR_NOMEM, "out of memory");
}

/* ---- what is tried ------------------------------------------------------- */

static bool make_report(struct import *im, struct err *e)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	import_report(im, &w);
	jw_object_end(&w);
	import_print(im, true, &b);
	ok = buf_cstr(&b) != NULL;
	if (ok)
		keep(b.data, b.len);
	buf_free(&b);
	return ok || err_set(e, ERR_NOMEM, "out of memory");
}

static bool read_table(struct err *e)
{
	struct import_options o = { bench_plan, "F1", CHARSET_UNKNOWN };
	struct import *im = import_read(bench_csv.data, bench_csv.len, &o, e);
	struct import_counts n;
	bool ok = im && !is_refused(im, e) &&
		  import_check(im, date_from_ymd(2025, 4, 1), &n, e) &&
		  make_report(im, e);

	for (size_t i = 0; ok && i < im->n_sheets; i++)
		keep(im->sheets[i].rest, im->sheets[i].n_rest);
	import_free(im);
	return ok;
}

static bool read_workbook_table(struct err *e)
{
	struct import_options o = { bench_plan, "F1", CHARSET_UNKNOWN };
	struct import *im = import_read(workbook, n_workbook, &o, e);
	bool ok = im != NULL && !is_refused(im, e);

	for (size_t i = 0; ok && i < im->n_sheets; i++)
		keep(im->sheets[i].rest, im->sheets[i].n_rest);
	for (size_t i = 0; ok && i < im->n_faults; i++)
		keep(im->faults[i].code, 3);
	import_free(im);
	return ok;
}

static bool mark_table(struct err *e)
{
	struct import_options o = { bench_plan, "F1", CHARSET_UNKNOWN };
	long left = allocations_left;
	struct import *im;
	struct import_counts n;
	bool ok;

	allocations_left = -1;
	im = import_read(bench_csv.data, bench_csv.len, &o, e);
	ok = im && import_check(im, date_from_ymd(2025, 4, 1), &n, e);
	allocations_left = left;
	ok = ok && import_marked(im, path, e);
	import_free(im);
	return ok;
}

static bool write_template(struct err *e)
{
	struct template_options o = { .sheets = 2 };

	return form_template_write(numbers, 0, &o, path, e);
}

static bool write_xlsform(struct err *e)
{
	return xlsform_write(numbers, 0, path, e);
}

static bool read_xlsform(struct err *e)
{
	static char *file;
	static size_t n;
	struct arena *a = arena_new((size_t)16 << 20);
	struct buf out = BUF_INIT((size_t)1 << 20);
	struct faults f, notes;
	bool ok = a != NULL;

	if (!file) {
		long left = allocations_left;

		allocations_left = -1;
		assert_true(xlsform_write(numbers, 0, path, e));
		file = file_read(path, LIMIT_XLSX_BYTES, &n, e);
		allocations_left = left;
	}
	if (!a) {
		err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	faults_init(&f, a);
	faults_init(&notes, a);
	ok = xlsform_read(file, n, NULL, &out, &f, &notes, e);
	if (ok) {
		keep(out.data, out.len);
		for (size_t i = 0; i < f.n; i++)
			keep(f.list[i].code, 3);
	}
	buf_free(&out);
	arena_free(a);
	return ok;
}

static bool join_parts(struct err *e)
{
	struct arena *a = arena_new((size_t)16 << 20);
	struct buf out = BUF_INIT((size_t)4 << 20);
	struct faults f;
	bool ok;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	faults_init(&f, a);
	ok = xlsform_join(numbers, parts, n_parts, &out, &f, e);
	if (ok) {
		keep(out.data, out.len);
		for (size_t i = 0; i < f.n; i++)
			keep(f.list[i].code, 3);
	}
	buf_free(&out);
	arena_free(a);
	return ok;
}

static bool make_xform(struct err *e)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct xform x;
	bool ok;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = xform_make(numbers, 0, NULL, a, &x, e);
	if (ok)
		keep(x.file.bytes, x.file.n);
	arena_free(a);
	return ok;
}

static bool read_xform(struct err *e)
{
	struct arena *a = arena_new((size_t)16 << 20);
	struct buf out = BUF_INIT((size_t)1 << 20);
	struct submission s;
	struct xform_meta meta;
	struct faults f;
	bool ok;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	faults_init(&f, a);
	ok = xform_read(xml, n_xml, numbers, a, &s, &meta, &f, e) &&
	     xform_fill(numbers, &s, &out, e);
	if (ok)
		keep(out.data, out.len);
	buf_free(&out);
	arena_free(a);
	return ok;
}

static const struct {
	const char *name;
	bool (*run)(struct err *e);
	size_t least; /* places where it fails */
} tries[] = {
	{ "a table read, checked and told", read_table, 10 },
	{ "a workbook read", read_workbook_table, 10 },
	{ "a table marked", mark_table, 1 },
	{ "a template", write_template, 1 },
	{ "an XLSForm written", write_xlsform, 1 },
	{ "an XLSForm read", read_xlsform, 5 },
	{ "parts put into a plan", join_parts, 2 },
	{ "an XForm", make_xform, 5 },
	{ "a filled XForm", read_xform, 5 },
};

/* ---- the round ----------------------------------------------------------- */

static bool once(size_t i, long left, struct err *e)
{
	bool ok;

	*e = (struct err){ 0 };
	n_made = 0;
	has_failed = false;
	allocations_left = left;
	ok = tries[i].run(e);
	allocations_left = -1;
	return ok;
}

static void every_allocation_fails_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct err e = { 0 };
		static char whole[sizeof made];
		size_t n_whole, failed = 0;

		if (!once(i, -1, &e))
			fail_msg("%s: %s", tries[i].name, e.msg);
		n_whole = n_made;
		memcpy(whole, made, n_made);
		for (long left = 0;; left++) {
			bool ok = once(i, left, &e);

			if (!has_failed)
				break;
			failed++;
			if (!ok && e.kind != ERR_NOMEM)
				fail_msg("%s, allocation %ld: kind %d, %s",
					 tries[i].name, left, e.kind, e.msg);
			/* what was given all the same is nothing less */
			if (ok && (n_made != n_whole ||
				   memcmp(made, whole, n_made) != 0))
				fail_msg("%s, allocation %ld: half of it given "
					 "as whole: %.300s",
					 tries[i].name, left, made);
		}
		print_message("%s: %zu allocations\n", tries[i].name, failed);
		assert_true(failed >= tries[i].least);
	}
}

static void write_table(void)
{
	bench_start(F1_HEAD);
	for (unsigned i = 1; i <= 40; i++)
		buf_addf(&bench_csv,
			 "%s,Công chức,Sở một,13/02/2025,Nam,,%s,B,co,\"a, b\","
			 "\"7,5\",chờ lâu,ý kiến dài hơn một chút số %u\n",
			 bench_no("F1", i), i % 7 ? "A" : "Z", i);
	assert_non_null(buf_cstr(&bench_csv));
}

static int set_up(void **state)
{
	struct err e = { 0 };
	struct buf b = BUF_INIT(1 << 16);

	if (bench_set_up(state) != 0)
		return -1;
	numbers = plan_file_read("tests/data/plan/numbers.json", &e);
	workbook = file_read("tests/data/workbooks/libreoffice-rich.xlsx",
			     LIMIT_XLSX_BYTES, &n_workbook, &e);
	parts = file_read("tests/data/xlsforms/parts.json", 1 << 20, &n_parts,
			  &e);
	write_table();
	buf_addf(&b,
		 "<data id=\"so-2021~N-1~1\" "
		 "version=\"1\"><head><sheet>N1-00001-"
		 "5</sheet><group>cong-chuc</group><home>so-a</home><collected>"
		 "2021-01-15</collected></head><ratings><r1><unit>so-a</unit>"
		 "<Q1>A</Q1><W1>7</W1><D2>1.15</D2></r1></ratings><end-page>"
		 "<comment>ý kiến</comment></end-page><meta><instanceID>uuid:1"
		 "</instanceID></meta></data>");
	xml = buf_cstr(&b) ? strdup(b.data) : NULL;
	n_xml = b.len;
	buf_free(&b);
	(void)bench_temp(path);
	return numbers && workbook && parts && xml ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)unlink(path);
	free(workbook);
	free(parts);
	free(xml);
	plan_free(numbers);
	return bench_tear_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_fails_once),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
