/* index.h - a unit's index: points by criterion, total, grade, rank, and why
 * each number is what it is.
 *
 * Pure: arrays in, structs out.  Official numbers are exact rationals up to
 * the roundings that the rules name, so that the result has the same bits in
 * any order of rows and on any machine.  A part that is missing is settled by
 * a rule that the set states; nothing becomes zero in silence.  All official
 * content is data: docs/INDEX.md has the formulas and their sources. */
#ifndef PHIEU_INDEX_H
#define PHIEU_INDEX_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "phieu/arena.h"
#include "phieu/dec.h"
#include "phieu/err.h"
#include "phieu/exact.h"
#include "phieu/fault.h"

/* Changes when published numbers could change. */
#define INDEX_METHOD	 "phieu-index/1"
#define INDEX_NONE	 ((size_t)-1)
#define INDEX_NUMBER_MAX 400 /* characters of a number as given */

/* ---- the criteria set -------------------------------------------------- */

/* Where a leaf's points come from.  A survey, satisfaction (SIPAS) or external
 * (PAPI, PCI) value is recorded, never typed by a unit or an appraiser. */
enum index_source {
	INDEX_ASSESSED,
	INDEX_SURVEY,
	INDEX_SATISFACTION,
	INDEX_EXTERNAL
};
#define INDEX_SOURCES ((size_t)4)

/* A bonus adds beyond the maximum, a deduction takes away; both stand beside
 * the total, are never rescaled, and their maximum is a cap. */
enum index_effect { INDEX_COUNTS, INDEX_BONUS, INDEX_DEDUCTION };

/* How the children of a node give its points.  A child is met when its points
 * reach its `need`. */
enum index_combine {
	INDEX_SUM,
	INDEX_ALL_OF, /* the maximum when every child is met, else 0 */
	INDEX_ANY_OF, /* the maximum when a child is met, else 0 */
	INDEX_FORMULA /* 100 x points / maximum of the children, converted */
};

/* From a measure to points. */
enum index_convert_kind {
	INDEX_POINTS, /* the value is points already, 0 to the maximum */
	INDEX_LINEAR, /* maximum x (m - low) / (high - low) */
	INDEX_STEPS   /* points of the first step with m >= from, below: 0 */
};
struct index_step {
	struct dec from, points;
};
struct index_convert {
	enum index_convert_kind kind;
	struct dec low, high; /* of INDEX_LINEAR; low < high */
	bool cap;	      /* beyond them counts as at them, else refused */
	const struct index_step *steps; /* highest first */
	size_t n_steps;
};

struct index_group { /* of respondents, with its weight (D4) */
	const char *code;
	struct dec weight;
};

struct index_node { /* parents before children, in the order printed */
	const char *code, *name;
	size_t parent; /* INDEX_NONE: a field (lĩnh vực) */
	bool leaf;
	enum index_source source;   /* of a leaf */
	enum index_combine combine; /* of others */
	enum index_effect effect;   /* of a leaf */
	struct dec maximum;
	struct dec need;  /* a child of all-of, any-of; 0: maximum */
	struct dec grain; /* typed points are multiples; 0: any */
	struct index_convert convert;	  /* of a leaf or INDEX_FORMULA */
	const bool *applies;		  /* [kind]; NULL: to all */
	const struct index_group *groups; /* values come by group */
	size_t n_groups;
	const char *basis; /* NULL: that of the set */
};

struct index_band { /* highest first; a grade from `from` on */
	const char *name;
	struct dec from;
};

struct index_kind { /* of unit: a block unless units name their own */
	const char *code, *name;
	struct dec total; /* declared maximum of the criteria that apply */
	const struct index_band *bands; /* NULL: those of the rules */
	size_t n_bands;
};

/* ---- the rules: decisions D4, D5, D7-D10, none with a silent default --- */

/* Criteria that do not apply to a unit (tiêu chí đặc thù) are left out; the
 * rest stands for the whole.  With B the maximum, R what is left out:
 * total: sum / (B - R) x B over everything; source: the same within the
 * assessed, the survey, the satisfaction and the external part each; parent:
 * the same at every node; none: not done. */
enum index_rescale {
	INDEX_RESCALE_TOTAL,
	INDEX_RESCALE_SOURCE,
	INDEX_RESCALE_PARENT,
	INDEX_RESCALE_NONE
};
enum index_missing {
	INDEX_INCOMPLETE, /* no published value, grade or rank */
	INDEX_LEAVE_OUT,  /* like one that does not apply, and listed */
	INDEX_ZERO,	  /* nought, and listed */
	INDEX_TAKE_SELF	  /* assessed only: the unit's own points, listed */
};
enum index_group_missing {
	INDEX_RENORMALISE,    /* weights of the groups that answered */
	INDEX_GROUP_UNSCORED, /* the criterion is missing */
	INDEX_GROUP_ZERO
};
enum index_ties {
	INDEX_SHARED, /* 1, 2, 2, 4 */
	INDEX_DENSE   /* 1, 2, 2, 3 */
};
/* What parts ties before they are shared: in order, higher is better. */
enum index_tie_by {
	INDEX_TIE_NODE, /* points of a criterion */
	INDEX_TIE_SOURCE,
	INDEX_TIE_EXACT,    /* the total before the last rounding */
	INDEX_TIE_DEDUCTION /* fewer is better */
};
struct index_tie {
	enum index_tie_by by;
	size_t node;
	enum index_source source;
};

struct index_rules {
	enum index_rescale rescale;
	enum index_missing missing[INDEX_SOURCES];
	enum index_group_missing missing_group;
	int digits; /* 0-6 */
	enum exact_round round;
	bool item_first; /* leaves are rounded, then added (D8) */
	bool floor_zero; /* a total below 0 is 0 */
	bool cap_total;	 /* a total over the declared maximum is that */
	bool use_self;	 /* a draft from the units' own points */
	const struct index_band *bands;
	size_t n_bands; /* 0: no grades */
	enum index_ties ties;
	const struct index_tie *tie_break;
	size_t n_tie_break;
};

/* ---- units and values -------------------------------------------------- */

struct index_unit {
	const char *code, *name;
	size_t kind;
	const char *block; /* NULL: all of its kind */
};

enum index_status {
	INDEX_GIVEN,
	INDEX_NOT_APPLICABLE, /* also of an inner node: all below it */
	INDEX_PENDING,	      /* not yet appraised */
	INDEX_NO_ANSWERS      /* a survey nobody answered, or a closed cell */
};

/* Numbers are texts: "1.75", "-0.5", or lowest terms "21/20".  Points typed by
 * people have at most six decimals; measures and exact points any number. */
struct index_group_value {
	size_t group; /* index in the node's */
	const char *value;
};
struct index_value { /* at most one of a unit and node */
	size_t unit, node;
	enum index_status status;
	const char *value; /* NULL: none, unless by group */
	const char *self;  /* assessed: the unit's own points; NULL: none */
	const struct index_group_value *groups;
	size_t n_groups;
	double se;	    /* of the value as given; 0: none, index_sure.h */
	const char *reason; /* why so; NULL */
	const char *origin; /* document, or snapshot and hash; NULL */
};

struct index_deduction { /* điểm bị trừ outside the criteria, or on one */
	size_t unit, node; /* INDEX_NONE: on the total */
	struct dec points; /* > 0 */
	const char *reason, *document;
};

/* What somebody added up or graded himself: checked, never used. */
struct index_typed {
	size_t unit, node; /* INDEX_NONE: the total */
	struct dec points; /* when grade is NULL */
	const char *grade;
};

struct index_set {
	const char *title, *basis;
	bool example; /* no decision: a trial, said on every output */
	const struct index_node *nodes;
	size_t n_nodes;
	const struct index_kind *kinds;
	size_t n_kinds;
	struct index_rules rules;
	const struct index_unit *units;
	size_t n_units;
	const struct index_value *values;
	size_t n_values;
	const struct index_deduction *deductions;
	size_t n_deductions;
	const struct index_typed *typed;
	size_t n_typed;
};

/* Everything that is wrong with the set: tree, children that do not add to
 * their parent, declared totals, steps, bands, values.  Codes K.., paths as in
 * the file form (index_file.h).  True when nothing is.  index_new wants a set
 * that passed; `a` for the messages is the faults'. */
bool index_check(const struct index_set *s, struct faults *faults) MUST_USE;

/* ---- results ----------------------------------------------------------- */

enum index_state {
	INDEX_ABSENT,  /* the criterion is not for this kind of unit */
	INDEX_REMOVED, /* does not apply to this unit: out of the base */
	INDEX_OUT,     /* missing, left out of the base by the rule */
	INDEX_MISSING, /* missing: the unit is incomplete */
	INDEX_ZEROED,  /* missing, nought by the rule */
	INDEX_SELF,    /* the unit's own points stand in, by the rule */
	INDEX_SCORED,
	INDEX_UNCLAIMED /* a bonus or deduction that nobody entered */
};

struct index_cell { /* unit x node */
	enum index_state state;
	mpq_t before;	   /* points before they are rounded here */
	struct dec points; /* rounded by the rules */
	mpq_t full;	   /* maximum of what the kind has */
	mpq_t base;	   /* the same without what is left out */
	mpq_t deducted;	   /* on this node and below */
	mpq_t self;	   /* the unit's own points, added up */
	bool has_self, rescaled;
	bool rounded; /* an item under item_first: points go on, not before */
};

struct index_part { /* of one source, before any rescaling */
	mpq_t points, full, base;
};

struct index_total {
	bool complete;	 /* else: `so far`, no grade, no rank */
	bool computable; /* false: nothing is left to rescale from */
	struct index_part part[INDEX_SOURCES];
	mpq_t sum, full, base; /* of what counts, before rescaling */
	mpq_t rescaled;	       /* after it */
	mpq_t scaled;	       /* and after its rounding, under item_first */
	mpq_t bonus, deduction;
	mpq_t before; /* the total before its rounding */
	struct dec published;
	struct dec percent; /* sum / base x 100, two decimals */
	mpq_t self;	    /* own points added up; of assessed leaves */
	mpq_t appraised;    /* points of assessed leaves */
	size_t n_removed, n_out, n_zeroed, n_missing;
	size_t band; /* in index_bands(); INDEX_NONE: none */
	size_t rank; /* within its block; 0: none */
	bool shared; /* somebody else has it too */
};

struct index;
/* Computes everything.  Keeps `s` and `a` (borrowed until index_free).
 * ERR_BUG for a number that index_check would have refused, ERR_MATH for sums
 * too large, ERR_NOMEM. */
struct index *index_new(const struct index_set *s, struct arena *a,
			struct err *e) MUST_USE;
void index_free(struct index *ix);

const struct index_set *index_set_of(const struct index *ix);
const struct index_cell *index_cell(const struct index *ix, size_t unit,
				    size_t node);
const struct index_total *index_total(const struct index *ix, size_t unit);
/* Bands of a unit's kind. */
const struct index_band *index_bands(const struct index *ix, size_t unit,
				     size_t *n);
/* Units by kind, block, rank (none last), code: [n_units], the order shown. */
const size_t *index_order(const struct index *ix);
/* Value of a unit and node; NULL: none. */
const struct index_value *index_value(const struct index *ix, size_t unit,
				      size_t node);
/* Are two units ranked against each other? */
bool index_same_block(const struct index *ix, size_t a, size_t b);

/* 100 x points / base of a node, rounded half up to `digits`; false when the
 * base is 0. */
bool index_percent(const struct index_cell *c, int digits, struct dec *out);

/* Typed sums and grades that are not what the values give. */
struct index_mismatch {
	size_t typed;	   /* in the set */
	struct dec points; /* what it should be */
	const char *grade; /* the same; NULL: none */
};
bool index_mismatches(const struct index *ix, struct arena *a,
		      struct index_mismatch **out, size_t *n,
		      struct err *e) MUST_USE;

/* Ranks of n values: higher is better, equal ones share; in[i] false: 0. */
void index_rank(const struct dec *value, const bool *in, size_t n,
		enum index_ties ties, size_t *rank);
/* Index of the band, INDEX_NONE below the lowest. */
size_t index_grade(struct dec published, const struct index_band *bands,
		   size_t n);

/* ---- explain this number ----------------------------------------------- */

struct index_input {
	const char *what, *what_vi; /* "measure", "weight of a group" */
	const char *code;	    /* criterion, group, band; NULL */
	const char *value;
	const char *note; /* a state, a reason; NULL */
	bool said;	  /* the note is what somebody wrote */
};
struct index_record {
	const char *rule; /* "linear", "sum", "rescale-total", "half-up" */
	const char *words, *words_vi;
	struct index_input *inputs;
	size_t n_inputs;
	const char *before; /* exact: "8/11"; NULL where nothing is a number */
	const char *after;  /* after the rule's rounding: "0.73" */
	const char *basis;  /* decision; NULL: the set has none */
	const char *origin, *reason; /* of the value; NULL */
};
/* The steps that made a value, first to last; node INDEX_NONE: the total.
 * In the arena; ERR_NOMEM. */
bool index_explain(const struct index *ix, size_t unit, size_t node,
		   struct arena *a, struct index_record **out, size_t *n,
		   struct err *e) MUST_USE;

/* ---- what one more point would do -------------------------------------- */

struct index_more {
	size_t unit, node;
	struct dec added; /* up to one point, less near the maximum */
	struct dec published;
	size_t band, rank;
};
/* For every complete unit and every leaf that counts and is not full: the
 * leaf's points raised, all else as it is.  In the arena. */
bool index_one_more(const struct index *ix, struct arena *a,
		    struct index_more **out, size_t *n, struct err *e) MUST_USE;

#endif
