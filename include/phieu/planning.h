/* planning.h - how many, whom, and what may be shown.
 *
 * Sample sizes, allocation to strata, a draw that can be repeated, and cells
 * of a two-way table that must stay closed. */
#ifndef PHIEU_PLANNING_H
#define PHIEU_PLANNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

/* Slovin's rule of Vietnamese survey guidance: n = N / (1 + N e^2) (Yamane
 * 1967, p. 886); whole: up to the next one.  ERR_INPUT: N < 1, e not within 0
 * and 1. */
bool planning_slovin(double population, double margin, double *exact,
		     double *whole, struct err *e) MUST_USE;

/* For a proportion within +-margin (Cochran 1977, 4.4): n0 = z^2 p (1-p) /
 * e^2, n = n0 / (1 + (n0 - 1) / N), times deff, over the response rate. */
struct planning_size {
	double population; /* INFINITY: large */
	double p, margin, level, deff, response;
	/* out */
	double n0, n, n_deff;
	double issue; /* forms to issue, whole */
};
/* ERR_INPUT: a number that is out of its range. */
bool planning_size(struct planning_size *s, struct err *e) MUST_USE;

enum planning_rule {
	PLANNING_PROPORTIONAL, /* n N_h / N */
	PLANNING_NEYMAN,       /* n N_h S_h / sum N S (Neyman 1934) */
	PLANNING_EQUAL
};
/* n units to k strata: exact[k] shares, whole[k] by the largest remainder, ties
 * to the smaller index.  With `cap` no stratum gets more than its N_h and
 * none fewer than least (or its N_h): what is over goes to the others by the
 * same rule (exact then holds the shares before that).  spread[k] (S_h) only
 * for Neyman.  ERR_INPUT: counts missing or negative, n above the sum with cap,
 * k*least above n, no stratum with a share.  ERR_NOMEM. */
bool planning_allocate(enum planning_rule rule, size_t k,
		       const double *population, const double *spread,
		       uint64_t n, bool cap, uint64_t least, double *exact,
		       uint64_t *whole, struct err *e) MUST_USE;

/* n of `population` without replacement, each set as likely, in order of draw:
 * Fisher-Yates (Knuth, TAOCP 2, 3.4.2, algorithm P) with the generator
 * PLANNING_GENERATOR of GSL, seeded from (seed, stream); a stratum is a stream.
 * The same seed gives the same list on any machine.  picked[n]: indices from
 * 0.  ERR_INPUT: n above the population.  ERR_NOMEM. */
#define PLANNING_GENERATOR "taus2"
bool planning_draw(size_t population, size_t n, uint64_t seed, uint64_t stream,
		   size_t *picked, struct err *e) MUST_USE;

/* Cells that must be closed in a table whose margins are published: primary
 * are those with 1 <= count < threshold; secondary ones are added so that no
 * row and no column holds exactly one closed cell, with the least total count
 * closed (Cox 1980, JASA 75:377-385), and among those the fewest cells. */
enum { PLANNING_OPEN, PLANNING_PRIMARY, PLANNING_SECONDARY };
struct planning_table {
	size_t rows, columns;
	const int64_t *count; /* row-major, >= 0 */
	int64_t threshold;
	uint8_t *closed; /* out */
	size_t n_primary, n_secondary;
	int64_t secondary; /* total count of the secondary cells */
	bool optimal;	   /* false: search was cut off, the best found */
};
#define LIMIT_PLANNING_CELLS 10000
/* ERR_INPUT: negative counts, threshold < 1, too many cells.  ERR_MATH: a
 * table of one row or column with a single primary cell and nothing beside it
 * that could hide it.  ERR_NOMEM. */
bool planning_suppress(struct planning_table *t, struct err *e) MUST_USE;

/* ---- small areas ------------------------------------------------------ */

/* Fay & Herriot 1979 (JASA 74:269-277): y_i = x_i'b + v_i + e_i, var e_i = D_i
 * known, var v_i by REML (Rao & Molina 2015, 6.1), EBLUP and its mean squared
 * error g1 + g2 + 2 g3 (Prasad & Rao 1990; Datta & Lahiri 2000). */
struct small_area {
	double sigma2; /* 0 at the boundary */
	double *beta;  /* [k] */
	/* [n] each */
	double *gamma, *eblup, *g1, *g2, *g3, *mse;
};
/* x[n*k] row-major, D > 0; arrays of out are the caller's.  ERR_INPUT: missing
 * values, D not positive, n <= k.  ERR_MATH: columns that depend on one
 * another.  ERR_NOMEM. */
bool small_area_fit(size_t n, size_t k, const double *y, const double *d,
		    const double *x, struct small_area *out,
		    struct err *e) MUST_USE;

#endif
