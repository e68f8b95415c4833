/* An inspection plan's document into struct inspect_plan; every fault in one
 * go. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "phieu/doc_read.h"
#include "phieu/inspect.h"
#include "phieu/json.h"
#include "phieu/limits.h"

enum { DAYS_MAX = 60, CONCLUSION_DAYS_MAX = 365, NUMBER_MAX = 9999 };

/* Faults of this document alone; the first six are doc_read.h's. */
enum {
	K_ROUND = 7,   /* another round than the one at hand */
	K_HEAD = 8,    /* a team has one head */
	K_QUARTER = 9, /* 1 to 4, each once */
	K_OWN = 10,    /* nobody inspects his own unit */
	K_UNIT = 11,   /* a unit twice in one quarter */
	K_EMPTY = 12   /* no inspection, no outline */
};

struct reader {
	struct doc doc;
	const struct round *r; /* NULL: nothing is looked up */
	struct inspect_plan *p;
};

static bool is_example(const char *basis)
{
	return basis && strcmp(basis, "example") == 0;
}

/* ---- references -------------------------------------------------------- */

static const struct round_office *office_of(const struct round *r,
					    const char *code)
{
	for (size_t i = 0; i < r->n_offices; i++)
		if (strcmp(r->offices[i].code, code) == 0)
			return &r->offices[i];
	return NULL;
}

static bool has_kind(const struct round *r, const char *code)
{
	for (size_t i = 0; i < r->set.n_kinds; i++)
		if (strcmp(r->set.kinds[i].code, code) == 0)
			return true;
	return false;
}

static const struct inspect_team *team_of(const struct inspect_plan *p,
					  const char *code)
{
	for (size_t i = 0; i < p->n_teams; i++)
		if (p->teams[i].code && strcmp(p->teams[i].code, code) == 0)
			return &p->teams[i];
	return NULL;
}

static void look_up(const struct reader *d, bool there, const char *path,
		    const char *code)
{
	if (d->r && !there)
		doc_unknown(&d->doc, path, code);
}

/* ---- parts ------------------------------------------------------------- */

static void read_head(struct reader *d, const cJSON *root)
{
	static const char *const names[] = {
		"round",	  "title",	     "basis",
		"superior",	  "authority",	     "place",
		"documents_days", "conclusion_days", NULL
	};
	const cJSON *o = json_get(root, "plan");
	const char *path = "/plan";
	struct inspect_plan *p = d->p;

	if (!o || !cJSON_IsObject(o)) {
		doc_fault(&d->doc, DOC_MISSING, path, "is missing",
			  "còn thiếu");
		return;
	}
	doc_known(&d->doc, path, o, names);
	p->round = doc_code(&d->doc, o, path, "round", true);
	p->title = doc_text(&d->doc, o, path, "title", true);
	p->basis = doc_text(&d->doc, o, path, "basis", true);
	p->superior = doc_text(&d->doc, o, path, "superior", false);
	p->authority = doc_text(&d->doc, o, path, "authority", true);
	p->place = doc_text(&d->doc, o, path, "place", false);
	p->documents_days =
		doc_whole(&d->doc, o, path, "documents_days", 0, DAYS_MAX, -1);
	p->conclusion_days = -1;
	if (json_get(o, "conclusion_days"))
		p->conclusion_days =
			doc_whole(&d->doc, o, path, "conclusion_days", 0,
				  CONCLUSION_DAYS_MAX, -1);
	p->example = is_example(p->basis);
	if (d->r && p->round && strcmp(p->round, d->r->code) != 0)
		doc_fault(&d->doc, K_ROUND, "/plan/round",
			  "the plan is of another round",
			  "kế hoạch này của kỳ đánh giá khác");
}

static void read_member(struct reader *d, const cJSON *o, const char *path,
			struct inspect_member *m)
{
	static const char *const names[] = { "name", "position", "office",
					     "head", NULL };
	const cJSON *head = json_get(o, "head");

	doc_known(&d->doc, path, o, names);
	m->name = doc_text(&d->doc, o, path, "name", true);
	m->position = doc_text(&d->doc, o, path, "position", true);
	m->office = doc_code(&d->doc, o, path, "office", false);
	m->head = head && cJSON_IsTrue(head);
	if (head && !cJSON_IsBool(head))
		doc_fault(&d->doc, DOC_SHAPE, doc_below(&d->doc, path, "head"),
			  "true or false", "phải là true hoặc false");
	if (m->office && d->r)
		look_up(d, office_of(d->r, m->office) != NULL,
			doc_below(&d->doc, path, "office"), m->office);
}

static void read_members(struct reader *d, const cJSON *o, const char *path,
			 struct inspect_team *t)
{
	const cJSON *list = doc_list(&d->doc, o, path, "members", true), *v;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0, heads = 0;
	const char *at = doc_below(&d->doc, path, "members");
	struct inspect_member *members =
		arena_array(d->doc.a, n + 1, sizeof *members);

	t->members = members;
	if (!members)
		return;
	cJSON_ArrayForEach(v, list)
	{
		struct inspect_member *m = &members[t->n];

		read_member(d, v, doc_element(&d->doc, at, t->n), m);
		for (size_t i = 0; m->name && i < t->n; i++)
			if (members[i].name &&
			    strcmp(members[i].name, m->name) == 0)
				doc_twice(&d->doc,
					  doc_element(&d->doc, at, t->n),
					  m->name);
		heads += m->head;
		t->n++;
	}
	if (list && heads != 1)
		doc_fault(&d->doc, K_HEAD, at, "a team has one head",
			  "mỗi đoàn có một trưởng đoàn");
}

static void read_teams(struct reader *d, const cJSON *root)
{
	static const char *const names[] = { "code", "name", "basis", "members",
					     NULL };
	const cJSON *list = doc_list(&d->doc, root, "", "teams", true), *o;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;
	struct inspect_plan *p = d->p;
	struct inspect_team *teams =
		arena_array(d->doc.a, n + 1, sizeof *teams);

	p->teams = teams;
	if (!teams)
		return;
	cJSON_ArrayForEach(o, list)
	{
		struct inspect_team *t = &teams[p->n_teams];
		const char *path = doc_element(&d->doc, "/teams", p->n_teams);

		doc_known(&d->doc, path, o, names);
		t->code = doc_code(&d->doc, o, path, "code", true);
		t->name = doc_text(&d->doc, o, path, "name", true);
		t->basis = doc_text(&d->doc, o, path, "basis", true);
		p->example |= is_example(t->basis);
		if (t->code && team_of(p, t->code))
			doc_twice(&d->doc, doc_below(&d->doc, path, "code"),
				  t->code);
		read_members(d, o, path, t);
		p->n_teams++;
	}
}

static void read_item(struct reader *d, const cJSON *o, const char *path,
		      struct inspect_item *x)
{
	static const char *const names[] = { "code",  "part",  "title", "asks",
					     "kinds", "units", NULL };
	const char *at;

	doc_known(&d->doc, path, o, names);
	x->code = doc_code(&d->doc, o, path, "code", true);
	x->part = doc_text(&d->doc, o, path, "part", false);
	x->title = doc_text(&d->doc, o, path, "title", true);
	x->asks = doc_names(&d->doc, o, path, "asks", false, &x->n_asks);
	x->kinds = doc_names(&d->doc, o, path, "kinds", false, &x->n_kinds);
	x->units = doc_names(&d->doc, o, path, "units", false, &x->n_units);
	at = doc_below(&d->doc, path, "kinds");
	for (size_t i = 0; d->r && x->kinds && i < x->n_kinds; i++)
		look_up(d, has_kind(d->r, x->kinds[i]),
			doc_element(&d->doc, at, i), x->kinds[i]);
	at = doc_below(&d->doc, path, "units");
	for (size_t i = 0; d->r && x->units && i < x->n_units; i++)
		look_up(d, round_unit(d->r, x->units[i]) != INDEX_NONE,
			doc_element(&d->doc, at, i), x->units[i]);
}

static void read_outline(struct reader *d, const cJSON *root)
{
	const cJSON *list = doc_list(&d->doc, root, "", "outline", true), *o;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;
	struct inspect_plan *p = d->p;
	struct inspect_item *items =
		arena_array(d->doc.a, n + 1, sizeof *items);

	p->outline = items;
	if (!items)
		return;
	cJSON_ArrayForEach(o, list)
	{
		struct inspect_item *x = &items[p->n_outline];
		const char *path =
			doc_element(&d->doc, "/outline", p->n_outline);

		read_item(d, o, path, x);
		for (size_t i = 0; x->code && i < p->n_outline; i++)
			if (items[i].code &&
			    strcmp(items[i].code, x->code) == 0)
				doc_twice(&d->doc,
					  doc_below(&d->doc, path, "code"),
					  x->code);
		p->n_outline++;
	}
	if (list && n == 0)
		doc_fault(&d->doc, K_EMPTY, "/outline", "has no item",
			  "chưa có mục nào");
}

static unsigned read_quarters(struct reader *d, const cJSON *o,
			      const char *path)
{
	const cJSON *list = doc_list(&d->doc, o, path, "quarters", false), *v;
	const char *at = doc_below(&d->doc, path, "quarters");
	unsigned out = 0;
	size_t i = 0;

	cJSON_ArrayForEach(v, list)
	{
		unsigned bit = 0;

		for (int q = 1; q <= 4; q++)
			if (cJSON_IsNumber(v) && v->valuedouble == q)
				bit = 1U << (q - 1);
		if (!bit || out & bit)
			doc_fault(&d->doc, K_QUARTER,
				  doc_element(&d->doc, at, i),
				  "a quarter is 1 to 4, each once",
				  "quý là 1 đến 4, mỗi quý một lần");
		out |= bit;
		i++;
	}
	return out;
}

static enum inspect_form read_form(struct reader *d, const cJSON *o,
				   const char *path)
{
	const char *s = doc_text(&d->doc, o, path, "form", false);

	if (s && strcmp(s, "dossiers") == 0)
		return FORM_DOSSIERS;
	if (s && strcmp(s, "on-site") == 0)
		return FORM_ON_SITE;
	if (s)
		doc_fault(&d->doc, DOC_SHAPE, doc_below(&d->doc, path, "form"),
			  "\"dossiers\" or \"on-site\"",
			  "\"dossiers\" (qua hồ sơ, báo cáo) hoặc \"on-site\" "
			  "(trực tiếp)");
	return FORM_OPEN;
}

static void check_own(struct reader *d, const struct inspect_entry *x,
		      const struct inspect_team *t, const char *path)
{
	size_t unit = round_unit(d->r, x->unit);

	for (size_t i = 0; t->members && i < t->n; i++) {
		const struct inspect_member *m = &t->members[i];
		const struct round_office *o =
			m->office ? office_of(d->r, m->office) : NULL;

		if (o && o->unit != INDEX_NONE && o->unit == unit)
			doc_fault(&d->doc, K_OWN, path,
				  arena_printf(d->doc.f->arena,
					       "%.80s is of that unit: nobody "
					       "inspects his own",
					       m->name),
				  arena_printf(d->doc.f->arena,
					       "%.80s là người của đơn vị đó, "
					       "không kiểm tra đơn vị mình",
					       m->name));
	}
}

static void read_entry(struct reader *d, const cJSON *o, const char *path,
		       struct inspect_entry *x)
{
	static const char *const names[] = { "number", "unit", "quarters",
					     "form",   "team", "note",
					     NULL };
	const struct inspect_team *t;
	size_t faults;

	doc_known(&d->doc, path, o, names);
	faults = d->doc.f->n;
	x->number = doc_whole(&d->doc, o, path, "number", 1, NUMBER_MAX, -1);
	if (d->doc.f->n != faults)
		x->number = 0; /* none: it is like no other */
	x->unit = doc_code(&d->doc, o, path, "unit", true);
	x->quarters = read_quarters(d, o, path);
	x->form = read_form(d, o, path);
	x->team = doc_code(&d->doc, o, path, "team", false);
	x->note = doc_text(&d->doc, o, path, "note", false);
	if (x->unit && d->r)
		look_up(d, round_unit(d->r, x->unit) != INDEX_NONE,
			doc_below(&d->doc, path, "unit"), x->unit);
	t = x->team ? team_of(d->p, x->team) : NULL;
	if (x->team && !t)
		doc_unknown(&d->doc, doc_below(&d->doc, path, "team"), x->team);
	if (t && x->unit && d->r)
		check_own(d, x, t, doc_below(&d->doc, path, "team"));
}

/* One number, one inspection; a unit is not inspected twice in a quarter. */
static void check_against(struct reader *d, const struct inspect_entry *x,
			  const char *path)
{
	const struct inspect_plan *p = d->p;
	char text[16];

	for (size_t i = 0; i < p->n_entries; i++) {
		const struct inspect_entry *y = &p->entries[i];
		unsigned both = (x->quarters ? x->quarters : 15U) &
				(y->quarters ? y->quarters : 15U);

		if (x->number && x->number == y->number) {
			(void)snprintf(text, sizeof text, "%d", x->number);
			doc_twice(&d->doc, doc_below(&d->doc, path, "number"),
				  text);
		}
		if (both && x->unit && y->unit && strcmp(x->unit, y->unit) == 0)
			doc_fault(&d->doc, K_UNIT,
				  doc_below(&d->doc, path, "unit"),
				  "the unit is inspected in that quarter "
				  "already",
				  "đơn vị này đã có trong kế hoạch của quý đó");
	}
}

static void read_entries(struct reader *d, const cJSON *root)
{
	const cJSON *list = doc_list(&d->doc, root, "", "inspections", true),
		    *o;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;
	struct inspect_plan *p = d->p;
	struct inspect_entry *entries =
		arena_array(d->doc.a, n + 1, sizeof *entries);

	p->entries = entries;
	if (!entries)
		return;
	cJSON_ArrayForEach(o, list)
	{
		struct inspect_entry *x = &entries[p->n_entries];
		const char *path =
			doc_element(&d->doc, "/inspections", p->n_entries);

		read_entry(d, o, path, x);
		check_against(d, x, path);
		p->n_entries++;
	}
	if (list && n == 0)
		doc_fault(&d->doc, K_EMPTY, "/inspections", "has no inspection",
			  "chưa có đơn vị nào được kiểm tra");
}

/* ---- the whole --------------------------------------------------------- */

static void read_parts(struct reader *d, const cJSON *root)
{
	static const char *const names[] = { "plan", "teams", "outline",
					     "inspections", NULL };

	if (!cJSON_IsObject(root)) {
		doc_fault(&d->doc, 0, "", "the document is an object",
			  "tài liệu phải là một đối tượng {…}");
		return;
	}
	doc_known(&d->doc, "", root, names);
	read_head(d, root);
	read_teams(d, root);
	read_outline(d, root);
	read_entries(d, root);
}

bool inspect_read(const char *json, size_t n, const struct round *r,
		  struct arena *a, struct inspect_plan *out, struct faults *f)
{
	struct reader d = { { a, f, 'K' }, r, NULL };
	struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
	struct err e = { 0 };
	cJSON *root = json_parse(json, n, &json_plan_limits, &e);

	*out = (struct inspect_plan){ 0 };
	d.p = out;
	if (!root) {
		fault_add(f, "K00", "", arena_strdup(f->arena, e.msg),
			  "không đọc được JSON");
		return false;
	}
	read_parts(&d, root);
	if (f->n == 0 && json_canonical(root, &text, &e) && buf_cstr(&text))
		out->text = arena_strdup(a, text.data);
	if (f->n == 0 && (!out->text || arena_broken(a)))
		fault_add(f, "K00", "", "too large, or a number has a fraction",
			  "tài liệu quá lớn, hoặc có số lẻ");
	buf_free(&text);
	cJSON_Delete(root);
	faults_sort(f);
	return f->n == 0;
}

const char *inspect_round(const char *json, size_t n, struct arena *a)
{
	struct err e = { 0 };
	cJSON *root = json_parse(json, n, &json_plan_limits, &e);
	const char *code = json_get_text(json_get(root, "plan"), "round");
	const char *out = code ? arena_strdup(a, code) : NULL;

	cJSON_Delete(root);
	return out;
}
