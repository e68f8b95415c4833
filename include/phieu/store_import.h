/* store_import.h - files of filled sheets, and what counts of them already. */
#ifndef PHIEU_STORE_IMPORT_H
#define PHIEU_STORE_IMPORT_H

#include "phieu/arena.h"
#include "phieu/db.h"
#include "phieu/hash.h"

struct import_file {
	int32_t key, form; /* ordinals */
	uint8_t sha[SHA256_BYTES];
	const char *bytes;
	size_t n;
	size_t sheets;
};
/* Inside the transaction that stores its sheets; db_poll waits for it. */
bool store_import_send(struct db *db, const struct import_file *f,
		       struct err *e) MUST_USE;

/* A sheet as its number and keying; what is counted of it (NULL: nothing that
 * a file may replace) and what that replaced hang on the arena. */
struct import_seen {
	const char *number;
	int keying;
	const char *now, *was;
};
bool store_import_known(struct db *db, int32_t key, struct import_seen *list,
			size_t n, struct arena *a, struct err *e) MUST_USE;

#endif
