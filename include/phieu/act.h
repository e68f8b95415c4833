/* act.h - acts and lists of a round, as tables: what each is called, what it
 * takes, who may.  The command line and the service both run from them.
 *
 * A row lives in a server/acts_*.c, in a struct act_set that acts.c names; its
 * command (`phieu NAME --round R …`) and its route come of themselves.
 *
 * The query of an act gets the round ($1), who does it ($2), then the
 * parameters in order, NULL where not given.  That of a list gets the round
 * ($1), then its parameters.  The names of its columns are the keys of the
 * list in JSON and CSV. */
#ifndef PHIEU_ACT_H
#define PHIEU_ACT_H

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/db.h"

enum { ACT_PARAMS_MAX = 10, LIST_COLUMNS_MAX = 24 };

enum act_need { ACT_OPTIONAL, ACT_REQUIRED };
struct act_param {
	const char *name; /* "--unit" on the command line, "unit" in JSON */
	enum act_need need;
	bool flag; /* given or not: true or false */
};

/* Whose it is, by the service: with ACT_OWN_UNIT a person who has but the
 * role of a unit names his own one in the parameter "unit" (the service puts
 * it in), with ACT_OWN_OFFICE an appraiser his own office in "office".  Other
 * roles are not bound.  ACT_ANYBODY binds nobody: for what all may see whole.
 * The statement narrows by what stands in these parameters, and does so
 * completely: nothing else does. */
enum act_binding {
	ACT_ANYBODY = 0,
	ACT_OWN_UNIT = 1,
	ACT_OWN_OFFICE = 2,
	ACT_OWN_UNIT_OR_OFFICE = 3
};

struct act {
	const char *name; /* "appraise accept" */
	const char *summary, *summary_vi;
	enum q query;
	unsigned roles; /* ROLE_BIT of those who may, by the service */
	enum act_binding binding;
	struct act_param params[ACT_PARAMS_MAX];
};

struct act_list {
	const char *name; /* "appraise list" */
	const char *summary, *summary_vi;
	enum q query;
	unsigned roles;
	enum act_binding binding;
	struct act_param params[ACT_PARAMS_MAX]; /* none of them needed */
	const char *heads[LIST_COLUMNS_MAX];	 /* Vietnamese, a column each */
};

struct act_set {
	const struct act *acts;
	size_t n_acts;
	const struct act_list *lists;
	size_t n_lists;
	bool own_commands; /* their commands are written by hand, in a cmd_*.c
			    */
};
/* the year's targets, commendation */
extern const struct act_set acts_year;
extern const struct act_set acts_round, acts_self, acts_appraise, acts_inspect,
	acts_improve, acts_room;

/* Has the row a command written by hand? */
bool act_own_command(const char *name);
/* All of them, in the order of the sets; NULL past the last. */
const struct act *act_at(size_t i);
const struct act_list *act_list_at(size_t i);
/* By name; '-' and ' ' are the same ("appraise-accept").  NULL: none. */
const struct act *act_find(const char *name);
const struct act_list *act_list_find(const char *name);

size_t act_params(const struct act *a); /* how many it takes */
size_t act_list_params(const struct act_list *l);
size_t act_list_columns(const struct act_list *l);
/* Where among them `name` is, or -1. */
int act_param_at(const struct act_param params[ACT_PARAMS_MAX],
		 const char *name);

/* "phieu appraise accept --round R --office OFFICE … [--version VERSION]" */
void act_usage(const char *name, const struct act_param params[ACT_PARAMS_MAX],
	       struct buf *out);

/* values: as many as act_params, NULL where not given.  *made (in the arena):
 * a number or version that the act gave, "" when it gave none.  ERR_INPUT:
 * something named is not there, or a parameter is missing; ERR_CONFLICT:
 * somebody changed it since, or the state forbids it; ERR_DENIED. */
bool store_act(struct db *db, const struct act *a, int32_t round,
	       const char *by, const char *const *values, struct arena *arena,
	       const char **made, struct err *e) MUST_USE;

/* values: as many as act_list_params, NULL for all.  The columns have the
 * names that are its keys (res_name). */
struct res *store_act_list(struct db *db, const struct act_list *l,
			   int32_t round, const char *const *values,
			   struct err *e) MUST_USE;

#endif
