#include "support/xlsform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "phieu/file.h"
#include "phieu/limits.h"

void xread_open(struct xread *b)
{
	int fd;

	*b = (struct xread){ .parts = BUF_INIT(16 << 20),
			     .joined = BUF_INIT(16 << 20),
			     .path = "/tmp/phieu-xread.XXXXXX" };
	fd = mkstemp(b->path);
	assert_true(fd >= 0);
	(void)close(fd);
	b->a = arena_new(16 << 20);
	assert_non_null(b->a);
	faults_init(&b->faults, b->a);
	faults_init(&b->notes, b->a);
}

void xread_close(struct xread *b)
{
	(void)unlink(b->path);
	buf_free(&b->parts);
	buf_free(&b->joined);
	arena_free(b->a);
}

struct formats {
	lxw_format *percent, *day;
};

static void put_cell(lxw_worksheet *ws, lxw_row_t row, lxw_col_t col, char *s,
		     const struct formats *f)
{
	char *comma = strrchr(s, ',');

	if (strcmp(s, "TRUE") == 0 || strcmp(s, "FALSE") == 0)
		worksheet_write_boolean(ws, row, col, *s == 'T', NULL);
	else if (strspn(s, "0123456789") == strlen(s))
		worksheet_write_number(ws, row, col, strtod(s, NULL), NULL);
	else if (*s == '%')
		worksheet_write_number(ws, row, col, strtod(s + 1, NULL),
				       f->percent);
	else if (*s == '@')
		worksheet_write_number(ws, row, col, strtod(s + 1, NULL),
				       f->day);
	else if (*s == '=' && comma) {
		*comma = '\0';
		worksheet_write_formula_num(ws, row, col, s, NULL,
					    strtod(comma + 1, NULL));
	} else if (*s == '=')
		worksheet_write_formula_str(ws, row, col, s, NULL, "");
	else
		worksheet_write_string(ws, row, col, s, NULL);
}

static void put_sheet(lxw_workbook *wb, const struct xbook *in,
		      const struct formats *f)
{
	lxw_worksheet *ws = workbook_add_worksheet(wb, in->name);
	lxw_row_t row = 0;
	lxw_col_t col = 0;
	char cell[4000];

	for (const char *at = in->rows; *at;) {
		size_t n = strcspn(at, "|\n");

		assert_true(n < sizeof cell);
		(void)snprintf(cell, sizeof cell, "%.*s", (int)n, at);
		if (n > 0)
			put_cell(ws, row, col, cell, f);
		at += n;
		col++;
		if (*at == '\n') {
			row++;
			col = 0;
		}
		at += *at != '\0';
	}
}

bool xread_book(struct xread *b, const struct xbook *sheets, const char *basis,
		struct err *e)
{
	lxw_workbook *wb = workbook_new(b->path);
	struct formats f = { workbook_add_format(wb), workbook_add_format(wb) };
	size_t n;
	char *file;
	bool ok;

	format_set_num_format_index(f.percent, 9);
	format_set_num_format_index(f.day, 14);
	for (size_t i = 0; sheets[i].name; i++)
		put_sheet(wb, &sheets[i], &f);
	assert_int_equal(workbook_close(wb), LXW_NO_ERROR);
	file = file_read(b->path, LIMIT_XLSX_BYTES, &n, e);
	assert_non_null(file);
	arena_reset(b->a);
	faults_init(&b->faults, b->a);
	faults_init(&b->notes, b->a);
	b->parts.len = b->joined.len = 0;
	ok = xlsform_read(file, n, basis, &b->parts, &b->faults, &b->notes, e);
	free(file);
	return ok;
}

const char *xread_said(struct xread *b, const struct faults *f)
{
	size_t at = 0;

	b->said[0] = '\0';
	for (size_t i = 0; i < f->n && at + 1 < sizeof b->said; i++) {
		assert_true(*f->list[i].message && *f->list[i].message_vi);
		at += (size_t)snprintf(b->said + at, sizeof b->said - at,
				       "%s%s %s", i ? ";" : "", f->list[i].code,
				       f->list[i].path);
	}
	return b->said;
}
