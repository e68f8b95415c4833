#include <stdio.h>

#include "phieu/json.h"
#include "phieu/store_progress.h"
#include "web_impl.h"

static void put_wave(struct jw *j, const struct wave_head *v)
{
	jw_kv(j, "wave", v->code);
	jw_kv(j, "name", v->name);
	jw_kv(j, "opens", v->opens);
	jw_kv(j, "closes", v->closes);
	jw_kv(j, "state", v->state);
	jw_kb(j, "trial", v->trial);
	jw_kb(j, "simulated", v->simulated);
	jw_ki(j, "plan_version", v->version);
}

static bool waves(struct db *db, struct http_request *rq, struct http_reply *rp,
		  struct web *w, struct err *e)
{
	size_t offset = 0, limit = 100, n, total = 0, i;
	int32_t only = web_only_wave(rq);
	struct wave_head *list;
	struct jw j;

	(void)w;
	if (!web_page(rq, rp, &offset, &limit))
		return true;
	if (!store_wave_heads(db, only, offset, limit, rq->arena, &list, &n,
			      &total, e))
		return false;
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_key(&j, "waves");
	jw_array(&j);
	for (i = 0; i < n; i++) {
		jw_object(&j);
		put_wave(&j, &list[i]);
		jw_object_end(&j);
	}
	jw_array_end(&j);
	jw_ki(&j, "offset", (int64_t)offset);
	jw_ki(&j, "total", (int64_t)total);
	jw_object_end(&j);
	return true;
}

enum http_done web_waves(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	return web_run(rq, rp, app, waves);
}

static bool wave_get(struct db *db, struct http_request *rq,
		     struct http_reply *rp, const struct wave_head *v,
		     struct err *e)
{
	struct jw j;

	(void)db;
	(void)rq;
	(void)e;
	jw_init(&j, &rp->body);
	jw_object(&j);
	put_wave(&j, v);
	jw_object_end(&j);
	return true;
}

enum http_done web_wave_get(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return web_run_wave(rq, rp, app, wave_get);
}

static bool plan(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	int32_t version;
	char sha[65];
	bool found;

	if (!store_wave_plan_sha(db, v->wave, &version, sha, &found, e))
		return false;
	if (!found) {
		web_not_found(rq, rp);
		return true;
	}
	http_set_header(rp, "Cache-Control", "private, no-cache");
	if (http_not_modified(rq, rp, sha))
		return true;
	return store_wave_plan_text(db, v->wave, version, &rp->body, e);
}

enum http_done web_plan(struct http_request *rq, struct http_reply *rp,
			void *app)
{
	return web_run_wave(rq, rp, app, plan);
}

static bool progress(struct db *db, struct http_request *rq,
		     struct http_reply *rp, const struct wave_head *v,
		     struct err *e)
{
	struct progress_row *rows;
	struct jw j;
	size_t n;

	if (!store_progress(db, v->wave, rq->arena, &rows, &n, e))
		return false;
	if (web_wants_csv(rq, rp)) {
		progress_csv(rows, n, &rp->body);
		return true;
	}
	jw_init(&j, &rp->body);
	jw_object(&j);
	put_wave(&j, v);
	jw_key(&j, "total");
	progress_total_json(rows, n, &j);
	jw_key(&j, "rows");
	progress_json(rows, n, &j);
	jw_object_end(&j);
	return true;
}

enum http_done web_progress(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return web_run_wave(rq, rp, app, progress);
}

static bool releases(struct db *db, struct http_request *rq,
		     struct http_reply *rp, const struct wave_head *v,
		     struct err *e)
{
	struct release_head *list;
	struct jw j;
	size_t n, i;

	if (!store_wave_releases(db, v->wave, rq->arena, &list, &n, e))
		return false;
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "wave", v->code);
	jw_key(&j, "releases");
	jw_array(&j);
	for (i = 0; i < n; i++) {
		jw_object(&j);
		jw_ki(&j, "release", list[i].release);
		jw_kv(&j, "kind", list[i].kind);
		jw_kv(&j, "released_at", list[i].released_at);
		jw_kv(&j, "reason", list[i].reason);
		if (list[i].supersedes)
			jw_ki(&j, "supersedes", list[i].supersedes);
		jw_ki(&j, "snapshot", list[i].snapshot);
		jw_kv(&j, "sha256", list[i].sha256);
		jw_ki(&j, "freeze", list[i].freeze);
		jw_kv(&j, "method", list[i].method);
		jw_object_end(&j);
	}
	jw_array_end(&j);
	jw_object_end(&j);
	return true;
}

enum http_done web_releases(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return web_run_wave(rq, rp, app, releases);
}
