/* Encodings: what is decoded is UTF-8 in NFC without NUL; what was detected
 * can be decoded; plain ASCII is itself in all of them. */
#include "fuzz.h"

#include <string.h>

#include "phieu/charset.h"
#include "phieu/utf8.h"

static void one(enum charset c, const char *s, size_t n, struct arena *a,
		bool must)
{
	struct err e = { 0 };
	size_t len, again, bad;
	char *text = charset_decode(c, s, n, a, &len, &e), *nfc;

	if (!text) {
		MUST(e.kind == ERR_INPUT && !must);
		return;
	}
	MUST(strlen(text) == len && utf8_valid(text, len, &bad));
	nfc = utf8_nfc(a, text, len, &again, &e);
	MUST(nfc && again == len && memcmp(nfc, text, len) == 0);
	if (charset_of_text(text, len) != CHARSET_UTF8)
		MUST(charset_mend_text(charset_of_text(text, len), text, len, a,
				       &again, &e));
	(void)charset_is_syllable(text, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data;
	struct arena *a = arena_new((size_t)64 << 20);
	enum charset found = charset_detect(s, n);
	bool ascii = true;

	for (size_t i = 0; i < n; i++)
		ascii = ascii && data[i] > 0 && data[i] < 0x80;
	MUST(!ascii || found == CHARSET_UTF8);
	for (int c = CHARSET_UTF8; c <= CHARSET_CP1258; c++) {
		bool old = c == CHARSET_TCVN3 || c == CHARSET_VNI ||
			   c == CHARSET_CP1258 || c == CHARSET_UTF8;
		one((enum charset)c, s, n, a,
		    (ascii && old) || ((int)found == c && old));
	}
	arena_free(a);
	return 0;
}
