/* index_sure.h - how sure is a rank?  For an internal sheet: nothing here
 * enters a published value.
 *
 * Monte Carlo over the survey's standard errors, other ways to add up, and
 * which weights the ranks hang on.  Random numbers are GSL's mt19937 from a
 * seed that the result keeps; a normal one is the inverse distribution function
 * of a uniform one, so that anybody can repeat them. */
#ifndef PHIEU_INDEX_SURE_H
#define PHIEU_INDEX_SURE_H

#include "phieu/buf.h"
#include "phieu/index.h"

/* ---- scores that were drawn ---------------------------------------------- */

/* x = mu + L z for each row of z[draws*n], L the lower Cholesky factor of
 * v[n*n]; v NULL: mu + sd z.  ERR_MATH when v is not positive definite. */
bool index_draw(size_t n, const double *mu, const double *v, const double *sd,
		const double *z, size_t draws, double *x,
		struct err *e) MUST_USE;
/* p[n*n]: P(i above j) for normal scores with covariance v; `correlated` false:
 * its diagonal alone.  NAN on the diagonal; 0.5 where nothing parts them. */
void index_superior(size_t n, const double *mu, const double *v,
		    bool correlated, double *p);
/* Half up (away from 0) at the given digits; what lies within 1e-9 of a half
 * in the last digit counts as one. */
double index_round_half_up(double x, int digits);
/* rank[n] of x[n], highest first; equal ones share (1, 2, 2, 4) or are dense.
 * `order` is scratch of n. */
void index_rank_real(const double *x, size_t n, enum index_ties ties,
		     size_t *order, size_t *rank);

struct index_cloud_in {
	size_t n, draws;
	const double *x;	   /* [draws * n] */
	const double *const *from; /* [n] bands of each, highest first */
	const size_t *n_from;	   /* [n] */
	int digits;		   /* grades come from x rounded half up */
	bool rank_rounded;	   /* ranks too */
	enum index_ties ties;
	double level; /* 0.9: quantiles 0.05 and 0.95 of the rank */
};
struct index_cloud {
	double mean, sd;		  /* of the score; sd with n - 1 */
	double mean_rank, low, mid, high; /* quantiles, Hyndman & Fan type 7 */
	size_t top3;			  /* draws with rank 3 or better */
	const size_t *n_rank;		  /* [n] draws with rank 1, 2, … */
	const size_t *n_grade; /* [n_from + 1] the last: below all bands */
};
/* out[n].  ERR_NOMEM. */
bool index_cloud(const struct index_cloud_in *in, struct arena *a,
		 struct index_cloud *out, struct err *e) MUST_USE;

/* ---- other ways to add up ---------------------------------------------- */

/* x[n*k], a row a unit: Handbook on Constructing Composite Indicators (OECD
 * 2008), steps 5 and 6. */
enum index_normal {
	INDEX_MINMAX,	  /* (x - min) / (max - min), to lo..hi */
	INDEX_ZSCORE,	  /* (x - mean) / sd, with n - 1 */
	INDEX_PERCENTILE, /* (rank from below - 1) / (n - 1), ties lowest */
	INDEX_BORDA,	  /* units below */
	INDEX_FRACTION	  /* x / max */
};
void index_normalise(enum index_normal how, size_t n, size_t k, const double *x,
		     double lo, double hi, double *out);
enum index_mean { INDEX_ARITHMETIC, INDEX_GEOMETRIC, INDEX_HARMONIC };
void index_aggregate(enum index_mean how, size_t n, size_t k, const double *x,
		     const double *w, double *out);
/* Pairs won less pairs lost, a pair by the weights of the columns in which it
 * is better (equal: half); within 1e-12 of a half it is a draw. */
void index_copeland(size_t n, size_t k, const double *x, const double *w,
		    double *out);
enum index_correlation { INDEX_PEARSON, INDEX_SPEARMAN, INDEX_KENDALL };
/* out[k*k]; Kendall's is tau-b.  ERR_NOMEM. */
bool index_correlate(enum index_correlation how, size_t n, size_t k,
		     const double *x, double *out, struct err *e) MUST_USE;

/* ---- sensitivity ------------------------------------------------------- */

/* From runs of a model on two independent samples A and B of n points in d
 * factors, and on A with column i from B (yab[i*n + j]).  First-order by
 * Saltelli et al. 2010 (Computer Physics Communications 181: 259-270, table 2,
 * b), total by Jansen 1999 (ibid. 117: 35-43; table 2, f); the variance is that
 * of yA and yB together, with n - 1.  NAN when it is 0. */
void index_sobol(size_t n, size_t d, const double *ya, const double *yb,
		 const double *yab, double *variance, double *first,
		 double *total);

/* ---- the index of a set ------------------------------------------------ */

/* The same arithmetic in doubles, with what is unsure changed. */
struct index_model;
struct index_shift {	      /* each may be NULL: as it is */
	const double *z;      /* [index_model_errors()] standard normal */
	const double *weight; /* [n_nodes] factor of an item's weight */
	const double *group;  /* [index_model_groups()] of a group's weight */
};
struct index_model *index_model_new(const struct index *ix, struct arena *a,
				    struct err *e) MUST_USE;
size_t index_model_errors(const struct index_model *m);
const char *const *index_model_groups(const struct index_model *m, size_t *n);
/* Total of a unit before its last rounding; with nothing changed it is the
 * exact one to rounding errors.  The unit is computable. */
double index_model_total(struct index_model *m, size_t unit,
			 const struct index_shift *s);

struct index_sure_how {
	unsigned long seed;
	size_t draws;	  /* of the survey's errors */
	double level;	  /* of the interval of a rank: 0.9 */
	size_t base;	  /* points of the sensitivity analysis; 0: none */
	double noise;	  /* weights move by at most this share: 0.25 */
	bool by_criteria; /* a factor each criterion, else each field */
};
struct index_sure_unit { /* complete ones, in the order shown */
	size_t unit;
	double mean, sd, mean_rank, low, mid, high, p_top3;
	const double *p_rank; /* [n_rank] within the block */
	size_t n_rank;
	const double *p_grade; /* [bands + 1] the last: below all */
	size_t n_grade;
	size_t arithmetic, geometric, harmonic, copeland; /* ranks; 0: none */
};
struct index_sure_pair { /* of one block, that cannot be told apart */
	size_t a, b;	 /* a stands before b */
	double p_above;	 /* share of draws with a above b, ties half */
};
struct index_factor {
	const char *kind; /* "field", "criterion", "group", "survey" */
	const char *code; /* NULL: all survey errors together */
	double first, total;
};
struct index_sure {
	struct index_sure_how how;
	const struct index_sure_unit *units;
	size_t n_units;
	const struct index_sure_pair *pairs;
	size_t n_pairs;
	const struct index_factor *factors;
	size_t n_factors;
	double variance; /* of the mean shift of ranks */
	size_t n_errors; /* values with a standard error */
};
/* ERR_INPUT for sizes past the limits, ERR_MATH, ERR_NOMEM. */
bool index_sure(const struct index *ix, const struct index_sure_how *how,
		struct arena *a, struct index_sure *out,
		struct err *e) MUST_USE;

/* The internal sheet; `more` from index_one_more (may be empty). */
void index_sure_json(const struct index *ix, const struct index_sure *s,
		     const struct index_more *more, size_t n_more,
		     const char *input_sha256, struct buf *out);
void index_sure_csv(const struct index *ix, const struct index_sure *s,
		    struct buf *out); /* a row a unit */

#endif
