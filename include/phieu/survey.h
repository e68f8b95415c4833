/* survey.h - survey designs, and the one variance engine all estimates share.
 *
 * A statistic is a smooth function of weighted totals.  Its linearised value
 * per row (its score) goes through one engine:
 *   domain -> totals of sampling units -> strata -> stages -> lonely rule,
 *   V = sum_h (1-f_h) n_h/(n_h-1) sum_i (t_hi - tbar_h)(t_hi - tbar_h)'
 *       + sum_i f_hi V(next stage inside unit i), f = n_h/N_h
 * (Särndal, Swensson & Wretman 1992, 4.3-4.5 and 5.5; Wolter 2007, ch. 6).  Or
 * its totals per sampling unit go to replicates (replicates.h).  A domain is a
 * set of rows with scores, never a subset of the design: a stratum keeps its
 * n_h, units without rows in the domain count as zeros.
 *
 * A design is prepared once: codes made nested, rows put in the order of
 * their strata and units.  Sums run in an order that depends on the values of
 * the data only through that order, compensated, so results do not depend on
 * the order of the rows beyond 1e-12. */
#ifndef PHIEU_SURVEY_H
#define PHIEU_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

#define SURVEY_NONE    UINT32_MAX /* missing code; row outside of the domain */
#define SURVEY_STAGES  4
#define SURVEY_THREADS 2 /* of a new design */

enum survey_lonely { /* what a stratum with one sampled unit gives */
		     SURVEY_FAIL,      /* ERR_MATH: no variance */
		     SURVEY_CERTAINTY, /* nothing */
		     SURVEY_REMOVE,    /* nothing */
		     SURVEY_ADJUST,    /* centred at 0, the mean of scores */
		     SURVEY_AVERAGE,   /* the mean of the other strata with
					  rows in the domain */
		     SURVEY_COLLAPSE   /* joined with the next stratum of its
					  collapse key (by code), the last one
					  with the one before; alone: adjust */
};

struct survey_stage {
	const uint32_t *stratum; /* [n] codes; NULL: one stratum */
	const uint32_t *cluster; /* [n] codes; NULL: each row is a unit */
	const double *fpc;	 /* [n] population count of the stratum, or all
				  * <= 1: sampling fraction; NULL: with replacement */
};

struct survey_input { /* all borrowed until survey_design_new returns, weight
			 until the design is freed */
	size_t n;
	const double *weight; /* [n] >= 0; NULL: 1 each */
	size_t n_stages;      /* 0: every row a unit of one stratum */
	struct survey_stage stage[SURVEY_STAGES];
	bool nest; /* the same cluster code in two strata: two clusters */
	enum survey_lonely lonely;
	const uint32_t *collapse; /* [n] key of the first stage's stratum */
};

/* What is known of the rows behind a number. */
struct survey_base {
	size_t rows;   /* of weight > 0 */
	size_t units;  /* first-stage units with such a row */
	size_t strata; /* first-stage strata with such a row */
	double sum_w;
	int64_t df; /* units - strata */
};

/* Units and strata of all stages as flat arrays, in the order of rows: strata
 * of stage s hold units of stage s, a unit of any stage holds the rows
 * order[first..end). */
struct survey_stratum {
	uint32_t first_unit, end_unit; /* of its stage */
	uint32_t parent; /* unit of the stage before; 0 at the first */
	double n;	 /* units in the sample */
	double total;	 /* population count; INFINITY: with replacement */
	double share;	 /* product of n/total of the stages before */
	bool lonely;	 /* n == 1 and not all there is */
};
struct survey_unit {
	uint32_t first, end;
};

struct survey_design {
	size_t n;
	const double *weight; /* [n] borrowed, never NULL; calibration puts
				 its own here (survey_set_weight) */
	size_t n_stages; /* that bring variance: a stage after one drawn with
			  * replacement brings none */
	enum survey_lonely lonely;
	const uint32_t *order; /* [n] rows by stratum, unit, ... */
	struct survey_stratum *stratum[SURVEY_STAGES];
	struct survey_unit *unit[SURVEY_STAGES];
	size_t n_strata[SURVEY_STAGES], n_units[SURVEY_STAGES];
	uint32_t *row_unit;	/* [n] first-stage unit of a row */
	uint32_t *row_stratum;	/* [n] first-stage stratum of a row (index) */
	uint32_t *stratum_code; /* [n_strata[0]] code given, SURVEY_NONE
				   when there were none */
	size_t lonely_first;	/* strata of the first stage that are lonely */
	size_t collapsed;	/* strata joined by SURVEY_COLLAPSE */
	bool in_order;		/* order[i] == i */
	bool elements;		/* one stage, every row a unit of its own */
	bool zero_weight;	/* some row has weight 0 */
	struct survey_base whole; /* of all rows */
	unsigned threads;	  /* at most; results do not depend on them */
	void *own;
};

/* ERR_INPUT: missing or negative weight, missing code (with the row, from 0),
 * a cluster in two strata without nest, fpc that varies within a stratum, that
 * is below the number of sampled units, or mixes counts and fractions, no
 * rows, all weights 0.  ERR_NOMEM.  A stratum taken whole gives 0 and is never
 * lonely. */
struct survey_design *survey_design_new(const struct survey_input *in,
					struct err *e) MUST_USE;
void survey_design_free(struct survey_design *d);
void survey_set_weight(struct survey_design *d, const double *weight);

/* ---- statistics ------------------------------------------------------- */

/* A vector of statistics as functions of totals.  Every row belongs to at
 * most one cell (a group, a unit x group, ...) and brings m values; totals
 * T[cell][m] = sum of weight * value.  Cells belong to blocks; a block has q
 * statistics, functions of its cells' totals; statistic (b, a) has index
 * b*q + a.  So a mean by unit is cells = units, m = 2 (y and 1), q = 1; a unit
 * score of group means is cells = unit x group, blocks = units. */
struct survey_column {
	const double *x; /* [n]; NULL: 1 in every row */
	double origin;	 /* taken off */
};
struct survey_stat {
	size_t n_cells, m;
	/* [m] when values are no more than columns: several threads may read
	 * them then.  `values` says the same.  NULL: they are not. */
	const struct survey_column *column;
	const uint32_t *cell; /* [n], SURVEY_NONE: outside; NULL: all in 0 */
	/* Fills v[i*m + j] for `n` rows (1024 at most).  A row outside is asked
	 * too and ignored.  A missing value: give 0 for all that it is in. */
	void (*values)(const void *ctx, const uint32_t *row, size_t n,
		       double *v);
	size_t n_blocks, q;
	const uint32_t *block; /* [n_cells]; NULL: block = cell */
	/* theta[n_blocks*q] from totals[n_cells*m], NAN where not defined;
	 * jac[(cell*q + a)*m + j] = d theta[block(cell)*q + a] / d T[cell][j]
	 * when not NULL.  */
	void (*theta)(const void *ctx, const double *totals, double *theta,
		      double *jac);
	const void *ctx;
};

/* What calibration leaves of a score (Deville & Särndal 1992, 3.4):
 *   z_i - weight_i x_i' B,  B = (sum d x x')^-1 sum x_i z_i / g_i,
 * weight_i = d_i g_i the calibrated weight. */
struct survey_residual {
	size_t k;	      /* auxiliary variables */
	const double *inv_g;  /* [n] 1/g_i; NULL: 1 */
	const double *weight; /* [n] d_i g_i */
	/* The auxiliaries of a row that are not 0, at most k of them. */
	size_t (*row)(const void *ctx, uint32_t row, uint32_t *index,
		      double *value);
	/* In place, b[k*p] row-major: sums x_i z_i' -> B. */
	bool (*solve)(const void *ctx, double *b, size_t p, struct err *e);
	const void *ctx;
	/* Rows of equal cell have equal auxiliaries and, their weights not 0,
	 * equal g; NULL: not known.  inv_g is not NULL then. */
	const uint32_t *cell; /* [n] < n_cells */
	size_t n_cells;
};

struct replicates; /* replicates.h */

/* How the variance of statistics is found: one place for all of them. */
struct survey_var {
	const struct survey_design *design;
	const struct survey_residual *residual; /* NULL: not calibrated */
	const struct replicates *replicates;	/* NULL: linearisation */
	/* Set with replicates: takes the place of linearisation in
	 * survey_estimate. */
	bool (*replicate)(const struct survey_var *v,
			  const struct survey_stat *s, bool full, double *theta,
			  double *cov, struct err *e);
	int64_t df; /* > 0: of the replicates, in place of the design's */
};

/* totals[n_cells*m], compensated sums.  base[n_cells] may be NULL. */
bool survey_totals(const struct survey_design *d, const struct survey_stat *s,
		   double *totals, struct survey_base *base,
		   struct err *e) MUST_USE;
/* The same for blocks (a unit in two cells of a block counts once). */
bool survey_block_base(const struct survey_design *d,
		       const struct survey_stat *s, struct survey_base *base,
		       struct err *e) MUST_USE;

/* theta[p] and cov (p = n_blocks*q): p*p row-major when full, else the p
 * variances.  NAN where theta is not defined.  ERR_MATH for SURVEY_FAIL and a
 * lonely stratum with rows in any domain. */
bool survey_estimate(const struct survey_var *v, const struct survey_stat *s,
		     bool full, double *theta, double *cov,
		     struct err *e) MUST_USE;

/* The same, and what is behind each block: base[n_blocks]. */
bool survey_estimate_base(const struct survey_var *v,
			  const struct survey_stat *s, bool full, double *theta,
			  double *cov, struct survey_base *base,
			  struct err *e) MUST_USE;

/* Covariance of totals of ready scores: z[n*q] row-major, weight included,
 * linearised by the caller (regression, kappa, ...); rows outside of the
 * domain have cell SURVEY_NONE (`cell` NULL: all rows are inside). */
bool survey_cov_scores(const struct survey_design *d,
		       const struct survey_residual *r, const uint32_t *cell,
		       const double *z, size_t q, double *cov,
		       struct err *e) MUST_USE;

/* PSUs - strata of the rows with weight > 0 and, when `in` is not NULL,
 * in[row] != SURVEY_NONE. */
struct survey_base survey_base_of(const struct survey_design *d,
				  const uint32_t *in);

/* Sum with the running error kept (Neumaier 1974). */
struct survey_sum {
	double s, c;
};
static inline void survey_add(struct survey_sum *a, double x)
{
	double t = a->s + x;

	if ((a->s < 0 ? -a->s : a->s) >= (x < 0 ? -x : x))
		a->c += (a->s - t) + x;
	else
		a->c += (x - t) + a->s;
	a->s = t;
}

#endif
