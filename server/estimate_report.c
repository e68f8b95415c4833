#include "phieu/estimate_report.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/connect.h"
#include "phieu/plan.h"
#include "phieu/store_plan.h"

#define ALL "field.all"

struct report {
	const struct plan *p;
	cJSON *root, *derive, *estimates;
	const char **field; /* names of columns, ALL last */
	size_t n;
	struct arena *a;
};

static cJSON *list_of(const char *const *name, size_t n)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < n; i++)
		(void)cJSON_AddItemToArray(list, cJSON_CreateString(name[i]));
	return list;
}

/* ---- fields ----------------------------------------------------------- */

static size_t field_of(const struct plan *p, size_t criterion)
{
	while (p->criteria[criterion].parent != NONE)
		criterion = p->criteria[criterion].parent;
	return criterion;
}

static void add_once(cJSON *list, const char *text)
{
	for (const cJSON *i = list->child; i; i = i->next)
		if (strcmp(i->valuestring, text) == 0)
			return;
	(void)cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

/* FORM/QUESTION.what of every question of a field (NONE: of all). */
static cJSON *questions(const struct report *r, size_t field, const char *what)
{
	const struct plan *p = r->p;
	cJSON *list = cJSON_CreateArray();

	for (size_t c = 0; c < p->n_criteria; c++) {
		const struct criterion *x = &p->criteria[c];

		if (field != NONE && field_of(p, c) != field)
			continue;
		for (size_t i = 0; i < x->n_questions; i++) {
			const struct form *f = &p->forms[x->questions[i].form];
			const struct question *q =
				&f->questions[x->questions[i].question];
			const char *name = arena_printf(r->a, "%s/%s.%s",
							f->code, q->code, what);

			if (q->slot != NONE && name)
				add_once(list, name);
		}
	}
	return list;
}

static cJSON *derived(struct report *r, const char *name, const char *suffix,
		      const char *rule, cJSON *of)
{
	cJSON *d = cJSON_CreateObject();

	(void)cJSON_AddStringToObject(d, "name",
				      arena_printf(r->a, "%s%s", name, suffix));
	(void)cJSON_AddItemToObject(d, rule, of);
	(void)cJSON_AddItemToArray(r->derive, d);
	return d;
}

/* Mean coefficient, satisfied answers, answers: three columns a field. */
static void derive_counts(struct report *r, const char *name, size_t field)
{
	cJSON *d = derived(r, name, ".satisfied", "count",
			   questions(r, field, "satisfied"));

	(void)cJSON_AddNumberToObject(d, "min", 1);
	(void)derived(r, name, ".answered", "answered",
		      questions(r, field, "satisfied"));
}

static bool derive_fields(struct report *r, struct err *e)
{
	const struct plan *p = r->p;

	r->field = arena_array(r->a, p->n_criteria + 1, sizeof *r->field);
	if (!r->field)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t c = 0; c < p->n_criteria; c++) {
		cJSON *of;

		if (p->criteria[c].parent != NONE)
			continue;
		of = questions(r, c, "coefficient");
		if (!of->child) {
			cJSON_Delete(of);
			continue;
		}
		r->field[r->n] =
			arena_printf(r->a, "field.%s", p->criteria[c].code);
		(void)derived(r, r->field[r->n], "", "mean", of);
		derive_counts(r, r->field[r->n], c);
		r->n++;
	}
	if (r->n == 0)
		return err_set(e, ERR_INPUT,
			       "phiếu của đợt không có câu hỏi nào tính điểm "
			       "(the plan scores no question)");
	(void)derived(r, ALL, "", "mean", list_of(r->field, r->n));
	derive_counts(r, ALL, NONE);
	r->field[r->n++] = ALL;
	return true;
}

/* ---- estimates -------------------------------------------------------- */

static cJSON *estimate(struct report *r, const char *stat, const char *name)
{
	char level[DEC_TEXT_MAX] = "95";
	cJSON *x = cJSON_CreateObject(), *ci;

	(void)dec_text(r->p->decisions.confidence, level);
	(void)cJSON_AddStringToObject(x, "name", name);
	(void)cJSON_AddStringToObject(x, "stat", stat);
	ci = cJSON_AddObjectToObject(x, "ci");
	(void)cJSON_AddNumberToObject(ci, "level", strtod(level, NULL) / 100);
	(void)cJSON_AddItemToArray(r->estimates, x);
	return x;
}

static void by_crossing(struct report *r, const char *words,
			const char *const *by, size_t n)
{
	cJSON *x = estimate(r, "mean",
			    arena_printf(r->a, "điểm bình quân %s", words));

	(void)cJSON_AddItemToObject(x, "of", list_of(r->field, r->n));
	(void)cJSON_AddItemToObject(x, "by", list_of(by, n));
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
		(void)cJSON_AddItemToObject(x, "by", list_of(by, n));
		(void)cJSON_AddBoolToObject(x, "deff", true);
	}
}

static bool rates_kind(const struct plan *p, const struct group *g, size_t kind)
{
	if (g->mode != RATES_MAPPED)
		return g->rated_kind == kind;
	for (size_t i = 0; i < g->n_table; i++)
		if (p->units[g->table[i].unit].kind == kind)
			return true;
	return false;
}

/* D4's weights of the groups that rate such units, made to add up to 1; equal
 * ones where the plan has none. */
static cJSON *shares_of(const struct report *r, size_t kind)
{
	const struct plan *p = r->p;
	cJSON *o = cJSON_CreateObject();
	double sum = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t g = 0; g < p->n_groups; g++) {
			char text[DEC_TEXT_MAX] = "1";
			double w;

			if (!rates_kind(p, &p->groups[g], kind))
				continue;
			if (p->decisions.pool == POOL_GROUP_WEIGHTS)
				(void)dec_text(p->decisions.group_weight[g],
					       text);
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
	const char *const all[] = { ALL };
	const char *words = pairs ? "khoảng cách giữa hai đơn vị, %s"
				  : "điểm đơn vị theo tỷ trọng nhóm, %s";
	cJSON *shares = shares_of(r, kind), *x, *where;
	struct buf name = BUF_INIT(4096);

	if (!shares->child) {
		cJSON_Delete(shares);
		return;
	}
	buf_add(&name, words, strlen(words) - 2);
	buf_adds(&name, p->kinds[kind].code);
	x = estimate(r, pairs ? "unit_pairs" : "unit_score",
		     buf_cstr(&name) ? buf_cstr(&name) : "unit");
	buf_free(&name);
	(void)cJSON_AddItemToObject(x, "of",
				    pairs ? list_of(all, 1)
					  : list_of(r->field, r->n));
	where = cJSON_AddObjectToObject(x, "where");
	(void)cJSON_AddStringToObject(where, "unit_kind", p->kinds[kind].code);
	(void)cJSON_AddStringToObject(x, "unit", "unit");
	(void)cJSON_AddStringToObject(x, "group", "group");
	(void)cJSON_AddItemToObject(x, "shares", shares);
	(void)cJSON_AddStringToObject(x, "missing",
				      p->decisions.missing_group ==
						      GROUP_RENORMALISE
					      ? "rescale"
					      : "null");
	if (!pairs)
		(void)cJSON_AddBoolToObject(x, "cov", true);
}

static void ask_all(struct report *r)
{
	static const char *const unit[] = { "unit_kind", "unit", "group" };
	static const char *const kind[] = { "unit_kind", "group" };

	by_crossing(r, "theo đơn vị", unit, 2);
	by_crossing(r, "theo đơn vị và nhóm", unit, 3);
	by_crossing(r, "theo khối và nhóm", kind, 2);
	by_crossing(r, "theo khối", kind, 1);
	for (size_t k = 0; k < r->p->n_kinds; k++)
		for (int pairs = 0; r->p->kinds[k].rated && pairs < 2; pairs++)
			unit_scores(r, k, pairs == 1);
}

bool report_spec(const struct plan *p, struct buf *out, struct err *e)
{
	struct report r = { .p = p, .a = arena_new((size_t)64 << 20) };
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
	r.derive = cJSON_AddArrayToObject(r.root, "derive");
	r.estimates = cJSON_AddArrayToObject(r.root, "estimates");
	ok = derive_fields(&r, e);
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
	arena_free(r.a);
	return ok;
}

bool report_spec_of(const struct conf *c, const char *wave, struct buf *out,
		    struct err *e)
{
	struct db *db = connect_ready(c, WHO_ANALYSIS, e);
	struct wave *w = db ? store_wave_get(db, wave, e) : NULL;
	bool ok = w && report_spec(w->plan, out, e);

	if (w)
		wave_free(w);
	db_close(db);
	connect_done();
	return ok;
}
