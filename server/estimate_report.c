#include "phieu/estimate_report.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_fields.h"
#include "phieu/json.h"
#include "phieu/plan.h"

#define MOST_DRIVERS 8 /* 2^k regressions */

struct report {
	const struct plan *p, *before; /* before: NULL, no earlier wave */
	cJSON *root, *estimates;
	struct fields *fields;
	const char **field; /* names of columns, all of them last */
	size_t n;
	struct arena *a;
};

static cJSON *list_of(const char *const *name, size_t n)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; name && i < n; i++)
		(void)cJSON_AddItemToArray(list, cJSON_CreateString(name[i]));
	return list;
}

/* ---- estimates -------------------------------------------------------- */

/* Of this wave alone, unless it is a change. */
static cJSON *where_of(struct report *r, cJSON *x)
{
	cJSON *where = cJSON_GetObjectItemCaseSensitive(x, "where");

	if (!where)
		where = cJSON_AddObjectToObject(x, "where");
	if (r->before && !cJSON_GetObjectItemCaseSensitive(where, "wave"))
		(void)cJSON_AddStringToObject(where, "wave", r->p->wave);
	return where;
}

static cJSON *estimate(struct report *r, const char *stat, const char *name)
{
	char level[DEC_TEXT_MAX] = "95";
	cJSON *x = cJSON_CreateObject(), *ci;

	(void)dec_text(r->p->decisions.confidence, level);
	(void)cJSON_AddStringToObject(x, "name", name);
	(void)cJSON_AddStringToObject(x, "stat", stat);
	ci = cJSON_AddObjectToObject(x, "ci");
	(void)cJSON_AddNumberToObject(ci, "level", strtod(level, NULL) / 100);
	if (r->before && strcmp(stat, "change") != 0)
		(void)where_of(r, x);
	(void)cJSON_AddItemToArray(r->estimates, x);
	return x;
}

static void add_by(cJSON *x, const char *const *by, size_t n)
{
	if (n > 0)
		(void)cJSON_AddItemToObject(x, "by", list_of(by, n));
}

static void by_crossing(struct report *r, const char *words,
			const char *const *by, size_t n)
{
	cJSON *x = estimate(r, "mean",
			    arena_printf(r->a, "điểm bình quân %s", words));

	(void)cJSON_AddItemToObject(x, "of", list_of(r->field, r->n));
	add_by(x, by, n);
	(void)cJSON_AddBoolToObject(x, "deff", true);
	for (size_t i = 0; i < r->n; i++) {
		const char *of[] = {
			arena_printf(r->a, "%s.satisfied", r->field[i]),
			arena_printf(r->a, "%s.answered", r->field[i])
		};

		x = estimate(r, "ratio",
			     arena_printf(r->a, "tỷ lệ hài lòng %s, %s",
					  r->field[i], words));
		(void)cJSON_AddItemToObject(x, "of", list_of(of, 2));
		add_by(x, by, n);
		(void)cJSON_AddBoolToObject(x, "deff", true);
	}
}

/* ---- scores of units -------------------------------------------------- */

static bool rates_kind(const struct plan *p, const struct group *g, size_t kind)
{
	if (g->mode != RATES_MAPPED)
		return g->rated_kind == kind;
	for (size_t i = 0; i < g->n_table; i++)
		if (p->units[g->table[i].unit].kind == kind)
			return true;
	return false;
}

/* D4's weights of the groups that rate such units, made to add up to 1; where
 * D4 pools, the wave is the one group. */
static cJSON *shares_of(const struct report *r, size_t kind)
{
	const struct plan *p = r->p;
	cJSON *o = cJSON_CreateObject();
	double sum = 0;

	if (p->decisions.pool == POOL_ALL) {
		(void)cJSON_AddNumberToObject(o, p->wave, 1);
		return o;
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t g = 0; g < p->n_groups; g++) {
			char text[DEC_TEXT_MAX] = "1";
			double w;

			if (!rates_kind(p, &p->groups[g], kind))
				continue;
			(void)dec_text(p->decisions.group_weight[g], text);
			w = strtod(text, NULL);
			if (pass == 0)
				sum += w;
			else
				(void)cJSON_AddNumberToObject(o,
							      p->groups[g].code,
							      sum > 0 ? w / sum
								      : 0);
		}
	return o;
}

static void unit_scores(struct report *r, size_t kind, bool pairs)
{
	const struct plan *p = r->p;
	const char *const all[] = { FIELD_ALL };
	bool pool = p->decisions.pool == POOL_ALL;
	const char *words = pairs  ? "khoảng cách giữa hai đơn vị"
			    : pool ? "điểm đơn vị, gộp các nhóm (D4)"
				   : "điểm đơn vị theo tỷ trọng nhóm (D4)";
	cJSON *shares = shares_of(r, kind), *x;

	if (!shares->child) {
		cJSON_Delete(shares);
		return;
	}
	x = estimate(r, pairs ? "unit_pairs" : "unit_score",
		     arena_printf(r->a, "%s, %s", words, p->kinds[kind].code));
	(void)cJSON_AddItemToObject(x, "of",
				    pairs ? list_of(all, 1)
					  : list_of(r->field, r->n));
	(void)cJSON_AddStringToObject(where_of(r, x), "unit_kind",
				      p->kinds[kind].code);
	(void)cJSON_AddStringToObject(x, "unit", "unit");
	(void)cJSON_AddStringToObject(x, "group", pool ? "wave" : "group");
	(void)cJSON_AddItemToObject(x, "shares", shares);
	(void)cJSON_AddStringToObject(x, "missing",
				      p->decisions.missing_group ==
						      GROUP_RENORMALISE
					      ? "rescale"
					      : "null");
	if (!pairs)
		(void)cJSON_AddBoolToObject(x, "cov", true);
}

/* ---- questions -------------------------------------------------------- */

/* FORM/QUESTION and what of it, of the questions of one choice. */
static cJSON *questions(struct report *r, const struct form *f,
			const char *what, bool graded)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < f->n_questions; i++) {
		const struct question *q = &f->questions[i];
		bool some = false;

		for (size_t k = 0; k < q->n_options; k++)
			some = some || q->options[k].has_coefficient;
		if (q->slot != NONE && q->asked && (some || !graded))
			(void)cJSON_AddItemToArray(
				list,
				cJSON_CreateString(
					arena_printf(r->a, "%s/%s%s", f->code,
						     q->code, what)));
	}
	return list;
}

static void each_form(struct report *r)
{
	for (size_t f = 0; f < r->p->n_forms; f++) {
		const struct form *form = &r->p->forms[f];
		cJSON *all = questions(r, form, "", false), *x;
		cJSON *graded = questions(r, form, ".coefficient", true);

		if (all->child) {
			x = estimate(r, "distribution",
				     arena_printf(r->a, "trả lời, mẫu %s",
						  form->code));
			(void)cJSON_AddItemToObject(x, "of", all);
		} else {
			cJSON_Delete(all);
		}
		if (cJSON_GetArraySize(graded) > 1) {
			x = estimate(r, "alpha",
				     arena_printf(r->a, "độ tin cậy, mẫu %s",
						  form->code));
			(void)cJSON_AddItemToObject(x, "of", graded);
		} else {
			cJSON_Delete(graded);
		}
	}
}

/* Which fields go with satisfaction: those put on every form that asks it. */
static void drivers(struct report *r)
{
	const char *x[MOST_DRIVERS];
	size_t n = 0, y = 0;
	cJSON *o;

	while (y + 1 < r->n && !fields_is_satisfaction(r->fields, y))
		y++;
	for (size_t i = 0; y + 1 < r->n && i + 1 < r->n; i++) {
		bool ok = i != y && n < MOST_DRIVERS;

		for (size_t f = 0; ok && f < r->p->n_forms; f++)
			ok = !fields_asks(r->fields, y, f) ||
			     fields_asks(r->fields, i, f);
		if (ok)
			x[n++] = r->field[i];
	}
	if (n < 2)
		return;
	o = estimate(r, "drivers", "lĩnh vực nào đi cùng mức độ hài lòng");
	(void)cJSON_AddStringToObject(o, "y", r->field[y]);
	(void)cJSON_AddItemToObject(o, "x", list_of(x, n));
}

/* ---- between years ---------------------------------------------------- */

static bool has_field(const struct plan *p, const char *field)
{
	size_t c = plan_criterion(p, field + strlen("field."));

	return strcmp(field, FIELD_ALL) == 0 ||
	       (c != NONE && p->criteria[c].parent == NONE);
}

static void changes(struct report *r, const char *words, const char *const *by,
		    size_t n)
{
	const char *values[] = { r->before->wave, r->p->wave };
	cJSON *x = estimate(r, "change",
			    arena_printf(r->a, "thay đổi so với %s, %s",
					 r->before->wave, words));
	cJSON *of = cJSON_AddArrayToObject(x, "of");

	for (size_t i = 0; i < r->n; i++)
		if (has_field(r->before, r->field[i]))
			(void)cJSON_AddItemToArray(of, cJSON_CreateString(
							       r->field[i]));
	add_by(x, by, n);
	(void)cJSON_AddStringToObject(x, "between", "wave");
	(void)cJSON_AddItemToObject(x, "values", list_of(values, 2));
	(void)cJSON_AddBoolToObject(x, "independent", true);
}

static void ask_all(struct report *r)
{
	static const char *const unit[] = { "unit_kind", "unit", "group" };
	static const char *const kind[] = { "unit_kind", "group" };

	by_crossing(r, "theo đơn vị", unit, 2);
	by_crossing(r, "theo đơn vị và nhóm", unit, 3);
	by_crossing(r, "theo khối và nhóm", kind, 2);
	by_crossing(r, "theo khối", kind, 1);
	by_crossing(r, "toàn đợt", NULL, 0);
	for (size_t k = 0; k < r->p->n_kinds; k++)
		for (int pairs = 0; r->p->kinds[k].rated && pairs < 2; pairs++)
			unit_scores(r, k, pairs == 1);
	if (r->before) {
		changes(r, "theo đơn vị", unit, 2);
		changes(r, "theo khối và nhóm", kind, 2);
		changes(r, "theo khối", kind, 1);
		changes(r, "toàn đợt", NULL, 0);
	}
	each_form(r);
	drivers(r);
	(void)estimate(r, "kish", "cỡ mẫu hiệu dụng do quyền số");
}

static bool name_fields(struct report *r, struct err *e)
{
	r->fields = fields_new(r->p, e);
	if (!r->fields)
		return false;
	r->n = fields_count(r->fields);
	if (r->n < 2) {
		(void)err_set(e, ERR_INPUT,
			      "phiếu của đợt không có câu hỏi nào tính điểm "
			      "(the plan scores no question)");
		return false;
	}
	r->field = arena_array(r->a, r->n, sizeof *r->field);
	if (!r->field) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 0; i < r->n; i++)
		r->field[i] = fields_name(r->fields, i);
	return true;
}

bool report_spec(const struct plan *p, const struct plan *before,
		 struct buf *out, struct err *e)
{
	struct report r = { .p = p,
			    .before = before,
			    .a = arena_new((size_t)64 << 20) };
	char *text = NULL;
	bool ok;

	if (!r.a)
		return err_set(e, ERR_NOMEM, "out of memory");
	r.root = cJSON_CreateObject();
	(void)cJSON_AddStringToObject(
		r.root, "title",
		arena_printf(r.a, "%s%s", p->name,
			     p->is_trial ? " (mẫu thử, không phải phiếu chính "
					   "thức)"
					 : ""));
	(void)cJSON_AddStringToObject(r.root, "wave", p->wave);
	if (before)
		(void)cJSON_AddStringToObject(r.root, "against", before->wave);
	r.estimates = cJSON_AddArrayToObject(r.root, "estimates");
	ok = name_fields(&r, e);
	if (ok) {
		ask_all(&r);
		text = cJSON_Print(r.root);
		ok = (text && !arena_broken(r.a)) ||
		     err_set(e, ERR_NOMEM, "out of memory");
	}
	if (ok)
		buf_addf(out, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(r.root);
	fields_free(r.fields);
	arena_free(r.a);
	return ok;
}
