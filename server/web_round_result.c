/* Results of a round over HTTP: drafts for those who make them, what is
 * published for all, as rows for index engines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/csv.h"
#include "phieu/guard_text.h"
#include "phieu/json.h"
#include "phieu/result_desk.h"
#include "web_round.h"

/* Values of a whole province twice, as text and as numbers. */
#define DESK_BYTES ((size_t)512 << 20)

typedef bool (*desk_fn)(struct web_room *m, struct result_desk *d,
			struct err *e);

static bool at_desk(struct web_room *m, desk_fn fn, struct err *e)
{
	struct arena *a = arena_new(DESK_BYTES);
	struct result_desk d;
	bool ok;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	result_desk_init(&d, m->db, a, &m->head);
	ok = fn(m, &d, e);
	if (!ok && d.f.n) {
		m->no = (struct round_no){ .code = "faults", .faults = &d.f };
		web_round_say(m, e);
		ok = true;
	}
	result_desk_clear(&d);
	arena_free(a);
	return ok;
}

static bool is_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n < 10 && s[n] == '\0';
}

/* The result of {result}. */
static bool stored(struct web_room *m, struct arena *a, struct stored_result *x,
		   struct err *e)
{
	m->no.place = "/result";
	if (!is_number(m->rq->param[1]))
		return err_set(e, ERR_INPUT,
			       "chưa có kết quả này (there is no such "
			       "result)");
	return store_result_get(m->db, m->head.id, m->rq->param[1], a, x, e);
}

/* Its newest publication; 0: a draft. */
static bool release_of(struct web_room *m, int64_t result, int64_t *release,
		       struct err *e)
{
	struct res *r = store_round_releases(m->db, m->head.id, NULL, e);
	bool ok = r;
	int64_t of;

	*release = 0;
	for (size_t i = 0; ok && i < res_rows(r) && *release == 0; i++) {
		ok = res_i64(r, i, 6, &of, e);
		if (ok && of == result)
			ok = res_i64(r, i, 0, release, e);
	}
	res_free(r);
	return ok;
}

static void put_marks(struct web_room *m, bool draft)
{
	if (m->head.trial)
		http_set_header(m->rp, "X-Phieu-Trial", "mau-thu");
	if (draft)
		http_set_header(m->rp, "X-Phieu-Draft", "du-thao");
	http_set_header(m->rp, "Cache-Control", "private, no-cache");
}

static void put_head(struct jw *j, const struct web_room *m, int64_t result,
		     int64_t release)
{
	jw_kv(j, "round", m->head.code);
	jw_kv(j, "name", m->head.name);
	jw_kb(j, "trial", m->head.trial);
	jw_ki(j, "result", result);
	jw_kb(j, "draft", release == 0);
	jw_kv(j, "mark", release == 0 ? "Dự thảo" : NULL);
	jw_key(j, "release");
	if (release)
		jw_int(j, release);
	else
		jw_null(j);
}

/* ---- GET /v1/rounds/{round}/results/{result} -------------------------------
 */

/* The content; for those who do not compute with it to its own digits. */
static bool content_of(struct web_room *m, const struct stored_result *x,
		       bool guarded, const char **out, struct err *e)
{
	cJSON *root;
	char *text;
	bool ok;

	*out = x->content;
	if (!guarded)
		return true;
	root = json_parse(x->content, strlen(x->content), &json_plan_limits, e);
	if (!root)
		return err_wrap(e, "the stored result");
	ok = guard_content(root, guard_digits(root), m->rq->arena);
	text = ok ? cJSON_PrintUnformatted(root) : NULL;
	*out = text ? arena_strdup(m->rq->arena, text) : NULL;
	cJSON_free(text);
	cJSON_Delete(root);
	return *out || err_set(e, ERR_NOMEM, "out of memory");
}

static bool result_get(struct web_room *m, struct err *e)
{
	struct stored_result x = { 0 };
	const char *content = NULL;
	int64_t release = 0;
	bool guarded;
	struct jw j;

	/* who sees no draft does not learn which there are */
	if (!web_room_door(m, DOOR_INDEX, NULL, NULL, e) ||
	    !stored(m, m->rq->arena, &x, e) ||
	    !release_of(m, x.number, &release, e))
		return false;
	m->no.place = NULL;
	if (!release && !web_room_door(m, DOOR_DRAFT, NULL, NULL, e))
		return false;
	if (!web_round_guarded(m->db, m->id, m->who.wave, m->head.id, &guarded,
			       e))
		return false;
	put_marks(m, release == 0);
	if (http_not_modified(m->rq, m->rp,
			      arena_printf(m->rq->arena, "%s-%lld%s", x.sha256,
					   (long long)release,
					   guarded ? "-read" : "")))
		return true;
	if (!content_of(m, &x, guarded, &content, e))
		return false;
	jw_init(&j, &m->rp->body);
	jw_object(&j);
	put_head(&j, m, x.number, release);
	jw_kv(&j, "method", x.method);
	jw_kv(&j, "sha256", x.sha256);
	jw_key(&j, "content");
	jw_raw(&j, content);
	jw_object_end(&j);
	return true;
}

enum http_done web_round_result(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_round(rq, rp, app, result_get);
}

/* ---- POST /v1/rounds/{round}/results ----------------------------------------
 */

static bool compute(struct web_room *m, struct result_desk *d, struct err *e)
{
	int64_t number = 0;
	struct jw j;

	if (!result_desk_now(d, e) ||
	    !store_result_add(d->db, d->head.id, &d->values, &d->result,
			      d->content.data, m->login, &number, e))
		return false;
	put_marks(m, true);
	jw_init(&j, &m->rp->body);
	jw_object(&j);
	jw_kv(&j, "round", m->head.code);
	jw_ki(&j, "result", number);
	jw_kb(&j, "complete", d->result.complete);
	jw_kv(&j, "mark", "Dự thảo");
	jw_object_end(&j);
	return true;
}

static bool compute_post(struct web_room *m, struct err *e)
{
	return web_room_door(m, DOOR_COMPUTE, NULL, NULL, e) &&
	       at_desk(m, compute, e);
}

enum http_done web_round_compute(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run_round(rq, rp, app, compute_post);
}

/* ---- GET /v1/rounds/{round}/results/{result}/verify
 * -------------------------- */

static bool verify(struct web_room *m, struct result_desk *d, struct err *e)
{
	struct stored_result x = { 0 };
	struct jw j;

	if (!stored(m, d->a, &x, e))
		return false;
	m->no = (struct round_no){ .code = "differs", .place = "/result" };
	if (!result_desk_verify(d, &x, e))
		return false;
	jw_init(&j, &m->rp->body);
	jw_object(&j);
	jw_kv(&j, "round", m->head.code);
	jw_ki(&j, "result", x.number);
	jw_kv(&j, "method", x.method);
	jw_kv(&j, "sha256", x.sha256);
	jw_kb(&j, "verified", true);
	jw_object_end(&j);
	return true;
}

static bool verify_get(struct web_room *m, struct err *e)
{
	return web_room_door(m, DOOR_VERIFY, NULL, NULL, e) &&
	       at_desk(m, verify, e);
}

enum http_done web_round_verify(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_round(rq, rp, app, verify_get);
}

/* ---- GET /v1/rounds/{round}/components
 * ----------------------------------------
 */

/* A row of engines: a unit's total (criterion NULL) or one of its criteria. */
struct component_row {
	const cJSON *unit, *of; /* `of`: the unit itself, or the criterion */
	const char *criterion;
};
static const char *const columns[] = { "unit",	 "name",      "kind",
				       "block",	 "criterion", "state",
				       "points", "maximum",   "base",
				       "grade",	 "rank",      "shared" };
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

/* NULL: it has none. */
static const cJSON *member(const struct component_row *r, int column)
{
	bool total = !r->criterion;

	switch (column) {
	case 0: return json_get(r->unit, "code");
	case 1:
	case 2:
	case 3: return json_get(r->unit, columns[column]);
	case 4: return total ? NULL : json_get(r->of, "code");
	case 5: return total ? NULL : json_get(r->of, "state");
	case 6: return json_get(r->of, total ? "published" : "points");
	case 7:
	case 8: return json_get(r->of, columns[column]);
	default: return total ? json_get(r->of, columns[column]) : NULL;
	}
}

static void put_json_row(struct jw *j, const struct component_row *r)
{
	jw_object(j);
	for (int c = 0; c < N_COLUMNS; c++) {
		const cJSON *v = member(r, c);

		jw_key(j, columns[c]);
		if (v && cJSON_IsNumber(v))
			jw_int(j, (int64_t)v->valuedouble);
		else if (v && cJSON_IsBool(v))
			jw_bool(j, cJSON_IsTrue(v));
		else
			jw_text(j,
				v && cJSON_IsString(v) ? v->valuestring : NULL);
	}
	jw_object_end(j);
}

static void put_csv_row(struct buf *out, const struct component_row *r)
{
	for (int c = 0; c < N_COLUMNS; c++) {
		const cJSON *v = member(r, c);

		if (c)
			csv_sep(out);
		if (!v)
			continue;
		if (cJSON_IsNumber(v))
			buf_addf(out, "%lld", (long long)v->valuedouble);
		else if (cJSON_IsBool(v))
			buf_adds(out, cJSON_IsTrue(v) ? "true" : "false");
		else if (cJSON_IsString(v))
			csv_write(out, v->valuestring, strlen(v->valuestring));
	}
	csv_end_row(out);
}

/* JSON through `j`, or CSV. */
static void put_rows(const cJSON *root, struct jw *j, struct buf *csv)
{
	const cJSON *units = json_get(root, "units");

	for (const cJSON *u = units ? units->child : NULL; u; u = u->next) {
		const cJSON *list = json_get(u, "criteria");
		struct component_row r = { u, u, NULL };

		if (j)
			put_json_row(j, &r);
		else
			put_csv_row(csv, &r);
		for (const cJSON *c = list ? list->child : NULL; c;
		     c = c->next) {
			r = (struct component_row){ u, c, "" };
			if (j)
				put_json_row(j, &r);
			else
				put_csv_row(csv, &r);
		}
	}
}

static void put_components(struct web_room *m, const struct stored_result *x,
			   int64_t release, const cJSON *root, bool csv)
{
	struct jw j;

	if (csv) {
		for (int c = 0; c < N_COLUMNS; c++) {
			if (c)
				csv_sep(&m->rp->body);
			buf_adds(&m->rp->body, columns[c]);
		}
		csv_end_row(&m->rp->body);
		put_rows(root, NULL, &m->rp->body);
		return;
	}
	jw_init(&j, &m->rp->body);
	jw_object(&j);
	put_head(&j, m, x->number, release);
	jw_kv(&j, "method", x->method);
	jw_kv(&j, "sha256", x->sha256);
	jw_key(&j, "components");
	jw_array(&j);
	put_rows(root, &j, NULL);
	jw_array_end(&j);
	jw_object_end(&j);
}

static bool newest(struct web_room *m, const char **result, int64_t *release,
		   struct err *e)
{
	struct res *r = store_round_releases(m->db, m->head.id, NULL, e);
	bool ok = r;

	if (ok && res_rows(r) == 0) {
		m->no.code = "not-published";
		ok = err_set(e, ERR_INPUT, "nothing is published yet");
	}
	ok = ok && res_i64(r, 0, 0, release, e);
	if (ok)
		*result = res_dup(m->rq->arena, r, 0, 6);
	res_free(r);
	return ok;
}

static bool components(struct web_room *m, struct err *e)
{
	struct stored_result x = { 0 };
	const char *result = NULL;
	int64_t release = 0;
	cJSON *root;
	bool csv;

	if (!web_room_door(m, DOOR_INDEX, NULL, NULL, e) ||
	    !newest(m, &result, &release, e) ||
	    !store_result_get(m->db, m->head.id, result, m->rq->arena, &x, e))
		return false;
	csv = web_wants_csv(m->rq, m->rp);
	put_marks(m, false);
	if (http_not_modified(m->rq, m->rp,
			      arena_printf(m->rq->arena, "%s-%lld-%s", x.sha256,
					   (long long)release,
					   csv ? "csv" : "json")))
		return true;
	root = json_parse(x.content, strlen(x.content), &json_plan_limits, e);
	if (!root)
		return err_wrap(e, "the stored result");
	put_components(m, &x, release, root, csv);
	cJSON_Delete(root);
	return true;
}

enum http_done web_round_components(struct http_request *rq,
				    struct http_reply *rp, void *app)
{
	return web_run_round(rq, rp, app, components);
}
