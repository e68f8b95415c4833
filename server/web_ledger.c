/* The sheet ledger over HTTP: one route for all acts, one for all lists, from
 * the tables of ledger.h.  Whoever has an area finds nothing beyond it. */
#include <stdio.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/ledger.h"
#include "web_impl.h"

static bool is_for(const struct grant *g, unsigned roles, int32_t wave)
{
	return (roles & ROLE_BIT(g->role)) && (g->wave == 0 || g->wave == wave);
}

/* The first of `roles` that he has in this wave, with its areas; acting, one
 * role at a time, looking (`all`) the areas of every one.  False: none. */
static bool as_whom(struct http_request *rq, unsigned roles, int32_t wave,
		    bool all, struct ledger_who *who, struct err *e)
{
	const struct identity *id = rq->identity;
	const char **areas;

	*who = (struct ledger_who){ 0 };
	roles &= id->roles;
	if (!id->is_person) {
		*who = (struct ledger_who){ .by = id->key.name,
					    .role = role_name(id->key.role),
					    .everywhere = true };
		return roles;
	}
	areas = arena_array(rq->arena, id->person.n_grants + 1, sizeof *areas);
	if (!areas) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	who->by = id->person.login;
	who->areas = areas;
	for (size_t i = 0; i < id->person.n_grants; i++) {
		const struct grant *g = &id->person.grants[i];

		if (!is_for(g, roles, wave))
			continue;
		if (!who->role)
			who->role = role_name(g->role);
		if (!all && strcmp(who->role, role_name(g->role)) != 0)
			continue;
		who->everywhere = who->everywhere || !g->unit;
		if (g->unit)
			areas[who->n_areas++] = g->unit;
	}
	return who->role;
}

static void refuse_role(struct http_request *rq, struct http_reply *rp)
{
	http_error(rq, rp, 403, "forbidden", "not allowed", "Không có quyền");
}

/* ---- lists ------------------------------------------------------------- */

static bool put_list(struct http_request *rq, struct http_reply *rp,
		     const struct wave_head *v, const struct ledger_list *l,
		     const struct res *r)
{
	const char *accept = http_header(rq, "Accept");
	struct jw j;

	if (web_wants_csv(rq, rp)) {
		ledger_csv(r, &rp->body);
	} else if (accept && strstr(accept, "application/x-ndjson")) {
		rp->content_type = "application/x-ndjson; charset=utf-8";
		ledger_jsonl(r, &rp->body);
	} else {
		jw_init(&j, &rp->body);
		jw_object(&j);
		jw_kv(&j, "wave", v->code);
		jw_kv(&j, "state", v->state);
		jw_kb(&j, "trial", v->trial);
		jw_kb(&j, "simulated", v->simulated);
		jw_kv(&j, "list", l->name);
		jw_key(&j, "rows");
		ledger_json(r, &j);
		jw_object_end(&j);
	}
	return true;
}

struct res *web_ledger_list(struct db *db, struct http_request *rq,
			    struct http_reply *rp, const struct wave_head *v,
			    const struct ledger_list *l, struct err *e)
{
	const char *values[ACT_PARAMS_MAX] = { NULL };
	struct ledger_who who;

	if (!as_whom(rq, l->roles, v->wave, true, &who, e)) {
		if (e->kind == ERR_NONE)
			refuse_role(rq, rp);
		return NULL;
	}
	for (size_t i = 0; i < ledger_list_params(l); i++)
		values[i] = http_query(rq, l->params[i].name);
	if (l->query == Q_LEDGER_BALANCE && !values[0] &&
	    strcmp(rq->pattern, "/ledger/{wave}") == 0)
		values[0] = "area";
	return store_ledger_list(db, l, v->wave, &who, values, e);
}

static bool list(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	const struct ledger_list *l = ledger_list_find(rq->param[1]);
	struct res *r;
	bool ok;

	if (!l) {
		web_not_found(rq, rp);
		return true;
	}
	r = web_ledger_list(db, rq, rp, v, l, e);
	if (!r)
		return e->kind == ERR_NONE;
	ok = put_list(rq, rp, v, l, r);
	res_free(r);
	return ok;
}

enum http_done web_ledger_get(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	return web_run_wave(rq, rp, app, list);
}

/* ---- acts -------------------------------------------------------------- */

/* Texts, whole numbers and, where it is a flag, true or false. */
static bool read_value(const cJSON *o, const struct act_param *p,
		       struct arena *a, const char **out, struct err *e)
{
	const cJSON *v = json_get(o, p->name);
	int64_t n;

	if (p->flag)
		*out = cJSON_IsTrue(v) ? "true" : "false";
	if (!v || cJSON_IsNull(v) || (p->flag && cJSON_IsBool(v)))
		return true;
	if (!p->flag && cJSON_IsString(v))
		*out = arena_strdup(a, v->valuestring);
	else if (!p->flag && json_get_int(o, p->name, &n))
		*out = arena_printf(a, "%lld", (long long)n);
	else
		return err_set(e, ERR_INPUT, "%s: wrong type", p->name);
	return *out || err_set(e, ERR_NOMEM, "out of memory");
}

/* A name that the act does not take is a mistake and not to be passed over. */
static bool only_known(const cJSON *o, const struct ledger_act *a,
		       struct err *e)
{
	for (const cJSON *m = o->child; m; m = m->next)
		if (act_param_at(a->params, m->string) < 0)
			return err_set(e, ERR_INPUT, "%s takes no \"%.40s\"",
				       a->name, m->string);
	return true;
}

static bool read_values(const cJSON *o, const struct ledger_act *a,
			struct arena *arena, const char **values, struct err *e)
{
	if (!only_known(o, a, e))
		return false;
	for (size_t i = 0; i < ledger_act_params(a); i++)
		if (!read_value(o, &a->params[i], arena, &values[i], e))
			return false;
	return true;
}

static void put_done(struct http_reply *rp, const struct ledger_act *a,
		     const struct ledger_done *d)
{
	struct jw j;

	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "act", a->name);
	if (a->query == Q_LEDGER_CLOSE)
		jw_ki(&j, "open", d->moved);
	else if (d->moved)
		jw_ki(&j, "sheets", d->moved);
	if (d->event)
		jw_ki(&j, "event", d->event);
	if (d->paper)
		jw_ki(&j, "paper", d->paper);
	if (d->made[0])
		jw_kv(&j, "made", d->made);
	jw_object_end(&j);
}

static bool act(struct db *db, struct http_request *rq, struct http_reply *rp,
		const struct wave_head *v, struct err *e)
{
	const struct ledger_act *a = ledger_act_find(rq->param[1]);
	const char *values[ACT_PARAMS_MAX] = { NULL };
	struct ledger_done done;
	struct ledger_who who;
	cJSON *o;
	bool ok;

	if (!a) {
		web_not_found(rq, rp);
		return true;
	}
	if (!as_whom(rq, a->roles, v->wave, false, &who, e)) {
		if (e->kind == ERR_NONE)
			refuse_role(rq, rp);
		return e->kind == ERR_NONE;
	}
	o = web_read_object(rq, rp);
	if (!o)
		return true; /* said already */
	ok = read_values(o, a, rq->arena, values, e) &&
	     store_ledger_act(db, a, v->wave, &who, values, &done, e);
	if (ok)
		put_done(rp, a, &done);
	cJSON_Delete(o);
	return ok;
}

enum http_done web_ledger_act(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	return web_run_wave(rq, rp, app, act);
}

/* ---- papers ------------------------------------------------------------ */

static bool paper(struct db *db, struct http_request *rq, struct http_reply *rp,
		  const struct wave_head *v, struct err *e)
{
	const struct ledger_list *l = ledger_list_find("paper");
	const char *values[ACT_PARAMS_MAX] = { rq->param[1] };
	struct ledger_paper_head head = { .superior = "",
					  .body = "",
					  .place = "" };
	struct ledger_who who;
	struct paper d;
	struct res *r;
	bool ok;

	if (!as_whom(rq, l->roles, v->wave, true, &who, e)) {
		if (e->kind == ERR_NONE)
			refuse_role(rq, rp);
		return e->kind == ERR_NONE;
	}
	r = store_ledger_list(db, l, v->wave, &who, values, e);
	if (!r)
		return false;
	if (res_rows(r) == 0) {
		res_free(r);
		web_not_found(rq, rp);
		return true;
	}
	head.wave = v;
	ok = ledger_paper(r, &head, rq->arena, &d, e) &&
	     paper_html(&d, &rp->body, e);
	if (ok) {
		rp->content_type = "text/html; charset=utf-8";
		http_set_header(rp, "Content-Security-Policy",
				"default-src 'none'; style-src "
				"'unsafe-inline'; base-uri 'none'; "
				"frame-ancestors 'none'");
	}
	res_free(r);
	return ok;
}

enum http_done web_ledger_paper(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_wave(rq, rp, app, paper);
}
