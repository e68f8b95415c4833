#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "stats_parts.h"

#define DETAIL_BYTES ((size_t)16 << 20)

/* ---- shared ----------------------------------------------------------- */

const struct est stats_nothing = { .value = NAN,
				   .se = NAN,
				   .deff = NAN,
				   .deff_replace = NAN,
				   .cv = NAN,
				   .ci_l = NAN,
				   .ci_u = NAN };

struct est stats_bare(const struct spec_run *r, double value,
		      const struct survey_base *base)
{
	struct est x = stats_nothing;

	x.n = base->rows;
	x.psu = base->units;
	x.strata = base->strata;
	x.sum_w = base->sum_w;
	x.df = base->df;
	x.df_design = r->out->design.df;
	x.value = value;
	return x;
}

void stats_write_list(struct jw *w, const char *name, const double *x, size_t n)
{
	jw_key(w, name);
	jw_array(w);
	for (size_t i = 0; i < n; i++)
		jw_double(w, x[i]);
	jw_array_end(w);
}

struct est *stats_list(struct spec_run *r, size_t n, struct err *e)
{
	return spec_memory(r, n, sizeof(struct est), e);
}

bool stats_put_extra(struct spec_run *r, const struct spec_estimate *x,
		     const char *of, struct spec_names by,
		     const char *const *key, const struct est *v,
		     const struct est_extra *extra, size_t n_extra,
		     struct err *e)
{
	struct est_cell c = { .estimate = (size_t)(x - r->spec->estimate),
			      .of = of,
			      .by = by,
			      .key = key,
			      .r = *v,
			      .n_extra = n_extra };
	struct est_extra *own = NULL;

	if (n_extra > 0) {
		own = arena_array(r->a, n_extra, sizeof *own);
		if (!own)
			return err_set(e, ERR_NOMEM, "out of memory");
		memcpy(own, extra, n_extra * sizeof *own);
	}
	c.extra = own;
	return spec_put(r, &c, e);
}

bool stats_put(struct spec_run *r, const struct spec_estimate *x,
	       const char *of, const struct spec_cells *cells,
	       const struct est *list, struct err *e)
{
	for (size_t i = 0; i < cells->n; i++)
		if (!stats_put_extra(r, x, of, x->by, cells->key[i], &list[i],
				     NULL, 0, e))
			return false;
	return true;
}

void stats_write_matrix(struct jw *w, const char *name, const double *m,
			size_t rows, size_t cols)
{
	jw_key(w, name);
	jw_array(w);
	for (size_t i = 0; i < rows; i++) {
		jw_array(w);
		for (size_t j = 0; j < cols; j++)
			jw_double(w, m[i * cols + j]);
		jw_array_end(w);
	}
	jw_array_end(w);
}

void stats_mask(const uint32_t *cell, size_t n, uint32_t c, uint32_t *mask)
{
	for (size_t i = 0; i < n; i++)
		mask[i] = cell[i] == c ? 0 : SURVEY_NONE;
}

/* ---- what models and tables share -------------------------------------- */

/* The names of a cell, for the detail. */
void stats_write_key(struct jw *w, const struct spec_estimate *x,
		     const char *const *key)
{
	if (x->by.n == 0)
		return;
	jw_key(w, "by");
	jw_object(w);
	for (size_t i = 0; i < x->by.n; i++)
		jw_kv(w, x->by.name[i], key[i]);
	jw_object_end(w);
}

bool stats_by_cells(struct spec_run *r, const struct spec_estimate *x,
		    stats_each_cell *each, struct err *e)
{
	struct buf out = BUF_INIT(DETAIL_BYTES);
	struct spec_cells cells;
	uint32_t *only = NULL;
	struct jw w;
	bool ok = false;

	if (!spec_cells(r, x, &cells, e))
		return false;
	only = spec_memory(r, r->frame->rows, sizeof *only, e);
	if (!only)
		return false;
	jw_init(&w, &out);
	jw_object(&w);
	jw_key(&w, "cells");
	jw_array(&w);
	for (uint32_t c = 0; c < cells.n; c++) {
		stats_mask(cells.cell, r->frame->rows, c, only);
		jw_object(&w);
		stats_write_key(&w, x, x->by.n ? cells.key[c] : NULL);
		if (!each(r, x, only, x->by.n ? cells.key[c] : NULL, &w, e))
			goto out;
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_object_end(&w);
	ok = spec_detail(r, x, &out, e);
out:
	buf_free(&out);
	return ok;
}

uint32_t *stats_copy_cell(struct spec_run *r, const uint32_t *cell,
			  struct err *e)
{
	uint32_t *own = spec_memory(r, r->frame->rows, sizeof *own, e);

	if (own)
		memcpy(own, cell, r->frame->rows * sizeof *own);
	return own;
}

bool stats_domain_var(struct spec_run *r, const uint32_t *cell,
		      struct survey_var *v, struct err *e)
{
	*v = r->var;
	return !v->replicates ||
	       replicates_domain_df(v->replicates, cell, &v->df, e);
}

void stats_say_unfit(struct spec_run *r, const struct spec_estimate *x,
		     const struct replicates_unfit *unfit)
{
	const char *why = unfit->why.msg;

	if (unfit->replicate == 0)
		return;
	spec_warn(r, "W25", x->path,
		  arena_printf(r->a,
			       "no errors: replicate %zu has no solution (%s)",
			       unfit->replicate, why),
		  arena_printf(r->a,
			       "không có sai số: lần lặp %zu không có nghiệm "
			       "(%s)",
			       unfit->replicate, why));
}

/* ---- mean, total, ratio, variance ------------------------------------- */

struct plain {
	bool cov;
};

static struct plain *parse_plain(struct spec_parse *p, const cJSON *node,
				 struct spec_estimate *x, size_t least,
				 size_t most)
{
	static const char *const keys[] = { "cov", NULL };
	struct plain *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", FRAME_NUMBER, least,
				  most, &x->of))
		return NULL;
	own->cov = spec_bool(p, node, x->path, "cov", false);
	return own;
}

static void *parse_mean(struct spec_parse *p, const cJSON *node,
			struct spec_estimate *x)
{
	return parse_plain(p, node, x, 1, LIMIT_FRAME_COLUMNS);
}

static void *parse_total(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	return parse_plain(p, node, x, 0, LIMIT_FRAME_COLUMNS);
}

static void *parse_ratio(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	return parse_plain(p, node, x, 2, 2);
}

typedef bool simple(const struct survey_var *v, const uint32_t *domain,
		    size_t n_cells, const double *y, const struct est_how *how,
		    struct est *out, double *cov, struct err *e);

/* The covariance matrices of an estimate, a name a variable. */
struct matrices {
	struct buf text;
	struct jw w;
	bool some;
};

static void matrices_begin(struct matrices *m)
{
	m->text = (struct buf)BUF_INIT((size_t)256 << 20);
	m->some = false;
	jw_init(&m->w, &m->text);
	jw_object(&m->w);
	jw_key(&m->w, "cov");
	jw_object(&m->w);
}

static bool matrices_end(struct matrices *m, struct spec_run *r,
			 const struct spec_estimate *x, struct err *e)
{
	bool ok;

	jw_object_end(&m->w);
	jw_object_end(&m->w);
	ok = !m->some || spec_detail(r, x, &m->text, e);
	buf_free(&m->text);
	return ok;
}

static double *cov_room(struct spec_run *r, const struct spec_estimate *x,
			size_t n, struct err *e)
{
	if (n > 2048) {
		(void)err_set(e, ERR_INPUT,
			      "\"cov\": %zu ô, nhiều nhất 2048 (%zu cells, "
			      "2048 at most)",
			      n, n);
		return NULL;
	}
	(void)x;
	return spec_memory(r, n * n, sizeof(double), e);
}

static bool each_variable(struct spec_run *r, const struct spec_estimate *x,
			  simple *estimate, struct err *e)
{
	const struct plain *own = x->own;
	struct spec_cells cells;
	struct matrices m;
	double *cov = NULL;
	struct est *list;
	bool ok;

	if (!spec_cells(r, x, &cells, e))
		return false;
	list = stats_list(r, cells.n, e);
	if (list && own->cov)
		cov = cov_room(r, x, cells.n, e);
	if (!list || (own->cov && !cov))
		return false;
	matrices_begin(&m);
	ok = true;
	for (size_t j = 0; ok && j < x->of.n; j++) {
		const double *y = spec_numbers(r, x->of.name[j], e);

		ok = y &&
		     (cells.n == 0 || estimate(&r->var, cells.cell, cells.n, y,
					       &x->how, list, cov, e));
		ok = ok && stats_put(r, x, x->of.name[j], &cells, list, e);
		if (ok && cov) {
			stats_write_matrix(&m.w, x->of.name[j], cov, cells.n,
					   cells.n);
			m.some = true;
		}
	}
	return matrices_end(&m, r, x, e) && ok;
}

static bool run_mean(struct spec_run *r, const struct spec_estimate *x,
		     struct err *e)
{
	return each_variable(r, x, est_mean, e);
}

/* Without "of": the size of the population. */
static bool run_size(struct spec_run *r, const struct spec_estimate *x,
		     struct err *e)
{
	size_t n = r->frame->rows;
	double *one = spec_memory(r, n, sizeof *one, e);
	struct spec_cells cells;
	struct est *list;

	for (size_t i = 0; one && i < n; i++)
		one[i] = 1;
	if (!one || !spec_cells(r, x, &cells, e))
		return false;
	list = stats_list(r, cells.n, e);
	return list &&
	       (cells.n == 0 || est_total(&r->var, cells.cell, cells.n, one,
					  &x->how, list, NULL, e)) &&
	       stats_put(r, x, "1", &cells, list, e);
}

static bool run_total(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	return x->of.n == 0 ? run_size(r, x, e)
			    : each_variable(r, x, est_total, e);
}

static bool run_ratio(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	const struct plain *own = x->own;
	const double *num = spec_numbers(r, x->of.name[0], e);
	const double *den = num ? spec_numbers(r, x->of.name[1], e) : NULL;
	const char *of =
		arena_printf(r->a, "%s/%s", x->of.name[0], x->of.name[1]);
	struct spec_cells cells;
	struct matrices m;
	double *cov = NULL;
	struct est *list;
	bool ok;

	if (!den || !spec_cells(r, x, &cells, e))
		return false;
	list = stats_list(r, cells.n, e);
	if (list && own->cov)
		cov = cov_room(r, x, cells.n, e);
	if (!list || (own->cov && !cov))
		return false;
	ok = cells.n == 0 || est_ratio(&r->var, cells.cell, cells.n, num, den,
				       &x->how, list, cov, e);
	ok = ok && stats_put(r, x, of, &cells, list, e);
	if (!ok || !cov)
		return ok;
	matrices_begin(&m);
	m.some = true;
	stats_write_matrix(&m.w, of ? of : "ratio", cov, cells.n, cells.n);
	return matrices_end(&m, r, x, e);
}

static bool run_variance(struct spec_run *r, const struct spec_estimate *x,
			 struct err *e)
{
	struct spec_cells cells;
	struct est *list;

	if (!spec_cells(r, x, &cells, e))
		return false;
	list = stats_list(r, cells.n, e);
	if (!list)
		return false;
	for (size_t j = 0; j < x->of.n; j++) {
		const double *y = spec_numbers(r, x->of.name[j], e);

		if (!y ||
		    (cells.n > 0 && !est_variance(&r->var, cells.cell, cells.n,
						  y, &x->how, list, e)))
			return false;
		for (size_t i = 0; i < cells.n; i++) {
			struct est_extra sd = { "sd", sqrt(list[i].value) };

			if (!stats_put_extra(r, x, x->of.name[j], x->by,
					     cells.key[i], &list[i], &sd, 1, e))
				return false;
		}
	}
	return true;
}

/* ---- proportions ------------------------------------------------------ */

struct shares {
	struct spec_where **is; /* [of.n]; NULL: columns of 0 and 1 */
};

/* {"is": condition} for one column as a "where" of its own. */
static struct spec_where *condition(struct spec_parse *p, const cJSON *is,
				    const char *path, const char *column)
{
	cJSON *outer = cJSON_CreateObject(), *inner = cJSON_CreateObject();
	struct spec_where *w = NULL;

	if (outer && inner &&
	    cJSON_AddItemReferenceToObject(inner, column,
					   (cJSON *)(uintptr_t)is) &&
	    cJSON_AddItemToObject(outer, "is", inner)) {
		inner = NULL;
		w = spec_where(p, outer, path, "is");
	}
	cJSON_Delete(inner);
	cJSON_Delete(outer);
	return w;
}

static void *parse_proportion(struct spec_parse *p, const cJSON *node,
			      struct spec_estimate *x)
{
	static const char *const keys[] = { "is", NULL };
	const cJSON *is = json_get(node, "is");
	struct shares *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", is ? 0 : FRAME_NUMBER,
				  1, LIMIT_FRAME_COLUMNS, &x->of))
		return NULL;
	if (!is)
		return own;
	own->is = arena_array(p->a, x->of.n, sizeof(struct spec_where *));
	for (size_t j = 0; own->is && j < x->of.n; j++)
		own->is[j] = condition(p, is, x->path, x->of.name[j]);
	return own;
}

static const double *indicator(struct spec_run *r,
			       const struct spec_estimate *x, size_t j,
			       struct err *e)
{
	const struct shares *own = x->own;
	size_t n = r->frame->rows;
	const double *y;
	double *made;

	if (own->is) {
		made = spec_memory(r, n, sizeof *made, e);
		if (made)
			spec_where_indicate(own->is[j], r->frame, made);
		return made;
	}
	y = spec_numbers(r, x->of.name[j], e);
	for (size_t i = 0; y && i < n; i++)
		if (!isnan(y[i]) && y[i] != 0 && y[i] != 1) {
			(void)err_set(e, ERR_INPUT,
				      "cột \"%.64s\" có giá trị %g: tỷ lệ cần "
				      "0/1 hoặc \"is\" (a proportion needs "
				      "values 0 and 1, or \"is\")",
				      x->of.name[j], y[i]);
			return NULL;
		}
	return y;
}

static bool run_proportion(struct spec_run *r, const struct spec_estimate *x,
			   struct err *e)
{
	struct spec_cells cells;
	struct est *list;

	if (!spec_cells(r, x, &cells, e))
		return false;
	list = stats_list(r, cells.n, e);
	for (size_t j = 0; list && j < x->of.n; j++) {
		const double *y = indicator(r, x, j, e);

		if (!y ||
		    (cells.n > 0 &&
		     !est_proportion(&r->var, cells.cell, cells.n, y, &x->how,
				     list, NULL, e)) ||
		    !stats_put(r, x, x->of.name[j], &cells, list, e))
			return false;
	}
	return list != NULL;
}

/* Every value of a column with its share. */
static void *parse_distribution(struct spec_parse *p, const cJSON *node,
				struct spec_estimate *x)
{
	spec_known_estimate(p, node, x->path, NULL);
	return spec_columns(p, node, x->path, "of", FRAME_CODE, 1,
			    LIMIT_FRAME_COLUMNS, &x->of)
		       ? x
		       : NULL;
}

static bool run_levels(struct spec_run *r, const struct spec_estimate *x,
		       const char *name, const struct spec_cells *cells,
		       struct est *list, struct err *e)
{
	size_t n = r->frame->rows, levels = 0;
	const char *const *level;
	const uint32_t *code = spec_codes(r, name, &level, &levels, e);
	double *y = code ? spec_memory(r, n, sizeof *y, e) : NULL;
	uint32_t *cell = y ? spec_memory(r, n, sizeof *cell, e) : NULL;

	if (levels > 200)
		return err_set(e, ERR_INPUT,
			       "cột \"%.64s\" có %zu giá trị, nhiều nhất 200 "
			       "(it has %zu values, 200 at most)",
			       name, levels, levels);
	for (size_t i = 0; cell && i < n; i++)
		cell[i] = code[i] == FRAME_NONE ? SURVEY_NONE : cells->cell[i];
	for (size_t l = 0; cell && l < levels; l++) {
		for (size_t i = 0; i < n; i++)
			y[i] = code[i] == l;
		if ((cells->n > 0 && !est_share(&r->var, cell, cells->n, y,
						&x->how, list, NULL, e)) ||
		    !stats_put(r, x,
			       arena_printf(r->a, "%s=%s", name, level[l]),
			       cells, list, e))
			return false;
	}
	return cell != NULL;
}

static bool run_distribution(struct spec_run *r, const struct spec_estimate *x,
			     struct err *e)
{
	struct spec_cells cells;
	struct est *list;
	bool ok = spec_cells(r, x, &cells, e);

	list = ok ? stats_list(r, cells.n, e) : NULL;
	for (size_t j = 0; list && ok && j < x->of.n; j++)
		ok = run_levels(r, x, x->of.name[j], &cells, list, e);
	return list && ok;
}

/* ---- quantiles -------------------------------------------------------- */

struct quantiles {
	double *p;
	size_t n;
	enum est_rule rule;
};

static void *parse_quantile(struct spec_parse *p, const cJSON *node,
			    struct spec_estimate *x)
{
	static const char *const keys[] = { "p", "rule", NULL };
	static const char *const rules[] = { "math", "school", "hf7" };
	const cJSON *list = json_get(node, "p");
	size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
	struct quantiles *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", FRAME_NUMBER, 1,
				  LIMIT_FRAME_COLUMNS, &x->of))
		return NULL;
	own->rule = (enum est_rule)spec_word(p, node, x->path, "rule", rules, 3,
					     EST_MATH);
	own->p = arena_array(p->a, n + 1, sizeof *own->p);
	for (size_t i = 0; own->p && i < n; i++) {
		const cJSON *v = cJSON_GetArrayItem(list, (int)i);

		if (cJSON_IsNumber(v) && v->valuedouble > 0 &&
		    v->valuedouble < 1)
			own->p[own->n++] = v->valuedouble;
	}
	if (own->n == 0 || own->n != n || n > 100)
		spec_fault(p, list ? "E05" : "E03", x->path, "p",
			   "1 to 100 numbers between 0 and 1",
			   "từ 1 đến 100 số giữa 0 và 1");
	return own;
}

static bool put_quantiles(struct spec_run *r, const struct spec_estimate *x,
			  const char *of, const char *const *key,
			  const struct est *base, const struct est_quantile *q,
			  struct err *e)
{
	const struct quantiles *own = x->own;

	for (size_t k = 0; k < own->n; k++) {
		struct est_extra p = { "p", own->p[k] };
		struct est v = *base;

		v.value = q[k].q;
		v.se = q[k].se;
		v.cv = v.value != 0 ? v.se / fabs(v.value) : (double)NAN;
		v.ci_l = q[k].ci_l;
		v.ci_u = q[k].ci_u;
		if (!stats_put_extra(r, x, of, x->by, key, &v, &p, 1, e))
			return false;
	}
	return true;
}

static bool run_quantile(struct spec_run *r, const struct spec_estimate *x,
			 struct err *e)
{
	const struct quantiles *own = x->own;
	size_t n = r->frame->rows;
	struct est_quantile q[100];
	struct spec_cells cells;
	uint32_t *mask;
	struct est base;

	if (!spec_cells(r, x, &cells, e))
		return false;
	mask = spec_memory(r, n, sizeof *mask, e);
	for (size_t j = 0; mask && j < x->of.n; j++) {
		const double *y = spec_numbers(r, x->of.name[j], e);

		for (size_t c = 0; y && c < cells.n; c++) {
			stats_mask(cells.cell, n, (uint32_t)c, mask);
			if (!est_quantile(&r->var, mask, y, own->p, own->n,
					  own->rule, &x->how, &base, q, e) ||
			    !put_quantiles(r, x, x->of.name[j], cells.key[c],
					   &base, q, e))
				return false;
		}
		if (!y)
			return false;
	}
	return mask != NULL;
}

static const struct stat_def defs[] = {
	{ "mean", parse_mean, run_mean },
	{ "total", parse_total, run_total },
	{ "ratio", parse_ratio, run_ratio },
	{ "variance", parse_mean, run_variance },
	{ "proportion", parse_proportion, run_proportion },
	{ "distribution", parse_distribution, run_distribution },
	{ "quantile", parse_quantile, run_quantile },
};
const struct stat_set stats_base = { defs, sizeof defs / sizeof defs[0] };
