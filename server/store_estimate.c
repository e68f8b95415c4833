#include "phieu/store_estimate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "phieu/copy.h"
#include "phieu/limits.h"

struct frozen_rows {
	const struct wave *w;
	struct copy_out *c;
	struct buf profile, extra;
};

static bool set_scope(struct db *db, const struct wave *w, int32_t freeze,
		      struct err *e)
{
	char wave[24], no[24];
	const char *args[] = { wave, no };

	(void)snprintf(wave, sizeof wave, "%" PRId32, w->id);
	(void)snprintf(no, sizeof no, "%" PRId32, freeze);
	return db_do(db, Q_FREEZE_SCOPE, args, e);
}

static struct frozen_rows *rows_of(struct db *db, const struct wave *w,
				   const struct freeze *f, enum q copy,
				   struct err *e)
{
	struct frozen_rows *r = calloc(1, sizeof *r);

	if (!r) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	r->w = w;
	r->profile.max = LIMIT_SUBMISSION_BYTES;
	r->extra.max = 2 * LIMIT_SUBMISSION_BYTES;
	if (set_scope(db, w, f->freeze, e))
		r->c = copy_out_open(db, copy, e);
	if (!r->c) {
		free(r);
		return NULL;
	}
	return r;
}

struct frozen_rows *frozen_rows_open(struct db *db, const struct wave *w,
				     const struct freeze *f, struct err *e)
{
	return rows_of(db, w, f, Q_COPY_FROZEN_RESPONSES, e);
}

struct frozen_rows *frozen_window_open(struct db *db, const struct wave *w,
				       const struct freeze *f, int32_t after,
				       int32_t last, struct err *e)
{
	char from[16], to[16];
	const char *args[] = { from, to };

	(void)snprintf(from, sizeof from, "%" PRId32, after);
	(void)snprintf(to, sizeof to, "%" PRId32, last);
	return db_do(db, Q_FROZEN_WINDOW, args, e)
		       ? rows_of(db, w, f, Q_COPY_FROZEN_WINDOW, e)
		       : NULL;
}

bool frozen_window_last(struct db *db, const struct wave *w,
			const struct freeze *f, size_t form, int32_t after,
			int32_t most, int32_t *last, struct err *e)
{
	char wave[16], freeze[16], id[16], from[16], n[16];
	const char *args[] = { wave, freeze, id, from, n };
	struct res *r;
	int64_t found = *last;
	bool ok;

	(void)snprintf(wave, sizeof wave, "%" PRId32, w->id);
	(void)snprintf(freeze, sizeof freeze, "%" PRId32, f->freeze);
	(void)snprintf(id, sizeof id, "%" PRId32, w->form_id[form]);
	(void)snprintf(from, sizeof from, "%" PRId32, after);
	(void)snprintf(n, sizeof n, "%" PRId32, most);
	if (!set_scope(db, w, f->freeze, e))
		return false;
	r = db_run(db, Q_FROZEN_WINDOW_LAST, args, e);
	ok = r && (res_null(r, 0, 0) || res_i64(r, 0, 0, &found, e));
	res_free(r);
	*last = (int32_t)found;
	return ok;
}

/* Text of a field, NUL-terminated; NULL: null, or no memory. */
static const char *text_of(struct buf *b, const struct copy_field *f)
{
	b->len = 0;
	if (f->n < 0)
		return NULL;
	buf_add(b, f->p, (size_t)f->n);
	return buf_cstr(b);
}

static bool place(struct frozen_rows *r, const struct copy_field *f,
		  struct frozen_row *out, struct err *e)
{
	int32_t home = copy_i32(&f[3]);

	out->respondent = copy_i32(&f[0]);
	out->form = wave_form(r->w, copy_i32(&f[1]));
	out->group = wave_group(r->w, copy_i32(&f[2]));
	out->home = home == 0 ? NONE : wave_unit(r->w, home);
	out->unit = wave_unit(r->w, copy_i32(&f[5]));
	out->answers = f[9].p;
	out->n_answers = (size_t)f[9].n;
	out->profile = f[4].n > 0 ? text_of(&r->profile, &f[4]) : "{}";
	out->extra = text_of(&r->extra, &f[10]);
	if (out->form == NONE || out->group == NONE || out->unit == NONE ||
	    (home != 0 && out->home == NONE) || !out->profile ||
	    (f[10].n >= 0 && !out->extra))
		return err_set(e, ERR_BUG,
			       "a frozen row does not fit the plan");
	return true;
}

int frozen_rows_next(struct frozen_rows *r, struct frozen_row *out,
		     struct err *e)
{
	struct copy_field f[11];
	int got;

	do
		got = copy_out_row(r->c, f, 11, e);
	while (got > 0 && f[5].n < 0);
	if (got <= 0)
		return got;
	return place(r, f, out, e) ? 1 : -1;
}

void frozen_rows_close(struct frozen_rows *r)
{
	if (!r)
		return;
	copy_out_close(r->c);
	buf_free(&r->profile);
	buf_free(&r->extra);
	free(r);
}

bool frozen_rows_count(struct db *db, const struct wave *w,
		       const struct freeze *f, size_t form, size_t *n,
		       struct err *e)
{
	char wave[16], freeze[16], id[16];
	const char *args[] = { wave, freeze, id };
	struct res *r;
	int64_t count = 0;
	bool ok;

	(void)snprintf(wave, sizeof wave, "%" PRId32, w->id);
	(void)snprintf(freeze, sizeof freeze, "%" PRId32, f->freeze);
	(void)snprintf(id, sizeof id, "%" PRId32, w->form_id[form]);
	if (!set_scope(db, w, f->freeze, e))
		return false;
	r = db_run(db, Q_FROZEN_COUNT, args, e);
	ok = r && res_i64(r, 0, 0, &count, e);
	res_free(r);
	*n = (size_t)count;
	return ok;
}
