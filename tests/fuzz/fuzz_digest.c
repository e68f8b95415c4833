/* What a client says of itself in Digest: taken apart without a byte more than
 * it sent; of many answers to one challenge each count is taken once. */
#include "fuzz.h"

#include <string.h>

#include "phieu/base64.h"
#include "phieu/buf.h"
#include "phieu/digest.h"

static void is_within(const char *part, size_t n)
{
	MUST(!part || strlen(part) <= n);
}

/* Bytes in fours: a challenge of eight, a count. */
static void counts(const uint8_t *data, size_t n)
{
	static uint32_t taken[8][256];
	size_t had[8] = { 0 };
	struct digest_seen *s = digest_seen_new(100);

	MUST(s);
	for (size_t i = 0; i + 4 <= n && i < 1024; i += 4) {
		size_t which = data[i] % 8;
		uint32_t v = (uint32_t)data[i + 1] << 16 |
			     (uint32_t)data[i + 2] << 8 | data[i + 3];
		char nc[9];
		bool again = false;

		(void)snprintf(nc, sizeof nc, "%08x", v);
		for (size_t k = 0; k < had[which]; k++)
			again = again || taken[which][k] == v;
		if (digest_use(s, (int64_t)(101 + which), nc)) {
			MUST(!again && v > 0 && had[which] < 256);
			taken[which][had[which]++] = v;
		}
	}
	digest_seen_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = calloc(1, n + 1);
	struct arena *a = arena_new(1 << 20);
	struct buf b = BUF_INIT(1 << 20);
	struct digest d;
	int64_t us;

	MUST(text && a);
	memcpy(text, data, n);
	if (digest_parse(a, text, &d)) {
		is_within(d.username, n);
		is_within(d.realm, n);
		is_within(d.nonce, n);
		is_within(d.uri, n);
		is_within(d.response, n);
		is_within(d.qop, n);
		is_within(d.nc, n);
		is_within(d.cnonce, n);
		is_within(d.algorithm, n);
	}
	/* nobody without the key makes a challenge of ours */
	MUST(!digest_nonce_ok((const uint8_t *)"a key nobody knows", 18, text,
			      INT64_C(1) << 60, &us));
	if (base64_parse(&b, text, strlen(text)))
		MUST(b.len <= strlen(text) / 4 * 3 + 3);
	counts(data, n);
	buf_free(&b);
	arena_free(a);
	free(text);
	return 0;
}
