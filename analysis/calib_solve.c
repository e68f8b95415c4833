#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib_parts.h"

#define CALIB_STEPS   200
#define CALIB_SWEEPS  2000
#define CALIB_EXACT   1e-13 /* stop here */
#define CALIB_ENOUGH  1e-10 /* as good as this, or the totals are not met */
#define CALIB_DEPENDS 1e-10 /* of a column's square, left of those before */

void calib_name(const struct calib_design *d, size_t j, struct buf *out)
{
	const struct calib_term *t = &d->spec->term[d->term_of[j]];

	buf_adds(out, t->name);
	if (t->code == NULL)
		return;
	if (t->level == NULL)
		buf_addf(out, "=%zu", d->level_of[j]);
	else
		buf_addf(out, "=%s", t->level[d->level_of[j]]);
}

/* ---- the factor of sum w x x' ----------------------------------------- */

static void cross_products(struct calib_work *w, const double *slope)
{
	const struct calib_design *d = w->d;
	size_t k = d->k, m = d->n_terms;

	memset(w->a, 0, (d->diagonal ? k : k * k) * sizeof *w->a);
	for (size_t c = 0; c < d->n_cells; c++) {
		double f = w->base[c] * (slope == NULL ? 1 : slope[c]);
		const uint32_t *at = d->index + c * m;

		if (f == 0)
			continue;
		for (size_t s = 0; s < m; s++) {
			double fs = f;

			if (at[s] == SURVEY_NONE)
				continue;
			if (d->diagonal) {
				w->a[at[s]] += f;
				break;
			}
			if (d->value != NULL)
				fs *= d->value[c * m + s];
			/* terms come in order of their auxiliaries */
			for (size_t t = 0; t <= s; t++)
				if (at[t] != SURVEY_NONE)
					w->a[at[s] * k + at[t]] +=
						d->value == NULL
							? fs
							: fs * d->value[c * m +
									t];
		}
	}
}

void calib_factor(struct calib_work *w, const double *slope)
{
	size_t k = w->d->k;

	cross_products(w, slope);
	for (size_t i = 0; i < k; i++) {
		double *ai = w->a + (w->d->diagonal ? i : i * k);
		double square = w->d->diagonal ? *ai : ai[i];

		if (w->d->diagonal) {
			w->out[i] = !(square > 0);
			continue;
		}
		for (size_t j = 0; j <= i; j++) {
			const double *aj = w->a + j * k;
			double s = ai[j];

			for (size_t l = 0; l < j; l++)
				s -= ai[l] * aj[l];
			if (j < i)
				ai[j] = w->out[j] ? 0 : s / aj[j];
			else
				ai[i] = s;
		}
		w->out[i] = !(ai[i] > CALIB_DEPENDS * square);
		ai[i] = w->out[i] ? 0 : sqrt(ai[i]);
	}
}

static void solve_rows(const double *a, const uint8_t *out, size_t k, double *b,
		       size_t p)
{
	for (size_t i = 0; i < k; i++) {
		for (size_t l = 0; l < i; l++)
			for (size_t c = 0; c < p && a[i * k + l] != 0; c++)
				b[i * p + c] -= a[i * k + l] * b[l * p + c];
		for (size_t c = 0; c < p; c++)
			b[i * p + c] = out[i] ? 0 : b[i * p + c] / a[i * k + i];
	}
	for (size_t i = k; i-- > 0;) {
		for (size_t l = i + 1; l < k; l++)
			for (size_t c = 0; c < p && a[l * k + i] != 0; c++)
				b[i * p + c] -= a[l * k + i] * b[l * p + c];
		for (size_t c = 0; c < p; c++)
			b[i * p + c] = out[i] ? 0 : b[i * p + c] / a[i * k + i];
	}
}

void calib_solve_factor(const double *a, const uint8_t *out, size_t k,
			bool diagonal, double *b, size_t p)
{
	if (!diagonal) {
		solve_rows(a, out, k, b, p);
		return;
	}
	for (size_t i = 0; i < k; i++)
		for (size_t c = 0; c < p; c++)
			b[i * p + c] = out[i] ? 0 : b[i * p + c] / a[i];
}

/* ---- the distances ---------------------------------------------------- */

static void logit_g(double u, double lo, double hi, double *g, double *slope)
{
	double a = (hi - lo) / ((1 - lo) * (hi - 1));
	double x = exp(fmin(fmax(a * u, -700), 700));

	*g = (lo * (hi - 1) + hi * (1 - lo) * x) / (hi - 1 + (1 - lo) * x);
	*slope = (*g - lo) * (hi - *g) / ((1 - lo) * (hi - 1));
}

static void cell_g(const struct calib_design *d, size_t c, double u, double *g,
		   double *slope)
{
	double lo = d->low == NULL ? d->spec->lower : d->low[c];
	double hi = d->high == NULL ? d->spec->upper : d->high[c];

	if (d->spec->method == CALIB_LOGIT) {
		logit_g(u, lo, hi, g, slope);
		return;
	}
	if (d->spec->method == CALIB_RAKING) {
		*g = exp(fmin(u, 700));
		*slope = *g;
	} else {
		*g = 1 + u;
		*slope = 1;
	}
	if (*g < lo || *g > hi) {
		*g = *g < lo ? lo : hi;
		*slope = 0;
	}
}

/* ---- misfit ----------------------------------------------------------- */

static void cells_g(struct calib_work *w)
{
	const struct calib_design *d = w->d;
	size_t m = d->n_terms;

	for (size_t c = 0; c < d->n_cells; c++) {
		const uint32_t *at = d->index + c * m;
		double u = 0;

		for (size_t s = 0; s < m; s++)
			if (at[s] != SURVEY_NONE)
				u += w->lambda[at[s]] *
				     (d->value == NULL ? 1
						       : d->value[c * m + s]);
		cell_g(d, c, u, &w->g[c], &w->slope[c]);
	}
}

/* miss = total - sum base g x; returns the largest relative one. */
static double misfit(struct calib_work *w)
{
	const struct calib_design *d = w->d;
	size_t m = d->n_terms;
	double worst = 0;

	memset(w->sum, 0, d->k * sizeof *w->sum);
	for (size_t c = 0; c < d->n_cells; c++) {
		const uint32_t *at = d->index + c * m;
		double f = w->base[c] * w->g[c];

		if (f == 0)
			continue;
		for (size_t s = 0; s < m; s++)
			if (at[s] != SURVEY_NONE)
				survey_add(&w->sum[at[s]],
					   d->value == NULL
						   ? f
						   : f * d->value[c * m + s]);
	}
	for (size_t j = 0; j < d->k; j++) {
		double x;

		w->miss[j] = d->total[j] - (w->sum[j].s + w->sum[j].c);
		x = fabs(w->miss[j]) / (1 + fabs(d->total[j]));
		if (!(x <= worst)) {
			worst = x;
			w->worst_at = j;
		}
	}
	return worst;
}

static double merit(const struct calib_work *w)
{
	double s = 0;

	for (size_t j = 0; j < w->d->k; j++) {
		double x = w->miss[j] / (1 + fabs(w->d->total[j]));

		s += x * x;
	}
	return s;
}

static bool not_met(const struct calib_work *w, struct err *e)
{
	const struct calib_design *d = w->d;
	struct buf name = BUF_INIT(120);
	size_t j = w->worst_at;

	calib_name(d, j, &name);
	err_set(e, ERR_MATH,
		"không có trọng số nào đạt các tổng (no weights%s meet the "
		"totals: %s is %.10g where %.10g is "
		"wanted)",
		d->spec->bounded || d->spec->weight_bounded
			? " within the bounds"
			: "",
		buf_cstr(&name), d->said[j] - w->miss[j] * d->scale[j],
		d->said[j]);
	buf_free(&name);
	return false;
}

/* ---- Newton ----------------------------------------------------------- */

/* Along the step, halved until the misfit falls. */
static bool try_step(struct calib_work *w, double *worst)
{
	size_t k = w->d->k;
	double before = merit(w), t = 1;

	memcpy(w->old, w->lambda, k * sizeof *w->old);
	memcpy(w->old_miss, w->miss, k * sizeof *w->old_miss);
	for (unsigned half = 0; half < 40; half++, t /= 2) {
		double now;

		for (size_t j = 0; j < k; j++)
			w->lambda[j] = w->old[j] + t * w->step[j];
		cells_g(w);
		now = misfit(w);
		if (isfinite(now) && merit(w) < before) {
			*worst = now;
			return true;
		}
	}
	memcpy(w->lambda, w->old, k * sizeof *w->old);
	cells_g(w);
	*worst = misfit(w);
	return false;
}

/* Where a bound holds every cell of a total, its slope is 0: there the slope
 * of the unbounded distance leads back. */
static bool newton_step(struct calib_work *w, double *worst)
{
	size_t k = w->d->k;

	for (unsigned soft = 0; soft < 2; soft++) {
		if (soft)
			for (size_t c = 0; c < w->d->n_cells; c++)
				w->slope[c] = fmax(w->slope[c], 0.01);
		calib_factor(w, w->slope);
		memcpy(w->step, w->miss, k * sizeof *w->step);
		calib_solve_factor(w->a, w->out, k, w->d->diagonal, w->step, 1);
		if (try_step(w, worst))
			return true;
	}
	return false;
}

static bool newton(struct calib_work *w, struct err *e)
{
	memset(w->lambda, 0, w->d->k * sizeof *w->lambda);
	cells_g(w);
	w->worst = misfit(w);
	for (w->steps = 0; w->steps < CALIB_STEPS; w->steps++) {
		if (w->worst < CALIB_EXACT || !newton_step(w, &w->worst))
			break;
	}
	if (!(w->worst < CALIB_ENOUGH))
		return not_met(w, e);
	return true;
}

/* ---- iterative proportional fitting ----------------------------------- */

/* One term: every cell times what its total lacks. */
static void sweep(struct calib_work *w, size_t term)
{
	const struct calib_design *d = w->d;
	size_t m = d->n_terms;

	memset(w->step, 0, d->k * sizeof *w->step);
	for (size_t c = 0; c < d->n_cells; c++) {
		uint32_t j = d->index[c * m + term];

		if (j != SURVEY_NONE)
			w->step[j] += w->base[c] * w->g[c];
	}
	for (size_t c = 0; c < d->n_cells; c++) {
		uint32_t j = d->index[c * m + term];

		if (j != SURVEY_NONE && w->step[j] > 0)
			w->g[c] *= d->total[j] / w->step[j];
	}
}

static bool fit_margins(struct calib_work *w, struct err *e)
{
	double before = INFINITY;

	for (size_t c = 0; c < w->d->n_cells; c++)
		w->g[c] = 1;
	w->worst = misfit(w);
	for (w->steps = 0; w->steps < CALIB_SWEEPS; w->steps++) {
		if (w->worst < CALIB_EXACT ||
		    (w->worst < CALIB_ENOUGH && w->worst >= before))
			break;
		before = w->worst;
		for (size_t t = 0; t < w->d->n_terms; t++)
			sweep(w, t);
		w->worst = misfit(w);
	}
	if (!(w->worst < CALIB_ENOUGH))
		return not_met(w, e);
	return true;
}

bool calib_run(struct calib_work *w, struct err *e)
{
	return w->d->spec->method == CALIB_IPF ? fit_margins(w, e)
					       : newton(w, e);
}

/* ---- bounds of weights ------------------------------------------------ */

/* Logit's factors run from L to U through 1: a weight that lies outside of the
 * bounds before anything is fitted has no factor (Deville & Särndal 1992, case
 * 6 wants L < 1 < U), where linear and raking would put it on the bound. */
static bool check_logit(const struct calib_spec *s,
			const struct calib_design *d, const double *base,
			struct err *e)
{
	for (size_t i = 0; s->method == CALIB_LOGIT && i < d->n; i++)
		if (base[i] > 0 && !(d->low[i] < 1 && d->high[i] > 1))
			return err_set(e, ERR_INPUT,
				       "trọng số nằm ngoài khoảng cắt (row "
				       "%zu: the weight %g is not within "
				       "the trim, so logit has no factor for "
				       "it; trim the base weights first, or "
				       "take linear or raking)",
				       i + 1, base[i]);
	return true;
}

bool calib_row_bounds(const struct calib_spec *s, struct calib_design *d,
		      const double *base, struct err *e)
{
	if (!s->weight_bounded)
		return true;
	d->low = calloc(d->n, sizeof *d->low);
	d->high = calloc(d->n, sizeof *d->high);
	if (d->low == NULL || d->high == NULL)
		return err_set(e, ERR_NOMEM, "no memory for bounds");
	for (size_t i = 0; i < d->n; i++) {
		bool in = base[i] > 0;

		d->low[i] = in ? s->w_lower / base[i] : 0;
		d->high[i] = in				? s->w_upper / base[i]
			     : s->method == CALIB_LOGIT ? 2 /* of no row */
							: INFINITY;
		if (!s->bounded)
			continue;
		d->low[i] = fmin(fmax(d->low[i], s->lower), s->upper);
		d->high[i] = fmax(fmin(d->high[i], s->upper), s->lower);
	}
	return check_logit(s, d, base, e);
}
