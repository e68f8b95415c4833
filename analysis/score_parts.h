/* score_parts.h - what the files of the score module share.
 *
 * Counts lie in blocks, one per (unit, group, form) that occurs: for each
 * slot of the form a counter per byte that means something (its class; class
 * 0 takes the rest: not asked).  score_fix turns them into exact points and
 * into tables of integer scores with the same classes, so that the second
 * pass only looks up and adds. */
#ifndef SCORE_PARTS_H
#define SCORE_PARTS_H

#include "phieu/score.h"

#define NO_CLASS ((uint32_t)-1)

/* An entry of a score table: the score, and below it whether the answer was
 * asked for and whether it counts, so that one sum over the steps of a
 * criterion gives all three. */
#define ENTRY_BITS  9 /* room for LIMIT_QUESTIONS steps */
#define ENTRY_VALID INT64_C(1)
#define ENTRY_ASKED (INT64_C(1) << ENTRY_BITS)
#define ENTRY_ONE   (INT64_C(1) << 2 * ENTRY_BITS)
#define SCORE_BITS  43 /* scores stay below 2^43, entries below 2^62 */
#define STEPS_MAX   ((size_t)511)

struct step { /* one asking of an item on one form */
	size_t slot;
	size_t item; /* among all items of all nodes */
	size_t base; /* of its classes in a block's z, less its offset in
		      * the counts: z[base + class] */
};

struct leaf { /* the steps of one criterion on one form */
	size_t node, first, n;
};

struct form_map {
	/* [byte * slots + slot] -> class, over all slots: the few bytes that
	 * occur lie together, a form's worth of slots in two cache lines */
	uint32_t *map;
	size_t slots;
	const struct score_value **value; /* [class]; NULL: not asked */
	uint32_t *from;			  /* [slot] its class 0; [n] the end */
	size_t n_classes;
	struct step *steps;
	size_t n_steps;
	struct leaf *leaves;
	size_t n_leaves;
	size_t n_z;
};

struct block {
	int64_t *count; /* [class] */
	int64_t *z;	/* [step][class of its slot] */
};

struct rise { /* a column is added to that of its parent */
	uint32_t from, to;
	double factor; /* of rescaling, applied to `from` before */
};

/* What is added up of a unit: a column for each criterion and sum that bears
 * on it; a sum of one part shares that part's column. */
struct unit_part {
	struct taylor taylor; /* its statistics are the columns */
	struct taylor_stratum *strata;
	uint32_t *column;   /* [node, total last]; NO_CLASS: none */
	struct rise *rises; /* children before parents */
	size_t n_columns, n_rises;
	double scale;
};

struct group_sum {    /* counting answers of one group to one item */
	int64_t n, y; /* y: sum of coefficients, millionths of a percent */
};

struct score {
	const struct score_spec *spec;
	size_t n_items;	   /* of all nodes */
	size_t *item_from; /* [node] first item, [n_nodes] the end */
	struct form_map *forms;
	struct block **blocks; /* [(unit * groups + group) * forms + form] */
	uint32_t *seen;	       /* [unit * strata + stratum] ratings */
	uint32_t *local; /* [unit * strata + stratum] index in the unit's */
	struct unit_part *units;
	struct score_cell *cells;     /* [unit * (nodes + 1) + node] */
	struct score_item_cell *item; /* [unit * items + item] */
	struct group_sum *sums;	      /* [(unit * items + item)*groups+g] */
	double *item_weight; /* [unit * items + item] share of its mean */
	/* [unit * (nodes + 1) + node], the total last */
	int64_t *n_asked; /* by column */
	double *factor;	  /* 1 unless rescaled */
	bool *live;	  /* of leaves: it applies to the unit */
	/* [column] of the rating at hand */
	int64_t *z;
	uint8_t *in, *asked;
	int64_t n_ratings;
	bool fixed, ready;
};

struct block *score_block(const struct score *s, size_t unit, size_t group,
			  size_t form);
const struct score_cell *score_cell_at(const struct score *s, size_t unit,
				       size_t i);
bool score_points(struct score *s, struct err *e) MUST_USE;
bool score_tables(struct score *s, struct err *e) MUST_USE;

#endif
