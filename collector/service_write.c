/* The queue and the connections that empty it.
 *
 * A writer takes what waits, up to BATCH_LINES, as one run: first a batch of
 * all readable submissions in one statement, then what needs statements of
 * its own, one by one (quarantine, refusals; the rows of a batch that
 * raised).  When the connection is lost the outcome of the whole run is
 * unknown: its clients are told to send again, and the UNIQUE keys make that
 * harmless. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/log.h"
#include "service_impl.h"

static bool ready(struct writer *w, struct err *e)
{
	if (!store_durable(w->db, e) || !store_intake_settle(w->db, e)) {
		writer_close(w);
		return false;
	}
	w->phase = W_IDLE;
	w->wait_us = RETRY_FIRST_US;
	return true;
}

bool writer_open(struct service *s, struct writer *w, struct err *e)
{
	w->db = db_open(s->address, "phieu-collector", DB_SERVICE_ROLE,
			(int)conf_int(s->conf, "statement-timeout-ms"), e);
	return w->db && watch(s, w->db, w, e) && ready(w, e);
}

void writer_close(struct writer *w)
{
	dial_give_up(&w->dial);
	db_close(w->db); /* closing takes it out of the epoll set */
	w->db = NULL;
	w->phase = W_DOWN;
}

bool service_can_write(const struct service *s)
{
	for (size_t i = 0; i < s->n_writers; i++)
		if (s->writers[i].phase != W_DOWN)
			return true;
	return false;
}

void service_enqueue(struct service *s, struct job *j)
{
	j->next = NULL;
	*s->last = j;
	s->last = &j->next;
	s->queued += j->n;
}

/* Not ready for so long after the store had no room for something. */
#define FULL_US INT64_C(5000000)

static void finish_run(struct service *s, struct writer *w)
{
	struct job *j = w->jobs;

	w->jobs = NULL;
	w->n_items = w->n_solo = w->at_solo = 0;
	if (w->phase != W_DOWN)
		w->phase = W_IDLE;
	while (j) {
		struct job *next = j->next;
		for (size_t i = 0; i < j->n; i++) {
			quota_settle(j->wave, &j->lines[i], !j->rolled_back);
			if (!j->rolled_back)
				line_count(s, &j->lines[i]);
		}
		j->done(s, j);
		j = next;
	}
}

/* Whatever is open in this run has an unknown outcome. */
static void lose(struct service *s, struct writer *w, const struct err *e)
{
	log_err(LOG_WARN, NULL, "database-lost", e);
	for (struct job *j = w->jobs; j; j = j->next)
		for (size_t i = 0; i < j->n; i++)
			if (j->lines[i].end == END_OPEN || j->atomic)
				j->lines[i].end = END_DOWN;
	writer_close(w);
	w->retry_us = retry_after(&w->wait_us);
	finish_run(s, w);
}

void writer_free(struct writer *w)
{
	writer_close(w);
	intake_work_free(w->work);
	free(w->items);
	free(w->lines);
	free(w->answers);
	free(w->solo);
	free(w->in);
	free(w->sha);
	free(w->met);
}

static bool room_for(struct writer *w, size_t all)
{
	if (all <= w->room_items)
		return true;
	free(w->items);
	free(w->lines);
	free(w->answers);
	free(w->solo);
	free(w->in);
	free(w->sha);
	free(w->met);
	w->room_items = all < BATCH_LINES ? BATCH_LINES : all;
	w->items = calloc(w->room_items, sizeof *w->items);
	w->lines = calloc(w->room_items, sizeof *w->lines);
	w->answers = calloc(w->room_items, sizeof *w->answers);
	w->solo = calloc(w->room_items, sizeof *w->solo);
	w->in = calloc(w->room_items, sizeof *w->in);
	w->sha = calloc(w->room_items, sizeof *w->sha);
	/* eight: a power of two from four times as many */
	w->met = calloc(w->room_items, 8 * sizeof *w->met);
	if (w->items && w->lines && w->answers && w->solo && w->in && w->sha &&
	    w->met)
		return true;
	w->room_items = 0;
	return false;
}

/* Jobs from the front of the queue that may share a transaction. */
static size_t take(struct service *s, struct writer *w)
{
	struct job **tail = &w->jobs, *j;
	size_t n = 0, bytes = 0;

	while ((j = s->first)) {
		if (n > 0 &&
		    (j->alone || j->wave != w->jobs->wave ||
		     n + j->n > BATCH_LINES || bytes + j->bytes > BATCH_BYTES))
			break;
		s->first = j->next;
		if (!s->first)
			s->last = &s->first;
		j->next = NULL;
		*tail = j;
		tail = &j->next;
		n += j->n;
		bytes += j->bytes;
		s->queued -= j->n;
		if (j->alone)
			break;
	}
	return n;
}

static bool to_hash(const struct line *l)
{
	return !l->hashed && l->item.bytes;
}

/* Eight messages cost little more than one (sha256_many). */
static void hash_lines(struct writer *w)
{
	size_t n = 0, k = 0;

	for (struct job *j = w->jobs; j; j = j->next)
		for (size_t i = 0; i < j->n; i++)
			if (to_hash(&j->lines[i]))
				w->in[n++] = (struct sha256_in){
					j->lines[i].item.bytes,
					j->lines[i].item.n_bytes
				};
	sha256_many(w->in, n, w->sha);
	for (struct job *j = w->jobs; j; j = j->next)
		for (size_t i = 0; i < j->n; i++) {
			struct line *l = &j->lines[i];
			if (!to_hash(l))
				continue;
			l->hashed = true;
			memcpy(l->item.sha, w->sha[k], SHA256_BYTES);
			memcpy(l->odd.sha, w->sha[k++], SHA256_BYTES);
		}
}

static uint64_t text_hash(const char *s, uint64_t h)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001B3);
	return h ^ h >> 29;
}

/* Notes a hash in a table of `mask` + 1 places (0: free); true when it was
 * there. */
static bool noted(uint64_t *table, size_t mask, uint64_t h)
{
	size_t i = h & mask;

	for (h += h == 0; table[i] && table[i] != h; i = (i + 1) & mask)
		continue;
	if (table[i])
		return true;
	table[i] = h;
	return false;
}

/* A batch is sorted by instance, and so of two lines with one sheet number or
 * one instance not always the first would win: the later one waits for its
 * turn behind the batch.  Two hashes that happen to be equal only cost the
 * later line that. */
static bool came_before(struct writer *w, size_t mask, const struct line *l)
{
	const struct submission *sub = &l->sub;
	bool met = noted(w->met, mask, text_hash(sub->instance, 1));

	if (sub->sheet && l->item.state != STATE_INVALID)
		met |= noted(w->met, mask,
			     text_hash(sub->sheet, 2 + (uint64_t)sub->keying));
	return met;
}

static void sort_out(struct writer *w, size_t n)
{
	size_t mask = 1;

	while (mask < 4 * n)
		mask *= 2;
	memset(w->met, 0, mask-- * sizeof *w->met);
	for (struct job *j = w->jobs; j; j = j->next)
		for (size_t i = 0; i < j->n; i++) {
			struct line *l = &j->lines[i];
			if (l->kind == LINE_ITEM &&
			    (j->atomic || !came_before(w, mask, l)))
				w->items[w->n_items++] = &l->item;
			else
				w->solo[w->n_solo++] = l;
		}
	store_intake_order(w->items, w->n_items);
	for (size_t i = 0; i < w->n_items; i++)
		w->lines[i] =
			(struct line *)(void *)((char *)w->items[i] -
						offsetof(struct line, item));
}

/* The server's own time-out comes first unless the server hangs. */
static void overdue_at(struct service *s, struct writer *w)
{
	w->until_us = clock_monotonic_us() +
		      conf_int(s->conf, "statement-timeout-ms") * 1000 +
		      SLACK_SECONDS * INT64_C(1000000);
}

static bool send_items(struct service *s, struct writer *w, bool lean,
		       const struct intake_item *const *items, size_t n,
		       struct err *e)
{
	return store_intake_send(w->db, w->work, w->lane, s->receipt_keys[0].id,
				 s->reused, lean, items, n, e);
}

static bool send_solo(struct service *s, struct writer *w, struct line *l,
		      struct err *e)
{
	const struct intake_item *one = &l->item;

	switch (l->kind) {
	case LINE_ITEM: return send_items(s, w, false, &one, 1, e);
	case LINE_QUARANTINE:
		return store_quarantine_send(w->db, w->lane, &l->odd, e);
	case LINE_REFUSAL:
		return store_refusal_send(w->db, w->lane, &l->odd, e);
	case LINE_FILES:
		return store_attach_send(w->db, w->lane, &l->files->set, e);
	}
	return err_set(e, ERR_BUG, "a line of no kind");
}

static void next_solo(struct service *s, struct writer *w);

/* 40: serialisation, deadlock; 53, 57, 58: full, stopping, disk: the store's
 * trouble and not the submission's. */
static void fail_line(struct service *s, struct line *l, const struct err *e)
{
	bool theirs = e->kind == ERR_DB || e->kind == ERR_NOMEM;

	l->end = theirs && (strncmp(e->sqlstate, "40", 2) == 0 ||
			    strncmp(e->sqlstate, "53", 2) == 0 ||
			    strncmp(e->sqlstate, "57", 2) == 0 ||
			    strncmp(e->sqlstate, "58", 2) == 0 ||
			    e->kind == ERR_NOMEM)
			 ? END_DOWN
			 : END_FAILED;
	if (l->end == END_DOWN && strncmp(e->sqlstate, "40", 2) != 0)
		s->full_until_us = clock_monotonic_us() + FULL_US;
	log_err(LOG_ERROR, NULL, "not-stored", e);
}

/* 22: a value the store has no place for; 54: longer than it can hold; 23502,
 * 23514: a row no table takes. */
static bool is_unstorable(const struct line *l, const struct err *e)
{
	return l->kind == LINE_ITEM && (strncmp(e->sqlstate, "22", 2) == 0 ||
					strncmp(e->sqlstate, "54", 2) == 0 ||
					strcmp(e->sqlstate, "23502") == 0 ||
					strcmp(e->sqlstate, "23514") == 0);
}

/* What came from a valid key is not lost: what cannot be stored as understood
 * is kept as it came. */
static void park(struct writer *w, struct line *l, const struct err *e)
{
	log_err(LOG_ERROR, NULL, "not-stored", e);
	quota_settle(w->jobs->wave, l, false);
	l->cell = NONE;
	l->kind = LINE_QUARANTINE;
	l->odd.code = "not-stored";
	l->odd.words = "the store could not take what was understood of it";
	l->why_vi = "Kho dữ liệu không ghi được phiếu này; nội dung được giữ "
		    "lại để xem xét";
}

static void solo_failed(struct service *s, struct writer *w,
			const struct err *e)
{
	struct line *l = w->solo[w->at_solo];

	if (e->kind == ERR_DOWN || !db_is_up(w->db)) {
		lose(s, w, e);
		return;
	}
	if (is_unstorable(l, e)) {
		park(w, l, e);
	} else if (strncmp(e->sqlstate, "40", 2) != 0 || ++l->tries > 3) {
		fail_line(s, l, e);
		w->at_solo++;
	}
	next_solo(s, w);
}

static void next_solo(struct service *s, struct writer *w)
{
	struct err e = { 0 };

	if (w->at_solo == w->n_solo) {
		finish_run(s, w);
		return;
	}
	overdue_at(s, w);
	w->phase = W_SOLO;
	if (!send_solo(s, w, w->solo[w->at_solo], &e))
		solo_failed(s, w, &e);
}

static bool step(struct service *s, struct writer *w, enum intake_step step,
		 enum phase phase)
{
	struct err e = { 0 };

	overdue_at(s, w);
	w->phase = phase;
	if (store_intake_step(w->db, step, &e))
		return true;
	lose(s, w, &e);
	return false;
}

/* A batch that raised is run again row by row; one that must be whole is
 * given up. */
static void batch_failed(struct service *s, struct writer *w,
			 const struct err *e)
{
	if (e->kind == ERR_DOWN || !db_is_up(w->db)) {
		lose(s, w, e);
		return;
	}
	if (w->jobs->atomic) {
		for (size_t i = 0; i < w->n_items; i++)
			fail_line(s, w->lines[i], e);
		w->jobs->rolled_back = true;
		(void)step(s, w, INTAKE_ROLLBACK, W_ROLLBACK);
		return;
	}
	log_err(LOG_INFO, NULL, "batch-again-by-rows", e);
	memmove(w->solo + w->n_items, w->solo, w->n_solo * sizeof *w->solo);
	memcpy(w->solo, w->lines, w->n_items * sizeof *w->lines);
	w->n_solo += w->n_items;
	next_solo(s, w);
}

static void send_batch(struct service *s, struct writer *w, bool lean)
{
	struct err e = { 0 };

	overdue_at(s, w);
	w->phase = W_BATCH;
	if (!send_items(s, w, lean, w->items, w->n_items, &e))
		batch_failed(s, w, &e);
}

static void start(struct service *s, struct writer *w)
{
	struct err e = { 0 };
	size_t n = take(s, w);

	if (!room_for(w, n)) {
		err_set(&e, ERR_NOMEM, "out of memory");
		lose(s, w, &e);
		return;
	}
	w->begun_us = clock_monotonic_us();
	hash_lines(w);
	sort_out(w, n);
	metrics_batch(&s->metrics, n);
	if (w->n_items == 0)
		next_solo(s, w);
	else if (w->jobs->atomic)
		(void)step(s, w, INTAKE_BEGIN, W_BEGIN);
	else
		send_batch(s, w, true);
}

static size_t busy(const struct service *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_writers; i++)
		n += s->writers[i].phase > W_IDLE;
	return n;
}

/* What arrives while a batch is being stored is best stored with the next:
 * a statement and a commit cost more than thirty submissions.  A second
 * connection helps when more than a batch waits, or when the first one is
 * held up. */
static bool worth_another(const struct service *s, int64_t now)
{
	if (!s->first)
		return false;
	if (busy(s) == 0 || s->queued >= ANOTHER_LINES)
		return true;
	for (size_t i = 0; i < s->n_writers; i++)
		if (s->writers[i].phase > W_IDLE &&
		    now < s->writers[i].begun_us + ANOTHER_US)
			return false;
	return true;
}

int64_t service_kick_due(const struct service *s)
{
	int64_t due = 0;
	bool idle = false;

	for (size_t i = 0; i < s->n_writers; i++) {
		const struct writer *w = &s->writers[i];
		idle = idle || w->phase == W_IDLE;
		if (w->phase > W_IDLE && w->begun_us > due)
			due = w->begun_us;
	}
	return s->first && idle ? due + ANOTHER_US : INT64_MAX;
}

void service_kick(struct service *s)
{
	int64_t now = s->first ? clock_monotonic_us() : 0;

	for (size_t i = 0; i < s->n_writers && worth_another(s, now); i++)
		if (s->writers[i].phase == W_IDLE)
			start(s, &s->writers[i]);
	/* With no connection left nothing waits in vain. */
	while (s->first && !service_can_write(s)) {
		struct writer none = { .phase = W_DOWN };
		size_t n = take(s, &none);
		for (struct job *j = none.jobs; n && j; j = j->next)
			for (size_t i = 0; i < j->n; i++)
				j->lines[i].end = END_DOWN;
		finish_run(s, &none);
	}
}

static bool all_well(const struct writer *w)
{
	for (size_t i = 0; i < w->n_items; i++) {
		int status = line_status(w->lines[i]);
		if (status != 201 && status != 200)
			return false;
	}
	return true;
}

/* What the result lends dies with it, before the last reply of the run. */
static void keep(struct line *l, const struct intake_answer *a)
{
	l->answer = *a;
	if (a->faults && a->faults != l->item.faults)
		l->answer.faults = arena_strdup(l->arena, a->faults);
}

static void batch_answered(struct service *s, struct writer *w,
			   const struct res *r)
{
	struct err e = { 0 };
	bool ok;

	if (store_intake_undone(w->work, r)) {
		send_batch(s, w, false);
		return;
	}
	ok = store_intake_read(r, w->items, w->n_items, s->receipt_keys[0].id,
			       w->answers, &e);

	for (size_t i = 0; i < w->n_items; i++) {
		w->lines[i]->end = ok ? END_ANSWERED : END_FAILED;
		if (ok)
			keep(w->lines[i], &w->answers[i]);
	}
	if (!ok)
		log_err(LOG_ERROR, NULL, "batch-answer", &e);
	if (!w->jobs->atomic) {
		next_solo(s, w);
		return;
	}
	w->jobs->rolled_back = w->jobs->dry || !all_well(w);
	if (w->jobs->rolled_back)
		(void)step(s, w, INTAKE_ROLLBACK, W_ROLLBACK);
	else
		(void)step(s, w, INTAKE_COMMIT, W_COMMIT);
}

static void solo_answered(struct service *s, struct writer *w,
			  const struct res *r)
{
	struct line *l = w->solo[w->at_solo++];
	const struct intake_item *one = &l->item;
	struct intake_answer a = { 0 };
	struct err e = { 0 };
	bool ok;

	if (l->kind == LINE_ITEM)
		ok = store_intake_read(r, &one, 1, s->receipt_keys[0].id, &a,
				       &e);
	else if (l->kind == LINE_FILES)
		ok = store_attach_read(r, &l->files->answer, &e);
	else
		ok = store_odd_read(r, &a.outcome, &e);
	if (ok)
		keep(l, &a);
	l->end = ok ? END_ANSWERED : END_FAILED;
	if (!ok)
		log_err(LOG_ERROR, NULL, "row-answer", &e);
	next_solo(s, w);
}

/* The file that the sheets came in goes first. */
static void begun(struct service *s, struct writer *w)
{
	const struct import_file *f = w->jobs->dry ? NULL : w->jobs->file;
	struct err e = { 0 };

	if (!f) {
		send_batch(s, w, false);
		return;
	}
	overdue_at(s, w);
	w->phase = W_FILE;
	if (!store_import_send(w->db, f, &e))
		batch_failed(s, w, &e);
}

static void answered(struct service *s, struct writer *w, struct res *r)
{
	switch (w->phase) {
	case W_BEGIN: begun(s, w); break;
	case W_FILE: send_batch(s, w, false); break;
	case W_BATCH: batch_answered(s, w, r); break;
	case W_SOLO: solo_answered(s, w, r); break;
	case W_COMMIT: next_solo(s, w); break; /* files that sheets name */
	case W_ROLLBACK: finish_run(s, w); break;
	case W_DOWN:
	case W_IDLE: break;
	}
}

static void failed(struct service *s, struct writer *w, const struct err *e)
{
	if (w->phase == W_BATCH || w->phase == W_FILE)
		batch_failed(s, w, e);
	else if (w->phase == W_SOLO)
		solo_failed(s, w, e);
	else
		lose(s, w, e);
}

static void reconnect(struct service *s, struct writer *w)
{
	struct err e = { 0 };

	s->metrics.reconnects += !w->dial.db;
	switch (dial_go_on(s, &w->dial, w, &w->db, &e)) {
	case DB_WAITING: return;
	case DB_READY:
		if (!ready(w, &e))
			break;
		log_event(LOG_INFO, NULL, "database-back", NULL);
		return;
	case DB_FAILED: break;
	}
	log_err(LOG_WARN, NULL, "database-away", &e);
	w->retry_us = retry_after(&w->wait_us);
}

void writer_event(struct service *s, struct writer *w)
{
	const char *channel, *payload;
	struct err e = { 0 };
	struct res *r;

	if (w->phase == W_DOWN) {
		if (w->dial.db)
			reconnect(s, w);
		return;
	}
	if (w->phase == W_IDLE) {
		while (db_notified(w->db, &channel, &payload))
			continue;
		if (!db_is_up(w->db)) {
			err_set(&e, ERR_DOWN,
				"the database closed an idle "
				"connection");
			lose(s, w, &e);
		}
		return;
	}
	switch (db_poll(w->db, &r, &e)) {
	case DB_WAITING: return;
	case DB_READY: break;
	case DB_FAILED: failed(s, w, &e); return;
	}
	answered(s, w, r);
	res_free(r);
}

void writer_tend(struct service *s, struct writer *w, int64_t now)
{
	struct err e = { 0 };

	if (w->phase == W_DOWN) {
		if (w->dial.db ? now >= w->dial.until_us : now >= w->retry_us)
			reconnect(s, w);
	} else if (w->phase != W_IDLE && now > w->until_us) {
		/* it hangs, and so its statement_timeout does too */
		err_set(&e, ERR_DOWN, "the database does not answer");
		lose(s, w, &e);
	}
}
