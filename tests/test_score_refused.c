/* What scoring refuses, and memory that ends. */
#include <stdlib.h>
#include <string.h>

#include "support/score_world.h"
#include "support/test.h"

/* ---- what is refused ------------------------------------------------- */

static void a_spec_that_does_not_hold_is_refused(void **state)
{
	static struct world w;
	struct score_asking nowhere = { 5, 0 };
	struct score_band upside[2];
	struct score_spec p;

	(void)state;
	world_make(&w);
	p = w.spec;
	p.digits = 7;
	score_refused(&p, ERR_INPUT, "digits");
	p = w.spec;
	p.confidence = 1;
	score_refused(&p, ERR_INPUT, "confidence");
	w.node[1].parent = 1;
	score_refused(&w.spec, ERR_INPUT, "parent");
	w.node[1].parent = 0;
	w.node[5].parent = 2; /* a leaf */
	score_refused(&w.spec, ERR_INPUT, "parent");
	w.node[5].parent = 4;
	w.node[5].maximum.micro = -1;
	score_refused(&w.spec, ERR_INPUT, "negative");
	w.node[5].maximum.micro = 4 * DEC_ONE;
	w.item[0].weight.micro = 0;
	score_refused(&w.spec, ERR_INPUT, "weight");
	w.item[0].weight.micro = DEC_ONE;
	w.item[0].askings = &nowhere;
	score_refused(&w.spec, ERR_INPUT, "asked nowhere");
	nowhere = (struct score_asking){ 0, SLOTS };
	score_refused(&w.spec, ERR_INPUT, "asked nowhere");
	w.item[0].askings = &w.ask[0];
	w.value[1][256].counts = true;
	score_refused(&w.spec, ERR_INPUT, "not asked");
	w.value[1][256].counts = false;
	w.value[1][257].coefficient.micro = 100 * DEC_ONE + 1;
	score_refused(&w.spec, ERR_INPUT, "coefficient");
	w.value[1][257].coefficient.micro = 100 * DEC_ONE;
	w.group_form[2] = 2;
	score_refused(&w.spec, ERR_INPUT, "group");
	w.group_form[2] = 0;
	w.stratum_group[1] = GROUPS;
	score_refused(&w.spec, ERR_INPUT, "stratum");
	w.stratum_group[1] = 0;
	p = w.spec;
	upside[0] = w.band[1];
	upside[1] = w.band[0];
	p.bands = upside;
	p.n_bands = 2;
	score_refused(&p, ERR_INPUT, "bands");
	p = w.spec;
	p.n_units = (size_t)1 << 40;
	score_refused(&p, ERR_MATH, "too many");
	p.n_units = (size_t)1 << 25;
	score_refused(&p, ERR_MATH, "too many");
}

static void a_rating_out_of_place_is_refused(void **state)
{
	static struct world w;
	struct err e = { 0 };
	struct score_rating r, bad;
	struct score *s;

	(void)state;
	world_make(&w);
	s = score_new(&w.spec, &e);
	assert_non_null(s);
	r = (struct score_rating){ 0, 0, 0, 0, w.r[0].answers };
	for (int i = 0; i < 5; i++) {
		bad = r;
		if (i == 0)
			bad.unit = UNITS;
		else if (i == 1)
			bad.form = FORMS;
		else if (i == 2)
			bad.group = GROUPS;
		else if (i == 3)
			bad.stratum = STRATA;
		else
			bad.stratum = 2; /* of another group */
		e = (struct err){ 0 };
		assert_false(score_count(s, &bad, &e));
		assert_int_equal(e.kind, ERR_BUG);
	}
	/* more ratings of a unit than respondents in the stratum */
	e = (struct err){ 0 };
	for (int i = 0; i < 13; i++)
		assert_true(score_count(s, &r, &e));
	assert_false(score_fix(s, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	score_free(s);
	score_free(NULL);
}

static void points_too_large_to_write_down_are_an_error(void **state)
{
	static struct world w;
	struct err e = { 0 };
	struct score *s;

	(void)state;
	world_make(&w);
	/* each fits, the sum does not */
	w.node[1].maximum.micro = w.node[2].maximum.micro = INT64_MAX;
	s = score_new(&w.spec, &e);
	assert_non_null(s);
	for (size_t i = 0; i < w.n; i++) {
		struct score_rating r = { w.r[i].unit, w.r[i].form,
					  w.r[i].group, w.r[i].stratum,
					  w.r[i].answers };

		assert_true(score_count(s, &r, &e));
	}
	assert_false(score_fix(s, &e));
	assert_int_equal(e.kind, ERR_MATH);
	score_free(s);
}

/* ---- no memory ------------------------------------------------------- */

/* The linker sends every calloc and malloc of this program here. */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
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

static bool try_all(const struct world *w, struct err *e)
{
	struct score *s = score_new(&w->spec, e);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < w->n; i++) {
		struct score_rating r = { w->r[i].unit, w->r[i].form,
					  w->r[i].group, w->r[i].stratum,
					  w->r[i].answers };

		ok = score_count(s, &r, e);
	}
	ok = ok && score_fix(s, e);
	ok = ok && score_finish(s, e);
	score_free(s);
	return ok;
}

static void failing_memory_is_an_error_at_every_place(void **state)
{
	static struct world w;
	long n = 0;
	bool ok = false;

	(void)state;
	world_make(&w);
	w.spec.lonely = TAYLOR_COLLAPSE;
	while (!ok) {
		struct err e = { 0 };

		allocations_left = n;
		ok = try_all(&w, &e);
		allocations_left = -1;
		if (!ok)
			assert_int_equal(e.kind, ERR_NOMEM);
		n++;
		assert_true(n < 10000);
	}
	assert_true(n > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spec_that_does_not_hold_is_refused),
		cmocka_unit_test(a_rating_out_of_place_is_refused),
		cmocka_unit_test(points_too_large_to_write_down_are_an_error),
		cmocka_unit_test(failing_memory_is_an_error_at_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
