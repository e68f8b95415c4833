/* store_file.h - files of sheets, as the office opens them.
 *
 * Opening one is an act: who, which and why stand in the log before a byte is
 * seen. */
#ifndef PHIEU_STORE_FILE_H
#define PHIEU_STORE_FILE_H

#include "phieu/arena.h"
#include "phieu/db.h"

struct sheet_file {
	const char *type;   /* see attachment_state */
	const char *sha256; /* hex, of the bytes as received */
	uint8_t *bytes;
	size_t n;
};

/* Hangs on `a`.  ERR_INPUT when the sheet has no such file here. */
bool store_file_open(struct db *server, int32_t wave, const char *instance,
		     const char *name, const char *reason, const char *by,
		     struct arena *a, struct sheet_file *out,
		     struct err *e) MUST_USE;

/* Name, type, bytes, when; a file that has not come has a name only. */
struct res *store_file_list(struct db *server, int32_t wave,
			    const char *instance, struct err *e) MUST_USE;

#endif
