/* store_freeze.h - closing a wave: the copy that scoring reads.
 *
 * Lock: the freeze holds pg_advisory_xact_lock(7001, wave) from its first
 * statement to its commit.  field.intake takes
 * pg_advisory_xact_lock_shared(7001, wave) before it reads plan.wave.state,
 * so that a batch is wholly in the freeze or is refused; several batches do
 * not wait for each other.  After the freeze plan.wave.state is 'frozen' (or
 * 'published') and intake, review and plan changes are refused.
 *
 * Nothing in the frozen schema leads back to a submission: respondent
 * numbers are drawn in random order from a sequence that never goes back (so
 * two freezes share none), rows lie in that order, comments are shuffled on
 * their own with the answers to text questions, and only the profile fields of
 * D12 come along. */
#ifndef PHIEU_STORE_FREEZE_H
#define PHIEU_STORE_FREEZE_H

#include "phieu/db.h"
#include "phieu/store_plan.h"

#define FREEZE_LOCK 7001 /* first key; the second is the wave */

struct freeze {
	int32_t freeze; /* 1, 2, … within the wave */
	int32_t plan_version;
	bool simulated; /* some response bears the mark */
	int64_t n_responses, n_ratings;
	char sha256[65]; /* of the content, canonically sorted */
	char on[11];	 /* the day, YYYY-MM-DD */
};

/* Freezes valid, counted responses (first keying).  One transaction: lock,
 * aggregates, copy, hash, state, log entry; the answers of the freeze before
 * it are deleted, its aggregates and hash stay.  ERR_CONFLICT when the wave
 * has no counted response or its decisions do not allow it. */
bool store_freeze_make(struct db *owner, const struct wave *w,
		       const char *reason, const char *by, struct freeze *out,
		       struct err *e) MUST_USE;
/* The latest freeze; ERR_CONFLICT when there is none. */
bool store_freeze_latest(struct db *db, const struct wave *w,
			 struct freeze *out, struct err *e) MUST_USE;
/* Recomputes the content hash from the rows. */
bool store_freeze_hash(struct db *db, const struct wave *w,
		       const struct freeze *f, char sha256[65],
		       struct err *e) MUST_USE;

/* Respondents of the freeze per group x home. */
struct freeze_cell {
	size_t group, home; /* plan indices, NONE */
	int64_t n;
};
/* Cells in database order; caller frees *out. */
bool store_freeze_cells(struct db *db, const struct wave *w,
			const struct freeze *f, struct freeze_cell **out,
			size_t *n, struct err *e) MUST_USE;

/* The ratings, streamed by binary COPY in no particular order.  `answers` is
 * borrowed until the next row.  Runs inside the caller's transaction. */
struct freeze_rating {
	size_t unit, form, group, home; /* plan indices, home NONE */
	const uint8_t *answers;
	size_t n_answers;
};
struct freeze_reader;
struct freeze_reader *freeze_reader_open(struct db *db, const struct wave *w,
					 const struct freeze *f,
					 struct err *e) MUST_USE;
/* 1: a rating; 0: end; -1: e. */
int freeze_reader_next(struct freeze_reader *r, struct freeze_rating *out,
		       struct err *e) MUST_USE;
void freeze_reader_close(struct freeze_reader *r);

#endif
