/* Both modes of the HTTP service on real sockets. */
#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "phieu/file.h"
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

static enum http_done hello(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	(void)rq;
	(void)app;
	rp->content_type = "text/plain; charset=utf-8";
	buf_adds(&rp->body, "hello");
	return HTTP_REPLIED;
}

static enum http_done echo(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	(void)app;
	if (rq->body[rq->body_n] != '\0')
		abort();
	rp->content_type = "text/plain";
	buf_add(&rp->body, rq->body, rq->body_n);
	return HTTP_REPLIED;
}

static enum http_done size(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	(void)app;
	buf_addf(&rp->body, "%zu", rq->body_n);
	return HTTP_REPLIED;
}

static enum http_done big(struct http_request *rq, struct http_reply *rp,
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

static enum http_done who(struct http_request *rq, struct http_reply *rp,
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
static enum http_done later(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	struct live *l = app;

	(void)rp;
	(void)pthread_mutex_lock(&l->lock);
	l->waiting[l->n_waiting++] = rq;
	(void)pthread_mutex_unlock(&l->lock);
	return HTTP_LATER;
}

static enum http_done at_once(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	(void)app;
	buf_adds(&rp->body, "at once");
	http_finish(rq); /* before HTTP_LATER is even returned */
	return HTTP_LATER;
}

static enum http_done broken(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	(void)rq;
	(void)app;
	rp->body.max = 10;
	buf_adds(&rp->body, "longer than it may be");
	rp->body.max = 1 << 20;
	return HTTP_REPLIED;
}

static enum http_done failing(struct http_request *rq, struct http_reply *rp,
			      void *app)
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

static bool auth(struct http_request *rq, int permission, struct http_reply *rp,
		 void *app)
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

static void finish_waiting(struct live *l)
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
static void *run_loop(void *arg)
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

static struct http_config config_of(struct live *l)
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

static struct live *live_start_as(unsigned threads, struct http_config *c)
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

static struct live *live_start(void **state)
{
	return live_start_as(**(unsigned **)state, NULL);
}

static void join_loop(struct live *l)
{
	atomic_store(&l->ends, true);
	(void)pthread_join(l->loop, NULL);
}

static unsigned live_stop(struct live *l)
{
	unsigned cut;

	join_loop(l);
	cut = http_stop(l->s, 5);
	free(l);
	return cut;
}

static struct raw_reply ask(struct raw *r, const char *request)
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

static void one_connection_serves_many_requests(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	struct http_stats s;
	int i;

	for (i = 0; i < 50; i++) {
		WANT(&r, "GET /hello HTTP/1.1\r\n" HOST "\r\n", 200, "hello");
		WANT(&r,
		     "POST /echo HTTP/1.1\r\n" HOST
		     "Content-Length: 3\r\n\r\nabc",
		     200, "abc");
		WANT(&r,
		     "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
		     200, "");
	}
	http_stats_get(l->s, &s);
	assert_int_equal(s.connections, 1);
	assert_int_equal(s.buffered, 0);
	assert_true(s.replies[2] >= 149);
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	struct raw_reply p;
	static const char *const want[] = { "hello", "one", "at last", "two" };
	size_t i;

	raw_text(&r,
		 "GET /hello HTTP/1.1\r\n" HOST "\r\n"
		 "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\none"
		 "GET /later HTTP/1.1\r\n" HOST "\r\n"
		 "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\ntwo");
	for (i = 0; i < 4; i++) {
		p = raw_take(&r, false);
		assert_int_equal(p.status, 200);
		assert_string_equal(p.body, want[i]);
		raw_reply_free(&p);
	}
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void bytes_may_come_one_by_one(void **state)
{
	static const char request[] =
		"POST /private HTTP/1.1\r\n" HOST
		"Authorization: Bearer good\r\n"
		"Transfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n";
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	struct raw_reply p;
	size_t i;

	for (i = 0; request[i]; i++) {
		raw_send(&r, request + i, 1);
		if (i % 16 == 0)
			(void)poll(NULL, 0, 1);
	}
	p = raw_take(&r, false);
	assert_int_equal(p.status, 200);
	assert_string_equal(p.body, "abcde");
	raw_reply_free(&p);
	WANT(&r, "GET /hello HTTP/1.1\r\n" HOST "\r\n", 200, "hello");
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void answers_may_come_later_or_at_once(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	int i;

	for (i = 0; i < 20; i++) {
		WANT(&r, "GET /later HTTP/1.1\r\n" HOST "\r\n", 200, "at last");
		WANT(&r, "GET /at-once HTTP/1.1\r\n" HOST "\r\n", 200,
		     "at once");
	}
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static char *body_request(const char *headers, size_t n)
{
	char *s = calloc(1, n + 1000);
	size_t k;

	assert_non_null(s);
	k = (size_t)snprintf(s, 1000, "POST %s\r\nContent-Length: %zu\r\n\r\n",
			     headers, n);
	memset(s + k, 'x', n);
	return s;
}

static void too_large_bodies_are_refused_and_the_connection_lives(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	char *fits = body_request("/echo HTTP/1.1\r\nHost: x", ECHO_MAX);
	char *not = body_request("/echo HTTP/1.1\r\nHost: x", ECHO_MAX + 1);
	char *deep = body_request("/echo HTTP/1.1\r\nHost: x", 3 << 20);
	char *chunked = calloc(1, 2 * ECHO_MAX);
	struct raw_reply p;
	size_t k;

	assert_non_null(chunked);
	k = (size_t)snprintf(chunked, 200,
			     "POST /echo HTTP/1.1\r\n" HOST
			     "Transfer-Encoding: chunked\r\n\r\n%x\r\n",
			     ECHO_MAX + 1);
	memset(chunked + k, 'x', ECHO_MAX + 1);
	memcpy(chunked + k + ECHO_MAX + 1, "\r\n0\r\n\r\n", 8);
	p = ask(&r, fits);
	assert_int_equal(p.status, 200);
	assert_int_equal(p.body_n, ECHO_MAX);
	raw_reply_free(&p);
	WANT(&r, not, 413, NULL);
	WANT(&r, deep, 413, NULL);
	WANT(&r, chunked, 413, NULL);
	/* a path that takes no body */
	WANT(&r, "GET /hello HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab",
	     413, NULL);
	WANT(&r, "GET /hello HTTP/1.1\r\n" HOST "\r\n", 200, "hello");
	free(fits);
	free(not );
	free(deep);
	free(chunked);
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void enormous_bodies_are_not_waited_for(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);

	WANT(&r,
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Content-Length: 99999999999\r\n\r\nabc",
	     413, NULL);
	assert_true(raw_is_closed(&r));
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void paths_and_queries_have_their_answers(void **state)
{
	static const struct {
		const char *target;
		int status;
		const char *body;
	} t[] = {
		{ "/who/an", 200, "an|good|-|2|127.0.0.1" },
		{ "/who/a%20b?q=1%2B1", 200, "a b|good|1+1|2|127.0.0.1" },
		{ "http://x/who/an", 200, "an|good|-|2|127.0.0.1" },
		{ "/who/%zz", 404, NULL },
		{ "/who/%00", 404, NULL },
		{ "/who/..", 404, NULL },
		{ "/who/an?q=%", 400, NULL },
		{ "/who/an?q=%00", 400, NULL },
		{ "/nowhere", 404, NULL },
		{ "/who/an/", 404, NULL },
		{ "//who/an", 404, NULL },
	};
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	char line[300];
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		(void)snprintf(line, sizeof line,
			       "GET %s HTTP/1.1\r\n" HOST
			       "Authorization: bearer  good\r\n"
			       "Cookie: a=1; b=2; bb=3\r\n\r\n",
			       t[i].target);
		WANT(&r, line, t[i].status, t[i].body);
	}
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

#define ECHO11 "POST /echo HTTP/1.1\r\n"
#define NEXT   "GET /hello HTTP/1.1\r\n" HOST "\r\n"

/* Whatever two readers could take for two different requests. */
static void doubtful_framing_ends_the_connection(void **state)
{
	static const char *const t[] = {
		ECHO11 HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
		ECHO11 HOST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
		ECHO11 HOST "Content-Length: 3, 3\r\n\r\nabc",
		ECHO11 HOST "Content-Length: +3\r\n\r\nabc",
		ECHO11 HOST "Content-Length: -3\r\n\r\nabc",
		ECHO11 HOST "Content-Length: 0x3\r\n\r\nabc",
		ECHO11 HOST "Content-Length: 3 3\r\n\r\nabc",
		ECHO11 HOST "Content-Length: \r\n\r\n",
		ECHO11 HOST "Content-Length: 99999999999999999999999\r\n\r\n",
		ECHO11 HOST "Content-Length: 3\r\n"
			    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		ECHO11 HOST "Transfer-Encoding: chunked\r\n"
			    "Content-Length: 3\r\n\r\n0\r\n\r\n",
		ECHO11 HOST "Transfer-Encoding: chunked\r\n"
			    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		ECHO11 HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		ECHO11 HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		ECHO11 HOST "Transfer-Encoding: identity\r\n\r\n",
		ECHO11 HOST "Transfer-Encoding:\r\n\r\n0\r\n\r\n",
		"POST /echo HTTP/1.0\r\n" HOST
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		ECHO11 HOST HOST "Content-Length: 3\r\n\r\nabc",
		ECHO11 "Content-Length: 3\r\n\r\nabc",
		ECHO11 HOST "Content-Length : 3\r\n\r\nabc",
		ECHO11 HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
		ECHO11 HOST "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
		ECHO11 HOST "Transfer-Encoding: chunked\r\n\r\n"
			    "fffffffffffffffff\r\nabc",
		"GET hello HTTP/1.1\r\n" HOST "\r\n",
		"GET /hello HTTP/9.9\r\n" HOST "\r\n",
		"GET /hello\r\n" HOST "\r\n",
		"GET * HTTP/1.1\r\n" HOST "\r\n",
		"GET /hello#x HTTP/1.1\r\n" HOST "\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	};
	struct live *l = live_start(state);
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct raw r = raw_open(l->port);
		struct raw_reply p, second;

		raw_text(&r, t[i]);
		raw_text(&r, NEXT);
		raw_ends(&r);
		p = raw_take(&r, false);
		if (p.status != 0 && (p.status < 400 || p.status > 505))
			fail_msg("%s: %d", t[i], p.status);
		second = raw_take(&r, false);
		if (second.status != 0)
			fail_msg("%s: went on with %d", t[i], second.status);
		raw_reply_free(&p);
		raw_reply_free(&second);
		raw_close(&r);
	}
	assert_int_equal(live_stop(l), 0);
}

static size_t deflated(const char *in, size_t n, unsigned char *out, size_t max)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	z.next_in = (Bytef *)in;
	z.avail_in = (uInt)n;
	z.next_out = out;
	z.avail_out = (uInt)max;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	(void)deflateEnd(&z);
	return z.total_out;
}

static int send_packed(struct live *l, const unsigned char *p, size_t n,
		       const char *encoding, size_t *echoed)
{
	struct raw r = raw_open(l->port);
	struct raw_reply a;
	char head[300];
	int status;

	(void)snprintf(head, sizeof head,
		       "POST /echo HTTP/1.1\r\n" HOST
		       "Content-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
		       encoding, n);
	raw_text(&r, head);
	raw_send(&r, p, n);
	a = raw_take(&r, false);
	status = a.status;
	*echoed = a.body_n;
	raw_reply_free(&a);
	raw_close(&r);
	return status;
}

static void packed_bodies_are_unpacked_within_bounds(void **state)
{
	struct live *l = live_start(state);
	char *plain = calloc(1, 4 << 20);
	unsigned char packed[65536];
	size_t n, got;

	assert_non_null(plain);
	memset(plain, 'y', 4 << 20);
	n = deflated("hello", 5, packed, sizeof packed);
	assert_int_equal(send_packed(l, packed, n, "gzip", &got), 200);
	assert_int_equal(got, 5);
	assert_int_equal(send_packed(l, packed, n, "GZIP", &got), 200);
	assert_int_equal(send_packed(l, packed, n, "identity", &got), 200);
	assert_int_equal(send_packed(l, packed, n, "br", &got), 415);
	assert_int_equal(send_packed(l, packed, n, "gzip, gzip", &got), 415);
	assert_int_equal(send_packed(l, packed, n - 1, "gzip", &got), 400);
	packed[n] = 'x';
	assert_int_equal(send_packed(l, packed, n + 1, "gzip", &got), 400);
	packed[n / 2] ^= 0xff;
	assert_int_equal(send_packed(l, packed, n, "gzip", &got), 400);
	assert_int_equal(send_packed(l, (const unsigned char *)"abc", 3, "gzip",
				     &got),
			 400);
	n = deflated(plain, ECHO_MAX, packed, sizeof packed);
	assert_int_equal(send_packed(l, packed, n, "gzip", &got), 200);
	assert_int_equal(got, ECHO_MAX);
	n = deflated(plain, ECHO_MAX + 1, packed, sizeof packed);
	assert_int_equal(send_packed(l, packed, n, "gzip", &got), 413);
	n = deflated(plain, 4 << 20, packed, sizeof packed); /* a bomb */
	assert_int_equal(send_packed(l, packed, n, "gzip", &got), 413);
	free(plain);
	assert_int_equal(live_stop(l), 0);
}

static bool has_answer(const struct raw *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void send_bulk(struct raw *r, const unsigned char *packed, size_t n)
{
	char head[200];

	(void)snprintf(head, sizeof head,
		       "POST /bulk HTTP/1.1\r\n" HOST
		       "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
		       n);
	raw_text(r, head);
	raw_send(r, packed, n);
}

/* Four bodies unpack to 2 MiB each, a slice between looks at the network: a
 * short question is not behind them.  The loop is the test's own. */
static void unpacking_does_not_hold_others_up(void **state)
{
	enum { N = 4, RUNS = 1000 };
	struct live l = { .threads = 0 };
	struct http_config c = config_of(&l);
	struct raw bulk[N], quick;
	char *plain = calloc(1, BULK_MAX);
	unsigned char packed[65536];
	struct raw_reply p;
	struct err e = { 0 };
	size_t n, i;
	int runs;

	(void)state;
	assert_non_null(plain);
	n = deflated(plain, BULK_MAX, packed, sizeof packed);
	c.max_buffered = (size_t)64 << 20;
	l.s = http_start(&c, &e);
	assert_non_null(l.s);
	l.port = http_port(l.s);
	for (i = 0; i < N; i++) {
		bulk[i] = raw_open(l.port);
		send_bulk(&bulk[i], packed, n);
	}
	quick = raw_open(l.port);
	raw_text(&quick, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	for (runs = 0; runs < RUNS && !has_answer(&quick); runs++)
		http_run(l.s);
	assert_true(runs < RUNS);
	assert_false(has_answer(&bulk[N - 1]));
	assert_int_equal(http_timeout_ms(l.s), 0); /* there is work to do */
	for (; runs < RUNS && !has_answer(&bulk[N - 1]); runs++)
		http_run(l.s);
	for (i = 0; i < N; i++) {
		p = raw_take(&bulk[i], false);
		assert_int_equal(p.status, 200);
		assert_string_equal(p.body, "2097152");
		raw_reply_free(&p);
		raw_close(&bulk[i]);
	}
	raw_close(&quick);
	for (i = 0; i < RUNS && http_active(l.s) > 0; i++)
		http_run(l.s);
	/* asked to stop in the middle of one: it is told so */
	bulk[0] = raw_open(l.port);
	send_bulk(&bulk[0], packed, n);
	for (i = 0; i < RUNS && http_active(l.s) == 0; i++)
		http_run(l.s);
	http_run(l.s);
	assert_int_equal(http_stop(l.s, 0), 1);
	p = raw_take(&bulk[0], false);
	assert_true(p.status == 503 || p.status == 0);
	raw_reply_free(&p);
	raw_close(&bulk[0]);
	free(plain);
}

static void replies_are_packed_for_those_who_ask(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	struct raw_reply p;
	unsigned char plain[BIG + 1];
	char v[100];
	z_stream z = { 0 };

	p = ask(&r, "GET /big HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n"
		    "\r\n");
	assert_int_equal(p.status, 200);
	assert_true(raw_header(&p, "Content-Encoding", v, sizeof v));
	assert_string_equal(v, "gzip");
	assert_true(raw_header(&p, "Vary", v, sizeof v));
	assert_true(raw_header(&p, "ETag", v, sizeof v));
	assert_string_equal(v, "W/\"v1\"");
	assert_true(p.body_n < BIG / 10);
	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	z.next_in = (Bytef *)p.body;
	z.avail_in = (uInt)p.body_n;
	z.next_out = plain;
	z.avail_out = sizeof plain;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, BIG);
	assert_memory_equal(plain + BIG - 10, "0123456789", 10);
	(void)inflateEnd(&z);
	raw_reply_free(&p);

	p = ask(&r, "GET /big HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(p.body_n, BIG);
	assert_false(raw_header(&p, "Content-Encoding", v, sizeof v));
	assert_true(raw_header(&p, "Vary", v, sizeof v));
	raw_reply_free(&p);
	/* too small to be worth it */
	p = ask(&r, "GET /hello HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n"
		    "\r\n");
	assert_false(raw_header(&p, "Content-Encoding", v, sizeof v));
	raw_reply_free(&p);
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void known_versions_are_not_sent_again(void **state)
{
	static const struct {
		const char *condition;
		int status;
	} t[] = {
		{ "\"v1\"", 304 },  { "W/\"v1\"", 304 },
		{ "*", 304 },	    { "\"v0\", W/\"v1\"", 304 },
		{ "\"v0\"", 200 },  { "v1", 200 },
		{ "\"v11\"", 200 }, { "\"\"", 200 },
		{ "\"v1", 200 },    { "", 200 },
	};
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	char line[200];
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		(void)snprintf(line, sizeof line,
			       "GET /big HTTP/1.1\r\n" HOST
			       "If-None-Match: %s\r\n\r\n",
			       t[i].condition);
		WANT(&r, line, t[i].status,
		     t[i].status == 304 ? "" : (const char *)NULL);
	}
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void head_is_get_without_the_body(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	struct raw_reply p;
	char v[100];

	p = ask(&r, "HEAD /hello HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(p.status, 200);
	assert_true(raw_header(&p, "Content-Length", v, sizeof v));
	assert_string_equal(v, "5");
	raw_reply_free(&p);
	WANT(&r, "GET /hello HTTP/1.1\r\n" HOST "\r\n", 200, "hello");
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void wrong_methods_are_told_the_right_ones(void **state)
{
	static const char *const methods[] = { "POST",	  "PUT",   "PATCH",
					       "OPTIONS", "TRACE", "FOO" };
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	char line[100], v[100];
	size_t i;

	for (i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		struct raw_reply p;

		(void)snprintf(line, sizeof line,
			       "%s /hello HTTP/1.1\r\n" HOST "\r\n",
			       methods[i]);
		p = ask(&r, line);
		assert_int_equal(p.status, 405);
		assert_true(raw_header(&p, "Allow", v, sizeof v));
		assert_string_equal(v, "GET, HEAD, DELETE");
		raw_reply_free(&p);
	}
	WANT(&r, "FOO /nowhere HTTP/1.1\r\n" HOST "\r\n", 404, NULL);
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void bodies_that_wait_for_a_word_get_it(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	struct raw_reply p;

	p = ask(&r, "POST /private HTTP/1.1\r\n" HOST
		    "Authorization: Bearer good\r\n"
		    "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	assert_int_equal(p.status, 100);
	raw_reply_free(&p);
	WANT(&r, "abc", 200, "abc");
	/* who is refused is told before anything is sent */
	WANT(&r,
	     "POST /private HTTP/1.1\r\n" HOST
	     "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n",
	     401, NULL);
	assert_true(raw_is_closed(&r));
	raw_close(&r);
	r = raw_open(l->port);
	WANT(&r,
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Expect: 100-continue\r\nContent-Length: 999999\r\n\r\n",
	     413, NULL);
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void without_a_key_there_is_no_way_in(void **state)
{
	static const char *const keys[] = { "",
					    "Authorization: Bearer bad\r\n",
					    "Authorization: Bearer\r\n",
					    "Authorization: Basic good\r\n",
					    "Authorization: good\r\n",
					    "authorization: Bearer goodx\r\n" };
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	char line[200];
	size_t i;

	for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		(void)snprintf(line, sizeof line,
			       "GET /who/x HTTP/1.1\r\n" HOST "%s\r\n",
			       keys[i]);
		WANT(&r, line, 401, NULL);
		(void)snprintf(line, sizeof line,
			       "POST /private HTTP/1.1\r\n" HOST
			       "%sContent-Length: 3\r\n\r\nabc",
			       keys[i]);
		WANT(&r, line, 401, NULL);
	}
	WANT(&r,
	     "GET /who/x HTTP/1.1\r\n" HOST
	     "AUTHORIZATION: bearer good\r\n\r\n",
	     200, NULL);
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void every_reply_carries_the_same_protections(void **state)
{
	static const struct {
		const char *request;
		int status;
	} t[] = {
		{ "GET /hello HTTP/1.1\r\n" HOST "\r\n", 200 },
		{ "GET /nowhere HTTP/1.1\r\n" HOST "\r\n", 404 },
		{ "PUT /hello HTTP/1.1\r\n" HOST "\r\n", 405 },
		{ "GET /who/x HTTP/1.1\r\n" HOST "\r\n", 401 },
		{ "GET /broken HTTP/1.1\r\n" HOST "\r\n", 500 },
	};
	static const struct {
		const char *name, *value;
	} h[] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Cache-Control", "no-store" },
		{ "Content-Security-Policy", "default-src 'self'" },
	};
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	char v[100], before[100] = "";
	size_t i, j;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct raw_reply p = ask(&r, t[i].request);

		assert_int_equal(p.status, t[i].status);
		for (j = 0; j < sizeof h / sizeof h[0]; j++) {
			assert_true(raw_header(&p, h[j].name, v, sizeof v));
			assert_string_equal(v, h[j].value);
		}
		assert_true(raw_header(&p, "X-Request-Id", v, sizeof v));
		assert_string_not_equal(v, before);
		memcpy(before, v, sizeof before);
		if (p.status >= 400)
			assert_non_null(strstr(p.body, v));
		raw_reply_free(&p);
	}
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void errors_show_words_not_internals(void **state)
{
	static const struct {
		enum err_kind kind;
		int status;
		bool shown;
	} t[] = {
		{ ERR_INPUT, 400, true },   { ERR_CONFLICT, 409, true },
		{ ERR_DENIED, 403, false }, { ERR_DB, 500, false },
		{ ERR_DOWN, 503, false },   { ERR_IO, 500, false },
		{ ERR_MATH, 422, true },    { ERR_NOMEM, 503, false },
		{ ERR_BUG, 500, false },
	};
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	char line[100], v[20];
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct raw_reply p;

		(void)snprintf(line, sizeof line,
			       "GET /fail/%d HTTP/1.1\r\n" HOST "\r\n",
			       (int)t[i].kind);
		p = ask(&r, line);
		assert_int_equal(p.status, t[i].status);
		assert_int_equal(strstr(p.body, "secret") != NULL, t[i].shown);
		assert_non_null(strstr(p.body, "\"message_vi\":\""));
		assert_int_equal(raw_header(&p, "Retry-After", v, sizeof v),
				 t[i].status == 503);
		raw_reply_free(&p);
	}
	raw_close(&r);
	assert_int_equal(live_stop(l), 0);
}

static void headers_and_paths_have_bounds(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	char *s = calloc(1, 70000);
	size_t k;

	assert_non_null(s);
	/* within the promise */
	k = (size_t)snprintf(s, 100, "GET /hello HTTP/1.1\r\n" HOST "X: ");
	memset(s + k, 'a', LIMIT_HTTP_HEADER_BYTES - 40);
	memcpy(s + k + LIMIT_HTTP_HEADER_BYTES - 40, "\r\n\r\n", 5);
	WANT(&r, s, 200, "hello");
	/* just past it, far past it */
	memset(s + k, 'a', LIMIT_HTTP_HEADER_BYTES + 10);
	memcpy(s + k + LIMIT_HTTP_HEADER_BYTES + 10, "\r\n\r\n", 5);
	WANT(&r, s, 431, NULL);
	raw_close(&r);
	r = raw_open(l->port);
	memset(s + k, 'a', 60000);
	memcpy(s + k + 60000, "\r\n\r\n", 5);
	WANT(&r, s, 431, NULL);
	raw_close(&r);
	r = raw_open(l->port);
	k = (size_t)snprintf(s, 100, "GET /");
	memset(s + k, 'a', LIMIT_HTTP_PATH_BYTES);
	memcpy(s + k + LIMIT_HTTP_PATH_BYTES, " HTTP/1.1\r\n" HOST "\r\n",
	       sizeof " HTTP/1.1\r\n" HOST "\r\n");
	WANT(&r, s, 414, NULL);
	raw_close(&r);
	free(s);
	assert_int_equal(live_stop(l), 0);
}

static void bodies_in_memory_are_bounded_over_all(void **state)
{
	struct live *l = live_start(state);
	struct raw a = raw_open(l->port), b = raw_open(l->port);
	char *half = body_request("/bulk HTTP/1.1\r\nHost: x", 600000);
	char v[20];
	struct raw_reply p;
	struct http_stats s;
	int i;

	raw_text(&a, "POST /bulk HTTP/1.1\r\n" HOST
		     "Content-Length: 700000\r\n\r\n");
	raw_send(&a, strstr(half, "\r\n\r\n") + 4, 600000);
	for (i = 0; i < 1000; i++) {
		http_stats_get(l->s, &s);
		if (s.buffered == 600000)
			break;
		(void)poll(NULL, 0, 10);
	}
	assert_int_equal(s.buffered, 600000);
	p = ask(&b, half);
	assert_int_equal(p.status, 503);
	assert_true(raw_header(&p, "Retry-After", v, sizeof v));
	raw_reply_free(&p);
	/* the first one goes; there is room again */
	raw_send(&a, strstr(half, "\r\n\r\n") + 4, 100000);
	WANT(&a, "", 200, "700000");
	WANT(&b, half, 200, "600000");
	for (i = 0; i < 1000; i++) {
		http_stats_get(l->s, &s);
		if (s.buffered == 0)
			break;
		(void)poll(NULL, 0, 10);
	}
	assert_int_equal(s.buffered, 0);
	free(half);
	raw_close(&a);
	raw_close(&b);
	assert_int_equal(live_stop(l), 0);
}

static void one_address_has_its_share_of_connections(void **state)
{
	struct live plain = { .threads = **(unsigned **)state };
	struct http_config c = config_of(&plain);
	struct live *l;
	struct raw r[3];

	c.max_per_address = 2;
	l = live_start_as(plain.threads, &c);
	r[0] = raw_open(l->port);
	WANT(&r[0], NEXT, 200, "hello");
	r[1] = raw_open(l->port);
	WANT(&r[1], NEXT, 200, "hello");
	r[2] = raw_open(l->port);
	WANT(&r[2], NEXT, 0, NULL);
	WANT(&r[0], NEXT, 200, "hello");
	raw_close(&r[0]);
	raw_close(&r[1]);
	raw_close(&r[2]);
	assert_int_equal(live_stop(l), 0);
}

static void who_trickles_is_cut_and_who_is_slow_is_not(void **state)
{
	struct live plain = { .threads = **(unsigned **)state };
	struct http_config c = config_of(&plain);
	char piece[200];
	struct live *l;
	struct raw_reply p;
	struct raw bad, good, mute;
	int i;

	c.slow_seconds = 1;
	c.idle_seconds = 2;
	memset(piece, 'x', sizeof piece);
	l = live_start_as(plain.threads, &c);
	bad = raw_open(l->port);
	good = raw_open(l->port);
	mute = raw_open(l->port);
	raw_text(&bad,
		 "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5000\r\n\r\n");
	raw_text(&good,
		 "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5000\r\n\r\n");
	for (i = 0; i < 25; i++) {
		raw_send(&bad, "x", 1);
		raw_send(&good, piece, sizeof piece);
		(void)poll(NULL, 0, 150);
	}
	p = raw_take(&good, false);
	assert_int_equal(p.status, 200);
	assert_int_equal(p.body_n, 5000);
	raw_reply_free(&p);
	assert_true(raw_is_closed(&bad));
	assert_true(raw_is_closed(&mute));
	raw_close(&bad);
	raw_close(&good);
	raw_close(&mute);
	assert_int_equal(live_stop(l), 0);
}

static void *stop_in_background(void *arg)
{
	struct live *l = arg;

	(void)poll(NULL, 0, 200);
	atomic_store(&l->hold, false);
	return NULL;
}

static bool has_waiting(struct live *l)
{
	bool yes;

	(void)pthread_mutex_lock(&l->lock);
	yes = l->n_waiting > 0;
	(void)pthread_mutex_unlock(&l->lock);
	return yes;
}

static void wait_for_waiting(struct live *l)
{
	int i;

	for (i = 0; i < 1000 && !has_waiting(l); i++)
		(void)poll(NULL, 0, 10);
	assert_true(has_waiting(l));
}

static void stopping_finishes_what_has_begun(void **state)
{
	struct live *l = live_start(state);
	struct raw begun = raw_open(l->port), body = raw_open(l->port);
	struct raw_reply p;
	pthread_t release;
	char v[20];
	int i;

	atomic_store(&l->hold, true);
	raw_text(&begun, "GET /later HTTP/1.1\r\n" HOST "\r\n");
	raw_text(&body,
		 "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 6\r\n\r\nabc");
	wait_for_waiting(l);
	for (i = 0; i < 1000 && http_active(l->s) < 2; i++)
		(void)poll(NULL, 0, 10);
	if (l->threads == 0) {
		/* the loop goes on until nothing is active */
		atomic_store(&l->hold, false);
		join_loop(l);
		http_quiesce(l->s);
		while (http_active(l->s) > 1) {
			finish_waiting(l);
			http_run(l->s);
		}
		raw_text(&body, "def");
		assert_int_equal(http_stop(l->s, 5), 0);
	} else {
		assert_int_equal(pthread_create(&release, NULL,
						stop_in_background, l),
				 0);
		raw_text(&body, "def");
		assert_int_equal(http_stop(l->s, 10), 0);
		(void)pthread_join(release, NULL);
		/* l->s is gone: the loop only looks at waiting requests */
	}
	p = raw_take(&begun, false);
	assert_int_equal(p.status, 200);
	assert_string_equal(p.body, "at last");
	assert_true(raw_header(&p, "Connection", v, sizeof v));
	raw_reply_free(&p);
	p = raw_take(&body, false);
	assert_int_equal(p.status, 200);
	assert_string_equal(p.body, "abcdef");
	raw_reply_free(&p);
	assert_true(raw_is_closed(&begun));
	raw_close(&begun);
	raw_close(&body);
	if (l->threads > 0)
		join_loop(l);
	free(l);
}

static void stopping_says_how_many_were_cut(void **state)
{
	struct live *l = live_start(state);
	struct raw r = raw_open(l->port);
	struct raw_reply p;

	atomic_store(&l->hold, true);
	raw_text(&r, "GET /later HTTP/1.1\r\n" HOST "\r\n");
	wait_for_waiting(l);
	join_loop(l);
	assert_int_equal(http_stop(l->s, 0), 1);
	p = raw_take(&r, false);
	assert_true(p.status == 503 || p.status == 0);
	raw_reply_free(&p);
	raw_close(&r);
	free(l);
}

static char *pem(const char *dir, const char *name)
{
	char path[256];
	struct err e = { 0 };
	size_t n;
	char *s;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	s = file_read(path, 1 << 20, &n, &e);
	if (!s)
		fail_msg("%s", e.msg);
	return s;
}

extern char **environ;

static void make_pair(const char *dir, const char *name)
{
	char cert[256], key[256], subject[64];
	const char *const argv[] = { "openssl",
				     "req",
				     "-x509",
				     "-newkey",
				     "ec",
				     "-pkeyopt",
				     "ec_paramgen_curve:P-256",
				     "-nodes",
				     "-days",
				     "3650",
				     "-subj",
				     subject,
				     "-addext",
				     "subjectAltName=IP:127.0.0.1",
				     "-out",
				     cert,
				     "-keyout",
				     key,
				     NULL };
	posix_spawn_file_actions_t quiet;
	int status = -1;
	pid_t pid;

	(void)snprintf(cert, sizeof cert, "%s/%s.crt", dir, name);
	(void)snprintf(key, sizeof key, "%s/%s.key", dir, name);
	(void)snprintf(subject, sizeof subject, "/CN=%s", name);
	assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
	assert_int_equal(posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO,
							  "/dev/null", 1, 0),
			 0);
	assert_int_equal(posix_spawnp(&pid, argv[0], &quiet, NULL,
				      (char *const *)(uintptr_t)argv, environ),
			 0);
	(void)posix_spawn_file_actions_destroy(&quiet);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static CURLcode fetch(uint16_t port, const char *ca, long versions)
{
	char url[64];
	CURL *c = curl_easy_init();
	CURLcode rc;

	assert_non_null(c);
	(void)snprintf(url, sizeof url, "https://127.0.0.1:%u/hello", port);
	(void)curl_easy_setopt(c, CURLOPT_URL, url);
	(void)curl_easy_setopt(c, CURLOPT_CAINFO, ca);
	(void)curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	(void)curl_easy_setopt(c, CURLOPT_SSLVERSION, versions);
	(void)curl_easy_setopt(c, CURLOPT_SSL_CIPHER_LIST,
			       "DEFAULT@SECLEVEL=0");
	rc = curl_easy_perform(c);
	curl_easy_cleanup(c);
	return rc;
}

static void tls_serves_and_takes_up_a_new_certificate(void **state)
{
	struct live plain = { .threads = **(unsigned **)state };
	struct http_config c = config_of(&plain);
	char dir[] = "/tmp/phieu-tls.XXXXXX", ca[2][64], path[64];
	static const char *const names[] = { "first.crt", "first.key",
					     "second.crt", "second.key" };
	char *text[4];
	struct err e = { 0 };
	struct live *l;
	size_t i;

	assert_non_null(mkdtemp(dir));
	make_pair(dir, "first");
	make_pair(dir, "second");
	for (i = 0; i < 4; i++)
		text[i] = pem(dir, names[i]);
	(void)snprintf(ca[0], sizeof ca[0], "%s/first.crt", dir);
	(void)snprintf(ca[1], sizeof ca[1], "%s/second.crt", dir);
	c.tls_certificate = text[0];
	c.tls_key = text[3];
	assert_null(http_start(&c, &e)); /* they do not belong together */
	assert_int_equal(e.kind, ERR_INPUT);
	c.tls_key = text[1];
	l = live_start_as(plain.threads, &c);
	assert_int_equal(fetch(l->port, ca[0], CURL_SSLVERSION_TLSv1_2),
			 CURLE_OK);
	assert_int_not_equal(fetch(l->port, ca[1], CURL_SSLVERSION_TLSv1_2),
			     CURLE_OK);
	assert_int_not_equal(fetch(l->port, ca[0],
				   CURL_SSLVERSION_TLSv1_1 |
					   CURL_SSLVERSION_MAX_TLSv1_1),
			     CURLE_OK);
	assert_false(http_tls_reload(l->s, text[2], text[1], &e));
	assert_false(http_tls_reload(l->s, "nothing", text[1], &e));
	assert_int_equal(fetch(l->port, ca[0], CURL_SSLVERSION_TLSv1_2),
			 CURLE_OK);
	assert_true(http_tls_reload(l->s, text[2], text[3], &e));
	assert_int_equal(fetch(l->port, ca[1], CURL_SSLVERSION_TLSv1_2),
			 CURLE_OK);
	assert_int_not_equal(fetch(l->port, ca[0], CURL_SSLVERSION_TLSv1_2),
			     CURLE_OK);
	assert_int_equal(live_stop(l), 0);
	l = live_start_as(plain.threads, NULL);
	assert_false(http_tls_reload(l->s, text[2], text[3], &e));
	assert_int_equal(live_stop(l), 0);
	for (i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		(void)unlink(path);
		free(text[i]);
	}
	(void)rmdir(dir);
}

int main(void)
{
	static unsigned loop_mode = 0, threads_mode = 3;
#define BOTH(f)                                               \
	{ #f " (event loop)", f, NULL, NULL, &loop_mode },    \
	{                                                     \
#f " (threads)", f, NULL, NULL, &threads_mode \
	}
	const struct CMUnitTest tests[] = {
		BOTH(one_connection_serves_many_requests),
		BOTH(pipelined_requests_are_answered_in_order),
		BOTH(bytes_may_come_one_by_one),
		BOTH(answers_may_come_later_or_at_once),
		BOTH(too_large_bodies_are_refused_and_the_connection_lives),
		BOTH(enormous_bodies_are_not_waited_for),
		BOTH(paths_and_queries_have_their_answers),
		BOTH(doubtful_framing_ends_the_connection),
		BOTH(packed_bodies_are_unpacked_within_bounds),
		cmocka_unit_test(unpacking_does_not_hold_others_up),
		BOTH(replies_are_packed_for_those_who_ask),
		BOTH(known_versions_are_not_sent_again),
		BOTH(head_is_get_without_the_body),
		BOTH(wrong_methods_are_told_the_right_ones),
		BOTH(bodies_that_wait_for_a_word_get_it),
		BOTH(without_a_key_there_is_no_way_in),
		BOTH(every_reply_carries_the_same_protections),
		BOTH(errors_show_words_not_internals),
		BOTH(headers_and_paths_have_bounds),
		BOTH(bodies_in_memory_are_bounded_over_all),
		BOTH(one_address_has_its_share_of_connections),
		BOTH(who_trickles_is_cut_and_who_is_slow_is_not),
		BOTH(stopping_finishes_what_has_begun),
		BOTH(stopping_says_how_many_were_cut),
		BOTH(tls_serves_and_takes_up_a_new_certificate),
	};

	log_set_level(LOG_ERROR);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
