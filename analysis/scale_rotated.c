/* Rotated loadings found again, in the columns of a target. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/factor.h"
#include "scale_parts.h"

/* Rows do not matter to a solution, only to its test. */
#define ANY_ROWS 1000

static bool unrotated(const struct scale_rotated *x, const double *r, double *l,
		      double *room, struct err *e)
{
	struct factor_ml f = { .uniqueness = room, .loadings = l };

	if (x->ml)
		return factor_ml(x->k, x->m, r, ANY_ROWS, room + x->k, &f, e);
	return factor_pca(x->k, r, x->m, room, l, room + x->k, e);
}

/* Tucker's congruence of a target's column and one of l, without the length of
 * the target's, which is the same for all of its candidates. */
static double congruence(const struct scale_rotated *x, const double *l,
			 size_t a, size_t b)
{
	double sum = 0, size = 0;

	for (size_t i = 0; i < x->k; i++) {
		double y = l[i * x->m + b];

		sum += x->target[i * x->m + a] * y;
		size += y * y;
	}
	return size > 0 ? sum / sqrt(size) : 0;
}

static double length(const struct scale_rotated *x, size_t a)
{
	double sum = 0;

	for (size_t i = 0; i < x->k; i++)
		sum += x->target[i * x->m + a] * x->target[i * x->m + a];
	return sum > 0 ? sqrt(sum) : 1;
}

/* from[a]: the column of l that becomes column a, and its sign; the pair that
 * agrees best is taken first.  g[m*m]. */
static void match(const struct scale_rotated *x, const double *l, double *g,
		  size_t *from, double *sign)
{
	size_t m = x->m;

	for (size_t a = 0; a < m; a++)
		for (size_t b = 0; b < m; b++)
			g[a * m + b] = congruence(x, l, a, b) / length(x, a);
	for (size_t k = 0; k < m; k++) {
		size_t best = m * m;

		for (size_t i = 0; i < m * m; i++)
			if (!isnan(g[i]) &&
			    (best == m * m || fabs(g[i]) > fabs(g[best])))
				best = i;
		from[best / m] = best % m;
		sign[best / m] = g[best] < 0 ? -1 : 1;
		for (size_t i = 0; i < m; i++) /* both are taken */
			g[best / m * m + i] = g[i * m + best % m] = NAN;
	}
}

static void arrange(const struct scale_rotated *x, const double *l,
		    const double *phi, const size_t *from, const double *sign,
		    double *theta)
{
	size_t k = x->k, m = x->m;

	for (size_t i = 0; i < k; i++)
		for (size_t a = 0; a < m; a++)
			*theta++ = sign[a] * l[i * m + from[a]];
	for (size_t a = 1; x->rotate == SCALE_OBLIMIN && a < m; a++)
		for (size_t b = 0; b < a; b++)
			*theta++ =
				sign[a] * sign[b] * phi[from[a] * m + from[b]];
}

size_t scale_rotated_size(const struct scale_rotated *x)
{
	size_t m = x->m;

	return x->k * m + (x->rotate == SCALE_OBLIMIN ? m * (m - 1) / 2 : 0);
}

bool scale_rotated(const struct scale_rotated *x, const double *r,
		   double *theta, struct err *e)
{
	size_t k = x->k, m = x->m;
	size_t rest = FACTOR_ML_WORK(k) + FACTOR_OBLIMIN_WORK(k, m) + k;
	double *l = malloc((k * m + 2 * m * m + m + rest) * sizeof *l);
	size_t *from = malloc((m + 1) * sizeof *from);
	double *phi, *g, *sign, *room;
	bool ok = l && from;

	if (!ok) {
		(void)err_set(e, ERR_NOMEM, "no memory for loadings");
		goto out;
	}
	phi = l + k * m;
	g = phi + m * m;
	sign = g + m * m;
	room = sign + m;
	ok = unrotated(x, r, l, room, e);
	if (ok && x->rotate == SCALE_VARIMAX)
		factor_varimax(k, m, l, room);
	else if (ok)
		ok = factor_oblimin(k, m, l, phi, x->gamma, room, e);
	if (ok) {
		match(x, l, g, from, sign);
		arrange(x, l, phi, from, sign, theta);
	}
out:
	free(l);
	free(from);
	return ok;
}
