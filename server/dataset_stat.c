/* SPSS and Stata files, written by libreadstat. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dataset_parts.h"
#include "phieu/date.h"

enum {
	SAV_LABEL = 255, /* bytes */
	SAV_VALUE = 120,
	DTA_LABEL = 80, /* characters */
	NOTE_BYTES = 80
};

static bool told(readstat_error_t code, struct err *e)
{
	return code == READSTAT_OK ||
	       err_set(e, code == READSTAT_ERROR_WRITE ? ERR_IO : ERR_BUG, "%s",
		       readstat_error_message(code));
}

static ssize_t write_out(const void *p, size_t n, void *ctx)
{
	struct dataset_writer *w = ctx;

	/* not -1: libreadstat 1.1.8 compares without sign */
	return w->out(w->to, p, n) ? (ssize_t)n : 0;
}

/* At most so many bytes or characters, whole letters, with … where it was
 * cut. */
static const char *cut(struct dataset_writer *w, const char *s, size_t bytes,
		       size_t chars)
{
	size_t n = 0, count = 0, last = 0, len = strlen(s);

	while (n < len) {
		size_t step = 1;

		while (n + step < len &&
		       ((unsigned char)s[n + step] & 0xc0) == 0x80)
			step++;
		if (n + step > bytes || count + 1 > chars)
			break;
		if (n + 3 <= bytes)
			last = n; /* room for the mark here */
		n += step;
		count++;
	}
	if (n == len)
		return s;
	(*w->cut)++;
	(void)snprintf(w->label, sizeof w->label, "%.*s…", (int)last, s);
	return w->label;
}

static const char *short_label(struct dataset_writer *w, const char *s)
{
	return w->form == DATASET_SAV ? cut(w, s, SAV_LABEL, SAV_LABEL)
				      : cut(w, s, SAV_LABEL, DTA_LABEL);
}

/* ---- label sets ----------------------------------------------------------
 */

static readstat_label_set_t *add_set(struct dataset_writer *w,
				     const struct dataset_set *s)
{
	bool sav = w->form == DATASET_SAV;
	readstat_label_set_t *out =
		readstat_add_label_set(w->rs,
				       sav ? READSTAT_TYPE_DOUBLE
					   : READSTAT_TYPE_INT32,
				       s->name);

	for (size_t i = 0; i < s->n; i++) {
		const struct dataset_value *v = &s->values[i];
		const char *label = cut(w, v->label, SAV_VALUE, SAV_VALUE);

		if (sav)
			readstat_label_double_value(out, v->value, label);
		else if (v->tag)
			readstat_label_tagged_value(out, v->tag, label);
		else
			readstat_label_int32_value(out, (int32_t)v->value,
						   label);
	}
	return out;
}

/* SPSS takes a range and one value besides as missing: the reasons, and the
 * option that is no opinion where there is one.  More stay values. */
static bool add_missing(readstat_variable_t *v, const struct dataset_set *s,
			struct err *e)
{
	bool reasons = false, one = false;
	double no_opinion = 0;

	for (size_t i = 0; i < s->n; i++) {
		reasons = reasons || s->values[i].tag;
		if (s->values[i].missing && !s->values[i].tag && !one) {
			one = true;
			no_opinion = s->values[i].value;
		}
	}
	if (reasons && !told(readstat_variable_add_missing_double_range(
				     v, DATASET_BLANK, DATASET_UNREADABLE),
			     e))
		return false;
	return !one ||
	       told(readstat_variable_add_missing_double_value(v, no_opinion),
		    e);
}

/* ---- variables -----------------------------------------------------------
 */

static const char *format_of(const struct dataset_var *v)
{
	if (v->kind == DATASET_CODED || v->level == DATASET_NOMINAL)
		return "F8.0";
	return v->weight ? "F16.8" : "F10.2";
}

static bool add_variable(struct dataset_writer *w, size_t i,
			 readstat_label_set_t **sets, struct err *e)
{
	static const readstat_measure_t measure[] = {
		[DATASET_NOMINAL] = READSTAT_MEASURE_NOMINAL,
		[DATASET_ORDINAL] = READSTAT_MEASURE_ORDINAL,
		[DATASET_SCALE] = READSTAT_MEASURE_SCALE
	};
	const struct dataset_var *d = &w->d->vars[i];
	bool sav = w->form == DATASET_SAV;
	readstat_variable_t *v =
		readstat_add_variable(w->rs, d->name,
				      d->kind == DATASET_TEXT
					      ? READSTAT_TYPE_STRING
				      : !sav && d->kind == DATASET_CODED
					      ? READSTAT_TYPE_INT32
					      : READSTAT_TYPE_DOUBLE,
				      d->kind == DATASET_TEXT ? d->width : 0);

	readstat_variable_set_label(v, short_label(w, d->label));
	readstat_variable_set_measure(v, measure[d->level]);
	if (sav && d->kind != DATASET_TEXT)
		readstat_variable_set_format(v, format_of(d));
	for (size_t k = 0; d->set && k < w->d->n_sets; k++)
		if (w->d->sets[k] == d->set)
			readstat_variable_set_label_set(v, sets[k]);
	w->var[i] = v;
	if (sav && d->weight &&
	    !told(readstat_writer_set_fweight_variable(w->rs, v), e))
		return false;
	return !sav || !d->set || add_missing(v, d->set, e);
}

static void add_notes(struct dataset_writer *w)
{
	const struct dataset_head *h = w->head;
	char note[NOTE_BYTES + 1];

	(void)snprintf(note, sizeof note, "wave %.40s, freeze %d, plan %d",
		       h->wave, (int)h->freeze, (int)h->plan_version);
	readstat_add_note(w->rs, note);
	(void)snprintf(note, sizeof note, "sha256 %s", h->content_sha256);
	readstat_add_note(w->rs, note);
	if (h->trial)
		readstat_add_note(w->rs,
				  "mẫu thử, không phải phiếu chính thức");
	if (h->simulated)
		readstat_add_note(w->rs, "số liệu mô phỏng (simulated)");
}

/* The day of the freeze: the same data give the same bytes. */
static time_t stamp(const char *day)
{
	struct err ignored = { 0 };
	struct date d;

	if (!date_parse(day, strlen(day), &d, &ignored))
		return 0;
	return (time_t)d.days * 86400 + 43200; /* noon: the day anywhere */
}

bool stat_open(struct dataset_writer *w, struct err *e)
{
	readstat_label_set_t **sets = calloc(w->d->n_sets + 1, sizeof *sets);
	bool ok, sav = w->form == DATASET_SAV;

	w->rs = readstat_writer_init();
	w->var = calloc(w->d->n + 1, sizeof(readstat_variable_t *));
	if (!sets || !w->rs || !w->var) {
		free(sets);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	for (size_t i = 0; i < w->d->n_sets; i++)
		sets[i] = add_set(w, w->d->sets[i]);
	ok = told(readstat_set_data_writer(w->rs, write_out), e);
	for (size_t i = 0; ok && i < w->d->n; i++)
		ok = add_variable(w, i, sets, e);
	free(sets);
	add_notes(w);
	if (!ok ||
	    !told(readstat_writer_set_file_label(w->rs, cut(w, w->head->title,
							    64, 64)),
		  e))
		return false;
	ok = told(readstat_writer_set_file_timestamp(w->rs,
						     stamp(w->head->day)),
		  e);
	if (ok && !sav)
		ok = told(readstat_writer_set_file_format_version(w->rs, 118),
			  e);
	return ok && told(sav ? readstat_begin_writing_sav(w->rs, w,
							   (long)w->head->rows)
			      : readstat_begin_writing_dta(w->rs, w,
							   (long)w->head->rows),
			  e);
}

static readstat_error_t put(struct dataset_writer *w, size_t i,
			    const struct dataset_cell *c)
{
	const struct dataset_var *v = &w->d->vars[i];
	readstat_variable_t *var = w->var[i];
	bool dta = w->form == DATASET_DTA;

	if (v->kind == DATASET_TEXT)
		return readstat_insert_string_value(w->rs, var, c->s);
	if (isnan(c->x))
		return readstat_insert_missing_value(w->rs, var);
	if (dta && v->kind == DATASET_CODED && c->value->tag)
		return readstat_insert_tagged_missing_value(w->rs, var,
							    c->value->tag);
	if (dta && v->kind == DATASET_CODED)
		return readstat_insert_int32_value(w->rs, var, (int32_t)c->x);
	return readstat_insert_double_value(w->rs, var, c->x);
}

bool stat_row(struct dataset_writer *w, const struct dataset_cell *cells,
	      struct err *e)
{
	readstat_error_t code = READSTAT_OK;

	/* libreadstat would write past its end */
	if (w->rows > w->head->rows)
		return err_set(e, ERR_BUG, "more rows than were told");
	if (!told(readstat_begin_row(w->rs), e))
		return false;
	for (size_t i = 0; code == READSTAT_OK && i < w->d->n; i++)
		code = put(w, i, &cells[i]);
	return told(code, e) && told(readstat_end_row(w->rs), e);
}

bool stat_end(struct dataset_writer *w, struct err *e)
{
	return told(readstat_end_writing(w->rs), e);
}

void stat_close(struct dataset_writer *w)
{
	if (w->rs)
		readstat_writer_free(w->rs);
	free(w->var);
}
