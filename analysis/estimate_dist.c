#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate.h"

/* GSL's inverse is good to 4e-9; one Newton step brings the rest. */
double est_t_quantile(double level, double df)
{
	double tail = (1 - level) / 2, q;

	if (!(df > 0) || !(level > 0) || !(level < 1))
		return NAN;
	(void)gsl_set_error_handler_off();
	if (isinf(df))
		return gsl_cdf_ugaussian_Qinv(tail);
	q = gsl_cdf_tdist_Qinv(tail, df);
	q += (gsl_cdf_tdist_Q(q, df) - tail) / gsl_ran_tdist_pdf(q, df);
	return isfinite(q) ? q : (double)NAN;
}

double est_t_p(double t, double df)
{
	if (isnan(t) || !(df > 0))
		return NAN;
	(void)gsl_set_error_handler_off();
	if (isinf(df))
		return 2 * gsl_cdf_ugaussian_Q(fabs(t));
	return 2 * gsl_cdf_tdist_Q(fabs(t), df);
}

/* gsl_cdf_beta_Pinv fails to converge on plausible input, such as (0.005,
 * 6656, 5389.95); halving the doubles of [0, 1] by their bits cannot fail and
 * takes 62 steps at most.  The smaller tail is the one with digits. */
double est_beta_quantile(double p, double a, double b)
{
	uint64_t low = 0, high, mid;
	double one = 1, x;
	bool upper = p > 0.5;

	if (!(p >= 0 && p <= 1) || !(a > 0) || !(b > 0) || isinf(a) || isinf(b))
		return NAN;
	if (p == 0 || p == 1)
		return p;
	(void)gsl_set_error_handler_off();
	memcpy(&high, &one, sizeof high);
	while (high - low > 1) {
		mid = low + (high - low) / 2;
		memcpy(&x, &mid, sizeof x);
		if (upper ? gsl_cdf_beta_Q(x, a, b) > 1 - p
			  : gsl_cdf_beta_P(x, a, b) < p)
			low = mid;
		else
			high = mid;
	}
	memcpy(&x, &high, sizeof x);
	return x;
}

/* ---- limits of a proportion ------------------------------------------- */

static void clopper_pearson(double p, double n, double level, double *l,
			    double *u)
{
	double a = (1 - level) / 2, x = n * p;

	*l = p == 0 ? 0 : est_beta_quantile(a, x, n - x + 1);
	*u = p == 1 ? 1 : est_beta_quantile(1 - a, x + 1, n - x);
}

static void beta_ci(double p, double v, double n, double n_eff, double df,
		    double level, double *l, double *u)
{
	double r;

	if (p == 0 || p == 1) {
		clopper_pearson(p, n_eff, level, l, u);
		return;
	}
	if (!(v > 0) || !(df > 0) || !(n > 1))
		return;
	r = est_t_quantile(level, n - 1) / est_t_quantile(level, df);
	clopper_pearson(p, p * (1 - p) / v * r * r, level, l, u);
}

/* Wilson 1927 with the design's own n_eff and t for z. */
static void wilson_ci(double p, double v, double t, double *l, double *u)
{
	double n = p * (1 - p) / v, k = t * t / n, mid, half;

	if (!(v > 0))
		return;
	mid = (p + k / 2) / (1 + k);
	half = t / (1 + k) * sqrt(p * (1 - p) / n + k / (4 * n));
	*l = mid - half;
	*u = mid + half;
}

static double expit(double x)
{
	return 1 / (1 + exp(-x));
}

static void inner_ci(enum est_ci how, double p, double v, double t, double *l,
		     double *u)
{
	double s = sqrt(v), a;

	switch (how) {
	case EST_CI_LOGIT:
		a = log(p / (1 - p));
		s /= p * (1 - p);
		*l = expit(a - t * s);
		*u = expit(a + t * s);
		break;
	case EST_CI_ASIN:
		a = asin(sqrt(p));
		s /= 2 * sqrt(p * (1 - p));
		/* not cut at 0 and 1 before the square, as R survey has it */
		*l = pow(sin(a - t * s), 2);
		*u = pow(sin(a + t * s), 2);
		break;
	default: wilson_ci(p, v, t, l, u); break;
	}
}

static enum est_ci choose(double p, double v)
{
	if (p < 0.1 || p > 0.9 || !(v > 0) || p * (1 - p) / v < 30)
		return EST_CI_BETA;
	return EST_CI_LOGIT;
}

void est_proportion_ci(enum est_ci how, double p, double v, double n,
		       double n_eff, double df, double level, double *l,
		       double *u)
{
	double t = est_t_quantile(level, df);

	*l = *u = NAN;
	if (isnan(p) || isnan(v))
		return;
	if (how == EST_CI_AUTO)
		how = choose(p, v);
	if (how == EST_CI_BETA) {
		beta_ci(p, v, n, n_eff, df, level, l, u);
	} else if (how == EST_CI_T) {
		*l = p - t * sqrt(v);
		*u = p + t * sqrt(v);
	} else if (how != EST_CI_NONE && p > 0 && p < 1 && !isnan(t)) {
		inner_ci(how, p, v, t, l, u);
	}
}

/* ---- tests ------------------------------------------------------------ */

void est_contrast(const double *c, const double *theta, const double *cov,
		  size_t k, double *value, double *var)
{
	struct survey_sum v = { 0 }, s = { 0 };

	for (size_t i = 0; i < k; i++) {
		if (c[i] == 0)
			continue; /* 0 times what is not defined */
		survey_add(&v, c[i] * theta[i]);
		for (size_t j = 0; j < k; j++)
			if (c[j] != 0)
				survey_add(&s, c[i] * c[j] * cov[i * k + j]);
	}
	*value = v.s + v.c;
	*var = s.s + s.c;
}

void est_t_test(double value, double se, double df, double level,
		struct est_test *out)
{
	double q = est_t_quantile(level, df);

	*out = (struct est_test){ .value = value, .se = se, .df = df };
	out->t = se > 0 ? value / se : (double)NAN;
	out->p = est_t_p(out->t, df);
	out->ci_l = value - q * se;
	out->ci_u = value + q * se;
}

struct ranked {
	double p;
	size_t at;
};

static int by_p(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->p < y->p || x->p > y->p)
		return x->p < y->p ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* The p values that there are, in order; *m of them.  NULL: no memory. */
static struct ranked *rank(const double *p, size_t n, double *out, size_t *m,
			   struct err *e)
{
	struct ranked *r = malloc((n + 1) * sizeof *r);

	if (!r) {
		(void)err_set(e, ERR_NOMEM, "no memory for %zu p values", n);
		return NULL;
	}
	*m = 0;
	for (size_t i = 0; i < n; i++) {
		out[i] = NAN;
		if (!isnan(p[i]))
			r[(*m)++] = (struct ranked){ p[i], i };
	}
	qsort(r, *m, sizeof *r, by_p);
	return r;
}

bool est_p_holm(const double *p, size_t n, double *out, struct err *e)
{
	size_t m;
	struct ranked *r = rank(p, n, out, &m, e);
	double most = 0;

	for (size_t i = 0; r && i < m; i++) {
		most = fmax(most, r[i].p * (double)(m - i));
		out[r[i].at] = fmin(most, 1);
	}
	free(r);
	return r != NULL;
}

bool est_p_bh(const double *p, size_t n, double *out, struct err *e)
{
	size_t m;
	struct ranked *r = rank(p, n, out, &m, e);
	double least = 1;

	for (size_t i = r ? m : 0; i-- > 0;) {
		least = fmin(least, r[i].p * (double)m / (double)(i + 1));
		out[r[i].at] = least;
	}
	free(r);
	return r != NULL;
}
