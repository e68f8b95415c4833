/* xlsform.h - forms as workbooks by the XLSForm convention, in and out.
 *
 * Sheets survey, choices and settings as ODK and Kobo have them, with columns
 * of ours beside (docs/FORMS.md).  What a plan cannot carry is named with its
 * sheet, row and column, never dropped in silence. */
#ifndef PHIEU_XLSFORM_H
#define PHIEU_XLSFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/buf.h"
#include "phieu/fault.h"
#include "phieu/plan.h"

/* A workbook -> the parts of a plan, as JSON text:
 *   {"scales":[…],"forms":[the form],
 *    "criteria":[{"code","item","question","weight"}]}
 * members as in a plan file; `criteria` says which question feeds which.
 * `basis` (NULL: the settings sheet says) is what the form rests on.  `faults`
 * gets what cannot be carried, places like /survey/F12:
 *   X01 a sheet is missing or empty
 *   X02 unknown column, twice the same
 *   X03 a type, or a use of it, that a plan does not have
 *   X04 a value is missing or malformed
 *   X05 a filled cell that a plan has no place for
 *   X06 list that is unknown; option or name twice
 *   X07 groups that do not nest
 * `notes` gets (as X00) what is passed over without loss, such as
 * appearances.  False only when the file cannot be read: ERR_INPUT with a
 * fault F.. in `faults`, or ERR_NOMEM. */
bool xlsform_read(const void *file, size_t n, const char *basis,
		  struct buf *out, struct faults *faults, struct faults *notes,
		  struct err *e) MUST_USE;

/* Puts the parts into a plan: the form in the place of the one with the same
 * code and version or at the end, its scales, its rows of criteria.  `out` gets
 * the plan file's text; `faults` what plan_read says of it (P..). */
bool xlsform_join(const struct plan *p, const char *parts, size_t n,
		  struct buf *out, struct faults *faults,
		  struct err *e) MUST_USE;

/* A form of the plan as a workbook that xlsform_read gives back equal. */
bool xlsform_write(const struct plan *p, size_t form, const char *path,
		   struct err *e) MUST_USE;

#endif
