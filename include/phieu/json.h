/* json.h - strict JSON in (cJSON behind a check of our own), JSON out.
 *
 * cJSON alone takes much that must be refused (SECURITY 4); json_check runs
 * first: RFC 8259 grammar, valid UTF-8, no lone surrogates, no \u0000, no
 * duplicate keys (compared after decoding), depth, node and string limits,
 * nothing after the value, a leading BOM refused with its own message.
 * Numbers: magnitudes a double cannot hold exactly are kept as text by
 * json_number_text only where the caller asks; official values are strings. */
#ifndef PHIEU_JSON_H
#define PHIEU_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/buf.h"
#include "phieu/dec.h"
#include "phieu/err.h"

#define LIMIT_JSON_WRITE_DEPTH 64

struct json_limits {
	size_t depth, nodes, string_bytes, bytes;
};
extern const struct json_limits json_submission_limits, json_plan_limits;

/* ERR_INPUT with offset and line in the message.  *at (may be NULL) gets the
 * byte offset. */
bool json_check(const char *s, size_t n, const struct json_limits *lim,
		size_t *at, struct err *e) MUST_USE;
/* json_check, then the tree; the caller frees it with cJSON_Delete. */
cJSON *json_parse(const char *s, size_t n, const struct json_limits *lim,
		  struct err *e) MUST_USE;

/* Case-sensitive member; NULL when absent.  A present null gives the node. */
const cJSON *json_get(const cJSON *object, const char *key);
/* Text of a string member, NULL when absent, null or not a string. */
const char *json_get_text(const cJSON *object, const char *key);

/* Writer.  Commas are its business; keys and values are escaped. */
struct jw {
	struct buf *out;
	unsigned depth;
	bool first[LIMIT_JSON_WRITE_DEPTH];
	bool after_key;
	bool pretty; /* two spaces a level */
};
void jw_init(struct jw *w, struct buf *out);
void jw_object(struct jw *w);
void jw_object_end(struct jw *w);
void jw_array(struct jw *w);
void jw_array_end(struct jw *w);
void jw_key(struct jw *w, const char *key);
void jw_text(struct jw *w, const char *s); /* NULL writes null */
void jw_textn(struct jw *w, const char *s, size_t n);
void jw_int(struct jw *w, int64_t v);
void jw_double(struct jw *w, double v); /* 17 digits; NaN, inf write null */
void jw_bool(struct jw *w, bool v);
void jw_null(struct jw *w);
void jw_dec(struct jw *w, struct dec v);     /* a string */
void jw_raw(struct jw *w, const char *json); /* trusted JSON, as it is */
/* key and value in one */
void jw_kv(struct jw *w, const char *key, const char *text);
void jw_ki(struct jw *w, const char *key, int64_t v);
void jw_kb(struct jw *w, const char *key, bool v);
void jw_kd(struct jw *w, const char *key, double v);
void jw_escape(struct buf *out, const char *s, size_t n); /* with quotes */

/* Canonical text (RFC 8785 shape: keys sorted bytewise, no spaces, shortest
 * escapes) of a tree; numbers must be integers below 2^53. */
bool json_canonical(const cJSON *tree, struct buf *out, struct err *e) MUST_USE;

#endif
