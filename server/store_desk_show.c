/* Rows of a desk for programs. */
#include <string.h>

#include "phieu/csv.h"
#include "phieu/desk.h"

/* A count as a number, all else as text; NULL where there is nothing. */
static void put_value(struct jw *w, const struct res *r, size_t row, int col)
{
	const char *s = res_text(r, row, col);
	struct err e = { 0 };
	int64_t v;

	if (!s)
		jw_null(w);
	else if (res_kind(r, col) == RES_INTEGER &&
		 res_i64(r, row, col, &v, &e))
		jw_int(w, v);
	else
		jw_text(w, s);
}

static void put_row(struct jw *w, const struct res *r, size_t row)
{
	jw_object(w);
	for (int c = 0; c < (int)res_columns(r); c++) {
		jw_key(w, res_name(r, c));
		put_value(w, r, row, c);
	}
	jw_object_end(w);
}

void desk_json(const struct res *r, struct jw *w)
{
	jw_array(w);
	for (size_t i = 0; i < res_rows(r); i++)
		put_row(w, r, i);
	jw_array_end(w);
}

void desk_jsonl(const struct res *r, struct buf *out)
{
	for (size_t i = 0; i < res_rows(r); i++) {
		struct jw w;

		jw_init(&w, out);
		put_row(&w, r, i);
		buf_adds(out, "\n");
	}
}

static void put_cell(struct buf *out, const char *s, int col)
{
	if (col > 0)
		csv_sep(out);
	csv_write(out, s ? s : "", s ? strlen(s) : 0);
}

void desk_csv(const struct res *r, struct buf *out)
{
	int n = (int)res_columns(r);

	buf_adds(out, "\xEF\xBB\xBF");
	for (int c = 0; c < n; c++)
		put_cell(out, res_name(r, c), c);
	csv_end_row(out);
	for (size_t i = 0; i < res_rows(r); i++) {
		for (int c = 0; c < n; c++)
			put_cell(out, res_text(r, i, c), c);
		csv_end_row(out);
	}
}
