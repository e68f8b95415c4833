/* Who asks in a round, and what is his. */
#include "web_round.h"

#include <string.h>

static bool grants_of(struct web_room *m, struct err *e)
{
	const struct identity *id = m->id;
	struct grant *g;

	m->who.is_person = id->is_person;
	if (id->is_person) {
		m->who.grants = id->person.grants;
		m->who.n = id->person.n_grants;
		m->login = id->person.login;
		return true;
	}
	g = arena_alloc(m->rq->arena, sizeof *g);
	if (!g)
		return err_set(e, ERR_NOMEM, "out of memory");
	g->role = id->key.role;
	g->wave = id->key.wave;
	m->who.grants = g;
	m->who.n = 1;
	return true;
}

/* Somebody who has nothing to do with the round does not hear of it. */
static bool knows(const struct web_room *m)
{
	const struct round_ask any = { WEB_ROUNDS, ACT_ANYBODY, false };
	enum round_why why = round_may(&m->who, &any, NULL, NULL).why;

	return why == ROUND_MAY || why == ROUND_NO_BINDING;
}

bool web_room_open(struct web_room *m, const char *round, bool *found,
		   struct err *e)
{
	struct arena *a = m->rq->arena;
	struct round_head *list;
	struct round_seat *seats;
	size_t n;

	*found = false;
	if (!store_round_list(m->db, round, a, &list, &n, e))
		return false;
	if (n == 0)
		return true;
	m->head = list[0];
	if (!grants_of(m, e) ||
	    !store_round_seats(m->db, m->head.id, a, &seats, &n, e))
		return false;
	m->who.seats = seats;
	m->who.n_seats = n;
	m->who.wave = m->head.wave_id;
	*found = knows(m);
	return true;
}

static bool with_room(struct db *db, struct http_request *rq,
		      struct http_reply *rp, struct web *w, struct err *e)
{
	const web_room_fn *fn = rq->user;
	struct web_room m = { .db = db, .rq = rq, .rp = rp, .w = w };
	bool found;

	m.id = rq->identity;
	if (!web_room_open(&m, rq->param[0], &found, e))
		return false;
	if (!found) {
		web_not_found(rq, rp);
		return true;
	}
	if ((*fn)(&m, e))
		return true;
	if (e->kind == ERR_DOWN)
		return false; /* tried once more, when it is a GET */
	web_round_say(&m, e);
	return true;
}

enum http_done web_run_round(struct http_request *rq, struct http_reply *rp,
			     void *app, web_room_fn fn)
{
	rq->user = &fn;
	return web_run(rq, rp, app, with_room);
}

static const char *const why_codes[] = {
	[ROUND_MAY] = NULL,	      [ROUND_NO_ROLE] = "role",
	[ROUND_NO_PERSON] = "person", [ROUND_NO_BINDING] = "unbound",
	[ROUND_NOT_OWN] = "not-own",  [ROUND_WHICH] = "which",
};

bool web_room_may(struct web_room *m, const struct round_ask *ask,
		  const char **unit, const char **office, struct err *e)
{
	struct round_right r = round_may(&m->who, ask, unit ? *unit : NULL,
					 office ? *office : NULL);

	if (r.why != ROUND_MAY) {
		m->no = (struct round_no){ .code = why_codes[r.why] };
		if (r.why == ROUND_NOT_OWN)
			m->no.place = unit && *unit ? "/unit" : "/office";
		return err_set(e, ERR_DENIED, "not allowed in the round");
	}
	/* bound by what the caller has no room for: nothing is narrowed */
	if ((r.unit && !unit) || (r.office && !office))
		return err_set(e, ERR_BUG, "a binding without a parameter");
	if (unit)
		*unit = r.unit;
	if (office)
		*office = r.office;
	return true;
}

bool web_room_door(struct web_room *m, enum round_door d, const char **unit,
		   const char **office, struct err *e)
{
	const struct round_ask ask = round_ask_door(d);

	return web_room_may(m, &ask, unit, office, e);
}

/* The places of "unit" and "office" among the values, NULL: not taken. */
static const char **value_of(const struct act_param *params,
			     const char **values, const char *name)
{
	int at = act_param_at(params, name);

	return at < 0 ? NULL : &values[at];
}

bool web_room_act(struct web_room *m, const struct act *a, const char **values,
		  const char **made, struct err *e)
{
	const struct round_ask ask = round_ask_act(a);

	for (size_t i = 0; i < ACT_PARAMS_MAX && a->params[i].name; i++)
		if (values[i] && !*values[i])
			values[i] = NULL;
	if (!web_room_may(m, &ask, value_of(a->params, values, "unit"),
			  value_of(a->params, values, "office"), e))
		return false;
	for (size_t i = 0; i < ACT_PARAMS_MAX; i++) {
		const char *name = a->params[i].name;
		bool version;

		if (!name)
			break;
		/* who changes something names what he saw */
		version = strcmp(name, "version") == 0;
		if (values[i] ||
		    (a->params[i].need == ACT_OPTIONAL && !version))
			continue;
		m->no.code = version ? "missing-version" : "missing-parameter";
		m->no.place =
			arena_printf(m->rq->arena, "/%s", a->params[i].name);
		return err_set(e, ERR_INPUT, "%s is missing",
			       a->params[i].name);
	}
	return store_act(m->db, a, m->head.id, m->login, values, m->rq->arena,
			 made, e);
}

struct res *web_room_list(struct web_room *m, const struct act_list *l,
			  const char **values, struct err *e)
{
	const struct round_ask ask = round_ask_list(l);

	for (size_t i = 0; i < ACT_PARAMS_MAX && l->params[i].name; i++)
		if (values[i] && !*values[i])
			values[i] = NULL;
	if (!web_room_may(m, &ask, value_of(l->params, values, "unit"),
			  value_of(l->params, values, "office"), e))
		return NULL;
	return store_act_list(m->db, l, m->head.id, values, e);
}
