/* outbox_parts.h - what outbox.c lends to outbox_scan.c. */
#ifndef PHIEU_COLLECTOR_OUTBOX_PARTS_H
#define PHIEU_COLLECTOR_OUTBOX_PARTS_H

#include <sqlite3.h>

#include "phieu/outbox.h"

sqlite3 *outbox_db(struct outbox *o);
const char *outbox_target(const struct outbox *o);
/* Always false: e says what SQLite said. */
bool outbox_fail(struct outbox *o, const char *doing, struct err *e);
/* Steps through a statement whose columns are instance, sheet, source, status,
 * receipt, reply, when done, receipt and digest of the batch, state, code. */
bool outbox_rows(struct outbox *o, sqlite3_stmt *s,
		 bool (*row)(const struct outbox_row *r, void *ctx,
			     struct err *e),
		 void *ctx, struct err *e);
/* The same of state and how many; by[OUTBOX_…]. */
bool outbox_states(struct outbox *o, sqlite3_stmt *s, size_t by[4],
		   struct err *e);

#endif
