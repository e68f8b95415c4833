/* decimal_mark.h - the decimal mark of a file: point or comma, found from all
 * its numbers and never from one cell. */
#ifndef PHIEU_DECIMAL_MARK_H
#define PHIEU_DECIMAL_MARK_H

#include <stdbool.h>

#include "phieu/arena.h"

struct decimal_mark {
	unsigned long point, comma; /* numbers that show it */
};

/* Counts what this number (as text) shows: "1,5" shows the comma, "1.234.567"
 * too (its points part groups), "1.234" neither. */
void decimal_mark_see(struct decimal_mark *m, const char *s);
/* '.', ',' or 0: neither shown, or both. */
char decimal_mark_of(const struct decimal_mark *m);

enum decimal_text {
	DECIMAL_TEXT_OK,
	DECIMAL_TEXT_EITHER, /* it cannot be told what its mark means */
	DECIMAL_TEXT_BOTH    /* another mark than the file's */
};
/* The number with a point and no groups, in the arena (what is no number
 * comes back as it is).  `mark` as decimal_mark_of says. */
enum decimal_text decimal_mark_text(const char *s, char mark, struct arena *a,
				    const char **out);

#endif
