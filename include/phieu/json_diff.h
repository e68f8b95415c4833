/* json_diff.h - what differs between two JSON documents.
 *
 * Elements of lists are found by what names them (code, id, item, home,
 * office), not by their place; the k-th of a name meets the k-th. */
#ifndef PHIEU_JSON_DIFF_H
#define PHIEU_JSON_DIFF_H

#include <cjson/cJSON.h>

#include "phieu/buf.h"

/* `path` as "/units/so-y-te/name"; `a` NULL: only in the second, `b` NULL:
 * only in the first. */
typedef void (*json_diff_fn)(void *ctx, const char *path, const cJSON *a,
			     const cJSON *b);
/* Calls `tell` for each difference, in the order of the documents; true when
 * there is any.  *broken is set when memory did not suffice to name one. */
bool json_diff(const cJSON *a, const cJSON *b, json_diff_fn tell, void *ctx,
	       bool *broken);

/* The same as lines: "~ /path: 1 -> 2", "- /path: 1", "+ /path: 2". */
bool json_diff_lines(const cJSON *a, const cJSON *b, struct buf *out);

#endif
