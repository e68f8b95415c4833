/* weights_parts.h - what the keys of a specification that make weights share.
 */
#ifndef ANALYSIS_WEIGHTS_PARTS_H
#define ANALYSIS_WEIGHTS_PARTS_H

#include "phieu/calibrate.h"
#include "phieu/estimate_weights.h"

/* The calibration of a run, NULL: none. */
const struct calibration *spec_calibration(const struct spec *s);

/* Codes of a column that hold AAPOR dispositions, or values of one's own:
 * status[rows] by lists of respondents and of those who are not eligible. */
struct status_words {
	const char *column;
	const char **respondent, **ineligible;
	size_t n_respondent, n_ineligible;
};
bool status_parse(struct spec_parse *p, const cJSON *node, const char *base,
		  const char *key, struct status_words *out);
/* In spec_memory; ERR_INPUT for a missing value. */
uint8_t *status_of(struct spec_run *r, const struct status_words *w,
		   struct err *e);
/* 1 and an indicator of every level but the first of each column; the rows
 * with in[i] only, or all; *k columns, *name their names. */
double *model_matrix(struct spec_run *r, const struct spec_names *of,
		     const uint8_t *in, size_t *rows, size_t *k,
		     const char ***name, struct err *e);

#endif
