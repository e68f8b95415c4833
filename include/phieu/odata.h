/* odata.h - OData 4.0 over data sets: what is asked, which rows it wants, and
 * what is answered (OASIS, OData Version 4.0 Parts 1-2, JSON Format, CSDL). */
#ifndef PHIEU_ODATA_H
#define PHIEU_ODATA_H

#include "phieu/dataset.h"

/* Each row's key, "17/so-tu-phap": respondent and unit. */
#define ODATA_KEY "id"

enum {
	LIMIT_ODATA_FILTER = 4096, /* bytes */
	LIMIT_ODATA_DEPTH = 50	   /* of parentheses and not */
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
