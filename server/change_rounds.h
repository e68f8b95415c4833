/* change_rounds.h - a round's result against an earlier round's, from what is
 * stored: of `phieu round compare` and GET /v1/rounds/{round}/compare. */
#ifndef SERVER_CHANGE_ROUNDS_H
#define SERVER_CHANGE_ROUNDS_H

#include "change_show.h"
#include "phieu/result_desk.h"

enum { NOW, BEFORE };

struct change_job {
	struct arena *a; /* borrowed, like db */
	struct db *db;
	struct result_desk desk[2];
	struct index_change_head head;
	struct change_letter letter;
	struct index_pairs pairs;
	struct index_change c;
	struct faults f;
	const char *version; /* of this year's document */
	bool told;	     /* the faults are printed */
};

/* Takes the newest published results, else drafts (j->letter.draft), computed
 * again; what this year's document says it replaced is in j->pairs.  ERR_INPUT:
 * no result, or not of an earlier year; ERR_CONFLICT: a stored result does not
 * come out again. */
bool change_rounds(struct change_job *j, const struct round_head head[2],
		   struct err *e) MUST_USE;
/* What changed, into j->c. */
bool change_made(struct change_job *j, struct err *e) MUST_USE;
/* NULL: INDEX_NONE, all. */
bool change_unit(const struct change_job *j, const char *code, size_t *unit,
		 struct err *e) MUST_USE;
/* The document to print. */
bool change_page(const struct change_job *j, size_t unit, struct buf *b,
		 struct err *e) MUST_USE;
void change_job_clear(struct change_job *j);

#endif
