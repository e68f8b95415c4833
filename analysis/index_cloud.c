/* Ranks and grades over scores that were drawn. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/index_sure.h"
#include "phieu/matrix.h"

#define HALF_SLACK 1e-9 /* of the last digit */

bool index_draw(size_t n, const double *mu, const double *v, const double *sd,
		const double *z, size_t draws, double *x, struct err *e)
{
	double *l = NULL;

	if (v) {
		l = malloc(n * n * sizeof *l);
		if (!l)
			return err_set(e, ERR_NOMEM, "no memory for draws");
		memcpy(l, v, n * n * sizeof *l);
		if (!matrix_cholesky(n, l, 1e-14)) {
			free(l);
			return err_set(e, ERR_MATH,
				       "covariances are not positive definite");
		}
	}
	for (size_t d = 0; d < draws; d++)
		for (size_t i = 0; i < n; i++) {
			const double *row = &z[d * n];
			double s = mu[i];

			if (!l)
				s += sd[i] * row[i];
			for (size_t j = 0; l && j <= i; j++)
				s += l[i * n + j] * row[j];
			x[d * n + i] = s;
		}
	free(l);
	return true;
}

static double above(double difference, double variance)
{
	if (variance > 0)
		return gsl_cdf_ugaussian_P(difference / sqrt(variance));
	return difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
}

void index_superior(size_t n, const double *mu, const double *v,
		    bool correlated, double *p)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double both = correlated ? 2 * v[i * n + j] : 0;

			p[i * n + j] =
				i == j ? NAN
				       : above(mu[i] - mu[j],
					       v[i * n + i] + v[j * n + j] -
						       both);
		}
}

double index_round_half_up(double x, int digits)
{
	double scale = 1;

	for (int i = 0; i < digits; i++)
		scale *= 10;
	return copysign(floor(fabs(x) * scale + 0.5 + HALF_SLACK) / scale, x);
}

static int highest_first(const void *pa, const void *pb, void *arg)
{
	const double *x = arg;
	size_t a = *(const size_t *)pa, b = *(const size_t *)pb;

	if (x[a] < x[b] || x[a] > x[b])
		return x[a] > x[b] ? -1 : 1;
	return (a > b) - (a < b);
}

void index_rank_real(const double *x, size_t n, enum index_ties ties,
		     size_t *order, size_t *rank)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof *order, highest_first, (void *)(uintptr_t)x);
	for (size_t i = 0; i < n; i++) {
		bool equal = i > 0 && !(x[order[i]] < x[order[i - 1]]);

		if (!equal)
			at = ties == INDEX_DENSE ? at + 1 : i + 1;
		rank[order[i]] = at;
	}
}

/* ---- summaries --------------------------------------------------------- */

/* The i-th smallest rank (from 0) of a table of counts. */
static double ordered(const size_t *count, size_t n, size_t i)
{
	size_t seen = 0, k = 0;

	while (k + 1 < n && (seen += count[k]) <= i)
		k++;
	return (double)(k + 1);
}

/* Hyndman & Fan 1996, type 7. */
static double quantile(const size_t *count, size_t n, size_t draws, double p)
{
	double h = (double)(draws - 1) * p, whole = floor(h);
	size_t i = (size_t)whole;
	double lo = ordered(count, n, i);
	double hi = i + 1 < draws ? ordered(count, n, i + 1) : lo;

	return lo + (h - whole) * (hi - lo);
}

static size_t band_of(const struct index_cloud_in *in, size_t unit, double x)
{
	size_t b = 0;

	while (b < in->n_from[unit] && x < in->from[unit][b] - HALF_SLACK)
		b++;
	return b;
}

static void moments(const struct index_cloud_in *in, size_t unit,
		    struct index_cloud *c)
{
	double sum = 0, squares = 0;

	for (size_t d = 0; d < in->draws; d++)
		sum += in->x[d * in->n + unit];
	c->mean = sum / (double)in->draws;
	for (size_t d = 0; d < in->draws; d++) {
		double x = in->x[d * in->n + unit] - c->mean;

		squares += x * x;
	}
	c->sd = in->draws > 1 ? sqrt(squares / (double)(in->draws - 1)) : 0;
}

static void summarise(const struct index_cloud_in *in, size_t unit,
		      struct index_cloud *c)
{
	double tail = (1 - in->level) / 2, sum = 0;

	moments(in, unit, c);
	c->top3 = 0;
	for (size_t r = 0; r < in->n; r++) {
		sum += (double)c->n_rank[r] * (double)(r + 1);
		c->top3 += r < 3 ? c->n_rank[r] : 0;
	}
	c->mean_rank = sum / (double)in->draws;
	c->low = quantile(c->n_rank, in->n, in->draws, tail);
	c->mid = quantile(c->n_rank, in->n, in->draws, 0.5);
	c->high = quantile(c->n_rank, in->n, in->draws, 1 - tail);
}

struct counts {
	size_t **rank, **grade;
	size_t *order, *got;
	double *shown;
};

static bool allocate(const struct index_cloud_in *in, struct arena *a,
		     struct index_cloud *out, struct counts *k)
{
	k->rank = arena_array(a, in->n + 1, sizeof *k->rank);
	k->grade = arena_array(a, in->n + 1, sizeof *k->grade);
	k->order = arena_array(a, in->n + 1, sizeof *k->order);
	k->got = arena_array(a, in->n + 1, sizeof *k->got);
	k->shown = arena_array(a, in->n + 1, sizeof *k->shown);
	for (size_t i = 0; !arena_broken(a) && i < in->n; i++) {
		k->rank[i] = arena_array(a, in->n, sizeof **k->rank);
		k->grade[i] =
			arena_array(a, in->n_from[i] + 1, sizeof **k->grade);
		out[i].n_rank = k->rank[i];
		out[i].n_grade = k->grade[i];
	}
	return !arena_broken(a);
}

bool index_cloud(const struct index_cloud_in *in, struct arena *a,
		 struct index_cloud *out, struct err *e)
{
	struct counts k;

	if (!allocate(in, a, out, &k))
		return err_set(e, ERR_NOMEM, "no memory for ranks");
	for (size_t d = 0; d < in->draws; d++) {
		const double *x = &in->x[d * in->n];

		for (size_t i = 0; i < in->n; i++)
			k.shown[i] = index_round_half_up(x[i], in->digits);
		index_rank_real(in->rank_rounded ? k.shown : x, in->n, in->ties,
				k.order, k.got);
		for (size_t i = 0; i < in->n; i++) {
			k.rank[i][k.got[i] - 1]++;
			k.grade[i][band_of(in, i, k.shown[i])]++;
		}
	}
	for (size_t i = 0; i < in->n; i++)
		summarise(in, i, &out[i]);
	return true;
}
