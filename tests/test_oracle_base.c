/* Every case of the families of means, totals, ratios, proportions, quantiles,
 * unit scores and change, by the functions of estimate.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate.h"
#include "phieu/json.h"
#include "support/oracle.h"
#include "support/test.h"

#define MOST 64

static const struct est_how deff_too = { .level = 0.95,
					 .ci = EST_CI_T,
					 .deff = true };

/* A case with its design and domain at hand. */
struct work {
	struct oracle *o;
	const cJSON *one;
	struct frame *f;
	struct survey_design *d;
	struct survey_var v;
	uint32_t *domain;
	struct err e;
};

static void begin(struct work *w, struct oracle *o, const cJSON *one)
{
	*w = (struct work){ .o = o, .one = one };
	w->d = oracle_design(o, one, &w->f);
	w->v.design = w->d;
	w->domain = oracle_filter(w->f, one);
	o->cases++;
}

static void end(struct work *w)
{
	survey_design_free(w->d);
	free(w->domain);
}

static void must(struct work *w, bool ok)
{
	if (!ok)
		fail_msg("%s: %s", w->o->id, w->e.msg);
}

static double *numbers(struct work *w, const char *name)
{
	double *y;

	if (strncmp(name, "1 ", 2) != 0)
		return oracle_numbers(w->f, name);
	y = malloc(w->f->rows * sizeof *y);
	for (size_t i = 0; i < w->f->rows; i++)
		y[i] = 1;
	return y;
}

static const char *text(struct work *w, const char *key)
{
	return json_get_text(w->one, key);
}

/* ---- means and totals ------------------------------------------------- */

static void want_interval(struct work *w, const struct est *x)
{
	double q = est_t_quantile(0.95, (double)x->df_design);

	oracle_want(w->o, "ci_l", x->ci_l);
	oracle_want(w->o, "ci_u", x->ci_u);
	if (!oracle_field(w->o, "ci_l_designdf"))
		return;
	oracle_want(w->o, "ci_l_designdf", x->value - q * x->se);
	oracle_want(w->o, "ci_u_designdf", x->value + q * x->se);
}

static void want_est(struct work *w, const struct est *x)
{
	oracle_want(w->o, "est", x->value);
	oracle_want(w->o, "se", x->se);
	if (!oracle_field(w->o, "n")) {
		oracle_want(w->o, "df", (double)x->df);
		return;
	}
	oracle_want(w->o, "n", (double)x->n);
	oracle_want(w->o, "df_domain", (double)x->df);
	want_interval(w, x);
	if (!oracle_field(w->o, "n_psu"))
		return;
	oracle_want(w->o, "n_psu", (double)x->psu);
	oracle_want(w->o, "n_strata", (double)x->strata);
	oracle_want(w->o, "sum_w", x->sum_w);
	oracle_want(w->o, "cv", x->cv);
	oracle_want(w->o, "df_design", (double)x->df_design);
	oracle_want(w->o, "deff", x->deff);
	oracle_want(w->o, "deff_replace", x->deff_replace);
}

static void check_mean(struct work *w)
{
	double *y = numbers(w, text(w, "var"));
	struct est x;

	must(w, est_mean(&w->v, w->domain, 1, y, &deff_too, &x, NULL, &w->e));
	want_est(w, &x);
	free(y);
}

static void check_total(struct work *w)
{
	double *y = numbers(w, text(w, "var"));
	struct est x;

	must(w, est_total(&w->v, w->domain, 1, y, &deff_too, &x, NULL, &w->e));
	want_est(w, &x);
	free(y);
}

static void check_ratio(struct work *w)
{
	double *num = numbers(w, text(w, "num"));
	double *den = numbers(w, text(w, "den"));
	struct est x;

	must(w, est_ratio(&w->v, w->domain, 1, num, den, &deff_too, &x, NULL,
			  &w->e));
	want_est(w, &x);
	free(num);
	free(den);
}

static void check_variance(struct work *w)
{
	double *y = numbers(w, text(w, "var"));
	struct est x;

	must(w, est_variance(&w->v, w->domain, 1, y, &deff_too, &x, &w->e));
	oracle_want(w->o, "est", x.value);
	oracle_want(w->o, "se", x.se);
	if (oracle_field(w->o, "sd"))
		oracle_want(w->o, "sd", sqrt(x.value));
	free(y);
}

/* ---- proportions ------------------------------------------------------ */

/* "I24 >= 4", "sch.wide == Yes", "ell == 0", "satisfied" */
static double *indicator(struct work *w)
{
	char name[40] = "", op[4] = "", value[40] = "";
	const char *s = text(w, "indicator");
	size_t n = strcspn(s, " ");
	const struct frame_column *c;
	double *y = malloc(w->f->rows * sizeof *y);

	memcpy(name, s, n);
	if (s[n] == ' ') {
		memcpy(op, s + n + 1, 2);
		(void)snprintf(value, sizeof value, "%s", s + n + 4);
		value[strcspn(value, " ")] = '\0';
	}
	c = frame_get(w->f, name);
	for (size_t i = 0; i < w->f->rows; i++) {
		double v = c->as & FRAME_NUMBER ? frame_number(c, i) : 0;
		double limit = strtod(value, NULL);

		y[i] = op[0] == '\0'  ? v
		       : op[0] == '>' ? v >= limit
		       : op[0] == '<'
			       ? v <= limit
			       : strcmp(c->level[c->code[i]], value) == 0;
		if (isnan(v))
			y[i] = NAN;
	}
	return y;
}

static void check_zero(struct work *w, const double *y, struct est_how how)
{
	struct est x;
	double l, u;

	how.ci = EST_CI_BETA;
	must(w, est_proportion(&w->v, w->domain, 1, y, &how, &x, NULL, &w->e));
	oracle_want(w->o, "est", x.value);
	oracle_want(w->o, "se", x.se);
	oracle_want(w->o, "n", (double)x.n);
	oracle_want(w->o, "cp_upper_neff", x.ci_u);
	assert_true(x.ci_l == 0);
	est_proportion_ci(EST_CI_BETA, 0, 0, (double)x.n, (double)x.n, 1, 0.95,
			  &l, &u);
	oracle_want(w->o, "cp_upper_n", u);
}

static void check_prop(struct work *w)
{
	static const struct {
		const char *field;
		enum est_ci how;
	} ci[] = { { "ci_mean", EST_CI_T },
		   { "ci_logit", EST_CI_LOGIT },
		   { "ci_xlogit", EST_CI_LOGIT },
		   { "ci_beta", EST_CI_BETA },
		   { "ci_asin", EST_CI_ASIN } };
	double *y = indicator(w);
	struct est_how how = { .level = 0.95 };
	struct est x;

	for (size_t i = 0; i < sizeof ci / sizeof ci[0]; i++) {
		double got[2];

		if (!oracle_field(w->o, ci[i].field))
			continue;
		how.ci = ci[i].how;
		must(w, est_proportion(&w->v, w->domain, 1, y, &how, &x, NULL,
				       &w->e));
		got[0] = x.ci_l;
		got[1] = x.ci_u;
		oracle_want_list(w->o, ci[i].field, got, 2);
	}
	if (oracle_field(w->o, "cp_upper_n")) {
		check_zero(w, y, how);
	} else {
		oracle_want(w->o, "est", x.value);
		oracle_want(w->o, "se", x.se);
		oracle_want(w->o, "n", (double)x.n);
		oracle_want(w->o, "n_rows_minus1", (double)x.n - 1);
		oracle_want(w->o, "df_domain", (double)x.df);
	}
	free(y);
}

/* ---- quantiles -------------------------------------------------------- */

static void want_quantile(struct work *w, const char *key,
			  const struct est_quantile *q, size_t k)
{
	char at[100];

	for (size_t j = 0; j < k; j++) {
		(void)snprintf(at, sizeof at, "%s.q[%zu]", key, j);
		oracle_want(w->o, at, q[j].q);
		(void)snprintf(at, sizeof at, "%s.ci_l[%zu]", key, j);
		oracle_want(w->o, at, q[j].ci_l);
		(void)snprintf(at, sizeof at, "%s.ci_u[%zu]", key, j);
		oracle_want(w->o, at, q[j].ci_u);
		(void)snprintf(at, sizeof at, "%s.se[%zu]", key, j);
		oracle_want(w->o, at, q[j].se);
	}
}

static void check_quantile(struct work *w)
{
	static const char *const rule[] = { "math", "school", "hf7" };
	static const char *const type[] = { "mean", "xlogit", "beta" };
	static const enum est_ci how[] = { EST_CI_T, EST_CI_LOGIT,
					   EST_CI_BETA };
	double *y = numbers(w, text(w, "var")), p[MOST];
	const cJSON *ps = oracle_field(w->o, "p");
	size_t k = (size_t)cJSON_GetArraySize(ps);
	struct est_quantile q[MOST];
	struct est base;
	char key[40];

	for (size_t j = 0; j < k; j++)
		p[j] = cJSON_GetArrayItem(ps, (int)j)->valuedouble;
	for (int r = 0; r < 3; r++)
		for (int t = 0; t < 3; t++) {
			struct est_how h = { .level = 0.95, .ci = how[t] };

			must(w, est_quantile(&w->v, w->domain, y, p, k,
					     (enum est_rule)r, &h, &base, q,
					     &w->e));
			(void)snprintf(key, sizeof key, "%s.%s", rule[r],
				       type[t]);
			want_quantile(w, key, q, k);
		}
	oracle_want(w->o, "n", (double)base.n);
	oracle_want(w->o, "df", (double)base.df);
	free(y);
}

/* ---- vectors ---------------------------------------------------------- */

static void check_vector(struct work *w)
{
	const cJSON *vars = json_get(w->one, "vars");
	size_t k = (size_t)cJSON_GetArraySize(vars);
	double *y[MOST], cov[MOST * MOST], theta[MOST];
	struct est x[MOST];

	for (size_t j = 0; j < k; j++)
		y[j] = numbers(w,
			       cJSON_GetArrayItem(vars, (int)j)->valuestring);
	must(w, est_mean_vector(&w->v, w->domain, (const double *const *)y, k,
				&deff_too, x, cov, &w->e));
	for (size_t j = 0; j < k; j++) {
		theta[j] = x[j].value;
		free(y[j]);
	}
	oracle_want_list(w->o, "est", theta, k);
	oracle_want_matrix(w->o, "vcov", cov, k, k);
}

/* contrast.api00_api99: the names are in the id. */
static void check_contrast(struct work *w)
{
	const char *a = strchr(w->o->id, '.') + 1, *b = strchr(a, '_') + 1;
	char first[40] = "";
	double *y[2], c[2], cov[4], theta[2], value, var;
	struct est x[2];

	memcpy(first, a, (size_t)(b - a - 1));
	y[0] = numbers(w, first);
	y[1] = numbers(w, b);
	for (int j = 0; j < 2; j++)
		c[j] = cJSON_GetArrayItem(json_get(w->one, "contrast"), j)
			       ->valuedouble;
	must(w, est_mean_vector(&w->v, w->domain, (const double *const *)y, 2,
				&deff_too, x, cov, &w->e));
	for (int j = 0; j < 2; j++) {
		theta[j] = x[j].value;
		free(y[j]);
	}
	est_contrast(c, theta, cov, 2, &value, &var);
	oracle_want(w->o, "est", value);
	oracle_want(w->o, "se", sqrt(var));
}

/* Q01..Q22 by element of sipas_items.csv. */
struct items {
	size_t n, element[30];
	double *q[30];
};

static struct items read_items(struct work *w)
{
	struct frame *f = oracle_frame(w->o, "sipas_items.csv");
	const struct frame_column *name = frame_get(f, "item");
	struct items it = { .n = f->rows };

	for (size_t i = 0; i < f->rows; i++) {
		it.q[i] = numbers(w, name->level[name->code[i]]);
		it.element[i] =
			(size_t)frame_number(frame_get(f, "element"), i);
	}
	return it;
}

static void check_shares(struct work *w)
{
	struct items it = read_items(w);
	double *num[5], *den[5], cov[25], theta[5], se[5], plain[5], mean, var;
	const double fifth[] = { .2, .2, .2, .2, .2 };
	struct est x[5];

	for (size_t j = 0; j < 5; j++) {
		double a = 0, b = 0;

		num[j] = calloc(w->f->rows, sizeof **num);
		den[j] = calloc(w->f->rows, sizeof **den);
		for (size_t i = 0; i < w->f->rows; i++)
			for (size_t k = 0; k < it.n; k++)
				if (it.element[k] == j + 1) {
					num[j][i] += it.q[k][i] >= 4;
					den[j][i] += !isnan(it.q[k][i]);
				}
		for (size_t i = 0; i < w->f->rows; i++) {
			a += num[j][i];
			b += den[j][i];
		}
		plain[j] = a / b;
	}
	must(w, est_ratio_vector(&w->v, w->domain, (const double *const *)num,
				 (const double *const *)den, 5, &deff_too, x,
				 cov, &w->e));
	for (size_t j = 0; j < 5; j++) {
		theta[j] = x[j].value;
		se[j] = x[j].se;
		free(num[j]);
		free(den[j]);
	}
	for (size_t k = 0; k < it.n; k++)
		free(it.q[k]);
	est_contrast(fifth, theta, cov, 5, &mean, &var);
	oracle_want_list(w->o, "est", theta, 5);
	oracle_want_list(w->o, "se", se, 5);
	oracle_want_list(w->o, "unweighted", plain, 5);
	oracle_want(w->o, "mean_of_elements", mean);
	oracle_want(w->o, "se_mean_of_elements", sqrt(var));
}

static void check_all45(struct work *w)
{
	struct items it = read_items(w);
	double *y = malloc(w->f->rows * sizeof *y);
	struct est x;

	for (size_t i = 0; i < w->f->rows; i++) {
		size_t low = 0, answered = 0;

		for (size_t k = 0; k < it.n; k++) {
			low += it.q[k][i] < 4 ? 1 : 0;
			answered += isnan(it.q[k][i]) ? 0 : 1;
		}
		y[i] = answered >= 11 ? (low == 0) : (double)NAN;
	}
	for (size_t k = 0; k < it.n; k++)
		free(it.q[k]);
	must(w, est_mean(&w->v, w->domain, 1, y, &deff_too, &x, NULL, &w->e));
	want_est(w, &x);
	free(y);
}

/* ---- unit scores ------------------------------------------------------ */

struct scores {
	const char *unit[MOST];
	size_t n_units, n_groups;
	struct est x[MOST];
	double cov[MOST * MOST];
};

/* Scores of units over the groups of the first case that names a unit. */
static void unit_scores(struct work *w, const cJSON *shares, const char *var,
			const cJSON *units, struct scores *s)
{
	const struct frame_column *u = frame_get(w->f, "unit"),
				  *g = frame_get(w->f, "group");
	uint32_t *cell = malloc(w->f->rows * sizeof *cell), block[MOST * 8];
	double share[MOST * 8], *y = numbers(w, var);

	s->n_groups = (size_t)cJSON_GetArraySize(shares);
	s->n_units = 0;
	for (const cJSON *k = units; k; k = k->next)
		s->unit[s->n_units++] = k->valuestring;
	for (size_t i = 0; i < s->n_units * s->n_groups; i++) {
		block[i] = (uint32_t)(i / s->n_groups);
		share[i] = cJSON_GetArrayItem(shares, (int)(i % s->n_groups))
				   ->valuedouble;
	}
	for (size_t i = 0; i < w->f->rows; i++) {
		cell[i] = SURVEY_NONE;
		for (size_t b = 0; b < s->n_units; b++)
			for (size_t k = 0; k < s->n_groups; k++)
				if (strcmp(u->level[u->code[i]], s->unit[b]) ==
					    0 &&
				    strcmp(g->level[g->code[i]],
					   cJSON_GetArrayItem(shares, (int)k)
						   ->string) == 0)
					cell[i] =
						(uint32_t)(b * s->n_groups + k);
	}
	must(w, est_share_score(&w->v, cell, s->n_units * s->n_groups, block,
				s->n_units, share, y, &deff_too, s->x, s->cov,
				&w->e));
	free(cell);
	free(y);
}

/* The shares that a matrix of units uses are those of its first unit. */
static const cJSON *shares_of(struct oracle *o, const char *unit)
{
	for (const cJSON *c = json_get(o->tree, "cases")->child; c;
	     c = c->next) {
		const char *named = json_get_text(c, "unit");

		if (named && strcmp(named, unit) == 0)
			return json_get(c, "group_share");
	}
	fail_msg("no shares of %s", unit);
	return NULL;
}

static void check_unit_score(struct work *w)
{
	const cJSON *units = json_get(w->one, "units");
	struct scores s;

	if (!units) {
		cJSON *one = cJSON_CreateString(text(w, "unit"));

		unit_scores(w, json_get(w->one, "group_share"), text(w, "var"),
			    one, &s);
		oracle_want(w->o, "est", s.x[0].value);
		oracle_want(w->o, "se", s.x[0].se);
		cJSON_Delete(one);
		return;
	}
	unit_scores(w, shares_of(w->o, units->child->valuestring),
		    text(w, "var"), units->child, &s);
	oracle_want_matrix(w->o, "cov", s.cov, s.n_units, s.n_units);
}

/* ---- families --------------------------------------------------------- */

static bool is_ours(const cJSON *one)
{
	static const char *const other[] = { "poststrat", "rake", "greg",
					     "exp.",	  "glm",  "chisq",
					     "ttest",	  "jk",	  "raowu" };
	const char *id = json_get_text(one, "id");

	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		if (strncmp(id, other[i], strlen(other[i])) == 0)
			return false;
	return true;
}

static void check_one(struct work *w)
{
	static const struct {
		const char *stat;
		void (*check)(struct work *w);
	} kind[] = {
		{ "mean", check_mean },		 { "total", check_total },
		{ "ratio", check_ratio },	 { "prop", check_prop },
		{ "quantile", check_quantile },	 { "variance", check_variance },
		{ "mean vector", check_vector }, { "share", check_shares },
		{ "mean_all45", check_all45 }
	};
	const char *stat = text(w, "stat");

	if (!stat)
		stat = json_get(w->one, "contrast") ? "contrast" : "mean";
	for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++)
		if (strcmp(kind[i].stat, stat) == 0) {
			kind[i].check(w);
			return;
		}
	if (oracle_is(w->o, "contrast"))
		check_contrast(w);
	else
		fail_msg("%s: unknown statistic %s", w->o->id, stat);
}

/* prop.zero names no design: that of the case before it. */
static void run_family(const char *family, size_t cases)
{
	struct oracle o;
	struct work w;

	oracle_open(&o, family);
	for (const cJSON *c = oracle_next(&o, NULL), *last = c; c;
	     c = oracle_next(&o, c)) {
		if (!is_ours(c))
			continue;
		if (!json_get(c, "design"))
			cJSON_AddItemToObject((cJSON *)(uintptr_t)c, "design",
					      cJSON_CreateString(
						      json_get_text(last,
								    "design")));
		begin(&w, &o, c);
		check_one(&w);
		end(&w);
		last = c;
	}
	assert_int_equal(o.cases, cases);
	oracle_close(&o);
}

static void province_means_agree(void **state)
{
	(void)state;
	run_family("prov_mean", 318);
}

static void province_totals_ratios_shares_quantiles_agree(void **state)
{
	(void)state;
	run_family("prov_total_ratio_prop_quantile", 94);
}

static void citizens_means_totals_ratios_agree(void **state)
{
	(void)state;
	run_family("sipas_mean_total_ratio", 138);
}

static void citizens_shares_and_quantiles_agree(void **state)
{
	(void)state;
	run_family("sipas_prop_quantile", 18);
}

static void stratified_schools_agree(void **state)
{
	(void)state;
	run_family("real_apistrat", 25);
}

static void clustered_schools_agree(void **state)
{
	(void)state;
	run_family("real_apiclus1", 25);
}

static void unit_scores_and_their_covariances_agree(void **state)
{
	struct oracle o;
	struct work w;

	(void)state;
	oracle_open(&o, "prov_unit_score");
	for (const cJSON *c = oracle_next(&o, NULL); c;
	     c = oracle_next(&o, c)) {
		begin(&w, &o, c);
		check_unit_score(&w);
		end(&w);
	}
	assert_int_equal(o.cases, 254);
	oracle_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(province_means_agree),
		cmocka_unit_test(province_totals_ratios_shares_quantiles_agree),
		cmocka_unit_test(citizens_means_totals_ratios_agree),
		cmocka_unit_test(citizens_shares_and_quantiles_agree),
		cmocka_unit_test(stratified_schools_agree),
		cmocka_unit_test(clustered_schools_agree),
		cmocka_unit_test(unit_scores_and_their_covariances_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
