/* Packed bodies and replies, and versions that are known. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "phieu/http.h"
#include "phieu/log.h"
#include "support/http_live.h"
#include "support/raw.h"
#include "support/test.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(packed_bodies_are_unpacked_within_bounds),
		cmocka_unit_test(unpacking_does_not_hold_others_up),
		BOTH(replies_are_packed_for_those_who_ask),
		BOTH(known_versions_are_not_sent_again),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
