/* Workbooks that openpyxl, XlsxWriter and LibreOffice wrote
 * (tests/data/workbooks): the same three sheets in each, in that program's own
 * way.  What is read must be the same sheets, byte for byte, or the stated
 * faults; and each file must hold what it is kept for. */
#include "support/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "phieu/file.h"
#include "phieu/limits.h"

#define DIR    "tests/data/workbooks/"
#define SHEETS 3
#define FILES  34

static char instance[SHEETS][IMPORT_INSTANCE_MAX];

/* The sheets as CSV tells them: what every workbook has to give. */
static void known_sheets(void)
{
	struct import *im;

	bench_start(F1_HEAD);
	buf_addf(&bench_csv,
		 "%s,Công chức,Sở một,2025-02-03,Nam,,A,B,co,\"a, b\",7.5,"
		 "chờ lâu,Tốt <&> ế\n",
		 bench_no("F1", 1));
	buf_addf(&bench_csv, "%s,Công chức,Sở hai,2025-02-28,Nữ,,B,A,,b,10,,\n",
		 bench_no("F1", 2));
	buf_addf(&bench_csv,
		 "%s,Đại biểu,,2025-03-31,,S1,A,A,khong,,0.25,,\"hai dòng\n"
		 "của một ý kiến\"\n,,,,,S2,C,B,,,,,\n",
		 bench_no("F1", 3));
	im = bench_read("F1");
	assert_string_equal(bench_faults(im), "");
	assert_int_equal(im->n_sheets, SHEETS);
	for (size_t i = 0; i < SHEETS; i++)
		import_instance(&im->sheets[i], NULL, instance[i]);
	import_free(im);
}

static const char *differs(const struct import *im)
{
	char now[IMPORT_INSTANCE_MAX];

	if (im->n_sheets != SHEETS)
		return "another number of sheets";
	for (size_t i = 0; i < SHEETS; i++) {
		import_instance(&im->sheets[i], NULL, now);
		if (strcmp(now, instance[i]) != 0)
			return im->sheets[i].rest;
	}
	return NULL;
}

static void notes_of(const struct import *im, char *out, size_t n)
{
	*out = '\0';
	for (size_t i = 0; i < im->n_notes; i++)
		(void)snprintf(out + strlen(out), n - strlen(out), "%s%s",
			       i ? ";" : "", im->notes[i].code);
	if (!*out)
		(void)snprintf(out, n, "-");
}

/* Does some part of the file hold this? */
static bool holds(const char *path, const char *what)
{
	zip_t *z = zip_open(path, ZIP_RDONLY, NULL);
	bool found = false;

	assert_non_null(z);
	for (zip_int64_t i = 0; i < zip_get_num_entries(z, 0) && !found; i++) {
		zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)i, 0);
		zip_stat_t st;
		char *s;

		assert_int_equal(zip_stat_index(z, (zip_uint64_t)i, 0, &st), 0);
		s = calloc(1, st.size + 1);
		assert_non_null(s);
		assert_int_equal(zip_fread(f, s, st.size),
				 (zip_int64_t)st.size);
		found = strstr(s, what) != NULL;
		free(s);
		(void)zip_fclose(f);
	}
	(void)zip_close(z);
	return found;
}

/* file, "same" or faults, notes, what it must hold */
static bool one(char *line)
{
	char *field[4], path[200], notes[100];
	const char *faults, *other;
	struct import *im;
	struct err e = { 0 };
	bool same, ok;
	char *file;
	size_t n;

	for (size_t i = 0; i < 4; i++) {
		field[i] = line;
		line = strchr(line, '\t');
		assert_true(line || i == 3);
		if (line)
			*line++ = '\0';
	}
	(void)snprintf(path, sizeof path, DIR "%s", field[0]);
	file = file_read(path, LIMIT_XLSX_BYTES, &n, &e);
	if (!file)
		fail_msg("%s: %s", path, e.msg);
	im = bench_bytes(file, n, "F1", CHARSET_UNKNOWN);
	faults = bench_faults(im);
	notes_of(im, notes, sizeof notes);
	same = strcmp(field[1], "same") == 0;
	ok = strcmp(faults, same ? "" : field[1]) == 0 &&
	     strcmp(notes, field[2]) == 0;
	other = same ? differs(im) : NULL;
	if (!ok || other)
		print_message("%s: %s | %s | %s\n", field[0],
			      *faults ? faults : "no fault", notes,
			      other ? other : "");
	ok = ok && !other;
	if (strcmp(field[3], "-") != 0 && !holds(path, field[3])) {
		print_message("%s holds no %s\n", field[0], field[3]);
		ok = false;
	}
	import_free(im);
	free(file);
	return ok;
}

static void every_program_writes_the_same_sheets(void **state)
{
	struct err e = { 0 };
	size_t n, files = 0, wrong = 0;
	char *list = file_read(DIR "list.txt", 1 << 20, &n, &e);

	(void)state;
	assert_non_null(list);
	known_sheets();
	for (char *line = list; *line;) {
		char *end = strchr(line, '\n');

		assert_non_null(end);
		*end = '\0';
		if (*line != '#') {
			files++;
			wrong += !one(line);
		}
		line = end + 1;
	}
	free(list);
	assert_int_equal(wrong, 0);
	assert_int_equal(files, FILES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_program_writes_the_same_sheets),
	};

	return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
