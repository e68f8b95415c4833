#include "phieu/store_recheck.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/recheck.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define TEXT_BYTES  ((size_t)64 << 20)
#define LEVEL	    0.95

struct found {
	struct arena *arena;
	struct recheck_row *rows;
	size_t n;
	struct recheck_pair *pairs;
	size_t n_pairs;
	int64_t k_visits, k_answers;
};

static enum recheck_side side_of(const char *s)
{
	return strcmp(s, "agent") == 0	? RECHECK_AGENT
	       : strcmp(s, "area") == 0 ? RECHECK_AREA
					: RECHECK_TOTAL;
}

static const char *const side_names[] = { "agent", "area", "total" };

static const char *text(struct found *f, const struct res *r, size_t row,
			int col)
{
	const char *s = res_text(r, row, col);

	s = arena_strdup(f->arena, s ? s : "");
	return s ? s : "";
}

/* The row of a side and code; a new one where there is none. */
static struct recheck_row *row_of(struct found *f, const struct res *r,
				  size_t i)
{
	enum recheck_side side = side_of(res_text(r, i, 0));
	const char *code = res_text(r, i, 1);

	for (size_t k = 0; k < f->n; k++)
		if (f->rows[k].side == side &&
		    strcmp(f->rows[k].code, code) == 0)
			return &f->rows[k];
	f->rows[f->n] = (struct recheck_row){ .side = side,
					      .code = text(f, r, i, 1),
					      .name = text(f, r, i, 2) };
	return &f->rows[f->n++];
}

static bool read_counts(struct found *f, const struct res *r, struct err *e)
{
	for (size_t i = 0; i < res_rows(r); i++) {
		struct recheck_row *w = row_of(f, r, i);
		int64_t *to[] = { &w->drawn,	 &w->confirmed, &w->differs,
				  &w->not_found, &w->refused,	&w->waiting };

		for (int c = 0; c < 6; c++)
			if (!res_i64(r, i, 3 + c, to[c], e))
				return false;
	}
	return true;
}

static bool read_sides(struct found *f, const struct res *r, struct err *e)
{
	for (size_t i = 0; i < res_rows(r); i++) {
		struct recheck_row *w = row_of(f, r, i);

		if (!res_i64(r, i, 3, &w->sheets, e) ||
		    !res_i64(r, i, 4, &w->asked, e) ||
		    !res_i64(r, i, 5, &w->same, e))
			return false;
	}
	return true;
}

static bool read_pairs(struct found *f, const struct res *r, struct err *e)
{
	f->n_pairs = res_rows(r);
	f->pairs = arena_array(f->arena, f->n_pairs + 1, sizeof *f->pairs);
	if (!f->pairs)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < f->n_pairs; i++) {
		struct recheck_pair *p = &f->pairs[i];
		int64_t first, again;

		*p = (struct recheck_pair){ .row = f->n,
					    .form = text(f, r, i, 2),
					    .question = text(f, r, i, 3) };
		for (size_t k = 0; k < f->n; k++)
			if (f->rows[k].side == side_of(res_text(r, i, 0)) &&
			    strcmp(f->rows[k].code, res_text(r, i, 1)) == 0)
				p->row = k;
		if (!res_i64(r, i, 4, &first, e) ||
		    !res_i64(r, i, 5, &again, e) || !res_i64(r, i, 6, &p->n, e))
			return false;
		p->first = (int)first;
		p->again = (int)again;
	}
	return true;
}

static bool read_k(struct found *f, struct db *db, const char *const *args,
		   struct err *e)
{
	struct res *r = db_run(db, Q_RECHECK_K, args, e);
	bool ok = r;

	f->k_visits = 10;
	f->k_answers = 20;
	if (r && res_rows(r) == 1)
		ok = res_i64(r, 0, 0, &f->k_visits, e) &&
		     res_i64(r, 0, 1, &f->k_answers, e);
	res_free(r);
	return ok;
}

static bool fetch(struct found *f, struct db *db, const char *const *args,
		  struct err *e)
{
	struct res *counts = db_run(db, Q_RECHECK_COUNTS, args, e), *pairs;
	struct res *sides =
		counts ? db_run(db, Q_RECHECK_SIDES, args, e) : NULL;
	const char *with_k[3] = { args[0], args[1], NULL };
	char k[24];
	bool ok = false;

	if (!sides || !read_k(f, db, args, e))
		goto out;
	f->rows = arena_array(f->arena, res_rows(counts) + res_rows(sides) + 1,
			      sizeof *f->rows);
	if (!f->rows) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	(void)snprintf(k, sizeof k, "%lld", (long long)f->k_answers);
	with_k[2] = k;
	if (!read_counts(f, counts, e) || !read_sides(f, sides, e))
		goto out;
	pairs = db_run(db, Q_RECHECK_PAIRS, with_k, e);
	ok = pairs && read_pairs(f, pairs, e) &&
	     recheck_agreement(f->rows, f->n, f->pairs, f->n_pairs, f->k_visits,
			       f->k_answers, LEVEL, f->arena, e);
	res_free(pairs);
out:
	res_free(counts);
	res_free(sides);
	return ok;
}

/* Four decimals; nothing where there is no figure. */
static void put_figure(struct jw *w, const char *key, double v)
{
	char s[32];

	(void)snprintf(s, sizeof s, "%.4f", v);
	if (isfinite(v))
		jw_kv(w, key, s);
}

static void put_row(struct jw *w, const struct recheck_row *r)
{
	jw_object(w);
	jw_kv(w, "side", side_names[r->side]);
	jw_kv(w, "code", r->code);
	jw_kv(w, "name", r->name);
	jw_ki(w, "drawn", r->drawn);
	if (!r->no_visits) {
		jw_ki(w, "confirmed", r->confirmed);
		jw_ki(w, "differs", r->differs);
		jw_ki(w, "not_found", r->not_found);
		jw_ki(w, "refused", r->refused);
		jw_ki(w, "waiting", r->waiting);
	}
	put_figure(w, "share", r->share);
	put_figure(w, "low", r->low);
	put_figure(w, "high", r->high);
	jw_ki(w, "sheets", r->sheets);
	if (!r->no_answers) {
		jw_ki(w, "asked", r->asked);
		jw_ki(w, "same", r->same);
	}
	put_figure(w, "agree", r->agree);
	put_figure(w, "kappa", r->kappa);
	jw_object_end(w);
}

/* Rows of ours as a result, so that all that shows lists shows them too. */
static struct res *as_result(struct db *db, enum q q, struct buf *rows,
			     struct err *e)
{
	const char *args[] = { buf_cstr(rows) };

	if (args[0])
		return db_run(db, q, args, e);
	(void)err_set(e, ERR_NOMEM, "out of memory");
	return NULL;
}

struct res *store_recheck_agreement(struct db *db, const char *const *args,
				    struct err *e)
{
	struct found f = { .arena = arena_new(ARENA_BYTES) };
	struct buf b = BUF_INIT(TEXT_BYTES);
	struct res *r = NULL;
	struct jw w;

	if (!f.arena) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	if (fetch(&f, db, args, e)) {
		jw_init(&w, &b);
		jw_array(&w);
		for (enum recheck_side s = RECHECK_TOTAL + 1; s-- > 0;)
			for (size_t i = 0; i < f.n; i++)
				if (f.rows[i].side == s)
					put_row(&w, &f.rows[i]);
		jw_array_end(&w);
		r = as_result(db, Q_RECHECK_AGREEMENT, &b, e);
	}
	buf_free(&b);
	arena_free(f.arena);
	return r;
}

/* Put to few: how many, and nothing more. */
static void put_question(struct jw *w, const struct recheck_question *q,
			 int64_t k)
{
	jw_object(w);
	jw_kv(w, "form", q->form);
	jw_kv(w, "question", q->question);
	jw_ki(w, "n", q->n);
	if (q->n >= k) {
		jw_ki(w, "same", q->same);
		put_figure(w, "agree", q->agree);
		put_figure(w, "kappa", q->kappa);
		put_figure(w, "low", q->low);
		put_figure(w, "high", q->high);
	}
	jw_object_end(w);
}

/* Of all sheets together, where enough were compared. */
static bool put_questions(struct found *f, struct jw *w, struct err *e)
{
	struct recheck_question *q;
	size_t n;

	for (size_t i = 0; i < f->n; i++) {
		if (f->rows[i].side != RECHECK_TOTAL || f->rows[i].no_answers)
			continue;
		if (!recheck_questions(f->pairs, f->n_pairs, i, LEVEL, f->arena,
				       &q, &n, e))
			return false;
		for (size_t k = 0; k < n; k++)
			put_question(w, &q[k], f->k_answers);
	}
	return true;
}

struct res *store_recheck_questions(struct db *db, const char *const *args,
				    struct err *e)
{
	struct found f = { .arena = arena_new(ARENA_BYTES) };
	struct buf b = BUF_INIT(TEXT_BYTES);
	struct res *r = NULL;
	struct jw w;

	if (!f.arena) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	jw_init(&w, &b);
	jw_array(&w);
	if (fetch(&f, db, args, e) && put_questions(&f, &w, e)) {
		jw_array_end(&w);
		r = as_result(db, Q_RECHECK_QUESTIONS, &b, e);
	}
	buf_free(&b);
	arena_free(f.arena);
	return r;
}
