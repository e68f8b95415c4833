/* Linear and logistic regression, their sandwich covariance, Wald tests. */
#include "phieu/regress.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/replicates.h"
#include "regress_parts.h"

#define MAX_STEPS 60

bool regress_sandwich(const struct survey_var *v, const struct regress_data *m,
		      size_t k, const double *a,
		      void (*score)(const void *ctx, size_t row, double *s),
		      const void *ctx, double *vcov, struct err *e)
{
	size_t n = m->d->n;
	double *z = calloc(n ? n : 1, k * sizeof *z), s[REGRESS_TERMS];
	bool ok = false;

	if (!z)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (!regress_in(m, i))
			continue;
		score(ctx, i, s);
		for (size_t c = 0; c < k; c++) {
			double sum = 0;

			for (size_t r = 0; r < k; r++)
				sum += s[r] * a[r * k + c];
			z[i * k + c] = sum;
		}
	}
	ok = survey_cov_scores(v->design, v->residual, m->cell, z, k, vcov, e);
	free(z);
	return ok;
}

/* ---- linear and logistic ---------------------------------------------- */

struct fit {
	const struct regress_data *m;
	bool logit;
	const double *b;
};

static double linear_part(const struct regress_data *m, const double *b,
			  size_t i)
{
	double eta = 0;

	for (size_t j = 0; j < m->k; j++)
		eta += b[j] * m->x[j][i];
	return eta;
}

static double logistic(double eta)
{
	return eta < 0 ? exp(eta) / (1 + exp(eta)) : 1 / (1 + exp(-eta));
}

static void score_of(const void *ctx, size_t i, double *s)
{
	const struct fit *f = ctx;
	const struct regress_data *m = f->m;
	double eta = linear_part(m, f->b, i);
	double r = m->w[i] * (m->y[i] - (f->logit ? logistic(eta) : eta));

	for (size_t j = 0; j < m->k; j++)
		s[j] = r * m->x[j][i];
}

static bool fit_linear(const struct regress_data *m, struct qr *q, double *b,
		       struct err *e)
{
	qr_reset(q);
	for (size_t i = 0; i < m->d->n; i++) {
		double *row, root;

		if (!regress_in(m, i))
			continue;
		row = qr_row(q);
		root = sqrt(m->w[i]);
		for (size_t j = 0; j < m->k; j++)
			row[j] = root * m->x[j][i];
		row[m->k] = root * m->y[i];
	}
	return qr_solve(q, b, e);
}

/* Newton's step at b: least squares of the working residual. */
static bool logit_step(const struct regress_data *m, struct qr *q,
		       const double *b, double *step, struct err *e)
{
	qr_reset(q);
	for (size_t i = 0; i < m->d->n; i++) {
		double mu, v, root, *row;

		if (!regress_in(m, i))
			continue;
		mu = logistic(linear_part(m, b, i));
		v = mu * (1 - mu);
		if (v < 1e-30) /* says nothing any more */
			continue;
		row = qr_row(q);
		root = sqrt(m->w[i] * v);
		for (size_t j = 0; j < m->k; j++)
			row[j] = root * m->x[j][i];
		row[m->k] = root * ((m->y[i] - mu) / v);
	}
	return qr_solve(q, step, e);
}

static double logit_deviance(const struct regress_data *m, const double *b)
{
	struct survey_sum s = { 0, 0 };

	for (size_t i = 0; i < m->d->n; i++) {
		double eta;

		if (!regress_in(m, i))
			continue;
		eta = linear_part(m, b, i);
		/* -log likelihood: log(1 + e^eta) - y eta */
		survey_add(&s, m->w[i] * ((eta > 0 ? eta + log1p(exp(-eta))
						   : log1p(exp(eta))) -
					  m->y[i] * eta));
	}
	return s.s + s.c;
}

static bool fit_logit(const struct regress_data *m, struct qr *q, double *b,
		      unsigned *steps, struct err *e)
{
	double step[REGRESS_TERMS], next[REGRESS_TERMS], at, size = INFINITY;
	bool last = false;

	memset(b, 0, m->k * sizeof *b);
	at = logit_deviance(m, b);
	for (*steps = 1; *steps <= MAX_STEPS; ++*steps) {
		double half = 1, then;

		if (!logit_step(m, q, b, step, e)) {
			if (*steps == 1)
				return false;
			break; /* all fitted are 0 or 1 */
		}
		do { /* shorter while it leads uphill */
			for (size_t j = 0; j < m->k; j++)
				next[j] = b[j] + half * step[j];
			then = logit_deviance(m, next);
			half /= 2;
		} while (then > at + fabs(at) * 1e-12 && half > 1e-6);
		size = 0;
		for (size_t j = 0; j < m->k; j++)
			size = fmax(size, fabs(next[j] - b[j]) /
						  (fabs(next[j]) + 1e-3));
		memcpy(b, next, m->k * sizeof *b);
		at = then;
		if (last) /* the triangle is wanted at the solution */
			return logit_step(m, q, b, step, e);
		last = size < 1e-9;
	}
	return err_set(e, ERR_MATH,
		       "không có nghiệm (no solution: the terms separate the "
		       "outcome, or nearly)");
}

/* n/(n-1) sum w (r - rbar)^2 / sum w of r = (y - mu)/sqrt(V(mu)). */
static double dispersion(const struct fit *f, size_t n)
{
	const struct regress_data *m = f->m;
	struct survey_sum w = { 0, 0 }, wr = { 0, 0 }, ss = { 0, 0 };
	double mean = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < m->d->n; i++) {
			double eta, mu, r;

			if (!regress_in(m, i))
				continue;
			eta = linear_part(m, f->b, i);
			mu = f->logit ? logistic(eta) : eta;
			r = (m->y[i] - mu) /
			    (f->logit ? sqrt(mu * (1 - mu)) : 1);
			if (pass) {
				survey_add(&ss,
					   m->w[i] * (r - mean) * (r - mean));
			} else {
				survey_add(&w, m->w[i]);
				survey_add(&wr, m->w[i] * r);
			}
		}
		mean = (wr.s + wr.c) / (w.s + w.c);
	}
	return (ss.s + ss.c) / (w.s + w.c) * (double)n / (double)(n - 1);
}

/* v NULL: no covariance.  out->vcov NULL: coefficients alone. */
static bool fit_glm(const struct survey_var *v, const struct regress_data *m,
		    struct regress *out, struct err *e)
{
	bool logit = out->family == REGRESS_LOGIT, ok = false;
	struct fit f = { .m = m, .logit = logit, .b = out->coef };
	double *a = malloc(m->k * m->k * sizeof *a);
	struct qr q;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!qr_open(&q, m->k, e))
		goto out;
	if (!(logit ? fit_logit(m, &q, out->coef, &out->steps, e)
		    : fit_linear(m, &q, out->coef, e)))
		goto out;
	ok = true;
	if (out->vcov)
		out->dispersion = dispersion(&f, out->n);
	qr_inverse(&q, a);
	if (v)
		ok = regress_sandwich(v, m, m->k, a, score_of, &f, out->vcov,
				      e);
out:
	qr_close(&q);
	free(a);
	return ok;
}

/* ---- all families ------------------------------------------------------ */

static bool outcome_fits(const struct regress_data *m,
			 enum regress_family family, size_t *n, struct err *e)
{
	double hi = family == REGRESS_LOGIT ? 1 : (double)m->levels - 1;

	*n = 0;
	for (size_t i = 0; i < m->d->n; i++) {
		if (!regress_in(m, i))
			continue;
		++*n;
		if (!isfinite(m->y[i]) || (family != REGRESS_LINEAR &&
					   !(m->y[i] >= 0 && m->y[i] <= hi)))
			return err_set(e, ERR_INPUT,
				       "kết quả ngoài khoảng cho phép (row "
				       "%zu: the outcome %g is out of its "
				       "range)",
				       i + 1, m->y[i]);
	}
	return true;
}

/* The same model by the weights of a replicate. */
struct again {
	const struct regress_data *m;
	enum regress_family family;
	size_t k;
};

static bool fit_again(const void *ctx, const double *weight, double *theta,
		      struct err *e)
{
	const struct again *a = ctx;
	struct regress_data m = *a->m;
	struct regress out = { .family = a->family, .k = a->k, .coef = theta };

	m.w = weight;
	memset(theta, 0, a->k * sizeof *theta); /* where Newton starts */
	return a->family == REGRESS_ORDINAL ? regress_ordinal(NULL, &m, &out, e)
					    : fit_glm(NULL, &m, &out, e);
}

static bool fit(const struct survey_var *v, const struct regress_data *m,
		struct regress *out, struct err *e)
{
	struct again a = { m, out->family, out->k };
	struct replicates_fit f = { out->k, fit_again, &a };

	const struct survey_var *lin = v->replicates ? NULL : v;

	if (!(out->family == REGRESS_ORDINAL ? regress_ordinal(lin, m, out, e)
					     : fit_glm(lin, m, out, e)))
		return false;
	return lin || replicates_refit(v->replicates, &f, out->coef, out->vcov,
				       &out->unfit, e);
}

bool regress_fit(const struct survey_var *v, const uint32_t *cell,
		 const double *y, const double *const *x, size_t k,
		 enum regress_family family, size_t levels, struct regress *out,
		 struct err *e)
{
	struct regress_data m = { v->design,	    cell, y, x, k, levels,
				  v->design->weight };
	size_t cuts = family == REGRESS_ORDINAL && levels ? levels - 1 : 0;
	bool ok = false;

	*out = (struct regress){ .family = family, .dispersion = NAN };
	if (k + cuts == 0 || k + cuts > REGRESS_TERMS ||
	    (family == REGRESS_ORDINAL && levels < 2))
		return err_set(e, ERR_INPUT,
			       "mô hình thiếu số hạng hoặc mức (a model has 1 "
			       "to %d terms, an ordinal outcome "
			       "2 levels or more)",
			       REGRESS_TERMS);
	if (!outcome_fits(&m, family, &out->n, e))
		return false;
	if (out->n <= k + cuts)
		return err_set(e, ERR_INPUT,
			       "quá ít dòng cho mô hình (%zu rows are too few "
			       "for %zu terms)",
			       out->n, k + cuts);
	out->k = k + cuts;
	out->coef = calloc(out->k, sizeof *out->coef);
	out->vcov = calloc(out->k * out->k, sizeof *out->vcov);
	if (!out->coef || !out->vcov) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (!fit(v, &m, out, e))
		goto out;
	out->df = v->replicates ? v->df : survey_base_of(v->design, cell).df;
	out->df_resid = out->df + 1 - (int64_t)out->k;
	ok = true;
out:
	if (!ok)
		regress_clear(out);
	return ok;
}

void regress_clear(struct regress *r)
{
	free(r->coef);
	free(r->vcov);
	r->coef = r->vcov = NULL;
}

bool regress_wald(const struct regress *r, const size_t *index, size_t q,
		  struct regress_wald *out, struct err *e)
{
	gsl_matrix *v = NULL;
	gsl_vector *b = NULL;
	double f = 0;
	bool ok = false;

	*out = (struct regress_wald){ .q = q, .ddf = r->df_resid };
	if (q == 0 || q > r->k)
		return err_set(e, ERR_INPUT,
			       "không có hệ số để kiểm định (no coefficients "
			       "to test)");
	v = gsl_matrix_alloc(q, q);
	b = gsl_vector_alloc(q);
	if (!v || !b) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < q; i++) {
		if (index[i] >= r->k) {
			(void)err_set(e, ERR_INPUT,
				      "không có hệ số (no coefficient %zu)",
				      index[i] + 1);
			goto out;
		}
		gsl_vector_set(b, i, r->coef[index[i]]);
		for (size_t j = 0; j < q; j++)
			gsl_matrix_set(v, i, j,
				       r->vcov[index[i] * r->k + index[j]]);
	}
	if (gsl_linalg_cholesky_decomp1(v) != 0 ||
	    gsl_linalg_cholesky_svx(v, b) != 0) {
		(void)err_set(e, ERR_MATH,
			      "hiệp phương sai suy biến (the covariance of the "
			      "coefficients tested is "
			      "singular)");
		goto out;
	}
	for (size_t i = 0; i < q; i++)
		f += gsl_vector_get(b, i) * r->coef[index[i]];
	out->f = f / (double)q;
	out->p = r->df_resid > 0 ? gsl_cdf_fdist_Q(out->f, (double)q,
						   (double)r->df_resid)
				 : (double)NAN;
	ok = true;
out:
	gsl_matrix_free(v);
	gsl_vector_free(b);
	return ok;
}
