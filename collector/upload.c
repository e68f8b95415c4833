#include <string.h>
#include <time.h>

#include "phieu/date.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "upload_parts.h"

#define FIRST_LINES 20
#define MOST_LINES  2000
#define BATCH_BYTES ((size_t)4 << 20)
#define ARENA_BYTES ((size_t)128 << 20)
#define SECOND	    INT64_C(1000000)
#define QUICK_US    (SECOND / 2) /* a batch faster than this may grow */
#define SLOW_US	    (3 * SECOND) /* and one slower than this shrinks */

#define BACKOFF_FIRST 0.5
#define BACKOFF_MOST  30.0

double upload_backoff(unsigned failures, long retry_after, uint32_t random)
{
	double wait = BACKOFF_FIRST;

	while (failures > 1 && wait < BACKOFF_MOST) {
		wait *= 2;
		failures--;
	}
	if (wait > BACKOFF_MOST)
		wait = BACKOFF_MOST;
	/* agents that lost the line together must not come back together */
	wait = wait / 2 + wait / 2 * ((double)random / 4294967296.0);
	if (retry_after > 0 && wait < (double)retry_after)
		wait += (double)retry_after;
	return wait;
}

struct sending {
	struct upload *u;
	struct arena *a;
	struct outbox_item *items;
	size_t n;
	struct buf body;
	unsigned failures; /* in a row */
	int64_t moved_us;  /* when something was last settled */
	bool too_large;	   /* the last batch: smaller ones may pass */
	char why[300];
};

static bool build(struct sending *s, struct err *e)
{
	s->body.len = 0;
	for (size_t i = 0; i < s->n; i++) {
		buf_add(&s->body, s->items[i].bytes, s->items[i].n);
		buf_adds(&s->body, "\n");
	}
	return buf_cstr(&s->body) || err_set(e, ERR_NOMEM, "out of memory");
}

static void shrink(struct upload *u)
{
	u->lines = u->lines > 1 ? u->lines / 2 : 1;
}

static void adapt(struct upload *u, size_t sent, int64_t took_us)
{
	if (took_us > SLOW_US)
		shrink(u);
	else if (took_us < QUICK_US && sent >= u->lines &&
		 u->lines < MOST_LINES)
		u->lines *= 2;
}

/* What the whole answer says when it is not the 200 of a batch. */
enum verdict { TRY_AGAIN, TOO_LARGE, NEVER };

static enum verdict judge(const struct answer *an, struct sending *s,
			  struct err *e)
{
	long code = an->status;

	if (code == 0) {
		(void)snprintf(s->why, sizeof s->why, "%s", an->why);
		return TRY_AGAIN;
	}
	(void)snprintf(s->why, sizeof s->why, "the collector answered %ld",
		       code);
	s->too_large = code == 413;
	if (s->too_large)
		return TOO_LARGE;
	if (code >= 500 || code == 408 || code == 425 || code == 429)
		return TRY_AGAIN;
	if (code == 401)
		err_set(e, ERR_DENIED,
			"the collector does not know the agent key (401); "
			"mã khóa không đúng hoặc đã hết hạn");
	else if (code == 403)
		err_set(e, ERR_DENIED,
			"the agent key may not send here (403); mã khóa không "
			"có quyền gửi");
	else if (code >= 300 && code < 400)
		err_set(e, ERR_INPUT,
			"the address sends us elsewhere (%ld); give --to the "
			"final address",
			code);
	else
		err_set(e, ERR_INPUT,
			"không phải máy thu nhận phiếu (%.120s is not a phieu "
			"collector, it answered %ld)",
			s->u->to, code);
	return NEVER;
}

/* One sheet the collector will not even look at: it says so for ever. */
static bool refuse_large(struct sending *s, size_t *settled, struct err *e)
{
	struct outbox_result r = { .id = s->items[0].id,
				   .state = OUTBOX_REFUSED,
				   .code = 413,
				   .status = "too-large" };

	if (s->n > 1)
		return outbox_unsend(s->u->outbox, e);
	*settled = 1;
	return outbox_settle(s->u->outbox, &r, 1, NULL, e);
}

static bool read_answer(struct sending *s, const struct answer *an,
			size_t *settled, struct err *e)
{
	uint8_t sum[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];
	struct reply reply;

	sha256(s->body.data, s->body.len, sum);
	hex_text(sum, sizeof sum, hex);
	if (!upload_reply(s->items, s->n, an, hex, s->a, &reply, e))
		return false;
	if (reply.mismatch)
		(void)snprintf(s->why, sizeof s->why,
			       "the answer does not fit what was sent");
	else if (!an->whole)
		(void)snprintf(s->why, sizeof s->why, "%s", an->why);
	else
		(void)snprintf(s->why, sizeof s->why,
			       "the collector cannot store just now");
	*settled = reply.settled;
	return outbox_settle(s->u->outbox, reply.results, s->n, &reply.batch,
			     e);
}

/* Sends one batch; *settled sheets are done with.  False: stop for good. */
static bool send_batch(struct sending *s, size_t *settled, long *retry_after,
		       struct err *e)
{
	struct upload *u = s->u;
	int64_t begun = clock_monotonic_us();
	struct answer an;
	bool ok;

	*settled = 0;
	s->too_large = false;
	if (!build(s, e))
		return false;
	upload_post(u, s->body.data, s->body.len, &an);
	*retry_after = an.retry_after;
	if (an.status == 200 || an.status == 201) {
		ok = read_answer(s, &an, settled, e);
		if (*settled == s->n)
			adapt(u, s->n, clock_monotonic_us() - begun);
	} else {
		switch (judge(&an, s, e)) {
		case TRY_AGAIN: ok = outbox_unsend(u->outbox, e); break;
		case TOO_LARGE: ok = refuse_large(s, settled, e); break;
		default: ok = false; break;
		}
	}
	/* single lines put off say nothing about the size */
	if (*settled == 0 || (*settled < s->n && !an.whole))
		shrink(u);
	buf_free(&an.body);
	return ok;
}

void upload_pause(struct upload *u, int64_t until)
{
	const struct timespec nap = { .tv_nsec = 50000000 };

	while (!upload_stop && clock_monotonic_us() < until) {
		(void)nanosleep(&nap, NULL);
		show_draw(&u->show, false);
	}
}

/* Waits before the next try; false when it is time to give up. */
static bool rest(struct sending *s, long retry_after)
{
	struct upload *u = s->u;
	int64_t now = clock_monotonic_us(), until;
	int64_t last = s->moved_us + u->give_up * SECOND;
	uint32_t random;

	random_bytes(&random, sizeof random);
	until = now +
		(int64_t)(upload_backoff(s->failures, retry_after, random) *
			  (double)SECOND);
	if (now >= last)
		return false;
	if (until > last)
		until = last;
	show_trouble(&u->show, s->why, s->failures, until);
	upload_pause(u, until);
	return true;
}

static enum upload_end loop(struct sending *s, struct err *e)
{
	struct upload *u = s->u;
	long retry_after;
	size_t settled;

	while (!upload_stop) {
		arena_reset(s->a);
		if (!outbox_next(u->outbox, u->lines, BATCH_BYTES, s->a,
				 &s->items, &s->n, e))
			return UPLOAD_FAILED;
		if (s->n == 0)
			return UPLOAD_ALL;
		if (!send_batch(s, &settled, &retry_after, e))
			return UPLOAD_FAILED;
		if (upload_stop)
			break;
		if (settled > 0) {
			s->moved_us = clock_monotonic_us();
			show_step(&u->show, settled);
		}
		if (settled == s->n)
			s->failures = 0;
		if (settled == s->n || s->too_large)
			continue;
		s->failures = settled > 0 ? 1 : s->failures + 1;
		if (!rest(s, retry_after))
			return UPLOAD_GAVE_UP;
	}
	return UPLOAD_STOPPED;
}

enum upload_end upload_run(struct upload *u, struct err *e)
{
	struct sending s = { .u = u,
			     .body = BUF_INIT(LIMIT_BATCH_BYTES * 2),
			     .moved_us = clock_monotonic_us() };
	enum upload_end end = UPLOAD_FAILED;
	struct err ignored = { 0 };
	struct outbox_counts counts;

	u->lines = FIRST_LINES;
	s.a = arena_new(ARENA_BYTES);
	if (!s.a)
		err_set(e, ERR_NOMEM, "out of memory");
	else if (outbox_reopen(u->outbox, e) &&
		 outbox_count(u->outbox, &counts, e)) {
		show_begin(&u->show, counts.waiting);
		end = loop(&s, e);
		show_end(&u->show);
	}
	if (end == UPLOAD_GAVE_UP)
		err_set(e, ERR_DOWN, "%s", s.why);
	(void)!outbox_unsend(u->outbox, &ignored);
	buf_free(&s.body);
	arena_free(s.a);
	return end;
}
