/* outbox_scan.h - scans and photos in the agent's outbox (outbox.h).
 *
 * A file belongs to a sheet of the same outbox and waits, with its bytes,
 * until the collector's receipt for it is written here; then the bytes go, the
 * receipt stays.  It is sent only after its sheet has been taken by the
 * collector. */
#ifndef PHIEU_OUTBOX_SCAN_H
#define PHIEU_OUTBOX_SCAN_H

#include "phieu/hash.h"
#include "phieu/outbox.h"

struct outbox_scan {
	int64_t id;
	const char *instance, *sheet;
	const char *name, *source; /* NFC; the path it was read from */
	const char *bytes;
	size_t n;
	uint8_t sha[SHA256_BYTES];
};

/* Tables of their own; an outbox of an earlier version gets them. */
bool outbox_scan_prepare(struct outbox *o, struct err *e) MUST_USE;

enum outbox_scan_taken {
	SCAN_FRESH,
	SCAN_KNOWN,   /* the same file of the same sheet, sent or not */
	SCAN_NO_SHEET /* no sheet of that number is in this outbox */
};
/* Of several submissions with the number the latest of the first keying.
 * Durable when it returns. */
bool outbox_scan_add(struct outbox *o, const char *sheet, const char *name,
		     const char *source, const char *bytes, size_t n,
		     enum outbox_scan_taken *out, struct err *e) MUST_USE;

/* The next one whose sheet the collector has, those tried least first; false
 * with e->kind ERR_NONE: there is none. */
bool outbox_scan_next(struct outbox *o, struct arena *a,
		      struct outbox_scan *out, struct err *e) MUST_USE;
/* What became of it; WAITING: to be sent again. */
bool outbox_scan_settle(struct outbox *o, const struct outbox_result *r,
			struct err *e) MUST_USE;
/* Refusals that depended on the key (401, 403) wait again; and those for want
 * of the sheet (404), when it has come since. */
bool outbox_scan_reopen(struct outbox *o, struct err *e) MUST_USE;
/* What is received is forgotten, so that the same files are taken and sent
 * once more; what is refused waits. */
bool outbox_scan_again(struct outbox *o, struct err *e) MUST_USE;
bool outbox_scan_count(struct outbox *o, struct outbox_counts *out,
		       struct err *e) MUST_USE;
/* As outbox_each. */
bool outbox_scan_each(struct outbox *o,
		      bool (*row)(const struct outbox_row *r, void *ctx,
				  struct err *e),
		      void *ctx, struct err *e) MUST_USE;

#endif
