#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/attachment.h"

/* TIFF and HEIC made here byte by byte, as scanners and phones order them. */

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

#define ROOM 4096

struct bytes {
	uint8_t p[ROOM];
	size_t n;
	bool big;
};

static void add(struct bytes *b, const void *p, size_t n)
{
	assert_true(n <= ROOM - b->n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void set(struct bytes *b, size_t at, uint32_t v, size_t n)
{
	assert_true(at + n <= ROOM);
	for (size_t i = 0; i < n; i++)
		b->p[at + (b->big ? n - 1 - i : i)] = (uint8_t)(v >> (8 * i));
}

static void add_n(struct bytes *b, uint32_t v, size_t n)
{
	set(b, b->n, v, n);
	b->n += n;
}

/* A copy of its own size, so that a read past its end is seen. */
static struct attachment take(const uint8_t *p, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct attachment f;
	struct err e = { 0 };
	uint8_t sha[SHA256_BYTES];

	assert_non_null(copy);
	memcpy(copy, p, n);
	assert_true(attachment_take(&f, "a", copy, n, arena, &e));
	sha256(p, n, sha);
	assert_memory_equal(f.sha, sha, sizeof sha);
	if (f.bytes == copy) {
		f.bytes = arena_strndup(arena, copy, n);
		assert_non_null(f.bytes);
	}
	free(copy);
	return f;
}

static bool holds(const struct attachment *f, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= f->n; i++)
		if (memcmp(f->bytes + i, word, n) == 0)
			return true;
	return false;
}

static void assert_state(const struct attachment *f, const char *type,
			 enum attachment_state state)
{
	assert_string_equal(f->type, type);
	assert_int_equal(attachment_state(f->type), state);
}

static void assert_same_again(const struct attachment *f)
{
	struct attachment again = take((const uint8_t *)f->bytes, f->n);

	assert_string_equal(again.type, f->type);
	assert_int_equal(again.n, f->n);
	assert_memory_equal(again.bytes, f->bytes, f->n);
}

/* Left as it came, whatever it is called then. */
static void stays(const struct bytes *b, const char *type)
{
	struct attachment f = take(b->p, b->n);

	assert_string_equal(f.type, type);
	assert_int_equal(f.n, b->n);
	assert_memory_equal(f.bytes, b->p, b->n);
}

static void damaged(const struct bytes *b)
{
	stays(b, ATTACHMENT_DAMAGED_TYPE);
}

static void kept(const struct bytes *b, const char *type)
{
	struct attachment f = take(b->p, b->n);

	stays(b, type);
	assert_int_equal(attachment_state(f.type), ATTACHMENT_AS_RECEIVED);
	assert_string_equal(attachment_state_word(f.type), "metadata-kept");
}

/* ---- TIFF */

#define PICTURE "<the picture>"
#define N_PIC	(sizeof PICTURE - 1)
#define SECRET	"Nguyen Van A, 22.39N 103.47E"

enum { BYTE = 1, ASCII, SHORT, LONG };

static void entry(struct bytes *b, uint32_t tag, uint32_t kind, uint32_t count,
		  uint32_t value)
{
	add_n(b, tag, 2);
	add_n(b, kind, 2);
	add_n(b, count, 4);
	if (kind == SHORT && count == 1) {
		add_n(b, value, 2);
		add_n(b, 0, 2);
	} else {
		add_n(b, value, 4);
	}
}

static void begin(struct bytes *b, bool big)
{
	*b = (struct bytes){ .big = big };
	add(b, big ? "MM" : "II", 2);
	add_n(b, 42, 2);
	add_n(b, 8, 4);
}

/* One page: the picture in two strips, a name, a place, Exif. */
static void tiff(struct bytes *b, bool big)
{
	size_t ifd, values;

	begin(b, big);
	ifd = b->n;
	values = ifd + 2 + 12 * 9 + 4;
	add_n(b, 9, 2);
	entry(b, 256, SHORT, 1, 640);
	entry(b, 257, SHORT, 1, 480);
	entry(b, 270, ASCII, sizeof SECRET, (uint32_t)values);
	entry(b, 273, LONG, 2, (uint32_t)values + 40);
	entry(b, 274, SHORT, 1, 6);
	entry(b, 279, SHORT, 2, 0);
	set(b, b->n - 4, 3, 2);
	set(b, b->n - 2, N_PIC - 3, 2);
	entry(b, 282, 5, 1, (uint32_t)values + 48);
	entry(b, 34665, LONG, 1, (uint32_t)values + 90);
	entry(b, 34853, LONG, 1, (uint32_t)values + 90);
	add_n(b, 0, 4);
	assert_int_equal(b->n, values);
	add(b, SECRET, sizeof SECRET);
	b->n = values + 40;
	add_n(b, (uint32_t)values + 60, 4);
	add_n(b, (uint32_t)values + 63, 4);
	add_n(b, 300, 4);
	add_n(b, 1, 4);
	b->n = values + 60;
	add(b, PICTURE, N_PIC);
	b->n = values + 90;
	add(b, SECRET, sizeof SECRET);
}

static uint32_t get(const struct attachment *f, bool big, size_t at, size_t n)
{
	uint32_t v = 0;

	assert_true(at + n <= f->n);
	for (size_t i = 0; i < n; i++)
		v = v << 8 | (uint8_t)f->bytes[at + (big ? i : n - 1 - i)];
	return v;
}

/* Offset of a tag's value in the first page; 0: the tag is not there. */
static size_t value_of(const struct attachment *f, bool big, uint32_t tag)
{
	size_t ifd = get(f, big, 4, 4), n = get(f, big, ifd, 2);

	for (size_t i = 0; i < n; i++)
		if (get(f, big, ifd + 2 + 12 * i, 2) == tag)
			return ifd + 2 + 12 * i + 8;
	return 0;
}

static void a_scan_in_tiff_loses_names_places_and_exif(void **state)
{
	struct attachment f;
	struct bytes b;
	size_t at;

	(void)state;
	for (int big = 0; big < 2; big++) {
		tiff(&b, big);
		f = take(b.p, b.n);
		assert_state(&f, "image/tiff", ATTACHMENT_CLEANED);
		assert_string_equal(attachment_state_word(f.type), "cleaned");
		assert_false(holds(&f, "Nguyen"));
		assert_false(holds(&f, "22.39N"));
		assert_true(holds(&f, PICTURE));
		assert_int_equal(value_of(&f, big, 270), 0);
		assert_int_equal(value_of(&f, big, 34665), 0);
		assert_int_equal(value_of(&f, big, 34853), 0);
		/* width, way up, resolution and both strips, where it says */
		assert_int_equal(get(&f, big, value_of(&f, big, 256), 2), 640);
		assert_int_equal(get(&f, big, value_of(&f, big, 274), 2), 6);
		at = get(&f, big, value_of(&f, big, 282), 4);
		assert_int_equal(get(&f, big, at, 4), 300);
		at = get(&f, big, value_of(&f, big, 273), 4);
		assert_memory_equal(f.bytes + get(&f, big, at, 4), PICTURE, 3);
		assert_memory_equal(f.bytes + get(&f, big, at + 4, 4),
				    PICTURE + 3, N_PIC - 3);
		assert_same_again(&f);
	}
}

/* Little-endian, tags as given, one strip in the last 13 bytes. */
static void page(struct bytes *b, const uint32_t (*tags)[4], size_t n)
{
	size_t from = b->n;

	add_n(b, (uint32_t)n, 2);
	for (size_t i = 0; i < n; i++)
		entry(b, tags[i][0], tags[i][1], tags[i][2],
		      tags[i][3] == 0xFFFF ? (uint32_t)(from + 6 + 12 * n)
					   : tags[i][3]);
	add_n(b, 0, 4);
	add(b, PICTURE, N_PIC);
}

static void all_pages_of_a_scan_come_along(void **state)
{
	static const uint32_t tags[][4] = {
		{ 273, LONG, 1, 0xFFFF },
		{ 279, LONG, 1, N_PIC },
		{ 305, ASCII, 4, 0x636573 },
	};
	struct attachment f;
	struct bytes b;
	size_t link, second;

	(void)state;
	begin(&b, false);
	page(&b, tags, 3);
	link = b.n - N_PIC - 4;
	add_n(&b, 0, b.n & 1);
	set(&b, link, (uint32_t)b.n, 4);
	page(&b, tags, 3);
	f = take(b.p, b.n);
	assert_state(&f, "image/tiff", ATTACHMENT_CLEANED);
	second = get(&f, false, 8 + 2 + 24, 4);
	assert_int_equal(get(&f, false, second, 2), 2);
	assert_int_equal(get(&f, false, second + 2 + 24, 4), 0);
	assert_memory_equal(f.bytes + get(&f, false, second + 10, 4), PICTURE,
			    N_PIC);
	assert_false(holds(&f, "sec"));
	assert_same_again(&f);
}

static void words_in_the_jpeg_of_a_tiff_are_blanked(void **state)
{
	static const char strip[] = "\xFF\xD8\xFF\xE1\0\x0ASECRET..\xFF\xFE\0"
				    "\x06NOTE\xFF\xDB\0\x04QQ\xFF\xDAxx";
	struct attachment f;
	struct bytes b;

	(void)state;
	begin(&b, false);
	add_n(&b, 3, 2);
	entry(&b, 259, SHORT, 1, 7);
	entry(&b, 273, LONG, 1, 50);
	entry(&b, 279, LONG, 1, sizeof strip - 1);
	add_n(&b, 0, 4);
	assert_int_equal(b.n, 50);
	add(&b, strip, sizeof strip - 1);
	f = take(b.p, b.n);
	assert_state(&f, "image/tiff", ATTACHMENT_CLEANED);
	assert_false(holds(&f, "SECRET"));
	assert_false(holds(&f, "NOTE"));
	assert_true(holds(&f, "QQ"));
	assert_int_equal(f.n, b.n);
	assert_same_again(&f);
	/* what is no JPEG, or longer than its strip, is left alone */
	b.p[50] = 'x';
	f = take(b.p, b.n);
	assert_true(holds(&f, "SECRET"));
	b.p[50] = 0xFF;
	b.p[54] = 0xFF;
	f = take(b.p, b.n);
	assert_true(holds(&f, "SECRET"));
}

static void a_tiff_of_pictures_in_pictures_is_kept_and_said_so(void **state)
{
	static const uint32_t sub[][4] = { { 273, LONG, 1, 0xFFFF },
					   { 279, LONG, 1, N_PIC },
					   { 330, 13, 1, 8 } };
	static const uint32_t old[][4] = { { 259, SHORT, 1, 6 },
					   { 273, LONG, 1, 0xFFFF },
					   { 279, LONG, 1, N_PIC } };
	struct bytes b;

	(void)state;
	begin(&b, false);
	page(&b, sub, 3);
	kept(&b, "image/tiff" ATTACHMENT_KEPT);
	begin(&b, false);
	page(&b, old, 3);
	kept(&b, "image/tiff" ATTACHMENT_KEPT);
}

/* Strips that all point at the same bytes would make the copy large. */
static void a_tiff_whose_copy_would_grow_is_kept_and_said_so(void **state)
{
	struct bytes b;
	size_t n = 300;

	(void)state;
	begin(&b, false);
	add_n(&b, 2, 2);
	entry(&b, 273, LONG, (uint32_t)n, 38);
	entry(&b, 279, LONG, (uint32_t)n, 38 + 4 * (uint32_t)n);
	add_n(&b, 0, 4);
	for (size_t i = 0; i < n; i++)
		add_n(&b, 0, 4);
	for (size_t i = 0; i < n; i++)
		add_n(&b, 1000, 4);
	kept(&b, "image/tiff" ATTACHMENT_KEPT);
}

static void a_damaged_tiff_is_kept_as_it_came_and_marked(void **state)
{
	static const uint32_t none[][4] = { { 256, SHORT, 1, 1 } };
	static const uint32_t twice[][4] = { { 273, LONG, 1, 0xFFFF },
					     { 273, LONG, 1, 0xFFFF },
					     { 279, LONG, 1, N_PIC } };
	static const uint32_t uneven[][4] = { { 273, LONG, 1, 0xFFFF },
					      { 279, SHORT, 2, 1 } };
	static const uint32_t alone[][4] = { { 273, LONG, 1, 0xFFFF } };
	static const uint32_t no_kind[][4] = { { 273, 0, 1, 0xFFFF },
					       { 279, LONG, 1, N_PIC } };
	static const uint32_t words[][4] = { { 273, ASCII, 1, 0xFFFF },
					     { 279, LONG, 1, N_PIC } };
	static const uint32_t past[][4] = { { 273, LONG, 1, 1 << 20 },
					    { 279, LONG, 1, N_PIC } };
	static const uint32_t far[][4] = { { 273, LONG, 1, 0xFFFF },
					   { 279, LONG, 1, N_PIC },
					   { 282, 5, 1, 1 << 30 } };
	static const uint32_t many[][4] = { { 273, LONG, 1, 0xFFFF },
					    { 279, LONG, 1, N_PIC },
					    { 270, ASCII, 1 << 30, 8 } };
	static const struct {
		const uint32_t (*tags)[4];
		size_t n;
	} t[] = { { none, 1 },	{ twice, 3 },	{ uneven, 2 },
		  { alone, 1 }, { no_kind, 2 }, { words, 2 },
		  { past, 2 },	{ far, 3 },	{ many, 3 } };
	struct bytes b, whole;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		begin(&b, false);
		page(&b, t[i].tags, t[i].n);
		damaged(&b);
	}
	tiff(&whole, false);
	for (size_t n = 4; n < 8 + 2 + 12 * 9 + 60; n++) {
		b = whole;
		b.n = n;
		damaged(&b);
	}
	b = whole; /* no page at all; one that follows itself */
	set(&b, 4, 0, 4);
	damaged(&b);
	b = whole;
	set(&b, 8 + 2 + 12 * 9, 8, 4);
	kept(&b, "image/tiff" ATTACHMENT_KEPT); /* the copy would grow */
}

/* ---- HEIC */

static void box(struct bytes *b, const char *kind, const void *p, size_t n)
{
	add_n(b, (uint32_t)n + 8, 4);
	add(b, kind, 4);
	add(b, p, n);
}

static size_t open_box(struct bytes *b, const char *kind)
{
	size_t at = b->n;

	add_n(b, 0, 4);
	add(b, kind, 4);
	return at;
}

static void close_box(struct bytes *b, size_t at)
{
	set(b, at, (uint32_t)(b->n - at), 4);
}

static void infe(struct bytes *b, uint32_t id, const char *kind,
		 const char *rest, size_t n)
{
	size_t at = open_box(b, "infe");

	add_n(b, 2u << 24, 4);
	add_n(b, id, 2);
	add_n(b, 0, 2);
	add(b, kind, 4);
	add(b, rest, n);
	close_box(b, at);
}

struct shape {
	const char *top;    /* a box beside the others, or NULL */
	const char *third;  /* what item 3 is */
	uint32_t method;    /* of item 1: where its bytes are counted from */
	uint32_t elsewhere; /* in another file */
	uint32_t length;    /* of item 1, 0: as it is */
	uint32_t iloc;	    /* its version, 0: as usual */
};

/* As a phone orders it: ftyp, meta (picture, Exif, XMP), mdat. */
static void heic(struct bytes *b, const struct shape *s)
{
	static const char exif[] = "\0\0\0\0MM\0*\0\0\0\x08" SECRET;
	static const char xmp[] = "<x:xmpmeta " SECRET ">";
	size_t meta, at, in, place[3], data;

	*b = (struct bytes){ .big = true };
	box(b, "ftyp", "heic\0\0\0\0mif1heic", 16);
	meta = open_box(b, "meta");
	add_n(b, 0, 4);
	box(b, "hdlr", "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0Maker", 30);
	box(b, "pitm", "\0\0\0\0\0\1", 6);
	at = open_box(b, "iinf");
	add_n(b, 0, 4);
	add_n(b, 3, 2);
	infe(b, 1, "hvc1", "My house", 9);
	infe(b, 2, "Exif", "", 1);
	infe(b, 3, s->third ? s->third : "mime", "\0application/rdf+xml", 21);
	close_box(b, at);
	at = open_box(b, "iprp");
	in = open_box(b, "ipco");
	box(b, "irot", "\1", 1);
	box(b, "udes", "\0\0\0\0vi\0Nha toi\0", 16);
	close_box(b, in);
	box(b, "ipma", "\0\0\0\0\0\0\0\0", 8);
	close_box(b, at);
	box(b, "idat", "<idat picture>", 14);
	at = open_box(b, "iloc");
	add_n(b, s->iloc ? s->iloc << 24 : 1u << 24, 4);
	add_n(b, 0x4400, 2);
	add_n(b, 3, 2);
	for (uint32_t i = 0; i < 3; i++) {
		add_n(b, i + 1, 2);
		add_n(b, i == 0 ? s->method : 0, 2);
		add_n(b, i == 0 ? s->elsewhere : 0, 2);
		add_n(b, 1, 2);
		place[i] = b->n;
		add_n(b, 0, 4);
		add_n(b,
		      i == 0   ? s->length   ? s->length
				 : s->method ? 14
					     : (uint32_t)N_PIC
		      : i == 1 ? (uint32_t)sizeof exif
			       : (uint32_t)sizeof xmp,
		      4);
	}
	close_box(b, at);
	close_box(b, meta);
	if (s->top)
		box(b, s->top, "\0\0\0\0" SECRET, 4 + sizeof SECRET);
	data = open_box(b, "mdat");
	set(b, place[0], s->method ? 0 : (uint32_t)b->n, 4);
	add(b, PICTURE, N_PIC);
	add(b, "hidden", 6);
	set(b, place[1], (uint32_t)b->n, 4);
	add(b, exif, sizeof exif);
	set(b, place[2], (uint32_t)b->n, 4);
	add(b, xmp, sizeof xmp);
	close_box(b, data);
}

static void assert_clean(const struct attachment *f, const struct bytes *b)
{
	static const char *const gone[] = { "Nguyen", "22.39N",	  "hidden",
					    "Maker",  "My house", "Nha toi",
					    "udes",   "x:xmp" };

	assert_state(f, "image/heic", ATTACHMENT_CLEANED);
	assert_int_equal(f->n, b->n);
	for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
		assert_false(holds(f, gone[i]));
	assert_true(holds(f, "irot"));
	assert_same_again(f);
}

static void a_photo_in_heic_loses_exif_xmp_and_words(void **state)
{
	static const struct shape plain = { 0 }, uuid = { .top = "uuid" },
				  in_idat = { .method = 1 };
	struct attachment f;
	struct bytes b;

	(void)state;
	heic(&b, &plain);
	f = take(b.p, b.n);
	assert_clean(&f, &b);
	assert_true(holds(&f, PICTURE));
	assert_true(holds(&f, "MM")); /* Exif that says nothing */
	heic(&b, &uuid);
	f = take(b.p, b.n);
	assert_clean(&f, &b);
	assert_true(holds(&f, PICTURE));
	heic(&b, &in_idat);
	f = take(b.p, b.n);
	assert_clean(&f, &b);
	assert_true(holds(&f, "<idat picture>"));
	assert_false(holds(&f, PICTURE)); /* which no item points at */
}

static void a_heic_that_is_not_taken_apart_is_kept_and_said_so(void **state)
{
	static const struct shape t[] = {
		{ .top = "moov" },  { .third = "what" }, { .method = 2 },
		{ .elsewhere = 1 }, { .iloc = 3 },
	};
	static const struct shape plain = { 0 };
	struct bytes b;
	size_t at;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		heic(&b, &t[i]);
		kept(&b, "image/heic" ATTACHMENT_KEPT);
	}
	heic(&b, &plain); /* an item of an old version */
	for (at = 0; memcmp(b.p + at, "infe", 4) != 0; at++)
		continue;
	b.p[at + 4] = 1;
	kept(&b, "image/heic" ATTACHMENT_KEPT);
	/* a picture whose bytes lie in no box of data */
	heic(&b, &t[0]);
	for (at = 0; memcmp(b.p + at, "moov", 4) != 0; at++)
		continue;
	memcpy(b.p + at, "free", 4);
	for (at = 0; memcmp(b.p + at, "mdat", 4) != 0; at++)
		continue;
	memcpy(b.p + at, "free", 4);
	kept(&b, "image/heic" ATTACHMENT_KEPT);
}

static void a_damaged_heic_is_kept_as_it_came_and_marked(void **state)
{
	static const struct shape plain = { 0 }, far = { .length = 1 << 20 },
				  past = { .method = 1, .length = 15 };
	struct bytes b, whole;
	struct attachment f;

	(void)state;
	heic(&whole, &plain);
	for (size_t n = 12; n < whole.n; n++) {
		b = whole;
		b.n = n;
		f = take(b.p, b.n);
		assert_int_not_equal(attachment_state(f.type),
				     ATTACHMENT_CLEANED);
		assert_int_equal(f.n, n);
	}
	heic(&b, &far);
	damaged(&b);
	heic(&b, &past);
	damaged(&b);
	b = whole; /* a box shorter than its head; two of what there is one */
	set(&b, 24, 7, 4);
	damaged(&b);
	b = whole;
	add(&b, whole.p + 24, 700 < whole.n - 24 ? 700 : whole.n - 24);
	f = take(b.p, b.n);
	assert_int_equal(attachment_state(f.type), ATTACHMENT_DAMAGED);
}

/* Widths of 8 bytes, a box with a long size, infe of the third version. */
static void wide_numbers_are_read_too(void **state)
{
	struct attachment f;
	struct bytes b = { .big = true };
	size_t meta, at, place;

	(void)state;
	box(&b, "ftyp", "mif1\0\0\0\0mif1heic", 16);
	meta = open_box(&b, "meta");
	add_n(&b, 0, 4);
	at = open_box(&b, "iinf");
	add_n(&b, 1u << 24, 4);
	add_n(&b, 1, 4);
	{
		size_t in = open_box(&b, "infe");

		add_n(&b, 3u << 24, 4);
		add_n(&b, 70000, 4);
		add_n(&b, 0, 2);
		add(&b, "av01", 5);
		close_box(&b, in);
	}
	close_box(&b, at);
	at = open_box(&b, "iloc");
	add_n(&b, 2u << 24, 4);
	add_n(&b, 0x8888, 2);
	add_n(&b, 1, 4);
	add_n(&b, 70000, 4);
	add_n(&b, 0, 2);
	add_n(&b, 0, 2);
	place = b.n + 4;
	for (int i = 0; i < 2; i++)
		add_n(&b, 0, 4);
	add_n(&b, 1, 2);
	for (int i = 0; i < 4; i++)
		add_n(&b, 0, 4);
	add_n(&b, 0, 4);
	add_n(&b, N_PIC, 4);
	close_box(&b, at);
	close_box(&b, meta);
	add_n(&b, 1, 4);
	add(&b, "mdat", 4);
	add_n(&b, 0, 4);
	add_n(&b, 16 + 4 + N_PIC, 4);
	add(&b, "gone", 4);
	set(&b, place, (uint32_t)b.n, 4);
	add(&b, PICTURE, N_PIC);
	f = take(b.p, b.n);
	assert_state(&f, "image/heif", ATTACHMENT_CLEANED);
	assert_true(holds(&f, PICTURE));
	assert_false(holds(&f, "gone"));
	assert_same_again(&f);
	b.p[place - 2] = 1; /* past 4 GiB */
	b.p[place - 4] = 1;
	damaged(&b);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_scan_in_tiff_loses_names_places_and_exif),
		cmocka_unit_test(all_pages_of_a_scan_come_along),
		cmocka_unit_test(words_in_the_jpeg_of_a_tiff_are_blanked),
		cmocka_unit_test(
			a_tiff_of_pictures_in_pictures_is_kept_and_said_so),
		cmocka_unit_test(
			a_tiff_whose_copy_would_grow_is_kept_and_said_so),
		cmocka_unit_test(a_damaged_tiff_is_kept_as_it_came_and_marked),
		cmocka_unit_test(a_photo_in_heic_loses_exif_xmp_and_words),
		cmocka_unit_test(
			a_heic_that_is_not_taken_apart_is_kept_and_said_so),
		cmocka_unit_test(a_damaged_heic_is_kept_as_it_came_and_marked),
		cmocka_unit_test(wide_numbers_are_read_too),
	};

	return cmocka_run_group_tests_name("attachment_tiff", t, open_all,
					   close_all);
}
