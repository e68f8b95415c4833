#include "phieu/moments.h"

#include <math.h>
#include <string.h>

static bool check(const struct items *d, struct err *e)
{
	if (d->k == 0)
		return err_set(e, ERR_INPUT, "không có câu hỏi nào (no items)");
	for (size_t i = 0; d->w != NULL && i < d->n; i++)
		if (!isfinite(d->w[i]) || d->w[i] < 0)
			return err_set(e, ERR_INPUT,
				       "trọng số dòng %zu âm hoặc không phải "
				       "số (weight of row %zu is negative or "
				       "not a number)",
				       i + 1, i + 1);
	return true;
}

static double weight(const struct items *d, size_t i)
{
	if (d->in != NULL && d->in[i] == 0)
		return 0;
	return d->w == NULL ? 1 : d->w[i];
}

bool moments_row(const struct items *d, size_t i)
{
	if (!(weight(d, i) > 0))
		return false;
	for (size_t j = 0; j < d->k; j++)
		if (isnan(d->x[j][i]))
			return false;
	return true;
}

static double unbiased(double product, double sum_w, size_t n)
{
	return product / sum_w * ((double)n / (double)(n - 1));
}

/* ---- complete rows --------------------------------------------------- */

static double total(const struct survey_sum *s)
{
	return s->s + s->c;
}

static void whole_means(const struct items *d, struct moments *m)
{
	size_t k = d->k;
	struct survey_sum sw = { 0 };

	m->n = 0;
	memset(m->sum, 0, k * sizeof *m->sum);
	for (size_t i = 0; i < d->n; i++) {
		double w = weight(d, i);

		if (!moments_row(d, i))
			continue;
		m->n++;
		survey_add(&sw, w);
		for (size_t j = 0; j < k; j++)
			survey_add(&m->sum[j], w * d->x[j][i]);
	}
	m->sum_w = total(&sw);
	for (size_t j = 0; j < k; j++)
		m->mean[j] = total(&m->sum[j]) / m->sum_w;
}

static void whole_products(const struct items *d, struct moments *m)
{
	size_t k = d->k;
	double *dev = m->cov; /* its first row holds the row's deviations */

	memset(m->sum, 0, k * k * sizeof *m->sum);
	for (size_t i = 0; i < d->n; i++) {
		double w = weight(d, i);

		if (!moments_row(d, i))
			continue;
		for (size_t j = 0; j < k; j++)
			dev[j] = d->x[j][i] - m->mean[j];
		for (size_t a = 0; a < k; a++)
			for (size_t b = 0; b <= a; b++)
				survey_add(&m->sum[a * k + b],
					   w * dev[a] * dev[b]);
	}
	for (size_t a = 0; a < k; a++)
		for (size_t b = 0; b <= a; b++)
			m->cov[a * k + b] = m->cov[b * k + a] =
				unbiased(total(&m->sum[a * k + b]), m->sum_w,
					 m->n);
}

bool moments_listwise(const struct items *d, struct moments *m, struct err *e)
{
	if (!check(d, e))
		return false;
	whole_means(d, m);
	if (m->n < 2)
		return err_set(
			e, ERR_MATH,
			"chỉ %zu dòng trả lời đủ %zu câu (%zu rows are "
			"complete on the %zu items: at least 2 are needed)",
			m->n, d->k, m->n, d->k);
	whole_products(d, m);
	return true;
}

/* ---- pairs ----------------------------------------------------------- */

static bool has_pair(const struct items *d, size_t a, size_t b, size_t i)
{
	return weight(d, i) > 0 && !isnan(d->x[a][i]) && !isnan(d->x[b][i]);
}

static size_t pair_cov(const struct items *d, size_t a, size_t b, double *cov)
{
	struct survey_sum sw = { 0 }, sa = { 0 }, sb = { 0 }, s = { 0 };
	double ma, mb;
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		double w = weight(d, i);

		if (!has_pair(d, a, b, i))
			continue;
		n++;
		survey_add(&sw, w);
		survey_add(&sa, w * d->x[a][i]);
		survey_add(&sb, w * d->x[b][i]);
	}
	if (n < 2)
		return n;
	ma = total(&sa) / total(&sw);
	mb = total(&sb) / total(&sw);
	for (size_t i = 0; i < d->n; i++)
		if (has_pair(d, a, b, i))
			survey_add(&s, weight(d, i) * (d->x[a][i] - ma) *
					       (d->x[b][i] - mb));
	*cov = unbiased(total(&s), total(&sw), n);
	return n;
}

bool moments_pairwise(const struct items *d, double *cov, size_t *pairs,
		      struct err *e)
{
	if (!check(d, e))
		return false;
	for (size_t a = 0; a < d->k; a++)
		for (size_t b = 0; b <= a; b++) {
			size_t n = pair_cov(d, a, b, &cov[a * d->k + b]);

			if (n < 2)
				return err_set(
					e, ERR_MATH,
					"câu %zu và %zu chỉ cùng có %zu dòng "
					"(items %zu and %zu share %zu rows: at "
					"least 2 are needed)",
					b + 1, a + 1, n, b + 1, a + 1, n);
			cov[b * d->k + a] = cov[a * d->k + b];
			if (pairs != NULL)
				pairs[a * d->k + b] = pairs[b * d->k + a] = n;
		}
	return true;
}

/* A column of equal numbers may leave some 1e-16 of its size squared. */
size_t moments_constant(size_t k, const double *mean, const double *cov)
{
	for (size_t j = 0; j < k; j++)
		if (!(cov[j * k + j] > 1e-24 * (1 + mean[j] * mean[j])))
			return j;
	return k;
}

bool moments_correlation(size_t k, const double *cov, double *r, struct err *e)
{
	for (size_t j = 0; j < k; j++)
		if (!(cov[j * k + j] > 0))
			return err_set(e, ERR_MATH,
				       "câu %zu chỉ có một giá trị (item %zu "
				       "has no variance: no correlation)",
				       j + 1, j + 1);
	for (size_t a = 1; a < k; a++)
		for (size_t b = 0; b < a; b++)
			r[a * k + b] = r[b * k + a] =
				cov[a * k + b] /
				(sqrt(cov[a * k + a]) * sqrt(cov[b * k + b]));
	for (size_t j = 0; j < k; j++)
		r[j * k + j] = 1;
	return true;
}
