#include "support/test.h"

#include <stdlib.h>

#include "phieu/buf.h"

static void overflow_sticks_and_take_frees(void **state)
{
	struct buf b = BUF_INIT(8);

	(void)state;
	buf_adds(&b, "1234567");
	assert_string_equal(buf_cstr(&b), "1234567");
	buf_adds(&b, "8");
	assert_null(buf_cstr(&b));
	buf_addf(&b, "%d", 9);
	assert_null(buf_take(&b));
}

static void take_hands_over(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	char *s;

	(void)state;
	buf_addf(&b, "%s-%02d", "CT", 1);
	s = buf_take(&b);
	assert_string_equal(s, "CT-01");
	free(s);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(overflow_sticks_and_take_frees),
		cmocka_unit_test(take_hands_over),
	};
	return cmocka_run_group_tests_name("buf", t, NULL, NULL);
}
