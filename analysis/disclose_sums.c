#include <stdlib.h>
#include <string.h>

#include "phieu/disclose.h"

#define PRIME ((uint64_t)2147483647)

struct closing {
	const int64_t *n, *k;
	bool *closed;
	size_t n_cells, n_sums;
	const struct disclose_sum *sum;
	/* the system of sums over the closed cells, modulo PRIME */
	size_t *column; /* [cells] of a closed cell */
	size_t *cell;	/* [columns] */
	size_t *pivot;	/* [rows] its column */
	uint64_t *row;	/* [columns * columns], and one more row */
	size_t columns, rows, cap;
	size_t *part; /* [cells] closed ones that sums hold together */
};

/* The open member of a sum with the fewest people; DISCLOSE_OUTSIDE: none. */
static size_t smallest_open(const struct closing *c,
			    const struct disclose_sum *s)
{
	size_t best = DISCLOSE_OUTSIDE;

	for (size_t i = 0; i < s->n; i++) {
		size_t at = s->cell[i];

		if (c->n[at] > 0 && !c->closed[at] &&
		    (best == DISCLOSE_OUTSIDE || c->n[at] < c->n[best]))
			best = at;
	}
	return best;
}

static bool close_one(struct closing *c, size_t at)
{
	if (at == DISCLOSE_OUTSIDE || c->closed[at] || c->n[at] == 0)
		return false;
	c->closed[at] = true;
	return true;
}

/* What a sum tells of its closed members: how many, and of how many people
 * at least, since the same people may stand in several. */
struct look {
	size_t some;
	int64_t left, k;
};

static struct look look(const struct closing *c, const struct disclose_sum *s)
{
	struct look l = { .k = 1 };
	int64_t open = 0, largest = 0;

	for (size_t i = 0; i < s->n; i++) {
		size_t at = s->cell[i];

		if (!c->closed[at]) {
			open += c->n[at];
			continue;
		}
		l.some++;
		if (c->n[at] > largest)
			largest = c->n[at];
		if (c->k[at] > l.k)
			l.k = c->k[at];
	}
	if (s->total != DISCLOSE_OUTSIDE)
		l.left = c->n[s->total] - open;
	if (l.left < largest)
		l.left = largest;
	return l;
}

/* What is closed of an open total is a cell too: it must be more than one
 * and rest on enough people.  A closed total must not be the sum of open
 * members. */
static bool close_sum(struct closing *c, const struct disclose_sum *s)
{
	struct look l;

	if (s->weight)
		return false; /* of the chains alone */
	l = look(c, s);
	if (s->total != DISCLOSE_OUTSIDE && c->closed[s->total])
		return l.some == 0 && close_one(c, smallest_open(c, s));
	if (l.some == 0 || (l.some > 1 && l.left >= l.k))
		return false;
	if (close_one(c, smallest_open(c, s)))
		return true;
	/* nothing else is there: the total says what its members hide */
	return s->total != DISCLOSE_OUTSIDE && close_one(c, s->total);
}

static void close_lines(struct closing *c)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < c->n_sums; i++)
			while (close_sum(c, &c->sum[i]))
				more = true;
	}
}

/* ---- what follows from all sums together ------------------------------- */

static uint64_t power(uint64_t a, uint64_t n)
{
	uint64_t out = 1;

	for (; n > 0; n >>= 1, a = a * a % PRIME)
		if (n & 1)
			out = out * a % PRIME;
	return out;
}

static void add_member(struct closing *c, uint64_t *row, size_t at, uint64_t by)
{
	if (c->n[at] > 0 && c->closed[at])
		row[c->column[at]] = (row[c->column[at]] + by) % PRIME;
}

/* Takes `row` times `by` off another. */
static void take_off(struct closing *c, uint64_t *from, const uint64_t *row,
		     uint64_t by)
{
	for (size_t j = 0; by > 0 && j < c->columns; j++)
		if (row[j] > 0)
			from[j] = (from[j] + (PRIME - by) * row[j]) % PRIME;
}

/* A sum of one member whose total no table has is that member again. */
static bool tells(const struct closing *c, const struct disclose_sum *s)
{
	size_t some = 0;

	for (size_t i = 0; i < s->n; i++)
		some += c->n[s->cell[i]] > 0;
	return (s->total != DISCLOSE_OUTSIDE && !s->weight) || some > 1;
}

/* What a closed member counts in the sum. */
static uint64_t counts(const struct closing *c, const struct disclose_sum *s,
		       size_t i)
{
	if (!s->weight)
		return 1;
	return (uint64_t)s->weight[i] % PRIME *
	       power((uint64_t)c->n[s->cell[i]] % PRIME, PRIME - 2) % PRIME;
}

/* One more equation into the reduced system (Gauss-Jordan). */
static void add_equation(struct closing *c, const struct disclose_sum *s)
{
	uint64_t *own = c->row + c->rows * c->columns;
	size_t p = 0;
	uint64_t inverse;

	memset(own, 0, c->columns * sizeof *own);
	for (size_t i = 0; i < s->n; i++)
		add_member(c, own, s->cell[i], counts(c, s, i));
	if (s->total != DISCLOSE_OUTSIDE && !s->weight)
		add_member(c, own, s->total, PRIME - 1);
	for (size_t i = 0; i < c->rows; i++)
		take_off(c, own, c->row + i * c->columns, own[c->pivot[i]]);
	while (p < c->columns && own[p] == 0)
		p++;
	if (p == c->columns)
		return;
	inverse = power(own[p], PRIME - 2);
	for (size_t j = p; j < c->columns; j++)
		own[j] = own[j] * inverse % PRIME;
	for (size_t i = 0; i < c->rows; i++)
		take_off(c, c->row + i * c->columns, own,
			 c->row[i * c->columns + p]);
	c->pivot[c->rows++] = p;
}

/* ---- parts of the system that have nothing to do with each other -------- */

static size_t part_of(struct closing *c, size_t at)
{
	while (c->part[at] != at)
		at = c->part[at] = c->part[c->part[at]];
	return at;
}

/* One closed cell of a sum; DISCLOSE_OUTSIDE: none. */
static size_t closed_of(const struct closing *c, const struct disclose_sum *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (c->n[s->cell[i]] > 0 && c->closed[s->cell[i]])
			return s->cell[i];
	return s->total != DISCLOSE_OUTSIDE && !s->weight && c->closed[s->total]
		       ? s->total
		       : DISCLOSE_OUTSIDE;
}

static void join(struct closing *c, const struct disclose_sum *s)
{
	size_t first = closed_of(c, s);

	for (size_t i = 0; i <= s->n; i++) {
		size_t at = i < s->n ? s->cell[i] : s->total;

		if (i == s->n && s->weight)
			continue;
		if (at != DISCLOSE_OUTSIDE && c->n[at] > 0 && c->closed[at])
			c->part[part_of(c, at)] = part_of(c, first);
	}
}

static bool is_used(const struct closing *c, const struct disclose_sum *s)
{
	return !s->loose && tells(c, s) && closed_of(c, s) != DISCLOSE_OUTSIDE;
}

/* A closed cell of one part that its system tells: an equation with nothing
 * else in it.  DISCLOSE_OUTSIDE: none. */
static bool told_of(struct closing *c, size_t part, size_t *out, struct err *e)
{
	c->columns = c->rows = 0;
	for (size_t i = 0; i < c->n_cells; i++)
		if (c->n[i] > 0 && c->closed[i] && part_of(c, i) == part) {
			c->cell[c->columns] = i;
			c->column[i] = c->columns++;
		}
	if ((c->columns + 1) * c->columns > c->cap) {
		c->cap = (c->columns + 1) * c->columns;
		free(c->row);
		c->row = calloc(c->cap, sizeof *c->row);
	}
	if (!c->row)
		return err_set(e, ERR_NOMEM, "no memory for closing cells");
	for (size_t i = 0; i < c->n_sums; i++)
		if (is_used(c, &c->sum[i]) &&
		    part_of(c, closed_of(c, &c->sum[i])) == part)
			add_equation(c, &c->sum[i]);
	*out = DISCLOSE_OUTSIDE;
	for (size_t i = 0; i < c->rows; i++) {
		size_t others = 0;

		for (size_t j = 0; j < c->columns; j++)
			others += c->row[i * c->columns + j] > 0;
		if (others == 1)
			*out = c->cell[c->pivot[i]];
	}
	return true;
}

static bool told(struct closing *c, size_t *out, struct err *e)
{
	*out = DISCLOSE_OUTSIDE;
	for (size_t i = 0; i < c->n_cells; i++)
		c->part[i] = i;
	for (size_t i = 0; i < c->n_sums; i++)
		if (is_used(c, &c->sum[i]))
			join(c, &c->sum[i]);
	for (size_t i = 0; i < c->n_cells && *out == DISCLOSE_OUTSIDE; i++)
		if (c->n[i] > 0 && c->closed[i] && part_of(c, i) == i &&
		    !told_of(c, i, out, e))
			return false;
	return true;
}

static bool is_member(const struct disclose_sum *s, size_t at)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->cell[i] == at)
			return true;
	return s->total == at;
}

/* Closes one more cell of a sum that `at` is in, weighed ones first, for they
 * take more than two; else any cell of a sum with a closed one, else a
 * total. */
static bool close_beside(struct closing *c, size_t at)
{
	for (size_t i = 0; i < c->n_sums; i++)
		if (c->sum[i].weight && is_member(&c->sum[i], at) &&
		    (close_one(c, smallest_open(c, &c->sum[i])) ||
		     close_one(c, c->sum[i].total)))
			return true;
	for (size_t i = 0; i < c->n_sums; i++)
		if (is_member(&c->sum[i], at) &&
		    close_one(c, smallest_open(c, &c->sum[i])))
			return true;
	for (size_t i = 0; i < c->n_sums; i++)
		if (is_member(&c->sum[i], at) && close_one(c, c->sum[i].total))
			return true;
	for (size_t i = 0; i < c->n_sums; i++)
		if (close_one(c, smallest_open(c, &c->sum[i])))
			return true;
	return false;
}

static bool room(struct closing *c)
{
	c->column = calloc(c->n_cells + 1, sizeof *c->column);
	c->cell = calloc(c->n_cells + 1, sizeof *c->cell);
	c->pivot = calloc(c->n_cells + 1, sizeof *c->pivot);
	c->part = calloc(c->n_cells + 1, sizeof *c->part);
	return c->column && c->cell && c->pivot && c->part;
}

bool disclose_sums(const int64_t *n, const int64_t *k, bool *closed,
		   size_t n_cells, const struct disclose_sum *sum,
		   size_t n_sums, struct err *e)
{
	struct closing c = { .n = n,
			     .k = k,
			     .closed = closed,
			     .n_cells = n_cells,
			     .n_sums = n_sums,
			     .sum = sum };
	bool ok = room(&c) ||
		  err_set(e, ERR_NOMEM, "no memory for closing cells");
	size_t at = 0;

	for (size_t i = 0; i < n_cells; i++)
		closed[i] = n[i] > 0 && (closed[i] || n[i] < k[i]);
	while (ok) {
		close_lines(&c);
		ok = told(&c, &at, e);
		if (!ok || at == DISCLOSE_OUTSIDE || !close_beside(&c, at))
			break;
	}
	free(c.column);
	free(c.cell);
	free(c.pivot);
	free(c.part);
	free(c.row);
	return ok;
}
