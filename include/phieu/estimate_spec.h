/* estimate_spec.h - the JSON specification of `phieu estimate`, and the table
 * of statistics that it can name.
 *
 * A statistic is a row {name, parse, run} in a set; a file of its own brings
 * its set and analysis/estimate_sets.c lists it.  parse sees the JSON before
 * any data is read and says which columns it wants; run sees the data.  The
 * other keys of a specification that touch the design (calibrate, replicates)
 * are parts, listed in the same file. */
#ifndef PHIEU_ESTIMATE_SPEC_H
#define PHIEU_ESTIMATE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/err.h"
#include "phieu/estimate.h"
#include "phieu/fault.h"
#include "phieu/frame.h"
#include "phieu/json.h"
#include "phieu/survey.h"

/* ---- parsing ---------------------------------------------------------- */

struct spec_parse {
	struct arena *a;
	struct faults *faults; /* all at once, each with its path */
	struct frame *frame;   /* columns are asked for here */
	struct spec *spec;
	const char *made[256]; /* names that "derive" makes */
	size_t n_made;
};

/* Adds a fault: code "E..", path of the node (base + "/" + key; key NULL: the
 * base itself). */
void spec_fault(struct spec_parse *p, const char *code, const char *base,
		const char *key, const char *en, const char *vi);
/* The name of a column, asked for as FRAME_NUMBER and/or FRAME_CODE; NULL and
 * a fault when it is not a text. */
const char *spec_column(struct spec_parse *p, const cJSON *node,
			const char *base, const char *key, unsigned as);
/* "key": "c" or ["c", …]: count within least..most, else a fault. */
struct spec_names {
	const char **name;
	size_t n;
};
bool spec_columns(struct spec_parse *p, const cJSON *object, const char *base,
		  const char *key, unsigned as, size_t least, size_t most,
		  struct spec_names *out);
/* A number within lo..hi; absent: `otherwise`. */
double spec_number(struct spec_parse *p, const cJSON *object, const char *base,
		   const char *key, double lo, double hi, double otherwise);
bool spec_bool(struct spec_parse *p, const cJSON *object, const char *base,
	       const char *key, bool otherwise);
/* One of words[0..n-1]; absent: `otherwise`. */
size_t spec_word(struct spec_parse *p, const cJSON *object, const char *base,
		 const char *key, const char *const *words, size_t n,
		 size_t otherwise);
/* Keys that `object` may have: those of `known` (NULL-ended; may be NULL);
 * others are faults.  The second form knows those of every estimate too (name,
 * stat, of, by, where, ci, deff, df): a statistic's parse calls it. */
void spec_known(struct spec_parse *p, const cJSON *object, const char *base,
		const char *const *known);
void spec_known_estimate(struct spec_parse *p, const cJSON *object,
			 const char *base, const char *const *known);

/* {column: value | [values] | {"min":, "max":, "prefix":, "not":}}: a logical
 * AND; a row with a missing value is outside. */
struct spec_where;
struct spec_derive;
struct spec_where *spec_where(struct spec_parse *p, const cJSON *object,
			      const char *base, const char *key);
/* in[i] = 0 for rows that do not pass. */
void spec_where_apply(const struct spec_where *w, const struct frame *f,
		      uint8_t *in);
/* 1 where the row passes, 0 where not, NAN where a value is missing. */
void spec_where_indicate(const struct spec_where *w, const struct frame *f,
			 double *y);

/* Does it look at columns other than these (NULL-ended)? */
bool spec_where_beyond(const struct spec_where *w, const char *const *known);

/* ---- a specification -------------------------------------------------- */

struct spec_estimate {
	const char *name, *stat, *path;
	struct spec_names of, by;
	struct spec_where *where; /* NULL: no rows left out */
	struct est_how how;
	const struct stat_def *def;
	void *own; /* what the statistic's parse returned */
};

struct spec_design {
	struct spec_names strata[SURVEY_STAGES]; /* crossed; n 0: none */
	const char *cluster[SURVEY_STAGES];	 /* NULL: rows */
	const char *fpc[SURVEY_STAGES];		 /* NULL: with replacement */
	size_t n_stages;
	const char *weights, *collapse; /* NULL: none */
	bool nest;
	enum survey_lonely lonely;
};

struct spec {
	struct spec_names data;	   /* files, their rows one after the other */
	const char *wave;	   /* or a frozen wave */
	const char *against;	   /* and an earlier one beside it, or NULL */
	struct spec_where *subset; /* rows that there are, before the design */
	struct spec_where *where;  /* domain of all estimates */
	struct spec_design design;
	struct spec_estimate *estimate;
	size_t n_estimates;
	struct spec_derive *derive; /* in order */
	size_t n_derive;
	void *part[8]; /* by index in spec_parts */
};

/* Parses; on false `faults` has why (never empty).  Columns wanted are asked
 * of `frame`. */
bool spec_read(const char *json, size_t n, struct arena *a, struct frame *frame,
	       struct spec *out, struct faults *faults) MUST_USE;

/* ---- results ---------------------------------------------------------- */

struct est_extra { /* a named number of one cell beyond struct est */
	const char *name;
	double value;
};

struct est_cell {
	size_t estimate;	/* index in the specification */
	const char *of;		/* what is estimated: column, "num/den", ... */
	struct spec_names by;	/* columns that tell cells apart */
	const char *const *key; /* [by.n] their values here */
	struct est r;
	const struct est_extra *extra;
	size_t n_extra;
};

struct est_warning {
	const char *code, *path, *message, *message_vi;
};

struct est_results {
	struct est_cell *cell;
	size_t n, cap;
	struct est_warning *warning;
	size_t n_warnings, cap_warnings;
	struct survey_base design; /* of the whole sample */
	size_t failed;	     /* estimates that ended in a warning W11, W12 */
	const char **detail; /* [n_estimates] JSON object text or NULL: what is
			      * not a table of cells (matrices, loadings) */
	/* JSON texts that a report has besides: results of scoring, outcomes
	 * of sheets; NULL: none */
	const char *official, *response;
};

/* ---- running ---------------------------------------------------------- */

struct spec_run {
	const struct spec *spec;
	struct arena *a; /* results and scratch, dies with the run */
	struct frame *frame;
	struct survey_design *design;
	struct survey_var var;	/* for every estimator */
	const uint32_t *domain; /* [rows] 0 or SURVEY_NONE by spec->where */
	struct est_results *out;
	struct spec_own *own; /* what the run frees at its end */
};

/* Domain cells of an estimate: its "where" and the crossing of "by".  Cells in
 * order of levels; only crossings with rows. */
struct spec_cells {
	uint32_t *cell; /* [rows] */
	size_t n;
	const char *const **key; /* [n] texts, in the order of by */
};
bool spec_cells(struct spec_run *r, const struct spec_estimate *x,
		struct spec_cells *out, struct err *e) MUST_USE;
/* Memory that is freed after the run, not before; [rows] arrays. */
void *spec_memory(struct spec_run *r, size_t n, size_t size,
		  struct err *e) MUST_USE;
/* A column as doubles [rows], kept until the run's end. */
const double *spec_numbers(struct spec_run *r, const char *name,
			   struct err *e) MUST_USE;
/* A column as codes [rows]; numbers made by "derive" get codes by value. */
const uint32_t *spec_codes(struct spec_run *r, const char *name,
			   const char *const **level, size_t *n_levels,
			   struct err *e) MUST_USE;
/* The specification's design anew, with one column more crossed into its
 * first strata (NULL: none); survey_design_free it. */
struct survey_design *spec_design(struct spec_run *r, const char *extra,
				  struct err *e) MUST_USE;
/* Appends a cell; strings and extras must live in r->a. */
bool spec_put(struct spec_run *r, const struct est_cell *cell,
	      struct err *e) MUST_USE;
void spec_warn(struct spec_run *r, const char *code, const char *path,
	       const char *en, const char *vi);
/* The same outside of a run. */
bool spec_note(struct arena *a, struct est_results *out, const char *code,
	       const char *path, const char *en, const char *vi,
	       struct err *e) MUST_USE;
/* Are its details (covariances) no more than its cells tell? */
bool spec_is_tabular(const struct stat_def *def);
/* Sets the detail of estimate x: a complete JSON object, copied. */
bool spec_detail(struct spec_run *r, const struct spec_estimate *x,
		 const struct buf *json, struct err *e) MUST_USE;

struct stat_def {
	const char *name;
	/* Reads what is special to the statistic (and "of"); NULL only after a
	 * fault.  Texts are copied into p->a: the JSON dies before run. */
	void *(*parse)(struct spec_parse *p, const cJSON *node,
		       struct spec_estimate *x);
	/* ERR_INPUT, ERR_MATH: becomes a warning with the estimate's path and
	 * its cells stay empty; others end the run. */
	bool (*run)(struct spec_run *r, const struct spec_estimate *x,
		    struct err *e);
};
struct stat_set {
	const struct stat_def *def;
	size_t n;
};
extern const struct stat_set stats_base, stats_compare, stats_units,
	stats_models, stats_chisq, stats_scale, stats_factor, stats_agreement,
	stats_quality;
extern const struct stat_set *const stat_sets[];
extern const size_t n_stat_sets;

/* A key of the specification that changes weights or the variance method:
 * parse as above; prepare runs after the design is made, in list order, and
 * may replace weights (survey_set_weight) and set r->var. */
struct spec_part {
	const char *key;
	void *(*parse)(struct spec_parse *p, const cJSON *node);
	bool (*prepare)(struct spec_run *r, void *own, struct err *e);
	void (*done)(void *own); /* NULL: nothing to free */
};
extern const struct spec_part *const spec_parts[];
extern const size_t n_spec_parts;

/* From a filled frame to results: derive, subset, design, parts, estimates. */
bool spec_run(const struct spec *s, struct frame *f, struct arena *a,
	      struct est_results *out, struct err *e) MUST_USE;

/* Results as JSON or CSV: numbers read back to the same double, null or empty
 * where not defined. */
void est_write_json(const struct spec *s, const struct est_results *r,
		    struct buf *out);
void est_write_csv(const struct spec *s, const struct est_results *r,
		   struct buf *out);

#endif
