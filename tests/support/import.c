#include "support/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/sheet.h"
#include "phieu/sheet_xlsx.h"

struct plan *bench_plan;
struct buf bench_csv, bench_said;

int bench_set_up(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_true(hash_start(&e));
	bench_plan = plan_file_read("tests/data/plan/small.json", &e);
	bench_csv = (struct buf)BUF_INIT((size_t)64 << 20);
	bench_said = (struct buf)BUF_INIT((size_t)1 << 20);
	return bench_plan ? 0 : -1;
}

int bench_tear_down(void **state)
{
	(void)state;
	plan_free(bench_plan);
	buf_free(&bench_csv);
	buf_free(&bench_said);
	return 0;
}

/* A sheet number of a form. */
const char *bench_no(const char *form, unsigned serial)
{
	static char text[4][SHEET_TEXT_MAX];
	static int turn;
	struct sheet_no s;
	struct err e = { 0 };

	turn = (turn + 1) % 4;
	assert_true(sheet_make(form, serial, &s, &e));
	return sheet_text(&s, text[turn]);
}

struct import *bench_bytes(const char *s, size_t n, const char *form,
			   enum charset charset)
{
	struct import_options o = { bench_plan, form, charset };
	struct err e = { 0 };
	struct import *im = import_read(s, n, &o, &e);

	assert_non_null(im);
	return im;
}

struct import *bench_read(const char *form)
{
	return bench_bytes(buf_cstr(&bench_csv), bench_csv.len, form,
			   CHARSET_UNKNOWN);
}

/* "B3 V07;C4 I09" of all faults, after a check. */
const char *bench_faults(struct import *im)
{
	struct import_counts n;
	struct err e = { 0 };
	char at[XLSX_ADDRESS_MAX];

	assert_true(import_check(im, date_from_ymd(2025, 4, 1), &n, &e));
	bench_said.len = 0;
	buf_adds(&bench_said, "");
	for (size_t i = 0; i < im->n_faults; i++) {
		const struct import_fault *f = &im->faults[i];
		assert_true(*f->message && *f->message_vi);
		buf_addf(&bench_said, "%s%s %s", i ? ";" : "",
			 !f->row ? "-"
			 : f->has_column
				 ? xlsx_address(f->column, f->row, at)
				 : arena_printf(im->arena, "%u", f->row),
			 f->code);
	}
	return bench_said.len ? bench_said.data : "";
}

void bench_expect(const char *form, const char *want)
{
	struct import *im = bench_read(form);

	assert_string_equal(bench_faults(im), want);
	import_free(im);
}

/* The JSON of the only sheet, from "wave" on. */
void bench_expect_json(const char *form, const char *want)
{
	struct import *im = bench_read(form);

	assert_string_equal(bench_faults(im), "");
	assert_int_equal(im->n_sheets, 1);
	assert_string_equal(im->sheets[0].rest, want);
	import_free(im);
}

void bench_start(const char *head)
{
	bench_csv.len = 0;
	buf_adds(&bench_csv, head);
}

char *bench_temp(char path[40])
{
	int fd;

	(void)snprintf(path, 40, "/tmp/phieu_import_XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	(void)close(fd);
	return path;
}

char *bench_slurp(const char *path, size_t *n)
{
	struct err e = { 0 };
	char *s = file_read(path, LIMIT_XLSX_BYTES, n, &e);

	assert_non_null(s);
	(void)unlink(path);
	return s;
}
