#include "phieu/planning.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "replicates_parts.h"

/* Up to the next whole number; what is whole but for rounding stays. */
static double up(double x)
{
	return ceil(x - 1e-9);
}

/* ---- sizes ------------------------------------------------------------ */

bool planning_slovin(double population, double margin, double *exact,
		     double *whole, struct err *e)
{
	if (!(population >= 1 && population < INFINITY))
		return err_set(e, ERR_INPUT,
			       "tổng thể nhỏ hơn 1 (population %g is below 1)",
			       population);
	if (!(margin > 0 && margin < 1))
		return err_set(e, ERR_INPUT,
			       "sai số cho phép phải giữa 0 và 1 (margin %g is "
			       "not within 0 and 1)",
			       margin);
	*exact = population / (1 + population * margin * margin);
	*whole = up(*exact);
	return true;
}

static bool within(double x, double lo, double hi, const char *what,
		   struct err *e)
{
	if (x > lo && x < hi)
		return true;
	return err_set(
		e, ERR_INPUT,
		"giá trị ngoài khoảng cho phép (%s %g is not within %g and %g)",
		what, x, lo, hi);
}

bool planning_size(struct planning_size *s, struct err *e)
{
	double z;

	if (!within(s->p, 0, 1, "proportion", e) ||
	    !within(s->margin, 0, 1, "margin", e) ||
	    !within(s->level, 0, 1, "level", e) ||
	    !within(s->deff, 0, 1000, "deff", e))
		return false;
	if (!(s->response > 0 && s->response <= 1))
		return err_set(e, ERR_INPUT,
			       "tỷ lệ trả lời phải trên 0 và không quá 1 "
			       "(response rate %g is not above 0 and up to 1)",
			       s->response);
	if (!(s->population >= 1))
		return err_set(e, ERR_INPUT,
			       "tổng thể nhỏ hơn 1 (population %g is below 1)",
			       s->population);
	z = gsl_cdf_ugaussian_Qinv((1 - s->level) / 2);
	s->n0 = z * z * s->p * (1 - s->p) / (s->margin * s->margin);
	s->n = s->n0 / (1 + (s->n0 - 1) / s->population);
	s->n_deff = s->n * s->deff;
	s->issue = up(s->n_deff / s->response);
	return true;
}

/* ---- allocation ------------------------------------------------------- */

static double share(enum planning_rule rule, const double *population,
		    const double *spread, size_t h)
{
	switch (rule) {
	case PLANNING_NEYMAN: return population[h] * spread[h];
	case PLANNING_EQUAL: return population[h] > 0;
	default: return population[h];
	}
}

/* `left` units to the strata not fixed, largest remainder first. */
static void largest_remainder(size_t k, const double *weight,
			      const uint8_t *fixed, uint64_t left,
			      double *exact, uint64_t *whole)
{
	double sum = 0;
	uint64_t rest = left;

	for (size_t h = 0; h < k; h++)
		sum += fixed[h] ? 0 : weight[h];
	for (size_t h = 0; h < k; h++) {
		if (fixed[h])
			continue;
		exact[h] = (double)left * weight[h] / sum;
		whole[h] = (uint64_t)exact[h];
		rest -= whole[h];
	}
	for (; rest > 0; rest--) {
		size_t best = k;

		for (size_t h = 0; h < k; h++)
			if (!fixed[h] && weight[h] > 0 &&
			    (best == k ||
			     exact[h] - (double)whole[h] >
				     exact[best] - (double)whole[best]))
				best = h;
		whole[best]++;
	}
}

struct limits {
	uint64_t low, high;
};

static struct limits limits_of(double population, uint64_t least)
{
	uint64_t all = (uint64_t)population;

	return (struct limits){ .low = least < all ? least : all, .high = all };
}

/* Fixes strata past a limit: those above where they are above by more than
 * others are below, else those below; so what is left stays enough.  Returns
 * how many. */
static size_t fix_strata(size_t k, const double *population, uint64_t least,
			 uint8_t *fixed, uint64_t *whole)
{
	uint64_t above = 0, below = 0;
	size_t n = 0;

	for (size_t h = 0; h < k; h++) {
		struct limits l = limits_of(population[h], least);

		if (fixed[h])
			continue;
		above += whole[h] > l.high ? whole[h] - l.high : 0;
		below += whole[h] < l.low ? l.low - whole[h] : 0;
	}
	for (size_t h = 0; h < k; h++) {
		struct limits l = limits_of(population[h], least);

		if (fixed[h] || (above + below == 0) ||
		    (above >= below ? whole[h] <= l.high : whole[h] >= l.low))
			continue;
		fixed[h] = 1;
		whole[h] = above >= below ? l.high : l.low;
		n++;
	}
	return n;
}

static bool allocate_check(enum planning_rule rule, size_t k,
			   const double *population, const double *spread,
			   uint64_t n, bool cap, uint64_t least, struct err *e)
{
	double total = 0, shares = 0, floors = 0;

	for (size_t h = 0; h < k; h++) {
		if (!(population[h] >= 0 && population[h] < 1e15))
			return err_set(e, ERR_INPUT,
				       "tầng không có tổng thể (stratum %zu "
				       "has no population)",
				       h + 1);
		if (rule == PLANNING_NEYMAN &&
		    !(spread[h] >= 0 && spread[h] < INFINITY))
			return err_set(e, ERR_INPUT,
				       "tầng không có độ phân tán (stratum %zu "
				       "has no spread)",
				       h + 1);
		total += floor(population[h]);
		floors += fmin((double)least, floor(population[h]));
		shares += share(rule, population, spread, h);
	}
	if (!(shares > 0))
		return err_set(
			e, ERR_INPUT,
			"không tầng nào có phần (no stratum has a share)");
	if (n >= (uint64_t)1 << 53 || (cap && (double)n > total))
		return err_set(e, ERR_INPUT,
			       "mẫu lớn hơn tổng thể (a sample of %llu is more "
			       "than the %.15g there are)",
			       (unsigned long long)n, total);
	if (cap && floors > (double)n)
		return err_set(e, ERR_INPUT,
			       "mẫu không đủ cho mỗi tầng (a sample of %llu "
			       "cannot give each stratum %llu)",
			       (unsigned long long)n,
			       (unsigned long long)least);
	return true;
}

/* What is left when all with a share are full goes to those without, in
 * order. */
static void settle(size_t k, const double *population, uint64_t n,
		   uint64_t *whole)
{
	uint64_t used = 0;

	for (size_t h = 0; h < k; h++)
		used += whole[h];
	for (size_t h = 0; used < n && h < k; h++) {
		uint64_t room = (uint64_t)population[h] - whole[h];
		uint64_t step = room < n - used ? room : n - used;

		whole[h] += step;
		used += step;
	}
}

/* Fixed ones leave, the rest is shared again. */
static void allocate_capped(size_t k, const double *population,
			    const double *weight, uint64_t n, uint64_t least,
			    uint8_t *fixed, double *scratch, uint64_t *whole)
{
	while (fix_strata(k, population, least, fixed, whole) > 0) {
		uint64_t used = 0;
		double open = 0;

		for (size_t h = 0; h < k; h++) {
			used += fixed[h] ? whole[h] : 0;
			open += fixed[h] ? 0 : weight[h];
		}
		if (open > 0)
			largest_remainder(k, weight, fixed,
					  used < n ? n - used : 0, scratch,
					  whole);
	}
	settle(k, population, n, whole);
}

bool planning_allocate(enum planning_rule rule, size_t k,
		       const double *population, const double *spread,
		       uint64_t n, bool cap, uint64_t least, double *exact,
		       uint64_t *whole, struct err *e)
{
	double *weight = malloc((2 * k + 1) * sizeof *weight);
	uint8_t *fixed = calloc(k + 1, 1);
	bool ok = false;

	if (weight == NULL || fixed == NULL) {
		err_set(e, ERR_NOMEM, "no memory for strata");
		goto out;
	}
	if (!allocate_check(rule, k, population, spread, n, cap, least, e))
		goto out;
	for (size_t h = 0; h < k; h++)
		weight[h] = share(rule, population, spread, h);
	largest_remainder(k, weight, fixed, n, exact, whole);
	if (cap)
		allocate_capped(k, population, weight, n, least, fixed,
				weight + k, whole);
	ok = true;
out:
	free(weight);
	free(fixed);
	return ok;
}

/* ---- the draw --------------------------------------------------------- */

bool planning_draw(size_t population, size_t n, uint64_t seed, uint64_t stream,
		   size_t *picked, struct err *e)
{
	struct replicates_rng g;
	uint32_t *all;

	if (n > population || population >= UINT32_MAX)
		return err_set(e, ERR_INPUT,
			       "mẫu lớn hơn tổng thể (a sample of %zu is more "
			       "than the %zu there are)",
			       n, population);
	all = malloc((population + 1) * sizeof *all);
	if (all == NULL)
		return err_set(e, ERR_NOMEM, "no memory for the draw");
	for (size_t i = 0; i < population; i++)
		all[i] = (uint32_t)i;
	replicates_seed(&g, seed, stream);
	for (size_t i = 0; i < n; i++) {
		size_t at = i + taus_below(&g, (uint32_t)(population - i));
		uint32_t x = all[at];

		all[at] = all[i];
		all[i] = x;
		picked[i] = x;
	}
	free(all);
	return true;
}
