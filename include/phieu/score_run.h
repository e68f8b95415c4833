/* score_run.h - both passes of scoring over ratings that come once.
 *
 * The second pass needs every rating again.  Reading the database twice
 * would cost twice; keeping them would cost memory.  So the first pass
 * writes them, packed, to a file without a name, which is gone with the
 * process. */
#ifndef PHIEU_SCORE_RUN_H
#define PHIEU_SCORE_RUN_H

#include "phieu/score_plan.h"

struct source_rating {
	size_t unit, form, group, home; /* plan indices; home may be NONE */
	const uint8_t *answers;		/* borrowed until the next one */
	size_t n_answers;
};

/* 1: a rating, 0: end, -1: e. */
struct rating_source {
	int (*next)(void *ctx, struct source_rating *out, struct err *e);
	void *ctx;
};

/* `sp` has its strata counted.  score_free the result before `sp`. */
struct score *score_run(const struct score_plan *sp,
			const struct rating_source *src,
			struct err *e) MUST_USE;

#endif
