#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/connect.h"
#include "phieu/estimate_load.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/store_estimate.h"

#define WAVE_ARENA ((size_t)256 << 20)

/* The columns that every wave has, then profile fields, then three for each
 * question. */
enum fixed {
	RESPONDENT,
	FORM,
	GROUP,
	HOME,
	UNIT,
	UNIT_KIND,
	STRATUM,
	FRAME_COUNT,
	SAMPLE_COUNT,
	WEIGHT,
	FPC,
	FIXED
};
static const char *const fixed_name[FIXED] = {
	"respondent", "form", "group", "home", "unit", "unit_kind",
	"stratum",    "N_h",  "n_h",   "w",    "fpc"
};

struct stratum {
	char frame[24], sample[24], weight[40], fpc[40];
	int64_t n;
	const char *name;
};

struct reading {
	const struct wave *w;
	struct arena *a;
	struct csv_cell *head, *cell;
	size_t columns;
	size_t *first; /* [form][slot] flattened: column of its question */
	size_t *own;   /* the same of FORM/CODE */
	size_t *form_first;
	const struct csv_cell (**option)[3]; /* [form][slot]: by ordinal */
	struct stratum *stratum; /* [group * (units + 1) + home or units] */
	char respondent[16];
};

static struct csv_cell cell_of(const char *s)
{
	return (struct csv_cell){ .s = s ? s : "",
				  .n = s ? strlen(s) : 0,
				  .quoted = true };
}

static size_t add_column(struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->columns; i++)
		if (strcmp(r->head[i].s, name) == 0)
			return i;
	r->head[r->columns] = cell_of(name);
	return r->columns++;
}

/* A name of ours that a question may not take. */
static bool is_own(const struct reading *r, const char *name)
{
	size_t own = FIXED + r->w->plan->decisions.n_profile_kept;

	for (size_t i = 0; i < own; i++)
		if (strcmp(r->head[i].s, name) == 0)
			return true;
	return false;
}

/* ---- questions -------------------------------------------------------- */

/* What an answer byte says: code, coefficient, satisfied. */
static bool option_cells(struct reading *r, const struct question *q,
			 const struct csv_cell (**out)[3], struct err *e)
{
	struct csv_cell(*t)[3] = arena_array(r->a, 256, sizeof *t);

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < 256; i++)
		for (size_t k = 0; k < 3; k++)
			t[i][k] = cell_of("");
	for (size_t i = 0; i < q->n_options; i++) {
		const struct option *o = &q->options[i];
		char text[DEC_TEXT_MAX] = "";

		t[o->ordinal][0] = cell_of(o->code);
		if (o->no_opinion)
			continue;
		t[o->ordinal][2] = cell_of(o->satisfied ? "1" : "0");
		if (o->has_coefficient)
			(void)dec_text(o->coefficient, text);
		t[o->ordinal][1] = cell_of(arena_strdup(r->a, text));
	}
	*out = (const struct csv_cell(*)[3])t;
	return true;
}

/* Three columns under the question's code, which forms may share, and three
 * under FORM/CODE. */
static bool question_columns(struct reading *r, const struct form *f,
			     const struct question *q, size_t slot,
			     struct err *e)
{
	static const char *const suffix[] = { "", ".coefficient",
					      ".satisfied" };

	for (size_t k = 0; k < 3; k++) {
		const char *name =
			arena_printf(r->a, "%s%s", q->code, suffix[k]);
		size_t c;

		if (name && is_own(r, name))
			name = arena_printf(r->a, "question.%s", name);
		if (!name)
			return err_set(e, ERR_NOMEM, "out of memory");
		c = add_column(r, name);
		if (k == 0)
			r->first[slot] = c;
	}
	for (size_t k = 0; k < 3; k++) {
		const char *own = arena_printf(r->a, "%s/%s%s", f->code,
					       q->code, suffix[k]);
		size_t c = own ? add_column(r, own) : 0;

		if (k == 0)
			r->own[slot] = c;
	}
	return !arena_broken(r->a) || err_set(e, ERR_NOMEM, "out of memory");
}

static bool form_columns(struct reading *r, size_t form, size_t *at,
			 struct err *e)
{
	const struct form *f = &r->w->plan->forms[form];

	r->form_first[form] = *at;
	for (size_t i = 0; i < f->n_questions; i++) {
		const struct question *q = &f->questions[i];
		size_t slot = *at + q->slot;

		if (q->slot == NONE)
			continue;
		if (!question_columns(r, f, q, slot, e))
			return false;
		if (!option_cells(r, q, &r->option[slot], e))
			return false;
	}
	*at += f->n_slots;
	return true;
}

static bool make_columns(struct reading *r, struct err *e)
{
	const struct plan *p = r->w->plan;
	size_t slots = 0, most = FIXED + p->decisions.n_profile_kept, at = 0;

	for (size_t f = 0; f < p->n_forms; f++) {
		slots += p->forms[f].n_slots;
		most += 6 * p->forms[f].n_questions;
	}
	r->head = arena_array(r->a, most + 1, sizeof *r->head);
	r->cell = arena_array(r->a, most + 1, sizeof *r->cell);
	r->first = arena_array(r->a, slots + 1, sizeof *r->first);
	r->own = arena_array(r->a, slots + 1, sizeof *r->own);
	r->form_first =
		arena_array(r->a, p->n_forms + 1, sizeof *r->form_first);
	r->option = arena_array(r->a, slots + 1, sizeof *r->option);
	if (!r->head || !r->cell || !r->first || !r->own || !r->form_first ||
	    !r->option)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < FIXED; i++)
		(void)add_column(r, fixed_name[i]);
	for (size_t i = 0; i < p->decisions.n_profile_kept; i++) {
		const char *name = arena_printf(r->a, "profile.%s",
						p->decisions.profile_kept[i]);

		if (name)
			(void)add_column(r, name);
	}
	for (size_t f = 0; f < p->n_forms; f++)
		if (!form_columns(r, f, &at, e))
			return false;
	return !arena_broken(r->a) || err_set(e, ERR_NOMEM, "out of memory");
}

/* ---- strata ----------------------------------------------------------- */

static struct stratum *stratum_of(struct reading *r, size_t group, size_t home)
{
	size_t units = r->w->plan->n_units;

	return &r->stratum[group * (units + 1) + (home == NONE ? units : home)];
}

/* The weight of a respondent is what he stands for: N_h / n_h. */
static void fill_stratum(struct stratum *s, int64_t population)
{
	int64_t fpc = population < s->n ? s->n : population;

	(void)snprintf(s->sample, sizeof s->sample, "%" PRId64, s->n);
	if (population < 0) {
		(void)snprintf(s->weight, sizeof s->weight, "1");
		(void)snprintf(s->fpc, sizeof s->fpc, "1e15");
		return;
	}
	(void)snprintf(s->frame, sizeof s->frame, "%" PRId64, population);
	(void)snprintf(s->weight, sizeof s->weight, "%.17g",
		       (double)population / (double)s->n);
	(void)snprintf(s->fpc, sizeof s->fpc, "%" PRId64, fpc);
}

static bool make_strata(struct reading *r, struct db *db,
			const struct freeze *f, struct err *e)
{
	const struct plan *p = r->w->plan;
	struct freeze_cell *cells;
	size_t n;

	r->stratum = arena_array(r->a, p->n_groups * (p->n_units + 1),
				 sizeof *r->stratum);
	if (!r->stratum)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!store_freeze_cells(db, r->w, f, &cells, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		stratum_of(r, cells[i].group, cells[i].home)->n += cells[i].n;
	free(cells);
	for (size_t g = 0; g < p->n_groups; g++)
		for (size_t h = 0; h <= p->n_units; h++) {
			size_t home = h == p->n_units ? NONE : h;
			struct stratum *s = stratum_of(r, g, home);
			int64_t population = -1;

			if (s->n == 0)
				continue;
			for (size_t k = 0; k < p->groups[g].n_cells; k++)
				if (p->groups[g].cells[k].home == home)
					population = p->groups[g]
							     .cells[k]
							     .population;
			fill_stratum(s, population);
			s->name = arena_printf(r->a, "%s|%s", p->groups[g].code,
					       home == NONE
						       ? ""
						       : p->units[home].code);
		}
	return !arena_broken(r->a) || err_set(e, ERR_NOMEM, "out of memory");
}

/* ---- rows ------------------------------------------------------------- */

static void fill_profile(struct reading *r, const cJSON *profile)
{
	const struct decisions *d = &r->w->plan->decisions;

	for (size_t i = 0; i < d->n_profile_kept; i++)
		r->cell[FIXED + i] =
			cell_of(json_get_text(profile, d->profile_kept[i]));
}

static void fill_row(struct reading *r, const struct frozen_row *row)
{
	const struct plan *p = r->w->plan;
	const struct stratum *s = stratum_of(r, row->group, row->home);
	size_t at = r->form_first[row->form];
	const char *fixed[FIXED] = { r->respondent,
				     p->forms[row->form].code,
				     p->groups[row->group].code,
				     row->home == NONE
					     ? ""
					     : p->units[row->home].code,
				     p->units[row->unit].code,
				     p->kinds[p->units[row->unit].kind].code,
				     s->name,
				     s->frame,
				     s->sample,
				     s->weight,
				     s->fpc };

	for (size_t i = 0; i < FIXED; i++)
		r->cell[i] = cell_of(fixed[i]);
	for (size_t i = FIXED + p->decisions.n_profile_kept; i < r->columns;
	     i++)
		r->cell[i] = cell_of("");
	for (size_t k = 0;
	     k < p->forms[row->form].n_slots && k < row->n_answers; k++)
		if (r->option[at + k]) {
			const struct csv_cell *said =
				r->option[at + k][row->answers[k]];

			memcpy(&r->cell[r->first[at + k]], said,
			       3 * sizeof *said);
			memcpy(&r->cell[r->own[at + k]], said,
			       3 * sizeof *said);
		}
}

/* A profile's texts are borrowed from its tree until the next respondent. */
static bool read_rows(struct reading *r, struct frozen_rows *rows,
		      struct frame *f, struct err *e)
{
	struct frozen_row row;
	int32_t last = -1;
	cJSON *profile = NULL;
	bool ok = true;
	int got = 0;

	while (ok && (got = frozen_rows_next(rows, &row, e)) > 0) {
		if (row.respondent != last) {
			cJSON_Delete(profile);
			profile = cJSON_Parse(row.profile);
			fill_profile(r, profile);
			last = row.respondent;
			(void)snprintf(r->respondent, sizeof r->respondent,
				       "%" PRId32, last);
		}
		fill_row(r, &row);
		ok = frame_row(f, r->cell, r->columns, f->rows + 1, e);
	}
	cJSON_Delete(profile);
	return ok && got == 0;
}

static bool read_wave(struct reading *r, struct db *db, const struct freeze *f,
		      struct frame *frame, struct err *e)
{
	struct frozen_rows *rows;
	bool ok;

	if (!make_columns(r, e) || !make_strata(r, db, f, e) ||
	    !frame_header(frame, r->head, r->columns, e))
		return false;
	rows = frozen_rows_open(db, r->w, f, e);
	ok = rows && read_rows(r, rows, frame, e);
	frozen_rows_close(rows);
	return ok && frame_done(frame, e);
}

bool load_wave(const struct conf *c, const struct spec *s, struct frame *f,
	       struct wave_limits *out, struct err *e)
{
	struct db *db = connect_ready(c, WHO_ANALYSIS, e);
	struct wave *w = db ? store_wave_get(db, s->wave, e) : NULL;
	struct reading r = { .w = w };
	struct freeze freeze;
	bool ok = w && store_freeze_latest(db, w, &freeze, e);

	if (ok && freeze.plan_version != w->version)
		ok = err_set(e, ERR_CONFLICT,
			     "the plan is not the one that was frozen");
	if (ok) {
		r.a = arena_new(WAVE_ARENA);
		ok = r.a || err_set(e, ERR_NOMEM, "out of memory");
	}
	if (ok) {
		*out = (struct wave_limits){
			.min_unit = w->plan->decisions.min_unit,
			.min_sub = w->plan->decisions.min_sub,
			.trial = w->plan->is_trial,
			.simulated = freeze.simulated
		};
		ok = db_begin_snapshot(db, e) &&
		     read_wave(&r, db, &freeze, f, e);
		db_rollback(db);
	}
	arena_free(r.a);
	if (w)
		wave_free(w);
	db_close(db);
	connect_done();
	return ok;
}
