#include "phieu/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib_parts.h"

#define CALIB_CELLS ((size_t)1 << 22) /* crossings looked up by number */
#define CALIB_BLOCK ((size_t)1024)    /* rows at a time */
#define CALIB_FEW   ((size_t)64)      /* cells summed by blocks of rows */
#define CALIB_AGREE 1e-8	      /* relative: totals that are said twice */

struct calib_own {
	struct calib_spec spec;
	struct calib_term term[LIMIT_CALIB_TERMS];
	uint32_t *first[LIMIT_CALIB_TERMS]; /* [n_levels] auxiliary or NONE */
	struct calib_design design;
	struct calib_work *work; /* holds the factor of the base weights */
	double *base;		 /* [n] copied */
};

/* ---- checks of the specification -------------------------------------- */

static bool check_weight_bounds(const struct calib_spec *s, struct err *e)
{
	if (s->weight_bounded && !(s->w_lower >= 0 && s->w_lower < s->w_upper))
		return err_set(e, ERR_INPUT,
			       "giới hạn trọng số sai (bounds of weights want "
			       "0 <= lower < upper)");
	return true;
}

static bool check_bounds(const struct calib_spec *s, struct err *e)
{
	if (s->bounded && !(s->lower < 1 && s->upper > 1))
		return err_set(e, ERR_INPUT,
			       "giới hạn hệ số phải chứa 1 (bounds %g and %g "
			       "of g do not enclose 1)",
			       s->lower, s->upper);
	if (s->method == CALIB_LOGIT &&
	    !(s->bounded && isfinite(s->lower) && isfinite(s->upper)) &&
	    !(s->weight_bounded && isfinite(s->w_upper)))
		return err_set(e, ERR_INPUT,
			       "logit cần hai giới hạn (logit calibration "
			       "needs two bounds of g, or of "
			       "the weights)");
	if (s->method == CALIB_IPF && (s->bounded || s->weight_bounded))
		return err_set(e, ERR_INPUT,
			       "khớp lần lượt không nhận giới hạn (margins "
			       "fitted one by one take no bounds)");
	return check_weight_bounds(s, e);
}

static bool check_level(const struct calib_term *t, size_t l, struct err *e)
{
	if (t->code != NULL && t->total[l] < 0)
		return err_set(e, ERR_INPUT,
			       "có tổng âm (%s: a total is negative)", t->name);
	if (isinf(t->total[l]) ||
	    (isnan(t->total[l]) && (t->code == NULL || !t->partial)))
		return err_set(e, ERR_INPUT,
			       "thiếu tổng (%s has no total for %s)", t->name,
			       t->code == NULL	  ? "it"
			       : t->level == NULL ? "a level"
						  : t->level[l]);
	return true;
}

/* Sum over a whole margin, or the size; NAN for others. */
static double term_size(const struct calib_term *t)
{
	double s = 0;

	if (t->x != NULL)
		return NAN;
	for (size_t l = 0; l < t->n_levels; l++)
		s += t->total[l];
	return s;
}

static bool check_sizes(const struct calib_spec *s, struct err *e)
{
	size_t first = s->n_terms;

	for (size_t i = 0; i < s->n_terms; i++) {
		double size = term_size(&s->term[i]), before;

		if (isnan(size))
			continue;
		if (first == s->n_terms) {
			first = i;
			continue;
		}
		before = term_size(&s->term[first]);
		if (fabs(size - before) > CALIB_AGREE * fmax(size, before))
			return err_set(e, ERR_INPUT,
				       "các biên mâu thuẫn nhau (margins "
				       "contradict: %s sums to %.10g, "
				       "%s to %.10g)",
				       s->term[first].name, before,
				       s->term[i].name, size);
	}
	return true;
}

static bool check_spec(const struct calib_spec *s, struct err *e)
{
	if (s->n_terms == 0 || s->n_terms > LIMIT_CALIB_TERMS)
		return err_set(e, ERR_INPUT,
			       "sai số lượng biên (%zu margins are not within "
			       "1 and %d)",
			       s->n_terms, LIMIT_CALIB_TERMS);
	if (!check_bounds(s, e))
		return false;
	for (size_t i = 0; i < s->n_terms; i++) {
		const struct calib_term *t = &s->term[i];

		if (s->method == CALIB_IPF && t->x != NULL)
			return err_set(e, ERR_INPUT,
				       "biên khớp lần lượt phải theo nhóm (%s "
				       "is a number: margins fitted one by "
				       "one are groups)",
				       t->name);
		for (size_t l = 0; l < t->n_levels; l++)
			if (!check_level(t, l, e))
				return false;
	}
	return check_sizes(s, e);
}

/* ---- auxiliaries ------------------------------------------------------ */

static bool number_totals(struct calib_own *o, struct err *e)
{
	struct calib_design *d = &o->design;
	size_t k = 0;

	for (size_t i = 0; i < d->n_terms; i++) {
		const struct calib_term *t = &o->term[i];

		o->first[i] = malloc(t->n_levels * sizeof **o->first);
		if (o->first[i] == NULL)
			return err_set(e, ERR_NOMEM, "no memory for totals");
		for (size_t l = 0; l < t->n_levels; l++)
			o->first[i][l] = isnan(t->total[l]) ? SURVEY_NONE
							    : (uint32_t)k++;
	}
	if (k == 0 || k > LIMIT_CALIB_AUX)
		return err_set(e, ERR_INPUT,
			       "sai số lượng tổng (%zu totals are not within 1 "
			       "and %d)",
			       k, LIMIT_CALIB_AUX);
	d->k = k;
	d->diagonal = d->n_terms == 1;
	d->total = malloc(3 * k * sizeof *d->total);
	d->term_of = malloc(k * sizeof *d->term_of);
	d->level_of = malloc(k * sizeof *d->level_of);
	if (d->total == NULL || d->term_of == NULL || d->level_of == NULL)
		return err_set(e, ERR_NOMEM, "no memory for totals");
	d->said = d->total + k;
	d->scale = d->said + k;
	for (size_t i = 0; i < d->n_terms; i++)
		for (size_t l = 0; l < o->term[i].n_levels; l++) {
			uint32_t j = o->first[i][l];

			if (j == SURVEY_NONE)
				continue;
			d->total[j] = d->said[j] = o->term[i].total[l];
			d->scale[j] = 1;
			d->term_of[j] = i;
			d->level_of[j] = l;
		}
	return true;
}

/* ---- rows into cells -------------------------------------------------- */

static bool check_row(const struct calib_term *t, size_t row, struct err *e)
{
	if (t->x != NULL && !isfinite(t->x[row]))
		return err_set(e, ERR_INPUT,
			       "thiếu giá trị (row %zu: %s is missing)",
			       row + 1, t->name);
	if (t->code != NULL && t->code[row] == SURVEY_NONE)
		return err_set(e, ERR_INPUT,
			       "thiếu giá trị (row %zu: %s is missing)",
			       row + 1, t->name);
	if (t->code != NULL && t->code[row] >= t->n_levels)
		return err_set(
			e, ERR_INPUT,
			"giá trị không có tổng (row %zu: %s has no total)",
			row + 1, t->name);
	return true;
}

/* Numbers of rows' crossings of margins; 0 of each for what is missing. */
static void crossing(const struct calib_own *o, size_t from, size_t n,
		     uint32_t *at)
{
	memset(at, 0, n * sizeof *at);
	for (size_t t = 0; t < o->design.n_terms; t++) {
		uint32_t levels = (uint32_t)o->term[t].n_levels;
		const uint32_t *code = o->term[t].code;

		for (size_t i = 0; i < n; i++) {
			uint32_t c = code == NULL ? 0 : code[from + i];

			at[i] = at[i] * (levels + 1) + (c < levels ? c + 1 : 0);
		}
	}
}

static size_t crossings(const struct calib_own *o)
{
	size_t all = 1;

	if (o->spec.weight_bounded)
		return 0;
	for (size_t i = 0; i < o->design.n_terms; i++) {
		if (o->term[i].x != NULL ||
		    o->term[i].n_levels + 1 > CALIB_CELLS / all)
			return 0;
		all *= o->term[i].n_levels + 1;
	}
	return all;
}

/* Cells by crossing; *row_of[cell] a row of each. */
static bool cells_by_crossing(struct calib_own *o, size_t all, size_t **row_of,
			      struct err *e)
{
	struct calib_design *d = &o->design;
	uint32_t *cell = malloc(all * sizeof *cell);

	d->cell = malloc((d->n + 1) * sizeof *d->cell);
	*row_of = malloc((all < d->n ? all + 1 : d->n + 1) * sizeof **row_of);
	if (cell == NULL || d->cell == NULL || *row_of == NULL) {
		free(cell);
		return err_set(e, ERR_NOMEM, "no memory for margins");
	}
	memset(cell, 0xff, all * sizeof *cell);
	for (size_t from = 0; from < d->n; from += CALIB_BLOCK) {
		size_t left = d->n - from;
		size_t n = left < CALIB_BLOCK ? left : CALIB_BLOCK;
		uint32_t *to = d->cell + from;

		crossing(o, from, n, to);
		for (size_t i = 0; i < n; i++) {
			uint32_t *c = &cell[to[i]];

			if (*c == SURVEY_NONE) {
				(*row_of)[d->n_cells] = from + i;
				*c = (uint32_t)d->n_cells++;
			}
			to[i] = *c;
		}
	}
	free(cell);
	return true;
}

static void fill_cell(struct calib_own *o, size_t c, size_t row)
{
	struct calib_design *d = &o->design;

	for (size_t i = 0; i < d->n_terms; i++) {
		const struct calib_term *t = &o->term[i];
		uint32_t code = t->code == NULL ? 0 : t->code[row];
		size_t at = c * d->n_terms + i;
		double x = t->x == NULL ? 1 : t->x[row];

		d->index[at] = code < t->n_levels && isfinite(x)
				       ? o->first[i][code]
				       : SURVEY_NONE;
		if (d->value != NULL)
			d->value[at] = x;
	}
}

static bool fill_cells(struct calib_own *o, const size_t *row_of, struct err *e)
{
	struct calib_design *d = &o->design;
	bool number = false;

	for (size_t i = 0; i < d->n_terms; i++)
		number |= o->term[i].x != NULL;
	d->index = malloc((d->n_cells * d->n_terms + 1) * sizeof *d->index);
	if (number)
		d->value = malloc((d->n_cells * d->n_terms + 1) *
				  sizeof *d->value);
	if (d->index == NULL || (number && d->value == NULL))
		return err_set(e, ERR_NOMEM, "no memory for margins");
	d->diagonal = d->diagonal && !number;
	for (size_t c = 0; c < d->n_cells; c++)
		fill_cell(o, c, row_of == NULL ? c : row_of[c]);
	return true;
}

/* Whether something may be wrong with the rows: who, check_base asks. */
static bool doubtful(const struct calib_own *o, const double *base)
{
	unsigned bad = 0;

	for (size_t i = 0; i < o->design.n; i++)
		bad |= !(base[i] >= 0) | !(base[i] < INFINITY);
	for (size_t t = 0; t < o->design.n_terms && bad == 0; t++) {
		const uint32_t *code = o->term[t].code;
		uint32_t levels = (uint32_t)o->term[t].n_levels;

		bad |= o->term[t].x != NULL;
		for (size_t i = 0; code != NULL && i < o->design.n; i++)
			bad |= code[i] >= levels;
	}
	return bad != 0;
}

static bool check_base(const struct calib_own *o, const double *base,
		       struct err *e)
{
	for (size_t i = 0; i < o->design.n; i++) {
		if (!(base[i] >= 0 && base[i] < INFINITY))
			return err_set(e, ERR_INPUT,
				       "trọng số thiếu hoặc âm (row %zu has a "
				       "weight that is missing "
				       "or negative)",
				       i + 1);
		for (size_t t = 0; base[i] > 0 && t < o->design.n_terms; t++)
			if (!check_row(&o->term[t], i, e))
				return false;
	}
	return true;
}

static bool make_cells(struct calib_own *o, const double *base, struct err *e)
{
	struct calib_design *d = &o->design;
	size_t all = crossings(o), *row_of = NULL;
	bool ok;

	if (doubtful(o, base) && !check_base(o, base, e))
		return false;
	d->n_cells = all > 0 ? 0 : d->n;
	ok = (all == 0 || cells_by_crossing(o, all, &row_of, e)) &&
	     fill_cells(o, row_of, e);
	free(row_of);
	return ok;
}

/* A number far from 0 is nearly the constant: take its mean and scale out,
 * which changes no weight as long as the size is one of the totals. */
static void centre(struct calib_own *o, const double *base, size_t term)
{
	struct calib_design *d = &o->design;
	struct survey_sum w = { 0 }, s = { 0 }, q = { 0 };
	double size = NAN, mean, scale;
	uint32_t j = o->first[term][0];

	for (size_t i = 0; i < d->n_terms && isnan(size); i++)
		size = term_size(&o->term[i]);
	for (size_t i = 0; i < d->n; i++) {
		if (base[i] == 0)
			continue;
		survey_add(&w, base[i]);
		survey_add(&s, base[i] * o->term[term].x[i]);
	}
	mean = isnan(size) ? 0 : (s.s + s.c) / (w.s + w.c);
	for (size_t i = 0; i < d->n; i++)
		if (base[i] > 0)
			survey_add(&q, base[i] * (o->term[term].x[i] - mean) *
					       (o->term[term].x[i] - mean));
	scale = sqrt((q.s + q.c) / (w.s + w.c));
	scale = scale > 0 ? scale : 1;
	for (size_t c = 0; c < d->n_cells; c++) {
		double *v = &d->value[c * d->n_terms + term];

		*v = isfinite(*v) ? (*v - mean) / scale : 0;
	}
	d->scale[j] = scale;
	d->total[j] = (d->total[j] - (mean == 0 ? 0 : mean * size)) / scale;
}

/* ---- base weights of cells -------------------------------------------- */

static void sum_cells(struct calib_work *w, const double *base)
{
	const struct calib_design *d = w->d;
	size_t few = d->n_cells <= CALIB_FEW ? d->n_cells : 0;
	/* two each, so that a row need not wait for the one before */
	double part[2 * CALIB_FEW] = { 0 };

	if (d->cell == NULL) {
		memcpy(w->base, base, d->n * sizeof *base);
		return;
	}
	memset(w->cells, 0, d->n_cells * sizeof *w->cells);
	for (size_t i = 0; few == 0 && i < d->n; i++)
		survey_add(&w->cells[d->cell[i]], base[i]);
	for (size_t from = 0; few > 0 && from < d->n; from += CALIB_BLOCK) {
		size_t end =
			d->n - from < CALIB_BLOCK ? d->n : from + CALIB_BLOCK;

		for (size_t i = from; i < end; i++)
			part[2 * (size_t)d->cell[i] + (i & 1)] += base[i];
		for (size_t c = 0; c < 2 * few; c++) {
			survey_add(&w->cells[c / 2], part[c]);
			part[c] = 0;
		}
	}
	for (size_t c = 0; c < d->n_cells; c++)
		w->base[c] = w->cells[c].s + w->cells[c].c;
}

/* Every total has rows. */
static bool check_rows(struct calib_work *w, struct err *e)
{
	const struct calib_design *d = w->d;
	size_t m = d->n_terms;
	struct buf name = BUF_INIT(120);

	memset(w->step, 0, d->k * sizeof *w->step);
	for (size_t c = 0; c < d->n_cells; c++)
		for (size_t s = 0; s < m; s++)
			if (d->index[c * m + s] != SURVEY_NONE)
				w->step[d->index[c * m + s]] += w->base[c];
	for (size_t j = 0; j < d->k; j++) {
		if (w->step[j] > 0 || d->total[j] == 0)
			continue;
		calib_name(d, j, &name);
		err_set(e, ERR_INPUT,
			"có tổng mà không có dòng nào (%s has a total of %.10g "
			"and no rows)",
			buf_cstr(&name), d->total[j]);
		buf_free(&name);
		return false;
	}
	return true;
}

/* A dependent column x_j = sum b_i x_i of those before asks for the same of
 * the totals. */
static bool check_dependent(struct calib_work *w, size_t *dependent,
			    struct err *e)
{
	const struct calib_design *d = w->d;
	size_t k = d->k;
	struct buf name = BUF_INIT(120);

	*dependent = 0;
	for (size_t j = 0; j < k; j++) {
		double want = 0, size = fabs(d->total[j]);

		if (!w->out[j])
			continue;
		(*dependent)++;
		if (d->diagonal)
			continue;
		/* L'b = l_j over the columns kept */
		memset(w->step, 0, k * sizeof *w->step);
		for (size_t i = j; i-- > 0;) {
			double s = w->a[j * k + i];

			if (w->out[i])
				continue;
			for (size_t l = i + 1; l < j; l++)
				s -= w->out[l] ? 0
					       : w->a[l * k + i] * w->step[l];
			w->step[i] = s / w->a[i * k + i];
			want += w->step[i] * d->total[i];
			size = fmax(size, fabs(w->step[i] * d->total[i]));
		}
		if (fabs(want - d->total[j]) <= CALIB_AGREE * size)
			continue;
		calib_name(d, j, &name);
		err_set(e, ERR_INPUT,
			"các biên mâu thuẫn nhau (margins contradict: %s is "
			"%.10g where the "
			"totals before it make %.10g)",
			buf_cstr(&name), d->said[j],
			d->said[j] - (d->total[j] - want) * d->scale[j]);
		buf_free(&name);
		return false;
	}
	return true;
}

/* ---- workspaces ------------------------------------------------------- */

void calib_work_free(struct calib_work *w)
{
	if (w == NULL)
		return;
	free(w->a);
	free(w->out);
	free(w->lambda);
	free(w->sum);
	free(w->cells);
	free(w->base);
	free(w);
}

static struct calib_work *work_new(const struct calib_design *d, struct err *e)
{
	struct calib_work *w = calloc(1, sizeof *w);
	size_t k = d->k, c = d->n_cells;
	bool ok = false;

	if (w == NULL)
		goto out;
	w->d = d;
	w->a = malloc((d->diagonal ? k : k * k) * sizeof *w->a);
	w->out = malloc(k);
	w->lambda = malloc(5 * k * sizeof *w->lambda);
	w->sum = malloc(k * sizeof *w->sum);
	w->cells = malloc((d->cell == NULL ? 1 : c + 1) * sizeof *w->cells);
	w->base = malloc((3 * c + 1) * sizeof *w->base);
	if (w->a == NULL || w->out == NULL || w->lambda == NULL ||
	    w->sum == NULL || w->cells == NULL || w->base == NULL)
		goto out;
	w->step = w->lambda + k;
	w->miss = w->step + k;
	w->old = w->miss + k;
	w->old_miss = w->old + k;
	w->g = w->base + c;
	w->slope = w->g + c;
	ok = true;
out:
	if (ok)
		return w;
	calib_work_free(w);
	err_set(e, ERR_NOMEM, "no memory for calibration");
	return NULL;
}

struct calib_work *calib_work_new(const struct calibration *c, struct err *e)
{
	const struct calib_own *o = c->own;

	return work_new(&o->design, e);
}

bool calib_again(const struct calibration *c, struct calib_work *w,
		 const double *base, double *weight, struct err *e)
{
	sum_cells(w, base);
	if (!check_rows(w, e) || !calib_run(w, e))
		return false;
	for (size_t i = 0; i < c->n; i++)
		weight[i] = base[i] == 0
				    ? 0
				    : base[i] * w->g[w->d->cell == NULL
							     ? i
							     : w->d->cell[i]];
	return true;
}

/* ---- residuals -------------------------------------------------------- */

static size_t residual_row(const void *ctx, uint32_t row, uint32_t *index,
			   double *value)
{
	const struct calib_own *o = ctx;
	const struct calib_design *d = &o->design;
	size_t m = d->n_terms, n = 0;
	size_t c = d->cell == NULL ? row : d->cell[row];

	for (size_t s = 0; s < m; s++) {
		if (d->index[c * m + s] == SURVEY_NONE)
			continue;
		index[n] = d->index[c * m + s];
		value[n++] = d->value == NULL ? 1 : d->value[c * m + s];
	}
	return n;
}

static bool residual_solve(const void *ctx, double *b, size_t p, struct err *e)
{
	const struct calib_own *o = ctx;
	const struct calib_work *w = o->work;

	(void)e;
	calib_solve_factor(w->a, w->out, o->design.k, o->design.diagonal, b, p);
	return true;
}

/* ---- all of it -------------------------------------------------------- */

void calib_free(struct calibration *c)
{
	struct calib_own *o;

	if (c == NULL)
		return;
	o = c->own;
	for (size_t i = 0; o != NULL && i < LIMIT_CALIB_TERMS; i++)
		free(o->first[i]);
	if (o != NULL) {
		calib_work_free(o->work);
		free(o->design.cell);
		free(o->design.index);
		free(o->design.value);
		free(o->design.total);
		free(o->design.term_of);
		free(o->design.level_of);
		free(o->base);
		free(o->design.low);
		free(o->design.high);
		free(o);
	}
	free(c->weight);
	free(c->g);
	free(c->inv_g);
	free(c);
}

void calib_base(const struct calibration *c, double *out)
{
	const struct calib_own *o = c->own;

	memcpy(out, o->base, c->n * sizeof *out);
}

/* `rows` rows of positive weight have this g. */
static void note_g(struct calibration *c, const struct calib_own *o, size_t at,
		   size_t rows)
{
	const struct calib_design *d = &o->design;
	double g = o->work->g[at];

	if (rows == 0)
		return;
	c->g_min = fmin(c->g_min, g);
	c->g_max = fmax(c->g_max, g);
	c->negative += g < 0 ? rows : 0;
	if (g <= (d->low == NULL ? o->spec.lower : d->low[at]) ||
	    g >= (d->high == NULL ? o->spec.upper : d->high[at]))
		c->at_bound += rows;
}

/* inv[cell] = 1/g; rows[cell] of positive weight, counted. */
static void put_cells(struct calibration *c, const struct calib_own *o,
		      const double *base, double *inv, size_t *rows)
{
	const double *g = o->work->g;
	const uint32_t *cell = o->design.cell;

	for (size_t k = 0; k < o->design.n_cells; k++) {
		inv[k] = g[k] == 0 ? 0 : 1 / g[k];
		rows[k] = 0;
	}
	for (size_t i = 0; i < c->n; i++) {
		bool in = base[i] > 0;

		c->g[i] = in ? g[cell[i]] : 1;
		c->weight[i] = base[i] * c->g[i];
		c->inv_g[i] = in ? inv[cell[i]] : 1;
		rows[cell[i]] += in;
	}
}

static bool put_weights(struct calibration *c, const struct calib_own *o,
			const double *base, struct err *e)
{
	const struct calib_design *d = &o->design;
	double *inv = malloc((d->n_cells + 1) * sizeof *inv);
	size_t *rows = calloc(d->n_cells + 1, sizeof *rows);
	bool ok = inv != NULL && rows != NULL;

	if (!ok)
		(void)err_set(e, ERR_NOMEM, "no memory for weights");
	c->g_min = INFINITY;
	c->g_max = -INFINITY;
	if (ok && d->cell != NULL)
		put_cells(c, o, base, inv, rows);
	for (size_t i = 0; ok && d->cell == NULL && i < c->n; i++) {
		double g = base[i] > 0 ? o->work->g[i] : 1;

		c->g[i] = g;
		c->weight[i] = base[i] * g;
		c->inv_g[i] = g == 0 ? 0 : 1 / g;
		rows[i] = base[i] > 0;
	}
	for (size_t k = 0; ok && k < d->n_cells; k++)
		note_g(c, o, k, rows[k]);
	free(inv);
	free(rows);
	return ok;
}

static bool calib_make(struct calibration *c, struct calib_own *o,
		       const double *base, struct err *e)
{
	struct calib_design *d = &o->design;

	o->base = malloc(d->n * sizeof *o->base);
	if (o->base == NULL)
		return err_set(e, ERR_NOMEM, "no memory for weights");
	memcpy(o->base, base, d->n * sizeof *base);
	if (!number_totals(o, e) || !make_cells(o, base, e))
		return false;
	o->work = work_new(d, e);
	if (o->work == NULL)
		return false;
	sum_cells(o->work, base);
	if (!check_rows(o->work, e))
		return false;
	for (size_t i = 0; i < d->n_terms; i++)
		if (o->term[i].x != NULL)
			centre(o, base, i);
	calib_factor(o->work, NULL);
	if (!check_dependent(o->work, &c->dependent, e) ||
	    !calib_row_bounds(&o->spec, &o->design, base, e) ||
	    !calib_run(o->work, e))
		return false;
	c->steps = o->work->steps;
	c->worst = o->work->worst;
	calib_factor(o->work, NULL); /* Newton's steps were over it */
	if (!put_weights(c, o, base, e))
		return false;
	c->k = d->k;
	c->residual = (struct survey_residual){ .k = d->k,
						.inv_g = c->inv_g,
						.weight = c->weight,
						.row = residual_row,
						.solve = residual_solve,
						.ctx = o,
						.cell = d->cell,
						.n_cells = d->n_cells };
	return true;
}

/* The caller's words, bounds made infinite where there are none. */
static void copy_spec(struct calib_own *o, const struct calib_spec *spec,
		      size_t n)
{
	o->spec = *spec;
	memcpy(o->term, spec->term, spec->n_terms * sizeof *spec->term);
	o->spec.term = o->term;
	if (!spec->bounded) {
		o->spec.lower = -INFINITY;
		o->spec.upper = INFINITY;
	}
	o->design.spec = &o->spec;
	o->design.n = n;
	o->design.n_terms = spec->n_terms;
}

struct calibration *calib_new(const struct calib_spec *spec, size_t n,
			      const double *base, struct err *e)
{
	struct calibration *c;
	struct calib_own *o;
	unsigned any = 0;

	if (!check_spec(spec, e))
		return NULL;
	for (size_t i = 0; i < n; i++)
		any |= base[i] > 0;
	if (any == 0) {
		err_set(e, ERR_MATH, "mọi trọng số bằng 0 (all weights are 0)");
		return NULL;
	}
	c = calloc(1, sizeof *c);
	o = calloc(1, sizeof *o);
	if (c != NULL) {
		c->own = o;
		c->n = n;
		c->weight = malloc((n + 1) * sizeof *c->weight);
		c->g = malloc((n + 1) * sizeof *c->g);
		c->inv_g = malloc((n + 1) * sizeof *c->inv_g);
	}
	if (o == NULL || c == NULL || c->weight == NULL || c->g == NULL ||
	    c->inv_g == NULL) {
		err_set(e, ERR_NOMEM, "no memory for calibration");
		if (c == NULL)
			free(o);
		calib_free(c);
		return NULL;
	}
	copy_spec(o, spec, n);
	if (calib_make(c, o, base, e))
		return c;
	calib_free(c);
	return NULL;
}
