/* index.h - an index document read and computed, as `phieu index` would. */
#ifndef TESTS_INDEX_H
#define TESTS_INDEX_H

#include "phieu/index_file.h"

struct indexed {
	struct arena *a;
	struct faults faults;
	struct index_set set;
	struct index *ix;
};

/* What is wrong fails the test. */
void indexed_open(struct indexed *q, const char *json);
void indexed_open_file(struct indexed *q, const char *path);
/* Only read; true when nothing is wrong. */
bool indexed_read(struct indexed *q, const char *json);
void indexed_close(struct indexed *q);

size_t indexed_unit(const struct indexed *q, const char *code);
size_t indexed_node(const struct indexed *q, const char *code);
/* "97.69": the published value; "-" when there is none. */
const char *indexed_total(const struct indexed *q, const char *unit);
const char *indexed_points(const struct indexed *q, const char *unit,
			   const char *node);
const char *indexed_exact(const struct indexed *q, const mpq_t x);
const char *indexed_grade(const struct indexed *q, const char *unit);
size_t indexed_rank(const struct indexed *q, const char *unit);

/* A small document: rules and criteria as JSON members, units as a list. */
char *index_document(struct arena *a, const char *rules, const char *criteria,
		     const char *total, const char *units);
/* Rules with every decision, then `more` (a member with a leading comma, or
 * ""), and what is missing in all four sources. */
char *index_rules(struct arena *a, const char *rescale, const char *missing,
		  const char *order, int digits, const char *more);

#endif
