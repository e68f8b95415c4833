/* guard_text.h - documents of a round for readers who may not solve for a
 * small group: what is finer than the published digits is rounded to them. */
#ifndef PHIEU_GUARD_TEXT_H
#define PHIEU_GUARD_TEXT_H

#include <cjson/cJSON.h>

#include "phieu/arena.h"
#include "phieu/index.h"

/* "8/11", "0.72727" -> "0.73"; what is no finer, or no number, as it is.
 * NULL stays; out of memory is the arena's to tell. */
const char *guard_number(struct arena *a, const char *s, int digits);
/* The digits that points of a result's content have. */
int guard_digits(const cJSON *doc);
/* Every number of a result's content (as text); a criterion's per cent, which
 * is finer than its points, to whole ones. */
bool guard_content(cJSON *doc, int digits, struct arena *a) MUST_USE;
/* Of the records of an explanation, in place. */
void guard_records(struct index_record *r, size_t n, int digits,
		   struct arena *a);

#endif
