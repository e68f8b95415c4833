/* spec.h - a specification of `phieu estimate` run on CSV text in memory. */
#ifndef TESTS_SPEC_H
#define TESTS_SPEC_H

#include <cjson/cJSON.h>

#include "phieu/estimate_spec.h"

struct test_spec {
	struct arena *a;
	struct frame frame;
	struct spec spec;
	struct faults faults;
	struct est_results out;
	bool read; /* the specification is without fault */
	bool ran;
	struct err e; /* when it did not run */
};

/* json: the text; csv: the data (its "data" key is not looked at). */
void test_spec_run(struct test_spec *t, const char *json, const char *csv);
/* The same in two steps: read (t->read says whether), then run. */
void test_spec_open(struct test_spec *t, const char *json, const char *csv);
void test_spec_go(struct test_spec *t);
void test_spec_clear(struct test_spec *t);

/* A file of tests/data/oracle as text; free it. */
char *test_spec_file(const char *name);

/* The cell of estimate `name`, of (NULL: any), with `by` values joined by a
 * comma (NULL: any).  Fails the test when there is none. */
const struct est_cell *test_spec_cell(const struct test_spec *t,
				      const char *name, const char *of,
				      const char *key);
double test_spec_extra(const struct est_cell *c, const char *name);
/* The detail of an estimate as a tree; cJSON_Delete it. */
cJSON *test_spec_detail(const struct test_spec *t, const char *name);
/* Is there a warning of this code whose words hold `part`? */
bool test_spec_warned(const struct test_spec *t, const char *code,
		      const char *part);

#endif
