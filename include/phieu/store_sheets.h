/* store_sheets.h - an agent's own numbered sheets (the ledger's side of the
 * collector): what he has, and what became of them.
 *
 * Each goes through a key's number: nothing of another agent's is among what
 * comes back, and nothing of his is moved. */
#ifndef PHIEU_STORE_SHEETS_H
#define PHIEU_STORE_SHEETS_H

#include "phieu/db.h"

struct sheet_row { /* texts are borrowed for the call */
	const char *sheet, *status, *changed_on;
	int32_t form, group, home; /* ordinals; home 0: none */
};
bool store_agent_sheets(struct db *db, int32_t key,
			void (*row)(const struct sheet_row *r, void *arg),
			void *arg, struct err *e) MUST_USE;

struct told_row {
	const char *sheet, *outcome; /* "done", "already", "refused" */
	const char *words; /* of a refusal: "tiếng Việt (English)" */
};
/* id: a UUID that the agent's computer made; told again under it, it counts
 * once.  sheets: numbers as an array of PostgreSQL ("{A,B}").  ERR_INPUT: no
 * such act, not a UUID; ERR_CONFLICT: the ledger is closed, or there is none;
 * ERR_DOWN: somebody is at the ledger, ask again. */
bool store_agent_tell(struct db *db, int32_t key, const char *id,
		      const char *act, const char *sheets, const char *reason,
		      void (*row)(const struct told_row *r, void *arg),
		      void *arg, struct err *e) MUST_USE;

#endif
