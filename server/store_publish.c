#include "phieu/store_publish.h"

#include <stdio.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/hash.h"

#define ARRAY_BYTES ((size_t)256 << 20)

static const char *const kind_names[] = {
	[COMPONENT_CRITERION] = "criterion",
	[COMPONENT_GROUP] = "group",
	[COMPONENT_TOTAL] = "total",
};

static bool res_i32(const struct res *r, size_t row, int col, int32_t *out,
		    struct err *e)
{
	int64_t v;

	if (!res_i64(r, row, col, &v, e))
		return false;
	*out = (int32_t)v;
	return true;
}

/* ---- snapshots ------------------------------------------------------- */

static bool snapshot_head(const struct res *r, struct snapshot *s,
			  struct err *e)
{
	*s = (struct snapshot){ 0 };
	if (!res_i32(r, 0, 0, &s->snapshot, e) ||
	    !res_i32(r, 0, 1, &s->freeze, e))
		return false;
	(void)snprintf(s->method, sizeof s->method, "%s", res_text(r, 0, 2));
	(void)snprintf(s->sha256, sizeof s->sha256, "%s", res_text(r, 0, 3));
	(void)snprintf(s->made_at, sizeof s->made_at, "%s", res_text(r, 0, 4));
	return true;
}

static struct res *snapshot_row(struct db *db, int32_t wave, int32_t no,
				struct err *e)
{
	char wave_text[24], no_text[24];
	const char *args[] = { wave_text, no_text };

	db_number(wave_text, wave);
	db_number(no_text, no);
	return db_run(db, Q_SNAPSHOT_GET, args, e);
}

bool store_snapshot_get(struct db *db, int32_t wave, int32_t no,
			struct arena *a, struct snapshot *out, bool *found,
			struct err *e)
{
	struct res *r = snapshot_row(db, wave, no, e);
	bool ok = r != NULL;

	*found = ok && res_rows(r) > 0;
	if (*found) {
		ok = snapshot_head(r, out, e);
		out->content_n = res_len(r, 0, 5);
		out->content =
			arena_strndup(a, res_text(r, 0, 5), out->content_n);
		if (ok && !out->content)
			ok = err_set(e, ERR_NOMEM, "out of memory");
	}
	res_free(r);
	return ok;
}

static void content_hash(const char *content, size_t n, char hex[65])
{
	uint8_t sum[SHA256_BYTES];

	sha256(content, n, sum);
	hex_text(sum, sizeof sum, hex);
}

static bool add_snapshot(struct db *db, const char *const *args, int32_t *out,
			 struct err *e)
{
	struct res *r = db_run(db, Q_SNAPSHOT_ADD, args, e);
	bool ok = r && res_i32(r, 0, 0, out, e);

	res_free(r);
	return ok;
}

bool store_snapshot_save(struct db *analysis, int32_t wave, int32_t freeze,
			 const char *method, const char *content, size_t n,
			 const char *by, int32_t *snapshot, struct err *e)
{
	struct res *r = snapshot_row(analysis, wave, 0, e);
	struct snapshot last = { 0 };
	char sha[65], wave_text[24], freeze_text[24];
	const char *args[] = {
		wave_text, freeze_text, method, content, sha, by
	};
	bool ok = r != NULL;

	content_hash(content, n, sha);
	if (ok && res_rows(r) > 0)
		ok = snapshot_head(r, &last, e);
	res_free(r);
	if (!ok)
		return false;
	*snapshot = last.snapshot;
	if (last.freeze == freeze && strcmp(last.sha256, sha) == 0 &&
	    strcmp(last.method, method) == 0)
		return true;
	db_number(wave_text, wave);
	db_number(freeze_text, freeze);
	return add_snapshot(analysis, args, snapshot, e);
}

/* ---- releases -------------------------------------------------------- */

bool store_release_get(struct db *db, int32_t wave, int32_t no,
		       struct release *out, bool *found, struct err *e)
{
	char wave_text[24], no_text[24];
	const char *args[] = { wave_text, no_text };
	struct res *r;
	bool ok = true;

	db_number(wave_text, wave);
	db_number(no_text, no);
	r = db_run(db, Q_RELEASE_GET, args, e);
	if (!r)
		return false;
	*found = res_rows(r) > 0;
	if (*found) {
		*out = (struct release){ .trial = res_bool(r, 0, 4) };
		ok = res_i32(r, 0, 0, &out->release, e) &&
		     res_i32(r, 0, 1, &out->snapshot, e) &&
		     res_i32(r, 0, 2, &out->freeze, e) &&
		     res_i32(r, 0, 3, &out->supersedes, e);
		(void)snprintf(out->method, sizeof out->method, "%s",
			       res_text(r, 0, 5));
		(void)snprintf(out->sha256, sizeof out->sha256, "%s",
			       res_text(r, 0, 6));
		(void)snprintf(out->released_at, sizeof out->released_at, "%s",
			       res_text(r, 0, 7));
	}
	res_free(r);
	return ok;
}

static enum component_kind kind_of(const char *name)
{
	if (strcmp(name, "total") == 0)
		return COMPONENT_TOTAL;
	return strcmp(name, "group") == 0 ? COMPONENT_GROUP
					  : COMPONENT_CRITERION;
}

static const char *dup(const struct res *r, size_t row, int col,
		       struct arena *a)
{
	return res_null(r, row, col) ? NULL
				     : arena_strdup(a, res_text(r, row, col));
}

static bool read_component(const struct res *r, size_t row,
			   const struct wave *w, struct arena *a,
			   struct component *c, struct err *e)
{
	const struct plan *p = w->plan;
	int64_t unit;
	size_t u, k;

	if (!res_i64(r, row, 1, &unit, e) ||
	    !res_i64(r, row, 6, &c->n_asked, e) ||
	    !res_i64(r, row, 7, &c->n_valid, e))
		return false;
	u = wave_unit(w, (int32_t)unit);
	if (u == NONE)
		return err_set(e, ERR_BUG, "a component of no unit");
	c->kind = kind_of(res_text(r, row, 0));
	c->unit = arena_strdup(a, p->units[u].code);
	c->unit_name = arena_strdup(a, p->units[u].name);
	c->block = p->kinds[p->units[u].kind].block
			   ? arena_strdup(a, p->kinds[p->units[u].kind].block)
			   : NULL;
	c->criterion = dup(r, row, 2, a);
	k = c->criterion && *c->criterion ? plan_criterion(p, c->criterion)
					  : NONE;
	c->criterion_name =
		k == NONE ? "" : arena_strdup(a, p->criteria[k].name);
	c->points = dup(r, row, 3, a);
	c->points_exact = dup(r, row, 4, a);
	c->maximum = dup(r, row, 5, a);
	c->se = dup(r, row, 8, a);
	c->low = dup(r, row, 9, a);
	c->high = dup(r, row, 10, a);
	c->guarded = res_bool(r, row, 12);
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

bool store_components(struct db *db, const struct wave *w, int32_t release,
		      int kind, size_t offset, size_t limit, struct arena *a,
		      struct component **out, size_t *n, size_t *total,
		      struct err *e)
{
	char wave[24], no[24], from[24], most[24];
	const char *args[] = { wave, no, kind < 0 ? NULL : kind_names[kind],
			       from, limit ? most : NULL };
	int64_t all = 0;
	struct res *r;
	bool ok = true;

	db_number(wave, w->id);
	db_number(no, release);
	db_number(from, (int64_t)offset);
	db_number(most, (int64_t)limit);
	r = db_run(db, Q_COMPONENT_LIST, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	*out = arena_array(a, *n + 1, sizeof **out);
	if (!*out) {
		err_set(e, ERR_NOMEM, "out of memory");
		ok = false;
	}
	for (size_t i = 0; ok && i < *n; i++)
		ok = read_component(r, i, w, a, &(*out)[i], e);
	if (ok && *n > 0)
		ok = res_i64(r, 0, 11, &all, e);
	*total = (size_t)all;
	res_free(r);
	return ok;
}

/* ---- making a release ------------------------------------------------ */

enum { COLUMNS = 13 };

static void put(struct buf *b, const char *s)
{
	pg_array_bytes(b, s ? s : "", s ? strlen(s) : 0);
}

static bool add_row(const struct wave *w, const struct component *c,
		    size_t position, struct buf *b, struct err *e)
{
	size_t u = plan_unit(w->plan, c->unit);

	if (u == NONE)
		return err_set(e, ERR_BUG, "a component of no unit");
	pg_array_i32(&b[0], w->unit_id[u]);
	put(&b[1], c->criterion);
	put(&b[2], kind_names[c->kind]);
	pg_array_i32(&b[3], (int32_t)position);
	put(&b[4], c->points);
	put(&b[5], c->points_exact);
	put(&b[6], c->maximum);
	pg_array_i64(&b[7], c->n_asked);
	pg_array_i64(&b[8], c->n_valid);
	put(&b[9], c->se);
	put(&b[10], c->low);
	put(&b[11], c->high);
	pg_array_i32(&b[12], c->guarded);
	return true;
}

/* Sends what the buffers hold as binary parameters after wave, release. */
static bool send_arrays(struct db *db, enum q q, const char *wave,
			const char *release, const struct buf *b, size_t n,
			struct err *e)
{
	struct arg args[COLUMNS + 2] = { ARG_TEXT(wave), ARG_TEXT(release) };
	struct res *r;

	for (size_t i = 0; i < n; i++) {
		if (!buf_cstr(&b[i]))
			return err_set(e, ERR_NOMEM, "out of memory");
		args[i + 2] = ARG_BYTES(b[i].data, (int)b[i].len);
	}
	r = db_run_args(db, q, args, false, e);
	res_free(r);
	return r != NULL;
}

static bool add_components(struct db *db, const struct wave *w,
			   const char *wave, const char *release,
			   const struct component *rows, size_t n,
			   struct err *e)
{
	static const enum pg_type types[COLUMNS] = {
		PG_INT4, PG_TEXT, PG_TEXT, PG_INT4, PG_TEXT, PG_TEXT, PG_TEXT,
		PG_INT8, PG_INT8, PG_TEXT, PG_TEXT, PG_TEXT, PG_INT4
	};
	struct buf b[COLUMNS];
	bool ok = true;

	for (size_t i = 0; i < COLUMNS; i++) {
		b[i] = (struct buf)BUF_INIT(ARRAY_BYTES);
		pg_array_begin(&b[i], types[i], n);
	}
	for (size_t i = 0; ok && i < n; i++)
		ok = add_row(w, &rows[i], i, b, e);
	ok = ok &&
	     send_arrays(db, Q_COMPONENT_ADD, wave, release, b, COLUMNS, e);
	for (size_t i = 0; i < COLUMNS; i++)
		buf_free(&b[i]);
	return ok;
}

static bool add_cells(struct db *db, const char *wave, const char *release,
		      const struct release_cell *cells, size_t n, struct err *e)
{
	struct buf b[2] = { BUF_INIT(ARRAY_BYTES), BUF_INIT(ARRAY_BYTES) };
	bool ok;

	pg_array_begin(&b[0], PG_TEXT, n);
	pg_array_begin(&b[1], PG_INT8, n);
	for (size_t i = 0; i < n; i++) {
		put(&b[0], cells[i].cell);
		pg_array_i64(&b[1], cells[i].n);
	}
	ok = send_arrays(db, Q_RELEASED_CELL_ADD, wave, release, b, 2, e);
	buf_free(&b[0]);
	buf_free(&b[1]);
	return ok;
}

static bool open_release(struct db *db, const char *const *args,
			 int32_t *release, struct err *e)
{
	struct res *r = db_run(db, Q_RELEASE_OPEN, args, e);
	bool ok = r && res_i32(r, 0, 0, release, e);

	res_free(r);
	return ok;
}

bool store_release_make(struct db *publish, const struct wave *w,
			int32_t snapshot, bool trial, const char *reason,
			const char *by, const struct component *rows, size_t n,
			const struct release_cell *cells, size_t n_cells,
			int32_t *release, struct err *e)
{
	char wave[24], snapshot_text[24], no[24];
	const char *args[] = { wave, snapshot_text,
			       trial ? "trial" : "official", reason, by };

	if (!reason || !*reason)
		return err_set(e, ERR_INPUT, "a release needs a reason");
	db_number(wave, w->id);
	db_number(snapshot_text, snapshot);
	if (!db_begin(publish, e))
		return false;
	if (open_release(publish, args, release, e)) {
		db_number(no, *release);
		if (add_components(publish, w, wave, no, rows, n, e) &&
		    add_cells(publish, wave, no, cells, n_cells, e) &&
		    db_commit(publish, e))
			return true;
	}
	db_rollback(publish);
	return false;
}
