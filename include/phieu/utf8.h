/* utf8.h - text at the boundary: validity, NFC, comparison keys.
 *
 * Everything stored or compared is NFC; Vietnamese input methods and phones
 * deliver both composed and decomposed forms. */
#ifndef PHIEU_UTF8_H
#define PHIEU_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/arena.h"
#include "phieu/err.h"

/* Strict UTF-8 (no overlong forms, surrogates, > U+10FFFF).  On false
 * *bad is the offset of the first wrong byte.  NUL bytes are valid here. */
bool utf8_valid(const char *s, size_t n, size_t *bad);

/* True when no combining mark occurs, so that NFC needs no work. */
bool utf8_is_plain(const char *s, size_t n);

/* NFC copy in the arena, NUL-terminated; *out_n its length.  ERR_INPUT on
 * invalid UTF-8 or a NUL byte. */
char *utf8_nfc(struct arena *a, const char *s, size_t n, size_t *out_n,
	       struct err *e) MUST_USE;

/* Key for comparing names: NFC, case-folded, white space folded to single
 * spaces and trimmed.  Show the text as written, compare by this. */
char *utf8_key(struct arena *a, const char *s, size_t n,
	       struct err *e) MUST_USE;

/* Key for searching without diacritics: utf8_key with marks removed and
 * d-stroke as d ("Sở Tư pháp" -> "so tu phap"). */
char *utf8_search_key(struct arena *a, const char *s, size_t n,
		      struct err *e) MUST_USE;

size_t utf8_width(const char *s); /* columns on a terminal */

#endif
