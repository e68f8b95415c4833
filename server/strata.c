#include "phieu/strata.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static struct stratum *at(const struct strata *s, size_t group, size_t home)
{
	return &s->list[group * (s->n_units + 1) +
			(home == NONE ? s->n_units : home)];
}

const struct stratum *strata_of(const struct strata *s, size_t group,
				size_t home)
{
	return at(s, group, home);
}

/* The weight of a respondent is what he stands for: N_h / n_h. */
static void fill(struct stratum *s)
{
	int64_t fpc = s->population < s->n ? s->n : s->population;

	(void)snprintf(s->sample, sizeof s->sample, "%" PRId64, s->n);
	if (s->population < 0) {
		(void)snprintf(s->weight, sizeof s->weight, "1");
		(void)snprintf(s->fpc, sizeof s->fpc, "1e15");
		return;
	}
	(void)snprintf(s->frame, sizeof s->frame, "%" PRId64, s->population);
	(void)snprintf(s->weight, sizeof s->weight, "%.17g",
		       (double)s->population / (double)s->n);
	(void)snprintf(s->fpc, sizeof s->fpc, "%" PRId64, fpc);
}

static int64_t population_of(const struct group *g, size_t home)
{
	for (size_t k = 0; k < g->n_cells; k++)
		if (g->cells[k].home == home)
			return g->cells[k].population;
	return -1;
}

bool strata_read(struct db *db, const struct wave *w, const struct freeze *f,
		 bool many, struct arena *a, struct strata *out, struct err *e)
{
	const struct plan *p = w->plan;
	struct freeze_cell *cells;
	size_t n;

	out->n_units = p->n_units;
	out->list = arena_array(a, p->n_groups * (p->n_units + 1) + 1,
				sizeof *out->list);
	if (!out->list)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!store_freeze_cells(db, w, f, &cells, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		at(out, cells[i].group, cells[i].home)->n += cells[i].n;
	free(cells);
	for (size_t g = 0; g < p->n_groups; g++)
		for (size_t h = 0; h <= p->n_units; h++) {
			size_t home = h == p->n_units ? NONE : h;
			struct stratum *s = at(out, g, home);

			if (s->n == 0)
				continue;
			s->population = population_of(&p->groups[g], home);
			fill(s);
			s->name = arena_printf(
				a, "%s%s%s|%s", many ? w->code : "",
				many ? "|" : "", p->groups[g].code,
				home == NONE ? "" : p->units[home].code);
		}
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}
