/* Plan files: a plan that is taken reads the same from its canonical text,
 * every index in it is valid, and it prints; one that is refused says why. */
#include "fuzz.h"

#include <string.h>

#include "phieu/buf.h"
#include "phieu/plan.h"

static void groups_are_whole(const struct plan *p)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->n_groups; i++) {
		const struct group *g = &p->groups[i];
		int64_t cells = 0;

		MUST(g->form < p->n_forms && g->basis < p->n_bases);
		MUST(!g->has_home || g->home_kind < p->n_kinds);
		for (size_t k = 0; k < g->n_cells; k++) {
			MUST(g->cells[k].n >= 0);
			MUST(g->has_home ? g->cells[k].home < p->n_units
					 : g->cells[k].home == NONE);
			cells += g->cells[k].n;
		}
		MUST(cells == g->total);
		sum += cells;
		MUST(plan_group(p, g->code) == i);
	}
	MUST(sum == plan_total(p));
}

static void forms_are_whole(const struct plan *p)
{
	for (size_t i = 0; i < p->n_forms; i++) {
		const struct form *f = &p->forms[i];
		size_t slots = 0;

		MUST(plan_form(p, f->code, f->version) == i);
		for (size_t q = 0; q < f->n_questions; q++) {
			MUST(form_question(f, f->questions[q].code) == q);
			if (f->questions[q].slot != NONE)
				MUST(f->questions[q].slot == slots++);
		}
		MUST(slots == f->n_slots);
	}
}

static void units_are_a_forest(const struct plan *p)
{
	for (size_t i = 0; i < p->n_units; i++) {
		size_t steps = 0;

		MUST(p->units[i].kind < p->n_kinds);
		MUST(plan_unit(p, p->units[i].code) == i);
		for (size_t u = i; u != NONE; u = p->units[u].parent)
			MUST(u < p->n_units && steps++ <= p->n_units);
	}
	for (size_t i = 0; i < p->n_criteria; i++)
		MUST(p->criteria[i].parent == NONE ||
		     p->criteria[i].parent < i);
}

static void it_prints(const struct plan *p)
{
	struct buf b = BUF_INIT((size_t)16 << 20);

	plan_print(p, &b);
	plan_print_quota(p, &b);
	MUST(buf_cstr(&b));
	MUST(!plan_diff(p, p, &b));
	buf_free(&b);
}

static void canonical_text_reads_the_same(const struct plan *p)
{
	struct arena *a = arena_new((size_t)16 << 20);
	struct faults f;
	struct err e = { 0 };
	struct plan *again;

	faults_init(&f, a);
	again = plan_read(p->text, p->text_n, &f, &e);
	MUST(again);
	MUST(strcmp(p->sha256, again->sha256) == 0);
	plan_free(again);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)16 << 20);
	struct buf b = BUF_INIT((size_t)16 << 20);
	struct faults f;
	struct err e = { 0 };
	struct plan *p;

	faults_init(&f, a);
	p = plan_read((const char *)data, n, &f, &e);
	if (p) {
		MUST(f.n == 0 && e.kind == ERR_NONE);
		groups_are_whole(p);
		forms_are_whole(p);
		units_are_a_forest(p);
		it_prints(p);
		canonical_text_reads_the_same(p);
		plan_free(p);
	} else {
		MUST(f.n > 0 || e.kind == ERR_INPUT || e.kind == ERR_NOMEM);
		faults_sort(&f);
		faults_json(&f, &b);
		MUST(buf_cstr(&b));
	}
	buf_free(&b);
	arena_free(a);
	return 0;
}
