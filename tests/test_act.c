/* The tables of acts and lists: every row is whole, its words name what it
 * takes, and who is bound by it can be. */
#include "phieu/act.h"

#include <stdio.h>
#include <string.h>

#include "phieu/store_people.h"
#include "support/test.h"

enum { WORDS = 1 << 14 };

static void a_name_stands_once(void **state)
{
	const struct act *a, *b;
	const struct act_list *l;

	(void)state;
	for (size_t i = 0; (a = act_at(i)); i++) {
		assert_ptr_equal(act_find(a->name), a);
		assert_null(act_list_find(a->name));
		for (size_t k = 0; (b = act_at(k)) && k < i; k++)
			assert_int_not_equal(a->query, b->query);
	}
	for (size_t i = 0; (l = act_list_at(i)); i++)
		assert_ptr_equal(act_list_find(l->name), l);
	assert_null(act_at(10000));
	assert_null(act_list_at(10000));
}

static void a_name_is_found_with_dashes_too(void **state)
{
	(void)state;
	assert_string_equal(act_find("appraise-accept")->name,
			    "appraise accept");
	assert_string_equal(act_list_find("round-history")->name,
			    "round history");
	assert_null(act_find("appraise"));
	assert_null(act_find("appraise accept now"));
	assert_null(act_find("appraise_accept"));
	assert_null(act_find(""));
	assert_null(act_list_find("appraise-accept"));
}

static void check_words(const char *name, const char *en, const char *vi)
{
	if (!name || !en || !*en || !vi || !*vi) {
		fail_msg("a row without a name or words: %s", name ? name : "");
		return;
	}
	assert_true(strlen(en) < 72);
	for (const char *c = name; *c; c++)
		assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz -", *c));
}

/* Whom a row names, it can bind; whom it binds, it names. */
static void check_binding(const char *name, unsigned roles, enum act_binding b,
			  const struct act_param *params)
{
	bool unit = roles & ROLE_BIT(ROLE_UNIT);
	bool office = roles & ROLE_BIT(ROLE_APPRAISER);

	assert_int_not_equal(roles, 0);
	if (b == ACT_ANYBODY)
		return;
	if (unit != ((b & ACT_OWN_UNIT) != 0) ||
	    office != ((b & ACT_OWN_OFFICE) != 0) ||
	    (unit && act_param_at(params, "unit") < 0) ||
	    (office && act_param_at(params, "office") < 0))
		fail_msg("%s does not bind whom it names", name);
}

static void a_row_binds_whom_it_names(void **state)
{
	const struct act_list *l;
	const struct act *a;

	(void)state;
	for (size_t i = 0; (a = act_at(i)); i++) {
		check_words(a->name, a->summary, a->summary_vi);
		check_binding(a->name, a->roles, a->binding, a->params);
		/* an act of units or offices is of somebody's own */
		if (a->roles & (ROLE_BIT(ROLE_UNIT) | ROLE_BIT(ROLE_APPRAISER)))
			assert_int_not_equal(a->binding, ACT_ANYBODY);
		/* who only looks does nothing */
		assert_false(a->roles &
			     (ROLE_BIT(ROLE_AUDITOR) | ROLE_BIT(ROLE_ENGINE)));
	}
	for (size_t i = 0; (l = act_list_at(i)); i++) {
		check_words(l->name, l->summary, l->summary_vi);
		check_binding(l->name, l->roles, l->binding, l->params);
		assert_in_range(act_list_columns(l), 1, LIST_COLUMNS_MAX);
		for (size_t k = 0; k < act_list_params(l); k++)
			assert_int_equal(l->params[k].need, ACT_OPTIONAL);
	}
}

/* "--name" words of a usage, each once. */
static size_t options_of(const char *usage, char names[][32], size_t most)
{
	size_t n = 0;

	while ((usage = strstr(usage, "--")) && n < most) {
		size_t len = strspn(usage + 2, "abcdefghijklmnopqrstuvwxyz-");

		assert_in_range(len, 1, 31);
		(void)snprintf(names[n++], 32, "%.*s", (int)len, usage + 2);
		usage += 2 + len;
	}
	return n;
}

static void check_usage(const char *name, const struct act_param *params,
			size_t n)
{
	char names[ACT_PARAMS_MAX + 2][32];
	struct buf b = BUF_INIT(WORDS);
	size_t found;

	act_usage(name, params, &b);
	assert_non_null(buf_cstr(&b));
	assert_memory_equal(b.data, "phieu ", 6);
	assert_memory_equal(b.data + 6, name, strlen(name));
	found = options_of(b.data, names, ACT_PARAMS_MAX + 2);
	assert_int_equal(found, n + 1);
	assert_string_equal(names[0], "round");
	for (size_t i = 0; i < n; i++)
		assert_string_equal(names[i + 1], params[i].name);
	buf_free(&b);
}

static void a_usage_names_exactly_what_is_taken(void **state)
{
	const struct act_list *l;
	const struct act *a;

	(void)state;
	for (size_t i = 0; (a = act_at(i)); i++)
		check_usage(a->name, a->params, act_params(a));
	for (size_t i = 0; (l = act_list_at(i)); i++)
		check_usage(l->name, l->params, act_list_params(l));
}

static void a_usage_says_what_may_be_left_out(void **state)
{
	static const struct act_param params[ACT_PARAMS_MAX] = {
		{ "unit", ACT_REQUIRED, false },
		{ "na", ACT_OPTIONAL, true },
		{ "version", ACT_OPTIONAL, false },
	};
	struct buf b = BUF_INIT(WORDS);

	(void)state;
	act_usage("x y", params, &b);
	assert_string_equal(buf_cstr(&b),
			    "phieu x y --round R --unit UNIT [--na] "
			    "[--version VERSION]");
	buf_free(&b);
}

/* The query says in its head what each value is; here only how many. */
static void a_query_takes_what_its_row_does(void **state)
{
	const struct act *a = act_find("appraise accept");

	(void)state;
	assert_int_equal(act_params(a), 4);
	assert_int_equal(act_param_at(a->params, "office"), 0);
	assert_int_equal(act_param_at(a->params, "version"), 3);
	assert_int_equal(act_param_at(a->params, "round"), -1);
	assert_int_equal(act_list_params(act_list_find("council list")), 0);
	assert_int_equal(act_list_columns(act_list_find("council list")), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_stands_once),
		cmocka_unit_test(a_name_is_found_with_dashes_too),
		cmocka_unit_test(a_row_binds_whom_it_names),
		cmocka_unit_test(a_usage_names_exactly_what_is_taken),
		cmocka_unit_test(a_usage_says_what_may_be_left_out),
		cmocka_unit_test(a_query_takes_what_its_row_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
