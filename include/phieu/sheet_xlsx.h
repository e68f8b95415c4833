/* sheet_xlsx.h - reading Excel workbooks (.xlsx, .xlsm), row by row.
 *
 * Values only: nothing is computed, no macro is run, nothing outside the file
 * is fetched.  Text is UTF-8 in NFC; a number keeps the digits that were
 * written; dates are dates when their format says so.  The file stays in the
 * caller's memory, one row at a time is unpacked (and all shared strings).
 * What cannot be read is said in two languages: a fault with a code
 * (F02-F08) in the caller's list, besides the English words in `e`. */
#ifndef PHIEU_SHEET_XLSX_H
#define PHIEU_SHEET_XLSX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/date.h"
#include "phieu/err.h"
#include "phieu/fault.h"

/* What is wrong with a file as a whole:
 *   F01 empty
 *   F02 not a workbook at all
 *   F03 protected by a password
 *   F04 Excel 97-2003 (.xls)
 *   F05 another kind of file (ODS, XLSB, Word, web page …)
 *   F06 cut off or damaged
 *   F07 beyond a limit
 *   F08 a part is missing or says what cannot be */

enum xlsx_kind {
	XLSX_BLANK, /* only where a formula has no value stored */
	XLSX_TEXT,
	XLSX_NUMBER,
	XLSX_DATE, /* day and, where seconds > 0, time of day */
	XLSX_TIME, /* time of day alone: seconds */
	XLSX_BOOL,
	XLSX_ERROR /* "#N/A" … */
};

struct xlsx_cell {
	uint32_t column; /* from 0 */
	enum xlsx_kind kind;
	/* As a person reads it, NUL-terminated: text; the number as written
	 * (1.1000000000000001 as 1.1, 1E5 as 100000); 2021-02-03,
	 * 2021-02-03T08:30:00 or 08:30:00; TRUE or FALSE; the error. */
	const char *s;
	size_t n;
	struct date date;
	int seconds;
	bool formula;
	bool no_value; /* a formula never computed: kind is XLSX_BLANK */
	bool covered;  /* by a merged area: this is its top left value */
	bool percent;  /* shown as a percentage; `s` is the plain number */
};

struct xlsx_row {
	uint32_t number; /* from 1, as Excel shows it */
	bool hidden;
	const struct xlsx_cell *cells; /* not empty ones, by column */
	size_t n;
};

struct xlsx_sheet {
	const char *name;
	bool hidden;
};

struct xlsx;

/* `file` outlives the workbook; so does `faults` (may be NULL).  NULL:
 * ERR_INPUT (then with a fault) or ERR_NOMEM. */
struct xlsx *xlsx_open(const void *file, size_t n, struct faults *faults,
		       struct err *e) MUST_USE;
void xlsx_close(struct xlsx *x);

size_t xlsx_sheets(const struct xlsx *x); /* without charts */
const struct xlsx_sheet *xlsx_sheet(const struct xlsx *x, size_t i);
/* By name, case and Unicode form folded; xlsx_sheets() when there is none,
 * SIZE_MAX when memory did not suffice to look. */
size_t xlsx_find(const struct xlsx *x, const char *name);
/* What a defined name stands for, as written ("'Phiếu'!$A$1", "\"CT-01\"");
 * NULL. */
const char *xlsx_defined(const struct xlsx *x, const char *name);

/* Each row that holds something, in order.  The row is borrowed during the
 * call; false stops (with e set).  ERR_INPUT with a fault whose path is
 * /sheet/B12, as near as is known. */
typedef bool (*xlsx_row_fn)(void *ctx, const struct xlsx_row *row,
			    struct err *e);
bool xlsx_read(struct xlsx *x, size_t sheet, xlsx_row_fn row, void *ctx,
	       struct err *e) MUST_USE;

/* The cell of a column, NULL when empty. */
const struct xlsx_cell *xlsx_at(const struct xlsx_row *row, uint32_t column);

/* "AB12"; "AB" for row 0. */
#define XLSX_ADDRESS_MAX 16
const char *xlsx_address(uint32_t column, uint32_t row,
			 char out[XLSX_ADDRESS_MAX]);
/* "AB12" (dollar signs allowed) to column from 0 and row from 1. */
bool xlsx_address_parse(const char *s, size_t n, uint32_t *column,
			uint32_t *row);

/* Does the file begin like something this reader has words for: a zip or an
 * old Office file? */
bool xlsx_looks_like(const void *file, size_t n);

#endif
