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
	int64_t n_valid, n_asked;
	const char *mean; /* percent, exact; NULL: not scored */
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
