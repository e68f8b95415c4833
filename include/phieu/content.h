/* content.h - the hash of a set of answers, whatever order it lies in.
 *
 * Each response becomes a line of its form, group, home, kept profile and
 * ratings (by unit code), each comment a line of its own; the SHA-256 of the
 * lines are sorted and hashed.  So the hash says nothing of respondent
 * numbers or row order, and the same sheets give it from a database or from
 * a file.  Codes, not ordinals, go in. */
#ifndef PHIEU_CONTENT_H
#define PHIEU_CONTENT_H

#include "phieu/buf.h"
#include "phieu/plan.h"

struct content;

struct content *content_new(const struct plan *p, struct err *e) MUST_USE;
void content_free(struct content *c);

/* One response: head, then its ratings in any order, then end.  `profile`
 * and `extra` are JSON objects or NULL; of the profile the fields of D12
 * count, of extra what is not text. */
bool content_response(struct content *c, size_t form, size_t group, size_t home,
		      const char *profile, struct err *e) MUST_USE;
bool content_rating(struct content *c, size_t unit, const uint8_t *answers,
		    size_t n, const char *extra, struct err *e) MUST_USE;
bool content_response_end(struct content *c, struct err *e) MUST_USE;
/* `question` "" and unit NONE: the comment of the sheet. */
bool content_comment(struct content *c, size_t form, const char *question,
		     size_t unit, const char *comment, struct err *e) MUST_USE;
/* Hex SHA-256 over all that was added. */
void content_end(struct content *c, char sha256[65]);

/* The kept fields of a profile as canonical JSON. */
bool content_profile(const struct plan *p, const char *profile, struct buf *out,
		     struct err *e) MUST_USE;
/* `extra` without answers to text questions, canonical; each of those goes
 * to `text` instead (NULL: dropped). */
bool content_extra(const struct form *f, const char *extra, struct buf *out,
		   bool (*text)(void *ctx, const char *question,
				const char *answer, struct err *e),
		   void *ctx, struct err *e) MUST_USE;

#endif
