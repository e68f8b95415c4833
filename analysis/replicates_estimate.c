#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "replicates_parts.h"

#define BLOCK ((size_t)256) /* replicates held at once */
#define ROWS  ((size_t)1024)

/* ---- one estimation --------------------------------------------------- */

struct job {
	const struct replicates *r;
	const struct survey_stat *s;
	size_t p;	      /* statistics */
	struct unit_totals u; /* unless rows are gone over */
	bool rows;
	double *value; /* [n*m] when rows */
	double *whole; /* [n_cells*m] totals of the sample */
	double *theta; /* [BLOCK*p] */
};

struct worker {
	struct job *job;
	size_t from, to, step; /* replicates of the block, every step-th */
	size_t block;
	double *totals, *factor, *weight;
	double *stratum;	  /* [n_cells*m] JK: of `at` */
	size_t at;		  /* stratum + 1 */
	struct calib_work *calib; /* NULL: none */
	struct err e;
	bool failed;
	size_t failed_at;
};

static void worker_clear(struct worker *w)
{
	free(w->totals);
	free(w->stratum);
	free(w->factor);
	free(w->weight);
	calib_work_free(w->calib);
}

static bool worker_init(struct worker *w, struct job *j, struct err *e)
{
	size_t t = j->s->n_cells * j->s->m;

	w->job = j;
	w->totals = malloc(t * sizeof *w->totals);
	w->stratum = malloc(t * sizeof *w->stratum);
	w->factor = malloc(j->r->design->n_units[0] * sizeof *w->factor);
	w->weight = malloc((j->rows ? j->r->design->n : 1) * sizeof *w->weight);
	if (w->totals == NULL || w->stratum == NULL || w->factor == NULL ||
	    w->weight == NULL)
		return err_set(e, ERR_NOMEM, "no memory for replicates");
	if (j->r->calib != NULL) {
		w->calib = calib_work_new(j->r->calib, e);
		return w->calib != NULL;
	}
	return true;
}

/* ---- totals of a replicate -------------------------------------------- */

static void add_unit(const struct unit_totals *u, size_t unit, double f,
		     double *totals)
{
	for (size_t r = u->first[unit]; r < u->first[unit + 1]; r++)
		for (size_t j = 0; j < u->m; j++)
			totals[u->cell[r] * u->m + j] += f * u->t[r * u->m + j];
}

static void jackknife_totals(struct worker *w, size_t replicate)
{
	const struct job *j = w->job;
	const struct replicates *r = j->r;
	uint32_t unit = r->unit[replicate];
	const struct survey_stratum *h =
		&r->design->stratum[0][r->stratum[unit]];
	size_t n = j->s->n_cells * j->s->m;
	double up = h->n / (h->n - 1);

	if (w->at != (size_t)r->stratum[unit] + 1) {
		memset(w->stratum, 0, n * sizeof *w->stratum);
		for (uint32_t u = h->first_unit; u < h->end_unit; u++)
			add_unit(&j->u, u, 1, w->stratum);
		w->at = (size_t)r->stratum[unit] + 1;
	}
	for (size_t i = 0; i < n; i++)
		w->totals[i] = j->whole[i] + (up - 1) * w->stratum[i];
	add_unit(&j->u, unit, -up, w->totals);
}

static void row_totals(struct worker *w)
{
	const struct job *j = w->job;
	const struct survey_stat *s = j->s;
	size_t n = j->r->design->n, m = s->m;

	memset(w->totals, 0, s->n_cells * m * sizeof *w->totals);
	for (size_t i = 0; i < n; i++) {
		uint32_t c = s->cell == NULL ? 0 : s->cell[i];

		if (c == SURVEY_NONE || w->weight[i] == 0)
			continue;
		for (size_t k = 0; k < m; k++)
			w->totals[c * m + k] +=
				w->weight[i] * j->value[i * m + k];
	}
}

static bool replicate_totals(struct worker *w, size_t replicate)
{
	const struct job *j = w->job;
	const struct replicates *r = j->r;

	if (j->rows) {
		if (!replicates_weights(r, replicate, w->factor, w->calib,
					w->weight, &w->e))
			return false;
		row_totals(w);
		return true;
	}
	if (r->unit != NULL) {
		jackknife_totals(w, replicate);
		return true;
	}
	if (r->spec.method == REPLICATES_BOOTSTRAP) {
		bootstrap_totals(r, &j->u, replicate, w->totals);
		return true;
	}
	replicates_factors(r, replicate, w->factor);
	memset(w->totals, 0, j->s->n_cells * j->s->m * sizeof *w->totals);
	for (size_t u = 0; u < j->u.n_units; u++)
		add_unit(&j->u, u, w->factor[u], w->totals);
	return true;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct job *j = w->job;

	for (size_t r = w->from; r < w->to; r += w->step) {
		if (!replicate_totals(w, r)) {
			w->failed = true;
			w->failed_at = r;
			return NULL;
		}
		j->s->theta(j->s->ctx, w->totals,
			    j->theta + (r - w->block) * j->p, NULL);
	}
	return NULL;
}

/* ---- all replicates --------------------------------------------------- */

/* One block of replicates by all threads; the first failure wins. */
static bool run_block(struct worker *w, size_t threads, size_t from, size_t to,
		      struct err *e)
{
	size_t bad = threads;

	for (size_t t = 0; t < threads; t++) {
		w[t].from = from + t;
		w[t].to = to;
		w[t].step = threads;
		w[t].block = from;
	}
	replicates_run(work, w, sizeof *w, threads);
	for (size_t t = 0; t < threads; t++)
		if (w[t].failed &&
		    (bad == threads || w[t].failed_at < w[bad].failed_at))
			bad = t;
	if (bad == threads)
		return true;
	*e = w[bad].e;
	return false;
}

static bool run_all(struct job *j, struct worker *w, size_t threads,
		    const double *theta, struct replicate_moments *m,
		    struct err *e)
{
	const struct replicates *r = j->r;

	for (size_t from = 0; from < r->count; from += BLOCK) {
		size_t to = r->count - from < BLOCK ? r->count : from + BLOCK;

		if (!run_block(w, threads, from, to, e))
			return false;
		for (size_t i = from; i < to; i++)
			replicate_moments_add(m, j->theta + (i - from) * j->p,
					      theta, r->rscales[i]);
	}
	return true;
}

/* Values of all rows, once for all replicates. */
static bool job_values(struct job *j, struct err *e)
{
	const struct survey_design *d = j->r->design;
	size_t m = j->s->m;

	if (!j->rows)
		return unit_totals_make(d, j->s, &j->u, e);
	j->value = malloc(d->n * m * sizeof *j->value);
	if (j->value == NULL)
		return err_set(e, ERR_NOMEM, "no memory for values");
	for (size_t i = 0; i < d->n; i += ROWS) {
		uint32_t row[ROWS];
		size_t n = d->n - i < ROWS ? d->n - i : ROWS;

		for (size_t k = 0; k < n; k++)
			row[k] = (uint32_t)(i + k);
		j->s->values(j->s->ctx, row, n, j->value + i * m);
	}
	return true;
}

bool replicates_estimate(const struct survey_var *v,
			 const struct survey_stat *s, bool full, double *theta,
			 double *cov, struct err *e)
{
	const struct replicates *r = v->replicates;
	size_t threads = r->spec.threads > 1 ? r->spec.threads : 1;
	struct job j = { .r = r, .s = s, .p = s->n_blocks * s->q };
	struct replicate_moments m = { 0 };
	struct worker *w;
	bool ok = false;

	threads = threads < REPLICATES_THREADS ? threads : REPLICATES_THREADS;
	w = calloc(threads, sizeof *w);
	j.rows = r->calib != NULL || r->spec.by_row;
	j.whole = malloc(s->n_cells * s->m * sizeof *j.whole);
	j.theta = malloc(BLOCK * j.p * sizeof *j.theta);
	if (w == NULL || j.whole == NULL || j.theta == NULL) {
		err_set(e, ERR_NOMEM, "no memory for replicates");
		goto out;
	}
	if (!survey_totals(v->design, s, j.whole, NULL, e) ||
	    !replicate_moments_init(&m, j.p, full, e) || !job_values(&j, e))
		goto out;
	s->theta(s->ctx, j.whole, theta, NULL);
	for (size_t t = 0; t < threads; t++)
		if (!worker_init(&w[t], &j, e))
			goto out;
	ok = run_all(&j, w, threads, theta, &m, e);
	if (ok)
		replicate_moments_cov(&m, r, cov);
out:
	for (size_t t = 0; w != NULL && t < threads; t++)
		worker_clear(&w[t]);
	free(w);
	unit_totals_clear(&j.u);
	free(j.value);
	free(j.whole);
	free(j.theta);
	replicate_moments_clear(&m);
	return ok;
}
