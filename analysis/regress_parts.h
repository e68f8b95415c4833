/* regress_parts.h - what the files regress*.c share. */
#ifndef PHIEU_ANALYSIS_REGRESS_PARTS_H
#define PHIEU_ANALYSIS_REGRESS_PARTS_H

#include "phieu/regress.h"

/* A model being fitted: its data, borrowed. */
struct regress_data {
	const struct survey_design *d;
	const uint32_t *cell; /* NULL: all rows */
	const double *y;
	const double *const *x;
	size_t k, levels;
	const double *w; /* [n]: the design's weights, or a replicate's */
};

static inline bool regress_in(const struct regress_data *m, size_t i)
{
	return (!m->cell || m->cell[i] != SURVEY_NONE) && m->w[i] > 0;
}

/* Least squares by blocks of rows: a triangle that rows are folded into by
 * Householder reflections (Golub & Van Loan 2013, 5.2 and 6.5.3). */
struct qr {
	size_t k, filled;
	double *m;	/* (k + QR_BLOCK) rows of k + 1: R | Q'y, then rows */
	double *column; /* [k + 1] norms, kept by reflections */
};
enum { QR_BLOCK = 128 };
bool qr_open(struct qr *q, size_t k, struct err *e) MUST_USE;
void qr_close(struct qr *q);
void qr_reset(struct qr *q);
/* A row of k + 1 numbers to be filled in, last the response. */
double *qr_row(struct qr *q);
/* b[k].  ERR_MATH with the index of a column that those before it make. */
bool qr_solve(struct qr *q, double *b, struct err *e) MUST_USE;
/* (X'X)^-1 after qr_solve, k*k. */
void qr_inverse(const struct qr *q, double *inverse);

/* z[n*k] = scores of each row times a[k*k], then their covariance.  `score`
 * fills the k derivatives of one row's log likelihood, weight included. */
bool regress_sandwich(const struct survey_var *v, const struct regress_data *m,
		      size_t k, const double *a,
		      void (*score)(const void *ctx, size_t row, double *s),
		      const void *ctx, double *vcov, struct err *e) MUST_USE;

/* v NULL: no covariance. */
bool regress_ordinal(const struct survey_var *v, const struct regress_data *m,
		     struct regress *out, struct err *e) MUST_USE;

#endif
