/* Ranks, one more point, and what holds for any document. */
#include <stdlib.h>

#include "phieu/index.h"
#include "phieu/json.h"
#include "support/index.h"
#include "support/index_small.h"
#include "support/test.h"

/* ---- ranks ------------------------------------------------------------- */

static const char four_units[] = "[" UNIT(
	"A",
	"\"1.1\":\"20\",\"1.2\":\"10\",\"2.1\":\"30\",\"2.2\":"
	"\"20\"") "," UNIT("B",
			   "\"1.1\":\"20\",\"1.2\":\"12\","
			   "\"2.1\":\"30\",\"2.2\":"
			   "\"20\"") "," UNIT("C",
					      "\"1.1\":\"22\",\"1.2\":\"10\","
					      "\"2.1\":\"30\",\"2.2\":"
					      "\"20\"") "," UNIT("D",
								 "\"1.1\":"
								 "\"20\",\"1."
								 "2\":\"9\","
								 "\"2.1\":"
								 "\"30\",\"2."
								 "2\":"
								 "\"20\"") "]";

static void ties_share_a_rank_or_follow_the_stated_rule(void **state)
{
	static const struct {
		const char *more;
		size_t a, b, c, d;
	} k[] = { { "", 3, 1, 1, 4 },
		  { ",\"ties\":\"dense\"", 2, 1, 1, 3 },
		  { ",\"tie_break\":[\"survey\"]", 3, 1, 2, 4 },
		  { ",\"tie_break\":[\"criterion:1.1\"]", 3, 2, 1, 4 },
		  { ",\"tie_break\":[\"exact\",\"deduction\",\"criterion:2\"]",
		    3, 1, 1, 4 },
		  { ",\"tie_break\":[\"criterion:2\",\"assessed\"]", 3, 2, 1,
		    4 } };
	struct indexed q;

	(void)state;
	for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
		open_small(&q, "total", "incomplete", "item-first", k[i].more,
			   two_fields, "100", four_units);
		assert_int_equal(indexed_rank(&q, "A"), k[i].a);
		assert_int_equal(indexed_rank(&q, "B"), k[i].b);
		assert_int_equal(indexed_rank(&q, "C"), k[i].c);
		assert_int_equal(indexed_rank(&q, "D"), k[i].d);
		assert_int_equal(index_total(q.ix, 1)->shared,
				 k[i].b == k[i].c);
		indexed_close(&q);
	}
}

static void ranks_are_given_within_blocks(void **state)
{
	struct indexed q;
	const size_t *order;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-ba-cap.json");
	assert_int_equal(indexed_rank(&q, "SO-4"), 1);
	assert_int_equal(indexed_rank(&q, "SO-3"), 1); /* its own block */
	assert_int_equal(indexed_rank(&q, "XA-3"), 2);
	assert_int_equal(indexed_rank(&q, "HUYEN-3"), 3);
	assert_int_equal(indexed_rank(&q, "XA-4"), 3);
	assert_int_equal(indexed_rank(&q, "XA-5"), 3);
	assert_string_equal(indexed_grade(&q, "XA-1"), "Đạt");
	assert_string_equal(indexed_grade(&q, "SO-1"), "Khá");
	/* points of the exact rationals, rounded once */
	assert_string_equal(indexed_total(&q, "SO-1"), "75.136");
	order = index_order(q.ix);
	assert_string_equal(q.set.units[order[0]].code, "SO-4");
	assert_string_equal(q.set.units[order[11]].code, "HUYEN-3");
	indexed_close(&q);
}

/* ---- properties -------------------------------------------------------- */

static char *result_of(const struct index *ix)
{
	struct buf b = BUF_INIT((size_t)64 << 20);

	index_write_json(ix, NULL, NULL, 0, &b);
	index_write_csv(ix, &b);
	assert_non_null(buf_cstr(&b));
	return buf_take(&b);
}

/* Units, values, deductions in another order: the same bytes. */
static void shuffled_gives_the_same(const char *path, unsigned seed)
{
	struct indexed q;
	struct index_set s;
	struct index_unit *units;
	struct index_value *values;
	struct index_deduction *deductions;
	struct buf set_a = BUF_INIT((size_t)64 << 20);
	struct buf set_b = BUF_INIT((size_t)64 << 20);
	size_t to[64];
	struct err e = { 0 };
	struct index *ix;
	char *a, *b;

	indexed_open_file(&q, path);
	s = q.set;
	assert_true(s.n_units < 64);
	units = arena_array(q.a, s.n_units, sizeof *units);
	values = arena_array(q.a, s.n_values, sizeof *values);
	deductions = arena_array(q.a, s.n_deductions + 1, sizeof *deductions);
	for (size_t i = 0; i < s.n_units; i++)
		to[i] = i;
	for (size_t i = s.n_units; i-- > 1;) {
		size_t k = next(&seed) % (i + 1), t = to[i];

		to[i] = to[k];
		to[k] = t;
	}
	for (size_t i = 0; i < s.n_units; i++)
		units[to[i]] = s.units[i];
	for (size_t i = 0; i < s.n_values; i++) {
		size_t k = s.n_values - 1 - i;

		values[k] = s.values[i];
		values[k].unit = to[values[k].unit];
	}
	for (size_t i = 0; i < s.n_deductions; i++) {
		size_t k = s.n_deductions - 1 - i;

		deductions[k] = s.deductions[i];
		deductions[k].unit = to[deductions[k].unit];
	}
	s.units = units;
	s.values = values;
	s.deductions = deductions;
	s.n_typed = 0;
	q.set.n_typed = 0;
	ix = index_new(&s, q.a, &e);
	assert_non_null(ix);
	a = result_of(q.ix);
	b = result_of(ix);
	assert_string_equal(a, b);
	index_write_set(&q.set, &set_a);
	index_write_set(&s, &set_b);
	assert_string_equal(buf_cstr(&set_a), buf_cstr(&set_b));
	free(a);
	free(b);
	buf_free(&set_a);
	buf_free(&set_b);
	index_free(ix);
	indexed_close(&q);
}

static void the_order_of_rows_changes_no_byte(void **state)
{
	static const char *const path[] = {
		"docs/examples/index-hai-cap.json",
		"docs/examples/index-ba-cap.json",
		"docs/examples/index-dieu-kien.json",
		"docs/examples/index-nhom.json",
		"docs/examples/index-thieu.json",
	};

	(void)state;
	for (size_t i = 0; i < sizeof path / sizeof path[0]; i++)
		for (unsigned seed = 1; seed < 6; seed++)
			shuffled_gives_the_same(path[i], seed);
}

static void check_invariants(const struct indexed *q, size_t u)
{
	const struct index_total *t = index_total(q->ix, u);
	mpq_t sum, x;

	mpq_inits(sum, x, NULL);
	for (size_t i = 0; i < q->set.n_nodes; i++) {
		const struct index_node *n = &q->set.nodes[i];
		const struct index_cell *c = index_cell(q->ix, u, i);

		exact_from_dec(x, n->maximum);
		assert_true(mpq_sgn(c->before) >= 0);
		assert_true(mpq_cmp(c->before, x) <= 0);
		assert_true(mpq_cmp(c->base, c->full) <= 0);
		if (n->parent != INDEX_NONE || n->effect != INDEX_COUNTS ||
		    mpq_sgn(c->base) == 0)
			continue;
		if (c->rounded)
			exact_from_dec(x, c->points);
		else
			mpq_set(x, c->before);
		mpq_add(sum, sum, x);
	}
	assert_true(mpq_equal(sum, t->sum));
	mpq_set_ui(sum, 0, 1);
	for (size_t k = 0; k < INDEX_SOURCES; k++)
		mpq_add(sum, sum, t->part[k].full);
	assert_true(mpq_equal(sum, t->full));
	assert_true(t->complete == (t->rank > 0));
	mpq_clears(sum, x, NULL);
}

static void points_lie_within_maxima_and_fields_add_up(void **state)
{
	static const char *const path[] = {
		"docs/examples/index-hai-cap.json",
		"docs/examples/index-ba-cap.json",
		"docs/examples/index-dieu-kien.json",
		"docs/examples/index-nhom.json",
		"docs/examples/index-thieu.json",
		"docs/examples/index-tthc-2021.json",
	};
	struct indexed q;

	(void)state;
	for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
		indexed_open_file(&q, path[i]);
		for (size_t u = 0; u < q.set.n_units; u++)
			check_invariants(&q, u);
		indexed_close(&q);
	}
}

/* ---- one more point ---------------------------------------------------- */

static const struct index_more *more_of(const struct index_more *m, size_t n,
					size_t unit, size_t node)
{
	for (size_t i = 0; i < n; i++)
		if (m[i].unit == unit && m[i].node == node)
			return &m[i];
	return NULL;
}

static void one_more_point_tells_total_grade_and_rank(void **state)
{
	struct indexed q;
	struct index_more *m;
	const struct index_more *x;
	struct err e = { 0 };
	size_t n;

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", "", two_fields,
		   "100", four_units);
	assert_true(index_one_more(q.ix, q.a, &m, &n, &e));
	assert_int_equal(n, 16);
	x = more_of(m, n, 0, indexed_node(&q, "1.2"));
	assert_int_equal(x->published.micro, 81 * DEC_ONE);
	assert_int_equal(x->rank, 3);
	x = more_of(m, n, 1, indexed_node(&q, "1.2"));
	assert_int_equal(x->published.micro, 83 * DEC_ONE);
	assert_int_equal(x->rank, 1);
	x = more_of(m, n, 3, indexed_node(&q, "2.1"));
	assert_int_equal(x->published.micro, 80 * DEC_ONE);
	assert_int_equal(x->rank, 3); /* joins A */
	assert_int_equal(x->band, 2);
	indexed_close(&q);

	open_small(&q, "total", "incomplete", "item-first",
		   ",\"ties\":\"dense\"", two_fields, "100", four_units);
	assert_true(index_one_more(q.ix, q.a, &m, &n, &e));
	x = more_of(m, n, 3, indexed_node(&q, "2.1"));
	assert_int_equal(x->rank, 2);
	indexed_close(&q);
}

static void one_more_point_stops_at_the_maximum(void **state)
{
	struct indexed q;
	struct index_more *m;
	struct err e = { 0 };
	size_t n;

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", "", two_fields,
		   "100",
		   "[" UNIT("A", "\"1.1\":\"24.6\",\"1.2\":\"15\",\"2.1\":"
				 "{\"status\":\"not-applicable\"},\"2.2\":"
				 "\"20\"") "," UNIT("B", "\"1.1\":\"1\"") "]");
	assert_true(index_one_more(q.ix, q.a, &m, &n, &e));
	assert_int_equal(n, 2); /* B is incomplete, 1.2 full, 2.1 removed */
	assert_int_equal(m[0].node, indexed_node(&q, "1.1"));
	assert_int_equal(m[0].added.micro, 400000);
	assert_int_equal(m[1].added.micro, DEC_ONE);
	indexed_close(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ties_share_a_rank_or_follow_the_stated_rule),
		cmocka_unit_test(ranks_are_given_within_blocks),
		cmocka_unit_test(the_order_of_rows_changes_no_byte),
		cmocka_unit_test(points_lie_within_maxima_and_fields_add_up),
		cmocka_unit_test(one_more_point_tells_total_grade_and_rank),
		cmocka_unit_test(one_more_point_stops_at_the_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
