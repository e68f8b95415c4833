/* structure.h - errors of what is computed from a correlation matrix.
 *
 * theta = f(R), R the weighted correlations of items.  By linearisation the
 * score of row i is
 *   sum_{a>b} df/dr_ab  (w_i/W) (z_a z_b - r_ab (z_a^2 + z_b^2)/2),
 * z the standardised items (influence of a correlation: Devlin, Gnanadesikan
 * & Kettenring 1975, Biometrika 62:531-545, eq. 4.2; the sandwich of moment
 * structures: Browne 1984, British J. Math. Stat. Psych. 37:62-83; with
 * survey designs: Muthen & Satorra 1995, Sociological Methodology 25:267-316,
 * eq. 10-16), and the engine of survey.h does the rest.  With replicates R and
 * f are found anew from the weights of each. */
#ifndef PHIEU_STRUCTURE_H
#define PHIEU_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"
#include "phieu/moments.h"
#include "phieu/replicates.h"
#include "phieu/survey.h"

/* Pair (a, b), a > b, stands at a(a-1)/2 + b of k(k-1)/2. */
#define STRUCTURE_PAIRS(k)  ((k) * ((k)-1) / 2)
#define STRUCTURE_AT(a, b)  ((a) * ((a)-1) / 2 + (b))
#define STRUCTURE_ITEMS_MAX ((size_t)60) /* slopes are q k(k-1)/2 numbers */

/* Functions are called by several threads: ctx is read only. */
struct structure {
	size_t k, q;
	/* theta[q] of r[k*k] */
	bool (*f)(const void *ctx, const double *r, double *theta,
		  struct err *e);
	/* j[q*pairs]: derivatives at r, NAN where there is none.  NULL: by
	 * central differences of f. */
	bool (*slopes)(const void *ctx, const double *r, double *j,
		       struct err *e);
	/* r[k*k] by the weights of rows, and the linearised value of r_ab of a
	 * row, its weight over the sum of weights included (0 where the row
	 * says nothing of the pair).  NULL: Pearson's, of the items. */
	bool (*correlate)(const void *ctx, const double *weight, double *r,
			  struct err *e);
	double (*score)(const void *ctx, size_t a, size_t b, size_t row);
	const void *ctx;
};

/* se[q] of theta at r[k*k], by the design's weights over the rows d->in (its
 * w is not used).  `pairwise`: r_ab over the rows that have a and b, else over
 * complete rows.  NAN where nothing is known: no derivative (f
 * has none with ERR_MATH beside r), more than
 * STRUCTURE_ITEMS_MAX items (linearised), a replicate without a solution (told
 * in *unfit). */
bool structure_errors(const struct survey_var *v, const struct items *d,
		      bool pairwise, const struct structure *s, const double *r,
		      const double *theta, double *se,
		      struct replicates_unfit *unfit, struct err *e) MUST_USE;

#endif
