/* store_page.h - what an agent's page shows of the agent himself.
 *
 * Each looks through a key's number at the sheets of that key's agent in
 * that key's wave; answers are not among what comes back. */
#ifndef PHIEU_STORE_PAGE_H
#define PHIEU_STORE_PAGE_H

#include "phieu/arena.h"
#include "phieu/db.h"
#include "phieu/hash.h"

struct agent_self { /* texts hang on the arena that was given */
	const char *code, *name, *office;
	const char *expires; /* instant */
	const char *wave_name, *wave_state;
	bool trial;
};
/* ERR_INPUT when there is no such key. */
bool store_agent_self(struct db *db, int32_t key, struct arena *a,
		      struct agent_self *out, struct err *e) MUST_USE;

struct agent_count {
	int32_t group, home; /* ordinals; 0: none, or not understood */
	int keying, state;
	bool counted;
	int64_t n, today; /* of them, received since midnight in Vietnam */
};
/* Caller frees *out. */
bool store_agent_counts(struct db *db, int32_t key, struct agent_count **out,
			size_t *n, struct err *e) MUST_USE;

struct receipt_row { /* texts are borrowed for the call */
	const char *instance, *sheet, *faults, *received, *replaces;
	uint8_t sha[SHA256_BYTES];
	int32_t form, group, home; /* ordinals, 0: none */
	int keying, state, receipt_key;
	unsigned flags;
};
/* Newest first; state 0: all; before and instance NULL: from the newest on,
 * else what is older than that sheet. */
bool store_receipt_list(struct db *db, int32_t key, int state,
			const char *before, const char *instance, int limit,
			bool (*row)(const struct receipt_row *r, void *arg),
			void *arg, struct err *e) MUST_USE;

struct second_row { /* a sheet to be keyed again; texts borrowed */
	const char *sheet;
	int32_t form, group, home; /* ordinals; 0: none */
	bool done;		   /* he has keyed it */
};
/* In the order of their numbers. */
bool store_agent_second(struct db *db, int32_t key,
			void (*row)(const struct second_row *r, void *arg),
			void *arg, struct err *e) MUST_USE;

/* What is asked of the key's agent; texts are borrowed for the call. */
struct agent_query {
	int64_t query, version;
	const char *instance, *sheet, *status, *words, *opened; /* a day */
	const char *answer;					/* or NULL */
	int32_t form, group, home; /* ordinals, 0: none */
	int keying;
};
bool store_agent_queries(struct db *db, int32_t key,
			 bool (*row)(const struct agent_query *q, void *arg),
			 void *arg, struct err *e) MUST_USE;

struct agent_answer {
	int32_t query;
	const char *note;
	int64_t version; /* as he saw it; 0: whatever */
};
/* The status after.  The same answer again is the same.  ERR_INPUT: no such
 * query of his; ERR_CONFLICT: answered or decided already, or changed since;
 * ERR_DOWN: the wave is busy, send it again. */
bool store_agent_answer(struct db *db, int32_t key,
			const struct agent_answer *a, char *status, size_t max,
			struct err *e) MUST_USE;

#endif
