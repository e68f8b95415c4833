/* Traps of survey statistics: where programs, textbooks and R itself lead to a
 * wrong or a surprising number.  One test each, named for its trap; the table
 * is in docs/ESTIMATE.md.  Golden values: tests/golden/traps.R. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/dec.h"
#include "phieu/estimate.h"
#include "phieu/exact.h"
#include "phieu/json.h"
#include "phieu/score.h"
#include "support/asked.h"
#include "support/spec.h"
#include "support/test.h"

#define UC                                                             \
	"{\"data\":\"sipas.csv\",\"design\":{\"strata\":\"strat_uc\"," \
	"\"clusters\":\"psu_uc\",\"weights\":\"w\"},"
#define MS2                                                               \
	"{\"data\":\"sipas.csv\",\"design\":{\"strata\":[\"vung\",null]," \
	"\"clusters\":[\"district\",\"commune\"],\"weights\":\"w\","      \
	"\"fpc\":[\"N_district\",\"M_commune\"]},"

/* Standard error of the only cell. */
static double se_of(const char *json)
{
	struct asked q;
	double se;

	ask(&q, json);
	assert_int_equal(q.out.n, 1);
	se = q.out.cell[0].r.se;
	asked_clear(&q);
	return se;
}

/* Filtering rows before the design is built changes n_h: units of a stratum
 * without rows in the domain count as zeros. */
static void trap_01_rows_filtered_before_the_design(void **state)
{
	static const char three[] =
		"{\"psu_uc\":[\"H02-X02\",\"H02-X03\",\"%s\"]},"
		"\"estimates\":[{\"stat\":\"mean\",\"of\":\"overall\"}]}";
	char json[600], *csv = test_spec_file("sipas.csv");
	char psu[8][16] = { { 0 } };
	size_t n = 0, len;
	double domain, subset;

	(void)state;
	/* the seventh commune of the file, the first of the second stratum */
	for (char *line = strchr(csv, '\n'); line && n < 7;
	     line = strchr(line + 1, '\n')) {
		char *at = line;

		for (int c = 0; at && c < 10; c++)
			at = strchr(at + 1, ',');
		if (!at)
			break;
		len = strcspn(at + 1, ",");
		assert_true(len < 16);
		if (n == 0 || strncmp(psu[n - 1], at + 1, len) != 0)
			memcpy(psu[n++], at + 1, len);
	}
	free(csv);
	assert_string_equal(psu[0], "H02-X02");
	assert_string_equal(psu[1], "H02-X03");
	len = (size_t)snprintf(json, sizeof json, UC "\"where\":");
	(void)snprintf(json + len, sizeof json - len, three, psu[6]);
	domain = se_of(json);
	assert_near(domain, 0.089122311527503911, 1e-8);
	len = (size_t)
		snprintf(json, sizeof json,
			 "{\"data\":\"sipas.csv\",\"design\":{\"strata\":"
			 "\"strat_uc\",\"clusters\":\"psu_uc\",\"weights\":"
			 "\"w\",\"lonely\":\"certainty\"},\"subset\":");
	(void)snprintf(json + len, sizeof json - len, three, psu[6]);
	subset = se_of(json);
	assert_near(subset, 0.093566117219710199, 1e-8);
}

/* `average` for lonely strata averages over the strata with rows in the
 * domain, not over all. */
static void trap_02_average_of_lonely_strata_in_a_domain(void **state)
{
	static const char csv[] = "h,w,y,g\na,2,1,1\na,3,4,1\nb,1,2,1\n"
				  "b,4,7,1\nc,5,5,1\nd,2,3,0\nd,2,8,0\n";
	struct test_spec t;

	(void)state;
	test_spec_run(&t,
		      "{\"data\":\"x\",\"design\":{\"strata\":\"h\","
		      "\"weights\":\"w\",\"lonely\":\"average\"},\"estimates\":"
		      "[{\"name\":\"all\",\"stat\":\"mean\",\"of\":\"y\"},"
		      "{\"name\":\"in\",\"stat\":\"mean\",\"of\":\"y\","
		      "\"where\":{\"g\":\"1\"}}]}",
		      csv);
	assert_true(t.ran);
	assert_near(test_spec_cell(&t, "all", NULL, NULL)->r.se,
		    0.98454017051368747, 1e-12);
	assert_near(test_spec_cell(&t, "in", NULL, NULL)->r.se,
		    1.089342309224546, 1e-12);
	test_spec_clear(&t);
}

/* Woodruff's limits are those of F around F(q), not around p: with ties F(q)
 * is far from p. */
static void trap_03_woodruff_is_centred_at_f_of_q(void **state)
{
	struct asked q;

	(void)state;
	ask(&q, UC "\"estimates\":[{\"stat\":\"quantile\",\"of\":\"age\","
		   "\"p\":[0.3]}]}");
	assert_near(q.out.cell[0].r.value, 35, 1e-15);
	assert_near(q.out.cell[0].r.ci_l, 35, 1e-15);
	assert_near(q.out.cell[0].r.ci_u, 36, 1e-15);
	assert_near(q.out.cell[0].r.se, 0.24225996824456072, 1e-8);
	asked_clear(&q);
}

/* Ten weights of 0.1: the sum of the first three is 0.30000000000000004, and
 * of the first six 0.6 less a bit.  An exact hit is one all the same. */
static void trap_04_exact_hits_of_a_weighted_cdf(void **state)
{
	struct test_spec t;

	(void)state;
	test_spec_run(&t,
		      "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},"
		      "\"estimates\":[{\"name\":\"q\",\"stat\":\"quantile\","
		      "\"of\":\"y\",\"p\":[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,"
		      "0.9]}]}",
		      "w,y\n0.1,1\n0.1,2\n0.1,3\n0.1,4\n0.1,5\n0.1,6\n0.1,7\n"
		      "0.1,8\n0.1,9\n0.1,10\n");
	assert_true(t.ran);
	assert_int_equal(t.out.n, 9);
	for (size_t i = 0; i < 9; i++)
		assert_near(t.out.cell[i].r.value, (double)i + 1, 0);
	test_spec_clear(&t);
}

/* svyttest has degf - 1 degrees of freedom, confint of svyby would take
 * infinitely many, svyciprop's beta has rows - 1 in its t ratio. */
static void trap_05_degrees_of_freedom_of_tests_and_intervals(void **state)
{
	struct asked q;

	(void)state;
	ask(&q, UC "\"estimates\":[{\"stat\":\"ttest\",\"of\":\"overall\","
		   "\"group\":\"sex\"},{\"stat\":\"mean\",\"of\":\"overall\"},"
		   "{\"stat\":\"proportion\",\"of\":\"visits\",\"is\":{\"min\":"
		   "4},\"ci\":{\"method\":\"beta\"}}]}");
	assert_int_equal(q.out.cell[0].r.df, 23);
	assert_near(extra(&q.out.cell[0], "p"), 0.034865196926606369, 1e-8);
	assert_int_equal(q.out.cell[1].r.df, 24);
	assert_near(q.out.cell[1].r.ci_l, 3.8058214623117097, 1e-9);
	assert_near(q.out.cell[1].r.ci_u, 3.9524156461074744, 1e-9);
	assert_near(q.out.cell[2].r.ci_l, 0.043565540388881989, 1e-8);
	assert_near(q.out.cell[2].r.ci_u, 0.064112746913887353, 1e-8);
	asked_clear(&q);
}

/* R's rake() takes residuals in ten sweeps of unweighted averages; errors here
 * are those of calibrate(calfun = "raking"), whichever way the weights were
 * found. */
static void trap_06_the_error_of_raking_in_r_is_an_approximation(void **state)
{
	static const char *const method[] = { "rake", "raking" };
	char json[600];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(json, sizeof json,
			       UC "\"calibrate\":{\"method\":\"%s\","
				  "\"margins\":[{\"by\":\"sex\",\"totals\":{"
				  "\"F\":37362,\"M\":40696}},{\"by\":\"type\","
				  "\"totals\":{\"CIT\":68554,\"ORG\":9504}}]},"
				  "\"estimates\":[{\"stat\":\"mean\",\"of\":"
				  "\"overall\"}]}",
			       method[i]);
		assert_near(se_of(json), 0.035312247699689804, 1e-8);
		assert_true(fabs(se_of(json) - 0.035324600058610198) > 1e-6);
	}
}

/* survey's svyglm stops early: an error off by 2.6e-5. */
static void trap_07_logit_is_solved_to_the_end(void **state)
{
	static const double se[] = { 0.45562087836015641, 0.013252510219390577,
				     0.009199453608838332,
				     0.03193457693653938 };
	struct asked q;

	(void)state;
	ask(&q, "{\"data\":\"apistrat.csv\",\"design\":{\"strata\":\"stype\","
		"\"weights\":\"pw\",\"fpc\":\"fpc\"},\"derive\":[{\"name\":"
		"\"yes\",\"is\":{\"sch.wide\":\"Yes\"}}],\"estimates\":["
		"{\"stat\":\"regression\",\"family\":\"logit\",\"y\":\"yes\","
		"\"x\":[\"ell\",\"meals\",\"mobility\"]}]}");
	for (size_t i = 0; i < 4; i++)
		assert_near(q.out.cell[i].r.se, se[i], 1e-8);
	assert_true(fabs(q.out.cell[3].r.se / 0.031935421453053621 - 1) > 2e-5);
	asked_clear(&q);
}

/* survey 4.1.1 cannot calibrate compressed replicates; each one is calibrated
 * again here (golden: the oracle's case RaoWu.poststrat). */
static void trap_08_replicates_are_calibrated_again(void **state)
{
	(void)state;
	assert_near(
		se_of("{\"data\":\"sipas.csv\",\"design\":{\"strata\":"
		      "\"district\",\"clusters\":\"commune\",\"weights\":"
		      "\"w\"},\"calibrate\":{\"method\":\"poststratify\","
		      "\"margins\":[{\"by\":[\"sex\",\"age_group\"],\"totals\":"
		      "{\"F\":{\"18-24\":3572,\"25-34\":7511,\"35-49\":14974,"
		      "\"50-60\":8308,\"60+\":2997},\"M\":{\"18-24\":4652,"
		      "\"25-34\":6805,\"35-49\":16228,\"50-60\":9109,\"60+\":"
		      "3902}}}]},\"replicates\":{\"file\":"
		      "\"sipas_rep_raowu.csv\"},\"estimates\":[{\"stat\":"
		      "\"mean\",\"of\":\"E\"}]}"),
		0.0333012313550628, 1e-8);
}

/* svychisq(statistic = "Chisq") prints the uncorrected X2 beside a p of the
 * corrected one: the mean design effect is printed here too. */
static void trap_09_chisq_prints_x2_uncorrected_with_a_corrected_p(void **state)
{
	struct asked q;
	const cJSON *x;
	cJSON *tree;
	double x2, df, p;

	(void)state;
	ask(&q, UC "\"estimates\":[{\"stat\":\"chisq\",\"rows\":\"service\","
		   "\"cols\":\"satisfied\"}]}");
	tree = cJSON_Parse(q.out.detail[0]);
	x = json_get(cJSON_GetArrayItem(json_get(tree, "cells"), 0), "Chisq");
	x2 = json_get(x, "statistic")->valuedouble;
	df = json_get(x, "df")->valuedouble;
	p = json_get(x, "p")->valuedouble;
	assert_near(x2, 37.586637192271539, 1e-9);
	assert_near(p, 1.6490953180761275e-07, 1e-8);
	assert_near(p,
		    gsl_cdf_chisq_Q(x2 / extra(&q.out.cell[0], "mean_deff"),
				    df),
		    1e-10);
	assert_true(fabs(gsl_cdf_chisq_Q(x2, df) / p - 1) > 0.1);
	cJSON_Delete(tree);
	asked_clear(&q);
}

/* svyranktest's result depends on the order of the rows where values tie: there
 * is no such statistic. */
static void trap_10_no_rank_test_that_depends_on_the_order(void **state)
{
	static const char *const names[] = { "ranktest", "wilcoxon",
					     "kruskal" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct test_spec t;
		char json[200];

		(void)snprintf(json, sizeof json,
			       "{\"data\":\"x\",\"estimates\":[{\"stat\":"
			       "\"%s\",\"of\":\"y\"}]}",
			       names[i]);
		test_spec_run(&t, json, "y\n1\n");
		assert_false(t.read);
		assert_string_equal(t.faults.list[0].code, "E05");
		test_spec_clear(&t);
	}
}

/* Six units at stage 1 leave 4 degrees of freedom, and -1 for a model of six
 * coefficients: no p then.  The same share has another interval. */
static void trap_11_few_first_stage_units_and_no_df(void **state)
{
	static const char *const head[] = { UC, MS2 };
	static const double limits[][2] = {
		{ 0.68039387509377103, 0.76132979414097557 },
		{ 0.66643599913241458, 0.77528767010233202 }
	};
	static const int64_t df[] = { 24, 4 };
	struct asked q;
	char json[600];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(json, sizeof json,
			       "%s\"estimates\":[{\"stat\":\"mean\",\"of\":"
			       "\"satisfied\"}]}",
			       head[i]);
		ask(&q, json);
		assert_int_equal(q.out.cell[0].r.df, df[i]);
		assert_near(q.out.cell[0].r.ci_l, limits[i][0], 1e-8);
		assert_near(q.out.cell[0].r.ci_u, limits[i][1], 1e-8);
		asked_clear(&q);
	}
	ask(&q, MS2 "\"estimates\":[{\"stat\":\"regression\",\"y\":\"overall\","
		    "\"x\":[\"E1\",\"E2\",\"E3\",\"E4\",\"E5\"]}]}");
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(q.out.cell[i].r.df, -1);
		assert_true(q.out.cell[i].r.se > 0);
		assert_true(isnan(extra(&q.out.cell[i], "p")));
		assert_true(isnan(q.out.cell[i].r.ci_l));
	}
	asked_clear(&q);
}

static struct dec rounded(const char *s)
{
	struct err e = { 0 };
	struct dec d, out;
	mpq_t x;

	assert_true(dec_parse(s, strlen(s), &d, &e));
	mpq_init(x);
	exact_from_dec(x, d);
	assert_true(exact_round(x, 2, EXACT_HALF_UP, &out, &e));
	mpq_clear(x);
	return out;
}

/* 1.005 lies below the half in binary, and sums of points beside 84.995. */
static void trap_12_half_up_fails_in_binary(void **state)
{
	static const char *const cases[][2] = { { "84.995", "85.00" },
						{ "1.005", "1.01" },
						{ "2.675", "2.68" },
						{ "-1.005", "-1.01" },
						{ "84.994999", "84.99" } };
	char buf[DEC_TEXT_MAX + 8], binary[32];

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(exact_fixed(rounded(cases[i][0]), 2, buf),
				    cases[i][1]);
	(void)snprintf(binary, sizeof binary, "%.2f", 1.005);
	assert_string_equal(binary, "1.00"); /* why printf is not asked */
}

/* 94.995 is 95.00 when published, and graded so; 94.99 is not. */
static void trap_13_the_grade_is_that_of_the_rounded_value(void **state)
{
	const struct dec from[] = { { 95 * DEC_ONE }, { 85 * DEC_ONE } };

	(void)state;
	assert_int_equal(score_grade(rounded("94.99"), from, 2), 1);
	assert_int_equal(score_grade(rounded("94.994999"), from, 2), 1);
	assert_int_equal(score_grade(rounded("94.995"), from, 2), 0);
	assert_int_equal(score_grade(rounded("84.989"), from, 2), SCORE_NONE);
}

/* A stratum of which all is sampled has no variance, whatever its size: not
 * even `lonely: fail` stops at it. */
static void trap_14_strata_taken_whole_are_not_lonely(void **state)
{
	static const char csv[] = "h,N,y\na,1,3\nb,2,1\nb,2,9\nc,9,4\nc,9,6\n";
	struct test_spec t;

	(void)state;
	test_spec_run(&t,
		      "{\"data\":\"x\",\"design\":{\"strata\":\"h\",\"fpc\":"
		      "\"N\",\"lonely\":\"fail\"},\"estimates\":[{\"name\":"
		      "\"t\",\"stat\":\"total\",\"of\":\"y\"},{\"name\":\"a\","
		      "\"stat\":\"mean\",\"of\":\"y\",\"where\":{\"h\":[\"a\","
		      "\"b\"]}}]}",
		      csv);
	assert_true(t.ran);
	assert_int_equal(t.out.n_warnings, 0);
	/* only c varies: (1 - 2/9) * 2 * s^2, s^2 = 2 */
	assert_near(test_spec_cell(&t, "t", NULL, NULL)->r.se, sqrt(28.0 / 9),
		    1e-14);
	assert_true(test_spec_cell(&t, "a", NULL, NULL)->r.se == 0);
	test_spec_clear(&t);
}

/* A form that does not ask a question leaves it empty: alpha is over the rows
 * that have all its items, so one form's, and says how many. */
static void trap_15_alpha_over_the_rows_of_one_form(void **state)
{
	static const char csv[] = "form,a,b,c\nF1,1,2,1\nF1,4,5,4\nF1,3,3,2\n"
				  "F1,5,4,5\nF2,5,,1\nF2,1,,5\nF2,2,,4\n";
	struct test_spec t;
	double all, one;

	(void)state;
	test_spec_run(&t,
		      "{\"data\":\"x\",\"estimates\":[{\"name\":\"all\","
		      "\"stat\":\"alpha\",\"of\":[\"a\",\"b\",\"c\"]},"
		      "{\"name\":\"one\",\"stat\":\"alpha\",\"of\":[\"a\","
		      "\"b\",\"c\"],\"where\":{\"form\":\"F1\"}},{\"name\":"
		      "\"none\",\"stat\":\"alpha\",\"of\":[\"a\",\"b\",\"c\"],"
		      "\"where\":{\"form\":\"F2\"}}]}",
		      csv);
	assert_true(t.ran);
	all = test_spec_cell(&t, "all", NULL, NULL)->r.value;
	one = test_spec_cell(&t, "one", NULL, NULL)->r.value;
	assert_near(all, one, 0);
	assert_int_equal(test_spec_cell(&t, "all", NULL, NULL)->r.n, 4);
	assert_true(test_spec_warned(&t, "W12", "0 rows are complete"));
	test_spec_clear(&t);
}

/* Korn & Graubard's n_eff can pass 10,000; gsl_cdf_beta_Pinv aborts there. */
static void trap_16_beta_limits_of_a_large_n_eff(void **state)
{
	static const double at[][3] = { { 0.005, 6656.0, 5389.95 },
					{ 0.025, 12000.3, 88000.7 },
					{ 0.975, 1, 250000 },
					{ 0.995, 99999.5, 1.5 } };
	double l, u;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		double q = est_beta_quantile(at[i][0], at[i][1], at[i][2]);

		assert_near(gsl_cdf_beta_P(q, at[i][1], at[i][2]), at[i][0],
			    1e-9);
	}
	est_proportion_ci(EST_CI_BETA, 0.55, 0.55 * 0.45 / 12046, 20000, 12046,
			  500, 0.99, &l, &u);
	assert_true(l > 0.53 && l < 0.55 && u > 0.55 && u < 0.57);
}

/* The same code of a unit in two strata: two units, or a mistake.  `nest` says
 * which. */
static void trap_17_units_named_alike_in_two_strata(void **state)
{
	static const char csv[] =
		"h,psu,y\na,1,1\na,2,4\nb,1,2\nb,2,7\nb,2,5\n";
	static const char spec[] = "{\"data\":\"x\",\"design\":{\"strata\":"
				   "\"h\",\"clusters\":\"psu\"%s},"
				   "\"estimates\":[{\"name\":\"m\",\"stat\":"
				   "\"mean\",\"of\":\"y\"}]}";
	struct test_spec t;
	char json[300];

	(void)state;
	(void)snprintf(json, sizeof json, spec, "");
	test_spec_run(&t, json, csv);
	assert_false(t.ran);
	assert_non_null(strstr(t.e.msg, "two strata"));
	test_spec_clear(&t);
	(void)snprintf(json, sizeof json, spec, ",\"nest\":true");
	test_spec_run(&t, json, csv);
	assert_true(t.ran);
	assert_int_equal(test_spec_cell(&t, "m", NULL, NULL)->r.psu, 4);
	assert_int_equal(test_spec_cell(&t, "m", NULL, NULL)->r.df, 2);
	test_spec_clear(&t);
}

/* V = scale sum rscales (theta_r - c)^2: the centre, and rscales, are said. */
static void trap_18_centre_and_rscales_of_replicates(void **state)
{
	static const char csv[] =
		"y,r1,r2,r3\n1,0,1,2\n4,1,1,1\n2,2,0,1\n9,1,2,0\n";
	static const double rscales[] = { 0.5, 1, 2 };
	static const double y[] = { 1, 4, 2, 9 };
	static const double f[][3] = {
		{ 0, 1, 2 }, { 1, 1, 1 }, { 2, 0, 1 }, { 1, 2, 0 }
	};

	(void)state;
	for (int mse = 0; mse < 2; mse++) {
		double theta[3], mean = 0, v = 0;
		struct test_spec t;
		char json[400];

		for (size_t r = 0; r < 3; r++) {
			double top = 0, all = 0;

			for (size_t i = 0; i < 4; i++) {
				top += f[i][r] * y[i];
				all += f[i][r];
			}
			theta[r] = top / all;
			mean += theta[r] / 3;
		}
		for (size_t r = 0; r < 3; r++) {
			double d = theta[r] - (mse ? 4 : mean);

			v += 0.25 * rscales[r] * d * d;
		}
		(void)snprintf(json, sizeof json,
			       "{\"data\":\"x\",\"replicates\":{\"columns\":["
			       "\"r1\",\"r2\",\"r3\"],\"scale\":0.25,"
			       "\"rscales\":[0.5,1,2],\"mse\":%s},"
			       "\"estimates\":[{\"name\":\"m\",\"stat\":"
			       "\"mean\",\"of\":\"y\"}]}",
			       mse ? "true" : "false");
		test_spec_run(&t, json, csv);
		assert_true(t.ran);
		assert_near(test_spec_cell(&t, "m", NULL, NULL)->r.se, sqrt(v),
			    1e-14);
		test_spec_clear(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trap_01_rows_filtered_before_the_design),
		cmocka_unit_test(trap_02_average_of_lonely_strata_in_a_domain),
		cmocka_unit_test(trap_03_woodruff_is_centred_at_f_of_q),
		cmocka_unit_test(trap_04_exact_hits_of_a_weighted_cdf),
		cmocka_unit_test(
			trap_05_degrees_of_freedom_of_tests_and_intervals),
		cmocka_unit_test(
			trap_06_the_error_of_raking_in_r_is_an_approximation),
		cmocka_unit_test(trap_07_logit_is_solved_to_the_end),
		cmocka_unit_test(trap_08_replicates_are_calibrated_again),
		cmocka_unit_test(
			trap_09_chisq_prints_x2_uncorrected_with_a_corrected_p),
		cmocka_unit_test(
			trap_10_no_rank_test_that_depends_on_the_order),
		cmocka_unit_test(trap_11_few_first_stage_units_and_no_df),
		cmocka_unit_test(trap_12_half_up_fails_in_binary),
		cmocka_unit_test(
			trap_13_the_grade_is_that_of_the_rounded_value),
		cmocka_unit_test(trap_14_strata_taken_whole_are_not_lonely),
		cmocka_unit_test(trap_15_alpha_over_the_rows_of_one_form),
		cmocka_unit_test(trap_16_beta_limits_of_a_large_n_eff),
		cmocka_unit_test(trap_17_units_named_alike_in_two_strata),
		cmocka_unit_test(trap_18_centre_and_rscales_of_replicates),
	};

	gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
