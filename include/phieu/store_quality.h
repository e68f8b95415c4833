/* store_quality.h - data quality of fieldwork before the freeze: counts by
 * agent, by area (home) and in all, never crossed, never an answer.  A row
 * with fewer sheets than the plan's limit shows how many there are and
 * nothing of how they were answered. */
#ifndef PHIEU_STORE_QUALITY_H
#define PHIEU_STORE_QUALITY_H

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/db.h"

enum quality_side { QUALITY_AGENT, QUALITY_HOME, QUALITY_TOTAL };

struct quality_row {
	enum quality_side side;
	const char *code, *name; /* NULL: no agent, no home, the total */
	/* sheets of first keying and what became of them */
	int64_t received, valid, queried, invalid, set_aside;
	/* of the ledger of numbered sheets */
	int64_t refused, not_met, other, not_eligible;
	int64_t planned; /* quota of the home; 0 for agents */
	/* of the answers; meaningless when closed */
	int64_t timed, fast, ratings, straight, asked, blank;
	bool closed;
};

#define QUALITY_SPEED 0.4

/* Asks as the server, which is logged under `who`; closes rows below k
 * sheets, and the smallest open one beside a single closed one.  Rows in the
 * arena, agents first, then homes, the total last. */
bool store_quality(struct db *db, int32_t wave, int64_t k, const char *who,
		   struct arena *a, struct quality_row **rows, size_t *n,
		   struct err *e) MUST_USE;

/* What came instead of an answer, by form (its ordinal) and slot of a rating.
 * A form with fewer than k sheets has no numbers. */
struct quality_question {
	int32_t form;
	int32_t slot;
	int64_t sheets, asked, blank, dont_know, unreadable;
	bool closed;
};
bool store_quality_questions(struct db *db, int32_t wave, int64_t k,
			     const char *who, struct arena *a,
			     struct quality_question **out, size_t *n,
			     struct err *e) MUST_USE;

/* Q06 of a wave, as the statements of flags want it: a JSON array of whoever
 * is far from the others of his unit and form, by the thresholds of the wave
 * (agent_means.h).  Counts, means and a test; no sheet. */
bool store_quality_far(struct db *db, int32_t wave, struct buf *out,
		       struct err *e) MUST_USE;

#endif
