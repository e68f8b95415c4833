/* attachment_parts.h - what the files attachment_*.c share. */
#ifndef PHIEU_COLLECTOR_ATTACHMENT_PARTS_H
#define PHIEU_COLLECTOR_ATTACHMENT_PARTS_H

#include "phieu/attachment.h"

struct in {
	const uint8_t *p;
	size_t n, at;
};

/* A copy without what is not wanted; zeroed. */
struct out {
	uint8_t *p;
	size_t n, room;
	bool full;   /* it would have grown past `room` */
	bool turned; /* which way up is said: once, or the copy would grow */
};

enum cleaned {
	CLEANED,
	CLEAN_CANNOT, /* follows its standard, in a way not taken apart here */
	CLEAN_DAMAGED
};

enum cleaned tiff_clean(struct in *in, struct out *o);
enum cleaned heif_clean(struct in *in, struct out *o);

static inline uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static inline uint32_t le16(const uint8_t *p)
{
	return (uint32_t)p[1] << 8 | p[0];
}

static inline uint32_t le32(const uint8_t *p)
{
	return le16(p + 2) << 16 | le16(p);
}

#endif
