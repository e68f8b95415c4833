/* Respondents' side of sealed ballots: what a token opens, putting a ballot,
 * the published list.  The collector's role may call these functions and see
 * none of the tables. */
#include <stdio.h>
#include <string.h>

#include "phieu/ballot.h"

static void copy_text(char *out, size_t max, const struct res *r, size_t row,
		      int col)
{
	const char *s = res_text(r, row, col);

	(void)snprintf(out, max, "%s", s ? s : "");
}

bool store_ballot_form(struct db *db, const char *token, struct arena *a,
		       struct ballot_form *out, struct err *e)
{
	uint8_t hash[32];
	struct arg args[] = { ARG_BYTES(hash, sizeof hash) };
	struct res *r;
	bool ok = true;

	*out = (struct ballot_form){ .wave = "" };
	token_hash(token, hash);
	r = db_run_args(db, Q_BALLOT_FORM, args, false, e);
	if (!r)
		return false;
	if (res_rows(r) == 1) {
		*out = (struct ballot_form){
			.wave = res_dup(a, r, 0, 0),
			.group = res_dup(a, r, 0, 1),
			.home = res_dup(a, r, 0, 2),
			.home_name = res_dup(a, r, 0, 3),
			.state = res_dup(a, r, 0, 4),
			.used = res_bool(r, 0, 5),
			.public_key = res_dup(a, r, 0, 6),
			.fingerprint = res_dup(a, r, 0, 7),
			.holder = res_dup(a, r, 0, 8),
		};
		ok = res_i64(r, 0, 9, &out->size, e);
		if (ok &&
		    (!out->wave || !out->group || !out->state ||
		     !out->public_key || !out->fingerprint || !out->holder))
			ok = err_set(e, ERR_NOMEM, "out of memory");
	}
	res_free(r);
	return ok;
}

bool store_ballot_put(struct db *db, const char *token, const uint8_t *sealed,
		      size_t n, char said[12], char receipt[65], struct err *e)
{
	uint8_t hash[32];
	struct arg args[] = { ARG_BYTES(hash, sizeof hash),
			      ARG_BYTES(sealed, (int)n) };
	struct res *r;
	bool ok;

	token_hash(token, hash);
	r = db_run_args(db, Q_BALLOT_PUT, args, false, e);
	if (!r)
		return false;
	ok = res_rows(r) == 1 ||
	     err_set(e, ERR_BUG, "putting a ballot said nothing");
	if (ok) {
		copy_text(said, 12, r, 0, 0);
		copy_text(receipt, 65, r, 0, 1);
	}
	res_free(r);
	return ok;
}

bool store_ballot_about(struct db *db, const char *wave, const char *group,
			struct arena *a, struct ballot_about *out,
			struct err *e)
{
	const char *args[] = { wave, group };
	struct res *r = db_run(db, Q_BALLOT_ABOUT, args, e);
	bool ok = true;

	*out = (struct ballot_about){ .holder = "" };
	if (!r)
		return false;
	if (res_rows(r) == 1) {
		copy_text(out->state, sizeof out->state, r, 0, 0);
		copy_text(out->root, sizeof out->root, r, 0, 2);
		copy_text(out->closed_on, sizeof out->closed_on, r, 0, 3);
		copy_text(out->fingerprint, sizeof out->fingerprint, r, 0, 4);
		out->holder = res_dup(a, r, 0, 5);
		ok = (res_null(r, 0, 1) ||
		      res_i64(r, 0, 1, &out->ballots, e)) &&
		     (out->holder || err_set(e, ERR_NOMEM, "out of memory"));
	}
	res_free(r);
	return ok;
}

struct res *store_ballot_receipts(struct db *db, const char *wave,
				  const char *group, struct err *e)
{
	const char *args[] = { wave, group };

	return db_run(db, Q_BALLOT_RECEIPTS, args, e);
}
