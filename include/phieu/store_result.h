/* store_result.h - results and releases of a round in the database. */
#ifndef PHIEU_STORE_RESULT_H
#define PHIEU_STORE_RESULT_H

#include "phieu/db.h"
#include "phieu/round_result.h"

struct round_values {
	struct round_value *v;
	size_t n;
	struct round_deduction *d;
	size_t n_d;
	const char *wave_release; /* NULL: none */
};
/* What stands now, in one view. */
bool store_round_values(struct db *db, int32_t round, struct arena *a,
			struct round_values *out, struct err *e) MUST_USE;

/* Keeps a computed result; *number is the last one's when nothing changed. */
bool store_result_add(struct db *db, int32_t round,
		      const struct round_values *v,
		      const struct round_result *r, const char *content,
		      const char *by, int64_t *number, struct err *e) MUST_USE;

struct stored_result {
	int64_t number;
	const char *input, *content, *sha256, *method;
	const char *version; /* of the round's document that it is made by */
};
/* `number` NULL: the newest.  ERR_INPUT: there is none. */
bool store_result_get(struct db *db, int32_t round, const char *number,
		      struct arena *a, struct stored_result *out,
		      struct err *e) MUST_USE;
/* Number, when, who, complete, SHA-256, release, kind, decision, reason. */
struct res *store_result_list(struct db *db, int32_t round,
			      struct err *e) MUST_USE;
/* What was published: release, trial, supersedes (null: the first), decision,
 * reason, when, result, SHA-256 of its content and of its input, method,
 * release of the wave (null: none), version of the document; newest first.
 * `release` NULL: all. */
struct res *store_round_releases(struct db *db, int32_t round,
				 const char *release, struct err *e) MUST_USE;
/* ERR_CONFLICT: the step is not open, some unit is incomplete, or it is
 * published already. */
bool store_result_publish(struct db *db, int32_t round, const char *number,
			  const char *decision, const char *reason,
			  const char *by, int64_t *release,
			  struct err *e) MUST_USE;

#endif
