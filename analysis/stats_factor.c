/* pca and factor: `phieu estimate`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/factor.h"
#include "scale_parts.h"

static const char *const matrices[] = { "pearson", "polychoric" };
static const char *const rotations[] = { "none", "varimax", "oblimin" };

/* "factors": 2, "kaiser" or "parallel" */
static int parse_number(struct spec_parse *p, const cJSON *node,
			const struct spec_estimate *x, const char *key,
			int otherwise)
{
	static const char *const words[] = { "kaiser", "parallel" };
	const cJSON *v = json_get(node, key);

	if (cJSON_IsNumber(v))
		return (int)spec_number(p, node, x->path, key, 1,
					(double)x->of.n - 1, 1);
	if (!v)
		return otherwise;
	return spec_word(p, node, x->path, key, words, 2, 0) == 0
		       ? SCALE_KAISER
		       : SCALE_PARALLEL;
}

static void *parse_dimensions(struct spec_parse *p, const cJSON *node,
			      struct spec_estimate *x)
{
	static const char *const keys[] = { "reverse", "range",	  "matrix",
					    "missing", "factors", "rotate",
					    "gamma",   "draws",	  "seed",
					    "level",   NULL };
	static const char *const missing[] = { "listwise", "pairwise" };
	struct scale_spec *own = scale_parse(p, node, x, 3, keys);

	if (!own)
		return NULL;
	own->matrix = (enum scale_matrix)spec_word(p, node, x->path, "matrix",
						   matrices, 2, SCALE_PEARSON);
	own->pairwise =
		spec_word(p, node, x->path, "missing", missing, 2, 0) == 1;
	own->rotate = (enum scale_rotate)spec_word(p, node, x->path, "rotate",
						   rotations, 3, SCALE_NONE);
	own->gamma = spec_number(p, node, x->path, "gamma", -50, 0.8, 0);
	own->draws =
		(size_t)spec_number(p, node, x->path, "draws", 10, 20000, 500);
	own->seed = (unsigned long)spec_number(p, node, x->path, "seed", 1,
					       2147483647, 1);
	own->parallel_level =
		spec_number(p, node, x->path, "level", 0.5, 0.999, 0.95);
	own->factors = parse_number(p, node, x, "factors", SCALE_PARALLEL);
	return own;
}

/* KMO and Bartlett's test; null where the matrix is singular. */
static void write_adequacy(struct scale_cell *c, struct jw *w)
{
	struct bartlett b = { NAN, NAN, NAN };
	struct err own = { 0 };
	double msa = NAN;

	for (size_t j = 0; j < c->k; j++)
		c->list[j] = NAN;
	if (!factor_kmo(c->k, c->r, &msa, c->list, c->work, &own))
		msa = NAN;
	jw_kd(w, "kmo", msa);
	stats_write_list(w, "kmo_items", c->list, c->k);
	if (!factor_bartlett(c->k, c->r, c->m.n, c->work, &b, &own))
		b = (struct bartlett){ NAN, NAN, NAN };
	jw_key(w, "bartlett");
	jw_object(w);
	jw_kd(w, "chi2", b.chi2);
	jw_kd(w, "df", b.df);
	jw_kd(w, "p", b.p);
	jw_object_end(w);
}

/* What makes the draws again: the result tells how it came about. */
static void write_draws(struct jw *w, const struct scale_spec *own)
{
	jw_key(w, "parallel");
	jw_object(w);
	jw_kv(w, "generator", "MT19937");
	jw_ki(w, "seed", (int64_t)own->seed);
	jw_ki(w, "draws", (int64_t)own->draws);
	jw_kd(w, "level", own->parallel_level);
	jw_object_end(w);
}

/* Eigenvalues into c->values, what chance gives beside them, and how many
 * dimensions to keep. */
static bool write_dimensions(const struct scale_spec *own, struct scale_cell *c,
			     struct jw *w, size_t *m, struct err *e)
{
	size_t k = c->k, kaiser, parallel = 0;
	struct err none = { 0 };
	double *mean = c->list, *quantile = c->list + k;

	kaiser = factor_kaiser(k, c->values);
	stats_write_list(w, "eigenvalues", c->values, k);
	jw_ki(w, "n_kaiser", (int64_t)kaiser);
	if (factor_parallel(k, c->m.n, own->draws, own->seed,
			    own->parallel_level, mean, quantile, c->work,
			    &none)) {
		parallel = factor_retained(k, c->values, quantile);
		jw_ki(w, "n_parallel", (int64_t)parallel);
		stats_write_list(w, "parallel_mean", mean, k);
		stats_write_list(w, "parallel_quantile", quantile, k);
		write_draws(w, own);
	} else if (own->factors == SCALE_PARALLEL) {
		*e = none;
		return false;
	}
	*m = own->factors == SCALE_KAISER     ? kaiser
	     : own->factors == SCALE_PARALLEL ? parallel
					      : (size_t)own->factors;
	return true;
}

/* Of a matrix without its diagonal, as given below it. */
static void write_below(struct jw *w, const char *key, const double *below,
			size_t m)
{
	jw_key(w, key);
	jw_array(w);
	for (size_t i = 0; i < m; i++) {
		jw_array(w);
		for (size_t j = 0; j < m; j++) {
			size_t a = i > j ? i : j, b = i > j ? j : i;

			jw_double(w, a == b ? 0 : below[a * (a - 1) / 2 + b]);
		}
		jw_array_end(w);
	}
	jw_array_end(w);
}

/* By replicates, each turned to the columns of the whole sample. */
static bool write_rotated_errors(struct spec_run *r,
				 const struct spec_estimate *x,
				 const struct spec_cells *cells, size_t cell,
				 struct scale_cell *c, size_t m, bool ml,
				 struct jw *w, struct err *e)
{
	const struct scale_spec *own = x->own;
	struct scale_rotated of = { .k = c->k,
				    .m = m,
				    .ml = ml,
				    .rotate = own->rotate,
				    .gamma = own->gamma,
				    .target = c->loadings };
	size_t q = scale_rotated_size(&of), at = c->k * m;
	double *theta = malloc((2 * q + 1) * sizeof *theta);
	double *se = theta ? theta + q : NULL;
	bool known, ok;

	if (!theta)
		return err_set(e, ERR_NOMEM, "no memory for errors");
	memcpy(theta, c->loadings, at * sizeof *theta);
	for (size_t a = 1; own->rotate == SCALE_OBLIMIN && a < m; a++)
		for (size_t b = 0; b < a; b++)
			theta[at++] = c->phi[a * m + b];
	ok = scale_rotated_errors(r, x, cells, cell, c, &of, theta, se, &known,
				  e);
	if (ok && known) {
		stats_write_matrix(w, "rotated_se", se, c->k, m);
		if (own->rotate == SCALE_OBLIMIN)
			write_below(w, "factor_correlations_se", se + c->k * m,
				    m);
	}
	free(theta);
	return ok;
}

static bool write_rotated(struct spec_run *r, const struct spec_estimate *x,
			  const struct spec_cells *cells, size_t cell,
			  struct scale_cell *c, size_t m, bool ml, struct jw *w,
			  struct err *e)
{
	const struct scale_spec *own = x->own;
	size_t k = c->k;

	stats_write_matrix(w, "loadings", c->loadings, k, m);
	if (own->rotate == SCALE_NONE || m < 2)
		return true;
	if (own->rotate == SCALE_VARIMAX) {
		factor_varimax(k, m, c->loadings, c->work);
	} else {
		if (!factor_oblimin(k, m, c->loadings, c->phi, own->gamma,
				    c->work, e))
			return false;
		stats_write_matrix(w, "factor_correlations", c->phi, m, m);
	}
	stats_write_matrix(w, "rotated", c->loadings, k, m);
	for (size_t j = 0; j < m; j++) {
		c->list[j] = 0;
		for (size_t i = 0; i < k; i++)
			c->list[j] +=
				c->loadings[i * m + j] * c->loadings[i * m + j];
	}
	stats_write_list(w, "rotated_sums_of_squares", c->list, m);
	return write_rotated_errors(r, x, cells, cell, c, m, ml, w, e);
}

static bool begin(struct spec_run *r, const struct spec_estimate *x,
		  struct scale_cell *c, struct jw *w, size_t *m, struct err *e)
{
	if (!scale_correlations(r, x, c, e) ||
	    !factor_pca(c->k, c->r, 0, c->values, NULL, c->work, e))
		return false;
	write_adequacy(c, w);
	return write_dimensions(x->own, c, w, m, e);
}

/* ---- pca -------------------------------------------------------------- */

static bool cell_pca(struct spec_run *r, const struct spec_estimate *x,
		     const struct spec_cells *cells, size_t cell,
		     struct scale_cell *c, struct jw *w, struct err *e)
{
	size_t m, k = c->k;
	int64_t df;

	if (!begin(r, x, c, w, &m, e) ||
	    !factor_pca(k, c->r, m, c->values, c->loadings, c->work, e) ||
	    !scale_errors(r, x, cells, cell, c, SCALE_COMPONENTS, 0, c->values,
			  c->list, &df, e))
		return false;
	for (size_t j = 0; j < k; j++) {
		struct est_extra share = { "share", c->values[j] / (double)k };
		struct est v = scale_value(c, c->values[j]);

		scale_add_error(x, c->list[j], df, &v);
		if (!stats_put_extra(r, x,
				     arena_printf(r->a, "component %zu", j + 1),
				     x->by, cells->key[cell], &v, &share, 1, e))
			return false;
	}
	jw_ki(w, "components", (int64_t)m);
	return m == 0 || write_rotated(r, x, cells, cell, c, m, false, w, e);
}

static bool run_pca(struct spec_run *r, const struct spec_estimate *x,
		    struct err *e)
{
	struct spec_cells cells;

	return spec_cells(r, x, &cells, e) &&
	       scale_each(r, x, &cells, cell_pca, e);
}

/* ---- factor ----------------------------------------------------------- */

static void write_fit(struct jw *w, const struct factor_ml *f)
{
	jw_kd(w, "chi2", f->chi2);
	jw_kd(w, "df", f->df);
	jw_kd(w, "p", f->p);
	jw_kd(w, "objective", f->objective);
	jw_kd(w, "rmsea", f->rmsea);
	jw_kd(w, "srmr", f->srmr);
	jw_ki(w, "heywood", (int64_t)f->heywood);
}

static bool cell_factor(struct spec_run *r, const struct spec_estimate *x,
			const struct spec_cells *cells, size_t cell,
			struct scale_cell *c, struct jw *w, struct err *e)
{
	struct factor_ml f = { .uniqueness = c->values,
			       .loadings = c->loadings };
	double *communality = c->list + c->k;
	size_t m = 0;
	int64_t df;
	bool ok = begin(r, x, c, w, &m, e);

	if (ok)
		jw_ki(w, "factors", (int64_t)m);
	if (ok && m == 0)
		ok = err_set(e, ERR_MATH,
			     "không có nhân tố nào vượt ngẫu nhiên (no "
			     "factor beyond chance)");
	if (!ok || !factor_ml(c->k, m, c->r, c->m.n, c->work, &f, e))
		return false;
	write_fit(w, &f);
	stats_write_list(w, "uniquenesses", f.uniqueness, c->k);
	for (size_t j = 0; j < c->k; j++)
		communality[j] = 1 - f.uniqueness[j];
	if (!scale_errors(r, x, cells, cell, c, SCALE_FACTORS, m, communality,
			  c->list, &df, e))
		return false;
	for (size_t j = 0; j < c->k; j++) {
		struct est_extra u = { "uniqueness", f.uniqueness[j] };
		struct est v = scale_value(c, communality[j]);

		scale_add_error(x, c->list[j], df, &v);
		if (!stats_put_extra(r, x, x->of.name[j], x->by,
				     cells->key[cell], &v, &u, 1, e))
			return false;
	}
	return write_rotated(r, x, cells, cell, c, m, true, w, e);
}

static bool run_factor(struct spec_run *r, const struct spec_estimate *x,
		       struct err *e)
{
	struct spec_cells cells;

	return spec_cells(r, x, &cells, e) &&
	       scale_each(r, x, &cells, cell_factor, e);
}

static const struct stat_def defs[] = {
	{ "pca", parse_dimensions, run_pca },
	{ "factor", parse_dimensions, run_factor },
};
const struct stat_set stats_factor = { defs, sizeof defs / sizeof defs[0] };
