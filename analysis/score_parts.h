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

#define CLASS_VALID 1u
#define CLASS_ASKED 2u
#define NO_CLASS    ((uint32_t)-1)

struct step { /* one asking of an item on one form */
	size_t slot;
	size_t item; /* among all items of all nodes */
	size_t base; /* of its classes in a block's z, less its offset in
		      * the counts: z[base + map[slot * 256 + byte]] */
};

struct leaf { /* the steps of one criterion on one form */
	size_t node, first, n;
};

struct form_map {
	uint32_t *map; /* [slot*256 + byte] -> class, over all slots */
	uint8_t *flag; /* [class] */
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

struct unit_part {
	struct taylor taylor;
	struct taylor_stratum *strata;
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
	int64_t *n_asked;
	double *factor; /* 1 unless rescaled */
	bool *live;	/* of leaves: it applies to the unit */
	/* [nodes + 1] of the rating at hand */
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
