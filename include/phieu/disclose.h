/* disclose.h - the one function every output passes (DESIGN 5.9).
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

struct cell {
	size_t parent; /* index of a cell before this one, (size_t)-1: root */
	int64_t n;     /* respondents behind it; 0: empty */
	bool closed;   /* out */
};

/* Closes cells; returns how many are closed.  k >= 1. */
size_t disclose(struct cell *cells, size_t n, int64_t k, bool keep_parents);

#endif
