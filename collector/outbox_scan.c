#include "phieu/outbox_scan.h"

#include <stdio.h>
#include <string.h>

#include "outbox_parts.h"
#include "phieu/date.h"

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS scan ("
	" scan INTEGER PRIMARY KEY AUTOINCREMENT,"
	" item INTEGER NOT NULL REFERENCES item, name TEXT NOT NULL,"
	" source TEXT NOT NULL,"
	" sha256 BLOB NOT NULL CHECK (length(sha256) = 32), bytes BLOB,"
	" state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 2, 3)),"
	" tries INTEGER NOT NULL DEFAULT 0, code INTEGER NOT NULL DEFAULT 0,"
	" status TEXT, receipt TEXT, reply TEXT, added_at TEXT NOT NULL,"
	" done_at TEXT, UNIQUE (item, name, sha256),"
	" CHECK (state <> 2 OR coalesce(length(receipt), 0) > 0),"
	" CHECK (state = 2 OR bytes IS NOT NULL))";

/* A sheet that was refused as not valid (422) is at the collector all the
 * same. */
#define AT_COLLECTOR "(i.state = 2 OR (i.state = 3 AND i.code = 422))"

static const char sheet_sql[] =
	"SELECT item FROM item AS i WHERE target = ?1 AND sheet = ?2"
	" AND (state <> 3 OR code = 422)"
	" ORDER BY instr(CAST(bytes AS TEXT), '\"keying\":2') > 0, item DESC"
	" LIMIT 1";
static const char add_sql[] =
	"INSERT INTO scan (item, name, source, sha256, bytes, added_at)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
static const char next_sql[] =
	"SELECT s.scan, i.instance, i.sheet, s.name, s.source, s.sha256,"
	" s.bytes FROM scan AS s JOIN item AS i USING (item)"
	" WHERE i.target = ?1 AND s.state = 0 AND " AT_COLLECTOR
	" ORDER BY s.tries, s.scan LIMIT 1";
/* what is received is not kept twice on this disk */
static const char settle_sql[] =
	"UPDATE scan SET state = ?2, code = ?3, status = ?4, receipt = ?5,"
	" reply = ?6, done_at = ?7, tries = tries + 1,"
	" bytes = CASE WHEN ?2 = 2 THEN NULL ELSE bytes END WHERE scan = ?1";
static const char reopen_sql[] =
	"UPDATE scan SET state = 0 WHERE state = 3 AND code IN (401, 403, 404)"
	" AND item IN (SELECT item FROM item WHERE target = ?1)";
static const char forget_sql[] =
	"DELETE FROM scan WHERE state = 2"
	" AND item IN (SELECT item FROM item WHERE target = ?1)";
static const char again_sql[] =
	"UPDATE scan SET state = 0 WHERE state = 3"
	" AND item IN (SELECT item FROM item WHERE target = ?1)";
static const char count_sql[] =
	"SELECT s.state, count(*) FROM scan AS s JOIN item AS i USING (item)"
	" WHERE i.target = ?1 GROUP BY s.state";
static const char each_sql[] =
	"SELECT i.instance, i.sheet, s.source, s.status, s.receipt, s.reply,"
	" s.done_at, NULL, NULL, s.state, s.code FROM scan AS s JOIN item AS i "
	"USING (item)"
	" WHERE i.target = ?1 ORDER BY s.scan";

/* One prepared statement, with the collector's address as ?1 when `target`. */
static sqlite3_stmt *begin(struct outbox *o, const char *sql, bool target,
			   struct err *e)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(outbox_db(o), sql, -1, &s, NULL) != SQLITE_OK) {
		(void)outbox_fail(o, "prepare", e);
		return NULL;
	}
	if (target)
		(void)sqlite3_bind_text(s, 1, outbox_target(o), -1,
					SQLITE_STATIC);
	return s;
}

static void text(sqlite3_stmt *s, int at, const char *v)
{
	if (v)
		(void)sqlite3_bind_text(s, at, v, -1, SQLITE_STATIC);
	else
		(void)sqlite3_bind_null(s, at);
}

/* Runs it to its end, and ends it. */
static bool run(struct outbox *o, sqlite3_stmt *s, struct err *e)
{
	bool ok = s && (sqlite3_step(s) == SQLITE_DONE ||
			outbox_fail(o, "write", e));

	(void)sqlite3_finalize(s);
	return ok;
}

bool outbox_scan_prepare(struct outbox *o, struct err *e)
{
	return run(o, begin(o, schema, false, e), e);
}

static bool find_sheet(struct outbox *o, const char *sheet, int64_t *item,
		       bool *found, struct err *e)
{
	sqlite3_stmt *s = begin(o, sheet_sql, true, e);
	int rc;

	if (!s)
		return false;
	text(s, 2, sheet);
	rc = sqlite3_step(s);
	*found = rc == SQLITE_ROW;
	*item = *found ? sqlite3_column_int64(s, 0) : 0;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		(void)outbox_fail(o, "read", e);
	(void)sqlite3_finalize(s);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

bool outbox_scan_add(struct outbox *o, const char *sheet, const char *name,
		     const char *source, const char *bytes, size_t n,
		     enum outbox_scan_taken *out, struct err *e)
{
	uint8_t sha[SHA256_BYTES];
	char now[INSTANT_TEXT_MAX];
	sqlite3_stmt *s;
	int64_t item;
	bool found;

	if (!find_sheet(o, sheet, &item, &found, e))
		return false;
	*out = SCAN_NO_SHEET;
	if (!found)
		return true;
	sha256(bytes, n, sha);
	s = begin(o, add_sql, false, e);
	if (!s)
		return false;
	(void)sqlite3_bind_int64(s, 1, item);
	text(s, 2, name);
	text(s, 3, source);
	(void)sqlite3_bind_blob(s, 4, sha, sizeof sha, SQLITE_STATIC);
	(void)sqlite3_bind_blob64(s, 5, bytes, n, SQLITE_STATIC);
	text(s, 6, instant_text(clock_now_us(), now));
	if (!run(o, s, e))
		return false;
	*out = sqlite3_changes(outbox_db(o)) == 1 ? SCAN_FRESH : SCAN_KNOWN;
	return true;
}

static const char *copy(struct arena *a, sqlite3_stmt *s, int at)
{
	const char *v = (const char *)sqlite3_column_text(s, at);

	return arena_strdup(a, v ? v : "");
}

static bool read_scan(sqlite3_stmt *s, struct arena *a, struct outbox_scan *out)
{
	const void *sha = sqlite3_column_blob(s, 5);
	const void *bytes = sqlite3_column_blob(s, 6);

	out->id = sqlite3_column_int64(s, 0);
	out->instance = copy(a, s, 1);
	out->sheet = copy(a, s, 2);
	out->name = copy(a, s, 3);
	out->source = copy(a, s, 4);
	out->n = (size_t)sqlite3_column_bytes(s, 6);
	out->bytes = arena_strndup(a, bytes ? bytes : "", out->n);
	if (sha && sqlite3_column_bytes(s, 5) == SHA256_BYTES)
		memcpy(out->sha, sha, SHA256_BYTES);
	return !arena_broken(a);
}

bool outbox_scan_next(struct outbox *o, struct arena *a,
		      struct outbox_scan *out, struct err *e)
{
	sqlite3_stmt *s = begin(o, next_sql, true, e);
	bool ok = false;
	int rc;

	*out = (struct outbox_scan){ 0 };
	if (!s)
		return false;
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		ok = read_scan(s, a, out) ||
		     err_set(e, ERR_NOMEM, "out of memory");
	else if (rc != SQLITE_DONE)
		(void)outbox_fail(o, "read", e);
	(void)sqlite3_finalize(s);
	return ok;
}

bool outbox_scan_settle(struct outbox *o, const struct outbox_result *r,
			struct err *e)
{
	sqlite3_stmt *s = begin(o, settle_sql, false, e);
	char now[INSTANT_TEXT_MAX];

	if (!s)
		return false;
	(void)instant_text(clock_now_us(), now);
	(void)sqlite3_bind_int64(s, 1, r->id);
	(void)sqlite3_bind_int(s, 2, (int)r->state);
	(void)sqlite3_bind_int(s, 3, r->code);
	text(s, 4, r->status);
	text(s, 5, r->receipt);
	text(s, 6, r->reply);
	text(s, 7, r->state >= OUTBOX_RECEIVED ? now : NULL);
	return run(o, s, e);
}

bool outbox_scan_reopen(struct outbox *o, struct err *e)
{
	return run(o, begin(o, reopen_sql, true, e), e);
}

bool outbox_scan_again(struct outbox *o, struct err *e)
{
	return run(o, begin(o, forget_sql, true, e), e) &&
	       run(o, begin(o, again_sql, true, e), e);
}

bool outbox_scan_count(struct outbox *o, struct outbox_counts *out,
		       struct err *e)
{
	sqlite3_stmt *s = begin(o, count_sql, true, e);
	size_t by[4] = { 0 };
	bool ok;

	*out = (struct outbox_counts){ 0 };
	if (!s)
		return false;
	ok = outbox_states(o, s, by, e);
	(void)sqlite3_finalize(s);
	out->waiting = by[OUTBOX_WAITING];
	out->received = by[OUTBOX_RECEIVED];
	out->refused = by[OUTBOX_REFUSED];
	out->total = out->waiting + out->received + out->refused;
	return ok;
}

bool outbox_scan_each(struct outbox *o,
		      bool (*row)(const struct outbox_row *r, void *ctx,
				  struct err *e),
		      void *ctx, struct err *e)
{
	sqlite3_stmt *s = begin(o, each_sql, true, e);
	bool ok = s && outbox_rows(o, s, row, ctx, e);

	(void)sqlite3_finalize(s);
	return ok;
}
