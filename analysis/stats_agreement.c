/* kappa and icc: `phieu estimate`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/agreement.h"
#include "scale_parts.h"

/* ---- kappa ------------------------------------------------------------ */

#define LEVELS_MAX 60

struct kappa_spec {
	const char *level[LEVELS_MAX]; /* in order; none: those of the data */
	size_t n;
};

static void parse_levels(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x, struct kappa_spec *own)
{
	const cJSON *list = json_get(node, "levels"), *one;

	if (!list)
		return;
	cJSON_ArrayForEach(one, list)
	{
		if (own->n == LEVELS_MAX ||
		    !(cJSON_IsString(one) || cJSON_IsNumber(one)))
			break;
		own->level[own->n++] =
			cJSON_IsString(one)
				? arena_strdup(p->a, one->valuestring)
				: arena_printf(p->a, "%.15g", one->valuedouble);
	}
	if (one || !cJSON_IsArray(list) || own->n < 2)
		spec_fault(p, "E05", x->path, "levels",
			   "2 to 60 answers in their order",
			   "từ 2 đến 60 mức trả lời theo thứ tự");
}

static void *parse_kappa(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	static const char *const keys[] = { "levels", NULL };
	struct kappa_spec *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (!own ||
	    !spec_columns(p, node, x->path, "of", FRAME_CODE, 2, 2, &x->of))
		return NULL;
	parse_levels(p, node, x, own);
	return own;
}

static int by_level(const void *a, const void *b)
{
	const char *s = *(const char *const *)a, *t = *(const char *const *)b;
	char *end_s, *end_t;
	double x = strtod(s, &end_s), y = strtod(t, &end_t);

	if (*s != '\0' && *t != '\0' && *end_s == '\0' && *end_t == '\0' &&
	    x != y)
		return x < y ? -1 : 1;
	return strcmp(s, t);
}

static size_t find(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], s) == 0)
			return i;
	return n;
}

/* Levels that some row has, of both readings, in order. */
static bool union_of(struct kappa_spec *all, const char *const *level, size_t n,
		     const uint32_t *code, size_t rows, struct err *e)
{
	for (size_t l = 0; l < n; l++) {
		bool seen = false;

		for (size_t i = 0; i < rows && !seen; i++)
			seen = code[i] == l;
		if (!seen || find(all->level, all->n, level[l]) < all->n)
			continue;
		if (all->n == LEVELS_MAX)
			return err_set(e, ERR_INPUT,
				       "nhiều hơn %d mức trả lời (more than "
				       "%d answers: no kappa)",
				       LEVELS_MAX, LEVELS_MAX);
		all->level[all->n++] = level[l];
	}
	qsort(all->level, all->n, sizeof all->level[0], by_level);
	return true;
}

/* Codes of a reading by the common levels; a level that is not listed leaves
 * the row out. */
static uint32_t *recode(struct spec_run *r, const uint32_t *code,
			const char *const *level, size_t n,
			const struct kappa_spec *all, struct err *e)
{
	uint32_t *out = spec_memory(r, r->frame->rows, sizeof *out, e);
	uint32_t *to = out ? spec_memory(r, n, sizeof *to, e) : NULL;

	if (!to)
		return NULL;
	for (size_t l = 0; l < n; l++) {
		size_t at = find(all->level, all->n, level[l]);

		to[l] = at < all->n ? (uint32_t)at : SURVEY_NONE;
	}
	for (size_t i = 0; i < r->frame->rows; i++)
		out[i] = code[i] < n ? to[code[i]] : SURVEY_NONE;
	return out;
}

struct readings {
	struct kappa_spec all;
	const uint32_t *code[2];
};

static bool read_both(struct spec_run *r, const struct spec_estimate *x,
		      struct readings *b, struct err *e)
{
	const struct kappa_spec *own = x->own;
	const char *const *level[2];
	size_t n[2];

	*b = (struct readings){ .all = *own };
	for (int i = 0; i < 2; i++) {
		b->code[i] = spec_codes(r, x->of.name[i], &level[i], &n[i], e);
		if (!b->code[i] ||
		    (own->n == 0 && !union_of(&b->all, level[i], n[i],
					      b->code[i], r->frame->rows, e)))
			return false;
	}
	for (int i = 0; i < 2; i++) {
		b->code[i] = recode(r, b->code[i], level[i], n[i], &b->all, e);
		if (!b->code[i])
			return false;
	}
	return true;
}

/* Errors and limits as if the rows were independent, of equal weight. */
static void write_independent(struct jw *w, const double *count, size_t k,
			      double *share, double level)
{
	static const char *const name[] = { "kappa", "kappa_linear",
					    "kappa_quadratic" };
	struct agreement a;
	struct err ignored = { 0 };
	double n = 0;

	for (size_t i = 0; i < k * k; i++)
		n += count[i];
	if (!agreement_of(count, k, (size_t)n, level, share, &a, &ignored))
		return;
	jw_key(w, "unweighted");
	jw_object(w);
	for (size_t i = 0; i < KAPPA_KINDS; i++) {
		const double ci[] = { a.kappa[i].low, a.kappa[i].high };

		jw_key(w, name[i]);
		jw_object(w);
		jw_kd(w, "value", a.kappa[i].value);
		jw_kd(w, "se", a.kappa[i].se);
		stats_write_list(w, "ci", ci, 2);
		jw_object_end(w);
	}
	jw_object_end(w);
}

struct kappa_room {
	struct est *list;
	double *table, *count, *share;
};

static bool kappa_room(struct spec_run *r, size_t cells, size_t k,
		       struct kappa_room *t, struct err *e)
{
	t->list = stats_list(r, cells * AGREEMENT_Q, e);
	t->table = t->list ? spec_memory(r, cells * k * k, sizeof *t->table, e)
			   : NULL;
	t->count = t->table ? spec_memory(r, k * k, sizeof *t->count, e) : NULL;
	t->share = t->count ? spec_memory(r, k * k, sizeof *t->share, e) : NULL;
	return t->share != NULL;
}

static void kappa_cell(struct spec_run *r, const struct spec_estimate *x,
		       const struct spec_cells *cells, size_t cell,
		       const struct readings *b, struct kappa_room *t,
		       struct jw *w)
{
	size_t k = b->all.n;
	double *table = t->table + cell * k * k, sum = 0;

	memset(t->count, 0, k * k * sizeof *t->count);
	for (size_t i = 0; i < r->frame->rows; i++)
		if (cells->cell[i] == cell && b->code[0][i] < k &&
		    b->code[1][i] < k)
			t->count[b->code[0][i] * k + b->code[1][i]]++;
	jw_object(w);
	if (x->by.n > 0) {
		jw_key(w, "by");
		jw_object(w);
		for (size_t i = 0; i < x->by.n; i++)
			jw_kv(w, x->by.name[i], cells->key[cell][i]);
		jw_object_end(w);
	}
	for (size_t i = 0; i < k * k; i++)
		sum += table[i];
	for (size_t i = 0; i < k * k; i++)
		table[i] /= sum;
	/* cells finer than any that a wave may show */
	if (r->spec->wave == NULL)
		stats_write_matrix(w, "table", table, k, k);
	write_independent(w, t->count, k, t->share, x->how.level);
	jw_object_end(w);
}

static bool put_kappas(struct spec_run *r, const struct spec_estimate *x,
		       const struct spec_cells *cells, const struct est *list,
		       struct err *e)
{
	static const char *const name[AGREEMENT_Q] = { "kappa", "kappa_linear",
						       "kappa_quadratic",
						       "observed", "within1" };

	for (size_t i = 0; i < cells->n; i++)
		for (size_t q = 0; q < AGREEMENT_Q; q++)
			if (!stats_put_extra(r, x, name[q], x->by,
					     cells->key[i],
					     &list[i * AGREEMENT_Q + q], NULL,
					     0, e))
				return false;
	return true;
}

static bool run_kappa(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	struct buf text = BUF_INIT((size_t)64 << 20);
	struct spec_cells cells;
	struct readings b;
	struct kappa_room t;
	struct jw w;
	bool ok;

	if (!spec_cells(r, x, &cells, e) || !read_both(r, x, &b, e) ||
	    !kappa_room(r, cells.n, b.all.n, &t, e))
		return false;
	if (cells.n == 0)
		return true;
	if (!agreement_estimate(&r->var, cells.cell, cells.n, b.code[0],
				b.code[1], b.all.n, &x->how, t.list, t.table,
				e) ||
	    !put_kappas(r, x, &cells, t.list, e))
		return false;
	jw_init(&w, &text);
	jw_object(&w);
	jw_key(&w, "levels");
	jw_array(&w);
	for (size_t i = 0; i < b.all.n; i++)
		jw_text(&w, b.all.level[i]);
	jw_array_end(&w);
	jw_key(&w, "cells");
	jw_array(&w);
	for (size_t i = 0; i < cells.n; i++)
		kappa_cell(r, x, &cells, i, &b, &t, &w);
	jw_array_end(&w);
	jw_object_end(&w);
	ok = spec_detail(r, x, &text, e);
	buf_free(&text);
	return ok;
}

/* ---- icc -------------------------------------------------------------- */

struct icc_spec {
	const char *group; /* NULL: the columns are readings of a row */
};

static void *parse_icc(struct spec_parse *p, const cJSON *node,
		       struct spec_estimate *x)
{
	static const char *const keys[] = { "group", NULL };
	const cJSON *group = json_get(node, "group");
	struct icc_spec *own = arena_alloc(p->a, sizeof *own);

	spec_known_estimate(p, node, x->path, keys);
	if (!own || !spec_columns(p, node, x->path, "of", FRAME_NUMBER,
				  group ? 1 : 2, SCALE_ITEMS_MAX, &x->of))
		return NULL;
	if (group)
		own->group =
			spec_column(p, group, x->path, "group", FRAME_CODE);
	return own;
}

/* Rows of which all columns have a value. */
static struct survey_base base_of(struct spec_run *r, double *const *column,
				  size_t k, uint32_t *mask)
{
	for (size_t i = 0; i < r->frame->rows; i++) {
		mask[i] = 0;
		for (size_t j = 0; j < k; j++)
			if (isnan(column[j][i]))
				mask[i] = SURVEY_NONE;
	}
	return survey_base_of(r->design, mask);
}

static struct est plain_value(size_t n, const struct survey_base *b,
			      double value, double low, double high)
{
	struct est x = stats_nothing;

	x.n = n;
	x.psu = b->units;
	x.strata = b->strata;
	x.df = b->df;
	x.sum_w = (double)n;
	x.value = value;
	x.ci_l = low;
	x.ci_u = high;
	return x;
}

/* A cell's values of column j, NAN outside; copies into `to`. */
static void cell_values(const struct spec_cells *cells, size_t cell,
			const double *y, size_t n, double *to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = cells->cell[i] == cell ? y[i] : (double)NAN;
}

static bool readings_icc(struct spec_run *r, const struct spec_estimate *x,
			 const struct spec_cells *cells, size_t cell,
			 double **column, uint32_t *mask, struct err *e)
{
	static const char *const name[ICC_KINDS] = {
		"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"
	};
	struct survey_base base;
	struct icc_result out;

	for (size_t j = 0; j < x->of.n; j++) {
		const double *y = spec_numbers(r, x->of.name[j], e);

		if (!y)
			return false;
		cell_values(cells, cell, y, r->frame->rows, column[j]);
	}
	if (!agreement_icc((const double *const *)column, x->of.n,
			   r->frame->rows, x->how.level, &out, e))
		return false;
	base = base_of(r, column, x->of.n, mask);
	for (size_t i = 0; i < ICC_KINDS; i++) {
		const struct icc *k = &out.kind[i];
		const struct est_extra extra[] = { { "F", k->F },
						   { "df1", k->df1 },
						   { "df2", k->df2 },
						   { "p", k->p } };
		struct est v =
			plain_value(out.n, &base, k->value, k->low, k->high);

		if (!stats_put_extra(r, x, name[i], x->by, cells->key[cell], &v,
				     extra, 4, e))
			return false;
	}
	return true;
}

static bool put_groups(struct spec_run *r, const struct spec_estimate *x,
		       const char *of, const char *const *key,
		       const struct icc_groups *g,
		       const struct survey_base *base, struct err *e)
{
	const struct est_extra anova[] = { { "groups", (double)g->groups },
					   { "n0", g->n0 },
					   { "msb", g->ms_between },
					   { "msw", g->ms_within },
					   { "F", g->F },
					   { "p", g->p },
					   { "mean_size", g->mean_size },
					   { "deff_int", g->deff } };
	const struct est_extra reml[] = { { "var_between", g->var_between },
					  { "var_within", g->var_within },
					  { "mu", g->mu },
					  { "deviance", g->deviance } };
	struct est a = plain_value(g->n, base, g->icc1, NAN, NAN);
	struct est b = plain_value(g->n, base, g->icc, NAN, NAN);

	return stats_put_extra(r, x, arena_printf(r->a, "%s anova", of), x->by,
			       key, &a, anova, 8, e) &&
	       stats_put_extra(r, x, arena_printf(r->a, "%s reml", of), x->by,
			       key, &b, reml, 4, e);
}

static bool groups_icc(struct spec_run *r, const struct spec_estimate *x,
		       const struct spec_cells *cells, size_t cell,
		       double *column, uint32_t *mask, struct err *e)
{
	const struct icc_spec *own = x->own;
	struct survey_base base;
	const char *const *level;
	size_t n = 0;
	const uint32_t *group = spec_codes(r, own->group, &level, &n, e);
	double *room = group ? spec_memory(r, 2 * n, sizeof *room, e) : NULL;
	struct icc_groups g;

	for (size_t j = 0; room && j < x->of.n; j++) {
		const double *y = spec_numbers(r, x->of.name[j], e);

		if (!y)
			return false;
		cell_values(cells, cell, y, r->frame->rows, column);
		base = base_of(r, &column, 1, mask);
		if (!agreement_icc_groups(column, group, r->frame->rows, n,
					  room, room + n, &g, e) ||
		    !put_groups(r, x, x->of.name[j], cells->key[cell], &g,
				&base, e))
			return false;
	}
	return room != NULL;
}

static bool run_icc(struct spec_run *r, const struct spec_estimate *x,
		    struct err *e)
{
	const struct icc_spec *own = x->own;
	struct spec_cells cells;
	size_t k = own->group ? 1 : x->of.n;
	double **column;
	uint32_t *mask;

	if (!spec_cells(r, x, &cells, e))
		return false;
	mask = spec_memory(r, r->frame->rows, sizeof *mask, e);
	if (!mask)
		return false;
	column = spec_memory(r, k, sizeof *column, e);
	for (size_t j = 0; column && j < k; j++) {
		column[j] = spec_memory(r, r->frame->rows, sizeof **column, e);
		if (!column[j])
			return false;
	}
	for (size_t i = 0; column && i < cells.n; i++) {
		struct err one = { 0 };

		if (!(own->group ? groups_icc(r, x, &cells, i, column[0], mask,
					      &one)
				 : readings_icc(r, x, &cells, i, column, mask,
						&one)) &&
		    !scale_forgive(r, x, &one, e))
			return false;
	}
	return column != NULL;
}

static const struct stat_def defs[] = {
	{ "kappa", parse_kappa, run_kappa },
	{ "icc", parse_icc, run_icc },
};
const struct stat_set stats_agreement = { defs, sizeof defs / sizeof defs[0] };
