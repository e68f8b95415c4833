/* round_report_parts.h - what the six reports share. */
#ifndef ROUND_REPORT_PARTS_H
#define ROUND_REPORT_PARTS_H

#include "phieu/round_report.h"

struct making {
	const struct index *ix;
	const struct index_set *s;
	const struct report_ask *ask;
	struct arena *a;
	struct paper_table *tables; /* room for one a unit or block */
	size_t n;
};

/* Rounded as the rules say. */
struct paper_cell shape_exact(const struct making *m, const mpq_t x);
/* A maximum, in as few decimals as it has. */
struct paper_cell shape_maximum(struct dec d);
struct paper_cell shape_whole(size_t n);
/* Points of a criterion, or why there are none. */
struct paper_cell shape_points(const struct making *m,
			       const struct index_cell *c);
/* The same in a narrow column, as a mark; what the marks of a table mean, NULL:
 * it has none. */
struct paper_cell shape_mark(const struct making *m,
			     const struct index_cell *c);
const char *shape_legend(const struct making *m, const struct paper_table *t);
/* The published value, or that it is not complete. */
struct paper_cell shape_total(const struct making *m, size_t unit);
const char *shape_grade(const struct making *m, size_t unit);

/* One line where what is printed of a unit does not add to its total without
 * saying why: rescaled, bonus, deduction; NULL: it does. */
const char *shape_why(const struct making *m, size_t unit);
/* Those of the units in the table, as its notes. */
bool shape_notes(const struct making *m, const size_t *unit, size_t n,
		 const char *first, struct paper_table *t,
		 struct err *e) MUST_USE;

/* The next table; NULL: memory is short. */
struct paper_table *shape_table(struct making *m, const char *caption,
				const struct paper_head *heads, size_t columns,
				size_t rows);

bool shape_units(struct making *m, struct err *e) MUST_USE;
bool shape_field(struct making *m, struct err *e) MUST_USE;
bool shape_criteria(struct making *m, struct err *e) MUST_USE;

#endif
