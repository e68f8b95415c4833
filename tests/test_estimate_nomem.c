/* R22: Every allocation on the way from a specification to its results fails
 * once: each time the call says so, nothing leaks, nothing is half done. */
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_spec.h"
#include "phieu/limits.h"
#include "support/test.h"

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);
static _Atomic long allocations_left = -1;

static bool allocation_fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return allocation_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_malloc(size_t size)
{
	return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return allocation_fails() ? NULL : __real_realloc(p, size);
}

static const char data[] = "s,psu,w,u,g,year,y,x,b,q1,q2\n"
			   "a,1,2,A,g1,1,1,2,1,4,5\n"
			   "a,1,2,B,g1,1,200.5,2,0,4,4\n"
			   "a,2,3,A,g2,1,4,1,1,2,5\n"
			   "a,2,3,B,g2,2,3,5,1,5,5\n"
			   "b,3,1,A,g1,2,5,1,0,3,1\n"
			   "b,3,1,B,g1,2,2,1,,1,1\n"
			   "b,4,2,A,g2,1,6,3,1,5,4\n"
			   "c,5,2,B,g2,1,1,2,0,4,4\n";

#define DESIGN(lonely)                                               \
	"{\"data\":\"d\",\"design\":{\"strata\":\"s\",\"clusters\":" \
	"\"psu\",\"weights\":\"w\",\"lonely\":\"" lonely "\"},"

static const char *const specs[] = {
	DESIGN("adjust") "\"where\":{\"u\":[\"A\",\"B\"]},\"derive\":[{"
			 "\"name\":\"m\",\"mean\":[\"q1\",\"q2\"]},{\"name\":"
			 "\"i\",\"is\":{\"q1\":{\"min\":3}}},{\"name\":\"d\","
			 "\"sum\":[\"y\",\"x\"],\"weights\":[1,-1]}],"
			 "\"estimates\":[{\"stat\":\"mean\",\"of\":[\"m\","
			 "\"y\"],\"by\":\"u\",\"deff\":true,\"cov\":true},{"
			 "\"stat\":\"proportion\",\"of\":\"i\"},{\"stat\":"
			 "\"total\",\"by\":\"d\"},{\"stat\":\"ratio\",\"of\":["
			 "\"y\",\"x\"],\"by\":[\"u\",\"g\"],\"cov\":true}]}",
	DESIGN("average") "\"subset\":{\"y\":{\"max\":100}},\"estimates\":[{"
			  "\"stat\":\"variance\",\"of\":\"y\"},{\"stat\":"
			  "\"proportion\",\"of\":\"q1\",\"is\":[4,5]},{"
			  "\"stat\":\"distribution\",\"of\":\"u\"},{\"stat\":"
			  "\"quantile\",\"of\":\"y\",\"p\":[0.5]},{\"stat\":"
			  "\"total\",\"of\":\"y\",\"deff\":true},{\"stat\":"
			  "\"mean\",\"of\":\"y\",\"by\":\"g\",\"cov\":true}]}",
	DESIGN("collapse") "\"estimates\":[{\"stat\":\"means\",\"of\":[\"y\","
			   "\"x\"]},{\"stat\":\"contrast\",\"of\":[\"y\","
			   "\"x\"],\"weights\":[1,-1]},{\"stat\":\"share\","
			   "\"elements\":{\"E1\":[\"q1\",\"q2\"],\"E2\":"
			   "\"q2\"},\"min\":4}]}",
	DESIGN("certainty") "\"estimates\":[{\"stat\":\"change\",\"of\":\"y\","
			    "\"between\":\"year\",\"values\":[\"1\",\"2\"],"
			    "\"by\":\"u\"},{\"stat\":\"change\",\"of\":\"y\","
			    "\"between\":\"year\",\"values\":[\"1\",\"2\"],"
			    "\"independent\":true},{\"stat\":\"unit_score\","
			    "\"of\":\"y\",\"unit\":\"u\",\"group\":\"g\","
			    "\"shares\":{\"g1\":0.5,\"g2\":0.5},\"missing\":"
			    "\"rescale\",\"cov\":true}]}",
	"{\"data\":\"d\",\"design\":{\"strata\":[[\"s\",\"g\"],null],"
	"\"clusters\":[\"psu\",null],\"nest\":true,\"lonely\":\"collapse\","
	"\"collapse\":\"s\",\"fpc\":[\"w\",null]},\"estimates\":[{\"stat\":"
	"\"mean\",\"of\":\"y\"}]}",
	"{\"data\":\"d\",\"calibrate\":{\"method\":\"poststratify\","
	"\"margins\":[{\"by\":[\"u\"],\"totals\":{\"A\":5,\"B\":7}}]},"
	"\"estimates\":[{\"stat\":\"mean\",\"of\":\"y\",\"by\":\"g\"}]}",
	"{\"data\":\"d\",\"estimates\":[{\"stat\":\"mean\",\"of\":\"y\","
	"\"by\":\"u\",\"df\":\"x\"},{\"stat\":\"none\"}]}",
};

/* The run of the program, whose allocations are counted down. */
static bool whole_run(const char *json, size_t room, struct err *e,
		      bool *refused)
{
	struct arena *a = arena_new(room);
	struct buf out = BUF_INIT(1000000);
	struct est_results results;
	struct faults faults;
	struct frame_csv csv;
	struct frame f;
	struct spec s;
	bool ok = false, read;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!frame_init(&f, LIMIT_FRAME_ROWS, e)) {
		arena_free(a);
		return false;
	}
	faults_init(&faults, a);
	read = spec_read(json, strlen(json), a, &f, &s, &faults);
	*refused = !read;
	if (read) {
		frame_csv_init(&csv, &f);
		ok = frame_csv_push(&csv, data, 100, e) &&
		     frame_csv_push(&csv, data + 100, strlen(data) - 100, e) &&
		     frame_csv_end(&csv, e) && frame_done(&f, e) &&
		     spec_run(&s, &f, a, &results, e);
		frame_csv_clear(&csv);
	}
	if (ok) {
		est_write_json(&s, &results, &out);
		est_write_csv(&s, &results, &out);
		ok = buf_cstr(&out) != NULL ||
		     err_set(e, ERR_NOMEM, "no memory for results");
	}
	buf_free(&out);
	frame_clear(&f);
	arena_free(a);
	return ok;
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
		long k = 0;

		for (bool done = false; !done; k++) {
			struct err e = { 0 };
			bool refused = false, ok;

			allocations_left = k;
			ok = whole_run(specs[i], (size_t)64 << 20, &e,
				       &refused);
			done = allocations_left >= 0;
			allocations_left = -1;
			if (done && i + 1 < sizeof specs / sizeof specs[0] &&
			    !ok)
				fail_msg("%zu: %s", i, e.msg);
			if (!done && !ok && !refused && e.kind != ERR_NOMEM)
				fail_msg("%zu, %ld: %s", i, k, e.msg);
			assert_true(k < 20000);
		}
		assert_true(k > 3);
	}
}

/* Results and scratch that do not fit their arena. */
static void an_arena_may_be_too_small(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < sizeof specs / sizeof specs[0]; i++) {
		bool ok = false;

		for (size_t room = 64; !ok; room += 48) {
			struct err e = { 0 };
			bool refused = false;

			ok = whole_run(specs[i], room, &e, &refused);
			if (!ok && !refused && e.kind != ERR_NOMEM)
				fail_msg("%zu, %zu bytes: %s", i, room, e.msg);
			assert_true(room < 1000000);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(an_arena_may_be_too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
