#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/simulate.h"
#include "phieu/xform.h"
#include "phieu/xml.h"

#define SHEETS 250

static const char *const shipped[] = {
	"collector/plans/lai-chau-2020.json",
	"collector/plans/sipas-2017-example.json",
	"collector/plans/two-level-example.json",
};
#define N_SHIPPED (sizeof shipped / sizeof *shipped)

static struct plan *load(const char *path)
{
	struct err e = { 0 };
	struct plan *p;

	assert_true(hash_start(&e));
	p = plan_file_read(path, &e);
	if (!p)
		fail_msg("%s: %s", path, e.msg);
	return p;
}

/* A sheet by the JSON way, and the same through an instance. */
struct both {
	const struct plan *p;
	size_t lines, compared;
};

static bool compare(const char *json, size_t n, void *ctx, struct err *e)
{
	struct both *t = ctx;
	struct arena *a = arena_new((size_t)8 << 20);
	struct buf was = BUF_INIT(1 << 20), xml = BUF_INIT(1 << 20),
		   now = BUF_INIT(1 << 20);
	struct submission s, back;
	struct xform_meta meta;
	struct faults f;

	t->lines++;
	faults_init(&f, a);
	if (!submission_read(json, n, t->p, a, &s, &f, e) || s.form == NONE) {
		e->kind = ERR_NONE;
		goto out;
	}
	submission_write(t->p, &s, &was);
	assert_true(xform_fill(t->p, &s, &xml, e));
	faults_init(&f, a);
	if (!xform_read(xml.data, xml.len, t->p, a, &back, &meta, &f, e))
		fail_msg("%s\n%s", xml.data, e->msg);
	submission_write(t->p, &back, &now);
	assert_string_equal(now.data, was.data);
	t->compared++;
out:
	buf_free(&was);
	buf_free(&xml);
	buf_free(&now);
	arena_free(a);
	return true;
}

static void the_same_sheet_by_both_ways_is_the_same_submission(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SHIPPED; i++) {
		struct plan *p = load(shipped[i]);
		struct simulate how = { .seed = "phiếu",
					.n = SHEETS,
					.spoil = true };
		struct simulate_count count;
		struct both t = { .p = p };
		struct err e = { 0 };

		assert_true(simulate(p, &how, compare, &t, &count, &e));
		assert_true(t.compared >= SHEETS);
		plan_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_same_sheet_by_both_ways_is_the_same_submission),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
