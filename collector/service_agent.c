/* What an agent's page asks about the agent: himself, his quotas, the sheets
 * he sent.  Nothing here tells an answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/json.h"
#include "phieu/store_page.h"
#include "service_impl.h"

#define LIST_LIMIT 200 /* receipts at once */

/* Ordinals of a key as plan codes; null for all. */
static void write_codes(struct jw *w, const char *name, const struct wave *wv,
			bool all, const int32_t *ids, size_t n, bool forms)
{
	const struct plan *p = wv->plan;

	jw_key(w, name);
	if (all) {
		jw_null(w);
		return;
	}
	jw_array(w);
	for (size_t i = 0; i < n; i++) {
		size_t k =
			forms ? wave_form(wv, ids[i]) : wave_unit(wv, ids[i]);
		if (k != NONE)
			jw_text(w, forms ? p->forms[k].code : p->units[k].code);
	}
	jw_array_end(w);
}

/* Is the cell of a group and home this key's to fill? */
static bool in_scope(const struct agent_scope *key, const struct wave_ref *w,
		     const struct group *g, size_t home)
{
	if (!key->all_forms &&
	    !key_lists(key->forms, key->n_forms, w->wave->form_id[g->form]))
		return false;
	return key->all_homes || (home != NONE && key_serves(w, key, home));
}

struct own {
	const struct agent_count *list;
	size_t n;
};

/* The agent's own counted sheets of a cell. */
static int64_t mine(const struct own *o, int32_t group, int32_t home)
{
	int64_t sum = 0;

	for (size_t i = 0; i < o->n; i++)
		if (o->list[i].counted && o->list[i].keying == 1 &&
		    o->list[i].group == group && o->list[i].home == home)
			sum += o->list[i].n;
	return sum;
}

static void write_cells(struct jw *w, const struct wave_ref *ref,
			const struct agent_scope *key, const struct own *o)
{
	const struct wave *wv = ref->wave;
	const struct plan *p = wv->plan;

	jw_key(w, "cells");
	jw_array(w);
	for (size_t g = 0; g < p->n_groups; g++) {
		for (size_t c = 0; c < p->groups[g].n_cells; c++) {
			const struct quota_cell *q = &p->groups[g].cells[c];
			bool has = q->home != NONE;

			if (!in_scope(key, ref, &p->groups[g], q->home))
				continue;
			jw_object(w);
			jw_kv(w, "group", p->groups[g].code);
			jw_kv(w, "home", has ? p->units[q->home].code : NULL);
			jw_ki(w, "planned", q->n);
			jw_ki(w, "counted", ref->counted[ref->first[g] + c]);
			jw_ki(w, "mine",
			      mine(o, wv->group_id[g],
				   has ? wv->unit_id[q->home] : 0));
			jw_object_end(w);
		}
	}
	jw_array_end(w);
}

static void write_received(struct jw *w, const struct own *o)
{
	int64_t by[STATE_WITHDRAWN + 1] = { 0 }, today = 0;

	for (size_t i = 0; i < o->n; i++) {
		int state = o->list[i].state;
		if (state >= STATE_VALID && state <= STATE_WITHDRAWN)
			by[state] += o->list[i].n;
		today += o->list[i].today;
	}
	jw_key(w, "received");
	jw_object(w);
	for (int s = STATE_VALID; s <= STATE_WITHDRAWN; s++)
		jw_ki(w, state_word(s), by[s]);
	jw_ki(w, "today", today);
	jw_object_end(w);
}

/* What the page locks this agent's sheets with on a shared computer: the
 * same for every key of the agent, known to no other, one for each receipt
 * key.  Made like a receipt; no wave's code has a slash, so that it never is
 * one. */
static void write_locks(struct jw *w, const struct service *s, const char *wave,
			const char *agent)
{
	static const uint8_t none[SHA256_BYTES] = { 0 };
	char name[LIMIT_CODE_BYTES + 8], text[RECEIPT_TEXT_MAX];

	(void)snprintf(name, sizeof name, "lock/%s", wave);
	jw_key(w, "locks");
	jw_array(w);
	for (size_t i = 0; i < s->n_receipt_keys; i++) {
		receipt_make((unsigned)s->receipt_keys[i].id,
			     s->receipt_keys[i].key, name, agent, none, text);
		jw_text(w, text);
	}
	jw_array_end(w);
}

static void write_agent(struct jw *w, const struct service *s,
			const struct wave_ref *ref,
			const struct agent_scope *key,
			const struct agent_self *self, const struct own *o)
{
	char now[INSTANT_TEXT_MAX];

	jw_object(w);
	jw_key(w, "agent");
	jw_object(w);
	jw_kv(w, "code", self->code);
	jw_kv(w, "name", self->name);
	jw_kv(w, "office", self->office);
	jw_object_end(w);
	jw_key(w, "wave");
	jw_object(w);
	jw_kv(w, "code", ref->wave->code);
	jw_kv(w, "name", self->wave_name);
	jw_kv(w, "state", self->wave_state);
	jw_kb(w, "trial", self->trial);
	jw_object_end(w);
	jw_kv(w, "expires", self->expires);
	jw_kv(w, "now", instant_text(clock_now_us(), now));
	write_locks(w, s, ref->wave->code, self->code);
	write_codes(w, "forms", ref->wave, key->all_forms, key->forms,
		    key->n_forms, true);
	write_codes(w, "homes", ref->wave, key->all_homes, key->homes,
		    key->n_homes, false);
	write_cells(w, ref, key, o);
	write_received(w, o);
	jw_object_end(w);
}

enum http_done service_agent(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	const struct agent_scope *key = rq->identity;
	struct agent_count *counts = NULL;
	struct agent_self self;
	struct service *s = app;
	struct err e = { 0 };
	struct wave_ref *ref = service_wave(s, key->wave_code, &e);
	struct own own = { 0 };
	struct jw w;

	if (!ref)
		goto out;
	if (!s->look)
		err_set(&e, ERR_DOWN, "the database is away");
	else if (store_agent_self(s->look, key->key, rq->arena, &self, &e) &&
		 store_agent_counts(s->look, key->key, &counts, &own.n, &e)) {
		own.list = counts;
		jw_init(&w, &rp->body);
		write_agent(&w, s, ref, key, &self, &own);
		buf_adds(&rp->body, "\n");
	}
	free(counts);
	wave_ref_drop(ref);
out:
	if (e.kind != ERR_NONE)
		http_error_of(rq, rp, &e);
	return HTTP_REPLIED;
}

/* What a request for a list asks. */
struct asked {
	int state, limit;
	const char *before, *instance; /* in one parameter, by a comma */
};

static bool bad_query(struct http_request *rq, struct http_reply *rp,
		      const char *what, const char *vi)
{
	http_error(rq, rp, 400, "bad-query", what, vi);
	return false;
}

static bool read_limit(const char *text, int *out)
{
	char *end;
	long v;

	*out = LIST_LIMIT / 4;
	if (!text)
		return true;
	if (*text < '0' || *text > '9')
		return false;
	v = strtol(text, &end, 10);
	*out = (int)v;
	return *end == '\0' && v >= 1 && v <= LIST_LIMIT;
}

static bool read_state(const char *text, int *out)
{
	*out = 0;
	if (!text)
		return true;
	for (int s = STATE_VALID; s <= STATE_WITHDRAWN; s++)
		if (strcmp(text, state_word(s)) == 0)
			*out = s;
	return *out != 0;
}

/* "2021-02-03T01:15:00.123456Z,uuid:…" */
static bool read_before(struct http_request *rq, const char *text,
			struct asked *out)
{
	const char *comma = text ? strchr(text, ',') : NULL;
	struct err e = { 0 };
	int64_t us;

	if (!text)
		return true;
	if (!comma || !comma[1] ||
	    !instant_parse(text, (size_t)(comma - text), &us, &e))
		return false;
	out->before = arena_strndup(rq->arena, text, (size_t)(comma - text));
	out->instance = comma + 1;
	return out->before != NULL;
}

static bool read_asked(struct http_request *rq, struct http_reply *rp,
		       struct asked *out)
{
	*out = (struct asked){ 0 };
	if (!read_limit(http_query(rq, "limit"), &out->limit))
		return bad_query(rq, rp, "limit is 1 to 200",
				 "limit là số từ 1 đến 200");
	if (!read_state(http_query(rq, "status"), &out->state))
		return bad_query(rq, rp, "no such status",
				 "không có trạng thái này");
	if (!read_before(rq, http_query(rq, "before"), out))
		return bad_query(rq, rp, "before is not from a list's next",
				 "before không phải giá trị next đã nhận");
	return true;
}

struct listing {
	struct service *s;
	const struct wave *wave;
	const struct http_request *rq;
	struct jw w;
	int left;
	char *last; /* "instant,instance" of the last row, when full */
};

static void write_unit(struct listing *l, int32_t id)
{
	size_t k = id ? wave_unit(l->wave, id) : NONE;

	jw_kv(&l->w, "home", k == NONE ? NULL : l->wave->plan->units[k].code);
}

static bool write_row(const struct receipt_row *r, void *arg)
{
	struct listing *l = arg;
	const struct plan *p = l->wave->plan;
	size_t form = r->form ? wave_form(l->wave, r->form) : NONE;
	size_t group = r->group ? wave_group(l->wave, r->group) : NONE;
	char receipt[RECEIPT_TEXT_MAX];

	(void)receipt_text(l->s, r->receipt_key, l->wave->code, r->instance,
			   r->sha, receipt);
	jw_object(&l->w);
	jw_kv(&l->w, "instanceID", r->instance);
	jw_kv(&l->w, "sheet", r->sheet);
	jw_kv(&l->w, "form", form == NONE ? NULL : p->forms[form].code);
	jw_kv(&l->w, "group", group == NONE ? NULL : p->groups[group].code);
	write_unit(l, r->home);
	jw_ki(&l->w, "keying", r->keying);
	jw_kv(&l->w, "status", state_word(r->state));
	jw_kv(&l->w, "receipt", receipt);
	jw_kv(&l->w, "received", r->received);
	jw_kv(&l->w, "replaces", r->replaces);
	write_flags(l->w.out, r->flags);
	if (r->faults) {
		jw_key(&l->w, "errors");
		jw_raw(&l->w, r->faults);
	}
	jw_object_end(&l->w);
	if (--l->left == 0)
		l->last = arena_printf(l->rq->arena, "%s,%s", r->received,
				       r->instance);
	return true;
}

enum http_done service_receipts(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	const struct agent_scope *key = rq->identity;
	struct service *s = app;
	struct err e = { 0 };
	struct wave_ref *ref;
	struct listing l = { .s = s, .rq = rq };
	struct asked q;

	if (!read_asked(rq, rp, &q))
		return HTTP_REPLIED;
	ref = service_wave(s, key->wave_code, &e);
	if (ref && !s->look)
		err_set(&e, ERR_DOWN, "the database is away");
	if (ref && s->look) {
		l.wave = ref->wave;
		l.left = q.limit;
		jw_init(&l.w, &rp->body);
		jw_object(&l.w);
		jw_key(&l.w, "receipts");
		jw_array(&l.w);
		if (store_receipt_list(s->look, key->key, q.state, q.before,
				       q.instance, q.limit, write_row, &l,
				       &e)) {
			jw_array_end(&l.w);
			jw_kv(&l.w, "next", l.last);
			jw_object_end(&l.w);
			buf_adds(&rp->body, "\n");
		}
	}
	wave_ref_drop(ref);
	if (e.kind != ERR_NONE)
		http_error_of(rq, rp, &e);
	return HTTP_REPLIED;
}
