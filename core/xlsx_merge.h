/* xlsx_merge.h - merged areas of one sheet while its rows go by.
 *
 * A covered cell has the value of the area's top left one.  Areas stand after
 * the rows in the file, so they are read in a pass of their own. */
#ifndef PHIEU_XLSX_MERGE_H
#define PHIEU_XLSX_MERGE_H

#include "xlsx_impl.h"

struct merge {
	uint32_t row, last_row, column, last_column;
};

struct active {
	struct merge at;
	struct xlsx_cell value; /* its text is ours */
	bool has_value;
};

struct merges {
	struct merge *list; /* by row, then column */
	size_t n, cap, next;
	struct active *active; /* by column, none over another */
	size_t n_active, cap_active;
	size_t bytes; /* of the texts of `active` */
};

bool merges_load(struct xlsx *x, size_t part, const char *place,
		 struct merges *m, struct err *e) MUST_USE;
void merges_free(struct merges *m);
/* The areas that a row belongs to, before its cells: ends those above,
 * begins those that start here or were passed over. */
bool merges_row(struct xlsx *x, struct merges *m, uint32_t row,
		const char *place, struct err *e) MUST_USE;
/* Of a cell that was read: keeps the value when it is a top left one. */
bool merges_keep(struct xlsx *x, struct merges *m, uint32_t row,
		 const struct xlsx_cell *c, const char *place,
		 struct err *e) MUST_USE;

#endif
