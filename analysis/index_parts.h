/* index_parts.h - what the files of the index module share. */
#ifndef ANALYSIS_INDEX_PARTS_H
#define ANALYSIS_INDEX_PARTS_H

#include "phieu/index.h"

struct index {
	const struct index_set *s;
	struct arena *a;
	struct index_cell *cells;	  /* [unit * n_nodes + node] */
	struct index_total *totals;	  /* [unit] */
	const struct index_value **value; /* [unit * n_nodes + node] */
	size_t *order;
	size_t n_ready; /* units whose numbers exist, to be cleared */
	bool ready;
};

/* One leaf of one unit raised, for "one more point"; node INDEX_NONE: none. */
struct index_raise {
	size_t node;
	struct dec by;
};
/* One unit's numbers, apart from those of the others. */
struct index_sheet {
	struct index_cell *cells; /* [n_nodes] */
	struct index_total *total;
};

/* "1.75", "21/20": false when it is no such text. */
bool index_number(const char *s, mpq_t out);
/* Measure to points of a maximum; false: outside of the scale. */
bool index_convert(const struct index_convert *c, struct dec maximum,
		   const mpq_t measure, mpq_t points);
/* Mean of groups by weight; false: missing by the rule. */
bool index_group_mean(const struct index_node *n, const struct index_value *v,
		      enum index_group_missing rule, mpq_t out);
bool index_applies(const struct index_node *n, size_t kind);
/* Is it what sums add up: a leaf that counts, or what combines children, below
 * sums only? */
bool index_is_item(const struct index_set *s, size_t node);
/* What goes into the sum above. */
void index_carry(const struct index_cell *c, mpq_t out);
const struct index_band *index_kind_bands(const struct index_set *s,
					  size_t kind, size_t *n);

void index_sheet_init(const struct index_set *s, struct index_sheet *h);
void index_sheet_clear(const struct index_set *s, struct index_sheet *h);
/* `h` initialised and unused. */
bool index_sheet_fill(const struct index *ix, size_t unit,
		      const struct index_raise *raise, struct index_sheet *h,
		      struct err *e) MUST_USE;
struct index_sheet index_sheet_of(const struct index *ix, size_t unit);

/* < 0: a is better; 0: they share a rank. */
int index_better(const struct index_set *s, const struct index_sheet *a,
		 const struct index_sheet *b);
void index_ranks(struct index *ix);

/* Decimal where it ends within six places, else a fraction. */
void index_plain(const mpq_t x, struct buf *out);
/* The same in the arena; NULL when memory ends. */
const char *index_exact_text(struct arena *a, const mpq_t x);
/* The same as a member of a JSON object. */
struct jw;
void index_put_exact(struct jw *w, const char *key, const mpq_t x);
/* A member of `digits` decimals, as the rules publish it. */
void index_put_fixed(struct jw *w, const char *key, struct dec d, int digits);
/* A separator and the text, neutralised; NULL: an empty cell. */
void index_put_csv(struct buf *out, const char *s);

#endif
