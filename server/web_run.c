#include <stdlib.h>
#include <string.h>

#include "phieu/log.h"
#include "web_impl.h"

struct handler { /* one of the two */
	web_fn any;
	web_wave_fn of_wave;
};

bool web_sees_wave(const struct identity *id, unsigned roles, int32_t wave)
{
	size_t i;

	if (!id->is_person)
		return id->key.wave == 0 || id->key.wave == wave;
	for (i = 0; i < id->person.n_grants; i++) {
		const struct grant *g = &id->person.grants[i];

		if ((roles & ROLE_BIT(g->role)) &&
		    (g->wave == 0 || g->wave == wave))
			return true;
	}
	return false;
}

static bool with_wave(struct db *db, struct http_request *rq,
		      struct http_reply *rp, web_wave_fn fn, struct err *e)
{
	const struct identity *id = rq->identity;
	struct wave_head v;
	bool found;

	if (!store_wave_head(db, rq->param[0], 0, rq->arena, &v, &found, e))
		return false;
	if (found && web_sees_wave(id, id->roles, v.wave))
		return fn(db, rq, rp, &v, e);
	web_not_found(rq, rp);
	return true;
}

static bool attempt(struct http_request *rq, struct http_reply *rp,
		    struct web *w, const struct handler *h, struct err *e)
{
	struct db *db = db_pool_take(w->db, WEB_DB_WAIT_MS, e);
	bool ok;

	if (!db)
		return false;
	if (h->of_wave)
		ok = with_wave(db, rq, rp, h->of_wave, e);
	else
		ok = h->any && h->any(db, rq, rp, w, e);
	db_pool_give(w->db, db);
	return ok;
}

static void start_over(struct http_reply *rp)
{
	rp->status = 200;
	rp->n_headers = 0;
	rp->body.len = 0;
	rp->body.broken = false;
}

static enum http_done run(struct http_request *rq, struct http_reply *rp,
			  void *app, const struct handler *h)
{
	struct web *w = app;
	struct err e = { 0 };
	bool ok = attempt(rq, rp, w, h, &e);

	if (!ok && e.kind == ERR_DOWN && rq->method == HTTP_GET) {
		start_over(rp);
		ok = attempt(rq, rp, w, h, &e);
	}
	if (!ok) {
		start_over(rp);
		http_error_of(rq, rp, &e);
	}
	return HTTP_REPLIED;
}

enum http_done web_run(struct http_request *rq, struct http_reply *rp,
		       void *app, web_fn fn)
{
	return run(rq, rp, app, &(struct handler){ .any = fn });
}

enum http_done web_run_wave(struct http_request *rq, struct http_reply *rp,
			    void *app, web_wave_fn fn)
{
	return run(rq, rp, app, &(struct handler){ .of_wave = fn });
}

void web_not_found(struct http_request *rq, struct http_reply *rp)
{
	http_error(rq, rp, 404, "not-found", "there is none such",
		   "Không tìm thấy");
}

int32_t web_only_wave(const struct http_request *rq)
{
	const struct identity *id = rq->identity;
	int32_t only = -1;
	size_t i;

	if (!id->is_person)
		return id->key.wave;
	for (i = 0; i < id->person.n_grants; i++) {
		int32_t wave = id->person.grants[i].wave;

		if (wave == 0 || (only != -1 && only != wave))
			return 0;
		only = wave;
	}
	return only;
}

static bool number(const char *s, size_t max, size_t *out)
{
	char *end;
	unsigned long v;

	if (!s)
		return true;
	if (*s < '0' || *s > '9' || strlen(s) > 9)
		return false;
	v = strtoul(s, &end, 10);
	if (*end || v > max)
		return false;
	*out = v;
	return true;
}

bool web_page(struct http_request *rq, struct http_reply *rp, size_t *offset,
	      size_t *limit)
{
	if (number(http_query(rq, "offset"), 100000000, offset) &&
	    number(http_query(rq, "limit"), WEB_PAGE_MAX, limit))
		return true;
	http_error(rq, rp, 400, "bad-query",
		   "offset and limit are whole numbers, limit at most 1000",
		   "offset và limit phải là số nguyên, limit tối đa 1000");
	return false;
}

bool web_wants_csv(const struct http_request *rq, struct http_reply *rp)
{
	const char *accept = http_header(rq, "Accept");
	bool csv = accept && strstr(accept, "text/csv");

	http_set_header(rp, "Vary", "Accept, Accept-Encoding");
	if (csv)
		rp->content_type = "text/csv; charset=utf-8";
	return csv;
}
