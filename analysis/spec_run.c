#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "spec_parts.h"

#define MOST_CELLS ((size_t)1 << 22) /* crossings looked up by a table */

/* What a run frees at its end; numbers and codes made once a column. */
struct spec_own {
	void **block;
	size_t n, cap;
	const double **number;	   /* [n_columns] */
	const uint32_t **code;	   /* [n_columns] */
	const char *const **level; /* [n_columns] of code */
	size_t *levels;
	size_t columns;
};

void *spec_memory(struct spec_run *r, size_t n, size_t size, struct err *e)
{
	struct spec_own *o = r->own;
	void *p;

	if (o->n == o->cap) {
		size_t cap = o->cap ? 2 * o->cap : 16;
		void **grown = realloc(o->block, cap * sizeof *grown);

		if (!grown) {
			(void)err_set(e, ERR_NOMEM, "out of memory");
			return NULL;
		}
		o->block = grown;
		o->cap = cap;
	}
	p = calloc(n + 1, size);
	if (p)
		o->block[o->n++] = p;
	else
		(void)err_set(e, ERR_NOMEM, "no memory for %zu rows", n);
	return p;
}

void spec_own_free(struct spec_run *r)
{
	struct spec_own *o = r->own;

	r->own = NULL;
	for (size_t i = 0; o && i < o->n; i++)
		free(o->block[i]);
	if (o)
		free(o->block);
	free(o);
	survey_design_free(r->design);
	r->design = NULL;
}

static bool own_init(struct spec_run *r, struct err *e)
{
	size_t n = r->frame->n_columns;
	struct spec_own *o = calloc(1, sizeof *o);

	if (!o) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	r->own = o;
	o->columns = n;
	o->number = spec_memory(r, n, sizeof *o->number, e);
	o->code = o->number ? spec_memory(r, n, sizeof *o->code, e) : NULL;
	o->level = o->code ? spec_memory(r, n, sizeof *o->level, e) : NULL;
	o->levels = o->level ? spec_memory(r, n, sizeof *o->levels, e) : NULL;
	return o->levels != NULL;
}

/* ---- columns ---------------------------------------------------------- */

static const struct frame_column *column(struct spec_run *r, const char *name,
					 size_t *at, struct err *e)
{
	const struct frame_column *c = frame_get(r->frame, name);

	if (!c)
		(void)err_set(e, ERR_BUG, "column \"%.64s\" was not asked for",
			      name);
	else
		*at = (size_t)(c - r->frame->column);
	return c;
}

const double *spec_numbers(struct spec_run *r, const char *name, struct err *e)
{
	size_t at = 0, n = r->frame->rows;
	const struct frame_column *c = column(r, name, &at, e);
	double *y;

	if (!c)
		return NULL;
	if (!(c->as & FRAME_NUMBER)) {
		(void)err_set(e, ERR_BUG, "column \"%.64s\" has no numbers",
			      name);
		return NULL;
	}
	if (c->number)
		return c->number;
	if (r->own->number[at])
		return r->own->number[at];
	y = spec_memory(r, n, sizeof *y, e);
	for (size_t i = 0; y && c->item && i < n; i++)
		y[i] = c->item[i] == FRAME_ITEM_NA ? (double)NAN : c->item[i];
	r->own->number[at] = y;
	return y;
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Codes of a column of numbers, by value. */
static bool encode(struct spec_run *r, size_t at, const double *y,
		   struct err *e)
{
	struct spec_own *o = r->own;
	size_t n = r->frame->rows, m = 0, k = 0;
	double *sorted = spec_memory(r, n, sizeof *sorted, e);
	uint32_t *code = spec_memory(r, n, sizeof *code, e);
	const char **level;

	if (!sorted || !code)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isnan(y[i]))
			sorted[m++] = y[i];
	qsort(sorted, m, sizeof *sorted, by_number);
	for (size_t i = 0; i < m; i++)
		if (i == 0 || sorted[i] != sorted[i - 1])
			sorted[k++] = sorted[i];
	level = spec_memory(r, k, sizeof *level, e);
	for (size_t i = 0; level && i < k; i++) {
		level[i] = arena_printf(r->a, "%.15g", sorted[i]);
		if (!level[i])
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	if (!level)
		return false;
	for (size_t i = 0; i < n; i++) {
		const double *found =
			isnan(y[i]) ? NULL
				    : bsearch(&y[i], sorted, k, sizeof *sorted,
					      by_number);

		code[i] = found ? (uint32_t)(found - sorted) : FRAME_NONE;
	}
	o->code[at] = code;
	o->level[at] = level;
	o->levels[at] = k;
	return true;
}

const uint32_t *spec_codes(struct spec_run *r, const char *name,
			   const char *const **level, size_t *n_levels,
			   struct err *e)
{
	size_t at = 0;
	const struct frame_column *c = column(r, name, &at, e);
	const double *y;

	if (!c)
		return NULL;
	if (c->as & FRAME_CODE) {
		*level = c->level;
		*n_levels = c->n_levels;
		return c->code;
	}
	y = spec_numbers(r, name, e);
	if (!y || (!r->own->code[at] && !encode(r, at, y, e)))
		return NULL;
	*level = r->own->level[at];
	*n_levels = r->own->levels[at];
	return r->own->code[at];
}

/* ---- crossings -------------------------------------------------------- */

struct crossing {
	size_t n; /* columns */
	const uint32_t *code[16];
	const char *const *level[16];
	size_t levels[16], cells;
};

static bool cross_columns(struct spec_run *r, const struct spec_names *by,
			  const char *extra, struct crossing *x, struct err *e)
{
	*x = (struct crossing){ .cells = 1 };
	for (size_t i = 0; i < by->n + (extra != NULL); i++) {
		const char *name = i < by->n ? by->name[i] : extra;

		if (i == 16)
			return err_set(e, ERR_INPUT,
				       "quá nhiều cột giao nhau (too many "
				       "columns cross)");
		x->code[i] =
			spec_codes(r, name, &x->level[i], &x->levels[i], e);
		if (!x->code[i])
			return false;
		if (x->levels[i] > MOST_CELLS ||
		    x->cells * (x->levels[i] + 1) > MOST_CELLS)
			return err_set(e, ERR_INPUT,
				       "quá nhiều ô: cột \"%.64s\" có %zu giá "
				       "trị (too many cells: column \"%.64s\" "
				       "has %zu values)",
				       name, x->levels[i], name, x->levels[i]);
		x->cells *= x->levels[i] + (x->levels[i] == 0);
		x->n++;
	}
	return true;
}

static uint32_t cross_at(const struct crossing *x, size_t row)
{
	size_t at = 0;

	for (size_t k = 0; k < x->n; k++) {
		if (x->code[k][row] == FRAME_NONE)
			return SURVEY_NONE;
		at = at * x->levels[k] + x->code[k][row];
	}
	return (uint32_t)at;
}

static bool number_cells(struct spec_run *r, struct crossing *x,
			 const uint8_t *in, struct spec_cells *out,
			 struct err *e)
{
	size_t n = r->frame->rows;
	uint32_t *number = spec_memory(r, x->cells, sizeof *number, e);

	if (!number)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint32_t at = in[i] ? cross_at(x, i) : SURVEY_NONE;

		out->cell[i] = at;
		if (at != SURVEY_NONE)
			number[at] = 1;
	}
	for (size_t c = 0; c < x->cells; c++)
		out->n += number[c];
	out->key = arena_array(r->a, out->n + 1, sizeof *out->key);
	for (size_t c = 0, k = 0; out->key && c < x->cells; c++) {
		const char **key;
		size_t rest = c;

		if (!number[c])
			continue;
		key = arena_array(r->a, x->n + 1, sizeof *key);
		for (size_t j = x->n; key && j-- > 0;) {
			key[j] = x->level[j][rest % x->levels[j]];
			rest /= x->levels[j];
		}
		out->key[k] = key;
		number[c] = (uint32_t)k++;
	}
	for (size_t i = 0; i < n; i++)
		if (out->cell[i] != SURVEY_NONE)
			out->cell[i] = number[out->cell[i]];
	return !arena_broken(r->a) || err_set(e, ERR_NOMEM, "out of memory");
}

bool spec_cells(struct spec_run *r, const struct spec_estimate *x,
		struct spec_cells *out, struct err *e)
{
	size_t n = r->frame->rows;
	struct crossing c;
	uint8_t *in;

	*out = (struct spec_cells){ 0 };
	if (!cross_columns(r, &x->by, NULL, &c, e))
		return false;
	in = spec_memory(r, n, 1, e);
	out->cell = in ? spec_memory(r, n, sizeof *out->cell, e) : NULL;
	if (!out->cell)
		return false;
	for (size_t i = 0; i < n; i++)
		in[i] = r->domain[i] != SURVEY_NONE;
	spec_where_apply(x->where, r->frame, in);
	return number_cells(r, &c, in, out, e);
}

/* ---- the design ------------------------------------------------------- */

static bool stage_strata(struct spec_run *r, const struct spec_names *by,
			 const char *extra, struct survey_stage *stage,
			 struct err *e)
{
	size_t n = r->frame->rows;
	struct crossing c;
	uint32_t *code;

	if (by->n == 0 && !extra)
		return true;
	if (!cross_columns(r, by, extra, &c, e))
		return false;
	if (c.n == 1) {
		stage->stratum = c.code[0];
		return true;
	}
	code = spec_memory(r, n, sizeof *code, e);
	for (size_t i = 0; code && i < n; i++)
		code[i] = cross_at(&c, i);
	stage->stratum = code;
	return code != NULL;
}

static bool fill_stage(struct spec_run *r, size_t s, const char *extra,
		       struct survey_stage *stage, struct err *e)
{
	const struct spec_design *d = &r->spec->design;
	const char *const *level;
	size_t levels;

	if (!stage_strata(r, &d->strata[s], s == 0 ? extra : NULL, stage, e))
		return false;
	if (d->cluster[s]) {
		stage->cluster =
			spec_codes(r, d->cluster[s], &level, &levels, e);
		if (!stage->cluster)
			return false;
	}
	if (d->fpc[s])
		stage->fpc = spec_numbers(r, d->fpc[s], e);
	return !d->fpc[s] || stage->fpc;
}

struct survey_design *spec_design(struct spec_run *r, const char *extra,
				  struct err *e)
{
	const struct spec_design *d = &r->spec->design;
	struct survey_input in = { .n = r->frame->rows,
				   .n_stages = d->n_stages,
				   .nest = d->nest || extra,
				   .lonely = d->lonely };
	const char *const *level;
	size_t levels;

	if (d->weights) {
		in.weight = spec_numbers(r, d->weights, e);
		if (!in.weight)
			return NULL;
	}
	for (size_t s = 0; s < d->n_stages; s++)
		if (!fill_stage(r, s, extra, &in.stage[s], e))
			return NULL;
	if (d->collapse) {
		in.collapse = spec_codes(r, d->collapse, &level, &levels, e);
		if (!in.collapse)
			return NULL;
	}
	return survey_design_new(&in, e);
}

static void warn_design(struct spec_run *r)
{
	const struct survey_design *d = r->design;

	if (d->collapsed > 0)
		spec_warn(r, "W02", "/design/lonely",
			  arena_printf(r->a,
				       "%zu strata with one sampling unit were "
				       "joined with others",
				       d->collapsed),
			  arena_printf(r->a,
				       "%zu tầng có một đơn vị mẫu đã được gộp "
				       "với tầng khác",
				       d->collapsed));
	if (d->lonely_first > 0 && d->lonely != SURVEY_FAIL)
		spec_warn(r, "W01", "/design/lonely",
			  arena_printf(r->a,
				       "%zu strata have one sampling unit; the "
				       "rule decides what they add",
				       d->lonely_first),
			  arena_printf(r->a,
				       "%zu tầng chỉ có một đơn vị mẫu, tính "
				       "theo quy tắc đã chọn",
				       d->lonely_first));
}

/* ---- results ---------------------------------------------------------- */

bool spec_put(struct spec_run *r, const struct est_cell *cell, struct err *e)
{
	struct est_results *o = r->out;

	if (o->n == o->cap) {
		size_t cap = o->cap ? 2 * o->cap : 64;
		struct est_cell *grown = arena_array(r->a, cap, sizeof *grown);

		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		if (o->n > 0)
			memcpy(grown, o->cell, o->n * sizeof *grown);
		o->cell = grown;
		o->cap = cap;
	}
	o->cell[o->n++] = *cell;
	return true;
}

bool spec_note(struct arena *a, struct est_results *o, const char *code,
	       const char *path, const char *en, const char *vi, struct err *e)
{
	if (o->n_warnings == o->cap_warnings) {
		size_t cap = o->cap_warnings ? 2 * o->cap_warnings : 16;
		struct est_warning *grown = arena_array(a, cap, sizeof *grown);

		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		if (o->n_warnings > 0)
			memcpy(grown, o->warning,
			       o->n_warnings * sizeof *grown);
		o->warning = grown;
		o->cap_warnings = cap;
	}
	o->warning[o->n_warnings++] = (struct est_warning){
		.code = code, .path = path, .message = en, .message_vi = vi
	};
	return true;
}

/* Without memory the arena is broken, and spec_run says so. */
void spec_warn(struct spec_run *r, const char *code, const char *path,
	       const char *en, const char *vi)
{
	struct err ignored = { 0 };

	if (!spec_note(r->a, r->out, code, path, en, vi, &ignored))
		return;
}

bool spec_is_tabular(const struct stat_def *def)
{
	const struct stat_set *const own[] = { &stats_base, &stats_compare };

	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < own[s]->n; i++)
			if (&own[s]->def[i] == def)
				return true;
	return false;
}

bool spec_detail(struct spec_run *r, const struct spec_estimate *x,
		 const struct buf *json, struct err *e)
{
	const char *s = buf_cstr(json);
	char *own = s ? arena_strdup(r->a, s) : NULL;

	if (!own)
		return err_set(e, ERR_NOMEM, "out of memory");
	r->out->detail[x - r->spec->estimate] = own;
	return true;
}

/* ---- running ---------------------------------------------------------- */

static bool make_subset(struct spec_run *r, struct err *e)
{
	uint8_t *in;

	if (!r->spec->subset)
		return true;
	in = malloc(r->frame->rows + 1);
	if (!in)
		return err_set(e, ERR_NOMEM, "no memory for rows");
	memset(in, 1, r->frame->rows);
	spec_where_apply(r->spec->subset, r->frame, in);
	frame_keep(r->frame, in);
	free(in);
	return r->frame->rows > 0 ||
	       err_set(e, ERR_INPUT,
		       "\"subset\" không giữ lại dòng nào (\"subset\" leaves "
		       "no row)");
}

static bool make_domain(struct spec_run *r, struct err *e)
{
	size_t n = r->frame->rows;
	uint32_t *domain = spec_memory(r, n, sizeof *domain, e);
	uint8_t *in = spec_memory(r, n, 1, e);

	if (!domain || !in)
		return false;
	memset(in, 1, n);
	spec_where_apply(r->spec->where, r->frame, in);
	for (size_t i = 0; i < n; i++)
		domain[i] = in[i] ? 0 : SURVEY_NONE;
	r->domain = domain;
	return true;
}

static bool prepare_parts(struct spec_run *r, struct err *e)
{
	for (size_t i = 0; i < n_spec_parts; i++)
		if (r->spec->part[i] &&
		    !spec_parts[i]->prepare(r, r->spec->part[i], e))
			return false;
	return true;
}

static void end_parts(struct spec_run *r)
{
	for (size_t i = 0; i < n_spec_parts; i++)
		if (r->spec->part[i] && spec_parts[i]->done)
			spec_parts[i]->done(r->spec->part[i]);
}

/* What one estimate cannot do is said beside the others' results. */
static bool run_one(struct spec_run *r, const struct spec_estimate *x,
		    struct err *e)
{
	struct err own = { 0 };

	if (x->def->run(r, x, &own))
		return true;
	if (own.kind != ERR_INPUT && own.kind != ERR_MATH) {
		*e = own;
		return false;
	}
	r->out->failed++;
	spec_warn(r, own.kind == ERR_INPUT ? "W11" : "W12", x->path,
		  arena_strdup(r->a, own.msg), arena_strdup(r->a, own.msg));
	return true;
}

bool spec_run(const struct spec *s, struct frame *f, struct arena *a,
	      struct est_results *out, struct err *e)
{
	struct spec_run r = { .spec = s, .a = a, .frame = f, .out = out };
	bool ok;

	*out = (struct est_results){ 0 };
	out->detail = arena_array(a, s->n_estimates + 1, sizeof *out->detail);
	ok = out->detail || err_set(e, ERR_NOMEM, "out of memory");
	/* columns of codes have no memory then, and nobody would say why */
	if (ok && f->rows == 0)
		ok = err_set(e, ERR_INPUT,
			     "không có dòng nào (there are no rows)");
	ok = ok && spec_derive_run(s, f, e) && make_subset(&r, e) &&
	     own_init(&r, e) && make_domain(&r, e);
	if (ok) {
		r.design = spec_design(&r, NULL, e);
		ok = r.design != NULL;
	}
	r.var.design = r.design;
	ok = ok && prepare_parts(&r, e);
	if (ok) {
		warn_design(&r);
		out->design = r.design->whole;
	}
	for (size_t i = 0; ok && i < s->n_estimates; i++)
		ok = run_one(&r, &s->estimate[i], e);
	end_parts(&r);
	spec_own_free(&r);
	if (ok && arena_broken(a))
		ok = err_set(e, ERR_NOMEM, "out of memory");
	return ok;
}
