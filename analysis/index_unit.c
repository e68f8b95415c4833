/* One unit: from values to its total.  Formulas: docs/INDEX.md. */
#include "index_parts.h"

void index_sheet_init(const struct index_set *s, struct index_sheet *h)
{
	struct index_total *t = h->total;

	for (size_t i = 0; i < s->n_nodes; i++) {
		struct index_cell *c = &h->cells[i];

		mpq_inits(c->before, c->full, c->base, c->deducted, c->self,
			  NULL);
	}
	for (size_t k = 0; k < INDEX_SOURCES; k++)
		mpq_inits(t->part[k].points, t->part[k].full, t->part[k].base,
			  NULL);
	mpq_inits(t->sum, t->full, t->base, t->rescaled, t->scaled, t->bonus,
		  t->deduction, t->before, t->self, t->appraised, NULL);
	t->band = INDEX_NONE;
}

void index_sheet_clear(const struct index_set *s, struct index_sheet *h)
{
	struct index_total *t = h->total;

	for (size_t i = 0; i < s->n_nodes; i++) {
		struct index_cell *c = &h->cells[i];

		mpq_clears(c->before, c->full, c->base, c->deducted, c->self,
			   NULL);
	}
	for (size_t k = 0; k < INDEX_SOURCES; k++)
		mpq_clears(t->part[k].points, t->part[k].full, t->part[k].base,
			   NULL);
	mpq_clears(t->sum, t->full, t->base, t->rescaled, t->scaled, t->bonus,
		   t->deduction, t->before, t->self, t->appraised, NULL);
}

bool index_is_item(const struct index_set *s, size_t node)
{
	const struct index_node *n = &s->nodes[node];
	bool item =
		n->leaf ? n->effect == INDEX_COUNTS : n->combine != INDEX_SUM;

	for (size_t p = n->parent; p != INDEX_NONE; p = s->nodes[p].parent)
		item = item && s->nodes[p].combine == INDEX_SUM;
	return item;
}

void index_carry(const struct index_cell *c, mpq_t out)
{
	if (c->rounded)
		exact_from_dec(out, c->points);
	else
		mpq_set(out, c->before);
}

/* What one unit's computation needs at hand. */
struct work {
	const struct index *ix;
	const struct index_set *s;
	const struct index_rules *rules;
	size_t unit, kind;
	struct index_sheet *h;
	const struct index_raise *raise;
};

static const struct index_value *value_of(const struct work *w, size_t node)
{
	return w->ix->value[w->unit * w->s->n_nodes + node];
}

static bool bad_number(const struct work *w, size_t node, struct err *e)
{
	return err_set(e, ERR_BUG, "criterion %s of %s: a value not checked",
		       w->s->nodes[node].code, w->s->units[w->unit].code);
}

/* An item is rounded where items are; its points are shown rounded anyway. */
static bool settle(const struct work *w, struct index_cell *c, bool item,
		   struct err *e)
{
	c->rounded = item && w->rules->item_first;
	return exact_round(c->before, w->rules->digits, w->rules->round,
			   &c->points, e);
}

/* ---- leaves ------------------------------------------------------------ */

/* The measure of a leaf: false when it is missing. */
static bool measure_of(const struct work *w, const struct index_node *n,
		       const struct index_value *v, mpq_t out, bool *bad)
{
	const char *text;

	*bad = false;
	if (n->n_groups > 0 && v->n_groups > 0)
		return index_group_mean(n, v, w->rules->missing_group, out);
	text = w->rules->use_self && n->source == INDEX_ASSESSED ? v->self
								 : v->value;
	if (text)
		*bad = !index_number(text, out);
	return text != NULL;
}

static bool own_points(const struct index_node *n, const struct index_value *v,
		       struct index_cell *c)
{
	mpq_t m;
	bool ok = true;

	if (!v || !v->self || v->status == INDEX_NOT_APPLICABLE)
		return true;
	mpq_init(m);
	ok = index_number(v->self, m) &&
	     index_convert(&n->convert, n->maximum, m, c->self);
	mpq_clear(m);
	c->has_self = ok;
	return ok;
}

static void missing_leaf(const struct work *w, const struct index_node *n,
			 const struct index_value *v, struct index_cell *c)
{
	enum index_missing rule = w->rules->missing[n->source];

	if (n->effect != INDEX_COUNTS && (!v || v->status == INDEX_GIVEN)) {
		c->state = INDEX_UNCLAIMED;
		return;
	}
	c->state = INDEX_MISSING;
	if (rule == INDEX_TAKE_SELF && c->has_self) {
		c->state = INDEX_SELF;
		mpq_set(c->before, c->self);
	} else if (rule == INDEX_ZERO) {
		c->state = INDEX_ZEROED;
	} else if (rule == INDEX_LEAVE_OUT) {
		c->state = INDEX_OUT;
		mpq_set_ui(c->base, 0, 1);
	}
}

static bool given_leaf(const struct work *w, size_t node, struct index_cell *c,
		       struct err *e)
{
	const struct index_node *n = &w->s->nodes[node];
	const struct index_value *v = value_of(w, node);
	mpq_t m;
	bool bad = false, have, ok = true;

	mpq_init(m);
	have = v && v->status == INDEX_GIVEN && measure_of(w, n, v, m, &bad);
	if (have && !bad) {
		c->state = INDEX_SCORED;
		ok = index_convert(&n->convert, n->maximum, m, c->before);
	}
	mpq_clear(m);
	if (bad || !ok)
		return bad_number(w, node, e);
	if (!have)
		missing_leaf(w, n, v, c);
	return true;
}

static void raise_leaf(const struct index_node *n, struct dec by,
		       struct index_cell *c)
{
	mpq_t x;

	mpq_init(x);
	exact_from_dec(x, by);
	mpq_add(c->before, c->before, x);
	exact_from_dec(x, n->maximum);
	if (mpq_cmp(c->before, x) > 0)
		mpq_set(c->before, x);
	mpq_clear(x);
}

static bool leaf(const struct work *w, size_t node, struct err *e)
{
	const struct index_node *n = &w->s->nodes[node];
	struct index_cell *c = &w->h->cells[node];

	if (n->effect == INDEX_COUNTS) {
		exact_from_dec(c->full, n->maximum);
		mpq_set(c->base, c->full);
	}
	if (!own_points(n, value_of(w, node), c))
		return bad_number(w, node, e);
	if (!given_leaf(w, node, c, e))
		return false;
	if (w->raise && w->raise->node == node)
		raise_leaf(n, w->raise->by, c);
	if (!settle(w, c, true, e))
		return false;
	if (n->effect == INDEX_DEDUCTION)
		index_carry(c, c->deducted);
	return true;
}

/* ---- nodes ------------------------------------------------------------- */

struct children {
	mpq_t points, full, base;
	size_t n, in, out, missing, met, unmet;
};

static bool is_met(const struct index_node *n, const struct index_cell *c)
{
	mpq_t need, got;
	bool met;

	mpq_inits(need, got, NULL);
	exact_from_dec(need, n->need.micro > 0 ? n->need : n->maximum);
	index_carry(c, got);
	met = mpq_cmp(got, need) >= 0;
	mpq_clears(need, got, NULL);
	return met;
}

static void add_child(const struct index_node *n, const struct index_cell *c,
		      struct index_cell *to, struct children *k)
{
	mpq_t x;

	if (c->state == INDEX_ABSENT)
		return;
	mpq_add(to->deducted, to->deducted, c->deducted);
	mpq_add(to->self, to->self, c->self);
	to->has_self = to->has_self || c->has_self;
	if (n->effect != INDEX_COUNTS || mpq_sgn(c->full) == 0) {
		k->missing += c->state == INDEX_MISSING;
		return;
	}
	k->n++;
	mpq_add(k->full, k->full, c->full);
	mpq_add(k->base, k->base, c->base);
	k->out += c->state == INDEX_OUT;
	if (c->state == INDEX_REMOVED || c->state == INDEX_OUT)
		return;
	k->in++;
	mpq_init(x);
	index_carry(c, x);
	mpq_add(k->points, k->points, x);
	mpq_clear(x);
	if (c->state == INDEX_MISSING)
		k->missing++;
	else if (is_met(n, c))
		k->met++;
	else
		k->unmet++;
}

/* achieved / base x full; the base is not 0. */
static void rescale(mpq_t x, const mpq_t full, const mpq_t base)
{
	mpq_mul(x, x, full);
	mpq_div(x, x, base);
}

static void sum_up(const struct work *w, struct index_cell *c,
		   const struct children *k)
{
	mpq_set(c->full, k->full);
	mpq_set(c->base, k->base);
	mpq_set(c->before, k->points);
	if (w->rules->rescale != INDEX_RESCALE_PARENT ||
	    mpq_equal(c->full, c->base) || mpq_sgn(c->base) == 0)
		return;
	rescale(c->before, c->full, c->base);
	mpq_set(c->base, c->full);
	c->rescaled = true;
}

/* A condition holds, or not, whatever is missing could still be. */
static bool condition(const struct index_node *n, const struct children *k,
		      bool *known)
{
	bool all = n->combine == INDEX_ALL_OF;

	*known = k->missing == 0 || (all ? k->unmet > 0 : k->met > 0);
	return all ? k->unmet == 0 && k->missing == 0 : k->met > 0;
}

static bool combine(const struct index_node *n, struct index_cell *c,
		    const struct children *k, bool *known)
{
	mpq_t x;
	bool ok = true;

	*known = k->missing == 0;
	exact_from_dec(c->full, n->maximum);
	if (mpq_sgn(k->base) == 0)
		return true;
	mpq_set(c->base, c->full);
	if (n->combine != INDEX_FORMULA) {
		if (condition(n, k, known))
			mpq_set(c->before, c->full);
		return true;
	}
	mpq_init(x);
	mpq_set_ui(x, 100, 1);
	mpq_mul(x, x, k->points);
	mpq_div(x, x, k->base);
	ok = index_convert(&n->convert, n->maximum, x, c->before);
	mpq_clear(x);
	return ok;
}

static bool inner(const struct work *w, size_t node, struct err *e)
{
	const struct index_node *n = &w->s->nodes[node];
	struct index_cell *c = &w->h->cells[node];
	struct children k = { 0 };
	bool known, item = n->combine != INDEX_SUM, ok = true;

	mpq_inits(k.points, k.full, k.base, NULL);
	for (size_t i = node + 1; i < w->s->n_nodes; i++)
		if (w->s->nodes[i].parent == node)
			add_child(&w->s->nodes[i], &w->h->cells[i], c, &k);
	known = k.missing == 0;
	if (item)
		ok = combine(n, c, &k, &known);
	else
		sum_up(w, c, &k);
	if (!known)
		c->state = INDEX_MISSING;
	else if (k.n > 0 && k.in == 0)
		c->state = k.out > 0 ? INDEX_OUT : INDEX_REMOVED;
	else
		c->state = INDEX_SCORED;
	mpq_clears(k.points, k.full, k.base, NULL);
	return ok ? settle(w, c, item || c->rescaled, e)
		  : bad_number(w, node, e);
}

/* Not applicable, itself or a node above it. */
static bool is_removed(const struct work *w, size_t node)
{
	for (; node != INDEX_NONE; node = w->s->nodes[node].parent) {
		const struct index_value *v = value_of(w, node);

		if (v && v->status == INDEX_NOT_APPLICABLE)
			return true;
	}
	return false;
}

/* Children come later and are there already. */
static void removed(const struct work *w, size_t node)
{
	const struct index_node *n = &w->s->nodes[node];
	struct index_cell *c = &w->h->cells[node];

	c->state = INDEX_REMOVED;
	if (n->leaf ? n->effect == INDEX_COUNTS : n->combine != INDEX_SUM) {
		exact_from_dec(c->full, n->maximum);
		return;
	}
	for (size_t i = node + 1; i < w->s->n_nodes; i++)
		if (w->s->nodes[i].parent == node)
			mpq_add(c->full, c->full, w->h->cells[i].full);
}

static bool is_absent(const struct work *w, size_t node)
{
	for (; node != INDEX_NONE; node = w->s->nodes[node].parent)
		if (!index_applies(&w->s->nodes[node], w->kind))
			return true;
	return false;
}

static void add_deductions(const struct work *w)
{
	mpq_t x;

	mpq_init(x);
	for (size_t i = 0; i < w->s->n_deductions; i++) {
		const struct index_deduction *d = &w->s->deductions[i];

		if (d->unit != w->unit)
			continue;
		exact_from_dec(x, d->points);
		mpq_add(w->h->total->deduction, w->h->total->deduction, x);
		for (size_t n = d->node; n != INDEX_NONE;
		     n = w->s->nodes[n].parent)
			mpq_add(w->h->cells[n].deducted,
				w->h->cells[n].deducted, x);
	}
	mpq_clear(x);
}

/* ---- the total --------------------------------------------------------- */

static void count_leaf(const struct work *w, size_t node)
{
	const struct index_node *n = &w->s->nodes[node];
	const struct index_cell *c = &w->h->cells[node];
	struct index_total *t = w->h->total;
	mpq_t x;

	if (!n->leaf || c->state == INDEX_ABSENT)
		return;
	t->n_removed += c->state == INDEX_REMOVED;
	t->n_out += c->state == INDEX_OUT;
	t->n_zeroed += c->state == INDEX_ZEROED;
	t->n_missing += c->state == INDEX_MISSING;
	mpq_init(x);
	index_carry(c, x);
	if (n->effect == INDEX_BONUS)
		mpq_add(t->bonus, t->bonus, x);
	else if (n->effect == INDEX_DEDUCTION)
		mpq_add(t->deduction, t->deduction, x);
	else if (n->source == INDEX_ASSESSED) {
		mpq_add(t->self, t->self, c->self);
		if (c->state == INDEX_SCORED)
			mpq_add(t->appraised, t->appraised, x);
	}
	mpq_clear(x);
}

static enum index_source source_of(const struct index_set *s, size_t node)
{
	while (!s->nodes[node].leaf)
		node++; /* its first leaf: all below have one source */
	return s->nodes[node].source;
}

static void add_part(const struct work *w, size_t node)
{
	const struct index_cell *c = &w->h->cells[node];
	struct index_part *p = &w->h->total->part[source_of(w->s, node)];
	mpq_t x;

	mpq_add(p->full, p->full, c->full);
	mpq_add(p->base, p->base, c->base);
	if (mpq_sgn(c->base) == 0)
		return;
	mpq_init(x);
	index_carry(c, x);
	mpq_add(p->points, p->points, x);
	mpq_clear(x);
}

static void add_root(const struct work *w, size_t node)
{
	const struct index_cell *c = &w->h->cells[node];
	struct index_total *t = w->h->total;
	mpq_t x;

	if (w->s->nodes[node].parent != INDEX_NONE || c->state == INDEX_ABSENT)
		return;
	t->complete = t->complete && c->state != INDEX_MISSING;
	if (w->s->nodes[node].leaf && w->s->nodes[node].effect != INDEX_COUNTS)
		return;
	mpq_add(t->full, t->full, c->full);
	mpq_add(t->base, t->base, c->base);
	mpq_init(x);
	index_carry(c, x);
	if (mpq_sgn(c->base) > 0)
		mpq_add(t->sum, t->sum, x);
	mpq_clear(x);
}

/* False: a part has nothing left to stand for it. */
static bool rescale_parts(struct index_total *t)
{
	mpq_t x;

	mpq_init(x);
	mpq_set_ui(t->scaled, 0, 1);
	for (size_t k = 0; k < INDEX_SOURCES; k++) {
		struct index_part *p = &t->part[k];

		if (mpq_sgn(p->full) == 0)
			continue;
		if (mpq_sgn(p->base) == 0) {
			mpq_clear(x);
			return false;
		}
		mpq_set(x, p->points);
		rescale(x, p->full, p->base);
		mpq_add(t->scaled, t->scaled, x);
	}
	mpq_clear(x);
	return true;
}

static bool rescale_total(const struct work *w)
{
	struct index_total *t = w->h->total;

	if (mpq_sgn(t->base) == 0)
		return false;
	mpq_set(t->scaled, t->sum);
	if (w->rules->rescale == INDEX_RESCALE_SOURCE)
		return rescale_parts(t);
	if (w->rules->rescale != INDEX_RESCALE_NONE)
		rescale(t->scaled, t->full, t->base);
	return true;
}

static void keep_in_range(const struct work *w, mpq_t x)
{
	mpq_t most;

	if (w->rules->floor_zero && mpq_sgn(x) < 0)
		mpq_set_ui(x, 0, 1);
	mpq_init(most);
	exact_from_dec(most, w->s->kinds[w->kind].total);
	if (w->rules->cap_total && mpq_cmp(x, most) > 0)
		mpq_set(x, most);
	mpq_clear(most);
}

static bool finish(const struct work *w, struct err *e)
{
	struct index_total *t = w->h->total;
	const struct index_rules *r = w->rules;
	struct dec d;
	mpq_t x;
	bool ok;

	t->computable = rescale_total(w);
	if (!t->computable) {
		t->complete = false;
		mpq_set_ui(t->scaled, 0, 1);
		return true;
	}
	mpq_set(t->rescaled, t->scaled);
	mpq_init(x);
	mpq_set_ui(x, 100, 1);
	mpq_mul(x, x, t->sum);
	mpq_div(x, x, t->base);
	ok = exact_round(x, 2, EXACT_HALF_UP, &t->percent, e);
	mpq_clear(x);
	if (ok && r->item_first) {
		ok = exact_round(t->scaled, r->digits, r->round, &d, e);
		exact_from_dec(t->scaled, d);
	}
	if (!ok)
		return false;
	mpq_add(t->before, t->scaled, t->bonus);
	mpq_sub(t->before, t->before, t->deduction);
	keep_in_range(w, t->before);
	return exact_round(t->before, r->digits, r->round, &t->published, e);
}

static bool fill_cells(const struct work *w, struct err *e)
{
	for (size_t i = w->s->n_nodes; i-- > 0;) {
		bool ok = true;

		w->h->cells[i].state = INDEX_ABSENT;
		if (is_absent(w, i))
			continue;
		if (is_removed(w, i))
			removed(w, i);
		else if (w->s->nodes[i].leaf)
			ok = leaf(w, i, e);
		else
			ok = inner(w, i, e);
		if (!ok)
			return false;
	}
	return true;
}

bool index_sheet_fill(const struct index *ix, size_t unit,
		      const struct index_raise *raise, struct index_sheet *h,
		      struct err *e)
{
	struct work w = { .ix = ix,
			  .s = ix->s,
			  .rules = &ix->s->rules,
			  .unit = unit,
			  .kind = ix->s->units[unit].kind,
			  .h = h,
			  .raise = raise };
	struct index_total *t = h->total;

	if (!fill_cells(&w, e))
		return false;
	t->complete = true;
	add_deductions(&w);
	for (size_t i = 0; i < w.s->n_nodes; i++) {
		count_leaf(&w, i);
		if (h->cells[i].state != INDEX_ABSENT && index_is_item(w.s, i))
			add_part(&w, i);
		add_root(&w, i);
	}
	if (!finish(&w, e))
		return false;
	if (t->complete) {
		size_t n;
		const struct index_band *b = index_kind_bands(w.s, w.kind, &n);

		t->band = index_grade(t->published, b, n);
	}
	return true;
}
