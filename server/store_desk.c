#include "phieu/desk.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/ledger.h"
#include "phieu/second.h"
#include "phieu/store_quality.h"
#include "phieu/store_recheck.h"

#define TEXT_BYTES ((size_t)4 << 20)

enum { ARGS_MAX = 6 + 2 * DESK_PARAMS_MAX };

/* ---- parameters -------------------------------------------------------- */

/* {"a","b"}; NULL of who sees everything. */
static bool areas_text(const struct desk_who *who, struct buf *b,
		       const char **out, struct err *e)
{
	*out = NULL;
	if (who->everywhere)
		return true;
	buf_adds(b, "{");
	for (size_t i = 0; i < who->n_areas; i++) {
		buf_adds(b, i ? ",\"" : "\"");
		for (const char *s = who->areas[i]; *s; s++) {
			if (*s == '"' || *s == '\\')
				buf_adds(b, "\\");
			buf_add(b, s, 1);
		}
		buf_adds(b, "\"");
	}
	buf_adds(b, "}");
	*out = buf_cstr(b);
	return *out || err_set(e, ERR_NOMEM, "out of memory");
}

static bool complete(const char *name, const struct desk_param *params,
		     const char *const *values, struct err *e)
{
	for (size_t i = 0; i < desk_params(params); i++)
		if (params[i].needed && (!values[i] || !*values[i]))
			return err_set(e, ERR_INPUT,
				       "%s: còn thiếu (is missing): %s", name,
				       params[i].name);
	return true;
}

struct asked { /* what a statement is run with */
	struct buf areas, from, to, one, far;
	char wave[16];
	const char *args[ARGS_MAX];
	size_t n;
};

static void asked_init(struct asked *q, int32_t wave)
{
	*q = (struct asked){ .areas = BUF_INIT(TEXT_BYTES),
			     .from = BUF_INIT(TEXT_BYTES),
			     .to = BUF_INIT(TEXT_BYTES),
			     .one = BUF_INIT(TEXT_BYTES),
			     .far = BUF_INIT(TEXT_BYTES) };
	(void)snprintf(q->wave, sizeof q->wave, "%" PRId32, wave);
	q->args[q->n++] = q->wave;
}

static void asked_clear(struct asked *q)
{
	buf_free(&q->areas);
	buf_free(&q->from);
	buf_free(&q->to);
	buf_free(&q->one);
	buf_free(&q->far);
}

static bool put_sheets(const char *value, struct asked *q, struct err *e)
{
	q->n += 2;
	if (!value)
		return true;
	/* the buffers serve one parameter: a second would move the first */
	if (q->from.len > 0)
		return err_set(e, ERR_BUG, "two lists of sheets");
	if (!ledger_sheets_read(value, &q->from, &q->to, e))
		return false;
	q->args[q->n - 2] = buf_cstr(&q->from);
	q->args[q->n - 1] = buf_cstr(&q->to);
	return true;
}

/* One number, as it is printed. */
static bool put_sheet(const char *value, struct asked *q, struct err *e)
{
	struct buf to = BUF_INIT(TEXT_BYTES);
	bool ok;

	q->n++;
	if (!value)
		return true;
	if (q->one.len > 0)
		return err_set(e, ERR_BUG, "two sheets");
	ok = ledger_sheets_read(value, &q->one, &to, e);
	if (ok && (strcmp(buf_cstr(&q->one), buf_cstr(&to)) != 0 ||
		   strchr(q->one.data, ',')))
		ok = err_set(e, ERR_INPUT,
			     "từng phiếu một (one sheet at a time)");
	buf_free(&to);
	if (!ok)
		return false;
	q->one.data[q->one.len - 1] = '\0'; /* without the braces */
	q->args[q->n - 1] = q->one.data + 1;
	return true;
}

static bool put_values(const struct desk_param *params,
		       const char *const *values, struct asked *q,
		       struct err *e)
{
	for (size_t i = 0; i < desk_params(params); i++) {
		const char *s = values[i] && *values[i] ? values[i] : NULL;

		if (params[i].kind == DESK_SHEETS) {
			if (!put_sheets(s, q, e))
				return false;
		} else if (params[i].kind == DESK_SHEET) {
			if (!put_sheet(s, q, e))
				return false;
		} else {
			q->args[q->n++] = s;
		}
	}
	return true;
}

/* What the database refused, without the name of the statement. */
bool store_desk_words(struct err *e)
{
	size_t n = 0;

	while (islower((unsigned char)e->msg[n]) || e->msg[n] == '_' ||
	       isdigit((unsigned char)e->msg[n]))
		n++;
	if (n > 0 && e->sqlstate[0] && strncmp(e->msg + n, ": ", 2) == 0)
		memmove(e->msg, e->msg + n + 2, strlen(e->msg + n + 2) + 1);
	return false;
}

/* ---- acts -------------------------------------------------------------- */

static bool read_number(const struct res *r, int col, int64_t *out,
			struct err *e)
{
	return res_null(r, 0, col) || res_i64(r, 0, col, out, e);
}

static bool read_done(const struct res *r, struct desk_done *out, struct err *e)
{
	const char *made;

	*out = (struct desk_done){ 0 };
	if (res_rows(r) != 1)
		return err_set(e, ERR_BUG, "an act said nothing");
	made = res_text(r, 0, 3);
	(void)snprintf(out->made, sizeof out->made, "%s", made ? made : "");
	return read_number(r, 0, &out->event, e) &&
	       read_number(r, 1, &out->moved, e) &&
	       read_number(r, 2, &out->paper, e);
}

static bool fill_act(const struct desk_act *a, const struct desk_who *who,
		     const char *const *values, struct asked *q, struct err *e)
{
	if (a->whole && !who->everywhere)
		return err_set(e, ERR_DENIED,
			       "việc này của cả đợt, ngoài địa bàn của bạn "
			       "(this is of the whole wave)");
	q->args[q->n++] = who->by;
	q->args[q->n++] = who->role;
	if (!a->whole && !areas_text(who, &q->areas, &q->args[q->n++], e))
		return false;
	if (a->named)
		q->args[q->n++] = a->name;
	return put_values(a->params, values, q, e);
}

bool store_desk_act(struct db *db, const struct desk_act *a, int32_t wave,
		    const struct desk_who *who, const char *const *values,
		    struct desk_done *out, struct err *e)
{
	struct asked q;
	struct res *r;
	bool ok;

	asked_init(&q, wave);
	ok = complete(a->name, a->params, values, e) &&
	     fill_act(a, who, values, &q, e);
	if (ok) {
		r = db_run(db, a->query, q.args, e);
		ok = r ? read_done(r, out, e) : store_desk_words(e);
		res_free(r);
	}
	asked_clear(&q);
	return ok;
}

/* ---- lists ------------------------------------------------------------- */

static bool look(struct db *db, const struct desk *d, const char *wave,
		 struct err *e)
{
	const char *args[] = { wave };
	struct res *r;
	bool has;

	if (!d->none)
		return true;
	r = db_run(db, d->look, args, e);
	if (!r)
		return store_desk_words(e);
	has = res_rows(r) == 1 && res_bool(r, 0, 0);
	res_free(r);
	return has || err_set(e, ERR_CONFLICT, "%s", d->none);
}

static bool fill_list(const struct desk_list *l, const struct desk_who *who,
		      const char *const *values, struct asked *q, struct err *e)
{
	if (l->asks_who) {
		q->args[q->n++] = who->by;
		q->args[q->n++] = who->role;
	}
	return areas_text(who, &q->areas, &q->args[q->n++], e) &&
	       put_values(l->params, values, q, e);
}

/* What a statement cannot work out itself. */
static bool fill_far(struct db *db, int32_t wave, struct asked *q,
		     struct err *e)
{
	if (!store_quality_far(db, wave, &q->far, e))
		return store_desk_words(e);
	q->args[q->n++] = buf_cstr(&q->far);
	return true;
}

static struct res *answer(struct db *db, const struct desk_list *l,
			  const char *const *args, struct err *e)
{
	switch (l->work) {
	case DESK_AGREEMENT: return store_recheck_agreement(db, args, e);
	case DESK_QUESTIONS: return store_recheck_questions(db, args, e);
	case DESK_STATEMENT: break;
	}
	return db_run(db, l->query, args, e);
}

struct res *store_desk_list(struct db *db, const struct desk *d,
			    const struct desk_list *l, int32_t wave,
			    const struct desk_who *who,
			    const char *const *values, struct err *e)
{
	struct res *r = NULL;
	struct asked q;

	asked_init(&q, wave);
	if (complete(l->name, l->params, values, e) &&
	    fill_list(l, who, values, &q, e) && look(db, d, q.wave, e) &&
	    (!l->wants_far || fill_far(db, wave, &q, e))) {
		r = answer(db, l, q.args, e);
		if (!r)
			(void)store_desk_words(e);
		else if (l->shares)
			r = store_second_shares(db, r, e);
	}
	asked_clear(&q);
	return r;
}

struct res *store_desk_choices(struct db *db, int32_t wave,
			       const struct desk_who *who, struct err *e)
{
	struct res *r = NULL;
	struct asked q;

	asked_init(&q, wave);
	if (areas_text(who, &q.areas, &q.args[q.n], e))
		r = db_run(db, Q_DESK_CHOICES, q.args, e);
	asked_clear(&q);
	return r;
}

struct res *store_desk_may(struct db *db, const char *of, const char *status,
			   struct err *e)
{
	const char *args[] = { of, status };

	return db_run(db, Q_DESK_MAY, args, e);
}
