#include "phieu/score.h"

void score_rank(const struct dec *points, const bool *scored, size_t n,
		size_t *rank)
{
	for (size_t i = 0; i < n; i++) {
		rank[i] = scored[i] ? 1 : 0;
		for (size_t j = 0; scored[i] && j < n; j++)
			rank[i] +=
				scored[j] && dec_cmp(points[j], points[i]) > 0;
	}
}

size_t score_grade(struct dec published, const struct dec *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (dec_cmp(published, from[i]) >= 0)
			return i;
	return SCORE_NONE;
}
