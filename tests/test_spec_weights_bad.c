/* Weights by a specification: what is wrong with it or its data. */
#include <stdio.h>
#include <string.h>

#include "phieu/estimate_weights.h"
#include "phieu/json.h"
#include "support/spec_weights.h"
#include "support/test.h"

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
