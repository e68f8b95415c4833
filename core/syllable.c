#include "syllable.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS_MAX 8 /* "nghiêng" has 7 */

/* Vowels by tone: none, grave, acute, hook, tilde, dot.  In rimes below they
 * are written a A(ă) B(â) e E(ê) i o O(ô) W(ơ) u U(ư) y; đ is D. */
static const struct {
	char letter;
	uint16_t toned[6];
} vowels[] = {
	{ 'a', { 0x61, 0xe0, 0xe1, 0x1ea3, 0xe3, 0x1ea1 } },
	{ 'A', { 0x103, 0x1eb1, 0x1eaf, 0x1eb3, 0x1eb5, 0x1eb7 } },
	{ 'B', { 0xe2, 0x1ea7, 0x1ea5, 0x1ea9, 0x1eab, 0x1ead } },
	{ 'e', { 0x65, 0xe8, 0xe9, 0x1ebb, 0x1ebd, 0x1eb9 } },
	{ 'E', { 0xea, 0x1ec1, 0x1ebf, 0x1ec3, 0x1ec5, 0x1ec7 } },
	{ 'i', { 0x69, 0xec, 0xed, 0x1ec9, 0x129, 0x1ecb } },
	{ 'o', { 0x6f, 0xf2, 0xf3, 0x1ecf, 0xf5, 0x1ecd } },
	{ 'O', { 0xf4, 0x1ed3, 0x1ed1, 0x1ed5, 0x1ed7, 0x1ed9 } },
	{ 'W', { 0x1a1, 0x1edd, 0x1edb, 0x1edf, 0x1ee1, 0x1ee3 } },
	{ 'u', { 0x75, 0xf9, 0xfa, 0x1ee7, 0x169, 0x1ee5 } },
	{ 'U', { 0x1b0, 0x1eeb, 0x1ee9, 0x1eed, 0x1eef, 0x1ef1 } },
	{ 'y', { 0x79, 0x1ef3, 0xfd, 0x1ef7, 0x1ef9, 0x1ef5 } },
};
enum { TONE_ACUTE = 2, TONE_DOT = 5 };

/* Longest first where one begins another. */
static const char *const initials[] = { "ngh", "ch", "gh", "gi", "kh", "ng",
					"nh",  "ph", "qu", "th", "tr", "b",
					"c",   "d",  "D",  "g",	 "h",  "k",
					"l",   "m",  "n",  "p",	 "r",  "s",
					"t",   "v",  "x",  "" };

/* Sorted; what follows qu- has lost its u. */
static const char *const rimes[] = {
	"Ac",	"Am",	"An",	"Ang",	"Ap",	"At",	"B",	"Bc",	"Bm",
	"Bn",	"Bng",	"Bp",	"Bt",	"Bu",	"By",	"E",	"Ech",	"Em",
	"En",	"Eng",	"Enh",	"Ep",	"Et",	"Eu",	"O",	"Oc",	"Oi",
	"Om",	"On",	"Ong",	"Op",	"Ot",	"U",	"UW",	"UWc",	"UWi",
	"UWm",	"UWn",	"UWng", "UWp",	"UWt",	"UWu",	"Ua",	"Uc",	"Ui",
	"Um",	"Un",	"Ung",	"Ut",	"Uu",	"W",	"Wi",	"Wm",	"Wn",
	"Wp",	"Wt",	"a",	"ac",	"ach",	"ai",	"am",	"an",	"ang",
	"anh",	"ao",	"ap",	"at",	"au",	"ay",	"e",	"ec",	"em",
	"en",	"eng",	"eo",	"ep",	"et",	"i",	"iE",	"iEc",	"iEm",
	"iEn",	"iEng", "iEp",	"iEt",	"iEu",	"ia",	"ich",	"im",	"in",
	"inh",	"ip",	"it",	"iu",	"o",	"oAc",	"oAm",	"oAn",	"oAng",
	"oAt",	"oa",	"oac",	"oach", "oai",	"oam",	"oan",	"oang", "oanh",
	"oao",	"oap",	"oat",	"oay",	"oc",	"oe",	"oen",	"oeo",	"oet",
	"oi",	"om",	"on",	"ong",	"ooc",	"oong", "op",	"ot",	"u",
	"uB",	"uBn",	"uBng", "uBt",	"uBy",	"uE",	"uEch", "uEnh", "uO",
	"uOc",	"uOi",	"uOm",	"uOn",	"uOng", "uOt",	"uW",	"ua",	"uc",
	"ui",	"um",	"un",	"ung",	"up",	"ut",	"uy",	"uyE",	"uyEn",
	"uyEt", "uya",	"uych", "uyn",	"uynh", "uyt",	"uyu",	"y",	"yEm",
	"yEn",	"yEng", "yEt",	"yEu",	"ych",	"ynh",	"yt",
};

struct word {
	char letters[LETTERS_MAX + 1];
	size_t n;
	unsigned tone, tones;
	bool wide, odd; /* a letter beyond ASCII; one that no syllable has */
};

static uint32_t lower(uint32_t cp)
{
	if (cp >= 'A' && cp <= 'Z')
		return cp + 32;
	if (cp >= 0xc0 && cp <= 0xde && cp != 0xd7)
		return cp + 32;
	if (cp >= 0x1ea0 && cp <= 0x1ef9)
		return cp | 1;
	if (cp == 0x102 || cp == 0x110 || cp == 0x128 || cp == 0x168 ||
	    cp == 0x1a0 || cp == 0x1af)
		return cp + 1;
	return cp;
}

/* The letter as in the tables and its tone; 0: none of ours. */
static char letter_of(uint32_t cp, unsigned *tone)
{
	*tone = 0;
	if (cp == 0x111)
		return 'D';
	for (size_t v = 0; v < sizeof vowels / sizeof vowels[0]; v++)
		for (unsigned t = 0; t < 6; t++)
			if (vowels[v].toned[t] == cp) {
				*tone = t;
				return vowels[v].letter;
			}
	if (cp >= 'a' && cp <= 'z' && !strchr("fjwz", (int)cp))
		return (char)cp;
	return 0;
}

static void add(struct word *w, uint32_t cp)
{
	unsigned tone;
	char letter = letter_of(lower(cp), &tone);

	w->wide |= cp >= 0x80;
	if (!letter || w->n == LETTERS_MAX) {
		w->odd = true;
		return;
	}
	w->letters[w->n++] = letter;
	if (tone) {
		w->tone = tone;
		w->tones++;
	}
}

static int by_text(const void *key, const void *at)
{
	return strcmp(key, *(const char *const *)at);
}

/* After a stop only two tones are possible. */
static bool tone_fits(const struct word *w, const char *rime)
{
	size_t n = strlen(rime);
	bool stop = n > 0 && (strchr("cpt", rime[n - 1]) ||
			      (n > 1 && rime[n - 2] == 'c'));

	return !stop || w->tone == TONE_ACUTE || w->tone == TONE_DOT;
}

static bool is_rime(const char *s)
{
	return bsearch(s, rimes, sizeof rimes / sizeof rimes[0],
		       sizeof rimes[0], by_text) != NULL;
}

static bool is_syllable(struct word *w)
{
	if (w->odd || w->tones > 1 || w->n == 0)
		return false;
	w->letters[w->n] = '\0';
	for (size_t i = 0; i < sizeof initials / sizeof initials[0]; i++) {
		size_t n = strlen(initials[i]);
		const char *rime = w->letters + n;
		if (strncmp(w->letters, initials[i], n) == 0 && is_rime(rime) &&
		    tone_fits(w, rime))
			return true;
	}
	return false;
}

static uint32_t next(const unsigned char *s, size_t n, size_t *len)
{
	if (s[0] < 0x80 || n < 2) {
		*len = 1;
		return s[0];
	}
	if (s[0] < 0xe0) {
		*len = 2;
		return (uint32_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
	}
	if (s[0] < 0xf0 && n >= 3) {
		*len = 3;
		return (uint32_t)(s[0] & 0x0f) << 12 |
		       (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
	}
	*len = n < 4 ? n : 4;
	return 0x10000;
}

/* Latin-1's signs are no letters, but in a font of old they would be: a word
 * with one is a word, and an odd one. */
static bool part_of_word(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
	       (cp > 0xa0 && cp < 0x2000);
}

bool syllable_is(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	struct word w = { .n = 0 };
	size_t len;

	for (size_t i = 0; i < n; i += len)
		add(&w, next(u + i, n - i, &len));
	return is_syllable(&w);
}

void syllable_count(const char *s, size_t n, size_t *words, size_t *valid)
{
	const unsigned char *u = (const unsigned char *)s;
	struct word w = { .n = 0 };
	bool inside = false;
	size_t len = 0;

	*words = *valid = 0;
	for (size_t i = 0; i <= n; i += len) {
		uint32_t cp = i < n ? next(u + i, n - i, &len) : ' ';
		if (i == n)
			len = 1;
		if (part_of_word(cp)) {
			add(&w, cp);
			inside = true;
		} else if (inside) {
			*words += w.wide;
			*valid += w.wide && is_syllable(&w);
			w = (struct word){ .n = 0 };
			inside = false;
		}
	}
}
