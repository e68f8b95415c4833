/* store_inspect.h - inspection plans and what became of them, in the
 * database.  Acts and lists are rows of act.h. */
#ifndef PHIEU_STORE_INSPECT_H
#define PHIEU_STORE_INSPECT_H

#include "phieu/db.h"
#include "phieu/inspect.h"

/* Adds the next version.  *version 0: it is the one in force.  ERR_CONFLICT: an
 * inspection that is told to its unit would go.  By the owner, one
 * transaction, one entry of the log. */
bool store_inspect_load(struct db *owner, int32_t round,
			const struct inspect_plan *p, const char *reason,
			const char *by, int32_t *version,
			struct err *e) MUST_USE;

/* The document as text, in the arena; `version` NULL: the newest.  ERR_INPUT:
 * there is none. */
bool store_inspect_text(struct db *db, int32_t round, const char *version,
			struct arena *a, const char **text,
			struct err *e) MUST_USE;
/* Version, when, who, why, hash; newest first. */
struct res *store_inspect_versions(struct db *db, int32_t round,
				   struct err *e) MUST_USE;

/* Facts of one inspection, in the arena, seen at one instant; team and
 * members apart: `p` has them.  ERR_INPUT: there is none such. */
bool store_inspect_report(struct db *db, int32_t round, int number,
			  const struct inspect_plan *p, struct arena *a,
			  struct inspect_report *out, struct err *e) MUST_USE;

#endif
