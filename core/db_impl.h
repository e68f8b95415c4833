/* db_impl.h - what core/db.c shares with core/copy.c and nobody else. */
#ifndef PHIEU_DB_IMPL_H
#define PHIEU_DB_IMPL_H

#include "phieu/db.h"

struct pg_conn;
struct pg_result;

struct db {
	struct pg_conn *conn;
	bool down;	 /* the connection was lost */
	int patience_ms; /* what a statement may take, seen from here; 0: any */
	bool prepared[Q_COUNT];
	struct pg_result *pending; /* first result of a db_send under way */
	void *notify;		   /* PGnotify last handed out */
	bool (*keep)(void *to, struct db *db); /* db_keep */
	void *keep_to;
};

/* Prepares q on this connection if that has not been done. */
bool db_prepare(struct db *db, enum q q, struct err *e) MUST_USE;
/* Fills e from a failed result (NULL: from the connection); returns false.
 * Notes a lost connection. */
bool db_failed(struct db *db, const struct pg_result *r, struct err *e);

/* Did this column come in binary? */
bool db_is_binary(const struct res *r, int col);

#endif
