/* disclose.h - the one function every output passes.
 *
 * Cells form trees (total -> fields -> criteria; unit -> sub-groups).  A
 * cell with fewer than k respondents is closed; a parent all of whose
 * children but one are open is closed too, for it would give the closed one
 * away, and so is the smallest open sibling where the parent must stay open
 * (`keep_parents`).  A closed cell looks like an empty one. */
#ifndef PHIEU_DISCLOSE_H
#define PHIEU_DISCLOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

struct cell {
	size_t parent; /* index of a cell before this one, (size_t)-1: root */
	int64_t n;     /* respondents behind it; 0: empty */
	bool closed;   /* out */
};

/* Closes cells; returns how many are closed.  k >= 1. */
size_t disclose(struct cell *cells, size_t n, int64_t k, bool keep_parents);

/* The same for cells of several tables whose sums cross: lines of a table,
 * and a table's cells that are sums of a finer one's.  The members of a sum
 * add up to `total`, a cell, or DISCLOSE_OUTSIDE: a number others may know
 * (where more than one member holds somebody). */
#define DISCLOSE_OUTSIDE ((size_t)-1)
struct disclose_sum {
	const size_t *cell;
	size_t n, total;
	bool loose; /* not to the last digit: never part of a chain */
	/* Not NULL: a second sum over the same members, each counting its
	 * weight (0 or more) over its people, known whatever is closed
	 * (official points of weighed groups).  `total` is no part of it, and
	 * closes where no member is left to close. */
	const int64_t *weight;
};
/* n[cells] respondents, k[cells] the fewest that may be shown; closed[cells]
 * in and out: what comes in closed stays so.  At the end no closed cell
 * follows from the open ones and the sums by any chain of subtractions (the
 * system of sums is solved for it, modulo a prime), and what is closed of a
 * sum whose total is open rests on k people or more, where the sum has them.
 * Which cells are closed besides the small ones is a matter of order, the
 * smallest first; not the fewest possible.  ERR_NOMEM. */
bool disclose_sums(const int64_t *n, const int64_t *k, bool *closed,
		   size_t n_cells, const struct disclose_sum *sum,
		   size_t n_sums, struct err *e) MUST_USE;

#endif
