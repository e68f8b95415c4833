/* result_parts.h - what the files of the result share. */
#ifndef RESULT_PARTS_H
#define RESULT_PARTS_H

#include "phieu/result.h"

struct result {
	struct result_input in;
	const struct plan *plan;
	struct arena *arena;
	char sha256[65];
	struct result_unit *units;
	size_t n;
	int64_t n_responses;
	int64_t *group_n; /* [group] respondents */
};

/* ---- result_guard.c: what weighed groups give away -------------------------
 */

/* Counting answers of a group to an item. */
int64_t guard_count(const struct result *r, size_t unit, size_t node,
		    size_t item, size_t group);
/* Do several groups answer the item, one of them of fewer than D12 lets be
 * shown, and are groups weighed? */
bool guard_item(const struct result *r, size_t unit, size_t node, size_t item);
/* guarded[1 + nodes] and no_top[1 + nodes], the total first: a leaf with such
 * an item, and all above it; and where the share of the satisfied is not
 * shown: of such a leaf, and of a sum that holds just one of these. */
void guard_unit(const struct result *r, size_t unit, bool *guarded,
		bool *no_top);
/* As readers see them: NULL when not shown. */
const char *guard_exact(const struct result_cell *c);
/* Of c->se, c->low, c->high; `more` digits than the points have. */
const char *guard_error(const struct result *r, const struct result_cell *c,
			const char *six, int more, char out[RESULT_NUMBER]);

/* ---- result_behind.c: what is behind a number, after the rule of D12 -------
 */

struct behind_row { /* a group, or NONE: all together */
	size_t group;
	bool asked;	   /* by the plan: the item is put to this group */
	bool shown;	   /* false: closed, or nobody answered */
	struct dec weight; /* when groups are weighed */
	int64_t n;
	const int64_t *count; /* [options] */
	int64_t unreadable, dont_know, blank;
	const char *mean; /* percent, exact; NULL for all together */
};
struct behind_item { /* a question of the criterion, over its forms */
	const char *code;
	const struct question *question;
	struct dec weight;
	bool shown; /* false: fewer than D12 lets be shown, or one beside it */
	bool scored, guarded; /* guarded: all together is not shown, nor the
			       * exact mean */
	int64_t n_valid, n_asked;
	const char *mean; /* percent, exact; NULL: not scored, or guarded */
	struct dec rounded;
	const struct dec *coefficient; /* [options] percent */
	const struct behind_row *rows; /* [groups], then all together */
};
struct behind {
	const struct result *r;
	size_t unit, criterion;
	bool satisfaction;
	const struct result_cell *cell;
	const struct behind_item *items; /* none when the cell is not shown */
	size_t n_items;
	const struct result_cell **parts; /* of a group */
	size_t n_parts;
};
/* ERR_INPUT: the survey gives no such number.  In the arena. */
bool result_behind(const struct result *r, size_t unit, size_t criterion,
		   struct arena *a, struct behind *out, struct err *e) MUST_USE;

/* As result_explain_json. */
void behind_json(const struct behind *b, struct buf *out);

/* Words of the decisions that shape the numbers: a pair a line. */
struct words {
	const char *id, *en;
	char text[160];
};
#define WORDS_MAX 12
size_t result_words(const struct plan *p, struct words out[WORDS_MAX]);

#endif
