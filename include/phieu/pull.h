/* pull.h - fetch the published components of a wave, as an index engine
 * does: gzip, conditional, bounded in time and size, never redirected. */
#ifndef PHIEU_PULL_H
#define PHIEU_PULL_H

#include "phieu/buf.h"
#include "phieu/err.h"

#define PULL_ETAG_MAX  200
#define PULL_BODY_MAX  ((size_t)64 << 20) /* unpacked */
#define PULL_STATE_MAX ((size_t)64 << 10)

struct pull {
	const char *from; /* "https://host:port", no path */
	const char *wave, *key;
	bool csv;
	char etag[PULL_ETAG_MAX]; /* of what we have; "": nothing */
};

struct pulled {
	bool unchanged;		  /* 304: what we have is the newest */
	char etag[PULL_ETAG_MAX]; /* of what came */
	struct buf body;
};

/* The address asked; caller frees.  ERR_INPUT when `from` is not http(s). */
char *pull_url(const struct pull *p, struct err *e) MUST_USE;
/* ERR_DENIED 401, 403; ERR_INPUT 404; ERR_DOWN time-outs, 5xx, 429; ERR_IO
 * anything else.  The body is freed by the caller, in any case. */
bool pull_get(const struct pull *p, struct pulled *out, struct err *e) MUST_USE;

/* A small JSON file beside the engine: which address gave which ETag.  A
 * missing file or another address leaves p->etag empty. */
bool pull_state_read(const char *path, struct pull *p, struct err *e) MUST_USE;
bool pull_state_write(const char *path, const struct pull *p, const char *etag,
		      struct err *e) MUST_USE;

#endif
