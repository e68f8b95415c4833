/* replicates.h - variance by replication, the other engine of survey.h.
 *
 *   V = scale * sum_r rscales_r (theta_r - c)(theta_r - c)',
 * c the mean of the replicates or, with mse, the estimate itself.  A replicate
 * is a factor for each first-stage unit (Wolter 2007, chapters 3-5):
 *   JK1        leaves one unit out, the others n/(n-1); scale (1-f)(n-1)/n
 *   JKn        the same within each stratum; rscales (1-f_h)(n_h-1)/n_h
 *   BRR        one of the two units of each stratum twice, by the rows of a
 *              Hadamard matrix; scale 1/R (McCarthy 1969)
 *   Fay        2-rho and rho in place of 2 and 0; scale 1/(R (1-rho)^2)
 *              (Judkins 1990, J. Official Statistics 6:223-239)
 *   bootstrap  n_h-1 units drawn with replacement, n_h/(n_h-1) times each
 *              draw; scale 1/(R-1) (Rao & Wu 1988, JASA 83:231-241; Rao, Wu &
 *              Yue 1992, Survey Methodology 18:209-217).  With fpc the factor
 *              a becomes 1 + sqrt(1-f_h) (a - 1).
 *   given      factors from elsewhere, with scale and rscales
 *
 * No table of rows times replicates is made: totals of units are formed once,
 * a replicate's factors are made when they are needed, each from a stream of
 * its own, so that the result is the same bit for bit with any number of
 * threads.  With a calibration every replicate is calibrated again. */
#ifndef PHIEU_REPLICATES_H
#define PHIEU_REPLICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/calibrate.h"
#include "phieu/err.h"
#include "phieu/survey.h"

#define LIMIT_REPLICATES 1000000
/* replicates times rows, where every replicate goes over the rows */
#define LIMIT_REPLICATE_ROWS ((size_t)20000000000)

enum replicates_method {
	REPLICATES_JK1,
	REPLICATES_JKN,
	REPLICATES_BRR, /* with fay > 0: Fay's */
	REPLICATES_BOOTSTRAP,
	REPLICATES_GIVEN
};

struct replicates_spec {
	enum replicates_method method;
	size_t count; /* bootstrap, given */
	uint64_t seed;
	double fay; /* 0 <= rho < 1 */
	bool fpc;   /* bootstrap: with the finite population correction */
	bool mse;
	unsigned threads; /* 0: 1 */
	/* given: of first-stage unit u factor[u*count + r], or of row i
	 * factor[i*count + r] when by_row; `combined`: whole weights of rows.
	 * Borrowed.  scale: NAN 1/(count-1).  rscales NULL: 1 each. */
	const double *factor;
	bool by_row, combined;
	double scale;
	const double *rscales;
};

struct replicates {
	struct replicates_spec spec;
	const struct survey_design *design;
	const double *base;		 /* [n] weights before calibration */
	const struct calibration *calib; /* NULL: none */
	size_t count;
	double scale;
	double *rscales; /* [count] */
	int64_t df;	 /* rank of the replicate weights - 1 */
	/* made by replicates_new */
	uint32_t *unit;	   /* JK: [count] unit left out */
	uint32_t *pair;	   /* BRR: [units] its pair */
	uint8_t *half;	   /* BRR: [units] 0 or 1 */
	uint32_t *stratum; /* [units] */
};

/* Of a design; `base` the weights before `calib` (both NULL: the design's).
 * All borrowed while the replicates live.
 * ERR_INPUT: JK1 on strata, BRR on a stratum that has not two units, fay not
 * within 0 and 1, no or too many replicates, factors that are negative or
 * missing.  ERR_MATH: JKn and bootstrap on a lonely stratum when the design
 * says fail, all strata taken whole; a replicate that cannot be calibrated. */
struct replicates *replicates_new(const struct replicates_spec *spec,
				  const struct survey_design *d,
				  const struct calibration *calib,
				  const double *base, struct err *e) MUST_USE;
void replicates_free(struct replicates *r);

/* For survey_var.replicate: theta and cov as survey_estimate has them.  A
 * statistic that is not defined in one of the replicates (an empty domain) has
 * a variance of NAN. */
bool replicates_estimate(const struct survey_var *v,
			 const struct survey_stat *s, bool full, double *theta,
			 double *cov, struct err *e) MUST_USE;

/* Degrees of freedom of a domain: the rank of its rows' replicate weights less
 * one, as survey::degf has it of a subset; of all rows those of the replicates.
 * in[n]: SURVEY_NONE where a row is outside. */
bool replicates_domain_df(const struct replicates *r, const uint32_t *in,
			  int64_t *df, struct err *e) MUST_USE;

/* What is no function of totals (models, factors) is found anew from each
 * replicate's weights of the rows, as survey::withReplicates does: `fit` gives
 * theta[p] from weight[n], its ctx read by several threads. */
struct replicates_fit {
	size_t p;
	bool (*fit)(const void *ctx, const double *weight, double *theta,
		    struct err *e);
	const void *ctx;
};
/* Which replicate (from 1; 0: none) had no solution, and why. */
struct replicates_unfit {
	size_t replicate;
	struct err why;
};
/* cov[p*p] around the estimate theta[p] (mse) or the replicates' mean.  A fit
 * that fails with ERR_INPUT or ERR_MATH in a replicate makes cov NAN and is
 * told in *unfit; other errors are the caller's. */
bool replicates_refit(const struct replicates *r,
		      const struct replicates_fit *f, const double *theta,
		      double *cov, struct replicates_unfit *unfit,
		      struct err *e) MUST_USE;

/* Factors of replicate r by first-stage unit: f[units].  Not for by_row. */
void replicates_factors(const struct replicates *r, size_t replicate,
			double *f);

/* Element of the Hadamard matrix of an order that replicates_hadamard gives:
 * +1 as 1, -1 as 0; row 0 and column 0 are all 1. */
size_t replicates_hadamard(size_t least); /* smallest order >= least */
bool replicates_sign(size_t order, size_t row, size_t column);

/* The generator: GSL's taus2 (L'Ecuyer 1996), the stream of a replicate
 * seeded from (seed, replicate).  Kept here so that drawing is inlined. */
struct replicates_rng {
	uint32_t s1, s2, s3;
};
void replicates_seed(struct replicates_rng *g, uint64_t seed, uint64_t stream);
uint32_t replicates_gsl_seed(uint64_t seed, uint64_t stream);

#endif
