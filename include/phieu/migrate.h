/* migrate.h - sql/NNN_name.sql, forward only, each in a transaction and
 * recorded with its SHA-256.  The texts are compiled in (generated). */
#ifndef PHIEU_MIGRATE_H
#define PHIEU_MIGRATE_H

#include "phieu/db.h"

struct migration {
	const char *name; /* "001_roles" */
	const char *sql;
	const char *sha256; /* of sql, in hex; NULL: to be made */
};
extern const struct migration migrations[]; /* generated, in order */
extern const size_t migrations_n;

/* Applies what is missing under an advisory lock.  ERR_CONFLICT when a
 * recorded checksum differs from ours or the database knows migrations that
 * we do not.  *applied: how many. */
bool migrate_up(struct db *owner, size_t *applied, struct err *e) MUST_USE;
/* The same for any list: tests bring their own. */
bool migrate_list_up(struct db *owner, const struct migration *list, size_t n,
		     size_t *applied, struct err *e) MUST_USE;
/* Refuses (ERR_CONFLICT) to run on any other schema than ours. */
bool migrate_check(struct db *db, struct err *e) MUST_USE;

#endif
