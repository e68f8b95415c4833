/* round_explain.h - why a number of a round's index is what it is, in at most
 * three steps: the unit's total, the criterion, and what is behind it: the
 * answers of the wave (counts), or who decided.
 *
 * One document (JSON) for programs, the terminal and the page.  It is made
 * from the result's own stored input, and only when that input still gives
 * the stored result byte for byte. */
#ifndef PHIEU_ROUND_EXPLAIN_H
#define PHIEU_ROUND_EXPLAIN_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "phieu/store_explanation.h"
#include "phieu/store_round.h"

struct round_explain {
	const struct round_head *head;
	const struct explained_result *result;
	const char *unit, *criterion; /* NULL: the unit's total */
	bool decisions;	    /* of what is asked, with who, when and why */
	bool all;	    /* and why of everything of the unit */
	const char *office; /* decisions that this office may see; NULL: all */
	bool guarded; /* numbers to the published digits: store_round_guarded */
};

/* {"round","result","published","unit","criterion","value","steps":[{"of":
 * "total"|"criterion"|"survey"|"decisions", …}]}; docs/api/openapi.yaml has
 * it in full.  ERR_INPUT: no such unit or criterion; ERR_CONFLICT: the stored
 * result does not recompute. */
bool round_explain(struct db *db, const struct round_explain *q,
		   struct arena *a, struct buf *out, struct err *e) MUST_USE;

/* For people at a terminal. */
bool round_explain_print(const cJSON *doc, FILE *to, struct err *e) MUST_USE;
/* Why a number has no fraction and no counts of all together. */
extern const char explain_guarded[];
/* The document of `phieu explain --json`. */
bool explain_print(const cJSON *doc, FILE *to, struct err *e) MUST_USE;

#endif
