/* Targets of the year and rules of commendation: what is taken, what is
 * refused, with which code and where. */
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/year.h"
#include "support/test.h"

#define ROUND	"docs/examples/round-hau-giang-2021.json"
#define TARGETS "docs/examples/targets-hau-giang-2021.json"
#define REWARDS "docs/examples/reward-hau-giang-2021.json"

struct world {
	struct arena *a;
	struct round r;
	struct faults f;
	struct year_doc d;
	bool ok;
};

static char *text_of(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *s = file_read(path, (size_t)1 << 20, &n, &e);

	assert_non_null(s);
	return s;
}

static void begin(struct world *w)
{
	char *s = text_of(ROUND);

	*w = (struct world){ .a = arena_new((size_t)64 << 20) };
	faults_init(&w->f, w->a);
	assert_true(round_read(s, strlen(s), w->a, &w->r, &w->f));
	free(s);
}

/* The document with one text put for another. */
static void read_edited(struct world *w, const char *path, const char *from,
			const char *to, bool against)
{
	char *s = text_of(path), *at = strstr(s, from);
	const struct round *r = against ? &w->r : NULL;
	struct buf b = BUF_INIT(1 << 20);

	if (!at)
		fail_msg("%s has no %s", path, from);
	buf_add(&b, s, (size_t)(at - s));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	assert_non_null(b.data);
	faults_init(&w->f, w->a);
	w->ok = strcmp(path, TARGETS) == 0
			? target_read(b.data, b.len, r, w->a, &w->d, &w->f)
			: reward_read(b.data, b.len, r, w->a, &w->d, &w->f);
	buf_free(&b);
	free(s);
}

struct edit {
	const char *from, *to, *code, *path;
};

static void refused(const char *path, const struct edit *x)
{
	struct world w;

	begin(&w);
	read_edited(&w, path, x->from, x->to, true);
	if (w.ok)
		fail_msg("taken: %s", x->to);
	for (size_t i = 0; i < w.f.n; i++)
		if (strcmp(w.f.list[i].code, x->code) == 0 &&
		    strcmp(w.f.list[i].path, x->path) == 0) {
			assert_true(*w.f.list[i].message);
			assert_true(*w.f.list[i].message_vi);
			arena_free(w.a);
			return;
		}
	fail_msg("%s: no %s at %s, but %s at %s", x->to, x->code, x->path,
		 w.f.list[0].code, w.f.list[0].path);
}

static void all_refused(const char *path, const struct edit *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		refused(path, &list[i]);
}

static void the_targets_of_hau_giang_are_read_whole(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	read_edited(&w, TARGETS, "\"CT1\"", "\"CT1\"", true);
	assert_true(w.ok);
	assert_int_equal(w.d.n, 10);
	assert_string_equal(w.d.round, "hau-giang-2021");
	assert_true(w.d.example);
	assert_non_null(strstr(w.d.text, "\"code\":\"CT6\""));
	arena_free(w.a);
}

static void the_rules_of_hau_giang_are_read_whole(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	read_edited(&w, REWARDS, "\"example\"", "\"QĐ 1/QĐ-UBND\"", true);
	assert_true(w.ok);
	assert_int_equal(w.d.n, 2);
	assert_false(w.d.example);
	arena_free(w.a);
}

static void the_text_kept_is_the_same_in_any_order_of_members(void **state)
{
	struct world w;
	const char *first;

	(void)state;
	begin(&w);
	read_edited(&w, REWARDS,
		    "\"ties\": \"shared\",\n  \"vacated\": \"empty\"",
		    "\"vacated\": \"empty\",\n  \"ties\": \"shared\"", true);
	assert_true(w.ok);
	first = w.d.text;
	read_edited(&w, REWARDS, "\"ties\"", "\"ties\"", true);
	assert_string_equal(first, w.d.text);
	arena_free(w.a);
}

static void without_a_round_its_names_are_not_looked_up(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	read_edited(&w, TARGETS, "\"unit\": \"so-noi-vu\"",
		    "\"unit\": \"so-khac\"", false);
	assert_true(w.ok);
	read_edited(&w, REWARDS, "\"huyen-mau-1\"", "\"huyen-khac\"", false);
	assert_true(w.ok);
	arena_free(w.a);
}

static void faults_of_targets_have_their_codes_and_places(void **state)
{
	static const struct edit list[] = {
		{ "{", "[", "T03", "" },
		{ "\"phieu-targets/1\"", "\"phieu-targets/2\"", "T03",
		  "/format" },
		{ "\"plan\"", "\"plans\"", "T01", "/plan" },
		{ "\"plan\"", "\"plans\"", "T02", "/plans" },
		{ "\"hau-giang-2021\"", "\"ha-nam-2023\"", "T05",
		  "/plan/round" },
		{ "\"basis\": \"example\"", "\"base\": \"example\"", "T01",
		  "/plan/basis" },
		{ "\"targets\": [", "\"targets\": 1, \"x\": [", "T03",
		  "/targets" },
		{ "\"targets\": [", "\"targets\": [], \"x\": [", "T01",
		  "/targets" },
		{ "\"targets\": [", "\"targets\": [1,", "T03", "/targets/0" },
		{ "\"CT2\"", "\"CT1\"", "T06", "/targets/1/code" },
		{ "\"deadline\": \"2021-12-31\"", "\"deadline\": \"31/12\"",
		  "T04", "/targets/0/deadline" },
		{ "\"kind\": \"typed\"", "\"kind\": \"felt\"", "T03",
		  "/targets/0/measure/kind" },
		{ "\"kind\": \"typed\"",
		  "\"kind\": \"typed\", \"unit\": \"so-noi-vu\"", "T02",
		  "/targets/0/measure/unit" },
		{ "\"measure\": {", "\"measure\": 1, \"y\": {", "T03",
		  "/targets/0/measure" },
		{ "\"measure\": {", "\"y\": {", "T01", "/targets/0/measure" },
		{ "\"compare\": \">=\"", "\"compare\": \">\"", "T03",
		  "/targets/0/compare" },
		{ "\"compare\": \">=\"", "\"compare\": \"grade>=\"", "T07",
		  "/targets/0/compare" },
		{ "\"compare\": \"grade>=\"", "\"compare\": \">=\"", "T07",
		  "/targets/8/compare" },
		{ "\"value\": \"100\"", "\"value\": \"100%\"", "T08",
		  "/targets/0/value" },
		{ "\"value\": \"100\"", "\"value\": 100", "T03",
		  "/targets/0/value" },
		{ "\"value\": \"Xuất sắc\"", "\"value\": \"Giỏi\"", "T05",
		  "/targets/8/value" },
		{ "\"kind\": \"total\",\n        \"unit\": \"so-noi-vu\"",
		  "\"kind\": \"total\",\n        \"unit\": \"so-noi\"", "T05",
		  "/targets/7/measure/unit" },
		{ "\"kind\": \"total\"",
		  "\"kind\": \"points\", \"criterion\": \"99\"", "T05",
		  "/targets/7/measure/criterion" },
		{ "\"kind\": \"total\"", "\"kind\": \"measure\"", "T01",
		  "/targets/7/measure/criterion" },
		{ "\"grade\": \"Xuất sắc\"", "\"grade\": \"Giỏi\"", "T05",
		  "/targets/6/measure/grade" },
		{ "\"grade\": \"Xuất sắc\"",
		  "\"grade\": \"Xuất sắc\", \"of\": \"xa\"", "T05",
		  "/targets/6/measure/of" },
		{ "\"index\": \"PAPI\"", "\"index\": \"HDI\"", "T03",
		  "/targets/9/measure/index" },
		{ "\"what\": \"rank\"", "\"what\": \"place\"", "T03",
		  "/targets/9/measure/what" },
		{ "\"year\": 2021", "\"year\": \"2021\"", "T03",
		  "/targets/9/measure/year" },
	};

	(void)state;
	all_refused(TARGETS, list, sizeof list / sizeof list[0]);
}

static void every_kind_of_measure_is_taken(void **state)
{
	static const char *const measures[] = {
		"{\"kind\":\"total\",\"unit\":\"so-tu-phap\"}",
		"{\"kind\":\"rank\",\"unit\":\"so-tu-phap\"}",
		"{\"kind\":\"points\",\"unit\":\"so-tu-phap\",\"criterion\":"
		"\"1.1.1\"}",
		"{\"kind\":\"measure\",\"unit\":\"so-tu-phap\",\"criterion\":"
		"\"8.2\"}",
		"{\"kind\":\"component\",\"unit\":\"cua-dot\",\"criterion\":"
		"\"8.1\"}",
		"{\"kind\":\"share\",\"grade\":\"Tốt\",\"of\":\"huyen\"}",
		"{\"kind\":\"series\",\"index\":\"PCI\",\"what\":\"points\"}",
	};
	struct world w;

	(void)state;
	begin(&w);
	for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++) {
		read_edited(&w, TARGETS,
			    "{\n        \"kind\": \"typed\"\n      }",
			    measures[i], true);
		if (!w.ok)
			fail_msg("%s: %s at %s", measures[i], w.f.list[0].code,
				 w.f.list[0].path);
	}
	arena_free(w.a);
}

static void faults_of_rules_have_their_codes_and_places(void **state)
{
	static const struct edit list[] = {
		{ "\"ties\": \"shared\"", "\"ties\": \"lots\"", "C03",
		  "/ties" },
		{ "\"vacated\": \"empty\"", "\"y\": \"empty\"", "C01",
		  "/vacated" },
		{ "\"exclude\"", "\"excludes\"", "C01", "/exclude" },
		{ "\"exclude\": {", "\"exclude\": 1, \"y\": {", "C03",
		  "/exclude" },
		{ "\"deduction\": true", "\"deduction\": 1", "C03",
		  "/exclude/deduction" },
		{ "\"discipline\": true", "\"disciplines\": true", "C01",
		  "/exclude/discipline" },
		{ "\"huyen-mau-1\"", "\"huyen-mau-9\"", "C05",
		  "/blocks/2/units/0" },
		{ "\"huyen-mau-1\"", "\"huyen-mau-9\"", "C07", "/blocks" },
		{ "\"huyen-mau-1\"", "\"so-noi-vu\"", "C06",
		  "/blocks/2/units/0" },
		{ "\"huyen-mau-1\"", "\"huyen-mau-1\", \"huyen-mau-1\"", "C06",
		  "/blocks/2/units/1" },
		{ "\"khoi-2\"", "\"khoi-1\"", "C06", "/blocks/1/code" },
		{ "\"Khối thi đua mẫu 2\"", "\"Khối thi đua mẫu 1\"", "C06",
		  "/blocks/1/name" },
		{ "\"blocks\": [", "\"blocks\": [1,", "C03", "/blocks/0" },
		{ "\"blocks\": [", "\"block\": [", "C07", "/units/1/first" },
		{ "\"first\": 1", "\"first\": 0", "C03", "/units/1/first" },
		{ "\"first\": 1,", "", "C07", "/units/1" },
		{ "\"minimum\": \"80\"", "\"minimum\": \"a\"", "C08",
		  "/units/1/minimum" },
		{ "\"grade\": \"Xuất sắc\"", "\"grade\": \"Giỏi\"", "C05",
		  "/units/0/grade" },
		{ "\"code\": \"nhat-khoi\"", "\"code\": \"xuat-sac\"", "C06",
		  "/units/1/code" },
		{ "\"of\": \"province\"", "\"of\": \"nation\"", "C03",
		  "/persons/0/of" },
		{ "\"of\": [\n        \"xuat-sac\"",
		  "\"of\": [\n        \"xuat\"", "C05", "/persons/1/of/0" },
		{ "\"of\": [", "\"all\": 1, \"of\": [", "C03",
		  "/persons/1/all" },
		{ "\"most\": 2", "\"most\": 0", "C03", "/persons/1/most" },
		{ "\"persons\": [", "\"persons\": [1,", "C03", "/persons/0" },
		{ "\"persons\": [", "\"persons\": 1, \"z\": [", "C03",
		  "/persons" },
		{ "\"title\": \"Bằng khen tập thể\"", "\"title\": \"\"", "C03",
		  "/units/0/title" },
	};

	(void)state;
	all_refused(REWARDS, list, sizeof list / sizeof list[0]);
}

static void rules_want_at_least_one(void **state)
{
	static const char text[] =
		"{\"format\":\"phieu-reward/1\",\"reward\":{\"round\":\"r\","
		"\"name\":\"n\",\"basis\":\"example\"},\"ties\":\"shared\","
		"\"vacated\":\"next\",\"exclude\":{\"deduction\":false,"
		"\"discipline\":false},\"units\":[";
	struct world w;

	(void)state;
	begin(&w);
	for (int k = 0; k < 2; k++) {
		struct buf b = BUF_INIT(4096);

		buf_adds(&b, text);
		buf_adds(&b, k ? "1" : "");
		buf_adds(&b, "]}");
		assert_non_null(b.data);
		faults_init(&w.f, w.a);
		assert_false(reward_read(b.data, b.len, NULL, w.a, &w.d, &w.f));
		assert_true(faults_have(&w.f, k ? "C03" : "C01"));
		buf_free(&b);
	}
	arena_free(w.a);
}

static void memory_that_ends_is_a_fault_and_no_crash(void **state)
{
	char *t = text_of(TARGETS), *c = text_of(REWARDS);
	size_t failed = 0;

	(void)state;
	for (size_t room = 16; room < 60000; room += 1013) {
		struct arena *a = arena_new(room), *b = arena_new(1 << 20);
		struct year_doc d = { 0 };
		struct faults f;

		faults_init(&f, b);
		failed += !target_read(t, strlen(t), NULL, a, &d, &f);
		faults_init(&f, b);
		failed += !reward_read(c, strlen(c), NULL, a, &d, &f);
		arena_free(a);
		arena_free(b);
	}
	assert_true(failed > 2);
	free(t);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_targets_of_hau_giang_are_read_whole),
		cmocka_unit_test(the_rules_of_hau_giang_are_read_whole),
		cmocka_unit_test(
			the_text_kept_is_the_same_in_any_order_of_members),
		cmocka_unit_test(without_a_round_its_names_are_not_looked_up),
		cmocka_unit_test(faults_of_targets_have_their_codes_and_places),
		cmocka_unit_test(every_kind_of_measure_is_taken),
		cmocka_unit_test(faults_of_rules_have_their_codes_and_places),
		cmocka_unit_test(rules_want_at_least_one),
		cmocka_unit_test(memory_that_ends_is_a_fault_and_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
