#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "phieu/hash.h"

#define RECEIPT_BYTES 16

/* Base32 of 16 bytes: 26 characters, and a dash before each four. */
_Static_assert(6 + 26 + 7 + 1 <= RECEIPT_TEXT_MAX, "a receipt fits its text");

/* Big-endian length before each part, so that no two triples hash alike. */
static void add_part(crypto_generichash_state *st, const void *p, size_t n)
{
	const uint8_t length[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
				    (uint8_t)(n >> 8), (uint8_t)n };

	(void)crypto_generichash_update(st, length, sizeof length);
	(void)crypto_generichash_update(st, p, n);
}

void receipt_make(unsigned key_id, const uint8_t key[RECEIPT_KEY_BYTES],
		  const char *wave, const char *instance,
		  const uint8_t sha[SHA256_BYTES], char out[RECEIPT_TEXT_MAX])
{
	crypto_generichash_state st;
	uint8_t digest[RECEIPT_BYTES];
	char text[32];
	size_t n, len;

	assert(key_id <= RECEIPT_KEY_ID_MAX);
	(void)crypto_generichash_init(&st, key, RECEIPT_KEY_BYTES,
				      sizeof digest);
	add_part(&st, wave, strlen(wave));
	add_part(&st, instance, strlen(instance));
	add_part(&st, sha, SHA256_BYTES);
	(void)crypto_generichash_final(&st, digest, sizeof digest);
	n = base32_text(digest, sizeof digest, text);
	len = (size_t)snprintf(out, RECEIPT_TEXT_MAX, "%u",
			       key_id % (RECEIPT_KEY_ID_MAX + 1));
	for (size_t i = 0; i < n; i++) {
		if (i % 4 == 0)
			out[len++] = '-';
		out[len++] = text[i];
	}
	out[len] = '\0';
}

void token_new(const char *prefix, char out[TOKEN_TEXT_MAX])
{
	uint8_t secret[TOKEN_BYTES];
	size_t n = strlen(prefix);

	/* 39 characters of base32, '_' and NUL leave room for 7. */
	assert(n <= TOKEN_PREFIX_MAX);
	random_bytes(secret, sizeof secret);
	for (size_t i = 0; i < n; i++)
		out[i] = prefix[i];
	out[n++] = '_';
	(void)base32_text(secret, sizeof secret, out + n);
	sodium_memzero(secret, sizeof secret);
}
