#include "phieu/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES ((size_t)4 << 20)

/* ---- parameters -------------------------------------------------------- */

/* {"a","b"}; NULL of who sees everything. */
static bool areas_text(const struct ledger_who *who, struct buf *b,
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

static const char *value_of(const struct act_param *params,
			    const char *const *values, const char *name)
{
	int at = act_param_at(params, name);
	const char *s = at < 0 ? NULL : values[at];

	return s && *s ? s : NULL;
}

static bool complete(const char *name, const struct act_param *params, size_t n,
		     const char *const *values, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (params[i].need == ACT_REQUIRED &&
		    (!values[i] || !*values[i]))
			return err_set(e, ERR_INPUT,
				       "%s: còn thiếu (is missing): %s", name,
				       params[i].name);
	return true;
}

/* ---- acts -------------------------------------------------------------- */

/* What the database refused, without the name of the statement. */
static bool plain_words(struct err *e)
{
	const char *colon = strstr(e->msg, ": ");

	if (colon && (strncmp(e->msg, "ledger_", 7) == 0 ||
		      strncmp(e->msg, "freeze_ledger", 13) == 0))
		memmove(e->msg, colon + 2, strlen(colon + 2) + 1);
	return false;
}

struct asked { /* what an act is run with */
	struct buf areas, from, to;
	char wave[16];
	const char *args[13];
};

static bool fill_sheets(const struct ledger_act *a, const char *const *values,
			struct asked *q, struct err *e)
{
	static const char *const names[] = { "group", "unit",	"count",
					     "agent", "reason", "version" };
	const char *sheets = value_of(a->params, values, "sheets");

	q->args[4] = a->name;
	if (sheets) {
		if (!ledger_sheets_read(sheets, &q->from, &q->to, e))
			return false;
		q->args[5] = buf_cstr(&q->from);
		q->args[6] = buf_cstr(&q->to);
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		q->args[7 + i] = value_of(a->params, values, names[i]);
	return true;
}

/* A replacing number is of a sheet and so of an area; what else has no sheets
 * is an act on the wave. */
static bool fill_other(const struct ledger_act *a, const struct ledger_who *who,
		       const char *const *values, struct asked *q,
		       struct err *e)
{
	size_t at = a->query == Q_LEDGER_REPLACE ? 4 : 3;

	if (at == 3 && !who->everywhere)
		return err_set(e, ERR_DENIED,
			       "việc này của cả đợt, ngoài địa bàn của bạn "
			       "(this is of the whole wave)");
	for (size_t i = 0; i < ledger_act_params(a); i++)
		q->args[at + i] = values[i] && *values[i] ? values[i] : NULL;
	if (at == 3)
		return true;
	if (!values[0] || !ledger_sheets_read(values[0], &q->from, &q->to, e))
		return false;
	if (strcmp(buf_cstr(&q->from), buf_cstr(&q->to)) != 0)
		return err_set(e, ERR_INPUT,
			       "thay từng phiếu một (one sheet at a time)");
	/* one number, as it is printed */
	q->from.data[q->from.len - 1] = '\0';
	q->args[4] = q->from.data + 1;
	return true;
}

static bool read_number(const struct res *r, int col, int64_t *out,
			struct err *e)
{
	return res_null(r, 0, col) || res_i64(r, 0, col, out, e);
}

static bool read_done(const struct res *r, struct ledger_done *out,
		      struct err *e)
{
	const char *made;

	*out = (struct ledger_done){ 0 };
	if (res_rows(r) != 1)
		return err_set(e, ERR_BUG, "an act of the ledger said nothing");
	made = res_text(r, 0, 3);
	(void)snprintf(out->made, sizeof out->made, "%s", made ? made : "");
	return read_number(r, 0, &out->event, e) &&
	       read_number(r, 1, &out->moved, e) &&
	       read_number(r, 2, &out->paper, e);
}

bool store_ledger_act(struct db *db, const struct ledger_act *a, int32_t wave,
		      const struct ledger_who *who, const char *const *values,
		      struct ledger_done *out, struct err *e)
{
	struct asked q = { .areas = BUF_INIT(TEXT_BYTES),
			   .from = BUF_INIT(TEXT_BYTES),
			   .to = BUF_INIT(TEXT_BYTES),
			   .args = { q.wave, who->by, who->role } };
	struct res *r = NULL;
	bool ok;

	(void)snprintf(q.wave, sizeof q.wave, "%" PRId32, wave);
	ok = complete(a->name, a->params, ledger_act_params(a), values, e) &&
	     areas_text(who, &q.areas, &q.args[3], e) &&
	     (a->sheets ? fill_sheets(a, values, &q, e)
			: fill_other(a, who, values, &q, e));
	if (ok) {
		r = db_run(db, a->query, q.args, e);
		ok = r ? read_done(r, out, e) : plain_words(e);
	}
	res_free(r);
	buf_free(&q.areas);
	buf_free(&q.from);
	buf_free(&q.to);
	return ok;
}

/* ---- lists ------------------------------------------------------------- */

static bool look(struct db *db, const char *wave, struct err *e)
{
	const char *args[] = { wave };
	struct res *r = db_run(db, Q_LEDGER_LOOK, args, e);
	bool has;

	if (!r)
		return plain_words(e);
	has = res_rows(r) == 1 && res_bool(r, 0, 0);
	res_free(r);
	return has || err_set(e, ERR_CONFLICT,
			      "đợt này chưa lập sổ phiếu (no ledger yet: phieu "
			      "ledger plan)");
}

struct res *store_ledger_list(struct db *db, const struct ledger_list *l,
			      int32_t wave, const struct ledger_who *who,
			      const char *const *values, struct err *e)
{
	const char *args[2 + ACT_PARAMS_MAX] = { NULL };
	struct buf areas = BUF_INIT(TEXT_BYTES);
	struct res *r = NULL;
	char id[16];

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	args[0] = id;
	if (complete(l->name, l->params, ledger_list_params(l), values, e) &&
	    areas_text(who, &areas, &args[1], e) && look(db, id, e)) {
		for (size_t i = 0; i < ledger_list_params(l); i++)
			args[2 + i] =
				values[i] && *values[i] ? values[i] : NULL;
		r = db_run(db, l->query, args, e);
		if (!r)
			(void)plain_words(e);
	}
	buf_free(&areas);
	return r;
}

bool store_ledger_rules(struct db *db, struct buf *out, struct err *e)
{
	struct res *r = db_run(db, Q_LEDGER_RULES, NULL, e);

	if (!r)
		return false;
	buf_adds(out, "| of | status | act | next | who | reason |\n"
		      "| --- | --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < res_rows(r); i++)
		buf_addf(out, "| %s | %s | %s | %s | %s | %s |\n",
			 res_text(r, i, 0), res_text(r, i, 1),
			 res_text(r, i, 2), res_text(r, i, 3),
			 res_text(r, i, 4), res_bool(r, i, 5) ? "yes" : "");
	res_free(r);
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}

bool store_ledger_may_freeze(struct db *owner, int32_t wave, struct err *e)
{
	char id[16];
	const char *args[] = { id };

	(void)snprintf(id, sizeof id, "%" PRId32, wave);
	return db_do(owner, Q_FREEZE_LEDGER, args, e) || plain_words(e);
}
