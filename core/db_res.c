/* Readers of results and builders of array parameters: formats only, no
 * connection. */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db_impl.h"
#include "phieu/buf.h"
#include "phieu/csv.h"
#include "phieu/db.h"
#include "phieu/hash.h"

bool res_i64(const struct res *r, size_t row, int col, int64_t *out,
	     struct err *e)
{
	const char *s = res_text(r, row, col);
	char *end;
	long long v;

	if (!s)
		return err_set(e, ERR_DB, "a number is missing");
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || end == s || *end)
		return err_set(e, ERR_DB, "not a number: %.40s", s);
	*out = v;
	return true;
}

bool res_dec(const struct res *r, size_t row, int col, struct dec *out,
	     struct err *e)
{
	const char *s = res_text(r, row, col);

	if (!s)
		return err_set(e, ERR_DB, "a decimal is missing");
	return dec_parse(s, strlen(s), out, e);
}

int res_column(const struct res *r, const char *name)
{
	for (int c = 0; c < (int)res_columns(r); c++)
		if (strcmp(res_name(r, c), name) == 0)
			return c;
	return -1;
}

const char *res_word(const struct res *r, size_t row, const char *name)
{
	int c = res_column(r, name);
	const char *s = c < 0 ? NULL : res_text(r, row, c);

	return s ? s : "";
}

const char *res_dup(struct arena *a, const struct res *r, size_t row, int col)
{
	const char *s = res_text(r, row, col);

	return s ? arena_strdup(a, s) : NULL;
}

void res_csv(const struct res *r, size_t from, size_t end, struct buf *out)
{
	int columns = (int)res_columns(r);

	for (int c = 0; c < columns; c++) {
		if (c)
			csv_sep(out);
		buf_adds(out, res_name(r, c));
	}
	csv_end_row(out);
	for (size_t i = from; i < end; i++) {
		for (int c = 0; c < columns; c++) {
			const char *s = res_text(r, i, c);

			if (c)
				csv_sep(out);
			csv_write(out, s ? s : "", s ? strlen(s) : 0);
		}
		csv_end_row(out);
	}
}

bool res_bool(const struct res *r, size_t row, int col)
{
	const char *s = res_text(r, row, col);

	return s && (db_is_binary(r, col) ? s[0] == 1 : s[0] == 't');
}

bool res_bytes(const struct res *r, size_t row, int col, uint8_t *out,
	       size_t max, size_t *n, struct err *e)
{
	const char *s = res_text(r, row, col);
	size_t len = res_len(r, row, col);

	if (!s)
		return err_set(e, ERR_DB, "bytes are missing");
	if (db_is_binary(r, col)) {
		if (len > max)
			return err_set(e, ERR_DB, "too many bytes");
		memcpy(out, s, len);
		*n = len;
		return true;
	}
	if (len < 2 || len % 2 || s[0] != '\\' || s[1] != 'x')
		return err_set(e, ERR_DB, "not bytes in hex");
	if ((len - 2) / 2 > max)
		return err_set(e, ERR_DB, "too many bytes");
	for (size_t i = 2; i < len; i += 2) {
		int hi = hex_digit(s[i]), lo = hex_digit(s[i + 1]);

		if (hi < 0 || lo < 0)
			return err_set(e, ERR_DB, "not bytes in hex");
		*out++ = (uint8_t)(hi << 4 | lo);
	}
	*n = (len - 2) / 2;
	return true;
}

static void add32(struct buf *b, uint32_t v)
{
	v = htonl(v);
	buf_add(b, &v, sizeof v);
}

/* array_recv: dimensions, a flag that nulls may come, element type, then for
 * the one dimension its length and lower bound.  An empty array has none. */
void pg_array_begin(struct buf *b, enum pg_type t, size_t n)
{
	add32(b, n > 0);
	add32(b, 1);
	add32(b, (uint32_t)t);
	if (n == 0)
		return;
	if (n > INT32_MAX)
		b->broken = true;
	add32(b, (uint32_t)n);
	add32(b, 1);
}

void pg_array_null(struct buf *b)
{
	add32(b, UINT32_MAX);
}

void pg_array_bytes(struct buf *b, const void *p, size_t n)
{
	if (n > INT32_MAX)
		b->broken = true;
	add32(b, (uint32_t)n);
	buf_add(b, p, n);
}

void pg_array_jsonb(struct buf *b, const char *json, size_t n)
{
	if (n >= INT32_MAX)
		b->broken = true;
	add32(b, (uint32_t)n + 1);
	buf_add(b, "\1", 1); /* version of jsonb_recv */
	buf_add(b, json, n);
}

void pg_array_i64(struct buf *b, int64_t v)
{
	uint64_t w = htobe64((uint64_t)v);

	add32(b, sizeof w);
	buf_add(b, &w, sizeof w);
}

void pg_array_i32(struct buf *b, int32_t v)
{
	add32(b, sizeof v);
	add32(b, (uint32_t)v);
}

void pg_array_i16(struct buf *b, int16_t v)
{
	uint16_t w = htons((uint16_t)v);

	add32(b, sizeof w);
	buf_add(b, &w, sizeof w);
}

void pg_array_bool(struct buf *b, bool v)
{
	char c = v ? 1 : 0;

	add32(b, 1);
	buf_add(b, &c, 1);
}
