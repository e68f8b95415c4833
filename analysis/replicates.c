#include "phieu/replicates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "replicates_parts.h"

/* ---- Hadamard matrices ------------------------------------------------ */

static bool is_prime(size_t n)
{
	for (size_t i = 2; i * i <= n; i++)
		if (n % i == 0)
			return false;
	return n > 1;
}

/* Paley 1933: order q + 1 for a prime q = 3 mod 4; and powers of two. */
static bool is_core(size_t order)
{
	return order == 1 || (order % 4 == 0 && is_prime(order - 1));
}

/* An order is a core doubled (Sylvester 1867) any number of times; powers of
 * two all the way down, the usual matrix.  1 also where there is no core. */
static size_t core_of(size_t order)
{
	if ((order & (order - 1)) == 0)
		return 1;
	while (!is_core(order) && order % 2 == 0)
		order /= 2;
	return is_core(order) ? order : 1;
}

size_t replicates_hadamard(size_t least)
{
	size_t n = least;

	while ((n & (n - 1)) != 0 && core_of(n) == 1)
		n++;
	return n;
}

/* Is a (not 0) a square modulo the prime q? */
static bool is_square(size_t a, size_t q)
{
	size_t e = (q - 1) / 2, r = 1;

	for (a %= q; e > 0; e /= 2, a = a * a % q)
		if (e % 2 == 1)
			r = r * a % q;
	return r == 1;
}

static bool paley_sign(size_t order, size_t row, size_t column)
{
	size_t q = order - 1;

	if (order == 1 || row == 0 || column == 0)
		return true;
	if (row == column)
		return false;
	return is_square(row - 1 + q - (column - 1), q);
}

bool replicates_sign(size_t order, size_t row, size_t column)
{
	size_t core = core_of(order), r = row / core, c = column / core;
	bool minus = false;

	for (size_t x = r & c; x > 0; x &= x - 1)
		minus = !minus;
	return paley_sign(core, row % core, column % core) != minus;
}

/* ---- random numbers --------------------------------------------------- */

uint32_t replicates_gsl_seed(uint64_t seed, uint64_t stream)
{
	/* splitmix64 (Steele, Lea & Flood 2014) */
	uint64_t z = seed + (stream + 1) * 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	z ^= z >> 31;
	return (uint32_t)(z >> 32);
}

/* As gsl_rng_set does for taus2. */
void replicates_seed(struct replicates_rng *g, uint64_t seed, uint64_t stream)
{
	uint32_t s = replicates_gsl_seed(seed, stream);

	s = s == 0 ? 1 : s;
	g->s1 = 69069U * s;
	g->s1 += g->s1 < 2 ? 2 : 0;
	g->s2 = 69069U * g->s1;
	g->s2 += g->s2 < 8 ? 8 : 0;
	g->s3 = 69069U * g->s2;
	g->s3 += g->s3 < 16 ? 16 : 0;
	for (unsigned i = 0; i < 6; i++)
		(void)taus_next(g);
}

/* ---- factors ---------------------------------------------------------- */

static double fraction(const struct survey_stratum *h)
{
	return isinf(h->total) ? 0 : h->n / h->total;
}

/* Does resampling of this stratum say anything? */
static bool stays(const struct survey_stratum *h)
{
	return h->n < 2 || fraction(h) >= 1;
}

static void jackknife_factors(const struct replicates *r, size_t replicate,
			      double *f)
{
	uint32_t u = r->unit[replicate];
	const struct survey_stratum *h = &r->design->stratum[0][r->stratum[u]];

	for (size_t i = 0; i < r->design->n_units[0]; i++)
		f[i] = 1;
	for (uint32_t i = h->first_unit; i < h->end_unit; i++)
		f[i] = h->n / (h->n - 1);
	f[u] = 0;
}

static void half_factors(const struct replicates *r, size_t replicate,
			 double *f)
{
	for (size_t u = 0; u < r->design->n_units[0]; u++) {
		bool first = replicates_sign(r->count, (size_t)r->pair[u] + 1,
					     replicate);

		f[u] = first == (r->half[u] == 0) ? 2 - r->spec.fay
						  : r->spec.fay;
	}
}

static double stretch(const struct replicates *r,
		      const struct survey_stratum *h)
{
	return r->spec.fpc ? sqrt(1 - fraction(h)) : 1;
}

static void bootstrap_factors(const struct replicates *r, size_t replicate,
			      double *f)
{
	const struct survey_design *d = r->design;
	struct replicates_rng g;

	replicates_seed(&g, r->spec.seed, replicate);
	for (size_t s = 0; s < d->n_strata[0]; s++) {
		const struct survey_stratum *h = &d->stratum[0][s];
		uint32_t n = h->end_unit - h->first_unit;
		double by = stretch(r, h), each;

		if (stays(h)) {
			for (uint32_t u = h->first_unit; u < h->end_unit; u++)
				f[u] = 1;
			continue;
		}
		each = by * h->n / (h->n - 1);
		for (uint32_t u = h->first_unit; u < h->end_unit; u++)
			f[u] = 1 - by;
		for (uint32_t i = 1; i < n; i++)
			f[h->first_unit + taus_below(&g, n)] += each;
	}
}

void replicates_factors(const struct replicates *r, size_t replicate, double *f)
{
	switch (r->spec.method) {
	case REPLICATES_JK1:
	case REPLICATES_JKN: jackknife_factors(r, replicate, f); break;
	case REPLICATES_BRR: half_factors(r, replicate, f); break;
	case REPLICATES_BOOTSTRAP: bootstrap_factors(r, replicate, f); break;
	case REPLICATES_GIVEN:
		for (size_t u = 0; u < r->design->n_units[0]; u++)
			f[u] = r->spec.factor[u * r->count + replicate];
		break;
	}
}

bool replicates_weights(const struct replicates *r, size_t replicate, double *f,
			struct calib_work *work, double *weight, struct err *e)
{
	const struct survey_design *d = r->design;

	if (r->spec.by_row) {
		for (size_t i = 0; i < d->n; i++)
			weight[i] = r->spec.factor[i * r->count + replicate] *
				    (r->spec.combined ? 1 : r->base[i]);
	} else {
		replicates_factors(r, replicate, f);
		for (size_t i = 0; i < d->n; i++)
			weight[i] = r->base[i] * f[d->row_unit[i]];
	}
	if (r->calib != NULL && !calib_again(r->calib, work, weight, weight, e))
		return err_wrap(e, "replicate %zu", replicate + 1);
	return true;
}

/* ---- making ----------------------------------------------------------- */

/* What a lonely stratum does: false when it is an error. */
static bool check_lonely(const struct survey_design *d, struct err *e)
{
	if (d->lonely_first > 0 && d->lonely == SURVEY_FAIL)
		return err_set(e, ERR_MATH,
			       "có tầng chỉ một đơn vị mẫu (%zu strata have "
			       "one unit: no replicate can "
			       "leave it out)",
			       d->lonely_first);
	return true;
}

static bool make_jackknife(struct replicates *r, struct err *e)
{
	const struct survey_design *d = r->design;
	size_t strata = 0, of_units = 0;

	if (r->spec.method == REPLICATES_JK1 && d->n_strata[0] > 1)
		return err_set(e, ERR_INPUT,
			       "JK1 dành cho thiết kế không phân tầng (JK1 is "
			       "for a design without strata: take JKn)");
	if (!check_lonely(d, e))
		return false;
	r->unit = malloc(d->n_units[0] * sizeof *r->unit);
	r->rscales = calloc(d->n_units[0], sizeof *r->rscales);
	if (r->unit == NULL || r->rscales == NULL)
		return err_set(e, ERR_NOMEM, "no memory for replicates");
	for (size_t s = 0; s < d->n_strata[0]; s++) {
		const struct survey_stratum *h = &d->stratum[0][s];

		of_units += h->n < 2 && !h->lonely ? 0 : (size_t)h->n;
		if (stays(h))
			continue;
		strata++;
		for (uint32_t u = h->first_unit; u < h->end_unit; u++) {
			r->unit[r->count] = u;
			r->rscales[r->count++] =
				(1 - fraction(h)) * (h->n - 1) / h->n;
		}
	}
	if (r->count == 0)
		return err_set(
			e, ERR_MATH,
			"mọi tầng đều được điều tra hết, không có phương sai "
			"(all strata are taken whole: no variance)");
	r->scale = 1;
	if (d->lonely == SURVEY_AVERAGE)
		r->scale = (double)of_units / (double)r->count;
	r->df = (int64_t)(r->count - strata);
	if (r->spec.method == REPLICATES_JK1) {
		r->scale = r->rscales[0];
		for (size_t i = 0; i < r->count; i++)
			r->rscales[i] = 1;
	}
	return true;
}

static bool make_half_samples(struct replicates *r, struct err *e)
{
	const struct survey_design *d = r->design;

	if (!(r->spec.fay >= 0 && r->spec.fay < 1))
		return err_set(e, ERR_INPUT,
			       "hệ số Fay phải từ 0 đến dưới 1 (Fay's factor "
			       "%g is not within 0 and 1)",
			       r->spec.fay);
	r->pair = malloc(d->n_units[0] * sizeof *r->pair);
	r->half = malloc(d->n_units[0]);
	if (r->pair == NULL || r->half == NULL)
		return err_set(e, ERR_NOMEM, "no memory for replicates");
	for (size_t s = 0; s < d->n_strata[0]; s++) {
		const struct survey_stratum *h = &d->stratum[0][s];

		if (h->end_unit - h->first_unit != 2)
			return err_set(
				e, ERR_INPUT,
				"nửa mẫu cân bằng cần đúng hai đơn vị mỗi tầng "
				"(balanced half-samples want two units "
				"in a stratum: stratum %zu has %u)",
				s + 1, h->end_unit - h->first_unit);
		for (uint32_t u = h->first_unit; u < h->end_unit; u++) {
			r->pair[u] = (uint32_t)s;
			r->half[u] = u != h->first_unit;
		}
	}
	r->count = replicates_hadamard(d->n_strata[0] + 1);
	r->scale =
		1 / ((double)r->count * (1 - r->spec.fay) * (1 - r->spec.fay));
	r->df = (int64_t)d->n_strata[0];
	return true;
}

static bool make_bootstrap(struct replicates *r, struct err *e)
{
	const struct survey_design *d = r->design;
	int64_t df = 0;

	if (!check_lonely(d, e))
		return false;
	for (size_t s = 0; s < d->n_strata[0]; s++)
		if (!stays(&d->stratum[0][s]))
			df += (int64_t)d->stratum[0][s].n - 1;
	if (df == 0)
		return err_set(
			e, ERR_MATH,
			"mọi tầng đều được điều tra hết, không có phương sai "
			"(all strata are taken whole: no variance)");
	r->count = r->spec.count;
	r->scale = 1 / ((double)r->count - 1);
	r->df = df < (int64_t)r->count - 1 ? df : (int64_t)r->count - 1;
	return true;
}

static bool make_given(struct replicates *r, struct err *e)
{
	const struct survey_design *d = r->design;
	size_t rows = r->spec.by_row ? d->n : d->n_units[0];

	for (size_t i = 0; i < rows * r->spec.count; i++)
		if (!(r->spec.factor[i] >= 0 && r->spec.factor[i] < INFINITY))
			return err_set(e, ERR_INPUT,
				       "hệ số lặp thiếu hoặc âm (replicate "
				       "%zu: factor %zu is missing "
				       "or negative)",
				       i % r->spec.count + 1,
				       i / r->spec.count + 1);
	r->count = r->spec.count;
	r->scale = isnan(r->spec.scale) ? 1 / ((double)r->count - 1)
					: r->spec.scale;
	if (!(r->scale > 0 && r->scale < INFINITY))
		return err_set(e, ERR_INPUT,
			       "scale phải lớn hơn 0 (scale %g is not above 0)",
			       r->scale);
	return true;
}

static bool make_rscales(struct replicates *r, struct err *e)
{
	double any = 0;

	if (r->rscales != NULL)
		return true;
	r->rscales = malloc(r->count * sizeof *r->rscales);
	if (r->rscales == NULL)
		return err_set(e, ERR_NOMEM, "no memory for replicates");
	for (size_t i = 0; i < r->count; i++) {
		double x = r->spec.rscales == NULL ? 1 : r->spec.rscales[i];

		if (!(x >= 0 && x < INFINITY))
			return err_set(e, ERR_INPUT,
				       "rscales thiếu hoặc âm (rscales of "
				       "replicate %zu is missing or "
				       "negative)",
				       i + 1);
		r->rscales[i] = x;
		any += x;
	}
	if (!(any > 0))
		return err_set(e, ERR_INPUT,
			       "mọi rscales bằng 0 (all rscales are 0)");
	return true;
}

static bool make_strata(struct replicates *r, struct err *e)
{
	const struct survey_design *d = r->design;

	r->stratum = malloc(d->n_units[0] * sizeof *r->stratum);
	if (r->stratum == NULL)
		return err_set(e, ERR_NOMEM, "no memory for replicates");
	for (size_t s = 0; s < d->n_strata[0]; s++)
		for (uint32_t u = d->stratum[0][s].first_unit;
		     u < d->stratum[0][s].end_unit; u++)
			r->stratum[u] = (uint32_t)s;
	return true;
}

static bool make(struct replicates *r, struct err *e)
{
	const struct survey_design *d = r->design;
	bool ok = false;

	if ((r->spec.method == REPLICATES_BOOTSTRAP ||
	     r->spec.method == REPLICATES_GIVEN) &&
	    (r->spec.count < 2 || r->spec.count > LIMIT_REPLICATES))
		return err_set(e, ERR_INPUT,
			       "sai số lần lặp (%zu replicates are not within "
			       "2 and %d)",
			       r->spec.count, LIMIT_REPLICATES);
	if (!make_strata(r, e))
		return false;
	switch (r->spec.method) {
	case REPLICATES_JK1:
	case REPLICATES_JKN: ok = make_jackknife(r, e); break;
	case REPLICATES_BRR: ok = make_half_samples(r, e); break;
	case REPLICATES_BOOTSTRAP: ok = make_bootstrap(r, e); break;
	case REPLICATES_GIVEN: ok = make_given(r, e); break;
	}
	if (!ok || !make_rscales(r, e))
		return false;
	if ((r->calib != NULL || r->spec.by_row) &&
	    r->count > LIMIT_REPLICATE_ROWS / d->n)
		return err_set(e, ERR_INPUT,
			       "quá nhiều lần lặp (%zu replicates of %zu rows "
			       "are too many)",
			       r->count, d->n);
	if (r->calib != NULL || r->spec.method == REPLICATES_GIVEN)
		return replicates_rank(r, NULL, &r->df, e);
	return true;
}

struct replicates *replicates_new(const struct replicates_spec *spec,
				  const struct survey_design *d,
				  const struct calibration *calib,
				  const double *base, struct err *e)
{
	struct replicates *r = calloc(1, sizeof *r);

	if (r == NULL) {
		err_set(e, ERR_NOMEM, "no memory for replicates");
		return NULL;
	}
	r->spec = *spec;
	r->design = d;
	r->calib = calib;
	r->base = base == NULL ? d->weight : base;
	if (make(r, e))
		return r;
	replicates_free(r);
	return NULL;
}

void replicates_free(struct replicates *r)
{
	if (r == NULL)
		return;
	free(r->rscales);
	free(r->unit);
	free(r->pair);
	free(r->half);
	free(r->stratum);
	free(r);
}
