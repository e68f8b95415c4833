#include "phieu/store_audit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/copy.h"
#include "phieu/json.h"

static const struct json_limits content_limits = { 16, 10000, 64 << 10,
						   1 << 20 };

/* What an intake entry promises: checked against the responses afterwards. */
struct batch {
	int16_t lane;
	int64_t seq, count, wave;
	char root[2 * SHA256_BYTES + 1];
};

/* A wave whose fieldwork side went by a recorded act: its batches have no
 * submissions any more, all of them. */
struct destroyed {
	int64_t seq, wave, responses, missed;
};

struct walk {
	struct audit_report *report;
	const struct audit_head *outside;
	bool *met; /* one an outside head */
	size_t outside_n;
	struct audit_head *heads; /* what audit.lane says */
	size_t heads_n;
	struct batch *batches;
	size_t batches_n, batches_cap;
	struct destroyed *destroyed;
	size_t destroyed_n;
	/* of the lane under way */
	int lane;
	int64_t seq;
	uint8_t hash[SHA256_BYTES];
	size_t hash_n;
	bool bad;
};

static void fault(struct audit_report *r, int lane, int64_t seq,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void fault(struct audit_report *r, int lane, int64_t seq,
		  const char *fmt, ...)
{
	struct audit_fault *f;
	va_list ap;

	if (r->faults_n == AUDIT_FAULTS) {
		r->more++;
		return;
	}
	f = &r->faults[r->faults_n++];
	f->lane = lane;
	f->seq = seq;
	va_start(ap, fmt);
	(void)vsnprintf(f->what, sizeof f->what, fmt, ap);
	va_end(ap);
}

bool store_audit_append(struct db *db, const char *kind, const char *actor,
			const char *content, struct err *e)
{
	const char *args[] = { "0", kind, actor, content };

	return db_do(db, Q_AUDIT_APPEND, args, e);
}

bool store_audit_heads(struct db *db, struct audit_head **heads, size_t *n,
		       struct err *e)
{
	struct res *r = db_run(db, Q_AUDIT_HEADS, NULL, e);
	struct audit_head *h = NULL;
	bool ok = true;

	if (!r)
		return false;
	*n = res_rows(r);
	h = calloc(*n ? *n : 1, sizeof *h);
	if (!h) {
		res_free(r);
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 0; ok && i < *n; i++) {
		int64_t lane;

		ok = res_i64(r, i, 0, &lane, e) &&
		     res_i64(r, i, 1, &h[i].seq, e) &&
		     res_bytes(r, i, 2, h[i].hash, sizeof h[i].hash,
			       &h[i].hash_n, e);
		h[i].lane = ok ? (int)lane : 0;
	}
	res_free(r);
	if (!ok) {
		free(h);
		return false;
	}
	*heads = h;
	return true;
}

struct res *store_audit_list(struct db *db, int lane, int64_t max,
			     struct err *e)
{
	char lane_text[16], max_text[32];
	const char *args[] = { lane_text, max_text };

	(void)snprintf(lane_text, sizeof lane_text, "%d", lane);
	(void)snprintf(max_text, sizeof max_text, "%" PRId64, max);
	return db_run(db, Q_AUDIT_LIST, args, e);
}

/* ---- the chains ---- */

static bool same_hash(const struct audit_head *h, const uint8_t *hash, size_t n)
{
	return h->hash_n == n && (!n || memcmp(h->hash, hash, n) == 0);
}

/* The lane under way ends: does its end agree with audit.lane? */
static void end_lane(struct walk *w)
{
	if (w->lane < 0)
		return;
	w->report->lanes++;
	for (size_t i = 0; i < w->heads_n; i++) {
		struct audit_head *h = &w->heads[i];

		if (h->lane != w->lane)
			continue;
		h->lane = -1; /* met */
		if (!w->bad &&
		    (h->seq != w->seq || !same_hash(h, w->hash, w->hash_n)))
			fault(w->report, w->lane, w->seq + 1,
			      "the lane should end at entry %" PRId64
			      ": its tail was cut or its head changed",
			      h->seq);
		return;
	}
	if (!w->bad)
		fault(w->report, w->lane, w->seq,
		      "the lane has entries but no head");
}

static void entry_hash(const struct copy_field *f, int lane, int64_t seq,
		       uint8_t out[SHA256_BYTES])
{
	struct sha256_run run;
	char numbers[48];
	int n = snprintf(numbers, sizeof numbers, "%d|%" PRId64, lane, seq);

	sha256_begin(&run);
	sha256_add(&run, f[6].p, (size_t)f[6].n);
	sha256_add(&run, numbers, (size_t)n);
	for (int i = 2; i <= 5; i++) {
		sha256_add(&run, "|", 1);
		sha256_add(&run, f[i].p, (size_t)f[i].n);
	}
	sha256_end(&run, out);
}

/* The parts are joined by '|' for the hash: text moved over such a border
 * would hash alike. */
static bool has_bar(const struct copy_field *f)
{
	return memchr(f->p, '|', (size_t)f->n) != NULL;
}

static void check_entry(struct walk *w, const struct copy_field *f, int64_t seq)
{
	uint8_t want[SHA256_BYTES];

	entry_hash(f, w->lane, seq, want);
	w->bad = true;
	if (seq != w->seq + 1)
		fault(w->report, w->lane, w->seq + 1,
		      "entry is missing: %" PRId64 " follows %" PRId64, seq,
		      w->seq);
	else if ((size_t)f[6].n != w->hash_n ||
		 memcmp(f[6].p, w->hash, w->hash_n) != 0)
		fault(w->report, w->lane, seq,
		      "entry does not follow from the one before");
	else if (has_bar(&f[2]) || has_bar(&f[3]) || has_bar(&f[4]))
		fault(w->report, w->lane, seq,
		      "entry was changed: its parts run into each other");
	else if (f[7].n != SHA256_BYTES ||
		 memcmp(f[7].p, want, SHA256_BYTES) != 0)
		fault(w->report, w->lane, seq, "entry was changed");
	else
		w->bad = false;
	w->seq = seq;
	w->hash_n = SHA256_BYTES;
	memcpy(w->hash, want, SHA256_BYTES);
}

static void check_outside(struct walk *w)
{
	for (size_t i = 0; i < w->outside_n; i++) {
		const struct audit_head *h = &w->outside[i];

		if (h->lane != w->lane || h->seq != w->seq)
			continue;
		w->met[i] = true;
		if (!same_hash(h, w->hash, w->hash_n))
			fault(w->report, h->lane, h->seq,
			      "entry is not the one whose hash was kept "
			      "outside");
	}
}

static bool is_text(const struct copy_field *f, const char *word)
{
	return (size_t)f->n == strlen(word) &&
	       memcmp(f->p, word, (size_t)f->n) == 0;
}

/* Remembers what an intake entry says: {"wave":1,"count":2,"root":"…"}. */
static bool note_batch(struct walk *w, const struct copy_field *content,
		       int64_t seq, struct err *e)
{
	const cJSON *wave, *count;
	const char *root;
	struct batch *b;
	cJSON *tree;

	if (w->batches_n == w->batches_cap) {
		size_t cap = w->batches_cap ? w->batches_cap * 2 : 256;

		b = reallocarray(w->batches, cap, sizeof *b);
		if (!b)
			return err_set(e, ERR_NOMEM, "out of memory");
		w->batches = b;
		w->batches_cap = cap;
	}
	tree = json_parse((const char *)content->p, (size_t)content->n,
			  &content_limits, e);
	wave = json_get(tree, "wave");
	count = json_get(tree, "count");
	root = json_get_text(tree, "root");
	if (!cJSON_IsNumber(wave) || !cJSON_IsNumber(count) || !root ||
	    strlen(root) != (size_t)2 * SHA256_BYTES) {
		fault(w->report, w->lane, seq,
		      "an intake entry without wave, count and root");
	} else {
		b = &w->batches[w->batches_n++];
		*b = (struct batch){ .lane = (int16_t)w->lane,
				     .seq = seq,
				     .count = (int64_t)count->valuedouble,
				     .wave = (int64_t)wave->valuedouble };
		memcpy(b->root, root, sizeof b->root);
	}
	cJSON_Delete(tree);
	return true;
}

/* {"wave":1,"responses":1193,…} */
static bool note_destroyed(struct walk *w, const struct copy_field *content,
			   int64_t seq, struct err *e)
{
	struct destroyed d = { .seq = seq }, *more;
	cJSON *tree = json_parse((const char *)content->p, (size_t)content->n,
				 &content_limits, e);
	bool ok = tree && json_get_int(tree, "wave", &d.wave) &&
		  json_get_int(tree, "responses", &d.responses);

	cJSON_Delete(tree);
	if (!ok) {
		fault(w->report, w->lane, seq,
		      "an act of destruction without wave and submissions");
		return true;
	}
	more = reallocarray(w->destroyed, w->destroyed_n + 1, sizeof d);
	if (!more)
		return err_set(e, ERR_NOMEM, "out of memory");
	w->destroyed = more;
	w->destroyed[w->destroyed_n++] = d;
	return true;
}

static bool walk_entries(struct db *db, struct walk *w, struct err *e)
{
	struct copy_out *c = copy_out_open(db, Q_COPY_AUDIT_ENTRIES, e);
	struct copy_field f[8];
	int got = -1;

	if (!c)
		return false;
	w->lane = -1;
	while ((got = copy_out_row(c, f, 8, e)) > 0) {
		int lane = copy_i16(&f[0]);
		int64_t seq = copy_i64(&f[1]);

		if (lane != w->lane) {
			end_lane(w);
			w->lane = lane;
			w->seq = 0;
			w->hash_n = 0;
			w->bad = false;
		}
		w->report->entries++;
		if (!w->bad) {
			check_entry(w, f, seq);
			check_outside(w);
		}
		if ((is_text(&f[3], "intake") &&
		     !note_batch(w, &f[5], seq, e)) ||
		    (is_text(&f[3], "retention") &&
		     !note_destroyed(w, &f[5], seq, e))) {
			got = -1;
			break;
		}
	}
	copy_out_close(c);
	end_lane(w);
	return got == 0;
}

/* Lanes whose head stands while all entries are gone, and outside heads that
 * the log does not reach. */
static void check_ends(struct walk *w)
{
	for (size_t i = 0; i < w->heads_n; i++) {
		if (w->heads[i].lane < 0)
			continue;
		w->report->lanes++;
		if (w->heads[i].seq != 0)
			fault(w->report, w->heads[i].lane, 1,
			      "all %" PRId64 " entries are gone",
			      w->heads[i].seq);
	}
	for (size_t i = 0; i < w->outside_n; i++) {
		bool told = w->met[i] || w->outside[i].seq == 0;

		for (size_t j = 0; !told && j < w->report->faults_n; j++)
			told = w->report->faults[j].lane ==
				       w->outside[i].lane &&
			       w->report->faults[j].seq <= w->outside[i].seq;
		if (!told)
			fault(w->report, w->outside[i].lane, w->outside[i].seq,
			      "the log does not reach the head kept outside: "
			      "cut, emptied or an older copy");
	}
}

/* ---- the batches of intake ---- */

struct leaves {
	uint8_t (*hash)[SHA256_BYTES];
	size_t n, cap;
	int lane;
	int64_t seq, wave;
	bool mixed; /* rows of several waves in one batch */
};

static bool add_leaf(struct leaves *l, const struct copy_field *f,
		     struct err *e)
{
	struct sha256_run run;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		void *more = reallocarray(l->hash, cap, sizeof *l->hash);

		if (!more)
			return err_set(e, ERR_NOMEM, "out of memory");
		l->hash = more;
		l->cap = cap;
	}
	if (l->n && l->wave != copy_i32(&f[2]))
		l->mixed = true;
	l->wave = copy_i32(&f[2]);
	sha256_begin(&run);
	sha256_add(&run, "", 1); /* the leaf's 0x00 of RFC 6962 */
	sha256_add(&run, f[3].p, (size_t)f[3].n);
	sha256_add(&run, f[4].p, (size_t)f[4].n);
	sha256_end(&run, l->hash[l->n++]);
	return true;
}

static int batch_order(const struct batch *b, int lane, int64_t seq)
{
	if (b->lane != lane)
		return b->lane < lane ? -1 : 1;
	return b->seq < seq ? -1 : b->seq > seq;
}

static void batch_gone(struct walk *w, const struct batch *b)
{
	for (size_t i = 0; i < w->destroyed_n; i++) {
		if (w->destroyed[i].wave != b->wave)
			continue;
		w->destroyed[i].missed += b->count;
		return;
	}
	fault(w->report, b->lane, b->seq,
	      "none of the %" PRId64 " submissions of this batch is there",
	      b->count);
}

/* All rows of one batch are in: `*at` walks the entries beside them. */
static void check_batch(struct walk *w, struct leaves *l, size_t *at)
{
	uint8_t root[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];
	const struct batch *b;

	if (!l->n)
		return;
	for (; *at < w->batches_n &&
	       batch_order(&w->batches[*at], l->lane, l->seq) < 0;
	     (*at)++)
		if (w->batches[*at].count)
			batch_gone(w, &w->batches[*at]);
	w->report->batches++;
	if (*at == w->batches_n ||
	    batch_order(&w->batches[*at], l->lane, l->seq) != 0) {
		fault(w->report, l->lane, l->seq,
		      "%zu submissions name a batch that the log does not "
		      "have",
		      l->n);
		return;
	}
	b = &w->batches[(*at)++];
	merkle_root((const uint8_t(*)[SHA256_BYTES])l->hash, l->n, root);
	hex_text(root, sizeof root, hex);
	if (b->count != (int64_t)l->n)
		fault(w->report, l->lane, l->seq,
		      "the batch had %" PRId64 " submissions, there are %zu",
		      b->count, l->n);
	else if (l->mixed || b->wave != l->wave || strcmp(hex, b->root) != 0)
		fault(w->report, l->lane, l->seq,
		      "the submissions are not those of this batch");
}

static bool walk_responses(struct db *db, struct walk *w, struct err *e)
{
	struct copy_out *c = copy_out_open(db, Q_COPY_AUDIT_RESPONSES, e);
	struct leaves l = { 0 };
	struct copy_field f[5];
	size_t at = 0;
	int got = -1;

	if (!c)
		return false;
	while ((got = copy_out_row(c, f, 5, e)) > 0) {
		int lane = copy_i16(&f[0]);
		int64_t seq = copy_i64(&f[1]);

		if (l.n && (lane != l.lane || seq != l.seq)) {
			check_batch(w, &l, &at);
			l.n = 0;
			l.mixed = false;
		}
		l.lane = lane;
		l.seq = seq;
		w->report->responses++;
		if (!add_leaf(&l, f, e)) {
			got = -1;
			break;
		}
	}
	copy_out_close(c);
	if (got == 0) {
		check_batch(w, &l, &at);
		for (; at < w->batches_n; at++)
			if (w->batches[at].count)
				batch_gone(w, &w->batches[at]);
	}
	free(l.hash);
	return got == 0;
}

/* Whoever destroys a part in the name of an act that destroyed another one
 * does not come out at its number. */
static void check_destroyed(struct walk *w)
{
	for (size_t i = 0; i < w->destroyed_n; i++) {
		const struct destroyed *d = &w->destroyed[i];

		if (d->missed != d->responses)
			fault(w->report, 0, d->seq,
			      "%" PRId64 " submissions were destroyed by this "
			      "act, %" PRId64 " are gone",
			      d->responses, d->missed);
	}
}

bool store_audit_verify(struct db *db, const struct audit_head *outside,
			size_t n, struct audit_report *out, struct err *e)
{
	struct walk w = { .report = out, .outside = outside, .outside_n = n };
	bool ok = false;

	*out = (struct audit_report){ 0 };
	w.met = calloc(n ? n : 1, sizeof *w.met);
	if (!w.met)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!db_begin_snapshot(db, e))
		goto out;
	if (store_audit_heads(db, &w.heads, &w.heads_n, e) &&
	    walk_entries(db, &w, e)) {
		check_ends(&w);
		ok = walk_responses(db, &w, e);
		if (ok)
			check_destroyed(&w);
		out->destroyed = w.destroyed_n;
	}
	db_rollback(db);
out:
	free(w.heads);
	free(w.batches);
	free(w.destroyed);
	free(w.met);
	return ok;
}

bool store_audit_bytes(struct db *db, struct audit_report *out, struct err *e)
{
	struct copy_out *c = copy_out_open(db, Q_COPY_AUDIT_BYTES, e);
	uint8_t sum[SHA256_BYTES];
	struct copy_field f[4];
	int got = -1;

	if (!c)
		return false;
	while ((got = copy_out_row(c, f, 4, e)) > 0) {
		int lane = copy_i16(&f[0]);
		int64_t seq = copy_i64(&f[1]);

		out->own_bytes++;
		if (f[3].n < 0) {
			fault(out, lane, seq,
			      "the bytes of a submission of this batch are "
			      "gone");
			continue;
		}
		sha256(f[3].p, (size_t)f[3].n, sum);
		if (f[2].n != SHA256_BYTES ||
		    memcmp(f[2].p, sum, sizeof sum) != 0)
			fault(out, lane, seq,
			      "the bytes of a submission of this batch were "
			      "changed");
	}
	copy_out_close(c);
	return got == 0;
}
