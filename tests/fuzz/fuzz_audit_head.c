/* A head of the log that was kept elsewhere: what is taken is what would be
 * printed for it, but for capitals of the hash. */
#include "fuzz.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "phieu/hash.h"
#include "phieu/store_audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1), again[128], hex[2 * SHA256_BYTES + 1];
	struct audit_head h;
	struct err e = { 0 };

	if (!text)
		return 0;
	memcpy(text, data, n);
	text[n] = '\0';
	if (audit_head_parse(text, &h, &e)) {
		MUST(h.lane >= 0 && h.lane <= INT16_MAX && h.seq >= 0);
		MUST(h.hash_n == (h.seq ? SHA256_BYTES : 0));
		hex_text(h.hash, h.hash_n, hex);
		(void)snprintf(again, sizeof again, "%d:%" PRId64 ":%s", h.lane,
			       h.seq, hex);
		MUST(strcasecmp(text, again) == 0);
	} else {
		MUST(e.kind == ERR_INPUT && *e.msg);
	}
	free(text);
	return 0;
}
