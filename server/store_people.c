#include "phieu/store_people.h"

#include <stdio.h>
#include <string.h>

#include "people.h"
#include "phieu/store_audit.h"
#include "phieu/utf8.h"

static const char *const role_names[] = {
	[ROLE_ADMINISTRATOR] = "administrator",
	[ROLE_ANALYST] = "analyst",
	[ROLE_POST_SUPERVISOR] = "post-supervisor",
	[ROLE_AGENT] = "agent",
	[ROLE_UNIT] = "unit",
	[ROLE_APPRAISER] = "appraiser",
	[ROLE_SECRETARIAT] = "secretariat",
	[ROLE_COUNCIL] = "council",
	[ROLE_SUPERVISOR] = "supervisor",
	[ROLE_AUDITOR] = "auditor",
	[ROLE_ENGINE] = "engine",
};

const char *role_name(enum role r)
{
	return (unsigned)r < ROLE_COUNT ? role_names[r] : "?";
}

bool role_parse(const char *name, enum role *out, struct err *e)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (strcmp(name, role_names[i]) == 0) {
			*out = (enum role)i;
			return true;
		}
	return err_set(e, ERR_INPUT, "there is no role '%.40s'", name);
}

void token_hex(const char *token, char hex[65])
{
	uint8_t sum[32];

	token_hash(token, sum);
	hex_text(sum, sizeof sum, hex);
}

char *password_text(struct arena *a, const char *password, struct err *e)
{
	size_t n;

	return utf8_nfc(a, password, strlen(password), &n, e);
}

static bool read_grants(struct db *db, struct arena *a, struct person *p,
			struct err *e)
{
	char account[16];
	const char *args[] = { account };
	struct grant *g;
	struct res *r;
	bool ok = false;

	(void)snprintf(account, sizeof account, "%d", p->account);
	r = db_run(db, Q_PEOPLE_GRANTS, args, e);
	if (!r)
		return false;
	g = arena_array(a, res_rows(r) ? res_rows(r) : 1, sizeof *g);
	if (!g) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < res_rows(r); i++) {
		int64_t wave;

		if (!role_parse(res_text(r, i, 0), &g[i].role, e) ||
		    !res_i64(r, i, 1, &wave, e))
			goto out;
		g[i].wave = (int32_t)wave;
		if (!res_null(r, i, 2))
			g[i].wave_code = arena_strdup(a, res_text(r, i, 2));
		if (!res_null(r, i, 3))
			g[i].unit = arena_strdup(a, res_text(r, i, 3));
		p->roles |= ROLE_BIT(g[i].role);
	}
	p->grants = g;
	p->n_grants = res_rows(r);
	ok = !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
out:
	res_free(r);
	return ok;
}

/* From the first four columns of a row: account, login, name, must_change. */
static bool read_person(struct db *db, const struct res *r, struct arena *a,
			struct person *p, struct err *e)
{
	int64_t account;

	*p = (struct person){ 0 };
	if (!res_i64(r, 0, 0, &account, e))
		return false;
	p->account = (int32_t)account;
	p->login = arena_strdup(a, res_text(r, 0, 1));
	p->name = arena_strdup(a, res_text(r, 0, 2));
	p->must_change = res_bool(r, 0, 3);
	if (!p->login || !p->name)
		return err_set(e, ERR_NOMEM, "out of memory");
	return read_grants(db, a, p, e);
}

/* ---- signing in ---- */

static bool is_locked(struct db *db, const char *login, bool *locked,
		      struct err *e)
{
	const char *args[] = { login };
	struct res *r = db_run(db, Q_PEOPLE_LOCKED, args, e);

	if (!r)
		return false;
	*locked = res_bool(r, 0, 0);
	res_free(r);
	return true;
}

/* The name as typed is not logged unless an account has it: people type
 * passwords into the wrong field. */
static bool log_try(struct db *db, const char *login, const char *outcome,
		    struct err *e)
{
	char content[64];

	(void)snprintf(content, sizeof content, "{\"outcome\":\"%s\"}",
		       outcome);
	return store_audit_append(db, "sign-in", login ? login : "unknown",
				  content, e);
}

static bool refuse(struct db *db, const struct people_rules *r,
		   const char *typed, const char *login, struct err *e)
{
	char failures[16], minutes[16];
	const char *args[] = { typed, failures, minutes };

	(void)snprintf(failures, sizeof failures, "%d", r->failures);
	(void)snprintf(minutes, sizeof minutes, "%d", r->lock_minutes);
	if (!db_begin(db, e))
		return false;
	if (db_do(db, Q_PEOPLE_FAILURE, args, e) &&
	    log_try(db, login, "wrong", e) && db_commit(db, e))
		return true;
	db_rollback(db);
	return false;
}

static bool accept(struct db *db, const struct people_rules *r,
		   struct session *s, struct err *e)
{
	char hash[65], csrf[65], account[16], hours[16];
	const char *args[] = { hash, account, csrf, hours };
	const char *who[] = { account };

	token_new("ps", s->token);
	token_new("pc", s->csrf);
	token_hex(s->token, hash);
	token_hex(s->csrf, csrf);
	(void)snprintf(account, sizeof account, "%d", s->person.account);
	(void)snprintf(hours, sizeof hours, "%d", r->session_hours);
	if (!db_begin(db, e))
		return false;
	if (db_do(db, Q_PEOPLE_SUCCESS, who, e) &&
	    db_do(db, Q_PEOPLE_SESSION_ADD, args, e) &&
	    log_try(db, s->person.login, "done", e) && db_commit(db, e))
		return true;
	db_rollback(db);
	return false;
}

bool store_sign_in(struct db *db, const struct people_rules *r,
		   const char *login, const char *password, struct arena *a,
		   enum sign_in *outcome, struct session *out, struct err *e)
{
	const char *args[] = { login };
	const char *hash = NULL, *typed;
	struct res *found = NULL;
	bool known, right, locked, ok = false;

	*out = (struct session){ 0 };
	typed = password_text(a, password, e);
	if (!typed || !is_locked(db, login, &locked, e))
		return false;
	if (locked) {
		*outcome = SIGN_IN_LOCKED;
		return log_try(db, NULL, "locked", e);
	}
	found = db_run(db, Q_PEOPLE_FIND, args, e);
	if (!found)
		return false;
	known = res_rows(found) == 1;
	if (known && !res_bool(found, 0, 4))
		hash = res_text(found, 0, 5);
	right = password_ok(hash, typed); /* the same work for no hash */
	if (!right) {
		*outcome = SIGN_IN_WRONG;
		ok = refuse(db, r, login, known ? login : NULL, e);
		goto out;
	}
	*outcome = SIGN_IN_DONE;
	ok = read_person(db, found, a, &out->person, e) &&
	     accept(db, r, out, e);
out:
	res_free(found);
	return ok;
}

/* ---- sessions ---- */

bool store_session_get(struct db *db, const char *token, struct arena *a,
		       struct person *out, uint8_t csrf_hash[32], bool *found,
		       struct err *e)
{
	char hex[65];
	const char *args[] = { hex };
	struct res *r;
	bool ok = true;
	size_t n;

	token_hex(token, hex);
	r = db_run(db, Q_PEOPLE_SESSION_GET, args, e);
	if (!r)
		return false;
	*found = res_rows(r) == 1;
	if (*found)
		ok = read_person(db, r, a, out, e) &&
		     res_bytes(r, 0, 4, csrf_hash, 32, &n, e);
	res_free(r);
	return ok;
}

bool store_session_end(struct db *db, const char *token, struct err *e)
{
	char hex[65];
	const char *args[] = { hex };

	token_hex(token, hex);
	return db_do(db, Q_PEOPLE_SESSION_END, args, e);
}

bool password_put(struct db *db, const char *account, const char *password,
		  bool must_change, const char *keep_token, struct err *e)
{
	char hash[PASSWORD_HASH_MAX], hex[65];
	const char *set[] = { account, hash, must_change ? "true" : "false" };
	const char *end[] = { account, keep_token ? hex : NULL };

	if (keep_token)
		token_hex(keep_token, hex);
	return password_hash(password, hash, e) &&
	       db_do(db, Q_PEOPLE_PASSWORD_SET, set, e) &&
	       db_do(db, Q_PEOPLE_SESSIONS_END, end, e);
}

static bool old_is_right(struct db *db, const char *login, const char *old,
			 bool *right, struct err *e)
{
	const char *args[] = { login };
	struct res *r = db_run(db, Q_PEOPLE_FIND, args, e);

	if (!r)
		return false;
	*right = password_ok(res_rows(r) == 1 ? res_text(r, 0, 5) : NULL, old);
	res_free(r);
	return true;
}

static bool change(struct db *db, const struct people_rules *r,
		   const struct person *p, const char *token, const char *old,
		   const char *new_password, struct err *e)
{
	const char *vi, *wrong;
	char account[16];
	bool right;

	if (!old_is_right(db, p->login, old, &right, e))
		return false;
	if (!right)
		return refuse(db, r, p->login, p->login, e) &&
		       err_set(e, ERR_DENIED, "the old password is wrong");
	wrong = password_fault(r, p->login, new_password, &vi);
	if (wrong)
		return err_set(e, ERR_INPUT, "%s", wrong);
	if (strcmp(old, new_password) == 0)
		return err_set(e, ERR_INPUT, "the new password is the old one");
	(void)snprintf(account, sizeof account, "%d", p->account);
	if (!db_begin(db, e))
		return false;
	if (password_put(db, account, new_password, false, token, e) &&
	    store_audit_append(db, "password", p->login, "{\"by\":\"self\"}",
			       e) &&
	    db_commit(db, e))
		return true;
	db_rollback(db);
	return false;
}

bool store_password_change(struct db *db, const struct people_rules *r,
			   const struct person *p, const char *token,
			   const char *old_password, const char *new_password,
			   struct err *e)
{
	struct arena *a = arena_new(64 << 10);
	const char *old, *fresh;
	bool locked, ok = false;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	old = password_text(a, old_password, e);
	fresh = old ? password_text(a, new_password, e) : NULL;
	if (!fresh || !is_locked(db, p->login, &locked, e))
		goto out;
	if (locked) {
		err_set(e, ERR_DENIED, "too many failures; try again later");
		goto out;
	}
	ok = change(db, r, p, token, old, fresh, e);
out:
	arena_free(a);
	return ok;
}

/* ---- keys of programs ---- */

bool store_api_key_get(struct db *db, const char *token, struct arena *a,
		       struct api_key *out, bool *found, struct err *e)
{
	char hex[65];
	const char *args[] = { hex };
	int64_t key, wave;
	struct res *r;
	bool ok = true;

	token_hex(token, hex);
	r = db_run(db, Q_API_KEY_GET, args, e);
	if (!r)
		return false;
	*found = res_rows(r) == 1;
	if (*found) {
		ok = res_i64(r, 0, 0, &key, e) && res_i64(r, 0, 3, &wave, e) &&
		     role_parse(res_text(r, 0, 2), &out->role, e);
		if (ok) {
			out->key = (int32_t)key;
			out->wave = (int32_t)wave;
			out->name = arena_strdup(a, res_text(r, 0, 1));
			ok = out->name ||
			     err_set(e, ERR_NOMEM, "out of memory");
		}
	}
	res_free(r);
	return ok;
}
