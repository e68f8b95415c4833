#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/round.h"
#include "support/test.h"

#define EXAMPLE "docs/examples/round-ha-nam-2023.json"

struct world {
	struct arena *a;
	struct round r;
	struct faults f;
	bool ok;
};

static void read_all(struct world *w, const char *text)
{
	w->a = arena_new((size_t)64 << 20);
	assert_non_null(w->a);
	faults_init(&w->f, w->a);
	w->ok = round_read(text, strlen(text), w->a, &w->r, &w->f);
}

static char *example(void)
{
	struct err e = { 0 };
	size_t n;
	char *s = file_read(EXAMPLE, (size_t)16 << 20, &n, &e);

	assert_non_null(s);
	return s;
}

/* The example with one text put for another; caller frees. */
static char *edited(const char *from, const char *to)
{
	char *s = example(), *at = strstr(s, from);
	struct buf b = BUF_INIT(1 << 20);

	if (!at)
		fail_msg("the example has no %s", from);
	buf_add(&b, s, (size_t)(at - s));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	free(s);
	return buf_take(&b);
}

static size_t node(const struct round *r, const char *code)
{
	for (size_t i = 0; i < r->set.n_nodes; i++)
		if (strcmp(r->set.nodes[i].code, code) == 0)
			return i;
	fail_msg("no criterion %s", code);
	return INDEX_NONE;
}

static size_t office(const struct round *r, const char *code)
{
	for (size_t i = 0; i < r->n_offices; i++)
		if (strcmp(r->offices[i].code, code) == 0)
			return i;
	fail_msg("no office %s", code);
	return INDEX_NONE;
}

static void the_plan_of_ha_nam_is_read_whole(void **state)
{
	char *s = example();
	struct world w = { 0 };
	const struct round *r = &w.r;

	(void)state;
	read_all(&w, s);
	assert_true(w.ok);
	assert_string_equal(r->code, "ha-nam-2023");
	assert_int_equal(r->year, 2023);
	assert_int_equal(r->n_tasks, 9);
	assert_int_equal(r->n_offices, 6);
	assert_int_equal(r->n_assignments, 9);
	assert_int_equal(r->tasks[3].step, STEP_SELF);
	assert_int_equal(r->tasks[3].due.days,
			 date_from_ymd(2023, 10, 31).days);
	assert_int_equal(r->tasks[5].step, STEP_APPRAISE);
	assert_int_equal(r->tasks[7].step, STEP_COUNCIL);
	assert_int_equal(r->tasks[8].step, STEP_PUBLISH);
	assert_int_equal(r->tasks[1].n_cooperating, 5);
	assert_null(r->wave);
	assert_false(r->own_unit);
	assert_true(r->set.example);
	arena_free(w.a);
	free(s);
}

static void a_letterhead_comes_from_the_document_alone(void **state)
{
	char *s = edited("\"year\":",
			 "\"superior\": \"Ủy ban\", \"body\": \"Sở\", "
			 "\"place\": \"Nơi ấy\", \"year\":");
	struct world w = { 0 };

	(void)state;
	read_all(&w, s);
	assert_true(w.ok);
	assert_string_equal(w.r.superior, "Ủy ban");
	assert_string_equal(w.r.body, "Sở");
	assert_string_equal(w.r.place, "Nơi ấy");
	arena_free(w.a);
	free(s);
	s = example();
	read_all(&w, s);
	assert_null(w.r.superior);
	assert_null(w.r.body);
	assert_null(w.r.place);
	arena_free(w.a);
	free(s);
}

static void the_text_kept_is_canonical(void **state)
{
	char *s = example();
	struct world w = { 0 }, again = { 0 };

	(void)state;
	read_all(&w, s);
	assert_true(w.ok);
	read_all(&again, w.r.text);
	assert_true(again.ok);
	assert_string_equal(w.r.text, again.r.text);
	arena_free(w.a);
	arena_free(again.a);
	free(s);
}

/* Hà Nam 2023, V: the field's office leads, the most specific names win. */
static void the_most_specific_assignment_wins(void **state)
{
	char *s =
		edited("\"assignments\": [",
		       "\"assignments\": ["
		       "{\"office\":\"so-khcn\",\"node\":\"7.4\",\"role\":"
		       "\"lead\"},"
		       "{\"office\":\"so-noi-vu\",\"role\":\"cooperating\"},");
	struct world w = { 0 };
	const struct round *r = &w.r;
	bool lead;

	(void)state;
	read_all(&w, s);
	assert_true(w.ok);
	assert_int_equal(round_appraiser(r, node(r, "7.1"), true),
			 office(r, "so-tttt"));
	assert_int_equal(round_appraiser(r, node(r, "7.4"), true),
			 office(r, "so-khcn"));
	assert_int_equal(round_appraiser(r, node(r, "7.3"), false),
			 office(r, "vp-ubnd"));
	/* everything: the last resort */
	assert_int_equal(round_appraiser(r, node(r, "7.1"), false),
			 office(r, "so-noi-vu"));
	assert_true(round_office_has(r, office(r, "vp-ubnd"), node(r, "7.3"),
				     &lead));
	assert_false(lead);
	assert_false(round_office_has(r, office(r, "vp-ubnd"), node(r, "7.2"),
				      &lead));
	assert_true(round_office_has(r, office(r, "so-tttt"), node(r, "7.3"),
				     &lead));
	assert_true(lead);
	assert_false(round_office_has(r, office(r, "so-tttt"), node(r, "7.4"),
				      &lead));
	arena_free(w.a);
	free(s);
}

static void every_fault_has_its_code_and_place(void **state)
{
	static const struct {
		const char *from, *to, *code, *path;
	} cases[] = {
		{ "\"round\": {", "\"rund\": {", "R02", "/rund" },
		{ "\"code\": \"ha-nam-2023\"", "\"code\": \"Hà Nam\"", "R03",
		  "/round/code" },
		{ "\"code\": \"ha-nam-2023\"", "\"code\": \"HN\"", "R03",
		  "/round/code" },
		{ "\"year\": 2023", "\"year\": \"2023\"", "R03",
		  "/round/year" },
		{ "\"year\": 2023", "\"year\": 1800", "R03", "/round/year" },
		{ "\"basis\": \"example\"", "\"basis\": \"\"", "R03",
		  "/round/basis" },
		{ "\"basis\": \"example\",", "", "R01", "/round/basis" },
		{ "\"own_unit\": false", "\"own_unit\": 0", "R03",
		  "/round/own_unit" },
		{ "\"opinion_days\": 5", "\"opinion_days\": 5.5", "R03",
		  "/round/opinion_days" },
		{ "\"index\": {", "\"index\": {\"x\":1.5,", "R03", "/index" },
		{ "\"format\": \"phieu-index/1\"", "\"format\": \"other\"",
		  "K05", "/index/format" },
		{ "\"due\": \"2023-10-31\"", "\"due\": \"31/10/2023\"", "R04",
		  "/calendar/2/due" },
		{ "\"due\": \"2023-10-31\"", "\"due\": \"2023-09-30\"", "R08",
		  "/calendar/2/due" },
		{ "\"step\": \"council\"", "\"step\": \"hop\"", "R05",
		  "/calendar/7/step" },
		{ "\"code\": \"9\",\n   \"title\"",
		  "\"code\": \"8\",\n   \"title\"", "R06", "/calendar/8/code" },
		{ "\"office\": \"so-khcn\"", "\"office\": \"so-khac\"", "R05",
		  "/assignments/8/office" },
		{ "\"node\": \"7.3\"", "\"node\": \"7.9\"", "R05",
		  "/assignments/4/node" },
		{ "\"role\": \"cooperating\"", "\"role\": \"helps\"", "R03",
		  "/assignments/4/role" },
		{ "\"office\": \"so-khcn\",\n   \"node\": \"8\"",
		  "\"office\": \"so-khcn\",\n   \"node\": \"7\"", "R09",
		  "/assignments/8" },
		{ "\"unit\": \"so-tu-phap\"", "\"unit\": \"so-khac\"", "R05",
		  "/offices/2/unit" },
		{ "\"offices\": [",
		  "\"offices\": [{\"code\":\"so-tttt\","
		  "\"name\":\"x\"},",
		  "R06", "/offices/5/code" },
		{ "\"calendar\": [",
		  "\"replaced\": [{\"from\":\"1.1\"}],"
		  "\"calendar\": [",
		  "R10", "/replaced/0/from" },
		{ "\"calendar\": [",
		  "\"replaced\": [{\"from\":\"x\",\"to\":\"y\"}],"
		  "\"calendar\": [",
		  "R05", "/replaced/0/to" },
		{ "\"calendar\": [",
		  "\"merged\": [{\"from\":\"so-tu-phap\",\"to\":"
		  "\"so-noi-vu\"}],\"calendar\": [",
		  "R13", "/merged/0/from" },
		{ "\"calendar\": [",
		  "\"merged\": [{\"from\":\"x\",\"to\":\"y\"}],"
		  "\"calendar\": [",
		  "R05", "/merged/0/to" },
		{ "\"calendar\": [",
		  "\"merged\": [{\"from\":\"x\",\"to\":\"so-noi-vu\"},"
		  "{\"from\":\"x\",\"to\":\"so-tu-phap\"}],"
		  "\"calendar\": [",
		  "R06", "/merged/1/from" },
		{ "\"calendar\": [",
		  "\"merged\": [{\"from\":\"x\"}],\"calendar\": [", "R01",
		  "/merged/0/to" },
		{ "\"calendar\": [", "\"calendar\": 1, \"x\": [", "R03",
		  "/calendar" },
		{ "{", "[{", "R00", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *s = edited(cases[i].from, cases[i].to);
		struct world w = { 0 };
		bool found = false;

		read_all(&w, s);
		assert_false(w.ok);
		for (size_t k = 0; k < w.f.n; k++) {
			found |= strcmp(w.f.list[k].code, cases[i].code) == 0 &&
				 strcmp(w.f.list[k].path, cases[i].path) == 0;
			assert_true(*w.f.list[k].message);
			assert_true(*w.f.list[k].message_vi);
		}
		if (!found)
			fail_msg("%s -> %s: %zu faults, first %s %s",
				 cases[i].from, cases[i].to, w.f.n,
				 w.f.list[0].code, w.f.list[0].path);
		arena_free(w.a);
		free(s);
	}
}

static void all_faults_come_at_once(void **state)
{
	static const char text[] =
		"{\"round\":{\"code\":\"a\"},\"index\":{},\"offices\":[{}],"
		"\"calendar\":[{\"code\":\"1\",\"lead\":[]}],"
		"\"assignments\":[{}],\"more\":1}";
	struct world w = { 0 };

	(void)state;
	read_all(&w, text);
	assert_false(w.ok);
	assert_true(w.f.n > 10);
	arena_free(w.a);
}

static void a_criterion_that_nobody_leads_is_told(void **state)
{
	char *s = edited("\"role\": \"lead\"", "\"role\": \"cooperating\"");
	struct world w = { 0 };

	(void)state;
	read_all(&w, s);
	assert_false(w.ok);
	/* the three criteria of field 1 */
	assert_int_equal(w.f.n, 3);
	assert_string_equal(w.f.list[0].code, "R11");
	assert_non_null(strstr(w.f.list[0].message_vi, "1.1"));
	arena_free(w.a);
	free(s);
}

static void steps_have_words_both_ways(void **state)
{
	enum round_step s;

	(void)state;
	for (int i = STEP_SELF; i <= STEP_PUBLISH; i++) {
		assert_true(
			round_step_parse(round_step_word((enum round_step)i),
					 &s));
		assert_int_equal(s, i);
		assert_true(*round_step_word_vi((enum round_step)i));
	}
	assert_false(round_step_parse("", &s));
	assert_false(round_step_parse("họp", &s));
}

static void the_tables_carry_what_the_text_says(void **state)
{
	char *s = edited("\"calendar\": [",
			 "\"replaced\": [{\"from\":\"2.9\",\"to\":\"2.2\"},"
			 "{\"from\":\"old\"}],\"calendar\": [");
	struct buf b = BUF_INIT(1 << 20);
	struct world w = { 0 };

	(void)state;
	read_all(&w, s);
	assert_true(w.ok);
	round_tables(&w.r, &b);
	assert_non_null(strstr(buf_cstr(&b),
			       "{\"code\":\"9.1\",\"name\":\"Điều tra xã hội "
			       "học (mẫu)\",\"parent\":\"9\",\"leaf\":true,"
			       "\"source\":\"survey\",\"effect\":\"counts\","
			       "\"maximum\":\"15\"}"));
	assert_non_null(strstr(b.data, "{\"from\":\"2.9\",\"to\":\"2.2\"},"
				       "{\"from\":\"old\",\"to\":null}"));
	assert_non_null(strstr(b.data, "{\"office\":\"vp-ubnd\",\"node\":"
				       "\"7.3\",\"role\":\"cooperating\"}"));
	buf_free(&b);
	arena_free(w.a);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_of_ha_nam_is_read_whole),
		cmocka_unit_test(a_letterhead_comes_from_the_document_alone),
		cmocka_unit_test(the_text_kept_is_canonical),
		cmocka_unit_test(the_most_specific_assignment_wins),
		cmocka_unit_test(every_fault_has_its_code_and_place),
		cmocka_unit_test(all_faults_come_at_once),
		cmocka_unit_test(a_criterion_that_nobody_leads_is_told),
		cmocka_unit_test(steps_have_words_both_ways),
		cmocka_unit_test(the_tables_carry_what_the_text_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
