/* Design-based tests and regression against values computed with R's survey
 * package (tests/data/oracle) and with a program of its own for the ordinal
 * model (tests/golden/ordinal.R). */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/contingency.h"
#include "phieu/estimate.h"
#include "phieu/file.h"
#include "phieu/regress.h"
#include "support/oracle.h"

#define MAX_TERMS 40

/* Columns of a model, made as R makes them: numbers as they are, classes by
 * treatment contrasts, the first level the base. */
struct terms {
	double *own[MAX_TERMS];
	const double *x[MAX_TERMS];
	size_t k;
};

static double *column(size_t n)
{
	double *x = malloc((n ? n : 1) * sizeof *x);

	assert_non_null(x);
	return x;
}

static void add(struct terms *t, double *x)
{
	assert_true(t->k < MAX_TERMS);
	t->own[t->k] = x;
	t->x[t->k++] = x;
}

static void add_ones(struct terms *t, size_t n)
{
	double *x = column(n);

	for (size_t i = 0; i < n; i++)
		x[i] = 1;
	add(t, x);
}

static void add_class(struct terms *t, const struct frame *f, const char *name)
{
	const struct frame_column *c = frame_get(f, name);

	assert_non_null(c);
	for (uint32_t l = 1; l < c->n_levels; l++) {
		double *x = column(f->rows);

		for (size_t i = 0; i < f->rows; i++)
			x[i] = c->code[i] == FRAME_NONE ? (double)NAN
							: c->code[i] == l;
		add(t, x);
	}
}

static void clear(struct terms *t)
{
	for (size_t i = 0; i < t->k; i++)
		free(t->own[i]);
	t->k = 0;
}

/* One regression of a family; "a b +c": numbers a and b, classes c. */
struct model {
	const char *id, *y, *at_least, *level, *complete, *x;
};

static const struct model models[] = {
	{ "glm.drivers", "I24", NULL, NULL, "", "F1 F2 F3 F4 F5 F6 F7" },
	{ "glm.logit", "I24", "4", NULL, "F2 F4 F6", "F1 F3 F5 F7 +sex" },
	{ "glm.groups", "R", NULL, NULL, "", "+group +sex +age_group" },
	{ "S_ms2.glm.drivers", "overall", NULL, NULL, "", "E1 E2 E3 E4 E5" },
	{ "S_uc.glm.drivers", "overall", NULL, NULL, "", "E1 E2 E3 E4 E5" },
	{ "S_uc.glm.adjusted", "overall", NULL, NULL, "",
	  "E1 E2 E3 E4 E5 +sex +type +service age" },
	{ "S_uc.glm.logit", "satisfied", NULL, NULL, "E1 E2 E3 E4 E5",
	  "E1 E3 days_wait on_time +type" },
	{ "S_uc.wald.service", "overall", NULL, NULL, "", "+service +sex" },
	{ "glm.api00", "api00", NULL, NULL, "", "ell meals mobility" },
	/* of the two real sets */
	{ "glm.logit.real", "sch.wide", NULL, "Yes", "", "ell meals mobility" },
};

static const struct model *model_of(const char *id, bool real)
{
	for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
		const char *want = models[i].id;

		if (strcmp(want, id) == 0 && !(real && models[i].at_least))
			return &models[i];
		if (real && strcmp(id, "glm.logit") == 0 &&
		    strcmp(want, "glm.logit.real") == 0)
			return &models[i];
	}
	return NULL;
}

static double *outcome(const struct model *m, const struct frame *f)
{
	double *y;

	if (m->level) {
		const struct frame_column *c = frame_get(f, m->y);

		assert_non_null(c);
		y = column(f->rows);
		for (size_t i = 0; i < f->rows; i++)
			y[i] = c->code[i] == frame_level(c, m->level);
		return y;
	}
	y = oracle_numbers(f, m->y);
	for (size_t i = 0; m->at_least && i < f->rows; i++)
		if (!isnan(y[i]))
			y[i] = y[i] >= atof(m->at_least);
	return y;
}

/* Each word of `list`; "+c" are classes. */
static void add_words(struct terms *t, const struct frame *f, const char *list)
{
	char word[32];

	while (*list) {
		size_t n = strcspn(list, " ");

		(void)snprintf(word, sizeof word, "%.*s", (int)n, list);
		if (*word == '+')
			add_class(t, f, word + 1);
		else if (*word)
			add(t, oracle_numbers(f, word));
		list += n + (list[n] == ' ');
	}
}

static uint32_t *complete(const struct frame *f, const struct terms *t,
			  const struct terms *more, const double *y)
{
	uint32_t *cell = malloc(f->rows * sizeof *cell);

	assert_non_null(cell);
	for (size_t i = 0; i < f->rows; i++) {
		bool in = !isnan(y[i]);

		for (size_t j = 0; j < t->k; j++)
			in = in && !isnan(t->x[j][i]);
		for (size_t j = 0; j < more->k; j++)
			in = in && !isnan(more->x[j][i]);
		cell[i] = in ? 0 : SURVEY_NONE;
	}
	return cell;
}

static void same_regression(struct oracle *o, const struct regress *r)
{
	double v[MAX_TERMS];

	oracle_want_list(o, "coef", r->coef, r->k);
	for (size_t j = 0; j < r->k; j++)
		v[j] = sqrt(r->vcov[j * r->k + j]);
	oracle_want_list(o, "se", v, r->k);
	for (size_t j = 0; j < r->k; j++)
		v[j] = r->coef[j] / v[j];
	oracle_want_list(o, "t", v, r->k);
	for (size_t j = 0; j < r->k; j++)
		v[j] = r->df_resid > 0 ? est_t_p(v[j], (double)r->df_resid)
				       : (double)NAN;
	oracle_want_list(o, "p", v, r->k);
	oracle_want(o, "df_resid", (double)r->df_resid);
	oracle_want_matrix(o, "vcov", r->vcov, r->k, r->k);
	oracle_want(o, "dispersion", r->dispersion);
	oracle_want(o, "n", (double)r->n);
	assert_int_equal(cJSON_GetArraySize(oracle_field(o, "terms")), r->k);
}

static void same_wald(struct oracle *o, const struct regress *r)
{
	/* service: the four terms after the intercept */
	static const size_t index[] = { 1, 2, 3, 4 };
	struct regress_wald w;
	struct err e = { 0 };

	if (!regress_wald(r, index, 4, &w, &e))
		fail_msg("%s", e.msg);
	oracle_want(o, "F", w.f);
	oracle_want(o, "df", (double)w.q);
	oracle_want(o, "ddf", (double)w.ddf);
	oracle_want(o, "p", w.p);
}

static void regression(struct oracle *o, const cJSON *one, bool real)
{
	const struct model *m = model_of(o->id, real);
	struct frame *f;
	struct survey_design *d = oracle_design(o, one, &f);
	struct survey_var v = { .design = d };
	struct terms t = { .k = 0 }, more = { .k = 0 };
	struct regress r;
	struct err e = { 0 };
	uint32_t *cell;
	double *y;

	if (!m)
		fail_msg("no model for %s", o->id);
	y = outcome(m, f);
	add_ones(&t, f->rows);
	add_words(&t, f, m->x);
	add_words(&more, f, m->complete);
	cell = complete(f, &t, &more, y);
	if (!regress_fit(&v, cell, y, t.x, t.k,
			 strstr(o->id, "logit") ? REGRESS_LOGIT
						: REGRESS_LINEAR,
			 0, &r, &e))
		fail_msg("%s: %s", o->id, e.msg);
	if (strstr(o->id, "wald"))
		same_wald(o, &r);
	else
		same_regression(o, &r);
	regress_clear(&r);
	clear(&t);
	clear(&more);
	free(cell);
	free(y);
	survey_design_free(d);
}

/* own = 1: civil servants who rate their own unit */
static double *own_staff(const struct frame *f)
{
	const struct frame_column *c = frame_get(f, "group");
	double *g = column(f->rows);

	assert_non_null(c);
	for (size_t i = 0; i < f->rows; i++)
		g[i] = c->code[i] == frame_level(c, "G03") ||
		       c->code[i] == frame_level(c, "G07");
	return g;
}

static void t_test(struct oracle *o, const cJSON *one)
{
	const char *group = cJSON_GetObjectItem(one, "group")->valuestring;
	struct frame *f;
	struct survey_design *d = oracle_design(o, one, &f);
	struct survey_var v = { .design = d };
	struct terms t = { .k = 0 }, none = { .k = 0 };
	double *y =
		oracle_numbers(f, cJSON_GetObjectItem(one, "var")->valuestring);
	struct est_test test;
	struct regress r;
	struct err e = { 0 };
	uint32_t *cell;

	add_ones(&t, f->rows);
	if (strncmp(group, "own", 3) == 0)
		add(&t, own_staff(f));
	else
		add_class(&t, f, group);
	assert_int_equal(t.k, 2);
	cell = complete(f, &t, &none, y);
	if (!regress_fit(&v, cell, y, t.x, 2, REGRESS_LINEAR, 0, &r, &e))
		fail_msg("%s: %s", o->id, e.msg);
	est_t_test(r.coef[1], sqrt(r.vcov[3]), (double)r.df_resid, 0.95, &test);
	oracle_want(o, "diff", test.value);
	oracle_want(o, "t", test.t);
	oracle_want(o, "df", test.df);
	oracle_want(o, "p", test.p);
	if (oracle_field(o, "ci")) {
		oracle_want(o, "ci[0]", test.ci_l);
		oracle_want(o, "ci[1]", test.ci_u);
	}
	regress_clear(&r);
	clear(&t);
	free(cell);
	free(y);
	survey_design_free(d);
}

/* A classification by its name; "I24>=4" and "I24 (5 levels)" are made. */
static uint32_t *classes(const struct frame *f, const char *name, size_t *n)
{
	uint32_t *code = malloc(f->rows * sizeof *code);
	const struct frame_column *c = frame_get(f, name);

	assert_non_null(code);
	if (!c && strstr(name, ">=4")) {
		double *x = oracle_numbers(f, "I24");

		*n = 2;
		for (size_t i = 0; i < f->rows; i++)
			code[i] = isnan(x[i]) ? SURVEY_NONE : x[i] >= 4;
		free(x);
		return code;
	}
	if (!c)
		c = frame_get(f, "I24");
	assert_non_null(c);
	*n = c->n_levels;
	memcpy(code, c->code, f->rows * sizeof *code);
	return code;
}

static void same_test(struct oracle *o, const char *name,
		      const struct contingency_test *t)
{
	char field[64];
	const cJSON *all = oracle_field(o, name), *parameter;

	if (!all)
		return;
	(void)snprintf(field, sizeof field, "%s.statistic", name);
	oracle_want(o, field, t->statistic);
	parameter = cJSON_GetObjectItem(all, "parameter");
	if (cJSON_IsArray(parameter)) {
		const double df[] = { t->df1, t->df2 };

		(void)snprintf(field, sizeof field, "%s.parameter", name);
		oracle_want_list(o, field, df, 2);
	} else {
		(void)snprintf(field, sizeof field, "%s.parameter", name);
		oracle_want(o, field, t->df1);
	}
	(void)snprintf(field, sizeof field, "%s.p", name);
	oracle_want(o, field, t->p);
}

static void chi_squared(struct oracle *o, const cJSON *one)
{
	struct frame *f;
	struct survey_design *d = oracle_design(o, one, &f);
	struct survey_var v = { .design = d };
	size_t r, c;
	uint32_t *row =
		classes(f, cJSON_GetObjectItem(one, "rows")->valuestring, &r);
	uint32_t *col =
		classes(f, cJSON_GetObjectItem(one, "cols")->valuestring, &c);
	double *table = column(r * c);
	struct contingency t;
	struct err e = { 0 };

	if (!contingency_test(&v, row, r, col, c, table, &t, &e))
		fail_msg("%s: %s", o->id, e.msg);
	same_test(o, "F", &t.f);
	same_test(o, "Chisq", &t.chisq);
	same_test(o, "Wald", &t.wald);
	same_test(o, "adjWald", &t.adj_wald);
	oracle_want_matrix(o, "table.values", table, r, c);
	free(row);
	free(col);
	free(table);
	survey_design_free(d);
}

static void drivers(struct oracle *o, const char *design, const char *outcome_,
		    const char *fields)
{
	static const char *const word[] = { "KEEP", "FIX", "LOW", "OVER" };
	cJSON *one = cJSON_CreateObject();
	struct terms t = { .k = 0 }, none = { .k = 0 };
	struct survey_design *d;
	struct drivers got;
	struct frame *f;
	struct err e = { 0 };
	uint32_t *cell;
	double *y;

	assert_non_null(cJSON_AddStringToObject(one, "design", design));
	d = oracle_design(o, one, &f);
	y = oracle_numbers(f, outcome_);
	add_words(&t, f, fields);
	cell = complete(f, &t, &none, y);
	if (!drivers_find(d, cell, y, t.x, t.k, &got, &e))
		fail_msg("%s", e.msg);
	oracle_want_list(o, "performance", got.performance, t.k);
	oracle_want_list(o, "importance_r", got.importance, t.k);
	oracle_want_list(o, "lmg", got.lmg, t.k);
	oracle_want(o, "cut_perf", got.cut_performance);
	oracle_want(o, "cut_imp", got.cut_importance);
	oracle_want(o, "r2_full", got.r2);
	for (size_t j = 0; j < t.k; j++)
		assert_string_equal(
			cJSON_GetArrayItem(oracle_field(o, "quadrant"), (int)j)
				->valuestring,
			word[got.quadrant[j]]);
	clear(&t);
	free(cell);
	free(y);
	survey_design_free(d);
	cJSON_Delete(one);
}

/* Welch's df for two independent samples. */
static void year_change(struct oracle *o, const cJSON *one)
{
	cJSON *at = cJSON_CreateObject();
	const char *var = cJSON_GetObjectItem(one, "var")->valuestring;
	struct est est[2];
	struct est_test sum, welch;
	double se2[2];
	struct err e = { 0 };

	assert_non_null(cJSON_AddStringToObject(at, "design", "S_uc"));
	for (int w = 0; w < 2; w++) {
		const struct est_how how = { .level = 0.95 };
		struct frame *f;
		struct survey_design *d = oracle_design(o, at, &f), *own = d;
		struct survey_var v;
		double *y;

		if (w == 1) { /* the same design on the other file */
			struct frame *g = oracle_frame(o, "sipas_y2.csv");
			struct survey_input in = { .n = g->rows,
						   .n_stages = 1,
						   .lonely = SURVEY_FAIL };
			double *weight = oracle_numbers(g, "w");

			in.weight = weight;
			in.stage[0].stratum = frame_get(g, "strat_uc")->code;
			in.stage[0].cluster = frame_get(g, "psu_uc")->code;
			own = survey_design_new(&in, &e);
			assert_non_null(own);
			y = oracle_numbers(g, var);
			v = (struct survey_var){ .design = own };
			assert_true(est_mean(&v, NULL, 1, y, &how, &est[w],
					     NULL, &e));
			free(weight);
			survey_design_free(own);
		} else {
			y = oracle_numbers(f, var);
			v = (struct survey_var){ .design = d };
			assert_true(est_mean(&v, NULL, 1, y, &how, &est[w],
					     NULL, &e));
		}
		free(y);
		survey_design_free(d);
		se2[w] = est[w].se * est[w].se;
	}
	est_t_test(est[1].value - est[0].value, sqrt(se2[0] + se2[1]),
		   (double)(est[0].df + est[1].df), 0.95, &sum);
	est_t_test(sum.value, sum.se,
		   (se2[0] + se2[1]) * (se2[0] + se2[1]) /
			   (se2[0] * se2[0] / (double)est[0].df +
			    se2[1] * se2[1] / (double)est[1].df),
		   0.95, &welch);
	oracle_want(o, "est1", est[0].value);
	oracle_want(o, "est2", est[1].value);
	oracle_want(o, "diff", sum.value);
	oracle_want(o, "se", sum.se);
	oracle_want(o, "df_sum", sum.df);
	oracle_want(o, "df_satterthwaite", welch.df);
	oracle_want(o, "t", sum.t);
	oracle_want(o, "p_sum", sum.p);
	oracle_want(o, "p_satterthwaite", welch.p);
	cJSON_Delete(at);
}

static void family(const char *name, bool only_models)
{
	struct oracle o;

	oracle_open(&o, name);
	for (const cJSON *one = NULL; (one = oracle_next(&o, one));) {
		bool real = strncmp(name, "real", 4) == 0;

		o.cases++;
		if (strstr(o.id, "glm") || strstr(o.id, "wald"))
			regression(&o, one, real);
		else if (strstr(o.id, "ttest"))
			t_test(&o, one);
		else if (strstr(o.id, "chisq"))
			chi_squared(&o, one);
		else if (oracle_is(&o, "year_change"))
			year_change(&o, one);
		else if (oracle_is(&o, "ipa"))
			drivers(&o,
				strncmp(name, "prov", 4) == 0 ? "P_coll"
							      : "S_uc",
				strncmp(name, "prov", 4) == 0 ? "I24"
							      : "overall",
				strncmp(name, "prov", 4) == 0
					? "F1 F2 F3 F4 F5 F6 F7"
					: "E1 E2 E3 E4 E5");
		else if (only_models)
			fail_msg("%s: nobody checks %s", name, o.id);
		else
			o.cases--; /* another test's */
	}
	oracle_close(&o);
}

static void the_provinces_tests_and_regressions(void **state)
{
	(void)state;
	family("prov_tests_regression", true);
}

static void the_satisfaction_surveys_tests_and_regressions(void **state)
{
	(void)state;
	family("sipas_tests_regression", true);
}

static void the_school_samples_tests_and_regressions(void **state)
{
	(void)state;
	family("real_apistrat", false);
	family("real_apiclus1", false);
}

/* ---- the ordinal model -------------------------------------------------- */

static double at(const cJSON *tree, const char *list, size_t i)
{
	return cJSON_GetArrayItem(cJSON_GetObjectItem(tree, list), (int)i)
		->valuedouble;
}

static void ordered_answers_equal_an_independent_program(void **state)
{
	struct oracle o;
	struct terms t = { .k = 0 };
	struct frame *f;
	struct survey_design *d;
	struct survey_var v;
	struct regress r;
	struct err e = { 0 };
	size_t n, k;
	char *text = file_read("tests/data/golden/ordinal.json",
			       (size_t)1 << 20, &n, &e);
	cJSON *want, *one = cJSON_CreateObject();
	double *y;

	(void)state;
	assert_non_null(text);
	want = cJSON_ParseWithLength(text, n);
	assert_non_null(want);
	oracle_open(&o, "sipas_tests_regression");
	assert_non_null(cJSON_AddStringToObject(one, "design", "S_uc"));
	d = oracle_design(&o, one, &f);
	v = (struct survey_var){ .design = d };
	y = oracle_numbers(f, "overall");
	for (size_t i = 0; i < f->rows; i++)
		y[i] -= 2; /* nobody answered 1 */
	add_words(&t, f, "E1 E3 +sex age");
	if (!regress_fit(&v, NULL, y, t.x, t.k, REGRESS_ORDINAL, 4, &r, &e))
		fail_msg("%s", e.msg);
	k = r.k;
	assert_int_equal(k,
			 cJSON_GetArraySize(cJSON_GetObjectItem(want, "coef")));
	for (size_t j = 0; j < k; j++) {
		assert_near(r.coef[j], at(want, "coef", j), 1e-10);
		assert_near(sqrt(r.vcov[j * k + j]), at(want, "se", j), 1e-8);
		for (size_t l = 0; l < k; l++)
			assert_true(fabs(r.vcov[j * k + l] -
					 at(want, "vcov", j * k + l)) <=
				    1e-8 * at(want, "se", j) *
					    at(want, "se", l));
	}
	assert_int_equal(r.df, cJSON_GetObjectItem(want, "df")->valueint);
	assert_int_equal(r.df_resid, r.df + 1 - (int64_t)k);
	assert_true(isnan(r.dispersion));
	regress_clear(&r);
	clear(&t);
	free(y);
	free(text);
	cJSON_Delete(one);
	cJSON_Delete(want);
	survey_design_free(d);
	oracle_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_provinces_tests_and_regressions),
		cmocka_unit_test(
			the_satisfaction_surveys_tests_and_regressions),
		cmocka_unit_test(the_school_samples_tests_and_regressions),
		cmocka_unit_test(ordered_answers_equal_an_independent_program),
	};

	(void)gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
