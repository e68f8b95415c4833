/* CSV in and out: what is read can be written, and reading that gives the
 * same rows, but for the ' that keeps a cell from being a formula; no cell of
 * what we write starts one. */
#include "fuzz.h"

#include <string.h>

#include "phieu/csv.h"
#include "phieu/limits.h"
#include "phieu/utf8.h"

#define OUT_MAX ((size_t)32 << 20)

static void write_row(struct buf *out, const struct csv *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		MUST(strlen(c->cells[i].s) == c->cells[i].n);
		if (i)
			csv_sep(out);
		csv_write(out, c->cells[i].s, c->cells[i].n);
	}
	csv_end_row(out);
}

/* Rows of `was` and `now` are the same. */
static void compare(const struct csv *was, const struct csv *now)
{
	const char *s;
	size_t i;

	MUST(was->n == now->n);
	for (i = 0; i < was->n; i++) {
		s = now->cells[i].s;
		MUST(!strchr("=+@\t\r\n", s[0]) || s[0] == '\0');
		if (s[0] == '-')
			MUST(s[1] >= '0' && s[1] <= '9');
		if (now->cells[i].n > was->cells[i].n) {
			MUST(s[0] == '\'');
			s++;
		}
		MUST(strcmp(s, was->cells[i].s) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	/* A head of one comma settles the separator of the second reading. */
	struct buf out = BUF_INIT(OUT_MAX);
	struct csv was, now;
	struct err e = { 0 };
	size_t bad, line = 0;
	int got;

	if (!csv_open(&was, (const char *)data, n, &e)) {
		MUST(e.kind == ERR_INPUT);
		MUST(!utf8_valid((const char *)data, n, &bad) ||
		     memchr(data, 0, n));
		csv_close(&was);
		return 0;
	}
	buf_adds(&out, ",\r\n");
	while ((got = csv_next(&was, &e)) > 0) {
		MUST(was.n > 0 && was.n <= LIMIT_CSV_COLUMNS);
		MUST(was.line > line);
		line = was.line;
		write_row(&out, &was);
	}
	MUST(got == 0 || e.kind == ERR_INPUT);
	csv_close(&was);
	MUST(buf_cstr(&out));

	MUST(csv_open(&was, (const char *)data, n, &e));
	MUST(csv_open(&now, out.data, out.len, &e));
	MUST(csv_next(&now, &e) == 1 && now.n == 2);
	while (csv_next(&was, &e) > 0) {
		MUST(csv_next(&now, &e) == 1);
		compare(&was, &now);
	}
	MUST(csv_next(&now, &e) == 0);
	csv_close(&was);
	csv_close(&now);
	buf_free(&out);
	return 0;
}
