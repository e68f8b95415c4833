#include "phieu/distribution.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stddef.h>

/* ---- bivariate normal ------------------------------------------------ */

/* Gauss-Legendre on (-1, 1), 20 points, the negative half (Abramowitz &
 * Stegun 1964, table 25.4). */
static const double node[10] = { -0.9931285991850949, -0.9639719272779138,
				 -0.9122344282513259, -0.8391169718222188,
				 -0.7463319064601508, -0.6360536807265150,
				 -0.5108670019508271, -0.3737060887154196,
				 -0.2277858511416451, -0.07652652113349733 };
static const double mass[10] = { 0.01761400713915212, 0.04060142980038694,
				 0.06267204833410906, 0.08327674157670475,
				 0.1019301198172404,  0.1181945319615184,
				 0.1316886384491766,  0.1420961093183821,
				 0.1491729864726037,  0.1527533871307259 };

static double phi(double x)
{
	return 0.5 * erfc(-x * M_SQRT1_2);
}

/* |r| < 0.925: integrate over the angle asin r (Genz 2004, eq. 3). */
static double upper_moderate(double h, double k, double r)
{
	double hs = (h * h + k * k) / 2, a = asin(r), sum = 0;

	for (size_t i = 0; i < 10; i++)
		for (int side = -1; side <= 1; side += 2) {
			double sn = sin(a * (side * node[i] + 1) / 2);

			sum += mass[i] * exp((sn * h * k - hs) / (1 - sn * sn));
		}
	return sum * a / (4 * M_PI) + phi(-h) * phi(-k);
}

/* The integrand of the rest, after its expansion is taken out. */
static double rest(double a, double bs, double hk, double c, double d)
{
	double sum = 0;

	for (size_t i = 0; i < 10; i++)
		for (int side = -1; side <= 1; side += 2) {
			double x = a * (side * node[i] + 1), xs = x * x;
			double rs = sqrt(1 - xs), expo = -(bs / xs + hk) / 2;

			if (expo <= -100)
				continue;
			sum += a * mass[i] * exp(expo) *
			       (exp(-hk * xs / (2 * (1 + rs) * (1 + rs))) / rs -
				(1 + c * xs * (1 + d * xs)));
		}
	return sum;
}

/* 0.925 <= |r| <= 1: expansion around |r| = 1 (Genz 2004, eq. 5-6). */
static double upper_extreme(double h, double k, double r)
{
	double hk, bvn = 0;

	if (r < 0)
		k = -k;
	hk = h * k;
	if (fabs(r) < 1) {
		double as = (1 - r) * (1 + r), a = sqrt(as);
		double b = fabs(h - k), bs = b * b;
		double c = (4 - hk) / 8, d = (12 - hk) / 16;
		double expo = -(bs / as + hk) / 2;

		if (expo > -100)
			bvn = a * exp(expo) *
			      (1 - c * (bs - as) * (1 - d * bs / 5) / 3 +
			       c * d * as * as / 5);
		if (hk > -100)
			bvn -= exp(-hk / 2) * sqrt(2 * M_PI) * phi(-b / a) * b *
			       (1 - c * bs * (1 - d * bs / 5) / 3);
		bvn += rest(a / 2, bs, hk, c, d);
		bvn = -bvn / (2 * M_PI);
	}
	if (r > 0)
		return bvn + phi(-fmax(h, k));
	bvn = -bvn;
	if (k > h)
		bvn += h < 0 ? phi(k) - phi(h) : phi(-h) - phi(-k);
	return bvn;
}

double bivariate_normal_P(double h, double k, double r)
{
	double p;

	if (isnan(h) || isnan(k) || !(fabs(r) <= 1))
		return NAN;
	if (isinf(h) || isinf(k)) {
		if ((isinf(h) && h < 0) || (isinf(k) && k < 0))
			return 0;
		return isinf(h) ? phi(k) : phi(h);
	}
	/* P(X <= h, Y <= k) is the upper orthant of (-X, -Y) */
	p = fabs(r) < 0.925 ? upper_moderate(-h, -k, r)
			    : upper_extreme(-h, -k, r);
	return p < 0 ? 0 : p > 1 ? 1 : p;
}

double bivariate_normal_pdf(double h, double k, double r)
{
	double s = (1 - r) * (1 + r);

	if (isinf(h) || isinf(k))
		return 0;
	return exp(-(h * h - 2 * r * h * k + k * k) / (2 * s)) /
	       (2 * M_PI * sqrt(s));
}

/* ---- roots ----------------------------------------------------------- */

struct bracket {
	double a, fa;	  /* the last but one */
	double b, fb;	  /* the best so far */
	double c, fc;	  /* of the other sign */
	double d, before; /* this step and the one before */
};

static void swap_best(struct bracket *s)
{
	if (fabs(s->fc) >= fabs(s->fb))
		return;
	s->a = s->b;
	s->fa = s->fb;
	s->b = s->c;
	s->fb = s->fc;
	s->c = s->a;
	s->fc = s->fa;
}

/* Secant or inverse quadratic step where it is safe, else half. */
static void choose_step(struct bracket *s, double tol)
{
	double half = (s->c - s->b) / 2, ratio = s->fb / s->fa, p, q;

	if (fabs(s->before) < tol || fabs(s->fa) <= fabs(s->fb)) {
		s->d = s->before = half;
		return;
	}
	if (s->a == s->c) {
		p = 2 * half * ratio;
		q = 1 - ratio;
	} else {
		double t = s->fa / s->fc, u = s->fb / s->fc;

		p = ratio * (2 * half * t * (t - u) - (s->b - s->a) * (u - 1));
		q = (t - 1) * (u - 1) * (ratio - 1);
	}
	if (p > 0)
		q = -q;
	p = fabs(p);
	if (2 * p < fmin(3 * half * q - fabs(tol * q), fabs(s->before * q))) {
		s->before = s->d;
		s->d = p / q;
	} else {
		s->d = s->before = half;
	}
}

double bracketed_root(double (*f)(double x, const void *arg), const void *arg,
		      double lo, double hi)
{
	struct bracket s = { .a = lo, .b = hi, .c = lo };

	s.fa = s.fc = f(lo, arg);
	s.fb = f(hi, arg);
	if (!(s.fa * s.fb <= 0) && !((s.fa < 0) != (s.fb < 0)))
		return NAN;
	s.d = s.before = s.b - s.a;
	for (int i = 0; i < 300; i++) {
		double tol;

		if ((s.fb > 0) == (s.fc > 0)) {
			s.c = s.a;
			s.fc = s.fa;
			s.d = s.before = s.b - s.a;
		}
		swap_best(&s);
		tol = 2 * DBL_EPSILON * fabs(s.b) + DBL_MIN;
		if (fabs(s.c - s.b) / 2 <= tol || s.fb == 0)
			break;
		choose_step(&s, tol);
		s.a = s.b;
		s.fa = s.fb;
		s.b += fabs(s.d) > tol ? s.d : copysign(tol, s.c - s.b);
		s.fb = f(s.b, arg);
	}
	return s.b;
}

/* ---- F --------------------------------------------------------------- */

struct fisher {
	double p, df1, df2;
};

/* In log x; the smaller tail keeps its digits. */
static double fisher_off(double log_x, const void *arg)
{
	const struct fisher *f = arg;
	double x = exp(log_x);

	if (f->p <= 0.5)
		return gsl_cdf_fdist_P(x, f->df1, f->df2) - f->p;
	return 1 - f->p - gsl_cdf_fdist_Q(x, f->df1, f->df2);
}

double fisher_quantile(double p, double df1, double df2)
{
	struct fisher f = { p, df1, df2 };

	if (!(p > 0 && p < 1 && df1 > 0 && df2 > 0))
		return NAN;
	gsl_set_error_handler_off();
	return exp(bracketed_root(fisher_off, &f, -700, 700));
}
