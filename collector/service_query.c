/* What is asked of an agent about sheets that he sent, and his answer with a
 * note.  A corrected sheet answers by itself, on the way of all sheets. Nothing
 * here tells an answer of a sheet. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "phieu/json.h"
#include "phieu/store_page.h"
#include "service_impl.h"

struct writing {
	const struct wave *wave;
	struct jw w;
};

static bool write_query(const struct agent_query *q, void *arg)
{
	struct writing *o = arg;
	const struct plan *p = o->wave->plan;
	size_t form = q->form ? wave_form(o->wave, q->form) : NONE;
	size_t group = q->group ? wave_group(o->wave, q->group) : NONE;
	size_t home = q->home ? wave_unit(o->wave, q->home) : NONE;

	jw_object(&o->w);
	jw_ki(&o->w, "query", q->query);
	jw_kv(&o->w, "instanceID", q->instance);
	jw_kv(&o->w, "sheet", q->sheet);
	jw_kv(&o->w, "form", form == NONE ? NULL : p->forms[form].code);
	jw_kv(&o->w, "group", group == NONE ? NULL : p->groups[group].code);
	jw_kv(&o->w, "home", home == NONE ? NULL : p->units[home].code);
	jw_ki(&o->w, "keying", q->keying);
	jw_kv(&o->w, "status", q->status);
	jw_kv(&o->w, "words", q->words);
	jw_kv(&o->w, "opened", q->opened);
	jw_kv(&o->w, "answer", q->answer);
	jw_ki(&o->w, "version", q->version);
	jw_object_end(&o->w);
	return true;
}

enum http_done service_queries(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	const struct agent_scope *key = rq->identity;
	struct service *s = app;
	struct err e = { 0 };
	struct wave_ref *ref = service_wave(s, key->wave_code, &e);
	struct writing o = { 0 };

	if (ref && !s->look)
		err_set(&e, ERR_DOWN, "the database is away");
	if (ref && s->look) {
		o.wave = ref->wave;
		jw_init(&o.w, &rp->body);
		jw_object(&o.w);
		jw_key(&o.w, "queries");
		jw_array(&o.w);
		if (store_agent_queries(s->look, key->key, write_query, &o,
					&e)) {
			jw_array_end(&o.w);
			jw_object_end(&o.w);
			buf_adds(&rp->body, "\n");
		}
	}
	wave_ref_drop(ref);
	if (e.kind != ERR_NONE)
		http_error_of(rq, rp, &e);
	return HTTP_REPLIED;
}

/* {"note": "…", "version": 2}; the number from the path. */
static bool read_answer(const struct http_request *rq, const cJSON *o,
			struct agent_answer *a, struct err *e)
{
	char *end;
	int64_t version = 0;
	long query = strtol(rq->param[0], &end, 10);

	if (*end || query < 1 || query > INT32_MAX)
		return err_set(e, ERR_INPUT,
			       "không có câu hỏi này (no such query)");
	a->query = (int32_t)query;
	a->note = json_get_text(o, "note");
	if (!a->note)
		return err_set(e, ERR_INPUT,
			       "hãy ghi câu trả lời (note is missing)");
	if (json_get(o, "version") && !json_get_int(o, "version", &version))
		return err_set(e, ERR_INPUT, "version: sai kiểu (wrong type)");
	a->version = version;
	return true;
}

enum http_done service_query_answer(struct http_request *rq,
				    struct http_reply *rp, void *app)
{
	const struct agent_scope *key = rq->identity;
	struct agent_answer a = { 0 };
	struct service *s = app;
	struct err e = { 0 };
	cJSON *o = json_parse((const char *)rq->body, rq->body_n,
			      &json_submission_limits, &e);
	char status[16];

	if (o && !s->look)
		err_set(&e, ERR_DOWN, "the database is away");
	else if (o && read_answer(rq, o, &a, &e) &&
		 store_agent_answer(s->look, key->key, &a, status,
				    sizeof status, &e)) {
		struct jw w;

		jw_init(&w, &rp->body);
		jw_object(&w);
		jw_ki(&w, "query", a.query);
		jw_kv(&w, "status", status);
		jw_object_end(&w);
		buf_adds(&rp->body, "\n");
	}
	cJSON_Delete(o);
	if (e.kind != ERR_NONE)
		service_refused(rq, rp, &e);
	return HTTP_REPLIED;
}
