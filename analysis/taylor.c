#include "phieu/taylor.h"

#include <gmp.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAYLOR_MAX_CELLS ((size_t)1 << 27) /* 2 GiB of squares: a bug */

bool taylor_init(struct taylor *t, size_t n_strata, size_t p, bool full,
		 struct err *e)
{
	*t = (struct taylor){ .n_strata = n_strata, .p = p, .full = full };
	t->pairs = full ? p * (p + 1) / 2 : p;
	if (p == 0 || n_strata == 0 || p > 100000 ||
	    n_strata > TAYLOR_MAX_CELLS / t->pairs) {
		err_set(e, ERR_MATH, "cannot hold %zu strata of %zu statistics",
			n_strata, p);
		return false;
	}
	t->sum = calloc(n_strata * p, sizeof *t->sum);
	t->square = calloc(n_strata * t->pairs, sizeof *t->square);
	t->count = calloc(n_strata * p, sizeof *t->count);
	if (t->sum == NULL || t->square == NULL || t->count == NULL) {
		taylor_clear(t);
		err_set(e, ERR_NOMEM, "no memory for variances");
		return false;
	}
	return true;
}

void taylor_clear(struct taylor *t)
{
	free(t->sum);
	free(t->square);
	free(t->count);
	*t = (struct taylor){ 0 };
}

void taylor_add(struct taylor *t, size_t stratum, const int64_t *z,
		const uint8_t *in)
{
	size_t p = t->p;
	int128 *sum = t->sum + stratum * p;
	int128 *square = t->square + stratum * t->pairs;
	int64_t *count = t->count + stratum * p;

	for (size_t j = 0; j < p; j++) {
		sum[j] += z[j];
		count[j] += in == NULL ? 1 : in[j];
	}
	if (!t->full) {
		for (size_t j = 0; j < p; j++)
			square[j] += (int128)z[j] * z[j];
		return;
	}
	for (size_t j = 0; j < p; j++)
		for (size_t k = 0; k <= j; k++)
			*square++ += (int128)z[j] * z[k];
}

/* ---- strata joined by TAYLOR_COLLAPSE -------------------------------- */

static bool is_whole(const struct taylor_stratum *s)
{
	return s->population >= 0 && s->n >= s->population;
}

static bool is_lonely(const struct taylor_stratum *s)
{
	return s->n == 1 && !is_whole(s);
}

struct joined {
	struct taylor_stratum *strata; /* [n_strata]; n 0 where joined away */
	size_t *into;		       /* [n_strata] */
};

static int by_key(const void *a, const void *b, void *strata)
{
	const struct taylor_stratum *s = strata;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	size_t ki = s[i].collapse, kj = s[j].collapse;

	if (ki != kj)
		return ki < kj ? -1 : 1;
	return (i > j) - (i < j);
}

static void join(struct joined *j, size_t from, size_t to)
{
	struct taylor_stratum *a = &j->strata[to], *b = &j->strata[from];

	a->population = a->population < 0 || b->population < 0
				? -1
				: a->population + b->population;
	a->n += b->n;
	b->n = 0;
	j->into[from] = to;
}

/* Walks the strata of one key: a lonely one takes in the next. */
static void join_key(struct joined *j, const size_t *order, size_t n)
{
	size_t last = (size_t)-1, before = (size_t)-1;

	for (size_t i = 0; i < n; i++) {
		size_t h = order[i];

		if (j->strata[h].n == 0 || is_whole(&j->strata[h]))
			continue; /* a census has no variance to share */
		if (last != (size_t)-1 && is_lonely(&j->strata[last])) {
			join(j, h, last);
			continue;
		}
		before = last;
		last = h;
	}
	if (before != (size_t)-1 && is_lonely(&j->strata[last]))
		join(j, last, before);
}

static bool join_strata(struct joined *j, const struct taylor_stratum *strata,
			size_t n, enum taylor_lonely rule, struct err *e)
{
	size_t *order = malloc(n * sizeof *order);

	j->strata = malloc(n * sizeof *j->strata);
	j->into = malloc(n * sizeof *j->into);
	if (order == NULL || j->strata == NULL || j->into == NULL) {
		free(order);
		err_set(e, ERR_NOMEM, "no memory for strata");
		return false;
	}
	memcpy(j->strata, strata, n * sizeof *strata);
	for (size_t h = 0; h < n; h++)
		order[h] = j->into[h] = h;
	if (rule == TAYLOR_COLLAPSE) {
		qsort_r(order, n, sizeof *order, by_key, j->strata);
		for (size_t from = 0, to; from < n; from = to) {
			size_t key = strata[order[from]].collapse;

			for (to = from + 1; to < n; to++)
				if (strata[order[to]].collapse != key)
					break;
			join_key(j, order + from, to - from);
		}
	}
	free(order);
	return true;
}

/* Adds the cells of strata joined away to those they went into.  `into`
 * never names a stratum that was itself joined later, but the one joined at
 * the end of its key: follow to the head. */
static size_t head(const struct joined *j, size_t h)
{
	while (j->into[h] != h)
		h = j->into[h];
	return h;
}

static bool fold(struct taylor *to, const struct taylor *t,
		 const struct joined *j, struct err *e)
{
	if (!taylor_init(to, t->n_strata, t->p, t->full, e))
		return false;
	for (size_t h = 0; h < t->n_strata; h++) {
		size_t g = head(j, h);

		for (size_t i = 0; i < t->p; i++) {
			to->sum[g * t->p + i] += t->sum[h * t->p + i];
			to->count[g * t->p + i] += t->count[h * t->p + i];
		}
		for (size_t i = 0; i < t->pairs; i++)
			to->square[g * t->pairs + i] +=
				t->square[h * t->pairs + i];
	}
	return true;
}

/* ---- one pair of statistics ------------------------------------------ */

static void mpz_set_int128(mpz_t z, int128 v)
{
	mpz_set_si(z, (long)(v >> 64)); /* arithmetic shift: floor */
	mpz_mul_2exp(z, z, 64);
	mpz_add_ui(z, z, (unsigned long)v);
}

struct work {
	mpz_t square, a, b;
};

/* n * square - sum_j * sum_k, exact, then once to double. */
static double spread(struct work *w, int64_t n, int128 square, int128 sum_j,
		     int128 sum_k)
{
	mpz_set_int128(w->square, square);
	mpz_set_int128(w->a, sum_j);
	mpz_set_int128(w->b, sum_k);
	mpz_mul_si(w->square, w->square, n);
	mpz_submul(w->square, w->a, w->b);
	return mpz_get_d(w->square);
}

static double pair_cov(const struct taylor *t,
		       const struct taylor_stratum *strata,
		       enum taylor_lonely rule, size_t j, size_t k, size_t pair,
		       struct work *w)
{
	double v = 0;
	size_t touched = 0, good = 0;

	for (size_t h = 0; h < t->n_strata; h++) {
		const struct taylor_stratum *s = &strata[h];
		int64_t n = s->n;
		double f;

		if (t->count[h * t->p + j] == 0 && t->count[h * t->p + k] == 0)
			continue;
		touched++;
		good++;
		if (is_whole(s))
			continue;
		f = s->population < 0 ? 1.0
				      : (double)(s->population - n) /
						(double)s->population;
		if (n > 1)
			v += f / (double)(n - 1) *
			     spread(w, n, t->square[h * t->pairs + pair],
				    t->sum[h * t->p + j], t->sum[h * t->p + k]);
		else if (rule == TAYLOR_ADJUST || rule == TAYLOR_COLLAPSE)
			v += f *
			     spread(w, 1, t->square[h * t->pairs + pair], 0, 0);
		else if (rule == TAYLOR_AVERAGE)
			good--;
		else if (rule == TAYLOR_FAIL)
			return NAN;
	}
	if (rule == TAYLOR_AVERAGE && good < touched)
		return good == 0 ? NAN : v * (double)touched / (double)good;
	return v;
}

static void count_df(const struct taylor *t,
		     const struct taylor_stratum *strata,
		     enum taylor_lonely rule, size_t j, struct taylor_result *r)
{
	*r = (struct taylor_result){ 0 };
	for (size_t h = 0; h < t->n_strata; h++) {
		int64_t c = t->count[h * t->p + j];

		if (c == 0)
			continue;
		if (is_lonely(&strata[h])) {
			r->lonely++;
			if (rule == TAYLOR_REMOVE)
				continue;
		}
		r->df_units += c;
		r->df_strata++;
	}
	r->df = r->df_units - r->df_strata;
}

static void all_pairs(const struct taylor *t,
		      const struct taylor_stratum *strata,
		      enum taylor_lonely rule, double unit, double *cov,
		      struct taylor_result *r)
{
	struct work w;
	size_t pair = 0;

	mpz_inits(w.square, w.a, w.b, NULL);
	for (size_t a = 0; a < t->p; a++) {
		count_df(t, strata, rule, a, &r[a]);
		for (size_t b = t->full ? 0 : a; b <= a; b++, pair++) {
			double v = unit *
				   pair_cov(t, strata, rule, a, b, pair, &w);

			if (a == b)
				r[a].defined = !isnan(v);
			if (!t->full)
				cov[a] = v;
			else
				cov[a * t->p + b] = cov[b * t->p + a] = v;
		}
	}
	mpz_clears(w.square, w.a, w.b, NULL);
}

bool taylor_cov(const struct taylor *t, const struct taylor_stratum *strata,
		enum taylor_lonely rule, double scale, double *cov,
		struct taylor_result *r, struct err *e)
{
	struct joined j = { 0 };
	struct taylor folded;
	bool ok = join_strata(&j, strata, t->n_strata, rule, e);

	if (ok) {
		ok = fold(&folded, t, &j, e);
		if (ok)
			all_pairs(&folded, j.strata, rule, scale * scale, cov,
				  r);
		taylor_clear(&folded);
	}
	free(j.strata);
	free(j.into);
	return ok;
}

/* GSL's inverse is good to 4e-9; one Newton step on the upper tail brings
 * the rest. */
double student_quantile(double level, double df)
{
	double tail = (1 - level) / 2, q;

	if (!(df > 0) || !(level > 0) || !(level < 1))
		return NAN;
	gsl_set_error_handler_off();
	q = gsl_cdf_tdist_Qinv(tail, df);
	q += (gsl_cdf_tdist_Q(q, df) - tail) / gsl_ran_tdist_pdf(q, df);
	return isfinite(q) ? q : NAN;
}
