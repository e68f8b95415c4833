#include <string.h>

#include "plan_in.h"

/* Bytes already stored mean what they meant: slot and ordinal stay. */
static bool same_bytes(const struct question *a, const struct question *b)
{
	if (a->type != b->type || a->slot != b->slot ||
	    b->n_options < a->n_options)
		return false;
	for (size_t i = 0; i < a->n_options; i++) {
		size_t k = 0;

		while (k < b->n_options &&
		       b->options[k].ordinal != a->options[i].ordinal)
			k++;
		if (k == b->n_options ||
		    strcmp(a->options[i].code, b->options[k].code) != 0)
			return false;
	}
	return true;
}

static void follow_form(struct pr *r, const struct form *was,
			const struct plan *now)
{
	size_t f = plan_form(now, was->code, was->version);

	if (f == NONE) {
		plan_fault_at(r, "/forms", "P33",
			      "form %s/%s has been used, keep it",
			      "mẫu phiếu %s/%s đã dùng, phải giữ lại",
			      was->code, was->version);
		return;
	}
	for (size_t i = 0; i < was->n_questions; i++) {
		const struct question *q = &was->questions[i];
		size_t k = form_question(&now->forms[f], q->code);

		if (k == NONE || !same_bytes(q, &now->forms[f].questions[k]))
			plan_fault_at(r,
				      arena_printf(r->f->arena,
						   "/forms/%zu/questions", f),
				      "P33",
				      "question %s of form %s/%s has been "
				      "used: give the form a new version",
				      "câu hỏi %s của mẫu phiếu %s/%s đã dùng: "
				      "hãy lập phiên bản mới của mẫu",
				      q->code, was->code, was->version);
	}
}

static void follow_group(struct pr *r, const struct plan *was,
			 const struct group *g, const struct plan *now)
{
	size_t i = plan_group(now, g->code);
	const struct group *h = i == NONE ? NULL : &now->groups[i];

	if (!h)
		plan_fault_at(r, "/groups", "P33",
			      "group %s has been used, keep it",
			      "nhóm %s đã dùng, phải giữ lại", g->code);
	else if (h->has_home != g->has_home ||
		 (g->has_home && strcmp(was->kinds[g->home_kind].code,
					now->kinds[h->home_kind].code) != 0))
		plan_fault_at(r,
			      arena_printf(r->f->arena, "/groups/%zu/home", i),
			      "P33", "group %s changes its kind of home",
			      "nhóm %s đổi loại đơn vị nơi lấy phiếu", g->code);
}

bool plan_may_follow(const struct plan *was, const struct plan *now,
		     struct faults *faults)
{
	struct pr r = { .f = faults };
	size_t before = faults->n;

	for (size_t i = 0; i < was->n_units; i++)
		if (plan_unit(now, was->units[i].code) == NONE)
			plan_fault_at(&r, "/units", "P33",
				      "unit %s has been used: keep it and give "
				      "it an end date",
				      "đơn vị %s đã dùng: giữ lại và ghi ngày "
				      "kết thúc",
				      was->units[i].code);
	for (size_t i = 0; i < was->n_groups; i++)
		follow_group(&r, was, &was->groups[i], now);
	for (size_t i = 0; i < was->n_forms; i++)
		follow_form(&r, &was->forms[i], now);
	return faults->n == before;
}
