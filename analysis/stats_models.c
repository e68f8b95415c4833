/* Tests and models of `phieu estimate`: ttest, regression, drivers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_spec.h"
#include "phieu/regress.h"
#include "stats_parts.h"

static void drop_missing(uint32_t *cell, const double *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(y[i]))
			cell[i] = SURVEY_NONE;
}

/* Appends a coefficient-like number with its test. */
static bool put_test(struct spec_run *r, const struct spec_estimate *x,
		     const char *of, const char *const *key, double value,
		     double se, int64_t df, size_t n,
		     const struct survey_base *base, struct err *e)
{
	struct est_extra *extra = arena_array(r->a, 2, sizeof *extra);
	struct est_cell c = { .estimate = (size_t)(x - r->spec->estimate),
			      .of = of,
			      .by = x->by,
			      .key = key,
			      .extra = extra,
			      .n_extra = 2 };
	struct est_test t;

	if (!extra)
		return err_set(e, ERR_NOMEM, "out of memory");
	est_t_test(value, se, (double)df, x->how.level, &t);
	extra[0] = (struct est_extra){ "t", t.t };
	extra[1] = (struct est_extra){ "p", t.p };
	c.r = stats_bare(r, value, base);
	c.r.n = n;
	c.r.se = se;
	c.r.df = df;
	c.r.cv = se / fabs(value);
	c.r.ci_l = t.ci_l;
	c.r.ci_u = t.ci_u;
	return spec_put(r, &c, e);
}

/* ---- terms of a model -------------------------------------------------- */

struct model_spec {
	const char *y;
	enum regress_family family;
	struct spec_names x, factors, test;
};

struct terms {
	size_t k;
	const char *name[REGRESS_TERMS];
	const double *x[REGRESS_TERMS];
	size_t of_factor[REGRESS_TERMS]; /* index in factors + 1; 0: none */
};

static bool add_term(struct terms *t, const char *name, const double *x,
		     size_t factor, struct err *e)
{
	if (t->k == REGRESS_TERMS)
		return err_set(e, ERR_INPUT,
			       "quá nhiều số hạng (more than %d terms)",
			       REGRESS_TERMS);
	t->name[t->k] = name;
	t->x[t->k] = x;
	t->of_factor[t->k++] = factor;
	return true;
}

/* Treatment contrasts; the first level with rows in the domain is the base,
 * levels without rows make no term. */
static bool add_factor(struct spec_run *r, struct terms *t, const char *name,
		       size_t factor, uint32_t *cell, struct err *e)
{
	const char *const *level;
	size_t n_levels, rows = r->frame->rows;
	const uint32_t *code = spec_codes(r, name, &level, &n_levels, e);
	size_t *count;
	bool base = true;

	count = code ? arena_array(r->a, n_levels + 1, sizeof *count) : NULL;
	if (!count)
		return e->kind ? false : err_set(e, ERR_NOMEM, "out of memory");
	memset(count, 0, (n_levels + 1) * sizeof *count);
	for (size_t i = 0; i < rows; i++) {
		if (code[i] == FRAME_NONE)
			cell[i] = SURVEY_NONE;
		else if (cell[i] != SURVEY_NONE)
			count[code[i]]++;
	}
	for (uint32_t l = 0; l < n_levels; l++) {
		const char *term;
		double *x;

		if (count[l] == 0)
			continue;
		if (base) {
			base = false;
			continue;
		}
		x = spec_memory(r, rows, sizeof *x, e);
		if (!x)
			return false;
		for (size_t i = 0; i < rows; i++)
			x[i] = code[i] == l;
		term = arena_printf(r->a, "%s%s", name, level[l]);
		if (!term)
			return err_set(e, ERR_NOMEM, "out of memory");
		if (!add_term(t, term, x, factor, e))
			return false;
	}
	return true;
}

static bool make_terms(struct spec_run *r, const struct model_spec *m,
		       bool intercept, uint32_t *cell, struct terms *t,
		       struct err *e)
{
	size_t rows = r->frame->rows;

	t->k = 0;
	if (intercept) {
		double *one = spec_memory(r, rows, sizeof *one, e);

		if (!one || !add_term(t, "(Intercept)", one, 0, e))
			return false;
		for (size_t i = 0; i < rows; i++)
			one[i] = 1;
	}
	for (size_t j = 0; j < m->x.n; j++) {
		const double *x = spec_numbers(r, m->x.name[j], e);

		if (!x || !add_term(t, m->x.name[j], x, 0, e))
			return false;
		drop_missing(cell, x, rows);
	}
	/* rows go first, then levels are counted */
	for (size_t j = 0; j < m->factors.n; j++) {
		const char *const *level;
		size_t n;
		const uint32_t *code =
			spec_codes(r, m->factors.name[j], &level, &n, e);

		if (!code)
			return false;
		for (size_t i = 0; i < rows; i++)
			if (code[i] == FRAME_NONE)
				cell[i] = SURVEY_NONE;
	}
	for (size_t j = 0; j < m->factors.n; j++)
		if (!add_factor(r, t, m->factors.name[j], j + 1, cell, e))
			return false;
	return true;
}

/* ---- regression -------------------------------------------------------- */

/* Names of terms ("sexM"): no columns. */
static void read_test(struct spec_parse *p, const cJSON *list, const char *path,
		      struct spec_names *out)
{
	size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;

	if (!list)
		return;
	out->name = arena_array(p->a, n + 1, sizeof *out->name);
	for (const cJSON *t = list->child; n && t && out->name; t = t->next)
		if (cJSON_IsString(t))
			out->name[out->n++] =
				arena_strdup(p->a, t->valuestring);
	if (n == 0 || n > REGRESS_TERMS || out->n < n)
		spec_fault(p, "E04", path, "test", "a list of terms' names",
			   "phải là danh sách tên số hạng");
}

static void *parse_regression(struct spec_parse *p, const cJSON *node,
			      struct spec_estimate *x)
{
	static const char *const keys[] = { "y",    "x",      "factors",
					    "test", "family", NULL };
	static const char *const words[] = {
		"linear", "logit", "ordinal", "gaussian", "logistic", "binomial"
	};
	static const enum regress_family family[] = {
		REGRESS_LINEAR, REGRESS_LOGIT, REGRESS_ORDINAL,
		REGRESS_LINEAR, REGRESS_LOGIT, REGRESS_LOGIT
	};
	struct model_spec *m = arena_array(p->a, 1, sizeof *m);

	if (!m)
		return NULL;
	*m = (struct model_spec){ .family = REGRESS_LINEAR };
	spec_known_estimate(p, node, x->path, keys);
	m->family = family[spec_word(p, node, x->path, "family", words, 6, 0)];
	m->y = spec_column(p, json_get(node, "y"), x->path, "y",
			   m->family == REGRESS_ORDINAL ? FRAME_CODE
							: FRAME_NUMBER);
	(void)spec_columns(p, node, x->path, "x", FRAME_NUMBER, 0,
			   REGRESS_TERMS - 2, &m->x);
	(void)spec_columns(p, node, x->path, "factors", FRAME_CODE, 0, 32,
			   &m->factors);
	read_test(p, json_get(node, "test"), x->path, &m->test);
	if (m->x.n + m->factors.n == 0)
		spec_fault(p, "E03", x->path, "x",
			   "a model needs \"x\" or \"factors\"",
			   "mô hình cần \"x\" hoặc \"factors\"");
	return m;
}

/* y as numbers; of an ordinal model the positions of levels with rows. */
static const double *outcome(struct spec_run *r, const struct model_spec *m,
			     uint32_t *cell, size_t *levels,
			     const char ***names, struct err *e)
{
	size_t rows = r->frame->rows, n_levels;
	const char *const *level;
	const uint32_t *code;
	uint32_t *place;
	double *y;

	*levels = 0;
	if (m->family != REGRESS_ORDINAL) {
		const double *got = spec_numbers(r, m->y, e);

		if (got)
			drop_missing(cell, got, rows);
		return got;
	}
	code = spec_codes(r, m->y, &level, &n_levels, e);
	if (!code)
		return NULL;
	y = spec_memory(r, rows, sizeof *y, e);
	place = spec_memory(r, n_levels, sizeof *place, e);
	*names = arena_array(r->a, n_levels + 1, sizeof **names);
	if (!y || !place)
		return NULL;
	if (!*names) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < rows; i++) {
		if (code[i] == FRAME_NONE)
			cell[i] = SURVEY_NONE;
		else if (cell[i] != SURVEY_NONE)
			place[code[i]] = 1;
	}
	for (size_t l = 0; l < n_levels; l++)
		if (place[l]) {
			(*names)[*levels] = level[l];
			place[l] = (uint32_t)(*levels)++;
		}
	for (size_t i = 0; i < rows; i++)
		y[i] = cell[i] == SURVEY_NONE ? (double)NAN
					      : (double)place[code[i]];
	return y;
}

static bool write_tests(struct jw *w, const struct model_spec *m,
			const struct terms *t, const struct regress *f,
			struct err *e)
{
	jw_key(w, "wald");
	jw_array(w);
	for (size_t j = 1; j <= m->factors.n; j++) {
		size_t index[REGRESS_TERMS], q = 0;
		struct regress_wald wald;

		for (size_t i = 0; i < t->k; i++)
			if (t->of_factor[i] == j)
				index[q++] = i;
		if (q == 0)
			continue;
		if (!regress_wald(f, index, q, &wald, e))
			return false;
		jw_object(w);
		jw_kv(w, "factor", m->factors.name[j - 1]);
		jw_kd(w, "F", wald.f);
		jw_ki(w, "df", (int64_t)wald.q);
		jw_ki(w, "ddf", wald.ddf);
		jw_kd(w, "p", wald.p);
		jw_object_end(w);
	}
	if (m->test.n) {
		size_t index[REGRESS_TERMS], q = 0;
		struct regress_wald wald;

		for (size_t j = 0; j < m->test.n; j++)
			for (size_t i = 0; i < t->k; i++)
				if (strcmp(t->name[i], m->test.name[j]) == 0)
					index[q++] = i;
		if (q < m->test.n)
			return err_set(e, ERR_INPUT,
				       "\"test\" nêu số hạng không có "
				       "(\"test\" names what is no term of the "
				       "model)");
		if (!regress_wald(f, index, q, &wald, e))
			return false;
		jw_object(w);
		jw_kv(w, "factor", "test");
		jw_kd(w, "F", wald.f);
		jw_ki(w, "df", (int64_t)wald.q);
		jw_ki(w, "ddf", wald.ddf);
		jw_kd(w, "p", wald.p);
		jw_object_end(w);
	}
	jw_array_end(w);
	return true;
}

static bool write_fit(struct jw *w, const struct model_spec *m,
		      const struct terms *t, const struct regress *f,
		      struct err *e)
{
	double se[REGRESS_TERMS], tt[REGRESS_TERMS], p[REGRESS_TERMS];

	for (size_t j = 0; j < f->k; j++) {
		se[j] = sqrt(f->vcov[j * f->k + j]);
		tt[j] = f->coef[j] / se[j];
		p[j] = f->df_resid > 0 ? est_t_p(tt[j], (double)f->df_resid)
				       : (double)NAN;
	}
	jw_key(w, "terms");
	jw_array(w);
	for (size_t j = 0; j < t->k; j++)
		jw_text(w, t->name[j]);
	jw_array_end(w);
	stats_write_list(w, "coef", f->coef, f->k);
	stats_write_list(w, "se", se, f->k);
	stats_write_list(w, "t", tt, f->k);
	stats_write_list(w, "p", p, f->k);
	jw_ki(w, "df_resid", f->df_resid);
	stats_write_matrix(w, "vcov", f->vcov, f->k, f->k);
	jw_kd(w, "dispersion", f->dispersion);
	jw_ki(w, "n", (int64_t)f->n);
	jw_ki(w, "steps", f->steps);
	return write_tests(w, m, t, f, e);
}

static bool fit_cell(struct spec_run *r, const struct spec_estimate *x,
		     const uint32_t *cell, const char *const *key, struct jw *w,
		     struct err *e)
{
	const struct model_spec *m = x->own;
	uint32_t *in = stats_copy_cell(r, cell, e);
	struct terms *t = arena_array(r->a, 1, sizeof *t);
	const char **levels = NULL;
	size_t n_levels, own_terms;
	struct survey_base base;
	struct survey_var v;
	struct regress f = { .k = 0 };
	const double *y;
	bool ok = false;

	if (!in || !t)
		return e->kind ? false : err_set(e, ERR_NOMEM, "out of memory");
	/* rows without an outcome go first, then those without a term; of an
	 * ordinal outcome only levels that are left count */
	y = outcome(r, m, in, &n_levels, &levels, e);
	if (!y || !make_terms(r, m, m->family != REGRESS_ORDINAL, in, t, e))
		return false;
	if (m->family == REGRESS_ORDINAL)
		y = outcome(r, m, in, &n_levels, &levels, e);
	if (!y)
		return false;
	own_terms = t->k;
	if (!stats_domain_var(r, cell, &v, e) ||
	    !regress_fit(&v, in, y, t->x, t->k, m->family, n_levels, &f, e))
		return false;
	stats_say_unfit(r, x, &f.unfit);
	ok = true;
	for (size_t j = own_terms; ok && levels && j < f.k; j++) {
		const char *name =
			arena_printf(r->a, "%s|%s", levels[j - own_terms],
				     levels[j - own_terms + 1]);

		ok = name ? add_term(t, name, NULL, 0, e)
			  : err_set(e, ERR_NOMEM, "out of memory");
	}
	base = survey_base_of(r->design, in);
	for (size_t j = 0; ok && j < f.k; j++)
		ok = put_test(r, x, t->name[j], key, f.coef[j],
			      sqrt(f.vcov[j * f.k + j]), f.df_resid, f.n, &base,
			      e);
	ok = ok && write_fit(w, m, t, &f, e);
	regress_clear(&f);
	return ok;
}

static bool run_regression(struct spec_run *r, const struct spec_estimate *x,
			   struct err *e)
{
	return stats_by_cells(r, x, fit_cell, e);
}

/* ---- t test of two groups ---------------------------------------------- */

static void *parse_ttest(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	static const char *const keys[] = { "group", NULL };
	struct model_spec *m = arena_array(p->a, 1, sizeof *m);

	if (!m)
		return NULL;
	*m = (struct model_spec){ .family = REGRESS_LINEAR };
	spec_known_estimate(p, node, x->path, keys);
	(void)spec_columns(p, node, x->path, "of", FRAME_NUMBER, 1, 256,
			   &x->of);
	m->factors.name = arena_array(p->a, 1, sizeof *m->factors.name);
	if (!m->factors.name)
		return NULL;
	m->factors.n = 1;
	m->factors.name[0] = spec_column(p, json_get(node, "group"), x->path,
					 "group", FRAME_CODE);
	return m;
}

static bool test_one(struct spec_run *r, const struct spec_estimate *x,
		     const char *of, const uint32_t *cell,
		     const char *const *key, struct jw *w, struct err *e)
{
	const struct model_spec *m = x->own;
	uint32_t *in = stats_copy_cell(r, cell, e);
	struct terms *t = arena_array(r->a, 1, sizeof *t);
	const double *y = in ? spec_numbers(r, of, e) : NULL;
	struct survey_base base;
	struct survey_var v;
	struct regress f;
	bool ok;

	if (!y)
		return false;
	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	drop_missing(in, y, r->frame->rows);
	if (!make_terms(r, m, true, in, t, e))
		return false;
	if (t->k != 2)
		return err_set(e, ERR_INPUT,
			       "kiểm định t cần đúng hai nhóm (%s has %zu "
			       "groups with answers to %s; a t test "
			       "compares 2)",
			       m->factors.name[0], t->k, of);
	if (!stats_domain_var(r, cell, &v, e) ||
	    !regress_fit(&v, in, y, t->x, 2, REGRESS_LINEAR, 0, &f, e))
		return false;
	stats_say_unfit(r, x, &f.unfit);
	base = survey_base_of(r->design, in);
	ok = put_test(r, x, of, key, f.coef[1], sqrt(f.vcov[3]), f.df_resid,
		      f.n, &base, e);
	jw_object(w);
	jw_kv(w, "of", of);
	jw_kv(w, "group", t->name[1] + strlen(m->factors.name[0]));
	jw_kd(w, "base_mean", f.coef[0]);
	jw_kd(w, "diff", f.coef[1]);
	jw_object_end(w);
	regress_clear(&f);
	return ok;
}

static bool test_cell(struct spec_run *r, const struct spec_estimate *x,
		      const uint32_t *cell, const char *const *key,
		      struct jw *w, struct err *e)
{
	jw_key(w, "tests");
	jw_array(w);
	for (size_t j = 0; j < x->of.n; j++)
		if (!test_one(r, x, x->of.name[j], cell, key, w, e))
			return false;
	jw_array_end(w);
	return true;
}

static bool run_ttest(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	return stats_by_cells(r, x, test_cell, e);
}

/* ---- drivers ----------------------------------------------------------- */

static void *parse_drivers(struct spec_parse *p, const cJSON *node,
			   struct spec_estimate *x)
{
	static const char *const keys[] = { "y", "x", NULL };
	struct model_spec *m = arena_array(p->a, 1, sizeof *m);

	if (!m)
		return NULL;
	*m = (struct model_spec){ .y = NULL };
	spec_known_estimate(p, node, x->path, keys);
	m->y = spec_column(p, json_get(node, "y"), x->path, "y", FRAME_NUMBER);
	(void)spec_columns(p, node, x->path, "x", FRAME_NUMBER, 2, DRIVERS_MAX,
			   &m->x);
	return m;
}

static bool put_driver(struct spec_run *r, const struct spec_estimate *x,
		       const char *const *key, const struct drivers *d,
		       const struct drivers_se *se, size_t j,
		       const struct est *performance, struct err *e)
{
	const struct model_spec *m = x->own;
	struct est_extra *extra = arena_array(r->a, 5, sizeof *extra);
	struct est_cell cell = { .estimate = (size_t)(x - r->spec->estimate),
				 .of = m->x.name[j],
				 .by = x->by,
				 .key = key,
				 .extra = extra,
				 .n_extra = 5 };

	if (!extra)
		return err_set(e, ERR_NOMEM, "out of memory");
	extra[0] = (struct est_extra){ "performance", d->performance[j] };
	extra[1] = (struct est_extra){ "importance", d->importance[j] };
	extra[2] = (struct est_extra){ "importance_se", se->importance[j] };
	extra[3] = (struct est_extra){ "lmg", d->lmg[j] };
	extra[4] = (struct est_extra){ "lmg_se", se->lmg[j] };
	cell.r = *performance;
	return spec_put(r, &cell, e);
}

static bool drivers_cell(struct spec_run *r, const struct spec_estimate *x,
			 const uint32_t *cell, const char *const *key,
			 struct jw *w, struct err *e)
{
	static const char *const word[] = { "KEEP", "FIX", "LOW", "OVER" };
	const struct model_spec *m = x->own;
	uint32_t *in = stats_copy_cell(r, cell, e);
	const double *y = in ? spec_numbers(r, m->y, e) : NULL;
	const double *columns[DRIVERS_MAX];
	struct est performance[DRIVERS_MAX];
	struct replicates_unfit unfit;
	struct drivers_se se;
	struct survey_var v;
	struct drivers d;

	if (y)
		drop_missing(in, y, r->frame->rows);
	for (size_t j = 0; y && j < m->x.n; j++) {
		columns[j] = spec_numbers(r, m->x.name[j], e);
		if (columns[j])
			drop_missing(in, columns[j], r->frame->rows);
		else
			y = NULL;
	}
	if (!y || !drivers_find(r->design, in, y, columns, m->x.n, &d, e) ||
	    !stats_domain_var(r, cell, &v, e) ||
	    !drivers_errors(&v, in, y, columns, m->x.n, &d, &se, &unfit, e) ||
	    !est_mean_vector(&v, in, columns, m->x.n, &x->how, performance,
			     NULL, e))
		return false;
	stats_say_unfit(r, x, &unfit);
	for (size_t j = 0; j < m->x.n; j++)
		if (!put_driver(r, x, key, &d, &se, j, &performance[j], e))
			return false;
	jw_key(w, "fields");
	jw_array(w);
	for (size_t j = 0; j < m->x.n; j++)
		jw_text(w, m->x.name[j]);
	jw_array_end(w);
	stats_write_list(w, "performance", d.performance, m->x.n);
	stats_write_list(w, "importance_r", d.importance, m->x.n);
	jw_kd(w, "cut_perf", d.cut_performance);
	jw_kd(w, "cut_imp", d.cut_importance);
	jw_key(w, "quadrant");
	jw_array(w);
	for (size_t j = 0; j < m->x.n; j++)
		jw_text(w, word[d.quadrant[j]]);
	jw_array_end(w);
	jw_kd(w, "r2_full", d.r2);
	jw_kd(w, "r2_se", se.r2);
	stats_write_list(w, "importance_se", se.importance, m->x.n);
	stats_write_list(w, "lmg", d.lmg, m->x.n);
	stats_write_list(w, "lmg_se", se.lmg, m->x.n);
	return true;
}

static bool run_drivers(struct spec_run *r, const struct spec_estimate *x,
			struct err *e)
{
	return stats_by_cells(r, x, drivers_cell, e);
}

static const struct stat_def defs[] = {
	{ "ttest", parse_ttest, run_ttest },
	{ "regression", parse_regression, run_regression },
	{ "drivers", parse_drivers, run_drivers },
};
const struct stat_set stats_models = { defs, sizeof defs / sizeof defs[0] };
