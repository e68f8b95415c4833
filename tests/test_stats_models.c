/* Tests and models asked for by specifications, as `phieu estimate` reads
 * them; the numbers are those of the oracle's cases. */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/json.h"
#include "support/asked.h"
#include "support/oracle.h"
#include "support/table.h"

#define SIPAS                                                            \
	"{\"data\":\"sipas.csv\",\"design\":{\"strata\":[\"strat_uc\"]," \
	"\"clusters\":[\"psu_uc\"],\"weights\":\"w\"},\"estimates\":["

/* A detail's tree and its cell `i`. */
static cJSON *detail(const struct asked *q, size_t estimate)
{
	cJSON *tree = NULL;

	assert_non_null(q->out.detail[estimate]);
	tree = cJSON_Parse(q->out.detail[estimate]);
	assert_non_null(tree);
	return tree;
}

static const cJSON *cell_of(const cJSON *tree, int i)
{
	const cJSON *c = cJSON_GetArrayItem(json_get(tree, "cells"), i);

	assert_non_null(c);
	return c;
}

/* Numbers of a list, lists in it taken one after the other. */
static void same_list(struct oracle *o, const char *field, const cJSON *got)
{
	char at[80];
	int i = 0;

	assert_non_null(got);
	for (const cJSON *x = got->child; x; x = x->next, i++) {
		(void)snprintf(at, sizeof at, "%s[%d]", field, i);
		if (cJSON_IsArray(x))
			same_list(o, at, x);
		else
			oracle_want(o, at,
				    cJSON_IsNull(x) ? (double)NAN
						    : x->valuedouble);
	}
	assert_int_equal(i, cJSON_GetArraySize(oracle_field(o, field)));
}

static void find_case(struct oracle *o, const char *id)
{
	oracle_open(o, "sipas_tests_regression");
	for (const cJSON *one = NULL; (one = oracle_next(o, one));)
		if (strcmp(o->id, id) == 0) {
			o->cases++;
			return;
		}
	fail_msg("no case %s", id);
}

static void a_regression_has_its_terms_and_joint_tests(void **state)
{
	struct asked q;
	struct oracle o;
	cJSON *tree;
	const cJSON *c;
	static const char *const parts[] = { "coef", "se",   "t",
					     "p",    "vcov", "terms" };

	(void)state;
	ask(&q, SIPAS "{\"name\":\"drivers\",\"stat\":\"regression\","
		      "\"y\":\"overall\",\"x\":[\"E1\",\"E2\",\"E3\",\"E4\","
		      "\"E5\"],\"factors\":[\"sex\",\"type\",\"service\"]},"
		      "{\"stat\":\"regression\",\"y\":\"overall\","
		      "\"factors\":[\"service\",\"sex\"],"
		      "\"test\":[\"sexM\"]}]}");
	tree = detail(&q, 0);
	c = cell_of(tree, 0);
	find_case(&o, "S_uc.glm.adjusted");
	/* without age: the order of the terms is ours */
	assert_int_equal(cJSON_GetArraySize(json_get(c, "terms")), 12);
	assert_string_equal(
		cJSON_GetArrayItem(json_get(c, "terms"), 8)->valuestring,
		"serviceDD");
	assert_int_equal(q.out.n, 12 + 6);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		assert_non_null(json_get(c, parts[i]));
	assert_int_equal(cJSON_GetArraySize(json_get(c, "wald")), 3);
	cJSON_Delete(tree);
	oracle_close(&o);
	find_case(&o, "S_uc.wald.service");
	tree = detail(&q, 1);
	c = json_get(cell_of(tree, 0), "wald")->child;
	assert_string_equal(json_get_text(c, "factor"), "service");
	oracle_want(&o, "F", json_get(c, "F")->valuedouble);
	oracle_want(&o, "df", json_get(c, "df")->valuedouble);
	oracle_want(&o, "ddf", json_get(c, "ddf")->valuedouble);
	oracle_want(&o, "p", json_get(c, "p")->valuedouble);
	/* sex by its factor and by its term: the same test */
	assert_near(json_get(c->next->next, "F")->valuedouble,
		    json_get(c->next, "F")->valuedouble, 1e-13);
	oracle_close(&o);
	cJSON_Delete(tree);
	asked_clear(&q);
}

static void every_number_of_a_regression_is_the_oracles(void **state)
{
	static const struct {
		const char *id, *spec;
	} cases[] = {
		{ "S_uc.glm.drivers", "\"y\":\"overall\",\"x\":[\"E1\",\"E2\","
				      "\"E3\",\"E4\",\"E5\"]" },
		{ "S_uc.glm.logit",
		  "\"family\":\"logit\",\"y\":\"satisfied\",\"x\":[\"E1\","
		  "\"E3\",\"days_wait\",\"on_time\"],\"factors\":[\"type\"],"
		  "\"where\":{\"E2\":{\"min\":0},\"E4\":{\"min\":0},"
		  "\"E5\":{\"min\":0}}" },
	};
	static const char *const lists[] = { "coef", "se", "t", "p", "vcov" };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct asked q;
		struct oracle o;
		char spec[800];
		cJSON *tree;
		const cJSON *c;

		(void)snprintf(spec, sizeof spec,
			       SIPAS "{\"stat\":\"regression\",%s}]}",
			       cases[i].spec);
		ask(&q, spec);
		tree = detail(&q, 0);
		c = cell_of(tree, 0);
		find_case(&o, cases[i].id);
		for (size_t l = 0; l < 5; l++)
			same_list(&o, lists[l], json_get(c, lists[l]));
		oracle_want(&o, "df_resid",
			    json_get(c, "df_resid")->valuedouble);
		oracle_want(&o, "dispersion",
			    json_get(c, "dispersion")->valuedouble);
		oracle_want(&o, "n", json_get(c, "n")->valuedouble);
		/* cells say the same as the detail */
		for (size_t j = 0; j < q.out.n; j++) {
			const struct est_cell *e = &q.out.cell[j];
			char at[40];

			(void)snprintf(at, sizeof at, "coef[%zu]", j);
			oracle_want(&o, at, e->r.value);
			(void)snprintf(at, sizeof at, "p[%zu]", j);
			oracle_want(&o, at, extra(e, "p"));
			assert_string_equal(
				e->of,
				cJSON_GetArrayItem(json_get(c, "terms"), (int)j)
					->valuestring);
		}
		oracle_close(&o);
		cJSON_Delete(tree);
		asked_clear(&q);
	}
}

static void ordered_answers_name_their_cuts(void **state)
{
	cJSON *want = test_json_read("tests/data/golden/ordinal.json");
	struct asked q;

	(void)state;
	ask(&q, SIPAS "{\"stat\":\"regression\",\"family\":\"ordinal\","
		      "\"y\":\"overall\",\"x\":[\"E1\",\"E3\",\"age\"],"
		      "\"factors\":[\"sex\"]}]}");
	assert_int_equal(q.out.n, 7);
	assert_string_equal(q.out.cell[3].of, "sexM");
	assert_string_equal(q.out.cell[4].of, "2|3");
	assert_string_equal(q.out.cell[6].of, "4|5");
	assert_near(q.out.cell[0].r.value,
		    cJSON_GetArrayItem(json_get(want, "coef"), 0)->valuedouble,
		    1e-10);
	assert_near(q.out.cell[2].r.value,
		    cJSON_GetArrayItem(json_get(want, "coef"), 3)->valuedouble,
		    1e-9);
	assert_near(q.out.cell[6].r.se,
		    cJSON_GetArrayItem(json_get(want, "se"), 6)->valuedouble,
		    1e-8);
	cJSON_Delete(want);
	asked_clear(&q);
}

static void two_groups_are_compared(void **state)
{
	struct asked q;
	struct oracle o;
	cJSON *tree;

	(void)state;
	ask(&q, SIPAS "{\"stat\":\"ttest\",\"of\":[\"E\",\"overall\"],"
		      "\"group\":\"sex\"}]}");
	assert_int_equal(q.out.n, 2);
	find_case(&o, "S_uc.ttest.E.sex");
	oracle_want(&o, "diff", q.out.cell[0].r.value);
	oracle_want(&o, "t", extra(&q.out.cell[0], "t"));
	oracle_want(&o, "p", extra(&q.out.cell[0], "p"));
	oracle_want(&o, "df", (double)q.out.cell[0].r.df);
	oracle_want(&o, "ci[0]", q.out.cell[0].r.ci_l);
	oracle_want(&o, "ci[1]", q.out.cell[0].r.ci_u);
	tree = detail(&q, 0);
	assert_string_equal(
		json_get_text(json_get(cell_of(tree, 0), "tests")->child,
			      "group"),
		"M");
	cJSON_Delete(tree);
	oracle_close(&o);
	asked_clear(&q);
}

static void groups_are_compared_within_each_cell(void **state)
{
	struct asked q;
	cJSON *tree;

	(void)state;
	ask(&q, SIPAS "{\"stat\":\"ttest\",\"of\":[\"E\"],\"group\":\"sex\","
		      "\"by\":[\"service\"]}]}");
	assert_int_equal(q.out.n, 5);
	assert_string_equal(q.out.cell[1].key[0], "DD");
	tree = detail(&q, 0);
	assert_string_equal(json_get_text(json_get(cell_of(tree, 1), "by"),
					  "service"),
			    "DD");
	cJSON_Delete(tree);
	asked_clear(&q);
}

static void tables_are_tested(void **state)
{
	static const char *const tests[] = { "F", "Wald", "adjWald" };
	struct asked q;
	struct oracle o;
	cJSON *tree;
	const cJSON *c;

	(void)state;
	ask(&q, SIPAS "{\"stat\":\"chisq\",\"rows\":\"service\","
		      "\"cols\":\"satisfied\"}]}");
	find_case(&o, "S_uc.chisq.service_satisfied");
	tree = detail(&q, 0);
	c = cell_of(tree, 0);
	for (size_t i = 0; i < 3; i++) {
		const cJSON *t = json_get(c, tests[i]);
		char at[40];

		(void)snprintf(at, sizeof at, "%s.statistic", tests[i]);
		oracle_want(&o, at, json_get(t, "statistic")->valuedouble);
		(void)snprintf(at, sizeof at, "%s.parameter[0]", tests[i]);
		oracle_want(&o, at, json_get(t, "df")->valuedouble);
		(void)snprintf(at, sizeof at, "%s.parameter[1]", tests[i]);
		oracle_want(&o, at, json_get(t, "ddf")->valuedouble);
		(void)snprintf(at, sizeof at, "%s.p", tests[i]);
		oracle_want(&o, at, json_get(t, "p")->valuedouble);
	}
	oracle_want(&o, "Chisq.p",
		    json_get(json_get(c, "Chisq"), "p")->valuedouble);
	same_list(&o, "table.values", json_get(json_get(c, "table"), "values"));
	assert_string_equal(
		json_get(json_get(c, "table"), "rows")->child->valuestring,
		"CCCD");
	assert_string_equal(q.out.cell[0].of, "service*satisfied");
	oracle_want(&o, "F.statistic", q.out.cell[0].r.value);
	oracle_want(&o, "F.p", extra(&q.out.cell[0], "p"));
	oracle_close(&o);
	cJSON_Delete(tree);
	asked_clear(&q);
}

static void drivers_are_ranked(void **state)
{
	struct asked q;
	struct oracle o;
	cJSON *tree;
	const cJSON *c;

	(void)state;
	ask(&q, SIPAS "{\"stat\":\"drivers\",\"y\":\"overall\",\"x\":[\"E1\","
		      "\"E2\",\"E3\",\"E4\",\"E5\"]}]}");
	find_case(&o, "ipa");
	tree = detail(&q, 0);
	c = cell_of(tree, 0);
	same_list(&o, "performance", json_get(c, "performance"));
	same_list(&o, "importance_r", json_get(c, "importance_r"));
	same_list(&o, "lmg", json_get(c, "lmg"));
	oracle_want(&o, "r2_full", json_get(c, "r2_full")->valuedouble);
	oracle_want(&o, "cut_imp", json_get(c, "cut_imp")->valuedouble);
	assert_int_equal(q.out.n, 5);
	oracle_want(&o, "lmg[2]", extra(&q.out.cell[2], "lmg"));
	assert_string_equal(json_get(c, "quadrant")->child->valuestring,
			    oracle_field(&o, "quadrant[0]")->valuestring);
	oracle_close(&o);
	cJSON_Delete(tree);
	asked_clear(&q);
}

/* ---- what cannot be ------------------------------------------------------ */

static bool read_spec(const char *estimate, struct faults *faults,
		      struct arena *a)
{
	struct spec s;
	struct frame f;
	struct err e = { 0 };
	struct buf text = BUF_INIT(4096);
	bool ok;

	buf_addf(&text, SIPAS "%s]}", estimate);
	assert_true(frame_init(&f, 1000, &e));
	faults_init(faults, a);
	ok = spec_read(text.data, text.len, a, &f, &s, faults);
	frame_clear(&f);
	buf_free(&text);
	return ok;
}

static void wrong_specifications_are_faults(void **state)
{
	static const char *const cases[] = {
		"{\"stat\":\"regression\",\"y\":\"overall\"}",
		"{\"stat\":\"regression\",\"x\":[\"E1\"]}",
		"{\"stat\":\"regression\",\"y\":\"overall\",\"x\":[\"E1\"],"
		"\"family\":\"probit\"}",
		"{\"stat\":\"regression\",\"y\":\"overall\",\"x\":[1]}",
		"{\"stat\":\"regression\",\"y\":\"overall\",\"x\":[\"E1\"],"
		"\"test\":[1]}",
		"{\"stat\":\"regression\",\"y\":\"overall\",\"x\":[\"E1\"],"
		"\"test\":\"E1\"}",
		"{\"stat\":\"ttest\",\"group\":\"sex\"}",
		"{\"stat\":\"ttest\",\"of\":[\"E\"]}",
		"{\"stat\":\"ttest\",\"of\":[\"E\"],\"group\":\"sex\","
		"\"paired\":true}",
		"{\"stat\":\"chisq\",\"rows\":\"sex\"}",
		"{\"stat\":\"chisq\",\"cols\":\"sex\"}",
		"{\"stat\":\"drivers\",\"y\":\"overall\",\"x\":[\"E1\"]}",
		"{\"stat\":\"drivers\",\"x\":[\"E1\",\"E2\"]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new((size_t)1 << 20);
		struct faults faults;

		if (read_spec(cases[i], &faults, a))
			fail_msg("%s is taken", cases[i]);
		assert_true(faults.n > 0);
		arena_free(a);
	}
}

/* Runs one estimate that must end in a warning with these words. */
static void refused(const char *estimate, const char *words)
{
	struct buf text = BUF_INIT(4096);
	struct asked q;

	buf_addf(&text, SIPAS "%s]}", estimate);
	ask_any(&q, text.data);
	buf_free(&text);
	if (q.out.failed != 1 || q.out.n_warnings == 0)
		fail_msg("%s was answered", estimate);
	if (!strstr(q.out.warning[0].message, words))
		fail_msg("%s: %s", estimate, q.out.warning[0].message);
	asked_clear(&q);
}

static void what_the_data_do_not_allow_is_a_warning(void **state)
{
	(void)state;
	refused("{\"stat\":\"ttest\",\"of\":[\"E\"],\"group\":\"service\"}",
		"compares 2");
	refused("{\"stat\":\"regression\",\"y\":\"overall\",\"x\":[\"E1\"],"
		"\"factors\":[\"sex\"],\"test\":[\"sexF\"]}",
		"no term of the model");
	refused("{\"stat\":\"regression\",\"y\":\"overall\","
		"\"x\":[\"E1\",\"E1\"]}",
		"combination");
	refused("{\"stat\":\"regression\",\"family\":\"logit\","
		"\"y\":\"overall\",\"x\":[\"E1\"]}",
		"out of its range");
	refused("{\"stat\":\"chisq\",\"rows\":\"sex\",\"cols\":\"sex\","
		"\"where\":{\"sex\":\"M\"}}",
		"2 rows and 2 columns");
	refused("{\"stat\":\"drivers\",\"y\":\"overall\","
		"\"x\":[\"E1\",\"E1\"]}",
		"combination");
	refused("{\"stat\":\"regression\",\"y\":\"overall\","
		"\"factors\":[\"id\"]}",
		"more than");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regression_has_its_terms_and_joint_tests),
		cmocka_unit_test(every_number_of_a_regression_is_the_oracles),
		cmocka_unit_test(ordered_answers_name_their_cuts),
		cmocka_unit_test(two_groups_are_compared),
		cmocka_unit_test(groups_are_compared_within_each_cell),
		cmocka_unit_test(tables_are_tested),
		cmocka_unit_test(drivers_are_ranked),
		cmocka_unit_test(wrong_specifications_are_faults),
		cmocka_unit_test(what_the_data_do_not_allow_is_a_warning),
	};

	(void)gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
