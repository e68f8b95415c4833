/* distribution.h - the distributions that GSL lacks or inverts badly. */
#ifndef PHIEU_DISTRIBUTION_H
#define PHIEU_DISTRIBUTION_H

#include <stdbool.h>

/* P(X <= h, Y <= k) of the standard bivariate normal with correlation r in
 * [-1, 1]; h and k may be infinite.  Absolute error below 1e-14.  Drezner &
 * Wesolowsky 1990, J. Statist. Comput. Simul. 35: 101-107, with the
 * corrections of Genz 2004, Statistics and Computing 14: 251-260, section
 * 2.  NAN for a correlation outside or an argument that is no number. */
double bivariate_normal_P(double h, double k, double r);
/* Its density, the derivative of P with respect to r. */
double bivariate_normal_pdf(double h, double k, double r);

/* x with P(F <= x) = p for real degrees of freedom over 0, by a bracketed
 * search on the distribution function (gsl_cdf_fdist_Pinv fails on plausible
 * arguments).  Relative error below 1e-10.  NAN for p outside (0, 1) or
 * degrees of freedom that are not over 0. */
double fisher_quantile(double p, double df1, double df2);

/* Root of f between lo and hi, where f changes its sign, to the last bits
 * (Brent 1973, Algorithms for Minimization without Derivatives, chapter 4).
 * NAN when f(lo) and f(hi) have the same sign. */
double bracketed_root(double (*f)(double x, const void *arg), const void *arg,
		      double lo, double hi);

#endif
