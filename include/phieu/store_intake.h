/* store_intake.h - storing what came in: batches, quarantine, refusals, and
 * the little the collector may look up.  All of it through the functions of
 * sql/010_intake.sql, the only ones its role may call.
 *
 * Sending and reading are apart so that one thread can wait for the database
 * and the network together: ..._send, then db_poll until DB_READY, then
 * ..._read.  Batches come sorted by instance (store_intake_order). */
#ifndef PHIEU_STORE_INTAKE_H
#define PHIEU_STORE_INTAKE_H

#include "phieu/db.h"
#include "phieu/hash.h"
#include "phieu/store_plan.h"
#include "phieu/submission.h"

enum intake_state { /* field.response.state */
		    STATE_VALID = 1,
		    STATE_QUERIED,
		    STATE_INVALID,
		    STATE_REPLACED,
		    STATE_ACCEPTED,
		    STATE_REJECTED,
		    STATE_WITHDRAWN
};

enum intake_way {
	WAY_JSON = 1,
	WAY_NDJSON,
	WAY_OPENROSA,
	WAY_FILE,
	WAY_BALLOT /* mixed: ballot.mix_end */
};

enum intake_outcome {
	INTAKE_STORED = 1,
	INTAKE_DUPLICATE, /* the same bytes before: state and flags of then */
	INTAKE_CONFLICT,  /* the same instance, other bytes; both are kept */
	INTAKE_DENIED,	  /* key revoked, expired or of another wave */
	INTAKE_CLOSED	  /* the wave takes nothing (any more) */
};

struct intake_item {
	const struct wave *wave; /* whose plan s was read with */
	const struct submission *s;
	const char *bytes; /* as received */
	size_t n_bytes;
	uint8_t sha[SHA256_BYTES];
	int32_t key;
	enum intake_way way;
	enum intake_state state; /* valid, queried or invalid */
	unsigned flags;
	const char *faults; /* JSON array; NULL: none */
};

struct intake_answer {
	enum intake_outcome outcome;
	int state;
	unsigned flags;
	const char *faults; /* JSON array, borrowed from the result; NULL */
	int receipt_key;
	bool replaced; /* the sheet it names in `replaces` counts no more */
};

/* Sorts pointers to items by instance. */
void store_intake_order(const struct intake_item **items, size_t n);

/* Room for parameters, used again and again. */
struct intake_work;
struct intake_work *intake_work_new(struct err *e) MUST_USE;
void intake_work_free(struct intake_work *w);

/* Items of one wave.  `reused`: JSON array of the fault V01 that a sheet
 * gets which was counted before.  `lean`: the short way may be
 * taken, which does all or nothing; when store_intake_undone says that it
 * was nothing, send again without. */
bool store_intake_send(struct db *db, struct intake_work *w, int lane,
		       int receipt_key, const char *reused, bool lean,
		       const struct intake_item *const *items, size_t n,
		       struct err *e) MUST_USE;
bool store_intake_undone(const struct intake_work *w, const struct res *r);
/* Answers in the order of the items sent. */
bool store_intake_read(const struct res *r,
		       const struct intake_item *const *items, size_t n,
		       int receipt_key, struct intake_answer *out,
		       struct err *e) MUST_USE;
/* Once on a connection that is to write. */
bool store_intake_settle(struct db *db, struct err *e) MUST_USE;
/* Send, wait, read: for programs without an event loop. *keep owns what the
 * answers borrow; res_free it. */
bool store_intake_add(struct db *db, struct intake_work *w, int lane,
		      int receipt_key, const char *reused,
		      const struct intake_item *const *items, size_t n,
		      struct intake_answer *out, struct res **keep,
		      struct err *e) MUST_USE;

/* Around a batch that is stored as a whole or not at all. */
enum intake_step { INTAKE_BEGIN, INTAKE_COMMIT, INTAKE_ROLLBACK };
bool store_intake_step(struct db *db, enum intake_step step,
		       struct err *e) MUST_USE;

struct intake_odd {
	int32_t wave, key;
	uint8_t sha[SHA256_BYTES];
	const char *bytes;
	size_t n_bytes;
	const char *code, *words; /* quarantine; of a refusal the words */
	enum intake_way way;
};
bool store_quarantine_send(struct db *db, int lane, const struct intake_odd *q,
			   struct err *e) MUST_USE;
bool store_refusal_send(struct db *db, int lane, const struct intake_odd *q,
			struct err *e) MUST_USE;
/* Of both: stored, duplicate, denied or closed. */
bool store_odd_read(const struct res *r, enum intake_outcome *out,
		    struct err *e) MUST_USE;

/* A key as the collector knows it. */
struct agent_scope {
	int32_t key, agent, wave;
	char wave_code[LIMIT_CODE_BYTES + 1];
	bool revoked;
	double seconds_left; /* until it expires */
	bool binds;	     /* from a QR picture: one device only */
	const char *device;  /* which; NULL: none yet */
	bool all_forms, all_homes;
	int32_t *forms, *homes; /* ordinals, sorted as stored */
	size_t n_forms, n_homes;
};
/* *found false: nobody's key.  The arrays hang on `a`. */
bool store_key_find(struct db *db, const uint8_t hash[32], struct arena *a,
		    bool *found, struct agent_scope *out,
		    struct err *e) MUST_USE;

/* A device's name and password (response NULL) or its answer to a Digest
 * challenge, see field.login_find.  *found false: nobody's, or wrong. */
bool store_login_find(struct db *db, const char *login, const char *secret,
		      const char *response, struct arena *a, bool *found,
		      struct agent_scope *out, struct err *e) MUST_USE;

struct receipt_key {
	int id;
	uint8_t key[RECEIPT_KEY_BYTES];
};
/* The one in force first; caller frees *out. */
bool store_receipt_keys(struct db *db, struct receipt_key **out, size_t *n,
			struct err *e) MUST_USE;
/* What became of an instance, if the key's agent sent it: text of `faults`
 * hangs on `a`. */
bool store_receipt_find(struct db *db, int32_t key, const char *instance,
			struct arena *a, bool *found, uint8_t sha[SHA256_BYTES],
			struct intake_answer *out, struct err *e) MUST_USE;

/* Counted so far; `cell` is called once a group x home (home 0: none). */
bool store_counted(struct db *db, int32_t wave,
		   void (*cell)(int32_t group, int32_t home, int64_t n,
				void *arg),
		   void *arg, struct err *e) MUST_USE;

/* ERR_DENIED unless fsync, full_page_writes and synchronous_commit are on:
 * a receipt would promise what the server does not keep. */
bool store_durable(struct db *db, struct err *e) MUST_USE;

#endif
