/* Replicates of what must be fitted anew from the weights of rows. */
#include <math.h>
#include <stdlib.h>

#include "replicates_parts.h"

#define BLOCK ((size_t)64) /* replicates held at once */

struct refit {
	const struct replicates *r;
	const struct replicates_fit *f;
	size_t from, to, step;
	double *theta;		  /* [BLOCK*p], shared */
	double *factor, *weight;  /* [units], [n] */
	struct calib_work *calib; /* NULL: none */
	size_t at;		  /* where it failed, when e is set */
	struct err e;
};

static bool refit_init(struct refit *w, struct err *e)
{
	const struct survey_design *d = w->r->design;

	w->factor = malloc(d->n_units[0] * sizeof *w->factor);
	w->weight = malloc(d->n * sizeof *w->weight);
	if (w->factor == NULL || w->weight == NULL)
		return err_set(e, ERR_NOMEM, "no memory for replicates");
	if (w->r->calib == NULL)
		return true;
	w->calib = calib_work_new(w->r->calib, e);
	return w->calib != NULL;
}

static void refit_clear(struct refit *w)
{
	free(w->factor);
	free(w->weight);
	calib_work_free(w->calib);
}

/* A replicate that cannot be calibrated ends the run, as it does where totals
 * are asked for; one without a fit has theta NAN. */
static void *work(void *arg)
{
	struct refit *w = arg;
	size_t p = w->f->p;

	for (size_t r = w->from; r < w->to; r += w->step) {
		double *theta = w->theta + (r % BLOCK) * p;
		struct err own = { 0 };

		w->at = r;
		if (!replicates_weights(w->r, r, w->factor, w->calib, w->weight,
					&w->e))
			return NULL;
		if (w->f->fit(w->f->ctx, w->weight, theta, &own))
			continue;
		w->e = own;
		return NULL;
	}
	return NULL;
}

static bool is_unfit(const struct refit *w)
{
	return w->e.kind == ERR_INPUT || w->e.kind == ERR_MATH;
}

/* Is a failure of `w` to be told rather than that of `bad`?  One of memory
 * before one of the data, then the first replicate. */
static bool wins(const struct refit *w, const struct refit *bad)
{
	if (w->e.kind == ERR_NONE || bad == NULL)
		return w->e.kind != ERR_NONE;
	if (is_unfit(w) != is_unfit(bad))
		return is_unfit(bad);
	return w->at < bad->at;
}

/* By all threads. */
static const struct refit *run_block(struct refit *w, size_t threads,
				     size_t from, size_t to)
{
	const struct refit *bad = NULL;

	for (size_t t = 0; t < threads; t++) {
		w[t].from = from + t;
		w[t].to = to;
		w[t].step = threads;
	}
	replicates_run(work, w, sizeof *w, threads);
	for (size_t t = 0; t < threads; t++)
		if (wins(&w[t], bad))
			bad = &w[t];
	return bad;
}

/* ERR_INPUT and ERR_MATH of a fit: no covariance, told. */
static bool give_up(const struct refit *bad, double *cov,
		    struct replicates_unfit *unfit, struct err *e)
{
	size_t p = bad->f->p;

	if (!is_unfit(bad)) {
		*e = bad->e;
		return false;
	}
	unfit->replicate = bad->at + 1;
	unfit->why = bad->e;
	for (size_t i = 0; i < p * p; i++)
		cov[i] = (double)NAN;
	return true;
}

static bool refit_all(struct refit *w, size_t threads, const double *theta,
		      struct replicate_moments *m, const struct refit **bad,
		      struct err *e)
{
	const struct replicates *r = w->r;
	size_t p = w->f->p;

	for (size_t t = 0; t < threads; t++)
		if (!refit_init(&w[t], e))
			return false;
	for (size_t from = 0; !*bad && from < r->count; from += BLOCK) {
		size_t to = r->count - from < BLOCK ? r->count : from + BLOCK;

		*bad = run_block(w, threads, from, to);
		for (size_t i = from; !*bad && i < to; i++)
			replicate_moments_add(m, w->theta + (i - from) * p,
					      theta, r->rscales[i]);
	}
	return true;
}

bool replicates_refit(const struct replicates *r,
		      const struct replicates_fit *f, const double *theta,
		      double *cov, struct replicates_unfit *unfit,
		      struct err *e)
{
	size_t threads = r->spec.threads > 1 ? r->spec.threads : 1;
	struct refit w[REPLICATES_THREADS] = { { .r = r, .f = f } };
	const struct refit *bad = NULL;
	struct replicate_moments m = { 0 };
	double *all = malloc(BLOCK * f->p * sizeof *all);
	bool ok;

	threads = threads < REPLICATES_THREADS ? threads : REPLICATES_THREADS;
	*unfit = (struct replicates_unfit){ .replicate = 0 };
	for (size_t t = 0; t < threads; t++)
		w[t] = (struct refit){ .r = r, .f = f, .theta = all };
	ok = all ? replicate_moments_init(&m, f->p, true, e) &&
			     refit_all(w, threads, theta, &m, &bad, e)
		 : err_set(e, ERR_NOMEM, "no memory for replicates");
	if (ok && bad)
		ok = give_up(bad, cov, unfit, e);
	else if (ok)
		replicate_moments_cov(&m, r, cov);
	for (size_t t = 0; t < threads; t++)
		refit_clear(&w[t]);
	replicate_moments_clear(&m);
	free(all);
	return ok;
}
