/* grid.h - a table that somebody sent, whatever it came in: one sheet of an
 * Excel workbook or a CSV file of any encoding and separator, as rows of
 * cells in memory.  Says nothing of what the cells mean. */
#ifndef PHIEU_GRID_H
#define PHIEU_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/charset.h"
#include "phieu/date.h"
#include "phieu/err.h"
#include "phieu/fault.h"

enum grid_kind {
	GRID_TEXT, /* all cells of a CSV file */
	GRID_NUMBER,
	GRID_DATE,
	GRID_TIME,
	GRID_BOOL,
	GRID_ERROR,   /* "#N/A" */
	GRID_NO_VALUE /* a formula that was never computed */
};

struct grid_cell {
	uint32_t column; /* from 0 */
	enum grid_kind kind;
	const char *s; /* UTF-8, NFC, trimmed, never empty but for NO_VALUE */
	size_t n;
	struct date date; /* of GRID_DATE */
	bool covered;	  /* by a merged area */
};

struct grid_row {
	uint32_t number; /* from 1: row of the sheet, record of the CSV */
	bool hidden;
	const struct grid_cell *cells; /* filled ones, by column */
	size_t n;
};

struct grid {
	struct arena *arena;	     /* everything hangs on it */
	const struct grid_row *rows; /* filled ones */
	size_t n_rows, n_cells;
	uint32_t columns; /* one past the last filled */
	bool is_csv;
	const char *sheet;    /* of a workbook; NULL */
	enum charset charset; /* of a CSV file, or what was mended in a
			       * workbook: cells typed in an old font */
	char separator;	      /* of a CSV file */
	const char *others;   /* names of visible sheets not read, or NULL */
};

struct grid_options {
	enum charset charset; /* CHARSET_UNKNOWN: find out */
	const char *sheet;    /* preferred, NULL: the first visible one */
	/* A workbook's defined name tells its value here; may be NULL. */
	const char *const *names;
	const char **values; /* copied to the arena; NULL when absent */
	size_t n_names;
	const char *const *ours; /* sheets that hold no rows to be missed */
	size_t n_ours;
};

/* NULL: ERR_INPUT with faults F01-F11 (sheet_xlsx.h; F09: the encoding
 * cannot be told, F10: not the encoding named, F11: CSV that is none), or
 * ERR_NOMEM. */
struct grid *grid_read(const void *file, size_t n, const struct grid_options *o,
		       struct faults *faults, struct err *e) MUST_USE;
void grid_free(struct grid *g);

const struct grid_cell *grid_at(const struct grid_row *r, uint32_t column);

#endif
