/* score_plan.h - a plan turned into arrays for scoring.
 *
 * Units, groups and forms keep their plan indices; nodes are the criteria
 * that a survey feeds (self-assessed ones and sums of nothing else are left
 * out); strata are group x home. */
#ifndef PHIEU_SCORE_PLAN_H
#define PHIEU_SCORE_PLAN_H

#include "phieu/plan.h"
#include "phieu/score.h"

struct score_plan {
	const struct plan *plan; /* borrowed */
	struct arena *arena;	 /* owns what spec points to */
	struct score_spec spec;
	struct score_node *nodes;      /* spec.nodes */
	const size_t *criterion;       /* [node] its plan index */
	struct taylor_stratum *strata; /* spec.strata, n to be filled in */
	const size_t *first_stratum;   /* [group] */
	const size_t *position;	       /* [unit] among the units of its kind */
};

struct score_plan *score_plan_new(const struct plan *p, struct err *e) MUST_USE;
void score_plan_free(struct score_plan *s);

/* NONE when the group cannot have that home. */
size_t score_plan_stratum(const struct score_plan *s, size_t group,
			  size_t home);

#endif
