/* Signs of careless answers, interviewers' shares and outcome rates against
 * expected values made with R: stats, lme4 1.1.31 (tests/data/oracle). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/agreement.h"
#include "phieu/disclose.h"
#include "phieu/json.h"
#include "phieu/moments.h"
#include "phieu/quality.h"
#include "phieu/weights.h"
#include "support/oracle.h"
#include "support/test.h"

static void must(bool ok, const struct err *e, const char *id)
{
	if (!ok)
		fail_msg("%s: %s", id, e->msg);
}

/* Groups of a column of codes, rows outside of `inside` in none. */
static unsigned *groups_of(const struct frame *f, const char *column,
			   const uint32_t *inside, size_t *n_groups)
{
	const struct frame_column *g = frame_get(f, column);
	unsigned *out = malloc(f->rows * sizeof *out);

	*n_groups = g->n_levels;
	for (size_t i = 0; i < f->rows; i++)
		out[i] = inside != NULL && inside[i] == SURVEY_NONE
				 ? FRAME_NONE
				 : g->code[i];
	return out;
}

static void check_icc_groups(struct oracle *o, struct frame *f, const char *y,
			     const char *g, const uint32_t *inside)
{
	size_t n_groups;
	unsigned *group = groups_of(f, g, inside, &n_groups);
	double *x = oracle_numbers(f, y);
	double *mean = calloc(n_groups, sizeof *mean);
	double *size = calloc(n_groups, sizeof *size);
	struct icc_groups r;
	struct err e = { 0 };

	must(agreement_icc_groups(x, group, f->rows, n_groups, mean, size, &r,
				  &e),
	     &e, o->id);
	if (oracle_field(o, "reml_deviance") != NULL) {
		oracle_want(o, "var_between", r.var_between);
		oracle_want(o, "var_within", r.var_within);
		oracle_want(o, "icc", r.icc);
		oracle_want(o, "mu", r.mu);
		oracle_want(o, "reml_deviance", r.deviance);
	} else {
		oracle_want(o, "k", (double)r.groups);
		oracle_want(o, "N", (double)r.n);
		oracle_want(o, "n0", r.n0);
		oracle_want(o, "msb", r.ms_between);
		oracle_want(o, "msw", r.ms_within);
		oracle_want(o, "F", r.F);
		oracle_want(o, "df1", r.df1);
		oracle_want(o, "df2", r.df2);
		oracle_want(o, "p", r.p);
		oracle_want(o, "icc1", r.icc1);
		oracle_want(o, "mean_cluster", r.mean_size);
		oracle_want(o, "deff_int", r.deff);
	}
	free(group);
	free(x);
	free(mean);
	free(size);
}

/* ---- data quality ---------------------------------------------------- */

static const char *text(const struct frame *f, const char *column, size_t row)
{
	const struct frame_column *c = frame_get(f, column);

	return c->code[row] == FRAME_NONE ? "" : c->level[c->code[row]];
}

/* Columns Q01, Q02, … or I01, I02, … */
static struct items answers(const struct frame *f, double **column, char letter,
			    size_t k)
{
	char name[8];

	for (size_t j = 0; j < k; j++) {
		snprintf(name, sizeof name, "%c%02u", letter,
			 (unsigned)(j + 1) % 100);
		column[j] = oracle_numbers(f, name);
	}
	return (struct items){ .x = (const double *const *)column,
			       .k = k,
			       .n = f->rows };
}

static void free_columns(double **column, size_t k)
{
	for (size_t j = 0; j < k; j++)
		free(column[j]);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* got[n] as a sorted set without repetition equals the field's. */
static void want_texts(struct oracle *o, const char *field, const char **got,
		       size_t n)
{
	const cJSON *want = oracle_field(o, field), *one;
	size_t kept = 0;

	qsort(got, n, sizeof *got, by_text);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(got[kept - 1], got[i]) != 0)
			got[kept++] = got[i];
	assert_int_equal(cJSON_IsArray(want) ? cJSON_GetArraySize(want) : 1,
			 kept);
	kept = 0;
	if (!cJSON_IsArray(want)) {
		assert_string_equal(want->valuestring, got[0]);
		return;
	}
	cJSON_ArrayForEach(one, want)
		assert_string_equal(one->valuestring, got[kept++]);
}

static void want_first(struct oracle *o, const struct items *d, size_t n)
{
	double longest[20], irv[20];

	for (size_t i = 0; i < n; i++) {
		longest[i] = (double)quality_longstring(d, i);
		irv[i] = quality_irv(d, i);
	}
	oracle_want_list(o, "longstring", longest, n);
	oracle_want_list(o, "irv", irv, n);
}

static void check_flags(struct oracle *o, struct frame *f,
			const struct items *d)
{
	double *time = oracle_numbers(f, "duration_s");
	double *work = calloc(f->rows, sizeof *work), median;
	const char **fast = calloc(f->rows, sizeof *fast);
	const char **line = calloc(f->rows, sizeof *line);
	const char **both = calloc(f->rows, sizeof *both);
	size_t n_fast = 0, n_line = 0, n_both = 0;

	median = quality_median(time, NULL, f->rows, work);
	for (size_t i = 0; i < f->rows; i++) {
		bool is_fast = time[i] < 0.4 * median;
		bool is_line =
			quality_is_straight(quality_longstring(d, i),
					    quality_answered(d, i), 20, 10);

		if (is_fast)
			fast[n_fast++] = text(f, "id", i);
		if (is_line)
			line[n_line++] = text(f, "id", i);
		if (is_fast && is_line)
			both[n_both++] = text(f, "id", i);
	}
	oracle_want(o, "median", median);
	oracle_want(o, "n_speeders", (double)n_fast);
	oracle_want(o, "n_straight", (double)n_line);
	want_texts(o, "speeder_ids", fast, n_fast);
	want_texts(o, "straight_ids", line, n_line);
	want_texts(o, "both", both, n_both);
	free(time);
	free(work);
	free(fast);
	free(line);
	free(both);
}

static void check_mahalanobis(struct oracle *o, struct frame *f,
			      const struct items *d)
{
	double mean[22], cov[22 * 22], work[22 * 23];
	struct survey_sum sum[22 * 22];
	struct moments m = { .mean = mean, .cov = cov, .sum = sum };
	double *d2 = calloc(d->n, sizeof *d2), top[10], p[10], far = 0;
	size_t row[10];
	struct err e = { 0 };
	const cJSON *id;

	must(moments_listwise(d, &m, &e), &e, o->id);
	must(quality_mahalanobis(d, &m, d2, work, &e), &e, o->id);
	assert_int_equal(quality_top(d2, d->n, 10, row), 10);
	id = oracle_field(o, "top10_id")->child;
	for (size_t i = 0; i < 10; i++, id = id->next) {
		assert_string_equal(text(f, "id", row[i]), id->valuestring);
		top[i] = d2[row[i]];
		p[i] = quality_mahalanobis_p(top[i], d->k);
	}
	for (size_t i = 0; i < d->n; i++)
		far += !isnan(d2[i]) &&
		       quality_mahalanobis_p(d2[i], d->k) < 0.001;
	oracle_want(o, "n", (double)m.n);
	oracle_want_list(o, "top10_d2", top, 10);
	oracle_want_list(o, "top10_p", p, 10);
	oracle_want(o, "n_p_below_001", far);
	free(d2);
}

static void check_by_interviewer(struct oracle *o, struct frame *f)
{
	const struct frame_column *g = frame_get(f, "interviewer");
	double *a = oracle_numbers(f, "overall");
	double *b = oracle_numbers(f, "overall_bc");
	double n[64] = { 0 }, agree[64] = { 0 };
	const cJSON *name = oracle_field(o, "interviewer")->child;

	for (size_t i = 0; i < f->rows; i++) {
		n[g->code[i]]++;
		agree[g->code[i]] += a[i] == b[i];
	}
	for (size_t i = 0; i < g->n_levels; i++, name = name->next)
		assert_string_equal(g->level[i], name->valuestring);
	oracle_want_list(o, "n", n, g->n_levels);
	oracle_want_list(o, "exact_agree", agree, g->n_levels);
	free(a);
	free(b);
}

static double sum_of(const struct frame *f, const char *column)
{
	double *x = oracle_numbers(f, column), sum = 0;

	for (size_t i = 0; i < f->rows; i++)
		sum += x[i];
	free(x);
	return sum;
}

static void check_rates(struct oracle *o, const cJSON *c)
{
	struct frame *f = oracle_frame(o, json_get_text(c, "data"));
	static const char *const column[] = { "n_resp",	   NULL,
					      "n_refusal", "n_noncontact",
					      NULL,	   "n_unknown",
					      NULL,	   "n_ineligible" };
	struct aapor r = { 0 };
	char name[8];

	for (int i = 0; i < AAPOR_N; i++) {
		r.count[i] = column[i] == NULL ? 0 : sum_of(f, column[i]);
		if (i != AAPOR_UO)
			oracle_want(o, aapor_name((enum aapor_disposition)i),
				    r.count[i]);
	}
	aapor_rates(&r, NAN);
	oracle_want(o, "e", r.e);
	for (unsigned i = 0; i < 6; i++) {
		snprintf(name, sizeof name, "RR%u", i + 1);
		oracle_want(o, name, r.rr[i]);
		snprintf(name, sizeof name, "COOP%u", i + 1);
		if (i < 4)
			oracle_want(o, name, r.coop[i]);
		snprintf(name, sizeof name, "REF%u", i + 1);
		if (i < 3)
			oracle_want(o, name, r.ref[i]);
		snprintf(name, sizeof name, "CON%u", i + 1);
		if (i < 3)
			oracle_want(o, name, r.con[i]);
	}
}

/* Cells of district by service among organisations, closed below 12. */
static void check_suppression(struct oracle *o, struct frame *f)
{
	const struct frame_column *row = frame_get(f, "district");
	const struct frame_column *column = frame_get(f, "service");
	double counts[100] = { 0 }, closed[100];
	struct cell cell[100];
	size_t n = row->n_levels * column->n_levels;

	assert_true(n <= 100);
	for (size_t i = 0; i < f->rows; i++)
		if (strcmp(text(f, "type", i), "ORG") == 0)
			counts[row->code[i] * column->n_levels +
			       column->code[i]]++;
	for (size_t i = 0; i < n; i++)
		cell[i] = (struct cell){ .parent = (size_t)-1,
					 .n = (int64_t)counts[i] };
	(void)disclose(cell, n, 12, false);
	for (size_t i = 0; i < n; i++)
		closed[i] = cell[i].closed && cell[i].n > 0;
	oracle_want_matrix(o, "counts", counts, row->n_levels,
			   column->n_levels);
	oracle_want(o, "threshold", 12);
	oracle_want_matrix(o, "primary", closed, row->n_levels,
			   column->n_levels);
}

static void check_sipas_quality(struct oracle *o)
{
	struct frame *f = oracle_frame(o, "sipas.csv");
	double *column[22];
	struct items d = answers(f, column, 'Q', 22);

	if (oracle_is(o, "quality.flags"))
		check_flags(o, f, &d);
	else if (oracle_is(o, "quality.first10"))
		want_first(o, &d, 10);
	else
		check_mahalanobis(o, f, &d);
	free_columns(column, 22);
}

static void sipas_quality_agrees_with_r(void **state)
{
	struct oracle o;
	const cJSON *c = NULL;

	(void)state;
	oracle_open(&o, "sipas_reliability_agreement");
	while ((c = oracle_next(&o, c)) != NULL) {
		o.cases++;
		if (oracle_is(&o, "icc.interviewer") ||
		    oracle_is(&o, "icc.commune"))
			check_icc_groups(&o,
					 oracle_frame(&o,
						      json_get_text(c, "data")),
					 json_get_text(c, "y"),
					 json_get_text(c, "g"), NULL);
		else if (oracle_is(&o, "agreement."))
			check_by_interviewer(
				&o, oracle_frame(&o, json_get_text(c, "data")));
		else if (oracle_is(&o, "aapor"))
			check_rates(&o, c);
		else if (oracle_is(&o, "suppression."))
			check_suppression(&o, oracle_frame(&o, "sipas.csv"));
		else if (oracle_is(&o, "quality."))
			check_sipas_quality(&o);
		else /* of test_oracle_scale.c */
			o.cases--;
	}
	oracle_close(&o);
}

/* ---- the province's sheets ------------------------------------------- */

/* asked[form][item]: what a form asks (a column a form). */
static bool is_asked(struct oracle *o, const char *form, size_t item)
{
	struct frame *f = oracle_frame(o, "prov_forms.csv");
	double *asked = oracle_numbers(f, form);
	bool yes = asked[item] == 1;

	free(asked);
	return yes;
}

static void form_masks(struct oracle *o, const struct frame *f, bool *asked,
		       size_t *n_asked)
{
	const struct frame_column *form = frame_get(f, "form");

	for (size_t g = 0; g < form->n_levels; g++) {
		n_asked[g] = 0;
		for (size_t j = 0; j < 25; j++) {
			asked[g * 25 + j] = is_asked(o, form->level[g], j);
			n_asked[g] += asked[g * 25 + j];
		}
	}
}

static void check_speeders(struct oracle *o, struct frame *f)
{
	const struct frame_column *form = frame_get(f, "form");
	const struct frame_column *person = frame_get(f, "person_id");
	double *time = oracle_numbers(f, "duration_s"), median[8];
	double *work = calloc(f->rows, sizeof *work);
	unsigned char *in = calloc(f->rows, 1);
	unsigned char *seen = calloc(person->n_levels, 1);
	const char **fast = calloc(f->rows, sizeof *fast);
	size_t n = 0;
	char path[64];

	for (size_t g = 0; g < form->n_levels; g++) {
		memset(seen, 0, person->n_levels);
		for (size_t i = 0; i < f->rows; i++) {
			in[i] = form->code[i] == g && !seen[person->code[i]];
			seen[person->code[i]] |= in[i];
		}
		median[g] = quality_median(time, in, f->rows, work);
		snprintf(path, sizeof path, "median_by_form.%s",
			 form->level[g]);
		oracle_want(o, path, median[g]);
	}
	for (size_t i = 0; i < f->rows; i++)
		if (time[i] < 0.4 * median[form->code[i]])
			fast[n++] = text(f, "form_no", i);
	want_texts(o, "form_no", fast, n);
	free(time);
	free(work);
	free(in);
	free(seen);
	free(fast);
}

static void check_straight(struct oracle *o, struct frame *f,
			   const struct items *d, const size_t *n_asked)
{
	const struct frame_column *form = frame_get(f, "form");
	const char **key = calloc(f->rows, sizeof *key);
	char(*room)[64] = calloc(f->rows, sizeof *room);
	size_t n = 0;

	for (size_t i = 0; i < f->rows; i++) {
		if (!quality_is_straight(quality_longstring(d, i),
					 quality_answered(d, i),
					 n_asked[form->code[i]] - 2, 10))
			continue;
		snprintf(room[n], sizeof *room, "%s|%s", text(f, "form_no", i),
			 text(f, "unit", i));
		key[n] = room[n];
		n++;
	}
	oracle_want(o, "n", (double)n);
	want_texts(o, "keys", key, n);
	free(key);
	free(room);
}

static void check_nonresponse(struct oracle *o, struct frame *f,
			      const struct items *d, const bool *asked)
{
	const struct frame_column *form = frame_get(f, "form");
	double rate[25];

	for (size_t j = 0; j < 25; j++) {
		double n = 0, blank = 0;

		for (size_t i = 0; i < f->rows; i++) {
			if (!asked[form->code[i] * 25 + j])
				continue;
			n++;
			blank += isnan(d->x[j][i]);
		}
		rate[j] = blank / n;
	}
	oracle_want_list(o, "rate", rate, 25);
}

static void data_quality_agrees_with_r(void **state)
{
	struct oracle o;
	const cJSON *c = NULL;
	struct frame *f;
	double *column[25];
	struct items d;
	bool asked[8 * 25];
	size_t n_asked[8];
	uint32_t *one;

	(void)state;
	oracle_open(&o, "prov_data_quality");
	f = oracle_frame(&o, "prov_w1.csv");
	d = answers(f, column, 'I', 25);
	form_masks(&o, f, asked, n_asked);
	one = malloc(f->rows * sizeof *one); /* forms that rate one unit */
	for (size_t i = 0; i < f->rows; i++) {
		const char *form = text(f, "form", i);

		one[i] = strcmp(form, "CT-02") == 0 ||
					 strcmp(form, "CH-01") == 0 ||
					 strcmp(form, "CH-03") == 0
				 ? 0
				 : SURVEY_NONE;
	}
	while ((c = oracle_next(&o, c)) != NULL) {
		o.cases++;
		if (oracle_is(&o, "speeders"))
			check_speeders(&o, f);
		else if (oracle_is(&o, "straight"))
			check_straight(&o, f, &d, n_asked);
		else if (oracle_is(&o, "longstring"))
			want_first(&o, &d, 20);
		else if (oracle_is(&o, "item_nonresponse"))
			check_nonresponse(&o, f, &d, asked);
		else
			check_icc_groups(&o, f, "R", "interviewer", one);
	}
	free(one);
	free_columns(column, 25);
	oracle_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sipas_quality_agrees_with_r),
		cmocka_unit_test(data_quality_agrees_with_r),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
