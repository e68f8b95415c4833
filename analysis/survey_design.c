#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/survey.h"

/* A stratum of which less is missing is taken whole (R survey: 1e-7). */
#define WHOLE 1e-7

/* What a design owns besides its public arrays. */
struct own {
	double *ones;
	uint32_t *order;
};

struct build {
	const struct survey_input *in;
	struct survey_design *d;
	uint32_t *order, *other, *count;
	size_t stages; /* at least 1 */
	const uint32_t *stratum[SURVEY_STAGES], *cluster[SURVEY_STAGES];
	const double *fpc[SURVEY_STAGES];
	/* made for SURVEY_COLLAPSE */
	uint32_t *joined_stratum, *joined_cluster;
	double *joined_total;
};

/* ---- checks ----------------------------------------------------------- */

static bool check_weights(const struct survey_input *in, struct err *e)
{
	bool some = in->weight == NULL;

	for (size_t i = 0; in->weight && i < in->n; i++) {
		double w = in->weight[i];

		if (isnan(w))
			return err_set(e, ERR_INPUT,
				       "dòng %zu: thiếu trọng số (row %zu of "
				       "the data: the weight is missing)",
				       i + 1, i + 1);
		if (!(w >= 0) || isinf(w))
			return err_set(e, ERR_INPUT,
				       "dòng %zu: trọng số âm (row %zu of the "
				       "data: weight %g is negative)",
				       i + 1, i + 1, w);
		some = some || w > 0;
	}
	return some ||
	       err_set(e, ERR_INPUT, "mọi trọng số bằng 0 (all weights are 0)");
}

static bool check_codes(const uint32_t *code, size_t n, const char *what,
			size_t stage, struct err *e)
{
	for (size_t i = 0; code && i < n; i++)
		if (code[i] == SURVEY_NONE)
			return err_set(e, ERR_INPUT,
				       "dòng %zu: thiếu %s giai đoạn %zu (row "
				       "%zu of the data: its %s of stage %zu "
				       "is missing)",
				       i + 1,
				       *what == 's' ? "tầng" : "đơn vị mẫu",
				       stage + 1, i + 1, what, stage + 1);
	return true;
}

static bool check_input(const struct survey_input *in, struct err *e)
{
	bool ok;

	if (in->n == 0)
		return err_set(e, ERR_INPUT,
			       "không có dòng nào (there are no rows)");
	if (in->n >= SURVEY_NONE)
		return err_set(e, ERR_INPUT,
			       "quá nhiều dòng (more than %u rows)",
			       SURVEY_NONE - 1);
	ok = check_weights(in, e);
	for (size_t s = 0; ok && s < in->n_stages; s++)
		ok = check_codes(in->stage[s].stratum, in->n, "stratum", s,
				 e) &&
		     check_codes(in->stage[s].cluster, in->n, "cluster", s, e);
	return ok;
}

/* ---- rows in order ---------------------------------------------------- */

static bool is_ordered(const uint32_t *order, const uint32_t *key, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (key[order[i - 1]] > key[order[i]])
			return false;
	return true;
}

/* One stable pass of a radix sort, 16 bits of the key. */
static void radix_pass(struct build *b, const uint32_t *key, unsigned shift)
{
	uint32_t *to = b->other;
	size_t n = b->in->n, at = 0;

	memset(b->count, 0, ((size_t)1 << 16) * sizeof *b->count);
	for (size_t i = 0; i < n; i++)
		b->count[(key[i] >> shift) & 0xffff]++;
	for (size_t k = 0; k < (size_t)1 << 16; k++) {
		size_t here = b->count[k];

		b->count[k] = (uint32_t)at;
		at += here;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t row = b->order[i];

		to[b->count[(key[row] >> shift) & 0xffff]++] = row;
	}
	b->other = b->order;
	b->order = to;
}

static void order_by(struct build *b, const uint32_t *key)
{
	uint32_t most = 0;

	if (!key || is_ordered(b->order, key, b->in->n))
		return;
	for (size_t i = 0; i < b->in->n; i++)
		if (key[i] > most)
			most = key[i];
	radix_pass(b, key, 0);
	if (most > 0xffff)
		radix_pass(b, key, 16);
}

static bool order_rows(struct build *b, struct err *e)
{
	size_t n = b->in->n;
	struct survey_design *d = b->d;
	struct own *own = d->own;

	b->order = malloc(n * sizeof *b->order);
	b->other = malloc(n * sizeof *b->other);
	b->count = malloc(((size_t)1 << 16) * sizeof *b->count);
	if (!b->order || !b->other || !b->count)
		return err_set(e, ERR_NOMEM, "no memory for a design");
	for (size_t i = 0; i < n; i++)
		b->order[i] = (uint32_t)i;
	for (size_t s = b->stages; s-- > 0;) {
		order_by(b, b->cluster[s]);
		order_by(b, b->stratum[s]);
	}
	d->order = own->order = b->order;
	b->order = NULL;
	d->in_order = true;
	for (size_t i = 0; i < n && d->in_order; i++)
		d->in_order = d->order[i] == i;
	return true;
}

/* ---- strata and units ------------------------------------------------- */

/* The first stage at which row i of the order differs from the one before:
 * 2s for its stratum, 2s+1 for its cluster; 2*stages: not at all. */
static size_t differs(const struct build *b, size_t i)
{
	uint32_t row = b->d->order[i], was = b->d->order[i - 1];

	for (size_t s = 0; s < b->stages; s++) {
		if (b->stratum[s] && b->stratum[s][row] != b->stratum[s][was])
			return 2 * s;
		if (!b->cluster[s] || b->cluster[s][row] != b->cluster[s][was])
			return 2 * s + 1;
	}
	return 2 * b->stages;
}

static void count_all(struct build *b)
{
	struct survey_design *d = b->d;

	for (size_t i = 0; i < d->n; i++) {
		size_t from = i == 0 ? 0 : differs(b, i);

		for (size_t s = 0; s < b->stages; s++) {
			d->n_strata[s] += from <= 2 * s;
			d->n_units[s] += from <= 2 * s + 1;
		}
	}
}

static void open_unit(struct build *b, size_t s, size_t i, size_t from)
{
	struct survey_design *d = b->d;
	struct survey_stratum *h;

	if (from <= 2 * s) {
		h = &d->stratum[s][d->n_strata[s]++];
		*h = (struct survey_stratum){ .first_unit =
						      (uint32_t)d->n_units[s],
					      .total = INFINITY,
					      .share = 1 };
		if (s > 0)
			h->parent = (uint32_t)d->n_units[s - 1] - 1;
	}
	d->unit[s][d->n_units[s]++] = (struct survey_unit){ (uint32_t)i, 0 };
}

static bool fill_all(struct build *b, struct err *e)
{
	struct survey_design *d = b->d;

	for (size_t s = 0; s < b->stages; s++) {
		d->stratum[s] = calloc(d->n_strata[s] + 1, sizeof **d->stratum);
		d->unit[s] = malloc(d->n_units[s] * sizeof **d->unit);
		if (!d->stratum[s] || !d->unit[s])
			return err_set(e, ERR_NOMEM, "no memory for a design");
		d->n_strata[s] = d->n_units[s] = 0;
	}
	for (size_t i = 0; i < d->n; i++) {
		size_t from = i == 0 ? 0 : differs(b, i);
		uint32_t row = d->order[i];

		for (size_t s = from / 2; s < b->stages; s++) {
			open_unit(b, s, i, from);
			from = 0; /* all that is below is new */
		}
		for (size_t s = 0; s < b->stages; s++) {
			d->unit[s][d->n_units[s] - 1].end = (uint32_t)i + 1;
			d->stratum[s][d->n_strata[s] - 1].end_unit =
				(uint32_t)d->n_units[s];
		}
		d->row_unit[row] = (uint32_t)d->n_units[0] - 1;
		d->row_stratum[row] = (uint32_t)d->n_strata[0] - 1;
	}
	return true;
}

/* ---- one stage, every row a unit ------------------------------------- */

#define FEW_CODES ((size_t)1 << 16)

/* Where strata have small codes and no clusters, one pass over the rows lays
 * them out: a row's place in its stratum is its unit. */
static bool is_plain(const struct build *b)
{
	bool plain = b->stages == 1 && !b->cluster[0] && b->stratum[0];

	for (size_t i = 0; plain && i < b->in->n; i++)
		plain = b->stratum[0][i] < FEW_CODES;
	return plain;
}

static bool plain_room(struct build *b, size_t n_strata, struct err *e)
{
	struct survey_design *d = b->d;
	struct own *own = d->own;

	d->stratum[0] = calloc(n_strata + 1, sizeof **d->stratum);
	d->unit[0] = malloc((d->n + 1) * sizeof **d->unit);
	b->order = malloc((d->n + 1) * sizeof *b->order);
	d->order = own->order = b->order;
	b->order = NULL;
	return (d->stratum[0] && d->unit[0] && d->order) ||
	       err_set(e, ERR_NOMEM, "no memory for a design");
}

/* Strata in the order of their codes; count becomes where each begins. */
static void plain_strata(struct survey_design *d, uint32_t *count,
			 uint32_t *index)
{
	uint32_t at = 0;

	for (size_t code = 0; code < FEW_CODES; code++) {
		uint32_t here = count[code];

		count[code] = at;
		if (here == 0)
			continue;
		index[code] = (uint32_t)d->n_strata[0];
		d->stratum[0][d->n_strata[0]++] =
			(struct survey_stratum){ .first_unit = at,
						 .end_unit = at + here,
						 .total = INFINITY,
						 .share = 1 };
		at += here;
	}
}

static bool lay_out_plain(struct build *b, struct err *e)
{
	struct survey_design *d = b->d;
	const uint32_t *code = b->stratum[0];
	uint32_t *count = calloc(FEW_CODES, 2 * sizeof *count), *order;
	uint32_t *index;
	size_t n_strata = 0;

	if (!count)
		return err_set(e, ERR_NOMEM, "no memory for a design");
	index = count + FEW_CODES;
	for (size_t i = 0; i < d->n; i++)
		n_strata += count[code[i]]++ == 0;
	if (!plain_room(b, n_strata, e)) {
		free(count);
		return false;
	}
	plain_strata(d, count, index);
	order = ((struct own *)d->own)->order;
	d->in_order = true;
	for (size_t i = 0; i < d->n; i++) {
		uint32_t at = count[code[i]]++;

		order[at] = (uint32_t)i;
		d->row_unit[i] = at;
		d->row_stratum[i] = index[code[i]];
		d->unit[0][i] =
			(struct survey_unit){ (uint32_t)i, (uint32_t)i + 1 };
		d->in_order = d->in_order && at == i;
	}
	d->n_units[0] = d->n;
	free(count);
	return true;
}

/* The same cluster code in two strata of the first stage. */
static bool check_nest(struct build *b, struct err *e)
{
	const struct survey_design *d = b->d;
	uint32_t most = 0, *seen;
	bool ok = true;

	if (b->in->nest || !b->cluster[0] || !b->stratum[0])
		return true;
	for (size_t i = 0; i < d->n; i++)
		if (b->cluster[0][i] > most)
			most = b->cluster[0][i];
	seen = calloc((size_t)most + 1, sizeof *seen);
	if (!seen)
		return err_set(e, ERR_NOMEM, "no memory for a design");
	for (size_t i = 0; ok && i < d->n; i++) {
		uint32_t *s = &seen[b->cluster[0][i]];

		ok = *s == 0 || *s == d->row_stratum[i] + 1;
		*s = d->row_stratum[i] + 1;
		if (!ok)
			(void)err_set(
				e, ERR_INPUT,
				"dòng %zu: đơn vị mẫu có ở hai tầng, cần nest "
				"(row %zu of the data: its cluster is in two "
				"strata; \"nest\": true if those are two "
				"clusters)",
				i + 1, i + 1);
	}
	free(seen);
	return ok;
}

/* ---- population counts ------------------------------------------------ */

static bool is_fraction(const double *fpc, size_t n, bool *fraction,
			size_t stage, struct err *e)
{
	bool below = false, above = false;

	for (size_t i = 0; i < n; i++) {
		if (!(fpc[i] > 0))
			return err_set(e, ERR_INPUT,
				       "dòng %zu: fpc thiếu hoặc không dương "
				       "(row %zu of the data: fpc of stage %zu "
				       "is missing or not above 0)",
				       i + 1, i + 1, stage + 1);
		below = below || fpc[i] < 1;
		above = above || fpc[i] > 1;
	}
	*fraction = !above;
	return !(below && above) ||
	       err_set(e, ERR_INPUT,
		       "fpc giai đoạn %zu lẫn số lượng và tỷ lệ (fpc of stage "
		       "%zu mixes counts above 1 with fractions below 1)",
		       stage + 1, stage + 1);
}

/* Every row has what the first of its stratum has: asked in the order of rows.
 * Which row differs, if one does, is found stratum by stratum. */
static bool is_even(const struct build *b, size_t s)
{
	const struct survey_design *d = b->d;
	bool even = s == 0;

	for (size_t i = 0; even && i < d->n; i++) {
		const struct survey_stratum *h =
			&d->stratum[0][d->row_stratum[i]];
		size_t first = d->unit[0][h->first_unit].first;

		even = b->fpc[0][i] == b->fpc[0][d->order[first]];
	}
	return even;
}

static bool stratum_total(struct build *b, size_t s, struct survey_stratum *h,
			  bool fraction, bool even, struct err *e)
{
	const struct survey_design *d = b->d;
	size_t first = d->unit[s][h->first_unit].first;
	size_t end = d->unit[s][h->end_unit - 1].end;
	double v = b->fpc[s][d->order[first]];

	for (size_t i = first; !even && i < end; i++)
		if (b->fpc[s][d->order[i]] != v)
			return err_set(
				e, ERR_INPUT,
				"dòng %zu: fpc khác nhau trong một tầng (row "
				"%zu of the data: fpc of stage %zu varies "
				"within a stratum: %g and %g)",
				(size_t)d->order[i] + 1,
				(size_t)d->order[i] + 1, s + 1, v,
				b->fpc[s][d->order[i]]);
	h->total = fraction ? h->n / v : v;
	if (h->total < h->n * (1 - 1e-12))
		return err_set(e, ERR_INPUT,
			       "dòng %zu: fpc nhỏ hơn số đơn vị mẫu (row %zu "
			       "of the data: fpc %g of stage %zu is below the "
			       "%.0f units sampled)",
			       (size_t)d->order[first] + 1,
			       (size_t)d->order[first] + 1, v, s + 1, h->n);
	return true;
}

static bool set_totals(struct build *b, struct err *e)
{
	struct survey_design *d = b->d;

	for (size_t s = 0; s < b->stages; s++) {
		bool fraction = false, even = b->fpc[s] && is_even(b, s);

		if (b->fpc[s] && !is_fraction(b->fpc[s], d->n, &fraction, s, e))
			return false;
		for (size_t k = 0; k < d->n_strata[s]; k++) {
			struct survey_stratum *h = &d->stratum[s][k];

			h->n = (double)(h->end_unit - h->first_unit);
			if (b->fpc[s] &&
			    !stratum_total(b, s, h, fraction, even, e))
				return false;
			h->lonely = h->n == 1 && 1 - h->n / h->total >= WHOLE;
		}
	}
	return true;
}

/* Variance of a stage counts by the share of its unit's stratum that was
 * taken; after a stage with replacement nothing is left to add. */
static void set_shares(struct build *b)
{
	struct survey_design *d = b->d;
	bool some = true;

	d->n_stages = 1;
	for (size_t s = 1; s < b->stages && some; s++) {
		size_t at = 0;

		some = false;
		for (size_t k = 0; k < d->n_strata[s]; k++) {
			struct survey_stratum *h = &d->stratum[s][k];
			const struct survey_stratum *up;

			while (d->stratum[s - 1][at].end_unit <= h->parent)
				at++;
			up = &d->stratum[s - 1][at];
			h->share = isinf(up->total)
					   ? 0
					   : up->share * up->n / up->total;
			some = some || h->share > 0;
		}
		d->n_stages += some;
	}
}

static bool lay_out_any(struct build *b, struct err *e)
{
	count_all(b);
	return fill_all(b, e) && check_nest(b, e);
}

static bool lay_out(struct build *b, struct err *e)
{
	struct survey_design *d = b->d;
	size_t n = b->in->n;

	d->row_unit = malloc(n * sizeof *d->row_unit);
	d->row_stratum = malloc(n * sizeof *d->row_stratum);
	if (!d->row_unit || !d->row_stratum)
		return err_set(e, ERR_NOMEM, "no memory for a design");
	if (is_plain(b) ? !lay_out_plain(b, e)
			: !order_rows(b, e) || !lay_out_any(b, e))
		return false;
	assert(d->order);
	if (!set_totals(b, e))
		return false;
	set_shares(b);
	d->stratum_code = malloc(d->n_strata[0] * sizeof *d->stratum_code);
	if (!d->stratum_code)
		return err_set(e, ERR_NOMEM, "no memory for a design");
	for (size_t k = 0; k < d->n_strata[0]; k++) {
		const struct survey_stratum *h = &d->stratum[0][k];
		uint32_t row = d->order[d->unit[0][h->first_unit].first];

		d->stratum_code[k] =
			b->stratum[0] ? b->stratum[0][row] : SURVEY_NONE;
		d->lonely_first += h->lonely;
	}
	return true;
}

/* ---- strata joined ---------------------------------------------------- */

static bool is_whole(const struct survey_stratum *h)
{
	return 1 - h->n / h->total < WHOLE;
}

static void join(struct survey_stratum *h, uint32_t *into, uint32_t from,
		 uint32_t to)
{
	h[to].n += h[from].n;
	h[to].total += h[from].total; /* INFINITY stays */
	h[to].lonely = false;
	into[from] = to;
}

/* Strata of one key in order: a lonely one takes in the next, the last goes
 * to the one before.  A stratum taken whole has no variance to share. */
static void join_key(struct survey_stratum *h, uint32_t *into,
		     const uint32_t *list, size_t n)
{
	uint32_t last = SURVEY_NONE, before = SURVEY_NONE;

	for (size_t i = 0; i < n; i++) {
		if (is_whole(&h[list[i]]))
			continue;
		if (last != SURVEY_NONE && h[last].lonely) {
			join(h, into, list[i], last);
			continue;
		}
		before = last;
		last = list[i];
	}
	if (before != SURVEY_NONE && h[last].lonely)
		join(h, into, last, before);
}

static int by_pair(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	if (x[0] != y[0])
		return x[0] < y[0] ? -1 : 1;
	return (x[1] > y[1]) - (x[1] < y[1]);
}

static bool join_strata(const struct survey_design *d, const uint32_t *collapse,
			uint32_t *into, struct err *e)
{
	size_t n = d->n_strata[0];
	uint32_t(*pair)[2] = malloc(n * sizeof *pair);
	uint32_t *list = malloc(n * sizeof *list);
	bool ok = pair && list;

	if (!ok)
		(void)err_set(e, ERR_NOMEM, "no memory for a design");
	for (size_t k = 0; ok && k < n; k++) {
		const struct survey_stratum *h = &d->stratum[0][k];
		uint32_t row = d->order[d->unit[0][h->first_unit].first];

		pair[k][0] = collapse ? collapse[row] : 0;
		pair[k][1] = into[k] = (uint32_t)k;
	}
	if (ok)
		qsort(pair, n, sizeof *pair, by_pair);
	for (size_t from = 0, to; ok && from < n; from = to) {
		for (to = from; to < n && pair[to][0] == pair[from][0]; to++)
			list[to - from] = pair[to][1];
		join_key(d->stratum[0], into, list, to - from);
	}
	free(pair);
	free(list);
	return ok;
}

/* The design again, with the joined strata as codes; clusters keep apart by
 * their number, counts are sums. */
static bool rebuild(struct build *b, const uint32_t *into, struct err *e)
{
	struct survey_design *d = b->d;
	size_t n = d->n;

	b->joined_stratum = malloc(n * sizeof *b->joined_stratum);
	b->joined_cluster = malloc(n * sizeof *b->joined_cluster);
	b->joined_total = malloc(n * sizeof *b->joined_total);
	if (!b->joined_stratum || !b->joined_cluster || !b->joined_total)
		return err_set(e, ERR_NOMEM, "no memory for a design");
	for (size_t i = 0; i < n; i++) {
		uint32_t to = into[d->row_stratum[i]];

		b->joined_stratum[i] = to;
		b->joined_cluster[i] = d->row_unit[i];
		b->joined_total[i] = d->stratum[0][to].total;
	}
	b->stratum[0] = b->joined_stratum;
	b->cluster[0] = b->joined_cluster;
	if (b->fpc[0])
		b->fpc[0] = b->joined_total;
	return true;
}

static void clear_layout(struct survey_design *d)
{
	struct own *own = d->own;

	for (size_t s = 0; s < SURVEY_STAGES; s++) {
		free(d->stratum[s]);
		free(d->unit[s]);
		d->stratum[s] = NULL;
		d->unit[s] = NULL;
		d->n_strata[s] = d->n_units[s] = 0;
	}
	free(own->order);
	free(d->row_unit);
	free(d->row_stratum);
	free(d->stratum_code);
	own->order = d->row_unit = d->row_stratum = d->stratum_code = NULL;
	d->lonely_first = 0;
}

static bool collapse(struct build *b, struct err *e)
{
	struct survey_design *d = b->d;
	size_t was = d->n_strata[0];
	uint32_t *into = malloc((was + 1) * sizeof *into);
	uint32_t *codes = d->stratum_code;
	bool ok;

	if (!into)
		return err_set(e, ERR_NOMEM, "no memory for a design");
	if (b->in->collapse &&
	    !check_codes(b->in->collapse, d->n, "stratum", 0, e)) {
		free(into);
		return false;
	}
	ok = join_strata(d, b->in->collapse, into, e) && rebuild(b, into, e);
	if (ok) {
		d->stratum_code = NULL;
		clear_layout(d);
		free(b->order);
		free(b->other);
		free(b->count);
		b->order = b->other = b->count = NULL;
		ok = lay_out(b, e);
	}
	for (size_t k = 0; ok && k < d->n_strata[0]; k++)
		d->stratum_code[k] = codes[d->stratum_code[k]];
	if (codes != d->stratum_code)
		free(codes);
	d->collapsed = ok ? was - d->n_strata[0] : 0;
	free(into);
	return ok;
}

/* What is behind all rows; the weights may be new. */
static void set_whole(struct survey_design *d)
{
	struct survey_sum w = { 0 };

	d->zero_weight = false;
	for (size_t from = 0; from < d->n; from += 1024) {
		size_t end = d->n - from < 1024 ? d->n : from + 1024;
		double s[2] = { 0 };
		unsigned zero = 0;

		for (size_t i = from; i < end; i++) {
			s[i & 1] += d->weight[i];
			zero |= !(d->weight[i] > 0);
		}
		survey_add(&w, s[0]);
		survey_add(&w, s[1]);
		d->zero_weight = d->zero_weight || zero != 0;
	}
	if (d->zero_weight) {
		d->whole = survey_base_of(d, NULL);
		return;
	}
	d->whole = (struct survey_base){ .rows = d->n,
					 .units = d->n_units[0],
					 .strata = d->n_strata[0],
					 .sum_w = w.s + w.c,
					 .df = (int64_t)d->n_units[0] -
					       (int64_t)d->n_strata[0] };
}

/* ---- the whole -------------------------------------------------------- */

static bool build_design(struct build *b, struct err *e)
{
	struct survey_design *d = b->d;
	const struct survey_input *in = b->in;
	struct own *own = d->own;

	b->stages = in->n_stages > 0 ? in->n_stages : 1;
	for (size_t s = 0; s < in->n_stages; s++) {
		b->stratum[s] = in->stage[s].stratum;
		b->cluster[s] = in->stage[s].cluster;
		b->fpc[s] = in->stage[s].fpc;
	}
	d->n = in->n;
	d->lonely = in->lonely;
	d->weight = in->weight;
	if (!in->weight) {
		own->ones = malloc(in->n * sizeof *own->ones);
		if (!own->ones)
			return err_set(e, ERR_NOMEM, "no memory for a design");
		for (size_t i = 0; i < in->n; i++)
			own->ones[i] = 1;
		d->weight = own->ones;
	}
	if (!lay_out(b, e))
		return false;
	if (in->lonely == SURVEY_COLLAPSE && d->lonely_first > 0 &&
	    !collapse(b, e))
		return false;
	d->elements = b->stages == 1 && d->n_units[0] == d->n;
	set_whole(d);
	return true;
}

struct survey_design *survey_design_new(const struct survey_input *in,
					struct err *e)
{
	struct build b = { .in = in };
	bool ok;

	if (!check_input(in, e))
		return NULL;
	b.d = calloc(1, sizeof *b.d);
	if (b.d) {
		b.d->own = calloc(1, sizeof(struct own));
		b.d->threads = SURVEY_THREADS;
	}
	ok = b.d && b.d->own;
	if (ok)
		ok = build_design(&b, e);
	else
		(void)err_set(e, ERR_NOMEM, "no memory for a design");
	free(b.order);
	free(b.other);
	free(b.count);
	free(b.joined_stratum);
	free(b.joined_cluster);
	free(b.joined_total);
	if (!ok) {
		survey_design_free(b.d);
		return NULL;
	}
	return b.d;
}

void survey_design_free(struct survey_design *d)
{
	struct own *own;

	if (!d)
		return;
	own = d->own;
	if (own) {
		clear_layout(d);
		free(own->ones);
	}
	free(own);
	free(d);
}

void survey_set_weight(struct survey_design *d, const double *weight)
{
	d->weight = weight;
	set_whole(d);
}
