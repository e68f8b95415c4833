/* odata.h - OData 4.0 over data sets: what is asked, which rows it wants, and
 * what is answered (OASIS, OData Version 4.0 Parts 1-2, JSON Format, CSDL). */
#ifndef PHIEU_ODATA_H
#define PHIEU_ODATA_H

#include "phieu/dataset.h"

/* Each row's key, "17/so-tu-phap": respondent and unit. */
#define ODATA_KEY "id"

enum {
	LIMIT_ODATA_FILTER = 4096, /* bytes */
	LIMIT_ODATA_DEPTH = 50,	   /* of parentheses and not */
	LIMIT_ODATA_ORDER = 8,	   /* variables of one $orderby */
	LIMIT_ODATA_SORT = 200000  /* rows that are sorted */
};

/* A $filter, as a tree over the variables of a data set:
 *   or, and, not, ( ), eq ne lt le gt ge, in, contains startswith endswith,
 *   'text' (quote doubled), numbers, null, true, false.
 * It is evaluated row by row and never becomes SQL.  What is missing is null:
 * equal to null alone, and neither less nor greater than anything. */
struct odata_filter;

/* NULL with ERR_INPUT: place and what is wrong (the words come as they are
 * shown), with `unknown` set when the grammar of OData has it but we do not. */
struct odata_filter *odata_filter_read(const struct dataset *d, const char *s,
				       struct arena *a, bool *unknown,
				       struct err *e) MUST_USE;
bool odata_filter_takes(const struct odata_filter *f,
			const struct dataset_cell *cells);

/* A row's key into out. */
enum { ODATA_KEY_MAX = 192 };
const char *odata_key(const struct dataset *d, const struct dataset_cell *cells,
		      char out[ODATA_KEY_MAX]);

/* select[d->n + 1], the last for the key; false with ERR_INPUT for a name that
 * is not there. */
bool odata_select(const struct dataset *d, const char *s, bool *select,
		  struct err *e) MUST_USE;

/* A $orderby: variables, each `asc` or `desc`, missing ones first when it
 * rises; "id" is the order of the rows as they come.  Memory holds the keys of
 * the rows that are wanted, at most LIMIT_ODATA_SORT: add every row, cut the
 * page, give every row again in the same order, put. */
struct odata_order;
/* NULL with ERR_INPUT.  In the arena; odata_order_clear frees the rest. */
struct odata_order *odata_order_read(const struct dataset *d, const char *s,
				     struct arena *a, struct err *e) MUST_USE;
/* As they come: nothing needs sorting. */
bool odata_order_is_plain(const struct odata_order *o);
/* ERR_CONFLICT: more than can be sorted. */
bool odata_order_add(struct odata_order *o, const struct dataset_cell *cells,
		     struct err *e) MUST_USE;
size_t odata_order_rows(const struct odata_order *o);
/* The page after `skip` rows, of at most `most`: *given of them. */
bool odata_order_cut(struct odata_order *o, size_t skip, size_t most,
		     size_t *given, struct err *e) MUST_USE;
bool odata_order_give(struct odata_order *o, const struct dataset_cell *cells,
		      const bool *select, struct buf *line,
		      struct err *e) MUST_USE;
void odata_order_put(const struct odata_order *o, struct buf *out);
void odata_order_clear(struct odata_order *o);

/* `root` is the path of the service, ending with a slash: links begin with it,
 * as a client may ask with or without that slash. */
/* CSDL of all data sets of a wave. */
void odata_metadata(const struct dataset *const *sets, size_t n,
		    struct buf *out);
/* The service document. */
void odata_service(const struct dataset *const *sets, size_t n,
		   const char *root, struct buf *out);
/* One row as an object. */
void odata_row(const struct dataset *d, const struct dataset_cell *cells,
	       const bool *select, struct buf *out);

#endif
