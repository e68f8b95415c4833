#include "phieu/db.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "db_impl.h"
#include "phieu/date.h"

struct res {
	PGresult *pg;
};

/* SQLSTATE -> kind; the longest matching prefix decides, first come. */
static const struct {
	const char *prefix;
	enum err_kind kind;
} states[] = {
	{ "23505", ERR_CONFLICT }, { "23503", ERR_INPUT },
	{ "23514", ERR_INPUT },	   { "22", ERR_INPUT },
	{ "55000", ERR_CONFLICT }, { "42501", ERR_DENIED },
	{ "08", ERR_DOWN },	   { "57P01", ERR_DOWN },
	{ "57P02", ERR_DOWN },	   { "57P03", ERR_DOWN },
	{ "53300", ERR_DOWN },
};

static enum err_kind kind_of(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (strncmp(sqlstate, states[i].prefix,
			    strlen(states[i].prefix)) == 0)
			return states[i].kind;
	return ERR_DB;
}

/* libpq ends its messages with a newline and may put several in one. */
static int first_line(const char *s)
{
	return (int)strcspn(s ? s : "", "\n");
}

bool db_failed(struct db *db, const struct pg_result *r, struct err *e)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *msg =
		r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *detail =
		r ? PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL) : NULL;
	enum err_kind kind = state ? kind_of(state) : ERR_DB;

	if (PQstatus(db->conn) == CONNECTION_BAD) {
		db->down = true;
		kind = ERR_DOWN;
	}
	if (!msg || !*msg)
		msg = PQerrorMessage(db->conn);
	err_set(e, kind, "%.*s", first_line(msg), msg ? msg : "");
	if (!e->msg[0])
		err_set(e, kind, "the database gave no answer");
	if (state) {
		size_t n = strlen(state);
		memcpy(e->sqlstate, state,
		       n < sizeof e->sqlstate ? n : sizeof e->sqlstate - 1);
	}
	if (detail) {
		size_t n = strlen(detail);
		if (n >= sizeof e->detail)
			n = sizeof e->detail - 1;
		memcpy(e->detail, detail, n);
	}
	return false;
}

#define SLACK_MS 2000 /* for a time-out of the server's to arrive */

/* Transaction words and settings only: no values in the text. */
static bool simple(struct db *db, const char *sql, struct err *e)
{
	PGresult *r;
	bool ok;

	if (db->down)
		return err_set(e, ERR_DOWN, "the database connection is lost");
	r = PQexec(db->conn, sql);
	ok = PQresultStatus(r) == PGRES_COMMAND_OK ||
	     PQresultStatus(r) == PGRES_TUPLES_OK;
	if (!ok)
		db_failed(db, r, e);
	PQclear(r);
	return ok;
}

static bool role_ok(struct db *db, struct err *e)
{
	struct res *r = db_run(db, Q_DB_ROLE, NULL, e);
	bool refused;

	if (!r)
		return false;
	refused = res_rows(r) != 1 || res_bool(r, 0, 1) || res_bool(r, 0, 2) ||
		  res_bool(r, 0, 3);
	if (refused)
		err_set(e, ERR_DENIED,
			"role %s is a superuser, bypasses row security or owns "
			"our tables: a service must not run as it",
			res_rows(r) == 1 ? res_text(r, 0, 0) : "?");
	res_free(r);
	return !refused;
}

/* jit off: functions over documents look costly to the planner, which then
 * compiles for seconds what runs for milliseconds. */
static bool settle(struct db *db, int statement_timeout_ms, struct err *e)
{
	char timeout[16];
	const char *args[1] = { timeout };

	if (!simple(db,
		    "SET search_path = pg_catalog, pg_temp;"
		    "SET timezone = 'UTC'; SET datestyle = 'ISO';"
		    "SET intervalstyle = 'iso_8601';"
		    "SET bytea_output = 'hex'; SET extra_float_digits = 1;"
		    "SET standard_conforming_strings = on;"
		    "SET lock_timeout = 0; SET jit = off;"
		    "SET idle_in_transaction_session_timeout = 0",
		    e))
		return false;
	(void)snprintf(timeout, sizeof timeout, "%d", statement_timeout_ms);
	return db_do(db, Q_DB_TIMEOUT, args, e);
}

static void no_notice(void *arg, const PGresult *r)
{
	(void)arg;
	(void)r;
}

/* connect_timeout 5: a dead host must not hold a program for minutes. */
static struct db *begin(const char *conninfo, const char *application,
			bool wait, struct err *e)
{
	const char *const keys[] = { "connect_timeout", "dbname",
				     "application_name", "client_encoding",
				     NULL };
	const char *const values[] = { "5", conninfo, application, "UTF8",
				       NULL };
	struct db *db = calloc(1, sizeof *db);

	if (db)
		db->conn = wait ? PQconnectdbParams(keys, values, 1)
				: PQconnectStartParams(keys, values, 1);
	if (!db || !db->conn) {
		err_set(e, ERR_NOMEM, "out of memory");
		db_close(db);
		return NULL;
	}
	return db;
}

struct db *db_dial(const char *conninfo, const char *application, struct err *e)
{
	return begin(conninfo, application, false, e);
}

enum db_poll db_dial_poll(struct db *db, bool *write, struct err *e)
{
	const char *m;

	switch (PQstatus(db->conn) == CONNECTION_BAD
			? PGRES_POLLING_FAILED
			: PQconnectPoll(db->conn)) {
	case PGRES_POLLING_WRITING: *write = true; return DB_WAITING;
	case PGRES_POLLING_OK: return DB_READY;
	case PGRES_POLLING_FAILED: break;
	case PGRES_POLLING_READING:
	case PGRES_POLLING_ACTIVE: *write = false; return DB_WAITING;
	}
	m = PQerrorMessage(db->conn);
	err_set(e, ERR_DOWN, "%.*s", first_line(m), m);
	return DB_FAILED;
}

bool db_dial_done(struct db *db, enum db_role_check check,
		  int statement_timeout_ms, struct err *e)
{
	if (PQstatus(db->conn) != CONNECTION_OK) {
		const char *m = PQerrorMessage(db->conn);
		return err_set(e, ERR_DOWN, "%.*s", first_line(m), m);
	}
	PQsetNoticeReceiver(db->conn, no_notice, NULL);
	if (!settle(db, statement_timeout_ms, e) ||
	    (check == DB_SERVICE_ROLE && !role_ok(db, e)))
		return false;
	if (statement_timeout_ms > 0)
		db->patience_ms = statement_timeout_ms + SLACK_MS;
	return true;
}

struct db *db_open(const char *conninfo, const char *application,
		   enum db_role_check check, int statement_timeout_ms,
		   struct err *e)
{
	struct db *db = begin(conninfo, application, true, e);

	if (db && !db_dial_done(db, check, statement_timeout_ms, e)) {
		db_close(db);
		return NULL;
	}
	return db;
}

void db_keep(struct db *db, bool (*keep)(void *to, struct db *db), void *to)
{
	db->keep = keep;
	db->keep_to = to;
}

bool db_again(struct db *db, int statement_timeout_ms, struct err *e)
{
	return simple(db,
		      "CLOSE ALL; RESET SESSION AUTHORIZATION; RESET ALL;"
		      "UNLISTEN *; DISCARD TEMP;"
		      "SELECT pg_catalog.pg_advisory_unlock_all()",
		      e) &&
	       settle(db, statement_timeout_ms, e);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->keep && !db->down && !db->pending &&
	    PQtransactionStatus(db->conn) == PQTRANS_IDLE &&
	    db->keep(db->keep_to, db))
		return;
	PQclear(db->pending);
	PQfreemem(db->notify);
	PQfinish(db->conn);
	free(db);
}

bool db_is_up(const struct db *db)
{
	return !db->down && PQstatus(db->conn) == CONNECTION_OK;
}

bool db_prepare(struct db *db, enum q q, struct err *e)
{
	PGresult *r;
	bool ok;

	if (db->down)
		return err_set(e, ERR_DOWN, "the database connection is lost");
	if (db->prepared[q])
		return true;
	r = PQprepare(db->conn, q_name[q], q_sql[q], 0, NULL);
	ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	if (!ok) {
		db_failed(db, r, e);
		err_wrap(e, "%s", q_name[q]);
	}
	PQclear(r);
	db->prepared[q] = ok;
	return ok;
}

static struct res *result_new(struct db *db, enum q q, PGresult *pg,
			      struct err *e)
{
	ExecStatusType s = PQresultStatus(pg);
	struct res *r = NULL;

	if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK) {
		db_failed(db, pg, e);
		if (q < Q_COUNT)
			err_wrap(e, "%s", q_name[q]);
	} else if (!(r = malloc(sizeof *r))) {
		err_set(e, ERR_NOMEM, "out of memory");
	} else {
		r->pg = pg;
		return r;
	}
	PQclear(pg);
	return NULL;
}

enum { MAX_ARGS = 64 };

/* The shapes libpq wants beside each other. */
struct params {
	const char *values[MAX_ARGS];
	int lengths[MAX_ARGS], formats[MAX_ARGS];
	int n;
};

static bool params_fill(struct params *p, enum q q, const struct arg *args,
			struct err *e)
{
	p->n = q_nargs[q];
	if (p->n > MAX_ARGS)
		return err_set(e, ERR_BUG, "%s: too many parameters",
			       q_name[q]);
	for (int i = 0; i < p->n; i++) {
		p->values[i] = args[i].p;
		p->lengths[i] = args[i].n;
		p->formats[i] = args[i].bin;
	}
	return true;
}

/* Waits for the whole answer.  A server that hangs does not time out by
 * itself: the connection is given up, so that nobody waits for ever. */
static bool await(struct db *db, struct err *e)
{
	int64_t until = clock_monotonic_us() + db->patience_ms * INT64_C(1000);

	for (;;) {
		int flush = PQflush(db->conn);
		struct pollfd p = { .fd = PQsocket(db->conn),
				    .events = (short)(flush == 1
							      ? POLLIN | POLLOUT
							      : POLLIN) };
		int64_t left = (until - clock_monotonic_us()) / 1000;

		if (flush < 0 || !PQconsumeInput(db->conn))
			return true; /* PQgetResult says what it was */
		if (flush == 0 && !PQisBusy(db->conn))
			return true;
		if (left <= 0)
			break;
		(void)poll(&p, 1, left > 1000 ? 1000 : (int)left);
	}
	db->down = true;
	return err_set(e, ERR_DOWN, "the database does not answer");
}

static struct res *run(struct db *db, enum q q, const struct params *p,
		       bool binary_results, struct err *e)
{
	PGresult *r, *next;

	if (!db->patience_ms)
		return result_new(db, q,
				  PQexecPrepared(db->conn, q_name[q], p->n,
						 p->values, p->lengths,
						 p->formats, binary_results),
				  e);
	if (!PQsendQueryPrepared(db->conn, q_name[q], p->n, p->values,
				 p->lengths, p->formats, binary_results))
		return result_new(db, q, NULL, e);
	if (!await(db, e))
		return NULL;
	r = PQgetResult(db->conn);
	while ((next = PQgetResult(db->conn))) {
		PQclear(r);
		r = next;
	}
	return result_new(db, q, r, e);
}

void db_number(char out[24], int64_t v)
{
	(void)snprintf(out, 24, "%" PRId64, v);
}

struct res *db_run(struct db *db, enum q q, const char *const *args,
		   struct err *e)
{
	struct params p = { .n = q_nargs[q] };

	if (p.n > MAX_ARGS) {
		err_set(e, ERR_BUG, "%s: too many parameters", q_name[q]);
		return NULL;
	}
	for (int i = 0; args && i < p.n; i++)
		/* as many as the statement's file has $n: NOLINTNEXTLINE */
		p.values[i] = args[i];
	if (!db_prepare(db, q, e))
		return NULL;
	return run(db, q, &p, false, e);
}

struct res *db_run_args(struct db *db, enum q q, const struct arg *args,
			bool binary_results, struct err *e)
{
	struct params p;

	if (!params_fill(&p, q, args, e) || !db_prepare(db, q, e))
		return NULL;
	return run(db, q, &p, binary_results, e);
}

bool db_do(struct db *db, enum q q, const char *const *args, struct err *e)
{
	struct res *r = db_run(db, q, args, e);
	bool ok = r != NULL;

	res_free(r);
	return ok;
}

bool db_begin(struct db *db, struct err *e)
{
	return simple(db, "BEGIN", e);
}

bool db_begin_snapshot(struct db *db, struct err *e)
{
	return simple(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", e);
}

bool db_commit(struct db *db, struct err *e)
{
	/* COMMIT of a failed transaction rolls back and says so only in its
	 * command tag. */
	if (PQtransactionStatus(db->conn) == PQTRANS_INERROR) {
		db_rollback(db);
		return err_set(e, ERR_DB, "the transaction had failed before");
	}
	return simple(db, "COMMIT", e);
}

void db_rollback(struct db *db)
{
	struct err e;

	if (db->down || PQtransactionStatus(db->conn) == PQTRANS_IDLE)
		return;
	if (!simple(db, "ROLLBACK", &e))
		db->down = true;
}

bool db_migration_run(struct db *db, const char *sql, struct err *e)
{
	return simple(db, sql, e);
}

bool db_send(struct db *db, enum q q, const struct arg *args, struct err *e)
{
	struct params p;

	if (!params_fill(&p, q, args, e) || !db_prepare(db, q, e))
		return false;
	if (!PQsendQueryPrepared(db->conn, q_name[q], p.n, p.values, p.lengths,
				 p.formats, 0))
		return db_failed(db, NULL, e);
	return true;
}

void db_room(struct db *db, int bytes)
{
	int fd = PQsocket(db->conn);

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes,
				 sizeof bytes);
}

int db_socket(const struct db *db)
{
	return PQsocket(db->conn);
}

enum db_poll db_poll(struct db *db, struct res **out, struct err *e)
{
	PGresult *r;

	*out = NULL;
	if (!PQconsumeInput(db->conn)) {
		db_failed(db, NULL, e);
		db->down = true;
		e->kind = ERR_DOWN;
		return DB_FAILED;
	}
	while (!PQisBusy(db->conn)) {
		r = PQgetResult(db->conn);
		if (!r) {
			r = db->pending;
			db->pending = NULL;
			*out = result_new(db, Q_COUNT, r, e);
			return *out ? DB_READY : DB_FAILED;
		}
		if (db->pending)
			PQclear(r);
		else
			db->pending = r;
	}
	return DB_WAITING;
}

bool db_listen(struct db *db, const char *channel, struct err *e)
{
	char *name = PQescapeIdentifier(db->conn, channel, strlen(channel));
	char sql[160];
	int n;

	if (!name)
		return err_set(e, ERR_BUG, "bad channel name");
	n = snprintf(sql, sizeof sql, "LISTEN %s", name);
	PQfreemem(name);
	if (n < 0 || (size_t)n >= sizeof sql)
		return err_set(e, ERR_BUG, "bad channel name");
	return simple(db, sql, e);
}

bool db_notified(struct db *db, const char **channel, const char **payload)
{
	PGnotify *n;

	if (db->down)
		return false;
	if (!PQconsumeInput(db->conn)) {
		db->down = true;
		return false;
	}
	PQfreemem(db->notify);
	db->notify = n = PQnotifies(db->conn);
	if (!n)
		return false;
	*channel = n->relname;
	*payload = n->extra;
	return true;
}

size_t res_rows(const struct res *r)
{
	return (size_t)PQntuples(r->pg);
}

size_t res_columns(const struct res *r)
{
	return (size_t)PQnfields(r->pg);
}

const char *res_name(const struct res *r, int col)
{
	return PQfname(r->pg, col);
}

enum res_kind res_kind(const struct res *r, int col)
{
	switch (PQftype(r->pg, col)) {
	case PG_INT2:
	case PG_INT4:
	case PG_INT8: return RES_INTEGER;
	case PG_BOOL: return RES_TRUTH;
	default: return RES_TEXT;
	}
}

bool res_null(const struct res *r, size_t row, int col)
{
	return PQgetisnull(r->pg, (int)row, col);
}

const char *res_text(const struct res *r, size_t row, int col)
{
	return res_null(r, row, col) ? NULL : PQgetvalue(r->pg, (int)row, col);
}

size_t res_len(const struct res *r, size_t row, int col)
{
	return (size_t)PQgetlength(r->pg, (int)row, col);
}

void res_free(struct res *r)
{
	if (!r)
		return;
	PQclear(r->pg);
	free(r);
}

bool db_is_binary(const struct res *r, int col)
{
	return PQfformat(r->pg, col) == 1;
}
