#include "phieu/grid.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/csv.h"
#include "phieu/limits.h"
#include "phieu/sheet_xlsx.h"
#include "phieu/utf8.h"

struct builder {
	struct grid *g;
	struct grid_row *rows;
	size_t cap;
	struct grid_cell *row; /* being read */
	size_t n, row_cap;
	struct buf latin; /* cells that may be of an old font, one a line */
	bool wide;	  /* a letter that no old font could have made */
	struct faults *faults;
};

static bool bad(struct builder *b, struct err *e, const char *code,
		const char *words, const char *words_vi)
{
	if (b->faults)
		fault_add(b->faults, code, "/", words, words_vi);
	return err_set(e, ERR_INPUT, "%s", words);
}

static bool full(struct builder *b, struct err *e)
{
	return bad(b, e, "F07", "the table is larger than can be read at once",
		   "Bảng lớn hơn mức đọc được trong một lần");
}

/* Spaces around, tabs and no-break spaces too. */
static void trim(const char **s, size_t *n)
{
	for (;;) {
		if (*n > 0 && strchr(" \t\r\n", **s)) {
			++*s;
			--*n;
		} else if (*n > 1 && memcmp(*s, "\xc2\xa0", 2) == 0) {
			*s += 2;
			*n -= 2;
		} else {
			break;
		}
	}
	for (;;) {
		if (*n > 0 && strchr(" \t\r\n", (*s)[*n - 1]))
			--*n;
		else if (*n > 1 && memcmp(*s + *n - 2, "\xc2\xa0", 2) == 0)
			*n -= 2;
		else
			break;
	}
}

static bool cell_add(struct builder *b, struct grid_cell c, struct err *e)
{
	struct grid_cell *grown;

	trim(&c.s, &c.n);
	if (c.n == 0 && c.kind != GRID_NO_VALUE)
		return true;
	if (b->n == b->row_cap || !b->row) {
		b->row_cap = b->row_cap ? 2 * b->row_cap : 64;
		grown = realloc(b->row, b->row_cap * sizeof *grown);
		if (!grown)
			return err_no_memory(e);
		b->row = grown;
	}
	c.s = arena_strndup(b->g->arena, c.s, c.n);
	if (!c.s)
		return full(b, e);
	b->row[b->n++] = c;
	return true;
}

static bool row_add(struct builder *b, uint32_t number, bool hidden,
		    struct err *e)
{
	struct grid_cell *cells;
	struct grid_row *grown;

	if (b->n == 0)
		return true;
	if (b->g->n_rows == LIMIT_GRID_ROWS)
		return full(b, e);
	if (b->g->n_rows == b->cap || !b->rows) {
		b->cap = b->cap ? 2 * b->cap : 256;
		grown = realloc(b->rows, b->cap * sizeof *grown);
		if (!grown)
			return err_no_memory(e);
		b->rows = grown;
	}
	cells = arena_array(b->g->arena, b->n, sizeof *cells);
	if (!cells)
		return full(b, e);
	memcpy(cells, b->row, b->n * sizeof *cells);
	b->rows[b->g->n_rows++] =
		(struct grid_row){ number, hidden, cells, b->n };
	b->g->n_cells += b->n;
	if (cells[b->n - 1].column >= b->g->columns)
		b->g->columns = cells[b->n - 1].column + 1;
	b->n = 0;
	return true;
}

/* ---- workbooks
 * --------------------------------------------------------------- */

/* What charset_of_text can judge: nothing past Latin-1 but punctuation. */
static void note_letters(struct builder *b, const struct xlsx_cell *c)
{
	bool any = false;

	for (size_t i = 0; i < c->n; i++) {
		unsigned char ch = (unsigned char)c->s[i];
		any = any || ch >= 0x80;
		if (ch >= 0xc4 && ch != 0xe2)
			b->wide = true;
		if (ch == 0xe2 && i + 1 < c->n &&
		    (unsigned char)c->s[i + 1] != 0x80)
			b->wide = true;
	}
	if (any && b->latin.len + c->n + 1 < b->latin.max) {
		buf_add(&b->latin, c->s, c->n);
		buf_adds(&b->latin, "\n");
	}
}

static bool on_row(void *ctx, const struct xlsx_row *row, struct err *e)
{
	static const enum grid_kind kinds[] = {
		[XLSX_BLANK] = GRID_NO_VALUE, [XLSX_TEXT] = GRID_TEXT,
		[XLSX_NUMBER] = GRID_NUMBER,  [XLSX_DATE] = GRID_DATE,
		[XLSX_TIME] = GRID_TIME,      [XLSX_BOOL] = GRID_BOOL,
		[XLSX_ERROR] = GRID_ERROR
	};
	struct builder *b = ctx;

	for (size_t i = 0; i < row->n; i++) {
		const struct xlsx_cell *c = &row->cells[i];
		struct grid_cell g = { .column = c->column,
				       .kind = kinds[c->kind],
				       .s = c->s,
				       .n = c->n,
				       .date = c->date,
				       .covered = c->covered };
		if (c->kind == XLSX_TEXT)
			note_letters(b, c);
		if (!cell_add(b, g, e))
			return false;
	}
	return row_add(b, row->number, row->hidden, e);
}

/* Cells typed in a .Vn or VNI font: all of the sheet or none. */
static bool mend_fonts(struct builder *b, struct err *e)
{
	struct grid *g = b->g;

	if (b->wide || b->latin.len == 0)
		return true;
	g->charset = charset_of_text(b->latin.data, b->latin.len);
	if (g->charset == CHARSET_UTF8)
		return true;
	for (size_t i = 0; i < g->n_rows; i++)
		for (size_t k = 0; k < b->rows[i].n; k++) {
			struct grid_cell *c =
				(struct grid_cell *)(uintptr_t)&b->rows[i]
					.cells[k];
			if (c->kind != GRID_TEXT)
				continue;
			c->s = charset_mend_text(g->charset, c->s, c->n,
						 g->arena, &c->n, e);
			if (!c->s)
				return false;
		}
	return true;
}

static size_t choose_sheet(const struct xlsx *x, const char *wanted)
{
	size_t n = xlsx_sheets(x), i = wanted ? xlsx_find(x, wanted) : n;

	if (i == SIZE_MAX)
		return i;
	for (size_t k = 0; i == n && k < n; k++)
		if (!xlsx_sheet(x, k)->hidden)
			i = k;
	return i == n ? 0 : i;
}

static bool is_ours(const struct grid_options *o, const char *name)
{
	for (size_t i = 0; i < o->n_ours; i++)
		if (strcmp(o->ours[i], name) == 0)
			return true;
	return false;
}

static void name_others(struct grid *g, const struct xlsx *x, size_t chosen,
			const struct grid_options *o)
{
	struct buf b = BUF_INIT(2000);

	for (size_t i = 0; i < xlsx_sheets(x); i++) {
		if (i == chosen || xlsx_sheet(x, i)->hidden ||
		    is_ours(o, xlsx_sheet(x, i)->name))
			continue;
		buf_adds(&b, b.len ? ", " : "");
		buf_adds(&b, xlsx_sheet(x, i)->name);
	}
	if (b.len && buf_cstr(&b))
		g->others = arena_strdup(g->arena, b.data);
	buf_free(&b);
}

static bool read_workbook(struct builder *b, const void *file, size_t n,
			  const struct grid_options *o, struct err *e)
{
	struct xlsx *x = xlsx_open(file, n, b->faults, e);
	struct grid *g = b->g;
	const char *value;
	size_t sheet;
	bool ok;

	if (!x)
		return false;
	sheet = choose_sheet(x, o->sheet);
	if (sheet == SIZE_MAX) {
		xlsx_close(x);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	g->sheet = arena_strdup(g->arena, xlsx_sheet(x, sheet)->name);
	g->charset = CHARSET_UTF8;
	for (size_t i = 0; i < o->n_names; i++) {
		value = xlsx_defined(x, o->names[i]);
		o->values[i] = value ? arena_strdup(g->arena, value) : NULL;
	}
	name_others(g, x, sheet, o);
	ok = xlsx_read(x, sheet, on_row, b, e) && mend_fonts(b, e);
	xlsx_close(x);
	return ok;
}

/* ---- CSV
 * --------------------------------------------------------------------- */

static bool undecided(struct builder *b, struct err *e)
{
	return bad(b, e, "F09",
		   "the encoding of the file cannot be told; save it as UTF-8 "
		   "or name the encoding",
		   "Không xác định được bảng mã của tệp; hãy lưu lại dạng "
		   "CSV UTF-8 hoặc ghi rõ bảng mã (TCVN3, VNI…)");
}

/* "sep=;" on a line of its own, as Excel writes and obeys. */
static char told_separator(char **text, size_t *n)
{
	char *s = *text;
	size_t skip = 5;
	char sep;

	if (*n < 5 || memcmp(s, "sep=", 4) != 0 || !strchr(",;\t|", s[4]))
		return '\0';
	sep = s[4];
	skip += *n > skip && s[skip] == '\r';
	skip += *n > skip && s[skip] == '\n';
	*text += skip;
	*n -= skip;
	return sep;
}

static bool csv_bad(struct builder *b, struct err *e)
{
	struct faults *f = b->faults;

	if (e->kind == ERR_INPUT && f)
		fault_add(f, "F11", "/", arena_strdup(f->arena, e->msg),
			  "Tệp CSV sai cấu trúc (thiếu dấu ngoặc kép đóng, "
			  "dòng hoặc ô quá dài)");
	return false;
}

/* Rows as Excel counts them: a record of several lines is one, an empty line
 * is one too. */
static bool read_rows(struct builder *b, struct csv *c, uint32_t first,
		      struct err *e)
{
	uint32_t number = first - 1;
	size_t next_line = c->next_line;
	int got;

	while ((got = csv_next(c, e)) > 0) {
		number += 1 + (uint32_t)(c->line - next_line);
		next_line = c->next_line;
		for (size_t i = 0; i < c->n; i++) {
			struct grid_cell g = { .column = (uint32_t)i,
					       .kind = GRID_TEXT,
					       .s = c->cells[i].s,
					       .n = c->cells[i].n };
			if (!cell_add(b, g, e))
				return false;
		}
		if (!row_add(b, number, false, e))
			return false;
	}
	return got == 0 || csv_bad(b, e);
}

static bool read_csv(struct builder *b, const void *file, size_t n,
		     enum charset charset, struct err *e)
{
	struct grid *g = b->g;
	/* the whole text twice: decoded, composed */
	struct arena *a = arena_new(8 * n + ((size_t)1 << 20));
	struct csv c = { .n = 0 };
	char *text, sep;
	size_t len;
	bool ok = false;

	if (!a)
		return err_no_memory(e);
	g->charset = charset ? charset : charset_detect(file, n);
	if (g->charset == CHARSET_UNKNOWN) {
		arena_free(a);
		return undecided(b, e);
	}
	text = charset_decode(g->charset, file, n, a, &len, e);
	if (!text) {
		if (e->kind == ERR_INPUT && b->faults)
			fault_add(b->faults, "F10", "/",
				  arena_strdup(b->faults->arena, e->msg),
				  "Nội dung tệp không đúng bảng mã");
		arena_free(a);
		return false;
	}
	sep = told_separator(&text, &len);
	if (csv_open(&c, text, len, e)) {
		if (sep)
			c.sep = sep;
		g->separator = c.sep;
		ok = read_rows(b, &c, sep ? 2 : 1, e);
	} else {
		(void)csv_bad(b, e);
	}
	csv_close(&c);
	arena_free(a);
	return ok;
}

static bool too_large(struct builder *b, struct err *e)
{
	return bad(b, e, "F07", "the file is larger than 16 MiB",
		   "Tệp lớn hơn 16 MiB");
}

/* A web page or an XML file opened as CSV gives nonsense: the workbook
 * reader has the words. */
static bool is_markup(const char *s, size_t n)
{
	size_t i = n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < n && strchr(" \t\r\n", s[i]) && s[i])
		i++;
	return i + 1 < n && s[i] == '<';
}

struct grid *grid_read(const void *file, size_t n, const struct grid_options *o,
		       struct faults *faults, struct err *e)
{
	struct grid *g = calloc(1, sizeof *g);
	struct builder b = { .g = g,
			     .latin = BUF_INIT((size_t)256 << 10),
			     .faults = faults };
	bool ok = false;

	if (g)
		g->arena = arena_new(LIMIT_GRID_ARENA);
	if (!g || !g->arena)
		err_no_memory(e);
	else if (n > LIMIT_XLSX_BYTES)
		(void)too_large(&b, e);
	else if (n == 0 || xlsx_looks_like(file, n) || is_markup(file, n))
		ok = read_workbook(&b, file, n, o, e);
	else {
		g->is_csv = true;
		ok = read_csv(&b, file, n, o->charset, e);
	}
	if (ok && g->n_rows) {
		struct grid_row *rows =
			arena_array(g->arena, g->n_rows, sizeof *rows);
		if (!rows)
			ok = full(&b, e);
		else if (b.rows)
			memcpy(rows, b.rows, g->n_rows * sizeof *rows);
		g->rows = rows;
	}
	free(b.rows);
	free(b.row);
	buf_free(&b.latin);
	if (ok)
		return g;
	grid_free(g);
	return NULL;
}

void grid_free(struct grid *g)
{
	if (!g)
		return;
	arena_free(g->arena);
	free(g);
}

static int by_column(const void *pa, const void *pb)
{
	const struct grid_cell *a = pa, *b = pb;

	return (a->column > b->column) - (a->column < b->column);
}

const struct grid_cell *grid_at(const struct grid_row *r, uint32_t column)
{
	struct grid_cell key = { .column = column };

	return r->n ? bsearch(&key, r->cells, r->n, sizeof *r->cells, by_column)
		    : NULL;
}
