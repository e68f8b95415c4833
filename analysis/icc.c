#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "phieu/agreement.h"
#include "phieu/distribution.h"
#include "phieu/survey.h"

static double total(const struct survey_sum *s)
{
	return s->s + s->c;
}

/* ---- several readings of each subject -------------------------------- */

struct squares { /* sums of squares of a complete two-way table */
	size_t n;
	double between, raters, all;
};

static bool complete(const double *const *x, size_t m, size_t i)
{
	for (size_t j = 0; j < m; j++)
		if (isnan(x[j][i]))
			return false;
	return true;
}

static double grand_mean(const double *const *x, size_t m, size_t n,
			 size_t *subjects)
{
	struct survey_sum s = { 0 };

	*subjects = 0;
	for (size_t i = 0; i < n; i++) {
		if (!complete(x, m, i))
			continue;
		++*subjects;
		for (size_t j = 0; j < m; j++)
			survey_add(&s, x[j][i]);
	}
	return total(&s) / (double)(*subjects * m);
}

static struct squares add_squares(const double *const *x, size_t m, size_t n)
{
	struct squares s = { 0 };
	struct survey_sum between = { 0 }, raters = { 0 }, all = { 0 };
	double mean = grand_mean(x, m, n, &s.n);

	for (size_t i = 0; i < n; i++) {
		double row = 0;

		if (!complete(x, m, i))
			continue;
		for (size_t j = 0; j < m; j++) {
			double d = x[j][i] - mean;

			row += d;
			survey_add(&all, d * d);
		}
		survey_add(&between, row * row / (double)m);
	}
	for (size_t j = 0; j < m; j++) {
		struct survey_sum column = { 0 };

		for (size_t i = 0; i < n; i++)
			if (complete(x, m, i))
				survey_add(&column, x[j][i] - mean);
		survey_add(&raters,
			   total(&column) * total(&column) / (double)s.n);
	}
	s.between = total(&between);
	s.raters = total(&raters);
	s.all = total(&all);
	return s;
}

static void f_test(struct icc *one, struct icc *mean, double F, double df1,
		   double df2)
{
	one->F = mean->F = F;
	one->df1 = mean->df1 = df1;
	one->df2 = mean->df2 = df2;
	one->p = mean->p = isfinite(F) ? gsl_cdf_fdist_Q(F, df1, df2) : 0;
}

/* Limits of kinds 1 and 3 from the F ratio. */
static void f_limits(struct icc *one, struct icc *mean, double m, double level)
{
	double l =
		one->F / fisher_quantile((1 + level) / 2, one->df1, one->df2);
	double u =
		one->F * fisher_quantile((1 + level) / 2, one->df2, one->df1);

	one->low = (l - 1) / (l + m - 1);
	one->high = (u - 1) / (u + m - 1);
	mean->low = 1 - 1 / l;
	mean->high = 1 - 1 / u;
	if (!isfinite(one->F))
		one->low = one->high = mean->low = mean->high = NAN;
}

/* Spearman & Brown; below -1/(m-1) there is no such reliability. */
static double stepped_up(double rho, double m)
{
	double part = 1 + rho * (m - 1);

	return part > 0 ? rho * m / part : (double)NAN;
}

/* Limits of kind 2 with Satterthwaite's degrees of freedom (Shrout & Fleiss
 * 1979, p. 424). */
static void random_limits(const struct icc_result *r, struct icc *one,
			  struct icc *mean, double m, double level)
{
	double n = (double)r->n, fj = r->ms_raters / r->ms_error;
	double rho = one->value;
	double part = n * (1 + (m - 1) * rho) - m * rho;
	double top = m * rho * fj + part;
	double v = (m - 1) * (n - 1) * top * top /
		   ((n - 1) * m * m * rho * rho * fj * fj + part * part);
	double fu = fisher_quantile((1 + level) / 2, n - 1, v);
	double fl = fisher_quantile((1 + level) / 2, v, n - 1);
	double rest = m * r->ms_raters + (m * n - m - n) * r->ms_error;

	one->low = n * (r->ms_between - fu * r->ms_error) /
		   (fu * rest + n * r->ms_between);
	one->high = n * (fl * r->ms_between - r->ms_error) /
		    (rest + n * fl * r->ms_between);
	mean->low = stepped_up(one->low, m);
	mean->high = stepped_up(one->high, m);
}

static void correlations(struct icc_result *r, double m, double level)
{
	double n = (double)r->n, b = r->ms_between, w = r->ms_within;
	double e = r->ms_error, j = r->ms_raters;
	struct icc *k = r->kind;

	k[ICC1].value = (b - w) / (b + (m - 1) * w);
	k[ICC1K].value = (b - w) / b;
	k[ICC2].value = (b - e) / (b + (m - 1) * e + m * (j - e) / n);
	k[ICC2K].value = (b - e) / (b + (j - e) / n);
	k[ICC3].value = (b - e) / (b + (m - 1) * e);
	k[ICC3K].value = (b - e) / b;
	f_test(&k[ICC1], &k[ICC1K], b / w, n - 1, n * (m - 1));
	f_test(&k[ICC2], &k[ICC2K], b / e, n - 1, (n - 1) * (m - 1));
	f_test(&k[ICC3], &k[ICC3K], b / e, n - 1, (n - 1) * (m - 1));
	f_limits(&k[ICC1], &k[ICC1K], m, level);
	f_limits(&k[ICC3], &k[ICC3K], m, level);
	random_limits(r, &k[ICC2], &k[ICC2K], m, level);
}

bool agreement_icc(const double *const *x, size_t m, size_t n, double level,
		   struct icc_result *out, struct err *e)
{
	struct squares s;
	double df_between, df_raters = (double)m - 1;

	if (m < 2)
		return err_set(e, ERR_INPUT,
			       "cần ít nhất hai lần đo (intraclass correlation "
			       "needs two readings)");
	if (!(level > 0 && level < 1))
		return err_set(e, ERR_INPUT,
			       "mức tin cậy phải giữa 0 và 1 (the level must "
			       "lie between 0 and 1)");
	s = add_squares(x, m, n);
	if (s.n < 2)
		return err_set(
			e, ERR_MATH,
			"chỉ %zu đối tượng có đủ các lần đo (%zu subjects have "
			"all readings: at least 2 are needed)",
			s.n, s.n);
	if (!(s.between > 0))
		return err_set(e, ERR_MATH,
			       "các đối tượng không khác nhau (the subjects do "
			       "not differ: no intraclass correlation)");
	gsl_set_error_handler_off();
	df_between = (double)s.n - 1;
	out->n = s.n;
	out->ms_between = s.between / df_between;
	out->ms_raters = s.raters / df_raters;
	out->ms_within = (s.all - s.between) / ((double)s.n * df_raters);
	out->ms_error =
		(s.all - s.between - s.raters) / (df_between * df_raters);
	/* differences of sums leave rounding where the readings agree */
	if (out->ms_within < 1e-14 * out->ms_between)
		out->ms_within = 0;
	if (out->ms_error < 1e-14 * out->ms_between)
		out->ms_error = 0;
	correlations(out, (double)m, level);
	return true;
}

/* ---- groups of unequal size ------------------------------------------ */

struct groups {
	size_t n_groups;
	const double *mean, *size; /* [n_groups], size 0: empty */
	double ss_within, n;
};

/* Means by group, kept relative to the first value so that a large common
 * part costs no digits. */
static double group_means(const double *y, const unsigned *group, size_t n,
			  size_t n_groups, double *mean, double *size,
			  struct survey_sum *all)
{
	double origin = NAN;

	memset(mean, 0, n_groups * sizeof *mean);
	memset(size, 0, n_groups * sizeof *size);
	for (size_t i = 0; i < n; i++) {
		double d;

		if (group[i] >= n_groups || isnan(y[i]))
			continue;
		if (isnan(origin))
			origin = y[i];
		d = y[i] - origin;
		/* Welford 1962, Technometrics 4: 419-420 */
		size[group[i]]++;
		mean[group[i]] += (d - mean[group[i]]) / size[group[i]];
		survey_add(all, d);
	}
	return origin;
}

static double within(const double *y, const unsigned *group, size_t n,
		     size_t n_groups, const double *mean, double origin)
{
	struct survey_sum s = { 0 };

	for (size_t i = 0; i < n; i++) {
		double d;

		if (group[i] >= n_groups || isnan(y[i]))
			continue;
		d = y[i] - origin - mean[group[i]];
		survey_add(&s, d * d);
	}
	return total(&s);
}

/* With lambda = var_between / var_within, a_g = n_g / (1 + n_g lambda):
 * mu = sum a_g m_g / sum a_g, q = SSW + sum a_g (m_g - mu)^2. */
struct at_lambda {
	double sum_a, mu, q, sum_aa, sum_aad, log_det;
};

static struct at_lambda evaluate(const struct groups *g, double lambda)
{
	struct at_lambda t = { 0 };

	for (size_t i = 0; i < g->n_groups; i++) {
		double a = g->size[i] / (1 + g->size[i] * lambda);

		t.sum_a += a;
		t.mu += a * g->mean[i];
		t.log_det += log1p(g->size[i] * lambda);
	}
	t.mu /= t.sum_a;
	t.q = g->ss_within;
	for (size_t i = 0; i < g->n_groups; i++) {
		double a = g->size[i] / (1 + g->size[i] * lambda);
		double d = g->mean[i] - t.mu;

		t.q += a * d * d;
		t.sum_aa += a * a;
		t.sum_aad += a * a * d * d;
	}
	return t;
}

/* d deviance / d lambda; the deviance is (n-1)(1 + log(2 pi q/(n-1))) +
 * sum log(1 + n_g lambda) + log sum a_g. */
static double deviance_slope(double lambda, const void *arg)
{
	const struct groups *g = arg;
	struct at_lambda t = evaluate(g, lambda);

	return t.sum_a - t.sum_aa / t.sum_a - (g->n - 1) / t.q * t.sum_aad;
}

static void reml(const struct groups *g, double origin, struct icc_groups *out)
{
	double lambda = 0, high = 1e-3;
	struct at_lambda t;

	if (deviance_slope(0, g) < 0) { /* else the groups are alike */
		while (high < 1e12 && deviance_slope(high, g) < 0)
			high *= 4;
		lambda = bracketed_root(deviance_slope, g, 0, high);
	}
	t = evaluate(g, lambda);
	out->var_within = t.q / (g->n - 1);
	out->var_between = lambda * out->var_within;
	out->icc = lambda / (1 + lambda);
	out->mu = origin + t.mu;
	out->deviance = (g->n - 1) * (1 + log(2 * M_PI * t.q / (g->n - 1))) +
			t.log_det + log(t.sum_a);
}

static bool countable(struct icc_groups *out, const double *size,
		      size_t n_groups, struct err *e)
{
	out->groups = out->n = 0;
	for (size_t i = 0; i < n_groups; i++) {
		out->groups += size[i] > 0;
		out->n += (size_t)size[i];
	}
	if (out->groups < 2)
		return err_set(e, ERR_MATH,
			       "chỉ %zu nhóm có giá trị (%zu groups with "
			       "values: at least 2 are needed)",
			       out->groups, out->groups);
	if (out->n == out->groups)
		return err_set(e, ERR_MATH,
			       "không nhóm nào có hai giá trị (no group has "
			       "two values)");
	return true;
}

bool agreement_icc_groups(const double *y, const unsigned *group, size_t n,
			  size_t n_groups, double *mean, double *size,
			  struct icc_groups *out, struct err *e)
{
	struct survey_sum all = { 0 }, between = { 0 }, squares = { 0 };
	double origin = group_means(y, group, n, n_groups, mean, size, &all);
	struct groups g = { .n_groups = n_groups, .mean = mean, .size = size };
	double grand, k;

	if (!countable(out, size, n_groups, e))
		return false;
	g.n = (double)out->n;
	g.ss_within = within(y, group, n, n_groups, mean, origin);
	if (!(g.ss_within > 0))
		return err_set(e, ERR_MATH,
			       "không có biến thiên trong nhóm (no variance "
			       "within the groups)");
	grand = total(&all) / g.n;
	for (size_t i = 0; i < n_groups; i++) {
		double d = mean[i] - grand;

		survey_add(&between, size[i] * d * d);
		survey_add(&squares, size[i] * size[i]);
	}
	gsl_set_error_handler_off();
	k = (double)out->groups;
	out->df1 = k - 1;
	out->df2 = g.n - k;
	out->n0 = (g.n - total(&squares) / g.n) / out->df1;
	out->ms_between = total(&between) / out->df1;
	out->ms_within = g.ss_within / out->df2;
	out->F = out->ms_between / out->ms_within;
	out->p = gsl_cdf_fdist_Q(out->F, out->df1, out->df2);
	out->icc1 = (out->ms_between - out->ms_within) /
		    (out->ms_between + (out->n0 - 1) * out->ms_within);
	out->mean_size = g.n / k;
	out->deff = 1 + (out->mean_size - 1) * out->icc1;
	reml(&g, origin, out);
	return true;
}
