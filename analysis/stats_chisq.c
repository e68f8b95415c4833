/* Association of two classifications, of `phieu estimate`: chisq. */
#include <math.h>
#include <string.h>

#include "phieu/contingency.h"
#include "phieu/estimate_spec.h"
#include "stats_parts.h"

struct table_spec {
	const char *rows, *cols;
};

static void *parse_chisq(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	static const char *const keys[] = { "rows", "cols", NULL };
	struct table_spec *t = arena_array(p->a, 1, sizeof *t);

	if (!t)
		return NULL;
	spec_known_estimate(p, node, x->path, keys);
	t->rows = spec_column(p, json_get(node, "rows"), x->path, "rows",
			      FRAME_CODE);
	t->cols = spec_column(p, json_get(node, "cols"), x->path, "cols",
			      FRAME_CODE);
	return t;
}

struct axis {
	uint32_t *code; /* [rows] position among levels with rows */
	const char **level;
	size_t n;
};

/* Levels that have rows where both classifications and the cell are. */
static bool make_axis(struct spec_run *r, const char *name, const uint32_t *in,
		      struct axis *out, struct err *e)
{
	size_t rows = r->frame->rows, n_levels;
	const char *const *level;
	const uint32_t *code = spec_codes(r, name, &level, &n_levels, e);
	uint32_t *place;

	*out = (struct axis){ .n = 0 };
	place = code ? spec_memory(r, n_levels, sizeof *place, e) : NULL;
	out->code = place ? spec_memory(r, rows, sizeof *out->code, e) : NULL;
	out->level = arena_array(r->a, n_levels + 1, sizeof *out->level);
	if (!place || !out->code || !out->level)
		return e->kind ? false : err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < rows; i++)
		if (in[i] != SURVEY_NONE && r->design->weight[i] > 0)
			place[code[i]] = 1;
	for (size_t l = 0; l < n_levels; l++)
		if (place[l]) {
			out->level[out->n] = level[l];
			place[l] = (uint32_t)out->n++;
		}
	for (size_t i = 0; i < rows; i++)
		out->code[i] =
			in[i] == SURVEY_NONE ? SURVEY_NONE : place[code[i]];
	return true;
}

static void write_one(struct jw *w, const char *name,
		      const struct contingency_test *t)
{
	jw_key(w, name);
	jw_object(w);
	jw_kd(w, "statistic", t->statistic);
	jw_kd(w, "df", t->df1);
	if (strcmp(name, "Chisq") != 0)
		jw_kd(w, "ddf", t->df2);
	jw_kd(w, "p", t->p);
	jw_object_end(w);
}

static void write_table(struct jw *w, const struct axis *a,
			const struct axis *b, const double *table)
{
	jw_key(w, "table");
	jw_object(w);
	jw_key(w, "rows");
	jw_array(w);
	for (size_t i = 0; i < a->n; i++)
		jw_text(w, a->level[i]);
	jw_array_end(w);
	jw_key(w, "cols");
	jw_array(w);
	for (size_t i = 0; i < b->n; i++)
		jw_text(w, b->level[i]);
	jw_array_end(w);
	stats_write_matrix(w, "values", table, a->n, b->n);
	jw_object_end(w);
}

static bool put_chisq(struct spec_run *r, const struct spec_estimate *x,
		      const char *const *key, const struct contingency *c,
		      const struct survey_base *base, struct err *e)
{
	const struct table_spec *t = x->own;
	struct est_extra *extra = arena_array(r->a, 4, sizeof *extra);
	struct est_cell cell = { .estimate = (size_t)(x - r->spec->estimate),
				 .of = arena_printf(r->a, "%s*%s", t->rows,
						    t->cols),
				 .by = x->by,
				 .key = key,
				 .extra = extra,
				 .n_extra = 4 };

	if (!extra || !cell.of)
		return err_set(e, ERR_NOMEM, "out of memory");
	extra[0] = (struct est_extra){ "df1", c->f.df1 };
	extra[1] = (struct est_extra){ "df2", c->f.df2 };
	extra[2] = (struct est_extra){ "p", c->f.p };
	extra[3] = (struct est_extra){ "mean_deff", c->mean_deff };
	cell.r = stats_bare(r, c->f.statistic, base);
	return spec_put(r, &cell, e);
}

static bool table_cell(struct spec_run *r, const struct spec_estimate *x,
		       const uint32_t *cell, const char *const *key,
		       struct jw *w, struct err *e)
{
	const struct table_spec *t = x->own;
	uint32_t *in = stats_copy_cell(r, cell, e);
	const char *const *level;
	size_t n;
	const uint32_t *row = in ? spec_codes(r, t->rows, &level, &n, e) : NULL;
	const uint32_t *col =
		row ? spec_codes(r, t->cols, &level, &n, e) : NULL;
	struct contingency c;
	struct survey_base base;
	struct survey_var v;
	struct axis a, b;
	double *table;

	if (!col)
		return false;
	for (size_t i = 0; i < r->frame->rows; i++)
		if (row[i] == FRAME_NONE || col[i] == FRAME_NONE)
			in[i] = SURVEY_NONE;
	if (!make_axis(r, t->rows, in, &a, e) ||
	    !make_axis(r, t->cols, in, &b, e))
		return false;
	table = arena_array(r->a, a.n * b.n + 1, sizeof *table);
	if (!table)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!stats_domain_var(r, cell, &v, e) ||
	    !contingency_test(&v, a.code, a.n, b.code, b.n, table, &c, e))
		return false;
	base = survey_base_of(r->design, in);
	if (!put_chisq(r, x, key, &c, &base, e))
		return false;
	write_one(w, "F", &c.f);
	write_one(w, "Chisq", &c.chisq);
	write_one(w, "Wald", &c.wald);
	write_one(w, "adjWald", &c.adj_wald);
	write_table(w, &a, &b, table);
	return true;
}

static bool run_chisq(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	return stats_by_cells(r, x, table_cell, e);
}

static const struct stat_def defs[] = {
	{ "chisq", parse_chisq, run_chisq },
};
const struct stat_set stats_chisq = { defs, sizeof defs / sizeof defs[0] };
