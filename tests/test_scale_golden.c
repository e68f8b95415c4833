/* Scale quality against values of R packages beyond the oracle: lavaan,
 * polycor, mvtnorm, GPArotation, psych, lme4, survey
 * (tests/golden/make_scale.R). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/agreement.h"
#include "phieu/distribution.h"
#include "phieu/factor.h"
#include "phieu/json.h"
#include "phieu/moments.h"
#include "phieu/polychoric.h"
#include "phieu/reliability.h"
#include "support/oracle.h"
#include "support/table.h"
#include "support/test.h"

#define K 25

struct golden {
	cJSON *tree;
	struct oracle o; /* its frames */
};

static int golden_open(void **state)
{
	struct golden *g = calloc(1, sizeof *g);

	g->tree = test_json_read("tests/data/scale_golden.json");
	oracle_open(&g->o, "real_bfi");
	*state = g;
	return 0;
}

static int golden_close(void **state)
{
	struct golden *g = *state;

	oracle_close(&g->o);
	cJSON_Delete(g->tree);
	free(g);
	return 0;
}

static double at(const cJSON *list, size_t i)
{
	const cJSON *v = cJSON_GetArrayItem(list, (int)i);

	assert_true(cJSON_IsNumber(v));
	return v->valuedouble;
}

static double cell(const cJSON *rows, size_t i, size_t j)
{
	return at(cJSON_GetArrayItem(rows, (int)i), j);
}

static void near(const char *what, double got, double want, double abs_tol)
{
	if (!(fabs(got - want) <= abs_tol))
		fail_msg("%s: %.17g, want %.17g", what, got, want);
}

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s", e->msg);
}

/* The 25 personality items, reversed ones turned; complete rows' moments. */
struct bfi {
	double *x[K];
	double mean[K], cov[K * K], r[K * K];
	struct survey_sum sum[K * K];
	struct items d;
	size_t n;
};

static struct bfi *bfi_read(struct golden *g)
{
	static const char *const reversed = "A1 C4 C5 E1 E2 O2 O5";
	struct bfi *b = calloc(1, sizeof *b);
	struct frame *f = oracle_frame(&g->o, "bfi25.csv");
	struct moments m = { .mean = b->mean, .cov = b->cov, .sum = b->sum };
	struct err e = { 0 };

	for (size_t j = 0; j < K; j++) {
		const char name[3] = { "ACENO"[j / 5], (char)('1' + j % 5) };

		b->x[j] = oracle_numbers(f, name);
		for (size_t i = 0; i < f->rows; i++)
			if (strstr(reversed, name) != NULL)
				b->x[j][i] = 7 - b->x[j][i];
	}
	b->d = (struct items){ .x = (const double *const *)b->x,
			       .k = K,
			       .n = f->rows };
	must(moments_listwise(&b->d, &m, &e), &e);
	must(moments_correlation(K, b->cov, b->r, &e), &e);
	b->n = m.n;
	return b;
}

static void bfi_free(struct bfi *b)
{
	for (size_t j = 0; j < K; j++)
		free(b->x[j]);
	free(b);
}

/* ---- distributions --------------------------------------------------- */

static void the_bivariate_normal_agrees_with_mvtnorm(void **state)
{
	const struct golden *g = *state;
	const cJSON *b = json_get(g->tree, "bivariate_normal");
	double worst = 0;

	for (size_t i = 0; i < 64; i++) {
		double h = at(json_get(b, "h"), i), k = at(json_get(b, "k"), i);
		double r = at(json_get(b, "r"), i);
		double p = at(json_get(b, "p"), i);
		double got = bivariate_normal_P(h, k, r);

		near("P", got, p, 1e-14);
		near("symmetric", bivariate_normal_P(k, h, r), got, 1e-15);
		worst = fmax(worst, fabs(got - p));
	}
	printf("bivariate normal: 64 values, worst difference %.2g\n", worst);
	assert_true(isnan(bivariate_normal_P((double)NAN, 0, 0.3)));
	assert_true(isnan(bivariate_normal_P(0, 0, 1.5)));
	assert_near(bivariate_normal_P(0, 0, 0.3),
		    0.25 + asin(0.3) / (2 * M_PI), 1e-15);
	assert_near(bivariate_normal_P(0, 0, -0.97),
		    0.25 + asin(-0.97) / (2 * M_PI), 1e-12);
}

static void the_bivariate_normal_knows_its_edges(void **state)
{
	(void)state;
	assert_true(bivariate_normal_P(-INFINITY, 1, 0.2) == 0);
	assert_true(bivariate_normal_P(1, -INFINITY, 0.2) == 0);
	assert_near(bivariate_normal_P(INFINITY, 1, 0.2), 0.8413447460685429,
		    1e-15);
	assert_near(bivariate_normal_P(1, INFINITY, 0.2), 0.8413447460685429,
		    1e-15);
	assert_true(bivariate_normal_P(INFINITY, INFINITY, 0.2) == 1);
	/* one and the same variable, or its opposite */
	assert_near(bivariate_normal_P(0.5, 1, 1), 0.6914624612740131, 1e-15);
	assert_near(bivariate_normal_P(0.5, 1, -1),
		    0.6914624612740131 - 0.15865525393145705, 1e-14);
	assert_near(bivariate_normal_P(-0.5, 1, -1),
		    0.3085375387259869 - 0.15865525393145705, 1e-14);
	assert_true(bivariate_normal_P(-1, -1, -1) == 0);
	assert_true(isnan(bivariate_normal_P(NAN, 0, 0)));
	assert_true(isnan(bivariate_normal_P(0, NAN, 0)));
	assert_true(isnan(bivariate_normal_P(0, 0, 1.1)));
	assert_true(isnan(bivariate_normal_P(0, 0, NAN)));
	assert_true(bivariate_normal_pdf(INFINITY, 0, 0) == 0);
}

static void f_quantiles_agree_with_r(void **state)
{
	const struct golden *g = *state;
	const cJSON *f = json_get(g->tree, "fisher");

	for (size_t i = 0; i < 100; i++)
		assert_near(fisher_quantile(at(json_get(f, "p"), i),
					    at(json_get(f, "df1"), i),
					    at(json_get(f, "df2"), i)),
			    at(json_get(f, "x"), i), 1e-9);
	assert_true(isnan(fisher_quantile(0, 1, 1)));
	assert_true(isnan(fisher_quantile(1, 1, 1)));
	assert_true(isnan(fisher_quantile(0.5, 0, 1)));
	assert_true(isnan(fisher_quantile(0.5, 1, NAN)));
}

/* ---- polychoric ------------------------------------------------------ */

static size_t cross(const struct bfi *b, size_t first, size_t second,
		    double *table)
{
	size_t n = 0;

	memset(table, 0, 36 * sizeof *table);
	for (size_t i = 0; i < b->d.n; i++) {
		bool whole = true;

		for (size_t j = 0; j < 5; j++)
			whole = whole && !isnan(b->x[j][i]);
		if (!whole)
			continue;
		table[((size_t)b->x[first][i] - 1) * 6 +
		      (size_t)b->x[second][i] - 1]++;
		n++;
	}
	return n;
}

static size_t item_of(const cJSON *names, size_t i)
{
	return (size_t)(cJSON_GetArrayItem(names, (int)i)->valuestring[1] -
			'1');
}

static void polychoric_correlations_agree_with_lavaan(void **state)
{
	struct golden *g = *state;
	const cJSON *want = json_get(g->tree, "polychoric");
	struct bfi *b = bfi_read(g);
	double worst = 0;

	for (size_t i = 0; i < 10; i++) {
		double table[36], a[5], c[5], score[36];
		struct polychoric p = { .threshold_a = a,
					.threshold_b = c,
					.score = score };
		size_t first = item_of(json_get(want, "a"), i);
		struct err e = { 0 };
		size_t n =
			cross(b, first, item_of(json_get(want, "b"), i), table);

		must(polychoric_fit(table, 6, 6, n, &p, &e), &e);
		assert_int_equal(n, json_get(want, "n")->valuedouble);
		assert_false(p.boundary);
		worst = fmax(worst, fabs(p.rho - at(json_get(want, "rho"), i)));
		if (i == 0) /* 400 samples: 3.5 % is one error of theirs */
			assert_near(p.se,
				    json_get(want, "bootstrap")->valuedouble,
				    0.12);
		for (size_t t = 0; t < 5; t++)
			near("threshold", a[t],
			     at(json_get(want, "threshold"), first * 5 + t),
			     1e-12);
		if (i == 0 || i == 4) /* A1 with A2, A2 with A3 */
			near("polycor", p.rho,
			     at(json_get(want, "polycor"), i == 4), 2e-4);
	}
	printf("polychoric: 10 correlations, worst difference %.2g\n", worst);
	/* where lavaan's optimiser stops */
	assert_true(worst < 1e-6);
	bfi_free(b);
}

static void a_tetrachoric_correlation_agrees_with_its_definition(void **state)
{
	const struct golden *g = *state;
	const cJSON *want = json_get(g->tree, "tetrachoric");
	double table[4], a, b;
	struct polychoric p = { .threshold_a = &a, .threshold_b = &b };
	struct err e = { 0 };

	for (size_t i = 0; i < 4; i++)
		table[i] = cell(json_get(want, "table"), i / 2, i % 2);
	must(polychoric_fit(table, 2, 2, 3000, &p, &e), &e);
	near("rho", p.rho, json_get(want, "rho")->valuedouble, 1e-12);
}

/* The score is the derivative of rho by the share of a cell. */
static void the_polychoric_score_is_its_derivative(void **state)
{
	static const double table[12] = {
		12, 7, 3, 1, 8, 20, 0, 6, 2, 9, 14, 25
	};
	double a[2], b[3], score[12], mean = 0, n = 0, h = 1e-3;
	struct polychoric p = { .threshold_a = a,
				.threshold_b = b,
				.score = score };
	struct err e = { 0 };

	(void)state;
	must(polychoric_fit(table, 3, 4, 107, &p, &e), &e);
	for (size_t i = 0; i < 12; i++) {
		mean += table[i] * score[i];
		n += table[i];
	}
	near("mean of scores", mean / n, 0, 1e-12);
	for (size_t i = 0; i < 12; i++) {
		double up[12], down[12], slope;
		double ta[2], tb[3];
		struct polychoric q = { .threshold_a = ta, .threshold_b = tb };

		if (table[i] == 0)
			continue;
		memcpy(up, table, sizeof up);
		memcpy(down, table, sizeof down);
		up[i] += h;
		down[i] -= h;
		must(polychoric_fit(up, 3, 4, 107, &q, &e), &e);
		slope = q.rho;
		must(polychoric_fit(down, 3, 4, 107, &q, &e), &e);
		slope = (slope - q.rho) / (2 * h) * n;
		near("score", score[i], slope, 1e-6);
	}
}

/* ---- factors --------------------------------------------------------- */

static void want_loadings(const char *what, const cJSON *rows, const double *l,
			  size_t k, size_t m, double tol)
{
	for (size_t i = 0; i < k * m; i++)
		near(what, l[i], cell(rows, i / m, i % m), tol);
}

static void rotations_agree_with_r(void **state)
{
	struct golden *g = *state;
	const cJSON *want = json_get(g->tree, "oblimin");
	struct bfi *b = bfi_read(g);
	double values[K], l[K * 5], phi[25], work[2 * K * K];
	struct err e = { 0 };

	must(factor_pca(K, b->r, 5, values, l, work, &e), &e);
	must(factor_oblimin(K, 5, l, phi, 0, work, &e), &e);
	want_loadings("oblimin of components", json_get(want, "loadings"), l, K,
		      5, 1e-6);
	want_loadings("phi", json_get(want, "phi"), phi, 5, 5, 1e-6);
	bfi_free(b);
}

static void five_factors_agree_with_factanal(void **state)
{
	struct golden *g = *state;
	const cJSON *want = json_get(g->tree, "factor5");
	struct bfi *b = bfi_read(g);
	double u[K], l[K * 5], turned[K * 5], phi[25];
	static double work[FACTOR_ML_WORK(K)];
	struct factor_ml f = { .uniqueness = u, .loadings = l };
	struct err e = { 0 };

	must(factor_ml(K, 5, b->r, b->n, work, &f, &e), &e);
	assert_int_equal(b->n, json_get(want, "n")->valuedouble);
	for (size_t i = 0; i < K; i++)
		near("uniqueness", u[i], at(json_get(want, "uniquenesses"), i),
		     1e-5);
	want_loadings("loadings", json_get(want, "loadings"), l, K, 5, 1e-4);
	assert_near(f.chi2, json_get(want, "chi2")->valuedouble, 1e-7);
	assert_near(f.df, json_get(want, "df")->valuedouble, 1e-15);
	assert_near(f.objective, json_get(want, "objective")->valuedouble,
		    1e-8);
	near("p", f.p, json_get(want, "p")->valuedouble, 1e-12);
	/* ours is no worse a minimum */
	assert_true(f.objective <=
		    json_get(want, "objective")->valuedouble + 1e-12);
	assert_int_equal(f.heywood, 0);
	memcpy(turned, l, sizeof l);
	must(factor_oblimin(K, 5, turned, phi, 0, work, &e), &e);
	want_loadings("oblimin",
		      json_get(json_get(want, "oblimin"), "loadings"), turned,
		      K, 5, 1e-4);
	want_loadings("phi", json_get(json_get(want, "oblimin"), "phi"), phi, 5,
		      5, 1e-4);
	factor_varimax(K, 5, l, work);
	want_loadings("varimax", json_get(want, "varimax"), l, K, 5, 1e-4);
	bfi_free(b);
}

static void parallel_analysis_agrees_with_simulation(void **state)
{
	const struct golden *g = *state;
	const cJSON *want = json_get(g->tree, "parallel");
	enum { P = 8, COUNT = 4000 };
	double mean[P], q[P], again[P], *work;
	struct err e = { 0 };

	work = calloc(FACTOR_PARALLEL_WORK(P, COUNT), sizeof *work);
	must(factor_parallel(P, 120, COUNT, 1, 0.95, mean, q, work, &e), &e);
	for (size_t j = 0; j < P; j++) {
		double sd = at(json_get(want, "sd"), j);

		/* 20,000 draws there, 4,000 here: six errors of the mean, and
		 * as many of the quantile (its own is 2.1 times as large) */
		near("mean", mean[j], at(json_get(want, "mean"), j),
		     6 * sd / sqrt(3300));
		near("quantile", q[j], at(json_get(want, "q95"), j),
		     13 * sd / sqrt(3300));
	}
	must(factor_parallel(P, 120, COUNT, 1, 0.95, again, q, work, &e), &e);
	assert_memory_equal(mean, again, sizeof mean);
	must(factor_parallel(P, 120, COUNT, 2, 0.95, again, q, work, &e), &e);
	assert_memory_not_equal(mean, again, sizeof mean);
	free(work);
}

/* ---- with weights and designs ---------------------------------------- */

struct sipas {
	double *x[4], *w, mean[4], cov[16], r[16];
	struct survey_sum sum[16];
	struct items d;
	struct moments m;
	struct frame *f;
};

static struct sipas *sipas_read(struct golden *g, bool weighted)
{
	struct sipas *s = calloc(1, sizeof *s);
	struct err e = { 0 };

	s->f = oracle_frame(&g->o, "sipas.csv");
	for (size_t j = 0; j < 4; j++) {
		const char name[4] = { 'Q', '0', (char)('1' + j) };

		s->x[j] = oracle_numbers(s->f, name);
	}
	s->w = oracle_numbers(s->f, "w");
	s->d = (struct items){ .x = (const double *const *)s->x,
			       .k = 4,
			       .n = s->f->rows,
			       .w = weighted ? s->w : NULL };
	s->m = (struct moments){ .mean = s->mean,
				 .cov = s->cov,
				 .sum = s->sum };
	must(moments_listwise(&s->d, &s->m, &e), &e);
	must(moments_correlation(4, s->cov, s->r, &e), &e);
	return s;
}

static void sipas_free(struct sipas *s)
{
	for (size_t j = 0; j < 4; j++)
		free(s->x[j]);
	free(s->w);
	free(s);
}

static void weighted_omega_agrees_with_factanal(void **state)
{
	struct golden *g = *state;
	const cJSON *want = json_get(g->tree, "omega_weighted");
	struct sipas *s = sipas_read(g, true);
	double u[4], l[4], work[FACTOR_ML_WORK(4)];
	struct factor_ml f = { .uniqueness = u, .loadings = l };
	struct err e = { 0 };

	must(factor_ml(4, 1, s->r, s->m.n, work, &f, &e), &e);
	for (size_t j = 0; j < 4; j++)
		near("loading", l[j], at(json_get(want, "loadings"), j), 1e-6);
	near("omega", reliability_omega(4, l, u),
	     json_get(want, "omega")->valuedouble, 1e-6);
	sipas_free(s);
}

static void the_design_error_of_alpha_agrees_with_survey(void **state)
{
	struct golden *g = *state;
	const cJSON *want = json_get(g->tree, "alpha_design");
	struct sipas *s = sipas_read(g, true);
	struct survey_input in = { .n = s->d.n, .weight = s->w, .n_stages = 1 };
	const struct est_how how = { .level = 0.95, .ci = EST_CI_T };
	struct survey_var v = { 0 };
	struct survey_design *d;
	struct est alpha;
	struct err e = { 0 };

	in.stage[0] = (struct survey_stage){
		.stratum = frame_get(s->f, "strat_uc")->code,
		.cluster = frame_get(s->f, "psu_uc")->code
	};
	d = survey_design_new(&in, &e);
	must(d != NULL, &e);
	v.design = d;
	must(reliability_alpha_estimate(&v, NULL, 1, s->d.x, 4, &how, &alpha,
					&e),
	     &e);
	assert_near(alpha.value, reliability_raw_alpha(4, s->cov), 1e-13);
	assert_near(alpha.value, json_get(want, "alpha")->valuedouble, 1e-10);
	assert_near(alpha.se, json_get(want, "se")->valuedouble, 1e-8);
	assert_int_equal(alpha.n, s->m.n);
	assert_int_equal(alpha.df, 24);
	survey_design_free(d);
	sipas_free(s);
}

/* ---- agreement ------------------------------------------------------- */

static void the_error_of_kappa_agrees_with_numeric_derivatives(void **state)
{
	static const char *const name[] = { "plain", "linear", "quadratic" };
	struct golden *g = *state;
	const cJSON *want = json_get(g->tree, "kappa_se");
	struct frame *f = oracle_frame(&g->o, "sipas_backcheck.csv");
	double *a = oracle_numbers(f, "overall");
	double *b = oracle_numbers(f, "overall_bc");
	double table[25] = { 0 }, share[25], score[25];
	struct agreement out;
	struct err e = { 0 };

	for (size_t i = 0; i < f->rows; i++)
		table[((size_t)a[i] - 1) * 5 + (size_t)b[i] - 1]++;
	must(agreement_of(table, 5, f->rows, 0.95, share, &out, &e), &e);
	for (int kind = 0; kind < KAPPA_KINDS; kind++) {
		double v = 0;

		assert_near(out.kappa[kind].se,
			    json_get(want, name[kind])->valuedouble, 1e-9);
		/* two ways of writing one variance */
		agreement_score(share, 5, (enum kappa_kind)kind, score);
		for (size_t i = 0; i < 25; i++)
			v += share[i] * score[i] * score[i];
		assert_near(sqrt(v / (double)f->rows), out.kappa[kind].se,
			    1e-12);
	}
	free(a);
	free(b);
}

static void four_raters_agree_with_psych(void **state)
{
	static const char *const kind[ICC_KINDS] = {
		"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"
	};
	struct golden *g = *state;
	struct sipas *s = sipas_read(g, false);
	struct icc_result r;
	struct err e = { 0 };

	must(agreement_icc(s->d.x, 4, s->d.n, 0.95, &r, &e), &e);
	for (size_t i = 0; i < ICC_KINDS; i++) {
		const cJSON *w = json_get(json_get(g->tree, "icc4"), kind[i]);
		const struct icc *k = &r.kind[i];

		near(kind[i], k->value, at(w, 0), 1e-10);
		assert_near(k->F, at(w, 1), 1e-9);
		assert_near(k->df1, at(w, 2), 1e-15);
		assert_near(k->df2, at(w, 3), 1e-15);
		near(kind[i], k->p, at(w, 4), 1e-12);
		near(kind[i], k->low, at(w, 5), 1e-8);
		near(kind[i], k->high, at(w, 6), 1e-8);
	}
	sipas_free(s);
}

static void one_reml(const cJSON *all, const char *y, const char *result,
		     double tol)
{
	const cJSON *want = json_get(all, result);
	double x[60], mean[13], size[13];
	unsigned group[60];
	struct icc_groups r;
	struct err e = { 0 };

	for (size_t i = 0; i < 60; i++) {
		x[i] = at(json_get(all, y), i);
		group[i] = (unsigned)at(json_get(all, "g"), i);
	}
	must(agreement_icc_groups(x, group, 60, 13, mean, size, &r, &e), &e);
	near("between", r.var_between, at(want, 0), tol);
	near("within", r.var_within, at(want, 1), tol);
	near("mu", r.mu, at(want, 2), tol);
	near("deviance", r.deviance, at(want, 3), tol);
}

static void variance_components_agree_with_lme4(void **state)
{
	const struct golden *g = *state;
	const cJSON *all = json_get(g->tree, "reml");

	one_reml(all, "y0", "zero", 1e-6); /* at the boundary */
	one_reml(all, "y1", "far", 1e-3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bivariate_normal_agrees_with_mvtnorm),
		cmocka_unit_test(the_bivariate_normal_knows_its_edges),
		cmocka_unit_test(f_quantiles_agree_with_r),
		cmocka_unit_test(polychoric_correlations_agree_with_lavaan),
		cmocka_unit_test(
			a_tetrachoric_correlation_agrees_with_its_definition),
		cmocka_unit_test(the_polychoric_score_is_its_derivative),
		cmocka_unit_test(rotations_agree_with_r),
		cmocka_unit_test(five_factors_agree_with_factanal),
		cmocka_unit_test(parallel_analysis_agrees_with_simulation),
		cmocka_unit_test(weighted_omega_agrees_with_factanal),
		cmocka_unit_test(the_design_error_of_alpha_agrees_with_survey),
		cmocka_unit_test(
			the_error_of_kappa_agrees_with_numeric_derivatives),
		cmocka_unit_test(four_raters_agree_with_psych),
		cmocka_unit_test(variance_components_agree_with_lme4),
	};

	return cmocka_run_group_tests(tests, golden_open, golden_close);
}
