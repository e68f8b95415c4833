/* upload_parts.h - what the files upload*.c and phieu_upload.c share. */
#ifndef PHIEU_COLLECTOR_UPLOAD_PARTS_H
#define PHIEU_COLLECTOR_UPLOAD_PARTS_H

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/charset.h"
#include "phieu/err.h"
#include "phieu/outbox.h"
#include "phieu/sheet.h"

/* Set by SIGINT and SIGTERM: stop soon, keep everything. */
extern volatile sig_atomic_t upload_stop;

/* --- what people see while it runs (upload_show.c) --- */
struct show {
	bool tty, utf8, drawn;
	size_t total, done;
	int64_t begun_us, last_us;
	size_t last_tenth;
	const char *trouble; /* why nothing moves, or NULL */
	int64_t wait_until_us;
};
void show_begin(struct show *s, size_t total);
void show_step(struct show *s, size_t done); /* done more */
void show_draw(struct show *s, bool force);
/* Trouble with the line: `failures` in a row, next try at `until`. */
void show_trouble(struct show *s, const char *why, unsigned failures,
		  int64_t until_us);
void show_end(struct show *s);

/* --- HTTP (upload_http.c) --- */
struct answer {
	long status;	  /* 0: no HTTP answer came */
	long retry_after; /* seconds; -1 none */
	bool whole;	  /* the body came to its end */
	struct buf body;
	char why[256]; /* of a transport failure */
};

struct upload {
	const char *to;	 /* no slash at the end */
	const char *key; /* of the agent; nowhere else than in memory */
	CURL *curl;
	struct curl_slist *post_headers, *get_headers, *put_headers;
	struct show show;
	struct outbox *outbox;
	long give_up; /* seconds without any progress */
	size_t lines; /* in the next batch */
};

bool upload_http_open(struct upload *u, struct err *e) MUST_USE;
void upload_http_close(struct upload *u);
/* The answer's body is to be freed in any case. */
void upload_post(struct upload *u, const char *body, size_t n,
		 struct answer *out);
void upload_put(struct upload *u, const char *path, const char *body, size_t n,
		struct answer *out);
void upload_get(struct upload *u, const char *path, struct answer *out);
/* http:// or https://, no slash at the end; *plain: the key would travel
 * unencrypted over a network.  Caller frees. */
char *upload_address(const char *typed, bool *plain, struct err *e) MUST_USE;

/* --- what the collector said (upload_reply.c) --- */
struct reply {
	struct outbox_result *results; /* one an item */
	size_t settled;		       /* received or refused */
	struct outbox_batch batch;
	bool mismatch; /* the answer is not about what was sent */
};
/* Reads an NDJSON answer, whole or cut off at any byte, about `items`; what
 * is not answered there is WAITING.  `sha256` (hex) is of the body sent. */
bool upload_reply(const struct outbox_item *items, size_t n,
		  const struct answer *answer, const char *sha256,
		  struct arena *a, struct reply *out, struct err *e) MUST_USE;
/* "V07 /ratings/0/answers/Q1: …; …" from a collector's line. */
bool upload_is_receipt(const char *s);
char *upload_reasons(const char *reply, bool vietnamese,
		     struct arena *a); /* NULL: memory */

/* --- files in (upload_files.c) --- */
typedef bool (*upload_line)(const struct outbox_item *line, void *ctx,
			    struct err *e);
/* Hands out each sheet of an NDJSON or JSON file ("-": standard input). */
bool upload_file(const char *path, upload_line line, void *ctx,
		 struct err *e) MUST_USE;
struct taken {
	size_t fresh, known;
};
/* Puts a file's sheets into the outbox. */
bool upload_take(struct outbox *o, const char *path, struct taken *taken,
		 struct err *e) MUST_USE;

/* --- Excel and CSV (upload_table.c) --- */
struct plan;
struct table_options {
	const struct plan *plan;
	const char *form, *marked; /* NULL: as the file says; no copy */
	enum charset charset;
	bool json;
};
/* By its name. */
bool upload_is_table(const char *path);
/* Puts its sheets into the outbox, all or, with faults (told on stderr,
 * ERR_INPUT), none. */
bool upload_take_table(struct outbox *o, const char *path,
		       const struct table_options *t, struct taken *taken,
		       struct err *e) MUST_USE;
struct checked;
bool upload_check_table(const char *path, const struct table_options *t,
			FILE *to, struct checked *out, struct err *e) MUST_USE;

/* --- the loop (upload.c) --- */
enum upload_end {
	UPLOAD_ALL,	/* nothing waits any more */
	UPLOAD_STOPPED, /* by a signal */
	UPLOAD_GAVE_UP, /* nothing moved for give_up seconds */
	UPLOAD_FAILED	/* e says why: key refused, wrong address, disk */
};
enum upload_end upload_run(struct upload *u, struct err *e);
/* Seconds to wait after `failures` in a row: 0.5 s doubling to 30 s, a random
 * half of it; never less than Retry-After. */
double upload_backoff(unsigned failures, long retry_after, uint32_t random);

/* Waits, showing what goes on, until then or a signal. */
void upload_pause(struct upload *u, int64_t until_us);

/* --- scans and photos (upload_scans.c) --- */
/* The number of the sheet that a file's name begins with, as printed. */
bool upload_scan_sheet(const char *name, char out[SHEET_TEXT_MAX]);
struct scans_taken {
	size_t fresh, known;
	size_t odd; /* told on stderr and not taken */
};
/* Puts the files of a folder into the outbox, behind their sheets. */
bool upload_take_scans(struct outbox *o, const char *path,
		       struct scans_taken *taken, struct err *e) MUST_USE;
struct outbox_scan;
/* What an answer says of the file; WAITING when it is not about it.  False:
 * out of memory. */
bool upload_scan_reply(const struct outbox_scan *s, const struct answer *an,
		       struct arena *a, struct outbox_result *r) MUST_USE;
/* Sends those whose sheets have been taken. */
enum upload_end upload_send_scans(struct upload *u, struct err *e);

/* --- papers for the agent (upload_receipts.c) --- */
struct upload_totals {
	struct outbox_counts counts, scans;
	size_t queried;
};
/* CSV, or JSON where the name ends in .json. */
bool upload_receipts(struct outbox *o, const char *path,
		     struct err *e) MUST_USE;
bool upload_totals(struct outbox *o, struct upload_totals *out,
		   struct err *e) MUST_USE;
/* The first `max` refused sheets with their reasons. */
bool upload_print_refused(struct outbox *o, size_t max, FILE *to,
			  struct err *e) MUST_USE;

/* --- checking without sending (upload_check.c) --- */
struct checked {
	size_t n, bad, flagged;
};
/* `plan` is the text of a plan.  Faults go to `to`, a line each, or as JSON
 * objects. */
bool upload_check(const struct plan *p, char *const *files, int n,
		  const struct table_options *tables, FILE *to,
		  struct checked *out, struct err *e) MUST_USE;
/* The error names the first fault. */
struct plan *upload_plan(const char *text, size_t n, struct err *e) MUST_USE;

#endif
