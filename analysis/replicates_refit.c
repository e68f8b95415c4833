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

/* By all threads; the first replicate that failed wins. */
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
		if (w[t].e.kind != 0 && (bad == NULL || w[t].at < bad->at))
			bad = &w[t];
	return bad;
}

/* ERR_INPUT and ERR_MATH of a fit: no covariance, told. */
static bool give_up(const struct refit *bad, double *cov,
		    struct replicates_unfit *unfit, struct err *e)
{
	size_t p = bad->f->p;

	if (bad->e.kind != ERR_INPUT && bad->e.kind != ERR_MATH) {
		*e = bad->e;
		return false;
	}
	unfit->replicate = bad->at + 1;
	unfit->why = bad->e;
	for (size_t i = 0; i < p * p; i++)
		cov[i] = (double)NAN;
	return true;
}

bool replicates_refit(const struct replicates *r,
		      const struct replicates_fit *f, const double *theta,
		      double *cov, struct replicates_unfit *unfit,
		      struct err *e)
{
	size_t threads = r->spec.threads > 1 ? r->spec.threads : 1;
	struct refit w[REPLICATES_THREADS] = { 0 };
	const struct refit *bad = NULL;
	struct replicate_moments m = { 0 };
	double *all = malloc(BLOCK * f->p * sizeof *all);
	bool ok = all != NULL;

	threads = threads < REPLICATES_THREADS ? threads : REPLICATES_THREADS;
	*unfit = (struct replicates_unfit){ .replicate = 0 };
	if (!ok)
		err_set(e, ERR_NOMEM, "no memory for replicates");
	ok = ok && replicate_moments_init(&m, f->p, true, e);
	for (size_t t = 0; ok && t < threads; t++) {
		w[t] = (struct refit){ .r = r, .f = f, .theta = all };
		ok = refit_init(&w[t], e);
	}
	for (size_t from = 0; ok && !bad && from < r->count; from += BLOCK) {
		size_t to = r->count - from < BLOCK ? r->count : from + BLOCK;

		bad = run_block(w, threads, from, to);
		for (size_t i = from; !bad && i < to; i++)
			replicate_moments_add(&m, all + (i - from) * f->p,
					      theta, r->rscales[i]);
	}
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
