#include "support/survey.h"

#include "support/test.h"

static struct score_rating view(const struct survey_rating *r)
{
	return (struct score_rating){ .unit = r->unit,
				      .form = r->form,
				      .group = r->group,
				      .stratum = r->stratum,
				      .answers = r->answers };
}

struct score *survey_score(const struct score_spec *spec,
			   const struct survey_rating *ratings,
			   const size_t *order, size_t n)
{
	struct err e = { 0 };
	struct score *s = score_new(spec, &e);

	if (s == NULL)
		fail_msg("score_new: %s", e.msg);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			struct score_rating r =
				view(&ratings[order == NULL ? i : order[i]]);

			if (pass == 1)
				score_spread(s, &r);
			else if (!score_count(s, &r, &e))
				fail_msg("score_count: %s", e.msg);
		}
		if (pass == 0 && !score_fix(s, &e))
			fail_msg("score_fix: %s", e.msg);
	}
	if (!score_finish(s, &e))
		fail_msg("score_finish: %s", e.msg);
	return s;
}

uint64_t survey_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}
