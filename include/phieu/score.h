/* score.h - component points of units, with their errors.
 *
 * Pure: arrays in, structs out.  Points are exact rationals from counts up
 * to the one rounding; standard errors come from the same counts by
 * linearisation (taylor.h), the respondent as sampling unit, strata group x
 * home, finite population correction where N is known.
 *
 * Two passes over the ratings in any order, memory independent of their
 * number: score_count every rating, score_fix, score_spread every rating
 * again, score_finish. */
#ifndef PHIEU_SCORE_H
#define PHIEU_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/dec.h"
#include "phieu/err.h"
#include "phieu/exact.h"
#include "phieu/taylor.h"

#define SCORE_NONE ((size_t)-1)

enum score_node_kind { SCORE_GROUP, SCORE_SURVEY, SCORE_SATISFACTION };
enum score_blank { SCORE_EXCLUDE, SCORE_VALUE };
enum score_missing { SCORE_RENORMALISE, SCORE_UNSCORED, SCORE_ZERO_GROUP };
enum score_empty { SCORE_RESCALE, SCORE_ZERO, SCORE_MANUAL };

/* One asking of an item: where its answer byte is and what bytes mean. */
struct score_asking {
	size_t form, slot;
};
struct score_item { /* a question of a criterion, over all its forms */
	const char *code;
	struct dec weight; /* within the criterion; equal ones for equal */
	const struct score_asking *askings;
	size_t n_askings;
};

struct score_node { /* criteria tree, parents before children */
	const char *code;
	size_t parent; /* SCORE_NONE: a field */
	enum score_node_kind kind;
	struct dec maximum;
	const struct score_item *items; /* of leaves */
	size_t n_items;
	const bool *applies; /* by rated unit */
};

/* What an answer byte is worth, per form and slot (0-255). */
struct score_value {
	bool counts; /* enters the denominator */
	bool blank;  /* asked, but no counting answer */
	bool satisfied;
	struct dec coefficient; /* percent */
};

struct score_band {
	struct dec from, percent;
};

struct score_spec {
	size_t n_units, n_groups, n_forms, n_strata;
	const size_t *form_slots; /* [form] */
	/* [form][slot*256 + byte]; byte 0 is "not asked" and means nothing */
	const struct score_value *const *value;
	const struct score_node *nodes;
	size_t n_nodes;
	bool group_weights;		/* else pooled */
	const struct dec *group_weight; /* [group] */
	const size_t *group_form;	/* [group] */
	const bool *expected; /* [unit * n_groups + group]: may rate it; NULL:
			       * every group every unit */
	enum score_missing missing_group;
	enum score_empty empty;
	const struct score_band *bands; /* D7, highest first; 0: proportional */
	size_t n_bands;
	int digits;
	enum exact_round round;
	bool item_first; /* D8: round items, then add; else add, then round */
	const struct taylor_stratum *strata;
	const size_t *stratum_group;
	enum taylor_lonely lonely;
	double confidence; /* 0.95 */
};

struct score_rating {
	size_t unit, form, group, stratum;
	const uint8_t *answers; /* form_slots[form] bytes */
};

struct score;

/* D5 here: an item (question) without counting answers is left out of its
 * criterion's mean (rescale), counts 0, or leaves the criterion unscored; a
 * criterion without scored items likewise in its field, a field in the
 * total.  An item unscored because a group is missing is left out, or leaves
 * the criterion unscored under SCORE_MANUAL.
 *
 * Keeps pointers into `spec` (borrowed until score_free).  ERR_INPUT for an
 * inconsistent spec, ERR_MATH for sizes past the caps. */
struct score *score_new(const struct score_spec *spec, struct err *e) MUST_USE;
void score_free(struct score *s);

bool score_count(struct score *s, const struct score_rating *r,
		 struct err *e) MUST_USE;
bool score_fix(struct score *s, struct err *e) MUST_USE;
void score_spread(struct score *s, const struct score_rating *r);
bool score_finish(struct score *s, struct err *e) MUST_USE;

/* Results; borrowed until score_free. */
struct score_cell { /* unit x node, node SCORE_NONE for the total */
	bool applies;
	bool scored;	    /* false: no answers, or a missing group (D5) */
	mpq_t exact;	    /* points before rounding */
	struct dec points;  /* rounded by D8 */
	struct dec maximum; /* of what was scored (after rescaling: full) */
	bool rescaled;	    /* D5: some part below had no answers */
	int64_t n_asked, n_valid; /* ratings (= respondents) asked / with a
				   * counting answer */
	int64_t n_answers;	  /* counting answers, over all items */
	mpq_t top;		  /* top-two share of them, 0-1 */
	bool has_se; /* false: df <= 0, bands below, no variance by the rule */
	double se, low, high; /* points; the interval is not cut at 0 or M */
	int64_t df, lonely;
};
const struct score_cell *score_cell(const struct score *s, size_t unit,
				    size_t node);
/* Item level, for "explain this number": counts by byte and group. */
struct score_item_cell {
	int64_t n_asked, n_valid, n_blank;
	bool scored;
	mpq_t mean; /* r(u,q) in percent */
	mpq_t top;
};
const struct score_item_cell *score_item(const struct score *s, size_t unit,
					 size_t node, size_t item);
int64_t score_item_count(const struct score *s, size_t unit, size_t node,
			 size_t item, size_t group, uint8_t byte);
int64_t score_ratings(const struct score *s); /* counted in pass one */

/* Step 8, on rounded values: rank among `n` values, ties shared (1,2,2,4);
 * entries with scored false get rank 0. */
void score_rank(const struct dec *points, const bool *scored, size_t n,
		size_t *rank);
/* Band of a published value: index into bands (highest first), or
 * SCORE_NONE below the lowest. */
size_t score_grade(struct dec published, const struct dec *from, size_t n);

#endif
