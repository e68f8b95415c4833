/* POST /v1/submissions with one JSON object. */
#include <string.h>
#include <strings.h>

#include "phieu/date.h"
#include "phieu/log.h"
#include "service_impl.h"

struct single {
	struct http_request *rq;
	struct job job;
	struct line line[2]; /* the sheet; the files it names */
	int64_t begun;
};

static void single_done(struct service *s, struct job *j)
{
	struct single *one = j->owner;
	struct http_reply *rp = http_reply_of(one->rq);

	rp->status = line_status(one->line);
	line_write(s, j->wave, one->line, one->rq->id, 0, &rp->body);
	if (rp->status == 503)
		http_set_header(rp, "Retry-After", "2");
	if (rp->status == 401)
		http_set_header(rp, "WWW-Authenticate",
				"Bearer realm=\"phieu\"");
	metrics_latency(&s->metrics, clock_monotonic_us() - one->begun);
	wave_ref_drop(j->wave);
	http_finish(one->rq);
}

static bool is_type(const char *type, const char *want)
{
	size_t n = strlen(want);

	return strncasecmp(type, want, n) == 0 &&
	       (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

static enum http_done single(struct http_request *rq, struct http_reply *rp,
			     struct service *s)
{
	const struct agent_scope *key = rq->identity;
	struct single *one = arena_alloc(rq->arena, sizeof *one);
	struct err e = { 0 };
	struct wave_ref *w = service_wave(s, key->wave_code, &e);

	if (!one || !w) {
		if (w)
			wave_ref_drop(w);
		else
			log_err(LOG_WARN, rq->id, "plan", &e);
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	one->rq = rq;
	one->begun = clock_monotonic_us();
	if (!line_read(w, key, WAY_JSON, rq->body, rq->body_n, NULL, rq->arena,
		       one->line)) {
		wave_ref_drop(w);
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	one->job = (struct job){ .wave = w,
				 .lines = one->line,
				 .n = line_behind(&one->line[0], &one->line[1])
					      ? 2
					      : 1,
				 .bytes = rq->body_n,
				 .alone = one->line[0].sub.replaces != NULL,
				 .done = single_done,
				 .owner = one };
	service_enqueue(s, &one->job);
	return HTTP_LATER;
}

enum http_done service_submit(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	const char *type = http_header(rq, "Content-Type");
	struct service *s = app;

	if (!service_can_write(s)) {
		s->metrics.outcome[COUNT_UNAVAILABLE]++;
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	if (type && is_type(type, "application/x-ndjson"))
		return service_batch(rq, rp, s);
	if (type && !is_type(type, "application/json")) {
		http_error(rq, rp, 415, "wrong-type",
			   "send application/json or application/x-ndjson",
			   "Chỉ nhận application/json hoặc "
			   "application/x-ndjson");
		return HTTP_REPLIED;
	}
	return single(rq, rp, s);
}
