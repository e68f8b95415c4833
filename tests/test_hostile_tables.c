/* S12: files that people send and that nobody should, and honest ones: each
 * has one stated answer, in bounded memory and time.  Stories 46 and 47 (old
 * fonts), 49 (zeros and days lost), 50 (formulas), 51 (merged cells), 52
 * (honest files that repeat themselves), 53 (memory), 58 (scripts in cells) and
 * 68 (entries that climb out)
 * (tests/data/hostile/make_tables.py made them). */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/import.h"
#include "phieu/limits.h"
#include "phieu/sheet_xlsx.h"

#define DIR "tests/data/hostile/"
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_KB (1024 * 1024L) /* its shadow and its quarantine */
#else
#define MEMORY_KB (64 * 1024L) /* what a file may take besides */
#endif
/* where the service itself ends a reader: not how fast a machine is */
#define CPU_SECONDS 20

struct outcome {
	long kb, seconds;
	int status;
	char answer[2000];
};

static struct plan *plan;

/* "ok N", or the faults: cell or row or - and code. */
static void answer(const char *path, const char *form, struct buf *out)
{
	struct import_options o = { .plan = plan, .form = form };
	struct import_counts n;
	struct err e = { 0 };
	char at[XLSX_ADDRESS_MAX];
	struct import *im;
	size_t size;
	char *s = file_read(path, LIMIT_XLSX_BYTES, &size, &e);

	im = s ? import_read(s, size, &o, &e) : NULL;
	if (!im || !import_check(im, date_from_ymd(2025, 4, 1), &n, &e)) {
		buf_addf(out, "error: %s", e.msg);
		return;
	}
	if (im->n_faults == 0 && n.valid == n.sheets)
		buf_addf(out, "ok %zu", n.sheets);
	for (size_t i = 0; i < im->n_faults && i < 20; i++) {
		const struct import_fault *f = &im->faults[i];
		buf_adds(out, i ? ";" : "");
		if (f->row == 0)
			buf_adds(out, "-");
		else if (f->has_column)
			buf_adds(out, xlsx_address(f->column, f->row, at));
		else
			buf_addf(out, "%u", f->row);
		buf_addf(out, " %s", f->code);
		if (!*f->message || !*f->message_vi)
			buf_adds(out, " without words");
	}
	import_free(im);
	free(s);
}

/* In a process of its own, so that its memory can be told. */
static void run(const char *name, const char *form, struct outcome *out)
{
	struct buf b = BUF_INIT(sizeof out->answer - 1);
	struct rusage used;
	char path[400];
	int ends[2];
	ssize_t n;
	pid_t pid;

	(void)snprintf(path, sizeof path, DIR "%s", name);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		answer(path, form, &b);
		n = write(ends[1], b.data, b.len);
		_exit(n == (ssize_t)b.len ? 0 : 1);
	}
	assert_true(pid > 0);
	(void)close(ends[1]);
	n = read(ends[0], out->answer, sizeof out->answer - 1);
	out->answer[n > 0 ? n : 0] = '\0';
	(void)close(ends[0]);
	assert_int_equal(wait4(pid, &out->status, 0, &used), pid);
	out->kb = used.ru_maxrss;
	out->seconds = (long)used.ru_utime.tv_sec + (long)used.ru_stime.tv_sec;
}

/* Cuts the next field of a line of the table. */
static char *field(char **at)
{
	char *s = *at, *tab = strchr(s, '\t');

	if (tab) {
		*tab = '\0';
		*at = tab + 1;
	}
	return s;
}

static void every_file_has_its_stated_answer(void **state)
{
	struct err e = { 0 };
	struct rusage own;
	size_t n, files = 0, honest = 0, wrong = 0;
	char *table = file_read(DIR "tables.txt", 1 << 20, &n, &e), *line;
	struct outcome got;
	long most = 0;

	(void)state;
	assert_non_null(table);
	assert_int_equal(getrusage(RUSAGE_SELF, &own), 0);
	for (line = table; *line;) {
		char *end = strchr(line, '\n'), *at = line, *name, *form, *want;
		assert_non_null(end);
		*end = '\0';
		line = end + 1;
		if (*at == '#')
			continue;
		name = field(&at);
		form = field(&at);
		want = field(&at);
		run(name, form, &got);
		files++;
		honest += strstr(name, "/ok-") != NULL;
		most = got.kb > most ? got.kb : most;
		if (got.status == 0 && strcmp(got.answer, want) == 0 &&
		    got.kb <= own.ru_maxrss + MEMORY_KB &&
		    got.seconds < CPU_SECONDS)
			continue;
		wrong++;
		print_message("%s: %s, stated: %s; status %d, %ld kB, %ld s\n",
			      name, got.answer, want, got.status, got.kb,
			      got.seconds);
	}
	print_message("files=%zu honest=%zu most=%ld kB (own %ld kB)\n", files,
		      honest, most, own.ru_maxrss);
	free(table);
	assert_int_equal(wrong, 0);
	assert_true(files >= 180 && honest >= 60);
}

static int set_up(void **state)
{
	struct err e = { 0 };

	(void)state;
	plan = plan_file_read("tests/data/plan/small.json", &e);
	return plan && hash_start(&e) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	plan_free(plan);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_has_its_stated_answer),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
