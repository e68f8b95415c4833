#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "phieu/charset.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void decodes(enum charset c, const char *bytes, size_t n,
		    const char *want)
{
	struct err e = { 0 };
	size_t len = 0;
	char *got = charset_decode(c, bytes, n, arena, &len, &e);

	assert_non_null(got);
	assert_string_equal(got, want);
	assert_int_equal(len, strlen(want));
}

static void refuses(enum charset c, const char *bytes, size_t n, size_t at)
{
	struct err e = { 0 };
	char want[32];
	size_t len;

	assert_null(charset_decode(c, bytes, n, arena, &len, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	(void)snprintf(want, sizeof want, "byte %zu ", at);
	assert_non_null(strstr(e.msg, want));
}

/* The whole alphabet: 12 vowels x 6 tones and đ, small and capital, with the
 * bytes of three encodings as their standards and fonts have them. */
static const struct letter {
	const char *utf8, *tcvn3, *vni, *cp1258;
} letters[] = {
#include "data/charset_letters.h"
};
#define LETTERS (sizeof letters / sizeof letters[0])

/* Story 46: TCVN3 has no capitals with tones; what it has comes out exactly. */
static void every_letter_of_tcvn3_comes_out_exactly(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < LETTERS; i++) {
		if (!letters[i].tcvn3)
			continue;
		n++;
		decodes(CHARSET_TCVN3, letters[i].tcvn3,
			strlen(letters[i].tcvn3), letters[i].utf8);
	}
	/* all small ones, and the capitals without a tone */
	assert_int_equal(n, 73 + 13);
}

/* Story 46: letters of VNI are two bytes, read as one each they break. */
static void every_letter_of_vni_comes_out_exactly(void **state)
{
	(void)state;
	assert_int_equal(LETTERS, 146);
	for (size_t i = 0; i < LETTERS; i++)
		decodes(CHARSET_VNI, letters[i].vni, strlen(letters[i].vni),
			letters[i].utf8);
}

static void every_letter_of_windows_1258_comes_out_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < LETTERS; i++)
		decodes(CHARSET_CP1258, letters[i].cp1258,
			strlen(letters[i].cp1258), letters[i].utf8);
}

/* Each letter after and before each other: no pair of neighbours is taken
 * for a letter of two bytes, or drops one. */
/* Story 47: no letter is dropped behind another. */
static void no_pair_of_letters_runs_together(void **state)
{
	char bytes[16], want[32];

	(void)state;
	for (size_t i = 0; i < LETTERS; i++) {
		for (size_t k = 0; k < LETTERS; k++) {
			(void)snprintf(want, sizeof want, "1%s%s2",
				       letters[i].utf8, letters[k].utf8);
			(void)snprintf(bytes, sizeof bytes, "1%s%s2",
				       letters[i].vni, letters[k].vni);
			decodes(CHARSET_VNI, bytes, strlen(bytes), want);
			arena_reset(arena);
			if (!letters[i].tcvn3 || !letters[k].tcvn3)
				continue;
			(void)snprintf(bytes, sizeof bytes, "1%s%s2",
				       letters[i].tcvn3, letters[k].tcvn3);
			decodes(CHARSET_TCVN3, bytes, strlen(bytes), want);
			arena_reset(arena);
		}
	}
}

static void utf16_is_decoded_both_ways_round(void **state)
{
	(void)state;
	decodes(CHARSET_UTF16LE, "\xff\xfe\x53\0\xdf\x1e\x3d\xd8\x42\xde", 10,
		"Sở🙂");
	decodes(CHARSET_UTF16BE, "\xfe\xff\0\x53\x1e\xdf\xd8\x3d\xde\x42", 10,
		"Sở🙂");
	decodes(CHARSET_UTF16LE, "", 0, "");
	refuses(CHARSET_UTF16LE, "\x3d\xd8", 2, 0);
	refuses(CHARSET_UTF16LE, "a\0\x42\xde", 4, 2);
	refuses(CHARSET_UTF16LE, "a\0b", 3, 2);
	refuses(CHARSET_UTF16BE, "\0a\0\0", 4, 2);
}

static void utf8_loses_its_mark_and_comes_composed(void **state)
{
	(void)state;
	decodes(CHARSET_UTF8, "\xef\xbb\xbfSo\xcc\x9b\xcc\x89", 9, "Sở");
	refuses(CHARSET_UTF8, "ab\xff", 3, 2);
	refuses(CHARSET_UTF8, "a\0b", 3, 1);
	refuses(CHARSET_UNKNOWN, "a", 1, 0);
}

static void bytes_that_do_not_exist_are_named(void **state)
{
	(void)state;
	refuses(CHARSET_TCVN3, "abc\xff", 4, 3);
	refuses(CHARSET_TCVN3, "\x81", 1, 0);
	refuses(CHARSET_VNI, "a\xb5", 2, 1);
	refuses(CHARSET_VNI, "\xf9", 1, 0);
	refuses(CHARSET_VNI, "i\xf9", 2, 1);
	refuses(CHARSET_VNI, "u\xe2", 2, 1);
	refuses(CHARSET_CP1258, "x\x81", 2, 1);
}

static void quotes_of_word_processors_are_kept(void **state)
{
	(void)state;
	decodes(CHARSET_TCVN3, "\x93\x53\xeb\x94 \x96 \x85", 8, "“Sở” – …");
	decodes(CHARSET_VNI, "\x91o\xe2ng\x92", 6, "‘ông’");
	decodes(CHARSET_TCVN3, "a\xb0 e\xb4", 5, "à ẹ");
}

/* ---- detection
 * --------------------------------------------------------------- */

/* What sentences look like in each encoding, from their letters. */
static size_t encode(const char *utf8, int which, char *out)
{
	size_t n = 0;

	while (*utf8) {
		const char *s = NULL;
		size_t len = 1;
		for (size_t i = 0; i < LETTERS && !s; i++) {
			const struct letter *l = &letters[i];
			size_t m = strlen(l->utf8);
			if (m == 1 || strncmp(l->utf8, utf8, m) != 0)
				continue;
			s = which == 0	 ? l->tcvn3
			    : which == 1 ? l->vni
					 : l->cp1258;
			len = m;
		}
		if (s) {
			memcpy(out + n, s, strlen(s));
			n += strlen(s);
		} else {
			memcpy(out + n, utf8, len);
			n += len;
		}
		utf8 += len;
	}
	return n;
}

static void old_encodings_are_told_apart_by_their_words(void **state)
{
	static const char *const texts[] = {
		"sở tư pháp",
		"số phiếu;nhóm đối tượng;đơn vị được đánh giá",
		"Cộng hòa xã hội chủ nghĩa Việt Nam",
		"Độc lập - Tự do - Hạnh phúc",
		"phòng nông nghiệp và phát triển nông thôn huyện Than Uyên",
		"không đồng ý, thái độ phục vụ chưa tốt, chờ lâu",
		"quyết định số 12 về việc kiểm tra, quý, nghiêng, khuỷu",
		"lãnh đạo ủy ban nhân dân thị trấn",
	};
	static const enum charset want[] = { CHARSET_TCVN3, CHARSET_VNI,
					     CHARSET_CP1258 };
	char bytes[400];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (int which = 0; which < 3; which++) {
			size_t n = encode(texts[i], which, bytes);
			assert_int_equal(charset_detect(bytes, n), want[which]);
			decodes(want[which], bytes, n, texts[i]);
		}
}

static void unicode_is_found_by_its_marks_and_its_form(void **state)
{
	(void)state;
	assert_int_equal(charset_detect("", 0), CHARSET_UTF8);
	assert_int_equal(charset_detect("a,b", 3), CHARSET_UTF8);
	assert_int_equal(charset_detect("Sở", 4), CHARSET_UTF8);
	assert_int_equal(charset_detect("\xff\xfe"
					"a\0",
					4),
			 CHARSET_UTF16LE);
	assert_int_equal(charset_detect("\xfe\xff\0a", 4), CHARSET_UTF16BE);
	assert_int_equal(charset_detect("S\0\xdf\x1e,\0", 6), CHARSET_UTF16LE);
	assert_int_equal(charset_detect("\0S\x1e\xdf\0,", 6), CHARSET_UTF16BE);
	assert_int_equal(charset_detect("\xff\xfe\0\0a\0\0\0", 8),
			 CHARSET_UNKNOWN);
	assert_int_equal(charset_detect("a\0b", 3), CHARSET_UNKNOWN);
}

static void what_decides_nothing_is_said_to_be_undecided(void **state)
{
	static const char *const bytes[] = {
		"S\xeb",				 /* one word */
		"\x80\x81\x82 \xff\xff",		 /* no text at all */
		"caf\xe9 na\xefve r\xe9sum\xe9 No\xebl", /* another language */
		"S\xeb T\xad ph\xb8p Sở Tư pháp",	 /* two encodings */
	};

	(void)state;
	for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++)
		assert_int_equal(charset_detect(bytes[i], strlen(bytes[i])),
				 CHARSET_UNKNOWN);
}

static void text_typed_in_an_old_font_is_found_out_and_mended(void **state)
{
	static const char typed[] = "S\u00eb T\u00ad ph\u00b8p, huy\u00d6n";
	static const char vni[] = "Sô\u00fb Tö pha\u00f9p – huye\u00e4n";
	struct err e = { 0 };
	size_t n;

	(void)state;
	assert_int_equal(charset_of_text(typed, strlen(typed)), CHARSET_TCVN3);
	assert_string_equal(charset_mend_text(CHARSET_TCVN3, typed,
					      strlen(typed), arena, &n, &e),
			    "Sở Tư pháp, huyện");
	assert_int_equal(charset_of_text(vni, strlen(vni)), CHARSET_VNI);
	assert_string_equal(charset_mend_text(CHARSET_VNI, vni, strlen(vni),
					      arena, &n, &e),
			    "Sở Tư pháp - huyện");
	assert_int_equal(charset_of_text("Sở Tư pháp", 14), CHARSET_UTF8);
	assert_int_equal(charset_of_text("xã hòa có", 12), CHARSET_UTF8);
	assert_int_equal(charset_of_text("café", 5), CHARSET_UTF8);
	assert_int_equal(charset_of_text("", 0), CHARSET_UTF8);
	assert_null(charset_mend_text(CHARSET_TCVN3, "Sở", 4, arena, &n, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void encodings_have_names(void **state)
{
	enum charset c;

	(void)state;
	assert_true(charset_parse("UTF8", &c) && c == CHARSET_UTF8);
	assert_true(charset_parse("utf-16LE", &c) && c == CHARSET_UTF16LE);
	assert_true(charset_parse("ABC", &c) && c == CHARSET_TCVN3);
	assert_true(charset_parse("TCVN_3", &c) && c == CHARSET_TCVN3);
	assert_true(charset_parse("vni", &c) && c == CHARSET_VNI);
	assert_true(charset_parse("cp1258", &c) && c == CHARSET_CP1258);
	assert_false(charset_parse("latin1", &c));
	assert_false(charset_parse("", &c));
	assert_string_equal(charset_name(CHARSET_VNI), "vni");
	assert_string_equal(charset_name(CHARSET_UNKNOWN), "unknown");
}

static void syllables_are_known_by_their_spelling(void **state)
{
	static const char *const yes[] = {
		"Nghiêng", "quyết", "GIỜ",  "gì",    "uống",  "khuỷu", "ngoằn",
		"đường",   "yêu",   "thuở", "oái",   "quý",   "quỳnh", "xoong",
		"người",   "ươn",   "ĐƯỢC", "huyện", "giếng", "ấy",    "a",
	};
	static const char *const no[] = {
		"",	"được̀", "hợpp", "hop",	   "mất́",
		"tác̀",	"wếb",	"jà",	"ngiêngà", "bcd",
		"mấtt", "cùt",	"mãc",	"straße",  "aaaaaaaaaa",
	};

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		if (!charset_is_syllable(yes[i], strlen(yes[i])))
			fail_msg("%s is a syllable", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		if (charset_is_syllable(no[i], strlen(no[i])))
			fail_msg("%s is no syllable", no[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_letter_of_tcvn3_comes_out_exactly),
		cmocka_unit_test(every_letter_of_vni_comes_out_exactly),
		cmocka_unit_test(
			every_letter_of_windows_1258_comes_out_exactly),
		cmocka_unit_test(no_pair_of_letters_runs_together),
		cmocka_unit_test(utf16_is_decoded_both_ways_round),
		cmocka_unit_test(utf8_loses_its_mark_and_comes_composed),
		cmocka_unit_test(bytes_that_do_not_exist_are_named),
		cmocka_unit_test(quotes_of_word_processors_are_kept),
		cmocka_unit_test(old_encodings_are_told_apart_by_their_words),
		cmocka_unit_test(unicode_is_found_by_its_marks_and_its_form),
		cmocka_unit_test(what_decides_nothing_is_said_to_be_undecided),
		cmocka_unit_test(
			text_typed_in_an_old_font_is_found_out_and_mended),
		cmocka_unit_test(encodings_have_names),
		cmocka_unit_test(syllables_are_known_by_their_spelling),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
