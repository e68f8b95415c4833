#include <math.h>
#include <string.h>

#include "phieu/factor.h"

/* ---- order and signs ------------------------------------------------- */

static void swap_factors(size_t k, size_t m, double *l, double *phi, size_t a,
			 size_t b)
{
	for (size_t i = 0; i < k; i++) {
		double x = l[i * m + a];

		l[i * m + a] = l[i * m + b];
		l[i * m + b] = x;
	}
	for (size_t i = 0; phi != NULL && i < m; i++) {
		double x = phi[i * m + a];

		phi[i * m + a] = phi[i * m + b];
		phi[i * m + b] = x;
	}
	for (size_t j = 0; phi != NULL && j < m; j++) {
		double x = phi[a * m + j];

		phi[a * m + j] = phi[b * m + j];
		phi[b * m + j] = x;
	}
}

static double sum_of(size_t k, size_t m, const double *l, size_t j, bool square)
{
	double sum = 0;

	for (size_t i = 0; i < k; i++)
		sum += square ? l[i * m + j] * l[i * m + j] : l[i * m + j];
	return sum;
}

static void turn(size_t k, size_t m, double *l, double *phi, size_t j)
{
	for (size_t i = 0; i < k; i++)
		l[i * m + j] = -l[i * m + j];
	for (size_t i = 0; phi != NULL && i < m; i++) {
		if (i == j)
			continue;
		phi[i * m + j] = -phi[i * m + j];
		phi[j * m + i] = -phi[j * m + i];
	}
}

void factor_order(size_t k, size_t m, double *loadings, double *phi)
{
	for (size_t a = 0; a < m; a++) {
		size_t best = a;

		for (size_t b = a + 1; b < m; b++)
			if (sum_of(k, m, loadings, b, true) >
			    sum_of(k, m, loadings, best, true))
				best = b;
		if (best != a)
			swap_factors(k, m, loadings, phi, a, best);
		if (sum_of(k, m, loadings, a, false) < 0)
			turn(k, m, loadings, phi, a);
	}
}

/* ---- varimax --------------------------------------------------------- */

/* The angle that is best for two columns (Kaiser 1958, eq. 24). */
static double best_angle(size_t k, size_t m, const double *l, size_t p,
			 size_t q)
{
	double a = 0, b = 0, c = 0, d = 0, n = (double)k;

	for (size_t i = 0; i < k; i++) {
		double x = l[i * m + p], y = l[i * m + q];
		double u = (x - y) * (x + y), v = 2 * x * y;

		a += u;
		b += v;
		c += (u - v) * (u + v);
		d += 2 * u * v;
	}
	return atan2(d - 2 * a * b / n, c - (a - b) * (a + b) / n) / 4;
}

static void rotate_pair(size_t k, size_t m, double *l, size_t p, size_t q,
			double angle)
{
	double c = cos(angle), s = sin(angle);

	for (size_t i = 0; i < k; i++) {
		double x = l[i * m + p], y = l[i * m + q];

		l[i * m + p] = c * x + s * y;
		l[i * m + q] = c * y - s * x;
	}
}

/* The criterion rises with every turn, so the passes end: by the angles, or in
 * rounding. */
static void varimax(size_t k, size_t m, double *l)
{
	double most = 1;

	for (int pass = 0; pass < 1000 && most > 1e-13; pass++) {
		most = 0;
		for (size_t p = 0; p + 1 < m; p++)
			for (size_t q = p + 1; q < m; q++) {
				double angle = best_angle(k, m, l, p, q);

				most = fmax(most, fabs(angle));
				rotate_pair(k, m, l, p, q, angle);
			}
	}
}

void factor_varimax(size_t k, size_t m, double *loadings, double *work)
{
	for (size_t i = 0; i < k; i++) {
		double h = 0;

		for (size_t j = 0; j < m; j++)
			h = hypot(h, loadings[i * m + j]);
		work[i] = h > 0 ? h : 1;
		for (size_t j = 0; j < m; j++)
			loadings[i * m + j] /= work[i];
	}
	varimax(k, m, loadings);
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < m; j++)
			loadings[i * m + j] *= work[i];
	factor_order(k, m, loadings, NULL);
}

/* ---- oblimin --------------------------------------------------------- */

struct oblimin {
	size_t k, m;
	double gamma;
	const double *a;	/* [k*m] unrotated */
	double *l, *slope, *gq; /* [k*m] rotated, work, dQ/dL */
	double *t, *trial, *inverse, *g, *gp, *lu; /* [m*m] */
};

/* Inverse of x[m*m] by Gauss-Jordan with partial pivoting on [lu | inverse].  A
 * singular x gives infinities, and no step is taken to such a point. */
static void invert(size_t m, const double *x, double *lu, double *inverse)
{
	memcpy(lu, x, m * m * sizeof *lu);
	memset(inverse, 0, m * m * sizeof *inverse);
	for (size_t i = 0; i < m; i++)
		inverse[i * m + i] = 1;
	for (size_t c = 0; c < m; c++) {
		size_t best = c;
		double p;

		for (size_t i = c + 1; i < m; i++)
			if (fabs(lu[i * m + c]) > fabs(lu[best * m + c]))
				best = i;
		for (size_t j = 0; best != c && j < m; j++) {
			double y = lu[c * m + j], z = inverse[c * m + j];

			lu[c * m + j] = lu[best * m + j];
			lu[best * m + j] = y;
			inverse[c * m + j] = inverse[best * m + j];
			inverse[best * m + j] = z;
		}
		p = lu[c * m + c];
		for (size_t j = 0; j < m; j++) {
			lu[c * m + j] /= p;
			inverse[c * m + j] /= p;
		}
		for (size_t i = 0; i < m; i++) {
			double f = lu[i * m + c];

			for (size_t j = 0; i != c && j < m; j++) {
				lu[i * m + j] -= f * lu[c * m + j];
				inverse[i * m + j] -= f * inverse[c * m + j];
			}
		}
	}
}

/* L = A T^-1', Q = sum L^2 o (I - gamma/k) L^2 N / 4, N ones off the
 * diagonal, and dQ/dL = L o (...) (Jennrich 2002, p. 12). */
static double criterion(struct oblimin *s, const double *t)
{
	size_t k = s->k, m = s->m;
	double f = 0;

	invert(m, t, s->lu, s->inverse);
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < m; j++) {
			double x = 0;

			for (size_t c = 0; c < m; c++)
				x += s->a[i * m + c] * s->inverse[j * m + c];
			s->l[i * m + j] = x;
		}
	for (size_t i = 0; i < k; i++) {
		double row = 0;

		for (size_t j = 0; j < m; j++)
			row += s->l[i * m + j] * s->l[i * m + j];
		for (size_t j = 0; j < m; j++)
			s->slope[i * m + j] =
				row - s->l[i * m + j] * s->l[i * m + j];
	}
	for (size_t j = 0; j < m; j++) {
		double mean =
			s->gamma * sum_of(k, m, s->slope, j, false) / (double)k;

		for (size_t i = 0; i < k; i++) {
			double x = s->l[i * m + j];

			s->gq[i * m + j] = x * (s->slope[i * m + j] - mean);
			f += x * s->gq[i * m + j] / 4;
		}
	}
	return f;
}

/* Gradient by T, projected on columns of length 1; its norm.  Wants the
 * state that criterion() left at t. */
static double project(struct oblimin *s)
{
	size_t k = s->k, m = s->m;
	double norm = 0;

	/* lu = L' Gq, then g = -(lu T^-1)' */
	for (size_t a = 0; a < m; a++)
		for (size_t b = 0; b < m; b++) {
			double x = 0;

			for (size_t i = 0; i < k; i++)
				x += s->l[i * m + a] * s->gq[i * m + b];
			s->lu[a * m + b] = x;
		}
	for (size_t a = 0; a < m; a++)
		for (size_t b = 0; b < m; b++) {
			double x = 0;

			for (size_t c = 0; c < m; c++)
				x += s->lu[a * m + c] * s->inverse[c * m + b];
			s->g[b * m + a] = -x;
		}
	for (size_t j = 0; j < m; j++) {
		double dot = 0;

		for (size_t i = 0; i < m; i++)
			dot += s->t[i * m + j] * s->g[i * m + j];
		for (size_t i = 0; i < m; i++) {
			double x = s->g[i * m + j] - s->t[i * m + j] * dot;

			s->gp[i * m + j] = x;
			norm = hypot(norm, x);
		}
	}
	return norm;
}

static void step_to(struct oblimin *s, double size)
{
	size_t m = s->m;

	for (size_t j = 0; j < m; j++) {
		double length = 0;

		for (size_t i = 0; i < m; i++) {
			double x = s->t[i * m + j] - size * s->gp[i * m + j];

			s->trial[i * m + j] = x;
			length = hypot(length, x);
		}
		for (size_t i = 0; i < m; i++)
			s->trial[i * m + j] /= length;
	}
}

static bool descend(struct oblimin *s)
{
	size_t m = s->m;
	double f = criterion(s, s->t), size = 1, norm = project(s);

	for (int i = 0; i < 20000 && norm > 1e-10; i++) {
		double next = f;
		bool fell = false;

		size *= 2;
		for (int halving = 0; halving < 60 && !fell; halving++) {
			step_to(s, size);
			next = criterion(s, s->trial);
			fell = f - next > 0.5 * norm * norm * size;
			if (!fell)
				size /= 2;
		}
		if (!fell) { /* rounding is all that is left, or nothing is */
			(void)criterion(s, s->t);
			break;
		}
		memcpy(s->t, s->trial, m * m * sizeof *s->t);
		f = next;
		norm = project(s);
	}
	return norm < 1e-6;
}

bool factor_oblimin(size_t k, size_t m, double *loadings, double *phi,
		    double gamma, double *work, struct err *e)
{
	struct oblimin s = { .k = k, .m = m, .gamma = gamma };
	double **tall[] = { &s.l, &s.slope, &s.gq };
	double **square[] = { &s.t, &s.trial, &s.inverse, &s.g, &s.gp, &s.lu };
	bool ok;

	memcpy(work, loadings, k * m * sizeof *work);
	s.a = work;
	work += k * m;
	for (size_t i = 0; i < 3; i++, work += k * m)
		*tall[i] = work;
	for (size_t i = 0; i < 6; i++, work += m * m)
		*square[i] = work;
	memset(s.t, 0, m * m * sizeof *s.t);
	for (size_t i = 0; i < m; i++)
		s.t[i * m + i] = 1;
	ok = m < 2 || descend(&s);
	if (m >= 2)
		memcpy(loadings, s.l, k * m * sizeof *loadings);
	for (size_t a = 0; a < m; a++)
		for (size_t b = 0; b < m; b++) {
			double x = 0;

			for (size_t i = 0; i < m; i++)
				x += s.t[i * m + a] * s.t[i * m + b];
			phi[a * m + b] = a == b ? 1 : x;
		}
	factor_order(k, m, loadings, phi);
	return ok || err_set(e, ERR_MATH,
			     "oblimin không hội tụ (oblimin did not converge)");
}
