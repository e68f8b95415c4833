/* strata.h - the strata of a frozen wave (group and home), and what each
 * respondent stands for. */
#ifndef PHIEU_STRATA_H
#define PHIEU_STRATA_H

#include "phieu/arena.h"
#include "phieu/store_freeze.h"

struct stratum {
	const char *name;   /* "hdnd-tinh|", "ubnd-xa|xa-a"; NULL: nobody */
	int64_t n;	    /* respondents, n_h */
	int64_t population; /* in the frame, N_h; -1 unknown */
	/* N_h, n_h, N_h / n_h (1 when unknown), and N_h or 1e15 for no finite
	 * correction, as text for a table */
	char frame[24], sample[24], weight[40], fpc[40];
};

struct strata {
	size_t n_units;
	struct stratum *list; /* [group * (units + 1) + home or units] */
};

/* `many`: names begin with the wave's.  Lives in `a`. */
bool strata_read(struct db *db, const struct wave *w, const struct freeze *f,
		 bool many, struct arena *a, struct strata *out,
		 struct err *e) MUST_USE;
/* home NONE: of a group without homes. */
const struct stratum *strata_of(const struct strata *s, size_t group,
				size_t home);

#endif
