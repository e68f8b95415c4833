/* Scale quality and agreement against expected values made with
 * R: survey 4.1.1, psych 2.2.9, stats (tests/data/oracle). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/agreement.h"
#include "phieu/factor.h"
#include "phieu/json.h"
#include "phieu/moments.h"
#include "phieu/reliability.h"
#include "support/oracle.h"
#include "support/test.h"

#define MAX_ITEMS 40

/* ---- items of a case ------------------------------------------------- */

struct scale {
	struct frame *f;
	double *column[MAX_ITEMS];
	struct items d;
	double *w;
	unsigned char *in;
};

static void must(bool ok, const struct err *e, const char *id)
{
	if (!ok)
		fail_msg("%s: %s", id, e->msg);
}

/* Turns reversed items: `top` + 1 - x. */
static void turn(double *x, size_t n, double top)
{
	for (size_t i = 0; i < n; i++)
		x[i] = top + 1 - x[i];
}

static bool listed(const cJSON *list, const char *name)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, list) if (strcmp(one->valuestring, name) ==
					  0) return true;
	return false;
}

static bool is_reversed(struct oracle *o, const cJSON *c, const char *item)
{
	struct frame *f;
	double *reverse;
	bool yes;
	uint32_t row;

	if (strncmp(o->family, "prov", 4) != 0)
		return listed(json_get(c, "reversed"), item);
	f = oracle_frame(o, "items.csv");
	reverse = oracle_numbers(f, "reverse");
	for (row = 0; row < f->rows; row++) {
		const struct frame_column *names = frame_get(f, "item");

		if (strcmp(names->level[names->code[row]], item) == 0)
			break;
	}
	assert_true(row < f->rows);
	yes = reverse[row] == 1;
	free(reverse);
	return yes;
}

static void scale_open(struct scale *s, struct oracle *o, const cJSON *c)
{
	const char *weights = json_get_text(c, "weights");
	double top = strcmp(o->family, "real_bfi") == 0 ? 6 : 5;
	uint32_t *inside;
	const cJSON *item;

	*s = (struct scale){ .f = oracle_frame(o, json_get_text(c, "data")) };
	inside = oracle_filter(s->f, c);
	s->d.n = s->f->rows;
	cJSON_ArrayForEach(item, json_get(c, "items"))
	{
		double *x = oracle_numbers(s->f, item->valuestring);

		if (is_reversed(o, c, item->valuestring))
			turn(x, s->d.n, top);
		assert_true(s->d.k < MAX_ITEMS);
		s->column[s->d.k++] = x;
	}
	s->in = malloc(s->d.n);
	for (size_t i = 0; i < s->d.n; i++)
		s->in[i] = inside[i] != SURVEY_NONE;
	free(inside);
	s->d.x = (const double *const *)s->column;
	s->d.in = s->in;
	if (weights != NULL)
		s->w = oracle_numbers(s->f, weights);
}

static void scale_close(struct scale *s)
{
	for (size_t j = 0; j < s->d.k; j++)
		free(s->column[j]);
	free(s->w);
	free(s->in);
}

/* ---- reliability ----------------------------------------------------- */

struct room { /* arrays for any case */
	double mean[MAX_ITEMS], cov[MAX_ITEMS * MAX_ITEMS];
	struct survey_sum sum[MAX_ITEMS * MAX_ITEMS];
	double r[MAX_ITEMS * MAX_ITEMS], values[MAX_ITEMS];
	double loadings[MAX_ITEMS * MAX_ITEMS];
	double list[3][MAX_ITEMS];
	double work[FACTOR_ML_WORK(MAX_ITEMS)];
};

static struct moments moments_in(struct room *t)
{
	return (struct moments){ .mean = t->mean,
				 .cov = t->cov,
				 .sum = t->sum };
}

static void check_alpha(struct oracle *o, struct scale *s, struct room *t,
			size_t n)
{
	size_t k = s->d.k;
	struct alpha a = { .item_total_r = t->list[0],
			   .item_rest_r = t->list[1],
			   .if_deleted = t->list[2] };
	double ci[2];
	struct err e = { 0 };

	must(reliability_alpha(k, n, t->cov, 0.95, t->work, &a, &e), &e, o->id);
	ci[0] = a.low;
	ci[1] = a.high;
	oracle_want(o, "n_complete", (double)n);
	oracle_want(o, "k", (double)k);
	oracle_want(o, "raw_alpha", a.raw);
	oracle_want(o, "std_alpha", a.standardised);
	oracle_want(o, "guttman_l6", a.guttman6);
	oracle_want(o, "average_r", a.average_r);
	oracle_want(o, "ase", a.ase);
	oracle_want_list(o, "ci_feldt_95", ci, 2);
	oracle_want_list(o, "item_mean", t->mean, k);
	oracle_want_list(o, "item_total_r", a.item_total_r, k);
	oracle_want_list(o, "item_rest_r", a.item_rest_r, k);
	oracle_want_list(o, "alpha_if_deleted", a.if_deleted, k);
	for (size_t j = 0; j < k; j++)
		t->values[j] = sqrt(t->cov[j * k + j]);
	oracle_want_list(o, "item_sd", t->values, k);
}

/* Absolute differences up to 1e-6: the family's own note on varimax, whose
 * criterion R stops at 1e-14, half the digits in the loadings. */
static void want_absolute(struct oracle *o, const char *field,
			  const double *got, size_t rows, size_t columns)
{
	char at[80];

	for (size_t i = 0; i < rows * columns; i++) {
		snprintf(at, sizeof at, "%s[%zu][%zu]", field, i / columns,
			 i % columns);
		o->tol = 1e-6 / fmax(fabs(got[i]), 1e-6);
		oracle_want(o, at, got[i]);
	}
}

static void check_pca(struct oracle *o, struct room *t, size_t k)
{
	double share[MAX_ITEMS], ss[MAX_ITEMS];
	struct err e = { 0 };
	size_t m;

	must(factor_pca(k, t->r, 0, t->values, NULL, t->work, &e), &e, o->id);
	m = factor_kaiser(k, t->values);
	must(factor_pca(k, t->r, m, t->values, t->loadings, t->work, &e), &e,
	     o->id);
	for (size_t j = 0; j < k; j++)
		share[j] = t->values[j] / (double)k;
	oracle_want_list(o, "pca.eigenvalues", t->values, k);
	oracle_want(o, "pca.n_kaiser", (double)m);
	oracle_want_list(o, "pca.pct_var", share, k);
	oracle_want_matrix(o, "pca.loadings_unrotated", t->loadings, k, m);
	if (m < 2)
		return;
	factor_varimax(k, m, t->loadings, t->work);
	memset(ss, 0, sizeof ss);
	for (size_t i = 0; i < k * m; i++)
		ss[i % m] += t->loadings[i] * t->loadings[i];
	want_absolute(o, "pca.loadings_varimax", t->loadings, k, m);
	o->tol = 1e-6;
	oracle_want_list(o, "pca.ss_varimax", ss, m);
}

static void check_factor(struct oracle *o, struct room *t, size_t k, size_t n)
{
	struct factor_ml f = { .uniqueness = t->values,
			       .loadings = t->loadings };
	struct err e = { 0 };

	if (oracle_field(o, "ml1") == NULL)
		return;
	must(factor_ml(k, 1, t->r, n, t->work, &f, &e), &e, o->id);
	o->tol = 1e-4; /* the family's own note: R's optimiser stops there */
	oracle_want_list(o, "ml1.loadings", f.loadings, k);
	oracle_want_list(o, "ml1.uniquenesses", f.uniqueness, k);
	oracle_want(o, "ml1.omega_total",
		    reliability_omega(k, f.loadings, f.uniqueness));
}

static void check_adequacy(struct oracle *o, struct room *t, size_t k, size_t n)
{
	struct bartlett b;
	struct err e = { 0 };
	double msa;

	must(factor_kmo(k, t->r, &msa, t->values, t->work, &e), &e, o->id);
	oracle_want(o, "kmo.msa", msa);
	oracle_want_list(o, "kmo.msa_i", t->values, k);
	must(factor_bartlett(k, t->r, n, t->work, &b, &e), &e, o->id);
	oracle_want(o, "bartlett.chisq", b.chi2);
	oracle_want(o, "bartlett.df", b.df);
	oracle_want(o, "bartlett.p", b.p);
}

static void check_weighted(struct oracle *o, struct scale *s, struct room *t)
{
	struct moments m = moments_in(t);
	struct err e = { 0 };
	size_t k = s->d.k;
	double msa, alpha;

	s->d.w = s->w;
	must(moments_listwise(&s->d, &m, &e), &e, o->id);
	alpha = reliability_raw_alpha(k, m.cov);
	oracle_want(o, "weighted.raw_alpha", alpha);
	oracle_want_list(o, "weighted.mean", m.mean, k);
	must(moments_correlation(k, m.cov, t->r, &e), &e, o->id);
	must(factor_kmo(k, t->r, &msa, t->values, t->work, &e), &e, o->id);
	oracle_want(o, "weighted.kmo", msa);
	must(factor_pca(k, t->r, 0, t->values, NULL, t->work, &e), &e, o->id);
	oracle_want_list(o, "weighted.eigenvalues_cor", t->values, k);
	if (oracle_field(o, "svycralpha_listwise") != NULL)
		oracle_want(o, "svycralpha_listwise", alpha);
}

static void check_scale(struct oracle *o, const cJSON *c)
{
	static struct room t;
	struct scale s;
	struct moments m = moments_in(&t);
	struct err e = { 0 };
	double tol = o->tol;

	scale_open(&s, o, c);
	must(moments_pairwise(&s.d, t.cov, NULL, &e), &e, o->id);
	oracle_want(o, "raw_alpha_pairwise",
		    reliability_raw_alpha(s.d.k, t.cov));
	must(moments_listwise(&s.d, &m, &e), &e, o->id);
	check_alpha(o, &s, &t, m.n);
	must(moments_correlation(s.d.k, t.cov, t.r, &e), &e, o->id);
	check_adequacy(o, &t, s.d.k, m.n);
	check_pca(o, &t, s.d.k);
	check_factor(o, &t, s.d.k, m.n);
	o->tol = tol;
	if (s.w != NULL)
		check_weighted(o, &s, &t);
	scale_close(&s);
}

/* ---- agreement ------------------------------------------------------- */

/* "max(overall,2)" or a column. */
static double *reading(const struct frame *f, const char *name)
{
	bool raised = strncmp(name, "max(", 4) == 0;
	char column[64] = "";
	double *x;

	if (raised)
		memcpy(column, name + 4, strcspn(name + 4, ","));
	x = oracle_numbers(f, raised ? column : name);
	for (size_t i = 0; raised && i < f->rows; i++)
		x[i] = fmax(x[i], 2);
	return x;
}

/* Weighted counts of the case's two readings. */
static size_t cross(struct oracle *o, const cJSON *c, const struct frame *f,
		    double *table, size_t *n, size_t *cell)
{
	const cJSON *levels = json_get(c, "levels");
	double first = levels->child->valuedouble;
	size_t k = (size_t)cJSON_GetArraySize(levels);
	const char *weights = json_get_text(c, "weights");
	double *a = reading(f, json_get_text(c, "a"));
	double *b = reading(f, json_get_text(c, "b"));
	double *w = weights == NULL ? NULL : oracle_numbers(f, weights);

	*n = 0;
	memset(table, 0, k * k * sizeof *table);
	for (size_t i = 0; i < f->rows; i++) {
		if (isnan(a[i]) || isnan(b[i]))
			fail_msg("%s: a reading is missing", o->id);
		cell[i] = (size_t)(a[i] - first) * k + (size_t)(b[i] - first);
		table[cell[i]] += w == NULL ? 1 : w[i];
		++*n;
	}
	free(a);
	free(b);
	free(w);
	return k;
}

/* psych 2.2.9 sums rows where the formula (Fleiss, Cohen & Everitt 1969, eq.
 * 14) sums columns, gets a negative variance, sets it to 0 and prints the
 * estimate as both limits.  That is held fast here, so that a mended oracle is
 * noticed; the right variance is compared in test_agreement.c. */
static void check_degenerate(struct oracle *o)
{
	double same[2];

	if (oracle_field(o, "psych_ci_quadratic") == NULL)
		return;
	same[0] = same[1] = oracle_field(o, "kappa_quadratic")->valuedouble;
	oracle_want_list(o, "psych_ci_quadratic", same, 2);
}

static void check_kappa(struct oracle *o, const cJSON *c)
{
	struct frame *f = oracle_frame(o, json_get_text(c, "data"));
	size_t *cell = calloc(f->rows, sizeof *cell), n, k;
	double table[100], share[100], ci[2];
	struct agreement a;
	struct err e = { 0 };

	k = cross(o, c, f, table, &n, cell);
	must(agreement_of(table, k, n, 0.95, share, &a, &e), &e, o->id);
	oracle_want(o, "p_obs", a.observed);
	oracle_want(o, "p_within1", a.within1);
	oracle_want(o, "kappa", a.kappa[KAPPA_PLAIN].value);
	oracle_want(o, "kappa_linear", a.kappa[KAPPA_LINEAR].value);
	oracle_want(o, "kappa_quadratic", a.kappa[KAPPA_QUADRATIC].value);
	oracle_want_matrix(o, "table", share, k, k);
	if (oracle_field(o, "psych_ci_kappa") != NULL) {
		ci[0] = a.kappa[KAPPA_PLAIN].low;
		ci[1] = a.kappa[KAPPA_PLAIN].high;
		oracle_want_list(o, "psych_ci_kappa", ci, 2);
	}
	check_degenerate(o);
	free(cell);
}

static double survey_se(struct oracle *o, struct frame *f, const double *w,
			const double *z, const uint32_t *cluster,
			const uint32_t *stratum)
{
	struct survey_input in = { .n = f->rows,
				   .weight = w,
				   .n_stages = 1,
				   .nest = true,
				   .lonely = SURVEY_ADJUST };
	struct survey_design *d;
	struct err e = { 0 };
	double v;

	in.stage[0] =
		(struct survey_stage){ .stratum = stratum, .cluster = cluster };
	d = survey_design_new(&in, &e);
	must(d != NULL, &e, o->id);
	must(survey_cov_scores(d, NULL, NULL, z, 1, &v, &e), &e, o->id);
	survey_design_free(d);
	return sqrt(v);
}

static void check_survey_kappa(struct oracle *o, const cJSON *c)
{
	struct frame *f = oracle_frame(o, json_get_text(c, "data"));
	size_t *cell = calloc(f->rows, sizeof *cell), n, k;
	double *w = oracle_numbers(f, "w"), *z = calloc(f->rows, sizeof *z);
	double table[100], share[100], score[100], sum_w = 0;
	struct agreement a;
	struct err e = { 0 };

	k = cross(o, c, f, table, &n, cell);
	must(agreement_of(table, k, n, 0.95, share, &a, &e), &e, o->id);
	agreement_score(share, k, KAPPA_PLAIN, score);
	for (size_t i = 0; i < n; i++)
		sum_w += w[i];
	for (size_t i = 0; i < n; i++)
		z[i] = w[i] / sum_w * score[cell[i]];
	oracle_want(o, "kappa", a.kappa[KAPPA_PLAIN].value);
	oracle_want(o, "se_srs", survey_se(o, f, w, z, NULL, NULL));
	oracle_want(o, "se_cluster",
		    survey_se(o, f, w, z, frame_get(f, "commune")->code,
			      frame_get(f, "district")->code));
	free(cell);
	free(w);
	free(z);
}

static void want_icc(struct oracle *o, const char *kind, const struct icc *k)
{
	static const char *const names[] = { "icc", "F",    "df1", "df2",
					     "p",   "ci_l", "ci_u" };
	double got[] = {
		k->value, k->F, k->df1, k->df2, k->p, k->low, k->high
	};
	char path[40];

	for (size_t i = 0; i < 7; i++) {
		snprintf(path, sizeof path, "%s.%s", kind, names[i]);
		oracle_want(o, path, got[i]);
	}
}

static void check_icc(struct oracle *o, const cJSON *c)
{
	static const char *const kind[ICC_KINDS] = {
		"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"
	};
	struct frame *f = oracle_frame(o, json_get_text(c, "data"));
	const cJSON *raters = json_get(c, "raters");
	double *a = oracle_numbers(f, raters->child->valuestring);
	double *b = oracle_numbers(f, raters->child->next->valuestring);
	const double *const x[] = { a, b };
	struct icc_result r;
	struct err e = { 0 };

	must(agreement_icc(x, 2, f->rows, 0.95, &r, &e), &e, o->id);
	for (size_t i = 0; i < ICC_KINDS; i++)
		want_icc(o, kind[i], &r.kind[i]);
	free(a);
	free(b);
}

/* Cases of test_oracle_quality.c. */
static bool elsewhere(const struct oracle *o)
{
	return oracle_is(o, "quality.") || oracle_is(o, "agreement.") ||
	       oracle_is(o, "aapor") || oracle_is(o, "suppression.") ||
	       oracle_is(o, "icc.interviewer") || oracle_is(o, "icc.commune");
}

static void sipas_agrees_with_r(void **state)
{
	struct oracle o;
	const cJSON *c = NULL;

	(void)state;
	oracle_open(&o, "sipas_reliability_agreement");
	while ((c = oracle_next(&o, c)) != NULL) {
		o.cases += !elsewhere(&o);
		if (oracle_is(&o, "rel."))
			check_scale(&o, c);
		else if (oracle_is(&o, "kappa."))
			check_kappa(&o, c);
		else if (oracle_is(&o, "svykappa."))
			check_survey_kappa(&o, c);
		else if (oracle_is(&o, "icc.visits"))
			check_icc(&o, c);
		else if (!elsewhere(&o))
			fail_msg("%s: no check of this case", o.id);
	}
	oracle_close(&o);
}

static void reliability_agrees_with_r(void **state)
{
	static const char *const family[] = { "prov_reliability", "real_bfi" };
	struct oracle o;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const cJSON *c = NULL;

		oracle_open(&o, family[i]);
		while ((c = oracle_next(&o, c)) != NULL) {
			o.cases++;
			check_scale(&o, c);
		}
		oracle_close(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reliability_agrees_with_r),
		cmocka_unit_test(sipas_agrees_with_r),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
