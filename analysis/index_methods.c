/* Other ways to add up, and what the ranks hang on. */
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "phieu/index_sure.h"

struct column {
	double min, max, mean, sd;
};

static struct column look(size_t n, size_t k, const double *x, size_t j)
{
	struct column c;

	gsl_stats_minmax(&c.min, &c.max, x + j, k, n);
	c.mean = gsl_stats_mean(x + j, k, n);
	c.sd = n > 1 ? gsl_stats_sd_m(x + j, k, n, c.mean) : NAN;
	return c;
}

static double below(size_t n, size_t k, const double *x, size_t j, double v)
{
	double count = 0;

	for (size_t i = 0; i < n; i++)
		count += x[i * k + j] < v;
	return count;
}

void index_normalise(enum index_normal how, size_t n, size_t k, const double *x,
		     double lo, double hi, double *out)
{
	for (size_t j = 0; j < k; j++) {
		struct column c = look(n, k, x, j);

		for (size_t i = 0; i < n; i++) {
			double v = x[i * k + j], *to = &out[i * k + j];

			if (how == INDEX_MINMAX)
				*to = (v - c.min) / (c.max - c.min) *
					      (hi - lo) +
				      lo;
			else if (how == INDEX_ZSCORE)
				*to = (v - c.mean) / c.sd;
			else if (how == INDEX_FRACTION)
				*to = v / c.max;
			else
				*to = below(n, k, x, j, v);
			if (how == INDEX_PERCENTILE)
				*to /= (double)(n - 1);
		}
	}
}

void index_aggregate(enum index_mean how, size_t n, size_t k, const double *x,
		     const double *w, double *out)
{
	for (size_t i = 0; i < n; i++) {
		double sum = 0, total = 0;

		for (size_t j = 0; j < k; j++) {
			double v = x[i * k + j];

			sum += w[j] * (how == INDEX_ARITHMETIC	? v
				       : how == INDEX_GEOMETRIC ? log(v)
								: 1 / v);
			total += w[j];
		}
		out[i] = how == INDEX_ARITHMETIC  ? sum / total
			 : how == INDEX_GEOMETRIC ? exp(sum / total)
						  : total / sum;
	}
}

void index_copeland(size_t n, size_t k, const double *x, const double *w,
		    double *out)
{
	double total = 0;

	for (size_t j = 0; j < k; j++)
		total += w[j];
	for (size_t a = 0; a < n; a++) {
		out[a] = 0;
		for (size_t b = 0; b < n; b++) {
			double won = 0;

			for (size_t j = 0; j < k; j++) {
				double d = x[a * k + j] - x[b * k + j];

				won += w[j] * (d > 0 ? 1 : d < 0 ? 0 : 0.5);
			}
			won /= total;
			out[a] += (won > 0.5 + 1e-12) - (won < 0.5 - 1e-12);
		}
	}
}

static double tau_b(size_t n, size_t k, const double *x, size_t p, size_t q)
{
	double both = 0, in_p = 0, in_q = 0;

	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < a; b++) {
			double dp = x[a * k + p] - x[b * k + p];
			double dq = x[a * k + q] - x[b * k + q];
			double sp = (dp > 0) - (dp < 0);
			double sq = (dq > 0) - (dq < 0);

			both += sp * sq;
			in_p += sp * sp;
			in_q += sq * sq;
		}
	return both / sqrt(in_p * in_q);
}

bool index_correlate(enum index_correlation how, size_t n, size_t k,
		     const double *x, double *out, struct err *e)
{
	double *work = malloc(2 * n * sizeof *work);

	if (!work)
		return err_set(e, ERR_NOMEM, "no memory for correlations");
	for (size_t p = 0; p < k; p++)
		for (size_t q = 0; q < k; q++)
			out[p * k + q] =
				how == INDEX_KENDALL ? tau_b(n, k, x, p, q)
				: how == INDEX_SPEARMAN
					? gsl_stats_spearman(x + p, k, x + q, k,
							     n, work)
					: gsl_stats_correlation(x + p, k, x + q,
								k, n);
	free(work);
	return true;
}

void index_sobol(size_t n, size_t d, const double *ya, const double *yb,
		 const double *yab, double *variance, double *first,
		 double *total)
{
	double mean = 0, squares = 0;

	for (size_t j = 0; j < n; j++)
		mean += ya[j] + yb[j];
	mean /= (double)(2 * n);
	for (size_t j = 0; j < n; j++)
		squares += (ya[j] - mean) * (ya[j] - mean) +
			   (yb[j] - mean) * (yb[j] - mean);
	*variance = squares / (double)(2 * n - 1);
	for (size_t i = 0; i < d; i++) {
		double s = 0, t = 0;

		for (size_t j = 0; j < n; j++) {
			double y = yab[i * n + j];

			s += yb[j] * (y - ya[j]);
			t += (ya[j] - y) * (ya[j] - y);
		}
		first[i] = *variance > 0 ? s / (double)n / *variance : NAN;
		total[i] =
			*variance > 0 ? t / (2 * (double)n * *variance) : NAN;
	}
}
