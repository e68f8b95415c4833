/* calib_parts.h - what calibrate.c and calib_solve.c share. */
#ifndef ANALYSIS_CALIB_PARTS_H
#define ANALYSIS_CALIB_PARTS_H

#include "phieu/buf.h"
#include "phieu/calibrate.h"

/* Auxiliaries of cells (rows that share them), whatever their weights. */
struct calib_design {
	const struct calib_spec *spec;
	size_t n, n_cells, n_terms, k;
	uint32_t *cell;	    /* [n] SURVEY_NONE: outside; NULL: cell = row */
	uint32_t *index;    /* [n_cells*n_terms] SURVEY_NONE: 0 */
	double *value;	    /* [n_cells*n_terms]; NULL: all 1 */
	double *total;	    /* [k] of the auxiliaries as used (centred) */
	double *said;	    /* [k] as the caller said them */
	double *scale;	    /* [k] one of total in units of said */
	size_t *term_of;    /* [k] */
	size_t *level_of;   /* [k] */
	bool diagonal;	    /* one margin: x x' has one element */
	double *low, *high; /* [n_cells] bounds by cell; NULL: the spec's */
};

struct calib_work {
	const struct calib_design *d;
	double *a;    /* [k*k] x x', then its lower Cholesky factor */
	uint8_t *out; /* [k] 1: depends on the ones before */
	double *lambda, *step, *miss, *old, *old_miss; /* [k] */
	struct survey_sum *sum;			       /* [k] */
	struct survey_sum *cells; /* [n_cells]: base weights by cell */
	double *base;		  /* [n_cells] */
	double *g, *slope;	  /* [n_cells] */
	size_t steps;
	double worst;
	size_t worst_at;
};

/* a = sum weight x x' over cells, factored: columns that depend on the ones
 * before are marked in out[].  slope may be NULL. */
void calib_factor(struct calib_work *w, const double *slope);
/* In place: b[k*p] row-major -> solution; 0 for dependent columns. */
void calib_solve_factor(const double *a, const uint8_t *out, size_t k,
			bool diagonal, double *b, size_t p);
/* base[] -> g[]; ERR_MATH when the totals cannot be met. */
bool calib_run(struct calib_work *w, struct err *e) MUST_USE;
/* "sex=M" */
void calib_name(const struct calib_design *d, size_t j, struct buf *out);

/* Bounds of weights as bounds of g, row by row, within those of all rows; d's
 * low and high are its owner's to free.  ERR_INPUT: a weight outside of them
 * that logit cannot start from. */
bool calib_row_bounds(const struct calib_spec *s, struct calib_design *d,
		      const double *base, struct err *e) MUST_USE;

#endif
