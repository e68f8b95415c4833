#include <stdlib.h>
#include <string.h>

#include "phieu/http.h"
#include "support/test.h"

static enum http_done nothing(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	(void)rq;
	(void)rp;
	(void)app;
	return HTTP_REPLIED;
}

static const struct http_route routes[] = {
	{ HTTP_GET, "/", PERM_PUBLIC, 0, nothing },
	{ HTTP_GET, "/v1/waves", PERM_PUBLIC, 0, nothing },
	{ HTTP_GET, "/v1/waves/{wave}", PERM_PUBLIC, 0, nothing },
	{ HTTP_POST, "/v1/waves/{wave}", PERM_PUBLIC, 10, nothing },
	{ HTTP_GET, "/v1/waves/{wave}/units/{unit}", PERM_PUBLIC, 0, nothing },
	{ HTTP_GET, "/v1/key/{key}/forms/{form}.xml", PERM_PUBLIC, 0, nothing },
	{ HTTP_DELETE, "/v1/only", PERM_PUBLIC, 0, nothing },
	{ HTTP_GET, "/a{one}b/{two}", PERM_PUBLIC, 0, nothing },
};
enum { N_ROUTES = sizeof routes / sizeof routes[0] };

static void paths_find_their_routes(void **state)
{
	static const struct {
		enum http_method m;
		const char *path;
		int want;
		const char *p0, *p1;
	} t[] = {
		{ HTTP_GET, "/", 0, NULL, NULL },
		{ HTTP_GET, "", -1, NULL, NULL },
		{ HTTP_GET, "//", -1, NULL, NULL },
		{ HTTP_GET, "v1/waves", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves", 1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/", -1, NULL, NULL },
		{ HTTP_GET, "/v1/wave", -1, NULL, NULL },
		{ HTTP_GET, "/v1/wavess", -1, NULL, NULL },
		{ HTTP_GET, "/V1/waves", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/lai-chau-2020", 2, "lai-chau-2020",
		  NULL },
		{ HTTP_POST, "/v1/waves/x", 3, "x", NULL },
		{ HTTP_PUT, "/v1/waves/x", -2, NULL, NULL },
		{ HTTP_DELETE, "/v1/waves", -2, NULL, NULL },
		{ HTTP_GET, "/v1/only", -2, NULL, NULL },
		{ HTTP_DELETE, "/v1/only", 6, NULL, NULL },
		{ HTTP_GET, "/v1/waves/a/units/b", 4, "a", "b" },
		{ HTTP_GET, "/v1/waves//units/b", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/a/units/", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/a/units/b/c", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/a%2Fb", 2, "a/b", NULL },
		{ HTTP_GET, "/v1/waves/T%e1%bb%89nh", 2, "Tỉnh", NULL },
		{ HTTP_GET, "/v1/waves/a+b", 2, "a+b", NULL },
		{ HTTP_GET, "/v1/waves/%zz", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/%4", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/%", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/a%00b", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/%ff", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/%c0%ae", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/..", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/%2e%2E", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/.", -1, NULL, NULL },
		{ HTTP_GET, "/v1/waves/../waves", -1, NULL, NULL },
		{ HTTP_GET, "/v1/%77aves", -1, NULL, NULL },
		{ HTTP_GET, "/v1/key/k1/forms/CT-01.xml", 5, "k1", "CT-01" },
		{ HTTP_GET, "/v1/key/k1/forms/.xml", -1, NULL, NULL },
		{ HTTP_GET, "/v1/key/k1/forms/CT-01", -1, NULL, NULL },
		{ HTTP_GET, "/aXb/y", 7, "X", "y" },
		{ HTTP_GET, "/ab/y", -1, NULL, NULL },
		{ HTTP_GET, "/a/y", -1, NULL, NULL },
	};
	struct arena *a = arena_new(1 << 20);
	const char *param[HTTP_PATH_PARAMS];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		int got = http_match(routes, N_ROUTES, t[i].m, t[i].path, a,
				     param);

		if (got != t[i].want)
			fail_msg("%s: %d, want %d", t[i].path, got, t[i].want);
		if (got < 0)
			continue;
		if (t[i].p0)
			assert_string_equal(param[0], t[i].p0);
		else
			assert_null(param[0]);
		if (t[i].p1)
			assert_string_equal(param[1], t[i].p1);
		else
			assert_null(param[1]);
	}
	arena_free(a);
}

static void more_parameters_than_there_is_room_for_do_not_match(void **state)
{
	static const struct http_route r[] = {
		{ HTTP_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}", PERM_PUBLIC, 0,
		  nothing },
		{ HTTP_GET, "/x{open", PERM_PUBLIC, 0, nothing },
	};
	struct arena *a = arena_new(1 << 16);
	const char *param[HTTP_PATH_PARAMS];

	(void)state;
	assert_int_equal(http_match(r, 2, HTTP_GET, "/1/2/3/4/5/6/7", a, param),
			 -1);
	assert_int_equal(http_match(r, 2, HTTP_GET, "/xy", a, param), -1);
	arena_free(a);
}

static void queries_are_decoded_or_refused(void **state)
{
	static const struct {
		const char *s;
		bool ok;
		size_t n;
		const char *name, *value; /* of the last */
	} t[] = {
		{ "", true, 0, NULL, NULL },
		{ "a=b", true, 1, "a", "b" },
		{ "a", true, 1, "a", "" },
		{ "a=", true, 1, "a", "" },
		{ "=b", true, 1, "", "b" },
		{ "&&a=b&&", true, 1, "a", "b" },
		{ "a=1&b=2&c=x+y", true, 3, "c", "x y" },
		{ "q=S%E1%BB%9F", true, 1, "q", "Sở" },
		{ "a=b=c", true, 1, "a", "b=c" },
		{ "a%3Db=1", true, 1, "a=b", "1" },
		{ "a=%", false, 0, NULL, NULL },
		{ "a=%2", false, 0, NULL, NULL },
		{ "a=%g0", false, 0, NULL, NULL },
		{ "a=%00", false, 0, NULL, NULL },
		{ "%ff=1", false, 0, NULL, NULL },
		{ "a=1&b=2&c=3&d=4&e=5", false, 0, NULL, NULL },
	};
	struct arena *a = arena_new(1 << 20);
	struct http_pair out[4];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		bool ok =
			http_parse_query(a, t[i].s, strlen(t[i].s), out, 4, &n);

		if (ok != t[i].ok)
			fail_msg("%s: %d", t[i].s, ok);
		if (!ok)
			continue;
		assert_int_equal(n, t[i].n);
		if (n > 0) {
			assert_string_equal(out[n - 1].name, t[i].name);
			assert_string_equal(out[n - 1].value, t[i].value);
		}
	}
	arena_free(a);
}

static void accept_lists_are_read(void **state)
{
	static const struct {
		const char *list;
		bool want;
	} t[] = {
		{ NULL, false },
		{ "", false },
		{ "gzip", true },
		{ "GZIP", true },
		{ "deflate, gzip;q=0.5", true },
		{ "gzip;q=0", false },
		{ "gzip; q=0.000", false },
		{ "gzip;q=0.001", true },
		{ "*", true },
		{ "*;q=0", false },
		{ "gzip;q=0, *", false },
		{ "br", false },
		{ "xgzip, gzipx", false },
		{ "br , gzip", true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		if (http_accepts(t[i].list, "gzip") != t[i].want)
			fail_msg("%s", t[i].list);
}

static void a_route_without_permission_or_handler_does_not_start(void **state)
{
	struct http_route r[] = {
		{ HTTP_GET, "/ok", PERM_PUBLIC, 0, nothing },
		{ HTTP_GET, "/forgotten", PERM_UNSET, 0, nothing },
	};
	struct http_config c = { .address = "127.0.0.1",
				 .routes = r,
				 .n_routes = 2 };
	struct err e = { 0 };

	(void)state;
	assert_null(http_start(&c, &e));
	assert_int_equal(e.kind, ERR_BUG);
	assert_non_null(strstr(e.msg, "/forgotten"));
	r[1].permission = PERM_PUBLIC;
	r[1].handler = NULL;
	assert_null(http_start(&c, &e));
	/* a permission with nobody to ask */
	r[1] = (struct http_route){ HTTP_GET, "/p", 2, 0, nothing };
	assert_null(http_start(&c, &e));
	assert_int_equal(e.kind, ERR_BUG);
}

static void bad_addresses_and_half_tls_do_not_start(void **state)
{
	struct http_config c = { .address = "localhost" };
	struct err e = { 0 };

	(void)state;
	assert_null(http_start(&c, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	c.address = "192.0.2.1"; /* documentation range: not ours */
	assert_null(http_start(&c, &e));
	assert_int_equal(e.kind, ERR_IO);
	c.address = "127.0.0.1";
	c.tls_key = "x";
	assert_null(http_start(&c, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	c.tls_certificate = "not PEM";
	assert_null(http_start(&c, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void name_permission(int p, struct buf *out)
{
	buf_addf(out, "perm-%d", p);
}

static void routes_are_listed_one_a_line(void **state)
{
	static const struct http_route r[] = {
		{ HTTP_GET, "/a", PERM_PUBLIC, 0, nothing },
		{ HTTP_PATCH, "/b/{c}", 6, 0, nothing },
	};
	struct buf b = BUF_INIT(1000);

	(void)state;
	http_print_routes(r, 2, name_permission, &b);
	assert_string_equal(buf_cstr(&b),
			    "GET /a public\nPATCH /b/{c} perm-6\n");
	buf_free(&b);
	http_print_routes(r + 1, 1, NULL, &b);
	assert_string_equal(buf_cstr(&b), "PATCH /b/{c} 6\n");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_routes),
		cmocka_unit_test(
			more_parameters_than_there_is_room_for_do_not_match),
		cmocka_unit_test(queries_are_decoded_or_refused),
		cmocka_unit_test(accept_lists_are_read),
		cmocka_unit_test(
			a_route_without_permission_or_handler_does_not_start),
		cmocka_unit_test(bad_addresses_and_half_tls_do_not_start),
		cmocka_unit_test(routes_are_listed_one_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
