/* outbox.h - the agent's queue of sheets on disk (SQLite, one file).
 *
 * A sheet is waiting until the collector's receipt for it has been read and
 * written here; nothing is ever taken out of the file by sending.  Sheets are
 * known by the SHA-256 of their bytes and the collector they go to, so taking
 * the same file again adds nothing.  WAL with synchronous=FULL: what a call
 * reported as done survives a power cut. */
#ifndef PHIEU_OUTBOX_H
#define PHIEU_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/err.h"

enum outbox_state {
	OUTBOX_WAITING,
	OUTBOX_SENT,	 /* on its way; waiting again if the answer is lost */
	OUTBOX_RECEIVED, /* there is a receipt and the sheet counts */
	OUTBOX_REFUSED	 /* the collector said why not; kept */
};

struct outbox_item {
	int64_t id;
	const char *bytes; /* one line, no LF */
	size_t n;
	const char *instance, *sheet; /* "" when not readable */
	const char *source;	      /* "file.ndjson:12" */
};

/* What became of one item. */
struct outbox_result {
	int64_t id;
	enum outbox_state state; /* WAITING: to be sent again */
	int code;		 /* HTTP code of the line */
	const char *status;	 /* "valid", "invalid" …; may be NULL */
	const char *receipt;	 /* may be NULL unless RECEIVED */
	const char *reply;	 /* the collector's line; may be NULL */
};

struct outbox_batch {		      /* the closing line of an NDJSON answer */
	const char *sha256, *receipt; /* may be NULL */
	size_t lines;
};

struct outbox_counts {
	size_t waiting, received, refused, total;
	size_t sent; /* part of waiting: their answer is not known */
};

struct outbox_row { /* for the receipt file */
	const char *instance, *sheet, *source, *status, *receipt, *reply, *done,
		*batch_receipt, *batch_sha256; /* "" when none */
	enum outbox_state state;
	int code;
};

struct outbox;

/* Opens or makes the file and its folder, readable by its owner alone.
 * `target` is the collector's address.  ERR_CONFLICT while another process
 * uses the file. */
struct outbox *outbox_open(const char *path, const char *target,
			   struct err *e) MUST_USE;
void outbox_close(struct outbox *o);

/* Many additions in one transaction; outbox_commit makes them durable. */
bool outbox_begin(struct outbox *o, struct err *e) MUST_USE;
bool outbox_add(struct outbox *o, const struct outbox_item *item, bool *fresh,
		struct err *e) MUST_USE;
bool outbox_commit(struct outbox *o, struct err *e) MUST_USE;
/* What of this sheet was taken from tables and not refused, the latest
 * first. */
#define OUTBOX_VERSIONS 100
bool outbox_versions(struct outbox *o, const char *sheet, int keying,
		     struct arena *a, struct outbox_item **list, size_t *n,
		     struct err *e) MUST_USE;

/* The next waiting items, those tried least first, marked SENT; n 0 when there
 * are none. One item is given even if it is larger than max_bytes (LF counted).
 */
bool outbox_next(struct outbox *o, size_t max_items, size_t max_bytes,
		 struct arena *a, struct outbox_item **items, size_t *n,
		 struct err *e) MUST_USE;
/* Writes down the answers of a batch, all or none. */
bool outbox_settle(struct outbox *o, const struct outbox_result *results,
		   size_t n, const struct outbox_batch *batch,
		   struct err *e) MUST_USE;
/* Everything SENT waits again: at start, and when no answer came. */
bool outbox_unsend(struct outbox *o, struct err *e) MUST_USE;
/* Refusals that depended on the key (401, 403) wait again. */
bool outbox_reopen(struct outbox *o, struct err *e) MUST_USE;
/* Everything waits again: the collector lost what it had.  Receipts are the
 * same for ever, so sending again is harmless. */
bool outbox_again(struct outbox *o, struct err *e) MUST_USE;

bool outbox_count(struct outbox *o, struct outbox_counts *out,
		  struct err *e) MUST_USE;
/* Each item in order of arrival; the row is borrowed during the call. */
bool outbox_each(struct outbox *o,
		 bool (*row)(const struct outbox_row *r, void *ctx,
			     struct err *e),
		 void *ctx, struct err *e) MUST_USE;

#endif
