#include "phieu/simulate.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/limits.h"
#include "phieu/sheet.h"
#include "simulate_parts.h"

#define WORLD_BYTES ((size_t)64 << 20)
#define SHEET_BYTES ((size_t)4 << 20)

#define CARELESS   20 /* per mille of the valid sheets */
#define INVALID	   15 /* lines besides, per mille of the valid sheets */
#define DUPLICATES 10
#define REUSED	   4
#define BROKEN	   3

struct entry { /* a sheet of the plan */
	size_t group, home;
	uint32_t in_cell, cell_n, serial;
};

struct run {
	struct world world;
	const struct simulate *how;
	simulate_line line;
	void *ctx;
	struct simulate_count *count;
	struct arena *base, *sheet;
	struct entry *entry;
	size_t n_entries;
	uint32_t *form_sheets; /* by form: sheets of its number range */
	struct buf text;
	struct err *e;
};

/* Forms whose codes print alike share one range of numbers. */
static size_t range_of(const struct plan *p, size_t form)
{
	struct sheet_no a, b;
	struct err e = { 0 };

	if (!sheet_make(p->forms[form].code, 1, &a, &e))
		return form;
	for (size_t f = 0; f < form; f++)
		if (sheet_make(p->forms[f].code, 1, &b, &e) &&
		    strcmp(a.prefix, b.prefix) == 0)
			return f;
	return form;
}

/* Lists every planned sheet, then shuffles: the field brings them in as they
 * come. */
static bool list_entries(struct run *r)
{
	const struct plan *p = r->world.p;
	struct dice d;
	size_t n = 0;

	r->n_entries = (size_t)plan_total(p);
	r->entry = arena_array(r->base, r->n_entries + 1, sizeof *r->entry);
	r->form_sheets =
		arena_array(r->base, p->n_forms + 1, sizeof *r->form_sheets);
	if (!r->entry || !r->form_sheets)
		return false;
	for (size_t g = 0; g < p->n_groups; g++) {
		size_t range = range_of(p, p->groups[g].form);

		for (size_t c = 0; c < p->groups[g].n_cells; c++) {
			const struct quota_cell *cell = &p->groups[g].cells[c];

			for (int64_t k = 0; k < cell->n; k++)
				r->entry[n++] = (struct entry){
					g, cell->home, (uint32_t)k,
					(uint32_t)cell->n,
					++r->form_sheets[range]
				};
		}
	}
	dice_init(&d, r->world.seed, "order", 0);
	for (size_t i = n; i > 1; i--) {
		size_t j = dice_below(&d, (uint32_t)i);
		struct entry swap = r->entry[i - 1];

		r->entry[i - 1] = r->entry[j];
		r->entry[j] = swap;
	}
	return true;
}

static bool emit(struct run *r)
{
	if (!buf_cstr(&r->text))
		return err_set(r->e, ERR_NOMEM, "out of memory");
	return r->line(r->text.data, r->text.len, r->ctx, r->e);
}

static bool write_sheet(struct run *r, const struct submission *s)
{
	r->text.len = 0;
	submission_write(r->world.p, s, &r->text);
	return emit(r);
}

/* The sheet of place i; past the quotas the plan begins anew with further
 * numbers. */
static bool sheet_at(struct run *r, size_t i, struct spec *spec,
		     struct submission *s)
{
	const struct plan *p = r->world.p;
	const struct entry *en = &r->entry[i % r->n_entries];
	uint32_t round = (uint32_t)(i / r->n_entries);
	struct dice d;

	dice_init(&d, r->world.seed, "kind", i);
	*spec = (struct spec){ .group = en->group, .home = en->home, .i = i };
	spec->serial =
		en->serial +
		round * r->form_sheets[range_of(p, p->groups[en->group].form)];
	spec->in_cell = en->in_cell + round * en->cell_n;
	spec->careless = r->how->spoil && dice_chance(&d, CARELESS);
	arena_reset(r->sheet);
	return simulate_sheet(&r->world, spec, r->sheet, s, r->e);
}

/* An asked single-choice question, with at least two options in use. */
static const struct question *choice(const struct form *f)
{
	for (size_t q = 0; q < f->n_questions; q++) {
		const struct question *qu = &f->questions[q];

		if (qu->asked && qu->slot != NONE && qu->n_options > 1 &&
		    !qu->options[0].retired && !qu->options[1].retired)
			return qu;
	}
	return NULL;
}

/* Puts `with` in the place of the first `what`; false when it is not there. */
static bool replace(struct run *r, const char *what, const char *with)
{
	struct buf b = BUF_INIT(r->text.max);
	const char *at = strstr(r->text.data, what);

	if (!at)
		return false;
	buf_add(&b, r->text.data, (size_t)(at - r->text.data));
	buf_adds(&b, with);
	buf_adds(&b, at + strlen(what));
	buf_free(&r->text);
	r->text = b;
	return true;
}

/* A wrong tick: two boxes (V06) or one that does not exist (V07). */
static bool spoil_answer(struct run *r, struct submission *s, bool twice)
{
	const struct question *q = choice(&r->world.p->forms[s->form]);
	uint8_t *answers;
	char *good, *bad;

	if (!q)
		return false;
	answers = arena_alloc(r->sheet, r->world.p->forms[s->form].n_slots + 1);
	if (!answers)
		return false;
	memcpy(answers, s->ratings[0].answers,
	       r->world.p->forms[s->form].n_slots);
	answers[q->slot] = q->options[0].ordinal;
	s->ratings[0].answers = answers;
	good = arena_printf(r->sheet, "\"%s\":\"%s\"", q->code,
			    q->options[0].code);
	bad = twice ? arena_printf(r->sheet, "\"%s\":[\"%s\",\"%s\"]", q->code,
				   q->options[0].code, q->options[1].code)
		    : arena_printf(r->sheet, "\"%s\":\"?\"", q->code);
	if (!good || !bad)
		return false;
	r->text.len = 0;
	submission_write(r->world.p, s, &r->text);
	return buf_cstr(&r->text) && replace(r, good, bad);
}

/* A number with the wrong check digit (V01). */
static bool spoil_number(struct run *r, struct submission *s)
{
	char *no = arena_strdup(r->sheet, s->sheet);
	size_t n = no ? strlen(no) : 0;

	if (n == 0)
		return false;
	if (no[n - 1] == '9')
		no[n - 1] = '0';
	else
		no[n - 1]++;
	s->sheet = no;
	return true;
}

static bool spoil_invalid(struct run *r, size_t i, struct submission *s)
{
	const struct plan *p = r->world.p;
	char instance[INSTANCE_TEXT];
	struct dice d;

	dice_init(&d, r->world.seed, "fault", i);
	simulate_instance(r->world.seed, "invalid", i, instance);
	s->instance = arena_strdup(r->sheet, instance);
	if (!s->instance)
		return err_set(r->e, ERR_NOMEM, "out of memory");
	r->count->invalid++;
	switch (dice_below(&d, 5)) {
	case 0:
		s->collected.days = p->to.days + 1 + (int32_t)i % 7;
		return write_sheet(r, s);
	case 1:
		s->ratings[0].unit = NONE;
		s->ratings[0].unit_code = "khong-co";
		return write_sheet(r, s);
	case 2:
		if (spoil_answer(r, s, true))
			return emit(r);
		break;
	case 3:
		if (spoil_answer(r, s, false))
			return emit(r);
		break;
	default: break;
	}
	if (!spoil_number(r, s))
		return err_set(r->e, ERR_NOMEM, "out of memory");
	return write_sheet(r, s);
}

/* The same paper keyed again under an instance of its own. */
static bool spoil_reused(struct run *r, size_t i, struct submission *s)
{
	char instance[INSTANCE_TEXT];

	simulate_instance(r->world.seed, "reused", i, instance);
	s->instance = arena_strdup(r->sheet, instance);
	if (!s->instance)
		return err_set(r->e, ERR_NOMEM, "out of memory");
	r->count->reused++;
	return write_sheet(r, s);
}

/* What comes after valid sheet i, whose line is in r->text. */
static bool besides(struct run *r, size_t i, struct submission *s)
{
	struct dice d;

	dice_init(&d, r->world.seed, "besides", i);
	if (dice_chance(&d, DUPLICATES)) {
		r->count->duplicate++;
		if (!emit(r))
			return false;
	}
	if (dice_chance(&d, BROKEN)) {
		r->count->broken++;
		if (!r->line(r->text.data, r->text.len / 2, r->ctx, r->e))
			return false;
	}
	if (dice_chance(&d, REUSED) && !spoil_reused(r, i, s))
		return false;
	return !dice_chance(&d, INVALID) || spoil_invalid(r, i, s);
}

static bool all(struct run *r)
{
	size_t n = r->how->n ? r->how->n : r->n_entries;
	struct submission s;
	struct spec spec;

	if (r->n_entries == 0)
		return err_set(r->e, ERR_CONFLICT, "the plan has no sheets");
	for (size_t i = 0; i < n; i++) {
		if (!sheet_at(r, i, &spec, &s) || !write_sheet(r, &s))
			return false;
		r->count->valid++;
		r->count->careless += spec.careless;
		if (r->how->spoil && !besides(r, i, &s))
			return false;
	}
	return true;
}

bool simulate(const struct plan *p, const struct simulate *how,
	      simulate_line line, void *ctx, struct simulate_count *count,
	      struct err *e)
{
	struct run r = { .how = how,
			 .line = line,
			 .ctx = ctx,
			 .count = count,
			 .text = BUF_INIT(LIMIT_SUBMISSION_BYTES * 4),
			 .e = e };
	bool ok = false;

	*count = (struct simulate_count){ 0 };
	r.base = arena_new(WORLD_BYTES);
	r.sheet = arena_new(SHEET_BYTES);
	if (r.base && r.sheet && world_init(&r.world, p, how->seed, r.base) &&
	    list_entries(&r))
		ok = all(&r);
	else
		err_set(e, ERR_NOMEM, "out of memory");
	buf_free(&r.text);
	arena_free(r.sheet);
	arena_free(r.base);
	return ok;
}
