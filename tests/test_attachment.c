#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "phieu/attachment.h"
#include "phieu/buf.h"

/* A JPEG's parts, not one that a decoder would show. */
#define SOI  "\xFF\xD8"
#define JFIF "\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x48\0\x48\0\0"
#define DQT  "\xFF\xDB\0\x04\x01\x02"
#define SOF  "\xFF\xC0\0\x05\x08\x01\x01"
#define SOS  "\xFF\xDA\0\x04\x01\x01"
#define SCAN "ab\xFF\0c\xFF\xD0z"
#define EOI  "\xFF\xD9"
#define GPS              \
	"\xFF\xE1\0\x12" \
	"Exif\0\0GPS 22.39N"
#define COM "\xFF\xFE\0\x08secret"
#define ADOBE            \
	"\xFF\xEE\0\x0E" \
	"Adobe\0d\0\0\0\0\x01"

#define LIT(s) (s), sizeof(s) - 1

static struct arena *arena;

static int open_all(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 << 20);
	return arena ? 0 : -1;
}

static int close_all(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* A copy of its own size, so that a read past its end is seen. */
static struct attachment take(const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct attachment f;
	struct err e = { 0 };
	uint8_t sha[SHA256_BYTES];

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	assert_true(attachment_take(&f, "a.jpg", copy, n, arena, &e));
	sha256(bytes, n, sha);
	assert_memory_equal(f.sha, sha, sizeof sha); /* as received, always */
	if (f.bytes == copy) {
		f.bytes = arena_strndup(arena, copy, n);
		assert_non_null(f.bytes);
	}
	free(copy);
	return f;
}

static void assert_is(const struct attachment *f, const char *type,
		      const char *bytes, size_t n)
{
	assert_string_equal(f->type, type);
	assert_int_equal(f->n, n);
	assert_memory_equal(f->bytes, bytes, n);
}

static void becomes(const char *in, size_t n_in, const char *type,
		    const char *out, size_t n_out)
{
	struct attachment f = take(in, n_in), again;

	assert_is(&f, type, out, n_out);
	again = take(f.bytes, f.n);
	assert_is(&again, type, out, n_out);
}

static void a_photo_loses_place_words_and_what_hangs_behind_it(void **state)
{
	(void)state;
	becomes(LIT(SOI JFIF GPS COM ADOBE DQT SOF SOS SCAN EOI "film"),
		"image/jpeg", LIT(SOI JFIF ADOBE DQT SOF SOS SCAN EOI));
	/* progressive: tables and notes between scans; fill bytes */
	becomes(LIT(SOI SOF SOS "x" DQT COM SOS "y\xFF\xFF\xD9"), "image/jpeg",
		LIT(SOI SOF SOS "x" DQT SOS "y\xFF" EOI));
}

static void a_small_picture_in_the_head_goes(void **state)
{
	(void)state;
	becomes(LIT(SOI
		    "\xFF\xE0\0\x13JFIF\0\x01\x01\0\0\x48\0\x48\x01\x01RGB" SOF
			    SOS "x" EOI),
		"image/jpeg", LIT(SOI JFIF SOF SOS "x" EOI));
	becomes(LIT(SOI "\xFF\xE0\0\x0CJFXX\0small" SOF SOS "x" EOI),
		"image/jpeg", LIT(SOI SOF SOS "x" EOI));
}

#define WAY_UP(order, rest)  \
	SOI "\xFF\xE1\0\x2F" \
	    "Exif\0\0" order rest SOF SOS "x" EOI
#define MADE_WAY_UP                                       \
	SOI "\xFF\xE1\0\x22"                              \
	    "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03" \
	    "\0\0\0\x01\0\x06\0\0\0\0\0\0" SOF SOS "x" EOI

static void which_way_up_a_photo_is_stays(void **state)
{
	(void)state;
	becomes(LIT(WAY_UP("MM\0*\0\0\0\x08",
			   "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
			   "\0\0\0\0Nha rieng 123")),
		"image/jpeg", LIT(MADE_WAY_UP));
	becomes(LIT(WAY_UP("II*\0\x08\0\0\0",
			   "\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
			   "\0\0\0\0Nha rieng 123")),
		"image/jpeg", LIT(MADE_WAY_UP));
	/* as it lies; a way that there is not; a list behind the end, one
	 * that is longer than what is there */
	becomes(LIT(WAY_UP("MM\0*\0\0\0\x08",
			   "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0"
			   "\0\0\0\0Nha rieng 123")),
		"image/jpeg", LIT(SOI SOF SOS "x" EOI));
	becomes(LIT(WAY_UP("MM\0*\0\0\0\x08",
			   "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0"
			   "\0\0\0\0Nha rieng 123")),
		"image/jpeg", LIT(SOI SOF SOS "x" EOI));
	becomes(LIT(WAY_UP("MM\0*\x7F\0\0\x08",
			   "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
			   "\0\0\0\0Nha rieng 123")),
		"image/jpeg", LIT(SOI SOF SOS "x" EOI));
	becomes(LIT(WAY_UP("MM\0*\0\0\0\x08",
			   "\xFF\xFF\x01\x13\0\x03\0\0\0\x01\0\x06\0\0"
			   "\0\0\0\0Nha rieng 123")),
		"image/jpeg", LIT(SOI SOF SOS "x" EOI));
}

/* Lists that overlap their own head are short: many of them must not make the
 * copy longer than there is room for. */
static void which_way_up_is_said_once(void **state)
{
	static const char small[] = "\xFF\xE1\0\x1C"
				    "Exif\0\0MM\0\x01\0\0\0\x08"
				    "\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06";
	struct buf b = BUF_INIT(1 << 20);
	struct attachment f;

	(void)state;
	buf_add(&b, LIT(SOI));
	for (int i = 0; i < 500; i++) {
		buf_add(&b, LIT(small));
		buf_add(&b, "\0\0", 2);
	}
	buf_add(&b, LIT(SOF SOS "x" EOI));
	b.data[2 + 3] = 0x1E;
	f = take(b.data, b.len);
	assert_is(&f, ATTACHMENT_DAMAGED_TYPE, b.data, b.len);
	for (size_t i = 0; i < 500; i++)
		b.data[2 + i * (sizeof small + 1) + 3] = 0x1E;
	f = take(b.data, b.len);
	assert_string_equal(f.type, "image/jpeg");
	assert_true(f.n < 100);
	buf_free(&b);
}

/* Kept as it came and marked. */
static void stays(const char *in, size_t n)
{
	struct attachment f = take(in, n);

	assert_is(&f, ATTACHMENT_DAMAGED_TYPE, in, n);
	assert_int_equal(attachment_state(f.type), ATTACHMENT_DAMAGED);
}

static void a_damaged_photo_is_kept_as_it_came_and_marked(void **state)
{
	static const char whole[] = SOI JFIF DQT SOF SOS SCAN EOI;

	(void)state;
	for (size_t n = 3; n < sizeof whole - 1; n++)
		stays(whole, n);
	stays(LIT(SOI "\xFF\xE0...."));
	stays(LIT(SOI "\xFF\xDB\0\x01" SOF SOS "x" EOI)); /* a length below 2 */
	stays(LIT(SOI "\xFF\xDB\xFF\xFF" SOF SOS "x" EOI));
	stays(LIT(SOI SOI SOF SOS "x" EOI)); /* a photo in a photo */
	stays(LIT(SOI SOF "x" SOS "x" EOI)); /* no marker where one must be */
	stays(LIT(SOI "\xFF\xF3\0\x02" SOF SOS "x" EOI)); /* reserved */
	stays(LIT(SOI DQT SOS "x" EOI)); /* a scan of no frame */
	stays(LIT(SOI SOF EOI));	 /* a frame with no scan */
}

/* ---- PNG */

static void chunk(struct buf *b, const char *type, const char *p, size_t n)
{
	uint8_t head[8] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
			    (uint8_t)(n >> 8), (uint8_t)n };
	uint8_t tail[4];
	uLong crc;

	memcpy(head + 4, type, 4);
	crc = crc32(crc32(0, NULL, 0), head + 4, 4);
	crc = n ? crc32(crc, (const Bytef *)p, (uInt)n) : crc;
	for (int i = 0; i < 4; i++)
		tail[i] = (uint8_t)(crc >> (24 - 8 * i));
	buf_add(b, head, sizeof head);
	if (n)
		buf_add(b, p, n);
	buf_add(b, tail, sizeof tail);
}

/* Chunks by their names, four letters each. */
static struct buf png(const char *names)
{
	struct buf b = BUF_INIT(1 << 16);

	buf_add(&b, "\x89PNG\r\n\x1A\n", 8);
	for (; *names; names += 4)
		chunk(&b, names, "0123456789012",
		      memcmp(names, "IEND", 4) == 0 ? 0 : 13);
	return b;
}

static void png_becomes(const char *in, const char *out)
{
	struct buf a = png(in), b = png(out);

	becomes(a.data, a.len, "image/png", b.data, b.len);
	buf_free(&a);
	buf_free(&b);
}

static void png_stays(const char *in)
{
	struct buf a = png(in);

	stays(a.data, a.len);
	buf_free(&a);
}

static void a_scan_in_png_loses_words_and_time(void **state)
{
	(void)state;
	png_becomes("IHDRtEXtgAMAiTXtPLTEtIMEeXIftRNSIDATzTXtIDATiCCPIENDtEXt",
		    "IHDRgAMAPLTEtRNSIDATIDATIEND");
	png_becomes("IHDRprVtIDATIEND", "IHDRIDATIEND"); /* unknown, to spare */
}

static void a_damaged_png_is_kept_as_it_came_and_marked(void **state)
{
	struct buf a = png("IHDRIDATIEND");

	(void)state;
	for (size_t n = 8; n < a.len; n++)
		stays(a.data, n);
	a.data[a.len - 20] ^= 1; /* in IDAT: its sum is wrong */
	stays(a.data, a.len);
	buf_free(&a);
	png_stays("IDATIHDRIEND");
	png_stays("IHDRIHDRIDATIEND");
	png_stays("IHDRXXXXIDATIEND"); /* critical and unknown */
	png_stays("IHDRIEND");
	png_stays("IHDRIDAT");
}

/* ---- WebP */

static void a_webp_loses_exif_and_xmp(void **state)
{
	(void)state;
	becomes(LIT("RIFF\x30\0\0\0WEBP"
		    "VP8X\x04\0\0\0\x3C\0\0\0"
		    "VP8 \x03\0\0\0abc\0"
		    "EXIF\x04\0\0\0here"
		    "XMP \0\0\0\0tail"),
		"image/webp",
		LIT("RIFF\x1C\0\0\0WEBP"
		    "VP8X\x04\0\0\0\x10\0\0\0"
		    "VP8 \x03\0\0\0abc\0"));
}

static void a_damaged_webp_is_kept_as_it_came_and_marked(void **state)
{
	(void)state;
	stays(LIT("RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0abc"));  /* cut */
	stays(LIT("RIFF\x10\0\0\0WEBPVP8 \x05\0\0\0abcd")); /* overlong */
	stays(LIT("RIFF\x0F\0\0\0WEBPVP8 \x03\0\0\0abc"));  /* no padding */
	stays(LIT("RIFF\x14\0\0\0WEBPVP8 \x04\0\0\0abcdEXIF"));
	stays(LIT("RIFF\x04\0\0\0WEBP")); /* nothing in it */
	stays(LIT("RIFF\xFF\xFF\xFF\xFFWEBPVP8 \x04\0\0\0abcd"));
	stays(LIT("RIFF\0\0\0\0WEBPVP8 \x04\0\0\0abcd"));
}

/* ---- the rest */

static void what_is_no_picture_of_ours_stays_as_it_came(void **state)
{
	static const struct {
		const char *bytes, *type;
		size_t n;
		enum attachment_state state;
	} t[] = {
		{ "%PDF-1.7 x", "application/pdf", 10, ATTACHMENT_AS_RECEIVED },
		{ "....ftypheic", ATTACHMENT_DAMAGED_TYPE, 12,
		  ATTACHMENT_DAMAGED },
		{ "GIF89a", "image/gif", 6, ATTACHMENT_AS_RECEIVED },
		{ "OggS", "audio/ogg", 4, ATTACHMENT_AS_RECEIVED },
		{ "....ftypisom", "video/mp4", 12, ATTACHMENT_AS_RECEIVED },
		{ "<svg onload=x>", ATTACHMENT_OTHER_TYPE, 14,
		  ATTACHMENT_OTHER },
		{ "", ATTACHMENT_OTHER_TYPE, 0, ATTACHMENT_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct attachment f = take(t[i].bytes, t[i].n);

		assert_is(&f, t[i].type, t[i].bytes, t[i].n);
		assert_int_equal(attachment_state(f.type), t[i].state);
	}
	assert_int_equal(attachment_state("image/png"), ATTACHMENT_CLEANED);
}

static void no_memory_for_the_copy_is_said(void **state)
{
	struct arena *small = arena_new(4096);
	char *bytes = calloc(1, 1 << 16);
	struct attachment f;
	struct err e = { 0 };

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, SOI "\xFF", 3);
	assert_false(attachment_take(&f, "a", bytes, 1 << 16, small, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	free(bytes);
	arena_free(small);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(
			a_photo_loses_place_words_and_what_hangs_behind_it),
		cmocka_unit_test(a_small_picture_in_the_head_goes),
		cmocka_unit_test(which_way_up_a_photo_is_stays),
		cmocka_unit_test(which_way_up_is_said_once),
		cmocka_unit_test(a_damaged_photo_is_kept_as_it_came_and_marked),
		cmocka_unit_test(a_scan_in_png_loses_words_and_time),
		cmocka_unit_test(a_damaged_png_is_kept_as_it_came_and_marked),
		cmocka_unit_test(a_webp_loses_exif_and_xmp),
		cmocka_unit_test(a_damaged_webp_is_kept_as_it_came_and_marked),
		cmocka_unit_test(what_is_no_picture_of_ours_stays_as_it_came),
		cmocka_unit_test(no_memory_for_the_copy_is_said),
	};

	return cmocka_run_group_tests_name("attachment", t, open_all,
					   close_all);
}
