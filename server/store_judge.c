#include "phieu/store_judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/json.h"

static const struct {
	const char *name, *vi;
	bool by_hand;
} states[] = {
	[SHEET_VALID] = { "valid", "hợp lệ", true },
	[SHEET_QUERIED] = { "queried", "chờ xem lại", false },
	[SHEET_INVALID] = { "invalid", "không hợp lệ", true },
	[SHEET_REPLACED] = { "replaced", "đã thay thế", false },
	[SHEET_ACCEPTED] = { "accepted", "đã chấp nhận", true },
	[SHEET_REJECTED] = { "rejected", "bị loại", true },
	[SHEET_WITHDRAWN] = { "withdrawn", "rút lại", true },
};
#define N_STATES ((int64_t)(sizeof states / sizeof states[0]))

const char *sheet_state_name(int64_t state)
{
	return state > 0 && state < N_STATES ? states[state].name : "?";
}

const char *sheet_state_vi(int64_t state)
{
	return state > 0 && state < N_STATES ? states[state].vi : "?";
}

bool sheet_state_parse(const char *name, enum sheet_state *out, struct err *e)
{
	for (int64_t i = 1; i < N_STATES; i++) {
		if (!states[i].by_hand || strcmp(states[i].name, name) != 0)
			continue;
		*out = (enum sheet_state)i;
		return true;
	}
	return err_set(e, ERR_INPUT,
		       "the state is one of valid, invalid, accepted, "
		       "rejected, withdrawn, not \"%s\"",
		       name);
}

static bool keep_text(struct arena *a, const struct res *r, size_t row, int col,
		      const char **out, struct err *e)
{
	*out = arena_strdup(a, res_text(r, row, col));
	return *out || err_set(e, ERR_NOMEM, "out of memory");
}

static bool read_head(const struct res *r, size_t row, struct arena *a,
		      struct sheet_head *h, struct err *e)
{
	h->counted = res_bool(r, row, 3);
	return keep_text(a, r, row, 0, &h->instance, e) &&
	       keep_text(a, r, row, 1, &h->sheet, e) &&
	       res_i64(r, row, 2, &h->state, e) &&
	       res_i64(r, row, 4, &h->keying, e) &&
	       keep_text(a, r, row, 5, &h->form, e) &&
	       keep_text(a, r, row, 6, &h->group, e) &&
	       keep_text(a, r, row, 7, &h->home, e) &&
	       keep_text(a, r, row, 8, &h->agent, e) &&
	       res_i64(r, row, 9, &h->flags, e) &&
	       keep_text(a, r, row, 10, &h->faults, e) &&
	       res_i64(r, row, 11, &h->version, e) &&
	       keep_text(a, r, row, 12, &h->replaces, e);
}

bool store_sheet_heads(struct db *db, int32_t wave, const char *instance,
		       const char *sheet, struct arena *a,
		       struct sheet_head **out, size_t *n, struct err *e)
{
	char id[16];
	const char *args[] = { id, instance, sheet };
	struct res *r;
	bool ok = true;

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	r = db_run(db, Q_SHEET_HEADS, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	*out = arena_array(a, *n + 1, sizeof **out);
	if (!*out) {
		res_free(r);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	for (size_t i = 0; ok && i < *n; i++)
		ok = read_head(r, i, a, &(*out)[i], e);
	res_free(r);
	return ok;
}

/* [{"code":"V11","path":"","message":…}] for a code set by hand. */
static bool fault_json(const char *code, const char *reason, struct buf *out,
		       struct err *e)
{
	struct jw w;

	if (strlen(code) != 3 || code[0] != 'V' || strcmp(code, "V01") < 0 ||
	    strcmp(code, "V13") > 0)
		return err_set(e, ERR_INPUT,
			       "the code is one of V01 to V13, not \"%.16s\"",
			       code);
	jw_init(&w, out);
	jw_array(&w);
	jw_object(&w);
	jw_kv(&w, "code", code);
	jw_kv(&w, "path", "");
	jw_kv(&w, "message", "judged by hand");
	jw_kv(&w, "message_vi", reason);
	jw_object_end(&w);
	jw_array_end(&w);
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}

static bool judge_once(struct db *owner, const char *const *args, struct err *e)
{
	struct res *r;
	bool ok;

	if (!db_begin(owner, e))
		return false;
	r = db_run(owner, Q_JUDGE, args, e);
	ok = r && (!res_null(r, 0, 0) ||
		   err_set(e, ERR_INPUT, "there is no such sheet"));
	res_free(r);
	ok = ok && db_commit(owner, e);
	if (!ok)
		db_rollback(owner);
	return ok;
}

bool store_judge(struct db *owner, int32_t wave, const char *instance,
		 enum sheet_state state, const char *code, const char *reason,
		 const char *by, struct err *e)
{
	struct buf faults = BUF_INIT(4096);
	char id[16], number[16];
	const char *args[] = { id, instance, number, NULL, reason, by };
	bool ok;

	if ((state == SHEET_INVALID) != (code != NULL))
		return err_set(e, ERR_INPUT,
			       "a code (V01 to V13) goes with invalid, and "
			       "with nothing else");
	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	(void)snprintf(number, sizeof number, "%d", (int)state);
	ok = !code || fault_json(code, reason, &faults, e);
	if (ok && code)
		args[3] = buf_cstr(&faults);
	ok = ok && judge_once(owner, args, e);
	if (!ok && e->kind == ERR_CONFLICT && strcmp(e->sqlstate, "23505") == 0)
		(void)err_set(e, ERR_CONFLICT,
			      "another sheet with its number counts already");
	buf_free(&faults);
	return ok;
}

struct res *store_sheet_incomplete(struct db *db, const char *wave,
				   struct err *e)
{
	const char *args[] = { wave };

	return db_run(db, Q_SHEET_INCOMPLETE, args, e);
}
