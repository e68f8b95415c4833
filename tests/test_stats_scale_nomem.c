/* R22: Scale quality when memory ends. */
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "support/oracle.h"
#include "support/spec.h"
#include "support/spec_scale.h"
#include "support/test.h"

/* ---- memory that ends ------------------------------------------------ */

/* Allocations still granted; linked with --wrap (Makefile). */
static size_t granted = SIZE_MAX;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool grant(void)
{
	if (granted == SIZE_MAX)
		return true;
	return granted > 0 && granted-- > 0;
}

void *__wrap_malloc(size_t n)
{
	return grant() ? __real_malloc(n) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return grant() ? __real_calloc(n, size) : NULL;
}

void *__wrap_realloc(void *p, size_t n)
{
	return grant() ? __real_realloc(p, n) : NULL;
}

/* Every allocation fails once: the run ends with ERR_NOMEM, or does without
 * and says less. */
static void every_allocation_may_fail(void **state)
{
	static const char *const json[] = {
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":"
		"\"alpha\",\"of\":" ITEMS4 ",\"reverse\":\"Q01\",\"range\":"
		"[1,5],\"by\":\"type\"}]}",
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":"
		"\"omega\",\"matrix\":\"polychoric\",\"of\":" ITEMS4 "}]}",
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":"
		"\"polychoric\",\"of\":" ITEMS4 ",\"reverse\":\"Q01\","
		"\"range\":[1,5]}]}",
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":\"pca\","
		"\"rotate\":\"varimax\",\"draws\":10,\"factors\":2,"
		"\"of\":" ITEMS4 "}]}",
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":"
		"\"factor\",\"factors\":1,\"draws\":10,\"of\":" ITEMS4 "}]}",
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":"
		"\"kappa\",\"of\":[\"on_time\",\"satisfied\"],\"by\":"
		"\"type\"}]}",
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":\"icc\","
		"\"of\":[\"Q01\",\"Q02\"]}]}",
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":\"icc\","
		"\"of\":\"Q01\",\"group\":\"interviewer\"}]}",
		"{" DESIGN "\"estimates\":[{\"name\":\"e\",\"stat\":"
		"\"quality\",\"of\":" ITEMS4
		",\"form\":\"type\",\"time\":\"duration_s\",\"once\":\"id\","
		"\"agent\":\"interviewer\",\"id\":\"id\",\"far\":2,\"rows\":2"
		"}]}",
	};
	char *csv = test_spec_file("sipas.csv"), *end = csv;

	(void)state;
	for (int line = 0; line < 200; line++)
		end = strchr(end, '\n') + 1;
	*end = '\0';
	for (size_t i = 0; i < sizeof json / sizeof *json; i++)
		for (size_t n = 0;; n++) {
			struct test_spec t;
			bool all;

			test_spec_open(&t, json[i], csv);
			assert_true(t.read);
			granted = n;
			test_spec_go(&t);
			all = granted > 0;
			granted = SIZE_MAX;
			if (!t.ran && t.e.kind != ERR_NOMEM)
				fail_msg("%zu of %s: %s", n, json[i], t.e.msg);
			test_spec_clear(&t);
			assert_true(n < 5000);
			if (all)
				break;
		}
	free(csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
