/* hash.h - digests, keys, tokens, passwords (libsodium). */
#ifndef PHIEU_HASH_H
#define PHIEU_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

#define SHA256_BYTES	   32
#define TOKEN_BYTES	   24 /* 192 bits */
#define TOKEN_TEXT_MAX	   48 /* prefix, '_' and base32, NUL */
#define RECEIPT_KEY_BYTES  32
#define RECEIPT_TEXT_MAX   40
#define RECEIPT_KEY_ID_MAX 999999u
#define TOKEN_PREFIX_MAX   7

bool hash_start(struct err *e) MUST_USE; /* once in main: sodium_init */

void sha256(const void *p, size_t n, uint8_t out[SHA256_BYTES]);
/* Of many messages, eight at a time where the machine can. */
struct sha256_in {
	const void *p;
	size_t n;
};
void sha256_many(const struct sha256_in *in, size_t n,
		 uint8_t (*out)[SHA256_BYTES]);
struct sha256_run {
	_Alignas(16) unsigned char state[128];
};
void sha256_begin(struct sha256_run *r);
void sha256_add(struct sha256_run *r, const void *p, size_t n);
void sha256_end(struct sha256_run *r, uint8_t out[SHA256_BYTES]);

/* HMAC-SHA256 (RFC 2104) over a and b, one after the other. */
void hmac_sha256(const uint8_t *key, size_t n_key, const void *a, size_t n_a,
		 const void *b, size_t n_b, uint8_t out[SHA256_BYTES]);

/* Only where a standard of others wants it (OpenRosa's form hashes); it
 * proves nothing. */
#define MD5_BYTES 16
void md5(const void *p, size_t n, uint8_t out[MD5_BYTES]);

int hex_digit(char ch); /* 0-15, either case; -1 for no digit */
void hex_text(const uint8_t *p, size_t n, char *out); /* 2n+1 bytes, lower */
/* Either case; chars/2 bytes.  False, with out undefined, on anything else. */
bool hex_parse(const char *s, size_t chars, uint8_t *out);

/* RFC 4648 base32, upper case, no padding; returns characters written
 * (without NUL).  out holds (n*8+4)/5 + 1. */
size_t base32_text(const uint8_t *p, size_t n, char *out);

/* Merkle root over n leaves of 32 bytes, RFC 6962: leaf 0x00||data is the
 * caller's business (leaves come hashed), node = SHA-256(0x01||l||r), split
 * at the largest power of two below n; n = 0 gives SHA-256(""). */
void merkle_root(const uint8_t (*leaves)[SHA256_BYTES], size_t n,
		 uint8_t out[SHA256_BYTES]);

/* Receipt (key_id at most RECEIPT_KEY_ID_MAX): "<key id>-<base32 of BLAKE2b-128
 * keyed over length-prefixed wave, instanceID, SHA-256>", grouped in fours for
 * reading aloud: "1-ABCD-EFGH-…".  The same for ever. */
void receipt_make(unsigned key_id, const uint8_t key[RECEIPT_KEY_BYTES],
		  const char *wave, const char *instance,
		  const uint8_t sha[SHA256_BYTES], char out[RECEIPT_TEXT_MAX]);

void random_bytes(void *p, size_t n);
/* A new secret for an agent ("pa" gives "pa_…"), engine or session; the
 * prefix has at most TOKEN_PREFIX_MAX characters. */
void token_new(const char *prefix, char out[TOKEN_TEXT_MAX]);
/* What the database keeps of it: BLAKE2b-256. */
void token_hash(const char *token, uint8_t out[32]);
bool bytes_equal(const void *a, const void *b, size_t n); /* constant time */

/* Argon2id 64 MiB / 3 passes.  One at a time in a process (a lock inside),
 * so that a login flood cannot take all memory. */
#define PASSWORD_HASH_MAX 128
bool password_hash(const char *password, char out[PASSWORD_HASH_MAX],
		   struct err *e) MUST_USE;
/* False too for a hash that is none.  NULL (no such user) takes as long as a
 * real check, so that names cannot be told apart by time. */
bool password_ok(const char *hash, const char *password);

#endif
