/* reliability.h - how well a set of items measures one thing.
 *
 * Everything is computed from the items' covariance matrix (moments.h), so
 * weighted, pairwise and plain variants are one code.  Items are to be
 * turned the same way before (a reversed 1-5 item as 6 - x).  Arrays are the
 * caller's; nothing is kept. */
#ifndef PHIEU_RELIABILITY_H
#define PHIEU_RELIABILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"
#include "phieu/estimate.h"
#include "phieu/moments.h"

struct alpha {
	/* Cronbach 1951, Psychometrika 16: 297-334, eq. 2:
	 * k/(k-1) (1 - tr C / sum C) */
	double raw;
	double standardised; /* the same of the correlation matrix */
	/* Guttman 1945, Psychometrika 10: 255-282, eq. 52: 1 - sum(1 -
	 * smc)/sum R, on correlations; NAN when they are singular */
	double guttman6;
	double average_r; /* mean correlation between items */
	/* Standard error under multivariate normality: van Zyl, Neudecker &
	 * Nel 2000, Psychometrika 65: 271-280, eq. 21; as in Duhachek &
	 * Iacobucci 2004, J. Applied Psychology 89: 792-808, eq. 1 */
	double ase;
	/* Feldt 1965, Psychometrika 30: 357-370: 1 - (1-alpha) F quantile,
	 * df n-1 and (n-1)(k-1) */
	double low, high;
	double *item_total_r; /* [k] with the sum of all items */
	double *item_rest_r;  /* [k] with the sum of the others */
	double *if_deleted;   /* [k] raw alpha of the others; NAN for k = 2 */
};

#define ALPHA_WORK(k) (3 * (k) * (k))

/* cov[k*k] of n rows; level of the interval, as 0.95; work[ALPHA_WORK(k)].
 * ERR_INPUT: one item, level not in (0, 1); ERR_MATH: an item without
 * variance, a sum of items without variance. */
bool reliability_alpha(size_t k, size_t n, const double *cov, double level,
		       double *work, struct alpha *out, struct err *e) MUST_USE;

/* Raw alpha alone, k/(k-1)(1 - tr/sum); NAN where the sum is not over 0 or
 * k < 2. */
double reliability_raw_alpha(size_t k, const double *cov);

/* Raw alpha of every cell with its design-based error: a function of the
 * weighted totals of 1, x_1..x_k, sum x_j^2 and (sum x_j)^2, linearised or
 * replicated (survey.h).  x[k] columns; rows complete on all; out[n_cells].
 * NAN where it is not defined.  ERR_INPUT: one item. */
bool reliability_alpha_estimate(const struct survey_var *v,
				const uint32_t *domain, size_t n_cells,
				const double *const *x, size_t k,
				const struct est_how *how, struct est *out,
				struct err *e) MUST_USE;

/* McDonald 1999, Test Theory, eq. 6.20b: omega total of one factor,
 * (sum l)^2 / ((sum l)^2 + sum u). */
double reliability_omega(size_t k, const double *loading,
			 const double *uniqueness);

#endif
