/* factor.h - the dimensions behind a set of items, from their correlation
 * matrix (moments.h: plain, weighted, pairwise; polychoric.h).
 *
 * Loadings are [k*m] row-major, item by factor.  Sign rule: the sum of each
 * column is not negative.  Arrays are the caller's; nothing is kept. */
#ifndef PHIEU_FACTOR_H
#define PHIEU_FACTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"

#define FACTOR_ITEMS_MAX ((size_t)500)

/* Principal components (Jolliffe 2002, Principal Component Analysis, 2.3):
 * eigenvalues of r[k*k], descending, and loadings vector x sqrt(eigenvalue)
 * of the first m components (m 0: none wanted).  work[2*k*k]. */
bool factor_pca(size_t k, const double *r, size_t m, double *eigenvalues,
		double *loadings, double *work, struct err *e) MUST_USE;
/* How many eigenvalues are over 1 (Kaiser 1960, Educ. Psych. Meas. 20:
 * 141-151). */
size_t factor_kaiser(size_t k, const double *eigenvalues);

/* Kaiser-Meyer-Olkin measure of sampling adequacy (Kaiser & Rice 1974, Educ.
 * Psych. Meas. 34: 111-117): sum r^2 / (sum r^2 + sum q^2), q the partial
 * correlations; msa_item[k] the same by item.  work[2*k*k].  ERR_MATH: r is
 * singular, or no item correlates with another. */
bool factor_kmo(size_t k, const double *r, double *msa, double *msa_item,
		double *work, struct err *e) MUST_USE;

/* Bartlett's test that all correlations are 0 (Bartlett 1951, Biometrika 38:
 * 337-344, eq. 4): chi2 = -(n - 1 - (2k+5)/6) log det r, k(k-1)/2 degrees of
 * freedom.  work[k*k].  ERR_MATH: r is singular. */
struct bartlett {
	double chi2, df, p;
};
bool factor_bartlett(size_t k, const double *r, size_t n, double *work,
		     struct bartlett *out, struct err *e) MUST_USE;

/* Maximum-likelihood factor analysis (Lawley & Maxwell 1971, Factor Analysis
 * as a Statistical Method, chapter 4; Newton-Raphson on log uniquenesses,
 * Joereskog 1967, Psychometrika 32: 443-482, and Clarke 1970, British J.
 * Math. Stat. Psych. 23: 43-52 for the exact second derivatives). */
struct factor_ml {
	double *uniqueness; /* [k] within [FACTOR_UNIQUE_MIN, 1] */
	double *loadings;   /* [k*m], unrotated: L' U^-1 L diagonal */
	double objective;   /* the minimised discrepancy F */
	/* of the fit: (n - 1 - (2k+5)/6 - 2m/3) F (Bartlett's correction;
	 * Lawley & Maxwell 1971, eq. 4.12), ((k-m)^2 - k - m)/2 df; p and
	 * rmsea NAN when there is no df */
	double chi2, df, p;
	double rmsea;	/* sqrt(max(0, (chi2-df)/(df (n-1)))): Steiger 1990 */
	double srmr;	/* root mean square residual off the diagonal */
	size_t heywood; /* uniquenesses at their lower bound */
	int iterations;
};
#define FACTOR_UNIQUE_MIN 1e-4
#define FACTOR_ML_WORK(k) (5 * (k) * (k) + 6 * (k))

/* n rows behind r[k*k]; work[FACTOR_ML_WORK(k)].  ERR_INPUT: fewer than
 * three items, no factor, negative degrees of freedom; ERR_MATH: r is
 * singular, no convergence. */
bool factor_ml(size_t k, size_t m, const double *r, size_t n, double *work,
	       struct factor_ml *out, struct err *e) MUST_USE;

/* slope[k*pairs] = d uniqueness_i / d r_ab at a solution of factor_ml, pair
 * (a, b), a > b, at a(a-1)/2 + b: the gradient stays 0, so d theta = -H^-1 d
 * gradient (implicit function; Lawley & Maxwell 1971, 5.2, have its normal
 * theory).  false: a uniqueness sits on a bound, or the minimum is flat; there
 * are no errors then.  work[FACTOR_ML_WORK(k)]. */
bool factor_ml_slopes(size_t k, size_t m, const double *r,
		      const struct factor_ml *f, double *slope,
		      double *work) MUST_USE;

/* Columns by falling sum of squares, signs by the rule.  phi[m*m], the
 * factors' correlations, moves along; NULL: orthogonal. */
void factor_order(size_t k, size_t m, double *loadings, double *phi);

/* Varimax with Kaiser's normalisation (Kaiser 1958, Psychometrika 23:
 * 187-200, eq. 24-28), in place, then factor_order.  work[k].  An item
 * without communality stays as it is. */
void factor_varimax(size_t k, size_t m, double *loadings, double *work);

/* Direct oblimin (Jennrich & Sampson 1966, Psychometrika 31: 313-323) by
 * gradient projection (Jennrich 2002, Psychometrika 67: 7-20, starting from
 * the unrotated loadings), pattern loadings in place, phi[m*m] out, then
 * factor_order.  gamma 0: quartimin.  work[FACTOR_OBLIMIN_WORK(k, m)].
 * ERR_MATH: no convergence. */
#define FACTOR_OBLIMIN_WORK(k, m) (4 * (k) * (m) + 6 * (m) * (m))
bool factor_oblimin(size_t k, size_t m, double *loadings, double *phi,
		    double gamma, double *work, struct err *e) MUST_USE;

/* Parallel analysis (Horn 1965, Psychometrika 30: 179-185): eigenvalues of
 * correlation matrices of n rows of k independent normal items, `count`
 * draws; mean[k] and the `level` quantile[k] of each (type 7).  The matrices
 * are drawn as Wishart matrices by Bartlett's decomposition (Smith & Hocking
 * 1972, Applied Statistics 21: 341-345), the same distribution at no cost in
 * n.  Generator MT19937 of GSL, `seed`.  work[FACTOR_PARALLEL_WORK(k,
 * count)].  ERR_INPUT: n <= k, no draws. */
#define FACTOR_PARALLEL_WORK(k, count) (2 * (k) * (k) + (k) * (count))
bool factor_parallel(size_t k, size_t n, size_t count, unsigned long seed,
		     double level, double *mean, double *quantile, double *work,
		     struct err *e) MUST_USE;
/* Leading components whose eigenvalue is over the quantile. */
size_t factor_retained(size_t k, const double *eigenvalues,
		       const double *quantile);

#endif
