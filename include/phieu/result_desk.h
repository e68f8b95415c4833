/* result_desk.h - computing a round's index from what stands, and again from
 * its stored input: what the command line and the service both do. */
#ifndef PHIEU_RESULT_DESK_H
#define PHIEU_RESULT_DESK_H

#include "phieu/store_result.h"
#include "phieu/store_round.h"

struct result_desk {
	struct db *db;
	struct arena *a;
	struct round_head head;
	struct round round;
	struct faults f;
	struct round_values values;
	struct round_result result;
	struct buf content; /* the result as it is stored */
};

/* Borrows all three. */
void result_desk_init(struct result_desk *d, struct db *db, struct arena *a,
		      const struct round_head *h);
void result_desk_clear(struct result_desk *d);

/* From what stands now; nothing is stored.  Faults in d->f, then ERR_INPUT. */
bool result_desk_now(struct result_desk *d, struct err *e) MUST_USE;
/* The stored input gives the stored result, byte for byte; else
 * ERR_CONFLICT. */
bool result_desk_verify(struct result_desk *d, const struct stored_result *x,
			struct err *e) MUST_USE;

#endif
