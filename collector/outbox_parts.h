/* outbox_parts.h - what outbox.c lends to outbox_scan.c. */
#ifndef PHIEU_COLLECTOR_OUTBOX_PARTS_H
#define PHIEU_COLLECTOR_OUTBOX_PARTS_H

#include <sqlite3.h>

#include "phieu/outbox.h"

sqlite3 *outbox_db(struct outbox *o);
const char *outbox_target(const struct outbox *o);
/* Always false: e says what SQLite said. */
bool outbox_fail(struct outbox *o, const char *doing, struct err *e);

#endif
