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

/* gcc's 128-bit integer: sums of squares of scores stay exact. */
__extension__ typedef __int128 int128;

enum taylor_lonely { /* what a stratum with one sampling unit contributes */
		     TAYLOR_FAIL,      /* the variance is not defined */
		     TAYLOR_CERTAINTY, /* nothing */
		     TAYLOR_REMOVE,  /* nothing, and it is not counted in the df
				      */
		     TAYLOR_ADJUST,  /* centred at 0, the mean of linearised
					scores */
		     TAYLOR_AVERAGE, /* the mean contribution of the other
					strata */
		     TAYLOR_COLLAPSE /* joined with the next stratum of its
				      * `collapse` key, the last one with the
				      * one before; where the key has no other
				      * stratum, as TAYLOR_ADJUST */
};

struct taylor_stratum {
	int64_t n;	    /* sampling units in the sample */
	int64_t population; /* -1: unknown, no correction */
	size_t collapse;    /* key: strata with equal keys may be joined */
};

struct taylor {
	size_t n_strata, p; /* p statistics at once */
	bool full;	    /* covariances too, else variances only */
	size_t pairs;	    /* squares a stratum: p, or p(p+1)/2 when full */
	int128 *sum;	    /* [stratum][p] */
	int128 *square;	    /* [stratum][pairs] */
	int64_t *count;	    /* [stratum][p]: units of the domain */
};

/* ERR_MATH for sizes past the cap, ERR_NOMEM. */
bool taylor_init(struct taylor *t, size_t n_strata, size_t p, bool full,
		 struct err *e) MUST_USE;
void taylor_clear(struct taylor *t);
/* One sampling unit's scores z[p], |z| < 2^50.  in[j] is 1 where the unit
 * belongs to the domain of statistic j (a score of 0 may), NULL: to all. */
void taylor_add(struct taylor *t, size_t stratum, const int64_t *z,
		const uint8_t *in);

struct taylor_result {	   /* of one statistic */
	bool defined;	   /* false: the lonely rule gives no variance */
	int64_t df_units;  /* sampling units of the domain */
	int64_t df_strata; /* strata with one of them */
	int64_t df;	   /* df_units - df_strata; 0 or less: no interval */
	int64_t lonely;	   /* such strata with one unit that is not all of N */
};

/* `scale`: what one unit of a score is worth (a power of two keeps it
 * exact).  cov is p*p row-major (full) or p variances; NAN where not
 * defined.  `r` holds p.  A stratum taken whole (n >= N) gives 0 and is never
 * lonely.  Only ERR_NOMEM. */
bool taylor_cov(const struct taylor *t, const struct taylor_stratum *strata,
		enum taylor_lonely rule, double scale, double *cov,
		struct taylor_result *r, struct err *e) MUST_USE;

/* Two-sided t quantile: P(|T_df| <= q) = level; NAN when df <= 0 or level is
 * not within 0 and 1. */
double student_quantile(double level, double df);

#endif
