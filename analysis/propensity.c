#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

#include "phieu/survey.h"
#include "phieu/weights.h"

#define LOGIT_STEPS 100

/* ---- logistic regression ---------------------------------------------- */

struct logit {
	size_t n, k;
	const double *x, *y, *w;
	double *eta, *mu;
	gsl_matrix *a; /* rows of x times the root of the working weight */
	gsl_vector *z, *tau, *coef, *rest;
};

static void logit_clear(struct logit *m)
{
	gsl_matrix_free(m->a);
	gsl_vector_free(m->z);
	gsl_vector_free(m->tau);
	gsl_vector_free(m->coef);
	gsl_vector_free(m->rest);
	free(m->eta);
	free(m->mu);
}

static bool logit_init(struct logit *m, struct err *e)
{
	m->eta = malloc(m->n * sizeof *m->eta);
	m->mu = malloc(m->n * sizeof *m->mu);
	m->a = gsl_matrix_alloc(m->n, m->k);
	m->z = gsl_vector_alloc(m->n);
	m->tau = gsl_vector_alloc(m->k);
	m->coef = gsl_vector_alloc(m->k);
	m->rest = gsl_vector_alloc(m->n);
	if (m->eta == NULL || m->mu == NULL || m->a == NULL || m->z == NULL ||
	    m->tau == NULL || m->coef == NULL || m->rest == NULL)
		return err_set(e, ERR_NOMEM, "no memory for a regression");
	return true;
}

static bool logit_check(const struct logit *m, struct err *e)
{
	double yes = 0, all = 0;

	if (m->k == 0 || m->n < m->k)
		return err_set(e, ERR_INPUT,
			       "quá ít dòng (%zu rows are too few for %zu "
			       "coefficients)",
			       m->n, m->k);
	for (size_t i = 0; i < m->n; i++) {
		double w = m->w == NULL ? 1 : m->w[i];

		if (!(w >= 0 && w < INFINITY))
			return err_set(e, ERR_INPUT,
				       "trọng số thiếu hoặc âm (row %zu has a "
				       "weight that is missing "
				       "or negative)",
				       i + 1);
		if (m->y[i] != 0 && m->y[i] != 1)
			return err_set(e, ERR_INPUT,
				       "kết quả phải là 0 hoặc 1 (row %zu: an "
				       "answer is neither 0 nor 1)",
				       i + 1);
		for (size_t j = 0; j < m->k; j++)
			if (!isfinite(m->x[i * m->k + j]))
				return err_set(e, ERR_INPUT,
					       "thiếu giá trị (row %zu: column "
					       "%zu is missing)",
					       i + 1, j + 1);
		all += w;
		yes += w * m->y[i];
	}
	if (!(yes > 0 && yes < all))
		return err_set(
			e, ERR_MATH,
			"mọi kết quả như nhau, không có gì để giải thích (all "
			"answers are alike: nothing to explain)");
	return true;
}

static double logit_deviance(const struct logit *m)
{
	struct survey_sum s = { 0 };

	for (size_t i = 0; i < m->n; i++) {
		double w = m->w == NULL ? 1 : m->w[i];
		double p = m->y[i] != 0 ? m->mu[i] : 1 - m->mu[i];

		survey_add(&s, w == 0 ? 0 : -2 * w * log(p));
	}
	return s.s + s.c;
}

/* One weighted least squares step to the coefficients. */
static bool logit_step(struct logit *m, struct err *e)
{
	double top = 0;

	for (size_t i = 0; i < m->n; i++) {
		double v = m->mu[i] * (1 - m->mu[i]);
		double w = m->w == NULL ? 1 : m->w[i];
		double root = sqrt(w * v);

		for (size_t j = 0; j < m->k; j++)
			gsl_matrix_set(m->a, i, j, root * m->x[i * m->k + j]);
		gsl_vector_set(m->z, i,
			       root * (m->eta[i] + (m->y[i] - m->mu[i]) / v));
	}
	(void)gsl_linalg_QR_decomp(m->a, m->tau);
	for (size_t j = 0; j < m->k; j++)
		top = fmax(top, fabs(gsl_matrix_get(m->a, j, j)));
	for (size_t j = 0; j < m->k; j++)
		if (!(fabs(gsl_matrix_get(m->a, j, j)) > 1e-10 * top))
			return err_set(
				e, ERR_MATH,
				"một cột suy ra được từ các cột trước (column "
				"%zu depends on the ones before it)",
				j + 1);
	(void)gsl_linalg_QR_lssolve(m->a, m->tau, m->z, m->coef, m->rest);
	return true;
}

static void logit_predict(struct logit *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct survey_sum s = { 0 };

		for (size_t j = 0; j < m->k; j++)
			survey_add(&s, m->x[i * m->k + j] *
					       gsl_vector_get(m->coef, j));
		m->eta[i] = s.s + s.c;
		m->mu[i] = m->eta[i] >= 0
				   ? 1 / (1 + exp(-m->eta[i]))
				   : exp(m->eta[i]) / (1 + exp(m->eta[i]));
		/* beyond this the working weight is 0 and the step undefined */
		m->mu[i] = fmin(fmax(m->mu[i], 1e-15), 1 - 1e-15);
	}
}

/* One step more than the deviance asks for: it is flat at the solution. */
static bool logit_iterate(struct logit *m, struct err *e)
{
	double before = INFINITY, d;
	bool settled = false;

	for (size_t i = 0; i < m->n; i++) {
		m->mu[i] = (m->y[i] + 0.5) / 2;
		m->eta[i] = log(m->mu[i] / (1 - m->mu[i]));
	}
	for (unsigned step = 0; step < LOGIT_STEPS; step++) {
		if (!logit_step(m, e))
			return false;
		logit_predict(m);
		if (settled)
			return true;
		for (size_t i = 0; i < m->n; i++)
			if (fabs(m->eta[i]) > 30)
				return err_set(
					e, ERR_MATH,
					"biến giải thích tách hẳn kết quả (the "
					"answers are separated: row %zu "
					"has a probability of 0 or 1)",
					i + 1);
		d = logit_deviance(m);
		settled = fabs(d - before) <= 1e-14 * (fabs(d) + 0.1);
		before = d;
	}
	return err_set(e, ERR_MATH,
		       "hồi quy không hội tụ (the regression does not settle)");
}

bool weight_logit(size_t n, size_t k, const double *x, const double *y,
		  const double *w, double *coef, double *fitted, struct err *e)
{
	struct logit m = { .n = n, .k = k, .x = x, .y = y, .w = w };
	bool ok;

	if (!logit_check(&m, e))
		return false;
	ok = logit_init(&m, e) && logit_iterate(&m, e);
	for (size_t j = 0; ok && j < k; j++)
		coef[j] = gsl_vector_get(m.coef, j);
	for (size_t i = 0; ok && fitted != NULL && i < n; i++)
		fitted[i] = m.mu[i];
	logit_clear(&m);
	return ok;
}

/* ---- weights from a propensity ---------------------------------------- */

static bool propensity_ok(size_t n, const uint8_t *status, const double *p,
			  struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (status[i] != WEIGHT_INELIGIBLE && !(p[i] > 0 && p[i] <= 1))
			return err_set(e, ERR_MATH,
				       "xác suất trả lời không hợp lệ (row %zu "
				       "has no propensity above 0 and up to 1)",
				       i + 1);
	return true;
}

struct by_propensity {
	double p;
	size_t row;
};

static int before(const void *a, const void *b)
{
	const struct by_propensity *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Equal propensities share a group, whatever the order of the rows. */
static void cut_groups(const struct by_propensity *s, size_t n, size_t groups,
		       uint32_t *group)
{
	for (size_t i = 0; i < n; i++)
		group[s[i].row] = i > 0 && s[i].p == s[i - 1].p
					  ? group[s[i - 1].row]
					  : (uint32_t)(i * groups / n);
}

static bool adjust_groups(size_t n, const double *base, const uint8_t *status,
			  const double *p, size_t groups, double *weight,
			  struct err *e)
{
	struct by_propensity *s = malloc((n + 1) * sizeof *s);
	uint32_t *group = calloc(n + 1, sizeof *group);
	struct weight_class *r = calloc(groups, sizeof *r);
	size_t eligible = 0;
	bool ok = false;

	if (s == NULL || group == NULL || r == NULL) {
		err_set(e, ERR_NOMEM, "no memory for propensities");
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		if (status[i] != WEIGHT_INELIGIBLE)
			s[eligible++] =
				(struct by_propensity){ .p = p[i], .row = i };
	qsort(s, eligible, sizeof *s, before);
	cut_groups(s, eligible, groups, group);
	ok = weight_adjust_classes(n, base, status, group, groups, weight, r,
				   e);
out:
	free(s);
	free(group);
	free(r);
	return ok;
}

bool weight_adjust_propensity(size_t n, const double *base,
			      const uint8_t *status, const double *propensity,
			      size_t groups, double *weight, struct err *e)
{
	if (!propensity_ok(n, status, propensity, e))
		return false;
	if (groups > 1)
		return adjust_groups(n, base, status, propensity, groups,
				     weight, e);
	for (size_t i = 0; i < n; i++) {
		if (!(base[i] >= 0 && base[i] < INFINITY))
			return err_set(e, ERR_INPUT,
				       "trọng số thiếu hoặc âm (row %zu has a "
				       "weight that is missing "
				       "or negative)",
				       i + 1);
		weight[i] = status[i] == WEIGHT_RESPONDENT
				    ? base[i] / propensity[i]
				    : 0;
	}
	return true;
}

bool weight_r_indicator(size_t n, const double *p, const double *w,
			struct weight_r *out, struct err *e)
{
	struct survey_sum total = { 0 }, mean = { 0 }, square = { 0 };
	double all;

	for (size_t i = 0; i < n; i++) {
		survey_add(&total, w[i]);
		survey_add(&mean, w[i] * p[i]);
	}
	all = total.s + total.c;
	if (!(all > 1))
		return err_set(
			e, ERR_MATH,
			"tổng trọng số không hợp lệ (the weights sum to %g)",
			all);
	out->mean_p = (mean.s + mean.c) / all;
	for (size_t i = 0; i < n; i++)
		survey_add(&square,
			   w[i] * (p[i] - out->mean_p) * (p[i] - out->mean_p));
	out->s = sqrt((square.s + square.c) / (all - 1));
	out->r = 1 - 2 * out->s;
	out->cv = out->s / out->mean_p;
	return true;
}
