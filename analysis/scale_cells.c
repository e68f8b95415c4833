/* Items, weights and room of the statistics of scale quality. */
#include <math.h>
#include <string.h>

#include "phieu/factor.h"
#include "phieu/polychoric.h"
#include "scale_parts.h"

/* ---- the specification ------------------------------------------------ */

static bool is_among(const struct spec_names *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->name[i] && strcmp(list->name[i], name) == 0)
			return true;
	return false;
}

static void parse_reverse(struct spec_parse *p, const cJSON *node,
			  struct spec_estimate *x, struct scale_spec *own)
{
	const cJSON *range = json_get(node, "range");
	const cJSON *low = cJSON_GetArrayItem(range, 0);
	const cJSON *high = cJSON_GetArrayItem(range, 1);

	if (!spec_columns(p, node, x->path, "reverse", FRAME_NUMBER, 0,
			  SCALE_ITEMS_MAX, &own->reverse))
		return;
	for (size_t i = 0; i < own->reverse.n; i++)
		if (!is_among(&x->of, own->reverse.name[i]))
			spec_fault(p, "E05", x->path, "reverse",
				   "names items of \"of\" only",
				   "chỉ được nêu câu có trong \"of\"");
	if (own->reverse.n == 0 && !range)
		return;
	if (!cJSON_IsNumber(low) || !cJSON_IsNumber(high) ||
	    cJSON_GetArraySize(range) != 2 ||
	    !(low->valuedouble < high->valuedouble)) {
		spec_fault(p, range ? "E05" : "E03", x->path, "range",
			   "[lowest, highest] answer, to turn items",
			   "cần [mức thấp nhất, mức cao nhất] để đảo câu");
		return;
	}
	own->low = low->valuedouble;
	own->high = high->valuedouble;
}

struct scale_spec *scale_parse(struct spec_parse *p, const cJSON *node,
			       struct spec_estimate *x, size_t least,
			       const char *const *keys)
{
	struct scale_spec *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", FRAME_NUMBER, least,
				  SCALE_ITEMS_MAX, &x->of))
		return NULL;
	parse_reverse(p, node, x, own);
	return own;
}

/* ---- columns ---------------------------------------------------------- */

const double *const *scale_columns(struct spec_run *r,
				   const struct spec_estimate *x, struct err *e)
{
	const struct scale_spec *own = x->own;
	size_t n = r->frame->rows;
	const double **list = spec_memory(r, x->of.n, sizeof *list, e);

	for (size_t j = 0; list && j < x->of.n; j++) {
		const double *y = spec_numbers(r, x->of.name[j], e);
		double *turned = NULL;

		if (y && is_among(&own->reverse, x->of.name[j])) {
			turned = spec_memory(r, n, sizeof *turned, e);
			for (size_t i = 0; turned && i < n; i++)
				turned[i] = own->low + own->high - y[i];
			y = turned;
		}
		if (!y)
			return NULL;
		list[j] = y;
	}
	return list;
}

bool scale_cell_init(struct spec_run *r, const struct spec_estimate *x,
		     struct scale_cell *c, struct err *e)
{
	const struct scale_spec *own = x->own;
	size_t k = x->of.n, n = r->frame->rows;
	size_t work = FACTOR_ML_WORK(k) + FACTOR_OBLIMIN_WORK(k, k) +
		      FACTOR_PARALLEL_WORK(k, own->draws);
	double *room;

	*c = (struct scale_cell){ .k = k };
	c->d = (struct items){ .k = k, .n = n, .w = r->design->weight };
	c->d.x = scale_columns(r, x, e);
	c->in = c->d.x ? spec_memory(r, n, 1, e) : NULL;
	c->m.sum = c->in ? spec_memory(r, k * k, sizeof *c->m.sum, e) : NULL;
	room = c->m.sum ? spec_memory(r, 6 * k + 4 * k * k + work, sizeof *room,
				      e)
			: NULL;
	c->table = room ? spec_memory(r,
				      (size_t)POLYCHORIC_LEVELS_MAX *
					      (POLYCHORIC_LEVELS_MAX + 2),
				      sizeof *room, e)
			: NULL;
	if (!c->table)
		return false;
	c->mask = spec_memory(r, n, sizeof *c->mask, e);
	if (!c->mask)
		return false;
	c->d.in = c->in;
	c->m.mean = room;
	c->values = room + k;
	c->list = room + 2 * k;
	c->m.cov = room + 6 * k;
	c->r = c->m.cov + k * k;
	c->loadings = c->r + k * k;
	c->phi = c->loadings + k * k;
	c->work = c->phi + k * k;
	return true;
}

bool scale_moments(struct spec_run *r, const struct spec_estimate *x,
		   const struct spec_cells *cells, size_t cell,
		   struct scale_cell *c, struct err *e)
{
	size_t constant;

	for (size_t i = 0; i < r->frame->rows; i++)
		c->in[i] = cells->cell[i] == cell;
	if (!moments_listwise(&c->d, &c->m, e))
		return false;
	for (size_t i = 0; i < r->frame->rows; i++)
		c->mask[i] = moments_row(&c->d, i) ? 0 : SURVEY_NONE;
	c->base = survey_base_of(r->design, c->mask);
	constant = moments_constant(c->k, c->m.mean, c->m.cov);
	if (constant < c->k)
		return err_set(e, ERR_MATH,
			       "câu \"%.40s\" chỉ có một giá trị (item "
			       "\"%.40s\" does not vary)",
			       x->of.name[constant], x->of.name[constant]);
	return true;
}

double scale_sign(const struct spec_estimate *x, size_t i, size_t j)
{
	const struct scale_spec *own = x->own;

	return is_among(&own->reverse, x->of.name[i]) !=
			       is_among(&own->reverse, x->of.name[j])
		       ? -1
		       : 1;
}

/* rho of items i and j over the rows of the cell that have both. */
static bool one_polychoric(struct spec_run *r, const struct spec_estimate *x,
			   const struct scale_cell *c, size_t i, size_t j,
			   double *room, double *rho, struct err *e)
{
	const size_t most = POLYCHORIC_LEVELS_MAX;
	double *table = room;
	struct polychoric p = { .threshold_a = room + most * most,
				.threshold_b = room + most * most + most };
	const char *const *level;
	size_t rows = 0, columns = 0;
	const uint32_t *a = spec_codes(r, x->of.name[i], &level, &rows, e);
	const uint32_t *b =
		a ? spec_codes(r, x->of.name[j], &level, &columns, e) : NULL;

	if (!b)
		return false;
	if (rows <= most && columns <= most) {
		memset(table, 0, most * most * sizeof *table);
		for (size_t t = 0; t < c->d.n; t++)
			if (c->in[t] && a[t] < rows && b[t] < columns)
				table[a[t] * columns + b[t]] +=
					r->design->weight[t];
	} /* else polychoric_fit refuses */
	if (!polychoric_fit(table, rows, columns, 1, &p, e))
		return err_wrap(e, "%.40s, %.40s", x->of.name[i],
				x->of.name[j]);
	*rho = p.rho * scale_sign(x, i, j);
	return true;
}

bool scale_correlations(struct spec_run *r, const struct spec_estimate *x,
			struct scale_cell *c, struct err *e)
{
	const struct scale_spec *own = x->own;
	size_t k = c->k;

	if (own->matrix == SCALE_PEARSON && !own->pairwise)
		return moments_correlation(k, c->m.cov, c->r, e);
	if (own->matrix == SCALE_PEARSON)
		return moments_pairwise(&c->d, c->r, NULL, e) &&
		       moments_correlation(k, c->r, c->r, e);
	for (size_t i = 0; i < k; i++) {
		c->r[i * k + i] = 1;
		for (size_t j = 0; j < i; j++) {
			double rho = 0;

			if (!one_polychoric(r, x, c, i, j, c->table, &rho, e))
				return false;
			c->r[i * k + j] = c->r[j * k + i] = rho;
		}
	}
	return true;
}

struct est scale_value(const struct scale_cell *c, double value)
{
	struct est x = stats_nothing;

	x.n = c->m.n;
	x.psu = c->base.units;
	x.strata = c->base.strata;
	x.df = c->base.df;
	x.sum_w = c->m.sum_w;
	x.value = value;
	return x;
}

/* ---- details ---------------------------------------------------------- */

bool scale_forgive(struct spec_run *r, const struct spec_estimate *x,
		   const struct err *own, struct err *e)
{
	if (own->kind != ERR_INPUT && own->kind != ERR_MATH) {
		*e = *own;
		return false;
	}
	spec_warn(r, own->kind == ERR_INPUT ? "W11" : "W12", x->path,
		  arena_strdup(r->a, own->msg), arena_strdup(r->a, own->msg));
	r->out->failed++;
	return true;
}

static bool one_cell(struct spec_run *r, const struct spec_estimate *x,
		     const struct spec_cells *cells, size_t cell,
		     struct scale_cell *c, scale_run *run, struct jw *w,
		     struct err *e)
{
	struct err own = { 0 };
	bool ok;

	jw_object(w);
	stats_write_key(w, x, cells->key[cell]);
	ok = scale_moments(r, x, cells, cell, c, &own);
	if (ok) {
		jw_ki(w, "n", (int64_t)c->m.n);
		jw_kd(w, "sum_w", c->m.sum_w);
		ok = run(r, x, cells, cell, c, w, &own);
	}
	jw_object_end(w);
	return ok || scale_forgive(r, x, &own, e);
}

bool scale_each(struct spec_run *r, const struct spec_estimate *x,
		const struct spec_cells *cells, scale_run *run, struct err *e)
{
	struct buf b = BUF_INIT((size_t)256 << 20);
	struct scale_cell c;
	struct jw w;
	bool ok = scale_cell_init(r, x, &c, e);

	jw_init(&w, &b);
	jw_object(&w);
	jw_key(&w, "items");
	jw_array(&w);
	for (size_t j = 0; j < x->of.n; j++)
		jw_text(&w, x->of.name[j]);
	jw_array_end(&w);
	jw_key(&w, "cells");
	jw_array(&w);
	for (size_t i = 0; ok && i < cells->n; i++)
		ok = one_cell(r, x, cells, i, &c, run, &w, e);
	jw_array_end(&w);
	jw_object_end(&w);
	ok = ok && spec_detail(r, x, &b, e);
	buf_free(&b);
	return ok;
}
