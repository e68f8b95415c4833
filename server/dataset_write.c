/* A data set as CSV and as lines of JSON, and the door to the other forms. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_parts.h"
#include "phieu/csv.h"
#include "phieu/json.h"

#define LINE_BYTES ((size_t)16 << 20)

static const char *const form_words[] = {
	[DATASET_CSV] = "csv", [DATASET_JSONL] = "jsonl", [DATASET_SAV] = "sav",
	[DATASET_DTA] = "dta", [DATASET_XLSX] = "xlsx",
};

bool dataset_form_parse(const char *word, enum dataset_form *out)
{
	for (size_t i = 0; i < sizeof form_words / sizeof form_words[0]; i++)
		if (strcmp(form_words[i], word) == 0) {
			*out = (enum dataset_form)i;
			return true;
		}
	return false;
}

static bool is_stat(const struct dataset_writer *w)
{
	return w->form == DATASET_SAV || w->form == DATASET_DTA;
}

static bool send(struct dataset_writer *w, struct err *e)
{
	bool ok;

	if (w->line.broken)
		return err_set(e, ERR_NOMEM, "a row is too long");
	ok = w->out(w->to, w->line.data, w->line.len);
	w->line.len = 0;
	return ok || err_set(e, ERR_IO, "cannot write");
}

static void put_number(struct buf *b, double x)
{
	struct jw w;

	jw_init(&w, b);
	jw_double(&w, x);
}

/* ---- CSV -----------------------------------------------------------------
 */

static bool csv_head(struct dataset_writer *w, struct err *e)
{
	buf_adds(&w->line, "\xef\xbb\xbf"); /* for Excel */
	for (size_t i = 0; i < w->d->n; i++) {
		if (i > 0)
			csv_sep(&w->line);
		csv_write(&w->line, w->d->vars[i].name,
			  strlen(w->d->vars[i].name));
	}
	csv_end_row(&w->line);
	return send(w, e);
}

static void csv_cell(struct buf *b, const struct dataset_var *v,
		     const struct dataset_cell *c)
{
	if (v->kind == DATASET_NUMBER) {
		if (!isnan(c->x))
			put_number(b, c->x);
		return;
	}
	if (v->kind == DATASET_TEXT)
		csv_write(b, c->s, strlen(c->s));
	else if (c->value)
		csv_write(b, c->value->code, strlen(c->value->code));
}

static void csv_row(struct dataset_writer *w, const struct dataset_cell *cells)
{
	for (size_t i = 0; i < w->d->n; i++) {
		if (i > 0)
			csv_sep(&w->line);
		csv_cell(&w->line, &w->d->vars[i], &cells[i]);
	}
	csv_end_row(&w->line);
}

/* ---- JSON ----------------------------------------------------------------
 */

static void json_row(struct dataset_writer *w, const struct dataset_cell *cells)
{
	struct jw j;

	jw_init(&j, &w->line);
	jw_object(&j);
	for (size_t i = 0; i < w->d->n; i++) {
		const struct dataset_var *v = &w->d->vars[i];
		const struct dataset_cell *c = &cells[i];

		jw_key(&j, v->name);
		if (v->kind == DATASET_TEXT)
			jw_text(&j, c->s);
		else if (v->kind == DATASET_NUMBER)
			jw_double(&j, c->x);
		else if (!c->value)
			jw_null(&j);
		else if (c->value->tag)
			jw_int(&j, (int64_t)c->value->value);
		else
			jw_text(&j, c->value->code);
	}
	jw_object_end(&j);
	buf_adds(&w->line, "\n");
}

/* ---- the door ------------------------------------------------------------
 */

struct dataset_writer *dataset_write_open(const struct dataset *d,
					  const struct dataset_head *head,
					  enum dataset_form form,
					  dataset_out out, void *to,
					  size_t *cut, struct err *e)
{
	struct dataset_writer *w = calloc(1, sizeof *w);
	bool ok = true;

	if (!w) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	*w = (struct dataset_writer){ .d = d,
				      .head = head,
				      .form = form,
				      .out = out,
				      .to = to,
				      .cut = cut,
				      .line = BUF_INIT(LINE_BYTES) };
	*cut = 0;
	if (is_stat(w))
		ok = stat_open(w, e);
	else if (form == DATASET_XLSX)
		ok = book_open(w, e);
	else if (form == DATASET_CSV)
		ok = csv_head(w, e);
	if (!ok) {
		dataset_write_close(w);
		return NULL;
	}
	return w;
}

bool dataset_write_row(struct dataset_writer *w,
		       const struct dataset_cell *cells, struct err *e)
{
	w->rows++;
	if (is_stat(w))
		return stat_row(w, cells, e);
	if (w->form == DATASET_XLSX)
		return book_row(w, cells, e);
	if (w->form == DATASET_CSV)
		csv_row(w, cells);
	else
		json_row(w, cells);
	return send(w, e);
}

bool dataset_write_end(struct dataset_writer *w, struct err *e)
{
	if (w->rows != w->head->rows)
		return err_set(e, ERR_BUG, "%zu rows came, %zu were told",
			       w->rows, w->head->rows);
	if (w->form == DATASET_XLSX)
		return book_end(w, e);
	return !is_stat(w) || stat_end(w, e);
}

void dataset_write_close(struct dataset_writer *w)
{
	if (!w)
		return;
	stat_close(w);
	book_close(w);
	buf_free(&w->line);
	free(w);
}
