/* round_diff.h - what changed between two versions of a round, an index
 * document or a criteria set (docs/ROUND.md).
 *
 * Criteria are known by their codes.  What is not of the criteria (rules,
 * units, calendar …) is told by its path (json_diff.h). */
#ifndef PHIEU_ROUND_DIFF_H
#define PHIEU_ROUND_DIFF_H

#include <cjson/cJSON.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/err.h"

enum round_change_kind {
	CHANGE_ADDED,
	CHANGE_REMOVED,
	CHANGE_MOVED,	  /* to another parent */
	CHANGE_REORDERED, /* children of a node, in another order */
	CHANGE_RENAMED,
	CHANGE_MAXIMUM,
	CHANGE_KIND,	    /* where its points come from */
	CHANGE_COMBINATION, /* sum, all-of … and tables from measure to points
			     */
	CHANGE_APPLIES,
	CHANGE_EFFECT,	 /* bonus, deduction */
	CHANGE_DETAIL,	 /* need, grain, groups, basis, name it by `member` */
	CHANGE_REPLACED, /* the mapping old to new */
	CHANGE_OTHER	 /* not of the criteria */
};

struct round_change {
	enum round_change_kind kind;
	const char *code;   /* criterion; path of CHANGE_OTHER; "" the root */
	const char *name;   /* of the criterion; "" */
	const char *member; /* of CHANGE_DETAIL, COMBINATION; "" */
	const char *from, *to; /* NULL: nothing there */
};

/* "renamed", "đổi tên" */

/* All of it, in the arena; criteria in the order of the second document, then
 * what was removed.  ERR_NOMEM. */
bool round_diff(const cJSON *a, const cJSON *b, struct arena *arena,
		struct round_change **out, size_t *n, struct err *e) MUST_USE;

void round_diff_text(const struct round_change *c, size_t n, struct buf *out);
void round_diff_json(const struct round_change *c, size_t n, struct buf *out);

#endif
