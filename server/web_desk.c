/* Desks of a wave over HTTP: a route for all acts of one, a route for all its
 * lists, from the tables of desk.h.  Whoever has an area finds nothing beyond
 * it. */
#include <stdio.h>
#include <string.h>

#include "phieu/desk.h"
#include "web_impl.h"

/* ---- as whom ------------------------------------------------------------ */

static bool is_for(const struct grant *g, unsigned roles, int32_t wave)
{
	return (roles & ROLE_BIT(g->role)) && (g->wave == 0 || g->wave == wave);
}

/* In one role: everywhere, or its areas.  False: he has it not in this wave,
 * or out of memory. */
static bool in_role(struct http_request *rq, enum role role, int32_t wave,
		    struct desk_who *who, struct err *e)
{
	const struct identity *id = rq->identity;
	const char **areas;
	bool has = false;

	areas = arena_array(rq->arena, id->person.n_grants + 1, sizeof *areas);
	if (!areas)
		return err_set(e, ERR_NOMEM, "out of memory");
	*who = (struct desk_who){ .by = id->person.login,
				  .role = role_name(role),
				  .areas = areas };
	for (size_t i = 0; i < id->person.n_grants; i++) {
		const struct grant *g = &id->person.grants[i];

		if (!is_for(g, ROLE_BIT(role), wave))
			continue;
		has = true;
		who->everywhere = who->everywhere || !g->unit;
		if (g->unit)
			areas[who->n_areas++] = g->unit;
	}
	return has;
}

static bool wider(const struct desk_who *a, const struct desk_who *b)
{
	return a->everywhere != b->everywhere ? a->everywhere
					      : a->n_areas > b->n_areas;
}

/* All that he may be, the widest first. */
static size_t whos(struct http_request *rq, unsigned roles, int32_t wave,
		   struct desk_who out[ROLE_COUNT], struct err *e)
{
	const struct identity *id = rq->identity;
	size_t n = 0;

	if (!id->is_person) {
		if (!(roles & id->roles))
			return 0;
		out[0] = (struct desk_who){ .by = id->key.name,
					    .role = role_name(id->key.role),
					    .everywhere = true };
		return 1;
	}
	for (int r = 0; r < ROLE_COUNT; r++) {
		size_t at = n;
		struct desk_who one = { 0 };

		if (!(roles & ROLE_BIT(r)) ||
		    !in_role(rq, (enum role)r, wave, &one, e))
			continue;
		for (; at > 0 && wider(&one, &out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = one;
		n++;
	}
	return e->kind == ERR_NONE ? n : 0;
}

bool web_desk_who(struct http_request *rq, unsigned roles, int32_t wave,
		  struct desk_who *who, struct err *e)
{
	struct desk_who all[ROLE_COUNT] = { 0 };
	size_t n = whos(rq, roles, wave, all, e), total = 0;
	const char **areas;

	if (n == 0)
		return false;
	*who = all[0];
	if (who->everywhere || n == 1)
		return true;
	for (size_t i = 0; i < n; i++)
		total += all[i].n_areas;
	areas = arena_array(rq->arena, total, sizeof *areas);
	if (!areas)
		return err_set(e, ERR_NOMEM, "out of memory");
	who->areas = areas;
	who->n_areas = total;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i].n_areas; k++)
			*areas++ = all[i].areas[k];
	return true;
}

static bool not_allowed(struct err *e)
{
	return e->kind == ERR_NONE &&
	       err_set(e, ERR_DENIED, "không có quyền (not allowed)");
}

/* What is of persons runs as the roster's role, which sees no sheet; what is
 * of sheets as the server's, which sees no person. */
struct db *web_take_roster(struct http_request *rq, struct err *e)
{
	const struct identity *id = rq->identity;

	if (id->web->roster)
		return db_pool_take(id->web->roster, WEB_DB_WAIT_MS, e);
	(void)err_set(e, ERR_CONFLICT,
		      "danh sách người không mở ở đây, dùng dòng lệnh (no "
		      "roster on this service: database-url-roster)");
	return NULL;
}

static bool do_as(struct db *db, const struct desk_act *a, int32_t wave,
		  const struct desk_who *as, size_t n,
		  const char *const *values, struct desk_done *done,
		  struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (store_desk_act(db, a, wave, &as[i], values, done, &why)) {
			*e = (struct err){ 0 };
			return true;
		}
		if (i == 0)
			*e = why;
		if (why.kind != ERR_INPUT && why.kind != ERR_DENIED)
			break;
	}
	return false;
}

bool web_desk_do(struct db *db, struct http_request *rq,
		 const struct desk_act *a, int32_t wave,
		 const char *const *values, struct desk_done *done,
		 struct err *e)
{
	const struct identity *id = rq->identity;
	struct desk_who as[ROLE_COUNT] = { 0 };
	size_t n = whos(rq, a->roles, wave, as, e);
	struct db *roster;
	bool ok;

	if (n == 0)
		return not_allowed(e);
	if (!a->persons)
		return do_as(db, a, wave, as, n, values, done, e);
	roster = web_take_roster(rq, e);
	if (!roster)
		return false;
	ok = do_as(roster, a, wave, as, n, values, done, e);
	db_pool_give(id->web->roster, roster);
	return ok;
}

/* ---- lists ------------------------------------------------------------- */

struct res *web_desk_list(struct db *db, struct http_request *rq,
			  const struct wave_head *v, const struct desk *d,
			  const struct desk_list *l, const char *const *values,
			  struct err *e)
{
	const char *asked[DESK_PARAMS_MAX] = { NULL };
	const struct identity *id = rq->identity;
	struct db *roster;
	struct res *r = NULL;
	struct desk_who who;

	if (!web_desk_who(rq, l->roles, v->wave, &who, e)) {
		(void)not_allowed(e);
		return NULL;
	}
	for (size_t i = 0; !values && i < desk_params(l->params); i++)
		asked[i] = http_query(rq, l->params[i].name);
	if (!l->persons)
		return store_desk_list(db, d, l, v->wave, &who,
				       values ? values : asked, e);
	roster = web_take_roster(rq, e);
	if (roster)
		r = store_desk_list(roster, d, l, v->wave, &who,
				    values ? values : asked, e);
	if (roster)
		db_pool_give(id->web->roster, roster);
	return r;
}

static void put_list(struct http_request *rq, struct http_reply *rp,
		     const struct wave_head *v, const struct desk_list *l,
		     const struct res *r)
{
	const char *accept = http_header(rq, "Accept");
	struct jw j;

	if (web_wants_csv(rq, rp)) {
		desk_csv(r, &rp->body);
	} else if (accept && strstr(accept, "application/x-ndjson")) {
		rp->content_type = "application/x-ndjson; charset=utf-8";
		desk_jsonl(r, &rp->body);
	} else {
		jw_init(&j, &rp->body);
		jw_object(&j);
		jw_kv(&j, "wave", v->code);
		jw_kv(&j, "state", v->state);
		jw_kb(&j, "trial", v->trial);
		jw_kb(&j, "simulated", v->simulated);
		jw_kv(&j, "list", l->name);
		jw_key(&j, "rows");
		desk_json(r, &j);
		jw_object_end(&j);
	}
}

/* Of "/v1/waves/{wave}/ledger/{name}" the ledger. */
static const struct desk *desk_of(const struct http_request *rq, struct err *e)
{
	static const char before[] = "/v1/waves/{wave}/";
	const struct desk *d = NULL;
	char name[32];

	if (strncmp(rq->pattern, before, sizeof before - 1) == 0) {
		const char *s = rq->pattern + sizeof before - 1;

		(void)snprintf(name, sizeof name, "%.*s", (int)strcspn(s, "/"),
			       s);
		d = desk_find(name);
	}
	if (!d)
		(void)err_set(e, ERR_BUG, "no desk for %.80s", rq->pattern);
	return d;
}

static bool list(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	const struct desk *d = desk_of(rq, e);
	const struct desk_list *l = d ? desk_list_find(d, rq->param[1]) : NULL;
	struct res *r;

	if (!l) {
		if (d)
			web_not_found(rq, rp);
		return d;
	}
	r = web_desk_list(db, rq, v, d, l, NULL, e);
	if (!r)
		return false;
	put_list(rq, rp, v, l, r);
	res_free(r);
	return true;
}

enum http_done web_desk_get(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return web_run_wave(rq, rp, app, list);
}

/* ---- acts -------------------------------------------------------------- */

/* Texts, whole numbers and, where it is a flag, true or false. */
static bool read_value(const cJSON *o, const struct desk_param *p,
		       struct arena *a, const char **out, struct err *e)
{
	const cJSON *v = json_get(o, p->name);
	bool flag = p->kind == DESK_FLAG;
	int64_t n;

	if (flag)
		*out = cJSON_IsTrue(v) ? "true" : "false";
	if (!v || cJSON_IsNull(v) || (flag && cJSON_IsBool(v)))
		return true;
	if (!flag && cJSON_IsString(v))
		*out = arena_strdup(a, v->valuestring);
	else if (!flag && json_get_int(o, p->name, &n))
		*out = arena_printf(a, "%lld", (long long)n);
	else
		return err_set(e, ERR_INPUT, "%s: sai kiểu (wrong type)",
			       p->name);
	return *out || err_set(e, ERR_NOMEM, "out of memory");
}

/* A name that the act does not take is a mistake and not to be passed over. */
static bool only_known(const cJSON *o, const struct desk_act *a, struct err *e)
{
	for (const cJSON *m = o->child; m; m = m->next)
		if (desk_param_at(a->params, m->string) < 0)
			return err_set(e, ERR_INPUT, "%s takes no \"%.40s\"",
				       a->name, m->string);
	return true;
}

static bool read_values(const cJSON *o, const struct desk_act *a,
			struct arena *arena, const char **values, struct err *e)
{
	if (!only_known(o, a, e))
		return false;
	for (size_t i = 0; i < desk_params(a->params); i++)
		if (!read_value(o, &a->params[i], arena, &values[i], e))
			return false;
	return true;
}

static void put_done(struct http_reply *rp, const struct desk_act *a,
		     const struct desk_done *d)
{
	struct jw j;

	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "act", a->name);
	if (a->counts || d->moved)
		jw_ki(&j, a->counts ? a->counts : "sheets", d->moved);
	if (d->event)
		jw_ki(&j, "event", d->event);
	if (d->paper)
		jw_ki(&j, "paper", d->paper);
	if (d->made[0])
		jw_kv(&j, "made", d->made);
	jw_object_end(&j);
}

/* The role is asked before the body is read: a stranger learns no names. */
static bool act(struct db *db, struct http_request *rq, struct http_reply *rp,
		const struct wave_head *v, struct err *e)
{
	const struct desk *d = desk_of(rq, e);
	const struct desk_act *a = d ? desk_act_find(d, rq->param[1]) : NULL;
	const char *values[DESK_PARAMS_MAX] = { NULL };
	struct desk_done done = { 0 };
	struct desk_who who;
	cJSON *o;
	bool ok;

	if (!a) {
		if (d)
			web_not_found(rq, rp);
		return d;
	}
	if (!web_desk_who(rq, a->roles, v->wave, &who, e))
		return not_allowed(e);
	o = web_read_object(rq, rp);
	if (!o)
		return true; /* said already */
	ok = read_values(o, a, rq->arena, values, e) &&
	     web_desk_do(db, rq, a, v->wave, values, &done, e);
	if (ok)
		put_done(rp, a, &done);
	cJSON_Delete(o);
	return ok;
}

enum http_done web_desk_act(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return web_run_wave(rq, rp, app, act);
}
