#include "phieu/round_may.h"

#include <string.h>

#include "acts_parts.h"

#define ALL_IN_ROUND (READERS | UNITS | APPRAISER | ROLE_BIT(ROLE_ENGINE))

static const struct round_ask doors[DOOR_COUNT] = {
	[DOOR_ROUND] = { ALL_IN_ROUND, ACT_ANYBODY, false },
	[DOOR_SELF] = { READERS | UNITS, ACT_OWN_UNIT, false },
	[DOOR_SELF_WRITE] = { UNITS, ACT_OWN_UNIT, true },
	[DOOR_EVIDENCE_OPEN] = { READERS | UNITS | APPRAISER,
				 ACT_OWN_UNIT_OR_OFFICE, false },
	[DOOR_INDEX] = { ALL_IN_ROUND, ACT_ANYBODY, false },
	[DOOR_DRAFT] = { MAKERS, ACT_ANYBODY, false },
	[DOOR_COMPUTE] = { OFFICE, ACT_ANYBODY, true },
	[DOOR_VERIFY] = { READERS, ACT_ANYBODY, false },
};

struct round_ask round_ask_door(enum round_door d)
{
	return doors[d];
}

struct round_ask round_ask_act(const struct act *a)
{
	return (struct round_ask){ a->roles, a->binding, true };
}

struct round_ask round_ask_list(const struct act_list *l)
{
	return (struct round_ask){ l->roles, l->binding, false };
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* The office that an appraiser's role was given for: of that code first, else
 * the one that is that unit.  NULL: none in this round. */
static const char *office_of(const struct round_asker *who, const char *given)
{
	for (size_t i = 0; i < who->n_seats; i++)
		if (same(who->seats[i].office, given))
			return who->seats[i].office;
	for (size_t i = 0; i < who->n_seats; i++)
		if (same(who->seats[i].unit, given))
			return who->seats[i].office;
	return NULL;
}

/* What one grant is good for. */
static struct round_right by_grant(const struct round_asker *who,
				   const struct grant *g,
				   const struct round_ask *ask,
				   const char *unit, const char *office)
{
	struct round_right r = { ROUND_MAY, unit, office, false };
	bool is_unit = g->role == ROLE_UNIT;
	const char *own;

	if (!is_unit && g->role != ROLE_APPRAISER)
		return r;
	own = is_unit || !g->unit ? g->unit : office_of(who, g->unit);
	r.bound = true;
	if (!own || !*own) {
		r.why = ROUND_NO_BINDING;
	} else if (ask->binding == ACT_ANYBODY) {
		r.bound = false;
	} else if (!((unsigned)ask->binding &
		     (is_unit ? ACT_OWN_UNIT : ACT_OWN_OFFICE))) {
		r.why = ROUND_NO_ROLE;
	} else if (is_unit) {
		r.why = !unit || same(unit, own) ? ROUND_MAY : ROUND_NOT_OWN;
		r.unit = own;
	} else {
		r.why = !office || same(office, own) ? ROUND_MAY
						     : ROUND_NOT_OWN;
		r.office = own;
	}
	return r;
}

static bool counts(const struct round_asker *who, const struct grant *g,
		   const struct round_ask *ask)
{
	return (ask->roles & ROLE_BIT(g->role)) &&
	       (g->wave == 0 || g->wave == who->wave);
}

static bool agree(const char *a, const char *b)
{
	return (!a && !b) || same(a, b);
}

/* A right that is not bound goes before one that is; two that are bound to
 * different things are none.  Of refusals the one that says most is told. */
struct round_right round_may(const struct round_asker *who,
			     const struct round_ask *ask, const char *unit,
			     const char *office)
{
	struct round_right best = { ROUND_NO_ROLE, NULL, NULL, true };

	if (ask->is_act && !who->is_person) {
		best.why = ROUND_NO_PERSON;
		return best;
	}
	for (size_t i = 0; i < who->n; i++) {
		struct round_right r;

		if (!counts(who, &who->grants[i], ask))
			continue;
		r = by_grant(who, &who->grants[i], ask, unit, office);
		if (r.why == ROUND_MAY && !r.bound)
			return r;
		if (r.why != ROUND_MAY) {
			if (best.why != ROUND_MAY && r.why > best.why)
				best.why = r.why;
		} else if (best.why != ROUND_MAY && best.why != ROUND_WHICH) {
			best = r;
		} else if (best.why == ROUND_MAY &&
			   !(agree(best.unit, r.unit) &&
			     agree(best.office, r.office))) {
			best.why = ROUND_WHICH;
		}
	}
	if (best.why != ROUND_MAY)
		best.unit = best.office = NULL;
	return best;
}
