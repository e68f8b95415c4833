/* The office's and the mixer's side of sealed ballots. */
#include "phieu/ballot.h"

#include <string.h>

#define ARRAY_BYTES ((size_t)16 << 20)

/* What the database refused, without the name of the statement. */
static bool plain_words(struct err *e)
{
	const char *colon = strstr(e->msg, ": ");

	if (colon && strncmp(e->msg, "ballot_", 7) == 0)
		memmove(e->msg, colon + 2, strlen(colon + 2) + 1);
	return false;
}

bool store_ballot_homes(struct db *db, int32_t wave, const char *group,
			struct arena *a, struct ballot_home **out, size_t *n,
			struct err *e)
{
	char id[24];
	const char *args[] = { id, group };
	struct ballot_home *list;
	struct res *r;
	bool ok;

	db_number(id, wave);
	r = db_run(db, Q_BALLOT_HOMES, args, e);
	if (!r)
		return plain_words(e);
	*n = res_rows(r);
	*out = list = arena_array(a, *n + 1, sizeof *list);
	ok = list || err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; list && ok && i < *n; i++) {
		struct ballot_home *h = &list[i];
		int64_t home = 0;

		h->code = res_dup(a, r, i, 1);
		h->name = res_dup(a, r, i, 2);
		ok = res_i64(r, i, 0, &home, e) &&
		     res_i64(r, i, 3, &h->planned, e) &&
		     ((h->code && h->name) ||
		      err_set(e, ERR_NOMEM, "out of memory"));
		h->id = (int32_t)home;
	}
	res_free(r);
	return ok;
}

bool store_ballot_letters(struct db *db, int32_t wave, const char *by,
			  const char *role, const char *group,
			  const struct ballot_home *homes,
			  const struct ballot_letter *l, size_t n,
			  struct err *e)
{
	struct buf hashes = BUF_INIT(ARRAY_BYTES), at = BUF_INIT(ARRAY_BYTES);
	char id[24];
	struct arg args[] = { ARG_TEXT(id),    ARG_TEXT(by), ARG_TEXT(role),
			      ARG_TEXT(group), ARG_NULL,     ARG_NULL };
	struct res *r = NULL;

	db_number(id, wave);
	pg_array_begin(&hashes, PG_BYTEA, n);
	pg_array_begin(&at, PG_INT4, n);
	for (size_t i = 0; i < n; i++) {
		uint8_t hash[32];

		token_hash(l[i].token, hash);
		pg_array_bytes(&hashes, hash, sizeof hash);
		pg_array_i32(&at, homes[l[i].home].id);
	}
	args[4] = ARG_BYTES(buf_cstr(&hashes), (int)hashes.len);
	args[5] = ARG_BYTES(buf_cstr(&at), (int)at.len);
	if (!args[4].p || !args[5].p)
		(void)err_set(e, ERR_NOMEM, "out of memory");
	else
		r = db_run_args(db, Q_BALLOT_LETTERS, args, false, e);
	if (!r)
		(void)plain_words(e);
	buf_free(&hashes);
	buf_free(&at);
	res_free(r);
	return r != NULL;
}

bool store_ballot_may_freeze(struct db *owner, int32_t wave, struct err *e)
{
	char id[24];
	const char *args[] = { id };

	db_number(id, wave);
	return db_do(owner, Q_BALLOT_MAY_FREEZE, args, e) || plain_words(e);
}

/* ---- mixing -------------------------------------------------------------- */

static bool read_key(const struct res *r, int col, uint8_t out[32],
		     struct err *e)
{
	size_t n = 0;

	return res_bytes(r, 0, col, out, 32, &n, e) &&
	       (n == 32 || err_set(e, ERR_DB, "a key or root is too short"));
}

bool store_ballot_begin(struct db *mixer, const char *wave, const char *group,
			struct ballot_chest *out, struct err *e)
{
	const char *args[] = { wave, group };
	struct res *r = db_run(mixer, Q_BALLOT_MIX_BEGIN, args, e);
	int64_t id = 0, grp = 0;
	bool ok;

	if (!r)
		return plain_words(e);
	ok = res_i64(r, 0, 0, &id, e) && res_i64(r, 0, 1, &grp, e) &&
	     res_i64(r, 0, 2, &out->size, e) &&
	     res_i64(r, 0, 3, &out->fewest, e) &&
	     res_i64(r, 0, 4, &out->ballots, e) &&
	     read_key(r, 5, out->public_key, e) && read_key(r, 6, out->root, e);
	out->wave = (int32_t)id;
	out->group = (int32_t)grp;
	res_free(r);
	return ok;
}

struct res *store_ballot_all(struct db *mixer, const struct ballot_chest *c,
			     struct err *e)
{
	char wave[24], group[24];
	const char *args[] = { wave, group };

	db_number(wave, c->wave);
	db_number(group, c->group);
	return db_run(mixer, Q_BALLOT_MIX_BALLOTS, args, e);
}

bool store_ballot_end(struct db *mixer, const struct ballot_chest *c,
		      const char *group, const char *by,
		      const uint8_t root[SHA256_BYTES], const char *bad,
		      bool leave_out, const struct buf cols[B_COLUMNS],
		      struct ballot_mixed *out, struct err *e)
{
	char wave[24];
	struct arg args[6 + B_COLUMNS] = {
		ARG_TEXT(wave), ARG_TEXT(group),
		ARG_TEXT(by),	ARG_BYTES(root, SHA256_BYTES),
		ARG_TEXT(bad),	ARG_TEXT(leave_out ? "t" : "f")
	};
	struct res *r;
	bool ok;

	db_number(wave, c->wave);
	for (size_t i = 0; i < B_COLUMNS; i++)
		args[6 + i] = ARG_BYTES(cols[i].data, (int)cols[i].len);
	r = db_run_args(mixer, Q_BALLOT_MIX_END, args, false, e);
	if (!r)
		return plain_words(e);
	ok = res_i64(r, 0, 0, &out->valid, e) &&
	     res_i64(r, 0, 1, &out->invalid, e) &&
	     res_i64(r, 0, 2, &out->left_out, e);
	res_free(r);
	return ok;
}
