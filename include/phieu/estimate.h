/* estimate.h - estimators as scores on the engine of survey.h.
 *
 * Every function takes a frame's columns as arrays and gives arrays of
 * results; the caller owns both.  Rows outside of the domain have cell
 * SURVEY_NONE; a row with a missing value leaves the domain (est_cells). */
#ifndef PHIEU_ESTIMATE_H
#define PHIEU_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"
#include "phieu/survey.h"

/* One number with all that is said of it.  NAN: not defined. */
struct est {
	size_t n;	    /* rows of weight > 0 with a value */
	size_t psu, strata; /* first-stage units and strata among them */
	double sum_w;
	double value, se;
	double deff;	     /* against simple sampling without replacement */
	double deff_replace; /* against simple sampling with replacement */
	int64_t df;	     /* psu - strata of the domain */
	int64_t df_design;   /* of the whole design */
	double cv;	     /* se / value */
	double ci_l, ci_u;
};

enum est_ci {
	EST_CI_T,      /* value -+ t se */
	EST_CI_LOGIT,  /* Wald on the logit, back (Korn & Graubard 1999, 3.2) */
	EST_CI_BETA,   /* Korn & Graubard 1998: Clopper-Pearson at n_eff */
	EST_CI_WILSON, /* Wilson at n_eff */
	EST_CI_ASIN,   /* Wald on asin sqrt p */
	EST_CI_AUTO,   /* logit; beta when p < 0.1, p > 0.9 or n_eff < 30 */
	EST_CI_NONE
};

/* Limits of a proportion p with variance v, n rows and df (of the domain).
 * NAN when they are not defined (df <= 0; logit, Wilson, asin where p is 0 or
 * 1).  p of 0 or 1: EST_CI_BETA gives Clopper-Pearson at `n_eff` (Kish's,
 * (sum w)^2 / sum w^2), whatever the df.  Beta otherwise: n_eff of the design
 * p(1-p)/v, times (t_{n-1}/t_df)^2. */
void est_proportion_ci(enum est_ci how, double p, double v, double n,
		       double n_eff, double df, double level, double *l,
		       double *u);

/* Student's t: P(|T| <= q) = level, polished by one Newton step; df may be
 * INFINITY (normal); NAN when df <= 0. */
double est_t_quantile(double level, double df);
double est_t_p(double t, double df); /* two-sided */
/* Quantile of Beta(a, b) by a bracketed root search on its CDF. */
double est_beta_quantile(double p, double a, double b);

/* Domain cells of one variable set: cell[i] = domain[i], SURVEY_NONE where
 * domain is (domain NULL: cell 0) or any of y[0..k-1][i] is NAN. */
void est_cells(size_t n, const uint32_t *domain, const double *const *y,
	       size_t k, uint32_t *cell);

/* Means, totals, ratios of every cell.  out[n_cells]; cov (NULL or
 * n_cells*n_cells).  y, x: [n] numbers, NAN missing. level: 0.95. */
struct est_how {
	double level;
	enum est_ci ci;
	bool design_df; /* interval by the df of the whole design */
	bool deff;
};
/* Any statistic of the engine (survey.h): value, error, interval and base of
 * its n_blocks*q numbers; no design effects.  cov (NULL or p*p). */
bool est_stat(const struct survey_var *v, const struct survey_stat *s,
	      const struct est_how *how, struct est *out, double *cov,
	      struct err *e) MUST_USE;
bool est_mean(const struct survey_var *v, const uint32_t *domain,
	      size_t n_cells, const double *y, const struct est_how *how,
	      struct est *out, double *cov, struct err *e) MUST_USE;
bool est_total(const struct survey_var *v, const uint32_t *domain,
	       size_t n_cells, const double *y, const struct est_how *how,
	       struct est *out, double *cov, struct err *e) MUST_USE;
bool est_ratio(const struct survey_var *v, const uint32_t *domain,
	       size_t n_cells, const double *num, const double *den,
	       const struct est_how *how, struct est *out, double *cov,
	       struct err *e) MUST_USE;
/* y is 0 or 1 (or NAN). */
bool est_proportion(const struct survey_var *v, const uint32_t *domain,
		    size_t n_cells, const double *y, const struct est_how *how,
		    struct est *out, double *cov, struct err *e) MUST_USE;
/* The same where nothing is missing inside of `cell`: shares of many values of
 * one column, whose cells est_cells has made once. */
bool est_share(const struct survey_var *v, const uint32_t *cell, size_t n_cells,
	       const double *y, const struct est_how *how, struct est *out,
	       double *cov, struct err *e) MUST_USE;
/* n/(n-1) sum w (y-ybar)^2 / sum w, and its error. */
bool est_variance(const struct survey_var *v, const uint32_t *domain,
		  size_t n_cells, const double *y, const struct est_how *how,
		  struct est *out, struct err *e) MUST_USE;
/* Means of k variables over rows complete on all; out[k], cov[k*k]. */
bool est_mean_vector(const struct survey_var *v, const uint32_t *domain,
		     const double *const *y, size_t k,
		     const struct est_how *how, struct est *out, double *cov,
		     struct err *e) MUST_USE;
/* Ratios num[j]/den[j], j < k, each over its own rows, with covariances. */
bool est_ratio_vector(const struct survey_var *v, const uint32_t *domain,
		      const double *const *num, const double *const *den,
		      size_t k, const struct est_how *how, struct est *out,
		      double *cov, struct err *e) MUST_USE;

enum est_rule {
	EST_MATH,   /* lowest x with F(x) >= p */
	EST_SCHOOL, /* the middle of two where F(x) = p exactly */
	EST_HF7	    /* Hyndman & Fan 1996, type 7, on weights */
};
/* Quantiles by Woodruff 1952: limits of F at the estimate, F centred at F(q),
 * taken back.  se = (u - l) / (2 t).  ci: T, BETA or LOGIT. */
struct est_quantile {
	double q, ci_l, ci_u, se;
};
bool est_quantile(const struct survey_var *v, const uint32_t *domain,
		  const double *y, const double *p, size_t k,
		  enum est_rule rule, const struct est_how *how,
		  struct est *base, struct est_quantile *out,
		  struct err *e) MUST_USE;

/* Scores of blocks as fixed shares of cell means: block b = sum over its
 * cells c of share[c] * mean[c].  A cell with share > 0 and no rows makes the
 * block NAN.  cov[n_blocks*n_blocks] or NULL. */
bool est_share_score(const struct survey_var *v, const uint32_t *cell,
		     size_t n_cells, const uint32_t *block, size_t n_blocks,
		     const double *share, const double *y,
		     const struct est_how *how, struct est *out, double *cov,
		     struct err *e) MUST_USE;

/* Linear contrast c'theta with its variance c'Vc. */
void est_contrast(const double *c, const double *theta, const double *cov,
		  size_t k, double *value, double *var);
/* value/se against t(df): t, p, limits. */
struct est_test {
	double value, se, df, t, p, ci_l, ci_u;
};
void est_t_test(double value, double se, double df, double level,
		struct est_test *out);

/* Adjusted p values (NAN stay); Holm 1979, Benjamini & Hochberg 1995. */
bool est_p_holm(const double *p, size_t n, double *out, struct err *e) MUST_USE;
bool est_p_bh(const double *p, size_t n, double *out, struct err *e) MUST_USE;

#endif
