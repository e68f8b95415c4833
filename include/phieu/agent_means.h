/* agent_means.h - is an agent's mean far from that of the other agents of the
 * same unit and form (Q06)?
 *
 * Each agent's sheets against all sheets of the others by Welch's t (Welch
 * 1947, Biometrika 34: 28-35, with his degrees of freedom, 1938, 29: 350-362),
 * two-sided; over all agents tested by Holm (1979, Scand. J. Statist. 6:
 * 65-70).  A sheet is one observation: its mean over its answered cells.  It
 * comes as counts, means and variances, so no sheet is ever seen here. */
#ifndef PHIEU_AGENT_MEANS_H
#define PHIEU_AGENT_MEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

struct agent_mean {
	/* given, in order of form and home */
	int32_t form, home, agent;
	double n, mean, variance; /* sheets; variance with n - 1 */
	/* made; NAN when not tested */
	double n_others, mean_others;
	double t, df, p, p_holm;
	/* difference in standard deviations, pooled within both sides (Hedges
	 * & Olkin 1985, p. 78, without their correction) */
	double effect;
};

/* Tests rows whose own and whose others' sheets are `least` or more, and where
 * they are spread at all: of two constants nothing is known.  *tested: how
 * many.  work[2 * n].  ERR_NOMEM. */
bool agent_means_test(struct agent_mean *rows, size_t n, double least,
		      double *work, size_t *tested, struct err *e) MUST_USE;

/* Is it far?  p_holm below `p` and the effect `effect` or more. */
bool agent_mean_is_far(const struct agent_mean *m, double p, double effect);

#endif
