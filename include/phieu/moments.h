/* moments.h - means and covariances of a scale's items.
 *
 * Two passes (means first, then products of deviations), compensated sums:
 * the order of rows does not show beyond 1e-15. */
#ifndef PHIEU_MOMENTS_H
#define PHIEU_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"
#include "phieu/survey.h"

struct items {
	const double *const *x; /* [k] columns of n answers, NAN: none */
	size_t k, n;
	const double *w; /* [n] weights, NULL: 1 each; a row of weight 0 is
			  * not used; below 0 or not finite: ERR_INPUT */
	const unsigned char *in; /* [n] 1: row of the domain; NULL: all */
};

struct moments {
	size_t n;     /* rows used: complete on all items, weight over 0 */
	double sum_w; /* their weights */
	double *mean; /* [k], the caller's */
	double *cov;  /* [k*k], the caller's:
		       * n/(n-1) sum w (x-m)(y-m) / sum w, which for equal
		       * weights is the sample covariance (n-1); correlation
		       * and alpha do not depend on the factor.  Weighted: as
		       * Lumley 2010, Complex Surveys, 2.4 (svyvar) */
	struct survey_sum *sum; /* [k*k], the caller's: scratch */
};

/* Over complete rows.  ERR_INPUT: no item, bad weight; ERR_MATH: fewer than
 * two complete rows. */
bool moments_listwise(const struct items *d, struct moments *m,
		      struct err *e) MUST_USE;

/* Each pair over the rows complete on the two; cov[k*k] by the same formula;
 * it need not be positive definite.  pairs[k*k], may be NULL: rows of each
 * pair.  ERR_MATH: a pair with fewer than two rows. */
bool moments_pairwise(const struct items *d, double *cov, size_t *pairs,
		      struct err *e) MUST_USE;

/* Is row i used by moments_listwise? */
bool moments_row(const struct items *d, size_t i);

/* The first item without variance (all answers equal up to rounding), or
 * k. */
size_t moments_constant(size_t k, const double *mean, const double *cov);

/* r = cov scaled to a unit diagonal; r may be cov.  ERR_MATH when an item
 * has no variance. */
bool moments_correlation(size_t k, const double *cov, double *r,
			 struct err *e) MUST_USE;

#endif
