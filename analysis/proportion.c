#include "phieu/proportion.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "phieu/distribution.h"

struct beta_at {
	double a, b, p;
};

static double beyond(double x, const void *arg)
{
	const struct beta_at *t = arg;

	return gsl_cdf_beta_P(x, t->a, t->b) - t->p;
}

/* By a search on the distribution function: gsl_cdf_beta_Pinv fails for
 * shapes that differ much. */
static double beta_quantile(double a, double b, double p)
{
	struct beta_at t = { a, b, p };

	return bracketed_root(beyond, &t, 0, 1);
}

static void wilson(double k, double n, double level, struct proportion *out)
{
	double z = gsl_cdf_ugaussian_Pinv((1 + level) / 2), zz = z * z;
	double mid = k + zz / 2, half = z * sqrt(k * (n - k) / n + zz / 4);

	/* where nothing or everything hits, exactly so */
	out->wilson_low = k > 0 ? (mid - half) / (n + zz) : 0;
	out->wilson_high = k < n ? (mid + half) / (n + zz) : 1;
}

bool proportion_of(uint64_t k, uint64_t n, double level, struct proportion *out,
		   struct err *e)
{
	double hits = (double)k, trials = (double)n, tail = (1 - level) / 2;

	if (n == 0 || k > n || !(level > 0 && level < 1))
		return err_set(e, ERR_INPUT,
			       "a share wants hits of trials and a level "
			       "between 0 and 1");
	out->share = hits / trials;
	out->low = k == 0 ? 0 : beta_quantile(hits, trials - hits + 1, tail);
	out->high =
		k == n ? 1 : beta_quantile(hits + 1, trials - hits, 1 - tail);
	wilson(hits, trials, level, out);
	return true;
}

enum proportion_verdict proportion_by_number(uint64_t k, uint64_t n,
					     uint64_t least, uint64_t accept)
{
	if (k > accept)
		return PROPORTION_REJECT;
	return n < least ? PROPORTION_MORE : PROPORTION_ACCEPT;
}

enum proportion_verdict proportion_by_interval(const struct proportion *p,
					       uint64_t n, uint64_t least,
					       double maximum)
{
	if (n < least)
		return PROPORTION_MORE;
	if (p->high <= maximum)
		return PROPORTION_ACCEPT;
	return p->low > maximum ? PROPORTION_REJECT : PROPORTION_MORE;
}
