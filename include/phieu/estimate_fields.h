/* estimate_fields.h - what one rating says of each field of the plan, by the
 * same decisions as scoring. */
#ifndef PHIEU_ESTIMATE_FIELDS_H
#define PHIEU_ESTIMATE_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "phieu/plan.h"

#define FIELD_ALL "field.all"

/* Fields are the top criteria that a survey feeds, in plan order, and all of
 * them together, last.  Which answers count and what they are worth is what
 * score_plan says (D3, don't knows); questions weigh as D6 has it within their
 * criterion, criteria by their maximum. */
struct fields;
struct fields *fields_new(const struct plan *p, struct err *e) MUST_USE;
void fields_free(struct fields *f);

size_t fields_count(const struct fields *f); /* with "field.all" */
const char *fields_name(const struct fields *f, size_t field); /* field.CODE */

/* percent: the points that the rating's answers are worth, in percent of the
 * maximum of the criteria it answers at all (satisfaction by the share of
 * satisfied answers); NAN when it answers none.  answered: answers that count;
 * satisfied: those of them that are. */
struct field_value {
	double percent;
	unsigned satisfied, answered;
};
/* out[fields_count]; bytes past `n` were not asked. */
void fields_rate(const struct fields *f, size_t form, size_t unit,
		 const uint8_t *answers, size_t n, struct field_value *out);
/* Is some question of the field put on the form? */
bool fields_asks(const struct fields *f, size_t field, size_t form);
/* Is it, or does it hold, the satisfaction that the survey ends in? */
bool fields_is_satisfaction(const struct fields *f, size_t field);

#endif
