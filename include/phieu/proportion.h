/* proportion.h - what a count of hits among independent trials says of the
 * share behind it. */
#ifndef PHIEU_PROPORTION_H
#define PHIEU_PROPORTION_H

#include <stdbool.h>
#include <stdint.h>

#include "phieu/err.h"

struct proportion {
	double share; /* k / n */
	/* Clopper & Pearson 1934, Biometrika 26: 404-413: quantiles of beta
	 * distributions (k, n-k+1) and (k+1, n-k); covers with at least
	 * `level`.  0 for no hit, 1 for hits alone */
	double low, high;
	/* Wilson 1927, JASA 22: 209-212, without correction for continuity */
	double wilson_low, wilson_high;
};

/* k hits in n trials; level in (0, 1), half of the rest on either side.
 * ERR_INPUT: no trial, more hits than trials, a level outside. */
bool proportion_of(uint64_t k, uint64_t n, double level, struct proportion *out,
		   struct err *e) MUST_USE;

/* Is a lot good, by a rule that was set before?  PROPORTION_MORE: too little
 * is known. */
enum proportion_verdict {
	PROPORTION_MORE,
	PROPORTION_ACCEPT,
	PROPORTION_REJECT
};
/* By an acceptance number (ISO 2859-1: accept with at most `accept` hits):
 * fewer than `least` trials say nothing, unless there are too many hits
 * already. */
enum proportion_verdict proportion_by_number(uint64_t k, uint64_t n,
					     uint64_t least, uint64_t accept);
/* By the exact interval: accepted when all of it is at or below `maximum`,
 * rejected when all of it is above. */
enum proportion_verdict proportion_by_interval(const struct proportion *p,
					       uint64_t n, uint64_t least,
					       double maximum);

#endif
