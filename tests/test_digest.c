#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "phieu/digest.h"
#include "phieu/hash.h"

static const uint8_t key[32] = "the key that collectors share..";
#define NOW	INT64_C(1763700000000000)
#define MINUTES INT64_C(60000000)

static bool parse(const char *s, struct digest *d)
{
	static struct arena *a;
	bool ok;

	arena_free(a);
	a = NULL;
	if (!s)
		return false;
	a = arena_new(1 << 16);
	assert_non_null(a);
	ok = digest_parse(a, s, d);
	return ok;
}

static void what_a_client_says_is_taken_apart(void **state)
{
	struct digest d;

	(void)state;
	assert_true(
		parse("username=\"Mu\\\"fa, sa\", realm=x , NONCE=\"n\",uri="
		      "\"/a?b=c,d\", qop=auth,\tnc=00000001, cnonce=\"\", "
		      "response=\"r\", opaque=\"o\", algorithm=MD5",
		      &d));
	assert_string_equal(d.username, "Mu\"fa, sa");
	assert_string_equal(d.realm, "x");
	assert_string_equal(d.nonce, "n");
	assert_string_equal(d.uri, "/a?b=c,d");
	assert_string_equal(d.qop, "auth");
	assert_string_equal(d.nc, "00000001");
	assert_string_equal(d.cnonce, "");
	assert_string_equal(d.response, "r");
	assert_string_equal(d.algorithm, "MD5");
	assert_true(parse("", &d));
	assert_null(d.username);
	assert_false(parse("username", &d));
	assert_false(parse("=x", &d) && d.username);
	assert_false(parse("username=\"open", &d));
	assert_false(parse("uri=a, uri=b", &d)); /* which one is meant? */
	(void)parse(NULL, &d);
}

static void a_challenge_is_known_again_for_ten_minutes(void **state)
{
	char nonce[DIGEST_NONCE_CHARS + 1];
	int64_t us = 0;

	(void)state;
	digest_nonce(key, sizeof key, NOW, nonce);
	assert_int_equal(strlen(nonce), DIGEST_NONCE_CHARS);
	assert_true(digest_nonce_ok(key, sizeof key, nonce, NOW, &us));
	assert_int_equal(us, NOW);
	assert_true(digest_nonce_ok(key, sizeof key, nonce,
				    NOW + 10 * MINUTES - 1, &us));
	assert_false(digest_nonce_ok(key, sizeof key, nonce, NOW + 10 * MINUTES,
				     &us));
	assert_false(digest_nonce_ok(key, sizeof key, nonce, NOW - 1, &us));
	assert_false(
		digest_nonce_ok((const uint8_t *)"other", 5, nonce, NOW, &us));
	assert_false(digest_nonce_ok(key, sizeof key, "", NOW, &us));
	nonce[20] = nonce[20] == 'a' ? 'b' : 'a';
	assert_false(digest_nonce_ok(key, sizeof key, nonce, NOW, &us));
	memset(nonce, 'f', 16); /* a time below zero */
	assert_false(digest_nonce_ok(key, sizeof key, nonce, NOW, &us));
	memset(nonce, 'x', 16);
	assert_false(digest_nonce_ok(key, sizeof key, nonce, NOW, &us));
}

static void a_count_is_taken_once(void **state)
{
	struct digest_seen *s = digest_seen_new(NOW);
	char nc[9];

	(void)state;
	assert_non_null(s);
	assert_true(digest_is_fresh(s, NOW + 1, "00000001"));
	assert_true(digest_is_fresh(s, NOW + 1, "00000001")); /* asking */
	assert_true(digest_use(s, NOW + 1, "00000001"));
	assert_false(digest_is_fresh(s, NOW + 1, "00000001"));
	assert_false(digest_use(s, NOW + 1, "00000001"));
	assert_true(digest_use(s, NOW + 2, "00000001")); /* another one */
	/* overtaken by others, but only so far */
	assert_true(digest_use(s, NOW + 1, "00000050"));
	assert_true(digest_use(s, NOW + 1, "0000004F"));
	assert_false(digest_use(s, NOW + 1, "0000004f"));
	assert_true(digest_use(s, NOW + 1, "00000011"));
	assert_false(digest_use(s, NOW + 1, "00000010")); /* 64 below */
	assert_false(digest_use(s, NOW + 1, "00000001"));
	for (unsigned n = 0x51; n < 0x200; n++) {
		(void)snprintf(nc, sizeof nc, "%08x", n);
		assert_true(digest_use(s, NOW + 1, nc));
		assert_false(digest_use(s, NOW + 1, nc));
	}
	assert_true(digest_use(s, NOW + 1, "ffffffff"));
	assert_false(digest_use(s, NOW + 1, "000001ff"));
	digest_seen_free(s);
}

static void what_is_no_count_is_not_fresh(void **state)
{
	static const char *const bad[] = { "",		"1",	    "00000000",
					   "000000001", "0000000g", "+0000001",
					   " 0000001",	"0x000001" };
	struct digest_seen *s = digest_seen_new(NOW);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(digest_is_fresh(s, NOW + 1, bad[i]));
		assert_false(digest_use(s, NOW + 1, bad[i]));
	}
	digest_seen_free(s);
}

/* What was answered before a restart nobody remembers: none of it counts. */
static void challenges_from_before_the_start_are_stale(void **state)
{
	struct digest_seen *s = digest_seen_new(NOW);

	(void)state;
	assert_false(digest_is_fresh(s, NOW, "00000001"));
	assert_false(digest_use(s, NOW - 1, "00000001"));
	assert_true(digest_use(s, NOW + 1, "00000001"));
	digest_seen_free(s);
}

/* More challenges than places: what is forgotten becomes stale, it is never
 * taken a second time. */
static void what_is_forgotten_is_never_taken_again(void **state)
{
	enum { N = 40000 };
	struct digest_seen *s = digest_seen_new(NOW);
	size_t kept = 0;

	(void)state;
	for (int64_t i = 1; i <= N; i++)
		assert_true(digest_use(s, NOW + i * 997, "00000001"));
	for (int64_t i = 1; i <= N; i++) {
		assert_false(digest_use(s, NOW + i * 997, "00000001"));
		kept += digest_is_fresh(s, NOW + i * 997, "00000002");
	}
	assert_true(kept > 4000 && kept <= 8192);
	/* the newest are still known */
	assert_true(digest_is_fresh(s, NOW + N * INT64_C(997), "00000002"));
	digest_seen_free(s);
}

static void a_clock_set_back_does_not_shut_devices_out(void **state)
{
	struct digest_seen *s = digest_seen_new(NOW);

	(void)state;
	digest_seen_clock(s, NOW + MINUTES);
	assert_true(digest_use(s, NOW + MINUTES, "00000001"));
	digest_seen_clock(s, NOW - 120 * MINUTES);
	assert_true(digest_use(s, NOW - 120 * MINUTES, "00000001"));
	assert_false(digest_use(s, NOW - 120 * MINUTES, "00000001"));
	/* and forward again: what was used stays used */
	digest_seen_clock(s, NOW + 2 * MINUTES);
	assert_false(digest_use(s, NOW + MINUTES, "00000001"));
	assert_true(digest_use(s, NOW + 2 * MINUTES, "00000001"));
	digest_seen_free(s);
	digest_seen_free(NULL);
}

static void a_password_crosses_a_line_only_on_tls_or_at_home(void **state)
{
	(void)state;
	assert_true(digest_basic_ok(true, "203.0.113.9"));
	assert_true(digest_basic_ok(true, "?"));
	assert_true(digest_basic_ok(false, "127.0.0.1"));
	assert_true(digest_basic_ok(false, "127.8.9.1"));
	assert_true(digest_basic_ok(false, "::1"));
	assert_true(digest_basic_ok(false, "::ffff:127.0.0.1"));
	assert_false(digest_basic_ok(false, "10.0.0.1"));
	assert_false(digest_basic_ok(false, "192.168.1.4"));
	assert_false(digest_basic_ok(false, "::ffff:10.0.0.1"));
	assert_false(digest_basic_ok(false, "::12"));
	assert_false(digest_basic_ok(false, "1270.0.1"));
	assert_false(digest_basic_ok(false, "?"));
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(what_a_client_says_is_taken_apart),
		cmocka_unit_test(a_challenge_is_known_again_for_ten_minutes),
		cmocka_unit_test(a_count_is_taken_once),
		cmocka_unit_test(what_is_no_count_is_not_fresh),
		cmocka_unit_test(challenges_from_before_the_start_are_stale),
		cmocka_unit_test(what_is_forgotten_is_never_taken_again),
		cmocka_unit_test(a_clock_set_back_does_not_shut_devices_out),
		cmocka_unit_test(
			a_password_crosses_a_line_only_on_tls_or_at_home),
	};

	return cmocka_run_group_tests_name("digest", t, NULL, NULL);
}
