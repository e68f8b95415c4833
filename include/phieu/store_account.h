/* store_account.h - looking after accounts and keys of programs.
 *
 * `actor` is who does it, for the log ("cli:root", a login).  Each function
 * is one transaction with its log entry.  A secret is handed out once, here;
 * the database keeps its hash. */
#ifndef PHIEU_STORE_ACCOUNT_H
#define PHIEU_STORE_ACCOUNT_H

#include "phieu/store_people.h"

/* ERR_INPUT for a login of the wrong shape or a weak password, ERR_CONFLICT
 * when it is taken.  The password must be changed at the first sign-in. */
bool store_account_add(struct db *db, const struct people_rules *r,
		       const char *actor, const char *login, const char *name,
		       const char *password, struct err *e) MUST_USE;
/* Columns login, name, roles, state, created; caller frees. */
struct res *store_account_list(struct db *db, struct err *e) MUST_USE;
/* wave, unit NULL: everywhere. Giving twice is fine; taking one that was not
 * given is ERR_INPUT. */
bool store_role_give(struct db *db, const char *actor, const char *login,
		     enum role role, const char *wave, const char *unit,
		     struct err *e) MUST_USE;
bool store_role_take(struct db *db, const char *actor, const char *login,
		     enum role role, const char *wave, const char *unit,
		     struct err *e) MUST_USE;
/* By somebody else; ends all sessions. */
bool store_password_give(struct db *db, const struct people_rules *r,
			 const char *actor, const char *login,
			 const char *password, bool must_change,
			 struct err *e) MUST_USE;
/* Ends all sessions and refuses new ones; or opens it again. */
bool store_account_disable(struct db *db, const char *actor, const char *login,
			   bool disable, struct err *e) MUST_USE;
bool store_account_unlock(struct db *db, const char *actor, const char *login,
			  struct err *e) MUST_USE;

/* A reset token, good once within `minutes`. */
bool store_reset_new(struct db *db, const char *actor, const char *login,
		     int minutes, char token[TOKEN_TEXT_MAX],
		     struct err *e) MUST_USE;
/* The person sets a password with it.  ERR_DENIED for a token that is
 * unknown, used or over; a refused password (ERR_INPUT) leaves it good. */
bool store_reset_use(struct db *db, const struct people_rules *r,
		     const char *token, const char *password,
		     struct err *e) MUST_USE;

/* role ROLE_ENGINE or ROLE_ANALYST; wave NULL: all. */
bool store_api_key_add(struct db *db, const char *actor, const char *name,
		       enum role role, const char *wave, int days,
		       char token[TOKEN_TEXT_MAX], struct err *e) MUST_USE;
/* Columns key, name, wave, issued, expires, state; caller frees. */
struct res *store_api_key_list(struct db *db, enum role role,
			       struct err *e) MUST_USE;
/* ERR_INPUT when there is no such key in force. */
bool store_api_key_revoke(struct db *db, const char *actor, enum role role,
			  const char *key, struct err *e) MUST_USE;

struct conf;
void people_rules_read(const struct conf *c, struct people_rules *out);

#endif
