/* The reference client against servers that behave badly. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/file.h"
#include "phieu/http.h"
#include "phieu/log.h"
#include "phieu/pull.h"
#include "support/test.h"

struct world {
	struct http_server *s;
	char url[64];
	struct pull p;
	struct pulled got;
	struct err e;
};

static enum http_done components(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	const char *wave = rq->param[0], *key = http_bearer(rq);
	const char *accept = http_header(rq, "Accept");
	size_t i;

	(void)app;
	if (!key || strcmp(key, "good") != 0) {
		http_error(rq, rp, 401, "sign-in", "bring a key", "khóa");
	} else if (strcmp(wave, "elsewhere") == 0) {
		rp->status = 302;
		http_set_header(rp, "Location", "/v1/waves/ok/components");
	} else if (strcmp(wave, "huge") == 0) {
		for (i = 0; i < 65 * 1024; i++)
			buf_add(&rp->body, (const char[1024]){ 0 }, 1024);
		rp->content_type = "application/json";
	} else if (strcmp(wave, "long-tag") == 0) {
		char tag[PULL_ETAG_MAX + 100];

		memset(tag, 't', sizeof tag - 1);
		tag[sizeof tag - 1] = '\0';
		http_set_header(rp, "ETag", arena_strdup(rq->arena, tag));
		buf_adds(&rp->body, "{}");
	} else if (strcmp(wave, "ok") != 0) {
		http_error(rq, rp, (int)strtol(wave, NULL, 10), "code",
			   "words of the server", "lời");
	} else if (!http_not_modified(rq, rp, "v1")) {
		buf_adds(&rp->body, accept && strcmp(accept, "text/csv") == 0
					    ? "a,b\r\n"
					    : "{\"ok\":true}");
	}
	return HTTP_REPLIED;
}

static const struct http_route routes[] = {
	{ HTTP_GET, "/v1/waves/{wave}/components", PERM_PUBLIC, 0, components },
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct http_config c = { .address = "127.0.0.1",
				 .threads = 1,
				 .routes = routes,
				 .n_routes = 1 };

	assert_non_null(w);
	w->s = http_start(&c, &w->e);
	assert_non_null(w->s);
	(void)snprintf(w->url, sizeof w->url, "http://127.0.0.1:%u",
		       http_port(w->s));
	w->p = (struct pull){ .from = w->url, .wave = "ok", .key = "good" };
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	(void)http_stop(w->s, 5);
	free(w);
	return 0;
}

static void get_ok(struct world *w, const char *want)
{
	if (!pull_get(&w->p, &w->got, &w->e))
		fail_msg("%s", w->e.msg);
	if (want)
		assert_string_equal(buf_cstr(&w->got.body), want);
	buf_free(&w->got.body);
}

static void get_fails(struct world *w, const char *wave, enum err_kind kind,
		      const char *words)
{
	w->p.wave = wave;
	assert_false(pull_get(&w->p, &w->got, &w->e));
	if (w->e.kind != kind || !strstr(w->e.msg, words))
		fail_msg("%s: %s %s", wave, err_kind_name(w->e.kind), w->e.msg);
	buf_free(&w->got.body);
}

static void what_is_known_is_not_fetched_again(void **state)
{
	struct world *w = *state;

	get_ok(w, "{\"ok\":true}");
	assert_false(w->got.unchanged);
	assert_string_equal(w->got.etag, "\"v1\"");
	memcpy(w->p.etag, w->got.etag, sizeof w->p.etag);
	get_ok(w, "");
	assert_true(w->got.unchanged);
	(void)snprintf(w->p.etag, sizeof w->p.etag, "\"v0\"");
	w->p.csv = true;
	get_ok(w, "a,b\r\n");
	assert_false(w->got.unchanged);
}

static void answers_other_than_yes_have_their_kinds(void **state)
{
	struct world *w = *state;

	get_fails(w, "403", ERR_DENIED, "403: words of the server");
	get_fails(w, "404", ERR_INPUT, "404: words of the server");
	get_fails(w, "429", ERR_DOWN, "429");
	get_fails(w, "500", ERR_DOWN, "500");
	get_fails(w, "503", ERR_DOWN, "503: words of the server");
	get_fails(w, "418", ERR_IO, "418");
	w->p.key = "bad";
	get_fails(w, "ok", ERR_DENIED, "401: bring a key");
}

static void nobody_sends_us_elsewhere(void **state)
{
	get_fails(*state, "elsewhere", ERR_IO, "not followed");
}

static void more_than_the_bound_is_refused(void **state)
{
	get_fails(*state, "huge", ERR_IO, "64 MiB");
}

static void a_tag_too_long_to_keep_is_not_kept(void **state)
{
	struct world *w = *state;

	w->p.wave = "long-tag";
	get_ok(w, "{}");
	assert_string_equal(w->got.etag, "");
}

static void nobody_there_is_a_matter_of_trying_again(void **state)
{
	struct world *w = *state;

	w->p.from = "http://127.0.0.1:1";
	get_fails(w, "ok", ERR_DOWN, "connect");
}

static void addresses_are_web_addresses_and_waves_one_segment(void **state)
{
	static const char *const bad[] = { "", "localhost:80", "file:///etc",
					   "ftp://x", "javascript:1" };
	struct world *w = *state;
	char *url;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		w->p.from = bad[i];
		assert_null(pull_url(&w->p, &w->e));
		assert_int_equal(w->e.kind, ERR_INPUT);
	}
	w->p.from = "https://x.vn//";
	w->p.wave = "../a b?c#d/Đ";
	url = pull_url(&w->p, &w->e);
	assert_string_equal(url, "https://x.vn/v1/waves/"
				 "..%2Fa%20b%3Fc%23d%2F%C4%90/components");
	free(url);
}

static void the_state_belongs_to_one_address_and_form(void **state)
{
	struct world *w = *state;
	char path[] = "/tmp/phieu-pull.XXXXXX";
	char text[PULL_ETAG_MAX + 1] = "";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	(void)close(fd);
	(void)unlink(path);
	(void)snprintf(w->p.etag, sizeof w->p.etag, "old");
	assert_true(pull_state_read(path, &w->p, &w->e)); /* no file yet */
	assert_string_equal(w->p.etag, "");
	assert_true(pull_state_write(path, &w->p, "\"v1\"", &w->e));
	assert_true(pull_state_read(path, &w->p, &w->e));
	assert_string_equal(w->p.etag, "\"v1\"");
	w->p.csv = true;
	assert_true(pull_state_read(path, &w->p, &w->e));
	assert_string_equal(w->p.etag, "");
	w->p.csv = false;
	w->p.wave = "other";
	assert_true(pull_state_read(path, &w->p, &w->e));
	assert_string_equal(w->p.etag, "");
	w->p.wave = "ok";
	assert_true(pull_state_write(path, &w->p, "\"v2\"", &w->e));
	assert_true(pull_state_read(path, &w->p, &w->e));
	assert_string_equal(w->p.etag, "\"v2\"");
	/* a line of its own in the request, or half of what it was */
	assert_true(pull_state_write(path, &w->p, "a\r\nX-Y: z", &w->e));
	assert_true(pull_state_read(path, &w->p, &w->e));
	assert_string_equal(w->p.etag, "");
	memset(text, 'a', sizeof text - 1);
	assert_true(pull_state_write(path, &w->p, text, &w->e));
	assert_true(pull_state_read(path, &w->p, &w->e));
	assert_string_equal(w->p.etag, "");
	assert_true(file_write(path, "{", 1, 0600, &w->e));
	assert_false(pull_state_read(path, &w->p, &w->e));
	assert_int_equal(w->e.kind, ERR_INPUT);
	(void)unlink(path);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_known_is_not_fetched_again),
		TEST(answers_other_than_yes_have_their_kinds),
		TEST(nobody_sends_us_elsewhere),
		TEST(more_than_the_bound_is_refused),
		TEST(a_tag_too_long_to_keep_is_not_kept),
		TEST(nobody_there_is_a_matter_of_trying_again),
		TEST(addresses_are_web_addresses_and_waves_one_segment),
		TEST(the_state_belongs_to_one_address_and_form),
	};

	log_set_level(LOG_ERROR);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
