#include "phieu/estimate_spec.h"

/* Every file of statistics and every part of a specification, once. */
const struct stat_set *const stat_sets[] = {
	&stats_base,
	&stats_compare,
};
const size_t n_stat_sets = sizeof stat_sets / sizeof stat_sets[0];

const struct spec_part *const spec_parts[] = {
	NULL,
};
const size_t n_spec_parts = sizeof spec_parts / sizeof spec_parts[0] - 1;
