/* Scale quality as `phieu estimate` gives it: the oracle's values through a
 * specification, domains, weights, and what is wrong in each its own way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "support/oracle.h"
#include "support/spec.h"
#include "support/spec_scale.h"
#include "support/test.h"

static const cJSON *open_case(struct oracle *o, const char *family,
			      const char *id)
{
	const cJSON *c = NULL;

	oracle_open(o, family);
	while ((c = oracle_next(o, c)) != NULL)
		if (strcmp(o->id, id) == 0)
			break;
	assert_non_null(c);
	o->cases = 1;
	return c;
}

static void run_file(struct test_spec *t, const char *json, const char *file)
{
	char *csv = test_spec_file(file);

	test_spec_run(t, json, csv);
	if (!t->read)
		fail_msg("%s %s", t->faults.list[0].path,
			 t->faults.list[0].message);
	if (!t->ran)
		fail_msg("%s", t->e.msg);
	free(csv);
}

static void want_member(struct oracle *o, const char *field, const cJSON *cell,
			const char *key)
{
	const cJSON *v = json_get(cell, key), *one;
	double got[40];
	size_t n = 0;

	if (cJSON_IsNumber(v)) {
		oracle_want(o, field, v->valuedouble);
		return;
	}
	assert_true(cJSON_IsArray(v));
	cJSON_ArrayForEach(one, v) got[n++] = one->valuedouble;
	oracle_want_list(o, field, got, n);
}

static void alpha_of_a_specification_is_the_oracles(void **state)
{
	struct test_spec t;
	struct oracle o;
	cJSON *detail;
	const cJSON *cell;

	(void)state;
	(void)open_case(&o, "sipas_reliability_agreement", "rel.E1");
	run_file(&t,
		 "{\"data\":\"x\",\"estimates\":[{\"name\":\"a\",\"stat\":"
		 "\"alpha\",\"of\":" ITEMS4 "}]}",
		 "sipas.csv");
	detail = test_spec_detail(&t, "a");
	cell = json_get(detail, "cells")->child;
	oracle_want(&o, "raw_alpha",
		    test_spec_cell(&t, "a", NULL, "")->r.value);
	want_member(&o, "raw_alpha", cell, "alpha");
	want_member(&o, "std_alpha", cell, "standardised");
	want_member(&o, "guttman_l6", cell, "guttman_lambda6");
	want_member(&o, "average_r", cell, "average_r");
	want_member(&o, "ase", cell, "ase");
	want_member(&o, "ci_feldt_95", cell, "ci_feldt");
	want_member(&o, "item_mean", cell, "item_mean");
	want_member(&o, "item_sd", cell, "item_sd");
	want_member(&o, "item_total_r", cell, "item_total_r");
	want_member(&o, "item_rest_r", cell, "item_rest_r");
	want_member(&o, "alpha_if_deleted", cell, "alpha_if_deleted");
	want_member(&o, "raw_alpha_pairwise", cell, "alpha_pairwise");
	cJSON_Delete(detail);
	test_spec_clear(&t);
	oracle_close(&o);
}

static void weights_domains_and_designs_reach_alpha(void **state)
{
	struct test_spec t;
	struct oracle o;
	const struct est_cell *all, *some;

	(void)state;
	(void)open_case(&o, "sipas_reliability_agreement", "rel.E1");
	run_file(&t,
		 "{" DESIGN "\"estimates\":[{\"name\":\"a\",\"stat\":\"alpha\","
		 "\"of\":" ITEMS4
		 "},{\"name\":\"b\",\"stat\":\"alpha\",\"of\":" ITEMS4
		 ",\"by\":\"type\"},{\"name\":\"w\",\"stat\":\"alpha\","
		 "\"of\":" ITEMS4 ",\"where\":{\"type\":\"ORG\"}}]}",
		 "sipas.csv");
	all = test_spec_cell(&t, "a", NULL, "");
	oracle_want(&o, "weighted.raw_alpha", all->r.value);
	assert_true(all->r.se > 0 && all->r.ci_l < all->r.value);
	assert_int_equal(all->r.df, 24);
	some = test_spec_cell(&t, "b", NULL, "ORG");
	assert_int_equal(some->r.n, 398);
	all = test_spec_cell(&t, "w", NULL, "");
	assert_near(all->r.value, some->r.value, 1e-13);
	assert_near(all->r.se, some->r.se, 1e-10);
	test_spec_clear(&t);
	oracle_close(&o);
}

/* Jackknife and linearisation are two ways to one number. */
static void replicates_carry_alpha_and_kappa(void **state)
{
	static const char spec[] =
		"{" DESIGN
		"%s\"estimates\":[{\"name\":\"a\",\"stat\":\"alpha\","
		"\"of\":" ITEMS4 "},{\"name\":\"k\",\"stat\":\"kappa\",\"of\":"
		"[\"on_time\",\"satisfied\"]},{\"name\":\"p\",\"stat\":"
		"\"polychoric\",\"of\":[\"Q01\",\"Q02\"]}]}";
	static const char *const of[] = { NULL, "kappa", "Q02,Q01" };
	static const char *const name[] = { "a", "k", "p" };
	struct test_spec t, j;
	char text[2000];

	(void)state;
	snprintf(text, sizeof text, spec, "");
	run_file(&t, text, "sipas.csv");
	snprintf(text, sizeof text, spec,
		 "\"replicates\":{\"method\":\"jkn\"},");
	run_file(&j, text, "sipas.csv");
	for (size_t i = 0; i < 3; i++) {
		const struct est_cell *a =
			test_spec_cell(&t, name[i], of[i], "");
		const struct est_cell *b =
			test_spec_cell(&j, name[i], of[i], "");

		assert_near(a->r.value, b->r.value, 1e-12);
		assert_true(a->r.se != b->r.se);
		assert_near(a->r.se, b->r.se, 0.05);
	}
	test_spec_clear(&t);
	test_spec_clear(&j);
}

static void turned_items_turn_signs_and_alpha(void **state)
{
	struct test_spec t;
	struct oracle o;
	const struct est_cell *plain, *turned;

	(void)state;
	run_file(&t,
		 "{\"data\":\"x\",\"estimates\":["
		 "{\"name\":\"p\",\"stat\":\"polychoric\",\"of\":[\"A1\","
		 "\"A2\"]},"
		 "{\"name\":\"q\",\"stat\":\"polychoric\",\"of\":[\"A1\","
		 "\"A2\"],"
		 "\"reverse\":\"A1\",\"range\":[1,6]},"
		 "{\"name\":\"a\",\"stat\":\"alpha\",\"of\":[\"A1\",\"A2\","
		 "\"A3\","
		 "\"A4\",\"A5\"],\"reverse\":[\"A1\"],\"range\":[1,6]}]}",
		 "bfi25.csv");
	plain = test_spec_cell(&t, "p", "A2,A1", "");
	turned = test_spec_cell(&t, "q", "A2,A1", "");
	assert_true(plain->r.value < -0.3);
	assert_near(turned->r.value, -plain->r.value, 1e-14);
	assert_near(turned->r.ci_l, -plain->r.ci_u, 1e-14);
	assert_near(turned->r.ci_u, -plain->r.ci_l, 1e-14);
	assert_near(turned->r.se, plain->r.se, 1e-14);
	(void)open_case(&o, "real_bfi", "rel.A");
	oracle_want(&o, "raw_alpha",
		    test_spec_cell(&t, "a", NULL, "")->r.value);
	oracle_close(&o);
	test_spec_clear(&t);
}

static void omega_takes_either_correlation(void **state)
{
	struct test_spec t;
	struct oracle o;
	cJSON *detail;
	const cJSON *cell;
	double poly;

	(void)state;
	(void)open_case(&o, "sipas_reliability_agreement", "rel.E1");
	o.tol = 1e-4;
	run_file(&t,
		 "{\"data\":\"x\",\"estimates\":[{\"name\":\"o\",\"stat\":"
		 "\"omega\",\"of\":" ITEMS4
		 "},{\"name\":\"p\",\"stat\":\"omega\",\"matrix\":"
		 "\"polychoric\",\"of\":" ITEMS4
		 ",\"reverse\":[\"Q01\",\"Q02\",\"Q03\",\"Q04\"],\"range\":"
		 "[1,5]}]}",
		 "sipas.csv");
	detail = test_spec_detail(&t, "o");
	cell = json_get(detail, "cells")->child;
	want_member(&o, "ml1.omega_total", cell, "omega_total");
	want_member(&o, "ml1.loadings", cell, "loadings");
	want_member(&o, "ml1.uniquenesses", cell, "uniquenesses");
	cJSON_Delete(detail);
	poly = test_spec_cell(&t, "p", NULL, "")->r.value;
	assert_true(poly > test_spec_cell(&t, "o", NULL, "")->r.value);
	assert_true(poly < 0.9);
	test_spec_clear(&t);
	oracle_close(&o);
}

static void components_come_with_chance_beside_them(void **state)
{
	static const char spec[] =
		"{\"data\":\"x\",\"estimates\":["
		"{\"name\":\"k\",\"stat\":\"pca\",\"of\":%s,\"factors\":"
		"\"kaiser\",\"rotate\":\"varimax\"},"
		"{\"name\":\"p\",\"stat\":\"pca\",\"of\":%s,\"draws\":50},"
		"{\"name\":\"w\",\"stat\":\"pca\",\"of\":%s,\"factors\":2,"
		"\"missing\":\"pairwise\",\"rotate\":\"oblimin\"}]}";
	char items[400] = "[", text[2000];
	struct test_spec t;
	struct oracle o;
	cJSON *detail;
	const cJSON *cell;

	(void)state;
	for (unsigned i = 1; i <= 22; i++)
		snprintf(items + strlen(items), sizeof items - strlen(items),
			 "\"Q%02u\"%s", i, i < 22 ? "," : "]");
	snprintf(text, sizeof text, spec, items, items, items);
	(void)open_case(&o, "sipas_reliability_agreement", "rel.all22");
	run_file(&t, text, "sipas.csv");
	detail = test_spec_detail(&t, "k");
	cell = json_get(detail, "cells")->child;
	want_member(&o, "pca.eigenvalues", cell, "eigenvalues");
	want_member(&o, "pca.n_kaiser", cell, "n_kaiser");
	want_member(&o, "kmo.msa", cell, "kmo");
	want_member(&o, "kmo.msa_i", cell, "kmo_items");
	want_member(&o, "bartlett.chisq", json_get(cell, "bartlett"), "chi2");
	o.tol = 1e-6;
	want_member(&o, "pca.ss_varimax", cell, "rotated_sums_of_squares");
	assert_int_equal(cJSON_GetArraySize(json_get(cell, "rotated")), 22);
	cJSON_Delete(detail);
	detail = test_spec_detail(&t, "p");
	cell = json_get(detail, "cells")->child;
	assert_int_equal(json_get(cell, "components")->valuedouble,
			 json_get(cell, "n_parallel")->valuedouble);
	assert_null(json_get(cell, "rotated"));
	cJSON_Delete(detail);
	detail = test_spec_detail(&t, "w");
	cell = json_get(detail, "cells")->child;
	assert_int_equal(cJSON_GetArraySize(
				 json_get(cell, "factor_correlations")),
			 2);
	cJSON_Delete(detail);
	o.tol = 1e-7;
	oracle_want(&o, "pca.eigenvalues[0]",
		    test_spec_cell(&t, "k", "component 1", "")->r.value);
	oracle_want(&o, "pca.pct_var[0]",
		    test_spec_extra(test_spec_cell(&t, "k", "component 1", ""),
				    "share"));
	test_spec_clear(&t);
	oracle_close(&o);
}

static void factors_are_fitted_and_rotated(void **state)
{
	struct test_spec t;
	const struct est_cell *c;
	cJSON *detail;
	const cJSON *cell;

	(void)state;
	run_file(&t,
		 "{\"data\":\"x\",\"estimates\":[{\"name\":\"f\",\"stat\":"
		 "\"factor\",\"factors\":2,\"rotate\":\"oblimin\",\"of\":"
		 "[\"Q01\",\"Q02\",\"Q03\",\"Q04\",\"Q05\",\"Q06\",\"Q07\","
		 "\"Q08\"]},{\"name\":\"p\",\"stat\":\"factor\",\"matrix\":"
		 "\"polychoric\",\"of\":" ITEMS4 ",\"draws\":20}]}",
		 "sipas.csv");
	c = test_spec_cell(&t, "f", "Q01", "");
	assert_near(c->r.value + test_spec_extra(c, "uniqueness"), 1, 1e-12);
	detail = test_spec_detail(&t, "f");
	cell = json_get(detail, "cells")->child;
	assert_int_equal(json_get(cell, "factors")->valuedouble, 2);
	assert_int_equal(json_get(cell, "df")->valuedouble, 13);
	assert_true(json_get(cell, "rmsea")->valuedouble < 0.05);
	assert_int_equal(cJSON_GetArraySize(json_get(cell, "rotated")), 8);
	cJSON_Delete(detail);
	assert_int_equal(t.out.failed, 0);
	test_spec_clear(&t);
}

/* ---- agreement ------------------------------------------------------- */

static void kappa_and_icc_are_the_oracles(void **state)
{
	struct test_spec t;
	struct oracle o;
	const struct est_cell *c;
	cJSON *detail;
	const cJSON *plain;

	(void)state;
	(void)open_case(&o, "sipas_reliability_agreement",
			"kappa.overall.unweighted");
	run_file(&t,
		 "{\"data\":\"x\",\"estimates\":["
		 "{\"name\":\"k\",\"stat\":\"kappa\",\"of\":[\"overall\","
		 "\"overall_bc\"],\"levels\":[1,2,3,4,5]},"
		 "{\"name\":\"d\",\"stat\":\"kappa\",\"of\":[\"overall\","
		 "\"overall_bc\"]},"
		 "{\"name\":\"g\",\"stat\":\"kappa\",\"of\":[\"overall\","
		 "\"overall_bc\"],\"by\":\"district\"},"
		 "{\"name\":\"s\",\"stat\":\"kappa\",\"of\":[\"overall\","
		 "\"overall_bc\"],\"levels\":[\"4\",\"5\"]},"
		 "{\"name\":\"i\",\"stat\":\"icc\",\"of\":[\"visits\","
		 "\"visits_bc\"]},{\"name\":\"n\",\"stat\":\"icc\",\"of\":"
		 "\"visits\",\"group\":\"interviewer\"}]}",
		 "sipas_backcheck.csv");
	oracle_want(&o, "kappa", test_spec_cell(&t, "k", "kappa", "")->r.value);
	oracle_want(&o, "kappa_linear",
		    test_spec_cell(&t, "k", "kappa_linear", "")->r.value);
	oracle_want(&o, "kappa_quadratic",
		    test_spec_cell(&t, "k", "kappa_quadratic", "")->r.value);
	oracle_want(&o, "p_obs",
		    test_spec_cell(&t, "k", "observed", "")->r.value);
	oracle_want(&o, "p_within1",
		    test_spec_cell(&t, "k", "within1", "")->r.value);
	detail = test_spec_detail(&t, "k");
	plain = json_get(json_get(json_get(detail, "cells")->child,
				  "unweighted"),
			 "kappa");
	want_member(&o, "psych_ci_kappa", plain, "ci");
	/* n/(n-1) is what a design with replacement adds */
	c = test_spec_cell(&t, "k", "kappa", "");
	assert_near(c->r.se,
		    json_get(plain, "se")->valuedouble * sqrt(300.0 / 299),
		    1e-10);
	cJSON_Delete(detail);
	/* rows of other answers are left out */
	c = test_spec_cell(&t, "s", "kappa", "");
	assert_true(c->r.n < 300);
	assert_near(test_spec_cell(&t, "d", "kappa", "")->r.value,
		    test_spec_cell(&t, "k", "kappa", "")->r.value, 1e-14);
	assert_true(test_spec_cell(&t, "g", "kappa", "H02")->r.n < 300);
	assert_near(test_spec_cell(&t, "i", "ICC2", "")->r.value,
		    0.853995985025229, 1e-12);
	assert_near(test_spec_extra(test_spec_cell(&t, "i", "ICC2", ""), "F"),
		    13.4377716317661, 1e-12);
	assert_true(test_spec_cell(&t, "n", "visits anova", "")->r.n == 300);
	assert_true(test_spec_extra(test_spec_cell(&t, "n", "visits reml", ""),
				    "var_between") >= 0);
	test_spec_clear(&t);
	oracle_close(&o);
}

/* ---- quality --------------------------------------------------------- */

static size_t flagged(const cJSON *detail, const char *what, const char *both)
{
	const cJSON *one;
	size_t n = 0;

	cJSON_ArrayForEach(one, json_get(detail, "flagged")) n +=
		cJSON_IsTrue(json_get(one, what)) &&
		(both == NULL || cJSON_IsTrue(json_get(one, both)));
	return n;
}

static void quality_of_a_specification_is_the_oracles(void **state)
{
	char items[400] = "[", text[2000];
	struct test_spec t;
	struct oracle o;
	cJSON *detail;
	const cJSON *one;
	const struct est_cell *c;

	(void)state;
	for (unsigned i = 1; i <= 22; i++)
		snprintf(items + strlen(items), sizeof items - strlen(items),
			 "\"Q%02u\"%s", i, i < 22 ? "," : "]");
	snprintf(text, sizeof text,
		 "{\"data\":\"x\",\"estimates\":[{\"name\":\"q\",\"stat\":"
		 "\"quality\",\"of\":%s,\"time\":\"duration_s\",\"id\":\"id\","
		 "\"agent\":\"interviewer\",\"run\":20,\"far\":10,\"rows\":10}"
		 "]}",
		 items);
	(void)open_case(&o, "sipas_reliability_agreement", "quality.flags");
	run_file(&t, text, "sipas.csv");
	detail = test_spec_detail(&t, "q");
	c = test_spec_cell(&t, "q", "speeders", "");
	oracle_want(&o, "n_speeders", test_spec_extra(c, "count"));
	c = test_spec_cell(&t, "q", "straight_liners", "");
	oracle_want(&o, "n_straight", test_spec_extra(c, "count"));
	oracle_want(
		&o, "median",
		json_get(json_get(detail, "median_time"), "all")->valuedouble);
	oracle_want(&o, "n_speeders", (double)flagged(detail, "speeder", NULL));
	oracle_want(&o, "n_straight",
		    (double)flagged(detail, "straight_liner", NULL));
	assert_int_equal(flagged(detail, "speeder", "straight_liner"), 1);
	assert_int_equal(cJSON_GetArraySize(json_get(detail, "agents")), 24);
	one = json_get(detail, "far")->child;
	assert_string_equal(json_get_text(one, "id"), "Y1-02777");
	assert_near(json_get(one, "d2")->valuedouble, 51.6430891362572, 1e-10);
	assert_near(json_get(one, "p")->valuedouble, 0.000350098136535072,
		    1e-9);
	one = json_get(detail, "rows")->child;
	assert_int_equal(json_get(one, "longest_run")->valuedouble, 3);
	assert_near(json_get(one, "deviation")->valuedouble, 0.759154654516248,
		    1e-12);
	cJSON_Delete(detail);
	test_spec_clear(&t);
	oracle_close(&o);
}

static const char prov_quality[] =
	"{\"data\":\"x\",\"estimates\":[{\"name\":\"q\",\"stat\":\"quality\","
	"\"of\":[\"I01\",\"I02\",\"I03\",\"I04\",\"I05\",\"I06\",\"I07\","
	"\"I08\",\"I09\",\"I10\",\"I11\",\"I12\",\"I13\",\"I14\",\"I15\","
	"\"I16\",\"I17\",\"I18\",\"I19\",\"I20\",\"I21\",\"I22\",\"I23\","
	"\"I24\",\"I25\"],\"form\":\"form\",\"time\":\"duration_s\",\"once\":"
	"\"person_id\",\"agent\":\"interviewer\",\"id\":[\"form_no\",\"unit\"]"
	"}]}";

static void forms_ask_what_somebody_answered(void **state)
{
	struct test_spec t;
	struct oracle o;
	cJSON *detail;
	const cJSON *one;
	double rate[25];
	size_t n = 0;

	(void)state;
	run_file(&t, prov_quality, "prov_w1.csv");
	detail = test_spec_detail(&t, "q");
	(void)open_case(&o, "prov_data_quality", "straight");
	oracle_want(&o, "n",
		    test_spec_extra(test_spec_cell(&t, "q", "straight_liners",
						   ""),
				    "count"));
	oracle_close(&o);
	(void)open_case(&o, "prov_data_quality", "item_nonresponse");
	cJSON_ArrayForEach(one, json_get(detail, "items")) rate[n++] =
		json_get(one, "rate")->valuedouble;
	oracle_want_list(&o, "rate", rate, n);
	oracle_close(&o);
	(void)open_case(&o, "prov_data_quality", "speeders");
	cJSON_ArrayForEach(one, json_get(detail, "median_time"))
	{
		char path[64];

		snprintf(path, sizeof path, "median_by_form.%s", one->string);
		oracle_want(&o, path, one->valuedouble);
	}
	oracle_close(&o);
	cJSON_Delete(detail);
	test_spec_clear(&t);
}

static void a_listed_form_asks_what_it_lists(void **state)
{
	struct test_spec t;
	cJSON *detail;
	const cJSON *item;

	(void)state;
	test_spec_run(&t,
		      ONE("\"stat\":\"quality\",\"of\":[\"a\",\"c\"],\"form\":"
			  "\"g\",\"asked\":{\"x\":[\"a\",\"c\"],\"z\":[\"a\","
			  "\"c\"]},\"slack\":1,\"least\":2,\"rows\":2"),
		      four);
	assert_true(t.read && t.ran);
	detail = test_spec_detail(&t, "e");
	item = json_get(detail, "items")->child->next;
	assert_string_equal(json_get_text(item, "item"), "c");
	assert_int_equal(json_get(item, "asked")->valuedouble, 3);
	assert_int_equal(json_get(item, "blank")->valuedouble, 1);
	assert_int_equal(
		json_get(json_get(detail, "rows")->child, "row")->valuedouble,
		1);
	cJSON_Delete(detail);
	test_spec_clear(&t);
}

static void the_order_of_rows_does_not_show(void **state)
{
	static const char json[] =
		"{" DESIGN "\"estimates\":[{\"name\":\"a\",\"stat\":\"alpha\","
		"\"of\":" ITEMS4
		"},{\"name\":\"o\",\"stat\":\"omega\",\"of\":" ITEMS4
		"},{\"name\":\"p\",\"stat\":\"polychoric\",\"of\":" ITEMS4
		"}]}";
	char *csv = test_spec_file("sipas.csv"), *turned, *to;
	size_t n = strlen(csv), head = strcspn(csv, "\n") + 1;
	struct test_spec t, u;

	(void)state;
	turned = malloc(n + 1);
	memcpy(turned, csv, head);
	to = turned + head;
	for (size_t end = n; end > head;) { /* lines from the last */
		size_t begin = end - 1;

		while (begin > head && csv[begin - 1] != '\n')
			begin--;
		memcpy(to, csv + begin, end - begin);
		to += end - begin;
		end = begin;
	}
	*to = '\0';
	test_spec_run(&t, json, csv);
	test_spec_run(&u, json, turned);
	assert_true(t.ran && u.ran);
	assert_int_equal(t.out.n, u.out.n);
	for (size_t i = 0; i < t.out.n; i++) {
		assert_near(t.out.cell[i].r.value, u.out.cell[i].r.value,
			    1e-12);
		if (!isnan(t.out.cell[i].r.se))
			assert_near(t.out.cell[i].r.se, u.out.cell[i].r.se,
				    1e-10);
	}
	test_spec_clear(&t);
	test_spec_clear(&u);
	free(csv);
	free(turned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alpha_of_a_specification_is_the_oracles),
		cmocka_unit_test(weights_domains_and_designs_reach_alpha),
		cmocka_unit_test(replicates_carry_alpha_and_kappa),
		cmocka_unit_test(turned_items_turn_signs_and_alpha),
		cmocka_unit_test(omega_takes_either_correlation),
		cmocka_unit_test(components_come_with_chance_beside_them),
		cmocka_unit_test(factors_are_fitted_and_rotated),
		cmocka_unit_test(kappa_and_icc_are_the_oracles),
		cmocka_unit_test(quality_of_a_specification_is_the_oracles),
		cmocka_unit_test(forms_ask_what_somebody_answered),
		cmocka_unit_test(a_listed_form_asks_what_it_lists),
		cmocka_unit_test(the_order_of_rows_does_not_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
