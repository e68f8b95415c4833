#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/csv.h"
#include "phieu/json.h"
#include "phieu/store_explanation.h"
#include "phieu/store_publish.h"
#include "web_impl.h"

/* Marks that travel with every result: a trial, simulated sheets. */
static void put_marks(struct http_reply *rp, const struct wave_head *v,
		      bool trial)
{
	if (trial)
		http_set_header(rp, "X-Phieu-Trial", "mau-thu");
	if (v->simulated)
		http_set_header(rp, "X-Phieu-Simulated", "mo-phong");
	http_set_header(rp, "Cache-Control", "private, no-cache");
}

static bool is_analyst(const struct http_request *rq)
{
	const struct identity *id = rq->identity;

	return id->roles & ROLE_BIT(ROLE_ANALYST);
}

static bool nothing_published(struct http_request *rq, struct http_reply *rp)
{
	http_error(rq, rp, 404, "not-published", "nothing is published yet",
		   "Chưa công bố kết quả");
	return true;
}

/* The bytes are the snapshot's own: their SHA-256 is the ETag. */
static bool results(struct db *db, struct http_request *rq,
		    struct http_reply *rp, const struct wave_head *v,
		    struct err *e)
{
	int32_t number = 0;
	struct snapshot s;
	struct release r;
	bool found = true;

	if (!is_analyst(rq)) {
		if (!store_release_get(db, v->wave, 0, &r, &found, e))
			return false;
		number = found ? r.snapshot : 0;
	}
	if (found &&
	    !store_snapshot_get(db, v->wave, number, rq->arena, &s, &found, e))
		return false;
	if (!found)
		return nothing_published(rq, rp);
	put_marks(rp, v, v->trial);
	if (!http_not_modified(rq, rp, s.sha256))
		buf_add(&rp->body, s.content, s.content_n);
	return true;
}

enum http_done web_results(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	return web_run_wave(rq, rp, app, results);
}

static const char *const kind_names[] = {
	[COMPONENT_CRITERION] = "criterion",
	[COMPONENT_GROUP] = "group",
	[COMPONENT_TOTAL] = "total",
};

static const char *const basis_names[] = {
	[BASIS_DECISION] = "decision",
	[BASIS_PLAN] = "plan",
	[BASIS_RECOLLECTED] = "recollected",
	[BASIS_EXAMPLE] = "example",
};

static void put_bases(struct jw *j, const struct plan *p)
{
	size_t i;

	jw_key(j, "bases");
	jw_array(j);
	for (i = 0; i < p->n_bases; i++) {
		const struct basis *b = &p->bases[i];

		jw_object(j);
		jw_kv(j, "id", b->id);
		jw_kv(j, "kind", basis_names[b->kind]);
		jw_kv(j, "number", b->number);
		jw_kv(j, "date", b->date);
		jw_kv(j, "title", b->title);
		jw_object_end(j);
	}
	jw_array_end(j);
}

/* "0.012345" is a JSON number as it stands; NULL: not shown. */
static void put_number(struct jw *j, const char *key, const char *text)
{
	jw_key(j, key);
	if (text)
		jw_raw(j, text);
	else
		jw_null(j);
}

static void put_count(struct jw *j, const char *key, int64_t n)
{
	jw_key(j, key);
	if (n >= 0)
		jw_int(j, n);
	else
		jw_null(j);
}

static void put_component(struct jw *j, const struct component *c)
{
	jw_object(j);
	jw_kv(j, "kind", kind_names[c->kind]);
	jw_kv(j, "unit", c->unit);
	jw_kv(j, "unit_name", c->unit_name);
	jw_kv(j, "block", c->block);
	jw_kv(j, "criterion", c->criterion);
	jw_kv(j, "criterion_name", c->criterion_name);
	jw_kv(j, "points", c->points);
	jw_kv(j, "points_exact", c->points_exact);
	jw_kv(j, "maximum", c->maximum);
	put_count(j, "n_asked", c->n_asked);
	put_count(j, "n_valid", c->n_valid);
	put_number(j, "standard_error", c->se);
	jw_key(j, "interval");
	jw_array(j);
	if (c->low && c->high) {
		jw_raw(j, c->low);
		jw_raw(j, c->high);
	}
	jw_array_end(j);
	jw_object_end(j);
}

/* Who computes with numbers, or holds them to account, gets all of them;
 * others what cannot be solved for a small group. */
bool web_computes(const struct identity *id, int32_t wave)
{
	static const unsigned roles = ROLE_BIT(ROLE_ANALYST) |
				      ROLE_BIT(ROLE_AUDITOR) |
				      ROLE_BIT(ROLE_ENGINE);

	return (id->roles & roles) && web_sees_wave(id, roles, wave);
}

bool web_round_guarded(struct db *db, const struct identity *id, int32_t wave,
		       int32_t round, bool *out, struct err *e)
{
	*out = false;
	return web_computes(id, wave) || store_round_guarded(db, round, out, e);
}

static const char *coarse(struct arena *a, const char *six, int digits)
{
	return six ? arena_printf(a, "%.*f", digits, strtod(six, NULL)) : NULL;
}

static void guard(struct component *rows, size_t n, int digits, struct arena *a)
{
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].guarded)
			continue;
		rows[i].points_exact = NULL;
		rows[i].se = coarse(a, rows[i].se, digits + 1);
		rows[i].low = coarse(a, rows[i].low, digits);
		rows[i].high = coarse(a, rows[i].high, digits);
	}
}

struct page {
	bool whole;
	int kind;
	size_t offset, limit, n, total;
	struct component *rows;
};

static void put_json(struct http_request *rq, struct http_reply *rp,
		     const struct wave_head *v, const struct wave *full,
		     const struct release *r, const struct page *p)
{
	struct jw j;
	size_t i;

	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "wave", v->code);
	jw_kv(&j, "name", v->name);
	jw_kb(&j, "trial", r->trial);
	jw_kb(&j, "simulated", v->simulated);
	jw_ki(&j, "release", r->release);
	jw_kv(&j, "released_at", r->released_at);
	jw_key(&j, "snapshot");
	jw_object(&j);
	jw_ki(&j, "id", r->snapshot);
	jw_kv(&j, "sha256", r->sha256);
	jw_ki(&j, "freeze", r->freeze);
	jw_object_end(&j);
	jw_kv(&j, "method", r->method);
	jw_key(&j, "confidence");
	jw_dec(&j, full->plan->decisions.confidence);
	put_bases(&j, full->plan);
	jw_ki(&j, "offset", (int64_t)p->offset);
	jw_ki(&j, "total", (int64_t)p->total);
	jw_key(&j, "components");
	jw_array(&j);
	for (i = 0; i < p->n; i++)
		put_component(&j, &p->rows[i]);
	jw_array_end(&j);
	jw_key(&j, "next");
	if (p->offset + p->n < p->total && p->n > 0)
		jw_text(&j,
			arena_printf(rq->arena,
				     "/v1/waves/%s/components?offset=%zu&"
				     "limit=%zu%s%s",
				     v->code, p->offset + p->n, p->limit,
				     p->kind >= 0 ? "&kind=" : "",
				     p->kind >= 0 ? kind_names[p->kind] : ""));
	else
		jw_null(&j);
	jw_object_end(&j);
}

static void csv_text(struct buf *out, const char *s)
{
	csv_write(out, s ? s : "", s ? strlen(s) : 0);
	csv_sep(out);
}

static void csv_count(struct buf *out, int64_t n)
{
	if (n >= 0)
		buf_addf(out, "%lld", (long long)n);
	csv_sep(out);
}

static void put_csv(struct buf *out, const struct wave_head *v,
		    const struct release *r, const struct page *p)
{
	size_t i;

	buf_adds(out, "wave,release,trial,simulated,snapshot_sha256,kind,unit,"
		      "unit_name,block,criterion,criterion_name,points,"
		      "points_exact,maximum,n_asked,n_valid,standard_error,"
		      "low,high");
	csv_end_row(out);
	for (i = 0; i < p->n; i++) {
		const struct component *c = &p->rows[i];

		csv_text(out, v->code);
		csv_count(out, r->release);
		csv_text(out, r->trial ? "true" : "false");
		csv_text(out, v->simulated ? "true" : "false");
		csv_text(out, r->sha256);
		csv_text(out, kind_names[c->kind]);
		csv_text(out, c->unit);
		csv_text(out, c->unit_name);
		csv_text(out, c->block);
		csv_text(out, c->criterion);
		csv_text(out, c->criterion_name);
		csv_text(out, c->points);
		csv_text(out, c->points_exact);
		csv_text(out, c->maximum);
		csv_count(out, c->n_asked);
		csv_count(out, c->n_valid);
		csv_text(out, c->se);
		csv_text(out, c->low);
		csv_write(out, c->high ? c->high : "",
			  c->high ? strlen(c->high) : 0);
		csv_end_row(out);
	}
}

static bool read_kind(struct http_request *rq, struct http_reply *rp, int *kind)
{
	const char *s = http_query(rq, "kind");
	int i;

	*kind = -1;
	if (!s)
		return true;
	for (i = 0; i < 3; i++)
		if (strcmp(s, kind_names[i]) == 0) {
			*kind = i;
			return true;
		}
	http_error(rq, rp, 400, "bad-query",
		   "kind is criterion, group or total",
		   "kind phải là criterion, group hoặc total");
	return false;
}

static bool put_components(struct db *db, struct http_request *rq,
			   struct http_reply *rp, const struct wave_head *v,
			   const struct release *r, struct page *p, bool csv,
			   struct err *e)
{
	struct wave *full = store_wave_get(db, v->code, e);
	bool ok;

	if (!full)
		return false;
	ok = store_components(db, full, r->release, p->kind, p->offset,
			      p->limit, rq->arena, &p->rows, &p->n, &p->total,
			      e);
	if (ok && !p->whole)
		guard(p->rows, p->n, full->plan->decisions.digits, rq->arena);
	if (ok && csv)
		put_csv(&rp->body, v, r, p);
	else if (ok)
		put_json(rq, rp, v, full, r, p);
	wave_free(full);
	return ok;
}

static bool components(struct db *db, struct http_request *rq,
		       struct http_reply *rp, const struct wave_head *v,
		       struct err *e)
{
	struct page p = { 0 };
	struct release r;
	const char *etag;
	bool found, csv;

	if (!web_page(rq, rp, &p.offset, &p.limit) ||
	    !read_kind(rq, rp, &p.kind))
		return true;
	if (!store_release_get(db, v->wave, 0, &r, &found, e))
		return false;
	if (!found)
		return nothing_published(rq, rp);
	csv = web_wants_csv(rq, rp);
	put_marks(rp, v, r.trial);
	p.whole = web_computes(rq->identity, v->wave);
	etag = arena_printf(rq->arena, "%s-%d-%s%s", r.sha256, (int)r.release,
			    csv ? "csv" : "json", p.whole ? "" : "-read");
	if (!etag)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (http_not_modified(rq, rp, etag))
		return true;
	return put_components(db, rq, rp, v, &r, &p, csv, e);
}

enum http_done web_components(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	return web_run_wave(rq, rp, app, components);
}
