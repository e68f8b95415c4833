#include <string.h>

#include "phieu/progress.h"
#include "support/test.h"

#define CELL(f, g, h, plan, v, q, i, s)                                  \
	{                                                                \
		PROGRESS_CELL, f, f " name", g, g " name", h, h " name", \
		{                                                        \
			plan, (v) + (q) + (i) + (s), v, q, i, s, 0, 0    \
		}                                                        \
	}

static const struct progress_row cells[] = {
	CELL("F1", "g1", "h1", 10, 7, 1, 2, 1),
	CELL("F1", "g1", "h2", 10, 12, 0, 0, 0), /* two too many */
	CELL("F1", "g2", "h1", 5, 0, 0, 0, 0),
	CELL("F2", "g3", "h2", 4, 3, 1, 0, 3),
};
enum { N = sizeof cells / sizeof cells[0] };

static struct progress_row *add_up(struct arena *a, size_t *n)
{
	struct progress_row *copy = arena_array(a, N, sizeof *copy);
	struct progress_row *rows;

	assert_non_null(copy);
	memcpy(copy, cells, sizeof cells);
	rows = progress_add_up(a, copy, N, n);
	assert_non_null(rows);
	return rows;
}

static void rows_come_as_people_read_them(void **state)
{
	static const struct {
		enum progress_level level;
		const char *form, *group, *home;
		int64_t planned, received, missing, over;
	} want[] = {
		{ PROGRESS_CELL, "F1", "g1", "h1", 10, 11, 2, 0 },
		{ PROGRESS_CELL, "F1", "g1", "h2", 10, 12, 0, 2 },
		{ PROGRESS_GROUP, "F1", "g1", NULL, 20, 23, 2, 2 },
		{ PROGRESS_CELL, "F1", "g2", "h1", 5, 0, 5, 0 },
		{ PROGRESS_GROUP, "F1", "g2", NULL, 5, 0, 5, 0 },
		{ PROGRESS_FORM, "F1", NULL, NULL, 25, 23, 7, 2 },
		{ PROGRESS_CELL, "F2", "g3", "h2", 4, 7, 0, 0 },
		{ PROGRESS_GROUP, "F2", "g3", NULL, 4, 7, 0, 0 },
		{ PROGRESS_FORM, "F2", NULL, NULL, 4, 7, 0, 0 },
		{ PROGRESS_HOME, NULL, NULL, "h1", 15, 11, 7, 0 },
		{ PROGRESS_HOME, NULL, NULL, "h2", 14, 19, 0, 2 },
		{ PROGRESS_TOTAL, NULL, NULL, NULL, 29, 30, 7, 2 },
	};
	struct arena *a = arena_new(1 << 20);
	struct progress_row *r;
	size_t n, i;

	(void)state;
	r = add_up(a, &n);
	assert_int_equal(n, sizeof want / sizeof want[0]);
	for (i = 0; i < n; i++) {
		const struct progress_counts *c = &r[i].n;

		assert_int_equal(r[i].level, want[i].level);
		assert_int_equal(!r[i].form, !want[i].form);
		assert_int_equal(!r[i].group, !want[i].group);
		assert_int_equal(!r[i].home, !want[i].home);
		if (want[i].form)
			assert_string_equal(r[i].form, want[i].form);
		if (want[i].group)
			assert_string_equal(r[i].group, want[i].group);
		if (want[i].home)
			assert_string_equal(r[i].home, want[i].home);
		assert_int_equal(c->planned, want[i].planned);
		assert_int_equal(c->received, want[i].received);
		assert_int_equal(c->missing, want[i].missing);
		assert_int_equal(c->over, want[i].over);
		assert_int_equal(c->received, c->valid + c->queried +
						      c->invalid +
						      c->set_aside);
		assert_int_equal(c->planned + c->over,
				 c->valid + c->queried + c->missing);
	}
	arena_free(a);
}

static void no_cells_give_an_empty_total(void **state)
{
	struct arena *a = arena_new(1 << 16);
	struct progress_row *r;
	size_t n;

	(void)state;
	r = progress_add_up(a, NULL, 0, &n);
	assert_non_null(r);
	assert_int_equal(n, 1);
	assert_int_equal(r[0].level, PROGRESS_TOTAL);
	assert_int_equal(r[0].n.planned, 0);
	arena_free(a);
}

static void short_memory_gives_nothing(void **state)
{
	struct arena *a = arena_new(64);
	struct progress_row copy[N];
	size_t n;

	(void)state;
	memcpy(copy, cells, sizeof cells);
	assert_null(progress_add_up(a, copy, N, &n));
	arena_free(a);
}

static void what_could_not_be_placed_has_rows_of_its_own(void **state)
{
	struct progress_row c[] = {
		CELL("F1", "g1", "h1", 1, 1, 0, 0, 0),
		{ .form = "F1", .n = { .received = 2, .invalid = 2 } },
		{ .n = { .received = 1, .invalid = 1 } },
	};
	struct arena *a = arena_new(1 << 16);
	struct progress_row *r;
	size_t n, i, unplaced = 0;

	(void)state;
	r = progress_add_up(a, c, 3, &n);
	assert_non_null(r);
	for (i = 0; i < n; i++)
		if (r[i].level == PROGRESS_GROUP && !r[i].group)
			unplaced += (size_t)r[i].n.invalid;
	assert_int_equal(unplaced, 3);
	assert_int_equal(r[n - 1].n.received, 4);
	arena_free(a);
}

static void csv_and_json_name_every_column(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct buf csv = BUF_INIT(1 << 16), json = BUF_INIT(1 << 16);
	struct progress_row *r;
	struct jw w;
	size_t n;

	(void)state;
	r = add_up(a, &n);
	progress_csv(r, 1, &csv);
	assert_string_equal(
		buf_cstr(&csv),
		"level,form,form_name,group,group_name,home,home_name,planned,"
		"received,valid,queried,invalid,set_aside,missing,over\r\n"
		"cell,F1,F1 name,g1,g1 name,h1,h1 name,10,11,7,1,2,1,2,0\r\n");
	jw_init(&w, &json);
	progress_json(r + n - 1, 1, &w);
	assert_string_equal(
		buf_cstr(&json),
		"[{\"level\":\"total\",\"form\":null,\"form_name\":null,"
		"\"group\":null,\"group_name\":null,\"home\":null,"
		"\"home_name\":null,\"planned\":29,\"received\":30,"
		"\"valid\":22,\"queried\":2,\"invalid\":2,\"set_aside\":4,"
		"\"missing\":7,\"over\":2}]");
	buf_free(&csv);
	buf_free(&json);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_as_people_read_them),
		cmocka_unit_test(no_cells_give_an_empty_total),
		cmocka_unit_test(short_memory_gives_nothing),
		cmocka_unit_test(what_could_not_be_placed_has_rows_of_its_own),
		cmocka_unit_test(csv_and_json_name_every_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
