/* charset.h - bytes of old and new Vietnamese files to UTF-8.
 *
 * Offices send text files as UTF-8 and UTF-16, and still as TCVN3 (ABC: the
 * .Vn fonts), VNI and windows-1258, which say nowhere what they are.  Which
 * one is decided by bytes that cannot be and by how many words are Vietnamese
 * syllables; when that decides nothing, it is an error that says so, and the
 * caller may name the encoding.  A letter is never guessed. */
#ifndef PHIEU_CHARSET_H
#define PHIEU_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/arena.h"
#include "phieu/err.h"

enum charset {
	CHARSET_UNKNOWN,
	CHARSET_UTF8,
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
	CHARSET_TCVN3,
	CHARSET_VNI,
	CHARSET_CP1258
};

const char *charset_name(enum charset c); /* "utf-8", "tcvn3" … */
/* Case and hyphens do not matter; "abc" is TCVN3. */
bool charset_parse(const char *name, enum charset *out);

/* CHARSET_UNKNOWN when the bytes decide nothing. */
enum charset charset_detect(const char *s, size_t n);

/* UTF-8 in NFC without a byte order mark, in the arena, NUL-terminated.
 * ERR_INPUT with the byte offset when a byte or pair does not exist in the
 * encoding, and for NUL.  TCVN3 has no capitals with a tone: they come as the
 * small letters that were stored. */
char *charset_decode(enum charset c, const char *s, size_t n, struct arena *a,
		     size_t *out_n, struct err *e) MUST_USE;

/* Text that came as Unicode but spells an old encoding letter by letter, as
 * cells do that were typed in a .Vn or VNI font ("Së T­ ph¸p"): which one,
 * CHARSET_UTF8 when it is what it seems. */
enum charset charset_of_text(const char *utf8, size_t n);
/* Such text as it should read, in NFC. */
char *charset_mend_text(enum charset c, const char *utf8, size_t n,
			struct arena *a, size_t *out_n, struct err *e) MUST_USE;

/* Is this word (UTF-8, NFC) a syllable that Vietnamese could have? */
bool charset_is_syllable(const char *utf8, size_t n);

#endif
