/* attachment.h - a file sent beside a sheet: its name, what it is, its hash.
 *
 * A file is known by (sheet, name); its bytes are stored once a content, by
 * SHA-256, in the database and so in one transaction with their row, in the
 * same backup, and outside any web root.  Names are compared as NFC: what a
 * form names and what a phone sends may be composed differently.  Pure; what
 * is stored is done by store_attachment.h. */
#ifndef PHIEU_ATTACHMENT_H
#define PHIEU_ATTACHMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/err.h"
#include "phieu/hash.h"
#include "phieu/limits.h"

#define ATTACHMENT_NAME_BYTES 249

#define ATTACHMENT_OTHER_TYPE	"application/octet-stream"
#define ATTACHMENT_DAMAGED_TYPE "application/octet-stream; damaged=1"
#define ATTACHMENT_KEPT		"; metadata=kept" /* behind a picture's type */

struct attachment {
	const char *name;  /* NFC, the last part of a path */
	const char *type;  /* by content, see attachment_type */
	const char *bytes; /* what is stored; borrowed, or on the arena */
	size_t n;
	uint8_t sha[SHA256_BYTES]; /* of the bytes as received */
};

/* What a type says of the bytes that are stored under it. */
enum attachment_state {
	ATTACHMENT_CLEANED,	/* a picture, without its metadata */
	ATTACHMENT_AS_RECEIVED, /* known, metadata and all */
	ATTACHMENT_OTHER,	/* unknown */
	ATTACHMENT_DAMAGED,	/* begins as a picture and does not go on so */
};
enum attachment_state attachment_state(const char *type);
/* "cleaned", "metadata-kept", "unknown", "damaged": as APIs say it. */
const char *attachment_state_word(const char *type);

/* The name as it is stored and compared.  ERR_INPUT: empty, ".", "..",
 * longer than ATTACHMENT_NAME_BYTES, not UTF-8, or with a character that no
 * file name has (controls, '/' and '\').  ERR_NOMEM. */
bool attachment_name(const char *s, struct arena *a, const char **out,
		     struct err *e) MUST_USE;

/* Media type by the first bytes: pictures, PDF, sound and film as phones make
 * them; ATTACHMENT_OTHER_TYPE for all else. */
const char *attachment_type(const char *bytes, size_t n);

/* Takes what JPEG, PNG, WebP, TIFF and HEIC carry beside the picture (place,
 * device, time, words, smaller pictures) out of f->bytes; which way up it is
 * stays.  One that does not follow its standard is left as it came and becomes
 * ATTACHMENT_DAMAGED_TYPE; one that does, but cannot be taken apart safely, is
 * left too and gets ATTACHMENT_KEPT behind its type.  PDF, sound and film are
 * never touched: their words and dates stand in objects that only a whole
 * reader of the format finds.  The hash is not touched.  ERR_NOMEM. */
bool attachment_clean(struct attachment *f, struct arena *a,
		      struct err *e) MUST_USE;

/* Fills *out, cleaned.  ERR_INPUT as attachment_name says and past
 * LIMIT_ATTACHMENT_BYTES. */
bool attachment_take(struct attachment *out, const char *name,
		     const char *bytes, size_t n, struct arena *a,
		     struct err *e) MUST_USE;

#endif
