#include "phieu/disclose.h"

#include <assert.h>

#define ROOT ((size_t)-1)

/* One sum: a parent and its children that hold somebody.  What an outsider
 * can do with it is counted here; empty cells are taken as known. */
struct sum {
	size_t n_open, n_closed; /* children */
	int64_t open;		 /* respondents in the open ones */
	int64_t largest;	 /* of a closed child */
	size_t smallest;	 /* open child with the fewest; ROOT: none */
};

static struct sum look(const struct cell *c, size_t n, size_t parent)
{
	struct sum s = { .smallest = ROOT };

	for (size_t i = parent + 1; i < n; i++) {
		if (c[i].parent != parent || c[i].n == 0)
			continue;
		if (c[i].closed) {
			s.n_closed++;
			if (c[i].n > s.largest)
				s.largest = c[i].n;
			continue;
		}
		s.n_open++;
		s.open += c[i].n;
		if (s.smallest == ROOT || c[i].n < c[s.smallest].n)
			s.smallest = i;
	}
	return s;
}

/* The cell to close so that this sum gives nothing away; ROOT: none.
 * A sum with exactly one unknown tells it.  And what an open parent leaves
 * over beside its open children is a cell too, resting on at least
 * `largest`, and at least n - open, people. */
static size_t weak_spot(const struct cell *c, size_t parent,
			const struct sum *s, int64_t k, bool keep_parents)
{
	int64_t left = c[parent].n - s->open;

	if (s->n_open + s->n_closed == 0)
		return ROOT;
	if (c[parent].closed)
		return s->n_closed == 0 ? s->smallest : ROOT;
	if (s->n_closed == 0)
		return ROOT;
	if (left < s->largest)
		left = s->largest;
	if (s->n_closed > 1 && left >= k)
		return ROOT;
	return keep_parents && s->smallest != ROOT ? s->smallest : parent;
}

size_t disclose(struct cell *cells, size_t n, int64_t k, bool keep_parents)
{
	size_t closed = 0;
	bool changed = true;

	assert(k >= 1);
	for (size_t i = 0; i < n; i++) {
		assert(cells[i].parent == ROOT || cells[i].parent < i);
		cells[i].closed = cells[i].n > 0 && cells[i].n < k;
	}
	while (changed) {
		changed = false;
		for (size_t i = n; i-- > 0;) {
			struct sum s = look(cells, n, i);
			size_t weak = weak_spot(cells, i, &s, k, keep_parents);

			if (weak != ROOT) {
				cells[weak].closed = true;
				changed = true;
			}
		}
	}
	for (size_t i = 0; i < n; i++)
		closed += cells[i].closed;
	return closed;
}
