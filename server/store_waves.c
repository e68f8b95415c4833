#include "phieu/store_waves.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool read_head(const struct res *r, size_t row, struct arena *a,
		      struct wave_head *out, struct err *e)
{
	int64_t wave, version = 0;

	if (!res_i64(r, row, 0, &wave, e) ||
	    (!res_null(r, row, 8) && !res_i64(r, row, 8, &version, e)))
		return false;
	out->wave = (int32_t)wave;
	out->version = (int32_t)version;
	out->code = arena_strdup(a, res_text(r, row, 1));
	out->name = arena_strdup(a, res_text(r, row, 2));
	(void)snprintf(out->opens, sizeof out->opens, "%s",
		       res_text(r, row, 3));
	(void)snprintf(out->closes, sizeof out->closes, "%s",
		       res_text(r, row, 4));
	out->state = arena_strdup(a, res_text(r, row, 5));
	out->ledger = res_bool(r, row, 10);
	out->trial = res_bool(r, row, 6);
	out->simulated = res_bool(r, row, 7);
	if (!out->code || !out->name || !out->state)
		return err_set(e, ERR_NOMEM, "out of memory");
	return true;
}

static bool heads(struct db *db, const char *code, int32_t only, size_t offset,
		  size_t limit, struct arena *a, struct wave_head **out,
		  size_t *n, size_t *total, struct err *e)
{
	char only_text[12], limit_text[24], offset_text[24];
	const char *args[] = { code, only ? only_text : NULL,
			       limit ? limit_text : NULL, offset_text };
	int64_t all = 0;
	struct res *r;
	size_t i;
	bool ok = false;

	(void)snprintf(only_text, sizeof only_text, "%" PRId32, only);
	(void)snprintf(limit_text, sizeof limit_text, "%zu", limit);
	(void)snprintf(offset_text, sizeof offset_text, "%zu", offset);
	r = db_run(db, Q_WAVE_HEADS, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	*out = arena_array(a, *n + 1, sizeof **out);
	if (!*out) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	for (i = 0; i < *n; i++)
		if (!read_head(r, i, a, &(*out)[i], e))
			goto out;
	if (*n > 0 && !res_i64(r, 0, 9, &all, e))
		goto out;
	*total = (size_t)all;
	ok = true;
out:
	res_free(r);
	return ok;
}

bool store_wave_heads(struct db *db, int32_t only, size_t offset, size_t limit,
		      struct arena *a, struct wave_head **out, size_t *n,
		      size_t *total, struct err *e)
{
	return heads(db, NULL, only, offset, limit, a, out, n, total, e);
}

bool store_wave_head(struct db *db, const char *code, int32_t only,
		     struct arena *a, struct wave_head *out, bool *found,
		     struct err *e)
{
	struct wave_head *one;
	size_t n, total;

	if (!heads(db, code, only, 0, 1, a, &one, &n, &total, e))
		return false;
	*found = n > 0;
	if (*found)
		*out = one[0];
	return true;
}

bool store_wave_plan_sha(struct db *db, int32_t wave, int32_t *version,
			 char sha256[65], bool *found, struct err *e)
{
	char id[12];
	const char *args[] = { id };
	int64_t v = 0;
	struct res *r;
	bool ok = true;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	r = db_run(db, Q_WAVE_PLAN_SHA, args, e);
	if (!r)
		return false;
	*found = res_rows(r) > 0;
	if (*found) {
		ok = res_i64(r, 0, 0, &v, e);
		*version = (int32_t)v;
		(void)snprintf(sha256, 65, "%s", res_text(r, 0, 1));
	}
	res_free(r);
	return ok;
}

bool store_wave_plan_text(struct db *db, int32_t wave, int32_t version,
			  struct buf *out, struct err *e)
{
	char id[12], v[12];
	const char *args[] = { id, v };
	struct res *r;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	(void)snprintf(v, sizeof v, "%" PRId32, version);
	r = db_run(db, Q_WAVE_PLAN_TEXT, args, e);
	if (!r)
		return false;
	if (res_rows(r) > 0)
		buf_add(out, res_text(r, 0, 0), res_len(r, 0, 0));
	res_free(r);
	return true;
}

static bool read_release(const struct res *r, size_t row, struct arena *a,
			 struct release_head *out, struct err *e)
{
	int64_t n[4] = { 0 };
	static const int number_columns[] = { 0, 1, 2, 4 };
	size_t i;

	for (i = 0; i < 4; i++)
		if (!res_null(r, row, number_columns[i]) &&
		    !res_i64(r, row, number_columns[i], &n[i], e))
			return false;
	out->release = (int32_t)n[0];
	out->snapshot = (int32_t)n[1];
	out->freeze = (int32_t)n[2];
	out->supersedes = (int32_t)n[3];
	out->kind = arena_strdup(a, res_text(r, row, 3));
	out->reason = arena_strdup(a, res_text(r, row, 5));
	out->released_at = arena_strdup(a, res_text(r, row, 6));
	out->method = arena_strdup(a, res_text(r, row, 7));
	out->sha256 = arena_strdup(a, res_text(r, row, 8));
	if (arena_broken(a))
		return err_set(e, ERR_NOMEM, "out of memory");
	return true;
}

bool store_wave_releases(struct db *db, int32_t wave, struct arena *a,
			 struct release_head **out, size_t *n, struct err *e)
{
	char id[12];
	const char *args[] = { id };
	struct res *r;
	size_t i;
	bool ok = false;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	r = db_run(db, Q_WAVE_RELEASES, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	*out = arena_array(a, *n + 1, sizeof **out);
	if (!*out) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	for (i = 0; i < *n; i++)
		if (!read_release(r, i, a, &(*out)[i], e))
			goto out;
	ok = true;
out:
	res_free(r);
	return ok;
}
