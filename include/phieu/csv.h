/* csv.h - RFC 4180 in and out.
 *
 * The reader works on a whole file in memory and hands out rows of borrowed
 * cells; the writer neutralises formulas (a cell that would start with
 * = + - @ TAB NUL CR LF or a full-width sign gets a leading ') unless it is a
 * plain negative number.  Empty lines are no rows. */
#ifndef PHIEU_CSV_H
#define PHIEU_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/err.h"

struct csv_cell {
	const char *s; /* unquoted, NUL-terminated, in the reader's arena */
	size_t n;
	bool quoted;
};

struct csv {
	const char *at, *end;
	char sep;	   /* found from the first line: , ; TAB | */
	size_t line;	   /* of the row last read, from 1 */
	struct arena *row; /* reset with each row */
	struct csv_cell *cells;
	size_t n;
	size_t next_line, cap, bytes; /* the reader's own */
};

/* Skips a BOM, finds the separator.  ERR_INPUT on invalid UTF-8, NUL bytes. */
bool csv_open(struct csv *c, const char *s, size_t n, struct err *e) MUST_USE;
/* 1: a row in c->cells; 0: end; -1: ERR_INPUT with the line (open quote,
 * text after a quote, row or cell too long, too many columns); reading on
 * after it gives 0.  A quote inside an unquoted cell is a character. */
int csv_next(struct csv *c, struct err *e) MUST_USE;
void csv_close(struct csv *c);

void csv_write(struct buf *out, const char *cell, size_t n); /* one cell */
void csv_sep(struct buf *out);
void csv_end_row(struct buf *out); /* CR LF */

#endif
