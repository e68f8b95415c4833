#include "phieu/store_year.h"

#include <inttypes.h>
#include <stdio.h>

bool store_year_load(struct db *owner, enum year_kind kind, int32_t round,
		     const struct year_doc *d, const char *reason,
		     const char *by, int32_t *version, struct err *e)
{
	char id[16];
	const char *args[] = { id, d->text, d->example ? "true" : "false",
			       reason, by };
	struct res *r;
	int64_t v = 0;
	bool ok;

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(owner, kind == YEAR_TARGETS ? Q_TARGET_LOAD : Q_REWARD_LOAD,
		   args, e);
	ok = r && res_i64(r, 0, 0, &v, e);
	*version = (int32_t)v;
	res_free(r);
	return ok;
}

bool store_year_text(struct db *db, enum year_kind kind, int32_t round,
		     struct arena *a, struct year_text *out, struct err *e)
{
	char id[16];
	const char *args[] = { id };
	struct res *r;
	bool ok;

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(db, kind == YEAR_TARGETS ? Q_TARGET_TEXT : Q_REWARD_TEXT,
		   args, e);
	ok = r && (res_rows(r) == 1 ||
		   err_set(e, ERR_INPUT,
			   "kỳ này chưa nạp tài liệu ấy (nothing is loaded "
			   "yet)"));
	ok = ok && res_i64(r, 0, 1, &out->version, e);
	if (ok) {
		out->text = res_dup(a, r, 0, 0);
		out->trial = res_bool(r, 0, 2);
		ok = out->text || err_set(e, ERR_NOMEM, "out of memory");
	}
	res_free(r);
	return ok;
}

static struct res *list(struct db *db, enum q q, int32_t round, const char *a,
			const char *b, struct err *e)
{
	char id[16];
	const char *args[] = { id, a, b };

	(void)snprintf(id, sizeof id, "%" PRId32, round);
	return db_run(db, q, args, e);
}

struct res *store_target_list(struct db *db, int32_t round, struct err *e)
{
	return list(db, Q_TARGET_LIST, round, NULL, NULL, e);
}

struct res *store_series_list(struct db *db, int32_t round, struct err *e)
{
	return list(db, Q_SERIES_LIST, round, NULL, NULL, e);
}

struct res *store_reward_lists(struct db *db, int32_t round, struct err *e)
{
	return list(db, Q_REWARD_HISTORY, round, NULL, NULL, e);
}

struct res *store_reward_units(struct db *db, int32_t round, const char *no,
			       struct err *e)
{
	return list(db, Q_REWARD_LIST, round, NULL, no, e);
}

struct res *store_reward_persons(struct db *db, int32_t round, const char *no,
				 struct err *e)
{
	return list(db, Q_REWARD_PERSONS, round, NULL, no, e);
}
