/* rows.h - a result of the database as a table for people. */
#ifndef PHIEU_ROWS_H
#define PHIEU_ROWS_H

#include "phieu/db.h"

/* Prints a line of heads and a line a row on standard output; as many columns
 * as heads.  An empty cell of a column shows as `empty` says (NULL: as it
 * is). */
bool rows_print(const struct res *r, const char *const *heads, int columns,
		const char *empty, struct err *e) MUST_USE;

#endif
