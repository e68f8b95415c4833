/* contingency.h - association of two classifications in survey data.
 *
 * Rao & Scott 1984 (second order, as F: Thomas & Rao 1987) and Wald tests
 * (Koch, Freeman & Freeman 1975; Fellegi 1980 for the adjusted df) of
 * independence in an R x C table of weighted counts. */
#ifndef PHIEU_CONTINGENCY_H
#define PHIEU_CONTINGENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"
#include "phieu/survey.h"

#define CONTINGENCY_CELLS 400

struct contingency_test {
	double statistic, df1, df2, p; /* NAN where not defined */
};
struct contingency {
	size_t n;	  /* rows of weight > 0 with both classifications */
	int64_t df;	  /* units - strata among them; v->df with replicates */
	double x2;	  /* Pearson's X^2 of the weighted shares, times n */
	double mean_deff; /* mean generalised design effect, tr(Delta)/q */
	struct contingency_test f;     /* X2/tr(Delta) ~ F(d0, d0*df), d0 =
					* tr(Delta)^2/tr(Delta^2) */
	struct contingency_test chisq; /* X2, p from X2/mean_deff; df2 NAN */
	struct contingency_test wald, adj_wald;
};

/* row, col: [n] codes below n_rows, n_cols, SURVEY_NONE missing or outside.
 * table[n_rows*n_cols] gets weighted counts.  ERR_INPUT: fewer than 2 rows or
 * columns, more cells than CONTINGENCY_CELLS, a row or column without
 * weight.  Tests that the data do not carry are NAN. */
bool contingency_test(const struct survey_var *v, const uint32_t *row,
		      size_t n_rows, const uint32_t *col, size_t n_cols,
		      double *table, struct contingency *out,
		      struct err *e) MUST_USE;

#endif
