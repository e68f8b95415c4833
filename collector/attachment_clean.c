/* Pictures without what cameras and scanners write beside the picture: where
 * it was taken, by which device, a smaller picture of what was cut away.
 *
 * By allow-list: JPEG segments that decoders need (ITU-T T.81, annex B), PNG
 * chunks that change the picture (ISO/IEC 15948, 11), WebP chunks of picture
 * data (RFC 9649).  Bytes behind the picture's end go.  Whatever does not
 * follow its standard is not guessed at. */
#include "attachment_parts.h"

#include <string.h>
#include <zlib.h>

/* A copy may grow: by the small EXIF of ours, by longer offsets in a TIFF. */
#define EXTRA 4096

static void put(struct out *o, const void *p, size_t n)
{
	memcpy(o->p + o->n, p, n);
	o->n += n;
}

/* ---- JPEG ---------------------------------------------------------------
 */

enum { SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, APP0 = 0xE0, APP1 = 0xE1 };
enum { APP14 = 0xEE, APP15 = 0xEF, COM = 0xFE, RST0 = 0xD0, RST7 = 0xD7 };

/* Which way up (EXIF 2.32, tag 0x0112; 2-8), 0: as it lies or not said.  It
 * tells nothing of anybody, and without it half of all photos lie on their
 * side. */
static int orientation(const uint8_t *p, size_t n)
{
	uint32_t (*u16)(const uint8_t *), (*u32)(const uint8_t *);
	uint32_t ifd, count;

	if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0)
		return 0;
	p += 6;
	n -= 6;
	u16 = p[0] == 'M' ? be16 : le16;
	u32 = p[0] == 'M' ? be32 : le32;
	ifd = u32(p + 4);
	if (ifd > n || n - ifd < 2)
		return 0;
	count = u16(p + ifd);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *t = p + ifd + 2 + 12 * i;

		if (n - ifd < 2 + 12 * (i + 1))
			return 0;
		if (u16(t) == 0x0112 && u16(t + 2) == 3 && u16(t + 8) <= 8)
			return (int)u16(t + 8);
	}
	return 0;
}

static void put_orientation(struct out *o, int way)
{
	uint8_t exif[] = { 0xFF, APP1, 0,   34,	 'E',  'x',	     'i', 'f',
			   0,	 0,    'M', 'M', 0,    42,	     0,	  0,
			   0,	 8,    0,   1,	 0x01, 0x12,	     0,	  3,
			   0,	 0,    0,   1,	 0,    (uint8_t)way, 0,	  0,
			   0,	 0,    0,   0 };

	if (way <= 1 || o->turned)
		return;
	put(o, exif, sizeof exif);
	o->turned = true;
}

/* JFIF without its small picture; "Adobe", which says what the colours are. */
static bool jpeg_wanted(int marker, const uint8_t *p, size_t n)
{
	if (marker == APP0)
		return n >= 14 && memcmp(p, "JFIF", 5) == 0;
	if (marker == APP14)
		return n >= 12 && memcmp(p, "Adobe", 5) == 0;
	return !(marker >= APP0 && marker <= APP15) && marker != COM;
}

static void jpeg_segment(struct out *o, int marker, const uint8_t *p, size_t n)
{
	uint8_t head[4] = { 0xFF, (uint8_t)marker, 0, 0 };
	static const uint8_t none[2];
	size_t keep = marker == APP0 ? 12 : marker == APP14 ? 12 : n;
	size_t all = keep + (marker == APP0 ? 2 : 0) + 2;

	if (marker == APP1)
		put_orientation(o, orientation(p, n));
	if (!jpeg_wanted(marker, p, n))
		return;
	head[2] = (uint8_t)(all >> 8);
	head[3] = (uint8_t)all;
	put(o, head, sizeof head);
	put(o, p, keep);
	if (marker == APP0)
		put(o, none, sizeof none);
}

/* Coded data up to the next marker that ends it. */
static bool jpeg_scan(struct in *in, struct out *o)
{
	size_t from = in->at;

	for (; in->at + 1 < in->n; in->at++) {
		int next = in->p[in->at + 1];

		if (in->p[in->at] != 0xFF)
			continue;
		if (next == 0 || (next >= RST0 && next <= RST7)) {
			in->at++;
			continue;
		}
		if (next == 0xFF)
			continue; /* a fill byte */
		put(o, in->p + from, in->at - from);
		return true;
	}
	return false;
}

/* Ends that no marker may have here: a second start, restarts, reserved. */
static bool jpeg_marker(int m)
{
	return m >= 0xC0 && m != 0xFF && m != SOI &&
	       !(m >= RST0 && m <= RST7) && !(m >= 0xF0 && m <= 0xFD);
}

static bool jpeg_parts(struct in *in, struct out *o)
{
	bool scanned = false, framed = false;

	put(o, in->p, 2);
	in->at = 2;
	while (in->at + 1 < in->n) {
		const uint8_t *p = in->p + in->at;
		int marker = p[1];
		size_t n;

		if (p[0] != 0xFF)
			return false;
		if (marker == 0xFF) {
			in->at++;
			continue;
		}
		if (marker == EOI) {
			put(o, p, 2);
			return scanned;
		}
		if (!jpeg_marker(marker) || in->n - in->at < 4)
			return false;
		n = be16(p + 2);
		if (n < 2 || n > in->n - in->at - 2)
			return false;
		framed = framed ||
			 (marker < 0xD0 && marker != 0xC4 && marker != 0xCC);
		jpeg_segment(o, marker, p + 4, n - 2);
		in->at += 2 + n;
		if (marker != SOS)
			continue;
		if (!framed || !jpeg_scan(in, o))
			return false;
		scanned = true;
	}
	return false;
}

/* ---- PNG ----------------------------------------------------------------
 */

static bool is_one_of(const uint8_t *type, const char *list)
{
	for (; *list; list += 4)
		if (memcmp(type, list, 4) == 0)
			return true;
	return false;
}

static bool png_parts(struct in *in, struct out *o)
{
	bool data = false;

	put(o, in->p, 8);
	for (in->at = 8; in->n - in->at >= 12;) {
		const uint8_t *p = in->p + in->at;
		size_t n = be32(p);

		if (n > in->n - in->at - 12 ||
		    be32(p + 8 + n) !=
			    crc32_z(crc32_z(0, NULL, 0), p + 4, n + 4))
			return false;
		if ((in->at == 8) != (memcmp(p + 4, "IHDR", 4) == 0))
			return false;
		if (is_one_of(p + 4, "IHDRPLTEIDATIENDtRNSgAMAcHRMsRGBsBITbKGD"
				     "pHYs"))
			put(o, p, n + 12);
		else if (!(p[4] & 0x20))
			return false; /* critical and unknown */
		data = data || memcmp(p + 4, "IDAT", 4) == 0;
		in->at += n + 12;
		if (memcmp(p + 4, "IEND", 4) == 0)
			return data && n == 0;
	}
	return false;
}

/* ---- WebP ---------------------------------------------------------------
 */

#define VP8X_META 0x2Cu /* ICC, EXIF, XMP follow */

static void put_size(uint8_t *p, size_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(n >> (8 * i));
}

static bool webp_parts(struct in *in, struct out *o)
{
	size_t end = (size_t)le32(in->p + 4) + 8;
	bool data = false;

	if (end < 12 || end > in->n)
		return false;
	put(o, in->p, 12);
	for (in->at = 12; end - in->at >= 8;) {
		const uint8_t *p = in->p + in->at;
		size_t n = le32(p + 4), all;

		if (n > end - in->at - 8 || (n & 1 && n == end - in->at - 8))
			return false;
		all = 8 + n + (n & 1);
		if (is_one_of(p, "VP8 VP8LVP8XALPHANIMANMF")) {
			put(o, p, all);
			if (memcmp(p, "VP8X", 4) == 0 && n > 0)
				o->p[o->n - all + 8] &= (uint8_t)~VP8X_META;
		}
		data = data || is_one_of(p, "VP8 VP8LANMF");
		in->at += all;
	}
	put_size(o->p + 4, o->n - 8);
	return data && in->at == end;
}

/* ---- all ----------------------------------------------------------------
 */

static enum cleaned jpeg_clean(struct in *in, struct out *o)
{
	return jpeg_parts(in, o) ? CLEANED : CLEAN_DAMAGED;
}

static enum cleaned png_clean(struct in *in, struct out *o)
{
	return png_parts(in, o) ? CLEANED : CLEAN_DAMAGED;
}

static enum cleaned webp_clean(struct in *in, struct out *o)
{
	return webp_parts(in, o) ? CLEANED : CLEAN_DAMAGED;
}

static const struct {
	const char *type;
	enum cleaned (*clean)(struct in *in, struct out *o);
} pictures[] = {
	{ "image/jpeg", jpeg_clean }, { "image/png", png_clean },
	{ "image/webp", webp_clean }, { "image/tiff", tiff_clean },
	{ "image/heic", heif_clean }, { "image/heif", heif_clean },
	{ "image/avif", heif_clean },
};

enum attachment_state attachment_state(const char *type)
{
	static const char *const kept[] = { "application/pdf", "image/",
					    "audio/", "video/" };

	for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
		if (strcmp(type, pictures[i].type) == 0)
			return ATTACHMENT_CLEANED;
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (strncmp(type, kept[i], strlen(kept[i])) == 0)
			return ATTACHMENT_AS_RECEIVED;
	return strcmp(type, ATTACHMENT_DAMAGED_TYPE) == 0 ? ATTACHMENT_DAMAGED
							  : ATTACHMENT_OTHER;
}

const char *attachment_state_word(const char *type)
{
	static const char *const words[] = {
		[ATTACHMENT_CLEANED] = "cleaned",
		[ATTACHMENT_AS_RECEIVED] = "metadata-kept",
		[ATTACHMENT_OTHER] = "unknown",
		[ATTACHMENT_DAMAGED] = "damaged",
	};

	return words[attachment_state(type)];
}

static bool settle(struct attachment *f, enum cleaned how, const struct out *o,
		   struct arena *a)
{
	switch (how) {
	case CLEANED:
		f->bytes = (const char *)o->p;
		f->n = o->n;
		break;
	case CLEAN_CANNOT:
		f->type = arena_printf(a, "%s" ATTACHMENT_KEPT, f->type);
		break;
	case CLEAN_DAMAGED: f->type = ATTACHMENT_DAMAGED_TYPE; break;
	}
	return f->type != NULL;
}

bool attachment_clean(struct attachment *f, struct arena *a, struct err *e)
{
	struct in in = { .p = (const uint8_t *)f->bytes, .n = f->n };
	struct out o = { .room = f->n + EXTRA };

	for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
		if (strcmp(f->type, pictures[i].type) != 0)
			continue;
		o.p = arena_alloc(a, o.room);
		return (o.p && settle(f, pictures[i].clean(&in, &o), &o, a)) ||
		       err_set(e, ERR_NOMEM, "out of memory");
	}
	return true;
}
