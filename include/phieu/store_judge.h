/* store_judge.h - a sheet's head, and its state set by hand.
 *
 * Never its answers: opening a sheet is another right. */
#ifndef PHIEU_STORE_JUDGE_H
#define PHIEU_STORE_JUDGE_H

#include "phieu/arena.h"
#include "phieu/db.h"

/* As field.response has them. */
enum sheet_state {
	SHEET_VALID = 1,
	SHEET_QUERIED,
	SHEET_INVALID,
	SHEET_REPLACED,
	SHEET_ACCEPTED,
	SHEET_REJECTED,
	SHEET_WITHDRAWN
};

struct sheet_head {
	const char *instance, *sheet, *form, *group, *home, *agent, *replaces;
	const char *faults; /* JSON */
	int64_t state, keying, flags, version;
	bool counted;
};

const char *sheet_state_name(int64_t state);
const char *sheet_state_vi(int64_t state);
/* The states a person may set; ERR_INPUT names them. */
bool sheet_state_parse(const char *name, enum sheet_state *out,
		       struct err *e) MUST_USE;

/* Every response with that instance or sheet number; one of the two may be
 * NULL.  Texts in the arena. */
bool store_sheet_heads(struct db *db, int32_t wave, const char *instance,
		       const char *sheet, struct arena *a,
		       struct sheet_head **out, size_t *n,
		       struct err *e) MUST_USE;

/* Sheets whose files have not all come: instance, sheet, key, when, files
 * named, files here, names of those that are not.  Caller frees. */
struct res *store_sheet_incomplete(struct db *db, const char *wave,
				   struct err *e) MUST_USE;

/* One transaction: the reading before is kept as a version, the act logged.
 * `code` (V01-V13) is wanted for INVALID, else NULL.  ERR_INPUT when there
 * is no such sheet; ERR_CONFLICT when the wave is frozen, the sheet was
 * replaced, or another one with its number counts already. */
bool store_judge(struct db *owner, int32_t wave, const char *instance,
		 enum sheet_state state, const char *code, const char *reason,
		 const char *by, struct err *e) MUST_USE;

#endif
