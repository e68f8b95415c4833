/* http_live.h - a server of our own to ask over TCP. */
#ifndef TESTS_HTTP_LIVE_H
#define TESTS_HTTP_LIVE_H

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/http.h"
#include "phieu/log.h"
#include "support/raw.h"
#include "support/test.h"

enum { ECHO_MAX = 65536, BULK_MAX = 2 << 20, BUDGET = 1 << 20, BIG = 100000 };

struct live {
	unsigned threads;
	struct http_server *s;
	pthread_t loop;
	atomic_bool ends, hold; /* hold: /later waits for release */
	pthread_mutex_t lock;
	struct http_request *waiting[64];
	size_t n_waiting;
	uint16_t port;
};

MAYBE static enum http_done hello(struct http_request *rq,
				  struct http_reply *rp, void *app)
{
	(void)rq;
	(void)app;
	rp->content_type = "text/plain; charset=utf-8";
	buf_adds(&rp->body, "hello");
	return HTTP_REPLIED;
}

MAYBE static enum http_done echo(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	(void)app;
	if (rq->body[rq->body_n] != '\0')
		abort();
	rp->content_type = "text/plain";
	buf_add(&rp->body, rq->body, rq->body_n);
	return HTTP_REPLIED;
}

MAYBE static enum http_done size(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	(void)app;
	buf_addf(&rp->body, "%zu", rq->body_n);
	return HTTP_REPLIED;
}

MAYBE static enum http_done big(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	size_t i;

	(void)app;
	if (http_not_modified(rq, rp, "v1"))
		return HTTP_REPLIED;
	for (i = 0; i < BIG; i++)
		buf_add(&rp->body, &"0123456789"[i % 10], 1);
	return HTTP_REPLIED;
}

MAYBE static enum http_done who(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	const char *q = http_query(rq, "q"), *c = http_cookie(rq, "b");

	(void)app;
	buf_addf(&rp->body, "%s|%s|%s|%s|%s", rq->param[0],
		 (const char *)rq->identity, q ? q : "-", c ? c : "-",
		 rq->peer);
	return HTTP_REPLIED;
}

/* The answer is given by another thread, or by the loop later on. */
MAYBE static enum http_done later(struct http_request *rq,
				  struct http_reply *rp, void *app)
{
	struct live *l = app;

	(void)rp;
	(void)pthread_mutex_lock(&l->lock);
	l->waiting[l->n_waiting++] = rq;
	(void)pthread_mutex_unlock(&l->lock);
	return HTTP_LATER;
}

MAYBE static enum http_done at_once(struct http_request *rq,
				    struct http_reply *rp, void *app)
{
	(void)app;
	buf_adds(&rp->body, "at once");
	http_finish(rq); /* before HTTP_LATER is even returned */
	return HTTP_LATER;
}

MAYBE static enum http_done broken(struct http_request *rq,
				   struct http_reply *rp, void *app)
{
	(void)rq;
	(void)app;
	rp->body.max = 10;
	buf_adds(&rp->body, "longer than it may be");
	rp->body.max = 1 << 20;
	return HTTP_REPLIED;
}

MAYBE static enum http_done failing(struct http_request *rq,
				    struct http_reply *rp, void *app)
{
	struct err e = { 0 };

	(void)app;
	(void)err_set(&e, (enum err_kind)strtol(rq->param[0], NULL, 10),
		      "secret detail at /home/x");
	http_error_of(rq, rp, &e);
	return HTTP_REPLIED;
}

static const struct http_route routes[] = {
	{ HTTP_GET, "/hello", PERM_PUBLIC, 0, hello },
	{ HTTP_POST, "/echo", PERM_PUBLIC, ECHO_MAX, echo },
	{ HTTP_POST, "/private", 2, ECHO_MAX, echo },
	{ HTTP_POST, "/bulk", PERM_PUBLIC, BULK_MAX, size },
	{ HTTP_GET, "/big", PERM_PUBLIC, 0, big },
	{ HTTP_GET, "/who/{name}", 2, 0, who },
	{ HTTP_GET, "/later", PERM_PUBLIC, 0, later },
	{ HTTP_GET, "/at-once", PERM_PUBLIC, 0, at_once },
	{ HTTP_GET, "/broken", PERM_PUBLIC, 0, broken },
	{ HTTP_GET, "/fail/{kind}", PERM_PUBLIC, 0, failing },
	{ HTTP_DELETE, "/hello", 2, 10, hello },
};

MAYBE static bool auth(struct http_request *rq, int permission,
		       struct http_reply *rp, void *app)
{
	const char *key = http_bearer(rq);

	(void)permission;
	(void)app;
	if (key && strcmp(key, "good") == 0) {
		rq->identity = arena_strdup(rq->arena, key);
		return true;
	}
	http_error(rq, rp, 401, "no-key", "no key", "không có khóa");
	return false;
}

MAYBE static void finish_waiting(struct live *l)
{
	struct http_request *rq = NULL;

	if (atomic_load(&l->hold))
		return;
	(void)pthread_mutex_lock(&l->lock);
	if (l->n_waiting > 0)
		rq = l->waiting[--l->n_waiting];
	(void)pthread_mutex_unlock(&l->lock);
	if (!rq)
		return;
	buf_adds(&http_reply_of(rq)->body, "at last");
	http_finish(rq);
}

/* Event-loop mode: the whole service; threads mode: who finishes. */
MAYBE static void *run_loop(void *arg)
{
	struct live *l = arg;
	struct pollfd p = { .events = POLLIN };

	p.fd = l->threads ? -1 : http_fd(l->s);
	while (!atomic_load(&l->ends)) {
		if (l->threads > 0) {
			(void)poll(NULL, 0, 5);
		} else {
			int ms = http_timeout_ms(l->s);

			(void)poll(&p, 1, ms < 0 || ms > 10 ? 10 : ms);
			http_run(l->s);
		}
		finish_waiting(l);
	}
	return NULL;
}

MAYBE static struct http_config config_of(struct live *l)
{
	return (struct http_config){
		.address = "127.0.0.1",
		.threads = l->threads,
		.max_buffered = BUDGET,
		.idle_seconds = 20,
		.routes = routes,
		.n_routes = sizeof routes / sizeof routes[0],
		.auth = auth,
		.app = l,
	};
}

MAYBE static struct live *live_start_as(unsigned threads, struct http_config *c)
{
	struct live *l = calloc(1, sizeof *l);
	struct http_config plain;
	struct err e = { 0 };

	assert_non_null(l);
	l->threads = threads;
	(void)pthread_mutex_init(&l->lock, NULL);
	if (!c) {
		plain = config_of(l);
		c = &plain;
	}
	c->app = l;
	l->s = http_start(c, &e);
	if (!l->s)
		fail_msg("%s", e.msg);
	l->port = http_port(l->s);
	assert_int_equal(pthread_create(&l->loop, NULL, run_loop, l), 0);
	return l;
}

MAYBE static struct live *live_start(void **state)
{
	return live_start_as(**(unsigned **)state, NULL);
}

MAYBE static void join_loop(struct live *l)
{
	atomic_store(&l->ends, true);
	(void)pthread_join(l->loop, NULL);
}

MAYBE static unsigned live_stop(struct live *l)
{
	unsigned cut;

	join_loop(l);
	cut = http_stop(l->s, 5);
	free(l);
	return cut;
}

MAYBE static struct raw_reply ask(struct raw *r, const char *request)
{
	raw_text(r, request);
	return raw_take(r, strncmp(request, "HEAD", 4) == 0);
}

#define WANT(r, request, want_status, want_body)                              \
	do {                                                                  \
		struct raw_reply p_ = ask((r), (request));                    \
		if (p_.status != (want_status))                               \
			fail_msg("%.200s: %d, want %d", (request), p_.status, \
				 (want_status));                              \
		if (want_body)                                                \
			assert_string_equal(p_.body, (want_body));            \
		raw_reply_free(&p_);                                          \
	} while (0)
#define HOST "Host: x\r\n"

#define NEXT "GET /hello HTTP/1.1\r\n" HOST "\r\n"

/* Each test with the event loop and with threads. */
static unsigned live_loop = 0, live_threads = 3;
#define BOTH(f)                                               \
	{ #f " (event loop)", f, NULL, NULL, &live_loop },    \
	{                                                     \
#f " (threads)", f, NULL, NULL, &live_threads \
	}

#endif
