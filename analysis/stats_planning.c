#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "phieu/planning.h"
#include "spec_parts.h"
#include "stats_parts.h"
#include "weights_parts.h"

/* ---- rows as things of their own: areas, strata ----------------------- */

/* Rows of the domain in order, and the column that names them. */
struct rows {
	size_t n;
	uint32_t *row;
	const char *id; /* NULL: numbers from 1 */
	const uint32_t *code;
	const char *const *level;
};

static bool rows_of(struct spec_run *r, const struct spec_estimate *x,
		    const char *id, struct rows *out, struct err *e)
{
	struct spec_cells c;
	size_t levels;

	*out = (struct rows){ .id = id };
	if (!spec_cells(r, x, &c, e))
		return false;
	out->row = spec_memory(r, r->frame->rows, sizeof *out->row, e);
	if (!out->row)
		return false;
	for (size_t i = 0; i < r->frame->rows; i++)
		if (c.cell[i] != SURVEY_NONE)
			out->row[out->n++] = (uint32_t)i;
	if (id)
		out->code = spec_codes(r, id, &out->level, &levels, e);
	return !id || out->code;
}

static double *pick(struct spec_run *r, const struct rows *rows,
		    const char *column, struct err *e)
{
	const double *y = spec_numbers(r, column, e);
	double *out = y ? spec_memory(r, rows->n, sizeof *out, e) : NULL;

	for (size_t i = 0; out && i < rows->n; i++)
		out[i] = y[rows->row[i]];
	return out;
}

/* The name of a row, as the key of its cell. */
static bool put_row(struct spec_run *r, const struct spec_estimate *x,
		    const char *of, const struct rows *rows, size_t i,
		    const struct est *v, const struct est_extra *extra,
		    size_t n_extra, struct err *e)
{
	const char **name = arena_array(r->a, 1, sizeof *name);
	const char **key = arena_array(r->a, 1, sizeof *key);
	uint32_t row = rows->row[i];

	if (!name || !key)
		return err_set(e, ERR_NOMEM, "out of memory");
	*name = rows->id ? rows->id : "row";
	*key = rows->id && rows->code[row] != FRAME_NONE
		       ? rows->level[rows->code[row]]
		       : arena_printf(r->a, "%u", row + 1);
	return stats_put_extra(r, x, of,
			       (struct spec_names){ .name = name, .n = 1 }, key,
			       v, extra, n_extra, e);
}

static const char *read_id(struct spec_parse *p, const cJSON *node,
			   const struct spec_estimate *x)
{
	const cJSON *id = json_get(node, "id");

	return id ? spec_column(p, id, x->path, "id", FRAME_CODE) : NULL;
}

/* ---- small areas ------------------------------------------------------ */

struct area {
	const char *id, *se, *variance;
	struct spec_names covariates;
};

static void *parse_area(struct spec_parse *p, const cJSON *node,
			struct spec_estimate *x)
{
	static const char *const keys[] = { "id", "se", "variance",
					    "covariates", NULL };
	const cJSON *se = json_get(node, "se");
	const cJSON *variance = json_get(node, "variance");
	struct area *o = arena_alloc(p->a, sizeof *o);

	spec_known_estimate(p, node, x->path, keys);
	if (!o ||
	    !spec_columns(p, node, x->path, "of", FRAME_NUMBER, 1, 1, &x->of))
		return NULL;
	o->id = read_id(p, node, x);
	if (!se == !variance)
		spec_fault(p, "E03", x->path, "variance",
			   "a column \"variance\" or \"se\", one of them",
			   "cần cột \"variance\" hoặc \"se\", một trong hai");
	if (se)
		o->se = spec_column(p, se, x->path, "se", FRAME_NUMBER);
	if (variance)
		o->variance = spec_column(p, variance, x->path, "variance",
					  FRAME_NUMBER);
	(void)spec_columns(p, node, x->path, "covariates", FRAME_NUMBER, 0, 20,
			   &o->covariates);
	return o;
}

static double *area_matrix(struct spec_run *r, const struct rows *rows,
			   const struct spec_names *of, struct err *e)
{
	size_t k = of->n + 1;
	double *x = spec_memory(r, rows->n * k, sizeof *x, e);

	for (size_t i = 0; x && i < rows->n; i++)
		x[i * k] = 1;
	for (size_t j = 0; x && j < of->n; j++) {
		const double *y = spec_numbers(r, of->name[j], e);

		if (!y)
			return NULL;
		for (size_t i = 0; i < rows->n; i++)
			x[i * k + j + 1] = y[rows->row[i]];
	}
	return x;
}

static bool area_room(struct spec_run *r, size_t n, size_t k,
		      struct small_area *s, struct err *e)
{
	double *room = spec_memory(r, 6 * n + k, sizeof *room, e);

	if (!room)
		return false;
	*s = (struct small_area){ .beta = room,
				  .gamma = room + k,
				  .eblup = room + k + n,
				  .g1 = room + k + 2 * n,
				  .g2 = room + k + 3 * n,
				  .g3 = room + k + 4 * n,
				  .mse = room + k + 5 * n };
	return true;
}

static bool put_areas(struct spec_run *r, const struct spec_estimate *x,
		      const struct rows *rows, const double *y,
		      const struct small_area *s, struct err *e)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct est v = stats_nothing;

		v.n = 1;
		v.value = s->eblup[i];
		v.se = sqrt(s->mse[i]);
		v.cv = v.se / v.value;
		if (!put_row(r, x, x->of.name[0], rows, i, &v,
			     (struct est_extra[]){ { "direct", y[i] },
						   { "gamma", s->gamma[i] },
						   { "g1", s->g1[i] },
						   { "g2", s->g2[i] },
						   { "g3", s->g3[i] },
						   { "mse", s->mse[i] } },
			     6, e))
			return false;
	}
	return true;
}

static bool detail_area(struct spec_run *r, const struct spec_estimate *x,
			const struct small_area *s, size_t k, struct err *e)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kd(&w, "sigma2", s->sigma2);
	jw_key(&w, "beta");
	jw_array(&w);
	for (size_t j = 0; j < k; j++)
		jw_double(&w, s->beta[j]);
	jw_array_end(&w);
	jw_object_end(&w);
	ok = spec_detail(r, x, &b, e);
	buf_free(&b);
	return ok;
}

static bool run_area(struct spec_run *r, const struct spec_estimate *x,
		     struct err *e)
{
	const struct area *o = x->own;
	size_t k = o->covariates.n + 1;
	struct rows rows;
	struct small_area s;
	double *y, *d, *m;

	if (!rows_of(r, x, o->id, &rows, e))
		return false;
	y = pick(r, &rows, x->of.name[0], e);
	d = y ? pick(r, &rows, o->se ? o->se : o->variance, e) : NULL;
	m = d ? area_matrix(r, &rows, &o->covariates, e) : NULL;
	if (!m || !area_room(r, rows.n, k, &s, e))
		return false;
	for (size_t i = 0; o->se && i < rows.n; i++)
		d[i] *= d[i];
	return small_area_fit(rows.n, k, y, d, m, &s, e) &&
	       detail_area(r, x, &s, k, e) && put_areas(r, x, &rows, y, &s, e);
}

/* ---- sample size ------------------------------------------------------ */

struct size {
	struct planning_size s;
	bool slovin;
};

static void *parse_size(struct spec_parse *p, const cJSON *node,
			struct spec_estimate *x)
{
	static const char *const keys[] = { "rule",	"population",
					    "margin",	"p",
					    "level",	"deff_plan",
					    "response", NULL };
	static const char *const rules[] = { "proportion", "slovin" };
	struct size *o = arena_alloc(p->a, sizeof *o);
	const char *at = x->path;

	spec_known_estimate(p, node, at, keys);
	if (!o)
		return NULL;
	o->slovin = spec_word(p, node, at, "rule", rules, 2, 0) == 1;
	o->s.population = spec_number(p, node, at, "population", 1, 1e15, NAN);
	o->s.margin = spec_number(p, node, at, "margin", 1e-6, 0.999999, NAN);
	o->s.p = spec_number(p, node, at, "p", 1e-6, 0.999999, 0.5);
	o->s.level = spec_number(p, node, at, "level", 0.5, 0.999999, 0.95);
	o->s.deff = spec_number(p, node, at, "deff_plan", 0.01, 999, 1);
	o->s.response = spec_number(p, node, at, "response", 0.001, 1, 1);
	if (!json_get(node, "margin"))
		spec_fault(p, "E03", at, "margin", "the margin of error",
			   "cần sai số cho phép");
	return o;
}

/* Without a population: the sum of weights in each cell. */
static bool put_size(struct spec_run *r, const struct spec_estimate *x,
		     const struct spec_cells *c, size_t k, double population,
		     struct err *e)
{
	const struct size *o = x->own;
	struct planning_size s = o->s;
	struct est v = stats_nothing;

	s.population = isnan(s.population) ? population : s.population;
	v.sum_w = s.population;
	if (o->slovin) {
		if (!planning_slovin(s.population, s.margin, &s.n, &v.value, e))
			return false;
		return stats_put_extra(r, x, "slovin", x->by, c->key[k], &v,
				       (struct est_extra[]){
					       { "n_exact", s.n } },
				       1, e);
	}
	if (!planning_size(&s, e))
		return false;
	v.value = s.issue;
	return stats_put_extra(r, x, "proportion", x->by, c->key[k], &v,
			       (struct est_extra[]){ { "n0", s.n0 },
						     { "n", s.n },
						     { "n_deff", s.n_deff } },
			       3, e);
}

static bool run_size(struct spec_run *r, const struct spec_estimate *x,
		     struct err *e)
{
	struct spec_cells c;
	struct survey_sum *w;

	if (!spec_cells(r, x, &c, e))
		return false;
	w = spec_memory(r, c.n, sizeof *w, e);
	for (size_t i = 0; w && i < r->frame->rows; i++)
		if (c.cell[i] != SURVEY_NONE)
			survey_add(&w[c.cell[i]], r->design->weight[i]);
	for (size_t k = 0; w && k < c.n; k++)
		if (!put_size(r, x, &c, k, w[k].s + w[k].c, e))
			return false;
	return w != NULL;
}

/* ---- allocation ------------------------------------------------------- */

struct allocation {
	enum planning_rule rule;
	const char *id, *spread;
	uint64_t n, least;
	bool cap;
};

static void *parse_allocation(struct spec_parse *p, const cJSON *node,
			      struct spec_estimate *x)
{
	static const char *const keys[] = { "rule", "spread", "n", "least",
					    "cap",  "id",     NULL };
	static const char *const rules[] = { "proportional", "neyman",
					     "equal" };
	struct allocation *o = arena_alloc(p->a, sizeof *o);
	const cJSON *spread = json_get(node, "spread");
	const char *at = x->path;

	spec_known_estimate(p, node, at, keys);
	if (!o || !spec_columns(p, node, at, "of", FRAME_NUMBER, 1, 1, &x->of))
		return NULL;
	o->rule =
		(enum planning_rule)spec_word(p, node, at, "rule", rules, 3, 0);
	o->id = read_id(p, node, x);
	if (o->rule == PLANNING_NEYMAN)
		o->spread = spec_column(p, spread, at, "spread", FRAME_NUMBER);
	o->n = (uint64_t)spec_number(p, node, at, "n", 1, 1e12, 0);
	o->least = (uint64_t)spec_number(p, node, at, "least", 0, 1e12, 0);
	o->cap = spec_bool(p, node, at, "cap", true);
	if (o->n == 0)
		spec_fault(p, "E03", at, "n", "the size of the sample",
			   "cần cỡ mẫu");
	return o;
}

static bool run_allocation(struct spec_run *r, const struct spec_estimate *x,
			   struct err *e)
{
	const struct allocation *o = x->own;
	struct rows rows;
	double *population, *spread = NULL, *exact;
	uint64_t *whole;

	if (!rows_of(r, x, o->id, &rows, e))
		return false;
	population = pick(r, &rows, x->of.name[0], e);
	if (population && o->spread)
		spread = pick(r, &rows, o->spread, e);
	exact = spec_memory(r, rows.n, sizeof *exact, e);
	whole = exact ? spec_memory(r, rows.n, sizeof *whole, e) : NULL;
	if (!population || (o->spread && !spread) || !whole ||
	    !planning_allocate(o->rule, rows.n, population, spread, o->n,
			       o->cap, o->least, exact, whole, e))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct est v = stats_nothing;

		v.n = 1;
		v.sum_w = population[i];
		v.value = (double)whole[i];
		if (!put_row(r, x, x->of.name[0], &rows, i, &v,
			     (struct est_extra[]){
				     { "exact", exact[i] },
				     { "fraction",
				       (double)whole[i] / population[i] } },
			     2, e))
			return false;
	}
	return true;
}

/* ---- a draw ----------------------------------------------------------- */

struct draw {
	const char *id, *column; /* sizes from a column of the stratum */
	double n;
	uint64_t seed;
};

static void *parse_draw(struct spec_parse *p, const cJSON *node,
			struct spec_estimate *x)
{
	static const char *const keys[] = { "n", "seed", "id", NULL };
	const cJSON *n = json_get(node, "n");
	struct draw *o = arena_alloc(p->a, sizeof *o);

	spec_known_estimate(p, node, x->path, keys);
	if (!o)
		return NULL;
	o->id = read_id(p, node, x);
	if (cJSON_IsString(n))
		o->column = spec_column(p, n, x->path, "n", FRAME_NUMBER);
	else
		o->n = spec_number(p, node, x->path, "n", 1, 1e9, 0);
	if (!n)
		spec_fault(p, "E03", x->path, "n",
			   "how many of each, or the column that says it",
			   "cần số lượng mỗi tầng, hoặc tên cột chứa nó");
	if (!json_get(node, "seed"))
		spec_fault(p, "E03", x->path, "seed",
			   "a seed, so that the draw can be repeated",
			   "cần hạt giống để có thể bốc lại như cũ");
	o->seed = (uint64_t)spec_number(p, node, x->path, "seed", 0,
					9007199254740991.0, 0);
	return o;
}

/* How many of cell k; all its rows must say the same. */
static bool draw_size(struct spec_run *r, const struct draw *o,
		      const uint32_t *row, size_t n, size_t *out, struct err *e)
{
	const double *y = o->column ? spec_numbers(r, o->column, e) : NULL;
	double want = o->n;

	if (o->column && !y)
		return false;
	for (size_t i = 0; y && i < n; i++) {
		if (!(y[row[i]] >= 0 && y[row[i]] < 1e9) ||
		    y[row[i]] != floor(y[row[i]]) ||
		    (i > 0 && y[row[i]] != want))
			return err_set(e, ERR_INPUT,
				       "dòng %u: \"%.40s\" không phải một số "
				       "lượng chung của tầng (not one whole "
				       "number in its stratum)",
				       row[i] + 1, o->column);
		want = y[row[i]];
	}
	*out = (size_t)want;
	return true;
}

static bool draw_cell(struct spec_run *r, const struct spec_estimate *x,
		      const struct spec_cells *c, size_t k,
		      const struct rows *rows, struct jw *w, struct err *e)
{
	const struct draw *o = x->own;
	size_t all = 0, n, *picked;
	uint32_t *row = spec_memory(r, rows->n, sizeof *row, e);
	struct est v = stats_nothing;

	for (size_t i = 0; row && i < rows->n; i++)
		if (c->cell[rows->row[i]] == k)
			row[all++] = rows->row[i];
	if (!row || !draw_size(r, o, row, all, &n, e))
		return false;
	picked = spec_memory(r, n, sizeof *picked, e);
	if (!picked || !planning_draw(all, n, o->seed, k, picked, e))
		return false;
	jw_object(w);
	jw_key(w, "key");
	jw_array(w);
	for (size_t j = 0; j < x->by.n; j++)
		jw_text(w, c->key[k][j]);
	jw_array_end(w);
	jw_key(w, "drawn");
	jw_array(w);
	for (size_t i = 0; i < n; i++) {
		uint32_t at = row[picked[i]];

		if (rows->id && rows->code[at] != FRAME_NONE)
			jw_text(w, rows->level[rows->code[at]]);
		else
			jw_int(w, (int64_t)at + 1);
	}
	jw_array_end(w);
	jw_object_end(w);
	v.n = all;
	v.value = (double)n;
	return stats_put_extra(r, x, "drawn", x->by, c->key[k], &v, NULL, 0, e);
}

static bool run_draw(struct spec_run *r, const struct spec_estimate *x,
		     struct err *e)
{
	const struct draw *o = x->own;
	struct buf b = BUF_INIT((size_t)256 << 20);
	struct spec_cells c;
	struct rows rows;
	struct jw w;
	bool ok = spec_cells(r, x, &c, e) && rows_of(r, x, o->id, &rows, e);

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "generator", PLANNING_GENERATOR);
	jw_ki(&w, "seed", (int64_t)o->seed);
	jw_key(&w, "strata");
	jw_array(&w);
	for (size_t k = 0; ok && k < c.n; k++)
		ok = draw_cell(r, x, &c, k, &rows, &w, e);
	jw_array_end(&w);
	jw_object_end(&w);
	ok = ok && spec_detail(r, x, &b, e);
	buf_free(&b);
	return ok;
}

/* ---- cells that stay closed ------------------------------------------- */

struct closing {
	const char *rows, *columns;
	int64_t threshold;
};

static void *parse_closing(struct spec_parse *p, const cJSON *node,
			   struct spec_estimate *x)
{
	static const char *const keys[] = { "rows", "columns", "threshold",
					    NULL };
	struct closing *o = arena_alloc(p->a, sizeof *o);

	spec_known_estimate(p, node, x->path, keys);
	if (!o)
		return NULL;
	o->rows = spec_column(p, json_get(node, "rows"), x->path, "rows",
			      FRAME_CODE);
	o->columns = spec_column(p, json_get(node, "columns"), x->path,
				 "columns", FRAME_CODE);
	o->threshold =
		(int64_t)spec_number(p, node, x->path, "threshold", 1, 1e9, 5);
	return o->rows && o->columns ? o : NULL;
}

struct counted {
	const uint32_t *code[2];
	const char *const *level[2];
	size_t levels[2];
	int64_t *count;
};

static bool count_table(struct spec_run *r, const struct spec_estimate *x,
			struct counted *t, struct err *e)
{
	const struct closing *o = x->own;
	struct spec_cells c;

	if (!spec_cells(r, x, &c, e))
		return false;
	t->code[0] = spec_codes(r, o->rows, &t->level[0], &t->levels[0], e);
	t->code[1] = t->code[0] ? spec_codes(r, o->columns, &t->level[1],
					     &t->levels[1], e)
				: NULL;
	if (!t->code[1])
		return false;
	if (t->levels[0] == 0 ||
	    t->levels[1] > LIMIT_PLANNING_CELLS / t->levels[0])
		return err_set(
			e, ERR_INPUT,
			"bảng %zu x %zu quá lớn (the table is too large)",
			t->levels[0], t->levels[1]);
	t->count = spec_memory(r, t->levels[0] * t->levels[1], sizeof *t->count,
			       e);
	for (size_t i = 0; t->count && i < r->frame->rows; i++) {
		uint32_t a = t->code[0][i], b = t->code[1][i];

		if (c.cell[i] != SURVEY_NONE && a != FRAME_NONE &&
		    b != FRAME_NONE)
			t->count[a * t->levels[1] + b]++;
	}
	return t->count != NULL;
}

/* An open cell shows its count, a closed one nothing but that it is. */
static bool put_table(struct spec_run *r, const struct spec_estimate *x,
		      const struct counted *t, const struct planning_table *s,
		      struct err *e)
{
	const struct closing *o = x->own;
	const char **by = arena_array(r->a, 2, sizeof *by);

	if (!by)
		return err_set(e, ERR_NOMEM, "out of memory");
	by[0] = o->rows;
	by[1] = o->columns;
	for (size_t i = 0; i < s->rows * s->columns; i++) {
		const char **key = arena_array(r->a, 2, sizeof *key);
		struct est v = stats_nothing;
		bool open = s->closed[i] == PLANNING_OPEN;

		if (!key)
			return err_set(e, ERR_NOMEM, "out of memory");
		key[0] = t->level[0][i / s->columns];
		key[1] = t->level[1][i % s->columns];
		v.n = open ? (size_t)s->count[i] : 0;
		v.value = open ? (double)s->count[i] : (double)NAN;
		if (!stats_put_extra(
			    r, x, "count",
			    (struct spec_names){ .name = by, .n = 2 }, key, &v,
			    (struct est_extra[]){ { "closed", !open } }, 1, e))
			return false;
	}
	return true;
}

static bool run_closing(struct spec_run *r, const struct spec_estimate *x,
			struct err *e)
{
	const struct closing *o = x->own;
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct counted t;
	struct planning_table s = { .threshold = o->threshold };
	struct jw w;
	bool ok;

	if (!count_table(r, x, &t, e))
		return false;
	s.rows = t.levels[0];
	s.columns = t.levels[1];
	s.count = t.count;
	s.closed = spec_memory(r, s.rows * s.columns, 1, e);
	if (!s.closed || !planning_suppress(&s, e))
		return false;
	jw_init(&w, &b);
	jw_object(&w);
	/* which cells are primary, or what the secondary ones sum to, would
	 * give small counts away beside the margins */
	jw_ki(&w, "closed", (int64_t)(s.n_primary + s.n_secondary));
	jw_kb(&w, "optimal", s.optimal);
	jw_object_end(&w);
	ok = spec_detail(r, x, &b, e) && put_table(r, x, &t, &s, e);
	buf_free(&b);
	return ok;
}

static const struct stat_def defs[] = {
	{ "fay_herriot", parse_area, run_area },
	{ "sample_size", parse_size, run_size },
	{ "allocation", parse_allocation, run_allocation },
	{ "draw", parse_draw, run_draw },
	{ "suppress", parse_closing, run_closing },
};
const struct stat_set stats_planning = { defs, sizeof defs / sizeof defs[0] };
