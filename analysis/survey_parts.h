/* survey_parts.h - how scores reach the variance engine; analysis only. */
#ifndef ANALYSIS_SURVEY_PARTS_H
#define ANALYSIS_SURVEY_PARTS_H

#include "phieu/survey.h"

#define SURVEY_BLOCK ((size_t)1024) /* rows asked for at once */

/* Scores of rows: fill writes block[i] (SURVEY_NONE: outside of the domain)
 * and z[i*q + a], the weight included. */
struct survey_scores {
	size_t n_blocks, q;
	void (*fill)(const struct survey_scores *s, const uint32_t *row,
		     size_t n, uint32_t *block, double *z);
	const struct survey_design *design;
	const struct survey_stat *stat;
	const double *jac;
	double *v; /* [SURVEY_BLOCK * m] */
	const double *ready;
	const uint32_t *cell;
};

/* cov as survey_estimate has it; base [n_blocks] or NULL: rows, units and
 * strata of each block, whatever their weights (not with residuals). */
bool survey_cov(const struct survey_design *d, const struct survey_residual *r,
		const struct survey_scores *s, bool full, double *cov,
		struct survey_base *base, struct err *e) MUST_USE;

#endif
