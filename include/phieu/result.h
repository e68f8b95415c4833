/* result.h - what scoring says, after the disclosure rule: canonical JSON
 * (the snapshot), CSV, and a table for people.
 *
 * Every number leaves through here; a cell with fewer respondents than D12
 * allows, or one that would give such a cell away, looks like an empty one.
 * Where groups are weighed, points and counts are two sums over the same
 * groups: of a cell with a small group (`guarded`) the official points are
 * shown, and nothing that would let a reader solve for the small one: no
 * fraction, no counts of all together, errors to the digits of the points.
 * Only components keep all of it, for who computes with them.
 *
 * The same answers and plan give the same bytes on any machine: points are
 * exact, errors have six decimals. */
#ifndef PHIEU_RESULT_H
#define PHIEU_RESULT_H

#include <stdio.h>

#include "phieu/score_plan.h"
#include "phieu/store_publish.h"

/* Changes when published numbers could change. */
#define METHOD_VERSION "phieu-score/2"

struct result_input {
	const struct score_plan *sp;
	const struct score *score;
	const char *content_sha256; /* of the answers */
	bool simulated;
};

#define RESULT_NUMBER 24 /* bytes of a number as text */

struct result_cell {
	size_t criterion; /* plan index, NONE: the total of the unit */
	enum component_kind kind;
	bool shown; /* false: closed or empty */
	int64_t n;  /* respondents behind it, for the ledger */
	bool scored, rescaled, has_se;
	bool guarded; /* `exact` and the errors are not for readers */
	struct dec points, maximum;
	const char *exact; /* "21/20" */
	int64_t n_asked, n_valid, df;
	char top[RESULT_NUMBER]; /* percent, two decimals; "": not shown */
	char se[RESULT_NUMBER], low[RESULT_NUMBER], high[RESULT_NUMBER];
};

struct result_unit {
	size_t unit;
	size_t rank;	   /* within its block, ties shared; 0: none */
	const char *grade; /* NULL where bands do not apply */
	const struct result_cell *cells;
	size_t n_cells; /* the total last */
};

struct result;
struct result *result_new(const struct result_input *in,
			  struct err *e) MUST_USE;
void result_free(struct result *r);
/* Rated units, by block in the order of kinds, then plan order. */
const struct result_unit *result_units(const struct result *r, size_t *n);

bool result_json(const struct result *r, struct buf *out,
		 struct err *e) MUST_USE;
bool result_csv(const struct result *r, struct buf *out,
		struct err *e) MUST_USE;
bool result_table(const struct result *r, FILE *to, struct err *e) MUST_USE;

/* The counts behind one number: options by group, as far as the rule lets
 * them be shown. */
bool result_explain(const struct result *r, size_t unit, size_t criterion,
		    FILE *to, struct err *e) MUST_USE;

/* The same as canonical JSON: {"wave","unit","criterion","points","exact",
 * "formula","items":[{"item","weight","mean","options","groups":[{"group",
 * "weight","shown","n","mean","counts",…}]}],"parts","decisions"}.  The arena
 * holds what is needed meanwhile. */
bool result_explain_json(const struct result *r, size_t unit, size_t criterion,
			 struct arena *a, struct buf *out,
			 struct err *e) MUST_USE;

/* Rows and ledger of a release, in the arena. */
bool result_components(const struct result *r, struct arena *a,
		       struct component **rows, size_t *n,
		       struct release_cell **cells, size_t *n_cells,
		       struct err *e) MUST_USE;

#endif
