#include "phieu/taylor.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "support/table.h"
#include "support/test.h"

/* ---- a design read from rows ----------------------------------------- */

struct design {
	struct test_table t;
	size_t *person, *stratum; /* [row]; stratum of the person */
	size_t *stratum_of;	  /* [person] */
	size_t n_persons, n_strata;
	struct taylor_stratum *strata;
	size_t weight;
};

static size_t number_of(const struct test_table *t, size_t column, size_t row,
			size_t *first, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(test_cell(t, first[i], column),
			   test_cell(t, row, column)) == 0)
			return i;
	first[*n] = row;
	return (*n)++;
}

/* `person` NULL: every row is a sampling unit. */
static struct design design_read(const char *file, const char *person,
				 const char *stratum, const char *weight,
				 const char *population)
{
	struct design d = { .t = test_table_read(file) };
	size_t rows = d.t.rows;
	size_t *first = calloc(rows, sizeof *first);
	size_t *head = calloc(rows, sizeof *head);

	d.person = calloc(rows, sizeof *d.person);
	d.stratum = calloc(rows, sizeof *d.stratum);
	d.stratum_of = calloc(rows, sizeof *d.stratum_of);
	d.strata = calloc(rows, sizeof *d.strata);
	d.weight = test_column(&d.t, weight);
	for (size_t i = 0; i < rows; i++) {
		size_t before = d.n_persons, h;

		h = number_of(&d.t, test_column(&d.t, stratum), i, head,
			      &d.n_strata);
		if (person == NULL)
			d.person[i] = d.n_persons++;
		else
			d.person[i] = number_of(&d.t, test_column(&d.t, person),
						i, first, &d.n_persons);
		d.stratum[i] = h;
		d.strata[h].population =
			population == NULL
				? -1
				: (int64_t)test_number(&d.t, i,
						       test_column(&d.t,
								   population));
		if (d.n_persons > before) {
			d.stratum_of[d.person[i]] = h;
			d.strata[h].n++;
		}
	}
	free(first);
	free(head);
	return d;
}

static void design_free(struct design *d)
{
	test_table_free(&d->t);
	free(d->person);
	free(d->stratum);
	free(d->stratum_of);
	free(d->strata);
}

static bool in_domain(const struct design *d, size_t row, const cJSON *filter)
{
	const cJSON *f;

	cJSON_ArrayForEach(f, filter)
	{
		const char *want = f->valuestring;

		if (strcmp(f->string, "unit_starts_with") == 0) {
			const char *unit =
				test_cell(&d->t, row,
					  test_column(&d->t, "unit"));

			if (strncmp(unit, want, strlen(want)) != 0)
				return false;
			continue;
		}
		if (strcmp(test_cell(&d->t, row, test_column(&d->t, f->string)),
			   want) != 0)
			return false;
	}
	return true;
}

/* Scores of persons, doubles to integers, to the engine. */
static double feed(struct taylor *t, const struct design *d, const double *z,
		   const uint8_t *in)
{
	size_t p = t->p;
	double most = 0, scale;
	int64_t *q = calloc(p, sizeof *q);
	int exponent;

	for (size_t i = 0; i < d->n_persons * p; i++)
		most = fmax(most, fabs(z[i]));
	frexp(most, &exponent);
	scale = ldexp(1, exponent - 49);
	for (size_t i = 0; i < d->n_persons; i++) {
		bool any = false;

		for (size_t j = 0; j < p; j++) {
			q[j] = llrint(z[i * p + j] / scale);
			any = any || in[i * p + j] != 0;
		}
		if (any)
			taylor_add(t, d->stratum_of[i], q, in + i * p);
	}
	free(q);
	return scale;
}

static void close_enough(const char *id, const char *what, double got,
			 double want, double tol)
{
	if (!(fabs(got - want) <=
	      tol * fmax(fmax(fabs(got), fabs(want)), 1e-6)))
		fail_msg("%s: %s = %.17g, want %.17g", id, what, got, want);
}

static double number(const cJSON *object, const char *key)
{
	const cJSON *v = json_get(object, key);

	assert_true(cJSON_IsNumber(v));
	return v->valuedouble;
}

static enum taylor_lonely rule_of(const char *name)
{
	if (name == NULL)
		return TAYLOR_FAIL; /* nothing lonely may occur */
	if (strcmp(name, "remove") == 0)
		return TAYLOR_REMOVE;
	if (strcmp(name, "adjust") == 0)
		return TAYLOR_ADJUST;
	assert_string_equal(name, "average");
	return TAYLOR_AVERAGE;
}

/* A ratio num/den (den NULL: a mean; total: of num), over a domain. */
struct estimate {
	double est, var;
	struct taylor_result r;
};

static struct estimate estimate(const struct design *d, const cJSON *filter,
				const char *num, const char *den, bool total,
				enum taylor_lonely rule)
{
	size_t y = test_column(&d->t, num);
	size_t x = den == NULL ? 0 : test_column(&d->t, den);
	double *z = calloc(d->n_persons, sizeof *z), a = 0, b = 0, scale;
	uint8_t *in = calloc(d->n_persons, sizeof *in);
	struct estimate out;
	struct taylor t;
	struct err e = { 0 };

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < d->t.rows; i++) {
			double yi = test_number(&d->t, i, y);
			double xi = den == NULL ? 1 : test_number(&d->t, i, x);
			double w = test_number(&d->t, i, d->weight);

			if (isnan(yi) || isnan(xi) || !in_domain(d, i, filter))
				continue;
			if (pass == 0) {
				a += w * yi;
				b += w * xi;
				continue;
			}
			z[d->person[i]] +=
				total ? w * yi : w * (yi - a / b * xi) / b;
			in[d->person[i]] = 1;
		}
	}
	out.est = total ? a : a / b;
	assert_true(taylor_init(&t, d->n_strata, 1, false, &e));
	scale = feed(&t, d, z, in);
	assert_true(
		taylor_cov(&t, d->strata, rule, scale, &out.var, &out.r, &e));
	taylor_clear(&t);
	free(z);
	free(in);
	return out;
}

static void check_estimate(const cJSON *c, const struct estimate *got)
{
	const cJSON *want = json_get(c, "expected");
	const char *id = json_get_text(c, "id");
	double tol = number(c, "rel_tol"), q;

	assert_true(got->r.defined);
	close_enough(id, "est", got->est, number(want, "est"), tol);
	close_enough(id, "se", sqrt(got->var), number(want, "se"), tol);
	assert_int_equal(got->r.df, (int64_t)number(want, "df_domain"));
	q = student_quantile(0.95, (double)got->r.df) * sqrt(got->var);
	close_enough(id, "ci_l", got->est - q, number(want, "ci_l"), tol);
	close_enough(id, "ci_u", got->est + q, number(want, "ci_u"), tol);
}

static void means_of_the_province_agree_with_the_oracle(void **s)
{
	static const char file[] = "tests/data/oracle/prov_w1.csv";
	struct design coll =
		design_read(file, "person_id", "stratum_c", "w_nr", "N_c");
	struct design fine =
		design_read(file, "person_id", "stratum", "w_nr", "N_h");
	struct design wr =
		design_read(file, "person_id", "stratum_c", "w_nr", NULL);
	cJSON *j = test_json_read("tests/data/oracle/prov_mean.json");
	const cJSON *c, *cases = json_get(j, "cases");
	int n = 0, lonely = 0;

	(void)s;
	cJSON_ArrayForEach(c, cases)
	{
		const char *name = json_get_text(c, "design");
		const struct design *d = strcmp(name, "P_coll") == 0   ? &coll
					 : strcmp(name, "P_fine") == 0 ? &fine
								       : &wr;
		struct estimate got =
			estimate(d, json_get(c, "filter"),
				 json_get_text(c, "var"), NULL, false,
				 rule_of(json_get_text(c, "lonely_psu")));

		check_estimate(c, &got);
		lonely += got.r.lonely > 0;
		n++;
	}
	assert_int_equal(n, 318);
	assert_true(lonely >= 6);
	/* the fine strata under `fail`: no variance, said so */
	assert_false(
		estimate(&fine, NULL, "R", NULL, false, TAYLOR_FAIL).r.defined);
	cJSON_Delete(j);
	design_free(&coll);
	design_free(&fine);
	design_free(&wr);
}

static void means_totals_and_ratios_of_apistrat_agree(void **s)
{
	struct design d = design_read("tests/data/oracle/apistrat.csv", NULL,
				      "stype", "pw", "fpc");
	cJSON *j = test_json_read("tests/data/oracle/real_apistrat.json");
	const cJSON *c, *cases = json_get(j, "cases");
	int n = 0;

	(void)s;
	cJSON_ArrayForEach(c, cases)
	{
		const char *stat = json_get_text(c, "stat");
		bool ratio = stat != NULL && strcmp(stat, "ratio") == 0;
		bool total = stat != NULL && strcmp(stat, "total") == 0;
		struct estimate got;

		if (stat == NULL ||
		    (!ratio && !total && strcmp(stat, "mean") != 0))
			continue;
		got = estimate(&d, json_get(c, "filter"),
			       json_get_text(c, ratio ? "num" : "var"),
			       ratio ? json_get_text(c, "den") : NULL, total,
			       TAYLOR_FAIL);
		check_estimate(c, &got);
		n++;
	}
	assert_int_equal(n, 18);
	cJSON_Delete(j);
	design_free(&d);
}

/* Adds a_g * mean of group g in `unit` to column j of the scores. */
static double group_share_score(const struct design *d, const cJSON *share,
				const char *unit, const char *var, size_t p,
				size_t j, double *z, uint8_t *in)
{
	size_t y = test_column(&d->t, var), u = test_column(&d->t, "unit"),
	       g = test_column(&d->t, "group");
	double est = 0;
	const cJSON *a;

	cJSON_ArrayForEach(a, share)
	{
		double sy = 0, sw = 0;

		for (int pass = 0; pass < 2; pass++) {
			for (size_t i = 0; i < d->t.rows; i++) {
				double yi = test_number(&d->t, i, y);
				double w = test_number(&d->t, i, d->weight);

				if (isnan(yi) ||
				    strcmp(test_cell(&d->t, i, u), unit) != 0 ||
				    strcmp(test_cell(&d->t, i, g), a->string) !=
					    0)
					continue;
				if (pass == 0) {
					sy += w * yi;
					sw += w;
					continue;
				}
				z[d->person[i] * p + j] += a->valuedouble * w *
							   (yi - sy / sw) / sw;
				in[d->person[i] * p + j] = 1;
			}
		}
		est += a->valuedouble * sy / sw;
	}
	return est;
}

static const cJSON *share_of(const cJSON *cases, const char *unit)
{
	const cJSON *c;

	cJSON_ArrayForEach(c, cases)
	{
		const char *u = json_get_text(c, "unit");

		if (u != NULL && strcmp(u, unit) == 0)
			return json_get(c, "group_share");
	}
	fail_msg("no shares of %s", unit);
	return NULL;
}

static void check_unit_score(const struct design *d, const cJSON *c)
{
	double *z = calloc(d->n_persons, sizeof *z), var, scale, est;
	uint8_t *in = calloc(d->n_persons, sizeof *in);
	const cJSON *want = json_get(c, "expected");
	struct taylor_result r;
	struct taylor t;
	struct err e = { 0 };

	est = group_share_score(d, json_get(c, "group_share"),
				json_get_text(c, "unit"),
				json_get_text(c, "var"), 1, 0, z, in);
	assert_true(taylor_init(&t, d->n_strata, 1, false, &e));
	scale = feed(&t, d, z, in);
	assert_true(
		taylor_cov(&t, d->strata, TAYLOR_FAIL, scale, &var, &r, &e));
	close_enough(json_get_text(c, "id"), "est", est, number(want, "est"),
		     1e-8);
	close_enough(json_get_text(c, "id"), "se", sqrt(var),
		     number(want, "se"), 1e-8);
	taylor_clear(&t);
	free(z);
	free(in);
}

static void check_unit_cov(const struct design *d, const cJSON *c,
			   const cJSON *cases)
{
	const cJSON *units = json_get(c, "units");
	const cJSON *want = json_get(json_get(c, "expected"), "cov");
	size_t p = (size_t)cJSON_GetArraySize(units);
	double *z = calloc(d->n_persons * p, sizeof *z), scale;
	uint8_t *in = calloc(d->n_persons * p, sizeof *in);
	double *cov = calloc(p * p, sizeof *cov);
	struct taylor_result *r = calloc(p, sizeof *r);
	struct taylor t;
	struct err e = { 0 };

	for (size_t j = 0; j < p; j++) {
		const char *unit =
			cJSON_GetArrayItem(units, (int)j)->valuestring;

		group_share_score(d, share_of(cases, unit), unit,
				  json_get_text(c, "var"), p, j, z, in);
	}
	assert_true(taylor_init(&t, d->n_strata, p, true, &e));
	scale = feed(&t, d, z, in);
	assert_true(taylor_cov(&t, d->strata, TAYLOR_FAIL, scale, cov, r, &e));
	for (size_t j = 0; j < p; j++)
		for (size_t k = 0; k < p; k++)
			close_enough(json_get_text(c, "id"), "cov",
				     cov[j * p + k],
				     cJSON_GetArrayItem(
					     cJSON_GetArrayItem(want, (int)j),
					     (int)k)
					     ->valuedouble,
				     1e-8);
	taylor_clear(&t);
	free(z);
	free(in);
	free(cov);
	free(r);
}

static void unit_scores_and_their_covariances_agree(void **s)
{
	struct design d = design_read("tests/data/oracle/prov_w1.csv",
				      "person_id", "stratum_c", "w_nr", "N_c");
	cJSON *j = test_json_read("tests/data/oracle/prov_unit_score.json");
	const cJSON *c, *cases = json_get(j, "cases");
	int scores = 0, covs = 0;

	(void)s;
	cJSON_ArrayForEach(c, cases)
	{
		if (json_get(c, "unit") != NULL) {
			check_unit_score(&d, c);
			scores++;
		} else {
			check_unit_cov(&d, c, cases);
			covs++;
		}
	}
	assert_int_equal(scores, 252);
	assert_int_equal(covs, 2);
	cJSON_Delete(j);
	design_free(&d);
}

/* ---- rules on small numbers ------------------------------------------ */

struct row {
	size_t stratum;
	int64_t z;
};

static double variance(const struct taylor_stratum *strata, size_t n_strata,
		       const struct row *rows, size_t n,
		       enum taylor_lonely rule, struct taylor_result *r)
{
	struct taylor t;
	struct err e = { 0 };
	double v;

	assert_true(taylor_init(&t, n_strata, 1, false, &e));
	for (size_t i = 0; i < n; i++)
		taylor_add(&t, rows[i].stratum, &rows[i].z, NULL);
	assert_true(taylor_cov(&t, strata, rule, 0.5, &v, r, &e));
	taylor_clear(&t);
	return v;
}

static void lonely_strata_follow_the_rule(void **s)
{
	/* stratum 0: n 3 of 10; 1: lonely, 1 of 5; 2: whole, 2 of 2;
	 * 3: lonely but untouched; scores are halves (scale 0.5) */
	static const struct taylor_stratum h[] = {
		{ 3, 10, 7 }, { 1, 5, 8 }, { 2, 2, 7 }, { 1, -1, 9 }
	};
	static const struct row rows[] = { { 0, 2 }, { 0, 4 }, { 0, 6 },
					   { 1, 6 }, { 2, 8 }, { 2, 4 } };
	/* (1 - .3) * 3/2 * sum (z - 2)^2 with z 1, 2, 3 */
	const double plain = 0.7 * 1.5 * 2;
	struct taylor_result r;
	double v;

	(void)s;
	v = variance(h, 4, rows, 6, TAYLOR_CERTAINTY, &r);
	assert_near(v, plain, 1e-14);
	assert_true(r.defined);
	assert_int_equal(r.lonely, 1);
	assert_int_equal(r.df_units, 6);
	assert_int_equal(r.df_strata, 3);
	assert_int_equal(r.df, 3);
	v = variance(h, 4, rows, 6, TAYLOR_REMOVE, &r);
	assert_near(v, plain, 1e-14);
	assert_int_equal(r.df_units, 5);
	assert_int_equal(r.df_strata, 2);
	assert_int_equal(r.df, 3);
	v = variance(h, 4, rows, 6, TAYLOR_ADJUST, &r);
	assert_near(v, plain + 0.8 * 9, 1e-14);
	v = variance(h, 4, rows, 6, TAYLOR_AVERAGE, &r);
	assert_near(v, plain * 3 / 2, 1e-14);
	v = variance(h, 4, rows, 6, TAYLOR_FAIL, &r);
	assert_true(isnan(v));
	assert_false(r.defined);
	/* no partner of key 8: as adjust */
	v = variance(h, 4, rows, 6, TAYLOR_COLLAPSE, &r);
	assert_near(v, plain + 0.8 * 9, 1e-14);
	/* nothing but lonely strata: no average */
	v = variance(h + 1, 1, (struct row[]){ { 0, 6 } }, 1, TAYLOR_AVERAGE,
		     &r);
	assert_true(isnan(v));
	assert_int_equal(r.df, 0);
	/* without the lonely one the rules agree */
	v = variance(h, 4, rows, 3, TAYLOR_AVERAGE, &r);
	assert_near(v, plain, 1e-14);
	assert_near(variance(h, 4, rows, 3, TAYLOR_FAIL, &r), v, 1e-15);
}

static double by_hand(double n, double population, const double *z, size_t m)
{
	double mean = 0, ss = 0;

	for (size_t i = 0; i < m; i++)
		mean += z[i] / n;
	for (size_t i = 0; i < m; i++)
		ss += (z[i] - mean) * (z[i] - mean);
	ss += (n - (double)m) * mean * mean;
	return (population > 0 ? 1 - n / population : 1) * n / (n - 1) * ss;
}

static void lonely_strata_are_joined_with_their_neighbours(void **s)
{
	/* key 1: 0 lonely, 2 lonely, 4 n 3; key 2: 1 n 2, 3 lonely (last) */
	static const struct taylor_stratum h[] = { { 1, 4, 1 },	 { 2, -1, 2 },
						   { 1, 6, 1 },	 { 1, 9, 2 },
						   { 3, 12, 1 }, { 0, 3, 1 },
						   { 1, 1, 2 } };
	static const struct row rows[] = { { 0, 2 }, { 1, 4 },	{ 1, 10 },
					   { 2, 6 }, { 3, 12 }, { 4, 8 } };
	struct taylor_result r;
	double want = by_hand(2, 10, (double[]){ 1, 3 }, 2) +	/* 0 + 2 */
		      by_hand(3, 12, (double[]){ 4 }, 1) +	/* 4, two of
								 * them zeros */
		      by_hand(3, -1, (double[]){ 2, 5, 6 }, 3); /* 1 + 3 */

	(void)s;
	assert_near(variance(h, 7, rows, 6, TAYLOR_COLLAPSE, &r), want, 1e-13);
	assert_int_equal(r.lonely, 0);
	assert_int_equal(r.df_units, 6);
	assert_int_equal(r.df_strata, 3);
}

static void units_out_of_the_domain_count_as_zeros(void **s)
{
	static const struct taylor_stratum h[] = { { 5, 20, 0 } };
	static const struct row rows[] = { { 0, 6 }, { 0, 2 } };
	struct taylor_result r;
	double v = variance(h, 1, rows, 2, TAYLOR_FAIL, &r);

	(void)s;
	assert_near(v, by_hand(5, 20, (double[]){ 3, 1 }, 2), 1e-14);
	assert_int_equal(r.df, 1);
}

static void the_largest_scores_do_not_overflow(void **s)
{
	static const struct taylor_stratum h[] = { { 200000, -1, 0 } };
	int64_t z[2] = { (INT64_C(1) << 50) - 1, -(INT64_C(1) << 50) + 1 };
	struct taylor_result r[2];
	struct taylor t;
	struct err e = { 0 };
	double cov[4], big = ldexp(1, 100) * 200000 * 200000 / 199999;

	(void)s;
	assert_true(taylor_init(&t, 1, 2, true, &e));
	for (int i = 0; i < 200000; i++) {
		int64_t flip[2] = { i % 2 ? z[0] : z[1], i % 2 ? z[1] : z[0] };

		taylor_add(&t, 0, flip, NULL);
	}
	assert_true(taylor_cov(&t, h, TAYLOR_FAIL, 1, cov, r, &e));
	assert_near(cov[0], big, 1e-12);
	assert_near(cov[3], big, 1e-12);
	assert_near(cov[1], -big, 1e-12);
	assert_true(cov[1] == cov[2]);
	taylor_clear(&t);
}

static void the_order_of_rows_changes_no_bit(void **s)
{
	static const struct taylor_stratum h[] = { { 400, 1000, 0 },
						   { 500, -1, 0 },
						   { 101, 150, 0 } };
	enum { ROWS = 1000 };
	struct row rows[ROWS];
	uint64_t seed = 88172645463325252u;
	struct taylor_result r;
	double first;

	(void)s;
	for (size_t i = 0; i < ROWS; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		rows[i].stratum = i % 10 == 9 ? 2 : i % 2;
		rows[i].z = (int64_t)(seed >> 15) - (INT64_C(1) << 48);
	}
	first = variance(h, 3, rows, ROWS, TAYLOR_FAIL, &r);
	assert_true(first > 0);
	for (int round = 0; round < 20; round++) {
		double again;

		for (size_t i = ROWS; i-- > 1;) {
			struct row t = rows[i];
			size_t k;

			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			k = seed % (i + 1);
			rows[i] = rows[k];
			rows[k] = t;
		}
		again = variance(h, 3, rows, ROWS, TAYLOR_FAIL, &r);
		assert_memory_equal(&again, &first, sizeof first);
	}
}

static void quantiles_of_t_are_good_to_ten_digits(void **s)
{
	static const double df[] = { 1, 2, 3, 7, 11, 30, 50, 197, 701, 1e5 };
	static const double level[] = { 0.5, 0.9, 0.95, 0.99, 0.999 };

	(void)s;
	assert_near(student_quantile(0.95, 1), 12.706204736174698, 1e-10);
	assert_near(student_quantile(0.95, 2), 4.3026527297494637, 1e-10);
	assert_near(student_quantile(0.95, 10), 2.2281388519649385, 1e-10);
	assert_near(student_quantile(0.95, 50), 2.0085591121007611, 1e-10);
	for (size_t i = 0; i < sizeof df / sizeof *df; i++)
		for (size_t j = 0; j < sizeof level / sizeof *level; j++)
			assert_near(
				2 * gsl_cdf_tdist_Q(student_quantile(level[j],
								     df[i]),
						    df[i]),
				1 - level[j], 1e-10);
	assert_true(isnan(student_quantile(0.95, 0)));
	assert_true(isnan(student_quantile(0.95, -3)));
	assert_true(isnan(student_quantile(0.95, NAN)));
	assert_true(isnan(student_quantile(1, 5)));
	assert_true(isnan(student_quantile(0, 5)));
}

static void sizes_past_the_cap_are_refused(void **s)
{
	struct err e = { 0 };
	struct taylor t;

	(void)s;
	assert_false(taylor_init(&t, 0, 1, false, &e));
	assert_int_equal(e.kind, ERR_MATH);
	e = (struct err){ 0 };
	assert_false(taylor_init(&t, 1, 0, false, &e));
	assert_false(taylor_init(&t, 1, 100001, false, &e));
	e = (struct err){ 0 };
	assert_false(taylor_init(&t, (size_t)1 << 27, 2, false, &e));
	assert_int_equal(e.kind, ERR_MATH);
	taylor_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means_of_the_province_agree_with_the_oracle),
		cmocka_unit_test(means_totals_and_ratios_of_apistrat_agree),
		cmocka_unit_test(unit_scores_and_their_covariances_agree),
		cmocka_unit_test(lonely_strata_follow_the_rule),
		cmocka_unit_test(
			lonely_strata_are_joined_with_their_neighbours),
		cmocka_unit_test(units_out_of_the_domain_count_as_zeros),
		cmocka_unit_test(the_largest_scores_do_not_overflow),
		cmocka_unit_test(the_order_of_rows_changes_no_bit),
		cmocka_unit_test(quantiles_of_t_are_good_to_ten_digits),
		cmocka_unit_test(sizes_past_the_cap_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
