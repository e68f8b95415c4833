/* Models, tests and functions of correlations, by replicates and linearised,
 * against R 4.2.2 with survey 4.1.1 (tests/golden/replicate_models.R). */
#include "support/test.h"

#include <cjson/cJSON.h>
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "support/asked.h"

struct golden {
	cJSON *tree;
	size_t cases, compared;
	double worst;
	char worst_at[100];
	const char *id;
};

static void golden_open(struct golden *g, const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *text = file_read(path, (size_t)4 << 20, &n, &e);

	*g = (struct golden){ .tree = NULL };
	if (!text)
		fail_msg("%s", e.msg);
	g->tree = cJSON_ParseWithLength(text, n);
	free(text);
	assert_non_null(g->tree);
}

/* |a - b| <= tol * max(|a|, |b|, 1e-6), as the oracle has it. */
static void same(struct golden *g, const char *what, double got, double want,
		 double tol)
{
	double size = fmax(fmax(fabs(got), fabs(want)), 1e-6);
	double rel = fabs(got - want) / size;

	if (isnan(got) && isnan(want))
		return;
	g->compared++;
	if (!(rel <= tol))
		fail_msg("%s %s: %.17g, R has %.17g (%.2g)", g->id, what, got,
			 want, rel);
	if (rel > g->worst) {
		g->worst = rel;
		(void)snprintf(g->worst_at, sizeof g->worst_at, "%s %s", g->id,
			       what);
	}
}

/* Number i of a list, or the number itself. */
static double at(const cJSON *list, size_t i)
{
	const cJSON *x =
		cJSON_IsArray(list) ? cJSON_GetArrayItem(list, (int)i) : list;

	return cJSON_IsNumber(x) ? x->valuedouble : (double)NAN;
}

static void same_vcov(struct golden *g, const cJSON *want,
		      const struct asked *q, double tol)
{
	cJSON *detail = cJSON_Parse(q->out.detail[0]);
	const cJSON *v =
		json_get(cJSON_GetArrayItem(json_get(detail, "cells"), 0),
			 "vcov");
	int k = cJSON_GetArraySize(want);

	assert_int_equal(cJSON_GetArraySize(v), k);
	for (int a = 0; a < k; a++)
		for (int b = 0; b < k; b++)
			same(g, "vcov", at(cJSON_GetArrayItem(v, a), (size_t)b),
			     at(cJSON_GetArrayItem(want, a), (size_t)b), tol);
	cJSON_Delete(detail);
}

static void same_model(struct golden *g, const cJSON *want,
		       const struct asked *q)
{
	for (size_t i = 0; i < q->out.n; i++) {
		const struct est_cell *c = &q->out.cell[i];

		same(g, "coef", c->r.value, at(json_get(want, "coef"), i),
		     1e-8);
		same(g, "se", c->r.se, at(json_get(want, "se"), i), 1e-8);
		same(g, "df", (double)c->r.df, at(json_get(want, "df"), 0), 0);
		if (json_get(want, "p"))
			same(g, "p", extra(c, "p"), at(json_get(want, "p"), i),
			     1e-8);
	}
	if (json_get(want, "vcov"))
		same_vcov(g, json_get(want, "vcov"), q, 1e-8);
}

static void same_tests(struct golden *g, const cJSON *want,
		       const struct asked *q)
{
	static const char *const names[] = { "F", "Chisq", "Wald", "adjWald" };
	cJSON *detail = cJSON_Parse(q->out.detail[0]);
	const cJSON *cell = cJSON_GetArrayItem(json_get(detail, "cells"), 0);

	for (size_t i = 0; i < 4; i++) {
		const cJSON *w = json_get(want, names[i]);
		const cJSON *t = json_get(cell, names[i]);

		same(g, "statistic", at(json_get(t, "statistic"), 0),
		     at(json_get(w, "statistic"), 0), 1e-8);
		same(g, "df", at(json_get(t, "df"), 0),
		     at(json_get(w, "df"), 0), 1e-8);
		if (i != 1)
			same(g, "ddf", at(json_get(t, "ddf"), 0),
			     at(json_get(w, "df"), 1), 1e-8);
		same(g, "p", at(json_get(t, "p"), 0), at(json_get(w, "p"), 0),
		     1e-8);
	}
	cJSON_Delete(detail);
}

/* importance, lmg, r2: R has them one after the other. */
static void same_drivers(struct golden *g, const cJSON *want,
			 const struct asked *q)
{
	const cJSON *value = json_get(want, "value"),
		    *se = json_get(want, "se");
	cJSON *detail = cJSON_Parse(q->out.detail[0]);
	const cJSON *cell = cJSON_GetArrayItem(json_get(detail, "cells"), 0);
	size_t k = q->out.n;

	for (size_t i = 0; i < k; i++) {
		const struct est_cell *c = &q->out.cell[i];

		same(g, "importance", extra(c, "importance"), at(value, i),
		     1e-8);
		same(g, "importance_se", extra(c, "importance_se"), at(se, i),
		     1e-8);
		same(g, "lmg", extra(c, "lmg"), at(value, k + i), 1e-8);
		same(g, "lmg_se", extra(c, "lmg_se"), at(se, k + i), 1e-8);
	}
	same(g, "r2", at(json_get(cell, "r2_full"), 0), at(value, 2 * k), 1e-8);
	same(g, "r2_se", at(json_get(cell, "r2_se"), 0), at(se, 2 * k), 1e-8);
	cJSON_Delete(detail);
}

static void same_values(struct golden *g, const cJSON *want,
			const struct asked *q)
{
	for (size_t i = 0; i < q->out.n; i++) {
		const struct est_cell *c = &q->out.cell[i];

		same(g, "value", c->r.value, at(json_get(want, "value"), i),
		     1e-8);
		same(g, "se", c->r.se, at(json_get(want, "se"), i), 1e-8);
	}
}

static void models_tests_and_factors_have_the_errors_of_r(void **state)
{
	struct golden g;
	const cJSON *one;

	(void)state;
	golden_open(&g, "tests/data/golden/replicate_models.json");
	cJSON_ArrayForEach(one, json_get(g.tree, "cases"))
	{
		const cJSON *want = json_get(one, "expected");
		const char *stat = json_get_text(want, "stat");
		struct asked q;

		g.id = json_get_text(one, "id");
		g.cases++;
		ask(&q, json_get_text(one, "spec"));
		assert_true(q.out.n > 0);
		if (strcmp(stat, "chisq") == 0)
			same_tests(&g, want, &q);
		else if (strcmp(stat, "drivers") == 0)
			same_drivers(&g, want, &q);
		else if (json_get(want, "coef"))
			same_model(&g, want, &q);
		else
			same_values(&g, want, &q);
		asked_clear(&q);
	}
	printf("oracle replicate_models: %zu cases, %zu values, worst relative "
	       "difference %.2g at %s\n",
	       g.cases, g.compared, g.worst, g.worst_at);
	assert_int_equal(g.cases, 78);
	cJSON_Delete(g.tree);
}

/* Numbers of a matrix, row by row. */
static void same_matrix(struct golden *g, const char *what, const cJSON *got,
			const cJSON *want, double tol)
{
	const cJSON *row, *x;
	size_t i = 0;

	assert_non_null(got);
	cJSON_ArrayForEach(row, got)
	{
		cJSON_ArrayForEach(x, row)
		{
			same(g, what, x->valuedouble, at(want, i++), tol);
		}
	}
	assert_int_equal(i, cJSON_GetArraySize(want));
}

/* R has what is below the diagonal, column by column. */
static void same_below(struct golden *g, const char *what, const cJSON *got,
		       const cJSON *want, double tol)
{
	int m = cJSON_GetArraySize(got);
	size_t i = 0;

	for (int b = 0; b < m; b++)
		for (int a = b + 1; a < m; a++) {
			const cJSON *up = cJSON_GetArrayItem(got, b);
			const cJSON *low = cJSON_GetArrayItem(got, a);

			same(g, what, at(low, (size_t)b), at(want, i), tol);
			same(g, what, at(up, (size_t)a), at(want, i++), tol);
		}
	assert_true(i > 0);
}

static void same_rotation(struct golden *g, const cJSON *want)
{
	static const char *const design[] = {
		"\"strata\":\"strat_uc\",\"clusters\":\"psu_uc\",\"weights\":"
		"\"w\"},\"replicates\":{\"method\":\"jkn\"}",
		"\"strata\":\"district\",\"clusters\":\"commune\","
		"\"weights\":\"w\"},\"replicates\":{\"file\":"
		"\"sipas_rep_raowu.csv\"}"
	};
	char *items = cJSON_PrintUnformatted(json_get(want, "items"));
	const char *rotate = json_get_text(want, "rotate");
	bool jkn = strcmp(json_get_text(want, "design"), "jkn") == 0;
	char json[600], id[60];
	struct asked q;
	cJSON *detail;
	const cJSON *cell;

	(void)snprintf(json, sizeof json,
		       "{\"data\":\"sipas.csv\",\"design\":{%s,\"estimates\":"
		       "[{\"stat\":\"%s\",\"factors\":%d,\"rotate\":\"%s\","
		       "\"draws\":10,\"of\":%s}]}",
		       design[!jkn], json_get_text(want, "stat"),
		       (int)at(json_get(want, "m"), 0), rotate, items);
	(void)snprintf(id, sizeof id, "%s.%s.%s", jkn ? "jkn" : "raowu",
		       json_get_text(want, "stat"), rotate);
	g->id = id;
	ask(&q, json);
	detail = cJSON_Parse(q.out.detail[0]);
	cell = cJSON_GetArrayItem(json_get(detail, "cells"), 0);
	same_matrix(g, "rotated", json_get(cell, "rotated"),
		    json_get(want, "rotated"), 1e-6);
	same_matrix(g, "se", json_get(cell, "rotated_se"),
		    json_get(want, "rotated_se"), 1e-6);
	if (strcmp(rotate, "oblimin") == 0) {
		same_below(g, "phi", json_get(cell, "factor_correlations"),
			   json_get(want, "phi"), 1e-6);
		same_below(g, "phi se",
			   json_get(cell, "factor_correlations_se"),
			   json_get(want, "phi_se"), 1e-6);
	}
	g->cases++;
	cJSON_Delete(detail);
	asked_clear(&q);
	cJSON_free(items);
}

static void rotated_loadings_have_the_errors_of_r(void **state)
{
	struct golden g;
	const cJSON *c;

	(void)state;
	golden_open(&g, "tests/data/golden/rotated.json");
	cJSON_ArrayForEach(c, json_get(g.tree, "cases")) same_rotation(&g, c);
	printf("rotated loadings: %zu values of %zu cases, worst %.1e (%s)\n",
	       g.compared, g.cases, g.worst, g.worst_at);
	assert_int_equal(g.cases, 5);
	cJSON_Delete(g.tree);
}

/* Linearised there are none; of one dimension nothing is turned. */
static void rotated_loadings_have_no_errors_without_replicates(void **state)
{
	struct asked q;

	(void)state;
	ask(&q, "{\"data\":\"sipas.csv\",\"design\":{\"weights\":\"w\"},"
		"\"estimates\":[{\"stat\":\"pca\",\"factors\":2,\"rotate\":"
		"\"oblimin\",\"draws\":10,\"of\":[\"E1\",\"E2\",\"E3\"]}]}");
	assert_non_null(strstr(q.out.detail[0], "\"rotated\""));
	assert_null(strstr(q.out.detail[0], "rotated_se"));
	assert_null(strstr(q.out.detail[0], "factor_correlations_se"));
	asked_clear(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(models_tests_and_factors_have_the_errors_of_r),
		cmocka_unit_test(rotated_loadings_have_the_errors_of_r),
		cmocka_unit_test(
			rotated_loadings_have_no_errors_without_replicates),
	};

	gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
