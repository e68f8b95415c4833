/* The mixer: opens the ballots of a closed campaign, judges them, and hands
 * what they say to ballot.mix_end, which keeps it in random order and destroys
 * them in the same transaction.  What was opened lives in this process only,
 * which leaves no core and writes no file. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "phieu/ballot.h"
#include "phieu/json.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define ARRAY_BYTES ((size_t)512 << 20)

enum { CODES = 16 };

struct opened {
	struct submission s;
	unsigned flags;
	int32_t home;
};

struct mixing {
	const struct wave *w;
	struct ballot_chest chest;
	struct arena *a;
	struct opened *valid;
	size_t n_valid, n_bad;
	const char *code[CODES]; /* of those not valid */
	int64_t n_code[CODES];
	uint8_t (*receipts)[SHA256_BYTES];
	uint8_t root[SHA256_BYTES];
	/* the second pass */
	struct buf cols[B_COLUMNS];
	size_t n_ratings, n_words;
};

/* ---- opening ------------------------------------------------------------- */

static void count_bad(struct mixing *m, const char *code)
{
	size_t i = 0;

	while (i + 1 < CODES && m->code[i] && strcmp(m->code[i], code) != 0)
		i++;
	m->code[i] = m->code[i] ? m->code[i] : code;
	m->n_code[i]++;
	m->n_bad++;
}

/* Leaves of RFC 6962; the rows come sorted by receipt. */
static void leaf(struct mixing *m, size_t i, const uint8_t *sealed, size_t n)
{
	struct sha256_run run;
	uint8_t receipt[SHA256_BYTES];

	sha256(sealed, n, receipt);
	sha256_begin(&run);
	sha256_add(&run, "", 1);
	sha256_add(&run, receipt, sizeof receipt);
	sha256_end(&run, m->receipts[i]);
}

static bool open_one(struct mixing *m, size_t i, const uint8_t *sealed,
		     size_t n, int32_t home, const uint8_t *key, struct err *e)
{
	struct opened *o = &m->valid[m->n_valid];
	struct buf plain = BUF_INIT((size_t)m->chest.size + 1);
	size_t group = wave_group(m->w, m->chest.group);
	size_t at = home == 0 ? NONE : wave_unit(m->w, home);
	const char *code = "seal";
	struct err why = { 0 };
	bool ok = true;

	leaf(m, i, sealed, n);
	if (!ballot_unseal(sealed, n, (size_t)m->chest.size,
			   m->chest.public_key, key, &plain, &why)) {
		ok = why.kind == ERR_INPUT;
		if (ok)
			count_bad(m, code);
		else
			*e = why;
	} else if (ballot_read(plain.data, plain.len, m->w->plan, group, at,
			       m->a, &o->s, &o->flags, &code, e)) {
		o->home = home;
		m->n_valid++;
	} else if (e->kind == ERR_NONE) {
		count_bad(m, arena_strdup(m->a, code) ? code : "V00");
	} else {
		ok = false;
	}
	if (plain.data)
		sodium_memzero(plain.data, plain.len);
	buf_free(&plain);
	return ok;
}

static bool open_all(struct mixing *m, const struct res *r, const uint8_t *key,
		     struct err *e)
{
	size_t n = res_rows(r), max = (size_t)m->chest.size + 64, len = 0;
	uint8_t *sealed = malloc(max);
	bool ok = true;

	m->valid = arena_array(m->a, n + 1, sizeof *m->valid);
	m->receipts = arena_array(m->a, n + 1, sizeof *m->receipts);
	if (!sealed || !m->valid || !m->receipts)
		ok = err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; ok && i < n; i++) {
		int64_t home = 0;

		ok = res_i64(r, i, 1, &home, e) &&
		     res_bytes(r, i, 2, sealed, max, &len, e) &&
		     open_one(m, i, sealed, len, (int32_t)home, key, e);
	}
	free(sealed);
	if (ok)
		merkle_root((const uint8_t(*)[SHA256_BYTES])m->receipts, n,
			    m->root);
	return ok;
}

/* ---- what is kept -------------------------------------------------------- */

/* Profile fields that D12 lets survive the freeze: no others are kept. */
static char *profile_kept(const struct plan *p, const char *profile)
{
	const struct decisions *d = &p->decisions;
	cJSON *all = cJSON_Parse(profile), *kept = cJSON_CreateObject();
	char *text = NULL;

	for (size_t i = 0; all && kept && i < d->n_profile_kept; i++) {
		cJSON *v = cJSON_DetachItemFromObjectCaseSensitive(
			all, d->profile_kept[i]);

		if (v && !cJSON_AddItemToObject(kept, d->profile_kept[i], v))
			cJSON_Delete(v);
	}
	if (all && kept)
		text = cJSON_PrintUnformatted(kept);
	cJSON_Delete(all);
	cJSON_Delete(kept);
	return text;
}

static void words(struct mixing *m, size_t of, const char *question,
		  int32_t unit, const char *text)
{
	pg_array_i32(&m->cols[B_SAID_OF], (int32_t)of);
	pg_array_bytes(&m->cols[B_QUESTION], question, strlen(question));
	if (unit)
		pg_array_i32(&m->cols[B_SAID_UNIT], unit);
	else
		pg_array_null(&m->cols[B_SAID_UNIT]);
	pg_array_bytes(&m->cols[B_TEXT], text, strlen(text));
}

static bool is_words(const struct form *f, const char *code)
{
	size_t q = form_question(f, code);

	return q != NONE && f->questions[q].type == QUESTION_TEXT;
}

/* Answers in words of a rating: visited, and taken out of what stays. */
static size_t take_words(struct mixing *m, const struct form *f, cJSON *extra,
			 size_t of, int32_t unit, bool put)
{
	cJSON *c = extra ? extra->child : NULL, *next;
	size_t n = 0;

	for (; c; c = next) {
		next = c->next;
		if (!cJSON_IsString(c) || !is_words(f, c->string))
			continue;
		n++;
		if (put) {
			words(m, of, c->string, unit, c->valuestring);
			cJSON_Delete(cJSON_DetachItemViaPointer(extra, c));
		}
	}
	return n;
}

static bool put_rating(struct mixing *m, const struct opened *o, size_t of,
		       const struct rating *r, struct err *e)
{
	const struct form *f = &m->w->plan->forms[o->s.form];
	int32_t unit = m->w->unit_id[r->unit];
	cJSON *extra = r->extra ? cJSON_Parse(r->extra) : NULL;
	char *left = NULL;

	if (r->extra && !extra)
		return err_set(e, ERR_NOMEM, "out of memory");
	pg_array_i32(&m->cols[B_OF], (int32_t)of);
	pg_array_i32(&m->cols[B_UNIT], unit);
	pg_array_bytes(&m->cols[B_ANSWERS], r->answers, f->n_slots);
	(void)take_words(m, f, extra, of, unit, true);
	if (extra && extra->child)
		left = cJSON_PrintUnformatted(extra);
	if (left)
		pg_array_jsonb(&m->cols[B_EXTRA], left, strlen(left));
	else
		pg_array_null(&m->cols[B_EXTRA]);
	cJSON_free(left);
	cJSON_Delete(extra);
	return true;
}

static bool put_one(struct mixing *m, size_t i, struct err *e)
{
	const struct opened *o = &m->valid[i];
	char *profile = profile_kept(m->w->plan, o->s.profile);
	bool ok = profile != NULL;

	if (!ok)
		return err_set(e, ERR_NOMEM, "out of memory");
	pg_array_i32(&m->cols[B_HOME], o->home);
	pg_array_jsonb(&m->cols[B_PROFILE], profile, strlen(profile));
	pg_array_i32(&m->cols[B_FLAGS], (int32_t)o->flags);
	cJSON_free(profile);
	if (o->s.comment)
		words(m, i + 1, "", 0, o->s.comment);
	for (size_t k = 0; ok && k < o->s.n_ratings; k++)
		ok = put_rating(m, o, i + 1, &o->s.ratings[k], e);
	return ok;
}

/* How many elements each array will have: PostgreSQL wants it first. */
static bool count_all(struct mixing *m, struct err *e)
{
	for (size_t i = 0; i < m->n_valid; i++) {
		const struct opened *o = &m->valid[i];

		m->n_ratings += o->s.n_ratings;
		m->n_words += o->s.comment != NULL;
		for (size_t k = 0; k < o->s.n_ratings; k++) {
			const char *text = o->s.ratings[k].extra;
			cJSON *extra = text ? cJSON_Parse(text) : NULL;

			if (text && !extra)
				return err_set(e, ERR_NOMEM, "out of memory");
			m->n_words +=
				take_words(m, &m->w->plan->forms[o->s.form],
					   extra, 0, 0, false);
			cJSON_Delete(extra);
		}
	}
	return true;
}

static bool put_all(struct mixing *m, struct err *e)
{
	static const enum pg_type type[B_COLUMNS] = {
		[B_HOME] = PG_INT4,	[B_PROFILE] = PG_JSONB,
		[B_FLAGS] = PG_INT4,	[B_OF] = PG_INT4,
		[B_UNIT] = PG_INT4,	[B_ANSWERS] = PG_BYTEA,
		[B_EXTRA] = PG_JSONB,	[B_SAID_OF] = PG_INT4,
		[B_QUESTION] = PG_TEXT, [B_SAID_UNIT] = PG_INT4,
		[B_TEXT] = PG_TEXT,
	};

	if (!count_all(m, e))
		return false;
	for (size_t c = 0; c < B_COLUMNS; c++) {
		m->cols[c] = (struct buf)BUF_INIT(ARRAY_BYTES);
		pg_array_begin(&m->cols[c], type[c],
			       c < B_OF	       ? m->n_valid
			       : c < B_SAID_OF ? m->n_ratings
					       : m->n_words);
	}
	for (size_t i = 0; i < m->n_valid; i++)
		if (!put_one(m, i, e))
			return false;
	for (size_t c = 0; c < B_COLUMNS; c++)
		if (!buf_cstr(&m->cols[c]))
			return err_set(e, ERR_NOMEM, "too many ballots");
	return true;
}

static void bad_text(const struct mixing *m, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	for (size_t i = 0; i < CODES && m->code[i]; i++)
		jw_ki(&w, m->code[i], m->n_code[i]);
	jw_object_end(&w);
}

static bool inside(struct mixing *m, struct db *db, const char *group,
		   const uint8_t *key, const char *by, bool leave_out,
		   struct ballot_mixed *out, struct err *e)
{
	uint8_t mine[BALLOT_KEY_BYTES];
	struct buf bad = BUF_INIT(4096);
	struct res *r;
	bool ok;

	if (!store_ballot_begin(db, m->w->code, group, &m->chest, e))
		return false;
	if (crypto_scalarmult_base(mine, key) != 0 ||
	    memcmp(mine, m->chest.public_key, sizeof mine) != 0)
		return err_set(e, ERR_INPUT,
			       "khóa này không phải của hòm phiếu này (the key "
			       "is not of this campaign)");
	r = store_ballot_all(db, &m->chest, e);
	ok = r && open_all(m, r, key, e) && put_all(m, e);
	res_free(r);
	if (ok) {
		bad_text(m, &bad);
		ok = buf_cstr(&bad)
			     ? store_ballot_end(db, &m->chest, group, by,
						m->root, bad.data, leave_out,
						m->cols, out, e)
			     : err_set(e, ERR_NOMEM, "out of memory");
	}
	buf_free(&bad);
	return ok;
}

bool ballot_mix(struct db *db, const struct wave *w, const char *group,
		const uint8_t key[BALLOT_KEY_BYTES], const char *by,
		bool leave_out, struct ballot_mixed *out, struct err *e)
{
	struct mixing m = { .w = w, .a = arena_new(ARENA_BYTES) };
	bool ok;

	if (!m.a)
		return err_set(e, ERR_NOMEM, "out of memory");
	(void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
	ok = db_begin(db, e) &&
	     inside(&m, db, group, key, by, leave_out, out, e) &&
	     db_commit(db, e);
	db_rollback(db);
	for (size_t c = 0; c < B_COLUMNS; c++) {
		if (m.cols[c].data)
			sodium_memzero(m.cols[c].data, m.cols[c].len);
		buf_free(&m.cols[c]);
	}
	arena_free(m.a);
	return ok;
}
