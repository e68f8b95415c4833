/* year_paper.h - targets, series and lists of commendation on paper. */
#ifndef YEAR_PAPER_H
#define YEAR_PAPER_H

#include "phieu/db.h"
#include "phieu/paper.h"

/* Tables of a paper, in the arena; NULL tables when memory is short.  Rows
 * are those of the lists in acts_year.c. */
bool target_tables(const struct res *r, struct arena *a, struct paper *out,
		   struct err *e) MUST_USE;
/* `persons` NULL: the paper has units alone. */
bool reward_tables(const struct res *units, const struct res *persons,
		   struct arena *a, struct paper *out, struct err *e) MUST_USE;
/* With the picture. */
bool series_tables(const struct res *r, struct arena *a, struct paper *out,
		   struct err *e) MUST_USE;
/* The picture alone. */
bool series_picture(const struct res *r, struct buf *svg,
		    struct err *e) MUST_USE;

#endif
