/* quality_paper.h - what the desk of quality prints: the daily sheet of faults
 * of a post office, the payment basis of agents. */
#ifndef PHIEU_QUALITY_PAPER_H
#define PHIEU_QUALITY_PAPER_H

#include "phieu/db.h"
#include "phieu/paper.h"
#include "phieu/store_waves.h"

struct quality_paper_head {
	const struct wave_head *wave;
	const char *superior, *body, *place; /* "" where there is none */
	const char *office;		     /* NULL: all of them */
};

/* From the rows of the lists "faults" and "payment"; borrows from them. */
bool quality_paper_faults(const struct res *r,
			  const struct quality_paper_head *h, const char *day,
			  struct arena *a, struct paper *out,
			  struct err *e) MUST_USE;
bool quality_paper_payment(const struct res *r,
			   const struct quality_paper_head *h, struct arena *a,
			   struct paper *out, struct err *e) MUST_USE;

/* By the name of the list. */
bool quality_paper(const char *list, const struct res *r,
		   const struct quality_paper_head *h, const char *day,
		   struct arena *a, struct paper *out, struct err *e) MUST_USE;
/* As the bytes of a workbook. */
bool quality_paper_book(const struct paper *d, struct buf *out,
			struct err *e) MUST_USE;

#endif
