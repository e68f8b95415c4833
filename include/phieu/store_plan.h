/* store_plan.h - waves and their plans in the database.
 *
 * In memory a unit, group or form is its index in struct plan; in the
 * database it is an ordinal given once per wave and never reused.  struct
 * wave carries both directions. */
#ifndef PHIEU_STORE_PLAN_H
#define PHIEU_STORE_PLAN_H

#include "phieu/db.h"
#include "phieu/limits.h"
#include "phieu/plan.h"

struct wave {
	int32_t id;
	char code[LIMIT_CODE_BYTES + 1];
	char state[12]; /* draft, open, closed, frozen, published */
	bool simulated;
	int32_t version; /* of the plan */
	struct plan *plan;
	int32_t *unit_id, *group_id, *form_id; /* by plan index */
	/* the other way, by ordinal up to the last given */
	size_t *unit_index, *group_index, *form_index;
	int32_t last_unit, last_group, last_form;
};

/* Adds the plan as a new wave, or as the next version of the wave with its
 * code (units, groups and forms keep their ordinals, quotas that changed get
 * a new revision with `reason`).  The same canonical text again changes
 * nothing (*changed false).  ERR_CONFLICT once the wave is frozen, or when
 * sheets have come in and the plan no longer fits them (plan_may_follow).
 * One transaction, one log entry, NOTIFY phieu_plan with the wave's code. */
bool store_plan_load(struct db *owner, const struct plan *p, const char *reason,
		     const char *by, int32_t *version, bool *changed,
		     struct err *e) MUST_USE;

/* The newest version; ERR_INPUT when there is no such wave. */
struct wave *store_wave_get(struct db *db, const char *code,
			    struct err *e) MUST_USE;
void wave_free(struct wave *w); /* and its plan */

/* Ordinal -> plan index, NONE when the plan in hand has none such. */
size_t wave_unit(const struct wave *w, int32_t id);
size_t wave_group(const struct wave *w, int32_t id);
size_t wave_form(const struct wave *w, int32_t id);

#endif
