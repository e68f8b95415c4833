/* The table that was sent, with what is wrong written beside it. */
#include <stdlib.h>
#include <string.h>

#include "import_parts.h"
#include "phieu/utf8.h"
#include "template_parts.h"

static bool is_fault_heading(struct arena *a, const struct grid_cell *c)
{
	struct err e = { 0 };
	const char *key = utf8_key(a, c->s, c->n, &e);

	return key && (strcmp(key, "lỗi") == 0 || strcmp(key, "error") == 0);
}

/* Where a list of faults stands already, else after the last column. */
static uint32_t fault_column(const struct import *im, struct arena *a)
{
	const struct grid *g = im->grid;

	for (size_t i = 0; i < g->n_rows && g->rows[i].number <= im->header_row;
	     i++)
		for (size_t k = 0; k < g->rows[i].n; k++)
			if (is_fault_heading(a, &g->rows[i].cells[k]))
				return g->rows[i].cells[k].column;
	return g->columns;
}

/* Faults are sorted: those of a row stand together. */
static size_t faults_of(const struct import *im, uint32_t row, size_t *from)
{
	size_t n = 0;

	while (*from < im->n_faults && im->faults[*from].row < row)
		++*from;
	while (*from + n < im->n_faults && im->faults[*from + n].row == row)
		n++;
	return n;
}

static const char *words(struct template_book *t, const struct import_fault *f,
			 size_t n, bool cell, uint32_t column)
{
	struct buf b = BUF_INIT((size_t)30000);
	const char *out;

	for (size_t i = 0; i < n; i++) {
		if (cell && !(f[i].has_column && f[i].column == column))
			continue;
		buf_adds(&b, b.len ? "\n" : "");
		if (!cell && f[i].has_column && *f[i].heading)
			buf_addf(&b, "%.40s: ", f[i].heading);
		buf_addf(&b, "%s %s", f[i].code, f[i].message_vi);
	}
	out = b.len && buf_cstr(&b) ? arena_strdup(t->a, b.data) : NULL;
	buf_free(&b);
	return out;
}

static bool is_number(const struct import *im, uint32_t column)
{
	const struct form *f =
		im->form != NONE ? &im->plan->forms[im->form] : NULL;

	for (size_t i = 0; f && i < im->n_columns; i++)
		if (im->columns[i].column == column)
			return im->columns[i].role == IMPORT_QUESTION &&
			       f->questions[im->columns[i].at].type ==
				       QUESTION_NUMBER;
	return false;
}

/* A number stays one: as text, 1.234 could be read in two ways. */
static void write_cell(struct template_book *t, const struct import *im,
		       lxw_row_t row, const struct grid_cell *c,
		       const char *why, lxw_format *format)
{
	lxw_col_t col = (lxw_col_t)c->column;
	lxw_datetime day = { 0 };
	lxw_comment_options wide = { .width = 300, .height = 90 };
	bool number = row >= im->header_row && is_number(im, c->column);

	if (number)
		format = t->open_number;
	if (why)
		format = number ? t->bad_number : t->bad;
	if (c->kind == GRID_DATE && !why) {
		date_ymd(c->date, &day.year, &day.month, &day.day);
		worksheet_write_datetime(t->sheet, row, col, &day, t->open_day);
	} else if (number && c->kind == GRID_NUMBER) {
		worksheet_write_number(t->sheet, row, col, strtod(c->s, NULL),
				       format);
	} else {
		worksheet_write_string(t->sheet, row, col, c->s, format);
	}
	if (why)
		(void)worksheet_write_comment_opt(t->sheet, row, col, why,
						  &wide);
}

/* A cell whose fault is that nothing stands there. */
static void mark_empty(struct template_book *t, const struct import *im,
		       const struct grid_row *r, size_t from, size_t n)
{
	const struct import_fault *f = im->faults + from;

	for (size_t i = 0; i < n; i++) {
		struct grid_cell none = { .column = f[i].column, .s = "" };
		if (!f[i].has_column || grid_at(r, f[i].column))
			continue;
		write_cell(t, im, r->number - 1, &none,
			   words(t, f, n, true, f[i].column), t->bad);
	}
}

static void write_row(struct template_book *t, const struct import *im,
		      const struct grid_row *r, size_t from, size_t n,
		      uint32_t why_column)
{
	bool head = r->number <= im->header_row;
	lxw_row_t row = r->number - 1;
	const char *why;

	for (size_t k = 0; k < r->n; k++) {
		const struct grid_cell *c = &r->cells[k];
		if (c->column == why_column)
			continue;
		why = words(t, im->faults + from, n, true, c->column);
		write_cell(t, im, row, c, why, head ? t->head : t->open_text);
	}
	mark_empty(t, im, r, from, n);
	why = words(t, im->faults + from, n, false, 0);
	if (why)
		worksheet_write_string(t->sheet, row, (lxw_col_t)why_column,
				       why, t->why);
	if (r->hidden)
		worksheet_set_row_opt(t->sheet, row, LXW_DEF_ROW_HEIGHT, NULL,
				      &(lxw_row_col_options){ .hidden = 1 });
	else if (r->number == im->header_row)
		worksheet_set_row(t->sheet, row, 90, NULL);
}

/* Drop-downs as in the template, under the headings of this file. */
static void validate_columns(struct template_book *t, const struct import *im)
{
	const struct grid *g = im->grid;
	lxw_row_t last = g->rows[g->n_rows - 1].number - 1;

	for (size_t i = 0; i < im->n_columns; i++) {
		const struct import_column *c = &im->columns[i];
		worksheet_set_column(t->sheet, (lxw_col_t)c->column,
				     (lxw_col_t)c->column,
				     c->role == IMPORT_QUESTION ? 12 : 20,
				     NULL);
		for (size_t k = 0; k < t->n_columns; k++)
			if (t->columns[k].role == c->role &&
			    t->columns[k].at == c->at && last >= im->header_row)
				template_validate(t, &t->columns[k],
						  im->header_row, last,
						  (lxw_col_t)c->column);
	}
}

/* What is wrong with the file as a whole stands on a sheet of its own, which
 * is the only one when nothing else could be read. */
static void write_whole(struct template_book *t, const struct import *im)
{
	lxw_worksheet *ws = NULL;
	lxw_row_t row = 0;

	for (size_t i = 0; i < im->n_faults && im->faults[i].row == 0; i++) {
		const struct import_fault *f = &im->faults[i];
		if (!ws) {
			ws = workbook_add_worksheet(t->wb, IMPORT_FAULTS_NAME);
			worksheet_set_column(ws, 0, 0, 100, t->why);
		}
		worksheet_write_string(ws, row++, 0,
				       arena_printf(t->a, "%s %s", f->code,
						    f->message_vi),
				       t->why);
	}
	if (ws)
		worksheet_activate(ws);
}

static void write_rows(struct template_book *t, const struct import *im)
{
	const struct grid *g = im->grid;
	uint32_t why = fault_column(im, t->a);
	size_t from = 0, n;

	for (size_t i = 0; i < g->n_rows; i++) {
		n = faults_of(im, g->rows[i].number, &from);
		write_row(t, im, &g->rows[i], from, n, why);
		from += n;
	}
	worksheet_set_column(t->sheet, (lxw_col_t)why, (lxw_col_t)why, 60,
			     NULL);
	worksheet_set_landscape(t->sheet);
	worksheet_set_paper(t->sheet, 9); /* A4 */
	worksheet_fit_to_pages(t->sheet, 1, 0);
	if (im->header_row) {
		worksheet_write_string(t->sheet, im->header_row - 1,
				       (lxw_col_t)why, "Lỗi", t->head);
		worksheet_freeze_panes(t->sheet, im->header_row, 1);
	}
}

bool import_marked(const struct import *im, const char *path, struct err *e)
{
	size_t form = im->form != NONE ? im->form : 0;
	struct template_book t;

	if (!template_begin(&t, im->plan, form, path, e))
		return false;
	if (im->form != NONE)
		template_guide(&t);
	if (im->grid && im->grid->n_rows) {
		write_rows(&t, im);
		validate_columns(&t, im);
	}
	write_whole(&t, im);
	return template_end(&t, path, e);
}
