/* Specifications: every derived column, every statistic's own keys, what a run
 * refuses, what is written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/spec.h"
#include "support/test.h"
#include "support/tried.h"

static double value(const struct tried *t, size_t i)
{
	assert_true(i < t->out.n);
	return t->out.cell[i].r.value;
}

#define OK_EST	  "\"estimates\":[{\"stat\":\"mean\",\"of\":\"y\"}]"
#define EST(s)	  "{\"data\":\"d\",\"estimates\":[" s "]}"
#define DESIGN(s) "{\"data\":\"d\",\"design\":" s "," OK_EST "}"
#define WHERE(s)  "{\"data\":\"d\",\"where\":" s "," OK_EST "}"
#define DERIVE(s) "{\"data\":\"d\",\"derive\":" s "," OK_EST "}"

/* ---- derived columns, conditions -------------------------------------- */

static void columns_are_derived(void **state)
{
	struct tried t;
	static const char rest[] =
		"\"derive\":["
		"{\"name\":\"m\",\"mean\":[\"q1\",\"q2\",\"q3\"],\"least\":2},"
		"{\"name\":\"s\u01a1\",\"sum\":[\"y\",\"x\"]},"
		"{\"name\":\"d\",\"sum\":[\"y\",\"x\"],\"weights\":[1,-1]},"
		"{\"name\":\"c\",\"count\":[\"q1\",\"q2\",\"q3\"],\"min\":4},"
		"{\"name\":\"a\",\"answered\":[\"q1\",\"q2\",\"q3\"]},"
		"{\"name\":\"all\",\"all\":[\"q1\",\"q2\",\"q3\"],\"min\":4,"
		"\"least\":2},"
		"{\"name\":\"r\",\"reverse\":\"q1\",\"from\":6},"
		"{\"name\":\"k\",\"clip\":\"q1\",\"min\":2,\"max\":4},"
		"{\"name\":\"i\",\"is\":{\"s\":\"a\",\"y\":{\"min\":2,"
		"\"max\":4}}},"
		"{\"name\":\"rr\",\"reverse\":\"r\",\"from\":6}],"
		"\"where\":{\"id\":[\"%s\"]},\"estimates\":[{\"stat\":"
		"\"total\",\"of\":[\"m\",\"s\u01a1\",\"d\",\"c\",\"a\","
		"\"all\",\"r\",\"k\",\"i\",\"rr\"]}]";
	static const struct {
		const char *id;
		double weight, want[10]; /* -1: missing, nothing to add */
	} row[] = {
		{ "1", 2, { 4.5, 3, -1, 2, 2, 1, 2, 4, 0, 4 } },
		{ "3", 3, { 11. / 3, 5, 3, 2, 3, 0, 4, 2, 1, 2 } },
		{ "6", 1, { 1, 3, 1, 0, 3, 0, 5, 2, 1, 1 } },
		{ "9", 4, { 0, 8, 6, 0, 0, 0, 0, 0, 0, 0 } },
		{ "12", 1, { 5, 0, 0, 3, 3, 1, 1, 4, 0, 5 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		char *text = malloc(sizeof rest + 10);

		(void)snprintf(text, sizeof rest + 10, rest, row[i].id);
		try_rest(&t, text);
		free(text);
		assert_int_equal(t.out.n, 10);
		for (size_t k = 0; k < 10; k++)
			assert_near(value(&t, k),
				    row[i].weight * row[i].want[k], 1e-14);
		tried_clear(&t);
	}
}

static void conditions_choose_rows(void **state)
{
	static const struct {
		const char *where;
		double rows;
	} way[] = {
		{ "{\"s\":\"a\"}", 6 },
		{ "{\"s\":[\"a\",\"b\"]}", 12 },
		{ "{\"s\":{\"not\":\"a\"}}", 6 },
		{ "{\"u\":{\"not\":[\"A\"]}}", 5 }, /* a blank is not it */
		{ "{\"y\":2}", 3 },
		{ "{\"y\":[1,2]}", 5 },
		{ "{\"y\":{\"not\":[1,2]}}", 6 },
		{ "{\"y\":{\"min\":4}}", 4 },
		{ "{\"y\":{\"max\":1.5},\"s\":\"b\"}", 1 },
		{ "{\"g\":{\"prefix\":\"g\"}}", 12 },
		{ "{\"g\":{\"prefix\":\"g2\"},\"s\":\"b\"}", 4 },
		{ "{}", 12 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
		struct tried t;
		char rest[300];

		(void)snprintf(rest, sizeof rest,
			       "\"where\":%s,\"estimates\":[{\"stat\":"
			       "\"total\"},{\"stat\":\"total\",\"where\":%s}]",
			       i % 2 ? "{}" : way[i].where, way[i].where);
		try_rest(&t, rest);
		assert_int_equal(t.out.cell[1].r.n, (int)way[i].rows);
		tried_clear(&t);
	}
}

/* The domain keeps the design, a subset makes another. */
static void a_subset_is_not_a_domain(void **state)
{
	struct tried a, b;

	(void)state;
	try_rest(&a, "\"where\":{\"u\":\"A\"}," OK_EST);
	try_rest(&b, "\"subset\":{\"u\":\"A\"}," OK_EST);
	assert_near(value(&a, 0), value(&b, 0), 1e-15);
	assert_int_equal(a.out.design.rows, 12);
	assert_int_equal(b.out.design.rows, 6);
	tried_clear(&a);
	tried_clear(&b);
}

/* ---- statistics ------------------------------------------------------- */

static void cells_come_in_order_of_their_values(void **state)
{
	struct tried t;

	(void)state;
	try_rest(&t,
		 "\"derive\":[{\"name\":\"twice\",\"sum\":\"y\",\"weights\":"
		 "[2]}],\"estimates\":[{\"stat\":\"total\",\"by\":[\"u\","
		 "\"s\"]},{\"stat\":\"total\",\"by\":\"twice\"}]");
	assert_int_equal(t.out.n, 4 + 7);
	assert_string_equal(t.out.cell[0].key[0], "A");
	assert_string_equal(t.out.cell[1].key[1], "b");
	assert_string_equal(t.out.cell[3].key[0], "B");
	assert_string_equal(t.out.cell[4].key[0], "2");
	assert_string_equal(t.out.cell[10].key[0], "14");
	assert_int_equal(t.out.cell[0].r.n, 3);
	tried_clear(&t);
}

static void statistics_of_the_base_set_run(void **state)
{
	struct tried t;

	(void)state;
	try_rest(&t,
		 "\"estimates\":["
		 "{\"stat\":\"mean\",\"of\":\"y\",\"by\":\"u\",\"cov\":true},"
		 "{\"stat\":\"ratio\",\"of\":[\"y\",\"x\"],\"cov\":true},"
		 "{\"stat\":\"ratio\",\"of\":[\"y\",\"x\"],\"by\":\"u\"},"
		 "{\"stat\":\"variance\",\"of\":\"y\"},"
		 "{\"stat\":\"proportion\",\"of\":\"b\",\"ci\":{\"method\":"
		 "\"auto\"}},"
		 "{\"stat\":\"proportion\",\"of\":[\"q1\",\"q2\"],\"is\":"
		 "[4,5]},"
		 "{\"stat\":\"distribution\",\"of\":\"u\"},"
		 "{\"stat\":\"quantile\",\"of\":\"y\",\"p\":[0.5],\"by\":"
		 "\"u\",\"df\":\"design\"},"
		 "{\"stat\":\"means\",\"of\":[\"y\",\"x\"]},"
		 "{\"stat\":\"share\",\"of\":[\"q1\",\"q2\",\"q3\"],\"min\":4},"
		 "{\"stat\":\"mean\",\"of\":\"y\",\"where\":{\"u\":\"none\"},"
		 "\"by\":\"s\",\"cov\":true}]");
	assert_int_equal(t.out.failed, 0);
	assert_int_equal(t.out.n, 2 + 1 + 2 + 1 + 1 + 2 + 2 + 2 + 2 + 1);
	assert_non_null(strstr(t.out.detail[0], "\"y\":[["));
	assert_non_null(strstr(t.out.detail[1], "\"y/x\":[["));
	assert_null(t.out.detail[2]);
	assert_non_null(t.out.detail[8]);
	assert_string_equal(t.out.cell[5].extra[0].name, "sd");
	assert_near(t.out.cell[5].extra[0].value, sqrt(value(&t, 5)), 1e-15);
	/* q1: 4 or 5 in 1, 2, 4, 7, 8, 11, 12 of the eleven that answered */
	assert_near(value(&t, 7), 13. / 22, 1e-15);
	assert_string_equal(t.out.cell[9].of, "u=A");
	tried_clear(&t);
}

static void change_is_with_and_without_covariance(void **state)
{
	struct tried t;
	size_t k;

	(void)state;
	try_rest(&t, "\"estimates\":["
		     "{\"stat\":\"change\",\"of\":\"y\",\"between\":\"year\","
		     "\"values\":[\"1\",\"2\"]},"
		     "{\"stat\":\"change\",\"of\":\"y\",\"between\":\"year\","
		     "\"values\":[\"1\",\"2\"],\"independent\":true,\"df\":"
		     "\"design\"},"
		     "{\"stat\":\"change\",\"of\":\"y\",\"between\":\"year\","
		     "\"values\":[\"1\",\"2\"],\"where\":{\"u\":\"none\"}}]");
	assert_int_equal(t.out.n, 2);
	assert_near(value(&t, 0), value(&t, 1), 1e-15);
	for (k = 0; k < t.out.cell[0].n_extra; k++)
		if (strcmp(t.out.cell[0].extra[k].name, "n_psu_both") == 0)
			assert_true(t.out.cell[0].extra[k].value == 1);
	assert_true(fabs(t.out.cell[0].r.se - t.out.cell[1].r.se) > 1e-6);
	tried_clear(&t);
}

static void groups_without_rows_can_be_passed_over(void **state)
{
	struct tried t;

	(void)state;
	try_rest(&t, "\"where\":{\"id\":{\"not\":[\"3\",\"7\",\"11\"]}},"
		     "\"estimates\":[{\"stat\":\"unit_score\",\"of\":\"y\","
		     "\"unit\":\"u\",\"group\":\"g\",\"shares\":{\"g1\":0.25,"
		     "\"g2\":0.75}},{\"stat\":\"unit_score\",\"of\":\"y\","
		     "\"unit\":\"u\",\"group\":\"g\",\"shares\":{\"g1\":0.25,"
		     "\"g2\":0.75},\"missing\":\"rescale\",\"cov\":true}]");
	assert_int_equal(t.out.n, 4);
	assert_true(isnan(value(&t, 0)));
	/* rows 1, 5, 9 of g1 alone */
	assert_near(value(&t, 2), (2 * 1 + 5 + 4 * 7) / 7., 1e-15);
	assert_near(value(&t, 1), value(&t, 3), 1e-15);
	assert_non_null(t.out.detail[1]);
	tried_clear(&t);
}

static void pairs_of_units_use_their_covariance(void **state)
{
	struct buf csv = BUF_INIT((size_t)1 << 20);
	struct tried t;
	double d;

	(void)state;
	try_rest(&t, "\"estimates\":[{\"stat\":\"unit_score\",\"of\":\"y\","
		     "\"unit\":\"u\",\"group\":\"g\",\"shares\":{\"g1\":0.25,"
		     "\"g2\":0.75},\"missing\":\"rescale\"},"
		     "{\"stat\":\"unit_pairs\",\"of\":\"y\","
		     "\"unit\":\"u\",\"group\":\"g\",\"shares\":{\"g1\":0.25,"
		     "\"g2\":0.75},\"missing\":\"rescale\"}]");
	assert_int_equal(t.out.n, 3);
	d = value(&t, 0) - value(&t, 1);
	assert_near(value(&t, 2), d, 1e-15);
	assert_string_equal(t.out.cell[2].by.name[0], "unit_a");
	assert_string_equal(t.out.cell[2].key[0], t.out.cell[0].key[0]);
	assert_string_equal(t.out.cell[2].key[1], t.out.cell[1].key[0]);
	assert_true(t.out.cell[2].r.se > 0);
	/* one pair: nothing to adjust */
	assert_int_equal(t.out.cell[2].n_extra, 4);
	assert_near(t.out.cell[2].extra[0].value, d / t.out.cell[2].r.se,
		    1e-12);
	assert_near(t.out.cell[2].extra[2].value, t.out.cell[2].extra[1].value,
		    1e-15);
	tried_clear(&t);

	buf_adds(&csv, "u,g,y\n");
	for (int i = 0; i < 501; i++)
		buf_addf(&csv, "u%d,a,%d\nu%d,a,%d\n", i, i, i, i + 1);
	try_on(&t,
	       "{\"data\":\"x\",\"estimates\":[{\"stat\":\"unit_pairs\","
	       "\"of\":\"y\",\"unit\":\"u\",\"group\":\"g\","
	       "\"shares\":{\"a\":1}}]}",
	       buf_cstr(&csv));
	assert_int_equal(t.out.n, 0);
	assert_int_equal(t.out.failed, 1);
	tried_clear(&t);
	buf_free(&csv);
}

static void strata_may_be_crossed_and_stages_named(void **state)
{
	struct tried t;

	(void)state;
	try_on(&t,
	       "{\"data\":\"d\",\"design\":{\"strata\":[[\"s\",\"g\"],null],"
	       "\"clusters\":[\"psu\",null],\"weights\":\"w\",\"fpc\":"
	       "[\"N\",null],\"nest\":true,\"lonely\":\"adjust\"}," OK_EST "}",
	       tried_data);
	if (!t.ran)
		fail_msg("%s", t.e.msg);
	assert_int_equal(t.out.design.strata, 4);
	tried_clear(&t);
	try_on(&t,
	       "{\"data\":\"d\",\"design\":{\"strata\":\"t\",\"clusters\":"
	       "\"psu\",\"lonely\":\"collapse\",\"collapse\":\"t\"}," OK_EST
	       "}",
	       tried_data);
	assert_true(t.ran);
	assert_int_equal(t.out.design.units, 6);
	tried_clear(&t);
	try_on(&t,
	       "{\"data\":\"d\",\"design\":{\"strata\":\"id\",\"lonely\":"
	       "\"collapse\",\"collapse\":\"s\"}," OK_EST "}",
	       tried_data);
	assert_true(t.ran);
	assert_string_equal(t.out.warning[0].code, "W02");
	tried_clear(&t);
	try_on(&t,
	       "{\"data\":\"d\",\"design\":{\"strata\":\"id\",\"lonely\":"
	       "\"certainty\"}," OK_EST "}",
	       tried_data);
	assert_true(t.ran);
	assert_string_equal(t.out.warning[0].code, "W01");
	assert_true(t.out.cell[0].r.se == 0 && isnan(t.out.cell[0].r.ci_l));
	tried_clear(&t);
}

/* ---- what a run refuses ----------------------------------------------- */

static void data_that_do_not_fit_end_the_run(void **state)
{
	static const struct {
		const char *json, *words;
	} bad[] = {
		{ EST("{\"stat\":\"mean\",\"of\":\"nowhere\"}"),
		  "nowhere (the data" },
		{ EST("{\"stat\":\"mean\",\"of\":\"u\"}"), "not a number" },
		{ "{\"data\":\"d\",\"subset\":{\"u\":\"none\"}," OK_EST "}",
		  "leaves no row" },
		{ DESIGN("{\"strata\":\"u\"}"), "stratum" },
		{ DESIGN("{\"weights\":\"b\"}"), "weight" },
		{ DESIGN("{\"strata\":\"g\",\"clusters\":\"s\"}"),
		  "two strata" },
		{ DESIGN("{\"strata\":\"g\",\"clusters\":\"psu\",\"nest\":true,"
			 "\"fpc\":\"w\"}"),
		  "varies" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct tried t;

		try_on(&t, bad[i].json, tried_data);
		assert_true(t.read);
		if (t.ran || !strstr(t.e.msg, bad[i].words))
			fail_msg("%s: %s, not %s", bad[i].json,
				 t.ran ? "taken" : t.e.msg, bad[i].words);
		tried_clear(&t);
	}
}

/* A derived column may not take the name of one of the data. */
static void derived_names_are_new(void **state)
{
	struct tried t;

	(void)state;
	try_on(&t,
	       "{\"data\":\"d\",\"where\":{\"x\":{\"min\":0}},\"derive\":["
	       "{\"name\":\"v\",\"sum\":\"y\"},{\"name\":\"y\",\"sum\":\"x\"}],"
	       "\"estimates\":[{\"stat\":\"mean\",\"of\":\"v\"}]}",
	       tried_data);
	assert_true(t.read);
	assert_false(t.ran);
	assert_non_null(strstr(t.e.msg, "\"y\""));
	tried_clear(&t);
}

static void columns_to_derive_have_an_end(void **state)
{
	struct buf b = BUF_INIT(100000);
	struct tried t;

	(void)state;
	buf_adds(&b, "{\"data\":\"d\",\"derive\":[");
	for (int i = 0; i < 257; i++)
		buf_addf(&b, "%s{\"name\":\"n%d\",\"sum\":\"y\"}",
			 i > 0 ? "," : "", i);
	buf_adds(&b, "]," OK_EST "}");
	try_on(&t, buf_cstr(&b), tried_data);
	assert_false(t.read);
	assert_string_equal(t.faults.list[0].code, "E06");
	assert_string_equal(t.faults.list[0].path, "/derive/256");
	tried_clear(&t);
	buf_free(&b);
}

static void an_estimate_that_fails_leaves_the_others(void **state)
{
	static const struct {
		const char *estimate, *words;
	} bad[] = {
		{ "{\"stat\":\"proportion\",\"of\":\"y\"}", "0/1" },
		{ "{\"stat\":\"change\",\"of\":\"y\",\"between\":\"year\","
		  "\"values\":[\"1\",\"3\"]}",
		  "two such values" },
		{ "{\"stat\":\"change\",\"of\":\"y\",\"between\":\"year\","
		  "\"values\":[\"1\",\"1\"]}",
		  "two such values" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct tried t;
		char rest[400];

		(void)snprintf(rest, sizeof rest,
			       "\"estimates\":[%s,{\"stat\":\"mean\",\"of\":"
			       "\"y\"}]",
			       bad[i].estimate);
		try_rest(&t, rest);
		assert_int_equal(t.out.failed, 1);
		assert_int_equal(t.out.n, 1);
		assert_string_equal(t.out.warning[0].code, "W11");
		assert_string_equal(t.out.warning[0].path, "/estimates/0");
		assert_non_null(strstr(t.out.warning[0].message, bad[i].words));
		tried_clear(&t);
	}
}

static void a_lonely_stratum_fails_what_touches_it(void **state)
{
	struct tried t;

	(void)state;
	try_on(&t,
	       "{\"data\":\"d\",\"design\":{\"strata\":\"x\"},\"estimates\":["
	       "{\"stat\":\"mean\",\"of\":\"y\"},{\"stat\":\"mean\",\"of\":"
	       "\"y\",\"where\":{\"x\":{\"max\":2}}}]}",
	       tried_data);
	assert_true(t.ran);
	assert_int_equal(t.out.failed, 1);
	assert_string_equal(t.out.warning[0].code, "W12");
	assert_int_equal(t.out.n, 1);
	tried_clear(&t);
}

static void cells_without_number_are_refused(void **state)
{
	struct tried t;
	struct buf csv = BUF_INIT((size_t)1 << 20);

	(void)state;
	buf_adds(&csv, "a,b,y\n");
	for (int i = 0; i < 2100; i++)
		buf_addf(&csv, "a%d,b%d,%d\n", i, i, i);
	try_on(&t,
	       EST("{\"stat\":\"mean\",\"of\":\"y\",\"by\":[\"a\",\"b\"]},"
		   "{\"stat\":\"distribution\",\"of\":\"a\"},"
		   "{\"stat\":\"mean\",\"of\":\"y\",\"by\":\"a\",\"cov\":"
		   "true},"
		   "{\"stat\":\"ratio\",\"of\":[\"y\",\"y\"],\"by\":\"a\","
		   "\"cov\":true},"
		   "{\"stat\":\"change\",\"of\":\"y\",\"by\":\"a\","
		   "\"between\":\"b\",\"values\":[\"b1\",\"b2\"]},"
		   "{\"stat\":\"unit_score\",\"of\":\"y\",\"unit\":\"a\","
		   "\"group\":\"b\",\"shares\":{\"b1\":1},\"cov\":true}"),
	       buf_cstr(&csv));
	assert_true(t.ran);
	assert_int_equal(t.out.failed, 6);
	assert_non_null(strstr(t.out.warning[0].message, "too many cells"));
	assert_non_null(strstr(t.out.warning[1].message, "200 at most"));
	assert_non_null(strstr(t.out.warning[2].message, "2048"));
	assert_non_null(strstr(t.out.warning[4].message, "1000"));
	tried_clear(&t);
	buf_free(&csv);
}

/* ---- written ---------------------------------------------------------- */

static void results_are_written_as_json_and_csv(void **state)
{
	struct tried t;
	struct buf json = BUF_INIT(100000), csv = BUF_INIT(100000);
	cJSON *tree;
	const cJSON *cell;
	struct err e = { 0 };

	(void)state;
	try_rest(&t,
		 "\"estimates\":[{\"name\":\"t\u1ed5ng\",\"stat\":\"total\","
		 "\"of\":\"y\",\"by\":\"u\",\"ci\":{\"method\":\"none\"}},"
		 "{\"stat\":\"quantile\",\"of\":\"y\",\"p\":[0.5]},"
		 "{\"stat\":\"proportion\",\"of\":\"y\"}]");
	est_write_json(&t.s, &t.out, &json);
	est_write_csv(&t.s, &t.out, &csv);
	tree = json_parse(json.data, json.len, &json_plan_limits, &e);
	if (!tree)
		fail_msg("%s", e.msg);
	cell = json_get(json_get(tree, "estimates")->child, "cells")->child;
	assert_string_equal(json_get_text(json_get(cell, "by"), "u"), "A");
	assert_true(json_get(cell, "value")->valuedouble == value(&t, 0));
	assert_true(cJSON_IsNull(json_get(cell, "ci")));
	assert_true(cJSON_IsNull(json_get(cell, "deff")));
	assert_int_equal(cJSON_GetArraySize(json_get(tree, "warnings")), 1);
	assert_string_equal(json_get_text(json_get(tree, "warnings")->child,
					  "code"),
			    "W11");
	assert_non_null(strstr(buf_cstr(&csv),
			       "name,stat,of,u,n,n_psu,n_strata,sum_w,value,se,"
			       "cv,ci_l,ci_u,deff,deff_replace,df,df_design,"
			       "p\r\n"));
	assert_non_null(strstr(buf_cstr(&csv), "t\u1ed5ng,total,y,A,6,6,2,"));
	assert_non_null(strstr(buf_cstr(&csv), "quantile,quantile,y,,11,6,2,"));
	cJSON_Delete(tree);
	buf_free(&json);
	buf_free(&csv);
	tried_clear(&t);
}

static void conditions_tell_what_they_look_at(void **state)
{
	static const char *const known[] = { "s", NULL };
	struct tried t;

	(void)state;
	try_rest(&t,
		 "\"where\":{\"s\":\"a\"},\"estimates\":[{\"stat\":\"mean\","
		 "\"of\":\"y\",\"where\":{\"s\":\"a\",\"u\":\"A\"}}]");
	assert_false(spec_where_beyond(t.s.where, known));
	assert_true(spec_where_beyond(t.s.estimate[0].where, known));
	assert_false(spec_where_beyond(NULL, known));
	assert_true(spec_is_tabular(t.s.estimate[0].def));
	assert_false(spec_is_tabular(NULL));
	tried_clear(&t);
}

/* A statistic that asks for what its parse did not want: a fault of ours,
 * said as one. */
static bool asks_amiss(struct spec_run *r, const struct spec_estimate *x,
		       struct err *e)
{
	const char *const *level;
	size_t n;
	struct err first = { 0 }, second = { 0 };

	(void)x;
	assert_null(spec_numbers(r, "nowhere", &first));
	assert_int_equal(first.kind, ERR_BUG);
	assert_null(spec_numbers(r, "s", &second));
	assert_int_equal(second.kind, ERR_BUG);
	return spec_codes(r, "nowhere", &level, &n, e) != NULL;
}

static void a_column_nobody_wanted_is_our_fault(void **state)
{
	static const struct stat_def amiss = { .name = "amiss",
					       .run = asks_amiss };
	struct test_spec t;

	(void)state;
	test_spec_open(&t,
		       "{\"data\":\"d\",\"design\":{\"strata\":\"s\"},"
		       "\"estimates\":[{\"stat\":\"mean\",\"of\":\"y\"}]}",
		       tried_data);
	assert_true(t.read);
	t.spec.estimate[0].def = &amiss;
	test_spec_go(&t);
	assert_false(t.ran);
	assert_int_equal(t.e.kind, ERR_BUG);
	test_spec_clear(&t);
}

static void
twenty_estimates_may_fail_and_seventeen_columns_not_cross(void **state)
{
	struct buf b = BUF_INIT(10000);
	struct tried t;

	(void)state;
	buf_adds(&b, "\"estimates\":[");
	for (int i = 0; i < 20; i++)
		buf_adds(&b, "{\"stat\":\"proportion\",\"of\":\"y\"},");
	buf_adds(&b, "{\"stat\":\"mean\",\"of\":\"y\"}]");
	try_rest(&t, buf_cstr(&b));
	assert_int_equal(t.out.failed, 20);
	assert_int_equal(t.out.n_warnings, 20);
	assert_string_equal(t.out.warning[19].path, "/estimates/19");
	tried_clear(&t);
	buf_free(&b);
	try_on(&t,
	       DESIGN("{\"strata\":[[\"s\",\"u\",\"g\",\"t\",\"s\",\"u\","
		      "\"g\",\"t\",\"s\",\"u\",\"g\",\"t\",\"s\",\"u\","
		      "\"g\",\"t\",\"s\"]]}"),
	       tried_data);
	assert_true(t.read);
	assert_false(t.ran);
	assert_non_null(strstr(t.e.msg, "too many columns cross"));
	tried_clear(&t);
}

static void independent_samples_have_no_common_replicates(void **state)
{
	struct tried t;

	(void)state;
	try_rest(&t, "\"replicates\":{\"method\":\"jkn\"},\"estimates\":["
		     "{\"stat\":\"change\",\"of\":\"y\",\"between\":"
		     "\"year\",\"values\":[\"1\",\"2\"],\"independent\":"
		     "true}]");
	assert_int_equal(t.out.failed, 1);
	assert_non_null(strstr(t.out.warning[0].message, "not with"));
	tried_clear(&t);
}

/* The words of a warning need memory too, and there may be none left. */
static void a_warning_without_memory_ends_the_run(void **state)
{
	static const char json[] = "{\"data\":\"d\",\"estimates\":[{\"stat\":"
				   "\"proportion\",\"of\":\"y\"}]}";
	bool done = false;

	(void)state;
	for (size_t size = 64; !done; size += 16) {
		struct arena *a = arena_new(size);
		struct faults faults;
		struct est_results out;
		struct frame f;
		struct spec s;
		struct frame_csv c;
		struct err e = { 0 };

		assert_true(size < 100000);
		faults_init(&faults, a);
		assert_true(frame_init(&f, 100, &e));
		if (spec_read(json, strlen(json), a, &f, &s, &faults)) {
			frame_csv_init(&c, &f);
			assert_true(frame_csv_push(&c, tried_data,
						   strlen(tried_data), &e) &&
				    frame_csv_end(&c, &e) &&
				    frame_done(&f, &e));
			frame_csv_clear(&c);
			done = spec_run(&s, &f, a, &out, &e);
			assert_true(done || e.kind == ERR_NOMEM);
		}
		frame_clear(&f);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_derived),
		cmocka_unit_test(conditions_choose_rows),
		cmocka_unit_test(a_subset_is_not_a_domain),
		cmocka_unit_test(cells_come_in_order_of_their_values),
		cmocka_unit_test(statistics_of_the_base_set_run),
		cmocka_unit_test(change_is_with_and_without_covariance),
		cmocka_unit_test(groups_without_rows_can_be_passed_over),
		cmocka_unit_test(pairs_of_units_use_their_covariance),
		cmocka_unit_test(strata_may_be_crossed_and_stages_named),
		cmocka_unit_test(data_that_do_not_fit_end_the_run),
		cmocka_unit_test(derived_names_are_new),
		cmocka_unit_test(columns_to_derive_have_an_end),
		cmocka_unit_test(an_estimate_that_fails_leaves_the_others),
		cmocka_unit_test(a_lonely_stratum_fails_what_touches_it),
		cmocka_unit_test(cells_without_number_are_refused),
		cmocka_unit_test(results_are_written_as_json_and_csv),
		cmocka_unit_test(conditions_tell_what_they_look_at),
		cmocka_unit_test(a_column_nobody_wanted_is_our_fault),
		cmocka_unit_test(
			twenty_estimates_may_fail_and_seventeen_columns_not_cross),
		cmocka_unit_test(independent_samples_have_no_common_replicates),
		cmocka_unit_test(a_warning_without_memory_ends_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
