/* improve.h - the plan that follows a result, as a document to print. */
#ifndef PHIEU_IMPROVE_H
#define PHIEU_IMPROVE_H

#include "phieu/db.h"
#include "phieu/paper.h"
#include "phieu/store_round.h"

/* Its lists in the order printed: act_list_find knows each. */
enum { IMPROVE_LISTS = 5 };
extern const char *const improve_lists[IMPROVE_LISTS];

struct improve_head {
	const char *title, *basis, *days, *next; /* "" where none */
	const char *superior, *body, *place;	 /* of a letterhead; NULL */
	const char *round;			 /* name of the round */
	bool trial;
};
/* ERR_INPUT: the round has no plan. */
bool store_improve_head(struct db *db, int32_t round, struct arena *a,
			struct improve_head *out, struct err *e) MUST_USE;

/* lists[IMPROVE_LISTS]: rows of each, NULL: left out; texts stay theirs. */
bool improve_paper(const struct improve_head *h, struct res *const *lists,
		   struct arena *a, struct paper *out, struct err *e) MUST_USE;

#endif
