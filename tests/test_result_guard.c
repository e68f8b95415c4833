/* An attack on what is published: groups are weighed in points and counted in
 * people, so that whoever has both solves for a group that is closed.  The
 * reader here knows the plan, how many of each group answered, and whatever any
 * output says; he tries every way the small group may have answered.  On what
 * used to be published he finds the one; on what is, many. */
#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/guard_text.h"
#include "phieu/json.h"
#include "phieu/result.h"
#include "phieu/score_run.h"
#include "support/plan_small.h"
#include "support/test.h"

enum { OPTIONS = 4, MANY = 100, FEW = 3, WAYS = 64 };
static const int worth[OPTIONS] = { 100, 60, 0, 20 }; /* A B C K */
static const int large[OPTIONS] = { 37, 41, 15, 7 },
		 small_one[OPTIONS] = { 1, 0, 2, 0 };
/* weights 2 and 1 of D4 */
enum { W_LARGE = 2, W_SMALL = 1 };

/* ---- the wave ------------------------------------------------------------ */

struct lot { /* answers of a group about a unit */
	const char *unit, *group;
	const int *n;
};
struct feed {
	const struct plan *p;
	const struct lot *lot;
	size_t n_lots, at, option;
	int given;
	uint8_t answers[8];
};

static int next_rating(void *ctx, struct source_rating *out, struct err *e)
{
	struct feed *f = ctx;
	const struct question *q = &f->p->forms[0].questions[0];

	(void)e;
	for (; f->at < f->n_lots; f->at++, f->option = 0) {
		const struct lot *l = &f->lot[f->at];
		size_t g = plan_group(f->p, l->group);

		for (; f->option < OPTIONS; f->option++, f->given = 0) {
			if (f->given == l->n[f->option])
				continue;
			f->given++;
			memset(f->answers, 255, sizeof f->answers);
			/* K is no option of points: don't know */
			f->answers[q->slot] = q->options[f->option].ordinal;
			*out = (struct source_rating){
				.unit = plan_unit(f->p, l->unit),
				.form = f->p->groups[g].form,
				.group = g,
				.home = f->p->groups[g].has_home
						? plan_unit(f->p, l->unit)
						: NONE,
				.answers = f->answers,
				.n_answers = f->p->forms[0].n_slots
			};
			return 1;
		}
		f->given = 0;
	}
	return 0;
}

struct made {
	struct plan *p;
	struct score_plan *sp;
	struct score *score;
	struct result *r;
};

static struct made make(const struct edit *edits, size_t n_edits,
			const struct lot *lots, size_t n)
{
	char *text = edited(edits, n_edits);
	struct buf said = BUF_INIT(65536);
	struct err e = { 0 };
	struct made m = { .p = read_text(text, &said) };
	struct feed f = { .p = m.p, .lot = lots, .n_lots = n };
	struct rating_source src = { next_rating, &f };
	struct result_input in = { .content_sha256 = "00" };

	if (!m.p)
		fail_msg("%s", buf_cstr(&said));
	m.sp = score_plan_new(m.p, &e);
	assert_non_null(m.sp);
	for (size_t i = 0; i < n; i++) {
		size_t g = plan_group(m.p, lots[i].group);
		size_t home = m.p->groups[g].has_home
				      ? plan_unit(m.p, lots[i].unit)
				      : NONE;
		size_t h = score_plan_stratum(m.sp, g, home);

		for (size_t o = 0; o < OPTIONS; o++)
			m.sp->strata[h].n += lots[i].n[o];
	}
	m.score = score_run(m.sp, &src, &e);
	if (!m.score)
		fail_msg("%s", e.msg);
	in.sp = m.sp;
	in.score = m.score;
	m.r = result_new(&in, &e);
	assert_non_null(m.r);
	buf_free(&said);
	free(text);
	return m;
}

static void made_free(struct made *m)
{
	result_free(m->r);
	score_free(m->score);
	score_plan_free(m->sp);
	plan_free(m->p);
}

static const struct edit more_people[] = { { G "/0/quota/N", "1000" } };
static const struct lot two_groups[] = { { "S1", "dai-bieu", large },
					 { "S1", "cong-chuc", small_one } };

static size_t node_of(const struct made *m, const char *criterion)
{
	size_t c = plan_criterion(m->p, criterion);

	for (size_t i = 0; i < m->sp->spec.n_nodes; i++)
		if (m->sp->criterion[i] == c)
			return i;
	fail_msg("no node %s", criterion);
	return 0;
}

/* ---- the reader ---------------------------------------------------------- */

struct seen {
	char points[32];   /* of L1.2, whose maximum is 19.5 */
	const char *exact; /* NULL: not told */
	bool has_all;
	int64_t all[OPTIONS];
	bool has_mean; /* of the question, in percent */
	mpq_t mean;
};

/* Points of weighed groups whose worths add up to these. */
static void points_of(mpq_t out, int sum_large, int sum_small)
{
	mpq_t x;

	mpq_init(x);
	mpq_set_si(out, W_LARGE * sum_large, 100 * MANY);
	mpq_canonicalize(out);
	mpq_set_si(x, W_SMALL * sum_small, 100 * FEW);
	mpq_canonicalize(x);
	mpq_add(out, out, x);
	mpq_set_si(x, 39, 2 * (W_LARGE + W_SMALL));
	mpq_canonicalize(x);
	mpq_mul(out, out, x);
	mpq_clear(x);
}

static bool fits(const struct seen *s, int sum_large, int sum_small)
{
	char text[DEC_TEXT_MAX + 8];
	struct err e = { 0 };
	bool ok = true;
	struct dec d;
	mpq_t p, x;

	mpq_inits(p, x, NULL);
	points_of(p, sum_large, sum_small);
	if (s->exact) {
		assert_int_equal(mpq_set_str(x, s->exact, 10), 0);
		ok = mpq_equal(p, x);
	}
	if (s->has_mean) {
		mpq_set_si(x, 39, 200);
		mpq_mul(x, x, s->mean);
		ok = ok && mpq_equal(p, x);
	}
	assert_true(exact_round(p, 2, EXACT_HALF_UP, &d, &e));
	ok = ok && strcmp(exact_fixed(d, 2, text), s->points) == 0;
	mpq_clears(p, x, NULL);
	return ok;
}

/* Could the large group have made up the rest? */
static bool possible(const struct seen *s, const int *few)
{
	int sum = 0, rest = 0;

	for (size_t o = 0; o < OPTIONS; o++) {
		sum += few[o] * worth[o];
		if (s->has_all && s->all[o] < few[o])
			return false;
		rest += s->has_all ? (int)(s->all[o] - few[o]) * worth[o] : 0;
	}
	if (s->has_all)
		return fits(s, rest, sum);
	for (int x = 0; x <= 100 * MANY; x += 20)
		if (fits(s, x, sum))
			return true;
	return false;
}

/* How many sums of the small group's answers agree with all that is seen, and
 * how far apart they lie. */
static size_t solve(const struct seen *s, bool *truth, int *apart)
{
	int least = 100 * FEW, most = 0;

	bool may[100 * FEW + 1] = { false };
	int few[OPTIONS], real = 0;
	size_t n = 0;

	for (few[0] = 0; few[0] <= FEW; few[0]++)
		for (few[1] = 0; few[0] + few[1] <= FEW; few[1]++)
			for (few[2] = 0; few[0] + few[1] + few[2] <= FEW;
			     few[2]++) {
				int sum = 0;

				few[3] = FEW - few[0] - few[1] - few[2];
				for (size_t o = 0; o < OPTIONS; o++)
					sum += few[o] * worth[o];
				may[sum] = may[sum] || possible(s, few);
			}
	for (size_t o = 0; o < OPTIONS; o++)
		real += small_one[o] * worth[o];
	*truth = may[real];
	for (int i = 0; i <= 100 * FEW; i++) {
		n += may[i];
		least = may[i] && i < least ? i : least;
		most = may[i] ? i : most;
	}
	*apart = most - least;
	return n;
}

/* ---- what the outputs say ------------------------------------------------ */

static const cJSON *by_code(const cJSON *list, const char *key,
			    const char *code)
{
	for (const cJSON *o = list->child; o; o = o->next)
		if (json_get_text(o, key) &&
		    strcmp(json_get_text(o, key), code) == 0)
			return o;
	fail_msg("no %s", code);
	return NULL;
}

static cJSON *json_of(const struct made *m)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err e = { 0 };
	cJSON *doc;

	assert_true(result_json(m->r, &b, &e));
	doc = cJSON_Parse(buf_cstr(&b));
	assert_non_null(doc);
	buf_free(&b);
	return doc;
}

static cJSON *explained(const struct made *m, const char *unit,
			const char *criterion)
{
	struct arena *a = arena_new(16 << 20);
	struct buf b = BUF_INIT(1 << 20);
	struct err e = { 0 };
	cJSON *doc;

	assert_true(result_explain_json(m->r, plan_unit(m->p, unit),
					plan_criterion(m->p, criterion), a, &b,
					&e));
	doc = cJSON_Parse(buf_cstr(&b));
	assert_non_null(doc);
	buf_free(&b);
	arena_free(a);
	return doc;
}

static const cJSON *cell_of(const cJSON *doc, const char *unit,
			    const char *criterion)
{
	return by_code(json_get(by_code(json_get(doc, "units"), "code", unit),
				"cells"),
		       "code", criterion);
}

/* What used to be published: the fraction, and the counts of all. */
static void see_as_before(const struct made *m, struct seen *s, char **exact)
{
	const struct question *q = &m->p->forms[0].questions[0];
	size_t unit = plan_unit(m->p, "S1"), node = node_of(m, "L1.2");
	const struct score_cell *c = score_cell(m->score, unit, node);
	char text[DEC_TEXT_MAX + 8];

	*exact = mpq_get_str(NULL, 10, c->exact);
	s->exact = *exact;
	(void)snprintf(s->points, sizeof s->points, "%s",
		       exact_fixed(c->points, 2, text));
	s->has_all = true;
	for (size_t o = 0; o < OPTIONS; o++)
		for (size_t g = 0; g < m->p->n_groups; g++)
			s->all[o] += score_item_count(m->score, unit, node, 0,
						      g, q->options[o].ordinal);
}

static void take_number(const cJSON *o, const char *key, struct seen *s)
{
	if (json_get_text(o, key))
		s->exact = json_get_text(o, key);
}

/* From the explanation: whatever stands in a row of all together. */
static void take_rows(const cJSON *item, struct seen *s)
{
	const cJSON *row;

	if (json_get_text(item, "mean")) {
		s->has_mean = true;
		assert_int_equal(mpq_set_str(s->mean,
					     json_get_text(item, "mean"), 10),
				 0);
	}
	cJSON_ArrayForEach(row, json_get(item, "groups"))
	{
		const cJSON *n = json_get(row, "counts");

		/* the small group itself, or the one beside it */
		assert_true(json_get_text(row, "group") == NULL || !n);
		for (int o = 0; n && o < OPTIONS; o++)
			s->all[o] =
				(int64_t)cJSON_GetArrayItem(n, o)->valuedouble;
		s->has_all = s->has_all || n;
	}
}

static void the_small_group_follows_from_what_used_to_be_published(void **state)
{
	struct made m = make(more_people, 1, two_groups, 2);
	struct seen s = { .exact = NULL };
	char *exact;
	bool truth;
	int apart;

	(void)state;
	mpq_init(s.mean);
	see_as_before(&m, &s, &exact);
	assert_int_equal(solve(&s, &truth, &apart), 1);
	assert_true(truth);
	/* the counts of all alone are enough, beside rounded points */
	s.exact = NULL;
	assert_int_equal(solve(&s, &truth, &apart), 1);
	assert_true(truth);
	free(exact);
	mpq_clear(s.mean);
	made_free(&m);
}

static void the_small_group_does_not_follow_from_what_is_published(void **state)
{
	struct made m = make(more_people, 1, two_groups, 2);
	cJSON *doc = json_of(&m), *leaf = explained(&m, "S1", "L1.2"),
	      *up = explained(&m, "S1", "L1");
	const cJSON *cell = cell_of(doc, "S1", "L1.2");
	struct seen s = { .exact = NULL };
	struct buf csv = BUF_INIT(1 << 20);
	struct err e = { 0 };
	bool truth;
	int apart;

	(void)state;
	mpq_init(s.mean);
	(void)snprintf(s.points, sizeof s.points, "%s",
		       json_get_text(cell, "points"));
	take_number(cell, "exact", &s);
	take_number(leaf, "exact", &s);
	/* one survey criterion alone: sums are its value again */
	take_number(cell_of(doc, "S1", "L1"), "exact", &s);
	take_number(cell_of(doc, "S1", ""), "exact", &s);
	take_number(up, "exact", &s);
	take_number(json_get(up, "parts")->child, "exact", &s);
	take_rows(json_get(leaf, "items")->child, &s);
	assert_null(s.exact);
	assert_false(s.has_all || s.has_mean);
	/* means of 13 to 73 per cent remain */
	assert_true(solve(&s, &truth, &apart) >= 4);
	assert_true(apart >= 60 * FEW);
	assert_true(truth);
	/* the share of all, and errors finer than points */
	assert_null(json_get_text(cell, "top"));
	assert_null(json_get_text(cell_of(doc, "S1", "L1"), "top"));
	assert_null(json_get_text(cell_of(doc, "S1", ""), "top"));
	assert_int_equal(strlen(strchr(json_get_text(cell, "se"), '.')), 4);
	assert_int_equal(strlen(strchr(json_get_text(cell, "low"), '.')), 3);
	assert_int_equal(strlen(strchr(json_get_text(cell, "high"), '.')), 3);
	/* the official value, its counts and the rounded mean are there */
	assert_string_equal(s.points, json_get_text(leaf, "points"));
	assert_int_equal(json_get(cell, "valid")->valuedouble, MANY + FEW);
	assert_string_equal(json_get_text(json_get(leaf, "items")->child,
					  "percent"),
			    "53");
	assert_true(cJSON_IsTrue(json_get(leaf, "guarded")));
	/* the table says no more */
	assert_true(result_csv(m.r, &csv, &e));
	assert_null(strchr(buf_cstr(&csv), '/'));
	buf_free(&csv);
	cJSON_Delete(doc);
	cJSON_Delete(leaf);
	cJSON_Delete(up);
	mpq_clear(s.mean);
	made_free(&m);
}

/* Whoever computes with points has them whole, marked. */
static void components_keep_the_fraction_and_say_so(void **state)
{
	static const int enough[OPTIONS] = { 10, 10, 5, 0 };
	const struct lot lots[] = { two_groups[0],
				    two_groups[1],
				    { "S2", "dai-bieu", large },
				    { "S2", "cong-chuc", enough } };
	struct made m = make(more_people, 1, lots, 4);
	struct arena *a = arena_new(1 << 20);
	cJSON *open = explained(&m, "S2", "L1.2");
	const cJSON *item = json_get(open, "items")->child, *row;
	struct release_cell *cells;
	size_t n, n_cells, guarded = 0, whole = 0;
	struct component *c;
	struct err e = { 0 };

	(void)state;
	assert_true(result_components(m.r, a, &c, &n, &cells, &n_cells, &e));
	for (size_t i = 0; i < n; i++) {
		if (!c[i].points)
			continue;
		assert_non_null(c[i].points_exact);
		assert_int_equal(strlen(strchr(c[i].se, '.')), 7);
		assert_int_equal(c[i].guarded, strcmp(c[i].unit, "S1") == 0);
		guarded += c[i].guarded;
		whole += !c[i].guarded;
	}
	assert_int_equal(guarded, 3);
	assert_int_equal(whole, 3);
	/* nobody is small: everything is told */
	assert_string_equal(json_get_text(open, "exact"), "247/20");
	assert_true(cJSON_IsFalse(json_get(open, "guarded")));
	assert_non_null(json_get_text(item, "mean"));
	cJSON_ArrayForEach(row, json_get(item, "groups"))
	{
		if (!json_get_text(row, "group"))
			assert_non_null(json_get(row, "counts"));
	}
	cJSON_Delete(open);
	arena_free(a);
	made_free(&m);
}

/* Pooled people are one sum: nothing can be set against it. */
static void nothing_is_kept_back_where_groups_are_not_weighed(void **state)
{
	const struct edit pooled[] = {
		more_people[0],
		{ D "/D4", "{\"basis\":\"qd-1\",\"pool\":\"all\",\"missing_"
			   "group\":\"renormalise\"}" }
	};
	struct made m = make(pooled, 2, two_groups, 2);
	cJSON *doc = json_of(&m);

	(void)state;
	assert_non_null(json_get_text(cell_of(doc, "S1", "L1.2"), "exact"));
	assert_non_null(json_get_text(cell_of(doc, "S1", "L1.2"), "top"));
	assert_int_equal(strlen(strchr(json_get_text(cell_of(doc, "S1", ""),
						     "se"),
				       '.')),
			 7);
	cJSON_Delete(doc);
	made_free(&m);
}

/* ---- documents of a round ------------------------------------------------ */

static void numbers_finer_than_published_are_rounded(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "8/11", "0.73" },
		{ "-8/11", "-0.73" },
		{ "0.725", "0.73" },
		{ "0.72", "0.72" },
		{ "12", "12" },
		{ "1/0", NULL },
		{ "12.5.3", "12.5.3" },
		{ "QĐ 12/2023", "QĐ 12/2023" },
		{ "", "" },
		{ "/3", "/3" },
		{ "3/", "3/" },
		{ "1.23456789012345678901", "1.23" },
	};
	struct arena *a = arena_new(65536);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *s = guard_number(a, cases[i].in, 2);

		if (cases[i].out)
			assert_string_equal(s, cases[i].out);
		else
			assert_null(s);
	}
	assert_null(guard_number(a, NULL, 2));
	arena_free(a);
}

static void a_results_content_keeps_words_and_loses_fractions(void **state)
{
	cJSON *doc = cJSON_Parse(
		"{\"units\":[{\"exact\":\"1234/17\",\"percent\":\"72.59\","
		"\"parts\":{\"survey\":{\"points\":\"8/11\"}},\"criteria\":[{"
		"\"code\":\"1.25.3\",\"state\":\"scored\",\"points\":\"0.73\","
		"\"exact\":\"8/11\",\"percent\":\"14.55\",\"origin\":\"w/1\","
		"\"reason\":\"12/2023\"}]}]}");
	struct arena *a = arena_new(65536);
	char *s;

	(void)state;
	assert_int_equal(guard_digits(doc), 2);
	assert_true(guard_content(doc, 2, a));
	s = cJSON_PrintUnformatted(doc);
	assert_string_equal(
		s,
		"{\"units\":[{\"exact\":\"72.59\",\"percent\":\"72.59\","
		"\"parts\":{\"survey\":{\"points\":\"0.73\"}},\"criteria\":[{"
		"\"code\":\"1.25.3\",\"state\":\"scored\",\"points\":\"0.73\","
		"\"exact\":\"0.73\",\"percent\":\"15\",\"origin\":\"w/1\","
		"\"reason\":\"12/2023\"}]}]}");
	cJSON_free(s);
	cJSON_Delete(doc);
	doc = cJSON_Parse("{\"units\":[]}");
	assert_int_equal(guard_digits(doc), 0);
	cJSON_Delete(doc);
	arena_free(a);
}

static void records_are_rounded_in_place(void **state)
{
	struct index_input in[] = { { .value = "21/20" }, { .value = NULL } };
	struct index_record r = {
		.before = "21/20", .after = "1.05", .inputs = in, .n_inputs = 2
	};
	struct arena *a = arena_new(65536);

	(void)state;
	guard_records(&r, 1, 1, a);
	assert_string_equal(r.before, "1.1");
	assert_string_equal(r.after, "1.1");
	assert_string_equal(in[0].value, "1.1");
	assert_null(in[1].value);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_small_group_follows_from_what_used_to_be_published),
		cmocka_unit_test(
			the_small_group_does_not_follow_from_what_is_published),
		cmocka_unit_test(components_keep_the_fraction_and_say_so),
		cmocka_unit_test(
			nothing_is_kept_back_where_groups_are_not_weighed),
		cmocka_unit_test(numbers_finer_than_published_are_rounded),
		cmocka_unit_test(
			a_results_content_keeps_words_and_loses_fractions),
		cmocka_unit_test(records_are_rounded_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
