/* store_retention.h - the end of a wave's fieldwork side.
 *
 * At the retention date of its plan (D12) whatever tells who brought which
 * sheet and what it said is deleted by one recorded act: raw sheets, answers,
 * versions, files, the ledger, the roster.  What was frozen, counted and
 * published stays, and the log stays verifiable.  Copies that were taken
 * before, backups and archived logs of the database, are not reached. */
#ifndef PHIEU_STORE_RETENTION_H
#define PHIEU_STORE_RETENTION_H

#include "phieu/db.h"

/* As owner.  Columns: wave, name, state, retention date or NULL, day of
 * destruction or NULL, submissions, raw sheets, files; res_free. */
struct res *store_retention_waves(struct db *owner, struct err *e) MUST_USE;

/* One transaction with its log entry.  Rows that went, by table (columns:
 * table, rows); res_free.  ERR_INPUT: no such wave, no reason; ERR_CONFLICT: it
 * is not frozen, its plan has no retention date or one to come, or it was done
 * before. */
struct res *store_retention_destroy(struct db *owner, const char *wave,
				    const char *reason, const char *by,
				    struct err *e) MUST_USE;

/* Rewrites the tables so that the bytes of deleted rows leave the files. */
bool store_retention_wipe(struct db *owner, struct err *e) MUST_USE;

#endif
