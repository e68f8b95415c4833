/* HEIC, HEIF, AVIF without what phones write beside the picture.
 *
 * Nothing moves, so that every offset stays true: what is not wanted is
 * overwritten where it lies (ISO/IEC 14496-12, 8.11; 23008-12).  All data are
 * wiped first, and then what items of pictures point at is copied back; items
 * of Exif and XMP stay wiped, and so does what no item points at.  Which way
 * up the picture is stands in a property of its own (irot) and stays. */
#include "attachment_parts.h"

#include <string.h>

#define MAX_ITEMS  2000
#define MAX_RANGES 8
/* Items may share bytes, but not so that copying them is work. */
#define MAX_COPIED 4

struct range {
	size_t at, n;
};

struct item {
	uint32_t id;
	uint8_t kind[4];
};

struct heif {
	struct in *in;
	struct out *o;
	struct range data[MAX_RANGES], idat, meta, iloc, iinf;
	size_t n_data, n_items, copied;
	struct item item[MAX_ITEMS];
};

/* Bytes to be read, in order; past the end it is `broken` and gives zeros. */
struct cursor {
	const uint8_t *p;
	size_t at, end;
	bool broken;
};

static uint64_t take(struct cursor *c, size_t n)
{
	uint64_t v = 0;

	if (c->broken || n > c->end - c->at) {
		c->broken = true;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		v = v << 8 | c->p[c->at++];
	return v;
}

static bool is(const uint8_t *kind, const char *list)
{
	for (; *list; list += 4)
		if (memcmp(kind, list, 4) == 0)
			return true;
	return false;
}

/* ---- boxes ---------------------------------------------------------------
 */

struct box {
	size_t at; /* of its head */
	const uint8_t *kind;
	struct range body;
};

/* The next box of `in`; false: there is none, or (c->broken) it is longer
 * than what it lies in. */
static bool next_box(struct cursor *c, struct box *out)
{
	uint64_t n;

	if (c->broken || c->at == c->end)
		return false;
	out->at = c->at;
	n = take(c, 4);
	out->kind = c->p + c->at;
	(void)take(c, 4);
	if (n == 1)
		n = take(c, 8);
	else if (n == 0)
		n = c->end - out->at;
	if (c->broken || n < c->at - out->at || n > c->end - out->at) {
		c->broken = true;
		return false;
	}
	out->body = (struct range){ c->at, out->at + (size_t)n - c->at };
	c->at = out->at + (size_t)n;
	return true;
}

static void wipe(struct heif *h, struct range r)
{
	memset(h->o->p + r.at, 0, r.n);
}

/* The box becomes room that nobody uses. */
static void free_box(struct heif *h, const struct box *b)
{
	memcpy(h->o->p + (b->kind - h->in->p), "free", 4);
	wipe(h, b->body);
}

static struct cursor inside(const struct heif *h, struct range r, size_t skip)
{
	struct cursor c = { h->in->p, r.at, r.at + r.n, false };

	(void)take(&c, skip);
	return c;
}

/* Words and times among the properties of pictures. */
static bool properties(struct heif *h, struct range iprp)
{
	struct cursor c = inside(h, iprp, 0), p;
	struct box b, one;

	while (next_box(&c, &b)) {
		if (!is(b.kind, "ipco"))
			continue;
		p = inside(h, b.body, 0);
		while (next_box(&p, &one))
			if (is(one.kind, "udesalttcrttmdftuuidfreeskip"))
				free_box(h, &one);
		if (p.broken)
			return false;
	}
	return !c.broken;
}

/* The name of the handler: a maker's. */
static void handler(struct heif *h, struct range r)
{
	if (r.n > 24)
		wipe(h, (struct range){ r.at + 24, r.n - 24 });
}

static bool read_meta(struct heif *h)
{
	struct cursor c = inside(h, h->meta, 4);
	struct box b;

	while (next_box(&c, &b)) {
		if (is(b.kind, "hdlr")) {
			handler(h, b.body);
		} else if (is(b.kind, "iloc")) {
			h->iloc = b.body;
		} else if (is(b.kind, "iinf")) {
			h->iinf = b.body;
		} else if (is(b.kind, "idat")) {
			h->idat = b.body;
			wipe(h, b.body);
		} else if (is(b.kind, "iprp")) {
			if (!properties(h, b.body))
				return false;
		} else if (!is(b.kind, "pitmirefgrpldinfiproipmc")) {
			free_box(h, &b);
		}
	}
	return !c.broken && h->iloc.n > 0 && h->iinf.n > 0;
}

static enum cleaned read_top(struct heif *h)
{
	struct cursor c = { h->in->p, 0, h->in->n, false };
	struct box b;

	while (next_box(&c, &b)) {
		if (is(b.kind, "moovmoof"))
			return CLEAN_CANNOT; /* a film of pictures */
		if (is(b.kind, "meta")) {
			if (h->meta.n > 0 || b.body.n == 0)
				return CLEAN_DAMAGED;
			h->meta = b.body;
		} else if (is(b.kind, "mdat")) {
			if (h->n_data == MAX_RANGES)
				return CLEAN_CANNOT;
			h->data[h->n_data++] = b.body;
			wipe(h, b.body);
		} else if (!is(b.kind, "ftyp")) {
			free_box(h, &b);
		}
	}
	return c.broken || h->meta.n == 0 || !read_meta(h) ? CLEAN_DAMAGED
							   : CLEANED;
}

/* ---- items ---------------------------------------------------------------
 */

/* One infe: what the item is; its name becomes blanks. */
static enum cleaned read_item(struct heif *h, struct range r)
{
	struct cursor c = inside(h, r, 0);
	uint64_t version = take(&c, 1);
	struct item *it = &h->item[h->n_items];

	(void)take(&c, 3);
	if (version < 2 || version > 3 || h->n_items == MAX_ITEMS)
		return CLEAN_CANNOT;
	it->id = (uint32_t)take(&c, version == 2 ? 2 : 4);
	(void)take(&c, 2);
	if (c.broken || c.end - c.at < 4)
		return CLEAN_DAMAGED;
	memcpy(it->kind, c.p + c.at, 4);
	h->n_items++;
	for (c.at += 4; c.at < c.end && c.p[c.at]; c.at++)
		h->o->p[c.at] = ' ';
	return CLEANED;
}

static enum cleaned read_items(struct heif *h)
{
	struct cursor c = inside(h, h->iinf, 0);
	uint64_t version = take(&c, 1);
	enum cleaned how = CLEANED;
	struct box b;

	(void)take(&c, version == 0 ? 5 : 7); /* flags, count */
	while (how == CLEANED && next_box(&c, &b))
		if (is(b.kind, "infe"))
			how = read_item(h, b.body);
	return c.broken ? CLEAN_DAMAGED : how;
}

static const struct item *item_of(const struct heif *h, uint32_t id)
{
	for (size_t i = 0; i < h->n_items; i++)
		if (h->item[i].id == id)
			return &h->item[i];
	return NULL;
}

static bool within(struct range r, uint64_t at, uint64_t n)
{
	return at >= r.at && n <= r.n && at - r.at <= r.n - n;
}

static bool in_data(const struct heif *h, uint64_t at, uint64_t n)
{
	for (size_t i = 0; i < h->n_data; i++)
		if (within(h->data[i], at, n))
			return true;
	return false;
}

/* No place, no device, no time: what a reader takes for Exif without any. */
static void put_empty_exif(struct heif *h, size_t at, size_t n)
{
	static const uint8_t none[] = { 0, 0, 0, 0, 'M', 'M', 0, 42, 0,
					0, 0, 8, 0, 0,	 0,   0, 0,  0 };

	if (n >= sizeof none)
		memcpy(h->o->p + at, none, sizeof none);
}

static enum cleaned extent(struct heif *h, const struct item *it, int method,
			   uint64_t at, uint64_t n)
{
	if (method == 1) {
		if (at > h->idat.n)
			return CLEAN_DAMAGED;
		at += h->idat.at;
		if (!within(h->idat, at, n))
			return CLEAN_DAMAGED;
	} else if (!in_data(h, at, n)) {
		return at <= h->in->n && n <= h->in->n - at ? CLEAN_CANNOT
							    : CLEAN_DAMAGED;
	}
	if (n == 0)
		return CLEAN_CANNOT; /* to the end of what? */
	if (is(it->kind, "Exif")) {
		put_empty_exif(h, (size_t)at, (size_t)n);
		return CLEANED;
	}
	if (is(it->kind, "mimeuri "))
		return CLEANED;
	h->copied += (size_t)n;
	if (h->copied > MAX_COPIED * h->in->n)
		return CLEAN_CANNOT;
	memcpy(h->o->p + at, h->in->p + at, (size_t)n);
	return CLEANED;
}

/* Widths of the numbers in iloc. */
struct widths {
	uint64_t version;
	size_t offset, length, base, index;
};

static enum cleaned place(struct heif *h, struct cursor *c,
			  const struct widths *w)
{
	const struct item *it =
		item_of(h, (uint32_t)take(c, w->version < 2 ? 2 : 4));
	int method = w->version > 0 ? (int)(take(c, 2) & 15) : 0;
	uint64_t elsewhere = take(c, 2), base = take(c, w->base);
	uint64_t extents = take(c, 2), at, n;
	enum cleaned how = CLEANED;

	if (c->broken)
		return CLEAN_DAMAGED;
	if (elsewhere != 0 || method > 1 || !it ||
	    !is(it->kind, "hvc1hev1lhv1av01avc1jpegj2k1gridiovlidentmapmski"
			  "Exifmimeuri "))
		return CLEAN_CANNOT;
	for (uint64_t i = 0; how == CLEANED && i < extents; i++) {
		(void)take(c, w->index);
		at = take(c, w->offset);
		n = take(c, w->length);
		if (c->broken || at > UINT32_MAX || base > UINT32_MAX)
			return CLEAN_DAMAGED;
		how = extent(h, it, method, base + at, n);
	}
	return how;
}

static enum cleaned read_places(struct heif *h)
{
	struct cursor c = inside(h, h->iloc, 0);
	struct widths w = { .version = take(&c, 1) };
	enum cleaned how = CLEANED;
	uint64_t sizes, n;

	(void)take(&c, 3);
	sizes = take(&c, 2);
	w.offset = sizes >> 12 & 15;
	w.length = sizes >> 8 & 15;
	w.base = sizes >> 4 & 15;
	w.index = w.version > 0 ? sizes & 15 : 0;
	if (w.version > 2)
		return CLEAN_CANNOT;
	if (w.offset > 8 || w.length > 8 || w.base > 8 || w.index > 8)
		return CLEAN_DAMAGED;
	n = take(&c, w.version < 2 ? 2 : 4);
	for (uint64_t i = 0; how == CLEANED && i < n; i++)
		how = place(h, &c, &w);
	return c.broken ? CLEAN_DAMAGED : how;
}

enum cleaned heif_clean(struct in *in, struct out *o)
{
	struct heif h = { .in = in, .o = o };
	enum cleaned how;

	memcpy(o->p, in->p, in->n);
	o->n = in->n;
	how = read_top(&h);
	if (how == CLEANED)
		how = read_items(&h);
	return how == CLEANED ? read_places(&h) : how;
}
