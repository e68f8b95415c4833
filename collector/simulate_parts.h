/* simulate_parts.h - what the files simulate*.c share. */
#ifndef PHIEU_COLLECTOR_SIMULATE_PARTS_H
#define PHIEU_COLLECTOR_SIMULATE_PARTS_H

#include <stdint.h>

#include "phieu/hash.h"
#include "phieu/simulate.h"
#include "phieu/submission.h"

/* xoshiro256** (Blackman, Vigna 2018), seeded by SHA-256. */
struct dice {
	uint64_t s[4];
};

/* From the seed text, what the dice are for, and a number. */
void dice_init(struct dice *d, const char *seed, const char *purpose,
	       uint64_t i);
uint64_t dice_next(struct dice *d);
uint32_t dice_below(struct dice *d, uint32_t n); /* 0 .. n-1; n > 0 */
/* True `per_mille` times in a thousand. */
bool dice_chance(struct dice *d, uint32_t per_mille);
/* Mean 0, standard deviation 1000, within +-6000 (twelve uniforms). */
int dice_normal(struct dice *d);

/* "uuid:xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx" and its NUL. */
#define INSTANCE_TEXT 42
void simulate_instance(const char *seed, const char *purpose, uint64_t i,
		       char out[INSTANCE_TEXT]);

struct spec {		    /* of one sheet to be made */
	size_t group, home; /* home NONE where the group has none */
	uint32_t serial;    /* of the form, from 1 */
	uint32_t in_cell;   /* its place in the cell, from 0 */
	uint64_t i;	    /* its place in the run, for the dice */
	bool careless;
};

/* The province as it is in this run: standing differences in thousandths,
 * worked out once. */
struct world {
	const struct plan *p;
	const char *seed;
	const int *unit, *group;    /* by index */
	const int *const *question; /* [form][question] */
};
bool world_init(struct world *w, const struct plan *p, const char *seed,
		struct arena *a);

/* Fills `s` with a valid sheet, in the arena. */
bool simulate_sheet(const struct world *w, const struct spec *spec,
		    struct arena *a, struct submission *s,
		    struct err *e) MUST_USE;

#endif
