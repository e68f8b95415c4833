/* store_import.h - files of filled sheets, and what counts of them already. */
#ifndef PHIEU_STORE_IMPORT_H
#define PHIEU_STORE_IMPORT_H

#include "phieu/arena.h"
#include "phieu/db.h"
#include "phieu/hash.h"
#include "phieu/import.h"

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

/* A sheet as its number and keying; what came of it before hangs on the
 * arena, at most IMPORT_VERSIONS, the latest first. */
#define IMPORT_VERSIONS 100
struct import_seen {
	const char *number;
	int keying;
	struct import_version *list;
	size_t n;
};
bool store_import_known(struct db *db, int32_t key, struct import_seen *list,
			size_t n, struct arena *a, struct err *e) MUST_USE;

#endif
