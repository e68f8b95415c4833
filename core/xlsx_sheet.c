/* One sheet, row by row. */
#include "phieu/sheet_xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "phieu/utf8.h"
#include "xlsx_impl.h"
#include "xlsx_merge.h"

#define NO_PART ((size_t)-1)

enum cell_type {
	TYPE_NUMBER,
	TYPE_SHARED,
	TYPE_INLINE,
	TYPE_FORMULA_TEXT,
	TYPE_BOOL,
	TYPE_ERROR,
	TYPE_DATE
};

struct reader {
	struct xlsx *x;
	const struct sheet_in *sheet;
	xlsx_row_fn fn;
	void *ctx;
	struct merges merges;
	struct arena *arena; /* of the row */
	struct xlsx_row row;
	struct xlsx_cell *cells;
	size_t cap;
	size_t row_bytes, all_cells, all_rows;
	uint32_t next_column;
	/* of the cell being read */
	struct xlsx_cell cell;
	enum cell_type type;
	enum number_format format;
	struct buf text;
	bool in_row, in_cell, has_value, collect, sorted, in_data;
	unsigned phonetic;
	char place[LIMIT_NAME_BYTES];
};

static const char *place(struct reader *r)
{
	char address[XLSX_ADDRESS_MAX];

	(void)snprintf(r->place, sizeof r->place, "/%.*s/%s",
		       (int)(sizeof r->place - XLSX_ADDRESS_MAX - 4),
		       r->sheet->pub.name,
		       xlsx_address(r->cell.column, r->row.number, address));
	return r->place;
}

static bool bad(struct reader *r, struct err *e, const char *code,
		const char *words, const char *words_vi)
{
	return xlsx_bad(r->x, e, code, place(r), words, words_vi);
}

/* ---- what a cell holds ----------------------------------------------------
 */

static bool set_text(struct reader *r, const char *s, size_t n, bool is_nfc,
		     struct err *e)
{
	size_t bytes = n;
	const char *own;

	if (!is_nfc && !utf8_is_plain(s, n))
		own = utf8_nfc(r->arena, s, n, &bytes, e);
	else
		own = arena_strndup(r->arena, s, n);
	if (!own)
		return e->kind ? false : err_set(e, ERR_NOMEM, "out of memory");
	r->row_bytes += bytes;
	if (r->row_bytes > LIMIT_CSV_ROW_BYTES)
		return bad(r, e, "F07", "a row holds more than 4 MiB of text",
			   "Một dòng chứa hơn 4 MiB chữ");
	r->cell.s = own;
	r->cell.n = bytes;
	return true;
}

static bool set_shared(struct reader *r, struct err *e)
{
	const struct xlsx *x = r->x;
	const char *s;
	size_t i;

	if (!xlsx_index(buf_cstr(&r->text) ? r->text.data : "", &i) ||
	    i >= x->n_strings)
		return bad(r, e, "F08",
			   "a cell points to a text that is not "
			   "there",
			   "Ô trỏ tới đoạn chữ không có trong tệp");
	s = x->strings.data + x->string_at[i];
	r->cell.kind = XLSX_TEXT;
	return set_text(r, s, strlen(s), true, e);
}

static bool set_clock(struct reader *r, bool day, bool clock, struct err *e)
{
	char text[40], iso[DATE_TEXT_MAX];
	int s = r->cell.seconds;

	(void)snprintf(text, sizeof text, "%s%s",
		       day ? date_text(r->cell.date, iso) : "",
		       day && clock ? "T" : "");
	if (clock)
		(void)snprintf(text + strlen(text), sizeof text - strlen(text),
			       "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
	return set_text(r, text, strlen(text), true, e);
}

static bool set_number(struct reader *r, struct err *e)
{
	const char *s = r->text.data;
	size_t n = r->text.len;
	char text[40];
	double v;

	while (n > 0 && (*s == ' ' || *s == '\n' || *s == '\t'))
		s++, n--;
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\n'))
		n--;
	if (!xlsx_number(s, n, &v))
		return bad(r, e, "F08", "a cell of numbers holds none",
			   "Ô kiểu số nhưng nội dung không phải số");
	r->cell.kind = XLSX_NUMBER;
	r->cell.percent = r->format == FORMAT_PERCENT;
	if ((r->format == FORMAT_DATE || r->format == FORMAT_TIME) &&
	    xlsx_serial(v, r->x->is_1904, &r->cell.date, &r->cell.seconds)) {
		bool day = r->format == FORMAT_DATE || v >= 1;
		r->cell.kind = day ? XLSX_DATE : XLSX_TIME;
		return set_clock(r, day, !day || r->cell.seconds > 0, e);
	}
	n = xlsx_number_text(s, n, v, text);
	return set_text(r, text, n, true, e);
}

static int two(const char *s)
{
	return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9'
		       ? (s[0] - '0') * 10 + s[1] - '0'
		       : 1000;
}

/* t="d": ISO 8601 as strict workbooks write it. */
static bool set_iso(struct reader *r, struct err *e)
{
	const char *s = r->text.data;
	size_t n = r->text.len;
	struct err no = { 0 };
	int h = 0, m = 0, sec = 0;

	if (n < 10 || !date_parse(s, 10, &r->cell.date, &no))
		return bad(r, e, "F08", "a cell of dates holds none",
			   "Ô kiểu ngày nhưng nội dung không phải ngày");
	if (n >= 16 && s[10] == 'T') {
		h = two(s + 11);
		m = two(s + 14);
		sec = n >= 19 ? two(s + 17) : 0;
	}
	if (h > 23 || m > 59 || sec > 59)
		return bad(r, e, "F08", "a cell of dates holds none",
			   "Ô kiểu ngày nhưng nội dung không phải ngày");
	r->cell.kind = XLSX_DATE;
	r->cell.seconds = h * 3600 + m * 60 + sec;
	return set_clock(r, true, r->cell.seconds > 0, e);
}

static bool set_plain(struct reader *r, enum xlsx_kind kind, struct err *e)
{
	r->cell.kind = kind;
	if (kind == XLSX_TEXT)
		r->text.len = xlsx_unescape(r->text.data, r->text.len);
	return set_text(r, r->text.data, r->text.len, false, e);
}

static bool set_bool(struct reader *r, struct err *e)
{
	const char *word = xlsx_true(buf_cstr(&r->text)) ? "TRUE" : "FALSE";

	r->cell.kind = XLSX_BOOL;
	return set_text(r, word, strlen(word), true, e);
}

static bool set_value(struct reader *r, struct err *e)
{
	if (r->text.broken)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (r->text.len == 0 && r->type != TYPE_SHARED) {
		r->cell.kind = XLSX_BLANK;
		r->cell.no_value =
			r->cell.formula && r->type != TYPE_FORMULA_TEXT;
		r->cell.no_value |= r->cell.formula && !r->has_value;
		r->cell.s = "";
		return true;
	}
	switch (r->type) {
	case TYPE_NUMBER: return set_number(r, e);
	case TYPE_SHARED: return set_shared(r, e);
	case TYPE_INLINE:
	case TYPE_FORMULA_TEXT: return set_plain(r, XLSX_TEXT, e);
	case TYPE_BOOL: return set_bool(r, e);
	case TYPE_ERROR: return set_plain(r, XLSX_ERROR, e);
	case TYPE_DATE: return set_iso(r, e);
	}
	return err_set(e, ERR_BUG, "a cell of no type");
}

/* ---- rows ------------------------------------------------------------------
 */

static bool cell_room(struct reader *r, struct err *e)
{
	struct xlsx_cell *grown;

	if (r->row.n == LIMIT_CSV_COLUMNS)
		return bad(r, e, "F07", "more than 2000 filled cells in a row",
			   "Một dòng có hơn 2000 ô có nội dung");
	if (++r->all_cells > LIMIT_XLSX_CELLS)
		return bad(r, e, "F07", "more than five million filled cells",
			   "Trang tính có hơn năm triệu ô có nội dung");
	if (r->row.n < r->cap)
		return true;
	r->cap = r->cap ? 2 * r->cap : 32;
	grown = realloc(r->cells, r->cap * sizeof *grown);
	if (!grown)
		return err_set(e, ERR_NOMEM, "out of memory");
	r->cells = grown;
	return true;
}

static bool cell_end(struct reader *r, struct err *e)
{
	r->in_cell = false;
	/* a shared string without an index is as empty as no value */
	if (r->type == TYPE_SHARED && r->text.len == 0)
		r->type = TYPE_NUMBER;
	if (!set_value(r, e))
		return false;
	if (r->cell.n == 0 && !r->cell.no_value)
		return true;
	if (!merges_keep(r->x, &r->merges, r->row.number, &r->cell, place(r),
			 e) ||
	    !cell_room(r, e))
		return false;
	if (r->row.n > 0 && r->cells[r->row.n - 1].column >= r->cell.column)
		r->sorted = false;
	r->cells[r->row.n++] = r->cell;
	return true;
}

static int by_column(const void *pa, const void *pb)
{
	const struct xlsx_cell *a = pa, *b = pb;

	return (a->column > b->column) - (a->column < b->column);
}

/* Some writers put cells in the order in which they were filled. */
static bool settle_order(struct reader *r, struct err *e)
{
	if (r->sorted)
		return true;
	qsort(r->cells, r->row.n, sizeof *r->cells, by_column);
	for (size_t i = 1; i < r->row.n; i++) {
		if (r->cells[i - 1].column != r->cells[i].column)
			continue;
		r->cell.column = r->cells[i].column;
		return bad(r, e, "F08", "the same cell comes twice",
			   "Cùng một ô xuất hiện hai lần");
	}
	return true;
}

/* Puts the areas' values into the cells they cover; what Excel left in a
 * covered cell is not seen by people and gives way. */
static bool cover(struct reader *r, const struct active *a, struct err *e)
{
	size_t i = 0, last;
	uint32_t c;

	while (i < r->row.n && r->cells[i].column < a->at.column)
		i++;
	last = i;
	while (last < r->row.n && r->cells[last].column <= a->at.last_column)
		last++;
	memmove(r->cells + i, r->cells + last,
		(r->row.n - last) * sizeof *r->cells);
	r->row.n -= last - i;
	for (c = a->at.column; c <= a->at.last_column; c++, i++) {
		r->cell.column = c;
		if (!cell_room(r, e))
			return false;
		memmove(r->cells + i + 1, r->cells + i,
			(r->row.n - i) * sizeof *r->cells);
		r->cells[i] = a->value;
		r->cells[i].column = c;
		r->cells[i].covered =
			c != a->at.column || r->row.number != a->at.row;
		r->row.n++;
	}
	return true;
}

static bool row_end(struct reader *r, struct err *e)
{
	r->in_row = false;
	if (!settle_order(r, e))
		return false;
	for (size_t i = 0; i < r->merges.n_active; i++)
		if (r->merges.active[i].has_value &&
		    !cover(r, &r->merges.active[i], e))
			return false;
	if (r->row.n == 0)
		return true;
	if (++r->all_rows > LIMIT_XLSX_ROWS)
		return bad(r, e, "F07", "more than 200000 filled rows",
			   "Trang tính có hơn 200000 dòng có nội dung");
	r->row.cells = r->cells;
	if (r->fn(r->ctx, &r->row, e))
		return true;
	r->x->stopped = true; /* the caller's own reason */
	return false;
}

static bool row_start(struct reader *r, const struct xml_attr *attrs, size_t n,
		      struct err *e)
{
	const char *at = xlsx_attr(attrs, n, "r");
	const char *hidden = xlsx_attr(attrs, n, "hidden");
	size_t number = (size_t)r->row.number + 1;

	r->cell.column = 0;
	if ((at && !xlsx_index(at, &number)) || number == 0 ||
	    number > XLSX_ROWS || number <= r->row.number)
		return bad(r, e, "F08", "rows are numbered out of order",
			   "Số thứ tự dòng trong tệp không hợp lệ");
	r->row.number = (uint32_t)number;
	r->row.hidden = hidden && xlsx_true(hidden);
	r->row.n = 0;
	r->row_bytes = 0;
	r->next_column = 0;
	r->in_row = true;
	r->sorted = true;
	arena_reset(r->arena);
	return merges_row(r->x, &r->merges, r->row.number, place(r), e);
}

static bool type_of(const char *t, enum cell_type *out)
{
	static const struct {
		const char *word;
		enum cell_type type;
	} types[] = { { "n", TYPE_NUMBER },
		      { "s", TYPE_SHARED },
		      { "inlineStr", TYPE_INLINE },
		      { "str", TYPE_FORMULA_TEXT },
		      { "b", TYPE_BOOL },
		      { "e", TYPE_ERROR },
		      { "d", TYPE_DATE } };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (strcmp(types[i].word, t) == 0) {
			*out = types[i].type;
			return true;
		}
	}
	return false;
}

static bool cell_start(struct reader *r, const struct xml_attr *attrs, size_t n,
		       struct err *e)
{
	const char *at = xlsx_attr(attrs, n, "r");
	const char *t = xlsx_attr(attrs, n, "t");
	const char *s = xlsx_attr(attrs, n, "s");
	uint32_t row = r->row.number, column = r->next_column;
	size_t style = 0;

	r->cell = (struct xlsx_cell){ .column = column };
	if ((at && !xlsx_address_parse(at, strlen(at), &column, &row)) ||
	    row != r->row.number || column >= XLSX_COLUMNS)
		return bad(r, e, "F08", "a cell stands where it cannot",
			   "Ô có địa chỉ không hợp lệ");
	r->cell.column = column;
	r->next_column = column + 1;
	r->type = TYPE_NUMBER;
	if ((t && !type_of(t, &r->type)) || (s && !xlsx_index(s, &style)))
		return bad(r, e, "F08", "a cell of an unknown type",
			   "Ô thuộc kiểu không rõ");
	r->format = style < r->x->n_formats
			    ? (enum number_format)r->x->formats[style]
			    : FORMAT_NUMBER;
	r->text.len = 0;
	r->in_cell = true;
	r->has_value = false;
	return true;
}

/* ---- events ----------------------------------------------------------------
 */

static bool on_start(void *arg, const char *ns, const char *name,
		     const struct xml_attr *attrs, size_t n, struct err *e)
{
	struct reader *r = arg;

	(void)ns;
	if (!r->in_data) {
		r->in_data = strcmp(name, "sheetData") == 0;
		return true;
	}
	if (!r->in_row)
		return strcmp(name, "row") != 0 || row_start(r, attrs, n, e);
	if (!r->in_cell)
		return strcmp(name, "c") != 0 || cell_start(r, attrs, n, e);
	if (strcmp(name, "v") == 0) {
		r->collect = r->type != TYPE_INLINE;
		r->has_value = true;
	} else if (strcmp(name, "t") == 0) {
		r->collect = r->type == TYPE_INLINE && r->phonetic == 0;
	} else if (strcmp(name, "f") == 0) {
		r->cell.formula = true;
	} else if (strcmp(name, "rPh") == 0) {
		r->phonetic++;
	}
	return true;
}

static bool on_end(void *arg, const char *ns, const char *name, struct err *e)
{
	struct reader *r = arg;

	(void)ns;
	r->collect = false;
	if (!r->in_data)
		return true;
	if (r->in_cell && strcmp(name, "rPh") == 0)
		r->phonetic--;
	else if (r->in_cell && strcmp(name, "c") == 0)
		return cell_end(r, e);
	else if (r->in_row && !r->in_cell && strcmp(name, "row") == 0)
		return row_end(r, e);
	else if (!r->in_row && strcmp(name, "sheetData") == 0)
		r->in_data = false;
	return true;
}

static bool on_text(void *arg, const char *s, size_t n, struct err *e)
{
	struct reader *r = arg;

	if (!r->collect)
		return true;
	if (r->text.len + n > LIMIT_XLSX_CELL_BYTES)
		return bad(r, e, "F07", "a text is longer than a cell can hold",
			   "Có đoạn chữ dài hơn mức một ô chứa được");
	buf_add(&r->text, s, n);
	return true;
}

static bool load_once(struct xlsx *x, struct err *e)
{
	if (x->loaded)
		return true;
	if (!xlsx_styles_load(x, e) || !xlsx_strings_load(x, e))
		return false;
	x->loaded = true;
	return true;
}

bool xlsx_read(struct xlsx *x, size_t sheet, xlsx_row_fn row, void *ctx,
	       struct err *e)
{
	static const struct xml_handler h = { .start = on_start,
					      .end = on_end,
					      .text = on_text };
	struct reader r = { .x = x,
			    .sheet = &x->sheets[sheet],
			    .fn = row,
			    .ctx = ctx,
			    .text = BUF_INIT(LIMIT_XLSX_CELL_BYTES + 1) };
	size_t part = xlsx_part(x, r.sheet->part);
	bool ok = false;

	if (part == NO_PART)
		return bad(&r, e, "F08", "the sheet's part is missing",
			   "Thiếu nội dung của trang tính");
	x->stopped = false;
	x->unpacked = 0;
	r.arena = arena_new(2 * LIMIT_CSV_ROW_BYTES + LIMIT_XLSX_CELL_BYTES);
	if (!r.arena)
		err_set(e, ERR_NOMEM, "out of memory");
	else
		ok = load_once(x, e) &&
		     merges_load(x, part, place(&r), &r.merges, e) &&
		     xlsx_part_xml(x, part, &h, &r, e);
	merges_free(&r.merges);
	arena_free(r.arena);
	free(r.cells);
	buf_free(&r.text);
	return ok;
}

const struct xlsx_cell *xlsx_at(const struct xlsx_row *row, uint32_t column)
{
	struct xlsx_cell key = { .column = column };

	return row->n ? bsearch(&key, row->cells, row->n, sizeof *row->cells,
				by_column)
		      : NULL;
}
