/* A workbook or table of criteria: its sheets, heads, cells. */
#include <string.h>

#include "phieu/dec.h"
#include "phieu/sheet_xlsx.h"
#include "phieu/utf8.h"
#include "round_criteria_parts.h"

enum { HEAD_ROWS = 30 }; /* the heads stand within the first of them */

static const struct {
	const struct criteria_head *heads;
	size_t n;
} columns[SHEET_COUNT] = {
	[SHEET_CRITERIA] = { criteria_heads, CC_COUNT },
	[SHEET_KINDS] = { kind_heads, CK_COUNT },
	[SHEET_TABLES] = { table_heads, CT_COUNT },
	[SHEET_GROUPS] = { group_heads, CG_COUNT },
	[SHEET_REPLACED] = { replaced_heads, CR_COUNT },
};

const char *criteria_key(struct criteria_reading *x, const char *s)
{
	struct err e;
	const char *k = s ? utf8_search_key(x->a, s, strlen(s), &e) : NULL;

	return k ? k : "";
}

bool criteria_key_in(const char *key, const char *keys)
{
	while (*keys) {
		size_t n = strcspn(keys, "|");
		bool part = *keys == '*';
		const char *word = part ? keys + 1 : keys;
		size_t len = part ? n - 1 : n;

		if (part && memmem(key, strlen(key), word, len))
			return true;
		if (!part && strlen(key) == len && memcmp(key, word, len) == 0)
			return true;
		keys += n + (keys[n] == '|');
	}
	return false;
}

/* ---- places ------------------------------------------------------- */

const char *criteria_place(struct criteria_reading *x, enum criteria_sheet s,
			   const struct grid_row *row, size_t column)
{
	const struct sheet *t = &x->sheet[s];
	uint32_t at = column < columns[s].n ? t->column[column] : NO_COLUMN;
	char address[XLSX_ADDRESS_MAX];
	const char *path;

	if (at == NO_COLUMN && columns[s].n > 0)
		at = t->column[0];
	if (at == NO_COLUMN)
		at = columns[s].n > 0 ? 0 : (uint32_t)column;
	if (!t->g)
		return "";
	if (t->g->is_csv)
		path = arena_printf(x->f->arena, "/row/%u/column/%u",
				    row ? row->number : 0, at + 1);
	else
		path = arena_printf(x->f->arena, "/%s/%s", t->g->sheet,
				    xlsx_address(at, row ? row->number : 0,
						 address));
	return path ? path : "";
}

void criteria_fault(struct criteria_reading *x, enum criteria_sheet s,
		    const struct grid_row *row, size_t column, const char *code,
		    const char *en, const char *vi)
{
	fault_add(x->f, code, criteria_place(x, s, row, column), en, vi);
}

void criteria_note(struct criteria_reading *x, enum criteria_sheet s,
		   const struct grid_row *row, size_t column, const char *code,
		   const char *en, const char *vi)
{
	fault_add(x->notes, code, criteria_place(x, s, row, column), en, vi);
}

/* ---- cells -------------------------------------------------------- */

const struct grid_cell *criteria_cell(const struct criteria_reading *x,
				      enum criteria_sheet s,
				      const struct grid_row *row, size_t column)
{
	uint32_t at = x->sheet[s].column[column];

	return at == NO_COLUMN ? NULL : grid_at(row, at);
}

const char *criteria_text(const struct criteria_reading *x,
			  enum criteria_sheet s, const struct grid_row *row,
			  size_t column)
{
	const struct grid_cell *c = criteria_cell(x, s, row, column);

	return c && c->kind != GRID_NO_VALUE && c->n > 0 ? c->s : NULL;
}

const char *criteria_number(struct criteria_reading *x, enum criteria_sheet s,
			    const struct grid_row *row, size_t column)
{
	const struct grid_cell *c = criteria_cell(x, s, row, column);
	struct err e = { 0 };
	const char *text;
	struct dec d;

	if (!c || (c->n == 0 && c->kind != GRID_NO_VALUE))
		return NULL;
	text = c->s;
	if (c->kind != GRID_TEXT && c->kind != GRID_NUMBER) {
		criteria_fault(x, s, row, column, "C03",
			       "a number is wanted here",
			       "ô này phải là một số");
		return NULL;
	}
	if (c->kind == GRID_TEXT &&
	    decimal_mark_text(text, x->mark, x->a, &text) != DECIMAL_TEXT_OK) {
		criteria_fault(
			x, s, row, column, "C03",
			"it cannot be told whether the file's decimal "
			"mark is a point or a comma",
			"không rõ trong tệp này dấu phẩy hay dấu chấm là "
			"dấu thập phân");
		return NULL;
	}
	if (dec_parse(text, strlen(text), &d, &e))
		return text;
	criteria_fault(x, s, row, column, "C03",
		       arena_printf(x->f->arena, "no number: %s", e.msg),
		       arena_printf(x->f->arena,
				    "\"%.40s\" không phải là số có tối đa sáu "
				    "chữ số thập phân",
				    c->s));
	return NULL;
}

const struct grid_row *criteria_row(const struct criteria_reading *x,
				    enum criteria_sheet s, size_t i)
{
	const struct sheet *t = &x->sheet[s];

	return t->g && t->head + 1 + i < t->g->n_rows
		       ? &t->g->rows[t->head + 1 + i]
		       : NULL;
}

/* ---- heads -------------------------------------------------------- */

static void read_heads(struct criteria_reading *x, enum criteria_sheet s,
		       const struct grid_row *r)
{
	uint32_t *at = x->sheet[s].column;
	bool exact[CRITERIA_COLUMNS_MAX] = { false };

	for (size_t k = 0; k < CRITERIA_COLUMNS_MAX; k++)
		at[k] = NO_COLUMN;
	for (size_t i = 0; i < r->n; i++) {
		const char *key = criteria_key(x, r->cells[i].s);

		for (size_t k = 0; k < columns[s].n; k++) {
			const struct criteria_head *h = &columns[s].heads[k];
			bool ours =
				strcmp(criteria_key(x, h->heading), key) == 0;

			if (r->cells[i].covered ||
			    (!ours && (exact[k] || at[k] != NO_COLUMN ||
				       !criteria_key_in(key, h->keys))))
				continue;
			at[k] = r->cells[i].column;
			exact[k] = ours;
			break;
		}
	}
}

/* Is the row the heads: do those that every file has stand there? */
static bool are_heads(const struct criteria_reading *x, enum criteria_sheet s)
{
	const uint32_t *at = x->sheet[s].column;

	if (s == SHEET_CRITERIA)
		return at[CC_CODE] != NO_COLUMN && at[CC_NAME] != NO_COLUMN &&
		       at[CC_MAXIMUM] != NO_COLUMN;
	for (size_t k = 0; k < columns[s].n; k++)
		if (at[k] == NO_COLUMN)
			return false;
	return true;
}

static void find_heads(struct criteria_reading *x, enum criteria_sheet s)
{
	struct sheet *t = &x->sheet[s];

	if (s == SHEET_SET || !t->g)
		return;
	for (size_t i = 0; i < t->g->n_rows && i < HEAD_ROWS; i++) {
		read_heads(x, s, &t->g->rows[i]);
		t->head = i;
		if (are_heads(x, s))
			return;
	}
	for (size_t k = 0; k < CRITERIA_COLUMNS_MAX; k++)
		t->column[k] = NO_COLUMN;
	criteria_fault(x, s, t->g->n_rows ? &t->g->rows[0] : NULL, 0, "C01",
		       s == SHEET_CRITERIA
			       ? "no row of heads with a number or code, a "
				 "name and the maximum"
			       : "a head of this sheet is missing",
		       s == SHEET_CRITERIA
			       ? "không thấy dòng tiêu đề có STT hoặc mã, tên "
				 "tiêu chí và điểm tối đa"
			       : "thiếu một cột tiêu đề của trang này");
	t->head = t->g->n_rows;
}

/* ---- sheets ------------------------------------------------------------ */

static bool open_sheet(struct criteria_reading *x, enum criteria_sheet s,
		       const void *file, size_t n, struct err *e)
{
	const struct grid_options o = { .sheet = criteria_sheets[s],
					.ours = criteria_sheets,
					.n_ours = SHEET_COUNT };
	struct grid *g = grid_read(file, n, &o, x->f, e);

	if (!g)
		return false;
	if (s != SHEET_CRITERIA &&
	    (g->is_csv || !g->sheet ||
	     strcmp(criteria_key(x, g->sheet),
		    criteria_key(x, criteria_sheets[s])) != 0)) {
		grid_free(g);
		return true;
	}
	x->sheet[s].g = g;
	if (s == SHEET_CRITERIA && g->others)
		fault_add(x->notes, "C97", "",
			  arena_printf(x->notes->arena,
				       "sheets that are not read: %s",
				       g->others),
			  arena_printf(x->notes->arena,
				       "các trang không đọc: %s", g->others));
	return true;
}

static void see_numbers(struct criteria_reading *x)
{
	struct decimal_mark m = { 0 };

	for (int s = 0; s < SHEET_COUNT; s++) {
		const struct grid_row *r;

		for (size_t i = 0; (r = criteria_row(x, s, i)); i++)
			for (size_t k = 0; k < columns[s].n; k++) {
				const struct grid_cell *c =
					columns[s].heads[k].number
						? criteria_cell(x, s, r, k)
						: NULL;

				if (c && c->kind == GRID_TEXT)
					decimal_mark_see(&m, c->s);
			}
	}
	x->mark = decimal_mark_of(&m);
}

bool criteria_open(struct criteria_reading *x, const void *file, size_t n,
		   struct err *e)
{
	for (int s = 0; s < SHEET_COUNT; s++)
		for (size_t k = 0; k < CRITERIA_COLUMNS_MAX; k++)
			x->sheet[s].column[k] = NO_COLUMN;
	if (!open_sheet(x, SHEET_CRITERIA, file, n, e))
		return false;
	for (int s = 0; s < SHEET_COUNT; s++)
		if (s != SHEET_CRITERIA &&
		    !x->sheet[SHEET_CRITERIA].g->is_csv &&
		    !open_sheet(x, s, file, n, e))
			return false;
	for (int s = 0; s < SHEET_COUNT; s++)
		find_heads(x, s);
	see_numbers(x);
	return true;
}
