#include "phieu/plan.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/utf8.h"
#include "plan_in.h"

#define MILLION_TIMES(n) (DEC_ONE * INT64_C(n))

struct head {
	const char *format;
	struct dec total;
	bool total_known;
};

static const struct member top_members[] = {
	MEMBER("format", M_LINE, true, .off = offsetof(struct head, format)),
	MEMBER("bases", M_LIST, true, .off = 0),
	MEMBER("wave", M_OBJECT, true, .off = 0),
	MEMBER("unit_kinds", M_LIST, true, .off = 0),
	MEMBER("units", M_LIST, true, .off = 0),
	MEMBER("scales", M_LIST, false, .off = 0),
	MEMBER("forms", M_LIST, true, .off = 0),
	MEMBER("groups", M_LIST, true, .off = 0),
	MEMBER("criteria", M_LIST, true, .off = 0),
	MEMBER("total", M_DEC, true, .off = offsetof(struct head, total),
	       .has = offsetof(struct head, total_known), .min = 1,
	       .max = MILLION_TIMES(1000000)),
	MEMBER("decisions", M_OBJECT, true, .off = 0),
};

static const char *const basis_kinds[] = { "decision", "plan", "recollected",
					   "example", NULL };

static const struct member basis_members[] = {
	MEMBER("id", M_CODE, true, .off = offsetof(struct basis, id)),
	MEMBER("kind", M_WORD, true, .off = offsetof(struct basis, kind),
	       .words = basis_kinds),
	MEMBER("number", M_LINE, false, .off = offsetof(struct basis, number)),
	MEMBER("date", M_DAYISH, false, .off = offsetof(struct basis, date)),
	MEMBER("title", M_LINE, true, .off = offsetof(struct basis, title)),
};

static const struct member wave_members[] = {
	MEMBER("code", M_CODE, true, .off = offsetof(struct plan, wave)),
	MEMBER("name", M_LINE, true, .off = offsetof(struct plan, name)),
	MEMBER("name_en", M_LINE, false, .off = offsetof(struct plan, name_en)),
	MEMBER("province", M_LINE, true,
	       .off = offsetof(struct plan, province)),
	MEMBER("from", M_DATE, true, .off = offsetof(struct plan, from)),
	MEMBER("to", M_DATE, true, .off = offsetof(struct plan, to)),
	MEMBER("basis", M_REF, true, .off = offsetof(struct plan, basis),
	       .dir = DIR_BASIS),
};

static const struct member kind_members[] = {
	MEMBER("code", M_CODE, true, .off = offsetof(struct unit_kind, code)),
	MEMBER("name", M_LINE, true, .off = offsetof(struct unit_kind, name)),
	MEMBER("name_en", M_LINE, false,
	       .off = offsetof(struct unit_kind, name_en)),
	MEMBER("rated", M_BOOL, false,
	       .off = offsetof(struct unit_kind, rated)),
	MEMBER("block", M_LINE, false,
	       .off = offsetof(struct unit_kind, block)),
};

static const struct member unit_members[] = {
	MEMBER("code", M_CODE, true, .off = offsetof(struct unit, code)),
	MEMBER("name", M_LINE, true, .off = offsetof(struct unit, name)),
	MEMBER("name_en", M_LINE, false, .off = offsetof(struct unit, name_en)),
	MEMBER("kind", M_REF, true, .off = offsetof(struct unit, kind),
	       .dir = DIR_KIND),
	MEMBER("parent", M_REF, false, .off = offsetof(struct unit, parent),
	       .dir = DIR_UNIT),
	MEMBER("from", M_DATE, false, .off = offsetof(struct unit, from),
	       .has = offsetof(struct unit, has_from)),
	MEMBER("to", M_DATE, false, .off = offsetof(struct unit, to),
	       .has = offsetof(struct unit, has_to)),
	MEMBER("merged_into", M_REF, false,
	       .off = offsetof(struct unit, merged_into), .dir = DIR_UNIT),
	MEMBER("basis", M_REF, true, .off = offsetof(struct unit, basis),
	       .dir = DIR_BASIS),
};

static void read_bases(struct pr *r)
{
	struct at top = { NULL, "bases", 0 };
	const cJSON *v;
	size_t n, i = 0;
	struct basis *b = plan_list(r, NULL, r->root, "bases", 1, LIMIT_BASES,
				    sizeof *b, &n);

	if (n)
		cJSON_ArrayForEach(v, json_get(r->root, "bases"))
		{
			struct at here = { &top, NULL, i };

			(void)plan_members(r, &here, v, MEMBERS(basis_members),
					   &b[i++]);
		}
	r->p->bases = b;
	r->p->n_bases = n;
}

/* The database keeps wave codes in lower case: they stand in addresses. */
static void read_wave(struct pr *r)
{
	struct at here = { NULL, "wave", 0 };
	struct at code = { &here, "code", 0 }, to = { &here, "to", 0 };
	const cJSON *v = json_get(r->root, "wave");

	/* without dates every unit is taken to be valid */
	r->homes_known = false;
	r->p->from.days = INT32_MIN;
	r->p->to.days = INT32_MAX;
	r->p->basis = NONE;
	if (!cJSON_IsObject(v))
		return;
	(void)plan_members(r, &here, v, MEMBERS(wave_members), r->p);
	if (r->p->wave &&
	    strspn(r->p->wave, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
		    strlen(r->p->wave))
		plan_fault(r, &code, "P05",
			   "a wave's code has small letters, digits and - only",
			   "mã đợt điều tra chỉ gồm chữ thường, số và -");
	if (r->p->to.days < r->p->from.days) {
		plan_fault(r, &to, "P10", "ends before it begins",
			   "ngày kết thúc trước ngày bắt đầu");
		r->p->from.days = INT32_MIN;
		r->p->to.days = INT32_MAX;
	}
	r->homes_known = r->p->from.days != INT32_MIN &&
			 r->p->to.days != INT32_MAX && !r->dir[DIR_UNIT].told;
}

static void read_kinds(struct pr *r)
{
	struct at top = { NULL, "unit_kinds", 0 };
	const cJSON *v;
	size_t n, i = 0;
	struct unit_kind *k = plan_list(r, NULL, r->root, "unit_kinds", 1,
					LIMIT_KINDS, sizeof *k, &n);

	if (n)
		cJSON_ArrayForEach(v, json_get(r->root, "unit_kinds"))
		{
			struct at here = { &top, NULL, i };

			(void)plan_members(r, &here, v, MEMBERS(kind_members),
					   &k[i++]);
		}
	r->p->kinds = k;
	r->p->n_kinds = n;
}

static void read_units(struct pr *r)
{
	struct at top = { NULL, "units", 0 };
	const cJSON *v;
	size_t n, i = 0;
	struct unit *u = plan_list(r, NULL, r->root, "units", 1, LIMIT_UNITS,
				   sizeof *u, &n);

	if (n)
		cJSON_ArrayForEach(v, json_get(r->root, "units"))
		{
			struct at here = { &top, NULL, i };

			u[i].kind = u[i].parent = NONE;
			u[i].merged_into = u[i].basis = NONE;
			(void)plan_members(r, &here, v, MEMBERS(unit_members),
					   &u[i]);
			r->homes_known = r->homes_known && u[i].kind != NONE;
			i++;
		}
	r->p->units = u;
	r->p->n_units = n;
}

void plan_head(struct pr *r)
{
	read_bases(r);
	read_wave(r);
	read_kinds(r);
	read_units(r);
}

static bool normalise_text(cJSON *v, struct arena *a, struct err *e)
{
	size_t n = strlen(v->valuestring);
	char *s = utf8_nfc(a, v->valuestring, n, &n, e);
	bool ok = s && cJSON_SetValuestring(v, s);

	return ok || err_set(e, ERR_NOMEM, "out of memory for a text");
}

/* Every text of the tree in NFC, so that equal names are equal bytes. */
static bool normalise(cJSON *v, struct arena *a, struct err *e)
{
	bool ok = true;

	for (; ok && v; v = v->next) {
		if (cJSON_IsString(v) &&
		    !utf8_is_plain(v->valuestring, strlen(v->valuestring)))
			ok = normalise_text(v, a, e);
		ok = ok && normalise(v->child, a, e);
	}
	return ok;
}

/* The parts in an order that lets references be indices at once. */
static void read_all(struct pr *r)
{
	struct at format = { NULL, "format", 0 };
	struct head h = { 0 };

	if (!plan_members(r, NULL, r->root, MEMBERS(top_members), &h))
		return;
	if (h.format && strcmp(h.format, "phieu-plan/1") != 0)
		plan_fault(r, &format, "P01", "\"%.40s\", not phieu-plan/1",
			   "\"%.40s\", không phải phieu-plan/1", h.format);
	r->p->declared_total = h.total;
	r->total_known = h.total_known;
	plan_dirs(r);
	plan_head(r);
	plan_forms(r);
	plan_groups(r);
	plan_criteria(r);
	plan_decisions(r);
	plan_check_units(r);
	plan_check_groups(r);
	plan_check_criteria(r);
	plan_check_decisions(r);
}

/* Canonical text and its hash: the plan's identity. */
static bool keep_text(struct plan *p, const cJSON *root, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_PLAN_BYTES * 2);
	uint8_t digest[SHA256_BYTES];
	bool ok = json_canonical(root, &b, e);

	if (ok) {
		sha256(b.data, b.len, digest);
		hex_text(digest, sizeof digest, p->sha256);
		p->text = arena_strndup(p->arena, b.data, b.len);
		p->text_n = b.len;
	}
	buf_free(&b);
	return ok;
}

static void index_codes(struct pr *r)
{
	struct plan *p = r->p;
	const char **code =
		arena_array(p->arena, r->n_criteria + 1, sizeof *code);
	size_t *order = arena_array(p->arena, r->n_criteria + 1, sizeof *order);

	p->unit_by_code = r->dir[DIR_UNIT].sorted;
	p->group_by_code = r->dir[DIR_GROUP].sorted;
	p->criterion_by_code = order;
	p->is_trial = r->example;
	if (code && order) {
		for (size_t i = 0; i < r->n_criteria; i++) {
			code[i] = p->criteria[i].code;
			order[i] = i;
		}
		plan_sort(order, r->n_criteria, code);
	}
}

struct plan *plan_read(const char *json, size_t n, struct faults *faults,
		       struct err *e)
{
	struct arena *a = arena_new(LIMIT_PLAN_ARENA);
	struct plan *p = a ? arena_alloc(a, sizeof *p) : NULL;
	struct pr r = { .a = a, .f = faults, .p = p };
	cJSON *root = p ? json_parse(json, n, &json_plan_limits, e) : NULL;
	bool ok = p || err_set(e, ERR_NOMEM, "out of memory for the plan");

	if (p && root && normalise(root, a, e)) {
		p->arena = a;
		r.root = root;
		read_all(&r);
		ok = faults->n + faults->more == 0 && keep_text(p, root, e);
		if (ok)
			index_codes(&r);
		if (arena_broken(a))
			ok = err_set(e, ERR_NOMEM, "plan too large");
	} else {
		ok = false;
	}
	faults_sort(faults);
	cJSON_Delete(root);
	if (ok)
		return p;
	arena_free(a);
	return NULL;
}

void plan_free(struct plan *p)
{
	if (p)
		arena_free(p->arena);
}
