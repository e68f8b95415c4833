/* The composite index against expected values made with R, on the criteria,
 * points and survey inputs of tests/data/oracle/comp_*.csv. */
#include <stdio.h>
#include <string.h>

#include "phieu/index_sure.h"
#include "phieu/json.h"
#include "phieu/reliability.h"
#include "support/index.h"
#include "support/oracle.h"
#include "support/table.h"
#include "support/test.h"

struct comp {
	struct test_table criteria, scores, survey, deductions;
	const char *unsurveyed;
};

static void comp_open(struct comp *c, const struct oracle *o)
{
	c->criteria = test_table_read("tests/data/oracle/comp_criteria.csv");
	c->scores = test_table_read("tests/data/oracle/comp_scores.csv");
	c->survey = test_table_read("tests/data/oracle/comp_survey_inputs.csv");
	c->deductions =
		test_table_read("tests/data/oracle/comp_deductions.csv");
	c->unsurveyed = json_get_text(json_get(o->tree, "designs"),
				      "survey_missing_unit");
	assert_non_null(c->unsurveyed);
}

static void comp_close(struct comp *c)
{
	test_table_free(&c->criteria);
	test_table_free(&c->scores);
	test_table_free(&c->survey);
	test_table_free(&c->deductions);
}

static const char *cell(const struct test_table *t, size_t row,
			const char *column)
{
	return test_cell(t, row, test_column(t, column));
}

static void put_rule(struct buf *b, const char *rule)
{
	if (strcmp(rule, "linear_1_5") == 0)
		buf_adds(b, ",\"convert\":{\"linear\":{\"low\":\"1\","
			    "\"high\":\"5\"}}");
	else if (strcmp(rule, "share5") == 0)
		buf_adds(b, ",\"convert\":{\"linear\":{\"low\":\"0\","
			    "\"high\":\"5\"}}");
	else if (strcmp(rule, "pct_sat") == 0)
		buf_adds(b, ",\"convert\":{\"linear\":{\"low\":\"0\","
			    "\"high\":\"1\"}}");
	else if (strcmp(rule, "step_share") == 0)
		buf_adds(b, ",\"convert\":{\"steps\":["
			    "{\"from\":\"0.8\",\"points\":\"3\"},"
			    "{\"from\":\"0.7\",\"points\":\"2\"},"
			    "{\"from\":\"0.6\",\"points\":\"1\"}]}");
	else if (strcmp(rule, "step_mean") == 0)
		buf_adds(b, ",\"convert\":{\"steps\":["
			    "{\"from\":\"4.2\",\"points\":\"4\"},"
			    "{\"from\":\"4\",\"points\":\"3\"},"
			    "{\"from\":\"3.8\",\"points\":\"2\"},"
			    "{\"from\":\"3.5\",\"points\":\"1\"}]}");
}

/* Fields one to eight with their leaves. */
static void put_criteria(struct buf *b, const struct comp *c)
{
	const struct test_table *t = &c->criteria;
	double most[9] = { 0 };

	for (size_t i = 0; i < t->rows; i++)
		most[(size_t)test_number(t, i, test_column(t, "field"))] +=
			test_number(t, i, test_column(t, "max"));
	for (unsigned f = 1; f <= 8; f++) {
		const char *comma = "";

		buf_addf(b,
			 "%s{\"code\":\"%u\",\"name\":\"n\",\"maximum\":"
			 "\"%.10g\",\"children\":[",
			 f > 1 ? "," : "", f, most[f]);
		for (size_t i = 0; i < t->rows; i++) {
			if (test_number(t, i, test_column(t, "field")) != f)
				continue;
			buf_addf(b,
				 "%s{\"code\":\"%s\",\"name\":\"n\","
				 "\"maximum\":\"%s\",\"source\":\"%s\"",
				 comma, cell(t, i, "code"), cell(t, i, "max"),
				 strcmp(cell(t, i, "source"), "survey") == 0
					 ? "survey"
					 : "assessed");
			put_rule(b, cell(t, i, "rule"));
			buf_adds(b, "}");
			comma = ",";
		}
		buf_adds(b, "]}");
	}
}

static void put_scores(struct buf *b, const struct comp *c, const char *unit)
{
	const struct test_table *t = &c->scores;
	const char *comma = "";

	for (size_t i = 0; i < t->rows; i++) {
		const char *status = cell(t, i, "status");

		if (strcmp(cell(t, i, "unit"), unit) != 0)
			continue;
		buf_addf(b, "%s\"%s\":{", comma, cell(t, i, "code"));
		comma = ",";
		if (strcmp(status, "NA") == 0)
			buf_adds(b, "\"status\":\"not-applicable\"}");
		else if (strcmp(status, "PENDING") == 0)
			buf_addf(b, "\"self\":\"%s\",\"status\":\"pending\"}",
				 cell(t, i, "self"));
		else
			buf_addf(b, "\"self\":\"%s\",\"value\":\"%s\"}",
				 cell(t, i, "self"), cell(t, i, "appraised"));
	}
}

static void put_survey(struct buf *b, const struct comp *c, size_t row)
{
	const struct test_table *t = &c->criteria;
	bool missing =
		strcmp(cell(&c->survey, row, "unit"), c->unsurveyed) == 0;

	for (size_t i = 0; i < t->rows; i++) {
		if (strcmp(cell(t, i, "source"), "survey") != 0)
			continue;
		if (missing)
			buf_addf(b, ",\"%s\":{\"status\":\"no-answers\"}",
				 cell(t, i, "code"));
		else
			buf_addf(b, ",\"%s\":\"%s\"", cell(t, i, "code"),
				 cell(&c->survey, row, cell(t, i, "link")));
	}
}

static void put_units(struct buf *b, const struct comp *c)
{
	for (size_t u = 0; u < c->survey.rows; u++) {
		const char *unit = cell(&c->survey, u, "unit");

		buf_addf(b,
			 "%s{\"code\":\"%s\",\"name\":\"n\",\"kind\":\"%s\","
			 "\"values\":{",
			 u > 0 ? "," : "", unit, cell(&c->survey, u, "level"));
		put_scores(b, c, unit);
		put_survey(b, c, u);
		buf_adds(b, "}");
		assert_string_equal(cell(&c->deductions, u, "unit"), unit);
		if (strcmp(cell(&c->deductions, u, "points"), "0") != 0)
			buf_addf(b,
				 ",\"deductions\":[{\"points\":\"%s\","
				 "\"reason\":\"r\"}]",
				 cell(&c->deductions, u, "points"));
		buf_adds(b, "}");
	}
}

static void comp_index(struct indexed *q, const struct comp *c,
		       const char *rescale, const char *order, const char *more)
{
	struct buf b = BUF_INIT((size_t)4 << 20);
	struct arena *a = arena_new(1 << 20);

	buf_addf(&b,
		 "{\"format\":\"phieu-index/1\",\"example\":true,"
		 "\"rules\":%s,\"kinds\":["
		 "{\"code\":\"so\",\"name\":\"s\",\"total\":\"100\"},"
		 "{\"code\":\"huyen\",\"name\":\"h\",\"total\":\"100\"}],"
		 "\"criteria\":[",
		 index_rules(a, rescale, "incomplete", order, 2, more));
	put_criteria(&b, c);
	buf_adds(&b, "],\"units\":[");
	put_units(&b, c);
	buf_adds(&b, "]}");
	indexed_open(q, buf_cstr(&b));
	buf_free(&b);
	arena_free(a);
}

static double dec_number(struct dec d)
{
	return (double)d.micro / 1e6;
}

static bool flag(const struct oracle *o, const char *field)
{
	return cJSON_IsTrue(oracle_field(o, field));
}

struct comp_runs {
	struct indexed exact, recorded, source, dense;
};

static void want_survey(struct oracle *o, const struct indexed *q,
			const cJSON *order, const char *field, size_t u,
			bool missing)
{
	const cJSON *code;
	char at[80];
	size_t i = 0;

	cJSON_ArrayForEach(code, order)
	{
		const struct index_cell *c =
			index_cell(q->ix, u,
				   indexed_node(q, code->valuestring));

		(void)snprintf(at, sizeof at, "%s[%zu]", field, i++);
		oracle_want(o, at,
			    missing	 ? NAN
			    : c->rounded ? dec_number(c->points)
					 : mpq_get_d(c->before));
	}
	assert_int_equal(i, 9);
}

static void check_fields(struct oracle *o, const struct comp_runs *r, size_t u,
			 bool missing)
{
	char at[80], code[8];

	for (unsigned f = 1; f <= 8; f++) {
		const struct index_cell *c;

		(void)snprintf(code, sizeof code, "%u", f);
		c = index_cell(r->recorded.ix, u,
			       indexed_node(&r->recorded, code));
		(void)snprintf(at, sizeof at, "field_points_recorded[%u]",
			       f - 1);
		oracle_want(o, at, missing ? NAN : mpq_get_d(c->before));
		(void)snprintf(at, sizeof at, "field_max[%u]", f - 1);
		oracle_want(o, at, mpq_get_d(c->base));
	}
}

static void check_ranks(struct oracle *o, const struct comp_runs *r,
			const char *unit)
{
	const cJSON *grade = oracle_field(o, "grade");

	if (!flag(o, "complete")) {
		assert_string_equal(indexed_total(&r->recorded, unit), "-");
		assert_true(cJSON_IsNull(grade));
		assert_int_equal(indexed_rank(&r->recorded, unit), 0);
		return;
	}
	assert_string_equal(indexed_grade(&r->recorded, unit),
			    cJSON_GetStringValue(grade));
	oracle_want(o, "rank_competition",
		    (double)indexed_rank(&r->recorded, unit));
	oracle_want(o, "rank_dense", (double)indexed_rank(&r->dense, unit));
}

static void check_unit(struct oracle *o, const struct comp_runs *r,
		       const cJSON *order)
{
	const char *unit = json_get_text(o->expected, "unit");
	size_t u = indexed_unit(&r->exact, unit);
	const struct index_total *x = index_total(r->exact.ix, u);
	const struct index_total *t = index_total(r->recorded.ix, u);
	const struct index_total *v = index_total(r->source.ix, u);
	bool missing = flag(o, "survey_missing");

	o->cases++;
	assert_true(t->complete == flag(o, "complete"));
	oracle_want(o, "self_total", mpq_get_d(t->self));
	oracle_want(o, "appraised_total", mpq_get_d(t->appraised));
	oracle_want(o, "gap_self_appraised",
		    mpq_get_d(t->self) - mpq_get_d(t->appraised));
	oracle_want(o, "n_na", (double)t->n_removed);
	if (!missing)
		oracle_want(o, "n_pending", (double)t->n_missing);
	oracle_want(o, "applicable_max", mpq_get_d(t->base));
	oracle_want(o, "deduction", mpq_get_d(t->deduction));
	want_survey(o, &r->exact, order, "survey_points_exact", u, missing);
	want_survey(o, &r->recorded, order, "survey_points_recorded", u,
		    missing);
	check_fields(o, r, u, missing);
	oracle_want(o, "survey_total_recorded",
		    missing ? NAN : mpq_get_d(t->part[INDEX_SURVEY].points));
	oracle_want(o, "total_exact", missing ? NAN : mpq_get_d(x->sum));
	oracle_want(o, "total_recorded", missing ? NAN : mpq_get_d(t->sum));
	oracle_want(o, "index100_exact", missing ? NAN : mpq_get_d(x->before));
	oracle_want(o, "index100_recorded",
		    missing ? NAN : dec_number(t->published));
	oracle_want(o, "variant_appraised_rescale",
		    missing ? NAN : dec_number(v->published));
	check_ranks(o, r, unit);
}

static void points_totals_grades_and_ranks_are_those_of_R(void **state)
{
	struct oracle o;
	struct comp c;
	struct comp_runs r;

	(void)state;
	oracle_open(&o, "comp");
	comp_open(&c, &o);
	comp_index(&r.exact, &c, "total", "sum-first", "");
	comp_index(&r.recorded, &c, "total", "item-first", "");
	comp_index(&r.source, &c, "source", "item-first", "");
	comp_index(&r.dense, &c, "total", "item-first", ",\"ties\":\"dense\"");
	for (const cJSON *at = oracle_next(&o, NULL); at;
	     at = oracle_next(&o, at)) {
		if (!oracle_is(&o, "unit."))
			continue;
		check_unit(&o, &r, json_get(at, "survey_leaf_order"));
	}
	assert_int_equal(o.cases, 28);
	indexed_close(&r.exact);
	indexed_close(&r.recorded);
	indexed_close(&r.source);
	indexed_close(&r.dense);
	comp_close(&c);
	oracle_close(&o);
}

/* ---- edges ------------------------------------------------------------- */

static struct dec dec_of(const char *s)
{
	struct err e = { 0 };
	struct dec d = { 0 };

	assert_true(dec_parse(s, strlen(s), &d, &e));
	return d;
}

static void check_half_up(const cJSON *list)
{
	const cJSON *pair;
	mpq_t x;

	mpq_init(x);
	cJSON_ArrayForEach(pair, list)
	{
		struct err e = { 0 };
		char text[DEC_TEXT_MAX + 8];
		struct dec got;

		exact_from_dec(
			x, dec_of(cJSON_GetArrayItem(pair, 0)->valuestring));
		assert_true(exact_round(x, 2, EXACT_HALF_UP, &got, &e));
		assert_string_equal(exact_fixed(got, 2, text),
				    cJSON_GetArrayItem(pair, 1)->valuestring);
	}
	mpq_clear(x);
}

static void check_edge_ranks(const cJSON *rank)
{
	struct dec value[8];
	bool in[8];
	size_t got[8], n = 0;
	const cJSON *one;

	cJSON_ArrayForEach(one, json_get(rank, "values"))
	{
		in[n] = true;
		value[n++].micro = llround(one->valuedouble * 1e6);
	}
	index_rank(value, in, n, INDEX_SHARED, got);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(got[i],
				 cJSON_GetArrayItem(json_get(rank,
							     "competition"),
						    (int)i)
					 ->valueint);
	index_rank(value, in, n, INDEX_DENSE, got);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(got[i],
				 cJSON_GetArrayItem(json_get(rank, "dense"),
						    (int)i)
					 ->valueint);
	in[0] = false;
	index_rank(value, in, n, INDEX_SHARED, got);
	assert_int_equal(got[0], 0);
	assert_int_equal(got[2], 1);
}

static void halves_grades_and_ties_at_the_edge_are_those_of_R(void **state)
{
	static const char *const names[] = { "Xuất sắc", "Tốt", "Khá",
					     "Trung bình", "Yếu" };
	static const int64_t from[] = { 95, 85, 75, 70, 0 };
	struct index_band bands[5];
	struct oracle o;
	const cJSON *pair;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		bands[i] =
			(struct index_band){ names[i], { from[i] * DEC_ONE } };
	oracle_open(&o, "comp");
	for (const cJSON *at = oracle_next(&o, NULL); at;
	     at = oracle_next(&o, at)) {
		if (strcmp(o.id, "edges") != 0)
			continue;
		check_half_up(json_get(o.expected, "half_up_2dp"));
		cJSON_ArrayForEach(pair, json_get(o.expected, "grade"))
			assert_string_equal(
				names[index_grade(
					dec_of(cJSON_GetArrayItem(pair, 0)
						       ->valuestring),
					bands, 5)],
				cJSON_GetArrayItem(pair, 1)->valuestring);
		assert_true(index_grade(dec_of("-0.01"), bands, 5) ==
			    INDEX_NONE);
		check_edge_ranks(json_get(o.expected, "rank"));
		o.cases++;
	}
	assert_int_equal(o.cases, 1);
	oracle_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_totals_grades_and_ranks_are_those_of_R),
		cmocka_unit_test(
			halves_grades_and_ties_at_the_edge_are_those_of_R),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
