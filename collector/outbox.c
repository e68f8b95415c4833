#include "phieu/outbox_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outbox_parts.h"
#include "phieu/buf.h"
#include "phieu/date.h"
#include "phieu/hash.h"

#define PATH_BYTES ((size_t)4096)
#define SCHEMA	   2 /* 2: scans */

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS batch ("
	" batch INTEGER PRIMARY KEY, done_at TEXT NOT NULL,"
	" lines INTEGER NOT NULL, sha256 TEXT, receipt TEXT);"
	"CREATE TABLE IF NOT EXISTS item ("
	" item INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL,"
	" sha256 BLOB NOT NULL CHECK (length(sha256) = 32),"
	" instance TEXT NOT NULL, sheet TEXT NOT NULL, source TEXT NOT NULL,"
	" bytes BLOB NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),"
	" tries INTEGER NOT NULL DEFAULT 0,"
	" code INTEGER NOT NULL DEFAULT 0, status TEXT, receipt TEXT,"
	" reply TEXT, added_at TEXT NOT NULL, done_at TEXT,"
	" batch INTEGER REFERENCES batch, UNIQUE (target, sha256),"
	" CHECK (state <> 2 OR coalesce(length(receipt), 0) > 0));"
	"CREATE INDEX IF NOT EXISTS item_open ON item (target, tries, item)"
	" WHERE state < 2;"
	"CREATE INDEX IF NOT EXISTS item_sheet ON item (target, sheet);";

/* Every statement there is; prepared once.  What has been tried least goes
 * first, so that one sheet the collector chokes on never holds up the rest. */
enum stmt {
	S_ADD,
	S_NEXT,
	S_MARK,
	S_SETTLE,
	S_BATCH,
	S_UNSEND,
	S_REOPEN,
	S_AGAIN,
	S_COUNT,
	S_EACH,
	S_VERSIONS,
	S_COUNT_OF
};

static const char *const statements[S_COUNT_OF] = {
	[S_ADD] = "INSERT INTO item (target, sha256, instance, sheet, source,"
		  " bytes, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
		  " ON CONFLICT (target, sha256) DO NOTHING",
	[S_NEXT] = "SELECT item, bytes, instance, sheet, source FROM item"
		   " WHERE target = ?1 AND state = 0 AND state < 2"
		   " ORDER BY tries, item LIMIT ?2",
	[S_MARK] = "UPDATE item SET state = 1, tries = tries + 1"
		   " WHERE item = ?1",
	[S_SETTLE] = "UPDATE item SET state = ?2, code = ?3, status = ?4,"
		     " receipt = ?5, reply = ?6, done_at = ?7, batch = ?8"
		     " WHERE item = ?1",
	[S_BATCH] = "INSERT INTO batch (done_at, lines, sha256, receipt)"
		    " VALUES (?1, ?2, ?3, ?4)",
	[S_UNSEND] = "UPDATE item SET state = 0 WHERE state = 1",
	[S_REOPEN] = "UPDATE item SET state = 0 WHERE target = ?1"
		     " AND state = 3 AND code IN (401, 403)",
	[S_AGAIN] = "UPDATE item SET state = 0 WHERE target = ?1",
	[S_COUNT] = "SELECT state, count(*) FROM item WHERE target = ?1"
		    " GROUP BY state",
	/* the version of such a UUID says that it was made of the content */
	[S_VERSIONS] = "SELECT item, bytes, instance, sheet, source FROM item"
		       " WHERE target = ?1 AND sheet = ?2 AND state <> 3"
		       " AND substr(instance, 20, 1) = '8' AND instr(CAST(bytes"
		       " AS TEXT), '\"keying\":' || ?3 || ',') > 0"
		       " ORDER BY item DESC LIMIT 100",
	[S_EACH] = "SELECT i.instance, i.sheet, i.source, i.status, i.receipt,"
		   " i.reply, i.done_at, b.receipt, b.sha256, i.state, i.code"
		   " FROM item i LEFT JOIN batch b USING (batch)"
		   " WHERE i.target = ?1 ORDER BY i.item",
};

struct outbox {
	sqlite3 *db;
	sqlite3_stmt *stmt[S_COUNT_OF];
	char *target;
	int lock;
};

sqlite3 *outbox_db(struct outbox *o)
{
	return o->db;
}

const char *outbox_target(const struct outbox *o)
{
	return o->target;
}

bool outbox_fail(struct outbox *o, const char *doing, struct err *e)
{
	int rc = o->db ? sqlite3_errcode(o->db) : SQLITE_NOMEM;

	if (rc == SQLITE_FULL)
		return err_set(e, ERR_IO, "outbox: the disk is full");
	return err_set(e, rc == SQLITE_NOMEM ? ERR_NOMEM : ERR_IO,
		       "outbox: cannot %s: %s", doing,
		       o->db ? sqlite3_errmsg(o->db) : "out of memory");
}

static bool simple(struct outbox *o, const char *sql, struct err *e)
{
	return sqlite3_exec(o->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       outbox_fail(o, "write", e);
}

static bool make_folder(const char *path, struct err *e)
{
	struct buf b = BUF_INIT(PATH_BYTES);
	bool ok = true;

	for (const char *at = strchr(path + 1, '/'); ok && at;
	     at = strchr(at + 1, '/')) {
		b.len = 0;
		buf_add(&b, path, (size_t)(at - path));
		if (!buf_cstr(&b))
			ok = err_set(e, ERR_INPUT, "path too long");
		else if (mkdir(b.data, 0700) && errno != EEXIST)
			ok = err_set(e, ERR_IO, "cannot make %s: %s", b.data,
				     strerror(errno));
	}
	buf_free(&b);
	return ok;
}

/* One process at a time: the lock goes with the process, however it ends. */
static bool lock(struct outbox *o, const char *path, struct err *e)
{
	struct buf b = BUF_INIT(PATH_BYTES);

	buf_addf(&b, "%s.lock", path);
	if (buf_cstr(&b))
		o->lock = open(b.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	buf_free(&b);
	if (o->lock < 0)
		return err_set(e, ERR_IO, "cannot open the outbox %s: %s", path,
			       strerror(errno));
	if (flock(o->lock, LOCK_EX | LOCK_NB))
		return err_set(e, ERR_CONFLICT,
			       "another phieu-upload is using the outbox %s",
			       path);
	return true;
}

static int version(struct outbox *o)
{
	sqlite3_stmt *s = NULL;
	int v = -1;

	if (sqlite3_prepare_v2(o->db, "PRAGMA user_version", -1, &s, NULL) ==
		    SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return v;
}

static bool prepare(struct outbox *o, struct err *e)
{
	int v;

	sqlite3_extended_result_codes(o->db, 0);
	sqlite3_busy_timeout(o->db, 5000);
	if (!simple(o,
		    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		    "PRAGMA foreign_keys = ON;",
		    e))
		return false;
	v = version(o);
	if (v < 0)
		return outbox_fail(o, "read", e);
	if (v > SCHEMA)
		return err_set(e, ERR_INPUT,
			       "the outbox was written by a newer version");
	if (v < SCHEMA &&
	    (!simple(o, "BEGIN IMMEDIATE", e) || !simple(o, schema, e) ||
	     !outbox_scan_prepare(o, e) ||
	     !simple(o, "PRAGMA user_version = 2; COMMIT", e)))
		return false;
	for (int i = 0; i < S_COUNT_OF; i++)
		if (sqlite3_prepare_v2(o->db, statements[i], -1, &o->stmt[i],
				       NULL) != SQLITE_OK)
			return outbox_fail(o, "prepare", e);
	return outbox_unsend(o, e);
}

struct outbox *outbox_open(const char *path, const char *target, struct err *e)
{
	struct outbox *o = calloc(1, sizeof *o);
	mode_t mask;
	int rc;

	if (!o) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	o->lock = -1;
	o->target = strdup(target);
	if (!o->target) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (!make_folder(path, e) || !lock(o, path, e))
		goto out;
	/* answers about superiors: nobody else on the machine reads them */
	mask = umask(0077);
	rc = sqlite3_open_v2(path, &o->db,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	if (rc != SQLITE_OK)
		outbox_fail(o, "open", e);
	else if (prepare(o, e)) {
		(void)umask(mask);
		return o;
	}
	(void)umask(mask);
out:
	outbox_close(o);
	return NULL;
}

void outbox_close(struct outbox *o)
{
	if (!o)
		return;
	for (int i = 0; i < S_COUNT_OF; i++)
		sqlite3_finalize(o->stmt[i]);
	sqlite3_close(o->db);
	if (o->lock >= 0)
		close(o->lock);
	free(o->target);
	free(o);
}

bool outbox_begin(struct outbox *o, struct err *e)
{
	return simple(o, "BEGIN IMMEDIATE", e);
}

bool outbox_commit(struct outbox *o, struct err *e)
{
	struct err ignored = { 0 };

	if (simple(o, "COMMIT", e))
		return true;
	if (!sqlite3_get_autocommit(o->db))
		(void)simple(o, "ROLLBACK", &ignored);
	return false;
}

static void undo(struct outbox *o)
{
	struct err ignored = { 0 };

	if (!sqlite3_get_autocommit(o->db))
		(void)simple(o, "ROLLBACK", &ignored);
}

static void text(sqlite3_stmt *s, int at, const char *v)
{
	if (v)
		sqlite3_bind_text(s, at, v, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, at);
}

/* Runs a statement that gives no rows and lets go of what was bound. */
static bool done(struct outbox *o, sqlite3_stmt *s, struct err *e)
{
	int rc = sqlite3_step(s);
	bool ok = rc == SQLITE_DONE || outbox_fail(o, "write", e);

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return ok;
}

bool outbox_add(struct outbox *o, const struct outbox_item *item, bool *fresh,
		struct err *e)
{
	sqlite3_stmt *s = o->stmt[S_ADD];
	uint8_t sha[SHA256_BYTES];
	char now[INSTANT_TEXT_MAX];

	sha256(item->bytes, item->n, sha);
	text(s, 1, o->target);
	sqlite3_bind_blob(s, 2, sha, sizeof sha, SQLITE_STATIC);
	text(s, 3, item->instance);
	text(s, 4, item->sheet);
	text(s, 5, item->source);
	sqlite3_bind_blob64(s, 6, item->bytes, item->n, SQLITE_STATIC);
	text(s, 7, instant_text(clock_now_us(), now));
	if (!done(o, s, e))
		return false;
	*fresh = sqlite3_changes(o->db) == 1;
	return true;
}

static const char *column(sqlite3_stmt *s, int at)
{
	const char *v = (const char *)sqlite3_column_text(s, at);

	return v ? v : "";
}

static bool take(sqlite3_stmt *s, struct arena *a, struct outbox_item *it)
{
	const void *bytes = sqlite3_column_blob(s, 1);
	size_t n = (size_t)sqlite3_column_bytes(s, 1);

	it->id = sqlite3_column_int64(s, 0);
	it->bytes = arena_strndup(a, bytes ? bytes : "", n);
	it->n = n;
	it->instance = arena_strdup(a, column(s, 2));
	it->sheet = arena_strdup(a, column(s, 3));
	it->source = arena_strdup(a, column(s, 4));
	return !arena_broken(a);
}

bool outbox_versions(struct outbox *o, const char *sheet, int keying,
		     struct arena *a, struct outbox_item **list, size_t *n,
		     struct err *e)
{
	sqlite3_stmt *s = o->stmt[S_VERSIONS];
	char number[12];
	bool ok = true;
	int rc;

	*n = 0;
	*list = arena_array(a, OUTBOX_VERSIONS, sizeof **list);
	if (!*list)
		return err_set(e, ERR_NOMEM, "out of memory");
	(void)snprintf(number, sizeof number, "%d", keying);
	text(s, 1, o->target);
	text(s, 2, sheet);
	text(s, 3, number);
	while (ok && (rc = sqlite3_step(s)) != SQLITE_DONE) {
		if (rc != SQLITE_ROW)
			ok = err_set(e, ERR_IO, "outbox: %s",
				     sqlite3_errmsg(o->db));
		else if (*n == OUTBOX_VERSIONS)
			break;
		else if (!take(s, a, &(*list)[(*n)++]))
			ok = err_set(e, ERR_NOMEM, "out of memory");
	}
	(void)sqlite3_reset(s);
	return ok;
}

static bool mark(struct outbox *o, const struct outbox_item *items, size_t n,
		 struct err *e)
{
	if (!outbox_begin(o, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		sqlite3_bind_int64(o->stmt[S_MARK], 1, items[i].id);
		if (!done(o, o->stmt[S_MARK], e)) {
			undo(o);
			return false;
		}
	}
	return outbox_commit(o, e);
}

bool outbox_next(struct outbox *o, size_t max_items, size_t max_bytes,
		 struct arena *a, struct outbox_item **items, size_t *n,
		 struct err *e)
{
	sqlite3_stmt *s = o->stmt[S_NEXT];
	size_t bytes = 0;
	bool ok = true;
	int rc;

	*n = 0;
	*items = arena_array(a, max_items, sizeof **items);
	if (!*items)
		return err_set(e, ERR_NOMEM, "out of memory");
	text(s, 1, o->target);
	sqlite3_bind_int64(s, 2, (sqlite3_int64)max_items);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		size_t size = (size_t)sqlite3_column_bytes(s, 1) + 1;

		if (*n > 0 && bytes + size > max_bytes)
			break;
		if (!take(s, a, &(*items)[*n])) {
			ok = err_set(e, ERR_NOMEM, "out of memory");
			break;
		}
		bytes += size;
		(*n)++;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		ok = outbox_fail(o, "read", e);
	sqlite3_reset(s);
	return ok && (*n == 0 || mark(o, *items, *n, e));
}

static bool settle_one(struct outbox *o, const struct outbox_result *r,
		       const char *now, sqlite3_int64 batch, struct err *e)
{
	sqlite3_stmt *s = o->stmt[S_SETTLE];

	sqlite3_bind_int64(s, 1, r->id);
	sqlite3_bind_int(s, 2, (int)r->state);
	sqlite3_bind_int(s, 3, r->code);
	text(s, 4, r->status);
	text(s, 5, r->receipt);
	text(s, 6, r->reply);
	text(s, 7, r->state >= OUTBOX_RECEIVED ? now : NULL);
	if (batch)
		sqlite3_bind_int64(s, 8, batch);
	return done(o, s, e);
}

bool outbox_settle(struct outbox *o, const struct outbox_result *results,
		   size_t n, const struct outbox_batch *batch, struct err *e)
{
	sqlite3_stmt *s = o->stmt[S_BATCH];
	char now[INSTANT_TEXT_MAX];
	sqlite3_int64 id = 0;
	bool ok = true;

	(void)instant_text(clock_now_us(), now);
	if (!outbox_begin(o, e))
		return false;
	if (batch && batch->receipt) {
		text(s, 1, now);
		sqlite3_bind_int64(s, 2, (sqlite3_int64)batch->lines);
		text(s, 3, batch->sha256);
		text(s, 4, batch->receipt);
		ok = done(o, s, e);
		id = sqlite3_last_insert_rowid(o->db);
	}
	for (size_t i = 0; ok && i < n; i++)
		ok = settle_one(o, &results[i], now, id, e);
	if (ok)
		return outbox_commit(o, e);
	undo(o);
	return false;
}

bool outbox_unsend(struct outbox *o, struct err *e)
{
	return done(o, o->stmt[S_UNSEND], e);
}

bool outbox_reopen(struct outbox *o, struct err *e)
{
	text(o->stmt[S_REOPEN], 1, o->target);
	return done(o, o->stmt[S_REOPEN], e);
}

bool outbox_again(struct outbox *o, struct err *e)
{
	text(o->stmt[S_AGAIN], 1, o->target);
	return done(o, o->stmt[S_AGAIN], e);
}

bool outbox_states(struct outbox *o, sqlite3_stmt *s, size_t by[4],
		   struct err *e)
{
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		by[sqlite3_column_int(s, 0) & 3] =
			(size_t)sqlite3_column_int64(s, 1);
	return rc == SQLITE_DONE || outbox_fail(o, "read", e);
}

bool outbox_count(struct outbox *o, struct outbox_counts *out, struct err *e)
{
	sqlite3_stmt *s = o->stmt[S_COUNT];
	size_t by[4] = { 0 };
	bool ok;

	text(s, 1, o->target);
	ok = outbox_states(o, s, by, e);
	sqlite3_reset(s);
	*out = (struct outbox_counts){
		.waiting = by[OUTBOX_WAITING] + by[OUTBOX_SENT],
		.sent = by[OUTBOX_SENT],
		.received = by[OUTBOX_RECEIVED],
		.refused = by[OUTBOX_REFUSED],
	};
	out->total = out->waiting + out->received + out->refused;
	return ok;
}

bool outbox_rows(struct outbox *o, sqlite3_stmt *s,
		 bool (*row)(const struct outbox_row *r, void *ctx,
			     struct err *e),
		 void *ctx, struct err *e)
{
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct outbox_row r = {
			.instance = column(s, 0),
			.sheet = column(s, 1),
			.source = column(s, 2),
			.status = column(s, 3),
			.receipt = column(s, 4),
			.reply = column(s, 5),
			.done = column(s, 6),
			.batch_receipt = column(s, 7),
			.batch_sha256 = column(s, 8),
			.state = (enum outbox_state)sqlite3_column_int(s, 9),
			.code = sqlite3_column_int(s, 10),
		};

		if (!row(&r, ctx, e))
			return false;
	}
	return rc == SQLITE_DONE || outbox_fail(o, "read", e);
}

bool outbox_each(struct outbox *o,
		 bool (*row)(const struct outbox_row *r, void *ctx,
			     struct err *e),
		 void *ctx, struct err *e)
{
	sqlite3_stmt *s = o->stmt[S_EACH];
	bool ok;

	text(s, 1, o->target);
	ok = outbox_rows(o, s, row, ctx, e);
	sqlite3_reset(s);
	return ok;
}
