/* A data set as a workbook: codes as in CSV, row by row, so that memory does
 * not grow with the rows.  What is text is written as text: no formula is ever
 * there, whatever a code looks like. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "dataset_parts.h"
#include "phieu/date.h"

enum { ROWS_MAX = 1048575, COLUMNS_MAX = 16384, CHUNK = 65536 };

struct dataset_book {
	char path[64];
	lxw_workbook *wb; /* NULL when it is closed */
	lxw_worksheet *ws;
};

static bool told(lxw_error code, struct err *e)
{
	return code == LXW_NO_ERROR ||
	       err_set(e, ERR_IO, "xlsx: %s", lxw_strerror(code));
}

/* The day of the freeze: the same data give the same bytes. */
static time_t stamp(const char *day)
{
	struct err ignored = { 0 };
	struct date d;

	if (!date_parse(day, strlen(day), &d, &ignored))
		return 86400;
	return (time_t)d.days * 86400 + 43200; /* noon: the day anywhere */
}

static bool put_text(lxw_worksheet *ws, lxw_row_t row, size_t col,
		     const char *s, struct err *e)
{
	return told(worksheet_write_string(ws, row, (lxw_col_t)col, s, NULL),
		    e);
}

static bool put_notes(struct dataset_writer *w, struct err *e)
{
	const struct dataset_head *h = w->head;
	lxw_worksheet *ws = workbook_add_worksheet(w->book->wb, "Ghi chú");
	char freeze[32], plan[32];
	const char *const notes[][2] = {
		{ "Số liệu", h->title },
		{ "Đợt", h->wave },
		{ "Lần khóa số liệu", freeze },
		{ "Ngày khóa", h->day },
		{ "Bản kế hoạch", plan },
		{ "SHA-256 kế hoạch", h->plan_sha256 },
		{ "SHA-256 số liệu", h->content_sha256 },
		{ "Lưu ý",
		  h->trial ? "mẫu thử, không phải phiếu chính thức" : NULL },
		{ "Lưu ý",
		  h->simulated ? "số liệu mô phỏng (simulated)" : NULL },
	};
	lxw_row_t row = 0;
	bool ok = ws || err_set(e, ERR_NOMEM, "out of memory");

	(void)snprintf(freeze, sizeof freeze, "%d", (int)h->freeze);
	(void)snprintf(plan, sizeof plan, "%d", (int)h->plan_version);
	for (size_t i = 0; ok && i < sizeof notes / sizeof notes[0]; i++) {
		if (!notes[i][1])
			continue;
		ok = put_text(ws, row, 0, notes[i][0], e) &&
		     put_text(ws, row, 1, notes[i][1], e);
		row++;
	}
	return ok;
}

static bool put_head(struct dataset_writer *w, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < w->d->n; i++)
		ok = put_text(w->book->ws, 0, i, w->d->vars[i].name, e);
	worksheet_freeze_panes(w->book->ws, 1, 0);
	return ok;
}

bool book_open(struct dataset_writer *w, struct err *e)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	lxw_doc_properties about = { .created = stamp(w->head->day) };
	struct dataset_book *b;
	int fd;

	if (w->head->rows > ROWS_MAX || w->d->n > COLUMNS_MAX)
		return err_set(e, ERR_INPUT,
			       "Excel chỉ chứa %d dòng, %d cột: dùng csv (a "
			       "workbook holds no more rows: use csv)",
			       (int)ROWS_MAX, (int)COLUMNS_MAX);
	b = w->book = calloc(1, sizeof *b);
	if (!b)
		return err_set(e, ERR_NOMEM, "out of memory");
	(void)snprintf(b->path, sizeof b->path, "%s",
		       "/tmp/phieu-export.XXXXXX");
	fd = mkstemp(b->path);
	if (fd < 0) {
		b->path[0] = '\0';
		return err_set(e, ERR_IO, "/tmp: cannot write");
	}
	(void)close(fd);
	b->wb = workbook_new_opt(b->path, &options);
	if (!b->wb)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!told(workbook_set_properties(b->wb, &about), e))
		return false;
	b->ws = workbook_add_worksheet(b->wb, "Số liệu");
	if (!b->ws)
		return err_set(e, ERR_NOMEM, "out of memory");
	return put_head(w, e);
}

bool book_row(struct dataset_writer *w, const struct dataset_cell *cells,
	      struct err *e)
{
	lxw_row_t row = (lxw_row_t)w->rows; /* below the head */
	bool ok = w->rows <= w->head->rows ||
		  err_set(e, ERR_BUG, "more rows than were told");

	for (size_t i = 0; ok && i < w->d->n; i++) {
		const struct dataset_cell *c = &cells[i];
		enum dataset_kind kind = w->d->vars[i].kind;

		if (kind == DATASET_NUMBER)
			ok = isnan(c->x) ||
			     told(worksheet_write_number(w->book->ws, row,
							 (lxw_col_t)i, c->x,
							 NULL),
				  e);
		else if (kind == DATASET_TEXT)
			ok = !*c->s || put_text(w->book->ws, row, i, c->s, e);
		else if (c->value)
			ok = put_text(w->book->ws, row, i, c->value->code, e);
	}
	return ok;
}

static bool send_file(struct dataset_writer *w, struct err *e)
{
	FILE *f = fopen(w->book->path, "rb");
	char *chunk = malloc(CHUNK);
	bool ok = f && chunk;
	size_t n;

	if (!ok)
		(void)err_set(e, ERR_IO, "the workbook cannot be read back");
	while (ok && (n = fread(chunk, 1, CHUNK, f)) > 0)
		ok = w->out(w->to, chunk, n) ||
		     err_set(e, ERR_IO, "cannot write");
	if (ok && ferror(f))
		ok = err_set(e, ERR_IO, "the workbook cannot be read back");
	if (f)
		(void)fclose(f);
	free(chunk);
	return ok;
}

bool book_end(struct dataset_writer *w, struct err *e)
{
	lxw_error code;

	if (!put_notes(w, e))
		return false;
	code = workbook_close(w->book->wb);
	w->book->wb = NULL; /* gone, whatever came of it */
	return told(code, e) && send_file(w, e);
}

void book_close(struct dataset_writer *w)
{
	if (!w->book)
		return;
	if (w->book->wb)
		lxw_workbook_free(w->book->wb);
	if (w->book->path[0])
		(void)unlink(w->book->path);
	free(w->book);
}
