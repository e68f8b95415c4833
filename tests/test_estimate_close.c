/* close_cells on whole runs over random people: what is small is closed, in
 * every table of the same cells, and nothing closed follows from what is open.
 * That is looked at from the outside: by the cells as they are printed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_load.h"
#include "support/test.h"

enum { UNITS = 6, GROUPS = 3, KINDS = 2, YEARS = 2, CELLS = 64, SUMS = 64 };

static const char spec_text[] =
	"{\"wave\":\"B\",\"against\":\"A\",\"estimates\":["
	"{\"stat\":\"mean\",\"of\":[\"y\",\"z\"],\"by\":[\"unit_kind\","
	"\"unit\"],\"where\":{\"wave\":\"B\"}},"
	"{\"stat\":\"mean\",\"of\":[\"y\",\"z\"],\"by\":[\"unit_kind\","
	"\"unit\",\"group\"],\"where\":{\"wave\":\"B\"}},"
	"{\"stat\":\"ratio\",\"of\":[\"y.satisfied\",\"y.answered\"],\"by\":["
	"\"group\","
	"\"unit_kind\"],\"where\":{\"wave\":\"B\"}},"
	"{\"stat\":\"mean\",\"of\":[\"y\"],\"by\":[\"unit_kind\"],"
	"\"where\":{\"wave\":\"B\"}},"
	"{\"stat\":\"mean\",\"of\":[\"y\"],\"where\":{\"wave\":\"B\"}},"
	"{\"stat\":\"unit_score\",\"of\":\"y\",\"unit\":\"unit\",\"group\":"
	"\"group\",\"shares\":{\"g0\":0.5,\"g1\":0.3,\"g2\":0.2},"
	"\"missing\":\"rescale\",\"cov\":true,\"where\":{\"wave\":\"B\","
	"\"unit_kind\":\"k0\"}},"
	"{\"stat\":\"unit_pairs\",\"of\":\"y\",\"unit\":\"unit\",\"group\":"
	"\"group\",\"shares\":{\"g0\":0.5,\"g1\":0.3,\"g2\":0.2},"
	"\"missing\":\"rescale\",\"where\":{\"wave\":\"B\"}},"
	"{\"stat\":\"change\",\"of\":\"y\",\"by\":[\"unit_kind\",\"unit\"],"
	"\"between\":\"wave\",\"values\":[\"A\",\"B\"],\"independent\":true},"
	"{\"stat\":\"change\",\"of\":\"y\",\"by\":[\"unit_kind\"],"
	"\"between\":\"wave\",\"values\":[\"A\",\"B\"],\"independent\":true},"
	"{\"stat\":\"mean\",\"of\":\"y\",\"by\":\"unit\",\"where\":{\"wave\":"
	"\"B\",\"sex\":\"F\"}}]}";

static const char *const columns[] = { "wave", "respondent",  "group",
				       "unit", "unit_kind",   "stratum",
				       "w",    "fpc",	      "y",
				       "z",    "y.satisfied", "y.answered",
				       "sex" };
enum { COLUMNS = sizeof columns / sizeof columns[0] };

struct people {
	/* respondents who rated, by year, unit and group */
	int n[YEARS][UNITS][GROUPS];
	int id;
};

struct asked {
	struct arena *a;
	struct frame frame;
	struct spec spec;
	struct est_results out;
	struct people p;
};

static uint64_t next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static void put_person(struct asked *q, int year, size_t u, size_t g,
		       uint64_t *seed)
{
	char text[COLUMNS][24];
	struct csv_cell cell[COLUMNS];
	uint64_t r = next(seed) >> 20;
	struct err e = { 0 };

	(void)snprintf(text[0], 24, "%s", year ? "B" : "A");
	(void)snprintf(text[1], 24, "%d", ++q->p.id);
	(void)snprintf(text[2], 24, "g%zu", g);
	(void)snprintf(text[3], 24, "u%zu", u);
	(void)snprintf(text[4], 24, "k%zu", u * KINDS / UNITS);
	(void)snprintf(text[5], 24, "%d|%zu", year, g);
	(void)snprintf(text[6], 24, "1");
	(void)snprintf(text[7], 24, "1e15");
	(void)snprintf(text[8], 24, "%d", (int)(r % 100));
	text[9][0] = '\0';
	if (g < 2) /* z is not asked of the last group */
		(void)snprintf(text[9], 24, "%d", (int)(r / 100 % 100));
	(void)snprintf(text[10], 24, "%d", (int)(r % 3));
	(void)snprintf(text[11], 24, "3");
	(void)snprintf(text[12], 24, r % 2 ? "F" : "M");
	for (size_t i = 0; i < COLUMNS; i++)
		cell[i] = (struct csv_cell){ .s = text[i],
					     .n = strlen(text[i]),
					     .quoted = true };
	assert_true(frame_row(&q->frame, cell, COLUMNS, 1, &e));
}

static void put_people(struct asked *q, uint64_t *seed)
{
	struct csv_cell head[COLUMNS];
	struct err e = { 0 };

	for (size_t i = 0; i < COLUMNS; i++)
		head[i] = (struct csv_cell){ .s = columns[i],
					     .n = strlen(columns[i]) };
	assert_true(frame_header(&q->frame, head, COLUMNS, &e));
	for (int year = 0; year < YEARS; year++)
		for (size_t u = 0; u < UNITS; u++)
			for (size_t g = 0; g < GROUPS; g++) {
				uint64_t r = next(seed) >> 30;
				int n = r % 5 == 0 ? 0 : (int)(r / 5 % 32);

				q->p.n[year][u][g] = n;
				while (n-- > 0)
					put_person(q, year, u, g, seed);
			}
	assert_true(frame_done(&q->frame, &e));
}

static void ask(struct asked *q, const struct wave_limits *l, uint64_t *seed)
{
	struct err e = { 0 };
	struct faults faults;

	*q = (struct asked){ .a = arena_new((size_t)64 << 20) };
	assert_non_null(q->a);
	faults_init(&faults, q->a);
	assert_true(frame_init(&q->frame, 100000, &e));
	if (!spec_read(spec_text, sizeof spec_text - 1, q->a, &q->frame,
		       &q->spec, &faults))
		fail_msg("%s %s", faults.list[0].path, faults.list[0].message);
	put_people(q, seed);
	if (!spec_run(&q->spec, &q->frame, q->a, &q->out, &e) ||
	    !close_cells(&q->spec, l, q->a, &q->out, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(q->out.failed, 0);
}

static void done(struct asked *q)
{
	frame_clear(&q->frame);
	arena_free(q->a);
}

/* ---- cells as they are printed ----------------------------------------- */

static size_t key(const struct est_cell *c, const char *name)
{
	for (size_t i = 0; i < c->by.n; i++)
		if (strcmp(c->by.name[i], name) == 0)
			return (size_t)(c->key[i][1] - '0');
	return SIZE_MAX;
}

/* 0 all, kinds, units, kind x group, unit x group; SIZE_MAX: none of them. */
enum { KIND0 = 1, UNIT0 = KIND0 + KINDS, KG0 = UNIT0 + UNITS };
enum { UG0 = KG0 + KINDS * GROUPS, PLACES = UG0 + UNITS * GROUPS };

static size_t place(const struct est_cell *c)
{
	size_t u = key(c, "unit"), g = key(c, "group"), k = key(c, "unit_kind");

	if (u != SIZE_MAX)
		return g == SIZE_MAX ? UNIT0 + u : UG0 + u * GROUPS + g;
	if (k != SIZE_MAX)
		return g == SIZE_MAX ? KIND0 + k : KG0 + k * GROUPS + g;
	return 0;
}

static bool is_plain(const struct asked *q, const struct est_cell *c,
		     const char *of)
{
	return c->estimate < 6 && strncmp(c->of, of, 1) == 0 &&
	       q->spec.estimate[c->estimate].where;
}

static bool is_open(const struct est_cell *c)
{
	return !isnan(c->r.value);
}

static int people_of(const struct asked *q, int year, size_t at, size_t groups)
{
	int n = 0;

	for (size_t u = 0; u < UNITS; u++)
		for (size_t g = 0; g < groups; g++) {
			size_t k = u * KINDS / UNITS;

			if (at == 0 || at == KIND0 + k || at == UNIT0 + u ||
			    at == KG0 + k * GROUPS + g ||
			    at == UG0 + u * GROUPS + g)
				n += q->p.n[year][u][g];
		}
	return n;
}

/* Is cell `at` told by the sums of open ones?  Rank over the closed cells with
 * and without its column. */
static void add_row(double m[][PLACES], size_t row, size_t at, double by,
		    const bool *hidden, size_t without)
{
	if (hidden[at] && at != without)
		m[row][at] = by;
}

/* Official points: a unit's groups once more, each with its weight over its
 * people.  Nothing when groups are not weighed. */
static size_t fill_weighed(double m[][PLACES], size_t n, const struct people *p,
			   const bool *hidden, size_t without)
{
	static const double weight[GROUPS] = { 0.5, 0.3, 0.2 };

	for (size_t u = 0; p && u < UNITS; u++) {
		size_t some = 0;

		for (size_t g = 0; g < GROUPS; g++)
			some += p->n[1][u][g] > 0;
		for (size_t g = 0; some > 1 && g < GROUPS; g++)
			if (p->n[1][u][g] > 0)
				add_row(m, n, UG0 + u * GROUPS + g,
					weight[g] / p->n[1][u][g], hidden,
					without);
		n++;
	}
	return n;
}

static size_t fill_sums(double m[][PLACES], const struct people *p,
			const bool *hidden, size_t without)
{
	size_t n = 0;

	memset(m, 0, SUMS * sizeof *m);
	for (size_t k = 0; k < KINDS; k++) {
		size_t units = n++, groups = n++;

		add_row(m, units, KIND0 + k, -1, hidden, without);
		add_row(m, groups, KIND0 + k, -1, hidden, without);
		for (size_t g = 0; g < GROUPS; g++) {
			size_t line = n++, kg = KG0 + k * GROUPS + g;

			add_row(m, groups, kg, 1, hidden, without);
			add_row(m, line, kg, -1, hidden, without);
			for (size_t u = 0; u < UNITS; u++)
				if (u * KINDS / UNITS == k)
					add_row(m, line, UG0 + u * GROUPS + g,
						1, hidden, without);
		}
		for (size_t u = 0; u < UNITS; u++) {
			if (u * KINDS / UNITS != k)
				continue;
			add_row(m, units, UNIT0 + u, 1, hidden, without);
			add_row(m, n, UNIT0 + u, -1, hidden, without);
			for (size_t g = 0; g < GROUPS; g++)
				add_row(m, n, UG0 + u * GROUPS + g, 1, hidden,
					without);
			n++;
		}
	}
	add_row(m, n, 0, -1, hidden, without);
	for (size_t k = 0; k < KINDS; k++)
		add_row(m, n, KIND0 + k, 1, hidden, without);
	return fill_weighed(m, n + 1, p, hidden, without);
}

static size_t rank(const struct people *p, const bool *hidden, size_t without)
{
	static double m[SUMS][PLACES];
	size_t rows = fill_sums(m, p, hidden, without), r = 0;

	for (size_t col = 0; col < PLACES && r < rows; col++) {
		size_t best = r;

		for (size_t i = r; i < rows; i++)
			if (fabs(m[i][col]) > fabs(m[best][col]))
				best = i;
		if (fabs(m[best][col]) < 1e-9)
			continue;
		for (size_t j = 0; j < PLACES; j++) {
			double x = m[best][j];

			m[best][j] = m[r][j];
			m[r][j] = x;
		}
		for (size_t i = r + 1; i < rows; i++) {
			double f = m[i][col] / m[r][col];

			for (size_t j = 0; j < PLACES; j++)
				m[i][j] -= f * m[r][j];
		}
		r++;
	}
	return r;
}

/* ---- properties -------------------------------------------------------- */

static void see(const struct asked *q, const char *of, bool *open, bool *shut)
{
	for (size_t i = 0; i < q->out.n; i++) {
		const struct est_cell *c = &q->out.cell[i];

		if (!is_plain(q, c, of))
			continue;
		if (is_open(c))
			open[place(c)] = true;
		else
			shut[place(c)] = true;
	}
}

/* How many places follow from the others; `p`: with official points at hand. */
static size_t told(const struct people *p, const bool *shut)
{
	size_t all = rank(p, shut, SIZE_MAX), n = 0;

	for (size_t i = 0; i < PLACES; i++)
		n += shut[i] && rank(p, shut, i) < all;
	return n;
}

static void check_plain(const struct asked *q, const char *of, size_t groups,
			size_t *closed)
{
	bool open[PLACES] = { false }, shut[PLACES] = { false };

	see(q, of, open, shut);
	for (size_t i = 0; i < PLACES; i++) {
		int n = people_of(q, 1, i, groups), k = i < KG0 ? 10 : 20;

		if (open[i] && shut[i])
			fail_msg("place %zu is open in some tables only", i);
		if (open[i] && n < k)
			fail_msg("place %zu of %d people is open", i, n);
		shut[i] = shut[i] && n > 0;
		*closed += shut[i];
	}
	if (*of == 'y')
		assert_int_equal(told(NULL, shut), 0);
}

static void check_pairs(const struct asked *q)
{
	bool open[PLACES] = { false }, shut[PLACES] = { false };

	see(q, "y", open, shut);
	for (size_t i = 0; i < q->out.n; i++) {
		const struct est_cell *c = &q->out.cell[i];

		if (c->estimate != 6 || !is_open(c))
			continue;
		for (size_t j = 0; j < 2; j++)
			assert_true(open[UNIT0 + (size_t)(c->key[j][1] - '0')]);
	}
}

/* A change shows both years: each side is enough, a unit closed this year is
 * closed, and one unit closed alone would follow from its kind. */
static void check_changes(const struct asked *q, size_t *closed)
{
	bool open[PLACES] = { false }, shut[PLACES] = { false };
	size_t in_kind[KINDS] = { 0 };

	see(q, "y", open, shut);
	for (size_t i = 0; i < q->out.n; i++) {
		const struct est_cell *c = &q->out.cell[i];
		size_t at = place(c);

		if (c->estimate != 7 && c->estimate != 8)
			continue;
		if (is_open(c)) {
			assert_true(people_of(q, 0, at, GROUPS) >= 10);
			assert_true(people_of(q, 1, at, GROUPS) >= 10);
			assert_false(shut[at] &&
				     people_of(q, 1, at, GROUPS) > 0);
			continue;
		}
		for (size_t k = 0; k < c->n_extra; k++)
			assert_true(isnan(c->extra[k].value));
		if (c->estimate == 7 && people_of(q, 0, at, GROUPS) > 0 &&
		    people_of(q, 1, at, GROUPS) > 0)
			in_kind[key(c, "unit_kind")]++;
		++*closed;
	}
	/* the kind's change shows the sum of each year: one closed alone is
	 * told */
	for (size_t i = 0; i < q->out.n; i++) {
		const struct est_cell *c = &q->out.cell[i];

		if (c->estimate == 8 && is_open(c))
			assert_int_not_equal(in_kind[place(c) - KIND0], 1);
	}
}

static const struct wave_limits limits = { .min_unit = 10, .min_sub = 20 };

static void no_closed_cell_of_a_report_can_be_recomputed(void **state)
{
	uint64_t seed = 88172645463325252u;
	size_t closed = 0, changes = 0;

	(void)state;
	for (int round = 0; round < 40; round++) {
		struct asked q;

		ask(&q, &limits, &seed);
		check_plain(&q, "y", GROUPS, &closed);
		check_plain(&q, "z", 2, &closed);
		check_pairs(&q);
		check_changes(&q, &changes);
		done(&q);
	}
	assert_true(closed > 300);
	assert_true(changes > 20);
}

/* The attack: official points of weighed groups are published beside the
 * report, so that two closed groups of a unit are two unknowns of two sums. */
static void official_points_beside_a_report_tell_no_closed_group(void **state)
{
	const struct wave_weight weight[] = { { "g0", 500000 },
					      { "g1", 300000 },
					      { "g2", 200000 } };
	const struct wave_limits weighed = { .min_unit = 10,
					     .min_sub = 20,
					     .weight = weight,
					     .n_weights = GROUPS };
	size_t before = 0, open_before = 0, open_now = 0;
	uint64_t seed = 99;

	(void)state;
	for (int round = 0; round < 20; round++) {
		bool open[2][PLACES] = { { false } };
		bool shut[2][PLACES] = { { false } };
		uint64_t same = seed;
		struct asked q;

		ask(&q, &limits, &same);
		see(&q, "y", open[0], shut[0]);
		for (size_t i = 0; i < PLACES; i++)
			shut[0][i] = shut[0][i] && people_of(&q, 1, i, GROUPS);
		before += told(&q.p, shut[0]);
		done(&q);
		ask(&q, &weighed, &seed);
		see(&q, "y", open[1], shut[1]);
		for (size_t i = 0; i < PLACES; i++) {
			shut[1][i] = shut[1][i] && people_of(&q, 1, i, GROUPS);
			open_before += open[0][i];
			open_now += open[1][i];
		}
		assert_int_equal(told(&q.p, shut[1]), 0);
		done(&q);
	}
	assert_true(before > 40);
	assert_true(open_now < open_before);
	print_message("%zu told before; %zu cells open, %zu before\n", before,
		      open_now, open_before);
}

static void what_official_results_hide_is_closed_and_not_alone(void **state)
{
	const struct wave_shut shut[] = { { "u1", "y", false },
					  { "u4", "y", true } };
	const struct wave_limits l = {
		.min_unit = 1, .min_sub = 1, .shut = shut, .n_shut = 2
	};
	uint64_t seed = 42;
	struct asked q;
	size_t others = 0;

	(void)state;
	ask(&q, &l, &seed);
	for (size_t i = 0; i < q.out.n; i++) {
		const struct est_cell *c = &q.out.cell[i];

		if (c->estimate == 0 && *c->of == 'y') {
			if (key(c, "unit") == 1)
				assert_false(is_open(c));
			else if (key(c, "unit") < 3)
				others += !is_open(c);
			else
				assert_true(is_open(c));
		}
		/* of the earlier year: in the change alone */
		if (c->estimate == 7 && key(c, "unit") == 4)
			assert_false(is_open(c));
	}
	assert_int_equal(others, 1);
	assert_null(q.out.detail[5]); /* covariances with a closed unit */
	done(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_closed_cell_of_a_report_can_be_recomputed),
		cmocka_unit_test(
			official_points_beside_a_report_tell_no_closed_group),
		cmocka_unit_test(
			what_official_results_hide_is_closed_and_not_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
