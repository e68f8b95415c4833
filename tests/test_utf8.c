#include "support/test.h"

#include <string.h>

#include "phieu/arena.h"
#include "phieu/utf8.h"

/* The 12 vowels in both cases with their own mark, then the six tones:
 * 12 x 6 + d-stroke less the six plain ones are 67 letters, 134 in both
 * cases. */
static const char *const tones[] = { "",	 "\xcc\x80", "\xcc\x89",
				     "\xcc\x83", "\xcc\x81", "\xcc\xa3" };
/* clang-format off */
static const struct vowel {
	const char *base, *mark, *letters[6];
} vowels[] = {
	{ "a", "", { "a", "à", "ả", "ã", "á", "ạ" } },
	{ "A", "", { "A", "À", "Ả", "Ã", "Á", "Ạ" } },
	{ "a", "\xcc\x86", { "ă", "ằ", "ẳ", "ẵ", "ắ", "ặ" } },
	{ "A", "\xcc\x86", { "Ă", "Ằ", "Ẳ", "Ẵ", "Ắ", "Ặ" } },
	{ "a", "\xcc\x82", { "â", "ầ", "ẩ", "ẫ", "ấ", "ậ" } },
	{ "A", "\xcc\x82", { "Â", "Ầ", "Ẩ", "Ẫ", "Ấ", "Ậ" } },
	{ "e", "", { "e", "è", "ẻ", "ẽ", "é", "ẹ" } },
	{ "E", "", { "E", "È", "Ẻ", "Ẽ", "É", "Ẹ" } },
	{ "e", "\xcc\x82", { "ê", "ề", "ể", "ễ", "ế", "ệ" } },
	{ "E", "\xcc\x82", { "Ê", "Ề", "Ể", "Ễ", "Ế", "Ệ" } },
	{ "i", "", { "i", "ì", "ỉ", "ĩ", "í", "ị" } },
	{ "I", "", { "I", "Ì", "Ỉ", "Ĩ", "Í", "Ị" } },
	{ "o", "", { "o", "ò", "ỏ", "õ", "ó", "ọ" } },
	{ "O", "", { "O", "Ò", "Ỏ", "Õ", "Ó", "Ọ" } },
	{ "o", "\xcc\x82", { "ô", "ồ", "ổ", "ỗ", "ố", "ộ" } },
	{ "O", "\xcc\x82", { "Ô", "Ồ", "Ổ", "Ỗ", "Ố", "Ộ" } },
	{ "o", "\xcc\x9b", { "ơ", "ờ", "ở", "ỡ", "ớ", "ợ" } },
	{ "O", "\xcc\x9b", { "Ơ", "Ờ", "Ở", "Ỡ", "Ớ", "Ợ" } },
	{ "u", "", { "u", "ù", "ủ", "ũ", "ú", "ụ" } },
	{ "U", "", { "U", "Ù", "Ủ", "Ũ", "Ú", "Ụ" } },
	{ "u", "\xcc\x9b", { "ư", "ừ", "ử", "ữ", "ứ", "ự" } },
	{ "U", "\xcc\x9b", { "Ư", "Ừ", "Ử", "Ữ", "Ứ", "Ự" } },
	{ "y", "", { "y", "ỳ", "ỷ", "ỹ", "ý", "ỵ" } },
	{ "Y", "", { "Y", "Ỳ", "Ỷ", "Ỹ", "Ý", "Ỵ" } },
};
/* clang-format on */
#define VOWELS (sizeof vowels / sizeof vowels[0])

static int with_arena(void **state)
{
	*state = arena_new(1 << 24);
	return *state ? 0 : -1;
}

static int without_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static const char *nfc(struct arena *a, const char *s)
{
	struct err e = { 0 };
	size_t n = 0;
	char *out = utf8_nfc(a, s, strlen(s), &n, &e);

	if (!out)
		fail_msg("%s", e.msg);
	assert_int_equal(strlen(out), n);
	return out;
}

static const char *key(struct arena *a, const char *s)
{
	struct err e = { 0 };
	char *out = utf8_key(a, s, strlen(s), &e);

	if (!out)
		fail_msg("%s", e.msg);
	return out;
}

static const char *search_key(struct arena *a, const char *s)
{
	struct err e = { 0 };
	char *out = utf8_search_key(a, s, strlen(s), &e);

	if (!out)
		fail_msg("%s", e.msg);
	return out;
}

static void all_134_letters_compose_from_every_order_of_marks(void **state)
{
	size_t letters = 2; /* the two d with stroke */
	struct arena *a = *state;
	size_t v, t;

	assert_string_equal(nfc(a, "đĐ"), "đĐ");
	for (v = 0; v < VOWELS; v++) {
		const struct vowel *w = &vowels[v];

		for (t = 0; t < 6; t++) {
			const char *own = arena_printf(a, "%s%s%s", w->base,
						       w->mark, tones[t]);
			const char *other = arena_printf(a, "%s%s%s", w->base,
							 tones[t], w->mark);

			assert_true(utf8_is_plain(w->letters[t],
						  strlen(w->letters[t])));
			assert_string_equal(nfc(a, w->letters[t]),
					    w->letters[t]);
			assert_string_equal(nfc(a, own), w->letters[t]);
			if (*w->mark || t)
				assert_false(utf8_is_plain(own, strlen(own)));
			/* Dot below sorts before a mark above, so that both
			 * orders are the same letter; of two marks above, the
			 * order typed counts. */
			if (t == 5)
				assert_string_equal(nfc(a, other),
						    w->letters[t]);
			letters += *w->mark || t;
		}
	}
	assert_int_equal(letters, 134);
}

static void keys_of_the_134_letters_forget_case_then_marks(void **state)
{
	struct arena *a = *state;
	size_t v, t;

	assert_string_equal(key(a, "Đ"), "đ");
	assert_string_equal(search_key(a, "Đđ"), "dd");
	for (v = 0; v < VOWELS; v += 2) {
		const struct vowel *low = &vowels[v], *up = &vowels[v + 1];

		for (t = 0; t < 6; t++) {
			const char *apart = arena_printf(a, "%s%s%s", up->base,
							 up->mark, tones[t]);

			assert_string_equal(key(a, up->letters[t]),
					    low->letters[t]);
			assert_string_equal(key(a, low->letters[t]),
					    low->letters[t]);
			assert_string_equal(key(a, apart), low->letters[t]);
			assert_string_equal(search_key(a, up->letters[t]),
					    low->base);
			assert_string_equal(search_key(a, low->letters[t]),
					    low->base);
			assert_string_equal(search_key(a, apart), low->base);
		}
	}
}

static void names_written_differently_have_one_key(void **state)
{
	static const char *const same[] = {
		"Sở Tư pháp",
		"sở  tư\tpháp",
		" SỞ TƯ PHÁP\n",
		"Sở\xc2\xa0Tư\xe3\x80\x80pháp",	  /* no-break, ideographic */
		"\xef\xbb\xbfSở Tư pháp",	  /* BOM */
		"Sở Tư ph\xc2\xad\xe2\x80\x8báp", /* soft hyphen, ZWSP */
		"So\xcc\x9b\xcc\x89 Tu\xcc\x9b pha\xcc\x81p",
	};
	size_t i;

	for (i = 0; i < sizeof same / sizeof same[0]; i++) {
		assert_string_equal(key(*state, same[i]), "sở tư pháp");
		assert_string_equal(search_key(*state, same[i]), "so tu phap");
	}
	assert_string_equal(key(*state, ""), "");
	assert_string_equal(key(*state, " \t "), "");
}

static void folding_beyond_vietnamese_keeps_its_rules(void **state)
{
	static const struct {
		const char *in, *key, *search;
	} t[] = {
		{ "Straße", "strasse", "strasse" },
		{ "Ǆ", "ǆ", "ǆ" },
		/* folds into j and caron, which compose again */
		{ "ǰ", "ǰ", "j" },
		{ "İ", "i̇", "i" },
		{ "Ωmega", "ωmega", "ωmega" },
		{ "ΐ", "ΐ", "ι" },
		{ "한글", "한글", "한글" },
		{ "Tốt 😀", "tốt 😀", "tot 😀" },
	};
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_string_equal(key(*state, t[i].in), t[i].key);
		assert_string_equal(search_key(*state, t[i].in), t[i].search);
	}
}

static void singletons_become_their_ordinary_letter(void **state)
{
	/* Angstrom sign, en quad, Ohm, Kelvin */
	assert_string_equal(nfc(*state, "\xe2\x84\xab"), "Å");
	assert_string_equal(nfc(*state, "\xe2\x80\x80"), "\xe2\x80\x82");
	assert_string_equal(nfc(*state, "\xe2\x84\xa6"), "Ω");
	assert_string_equal(nfc(*state, "\xe2\x84\xaa"), "K");
}

static void bad_bytes_are_found_where_they_are(void **state)
{
	static const struct {
		const char *s;
		size_t n, bad;
	} t[] = {
		{ "\x80", 1, 0 },
		{ "abc\xff", 4, 3 },
		{ "\xc0\xaf", 2, 0 },
		{ "\xc1\xbf", 2, 0 },
		{ "\xe0\x80\xaf", 3, 0 },
		{ "\xe0\x9f\xbf", 3, 0 },
		{ "\xed\xa0\x80", 3, 0 },
		{ "\xed\xbf\xbf", 3, 0 },
		{ "\xf0\x8f\xbf\xbf", 4, 0 },
		{ "\xf4\x90\x80\x80", 4, 0 },
		{ "\xf5\x80\x80\x80", 4, 0 },
		{ "12345678\xe1\xbb", 10, 8 },
		{ "\xe1\xbb"
		  "x",
		  3, 0 },
		{ "\xf0\x9f\x98", 3, 0 },
		{ "ab\xc3\xc3\xa9", 5, 2 },
		{ "\xf0\x9f\x98x", 4, 0 },
	};
	struct err e = { 0 };
	size_t i, n, bad;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		bad = 99;
		assert_false(utf8_valid(t[i].s, t[i].n, &bad));
		assert_int_equal(bad, t[i].bad);
		assert_false(utf8_is_plain(t[i].s, t[i].n));
		assert_null(utf8_nfc(*state, t[i].s, t[i].n, &n, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		assert_null(utf8_key(*state, t[i].s, t[i].n, &e));
		assert_null(utf8_search_key(*state, t[i].s, t[i].n, &e));
	}
}

static void the_ends_of_every_range_are_valid(void **state)
{
	static const char *const t[] = {
		"",
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		"12345678Điện Biên12345678",
	};
	size_t i, bad;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_true(utf8_valid(t[i], strlen(t[i]), &bad));
	assert_true(utf8_valid("a\0b", 3, &bad));
}

static void a_nul_byte_is_valid_text_but_never_stored(void **state)
{
	struct err e = { 0 };
	size_t n;

	assert_null(utf8_nfc(*state, "a\0b", 3, &n, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_null(utf8_nfc(*state, "ả\0ả", 7, &n, &e));
	assert_null(utf8_key(*state, "\0", 1, &e));
}

static void a_tower_of_marks_is_refused_not_sorted(void **state)
{
	char tower[2 + 2 * 31 + 1] = "a";
	struct err e = { 0 };
	size_t n;
	int i;

	for (i = 0; i < 31; i++)
		memcpy(tower + 1 + 2 * i, i % 2 ? "\xcc\xa3" : "\xcc\x81", 2);
	assert_non_null(utf8_nfc(*state, tower, 1 + 2 * 30, &n, &e));
	assert_null(utf8_nfc(*state, tower, 1 + 2 * 31, &n, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.msg, "combining marks"));
	/* On two letters the same marks are fine. */
	tower[1 + 2 * 30] = 'b';
	assert_non_null(utf8_nfc(*state, tower, 2 + 2 * 30, &n, &e));
}

static void no_memory_is_said(void **state)
{
	struct arena *none = arena_new(2);
	struct err e = { 0 };
	size_t n;

	(void)state;
	assert_null(utf8_nfc(none, "abc", 3, &n, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	arena_reset(none);
	e.kind = ERR_NONE;
	assert_null(utf8_nfc(none, "a\xcc\x81", 3, &n, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	arena_reset(none);
	assert_null(utf8_key(none, "abc", 3, &e));
	arena_reset(none);
	assert_null(utf8_search_key(none, "bba\xcc\x81", 5, &e));
	arena_free(none);
}

static void width_counts_columns_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(utf8_width(""), 0);
	assert_int_equal(utf8_width("abc"), 3);
	assert_int_equal(utf8_width("Điện Biên"), 9);
	assert_int_equal(utf8_width("So\xcc\x9b\xcc\x89"), 2);
	assert_int_equal(utf8_width("한글"), 4);
	assert_int_equal(utf8_width("a\xff"
				    "b"),
			 3);
	assert_int_equal(utf8_width("\x1b"), 0);
}

/* Fast path and general path must agree: the plain text alone, and the same
 * text after a letter that forces the general path. */
static void both_paths_fold_every_plain_letter_alike(void **state)
{
	struct arena *a = *state;
	const char *alone, *after;
	char s[4] = { 0 };
	unsigned c;

	for (c = 0xa1; c < 0x2070; c++) {
		if (c == 0x300)
			c = 0x1e00;
		if (c == 0x1f00)
			c = 0x2010;
		if (c < 0x800) {
			s[0] = (char)(0xc0 | c >> 6);
			s[1] = (char)(0x80 | (c & 0x3f));
			s[2] = '\0';
		} else {
			s[0] = (char)(0xe0 | c >> 12);
			s[1] = (char)(0x80 | (c >> 6 & 0x3f));
			s[2] = (char)(0x80 | (c & 0x3f));
		}
		arena_reset(a);
		assert_true(utf8_is_plain(s, strlen(s)));
		assert_string_equal(nfc(a, s), s);
		alone = key(a, s);
		after = key(a, arena_printf(a, "한%s", s));
		assert_string_equal(arena_printf(a, "한%s", alone), after);
		alone = search_key(a, s);
		after = search_key(a, arena_printf(a, "한%s", s));
		assert_string_equal(arena_printf(a, "한%s", alone), after);
		assert_string_equal(key(a, key(a, s)), key(a, s));
	}
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
	const struct CMUnitTest t[] = {
		WITH(all_134_letters_compose_from_every_order_of_marks),
		WITH(keys_of_the_134_letters_forget_case_then_marks),
		WITH(names_written_differently_have_one_key),
		WITH(folding_beyond_vietnamese_keeps_its_rules),
		WITH(singletons_become_their_ordinary_letter),
		WITH(bad_bytes_are_found_where_they_are),
		WITH(the_ends_of_every_range_are_valid),
		WITH(a_nul_byte_is_valid_text_but_never_stored),
		WITH(a_tower_of_marks_is_refused_not_sorted),
		WITH(no_memory_is_said),
		WITH(width_counts_columns_not_bytes),
		WITH(both_paths_fold_every_plain_letter_alike),
	};
	return cmocka_run_group_tests_name("utf8", t, NULL, NULL);
}
