#include "phieu/store_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "store_plan_doc.h"

struct head { /* the wave as it stands */
	int64_t wave, version;
	bool used; /* sheets have come in */
	char state[12];
	char sha256[65];
};

static struct plan *read_text(const char *text, size_t n, struct err *e)
{
	struct arena *a = arena_new(LIMIT_PLAN_ARENA);
	struct faults f;
	struct plan *p = NULL;

	if (!a) {
		err_set(e, ERR_NOMEM, "out of memory for the plan");
		return NULL;
	}
	faults_init(&f, a);
	p = plan_read(text, n, &f, e);
	if (!p && f.n)
		err_set(e, ERR_BUG, "stored plan has a fault: %s %s",
			f.list[0].code, f.list[0].path);
	arena_free(a);
	return p;
}

/* ERR_CONFLICT with the first reason when the new plan does not fit sheets
 * that are at hand. */
static bool fits(const struct res *r, const struct plan *now, struct err *e)
{
	struct plan *was = read_text(res_text(r, 0, 3), res_len(r, 0, 3), e);
	struct arena *a = arena_new(LIMIT_PLAN_ARENA);
	struct faults f;
	bool ok = false;

	if (!was)
		goto out;
	if (!a) {
		err_set(e, ERR_NOMEM, "out of memory for the plan");
		goto out;
	}
	faults_init(&f, a);
	ok = plan_may_follow(was, now, &f);
	if (!ok)
		err_set(e, ERR_CONFLICT, "%s (%zu in all)", f.list[0].message,
			f.n + f.more);
out:
	plan_free(was);
	arena_free(a);
	return ok;
}

static bool read_head(const struct res *r, struct head *h, struct err *e)
{
	*h = (struct head){ 0 };
	if (!res_i64(r, 0, 0, &h->wave, e) ||
	    (!res_null(r, 0, 2) && !res_i64(r, 0, 2, &h->version, e)))
		return false;
	(void)snprintf(h->state, sizeof h->state, "%s", res_text(r, 0, 1));
	if (res_text(r, 0, 4))
		(void)snprintf(h->sha256, sizeof h->sha256, "%s",
			       res_text(r, 0, 4));
	h->used = res_bool(r, 0, 5);
	return true;
}

/* Makes the wave if it is new, locks it, says how it stands. */
static bool take_wave(struct db *db, const struct plan *p, struct head *h,
		      struct err *e)
{
	char from[DATE_TEXT_MAX], to[DATE_TEXT_MAX];
	const char *add[] = { p->wave, p->name, date_text(p->from, from),
			      date_text(p->to, to),
			      p->is_trial ? "true" : "false" };
	const char *code[] = { p->wave };
	struct res *r = NULL;
	bool ok = false;

	if (!db_do(db, Q_PLAN_WAVE_ADD, add, e) ||
	    !db_do(db, Q_PLAN_WAVE_GUARD, code, e))
		return false;
	r = db_run(db, Q_PLAN_WAVE_LOCK, code, e);
	if (!r || !read_head(r, h, e))
		goto out;
	if (h->version > 0 && strcmp(h->sha256, p->sha256) == 0) {
		ok = true; /* nothing to change, whatever the state */
		goto out;
	}
	if (strcmp(h->state, "frozen") == 0 ||
	    strcmp(h->state, "published") == 0) {
		err_set(e, ERR_CONFLICT,
			"số liệu đã khóa, kế hoạch giữ nguyên (wave %s is %s, "
			"its plan stays)",
			p->wave, h->state);
		goto out;
	}
	ok = h->version == 0 || !h->used || fits(r, p, e);
out:
	res_free(r);
	return ok;
}

static bool put_version(struct db *db, const struct plan *p,
			const struct head *h, const char *reason,
			const char *by, struct err *e)
{
	char wave[24], version[24], from[DATE_TEXT_MAX], to[DATE_TEXT_MAX];
	const char *set[] = { wave, p->name, date_text(p->from, from),
			      date_text(p->to, to),
			      p->is_trial ? "true" : "false" };
	const char *add[] = { wave, version, p->text, p->sha256, reason, by };

	(void)snprintf(wave, sizeof wave, "%" PRId64, h->wave);
	(void)snprintf(version, sizeof version, "%" PRId64, h->version + 1);
	return db_do(db, Q_PLAN_WAVE_SET, set, e) &&
	       db_do(db, Q_PLAN_VERSION_ADD, add, e);
}

/* The tables beside the text, in an order that keeps every key. */
static bool put_tables(struct db *db, const struct plan *p,
		       const struct head *h, const char *reason, const char *by,
		       struct err *e)
{
	static const enum q order[] = {
		Q_PLAN_UNIT_PUT,       Q_PLAN_UNIT_TIE,	    Q_PLAN_FORM_PUT,
		Q_PLAN_QUESTION_CLEAR, Q_PLAN_QUESTION_PUT, Q_PLAN_OPTION_PUT,
		Q_PLAN_GROUP_PUT,
	};
	struct buf doc = BUF_INIT(LIMIT_PLAN_BYTES * 4);
	char wave[24];
	const char *args[4] = { wave, NULL, reason, by };
	bool ok = true;

	(void)snprintf(wave, sizeof wave, "%" PRId64, h->wave);
	store_plan_doc(p, &doc);
	args[1] = buf_cstr(&doc);
	if (!args[1])
		ok = err_set(e, ERR_NOMEM, "out of memory for the plan");
	for (size_t i = 0; ok && i < sizeof order / sizeof order[0]; i++)
		ok = db_do(db, order[i], args, e);
	ok = ok && db_do(db, Q_PLAN_QUOTA_PUT, args, e);
	buf_free(&doc);
	return ok;
}

static bool log_and_tell(struct db *db, const struct plan *p,
			 const struct head *h, const char *reason,
			 const char *by, struct err *e)
{
	struct buf b = BUF_INIT(1 << 16);
	struct jw w;
	const char *args[] = { "0", "plan.load", by, NULL };
	const char *wave[] = { p->wave };
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "wave", p->wave);
	jw_ki(&w, "version", h->version + 1);
	jw_kv(&w, "sha256", p->sha256);
	jw_kv(&w, "reason", reason);
	jw_object_end(&w);
	args[3] = buf_cstr(&b);
	ok = args[3] ? db_do(db, Q_AUDIT_APPEND, args, e)
		     : err_set(e, ERR_NOMEM, "out of memory for the log");
	ok = ok && db_do(db, Q_PLAN_NOTIFY, wave, e);
	buf_free(&b);
	return ok;
}

bool store_plan_load(struct db *owner, const struct plan *p, const char *reason,
		     const char *by, int32_t *version, bool *changed,
		     struct err *e)
{
	struct head h;
	bool ok = false;

	if (!db_begin(owner, e))
		return false;
	if (!take_wave(owner, p, &h, e))
		goto out;
	*changed = h.version == 0 || strcmp(h.sha256, p->sha256) != 0;
	*version = (int32_t)h.version + (*changed ? 1 : 0);
	if (*changed && (!put_version(owner, p, &h, reason, by, e) ||
			 !put_tables(owner, p, &h, reason, by, e) ||
			 !log_and_tell(owner, p, &h, reason, by, e)))
		goto out;
	ok = db_commit(owner, e);
out:
	if (ok)
		return true;
	db_rollback(owner);
	return err_wrap(e, "plan of wave %.64s", p->wave);
}

static size_t index_of(const struct plan *p, char kind, const char *code)
{
	const char *slash = strchr(code, '/');
	char form[LIMIT_CODE_BYTES + 1];

	if (kind == 'u')
		return plan_unit(p, code);
	if (kind == 'g')
		return plan_group(p, code);
	if (!slash || (size_t)(slash - code) >= sizeof form)
		return NONE;
	memcpy(form, code, (size_t)(slash - code));
	form[slash - code] = '\0';
	return plan_form(p, form, slash + 1);
}

/* Both directions of one kind of ordinal. */
static bool map(const struct res *r, const struct plan *p, char kind, size_t n,
		int32_t **id, size_t **index, int32_t *last, struct err *e)
{
	int64_t v;

	*last = 0;
	for (size_t i = 0; i < res_rows(r); i++) {
		if (res_text(r, i, 0)[0] != kind)
			continue;
		if (!res_i64(r, i, 2, &v, e))
			return false;
		*last = (int32_t)v > *last ? (int32_t)v : *last;
	}
	*id = calloc(n + 1, sizeof **id);
	*index = calloc((size_t)*last + 1, sizeof **index);
	if (!*id || !*index)
		return err_set(e, ERR_NOMEM, "out of memory for the wave");
	for (size_t i = 0; i <= (size_t)*last; i++)
		(*index)[i] = NONE;
	for (size_t i = 0; i < res_rows(r); i++) {
		size_t k;

		if (res_text(r, i, 0)[0] != kind)
			continue;
		if (!res_i64(r, i, 2, &v, e))
			return false;
		k = index_of(p, kind, res_text(r, i, 1));
		(*index)[v] = k;
		if (k != NONE)
			(*id)[k] = (int32_t)v;
	}
	return true;
}

static bool map_all(struct db *db, struct wave *w, struct err *e)
{
	char wave[16];
	const char *args[] = { wave };
	struct res *r;
	bool ok;

	(void)snprintf(wave, sizeof wave, "%" PRId32, w->id);
	r = db_run(db, Q_PLAN_ORDINALS, args, e);
	ok = r &&
	     map(r, w->plan, 'u', w->plan->n_units, &w->unit_id, &w->unit_index,
		 &w->last_unit, e) &&
	     map(r, w->plan, 'g', w->plan->n_groups, &w->group_id,
		 &w->group_index, &w->last_group, e) &&
	     map(r, w->plan, 'f', w->plan->n_forms, &w->form_id, &w->form_index,
		 &w->last_form, e);
	res_free(r);
	return ok;
}

static bool read_wave(struct wave *w, const struct res *r, const char *code,
		      struct err *e)
{
	int64_t id, version;

	if (!res_i64(r, 0, 0, &id, e) || !res_i64(r, 0, 3, &version, e))
		return false;
	w->id = (int32_t)id;
	w->version = (int32_t)version;
	w->simulated = res_bool(r, 0, 2);
	(void)snprintf(w->code, sizeof w->code, "%s", code);
	(void)snprintf(w->state, sizeof w->state, "%s", res_text(r, 0, 1));
	w->plan = read_text(res_text(r, 0, 4), res_len(r, 0, 4), e);
	return w->plan != NULL;
}

struct wave *store_wave_get(struct db *db, const char *code, struct err *e)
{
	const char *args[] = { code };
	struct wave *w = NULL;
	struct res *r = db_run(db, Q_PLAN_WAVE_GET, args, e);

	if (!r)
		return NULL;
	if (res_rows(r) == 0) {
		err_set(e, ERR_INPUT,
			"không có đợt điều tra này (no wave \"%.64s\")", code);
		goto out;
	}
	w = calloc(1, sizeof *w);
	if (!w) {
		err_set(e, ERR_NOMEM, "out of memory for the wave");
		goto out;
	}
	if (!read_wave(w, r, code, e) || !map_all(db, w, e)) {
		wave_free(w);
		w = NULL;
	}
out:
	res_free(r);
	return w;
}

void wave_free(struct wave *w)
{
	if (!w)
		return;
	plan_free(w->plan);
	free(w->unit_id);
	free(w->group_id);
	free(w->form_id);
	free(w->unit_index);
	free(w->group_index);
	free(w->form_index);
	free(w);
}

size_t wave_unit(const struct wave *w, int32_t id)
{
	return id > 0 && id <= w->last_unit ? w->unit_index[id] : NONE;
}

size_t wave_group(const struct wave *w, int32_t id)
{
	return id > 0 && id <= w->last_group ? w->group_index[id] : NONE;
}

size_t wave_form(const struct wave *w, int32_t id)
{
	return id > 0 && id <= w->last_form ? w->form_index[id] : NONE;
}
