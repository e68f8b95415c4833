/* Q06: who is far from the others of his unit and form, against R. */
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/agent_means.h"

#define GOLDEN "tests/data/golden/agent_means.csv"
enum { ROWS = 32, COLUMNS = 13 };

struct golden {
	struct agent_mean given[ROWS];
	double want[ROWS][COLUMNS];
	size_t n;
};

/* form,home,agent,n,mean,variance,n_others,mean_others,t,df,p,effect,p_holm */
static void read_golden(struct golden *g)
{
	FILE *f = fopen(GOLDEN, "r");
	char line[512];

	assert_non_null(f);
	g->n = 0;
	while (fgets(line, sizeof line, f)) {
		double *v = g->want[g->n];
		char *at = line;

		if (*line == '#' || *line == 'f')
			continue;
		assert_true(g->n < ROWS);
		for (size_t c = 0; c < COLUMNS; c++) {
			v[c] = strncmp(at, "NA", 2) == 0 ? (double)NAN
							 : strtod(at, NULL);
			at = strchr(at, c + 1 < COLUMNS ? ',' : '\n');
			assert_non_null(at);
			at++;
		}
		g->given[g->n++] = (struct agent_mean){ .form = (int32_t)v[0],
							.home = (int32_t)v[1],
							.agent = (int32_t)v[2],
							.n = v[3],
							.mean = v[4],
							.variance = v[5] };
	}
	(void)fclose(f);
	assert_int_equal(g->n, 10);
}

static void near_or_none(double got, double want, double rel)
{
	if (isnan(want))
		assert_true(isnan(got));
	else
		assert_near(got, want, rel);
}

static void every_figure_is_that_of_r(void **state)
{
	double work[2 * ROWS];
	struct err e = { 0 };
	struct golden g;
	size_t tested;

	(void)state;
	read_golden(&g);
	assert_true(agent_means_test(g.given, g.n, 10, work, &tested, &e));
	assert_int_equal(tested, 8);
	for (size_t i = 0; i < g.n; i++) {
		const struct agent_mean *m = &g.given[i];
		const double *w = g.want[i];

		near_or_none(m->n_others, w[6], 1e-15);
		near_or_none(m->mean_others, w[7], 1e-12);
		near_or_none(m->t, w[8], 1e-10);
		near_or_none(m->df, w[9], 1e-10);
		near_or_none(m->p, w[10], 1e-8);
		near_or_none(m->effect, w[11], 1e-10);
		near_or_none(m->p_holm, w[12], 1e-8);
	}
}

static void few_or_alone_or_constant_is_not_tested(void **state)
{
	struct agent_mean m[] = {
		/* nobody else there */
		{ .form = 1,
		  .home = 1,
		  .agent = 1,
		  .n = 100,
		  .mean = 9,
		  .variance = 1 },
		/* another form is another cell; nine are too few */
		{ .form = 2,
		  .home = 1,
		  .agent = 1,
		  .n = 9,
		  .mean = 90,
		  .variance = 1 },
		{ .form = 2,
		  .home = 1,
		  .agent = 2,
		  .n = 50,
		  .mean = 10,
		  .variance = 1 },
		/* two constants */
		{ .form = 2, .home = 2, .agent = 1, .n = 50, .mean = 90 },
		{ .form = 2, .home = 2, .agent = 2, .n = 50, .mean = 10 },
	};
	double work[10];
	struct err e = { 0 };
	size_t tested;

	(void)state;
	assert_true(agent_means_test(m, 5, 10, work, &tested, &e));
	assert_int_equal(tested, 0);
	for (size_t i = 0; i < 5; i++) {
		assert_true(isnan(m[i].p) && isnan(m[i].p_holm));
		assert_false(agent_mean_is_far(&m[i], 1, 0));
	}
	assert_true(isnan(m[0].mean_others));
	assert_true(agent_means_test(m, 0, 10, work, &tested, &e));
	/* a least of one leaves nothing to divide by */
	m[1].n = 1;
	assert_true(agent_means_test(m, 5, 1, work, &tested, &e));
	assert_int_equal(tested, 0);
}

static void far_is_both_sure_and_much(void **state)
{
	struct agent_mean m = { .p_holm = 0.001, .effect = -0.6 };

	(void)state;
	assert_true(agent_mean_is_far(&m, 0.01, 0.5));
	assert_false(agent_mean_is_far(&m, 0.001, 0.5));
	assert_false(agent_mean_is_far(&m, 0.01, 0.7));
}

/* Twenty agents who differ by nothing but chance, a thousand times: Holm keeps
 * the share of waves with anybody accused near its level. */
static double uniform(uint64_t *s)
{
	*s = *s * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(*s >> 11) / 9007199254740992.0;
}

static void chance_accuses_nobody_more_often_than_stated(void **state)
{
	enum { AGENTS = 20, SHEETS = 15, WAVES = 1000 };
	double work[2 * AGENTS];
	uint64_t seed = 6;
	int accused = 0;

	(void)state;
	for (int w = 0; w < WAVES; w++) {
		struct agent_mean m[AGENTS];
		struct err e = { 0 };
		size_t tested;
		bool any = false;

		for (int a = 0; a < AGENTS; a++) {
			double sum = 0, square = 0;

			for (int i = 0; i < SHEETS; i++) {
				double y = uniform(&seed);

				sum += y;
				square += y * y;
			}
			m[a] = (struct agent_mean){
				.form = 1,
				.home = 1,
				.agent = a,
				.n = SHEETS,
				.mean = sum / SHEETS,
				.variance = (square - sum * sum / SHEETS) /
					    (SHEETS - 1)
			};
		}
		assert_true(agent_means_test(m, AGENTS, 10, work, &tested, &e));
		assert_int_equal(tested, AGENTS);
		for (int a = 0; a < AGENTS; a++)
			any = any || agent_mean_is_far(&m[a], 0.05, 0);
		accused += any;
	}
	/* 50 expected at most; 5 standard deviations above is 84 */
	assert_true(accused <= 84);
	assert_true(accused > 0);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(every_figure_is_that_of_r),
		cmocka_unit_test(few_or_alone_or_constant_is_not_tested),
		cmocka_unit_test(far_is_both_sure_and_much),
		cmocka_unit_test(chance_accuses_nobody_more_often_than_stated),
	};

	return cmocka_run_group_tests_name("agent means", t, NULL, NULL);
}
