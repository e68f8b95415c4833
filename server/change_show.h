/* change_show.h - two years beside each other, for people. */
#ifndef SERVER_CHANGE_SHOW_H
#define SERVER_CHANGE_SHOW_H

#include "phieu/index_change.h"
#include "phieu/paper.h"

/* "97,69", "-0,5": exact where `digits` suffice, else rounded half up; "" when
 * there is none.  `plus`: "+0,5". */
#define CHANGE_TEXT 32
const char *change_text(bool has, const mpq_t x, int digits, bool plus,
			char out[CHANGE_TEXT]);
/* Decimals of points: the finer of the two years. */
int change_digits(const struct index_change *c);
/* "2/20", "3=/20": rank of so many, "=" when shared; "" none. */
const char *change_rank(const struct index *ix, size_t unit,
			char out[CHANGE_TEXT]);
const char *change_grade(const struct index *ix, size_t unit); /* "" none */

/* Tables on standard output. */
bool change_show(const struct index_change *c, size_t unit,
		 const struct index_change_head *h, struct err *e) MUST_USE;

/* What a letterhead takes from the round's document; NULL: left empty. */
struct change_letter {
	const char *superior, *body, *place;
	bool draft; /* one of the results is not published */
};
/* The document, in the arena: units, each unit's criteria, the survey's tests,
 * units that are no more. */
bool change_paper(const struct index_change *c, size_t unit,
		  const struct index_change_head *h,
		  const struct change_letter *l, struct arena *a,
		  struct paper *out, struct err *e) MUST_USE;

#endif
