/* index_change.h - one index against that of the year before: what moved, what
 * cannot be compared, and whether a survey's change is more than chance.
 *
 * Pure: two computed indices in, structs out.  Points, maxima and shares are
 * exact, as the index has them.  Criteria and units are matched by code, or by
 * a list old -> new; what is not the same criterion any more carries marks
 * and is in no list of what rose or fell.  docs/INDEX.md, "Year on year". */
#ifndef PHIEU_INDEX_CHANGE_H
#define PHIEU_INDEX_CHANGE_H

#include "phieu/buf.h"
#include "phieu/estimate.h"
#include "phieu/index.h"

#define INDEX_CHANGE_METHOD "phieu-change/1"

/* An old code and what stands in its place; `to` NULL: nothing does.  A pair
 * wins over equal codes.  Codes that neither year has are passed over. */
struct index_pair {
	const char *from, *to;
};
struct index_pairs {
	const struct index_pair *criteria, *units;
	size_t n_criteria, n_units;
};

/* Why a criterion, a unit or a total is not quite what it was. */
enum index_mark {
	INDEX_MARK_CODE = 1,	/* another code, by a pair; hinders nothing */
	INDEX_MARK_TEXT = 2,	/* another name */
	INDEX_MARK_MAXIMUM = 4, /* shares compare, points do not */
	INDEX_MARK_KIND = 8,	/* source, effect, conversion; a unit's kind */
	INDEX_MARK_CHILDREN = 16, /* what is below it */
	INDEX_MARK_MERGED = 32	  /* it stands for several of the year before */
};
#define INDEX_MARKS ((size_t)6)

/* Decisions that are not those of the year before. */
enum index_rule_mark {
	INDEX_RULE_RESCALE = 1,
	INDEX_RULE_MISSING = 2,
	INDEX_RULE_ROUNDING = 4, /* digits, rule, order */
	INDEX_RULE_BANDS = 8,	 /* grades have another meaning */
	INDEX_RULE_TIES = 16,
	INDEX_RULE_BOUNDS = 32 /* floor, cap, own points */
};
#define INDEX_RULE_MARKS ((size_t)6)

enum index_move {
	INDEX_ABSENT_BOTH, /* not for this kind of unit */
	INDEX_UP,	   /* better: more points, or less deducted */
	INDEX_DOWN,
	INDEX_KEPT,
	INDEX_CHANGED,	/* marked: both years shown, in none of the lists */
	INDEX_NEW,	/* nothing before */
	INDEX_GONE,	/* no longer for this kind of unit */
	INDEX_UNSETTLED /* one of the years has no points */
};

struct index_match {   /* what stood for it in the year before */
	size_t before; /* INDEX_NONE: nothing, or several */
	const size_t *from;
	size_t n_from;
	unsigned marks; /* of a criterion whatever the unit; of a unit */
};

struct index_side {  /* one year of a unit and criterion, or of a total */
	bool there;  /* the year has it */
	bool has;    /* and it has points that count */
	bool shares; /* and a share */
	enum index_state state;
	mpq_t points;  /* as they go into the sum; of a total: published */
	mpq_t maximum; /* of what the kind has */
	mpq_t share;   /* 100 x points / what was judged; total: / maximum */
};

struct index_moved {
	struct index_side now, before;
	unsigned marks;
	enum index_move move;
	mpq_t change;	    /* points, when both have them */
	mpq_t share_change; /* percentage points, when both have a share */
};

/* Why a survey's change was not tested. */
enum index_untested {
	INDEX_TESTED,
	INDEX_NOT_BEFORE, /* nothing to compare with */
	INDEX_ANOTHER,	  /* the criterion is not the same */
	INDEX_NO_VALUE,	  /* one of the years has no measure */
	INDEX_NO_ERROR	  /* one of them has no standard error */
};
#define INDEX_UNTESTED ((size_t)5)

struct index_tested { /* a leaf of a survey or of satisfaction */
	size_t unit, node;
	enum index_untested why;
	double now, before; /* measures as given; NAN: none */
	double se_now, se_before;
	struct est_test t; /* of INDEX_TESTED: difference, se, z, p, limits */
	double p_holm;	   /* over all that were tested */
	bool clear;	   /* p_holm < alpha */
};

struct index_change {
	const struct index *now, *before;
	unsigned rules; /* enum index_rule_mark */
	double alpha;
	struct index_match *node, *unit;     /* of now */
	const size_t *gone_node, *gone_unit; /* of before: nothing follows */
	size_t n_gone_node, n_gone_unit;
	struct index_moved *cells;  /* [unit * n_nodes + node], of now */
	struct index_moved *totals; /* [unit] */
	struct index_tested *tests; /* units in the order shown */
	size_t n_tests, n_tested;
	size_t n_ready; /* for index_change_free */
};

/* Keeps both and `a` (borrowed until index_change_free).  Of surveys: the
 * difference of two measures against a normal distribution, error
 * sqrt(se^2 + se^2) as of independent samples (Cochran 1977, 2.14 on
 * differences), level `alpha` after Holm over the family of all tests.
 * ERR_NOMEM, ERR_MATH when there are too many. */
bool index_change(const struct index *now, const struct index *before,
		  const struct index_pairs *pairs, double alpha,
		  struct arena *a, struct index_change *out,
		  struct err *e) MUST_USE;
void index_change_free(struct index_change *c);

const struct index_moved *index_moved(const struct index_change *c, size_t unit,
				      size_t node);
/* Units ranked in the unit's block. */
size_t index_ranked(const struct index *ix, size_t unit);

/* Words: "up", "maximum", "no-standard-error", "bands"; in Vietnamese. */
const char *index_move_word(enum index_move m);
const char *index_move_word_vi(enum index_move m);
const char *index_rule_mark_word_vi(size_t bit);
const char *index_untested_word(enum index_untested u);
const char *index_untested_word_vi(enum index_untested u);
/* "vượt tối đa, tên": words of the marks joined; "" none. */
void index_marks_vi(unsigned bits, struct buf *out);

/* ---- files ------------------------------------------------------------- */

/* What the outputs say of the two years; texts may be NULL. */
struct index_change_head {
	const char *name[2]; /* now, before */
	const char *note[2]; /* "Dự thảo", "công bố lần 2" */
	const char *sha256[2];
};

/* `unit` INDEX_NONE: all.  The family of tests stays the whole one. */
void index_change_json(const struct index_change *c, size_t unit,
		       const struct index_change_head *h, struct buf *out);
/* A row a unit and criterion, then its total (criterion empty). */
void index_change_csv(const struct index_change *c, size_t unit,
		      struct buf *out);

/* {"criteria":[{"from":"1.2","to":"1.3"},…],"units":[…]}: what is wrong has
 * codes K01-K09 (K08: from twice, K09: a code that the year does not have). */
bool index_pairs_read(const char *json, size_t n, const struct index_set *now,
		      const struct index_set *before, struct arena *a,
		      struct index_pairs *out, struct faults *f) MUST_USE;

#endif
