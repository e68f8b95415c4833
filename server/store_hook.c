#include "phieu/store_hook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KEPT_DAYS "30" /* events that were delivered */

static bool first_i64(struct res *r, int64_t *out, struct err *e)
{
	bool ok = r != NULL;

	*out = 0;
	if (ok && res_rows(r) == 1 && !res_null(r, 0, 0))
		ok = res_i64(r, 0, 0, out, e);
	res_free(r);
	return ok;
}

bool store_hook_add(struct db *owner, const char *wave, const char *round,
		    const char *url, const char *events, const char *secret,
		    const char *by, int64_t *hook, struct err *e)
{
	const struct arg args[] = { ARG_TEXT(wave),
				    ARG_TEXT(round),
				    ARG_TEXT(url),
				    ARG_TEXT(events),
				    ARG_BYTES(secret, (int)strlen(secret)),
				    ARG_TEXT(by) };

	return first_i64(db_run_args(owner, Q_HOOK_ADD, args, false, e), hook,
			 e);
}

bool store_hook_remove(struct db *owner, const char *hook, const char *by,
		       bool *found, struct err *e)
{
	const char *args[] = { hook, by };
	struct res *r = db_run(owner, Q_HOOK_REMOVE, args, e);

	*found = r && res_bool(r, 0, 0);
	res_free(r);
	return r;
}

bool store_hook_again(struct db *owner, const char *hook, size_t *n,
		      struct err *e)
{
	struct res *r = db_run(owner, Q_HOOK_AGAIN, &hook, e);

	*n = r ? res_rows(r) : 0;
	res_free(r);
	return r;
}

struct res *store_hook_list(struct db *owner, const char *wave,
			    const char *round, struct err *e)
{
	const char *args[] = { wave, round };

	return db_run(owner, Q_HOOK_LIST, args, e);
}

static bool read_event(const struct res *r, struct arena *a,
		       struct hook_event *out, struct err *e)
{
	out->id = arena_strdup(a, res_text(r, 0, 1));
	out->kind = arena_strdup(a, res_text(r, 0, 2));
	out->url = arena_strdup(a, res_text(r, 0, 3));
	out->body = arena_strdup(a, res_text(r, 0, 5));
	if (arena_broken(a))
		return err_set(e, ERR_NOMEM, "out of memory");
	return res_i64(r, 0, 0, &out->event, e) &&
	       res_bytes(r, 0, 4, out->secret, sizeof out->secret,
			 &out->n_secret, e) &&
	       res_i64(r, 0, 6, &out->attempts, e) &&
	       res_i64(r, 0, 7, &out->failures, e);
}

static bool take(struct res *r, struct arena *a, struct hook_event *out,
		 bool *found, struct err *e)
{
	bool ok = r != NULL;

	*out = (struct hook_event){ 0 };
	*found = ok && res_rows(r) == 1;
	if (*found)
		ok = read_event(r, a, out, e);
	res_free(r);
	return ok;
}

bool store_hook_try(struct db *owner, const char *hook, struct arena *a,
		    struct hook_event *out, bool *found, struct err *e)
{
	return take(db_run(owner, Q_HOOK_TRY, &hook, e), a, out, found, e);
}

bool store_hook_take(struct db *publish, struct arena *a,
		     struct hook_event *out, bool *found, struct err *e)
{
	return take(db_run(publish, Q_HOOK_TAKE, NULL, e), a, out, found, e);
}

bool store_hook_note(struct db *publish, int64_t event, const char *error,
		     int64_t wait_ms, int64_t pause_ms, int64_t days,
		     bool *dead, struct err *e)
{
	char id[24], wait[24], pause[24], give_up[24];
	const char *args[] = { id, error, wait, pause, give_up };
	struct res *r;

	(void)snprintf(id, sizeof id, "%" PRId64, event);
	(void)snprintf(wait, sizeof wait, "%" PRId64, wait_ms);
	(void)snprintf(pause, sizeof pause, "%" PRId64, pause_ms);
	(void)snprintf(give_up, sizeof give_up, "%" PRId64, days);
	r = db_run(publish, Q_HOOK_NOTE, args, e);
	*dead = r && res_bool(r, 0, 0);
	res_free(r);
	return r;
}

bool store_hook_forget(struct db *publish, struct err *e)
{
	const char *days = KEPT_DAYS;

	return db_do(publish, Q_HOOK_FORGET, &days, e);
}
