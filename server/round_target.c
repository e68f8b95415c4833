/* Targets of the year's plan: checked whole, kept as they are. */
#include <string.h>

#include "year_parts.h"

/* What a measure takes; its unit and criterion are looked up in the round. */
static const struct measure {
	const char *kind;
	bool unit, criterion, series, share;
} measures[] = {
	{ "typed", false, false, false, false },
	{ "total", true, false, false, false },
	{ "grade", true, false, false, false },
	{ "rank", true, false, false, false },
	{ "points", true, true, false, false },
	{ "measure", true, true, false, false },
	{ "component", true, true, false, false },
	{ "share", false, false, false, true },
	{ "series", false, false, true, false },
};
enum { MEASURES = sizeof measures / sizeof measures[0] };

static const struct measure *measure_of(struct year_reader *y, const cJSON *m,
					const char *path)
{
	const char *words[MEASURES + 1] = { NULL };
	const char *kind;

	for (size_t i = 0; i < MEASURES; i++)
		words[i] = measures[i].kind;
	kind = year_word(y, m, path, "kind", words);
	for (size_t i = 0; kind && i < MEASURES; i++)
		if (measures[i].kind == kind)
			return &measures[i];
	return NULL;
}

static void read_of_unit(struct year_reader *y, const cJSON *m,
			 const char *path, const struct measure *k)
{
	const char *unit = doc_code(&y->doc, m, path, "unit", true);
	const char *node;

	/* a component's unit is the wave's */
	if (strcmp(k->kind, "component") != 0)
		year_unit(y, doc_below(&y->doc, path, "unit"), unit);
	if (!k->criterion)
		return;
	node = doc_code(&y->doc, m, path, "criterion", true);
	if (y->r && node && round_node(y->r, node) == INDEX_NONE)
		doc_unknown(&y->doc, doc_below(&y->doc, path, "criterion"),
			    node);
}

static void read_share(struct year_reader *y, const cJSON *m, const char *path)
{
	const char *grade = doc_text(&y->doc, m, path, "grade", true);
	const char *kind = doc_code(&y->doc, m, path, "of", false);
	bool known = !y->r || !kind;

	year_grade(y, doc_below(&y->doc, path, "grade"), grade);
	for (size_t i = 0; !known && i < y->r->set.n_kinds; i++)
		known = strcmp(y->r->set.kinds[i].code, kind) == 0;
	if (!known)
		doc_unknown(&y->doc, doc_below(&y->doc, path, "of"), kind);
}

static void read_series(struct year_reader *y, const cJSON *m, const char *path)
{
	static const char *const indices[] = { "PAR INDEX", "SIPAS", "PAPI",
					       "PCI", NULL };
	static const char *const what[] = { "points", "rank", NULL };

	(void)year_word(y, m, path, "index", indices);
	(void)year_word(y, m, path, "what", what);
	(void)doc_whole(&y->doc, m, path, "year", 1990, 2200, 1990);
}

static const struct measure *read_measure(struct year_reader *y, const cJSON *t,
					  const char *path)
{
	static const char *const names[][5] = {
		{ "kind", NULL },
		{ "kind", "unit", NULL },
		{ "kind", "unit", "criterion", NULL },
		{ "kind", "grade", "of", NULL },
		{ "kind", "index", "what", "year", NULL },
	};
	const cJSON *m = json_get(t, "measure");
	const char *at = doc_below(&y->doc, path, "measure");
	const struct measure *k;

	if (!cJSON_IsObject(m)) {
		doc_fault(&y->doc, m ? DOC_SHAPE : DOC_MISSING, at,
			  "an object {\"kind\":…} is wanted here",
			  "ở đây phải là đối tượng {\"kind\":…}");
		return NULL;
	}
	k = measure_of(y, m, at);
	if (!k)
		return NULL;
	doc_known(&y->doc, at, m,
		  names[k->series      ? 4
			: k->share     ? 3
			: k->criterion ? 2
			: k->unit      ? 1
				       : 0]);
	if (k->unit)
		read_of_unit(y, m, at, k);
	if (k->share)
		read_share(y, m, at);
	if (k->series)
		read_series(y, m, at);
	return k;
}

/* A grade is compared with a grade, all else with a number. */
static void read_goal(struct year_reader *y, const cJSON *t, const char *path,
		      const struct measure *k)
{
	static const char *const words[] = { ">=", "<=", "=", "grade>=", NULL };
	const char *compare = year_word(y, t, path, "compare", words);
	const char *at = doc_below(&y->doc, path, "value"), *unit, *goal;
	bool grade = compare && strcmp(compare, "grade>=") == 0;
	size_t u;

	if (!compare || !k) {
		(void)doc_text(&y->doc, t, path, "value", true);
		return;
	}
	if (grade != (strcmp(k->kind, "grade") == 0)) {
		doc_fault(&y->doc, YEAR_CONTRADICTION,
			  doc_below(&y->doc, path, "compare"),
			  "a measure of kind \"grade\" and \"grade>=\" go "
			  "together",
			  "số đo loại \"grade\" phải đi với \"grade>=\"");
		return;
	}
	if (!grade) {
		(void)year_decimal(y, t, path, "value", true);
		return;
	}
	goal = doc_text(&y->doc, t, path, "value", true);
	unit = json_get_text(json_get(t, "measure"), "unit");
	u = y->r && unit ? round_unit(y->r, unit) : INDEX_NONE;
	if (goal && u != INDEX_NONE &&
	    !year_has_grade(y->r, y->r->set.units[u].kind, goal))
		doc_unknown(&y->doc, at, goal);
}

static const char *read_target(struct year_reader *y, const cJSON *t,
			       const char *path)
{
	static const char *const names[] = { "code",	 "text",  "measure",
					     "unit",	 "value", "compare",
					     "deadline", "lead",  NULL };
	struct date day;
	const char *code;

	if (!year_object(y, path, t, names))
		return NULL;
	code = doc_code(&y->doc, t, path, "code", true);
	(void)doc_text(&y->doc, t, path, "text", true);
	(void)doc_text(&y->doc, t, path, "unit", false);
	(void)doc_text(&y->doc, t, path, "lead", true);
	(void)doc_day(&y->doc, t, path, "deadline", true, &day);
	read_goal(y, t, path, read_measure(y, t, path));
	return code;
}

static void read_targets(struct year_reader *y, const cJSON *list)
{
	size_t n = (size_t)cJSON_GetArraySize(list), i = 0;
	const char **codes = arena_array(y->doc.a, n + 1, sizeof *codes);
	const cJSON *t;

	if (n == 0)
		doc_fault(&y->doc, DOC_MISSING, "/targets", "no target",
			  "chưa có chỉ tiêu nào");
	cJSON_ArrayForEach(t, list)
	{
		const char *path = doc_element(&y->doc, "/targets", i);
		const char *code = read_target(y, t, path);

		for (size_t k = 0; codes && code && k < i; k++)
			if (codes[k] && strcmp(codes[k], code) == 0)
				doc_twice(&y->doc,
					  doc_below(&y->doc, path, "code"),
					  code);
		if (codes)
			codes[i] = code;
		i++;
	}
	y->out->n = n;
}

bool target_read(const char *json, size_t n, const struct round *r,
		 struct arena *a, struct year_doc *out, struct faults *f)
{
	static const char *const members[] = { "format", "plan", "targets",
					       NULL };
	struct year_reader y = { { a, f, 'T' }, r, out };
	const cJSON *list;
	cJSON *root;

	*out = (struct year_doc){ 0 };
	root = year_open(&y, json, n, "phieu-targets/1", "plan", members);
	list = root ? doc_list(&y.doc, root, "", "targets", true) : NULL;
	if (list)
		read_targets(&y, list);
	return year_close(&y, root);
}
