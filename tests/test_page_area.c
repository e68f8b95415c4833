/* The rows that pages of inspections, improvement, the year and commendation
 * run from: they name acts, lists, columns and parameters that there are. */
#include "phieu/page_area.h"

#include <string.h>

#include "phieu/act.h"
#include "phieu/page_field.h"
#include "support/test.h"

enum { WORD = 64 };

/* The columns that a row of `list` has are those of its statement: the test
 * of the service sees them; here it is the number that has to fit. */
static void every_list_and_act_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < AREAS; i++) {
		const struct area *a = &areas[i];

		assert_ptr_equal(area_find(a->name), a);
		for (size_t k = 0; k < a->n_lists; k++) {
			const struct act_list *l =
				act_list_find(a->lists[k].name);

			assert_non_null(l);
			assert_ptr_equal(area_list_find(l->name)->name,
					 a->lists[k].name);
			if (a->lists[k].needs)
				assert_true(act_param_at(l->params,
							 a->lists[k].needs) >=
					    0);
		}
		for (size_t k = 0; k < a->n_acts; k++) {
			const struct area *in = NULL;

			assert_non_null(act_find(a->acts[k].name));
			assert_non_null(area_act_find(a->acts[k].name, &in));
			assert_ptr_equal(in, a);
			if (a->acts[k].list)
				assert_non_null(
					area_list_find(a->acts[k].list));
		}
	}
	assert_null(area_find("none"));
	assert_null(area_act_find("round step", NULL));
	assert_null(area_list_find("round history"));
}

static void check_param(const struct act *a, const char *name)
{
	if (act_param_at(a->params, name) < 0)
		fail_msg("%s takes no %s", a->name, name);
}

static void keys_and_beginnings_are_parameters(void **state)
{
	(void)state;
	for (size_t i = 0; i < AREAS; i++)
		for (size_t k = 0; k < areas[i].n_acts; k++) {
			const struct area_act *x = &areas[i].acts[k];
			const struct act *a = act_find(x->name);
			const char *keys = x->keys, *takes = x->takes;
			char word[WORD];

			while (area_word(&keys, word, sizeof word))
				check_param(a, word);
			while (area_word(&takes, word, sizeof word)) {
				word[strcspn(word, "=")] = '\0';
				check_param(a, word);
			}
			/* who has seen a row has seen its version */
			if (x->list && *x->keys &&
			    act_param_at(a->params, "version") >= 0)
				assert_true(area_has(x->takes, "version"));
		}
}

static void every_act_of_an_area_stands_on_its_page(void **state)
{
	static const char *const of[] = {
		"inspect ", "improve ", "target ",
		"series ",  "reward ",	"discipline "
	};
	const struct act *a;

	(void)state;
	for (size_t i = 0; (a = act_at(i)); i++)
		for (size_t k = 0; k < sizeof of / sizeof of[0]; k++)
			if (strncmp(a->name, of[k], strlen(of[k])) == 0 &&
			    !area_act_find(a->name, NULL))
				fail_msg("%s is on no page", a->name);
}

static void every_list_of_an_area_stands_on_its_page(void **state)
{
	static const char *const of[] = {
		"inspect ", "improve ", "target ",
		"series ",  "reward ",	"discipline "
	};
	const struct act_list *l;

	(void)state;
	for (size_t i = 0; (l = act_list_at(i)); i++)
		for (size_t k = 0; k < sizeof of / sizeof of[0]; k++)
			if (strncmp(l->name, of[k], strlen(of[k])) == 0 &&
			    !area_list_find(l->name))
				fail_msg("%s is on no page", l->name);
}

/* What nobody named would stand on the page by its own name. */
static void every_parameter_of_every_act_has_a_label(void **state)
{
	const struct act *a;

	(void)state;
	for (size_t i = 0; (a = act_at(i)); i++)
		for (size_t k = 0; k < act_params(a); k++) {
			const char *name = a->params[k].name;
			struct field_words w = page_field(a->name, name);

			if (page_field_place(name) == page_field_places())
				fail_msg("%s of %s has no label", name,
					 a->name);
			if (w.kind != FIELD_HIDDEN)
				assert_string_not_equal(w.label, "");
			if (w.kind == FIELD_CHOICE &&
			    !page_choice(a->name, name, 0))
				fail_msg("%s of %s has nothing to choose from",
					 name, a->name);
		}
}

static void labels_differ_by_the_act(void **state)
{
	(void)state;
	assert_string_equal(page_field("inspect schedule", "to").label,
			    "Đến ngày");
	assert_int_equal(page_field("inspect schedule", "to").kind, FIELD_DAY);
	assert_string_equal(page_field("inspect recommend", "to").label,
			    "Nơi nhận kiến nghị");
	assert_int_equal(page_field("inspect recommend", "to").kind,
			 FIELD_TEXT);
	assert_int_equal(page_field("visit add", "team").kind, FIELD_TEXT);
	assert_int_equal(page_field("inspect schedule", "team").kind,
			 FIELD_TEAM);
	assert_string_equal(page_field("x", "nobody-named").label,
			    "nobody-named");
	assert_true(page_field_place("unit") < page_field_place("reason"));
}

static void choices_differ_by_the_act(void **state)
{
	(void)state;
	assert_string_equal(page_choice("round task", "state", 0)->value,
			    "open");
	assert_string_equal(page_choice("improve report", "state", 0)->value,
			    "doing");
	assert_string_equal(page_choice("inspect measure", "state", 2)->value,
			    "refused");
	assert_null(page_choice("improve report", "state", 2));
	assert_null(page_choice("round task", "no-such", 0));
}

static void words_are_taken_one_by_one(void **state)
{
	const char *at = "  from=first_day  version ";
	char word[WORD], small[4];

	(void)state;
	assert_true(area_word(&at, word, sizeof word));
	assert_string_equal(word, "from=first_day");
	assert_true(area_word(&at, word, sizeof word));
	assert_string_equal(word, "version");
	assert_false(area_word(&at, word, sizeof word));
	at = "planned scheduled";
	assert_true(area_word(&at, small, sizeof small));
	assert_string_equal(small, "pla");
	assert_true(area_word(&at, small, sizeof small));
	assert_string_equal(small, "sch");
	assert_true(area_has("planned scheduled", "scheduled"));
	assert_false(area_has("planned scheduled", "sched"));
	assert_false(area_has(NULL, "planned"));
}

static void a_word_is_of_its_list(void **state)
{
	(void)state;
	assert_string_equal(area_words("inspect list", "state", "planned"),
			    "dự kiến");
	assert_string_equal(area_words("improve list", "state", "planned"),
			    "chưa làm");
	assert_string_equal(area_words("inspect measures", "state", "done"),
			    "đã thực hiện");
	assert_string_equal(area_words("improve list", "state", "done"),
			    "xong");
	assert_string_equal(area_words("improve gained", "outcome", "not"),
			    "không tăng");
	/* what somebody wrote is left as it is */
	assert_string_equal(area_words("inspect measures", "outcome", "not"),
			    "not");
	assert_string_equal(area_words("inspect findings", "content", "done"),
			    "done");
	assert_string_equal(area_words("inspect list", "state", "strange"),
			    "strange");
}

static void a_column_looks_as_what_it_holds(void **state)
{
	(void)state;
	assert_int_equal(area_look("state"), LOOK_WORD);
	assert_int_equal(area_look("due"), LOOK_DAY);
	assert_int_equal(area_look("gain"), LOOK_POINTS);
	assert_int_equal(area_look("days_late"), LOOK_WHOLE);
	assert_int_equal(area_look("unit"), LOOK_WHO);
	assert_int_equal(area_look("content"), LOOK_LONG);
	/* codes have points in them that are no commas */
	assert_int_equal(area_look("criterion"), LOOK_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_and_act_is_there),
		cmocka_unit_test(keys_and_beginnings_are_parameters),
		cmocka_unit_test(every_act_of_an_area_stands_on_its_page),
		cmocka_unit_test(every_list_of_an_area_stands_on_its_page),
		cmocka_unit_test(every_parameter_of_every_act_has_a_label),
		cmocka_unit_test(labels_differ_by_the_act),
		cmocka_unit_test(choices_differ_by_the_act),
		cmocka_unit_test(words_are_taken_one_by_one),
		cmocka_unit_test(a_word_is_of_its_list),
		cmocka_unit_test(a_column_looks_as_what_it_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
