#include "phieu/index.h"

#include <string.h>

#include "index_parts.h"
#include "phieu/limits.h"

/* ---- making ------------------------------------------------------------ */

static bool allocate(struct index *ix, struct err *e)
{
	const struct index_set *s = ix->s;
	size_t n = s->n_units, k = s->n_nodes;

	if (k > 0 && n > LIMIT_INDEX_CELLS / k) {
		(void)err_set(e, ERR_MATH,
			      "%zu units x %zu criteria: more than %zu", n, k,
			      LIMIT_INDEX_CELLS);
		return false;
	}
	ix->cells = arena_array(ix->a, n * k + 1, sizeof *ix->cells);
	ix->totals = arena_array(ix->a, n + 1, sizeof *ix->totals);
	ix->value = arena_array(ix->a, n * k + 1, sizeof *ix->value);
	ix->order = arena_array(ix->a, n + 1, sizeof *ix->order);
	if (ix->cells && ix->totals && ix->value && ix->order)
		return true;
	(void)err_set(e, ERR_NOMEM, "out of memory for the index");
	return false;
}

struct index_sheet index_sheet_of(const struct index *ix, size_t unit)
{
	return (struct index_sheet){ &ix->cells[unit * ix->s->n_nodes],
				     &ix->totals[unit] };
}

static bool compute(struct index *ix, struct err *e)
{
	const struct index_set *s = ix->s;

	for (size_t i = 0; ix->value && i < s->n_values; i++)
		ix->value[s->values[i].unit * s->n_nodes + s->values[i].node] =
			&s->values[i];
	for (size_t u = 0; u < s->n_units; u++) {
		struct index_sheet h = index_sheet_of(ix, u);

		index_sheet_init(s, &h);
		ix->n_ready = u + 1;
		if (!index_sheet_fill(ix, u, NULL, &h, e))
			return err_wrap(e, "%s", s->units[u].code);
	}
	index_ranks(ix);
	return true;
}

struct index *index_new(const struct index_set *s, struct arena *a,
			struct err *e)
{
	struct index *ix = arena_alloc(a, sizeof *ix);

	if (!ix) {
		(void)err_set(e, ERR_NOMEM, "out of memory for the index");
		return NULL;
	}
	*ix = (struct index){ .s = s, .a = a };
	if (allocate(ix, e) && compute(ix, e))
		return ix;
	index_free(ix);
	return NULL;
}

void index_free(struct index *ix)
{
	if (!ix)
		return;
	for (size_t u = 0; u < ix->n_ready; u++) {
		struct index_sheet h = index_sheet_of(ix, u);

		index_sheet_clear(ix->s, &h);
	}
	ix->n_ready = 0;
}

/* ---- looking ----------------------------------------------------------- */

const struct index_set *index_set_of(const struct index *ix)
{
	return ix->s;
}

const struct index_cell *index_cell(const struct index *ix, size_t unit,
				    size_t node)
{
	return &ix->cells[unit * ix->s->n_nodes + node];
}

const struct index_total *index_total(const struct index *ix, size_t unit)
{
	return &ix->totals[unit];
}

const struct index_value *index_value(const struct index *ix, size_t unit,
				      size_t node)
{
	return ix->value[unit * ix->s->n_nodes + node];
}

const size_t *index_order(const struct index *ix)
{
	return ix->order;
}

const struct index_band *index_kind_bands(const struct index_set *s,
					  size_t kind, size_t *n)
{
	const struct index_kind *k = &s->kinds[kind];

	*n = k->bands ? k->n_bands : s->rules.n_bands;
	return k->bands ? k->bands : s->rules.bands;
}

const struct index_band *index_bands(const struct index *ix, size_t unit,
				     size_t *n)
{
	return index_kind_bands(ix->s, ix->s->units[unit].kind, n);
}

bool index_percent(const struct index_cell *c, int digits, struct dec *out)
{
	struct err e = { 0 };
	mpq_t x, hundred;
	bool ok = mpq_sgn(c->base) > 0;

	if (!ok)
		return false;
	mpq_inits(x, hundred, NULL);
	mpq_set_ui(hundred, 100, 1);
	index_carry(c, x);
	mpq_mul(x, x, hundred);
	mpq_div(x, x, c->base);
	ok = exact_round(x, digits, EXACT_HALF_UP, out, &e);
	mpq_clears(x, hundred, NULL);
	return ok;
}

/* ---- what somebody typed ----------------------------------------------- */

static const char *grade_of(const struct index *ix, size_t unit)
{
	size_t n;
	const struct index_band *b = index_bands(ix, unit, &n);
	size_t band = ix->totals[unit].band;

	return band == INDEX_NONE ? NULL : b[band].name;
}

/* True when it agrees; else what it should be. */
static bool agrees(const struct index *ix, const struct index_typed *t,
		   struct index_mismatch *m)
{
	const struct index_total *total = &ix->totals[t->unit];

	m->grade = NULL;
	if (t->grade) {
		m->grade = grade_of(ix, t->unit);
		return m->grade && strcmp(m->grade, t->grade) == 0;
	}
	m->points = t->node == INDEX_NONE
			    ? total->published
			    : index_cell(ix, t->unit, t->node)->points;
	return dec_cmp(m->points, t->points) == 0;
}

bool index_mismatches(const struct index *ix, struct arena *a,
		      struct index_mismatch **out, size_t *n, struct err *e)
{
	const struct index_set *s = ix->s;
	struct index_mismatch *m = arena_array(a, s->n_typed + 1, sizeof *m);

	*out = m;
	*n = 0;
	if (!m)
		return err_set(e, ERR_NOMEM, "out of memory for typed sums");
	for (size_t i = 0; i < s->n_typed; i++) {
		m[*n] = (struct index_mismatch){ .typed = i };
		*n += !agrees(ix, &s->typed[i], &m[*n]);
	}
	return true;
}
