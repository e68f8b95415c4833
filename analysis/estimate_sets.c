#include "phieu/estimate_spec.h"
#include "phieu/estimate_weights.h"

/* Every file of statistics and every part of a specification, once. */
const struct stat_set *const stat_sets[] = {
	/* a line each, so that two may be added at once */
	/* clang-format off */
	&stats_base,
	&stats_compare,
	&stats_units,
	&stats_weights,
	&stats_planning,
	&stats_models,
	&stats_chisq,
	&stats_scale,
	&stats_factor,
	&stats_agreement,
	&stats_quality,
	/* clang-format on */
};
const size_t n_stat_sets = sizeof stat_sets / sizeof stat_sets[0];

/* In the order in which they are prepared. */
const struct spec_part *const spec_parts[] = {
	&spec_part_weights,
	&spec_part_calibrate,
	&spec_part_replicates,
};
const size_t n_spec_parts = sizeof spec_parts / sizeof spec_parts[0];
