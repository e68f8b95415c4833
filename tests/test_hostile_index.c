/* The corpus as a whole: every file that people or nobody should send, with
 * one stated answer each.  tests/data/hostile/index.tsv counts them by kind;
 * this holds it to the lists and the lists to the files that are there.
 * PHIEU_TEST_REWRITE=1 writes it anew. */
#include "support/test.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/file.h"

#define INDEX "tests/data/hostile/index.tsv"
#define ALL   64

enum sort { BY_TABLE, BY_ANSWER, BY_STATUS, BY_FOLDER, BY_CASES };

/* A list: which of its lines are of this kind, where their files lie. */
static const struct set {
	const char *kind, *list, *prefix, *dir, *ending;
	enum sort sort;
	const char *test;
} sets[] = {
	{ "csv", "tests/data/hostile/tables.txt", "csv/",
	  "tests/data/hostile/csv", ".csv", BY_TABLE,
	  "tests/test_hostile_tables.c" },
	{ "xlsx", "tests/data/hostile/tables.txt", "xlsx/",
	  "tests/data/hostile/xlsx", ".xlsx", BY_TABLE,
	  "tests/test_hostile_tables.c" },
	{ "xlsx", "tests/data/workbooks/list.txt", "", "tests/data/workbooks",
	  ".xlsx", BY_TABLE, "tests/test_workbooks.c" },
	{ "xlsx", NULL, "", "tests/data/xlsforms", ".xlsx", BY_FOLDER,
	  "tests/service/xlsform.sh" },
	{ "xml", "tests/data/xforms/answers.txt", "", "tests/data/xforms",
	  ".xml", BY_ANSWER, "tests/test_xform.c" },
	{ "openrosa", "tests/data/hostile/openrosa/answers.tsv", "",
	  "tests/data/hostile/openrosa", ".xml", BY_STATUS,
	  "tests/service/hostile_openrosa.sh" },
	{ "http", "tests/data/hostile/openrosa/answers.tsv", "",
	  "tests/data/hostile/openrosa", ".http", BY_STATUS,
	  "tests/service/hostile_openrosa.sh" },
	{ "http", "tests/data/hostile/json/answers.tsv", "",
	  "tests/data/hostile/json", ".http", BY_STATUS,
	  "tests/service/hostile_json.sh" },
	{ "json", "tests/data/hostile/json/answers.tsv", "",
	  "tests/data/hostile/json", ".json", BY_STATUS,
	  "tests/service/hostile_json.sh" },
	{ "json", "tests/data/hostile/json/answers.tsv", "",
	  "tests/data/hostile/json", ".ndjson", BY_STATUS,
	  "tests/service/hostile_json.sh" },
	{ "json", NULL, "", "tests/data/corpus", ".json", BY_CASES,
	  "tests/test_corpus.c, tests/web/corpus.test.mjs" },
};
#define SETS (sizeof sets / sizeof *sets)

struct count {
	size_t files, taken;
};

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n > m && strcmp(s + n - m, with) == 0;
}

static size_t files_in(const struct set *s)
{
	DIR *dir = opendir(s->dir);
	struct dirent *d;
	size_t n = 0;

	if (!dir)
		fail_msg("no folder %s", s->dir);
	while ((d = readdir(dir)) != NULL)
		n += ends(d->d_name, s->ending);
	(void)closedir(dir);
	return n;
}

static void is_there(const struct set *s, const char *name)
{
	char path[300];
	struct err e = { 0 };
	size_t n;
	char *file;

	(void)snprintf(path, sizeof path, "%s/%s", s->dir, name);
	file = file_read(path, (size_t)64 << 20, &n, &e);
	if (!file)
		fail_msg("%s is listed: %s", path, e.msg);
	free(file);
}

/* "201", or "201 200" of two requests: nothing was refused. */
static bool all_well(const char *status)
{
	for (const char *s = status; *s; s += strspn(s, " ")) {
		if (*s != '2')
			return false;
		s += strcspn(s, " ");
	}
	return *status != '\0';
}

/* Does the stated answer take it? */
static bool is_taken(const struct set *s, char *const field[4])
{
	switch (s->sort) {
	case BY_TABLE:
		if (strcmp(field[1], "same") == 0)
			return true;
		return field[2] && strncmp(field[2], "ok ", 3) == 0;
	case BY_ANSWER: return strcmp(field[1], "ok") == 0;
	case BY_STATUS:
		return all_well(field[1]) && strcmp(field[2], "invalid") != 0;
	case BY_FOLDER:
	case BY_CASES: break;
	}
	return false;
}

static void count_line(const struct set *s, char *line, struct count *c)
{
	char *field[4] = { line }, name[200];
	const char *is = line;

	for (size_t i = 1; i < 4 && field[i - 1]; i++) {
		field[i] = strchr(field[i - 1], '\t');
		if (field[i])
			*field[i]++ = '\0';
	}
	if (*line == '#' || strcmp(line, "file") == 0 ||
	    strncmp(line, s->prefix, strlen(s->prefix)) != 0)
		return;
	is += strlen(s->prefix);
	(void)snprintf(name, sizeof name, "%s%s", is,
		       s->sort == BY_ANSWER ? s->ending : "");
	/* workbooks with macros are tables of the same list */
	if (!ends(name, s->ending) &&
	    !(s->sort == BY_TABLE && ends(name, ".xlsm")))
		return;
	is_there(s, name);
	c->files++;
	c->taken += is_taken(s, field);
}

static struct count count_list(const struct set *s)
{
	struct count c = { 0 };
	struct err e = { 0 };
	size_t n, macros = 0;
	char *list = file_read(s->list, 1 << 20, &n, &e), *line;
	struct set other = *s;

	if (!list)
		fail_msg("%s", e.msg);
	for (line = list; *line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		count_line(s, line, &c);
		line = end ? end + 1 : line + strlen(line);
	}
	free(list);
	other.ending = ".xlsm";
	macros = s->sort == BY_TABLE && strcmp(s->kind, "xlsx") == 0
			 ? files_in(&other)
			 : 0;
	/* none lies there without an answer */
	if (files_in(s) + macros != c.files)
		fail_msg("%s: %zu %s, listed %zu", s->dir, files_in(s) + macros,
			 s->ending, c.files);
	return c;
}

static struct count count_cases(const struct set *s)
{
	struct count c = { 0 };
	DIR *dir = opendir(s->dir);
	struct dirent *d;
	struct err e = { 0 };

	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL) {
		char path[300];
		cJSON *doc;
		const cJSON *one;
		char *text;
		size_t n;

		if (!ends(d->d_name, s->ending))
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", s->dir, d->d_name);
		text = file_read(path, (size_t)16 << 20, &n, &e);
		assert_non_null(text);
		doc = cJSON_Parse(text);
		cJSON_ArrayForEach(one, cJSON_GetObjectItem(doc, "cases"))
		{
			const cJSON *f = cJSON_GetObjectItem(one, "faults");

			c.files++;
			c.taken +=
				cJSON_GetArraySize(f) == 0 &&
				!cJSON_IsTrue(
					cJSON_GetObjectItem(one, "quarantine"));
		}
		cJSON_Delete(doc);
		free(text);
	}
	(void)closedir(dir);
	return c;
}

static struct count count_set(const struct set *s)
{
	if (s->sort == BY_CASES)
		return count_cases(s);
	if (s->sort == BY_FOLDER)
		return (struct count){ files_in(s), files_in(s) };
	return count_list(s);
}

static void the_index_counts_what_is_there(void **state)
{
	struct buf b = BUF_INIT(1 << 16);
	struct count all = { 0 };
	struct err e = { 0 };
	size_t n;
	char *was;

	(void)state;
	buf_adds(&b, "# kind, where, how many with a stated answer, taken by "
		     "it, refused by it, the test that holds us to them\n");
	for (size_t i = 0; i < SETS; i++) {
		struct count c = count_set(&sets[i]);

		buf_addf(&b, "%s\t%s/*%s\t%zu\t%zu\t%zu\t%s\n", sets[i].kind,
			 sets[i].dir, sets[i].ending, c.files, c.taken,
			 c.files - c.taken, sets[i].test);
		/* cases are not files: they are counted beside */
		if (sets[i].sort == BY_CASES)
			continue;
		all.files += c.files;
		all.taken += c.taken;
	}
	buf_addf(&b, "files\t\t%zu\t%zu\t%zu\t\n", all.files, all.taken,
		 all.files - all.taken);
	assert_non_null(buf_cstr(&b));
	if (getenv("PHIEU_TEST_REWRITE")) {
		FILE *f = fopen(INDEX, "w");

		assert_non_null(f);
		assert_int_equal(fwrite(b.data, 1, b.len, f), b.len);
		assert_int_equal(fclose(f), 0);
	}
	was = file_read(INDEX, 1 << 16, &n, &e);
	assert_non_null(was);
	assert_string_equal(was, b.data);
	assert_true(all.files >= 250);
	/* a reader that refuses everything is no reader */
	assert_true(4 * all.taken >= all.files);
	assert_true(2 * (all.files - all.taken) >= all.files);
	free(was);
	buf_free(&b);
}

static void every_kind_has_honest_files_and_others(void **state)
{
	static const char *const kinds[] = { "csv",	 "xlsx", "xml",
					     "openrosa", "json", "http" };

	(void)state;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		struct count all = { 0 };

		for (size_t i = 0; i < SETS; i++) {
			struct count c;

			if (strcmp(sets[i].kind, kinds[k]) != 0)
				continue;
			c = count_set(&sets[i]);
			all.files += c.files;
			all.taken += c.taken;
		}
		if (all.files < ALL || all.taken < 5 ||
		    all.files - all.taken < 40)
			fail_msg("%s: %zu, taken %zu", kinds[k], all.files,
				 all.taken);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_index_counts_what_is_there),
		cmocka_unit_test(every_kind_has_honest_files_and_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
