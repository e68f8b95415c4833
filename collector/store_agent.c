#include "phieu/store_agent.h"

#include <stdio.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/json.h"

/* Lane 0 of the log: acts of people. */
static bool note(struct db *db, const char *kind, const char *by,
		 struct buf *content, struct err *e)
{
	const char *args[] = { "0", kind, by, buf_cstr(content) };

	if (!args[3])
		return err_set(e, ERR_NOMEM, "out of memory");
	return db_do(db, Q_AUDIT_APPEND, args, e);
}

/* Ends the transaction: both the act and its entry, or neither. */
static bool end(struct db *db, bool ok, struct err *e)
{
	if (ok && db_commit(db, e))
		return true;
	db_rollback(db);
	return false;
}

bool store_agent_add(struct db *owner, const char *code, const char *name,
		     const char *office, const char *by, struct err *e)
{
	const char *args[] = { code, name, office };
	struct buf b = BUF_INIT(4096);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "agent", code);
	jw_object_end(&w);
	ok = db_begin(owner, e) && db_do(owner, Q_AGENT_ADD, args, e) &&
	     note(owner, "agent-add", by, &b, e);
	ok = end(owner, ok, e);
	if (!ok && e->kind == ERR_CONFLICT)
		err_set(e, ERR_CONFLICT, "there is an agent %s already", code);
	buf_free(&b);
	return ok;
}

bool store_agent_list(struct db *db,
		      void (*row)(const struct agent_row *r, void *arg),
		      void *arg, struct err *e)
{
	struct res *r = db_run(db, Q_AGENT_LIST, NULL, e);
	bool ok = r != NULL;

	for (size_t i = 0; ok && i < res_rows(r); i++) {
		struct agent_row a = { .code = res_text(r, i, 0),
				       .name = res_text(r, i, 1),
				       .office = res_text(r, i, 2) };
		ok = res_i64(r, i, 3, &a.keys, e);
		if (ok)
			row(&a, arg);
	}
	res_free(r);
	return ok;
}

/* integer[] of ordinals; SQL NULL, all, when there are none. */
static struct arg ordinals(struct buf *b, const int32_t *ids,
			   const size_t *index, size_t n)
{
	if (n == 0)
		return ARG_NULL;
	pg_array_begin(b, PG_INT4, n);
	for (size_t i = 0; i < n; i++)
		pg_array_i32(b, ids[index[i]]);
	return ARG_BYTES(buf_cstr(b), (int)b->len);
}

static bool add_key(struct db *db, const struct arg *args, const char *agent,
		    int32_t *key, struct err *e)
{
	struct res *r = db_run_args(db, Q_AGENT_KEY_ADD, args, false, e);
	int64_t v = 0;
	bool ok = r != NULL;

	if (ok && res_rows(r) != 1)
		ok = err_set(e, ERR_INPUT, "no agent %s", agent);
	ok = ok && res_i64(r, 0, 0, &v, e);
	*key = (int32_t)v;
	res_free(r);
	return ok;
}

bool store_agent_key_add(struct db *owner, const char *agent,
			 const struct wave *w, const size_t *forms,
			 size_t n_forms, const size_t *homes, size_t n_homes,
			 int days, const char *by,
			 char token_out[TOKEN_TEXT_MAX], int32_t *key,
			 struct err *e)
{
	struct buf f = BUF_INIT(1 << 20), h = BUF_INIT(1 << 20);
	struct buf b = BUF_INIT(4096);
	uint8_t hash[32];
	char text[16];
	struct jw j;
	struct arg args[6] = { ARG_TEXT(agent),
			       ARG_TEXT(w->code),
			       ARG_BYTES(hash, sizeof hash),
			       ordinals(&f, w->form_id, forms, n_forms),
			       ordinals(&h, w->unit_id, homes, n_homes),
			       ARG_TEXT(text) };
	bool ok;

	token_new("pa", token_out);
	token_hash(token_out, hash);
	(void)snprintf(text, sizeof text, "%d", days);
	ok = !f.broken && !h.broken;
	if (!ok)
		err_set(e, ERR_NOMEM, "out of memory");
	ok = ok && db_begin(owner, e) && add_key(owner, args, agent, key, e);
	if (ok) {
		jw_init(&j, &b);
		jw_object(&j);
		jw_kv(&j, "agent", agent);
		jw_kv(&j, "wave", w->code);
		jw_ki(&j, "key", *key);
		jw_object_end(&j);
		ok = note(owner, "agent-key-add", by, &b, e);
	}
	ok = end(owner, ok, e);
	buf_free(&f);
	buf_free(&h);
	buf_free(&b);
	return ok;
}

bool store_agent_key_list(struct db *db, const char *wave,
			  void (*row)(const struct agent_key_row *r, void *arg),
			  void *arg, struct err *e)
{
	const char *args[] = { wave };
	struct res *r = db_run(db, Q_AGENT_KEY_LIST, args, e);
	bool ok = r != NULL;

	for (size_t i = 0; ok && i < res_rows(r); i++) {
		struct agent_key_row k = { .agent = res_text(r, i, 1),
					   .wave = res_text(r, i, 2),
					   .forms = res_text(r, i, 3),
					   .homes = res_text(r, i, 4),
					   .issued = res_text(r, i, 5),
					   .expires = res_text(r, i, 6),
					   .state = res_text(r, i, 7) };
		int64_t v = 0;
		ok = res_i64(r, i, 0, &v, e);
		k.key = (int32_t)v;
		if (ok)
			row(&k, arg);
	}
	res_free(r);
	return ok;
}

static bool revoke(struct db *db, const char *key, struct err *e)
{
	const char *args[] = { key };
	struct res *r = db_run(db, Q_AGENT_KEY_REVOKE, args, e);
	bool ok = r != NULL;

	if (ok && res_rows(r) != 1)
		ok = err_set(e, ERR_INPUT, "no agent's key %s", key);
	res_free(r);
	return ok;
}

bool store_agent_key_revoke(struct db *owner, int32_t key, const char *by,
			    struct err *e)
{
	struct buf b = BUF_INIT(256);
	char text[16];
	bool ok;

	(void)snprintf(text, sizeof text, "%d", key);
	buf_addf(&b, "{\"key\":%d}", key);
	ok = db_begin(owner, e) && revoke(owner, text, e) &&
	     note(owner, "agent-key-revoke", by, &b, e);
	ok = end(owner, ok, e);
	buf_free(&b);
	return ok;
}
