#include "support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/submission.h"

#define CORPUS "tests/data/corpus"

/* The cases are judged by the page's rules too (tests/web/corpus.test.mjs):
 * what the page lets through must be what the collector takes. */
struct tally {
	size_t cases, wrong, good;
};

static const char *text_of(const cJSON *o, const char *key)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItem(o, key));

	assert_non_null(s);
	return s;
}

/* "V07 /path; V00 /path" */
static void want_faults(const cJSON *c, struct buf *out)
{
	const cJSON *f;

	cJSON_ArrayForEach(f, cJSON_GetObjectItem(c, "faults"))
	{
		buf_addf(out, "%s%s %s", out->len ? "; " : "",
			 cJSON_GetStringValue(cJSON_GetArrayItem(f, 0)),
			 cJSON_GetStringValue(cJSON_GetArrayItem(f, 1)));
	}
	buf_addf(out, "|%s|%s",
		 cJSON_IsTrue(cJSON_GetObjectItem(c, "quarantine")) ? "odd"
								    : "",
		 cJSON_IsTrue(cJSON_GetObjectItem(c, "straight")) ? "Q01" : "");
}

static void got_faults(const struct plan *p, struct date today, struct arena *a,
		       const char *text, struct buf *out)
{
	struct submission s;
	struct err e = { 0 };
	struct faults f;
	unsigned flags = 0;
	bool read;

	faults_init(&f, a);
	read = submission_read(text, strlen(text), p, a, &s, &f, &e);
	if (read) {
		submission_check(p, &s, today, &f, &flags);
		faults_sort(&f);
	}
	for (size_t i = 0; read && i < f.n; i++)
		buf_addf(out, "%s%s %s", i ? "; " : "", f.list[i].code,
			 f.list[i].path);
	buf_addf(out, "|%s|%s", read ? "" : "odd",
		 flags & FLAG_STRAIGHT ? "Q01" : "");
}

static void judge(const struct plan *p, struct date today, const cJSON *c,
		  struct arena *a, struct tally *t)
{
	char *text =
		cJSON_PrintUnformatted(cJSON_GetObjectItem(c, "submission"));
	struct buf want = BUF_INIT(1 << 20), got = BUF_INIT(1 << 20);

	assert_non_null(text);
	want_faults(c, &want);
	got_faults(p, today, a, text, &got);
	if (strcmp(buf_cstr(&want), buf_cstr(&got)) != 0) {
		print_message("%.300s\n  want %s\n  got  %s\n", text,
			      buf_cstr(&want), buf_cstr(&got));
		t->wrong++;
	}
	t->cases++;
	t->good += strcmp(buf_cstr(&got), "||") == 0;
	buf_free(&want);
	buf_free(&got);
	free(text);
}

static void judge_file(const char *path, struct tally *t)
{
	struct arena *a = arena_new((size_t)32 << 20);
	struct err e = { 0 };
	struct date today;
	struct plan *p;
	const cJSON *c;
	cJSON *doc;
	char *text;
	size_t n;

	text = file_read(path, (size_t)16 << 20, &n, &e);
	assert_non_null(text);
	doc = cJSON_Parse(text);
	assert_non_null(doc);
	assert_true(date_parse(text_of(doc, "today"), 10, &today, &e));
	p = plan_file_read(text_of(doc, "plan"), &e);
	assert_non_null(p);
	cJSON_ArrayForEach(c, cJSON_GetObjectItem(doc, "cases"))
	{
		arena_reset(a);
		judge(p, today, c, a, t);
	}
	plan_free(p);
	cJSON_Delete(doc);
	free(text);
	arena_free(a);
}

static void page_and_collector_judge_the_same_corpus(void **state)
{
	DIR *dir = opendir(CORPUS);
	struct tally t = { 0 };
	struct dirent *d;
	size_t files = 0;
	char path[512];

	(void)state;
	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL) {
		if (!strstr(d->d_name, ".json"))
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", CORPUS, d->d_name);
		judge_file(path, &t);
		files++;
	}
	(void)closedir(dir);
	assert_true(files >= 5);
	assert_true(t.cases >= 525);
	assert_true(t.good >= 100);
	assert_true(t.cases - t.good >= 250);
	assert_int_equal(t.wrong, 0);
}

static int start(void **state)
{
	struct err e = { 0 };

	(void)state;
	return hash_start(&e) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_and_collector_judge_the_same_corpus),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
