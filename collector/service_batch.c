/* POST /v1/submissions with NDJSON: the body goes through the same queue in
 * chunks, a few at a time, so that one is read while others are stored.
 * Results come in the order of the lines.  A line that replaces another is a
 * chunk of its own, after all before it and before all after it. */
#include <stdlib.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "service_impl.h"

enum { SLOTS = 4 };
#define CHUNK_ARENA ((size_t)64 << 20)

struct batch;
struct chunk {
	struct job job;
	struct batch *owner;
	struct arena *arena;
	struct line *lines;
	struct sha256_in *in;
	uint8_t (*sha)[SHA256_BYTES];
	size_t n, room; /* of submissions; behind them, the files they name */
	int64_t first;	/* number of its first line */
	unsigned seq;
	enum { CHUNK_FREE, CHUNK_SENT, CHUNK_DONE } state;
};

struct batch {
	struct http_request *rq;
	struct wave_ref *wave;
	const struct agent_scope *key;
	const char *at, *end;
	bool atomic, finished;
	bool dropped; /* atomic, and nothing was kept */
	bool barrier; /* nothing else until what is sent is done */
	unsigned seq, written, in_flight;
	int64_t lines, stored, duplicates, invalid, refused;
	int64_t begun;
	struct chunk slot[SLOTS];
};

static void pump(struct service *s, struct batch *b);

static void chunk_free(struct chunk *c)
{
	free(c->lines);
	free(c->in);
	free(c->sha);
	c->lines = NULL;
	c->in = NULL;
	c->sha = NULL;
	c->room = 0;
}

static void batch_free(struct batch *b)
{
	for (size_t i = 0; i < SLOTS; i++) {
		arena_free(b->slot[i].arena);
		chunk_free(&b->slot[i]);
	}
	wave_ref_drop(b->wave);
}

/* A receipt stands for what is kept: none for an atomic batch that was not. */
static void closing_line(struct service *s, struct batch *b, struct buf *out)
{
	uint8_t sha[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1], receipt[RECEIPT_TEXT_MAX];

	sha256(b->rq->body, b->rq->body_n, sha);
	hex_text(sha, sizeof sha, hex);
	(void)receipt_text(s, s->receipt_keys[0].id, b->wave->wave->code,
			   "batch", sha, receipt);
	buf_addf(out,
		 "{\"lines\":%lld,\"stored\":%lld,\"duplicates\":%lld,"
		 "\"invalid\":%lld,\"refused\":%lld,\"sha256\":\"%s\"",
		 (long long)b->lines, (long long)b->stored,
		 (long long)b->duplicates, (long long)b->invalid,
		 (long long)b->refused, hex);
	if (!b->dropped)
		buf_addf(out, ",\"receipt\":\"%s\"", receipt);
	buf_adds(out, "}\n");
}

static void finish(struct service *s, struct batch *b)
{
	struct http_request *rq = b->rq;
	struct http_reply *rp = http_reply_of(rq);

	b->finished = true;
	rp->content_type = "application/x-ndjson; charset=utf-8";
	closing_line(s, b, &rp->body);
	metrics_latency(&s->metrics, clock_monotonic_us() - b->begun);
	batch_free(b);
	http_finish(rq);
}

static void tally(struct batch *b, int status)
{
	switch (status) {
	case 201: b->stored++; break;
	case 200: b->duplicates++; break;
	case 422: b->invalid++; break;
	default: b->refused++; break;
	}
}

/* Writes what is done, in order. */
static void flush(struct service *s, struct batch *b)
{
	struct http_reply *rp = http_reply_of(b->rq);

	for (size_t i = 0; i < SLOTS; i++) {
		struct chunk *c = &b->slot[i];
		if (c->state != CHUNK_DONE || c->seq != b->written)
			continue;
		for (size_t k = 0; k < c->n; k++) {
			line_write(s, b->wave, &c->lines[k], b->rq->id,
				   c->first + (int64_t)k, &rp->body);
			tally(b, line_status(&c->lines[k]));
		}
		c->state = CHUNK_FREE;
		arena_reset(c->arena);
		b->written++;
		i = (size_t)-1; /* the other may follow */
	}
}

static void chunk_done(struct service *s, struct job *j)
{
	struct chunk *c = j->owner;
	struct batch *b = c->owner;

	c->state = CHUNK_DONE;
	b->in_flight--;
	if (b->in_flight == 0)
		b->barrier = false;
	flush(s, b);
	pump(s, b);
}

static bool chunk_room(struct chunk *c, size_t n)
{
	if (!c->arena)
		c->arena = arena_new(CHUNK_ARENA);
	if (!c->arena)
		return false;
	if (c->room >= n)
		return true;
	chunk_free(c);
	c->lines = calloc(2 * n, sizeof *c->lines);
	c->in = calloc(n, sizeof *c->in);
	c->sha = calloc(n, sizeof *c->sha);
	if (!c->lines || !c->in || !c->sha) {
		chunk_free(c);
		return false;
	}
	c->room = n;
	return true;
}

/* Finds the next lines and hashes them together. */
static size_t peek(struct batch *b, struct chunk *c)
{
	const char *at = b->at, *line;
	size_t n, found = 0, bytes = 0;

	while (found < c->room && bytes < CHUNK_BYTES &&
	       ndjson_next(&at, b->end, &line, &n)) {
		c->in[found++] = (struct sha256_in){ line, n };
		bytes += n;
	}
	if (found == 0)
		b->at = at;
	sha256_many(c->in, found, c->sha);
	return found;
}

/* Reads the next lines into c.  A line that cannot share is left for later
 * unless it is alone. */
static void cut(struct batch *b, struct chunk *c)
{
	size_t found = peek(b, c);

	c->n = 0;
	while (c->n < found) {
		const struct sha256_in *in = &c->in[c->n];
		struct line *l = &c->lines[c->n];
		bool read = line_read(b->wave, b->key, WAY_NDJSON, in->p, in->n,
				      c->sha[c->n], c->arena, l);
		bool shares = read && !l->sub.replaces;
		if (!shares && (c->n > 0 || b->in_flight > 0)) {
			quota_settle(b->wave, l, false);
			if (c->n == 0)
				b->barrier = true;
			return;
		}
		if (!read)
			l->end = END_DOWN;
		c->n++;
		b->at = (const char *)in->p + in->n;
		if (!shares) {
			b->barrier = true;
			return;
		}
	}
}

/* Lists of files stand behind all sheets; how many lines that makes. */
static size_t with_files(struct chunk *c)
{
	size_t n = c->n;

	for (size_t i = 0; i < c->n; i++)
		n += line_behind(&c->lines[i], &c->lines[n]);
	return n;
}

static void send(struct service *s, struct batch *b, struct chunk *c)
{
	c->owner = b;
	c->seq = b->seq++;
	c->first = b->lines + 1;
	b->lines += (int64_t)c->n;
	if (c->n == 1 && c->lines[0].end == END_DOWN) { /* could not be read */
		c->state = CHUNK_DONE;
		b->barrier = false;
		flush(s, b);
		return;
	}
	c->state = CHUNK_SENT;
	c->job = (struct job){ .wave = b->wave,
			       .lines = c->lines,
			       .n = with_files(c),
			       .bytes = CHUNK_BYTES,
			       .alone = b->barrier,
			       .done = chunk_done,
			       .owner = c };
	b->in_flight++;
	service_enqueue(s, &c->job);
}

static struct chunk *free_slot(struct batch *b)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (b->slot[i].state == CHUNK_FREE)
			return &b->slot[i];
	return NULL;
}

static void pump(struct service *s, struct batch *b)
{
	while (!b->finished && !b->barrier && b->at != b->end) {
		struct chunk *c = free_slot(b);
		if (!c)
			break;
		if (!chunk_room(c, CHUNK_LINES)) {
			b->at = b->end; /* what is left is not answered */
			break;
		}
		cut(b, c);
		if (c->n == 0)
			break;
		send(s, b, c);
		service_kick(s); /* stored while the next is read */
	}
	if (!b->finished && b->at == b->end && b->in_flight == 0 &&
	    b->written == b->seq)
		finish(s, b);
}

static size_t count_lines(const char *at, const char *end)
{
	const char *line;
	size_t n, lines = 0;

	while (ndjson_next(&at, end, &line, &n))
		lines++;
	return lines;
}

/* All or nothing: what is wrong, and nothing else, is said. */
static void atomic_reply(struct service *s, struct batch *b, bool kept)
{
	struct http_reply *rp = http_reply_of(b->rq);
	const struct chunk *c = &b->slot[0];
	bool down = false;

	b->dropped = !kept;
	for (size_t i = 0; i < c->n; i++) {
		struct line *l = &c->lines[i];
		bool checked = !kept && l->end == END_OPEN;
		int status = checked ? 422 : line_status(l);
		bool good = checked ? l->kind == LINE_ITEM &&
					      l->item.state != STATE_INVALID
				    : status == 200 || status == 201;
		down = down || status == 503;
		l->dropped = !kept;
		if (kept || !good)
			line_write(s, b->wave, l, b->rq->id, (int64_t)i + 1,
				   &rp->body);
		if (kept)
			tally(b, status);
		else if (!good)
			b->refused++;
	}
	b->lines = (int64_t)c->n;
	rp->status = kept ? 200 : down ? 503 : 422;
	if (rp->status == 503)
		http_set_header(rp, "Retry-After", "2");
	finish(s, b);
}

static void atomic_done(struct service *s, struct job *j)
{
	struct chunk *c = j->owner;
	bool kept = !j->rolled_back;

	for (size_t i = 0; i < c->n; i++)
		kept = kept && c->lines[i].end == END_ANSWERED;
	atomic_reply(s, c->owner, kept);
}

/* What was never sent to the store is answered as if it had been. */
static bool checked_before(struct batch *b, struct chunk *c)
{
	bool good = true;

	for (size_t i = 0; i < c->n; i++) {
		struct line *l = &c->lines[i];
		if (l->kind == LINE_ITEM && l->item.state != STATE_INVALID)
			continue;
		good = false;
		l->end = END_ANSWERED;
		l->answer = (struct intake_answer){ .outcome = INTAKE_STORED,
						    .state = STATE_INVALID,
						    .faults = l->item.faults };
	}
	for (size_t i = 0; !good && i < c->n; i++)
		quota_settle(b->wave, &c->lines[i], false);
	return good;
}

static void run_atomic(struct service *s, struct batch *b, size_t lines)
{
	struct chunk *c = &b->slot[0];
	const char *line;
	size_t n;
	bool ok = chunk_room(c, lines + 1);

	while (ok && ndjson_next(&b->at, b->end, &line, &n))
		ok = line_read(b->wave, b->key, WAY_NDJSON, line, n, NULL,
			       c->arena, &c->lines[c->n++]);
	if (!ok) {
		reply_down(b->rq, http_reply_of(b->rq));
		batch_free(b);
		http_finish(b->rq);
		return;
	}
	c->owner = b;
	if (c->n == 0 || !checked_before(b, c)) {
		atomic_reply(s, b, c->n == 0);
		return;
	}
	c->job = (struct job){ .wave = b->wave,
			       .lines = c->lines,
			       .n = with_files(c),
			       .bytes = b->rq->body_n,
			       .alone = true,
			       .atomic = true,
			       .done = atomic_done,
			       .owner = c };
	service_enqueue(s, &c->job);
}

enum http_done service_batch(struct http_request *rq, struct http_reply *rp,
			     struct service *s)
{
	const char *atomic = http_query(rq, "atomic");
	const struct agent_scope *key = rq->identity;
	struct batch *b = arena_alloc(rq->arena, sizeof *b);
	struct err e = { 0 };
	size_t lines = count_lines(rq->body, rq->body + rq->body_n);

	if (lines > LIMIT_BATCH_LINES) {
		http_error(rq, rp, 413, "too-many-lines",
			   "more than 20000 lines in one body",
			   "Quá 20000 dòng trong một lần gửi");
		return HTTP_REPLIED;
	}
	if (b)
		b->wave = service_wave(s, key->wave_code, &e);
	if (!b || !b->wave) {
		log_err(LOG_WARN, rq->id, "plan", &e);
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	b->rq = rq;
	b->key = key;
	b->at = rq->body;
	b->end = rq->body + rq->body_n;
	b->begun = clock_monotonic_us();
	b->atomic = atomic && strcmp(atomic, "1") == 0;
	if (b->atomic)
		run_atomic(s, b, lines);
	else
		pump(s, b);
	return HTTP_LATER;
}
