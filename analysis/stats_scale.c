/* alpha, omega, polychoric: `phieu estimate`. */
#include <math.h>

#include "phieu/factor.h"
#include "phieu/polychoric.h"
#include "phieu/reliability.h"
#include "scale_parts.h"

/* ---- alpha ------------------------------------------------------------ */

static void *parse_alpha(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	static const char *const keys[] = { "reverse", "range", NULL };

	return scale_parse(p, node, x, 2, keys);
}

static void write_alpha(struct jw *w, const struct scale_cell *c,
			const struct alpha *a, double level)
{
	const double feldt[] = { a->low, a->high };
	size_t k = c->k;

	jw_kd(w, "alpha", a->raw);
	jw_kd(w, "standardised", a->standardised);
	jw_kd(w, "guttman_lambda6", a->guttman6);
	jw_kd(w, "average_r", a->average_r);
	jw_kd(w, "ase", a->ase);
	jw_kd(w, "level", level);
	stats_write_list(w, "ci_feldt", feldt, 2);
	stats_write_list(w, "item_mean", c->m.mean, k);
	for (size_t j = 0; j < k; j++)
		c->values[j] = sqrt(c->m.cov[j * k + j]);
	stats_write_list(w, "item_sd", c->values, k);
	stats_write_list(w, "item_total_r", a->item_total_r, k);
	stats_write_list(w, "item_rest_r", a->item_rest_r, k);
	stats_write_list(w, "alpha_if_deleted", a->if_deleted, k);
}

static bool detail_alpha(struct spec_run *r, const struct spec_estimate *x,
			 const struct spec_cells *cells, size_t cell,
			 struct scale_cell *c, struct jw *w, struct err *e)
{
	struct alpha a = { .item_total_r = c->list,
			   .item_rest_r = c->list + c->k,
			   .if_deleted = c->list + 2 * c->k };
	struct err ignored = { 0 };

	(void)r;
	(void)cells;
	(void)cell;
	if (!reliability_alpha(c->k, c->m.n, c->m.cov, x->how.level, c->work,
			       &a, e))
		return false;
	write_alpha(w, c, &a, x->how.level);
	/* a pair without two common rows: there is none, then */
	jw_kd(w, "alpha_pairwise",
	      moments_pairwise(&c->d, c->r, NULL, &ignored)
		      ? reliability_raw_alpha(c->k, c->r)
		      : NAN);
	return true;
}

static bool run_alpha(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	struct spec_cells cells;
	const double *const *y = scale_columns(r, x, e);
	struct est *list;

	if (!y || !spec_cells(r, x, &cells, e))
		return false;
	list = stats_list(r, cells.n, e);
	if (!list ||
	    (cells.n > 0 &&
	     !reliability_alpha_estimate(&r->var, cells.cell, cells.n, y,
					 x->of.n, &x->how, list, e)))
		return false;
	/* a wave's details are closed anyway: see close_cells */
	return stats_put(r, x, NULL, &cells, list, e) &&
	       (r->spec->wave || scale_each(r, x, &cells, detail_alpha, e));
}

/* ---- omega ------------------------------------------------------------ */

static const char *const matrices[] = { "pearson", "polychoric" };

static void *parse_omega(struct spec_parse *p, const cJSON *node,
			 struct spec_estimate *x)
{
	static const char *const keys[] = { "reverse", "range", "matrix",
					    NULL };
	struct scale_spec *own = scale_parse(p, node, x, 3, keys);

	if (own)
		own->matrix = (enum scale_matrix)spec_word(p, node, x->path,
							   "matrix", matrices,
							   2, SCALE_PEARSON);
	return own;
}

static bool cell_omega(struct spec_run *r, const struct spec_estimate *x,
		       const struct spec_cells *cells, size_t cell,
		       struct scale_cell *c, struct jw *w, struct err *e)
{
	struct factor_ml f = { .uniqueness = c->values,
			       .loadings = c->loadings };
	struct est v;
	double se;
	int64_t df;

	if (!scale_correlations(r, x, c, e) ||
	    !factor_ml(c->k, 1, c->r, c->m.n, c->work, &f, e))
		return false;
	v = scale_value(c, reliability_omega(c->k, f.loadings, f.uniqueness));
	if (!scale_errors(r, x, cells, cell, c, SCALE_OMEGA, 1, &v.value, &se,
			  &df, e))
		return false;
	scale_add_error(x, se, df, &v);
	jw_kd(w, "omega_total", v.value);
	stats_write_list(w, "loadings", f.loadings, c->k);
	stats_write_list(w, "uniquenesses", f.uniqueness, c->k);
	jw_kd(w, "chi2", f.chi2);
	jw_kd(w, "df", f.df);
	jw_kd(w, "p", f.p);
	jw_kd(w, "rmsea", f.rmsea);
	jw_kd(w, "srmr", f.srmr);
	jw_ki(w, "heywood", (int64_t)f.heywood);
	return stats_put_extra(r, x, NULL, x->by, cells->key[cell], &v, NULL, 0,
			       e);
}

static bool run_omega(struct spec_run *r, const struct spec_estimate *x,
		      struct err *e)
{
	struct spec_cells cells;

	return spec_cells(r, x, &cells, e) &&
	       scale_each(r, x, &cells, cell_omega, e);
}

/* ---- polychoric ------------------------------------------------------- */

static void *parse_polychoric(struct spec_parse *p, const cJSON *node,
			      struct spec_estimate *x)
{
	static const char *const keys[] = { "reverse", "range", NULL };
	struct scale_spec *own = scale_parse(p, node, x, 2, keys);

	if (own)
		own->matrix = SCALE_POLYCHORIC;
	return own;
}

static bool put_pair(struct spec_run *r, const struct spec_estimate *x,
		     const struct spec_cells *cells, struct est *list, size_t i,
		     size_t j, struct err *e)
{
	const char *const *level;
	const char *a = x->of.name[i], *b = x->of.name[j];
	size_t rows, columns;
	const uint32_t *ca = spec_codes(r, a, &level, &rows, e);
	const uint32_t *cb = ca ? spec_codes(r, b, &level, &columns, e) : NULL;

	if (!cb || !polychoric_estimate(&r->var, cells->cell, cells->n, ca, cb,
					rows, columns, &x->how, list, e))
		return false;
	for (size_t t = 0; scale_sign(x, i, j) < 0 && t < cells->n; t++) {
		double low = list[t].ci_l;

		list[t].value = -list[t].value;
		list[t].ci_l = -list[t].ci_u;
		list[t].ci_u = -low;
	}
	return stats_put(r, x, arena_printf(r->a, "%s,%s", a, b), cells, list,
			 e);
}

/* The matrix, whether it is one of correlations, and alpha of the variables
 * behind (Zumbo, Gadermann & Zeisser 2007, J. Modern Appl. Stat. Methods 6:
 * 21-29). */
static bool cell_matrix(struct spec_run *r, const struct spec_estimate *x,
			const struct spec_cells *cells, size_t cell,
			struct scale_cell *c, struct jw *w, struct err *e)
{
	bool ok = scale_correlations(r, x, c, e) &&
		  factor_pca(c->k, c->r, 0, c->values, NULL, c->work, e);

	(void)cells;
	(void)cell;
	if (ok) {
		stats_write_matrix(w, "matrix", c->r, c->k, c->k);
		jw_kd(w, "smallest_eigenvalue", c->values[c->k - 1]);
		jw_kd(w, "ordinal_alpha", reliability_raw_alpha(c->k, c->r));
	}
	return ok;
}

static bool run_polychoric(struct spec_run *r, const struct spec_estimate *x,
			   struct err *e)
{
	struct spec_cells cells;
	struct est *list;

	if (!spec_cells(r, x, &cells, e))
		return false;
	list = stats_list(r, cells.n, e);
	for (size_t i = 0; list && cells.n > 0 && i < x->of.n; i++)
		for (size_t j = 0; j < i; j++)
			if (!put_pair(r, x, &cells, list, i, j, e))
				return false;
	return list && scale_each(r, x, &cells, cell_matrix, e);
}

static const struct stat_def defs[] = {
	{ "alpha", parse_alpha, run_alpha },
	{ "omega", parse_omega, run_omega },
	{ "polychoric", parse_polychoric, run_polychoric },
};
const struct stat_set stats_scale = { defs, sizeof defs / sizeof defs[0] };
