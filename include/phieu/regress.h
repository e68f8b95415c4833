/* regress.h - regression on survey data.
 *
 * Coefficients solve the weighted score equations; their covariance is the
 * sandwich A^-1 V(sum of scores) A^-1 with V from the engine of survey.h
 * (Binder 1983; Fuller 2009, 6.1-6.3; Lumley 2010, 5).  Linear models are
 * solved by Householder QR of blocks of rows, never by normal equations; the
 * logistic and the ordinal model by Newton's method to the limit of double,
 * the information taken at the solution.  With replicates the model is fitted
 * again by the weights of each, and V is theirs (R: svyglm of a svrepdesign).
 *
 * Rows outside of the domain have cell SURVEY_NONE; the caller takes rows with
 * missing values out (est_cells). */
#ifndef PHIEU_REGRESS_H
#define PHIEU_REGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"
#include "phieu/replicates.h"
#include "phieu/survey.h"

#define REGRESS_TERMS 256 /* coefficients of one model */

enum regress_family {
	REGRESS_LINEAR,
	REGRESS_LOGIT,	/* y within 0..1 */
	REGRESS_ORDINAL /* y: 0, 1, … levels-1; logit P(y<=j) = cut_j - x'b */
};

struct regress {
	enum regress_family family;
	size_t k;	   /* coefficients; of ORDINAL with its cuts after x */
	size_t n;	   /* rows of weight > 0 */
	double *coef;	   /* [k] */
	double *vcov;	   /* [k*k] */
	int64_t df;	   /* sampling units - strata of the domain; v->df
			    * with replicates */
	int64_t df_resid;  /* df + 1 - k (LINEAR, LOGIT), else df - k + 1 with
			    * cuts counted; 0 or less: no test */
	double dispersion; /* n/(n-1) sum w (r - rbar)^2 / sum w of Pearson
			    * residuals r; NAN for ORDINAL */
	unsigned steps;	   /* of Newton; 0 for LINEAR */
	struct replicates_unfit unfit; /* by replicates: the first without a
					* solution; vcov is NAN then */
};

/* x[k] columns of [n]; the intercept is a column of ones among them (not for
 * ORDINAL, whose cuts take its place; levels >= 2, else 0).  ERR_INPUT: y out
 * of range, a level nobody has, more terms than rows.  ERR_MATH: a column is
 * a combination of those before it (named by its index), the outcome is
 * separated perfectly, no convergence. */
bool regress_fit(const struct survey_var *v, const uint32_t *cell,
		 const double *y, const double *const *x, size_t k,
		 enum regress_family family, size_t levels, struct regress *out,
		 struct err *e) MUST_USE;
void regress_clear(struct regress *r);

/* Joint test that some coefficients are 0: F = b'V^-1 b / q against
 * F(q, df_resid) (Korn & Graubard 1990).  df_resid <= 0: p is NAN. */
struct regress_wald {
	double f, p;
	size_t q;
	int64_t ddf;
};
bool regress_wald(const struct regress *r, const size_t *index, size_t q,
		  struct regress_wald *out, struct err *e) MUST_USE;

/* ---- drivers ---------------------------------------------------------- */

#define DRIVERS_MAX 12 /* 2^k models */

enum drivers_quadrant { DRIVERS_KEEP, DRIVERS_FIX, DRIVERS_LOW, DRIVERS_OVER };

/* Importance and performance of k fields for an overall outcome (Martilla &
 * James 1977): performance = weighted mean, importance = weighted Pearson
 * correlation with y, cut at their unweighted means.  lmg = Shapley share of
 * the weighted R^2 (Lindeman, Merenda & Gold 1980, p. 119; Grömping 2006). */
struct drivers {
	double performance[DRIVERS_MAX], importance[DRIVERS_MAX],
		lmg[DRIVERS_MAX];
	enum drivers_quadrant quadrant[DRIVERS_MAX];
	double cut_performance, cut_importance, r2;
	size_t n;
};
/* Standard errors of what drivers_find gave: those of correlations and of
 * functions of them (structure.h).  NAN: a replicate without a solution. */
struct drivers_se {
	double importance[DRIVERS_MAX], lmg[DRIVERS_MAX], r2;
};
bool drivers_errors(const struct survey_var *v, const uint32_t *cell,
		    const double *y, const double *const *x, size_t k,
		    const struct drivers *at, struct drivers_se *out,
		    struct replicates_unfit *unfit, struct err *e) MUST_USE;
/* ERR_INPUT: k out of 2..DRIVERS_MAX, fewer than k + 2 rows.  ERR_MATH: a
 * constant column, columns that combine to one another. */
bool drivers_find(const struct survey_design *d, const uint32_t *cell,
		  const double *y, const double *const *x, size_t k,
		  struct drivers *out, struct err *e) MUST_USE;

#endif
