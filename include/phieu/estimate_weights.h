/* estimate_weights.h - the keys "weights", "calibrate" and "replicates" of an
 * estimation, and statistics of weights, response and planning. */
#ifndef PHIEU_ESTIMATE_WEIGHTS_H
#define PHIEU_ESTIMATE_WEIGHTS_H

#include "phieu/estimate_spec.h"

extern const struct spec_part spec_part_weights, spec_part_calibrate,
	spec_part_replicates;
extern const struct stat_set stats_weights, stats_planning;

/* The file of replicate factors that a specification names, NULL: none.  Its
 * reader wants every column, the first as codes and the others as numbers,
 * and gives the frame (borrowed) before spec_run. */
const char *spec_replicates_file(const struct spec *s);
void spec_replicates_give(const struct spec *s, const struct frame *table);

#endif
