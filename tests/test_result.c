/* From a plan and sheets to what leaves the house: the plan's decisions
 * reach the numbers, and small cells look like empty ones. */
#include "phieu/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/responses.h"
#include "phieu/simulate.h"
#include "phieu/submission.h"
#include "support/sheets.h"
#include "support/test.h"

#define LAI_CHAU "collector/plans/lai-chau-2020.json"
#define SIPAS	 "collector/plans/sipas-2017-example.json"

static struct plan *read_plan(const char *path)
{
	struct err e = { 0 };
	struct plan *p;

	assert_true(hash_start(&e));
	p = plan_file_read(path, &e);
	assert_non_null(p);
	return p;
}

static bool to_file(const char *json, size_t n, void *ctx, struct err *e)
{
	(void)e;
	return fwrite(json, 1, n, ctx) == n && fputc('\n', ctx) != EOF;
}

/* `n` simulated sheets of the plan in a file; unlink and free the path. */
static char *sheets(const struct plan *p, const char *seed, size_t n)
{
	struct simulate how = { .seed = seed, .n = n };
	struct simulate_count count;
	struct err e = { 0 };
	char *path = strdup("/tmp/phieu-result-XXXXXX");
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	assert_true(simulate(p, &how, to_file, f, &count, &e));
	assert_int_equal(fclose(f), 0);
	return path;
}

struct made {
	struct responses *responses;
	struct responses_count count;
	struct score_plan *sp;
	struct score *score;
	struct result *result;
};

static struct made make(const struct plan *p, const char *path)
{
	struct made m = { 0 };
	struct err e = { 0 };
	struct result_input in;
	struct rating_source src;

	m.responses = responses_read(p, path, &m.count, &e);
	m.sp = score_plan_new(p, &e);
	assert_true(m.responses != NULL && m.sp != NULL);
	responses_strata(m.responses, m.sp);
	src = responses_source(m.responses);
	m.score = score_run(m.sp, &src, &e);
	if (m.score == NULL)
		fail_msg("%s", e.msg);
	in = (struct result_input){ .sp = m.sp,
				    .score = m.score,
				    .content_sha256 = "00",
				    .simulated = true };
	m.result = result_new(&in, &e);
	assert_non_null(m.result);
	return m;
}

static void made_free(struct made *m)
{
	result_free(m->result);
	score_free(m->score);
	score_plan_free(m->sp);
	responses_free(m->responses);
}

static const struct result_cell *total(const struct result_unit *u)
{
	return &u->cells[u->n_cells - 1];
}

static char *json_of(const struct result *r)
{
	struct buf b = BUF_INIT((size_t)64 << 20);
	struct err e = { 0 };

	assert_true(result_json(r, &b, &e));
	return buf_take(&b);
}

/* ---- tests ----------------------------------------------------------- */

static void fields_add_up_to_the_total_and_ranks_follow_it(void **state)
{
	struct plan *p = read_plan(LAI_CHAU);
	char *path = sheets(p, "a", 0);
	struct made m = make(p, path);
	size_t n;
	const struct result_unit *u = result_units(m.result, &n);

	(void)state;
	assert_int_equal(n, 28);
	assert_int_equal(m.count.counted, 1193);
	for (size_t i = 0; i < n; i++) {
		int64_t sum = 0;
		size_t better = 0;

		for (size_t k = 0; k < u[i].n_cells; k++) {
			const struct result_cell *c = &u[i].cells[k];

			assert_true(c->shown && c->scored && c->has_se);
			assert_true(c->points.micro >= 0 &&
				    c->points.micro <= c->maximum.micro);
			if (c->criterion != NONE &&
			    p->criteria[c->criterion].parent == NONE)
				sum += c->points.micro;
		}
		/* sum-first: every field rounded by itself */
		assert_true(labs(sum - total(&u[i])->points.micro) <= 8 * 5000);
		for (size_t k = 0; k < n; k++)
			better += p->units[u[k].unit].kind ==
					  p->units[u[i].unit].kind &&
				  total(&u[k])->points.micro >
					  total(&u[i])->points.micro;
		assert_int_equal(u[i].rank, better + 1);
		assert_null(u[i].grade); /* the rest is self-assessed */
	}
	made_free(&m);
	(void)unlink(path);
	free(path);
	plan_free(p);
}

static void a_closed_cell_looks_like_an_empty_one(void **state)
{
	struct plan *p = read_plan(LAI_CHAU);
	char *path = sheets(p, "small", 150);
	struct made m = make(p, path);
	size_t n, closed = 0, empty = 0, open = 0;
	const struct result_unit *u = result_units(m.result, &n);
	char *small = json_of(m.result), *tight, *cell;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < u[i].n_cells; k++) {
			const struct result_cell *c = &u[i].cells[k];

			if (c->n == 0)
				empty++;
			else if (c->shown)
				open++;
			else
				closed++;
			if (c->shown)
				assert_true(c->n >= p->decisions.min_unit);
			else
				assert_true(!c->has_se && !c->exact &&
					    c->n_asked == 0 && c->top[0] == 0);
		}
		assert_int_equal(u[i].rank > 0, total(&u[i])->shown);
	}
	assert_true(open > 0 && closed > 0);
	(void)empty;
	/* all closed: what is left says nothing but what the plan says */
	p->decisions.min_unit = 1000000;
	made_free(&m);
	m = make(p, path);
	tight = json_of(m.result);
	assert_non_null(strstr(small, "\"points\":\""));
	for (cell = strstr(tight, "\"cells\""); cell != NULL;
	     cell = strstr(cell + 1, "\"asked\":"))
		assert_true(strncmp(cell, "\"cells\"", 7) == 0 ||
			    strncmp(cell, "\"asked\":null", 12) == 0);
	assert_null(strstr(tight, "\"points\":\""));
	assert_null(strstr(tight, "\"se\":\""));
	assert_null(strstr(tight, "\"rank\":1"));
	free(small);
	free(tight);
	made_free(&m);
	(void)unlink(path);
	free(path);
	plan_free(p);
}

static void a_whole_index_earns_grades_and_another_does_not(void **state)
{
	struct plan *p = read_plan(SIPAS);
	char *path = sheets(p, "b", 0);
	struct made m = make(p, path);
	size_t n, graded = 0;
	const struct result_unit *u = result_units(m.result, &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct result_cell *t = total(&u[i]);
		size_t b = 0;

		assert_true(t->shown && t->scored);
		while (b < p->decisions.n_bands &&
		       dec_cmp(t->points, p->decisions.bands[b].from) < 0)
			b++;
		if (b < p->decisions.n_bands) {
			assert_string_equal(u[i].grade,
					    p->decisions.bands[b].name);
			graded++;
		} else {
			assert_null(u[i].grade);
		}
	}
	assert_true(n > 0 && (graded > 0 || p->decisions.n_bands == 0));
	made_free(&m);
	(void)unlink(path);
	free(path);
	plan_free(p);
}

/* The bytes of the result after a decision is changed. */
static char *with(struct plan *p, const char *path)
{
	struct made m = make(p, path);
	char *s = json_of(m.result);

	made_free(&m);
	return s;
}

static void each_decision_reaches_the_numbers(void **state)
{
	struct plan *p = read_plan(LAI_CHAU);
	char *path = sheets(p, "c", 400), *base = with(p, path), *other;
	struct decisions d = p->decisions;
	struct band_points bands[] = { { { 90 * DEC_ONE }, { 100 * DEC_ONE } },
				       { { 0 }, { 50 * DEC_ONE } } };

	(void)state;
	for (int i = 0; i < 10; i++) {
		p->decisions = d;
		switch (i) {
		case 0: p->decisions.blank = BLANK_COEFFICIENT; break;
		case 1: p->decisions.dont_know = BLANK_COEFFICIENT; break;
		case 2:
			p->decisions.pool = d.pool == POOL_ALL
						    ? POOL_GROUP_WEIGHTS
						    : POOL_ALL;
			break;
		case 3: p->decisions.missing_group = GROUP_ZERO; break;
		case 4: p->decisions.missing_group = GROUP_NOT_SCORED; break;
		case 5: p->decisions.digits = 3; break;
		case 6: p->decisions.order = ITEM_FIRST; break;
		case 7:
			p->decisions.sipas_bands = bands;
			p->decisions.n_sipas_bands = 2;
			break;
		case 8: p->decisions.lonely = LONELY_REMOVE; break;
		default: p->decisions.confidence.micro = 90 * DEC_ONE; break;
		}
		other = with(p, path);
		if (strcmp(base, other) == 0)
			fail_msg("decision %d changes nothing", i);
		free(other);
	}
	p->decisions = d;
	other = with(p, path);
	assert_string_equal(base, other);
	free(other);
	free(base);
	(void)unlink(path);
	free(path);
	plan_free(p);
}

static char *written(bool (*write)(const struct result *, FILE *, struct err *),
		     const struct result *r)
{
	struct err e = { 0 };
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	assert_true(write(r, f, &e));
	assert_int_equal(fclose(f), 0);
	return text;
}

static bool explain_first(const struct result *r, FILE *to, struct err *e)
{
	size_t n;
	const struct result_unit *u = result_units(r, &n);

	for (size_t k = 0; k < u[0].n_cells; k++)
		if (u[0].cells[k].kind == COMPONENT_CRITERION)
			return result_explain(r, u[0].unit,
					      u[0].cells[k].criterion, to, e);
	return false;
}

static void people_read_commas_and_marks(void **state)
{
	struct plan *p = read_plan(LAI_CHAU);
	char *path = sheets(p, "d", 0), *text;
	struct made m = make(p, path);
	struct err e = { 0 };
	struct buf csv = BUF_INIT((size_t)16 << 20);

	(void)state;
	text = written(result_table, m.result);
	assert_non_null(strstr(text, "MÔ PHỎNG"));
	assert_non_null(strstr(text, "mẫu thử"));
	assert_non_null(strstr(text, "Khối sở, ban, ngành"));
	assert_non_null(strstr(text, "Sở Tư pháp"));
	assert_non_null(strstr(text, METHOD_VERSION));
	assert_non_null(strstr(text, "D8: làm tròn 2 chữ số"));
	free(text);
	text = written(explain_first, m.result);
	assert_non_null(strstr(text, "điểm "));
	/* of small groups: neither the fraction nor all together */
	assert_non_null(strstr(text, "Có nhóm quá ít người"));
	assert_null(strstr(text, "làm tròn của"));
	assert_null(strstr(text, "tất cả"));
	/* groups below the smallest sub-group are not named */
	assert_null(strstr(text, "Lãnh đạo UBND các huyện"));
	free(text);
	assert_true(result_csv(m.result, &csv, &e));
	assert_non_null(strstr(buf_cstr(&csv), "\r\nlai-chau-2020,true,true,"));
	buf_free(&csv);
	/* no such number */
	assert_false(result_explain(m.result, 0, 0, stdout, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	made_free(&m);
	(void)unlink(path);
	free(path);
	plan_free(p);
}

static void add_line(struct buf *b, const char *line)
{
	buf_adds(b, line);
	buf_adds(b, "\n");
}

static void a_file_is_counted_as_intake_counts(void **state)
{
	struct plan *p = read_plan(SIPAS);
	char *path = sheets(p, "e", 1);
	char *text, *mended, *mended_too, *other, id[300], replaces[340];
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct responses_count c;
	struct responses *r;
	struct err e = { 0 };
	const char *at;
	size_t n;

	(void)state;
	text = file_read(path, (size_t)1 << 20, &n, &e);
	assert_non_null(text);
	text[strcspn(text, "\n")] = '\0';
	at = strstr(text, "\"instanceID\":\"");
	assert_non_null(at);
	at += strlen("\"instanceID\":\"");
	(void)snprintf(id, sizeof id, "%.*s", (int)strcspn(at, "\""), at);
	(void)snprintf(replaces, sizeof replaces, "\"replaces\":\"%s\"", id);
	mended = sheets_edit(text, id, "uuid:mended");
	mended_too = sheets_edit(mended, "\"replaces\":null", replaces);
	other = sheets_edit(text, id, "uuid:other");
	add_line(&b, text);
	add_line(&b, text);	  /* again */
	add_line(&b, mended_too); /* takes its place */
	add_line(&b, other);	  /* the number is used: does not count */
	add_line(&b, "not json");
	assert_true(file_write(path, b.data, b.len, 0600, &e));
	r = responses_read(p, path, &c, &e);
	assert_non_null(r);
	assert_int_equal(c.lines, 5);
	assert_int_equal(c.counted, 1);
	assert_int_equal(c.invalid, 2); /* the replaced and the reused */
	assert_int_equal(c.again, 1);
	assert_int_equal(c.broken, 1);
	assert_int_equal(responses_n(r), 1);
	assert_true(responses_simulated(r));
	responses_free(r);
	assert_null(responses_read(p, "/nonexistent", &c, &e));
	buf_free(&b);
	free(text);
	free(mended);
	free(mended_too);
	free(other);
	(void)unlink(path);
	free(path);
	plan_free(p);
}

static int one_wrong(void *ctx, struct source_rating *out, struct err *e)
{
	static const uint8_t answers[LIMIT_QUESTIONS];
	struct source_rating *r = ctx;

	(void)e;
	*out = *r;
	out->answers = answers;
	return 1;
}

static void ratings_that_do_not_fit_are_refused(void **state)
{
	struct plan *p = read_plan(LAI_CHAU);
	struct err e = { 0 };
	struct score_plan *sp = score_plan_new(p, &e);
	struct source_rating r = { .unit = 1, .home = 3, .n_answers = 1 };
	struct rating_source src = { one_wrong, &r };

	(void)state;
	/* councillors have no home */
	assert_false(p->groups[0].has_home);
	assert_null(score_run(sp, &src, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	r.home = NONE;
	r.n_answers = p->forms[0].n_slots + 1;
	e = (struct err){ 0 };
	assert_null(score_run(sp, &src, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	score_plan_free(sp);
	score_plan_free(NULL);
	plan_free(p);
}

/* Of CD2 about unit `code` all answers but three are taken away. */
static char *nearly_unasked(const char *path, const char *code)
{
	char *out = strdup("/tmp/phieu-result-XXXXXX"), *line = NULL, *text;
	int fd = mkstemp(out), left = 3;
	FILE *from = fopen(path, "r"), *to = fdopen(fd, "w");
	size_t cap = 0;

	assert_true(from && to);
	while (getline(&line, &cap, from) > 0) {
		cJSON *sheet = cJSON_Parse(line), *r;

		cJSON_ArrayForEach(r, json_get(sheet, "ratings"))
		{
			cJSON *a = cJSON_GetObjectItem(r, "answers");

			if (strcmp(json_get_text(r, "unit"), code) == 0 &&
			    json_get_text(a, "Q2") && left-- <= 0)
				cJSON_ReplaceItemInObject(a, "Q2",
							  cJSON_CreateNull());
		}
		text = cJSON_PrintUnformatted(sheet);
		(void)fprintf(to, "%s\n", text);
		free(text);
		cJSON_Delete(sheet);
	}
	free(line);
	(void)fclose(from);
	assert_int_equal(fclose(to), 0);
	return out;
}

/* The exact points less the open questions would be the closed one. */
static void a_closed_question_closes_those_beside_it(void **state)
{
	struct plan *p = read_plan(LAI_CHAU);
	char *all = sheets(p, "h", 0);
	char *few = nearly_unasked(all, "so-tu-phap");
	size_t unit = plan_unit(p, "so-tu-phap");
	size_t criterion = plan_criterion(p, "LV1.2.so");
	const char *const path[] = { all, few };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct made m = make(p, path[i]);
		struct buf b = BUF_INIT((size_t)1 << 20);
		struct err e = { 0 };
		struct arena *a = arena_new((size_t)64 << 20);
		const cJSON *item;
		cJSON *doc;

		assert_true(result_explain_json(m.result, unit, criterion, a,
						&b, &e));
		doc = cJSON_Parse(buf_cstr(&b));
		assert_true(cJSON_GetArraySize(json_get(doc, "items")) == 2);
		cJSON_ArrayForEach(item, json_get(doc, "items"))
		{
			assert_int_equal(cJSON_IsTrue(json_get(item, "shown")),
					 i == 0);
			assert_int_equal(json_get_text(item, "percent") == NULL,
					 i == 1);
		}
		cJSON_Delete(doc);
		buf_free(&b);
		arena_free(a);
		made_free(&m);
	}
	(void)unlink(all);
	(void)unlink(few);
	free(all);
	free(few);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			fields_add_up_to_the_total_and_ranks_follow_it),
		cmocka_unit_test(a_closed_cell_looks_like_an_empty_one),
		cmocka_unit_test(
			a_whole_index_earns_grades_and_another_does_not),
		cmocka_unit_test(each_decision_reaches_the_numbers),
		cmocka_unit_test(people_read_commas_and_marks),
		cmocka_unit_test(a_closed_question_closes_those_beside_it),
		cmocka_unit_test(a_file_is_counted_as_intake_counts),
		cmocka_unit_test(ratings_that_do_not_fit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
