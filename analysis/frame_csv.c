#include <stdlib.h>
#include <string.h>

#include "phieu/frame.h"
#include "phieu/limits.h"

void frame_csv_init(struct frame_csv *c, struct frame *f)
{
	*c = (struct frame_csv){ .f = f, .line = 1 };
}

void frame_csv_clear(struct frame_csv *c)
{
	free(c->data);
	*c = (struct frame_csv){ 0 };
}

static bool take_row(struct frame_csv *c, const struct csv *r, struct err *e)
{
	if (c->header)
		return frame_row(c->f, r->cells, r->n, r->line, e);
	c->header = true;
	return frame_header(c->f, r->cells, r->n, e);
}

/* Rows of the first n bytes.  A row that cannot be read is kept for when there
 * is more, unless `last` or it is too large to be one. */
static bool take_rows(struct frame_csv *c, size_t n, bool last, struct err *e)
{
	struct csv r;
	const char *at = c->data;
	size_t line = c->line, left;
	struct err why = { 0 };
	bool ok = true;
	int got = 1;

	if (!csv_open(&r, c->data, n, &why)) {
		(void)err_set(e, why.kind, "%s", why.msg);
		return err_wrap(e, "dữ liệu (the data)");
	}
	if (c->started)
		r.sep = c->sep;
	c->sep = r.sep;
	c->started = true;
	r.next_line = line;
	while (ok && got > 0) {
		at = r.at;
		line = r.next_line;
		got = csv_next(&r, &why);
		ok = got <= 0 || take_row(c, &r, e);
	}
	left = got < 0 ? (size_t)(c->data + n - at) : 0;
	if (got == 0)
		line = r.next_line;
	csv_close(&r);
	if (!ok)
		return false;
	if (got < 0 && (last || left > LIMIT_CSV_ROW_BYTES)) {
		*e = why;
		return false;
	}
	memmove(c->data, c->data + n - left, c->len - (n - left));
	c->len -= n - left;
	c->line = line;
	return true;
}

static bool append(struct frame_csv *c, const char *s, size_t n, struct err *e)
{
	if (c->len + n > c->cap) {
		size_t cap = c->cap ? c->cap : (size_t)1 << 16;
		char *grown;

		while (cap < c->len + n)
			cap *= 2;
		grown = realloc(c->data, cap);
		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		c->data = grown;
		c->cap = cap;
	}
	memcpy(c->data + c->len, s, n);
	c->len += n;
	return true;
}

bool frame_csv_push(struct frame_csv *c, const char *s, size_t n, struct err *e)
{
	const char *end;

	if (n == 0)
		return true;
	if (!append(c, s, n, e))
		return false;
	end = memrchr(c->data, '\n', c->len);
	/* lone CRs end lines too; the last byte may be half of CR LF */
	if (!end && c->len > 1)
		end = memrchr(c->data, '\r', c->len - 1);
	if (end)
		return take_rows(c, (size_t)(end + 1 - c->data), false, e);
	return c->len <= LIMIT_CSV_ROW_BYTES ||
	       err_set(e, ERR_INPUT,
		       "dòng quá dài (line %zu: row larger than %zu bytes)",
		       c->line, LIMIT_CSV_ROW_BYTES);
}

bool frame_csv_end(struct frame_csv *c, struct err *e)
{
	if (c->len > 0 && !take_rows(c, c->len, true, e))
		return false;
	return c->header ||
	       err_set(e, ERR_INPUT,
		       "tệp rỗng (the file is empty, it has no header)");
}
