#include "phieu/agent_means.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "phieu/estimate.h"

struct sums { /* n, mean, sum of squares about it */
	double n, mean, m2;
};

/* Two sets as one (Chan, Golub & LeVeque 1983, Am. Statistician 37: 242-247,
 * eq. 2.1). */
static void join(struct sums *a, const struct agent_mean *b)
{
	double n = a->n + b->n, d = b->mean - a->mean;

	a->mean += d * b->n / n;
	a->m2 += b->variance * (b->n - 1) + d * d * a->n * b->n / n;
	a->n = n;
}

static void test(struct agent_mean *m, const struct sums *others)
{
	double v = m->variance, w = others->m2 / (others->n - 1);
	double a = v / m->n, b = w / others->n;
	double pooled =
		sqrt((v * (m->n - 1) + others->m2) / (m->n + others->n - 2));

	if (!(a + b > 0))
		return;
	m->t = (m->mean - others->mean) / sqrt(a + b);
	m->df = (a + b) * (a + b) /
		(a * a / (m->n - 1) + b * b / (others->n - 1));
	m->p = 2 * gsl_cdf_tdist_Q(fabs(m->t), m->df);
	m->effect = (m->mean - others->mean) / pooled;
}

static bool same_cell(const struct agent_mean *a, const struct agent_mean *b)
{
	return a->form == b->form && a->home == b->home;
}

static void test_one(struct agent_mean *rows, size_t from, size_t end, size_t i,
		     double least)
{
	struct sums others = { 0, 0, 0 };
	struct agent_mean *m = &rows[i];

	for (size_t j = from; j < end; j++)
		if (j != i)
			join(&others, &rows[j]);
	m->n_others = others.n;
	m->mean_others = others.n > 0 ? others.mean : (double)NAN;
	m->t = m->df = m->p = m->p_holm = m->effect = (double)NAN;
	if (m->n >= least && others.n >= least && m->n > 1 && others.n > 1)
		test(m, &others);
}

bool agent_means_test(struct agent_mean *rows, size_t n, double least,
		      double *work, size_t *tested, struct err *e)
{
	size_t end;
	bool ok;

	*tested = 0;
	for (size_t from = 0; from < n; from = end) {
		for (end = from + 1;
		     end < n && same_cell(&rows[from], &rows[end]); end++)
			;
		for (size_t i = from; i < end; i++)
			test_one(rows, from, end, i, least);
	}
	for (size_t i = 0; i < n; i++) {
		work[i] = rows[i].p;
		*tested += isnan(rows[i].p) ? 0 : 1;
	}
	ok = est_p_holm(work, n, work + n, e);
	for (size_t i = 0; ok && i < n; i++)
		rows[i].p_holm = work[n + i];
	return ok;
}

bool agent_mean_is_far(const struct agent_mean *m, double p, double effect)
{
	return m->p_holm < p && fabs(m->effect) >= effect;
}
