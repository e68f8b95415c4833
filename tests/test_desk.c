/* Desks as tables: what is found by its name, what forms call it; every row of
 * every desk holds to what desk.h says. */
#include "support/test.h"

#include <string.h>

#include "phieu/desk.h"
#include "phieu/review.h"
#include "phieu/second.h"

static void a_desk_is_found_by_its_first_word(void **state)
{
	(void)state;
	assert_ptr_equal(desk_find("ledger"), &desk_ledger);
	assert_ptr_equal(desk_find("ledger issue"), &desk_ledger);
	assert_null(desk_find("ledge"));
	assert_null(desk_find("ledgers"));
	assert_null(desk_find(""));
	assert_null(desk_find(" ledger"));
}

static void a_label_is_its_own_or_that_of_its_name(void **state)
{
	const struct desk_param own = { .name = "count", .words = "Số vé" };
	const struct desk_param common = { .name = "count" };
	const struct desk_param strange = { .name = "seed" };

	(void)state;
	assert_string_equal(desk_label(&own), "Số vé");
	assert_string_equal(desk_label(&common), "Số lượng");
	assert_string_equal(desk_label(&strange), "seed");
}

static void stored_words_are_told_in_vietnamese(void **state)
{
	(void)state;
	assert_string_equal(desk_word(&desk_ledger, "differs"),
			    "hai lần nhập khác nhau");
	/* of the desk itself before those of roles, which all have */
	assert_string_equal(desk_word(&desk_review, "owner"),
			    "quản trị máy chủ");
	assert_string_equal(desk_word(&desk_ledger, "post-supervisor"),
			    "giám sát Bưu điện");
	assert_string_equal(desk_word(&desk_ledger, "lạ"), "lạ");
	assert_string_equal(desk_choice_word(&desk_second, "verdict", "rekey"),
			    "nhập lại toàn bộ phiếu");
	assert_string_equal(desk_choice_word(&desk_second, "verdict", "lạ"),
			    "lạ");
	assert_string_equal(desk_choice_word(&desk_second, "no such", "first"),
			    "first");
	/* a parameter without choices */
	assert_string_equal(desk_choice_word(&desk_second, "agent", "A1"),
			    "A1");
}

static void a_refusal_names_statuses_and_acts_in_words(void **state)
{
	struct arena *a = arena_new((size_t)1 << 16);

	(void)state;
	assert_non_null(a);
	assert_string_equal(
		desk_told(&desk_ledger,
			  "CT01-00001-2: đang \"valid\", không làm được "
			  "\"lose\" (no lose of what is valid)",
			  a),
		"CT01-00001-2: đang “hợp lệ”, không làm được “phiếu bị mất” "
		"(no lose of what is valid)");
	/* what is no code of the desk's, and quotes that hold none */
	assert_string_equal(desk_told(&desk_ledger, "\"lạ\" \"strange\" \"\"",
				      a),
			    "\"lạ\" \"strange\" \"\"");
	assert_string_equal(desk_told(&desk_ledger, "\"valid", a), "\"valid");
	assert_string_equal(desk_told(&desk_ledger, "", a), "");
	arena_free(a);
}

static void assert_params(const char *of, const struct desk_param *params)
{
	size_t sheets = 0, sheet = 0;

	for (size_t i = 0; i < desk_params(params); i++) {
		const struct desk_param *p = &params[i];

		if (desk_param_at(params, p->name) != (int)i)
			fail_msg("%s has %s twice", of, p->name);
		if ((p->kind == DESK_CHOICE) != (p->choices != NULL))
			fail_msg("%s: choices of %s", of, p->name);
		if (strlen(p->name) > 28)
			fail_msg("%s: %s is too long an option", of, p->name);
		sheets += p->kind == DESK_SHEETS;
		sheet += p->kind == DESK_SHEET;
	}
	if (sheets > 1 || sheet > 1)
		fail_msg("%s takes two lists of sheets", of);
	assert_int_equal(desk_param_at(params, "no such"), -1);
}

static void every_row_of_every_desk_is_whole(void **state)
{
	(void)state;
	for (size_t k = 0; k < desks_n; k++) {
		const struct desk *d = desks[k];

		assert_ptr_equal(desk_find(d->name), d);
		for (size_t i = 0; i < d->n_acts; i++) {
			const struct desk_act *a = &d->acts[i];

			assert_ptr_equal(desk_act_find(d, a->name), a);
			assert_null(desk_list_find(d, a->name));
			assert_params(a->name, a->params);
			assert_true(a->roles != 0);
			assert_non_null(a->summary);
			assert_non_null(a->summary_vi);
			if (a->confirm && *a->confirm)
				assert_non_null(desk_list_find(d, a->confirm));
		}
		for (size_t i = 0; i < d->n_lists; i++) {
			const struct desk_list *l = &d->lists[i];

			assert_ptr_equal(desk_list_find(d, l->name), l);
			assert_params(l->name, l->params);
			assert_true(l->roles != 0);
			assert_true(desk_columns(l) > 0);
			assert_true(l->right <= desk_columns(l));
		}
		assert_true(d->n_lists > 0);
		/* what a row is about is asked of these by name */
		if (d->one)
			assert_true(
				desk_param_at(desk_list_find(d, d->one)->params,
					      d->key) >= 0);
		if (d->history)
			assert_true(desk_param_at(desk_list_find(d, d->history)
							  ->params,
						  d->key) >= 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_desk_is_found_by_its_first_word),
		cmocka_unit_test(a_label_is_its_own_or_that_of_its_name),
		cmocka_unit_test(stored_words_are_told_in_vietnamese),
		cmocka_unit_test(a_refusal_names_statuses_and_acts_in_words),
		cmocka_unit_test(every_row_of_every_desk_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
