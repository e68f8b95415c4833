/* year.h - the two documents beside a round: targets of the year's plan of
 * administrative reform, and rules of commendation (docs/YEAR.md).
 *
 * Both are checked whole, every fault in one go (codes T.. and C..), and kept
 * as canonical JSON; the database reads that text.  Nothing of it is in C but
 * its form. */
#ifndef PHIEU_YEAR_H
#define PHIEU_YEAR_H

#include "phieu/round.h"

struct year_doc {
	const char *round, *name, *basis;
	bool example;	  /* the basis is an example: said on every output */
	size_t n;	  /* targets; rules for units */
	const char *text; /* canonical JSON */
};

/* `r` NULL: what the document names of the round is not looked up.  False
 * with all faults, never none.  Everything lives in `a`. */
bool target_read(const char *json, size_t n, const struct round *r,
		 struct arena *a, struct year_doc *out,
		 struct faults *f) MUST_USE;
bool reward_read(const char *json, size_t n, const struct round *r,
		 struct arena *a, struct year_doc *out,
		 struct faults *f) MUST_USE;

#endif
