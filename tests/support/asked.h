/* asked.h - a specification run on files of tests/data/oracle, as `phieu
 * estimate` would; the data come in small pieces. */
#ifndef TESTS_ASKED_H
#define TESTS_ASKED_H

#include "phieu/estimate_spec.h"

struct asked {
	struct arena *a;
	struct frame f, table; /* table: of "replicates", when has_table */
	bool has_table;
	struct spec s;
	struct est_results out;
};

/* What is wrong fails the test, also an estimate that could not be made. */
void ask(struct asked *q, const char *json);
/* The same, but such an estimate stays in q->out as a warning. */
void ask_any(struct asked *q, const char *json);
void asked_clear(struct asked *q);
/* A named extra number of a cell; fails the test when there is none. */
double extra(const struct est_cell *c, const char *name);

#endif
