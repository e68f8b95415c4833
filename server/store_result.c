#include "phieu/store_result.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool read_values(const struct res *r, struct arena *a,
			struct round_values *out, struct err *e)
{
	struct round_value *v = arena_array(a, res_rows(r) + 1, sizeof *v);

	out->v = v;
	out->n = res_rows(r);
	for (size_t i = 0; v && i < out->n; i++) {
		v[i].unit = res_dup(a, r, i, 0);
		v[i].node = res_dup(a, r, i, 1);
		v[i].assessed = strcmp(res_text(r, i, 2), "assessed") == 0;
		v[i].not_applicable = res_bool(r, i, 5);
		v[i].value = v[i].not_applicable ? NULL : res_dup(a, r, i, 3);
		v[i].self = res_dup(a, r, i, 4);
		v[i].se = res_dup(a, r, i, 6);
		v[i].reason = res_dup(a, r, i, 7);
		v[i].origin = res_dup(a, r, i, 8);
	}
	return (v && !arena_broken(a)) || err_no_memory(e);
}

static bool read_deductions(const struct res *r, struct arena *a,
			    struct round_values *out, struct err *e)
{
	struct round_deduction *d = arena_array(a, res_rows(r) + 1, sizeof *d);

	out->d = d;
	out->n_d = res_rows(r);
	for (size_t i = 0; d && i < out->n_d; i++) {
		d[i].unit = res_dup(a, r, i, 0);
		d[i].node = res_dup(a, r, i, 1);
		d[i].points = res_dup(a, r, i, 2);
		d[i].reason = res_dup(a, r, i, 3);
		d[i].document = res_dup(a, r, i, 4);
	}
	return (d && !arena_broken(a)) || err_no_memory(e);
}

static bool read_all(struct db *db, const char *round, struct arena *a,
		     struct round_values *out, struct err *e)
{
	const char *args[] = { round };
	struct res *v = db_run(db, Q_RESULT_VALUES, args, e);
	struct res *d = v ? db_run(db, Q_RESULT_DEDUCTIONS, args, e) : NULL;
	struct res *w = d ? db_run(db, Q_RESULT_WAVE_RELEASE, args, e) : NULL;
	bool ok =
		w && read_values(v, a, out, e) && read_deductions(d, a, out, e);

	if (ok)
		out->wave_release = res_dup(a, w, 0, 0);
	res_free(v);
	res_free(d);
	res_free(w);
	return ok;
}

bool store_round_values(struct db *db, int32_t round, struct arena *a,
			struct round_values *out, struct err *e)
{
	char id[16];
	bool ok;

	*out = (struct round_values){ 0 };
	(void)snprintf(id, sizeof id, "%" PRId32, round);
	if (!db_begin_snapshot(db, e))
		return false;
	ok = read_all(db, id, a, out, e);
	db_rollback(db);
	return ok;
}

bool store_result_add(struct db *db, int32_t round,
		      const struct round_values *v,
		      const struct round_result *r, const char *content,
		      const char *by, int64_t *number, struct err *e)
{
	char id[16];
	const char *args[] = {
		id,	 v->wave_release, buf_cstr(&r->input),
		content, INDEX_METHOD,	  r->complete ? "true" : "false",
		by
	};
	struct res *res;
	bool ok;

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	res = db_run(db, Q_RESULT_ADD, args, e);
	ok = res && res_i64(res, 0, 0, number, e);
	res_free(res);
	return ok;
}

bool store_result_get(struct db *db, int32_t round, const char *number,
		      struct arena *a, struct stored_result *out, struct err *e)
{
	char id[16];
	const char *args[] = { id, number };
	struct res *r;
	bool ok;

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(db, Q_RESULT_GET, args, e);
	ok = r && (res_rows(r) == 1 ||
		   err_set(e, ERR_INPUT,
			   "chưa có kết quả này (there is no such result)"));
	ok = ok && res_i64(r, 0, 0, &out->number, e);
	if (ok) {
		out->input = res_dup(a, r, 0, 1);
		out->content = res_dup(a, r, 0, 2);
		out->sha256 = res_dup(a, r, 0, 3);
		out->method = res_dup(a, r, 0, 4);
		out->version = res_dup(a, r, 0, 5);
		ok = !arena_broken(a) || err_no_memory(e);
	}
	res_free(r);
	return ok;
}

struct res *store_result_list(struct db *db, int32_t round, struct err *e)
{
	char id[16];
	const char *args[] = { id };

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	return db_run(db, Q_RESULT_LIST, args, e);
}

struct res *store_round_releases(struct db *db, int32_t round,
				 const char *release, struct err *e)
{
	char id[16];
	const char *args[] = { id, release };

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	return db_run(db, Q_ROUND_RELEASES, args, e);
}

bool store_result_publish(struct db *db, int32_t round, const char *number,
			  const char *decision, const char *reason,
			  const char *by, int64_t *release, struct err *e)
{
	char id[16];
	const char *args[] = { id, number, decision, reason, by };
	struct res *r;
	bool ok;

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(db, Q_RESULT_PUBLISH, args, e);
	ok = r && (!res_null(r, 0, 0) ||
		   err_set(e, ERR_INPUT,
			   "không có kết quả số %.20s (no result)", number));
	ok = ok && res_i64(r, 0, 0, release, e);
	res_free(r);
	return ok;
}
