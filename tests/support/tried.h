/* tried.h - specifications tried on twelve rows of data, wrong ones too. */
#ifndef TESTS_TRIED_H
#define TESTS_TRIED_H

#include "phieu/estimate_spec.h"

struct tried {
	struct arena *a;
	struct frame f;
	struct faults faults;
	struct spec s;
	struct est_results out;
	struct err e;
	bool read, ran;
};

/* Two strata, six persons, a wave of two. */
extern const char tried_data[];

/* Reads json and, when it holds, runs it on csv. */
void try_on(struct tried *t, const char *json, const char *csv);
void tried_clear(struct tried *t);
/* "estimates" and other keys on tried_data, with their design; anything wrong
 * fails the test. */
void try_rest(struct tried *t, const char *rest);

#endif
