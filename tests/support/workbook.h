/* workbook.h - workbooks put together by hand, as no library would. */
#ifndef TESTS_WORKBOOK_H
#define TESTS_WORKBOOK_H

#include <stddef.h>

struct wb_part {
	const char *name, *text;
	size_t n; /* 0: strlen */
};

/* A zip of these parts; caller frees. */
char *wb_zip(const struct wb_part *parts, size_t n_parts, size_t *n);

/* A workbook of one sheet "Sheet1" with this <sheetData> and what follows
 * it; `styles` and `strings` (elements inside styleSheet and sst) may be
 * NULL. */
char *wb_one(const char *sheet, const char *styles, const char *strings,
	     size_t *n);

#endif
