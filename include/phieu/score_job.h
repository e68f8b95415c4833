/* score_job.h - everything between a wave, or a file, and its result: one
 * road for the commands, the tests and the bench. */
#ifndef PHIEU_SCORE_JOB_H
#define PHIEU_SCORE_JOB_H

#include "phieu/responses.h"
#include "phieu/result.h"
#include "phieu/store_freeze.h"
#include "phieu/store_publish.h"

#define JOB_TEXT_BYTES ((size_t)1 << 30)

struct score_job {
	struct db *db;	   /* borrowed, with: */
	struct wave *wave; /* owned; or: */
	struct plan *plan; /* owned, of files */
	struct freeze freeze;
	struct responses *responses;
	struct responses_count count; /* of the file */
	struct score_plan *sp;
	struct score *score;
	struct result *result;
};

/* `j` zeroed.  The latest freeze of the wave, scored from `db`. */
bool score_job_wave(struct score_job *j, struct db *db, const char *wave,
		    struct err *e) MUST_USE;
/* The same from a plan file and NDJSON. */
bool score_job_files(struct score_job *j, const char *plan,
		     const char *responses, struct err *e) MUST_USE;
void score_job_end(struct score_job *j);

/* Freezes (as owner), scores, makes the snapshot. */
bool score_job_freeze(struct score_job *j, struct db *owner, const char *wave,
		      const char *reason, const char *by, int32_t *snapshot,
		      struct err *e) MUST_USE;
/* Recomputed against recorded: the frozen answers' hash, and the newest
 * snapshot's bytes.  The snapshot lives in the arena. */
struct score_check {
	bool same_answers, same_result;
	char recomputed[65]; /* hash of the answers */
	struct snapshot snapshot;
};
bool score_job_check(struct score_job *j, struct arena *a,
		     struct score_check *out, struct err *e) MUST_USE;

/* What engines pull, of every release of `snapshot`, against what is
 * recomputed: *releases compared, *wrong rows changed, missing or added. */
bool score_job_released(struct score_job *j, int32_t snapshot, struct arena *a,
			int32_t *releases, size_t *wrong,
			struct err *e) MUST_USE;

/* Cells that a release of another freeze showed and this result shows
 * otherwise, with fewer people between them than a cell may have: mean and
 * number before and after give away what these few answered.  As many people
 * in other words counts as few: a mended sheet is one person. */
struct released_difference {
	int32_t release;
	const char *unit, *criterion; /* "" for the total; in the arena */
	int64_t was, is;	      /* people */
};
bool score_job_differences(struct score_job *j, struct arena *a,
			   struct released_difference **out, size_t *n,
			   struct err *e) MUST_USE;

/* The ratings of a freeze, as scoring and archives walk them; `r` is borrowed.
 */
struct rating_source frozen_ratings(struct freeze_reader *r);

#endif
