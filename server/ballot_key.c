/* Keys of campaigns: pairs, parts, the text inside a key file. */
#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "phieu/ballot.h"

#define HEAD "phieu-ballot-key/1 "

_Static_assert(BALLOT_KEY_BYTES == crypto_box_PUBLICKEYBYTES, "keys");
_Static_assert(BALLOT_SEAL_BYTES == crypto_box_SEALBYTES, "sealed boxes");

bool ballot_key_new(unsigned parts, struct ballot_part *out, struct err *e)
{
	uint8_t public_key[BALLOT_KEY_BYTES], rest[BALLOT_KEY_BYTES];

	if (parts < 1 || parts > BALLOT_PARTS_MAX)
		return err_set(e, ERR_INPUT,
			       "khóa chia từ 1 đến %d phần (1 to %d parts)",
			       BALLOT_PARTS_MAX, BALLOT_PARTS_MAX);
	(void)crypto_box_keypair(public_key, rest);
	for (unsigned i = 0; i < parts; i++) {
		struct ballot_part *p = &out[i];

		*p = (struct ballot_part){ .part = i + 1, .parts = parts };
		memcpy(p->public_key, public_key, sizeof public_key);
		if (i + 1 == parts) {
			memcpy(p->share, rest, sizeof rest);
			break;
		}
		random_bytes(p->share, sizeof p->share);
		for (size_t k = 0; k < sizeof rest; k++)
			rest[k] ^= p->share[k];
	}
	sodium_memzero(rest, sizeof rest);
	return true;
}

void ballot_part_text(const struct ballot_part *p, struct buf *out)
{
	char hex[2 * BALLOT_KEY_BYTES + 1];

	buf_addf(out, HEAD "%u/%u ", p->part, p->parts);
	hex_text(p->public_key, sizeof p->public_key, hex);
	buf_addf(out, "%s ", hex);
	hex_text(p->share, sizeof p->share, hex);
	buf_addf(out, "%s\n", hex);
	sodium_memzero(hex, sizeof hex);
}

/* One digit from 1 on, as parts are counted. */
static bool take_digit(const char **s, const char *end, char after,
		       unsigned *out)
{
	if (end - *s < 2 || **s < '1' || **s > '0' + BALLOT_PARTS_MAX ||
	    (*s)[1] != after)
		return false;
	*out = (unsigned)(**s - '0');
	*s += 2;
	return true;
}

static bool take_hex(const char **s, const char *end, char after,
		     uint8_t out[BALLOT_KEY_BYTES])
{
	size_t chars = (size_t)2 * BALLOT_KEY_BYTES;

	if ((size_t)(end - *s) < chars + 1 || (*s)[chars] != after ||
	    !hex_parse(*s, chars, out))
		return false;
	*s += chars + 1;
	return true;
}

bool ballot_part_parse(const char *text, size_t n, struct ballot_part *out,
		       struct err *e)
{
	const char *s = text + sizeof HEAD - 1, *end = text + n;

	*out = (struct ballot_part){ .part = 0 };
	if (n > sizeof HEAD && memcmp(text, HEAD, sizeof HEAD - 1) == 0 &&
	    take_digit(&s, end, '/', &out->part) &&
	    take_digit(&s, end, ' ', &out->parts) &&
	    take_hex(&s, end, ' ', out->public_key) &&
	    take_hex(&s, end, '\n', out->share) && s == end &&
	    out->part <= out->parts)
		return true;
	sodium_memzero(out, sizeof *out);
	return err_set(e, ERR_INPUT,
		       "không phải khóa hòm phiếu (no key of `phieu ballot "
		       "keygen`)");
}

/* All parts of one key, each once. */
static bool belong_together(const struct ballot_part *p, size_t n)
{
	unsigned seen = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i].parts != n || seen & 1u << p[i].part ||
		    memcmp(p[i].public_key, p[0].public_key,
			   sizeof p[i].public_key) != 0)
			return false;
		seen |= 1u << p[i].part;
	}
	return n > 0;
}

bool ballot_key_join(const struct ballot_part *p, size_t n,
		     uint8_t key[BALLOT_KEY_BYTES], struct err *e)
{
	uint8_t proof[BALLOT_KEY_BYTES];

	memset(key, 0, BALLOT_KEY_BYTES);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < BALLOT_KEY_BYTES; k++)
			key[k] ^= p[i].share[k];
	if (belong_together(p, n) && crypto_scalarmult_base(proof, key) == 0 &&
	    memcmp(proof, p[0].public_key, sizeof proof) == 0)
		return true;
	sodium_memzero(key, BALLOT_KEY_BYTES);
	return err_set(e, ERR_INPUT,
		       "thiếu phần, thừa phần hoặc lẫn phần của khóa khác "
		       "(parts of the key are missing, doubled or of another "
		       "key)");
}

void ballot_fingerprint(const uint8_t public_key[BALLOT_KEY_BYTES],
			char out[BALLOT_FINGERPRINT_MAX])
{
	uint8_t sha[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];
	size_t n = 0;

	sha256(public_key, BALLOT_KEY_BYTES, sha);
	hex_text(sha, sizeof sha, hex);
	for (size_t i = 0; i < 20; i++) {
		if (i > 0 && i % 4 == 0)
			out[n++] = '-';
		out[n++] = (char)toupper((unsigned char)hex[i]);
	}
	out[n] = '\0';
}

void ballot_token_new(char out[BALLOT_TOKEN_MAX])
{
	uint8_t secret[BALLOT_TOKEN_BYTES];

	random_bytes(secret, sizeof secret);
	(void)base32_text(secret, sizeof secret, out);
	sodium_memzero(secret, sizeof secret);
}

bool ballot_unseal(const uint8_t *sealed, size_t n, size_t size,
		   const uint8_t public_key[BALLOT_KEY_BYTES],
		   const uint8_t key[BALLOT_KEY_BYTES], struct buf *out,
		   struct err *e)
{
	unsigned char *plain;
	size_t len = 0;
	bool ok;

	if (n != size + BALLOT_SEAL_BYTES)
		return err_set(e, ERR_INPUT, "a ballot of another size");
	plain = sodium_malloc(size);
	if (!plain)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = crypto_box_seal_open(plain, sealed, n, public_key, key) == 0 &&
	     sodium_unpad(&len, plain, size, size) == 0;
	if (!ok)
		(void)err_set(e, ERR_INPUT, "not sealed to this key");
	else
		buf_add(out, plain, len);
	sodium_free(plain);
	return ok && (buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory"));
}
