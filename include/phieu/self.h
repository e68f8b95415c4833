/* self.h - a unit's self-assessment as a workbook: written for one unit,
 * filled in offline, read back with every fault in one go.
 *
 * Also the wide table of many units that provinces send round: a unit a row, a
 * criterion a column, and a typed total that is checked and never used. */
#ifndef PHIEU_SELF_H
#define PHIEU_SELF_H

#include "phieu/grid.h"
#include "phieu/round.h"

struct self_row {
	size_t unit, node; /* in the round's set */
	bool has_points;
	struct dec points; /* of a leaf */
	bool not_applicable;
	const char *note; /* NULL: none */
	bool is_typed;	  /* of a node with children: a sum somebody typed */
	struct dec typed;
	int64_t version; /* stored; 0: nothing yet */
};

/* A typed sum that the rows below it do not give. */
struct self_sum {
	size_t unit, node; /* node INDEX_NONE: the total */
	uint32_t row;	   /* of the file, from 1 */
	struct dec typed, adds_to;
};

struct self_table {
	struct self_row *rows;
	size_t n;
	struct self_sum *sums;
	size_t n_sums;
	char decimal; /* '.' or ',': the mark of this file; 0: none showed */
	bool wide;    /* many units, without versions: those that stand count */
};

/* Criteria that apply to the unit, one a row; `now` (n of them, this unit's)
 * are filled in.  Sums stand as formulas.  What nobody types is locked and
 * says so. */
bool self_sheet_write(const struct round *r, size_t unit,
		      const struct self_row *now, size_t n, const char *path,
		      struct err *e) MUST_USE;

/* The same in memory; the caller frees it. */
char *self_sheet_bytes(const struct round *r, size_t unit,
		       const struct self_row *now, size_t n_now, size_t *n,
		       struct err *e) MUST_USE;

/* A workbook of self_sheet_write (its names say round and unit), a CSV with
 * the same heads, or a wide table.  `unit` INDEX_NONE: as the file says.
 * False with faults S.. (paths /sheet/B12): nothing of it may be stored.
 * Sums that do not add are not faults: they are listed.  All in `a`. */
bool self_sheet_read(const struct round *r, size_t unit, const struct grid *g,
		     const char *round_name, const char *unit_name,
		     struct arena *a, struct self_table *out,
		     struct faults *f) MUST_USE;
/* The same from the file itself, a workbook or CSV: also with the faults of
 * the file (F01-F11). */
bool self_book_read(const struct round *r, size_t unit, const void *bytes,
		    size_t n, struct arena *a, struct self_table *out,
		    struct faults *f, struct err *e) MUST_USE;
/* Defined names of the workbook to ask the grid for. */
#define SELF_NAME_ROUND "PHIEU_ROUND"
#define SELF_NAME_UNIT	"PHIEU_UNIT"
#define SELF_SHEET	"Tự đánh giá"

/* Does the criterion apply to the unit at all? */
bool self_applies(const struct round *r, size_t unit, size_t node);
/* One item by the rules of the set: range, grain, applies, is typed at all.
 * Adds a fault at `path` and returns false. */
bool self_item_ok(const struct round *r, const struct self_row *row,
		  const char *path, struct faults *f);

#endif
