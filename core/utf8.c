#include "phieu/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

/* Unicode's Stream-Safe Text Format allows 30 marks on one letter.  More is
 * no language, and sorting them costs the square of their number. */
#define MARKS_MAX 30

#define D_STROKE 0x111

/* Table 3-7 of the Unicode Standard: what may follow a first byte.  The odd
 * bounds keep out overlong forms, surrogates and what is above U+10FFFF. */
static const struct {
	unsigned char first, last; /* of the first byte */
	unsigned char low, high;   /* of the second */
	unsigned char len;
} forms[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};
#define FORMS (sizeof forms / sizeof forms[0])

/* Length of the well-formed sequence at s, 0 when there is none. */
static size_t sequence(const unsigned char *s, size_t n)
{
	size_t f = 0, i;

	if (s[0] < 0x80)
		return 1;
	while (f < FORMS && s[0] > forms[f].last)
		f++;
	if (f == FORMS || s[0] < forms[f].first || n < forms[f].len ||
	    s[1] < forms[f].low || s[1] > forms[f].high)
		return 0;
	for (i = 2; i < forms[f].len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return forms[f].len;
}

static bool ascii_word(const unsigned char *s)
{
	uint64_t w;

	memcpy(&w, s, sizeof w);
	return (w & UINT64_C(0x8080808080808080)) == 0;
}

bool utf8_valid(const char *s, size_t n, size_t *bad)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t i = 0, len;

	while (i < n) {
		if (n - i >= 8 && ascii_word(u + i)) {
			i += 8;
			continue;
		}
		len = sequence(u + i, n - i);
		if (len == 0) {
			*bad = i;
			return false;
		}
		i += len;
	}
	return true;
}

/* Code point of a well-formed sequence of `len` bytes. */
static int32_t decode(const unsigned char *s, size_t len)
{
	switch (len) {
	case 1: return s[0];
	case 2: return (s[0] & 0x1f) << 6 | (s[1] & 0x3f);
	case 3: return (s[0] & 0x0f) << 12 | (s[1] & 0x3f) << 6 | (s[2] & 0x3f);
	default:
		return (s[0] & 0x07) << 18 | (s[1] & 0x3f) << 12 |
		       (s[2] & 0x3f) << 6 | (s[3] & 0x3f);
	}
}

/* Blocks in which NFC changes nothing as long as no mark follows: Latin to
 * the modifier letters, Vietnamese's Latin Extended Additional, general
 * punctuation and currency (not the two quads U+2000, U+2001). */
static bool is_inert(int32_t c)
{
	return c < 0x300 || (c >= 0x1e00 && c <= 0x1eff) ||
	       (c >= 0x2002 && c <= 0x20cf);
}

bool utf8_is_plain(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t i = 0, len;

	while (i < n) {
		if (n - i >= 8 && ascii_word(u + i)) {
			i += 8;
			continue;
		}
		if (u[i] < 0x80) {
			i++;
			continue;
		}
		len = sequence(u + i, n - i);
		if (len == 0 || !is_inert(decode(u + i, len)))
			return false;
		i += len;
	}
	return true;
}

static bool check(const char *s, size_t n, struct err *e)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t i, len, bad, marks = 0;

	if (!utf8_valid(s, n, &bad))
		return err_set(e, ERR_INPUT, "invalid UTF-8 at byte %zu", bad);
	if (n && memchr(s, '\0', n))
		return err_set(e, ERR_INPUT, "a NUL byte in the text");
	for (i = 0; i < n; i += len) {
		len = sequence(u + i, n - i);
		if (len < 2 || utf8proc_get_property(decode(u + i, len))
					       ->combining_class == 0)
			marks = 0;
		else if (++marks > MARKS_MAX)
			return err_set(e, ERR_INPUT,
				       "more than %d combining marks on one "
				       "letter at byte %zu",
				       MARKS_MAX, i);
	}
	return true;
}

static char *no_memory(struct err *e)
{
	(void)err_set(e, ERR_NOMEM, "out of memory for text");
	return NULL;
}

/* utf8proc's mapping of checked text, copied into the arena. */
static char *map(struct arena *a, const char *s, size_t n, int options,
		 size_t *out_n, struct err *e)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t len;
	char *out;

	len = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n,
			   &mapped, (utf8proc_option_t)options);
	if (len < 0)
		return no_memory(e);
	out = arena_strndup(a, (const char *)mapped, (size_t)len);
	free(mapped);
	if (!out)
		return no_memory(e);
	*out_n = (size_t)len;
	return out;
}

static char *nfc_checked(struct arena *a, const char *s, size_t n,
			 size_t *out_n, struct err *e)
{
	char *out;

	if (!utf8_is_plain(s, n))
		return map(a, s, n, UTF8PROC_STABLE | UTF8PROC_COMPOSE, out_n,
			   e);
	out = arena_strndup(a, s, n);
	if (!out)
		return no_memory(e);
	*out_n = n;
	return out;
}

char *utf8_nfc(struct arena *a, const char *s, size_t n, size_t *out_n,
	       struct err *e)
{
	/* Plain text has neither bad bytes nor marks; only NUL is left. */
	if (utf8_is_plain(s, n) && !(n && memchr(s, '\0', n)))
		return nfc_checked(a, s, n, out_n, e);
	if (!check(s, n, e))
		return NULL;
	return nfc_checked(a, s, n, out_n, e);
}

/* Folds plain text letter by letter.  Folding may lengthen a letter up to
 * three times in bytes (U+0390 and its like). */
static char *fold_plain(struct arena *a, const char *s, size_t n, int options,
			size_t *out_n, struct err *e)
{
	const unsigned char *u = (const unsigned char *)s;
	char *out = arena_array(a, n + 1, 3);
	utf8proc_int32_t folded[8];
	size_t i, len, at = 0;
	int boundary = 0;

	if (!out)
		return no_memory(e);
	for (i = 0; i < n; i += len) {
		utf8proc_ssize_t k, got;

		len = sequence(u + i, n - i);
		if (len == 1) {
			out[at++] = (char)(u[i] >= 'A' && u[i] <= 'Z'
						   ? u[i] + ('a' - 'A')
						   : u[i]);
			continue;
		}
		got = utf8proc_decompose_char(decode(u + i, len), folded, 8,
					      (utf8proc_option_t)options,
					      &boundary);
		for (k = 0; k < got && k < 8; k++)
			at += (size_t)utf8proc_encode_char(
				folded[k], (utf8proc_uint8_t *)out + at);
	}
	out[at] = '\0';
	*out_n = at;
	return out;
}

static bool is_space(int32_t c)
{
	switch (c) {
	case 0x85:
	case 0xa0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000: return true;
	default:
		return c == ' ' || (c >= '\t' && c <= '\r') ||
		       (c >= 0x2000 && c <= 0x200a);
	}
}

/* Soft hyphen, zero-width space and joiners, word joiner, BOM: pasted along
 * from web pages, seen by nobody, no part of a name. */
static bool is_unseen(int32_t c)
{
	return c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x2060 ||
	       c == 0xfeff;
}

/* In place, never longer: spaces folded and trimmed, unseen characters
 * dropped, d-stroke as d when asked. */
static char *squeeze(char *s, size_t n, bool plain_d)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t i, len, at = 0;
	bool space = false;

	for (i = 0; i < n; i += len) {
		int32_t c;

		len = sequence(u + i, n - i);
		c = decode(u + i, len);
		if (is_space(c)) {
			space = at > 0;
			continue;
		}
		if (is_unseen(c))
			continue;
		if (space)
			s[at++] = ' ';
		space = false;
		if (plain_d && c == D_STROKE) {
			s[at++] = 'd';
			continue;
		}
		memmove(s + at, s + i, len);
		at += len;
	}
	s[at] = '\0';
	return s;
}

char *utf8_key(struct arena *a, const char *s, size_t n, struct err *e)
{
	char *out;

	if (!check(s, n, e))
		return NULL;
	if (utf8_is_plain(s, n)) {
		out = fold_plain(a, s, n, UTF8PROC_CASEFOLD, &n, e);
		/* A few letters fold into letter and mark (U+01F0). */
		if (out && !utf8_is_plain(out, n))
			out = nfc_checked(a, out, n, &n, e);
	} else {
		out = map(a, s, n,
			  UTF8PROC_STABLE | UTF8PROC_COMPOSE |
				  UTF8PROC_CASEFOLD,
			  &n, e);
	}
	return out ? squeeze(out, n, false) : NULL;
}

char *utf8_search_key(struct arena *a, const char *s, size_t n, struct err *e)
{
	const int options =
		UTF8PROC_STABLE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK;
	char *out;

	if (!check(s, n, e))
		return NULL;
	if (utf8_is_plain(s, n))
		out = fold_plain(a, s, n, options | UTF8PROC_DECOMPOSE, &n, e);
	else
		out = map(a, s, n, options | UTF8PROC_COMPOSE, &n, e);
	return out ? squeeze(out, n, true) : NULL;
}

size_t utf8_width(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = strlen(s), i, len, width = 0;

	for (i = 0; i < n; i += len) {
		len = sequence(u + i, n - i);
		if (len == 0) {
			/* A stray byte is shown as one replacement sign. */
			len = 1;
			width++;
		} else {
			width += (size_t)utf8proc_charwidth(decode(u + i, len));
		}
	}
	return width;
}
