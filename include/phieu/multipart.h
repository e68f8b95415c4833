/* multipart.h - multipart/form-data (RFC 7578) as clients really send it.
 *
 * A cursor over a body that is whole in memory: parts borrow its bytes, only
 * names are copied (into the arena).  Strict about where a part ends (CRLF
 * before each delimiter, the closing one must be there: a body that was cut
 * is an error, never a shorter list of files), lenient about how a name is
 * written: quoted or not, \" or %22 for a quote, filename* in UTF-8. */
#ifndef PHIEU_MULTIPART_H
#define PHIEU_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/arena.h"
#include "phieu/err.h"
#include "phieu/limits.h"

struct multipart {
	const char *at, *end; /* `at`: behind a delimiter */
	const char *mark;     /* CR LF - - boundary */
	size_t mark_n, n_parts;
	bool closed; /* the last delimiter was seen */
	struct arena *arena;
};

struct part {
	const char *name;     /* NULL: it says none; UTF-8 */
	const char *filename; /* or NULL */
	const char *type;     /* "image/jpeg", lower case, no parameters; "" */
	const char *bytes;    /* borrowed from the body */
	size_t n;
};

/* Is it multipart/form-data at all? */
bool multipart_is(const char *content_type);

/* ERR_INPUT: no usable boundary, or it does not stand in the body. */
bool multipart_open(struct multipart *m, const char *content_type,
		    const char *body, size_t n, struct arena *a,
		    struct err *e) MUST_USE;
/* 1: *out is the next part; 0: that was the last; -1: ERR_INPUT (malformed
 * or cut, past LIMIT_PARTS or LIMIT_PART_HEAD_BYTES) or ERR_NOMEM. */
int multipart_next(struct multipart *m, struct part *out,
		   struct err *e) MUST_USE;

#endif
