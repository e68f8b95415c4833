/* Pictures: what is cleaned is never longer but for the few bytes that say
 * which way up (and longer offsets in a TIFF), ends where its picture ends, and
 * cleaned again is the same; what is not cleaned is as it came. */
#include "fuzz.h"

#include <string.h>

#include "phieu/attachment.h"

#define EXIF_OF_OURS 36
#define TIFF_GROWS   4096

static void whole(const struct attachment *f)
{
	if (strcmp(f->type, "image/png") == 0)
		MUST(memcmp(f->bytes + f->n - 8, "IEND", 4) == 0);
	if (strcmp(f->type, "image/jpeg") == 0)
		MUST(memcmp(f->bytes + f->n - 2, "\xFF\xD9", 2) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(1 << 22);
	char *copy = malloc(n ? n : 1);
	struct attachment f, again;
	struct err e = { 0 };

	if (!a || !copy)
		abort();
	memcpy(copy, data, n);
	MUST(attachment_take(&f, "a", copy, n, a, &e));
	if (attachment_state(f.type) != ATTACHMENT_CLEANED) {
		MUST(f.bytes == copy && f.n == n);
		goto out;
	}
	MUST(f.n <= n + (strcmp(f.type, "image/tiff") == 0 ? TIFF_GROWS
							   : EXIF_OF_OURS));
	whole(&f);
	MUST(attachment_take(&again, "a", f.bytes, f.n, a, &e));
	MUST(strcmp(again.type, f.type) == 0 && again.n == f.n &&
	     memcmp(again.bytes, f.bytes, f.n) == 0);
out:
	free(copy);
	arena_free(a);
	return 0;
}
