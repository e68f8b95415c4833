/* quality.h - signs that a sheet was not answered with care, and what of it
 * lies with whom.  Signs only: none throws a sheet away.
 *
 * Answers are columns of numbers, NAN where there is none; the order of the
 * columns is the order of the questions.  What was asked of a row is a mask of
 * its form. */
#ifndef PHIEU_QUALITY_H
#define PHIEU_QUALITY_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"
#include "phieu/moments.h"

/* Longest run of identical answers of row i, in the order of the items, those
 * without an answer passed over; 0 when there is none (Johnson 2005, J.
 * Research in Personality 39: 103-129; Meade & Craig 2012, Psych. Methods 17:
 * 437-455). */
size_t quality_longstring(const struct items *d, size_t i);
/* Standard deviation (n-1) of the answers of row i; NAN with fewer than two
 * (Dunn et al. 2018, J. Business and Psychology 33: 105-121). */
double quality_irv(const struct items *d, size_t i);
/* Answers of row i. */
size_t quality_answered(const struct items *d, size_t i);
/* A straight line: a longest run of at least `run` and at least `least`
 * answers.  run is given, or asked items less a slack. */
#define QUALITY_SLACK 2	 /* asked items a run may fall short of */
#define QUALITY_LEAST 10 /* answers below which no line is seen */
bool quality_is_straight(size_t longstring, size_t answered, size_t run,
			 size_t least);

/* Median of x over rows with in[i] != 0 (NULL: all), NAN passed over; NAN
 * when there is none.  work[n]. */
double quality_median(const double *x, const unsigned char *in, size_t n,
		      double *work);

/* Squared Mahalanobis distances of the complete rows from the mean by the
 * covariance (n-1) (Mahalanobis 1936); d2[n] NAN for others; m as of
 * moments_listwise over the same items; work[k*k + k].  ERR_MATH: singular
 * covariance. */
bool quality_mahalanobis(const struct items *d, const struct moments *m,
			 double *d2, double *work, struct err *e) MUST_USE;
/* P(chi2_k > d2). */
double quality_mahalanobis_p(double d2, size_t k);
/* Indices of the `most` largest values of x[n] (NAN never), falling, ties in
 * order of row; returns how many. */
size_t quality_top(const double *x, size_t n, size_t most, size_t *row);

#endif
