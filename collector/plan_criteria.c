#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "plan_in.h"

static const char *const kinds[] = { "group", "self", "survey", "satisfaction",
				     NULL };

struct criterion_in {
	struct criterion c;
	bool has_kind, has_maximum;
};

static const struct member criterion_members[] = {
	MEMBER("code", M_CODE, true,
	       .off = offsetof(struct criterion_in, c.code)),
	MEMBER("name", M_LINE, true,
	       .off = offsetof(struct criterion_in, c.name)),
	MEMBER("name_en", M_LINE, false,
	       .off = offsetof(struct criterion_in, c.name_en)),
	MEMBER("kind", M_WORD, true,
	       .off = offsetof(struct criterion_in, c.kind),
	       .has = offsetof(struct criterion_in, has_kind), .words = kinds),
	MEMBER("maximum", M_DEC, true,
	       .off = offsetof(struct criterion_in, c.maximum),
	       .has = offsetof(struct criterion_in, has_maximum), .min = 1,
	       .max = 1000000 * DEC_ONE),
	MEMBER("applies", M_LIST, false, .off = 0),
	MEMBER("questions", M_LIST, false, .off = 0),
	MEMBER("children", M_LIST, false, .off = 0),
	MEMBER("basis", M_REF, false,
	       .off = offsetof(struct criterion_in, c.basis), .dir = DIR_BASIS),
};

struct asking_in {
	struct crit_question q;
	const char *question;
	bool has_weight;
};

static const struct member asking_members[] = {
	MEMBER("item", M_CODE, true, .off = offsetof(struct asking_in, q.item)),
	MEMBER("form", M_REF, true, .off = offsetof(struct asking_in, q.form),
	       .dir = DIR_FORM),
	MEMBER("question", M_CODE, true,
	       .off = offsetof(struct asking_in, question)),
	MEMBER("weight", M_DEC, false,
	       .off = offsetof(struct asking_in, q.weight),
	       .has = offsetof(struct asking_in, has_weight), .min = 1,
	       .max = 1000000 * DEC_ONE),
};

/* All of the parent's kinds, or all rated kinds, unless listed. */
static void default_applies(struct pr *r, struct criterion *c)
{
	const struct plan *p = r->p;
	size_t *k;

	if (c->parent != NONE) {
		c->kinds = r->criteria[c->parent].kinds;
		c->n_kinds = r->criteria[c->parent].n_kinds;
		return;
	}
	k = arena_array(r->a, p->n_kinds + 1, sizeof *k);
	for (size_t i = 0; k && i < p->n_kinds; i++)
		if (p->kinds[i].rated)
			k[c->n_kinds++] = i;
	c->kinds = k;
}

static bool among(const size_t *list, size_t n, size_t x)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == x)
			return true;
	return false;
}

static void read_kind(struct pr *r, const struct at *at, const cJSON *v,
		      const struct criterion *c, size_t *list, size_t *n)
{
	const char *code = plan_string(r, at, v, LIMIT_CODE_BYTES, false);
	size_t k = code ? plan_ref(r, at, DIR_KIND, code) : NONE;
	const struct criterion *up =
		c->parent == NONE ? NULL : &r->criteria[c->parent];

	if (k == NONE)
		return;
	if (among(list, *n, k))
		plan_fault(r, at, "P06", "%s is there twice", "%s có hai lần",
			   code);
	else if (!r->p->kinds[k].rated)
		plan_fault(r, at, "P25", "units of kind %s are not rated",
			   "đơn vị loại %s không được đánh giá", code);
	else if (up && !among(up->kinds, up->n_kinds, k))
		plan_fault(r, at, "P25", "the parent does not apply to %s",
			   "tiêu chí cấp trên không áp dụng cho %s", code);
	else
		list[(*n)++] = k;
}

static void read_applies(struct pr *r, const struct at *at, const cJSON *v,
			 struct criterion *c)
{
	struct at list = { at, "applies", 0 };
	const cJSON *x;
	size_t n, i = 0;
	size_t *k;

	if (!plan_has(v, "applies")) {
		default_applies(r, c);
		return;
	}
	k = plan_list(r, at, v, "applies", 1, LIMIT_KINDS, sizeof *k, &n);
	c->kinds = k;
	if (n == 0)
		return;
	cJSON_ArrayForEach(x, json_get(v, "applies"))
	{
		struct at here = { &list, NULL, i++ };

		read_kind(r, &here, x, c, k, &c->n_kinds);
	}
}

static void read_asking(struct pr *r, const struct at *at, const cJSON *v,
			struct crit_question *out)
{
	struct asking_in in = {
		.q = { .weight = { DEC_ONE }, .form = NONE, .question = NONE }
	};
	struct at here = { at, "question", 0 };

	(void)plan_members(r, at, v, MEMBERS(asking_members), &in);
	if (in.q.form != NONE && in.question) {
		in.q.question =
			form_question(&r->p->forms[in.q.form], in.question);
		if (in.q.question == NONE)
			plan_fault(r, &here, "P07",
				   "form %s has no question %s",
				   "mẫu phiếu %s không có câu hỏi %s",
				   r->dir[DIR_FORM].code[in.q.form],
				   in.question);
	}
	*out = in.q;
}

static void read_askings(struct pr *r, const struct at *at, const cJSON *v,
			 struct criterion *c)
{
	struct at list = { at, "questions", 0 };
	const cJSON *x;
	size_t i = 0;
	struct crit_question *q =
		plan_list(r, at, v, "questions", 1, LIMIT_QUESTIONS, sizeof *q,
			  &c->n_questions);

	c->questions = q;
	if (c->n_questions == 0)
		return;
	cJSON_ArrayForEach(x, json_get(v, "questions"))
	{
		struct at here = { &list, NULL, i };

		read_asking(r, &here, x, &q[i++]);
	}
}

/* Inner nodes have children and nothing else, survey leaves questions. */
static void check_shape(struct pr *r, const struct at *at, const cJSON *v,
			enum criterion_kind kind)
{
	bool asks = kind == CRIT_SURVEY || kind == CRIT_SATISFACTION;
	struct at questions = { at, "questions", 0 };
	struct at children = { at, "children", 0 };

	if (kind == CRIT_GROUP && !plan_has(v, "children"))
		plan_fault(r, &children, "P25", "a group needs children",
			   "tiêu chí nhóm phải có tiêu chí con");
	if (kind != CRIT_GROUP && plan_has(v, "children"))
		plan_fault(r, &children, "P25", "only a group has children",
			   "chỉ tiêu chí nhóm mới có tiêu chí con");
	if (asks && !plan_has(v, "questions"))
		plan_fault(r, &questions, "P25",
			   "a survey criterion needs questions",
			   "tiêu chí điều tra phải có câu hỏi");
	if (!asks && plan_has(v, "questions"))
		plan_fault(r, &questions, "P25",
			   "only survey criteria have questions",
			   "chỉ tiêu chí điều tra mới có câu hỏi");
}

static size_t count(const cJSON *list, unsigned depth)
{
	const cJSON *v;
	size_t n = 0;

	if (cJSON_IsArray(list) && depth < LIMIT_CRITERIA_DEPTH)
		cJSON_ArrayForEach(v, list) n +=
			1 + count(json_get(v, "children"), depth + 1);
	return n;
}

static void read_list(struct pr *r, const struct at *at, const cJSON *json,
		      const char *name, size_t parent, unsigned depth);

static void read_criterion(struct pr *r, const struct at *at, const cJSON *v,
			   size_t parent, unsigned depth)
{
	size_t me = r->n_criteria++;
	struct criterion_in in = {
		.c = { .parent = parent, .depth = depth, .basis = NONE }
	};
	struct at basis = { at, "basis", 0 };
	bool object = plan_members(r, at, v, MEMBERS(criterion_members), &in);

	if (!plan_has(v, "basis") && parent != NONE)
		in.c.basis = r->criteria[parent].basis;
	else if (object && !plan_has(v, "basis"))
		plan_fault(r, &basis, "P02", "is missing", "còn thiếu");
	if (in.has_kind)
		check_shape(r, at, v, in.c.kind);
	r->side[me].path = plan_path(r, at);
	r->side[me].kind_known = in.has_kind;
	r->side[me].maximum_known = in.has_maximum;
	read_applies(r, at, v, &in.c);
	read_askings(r, at, v, &in.c);
	r->criteria[me] = in.c;
	if (parent != NONE)
		r->side[parent].n_children++;
	if (in.c.kind == CRIT_GROUP)
		read_list(r, at, v, "children", me, depth + 1);
}

static void read_list(struct pr *r, const struct at *at, const cJSON *json,
		      const char *name, size_t parent, unsigned depth)
{
	struct at list = { at, name, 0 };
	const cJSON *v, *all = json_get(json, name);
	size_t i = 0;

	if (!cJSON_IsArray(all))
		return;
	if (cJSON_GetArraySize(all) == 0)
		plan_fault(r, &list, "P32", "is empty", "để trống");
	if (depth >= LIMIT_CRITERIA_DEPTH) {
		plan_fault(r, &list, "P32", "deeper than %d levels",
			   "sâu quá %d cấp", LIMIT_CRITERIA_DEPTH);
		return;
	}
	cJSON_ArrayForEach(v, all)
	{
		struct at here = { &list, NULL, i++ };

		read_criterion(r, &here, v, parent, depth);
	}
}

static void duplicate_codes(struct pr *r)
{
	for (size_t i = 1; i < r->n_criteria; i++)
		for (size_t k = 0; k < i; k++)
			if (r->criteria[i].code && r->criteria[k].code &&
			    strcmp(r->criteria[i].code, r->criteria[k].code) ==
				    0) {
				plan_fault_at(r,
					      arena_printf(r->f->arena,
							   "%s/code",
							   r->side[i].path),
					      "P06", "%s is there twice",
					      "%s có hai lần",
					      r->criteria[i].code);
				break;
			}
}

void plan_criteria(struct pr *r)
{
	struct at top = { NULL, "criteria", 0 };
	size_t n = count(json_get(r->root, "criteria"), 0);

	if (n > LIMIT_CRITERIA) {
		plan_fault(r, &top, "P32", "%zu elements, at most %d",
			   "có %zu phần tử, nhiều nhất %d", n, LIMIT_CRITERIA);
		return;
	}
	r->criteria = arena_array(r->a, n + 1, sizeof *r->criteria);
	r->side = arena_array(r->a, n + 1, sizeof *r->side);
	if (r->criteria && r->side) {
		read_list(r, NULL, r->root, "criteria", NONE, 0);
		duplicate_codes(r);
	}
	r->p->criteria = r->criteria;
	r->p->n_criteria = r->n_criteria;
}
