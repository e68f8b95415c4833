#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "phieu/factor.h"
#include "phieu/matrix.h"

/* F(theta) = sum over the last k-m eigenvalues e of U^-1/2 R U^-1/2 of
 * (e - log e - 1), U = exp(theta) the uniquenesses.  With its eigenvectors w:
 *   dF/dtheta_i   = sum_{j>m} (1 - e_j) w_ij^2
 *   d2F/dtheta^2  = A o B + sum_{j>m} sum_{l<=m} (1 - e_j)
 *                   (e_l + e_j)/(e_l - e_j) (w_j w_j') o (w_l w_l')
 * A = sum_{j>m} e_j w_j w_j', B the same without e_j, o by elements. */
struct fit {
	size_t k, m;
	const double *r;
	double *theta, *trial;	     /* [k] */
	double *e, *gradient, *step; /* [k] */
	double *held;		     /* [k] 1: at a bound, does not move */
	double *star, *w, *hessian, *a, *b; /* [k*k] */
	double f;
};

static void fit_arrays(struct fit *s, double *work)
{
	size_t k = s->k;
	double **vectors[] = { &s->theta,    &s->trial, &s->e,
			       &s->gradient, &s->step,	&s->held };
	double **matrices[] = { &s->star, &s->w, &s->hessian, &s->a, &s->b };

	for (size_t i = 0; i < 6; i++, work += k)
		*vectors[i] = work;
	for (size_t i = 0; i < 5; i++, work += k * k)
		*matrices[i] = work;
}

/* Eigenvalues (and vectors) at theta; the value of F. */
static double value_at(struct fit *s, const double *theta, bool vectors)
{
	size_t k = s->k;
	struct err ignored = { 0 };
	double f = 0;
	bool finite;

	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++)
			s->star[i * k + j] = s->r[i * k + j] *
					     exp(-(theta[i] + theta[j]) / 2);
	/* finite in, so it cannot fail: theta lies within its bounds */
	finite =
		matrix_eigen(k, s->star, s->e, vectors ? s->w : NULL, &ignored);
	for (size_t j = s->m; j < k; j++)
		f += s->e[j] > 0 ? s->e[j] - log(s->e[j]) - 1 : INFINITY;
	return finite ? f : INFINITY;
}

static void derivatives(struct fit *s)
{
	size_t k = s->k, m = s->m;
	double *b = s->b;

	memset(s->gradient, 0, k * sizeof *s->gradient);
	memset(s->a, 0, k * k * sizeof *s->a);
	memset(b, 0, k * k * sizeof *b);
	for (size_t j = m; j < k; j++)
		for (size_t i = 0; i < k; i++) {
			double x = s->w[i * k + j];

			s->gradient[i] += (1 - s->e[j]) * x * x;
			for (size_t t = 0; t < k; t++) {
				double y = x * s->w[t * k + j];

				s->a[i * k + t] += s->e[j] * y;
				b[i * k + t] += y;
			}
		}
	for (size_t i = 0; i < k * k; i++)
		s->hessian[i] = s->a[i] * b[i];
	for (size_t l = 0; l < m; l++)
		for (size_t j = m; j < k; j++) {
			double gap = s->e[l] - s->e[j];
			double c = gap > 0 ? (1 - s->e[j]) *
						     (s->e[l] + s->e[j]) / gap
					   : 0;

			for (size_t i = 0; i < k; i++)
				for (size_t t = 0; t < k; t++)
					s->hessian[i * k + t] +=
						c * s->w[i * k + j] *
						s->w[t * k + j] *
						s->w[i * k + l] *
						s->w[t * k + l];
		}
}

static const double lower_bound = FACTOR_UNIQUE_MIN;

/* At a bound with the gradient pushing outward: held. */
static double hold(struct fit *s)
{
	double low = log(lower_bound), worst = 0;

	for (size_t i = 0; i < s->k; i++) {
		s->held[i] = (s->theta[i] <= low && s->gradient[i] > 0) ||
			     (s->theta[i] >= 0 && s->gradient[i] < 0);
		if (s->held[i] == 0)
			worst = fmax(worst, fabs(s->gradient[i]));
	}
	return worst;
}

/* step = H^-1 gradient over what is free.  Where the exact second
 * derivatives are not positive definite, their expectation B o B is taken,
 * which always is (Joereskog 1967, eq. 24), ridged where it is nearly not. */
static void newton(struct fit *s)
{
	size_t k = s->k;
	double ridge = 0;

	for (int attempt = 0; attempt < 60; attempt++) {
		double *h = s->a;

		for (size_t i = 0; i < k * k; i++)
			h[i] = attempt == 0 ? s->hessian[i] : s->b[i] * s->b[i];
		for (size_t i = 0; i < k; i++) {
			for (size_t j = 0; j < k; j++)
				if (i != j &&
				    (s->held[i] != 0 || s->held[j] != 0))
					h[i * k + j] = 0;
			h[i * k + i] =
				s->held[i] != 0 ? 1 : h[i * k + i] + ridge;
			s->step[i] = s->held[i] != 0 ? 0 : s->gradient[i];
		}
		ridge = attempt == 0 ? 0 : fmax(ridge * 4, 1e-8);
		if (!matrix_cholesky(k, h, 1e-10))
			continue;
		matrix_solve(k, h, s->step);
		return;
	}
}

/* Halves the step until F falls enough (Armijo); false when it does not. */
static bool advance(struct fit *s)
{
	double low = log(lower_bound), t = 1;

	for (int halving = 0; halving < 40; halving++, t /= 2) {
		double promised = 0, f;

		for (size_t i = 0; i < s->k; i++) {
			/* no more than a factor e^2 at once */
			double d = fmin(fmax(t * s->step[i], -2), 2);

			s->trial[i] = fmin(fmax(s->theta[i] - d, low), 0);
			promised +=
				s->gradient[i] * (s->theta[i] - s->trial[i]);
		}
		f = value_at(s, s->trial, false);
		/* where F is flat to the last digit its slope still leads */
		if (f <= s->f - 1e-4 * promised + 1e-15) {
			memcpy(s->theta, s->trial, s->k * sizeof *s->theta);
			return true;
		}
	}
	return false;
}

/* Joereskog's start: (1 - m/2k) / diag R^-1. */
static bool start(struct fit *s, struct err *e)
{
	size_t k = s->k;

	memcpy(s->a, s->r, k * k * sizeof *s->a);
	if (!matrix_cholesky(k, s->a, MATRIX_SINGULAR))
		return err_set(e, ERR_MATH,
			       "ma trận tương quan suy biến (the correlation "
			       "matrix is singular: an item is a sum of "
			       "others, or too few rows)");
	matrix_inverse(k, s->a, s->b);
	for (size_t i = 0; i < k; i++) {
		double u =
			(1 - 0.5 * (double)s->m / (double)k) / s->b[i * k + i];

		s->theta[i] = log(fmin(fmax(u, lower_bound), 1));
	}
	return true;
}

static bool minimise(struct fit *s, int *iterations, struct err *e)
{
	double worst = INFINITY, last;

	for (*iterations = 0; *iterations < 500; ++*iterations) {
		s->f = value_at(s, s->theta, true);
		derivatives(s);
		last = worst;
		worst = hold(s);
		/* Newton squares what is left: when it no longer halves it,
		 * rounding is */
		if (worst < 1e-12 || (worst < 1e-6 && worst > last / 2))
			return true;
		newton(s);
		if (!advance(s))
			break;
	}
	s->f = value_at(s, s->theta, true);
	/* no fall left to find: rounding, when the gradient says so too */
	if (worst < 1e-6)
		return true;
	return err_set(e, ERR_MATH,
		       "phân tích nhân tố không hội tụ (factor analysis did "
		       "not converge)");
}

static void loadings(const struct fit *s, struct factor_ml *out)
{
	size_t k = s->k, m = s->m;
	double low = log(lower_bound);

	out->heywood = 0;
	for (size_t i = 0; i < k; i++) {
		out->uniqueness[i] = exp(s->theta[i]);
		out->heywood += s->theta[i] <= low;
	}
	for (size_t j = 0; j < m; j++) {
		double scale = sqrt(fmax(s->e[j] - 1, 0)), sum = 0;

		for (size_t i = 0; i < k; i++)
			sum += out->loadings[i * m + j] =
				s->w[i * k + j] * scale *
				sqrt(out->uniqueness[i]);
		for (size_t i = 0; sum < 0 && i < k; i++)
			out->loadings[i * m + j] = -out->loadings[i * m + j];
	}
}

static double residual(const struct fit *s, const double *l)
{
	size_t k = s->k, m = s->m;
	double sum = 0;

	for (size_t i = 1; i < k; i++)
		for (size_t j = 0; j < i; j++) {
			double x = s->r[i * k + j];

			for (size_t t = 0; t < m; t++)
				x -= l[i * m + t] * l[j * m + t];
			sum += x * x;
		}
	return sqrt(sum / ((double)k * ((double)k - 1) / 2));
}

static void judge_fit(const struct fit *s, size_t n, struct factor_ml *out)
{
	double k = (double)s->k, m = (double)s->m, rows = (double)n - 1;

	out->objective = s->f;
	out->df = ((k - m) * (k - m) - k - m) / 2;
	out->chi2 = (rows - (2 * k + 5) / 6 - 2 * m / 3) * s->f;
	out->p = out->rmsea = NAN;
	if (out->df > 0) {
		gsl_set_error_handler_off();
		out->p = gsl_cdf_chisq_Q(out->chi2, out->df);
		out->rmsea =
			sqrt(fmax(0, (out->chi2 - out->df) / (out->df * rows)));
	}
	out->srmr = residual(s, out->loadings);
}

bool factor_ml(size_t k, size_t m, const double *r, size_t n, double *work,
	       struct factor_ml *out, struct err *e)
{
	struct fit s = { .k = k, .m = m, .r = r };

	if (k < 3 || m == 0 || m >= k || (k - m) * (k - m) < k + m)
		return err_set(e, ERR_INPUT,
			       "%zu câu không đủ cho %zu nhân tố (%zu items "
			       "cannot carry %zu factors)",
			       k, m, k, m);
	fit_arrays(&s, work);
	if (!start(&s, e) || !minimise(&s, &out->iterations, e))
		return false;
	loadings(&s, out);
	judge_fit(&s, n, out);
	return true;
}

/* ---- derivatives by the correlations ---------------------------------- */

/* d gradient_i / d r_ab at the solution.  With S = U^-1/2 R U^-1/2,
 * P = sum_{j>m} w_j w_j' and x_lj = w_l' dS w_j:
 *   dg_i = -(P dS P)_ii + 2 sum_{j>m} sum_{l<=m} (1 - e_j)/(e_j - e_l)
 *                         w_ij w_il x_lj
 * (perturbation of eigenvectors; what two of the last k-m share cancels to
 * the first term). */
static double gradient_slope(const struct fit *s, size_t i, size_t a, size_t b)
{
	size_t k = s->k, m = s->m;
	const double *w = s->w, *p = s->b;
	double x = -2 * p[i * k + a] * p[i * k + b];

	for (size_t l = 0; l < m; l++)
		for (size_t j = m; j < k; j++) {
			double c = (1 - s->e[j]) / (s->e[j] - s->e[l]);

			x += 2 * c * w[i * k + j] * w[i * k + l] *
			     (w[a * k + l] * w[b * k + j] +
			      w[b * k + l] * w[a * k + j]);
		}
	return x * exp(-(s->theta[a] + s->theta[b]) / 2);
}

bool factor_ml_slopes(size_t k, size_t m, const double *r,
		      const struct factor_ml *f, double *slope, double *work)
{
	struct fit s = { .k = k, .m = m, .r = r };
	size_t pairs = k * (k - 1) / 2, at = 0;
	bool inside = true;

	fit_arrays(&s, work);
	for (size_t i = 0; i < k; i++)
		s.theta[i] = log(f->uniqueness[i]);
	(void)value_at(&s, s.theta, true);
	derivatives(&s);
	for (size_t i = 0; i < k; i++)
		inside = inside && s.theta[i] > log(lower_bound) &&
			 s.theta[i] < 0;
	if (!inside || !matrix_cholesky(k, s.hessian, 1e-10))
		return false;
	for (size_t a = 1; a < k; a++)
		for (size_t b = 0; b < a; b++, at++) {
			for (size_t i = 0; i < k; i++)
				s.step[i] = -gradient_slope(&s, i, a, b);
			matrix_solve(k, s.hessian, s.step);
			for (size_t i = 0; i < k; i++)
				slope[i * pairs + at] =
					f->uniqueness[i] * s.step[i];
		}
	return true;
}
