/* form_template.h - a workbook to fill in for one form, offline.
 *
 * One row is one rated unit of one sheet.  Where a respondent rates many
 * units the rows of a sheet stand in a block with the units written and
 * locked, as on paper; everything that cannot be typed is locked, so that Tab
 * goes from answer to answer.  Drop-downs come from the plan; a hidden first
 * row and defined names say which form, version and wave it is. */
#ifndef PHIEU_FORM_TEMPLATE_H
#define PHIEU_FORM_TEMPLATE_H

#include "phieu/err.h"
#include "phieu/plan.h"

#define TEMPLATE_SHEETS_MAX 5000

struct template_options {
	size_t sheets; /* room for as many; 0: 100, or 500 of one row each */
};

bool form_template_write(const struct plan *p, size_t form,
			 const struct template_options *o, const char *path,
			 struct err *e) MUST_USE;

#endif
