/* Both modes of the HTTP service on real sockets (S9, S14). */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/http.h"
#include "phieu/log.h"
#include "support/http_live.h"
#include "support/raw.h"
#include "support/test.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(one_connection_serves_many_requests),
		BOTH(pipelined_requests_are_answered_in_order),
		BOTH(bytes_may_come_one_by_one),
		BOTH(answers_may_come_later_or_at_once),
		BOTH(paths_and_queries_have_their_answers),
		BOTH(doubtful_framing_ends_the_connection),
		BOTH(head_is_get_without_the_body),
		BOTH(wrong_methods_are_told_the_right_ones),
		BOTH(bodies_that_wait_for_a_word_get_it),
		BOTH(without_a_key_there_is_no_way_in),
		BOTH(every_reply_carries_the_same_protections),
		BOTH(errors_show_words_not_internals),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
