#include "phieu/store_round.h"

#include <inttypes.h>
#include <stdio.h>

#include "phieu/limits.h"

static const char *keep(struct arena *a, const struct res *r, size_t row,
			int col)
{
	const char *s = res_text(r, row, col);

	return arena_strdup(a, s ? s : "");
}

bool store_round_load(struct db *owner, const struct round *r,
		      const char *reason, const char *by, int32_t *version,
		      struct err *e)
{
	struct buf tables = BUF_INIT(LIMIT_PLAN_BYTES * 4);
	char year[16];
	const char *args[] = { r->code,
			       r->name,
			       year,
			       r->wave,
			       r->set.example ? "true" : "false",
			       r->text,
			       NULL,
			       reason,
			       by };
	struct res *res = NULL;
	int64_t v = 0;
	bool ok = false;

	(void)snprintf(year, sizeof year, "%d", r->year);
	round_tables(r, &tables);
	args[6] = buf_cstr(&tables);
	if (args[6])
		res = db_run(owner, Q_ROUND_LOAD, args, e);
	else
		(void)err_no_memory(e);
	ok = res && res_i64(res, 0, 0, &v, e);
	*version = (int32_t)v;
	res_free(res);
	buf_free(&tables);
	return ok || err_wrap(e, "kỳ đánh giá (round) %.64s", r->code);
}

static bool read_head(const struct res *r, size_t i, struct arena *a,
		      struct round_head *h, struct err *e)
{
	int64_t id, wave;

	if (!res_i64(r, i, 0, &id, e) || !res_i64(r, i, 4, &h->year, e) ||
	    !res_i64(r, i, 5, &h->version, e) || !res_i64(r, i, 8, &wave, e))
		return false;
	h->id = (int32_t)id;
	h->wave_id = (int32_t)wave;
	h->code = keep(a, r, i, 1);
	h->name = keep(a, r, i, 2);
	h->wave = keep(a, r, i, 3);
	h->trial = res_bool(r, i, 6);
	h->published = res_bool(r, i, 7);
	return !arena_broken(a) || err_no_memory(e);
}

bool store_round_list(struct db *db, const char *code, struct arena *a,
		      struct round_head **out, size_t *n, struct err *e)
{
	const char *args[] = { code };
	struct res *r = db_run(db, Q_ROUND_LIST, args, e);
	struct round_head *list;
	bool ok = true;

	if (!r)
		return false;
	*n = res_rows(r);
	list = arena_array(a, *n + 1, sizeof *list);
	for (size_t i = 0; list && ok && i < *n; i++)
		ok = read_head(r, i, a, &list[i], e);
	*out = list;
	res_free(r);
	return list ? ok : err_no_memory(e);
}

bool store_round_head(struct db *db, const char *code, struct arena *a,
		      struct round_head *out, struct err *e)
{
	struct round_head *list;
	size_t n;

	if (!store_round_list(db, code, a, &list, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_INPUT,
			       "không có kỳ đánh giá này (no round \"%.64s\")",
			       code);
	*out = list[0];
	return true;
}

static void round_arg(int32_t round, char text[16])
{
	(void)snprintf(text, 16, "%" PRId32, round);
}

bool store_round_text_at(struct db *db, int32_t round, const char *version,
			 struct arena *a, const char **text, struct err *e)
{
	char id[16];
	const char *args[] = { id, version };
	struct res *r;
	bool ok;

	round_arg(round, id);
	r = db_run(db, Q_ROUND_TEXT, args, e);
	ok = r &&
	     (res_rows(r) == 1 ||
	      err_set(e, ERR_INPUT, "không có phiên bản này (no version %.20s)",
		      version ? version : ""));
	*text = ok ? res_dup(a, r, 0, 0) : NULL;
	ok = ok && (*text || err_no_memory(e));
	res_free(r);
	return ok;
}

bool store_round_text(struct db *db, int32_t round, struct arena *a,
		      const char **text, struct err *e)
{
	return store_round_text_at(db, round, NULL, a, text, e);
}

static bool read_task(const struct res *r, size_t i, struct arena *a,
		      struct task_row *t, struct err *e)
{
	t->code = keep(a, r, i, 0);
	t->title = keep(a, r, i, 1);
	t->step = keep(a, r, i, 2);
	t->opens = keep(a, r, i, 3);
	t->due = keep(a, r, i, 4);
	t->lead = keep(a, r, i, 5);
	t->cooperating = keep(a, r, i, 6);
	t->state = keep(a, r, i, 7);
	t->note = keep(a, r, i, 8);
	t->by = keep(a, r, i, 9);
	t->at = keep(a, r, i, 10);
	return res_i64(r, i, 11, &t->version, e) &&
	       res_i64(r, i, 12, &t->days_late, e) &&
	       (!arena_broken(a) || err_no_memory(e));
}

bool store_round_tasks(struct db *db, int32_t round, struct arena *a,
		       struct task_row **out, size_t *n, struct err *e)
{
	char id[16];
	const char *args[] = { id };
	struct task_row *list;
	struct res *r;
	bool ok = true;

	round_arg(round, id);
	r = db_run(db, Q_ROUND_TASKS, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	list = arena_array(a, *n + 1, sizeof *list);
	for (size_t i = 0; list && ok && i < *n; i++)
		ok = read_task(r, i, a, &list[i], e);
	*out = list;
	res_free(r);
	return list ? ok : err_no_memory(e);
}

bool store_round_steps(struct db *db, int32_t round, struct arena *a,
		       struct step_row out[4], struct err *e)
{
	char id[16];
	const char *args[] = { id };
	struct res *r;
	bool ok;

	round_arg(round, id);
	r = db_run(db, Q_ROUND_STEPS, args, e);
	ok = r && (res_rows(r) == 4 || err_set(e, ERR_BUG, "not four steps"));
	for (size_t i = 0; ok && i < 4; i++)
		out[i] =
			(struct step_row){ keep(a, r, i, 0), keep(a, r, i, 1),
					   keep(a, r, i, 2), keep(a, r, i, 3) };
	res_free(r);
	return ok && (!arena_broken(a) || err_no_memory(e));
}

bool store_task_put(struct db *db, int32_t round, const char *task,
		    int64_t version, const char *state, const char *note,
		    const char *by, struct err *e)
{
	char id[16], was[24];
	const char *args[] = { id, task, was, state, note, by };
	struct res *r;
	int64_t now = 0;
	bool ok;

	round_arg(round, id);
	(void)snprintf(was, sizeof was, "%" PRId64, version);
	r = db_run(db, Q_ROUND_TASK_PUT, args, e);
	ok = r && (!res_null(r, 0, 0) ||
		   err_set(e, ERR_INPUT,
			   "không có nhiệm vụ này (no task \"%.64s\")", task));
	ok = ok && res_i64(r, 0, 0, &now, e) &&
	     (now > 0 || err_set(e, ERR_CONFLICT,
				 "người khác vừa sửa nhiệm vụ này, xem lại "
				 "(somebody changed the task: look again)"));
	res_free(r);
	return ok;
}

bool store_step_put(struct db *db, int32_t round, enum round_step step,
		    const char *until, const char *reason, const char *by,
		    struct err *e)
{
	char id[16];
	const char *args[] = { id, round_step_word(step), until, reason, by };

	round_arg(round, id);
	return db_do(db, Q_ROUND_STEP_PUT, args, e);
}

bool store_round_seats(struct db *db, int32_t round, struct arena *a,
		       struct round_seat **out, size_t *n, struct err *e)
{
	char id[16];
	const char *args[] = { id };
	struct round_seat *list;
	struct res *r;

	round_arg(round, id);
	r = db_run(db, Q_ROUND_SEATS, args, e);
	if (!r)
		return false;
	*n = res_rows(r);
	list = arena_array(a, *n + 1, sizeof *list);
	for (size_t i = 0; list && i < *n; i++) {
		list[i].office = res_dup(a, r, i, 0);
		list[i].unit = res_dup(a, r, i, 1);
	}
	*out = list;
	res_free(r);
	return (list && !arena_broken(a)) || err_no_memory(e);
}
