/* What an agent is to key again: GET /v1/second.  Numbers, form, group and
 * unit, so that he finds the paper; nothing that was read from it, and not
 * whether his reading was as the first. */
#include "phieu/json.h"
#include "phieu/store_page.h"
#include "service_impl.h"

static void write_sheet(struct jw *w, const struct wave *wv,
			const struct second_row *r)
{
	const struct plan *p = wv->plan;
	size_t form = wave_form(wv, r->form), group = wave_group(wv, r->group);
	size_t home = r->home ? wave_unit(wv, r->home) : NONE;

	jw_object(w);
	jw_kv(w, "sheet", r->sheet);
	jw_kv(w, "form", form == NONE ? NULL : p->forms[form].code);
	jw_kv(w, "group", group == NONE ? NULL : p->groups[group].code);
	jw_kv(w, "home", home == NONE ? NULL : p->units[home].code);
	jw_kb(w, "done", r->done);
	jw_object_end(w);
}

struct listing {
	const struct wave *wave;
	struct jw w;
};

static void write_row(const struct second_row *r, void *arg)
{
	struct listing *l = arg;

	write_sheet(&l->w, l->wave, r);
}

enum http_done service_second(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	const struct agent_scope *key = rq->identity;
	struct service *s = app;
	struct err e = { 0 };
	struct wave_ref *ref = service_wave(s, key->wave_code, &e);
	struct listing l;

	if (ref && !s->look)
		err_set(&e, ERR_DOWN, "the database is away");
	if (ref && s->look) {
		l.wave = ref->wave;
		jw_init(&l.w, &rp->body);
		jw_object(&l.w);
		jw_key(&l.w, "sheets");
		jw_array(&l.w);
		if (store_agent_second(s->look, key->key, write_row, &l, &e)) {
			jw_array_end(&l.w);
			jw_object_end(&l.w);
			buf_adds(&rp->body, "\n");
		}
	}
	wave_ref_drop(ref);
	if (e.kind != ERR_NONE)
		http_error_of(rq, rp, &e);
	return HTTP_REPLIED;
}
