/* An index document again, in one form: units by code, values in the order of
 * the criteria, whatever order they came in. */
#include <stdlib.h>
#include <string.h>

#include "document_parts.h"
#include "index_parts.h"

struct writer {
	struct jw w;
	const struct index_set *s;
	const size_t *unit;	 /* sorted by code */
	const size_t *value;	 /* sorted by unit's code, node */
	const size_t *deduction; /* sorted likewise, then by what they say */
	const size_t *typed;
};

static void put_dec(struct jw *w, const char *key, struct dec d)
{
	jw_key(w, key);
	jw_dec(w, d);
}

static void put_text(struct jw *w, const char *key, const char *s)
{
	if (s)
		jw_kv(w, key, s);
}

static void put_flag(struct jw *w, const char *key, bool v)
{
	if (v)
		jw_kb(w, key, true);
}

static void put_bands(struct jw *w, const struct index_band *b, size_t n)
{
	if (n == 0)
		return;
	jw_key(w, "bands");
	jw_array(w);
	for (size_t i = 0; i < n; i++) {
		jw_object(w);
		jw_kv(w, "name", b[i].name);
		put_dec(w, "from", b[i].from);
		jw_object_end(w);
	}
	jw_array_end(w);
}

/* ---- rules and kinds --------------------------------------------------- */

static void put_ties(struct writer *x)
{
	const struct index_rules *r = &x->s->rules;

	jw_kv(&x->w, "ties", r->ties == INDEX_DENSE ? "dense" : "shared");
	if (r->n_tie_break == 0)
		return;
	jw_key(&x->w, "tie_break");
	jw_array(&x->w);
	for (size_t i = 0; i < r->n_tie_break; i++) {
		const struct index_tie *t = &r->tie_break[i];
		struct buf b = BUF_INIT(1100);

		if (t->by == INDEX_TIE_NODE) {
			buf_addf(&b, "criterion:%s", x->s->nodes[t->node].code);
			jw_text(&x->w, buf_cstr(&b));
		} else {
			jw_text(&x->w, t->by == INDEX_TIE_SOURCE
					       ? index_source_words[t->source]
				       : t->by == INDEX_TIE_EXACT
					       ? "exact"
					       : "deduction");
		}
		buf_free(&b);
	}
	jw_array_end(&x->w);
}

static void put_rules(struct writer *x)
{
	static const char *const rescale[] = { "total", "source", "parent",
					       "none" };
	static const char *const missing[] = { "incomplete", "leave-out",
					       "zero", "self" };
	static const char *const group[] = { "renormalise", "unscored",
					     "zero" };
	const struct index_rules *r = &x->s->rules;
	struct jw *w = &x->w;

	jw_key(w, "rules");
	jw_object(w);
	jw_kv(w, "rescale", rescale[r->rescale]);
	jw_key(w, "missing");
	jw_object(w);
	for (size_t k = 0; k < INDEX_SOURCES; k++)
		jw_kv(w, index_source_words[k], missing[r->missing[k]]);
	jw_object_end(w);
	jw_kv(w, "missing_group", group[r->missing_group]);
	jw_ki(w, "digits", r->digits);
	jw_kv(w, "round", r->round == EXACT_HALF_UP ? "half-up" : "half-even");
	jw_kv(w, "order", r->item_first ? "item-first" : "sum-first");
	put_flag(w, "floor_zero", r->floor_zero);
	put_flag(w, "cap_total", r->cap_total);
	put_flag(w, "draft", r->use_self);
	put_bands(w, r->bands, r->n_bands);
	put_ties(x);
	jw_object_end(w);
}

static void put_kinds(struct writer *x)
{
	jw_key(&x->w, "kinds");
	jw_array(&x->w);
	for (size_t i = 0; i < x->s->n_kinds; i++) {
		const struct index_kind *k = &x->s->kinds[i];

		jw_object(&x->w);
		jw_kv(&x->w, "code", k->code);
		jw_kv(&x->w, "name", k->name);
		put_dec(&x->w, "total", k->total);
		put_bands(&x->w, k->bands, k->bands ? k->n_bands : 0);
		jw_object_end(&x->w);
	}
	jw_array_end(&x->w);
}

/* ---- criteria ---------------------------------------------------------- */

static void put_convert(struct jw *w, const struct index_convert *c)
{
	if (c->kind == INDEX_POINTS)
		return;
	jw_key(w, "convert");
	jw_object(w);
	if (c->kind == INDEX_LINEAR) {
		jw_key(w, "linear");
		jw_object(w);
		put_dec(w, "low", c->low);
		put_dec(w, "high", c->high);
		put_flag(w, "cap", c->cap);
		jw_object_end(w);
	} else {
		jw_key(w, "steps");
		jw_array(w);
		for (size_t i = 0; i < c->n_steps; i++) {
			jw_object(w);
			put_dec(w, "from", c->steps[i].from);
			put_dec(w, "points", c->steps[i].points);
			jw_object_end(w);
		}
		jw_array_end(w);
	}
	jw_object_end(w);
}

static void put_leaf(struct jw *w, const struct index_node *n)
{
	jw_kv(w, "source", index_source_words[n->source]);
	if (n->effect != INDEX_COUNTS)
		jw_kv(w, "effect",
		      n->effect == INDEX_BONUS ? "bonus" : "deduction");
	if (n->grain.micro > 0)
		put_dec(w, "grain", n->grain);
	if (n->n_groups == 0)
		return;
	jw_key(w, "groups");
	jw_object(w);
	for (size_t i = 0; i < n->n_groups; i++)
		put_dec(w, n->groups[i].code, n->groups[i].weight);
	jw_object_end(w);
}

static void put_children(struct writer *x, size_t parent);

static void put_node(struct writer *x, size_t node)
{
	static const char *const combine[] = { "sum", "all-of", "any-of",
					       "formula" };
	const struct index_node *n = &x->s->nodes[node];
	struct jw *w = &x->w;

	jw_object(w);
	jw_kv(w, "code", n->code);
	jw_kv(w, "name", n->name);
	put_text(w, "basis", n->basis);
	put_dec(w, "maximum", n->maximum);
	if (n->need.micro > 0)
		put_dec(w, "need", n->need);
	put_convert(w, &n->convert);
	if (n->applies) {
		jw_key(w, "applies");
		jw_array(w);
		for (size_t k = 0; k < x->s->n_kinds; k++)
			if (n->applies[k])
				jw_text(w, x->s->kinds[k].code);
		jw_array_end(w);
	}
	if (n->leaf) {
		put_leaf(w, n);
	} else {
		jw_kv(w, "combine", combine[n->combine]);
		jw_key(w, "children");
		put_children(x, node);
	}
	jw_object_end(w);
}

static void put_children(struct writer *x, size_t parent)
{
	jw_array(&x->w);
	for (size_t i = 0; i < x->s->n_nodes; i++)
		if (x->s->nodes[i].parent == parent)
			put_node(x, i);
	jw_array_end(&x->w);
}

/* ---- units ------------------------------------------------------------- */

static void put_value(struct writer *x, const struct index_value *v)
{
	const struct index_node *n = &x->s->nodes[v->node];
	struct jw *w = &x->w;

	jw_key(w, n->code);
	jw_object(w);
	put_text(w, "value", v->value);
	put_text(w, "self", v->self);
	if (v->status != INDEX_GIVEN)
		jw_kv(w, "status", index_status_words[v->status]);
	if (v->n_groups > 0) {
		jw_key(w, "groups");
		jw_object(w);
		for (size_t g = 0; g < n->n_groups; g++)
			for (size_t i = 0; i < v->n_groups; i++)
				if (v->groups[i].group == g)
					jw_kv(w, n->groups[g].code,
					      v->groups[i].value);
		jw_object_end(w);
	}
	if (v->se > 0)
		jw_kd(w, "se", v->se);
	put_text(w, "reason", v->reason);
	put_text(w, "origin", v->origin);
	jw_object_end(w);
}

static void put_deductions(struct writer *x, size_t unit)
{
	bool any = false;

	for (size_t i = 0; i < x->s->n_deductions; i++) {
		const struct index_deduction *d =
			&x->s->deductions[x->deduction[i]];

		if (d->unit != unit)
			continue;
		if (!any) {
			jw_key(&x->w, "deductions");
			jw_array(&x->w);
		}
		any = true;
		jw_object(&x->w);
		if (d->node != INDEX_NONE)
			jw_kv(&x->w, "criterion", x->s->nodes[d->node].code);
		put_dec(&x->w, "points", d->points);
		put_text(&x->w, "reason", d->reason);
		put_text(&x->w, "document", d->document);
		jw_object_end(&x->w);
	}
	if (any)
		jw_array_end(&x->w);
}

static void put_typed(struct writer *x, size_t unit)
{
	struct jw *w = &x->w;
	bool any = false, points = false;

	for (size_t i = 0; i < x->s->n_typed; i++) {
		const struct index_typed *t = &x->s->typed[x->typed[i]];

		if (t->unit != unit)
			continue;
		if (!any) {
			jw_key(w, "typed");
			jw_object(w);
		}
		any = true;
		if (t->grade) {
			jw_kv(w, "grade", t->grade);
		} else if (t->node == INDEX_NONE) {
			put_dec(w, "total", t->points);
		} else {
			if (!points) {
				jw_key(w, "points");
				jw_object(w);
			}
			points = true;
			put_dec(w, x->s->nodes[t->node].code, t->points);
		}
	}
	if (points)
		jw_object_end(w);
	if (any)
		jw_object_end(w);
}

static void put_units(struct writer *x)
{
	struct jw *w = &x->w;
	size_t at = 0;

	jw_key(w, "units");
	jw_array(w);
	for (size_t i = 0; i < x->s->n_units; i++) {
		size_t unit = x->unit[i];
		const struct index_unit *u = &x->s->units[unit];

		jw_object(w);
		jw_kv(w, "code", u->code);
		jw_kv(w, "name", u->name);
		jw_kv(w, "kind", x->s->kinds[u->kind].code);
		put_text(w, "block", u->block);
		jw_key(w, "values");
		jw_object(w);
		for (; at < x->s->n_values &&
		       x->s->values[x->value[at]].unit == unit;
		     at++)
			put_value(x, &x->s->values[x->value[at]]);
		jw_object_end(w);
		put_deductions(x, unit);
		put_typed(x, unit);
		jw_object_end(w);
	}
	jw_array_end(w);
}

/* ---- order ------------------------------------------------------------- */

static int by_size(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int by_unit(const void *pa, const void *pb, void *arg)
{
	const struct index_set *s = arg;

	return strcmp(s->units[*(const size_t *)pa].code,
		      s->units[*(const size_t *)pb].code);
}

static int by_value(const void *pa, const void *pb, void *arg)
{
	const struct index_set *s = arg;
	const struct index_value *a = &s->values[*(const size_t *)pa];
	const struct index_value *b = &s->values[*(const size_t *)pb];
	int c = by_unit(&a->unit, &b->unit, arg);

	return c != 0 ? c : by_size(a->node, b->node);
}

static int by_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_deduction(const void *pa, const void *pb, void *arg)
{
	const struct index_set *s = arg;
	const struct index_deduction *a = &s->deductions[*(const size_t *)pa];
	const struct index_deduction *b = &s->deductions[*(const size_t *)pb];
	int c = by_size(a->node, b->node);

	if (c == 0)
		c = dec_cmp(a->points, b->points);
	if (c == 0)
		c = by_text(a->reason, b->reason);
	return c != 0 ? c : by_text(a->document, b->document);
}

/* The grade and the total before the points of criteria. */
static int by_typed(const void *pa, const void *pb, void *arg)
{
	const struct index_set *s = arg;
	const struct index_typed *a = &s->typed[*(const size_t *)pa];
	const struct index_typed *b = &s->typed[*(const size_t *)pb];

	if ((a->grade != NULL) != (b->grade != NULL))
		return a->grade ? -1 : 1;
	return by_size(a->node + 1, b->node + 1); /* INDEX_NONE first */
}

static size_t *sorted(size_t n, const struct index_set *s,
		      int (*order)(const void *, const void *, void *))
{
	size_t *at = calloc(n + 1, sizeof *at);

	for (size_t i = 0; at && i < n; i++)
		at[i] = i;
	if (at)
		qsort_r(at, n, sizeof *at, order, (void *)(uintptr_t)s);
	return at;
}

void index_write_set(const struct index_set *s, struct buf *out)
{
	size_t *unit = sorted(s->n_units, s, by_unit);
	size_t *value = sorted(s->n_values, s, by_value);
	size_t *deduction = sorted(s->n_deductions, s, by_deduction);
	size_t *typed = sorted(s->n_typed, s, by_typed);
	struct writer x = { .s = s,
			    .unit = unit,
			    .value = value,
			    .deduction = deduction,
			    .typed = typed };

	jw_init(&x.w, out);
	x.w.pretty = true;
	if (!unit || !value || !deduction || !typed) {
		out->broken = true;
	} else {
		jw_object(&x.w);
		jw_kv(&x.w, "format", INDEX_METHOD);
		put_text(&x.w, "title", s->title);
		put_text(&x.w, "basis", s->basis);
		put_flag(&x.w, "example", s->example);
		put_rules(&x);
		put_kinds(&x);
		jw_key(&x.w, "criteria");
		put_children(&x, INDEX_NONE);
		put_units(&x);
		jw_object_end(&x.w);
		buf_adds(out, "\n");
	}
	free(unit);
	free(value);
	free(deduction);
	free(typed);
}
