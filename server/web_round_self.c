/* A unit's self-assessment over HTTP: what stands, one item, the workbook. */
#include <stdlib.h>
#include <string.h>

#include "phieu/index_file.h"
#include "phieu/json.h"
#include "phieu/self_desk.h"
#include "web_round.h"

#define XLSX_TYPE \
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* The document and the file of a round need more than a request has. */
#define DESK_BYTES ((size_t)192 << 20)

typedef bool (*desk_fn)(struct web_room *m, struct self_desk *d, struct err *e);

/* The unit of {unit}, through a door that binds units. */
static bool at_desk(struct web_room *m, enum round_door door, desk_fn fn,
		    struct err *e)
{
	struct self_desk d = { .db = m->db, .head = m->head, .by = m->login };
	const char *unit = m->rq->param[1];
	bool ok;

	m->no.place = "/unit";
	if (!web_room_door(m, door, &unit, NULL, e))
		return false;
	d.a = arena_new(DESK_BYTES);
	if (!d.a)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = self_desk_open(&d, unit, e);
	if (ok) {
		m->no = (struct round_no){ 0 };
		ok = fn(m, &d, e);
	}
	if (!ok && e->kind != ERR_DOWN) {
		/* faults live in the desk's memory */
		web_round_say(m, e);
		ok = true;
	}
	arena_free(d.a);
	return ok;
}

/* ---- GET /v1/rounds/{round}/units/{unit}/self ------------------------------
 */

static void put_dec(struct jw *j, const char *key, bool has, struct dec d)
{
	char text[DEC_TEXT_MAX];

	jw_kv(j, key, has ? dec_text(d, text) : NULL);
}

static void put_item(struct jw *j, const struct self_desk *d, size_t node,
		     const struct self_row *row)
{
	const struct index_node *n = &d->round.set.nodes[node];

	jw_object(j);
	jw_kv(j, "criterion", n->code);
	jw_kv(j, "name", n->name);
	jw_kb(j, "leaf", n->leaf);
	jw_kv(j, "source", n->leaf ? index_source_word(n->source) : NULL);
	put_dec(j, "maximum", true, n->maximum);
	jw_kb(j, "typed_by_unit", n->leaf && n->source == INDEX_ASSESSED);
	put_dec(j, "points", row && row->has_points,
		row ? row->points : n->maximum);
	jw_kb(j, "not_applicable", row && row->not_applicable);
	jw_kv(j, "note", row ? row->note : NULL);
	jw_ki(j, "version", row ? row->version : 0);
	jw_object_end(j);
}

static void put_self(struct web_room *m, const struct self_desk *d,
		     const struct self_row *rows, size_t n)
{
	const struct index_set *s = &d->round.set;
	struct jw j;

	jw_init(&j, &m->rp->body);
	jw_object(&j);
	jw_kv(&j, "round", m->head.code);
	jw_kb(&j, "trial", m->head.trial);
	jw_kv(&j, "unit", s->units[d->unit].code);
	jw_kv(&j, "name", s->units[d->unit].name);
	jw_kv(&j, "state", d->self.state);
	jw_ki(&j, "version", d->self.version);
	jw_kv(&j, "explanation",
	      *d->self.explanation ? d->self.explanation : NULL);
	jw_kv(&j, "submitted_by", *d->self.by ? d->self.by : NULL);
	jw_kv(&j, "submitted_at", *d->self.at ? d->self.at : NULL);
	jw_key(&j, "items");
	jw_array(&j);
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct self_row *row = NULL;

		if (!self_applies(&d->round, d->unit, i))
			continue;
		for (size_t k = 0; k < n; k++)
			if (rows[k].node == i)
				row = &rows[k];
		put_item(&j, d, i, row);
	}
	jw_array_end(&j);
	jw_object_end(&j);
}

static bool show(struct web_room *m, struct self_desk *d, struct err *e)
{
	struct self_row *rows;
	size_t n;

	if (!self_desk_rows(d, &rows, &n, e))
		return false;
	put_self(m, d, rows, n);
	return true;
}

static bool self_get(struct web_room *m, struct err *e)
{
	return at_desk(m, DOOR_SELF, show, e);
}

enum http_done web_self_get(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return web_run_round(rq, rp, app, self_get);
}

/* ---- PUT /v1/rounds/{round}/units/{unit}/self/{criterion} -------------------
 */

static bool bad(struct web_room *m, const char *code, const char *place,
		const char *words, struct err *e)
{
	m->no.code = code;
	m->no.place = place;
	return err_set(e, ERR_INPUT, "%s", words);
}

static bool take_member(struct web_room *m, const cJSON *v,
			struct self_given *g, struct err *e)
{
	const char *name = v->string;

	if (strcmp(name, "version") == 0 && cJSON_IsNumber(v) &&
	    v->valuedouble >= 0 && v->valuedouble < 2147483647 &&
	    v->valuedouble == (double)(int64_t)v->valuedouble)
		g->version = (int64_t)v->valuedouble;
	else if (strcmp(name, "points") == 0 && cJSON_IsString(v))
		g->points = v->valuestring;
	else if (strcmp(name, "note") == 0 && cJSON_IsString(v))
		g->note = v->valuestring;
	else if (strcmp(name, "not_applicable") == 0 && cJSON_IsBool(v))
		g->not_applicable = cJSON_IsTrue(v);
	else if ((strcmp(name, "points") != 0 && strcmp(name, "note") != 0) ||
		 !cJSON_IsNull(v))
		return bad(m, "bad-value",
			   arena_printf(m->rq->arena, "/%s", name),
			   "điểm và ghi chú là văn bản, phiên bản là số "
			   "nguyên, không áp dụng là true hoặc false (points "
			   "and note are text, version a whole number, "
			   "not_applicable true or false)",
			   e);
	return true;
}

static bool take_item(struct web_room *m, const cJSON *body,
		      struct self_given *g, struct err *e)
{
	for (const cJSON *v = body->child; v; v = v->next)
		if (!take_member(m, v, g, e))
			return false;
	if (g->version == SELF_NEWEST)
		return bad(m, "missing-version", "/version", "no version", e);
	return true;
}

static bool put_given(struct web_room *m, struct self_desk *d,
		      struct self_given *g, struct err *e)
{
	struct faults *f = arena_alloc(d->a, sizeof *f);
	int64_t version = 0;
	struct jw j;

	if (!f)
		return err_set(e, ERR_NOMEM, "out of memory");
	faults_init(f, d->a);
	if (!self_desk_put(d, g, &version, f, e)) {
		m->no.place =
			arena_printf(m->rq->arena, "/items/%s", g->criterion);
		m->no.faults = f->n ? f : NULL;
		if (f->n)
			m->no.code =
				e->kind == ERR_CONFLICT ? "version" : "faults";
		return false;
	}
	jw_init(&j, &m->rp->body);
	jw_object(&j);
	jw_kv(&j, "round", m->head.code);
	jw_kv(&j, "unit", d->round.set.units[d->unit].code);
	jw_kv(&j, "criterion", g->criterion);
	jw_ki(&j, "version", version);
	jw_object_end(&j);
	return true;
}

static bool put_one(struct web_room *m, struct self_desk *d, struct err *e)
{
	struct self_given g = { .criterion = m->rq->param[2],
				.version = SELF_NEWEST };
	cJSON *body = web_read_object(m->rq, m->rp);
	bool ok;

	if (!body)
		return true; /* said already */
	ok = take_item(m, body, &g, e) && put_given(m, d, &g, e);
	cJSON_Delete(body);
	return ok;
}

static bool self_item(struct web_room *m, struct err *e)
{
	return at_desk(m, DOOR_SELF_WRITE, put_one, e);
}

enum http_done web_self_item(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return web_run_round(rq, rp, app, self_item);
}

/* ---- the workbook -----------------------------------------------------------
 */

static bool give_template(struct web_room *m, struct self_desk *d,
			  struct err *e)
{
	const char *unit = d->round.set.units[d->unit].code;
	struct self_row *rows;
	size_t n, len = 0;
	char *bytes;
	bool ok;

	if (!self_desk_rows(d, &rows, &n, e))
		return false;
	bytes = self_sheet_bytes(&d->round, d->unit, rows, n, &len, e);
	if (!bytes)
		return false;
	ok = web_give_file(m->rq, m->rp,
			   arena_printf(m->rq->arena, "%s-%s.xlsx",
					m->head.code, unit),
			   XLSX_TYPE, bytes, len, e);
	m->rp->content_type = XLSX_TYPE;
	free(bytes);
	return ok;
}

static bool self_template(struct web_room *m, struct err *e)
{
	return at_desk(m, DOOR_SELF, give_template, e);
}

enum http_done web_self_template(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run_round(rq, rp, app, self_template);
}

static void put_sums(struct jw *j, const struct self_desk *d,
		     const struct self_table *t)
{
	jw_key(j, "sums");
	jw_array(j);
	for (size_t i = 0; i < t->n_sums; i++) {
		const struct self_sum *s = &t->sums[i];

		jw_object(j);
		jw_kv(j, "unit", d->round.set.units[s->unit].code);
		jw_kv(j, "criterion",
		      s->node == INDEX_NONE ? NULL
					    : d->round.set.nodes[s->node].code);
		jw_ki(j, "row", (int64_t)s->row);
		put_dec(j, "typed", true, s->typed);
		put_dec(j, "adds_to", true, s->adds_to);
		jw_object_end(j);
	}
	jw_array_end(j);
}

static bool take_file(struct web_room *m, struct self_desk *d, struct err *e)
{
	const char *asked = http_query(m->rq, "dry-run");
	bool dry = asked && strcmp(asked, "true") == 0;
	struct faults *f = arena_alloc(d->a, sizeof *f);
	struct self_table t = { 0 };
	struct jw j;

	if (!f)
		return err_set(e, ERR_NOMEM, "out of memory");
	faults_init(f, d->a);
	if (asked && !dry && strcmp(asked, "false") != 0)
		return bad(m, "bad-value", "?dry-run",
			   "dry-run là true hoặc false (is true or false)", e);
	if (!self_desk_read(d, m->rq->body, m->rq->body_n, &t, f, e) ||
	    (!dry && !self_desk_store(d, &t, f, e))) {
		m->no.faults = f->n ? f : NULL;
		if (f->n && e->kind != ERR_CONFLICT) {
			m->no.code = "faults";
			e->kind = ERR_INPUT;
		} else if (f->n) {
			m->no.code = "version";
		}
		return false;
	}
	jw_init(&j, &m->rp->body);
	jw_object(&j);
	jw_kv(&j, "round", m->head.code);
	jw_kv(&j, "unit", d->round.set.units[d->unit].code);
	jw_ki(&j, "rows", (int64_t)t.n);
	jw_kb(&j, "stored", !dry);
	put_sums(&j, d, &t);
	jw_object_end(&j);
	return true;
}

static bool self_import(struct web_room *m, struct err *e)
{
	return at_desk(m, DOOR_SELF_WRITE, take_file, e);
}

enum http_done web_self_import(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	return web_run_round(rq, rp, app, self_import);
}
