#include "phieu/form_template.h"

#include <string.h>

#include "import_parts.h"
#include "template_parts.h"

enum { KEYS_ROW = 0, HEAD_ROW = 1, FIRST_ROW = 2 };
enum { DEFAULT_BLOCKS = 100, DEFAULT_ROWS = 500 };

static double width_of(const struct template_column *c)
{
	switch (c->role) {
	case IMPORT_SHEET: return 16;
	case IMPORT_UNIT:
	case IMPORT_HOME:
	case IMPORT_GROUP: return 30;
	case IMPORT_COLLECTED: return 12;
	case IMPORT_PROFILE: return 13;
	case IMPORT_COMMENT: return 40;
	default: return 15;
	}
}

static lxw_format *format_of(const struct template_book *t,
			     const struct template_column *c)
{
	if (c->role == IMPORT_COLLECTED)
		return t->open_day;
	return c->role == IMPORT_QUESTION &&
			       t->f->questions[c->at].type == QUESTION_NUMBER
		       ? t->open_number
		       : t->open_text;
}

static void write_heads(struct template_book *t)
{
	lxw_row_col_options shut = { .hidden = 1 };
	lxw_col_t n = (lxw_col_t)t->n_columns;

	for (lxw_col_t i = 0; i < n; i++) {
		const struct template_column *c = &t->columns[i];
		worksheet_set_column(t->sheet, i, i, width_of(c), NULL);
		worksheet_write_string(t->sheet, KEYS_ROW, i, c->key,
				       t->hidden);
		worksheet_write_string(t->sheet, HEAD_ROW, i, c->heading,
				       t->head);
	}
	worksheet_write_string(t->sheet, KEYS_ROW, n, template_mark(t),
			       t->hidden);
	worksheet_set_row_opt(t->sheet, KEYS_ROW, LXW_DEF_ROW_HEIGHT, NULL,
			      &shut);
	worksheet_set_row(t->sheet, HEAD_ROW, 90, NULL);
}

/* Of a block only the first row takes what is said once a sheet. */
static bool once(const struct template_column *c)
{
	return c->role != IMPORT_QUESTION && c->role != IMPORT_UNIT;
}

static void write_rows(struct template_book *t, lxw_row_t last)
{
	lxw_col_t columns = (lxw_col_t)t->n_columns;
	size_t n = t->n_units ? t->n_units : 1;

	for (lxw_row_t row = FIRST_ROW; row <= last; row++) {
		size_t in_block = (row - FIRST_ROW) % n;
		lxw_format *shut =
			(row - FIRST_ROW) / n % 2 ? t->locked_too : t->locked;
		for (lxw_col_t i = 0; i < columns; i++) {
			const struct template_column *c = &t->columns[i];
			if (c->role == IMPORT_UNIT && t->n_units)
				worksheet_write_string(
					t->sheet, row, i,
					t->p->units[t->units[in_block]].name,
					shut);
			else if (in_block > 0 && once(c))
				worksheet_write_blank(t->sheet, row, i, shut);
			else
				worksheet_write_blank(t->sheet, row, i,
						      format_of(t, c));
		}
	}
}

static void protect(struct template_book *t)
{
	lxw_protection open = { .format_columns = 1,
				.format_rows = 1,
				.format_cells = 1 };

	worksheet_protect(t->sheet, NULL, &open);
}

static void set_page(struct template_book *t, lxw_row_t last)
{
	worksheet_set_landscape(t->sheet);
	worksheet_set_paper(t->sheet, 9); /* A4 */
	worksheet_fit_to_pages(t->sheet, 1, 0);
	worksheet_repeat_rows(t->sheet, HEAD_ROW, HEAD_ROW);
	(void)worksheet_print_area(t->sheet, 0, 0, last,
				   (lxw_col_t)(t->n_columns - 1));
	worksheet_freeze_panes(t->sheet, FIRST_ROW,
			       t->columns[1].role == IMPORT_UNIT ? 2 : 1);
	worksheet_set_selection(t->sheet, FIRST_ROW, 0, FIRST_ROW, 0);
}

bool form_template_write(const struct plan *p, size_t form,
			 const struct template_options *o, const char *path,
			 struct err *e)
{
	struct template_book t;
	lxw_col_t columns;
	lxw_row_t last;
	size_t rows;

	if (o->sheets > TEMPLATE_SHEETS_MAX)
		return err_set(e, ERR_INPUT, "at most %d sheets in a template",
			       TEMPLATE_SHEETS_MAX);
	if (!template_begin(&t, p, form, path, e))
		return false;
	rows = t.n_units ? (o->sheets ? o->sheets : DEFAULT_BLOCKS) * t.n_units
	       : o->sheets ? o->sheets
			   : DEFAULT_ROWS;
	if (rows > LIMIT_GRID_ROWS - FIRST_ROW)
		rows = LIMIT_GRID_ROWS - FIRST_ROW;
	last = (lxw_row_t)(FIRST_ROW + rows - 1);
	template_guide(&t);
	write_heads(&t);
	write_rows(&t, last);
	columns = (lxw_col_t)t.n_columns;
	for (lxw_col_t i = 0; i < columns; i++)
		if (t.columns[i].role != IMPORT_UNIT || !t.n_units)
			template_validate(&t, &t.columns[i], FIRST_ROW, last,
					  i);
	set_page(&t, last);
	protect(&t);
	return template_end(&t, path, e);
}
