/* Archives: a sealed file that was changed never opens; content that is taken
 * apart has all its parts, is recomputed or refused with words, and written
 * again gives the same bytes.  First byte: odd, a sealed file, else content. */
#include "fuzz.h"

#include <string.h>

#include "phieu/archive.h"
#include "phieu/hash.h"

#define OUTPUT ((size_t)16 << 20)

static void sealed(const uint8_t *data, size_t n)
{
	struct archive_secret key = { .passphrase = NULL };
	struct buf content = BUF_INIT(OUTPUT);
	struct err e = { 0 };

	memset(key.key, 7, sizeof key.key);
	if (!archive_open(data, n, &key, &content, &e))
		MUST(e.kind == ERR_INPUT && e.msg[0]);
	buf_free(&content);
}

static void content(const char *s, size_t n, struct arena *a)
{
	struct archive_report r;
	struct buf again = BUF_INIT(OUTPUT);
	struct archive x, y;
	struct err e = { 0 };

	if (!archive_read(s, n, a, &x, &e)) {
		MUST(e.kind == ERR_INPUT && e.msg[0]);
		return;
	}
	MUST(x.part[ARCHIVE_ROUND].p && x.part[ARCHIVE_INPUT].p &&
	     x.part[ARCHIVE_RESULT].p);
	archive_write(&x, &again);
	MUST(buf_cstr(&again));
	MUST(archive_read(again.data, again.len, a, &y, &e));
	for (int i = ARCHIVE_ROUND; i < ARCHIVE_PARTS; i++)
		MUST(x.part[i].n == y.part[i].n &&
		     (!x.part[i].n ||
		      memcmp(x.part[i].p, y.part[i].p, x.part[i].n) == 0));
	buf_free(&again);
	e = (struct err){ 0 };
	if (archive_check(&x, a, &r, &e))
		MUST(r.n > 0 && r.n <= ARCHIVE_LINES);
	else
		MUST(e.kind != ERR_NONE && e.msg[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a;
	struct err e = { 0 };

	MUST(hash_start(&e));
	if (n == 0)
		return 0;
	if (*data & 1) {
		sealed(data + 1, n - 1);
		return 0;
	}
	a = arena_new((size_t)256 << 20);
	content((const char *)data + 1, n - 1, a);
	arena_free(a);
	return 0;
}
