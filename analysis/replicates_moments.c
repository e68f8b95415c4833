/* What replicates of a vector say of its covariance, and who goes over them. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "replicates_parts.h"

/* Sums are good to this: a statistic that no replicate moves by more (a share
 * that the calibration fixes) has a variance of 0, not of rounding. */
#define SAME 1e-12

bool replicate_moments_init(struct replicate_moments *m, size_t p, bool full,
			    struct err *e)
{
	*m = (struct replicate_moments){ .p = p, .full = full };
	m->mean = calloc(4 * p, sizeof *m->mean);
	m->square = calloc(p, (full ? p : 1) * sizeof *m->square);
	if (m->mean == NULL || m->square == NULL)
		return err_set(e, ERR_NOMEM, "no memory for covariances");
	m->weighted = m->mean + p;
	m->d = m->weighted + p;
	m->moved = m->d + p;
	return true;
}

void replicate_moments_clear(struct replicate_moments *m)
{
	free(m->mean);
	free(m->square);
}

void replicate_moments_add(struct replicate_moments *m, const double *theta,
			   const double *at, double rscale)
{
	size_t p = m->p;

	if (rscale == 0)
		return;
	m->n++;
	m->sum_r += rscale;
	for (size_t a = 0; a < p; a++) {
		m->d[a] = theta[a] - at[a];
		m->mean[a] += m->d[a];
		m->weighted[a] += rscale * m->d[a];
		if (!(fabs(m->d[a]) <= SAME * fabs(at[a])))
			m->moved[a] = 1;
	}
	if (!m->full) {
		for (size_t a = 0; a < p; a++)
			m->square[a] += rscale * m->d[a] * m->d[a];
		return;
	}
	for (size_t a = 0; a < p; a++)
		for (size_t b = 0; b <= a; b++)
			m->square[a * p + b] += rscale * m->d[a] * m->d[b];
}

static double centred(const struct replicate_moments *m, size_t a, size_t b,
		      bool mse)
{
	size_t p = m->p;
	double s = m->full ? m->square[a * p + b] : m->square[a];
	double ca = m->mean[a] / (double)m->n, cb = m->mean[b] / (double)m->n;

	if (m->moved[a] == 0 || m->moved[b] == 0)
		return 0;
	if (mse)
		return s;
	return s - m->weighted[a] * cb - ca * m->weighted[b] +
	       m->sum_r * ca * cb;
}

void replicate_moments_cov(const struct replicate_moments *m,
			   const struct replicates *r, double *cov)
{
	size_t p = m->p;

	if (!m->full) {
		for (size_t a = 0; a < p; a++)
			cov[a] = fmax(r->scale * centred(m, a, a, r->spec.mse),
				      isnan(m->mean[a]) ? (double)NAN : 0);
		return;
	}
	for (size_t a = 0; a < p; a++)
		for (size_t b = 0; b <= a; b++)
			cov[a * p + b] = cov[b * p + a] =
				r->scale * centred(m, a, b, r->spec.mse);
}

void replicates_run(void *(*work)(void *), void *worker, size_t size,
		    size_t threads)
{
	pthread_t id[REPLICATES_THREADS];
	bool started[REPLICATES_THREADS] = { false };
	char *at = worker;

	for (size_t t = 1; t < threads; t++)
		started[t] =
			pthread_create(&id[t], NULL, work, at + t * size) == 0;
	(void)work(at);
	for (size_t t = 1; t < threads; t++) {
		if (started[t])
			(void)pthread_join(id[t], NULL);
		else
			(void)work(at + t * size);
	}
}
