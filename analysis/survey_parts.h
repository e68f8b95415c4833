/* survey_parts.h - how scores reach the variance engine; analysis only. */
#ifndef ANALYSIS_SURVEY_PARTS_H
#define ANALYSIS_SURVEY_PARTS_H

#include "phieu/survey.h"

#define SURVEY_BLOCK ((size_t)1024) /* rows asked for at once */

struct survey_table;

/* Scores of rows: fill writes block[i] (SURVEY_NONE: outside of the domain)
 * and z[i*q + a], the weight included. */
struct survey_scores {
	size_t n_blocks, q;
	void (*fill)(const struct survey_scores *s, const uint32_t *row,
		     size_t n, uint32_t *block, double *z);
	const struct survey_design *design;
	const struct survey_stat *stat;
	const double *jac;
	/* totals that statistic a depends on in any cell: those of
	 * needs[first[a]] to needs[first[a + 1] - 1] */
	const uint32_t *first, *needs;
	double *v;   /* [room], of one thread */
	size_t room; /* that fill needs, SURVEY_BLOCK rows a time */
	const void *ctx;
	const double *ready;
	const uint32_t *cell;
	const struct survey_table *table; /* summed already; NULL: not yet */
	bool alone;			  /* fill is for one thread only */
};

/* Rows in slices that depend on their number alone, so that sums do not depend
 * on the number of threads. */
#define SURVEY_SLICES 16
struct survey_slices {
	size_t n, rows, step; /* slices; rows of a slice but the last */
};
struct survey_slices survey_slices_of(size_t rows);
void survey_slices_limit(struct survey_slices *s, size_t most);
/* act(ctx, slice) for every slice, on up to `threads` threads.  Slices write to
 * places of their own. */
void survey_slices_run(const struct survey_slices *s, unsigned threads,
		       void (*act)(void *ctx, size_t slice), void *ctx);

/* Where every row is a unit, the sums of strata x blocks in the order of the
 * rows, without looking rows up by the design.  Two blocks never meet in a
 * unit. */
struct survey_table {
	size_t n_strata, n_blocks, q, pairs; /* pairs: q, or q(q+1)/2 full */
	uint32_t *count;		     /* [strata * n_blocks] units */
	double *mean;			     /* [... * q] */
	double *square; /* [... * pairs] sums of centred products, a >= b */
};
bool survey_table_fits(const struct survey_design *d,
		       const struct survey_scores *s);
bool survey_table_init(struct survey_table *t, const struct survey_design *d,
		       const struct survey_scores *s, bool full,
		       struct err *e) MUST_USE;
void survey_table_clear(struct survey_table *t);

/* Means of elements in one pass (survey_once.c).  Moments of u = w (x - origin)
 * and w by stratum and cell: means, and sums of products around them. */
struct survey_moments {
	size_t n;
	double u, w, uu, uw, ww;
};
bool survey_once_fits(const struct survey_var *v, const struct survey_stat *s);
/* *out [strata * n_cells], the caller's to free, also when false. */
bool survey_once_sums(const struct survey_design *d,
		      const struct survey_stat *s, struct survey_moments **out,
		      struct err *e) MUST_USE;
void survey_once_totals(const struct survey_design *d,
			const struct survey_stat *s,
			const struct survey_moments *m, double *totals,
			double *weights);
/* t->count NULL: numbers so far from the origin that digits would be lost; the
 * scores are to be summed one by one. */
bool survey_once_table(const struct survey_design *d,
		       const struct survey_stat *s,
		       const struct survey_moments *m, const double *jac,
		       struct survey_table *t, struct err *e) MUST_USE;

/* cov as survey_estimate has it; base [n_blocks] or NULL: rows, units and
 * strata of each block, whatever their weights (not with residuals). */
bool survey_cov(const struct survey_design *d, const struct survey_residual *r,
		const struct survey_scores *s, bool full, double *cov,
		struct survey_base *base, struct err *e) MUST_USE;

/* Residuals of rows that are units and share auxiliaries: variances only, many
 * times faster (survey_flat.c); not *clear: so little is left of the scores
 * that rows must be gone over one by one. */
bool survey_is_flat(const struct survey_design *d,
		    const struct survey_residual *r, size_t p, bool full);
bool survey_flat_cov(const struct survey_design *d,
		     const struct survey_residual *r,
		     const struct survey_scores *s, double *cov, bool *clear,
		     struct err *e) MUST_USE;

#endif
