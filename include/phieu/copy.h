/* copy.h - COPY in binary, streamed, for bulk reading and writing.
 *
 * The statement is a file under sql/queries whose name begins with copy_; it
 * takes no parameters (PostgreSQL has none for COPY): set_config the wave in
 * the same transaction, the fixed COPY reads current_setting. */
#ifndef PHIEU_COPY_H
#define PHIEU_COPY_H

#include "phieu/db.h"

struct copy_field {
	const uint8_t *p; /* borrowed until the next row; NULL: SQL NULL */
	int32_t n;	  /* -1 for NULL */
};

struct copy_out;
struct copy_out *copy_out_open(struct db *db, enum q q, struct err *e) MUST_USE;
/* 1: a row of up to `max` fields (ERR_BUG if it has others), 0: end, -1. */
int copy_out_row(struct copy_out *c, struct copy_field *f, int max,
		 struct err *e) MUST_USE;
void copy_out_close(struct copy_out *c); /* drains what is left */

int16_t copy_i16(const struct copy_field *f);
int32_t copy_i32(const struct copy_field *f);
int64_t copy_i64(const struct copy_field *f);

struct copy_in;
struct copy_in *copy_in_open(struct db *db, enum q q, int columns,
			     struct err *e) MUST_USE;
bool copy_in_row(struct copy_in *c, const struct copy_field *f,
		 struct err *e) MUST_USE;
bool copy_in_end(struct copy_in *c, struct err *e) MUST_USE; /* and frees */
void copy_in_abort(struct copy_in *c);

#endif
