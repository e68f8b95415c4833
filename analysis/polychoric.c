#include "phieu/polychoric.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "phieu/distribution.h"

#define LEVELS POLYCHORIC_LEVELS_MAX

/* Category i of the first answer lies between a[i] and a[i + 1]; a[0] and
 * the last are infinite. */
struct cells {
	size_t rows, columns;
	double p[LEVELS * LEVELS]; /* sums to 1 */
	double a[LEVELS + 1], b[LEVELS + 1];
	double below_a[LEVELS + 1], below_b[LEVELS + 1]; /* P(X <= a) */
};

/* A second difference over the corners of cell (i, j). */
static double corners(const struct cells *t, size_t i, size_t j, double r,
		      double (*f)(double h, double k, double r))
{
	return f(t->a[i + 1], t->b[j + 1], r) - f(t->a[i], t->b[j + 1], r) -
	       f(t->a[i + 1], t->b[j], r) + f(t->a[i], t->b[j], r);
}

/* d pdf / d r (the second derivative of P). */
static double pdf_slope_r(double h, double k, double r)
{
	double s = (1 - r) * (1 + r);

	if (isinf(h) || isinf(k))
		return 0;
	return bivariate_normal_pdf(h, k, r) *
	       (r / s + (h * k * (1 + r * r) - r * (h * h + k * k)) / (s * s));
}

/* d pdf / d h */
static double pdf_slope_h(double h, double k, double r)
{
	if (isinf(h) || isinf(k))
		return 0;
	return bivariate_normal_pdf(h, k, r) * (r * k - h) /
	       ((1 - r) * (1 + r));
}

/* P(Y <= k | X = h) */
static double conditional(double h, double k, double r)
{
	return gsl_cdf_ugaussian_P((k - r * h) / sqrt((1 - r) * (1 + r)));
}

/* ---- the correlation ------------------------------------------------- */

/* Below this a probability is rounding error.  It can be that small under a
 * correlation far from the data's only, and grows on the way back. */
static const double negligible = 1e-15;

/* d log likelihood / d r */
static double slope(double r, const void *arg)
{
	const struct cells *t = arg;
	double u = 0;

	for (size_t i = 0; i < t->rows; i++)
		for (size_t j = 0; j < t->columns; j++) {
			double p = t->p[i * t->columns + j], pi;

			if (!(p > 0))
				continue;
			pi = corners(t, i, j, r, bivariate_normal_P);
			if (pi < negligible)
				return r > 0 ? -1e10 : 1e10;
			u += p / pi * corners(t, i, j, r, bivariate_normal_pdf);
		}
	return u;
}

/* Walks from 0 the way the likelihood rises; where it has no top before the
 * end (a slope of 0 there has underflown), the end. */
static double most_likely(const struct cells *t)
{
	static const double step[] = { 0,     0.3,    0.6,	0.8,
				       0.9,   0.95,   0.98,	0.99,
				       0.999, 0.9999, 1 - 1e-5, 1 - 1e-6 };
	double side = slope(0, t) >= 0 ? 1 : -1;

	for (size_t i = 1; i < sizeof step / sizeof *step; i++)
		if (side * slope(side * step[i], t) < 0)
			return bracketed_root(slope, t, side * step[i - 1],
					      side * step[i]);
	return side;
}

/* ---- thresholds ------------------------------------------------------ */

static bool cut(const double *margin, size_t n, double *below, double *at,
		const char *side, struct err *e)
{
	double sum = 0;
	size_t used = 0;

	at[0] = -INFINITY;
	below[0] = 0;
	for (size_t i = 0; i < n; i++) {
		used += margin[i] > 0;
		sum += margin[i];
		below[i + 1] = sum;
		at[i + 1] = gsl_cdf_ugaussian_Pinv(fmin(sum, 1));
	}
	for (size_t i = n; i-- > 0 && !(margin[i] > 0);)
		at[i] = INFINITY;
	at[n] = INFINITY;
	if (used < 2)
		return err_set(
			e, ERR_MATH,
			"câu thứ %s chỉ dùng một mức (answer %s uses fewer "
			"than two categories: no polychoric correlation)",
			side, side);
	return true;
}

static bool read_table(struct cells *t, const double *table, struct err *e)
{
	double margin_a[LEVELS] = { 0 }, margin_b[LEVELS] = { 0 }, sum = 0;

	for (size_t i = 0; i < t->rows * t->columns; i++) {
		if (!(table[i] >= 0) || isinf(table[i]))
			return err_set(
				e, ERR_INPUT,
				"bảng có ô âm hoặc không phải số (a cell of "
				"the table is negative or not a number)");
		sum += table[i];
	}
	for (size_t i = 0; i < t->rows; i++)
		for (size_t j = 0; j < t->columns; j++) {
			double p =
				sum > 0 ? table[i * t->columns + j] / sum : 0;

			t->p[i * t->columns + j] = p;
			margin_a[i] += p;
			margin_b[j] += p;
		}
	return cut(margin_a, t->rows, t->below_a, t->a, "1", e) &&
	       cut(margin_b, t->columns, t->below_b, t->b, "2", e);
}

/* ---- linearisation --------------------------------------------------- */

/* d U / d a[c] = sum p (pi_ra / pi - pi_r pi_a / pi^2) over the two rows of
 * cells that the threshold parts. */
static double by_threshold(const struct cells *t, size_t c, double r)
{
	double x = t->a[c], u = 0;

	for (size_t j = 0; j < t->columns; j++) {
		double pi_a = gsl_ran_ugaussian_pdf(x) *
			      (conditional(x, t->b[j + 1], r) -
			       conditional(x, t->b[j], r));
		double pi_ra = pdf_slope_h(x, t->b[j + 1], r) -
			       pdf_slope_h(x, t->b[j], r);

		for (int above = 0; above < 2; above++) {
			size_t i = c - 1 + (size_t)above;
			double p = t->p[i * t->columns + j], pi, pi_r;

			if (!(p > 0))
				continue;
			pi = corners(t, i, j, r, bivariate_normal_P);
			pi_r = corners(t, i, j, r, bivariate_normal_pdf);
			u += (above ? -p : p) / pi * (pi_ra - pi_r * pi_a / pi);
		}
	}
	return u;
}

static void transpose(const struct cells *t, struct cells *out)
{
	*out = (struct cells){ .rows = t->columns, .columns = t->rows };
	for (size_t i = 0; i < t->rows; i++)
		for (size_t j = 0; j < t->columns; j++)
			out->p[j * t->rows + i] = t->p[i * t->columns + j];
	memcpy(out->a, t->b, sizeof out->a);
	memcpy(out->b, t->a, sizeof out->b);
	memcpy(out->below_a, t->below_b, sizeof out->below_a);
	memcpy(out->below_b, t->below_a, sizeof out->below_b);
}

/* Adds to shift[i], the category, what the thresholds estimated from its
 * margin bring: sum over c of dU/da[c] (1{i < c} - P(a[c])) / pdf(a[c]). */
static void margin_shift(const struct cells *t, double r, double *shift)
{
	memset(shift, 0, t->rows * sizeof *shift);
	for (size_t c = 1; c < t->rows; c++) {
		double f;

		if (isinf(t->a[c]))
			continue;
		f = by_threshold(t, c, r) / gsl_ran_ugaussian_pdf(t->a[c]);
		for (size_t i = 0; i < t->rows; i++)
			shift[i] += f * ((i < c ? 1 : 0) - t->below_a[c]);
	}
}

static void linearise(const struct cells *t, size_t n, struct polychoric *out)
{
	struct cells turned;
	double shift_a[LEVELS], shift_b[LEVELS], r = out->rho;
	double curve = 0, sum = 0;

	transpose(t, &turned);
	margin_shift(t, r, shift_a);
	margin_shift(&turned, r, shift_b);
	for (size_t i = 0; i < t->rows; i++)
		for (size_t j = 0; j < t->columns; j++) {
			double p = t->p[i * t->columns + j], pi, u;
			double *z = &out->score[i * t->columns + j];

			*z = 0;
			if (!(p > 0)) /* no row has it */
				continue;
			pi = corners(t, i, j, r, bivariate_normal_P);
			u = corners(t, i, j, r, bivariate_normal_pdf) / pi;
			curve += p * (u * u -
				      corners(t, i, j, r, pdf_slope_r) / pi);
			*z = u + shift_a[i] + shift_b[j];
		}
	for (size_t i = 0; i < t->rows * t->columns; i++) {
		out->score[i] /= curve;
		sum += t->p[i] * out->score[i] * out->score[i];
	}
	out->se = sqrt(sum / (double)n);
}

bool polychoric_fit(const double *table, size_t rows, size_t columns, size_t n,
		    struct polychoric *out, struct err *e)
{
	struct cells t = { .rows = rows, .columns = columns };

	if (rows > LEVELS || columns > LEVELS)
		return err_set(e, ERR_INPUT,
			       "nhiều hơn %d mức trả lời (more than %d "
			       "categories: no polychoric correlation)",
			       LEVELS, LEVELS);
	gsl_set_error_handler_off();
	if (!read_table(&t, table, e))
		return false;
	memcpy(out->threshold_a, t.a + 1, (rows - 1) * sizeof *t.a);
	memcpy(out->threshold_b, t.b + 1, (columns - 1) * sizeof *t.b);
	out->rho = most_likely(&t);
	out->boundary = fabs(out->rho) >= 1;
	out->se = NAN;
	if (out->score == NULL)
		return true;
	memset(out->score, 0, rows * columns * sizeof *out->score);
	if (!out->boundary)
		linearise(&t, n, out);
	return true;
}
