/* bench_ingest - how fast sheets come in over HTTP, beside the limit: libpq
 * writing the same rows (raw bytes and answers) into tables of the same shape
 * in the same database, with full durability.
 *
 * The limit's client does what a plain and honest one does: it knows nothing
 * of HTTP, keys, JSON, validation or a log, prepares its statements once,
 * sends binary parameters over the Unix socket, and for each form waits for
 * BEGIN, INSERT of the bytes, INSERT of the answers and COMMIT, one after the
 * other, because a form is whole only with both rows.  It does not pipeline:
 * four round trips cost it some 40 us of the 170 that one form takes it.
 *
 * Its two tables hold no instance, hash, sheet number or state: with them
 * alone a form that is sent twice counts twice.  So a second figure, `whole`,
 * is measured and printed beside it: the same client with a third INSERT, of
 * the row of field.response under its UNIQUE keys.  The ratio, and the goal,
 * are against the first.
 *
 * usage: bench_ingest PLAN URL PID [SECONDS [NAME]]
 * PHIEU_TEST_DB is the owner's address; URL and PID are of a running
 * collector; NAME: only this one of c1, c8, c32, c128, ndjson.  A line of JSON
 * a figure goes to standard output, to standard error what processor time a
 * form took, which the neighbours of a shared machine touch less. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "phieu/date.h"
#include "phieu/db.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/simulate.h"
#include "phieu/store_agent.h"
#include "phieu/store_plan.h"
#include "phieu/submission.h"

enum { MAX_CONNECTIONS = 128, NDJSON_LINES = 10000, N_NDJSON = 120000 };

static void fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_ingest: %s: %s\n", what, why);
	exit(1);
}

/* ---- sheets ---- */
struct sheet {
	char *json;
	size_t n;
	uint8_t answers[LIMIT_QUESTIONS];
	int n_answers;
	char *extra;
	char instance[64], sheet[32];
};
struct bench {
	const struct plan *plan;
	struct sheet *sheets;
	size_t n, room, next; /* next not yet sent over HTTP */
	char key[TOKEN_TEXT_MAX];
	struct sockaddr_in at;
	double seconds;
	const char *pid, *only; /* NULL: all */
	struct arena *arena;
};

static bool add_sheet(const char *json, size_t n, void *ctx, struct err *e)
{
	struct bench *b = ctx;
	struct sheet *s = &b->sheets[b->n];
	struct submission sub = { 0 };
	struct faults f;

	if (b->n == b->room)
		return err_set(e, ERR_BUG, "too many sheets");
	b->n++;
	s->json = malloc(n + 1);
	if (!s->json)
		return err_set(e, ERR_NOMEM, "out of memory");
	memcpy(s->json, json, n);
	s->json[n] = '\n';
	s->n = n;
	arena_reset(b->arena);
	faults_init(&f, b->arena);
	if (!submission_read(json, n, b->plan, b->arena, &sub, &f, e))
		return false;
	s->n_answers = (int)b->plan->forms[sub.form].n_slots;
	memcpy(s->answers, sub.ratings[0].answers, (size_t)s->n_answers);
	(void)snprintf(s->instance, sizeof s->instance, "%s", sub.instance);
	(void)snprintf(s->sheet, sizeof s->sheet, "%s", sub.sheet);
	s->extra = sub.ratings[0].extra ? strdup(sub.ratings[0].extra) : NULL;
	return true;
}

static void make_sheets(struct bench *b, size_t n)
{
	struct simulate how = { .seed = "bench", .n = n };
	struct simulate_count count;
	struct err e = { 0 };

	b->room = n;
	b->sheets = calloc(n, sizeof *b->sheets);
	b->arena = arena_new((size_t)16 << 20);
	if (!b->sheets || !b->arena)
		fail("sheets", "out of memory");
	if (!simulate(b->plan, &how, add_sheet, b, &count, &e))
		fail("simulate", e.msg);
}

/* ---- the limit ---- */
struct limit_run {
	const struct bench *b;
	bool whole; /* with the row of field.response */
	atomic_size_t next;
	atomic_llong done;
	int64_t until;
};

static void check(PGconn *c, PGresult *r, ExecStatusType want)
{
	if (PQresultStatus(r) != want)
		fail("limit", PQerrorMessage(c));
	PQclear(r);
}

static PGconn *connect_raw(void)
{
	PGconn *c = PQconnectdb(getenv("PHIEU_TEST_DB"));

	if (PQstatus(c) != CONNECTION_OK)
		fail("database", PQerrorMessage(c));
	return c;
}

/* tables of the same shape; what stood in them is gone */
static void fresh_tables(void)
{
	static const char *const sql[] = {
		"SET client_min_messages = warning",
		"DROP SCHEMA IF EXISTS bench CASCADE",
		"CREATE SCHEMA bench",
		"CREATE TABLE bench.raw (LIKE field.raw INCLUDING ALL)",
		"CREATE TABLE bench.rating (LIKE field.rating INCLUDING ALL)",
		"CREATE TABLE bench.response (LIKE field.response INCLUDING "
		"ALL)"
	};
	PGconn *c = connect_raw();

	for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++)
		check(c, PQexec(c, sql[i]), PGRES_COMMAND_OK);
	PQfinish(c);
}

static void be32(char *p, uint32_t v)
{
	v = htonl(v);
	memcpy(p, &v, 4);
}

static void execute(PGconn *c, const char *name, int n,
		    const char *const *values, const int *lengths,
		    const int *formats)
{
	check(c, PQexecPrepared(c, name, n, values, lengths, formats, 0),
	      PGRES_COMMAND_OK);
}

static void limit_form(PGconn *c, const struct limit_run *run, size_t i)
{
	const struct sheet *s = &run->b->sheets[i % run->b->n];
	static const int binary[3] = { 1, 1, 1 };
	static const int rating_f[5] = { 1, 1, 1, 1, 0 };
	static const int response_f[5] = { 1, 0, 1, 1, 0 };
	uint8_t sha[SHA256_BYTES] = { 0 };
	char wave[4], id[8], unit[4];
	const char *raw[3] = { wave, id, s->json };
	const int raw_n[3] = { 4, 8, (int)s->n };
	const char *rating[5] = { wave, id, unit, (const char *)s->answers,
				  s->extra };
	const int rating_n[5] = { 4, 8, 4, s->n_answers, 0 };
	const char *response[5] = { wave, s->instance, id, (const char *)sha,
				    s->sheet };
	const int response_n[5] = { 4, 0, 8, sizeof sha, 0 };

	be32(wave, 1);
	be32(unit, 1);
	be32(id, 0);
	be32(id + 4, (uint32_t)i + 1);
	execute(c, "begin", 0, NULL, NULL, NULL);
	if (run->whole)
		execute(c, "response", 5, response, response_n, response_f);
	execute(c, "raw", 3, raw, raw_n, binary);
	execute(c, "rating", 5, rating, rating_n, rating_f);
	execute(c, "commit", 0, NULL, NULL, NULL);
}

static void *limit_thread(void *arg)
{
	static const struct {
		const char *name, *sql;
	} all[] = {
		{ "begin", "BEGIN" },
		{ "raw", "INSERT INTO bench.raw VALUES "
			 "($1::integer, $2::bigint, $3::bytea)" },
		{ "rating",
		  "INSERT INTO bench.rating VALUES ($1::integer, $2::bigint, "
		  "$3::integer, $4::bytea, $5::text::jsonb)" },
		{ "response",
		  "INSERT INTO bench.response (wave, instance, response, "
		  "sha256, state, counted, form, grp, home, sheet, keying, "
		  "collected, way, key, received_at, flags, simulated, lane, "
		  "batch) VALUES ($1::integer, $2::text, $3::bigint, "
		  "$4::bytea, 1, true, 1, 1, 1, $5::text, 1, '2020-08-09', 1, "
		  "1, now(), 0, true, 1, 1)" },
		{ "commit", "COMMIT" },
	};
	struct limit_run *run = arg;
	PGconn *c = connect_raw();

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		check(c, PQprepare(c, all[i].name, all[i].sql, 0, NULL),
		      PGRES_COMMAND_OK);
	while (clock_monotonic_us() < run->until) {
		limit_form(c, run, atomic_fetch_add(&run->next, 1));
		atomic_fetch_add(&run->done, 1);
	}
	PQfinish(c);
	return NULL;
}

static double limit_single(const struct bench *b, int connections, bool whole)
{
	struct limit_run run = { .b = b, .whole = whole };
	pthread_t t[MAX_CONNECTIONS];
	int64_t begun;

	fresh_tables();
	begun = clock_monotonic_us();
	run.until = begun + (int64_t)(b->seconds * 1e6);
	for (int i = 0; i < connections; i++)
		if (pthread_create(&t[i], NULL, limit_thread, &run) != 0)
			fail("limit", "no thread");
	for (int i = 0; i < connections; i++)
		(void)pthread_join(t[i], NULL);
	return (double)run.done /
	       ((double)(clock_monotonic_us() - begun) / 1e6);
}

static void copy_field(struct buf *b, const void *p, size_t n)
{
	char len[4];

	be32(len, (uint32_t)n);
	buf_add(b, len, 4);
	buf_add(b, p, n);
}

static void copy_put(PGconn *c, struct buf *b, bool all)
{
	if (!all && b->len < 1 << 16)
		return;
	if (b->broken || PQputCopyData(c, b->data, (int)b->len) != 1)
		fail("copy", PQerrorMessage(c));
	b->len = 0;
}

static void copy_int(struct buf *b, uint32_t v)
{
	char four[4];

	be32(four, v);
	copy_field(b, four, 4);
}

static void copy_short(struct buf *b, char v)
{
	const char two[2] = { 0, v };

	copy_field(b, two, 2);
}

static void copy_raw(struct buf *b, const struct sheet *s, const char *id)
{
	buf_add(b, "\0\3", 2);
	copy_int(b, 1);
	copy_field(b, id, 8);
	copy_field(b, s->json, s->n);
}

static void copy_rating(struct buf *b, const struct sheet *s, const char *id)
{
	const char version = 1;
	char len[4];

	buf_add(b, "\0\5", 2);
	copy_int(b, 1);
	copy_field(b, id, 8);
	copy_int(b, 1);
	copy_field(b, s->answers, (size_t)s->n_answers);
	if (!s->extra) {
		buf_add(b, "\377\377\377\377", 4);
		return;
	}
	be32(len, (uint32_t)strlen(s->extra) + 1);
	buf_add(b, len, 4);
	buf_add(b, &version, 1);
	buf_adds(b, s->extra);
}

/* The columns of limit_thread's statement, in its order. */
static void copy_response(struct buf *b, const struct sheet *s, const char *id)
{
	static const uint8_t sha[SHA256_BYTES];
	const char yes = 1, now[8] = { 0, 2, 0x54 };

	buf_add(b, "\0\23", 2);
	copy_int(b, 1);
	copy_field(b, s->instance, strlen(s->instance));
	copy_field(b, id, 8);
	copy_field(b, sha, sizeof sha);
	copy_short(b, 1); /* state */
	copy_field(b, &yes, 1);
	for (int i = 0; i < 3; i++)
		copy_int(b, 1); /* form, group, home */
	copy_field(b, s->sheet, strlen(s->sheet));
	copy_short(b, 1);
	copy_int(b, 7500); /* a day of 2020 */
	copy_short(b, 1);
	copy_int(b, 1);
	copy_field(b, now, 8);
	copy_int(b, 0);
	copy_field(b, &yes, 1);
	copy_short(b, 1);
	copy_field(b, id, 8);
}

static const struct copy {
	const char *sql;
	void (*row)(struct buf *b, const struct sheet *s, const char *id);
} copies[] = {
	{ "COPY bench.raw FROM STDIN (FORMAT binary)", copy_raw },
	{ "COPY bench.rating FROM STDIN (FORMAT binary)", copy_rating },
	{ "COPY bench.response (wave, instance, response, sha256, state, "
	  "counted, form, grp, home, sheet, keying, collected, way, key, "
	  "received_at, flags, simulated, lane, batch) FROM STDIN "
	  "(FORMAT binary)",
	  copy_response },
};

static void copy_table(PGconn *c, const struct bench *b, size_t n,
		       const struct copy *what)
{
	struct buf out = BUF_INIT(1 << 24);
	char id[8] = "";

	check(c, PQexec(c, what->sql), PGRES_COPY_IN);
	buf_add(&out, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
	for (size_t i = 0; i < n; i++) {
		be32(id + 4, (uint32_t)i + 1);
		what->row(&out, &b->sheets[i], id);
		copy_put(c, &out, false);
	}
	buf_add(&out, "\377\377", 2);
	copy_put(c, &out, true);
	if (PQputCopyEnd(c, NULL) != 1)
		fail("copy", PQerrorMessage(c));
	check(c, PQgetResult(c), PGRES_COMMAND_OK);
	PQclear(PQgetResult(c));
	buf_free(&out);
}

/* forms a second: two tables, or all three, in one transaction on one
 * connection */
static double limit_copy(const struct bench *b, size_t n, bool whole)
{
	PGconn *c;
	int64_t begun;

	fresh_tables();
	c = connect_raw();
	begun = clock_monotonic_us();
	check(c, PQexec(c, "BEGIN"), PGRES_COMMAND_OK);
	for (size_t i = 0; i < (whole ? 3 : 2); i++)
		copy_table(c, b, n, &copies[i]);
	check(c, PQexec(c, "COMMIT"), PGRES_COMMAND_OK);
	PQfinish(c);
	return (double)n / ((double)(clock_monotonic_us() - begun) / 1e6);
}

/* ---- over HTTP ---- */
struct conn {
	int fd;
	struct buf out;
	size_t sent;
	struct buf in;
	int64_t begun;
	size_t forms; /* in the request under way */
};
struct http_run {
	struct conn c[MAX_CONNECTIONS];
	int connections, epoll;
	size_t lines; /* of a request: 1, or an NDJSON body */
	size_t last;  /* sheet to stop before */
	int64_t until;
	size_t done, open;
	float *ms;
	size_t n_ms;
};

static void send_more(struct conn *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = write(c->fd, c->out.data + c->sent,
				  c->out.len - c->sent);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			fail("write", strerror(errno));
		c->sent += (size_t)n;
	}
}

static bool send_next(struct bench *b, struct http_run *r, struct conn *c)
{
	size_t bytes = 0, first = b->next, n = r->lines;

	if (clock_monotonic_us() >= r->until || first + n > r->last)
		return false;
	for (size_t i = 0; i < n; i++)
		bytes += b->sheets[first + i].n + (n > 1);
	c->out.len = 0;
	buf_addf(&c->out,
		 "POST /v1/submissions HTTP/1.1\r\nHost: bench\r\n"
		 "Authorization: Bearer %s\r\nContent-Type: %s\r\n"
		 "Content-Length: %zu\r\n\r\n",
		 b->key, n > 1 ? "application/x-ndjson" : "application/json",
		 bytes);
	for (size_t i = 0; i < n; i++)
		buf_add(&c->out, b->sheets[first + i].json,
			b->sheets[first + i].n + (n > 1));
	if (c->out.broken)
		fail("request", "out of memory");
	b->next += n;
	c->forms = n;
	c->sent = 0;
	c->in.len = 0;
	c->begun = clock_monotonic_us();
	send_more(c);
	return true;
}

/* The whole reply is there: 201, or 200 with every line stored. */
static bool reply_whole(const struct http_run *r, const struct conn *c)
{
	const char *head = c->in.data, *body = strstr(head, "\r\n\r\n");
	const char *length = strstr(head, "Content-Length: ");
	char stored[40];

	if (!body || !length ||
	    c->in.len <
		    (size_t)(body + 4 - head) + strtoul(length + 16, NULL, 10))
		return false;
	if (strncmp(head, r->lines > 1 ? "HTTP/1.1 200" : "HTTP/1.1 201", 12))
		fail("reply", head);
	(void)snprintf(stored, sizeof stored, "\"stored\":%zu,", c->forms);
	if (r->lines > 1 && !strstr(c->in.data + c->in.len - 300, stored))
		fail("reply", c->in.data + c->in.len - 300);
	return true;
}

static void on_readable(struct bench *b, struct http_run *r, struct conn *c)
{
	char part[65536];
	ssize_t n;

	while ((n = read(c->fd, part, sizeof part)) > 0) {
		buf_add(&c->in, part, (size_t)n);
		if ((size_t)n < sizeof part)
			break;
	}
	if (n == 0 || (n < 0 && errno != EAGAIN))
		fail("read", n ? strerror(errno) : "the collector closed");
	if (c->in.len == 0 || !reply_whole(r, c))
		return;
	r->ms[r->n_ms++] = (float)(clock_monotonic_us() - c->begun) / 1000.0F;
	r->done += c->forms;
	if (!send_next(b, r, c))
		r->open--;
}

static void conn_open(struct bench *b, struct http_run *r, struct conn *c)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET,
				  .data.ptr = c };
	int one = 1;

	c->out = c->in = (struct buf)BUF_INIT((size_t)64 << 20);
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 ||
	    connect(c->fd, (struct sockaddr *)&b->at, sizeof b->at) != 0 ||
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) ||
	    fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0 ||
	    epoll_ctl(r->epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0)
		fail("connect", strerror(errno));
}

static int by_float(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* forms a second; *p99 in ms */
static double over_http(struct bench *b, int connections, size_t lines,
			size_t most, double *p50, double *p99)
{
	struct http_run *r = calloc(1, sizeof *r);
	struct epoll_event ev[64];
	int64_t begun;
	double rate;

	if (!r || !(r->ms = calloc(most + 1, sizeof *r->ms)))
		fail("http", "out of memory");
	r->epoll = epoll_create1(0);
	r->connections = connections;
	r->lines = lines;
	r->last = b->next + most > b->n ? b->n : b->next + most;
	for (int i = 0; i < connections; i++)
		conn_open(b, r, &r->c[i]);
	begun = clock_monotonic_us();
	r->until = begun + (int64_t)(b->seconds * (lines > 1 ? 100e6 : 1e6));
	for (int i = 0; i < connections; i++)
		r->open += send_next(b, r, &r->c[i]);
	while (r->open > 0) {
		int n = epoll_wait(r->epoll, ev, 64, 10000);
		if (n <= 0)
			fail("http", "no reply for 10 s");
		for (int i = 0; i < n; i++) {
			struct conn *c = ev[i].data.ptr;
			if (ev[i].events & EPOLLOUT)
				send_more(c);
			if (ev[i].events & EPOLLIN)
				on_readable(b, r, c);
		}
	}
	rate = (double)r->done / ((double)(clock_monotonic_us() - begun) / 1e6);
	qsort(r->ms, r->n_ms, sizeof *r->ms, by_float);
	*p50 = r->n_ms ? (double)r->ms[r->n_ms / 2] : 0;
	*p99 = r->n_ms ? (double)r->ms[r->n_ms * 99 / 100] : 0;
	for (int i = 0; i < connections; i++) {
		(void)close(r->c[i].fd);
		buf_free(&r->c[i].out);
		buf_free(&r->c[i].in);
	}
	(void)close(r->epoll);
	free(r->ms);
	free(r);
	return rate;
}

/* ---- processor time ---- */
struct cpu {
	double collector, database; /* seconds */
};

/* The first number is nanoseconds on a processor. */
static double cpu_of(const char *pid)
{
	char path[64], line[128] = "";
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%s/schedstat", pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (!fgets(line, sizeof line, f))
		line[0] = '\0';
	(void)fclose(f);
	return strtod(line, NULL) / 1e9;
}

static struct cpu cpu_now(const struct bench *b)
{
	struct cpu now = { .collector = cpu_of(b->pid) };
	PGconn *c = connect_raw();
	PGresult *r = PQexec(c, "SELECT pid FROM pg_stat_activity "
				"WHERE usename = 'phieu_collector'");

	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail("cpu", PQerrorMessage(c));
	for (int i = 0; i < PQntuples(r); i++)
		now.database += cpu_of(PQgetvalue(r, i, 0));
	PQclear(r);
	PQfinish(c);
	return now;
}

static void say_cpu(const struct bench *b, struct cpu was, size_t forms)
{
	struct cpu now = cpu_now(b);

	(void)fprintf(stderr,
		      "       a form: collector %.1f us, database %.1f us of "
		      "processor\n",
		      (now.collector - was.collector) * 1e6 / (double)forms,
		      (now.database - was.database) * 1e6 / (double)forms);
}

/* ---- set-up and report ---- */
static void say(const char *name, double value, const char *unit, double limit,
		const char *limit_is, double ratio, double whole, double goal,
		const char *better)
{
	(void)printf("{\"name\":\"%s\",\"value\":%.2f,\"unit\":\"%s\","
		     "\"limit\":%.2f,\"limit_is\":\"%s\",\"ratio\":%.3f,",
		     name, value, unit, limit, limit_is, ratio);
	if (whole > 0)
		(void)printf("\"limit_whole\":%.2f,\"ratio_whole\":%.3f,",
			     whole, value / whole);
	(void)printf("\"goal\":%g,\"better\":\"%s\"}\n", goal, better);
	(void)fflush(stdout);
}

static double memory_mib(const char *pid)
{
	char path[64], line[256];
	double kb = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%s/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kb = strtod(line + 6, NULL);
	if (f)
		(void)fclose(f);
	return kb / 1024;
}

static void seed(struct bench *b, const char *path)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct err e = { 0 };
	struct faults f;
	struct db *db;
	struct plan *p;
	struct wave *w;
	int32_t version, key;
	bool changed;
	size_t n;
	char *text = file_read(path, LIMIT_PLAN_BYTES, &n, &e);

	if (!text || !a)
		fail(path, e.msg);
	faults_init(&f, a);
	p = plan_read(text, n, &f, &e);
	if (!p)
		fail(path, "not a plan");
	db = db_open(getenv("PHIEU_TEST_DB"), "bench", DB_ANY_ROLE, 0, &e);
	if (!db ||
	    !store_plan_load(db, p, "bench", "bench", &version, &changed, &e) ||
	    !(w = store_wave_get(db, p->wave, &e)) ||
	    !store_agent_add(db, "bench", "bench", "bench", "bench", &e) ||
	    !store_agent_key_add(db, "bench", w, NULL, 0, NULL, 0, 1, "bench",
				 b->key, &key, &e))
		fail("seed", e.msg);
	b->plan = p;
	wave_free(w);
	db_close(db);
	arena_free(a);
	free(text);
}

static bool wanted(const struct bench *b, const char *name)
{
	return !b->only || strcmp(b->only, name) == 0;
}

/* Returns the rate; *last is the one of the level before. */
static void bench_single(struct bench *b, int n, double goal, double *last)
{
	struct cpu was;
	double limit = *last, whole = 0, rate, p50, p99;
	char name[40], limit_is[120];
	size_t first;

	(void)snprintf(name, sizeof name, "c%d", n);
	if (!wanted(b, name))
		return;
	if (n <= 32) { /* more would want more of PostgreSQL's */
		limit = limit_single(b, n, false);
		whole = limit_single(b, n, true);
	}
	was = cpu_now(b);
	first = b->next;
	rate = over_http(b, n, 1, b->n - b->next - N_NDJSON, &p50, &p99);
	(void)snprintf(name, sizeof name, "ingest_single_c%d", n);
	(void)snprintf(limit_is, sizeof limit_is,
		       n <= 32 ? "libpq, BEGIN, two prepared INSERTs, "
				 "COMMIT, on %d connections"
			       : "ingest_single_c32: still rising",
		       n);
	say(name, rate, "forms/s", limit, limit_is, rate / limit, whole, goal,
	    "higher");
	(void)fprintf(stderr, "  %3d connections: p50 %.2f ms, p99 %.2f ms\n",
		      n, p50, p99);
	if (whole > 0)
		(void)fprintf(
			stderr,
			"       the limit with the row of field.response: "
			"%.0f forms/s, ratio %.3f\n",
			whole, rate / whole);
	say_cpu(b, was, b->next - first);
	if (n == 32) {
		double mib = memory_mib(b->pid);
		say("ingest_p99_c32", p99, "ms", 20, "stated", p99 / 20, 0, 1,
		    "lower");
		say("collector_rss", mib, "MiB", 64, "stated", mib / 64, 0, 1,
		    "lower");
	}
	*last = rate;
}

static void bench_ndjson(struct bench *b)
{
	double limit, whole, rate, p50, p99;
	struct cpu was;

	if (!wanted(b, "ndjson"))
		return;
	limit = limit_copy(b, N_NDJSON, false);
	whole = limit_copy(b, N_NDJSON, true);
	if (b->n - b->next < N_NDJSON)
		fail("sheets", "too few for NDJSON");
	was = cpu_now(b);
	rate = over_http(b, 2, NDJSON_LINES, N_NDJSON, &p50, &p99);
	say("ingest_ndjson", rate, "forms/s", limit,
	    "binary COPY of the same rows, one connection", rate / limit, whole,
	    0.5, "higher");
	(void)fprintf(stderr,
		      "  NDJSON: the limit with the rows of field.response: "
		      "%.0f forms/s, ratio %.3f\n",
		      whole, rate / whole);
	(void)fprintf(stderr, "  after NDJSON: collector %.1f MiB\n",
		      memory_mib(b->pid));
	say_cpu(b, was, N_NDJSON);
}

int main(int argc, char **argv)
{
	static const struct {
		int connections;
		double goal;
	} level[] = { { 1, 0.7 }, { 8, 0.8 }, { 32, 1.0 }, { 128, 1.0 } };
	struct bench b = { .seconds = argc > 4 ? strtod(argv[4], NULL) : 3,
			   .only = argc > 5 ? argv[5] : NULL };
	double p50, p99, last = 0;
	struct err e = { 0 };
	const char *port;

	if (argc < 4)
		fail("usage", "bench_ingest PLAN URL PID [SECONDS [NAME]]");
	if (!hash_start(&e))
		fail("sodium", e.msg);
	b.pid = argv[3];
	port = strrchr(argv[2], ':');
	b.at = (struct sockaddr_in){ .sin_family = AF_INET };
	b.at.sin_port =
		htons((uint16_t)strtoul(port ? port + 1 : "0", NULL, 10));
	b.at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	seed(&b, argv[1]);
	make_sheets(&b, (size_t)(b.seconds * (b.only ? 60000 : 110000)) +
				2 * N_NDJSON);
	(void)over_http(&b, 4, 1, 2000, &p50, &p99); /* warm */
	for (size_t i = 0; i < sizeof level / sizeof level[0]; i++)
		bench_single(&b, level[i].connections, level[i].goal, &last);
	bench_ndjson(&b);
	return 0;
}
