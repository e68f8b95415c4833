/* An agent's own numbered sheets: GET /v1/agent/sheets says what he has, POST
 * what became of them, in bulk.  His page keeps what he tells until it is
 * answered, so it may come again. */
#include <string.h>

#include "phieu/json.h"
#include "phieu/sheet.h"
#include "phieu/store_sheets.h"
#include "service_impl.h"

#define SHEETS_BYTES ((size_t)64 << 10)
enum { SHEETS_MOST = 2000 };

struct listing {
	const struct wave *wave;
	struct jw w;
};

static void write_sheet(const struct sheet_row *r, void *arg)
{
	struct listing *l = arg;
	const struct plan *p = l->wave->plan;
	size_t form = wave_form(l->wave, r->form);
	size_t group = wave_group(l->wave, r->group);
	size_t home = r->home ? wave_unit(l->wave, r->home) : NONE;

	jw_object(&l->w);
	jw_kv(&l->w, "sheet", r->sheet);
	jw_kv(&l->w, "form", form == NONE ? NULL : p->forms[form].code);
	jw_kv(&l->w, "group", group == NONE ? NULL : p->groups[group].code);
	jw_kv(&l->w, "home", home == NONE ? NULL : p->units[home].code);
	jw_kv(&l->w, "status", r->status);
	jw_kv(&l->w, "changed_on", r->changed_on);
	jw_object_end(&l->w);
}

enum http_done service_sheets(struct http_request *rq, struct http_reply *rp,
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
		if (store_agent_sheets(s->look, key->key, write_sheet, &l,
				       &e)) {
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

/* ---- told ---------------------------------------------------------------- */

struct told {
	const char *id, *act, *reason;
	struct buf sheets; /* "{CT01-00001-2,…}" */
};

/* Numbers as they are printed: what is sent is checked, not passed on. */
static bool read_sheets(const cJSON *list, struct buf *out, struct err *e)
{
	size_t n = 0;

	if (!cJSON_IsArray(list) || !list->child)
		return err_set(e, ERR_INPUT, "sheets: a list of numbers");
	buf_adds(out, "{");
	for (const cJSON *m = list->child; m; m = m->next) {
		char text[SHEET_TEXT_MAX];
		struct sheet_no no;

		if (!cJSON_IsString(m) || ++n > SHEETS_MOST)
			return err_set(e, ERR_INPUT,
				       "sheets: at most %d numbers",
				       SHEETS_MOST);
		if (!sheet_parse(m->valuestring, strlen(m->valuestring), &no,
				 e))
			return err_wrap(e, "%.40s", m->valuestring);
		buf_adds(out, n > 1 ? "," : "");
		buf_adds(out, sheet_text(&no, text));
	}
	buf_adds(out, "}");
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}

static bool read_told(const cJSON *o, struct told *t, struct err *e)
{
	t->id = json_get_text(o, "id");
	t->act = json_get_text(o, "act");
	t->reason = json_get_text(o, "reason");
	if (!t->id || !t->act)
		return err_set(e, ERR_INPUT, "id and act are needed");
	return read_sheets(json_get(o, "sheets"), &t->sheets, e);
}

static void write_words(struct jw *w, const char *words)
{
	struct both_words b = service_words(words);

	jw_key(w, "message");
	jw_textn(w, b.en, b.en_n);
	jw_key(w, "message_vi");
	jw_textn(w, b.vi, b.vi_n);
}

static void write_told(const struct told_row *r, void *arg)
{
	struct jw *w = arg;

	jw_object(w);
	jw_kv(w, "sheet", r->sheet);
	jw_kv(w, "outcome", r->outcome);
	if (r->words && strcmp(r->outcome, "refused") == 0)
		write_words(w, r->words);
	jw_object_end(w);
}

static void tell(struct service *s, struct http_reply *rp,
		 const struct agent_scope *key, const cJSON *o, struct err *e)
{
	struct told t = { .sheets = BUF_INIT(SHEETS_BYTES) };
	struct jw w;

	if (read_told(o, &t, e)) {
		jw_init(&w, &rp->body);
		jw_object(&w);
		jw_kv(&w, "id", t.id);
		jw_kv(&w, "act", t.act);
		jw_key(&w, "results");
		jw_array(&w);
		if (store_agent_tell(s->look, key->key, t.id, t.act,
				     buf_cstr(&t.sheets), t.reason, write_told,
				     &w, e)) {
			jw_array_end(&w);
			jw_object_end(&w);
			buf_adds(&rp->body, "\n");
		}
	}
	buf_free(&t.sheets);
}

enum http_done service_tell(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	static const struct json_limits limits = { 3, SHEETS_MOST + 20, 8192,
						   SHEETS_BYTES };
	struct service *s = app;
	struct err e = { 0 };
	cJSON *o = json_parse(rq->body, rq->body_n, &limits, &e);

	if (o && !cJSON_IsObject(o))
		err_set(&e, ERR_INPUT, "an object is wanted");
	else if (o && !s->look)
		err_set(&e, ERR_DOWN, "the database is away");
	else if (o)
		tell(s, rp, rq->identity, o, &e);
	cJSON_Delete(o);
	if (e.kind != ERR_NONE)
		service_refused(rq, rp, &e);
	return HTTP_REPLIED;
}
