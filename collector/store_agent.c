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

/* What comes with a key in the same transaction. */
struct extra {
	int bind_seconds;	    /* of a QR picture; 0: none */
	const char *login, *secret; /* of a device; NULL: none */
};

static bool add_extra(struct db *db, int32_t key, const struct extra *x,
		      struct err *e)
{
	char number[16], seconds[16], ha1[2 * MD5_BYTES + 1];
	const char *bind[] = { number, seconds };
	const char *login[] = { x->login, number, ha1 };
	struct buf b = BUF_INIT(512);
	uint8_t sum[MD5_BYTES];
	bool ok = true;

	(void)snprintf(number, sizeof number, "%d", key);
	(void)snprintf(seconds, sizeof seconds, "%d", x->bind_seconds);
	if (x->bind_seconds)
		ok = db_do(db, Q_AGENT_KEY_BIND, bind, e);
	if (ok && x->login) {
		buf_addf(&b, "%s:phieu:%s", x->login, x->secret);
		md5(b.data, b.len, sum);
		hex_text(sum, sizeof sum, ha1);
		explicit_bzero(b.data, b.len);
		ok = db_do(db, Q_DEVICE_LOGIN_ADD, login, e);
		if (!ok && e->kind == ERR_CONFLICT)
			err_set(e, ERR_CONFLICT, "there is a device %s already",
				x->login);
	}
	buf_free(&b);
	return ok;
}

static bool note_key(struct db *db, const char *agent, const char *wave,
		     int32_t key, const struct extra *x, const char *by,
		     struct err *e)
{
	struct buf b = BUF_INIT(4096);
	struct jw j;
	bool ok;

	jw_init(&j, &b);
	jw_object(&j);
	jw_kv(&j, "agent", agent);
	jw_kv(&j, "wave", wave);
	jw_ki(&j, "key", key);
	if (x->bind_seconds)
		jw_kv(&j, "for", "QR");
	if (x->login)
		jw_kv(&j, "login", x->login);
	jw_object_end(&j);
	ok = note(db, "agent-key-add", by, &b, e);
	buf_free(&b);
	return ok;
}

static bool key_add(struct db *owner, const struct agent_key_want *want,
		    const struct extra *x, const char *by,
		    char token_out[TOKEN_TEXT_MAX], int32_t *key, struct err *e)
{
	struct buf f = BUF_INIT(1 << 20), h = BUF_INIT(1 << 20);
	const struct wave *w = want->wave;
	uint8_t hash[32];
	char text[16];
	struct arg args[6] = {
		ARG_TEXT(want->agent),
		ARG_TEXT(w->code),
		ARG_BYTES(hash, sizeof hash),
		ordinals(&f, w->form_id, want->forms, want->n_forms),
		ordinals(&h, w->unit_id, want->homes, want->n_homes),
		ARG_TEXT(text)
	};
	bool ok;

	token_new("pa", token_out);
	token_hash(token_out, hash);
	(void)snprintf(text, sizeof text, "%d", want->days);
	ok = !f.broken && !h.broken;
	if (!ok)
		err_set(e, ERR_NOMEM, "out of memory");
	ok = ok && db_begin(owner, e) &&
	     add_key(owner, args, want->agent, key, e) &&
	     add_extra(owner, *key, x, e) &&
	     note_key(owner, want->agent, w->code, *key, x, by, e);
	ok = end(owner, ok, e);
	buf_free(&f);
	buf_free(&h);
	return ok;
}

bool store_agent_key_add(struct db *owner, const char *agent,
			 const struct wave *w, const size_t *forms,
			 size_t n_forms, const size_t *homes, size_t n_homes,
			 int days, const char *by,
			 char token_out[TOKEN_TEXT_MAX], int32_t *key,
			 struct err *e)
{
	const struct agent_key_want want = { .agent = agent,
					     .wave = w,
					     .forms = forms,
					     .n_forms = n_forms,
					     .homes = homes,
					     .n_homes = n_homes,
					     .days = days };

	return key_add(owner, &want, &(struct extra){ 0 }, by, token_out, key,
		       e);
}

bool store_agent_key_qr(struct db *owner, const struct agent_key_want *want,
			const char *by, char token_out[TOKEN_TEXT_MAX],
			int32_t *key, struct err *e)
{
	const struct extra x = { .bind_seconds = QR_SECONDS };

	return key_add(owner, want, &x, by, token_out, key, e);
}

bool store_device_add(struct db *owner, const struct agent_key_want *want,
		      const char *login, const char *by,
		      char password_out[DEVICE_PASSWORD_MAX], int32_t *key,
		      struct err *e)
{
	char token[TOKEN_TEXT_MAX]; /* nobody's: the key stands for its scope */
	const struct extra x = { .login = login, .secret = password_out };
	uint8_t bits[16];
	bool ok;

	random_bytes(bits, sizeof bits);
	(void)base32_text(bits, sizeof bits, password_out);
	ok = key_add(owner, want, &x, by, token, key, e);
	explicit_bzero(bits, sizeof bits);
	explicit_bzero(token, sizeof token);
	return ok;
}

bool store_device_list(struct db *db, const char *wave,
		       void (*row)(const struct device_row *r, void *arg),
		       void *arg, struct err *e)
{
	const char *args[] = { wave };
	struct res *r = db_run(db, Q_DEVICE_LOGIN_LIST, args, e);
	bool ok = r != NULL;

	for (size_t i = 0; ok && i < res_rows(r); i++) {
		struct device_row d = { .login = res_text(r, i, 0),
					.key = res_text(r, i, 1),
					.agent = res_text(r, i, 2),
					.wave = res_text(r, i, 3),
					.forms = res_text(r, i, 4),
					.homes = res_text(r, i, 5),
					.expires = res_text(r, i, 6),
					.state = res_text(r, i, 7) };
		row(&d, arg);
	}
	res_free(r);
	return ok;
}

bool store_device_revoke(struct db *owner, const char *login, const char *by,
			 struct err *e)
{
	const char *args[] = { login };
	struct res *r = db_run(owner, Q_DEVICE_LOGIN_KEY, args, e);
	int64_t key = 0;
	bool ok = r != NULL;

	if (ok && res_rows(r) != 1)
		ok = err_set(e, ERR_INPUT, "no device %.80s", login);
	ok = ok && res_i64(r, 0, 0, &key, e);
	res_free(r);
	return ok && store_agent_key_revoke(owner, (int32_t)key, by, e);
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
					   .state = res_text(r, i, 7),
					   .use = res_text(r, i, 8) };
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
