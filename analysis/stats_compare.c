#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "spec_parts.h"
#include "stats_parts.h"

#define MOST_VECTOR ((size_t)500)

static bool enough_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, "out of memory");
}

/* ---- several means with their covariance, contrasts ------------------- */

struct vector {
	double *c; /* contrast, [of.n]; NULL: the means themselves */
};

static double *read_list(struct spec_parse *p, const cJSON *node,
			 const char *path, const char *key, size_t n)
{
	const cJSON *list = json_get(node, key);
	double *c = arena_array(p->a, n + 1, sizeof *c);
	bool ok = cJSON_IsArray(list) && (size_t)cJSON_GetArraySize(list) == n;

	for (size_t i = 0; c && ok && i < n; i++) {
		const cJSON *v = cJSON_GetArrayItem(list, (int)i);

		ok = cJSON_IsNumber(v) && isfinite(v->valuedouble);
		c[i] = ok ? v->valuedouble : 0;
	}
	if (!ok)
		spec_fault(p, list ? "E04" : "E03", path, key,
			   "a number for each column", "mỗi cột một số");
	return c;
}

static void *parse_means(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	struct vector *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, NULL);
	return own && spec_columns(p, node, x->path, "of", FRAME_NUMBER, 1,
				   MOST_VECTOR, &x->of)
		       ? own
		       : NULL;
}

static void *parse_contrast(struct spec_parse *p, const cJSON *node,
			    struct spec_estimate *x)
{
	static const char *const keys[] = { "weights", NULL };
	struct vector *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", FRAME_NUMBER, 1,
				  MOST_VECTOR, &x->of))
		return NULL;
	own->c = read_list(p, node, x->path, "weights", x->of.n);
	return own;
}

/* A linear contrast of results with their covariance, as a result. */
static struct est contrast_of(const double *c, const struct est *list,
			      const double *cov, size_t k,
			      const struct est_how *how, struct est_test *t,
			      double *theta)
{
	struct est out = list[0];
	double var;

	for (size_t i = 0; i < k; i++)
		theta[i] = list[i].value;
	est_contrast(c, theta, cov, k, &out.value, &var);
	out.se = isnan(var) ? (double)NAN : sqrt(fmax(var, 0));
	out.cv = out.value != 0 ? out.se / fabs(out.value) : (double)NAN;
	out.deff = out.deff_replace = NAN;
	est_t_test(out.value, out.se,
		   (double)(how->design_df ? out.df_design : out.df),
		   how->level, t);
	out.ci_l = t->ci_l;
	out.ci_u = t->ci_u;
	return out;
}

static bool put_vector(struct spec_run *r, const struct spec_estimate *x,
		       const char *const *key, const struct est *list,
		       const double *cov, double *theta, struct err *e)
{
	const struct vector *own = x->own;
	size_t k = x->of.n;
	struct est_test t;
	struct est one;

	if (own->c) {
		one = contrast_of(own->c, list, cov, k, &x->how, &t, theta);
		struct est_extra extra[] = { { "t", t.t }, { "p", t.p } };

		return stats_put_extra(r, x, x->name, x->by, key, &one, extra,
				       2, e);
	}
	for (size_t j = 0; j < k; j++)
		if (!stats_put_extra(r, x, x->of.name[j], x->by, key, &list[j],
				     NULL, 0, e))
			return false;
	return true;
}

static bool write_cov(struct spec_run *r, const struct spec_estimate *x,
		      const double *cov, size_t k, size_t cells, struct err *e)
{
	struct buf b = BUF_INIT((size_t)256 << 20);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	jw_key(&w, "cov");
	jw_array(&w);
	for (size_t c = 0; c < cells; c++) {
		jw_array(&w);
		for (size_t i = 0; i < k; i++) {
			jw_array(&w);
			for (size_t j = 0; j < k; j++)
				jw_double(&w, cov[(c * k + i) * k + j]);
			jw_array_end(&w);
		}
		jw_array_end(&w);
	}
	jw_array_end(&w);
	jw_object_end(&w);
	ok = spec_detail(r, x, &b, e);
	buf_free(&b);
	return ok;
}

static const double **all_numbers(struct spec_run *r,
				  const struct spec_names *of, struct err *e)
{
	const double **y = arena_array(r->a, of->n + 1, sizeof(double *));

	if (!y) {
		(void)enough_memory(e);
		return NULL;
	}
	for (size_t j = 0; j < of->n; j++) {
		y[j] = spec_numbers(r, of->name[j], e);
		if (!y[j])
			return NULL;
	}
	return y;
}

/* Rows complete on all variables, cell by cell. */
static bool run_vector(struct spec_run *r, const struct spec_estimate *x,
		       struct err *e)
{
	size_t n = r->frame->rows, k = x->of.n;
	const double **y = all_numbers(r, &x->of, e);
	struct est *list = y ? stats_list(r, k, e) : NULL;
	double *theta = list ? spec_memory(r, k, sizeof *theta, e) : NULL;
	uint32_t *mask = theta ? spec_memory(r, n, sizeof *mask, e) : NULL;
	struct spec_cells cells;
	double *cov;
	bool ok;

	if (!mask || !spec_cells(r, x, &cells, e))
		return false;
	cov = spec_memory(r, (cells.n + 1) * k * k, sizeof *cov, e);
	ok = cov != NULL;
	for (size_t c = 0; ok && c < cells.n; c++) {
		stats_mask(cells.cell, n, (uint32_t)c, mask);
		ok = est_mean_vector(&r->var, mask, y, k, &x->how, list,
				     cov + c * k * k, e) &&
		     put_vector(r, x, cells.key[c], list, cov + c * k * k,
				theta, e);
	}
	return ok && write_cov(r, x, cov, k, cells.n, e);
}

/* ---- shares of answers, element by element ---------------------------- */

struct element {
	const char *name;
	struct spec_names items;
};

struct share {
	struct element *list;
	size_t n;
	double min, max;
};

static void *parse_share(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	static const char *const keys[] = { "elements", "min", "max", NULL };
	const cJSON *elements = json_get(node, "elements");
	struct share *own = arena_alloc(p->a, sizeof *own);
	size_t n = 1;

	spec_known_estimate(p, node, x->path, keys);
	if (!own)
		return NULL;
	if ((elements != NULL) == (json_get(node, "of") != NULL)) {
		spec_fault(p, elements ? "E07" : "E03", x->path, "of",
			   "either \"of\" or \"elements\"",
			   "cần một trong hai: \"of\" hoặc \"elements\"");
		return NULL;
	}
	if (!json_get(node, "min") && !json_get(node, "max"))
		spec_fault(p, "E03", x->path, "min", "min or max is missing",
			   "cần min hoặc max");
	own->min =
		spec_number(p, node, x->path, "min", -1e300, 1e300, -INFINITY);
	own->max =
		spec_number(p, node, x->path, "max", -1e300, 1e300, INFINITY);
	if (elements)
		n = cJSON_IsObject(elements)
			    ? (size_t)cJSON_GetArraySize(elements)
			    : 0;
	if (n == 0 || n > MOST_VECTOR) {
		spec_fault(p, "E05", x->path, "elements",
			   "an object {name: [columns]}",
			   "đối tượng {tên: [cột]}");
		return NULL;
	}
	own->list = arena_array(p->a, n, sizeof *own->list);
	for (size_t i = 0; own->list && i < n; i++) {
		const cJSON *one =
			elements ? cJSON_GetArrayItem(elements, (int)i) : NULL;
		const cJSON *from = elements ? elements : node;
		const char *key = one ? one->string : "of";
		const char *path =
			one ? spec_path(p, x->path, "elements") : x->path;

		own->list[i].name = arena_strdup(p->a, one ? key : x->name);
		if (!spec_columns(p, from, path, key, FRAME_NUMBER, 1, 500,
				  &own->list[i].items))
			return NULL;
		own->n++;
	}
	return own;
}

/* Answers within min..max and answers at all, a row. */
static bool count_answers(struct spec_run *r, const struct share *own,
			  const struct element *x, double **num, double **den,
			  struct err *e)
{
	size_t n = r->frame->rows;

	*num = spec_memory(r, n, sizeof **num, e);
	*den = *num ? spec_memory(r, n, sizeof **den, e) : NULL;
	for (size_t k = 0; *den && k < x->items.n; k++) {
		const struct frame_column *c =
			frame_get(r->frame, x->items.name[k]);

		for (size_t i = 0; i < n; i++) {
			double v = frame_number(c, i);

			if (isnan(v))
				continue;
			(*den)[i] += 1;
			(*num)[i] += v >= own->min && v <= own->max ? 1 : 0;
		}
	}
	return *den != NULL;
}

static double unweighted(const double *num, const double *den,
			 const uint32_t *mask, size_t n)
{
	double a = 0, b = 0;

	for (size_t i = 0; i < n; i++)
		if (mask[i] != SURVEY_NONE) {
			a += num[i];
			b += den[i];
		}
	return b > 0 ? a / b : (double)NAN;
}

struct share_work {
	double **num, **den, *equal, *theta, *cov;
	struct est *list;
	uint32_t *mask;
};

static bool share_init(struct spec_run *r, const struct share *own,
		       struct share_work *w, struct err *e)
{
	size_t k = own->n;

	w->num = spec_memory(r, k, sizeof(double *), e);
	w->den = w->num ? spec_memory(r, k, sizeof(double *), e) : NULL;
	w->equal = w->den ? spec_memory(r, k, sizeof(double), e) : NULL;
	w->theta = w->equal ? spec_memory(r, k, sizeof(double), e) : NULL;
	w->cov = w->theta ? spec_memory(r, k * k, sizeof(double), e) : NULL;
	w->list = w->cov ? stats_list(r, k, e) : NULL;
	w->mask = w->list ? spec_memory(r, r->frame->rows, sizeof *w->mask, e)
			  : NULL;
	for (size_t j = 0; w->mask && j < k; j++) {
		w->equal[j] = 1 / (double)k;
		if (!count_answers(r, own, &own->list[j], &w->num[j],
				   &w->den[j], e))
			return false;
	}
	return w->mask != NULL;
}

static bool put_shares(struct spec_run *r, const struct spec_estimate *x,
		       const struct share_work *w, const char *const *key,
		       struct err *e)
{
	const struct share *own = x->own;
	size_t k = own->n;
	struct est_test t;
	struct est mean;

	for (size_t j = 0; j < k; j++) {
		struct est_extra plain = {
			"unweighted", unweighted(w->num[j], w->den[j], w->mask,
						 r->frame->rows)
		};

		if (!stats_put_extra(r, x, own->list[j].name, x->by, key,
				     &w->list[j], &plain, 1, e))
			return false;
	}
	if (k == 1)
		return true;
	mean = contrast_of(w->equal, w->list, w->cov, k, &x->how, &t, w->theta);
	return stats_put_extra(r, x, "mean of elements", x->by, key, &mean,
			       NULL, 0, e);
}

static bool run_share(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	const struct share *own = x->own;
	struct share_work w = { 0 };
	struct spec_cells cells;

	if (!share_init(r, own, &w, e) || !spec_cells(r, x, &cells, e))
		return false;
	for (size_t c = 0; c < cells.n; c++) {
		stats_mask(cells.cell, r->frame->rows, (uint32_t)c, w.mask);
		if (!est_ratio_vector(&r->var, w.mask,
				      (const double *const *)w.num,
				      (const double *const *)w.den, own->n,
				      &x->how, w.list, w.cov, e) ||
		    !put_shares(r, x, &w, cells.key[c], e))
			return false;
	}
	return true;
}

/* ---- change between two values of a column ---------------------------- */

struct change {
	const char *column, *from, *to;
	bool independent;
};

static void *parse_change(struct spec_parse *p, const cJSON *node,
			  struct spec_estimate *x)
{
	static const char *const keys[] = { "between", "values", "independent",
					    NULL };
	const cJSON *values = json_get(node, "values");
	struct change *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", FRAME_NUMBER, 1,
				  MOST_VECTOR, &x->of))
		return NULL;
	own->column = spec_column(p, json_get(node, "between"), x->path,
				  "between", FRAME_CODE);
	own->independent = spec_bool(p, node, x->path, "independent", false);
	if (!cJSON_IsArray(values) || cJSON_GetArraySize(values) != 2 ||
	    !cJSON_IsString(values->child) ||
	    !cJSON_IsString(values->child->next)) {
		spec_fault(p, values ? "E04" : "E03", x->path, "values",
			   "two texts: [before, after]",
			   "hai chữ: [trước, sau]");
		return NULL;
	}
	own->from = arena_strdup(p->a, values->child->valuestring);
	own->to = arena_strdup(p->a, values->child->next->valuestring);
	return own;
}

struct change_work {
	struct spec_cells cells;
	uint32_t *two;		  /* [rows] 2 * cell + (0 before, 1 after) */
	uint32_t *block;	  /* [2 * cells] cell */
	struct est *list;	  /* [2 * cells] */
	double *cov;		  /* [2 * cells]^2 */
	uint32_t *own;		  /* two, rows with a value */
	struct survey_base *base; /* [cells] of both together */
	size_t *both;		  /* [cells] units with rows before and after */
};

static bool split(struct spec_run *r, const struct spec_estimate *x,
		  struct change_work *w, struct err *e)
{
	const struct change *own = x->own;
	size_t n = r->frame->rows, levels = 0, k;
	const char *const *level = NULL;
	const uint32_t *code = spec_codes(r, own->column, &level, &levels, e);
	uint32_t from = FRAME_NONE, to = FRAME_NONE;

	if (!code || !spec_cells(r, x, &w->cells, e))
		return false;
	for (size_t l = 0; l < levels; l++) {
		if (strcmp(level[l], own->from) == 0)
			from = (uint32_t)l;
		if (strcmp(level[l], own->to) == 0)
			to = (uint32_t)l;
	}
	if (from == FRAME_NONE || to == FRAME_NONE || from == to)
		return err_set(e, ERR_INPUT,
			       "cột \"%.64s\" không có hai giá trị khác nhau "
			       "\"%.40s\" và \"%.40s\" (the column lacks two "
			       "such values)",
			       own->column, own->from, own->to);
	k = w->cells.n;
	w->two = spec_memory(r, n, sizeof *w->two, e);
	w->own = w->two ? spec_memory(r, n, sizeof *w->own, e) : NULL;
	w->block = w->own ? spec_memory(r, 2 * k, sizeof *w->block, e) : NULL;
	w->list = w->block ? stats_list(r, 2 * k, e) : NULL;
	w->cov = w->list ? spec_memory(r, 4 * k * k, sizeof *w->cov, e) : NULL;
	w->base = w->cov ? spec_memory(r, k, sizeof *w->base, e) : NULL;
	w->both = w->base ? spec_memory(r, k, sizeof *w->both, e) : NULL;
	for (size_t i = 0; w->both && i < n; i++)
		w->two[i] = w->cells.cell[i] == SURVEY_NONE ||
					    (code[i] != from && code[i] != to)
				    ? SURVEY_NONE
				    : 2 * w->cells.cell[i] + (code[i] == to);
	for (size_t i = 0; w->both && i < 2 * k; i++)
		w->block[i] = (uint32_t)(i / 2);
	return w->both != NULL;
}

/* First-stage units with a row on either side. */
static bool count_both(struct spec_run *r, const struct survey_design *d,
		       struct change_work *w, struct err *e)
{
	size_t k = w->cells.n;
	uint32_t *last = spec_memory(r, 3 * k, sizeof *last, e);

	if (!last)
		return false;
	memset(w->both, 0, k * sizeof *w->both);
	for (size_t i = 0; i < d->n; i++) {
		uint32_t row = d->order[i], c = w->own[row];
		uint32_t unit = d->row_unit[row] + 1;

		if (c == SURVEY_NONE || !(d->weight[row] > 0))
			continue;
		last[c] = unit;
		if (last[c ^ 1] == unit && last[2 * k + c / 2] != unit) {
			last[2 * k + c / 2] = unit;
			w->both[c / 2]++;
		}
	}
	return true;
}

static bool change_of(struct spec_run *r, const struct spec_estimate *x,
		      const double *y, const struct survey_var *v,
		      struct change_work *w, struct err *e)
{
	size_t k = w->cells.n;
	struct survey_stat s = { .n_cells = 2 * k,
				 .cell = w->own,
				 .n_blocks = k,
				 .block = w->block };

	if (k == 0)
		return true;
	if (k > 1000)
		return err_set(e, ERR_INPUT,
			       "%zu ô, nhiều nhất 1000 (%zu cells, 1000 at "
			       "most)",
			       k, k);
	est_cells(v->design->n, w->two, &y, 1, w->own);
	return est_mean(v, w->own, 2 * k, y, &x->how, w->list, w->cov, e) &&
	       survey_block_base(v->design, &s, w->base, e) &&
	       count_both(r, v->design, w, e);
}

static struct est difference(const struct spec_estimate *x,
			     const struct survey_var *v,
			     const struct change_work *w, size_t c,
			     struct est_test *t)
{
	const struct est *a = &w->list[2 * c], *b = a + 1;
	size_t p = 2 * w->cells.n, i = 2 * c;
	double var = w->cov[i * p + i] + w->cov[(i + 1) * p + i + 1] -
		     2 * w->cov[i * p + i + 1];
	struct est out = { .n = w->base[c].rows,
			   .psu = w->base[c].units,
			   .strata = w->base[c].strata,
			   .sum_w = w->base[c].sum_w,
			   .df = v->df > 0 ? v->df : w->base[c].df,
			   .df_design = a->df_design,
			   .value = b->value - a->value,
			   .deff = NAN,
			   .deff_replace = NAN };

	out.se = isnan(var) ? (double)NAN : sqrt(fmax(var, 0));
	out.cv = out.value != 0 ? out.se / fabs(out.value) : (double)NAN;
	est_t_test(out.value, out.se,
		   (double)(x->how.design_df ? out.df_design : out.df),
		   x->how.level, t);
	out.ci_l = t->ci_l;
	out.ci_u = t->ci_u;
	return out;
}

static bool put_changes(struct spec_run *r, const struct spec_estimate *x,
			const char *of, const struct survey_var *v,
			struct change_work *w, struct err *e)
{
	size_t k = w->cells.n, p2 = 2 * k;
	double *p = spec_memory(r, 3 * k, sizeof *p, e);
	struct est_test t;
	bool ok = p != NULL;

	for (size_t c = 0; ok && c < k; c++) {
		(void)difference(x, v, w, c, &t);
		p[c] = t.p;
	}
	ok = ok && est_p_holm(p, k, p + k, e) && est_p_bh(p, k, p + 2 * k, e);
	for (size_t c = 0; ok && c < k; c++) {
		struct est d = difference(x, v, w, c, &t);
		const struct est *a = &w->list[2 * c];
		struct est_extra extra[] = {
			{ "value1", a[0].value },
			{ "se1", a[0].se },
			{ "n1", (double)a[0].n },
			{ "value2", a[1].value },
			{ "se2", a[1].se },
			{ "n2", (double)a[1].n },
			{ "cov12", w->cov[2 * c * p2 + 2 * c + 1] },
			{ "n_psu_both", (double)w->both[c] },
			{ "t", t.t },
			{ "p", t.p },
			{ "p_holm", p[k + c] },
			{ "p_bh", p[2 * k + c] }
		};

		/* each side is shown: on a wave the smaller one decides
		 * whether the cell may be */
		if (r->spec->wave)
			d.psu = a[0].psu < a[1].psu ? a[0].psu : a[1].psu;
		ok = stats_put_extra(r, x, of, x->by, w->cells.key[c], &d,
				     extra, sizeof extra / sizeof extra[0], e);
	}
	return ok;
}

static bool run_change(struct spec_run *r, const struct spec_estimate *x,
		       struct err *e)
{
	const struct change *own = x->own;
	struct change_work w = { 0 };
	struct survey_var v = r->var;
	struct survey_design *apart = NULL;
	bool ok = split(r, x, &w, e);

	if (ok && own->independent && (v.residual || v.replicates))
		ok = err_set(e, ERR_INPUT,
			     "\"independent\" không dùng cùng hiệu chỉnh hay "
			     "trọng số lặp (not with calibrate or replicates)");
	if (ok && own->independent) {
		apart = spec_design(r, own->column, e);
		v = (struct survey_var){ .design = apart };
		ok = apart != NULL;
	}
	for (size_t j = 0; ok && j < x->of.n; j++) {
		const double *y = spec_numbers(r, x->of.name[j], e);

		ok = y && change_of(r, x, y, &v, &w, e) &&
		     put_changes(r, x, x->of.name[j], &v, &w, e);
	}
	survey_design_free(apart);
	return ok;
}

static const struct stat_def defs[] = {
	{ "means", parse_means, run_vector },
	{ "contrast", parse_contrast, run_vector },
	{ "share", parse_share, run_share },
	{ "change", parse_change, run_change },
};
const struct stat_set stats_compare = { defs, sizeof defs / sizeof defs[0] };
