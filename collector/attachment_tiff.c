/* TIFF without what scanners and cameras write beside the picture.
 *
 * The file is written anew: of each page the tags that say how to read it
 * (TIFF 6.0, sections 3-8, 10-22; the fax and JPEG supplements), their values,
 * and the strips or tiles they point at.  What no such tag points at does not
 * come along, wherever it lay: names, dates, places, makers' notes, smaller
 * pictures, colour profiles. */
#include "attachment_parts.h"

#include <string.h>

/* Of all pages together: more than any scanner writes, and little work. */
#define MAX_PAGES    1000
#define MAX_ENTRIES  100000
#define HEAD_BYTES   8
#define ENTRY_BYTES  12
#define TAG_OFFSETS  273
#define TAG_COUNTS   279
#define TAG_TILES    324
#define TAG_TILE_N   325
#define TAG_COMPRESS 259
#define TAG_SUB_IFD  330
#define JPEG_OLD     6
#define JPEG_NEW     7

struct entry {
	uint32_t tag, kind, count;
	const uint8_t *value; /* its bytes, in the file */
	size_t n;
};

struct tiff {
	struct in *in;
	struct out *o;
	uint32_t (*u16)(const uint8_t *), (*u32)(const uint8_t *);
	bool big; /* byte order, not BigTIFF */
	const uint8_t *ifd;
	uint32_t n_entries;
};

/* What says how to read the picture, in order. */
static const uint16_t wanted[] = {
	254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277,
	278, 279, 280, 281, 282, 283, 284, 290, 291, 292, 293, 296, 297, 301,
	317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328, 332, 334,
	336, 338, 339, 340, 341, 342, 347, 529, 530, 531, 532,
};

static bool is_wanted(uint32_t tag)
{
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (wanted[i] == tag)
			return true;
	return false;
}

static size_t kind_bytes(uint32_t kind)
{
	static const uint8_t bytes[] = { 0, 1, 1, 2, 4, 8, 1,
					 1, 2, 4, 8, 4, 8, 4 };

	return kind < sizeof bytes ? bytes[kind] : 0;
}

static void store(const struct tiff *t, uint8_t *p, uint32_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[t->big ? n - 1 - i : i] = (uint8_t)(v >> (8 * i));
}

/* Room in the copy; NULL when that would be larger than the file: parts that
 * are pointed at twice. */
static uint8_t *room(struct out *o, size_t n, bool even)
{
	size_t at = o->n + (even ? o->n & 1 : 0);

	if (n > o->room || at > o->room - n) {
		o->full = true;
		return NULL;
	}
	o->n = at + n;
	return o->p + at;
}

/* An entry with its value; false: it points out of the file. */
static bool read_entry(const struct tiff *t, uint32_t i, struct entry *out)
{
	const uint8_t *p = t->ifd + 2 + (size_t)ENTRY_BYTES * i;
	uint64_t n;
	uint32_t at;

	*out = (struct entry){ .tag = t->u16(p),
			       .kind = t->u16(p + 2),
			       .count = t->u32(p + 4),
			       .value = p + 8 };
	n = (uint64_t)out->count * kind_bytes(out->kind);
	if (n > t->in->n)
		return false;
	out->n = (size_t)n;
	if (n <= 4)
		return true;
	at = t->u32(p + 8);
	out->value = t->in->p + at;
	return at <= t->in->n - out->n;
}

static bool find(const struct tiff *t, uint32_t tag, struct entry *out)
{
	for (uint32_t i = 0; i < t->n_entries; i++)
		if (t->u16(t->ifd + 2 + (size_t)ENTRY_BYTES * i) == tag)
			return read_entry(t, i, out) &&
			       (out->kind == 3 || out->kind == 4) &&
			       out->count > 0;
	return false;
}

static uint32_t number(const struct tiff *t, const struct entry *v, size_t i)
{
	return v->kind == 3 ? t->u16(v->value + 2 * i)
			    : t->u32(v->value + 4 * i);
}

/* A strip of JPEG has segments of its own before the picture: what is in
 * those that hold words becomes zeros (JPEG supplement 2 allows them). */
static void blank_jpeg(uint8_t *p, size_t n)
{
	size_t at = 2, len;

	if (n < 4 || p[0] != 0xFF || p[1] != 0xD8)
		return;
	while (n - at >= 4 && p[at] == 0xFF && p[at + 1] != 0xDA) {
		int marker = p[at + 1];

		len = be16(p + at + 2);
		if (len < 2 || len > n - at - 2)
			return;
		if (marker == 0xFE ||
		    (marker > 0xE0 && marker != 0xEE && marker <= 0xEF))
			memset(p + at + 4, 0, len - 2);
		at += 2 + len;
	}
}

/* Copies what strips or tiles hold; their new offsets go to `out`. */
static bool copy_data(const struct tiff *t, const struct entry *offsets,
		      const struct entry *counts, bool jpeg, uint8_t *out)
{
	for (uint32_t i = 0; i < offsets->count; i++) {
		uint32_t at = number(t, offsets, i), n = number(t, counts, i);
		uint8_t *to;

		if (at > t->in->n || n > t->in->n - at)
			return false;
		to = room(t->o, n, false);
		if (!to)
			return false;
		memcpy(to, t->in->p + at, n);
		if (jpeg)
			blank_jpeg(to, n);
		store(t, out + (size_t)4 * i, (uint32_t)(to - t->o->p), 4);
	}
	return true;
}

/* The new entry at `p`; values of more than four bytes get room behind. */
static bool put_entry(const struct tiff *t, const struct entry *v, uint8_t *p,
		      uint8_t **value)
{
	store(t, p, v->tag, 2);
	store(t, p + 2, v->kind, 2);
	store(t, p + 4, v->count, 4);
	*value = p + 8;
	if (v->n <= 4)
		return true;
	*value = room(t->o, v->n, true);
	if (!*value)
		return false;
	store(t, p + 8, (uint32_t)(*value - t->o->p), 4);
	return true;
}

static bool put_data(const struct tiff *t, struct entry *v, bool jpeg,
		     uint8_t *p)
{
	uint32_t beside = v->tag == TAG_TILES ? TAG_TILE_N : TAG_COUNTS;
	struct entry counts, offsets = *v;
	uint8_t *value;

	if (!find(t, beside, &counts) || counts.count != v->count)
		return false;
	offsets.kind = 4;
	offsets.n = (size_t)v->count * 4;
	return put_entry(t, &offsets, p, &value) &&
	       copy_data(t, v, &counts, jpeg, value);
}

static enum cleaned look(const struct tiff *t, uint32_t *n, bool *jpeg)
{
	struct entry v;
	int data = 0;

	*n = 0;
	*jpeg = find(t, TAG_COMPRESS, &v) && number(t, &v, 0) == JPEG_NEW;
	if (find(t, TAG_COMPRESS, &v) && number(t, &v, 0) == JPEG_OLD)
		return CLEAN_CANNOT; /* its tables are scattered about */
	for (uint32_t i = 0; i < t->n_entries; i++) {
		if (!read_entry(t, i, &v))
			return CLEAN_DAMAGED;
		if (v.tag == TAG_SUB_IFD)
			return CLEAN_CANNOT; /* raw files: pictures in it */
		*n += is_wanted(v.tag) && v.n > 0;
		data += v.n > 0 && (v.tag == TAG_OFFSETS || v.tag == TAG_TILES);
	}
	return data == 1 ? CLEANED : CLEAN_DAMAGED;
}

/* One page; *link is where its offset is to stand, and then the next one's. */
static enum cleaned put_page(struct tiff *t, uint8_t **link)
{
	uint32_t n, k = 0;
	uint8_t *page, *value;
	enum cleaned how;
	struct entry v;
	bool jpeg;

	how = look(t, &n, &jpeg);
	if (how != CLEANED)
		return how;
	page = room(t->o, 2 + (size_t)ENTRY_BYTES * n + 4, true);
	if (!page)
		return CLEAN_DAMAGED;
	store(t, *link, (uint32_t)(page - t->o->p), 4);
	store(t, page, n, 2);
	for (uint32_t i = 0; i < t->n_entries; i++) {
		uint8_t *p = page + 2 + (size_t)ENTRY_BYTES * k;

		if (!read_entry(t, i, &v) || v.n == 0 || !is_wanted(v.tag))
			continue;
		k++;
		if (v.tag == TAG_OFFSETS || v.tag == TAG_TILES) {
			if ((v.kind != 3 && v.kind != 4) ||
			    !put_data(t, &v, jpeg, p))
				return CLEAN_DAMAGED;
			continue;
		}
		if (!put_entry(t, &v, p, &value))
			return CLEAN_DAMAGED;
		memcpy(value, v.value, v.n);
		if (v.tag == 347 && jpeg) /* tables of all strips */
			blank_jpeg(value, v.n);
	}
	*link = page + 2 + (size_t)ENTRY_BYTES * n;
	return CLEANED;
}

enum cleaned tiff_clean(struct in *in, struct out *o)
{
	bool big = in->n >= HEAD_BYTES && in->p[0] == 'M';
	struct tiff t = { .in = in,
			  .o = o,
			  .u16 = big ? be16 : le16,
			  .u32 = big ? be32 : le32,
			  .big = big };
	uint8_t *link = o->p + 4;
	uint32_t at, entries = 0;
	enum cleaned how;

	if (in->n < HEAD_BYTES)
		return CLEAN_DAMAGED;
	memcpy(o->p, in->p, 4);
	o->n = HEAD_BYTES;
	at = t.u32(in->p + 4);
	for (int page = 0; at != 0; page++) {
		if (page == MAX_PAGES || at > in->n || in->n - at < 6)
			return CLEAN_DAMAGED;
		t.ifd = in->p + at;
		t.n_entries = t.u16(t.ifd);
		entries += t.n_entries;
		if ((in->n - at - 6) / ENTRY_BYTES < t.n_entries ||
		    entries > MAX_ENTRIES)
			return CLEAN_DAMAGED;
		how = put_page(&t, &link);
		if (how != CLEANED)
			return o->full ? CLEAN_CANNOT : how;
		at = t.u32(t.ifd + 2 + (size_t)ENTRY_BYTES * t.n_entries);
	}
	return link == o->p + 4 ? CLEAN_DAMAGED : CLEANED;
}
