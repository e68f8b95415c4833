/* Is a set whole and without contradiction?  Nothing is computed from one
 * that is not: children add to parents, totals are what was declared, every
 * value is a number inside its scale. */
#include <string.h>

#include "index_parts.h"
#include "phieu/limits.h"

struct check {
	const struct index_set *s;
	struct faults *f;
	struct arena *a;
};

static void fault(struct check *c, const char *code, const char *path,
		  const char *en, const char *vi)
{
	fault_add(c->f, code, path ? path : "", en, vi);
}

static const char *dec_words(struct check *c, struct dec d)
{
	char text[DEC_TEXT_MAX];
	const char *s = arena_strdup(c->a, dec_text(d, text));

	return s ? s : "";
}

/* "/criteria/0/children/2" of a flattened tree. */
static const char *node_path(struct check *c, size_t node)
{
	const struct index_node *n = &c->s->nodes[node];
	const char *above = "";
	size_t place = 0;

	for (size_t i = 0; i < node; i++)
		place += c->s->nodes[i].parent == n->parent;
	if (n->parent != INDEX_NONE)
		above = node_path(c, n->parent);
	above = arena_printf(c->a, "%s/%s/%zu", above,
			     n->parent == INDEX_NONE ? "criteria" : "children",
			     place);
	return above ? above : "";
}

static void node_fault(struct check *c, size_t node, const char *code,
		       const char *key, const char *en, const char *vi)
{
	fault(c, code, arena_printf(c->a, "%s/%s", node_path(c, node), key), en,
	      vi);
}

/* ---- tables ------------------------------------------------------------ */

static const char *steps_wrong(const struct index_step *t, size_t n,
			       struct dec maximum)
{
	if (n == 0 || n > LIMIT_INDEX_STEPS)
		return "1 to 200 steps";
	for (size_t i = 0; i < n; i++) {
		if (t[i].points.micro < 0 || dec_cmp(t[i].points, maximum) > 0)
			return "points of a step lie between 0 and the maximum";
		if (i > 0 && dec_cmp(t[i].from, t[i - 1].from) >= 0)
			return "steps stand from the highest to the lowest";
	}
	return NULL;
}

static void check_convert(struct check *c, size_t node)
{
	const struct index_node *n = &c->s->nodes[node];
	const struct index_convert *k = &n->convert;
	const char *wrong;

	if (k->kind == INDEX_LINEAR && dec_cmp(k->low, k->high) >= 0)
		node_fault(c, node, "K12", "convert/linear",
			   "low must be below high",
			   "giá trị thấp phải nhỏ hơn giá trị cao");
	if (k->kind == INDEX_POINTS && !n->leaf && n->combine == INDEX_FORMULA)
		node_fault(c, node, "K03", "convert",
			   "a formula wants linear or steps",
			   "công thức cần linear hoặc steps");
	if (k->kind != INDEX_STEPS)
		return;
	wrong = steps_wrong(k->steps, k->n_steps, n->maximum);
	if (wrong)
		node_fault(c, node, "K12", "convert/steps", wrong,
			   "bảng bậc phải xếp từ cao xuống thấp, điểm từ 0 "
			   "đến điểm tối đa");
}

static void check_bands(struct check *c, const char *path,
			const struct index_band *b, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (dec_cmp(b[i].from, b[i - 1].from) >= 0)
			fault(c, "K12", path,
			      "bands stand from the highest to the lowest",
			      "các mức xếp loại phải xếp từ cao xuống thấp");
}

/* ---- the tree ---------------------------------------------------------- */

/* Maximum of the counting children that a kind has; false: it has none. */
static bool children_add(const struct index_set *s, size_t node, size_t kind,
			 struct dec *sum, bool *any)
{
	struct err e = { 0 };

	*sum = (struct dec){ 0 };
	*any = false;
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct index_node *n = &s->nodes[i];

		if (n->parent != node || !index_applies(n, kind))
			continue;
		*any = true;
		if (n->leaf && n->effect != INDEX_COUNTS)
			continue;
		if (!dec_add(*sum, n->maximum, sum, &e))
			return false;
	}
	return true;
}

static void check_sum(struct check *c, size_t node, size_t kind)
{
	const struct index_node *n = &c->s->nodes[node];
	const char *have, *want;
	struct dec sum;
	bool any, fits = children_add(c->s, node, kind, &sum, &any);

	if (!any) {
		node_fault(c, node, "K10", "children",
			   arena_printf(c->a, "criterion %s has no part for %s",
					n->code, c->s->kinds[kind].code),
			   arena_printf(c->a,
					"tiêu chí %s không có thành phần nào "
					"cho %s",
					n->code, c->s->kinds[kind].code));
		return;
	}
	if (n->combine != INDEX_SUM || (fits && dec_cmp(sum, n->maximum) == 0))
		return;
	have = dec_words(c, sum);
	want = dec_words(c, n->maximum);
	node_fault(c, node, "K10", "maximum",
		   arena_printf(c->a,
				"children of %s add to %s for %s, not to %s",
				n->code, have, c->s->kinds[kind].code, want),
		   arena_printf(c->a,
				"các thành phần của %s cộng lại %s cho %s, "
				"không phải %s",
				n->code, have, c->s->kinds[kind].code, want));
}

/* What combines by a condition or a formula stands for one source. */
static void check_source(struct check *c, size_t node)
{
	const struct index_set *s = c->s;
	size_t first = INDEX_NONE;

	for (size_t i = node + 1; i < s->n_nodes; i++) {
		size_t p = s->nodes[i].parent;

		while (p != INDEX_NONE && p != node)
			p = s->nodes[p].parent;
		if (p != node || !s->nodes[i].leaf)
			continue;
		if (first == INDEX_NONE)
			first = i;
		if (s->nodes[i].source != s->nodes[first].source)
			node_fault(c, i, "K18", "source",
				   "parts of a condition or formula have one "
				   "source",
				   "các thành phần của điều kiện hoặc công "
				   "thức phải cùng nguồn");
		if (s->nodes[i].effect != INDEX_COUNTS)
			node_fault(c, i, "K07", "effect",
				   "no bonus or deduction in a condition",
				   "điều kiện không chứa điểm cộng, điểm trừ");
	}
}

static void check_node(struct check *c, size_t node)
{
	const struct index_node *n = &c->s->nodes[node];

	if (n->maximum.micro <= 0)
		node_fault(c, node, "K05", "maximum", "a maximum is over 0",
			   "điểm tối đa phải lớn hơn 0");
	if (n->grain.micro < 0 || dec_cmp(n->need, n->maximum) > 0 ||
	    n->need.micro < 0)
		node_fault(c, node, "K05",
			   n->grain.micro < 0 ? "grain" : "need",
			   "from 0 to the maximum", "từ 0 đến điểm tối đa");
	for (size_t g = 0; g < n->n_groups; g++)
		if (n->groups[g].weight.micro <= 0)
			node_fault(c, node, "K05", "groups",
				   "a weight is over 0",
				   "trọng số phải lớn hơn 0");
	check_convert(c, node);
	if (n->leaf)
		return;
	for (size_t k = 0; k < c->s->n_kinds; k++)
		if (index_applies(n, k))
			check_sum(c, node, k);
	if (n->combine != INDEX_SUM)
		check_source(c, node);
}

static void check_totals(struct check *c)
{
	for (size_t k = 0; k < c->s->n_kinds; k++) {
		const struct index_kind *kind = &c->s->kinds[k];
		const char *path = arena_printf(c->a, "/kinds/%zu/total", k);
		struct dec sum;
		bool any, fits = children_add(c->s, INDEX_NONE, k, &sum, &any);

		check_bands(c, arena_printf(c->a, "/kinds/%zu/bands", k),
			    kind->bands, kind->bands ? kind->n_bands : 0);
		if (fits && any && dec_cmp(sum, kind->total) == 0)
			continue;
		fault(c, "K11", path,
		      arena_printf(c->a,
				   "criteria for %s add to %s, not to the "
				   "declared %s",
				   kind->code, dec_words(c, sum),
				   dec_words(c, kind->total)),
		      arena_printf(c->a,
				   "các tiêu chí của %s cộng lại %s, không "
				   "phải %s như đã khai",
				   kind->code, dec_words(c, sum),
				   dec_words(c, kind->total)));
	}
}

/* ---- values ------------------------------------------------------------ */

static void value_fault(struct check *c, const struct index_value *v,
			const char *code, const char *en, const char *vi)
{
	const struct index_node *n = &c->s->nodes[v->node];

	fault(c, code,
	      arena_printf(c->a, "/units/%zu/values/%s", v->unit, n->code),
	      arena_printf(c->a, "%s, %s: %s", c->s->units[v->unit].code,
			   n->code, en),
	      arena_printf(c->a, "%s, %s: %s", c->s->units[v->unit].code,
			   n->code, vi));
}

/* Points that people type: six decimals at most, in the grain. */
static bool typed_well(const struct index_node *n, const char *text,
		       bool *grain)
{
	struct err e = { 0 };
	struct dec d;

	*grain = true;
	if (n->source != INDEX_ASSESSED || n->convert.kind != INDEX_POINTS)
		return true;
	if (!dec_parse(text, strlen(text), &d, &e))
		return false;
	*grain = n->grain.micro <= 0 || d.micro % n->grain.micro == 0;
	return true;
}

static void check_number(struct check *c, const struct index_value *v,
			 const char *text)
{
	const struct index_node *n = &c->s->nodes[v->node];
	mpq_t x, points;
	bool grain, is_number;

	if (!text)
		return;
	mpq_inits(x, points, NULL);
	is_number = index_number(text, x) && typed_well(n, text, &grain);
	if (!is_number)
		value_fault(c, v, "K15",
			    "a number such as 1.75 or 21/20 is wanted, points "
			    "with six decimals at most",
			    "cần một số như 1.75 hoặc 21/20, điểm có tối đa "
			    "sáu chữ số thập phân");
	else if (!index_convert(&n->convert, n->maximum, x, points))
		value_fault(c, v, "K13", "outside of what the criterion takes",
			    "ngoài phạm vi của tiêu chí");
	else if (!grain)
		value_fault(c, v, "K14", "not a multiple of the step",
			    "không phải bội số của bước nhảy");
	mpq_clears(x, points, NULL);
}

static void check_given(struct check *c, const struct index_value *v)
{
	const struct index_node *n = &c->s->nodes[v->node];

	check_number(c, v, v->value);
	check_number(c, v, v->self);
	for (size_t g = 0; g < v->n_groups; g++)
		check_number(c, v, v->groups[g].value);
	if (v->self && n->source != INDEX_ASSESSED)
		value_fault(c, v, "K17",
			    "a survey or external value is not typed by units",
			    "điểm điều tra hoặc chỉ số bên ngoài không do đơn "
			    "vị nhập");
	if ((v->n_groups > 0) != (n->n_groups > 0) &&
	    (v->value || v->n_groups > 0))
		value_fault(c, v, "K07",
			    n->n_groups > 0 ? "values by group are wanted"
					    : "no groups are known here",
			    n->n_groups > 0 ? "cần giá trị theo nhóm"
					    : "tiêu chí này không chia nhóm");
	if (v->status != INDEX_GIVEN && (v->value || v->n_groups > 0))
		value_fault(c, v, "K07", "a value beside a status without one",
			    "có giá trị bên cạnh trạng thái không có giá trị");
	if (!(v->se >= 0 && v->se <= 1e9))
		value_fault(c, v, "K05", "an error is 0 or more",
			    "sai số phải từ 0 trở lên");
}

static bool has_kind(const struct index_set *s, size_t unit, size_t node)
{
	for (; node != INDEX_NONE; node = s->nodes[node].parent)
		if (!index_applies(&s->nodes[node], s->units[unit].kind))
			return false;
	return true;
}

static void check_value(struct check *c, const struct index_value *v)
{
	if (!has_kind(c->s, v->unit, v->node))
		value_fault(c, v, "K16",
			    "the criterion is not for this kind of unit",
			    "tiêu chí không dành cho loại đơn vị này");
	if (c->s->nodes[v->node].leaf)
		check_given(c, v);
	else if (v->status != INDEX_NOT_APPLICABLE || v->value || v->self ||
		 v->n_groups > 0)
		value_fault(c, v, "K07",
			    "a sum takes no value, only not-applicable",
			    "mục có thành phần không nhận giá trị, chỉ nhận "
			    "not-applicable");
}

static void check_deductions(struct check *c)
{
	for (size_t i = 0; i < c->s->n_deductions; i++) {
		const struct index_deduction *d = &c->s->deductions[i];
		const char *path =
			arena_printf(c->a, "/units/%zu/deductions", d->unit);

		if (d->points.micro <= 0)
			fault(c, "K05", path, "points deducted are over 0",
			      "điểm trừ phải lớn hơn 0");
		if (!d->reason || d->reason[0] == '\0')
			fault(c, "K19", path, "a deduction has a reason",
			      "điểm trừ phải có lý do");
		if (!has_kind(c->s, d->unit, d->node))
			fault(c, "K16", path,
			      "the criterion is not for this kind of unit",
			      "tiêu chí không dành cho loại đơn vị này");
	}
}

/* A unit's value of a criterion twice: which one would count? */
static void check_twice(struct check *c)
{
	size_t n = c->s->n_units * c->s->n_nodes;
	bool *seen = arena_array(c->a, n + 1, sizeof *seen);

	for (size_t i = 0; seen && i < c->s->n_values; i++) {
		const struct index_value *v = &c->s->values[i];
		bool *at = &seen[v->unit * c->s->n_nodes + v->node];

		if (*at)
			value_fault(c, v, "K08", "given twice", "có hai lần");
		*at = true;
	}
}

bool index_check(const struct index_set *s, struct faults *faults)
{
	struct check c = { s, faults, faults->arena };
	size_t before = faults->n;

	if (s->n_nodes > 0 && s->n_units > LIMIT_INDEX_CELLS / s->n_nodes) {
		fault(&c, "K06", "/units", "too many units x criteria",
		      "quá nhiều đơn vị x tiêu chí");
		return false;
	}
	for (size_t i = 0; i < s->n_nodes; i++)
		check_node(&c, i);
	check_totals(&c);
	check_bands(&c, "/rules/bands", s->rules.bands, s->rules.n_bands);
	for (size_t i = 0; i < s->n_values; i++)
		check_value(&c, &s->values[i]);
	check_deductions(&c);
	check_twice(&c);
	if (arena_broken(c.a))
		fault(&c, "K06", "", "too large", "quá lớn");
	return faults->n == before;
}
