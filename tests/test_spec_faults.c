/* Specifications: every fault with its place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "support/test.h"
#include "support/tried.h"

/* ---- faults ----------------------------------------------------------- */

#define OK_EST	  "\"estimates\":[{\"stat\":\"mean\",\"of\":\"y\"}]"
#define EST(s)	  "{\"data\":\"d\",\"estimates\":[" s "]}"
#define DESIGN(s) "{\"data\":\"d\",\"design\":" s "," OK_EST "}"
#define WHERE(s)  "{\"data\":\"d\",\"where\":" s "," OK_EST "}"
#define DERIVE(s) "{\"data\":\"d\",\"derive\":" s "," OK_EST "}"

static void every_fault_has_its_place(void **state)
{
	static const struct {
		const char *json, *code, *path;
	} bad[] = {
		{ "{", "E01", "" },
		{ "[]", "E04", "" },
		{ "{" OK_EST "}", "E03", "/data" },
		{ "{\"data\":\"d\",\"wave\":\"w\"," OK_EST "}", "E07",
		  "/data" },
		{ "{\"data\":[]," OK_EST "}", "E05", "/data" },
		{ "{\"data\":[1]," OK_EST "}", "E04", "/data" },
		{ "{\"wave\":1," OK_EST "}", "E04", "/wave" },
		{ "{\"data\":\"d\",\"desing\":{}," OK_EST "}", "E02",
		  "/desing" },
		{ "{\"data\":\"d\"}", "E03", "/estimates" },
		{ EST(""), "E05", "/estimates" },
		{ EST("1"), "E04", "/estimates/0" },
		{ EST("{}"), "E03", "/estimates/0/stat" },
		{ EST("{\"stat\":\"maen\"}"), "E05", "/estimates/0/stat" },
		{ EST("{\"stat\":\"mean\"}"), "E03", "/estimates/0/of" },
		{ EST("{\"stat\":\"mean\",\"of\":[]}"), "E05",
		  "/estimates/0/of" },
		{ EST("{\"stat\":\"mean\",\"of\":[\"y\",3]}"), "E04",
		  "/estimates/0/of/1" },
		{ EST("{\"stat\":\"mean\",\"of\":\"\"}"), "E04",
		  "/estimates/0/of" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"name\":1}"), "E04",
		  "/estimates/0/name" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"deff\":1}"), "E04",
		  "/estimates/0/deff" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"df\":\"x\"}"), "E05",
		  "/estimates/0/df" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"p\":1}"), "E02",
		  "/estimates/0/p" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"ci\":1}"), "E04",
		  "/estimates/0/ci" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"ci\":{\"level\":1}}"),
		  "E05", "/estimates/0/ci/level" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"ci\":{\"level\":"
		      "\"x\"}}"),
		  "E04", "/estimates/0/ci/level" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"ci\":{\"method\":"
		      "\"x\"}}"),
		  "E05", "/estimates/0/ci/method" },
		{ EST("{\"stat\":\"mean\",\"of\":\"y\",\"ci\":{\"x\":1}}"),
		  "E02", "/estimates/0/ci/x" },
		{ EST("{\"stat\":\"ratio\",\"of\":[\"y\"]}"), "E05",
		  "/estimates/0/of" },
		{ EST("{\"stat\":\"proportion\"}"), "E03", "/estimates/0/of" },
		{ EST("{\"stat\":\"proportion\",\"of\":\"y\",\"is\":{}}"),
		  "E07", "/estimates/0/is/y" },
		{ EST("{\"stat\":\"quantile\",\"of\":\"y\"}"), "E03",
		  "/estimates/0/p" },
		{ EST("{\"stat\":\"quantile\",\"of\":\"y\",\"p\":[1]}"), "E05",
		  "/estimates/0/p" },
		{ EST("{\"stat\":\"quantile\",\"p\":[0.5]}"), "E03",
		  "/estimates/0/of" },
		{ EST("{\"stat\":\"quantile\",\"of\":\"y\",\"p\":[0.5],"
		      "\"rule\":\"hf6\"}"),
		  "E05", "/estimates/0/rule" },
		{ EST("{\"stat\":\"means\"}"), "E03", "/estimates/0/of" },
		{ EST("{\"stat\":\"contrast\"}"), "E03", "/estimates/0/of" },
		{ EST("{\"stat\":\"contrast\",\"of\":[\"y\",\"x\"]}"), "E03",
		  "/estimates/0/weights" },
		{ EST("{\"stat\":\"contrast\",\"of\":[\"y\",\"x\"],"
		      "\"weights\":[1]}"),
		  "E04", "/estimates/0/weights" },
		{ EST("{\"stat\":\"contrast\",\"of\":[\"y\",\"x\"],"
		      "\"weights\":[1,\"a\"]}"),
		  "E04", "/estimates/0/weights" },
		{ EST("{\"stat\":\"share\",\"min\":4}"), "E03",
		  "/estimates/0/of" },
		{ EST("{\"stat\":\"share\",\"min\":4,\"of\":\"y\","
		      "\"elements\":{}}"),
		  "E07", "/estimates/0/of" },
		{ EST("{\"stat\":\"share\",\"of\":\"y\"}"), "E03",
		  "/estimates/0/min" },
		{ EST("{\"stat\":\"share\",\"min\":4,\"elements\":{}}"), "E05",
		  "/estimates/0/elements" },
		{ EST("{\"stat\":\"share\",\"min\":4,\"elements\":{\"E1\":"
		      "3}}"),
		  "E04", "/estimates/0/elements/E1" },
		{ EST("{\"stat\":\"change\",\"between\":\"year\",\"values\":"
		      "[\"1\",\"2\"]}"),
		  "E03", "/estimates/0/of" },
		{ EST("{\"stat\":\"change\",\"of\":\"y\",\"values\":[\"1\","
		      "\"2\"]}"),
		  "E04", "/estimates/0/between" },
		{ EST("{\"stat\":\"change\",\"of\":\"y\",\"between\":"
		      "\"year\"}"),
		  "E03", "/estimates/0/values" },
		{ EST("{\"stat\":\"change\",\"of\":\"y\",\"between\":\"year\","
		      "\"values\":[1,2]}"),
		  "E04", "/estimates/0/values" },
		{ EST("{\"stat\":\"unit_score\",\"unit\":\"u\",\"group\":"
		      "\"g\",\"shares\":{\"g1\":1}}"),
		  "E03", "/estimates/0/of" },
		{ EST("{\"stat\":\"unit_score\",\"of\":\"y\",\"unit\":\"u\","
		      "\"group\":\"g\"}"),
		  "E03", "/estimates/0/shares" },
		{ EST("{\"stat\":\"unit_score\",\"of\":\"y\",\"unit\":\"u\","
		      "\"group\":\"g\",\"shares\":{\"g1\":-1}}"),
		  "E05", "/estimates/0/shares/g1" },
		{ EST("{\"stat\":\"unit_score\",\"of\":\"y\",\"unit\":\"u\","
		      "\"group\":\"g\",\"by\":\"s\",\"shares\":{\"g1\":1}}"),
		  "E07", "/estimates/0/by" },
		{ DESIGN("1"), "E04", "/design" },
		{ DESIGN("{\"x\":1}"), "E02", "/design/x" },
		{ DESIGN("{\"weights\":1}"), "E04", "/design/weights" },
		{ DESIGN("{\"strata\":[\"s\",\"t\"]}"), "E07",
		  "/design/strata" },
		{ DESIGN("{\"fpc\":[\"N\",\"N\"],\"clusters\":\"psu\"}"), "E07",
		  "/design/fpc" },
		{ DESIGN("{\"clusters\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}"),
		  "E06", "/design/clusters" },
		{ DESIGN("{\"clusters\":[null,\"b\"]}"), "E05",
		  "/design/clusters" },
		{ DESIGN("{\"strata\":[[\"s\",4]]}"), "E04", "/design/strata" },
		{ DESIGN("{\"lonely\":\"x\"}"), "E05", "/design/lonely" },
		{ DESIGN("{\"collapse\":\"s\"}"), "E07", "/design/collapse" },
		{ DESIGN("{\"nest\":\"yes\"}"), "E04", "/design/nest" },
		{ WHERE("1"), "E04", "/where" },
		{ WHERE("{\"s\":[\"a\",1]}"), "E04", "/where/s" },
		{ WHERE("{\"s\":{\"min\":1,\"not\":2}}"), "E07", "/where/s" },
		{ WHERE("{\"s\":{\"prefix\":1}}"), "E04", "/where/s/prefix" },
		{ WHERE("{\"s\":{\"min\":\"1\"}}"), "E04", "/where/s/min" },
		{ WHERE("{\"s\":{\"mi\":1}}"), "E07", "/where/s" },
		{ WHERE("{\"s\":{\"not\":[\"a\",1]}}"), "E04", "/where/s/not" },
		{ DERIVE("{}"), "E04", "/derive" },
		{ DERIVE("[1]"), "E04", "/derive/0" },
		{ DERIVE("[{\"mean\":\"y\"}]"), "E03", "/derive/0/name" },
		{ DERIVE("[{\"name\":\"n\"}]"), "E07", "/derive/0" },
		{ DERIVE("[{\"name\":\"n\",\"mean\":\"y\",\"sum\":\"y\"}]"),
		  "E07", "/derive/0" },
		{ DERIVE("[{\"name\":\"n\",\"mean\":[]}]"), "E05",
		  "/derive/0/mean" },
		{ DERIVE("[{\"name\":\"n\",\"reverse\":\"y\"}]"), "E03",
		  "/derive/0/from" },
		{ DERIVE("[{\"name\":\"n\",\"count\":\"y\"}]"), "E03",
		  "/derive/0/min" },
		{ DERIVE("[{\"name\":\"n\",\"clip\":[\"y\",\"x\"],\"min\":1}]"),
		  "E05", "/derive/0/clip" },
		{ DERIVE("[{\"name\":\"n\",\"sum\":[\"y\",\"x\"],\"weights\":"
			 "[1]}]"),
		  "E04", "/derive/0/weights" },
		{ DERIVE("[{\"name\":\"n\",\"mean\":\"y\"},{\"name\":\"n\","
			 "\"mean\":\"y\"}]"),
		  "E08", "/derive/1/name" },
		{ DERIVE("[{\"name\":\"n\",\"mean\":\"y\",\"x\":1}]"), "E02",
		  "/derive/0/x" },
		{ "{\"data\":\"d\",\"derive\":[{\"name\":\"n\",\"mean\":"
		  "\"y\"}],\"where\":{\"n\":\"a\"}," OK_EST "}",
		  "E04", "/where/n" },
		{ "{\"wave\":\"w\",\"design\":{}," OK_EST "}", "E07",
		  "/design/clusters" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct tried t;
		bool found = false;

		try_on(&t, bad[i].json, tried_data);
		for (size_t k = 0; k < t.faults.n; k++)
			found = found || (strcmp(t.faults.list[k].code,
						 bad[i].code) == 0 &&
					  strcmp(t.faults.list[k].path,
						 bad[i].path) == 0);
		if (t.read || !found)
			fail_msg("%s: no %s at \"%s\", but %s at \"%s\"",
				 bad[i].json, bad[i].code, bad[i].path,
				 t.read ? "nothing" : t.faults.list[0].code,
				 t.read ? "" : t.faults.list[0].path);
		tried_clear(&t);
	}
}

static void all_faults_come_at_once(void **state)
{
	struct tried t;

	(void)state;
	try_on(&t,
	       "{\"data\":\"d\",\"a\":1,\"b\":2,\"design\":{\"lonely\":\"x\"},"
	       "\"estimates\":[{\"stat\":\"mean\"},{\"stat\":\"x\"}]}",
	       tried_data);
	assert_false(t.read);
	assert_int_equal(t.faults.n, 5);
	tried_clear(&t);
}

static void a_wave_knows_its_design(void **state)
{
	struct tried t;

	(void)state;
	*(&t) = (struct tried){ .a = arena_new((size_t)64 << 20) };
	faults_init(&t.faults, t.a);
	assert_true(frame_init(&t.f, 10, &t.e));
	assert_true(spec_read("{\"wave\":\"w\"," OK_EST "}",
			      strlen("{\"wave\":\"w\"," OK_EST "}"), t.a, &t.f,
			      &t.s, &t.faults));
	assert_string_equal(t.s.wave, "w");
	assert_string_equal(t.s.design.cluster[0], "respondent");
	assert_string_equal(t.s.design.fpc[0], "fpc");
	assert_int_equal(t.s.design.lonely, SURVEY_ADJUST);
	tried_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_has_its_place),
		cmocka_unit_test(all_faults_come_at_once),
		cmocka_unit_test(a_wave_knows_its_design),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
