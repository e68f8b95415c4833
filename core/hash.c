#include "phieu/hash.h"

#include <sodium.h>
#include <string.h>

bool hash_start(struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, ERR_BUG, "libsodium does not start");
	return true;
}

void sha256(const void *p, size_t n, uint8_t out[SHA256_BYTES])
{
	(void)crypto_hash_sha256(out, p, n);
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct sha256_run),
	       "struct sha256_run holds libsodium's state");

static crypto_hash_sha256_state *state_of(struct sha256_run *r)
{
	return (crypto_hash_sha256_state *)(void *)r->state;
}

void sha256_begin(struct sha256_run *r)
{
	(void)crypto_hash_sha256_init(state_of(r));
}

void sha256_add(struct sha256_run *r, const void *p, size_t n)
{
	(void)crypto_hash_sha256_update(state_of(r), p, n);
}

void sha256_end(struct sha256_run *r, uint8_t out[SHA256_BYTES])
{
	(void)crypto_hash_sha256_final(state_of(r), out);
}

void hex_text(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digit[p[i] >> 4];
		*out++ = digit[p[i] & 15];
	}
	*out = '\0';
}

void hmac_sha256(const uint8_t *key, size_t n_key, const void *a, size_t n_a,
		 const void *b, size_t n_b, uint8_t out[SHA256_BYTES])
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, key, n_key);
	crypto_auth_hmacsha256_update(&st, a, n_a);
	crypto_auth_hmacsha256_update(&st, b, n_b);
	crypto_auth_hmacsha256_final(&st, out);
}

int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

bool hex_parse(const char *s, size_t chars, uint8_t *out)
{
	if (chars % 2)
		return false;
	for (size_t i = 0; i < chars; i += 2) {
		int high = hex_digit(s[i]), low = hex_digit(s[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return true;
}

size_t base32_text(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t len = 0;
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < n; i++) {
		held = (held << 8 | p[i]) & 0xFFF;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			out[len++] = digit[held >> bits & 31];
		}
	}
	if (bits)
		out[len++] = digit[held << (5 - bits) & 31];
	out[len] = '\0';
	return len;
}

/* Recursion goes as deep as log2 n. */
void merkle_root(const uint8_t (*leaves)[SHA256_BYTES], size_t n,
		 uint8_t out[SHA256_BYTES])
{
	uint8_t pair[1 + 2 * SHA256_BYTES] = { 0x01 };
	size_t left = 1;

	if (n < 2) {
		if (n)
			memcpy(out, leaves[0], SHA256_BYTES);
		else
			sha256("", 0, out);
		return;
	}
	while (left < n - left)
		left *= 2;
	merkle_root(leaves, left, pair + 1);
	merkle_root(leaves + left, n - left, pair + 1 + SHA256_BYTES);
	sha256(pair, sizeof pair, out);
}

void random_bytes(void *p, size_t n)
{
	randombytes_buf(p, n);
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void token_hash(const char *token, uint8_t out[32])
{
	(void)crypto_generichash(out, 32, (const unsigned char *)token,
				 strlen(token), NULL, 0);
}
