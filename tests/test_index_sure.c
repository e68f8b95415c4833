/* How sure a rank is: the model in doubles against the exact arithmetic, the
 * simulation, its seed, and what memory and bad asking do. */
#include "phieu/index_sure.h"

#include <gsl/gsl_rng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/index.h"
#include "support/test.h"

/* Allocations fail one by one. */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
gsl_rng *__real_gsl_rng_alloc(const gsl_rng_type *type);
gsl_rng *__wrap_gsl_rng_alloc(const gsl_rng_type *type);
static long allocations_left = -1;

static bool allocation_fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return allocation_fails() ? NULL : __real_calloc(n, size);
}

gsl_rng *__wrap_gsl_rng_alloc(const gsl_rng_type *type)
{
	return allocation_fails() ? NULL : __real_gsl_rng_alloc(type);
}

static const char *const examples[] = {
	"docs/examples/index-hai-cap.json",
	"docs/examples/index-ba-cap.json",
	"docs/examples/index-dieu-kien.json",
	"docs/examples/index-nhom.json",
	"docs/examples/index-thieu.json",
	"docs/examples/index-tthc-2021.json",
};
#define EXAMPLES (sizeof examples / sizeof examples[0])

static const struct index_sure_how usual = {
	.seed = 7, .draws = 400, .level = 0.9, .base = 64, .noise = 0.25
};

/* ---- the model --------------------------------------------------------- */

static void the_model_is_the_exact_arithmetic_in_doubles(void **state)
{
	static const struct index_shift none = { 0 };

	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		struct indexed q;
		struct err e = { 0 };
		struct index_model *m;

		indexed_open_file(&q, examples[i]);
		m = index_model_new(q.ix, q.a, &e);
		assert_non_null(m);
		for (size_t u = 0; u < q.set.n_units; u++) {
			const struct index_total *t = index_total(q.ix, u);

			if (t->complete)
				assert_near(index_model_total(m, u, &none),
					    mpq_get_d(t->before), 1e-12);
		}
		indexed_close(&q);
	}
}

#define LEAF(code, max, more)                                                 \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max "\"," more \
	"}"

static void open_one(struct indexed *q, const char *rescale, const char *order,
		     const char *more, const char *criteria, const char *values)
{
	struct arena *a = arena_new(1 << 20);

	indexed_open(
		q,
		index_document(a,
			       index_rules(a, rescale, "leave-out", order, 2,
					   more),
			       criteria, "100",
			       arena_printf(a,
					    "[{\"code\":\"u\",\"name\":\"n\","
					    "\"kind\":\"so\",\"values\":{%s}}]",
					    values)));
	arena_free(a);
}

static const char mixed[] =
	"[" LEAF("a", "40", "\"source\":\"assessed\"") "," LEAF(
		"s", "30",
		"\"source\":\"survey\",\"convert\":{\"linear\":{\"low\":"
		"\"1\",\"high\":\"5\"}}") "," LEAF("t", "20",
						   "\"source\":"
						   "\"satisfaction\","
						   "\"convert\":{"
						   "\"steps\":[{"
						   "\"from\":\"90\","
						   "\"points\":\"20\"},{"
						   "\"from\":\"80\","
						   "\"points\":\"15\"}]"
						   "}") ","
							"" LEAF("p", "10",
								"\"source\":"
								"\"external"
								"\"") "]";

static double total_with(const char *rescale, const char *order,
			 const char *values, const struct index_shift *s,
			 size_t errors)
{
	struct indexed q;
	struct err e = { 0 };
	struct index_model *m;
	double x;

	open_one(&q, rescale, order, "", mixed, values);
	m = index_model_new(q.ix, q.a, &e);
	assert_non_null(m);
	assert_int_equal(index_model_errors(m), errors);
	x = index_model_total(m, 0, s);
	indexed_close(&q);
	return x;
}

static void an_error_moves_the_measure_not_the_points(void **state)
{
	static const char values[] =
		"\"a\":\"30\",\"s\":{\"value\":\"3\",\"se\":0.5},\"t\":{"
		"\"value\":\"85\",\"se\":2},\"p\":{\"value\":\"9\",\"se\":1}";
	static const double up[] = { 1, 2.5, 2 }, down[] = { -4.1, -3, -10 };
	const struct index_shift high = { .z = up }, low = { .z = down };

	(void)state;
	/* 30 + 30 x 2.5/4 + 20 + 10 (11 is cut at the maximum) */
	assert_near(total_with("none", "sum-first", values, &high, 3), 78.75,
		    1e-12);
	/* 30 + 0 (0.95 is cut at 1) + 0 (79 is below the steps) + 0 */
	assert_near(total_with("none", "sum-first", values, &low, 3), 30,
		    1e-12);
}

static void items_are_rounded_in_the_model_too(void **state)
{
	static const char values[] = "\"a\":\"30\",\"s\":{\"value\":\"3\","
				     "\"se\":0.1234567},\"t\":\"85\",\"p\":"
				     "\"9\"";
	static const double one[] = { 1 };
	const struct index_shift s = { .z = one };

	(void)state;
	/* 30 x 2.1234567 / 4 = 15.92592525 */
	assert_near(total_with("none", "item-first", values, &s, 1), 69.93,
		    1e-12);
	assert_near(total_with("none", "sum-first", values, &s, 1), 69.92592525,
		    1e-12);
}

static void weights_move_shares_and_keep_the_maximum(void **state)
{
	static const char values[] =
		"\"a\":\"20\",\"s\":\"5\",\"t\":\"95\",\"p\":\"10\"";
	static const char out[] = "\"a\":\"20\",\"s\":\"5\",\"t\":\"95\"";
	static const double heavy[] = { 2, 1, 1, 1 };
	const struct index_shift s = { .weight = heavy };
	static const char *const how[] = { "total", "source", "none",
					   "parent" };

	(void)state;
	for (size_t i = 0; i < 4; i++) /* (40 + 60) / 140 x 100 */
		assert_near(total_with(how[i], "sum-first", values, &s, 0),
			    100. / 140 * 100, 1e-12);
	/* without p: (40 + 50) / 130 */
	assert_near(total_with("total", "sum-first", out, &s, 0),
		    90. / 130 * 100, 1e-12);
}

/* What is missing below a condition that holds anyway stays missing. */
static void a_condition_holds_in_the_model_as_it_does(void **state)
{
	static const struct index_shift none = { 0 };
	struct arena *a = arena_new(1 << 20);
	struct index_model *m;
	struct err e = { 0 };
	struct indexed q;

	(void)state;
	indexed_open(
		&q,
		index_document(
			a,
			index_rules(a, "none", "incomplete", "sum-first", 2,
				    ""),
			"[{\"code\":\"k\",\"name\":\"n\",\"maximum\":"
			"\"10\",\"combine\":\"any-of\",\"children\":[" LEAF(
				"a", "2",
				"\"source\":\"assessed\"") "," LEAF("b", "3",
								    "\"source\""
								    ":\"assesse"
								    "d\"") "]}"
									   "]",
			"10",
			"[{\"code\":\"u\",\"name\":\"n\",\"kind\":\"so\","
			"\"values\":{\"a\":\"2\"}},{\"code\":\"v\","
			"\"name\":\"n\",\"kind\":\"so\",\"values\":{"
			"\"a\":\"1\",\"b\":\"2\"}}]"));
	assert_true(index_total(q.ix, 0)->complete);
	m = index_model_new(q.ix, q.a, &e);
	assert_non_null(m);
	assert_near(index_model_total(m, 0, &none), 10, 1e-12);
	assert_true(index_model_total(m, 1, &none) <= 0);
	indexed_close(&q);
	arena_free(a);
}

static void weights_of_groups_move_the_measure(void **state)
{
	struct indexed q;
	struct err e = { 0 };
	struct index_model *m;
	static const double three[] = { 1, 3, 1 };
	const struct index_shift s = { .group = three };
	const char *const *group;
	size_t n;

	(void)state;
	for (int zero = 0; zero < 2; zero++) {
		open_one(
			&q, "none", "sum-first",
			zero ? ",\"missing_group\":\"zero\""
			     : ",\"missing_group\":\"renormalise\"",
			"[" LEAF("a", "70", "\"source\":\"assessed\"") "," LEAF(
				"s", "20",
				"\"source\":\"survey\",\"groups\":{\"A\":"
				"\"1\",\"B\":\"1\"}") "," LEAF("t", "10",
							       "\"source\":"
							       "\"survey\","
							       "\"groups\":{"
							       "\"B\":\"2\","
							       "\"C\":\"2\"}") "]",
			"\"a\":\"0\",\"s\":{\"groups\":{\"A\":\"20\",\"B\":"
			"\"4\"}},\"t\":{\"groups\":{\"B\":\"6\"}}");
		m = index_model_new(q.ix, q.a, &e);
		assert_non_null(m);
		group = index_model_groups(m, &n);
		assert_int_equal(n, 3);
		assert_string_equal(group[2], "C");
		/* (20 + 3 x 4) / 4 = 8; 6, or 36 / 8 with C as 0 */
		assert_near(index_model_total(m, 0, &s), zero ? 12.5 : 14,
			    1e-12);
		indexed_close(&q);
	}
}

/* ---- the whole --------------------------------------------------------- */

static void check_unit(const struct indexed *q, const struct index_sure_unit *u,
		       size_t draws)
{
	double ranks = 0, grades = 0;

	for (size_t i = 0; i < u->n_rank; i++)
		ranks += u->p_rank[i];
	for (size_t i = 0; i < u->n_grade; i++)
		grades += u->p_grade[i];
	assert_near(ranks, 1, 1e-9);
	assert_near(grades, 1, 1e-9);
	assert_true(u->low <= u->mid && u->mid <= u->high);
	assert_true(u->low >= 1 && u->high <= (double)u->n_rank);
	assert_true(u->sd >= 0);
	assert_true(index_total(q->ix, u->unit)->complete);
	assert_true(draws > 0);
}

static char *sheet(const struct indexed *q, const struct index_sure_how *how)
{
	struct index_sure s;
	struct index_more *m;
	struct err e = { 0 };
	struct buf b = BUF_INIT((size_t)16 << 20);
	size_t n;

	if (!index_sure(q->ix, how, q->a, &s, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < s.n_units; i++)
		check_unit(q, &s.units[i], how->draws);
	assert_true(index_one_more(q->ix, q->a, &m, &n, &e));
	index_sure_json(q->ix, &s, m, n, "ab", &b);
	index_sure_csv(q->ix, &s, &b);
	assert_non_null(buf_cstr(&b));
	return buf_take(&b);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		struct index_sure_how other = usual;
		struct indexed q;
		char *a, *b, *c;

		indexed_open_file(&q, examples[i]);
		other.seed++;
		a = sheet(&q, &usual);
		b = sheet(&q, &usual);
		c = sheet(&q, &other);
		assert_string_equal(a, b);
		assert_string_not_equal(a, c);
		free(a);
		free(b);
		free(c);
		indexed_close(&q);
	}
}

/* Units in another order: the same draws for the same unit. */
static void the_order_of_units_changes_no_draw(void **state)
{
	struct indexed q;
	struct index_set s;
	struct index_unit *units;
	struct index_value *values;
	struct index_sure a, b;
	struct err e = { 0 };
	struct index *ix;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-hai-cap.json");
	s = q.set;
	units = arena_array(q.a, s.n_units, sizeof *units);
	values = arena_array(q.a, s.n_values, sizeof *values);
	for (size_t i = 0; i < s.n_units; i++)
		units[s.n_units - 1 - i] = s.units[i];
	for (size_t i = 0; i < s.n_values; i++) {
		values[i] = s.values[i];
		values[i].unit = s.n_units - 1 - values[i].unit;
	}
	s.units = units;
	s.values = values;
	ix = index_new(&s, q.a, &e);
	assert_non_null(ix);
	assert_true(index_sure(q.ix, &usual, q.a, &a, &e));
	assert_true(index_sure(ix, &usual, q.a, &b, &e));
	assert_int_equal(a.n_units, b.n_units);
	for (size_t i = 0; i < a.n_units; i++) {
		assert_string_equal(q.set.units[a.units[i].unit].code,
				    units[b.units[i].unit].code);
		assert_true(a.units[i].mean >= b.units[i].mean &&
			    a.units[i].mean <= b.units[i].mean);
	}
	index_free(ix);
	indexed_close(&q);
}

static void a_simulated_spread_is_that_of_the_errors(void **state)
{
	static const char criteria[] =
		"[" LEAF("s", "100", "\"source\":\"survey\"") "]";
	struct arena *a = arena_new(1 << 20);
	struct index_sure_how how = usual;
	struct index_sure s;
	struct err e = { 0 };
	struct indexed q;

	(void)state;
	how.draws = 20000;
	how.base = 0;
	indexed_open(&q,
		     index_document(
			     a,
			     index_rules(a, "none", "incomplete", "sum-first",
					 4, ""),
			     criteria, "100",
			     "[{\"code\":\"u\",\"name\":\"n\",\"kind\":\"so\","
			     "\"values\":{\"s\":{\"value\":\"80\",\"se\":1}}},{"
			     "\"code\":\"v\",\"name\":\"n\",\"kind\":\"so\","
			     "\"values\":{\"s\":{\"value\":\"79\",\"se\":1}}},{"
			     "\"code\":\"w\",\"name\":\"n\",\"kind\":\"so\","
			     "\"values\":{\"s\":\"50\"}}]"));
	assert_true(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(s.n_errors, 2);
	assert_near(s.units[0].mean, 80, 5e-4);
	assert_near(s.units[0].sd, 1, 0.03);
	/* P(N(1, sqrt 2) > 0) = 0.76025 */
	assert_int_equal(s.n_pairs, 1);
	assert_near(s.pairs[0].p_above, 0.76025, 0.02);
	assert_near(s.units[0].p_rank[0], 0.76025, 0.02);
	assert_near(s.units[2].mean, 50, 1e-12);
	assert_true(s.units[2].sd <= 0);
	assert_true(s.units[2].low >= 3 && s.units[2].high <= 3);
	/* 85 is five standard errors away, 75 as many */
	assert_near(s.units[0].p_grade[2], 1, 1e-3);
	assert_int_equal(s.n_factors, 0);
	indexed_close(&q);
	arena_free(a);
}

static void factors_are_fields_criteria_groups_and_errors(void **state)
{
	struct index_sure_how how = usual;
	struct index_sure s;
	struct err e = { 0 };
	struct indexed q;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-nhom.json");
	assert_true(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(s.n_factors, 2 + 3 + 1);
	assert_string_equal(s.factors[0].kind, "field");
	assert_string_equal(s.factors[1].code, "TD");
	assert_string_equal(s.factors[2].kind, "group");
	assert_string_equal(s.factors[2].code, "HDND");
	assert_string_equal(s.factors[5].kind, "survey");
	assert_null(s.factors[5].code);
	assert_true(s.variance > 0);
	for (size_t i = 0; i < s.n_factors; i++)
		assert_true(s.factors[i].total >= 0);
	how.by_criteria = true;
	assert_true(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(s.n_factors, 3 + 3 + 1);
	assert_string_equal(s.factors[0].kind, "criterion");
	assert_string_equal(s.factors[0].code, "XH1");
	indexed_close(&q);
	/* bonus and deduction have no weight; a condition has one */
	indexed_open_file(&q, "docs/examples/index-ba-cap.json");
	assert_true(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(s.n_factors, 6);
	how.by_criteria = false;
	assert_true(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(s.n_factors, 3);
	indexed_close(&q);
	indexed_open_file(&q, "docs/examples/index-dieu-kien.json");
	how.by_criteria = true;
	assert_true(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(s.n_factors, 6 + 1);
	assert_string_equal(s.factors[0].code, "1.1.1.1");
	indexed_close(&q);
}

static void ranks_that_nothing_moves_have_no_sensitivity(void **state)
{
	struct indexed q;
	struct index_sure s;
	struct index_sure_how how = usual;
	struct err e = { 0 };
	struct buf b = BUF_INIT(1 << 20);

	(void)state;
	how.noise = 0;
	indexed_open_file(&q, "docs/examples/index-tthc-2021.json");
	assert_true(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(s.n_errors, 0);
	assert_true(s.variance <= 0);
	assert_true(isnan(s.factors[0].first) && isnan(s.factors[0].total));
	for (size_t i = 0; i < s.n_units; i++)
		assert_true(s.units[i].sd <= 1e-9);
	index_sure_json(q.ix, &s, NULL, 0, NULL, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"first\": null"));
	assert_null(strstr(b.data, "input_sha256"));
	buf_free(&b);
	indexed_close(&q);
}

static void a_set_without_a_complete_unit_gives_an_empty_sheet(void **state)
{
	struct indexed q;
	struct index_sure s;
	struct err e = { 0 };

	(void)state;
	open_one(&q, "none", "sum-first", ",\"draft\":true",
		 "[" LEAF("a", "100", "\"source\":\"assessed\"") "]", "");
	assert_true(index_sure(q.ix, &usual, q.a, &s, &e));
	assert_int_equal(s.n_units, 0);
	assert_int_equal(s.n_pairs, 0);
	assert_int_equal(s.n_factors, 0);
	indexed_close(&q);
}

/* ---- what is refused --------------------------------------------------- */

static void asking_out_of_bounds_is_refused(void **state)
{
	struct indexed q;
	struct index_sure s;
	struct index_sure_how bad[6];
	struct err e = { 0 };

	(void)state;
	indexed_open_file(&q, "docs/examples/index-hai-cap.json");
	for (size_t i = 0; i < 6; i++)
		bad[i] = usual;
	bad[0].draws = 0;
	bad[1].draws = LIMIT_INDEX_DRAWS + 1;
	bad[2].base = LIMIT_INDEX_BASE + 1;
	bad[3].level = 1;
	bad[4].noise = 1;
	bad[5].noise = -0.1;
	for (size_t i = 0; i < 6; i++) {
		e = (struct err){ 0 };
		assert_false(index_sure(q.ix, &bad[i], q.a, &s, &e));
		assert_int_equal(e.kind, ERR_INPUT);
	}
	indexed_close(&q);
}

static void many_units(struct indexed *q, size_t n, bool one_block)
{
	struct arena *a = arena_new((size_t)16 << 20);
	struct buf b = BUF_INIT((size_t)8 << 20);

	buf_adds(&b, "[");
	for (size_t i = 0; i < n; i++)
		buf_addf(&b,
			 "%s{\"code\":\"u%zu\",\"name\":\"n\",\"kind\":\"so\","
			 "\"block\":\"b%zu\",\"values\":{\"a\":\"1\"}}",
			 i > 0 ? "," : "", i, one_block ? 0 : i / 2);
	buf_adds(&b, "]");
	indexed_open(q, index_document(a,
				       index_rules(a, "none", "zero",
						   "sum-first", 2, ""),
				       "[" LEAF("a", "5",
						"\"source\":\"assessed\"") "]",
				       "5", buf_cstr(&b)));
	buf_free(&b);
	arena_free(a);
}

static void sizes_past_the_limits_are_refused(void **state)
{
	struct index_sure_how how = usual;
	struct index_sure s;
	struct err e = { 0 };
	struct indexed q;

	(void)state;
	many_units(&q, LIMIT_INDEX_SURE_UNITS + 1, true);
	assert_false(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	indexed_close(&q);
	how.draws = LIMIT_INDEX_DRAWS;
	e = (struct err){ 0 };
	many_units(&q, LIMIT_INDEX_SCORES / LIMIT_INDEX_DRAWS + 1, false);
	assert_false(index_sure(q.ix, &how, q.a, &s, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	indexed_close(&q);
}

static void covariances_must_be_positive_definite(void **state)
{
	static const double mu[] = { 1, 2 }, v[] = { 1, 2, 2, 1 };
	static const double z[] = { 0, 0 };
	struct err e = { 0 };
	double x[2];

	(void)state;
	assert_false(index_draw(2, mu, v, NULL, z, 1, x, &e));
	assert_int_equal(e.kind, ERR_MATH);
}

static void what_nothing_parts_is_even(void **state)
{
	static const double mu[] = { 1, 1, 2 }, v[9] = { 0 };
	double p[9];

	(void)state;
	index_superior(3, mu, v, true, p);
	assert_true(isnan(p[0]));
	assert_near(p[1], 0.5, 1e-15);
	assert_true(p[2] <= 0);
	assert_near(p[6], 1, 1e-15);
}

static void a_half_is_rounded_away_from_nought(void **state)
{
	(void)state;
	assert_near(index_round_half_up(2.675, 2), 2.68, 1e-15);
	assert_near(index_round_half_up(-1.005, 2), -1.01, 1e-15);
	assert_near(index_round_half_up(84.994999, 2), 84.99, 1e-15);
	assert_near(index_round_half_up(7.5, 0), 8, 1e-15);
}

/* ---- memory ------------------------------------------------------------ */

static void memory_that_ends_is_said(void **state)
{
	static const char *const path[] = { "docs/examples/index-nhom.json",
					    "docs/examples/index-ba-cap.json" };
	struct indexed q;
	struct index_sure s;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		bool done = false;

		indexed_open_file(&q, path[i]);
		for (size_t size = 64; !done; size += size / 24 + 40) {
			struct arena *a = arena_new(size);
			struct err e = { 0 };
			struct index_sure_how how = usual;

			how.draws = 20;
			how.base = 4;
			done = index_sure(q.ix, &how, a, &s, &e);
			assert_true(done || e.kind == ERR_NOMEM);
			arena_free(a);
		}
		indexed_close(&q);
	}
}

static void allocations_that_fail_are_said(void **state)
{
	static const double mu[] = { 1, 2 }, v[] = { 1, 0, 0, 1 };
	static const double z[] = { 0, 0 }, table[] = { 1, 2, 2, 4, 5, 3 };
	struct indexed q;
	struct index_sure s;
	struct err e = { 0 };
	struct buf b = BUF_INIT(1 << 20);
	double x[4];

	(void)state;
	allocations_left = 0;
	assert_false(index_draw(2, mu, v, NULL, z, 1, x, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	e = (struct err){ 0 };
	allocations_left = 0;
	assert_false(index_correlate(INDEX_PEARSON, 3, 2, table, x, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	allocations_left = -1;
	indexed_open_file(&q, "docs/examples/index-tthc-2021.json");
	for (long k = 0, done = 0; !done; k++) {
		struct arena *a = arena_new((size_t)64 << 20);

		assert_true(k < 1000);
		e = (struct err){ 0 };
		allocations_left = k;
		done = index_sure(q.ix, &usual, a, &s, &e);
		allocations_left = -1;
		assert_true(done || e.kind == ERR_NOMEM);
		arena_free(a);
	}
	for (long k = 0; k < 4; k++) {
		allocations_left = k;
		b = (struct buf)BUF_INIT(1 << 20);
		index_write_set(&q.set, &b);
		allocations_left = -1;
		assert_null(buf_cstr(&b));
		buf_free(&b);
	}
	indexed_close(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_model_is_the_exact_arithmetic_in_doubles),
		cmocka_unit_test(an_error_moves_the_measure_not_the_points),
		cmocka_unit_test(items_are_rounded_in_the_model_too),
		cmocka_unit_test(weights_move_shares_and_keep_the_maximum),
		cmocka_unit_test(weights_of_groups_move_the_measure),
		cmocka_unit_test(a_condition_holds_in_the_model_as_it_does),
		cmocka_unit_test(the_same_seed_gives_the_same_bytes),
		cmocka_unit_test(the_order_of_units_changes_no_draw),
		cmocka_unit_test(a_simulated_spread_is_that_of_the_errors),
		cmocka_unit_test(factors_are_fields_criteria_groups_and_errors),
		cmocka_unit_test(ranks_that_nothing_moves_have_no_sensitivity),
		cmocka_unit_test(
			a_set_without_a_complete_unit_gives_an_empty_sheet),
		cmocka_unit_test(asking_out_of_bounds_is_refused),
		cmocka_unit_test(sizes_past_the_limits_are_refused),
		cmocka_unit_test(covariances_must_be_positive_definite),
		cmocka_unit_test(what_nothing_parts_is_even),
		cmocka_unit_test(a_half_is_rounded_away_from_nought),
		cmocka_unit_test(memory_that_ends_is_said),
		cmocka_unit_test(allocations_that_fail_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
