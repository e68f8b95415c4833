#include "phieu/store_freeze.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/ballot.h"
#include "phieu/content.h"
#include "phieu/copy.h"
#include "phieu/json.h"
#include "phieu/ledger.h"

#define TEXT_BYTES ((size_t)1 << 20)

/* ---- reading back ---------------------------------------------------- */

static bool scope(struct db *db, const struct wave *w, int32_t freeze,
		  struct err *e)
{
	char wave[24], no[24];
	const char *args[] = { wave, no };

	db_number(wave, w->id);
	db_number(no, freeze);
	return db_do(db, Q_FREEZE_SCOPE, args, e);
}

static bool place(const struct wave *w, const struct copy_field *f,
		  struct freeze_rating *r, struct err *e)
{
	int32_t home = copy_i32(&f[2]);

	r->form = wave_form(w, copy_i32(&f[0]));
	r->group = wave_group(w, copy_i32(&f[1]));
	r->home = home == 0 ? NONE : wave_unit(w, home);
	if (r->form == NONE || r->group == NONE ||
	    (home != 0 && r->home == NONE))
		return err_set(e, ERR_BUG,
			       "a frozen row does not fit the plan");
	return true;
}

/* A text column as a string in `b`. */
static const char *text(const struct copy_field *f, struct buf *b)
{
	b->len = 0;
	if (f->n < 0)
		return NULL;
	buf_add(b, f->p, (size_t)f->n);
	return buf_cstr(b);
}

struct hashing {
	const struct wave *w;
	struct content *c;
	struct buf json, extra;
	int32_t respondent; /* 0: none open */
};

static bool hash_row(struct hashing *h, const struct copy_field *f,
		     struct err *e)
{
	int32_t respondent = copy_i32(&f[0]);
	struct freeze_rating head, rating;
	const char *json;
	size_t unit;

	if (!place(h->w, &f[1], &head, e))
		return false;
	if (respondent != h->respondent) {
		if (h->respondent != 0 && !content_response_end(h->c, e))
			return false;
		h->respondent = respondent;
		if (!content_response(h->c, head.form, head.group, head.home,
				      text(&f[4], &h->json), e))
			return false;
	}
	if (f[5].n < 0)
		return true; /* a sheet without ratings */
	unit = wave_unit(h->w, copy_i32(&f[5]));
	if (unit == NONE || !place(h->w, &f[6], &rating, e) ||
	    rating.form != head.form || rating.group != head.group ||
	    rating.home != head.home)
		return err_set(e, ERR_BUG,
			       "a frozen rating does not fit its response");
	json = text(&f[10], &h->json);
	h->extra.len = 0;
	if (!content_extra(&h->w->plan->forms[head.form], json, &h->extra, NULL,
			   NULL, e))
		return false;
	return content_rating(h->c, unit, f[9].p, (size_t)f[9].n,
			      buf_cstr(&h->extra), e);
}

static bool hash_responses(struct db *db, struct hashing *h, struct err *e)
{
	struct copy_out *c = copy_out_open(db, Q_COPY_FROZEN_RESPONSES, e);
	struct copy_field f[11];
	int got;

	if (!c)
		return false;
	while ((got = copy_out_row(c, f, 11, e)) > 0) {
		if (!hash_row(h, f, e)) {
			got = -1;
			break;
		}
	}
	copy_out_close(c);
	return got == 0 &&
	       (h->respondent == 0 || content_response_end(h->c, e));
}

static bool hash_comments(struct db *db, struct hashing *h, struct err *e)
{
	struct copy_out *c = copy_out_open(db, Q_COPY_FROZEN_COMMENTS, e);
	struct copy_field f[4];
	int got;

	if (!c)
		return false;
	while ((got = copy_out_row(c, f, 4, e)) > 0) {
		size_t form = wave_form(h->w, copy_i32(&f[0]));
		size_t unit =
			f[2].n < 0 ? NONE : wave_unit(h->w, copy_i32(&f[2]));
		const char *question = text(&f[1], &h->json);
		const char *comment = text(&f[3], &h->extra);

		if (form == NONE || !question || !comment ||
		    !content_comment(h->c, form, question, unit, comment, e)) {
			if (e->kind == ERR_NONE)
				err_set(e, ERR_BUG,
					"a frozen comment does not fit the "
					"plan");
			got = -1;
			break;
		}
	}
	copy_out_close(c);
	return got == 0;
}

/* Inside the caller's transaction. */
static bool hash_content(struct db *db, const struct wave *w, int32_t freeze,
			 char sha256[65], struct err *e)
{
	struct hashing h = { .w = w,
			     .json = BUF_INIT(TEXT_BYTES),
			     .extra = BUF_INIT(TEXT_BYTES) };
	bool ok = false;

	*e = (struct err){ 0 };
	h.c = content_new(w->plan, e);
	if (h.c && scope(db, w, freeze, e))
		ok = hash_responses(db, &h, e) && hash_comments(db, &h, e);
	if (ok)
		content_end(h.c, sha256);
	content_free(h.c);
	buf_free(&h.json);
	buf_free(&h.extra);
	return ok;
}

bool store_freeze_hash(struct db *db, const struct wave *w,
		       const struct freeze *f, char sha256[65], struct err *e)
{
	bool ok = db_begin_snapshot(db, e) &&
		  hash_content(db, w, f->freeze, sha256, e);

	db_rollback(db);
	return ok;
}

/* ---- the freeze ------------------------------------------------------ */

struct state {
	int64_t last, version, counted;
	bool simulated;
};

static bool take_wave(struct db *db, const struct wave *w, struct state *s,
		      struct err *e)
{
	char wave[24];
	const char *args[] = { wave };
	const char *name;
	struct res *r;
	bool ok = false;

	db_number(wave, w->id);
	if (!db_do(db, Q_FREEZE_LOCK, args, e) ||
	    !store_ledger_may_freeze(db, w->id, e) ||
	    !store_ballot_may_freeze(db, w->id, e))
		return false;
	r = db_run(db, Q_FREEZE_STATE, args, e);
	if (!r)
		return false;
	if (res_rows(r) != 1) {
		err_set(e, ERR_INPUT, "there is no such wave");
		goto out;
	}
	name = res_text(r, 0, 0);
	s->simulated = res_bool(r, 0, 3);
	if (!res_i64(r, 0, 1, &s->last, e) ||
	    !res_i64(r, 0, 2, &s->version, e) ||
	    !res_i64(r, 0, 4, &s->counted, e))
		goto out;
	if (strcmp(name, "draft") == 0)
		err_set(e, ERR_CONFLICT, "the wave was never opened");
	else if (s->version != w->version)
		err_set(e, ERR_CONFLICT,
			"the plan has changed meanwhile; run again");
	else if (!res_null(r, 0, 5))
		err_set(e, ERR_CONFLICT,
			"dữ liệu thực địa đã hủy ngày %s, không khóa lại được "
			"(the fieldwork side was destroyed: no new freeze)",
			res_text(r, 0, 5));
	else if (s->counted == 0)
		err_set(e, ERR_CONFLICT, "no response counts in this wave");
	else
		ok = true;
out:
	res_free(r);
	return ok;
}

static bool copy(struct db *db, const struct wave *w, struct freeze *f,
		 struct err *e)
{
	const struct decisions *d = &w->plan->decisions;
	struct buf kept = BUF_INIT(TEXT_BYTES);
	char wave[24], no[24];
	struct arg args[] = { ARG_TEXT(wave), ARG_TEXT(no), ARG_NULL };
	struct res *r = NULL;
	bool ok = false;

	db_number(wave, w->id);
	db_number(no, f->freeze);
	pg_array_begin(&kept, PG_TEXT, d->n_profile_kept);
	for (size_t i = 0; i < d->n_profile_kept; i++)
		pg_array_bytes(&kept, d->profile_kept[i],
			       strlen(d->profile_kept[i]));
	if (!buf_cstr(&kept)) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	args[2] = ARG_BYTES(kept.data, (int)kept.len);
	r = db_run_args(db, Q_FREEZE_COPY, args, false, e);
	ok = r && res_i64(r, 0, 0, &f->n_responses, e) &&
	     res_i64(r, 0, 1, &f->n_ratings, e);
out:
	res_free(r);
	buf_free(&kept);
	return ok;
}

static bool record(struct db *db, const struct wave *w, struct freeze *f,
		   const char *reason, const char *by, struct err *e)
{
	char wave[24], no[24], version[24], responses[24], ratings[24];
	const char *args[] = { wave,	  no,
			       version,	  f->simulated ? "t" : "f",
			       responses, ratings,
			       f->sha256, reason,
			       by };
	struct res *r;
	bool ok;

	db_number(wave, w->id);
	db_number(no, f->freeze);
	db_number(version, f->plan_version);
	db_number(responses, f->n_responses);
	db_number(ratings, f->n_ratings);
	r = db_run(db, Q_FREEZE_ADD, args, e);
	ok = r != NULL && res_rows(r) == 1;
	if (ok)
		(void)snprintf(f->on, sizeof f->on, "%s", res_text(r, 0, 0));
	res_free(r);
	return ok;
}

static bool log_freeze(struct db *db, const struct wave *w,
		       const struct freeze *f, const char *reason,
		       const char *by, struct err *e)
{
	struct buf b = BUF_INIT(TEXT_BYTES);
	const char *args[] = { "0", "freeze", by, NULL };
	struct jw j;
	bool ok;

	jw_init(&j, &b);
	jw_object(&j);
	jw_kv(&j, "wave", w->code);
	jw_ki(&j, "freeze", f->freeze);
	jw_kv(&j, "sha256", f->sha256);
	jw_ki(&j, "responses", f->n_responses);
	jw_kv(&j, "reason", reason);
	jw_object_end(&j);
	args[3] = buf_cstr(&b);
	ok = args[3] ? db_do(db, Q_AUDIT_APPEND, args, e)
		     : err_set(e, ERR_NOMEM, "out of memory");
	buf_free(&b);
	return ok;
}

static bool freeze_inside(struct db *db, const struct wave *w,
			  const char *reason, const char *by, struct freeze *f,
			  struct err *e)
{
	char wave[24], no[24];
	const char *args[] = { wave, no };
	struct state s;

	if (!take_wave(db, w, &s, e))
		return false;
	*f = (struct freeze){ .freeze = (int32_t)s.last + 1,
			      .plan_version = w->version,
			      .simulated = s.simulated };
	db_number(wave, w->id);
	db_number(no, f->freeze);
	return copy(db, w, f, e) &&
	       db_do(db, Q_BALLOT_FREEZE_COMMENTS, args, e) &&
	       hash_content(db, w, f->freeze, f->sha256, e) &&
	       record(db, w, f, reason, by, e) &&
	       db_do(db, Q_FREEZE_AGGREGATES, args, e) &&
	       db_do(db, Q_FREEZE_PAYMENT, args, e) &&
	       log_freeze(db, w, f, reason, by, e);
}

bool store_freeze_make(struct db *owner, const struct wave *w,
		       const char *reason, const char *by, struct freeze *out,
		       struct err *e)
{
	if (!reason || !*reason)
		return err_set(e, ERR_INPUT, "a freeze needs a reason");
	if (db_begin(owner, e) && freeze_inside(owner, w, reason, by, out, e) &&
	    db_commit(owner, e))
		return true;
	db_rollback(owner);
	return false;
}

/* ---- what there is --------------------------------------------------- */

bool store_freeze_latest(struct db *db, const struct wave *w,
			 struct freeze *out, struct err *e)
{
	char wave[24];
	const char *args[] = { wave };
	int64_t no, version;
	struct res *r;
	bool ok = false;

	db_number(wave, w->id);
	r = db_run(db, Q_FREEZE_LATEST, args, e);
	if (!r)
		return false;
	*out = (struct freeze){ 0 };
	if (res_rows(r) == 0) {
		err_set(e, ERR_CONFLICT,
			"chưa khóa số liệu (the wave \"%.64s\" is not frozen "
			"yet): phieu freeze --wave %.64s --reason …",
			w->code, w->code);
		goto out;
	}
	if (!res_i64(r, 0, 0, &no, e) || !res_i64(r, 0, 1, &version, e) ||
	    !res_i64(r, 0, 3, &out->n_responses, e) ||
	    !res_i64(r, 0, 4, &out->n_ratings, e))
		goto out;
	out->freeze = (int32_t)no;
	out->plan_version = (int32_t)version;
	out->simulated = res_bool(r, 0, 2);
	(void)snprintf(out->sha256, sizeof out->sha256, "%s",
		       res_text(r, 0, 5));
	(void)snprintf(out->on, sizeof out->on, "%s", res_text(r, 0, 6));
	ok = true;
out:
	res_free(r);
	return ok;
}

static bool read_cell(const struct res *r, size_t row, const struct wave *w,
		      struct freeze_cell *c, struct err *e)
{
	int64_t group, home;

	if (!res_i64(r, row, 0, &group, e) || !res_i64(r, row, 1, &home, e) ||
	    !res_i64(r, row, 2, &c->n, e))
		return false;
	c->group = wave_group(w, (int32_t)group);
	c->home = home == 0 ? NONE : wave_unit(w, (int32_t)home);
	if (c->group == NONE || (home != 0 && c->home == NONE))
		return err_set(e, ERR_BUG,
			       "a frozen row does not fit the plan");
	return true;
}

bool store_freeze_cells(struct db *db, const struct wave *w,
			const struct freeze *f, struct freeze_cell **out,
			size_t *n, struct err *e)
{
	char wave[24], no[24];
	const char *args[] = { wave, no };
	struct freeze_cell *cells = NULL;
	struct res *r;
	bool ok = true;

	db_number(wave, w->id);
	db_number(no, f->freeze);
	r = db_run(db, Q_FREEZE_CELLS, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	cells = calloc(*n + 1, sizeof *cells);
	if (!cells) {
		err_set(e, ERR_NOMEM, "out of memory");
		ok = false;
	}
	for (size_t i = 0; ok && i < *n; i++)
		ok = read_cell(r, i, w, &cells[i], e);
	res_free(r);
	if (!ok) {
		free(cells);
		return false;
	}
	*out = cells;
	return true;
}

/* ---- streaming ------------------------------------------------------- */

struct freeze_reader {
	const struct wave *w;
	struct copy_out *c;
};

struct freeze_reader *freeze_reader_open(struct db *db, const struct wave *w,
					 const struct freeze *f, struct err *e)
{
	struct freeze_reader *r = calloc(1, sizeof *r);

	if (!r) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	r->w = w;
	if (scope(db, w, f->freeze, e))
		r->c = copy_out_open(db, Q_COPY_FROZEN_RATINGS, e);
	if (!r->c) {
		free(r);
		return NULL;
	}
	return r;
}

int freeze_reader_next(struct freeze_reader *r, struct freeze_rating *out,
		       struct err *e)
{
	struct copy_field f[5];
	int got = copy_out_row(r->c, f, 5, e);

	if (got <= 0)
		return got;
	out->unit = wave_unit(r->w, copy_i32(&f[0]));
	out->answers = f[4].p;
	out->n_answers = (size_t)f[4].n;
	if (!place(r->w, &f[1], out, e))
		return -1;
	if (out->unit == NONE) {
		err_set(e, ERR_BUG, "a frozen rating of no unit of the plan");
		return -1;
	}
	return 1;
}

void freeze_reader_close(struct freeze_reader *r)
{
	if (!r)
		return;
	copy_out_close(r->c);
	free(r);
}
