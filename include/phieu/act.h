/* act.h - acts of a round, as one table: what each is called, what it takes,
 * who may.  The command line and the service both run from it.
 *
 * The query of an act gets the round ($1), who does it ($2), then the
 * parameters in order, NULL where not given. */
#ifndef PHIEU_ACT_H
#define PHIEU_ACT_H

#include "phieu/arena.h"
#include "phieu/db.h"

enum { ACT_PARAMS_MAX = 10 };

enum act_need { ACT_OPTIONAL, ACT_REQUIRED };
struct act_param {
	const char *name; /* "--unit" on the command line, "unit" in JSON */
	enum act_need need;
	bool flag; /* given or not: true or false */
};

/* Whose act it is: bound to a unit or an office of the person's own. */
enum act_binding { ACT_ANYBODY, ACT_OWN_UNIT, ACT_OWN_OFFICE };

struct act {
	const char *name; /* "appraise accept" */
	const char *summary, *summary_vi;
	enum q query;
	unsigned roles; /* ROLE_BIT of those who may, by the service */
	enum act_binding binding;
	struct act_param params[ACT_PARAMS_MAX];
};
extern const struct act acts[];
extern const size_t acts_n;

/* By its name; '-' and ' ' are the same ("appraise-accept").  NULL: none. */
const struct act *act_find(const char *name);
size_t act_params(const struct act *a); /* how many it takes */

/* values: as many as act_params, NULL where not given.  *made (in the arena):
 * a number or version that the act gave, "" when it gave none.  ERR_INPUT:
 * something named is not there, or a parameter is missing; ERR_CONFLICT:
 * somebody changed it since, or the state forbids it; ERR_DENIED. */
bool store_act(struct db *db, const struct act *a, int32_t round,
	       const char *by, const char *const *values, struct arena *arena,
	       const char **made, struct err *e) MUST_USE;

/* Lists of a round: `unit`, `office`, `criterion` NULL for all.  Columns stand
 * in the statements of the same names. */
struct res *store_standing_list(struct db *db, int32_t round, const char *unit,
				const char *office, struct err *e) MUST_USE;
struct res *store_request_list(struct db *db, int32_t round, const char *unit,
			       struct err *e) MUST_USE;
struct res *store_council_list(struct db *db, int32_t round,
			       struct err *e) MUST_USE;
struct res *store_deduction_list(struct db *db, int32_t round, const char *unit,
				 struct err *e) MUST_USE;
struct res *store_change_list(struct db *db, int32_t round, const char *unit,
			      const char *criterion, struct err *e) MUST_USE;

#endif
