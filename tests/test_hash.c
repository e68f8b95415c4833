#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "phieu/hash.h"

/* Published vectors where there are any (FIPS 180-4, RFC 4648, the tree of
 * the Certificate Transparency reference code); the rest was computed once
 * with Python's hashlib and must never change. */

static int start(void **state)
{
	struct err e;

	(void)state;
	return hash_start(&e) ? 0 : -1;
}

static void assert_hex(const uint8_t *p, size_t n, const char *want)
{
	char got[2 * 64 + 1];

	assert_true(n <= 64);
	hex_text(p, n, got);
	assert_string_equal(got, want);
}

static void sha256_gives_the_standards_values(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb924"
		      "27ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223"
			 "b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039"
		  "a33ce45964ff2167f6ecedd419db06c1" },
	};
	uint8_t out[SHA256_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		sha256(rows[i].text, strlen(rows[i].text), out);
		assert_hex(out, sizeof out, rows[i].want);
	}
}

static void sha256_in_pieces_equals_sha256_at_once(void **state)
{
	struct sha256_run r;
	uint8_t text[300], once[SHA256_BYTES], pieces[SHA256_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i * 7);
	sha256(text, sizeof text, once);
	for (size_t cut = 0; cut <= sizeof text; cut++) {
		sha256_begin(&r);
		sha256_add(&r, text, cut);
		sha256_add(&r, text + cut, sizeof text - cut);
		sha256_end(&r, pieces);
		assert_memory_equal(once, pieces, sizeof once);
	}
}

static void hex_goes_there_and_back(void **state)
{
	const uint8_t bytes[] = { 0x00, 0x0f, 0xf0, 0xab, 0xff };
	uint8_t back[sizeof bytes];
	char text[2 * sizeof bytes + 1];

	(void)state;
	hex_text(bytes, sizeof bytes, text);
	assert_string_equal(text, "000ff0abff");
	assert_true(hex_parse(text, strlen(text), back));
	assert_memory_equal(bytes, back, sizeof bytes);
	assert_true(hex_parse("ABcdEF", 6, back));
	assert_int_equal(back[0], 0xab);
	assert_int_equal(back[2], 0xef);
	assert_true(hex_parse("", 0, back));
}

static void hex_refuses_odd_length_and_other_signs(void **state)
{
	static const char *const rows[] = { "0",  "0g", "g0", " 0", "0x", "0/",
					    "0:", "0@", "0G", "0`", "-1" };
	uint8_t out[1];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_false(hex_parse(rows[i], strlen(rows[i]), out));
}

static void base32_gives_the_values_of_rfc_4648(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "f", "MY" },
		{ "fo", "MZXQ" },
		{ "foo", "MZXW6" },
		{ "foob", "MZXW6YQ" },
		{ "fooba", "MZXW6YTB" },
		{ "foobar", "MZXW6YTBOI" },
		{ "\xff\xff\xff\xff\xff", "77777777" },
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i][0]);
		size_t len = base32_text((const uint8_t *)rows[i][0], n, out);

		assert_string_equal(out, rows[i][1]);
		assert_int_equal(len, strlen(rows[i][1]));
		assert_int_equal(len, (n * 8 + 4) / 5);
	}
}

static void merkle_root_gives_the_values_of_rfc_6962(void **state)
{
	static const struct {
		const char *data;
		size_t n;
	} leaf[] = {
		{ "\x00", 0 },
		{ "\x00", 1 },
		{ "\x10", 1 },
		{ "\x20\x21", 2 },
		{ "\x30\x31", 2 },
		{ "\x40\x41\x42\x43", 4 },
		{ "\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
		{ "\x60\x61\x62\x63\x64\x65\x66\x67"
		  "\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
		  16 },
	};
	static const char *const want[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b"
		"855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa"
		"01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c"
		"125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06"
		"e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd9520961"
		"4b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a8626"
		"4d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f208"
		"7ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74"
		"c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604"
		"328",
	};
	uint8_t leaves[8][SHA256_BYTES], root[SHA256_BYTES], text[17] = { 0 };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		memcpy(text + 1, leaf[i].data, leaf[i].n);
		sha256(text, leaf[i].n + 1, leaves[i]);
	}
	for (size_t n = 0; n <= 8; n++) {
		merkle_root((const uint8_t(*)[SHA256_BYTES])leaves, n, root);
		assert_hex(root, sizeof root, want[n]);
	}
}

static void merkle_root_of_a_thousand_leaves_is_fixed(void **state)
{
	static uint8_t leaves[1000][SHA256_BYTES];
	uint8_t root[SHA256_BYTES];
	char text[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int n = snprintf(text, sizeof text, "leaf %d", i);

		sha256(text, (size_t)n, leaves[i]);
	}
	merkle_root((const uint8_t(*)[SHA256_BYTES])leaves, 1000, root);
	assert_hex(root, sizeof root,
		   "11dac52d6ca734f520533dcdf392b600"
		   "c4b12ce10c84ec06a742be70db6ac509");
	leaves[999][31] ^= 1;
	merkle_root((const uint8_t(*)[SHA256_BYTES])leaves, 1000, root);
	assert_int_not_equal(root[0], 0x11);
}

static void receipts_are_the_same_for_ever(void **state)
{
	uint8_t key[RECEIPT_KEY_BYTES], sha[SHA256_BYTES];
	char out[RECEIPT_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)i;
	sha256("{}", 2, sha);
	receipt_make(1, key, "lai-chau-2020",
		     "uuid:6b1c1f2e-0000-4000-8000-000000000001", sha, out);
	assert_string_equal(out, "1-Q5XZ-GLUV-IVK7-IMW4-6XBM-4SOX-AE");

	memset(key, 0xff, sizeof key);
	sha256("", 0, sha);
	receipt_make(RECEIPT_KEY_ID_MAX, key, "", "", sha, out);
	assert_string_equal(out, "999999-FCH7-3PQ7-MXLE-X25G-CNTU-Q3CQ-BY");
}

static void receipts_change_with_each_part(void **state)
{
	uint8_t key[RECEIPT_KEY_BYTES] = { 0 }, sha[SHA256_BYTES] = { 0 };
	char was[RECEIPT_TEXT_MAX], out[RECEIPT_TEXT_MAX];

	(void)state;
	receipt_make(1, key, "ab", "c", sha, was);
	receipt_make(1, key, "a", "bc", sha, out);
	assert_string_not_equal(was, out);
	receipt_make(2, key, "ab", "c", sha, out);
	assert_string_not_equal(was, out);
	assert_string_equal(was + 1, out + 1);
	sha[31] = 1;
	receipt_make(1, key, "ab", "c", sha, out);
	assert_string_not_equal(was, out);
	sha[31] = 0;
	key[31] = 1;
	receipt_make(1, key, "ab", "c", sha, out);
	assert_string_not_equal(was, out);
}

static void tokens_differ_and_carry_their_prefix(void **state)
{
	char a[TOKEN_TEXT_MAX], b[TOKEN_TEXT_MAX];

	(void)state;
	token_new("pa", a);
	token_new("pa", b);
	assert_memory_equal(a, "pa_", 3);
	assert_int_equal(strlen(a), 3 + 39);
	assert_int_equal(strspn(a + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 39);
	assert_string_not_equal(a, b);
	token_new("session", a);
	assert_int_equal(strlen(a), TOKEN_TEXT_MAX - 1);
}

static void token_hash_is_blake2b_256(void **state)
{
	uint8_t out[32];

	(void)state;
	token_hash("pa_EXAMPLE", out);
	assert_hex(out, sizeof out,
		   "c0b15b34eb35218eb78345109b9b3b4b"
		   "839c4f62b8a809898e7c3ee007da814d");
}

static void bytes_equal_sees_each_byte(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	assert_true(bytes_equal(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		b[i] = 1;
		assert_false(bytes_equal(a, b, sizeof a));
		b[i] = 0;
	}
	assert_true(bytes_equal(a, "x", 0));
}

static void random_bytes_fill_all_of_it(void **state)
{
	uint8_t seen[32] = { 0 }, p[32];

	(void)state;
	for (int i = 0; i < 64; i++) {
		random_bytes(p, sizeof p);
		for (size_t j = 0; j < sizeof p; j++)
			seen[j] |= p[j];
	}
	/* 64 times nothing but zero bits in a byte: 2^-512. */
	for (size_t j = 0; j < sizeof p; j++)
		assert_int_not_equal(seen[j], 0);
}

static void a_password_opens_its_own_hash_only(void **state)
{
	char hash[PASSWORD_HASH_MAX], again[PASSWORD_HASH_MAX];
	struct err e;

	(void)state;
	assert_true(password_hash("mật khẩu dài", hash, &e));
	assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=3,p=1$", 31);
	assert_true(password_ok(hash, "mật khẩu dài"));
	assert_false(password_ok(hash, "mật khẩu dàj"));
	assert_false(password_ok(hash, ""));
	assert_true(password_hash("mật khẩu dài", again, &e));
	assert_string_not_equal(hash, again);
}

static void no_hash_opens_for_nobody(void **state)
{
	static const char *const rows[] = {
		NULL,
		"",
		"x",
		"$argon2id$",
		"$argon2id$v=19$m=65536,t=3,p=1$",
		"$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_false(password_ok(rows[i], ""));
		assert_false(password_ok(rows[i], "x"));
	}
}

/* AddressSanitizer and valgrind need address space of their own. */
#ifndef __SANITIZE_ADDRESS__
static void without_memory_a_password_is_refused_not_taken(void **state)
{
	char hash[PASSWORD_HASH_MAX], again[PASSWORD_HASH_MAX];
	struct rlimit was, low;
	struct err e = { 0 };
	const char *preload = getenv("LD_PRELOAD");
	bool made, opened;

	(void)state;
	if (preload && strstr(preload, "vgpreload"))
		skip();
	assert_true(password_hash("x", hash, &e));
	assert_int_equal(getrlimit(RLIMIT_AS, &was), 0);
	low = was;
	low.rlim_cur = 48 << 20;
	assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
	made = password_hash("x", again, &e);
	opened = password_ok(hash, "x") || password_ok(NULL, "x");
	assert_int_equal(setrlimit(RLIMIT_AS, &was), 0);
	assert_false(made);
	assert_int_equal(e.kind, ERR_NOMEM);
	assert_false(opened);
	assert_true(password_ok(hash, "x"));
}
#endif

/* Every length up to some blocks, in groups of every size and mixed
 * lengths, against libsodium. */
static void many_hashes_equal_those_one_by_one(void **state)
{
	static uint8_t text[700], got[400][SHA256_BYTES];
	struct sha256_in in[400];
	uint8_t want[SHA256_BYTES];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i * 131 + i / 7);
	for (size_t len = 0; n < 300; len++)
		in[n++] = (struct sha256_in){ text + len % 5, len };
	for (size_t k = 0; n < 400; k++)
		in[n++] = (struct sha256_in){ text + k, k * 37 % 590 };
	for (size_t from = 0; from < n; from++) {
		size_t some = from % 20 + 1;
		if (from + some > n)
			some = n - from;
		memset(got, 0, sizeof got);
		sha256_many(in + from, some, got);
		for (size_t i = 0; i < some; i++) {
			sha256(in[from + i].p, in[from + i].n, want);
			assert_memory_equal(got[i], want, sizeof want);
		}
		assert_true(some == 400 || got[some][0] == 0);
	}
	sha256_many(in, 0, got);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(sha256_gives_the_standards_values),
		cmocka_unit_test(many_hashes_equal_those_one_by_one),
		cmocka_unit_test(sha256_in_pieces_equals_sha256_at_once),
		cmocka_unit_test(hex_goes_there_and_back),
		cmocka_unit_test(hex_refuses_odd_length_and_other_signs),
		cmocka_unit_test(base32_gives_the_values_of_rfc_4648),
		cmocka_unit_test(merkle_root_gives_the_values_of_rfc_6962),
		cmocka_unit_test(merkle_root_of_a_thousand_leaves_is_fixed),
		cmocka_unit_test(receipts_are_the_same_for_ever),
		cmocka_unit_test(receipts_change_with_each_part),
		cmocka_unit_test(tokens_differ_and_carry_their_prefix),
		cmocka_unit_test(token_hash_is_blake2b_256),
		cmocka_unit_test(bytes_equal_sees_each_byte),
		cmocka_unit_test(random_bytes_fill_all_of_it),
		cmocka_unit_test(a_password_opens_its_own_hash_only),
		cmocka_unit_test(no_hash_opens_for_nobody),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(
			without_memory_a_password_is_refused_not_taken),
#endif
	};
	return cmocka_run_group_tests_name("hash", t, start, NULL);
}
