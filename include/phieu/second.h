/* second.h - second keying (nhập lần hai): a drawn share of the sheets is
 * keyed again from the paper by another agent; docs/SECOND.md.
 *
 * The work is done by functions of sql/075_second.sql; acts and lists are the
 * desk "second" (desk.h). */
#ifndef PHIEU_SECOND_H
#define PHIEU_SECOND_H

#include "phieu/desk.h"

extern const struct desk desk_second;

/* Rows of Q_SECOND_RATES with what analysis makes of them: share of wrong
 * fields, its exact and Wilson limits (percent, three decimals; empty where
 * nothing was judged) and what the rule in force says: accept, reject, more
 * (too little is known), or empty without a rule.  Frees `rows`. */
struct res *store_second_shares(struct db *db, struct res *rows,
				struct err *e) MUST_USE;

#endif
