/* frame.h - a table of named, typed columns with missing values, in memory.
 *
 * Only columns that somebody wants are kept, and each only as it is wanted:
 * as a number (bytes while every value is a small integer, doubles else), as
 * a code (text of a dictionary: strata, clusters, groups), or both.  Rows are
 * pushed in, one by one, from wherever they come (a CSV file, a database);
 * nothing here reads a file.  An empty cell is missing, and NA is. */
#ifndef PHIEU_FRAME_H
#define PHIEU_FRAME_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/csv.h"
#include "phieu/err.h"

#define FRAME_NONE    UINT32_MAX /* a missing code; no such column */
#define FRAME_ITEM_NA INT8_MIN	 /* a missing small integer */

enum { FRAME_NUMBER = 1, FRAME_CODE = 2 };

struct frame_column {
	const char *name;
	unsigned as;	    /* FRAME_NUMBER | FRAME_CODE */
	int8_t *item;	    /* [rows] number, when all are within -127..127 */
	double *number;	    /* [rows] number otherwise, NAN missing */
	uint32_t *code;	    /* [rows] index into level, FRAME_NONE missing */
	const char **level; /* after frame_done: in order (see there) */
	size_t n_levels;
	struct frame_dict *dict; /* the frame's own */
};

struct frame {
	struct frame_column *column;
	size_t n_columns, rows;
	size_t cap_rows, cap_columns, max_rows;
	struct arena *text; /* names and levels */
	size_t *source;	    /* cell of each column, while rows come */
	size_t cells, wanted;
};

/* max_rows: more are ERR_INPUT (LIMIT_FRAME_ROWS unless told). */
bool frame_init(struct frame *f, size_t max_rows, struct err *e) MUST_USE;
void frame_clear(struct frame *f);

/* Asks for a column before rows come; asking again adds to `as`.  Returns its
 * index, FRAME_NONE when there are too many or no memory. */
uint32_t frame_want(struct frame *f, const char *name, unsigned as);

/* The header row; again for each further source of rows.  ERR_INPUT for a
 * wanted column that is not there (all are named), for a name that comes twice,
 * for a header without cells. */
bool frame_header(struct frame *f, const struct csv_cell *cells, size_t n,
		  struct err *e) MUST_USE;
/* A row of as many cells as the header.  ERR_INPUT with `line` and the column
 * for another count, for what is not a number where one is wanted (also inf
 * and nan). */
bool frame_row(struct frame *f, const struct csv_cell *cells, size_t n,
	       size_t line, struct err *e) MUST_USE;
/* After the last row: levels in order of value where every level is a number,
 * bytewise else, so that results do not depend on the order of rows. */
bool frame_done(struct frame *f, struct err *e) MUST_USE;

/* Only rows with in[row] != 0 stay. */
void frame_keep(struct frame *f, const uint8_t *in);

const struct frame_column *frame_get(const struct frame *f, const char *name);
/* A column made from others; takes `number` [rows] (malloc).  ERR_INPUT when
 * the name is there already. */
bool frame_add(struct frame *f, const char *name, double *number,
	       struct err *e) MUST_USE;
/* Numbers for a column wanted as FRAME_NUMBER whose cells were left empty;
 * takes `number` [rows] (malloc), also on failure.  ERR_INPUT when it is
 * wanted as codes. */
bool frame_fill(struct frame *f, const char *name, double *number,
		struct err *e) MUST_USE;
/* A column of codes made from others; takes `code`; level texts are copied. */
bool frame_add_code(struct frame *f, const char *name, uint32_t *code,
		    const char *const *level, size_t n_levels,
		    struct err *e) MUST_USE;
/* Index of a level by its text, FRAME_NONE when there is none. */
uint32_t frame_level(const struct frame_column *c, const char *text);

/* NAN when missing; of a column wanted as FRAME_NUMBER. */
static inline double frame_number(const struct frame_column *c, size_t row)
{
	if (c->item == NULL)
		return c->number[row];
	return c->item[row] == FRAME_ITEM_NA ? (double)NAN : c->item[row];
}

/* ---- CSV, pushed piece by piece --------------------------------------- */

/* Bytes of one CSV file in pieces of any size; rows go to the frame as they
 * are complete, no more than one row and one piece are held. */
struct frame_csv {
	struct frame *f;
	char *data;
	size_t len, cap, line;
	char sep;
	bool started, header;
};
void frame_csv_init(struct frame_csv *c, struct frame *f);
bool frame_csv_push(struct frame_csv *c, const char *s, size_t n,
		    struct err *e) MUST_USE;
/* The last row, which may lack its line end; ERR_INPUT for an empty file. */
bool frame_csv_end(struct frame_csv *c, struct err *e) MUST_USE;
void frame_csv_clear(struct frame_csv *c);

#endif
