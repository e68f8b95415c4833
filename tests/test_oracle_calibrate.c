/* Every case of calibration and replicates, by the functions of calibrate.h
 * and replicates.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/calibrate.h"
#include "phieu/estimate.h"
#include "phieu/json.h"
#include "phieu/replicates.h"
#include "phieu/weights.h"
#include "support/oracle.h"
#include "support/test.h"

static const struct est_how plain = { .level = 0.95, .ci = EST_CI_T };

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

/* ---- totals to meet, from the case's own words ------------------------ */

struct totals {
	struct calib_spec spec;
	struct calib_term term[16];
	uint32_t *code[16];
	double *x[16], *total[16];
};

static void totals_free(struct totals *t)
{
	for (size_t i = 0; i < 16; i++) {
		free(t->code[i]);
		free(t->x[i]);
		free(t->total[i]);
	}
}

static bool row_is(const struct frame *f, size_t row, const cJSON *cell)
{
	for (const cJSON *k = cell->child; k != NULL; k = k->next) {
		const struct frame_column *c;

		if (strcmp(k->string, "Freq") == 0)
			continue;
		c = column(f, k->string);
		if (c->code[row] == FRAME_NONE ||
		    strcmp(c->level[c->code[row]], k->valuestring) != 0)
			return false;
	}
	return true;
}

/* [{"sex":"F","age_group":"18-24","Freq":3572}, …]: one margin. */
static void add_margin(struct totals *t, const struct frame *f,
		       const cJSON *cells)
{
	size_t i = t->spec.n_terms++, n = (size_t)cJSON_GetArraySize(cells);

	t->code[i] = malloc(f->rows * sizeof *t->code[i]);
	t->total[i] = malloc(n * sizeof *t->total[i]);
	for (size_t l = 0; l < n; l++)
		t->total[i][l] =
			number_of(cJSON_GetArrayItem(cells, (int)l), "Freq");
	for (size_t r = 0; r < f->rows; r++)
		for (size_t l = 0; l < n; l++)
			if (row_is(f, r, cJSON_GetArrayItem(cells, (int)l)))
				t->code[i][r] = (uint32_t)l;
	t->term[i] = (struct calib_term){ .name = "margin",
					  .code = t->code[i],
					  .n_levels = n,
					  .total = t->total[i] };
}

/* "(Intercept)", a number, or a column's name and one of its levels. */
static void add_term(struct totals *t, const struct frame *f, const cJSON *k)
{
	size_t i = t->spec.n_terms++;
	const struct frame_column *c = frame_get(f, k->string);

	t->total[i] = malloc(2 * sizeof *t->total[i]);
	t->total[i][0] = k->valuedouble;
	t->total[i][1] = NAN;
	t->term[i] = (struct calib_term){ .name = k->string,
					  .n_levels = 1,
					  .total = t->total[i] };
	if (strcmp(k->string, "(Intercept)") == 0)
		return;
	if (c != NULL) {
		t->term[i].x = t->x[i] = oracle_numbers(f, k->string);
		return;
	}
	for (size_t j = 0; j < f->n_columns; j++) {
		size_t n = strlen(f->column[j].name);

		if (strncmp(f->column[j].name, k->string, n) == 0 &&
		    frame_level(&f->column[j], k->string + n) != FRAME_NONE)
			c = &f->column[j];
	}
	if (c == NULL)
		fail_msg("no column for %s", k->string);
	t->code[i] = malloc(f->rows * sizeof *t->code[i]);
	for (size_t r = 0; r < f->rows; r++)
		t->code[i][r] = c->code[r] !=
				frame_level(c, k->string + strlen(c->name));
	t->term[i].code = t->code[i];
	t->term[i].n_levels = 2;
	t->term[i].partial = true;
}

static void totals_read(struct totals *t, const struct frame *f,
			const cJSON *one)
{
	const cJSON *population = json_get(one, "population");
	const cJSON *terms = json_get(one, "terms");
	const cJSON *bounds = json_get(one, "bounds");

	*t = (struct totals){ .spec.term = t->term };
	if (cJSON_IsArray(population))
		add_margin(t, f, population);
	else if (population != NULL)
		for (const cJSON *m = population->child; m; m = m->next)
			add_margin(t, f, m);
	if (terms != NULL)
		for (const cJSON *k = terms->child; k; k = k->next)
			add_term(t, f, k);
	if (bounds != NULL) {
		t->spec.bounded = true;
		t->spec.lower = cJSON_GetArrayItem(bounds, 0)->valuedouble;
		t->spec.upper = cJSON_GetArrayItem(bounds, 1)->valuedouble;
	}
}

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n >= m && strcmp(s + n - m, with) == 0;
}

static enum calib_method method_of(const char *id)
{
	if (ends(id, ".logit"))
		return CALIB_LOGIT;
	if (ends(id, ".rake") || ends(id, ".exp") ||
	    strncmp(id, "rake.", 5) == 0 || strncmp(id, "exp.", 4) == 0)
		return CALIB_RAKING;
	return CALIB_LINEAR;
}

static struct calibration *calibrate(struct totals *t, const char *id,
				     struct survey_design *d)
{
	struct err e = { 0 };
	struct calibration *c;

	c = calib_new(&t->spec, d->n, d->weight, &e);
	if (c == NULL)
		fail_msg("%s: %s", id, e.msg);
	return c;
}

/* ---- calibration ------------------------------------------------------ */

struct calibrated {
	struct oracle *o;
	struct frame *f;
	struct survey_design *d;
	struct survey_var v;
	struct totals t;
	struct calibration *c;
	const double *base;
};

static void begin(struct calibrated *w, struct oracle *o, const cJSON *one)
{
	*w = (struct calibrated){ .o = o };
	w->d = oracle_design(o, one, &w->f);
	totals_read(&w->t, w->f, one);
	w->t.spec.method = method_of(o->id);
	w->base = w->d->weight;
	w->c = calibrate(&w->t, o->id, w->d);
	survey_set_weight(w->d, w->c->weight);
	w->v = (struct survey_var){ .design = w->d,
				    .residual = &w->c->residual };
	o->cases++;
}

static void finish(struct calibrated *w)
{
	survey_design_free(w->d);
	calib_free(w->c);
	totals_free(&w->t);
}

static struct est estimate(struct calibrated *w, const char *y, bool total,
			   const uint32_t *domain)
{
	double *x = oracle_numbers(w->f, y);
	struct err e = { 0 };
	struct est r;
	bool ok;

	if (total)
		ok = est_total(&w->v, domain, 1, x, &plain, &r, NULL, &e);
	else
		ok = est_mean(&w->v, domain, 1, x, &plain, &r, NULL, &e);
	if (!ok)
		fail_msg("%s %s: %s", w->o->id, y, e.msg);
	free(x);
	return r;
}

static void want_est(struct calibrated *w, const char *name, struct est r)
{
	char field[60];

	(void)snprintf(field, sizeof field, "%s.est", name);
	oracle_want(w->o, field, r.value);
	(void)snprintf(field, sizeof field, "%s.se", name);
	oracle_want(w->o, field, r.se);
}

static void want_ratio(struct calibrated *w)
{
	double *num = oracle_numbers(w->f, "sat_n");
	double *den = oracle_numbers(w->f, "ans_n");
	struct err e = { 0 };
	struct est r;

	assert_true(est_ratio(&w->v, NULL, 1, num, den, &plain, &r, NULL, &e));
	want_est(w, "ratio_sat", r);
	free(num);
	free(den);
}

static void want_weights(struct calibrated *w, const cJSON *one)
{
	const char *at = json_get_text(one, "weights_csv");
	const char *name = strchr(at, ':') + 1;
	struct frame *f = oracle_frame(w->o, "sipas_calibrated_weights.csv");
	double *want = oracle_numbers(f, name);
	struct weight_kish k;
	struct err e = { 0 };

	assert_true(weight_kish(w->d->n, w->c->weight, &k, &e));
	oracle_want(w->o, "weights.sum", k.sum);
	oracle_want(w->o, "weights.min", k.min);
	oracle_want(w->o, "weights.max", k.max);
	oracle_want(w->o, "weights.sumsq", k.sumsq);
	oracle_want(w->o, "weights.deff_kish", k.deff);
	oracle_want(w->o, "weights.g_min", w->c->g_min);
	oracle_want(w->o, "weights.g_max", w->c->g_max);
	for (size_t i = 0; i < w->d->n; i++)
		oracle_agree(w->o, "weight", w->c->weight[i], want[i]);
	free(want);
}

static void check_calibrated(struct calibrated *w, const cJSON *one)
{
	const struct frame_column *s = column(w->f, "service");
	uint32_t *dd = malloc(w->d->n * sizeof *dd);

	for (size_t i = 0; i < w->d->n; i++)
		dd[i] = s->code[i] == frame_level(s, "DD") ? 0 : SURVEY_NONE;
	want_est(w, "mean_E", estimate(w, "E", false, NULL));
	want_est(w, "mean_satisfied", estimate(w, "satisfied", false, NULL));
	want_est(w, "mean_days_wait", estimate(w, "days_wait", false, NULL));
	want_est(w, "total_satisfied", estimate(w, "satisfied", true, NULL));
	want_est(w, "total_visits", estimate(w, "visits", true, NULL));
	want_est(w, "mean_E_service_DD", estimate(w, "E", false, dd));
	want_ratio(w);
	want_weights(w, one);
	free(dd);
}

static void calibrated_weights_and_their_errors_agree(void **state)
{
	struct oracle o;
	struct calibrated w;

	(void)state;
	oracle_open(&o, "sipas_calibration");
	for (const cJSON *c = oracle_next(&o, NULL); c;
	     c = oracle_next(&o, c)) {
		begin(&w, &o, c);
		check_calibrated(&w, c);
		finish(&w);
	}
	assert_int_equal(o.cases, 12);
	oracle_close(&o);
}

/* The margins one by one end at the same weights as the distance. */
static void fitting_margins_one_by_one_gives_the_raking_weights(void **state)
{
	struct oracle o;
	struct calibrated w;

	(void)state;
	oracle_open(&o, "sipas_calibration");
	for (const cJSON *c = oracle_next(&o, NULL); c;
	     c = oracle_next(&o, c)) {
		struct calibration *ipf;

		if (!ends(o.id, ".rake"))
			continue;
		begin(&w, &o, c);
		survey_set_weight(w.d, w.base);
		w.t.spec.method = CALIB_IPF;
		ipf = calibrate(&w.t, o.id, w.d);
		assert_true(ipf->steps > 1);
		for (size_t i = 0; i < w.d->n; i++)
			assert_near(ipf->weight[i], w.c->weight[i], 1e-9);
		calib_free(ipf);
		finish(&w);
	}
	oracle_close(&o);
}

static void check_schools(struct calibrated *w)
{
	struct est r = estimate(w, "api00", false, NULL);
	struct weight_kish k;
	struct err e = { 0 };

	oracle_want(w->o, "mean_api00", r.value);
	oracle_want(w->o, "se_mean_api00", r.se);
	r = estimate(w, "enroll", true, NULL);
	oracle_want(w->o, "total_enroll", r.value);
	oracle_want(w->o, "se_total_enroll", r.se);
	assert_true(weight_kish(w->d->n, w->c->weight, &k, &e));
	oracle_want(w->o, "sum_w", k.sum);
	oracle_want(w->o, "sumsq_w", k.sumsq);
	oracle_want(w->o, "min_w", k.min);
	oracle_want(w->o, "max_w", k.max);
}

/* ---- replicates ------------------------------------------------------- */

/* Factors of a file by the key of a design's units. */
static double *factors_by_unit(struct oracle *o, const char *file,
			       const struct survey_design *d,
			       const struct frame *f, const char *const *key,
			       size_t n_key, size_t *count)
{
	struct frame *r = oracle_frame(o, file);
	const struct frame_column *psu = column(r, "psu");
	double *out;

	*count = r->n_columns - 1;
	out = calloc(d->n_units[0] * *count, sizeof *out);
	for (size_t i = 0; i < d->n; i++) {
		char name[100] = "";
		size_t row = 0, at = 0;
		uint32_t level;

		for (size_t k = 0; k < n_key; k++) {
			const struct frame_column *c = column(f, key[k]);

			at += (size_t)snprintf(name + at, sizeof name - at,
					       "%s%s", k > 0 ? "." : "",
					       c->level[c->code[i]]);
		}
		level = frame_level(psu, name);
		while (row < r->rows && psu->code[row] != level)
			row++;
		assert_true(row < r->rows);
		for (size_t k = 0; k < *count; k++)
			out[d->row_unit[i] * *count + k] =
				frame_number(&r->column[k + 1], row);
	}
	return out;
}

struct five { /* the statistics of the family */
	double *e, *sat, *visits, *sat_n, *ans_n;
	const struct frame_column *service;
	uint32_t dd;
};

static void five_values(const void *ctx, const uint32_t *row, size_t n,
			double *v)
{
	const struct five *x = ctx;

	for (size_t i = 0; i < n; i++, v += 9) {
		size_t r = row[i];
		bool has = !isnan(x->e[r]), dd = x->service->code[r] == x->dd;

		v[0] = has ? x->e[r] : 0;
		v[1] = has;
		v[2] = x->sat[r];
		v[3] = 1;
		v[4] = x->visits[r];
		v[5] = x->sat_n[r];
		v[6] = x->ans_n[r];
		v[7] = has && dd ? x->e[r] : 0;
		v[8] = has && dd;
	}
}

static void five_theta(const void *ctx, const double *t, double *theta,
		       double *jac)
{
	(void)ctx;
	assert_null(jac);
	theta[0] = t[0] / t[1];
	theta[1] = t[2] / t[3];
	theta[2] = t[4];
	theta[3] = t[5] / t[6];
	theta[4] = t[7] / t[8];
}

static void five_read(struct five *x, const struct frame *f)
{
	x->e = oracle_numbers(f, "E");
	x->sat = oracle_numbers(f, "satisfied");
	x->visits = oracle_numbers(f, "visits");
	x->sat_n = oracle_numbers(f, "sat_n");
	x->ans_n = oracle_numbers(f, "ans_n");
	x->service = column(f, "service");
	x->dd = frame_level(x->service, "DD");
}

static void five_free(struct five *x)
{
	free(x->e);
	free(x->sat);
	free(x->visits);
	free(x->sat_n);
	free(x->ans_n);
}

static struct survey_stat five_stat(const struct five *x)
{
	return (struct survey_stat){ .n_cells = 1,
				     .m = 9,
				     .values = five_values,
				     .n_blocks = 1,
				     .q = 5,
				     .theta = five_theta,
				     .ctx = x };
}

static void want_five(struct oracle *o, const struct five *x,
		      const struct replicates *r, const struct survey_design *d)
{
	static const char *const name[] = { "mean_E", "p_sat", "tot_vis",
					    "ratio", "dd_E" };
	struct survey_var v = { .design = d,
				.replicates = r,
				.replicate = replicates_estimate };
	struct survey_stat s = five_stat(x);
	double theta[5], cov[25], *rscales = NULL;
	char field[40];
	struct err e = { 0 };

	if (!survey_estimate(&v, &s, true, theta, cov, &e))
		fail_msg("%s: %s", o->id, e.msg);
	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(field, sizeof field, "est.%s", name[i]);
		oracle_want(o, field, theta[i]);
		(void)snprintf(field, sizeof field, "se.%s", name[i]);
		oracle_want(o, field, sqrt(cov[6 * i]));
	}
	oracle_want_matrix(o, "vcov", cov, 5, 5);
	oracle_want(o, "df", (double)r->df);
	oracle_want(o, "scale", r->scale);
	rscales = r->rscales;
	oracle_want_list(o, "rscales", rscales, r->count);
}

/* Strata and units of the family's methods. */
static struct survey_design *replicate_design(const struct frame *f,
					      const double *w, const char *id,
					      const char **key, size_t *n_key)
{
	const struct frame_column *district = column(f, "district");
	struct survey_input in = { .n = f->rows, .weight = w, .n_stages = 1 };
	struct err e = { 0 };
	struct survey_design *d;
	bool half = strncmp(id, "BRR", 3) == 0 || strncmp(id, "Fay", 3) == 0;

	in.nest = true;
	in.stage[0].stratum = district->code;
	in.stage[0].cluster = column(f, half ? "brr_half" : "commune")->code;
	d = survey_design_new(&in, &e);
	if (d == NULL)
		fail_msg("%s", e.msg);
	key[0] = half ? "district" : "commune";
	key[1] = "brr_half";
	*n_key = half ? 2 : 1;
	return d;
}

/* Our own factors are those of the file. */
static void same_factors(struct oracle *o, const struct replicates *r,
			 const double *want)
{
	size_t units = r->design->n_units[0];
	double *f = malloc(units * sizeof *f);

	for (size_t k = 0; k < r->count; k++) {
		replicates_factors(r, k, f);
		for (size_t u = 0; u < units; u++)
			oracle_agree(o, "factor", f[u], want[u * r->count + k]);
	}
	free(f);
}

static void check_replicates(struct oracle *o, const cJSON *one)
{
	struct frame *f = oracle_frame(o, "sipas.csv");
	double *w = oracle_numbers(f, "w"), *factor;
	struct replicates_spec spec = { .method = REPLICATES_GIVEN,
					.threads = 2 };
	const char *key[2], *file = json_get_text(one, "factors_csv");
	struct calibration *c = NULL;
	struct totals t = { 0 };
	struct replicates *r;
	struct survey_design *d;
	struct five x;
	struct err e = { 0 };
	size_t n_key, count;

	five_read(&x, f);
	d = replicate_design(f, w, o->id, key, &n_key);
	factor = factors_by_unit(o, file, d, f, key, n_key, &count);
	spec.mse = cJSON_IsTrue(json_get(one, "mse"));
	spec.fay = json_get(one, "fay_rho") == NULL ? 0
						    : number_of(one, "fay_rho");
	if (oracle_is(o, "JKn"))
		spec.method = REPLICATES_JKN;
	else if (oracle_is(o, "BRR") || oracle_is(o, "Fay"))
		spec.method = REPLICATES_BRR;
	spec.factor = factor;
	spec.count = count;
	spec.scale = NAN;
	if (oracle_is(o, "RaoWu.")) {
		totals_read(&t, f, one);
		c = calibrate(&t, o->id, d);
		survey_set_weight(d, c->weight);
	}
	r = replicates_new(&spec, d, c, w, &e);
	if (r == NULL)
		fail_msg("%s: %s", o->id, e.msg);
	want_five(o, &x, r, d);
	if (spec.method != REPLICATES_GIVEN)
		same_factors(o, r, factor);
	replicates_free(r);
	calib_free(c);
	totals_free(&t);
	survey_design_free(d);
	five_free(&x);
	free(factor);
	free(w);
}

static void replicates_and_their_covariances_agree(void **state)
{
	struct oracle o;

	(void)state;
	oracle_open(&o, "sipas_replicates");
	for (const cJSON *c = oracle_next(&o, NULL); c;
	     c = oracle_next(&o, c)) {
		check_replicates(&o, c);
		o.cases++;
	}
	assert_int_equal(o.cases, 7);
	oracle_close(&o);
}

static struct survey_design *schools_by_row(const struct frame *f, double **w)
{
	struct survey_input in = { .n = f->rows, .n_stages = 1 };
	struct err e = { 0 };
	struct survey_design *d;

	in.weight = *w = oracle_numbers(f, "pw");
	in.stage[0].stratum = column(f, "stype")->code;
	d = survey_design_new(&in, &e);
	assert_non_null(d);
	return d;
}

static void want_replicated(struct oracle *o, const cJSON *one,
			    enum replicates_method method)
{
	struct calibrated w = { .o = o };
	struct replicates_spec spec = { .method = method, .scale = NAN };
	struct replicates *r;
	double *factor = NULL, *pw = NULL;
	struct est x;
	struct err e = { 0 };

	if (json_get(one, "design") != NULL)
		w.d = oracle_design(o, one, &w.f);
	else
		w.d = schools_by_row(w.f = oracle_frame(o, "apistrat.csv"),
				     &pw);
	if (method == REPLICATES_GIVEN) {
		struct frame *f =
			oracle_frame(o, json_get_text(one, "factors_csv"));

		spec.by_row = true;
		spec.count = f->n_columns - 1;
		spec.factor = factor =
			malloc(f->rows * spec.count * sizeof *factor);
		for (size_t i = 0; i < f->rows * spec.count; i++)
			factor[i] = frame_number(&f->column[i % spec.count + 1],
						 i / spec.count);
	}
	r = replicates_new(&spec, w.d, NULL, NULL, &e);
	if (r == NULL)
		fail_msg("%s: %s", o->id, e.msg);
	w.v = (struct survey_var){ .design = w.d,
				   .replicates = r,
				   .replicate = replicates_estimate,
				   .df = r->df };
	x = estimate(&w, "api00", false, NULL);
	oracle_want(o, "est", x.value);
	oracle_want(o, "se", x.se);
	oracle_want(o, "df", (double)x.df);
	if (method == REPLICATES_JKN) {
		x = estimate(&w, "enroll", true, NULL);
		want_est(&w, "total", x);
		oracle_want(o, "total.df", (double)x.df);
	} else {
		oracle_want(o, "scale", r->scale);
	}
	if (method == REPLICATES_JK1) {
		double *num = oracle_numbers(w.f, "api.stu");
		double *den = oracle_numbers(w.f, "enroll");

		assert_true(est_ratio(&w.v, NULL, 1, num, den, &plain, &x, NULL,
				      &e));
		want_est(&w, "ratio", x);
		free(num);
		free(den);
	}
	replicates_free(r);
	survey_design_free(w.d);
	free(factor);
	free(pw);
	o->cases++;
}

static void check_real(const char *family, size_t cases)
{
	struct oracle o;
	struct calibrated w;

	oracle_open(&o, family);
	for (const cJSON *c = oracle_next(&o, NULL); c;
	     c = oracle_next(&o, c)) {
		if (oracle_is(&o, "jkn")) {
			want_replicated(&o, c, REPLICATES_JKN);
		} else if (oracle_is(&o, "jk1")) {
			want_replicated(&o, c, REPLICATES_JK1);
		} else if (oracle_is(&o, "raowu")) {
			want_replicated(&o, c, REPLICATES_GIVEN);
		} else if (oracle_is(&o, "poststrat.") ||
			   oracle_is(&o, "rake.") || oracle_is(&o, "greg.") ||
			   oracle_is(&o, "exp.")) {
			begin(&w, &o, c);
			check_schools(&w);
			finish(&w);
		}
	}
	assert_int_equal(o.cases, cases);
	oracle_close(&o);
}

static void schools_agree(void **state)
{
	(void)state;
	check_real("real_apistrat", 6);
	check_real("real_apiclus1", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calibrated_weights_and_their_errors_agree),
		cmocka_unit_test(
			fitting_margins_one_by_one_gives_the_raking_weights),
		cmocka_unit_test(replicates_and_their_covariances_agree),
		cmocka_unit_test(schools_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
