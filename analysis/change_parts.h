/* change_parts.h - what the files of the comparison share. */
#ifndef ANALYSIS_CHANGE_PARTS_H
#define ANALYSIS_CHANGE_PARTS_H

#include "phieu/index_change.h"

/* What follows what, by pair or by code, and how criteria differ whatever the
 * unit.  to_node[before nodes]: of now, INDEX_NONE. */
bool index_match_all(struct index_change *c, const struct index_pairs *pairs,
		     struct arena *a, size_t **to_node, struct err *e) MUST_USE;
unsigned index_rules_differ(const struct index_set *now,
			    const struct index_set *before);
/* Tests of the leaves that people were asked about. */
bool index_change_tests(struct index_change *c, struct arena *a,
			struct err *e) MUST_USE;

#endif
