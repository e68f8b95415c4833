#include <stdlib.h>
#include <string.h>

#include "phieu/arena.h"
#include "phieu/cli.h"
#include "phieu/utf8.h"

#define TABLE_BYTES ((size_t)64 << 20)
#define GAP	    2 /* spaces between columns */

/* Rows are runs of `columns` cells; a row whose first cell is this address is
 * a rule. */
static const char rule[] = "-";

struct table {
	size_t columns, n, cap;
	const char **cells;
	bool *right;
	struct arena *arena;
	bool broken; /* out of memory: said when printed */
};

void table_free(struct table *t)
{
	if (!t)
		return;
	arena_free(t->arena);
	free(t->cells);
	free(t->right);
	free(t);
}

struct table *table_new(size_t columns)
{
	struct table *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->columns = columns;
	t->right = calloc(columns ? columns : 1, sizeof *t->right);
	t->arena = arena_new(TABLE_BYTES);
	if (!t->right || !t->arena || columns == 0) {
		table_free(t);
		return NULL;
	}
	return t;
}

static void add(struct table *t, const char *text)
{
	const char **grown;

	if (t->n == t->cap && !t->broken) {
		size_t cap = t->cap ? 2 * t->cap : 64;

		grown = realloc(t->cells, cap * sizeof *grown);
		if (grown) {
			t->cells = grown;
			t->cap = cap;
		}
	}
	if (!text || t->n == t->cap)
		t->broken = true;
	if (!t->broken)
		t->cells[t->n++] = text;
}

/* Names come from plans and uploads: what a terminal would obey (C0, DEL,
 * C1) is shown as a blank. */
static void disarm(char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f)
			*s = ' ';
		else if (c == 0xc2 && (unsigned char)s[1] >= 0x80 &&
			 (unsigned char)s[1] <= 0x9f)
			s[0] = s[1] = ' ';
	}
}

void table_cell(struct table *t, const char *text)
{
	char *own;

	if (!t)
		return;
	own = arena_strdup(t->arena, text ? text : "");
	if (own)
		disarm(own);
	add(t, own);
}

static void end_row(struct table *t)
{
	while (!t->broken && t->n % t->columns != 0)
		add(t, "");
}

void table_rule(struct table *t)
{
	size_t i;

	if (!t)
		return;
	end_row(t);
	for (i = 0; i < t->columns; i++)
		add(t, rule);
}

void table_right(struct table *t, size_t column)
{
	if (t && column < t->columns)
		t->right[column] = true;
}

static void spaces(FILE *to, size_t n, char what)
{
	while (n--)
		(void)fputc(what, to);
}

static void print_row(const struct table *t, const char *const *row,
		      size_t have, const size_t *widths, FILE *to)
{
	size_t i, pad, owed = 0;

	for (i = 0; i < have; i++) {
		pad = widths[i] - utf8_width(row[i]);
		if (t->right[i])
			owed += pad;
		/* Blanks are written only before something. */
		if (*row[i]) {
			spaces(to, owed, ' ');
			owed = 0;
			(void)fputs(row[i], to);
		}
		owed += (t->right[i] ? 0 : pad) + GAP;
	}
	(void)fputc('\n', to);
}

void table_print(const struct table *t, FILE *to)
{
	size_t *widths, i, w, total = 0;

	widths = t && !t->broken ? calloc(t->columns, sizeof *widths) : NULL;
	if (!widths) {
		(void)fputs("(no memory for the table)\n", to);
		return;
	}
	for (i = 0; i < t->n; i++) {
		w = t->cells[i] == rule ? 0 : utf8_width(t->cells[i]);
		if (w > widths[i % t->columns])
			widths[i % t->columns] = w;
	}
	for (i = 0; i < t->columns; i++)
		total += widths[i] + (i ? GAP : 0);
	for (i = 0; i < t->n; i += t->columns) {
		if (t->cells[i] == rule) {
			spaces(to, total, '-');
			(void)fputc('\n', to);
		} else {
			print_row(t, t->cells + i,
				  t->n - i < t->columns ? t->n - i : t->columns,
				  widths, to);
		}
	}
	free(widths);
}

struct table *table_headed(const char *const *heads, size_t n, size_t right)
{
	struct table *t = table_new(n);

	for (size_t i = 0; t && i < n; i++) {
		table_cell(t, heads[i]);
		if (i >= right)
			table_right(t, i);
	}
	if (t)
		table_rule(t);
	return t;
}
