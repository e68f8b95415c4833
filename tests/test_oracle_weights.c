/* Every case of weights and response, small areas and planning, by the
 * functions of weights.h and planning.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate.h"
#include "phieu/json.h"
#include "phieu/planning.h"
#include "phieu/weights.h"
#include "support/oracle.h"
#include "support/test.h"

static const struct frame_column *column(const struct frame *f,
					 const char *name)
{
	const struct frame_column *c = frame_get(f, name);

	if (c == NULL)
		fail_msg("no column %s", name);
	return c;
}

static double number_of(const cJSON *o, const char *key)
{
	const cJSON *x = json_get(o, key);

	if (!cJSON_IsNumber(x))
		fail_msg("no number %s", key);
	return x->valuedouble;
}

/* ---- weights and response --------------------------------------------- */

struct response {
	struct frame *f;
	size_t n;
	double *base, *final;
	uint8_t *status;
	double *weight;
	struct weight_class *class;
};

static void response_begin(struct response *r, struct oracle *o)
{
	const struct frame_column *disp, *class;
	struct err e = { 0 };

	r->f = oracle_frame(o, "prov_frame_w1.csv");
	r->n = r->f->rows;
	r->base = oracle_numbers(r->f, "w_base");
	r->final = oracle_numbers(r->f, "w_nr");
	disp = column(r->f, "disp");
	class = column(r->f, "stratum_c");
	r->status = malloc(r->n);
	r->weight = malloc(r->n * sizeof *r->weight);
	r->class = calloc(class->n_levels, sizeof *r->class);
	for (size_t i = 0; i < r->n; i++) {
		enum aapor_disposition d =
			aapor_parse(disp->level[disp->code[i]]);

		r->status[i] = d == AAPOR_NE ? WEIGHT_INELIGIBLE
			       : d == AAPOR_I || d == AAPOR_P
				       ? WEIGHT_RESPONDENT
				       : WEIGHT_NONRESPONDENT;
	}
	if (!weight_adjust_classes(r->n, r->base, r->status, class->code,
				   class->n_levels, r->weight, r->class, &e))
		fail_msg("%s", e.msg);
}

static void response_end(struct response *r)
{
	free(r->base);
	free(r->final);
	free(r->status);
	free(r->weight);
	free(r->class);
}

static void check_class(struct response *r, struct oracle *o, const cJSON *one)
{
	const struct frame_column *c = column(r->f, "stratum_c");
	const struct weight_class *k =
		&r->class[frame_level(c, json_get_text(one, "class"))];

	oracle_want(o, "issued", (double)k->issued);
	oracle_want(o, "eligible", (double)k->eligible);
	oracle_want(o, "respondents", (double)k->respondents);
	oracle_want(o, "sum_w_base_eligible", k->sum_eligible);
	oracle_want(o, "sum_w_base_resp", k->sum_respondent);
	oracle_want(o, "adj", k->factor);
	oracle_want(o, "sum_w_nr", k->sum_adjusted);
}

static void check_kish(struct response *r, struct oracle *o)
{
	struct weight_kish k;
	struct err e = { 0 };

	assert_true(weight_kish(r->n, r->weight, &k, &e));
	oracle_want(o, "n", (double)k.n);
	oracle_want(o, "sum_w", k.sum);
	oracle_want(o, "cv2", k.cv2);
	oracle_want(o, "deff_kish", k.deff);
	oracle_want(o, "n_eff", k.n_eff);
	for (size_t i = 0; i < r->n; i++)
		if (r->weight[i] > 0)
			oracle_agree(o, "weight", r->weight[i], r->final[i]);
}

static double sum_squares(size_t n, const double *w)
{
	double s = 0;

	for (size_t i = 0; i < n; i++)
		s += w[i] * w[i];
	return s;
}

static void check_trim(struct response *r, struct oracle *o, const cJSON *one)
{
	double upper = number_of(one, "upper"), sum = 0;
	double *w = malloc(r->n * sizeof *w);
	struct weight_trim t;
	struct err e = { 0 };

	memcpy(w, r->weight, r->n * sizeof *w);
	for (size_t i = 0; i < r->n; i++)
		sum += w[i];
	assert_true(weight_trim(r->n, w, 0, upper, false, &t, &e));
	oracle_want(o, "n_above", (double)t.above);
	oracle_want(o, "sum_before", sum);
	oracle_want(o, "sum_after", t.sum);
	oracle_want(o, "max_nonstrict", t.max);
	oracle_want(o, "min_nonstrict", t.min);
	oracle_want(o, "sumsq_nonstrict", sum_squares(r->n, w));
	memcpy(w, r->weight, r->n * sizeof *w);
	assert_true(weight_trim(r->n, w, 0, upper, true, &t, &e));
	oracle_want(o, "max_strict", t.max);
	oracle_want(o, "sumsq_strict", sum_squares(r->n, w));
	free(w);
}

static void want_rates(struct oracle *o, struct aapor *a)
{
	char name[16];

	aapor_rates(a, NAN);
	for (size_t i = 0; i < AAPOR_N; i++)
		if (i != AAPOR_UO)
			oracle_want(o, aapor_name((enum aapor_disposition)i),
				    a->count[i]);
	oracle_want(o, "e", a->e);
	for (size_t i = 0; i < 6; i++) {
		(void)snprintf(name, sizeof name, "RR%zu", i + 1);
		oracle_want(o, name, a->rr[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(name, sizeof name, "COOP%zu", i + 1);
		oracle_want(o, name, a->coop[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(name, sizeof name, "REF%zu", i + 1);
		oracle_want(o, name, a->ref[i]);
		(void)snprintf(name, sizeof name, "CON%zu", i + 1);
		oracle_want(o, name, a->con[i]);
	}
}

static void check_rates(struct response *r, struct oracle *o, const cJSON *one)
{
	const struct frame_column *disp = column(r->f, "disp");
	const struct frame_column *group = column(r->f, "group");
	const char *value = json_get_text(one, "value");
	struct aapor a = { 0 };

	for (size_t i = 0; i < r->n; i++)
		if (value == NULL ||
		    strcmp(group->level[group->code[i]], value) == 0)
			a.count[aapor_parse(disp->level[disp->code[i]])]++;
	want_rates(o, &a);
}

/* 1 and an indicator of each level but the first. */
static size_t dummies(const struct frame *f, const char *const *name, size_t n,
		      size_t row, double *x)
{
	size_t k = 0;

	x[k++] = 1;
	for (size_t j = 0; j < n; j++) {
		const struct frame_column *c = column(f, name[j]);

		for (size_t l = 1; l < c->n_levels; l++)
			x[k++] = c->code[row] == l;
	}
	return k;
}

static void check_r_indicator(struct response *r, struct oracle *o)
{
	static const char *const by[] = { "form", "sex", "age_group" };
	double coef[32], *x = malloc(r->n * 32 * sizeof *x);
	double *y = malloc(r->n * sizeof *y), *p = malloc(r->n * sizeof *p);
	double *w = malloc(r->n * sizeof *w);
	size_t n = 0, k = 0;
	struct weight_r out;
	struct err e = { 0 };

	for (size_t i = 0; i < r->n; i++) {
		if (r->status[i] == WEIGHT_INELIGIBLE)
			continue;
		k = dummies(r->f, by, 3, i, x + n * k);
		y[n] = r->status[i] == WEIGHT_RESPONDENT;
		w[n++] = r->base[i];
	}
	if (!weight_logit(n, k, x, y, NULL, coef, p, &e))
		fail_msg("%s", e.msg);
	oracle_want_list(o, "coef", coef, k);
	assert_true(weight_r_indicator(n, p, w, &out, &e));
	oracle_want(o, "mean_p", out.mean_p);
	oracle_want(o, "S", out.s);
	oracle_want(o, "R", out.r);
	oracle_want(o, "cv", out.cv);
	free(x);
	free(y);
	free(p);
	free(w);
}

static void weights_and_response_rates_agree(void **state)
{
	struct oracle o;
	struct response r;

	(void)state;
	oracle_open(&o, "prov_weights_response");
	response_begin(&r, &o);
	for (const cJSON *c = oracle_next(&o, NULL); c;
	     c = oracle_next(&o, c)) {
		if (oracle_is(&o, "nradj."))
			check_class(&r, &o, c);
		else if (oracle_is(&o, "kish"))
			check_kish(&r, &o);
		else if (oracle_is(&o, "trim"))
			check_trim(&r, &o, c);
		else if (oracle_is(&o, "aapor."))
			check_rates(&r, &o, c);
		else if (oracle_is(&o, "r_indicator"))
			check_r_indicator(&r, &o);
		else
			fail_msg("unknown case %s", o.id);
		o.cases++;
	}
	response_end(&r);
	assert_int_equal(o.cases, 70);
	oracle_close(&o);
}

/* ---- small areas and planning ----------------------------------------- */

static void small_areas_agree(void **state)
{
	struct oracle o;
	struct frame *f;
	double *y, *d, *x0, *x1, *x2, *x, beta[3], out[6][64];
	struct small_area s = { .beta = beta,
				.gamma = out[0],
				.eblup = out[1],
				.g1 = out[2],
				.g2 = out[3],
				.g3 = out[4],
				.mse = out[5] };
	struct err e = { 0 };

	(void)state;
	oracle_open(&o, "comp_small_area");
	assert_non_null(oracle_next(&o, NULL));
	f = oracle_frame(&o, "comp_fh_input.csv");
	y = oracle_numbers(f, "y");
	d = oracle_numbers(f, "D");
	x0 = oracle_numbers(f, "x0");
	x1 = oracle_numbers(f, "x1");
	x2 = oracle_numbers(f, "x2");
	x = malloc(f->rows * 3 * sizeof *x);
	for (size_t i = 0; i < f->rows; i++) {
		x[3 * i] = x0[i];
		x[3 * i + 1] = x1[i];
		x[3 * i + 2] = x2[i];
	}
	assert_true(f->rows <= 64);
	assert_true(small_area_fit(f->rows, 3, y, d, x, &s, &e));
	oracle_want(&o, "sigma2_v", s.sigma2);
	oracle_want_list(&o, "beta", beta, 3);
	oracle_want_list(&o, "gamma", s.gamma, f->rows);
	oracle_want_list(&o, "eblup", s.eblup, f->rows);
	oracle_want_list(&o, "g1", s.g1, f->rows);
	oracle_want_list(&o, "g2", s.g2, f->rows);
	oracle_want_list(&o, "g3", s.g3, f->rows);
	oracle_want_list(&o, "mse", s.mse, f->rows);
	o.cases++;
	oracle_close(&o);
	free(y);
	free(d);
	free(x0);
	free(x1);
	free(x2);
	free(x);
}

static void check_slovin(struct oracle *o, const cJSON *one)
{
	double exact, whole;
	struct err e = { 0 };

	assert_true(planning_slovin(number_of(one, "N"), number_of(one, "e"),
				    &exact, &whole, &e));
	oracle_want(o, "n_exact", exact);
	oracle_want(o, "n", whole);
}

static void check_size(struct oracle *o, const cJSON *one)
{
	struct planning_size s = { .population = number_of(one, "N"),
				   .p = number_of(one, "p"),
				   .margin = number_of(one, "e"),
				   .level = number_of(one, "level"),
				   .deff = number_of(one, "deff"),
				   .response = number_of(one, "rr") };
	struct err e = { 0 };

	assert_true(planning_size(&s, &e));
	oracle_want(o, "n0", s.n0);
	oracle_want(o, "n", s.n);
	oracle_want(o, "n_deff", s.n_deff);
	oracle_want(o, "n_issue", s.issue);
}

static size_t list(const cJSON *one, const char *key, double *out)
{
	size_t n = 0;

	for (const cJSON *x = json_get(one, key)->child; x; x = x->next)
		out[n++] = x->valuedouble;
	return n;
}

static void check_allocation(struct oracle *o, const cJSON *one)
{
	double population[64], spread[64], exact[64], shown[64];
	size_t k = list(one, "Nh", population);
	uint64_t whole[64], n = (uint64_t)number_of(one, "n");
	struct err e = { 0 };

	assert_int_equal(list(one, "Sh", spread), k);
	assert_true(planning_allocate(PLANNING_PROPORTIONAL, k, population,
				      NULL, n, false, 0, exact, whole, &e));
	for (size_t h = 0; h < k; h++)
		shown[h] = (double)whole[h];
	oracle_want_list(o, "proportional_exact", exact, k);
	oracle_want_list(o, "proportional", shown, k);
	assert_true(planning_allocate(PLANNING_NEYMAN, k, population, spread, n,
				      false, 0, exact, whole, &e));
	for (size_t h = 0; h < k; h++)
		shown[h] = (double)whole[h];
	oracle_want_list(o, "neyman_exact", exact, k);
	oracle_want_list(o, "neyman", shown, k);
}

/* Any pattern of the same cost is right: the file has one of them. */
static void check_suppression(struct oracle *o, const cJSON *one)
{
	const cJSON *rows = json_get(one, "counts");
	int64_t count[400];
	uint8_t closed[400];
	double primary[400];
	struct planning_table t = { .count = count, .closed = closed };
	struct err e = { 0 };

	t.threshold = (int64_t)number_of(one, "threshold");
	t.rows = (size_t)cJSON_GetArraySize(rows);
	t.columns = (size_t)cJSON_GetArraySize(rows->child);
	for (size_t i = 0; i < t.rows * t.columns; i++)
		count[i] =
			(int64_t)cJSON_GetArrayItem(
				cJSON_GetArrayItem(rows, (int)(i / t.columns)),
				(int)(i % t.columns))
				->valuedouble;
	assert_true(planning_suppress(&t, &e));
	assert_true(t.optimal);
	for (size_t i = 0; i < t.rows * t.columns; i++)
		primary[i] = closed[i] == PLANNING_PRIMARY;
	oracle_want_matrix(o, "primary", primary, t.rows, t.columns);
	oracle_want(o, "min_secondary_count_sum", (double)t.secondary);
}

static void planning_and_suppression_agree(void **state)
{
	struct oracle o;

	(void)state;
	oracle_open(&o, "comp_planning_disclosure");
	for (const cJSON *c = oracle_next(&o, NULL); c;
	     c = oracle_next(&o, c)) {
		if (oracle_is(&o, "slovin."))
			check_slovin(&o, c);
		else if (oracle_is(&o, "prop."))
			check_size(&o, c);
		else if (oracle_is(&o, "allocation"))
			check_allocation(&o, c);
		else if (oracle_is(&o, "suppression"))
			check_suppression(&o, c);
		else
			fail_msg("unknown case %s", o.id);
		o.cases++;
	}
	assert_int_equal(o.cases, 11);
	oracle_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_and_response_rates_agree),
		cmocka_unit_test(small_areas_agree),
		cmocka_unit_test(planning_and_suppression_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
