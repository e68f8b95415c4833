/* What no sane survey holds: one row, one level, one unit in a stratum, no
 * answers, weights of 0 or below, no degrees of freedom, columns that follow
 * from one another, margins that contradict.  Every statistic on every such
 * data set, and every design that cannot be; tests/data/hostile_specs.txt has
 * the exact outcome of each: the code, the place and the words, or the numbers.
 * PHIEU_TEST_REWRITE=1 writes it anew; read the difference. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "support/test.h"
#include "support/tried.h"

#define GOLDEN "tests/data/hostile_specs.txt"

/* ---- data ------------------------------------------------------------- */

#define HEAD "s,psu,w,N,g,y,x,z,b,c,d\n"

static const struct {
	const char *name, *csv;
} sets[] = {
	{ "header only", HEAD },
	{ "one row", HEAD "a,1,2,9,g1,3,1,5,1,k,I\n" },
	{ "two rows, one unit", HEAD "a,1,2,9,g1,3,1,5,1,k,I\n"
				     "a,1,2,9,g2,4,2,1,0,l,R\n" },
	{ "no answers", HEAD "a,1,2,9,g1,,,,,,\na,2,2,9,g2,,,,,,\n"
			     "a,3,1,9,g1,,,,,,\n" },
	{ "one level", HEAD "a,1,2,9,g1,3,3,3,1,k,I\na,2,2,9,g1,3,3,3,1,k,I\n"
			    "a,3,1,9,g1,3,3,3,1,k,I\na,4,1,9,g1,3,3,3,1,k,I\n"
			    "a,5,1,9,g1,3,3,3,1,k,I\n" },
	{ "one unit a stratum", HEAD "a,1,2,9,g1,3,1,5,1,k,I\n"
				     "b,2,2,9,g2,4,2,1,0,l,R\n"
				     "c,3,1,9,g1,1,5,2,1,k,I\n"
				     "d,4,1,9,g2,2,2,3,0,l,P\n"
				     "e,5,1,9,g1,5,4,1,1,l,NC\n" },
	{ "a column twice", HEAD "a,1,2,9,g1,3,1,2,1,k,I\n"
				 "a,2,2,9,g2,4,2,4,0,l,R\n"
				 "a,3,1,9,g1,1,5,10,1,k,I\n"
				 "a,4,1,9,g2,2,2,4,0,l,P\n"
				 "a,5,1,9,g1,5,4,8,1,l,NC\n"
				 "a,6,1,9,g2,2,3,6,1,k,I\n" },
	{ "x tells b", HEAD "a,1,2,9,g1,3,1,2,0,k,I\n"
			    "a,2,2,9,g2,4,2,1,0,l,R\n"
			    "a,3,1,9,g1,1,5,3,1,k,I\n"
			    "a,4,1,9,g2,2,4,4,1,l,P\n"
			    "a,5,1,9,g1,5,6,1,1,l,NC\n"
			    "a,6,1,9,g2,2,1,2,0,k,I\n" },
	{ "one row of weight", HEAD "a,1,2,9,g1,3,1,5,1,k,I\n"
				    "a,2,0,9,g2,4,2,1,0,l,R\n"
				    "a,3,0,9,g1,1,5,2,1,k,I\n"
				    "a,4,0,9,g2,2,2,3,0,l,P\n" },
	{ "huge and tiny", HEAD "a,1,1e300,9,g1,1e300,1e-300,5,1,k,I\n"
				"a,2,1e300,9,g2,-1e300,2e-300,1,0,l,R\n"
				"a,3,1e-300,9,g1,1e300,5e-300,2,1,k,I\n"
				"a,4,1,9,g2,2,2,3,0,l,P\n" },
};

/* ---- statistics ------------------------------------------------------- */

static const char *const stats[] = {
	"\"mean\",\"of\":\"y\",\"deff\":true",
	"\"total\",\"of\":\"y\"",
	"\"total\"",
	"\"variance\",\"of\":\"y\"",
	"\"ratio\",\"of\":[\"y\",\"x\"]",
	"\"proportion\",\"of\":\"b\"",
	"\"proportion\",\"of\":\"b\",\"ci\":{\"method\":\"logit\"}",
	"\"proportion\",\"of\":\"b\",\"ci\":{\"method\":\"beta\"}",
	"\"proportion\",\"of\":\"b\",\"ci\":{\"method\":\"wilson\"}",
	"\"proportion\",\"of\":\"b\",\"ci\":{\"method\":\"asin\"}",
	"\"proportion\",\"of\":\"b\",\"ci\":{\"method\":\"auto\"}",
	"\"distribution\",\"of\":\"c\"",
	"\"quantile\",\"of\":\"y\",\"p\":[0.5]",
	"\"share\",\"of\":[\"y\",\"x\"],\"min\":3",
	"\"means\",\"of\":[\"y\",\"x\"]",
	"\"contrast\",\"of\":[\"y\",\"x\"],\"weights\":[1,-1]",
	"\"change\",\"of\":\"y\",\"between\":\"g\",\"values\":[\"g1\",\"g2\"]",
	"\"unit_score\",\"of\":\"y\",\"unit\":\"c\",\"group\":\"g\","
	"\"shares\":{\"g1\":0.5,\"g2\":0.5}",
	"\"unit_pairs\",\"of\":\"y\",\"unit\":\"c\",\"group\":\"g\","
	"\"shares\":{\"g1\":0.5,\"g2\":0.5}",
	"\"ttest\",\"of\":\"y\",\"group\":\"g\"",
	"\"regression\",\"y\":\"y\",\"x\":[\"x\",\"z\"]",
	"\"regression\",\"y\":\"y\",\"factors\":[\"g\"]",
	"\"regression\",\"family\":\"logit\",\"y\":\"b\",\"x\":[\"x\"]",
	"\"regression\",\"family\":\"ordinal\",\"y\":\"y\",\"x\":[\"x\"]",
	"\"chisq\",\"rows\":\"g\",\"cols\":\"c\"",
	"\"drivers\",\"y\":\"y\",\"x\":[\"x\",\"z\"]",
	"\"alpha\",\"of\":[\"y\",\"x\",\"z\"]",
	"\"omega\",\"of\":[\"y\",\"x\",\"z\"]",
	"\"polychoric\",\"of\":[\"y\",\"x\"]",
	"\"pca\",\"of\":[\"y\",\"x\",\"z\"],\"factors\":1",
	"\"factor\",\"of\":[\"y\",\"x\",\"z\"],\"factors\":1",
	"\"kappa\",\"of\":[\"y\",\"x\"]",
	"\"icc\",\"of\":[\"y\",\"x\"]",
	"\"icc\",\"of\":\"y\",\"group\":\"g\"",
	"\"quality\",\"of\":[\"y\",\"x\",\"z\"]",
	"\"response_rates\",\"of\":\"d\"",
	"\"kish\"",
	"\"weights\"",
	"\"r_indicator\",\"of\":\"d\",\"explain\":[\"g\"]",
	"\"fay_herriot\",\"of\":\"y\",\"se\":\"w\",\"covariates\":[\"x\"]",
	"\"sample_size\",\"margin\":0.1",
	"\"allocation\",\"of\":\"N\",\"n\":5",
	"\"draw\",\"n\":1,\"seed\":1",
	"\"suppress\",\"rows\":\"g\",\"columns\":\"c\"",
};

/* ---- designs ---------------------------------------------------------- */

#define GOOD                                                    \
	HEAD "a,1,2,9,g1,3,1,5,1,k,I\na,1,2,9,g2,4,2,1,0,l,R\n" \
	     "a,2,1,9,g1,1,5,2,1,k,I\nb,3,1,8,g2,2,2,3,0,l,P\n" \
	     "b,3,1,8,g1,5,4,1,1,l,NC\nb,4,3,8,g2,2,3,4,1,k,I\n"

static const struct {
	const char *name, *keys, *csv;
} designs[] = {
	{ "a weight is missing", "\"design\":{\"weights\":\"w\"}",
	  HEAD "a,1,,9,g1,3,1,5,1,k,I\n" },
	{ "a weight is negative", "\"design\":{\"weights\":\"w\"}",
	  HEAD "a,1,2,9,g1,3,1,5,1,k,I\na,1,-2,9,g1,3,1,5,1,k,I\n" },
	{ "all weights are 0", "\"design\":{\"weights\":\"w\"}",
	  HEAD "a,1,0,9,g1,3,1,5,1,k,I\na,1,0,9,g1,3,1,5,1,k,I\n" },
	{ "a weight is a word", "\"design\":{\"weights\":\"c\"}", GOOD },
	{ "weights that are not there", "\"design\":{\"weights\":\"ww\"}",
	  GOOD },
	{ "a stratum is missing", "\"design\":{\"strata\":\"s\"}",
	  HEAD ",1,2,9,g1,3,1,5,1,k,I\na,1,2,9,g1,3,1,5,1,k,I\n" },
	{ "a cluster is missing", "\"design\":{\"clusters\":\"psu\"}",
	  HEAD "a,,2,9,g1,3,1,5,1,k,I\na,1,2,9,g1,3,1,5,1,k,I\n" },
	{ "a cluster in two strata",
	  "\"design\":{\"strata\":\"g\",\"clusters\":\"psu\"}", GOOD },
	{ "fpc varies", "\"design\":{\"clusters\":\"psu\",\"fpc\":\"N\"}",
	  GOOD },
	{ "fpc below the sample", "\"design\":{\"fpc\":\"N\"}",
	  HEAD "a,1,2,2,g1,3,1,5,1,k,I\na,1,2,2,g1,3,1,5,1,k,I\n"
	       "a,1,2,2,g1,3,1,5,1,k,I\n" },
	{ "fpc of 0", "\"design\":{\"fpc\":\"N\"}",
	  HEAD "a,1,2,0,g1,3,1,5,1,k,I\n" },
	{ "fpc mixes counts and fractions",
	  "\"design\":{\"strata\":\"s\",\"fpc\":\"N\"}",
	  HEAD "a,1,2,0.5,g1,3,1,5,1,k,I\nb,1,2,10,g1,3,1,5,1,k,I\n" },
	{ "all taken whole", "\"design\":{\"strata\":\"s\",\"fpc\":\"N\"}",
	  HEAD "a,1,2,1,g1,3,1,5,1,k,I\nb,1,2,1,g1,4,1,5,1,k,I\n" },
	{ "certainty where all is lonely",
	  "\"design\":{\"strata\":\"s\",\"lonely\":\"certainty\"}",
	  HEAD "a,1,2,9,g1,3,1,5,1,k,I\nb,1,2,9,g1,4,1,5,1,k,I\n" },
	{ "average where all is lonely",
	  "\"design\":{\"strata\":\"s\",\"lonely\":\"average\"}",
	  HEAD "a,1,2,9,g1,3,1,5,1,k,I\nb,1,2,9,g1,4,1,5,1,k,I\n" },
	{ "collapse where there is one",
	  "\"design\":{\"strata\":\"s\",\"lonely\":\"collapse\"}",
	  HEAD "a,1,2,9,g1,3,1,5,1,k,I\n" },
	{ "a subset without rows", "\"subset\":{\"s\":\"z\"}", GOOD },
	{ "a domain without rows", "\"where\":{\"s\":\"z\"}", GOOD },
	{ "a row too short", "\"design\":{\"weights\":\"w\"}", HEAD "a,1,2\n" },
	{ "a row too long", "\"design\":{\"weights\":\"w\"}",
	  HEAD "a,1,2,9,g1,3,1,5,1,k,I,more\n" },
	{ "margins contradict",
	  "\"calibrate\":{\"method\":\"rake\",\"margins\":[{\"by\":\"s\","
	  "\"totals\":{\"a\":10,\"b\":20}},{\"by\":\"g\",\"totals\":{\"g1\":"
	  "10,\"g2\":10}}]}",
	  GOOD },
	{ "margins contradict by a third",
	  "\"calibrate\":{\"method\":\"linear\",\"margins\":[{\"by\":\"s\","
	  "\"totals\":{\"a\":10,\"b\":20}},{\"total\":31}]}",
	  GOOD },
	{ "a margin without rows",
	  "\"calibrate\":{\"method\":\"rake\",\"margins\":[{\"by\":\"s\","
	  "\"totals\":{\"a\":10,\"b\":20,\"c\":5}}]}",
	  GOOD },
	{ "a level without total",
	  "\"calibrate\":{\"method\":\"rake\",\"margins\":[{\"by\":\"s\","
	  "\"totals\":{\"a\":10}}]}",
	  GOOD },
	{ "a negative total",
	  "\"calibrate\":{\"method\":\"rake\",\"margins\":[{\"by\":\"s\","
	  "\"totals\":{\"a\":-10,\"b\":20}}]}",
	  GOOD },
	{ "totals out of the bounds",
	  "\"calibrate\":{\"method\":\"linear\",\"bounds\":[0.9,1.1],"
	  "\"margins\":[{\"by\":\"s\",\"totals\":{\"a\":1000,\"b\":20}}]}",
	  GOOD },
	{ "linear weights below 0",
	  "\"calibrate\":{\"method\":\"linear\",\"margins\":[{\"total\":6},"
	  "{\"of\":\"y\",\"total\":30}]}",
	  GOOD },
	{ "a sampled value is missing",
	  "\"calibrate\":{\"method\":\"rake\",\"margins\":[{\"by\":\"c\","
	  "\"totals\":{\"k\":10,\"l\":20}}]}",
	  HEAD "a,1,2,9,g1,3,1,5,1,k,I\na,1,2,9,g1,3,1,5,1,,I\n"
	       "a,1,2,9,g1,3,1,5,1,l,I\n" },
	{ "jk1 of strata",
	  "\"design\":{\"strata\":\"s\"},\"replicates\":{\"method\":\"jk1\"}",
	  GOOD },
	{ "jkn of a lonely stratum",
	  "\"design\":{\"strata\":\"y\"},\"replicates\":{\"method\":\"jkn\"}",
	  GOOD },
	{ "half-samples of three units",
	  "\"design\":{\"strata\":\"s\"},\"replicates\":{\"method\":\"brr\"}",
	  GOOD },
	{ "replicates of all there is",
	  "\"design\":{\"fpc\":\"N\"},\"replicates\":{\"method\":"
	  "\"bootstrap\"}",
	  HEAD "a,1,2,2,g1,3,1,5,1,k,I\na,1,2,2,g1,4,1,5,1,k,I\n" },
	{ "replicates with a factor below 0",
	  "\"replicates\":{\"columns\":[\"y\",\"x\"]}",
	  HEAD "a,1,2,2,g1,-3,1,5,1,k,I\na,1,2,2,g1,4,1,5,1,k,I\n" },
	{ "replicates of scale 0",
	  "\"replicates\":{\"columns\":[\"y\",\"x\"],\"scale\":0}", GOOD },
	{ "rscales that are 0",
	  "\"replicates\":{\"columns\":[\"y\",\"x\"],\"rscales\":[0,0]}",
	  GOOD },
};

/* ---- outcomes --------------------------------------------------------- */

static void say_number(struct buf *b, const char *name, double x)
{
	if (isnan(x))
		buf_addf(b, " %s null", name);
	else
		buf_addf(b, " %s %.9g", name, fabs(x) < 1e-12 ? 0 : x);
}

static void say_cell(struct buf *b, const struct est_cell *c)
{
	buf_addf(b, "    %s n %zu", c->of ? c->of : "-", c->r.n);
	say_number(b, "value", c->r.value);
	say_number(b, "se", c->r.se);
	buf_addf(b, " df %lld", (long long)c->r.df);
	say_number(b, "from", c->r.ci_l);
	say_number(b, "to", c->r.ci_u);
	buf_adds(b, "\n");
}

static void say(struct buf *b, const struct tried *t)
{
	for (size_t i = 0; i < t->faults.n; i++)
		buf_addf(b, "    %s %s: %s | %s\n", t->faults.list[i].code,
			 t->faults.list[i].path, t->faults.list[i].message,
			 t->faults.list[i].message_vi);
	if (t->read && !t->ran)
		buf_addf(b, "    refused %d: %s\n", (int)t->e.kind, t->e.msg);
	if (!t->ran)
		return;
	for (size_t i = 0; i < t->out.n_warnings; i++)
		buf_addf(b, "    %s %s: %s | %s\n", t->out.warning[i].code,
			 t->out.warning[i].path, t->out.warning[i].message,
			 t->out.warning[i].message_vi);
	for (size_t i = 0; i < t->out.n; i++)
		say_cell(b, &t->out.cell[i]);
}

/* No number in the result is written as anything but a number or null. */
static void writes_numbers(const struct tried *t, const char *json)
{
	struct buf b = BUF_INIT((size_t)1 << 22);
	const char *text;

	if (!t->ran)
		return;
	est_write_json(&t->s, &t->out, &b);
	text = buf_cstr(&b);
	if (!text || strstr(text, "nan") || strstr(text, ":inf") ||
	    strstr(text, ":-inf"))
		fail_msg("%s: %s", json, text ? text : "too long");
	buf_free(&b);
}

static void run_one(struct buf *out, const char *name, const char *keys,
		    const char *stat, const char *csv)
{
	struct buf json = BUF_INIT(20000);
	struct tried t;

	buf_addf(&json, "{\"data\":\"d\",%s,\"estimates\":[{\"stat\":%s}]}",
		 keys, stat);
	try_on(&t, buf_cstr(&json), csv);
	buf_addf(out, "%s: {%s}\n", name, stat);
	say(out, &t);
	writes_numbers(&t, buf_cstr(&json));
	tried_clear(&t);
	buf_free(&json);
}

static void every_outcome_is_the_one_that_is_written_down(void **state)
{
	struct buf out = BUF_INIT((size_t)4 << 20);
	struct err e = { 0 };
	const char *got;
	size_t n, line = 1;
	char *want;

	(void)state;
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		for (size_t k = 0; k < sizeof stats / sizeof stats[0]; k++)
			run_one(&out, sets[i].name,
				"\"design\":{\"strata\":\"s\",\"clusters\":"
				"\"psu\",\"weights\":\"w\"}",
				stats[k], sets[i].csv);
	for (size_t i = 0; i < sizeof designs / sizeof designs[0]; i++)
		run_one(&out, designs[i].name, designs[i].keys,
			"\"mean\",\"of\":\"y\"", designs[i].csv);
	got = buf_cstr(&out);
	assert_non_null(got);
	if (getenv("PHIEU_TEST_REWRITE")) {
		FILE *f = fopen(GOLDEN, "w");

		assert_non_null(f);
		assert_true(fputs(got, f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
	want = file_read(GOLDEN, (size_t)4 << 20, &n, &e);
	if (!want)
		fail_msg("%s", e.msg);
	for (size_t i = 0; i <= n; i++) {
		if (got[i] != want[i])
			fail_msg(GOLDEN ":%zu: got %.300s", line, got + i);
		line += want[i] == '\n';
	}
	free(want);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_outcome_is_the_one_that_is_written_down),
	};

	gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
