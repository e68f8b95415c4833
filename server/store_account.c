#include "phieu/store_account.h"

#include <stdio.h>
#include <string.h>

#include "people.h"
#include "phieu/buf.h"
#include "phieu/json.h"
#include "phieu/store_audit.h"

/* One log entry: pairs of key and text, ended by a NULL key; a NULL text is
 * left out. */
static bool note_pairs(struct db *db, const char *kind, const char *actor,
		       struct err *e, const char *const *pairs)
{
	struct buf text = BUF_INIT(8 << 10);
	struct jw w;
	bool ok;

	jw_init(&w, &text);
	jw_object(&w);
	for (; *pairs; pairs += 2)
		if (pairs[1])
			jw_kv(&w, pairs[0], pairs[1]);
	jw_object_end(&w);
	ok = text.broken ? err_set(e, ERR_INPUT, "text too long")
			 : store_audit_append(db, kind, actor, text.data, e);
	buf_free(&text);
	return ok;
}

#define note(db, kind, actor, e, ...) \
	note_pairs(db, kind, actor, e, (const char *const[]){ __VA_ARGS__ })

/* Commits what went well, takes back what did not. */
static bool finish(struct db *db, bool ok, struct err *e)
{
	if (ok && db_commit(db, e))
		return true;
	db_rollback(db);
	return false;
}

static bool find(struct db *db, const char *login, char account[16],
		 struct err *e)
{
	const char *args[] = { login };
	struct res *r = db_run(db, Q_PEOPLE_FIND, args, e);
	bool ok;

	if (!r)
		return false;
	ok = res_rows(r) == 1 ||
	     err_set(e, ERR_INPUT, "there is no account '%.64s'", login);
	if (ok)
		(void)snprintf(account, 16, "%s", res_text(r, 0, 0));
	res_free(r);
	return ok;
}

/* Runs q, which returns a row where something was done. */
static bool must_touch(struct db *db, enum q q, const char *const *args,
		       bool *touched, struct err *e)
{
	struct res *r = db_run(db, q, args, e);

	if (!r)
		return false;
	*touched = res_rows(r) > 0;
	res_free(r);
	return true;
}

static bool rules_hold(const struct people_rules *r, const char *login,
		       const char *password, struct err *e)
{
	const char *vi, *wrong = password_fault(r, login, password, &vi);

	return !wrong || err_set(e, ERR_INPUT, "%s (%s)", wrong, vi);
}

bool store_account_add(struct db *db, const struct people_rules *r,
		       const char *actor, const char *login, const char *name,
		       const char *password, struct err *e)
{
	char hash[PASSWORD_HASH_MAX];
	const char *args[] = { login, name, hash };
	struct arena *a = arena_new(16 << 10);
	const char *text;
	bool ok = false;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	text = password_text(a, password, e);
	if (!text || !rules_hold(r, login, text, e) ||
	    !password_hash(text, hash, e) || !db_begin(db, e))
		goto out;
	ok = db_do(db, Q_PEOPLE_ADD, args, e);
	if (!ok && e->kind == ERR_CONFLICT)
		err_set(e, ERR_CONFLICT, "the login '%.64s' is taken", login);
	else if (!ok && strcmp(e->sqlstate, "23514") == 0)
		err_set(e, ERR_INPUT,
			"a login has 2 to 64 of a-z, 0-9, '.', '_', '-'");
	ok = finish(db,
		    ok && note(db, "user-add", actor, e, "login", login, NULL),
		    e);
out:
	arena_free(a);
	return ok;
}

struct res *store_account_list(struct db *db, struct err *e)
{
	return db_run(db, Q_PEOPLE_LIST, NULL, e);
}

static bool wave_is_there(struct db *db, const char *wave, struct err *e)
{
	const char *args[] = { wave };
	bool there;

	if (!wave)
		return true;
	return must_touch(db, Q_PEOPLE_WAVE, args, &there, e) &&
	       (there ||
		err_set(e, ERR_INPUT,
			"không có đợt điều tra này (no wave '%.64s')", wave));
}

bool store_role_give(struct db *db, const char *actor, const char *login,
		     enum role role, const char *wave, const char *unit,
		     struct err *e)
{
	const char *name = role_name(role);
	char account[16];
	const char *args[] = { account, name, wave, unit, actor };
	bool touched = false, ok;

	if ((unsigned)role >= ROLE_PEOPLE)
		return err_set(e, ERR_INPUT, "%s is a role of programs", name);
	if (!find(db, login, account, e) || !wave_is_there(db, wave, e) ||
	    !db_begin(db, e))
		return false;
	ok = must_touch(db, Q_PEOPLE_ROLE_GIVE, args, &touched, e) &&
	     (!touched || note(db, "role-give", actor, e, "login", login,
			       "role", name, "wave", wave, "unit", unit, NULL));
	return finish(db, ok, e);
}

bool store_role_take(struct db *db, const char *actor, const char *login,
		     enum role role, const char *wave, const char *unit,
		     struct err *e)
{
	const char *name = role_name(role);
	char account[16];
	const char *args[] = { account, name, wave, unit };
	bool touched = false, ok;

	if (!find(db, login, account, e) || !db_begin(db, e))
		return false;
	ok = must_touch(db, Q_PEOPLE_ROLE_TAKE, args, &touched, e);
	if (ok && !touched)
		ok = err_set(e, ERR_INPUT, "'%.64s' does not have that role",
			     login);
	ok = ok && note(db, "role-take", actor, e, "login", login, "role", name,
			"wave", wave, "unit", unit, NULL);
	return finish(db, ok, e);
}

bool store_password_give(struct db *db, const struct people_rules *r,
			 const char *actor, const char *login,
			 const char *password, bool must_change, struct err *e)
{
	struct arena *a = arena_new(16 << 10);
	const char *text;
	char account[16];
	bool ok = false;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	text = password_text(a, password, e);
	if (!text || !rules_hold(r, login, text, e) ||
	    !find(db, login, account, e) || !db_begin(db, e))
		goto out;
	ok = password_put(db, account, text, must_change, NULL, e) &&
	     note(db, "password", actor, e, "login", login, NULL);
	ok = finish(db, ok, e);
out:
	arena_free(a);
	return ok;
}

bool store_account_disable(struct db *db, const char *actor, const char *login,
			   bool disable, struct err *e)
{
	char account[16];
	const char *args[] = { account, disable ? "true" : "false" };
	const char *end[] = { account, NULL };
	bool ok;

	if (!find(db, login, account, e) || !db_begin(db, e))
		return false;
	ok = db_do(db, Q_PEOPLE_DISABLE, args, e) &&
	     db_do(db, Q_PEOPLE_SESSIONS_END, end, e) &&
	     note(db, disable ? "user-disable" : "user-enable", actor, e,
		  "login", login, NULL);
	return finish(db, ok, e);
}

bool store_account_unlock(struct db *db, const char *actor, const char *login,
			  struct err *e)
{
	char account[16];
	const char *args[] = { account };
	bool ok;

	if (!find(db, login, account, e) || !db_begin(db, e))
		return false;
	ok = db_do(db, Q_PEOPLE_SUCCESS, args, e) &&
	     note(db, "user-unlock", actor, e, "login", login, NULL);
	return finish(db, ok, e);
}

bool store_reset_new(struct db *db, const char *actor, const char *login,
		     int minutes, char token[TOKEN_TEXT_MAX], struct err *e)
{
	char hex[65], account[16], time[16];
	const char *args[] = { hex, account, time };
	bool ok;

	token_new("pr", token);
	token_hex(token, hex);
	(void)snprintf(time, sizeof time, "%d", minutes);
	if (!find(db, login, account, e) || !db_begin(db, e))
		return false;
	ok = db_do(db, Q_PEOPLE_RESET_ADD, args, e) &&
	     note(db, "reset", actor, e, "login", login, NULL);
	return finish(db, ok, e);
}

/* The token is used up first: of two at once, one finds it gone. */
static bool use(struct db *db, const char *hex, const char *login,
		const char *password, struct err *e)
{
	const char *args[] = { hex };
	struct res *r;
	bool ok;

	if (!db_begin(db, e))
		return false;
	r = db_run(db, Q_PEOPLE_RESET_USE, args, e);
	ok = r != NULL;
	if (ok && res_rows(r) != 1)
		ok = err_set(e, ERR_DENIED, "the reset token is not good");
	ok = ok &&
	     password_put(db, res_text(r, 0, 0), password, false, NULL, e) &&
	     note(db, "password", login, e, "by", "reset", NULL);
	res_free(r);
	return finish(db, ok, e);
}

bool store_reset_use(struct db *db, const struct people_rules *r,
		     const char *token, const char *password, struct err *e)
{
	struct arena *a = arena_new(16 << 10);
	struct res *found = NULL;
	const char *text;
	char hex[65];
	const char *args[] = { hex };
	bool ok = false;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	text = password_text(a, password, e);
	if (!text)
		goto out;
	token_hex(token, hex);
	found = db_run(db, Q_PEOPLE_RESET_FIND, args, e);
	if (!found)
		goto out;
	if (res_rows(found) != 1) {
		err_set(e, ERR_DENIED, "the reset token is not good");
		goto out;
	}
	ok = rules_hold(r, res_text(found, 0, 1), text, e) &&
	     use(db, hex, res_text(found, 0, 1), text, e);
out:
	res_free(found);
	arena_free(a);
	return ok;
}

bool store_api_key_add(struct db *db, const char *actor, const char *name,
		       enum role role, const char *wave, int days,
		       char token[TOKEN_TEXT_MAX], struct err *e)
{
	char hex[65], time[16];
	const char *args[] = { name, hex, role_name(role), wave, time };
	bool touched = false, ok;

	token_new(role == ROLE_ENGINE ? "pe" : "pn", token);
	token_hex(token, hex);
	(void)snprintf(time, sizeof time, "%d", days);
	if (!db_begin(db, e))
		return false;
	ok = must_touch(db, Q_API_KEY_ADD, args, &touched, e);
	if (ok && !touched)
		ok = err_set(e, ERR_INPUT,
			     "không có đợt điều tra này (no wave '%.64s')",
			     wave);
	ok = ok && note(db, "key-add", actor, e, "name", name, "role",
			role_name(role), "wave", wave, NULL);
	return finish(db, ok, e);
}

struct res *store_api_key_list(struct db *db, enum role role, struct err *e)
{
	const char *args[] = { role_name(role) };

	return db_run(db, Q_API_KEY_LIST, args, e);
}

bool store_api_key_revoke(struct db *db, const char *actor, enum role role,
			  const char *key, struct err *e)
{
	const char *args[] = { key, role_name(role) };
	bool touched = false, ok;

	if (!db_begin(db, e))
		return false;
	ok = must_touch(db, Q_API_KEY_REVOKE, args, &touched, e);
	if (ok && !touched)
		ok = err_set(e, ERR_INPUT,
			     "there is no key %.20s in force for that role",
			     key);
	ok = ok && note(db, "key-revoke", actor, e, "key", key, "role",
			role_name(role), NULL);
	return finish(db, ok, e);
}
