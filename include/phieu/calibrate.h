/* calibrate.h - weights that meet known totals, and what that does to errors.
 *
 * Weights w_i = d_i F(x_i'l) with sum w_i x_i = T, as near to d_i as the
 * distance behind F says (Deville & Särndal 1992, JASA 87:376-382, section 2;
 * table 1 lists the distances):
 *   linear   F(u) = 1 + u; with bounds cut to [L, U]           (cases 1, 7)
 *   raking   F(u) = exp u; with bounds cut to [L, U]           (case 2)
 *   logit    F(u) = (L(U-1) + U(1-L) e^Au) / (U-1 + (1-L) e^Au),
 *            A = (U-L) / ((1-L)(U-1)): strictly within L and U  (case 6)
 *   IPF      margins one after the other (Deming & Stephan 1940): the same
 *            weights as raking
 * Post-stratification is one margin, by any of them.  Errors come from the
 * residuals of the regression on x, times g (their section 3.4): see
 * struct survey_residual.
 *
 * Rows that agree in all margins share their g: they are put together in
 * cells, so that margins without a numeric variable cost one pass over rows
 * whatever the number of steps. */
#ifndef PHIEU_CALIBRATE_H
#define PHIEU_CALIBRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"
#include "phieu/survey.h"

#define LIMIT_CALIB_TERMS 32
#define LIMIT_CALIB_AUX	  2000 /* totals to meet */

enum calib_method { CALIB_LINEAR, CALIB_RAKING, CALIB_LOGIT, CALIB_IPF };

/* A margin (code), a number (x), or, with neither, the size of the
 * population.  All borrowed while the calibration lives. */
struct calib_term {
	const char *name;	  /* for messages */
	const uint32_t *code;	  /* [n] codes < n_levels */
	size_t n_levels;	  /* 1 without code */
	const char *const *level; /* [n_levels] for messages; may be NULL */
	const double *x;	  /* [n] */
	const double *total;	  /* [n_levels]; NAN: not constrained */
	bool partial;		  /* rows in levels without a total are fine */
};

struct calib_spec {
	enum calib_method method;
	const struct calib_term *term;
	size_t n_terms;
	bool bounded; /* lower <= g <= upper */
	double lower, upper;
	bool weight_bounded; /* w_lower <= weight <= w_upper: trimming that
			      * keeps the totals; logit: strictly within, and
			      * every base weight must be within already */
	double w_lower, w_upper;
};

struct calibration {
	size_t n, k;	/* rows, totals */
	double *weight; /* [n] */
	double *g;	/* [n]; 1 where the base weight is 0 */
	double *inv_g;	/* [n]; 0 where g is */
	double g_min, g_max;
	size_t steps;	  /* of Newton or sweeps of IPF */
	size_t dependent; /* totals that follow from the others */
	size_t at_bound;  /* rows with g on a bound */
	size_t negative;  /* rows with a weight below 0 (linear) */
	double worst;	  /* largest |got - total| / (1 + |total|) */
	struct survey_residual residual; /* for survey_var */
	void *own;
};

/* base[n] >= 0.  Rows of weight 0 may miss codes.
 * ERR_INPUT, each with the margin and level or the row: missing code or
 * number, a level in the sample without a total (unless partial), a total
 * without rows, negative totals of a margin, margins that contradict one
 * another, bounds that do not enclose 1, IPF with a number, too many totals.
 * ERR_MATH: totals that no weights within the bounds meet (the total that is
 * farthest is named); all weights 0.  ERR_NOMEM. */
struct calibration *calib_new(const struct calib_spec *spec, size_t n,
			      const double *base, struct err *e) MUST_USE;
void calib_free(struct calibration *c);
/* The weights it began from: out[n]. */
void calib_base(const struct calibration *c, double *out);

/* The same totals from other base weights: replicates.  One workspace a
 * thread.  weight[n] out; may be base. */
struct calib_work;
struct calib_work *calib_work_new(const struct calibration *c,
				  struct err *e) MUST_USE;
void calib_work_free(struct calib_work *w);
bool calib_again(const struct calibration *c, struct calib_work *w,
		 const double *base, double *weight, struct err *e) MUST_USE;

#endif
