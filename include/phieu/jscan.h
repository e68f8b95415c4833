/* jscan.h - reading JSON that json_check has passed, without a tree.
 *
 * A cursor over the bytes: no allocation, numbers stay text.  Only for text
 * that json_check accepted; on anything else it stops early but never reads
 * past `end`.
 *
 *	jscan_enter(&c);			the value is an object
 *	while (jscan_key(&c, &key)) {
 *		if (jspan_is(&key, "unit"))
 *			jscan_value(&c, &value);	take or skip it
 *		...
 *	}
 */
#ifndef PHIEU_JSCAN_H
#define PHIEU_JSCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/arena.h"
#include "phieu/err.h"

struct jscan {
	const char *at, *end;
	bool first; /* no comma before the next member or item */
};

/* Raw text of a value, or of a key without its quotes. */
struct jspan {
	const char *s;
	size_t n;
	bool escaped; /* a string with a backslash in it */
};

void jscan_init(struct jscan *c, const char *s, size_t n);
/* First character of the value that comes next, 0 at the end. */
char jscan_peek(struct jscan *c);
/* Into the object or array that comes next. */
void jscan_enter(struct jscan *c);
/* Next member or item of what was entered; false (and out of it) at its
 * close.  The value must be taken, skipped or entered before the next. */
bool jscan_key(struct jscan *c, struct jspan *key);
bool jscan_item(struct jscan *c);
/* Takes the value that comes next whole: strings with their quotes. */
void jscan_value(struct jscan *c, struct jspan *out);

/* '{' '[' '"' 't' 'f' 'n' or 'd' for a number; 0 for an empty span. */
char jspan_kind(const struct jspan *v);
/* Is the key this one?  (Escaped spellings count as the same.) */
bool jspan_is(const struct jspan *key, const char *name);
/* Text of a string value or a key, decoded and NFC, NUL-terminated in the
 * arena.  `quoted` tells a value from a key. */
char *jspan_text(const struct jspan *v, bool quoted, struct arena *a, size_t *n,
		 struct err *e) MUST_USE;

#endif
