/* Calibration as a specification asks for it: errors that must be 0, and
 * bounds of weights under logit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_spec.h"
#include "phieu/json.h"
#include "support/asked.h"
#include "support/spec.h"
#include "support/test.h"

#define SEX \
	"\"margins\":[{\"by\":\"sex\",\"totals\":{\"F\":37362,\"M\":40696}}]"
#define MEMBERS(x) "\"data\":\"sipas.csv\",\"design\":{" x "\"weights\":\"w\"},"
#define CLUSTERED  MEMBERS("\"strata\":\"strat_uc\",\"clusters\":\"psu_uc\",")
#define ROWS	   MEMBERS("")
#define STAGES                                                                \
	MEMBERS("\"strata\":[\"vung\",null,null],\"clusters\":[\"district\"," \
		"\"commune\",\"id\"],\"fpc\":[\"N_district\",\"M_commune\","  \
		"\"N_person\"],")

/* What the margins fix has no error, in whichever way it is asked. */
static void what_calibration_fixes_has_an_error_of_exactly_zero(void **state)
{
	static const char *const design[] = { CLUSTERED, ROWS, STAGES };
	static const char *const method[] = { "poststratify\"", "rake\"",
					      "linear\"", "raking\"",
					      "logit\",\"bounds\":[0.5,2]" };
	static const char *const replicates[] = {
		"", "\"replicates\":{\"method\":\"jkn\"},",
		"\"replicates\":{\"method\":\"bootstrap\",\"count\":40},"
	};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t m = 0; m < 5; m++)
			for (size_t k = 0; k < (i == 0 ? 3U : 1U); k++) {
				char json[1500];
				struct asked q;

				(void)snprintf(
					json, sizeof json,
					"{%s\"calibrate\":{\"method\":\"%s," SEX
					"},%s\"estimates\":["
					"{\"stat\":\"distribution\",\"of\":"
					"\"sex\"},{\"stat\":\"proportion\","
					"\"of\":\"sex\",\"is\":\"F\"},"
					"{\"stat\":\"total\",\"by\":\"sex\"},"
					"{\"stat\":\"total\"},{\"stat\":"
					"\"total\",\"cov\":true}]}",
					design[i], method[m], replicates[k]);
				ask(&q, json);
				for (size_t c = 0; c < q.out.n; c++)
					if (q.out.cell[c].r.se != 0)
						fail_msg("%zu %s %s: se of %s "
							 "is %g",
							 i, method[m],
							 replicates[k],
							 q.out.cell[c].of,
							 q.out.cell[c].r.se);
				asked_clear(&q);
			}
}

/* Covariances too, where several are asked at once. */
static void what_is_fixed_has_no_covariance(void **state)
{
	struct asked q;
	cJSON *tree;
	const cJSON *row, *x;

	(void)state;
	ask(&q, "{" CLUSTERED "\"derive\":[{\"name\":\"f\",\"is\":{\"sex\":"
		"\"F\"}}],\"calibrate\":{\"method\":\"raking\"," SEX "},"
		"\"estimates\":[{\"stat\":\"means\",\"of\":[\"f\",\"E1\"]}]}");
	assert_true(q.out.cell[0].r.se == 0);
	assert_true(q.out.cell[1].r.se > 0);
	tree = cJSON_Parse(q.out.detail[0]);
	row = json_get(tree, "cov")->child->child;
	assert_int_equal(cJSON_GetArraySize(row), 2);
	assert_true(cJSON_IsNumber(row->child));
	cJSON_ArrayForEach(x, row) assert_true(x->valuedouble == 0);
	cJSON_Delete(tree);
	asked_clear(&q);
}

/* y = sex + 1e-6 E1: nearly all of it is fixed, and the rest must not be taken
 * for rounding.  Errors are linear in y, so its own is 1e-6 that of E1. */
static void a_millionth_that_is_left_keeps_its_error(void **state)
{
	static const char *const design[] = { CLUSTERED, ROWS, STAGES };
	static const char *const replicates[] = {
		"", "\"replicates\":{\"method\":\"jkn\"},"
	};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < (i == 0 ? 2U : 1U); k++) {
			char json[1500];
			struct asked q;

			(void)snprintf(
				json, sizeof json,
				"{%s\"derive\":[{\"name\":\"f\",\"is\":{"
				"\"sex\":\"F\"}},{\"name\":\"y\",\"sum\":["
				"\"f\",\"E1\"],\"weights\":[1,1e-6]}],"
				"\"calibrate\":{\"method\":"
				"\"poststratify\"," SEX
				"},%s\"estimates\":[{\"stat\":\"mean\",\"of\":"
				"\"y\"},{\"stat\":\"mean\",\"of\":\"E1\"}]}",
				design[i], replicates[k]);
			ask(&q, json);
			assert_near(q.out.cell[0].r.se * 1e6,
				    q.out.cell[1].r.se, 1e-7);
			asked_clear(&q);
		}
}

#define LOGIT                                                             \
	"{" CLUSTERED "\"calibrate\":{\"method\":\"logit\",\"margins\":[" \
	"{\"total\":78058},{\"by\":\"sex\",\"totals\":{\"M\":40696},"     \
	"\"partial\":true},{\"by\":\"type\",\"totals\":{\"ORG\":9504},"   \
	"\"partial\":true}]%s},\"estimates\":[{\"stat\":\"mean\",\"of\":" \
	"\"overall\"},{\"stat\":\"mean\",\"of\":\"E1\"},{\"stat\":\"kish\"}]}"

/* R 4.2.2, survey 4.1.1: calibrate(design, ~sex + type, pop, calfun = "logit",
 * bounds = c(lo, hi), bounds.const = TRUE, epsilon = 1e-14). */
static void logit_keeps_weights_strictly_within_a_trim_as_r_does(void **state)
{
	char json[1500];
	struct asked q;

	(void)state;
	(void)snprintf(json, sizeof json, LOGIT,
		       ",\"trim\":[7.8675180722891547,51.084247787610622]");
	ask(&q, json);
	assert_near(q.out.cell[0].r.value, 3.8793372334563472, 1e-10);
	assert_near(q.out.cell[0].r.se, 0.035354332444921741, 1e-10);
	assert_near(q.out.cell[1].r.value, 3.8966145592376993, 1e-10);
	assert_near(q.out.cell[1].r.se, 0.031580798617664115, 1e-10);
	assert_near(extra(&q.out.cell[2], "min"), 7.8802065990137722, 1e-10);
	assert_near(extra(&q.out.cell[2], "max"), 49.9326054807669024, 1e-10);
	assert_near(extra(&q.out.cell[2], "sumsq"), 2404679.4624135341, 1e-10);
	asked_clear(&q);
	/* bounds of the factors hold beside those of the weights */
	(void)snprintf(json, sizeof json, LOGIT,
		       ",\"bounds\":[0.7,1.02],\"trim\":[7,60]");
	ask(&q, json);
	assert_true(extra(&q.out.cell[2], "max") < 49.2 * 1.02);
	asked_clear(&q);
}

static void logit_says_which_weight_a_trim_leaves_no_factor_for(void **state)
{
	static const struct {
		const char *json, *why;
	} cases[] = {
		{ ",\"trim\":[9,60]", "row " },
		{ ",\"trim\":[9,60]", "logit has no factor for it" },
		{ ",\"trim\":[1,40]", "not within the trim" },
		{ ",\"trim\":{\"lower\":1}", "two bounds of g, or of the "
					     "weights" },
		{ "", "two bounds of g" },
		{ ",\"trim\":[5,2]", "0 <= lower < upper" },
	};
	char *csv = test_spec_file("sipas.csv");

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct test_spec t;
		char json[1500];

		(void)snprintf(json, sizeof json, LOGIT, cases[i].json);
		test_spec_run(&t, json, csv);
		assert_true(t.read);
		assert_false(t.ran);
		if (!strstr(t.e.msg, cases[i].why))
			fail_msg("%s: %s", cases[i].json, t.e.msg);
		test_spec_clear(&t);
	}
	free(csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_calibration_fixes_has_an_error_of_exactly_zero),
		cmocka_unit_test(what_is_fixed_has_no_covariance),
		cmocka_unit_test(a_millionth_that_is_left_keeps_its_error),
		cmocka_unit_test(
			logit_keeps_weights_strictly_within_a_trim_as_r_does),
		cmocka_unit_test(
			logit_says_which_weight_a_trim_leaves_no_factor_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
