/* What was published of a round, for index engines and readers. */
#include <string.h>

#include "phieu/json.h"
#include "phieu/store_result.h"
#include "phieu/store_round.h"
#include "web_impl.h"

/* The round of {round}; 404 when there is none such, or none for this person
 * or key: who is bound to a wave sees the round of that wave only. */
bool web_published_round(struct db *db, struct http_request *rq,
			 struct http_reply *rp, struct round_head **out,
			 int32_t *wave, struct err *e)
{
	const struct identity *id = rq->identity;
	struct round_head *list;
	struct wave_head v = { 0 };
	bool found = false;
	size_t n;

	*out = NULL;
	if (!store_round_list(db, rq->param[0], rq->arena, &list, &n, e))
		return false;
	if (n > 0 && *list[0].wave &&
	    !store_wave_head(db, list[0].wave, 0, rq->arena, &v, &found, e))
		return false;
	*wave = found ? v.wave : 0;
	if (n > 0 && web_sees_wave(id, id->roles, *wave))
		*out = &list[0];
	else
		web_not_found(rq, rp);
	return true;
}

static void put_i64(struct jw *j, const char *key, const struct res *r,
		    size_t row, int col)
{
	jw_key(j, key);
	jw_raw(j, res_null(r, row, col) ? "null" : res_text(r, row, col));
}

static void put_list(struct jw *j, const struct round_head *h,
		     const struct res *r)
{
	jw_object(j);
	jw_kv(j, "round", h->code);
	jw_kv(j, "name", h->name);
	jw_kv(j, "wave", *h->wave ? h->wave : NULL);
	jw_key(j, "releases");
	jw_array(j);
	for (size_t i = 0; i < res_rows(r); i++) {
		jw_object(j);
		put_i64(j, "release", r, i, 0);
		jw_kb(j, "trial", res_bool(r, i, 1));
		put_i64(j, "supersedes", r, i, 2);
		jw_kv(j, "decision", res_text(r, i, 3));
		jw_kv(j, "reason", res_text(r, i, 4));
		jw_kv(j, "released_at", res_text(r, i, 5));
		jw_kv(j, "sha256", res_text(r, i, 7));
		jw_kv(j, "input_sha256", res_text(r, i, 8));
		jw_kv(j, "method", res_text(r, i, 9));
		put_i64(j, "wave_release", r, i, 10);
		jw_object_end(j);
	}
	jw_array_end(j);
	jw_object_end(j);
}

static bool releases(struct db *db, struct http_request *rq,
		     struct http_reply *rp, struct web *w, struct err *e)
{
	struct round_head *h;
	int32_t wave;
	struct res *r;
	struct jw j;

	(void)w;
	if (!web_published_round(db, rq, rp, &h, &wave, e))
		return false;
	if (!h)
		return true;
	r = store_round_releases(db, h->id, NULL, e);
	if (!r)
		return false;
	http_set_header(rp, "Cache-Control", "private, no-cache");
	jw_init(&j, &rp->body);
	put_list(&j, h, r);
	res_free(r);
	return true;
}

enum http_done web_round_releases(struct http_request *rq,
				  struct http_reply *rp, void *app)
{
	return web_run(rq, rp, app, releases);
}

/* A number of at most nine digits. */
static bool is_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n < 10 && s[n] == '\0';
}

/* The bytes are the stored result's own: their SHA-256 is the ETag. */
static bool release(struct db *db, struct http_request *rq,
		    struct http_reply *rp, struct web *w, struct err *e)
{
	struct stored_result x = { 0 };
	struct round_head *h;
	int32_t wave;
	struct res *r = NULL;
	bool ok = true;

	(void)w;
	if (!web_published_round(db, rq, rp, &h, &wave, e))
		return false;
	if (!h)
		return true;
	if (is_number(rq->param[1])) {
		r = store_round_releases(db, h->id, rq->param[1], e);
		if (!r)
			return false;
	}
	if (!r || res_rows(r) == 0) {
		res_free(r);
		web_not_found(rq, rp);
		return true;
	}
	if (res_bool(r, 0, 1))
		http_set_header(rp, "X-Phieu-Trial", "mau-thu");
	http_set_header(rp, "Cache-Control", "private, no-cache");
	ok = store_result_get(db, h->id, res_text(r, 0, 6), rq->arena, &x, e);
	if (ok && !http_not_modified(rq, rp, x.sha256))
		buf_adds(&rp->body, x.content);
	res_free(r);
	return ok;
}

enum http_done web_round_release(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run(rq, rp, app, release);
}
