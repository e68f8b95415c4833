/* polychoric.h - correlation of the two normal variables behind two ordered
 * answers.
 *
 * Two steps (Olsson 1979, Psychometrika 44: 443-460, section 3): thresholds
 * from the margins, then the correlation that makes the table most likely
 * under them.  No correction of empty cells; an empty category is passed
 * over.  With weights: pseudo-likelihood of weighted proportions. */
#ifndef PHIEU_POLYCHORIC_H
#define PHIEU_POLYCHORIC_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"
#include "phieu/estimate.h"

#define POLYCHORIC_LEVELS_MAX 32

struct polychoric {
	double rho;
	bool boundary; /* rho is -1 or 1: no error, no scores */
	/* Standard error for n independent rows, thresholds estimated, by
	 * linearisation (the two-step estimator as an M-estimator: Muthen
	 * 1984, Psychometrika 49: 115-132, eq. 26).  NAN at the boundary */
	double se;
	double *threshold_a; /* [rows - 1], the caller's; +-INFINITY where a
				category is empty */
	double *threshold_b; /* [columns - 1] */
	/* Linearised value of rho for a row in cell (i, j), without weight:
	 * the variance of sum w z / sum w is that of rho.  [rows*columns],
	 * the caller's; NULL: not wanted, and no se */
	double *score;
};

/* table[rows*columns] row-major: (weighted) counts; n rows behind it.
 * ERR_INPUT: negative cell, over 32 categories; ERR_MATH: fewer than two
 * categories used on one side. */
bool polychoric_fit(const double *table, size_t rows, size_t columns, size_t n,
		    struct polychoric *out, struct err *e) MUST_USE;

/* rho of every domain cell, design-based (survey.h).  a, b: [n] codes below
 * rows and columns in the order of the categories, SURVEY_NONE missing.
 * out[n_cells]: the interval is symmetric on Fisher's atanh scale; at the
 * boundary rho stands without error; NAN where it is not defined. */
bool polychoric_estimate(const struct survey_var *v, const uint32_t *domain,
			 size_t n_cells, const uint32_t *a, const uint32_t *b,
			 size_t rows, size_t columns, const struct est_how *how,
			 struct est *out, struct err *e) MUST_USE;

#endif
