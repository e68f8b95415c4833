/* Units of an index document, with their values, deductions, typed sums. */
#include <string.h>

#include "document_parts.h"
#include "phieu/limits.h"

/* Lists being filled; sizes were counted before. */
struct rows {
	struct index_unit *units;
	struct index_value *values;
	struct index_deduction *deductions;
	struct index_typed *typed;
	size_t n_values, n_deductions, n_typed;
};

static size_t members(const cJSON *o, const char *key)
{
	const cJSON *x = json_get(o, key);

	return x ? (size_t)cJSON_GetArraySize(x) : 0;
}

static size_t node_of(struct index_reader *r, const char *code,
		      const char *path)
{
	size_t node = code ? ir_find(r->node_code, r->set->n_nodes, code)
			   : INDEX_NONE;

	if (node == INDEX_NONE)
		ir_fault(r, "K09", path, NULL, "no such criterion",
			 "không có tiêu chí này");
	return node;
}

static void read_group_values(struct index_reader *r, const cJSON *o,
			      const char *path, struct index_value *v)
{
	const cJSON *x = json_get(o, "groups");
	const struct index_node *n = &r->set->nodes[v->node];
	struct index_group_value *g;
	size_t k = 0;

	if (!x)
		return;
	path = ir_path(r, path, "groups");
	if (!cJSON_IsObject(x)) {
		ir_fault(r, "K04", path, NULL, "groups and their values",
			 "cần các nhóm và giá trị");
		return;
	}
	g = arena_array(r->a, (size_t)cJSON_GetArraySize(x) + 1, sizeof *g);
	for (const cJSON *one = x->child; g && one; one = one->next) {
		size_t at = 0;

		while (at < n->n_groups &&
		       strcmp(n->groups[at].code, one->string) != 0)
			at++;
		if (at == n->n_groups) {
			ir_fault(r, "K09", path, one->string, "no such group",
				 "không có nhóm này");
			continue;
		}
		g[k].group = at;
		g[k].value = ir_text(r, x, path, one->string, true);
		k += g[k].value != NULL;
	}
	v->groups = g;
	v->n_groups = k;
}

static void read_se(struct index_reader *r, const cJSON *o, const char *path,
		    struct index_value *v)
{
	const cJSON *se = json_get(o, "se");

	if (!se)
		return;
	if (!cJSON_IsNumber(se))
		ir_fault(r, "K04", path, "se", "a number", "phải là số");
	else
		v->se = se->valuedouble;
}

/* "1.75", or an object with more. */
static void read_value(struct index_reader *r, const cJSON *one,
		       const char *path, struct index_value *v)
{
	static const char *const keys[] = { "value",  "self", "status",
					    "groups", "se",   "reason",
					    "origin", NULL };
	if (cJSON_IsString(one) && one->valuestring[0] != '\0') {
		v->value = arena_strdup(r->a, one->valuestring);
		return;
	}
	if (!cJSON_IsObject(one)) {
		ir_fault(r, "K04", path, NULL,
			 "a number as a text, or an object",
			 "cần số viết dạng chữ, hoặc một đối tượng");
		return;
	}
	(void)ir_object(r, one, path, keys);
	v->value = ir_text(r, one, path, "value", false);
	v->self = ir_text(r, one, path, "self", false);
	v->status =
		(enum index_status)ir_word(r, one, path, "status",
					   index_status_words, 4, INDEX_GIVEN);
	v->reason = ir_text(r, one, path, "reason", false);
	v->origin = ir_text(r, one, path, "origin", false);
	read_se(r, one, path, v);
	read_group_values(r, one, path, v);
}

static void read_values(struct index_reader *r, const cJSON *o,
			const char *base, size_t unit, struct rows *rows)
{
	const cJSON *x = json_get(o, "values");

	base = ir_path(r, base, "values");
	if (!cJSON_IsObject(x)) {
		ir_fault(r, x ? "K04" : "K03", base, NULL,
			 "criteria and their values",
			 "cần các tiêu chí và giá trị");
		return;
	}
	for (const cJSON *one = x->child; one; one = one->next) {
		const char *path = ir_path(r, base, one->string);
		struct index_value *v = &rows->values[rows->n_values];

		*v = (struct index_value){ .unit = unit };
		v->node = node_of(r, one->string, path);
		if (v->node == INDEX_NONE)
			continue;
		read_value(r, one, path, v);
		rows->n_values++;
	}
}

static void read_deductions(struct index_reader *r, const cJSON *o,
			    const char *base, size_t unit, struct rows *rows)
{
	static const char *const keys[] = { "criterion", "points", "reason",
					    "document", NULL };
	const cJSON *list;
	size_t n =
		ir_list(r, o, base, "deductions", false, LIMIT_CRITERIA, &list);

	base = ir_path(r, base, "deductions");
	for (size_t i = 0; i < n; i++) {
		const cJSON *one = cJSON_GetArrayItem(list, (int)i);
		const char *path = ir_path_at(r, base, i), *code;
		struct index_deduction *d =
			&rows->deductions[rows->n_deductions];

		*d = (struct index_deduction){
			unit, INDEX_NONE, { 0 }, NULL, NULL
		};
		if (!ir_object(r, one, path, keys))
			continue;
		code = ir_text(r, one, path, "criterion", false);
		if (code)
			d->node =
				node_of(r, code, ir_path(r, path, "criterion"));
		(void)ir_dec(r, one, path, "points", true, &d->points);
		d->reason = ir_text(r, one, path, "reason", true);
		d->document = ir_text(r, one, path, "document", false);
		rows->n_deductions++;
	}
}

/* {"total": "13.859", "grade": "Tốt", "points": {"1.2": "3"}} */
static void read_typed(struct index_reader *r, const cJSON *o, const char *base,
		       size_t unit, struct rows *rows)
{
	static const char *const keys[] = { "total", "grade", "points", NULL };
	const cJSON *x = json_get(o, "typed"), *points;
	struct index_typed *t = &rows->typed[rows->n_typed];

	if (!x)
		return;
	base = ir_path(r, base, "typed");
	if (!ir_object(r, x, base, keys))
		return;
	*t = (struct index_typed){ unit, INDEX_NONE, { 0 }, NULL };
	if (ir_dec(r, x, base, "total", false, &t->points))
		t++;
	*t = (struct index_typed){ unit, INDEX_NONE, { 0 }, NULL };
	t->grade = ir_text(r, x, base, "grade", false);
	t += t->grade != NULL;
	points = json_get(x, "points");
	base = ir_path(r, base, "points");
	if (points && !cJSON_IsObject(points))
		ir_fault(r, "K04", base, NULL, "criteria and their sums",
			 "cần các tiêu chí và tổng điểm");
	for (const cJSON *one = points && cJSON_IsObject(points) ? points->child
								 : NULL;
	     one; one = one->next) {
		*t = (struct index_typed){ unit, INDEX_NONE, { 0 }, NULL };
		t->node =
			node_of(r, one->string, ir_path(r, base, one->string));
		t += ir_dec(r, points, base, one->string, true, &t->points);
	}
	rows->n_typed = (size_t)(t - rows->typed);
}

static bool allocate(struct index_reader *r, const cJSON *list, size_t n,
		     struct rows *rows)
{
	size_t values = 1, deductions = 1, typed = 1;

	for (const cJSON *one = n > 0 ? list->child : NULL; one;
	     one = one->next) {
		values += members(one, "values");
		deductions += members(one, "deductions");
		typed += 3 + members(json_get(one, "typed"), "points");
	}
	rows->units = arena_array(r->a, n + 1, sizeof *rows->units);
	rows->values = arena_array(r->a, values, sizeof *rows->values);
	rows->deductions =
		arena_array(r->a, deductions, sizeof *rows->deductions);
	rows->typed = arena_array(r->a, typed, sizeof *rows->typed);
	return !arena_broken(r->a);
}

static void read_unit(struct index_reader *r, const cJSON *one,
		      const char *path, size_t unit, struct rows *rows)
{
	static const char *const keys[] = { "code",  "name",   "kind",
					    "block", "values", "deductions",
					    "typed", NULL };
	struct index_unit *u = &rows->units[unit];
	const char *code, *kind;

	u->code = "";
	if (!ir_object(r, one, path, keys))
		return;
	code = ir_text(r, one, path, "code", true);
	u->code = code ? code : "";
	u->name = ir_text(r, one, path, "name", true);
	u->block = ir_text(r, one, path, "block", false);
	kind = ir_text(r, one, path, "kind", true);
	u->kind = kind ? ir_find(r->kind_code, r->set->n_kinds, kind) : 0;
	if (u->kind == INDEX_NONE)
		ir_fault(r, "K09", path, "kind", "a kind that is listed",
			 "cần một loại đã khai");
	read_values(r, one, path, unit, rows);
	read_deductions(r, one, path, unit, rows);
	read_typed(r, one, path, unit, rows);
}

void ir_units(struct index_reader *r, const cJSON *root)
{
	const cJSON *list;
	size_t n = ir_list(r, root, "", "units", true, LIMIT_UNITS, &list);
	struct index_code *c = arena_array(r->a, n + 1, sizeof *c);
	struct rows rows = { 0 };
	size_t i = 0;

	if (!c || !allocate(r, list, n, &rows))
		return;
	for (const cJSON *one = n > 0 ? list->child : NULL; one;
	     one = one->next, i++) {
		read_unit(r, one, ir_path_at(r, "/units", i), i, &rows);
		c[i] = (struct index_code){ rows.units[i].code, i };
	}
	ir_codes(r, c, n, "/units");
	r->set->units = rows.units;
	r->set->n_units = n;
	r->set->values = rows.values;
	r->set->n_values = rows.n_values;
	r->set->deductions = rows.deductions;
	r->set->n_deductions = rows.n_deductions;
	r->set->typed = rows.typed;
	r->set->n_typed = rows.n_typed;
}
