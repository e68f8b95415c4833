/* The keys "weights", "calibrate", "replicates" and the statistics of weights
 * and planning, as a specification says them. */
#include <stdio.h>
#include <string.h>

#include "phieu/estimate_weights.h"
#include "phieu/json.h"
#include "support/spec_weights.h"
#include "support/test.h"

static void must(struct asked *q)
{
	if (!q->read)
		fail_msg("%s: %s", q->faults.list[0].path,
			 q->faults.list[0].message);
	if (!q->ran)
		fail_msg("%s", q->e.msg);
	for (size_t i = 0; i < q->out.n_warnings; i++)
		if (strncmp(q->out.warning[i].code, "W1", 2) == 0)
			fail_msg("%s", q->out.warning[i].message);
}

static double extra(const struct est_cell *c, const char *name)
{
	for (size_t i = 0; i < c->n_extra; i++)
		if (strcmp(c->extra[i].name, name) == 0)
			return c->extra[i].value;
	fail_msg("no %s", name);
	return 0;
}

/* ---- weights ---------------------------------------------------------- */

static void weights_come_from_counts_classes_and_trimming(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"weights\":{\"frame\":\"N\",\"by\":[\"h\"],"
	    "\"nonresponse\":{\"of\":\"disp\",\"classes\":[\"h\"]},"
	    "\"trim\":{\"upper\":4,\"strict\":false}},\"estimates\":["
	    "{\"name\":\"w\",\"stat\":\"weights\"},"
	    "{\"name\":\"k\",\"stat\":\"kish\",\"by\":[\"h\"],"
	    "\"where\":{\"disp\":[\"I\",\"P\"]}}]}",
	    people, NULL);
	must(&q);
	/* A: 2 each, 6/4 for two of three; B: 3 each, 6/3 for one of two */
	assert_string_equal(q.out.detail[0],
			    "{\"id\":[1,2,3,4,5,6],\"weight\":[4,4,0,4,0,0]}");
	assert_non_null(strstr(warning(&q, "W21"), "1 weights were trimmed"));
	assert_near(q.out.cell[1].r.value, 1, 1e-15);
	assert_near(extra(&q.out.cell[1], "n_eff"), 2, 1e-15);
	assert_int_equal(q.out.cell[2].r.n, 1);
	done(&q);
}

static void weights_may_come_from_a_column_and_a_propensity(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"weights\":{\"base\":\"w\",\"nonresponse\":"
	    "{\"of\":\"disp\",\"propensity\":[\"sex\"],"
	    "\"respondents\":[\"I\",\"R\"],\"ineligible\":[]}},"
	    "\"estimates\":[{\"name\":\"w\",\"stat\":\"weights\","
	    "\"id\":\"disp\"}]}",
	    people, NULL);
	must(&q);
	/* F: 2 of 3, M: 1 of 3 */
	assert_non_null(strstr(q.out.detail[0], "\"id\":[\"I\",\"P\",\"R\""));
	assert_near(q.out.cell[0].r.sum_w, 2 * 1.5 + 2 * 3 + 3 * 1.5, 1e-12);
	done(&q);
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"weights\":{"
	    "\"nonresponse\":{\"of\":\"disp\"}},"
	    "\"estimates\":[{\"name\":\"k\",\"stat\":\"kish\"}]}",
	    people, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.sum_w, 12, 1e-13);
	done(&q);
}

/* ---- calibration ------------------------------------------------------ */

static void margins_groups_and_numbers_are_met(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"calibrate\":{"
	    "\"method\":\"linear\",\"margins\":["
	    "{\"by\":\"h\",\"totals\":{\"A\":7,\"B\":10}},"
	    "{\"of\":\"age\",\"total\":830},{\"total\":17}]},"
	    "\"estimates\":[{\"name\":\"t\",\"stat\":\"total\",\"by\":\"h\"},"
	    "{\"name\":\"a\",\"stat\":\"total\",\"of\":\"age\"}]}",
	    people, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.value, 7, 1e-13);
	assert_near(q.out.cell[1].r.value, 10, 1e-13);
	assert_near(q.out.cell[2].r.value, 830, 1e-13);
	assert_true(q.out.cell[2].r.se < 1e-9);
	done(&q);
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"calibrate\":{"
	    "\"method\":\"poststratify\",\"margins\":["
	    "{\"by\":[\"h\",\"sex\"],\"totals\":{\"A\":{\"F\":9,\"M\":2,"
	    "\"X\":0},\"B\":{\"F\":5,\"M\":4}}}]},"
	    "\"estimates\":[{\"name\":\"t\",\"stat\":\"total\","
	    "\"by\":[\"h\",\"sex\"]}]}",
	    people, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.value, 9, 1e-13);
	assert_near(q.out.cell[3].r.value, 4, 1e-13);
	assert_non_null(strstr(warning(&q, "W23"), "0.5 to 4.5"));
	done(&q);
	/* nobody is A, 50 and nobody said so: that is no margin */
	ask(&q,
	    "{\"data\":\"x\",\"calibrate\":{\"margins\":[{\"by\":[\"h\","
	    "\"age\"],\"totals\":{\"A\":{\"20\":1,\"30\":2,\"40\":1},"
	    "\"B\":{\"50\":1,\"60\":1,\"70\":1}}}]},"
	    "\"estimates\":[{\"name\":\"t\",\"stat\":\"total\"}]}",
	    people, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.value, 7, 1e-13);
	done(&q);
}

static void bounds_and_trimming_are_said_to_hold(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"calibrate\":{"
	    "\"method\":\"linear\",\"bounds\":[0.1,1.5],\"margins\":["
	    "{\"by\":\"h\",\"totals\":{\"A\":7,\"B\":10},\"partial\":true},"
	    "{\"of\":\"age\",\"total\":855}]},"
	    "\"estimates\":[{\"name\":\"t\",\"stat\":\"kish\"}]}",
	    people, NULL);
	must(&q);
	assert_non_null(warning(&q, "W24"));
	done(&q);
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"calibrate\":{"
	    "\"method\":\"raking\",\"trim\":{\"lower\":1,\"upper\":3.2},"
	    "\"margins\":[{\"by\":\"sex\",\"totals\":{\"F\":8,\"M\":8}}]},"
	    "\"estimates\":[{\"name\":\"t\",\"stat\":\"kish\"}]}",
	    people, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.sum_w, 16, 1e-12);
	assert_true(extra(&q.out.cell[0], "max") <= 3.2 + 1e-12);
	done(&q);
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"calibrate\":{"
	    "\"margins\":[{\"total\":15},{\"of\":\"age\",\"total\":180}]},"
	    "\"estimates\":[{\"name\":\"t\",\"stat\":\"total\"}]}",
	    people, NULL);
	assert_true(q.ran); /* weights below 0 are no sample of anybody */
	assert_non_null(strstr(warning(&q, "W22"), "below 0"));
	done(&q);
}

/* [lowest, highest] and a number are said as well as an object; bounds of the
 * factors and of the weights hold at once, also for margins fitted in turn. */
static void trimming_is_said_in_three_forms_and_beside_bounds(void **state)
{
	static const char *const said[] = {
		"\"method\":\"linear\",\"trim\":3.2",
		"\"method\":\"linear\",\"trim\":[1,3.2]",
		"\"method\":\"raking\",\"trim\":[1,3.2],\"bounds\":[0.5,1.6]",
		"\"method\":\"rake\",\"trim\":[1,3.2],\"bounds\":[0.5,1.6]",
		"\"method\":\"poststratify\",\"bounds\":[0.5,1.6],"
		"\"trim\":[1,3.2]",
	};
	struct asked q;
	char json[600];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(json, sizeof json,
			       "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},"
			       "\"calibrate\":{%s,\"margins\":[{\"by\":\"sex\","
			       "\"totals\":{\"F\":8,\"M\":8}}]},\"estimates\":["
			       "{\"name\":\"t\",\"stat\":\"kish\"}]}",
			       said[i]);
		ask(&q, json, people, NULL);
		must(&q);
		assert_near(q.out.cell[0].r.sum_w, 16, 1e-12);
		assert_true(extra(&q.out.cell[0], "max") <= 3.2 + 1e-12);
		done(&q);
	}
}

/* ---- replicates ------------------------------------------------------- */

/* Golden: R 4.2.2, survey 4.1.1:
 *   d <- data.frame(h=c("A","A","A","B","B","B"), psu=c(1,2,2,3,4,4),
 *                   w=c(2,2,2,3,3,3), y=c(1,2,4,3,5,6))
 *   r <- as.svrepdesign(svydesign(~psu, strata=~h, weights=~w, data=d),
 *                       type="JKn")
 *   svyvar(~y, r)
 * A count and a seed change nothing here. */
static void a_variance_is_taken_anew_in_every_replicate(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"w\",\"strata\":"
	    "[\"h\"],\"clusters\":[\"psu\"]},\"replicates\":{\"method\":"
	    "\"jkn\",\"count\":500,\"seed\":1},\"estimates\":["
	    "{\"name\":\"v\",\"stat\":\"variance\",\"of\":[\"y\"]}]}",
	    people, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.value, 3.4346666666666663, 1e-13);
	assert_near(q.out.cell[0].r.se, 1.9140748760597492, 1e-13);
	done(&q);
}

/* The first replicate holds two rows, both women. */
static void a_model_without_a_solution_in_a_replicate_has_no_error(void **state)
{
	static const char *const what[] = {
		"\"stat\":\"regression\",\"y\":\"y\",\"factors\":[\"sex\"]",
		"\"stat\":\"ttest\",\"of\":\"y\",\"group\":\"sex\"",
		"\"stat\":\"drivers\",\"y\":\"y\",\"x\":[\"age\",\"r1\"]",
	};
	struct asked q;
	char json[400];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(json, sizeof json,
			       "{\"data\":\"x\",\"design\":{\"weights\":"
			       "\"w\",\"clusters\":[\"psu\"]},\"replicates\":"
			       "{\"columns\":[\"r1\",\"r2\"]},\"estimates\":"
			       "[{%s}]}",
			       what[i]);
		ask(&q, json, people, NULL);
		must(&q);
		assert_non_null(strstr(warning(&q, "W25"), "replicate 1"));
		if (i < 2)
			assert_true(isnan(q.out.cell[0].r.se));
		else
			assert_true(
				(bool)isnan(extra(&q.out.cell[0], "lmg_se")));
		assert_true(isfinite(q.out.cell[0].r.value));
		done(&q);
	}
}

static struct est mean_by(const char *replicates, const char *table)
{
	struct buf b = BUF_INIT(10000);
	struct asked q;
	struct est r;

	buf_addf(&b,
		 "{\"data\":\"x\",\"design\":{\"strata\":\"h\",\"clusters\":"
		 "\"psu\",\"weights\":\"w\"},\"replicates\":{%s},%s",
		 replicates, mean_y);
	ask(&q, buf_cstr(&b), people, table);
	must(&q);
	r = q.out.cell[0].r;
	if (strstr(replicates, "bootstrap") != NULL)
		assert_non_null(strstr(warning(&q, "N01"), "seed 3"));
	buf_free(&b);
	done(&q);
	return r;
}

/* In two strata of two units each way of replicating has its own factors. */
static void every_way_of_replicating_can_be_said(void **state)
{
	struct est jkn, r;

	(void)state;
	jkn = mean_by("\"method\":\"jkn\"", NULL);
	assert_true(jkn.se > 0);
	assert_int_equal(jkn.df, 2);
	r = mean_by("\"method\":\"brr\",\"mse\":true,\"threads\":1", NULL);
	assert_near(r.se, jkn.se, 0.5);
	r = mean_by("\"method\":\"fay\",\"rho\":0.2", NULL);
	assert_near(r.se, jkn.se, 0.5);
	r = mean_by("\"method\":\"bootstrap\",\"count\":200,\"seed\":3,"
		    "\"fpc\":true",
		    NULL);
	assert_near(r.se, jkn.se, 0.5);
	/* the jackknife's factors, from a file and by unit */
	r = mean_by("\"file\":\"rep.csv\",\"scale\":1,"
		    "\"rscales\":[0.5,0.5,1]",
		    "psu,a,b,c\n4,1,1,2\n1,0,2,1\n2,2,0,1\n3,1,1,0\n");
	assert_true(r.se > 0);
	/* by two columns, which are no unit: factors by row */
	r = mean_by("\"file\":\"rep.csv\",\"by\":[\"h\",\"sex\"]",
		    "psu,a,b,c\nA.F,1,1,2\nA.M,0,2,1\nB.F,2,0,1\nB.M,1,1,0\n");
	assert_true(r.se > 0);
	r = mean_by("\"columns\":[\"r1\",\"r2\"],\"combined\":true", NULL);
	assert_true(r.se > 0);
}

static void replicates_carry_the_calibration(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"strata\":\"h\",\"clusters\":\"psu\","
	    "\"weights\":\"w\"},\"calibrate\":{\"margins\":[{\"total\":20}]},"
	    "\"replicates\":{\"method\":\"jkn\"},\"estimates\":[{\"name\":"
	    "\"t\",\"stat\":\"total\"}]}",
	    people, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.value, 20, 1e-13);
	assert_true(q.out.cell[0].r.se < 1e-12);
	done(&q);
}

/* ---- statistics ------------------------------------------------------- */

static void response_rates_are_counts_or_weights(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},\"estimates\":["
	    "{\"name\":\"r\",\"stat\":\"response_rates\",\"of\":\"disp\"},"
	    "{\"name\":\"w\",\"stat\":\"response_rates\",\"of\":\"disp\","
	    "\"by\":\"h\",\"weighted\":true,\"e\":0.5}]}",
	    people, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.value, 3.0 / 5, 1e-15);
	assert_near(extra(&q.out.cell[0], "RR1"), 2.0 / 5, 1e-15);
	assert_near(extra(&q.out.cell[0], "COOP3"), 2.0 / 4, 1e-15);
	assert_near(extra(&q.out.cell[0], "e"), 5.0 / 6, 1e-15);
	assert_near(extra(&q.out.cell[2], "I"), 3, 1e-15);
	assert_near(extra(&q.out.cell[2], "CON3"), 0.5, 1e-15);
	assert_string_equal(q.out.cell[2].key[0], "B");
	done(&q);
	ask(&q,
	    "{\"data\":\"x\",\"where\":{\"h\":\"A\"},\"estimates\":["
	    "{\"name\":\"r\",\"stat\":\"response_rates\",\"of\":\"disp\"},"
	    "{\"name\":\"w\",\"stat\":\"weights\",\"id\":\"n\"}]}",
	    "h,disp,n\nA,I,\nB,R,2\nA,UO,3\n", NULL);
	must(&q);
	assert_near(q.out.cell[0].r.value, 0.5, 1e-15);
	assert_string_equal(q.out.detail[1],
			    "{\"id\":[null,\"3\"],\"weight\":[1,1]}");
	done(&q);
}

static const char many[] =
	"id,g,x,disp,N,S,n\n"
	"a,1,0,I,10,1,1\nb,1,0,R,20,2,1\nc,1,1,I,30,1,1\nd,1,1,I,40,2,1\n"
	"e,2,0,I,50,1,2\nf,2,0,R,60,1,2\ng,2,1,I,70,1,2\nh,2,1,R,80,1,2\n"
	"i,2,0,R,90,1,2\n,2,1,NE,10,1,2\n";

static void representativity_names_its_model(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"estimates\":[{\"name\":\"R\",\"stat\":"
	    "\"r_indicator\",\"of\":\"disp\",\"explain\":[\"x\"]}]}",
	    many, NULL);
	must(&q);
	assert_int_equal(q.out.cell[0].r.n, 9);
	/* x=0: 2 of 5, x=1: 3 of 4 */
	assert_near(extra(&q.out.cell[0], "mean_p"), 5.0 / 9, 1e-12);
	assert_near(q.out.cell[0].r.value,
		    1 - 2 * sqrt((5 * pow(2.0 / 5 - 5.0 / 9, 2) +
				  4 * pow(3.0 / 4 - 5.0 / 9, 2)) /
				 8),
		    1e-12);
	assert_non_null(strstr(q.out.detail[0], "\"terms\":[\"(1)\",\"x=1\"]"));
	done(&q);
}

static void plans_are_made_from_rows(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"estimates\":["
	    "{\"name\":\"s\",\"stat\":\"sample_size\",\"margin\":0.05},"
	    "{\"name\":\"v\",\"stat\":\"sample_size\",\"margin\":0.05,"
	    "\"population\":1200,\"rule\":\"slovin\"},"
	    "{\"name\":\"a\",\"stat\":\"allocation\",\"of\":\"N\",\"n\":46,"
	    "\"id\":\"id\"},"
	    "{\"name\":\"y\",\"stat\":\"allocation\",\"of\":\"N\",\"n\":46,"
	    "\"rule\":\"neyman\",\"spread\":\"S\",\"least\":1},"
	    "{\"name\":\"d\",\"stat\":\"draw\",\"by\":\"g\",\"n\":\"n\","
	    "\"seed\":1,\"id\":\"id\"},"
	    "{\"name\":\"e\",\"stat\":\"draw\",\"n\":3,\"seed\":1}]}",
	    many, NULL);
	must(&q);
	assert_near(q.out.cell[0].r.value, 10, 1e-15);
	assert_near(q.out.cell[1].r.value, 300, 1e-15);
	assert_near(q.out.cell[2].r.value, 1, 1e-15);
	assert_near(extra(&q.out.cell[2], "fraction"), 0.1, 1e-15);
	assert_string_equal(q.out.cell[2].key[0], "a");
	assert_string_equal(q.out.cell[11].key[0], "10"); /* has no id */
	assert_string_equal(q.out.cell[12].key[0], "1");
	assert_non_null(strstr(q.out.detail[4], "\"generator\":\"taus2\""));
	assert_near(q.out.cell[22].r.value, 1, 1e-15);
	assert_near(q.out.cell[23].r.value, 2, 1e-15);
	assert_non_null(strstr(q.out.detail[5], "\"key\":[]"));
	done(&q);
}

static void small_areas_borrow_strength(void **state)
{
	struct asked q;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"estimates\":["
	    "{\"name\":\"f\",\"stat\":\"fay_herriot\",\"of\":\"N\","
	    "\"se\":\"S\",\"covariates\":[\"x\"],\"id\":\"id\"},"
	    "{\"name\":\"f\",\"stat\":\"fay_herriot\",\"of\":\"N\","
	    "\"variance\":\"S\"}]}",
	    many, NULL);
	must(&q);
	assert_near(extra(&q.out.cell[1], "direct"), 20, 1e-15);
	assert_true(q.out.cell[1].r.se > 1.9 && q.out.cell[1].r.se < 2.1);
	assert_non_null(strstr(q.out.detail[0], "\"beta\":["));
	done(&q);
}

/* A closed cell says nothing, nor do the words beside it. */
static void closed_cells_look_alike(void **state)
{
	struct asked q;
	unsigned closed = 0;

	(void)state;
	ask(&q,
	    "{\"data\":\"x\",\"estimates\":[{\"name\":\"c\",\"stat\":"
	    "\"suppress\",\"rows\":\"g\",\"columns\":\"x\",\"threshold\":3}]}",
	    many, NULL);
	must(&q);
	for (size_t i = 0; i < q.out.n; i++) {
		if (extra(&q.out.cell[i], "closed") == 0)
			continue;
		closed++;
		assert_true(isnan(q.out.cell[i].r.value));
		assert_int_equal(q.out.cell[i].r.n, 0);
	}
	assert_int_equal(closed, 4);
	assert_string_equal(q.out.detail[0], "{\"closed\":4,\"optimal\":true}");
	done(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_come_from_counts_classes_and_trimming),
		cmocka_unit_test(
			weights_may_come_from_a_column_and_a_propensity),
		cmocka_unit_test(margins_groups_and_numbers_are_met),
		cmocka_unit_test(bounds_and_trimming_are_said_to_hold),
		cmocka_unit_test(
			trimming_is_said_in_three_forms_and_beside_bounds),
		cmocka_unit_test(a_variance_is_taken_anew_in_every_replicate),
		cmocka_unit_test(
			a_model_without_a_solution_in_a_replicate_has_no_error),
		cmocka_unit_test(every_way_of_replicating_can_be_said),
		cmocka_unit_test(replicates_carry_the_calibration),
		cmocka_unit_test(response_rates_are_counts_or_weights),
		cmocka_unit_test(representativity_names_its_model),
		cmocka_unit_test(plans_are_made_from_rows),
		cmocka_unit_test(small_areas_borrow_strength),
		cmocka_unit_test(closed_cells_look_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
