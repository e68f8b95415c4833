/* A round's document into struct round; every fault in one go. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "phieu/doc_read.h"
#include "phieu/index_file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/round.h"

struct reader {
	struct doc doc;
	struct round *r;
	bool index_ok; /* references into it can be followed */
};

static const struct {
	const char *word, *vi;
} steps[] = {
	[STEP_NONE] = { "", "" },
	[STEP_SELF] = { "self-assess", "tự đánh giá" },
	[STEP_APPRAISE] = { "appraise", "thẩm định" },
	[STEP_COUNCIL] = { "council", "Hội đồng" },
	[STEP_PUBLISH] = { "publish", "công bố" },
};

const char *round_step_word(enum round_step s)
{
	return steps[s].word;
}

const char *round_step_word_vi(enum round_step s)
{
	return steps[s].vi;
}

bool round_step_parse(const char *word, enum round_step *out)
{
	for (int i = STEP_SELF; i <= STEP_PUBLISH; i++)
		if (strcmp(steps[i].word, word) == 0) {
			*out = (enum round_step)i;
			return true;
		}
	return false;
}

/* ---- references -------------------------------------------------------- */

size_t round_unit(const struct round *r, const char *code)
{
	for (size_t i = 0; i < r->set.n_units; i++)
		if (strcmp(r->set.units[i].code, code) == 0)
			return i;
	return INDEX_NONE;
}

size_t round_node(const struct round *r, const char *code)
{
	for (size_t i = 0; i < r->set.n_nodes; i++)
		if (strcmp(r->set.nodes[i].code, code) == 0)
			return i;
	return INDEX_NONE;
}

static size_t office_named(const struct round *r, const char *code)
{
	for (size_t i = 0; i < r->n_offices; i++)
		if (r->offices[i].code && strcmp(r->offices[i].code, code) == 0)
			return i;
	return INDEX_NONE;
}

/* ---- parts ------------------------------------------------------------- */

static void read_head(struct reader *d, const cJSON *root)
{
	static const char *const names[] = {
		"code",	    "name",	    "year",	"wave", "basis",
		"own_unit", "opinion_days", "superior", "body", "place",
		NULL
	};
	const cJSON *o = json_get(root, "round");
	const char *path = "/round";
	const cJSON *own;

	if (!o || !cJSON_IsObject(o)) {
		doc_fault(&d->doc, DOC_MISSING, path, "is missing",
			  "còn thiếu");
		return;
	}
	doc_known(&d->doc, path, o, names);
	d->r->code = doc_code(&d->doc, o, path, "code", true);
	d->r->name = doc_text(&d->doc, o, path, "name", true);
	d->r->wave = doc_code(&d->doc, o, path, "wave", false);
	d->r->basis = doc_text(&d->doc, o, path, "basis", true);
	d->r->superior = doc_text(&d->doc, o, path, "superior", false);
	d->r->body = doc_text(&d->doc, o, path, "body", false);
	d->r->place = doc_text(&d->doc, o, path, "place", false);
	d->r->year = doc_whole(&d->doc, o, path, "year", 1990, 2200, -1);
	d->r->opinion_days =
		doc_whole(&d->doc, o, path, "opinion_days", 0, 365, -1);
	own = json_get(o, "own_unit");
	d->r->own_unit = own && cJSON_IsTrue(own);
	if (own && !cJSON_IsBool(own))
		doc_fault(&d->doc, DOC_SHAPE, "/round/own_unit",
			  "true or false", "phải là true hoặc false");
	if (d->r->code &&
	    strspn(d->r->code, "abcdefghijklmnopqrstuvwxyz"
			       "0123456789-") != strlen(d->r->code))
		doc_fault(&d->doc, DOC_SHAPE, "/round/code",
			  "a round's code has small letters, digits and '-'",
			  "mã kỳ đánh giá chỉ gồm chữ thường, chữ số và '-'");
}

/* The part as a document of its own: there each unit has its values, here
 * nobody has any yet. */
static bool index_text(const cJSON *o, struct buf *text)
{
	cJSON *copy = cJSON_Duplicate(o, true), *unit;
	const cJSON *units = json_get(copy, "units");
	struct err e;
	bool ok;

	for (unit = units ? units->child : NULL; unit; unit = unit->next)
		if (cJSON_IsObject(unit) && !json_get(unit, "values"))
			(void)cJSON_AddObjectToObject(unit, "values");
	ok = copy && json_canonical(copy, text, &e) && buf_cstr(text);
	cJSON_Delete(copy);
	return ok;
}

/* Its own reader wants text; its faults come under /index. */
static void read_index(struct reader *d, const cJSON *root)
{
	const cJSON *o = json_get(root, "index");
	struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
	struct faults own;

	if (!o || !cJSON_IsObject(o)) {
		doc_fault(&d->doc, DOC_MISSING, "/index", "is missing",
			  "còn thiếu");
		return;
	}
	faults_init(&own, d->doc.f->arena);
	if (!index_text(o, &text))
		doc_fault(&d->doc, DOC_SHAPE, "/index",
			  "numbers there are whole; points stand in quotes",
			  "số ở đây là số nguyên; điểm viết trong ngoặc kép");
	else
		d->index_ok = index_read(text.data, text.len, d->doc.a,
					 &d->r->set, &own);
	for (size_t i = 0; i < own.n; i++)
		fault_add(d->doc.f, own.list[i].code,
			  arena_printf(d->doc.f->arena, "/index%s",
				       own.list[i].path),
			  own.list[i].message, own.list[i].message_vi);
	d->doc.f->more += own.more;
	if (d->index_ok && (d->r->set.n_values || d->r->set.n_deductions))
		doc_fault(
			&d->doc, 7, "/index",
			"values are given by people and waves, not by the "
			"document",
			"giá trị do đơn vị và đợt điều tra đưa vào, không nằm "
			"trong tài liệu này");
	buf_free(&text);
}

static void read_offices(struct reader *d, const cJSON *root)
{
	static const char *const names[] = { "code", "name", "unit", NULL };
	const cJSON *list = doc_list(&d->doc, root, "", "offices", true), *o;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;

	d->r->offices = arena_array(d->doc.a, n + 1, sizeof *d->r->offices);
	if (!d->r->offices)
		return;
	cJSON_ArrayForEach(o, list)
	{
		struct round_office *x = &d->r->offices[d->r->n_offices];
		const char *path =
			doc_element(&d->doc, "/offices", d->r->n_offices);
		const char *unit;

		doc_known(&d->doc, path, o, names);
		x->unit = INDEX_NONE;
		x->code = doc_code(&d->doc, o, path, "code", true);
		x->name = doc_text(&d->doc, o, path, "name", true);
		unit = doc_code(&d->doc, o, path, "unit", false);
		if (x->code && office_named(d->r, x->code) != INDEX_NONE)
			doc_twice(&d->doc, doc_below(&d->doc, path, "code"),
				  x->code);
		if (unit && d->index_ok) {
			x->unit = round_unit(d->r, unit);
			if (x->unit == INDEX_NONE)
				doc_unknown(&d->doc,
					    doc_below(&d->doc, path, "unit"),
					    unit);
		}
		d->r->n_offices++;
	}
}

static void read_task(struct reader *d, const cJSON *o, const char *path,
		      struct round_task *t)
{
	static const char *const names[] = { "code", "title", "step", "opens",
					     "due",  "lead",  "with", NULL };
	const char *step;
	bool due;

	doc_known(&d->doc, path, o, names);
	t->code = doc_code(&d->doc, o, path, "code", true);
	t->title = doc_text(&d->doc, o, path, "title", true);
	step = doc_text(&d->doc, o, path, "step", false);
	if (step && !round_step_parse(step, &t->step))
		doc_unknown(&d->doc, doc_below(&d->doc, path, "step"), step);
	t->has_opens = doc_day(&d->doc, o, path, "opens", false, &t->opens);
	due = doc_day(&d->doc, o, path, "due", true, &t->due);
	if (t->has_opens && due && t->opens.days > t->due.days)
		doc_fault(&d->doc, 8, doc_below(&d->doc, path, "due"),
			  "ends before it begins",
			  "kết thúc trước khi bắt đầu");
	t->lead = doc_names(&d->doc, o, path, "lead", true, &t->n_lead);
	t->cooperating =
		doc_names(&d->doc, o, path, "with", false, &t->n_cooperating);
}

static void read_calendar(struct reader *d, const cJSON *root)
{
	const cJSON *list = doc_list(&d->doc, root, "", "calendar", true), *o;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;

	d->r->tasks = arena_array(d->doc.a, n + 1, sizeof *d->r->tasks);
	if (!d->r->tasks)
		return;
	cJSON_ArrayForEach(o, list)
	{
		struct round_task *t = &d->r->tasks[d->r->n_tasks];
		const char *path =
			doc_element(&d->doc, "/calendar", d->r->n_tasks);

		read_task(d, o, path, t);
		for (size_t i = 0; t->code && i < d->r->n_tasks; i++)
			if (d->r->tasks[i].code &&
			    strcmp(d->r->tasks[i].code, t->code) == 0)
				doc_twice(&d->doc,
					  doc_below(&d->doc, path, "code"),
					  t->code);
		d->r->n_tasks++;
	}
}

static void read_assignment(struct reader *d, const cJSON *o, const char *path,
			    struct round_assignment *x)
{
	static const char *const names[] = { "office", "node", "role", NULL };
	const char *office = doc_code(&d->doc, o, path, "office", true);
	const char *node = doc_code(&d->doc, o, path, "node", false);
	const char *role = doc_text(&d->doc, o, path, "role", true);

	doc_known(&d->doc, path, o, names);
	*x = (struct round_assignment){ INDEX_NONE, INDEX_NONE, false };
	if (office) {
		x->office = office_named(d->r, office);
		if (x->office == INDEX_NONE)
			doc_unknown(&d->doc, doc_below(&d->doc, path, "office"),
				    office);
	}
	if (node && d->index_ok) {
		x->node = round_node(d->r, node);
		if (x->node == INDEX_NONE)
			doc_unknown(&d->doc, doc_below(&d->doc, path, "node"),
				    node);
	}
	x->lead = role && strcmp(role, "lead") == 0;
	if (role && !x->lead && strcmp(role, "cooperating") != 0)
		doc_fault(&d->doc, DOC_SHAPE, doc_below(&d->doc, path, "role"),
			  "\"lead\" or \"cooperating\"",
			  "\"lead\" (chủ trì) hoặc \"cooperating\" (phối hợp)");
}

static void read_assignments(struct reader *d, const cJSON *root)
{
	const cJSON *list = doc_list(&d->doc, root, "", "assignments", true),
		    *o;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;
	struct round *r = d->r;

	r->assignments = arena_array(d->doc.a, n + 1, sizeof *r->assignments);
	if (!r->assignments)
		return;
	cJSON_ArrayForEach(o, list)
	{
		struct round_assignment *x = &r->assignments[r->n_assignments];
		const char *path =
			doc_element(&d->doc, "/assignments", r->n_assignments);

		read_assignment(d, o, path, x);
		for (size_t i = 0; i < r->n_assignments; i++) {
			const struct round_assignment *y = &r->assignments[i];

			if (!d->index_ok || x->office == INDEX_NONE ||
			    x->node != y->node)
				continue;
			if (x->office == y->office)
				doc_twice(&d->doc, path,
					  r->offices[x->office].code);
			else if (x->lead && y->lead)
				doc_fault(&d->doc, 9, path,
					  "another office leads there already",
					  "đã có cơ quan khác chủ trì ở đó");
		}
		r->n_assignments++;
	}
}

static void read_replaced(struct reader *d, const cJSON *root)
{
	static const char *const names[] = { "from", "to", NULL };
	const cJSON *list = doc_list(&d->doc, root, "", "replaced", false), *o;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;
	struct round *r = d->r;

	r->replaced = arena_array(d->doc.a, n + 1, sizeof *r->replaced);
	if (!r->replaced)
		return;
	cJSON_ArrayForEach(o, list)
	{
		struct round_replaced *x = &r->replaced[r->n_replaced];
		const char *path =
			doc_element(&d->doc, "/replaced", r->n_replaced++);
		const char *to;

		doc_known(&d->doc, path, o, names);
		x->from = doc_code(&d->doc, o, path, "from", true);
		to = doc_code(&d->doc, o, path, "to", false);
		x->to = to && d->index_ok ? round_node(r, to) : INDEX_NONE;
		if (to && d->index_ok && x->to == INDEX_NONE)
			doc_unknown(&d->doc, doc_below(&d->doc, path, "to"),
				    to);
		if (x->from && d->index_ok &&
		    round_node(r, x->from) != INDEX_NONE)
			doc_fault(
				&d->doc, 10, doc_below(&d->doc, path, "from"),
				"a criterion that is still there is not "
				"replaced",
				"tiêu chí còn trong bộ thì không bị thay thế");
	}
}

static void read_merged(struct reader *d, const cJSON *root)
{
	static const char *const names[] = { "from", "to", NULL };
	const cJSON *list = doc_list(&d->doc, root, "", "merged", false), *o;
	size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;
	struct round *r = d->r;

	r->merged = arena_array(d->doc.a, n + 1, sizeof *r->merged);
	if (!r->merged)
		return;
	cJSON_ArrayForEach(o, list)
	{
		struct round_merged *x = &r->merged[r->n_merged];
		const char *path = doc_element(&d->doc, "/merged", r->n_merged);
		const char *to;

		doc_known(&d->doc, path, o, names);
		x->from = doc_code(&d->doc, o, path, "from", true);
		to = doc_code(&d->doc, o, path, "to", true);
		x->to = to && d->index_ok ? round_unit(r, to) : INDEX_NONE;
		if (to && d->index_ok && x->to == INDEX_NONE)
			doc_unknown(&d->doc, doc_below(&d->doc, path, "to"),
				    to);
		for (size_t i = 0; x->from && i < r->n_merged; i++)
			if (r->merged[i].from &&
			    strcmp(r->merged[i].from, x->from) == 0)
				doc_twice(&d->doc,
					  doc_below(&d->doc, path, "from"),
					  x->from);
		if (x->from && d->index_ok &&
		    round_unit(r, x->from) != INDEX_NONE)
			doc_fault(
				&d->doc, 13, doc_below(&d->doc, path, "from"),
				"a unit that is still there is not merged into "
				"another",
				"đơn vị còn trong kỳ thì không sáp nhập vào "
				"đơn "
				"vị khác");
		r->n_merged++;
	}
}

/* Leaves that people type want somebody who appraises them. */
static void check_appraised(struct reader *d)
{
	const struct round *r = d->r;

	for (size_t i = 0; d->index_ok && i < r->set.n_nodes; i++) {
		const struct index_node *n = &r->set.nodes[i];

		if (!n->leaf || n->source != INDEX_ASSESSED ||
		    round_appraiser(r, i, true) != INDEX_NONE)
			continue;
		doc_fault(
			&d->doc, 11, "/assignments",
			arena_printf(d->doc.f->arena,
				     "nobody leads the appraisal of %.80s",
				     n->code),
			arena_printf(d->doc.f->arena,
				     "chưa có cơ quan chủ trì thẩm định %.80s",
				     n->code));
	}
}

/* ---- the whole --------------------------------------------------------- */

static void read_parts(struct reader *d, const cJSON *root)
{
	static const char *const names[] = { "round",	    "index",
					     "offices",	    "calendar",
					     "assignments", "replaced",
					     "merged",	    NULL };

	doc_known(&d->doc, "", root, names);
	read_head(d, root);
	read_index(d, root);
	read_offices(d, root);
	read_calendar(d, root);
	read_assignments(d, root);
	read_replaced(d, root);
	read_merged(d, root);
	if (d->doc.f->n == 0)
		check_appraised(d);
}

bool round_read(const char *json, size_t n, struct arena *a, struct round *out,
		struct faults *f)
{
	struct reader d = { .doc = { a, f, 'R' }, .r = out };
	struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
	struct err e = { 0 };
	cJSON *root = json_parse(json, n, &json_plan_limits, &e);

	*out = (struct round){ 0 };
	if (!root) {
		fault_add(f, "R00", "", arena_strdup(f->arena, e.msg),
			  "không đọc được JSON");
		return false;
	}
	if (!cJSON_IsObject(root))
		doc_fault(&d.doc, 0, "", "the document is an object",
			  "tài liệu phải là một đối tượng {…}");
	else
		read_parts(&d, root);
	if (f->n == 0 && json_canonical(root, &text, &e) && buf_cstr(&text))
		out->text = arena_strdup(a, text.data);
	if (f->n == 0 && (!out->text || arena_broken(a)))
		fault_add(f, "R00", "", "too large", "tài liệu quá lớn");
	buf_free(&text);
	cJSON_Delete(root);
	faults_sort(f);
	return f->n == 0;
}

/* ---- who appraises ----------------------------------------------------- */

size_t round_appraiser(const struct round *r, size_t node, bool lead)
{
	for (size_t at = node;; at = r->set.nodes[at].parent) {
		for (size_t i = 0; i < r->n_assignments; i++)
			if (r->assignments[i].node == at &&
			    r->assignments[i].lead == lead)
				return r->assignments[i].office;
		if (at == INDEX_NONE)
			return INDEX_NONE;
	}
}

/* The nearest level that names anybody decides who leads; an office that
 * cooperates keeps that at every level below it. */
bool round_office_has(const struct round *r, size_t office, size_t node,
		      bool *lead)
{
	bool cooperates = false;

	*lead = round_appraiser(r, node, true) == office;
	for (size_t at = node;; at = r->set.nodes[at].parent) {
		for (size_t i = 0; i < r->n_assignments; i++)
			cooperates |= r->assignments[i].node == at &&
				      r->assignments[i].office == office &&
				      !r->assignments[i].lead;
		if (at == INDEX_NONE)
			return *lead || cooperates;
	}
}
