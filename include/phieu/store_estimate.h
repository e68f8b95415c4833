/* store_estimate.h - frozen answers, a row per rating, for `phieu estimate`. */
#ifndef PHIEU_STORE_ESTIMATE_H
#define PHIEU_STORE_ESTIMATE_H

#include "phieu/db.h"
#include "phieu/store_freeze.h"

struct frozen_row {
	int32_t respondent;		/* of this freeze only */
	size_t form, group, home, unit; /* plan indices; home may be NONE */
	const uint8_t *answers;		/* borrowed until the next row */
	size_t n_answers;
	const char *profile; /* JSON object as kept by D12; borrowed */
	const char *extra;   /* JSON object of multiple and number answers,
			      * NULL: none; borrowed */
};

struct frozen_rows;
/* Streams by respondent and unit, inside the caller's transaction. */
struct frozen_rows *frozen_rows_open(struct db *db, const struct wave *w,
				     const struct freeze *f,
				     struct err *e) MUST_USE;
/* 1: a rating; 0: end; -1: e.  Sheets without a rating are passed over. */
int frozen_rows_next(struct frozen_rows *r, struct frozen_row *out,
		     struct err *e) MUST_USE;
void frozen_rows_close(struct frozen_rows *r);
/* The same of the respondents after `after` up to `last`. */
struct frozen_rows *frozen_window_open(struct db *db, const struct wave *w,
				       const struct freeze *f, int32_t after,
				       int32_t last, struct err *e) MUST_USE;
/* The last of the next `most` respondents who filled in the form; *last stays
 * when there is none. */
bool frozen_window_last(struct db *db, const struct wave *w,
			const struct freeze *f, size_t form, int32_t after,
			int32_t most, int32_t *last, struct err *e) MUST_USE;
/* How many ratings of one form (plan index) there are. */
bool frozen_rows_count(struct db *db, const struct wave *w,
		       const struct freeze *f, size_t form, size_t *n,
		       struct err *e) MUST_USE;

#endif
