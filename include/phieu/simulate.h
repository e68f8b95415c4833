/* simulate.h - filled sheets that nobody filled, for demos, load and tests.
 *
 * Every sheet carries simulated: true.  Integer arithmetic and a generator of
 * our own: the same plan and seed give the same bytes on any machine.  Sheet
 * number i depends on the seed and i alone, so a shorter run is the beginning
 * of a longer one. */
#ifndef PHIEU_SIMULATE_H
#define PHIEU_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"
#include "phieu/plan.h"

struct simulate {
	const char *seed; /* any text */
	size_t n;	  /* valid sheets; 0: exactly the plan's quotas.  More
			   * than the quotas begins them anew (overflow). */
	bool spoil;	  /* besides these: invalid sheets, the same sheet
			   * twice, lines cut off; and some of the valid ones
			   * are careless (one column ticked throughout) */
};

/* What was made, by kind. */
struct simulate_count {
	size_t valid;	  /* of these: */
	size_t careless;  /* flagged Q01 */
	size_t invalid;	  /* besides: refused with a V-code */
	size_t duplicate; /* besides: bytes sent before */
	size_t reused;	  /* besides: a sheet number under another instance */
	size_t broken;	  /* besides: not JSON */
};

/* Gets a line without its LF, valid until it returns; false stops (and has
 * set e). */
typedef bool (*simulate_line)(const char *json, size_t n, void *ctx,
			      struct err *e);

bool simulate(const struct plan *p, const struct simulate *how,
	      simulate_line line, void *ctx, struct simulate_count *count,
	      struct err *e) MUST_USE;

#endif
