/* Bounds of the server, and how it stops (R9, R15). */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/http.h"
#include "phieu/log.h"
#include "support/http_live.h"
#include "support/raw.h"
#include "support/test.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(too_large_bodies_are_refused_and_the_connection_lives),
		BOTH(enormous_bodies_are_not_waited_for),
		BOTH(headers_and_paths_have_bounds),
		BOTH(bodies_in_memory_are_bounded_over_all),
		BOTH(one_address_has_its_share_of_connections),
		BOTH(who_trickles_is_cut_and_who_is_slow_is_not),
		BOTH(stopping_finishes_what_has_begun),
		BOTH(stopping_says_how_many_were_cut),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
