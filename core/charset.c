#include "phieu/charset.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/buf.h"
#include "phieu/utf8.h"
#include "syllable.h"

#define SAMPLE_BYTES ((size_t)512 << 10) /* enough words to decide by */
#define GROWTH	     6			 /* UTF-8 bytes of one old one */

/* TCVN 5712:1993, VN3, from 0xA0; 0: no such byte. */
static const uint16_t tcvn3[96] = {
	0x00a0, 0x0102, 0x00c2, 0x00ca, 0x00d4, 0x01a0, 0x01af, 0x0110, 0x0103,
	0x00e2, 0x00ea, 0x00f4, 0x01a1, 0x01b0, 0x0111, 0x0000, 0x0300, 0x0309,
	0x0303, 0x0301, 0x0323, 0x00e0, 0x1ea3, 0x00e3, 0x00e1, 0x1ea1, 0x0000,
	0x1eb1, 0x1eb3, 0x1eb5, 0x1eaf, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000,
	0x0000, 0x0000, 0x1eb7, 0x1ea7, 0x1ea9, 0x1eab, 0x1ea5, 0x1ead, 0x00e8,
	0x0000, 0x1ebb, 0x1ebd, 0x00e9, 0x1eb9, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ebf,
	0x1ec7, 0x00ec, 0x1ec9, 0x0000, 0x0000, 0x0000, 0x0129, 0x00ed, 0x1ecb,
	0x00f2, 0x0000, 0x1ecf, 0x00f5, 0x00f3, 0x1ecd, 0x1ed3, 0x1ed5, 0x1ed7,
	0x1ed1, 0x1ed9, 0x1edd, 0x1edf, 0x1ee1, 0x1edb, 0x1ee3, 0x00f9, 0x0000,
	0x1ee7, 0x0169, 0x00fa, 0x1ee5, 0x1eeb, 0x1eed, 0x1eef, 0x1ee9, 0x1ef1,
	0x1ef3, 0x1ef7, 0x1ef9, 0x00fd, 0x1ef5, 0x0000
};

/* windows-1258 from 0x80; marks stand after their letter. */
static const uint16_t cp1258[128] = {
	0x20ac, 0x0000, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6,
	0x2030, 0x0000, 0x2039, 0x0152, 0x0000, 0x0000, 0x0000, 0x0000, 0x2018,
	0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0000,
	0x203a, 0x0153, 0x0000, 0x0000, 0x0178, 0x00a0, 0x00a1, 0x00a2, 0x00a3,
	0x00a4, 0x00a5, 0x00a6, 0x00a7, 0x00a8, 0x00a9, 0x00aa, 0x00ab, 0x00ac,
	0x00ad, 0x00ae, 0x00af, 0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00b4, 0x00b5,
	0x00b6, 0x00b7, 0x00b8, 0x00b9, 0x00ba, 0x00bb, 0x00bc, 0x00bd, 0x00be,
	0x00bf, 0x00c0, 0x00c1, 0x00c2, 0x0102, 0x00c4, 0x00c5, 0x00c6, 0x00c7,
	0x00c8, 0x00c9, 0x00ca, 0x00cb, 0x0300, 0x00cd, 0x00ce, 0x00cf, 0x0110,
	0x00d1, 0x0309, 0x00d3, 0x00d4, 0x01a0, 0x00d6, 0x00d7, 0x00d8, 0x00d9,
	0x00da, 0x00db, 0x00dc, 0x01af, 0x0303, 0x00df, 0x00e0, 0x00e1, 0x00e2,
	0x0103, 0x00e4, 0x00e5, 0x00e6, 0x00e7, 0x00e8, 0x00e9, 0x00ea, 0x00eb,
	0x0301, 0x00ed, 0x00ee, 0x00ef, 0x0111, 0x00f1, 0x0323, 0x00f3, 0x00f4,
	0x01a1, 0x00f6, 0x00f7, 0x00f8, 0x00f9, 0x00fa, 0x00fb, 0x00fc, 0x01b0,
	0x20ab, 0x00ff
};

/* VNI letters that are one byte, without those of ASCII. */
static const struct {
	unsigned char byte;
	uint16_t letter;
} vni_single[] = { { 0xf1, 0x111 },  { 0xd1, 0x110 },  { 0xf4, 0x1a1 },
		   { 0xd4, 0x1a0 },  { 0xf6, 0x1b0 },  { 0xd6, 0x1af },
		   { 0xed, 0xed },   { 0xcd, 0xcd },   { 0xec, 0xec },
		   { 0xcc, 0xcc },   { 0xe6, 0x1ec9 }, { 0xc6, 0x1ec8 },
		   { 0xf3, 0x129 },  { 0xd3, 0x128 },  { 0xf2, 0x1ecb },
		   { 0xd2, 0x1eca }, { 0xee, 0x1ef5 }, { 0xce, 0x1ef4 },
		   { 0xa0, 0xa0 } };

/* VNI marks after a vowel, small; a capital's differ by 0x20. */
static const struct {
	unsigned char byte;
	char hat; /* ' ' none, '^', '(' */
	uint16_t tone;
} vni_marks[] = {
	{ 0xf9, ' ', 0x301 }, { 0xf8, ' ', 0x300 }, { 0xfb, ' ', 0x309 },
	{ 0xf5, ' ', 0x303 }, { 0xef, ' ', 0x323 }, { 0xe2, '^', 0 },
	{ 0xe1, '^', 0x301 }, { 0xe0, '^', 0x300 }, { 0xe5, '^', 0x309 },
	{ 0xe3, '^', 0x303 }, { 0xe4, '^', 0x323 }, { 0xea, '(', 0 },
	{ 0xe9, '(', 0x301 }, { 0xe8, '(', 0x300 }, { 0xfa, '(', 0x309 },
	{ 0xfc, '(', 0x303 }, { 0xeb, '(', 0x323 }
};

static const struct {
	enum charset charset;
	const char *name;
} names[] = {
	{ CHARSET_UTF8, "utf-8" },	 { CHARSET_UTF16LE, "utf-16le" },
	{ CHARSET_UTF16BE, "utf-16be" }, { CHARSET_TCVN3, "tcvn3" },
	{ CHARSET_VNI, "vni" },		 { CHARSET_CP1258, "windows-1258" },
	{ CHARSET_TCVN3, "abc" },	 { CHARSET_TCVN3, "tcvn" },
	{ CHARSET_CP1258, "cp1258" }
};
#define NAMES (sizeof names / sizeof names[0])

const char *charset_name(enum charset c)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].charset == c)
			return names[i].name;
	return "unknown";
}

static bool same_name(const char *a, const char *b)
{
	for (;;) {
		while (*a == '-' || *a == '_' || *a == ' ')
			a++;
		while (*b == '-')
			b++;
		if (*a == '\0' || *b == '\0')
			return *a == *b;
		if (strncasecmp(a, b, 1) != 0)
			return false;
		a++;
		b++;
	}
}

bool charset_parse(const char *name, enum charset *out)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (same_name(name, names[i].name)) {
			*out = names[i].charset;
			return true;
		}
	}
	return false;
}

static void put(struct buf *out, uint32_t cp)
{
	char s[4];
	size_t n = 0;

	if (cp < 0x80) {
		s[n++] = (char)cp;
	} else if (cp < 0x800) {
		s[n++] = (char)(0xc0 | cp >> 6);
		s[n++] = (char)(0x80 | (cp & 0x3f));
	} else if (cp < 0x10000) {
		s[n++] = (char)(0xe0 | cp >> 12);
		s[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
		s[n++] = (char)(0x80 | (cp & 0x3f));
	} else {
		s[n++] = (char)(0xf0 | cp >> 18);
		s[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
		s[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
		s[n++] = (char)(0x80 | (cp & 0x3f));
	}
	buf_add(out, s, n);
}

/* Quotes, dashes and dots that word processors put into text of any font. */
static uint16_t punctuation(unsigned char b)
{
	return b == 0x85 || (b >= 0x91 && b <= 0x97) ? cp1258[b - 0x80] : 0;
}

/* ---- decoders: true, or *bad is the byte that cannot be --------------------
 */

static bool from_table(const uint16_t *table, unsigned char from,
		       const unsigned char *s, size_t n, struct buf *out,
		       size_t *bad)
{
	for (size_t i = 0; i < n; i++) {
		uint16_t cp = s[i];

		if (s[i] >= 0x80)
			cp = s[i] >= from ? table[s[i] - from]
					  : punctuation(s[i]);
		if (cp == 0) {
			*bad = i;
			return false;
		}
		put(out, cp);
	}
	return true;
}

static bool is_capital(unsigned char b)
{
	return (b >= 'A' && b <= 'Z') || b == 0xd4 || b == 0xd6;
}

static bool among(const char *set, unsigned char c)
{
	return c && strchr(set, c);
}

/* The code points of vowel `b` with mark `m`: letter, hat and tone; 0 when
 * the two are no pair. */
static size_t vni_pair(unsigned char b, unsigned char m, uint16_t out[3])
{
	static const char plain[] = "aeouy", hatted[] = "aeo";
	unsigned char low = (unsigned char)(is_capital(b) ? b + 0x20 : b);
	bool horned = low == 0xf4 || low == 0xf6;
	size_t n = 0, i = 0;

	if (m >= 0xc0 && m < 0xe0)
		m = (unsigned char)(m + 0x20);
	while (i < sizeof vni_marks / sizeof vni_marks[0] &&
	       vni_marks[i].byte != m)
		i++;
	if (i == sizeof vni_marks / sizeof vni_marks[0] ||
	    (!horned && !among(plain, low)))
		return 0;
	if ((vni_marks[i].hat == '^' && !among(hatted, low)) ||
	    (vni_marks[i].hat == '(' && low != 'a'))
		return 0;
	out[n++] = horned ? (uint16_t)(low == 0xf4 ? (low == b ? 0x1a1 : 0x1a0)
						   : (low == b ? 0x1b0 : 0x1af))
			  : b;
	if (vni_marks[i].hat != ' ')
		out[n++] = vni_marks[i].hat == '^' ? 0x302 : 0x306;
	if (vni_marks[i].tone)
		out[n++] = vni_marks[i].tone;
	return n;
}

static uint16_t vni_one(unsigned char b)
{
	for (size_t i = 0; i < sizeof vni_single / sizeof vni_single[0]; i++)
		if (vni_single[i].byte == b)
			return vni_single[i].letter;
	return punctuation(b);
}

static bool from_vni(const unsigned char *s, size_t n, struct buf *out,
		     size_t *bad)
{
	uint16_t pair[3], cp;

	for (size_t i = 0; i < n; i++) {
		size_t m = i + 1 < n && s[i + 1] >= 0xc0
				   ? vni_pair(s[i], s[i + 1], pair)
				   : 0;
		for (size_t k = 0; k < m; k++)
			put(out, pair[k]);
		if (m) {
			i++;
			continue;
		}
		cp = s[i] < 0x80 ? s[i] : vni_one(s[i]);
		if (cp == 0) {
			*bad = i;
			return false;
		}
		put(out, cp);
	}
	return true;
}

static bool from_utf16(bool big, const unsigned char *s, size_t n,
		       struct buf *out, size_t *bad)
{
	size_t i = 0;

	while (i + 1 < n) {
		uint32_t cp = big ? (uint32_t)s[i] << 8 | s[i + 1]
				  : (uint32_t)s[i + 1] << 8 | s[i];
		uint32_t low = 0;

		*bad = i;
		if (cp >= 0xd800 && cp < 0xdc00 && i + 3 < n)
			low = big ? (uint32_t)s[i + 2] << 8 | s[i + 3]
				  : (uint32_t)s[i + 3] << 8 | s[i + 2];
		if (low >= 0xdc00 && low < 0xe000) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		} else if (cp >= 0xd800 && cp < 0xe000) {
			return false;
		}
		if (cp == 0)
			return false;
		if (cp != 0xfeff || i > 0)
			put(out, cp);
		i += 2;
	}
	*bad = i;
	return i == n;
}

static bool from_utf8(const char *s, size_t n, struct buf *out, size_t *bad)
{
	const char *nul = memchr(s, '\0', n);
	size_t bom = n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	if (!utf8_valid(s, n, bad))
		return false;
	if (nul) {
		*bad = (size_t)(nul - s);
		return false;
	}
	buf_add(out, s + bom, n - bom);
	return true;
}

static bool decode_raw(enum charset c, const char *text, size_t n,
		       struct buf *out, size_t *bad)
{
	const unsigned char *s = (const unsigned char *)text;

	switch (c) {
	case CHARSET_UTF8: return from_utf8(text, n, out, bad);
	case CHARSET_UTF16LE: return from_utf16(false, s, n, out, bad);
	case CHARSET_UTF16BE: return from_utf16(true, s, n, out, bad);
	case CHARSET_TCVN3: return from_table(tcvn3, 0xa0, s, n, out, bad);
	case CHARSET_CP1258: return from_table(cp1258, 0x80, s, n, out, bad);
	case CHARSET_VNI: return from_vni(s, n, out, bad);
	case CHARSET_UNKNOWN: break;
	}
	*bad = 0;
	return false;
}

char *charset_decode(enum charset c, const char *s, size_t n, struct arena *a,
		     size_t *out_n, struct err *e)
{
	struct buf raw = BUF_INIT(n * GROWTH + 16);
	char *out = NULL;
	size_t bad = 0;

	if (!decode_raw(c, s, n, &raw, &bad))
		err_set(e, ERR_INPUT, "byte %zu is none of %s", bad,
			charset_name(c));
	else if (raw.broken)
		err_set(e, ERR_NOMEM, "out of memory");
	else
		out = utf8_nfc(a, raw.len ? raw.data : "", raw.len, out_n, e);
	buf_free(&raw);
	return out;
}

/* ---- which one -------------------------------------------------------------
 */

struct score {
	size_t words; /* with a letter beyond ASCII */
	size_t valid; /* of these, syllables */
};

static bool score_of(enum charset c, const char *s, size_t n, struct arena *a,
		     struct score *out)
{
	struct err e = { 0 };
	size_t len;
	char *text;

	arena_reset(a);
	text = charset_decode(c, s, n, a, &len, &e);
	if (text)
		syllable_count(text, len, &out->words, &out->valid);
	return text != NULL;
}

/* Four words in five must be Vietnamese, and a second reading of the file
 * must be clearly worse. */
static bool good(const struct score *s)
{
	return s->valid >= 2 && s->valid * 5 >= s->words * 4;
}

static enum charset by_words(const char *s, size_t n, bool as_it_is)
{
	static const enum charset old[] = { CHARSET_TCVN3, CHARSET_VNI,
					    CHARSET_CP1258 };
	struct arena *a = arena_new(SAMPLE_BYTES * 64);
	enum charset best = CHARSET_UNKNOWN;
	struct score top = { 0 }, next = { 0 };
	size_t many = as_it_is ? 2 : 3;

	for (size_t i = 0; a && i < many; i++) {
		struct score got = { 0 };
		if (!score_of(old[i], s, n, a, &got))
			continue;
		if (best == CHARSET_UNKNOWN || got.valid > top.valid) {
			next = top;
			top = got;
			best = old[i];
		} else if (got.valid > next.valid) {
			next = got;
		}
	}
	arena_free(a);
	if (!good(&top) || next.valid * 2 > top.valid)
		return CHARSET_UNKNOWN;
	return best;
}

/* Without a mark: separators, digits and line ends have a zero half. */
static enum charset bare_utf16(const unsigned char *s, size_t n)
{
	size_t zero[2] = { 0, 0 };

	if (n < 2 || n % 2)
		return CHARSET_UNKNOWN;
	for (size_t i = 0; i < n; i++)
		zero[i % 2] += s[i] == 0;
	if (zero[1] * 2 > n / 2 && zero[0] == 0)
		return CHARSET_UTF16LE;
	if (zero[0] * 2 > n / 2 && zero[1] == 0)
		return CHARSET_UTF16BE;
	return CHARSET_UNKNOWN;
}

enum charset charset_detect(const char *s, size_t n)
{
	size_t bad;

	if (n >= 4 && memcmp(s, "\xff\xfe\0\0", 4) == 0)
		return CHARSET_UNKNOWN; /* UTF-32 */
	if (n >= 2 && memcmp(s, "\xff\xfe", 2) == 0)
		return CHARSET_UTF16LE;
	if (n >= 2 && memcmp(s, "\xfe\xff", 2) == 0)
		return CHARSET_UTF16BE;
	if (n > 0 && memchr(s, '\0', n))
		return bare_utf16((const unsigned char *)s, n);
	if (utf8_valid(s, n, &bad))
		return CHARSET_UTF8;
	if (n > SAMPLE_BYTES) { /* up to the end of a line */
		const char *end = memrchr(s, '\n', SAMPLE_BYTES);
		n = end ? (size_t)(end - s) : SAMPLE_BYTES;
	}
	return by_words(s, n, false);
}

/* The bytes that the text's code points stand for; false when one is no
 * byte.  Dashes and quotes are no letters of any font. */
static bool narrow(const char *s, size_t n, struct buf *out, bool *any)
{
	const unsigned char *u = (const unsigned char *)s;

	*any = false;
	for (size_t i = 0; i < n; i++) {
		if (u[i] < 0x80) {
			buf_add(out, s + i, 1);
		} else if ((u[i] == 0xc2 || u[i] == 0xc3) && i + 1 < n) {
			char b = (char)((u[i] & 3) << 6 | (u[i + 1] & 0x3f));
			buf_add(out, &b, 1);
			*any = true;
			i++;
		} else if (u[i] == 0xe2 && i + 2 < n && u[i + 1] == 0x80) {
			buf_adds(out, "-");
			i += 2;
		} else {
			return false;
		}
	}
	return !out->broken;
}

enum charset charset_of_text(const char *utf8, size_t n)
{
	struct buf bytes = BUF_INIT(n + 1);
	enum charset found = CHARSET_UTF8;
	struct score as_is = { 0 };
	bool any;

	if (narrow(utf8, n, &bytes, &any) && any && bytes.len) {
		syllable_count(utf8, n, &as_is.words, &as_is.valid);
		if (!good(&as_is))
			found = by_words(bytes.data, bytes.len, true);
		if (found == CHARSET_UNKNOWN)
			found = CHARSET_UTF8;
	}
	buf_free(&bytes);
	return found;
}

char *charset_mend_text(enum charset c, const char *utf8, size_t n,
			struct arena *a, size_t *out_n, struct err *e)
{
	struct buf bytes = BUF_INIT(n + 1);
	char *out = NULL;
	bool any;

	if (!narrow(utf8, n, &bytes, &any))
		err_set(e, ERR_INPUT, "text of two encodings");
	else
		out = charset_decode(c, bytes.len ? bytes.data : "", bytes.len,
				     a, out_n, e);
	buf_free(&bytes);
	return out;
}

bool charset_is_syllable(const char *utf8, size_t n)
{
	return syllable_is(utf8, n);
}
