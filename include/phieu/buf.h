/* buf.h - growable byte buffer, the only way strings are built here.
 *
 * Errors stick: after an append fails, further appends do nothing, and
 * buf_take()/buf_cstr() report it once.  `max` is a promise, not a hint. */
#ifndef PHIEU_BUF_H
#define PHIEU_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data; /* NUL-terminated whenever cap > 0 */
	size_t len, cap, max;
	bool broken;
};

#define BUF_INIT(limit)        \
	{                      \
		.max = (limit) \
	}

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Text as HTML shows it; NULL adds nothing. */
void buf_html(struct buf *b, const char *s);
const char *buf_cstr(const struct buf *b); /* borrowed; NULL if broken    */
char *buf_take(struct buf *b);		   /* caller frees; NULL if broken */
void buf_free(struct buf *b);

#endif
