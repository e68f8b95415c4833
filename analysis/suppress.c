#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/planning.h"

#define MAX_NODES 2000000 /* of the search, a second or two */

/* Branch and bound.  While a line (row or column) holds exactly one closed
 * cell, one of its open cells must be closed: each in turn, the cheapest
 * first, those tried before are forbidden for the later branches. */
struct search {
	const struct planning_table *t;
	size_t lines;	   /* rows, then columns */
	uint32_t *in_line; /* closed cells of each line */
	uint8_t *now;	   /* cell: closed, or FORBIDDEN */
	uint8_t *best;
	int64_t cost, best_cost;
	size_t cells, best_cells;
	size_t nodes;
};
enum { FREE, CLOSED, FORBIDDEN };

static size_t line_cells(const struct planning_table *t, size_t line)
{
	return line < t->rows ? t->columns : t->rows;
}

static size_t line_cell(const struct planning_table *t, size_t line, size_t i)
{
	return line < t->rows ? line * t->columns + i
			      : i * t->columns + (line - t->rows);
}

/* The cheapest cell that can still help a line; -1: none. */
static int64_t cheapest(const struct search *s, size_t line)
{
	int64_t best = -1;

	for (size_t i = 0; i < line_cells(s->t, line); i++) {
		size_t c = line_cell(s->t, line, i);

		if (s->now[c] == FREE && (best < 0 || s->t->count[c] < best))
			best = s->t->count[c];
	}
	return best;
}

/* A lower bound on what must still be added (rows need different cells, and so
 * do columns), and the line with the dearest need; false: no way out. */
static bool needs(const struct search *s, int64_t *cost, size_t *cells,
		  size_t *line)
{
	int64_t sum[2] = { 0, 0 }, dearest = -1;
	size_t n[2] = { 0, 0 };

	*line = s->lines;
	for (size_t l = 0; l < s->lines; l++) {
		size_t kind = l >= s->t->rows;
		int64_t c;

		if (s->in_line[l] != 1)
			continue;
		c = cheapest(s, l);
		if (c < 0)
			return false;
		sum[kind] += c;
		n[kind]++;
		if (c > dearest) {
			dearest = c;
			*line = l;
		}
	}
	*cost = sum[0] > sum[1] ? sum[0] : sum[1];
	*cells = n[0] > n[1] ? n[0] : n[1];
	return true;
}

static void set_cell(struct search *s, size_t c, bool closed)
{
	s->now[c] = closed ? CLOSED : FREE;
	if (closed) {
		s->in_line[c / s->t->columns]++;
		s->in_line[s->t->rows + c % s->t->columns]++;
		s->cost += s->t->count[c];
		s->cells++;
	} else {
		s->in_line[c / s->t->columns]--;
		s->in_line[s->t->rows + c % s->t->columns]--;
		s->cost -= s->t->count[c];
		s->cells--;
	}
}

static bool is_better(const struct search *s, int64_t cost, size_t cells)
{
	return cost < s->best_cost ||
	       (cost == s->best_cost && cells < s->best_cells);
}

/* The open cell of a line with the least count, SIZE_MAX: none.  Equal ones:
 * the one whose other line is waiting, then the first. */
static size_t next_cell(const struct search *s, size_t line)
{
	size_t best = SIZE_MAX;
	bool best_helps = false;

	for (size_t i = 0; i < line_cells(s->t, line); i++) {
		size_t c = line_cell(s->t, line, i);
		size_t other = line < s->t->rows
				       ? s->t->rows + c % s->t->columns
				       : c / s->t->columns;
		bool helps = s->in_line[other] > 0;

		if (s->now[c] != FREE)
			continue;
		if (best == SIZE_MAX || s->t->count[c] < s->t->count[best] ||
		    (s->t->count[c] == s->t->count[best] && helps &&
		     !best_helps)) {
			best = c;
			best_helps = helps;
		}
	}
	return best;
}

struct branch { /* one open line of the search, its cells forbidden so far */
	size_t line, tried, *forbidden, cell;
};

static void keep_best(struct search *s)
{
	memcpy(s->best, s->now, s->t->rows * s->t->columns);
	s->best_cost = s->cost;
	s->best_cells = s->cells;
}

/* Depth first without recursion: a table may have thousands of cells. */
static bool enter(struct search *s, struct branch *b)
{
	int64_t cost;
	size_t cells;

	s->nodes++;
	if (!needs(s, &cost, &cells, &b->line))
		return false;
	if (!is_better(s, s->cost + cost, s->cells + cells))
		return false;
	if (b->line == s->lines) {
		keep_best(s);
		return false;
	}
	b->tried = 0;
	return true;
}

static void leave(struct search *s, struct branch *b)
{
	for (size_t i = 0; i < b->tried; i++)
		s->now[b->forbidden[i]] = FREE;
}

static void run(struct search *s, struct branch *stack)
{
	size_t depth = 0;

	if (!enter(s, &stack[0]))
		return;
	for (;;) {
		struct branch *b = &stack[depth];
		size_t c =
			s->nodes < MAX_NODES ? next_cell(s, b->line) : SIZE_MAX;

		if (c == SIZE_MAX) {
			leave(s, b);
			if (depth-- == 0)
				return;
			b = &stack[depth];
			set_cell(s, b->cell, false);
			s->now[b->cell] = FORBIDDEN;
			b->forbidden[b->tried++] = b->cell;
			continue;
		}
		b->cell = c;
		set_cell(s, c, true);
		if (enter(s, &stack[depth + 1])) {
			depth++;
			continue;
		}
		set_cell(s, c, false);
		s->now[c] = FORBIDDEN;
		b->forbidden[b->tried++] = c;
	}
}

static bool check(const struct planning_table *t, struct err *e)
{
	if (t->rows == 0 || t->columns == 0 ||
	    t->columns > LIMIT_PLANNING_CELLS / t->rows)
		return err_set(e, ERR_INPUT,
			       "bảng không có hàng hoặc cột (a table of %zu "
			       "rows and %zu columns)",
			       t->rows, t->columns);
	if (t->threshold < 1)
		return err_set(e, ERR_INPUT,
			       "ngưỡng nhỏ hơn 1 (the threshold is below 1)");
	for (size_t c = 0; c < t->rows * t->columns; c++)
		if (t->count[c] < 0)
			return err_set(e, ERR_INPUT,
				       "số đếm âm (a count is negative)");
	return true;
}

static void write_cells(struct planning_table *t, const struct search *s)
{
	t->n_secondary = 0;
	t->secondary = 0;
	for (size_t c = 0; c < t->rows * t->columns; c++) {
		if (s->best[c] != CLOSED || t->closed[c] == PLANNING_PRIMARY)
			continue;
		t->closed[c] = PLANNING_SECONDARY;
		t->n_secondary++;
		t->secondary += t->count[c];
	}
}

static void close_primary(struct planning_table *t, struct search *s)
{
	for (size_t c = 0; c < t->rows * t->columns; c++) {
		bool small = t->count[c] >= 1 && t->count[c] < t->threshold;

		t->closed[c] = small ? PLANNING_PRIMARY : PLANNING_OPEN;
		t->n_primary += small;
		if (small)
			set_cell(s, c, true);
	}
	s->cost = 0;
	s->cells = 0;
}

bool planning_suppress(struct planning_table *t, struct err *e)
{
	size_t n = t->rows * t->columns, lines = t->rows + t->columns;
	size_t longest = t->rows > t->columns ? t->rows : t->columns;
	struct search s = { .t = t, .lines = lines, .best_cost = INT64_MAX };
	struct branch *stack = NULL;
	size_t *forbidden = NULL;
	bool ok = false;

	if (!check(t, e))
		return false;
	t->n_primary = 0;
	/* a line that was helped holds two: one step of a path each */
	stack = calloc(lines + 2, sizeof *stack);
	forbidden = calloc((lines + 2) * longest, sizeof *forbidden);
	s.in_line = calloc(lines, sizeof *s.in_line);
	s.now = calloc(n, 1);
	s.best = calloc(n, 1);
	if (stack == NULL || forbidden == NULL || s.in_line == NULL ||
	    s.now == NULL || s.best == NULL) {
		err_set(e, ERR_NOMEM, "no memory for a table");
		goto out;
	}
	for (size_t i = 0; i < lines + 2; i++)
		stack[i].forbidden = forbidden + i * longest;
	close_primary(t, &s);
	run(&s, stack);
	t->optimal = s.nodes < MAX_NODES;
	if (s.best_cost == INT64_MAX) {
		err_set(e, ERR_MATH,
			"ô bị đóng nằm một mình, hãy đóng cả bảng (a closed "
			"cell is alone in its row or column: close "
			"the whole table)");
		goto out;
	}
	write_cells(t, &s);
	ok = true;
out:
	free(stack);
	free(forbidden);
	free(s.in_line);
	free(s.now);
	free(s.best);
	return ok;
}
