/* taylor.h - variance of estimated totals by linearisation, one stage.
 *
 * Every estimator becomes a score z (linearised value) per sampling unit;
 * this engine takes scores, grouped in strata, to a covariance matrix:
 *   V = sum_h (1 - n_h/N_h) n_h/(n_h-1) sum_i (z_hi - zbar_h)(z_hi - zbar_h)'
 * (Särndal, Swensson & Wretman 1992, 3.7 and 5.5; Wolter 2007, 6).  The
 * sampling unit is the respondent; units of the stratum without rows in the
 * domain count as zeros (domain estimation, not a subset).
 *
 * Scores are integers (fixed point, chosen by the caller), sums are exact,
 * so the result is bit-identical in any order of rows. */
#ifndef PHIEU_TAYLOR_H
#define PHIEU_TAYLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

enum taylor_lonely {
	TAYLOR_FAIL,
	TAYLOR_CERTAINTY, /* contributes nothing */
	TAYLOR_REMOVE,	  /* the same value, not counted in the df */
	TAYLOR_ADJUST,	  /* centred at the mean over all strata */
	TAYLOR_AVERAGE,	  /* the mean contribution of the other strata */
	TAYLOR_COLLAPSE	  /* joined with the next stratum of `collapse` */
};

struct taylor_stratum {
	int64_t n;	    /* sampling units in the sample */
	int64_t population; /* -1: unknown, no correction */
	size_t collapse;    /* key: strata with equal keys may be joined */
};

struct taylor {
	size_t n_strata, p; /* p statistics at once */
	bool full;	    /* covariances too, else variances only */
	int64_t *sum;	    /* [stratum][p] */
	__int128 *square;   /* [stratum][p] or [stratum][p(p+1)/2] */
	int64_t *count;	    /* [stratum]: units with a score added */
};

bool taylor_init(struct taylor *t, size_t n_strata, size_t p, bool full,
		 struct err *e) MUST_USE;
void taylor_clear(struct taylor *t);
/* One sampling unit's scores z[p], |z| < 2^50. */
void taylor_add(struct taylor *t, size_t stratum, const int64_t *z);

struct taylor_result {
	size_t df_units;  /* sampling units in strata touched by the domain */
	size_t df_strata; /* such strata */
	long df;	  /* df_units - df_strata, 0 or less: no interval */
	size_t lonely;	  /* strata with one unit that is not all of N */
};
/* `scale`: what one unit of a score is worth (a power of two keeps it
 * exact).  cov is p*p row-major (full) or p variances.  A stratum taken
 * whole (n = N) gives 0 and is never lonely.  ERR_MATH under TAYLOR_FAIL
 * with a lonely stratum. */
bool taylor_cov(const struct taylor *t, const struct taylor_stratum *strata,
		enum taylor_lonely rule, double scale, double *cov,
		struct taylor_result *r, struct err *e) MUST_USE;

/* Two-sided t quantile: P(|T_df| <= q) = level; NAN when df <= 0. */
double student_quantile(double level, double df);

#endif
