/* backup.h - a copy of the whole database that is known to be whole.
 *
 * FILE is a pg_dump in custom format; FILE.manifest.json beside it holds its
 * size and SHA-256, the migrations and the heads of the log at that moment.
 * Without its manifest a copy is not taken back. */
#ifndef PHIEU_BACKUP_H
#define PHIEU_BACKUP_H

#include <stdint.h>

#include "phieu/conf.h"
#include "phieu/err.h"

/* As the backup role.  FILE must not be there; it appears whole or not at
 * all.  *bytes: its size. */
bool backup_write(const struct conf *c, const char *path, int64_t *bytes,
		  struct err *e) MUST_USE;
/* Size and SHA-256 against the manifest; ERR_INPUT when damaged. */
bool backup_verify(const char *path, struct err *e) MUST_USE;
/* Verifies, then fills an empty database (ERR_CONFLICT when it is not) in one
 * transaction as the owner. */
bool backup_restore(const struct conf *c, const char *path,
		    struct err *e) MUST_USE;

#endif
