#include "support/test.h"

#include <string.h>

#include "phieu/arena.h"

static void blocks_are_zeroed_aligned_and_apart(void **state)
{
	struct arena *a = arena_new(1 << 20);
	unsigned char *before = NULL, *p;
	size_t i, k;

	(void)state;
	for (i = 1; i < 300; i++) {
		p = arena_alloc(a, i);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (k = 0; k < i; k++)
			assert_int_equal(p[k], 0);
		memset(p, 0xff, i);
		if (before)
			assert_int_equal(before[i - 2], 0xff);
		before = p;
	}
	assert_int_equal(arena_used(a), 299 * 300 / 2);
	arena_free(a);
}

static void the_cap_holds_and_breaks_for_good(void **state)
{
	struct arena *a = arena_new(100);

	(void)state;
	assert_non_null(arena_alloc(a, 60));
	assert_non_null(arena_alloc(a, 40));
	assert_false(arena_broken(a));
	assert_null(arena_alloc(a, 1));
	assert_true(arena_broken(a));
	arena_reset(a);
	assert_false(arena_broken(a));
	assert_non_null(arena_alloc(a, 100));
	assert_null(arena_strdup(a, ""));
	assert_null(arena_printf(a, "%d", 1));
	arena_free(a);
}

static void a_broken_arena_refuses_even_what_would_fit(void **state)
{
	struct arena *a = arena_new(100);

	(void)state;
	assert_null(arena_alloc(a, 101));
	assert_null(arena_alloc(a, 1));
	arena_free(a);
}

static void an_array_too_large_to_count_is_refused(void **state)
{
	struct arena *a = arena_new(SIZE_MAX);

	(void)state;
	assert_null(arena_array(a, SIZE_MAX / 2, 3));
	assert_true(arena_broken(a));
	arena_reset(a);
	assert_null(arena_alloc(a, SIZE_MAX));
	arena_reset(a);
	assert_null(arena_strndup(a, "x", SIZE_MAX));
	arena_reset(a);
	assert_non_null(arena_array(a, 10, 8));
	arena_free(a);
}

static void nothing_asked_is_still_an_address(void **state)
{
	struct arena *a = arena_new(100);

	(void)state;
	assert_non_null(arena_alloc(a, 0));
	assert_non_null(arena_array(a, 0, 8));
	arena_free(a);
	arena_free(NULL);
}

static void text_is_copied_and_ended(void **state)
{
	struct arena *a = arena_new(1 << 16);
	char text[] = "CT-01 and more";
	char *whole, *part, *made;

	(void)state;
	whole = arena_strdup(a, text);
	part = arena_strndup(a, text, 5);
	made = arena_printf(a, "%s-%05d", "CT01", 12);
	memset(text, 'x', sizeof text - 1);
	assert_string_equal(whole, "CT-01 and more");
	assert_string_equal(part, "CT-01");
	assert_string_equal(made, "CT01-00012");
	arena_free(a);
}

static void reset_gives_zeroed_memory_again(void **state)
{
	struct arena *a = arena_new(1 << 24);
	unsigned char *p;
	int round, i;

	(void)state;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 200; i++) {
			p = arena_alloc(a, 1000);
			assert_non_null(p);
			assert_int_equal(p[0] | p[500] | p[999], 0);
			memset(p, 0xaa, 1000);
		}
		assert_int_equal(arena_used(a), 200 * 1000);
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
		cmocka_unit_test(the_cap_holds_and_breaks_for_good),
		cmocka_unit_test(a_broken_arena_refuses_even_what_would_fit),
		cmocka_unit_test(an_array_too_large_to_count_is_refused),
		cmocka_unit_test(nothing_asked_is_still_an_address),
		cmocka_unit_test(text_is_copied_and_ended),
		cmocka_unit_test(reset_gives_zeroed_memory_again),
	};
	return cmocka_run_group_tests_name("arena", t, NULL, NULL);
}
