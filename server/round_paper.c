/* What all forms of a document share, and CSV. */
#include <string.h>

#include "phieu/cli.h"
#include "phieu/csv.h"
#include "phieu/exact.h"
#include "phieu/file.h"
#include "phieu/paper.h"

#define OUTPUT_BYTES ((size_t)64 << 20)

struct paper_cell paper_text(const char *s)
{
	return (struct paper_cell){ .text = s };
}

struct paper_cell paper_mark(const char *s)
{
	return (struct paper_cell){ .text = s, .centre = true };
}

struct paper_cell paper_number(struct dec v, int digits)
{
	return (struct paper_cell){ .is_number = true,
				    .value = v,
				    .digits = digits };
}

struct paper_cell paper_decimal(const char *s)
{
	struct err e = { 0 };
	size_t digits = 0;
	struct dec d;

	if (!s || !*s || !dec_parse(s, strlen(s), &d, &e))
		return paper_text(s);
	while (digits < DEC_DIGITS && !dec_fits(d, digits))
		digits++;
	return paper_number(d, (int)digits);
}

const char *paper_cell_text(const struct paper_cell *c, struct arena *a)
{
	char text[DEC_TEXT_MAX];
	const char *s;

	if (!c->is_number)
		return c->text ? c->text : "";
	s = arena_strdup(a, dec_text_vi(c->value, c->digits, text));
	return s ? s : "";
}

struct paper_cell *paper_at(const struct paper_table *t, size_t row,
			    size_t column)
{
	return &t->cells[row * t->columns + column];
}

struct paper_table paper_table(const struct paper_head *heads, size_t columns,
			       size_t rows, struct arena *a)
{
	struct paper_table t = { .heads = heads,
				 .columns = columns,
				 .rows = rows };

	t.strong = arena_array(a, rows + 1, sizeof *t.strong);
	t.cells = arena_array(a, rows * columns + 1, sizeof *t.cells);
	if (!t.strong)
		t.cells = NULL;
	return t;
}

/* ---- CSV ---------------------------------------------------------------- */

static void put_line(struct buf *out, const char *s)
{
	if (!s || !*s)
		return;
	csv_write(out, s, strlen(s));
	csv_end_row(out);
}

static void put_heads(const struct paper_table *t, struct buf *out)
{
	for (size_t c = 0; c < t->columns; c++) {
		const struct paper_head *h = &t->heads[c];
		struct buf b = BUF_INIT(4096);

		if (h->group)
			buf_addf(&b, "%s: ", h->group);
		buf_adds(&b, h->text);
		if (c)
			csv_sep(out);
		csv_write(out, buf_cstr(&b) ? b.data : "", b.len);
		buf_free(&b);
	}
	csv_end_row(out);
}

static void put_cell(const struct paper_cell *c, struct buf *out)
{
	char text[DEC_TEXT_MAX + 8];
	const char *s = c->text ? c->text : "";

	if (c->is_number)
		s = exact_fixed(c->value, c->digits, text);
	csv_write(out, s, strlen(s));
}

static void put_table(const struct paper_table *t, struct buf *out)
{
	put_line(out, t->caption);
	put_heads(t, out);
	for (size_t r = 0; r < t->rows; r++) {
		for (size_t c = 0; c < t->columns; c++) {
			if (c)
				csv_sep(out);
			put_cell(paper_at(t, r, c), out);
		}
		csv_end_row(out);
	}
	for (size_t i = 0; i < t->n_notes; i++)
		put_line(out, t->notes[i]);
}

bool paper_csv(const struct paper *d, struct buf *out, struct err *e)
{
	buf_adds(out, "\xEF\xBB\xBF"); /* without it Excel garbles Vietnamese */
	put_line(out, d->title);
	put_line(out, d->subject);
	put_line(out, d->mark);
	put_line(out, d->warning);
	for (size_t i = 0; i < d->n_facts; i++)
		put_line(out, d->facts[i]);
	for (size_t i = 0; i < d->n_tables; i++)
		put_table(&d->tables[i], out);
	return buf_cstr(out) != NULL ||
	       err_set(e, ERR_NOMEM, "the document is too large");
}

/* ---- into a file -------------------------------------------------------- */

static bool ends(const char *path, const char *with)
{
	size_t n = strlen(path), m = strlen(with);

	return n > m && strcmp(path + n - m, with) == 0;
}

bool paper_write(const struct paper *d, const char *path, struct err *e)
{
	struct buf out = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	if (ends(path, ".xlsx"))
		return paper_xlsx(d, path, e);
	if (ends(path, ".html"))
		ok = paper_html(d, &out, e);
	else if (ends(path, ".csv"))
		ok = paper_csv(d, &out, e);
	else
		ok = err_set(e, ERR_INPUT,
			     "tên tệp phải kết thúc bằng (a name ends in) "
			     ".html, .csv, .xlsx: %.120s",
			     path);
	ok = ok && file_write(path, out.data, out.len, 0644, e);
	buf_free(&out);
	return ok;
}

bool paper_put(const struct paper *d, const char *path, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	if (path)
		return paper_write(d, path, e);
	ok = paper_csv(d, &b, e) && cli_put(&b, stdout, e);
	buf_free(&b);
	return ok;
}

const char *paper_day(const char *iso, struct arena *a)
{
	const char *s;

	if (strlen(iso) < 10)
		return iso;
	s = arena_printf(a, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
	return s ? s : "";
}
