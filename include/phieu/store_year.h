/* store_year.h - targets and rules of commendation in the database, and what
 * their papers are made of. */
#ifndef PHIEU_STORE_YEAR_H
#define PHIEU_STORE_YEAR_H

#include "phieu/db.h"
#include "phieu/year.h"

enum year_kind { YEAR_TARGETS, YEAR_REWARDS };

/* Adds the next version; *version 0: it is the one in force.  By the owner,
 * one transaction, one entry of the log. */
bool store_year_load(struct db *owner, enum year_kind kind, int32_t round,
		     const struct year_doc *d, const char *reason,
		     const char *by, int32_t *version, struct err *e) MUST_USE;

struct year_text {
	const char *text;
	int64_t version;
	bool trial;
};
/* The one in force.  ERR_INPUT: there is none yet. */
bool store_year_text(struct db *db, enum year_kind kind, int32_t round,
		     struct arena *a, struct year_text *out,
		     struct err *e) MUST_USE;

/* Rows of the lists of the same names (acts_year.c); `no` of a
 * list NULL: the newest. */
struct res *store_target_list(struct db *db, int32_t round,
			      struct err *e) MUST_USE;
struct res *store_series_list(struct db *db, int32_t round,
			      struct err *e) MUST_USE;
struct res *store_reward_lists(struct db *db, int32_t round,
			       struct err *e) MUST_USE;
struct res *store_reward_units(struct db *db, int32_t round, const char *no,
			       struct err *e) MUST_USE;
struct res *store_reward_persons(struct db *db, int32_t round, const char *no,
				 struct err *e) MUST_USE;

#endif
