/* Opening a sheet over HTTP: its answers, or what differs between two of its
 * versions.  Each is an act, a POST with a reason: it stands in the log before
 * an answer is seen, and no link, preview or reload can do it. */
#include <string.h>

#include "phieu/json.h"
#include "phieu/review.h"
#include "web_impl.h"

/* {"reason": …, "with": …}; a name besides them is a mistake. */
static bool read_values(struct http_request *rq, const cJSON *o,
			const struct desk_list *l, const char **values,
			struct err *e)
{
	for (const cJSON *m = o->child; m; m = m->next) {
		int at = desk_param_at(l->params, m->string);

		if (at <= 0 || !cJSON_IsString(m))
			return err_set(e, ERR_INPUT, "%s takes no \"%.40s\"",
				       l->name, m->string);
		values[at] = arena_strdup(rq->arena, m->valuestring);
		if (!values[at])
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	values[0] = rq->param[1];
	return true;
}

static bool answer(struct db *db, struct http_request *rq,
		   struct http_reply *rp, const struct wave_head *v,
		   const struct desk_list *l, struct err *e)
{
	const char *values[DESK_PARAMS_MAX] = { NULL };
	struct res *r = NULL;
	struct desk_who who;
	struct jw j;
	cJSON *o;

	/* a program opens no sheets: for it there are none */
	if (!((const struct identity *)rq->identity)->is_person) {
		web_not_found(rq, rp);
		return true;
	}
	/* the role is asked before the body is read */
	if (!web_desk_who(rq, l->roles, v->wave, &who, e))
		return e->kind == ERR_NONE &&
		       err_set(e, ERR_DENIED, "không có quyền (not allowed)");
	o = web_read_object(rq, rp);
	if (!o)
		return true; /* said already */
	if (read_values(rq, o, l, values, e))
		r = web_desk_list(db, rq, v, &desk_review, l, values, e);
	cJSON_Delete(o);
	if (!r)
		return false;
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "wave", v->code);
	jw_kv(&j, "sheet", rq->param[1]);
	jw_key(&j, "rows");
	desk_json(r, &j);
	jw_object_end(&j);
	res_free(r);
	return true;
}

static bool open_one(struct db *db, struct http_request *rq,
		     struct http_reply *rp, const struct wave_head *v,
		     struct err *e)
{
	return answer(db, rq, rp, v, &review_open, e);
}

static bool compare(struct db *db, struct http_request *rq,
		    struct http_reply *rp, const struct wave_head *v,
		    struct err *e)
{
	return answer(db, rq, rp, v, &review_diff, e);
}

enum http_done web_review_open(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	return web_run_wave(rq, rp, app, open_one);
}

enum http_done web_review_diff(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	return web_run_wave(rq, rp, app, compare);
}
