#include "phieu/store_explanation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "result_parts.h"

#define ARRAY_BYTES ((size_t)256 << 20)

/* unit, criterion, content; of the ledger: cell, respondents */
enum { UNIT, CRITERION, CONTENT, CELL, PEOPLE, COLUMNS };

struct kept {
	struct behind *b;
	size_t n, groups; /* groups of all questions that are shown */
};

static bool is_kept(const struct result_cell *c)
{
	return c->criterion != NONE && c->shown && c->scored;
}

static size_t groups_shown(const struct behind *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_items; i++)
		for (size_t g = 0;
		     b->items[i].shown && g < b->r->plan->n_groups; g++)
			n += b->items[i].rows[g].shown;
	return n;
}

/* `bare`: without what is behind the numbers. */
static bool keep(const struct result *r, bool bare, struct arena *a,
		 struct kept *out, struct err *e)
{
	size_t n, cells = 0;
	const struct result_unit *u = result_units(r, &n);

	*out = (struct kept){ 0 };
	for (size_t i = 0; i < n; i++)
		cells += u[i].n_cells;
	out->b = arena_array(a, cells + 1, sizeof *out->b);
	if (!out->b)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < u[i].n_cells; k++) {
			struct behind *b = &out->b[out->n];

			if (!is_kept(&u[i].cells[k]))
				continue;
			if (!result_behind(r, u[i].unit,
					   u[i].cells[k].criterion, a, b, e))
				return false;
			if (bare)
				b->n_items = 0;
			out->groups += groups_shown(b);
			out->n++;
		}
	return true;
}

static void put(struct buf *b, const char *s)
{
	pg_array_bytes(b, s, strlen(s));
}

static bool put_one(const struct wave *w, const struct behind *b,
		    struct buf to[COLUMNS], struct arena *a)
{
	const struct plan *p = b->r->plan;
	const char *unit = p->units[b->unit].code;
	const char *criterion = p->criteria[b->criterion].code;
	struct buf text = BUF_INIT(ARRAY_BYTES);
	bool ok;

	behind_json(b, &text);
	ok = buf_cstr(&text) != NULL;
	pg_array_i32(&to[UNIT], w->unit_id[b->unit]);
	put(&to[CRITERION], criterion);
	put(&to[CONTENT], ok ? text.data : "");
	buf_free(&text);
	for (size_t i = 0; i < b->n_items; i++)
		for (size_t g = 0; b->items[i].shown && g < p->n_groups; g++) {
			const struct behind_row *row = &b->items[i].rows[g];
			const char *cell;

			if (!row->shown)
				continue;
			cell = arena_printf(a, "%s/%s/%s/%s", unit, criterion,
					    b->items[i].code,
					    p->groups[g].code);
			put(&to[CELL], cell ? cell : "");
			pg_array_i64(&to[PEOPLE], row->n);
		}
	return ok && !arena_broken(a);
}

static bool send(struct db *db, int32_t wave, int32_t release,
		 const struct buf b[COLUMNS], struct err *e)
{
	char id[16], no[16];
	struct arg args[COLUMNS + 2] = { ARG_TEXT(id), ARG_TEXT(no) };
	struct res *r;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	(void)snprintf(no, sizeof no, "%" PRId32, release);
	for (size_t i = 0; i < COLUMNS; i++) {
		if (!buf_cstr(&b[i]))
			return err_set(e, ERR_NOMEM, "out of memory");
		args[i + 2] = ARG_BYTES(b[i].data, (int)b[i].len);
	}
	r = db_run_args(db, Q_EXPLANATION_ADD, args, false, e);
	res_free(r);
	return r != NULL;
}

bool store_explanations(struct db *publish, const struct wave *w,
			const struct result *r, int32_t release, bool bare,
			struct arena *a, struct err *e)
{
	static const enum pg_type types[COLUMNS] = { PG_INT4, PG_TEXT, PG_TEXT,
						     PG_TEXT, PG_INT8 };
	struct buf b[COLUMNS];
	struct kept kept;
	bool ok;

	if (!keep(r, bare, a, &kept, e))
		return false;
	for (size_t i = 0; i < COLUMNS; i++) {
		b[i] = (struct buf)BUF_INIT(ARRAY_BYTES);
		pg_array_begin(&b[i], types[i],
			       i < CELL ? kept.n : kept.groups);
	}
	ok = true;
	for (size_t i = 0; ok && i < kept.n; i++)
		ok = put_one(w, &kept.b[i], b, a) ||
		     err_set(e, ERR_NOMEM, "out of memory");
	ok = ok && send(publish, w->id, release, b, e);
	for (size_t i = 0; i < COLUMNS; i++)
		buf_free(&b[i]);
	return ok;
}

bool store_explanation_get(struct db *db, const char *wave, const char *release,
			   const char *unit, const char *criterion,
			   struct arena *a, struct explanation *out,
			   bool *found, struct err *e)
{
	const char *args[] = { wave, release, unit, criterion };
	struct res *r = db_run(db, Q_EXPLANATION_GET, args, e);
	bool ok = r != NULL;

	*out = (struct explanation){ 0 };
	*found = ok && res_rows(r) == 1;
	if (*found) {
		ok = res_i64(r, 0, 0, &out->release, e) &&
		     res_i64(r, 0, 1, &out->snapshot, e) &&
		     res_i64(r, 0, 3, &out->freeze, e);
		out->sha256 = res_dup(a, r, 0, 2);
		out->content = res_null(r, 0, 4) ? NULL : res_dup(a, r, 0, 4);
		ok = ok && (!arena_broken(a) ||
			    err_set(e, ERR_NOMEM, "out of memory"));
	}
	res_free(r);
	return ok;
}

/* ---- of a round ---------------------------------------------------------- */

static const char *text_at(struct arena *a, const struct res *r, int col)
{
	return res_null(r, 0, col) ? NULL : res_dup(a, r, 0, col);
}

static bool number_at(const struct res *r, int col, int64_t *out, struct err *e)
{
	*out = 0;
	return res_null(r, 0, col) || res_i64(r, 0, col, out, e);
}

bool store_explained_result(struct db *db, int32_t round, const char *number,
			    struct arena *a, struct explained_result *out,
			    bool *found, struct err *e)
{
	char id[16];
	const char *args[] = { id, number };
	struct res *r;
	bool ok;

	*out = (struct explained_result){ 0 };
	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(db, Q_EXPLAIN_RESULT, args, e);
	ok = r != NULL;
	*found = ok && res_rows(r) == 1;
	if (*found) {
		ok = number_at(r, 0, &out->number, e) &&
		     number_at(r, 6, &out->version, e) &&
		     number_at(r, 9, &out->release, e) &&
		     number_at(r, 14, &out->superseded_by, e);
		out->input = text_at(a, r, 1);
		out->content = text_at(a, r, 2);
		out->sha256 = text_at(a, r, 3);
		out->input_sha256 = text_at(a, r, 4);
		out->method = text_at(a, r, 5);
		out->made_at = text_at(a, r, 7);
		out->made_by = text_at(a, r, 8);
		out->kind = text_at(a, r, 10);
		out->decision = text_at(a, r, 11);
		out->reason = text_at(a, r, 12);
		out->released_at = text_at(a, r, 13);
		ok = ok && (!arena_broken(a) ||
			    err_set(e, ERR_NOMEM, "out of memory"));
	}
	res_free(r);
	return ok;
}

bool store_explained_seen(struct db *db, int32_t round, const char *unit,
			  const char *criterion, const char *office, bool *out,
			  struct err *e)
{
	char id[16];
	const char *args[] = { id, unit, criterion, office };
	struct res *r;

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(db, Q_EXPLAIN_SEEN, args, e);
	*out = r && res_bool(r, 0, 0);
	res_free(r);
	return r != NULL;
}

struct res *store_explained_decisions(struct db *db, int32_t round,
				      int64_t result, const char *unit,
				      const char *criterion, const char *office,
				      struct err *e)
{
	char id[16], no[24];
	const char *args[] = { id, no, unit, criterion, office };

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	(void)snprintf(no, sizeof no, "%" PRId64, result);
	return db_run(db, Q_EXPLAIN_DECISIONS, args, e);
}

bool store_round_guarded(struct db *db, int32_t round, bool *out, struct err *e)
{
	char id[16];
	const char *args[] = { id };
	struct res *r;

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(db, Q_ROUND_GUARDED, args, e);
	*out = r && res_bool(r, 0, 0);
	res_free(r);
	return r != NULL;
}
