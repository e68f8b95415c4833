#include <string.h>

#include "plan_in.h"

static bool applies(const struct criterion *c, size_t kind)
{
	for (size_t i = 0; i < c->n_kinds; i++)
		if (c->kinds[i] == kind)
			return true;
	return false;
}

static const char *sub(struct pr *r, const char *path, const char *member)
{
	return arena_printf(r->f->arena, "%s/%s", path, member);
}

/* Sum of the children of `parent` that apply to `kind`; false when one of
 * them has no known maximum. */
static bool sum_children(const struct pr *r, size_t parent, size_t kind,
			 struct dec *sum, size_t *n)
{
	*sum = (struct dec){ 0 };
	*n = 0;
	for (size_t i = 0; i < r->n_criteria; i++) {
		if (r->criteria[i].parent != parent ||
		    !applies(&r->criteria[i], kind))
			continue;
		if (!r->side[i].maximum_known)
			return false;
		sum->micro += r->criteria[i].maximum.micro;
		(*n)++;
	}
	return true;
}

/* Children add up to their parent for each kind of unit on its own: kinds
 * have different criteria (phụ lục 01, 02, 03 of such decisions). */
static void check_sums(struct pr *r, size_t i)
{
	const struct criterion *c = &r->criteria[i];
	char made[DEC_TEXT_MAX], wanted[DEC_TEXT_MAX];
	struct dec sum;
	size_t n;

	for (size_t k = 0; k < c->n_kinds; k++) {
		if (!sum_children(r, i, c->kinds[k], &sum, &n) ||
		    dec_cmp(sum, c->maximum) == 0)
			continue;
		plan_fault_at(r, sub(r, r->side[i].path, "maximum"), "P23",
			      "children make %s for units of kind %.64s, the "
			      "maximum is %s",
			      "tiêu chí con cộng được %s cho đơn vị loại "
			      "%.64s, điểm tối đa ghi là %s",
			      dec_text(sum, made),
			      r->dir[DIR_KIND].code[c->kinds[k]]
				      ? r->dir[DIR_KIND].code[c->kinds[k]]
				      : "?",
			      dec_text(c->maximum, wanted));
	}
}

static void check_total(struct pr *r)
{
	const struct plan *p = r->p;
	char made[DEC_TEXT_MAX], wanted[DEC_TEXT_MAX];

	for (size_t k = 0; k < p->n_kinds; k++) {
		const char *code = p->kinds[k].code ? p->kinds[k].code : "?";
		struct at top = { NULL, "unit_kinds", 0 };
		struct at here = { &top, NULL, k };
		struct dec sum;
		size_t n;

		if (!p->kinds[k].rated || r->n_criteria == 0 ||
		    !sum_children(r, NONE, k, &sum, &n))
			continue;
		if (n == 0)
			plan_fault(r, &here, "P28",
				   "no criterion applies to kind %s",
				   "không tiêu chí nào áp dụng cho loại %s",
				   code);
		else if (r->total_known && dec_cmp(sum, p->declared_total) != 0)
			plan_fault_at(r, "/total", "P24",
				      "the criteria make %s for units of kind "
				      "%.64s, the total is %s",
				      "các tiêu chí cộng được %s cho đơn vị "
				      "loại %.64s, tổng điểm ghi là %s",
				      dec_text(sum, made), code,
				      dec_text(p->declared_total, wanted));
	}
}

static const struct question *asked(const struct pr *r,
				    const struct crit_question *q)
{
	if (q->form == NONE || q->question == NONE)
		return NULL;
	return &r->p->forms[q->form].questions[q->question];
}

/* The same options in worth and order? */
static bool same_scale(const struct question *a, const struct question *b)
{
	if (a->n_options != b->n_options)
		return false;
	for (size_t i = 0; i < a->n_options; i++) {
		const struct option *x = &a->options[i], *y = &b->options[i];

		if (!x->code || !y->code || strcmp(x->code, y->code) != 0 ||
		    x->has_coefficient != y->has_coefficient ||
		    dec_cmp(x->coefficient, y->coefficient) != 0 ||
		    x->satisfied != y->satisfied ||
		    x->no_opinion != y->no_opinion)
			return false;
	}
	return true;
}

static void compare_askings(struct pr *r, const char *path,
			    const struct crit_question *a,
			    const struct crit_question *b)
{
	const struct question *x = asked(r, a), *y = asked(r, b);

	if (a->form == b->form && x && x == y)
		plan_fault_at(r, path, "P26", "this question is there twice",
			      "câu hỏi này có hai lần");
	if (!a->item || !b->item || strcmp(a->item, b->item) != 0)
		return;
	if (a->form == b->form && a->form != NONE && x != y)
		plan_fault_at(r, path, "P26",
			      "item %s asks twice on the same form",
			      "mục %s hỏi hai lần trên cùng mẫu phiếu",
			      b->item);
	if (x && y && !same_scale(x, y))
		plan_fault_at(r, path, "P26",
			      "item %s has different options on its forms",
			      "mục %s có phương án khác nhau giữa các mẫu "
			      "phiếu",
			      b->item);
	if (dec_cmp(a->weight, b->weight) != 0)
		plan_fault_at(r, path, "P26", "item %s has different weights",
			      "mục %s có trọng số khác nhau", b->item);
}

static void check_question(struct pr *r, const struct criterion *c,
			   const char *path, const struct question *q)
{
	bool satisfied = false, worth = false;

	for (size_t i = 0; i < q->n_options; i++) {
		satisfied = satisfied || q->options[i].satisfied;
		worth = worth || q->options[i].has_coefficient;
	}
	if (q->type != QUESTION_SCALE && q->type != QUESTION_SINGLE)
		plan_fault_at(r, path, "P26", "%s is no scale or single choice",
			      "%s không phải câu hỏi thang đo hay chọn một",
			      q->code);
	else if (q->n_options == 0)
		return; /* told where its options are */
	else if (c->kind == CRIT_SATISFACTION && !satisfied)
		plan_fault_at(r, path, "P27", "%s has no satisfied option",
			      "%s không có phương án nào tính là hài lòng",
			      q->code);
	else if (c->kind == CRIT_SURVEY && !worth)
		plan_fault_at(r, path, "P26", "%s has no coefficients",
			      "%s không có hệ số", q->code);
	if (!q->asked)
		plan_fault_at(r, path, "P26", "%s is not asked",
			      "%s không còn được hỏi", q->code);
}

/* Each kind must be reached: someone who rates it is asked. */
static void check_kind_reached(struct pr *r, size_t i, size_t kind)
{
	const struct criterion *c = &r->criteria[i];
	const char *code = r->dir[DIR_KIND].code[kind];

	for (size_t q = 0; q < c->n_questions; q++) {
		size_t form = c->questions[q].form;

		if (form == NONE || plan_form_rates(r->p, form, kind))
			return;
	}
	plan_fault_at(r, sub(r, r->side[i].path, "questions"), "P28",
		      "nobody is asked about kind %s",
		      "không ai được hỏi về loại đơn vị %s", code ? code : "?");
}

/* A question must reach people who rate units of the criterion's kinds. */
static void check_reach(struct pr *r, size_t i)
{
	const struct criterion *c = &r->criteria[i];

	for (size_t k = 0; k < c->n_kinds && c->n_questions; k++)
		check_kind_reached(r, i, c->kinds[k]);
	for (size_t q = 0; q < c->n_questions; q++) {
		size_t form = c->questions[q].form;
		bool reaches = form == NONE || c->n_kinds == 0;
		const char *path =
			arena_printf(r->f->arena, "%s/questions/%zu/form",
				     r->side[i].path, q);

		for (size_t k = 0; k < c->n_kinds && !reaches; k++)
			reaches = plan_form_rates(r->p, form, c->kinds[k]);
		if (!reaches)
			plan_fault_at(r, path, "P28",
				      "form %s is not about these units",
				      "mẫu phiếu %s không hỏi về các đơn vị "
				      "này",
				      r->dir[DIR_FORM].code[form]);
	}
}

static void check_criterion(struct pr *r, size_t i)
{
	const struct criterion *c = &r->criteria[i];

	if (!r->side[i].kind_known)
		return;
	if (c->kind == CRIT_GROUP && r->side[i].maximum_known &&
	    r->side[i].n_children)
		check_sums(r, i);
	if (c->kind != CRIT_SURVEY && c->kind != CRIT_SATISFACTION)
		return;
	for (size_t q = 0; q < c->n_questions; q++) {
		const struct question *x = asked(r, &c->questions[q]);
		const char *path = arena_printf(r->f->arena, "%s/questions/%zu",
						r->side[i].path, q);

		if (x && x->code)
			check_question(r, c, path, x);
		for (size_t k = 0; k < q; k++)
			compare_askings(r, path, &c->questions[k],
					&c->questions[q]);
	}
	check_reach(r, i);
}

void plan_check_criteria(struct pr *r)
{
	for (size_t i = 0; i < r->n_criteria; i++)
		check_criterion(r, i);
	check_total(r);
}

/* Bands come highest first and the lowest begins at 0: no gap, no overlap. */
static void check_order(struct pr *r, const char *list, const struct dec *from,
			size_t n)
{
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX];

	for (size_t i = 1; i < n; i++)
		if (dec_cmp(from[i], from[i - 1]) >= 0)
			plan_fault_at(r,
				      arena_printf(r->f->arena, "%s/%zu/from",
						   list, i),
				      "P31", "%s after %s: highest band first",
				      "%s đứng sau %s: xếp mức cao trước",
				      dec_text(from[i], a),
				      dec_text(from[i - 1], b));
	if (n && from[n - 1].micro != 0)
		plan_fault_at(r,
			      arena_printf(r->f->arena, "%s/%zu/from", list,
					   n - 1),
			      "P31", "the lowest band begins at %s, not 0",
			      "mức thấp nhất bắt đầu từ %s, không phải 0",
			      dec_text(from[n - 1], a));
}

static void check_bands(struct pr *r)
{
	const struct decisions *d = &r->p->decisions;
	struct dec *from = arena_array(r->a, d->n_bands + 1, sizeof *from);
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX];

	for (size_t i = 0; from && i < d->n_bands; i++) {
		from[i] = d->bands[i].from;
		for (size_t k = 0; k < i; k++)
			if (strcmp(d->bands[i].name, d->bands[k].name) == 0)
				plan_fault_at(
					r,
					arena_printf(r->f->arena,
						     "/decisions/D9/bands/"
						     "%zu/name",
						     i),
					"P06", "%s is there twice",
					"%s có hai lần", d->bands[i].name);
	}
	if (from)
		check_order(r, "/decisions/D9/bands", from, d->n_bands);
	if (from && d->n_bands && r->total_known &&
	    dec_cmp(from[0], r->p->declared_total) > 0)
		plan_fault_at(r, "/decisions/D9/bands/0/from", "P31",
			      "%s is above the total %s",
			      "%s lớn hơn tổng điểm %s", dec_text(from[0], a),
			      dec_text(r->p->declared_total, b));
}

static void check_point_bands(struct pr *r)
{
	const struct decisions *d = &r->p->decisions;
	size_t n = d->n_sipas_bands;
	struct dec *from = arena_array(r->a, n + 1, sizeof *from);

	for (size_t i = 0; from && i < n; i++) {
		from[i] = d->sipas_bands[i].from;
		if (i && dec_cmp(d->sipas_bands[i].percent,
				 d->sipas_bands[i - 1].percent) > 0)
			plan_fault_at(r,
				      arena_printf(r->f->arena,
						   "/decisions/D7/bands/%zu/"
						   "percent",
						   i),
				      "P31", "a lower band gives more points",
				      "mức thấp hơn lại được nhiều điểm hơn");
	}
	if (from)
		check_order(r, "/decisions/D7/bands", from, n);
}

void plan_check_decisions(struct pr *r)
{
	if (r->decided[7])
		check_point_bands(r);
	if (r->decided[9])
		check_bands(r);
}
