/* store_agent.h - agents of the post and their keys, for the office.
 *
 * A key is shown once, when it is made; the database keeps its BLAKE2b.
 * Revoking works at once: field.intake looks at the key of every row. */
#ifndef PHIEU_STORE_AGENT_H
#define PHIEU_STORE_AGENT_H

#include "phieu/db.h"
#include "phieu/hash.h"
#include "phieu/store_plan.h"

/* ERR_CONFLICT when the code is taken.  `by` goes to the log. */
bool store_agent_add(struct db *owner, const char *code, const char *name,
		     const char *office, const char *by,
		     struct err *e) MUST_USE;

struct agent_row {
	const char *code, *name, *office;
	int64_t keys; /* that work today */
};
/* Borrowed by `row` for the call only. */
bool store_agent_list(struct db *db,
		      void (*row)(const struct agent_row *r, void *arg),
		      void *arg, struct err *e) MUST_USE;

/* A new key of an agent for a wave, for `days`.  forms, homes: plan indices,
 * n 0 for all.  token_out is the secret, to be shown once.  ERR_INPUT when
 * there is no such agent. */
bool store_agent_key_add(struct db *owner, const char *agent,
			 const struct wave *w, const size_t *forms,
			 size_t n_forms, const size_t *homes, size_t n_homes,
			 int days, const char *by,
			 char token_out[TOKEN_TEXT_MAX], int32_t *key,
			 struct err *e) MUST_USE;

/* The same for others: what the key is for. */
struct agent_key_want {
	const char *agent;
	const struct wave *wave;
	const size_t *forms, *homes; /* plan indices, n 0 for all */
	size_t n_forms, n_homes;
	int days;
};

/* A key for a QR picture: it must be used first within QR_SECONDS, and then
 * works on the device alone that did (by its deviceID, which is no secret and
 * can be forged). */
#define QR_SECONDS 600
bool store_agent_key_qr(struct db *owner, const struct agent_key_want *want,
			const char *by, char token_out[TOKEN_TEXT_MAX],
			int32_t *key, struct err *e) MUST_USE;

/* A name and password for a device, with a key of its own that nobody can
 * use otherwise.  The password is random, 128 bits, to be shown once.
 * ERR_CONFLICT when the name is taken, ERR_INPUT when it is no name. */
#define DEVICE_PASSWORD_MAX 32
bool store_device_add(struct db *owner, const struct agent_key_want *want,
		      const char *login, const char *by,
		      char password_out[DEVICE_PASSWORD_MAX], int32_t *key,
		      struct err *e) MUST_USE;
struct device_row {
	const char *login, *key, *agent, *wave, *forms, *homes, *expires,
		*state;
};
bool store_device_list(struct db *db, const char *wave,
		       void (*row)(const struct device_row *r, void *arg),
		       void *arg, struct err *e) MUST_USE;
bool store_device_revoke(struct db *owner, const char *login, const char *by,
			 struct err *e) MUST_USE;

struct agent_key_row {
	int32_t key;
	const char *agent, *wave, *issued, *expires;
	const char *forms, *homes; /* "{1,2}", NULL: all */
	const char *state;	   /* valid, expired, revoked … */
	const char *use;	   /* who may use it: any device … */
};
/* wave NULL: of all waves. */
bool store_agent_key_list(struct db *db, const char *wave,
			  void (*row)(const struct agent_key_row *r, void *arg),
			  void *arg, struct err *e) MUST_USE;
/* ERR_INPUT when there is no such key; again is no error. */
bool store_agent_key_revoke(struct db *owner, int32_t key, const char *by,
			    struct err *e) MUST_USE;

#endif
