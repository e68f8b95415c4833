/* stats_parts.h - what files of statistics share; analysis only. */
#ifndef ANALYSIS_STATS_PARTS_H
#define ANALYSIS_STATS_PARTS_H

#include "phieu/estimate_spec.h"
#include "phieu/replicates.h"

/* One cell per member of x (n of them), keyed by cells->key; extra [n] or
 * NULL. */
bool stats_put(struct spec_run *r, const struct spec_estimate *x,
	       const char *of, const struct spec_cells *cells,
	       const struct est *list, struct err *e) MUST_USE;
/* A cell with up to eight extra numbers, copied. */
bool stats_put_extra(struct spec_run *r, const struct spec_estimate *x,
		     const char *of, struct spec_names by,
		     const char *const *key, const struct est *v,
		     const struct est_extra *extra, size_t n_extra,
		     struct err *e) MUST_USE;
/* {"cov":{…}}: a symmetric matrix under a name. */
void stats_write_matrix(struct jw *w, const char *name, const double *m,
			size_t rows, size_t cols);
/* 0 where cell[i] == c, SURVEY_NONE elsewhere. */
void stats_mask(const uint32_t *cell, size_t n, uint32_t c, uint32_t *mask);
/* "by":{…}: the names of a cell; nothing without "by". */
void stats_write_key(struct jw *w, const struct spec_estimate *x,
		     const char *const *key);
/* How variances are found in a domain: with replicates df is that of its rows'
 * weights (survey::degf of a subset). */
bool stats_domain_var(struct spec_run *r, const uint32_t *cell,
		      struct survey_var *v, struct err *e) MUST_USE;
/* W25: a replicate had no solution, so there are no errors. */
void stats_say_unfit(struct spec_run *r, const struct spec_estimate *x,
		     const struct replicates_unfit *unfit);
/* A cell's own copy of its members, freed by the run. */
uint32_t *stats_copy_cell(struct spec_run *r, const uint32_t *cell,
			  struct err *e) MUST_USE;
/* Writes what a statistic found of one cell: cell[i] is 0 for its members,
 * SURVEY_NONE for other rows; key names it, NULL without "by". */
typedef bool stats_each_cell(struct spec_run *r, const struct spec_estimate *x,
			     const uint32_t *cell, const char *const *key,
			     struct jw *w, struct err *e);
/* Runs `each` on every cell of an estimate, between {"cells":[ and ]}; the
 * first error of a cell ends it. */
bool stats_by_cells(struct spec_run *r, const struct spec_estimate *x,
		    stats_each_cell *each, struct err *e) MUST_USE;
/* No number is defined; counts are 0. */
extern const struct est stats_nothing;
/* `value` alone, with what is known of the rows behind it. */
struct est stats_bare(const struct spec_run *r, double value,
		      const struct survey_base *base);
/* "name":[…] */
void stats_write_list(struct jw *w, const char *name, const double *x,
		      size_t n);
/* n results, freed by the run. */
struct est *stats_list(struct spec_run *r, size_t n, struct err *e) MUST_USE;

#endif
