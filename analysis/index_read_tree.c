/* The criteria of an index document: a nested list becomes a flat one with
 * parents first. */
#include "document_parts.h"
#include "phieu/limits.h"

static size_t count(const cJSON *list, size_t depth)
{
	size_t n = 0;

	for (const cJSON *one = cJSON_IsArray(list) ? list->child : NULL;
	     one && depth <= LIMIT_CRITERIA_DEPTH; one = one->next)
		n += 1 + count(json_get(one, "children"), depth + 1);
	return n;
}

static void read_steps(struct index_reader *r, const cJSON *o, const char *path,
		       struct index_convert *c)
{
	static const char *const keys[] = { "from", "points", NULL };
	const cJSON *list;
	size_t n = ir_list(r, o, path, "steps", true, LIMIT_INDEX_STEPS, &list);
	struct index_step *s = arena_array(r->a, n + 1, sizeof *s);

	c->kind = INDEX_STEPS;
	path = ir_path(r, path, "steps");
	for (size_t i = 0; s && i < n; i++) {
		const cJSON *one = cJSON_GetArrayItem(list, (int)i);
		const char *at = ir_path_at(r, path, i);

		if (!ir_object(r, one, at, keys))
			continue;
		(void)ir_dec(r, one, at, "from", true, &s[i].from);
		(void)ir_dec(r, one, at, "points", true, &s[i].points);
	}
	c->steps = s;
	c->n_steps = s ? n : 0;
}

static void read_convert(struct index_reader *r, const cJSON *o,
			 const char *path, struct index_convert *c)
{
	static const char *const keys[] = { "linear", "steps", NULL };
	static const char *const linear[] = { "low", "high", "cap", NULL };
	const cJSON *x = json_get(o, "convert"), *l;

	if (!x)
		return;
	path = ir_path(r, path, "convert");
	if (!ir_object(r, x, path, keys))
		return;
	l = json_get(x, "linear");
	if ((l != NULL) == (json_get(x, "steps") != NULL)) {
		ir_fault(r, "K07", path, NULL, "either linear or steps",
			 "một trong hai: linear hoặc steps");
		return;
	}
	if (!l) {
		read_steps(r, x, path, c);
		return;
	}
	path = ir_path(r, path, "linear");
	if (!ir_object(r, l, path, linear))
		return;
	c->kind = INDEX_LINEAR;
	(void)ir_dec(r, l, path, "low", true, &c->low);
	(void)ir_dec(r, l, path, "high", true, &c->high);
	c->cap = ir_flag(r, l, path, "cap");
}

static void read_groups(struct index_reader *r, const cJSON *o,
			const char *path, struct index_node *n)
{
	const cJSON *x = json_get(o, "groups");
	size_t k = 0, size;
	struct index_group *g;

	if (!x)
		return;
	path = ir_path(r, path, "groups");
	if (!cJSON_IsObject(x) || !x->child) {
		ir_fault(r, "K04", path, NULL, "groups and their weights",
			 "cần các nhóm và trọng số");
		return;
	}
	size = (size_t)cJSON_GetArraySize(x);
	if (size > LIMIT_GROUPS) {
		ir_fault(r, "K06", path, NULL, "too many groups",
			 "quá nhiều nhóm");
		return;
	}
	g = arena_array(r->a, size + 1, sizeof *g);
	for (const cJSON *one = x->child; g && one; one = one->next, k++) {
		const char *code = arena_strdup(r->a, one->string);

		g[k].code = code ? code : "";
		(void)ir_dec(r, x, path, one->string, true, &g[k].weight);
	}
	n->groups = g;
	n->n_groups = k;
}

static void read_applies(struct index_reader *r, const cJSON *o,
			 const char *path, struct index_node *n)
{
	const cJSON *list;
	size_t k = ir_list(r, o, path, "applies", false, LIMIT_KINDS, &list);
	bool *a = arena_array(r->a, r->set->n_kinds + 1, sizeof *a);

	for (size_t i = 0; a && i < k; i++) {
		const cJSON *one = cJSON_GetArrayItem(list, (int)i);
		const char *code = cJSON_GetStringValue(one);
		size_t kind =
			code ? ir_find(r->kind_code, r->set->n_kinds, code)
			     : INDEX_NONE;

		if (kind == INDEX_NONE)
			ir_fault(r, "K09", ir_path(r, path, "applies"), NULL,
				 "a kind of unit that is listed",
				 "cần một loại đơn vị đã khai");
		else
			a[kind] = true;
		n->applies = a;
	}
}

static void read_leaf(struct index_reader *r, const cJSON *o, const char *path,
		      struct index_node *n)
{
	static const char *const effects[] = { "counts", "bonus", "deduction" };

	n->leaf = true;
	n->source = (enum index_source)ir_word(r, o, path, "source",
					       index_source_words,
					       INDEX_SOURCES, INDEX_NONE);
	n->effect = (enum index_effect)ir_word(r, o, path, "effect", effects, 3,
					       INDEX_COUNTS);
	if (json_get(o, "grain"))
		(void)ir_dec(r, o, path, "grain", true, &n->grain);
	read_groups(r, o, path, n);
	if (json_get(o, "combine"))
		ir_fault(r, "K07", path, "combine", "only with children",
			 "chỉ dùng khi có thành phần");
}

static void read_inner(struct index_reader *r, const cJSON *o, const char *path,
		       struct index_node *n)
{
	static const char *const words[] = { "sum", "all-of", "any-of",
					     "formula" };
	static const char *const not_here[] = { "source", "effect", "grain",
						"groups" };

	n->combine = (enum index_combine)ir_word(r, o, path, "combine", words,
						 4, INDEX_SUM);
	for (size_t i = 0; i < sizeof not_here / sizeof not_here[0]; i++)
		if (json_get(o, not_here[i]))
			ir_fault(r, "K07", path, not_here[i],
				 "not with children",
				 "không dùng khi có thành phần");
	if (json_get(o, "convert") && n->combine != INDEX_FORMULA)
		ir_fault(r, "K07", path, "convert",
			 "only of a leaf or a formula",
			 "chỉ dùng cho tiêu chí cuối hoặc công thức");
}

static void read_list(struct index_reader *r, const cJSON *list,
		      const char *base, size_t parent, size_t depth);

static void read_node(struct index_reader *r, const cJSON *o, const char *path,
		      size_t parent, size_t depth)
{
	static const char *const keys[] = { "code",	"name",	   "maximum",
					    "source",	"combine", "need",
					    "effect",	"grain",   "convert",
					    "applies",	"groups",  "basis",
					    "children", NULL };
	size_t at = r->set->n_nodes++;
	struct index_node *n = &r->node[at];
	const cJSON *children;
	const char *code;

	n->code = "";
	n->parent = parent;
	if (!ir_object(r, o, path, keys))
		return;
	code = ir_text(r, o, path, "code", true);
	n->code = code ? code : "";
	n->name = ir_text(r, o, path, "name", true);
	n->basis = ir_text(r, o, path, "basis", false);
	(void)ir_dec(r, o, path, "maximum", true, &n->maximum);
	if (json_get(o, "need"))
		(void)ir_dec(r, o, path, "need", true, &n->need);
	read_convert(r, o, path, &n->convert);
	read_applies(r, o, path, n);
	children = json_get(o, "children");
	if (!children) {
		read_leaf(r, o, path, n);
		return;
	}
	read_inner(r, o, path, n);
	(void)ir_list(r, o, path, "children", true, LIMIT_CRITERIA, &children);
	read_list(r, children, ir_path(r, path, "children"), at, depth + 1);
}

static void read_list(struct index_reader *r, const cJSON *list,
		      const char *base, size_t parent, size_t depth)
{
	size_t i = 0;

	if (depth > LIMIT_CRITERIA_DEPTH) {
		ir_fault(r, "K06", base, NULL, "too deep", "quá nhiều cấp");
		return;
	}
	for (const cJSON *one = list ? list->child : NULL; one;
	     one = one->next, i++)
		read_node(r, one, ir_path_at(r, base, i), parent, depth);
}

void ir_criteria(struct index_reader *r, const cJSON *root)
{
	const cJSON *list;
	size_t n;
	struct index_code *c;

	if (ir_list(r, root, "", "criteria", true, LIMIT_CRITERIA, &list) == 0)
		return;
	n = count(list, 1);
	if (n > LIMIT_CRITERIA) {
		ir_fault(r, "K06", "/criteria", NULL, "too many criteria",
			 "quá nhiều tiêu chí");
		return;
	}
	r->node = arena_array(r->a, n + 1, sizeof *r->node);
	c = arena_array(r->a, n + 1, sizeof *c);
	if (!r->node || !c)
		return;
	read_list(r, list, "/criteria", INDEX_NONE, 1);
	for (size_t i = 0; i < n; i++)
		c[i] = (struct index_code){ r->node[i].code, i };
	ir_codes(r, c, n, "/criteria");
	r->set->nodes = r->node;
	r->node_code = c;
}
