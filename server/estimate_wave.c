#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/connect.h"
#include "phieu/estimate_fields.h"
#include "phieu/estimate_load.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/store_estimate.h"
#include "phieu/strata.h"

#define WAVE_ARENA ((size_t)256 << 20)

/* The columns that every wave has, then profile fields, then three for each
 * question. */
enum fixed {
	WAVE,
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
	"wave",	     "respondent", "form", "group", "home", "unit",
	"unit_kind", "stratum",	   "N_h",  "n_h",   "w",    "fpc"
};

/* The table that the rows of all waves go into. */
struct sheet {
	struct arena *a;
	struct frame *frame;
	struct csv_cell *head, *cell;
	size_t columns, most;
	struct made { /* columns of numbers, made from the answers */
		const char *name;
		double *y; /* [cap] */
	} * made;
	size_t n_made, cap;
};

struct reading { /* of one wave */
	const struct wave *w;
	const struct freeze *freeze;
	struct sheet *t;
	struct fields *fields;
	struct field_value *value;
	size_t (*made)[3]; /* [field] percent, satisfied, answered: of sheet */
	size_t *first;	   /* [form][slot] flattened: column of its question */
	size_t *own;	   /* the same of FORM/CODE */
	size_t *form_first;
	const struct csv_cell (**option)[3]; /* [form][slot]: by ordinal; NULL:
					      * nobody asks for it */
	size_t *profile;		     /* columns of what D12 keeps */
	struct strata strata;
	bool many; /* waves: a stratum names its own */
	char respondent[16];
};

static struct csv_cell cell_of(const char *s)
{
	return (struct csv_cell){ .s = s ? s : "",
				  .n = s ? strlen(s) : 0,
				  .quoted = true };
}

static size_t add_column(struct sheet *t, const char *name)
{
	for (size_t i = 0; i < t->columns; i++)
		if (strcmp(t->head[i].s, name) == 0)
			return i;
	t->head[t->columns] = cell_of(name);
	return t->columns++;
}

/* A name of ours that a question may not take. */
static bool is_own(const char *name)
{
	for (size_t i = 0; i < FIXED; i++)
		if (strcmp(fixed_name[i], name) == 0)
			return true;
	return strncmp(name, "field.", 6) == 0 ||
	       strncmp(name, "profile.", 8) == 0;
}

static bool is_wanted(const struct sheet *t, size_t column)
{
	return frame_get(t->frame, t->head[column].s) != NULL;
}

/* ---- questions -------------------------------------------------------- */

/* What an answer byte says: code, coefficient, satisfied. */
static bool option_cells(struct reading *r, const struct question *q,
			 const struct csv_cell (**out)[3], struct err *e)
{
	struct csv_cell(*t)[3] = arena_array(r->t->a, 256, sizeof *t);

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
		t[o->ordinal][1] = cell_of(arena_strdup(r->t->a, text));
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
	struct sheet *t = r->t;
	bool wanted = false;

	for (size_t k = 0; k < 6; k++) {
		const char *name =
			k < 3 ? arena_printf(t->a,
					     is_own(q->code) ? "question.%s%s"
							     : "%s%s",
					     q->code, suffix[k])
			      : arena_printf(t->a, "%s/%s%s", f->code, q->code,
					     suffix[k - 3]);
		size_t c = name ? add_column(t, name) : 0;

		if (!name)
			return err_set(e, ERR_NOMEM, "out of memory");
		wanted = wanted || is_wanted(t, c);
		if (k == 0)
			r->first[slot] = c;
		if (k == 3)
			r->own[slot] = c;
	}
	return !wanted || option_cells(r, q, &r->option[slot], e);
}

static bool form_columns(struct reading *r, size_t form, size_t *at,
			 struct err *e)
{
	const struct form *f = &r->w->plan->forms[form];

	r->form_first[form] = *at;
	for (size_t i = 0; i < f->n_questions; i++) {
		const struct question *q = &f->questions[i];

		if (q->slot != NONE &&
		    !question_columns(r, f, q, *at + q->slot, e))
			return false;
	}
	*at += f->n_slots;
	return true;
}

static size_t made_column(struct sheet *t, const char *name)
{
	for (size_t i = 0; i < t->n_made; i++)
		if (strcmp(t->made[i].name, name) == 0)
			return i;
	t->made[t->n_made].name = name;
	return t->n_made++;
}

/* Fields are numbers, made here: their cells stay empty. */
static bool field_columns(struct reading *r, struct err *e)
{
	static const char *const suffix[] = { "", ".satisfied", ".answered" };
	size_t n = fields_count(r->fields);

	r->value = arena_array(r->t->a, n + 1, sizeof *r->value);
	r->made = arena_array(r->t->a, n + 1, sizeof *r->made);
	for (size_t i = 0; r->value && r->made && i < n; i++)
		for (size_t k = 0; k < 3; k++) {
			const char *name =
				arena_printf(r->t->a, "%s%s",
					     fields_name(r->fields, i),
					     suffix[k]);
			size_t c = name ? add_column(r->t, name) : 0;

			r->made[i][k] = name && is_wanted(r->t, c)
						? made_column(r->t, name)
						: NONE;
		}
	return !arena_broken(r->t->a) || err_set(e, ERR_NOMEM, "out of memory");
}

static size_t slots_of(const struct plan *p)
{
	size_t n = 0;

	for (size_t f = 0; f < p->n_forms; f++)
		n += p->forms[f].n_slots;
	return n;
}

static size_t columns_of(const struct plan *p)
{
	size_t n =
		FIXED + p->decisions.n_profile_kept + 3 * (p->n_criteria + 1);

	for (size_t f = 0; f < p->n_forms; f++)
		n += 6 * p->forms[f].n_questions;
	return n;
}

static bool add_columns(struct reading *r, struct err *e)
{
	const struct plan *p = r->w->plan;
	struct arena *a = r->t->a;
	size_t slots = slots_of(p), at = 0;

	r->fields = fields_new(p, e);
	if (!r->fields)
		return false;
	r->first = arena_array(a, slots + 1, sizeof *r->first);
	r->own = arena_array(a, slots + 1, sizeof *r->own);
	r->form_first = arena_array(a, p->n_forms + 1, sizeof *r->form_first);
	r->option = arena_array(a, slots + 1, sizeof *r->option);
	r->profile = arena_array(a, p->decisions.n_profile_kept + 1,
				 sizeof *r->profile);
	if (arena_broken(a))
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < FIXED; i++)
		(void)add_column(r->t, fixed_name[i]);
	for (size_t i = 0; i < p->decisions.n_profile_kept; i++) {
		const char *name = arena_printf(a, "profile.%s",
						p->decisions.profile_kept[i]);

		r->profile[i] = name ? add_column(r->t, name) : 0;
	}
	for (size_t f = 0; f < p->n_forms; f++)
		if (!form_columns(r, f, &at, e))
			return false;
	return field_columns(r, e);
}

/* ---- rows ------------------------------------------------------------- */

static void fill_profile(struct reading *r, const cJSON *profile)
{
	const struct decisions *d = &r->w->plan->decisions;

	for (size_t i = 0; i < d->n_profile_kept; i++)
		r->t->cell[r->profile[i]] =
			cell_of(json_get_text(profile, d->profile_kept[i]));
}

/* What is asked for of the answers; `clear` empties it again. */
static void fill_answers(struct reading *r, const struct frozen_row *row,
			 bool clear)
{
	static const struct csv_cell none[3] = { { .s = "", .quoted = true },
						 { .s = "", .quoted = true },
						 { .s = "", .quoted = true } };
	size_t at = r->form_first[row->form];

	for (size_t k = 0;
	     k < r->w->plan->forms[row->form].n_slots && k < row->n_answers;
	     k++) {
		const struct csv_cell *said = none;

		if (!r->option[at + k])
			continue;
		if (!clear)
			said = r->option[at + k][row->answers[k]];
		memcpy(&r->t->cell[r->first[at + k]], said, sizeof none);
		memcpy(&r->t->cell[r->own[at + k]], said, sizeof none);
	}
}

static bool more_rows(struct sheet *t, struct err *e)
{
	size_t cap = t->cap ? 2 * t->cap : 4096;

	for (size_t i = 0; i < t->n_made; i++) {
		double *grown = realloc(t->made[i].y, cap * sizeof *grown);

		if (!grown)
			return err_set(e, ERR_NOMEM, "no memory for rows");
		t->made[i].y = grown;
	}
	t->cap = cap;
	return true;
}

static bool fill_fields(struct reading *r, const struct frozen_row *row,
			struct err *e)
{
	struct sheet *t = r->t;
	size_t at = t->frame->rows;

	if (at == t->cap && !more_rows(t, e))
		return false;
	for (size_t i = 0; i < t->n_made; i++)
		t->made[i].y[at] = NAN;
	fields_rate(r->fields, row->form, row->unit, row->answers,
		    row->n_answers, r->value);
	for (size_t i = 0; i < fields_count(r->fields); i++) {
		const struct field_value *v = &r->value[i];
		double own[3] = { v->percent, v->satisfied, v->answered };

		for (size_t k = 0; k < 3; k++)
			if (r->made[i][k] != NONE)
				t->made[r->made[i][k]].y[at] = own[k];
	}
	return true;
}

static bool fill_row(struct reading *r, const struct frozen_row *row,
		     struct err *e)
{
	const struct plan *p = r->w->plan;
	const struct stratum *s = strata_of(&r->strata, row->group, row->home);
	struct sheet *t = r->t;
	const char *fixed[FIXED] = { r->w->code,
				     r->respondent,
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
	bool ok;

	for (size_t i = 0; i < FIXED; i++)
		t->cell[i] = cell_of(fixed[i]);
	fill_answers(r, row, false);
	ok = fill_fields(r, row, e) &&
	     frame_row(t->frame, t->cell, t->columns, t->frame->rows + 1, e);
	fill_answers(r, row, true);
	return ok;
}

/* A profile's texts are borrowed from its tree until the next respondent. */
static bool read_rows(struct reading *r, struct frozen_rows *rows,
		      struct err *e)
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
		ok = fill_row(r, &row, e);
	}
	fill_profile(r, NULL);
	cJSON_Delete(profile);
	return ok && got == 0;
}

static bool read_wave(struct reading *r, struct db *db, struct err *e)
{
	struct frozen_rows *rows;
	bool ok;

	if (!strata_read(db, r->w, r->freeze, r->many, r->t->a, &r->strata, e))
		return false;
	rows = frozen_rows_open(db, r->w, r->freeze, e);
	ok = rows && read_rows(r, rows, e);
	frozen_rows_close(rows);
	return ok;
}

static bool hand_over(struct sheet *t, struct err *e)
{
	if (!frame_done(t->frame, e))
		return false;
	if (t->cap == 0 && !more_rows(t, e))
		return false;
	for (size_t i = 0; i < t->n_made; i++) {
		double *y = t->made[i].y;

		t->made[i].y = NULL;
		if (!frame_fill(t->frame, t->made[i].name, y, e))
			return false;
	}
	return true;
}

static bool read_waves(struct reading *r, size_t n, struct db *db,
		       struct err *e)
{
	struct sheet *t = r->t;
	size_t most = 0, made = 0;
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		most += columns_of(r[i].w->plan);
		made += 3 * (r[i].w->plan->n_criteria + 1);
	}
	t->head = arena_array(t->a, most + 1, sizeof *t->head);
	t->cell = arena_array(t->a, most + 1, sizeof *t->cell);
	t->made = arena_array(t->a, made + 1, sizeof *t->made);
	if (!t->head || !t->cell || !t->made)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; ok && i < n; i++)
		ok = add_columns(&r[i], e);
	for (size_t i = 0; i < t->columns; i++)
		t->cell[i] = cell_of("");
	ok = ok && frame_header(t->frame, t->head, t->columns, e);
	for (size_t i = 0; ok && i < n; i++)
		ok = read_wave(&r[i], db, e);
	return ok && hand_over(t, e);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

/* Of the newer wave that weighs groups; codes are the plan's. */
static bool take_weights(const struct wave_source *s, struct arena *a,
			 struct wave_limits *out, struct err *e)
{
	for (size_t i = 0; i < s->n && out->n_weights == 0; i++) {
		const struct plan *p = s->wave[i]->plan;
		struct wave_weight *w;

		if (p->decisions.pool != POOL_GROUP_WEIGHTS)
			continue;
		w = arena_array(a, p->n_groups + 1, sizeof *w);
		if (!w)
			return err_set(e, ERR_NOMEM, "out of memory");
		for (size_t g = 0; g < p->n_groups; g++)
			w[g] = (struct wave_weight){
				p->groups[g].code,
				p->decisions.group_weight[g].micro
			};
		out->weight = w;
		out->n_weights = p->n_groups;
	}
	return true;
}

bool load_wave(const struct wave_source *s, struct frame *f,
	       struct wave_limits *out, struct err *e)
{
	struct sheet t = { .frame = f, .a = arena_new(WAVE_ARENA) };
	struct reading r[2] = { { .t = &t }, { .t = &t } };
	bool ok = t.a || err_set(e, ERR_NOMEM, "out of memory");

	*out = (struct wave_limits){ .min_unit = 0 };
	for (size_t i = 0; i < s->n && i < 2; i++) {
		const struct decisions *d = &s->wave[i]->plan->decisions;

		r[i].w = s->wave[i];
		r[i].freeze = &s->freeze[i];
		r[i].many = s->n > 1;
		out->min_unit = larger(out->min_unit, d->min_unit);
		out->min_sub = larger(out->min_sub, d->min_sub);
		out->trial = out->trial || r[i].w->plan->is_trial;
		out->simulated = out->simulated || r[i].freeze->simulated;
	}
	ok = ok && db_begin_snapshot(s->db, e);
	if (ok) {
		ok = read_waves(r, s->n, s->db, e);
		db_rollback(s->db);
	}
	ok = ok && take_weights(s, f->text, out, e);
	for (size_t i = 0; i < t.n_made; i++)
		free(t.made[i].y);
	for (size_t i = 0; i < 2; i++)
		fields_free(r[i].fields);
	arena_free(t.a);
	return ok;
}
