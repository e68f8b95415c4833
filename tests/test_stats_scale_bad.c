/* Scale quality: specifications and data with something wrong. */
#include <string.h>

#include "phieu/json.h"
#include "support/oracle.h"
#include "support/spec.h"
#include "support/spec_scale.h"
#include "support/test.h"

static void a_bad_specification_names_the_place(void **state)
{
	static const struct {
		const char *json, *code, *path;
	} bad[] = {
		{ ONE("\"stat\":\"alpha\",\"of\":[\"a\"]"), "E05",
		  "/estimates/0/of" },
		{ ONE("\"stat\":\"alpha\",\"of\":[\"a\",\"b\"],\"rotate\":1"),
		  "E02", "/estimates/0/rotate" },
		{ ONE("\"stat\":\"alpha\",\"of\":[\"a\",\"b\"],\"reverse\":"
		      "[\"a\"]"),
		  "E03", "/estimates/0/range" },
		{ ONE("\"stat\":\"alpha\",\"of\":[\"a\",\"b\"],\"reverse\":"
		      "[\"c\"],\"range\":[1,5]"),
		  "E05", "/estimates/0/reverse" },
		{ ONE("\"stat\":\"alpha\",\"of\":[\"a\",\"b\"],\"reverse\":7"),
		  "E04", "/estimates/0/reverse" },
		{ ONE("\"stat\":\"alpha\",\"of\":[\"a\",\"b\"],\"range\":"
		      "[5,1]"),
		  "E05", "/estimates/0/range" },
		{ ONE("\"stat\":\"omega\",\"of\":[\"a\",\"b\"]"), "E05",
		  "/estimates/0/of" },
		{ ONE("\"stat\":\"polychoric\",\"of\":[\"a\"]"), "E05",
		  "/estimates/0/of" },
		{ ONE("\"stat\":\"omega\",\"of\":[\"a\",\"b\",\"c\"],"
		      "\"matrix\":\"x\""),
		  "E05", "/estimates/0/matrix" },
		{ ONE("\"stat\":\"pca\",\"of\":[\"a\",\"b\"]"), "E05",
		  "/estimates/0/of" },
		{ ONE("\"stat\":\"pca\",\"of\":[\"a\",\"b\",\"c\"],"
		      "\"factors\":3"),
		  "E05", "/estimates/0/factors" },
		{ ONE("\"stat\":\"factor\",\"of\":[\"a\",\"b\",\"c\"],"
		      "\"factors\":\"all\""),
		  "E05", "/estimates/0/factors" },
		{ ONE("\"stat\":\"kappa\",\"of\":[\"a\"]"), "E05",
		  "/estimates/0/of" },
		{ ONE("\"stat\":\"kappa\",\"of\":[\"a\",\"b\"],\"levels\":[1]"),
		  "E05", "/estimates/0/levels" },
		{ ONE("\"stat\":\"kappa\",\"of\":[\"a\",\"b\"],\"levels\":"
		      "[1,null]"),
		  "E05", "/estimates/0/levels" },
		{ ONE("\"stat\":\"icc\",\"of\":[\"a\"]"), "E05",
		  "/estimates/0/of" },
		{ ONE("\"stat\":\"icc\",\"of\":[\"a\"],\"group\":1"), "E04",
		  "/estimates/0/group" },
		{ ONE("\"stat\":\"quality\",\"of\":[\"a\"]"), "E05",
		  "/estimates/0/of" },
		{ ONE("\"stat\":\"quality\",\"of\":[\"a\",\"b\"],\"id\":7"),
		  "E04", "/estimates/0/id" },
		{ ONE("\"stat\":\"quality\",\"of\":[\"a\",\"b\"],\"asked\":"
		      "{\"F\":[\"a\"]}"),
		  "E05", "/estimates/0/asked" },
		{ ONE("\"stat\":\"quality\",\"of\":[\"a\",\"b\"],\"form\":"
		      "\"f\",\"asked\":{\"F\":[\"z\"]}"),
		  "E05", "/estimates/0/asked" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct test_spec t;
		bool found = false;

		test_spec_run(&t, bad[i].json, "a,b\n1,2\n");
		assert_false(t.read);
		for (size_t f = 0; f < t.faults.n; f++)
			found = found || (strcmp(t.faults.list[f].code,
						 bad[i].code) == 0 &&
					  strcmp(t.faults.list[f].path,
						 bad[i].path) == 0);
		if (!found)
			fail_msg("%s: %s at %s", bad[i].json,
				 t.faults.list[0].code, t.faults.list[0].path);
		test_spec_clear(&t);
	}
}

static void data_that_give_nothing_warn(void **state)
{
	static const struct {
		const char *json, *code, *part;
	} bad[] = {
		/* a constant item, by its name */
		{ ONE("\"stat\":\"alpha\",\"of\":[\"a\",\"d\"]"), "W12",
		  "\"d\"" },
		{ ONE("\"stat\":\"omega\",\"of\":[\"a\",\"b\",\"d\"]"), "W12",
		  "\"d\"" },
		/* too few complete rows */
		{ ONE("\"stat\":\"alpha\",\"of\":[\"a\",\"b\"],\"by\":\"g\""),
		  "W12", "1 rows are complete" },
		/* more items than rows allow */
		{ "{\"data\":\"x\",\"derive\":[],\"estimates\":[{\"name\":"
		  "\"e\",\"stat\":\"omega\",\"of\":[\"a\",\"b\",\"t\"]}]}",
		  "W12", "singular" },
		{ ONE("\"stat\":\"pca\",\"of\":[\"a\",\"b\",\"t\"],\"where\":"
		      "{\"g\":[\"x\",\"z\"]}"),
		  "W11", "more rows than items" },
		{ ONE("\"stat\":\"polychoric\",\"of\":[\"a\",\"d\"]"), "W12",
		  "\"d\"" },
		{ ONE("\"stat\":\"kappa\",\"of\":[\"d\",\"d\"]"), "W11",
		  "two categories" },
		{ ONE("\"stat\":\"icc\",\"of\":[\"d\",\"d\"]"), "W12",
		  "do not differ" },
		{ ONE("\"stat\":\"icc\",\"of\":\"d\",\"group\":\"g\""), "W12",
		  "no variance within" },
		{ ONE("\"stat\":\"icc\",\"of\":\"a\",\"group\":\"a\""), "W12",
		  "no group has two" },
		{ ONE("\"stat\":\"quality\",\"of\":[\"a\",\"t\"],\"far\":2"),
		  "W12", "singular" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct test_spec t;
		struct buf b = BUF_INIT(1 << 20);
		cJSON *tree;

		test_spec_run(&t, bad[i].json, four);
		assert_true(t.read);
		if (!t.ran)
			fail_msg("%s: %s", bad[i].json, t.e.msg);
		if (!test_spec_warned(&t, bad[i].code, bad[i].part))
			fail_msg("%s: %s", bad[i].json,
				 t.out.n_warnings > 0 ? t.out.warning[0].message
						      : "no warning");
		assert_true(t.out.failed > 0);
		/* the output stays JSON whatever failed */
		est_write_json(&t.spec, &t.out, &b);
		tree = cJSON_Parse(buf_cstr(&b));
		assert_non_null(tree);
		cJSON_Delete(tree);
		buf_free(&b);
		test_spec_clear(&t);
	}
}

/* 40 answers, opposed ones, three that do not go together, two texts. */
static void scales_that_are_none_warn(void **state)
{
	static const struct {
		const char *json, *part;
	} bad[] = {
		{ ONE("\"stat\":\"omega\",\"matrix\":\"polychoric\",\"of\":"
		      "[\"many\",\"p\",\"q\"]"),
		  "more than 32" },
		{ ONE("\"stat\":\"polychoric\",\"of\":[\"many\",\"p\"]"),
		  "more than 32" },
		{ ONE("\"stat\":\"alpha\",\"of\":[\"many\",\"less\"]"),
		  "sum of the items" },
		{ ONE("\"stat\":\"factor\",\"of\":[\"p\",\"q\",\"s\"]"),
		  "no factor beyond chance" },
		{ ONE("\"stat\":\"factor\",\"factors\":2,\"of\":[\"p\","
		      "\"q\",\"s\"]"),
		  "cannot carry" },
		{ ONE("\"stat\":\"kappa\",\"of\":[\"many\",\"wide\"]"),
		  "more than 60" },
	};
	struct buf csv = BUF_INIT(10000);
	struct test_spec t;
	const struct est_cell *c;
	cJSON *detail;

	(void)state;
	buf_adds(&csv, "many,less,p,q,s,wide,one,two,g\n");
	for (int i = 0; i < 40; i++)
		buf_addf(&csv, "%d,%d,%d,%d,%d,%d,%s,%s,%s\n", i, 100 - i,
			 i & 1, i >> 1 & 1, i >> 2 & 1, 1000 + i,
			 i % 3 == 0 ? "có" : "không",
			 i < 36 ? i % 4 == 0 ? "có" : "không" : "",
			 i < 36 ? "a" : "b");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		test_spec_run(&t, bad[i].json, buf_cstr(&csv));
		assert_true(t.read && t.ran);
		if (t.out.n_warnings == 0 ||
		    strstr(t.out.warning[0].message, bad[i].part) == NULL)
			fail_msg("%s: %s", bad[i].json,
				 t.out.n_warnings > 0 ? t.out.warning[0].message
						      : "no warning");
		test_spec_clear(&t);
	}
	/* answers in words; a group without a second reading */
	test_spec_run(&t,
		      ONE("\"stat\":\"kappa\",\"of\":[\"one\",\"two\"],"
			  "\"by\":\"g\""),
		      buf_cstr(&csv));
	assert_true(t.read && t.ran);
	c = test_spec_cell(&t, "e", "observed", "a");
	assert_int_equal(c->r.n, 36);
	assert_true(isnan(test_spec_cell(&t, "e", "kappa", "b")->r.value));
	detail = test_spec_detail(&t, "e");
	assert_string_equal(
		cJSON_GetArrayItem(json_get(detail, "levels"), 0)->valuestring,
		"có");
	cJSON_Delete(detail);
	test_spec_clear(&t);
	/* rows of a domain alone are listed */
	test_spec_run(&t,
		      ONE("\"stat\":\"quality\",\"of\":[\"p\",\"q\"],"
			  "\"where\":{\"g\":\"b\"},\"rows\":9"),
		      buf_cstr(&csv));
	assert_true(t.read && t.ran);
	detail = test_spec_detail(&t, "e");
	assert_int_equal(cJSON_GetArraySize(json_get(detail, "rows")), 4);
	cJSON_Delete(detail);
	test_spec_clear(&t);
	buf_free(&csv);
}

static void an_empty_domain_gives_no_cells(void **state)
{
	static const char *const json[] = {
		ONE("\"stat\":\"alpha\",\"of\":[\"a\",\"b\"],\"where\":{\"g\":"
		    "\"no\"},\"by\":\"g\""),
		ONE("\"stat\":\"polychoric\",\"of\":[\"a\",\"b\"],\"where\":"
		    "{\"g\":\"no\"},\"by\":\"g\""),
		ONE("\"stat\":\"kappa\",\"of\":[\"a\",\"b\"],\"where\":{\"g\":"
		    "\"no\"},\"by\":\"g\""),
		ONE("\"stat\":\"icc\",\"of\":[\"a\",\"b\"],\"where\":{\"g\":"
		    "\"no\"},\"by\":\"g\""),
		ONE("\"stat\":\"quality\",\"of\":[\"a\",\"b\"],\"where\":"
		    "{\"g\":\"no\"},\"by\":\"g\""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
		struct test_spec t;

		test_spec_run(&t, json[i], four);
		assert_true(t.read);
		if (!t.ran)
			fail_msg("%s: %s", json[i], t.e.msg);
		assert_int_equal(t.out.n, 0);
		test_spec_clear(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_specification_names_the_place),
		cmocka_unit_test(data_that_give_nothing_warn),
		cmocka_unit_test(scales_that_are_none_warn),
		cmocka_unit_test(an_empty_domain_gives_no_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
