#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/plan.h"

#define FOLDER "collector/plans/"
#define MARK   "mẫu thử, không phải phiếu chính thức"

static struct plan *shipped(const char *name)
{
	struct err e = { 0 };
	struct arena *a = arena_new(LIMIT_PLAN_ARENA);
	struct faults f;
	struct plan *p;
	char path[100], *text;
	size_t n;

	assert_true(hash_start(&e));
	snprintf(path, sizeof path, FOLDER "%s.json", name);
	text = file_read(path, LIMIT_PLAN_BYTES, &n, &e);
	assert_non_null(text);
	faults_init(&f, a);
	p = plan_read(text, n, &f, &e);
	for (size_t i = 0; i < f.n; i++)
		print_message("%s %s %s\n", f.list[i].code, f.list[i].path,
			      f.list[i].message);
	assert_non_null(p);
	assert_int_equal(f.n, 0);
	assert_string_equal(p->wave, name);
	free(text);
	arena_free(a);
	return p;
}

static size_t of_kind(const struct plan *p, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_units; i++)
		n += strcmp(p->kinds[p->units[i].kind].code, kind) == 0;
	return n;
}

static void lai_chau_adds_up_to_1193_sheets(void **state)
{
	static const struct {
		const char *form, *group;
		int64_t n;
	} want[] = {
		{ "CT-01", "hdnd-tinh", 25 },
		{ "CT-01", "lanh-dao-huyen", 16 },
		{ "CT-02", "cong-chuc-so", 300 },
		{ "CT-03", "lanh-dao-phong-huyen", 192 },
		{ "CH-01", "hdnd-huyen", 120 },
		{ "CH-02", "lanh-dao-so", 40 },
		{ "CH-03", "cong-chuc-phong-huyen", 288 },
		{ "CH-03", "lanh-dao-xa", 212 },
	};
	struct plan *p = shipped("lai-chau-2020");
	int64_t so = 0, huyen = 0;

	(void)state;
	assert_int_equal(p->n_groups, 8);
	for (size_t i = 0; i < 8; i++) {
		const struct group *g = &p->groups[i];
		int64_t cells = 0;

		for (size_t c = 0; c < g->n_cells; c++)
			cells += g->cells[c].n;
		assert_string_equal(g->code, want[i].group);
		assert_string_equal(p->forms[g->form].code, want[i].form);
		assert_int_equal(g->total, want[i].n);
		assert_int_equal(cells, want[i].n);
		assert_int_equal(p->bases[g->basis].kind, BASIS_PLAN);
		assert_int_equal(p->bases[g->quota_basis].kind, BASIS_PLAN);
		*(strncmp(want[i].form, "CT", 2) == 0 ? &so : &huyen) += cells;
	}
	assert_int_equal(so, 533);
	assert_int_equal(huyen, 660);
	assert_int_equal(plan_total(p), 1193);
	assert_int_equal(of_kind(p, "so"), 20);
	assert_int_equal(of_kind(p, "huyen"), 8);
	assert_int_equal(of_kind(p, "xa"), 106);
	plan_free(p);
}

/* Who rates whom, group by group: 820 + 300 + 192 + 120 + 320 + 500 rating
 * rows. */
static void lai_chau_makes_2252_ratings_at_full_return(void **state)
{
	struct plan *p = shipped("lai-chau-2020");
	int64_t ratings = 0;
	size_t unit[200];

	(void)state;
	for (size_t i = 0; i < p->n_groups; i++)
		for (size_t c = 0; c < p->groups[i].n_cells; c++) {
			const struct quota_cell *cell = &p->groups[i].cells[c];
			size_t n = plan_rateable(p, i, cell->home, p->from,
						 unit, 200);

			if (p->groups[i].per_sheet)
				n = p->groups[i].per_sheet;
			ratings += (int64_t)n * cell->n;
		}
	assert_int_equal(ratings, 2252);
	plan_free(p);
}

static void every_form_says_that_it_is_a_trial(void **state)
{
	static const char *const names[] = { "lai-chau-2020",
					     "two-level-example",
					     "sipas-2017-example" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct plan *p = shipped(names[i]);

		assert_true(p->is_trial);
		for (size_t f = 0; f < p->n_forms; f++)
			assert_non_null(strstr(p->forms[f].note, MARK));
		plan_free(p);
	}
}

static void quota_table_prints_the_sums(void **state)
{
	struct plan *p = shipped("lai-chau-2020");
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	plan_print_quota(p, &b);
	assert_non_null(strstr(buf_cstr(&b), "533 + 660 = 1.193"));
	assert_non_null(strstr(buf_cstr(&b), "2 × 12 × 8"));
	buf_free(&b);
	plan_free(p);
}

static void levels_are_data(void **state)
{
	struct plan *p = shipped("two-level-example");
	size_t old = plan_unit(p, "xa-cu-11"), now = plan_unit(p, "xa-01");
	size_t group = plan_group(p, "cong-chuc-xa");

	(void)state;
	assert_int_equal(of_kind(p, "huyen"), 0);
	assert_true(p->units[old].merged_into == now);
	assert_null(plan_cell(p, group, old));
	assert_non_null(plan_cell(p, group, now));
	assert_true(plan_may_rate(p, group, now, now, p->from));
	assert_false(plan_may_rate(p, group, old, old, p->from));
	plan_free(p);
}

static void sipas_has_five_factors_and_22_criteria(void **state)
{
	struct plan *p = shipped("sipas-2017-example");
	size_t n = 0;

	(void)state;
	assert_int_equal(p->n_criteria, 5);
	for (size_t i = 0; i < p->n_criteria; i++)
		n += p->criteria[i].n_questions;
	assert_int_equal(n, 22);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(lai_chau_adds_up_to_1193_sheets),
		cmocka_unit_test(lai_chau_makes_2252_ratings_at_full_return),
		cmocka_unit_test(every_form_says_that_it_is_a_trial),
		cmocka_unit_test(quota_table_prints_the_sums),
		cmocka_unit_test(levels_are_data),
		cmocka_unit_test(sipas_has_five_factors_and_22_criteria),
	};
	return cmocka_run_group_tests_name("plan_files", t, NULL, NULL);
}
