/* json.h - strict JSON in (cJSON behind a check of our own), JSON out.
 *
 * cJSON alone takes much that must be refused; json_check runs
 * first: RFC 8259 grammar, valid UTF-8, no lone surrogates, no \u0000, no
 * duplicate keys (compared after decoding), depth, node and string limits,
 * nothing after the value, a leading BOM refused with its own message.
 * Official values are strings in JSON, never numbers. */
#ifndef PHIEU_JSON_H
#define PHIEU_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/buf.h"
#include "phieu/dec.h"
#include "phieu/err.h"

#define LIMIT_JSON_READ_DEPTH  64 /* whatever the caller's limits say */
#define LIMIT_JSON_WRITE_DEPTH 64
/* Characters of one number: cJSON reads no more than 63. */
#define LIMIT_JSON_NUMBER 60

struct json_limits {
	size_t depth;	     /* of arrays and objects; a lone value has 0 */
	size_t nodes;	     /* values; keys do not count */
	size_t string_bytes; /* between the quotes, as written */
	size_t bytes;	     /* of the whole text */
};
extern const struct json_limits json_submission_limits, json_plan_limits;

/* ERR_INPUT with offset and line in the message.  *at (may be NULL) gets the
 * byte offset of the first fault, from 0: of the byte that does not fit, the
 * backslash of a bad escape, the opening quote of a key that comes again or of
 * a string that is too long.  In an object of more than 32 keys duplicates
 * are found at its end, so that a later fault inside it is told first.
 * Numbers are checked by their grammar only: 1e999 passes (see
 * json_get_int).  ERR_NOMEM only for objects of hundreds of keys. */
bool json_check(const char *s, size_t n, const struct json_limits *lim,
		size_t *at, struct err *e) MUST_USE;
/* json_check, then the tree; the caller frees it with cJSON_Delete.  Strings
 * in the tree hold no NUL, so that they are as long as strlen says. */
cJSON *json_parse(const char *s, size_t n, const struct json_limits *lim,
		  struct err *e) MUST_USE;

/* Case-sensitive member; NULL when absent.  A present null gives the node. */
const cJSON *json_get(const cJSON *object, const char *key);
/* Text of a string member, NULL when absent, null or not a string. */
const char *json_get_text(const cJSON *object, const char *key);
/* The same for whoever prints: "" where there is none; true only when true; the
 * first of a list or of an object's members, NULL. */
const char *json_word(const cJSON *object, const char *key);
bool json_is_true(const cJSON *object, const char *key);
const cJSON *json_first(const cJSON *list);
/* An integer member of magnitude below 2^53; false when absent, not a number,
 * with a fraction, too large, infinite.  cJSON keeps numbers as double and not
 * as text: 2.0 and 2e0 cannot be told from 2 and are taken for it. */
bool json_get_int(const cJSON *object, const char *key, int64_t *out);

/* Writer.  Commas are its business; keys and values are escaped.  Too deep, or
 * an end without its begin, breaks `out` (see buf.h). */
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
/* The fewest of 15, 16 or 17 digits that read back to the same double, with a
 * point in any locale; NaN and infinities write null. */
void jw_double(struct jw *w, double v);
void jw_bool(struct jw *w, bool v);
void jw_null(struct jw *w);
void jw_dec(struct jw *w, struct dec v);     /* a string */
void jw_raw(struct jw *w, const char *json); /* trusted JSON, as it is */
/* key and value in one */
void jw_kv(struct jw *w, const char *key, const char *text);
void jw_ki(struct jw *w, const char *key, int64_t v);
void jw_kb(struct jw *w, const char *key, bool v);
void jw_kd(struct jw *w, const char *key, double v);
/* "key": ["a", "b"] */
void jw_texts(struct jw *w, const char *key, const char *const *list, size_t n);
/* A JSON string with its quotes, safe inside HTML and scripts too: < > & and
 * U+2028/9 leave as \u escapes.  Valid JSON for any bytes: what is not UTF-8
 * becomes U+FFFD. */
void jw_escape(struct buf *out, const char *s, size_t n);

/* Canonical text (RFC 8785 shape: keys sorted bytewise, no spaces, shortest
 * escapes) of a tree; numbers must be integers below 2^53, else ERR_INPUT. */
bool json_canonical(const cJSON *tree, struct buf *out, struct err *e) MUST_USE;

#endif
