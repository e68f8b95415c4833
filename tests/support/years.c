#include "support/years.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/limits.h"
#include "support/test.h"

void years_compare(struct years *y)
{
	struct err e = { 0 };

	if (!index_change(y->now.ix, y->before.ix, &y->pairs, 0.05, y->now.a,
			  &y->c, &e))
		fail_msg("%s", e.msg);
}

void years_open(struct years *y, const char *now, const char *before)
{
	*y = (struct years){ 0 };
	indexed_open(&y->now, now);
	indexed_open(&y->before, before);
	faults_init(&y->f, y->now.a);
}

bool years_pairs(struct years *y, const char *json)
{
	y->f.n = 0;
	return index_pairs_read(json, strlen(json), &y->now.set, &y->before.set,
				y->now.a, &y->pairs, &y->f);
}

void years_close(struct years *y)
{
	index_change_free(&y->c);
	indexed_close(&y->now);
	indexed_close(&y->before);
}

char *years_text(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *text = file_read(path, LIMIT_INDEX_BYTES, &n, &e);

	if (!text)
		fail_msg("%s", e.msg);
	return text;
}

static char *document(struct arena *a, const char *criteria, const char *total,
		      const char *units)
{
	return index_document(a,
			      index_rules(a, "total", "incomplete", "sum-first",
					  2, ""),
			      criteria, total, units);
}

/* Compares two documents of one set of rules. */
void years_small(struct years *y, const char *criteria,
		 const char *criteria_before, const char *total,
		 const char *total_before, const char *units,
		 const char *units_before, const char *pairs)
{
	struct arena *a = arena_new(1 << 20);

	years_open(y, document(a, criteria, total, units),
		   document(a, criteria_before, total_before, units_before));
	if (!years_pairs(y, pairs))
		fail_msg("%s", y->f.list[0].message);
	years_compare(y);
	arena_free(a);
}

const struct index_moved *years_cell(const struct years *y, const char *unit,
				     const char *node)
{
	return index_moved(&y->c, indexed_unit(&y->now, unit),
			   indexed_node(&y->now, node));
}
