/* round_result.h - from what stands in a round to its index.
 *
 * The input is one document (index_file.h): the round's criteria, rules and
 * units with every value and deduction, in one form.  Computing reads nothing
 * else, so that a result can be repeated from its input alone. */
#ifndef PHIEU_ROUND_RESULT_H
#define PHIEU_ROUND_RESULT_H

#include "phieu/buf.h"
#include "phieu/round.h"

struct round_value {
	const char *unit, *node;
	const char *value; /* NULL: none yet */
	const char *self;  /* NULL: none, or not of that source */
	bool assessed;	   /* else of a survey or another index */
	bool not_applicable;
	const char *se, *reason, *origin; /* NULL: none */
};
struct round_deduction {
	const char *unit, *node, *points, *reason, *document; /* node "" */
};

/* The document with values; ERR_INPUT when a value is of nothing that is
 * there. */
bool round_input(const struct round *r, const struct round_value *v, size_t n,
		 const struct round_deduction *d, size_t n_d, struct buf *out,
		 struct err *e) MUST_USE;

struct round_result {
	struct index_set set;
	struct index *ix;
	struct buf input; /* the document in its one form */
	char sha256[65];  /* of it */
	bool complete;	  /* every unit has a published value */
};
/* Faults of the input in `f` (then false with ERR_INPUT).  Keeps `a`; to be
 * freed also when it failed. */
bool round_compute(const char *input, size_t n, struct arena *a,
		   struct round_result *out, struct faults *f,
		   struct err *e) MUST_USE;
void round_result_free(struct round_result *r);
/* The result as it is stored: the same bytes from the same input. */
void round_result_json(const struct round_result *r, struct buf *out);

#endif
