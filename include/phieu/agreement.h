/* agreement.h - do two readings of the same thing agree: first interview and
 * recheck, two keyings, several raters. */
#ifndef PHIEU_AGREEMENT_H
#define PHIEU_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"
#include "phieu/estimate.h"

enum kappa_kind { /* disagreement d(i, j) between categories i and j of k */
		  KAPPA_PLAIN,	   /* 1 unless i = j (Cohen 1960) */
		  KAPPA_LINEAR,	   /* |i-j| / (k-1) (Cohen 1968) */
		  KAPPA_QUADRATIC, /* ((i-j) / (k-1))^2 */
		  KAPPA_KINDS
};

struct kappa {
	/* 1 - sum d p / sum d r c, p the cells, r and c their margins (Cohen
	 * 1960, Educ. Psych. Meas. 20: 37-46; 1968, Psych. Bulletin 70:
	 * 213-220, eq. 8); NAN when one and the same category is all there
	 * is */
	double value;
	/* for n independent rows: Fleiss, Cohen & Everitt 1969, Psych.
	 * Bulletin 72: 323-327, eq. 8 and 14 */
	double se;
	double low, high; /* value -+ normal quantile * se, cut at -1 and 1 */
};

struct agreement {
	double observed; /* share in the diagonal */
	double within1;	 /* share at most one category apart */
	struct kappa kappa[KAPPA_KINDS];
};

/* table[k*k] row-major, (weighted) counts of first reading (rows) by second;
 * n rows behind it.  Empty categories are kept: they count in the distances.
 * share[k*k] out: cells over their sum.  ERR_INPUT: fewer than two
 * categories, a negative cell, level not in (0, 1); ERR_MATH: an empty
 * table. */
bool agreement_of(const double *table, size_t k, size_t n, double level,
		  double *share, struct agreement *out, struct err *e) MUST_USE;

/* Linearised value of a kappa for a row in cell (i, j), without weight: the
 * variance of sum w z / sum w is that of kappa.  share[k*k]; score[k*k]. */
void agreement_score(const double *share, size_t k, enum kappa_kind kind,
		     double *score);

/* The five numbers of agreement_of for every domain cell, design-based
 * (survey.h: linearised or replicated): out[n_cells*AGREEMENT_Q], in order
 * of the enum.  a, b: [n] codes below k of the two readings, SURVEY_NONE
 * missing (the row is left out).  table[n_cells*k*k], may be NULL: weighted
 * totals. */
enum {
	AGREEMENT_KAPPA,
	AGREEMENT_LINEAR,
	AGREEMENT_QUADRATIC,
	AGREEMENT_OBSERVED,
	AGREEMENT_WITHIN1,
	AGREEMENT_Q
};
bool agreement_estimate(const struct survey_var *v, const uint32_t *domain,
			size_t n_cells, const uint32_t *a, const uint32_t *b,
			size_t k, const struct est_how *how, struct est *out,
			double *table, struct err *e) MUST_USE;

/* Intraclass correlations of m readings of each of n subjects (Shrout &
 * Fleiss 1979, Psych. Bulletin 86: 420-428; intervals McGraw & Wong 1996,
 * Psych. Methods 1: 30-46, table 7). */
struct icc {
	double value, F, df1, df2, p, low, high;
};
enum {
	ICC1,
	ICC2,
	ICC3,
	ICC1K,
	ICC2K,
	ICC3K,
	ICC_KINDS
}; /* one-way; two-way random, fixed; of a mean of m */
struct icc_result {
	size_t n; /* subjects with all readings */
	double ms_between, ms_within, ms_raters, ms_error;
	struct icc kind[ICC_KINDS];
};
/* x[m] columns of n, NAN: missing (the subject is left out).  ERR_INPUT: fewer
 * than two columns; ERR_MATH: fewer than two complete subjects, no variance at
 * all.  Where the readings agree wholly, F is infinite and the limits are
 * NAN. */
bool agreement_icc(const double *const *x, size_t m, size_t n, double level,
		   struct icc_result *out, struct err *e) MUST_USE;

/* One-way intraclass correlation of groups of unequal size: how much of a
 * score's variance lies between interviewers, offices, clusters. */
struct icc_groups {
	size_t groups, n;
	/* analysis of variance (Searle, Casella & McCulloch 1992, Variance
	 * Components, 3.6): n0 = (n - sum n_g^2 / n) / (groups - 1), icc1 =
	 * (msb - msw) / (msb + (n0 - 1) msw) */
	double n0, ms_between, ms_within, F, df1, df2, p, icc1;
	double mean_size;
	double deff; /* 1 + (mean size - 1) icc1 (Kish 1965, 5.4) */
	/* restricted maximum likelihood (same book, 6.6) */
	double var_between, var_within, icc, mu, deviance;
};
/* group[n] < n_groups, or n_groups and over: the row is left out; y NAN: too.
 * mean[n_groups] and size[n_groups]: work.  ERR_MATH: fewer than two groups,
 * no group of two, no variance within groups. */
bool agreement_icc_groups(const double *y, const unsigned *group, size_t n,
			  size_t n_groups, double *mean, double *size,
			  struct icc_groups *out, struct err *e) MUST_USE;

#endif
