#include "phieu/base64.h"

#include <sodium.h>
#include <stdlib.h>

void base64_add(struct buf *out, const void *p, size_t n)
{
	size_t room =
		sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
	char *text = malloc(room);

	if (!text) {
		out->broken = true;
		return;
	}
	(void)sodium_bin2base64(text, room, p, n,
				sodium_base64_VARIANT_ORIGINAL);
	buf_add(out, text, room - 1);
	sodium_memzero(text, room);
	free(text);
}

bool base64_parse(struct buf *out, const char *s, size_t n)
{
	unsigned char *bin = malloc(n + 1);
	const char *end = s;
	size_t len = 0;
	bool ok = bin && sodium_base642bin(bin, n + 1, s, n, NULL, &len, &end,
					   sodium_base64_VARIANT_ORIGINAL) == 0;

	ok = ok && end == s + n;
	if (ok)
		buf_add(out, bin, len);
	if (bin)
		sodium_memzero(bin, n + 1);
	free(bin);
	return ok && !out->broken;
}
