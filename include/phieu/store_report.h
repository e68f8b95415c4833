/* store_report.h - what a report takes from the ledgers: outcomes of sheets as
 * the freeze counted them. */
#ifndef PHIEU_STORE_REPORT_H
#define PHIEU_STORE_REPORT_H

#include "phieu/store_freeze.h"

struct report_outcome {
	size_t group; /* plan index */
	int64_t complete, partial, refused, not_met, other, not_eligible;
};
/* By group; those without any are left out.  In the arena. */
bool store_report_outcomes(struct db *db, const struct wave *w,
			   const struct freeze *f, struct arena *a,
			   struct report_outcome **out, size_t *n,
			   struct err *e) MUST_USE;

#endif
