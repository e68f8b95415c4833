/* replicates_parts.h - what the files of replicates share. */
#ifndef ANALYSIS_REPLICATES_PARTS_H
#define ANALYSIS_REPLICATES_PARTS_H

#include "phieu/replicates.h"

#define TAUS(s, a, b, c, d) \
	((((s) & (c)) << (d)) ^ ((((s) << (a)) ^ (s)) >> (b)))

static inline uint32_t taus_next(struct replicates_rng *g)
{
	g->s1 = TAUS(g->s1, 13, 19, 4294967294U, 12);
	g->s2 = TAUS(g->s2, 2, 25, 4294967288U, 4);
	g->s3 = TAUS(g->s3, 3, 11, 4294967280U, 17);
	return g->s1 ^ g->s2 ^ g->s3;
}

/* 0..n-1, each as likely (Lemire 2019, ACM TOMACS 29:3). */
static inline uint32_t taus_below(struct replicates_rng *g, uint32_t n)
{
	uint64_t m = (uint64_t)taus_next(g) * n;

	if ((uint32_t)m < n) {
		uint32_t least = -n % n;

		while ((uint32_t)m < least)
			m = (uint64_t)taus_next(g) * n;
	}
	return (uint32_t)(m >> 32);
}

#define REPLICATES_THREADS ((size_t)16)
/* work(worker[t]) for `threads` workers of `size` bytes each, the first in this
 * thread; where a thread cannot be had, in this one too. */
void replicates_run(void *(*work)(void *), void *worker, size_t size,
		    size_t threads);

/* Totals of units: records of unit u are [first[u], first[u+1]). */
struct unit_totals {
	size_t n_units, n_records, m, n_cells;
	uint32_t *first;  /* [n_units + 1] */
	uint32_t *cell;	  /* [n_records] */
	double *t;	  /* [n_records * m] */
	uint32_t *shared; /* [strata] cell that all units have, or NONE */
};
bool unit_totals_make(const struct survey_design *d,
		      const struct survey_stat *s, struct unit_totals *u,
		      struct err *e) MUST_USE;
void unit_totals_clear(struct unit_totals *u);

/* totals[n_cells*m] of one bootstrap replicate. */
void bootstrap_totals(const struct replicates *r, const struct unit_totals *u,
		      size_t replicate, double *totals);

/* Moments of the replicates around the estimate, added in their order. */
struct replicate_moments {
	size_t p, n; /* n: with rscales above 0 */
	bool full;
	double sum_r;	  /* of rscales */
	double *mean;	  /* [p] sum of differences, n of them */
	double *weighted; /* [p] sum of rscales times difference */
	double *square;	  /* p*p or p */
	double *d;	  /* [p] */
	double *moved;	  /* [p] 1: some replicate is another number */
};
bool replicate_moments_init(struct replicate_moments *m, size_t p, bool full,
			    struct err *e) MUST_USE;
void replicate_moments_clear(struct replicate_moments *m);
void replicate_moments_add(struct replicate_moments *m, const double *theta,
			   const double *at, double rscale);
/* cov: p*p when full, else p. */
void replicate_moments_cov(const struct replicate_moments *m,
			   const struct replicates *r, double *cov);

/* Rank of the replicate weights - 1 (survey::degf): columns that keep 1e-5 of
 * their length beside those before.  `in` (NULL: all rows) SURVEY_NONE: the
 * row is out. */
bool replicates_rank(const struct replicates *r, const uint32_t *in,
		     int64_t *df, struct err *e) MUST_USE;
/* Row weights of replicate r, calibrated where it is; f[units] scratch. */
bool replicates_weights(const struct replicates *r, size_t replicate, double *f,
			struct calib_work *work, double *weight,
			struct err *e) MUST_USE;

#endif
