/* store_hook.h - webhooks and their outbox.
 *
 * The rows of the outbox are written by triggers (sql/040_hooks.sql) in the
 * transaction of what happened; here they are taken, sent and noted. */
#ifndef PHIEU_STORE_HOOK_H
#define PHIEU_STORE_HOOK_H

#include "phieu/arena.h"
#include "phieu/db.h"

#define HOOK_SECRET_MIN 16
#define HOOK_SECRET_MAX 256

struct hook_event {
	int64_t event;
	const char *id;	  /* UUID, the same in each try */
	const char *kind; /* "submission.stored" … */
	const char *url, *body;
	uint8_t secret[HOOK_SECRET_MAX];
	size_t n_secret;
	int64_t attempts, failures; /* before this try; of the hook in a row */
};

/* A hook of a wave or a round, the other is NULL.  *hook 0: there is none
 * such.  ERR_INPUT for events, address or secret that there cannot be. */
bool store_hook_add(struct db *owner, const char *wave, const char *round,
		    const char *url, const char *events, const char *secret,
		    const char *by, int64_t *hook, struct err *e) MUST_USE;
bool store_hook_remove(struct db *owner, const char *hook, const char *by,
		       bool *found, struct err *e) MUST_USE;
/* Events given up are due again; how many. */
bool store_hook_again(struct db *owner, const char *hook, size_t *n,
		      struct err *e) MUST_USE;
/* Hook, wave or round, address, events, on or removed, waiting, delivered,
 * dead, last error; both NULL: of all.  Caller frees. */
struct res *store_hook_list(struct db *owner, const char *wave,
			    const char *round, struct err *e) MUST_USE;
/* An event to try a hook with, which is in no outbox. */
bool store_hook_try(struct db *owner, const char *hook, struct arena *a,
		    struct hook_event *out, bool *found,
		    struct err *e) MUST_USE;

/* Inside the caller's transaction, which keeps others off the event. */
bool store_hook_take(struct db *publish, struct arena *a,
		     struct hook_event *out, bool *found,
		     struct err *e) MUST_USE;
/* `error` NULL: the receiver has it.  *dead: given up. */
bool store_hook_note(struct db *publish, int64_t event, const char *error,
		     int64_t wait_ms, int64_t pause_ms, int64_t days,
		     bool *dead, struct err *e) MUST_USE;
bool store_hook_forget(struct db *publish, struct err *e) MUST_USE;

#endif
