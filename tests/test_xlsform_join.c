/* Parts of a workbook put into a plan: what takes whose place, what stays, and
 * what the plan says of it. */
#include "support/xlsform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/json.h"

#define SMALL "tests/data/plan/small.json"
#define SET(code, version) \
	"form_title|form_id|version|basis\nPhiếu|" code "|" version "|qd-1\n"
#define BA                                                                \
	"list_name|name|label|coefficient|satisfied\nx|A|Tốt|100|yes\n" \
	"x|B|Kém|0\n"

struct joined {
	struct xread r;
	struct plan *plan, *now; /* now: NULL where the plan has faults */
	cJSON *json;
};

static void join_open(struct joined *j, const char *path, const char *survey,
		      const char *choices, const char *settings)
{
	struct xbook books[4] = { { "survey", survey } };
	struct err e = { 0 };
	size_t n = 1;

	*j = (struct joined){ 0 };
	xread_open(&j->r);
	if (choices)
		books[n++] = (struct xbook){ "choices", choices };
	books[n] = (struct xbook){ "settings", settings };
	j->plan = plan_file_read(path, &e);
	assert_non_null(j->plan);
	assert_true(xread_book(&j->r, books, NULL, &e));
	assert_string_equal(xread_said(&j->r, &j->r.faults), "");
	if (!xlsform_join(j->plan, j->r.parts.data, j->r.parts.len,
			  &j->r.joined, &j->r.faults, &e))
		fail_msg("%s", e.msg);
	j->json = cJSON_ParseWithLength(j->r.joined.data, j->r.joined.len);
	assert_non_null(j->json);
	if (j->r.faults.n == 0)
		j->now = plan_read(j->r.joined.data, j->r.joined.len,
				   &j->r.faults, &e);
}

static void join_close(struct joined *j)
{
	plan_free(j->now);
	plan_free(j->plan);
	cJSON_Delete(j->json);
	xread_close(&j->r);
}

static const cJSON *at(const cJSON *list, const char *code)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, list)
	{
		if (strcmp(json_get_text(v, "code"), code) == 0)
			return v;
		if (json_get(v, "children")) {
			const cJSON *below = at(json_get(v, "children"), code);

			if (below)
				return below;
		}
	}
	return NULL;
}

/* "i1 F1 Q1 2;i2 F1 Q2 1" of a criterion as the joined plan has it */
static const char *rows(const struct joined *j, const char *criterion)
{
	static char out[400];
	const cJSON *row;

	out[0] = '\0';
	cJSON_ArrayForEach(row, json_get(at(json_get(j->json, "criteria"),
					    criterion),
					 "questions"))
	{
		const char *w = json_get_text(row, "weight");

		(void)snprintf(out + strlen(out), sizeof out - strlen(out),
			       "%s%s %s %s %s", *out ? ";" : "",
			       json_get_text(row, "item"),
			       json_get_text(row, "form"),
			       json_get_text(row, "question"), w ? w : "1");
	}
	return out;
}

static const char *group_form(const struct joined *j, int i)
{
	return json_get_text(cJSON_GetArrayItem(json_get(j->json, "groups"), i),
			     "form");
}

/* The form stands in the place of the one with its code and version; what it
 * fed and feeds no more goes, what others feed stays. */
static void rows_of_criteria_follow_the_workbook(void **state)
{
	static const struct {
		const char *criterion, *l12, *l13, *l2;
	} t[] = {
		/* as it was */
		{ "L1.2:i1:2; L2:i1|L1.3:i1",
		  "i1 F1 Q1 2;i1 F2 Q1 2;i2 F1 Q2 1", "i1 F2 Q2 1",
		  "i1 F2 Q1 1" },
		/* another weight is another row, at the end */
		{ "L1.2:i1:3; L2:i1|L1.3:i1",
		  "i1 F1 Q1 2;i2 F1 Q2 1;i1 F2 Q1 3", "i1 F2 Q2 1",
		  "i1 F2 Q1 1" },
		/* another question of the form */
		{ "L1.3:i1; L2:i1|", "i1 F1 Q1 2;i2 F1 Q2 1", "i1 F2 Q1 1",
		  "i1 F2 Q1 1" },
		/* named twice is one row; the item is the question's */
		{ "L2; L2:Q1:1|L1.3:i1; L1.3:i1:1", "i1 F1 Q1 2;i2 F1 Q2 1",
		  "i1 F2 Q2 1", "Q1 F2 Q1 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char survey[400], *two;
		struct joined j;
		char first[120];

		(void)snprintf(first, sizeof first, "%s", t[i].criterion);
		two = strchr(first, '|');
		*two++ = '\0';
		(void)snprintf(survey, sizeof survey,
			       "type|name|label|criterion\n"
			       "select_one bon|Q1|Một?|%s\n"
			       "select_one ba|Q2|Hai?|%s\n",
			       first, two);
		join_open(&j, SMALL, survey,
			  "list_name|name|label|coefficient|satisfied\n"
			  "bon|A|Tốt|100|yes\nbon|B|Kém|0\n"
			  "ba|A|Tốt|100|yes\nba|B|Kém|0\n",
			  SET("F2", "1"));
		assert_string_equal(rows(&j, "L1.2"), t[i].l12);
		assert_string_equal(rows(&j, "L1.3"), t[i].l13);
		assert_string_equal(rows(&j, "L2"), t[i].l2);
		assert_int_equal(cJSON_GetArraySize(json_get(j.json, "forms")),
				 2);
		join_close(&j);
	}
}

/* A second version: what named the form by its code goes on meaning the first,
 * and nothing of it is taken away. */
static void a_new_version_takes_nothing_from_the_old_one(void **state)
{
	struct joined j;
	const cJSON *forms;

	(void)state;
	join_open(&j, SMALL,
		  "type|name|label|criterion\nselect_one x|Q1|Mới?|L2:i1\n", BA,
		  SET("F2", "2"));
	forms = json_get(j.json, "forms");
	assert_int_equal(cJSON_GetArraySize(forms), 3);
	assert_string_equal(json_get_text(cJSON_GetArrayItem(forms, 2),
					  "version"),
			    "2");
	assert_string_equal(rows(&j, "L1.2"),
			    "i1 F1 Q1 2;i1 F2/1 Q1 2;i2 F1 Q2 1");
	assert_string_equal(rows(&j, "L1.3"), "i1 F2/1 Q2 1");
	assert_string_equal(rows(&j, "L2"), "i1 F2/1 Q1 1;i1 F2/2 Q1 1");
	assert_string_equal(group_form(&j, 0), "F1");
	assert_string_equal(group_form(&j, 2), "F2/1");
	assert_string_equal(group_form(&j, 3), "F2/1");
	/* whoever answers it is said in the plan, not in a workbook */
	assert_true(faults_have(&j.r.faults, "P28"));
	assert_false(faults_have(&j.r.faults, "P07"));
	join_close(&j);
}

static void a_form_of_another_code_stands_at_the_end(void **state)
{
	struct joined j;

	(void)state;
	join_open(&j, SMALL, "type|name|label\ntext|Q1|A\n", NULL,
		  SET("F9", "1"));
	assert_int_equal(cJSON_GetArraySize(json_get(j.json, "forms")), 3);
	assert_string_equal(group_form(&j, 2), "F2");
	assert_string_equal(rows(&j, "L1.3"), "i1 F2 Q2 1");
	assert_string_equal(xread_said(&j.r, &j.r.faults), "P28 /forms/2");
	join_close(&j);
}

/* Options that say the same are one scale; the same name with other options is
 * this form's own. */
static void scales_are_shared_by_what_they_say(void **state)
{
#define HEAD "list_name|name|label|coefficient|satisfied|no_opinion\n"
	static const struct {
		const char *list, *choices;
		const char *scale; /* NULL: options of its own */
	} t[] = {
		{ "bon", NULL, "bon" },
		/* a list with a name of its own keeps it */
		{ "khac", NULL, "khac" },
		{ "bon", HEAD "bon|A|Tốt|90|yes|\nbon|B|Kém|0||\n", NULL },
		{ "moi", HEAD "moi|A|Tốt|90|yes|\nmoi|B|Kém|0||\n", "moi" },
	};
	struct err e = { 0 };
	struct plan *p = plan_file_read(SMALL, &e);
	const struct question *was;

	(void)state;
	assert_non_null(p);
	was = &p->forms[0].questions[0];
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf c = BUF_INIT(4096);
		char survey[300];
		struct joined j;
		const cJSON *q;

		buf_adds(&c, HEAD);
		for (size_t k = 0; k < was->n_options; k++) {
			const struct option *o = &was->options[k];
			char text[DEC_TEXT_MAX] = "";

			if (o->has_coefficient)
				(void)dec_text(o->coefficient, text);
			buf_addf(&c, "%s|%s|%s|%s|%s|%s\n", t[i].list, o->code,
				 o->label, text, o->satisfied ? "yes" : "",
				 o->no_opinion ? "yes" : "");
		}
		(void)snprintf(survey, sizeof survey,
			       "type|name|label|criterion\n"
			       "select_one %s|Q1|Một?|L1.2:i1:2; L2:i1\n"
			       "select_one %s|Q2|Hai?|L1.3:i1\n",
			       t[i].list, t[i].list);
		join_open(&j, SMALL, survey,
			  t[i].choices ? t[i].choices : buf_cstr(&c),
			  SET("F2", "1"));
		q = cJSON_GetArrayItem(
			json_get(cJSON_GetArrayItem(json_get(j.json, "forms"),
						    1),
				 "questions"),
			0);
		if (t[i].scale)
			assert_string_equal(json_get_text(q, "scale"),
					    t[i].scale);
		else
			assert_non_null(json_get(q, "options"));
		/* the other form's scale is what it was */
		assert_string_equal(json_get_text(at(json_get(j.json, "scales"),
						     "bon"),
						  "code"),
				    "bon");
		assert_int_equal(cJSON_GetArraySize(json_get(
					 at(json_get(j.json, "scales"), "bon"),
					 "options")),
				 (int)was->n_options);
		join_close(&j);
		buf_free(&c);
	}
	plan_free(p);
}

static void a_criterion_that_is_not_there_is_named(void **state)
{
	struct joined j;

	(void)state;
	join_open(&j, SMALL,
		  "type|name|label|criterion\n"
		  "select_one x|Q1|Một?|L1.2:i1:2; L9; L2:i1\n"
		  "select_one x|Q2|Hai?|L1.3:i1\n",
		  BA, SET("F2", "1"));
	assert_true(faults_have(&j.r.faults, "X04"));
	join_close(&j);
}

/* Parts that are none: only a program could send them. */
static void parts_that_are_no_parts_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "{}", "{\"forms\":[]}", "{\"forms\":{}}"
	};
	struct err e = { 0 };
	struct plan *p = plan_file_read(SMALL, &e);
	struct xread r;

	(void)state;
	xread_open(&r);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		e = (struct err){ 0 };
		r.joined.len = 0;
		assert_false(xlsform_join(p, bad[i], strlen(bad[i]), &r.joined,
					  &r.faults, &e));
		assert_true(e.kind != ERR_NONE);
	}
	xread_close(&r);
	plan_free(p);
}

static int start(void **state)
{
	struct err e = { 0 };

	(void)state;
	return hash_start(&e) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_criteria_follow_the_workbook),
		cmocka_unit_test(a_new_version_takes_nothing_from_the_old_one),
		cmocka_unit_test(a_form_of_another_code_stands_at_the_end),
		cmocka_unit_test(scales_are_shared_by_what_they_say),
		cmocka_unit_test(a_criterion_that_is_not_there_is_named),
		cmocka_unit_test(parts_that_are_no_parts_are_refused),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
