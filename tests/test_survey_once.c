/* Means of elements in one pass over the rows, and designs laid out in one,
 * beside the ways that take longer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate.h"
#include "support/test.h"

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
static _Atomic long allocations_left = -1;

static bool allocation_fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return allocation_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_malloc(size_t size)
{
	return allocation_fails() ? NULL : __real_malloc(size);
}

#define N	((size_t)40000) /* three slices */
#define STRATA	6
#define DOMAINS 20

struct sample {
	uint32_t stratum[N], domain[N];
	double w[N], fpc[N], y[N];
	struct survey_design *d;
};

static const struct est_how how = { .level = 0.95 };

static unsigned draw(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16 & 0x7fff;
}

static struct survey_design *design_of(const struct sample *s)
{
	struct survey_input in = { .n = N, .weight = s->w, .n_stages = 1 };
	struct survey_design *d;
	struct err e = { 0 };

	in.stage[0].stratum = s->stratum;
	in.stage[0].fpc = s->fpc;
	d = survey_design_new(&in, &e);
	assert_non_null(d);
	assert_true(d->elements);
	return d;
}

/* spread: of weights within a stratum. */
static struct sample *make(double spread)
{
	struct sample *s = calloc(1, sizeof *s);
	unsigned seed = 11;

	assert_non_null(s);
	for (size_t i = 0; i < N; i++) {
		s->stratum[i] = draw(&seed) % STRATA;
		s->domain[i] = draw(&seed) % (DOMAINS + 1);
		if (s->domain[i] == DOMAINS)
			s->domain[i] = SURVEY_NONE;
		s->w[i] = 2 + s->stratum[i] + spread * (draw(&seed) % 100);
		s->fpc[i] = 50000.0 + s->stratum[i];
		s->y[i] = 1 + draw(&seed) % 500 / 100.0 +
			  0.1 * (s->domain[i] % DOMAINS);
	}
	s->d = design_of(s);
	return s;
}

static void discard(struct sample *s)
{
	survey_design_free(s->d);
	free(s);
}

/* The mean by domain in one pass, and unit by unit when `slow`. */
static void ask(struct sample *s, bool slow, bool domains, struct est *out)
{
	struct survey_var v = { .design = s->d };
	struct err e = { 0 };

	s->d->elements = !slow;
	assert_true(est_mean(&v, domains ? s->domain : NULL,
			     domains ? DOMAINS : 1, s->y, &how, out, NULL, &e));
	s->d->elements = true;
}

static void agree(struct sample *s, bool domains, double tol)
{
	struct est fast[DOMAINS], slow[DOMAINS];

	ask(s, false, domains, fast);
	ask(s, true, domains, slow);
	for (size_t g = 0; g < (domains ? DOMAINS : 1); g++) {
		assert_int_equal(fast[g].n, slow[g].n);
		assert_int_equal(fast[g].psu, slow[g].psu);
		assert_int_equal(fast[g].strata, slow[g].strata);
		assert_int_equal(fast[g].df, slow[g].df);
		assert_near(fast[g].sum_w, slow[g].sum_w, 1e-13);
		assert_near(fast[g].value, slow[g].value, 1e-13);
		assert_near(fast[g].se, slow[g].se, tol);
	}
}

static void one_pass_agrees_with_the_sums_of_units(void **state)
{
	(void)state;
	for (int k = 0; k < 3; k++) {
		struct sample *s = make(k == 0 ? 0 : k == 1 ? 0.01 : 3);

		agree(s, true, 1e-11);
		agree(s, false, 1e-11);
		discard(s);
	}
}

static void a_row_of_weight_0_counts_for_nothing(void **state)
{
	struct sample *s = make(0.5);

	(void)state;
	for (size_t i = 0; i < N; i += 7)
		s->w[i] = 0;
	survey_set_weight(s->d, s->w);
	assert_true(s->d->zero_weight);
	agree(s, true, 1e-11);
	discard(s);
}

static void missing_values_leave_their_rows_out(void **state)
{
	struct sample *s = make(0.5);
	struct est all[DOMAINS], some[DOMAINS];
	size_t gone[DOMAINS] = { 0 };

	(void)state;
	ask(s, false, true, all);
	for (size_t i = 0; i < N; i += 5) {
		s->y[i] = NAN; /* the very first too */
		if (s->domain[i] != SURVEY_NONE)
			gone[s->domain[i]]++;
	}
	agree(s, true, 1e-11);
	ask(s, false, true, some);
	for (size_t g = 0; g < DOMAINS; g++)
		assert_int_equal(some[g].n, all[g].n - gone[g]);
	discard(s);
}

static void a_missing_value_outside_of_the_domains_is_nothing(void **state)
{
	struct sample *s = make(0.5);
	struct est before[DOMAINS], after[DOMAINS];

	(void)state;
	ask(s, false, true, before);
	for (size_t i = 0; i < N; i++)
		if (s->domain[i] == SURVEY_NONE)
			s->y[i] = NAN;
	ask(s, false, true, after);
	for (size_t g = 0; g < DOMAINS; g++) {
		assert_memory_equal(&before[g].value, &after[g].value,
				    sizeof before[g].value);
		assert_memory_equal(&before[g].se, &after[g].se,
				    sizeof before[g].se);
	}
	discard(s);
}

static void an_empty_domain_has_no_mean(void **state)
{
	struct sample *s = make(0.5);
	struct est out[DOMAINS];

	(void)state;
	for (size_t i = 0; i < N; i++)
		if (s->domain[i] == 3)
			s->domain[i] = 4;
	ask(s, false, true, out);
	assert_int_equal(out[3].n, 0);
	assert_true(isnan(out[3].value));
	assert_true(isfinite(out[4].value));
	discard(s);
}

/* The first row is where sums are taken from: one far away must not cost the
 * others their digits. */
static void a_first_value_far_away_costs_no_digits(void **state)
{
	struct sample *s = make(3);

	(void)state;
	s->domain[0] = 0;
	s->y[0] = 1e12;
	agree(s, true, 1e-9);
	discard(s);
}

static void the_number_of_threads_changes_no_bit(void **state)
{
	struct sample *s = make(0.5);
	struct est one[DOMAINS], four[DOMAINS];

	(void)state;
	s->d->threads = 1;
	ask(s, false, true, one);
	s->d->threads = 4;
	ask(s, false, true, four);
	assert_memory_equal(one, four, sizeof one);
	discard(s);
}

static void the_order_of_rows_changes_nothing_that_is_said(void **state)
{
	struct sample *s = make(3), *turned = make(3);
	struct est a[DOMAINS], b[DOMAINS];

	(void)state;
	for (size_t i = 0; i < N; i++) {
		turned->stratum[i] = s->stratum[N - 1 - i];
		turned->domain[i] = s->domain[N - 1 - i];
		turned->w[i] = s->w[N - 1 - i];
		turned->fpc[i] = s->fpc[N - 1 - i];
		turned->y[i] = s->y[N - 1 - i];
	}
	survey_design_free(turned->d);
	turned->d = design_of(turned);
	ask(s, false, true, a);
	ask(turned, false, true, b);
	for (size_t g = 0; g < DOMAINS; g++) {
		assert_near(a[g].value, b[g].value, 1e-13);
		assert_near(a[g].se, b[g].se, 1e-12);
	}
	discard(s);
	discard(turned);
}

static void without_memory_it_is_said(void **state)
{
	struct sample *s = make(0.5);
	struct survey_var v = { .design = s->d };
	struct est out[DOMAINS];
	long k = 0;
	bool ok;

	(void)state;
	s->d->threads = 1; /* threads have memory of their own */
	do {
		struct err e = { 0 };

		allocations_left = k++;
		ok = est_mean(&v, s->domain, DOMAINS, s->y, &how, out, NULL,
			      &e);
		if (allocations_left >= 0)
			break; /* none was left to fail */
		allocations_left = -1;
		assert_false(ok);
		assert_int_equal(e.kind, ERR_NOMEM);
	} while (k < 1000);
	allocations_left = -1;
	assert_true(ok);
	assert_true(k > 8);
	discard(s);
}

/* ---- designs ------------------------------------------------------------ */

/* Codes from 2^16 take the long way; `more` is put on top. */
static struct survey_design *coded(const struct sample *s, uint32_t more,
				   uint32_t *code, size_t n, const double *fpc,
				   struct err *e)
{
	struct survey_input in = { .n = n, .weight = s->w, .n_stages = 1 };

	for (size_t i = 0; i < n; i++)
		code[i] = 7 + 3 * s->stratum[i] + more;
	in.stage[0].stratum = code;
	in.stage[0].fpc = fpc;
	return survey_design_new(&in, e);
}

static void same_design(const struct survey_design *a,
			const struct survey_design *b, uint32_t more)
{
	assert_int_equal(a->n_strata[0], b->n_strata[0]);
	assert_int_equal(a->n_units[0], b->n_units[0]);
	assert_int_equal(a->in_order, b->in_order);
	assert_int_equal(a->elements, b->elements);
	assert_int_equal(a->lonely_first, b->lonely_first);
	assert_int_equal(a->whole.df, b->whole.df);
	assert_memory_equal(a->order, b->order, a->n * sizeof *a->order);
	assert_memory_equal(a->row_unit, b->row_unit,
			    a->n * sizeof *a->row_unit);
	assert_memory_equal(a->row_stratum, b->row_stratum,
			    a->n * sizeof *a->row_stratum);
	assert_memory_equal(a->unit[0], b->unit[0], a->n * sizeof **a->unit);
	for (size_t k = 0; k < a->n_strata[0]; k++) {
		const struct survey_stratum *x = &a->stratum[0][k];
		const struct survey_stratum *y = &b->stratum[0][k];

		assert_int_equal(x->first_unit, y->first_unit);
		assert_int_equal(x->end_unit, y->end_unit);
		assert_near(x->n, y->n, 0);
		assert_near(x->total, y->total, 0);
		assert_near(x->share, y->share, 0);
		assert_int_equal(x->lonely, y->lonely);
		assert_int_equal(a->stratum_code[k] + more, b->stratum_code[k]);
	}
}

static void a_design_in_one_pass_is_the_same_design(void **state)
{
	static const size_t sizes[] = { 1, 2, 5, 700, N };
	struct sample *s = make(0.5);
	uint32_t *code = malloc(2 * N * sizeof *code);

	(void)state;
	assert_non_null(code);
	for (size_t k = 0; k < 2 * (sizeof sizes / sizeof sizes[0]); k++) {
		size_t n = sizes[k / 2];
		struct err e = { 0 };
		struct survey_design *a, *b;

		if (k % 2) /* sorted already */
			for (size_t i = 0; i < n; i++)
				s->stratum[i] = (uint32_t)(i * STRATA / n);
		for (size_t i = 0; i < n; i++)
			s->fpc[i] = 50000.0 + s->stratum[i];
		a = coded(s, 0, code, n, s->fpc, &e);
		b = coded(s, 1 << 16, code + N, n, s->fpc, &e);
		assert_non_null(a);
		assert_non_null(b);
		assert_int_equal(a->in_order, n < 3 ? b->in_order : k % 2);
		same_design(a, b, 1 << 16);
		survey_design_free(a);
		survey_design_free(b);
	}
	free(code);
	discard(s);
}

static void both_ways_name_the_same_row_when_counts_differ(void **state)
{
	struct sample *s = make(0.5);
	uint32_t *code = malloc(N * sizeof *code);
	struct err a = { 0 }, b = { 0 };

	(void)state;
	assert_non_null(code);
	s->fpc[31234] += 1;
	s->fpc[777] += 1;
	assert_null(coded(s, 0, code, N, s->fpc, &a));
	assert_null(coded(s, 1 << 16, code, N, s->fpc, &b));
	assert_int_equal(a.kind, ERR_INPUT);
	assert_string_equal(a.msg, b.msg);
	assert_non_null(strstr(a.msg, "varies within a stratum"));
	free(code);
	discard(s);
}

static void a_design_without_memory_is_none(void **state)
{
	struct sample *s = make(0.5);
	uint32_t *code = malloc(N * sizeof *code);
	struct survey_design *d = NULL;
	long k = 0;

	(void)state;
	assert_non_null(code);
	while (!d && k < 100) {
		struct err e = { 0 };

		allocations_left = k++;
		d = coded(s, 0, code, N, s->fpc, &e);
		allocations_left = -1;
		assert_true(d || e.kind == ERR_NOMEM);
	}
	assert_non_null(d);
	assert_true(k > 6);
	survey_design_free(d);
	free(code);
	discard(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_pass_agrees_with_the_sums_of_units),
		cmocka_unit_test(a_row_of_weight_0_counts_for_nothing),
		cmocka_unit_test(missing_values_leave_their_rows_out),
		cmocka_unit_test(
			a_missing_value_outside_of_the_domains_is_nothing),
		cmocka_unit_test(an_empty_domain_has_no_mean),
		cmocka_unit_test(a_first_value_far_away_costs_no_digits),
		cmocka_unit_test(the_number_of_threads_changes_no_bit),
		cmocka_unit_test(
			the_order_of_rows_changes_nothing_that_is_said),
		cmocka_unit_test(without_memory_it_is_said),
		cmocka_unit_test(a_design_in_one_pass_is_the_same_design),
		cmocka_unit_test(
			both_ways_name_the_same_row_when_counts_differ),
		cmocka_unit_test(a_design_without_memory_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
