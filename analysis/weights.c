#include "phieu/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/survey.h"

static bool bad_weight(size_t row, struct err *e)
{
	return err_set(e, ERR_INPUT,
		       "trọng số thiếu hoặc âm (row %zu has a weight that is "
		       "missing or negative)",
		       row + 1);
}

static bool weights_ok(size_t n, const double *w, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!(w[i] >= 0 && w[i] < INFINITY))
			return bad_weight(i, e);
	return true;
}

/* ---- base weights ----------------------------------------------------- */

static bool base_counts(size_t n, const uint32_t *stratum, const double *frame,
			size_t *count, double *total, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t h = stratum == NULL ? 0 : stratum[i];

		if (!(frame[i] > 0 && frame[i] < INFINITY))
			return err_set(e, ERR_INPUT,
				       "thiếu số của khung (row %zu has no "
				       "frame count)",
				       i + 1);
		if (count[h]++ == 0)
			total[h] = frame[i];
		else if (total[h] != frame[i])
			return err_set(e, ERR_INPUT,
				       "số của khung khác nhau trong một tầng "
				       "(row %zu has another frame count than "
				       "its stratum)",
				       i + 1);
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t h = stratum == NULL ? 0 : stratum[i];

		if ((double)count[h] > total[h])
			return err_set(e, ERR_INPUT,
				       "mẫu lớn hơn khung (row %zu: %zu rows "
				       "of a frame of %.15g)",
				       i + 1, count[h], total[h]);
	}
	return true;
}

/* One more than the largest code; false for a missing one. */
static bool code_top(size_t n, const uint32_t *code, const char *what,
		     size_t *top, struct err *e)
{
	*top = 1;
	for (size_t i = 0; code != NULL && i < n; i++) {
		if (code[i] == SURVEY_NONE)
			return err_set(e, ERR_INPUT,
				       "thiếu giá trị (row %zu has no %s)",
				       i + 1, what);
		if (code[i] >= *top)
			*top = (size_t)code[i] + 1;
	}
	return true;
}

bool weight_base(size_t n, const uint32_t *stratum, const double *frame,
		 double *weight, struct err *e)
{
	size_t top, *count = NULL;
	double *total = NULL;
	bool ok = false;

	if (!code_top(n, stratum, "stratum", &top, e))
		return false;
	count = calloc(top, sizeof *count);
	total = calloc(top, sizeof *total);
	if (count == NULL || total == NULL) {
		err_set(e, ERR_NOMEM, "no memory for strata");
		goto out;
	}
	if (!base_counts(n, stratum, frame, count, total, e))
		goto out;
	for (size_t i = 0; i < n; i++) {
		uint32_t h = stratum == NULL ? 0 : stratum[i];

		weight[i] = frame[i] / (double)count[h];
	}
	ok = true;
out:
	free(count);
	free(total);
	return ok;
}

/* ---- nonresponse ------------------------------------------------------ */

struct class_sums {
	struct survey_sum eligible, respondent, adjusted;
};

static bool class_count(size_t n, const double *base, const uint8_t *status,
			const uint32_t *class_code, size_t n_classes,
			struct class_sums *s, struct weight_class *r,
			struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t c = class_code == NULL ? 0 : class_code[i];

		if (c >= n_classes)
			return err_set(e, ERR_INPUT,
				       "thiếu lớp (row %zu has no class)",
				       i + 1);
		if (!(base[i] >= 0 && base[i] < INFINITY))
			return bad_weight(i, e);
		r[c].issued++;
		if (status[i] == WEIGHT_INELIGIBLE)
			continue;
		r[c].eligible++;
		survey_add(&s[c].eligible, base[i]);
		if (status[i] == WEIGHT_RESPONDENT) {
			r[c].respondents++;
			survey_add(&s[c].respondent, base[i]);
		}
	}
	return true;
}

static bool class_factors(size_t n_classes, const struct class_sums *s,
			  struct weight_class *r, struct err *e)
{
	for (size_t c = 0; c < n_classes; c++) {
		r[c].sum_eligible = s[c].eligible.s + s[c].eligible.c;
		r[c].sum_respondent = s[c].respondent.s + s[c].respondent.c;
		if (r[c].sum_eligible > 0 && !(r[c].sum_respondent > 0))
			return err_set(
				e, ERR_MATH,
				"lớp không có người trả lời, hãy gộp lớp "
				"(class %zu has %zu eligible people and no "
				"respondent: merge it with another class)",
				c + 1, r[c].eligible);
		r[c].factor = r[c].sum_eligible > 0
				      ? r[c].sum_eligible / r[c].sum_respondent
				      : 1;
	}
	return true;
}

bool weight_adjust_classes(size_t n, const double *base, const uint8_t *status,
			   const uint32_t *class_code, size_t n_classes,
			   double *weight, struct weight_class *result,
			   struct err *e)
{
	struct class_sums *s = calloc(n_classes, sizeof *s);
	bool ok = false;

	if (s == NULL)
		return err_set(e, ERR_NOMEM, "no memory for classes");
	memset(result, 0, n_classes * sizeof *result);
	if (!class_count(n, base, status, class_code, n_classes, s, result, e))
		goto out;
	if (!class_factors(n_classes, s, result, e))
		goto out;
	for (size_t i = 0; i < n; i++) {
		uint32_t c = class_code == NULL ? 0 : class_code[i];

		weight[i] = status[i] == WEIGHT_RESPONDENT
				    ? base[i] * result[c].factor
				    : 0;
		survey_add(&s[c].adjusted, weight[i]);
	}
	for (size_t c = 0; c < n_classes; c++)
		result[c].sum_adjusted = s[c].adjusted.s + s[c].adjusted.c;
	ok = true;
out:
	free(s);
	return ok;
}

/* ---- trimming --------------------------------------------------------- */

/* Cuts once.  Returns the number cut; *spread is what each one inside got. */
static size_t trim_once(size_t n, double *w, double lower, double upper,
			struct weight_trim *t, size_t *inside, double *cut)
{
	struct survey_sum s = { 0 };
	size_t out = 0;

	*inside = 0;
	for (size_t i = 0; i < n; i++) {
		if (w[i] == 0)
			continue;
		if (w[i] > upper || w[i] < lower) {
			double to = w[i] > upper ? upper : lower;

			t->above += t->rounds == 0 && w[i] > upper;
			t->below += t->rounds == 0 && w[i] < lower;
			survey_add(&s, w[i] - to);
			out++;
		} else {
			(*inside)++;
		}
	}
	*cut = s.s + s.c;
	return out;
}

static void trim_spread(size_t n, double *w, double lower, double upper,
			double each)
{
	for (size_t i = 0; i < n; i++) {
		if (w[i] == 0)
			continue;
		if (w[i] > upper)
			w[i] = upper;
		else if (w[i] < lower)
			w[i] = lower;
		else
			w[i] += each;
	}
}

static void trim_sums(size_t n, const double *w, struct weight_trim *t)
{
	struct survey_sum s = { 0 };

	t->max = -INFINITY;
	t->min = INFINITY;
	for (size_t i = 0; i < n; i++) {
		if (w[i] == 0)
			continue;
		survey_add(&s, w[i]);
		t->max = fmax(t->max, w[i]);
		t->min = fmin(t->min, w[i]);
	}
	t->sum = s.s + s.c;
}

bool weight_trim(size_t n, double *weight, double lower, double upper,
		 bool strict, struct weight_trim *out, struct err *e)
{
	size_t inside;
	double cut;

	*out = (struct weight_trim){ 0 };
	if (!(lower < upper))
		return err_set(e, ERR_INPUT,
			       "giới hạn dưới phải nhỏ hơn giới hạn trên (the "
			       "lower limit is not below the upper one)");
	if (!weights_ok(n, weight, e))
		return false;
	/* Each strict round puts one weight more on a limit, or is the last. */
	while (trim_once(n, weight, lower, upper, out, &inside, &cut) > 0) {
		if (inside == 0 || (out->rounds > n))
			return err_set(
				e, ERR_MATH,
				"không còn trọng số nào để nhận phần bị cắt "
				"(no weight is left within %g and %g to "
				"take what was cut)",
				lower, upper);
		trim_spread(n, weight, lower, upper, cut / (double)inside);
		out->moved += fabs(cut);
		out->rounds++;
		if (!strict)
			break;
	}
	trim_sums(n, weight, out);
	return true;
}

/* ---- what weights cost ------------------------------------------------ */

bool weight_kish(size_t n, const double *weight, struct weight_kish *out,
		 struct err *e)
{
	struct survey_sum s = { 0 }, q = { 0 }, v = { 0 };
	double mean;

	*out = (struct weight_kish){ .min = INFINITY };
	if (!weights_ok(n, weight, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (weight[i] == 0)
			continue;
		out->n++;
		survey_add(&s, weight[i]);
		survey_add(&q, weight[i] * weight[i]);
		out->min = fmin(out->min, weight[i]);
		out->max = fmax(out->max, weight[i]);
	}
	if (out->n == 0)
		return err_set(e, ERR_MATH,
			       "mọi trọng số bằng 0 (all weights are 0)");
	out->sum = s.s + s.c;
	out->sumsq = q.s + q.c;
	mean = out->sum / (double)out->n;
	for (size_t i = 0; i < n; i++)
		if (weight[i] > 0)
			survey_add(&v, (weight[i] - mean) * (weight[i] - mean));
	out->cv2 = (v.s + v.c) / (double)out->n / (mean * mean);
	out->deff = 1 + out->cv2;
	out->n_eff = (double)out->n / out->deff;
	return true;
}

bool weight_check_sums(size_t n, const double *weight, const uint32_t *group,
		       size_t n_groups, const double *want, size_t *worst,
		       double *difference, struct err *e)
{
	struct survey_sum *s = calloc(n_groups, sizeof *s);
	bool ok = false;

	if (s == NULL)
		return err_set(e, ERR_NOMEM, "no memory for groups");
	for (size_t i = 0; i < n; i++) {
		uint32_t g = group == NULL ? 0 : group[i];

		if (g >= n_groups) {
			err_set(e, ERR_INPUT,
				"thiếu nhóm (row %zu has no group)", i + 1);
			goto out;
		}
		survey_add(&s[g], weight[i]);
	}
	*worst = 0;
	*difference = 0;
	for (size_t g = 0; g < n_groups; g++) {
		double got = s[g].s + s[g].c;
		double d = fabs(got - want[g]) / fmax(fabs(want[g]), 1);

		if (!(d <= *difference)) { /* a NAN is the worst there is */
			*difference = d;
			*worst = g;
		}
	}
	ok = true;
out:
	free(s);
	return ok;
}

/* ---- response rates --------------------------------------------------- */

static const char *const disposition[AAPOR_N] = { "I", "P",  "R",  "NC",
						  "O", "UH", "UO", "NE" };

enum aapor_disposition aapor_parse(const char *code)
{
	for (size_t i = 0; i < AAPOR_N; i++)
		if (strcmp(code, disposition[i]) == 0)
			return (enum aapor_disposition)i;
	return AAPOR_N;
}

const char *aapor_name(enum aapor_disposition d)
{
	return d < AAPOR_N ? disposition[d] : NULL;
}

static double over(double a, double b)
{
	return b > 0 ? a / b : (double)NAN;
}

void aapor_rates(struct aapor *a, double e)
{
	const double *c = a->count;
	double done = c[AAPOR_I] + c[AAPOR_P];
	double known = done + c[AAPOR_R] + c[AAPOR_NC] + c[AAPOR_O];
	double unknown = c[AAPOR_UH] + c[AAPOR_UO];
	double contact = done + c[AAPOR_R] + c[AAPOR_O];
	double base[3];

	a->e = isnan(e) ? over(known, known + c[AAPOR_NE]) : e;
	base[0] = known + unknown;
	/* with no unknown case, e is not needed */
	base[1] = unknown > 0 ? known + a->e * unknown : known;
	base[2] = known;
	for (size_t i = 0; i < 3; i++) {
		a->rr[2 * i] = over(c[AAPOR_I], base[i]);
		a->rr[2 * i + 1] = over(done, base[i]);
		a->ref[i] = over(c[AAPOR_R], base[i]);
		a->con[i] = over(contact, base[i]);
	}
	a->coop[0] = over(c[AAPOR_I], contact);
	a->coop[1] = over(done, contact);
	a->coop[2] = over(c[AAPOR_I], done + c[AAPOR_R]);
	a->coop[3] = over(done, done + c[AAPOR_R]);
}
