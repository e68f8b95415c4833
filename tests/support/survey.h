/* survey.h - a small invented survey for tests of scoring: ratings in
 * memory, run through both passes in any order. */
#ifndef TESTS_SURVEY_H
#define TESTS_SURVEY_H

#include "phieu/score.h"

#define SURVEY_SLOTS 32

struct survey_rating {
	size_t unit, form, group, stratum;
	uint8_t answers[SURVEY_SLOTS];
};

/* Scores `ratings` in the order of `order` (NULL: as they are); fails the
 * test on any error.  score_free the result. */
struct score *survey_score(const struct score_spec *spec,
			   const struct survey_rating *ratings,
			   const size_t *order, size_t n);

uint64_t survey_random(uint64_t *seed); /* xorshift */

#endif
