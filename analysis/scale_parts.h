/* scale_parts.h - what the statistics of items share; analysis only. */
#ifndef ANALYSIS_SCALE_PARTS_H
#define ANALYSIS_SCALE_PARTS_H

#include "phieu/moments.h"
#include "stats_parts.h"

#define SCALE_ITEMS_MAX ((size_t)200)

enum scale_matrix { SCALE_PEARSON, SCALE_POLYCHORIC };
enum scale_rotate { SCALE_NONE, SCALE_VARIMAX, SCALE_OBLIMIN };
enum { SCALE_KAISER = 0, SCALE_PARALLEL = -1 }; /* as a number of factors */

/* The keys of alpha, omega, polychoric, pca and factor. */
struct scale_spec {
	struct spec_names reverse; /* items among "of" to turn */
	double low, high;	   /* "range": x' = low + high - x */
	bool pairwise;
	enum scale_matrix matrix;
	enum scale_rotate rotate;
	int factors; /* or SCALE_KAISER, SCALE_PARALLEL */
	double gamma;
	size_t draws;
	unsigned long seed;
	double parallel_level;
};

/* Reads "of" (least items or more), "reverse" and "range"; keys[]: what else
 * the statistic knows, for which the others are left at their defaults. */
struct scale_spec *scale_parse(struct spec_parse *p, const cJSON *node,
			       struct spec_estimate *x, size_t least,
			       const char *const *keys);

/* Columns of the items, turned where they are to be; [x->of.n]. */
const double *const *scale_columns(struct spec_run *r,
				   const struct spec_estimate *x,
				   struct err *e) MUST_USE;

/* One cell's items, moments and room; reused from cell to cell. */
struct scale_cell {
	struct items d;
	struct moments m;
	size_t k;
	unsigned char *in;	 /* [rows] */
	uint32_t *mask;		 /* [rows] 0: complete row of the cell */
	struct survey_base base; /* of these rows */
	double *r;		 /* [k*k] the chosen correlations */
	double *values, *loadings, *phi, *list; /* [k], [k*k], [k*k], [4k] */
	double *table;				/* room of one cross table */
	double *work; /* enough for every function of factor.h */
};
bool scale_cell_init(struct spec_run *r, const struct spec_estimate *x,
		     struct scale_cell *c, struct err *e) MUST_USE;
/* Moments over the cell's complete rows, weighted by the design.  Names the
 * item that does not vary in ERR_MATH. */
bool scale_moments(struct spec_run *r, const struct spec_estimate *x,
		   const struct spec_cells *cells, size_t cell,
		   struct scale_cell *c, struct err *e) MUST_USE;
/* The correlations that "matrix" names into c->r, after scale_moments;
 * polychoric ones over the rows that have the two items. */
bool scale_correlations(struct spec_run *r, const struct spec_estimate *x,
			struct scale_cell *c, struct err *e) MUST_USE;
/* -1 when one of two items is turned, else 1. */
double scale_sign(const struct spec_estimate *x, size_t i, size_t j);

/* An estimate of value alone: n and sum_w of the cell's moments. */
struct est scale_value(const struct scale_cell *c, double value);

/* Rotated loadings of m dimensions, row by row, and of oblimin the factors'
 * correlations below the diagonal: columns in the order and with the signs that
 * go best with target[k*m] (Tucker 1951), so that those of replicates can be
 * compared. */
struct scale_rotated {
	size_t k, m;
	bool ml; /* factors, else components */
	enum scale_rotate rotate;
	double gamma;
	const double *target;
};
size_t scale_rotated_size(const struct scale_rotated *x);
bool scale_rotated(const struct scale_rotated *x, const double *r,
		   double *theta, struct err *e) MUST_USE;

/* Standard errors of what a cell's correlations gave, by linearisation or by
 * replicates; df of the domain.  se[1] of SCALE_OMEGA, [k] of the others; NAN
 * where nothing is known. */
enum scale_kind {
	SCALE_OMEGA,
	SCALE_COMPONENTS,
	SCALE_FACTORS,
	SCALE_ROTATED /* of scale_rotated_errors */
};
bool scale_errors(struct spec_run *r, const struct spec_estimate *x,
		  const struct spec_cells *cells, size_t cell,
		  struct scale_cell *c, enum scale_kind kind, size_t factors,
		  const double *theta, double *se, int64_t *df,
		  struct err *e) MUST_USE;
/* The same of theta, by replicates only; *known: whether there are any, and not
 * more of it than SCALE_ROTATED_MAX. */
#define SCALE_ROTATED_MAX ((size_t)2000)
bool scale_rotated_errors(struct spec_run *r, const struct spec_estimate *x,
			  const struct spec_cells *cells, size_t cell,
			  struct scale_cell *c, const struct scale_rotated *of,
			  const double *theta, double *se, bool *known,
			  struct err *e) MUST_USE;
/* se, cv and the t interval of v. */
void scale_add_error(const struct spec_estimate *x, double se, int64_t df,
		     struct est *v);

/* Each cell in turn: run(…) writes into the open JSON object of the cell; an
 * ERR_INPUT or ERR_MATH becomes a warning and the next cell follows.  The
 * whole becomes the detail {"items":[…],"cells":[…]}. */
typedef bool scale_run(struct spec_run *r, const struct spec_estimate *x,
		       const struct spec_cells *cells, size_t cell,
		       struct scale_cell *c, struct jw *w, struct err *e);
bool scale_each(struct spec_run *r, const struct spec_estimate *x,
		const struct spec_cells *cells, scale_run *run,
		struct err *e) MUST_USE;

/* What a cell's failure does: ERR_INPUT and ERR_MATH become a warning and true
 * is returned, others go to *e. */
bool scale_forgive(struct spec_run *r, const struct spec_estimate *x,
		   const struct err *own, struct err *e) MUST_USE;

#endif
