#include "support/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/hook.h"

/* RFC 4231, test cases 2 and 1, the message in two pieces. */
static void the_mac_is_that_of_the_standard(void **state)
{
	uint8_t key[20], mac[32];
	char hex[65];

	(void)state;
	hmac_sha256((const uint8_t *)"Jefe", 4, "what do ya ", 11,
		    "want for nothing?", 17, mac);
	hex_text(mac, sizeof mac, hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d273"
				 "9839dec58b964ec3843");
	memset(key, 0x0b, sizeof key);
	hmac_sha256(key, sizeof key, "", 0, "Hi There", 8, mac);
	hex_text(mac, sizeof mac, hex);
	assert_string_equal(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833"
				 "da726e9376c2e32cff7");
}

static void a_signature_covers_time_and_body(void **state)
{
	char a[HOOK_SIGNATURE_MAX], b[HOOK_SIGNATURE_MAX];
	uint8_t mac[32];
	char hex[65];

	(void)state;
	hook_sign((const uint8_t *)"key", 3, 1700000000, "{}", a);
	hmac_sha256((const uint8_t *)"key", 3, "1700000000.{}", 13, "", 0, mac);
	hex_text(mac, sizeof mac, hex);
	assert_memory_equal(a, "t=1700000000,v1=", 16);
	assert_string_equal(a + 16, hex);
	hook_sign((const uint8_t *)"key", 3, 1700000001, "{}", b);
	assert_string_not_equal(a + 16, b + 16);
	hook_sign((const uint8_t *)"key", 3, 1700000000, "{ }", b);
	assert_string_not_equal(a, b);
	hook_sign((const uint8_t *)"kez", 3, 1700000000, "{}", b);
	assert_string_not_equal(a, b);
}

static bool ok(const char *text, bool inside)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return hook_address_ok((const struct sockaddr *)&v4, inside);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return hook_address_ok((const struct sockaddr *)&v6, inside);
}

static void only_global_addresses_are_called(void **state)
{
	static const char *const global[] = {
		"1.1.1.1",	    "11.0.0.1",	       "100.63.255.255",
		"100.128.0.1",	    "172.15.0.1",      "172.32.0.1",
		"192.167.255.255",  "193.0.0.1",       "223.255.255.255",
		"2606:4700::1",	    "2400:cb00::1",    "::ffff:8.8.8.8",
		"64:ff9b::808:808", "2002:808:808::1",
	};
	static const char *const inside[] = {
		"10.1.2.3",	   "127.0.0.1",
		"127.255.255.255", "172.16.0.1",
		"172.31.255.255",  "192.168.1.1",
		"100.64.0.1",	   "::1",
		"fc00::1",	   "fdff::1",
		"::ffff:10.0.0.1", "::ffff:127.0.0.1",
		"64:ff9b::7f00:1", "2002:7f00:1::1",
	};
	static const char *const never[] = {
		"0.0.0.0",
		"169.254.169.254",
		"224.0.0.1",
		"240.0.0.1",
		"255.255.255.255",
		"192.0.2.1",
		"198.18.0.1",
		"198.51.100.7",
		"203.0.113.9",
		"192.0.0.8",
		"192.88.99.1",
		"::",
		"fe80::1",
		"ff02::1",
		"::ffff:169.254.169.254",
		"2001:db8::1",
		"2001::1",
		"fec0::1",
		"64:ff9b::a9fe:a9fe",
	};
	struct sockaddr other = { .sa_family = AF_UNIX };

	(void)state;
	for (size_t i = 0; i < sizeof global / sizeof global[0]; i++)
		assert_true(ok(global[i], false) && ok(global[i], true));
	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
		assert_false(ok(inside[i], false));
		assert_true(ok(inside[i], true));
	}
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		assert_false(ok(never[i], false) || ok(never[i], true));
	assert_false(hook_address_ok(&other, true));
}

static void an_address_is_https_with_nothing_hidden(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_true(hook_url_ok("https://a.example/b?c=d", false, &e));
	assert_true(hook_url_ok("http://a.example/", true, &e));
	assert_false(hook_url_ok("http://a.example/", false, &e));
	assert_false(hook_url_ok("https://u:p@a.example/", true, &e));
	assert_false(hook_url_ok("https://u@a.example/", true, &e));
	assert_false(hook_url_ok("https://a.example/#x", true, &e));
	assert_false(hook_url_ok("file:///etc/passwd", true, &e));
	assert_false(hook_url_ok("gopher://a/", true, &e));
	assert_false(hook_url_ok("a.example", true, &e));
	assert_false(hook_url_ok("", true, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void waits_double_up_to_their_cap(void **state)
{
	(void)state;
	assert_int_equal(hook_wait_ms(0, 2000, 60000, 0), 1000);
	assert_int_equal(hook_wait_ms(0, 2000, 60000, UINT32_MAX), 2000);
	assert_int_equal(hook_wait_ms(3, 2000, 60000, 0), 8000);
	assert_int_equal(hook_wait_ms(3, 2000, 60000, UINT32_MAX), 16000);
	assert_int_equal(hook_wait_ms(5, 2000, 60000, UINT32_MAX), 60000);
	assert_int_equal(hook_wait_ms(INT64_MAX, 2000, 60000, UINT32_MAX),
			 60000);
}

/* Refused before a byte leaves: nobody listens there, and the words tell. */
static void a_call_into_the_inside_is_refused_by_its_address(void **state)
{
	const struct hook_event ev = { .id = "i",
				       .kind = "hook.test",
				       .url = "https://localhost:1/",
				       .body = "{}",
				       .n_secret = 16 };
	struct err e = { 0 };

	(void)state;
	assert_false(hook_send(&ev, false, 5, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	e = (struct err){ 0 };
	assert_false(hook_send(&ev, true, 5, &e));
	assert_int_equal(e.kind, ERR_DOWN);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(the_mac_is_that_of_the_standard),
		cmocka_unit_test(a_signature_covers_time_and_body),
		cmocka_unit_test(only_global_addresses_are_called),
		cmocka_unit_test(an_address_is_https_with_nothing_hidden),
		cmocka_unit_test(waits_double_up_to_their_cap),
		cmocka_unit_test(
			a_call_into_the_inside_is_refused_by_its_address),
	};

	return cmocka_run_group_tests_name("hook", t, NULL, NULL);
}
