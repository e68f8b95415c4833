/* db.h - everything we ask of PostgreSQL goes through here.
 *
 * There is no function taking SQL text: a statement is a file under
 * sql/queries, known at build time as an `enum q`, prepared on first use,
 * and values only ever travel as parameters.  One struct db per thread.
 * core/db.c and core/copy.c are the only files that see libpq. */
#ifndef PHIEU_DB_H
#define PHIEU_DB_H

#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/dec.h"
#include "phieu/err.h"
#include "phieu/queries.h" /* generated from sql/queries by sql/sql2c.awk */

struct db;  /* a connection */
struct res; /* a result; owned by the caller, freed with res_free */

enum db_role_check {
	DB_ANY_ROLE,	 /* owner allowed: migrations, tests */
	DB_SERVICE_ROLE, /* refuse superuser, BYPASSRLS, owner of our tables */
};

/* Sets search_path, UTF8, time zone, statement_timeout, application_name;
 * checks the role.  ERR_DOWN when nobody answers, ERR_DENIED by role.
 * statement_timeout_ms 0: none. */
struct db *db_open(const char *conninfo, const char *application,
		   enum db_role_check check, int statement_timeout_ms,
		   struct err *e) MUST_USE;
/* The same for an event loop: db_dial begins; while db_dial_poll says
 * DB_WAITING, wait until its db_socket (perhaps another each time) is
 * writable (*write) or readable; at DB_READY db_dial_done settles it as
 * db_open does. */
struct db *db_dial(const char *conninfo, const char *application,
		   struct err *e) MUST_USE;
enum db_poll { DB_WAITING, DB_READY, DB_FAILED };
enum db_poll db_dial_poll(struct db *db, bool *write, struct err *e);
bool db_dial_done(struct db *db, enum db_role_check check,
		  int statement_timeout_ms, struct err *e) MUST_USE;
void db_close(struct db *db); /* NULL is fine */
/* From now on db_close offers `db` to `keep`, unless it is lost or amid
 * something; true: it stays open, its new owner closes it after db_keep(db,
 * NULL, NULL).  For programs that open the same one again and again. */
void db_keep(struct db *db, bool (*keep)(void *to, struct db *db), void *to);
/* A kept connection is as db_open gives it: no setting, lock, cursor, channel
 * or temporary table of before.  Prepared statements stay. */
bool db_again(struct db *db, int statement_timeout_ms, struct err *e) MUST_USE;
bool db_is_up(const struct db *db); /* false after a lost connection */

/* Parameters: text (NULL is SQL NULL) or binary where `bin` says so. */
struct arg {
	const void *p; /* NULL: SQL NULL */
	int n;	       /* bytes, of binary only */
	bool bin;
};
#define ARG_TEXT(s) ((struct arg){ .p = (s) })
#define ARG_BYTES(ptr, len) \
	((struct arg){ .p = (ptr), .n = (len), .bin = true })
#define ARG_NULL ((struct arg){ .p = NULL, .n = 0, .bin = false })

/* A number as an argument of a statement. */
void db_number(char out[24], int64_t v);
/* Text arguments, NULL-terminated strings; results in text.  ERR_DB with
 * sqlstate; ERR_DOWN on a lost connection; 23505 ERR_CONFLICT, 23503, 23514,
 * 22xxx ERR_INPUT, 42501 ERR_DENIED, 40001/40P01 ERR_DB. */
struct res *db_run(struct db *db, enum q q, const char *const *args,
		   struct err *e) MUST_USE;
/* The same with mixed parameters; `binary_results` asks for binary. */
struct res *db_run_args(struct db *db, enum q q, const struct arg *args,
			bool binary_results, struct err *e) MUST_USE;
/* db_run where no rows are wanted. */
bool db_do(struct db *db, enum q q, const char *const *args,
	   struct err *e) MUST_USE;

bool db_begin(struct db *db, struct err *e) MUST_USE;
/* REPEATABLE READ, READ ONLY: one view for several statements. */
bool db_begin_snapshot(struct db *db, struct err *e) MUST_USE;
bool db_commit(struct db *db, struct err *e) MUST_USE;
void db_rollback(struct db *db); /* also safe outside a transaction */

/* The one place for a text of several statements: a migration, compiled in,
 * inside the caller's transaction (simple protocol).  core/migrate.c alone
 * calls it. */
bool db_migration_run(struct db *db, const char *sql, struct err *e) MUST_USE;

/* The SCRAM verifier of a login role's password: what may travel and be
 * stored in its place.  256 bytes are enough. */
bool db_verifier(struct db *db, const char *role, const char *password,
		 char *out, size_t max, struct err *e) MUST_USE;

/* Without waiting: send one statement, watch the socket, take the result. */
bool db_send(struct db *db, enum q q, const struct arg *args,
	     struct err *e) MUST_USE;
int db_socket(const struct db *db);
/* How much may be on its way to the server before db_send waits for it; the
 * kernel gives what it allows. */
void db_room(struct db *db, int bytes);
/* After the socket is readable.  DB_READY gives the result (text format);
 * DB_FAILED fills e (ERR_DOWN: the outcome is unknown). */
enum db_poll db_poll(struct db *db, struct res **out, struct err *e);
/* Notifications. */
bool db_listen(struct db *db, const char *channel, struct err *e) MUST_USE;
/* Next notification on this connection: channel and payload borrowed until
 * the next call; false when there is none. */
bool db_notified(struct db *db, const char **channel, const char **payload);

size_t res_rows(const struct res *r);
size_t res_columns(const struct res *r);
const char *res_name(const struct res *r, int col); /* of the column */
/* By the column's name: -1 there is none; "" none or null. */
int res_column(const struct res *r, const char *name);
const char *res_word(const struct res *r, size_t row, const char *name);
struct buf;
/* Rows from..end as CSV (csv.h) under the columns' names. */
void res_csv(const struct res *r, size_t from, size_t end, struct buf *out);
/* What a column holds: NUMERIC is text, for official values stay exact. */
enum res_kind { RES_TEXT, RES_INTEGER, RES_TRUTH };
enum res_kind res_kind(const struct res *r, int col);
bool res_null(const struct res *r, size_t row, int col);
const char *res_text(const struct res *r, size_t row, int col); /* or NULL */
/* The same in the arena: outlives the result.  NULL: null, or no memory. */
const char *res_dup(struct arena *a, const struct res *r, size_t row, int col);
size_t res_len(const struct res *r, size_t row, int col);
bool res_i64(const struct res *r, size_t row, int col, int64_t *out,
	     struct err *e) MUST_USE;
bool res_dec(const struct res *r, size_t row, int col, struct dec *out,
	     struct err *e) MUST_USE;
bool res_bool(const struct res *r, size_t row, int col); /* NULL: false */
/* A bytea column of a text result ("\x…"): bytes written, at most max. */
bool res_bytes(const struct res *r, size_t row, int col, uint8_t *out,
	       size_t max, size_t *n, struct err *e) MUST_USE;
void res_free(struct res *r);

/* Builders of array parameters in PostgreSQL's binary format, for
 * unnest($1::…[]) and the like. */
enum pg_type {
	PG_BYTEA = 17,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_TEXT = 25,
	PG_JSONB = 3802,
	PG_DATE = 1082,
	PG_BOOL = 16,
	PG_TIMESTAMPTZ = 1184
};
void pg_array_begin(struct buf *b, enum pg_type t, size_t n);
void pg_array_null(struct buf *b);
void pg_array_bytes(struct buf *b, const void *p, size_t n); /* bytea, text */
void pg_array_jsonb(struct buf *b, const char *json, size_t n);
void pg_array_i64(struct buf *b, int64_t v);
void pg_array_i32(struct buf *b, int32_t v); /* int4, and date in PG days */
void pg_array_i16(struct buf *b, int16_t v);
void pg_array_bool(struct buf *b, bool v);

/* A small pool for services with several threads: take waits at most
 * `wait_ms` for a free one and opens or reopens as needed. */
struct db_pool;
struct db_pool *db_pool_new(const char *conninfo, const char *application,
			    size_t max, int statement_timeout_ms,
			    struct err *e) MUST_USE;
void db_pool_free(struct db_pool *p);
struct db *db_pool_take(struct db_pool *p, int wait_ms, struct err *e) MUST_USE;
void db_pool_give(struct db_pool *p, struct db *db); /* rolls back */

#endif
