#include "phieu/copy.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "db_impl.h"
#include "phieu/buf.h"

/* Binary COPY: this signature, flags, length of an extension; rows of a
 * count and length-prefixed fields; a count of -1 at the end. */
static const char signature[11] = "PGCOPY\n\377\r\n";
enum { HEADER = 11 + 4 + 4, FLUSH_AT = 64 << 10 };

struct copy_out {
	struct db *db;
	enum q q;
	char *message; /* libpq's, until the next row */
	bool begun, ended;
};

static bool start(struct db *db, enum q q, ExecStatusType want, struct err *e)
{
	PGresult *r;
	bool ok;

	if (!db_prepare(db, q, e))
		return false;
	r = PQexecPrepared(db->conn, q_name[q], 0, NULL, NULL, NULL, 0);
	ok = PQresultStatus(r) == want;
	if (!ok) {
		db_failed(db, r, e);
		err_wrap(e, "%s", q_name[q]);
	}
	PQclear(r);
	return ok;
}

/* What the COPY command itself came to. */
static bool finish(struct db *db, enum q q, struct err *e)
{
	bool ok = true;
	PGresult *r;

	while ((r = PQgetResult(db->conn))) {
		if (ok && PQresultStatus(r) != PGRES_COMMAND_OK) {
			ok = false;
			db_failed(db, r, e);
			err_wrap(e, "%s", q_name[q]);
		}
		PQclear(r);
		if (PQstatus(db->conn) == CONNECTION_BAD)
			break;
	}
	return ok;
}

struct copy_out *copy_out_open(struct db *db, enum q q, struct err *e)
{
	struct copy_out *c = calloc(1, sizeof *c);

	if (!c) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	c->db = db;
	c->q = q;
	if (!start(db, q, PGRES_COPY_OUT, e)) {
		free(c);
		return NULL;
	}
	return c;
}

static int32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return (int32_t)ntohl(v);
}

static int16_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return (int16_t)ntohs(v);
}

/* Fields of one row between p and end; false when it is malformed. */
static bool row_fields(const uint8_t *p, const uint8_t *end, int count,
		       struct copy_field *f)
{
	for (int i = 0; i < count; i++) {
		int32_t n;
		if (end - p < 4)
			return false;
		n = get32(p);
		p += 4;
		f[i] = (struct copy_field){ .p = n < 0 ? NULL : p, .n = n };
		if (n > end - p)
			return false;
		p += n < 0 ? 0 : n;
	}
	return p == end;
}

/* Past the end marker only the result is left. */
static int out_end(struct copy_out *c, struct err *e)
{
	char *more;

	c->ended = true;
	while (PQgetCopyData(c->db->conn, &more, 0) > 0)
		PQfreemem(more);
	return finish(c->db, c->q, e) ? 0 : -1;
}

int copy_out_row(struct copy_out *c, struct copy_field *f, int max,
		 struct err *e)
{
	const uint8_t *p, *end;
	int n, count;

	if (c->ended)
		return 0;
	PQfreemem(c->message);
	c->message = NULL;
	n = PQgetCopyData(c->db->conn, &c->message, 0);
	if (n < 0)
		return out_end(c, e);
	p = (const uint8_t *)c->message;
	end = p + n;
	if (!c->begun) {
		/* the first row shares the header's message */
		if (n < HEADER || memcmp(p, signature, sizeof signature) != 0 ||
		    get32(p + 11) != 0 || get32(p + 15) != 0)
			return err_set(e, ERR_DB, "not a binary COPY") - 1;
		p += HEADER;
		c->begun = true;
		if (p == end)
			return copy_out_row(c, f, max, e);
	}
	if (end - p < 2)
		return err_set(e, ERR_DB, "a COPY row is cut") - 1;
	count = get16(p);
	if (count == -1)
		return out_end(c, e);
	if (count != max)
		return err_set(e, ERR_BUG, "%s: %d columns, not %d",
			       q_name[c->q], count, max) -
		       1;
	if (!row_fields(p + 2, end, count, f))
		return err_set(e, ERR_DB, "a COPY row is cut") - 1;
	return 1;
}

void copy_out_close(struct copy_out *c)
{
	struct err e;

	if (!c)
		return;
	PQfreemem(c->message);
	c->message = NULL;
	if (!c->ended)
		(void)out_end(c, &e);
	free(c);
}

int16_t copy_i16(const struct copy_field *f)
{
	if (f->n != 2)
		return 0;
	return get16(f->p);
}

int32_t copy_i32(const struct copy_field *f)
{
	return f->n == 4 ? get32(f->p) : 0;
}

int64_t copy_i64(const struct copy_field *f)
{
	uint64_t v = 0;

	if (f->n == 8)
		memcpy(&v, f->p, sizeof v);
	return (int64_t)be64toh(v);
}

struct copy_in {
	struct db *db;
	enum q q;
	int columns;
	struct buf out;
};

struct copy_in *copy_in_open(struct db *db, enum q q, int columns,
			     struct err *e)
{
	static const char zeros[8] = "";
	struct copy_in *c = calloc(1, sizeof *c);

	if (!c) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	c->db = db;
	c->q = q;
	c->columns = columns;
	c->out = (struct buf)BUF_INIT((size_t)1 << 30);
	if (!start(db, q, PGRES_COPY_IN, e)) {
		free(c);
		return NULL;
	}
	buf_add(&c->out, signature, sizeof signature);
	buf_add(&c->out, zeros, sizeof zeros);
	return c;
}

static bool flush(struct copy_in *c, struct err *e)
{
	if (c->out.broken)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (PQputCopyData(c->db->conn, c->out.data, (int)c->out.len) != 1)
		return db_failed(c->db, NULL, e);
	c->out.len = 0;
	return true;
}

bool copy_in_row(struct copy_in *c, const struct copy_field *f, struct err *e)
{
	uint16_t count = htons((uint16_t)c->columns);

	buf_add(&c->out, &count, sizeof count);
	for (int i = 0; i < c->columns; i++) {
		uint32_t n = htonl((uint32_t)(f[i].p ? f[i].n : -1));
		buf_add(&c->out, &n, sizeof n);
		if (f[i].p)
			buf_add(&c->out, f[i].p, (size_t)f[i].n);
	}
	return c->out.len < FLUSH_AT || flush(c, e);
}

static void in_free(struct copy_in *c)
{
	buf_free(&c->out);
	free(c);
}

bool copy_in_end(struct copy_in *c, struct err *e)
{
	bool ok;

	buf_add(&c->out, "\377\377", 2);
	ok = flush(c, e);
	if (!ok) {
		copy_in_abort(c);
		return false;
	}
	if (PQputCopyEnd(c->db->conn, NULL) != 1)
		ok = db_failed(c->db, NULL, e);
	else
		ok = finish(c->db, c->q, e);
	in_free(c);
	return ok;
}

void copy_in_abort(struct copy_in *c)
{
	struct err e;

	if (!c)
		return;
	if (PQputCopyEnd(c->db->conn, "given up") == 1)
		(void)finish(c->db, c->q, &e);
	in_free(c);
}
