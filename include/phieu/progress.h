/* progress.h - how far a wave's collection has come, re-added.
 *
 * In every row received = valid + queried + invalid + set_aside and
 * planned + over = valid + queried + missing; every subtotal and the total
 * are sums of cells (a cell's overflow never fills another's gap). */
#ifndef PHIEU_PROGRESS_H
#define PHIEU_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/json.h"

struct progress_counts {
	int64_t planned, received;
	int64_t valid;	   /* valid, and accepted in review */
	int64_t queried;   /* somebody has to look: flagged ones count, those
			    * queried in review not until it is decided */
	int64_t invalid;   /* kept, not counted */
	int64_t set_aside; /* replaced, rejected, withdrawn */
	int64_t missing, over;
};

enum progress_level {
	PROGRESS_CELL, /* form × group × home */
	PROGRESS_GROUP,
	PROGRESS_FORM,
	PROGRESS_HOME, /* over all forms and groups */
	PROGRESS_TOTAL
};

/* Codes and names are NULL where a row spans all of them, and where a sheet
 * could not be placed. */
struct progress_row {
	enum progress_level level;
	const char *form, *form_name, *group, *group_name, *home, *home_name;
	struct progress_counts n;
};

/* Cells in order of form and group -> rows with subtotals: the cells of a
 * group, the group, … the form, …, homes, total.  Sets missing and over of
 * the cells.  NULL when memory is short. */
struct progress_row *progress_add_up(struct arena *a,
				     struct progress_row *cells, size_t n,
				     size_t *n_rows);

const char *progress_level_name(enum progress_level l);
void progress_json(const struct progress_row *rows, size_t n, struct jw *w);
/* {"planned":…,…} of the row that spans everything. */
void progress_total_json(const struct progress_row *rows, size_t n,
			 struct jw *w);
void progress_csv(const struct progress_row *rows, size_t n, struct buf *out);

#endif
