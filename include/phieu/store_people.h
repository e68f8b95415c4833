/* store_people.h - accounts and sessions of people, keys of programs.
 *
 * Secrets are stored as hashes only: Argon2id for passwords, BLAKE2b for
 * sessions and keys.  What a person may do is a set of roles, some of them
 * bound to a wave or a unit. */
#ifndef PHIEU_STORE_PEOPLE_H
#define PHIEU_STORE_PEOPLE_H

#include "phieu/arena.h"
#include "phieu/db.h"
#include "phieu/hash.h"

enum role {
	ROLE_ADMINISTRATOR,
	ROLE_ANALYST,
	ROLE_POST_SUPERVISOR,
	ROLE_AGENT,
	ROLE_UNIT,
	ROLE_APPRAISER,
	ROLE_SECRETARIAT,
	ROLE_COUNCIL,
	ROLE_SUPERVISOR,
	ROLE_AUDITOR,
	ROLE_PEOPLE, /* how many; below: programs */
	ROLE_ENGINE = ROLE_PEOPLE,
	ROLE_COUNT
};
#define ROLE_BIT(r) (1U << (r))

const char *role_name(enum role r); /* as in people.account_role */
bool role_parse(const char *name, enum role *out, struct err *e) MUST_USE;

struct grant {
	enum role role;
	int32_t wave;		      /* 0: everywhere */
	const char *wave_code, *unit; /* NULL: everywhere */
};

struct person {
	int32_t account;
	const char *login, *name;
	bool must_change, disabled;
	unsigned roles; /* ROLE_BIT of each grant */
	const struct grant *grants;
	size_t n_grants;
};

/* Rules of passwords and of signing in, from the settings. */
struct people_rules {
	int min_length;
	bool composition;
	int failures, lock_minutes, session_hours;
};

/* What is wrong with a new password, in both languages; NULL: nothing. */
const char *password_fault(const struct people_rules *r, const char *login,
			   const char *password, const char **vi);

enum sign_in {
	SIGN_IN_DONE,
	SIGN_IN_WRONG, /* unknown, disabled or wrong password: the same */
	SIGN_IN_LOCKED /* too many failures */
};
struct session {
	char token[TOKEN_TEXT_MAX]; /* for the cookie */
	char csrf[TOKEN_TEXT_MAX];
	struct person person;
};
/* Takes as long for an unknown login as for a wrong password.  One log entry
 * a try. */
bool store_sign_in(struct db *db, const struct people_rules *r,
		   const char *login, const char *password, struct arena *a,
		   enum sign_in *outcome, struct session *out,
		   struct err *e) MUST_USE;
/* The person behind a cookie; *found false for an unknown, ended or expired
 * session or a disabled account.  `csrf_hash` as stored. */
bool store_session_get(struct db *db, const char *token, struct arena *a,
		       struct person *out, uint8_t csrf_hash[32], bool *found,
		       struct err *e) MUST_USE;
bool store_session_end(struct db *db, const char *token,
		       struct err *e) MUST_USE;
/* Checks the old password and the rules (ERR_DENIED, ERR_INPUT); ends all
 * other sessions of the account. */
bool store_password_change(struct db *db, const struct people_rules *r,
			   const struct person *p, const char *token,
			   const char *old_password, const char *new_password,
			   struct err *e) MUST_USE;

struct api_key {
	int32_t key;
	const char *name;
	enum role role; /* ROLE_ENGINE or ROLE_ANALYST */
	int32_t wave;	/* 0: all */
};
/* *found false for unknown, expired and revoked keys. */
bool store_api_key_get(struct db *db, const char *token, struct arena *a,
		       struct api_key *out, bool *found,
		       struct err *e) MUST_USE;

#endif
