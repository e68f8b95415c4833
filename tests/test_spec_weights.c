/* The keys "weights", "calibrate", "replicates" and the statistics of weights
 * and planning, as a specification says them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_weights.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/test.h"

struct asked {
	struct arena *a;
	struct frame f, table;
	struct spec s;
	struct faults faults;
	struct est_results out;
	struct err e;
	bool read, ran, has_table;
};

static void push(struct frame *f, const char *csv)
{
	struct err e = { 0 };
	struct frame_csv c;

	frame_csv_init(&c, f);
	if (!frame_csv_push(&c, csv, strlen(csv), &e) ||
	    !frame_csv_end(&c, &e) || !frame_done(f, &e))
		fail_msg("%s", e.msg);
	frame_csv_clear(&c);
}

/* `table`: a file of replicates with the columns psu, a, b, c; or NULL. */
static void ask(struct asked *q, const char *json, const char *csv,
		const char *table)
{
	*q = (struct asked){ .a = arena_new((size_t)64 << 20) };
	faults_init(&q->faults, q->a);
	assert_true(frame_init(&q->f, LIMIT_FRAME_ROWS, &q->e));
	q->read = spec_read(json, strlen(json), q->a, &q->f, &q->s, &q->faults);
	if (!q->read)
		return;
	push(&q->f, csv);
	if (table != NULL) {
		static const char *const column[] = { "psu", "a", "b", "c" };

		assert_true(frame_init(&q->table, LIMIT_FRAME_ROWS, &q->e));
		q->has_table = true;
		for (unsigned i = 0; i < 4; i++)
			(void)frame_want(&q->table, column[i],
					 i == 0 ? FRAME_CODE : FRAME_NUMBER);
		push(&q->table, table);
		assert_string_equal(spec_replicates_file(&q->s), "rep.csv");
		spec_replicates_give(&q->s, &q->table);
	}
	q->ran = spec_run(&q->s, &q->f, q->a, &q->out, &q->e);
}

static void done(struct asked *q)
{
	if (q->has_table)
		frame_clear(&q->table);
	frame_clear(&q->f);
	arena_free(q->a);
}

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

static const char *warning(const struct asked *q, const char *code)
{
	for (size_t i = 0; i < q->out.n_warnings; i++)
		if (strcmp(q->out.warning[i].code, code) == 0)
			return q->out.warning[i].message;
	return NULL;
}

/* Four people of two strata, two units each. */
static const char people[] = "h,psu,sex,age,w,N,y,disp,r1,r2\n"
			     "A,1,F,20,2,6,1,I,1,0\n"
			     "A,2,M,30,2,6,2,P,0,1\n"
			     "A,2,M,40,2,6,4,R,0,1\n"
			     "B,3,F,50,3,9,3,I,1,0\n"
			     "B,4,M,60,3,9,5,NC,0,2\n"
			     "B,4,F,70,3,9,6,NE,0,2\n";

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

static const char mean_y[] =
	"\"estimates\":[{\"name\":\"m\",\"stat\":\"mean\",\"of\":\"y\"}]}";

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

/* ---- what is wrong with a specification ------------------------------- */

struct wrong {
	const char *part, *code, *path;
};

static void told(const char *head, const struct wrong *w, const char *tail)
{
	struct buf b = BUF_INIT(10000);
	struct asked q;
	bool found = false;

	buf_addf(&b, "{\"data\":\"x\",%s%s%s", head, w->part, tail);
	ask(&q, buf_cstr(&b), people, NULL);
	for (size_t i = 0; !q.read && i < q.faults.n; i++)
		found = found || (strcmp(q.faults.list[i].code, w->code) == 0 &&
				  strcmp(q.faults.list[i].path, w->path) == 0);
	if (!found)
		fail_msg("%s: want %s %s, got %s %s", buf_cstr(&b), w->code,
			 w->path, q.read ? "nothing" : q.faults.list[0].code,
			 q.read ? "" : q.faults.list[0].path);
	buf_free(&b);
	done(&q);
}

static void parts_that_are_wrong_are_told_with_their_place(void **state)
{
	static const struct wrong wrong[] = {
		{ "\"weights\":1", "E04", "/weights" },
		{ "\"weights\":{\"base\":\"w\",\"frame\":\"N\"}", "E04",
		  "/weights" },
		{ "\"weights\":{\"basis\":\"w\"}", "E02", "/weights/basis" },
		{ "\"weights\":{\"nonresponse\":1}", "E04",
		  "/weights/nonresponse" },
		{ "\"weights\":{\"nonresponse\":{}}", "E04",
		  "/weights/nonresponse/of" },
		{ "\"weights\":{\"nonresponse\":{\"of\":\"disp\","
		  "\"respondents\":[1]}}",
		  "E04", "/weights/nonresponse/respondents" },
		{ "\"weights\":{\"nonresponse\":{\"of\":\"disp\","
		  "\"classes\":\"h\",\"propensity\":\"sex\"}}",
		  "E05", "/weights/nonresponse" },
		{ "\"weights\":{\"trim\":{\"upper\":\"x\"}}", "E04",
		  "/weights/trim/upper" },
		{ "\"calibrate\":[]", "E04", "/calibrate" },
		{ "\"calibrate\":{}", "E03", "/calibrate/margins" },
		{ "\"calibrate\":{\"margins\":[]}", "E05",
		  "/calibrate/margins" },
		{ "\"calibrate\":{\"method\":\"poststratify\",\"margins\":"
		  "[{\"total\":1},{\"total\":1}]}",
		  "E05", "/calibrate/margins" },
		{ "\"calibrate\":{\"method\":\"poststratify\",\"margins\":"
		  "[{\"total\":1}]}",
		  "E05", "/calibrate/margins" },
		{ "\"calibrate\":{\"margins\":[1]}", "E04",
		  "/calibrate/margins/0" },
		{ "\"calibrate\":{\"margins\":[{}]}", "E03",
		  "/calibrate/margins/0/total" },
		{ "\"calibrate\":{\"margins\":[{\"total\":\"x\"}]}", "E04",
		  "/calibrate/margins/0/total" },
		{ "\"calibrate\":{\"margins\":[{\"by\":\"h\"}]}", "E03",
		  "/calibrate/margins/0/totals" },
		{ "\"calibrate\":{\"margins\":[{\"by\":\"h\",\"totals\":"
		  "{\"A\":-1}}]}",
		  "E04", "/calibrate/margins/0/totals/A" },
		{ "\"calibrate\":{\"margins\":[{\"by\":[\"h\",\"sex\"],"
		  "\"totals\":{\"A\":1}}]}",
		  "E04", "/calibrate/margins/0/totals/A" },
		{ "\"calibrate\":{\"margins\":[{\"total\":1}],"
		  "\"bounds\":[1]}",
		  "E04", "/calibrate/bounds" },
		{ "\"calibrate\":{\"margins\":[{\"total\":1}],\"trim\":[1]}",
		  "E04", "/calibrate/trim" },
		{ "\"replicates\":1", "E04", "/replicates" },
		{ "\"replicates\":{}", "E03", "/replicates/method" },
		{ "\"replicates\":{\"method\":\"x\"}", "E05",
		  "/replicates/method" },
		{ "\"replicates\":{\"method\":\"jkn\",\"rho\":1}", "E02",
		  "/replicates/rho" },
		{ "\"replicates\":{\"file\":1}", "E04", "/replicates/file" },
		{ "\"replicates\":{\"columns\":\"r1\"}", "E05",
		  "/replicates/columns" },
		{ "\"replicates\":{\"file\":\"r\",\"rscales\":[\"x\"]}", "E04",
		  "/replicates/rscales" },
		{ "\"replicates\":{\"file\":\"r\",\"rscales\":[]}", "E04",
		  "/replicates/rscales" },
	};
	char tail[200];

	(void)state;
	(void)snprintf(tail, sizeof tail, ",%s", mean_y);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		told("", &wrong[i], tail);
}

static void statistics_that_are_wrong_are_told_with_their_place(void **state)
{
	static const struct wrong wrong[] = {
		{ "\"response_rates\"", "E04", "/estimates/0/of" },
		{ "\"r_indicator\",\"of\":\"disp\"", "E03",
		  "/estimates/0/explain" },
		{ "\"kish\",\"of2\":1", "E02", "/estimates/0/of2" },
		{ "\"fay_herriot\"", "E03", "/estimates/0/of" },
		{ "\"fay_herriot\",\"of\":\"y\"", "E03",
		  "/estimates/0/variance" },
		{ "\"sample_size\"", "E03", "/estimates/0/margin" },
		{ "\"allocation\",\"of\":\"N\"", "E03", "/estimates/0/n" },
		{ "\"allocation\",\"n\":2", "E03", "/estimates/0/of" },
		{ "\"draw\"", "E03", "/estimates/0/n" },
		{ "\"draw\",\"n\":1", "E03", "/estimates/0/seed" },
		{ "\"suppress\"", "E04", "/estimates/0/rows" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		told("\"estimates\":[{\"name\":\"x\",\"stat\":", &wrong[i],
		     "}]}");
}

/* ---- what is wrong with the data -------------------------------------- */

static void data_that_do_not_fit_are_told(void **state)
{
	static const struct {
		const char *part, *table, *words;
	} bad[] = {
		{ "\"weights\":{\"base\":\"none\"}", NULL, "missing or" },
		{ "\"weights\":{\"base\":\"zero\"}", NULL, "are 0" },
		{ "\"weights\":{\"frame\":\"N\",\"by\":\"k\"}", NULL,
		  "row 3 has no stratum" },
		{ "\"weights\":{\"nonresponse\":{\"of\":\"k\"}}", NULL,
		  "row 3 has no \"k\"" },
		{ "\"weights\":{\"nonresponse\":{\"of\":\"d\",\"classes\":"
		  "\"s\"}}",
		  NULL, "no respondent" },
		{ "\"weights\":{\"nonresponse\":{\"of\":\"d\","
		  "\"propensity\":\"k\"}}",
		  NULL, "row 3 has no \"k\"" },
		{ "\"weights\":{\"trim\":{\"lower\":5,\"upper\":2}}", NULL,
		  "not below" },
		{ "\"weights\":{\"frame\":\"N\",\"by\":[\"h\",\"none\"]}", NULL,
		  "trọng số" },
		{ "\"calibrate\":{\"margins\":[{\"by\":\"h\",\"totals\":"
		  "{\"A\":1,\"B\":1,\"C\":5}}]}",
		  NULL, "\"C\"" },
		{ "\"calibrate\":{\"margins\":[{\"by\":\"h\",\"totals\":"
		  "{\"A\":1}}]}",
		  NULL, "h has no total for B" },
		{ "\"calibrate\":{\"margins\":[{\"by\":[\"k\",\"h\"],"
		  "\"totals\":{\"u\":{\"A\":4,\"B\":4}}}]}",
		  NULL, "missing" },
		{ "\"calibrate\":{\"margins\":[{\"by\":\"empty\","
		  "\"totals\":{\"u\":4}}]}",
		  NULL, "no values" },
		{ "\"replicates\":{\"method\":\"jk1\"}", NULL,
		  "without strata" },
		{ "\"replicates\":{\"file\":\"rep.csv\"}", NULL,
		  "a key and two columns" },
		{ "\"replicates\":{\"file\":\"rep.csv\"}",
		  "psu,a,b,c\n1,1,1,1\n1,1,1,1\n", "row 2 of the replicates" },
		{ "\"replicates\":{\"file\":\"rep.csv\",\"by\":\"id\"}",
		  "psu,a,b,c\n1,1,1,1\n2,1,1,1\n", "no replicates for \"3\"" },
		{ "\"replicates\":{\"file\":\"rep.csv\",\"by\":\"k\"}",
		  "psu,a,b,c\nu,1,1,1\n", "row 3" },
		{ "\"replicates\":{\"file\":\"rep.csv\"}",
		  "psu,a,b,c\nu,1,1,1\n", "say \"by\"" },
		{ "\"replicates\":{\"file\":\"rep.csv\",\"by\":\"h\","
		  "\"rscales\":[1]}",
		  "psu,a,b,c\nA,1,1,1\nB,1,2,1\n",
		  "1 rscales for 3 replicates" },
	};
	static const char csv[] = "id,h,s,k,d,y,N,none,zero,empty\n"
				  "1,A,x,u,I,1,9,1,0,\n2,A,x,u,R,2,9,,0,\n"
				  "3,B,y,,R,3,9,1,0,\n4,B,y,u,R,4,9,1,0,\n";
	struct asked q;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct buf b = BUF_INIT(10000);

		buf_addf(&b,
			 "{\"data\":\"x\",\"design\":{\"strata\":\"h\"},"
			 "%s,%s",
			 bad[i].part, mean_y);
		ask(&q, buf_cstr(&b), csv, bad[i].table);
		if (!q.read)
			fail_msg("%s: %s", buf_cstr(&b),
				 q.faults.list[0].message);
		if (q.ran || strstr(q.e.msg, bad[i].words) == NULL)
			fail_msg("%s: \"%s\", want \"%s\"", bad[i].part,
				 q.e.msg, bad[i].words);
		buf_free(&b);
		done(&q);
	}
}

/* One estimate that cannot be made is a warning beside the others. */
static void statistics_that_cannot_be_made_are_warned_of(void **state)
{
	static const struct {
		const char *stat, *words;
	} bad[] = {
		{ "\"response_rates\",\"of\":\"h\"", "not a disposition" },
		{ "\"response_rates\",\"of\":\"d\"", "row 3 has no disp" },
		{ "\"r_indicator\",\"of\":\"c\",\"explain\":\"h\"",
		  "separated" },
		{ "\"r_indicator\",\"of\":\"d\",\"explain\":\"h\"",
		  "row 3 has no \"d\"" },
		{ "\"r_indicator\",\"of\":\"c\",\"explain\":\"d\"",
		  "row 3 has no \"d\"" },
		{ "\"kish\",\"where\":{\"h\":\"B\"}", "all weights are 0" },
		{ "\"fay_herriot\",\"of\":\"y\",\"se\":\"w\"", "no variance" },
		{ "\"sample_size\",\"margin\":0.1,\"where\":{\"h\":\"B\"}",
		  "population 0" },
		{ "\"sample_size\",\"margin\":0.1,\"rule\":\"slovin\","
		  "\"where\":{\"h\":\"B\"}",
		  "population 0" },
		{ "\"allocation\",\"of\":\"y\",\"n\":99", "more than the 10" },
		{ "\"draw\",\"n\":9,\"seed\":1", "more than the 4" },
		{ "\"draw\",\"n\":\"y\",\"seed\":1", "not one whole number" },
		{ "\"suppress\",\"rows\":\"one\",\"columns\":\"h\"", "bảng" },
		{ "\"suppress\",\"rows\":\"h\",\"columns\":\"c\","
		  "\"where\":{\"y\":1}",
		  NULL },
		{ "\"suppress\",\"rows\":\"c2\",\"columns\":\"c3\"", "alone" },
	};
	static const char csv[] = "h,d,c,y,w,one,c2,c3\n"
				  "A,I,I,1,1,,a,a\nA,R,I,2,1,,a,a\n"
				  "B,,R,3,0,,a,a\nB,I,R,4,0,,a,a\n";
	struct asked q;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct buf b = BUF_INIT(10000);

		buf_addf(&b,
			 "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},"
			 "\"estimates\":[{\"name\":\"x\",\"stat\":%s}]}",
			 bad[i].stat);
		ask(&q, buf_cstr(&b), csv, NULL);
		if (!q.read)
			fail_msg("%s: %s", bad[i].stat,
				 q.faults.list[0].message);
		if (!q.ran)
			fail_msg("%s: %s", bad[i].stat, q.e.msg);
		if (bad[i].words != NULL &&
		    (q.out.n_warnings == 0 ||
		     strstr(q.out.warning[0].message, bad[i].words) == NULL))
			fail_msg("%s: \"%s\", want \"%s\"", bad[i].stat,
				 q.out.n_warnings == 0
					 ? ""
					 : q.out.warning[0].message,
				 bad[i].words);
		buf_free(&b);
		done(&q);
	}
}

/* A line a number, in the columns that a header names. */
static void data_that_are_too_much_are_told(void **state)
{
	struct buf b = BUF_INIT((size_t)64 << 20);
	struct asked q;

	(void)state;
	buf_adds(&b, "a,b,d\n");
	for (unsigned i = 0; i < 5000; i++)
		buf_addf(&b, "%u,%u,%s\n", i, i, i % 2 ? "I" : "R");
	ask(&q,
	    "{\"data\":\"x\",\"estimates\":[{\"name\":\"x\",\"stat\":"
	    "\"r_indicator\",\"of\":\"d\",\"explain\":\"a\"},"
	    "{\"name\":\"s\",\"stat\":\"suppress\",\"rows\":\"a\","
	    "\"columns\":\"b\"}]}",
	    buf_cstr(&b), NULL);
	assert_true(q.ran);
	assert_non_null(strstr(q.out.warning[0].message, "500 at most"));
	assert_non_null(strstr(q.out.warning[1].message, "too large"));
	done(&q);
	ask(&q,
	    "{\"data\":\"x\",\"weights\":{\"nonresponse\":{\"of\":\"d\","
	    "\"classes\":[\"a\",\"b\"]}},\"estimates\":[{\"name\":\"x\","
	    "\"stat\":\"total\"}]}",
	    buf_cstr(&b), NULL);
	assert_false(q.ran);
	assert_non_null(strstr(q.e.msg, "too many classes"));
	done(&q);
	ask(&q,
	    "{\"data\":\"x\",\"calibrate\":{\"margins\":[{\"by\":[\"a\","
	    "\"b\"],\"totals\":{\"1\":{\"1\":5}}}]},\"estimates\":[{"
	    "\"name\":\"x\",\"stat\":\"total\"}]}",
	    buf_cstr(&b), NULL);
	assert_false(q.ran);
	assert_non_null(strstr(q.e.msg, "too many cells"));
	done(&q);
	b.len = 0;
	buf_adds(&b, "a\n");
	for (unsigned i = 0; i <= 1000000; i++)
		buf_adds(&b, "1\n");
	ask(&q,
	    "{\"data\":\"x\",\"design\":{\"weights\":\"a\"},\"estimates\":["
	    "{\"name\":\"x\",\"stat\":\"weights\"}]}",
	    buf_cstr(&b), NULL);
	assert_true(q.ran);
	assert_non_null(strstr(q.out.warning[0].message, "too many rows"));
	done(&q);
	buf_free(&b);
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
		cmocka_unit_test(
			parts_that_are_wrong_are_told_with_their_place),
		cmocka_unit_test(
			statistics_that_are_wrong_are_told_with_their_place),
		cmocka_unit_test(data_that_do_not_fit_are_told),
		cmocka_unit_test(statistics_that_cannot_be_made_are_warned_of),
		cmocka_unit_test(data_that_are_too_much_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
