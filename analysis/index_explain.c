/* Explain this number: the steps from what was given to what is published,
 * each with its rule, its inputs, and the value before and after rounding. */
#include "index_parts.h"
#include "phieu/buf.h"
#include "phieu/index_file.h"
#include "phieu/limits.h"

#define MOST_RECORDS 16
#define LIMIT_POOL   (LIMIT_BANDS + 64) /* inputs that are no criterion */

struct book {
	const struct index *ix;
	const struct index_set *s;
	struct arena *a;
	struct index_record *record;
	size_t n;
	struct index_input *pool; /* of all records, in order */
	size_t used;
	size_t unit;
};

struct rule_words {
	const char *rule, *words, *words_vi;
};

static struct index_record *open_record(struct book *b,
					const struct rule_words *w)
{
	struct index_record *r = &b->record[b->n++];

	*r = (struct index_record){ .rule = w->rule,
				    .words = w->words,
				    .words_vi = w->words_vi,
				    .inputs = &b->pool[b->used],
				    .basis = b->s->basis };
	return r;
}

static struct index_input *input(struct book *b, struct index_record *r,
				 const char *what, const char *what_vi,
				 const char *code, const char *value)
{
	struct index_input *in = &b->pool[b->used++];

	*in = (struct index_input){ what, what_vi, code, value, NULL, false };
	r->n_inputs++;
	return in;
}

static const char *dec_words(const struct book *b, struct dec d)
{
	char text[DEC_TEXT_MAX];

	return arena_strdup(b->a, dec_text(d, text));
}

static const char *rounded_words(const struct book *b, struct dec d)
{
	char text[DEC_TEXT_MAX + 8];

	return arena_strdup(b->a, exact_fixed(d, b->s->rules.digits, text));
}

static const char *exact_words(const struct book *b, const mpq_t x)
{
	return index_exact_text(b->a, x);
}

static const char *count_words(const struct book *b, size_t n)
{
	return arena_printf(b->a, "%zu", n);
}

static const char *carried(const struct book *b, const struct index_cell *c)
{
	mpq_t x;
	const char *s;

	mpq_init(x);
	index_carry(c, x);
	s = exact_words(b, x);
	mpq_clear(x);
	return s;
}

static const struct rule_words round_up = { "half-up",
					    "rounded half up (away from 0)",
					    "làm tròn nửa lên (xa số 0)" };
static const struct rule_words round_even = { "half-even",
					      "rounded half to even",
					      "làm tròn nửa về số chẵn" };
static const struct rule_words round_later = {
	"shown-rounded", "goes on exact; rounded only to be shown",
	"giữ nguyên giá trị chính xác để cộng; chỉ làm tròn khi hiển thị"
};

static void add_rounding(struct book *b, const mpq_t before, struct dec after,
			 bool for_good)
{
	const struct index_rules *rules = &b->s->rules;
	struct index_record *r =
		open_record(b, !for_good		       ? &round_later
			       : rules->round == EXACT_HALF_UP ? &round_up
							       : &round_even);

	(void)input(b, r, "digits", "số chữ số thập phân", NULL,
		    count_words(b, (size_t)rules->digits));
	r->before = exact_words(b, before);
	r->after = rounded_words(b, after);
}

/* ---- leaves ------------------------------------------------------------ */

static void add_groups(struct book *b, const struct index_node *n,
		       const struct index_value *v, mpq_t measure)
{
	static const struct rule_words w[] = {
		{ "group-mean-renormalised",
		  "mean of the groups that answered, by weight (D4)",
		  "trung bình các nhóm có trả lời, theo trọng số (D4)" },
		{ "group-mean-all",
		  "mean of all groups by weight; one missing: not scored (D4)",
		  "trung bình mọi nhóm theo trọng số; thiếu một nhóm thì không "
		  "chấm (D4)" },
		{ "group-mean-zero",
		  "mean of all groups by weight; one missing counts 0 (D4)",
		  "trung bình mọi nhóm theo trọng số; nhóm thiếu tính 0 "
		  "(D4)" }
	};
	struct index_record *r = open_record(b, &w[b->s->rules.missing_group]);

	for (size_t g = 0; g < n->n_groups; g++) {
		const char *value = NULL;
		struct index_input *in;

		for (size_t i = 0; i < v->n_groups; i++)
			if (v->groups[i].group == g)
				value = v->groups[i].value;
		in = input(b, r, "group", "nhóm", n->groups[g].code, value);
		in->note = arena_printf(b->a, "w = %s",
					dec_words(b, n->groups[g].weight));
	}
	r->origin = v->origin;
	if (index_group_mean(n, v, b->s->rules.missing_group, measure))
		r->before = exact_words(b, measure);
}

static const struct index_step *step_of(const struct index_convert *c,
					const mpq_t measure)
{
	const struct index_step *got = NULL;
	mpq_t from;

	mpq_init(from);
	for (size_t i = 0; i < c->n_steps && !got; i++) {
		exact_from_dec(from, c->steps[i].from);
		if (mpq_cmp(measure, from) >= 0)
			got = &c->steps[i];
	}
	mpq_clear(from);
	return got;
}

static const struct rule_words as_points = { "points", "points as given",
					     "điểm như đã ghi" };
static const struct rule_words as_linear = {
	"linear", "maximum x (measure - low) / (high - low)",
	"điểm tối đa x (giá trị - thấp) / (cao - thấp)"
};
static const struct rule_words as_steps = {
	"steps", "points of the first step that is reached",
	"điểm của bậc đầu tiên đạt tới"
};

static void add_convert(struct book *b, const struct index_node *n,
			const mpq_t measure, const struct index_cell *c)
{
	const struct index_convert *k = &n->convert;
	struct index_record *r =
		open_record(b, k->kind == INDEX_LINEAR	? &as_linear
			       : k->kind == INDEX_STEPS ? &as_steps
							: &as_points);

	(void)input(b, r, "value", "giá trị", n->code, exact_words(b, measure));
	(void)input(b, r, "maximum", "điểm tối đa", NULL,
		    dec_words(b, n->maximum));
	if (k->kind == INDEX_LINEAR) {
		(void)input(b, r, "low", "thấp", NULL, dec_words(b, k->low));
		(void)input(b, r, "high", "cao", NULL, dec_words(b, k->high));
	} else if (k->kind == INDEX_STEPS) {
		const struct index_step *s = step_of(k, measure);

		(void)input(b, r, "step from", "bậc từ", NULL,
			    s ? dec_words(b, s->from) : NULL);
	}
	if (n->basis)
		r->basis = n->basis;
	r->before = exact_words(b, c->before);
}

static const struct rule_words state_rule[] = {
	{ "absent", "the criterion is not for this kind of unit",
	  "tiêu chí không dành cho loại đơn vị này" },
	{ "not-applicable", "does not apply to this unit: out of the base",
	  "tiêu chí đặc thù không đánh giá: bỏ khỏi mẫu số" },
	{ "left-out", "missing: left out of the base by the rule (D5)",
	  "thiếu: bỏ khỏi mẫu số theo quy định (D5)" },
	{ "incomplete", "missing: the unit has no published value (D5)",
	  "thiếu: đơn vị chưa có điểm công bố (D5)" },
	{ "zero", "missing: 0 by the rule (D5)",
	  "thiếu: tính 0 theo quy định (D5)" },
	{ "own-points", "not appraised: the unit's own points by the rule (D5)",
	  "chưa thẩm định: lấy điểm tự chấm theo quy định (D5)" },
	{ "scored", "scored", "đã chấm" },
	{ "not-claimed", "no bonus or deduction was entered",
	  "không có điểm cộng, điểm trừ nào được ghi" }
};

static void add_state(struct book *b, const struct index_cell *c,
		      const struct index_value *v)
{
	struct index_record *r = open_record(b, &state_rule[c->state]);

	if (v) {
		(void)input(b, r, "status", "trạng thái", NULL,
			    index_status_word(v->status));
		r->reason = v->reason;
		r->origin = v->origin;
	}
	if (c->state == INDEX_SELF)
		r->before = exact_words(b, c->before);
}

static void explain_leaf(struct book *b, size_t node)
{
	const struct index_node *n = &b->s->nodes[node];
	const struct index_cell *c = index_cell(b->ix, b->unit, node);
	const struct index_value *v = index_value(b->ix, b->unit, node);
	mpq_t m;

	if (c->state != INDEX_SCORED) {
		add_state(b, c, v);
	} else {
		const char *given =
			b->s->rules.use_self && n->source == INDEX_ASSESSED
				? v->self
				: v->value;

		mpq_init(m);
		if (v->n_groups > 0)
			add_groups(b, n, v, m);
		else
			(void)index_number(given, m);
		add_convert(b, n, m, c);
		b->record[b->n - 1].origin = v->origin;
		b->record[b->n - 1].reason = v->reason;
		if (v->self)
			(void)input(b, &b->record[b->n - 1], "own points",
				    "điểm tự chấm", n->code, v->self);
		mpq_clear(m);
	}
	if (c->state != INDEX_ABSENT && c->state != INDEX_REMOVED &&
	    c->state != INDEX_UNCLAIMED)
		add_rounding(b, c->before, c->points, c->rounded);
}

/* ---- sums -------------------------------------------------------------- */

static bool is_condition(const struct book *b, size_t node)
{
	enum index_combine c = b->s->nodes[node].combine;

	return c == INDEX_ALL_OF || c == INDEX_ANY_OF;
}

static void add_children(struct book *b, struct index_record *r, size_t parent)
{
	for (size_t i = 0; i < b->s->n_nodes; i++) {
		const struct index_node *n = &b->s->nodes[i];
		const struct index_cell *c = index_cell(b->ix, b->unit, i);
		struct index_input *in;

		if (n->parent != parent || c->state == INDEX_ABSENT ||
		    (n->leaf && n->effect != INDEX_COUNTS))
			continue;
		in = input(b, r, "criterion", "tiêu chí", n->code,
			   carried(b, c));
		if (c->state != INDEX_SCORED)
			in->note = index_state_word(c->state);
		else if (parent != INDEX_NONE && is_condition(b, parent))
			in->note = arena_printf(
				b->a, ">= %s",
				dec_words(b, n->need.micro ? n->need
							   : n->maximum));
	}
}

static void add_base(struct book *b, struct index_record *r, const mpq_t full,
		     const mpq_t base)
{
	(void)input(b, r, "maximum", "điểm tối đa", NULL, exact_words(b, full));
	(void)input(b, r, "maximum without what is left out",
		    "điểm tối đa sau khi bỏ", NULL, exact_words(b, base));
}

static const struct rule_words combine_rule[] = {
	{ "sum", "sum of the parts", "tổng các thành phần" },
	{ "all-of", "the maximum when every part is met, else 0",
	  "điểm tối đa khi mọi thành phần đạt, nếu không thì 0" },
	{ "any-of", "the maximum when one part is met, else 0",
	  "điểm tối đa khi có một thành phần đạt, nếu không thì 0" },
	{ "formula", "100 x points / maximum of the parts",
	  "100 x điểm / điểm tối đa của các thành phần" }
};
static const struct rule_words rescale_parent = {
	"rescale-parent", "points / base x maximum, at each sum",
	"điểm / mẫu số x điểm tối đa, ở từng mục"
};

/* 100 x points / maximum of the parts, then from that to points. */
static void add_formula(struct book *b, struct index_record *r, size_t node)
{
	mpq_t points, base, one;

	mpq_inits(points, base, one, NULL);
	for (size_t i = 0; i < b->s->n_nodes; i++) {
		const struct index_cell *c = index_cell(b->ix, b->unit, i);

		if (b->s->nodes[i].parent != node)
			continue;
		index_carry(c, one);
		mpq_add(points, points, one);
		mpq_add(base, base, c->base);
	}
	(void)input(b, r, "maximum of the parts", "điểm tối đa các thành phần",
		    NULL, exact_words(b, base));
	if (mpq_sgn(base) > 0) {
		mpq_set_ui(one, 100, 1);
		mpq_mul(points, points, one);
		mpq_div(points, points, base);
		r->before = exact_words(b, points);
		add_convert(b, &b->s->nodes[node], points,
			    index_cell(b->ix, b->unit, node));
	}
	mpq_clears(points, base, one, NULL);
}

static void explain_inner(struct book *b, size_t node)
{
	const struct index_node *n = &b->s->nodes[node];
	const struct index_cell *c = index_cell(b->ix, b->unit, node);
	struct index_record *r;

	if (c->state == INDEX_ABSENT || c->state == INDEX_REMOVED) {
		add_state(b, c, index_value(b->ix, b->unit, node));
		return;
	}
	r = open_record(b, &combine_rule[n->combine]);
	add_children(b, r, node);
	if (n->basis)
		r->basis = n->basis;
	if (n->combine == INDEX_FORMULA && c->state == INDEX_SCORED)
		add_formula(b, r, node);
	else
		r->before = exact_words(b, c->before);
	if (c->rescaled) {
		r = open_record(b, &rescale_parent);
		add_base(b, r, c->full, c->base);
		r->before = exact_words(b, c->before);
	}
	add_rounding(b, c->before, c->points, c->rounded);
}

/* ---- the total --------------------------------------------------------- */

static const struct rule_words total_rule[] = {
	{ "rescale-total", "sum / (maximum - left out) x maximum",
	  "tổng / (tối đa - phần bỏ) x tối đa" },
	{ "rescale-source",
	  "each source's sum / (maximum - left out) x maximum",
	  "tổng từng nguồn / (tối đa - phần bỏ) x tối đa" },
	{ "rescale-parent", "sums rescaled at each node; the rest here",
	  "quy đổi ở từng mục; phần còn lại ở đây" },
	{ "rescale-none", "what is left out is not made up for",
	  "phần bỏ không được quy đổi" }
};

static void add_left_out(struct book *b, struct index_record *r)
{
	for (size_t i = 0; i < b->s->n_nodes; i++) {
		const struct index_cell *c = index_cell(b->ix, b->unit, i);
		const struct index_node *n = &b->s->nodes[i];
		const struct index_value *v;
		struct index_input *in;

		if (!n->leaf || n->effect != INDEX_COUNTS ||
		    (c->state != INDEX_REMOVED && c->state != INDEX_OUT))
			continue;
		v = index_value(b->ix, b->unit, i);
		in = input(b, r, index_state_word(c->state),
			   index_state_word_vi(c->state), n->code,
			   dec_words(b, n->maximum));
		in->note = v ? v->reason : NULL;
		in->said = true;
	}
}

static void add_rescale(struct book *b, const struct index_total *t)
{
	const struct index_rules *rules = &b->s->rules;
	struct index_record *r = open_record(b, &total_rule[rules->rescale]);
	static const char *const name_vi[] = { "đánh giá", "điều tra XHH",
					       "SIPAS", "bên ngoài" };

	(void)input(b, r, "sum", "tổng", NULL, exact_words(b, t->sum));
	add_base(b, r, t->full, t->base);
	for (size_t k = 0;
	     rules->rescale == INDEX_RESCALE_SOURCE && k < INDEX_SOURCES; k++)
		if (mpq_sgn(t->part[k].full) > 0)
			input(b, r, index_source_word((enum index_source)k),
			      name_vi[k], NULL,
			      exact_words(b, t->part[k].points))
				->note =
				arena_printf(b->a, "%s / %s",
					     exact_words(b, t->part[k].base),
					     exact_words(b, t->part[k].full));
	add_left_out(b, r);
	if (!t->computable)
		return;
	r->before = exact_words(b, t->rescaled);
	r->after = exact_words(b, t->scaled);
}

static void add_claims(struct book *b, struct index_record *r,
		       enum index_effect effect)
{
	for (size_t i = 0; i < b->s->n_nodes; i++) {
		const struct index_node *n = &b->s->nodes[i];
		const struct index_cell *c = index_cell(b->ix, b->unit, i);

		if (n->leaf && n->effect == effect && c->state == INDEX_SCORED)
			(void)input(b, r, "criterion", "tiêu chí", n->code,
				    carried(b, c));
	}
}

/* What nobody got is not told. */
static void add_bonus(struct book *b, const struct index_total *t)
{
	static const struct rule_words w = { "bonus", "bonus added",
					     "cộng điểm cộng" };
	struct index_record *r = open_record(b, &w);

	add_claims(b, r, INDEX_BONUS);
	r->before = exact_words(b, t->bonus);
	b->n -= r->n_inputs == 0;
}

static void add_deductions(struct book *b, const struct index_total *t)
{
	static const struct rule_words w = { "deduction",
					     "deductions taken away",
					     "trừ điểm bị trừ" };
	struct index_record *r = open_record(b, &w);

	add_claims(b, r, INDEX_DEDUCTION);
	for (size_t i = 0; i < b->s->n_deductions; i++) {
		const struct index_deduction *d = &b->s->deductions[i];

		struct index_input *in;

		if (d->unit != b->unit)
			continue;
		in = input(b, r, "deduction", "điểm trừ",
			   d->node == INDEX_NONE ? NULL
						 : b->s->nodes[d->node].code,
			   dec_words(b, d->points));
		in->note = d->reason;
		in->said = true;
	}
	r->before = exact_words(b, t->deduction);
	b->n -= r->n_inputs == 0;
}

static void add_grade(struct book *b, const struct index_total *t)
{
	static const struct rule_words w = {
		"grade", "band that the published value reaches (D9)",
		"mức xếp loại mà điểm công bố đạt tới (D9)"
	};
	struct index_record *r = open_record(b, &w);
	size_t n;
	const struct index_band *band = index_bands(b->ix, b->unit, &n);

	(void)input(b, r, "published", "điểm công bố", NULL,
		    rounded_words(b, t->published));
	for (size_t i = 0; i < n; i++)
		(void)input(b, r, "from", "từ", band[i].name,
			    dec_words(b, band[i].from));
	r->after = t->band == INDEX_NONE ? NULL : band[t->band].name;
}

static void add_rank(struct book *b, const struct index_total *t)
{
	static const struct rule_words w[] = {
		{ "rank-shared",
		  "1 + units of the block with more (1, 2, 2, 4)",
		  "1 + số đơn vị cùng khối có điểm cao hơn (1, 2, 2, 4)" },
		{ "rank-dense", "1 + better values in the block (1, 2, 2, 3)",
		  "1 + số mức điểm cao hơn trong khối (1, 2, 2, 3)" }
	};
	struct index_record *r = open_record(b, &w[b->s->rules.ties]);
	size_t in = 0;

	for (size_t u = 0; u < b->s->n_units; u++)
		in += index_same_block(b->ix, u, b->unit) &&
		      index_total(b->ix, u)->complete;
	(void)input(b, r, "units in the block", "số đơn vị trong khối", NULL,
		    count_words(b, in));
	if (b->s->rules.n_tie_break > 0)
		(void)input(b, r, "rules that part ties",
			    "số tiêu chí phụ tách đồng hạng", NULL,
			    count_words(b, b->s->rules.n_tie_break));
	if (t->shared)
		(void)input(b, r, "shared", "đồng hạng", NULL, "yes");
	r->after = count_words(b, t->rank);
}

static void explain_total(struct book *b)
{
	static const struct rule_words none = {
		"nothing-left", "nothing is left to compute from: refused",
		"không còn tiêu chí nào để tính: từ chối"
	};
	static const struct rule_words so_far = {
		"incomplete", "parts are missing: so far, no grade, no rank",
		"còn thiếu thành phần: điểm tạm, chưa xếp loại, xếp hạng"
	};
	const struct index_total *t = index_total(b->ix, b->unit);
	struct index_record *r = open_record(b, &combine_rule[INDEX_SUM]);

	add_children(b, r, INDEX_NONE);
	r->before = exact_words(b, t->sum);
	add_rescale(b, t);
	if (!t->computable) {
		(void)open_record(b, &none);
		return;
	}
	add_bonus(b, t);
	add_deductions(b, t);
	add_rounding(b, t->before, t->published, true);
	if (!t->complete) {
		(void)open_record(b, &so_far);
		return;
	}
	add_grade(b, t);
	add_rank(b, t);
}

bool index_explain(const struct index *ix, size_t unit, size_t node,
		   struct arena *a, struct index_record **out, size_t *n,
		   struct err *e)
{
	const struct index_set *s = index_set_of(ix);
	size_t most = 3 * s->n_nodes + s->n_deductions + LIMIT_POOL;
	struct book b = { .ix = ix, .s = s, .a = a, .unit = unit };

	b.record = arena_array(a, MOST_RECORDS, sizeof *b.record);
	if (node != INDEX_NONE)
		most += s->nodes[node].n_groups;
	b.pool = arena_array(a, most, sizeof *b.pool);
	if (!b.record || !b.pool)
		return err_set(e, ERR_NOMEM, "out of memory to explain");
	if (node == INDEX_NONE)
		explain_total(&b);
	else if (s->nodes[node].leaf)
		explain_leaf(&b, node);
	else
		explain_inner(&b, node);
	*out = b.record;
	*n = b.n;
	return !arena_broken(a) ||
	       err_set(e, ERR_NOMEM, "out of memory to explain");
}
