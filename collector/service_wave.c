/* Plans of waves in memory, with a running count of what fills the quotas. */
#include <stdlib.h>
#include <string.h>

#include "phieu/log.h"
#include "service_impl.h"

void wave_ref_drop(struct wave_ref *w)
{
	if (!w || --w->refs > 0)
		return;
	wave_free(w->wave);
	free(w->first);
	free(w->counted);
	arena_free(w->forms_arena);
	free(w);
}

void service_waves_forget(struct service *s, const char *code)
{
	struct wave_ref **at = &s->waves;

	while (*at) {
		struct wave_ref *w = *at;
		if (code && strcmp(w->wave->code, code) != 0) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		wave_ref_drop(w);
	}
}

static size_t cell_of(const struct wave_ref *w, size_t group, size_t home)
{
	const struct plan *p = w->wave->plan;
	const struct quota_cell *c;

	if (group == NONE)
		return NONE;
	c = plan_cell(p, group, home);
	return c ? w->first[group] + (size_t)(c - p->groups[group].cells)
		 : NONE;
}

static void counted(int32_t group, int32_t home, int64_t n, void *arg)
{
	struct wave_ref *w = arg;
	size_t g = wave_group(w->wave, group);
	size_t cell = cell_of(w, g, home ? wave_unit(w->wave, home) : NONE);

	if (cell != NONE)
		w->counted[cell] = n;
}

static struct wave_ref *load(struct service *s, const char *code, struct err *e)
{
	struct wave_ref *w = calloc(1, sizeof *w);
	const struct plan *p;
	size_t n = 0;

	if (!w) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	w->refs = 1;
	w->wave = store_wave_get(s->look, code, e);
	if (!w->wave)
		goto out;
	p = w->wave->plan;
	w->first = calloc(p->n_groups + 1, sizeof *w->first);
	if (!w->first)
		goto out;
	for (size_t g = 0; g < p->n_groups; g++) {
		w->first[g] = n;
		n += p->groups[g].n_cells;
	}
	w->counted = calloc(n + 1, sizeof *w->counted);
	if (!w->counted || !store_counted(s->look, w->wave->id, counted, w, e))
		goto out;
	return w;
out:
	if (!w->wave || !w->first || !w->counted)
		if (e->kind == ERR_NONE)
			err_set(e, ERR_NOMEM, "out of memory");
	wave_ref_drop(w);
	return NULL;
}

struct wave_ref *service_wave(struct service *s, const char *code,
			      struct err *e)
{
	struct wave_ref *w;

	for (w = s->waves; w; w = w->next)
		if (strcmp(w->wave->code, code) == 0)
			break;
	if (!w) {
		if (!s->look) {
			err_set(e, ERR_DOWN, "the database is away");
			return NULL;
		}
		w = load(s, code, e);
		if (!w)
			return NULL;
		w->next = s->waves;
		s->waves = w;
		log_event(LOG_INFO, NULL, "plan-loaded", "wave", code, NULL);
	}
	w->refs++;
	return w;
}

/* The first keying fills the quota; the second is the same sheet again. */
bool quota_take(struct wave_ref *w, struct line *l)
{
	const struct submission *sub = &l->sub;
	const struct group *g;

	l->cell = NONE;
	if (sub->keying != 1 || l->item.state == STATE_INVALID)
		return false;
	l->cell = cell_of(w, sub->group, sub->home);
	if (l->cell == NONE)
		return false;
	g = &w->wave->plan->groups[sub->group];
	return ++w->counted[l->cell] >
	       g->cells[l->cell - w->first[sub->group]].n;
}

void quota_settle(struct wave_ref *w, const struct line *l, bool kept)
{
	bool stays = kept && l->end == END_ANSWERED &&
		     l->answer.outcome == INTAKE_STORED &&
		     l->answer.state != STATE_INVALID && !l->answer.replaced;

	if (l->cell != NONE && !stays)
		w->counted[l->cell]--;
}
