/* template_parts.h - workbooks for a form: what template*.c and
 * import_marked.c share. */
#ifndef PHIEU_COLLECTOR_TEMPLATE_PARTS_H
#define PHIEU_COLLECTOR_TEMPLATE_PARTS_H

#include <xlsxwriter.h>

#include "phieu/import.h"

/* A column of the sheet to fill in. */
struct template_column {
	enum import_role role;
	size_t at;
	const char *key, *heading;
	char list[64]; /* range of its drop-down, "" for none */
};

struct template_book {
	const struct plan *p;
	const struct form *f;
	size_t form;
	struct arena *a;
	lxw_workbook *wb;
	lxw_worksheet *sheet, *lists;
	lxw_col_t n_lists;
	lxw_format *head, *hidden, *open_text, *open_day, *locked, *locked_too,
		*bad, *why, *plain, *title, *open_number, *bad_number;
	struct template_column *columns;
	size_t n_columns;
	size_t *units; /* of a block, or none */
	size_t n_units;
};

/* Opens the workbook with its sheets, formats, names, and the columns of the
 * form; NULL path is never. */
bool template_begin(struct template_book *t, const struct plan *p, size_t form,
		    const char *path, struct err *e) MUST_USE;
/* Writes the drop-down and the help of a column over rows from..to (from 0). */
void template_validate(struct template_book *t, struct template_column *c,
		       lxw_row_t from, lxw_row_t to, lxw_col_t column);
void template_guide(struct template_book *t);
/* The mark of the hidden row. */
const char *template_mark(struct template_book *t);
bool template_end(struct template_book *t, const char *path,
		  struct err *e) MUST_USE;

#endif
