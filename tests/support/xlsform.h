/* xlsform.h - workbooks by the XLSForm convention, written line by line, and
 * what is read of them.  A sheet is rows of cells: "a|b|c\nd||e\n"; a cell of
 * digits is a number, TRUE and FALSE are booleans, =F,V is a formula F with the
 * number V, =F alone has no value, %V a percentage, @V a date, #N/A an error.
 */
#ifndef TESTS_XLSFORM_H
#define TESTS_XLSFORM_H

#include "phieu/buf.h"
#include "phieu/xlsform.h"
#include "support/test.h"

struct xbook {
	const char *name, *rows;
};

struct xread {
	struct arena *a;
	struct faults faults, notes;
	struct buf parts, joined;
	char path[64];
	char said[2000];
};

void xread_open(struct xread *b);
void xread_close(struct xread *b);
/* Writes the sheets (up to a NULL name) and reads them; false: no workbook. */
bool xread_book(struct xread *b, const struct xbook *sheets, const char *basis,
		struct err *e);
/* "X04 /survey/B2;X02 /choices/F1" of faults or notes. */
const char *xread_said(struct xread *b, const struct faults *f);

#endif
