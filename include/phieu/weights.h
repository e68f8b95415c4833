/* weights.h - survey weights: base, nonresponse, trimming, what they cost.
 *
 * All arrays are the caller's; NAN is missing and an error unless said
 * otherwise.  A weight of 0 means "not in the sample of answers": such rows
 * stay in the design and out of every sum. */
#ifndef PHIEU_WEIGHTS_H
#define PHIEU_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

/* Base weights of stratified simple random sampling, N_h / n_h (Särndal,
 * Swensson & Wretman 1992, 3.7.2): frame[i] = N_h of row i's stratum, counted
 * n_h = rows with that code.  stratum NULL: one stratum.  ERR_INPUT: a missing
 * code, a count that is missing, not positive, varies inside a stratum or is
 * below n_h.  ERR_NOMEM. */
bool weight_base(size_t n, const uint32_t *stratum, const double *frame,
		 double *weight, struct err *e) MUST_USE;

/* What became of a sampled person. */
enum weight_status {
	WEIGHT_RESPONDENT,
	WEIGHT_NONRESPONDENT, /* eligible, or taken for it */
	WEIGHT_INELIGIBLE     /* out: weight 0, not in any sum */
};

struct weight_class {
	size_t issued, eligible, respondents;
	double sum_eligible;   /* base weights */
	double sum_respondent; /* base weights */
	double factor;	       /* sum_eligible / sum_respondent */
	double sum_adjusted;   /* of the adjusted weights: = sum_eligible */
};

/* Weighting-class adjustment (Särndal, Swensson & Wretman 1992, 15.6.2): a
 * respondent's weight times the factor of his class, others 0.  class NULL:
 * one class; result[n_classes].  ERR_INPUT: missing code, code >= n_classes,
 * missing or negative weight.  ERR_MATH: a class with eligible people and no
 * respondent (merge it with another one), its number in the message. */
bool weight_adjust_classes(size_t n, const double *base, const uint8_t *status,
			   const uint32_t *class_code, size_t n_classes,
			   double *weight, struct weight_class *result,
			   struct err *e) MUST_USE;

/* ---- response propensity ---------------------------------------------- */

/* Logistic regression by iteratively reweighted least squares, each step by
 * QR (McCullagh & Nelder 1989, 2.5), until the deviance stands to 1e-14.
 * x[n*k] row-major (a column of 1s is the caller's), y 0 or 1, w NULL (1
 * each) or prior weights >= 0.  coef[k]; fitted[n] may be NULL.
 * ERR_INPUT: NAN in x or y, y other than 0 and 1, n < k.  ERR_MATH: columns
 * that depend on one another (the first one named by index), answers all
 * alike, or separated (fitted probabilities run to 0 or 1).  ERR_NOMEM. */
bool weight_logit(size_t n, size_t k, const double *x, const double *y,
		  const double *w, double *coef, double *fitted,
		  struct err *e) MUST_USE;

/* base / propensity for respondents, 0 for others (Lohr 2010, 8.5.1).  With
 * groups > 1 the people are cut into so many groups of equal count by
 * propensity and each group gives one factor as a class does (Little 1986).
 * propensity[n] only of eligible people is read.  ERR_MATH: propensity not
 * within 0 and 1, a group without respondents. */
bool weight_adjust_propensity(size_t n, const double *base,
			      const uint8_t *status, const double *propensity,
			      size_t groups, double *weight,
			      struct err *e) MUST_USE;

/* R-indicator of a response propensity (Schouten, Cobben & Bethlehem 2009,
 * Survey Methodology 35:101-113, eq. 2.2 and 3.1):
 * R = 1 - 2 S, S^2 = sum w (p - pbar)^2 / (N - 1), pbar = sum w p / N,
 * N = sum w.  cv = S / pbar. */
struct weight_r {
	double mean_p, s, r, cv;
};
/* ERR_MATH: sum of weights not above 1. */
bool weight_r_indicator(size_t n, const double *p, const double *w,
			struct weight_r *out, struct err *e) MUST_USE;

/* ---- trimming and checks ---------------------------------------------- */

struct weight_trim {
	size_t below, above; /* weights outside of the limits at first */
	size_t rounds;
	double sum, max, min; /* after, over weights > 0 */
	double moved;	      /* weight spread over the others */
};

/* Weights above `upper` (or below `lower`) are cut to the limit and what was
 * cut is spread equally over those inside (Potter 1990; survey::trimWeights):
 * once, or `strict`: until none is outside.  The sum is kept.  In place;
 * weights of 0 are left alone.  ERR_INPUT: limits that cross, missing or
 * negative weights.  ERR_MATH: none left inside to take what was cut. */
bool weight_trim(size_t n, double *weight, double lower, double upper,
		 bool strict, struct weight_trim *out, struct err *e) MUST_USE;

/* Kish 1992 (J. Official Statistics 8:183-200): deff = n sum w^2 / (sum w)^2 =
 * 1 + cv2, n_eff = (sum w)^2 / sum w^2, over weights > 0. */
struct weight_kish {
	size_t n;
	double sum, sumsq, min, max;
	double cv2, deff, n_eff;
};
/* ERR_INPUT: missing or negative weight.  ERR_MATH: none above 0. */
bool weight_kish(size_t n, const double *weight, struct weight_kish *out,
		 struct err *e) MUST_USE;

/* Sums by group against what they must be: returns in *worst the group with
 * the largest relative difference and in *difference that difference.
 * group NULL: one.  ERR_INPUT: code missing or >= n_groups. */
bool weight_check_sums(size_t n, const double *weight, const uint32_t *group,
		       size_t n_groups, const double *want, size_t *worst,
		       double *difference, struct err *e) MUST_USE;

/* ---- response rates --------------------------------------------------- */

/* Final dispositions (AAPOR, Standard Definitions, 9th edition 2016, p. 60). */
enum aapor_disposition {
	AAPOR_I,  /* complete interview */
	AAPOR_P,  /* partial interview */
	AAPOR_R,  /* refusal and break-off */
	AAPOR_NC, /* non-contact */
	AAPOR_O,  /* other eligible non-response */
	AAPOR_UH, /* unknown whether there is an eligible household/person */
	AAPOR_UO, /* unknown, other */
	AAPOR_NE, /* not eligible */
	AAPOR_N
};
/* "I", "UH", …; AAPOR_N when it is none. */
enum aapor_disposition aapor_parse(const char *code);
const char *aapor_name(enum aapor_disposition d);

struct aapor {
	double count[AAPOR_N]; /* counts, or sums of weights */
	double e;	       /* share of unknown cases taken to be eligible */
	double rr[6], coop[4], ref[3], con[3]; /* RR1 is rr[0] */
};
/* Rates from count[] (pp. 61-64); e NAN: the proportional (CASRO) estimate
 * (I+P+R+NC+O) / (I+P+R+NC+O+NE).  NAN where a denominator is 0. */
void aapor_rates(struct aapor *a, double e);

#endif
