/* Rules of commendation: blocks, who is named, what bars. */
#include <string.h>

#include "year_parts.h"

static bool flag_of(struct year_reader *y, const cJSON *o, const char *path,
		    const char *name, bool required)
{
	const cJSON *v = json_get(o, name);

	if (v ? !cJSON_IsBool(v) : required)
		doc_fault(&y->doc, v ? DOC_SHAPE : DOC_MISSING,
			  doc_below(&y->doc, path, name), "true or false",
			  "phải là true hoặc false");
	return v && cJSON_IsTrue(v);
}

/* Elements of a list have codes (or names) of their own. */
static void unlike(struct year_reader *y, const cJSON *list, const char *path,
		   const char *name)
{
	size_t i = 0;

	for (const cJSON *a = list->child; a; a = a->next, i++) {
		const char *s = json_get_text(a, name);

		for (const cJSON *b = list->child; s && b != a; b = b->next) {
			const char *t = json_get_text(b, name);

			if (t && strcmp(s, t) == 0)
				doc_twice(&y->doc,
					  doc_below(&y->doc,
						    doc_element(&y->doc, path,
								i),
						    name),
					  s);
		}
	}
}

/* ---- blocks -------------------------------------------------------------- */

static bool in_list(const cJSON *units, const char *code)
{
	const cJSON *u;

	for (u = units ? units->child : NULL; u; u = u->next)
		if (cJSON_IsString(u) && strcmp(u->valuestring, code) == 0)
			return true;
	return false;
}

static size_t blocks_of(const cJSON *blocks, const char *code)
{
	const cJSON *b;
	size_t n = 0;

	for (b = blocks ? blocks->child : NULL; b; b = b->next)
		n += in_list(json_get(b, "units"), code);
	return n;
}

static void read_block(struct year_reader *y, const cJSON *blocks,
		       const cJSON *b, const char *path)
{
	static const char *const names[] = { "code", "name", "units", NULL };
	const char *at = doc_below(&y->doc, path, "units");
	const char **units;
	size_t n = 0;

	if (!year_object(y, path, b, names))
		return;
	(void)doc_code(&y->doc, b, path, "code", true);
	(void)doc_text(&y->doc, b, path, "name", true);
	units = doc_names(&y->doc, b, path, "units", true, &n);
	for (size_t i = 0; units && i < n; i++) {
		const char *here = doc_element(&y->doc, at, i);
		bool again = blocks_of(blocks, units[i]) > 1;

		for (size_t k = 0; k < i; k++)
			again = again || strcmp(units[k], units[i]) == 0;
		year_unit(y, here, units[i]);
		if (again)
			doc_twice(&y->doc, here, units[i]);
	}
}

static void read_blocks(struct year_reader *y, const cJSON *root)
{
	const cJSON *list = doc_list(&y->doc, root, "", "blocks", false);
	const cJSON *b;
	size_t i = 0;

	if (!list)
		return;
	for (b = list ? list->child : NULL; b; b = b->next)
		read_block(y, list, b, doc_element(&y->doc, "/blocks", i++));
	unlike(y, list, "/blocks", "code");
	unlike(y, list, "/blocks", "name");
	for (size_t u = 0; y->r && u < y->r->set.n_units; u++)
		if (blocks_of(list, y->r->set.units[u].code) == 0)
			doc_fault(&y->doc, YEAR_CONTRADICTION, "/blocks",
				  arena_printf(y->doc.f->arena,
					       "unit \"%.64s\" is in no block",
					       y->r->set.units[u].code),
				  arena_printf(y->doc.f->arena,
					       "đơn vị \"%.64s\" chưa thuộc "
					       "khối nào",
					       y->r->set.units[u].code));
}

/* ---- rules --------------------------------------------------------------- */

static void read_unit_rule(struct year_reader *y, const cJSON *root,
			   const cJSON *o, const char *path)
{
	static const char *const names[] = { "code",  "title",	 "grade",
					     "first", "minimum", NULL };
	const char *grade;

	if (!year_object(y, path, o, names))
		return;
	(void)doc_code(&y->doc, o, path, "code", true);
	(void)doc_text(&y->doc, o, path, "title", true);
	grade = doc_text(&y->doc, o, path, "grade", false);
	year_grade(y, doc_below(&y->doc, path, "grade"), grade);
	(void)year_decimal(y, o, path, "minimum", false);
	if (json_get(o, "first")) {
		(void)doc_whole(&y->doc, o, path, "first", 1, 10000, -1);
		if (!json_get(root, "blocks"))
			doc_fault(&y->doc, YEAR_CONTRADICTION,
				  doc_below(&y->doc, path, "first"),
				  "the first of a block want blocks",
				  "đứng đầu khối thì phải có các khối thi đua");
	} else if (!grade) {
		doc_fault(&y->doc, YEAR_CONTRADICTION, path,
			  "a rule has \"grade\" or \"first\"",
			  "quy tắc phải có \"grade\" hoặc \"first\"");
	}
}

static bool is_rule(const cJSON *rules, const char *code)
{
	const cJSON *r;

	for (r = rules ? rules->child : NULL; r; r = r->next) {
		const char *s = json_get_text(r, "code");

		if (s && strcmp(s, code) == 0)
			return true;
	}
	return false;
}

static void read_person_rule(struct year_reader *y, const cJSON *rules,
			     const cJSON *o, const char *path)
{
	static const char *const names[] = { "code", "title", "of",
					     "all",  "most",  NULL };
	const char *at = doc_below(&y->doc, path, "of"), *province;
	const char **of;
	size_t n = 0;

	if (!year_object(y, path, o, names))
		return;
	(void)doc_code(&y->doc, o, path, "code", true);
	(void)doc_text(&y->doc, o, path, "title", true);
	(void)flag_of(y, o, path, "all", false);
	(void)doc_whole(&y->doc, o, path, "most", 1, 10000, 1);
	province = json_get_text(o, "of");
	if (province && strcmp(province, "province") == 0)
		return;
	of = doc_names(&y->doc, o, path, "of", true, &n);
	for (size_t i = 0; of && i < n; i++)
		if (!is_rule(rules, of[i]))
			doc_unknown(&y->doc, doc_element(&y->doc, at, i),
				    of[i]);
}

static void read_rules(struct year_reader *y, const cJSON *root)
{
	const cJSON *units = doc_list(&y->doc, root, "", "units", true);
	const cJSON *persons = doc_list(&y->doc, root, "", "persons", false);
	const cJSON *o;
	size_t i = 0;

	for (o = units ? units->child : NULL; o; o = o->next) {
		read_unit_rule(y, root, o, doc_element(&y->doc, "/units", i));
		i++;
	}
	y->out->n = i;
	if (units && i == 0)
		doc_fault(&y->doc, DOC_MISSING, "/units", "no rule",
			  "chưa có quy tắc nào");
	if (units)
		unlike(y, units, "/units", "code");
	i = 0;
	for (o = persons ? persons->child : NULL; o; o = o->next) {
		read_person_rule(y, units, o,
				 doc_element(&y->doc, "/persons", i));
		i++;
	}
	if (persons)
		unlike(y, persons, "/persons", "code");
}

static void read_decisions(struct year_reader *y, const cJSON *root)
{
	static const char *const ties[] = { "shared", "excluded", NULL };
	static const char *const vacated[] = { "empty", "next", NULL };
	static const char *const names[] = { "deduction", "discipline", NULL };
	const cJSON *o = json_get(root, "exclude");

	(void)year_word(y, root, "", "ties", ties);
	(void)year_word(y, root, "", "vacated", vacated);
	if (!o) {
		doc_fault(&y->doc, DOC_MISSING, "/exclude", "is missing",
			  "còn thiếu");
		return;
	}
	if (!year_object(y, "/exclude", o, names))
		return;
	(void)flag_of(y, o, "/exclude", "deduction", true);
	(void)flag_of(y, o, "/exclude", "discipline", true);
}

bool reward_read(const char *json, size_t n, const struct round *r,
		 struct arena *a, struct year_doc *out, struct faults *f)
{
	static const char *const members[] = { "format", "reward",  "blocks",
					       "ties",	 "vacated", "exclude",
					       "units",	 "persons", NULL };
	struct year_reader y = { { a, f, 'C' }, r, out };
	cJSON *root;

	*out = (struct year_doc){ 0 };
	root = year_open(&y, json, n, "phieu-reward/1", "reward", members);
	if (root) {
		read_decisions(&y, root);
		read_blocks(&y, root);
		read_rules(&y, root);
	}
	return year_close(&y, root);
}
