/* Ranks of the index on draws, under other sums and weights, and sensitivities,
 * against R. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/index_sure.h"
#include "phieu/json.h"
#include "phieu/reliability.h"
#include "support/oracle.h"
#include "support/table.h"
#include "support/test.h"

/* ---- stored draws ------------------------------------------------------ */

/* A table of numbers, columns from `first` on; malloc. */
static double *matrix(const char *path, size_t first, size_t *rows,
		      size_t *columns)
{
	struct test_table t = test_table_read(path);
	double *x;

	*rows = t.rows;
	*columns = t.columns - first;
	x = malloc(t.rows * *columns * sizeof *x);
	for (size_t i = 0; i < t.rows; i++)
		for (size_t j = 0; j < *columns; j++)
			x[i * *columns + j] = test_number(&t, i, first + j);
	test_table_free(&t);
	return x;
}

static double *numbers_of(const struct oracle *o, const char *field, size_t n)
{
	const cJSON *list = oracle_field(o, field), *row, *one;
	double *x = malloc(n * sizeof *x);
	size_t i = 0;

	cJSON_ArrayForEach(row, list)
	{
		if (cJSON_IsNumber(row))
			x[i++] = row->valuedouble;
		cJSON_ArrayForEach(one, row) x[i++] = one->valuedouble;
	}
	assert_int_equal(i, n);
	return x;
}

static void want_at(struct oracle *o, const char *part, const char *field,
		    size_t i, double got)
{
	char at[100];

	(void)snprintf(at, sizeof at, "%s%s[%zu]", part, field, i);
	oracle_want(o, at, got);
}

static void want_cloud(struct oracle *o, const char *part, const double *x,
		       size_t n, size_t draws)
{
	static const double from[] = { 95, 85, 75, 70 };
	const double *limits[32];
	size_t n_from[32];
	struct index_cloud c[32];
	struct index_cloud_in in = { .n = n,
				     .draws = draws,
				     .x = x,
				     .from = limits,
				     .n_from = n_from,
				     .digits = 2,
				     .level = 0.9 };
	struct arena *a = arena_new(1 << 22);
	struct err e = { 0 };
	char at[100];

	assert_true(n <= 32);
	for (size_t i = 0; i < n; i++) {
		limits[i] = from;
		n_from[i] = 4;
	}
	assert_true(index_cloud(&in, a, c, &e));
	for (size_t i = 0; i < n; i++) {
		want_at(o, part, "mean_score", i, c[i].mean);
		want_at(o, part, "sd_score", i, c[i].sd);
		want_at(o, part, "mean_rank", i, c[i].mean_rank);
		want_at(o, part, "rank_q05", i, c[i].low);
		want_at(o, part, "rank_q50", i, c[i].mid);
		want_at(o, part, "rank_q95", i, c[i].high);
		want_at(o, part, "n_top3", i, (double)c[i].top3);
		for (size_t r = 0; r < n; r++) {
			(void)snprintf(at, sizeof at, "%sn_rank[%zu]", part, i);
			want_at(o, at, "", r, (double)c[i].n_rank[r]);
		}
		for (size_t g = 0; g < 5; g++) {
			(void)snprintf(at, sizeof at, "%sn_grade[%zu]", part,
				       i);
			want_at(o, at, "", g, (double)c[i].n_grade[g]);
		}
	}
	arena_free(a);
}

static void check_draws(struct oracle *o, const cJSON *one)
{
	size_t draws, n;
	char path[100];
	double *z, *x, *mu, *v, *sd, *p;
	struct err e = { 0 };

	(void)snprintf(path, sizeof path, "tests/data/oracle/%s",
		       strchr(json_get_text(one, "z_csv"), '/') + 1);
	z = matrix(path, 0, &draws, &n);
	mu = numbers_of(o, "mu", n);
	v = numbers_of(o, "V", n * n);
	sd = malloc(n * sizeof *sd);
	x = malloc(draws * n * sizeof *x);
	p = malloc(n * n * sizeof *p);
	for (size_t i = 0; i < n; i++)
		sd[i] = sqrt(v[i * n + i]);
	assert_true(index_draw(n, mu, v, NULL, z, draws, x, &e));
	want_cloud(o, "correlated.", x, n, draws);
	assert_true(index_draw(n, mu, NULL, sd, z, draws, x, &e));
	want_cloud(o, "independent.", x, n, draws);
	index_superior(n, mu, v, true, p);
	oracle_want_matrix(o, "p_superior_correlated", p, n, n);
	index_superior(n, mu, v, false, p);
	oracle_want_matrix(o, "p_superior_independent", p, n, n);
	free(z);
	free(x);
	free(mu);
	free(v);
	free(sd);
	free(p);
}

static void ranks_on_stored_draws_are_those_of_R(void **state)
{
	struct oracle o;

	(void)state;
	oracle_open(&o, "comp");
	for (const cJSON *at = oracle_next(&o, NULL); at;
	     at = oracle_next(&o, at)) {
		if (!oracle_is(&o, "mc."))
			continue;
		o.cases++;
		check_draws(&o, at);
	}
	assert_int_equal(o.cases, 2);
	oracle_close(&o);
}

/* ---- other ways to add up ---------------------------------------------- */

static const char field_pct[] = "tests/data/oracle/comp_field_pct.csv";

static void want_normal(struct oracle *o, const char *field,
			enum index_normal how, const double *x, size_t n,
			size_t k, double hi)
{
	double *out = malloc(n * k * sizeof *out);

	index_normalise(how, n, k, x, 0, hi, out);
	oracle_want_matrix(o, field, out, n, k);
	free(out);
}

static double cronbach(const double *x, size_t n, size_t k)
{
	double alpha, *cov = calloc(k * k, sizeof *cov);

	for (size_t p = 0; p < k; p++)
		for (size_t q = 0; q < k; q++) {
			double mp = 0, mq = 0, c = 0;

			for (size_t i = 0; i < n; i++) {
				mp += x[i * k + p] / (double)n;
				mq += x[i * k + q] / (double)n;
			}
			for (size_t i = 0; i < n; i++)
				c += (x[i * k + p] - mp) * (x[i * k + q] - mq) /
				     (double)(n - 1);
			cov[p * k + q] = c;
		}
	alpha = reliability_raw_alpha(k, cov);
	free(cov);
	return alpha;
}

static void want_correlations(struct oracle *o, const double *x, size_t n,
			      size_t k)
{
	double *r = malloc(k * k * sizeof *r);
	struct err e = { 0 };

	assert_true(index_correlate(INDEX_PEARSON, n, k, x, r, &e));
	oracle_want_matrix(o, "pearson", r, k, k);
	assert_true(index_correlate(INDEX_SPEARMAN, n, k, x, r, &e));
	oracle_want_matrix(o, "spearman", r, k, k);
	assert_true(index_correlate(INDEX_KENDALL, n, k, x, r, &e));
	oracle_want_matrix(o, "kendall_tau_b", r, k, k);
	oracle_want(o, "cronbach_fields", cronbach(x, n, k));
	free(r);
}

static void want_sums(struct oracle *o, const double *x, const double *w,
		      size_t n, size_t k)
{
	double *s = malloc(n * sizeof *s), *m = malloc(n * k * sizeof *m);

	index_aggregate(INDEX_ARITHMETIC, n, k, x, w, s);
	oracle_want_list(o, "amean_raw", s, n);
	index_aggregate(INDEX_GEOMETRIC, n, k, x, w, s);
	oracle_want_list(o, "gmean_raw", s, n);
	index_aggregate(INDEX_HARMONIC, n, k, x, w, s);
	oracle_want_list(o, "hmean_raw", s, n);
	index_normalise(INDEX_MINMAX, n, k, x, 1, 100, m);
	index_aggregate(INDEX_ARITHMETIC, n, k, m, w, s);
	oracle_want_list(o, "amean_minmax_1_100", s, n);
	index_aggregate(INDEX_GEOMETRIC, n, k, m, w, s);
	oracle_want_list(o, "gmean_minmax_1_100", s, n);
	index_copeland(n, k, x, w, s);
	oracle_want_list(o, "copeland", s, n);
	free(s);
	free(m);
}

static void other_ways_to_add_up_are_those_of_R(void **state)
{
	struct oracle o;
	size_t n, k;
	double *x = matrix(field_pct, 1, &n, &k);

	(void)state;
	oracle_open(&o, "comp");
	for (const cJSON *at = oracle_next(&o, NULL); at;
	     at = oracle_next(&o, at)) {
		double *w;

		if (strcmp(o.id, "methods") != 0)
			continue;
		o.cases++;
		w = numbers_of(&o, "weights", k);
		want_normal(&o, "minmax_0_100", INDEX_MINMAX, x, n, k, 100);
		want_normal(&o, "zscore", INDEX_ZSCORE, x, n, k, 0);
		want_normal(&o, "prank", INDEX_PERCENTILE, x, n, k, 0);
		want_normal(&o, "borda", INDEX_BORDA, x, n, k, 0);
		want_normal(&o, "frac_of_max", INDEX_FRACTION, x, n, k, 0);
		want_sums(&o, x, w, n, k);
		want_correlations(&o, x, n, k);
		free(w);
	}
	assert_int_equal(o.cases, 1);
	free(x);
	oracle_close(&o);
}

static double *field_weights(void)
{
	struct test_table t =
		test_table_read("tests/data/oracle/comp_criteria.csv");
	double *w = calloc(8, sizeof *w);

	for (size_t i = 0; i < t.rows; i++)
		w[(size_t)test_number(&t, i, test_column(&t, "field")) - 1] +=
			test_number(&t, i, test_column(&t, "max"));
	test_table_free(&t);
	return w;
}

static void want_noise(struct oracle *o, const double *x, size_t n,
		       size_t draws)
{
	const double *limits[32] = { 0 };
	size_t n_from[32] = { 0 };
	struct index_cloud c[32];
	struct index_cloud_in in = { .n = n,
				     .draws = draws,
				     .x = x,
				     .from = limits,
				     .n_from = n_from,
				     .digits = 2,
				     .level = 0.9 };
	struct arena *a = arena_new(1 << 22);
	struct err e = { 0 };

	assert_true(index_cloud(&in, a, c, &e));
	for (size_t i = 0; i < n; i++) {
		size_t low = 0, high = n - 1;

		while (c[i].n_rank[low] == 0)
			low++;
		while (c[i].n_rank[high] == 0)
			high--;
		want_at(o, "", "mean_rank", i, c[i].mean_rank);
		want_at(o, "", "min_rank", i, (double)low + 1);
		want_at(o, "", "max_rank", i, (double)high + 1);
		want_at(o, "", "q05", i, c[i].low);
		want_at(o, "", "q95", i, c[i].high);
	}
	arena_free(a);
}

static void ranks_under_other_weights_are_those_of_R(void **state)
{
	struct oracle o;
	size_t n, k, draws, columns, order[32], rank[32];
	double *x = matrix(field_pct, 1, &n, &k), *w = field_weights();
	double *u = matrix("tests/data/oracle/comp_weight_noise_u.csv", 0,
			   &draws, &columns);
	double *score = malloc(draws * n * sizeof *score), other[8];

	(void)state;
	oracle_open(&o, "comp");
	for (const cJSON *at = oracle_next(&o, NULL); at;
	     at = oracle_next(&o, at)) {
		if (strcmp(o.id, "weight_noise") != 0)
			continue;
		o.cases++;
		index_aggregate(INDEX_ARITHMETIC, n, k, x, w, score);
		index_rank_real(score, n, INDEX_SHARED, order, rank);
		for (size_t i = 0; i < n; i++)
			want_at(&o, "", "nominal_rank", i, (double)rank[i]);
		for (size_t d = 0; d < draws; d++) {
			for (size_t j = 0; j < k; j++)
				other[j] = w[j] *
					   (1 + 0.25 * (2 * u[d * k + j] - 1));
			index_aggregate(INDEX_ARITHMETIC, n, k, x, other,
					score + d * n);
		}
		want_noise(&o, score, n, draws);
	}
	assert_int_equal(o.cases, 1);
	free(x);
	free(w);
	free(u);
	free(score);
	oracle_close(&o);
}

/* ---- sensitivity ------------------------------------------------------- */

struct shifts {
	size_t n, k;
	double *x, *minmax, *fraction, *w;
	size_t nominal[32];
};

/* The model of the case: mean shift of ranks under another normalisation,
 * aggregation and weights. */
static double mean_shift(const struct shifts *m, const double *u)
{
	const double *x = u[1] < 0.5 ? m->minmax : m->fraction;
	double w[8], total = 0, score[32], sum = 0;
	size_t order[32], rank[32];

	for (size_t j = 0; j < m->k; j++)
		total += m->w[j];
	for (size_t j = 0; j < m->k; j++)
		w[j] = (1 - u[2]) * m->w[j] / total + u[2] / (double)m->k;
	index_aggregate(u[0] < 0.5 ? INDEX_ARITHMETIC : INDEX_GEOMETRIC, m->n,
			m->k, x, w, score);
	index_rank_real(score, m->n, INDEX_SHARED, order, rank);
	for (size_t i = 0; i < m->n; i++)
		sum += fabs((double)rank[i] - (double)m->nominal[i]);
	return sum / (double)m->n;
}

static void want_sobol(struct oracle *o, const struct shifts *m)
{
	size_t n, columns;
	double *u =
		matrix("tests/data/oracle/comp_sobol_u.csv", 0, &n, &columns);
	double *y = malloc(5 * n * sizeof *y), mixed[3];
	double variance, first[3], total[3];

	assert_int_equal(columns, 6);
	for (size_t r = 0; r < n; r++) {
		y[r] = mean_shift(m, u + r * 6);
		y[n + r] = mean_shift(m, u + r * 6 + 3);
		for (size_t i = 0; i < 3; i++) {
			for (size_t j = 0; j < 3; j++)
				mixed[j] = u[r * 6 + j + (j == i ? 3 : 0)];
			y[(2 + i) * n + r] = mean_shift(m, mixed);
		}
	}
	index_sobol(n, 3, y, y + n, y + 2 * n, &variance, first, total);
	oracle_want_list(o, "yA_first5", y, 5);
	oracle_want(o, "varY", variance);
	oracle_want_list(o, "Si", first, 3);
	oracle_want_list(o, "STi", total, 3);
	free(u);
	free(y);
}

static void sensitivities_are_those_of_R(void **state)
{
	struct oracle o;
	struct shifts m = { .w = field_weights() };
	double score[32];
	size_t order[32];

	(void)state;
	m.x = matrix(field_pct, 1, &m.n, &m.k);
	m.minmax = malloc(m.n * m.k * sizeof *m.minmax);
	m.fraction = malloc(m.n * m.k * sizeof *m.fraction);
	index_normalise(INDEX_MINMAX, m.n, m.k, m.x, 1, 100, m.minmax);
	index_normalise(INDEX_FRACTION, m.n, m.k, m.x, 0, 0, m.fraction);
	for (size_t i = 0; i < m.n * m.k; i++)
		m.fraction[i] *= 100;
	index_aggregate(INDEX_ARITHMETIC, m.n, m.k, m.x, m.w, score);
	index_rank_real(score, m.n, INDEX_SHARED, order, m.nominal);
	oracle_open(&o, "comp");
	for (const cJSON *at = oracle_next(&o, NULL); at;
	     at = oracle_next(&o, at)) {
		if (strcmp(o.id, "sobol") != 0)
			continue;
		o.cases++;
		want_sobol(&o, &m);
	}
	assert_int_equal(o.cases, 1);
	free(m.x);
	free(m.minmax);
	free(m.fraction);
	free(m.w);
	oracle_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranks_on_stored_draws_are_those_of_R),
		cmocka_unit_test(other_ways_to_add_up_are_those_of_R),
		cmocka_unit_test(ranks_under_other_weights_are_those_of_R),
		cmocka_unit_test(sensitivities_are_those_of_R),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
