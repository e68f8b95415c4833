/* An archive's outside: sealed with libsodium's secretstream. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "phieu/archive.h"
#include "phieu/hash.h"

/* "phieu-archive/1\n", then 'K' or 'P', 16 bytes of salt (zeros with a key),
 * the stream's header, then pieces of PIECE bytes and a tag each; the last one
 * says it is the last.  The first bytes are authenticated with each piece. */
#define MAGIC	 ARCHIVE_FORMAT "\n"
#define KEY_HEAD "phieu-archive-key/1 "

enum {
	MAGIC_BYTES = sizeof MAGIC - 1,
	HEAD_BYTES = MAGIC_BYTES + 1 + crypto_pwhash_SALTBYTES,
	STREAM_HEAD = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	TAG_BYTES = crypto_secretstream_xchacha20poly1305_ABYTES,
	PIECE = 64 << 10,
};
#define HEX_CHARS ((size_t)2 * ARCHIVE_KEY_BYTES)

void archive_key_new(char out[128])
{
	unsigned char key[ARCHIVE_KEY_BYTES];
	char hex[HEX_CHARS + 1];

	random_bytes(key, sizeof key);
	hex_text(key, sizeof key, hex);
	(void)snprintf(out, 128, KEY_HEAD "%s\n", hex);
	sodium_memzero(key, sizeof key);
	sodium_memzero(hex, sizeof hex);
}

bool archive_key_parse(const char *text, struct archive_secret *out,
		       struct err *e)
{
	size_t head = sizeof KEY_HEAD - 1, n = strcspn(text, "\r\n");

	*out = (struct archive_secret){ .passphrase = NULL };
	if (n == head + HEX_CHARS && memcmp(text, KEY_HEAD, head) == 0 &&
	    hex_parse(text + head, HEX_CHARS, out->key))
		return true;
	return err_set(e, ERR_INPUT,
		       "không phải tệp khóa (no key file of `phieu archive "
		       "key`)");
}

/* The key of the stream; false: out of memory. */
static bool key_of(const struct archive_secret *s, const unsigned char *salt,
		   unsigned char key[ARCHIVE_KEY_BYTES], struct err *e)
{
	if (!s->passphrase) {
		memcpy(key, s->key, ARCHIVE_KEY_BYTES);
		return true;
	}
	return crypto_pwhash(key, ARCHIVE_KEY_BYTES, s->passphrase,
			     strlen(s->passphrase), salt,
			     crypto_pwhash_OPSLIMIT_MODERATE,
			     crypto_pwhash_MEMLIMIT_MODERATE,
			     crypto_pwhash_ALG_ARGON2ID13) == 0 ||
	       err_set(e, ERR_NOMEM, "out of memory");
}

static void seal_pieces(crypto_secretstream_xchacha20poly1305_state *st,
			const struct buf *content, const unsigned char *head,
			struct buf *out)
{
	unsigned char piece[PIECE + TAG_BYTES];
	size_t at = 0;
	bool last = false;

	while (!last) {
		size_t n =
			content->len - at < PIECE ? content->len - at : PIECE;

		last = at + n == content->len;
		(void)crypto_secretstream_xchacha20poly1305_push(
			st, piece, NULL,
			(const unsigned char *)content->data + at, n, head,
			HEAD_BYTES,
			last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
			     : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
		buf_add(out, piece, n + TAG_BYTES);
		at += n;
	}
}

bool archive_seal(const struct buf *content, const struct archive_secret *s,
		  struct buf *out, struct err *e)
{
	crypto_secretstream_xchacha20poly1305_state st;
	unsigned char key[ARCHIVE_KEY_BYTES], stream[STREAM_HEAD];
	unsigned char head[HEAD_BYTES] = MAGIC;

	if (content->broken || content->len == 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	head[MAGIC_BYTES] = s->passphrase ? 'P' : 'K';
	memset(head + MAGIC_BYTES + 1, 0, crypto_pwhash_SALTBYTES);
	if (s->passphrase)
		random_bytes(head + MAGIC_BYTES + 1, crypto_pwhash_SALTBYTES);
	if (!key_of(s, head + MAGIC_BYTES + 1, key, e))
		return false;
	(void)crypto_secretstream_xchacha20poly1305_init_push(&st, stream, key);
	sodium_memzero(key, sizeof key);
	buf_add(out, head, sizeof head);
	buf_add(out, stream, sizeof stream);
	seal_pieces(&st, content, head, out);
	sodium_memzero(&st, sizeof st);
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}

static bool open_pieces(crypto_secretstream_xchacha20poly1305_state *st,
			const unsigned char *p, size_t n,
			const unsigned char *head, struct buf *content,
			struct err *e)
{
	unsigned char piece[PIECE], tag = 0;
	bool first = true;

	while (n > 0) {
		size_t k = n < PIECE + TAG_BYTES ? n : PIECE + TAG_BYTES;
		unsigned long long got = 0;

		if (k < TAG_BYTES ||
		    crypto_secretstream_xchacha20poly1305_pull(st, piece, &got,
							       &tag, p, k, head,
							       HEAD_BYTES))
			return err_set(
				e, ERR_INPUT,
				first ? "sai khóa, hoặc tệp đã bị sửa (wrong "
					"key, or the file was changed)"
				      : "tệp đã bị sửa (the file was changed)");
		buf_add(content, piece, (size_t)got);
		p += k;
		n -= k;
		first = false;
		if (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL)
			break;
	}
	if (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL)
		return err_set(e, ERR_INPUT,
			       "tệp bị cắt cụt (the file is cut off)");
	if (n > 0)
		return err_set(e, ERR_INPUT,
			       "sau phần cuối còn dữ liệu lạ (something stands "
			       "behind the end)");
	return buf_cstr(content) || err_set(e, ERR_NOMEM, "out of memory");
}

bool archive_open(const void *file, size_t n, const struct archive_secret *s,
		  struct buf *content, struct err *e)
{
	crypto_secretstream_xchacha20poly1305_state st;
	const unsigned char *head = file;
	unsigned char key[ARCHIVE_KEY_BYTES];
	bool phrase, ok;

	if (n < MAGIC_BYTES || memcmp(head, MAGIC, MAGIC_BYTES) != 0)
		return err_set(e, ERR_INPUT,
			       "không phải tệp lưu trữ (no archive of ours)");
	if (n < HEAD_BYTES + STREAM_HEAD + TAG_BYTES)
		return err_set(e, ERR_INPUT,
			       "tệp bị cắt cụt (the file is cut off)");
	phrase = head[MAGIC_BYTES] == 'P';
	if (!phrase && head[MAGIC_BYTES] != 'K')
		return err_set(e, ERR_INPUT,
			       "tệp đã bị sửa (the file was changed)");
	if (phrase != (s->passphrase != NULL))
		return err_set(e, ERR_INPUT,
			       phrase ? "tệp này mở bằng cụm mật khẩu (it "
					"opens with a passphrase)"
				      : "tệp này mở bằng tệp khóa (it opens "
					"with a key file)");
	if (!key_of(s, head + MAGIC_BYTES + 1, key, e))
		return false;
	ok = crypto_secretstream_xchacha20poly1305_init_pull(&st,
							     head + HEAD_BYTES,
							     key) == 0 ||
	     err_set(e, ERR_INPUT, "tệp đã bị sửa (the file was changed)");
	sodium_memzero(key, sizeof key);
	ok = ok && open_pieces(&st, head + HEAD_BYTES + STREAM_HEAD,
			       n - HEAD_BYTES - STREAM_HEAD, head, content, e);
	sodium_memzero(&st, sizeof st);
	return ok;
}
