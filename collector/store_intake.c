#include "phieu/store_intake.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"

/* PostgreSQL counts days and microseconds from 2000-01-01. */
#define EPOCH_DAYS 10957
#define EPOCH_US   INT64_C(946684800000000)

/* Parameters of intake.sql from $5, in its order. */
enum column {
	C_KEY,
	C_INSTANCE,
	C_SHA,
	C_BYTES,
	C_STATE,
	C_FORM,
	C_GROUP,
	C_HOME,
	C_SHEET,
	C_KEYING,
	C_COLLECTED,
	C_STARTED,
	C_ENDED,
	C_DEVICE,
	C_WAY,
	C_FLAGS,
	C_FAULTS,
	C_PROFILE,
	C_SIMULATED,
	C_REPLACES,
	C_COMMENT,
	R_OF,
	R_UNIT,
	R_ANSWERS,
	R_EXTRA,
	C_COUNT
};

static const enum pg_type column_type[C_COUNT] = {
	[C_KEY] = PG_INT4,	    [C_INSTANCE] = PG_TEXT,
	[C_SHA] = PG_BYTEA,	    [C_BYTES] = PG_BYTEA,
	[C_STATE] = PG_INT2,	    [C_FORM] = PG_INT4,
	[C_GROUP] = PG_INT4,	    [C_HOME] = PG_INT4,
	[C_SHEET] = PG_TEXT,	    [C_KEYING] = PG_INT2,
	[C_COLLECTED] = PG_DATE,    [C_STARTED] = PG_TIMESTAMPTZ,
	[C_ENDED] = PG_TIMESTAMPTZ, [C_DEVICE] = PG_TEXT,
	[C_WAY] = PG_INT2,	    [C_FLAGS] = PG_INT4,
	[C_FAULTS] = PG_JSONB,	    [C_PROFILE] = PG_JSONB,
	[C_SIMULATED] = PG_BOOL,    [C_REPLACES] = PG_TEXT,
	[C_COMMENT] = PG_TEXT,	    [R_OF] = PG_INT4,
	[R_UNIT] = PG_INT4,	    [R_ANSWERS] = PG_BYTEA,
	[R_EXTRA] = PG_JSONB,
};

/* Parameters before the columns. */
enum { P_WAVE, P_LANE, P_RECEIPT_KEY, P_REUSED, P_ROOT, P_COUNT };

struct intake_work {
	struct buf col[C_COUNT];
	struct buf text; /* of the leaves */
	struct sha256_in *in;
	uint8_t (*leaves)[SHA256_BYTES];
	size_t n_leaves;
	bool lean; /* the short way was taken */
};

static int by_instance(const void *a, const void *b)
{
	const struct intake_item *const *x = a, *const *y = b;

	return strcmp((*x)->s->instance, (*y)->s->instance);
}

void store_intake_order(const struct intake_item **items, size_t n)
{
	qsort(items, n, sizeof *items, by_instance);
}

struct intake_work *intake_work_new(struct err *e)
{
	struct intake_work *w = calloc(1, sizeof *w);

	if (!w) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	for (int i = 0; i < C_COUNT; i++)
		w->col[i] = (struct buf)BUF_INIT((size_t)64 << 20);
	w->text = (struct buf)BUF_INIT((size_t)64 << 20);
	return w;
}

void intake_work_free(struct intake_work *w)
{
	if (!w)
		return;
	for (int i = 0; i < C_COUNT; i++)
		buf_free(&w->col[i]);
	buf_free(&w->text);
	free(w->in);
	free(w->leaves);
	free(w);
}

static void text_or_null(struct buf *b, const char *s)
{
	if (s)
		pg_array_bytes(b, s, strlen(s));
	else
		pg_array_null(b);
}

static void json_or_null(struct buf *b, const char *s)
{
	if (s)
		pg_array_jsonb(b, s, strlen(s));
	else
		pg_array_null(b);
}

static void ordinal_or_null(struct buf *b, const int32_t *ids, size_t index)
{
	if (index == NONE)
		pg_array_null(b);
	else
		pg_array_i32(b, ids[index]);
}

static void instant_or_null(struct buf *b, bool has, int64_t us)
{
	if (has)
		pg_array_i64(b, us - EPOCH_US);
	else
		pg_array_null(b);
}

/* 0: the group has no home (plan.quota says it so too). */
static void put_home(struct buf *b, const struct intake_item *it)
{
	const struct submission *s = it->s;

	if (s->home != NONE)
		pg_array_i32(b, it->wave->unit_id[s->home]);
	else if (s->group != NONE && !it->wave->plan->groups[s->group].has_home)
		pg_array_i32(b, 0);
	else
		pg_array_null(b);
}

static void put_head(struct buf *col, const struct intake_item *it)
{
	const struct submission *s = it->s;

	pg_array_i32(&col[C_KEY], it->key);
	text_or_null(&col[C_INSTANCE], s->instance);
	pg_array_bytes(&col[C_SHA], it->sha, sizeof it->sha);
	pg_array_bytes(&col[C_BYTES], it->bytes, it->n_bytes);
	pg_array_i16(&col[C_STATE], (int16_t)it->state);
	ordinal_or_null(&col[C_FORM], it->wave->form_id, s->form);
	ordinal_or_null(&col[C_GROUP], it->wave->group_id, s->group);
	put_home(&col[C_HOME], it);
	text_or_null(&col[C_SHEET], s->sheet);
	pg_array_i16(&col[C_KEYING], (int16_t)s->keying);
	if (s->has_collected)
		pg_array_i32(&col[C_COLLECTED], s->collected.days - EPOCH_DAYS);
	else
		pg_array_null(&col[C_COLLECTED]);
	instant_or_null(&col[C_STARTED], s->has_start, s->start_us);
	instant_or_null(&col[C_ENDED], s->has_end, s->end_us);
	text_or_null(&col[C_DEVICE], s->device);
	pg_array_i16(&col[C_WAY], (int16_t)it->way);
	pg_array_i32(&col[C_FLAGS], (int32_t)it->flags);
	json_or_null(&col[C_FAULTS], it->faults);
	json_or_null(&col[C_PROFILE],
		     strcmp(s->profile, "{}") == 0 ? NULL : s->profile);
	pg_array_bool(&col[C_SIMULATED], s->simulated);
	text_or_null(&col[C_REPLACES], s->replaces);
	text_or_null(&col[C_COMMENT], s->comment);
}

/* Of an invalid sheet only what has a place: a known unit, once. */
static bool has_place(const struct submission *s, size_t i)
{
	if (s->ratings[i].unit == NONE || s->form == NONE)
		return false;
	for (size_t k = 0; k < i; k++)
		if (s->ratings[k].unit == s->ratings[i].unit)
			return false;
	return true;
}

static size_t count_ratings(const struct intake_item *it)
{
	size_t n = 0;

	if (it->state != STATE_INVALID)
		return it->s->n_ratings;
	for (size_t i = 0; i < it->s->n_ratings; i++)
		n += has_place(it->s, i);
	return n;
}

static void put_ratings(struct buf *col, const struct intake_item *it,
			size_t of)
{
	const struct submission *s = it->s;

	for (size_t i = 0; i < s->n_ratings; i++) {
		const struct rating *r = &s->ratings[i];
		if (it->state == STATE_INVALID && !has_place(s, i))
			continue;
		pg_array_i32(&col[R_OF], (int32_t)of);
		pg_array_i32(&col[R_UNIT], it->wave->unit_id[r->unit]);
		pg_array_bytes(&col[R_ANSWERS], r->answers,
			       it->wave->plan->forms[s->form].n_slots);
		json_or_null(&col[R_EXTRA], r->extra);
	}
}

static bool leaves_room(struct intake_work *w, size_t n)
{
	if (n <= w->n_leaves)
		return true;
	free(w->leaves);
	free(w->in);
	w->leaves = calloc(n, sizeof *w->leaves);
	w->in = calloc(n, sizeof *w->in);
	w->n_leaves = w->leaves && w->in ? n : 0;
	return w->n_leaves > 0;
}

/* merkle_root of hash.h level by level, each level hashed together: pairs
 * give nodes and an odd one moves up, which is the same tree. */
static bool root_of(struct intake_work *w, size_t n, struct err *e)
{
	enum { PAIR = 1 + 2 * SHA256_BYTES };

	while (n > 1) {
		size_t pairs = n / 2;

		w->text.len = 0;
		for (size_t i = 0; i < pairs; i++) {
			buf_add(&w->text, "\1", 1);
			buf_add(&w->text, w->leaves[2 * i], PAIR - 1);
		}
		if (!buf_cstr(&w->text))
			return err_set(e, ERR_NOMEM, "out of memory");
		for (size_t i = 0; i < pairs; i++)
			w->in[i] = (struct sha256_in){ w->text.data + i * PAIR,
						       PAIR };
		if (n % 2)
			memmove(w->leaves[pairs], w->leaves[n - 1],
				SHA256_BYTES);
		sha256_many(w->in, pairs, w->leaves);
		n = pairs + n % 2;
	}
	return true;
}

/* Hex of the Merkle root over SHA-256(0x00 || instance || sha256), in the
 * order of the items. */
static bool root_text(struct intake_work *w,
		      const struct intake_item *const *items, size_t n,
		      char out[2 * SHA256_BYTES + 1], struct err *e)
{
	size_t at = 0;

	w->text.len = 0;
	for (size_t i = 0; i < n; i++) {
		buf_add(&w->text, "", 1);
		buf_adds(&w->text, items[i]->s->instance);
		buf_add(&w->text, items[i]->sha, SHA256_BYTES);
	}
	if (!buf_cstr(&w->text) || !leaves_room(w, n))
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		size_t len = 1 + strlen(items[i]->s->instance) + SHA256_BYTES;
		w->in[i] = (struct sha256_in){ w->text.data + at, len };
		at += len;
	}
	sha256_many(w->in, n, w->leaves);
	if (!root_of(w, n, e))
		return false;
	hex_text(w->leaves[0], SHA256_BYTES, out);
	return true;
}

/* The one element of an array as pg_array_* wrote it: past the head of 20
 * bytes its length, then the value. */
static struct arg element(const struct buf *b)
{
	uint32_t n;

	memcpy(&n, b->data + 20, sizeof n);
	n = ntohl(n);
	if (n == UINT32_MAX)
		return ARG_NULL;
	return ARG_BYTES(b->data + 24, (int)n);
}

/* intake_one.sql: the same without $4 reused and the columns that a plain
 * submission does not have. */
static bool send_lean(struct db *db, struct intake_work *w,
		      const struct arg *args, struct err *e)
{
	struct arg a[P_COUNT + C_COUNT];
	size_t n = 0;

	for (int i = 0; i < P_COUNT; i++)
		if (i != P_REUSED)
			a[n++] = args[i];
	for (int c = 0; c < C_COUNT; c++)
		if (c != C_REPLACES && c != C_COMMENT && c != R_OF)
			a[n++] = element(&w->col[c]);
	return db_send(db, Q_INTAKE_ONE, a, e);
}

/* A column of n equal elements as one of one, or as SQL NULL when all are
 * NULL: the array is shortened in place. */
static struct arg squeezed(struct buf *b, size_t n)
{
	uint32_t len, one = htonl(1);
	size_t each;

	if (n == 0)
		return ARG_NULL;
	memcpy(&len, b->data + 20, sizeof len);
	len = ntohl(len);
	each = sizeof len + (len == UINT32_MAX ? 0 : len);
	if (b->len != 20 + n * each ||
	    memcmp(b->data + 20, b->data + 20 + each, (n - 1) * each) != 0)
		return ARG_BYTES(b->data, (int)b->len);
	if (len == UINT32_MAX)
		return ARG_NULL;
	memcpy(b->data + 12, &one, sizeof one);
	return ARG_BYTES(b->data, (int)(20 + each));
}

/* intake_plain.sql: no $4 reused, no replaces; r_of only where a submission
 * has other than one rating. */
static bool send_plain(struct db *db, struct intake_work *w,
		       const struct arg *args, size_t n, size_t ratings,
		       bool one_each, struct err *e)
{
	struct arg a[P_COUNT + C_COUNT];
	size_t k = 0;

	for (int i = 0; i < P_COUNT; i++)
		if (i != P_REUSED)
			a[k++] = args[i];
	for (int c = 0; c < C_COUNT; c++) {
		bool whole = c == C_INSTANCE || c == C_SHA || c == C_BYTES ||
			     c == R_OF;
		if (c == C_REPLACES)
			continue;
		a[k++] = c == R_OF && one_each ? ARG_NULL
			 : whole ? ARG_BYTES(w->col[c].data, (int)w->col[c].len)
				 : squeezed(&w->col[c], c < R_OF ? n : ratings);
	}
	return db_send(db, Q_INTAKE_PLAIN, a, e);
}

/* Fills the columns; false when they do not fit. */
static bool fill(struct intake_work *w, const struct intake_item *const *items,
		 size_t n, size_t ratings)
{
	bool ok = true;

	for (int c = 0; c < C_COUNT; c++) {
		w->col[c].len = 0;
		pg_array_begin(&w->col[c], column_type[c],
			       c < R_OF ? n : ratings);
	}
	for (size_t i = 0; i < n; i++) {
		put_head(w->col, items[i]);
		put_ratings(w->col, items[i], i + 1);
	}
	for (int c = 0; c < C_COUNT; c++)
		ok = ok && buf_cstr(&w->col[c]);
	return ok;
}

bool store_intake_send(struct db *db, struct intake_work *w, int lane,
		       int receipt_key, const char *reused, bool lean,
		       const struct intake_item *const *items, size_t n,
		       struct err *e)
{
	char wave_text[16], lane_text[16], key_text[16];
	char root[2 * SHA256_BYTES + 1];
	struct arg args[P_COUNT + C_COUNT] = {
		ARG_TEXT(wave_text), ARG_TEXT(lane_text), ARG_TEXT(key_text),
		ARG_TEXT(reused), ARG_TEXT(root)
	};
	bool replaces = false, comment = false, one_each = true;
	size_t ratings = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = count_ratings(items[i]);
		ratings += k;
		one_each &= k == 1;
		replaces |= items[i]->s->replaces != NULL;
		comment |= items[i]->s->comment != NULL;
	}
	if (!fill(w, items, n, ratings))
		return err_set(e, ERR_NOMEM, "a batch is too large");
	if (!root_text(w, items, n, root, e))
		return false;
	(void)snprintf(wave_text, sizeof wave_text, "%d", items[0]->wave->id);
	(void)snprintf(lane_text, sizeof lane_text, "%d", lane);
	(void)snprintf(key_text, sizeof key_text, "%d", receipt_key);
	w->lean = lean && !replaces;
	if (w->lean && n == 1 && one_each && !comment)
		return send_lean(db, w, args, e);
	if (w->lean)
		return send_plain(db, w, args, n, ratings, one_each, e);
	for (int c = 0; c < C_COUNT; c++)
		args[P_COUNT + c] =
			ARG_BYTES(w->col[c].data, (int)w->col[c].len);
	if (!replaces)
		args[P_COUNT + C_REPLACES] = ARG_NULL;
	if (!comment)
		args[P_COUNT + C_COMMENT] = ARG_NULL;
	return db_send(db, Q_INTAKE, args, e);
}

bool store_intake_undone(const struct intake_work *w, const struct res *r)
{
	return w->lean && !res_bool(r, 0, 0);
}

static bool read_int(const struct res *r, size_t row, int col, int *out,
		     struct err *e)
{
	int64_t v = 0;

	*out = 0;
	if (res_null(r, row, col))
		return true;
	if (!res_i64(r, row, col, &v, e))
		return false;
	*out = (int)v;
	return true;
}

bool store_intake_read(const struct res *r,
		       const struct intake_item *const *items, size_t n,
		       int receipt_key, struct intake_answer *out,
		       struct err *e)
{
	int ord, outcome, flags;

	for (size_t i = 0; i < n; i++)
		out[i] = (struct intake_answer){ .outcome = INTAKE_STORED,
						 .state = items[i]->state,
						 .flags = items[i]->flags,
						 .faults = items[i]->faults,
						 .receipt_key = receipt_key };
	for (size_t row = 0; row < res_rows(r) && res_columns(r) > 1; row++) {
		struct intake_answer a = { 0 };
		if (!read_int(r, row, 0, &ord, e) ||
		    !read_int(r, row, 1, &outcome, e) ||
		    !read_int(r, row, 2, &a.state, e) ||
		    !read_int(r, row, 3, &flags, e) ||
		    !read_int(r, row, 5, &a.receipt_key, e))
			return false;
		if (ord < 1 || (size_t)ord > n)
			return err_set(e, ERR_BUG, "an answer for row %d", ord);
		a.outcome = (enum intake_outcome)outcome;
		a.flags = (unsigned)flags;
		a.faults = res_text(r, row, 4);
		a.replaced = res_bool(r, row, 6);
		out[ord - 1] = a;
	}
	return true;
}

static bool wait_for(struct db *db, struct res **out, struct err *e)
{
	struct pollfd f = { .fd = db_socket(db), .events = POLLIN };
	enum db_poll p;

	while ((p = db_poll(db, out, e)) == DB_WAITING)
		(void)poll(&f, 1, -1);
	return p == DB_READY;
}

bool store_intake_add(struct db *db, struct intake_work *w, int lane,
		      int receipt_key, const char *reused,
		      const struct intake_item *const *items, size_t n,
		      struct intake_answer *out, struct res **keep,
		      struct err *e)
{
	*keep = NULL;
	return store_intake_send(db, w, lane, receipt_key, reused, false, items,
				 n, e) &&
	       wait_for(db, keep, e) &&
	       store_intake_read(*keep, items, n, receipt_key, out, e);
}

bool store_intake_settle(struct db *db, struct err *e)
{
	db_room(db, 1 << 20); /* a batch of four hundred submissions */
	return db_do(db, Q_INTAKE_SETTLE, NULL, e);
}

bool store_intake_step(struct db *db, enum intake_step step, struct err *e)
{
	static const enum q q[] = { [INTAKE_BEGIN] = Q_INTAKE_BEGIN,
				    [INTAKE_COMMIT] = Q_INTAKE_COMMIT,
				    [INTAKE_ROLLBACK] = Q_INTAKE_ROLLBACK };

	return db_send(db, q[step], NULL, e);
}

struct odd_text {
	char wave[16], lane[16], key[16], n[24], way[16];
};

static void odd_text(struct odd_text *t, int lane, const struct intake_odd *q)
{
	(void)snprintf(t->wave, sizeof t->wave, "%d", q->wave);
	(void)snprintf(t->lane, sizeof t->lane, "%d", lane);
	(void)snprintf(t->key, sizeof t->key, "%d", q->key);
	(void)snprintf(t->n, sizeof t->n, "%zu", q->n_bytes);
	(void)snprintf(t->way, sizeof t->way, "%d", (int)q->way);
}

bool store_quarantine_send(struct db *db, int lane, const struct intake_odd *q,
			   struct err *e)
{
	struct odd_text t = { 0 };
	const struct arg args[] = { ARG_TEXT(t.wave),
				    ARG_TEXT(t.lane),
				    ARG_TEXT(t.key),
				    ARG_BYTES(q->sha, SHA256_BYTES),
				    ARG_BYTES(q->bytes, (int)q->n_bytes),
				    ARG_TEXT(q->code),
				    ARG_TEXT(q->words),
				    ARG_TEXT(t.way) };

	odd_text(&t, lane, q);
	return db_send(db, Q_QUARANTINE_ADD, args, e);
}

bool store_refusal_send(struct db *db, int lane, const struct intake_odd *q,
			struct err *e)
{
	struct odd_text t = { 0 };
	const struct arg args[] = {
		ARG_TEXT(t.wave), ARG_TEXT(t.lane),
		ARG_TEXT(t.key),  ARG_BYTES(q->sha, SHA256_BYTES),
		ARG_TEXT(t.n),	  ARG_TEXT(q->words)
	};

	odd_text(&t, lane, q);
	return db_send(db, Q_REFUSAL_ADD, args, e);
}

bool store_odd_read(const struct res *r, enum intake_outcome *out,
		    struct err *e)
{
	int64_t v;

	if (!res_i64(r, 0, 0, &v, e))
		return false;
	*out = (enum intake_outcome)v;
	return true;
}

/* "{1,2,3}" as PostgreSQL writes integer[]; NULL: all. */
static bool ordinals(const char *s, struct arena *a, bool *all, int32_t **out,
		     size_t *n, struct err *e)
{
	char *end;

	*all = s == NULL;
	*n = 0;
	*out = arena_array(a, s ? strlen(s) : 1, sizeof **out);
	if (!*out)
		return err_set(e, ERR_NOMEM, "out of memory");
	while (s && *s && *s != '}') {
		long v = strtol(++s, &end, 10);
		if (end == s)
			break;
		(*out)[(*n)++] = (int32_t)v;
		s = end;
	}
	return true;
}

static bool read_scope(const struct res *r, struct arena *a,
		       struct agent_scope *out, struct err *e)
{
	const char *code = res_text(r, 0, 3), *left = res_text(r, 0, 6);

	if (!read_int(r, 0, 0, &out->key, e) ||
	    !read_int(r, 0, 1, &out->agent, e) ||
	    !read_int(r, 0, 2, &out->wave, e) ||
	    !ordinals(res_text(r, 0, 4), a, &out->all_forms, &out->forms,
		      &out->n_forms, e) ||
	    !ordinals(res_text(r, 0, 5), a, &out->all_homes, &out->homes,
		      &out->n_homes, e))
		return false;
	(void)snprintf(out->wave_code, sizeof out->wave_code, "%s",
		       code ? code : "");
	out->seconds_left = left ? strtod(left, NULL) : 0;
	out->revoked = res_bool(r, 0, 7);
	out->binds = res_bool(r, 0, 8);
	out->device =
		res_text(r, 0, 9) ? arena_strdup(a, res_text(r, 0, 9)) : NULL;
	return true;
}

/* Frees r. */
static bool take_scope(struct res *r, struct arena *a, bool *found,
		       struct agent_scope *out, struct err *e)
{
	bool ok = r != NULL;

	*out = (struct agent_scope){ 0 };
	*found = ok && res_rows(r) == 1;
	if (*found)
		ok = read_scope(r, a, out, e);
	res_free(r);
	return ok;
}

bool store_key_find(struct db *db, const uint8_t hash[32], struct arena *a,
		    bool *found, struct agent_scope *out, struct err *e)
{
	const struct arg args[] = { ARG_BYTES(hash, 32) };

	return take_scope(db_run_args(db, Q_KEY_FIND, args, false, e), a, found,
			  out, e);
}

bool store_login_find(struct db *db, const char *login, const char *secret,
		      const char *response, struct arena *a, bool *found,
		      struct agent_scope *out, struct err *e)
{
	const char *args[] = { login, secret, response };

	return take_scope(db_run(db, Q_LOGIN_FIND, args, e), a, found, out, e);
}

bool store_receipt_keys(struct db *db, struct receipt_key **out, size_t *n,
			struct err *e)
{
	struct res *r = db_run(db, Q_RECEIPT_KEYS, NULL, e);
	size_t len;
	bool ok = false;

	*out = NULL;
	if (!r)
		return false;
	*n = res_rows(r);
	*out = calloc(*n + 1, sizeof **out);
	if (!*out || *n == 0) {
		err_set(e, *out ? ERR_DB : ERR_NOMEM, "no receipt key");
		goto out;
	}
	for (size_t i = 0; i < *n; i++)
		if (!read_int(r, i, 0, &(*out)[i].id, e) ||
		    !res_bytes(r, i, 1, (*out)[i].key, RECEIPT_KEY_BYTES, &len,
			       e))
			goto out;
	ok = true;
out:
	res_free(r);
	if (!ok) {
		free(*out);
		*out = NULL;
	}
	return ok;
}

static bool read_receipt(const struct res *r, struct arena *a,
			 uint8_t sha[SHA256_BYTES], struct intake_answer *out,
			 struct err *e)
{
	const char *faults = res_text(r, 0, 3);
	int flags;
	size_t n;

	if (!res_bytes(r, 0, 0, sha, SHA256_BYTES, &n, e) ||
	    !read_int(r, 0, 1, &out->state, e) ||
	    !read_int(r, 0, 2, &flags, e) ||
	    !read_int(r, 0, 4, &out->receipt_key, e))
		return false;
	out->flags = (unsigned)flags;
	out->faults = faults ? arena_strdup(a, faults) : NULL;
	return true;
}

bool store_receipt_find(struct db *db, int32_t key, const char *instance,
			struct arena *a, bool *found, uint8_t sha[SHA256_BYTES],
			struct intake_answer *out, struct err *e)
{
	char text[16];
	const char *args[] = { text, instance };
	struct res *r;
	bool ok;

	(void)snprintf(text, sizeof text, "%d", key);
	*out = (struct intake_answer){ .outcome = INTAKE_DUPLICATE };
	r = db_run(db, Q_RECEIPT_FIND, args, e);
	ok = r != NULL;
	*found = ok && res_rows(r) == 1;
	if (*found)
		ok = read_receipt(r, a, sha, out, e);
	res_free(r);
	return ok;
}

bool store_counted(struct db *db, int32_t wave,
		   void (*cell)(int32_t group, int32_t home, int64_t n,
				void *arg),
		   void *arg, struct err *e)
{
	char text[16];
	const char *args[] = { text };
	struct res *r;
	bool ok = true;

	(void)snprintf(text, sizeof text, "%d", wave);
	r = db_run(db, Q_COUNTED, args, e);
	if (!r)
		return false;
	for (size_t i = 0; ok && i < res_rows(r); i++) {
		int group, home;
		int64_t n;
		ok = read_int(r, i, 0, &group, e) &&
		     read_int(r, i, 1, &home, e) && res_i64(r, i, 2, &n, e);
		if (ok)
			cell(group, home, n, arg);
	}
	res_free(r);
	return ok;
}

bool store_durable(struct db *db, struct err *e)
{
	static const char *const name[] = { "fsync", "full_page_writes",
					    "synchronous_commit" };
	struct res *r = db_run(db, Q_DURABILITY, NULL, e);
	bool ok = r != NULL;

	for (int i = 0; ok && i < 3; i++) {
		const char *v = res_text(r, 0, i);
		ok = v && (strcmp(v, "on") == 0 ||
			   (i == 2 && strncmp(v, "remote_", 7) == 0));
		if (!ok)
			err_set(e, ERR_DENIED,
				"the database runs with %s = %s: receipts "
				"would promise what it does not keep",
				name[i], v ? v : "?");
	}
	res_free(r);
	return ok;
}
