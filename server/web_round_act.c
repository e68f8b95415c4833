/* Acts and lists of a round, each a row of act.h. */
#include "web_round.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "phieu/json.h"

/* ---- POST /v1/rounds/{round}/acts/{act} ---------------------------------- */

static bool refuse(struct web_room *m, const char *code, const char *name,
		   const char *words, struct err *e)
{
	m->no.code = code;
	m->no.place = name ? arena_printf(m->rq->arena, "/%s", name) : NULL;
	return err_set(e, ERR_INPUT, "%s", words);
}

/* A member as the text a statement takes; numbers are whole, for official
 * values are text. */
static bool take_value(struct web_room *m, const struct act_param *p,
		       const cJSON *v, const char **out, struct err *e)
{
	bool flag = cJSON_IsBool(v);
	double d = v->valuedouble;

	if (cJSON_IsNull(v))
		return true;
	if (p->flag && flag) {
		*out = cJSON_IsTrue(v) ? "true" : "false";
		return true;
	}
	if (!p->flag && cJSON_IsString(v)) {
		*out = v->valuestring;
		return true;
	}
	if (!p->flag && cJSON_IsNumber(v) && d > -1e15 && d < 1e15 &&
	    d == (double)(int64_t)d) {
		*out = arena_printf(m->rq->arena, "%lld",
				    (long long)(int64_t)d);
		return *out || err_set(e, ERR_NOMEM, "out of memory");
	}
	return refuse(m, "bad-value", p->name,
		      p->flag ? "ghi true hoặc false (true or false)"
			      : "ghi dạng văn bản, như \"1.5\" (as text, like "
				"\"1.5\")",
		      e);
}

static bool take_members(struct web_room *m, const struct act *a,
			 const cJSON *body, const char **values, struct err *e)
{
	for (size_t i = 0; i < act_params(a); i++)
		if (a->params[i].flag)
			values[i] = "false";
	for (const cJSON *v = body->child; v; v = v->next) {
		int at = act_param_at(a->params, v->string);

		if (at < 0)
			return refuse(m, "unknown-parameter", v->string,
				      "unknown parameter", e);
		if (!take_value(m, &a->params[at], v, &values[at], e))
			return false;
	}
	return true;
}

static bool is_number(const char *s)
{
	return *s && strlen(s) < 16 && strspn(s, "0123456789") == strlen(s);
}

static void put_made(struct web_room *m, const struct act *a, const char *made)
{
	struct jw j;

	jw_init(&j, &m->rp->body);
	jw_object(&j);
	jw_kv(&j, "round", m->head.code);
	jw_kv(&j, "act", a->name);
	jw_kv(&j, "done_vi", a->summary_vi);
	jw_key(&j, "made");
	if (is_number(made))
		jw_raw(&j, made);
	else
		jw_text(&j, *made ? made : NULL);
	jw_object_end(&j);
}

static bool act_with(struct web_room *m, const struct act *a, const cJSON *body,
		     struct err *e)
{
	const char *values[ACT_PARAMS_MAX] = { NULL }, *made = "";

	if (!take_members(m, a, body, values, e) ||
	    !web_room_act(m, a, values, &made, e))
		return false;
	put_made(m, a, made);
	return true;
}

/* Who may not at all need not send a body that fits. */
static bool may_at_all(struct web_room *m, const struct act *a, struct err *e)
{
	const struct round_ask ask = round_ask_act(a);
	const char *unit = NULL, *office = NULL;

	return round_may(&m->who, &ask, NULL, NULL).why == ROUND_WHICH ||
	       web_room_may(m, &ask, &unit, &office, e);
}

static bool act_post(struct web_room *m, struct err *e)
{
	const struct act *a = act_find(m->rq->param[1]);
	cJSON *body;
	bool ok;

	if (!a)
		return refuse(m, "unknown-act", NULL, "no such act", e);
	if (!may_at_all(m, a, e))
		return false;
	body = web_read_object(m->rq, m->rp);
	if (!body)
		return true; /* said already */
	ok = act_with(m, a, body, e);
	cJSON_Delete(body);
	return ok;
}

enum http_done web_round_act(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return web_run_round(rq, rp, app, act_post);
}

/* ---- GET /v1/rounds/{round}/lists/{list} --------------------------------- */

struct window {
	size_t offset, limit, end, total;
};

static bool take_query(struct web_room *m, const struct act_list *l,
		       const char **values, struct err *e)
{
	struct http_pair pairs[LIMIT_HTTP_QUERY_PARAMS];
	const char *query = m->rq->query ? m->rq->query : "";
	size_t n = 0;

	if (!http_parse_query(m->rq->arena, query, strlen(query), pairs,
			      LIMIT_HTTP_QUERY_PARAMS, &n))
		return refuse(m, "bad-value", NULL,
			      "địa chỉ không đọc được (the query cannot be "
			      "read)",
			      e);
	for (size_t i = 0; i < n; i++) {
		int at = act_param_at(l->params, pairs[i].name);

		if (at >= 0)
			values[at] = pairs[i].value;
		else if (strcmp(pairs[i].name, "offset") != 0 &&
			 strcmp(pairs[i].name, "limit") != 0)
			return refuse(m, "unknown-parameter", pairs[i].name,
				      "unknown parameter", e);
	}
	return true;
}

static void put_cell(struct jw *j, const struct res *r, size_t row, int col)
{
	jw_key(j, res_name(r, col));
	if (res_null(r, row, col))
		jw_null(j);
	else if (res_kind(r, col) == RES_INTEGER)
		jw_raw(j, res_text(r, row, col));
	else if (res_kind(r, col) == RES_TRUTH)
		jw_bool(j, res_bool(r, row, col));
	else
		jw_text(j, res_text(r, row, col));
}

static void put_next(struct jw *j, struct web_room *m, const struct act_list *l,
		     const char *const *values, const struct window *w)
{
	struct buf b = BUF_INIT(LIMIT_HTTP_PATH_BYTES);

	jw_key(j, "next");
	if (w->end >= w->total) {
		jw_null(j);
		return;
	}
	buf_addf(&b, "/v1/rounds/%s/lists/", m->head.code);
	for (const char *c = l->name; *c; c++)
		buf_add(&b, *c == ' ' ? "-" : c, 1);
	buf_addf(&b, "?offset=%zu&limit=%zu", w->end, w->limit);
	for (size_t i = 0; i < act_list_params(l); i++) {
		if (!values[i])
			continue;
		buf_addf(&b, "&%s=", l->params[i].name);
		for (const char *c = values[i]; *c; c++)
			if (isalnum((unsigned char)*c) || strchr("-._~", *c))
				buf_add(&b, c, 1);
			else
				buf_addf(&b, "%%%02X", (unsigned char)*c);
	}
	jw_text(j, buf_cstr(&b));
	buf_free(&b);
}

static void put_json(struct web_room *m, const struct act_list *l,
		     const struct res *r, const char *const *values,
		     const struct window *w)
{
	struct jw j;

	jw_init(&j, &m->rp->body);
	jw_object(&j);
	jw_kv(&j, "round", m->head.code);
	jw_kb(&j, "trial", m->head.trial);
	jw_kv(&j, "list", l->name);
	jw_ki(&j, "offset", (int64_t)w->offset);
	jw_ki(&j, "total", (int64_t)w->total);
	jw_key(&j, "rows");
	jw_array(&j);
	for (size_t i = w->offset; i < w->end; i++) {
		jw_object(&j);
		for (int c = 0; c < (int)res_columns(r); c++)
			put_cell(&j, r, i, c);
		jw_object_end(&j);
	}
	jw_array_end(&j);
	put_next(&j, m, l, values, w);
	jw_object_end(&j);
}

static bool list_get(struct web_room *m, struct err *e)
{
	const struct act_list *l = act_list_find(m->rq->param[1]);
	const char *values[ACT_PARAMS_MAX] = { NULL };
	struct window w = { 0 };
	struct res *r;

	if (!l)
		return refuse(m, "unknown-list", NULL, "no such list", e);
	if (!web_page(m->rq, m->rp, &w.offset, &w.limit))
		return true;
	if (!take_query(m, l, values, e))
		return false;
	r = web_room_list(m, l, values, e);
	if (!r)
		return false;
	w.total = res_rows(r);
	w.offset = w.offset < w.total ? w.offset : w.total;
	w.end = w.limit && w.limit < w.total - w.offset ? w.offset + w.limit
							: w.total;
	if (m->head.trial)
		http_set_header(m->rp, "X-Phieu-Trial", "mau-thu");
	if (web_wants_csv(m->rq, m->rp))
		res_csv(r, w.offset, w.end, &m->rp->body);
	else
		put_json(m, l, r, values, &w);
	res_free(r);
	return true;
}

enum http_done web_round_list(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	return web_run_round(rq, rp, app, list_get);
}
