/* What the documents of targets and of commendation share. */
#include <string.h>

#include "phieu/limits.h"
#include "year_parts.h"

bool year_object(struct year_reader *y, const char *path, const cJSON *o,
		 const char *const *names)
{
	if (!cJSON_IsObject(o)) {
		doc_fault(&y->doc, DOC_SHAPE, path,
			  "an object {…} is wanted here",
			  "ở đây phải là một đối tượng {…}");
		return false;
	}
	doc_known(&y->doc, path, o, names);
	return true;
}

static void read_head(struct year_reader *y, const cJSON *root,
		      const char *name)
{
	static const char *const names[] = { "round", "name", "basis", NULL };
	const cJSON *o = json_get(root, name);
	const char *path = doc_below(&y->doc, "", name);

	if (!o) {
		doc_fault(&y->doc, DOC_MISSING, path, "is missing",
			  "còn thiếu");
		return;
	}
	if (!year_object(y, path, o, names))
		return;
	y->out->round = doc_code(&y->doc, o, path, "round", true);
	y->out->name = doc_text(&y->doc, o, path, "name", true);
	y->out->basis = doc_text(&y->doc, o, path, "basis", true);
	y->out->example =
		y->out->basis && strcmp(y->out->basis, "example") == 0;
	if (y->r && y->out->round && strcmp(y->out->round, y->r->code) != 0)
		doc_unknown(&y->doc, doc_below(&y->doc, path, "round"),
			    y->out->round);
}

cJSON *year_open(struct year_reader *y, const char *json, size_t n,
		 const char *format, const char *head,
		 const char *const *members)
{
	struct err e = { 0 };
	cJSON *root = json_parse(json, n, &json_plan_limits, &e);
	const char *said;

	if (!root) {
		said = arena_strdup(y->doc.f->arena, e.msg);
		doc_fault(&y->doc, DOC_SHAPE, "", said,
			  "không phải JSON đúng chuẩn");
		return NULL;
	}
	if (!year_object(y, "", root, members)) {
		cJSON_Delete(root);
		return NULL;
	}
	said = json_get_text(root, "format");
	if (!said || strcmp(said, format) != 0)
		doc_fault(&y->doc, DOC_SHAPE, "/format",
			  arena_printf(y->doc.f->arena, "\"%s\" is wanted here",
				       format),
			  arena_printf(y->doc.f->arena, "ở đây phải là \"%s\"",
				       format));
	read_head(y, root, head);
	return root;
}

bool year_close(struct year_reader *y, cJSON *tree)
{
	struct buf b = BUF_INIT(LIMIT_PLAN_BYTES);
	struct err e = { 0 };

	if (tree && y->doc.f->n == 0) {
		if (json_canonical(tree, &b, &e) && buf_cstr(&b))
			y->out->text = arena_strdup(y->doc.a, b.data);
		if (!y->out->text || arena_broken(y->doc.a))
			doc_fault(&y->doc, DOC_SHAPE, "", "out of memory",
				  "hết bộ nhớ");
	}
	buf_free(&b);
	cJSON_Delete(tree);
	faults_sort(y->doc.f);
	return y->doc.f->n == 0;
}

const char *year_word(struct year_reader *y, const cJSON *o, const char *path,
		      const char *name, const char *const *words)
{
	const char *s = doc_text(&y->doc, o, path, name, true);
	const char *all = "";

	for (size_t i = 0; s && words[i]; i++) {
		if (strcmp(words[i], s) == 0)
			return words[i];
		all = arena_printf(y->doc.f->arena, "%s%s%s", all ? all : "",
				   i ? ", " : "", words[i]);
	}
	if (s)
		doc_fault(&y->doc, DOC_SHAPE, doc_below(&y->doc, path, name),
			  arena_printf(y->doc.f->arena, "one of: %s", all),
			  arena_printf(y->doc.f->arena, "một trong: %s", all));
	return NULL;
}

bool year_decimal(struct year_reader *y, const cJSON *o, const char *path,
		  const char *name, bool required)
{
	const char *s = doc_text(&y->doc, o, path, name, required);
	struct err e = { 0 };
	struct dec d;

	if (!s)
		return false;
	if (dec_parse(s, strlen(s), &d, &e))
		return true;
	doc_fault(&y->doc, YEAR_NUMBER, doc_below(&y->doc, path, name),
		  "no decimal as \"12.5\"",
		  "không phải số thập phân dạng \"12.5\"");
	return false;
}

void year_unit(struct year_reader *y, const char *path, const char *code)
{
	if (y->r && code && round_unit(y->r, code) == INDEX_NONE)
		doc_unknown(&y->doc, path, code);
}

bool year_has_grade(const struct round *r, size_t kind, const char *grade)
{
	const struct index_kind *k = &r->set.kinds[kind];
	const struct index_band *b = k->bands ? k->bands : r->set.rules.bands;
	size_t n = k->bands ? k->n_bands : r->set.rules.n_bands;

	for (size_t i = 0; i < n; i++)
		if (strcmp(b[i].name, grade) == 0)
			return true;
	return false;
}

void year_grade(struct year_reader *y, const char *path, const char *grade)
{
	bool known = !y->r || !grade;

	for (size_t k = 0; !known && k < y->r->set.n_kinds; k++)
		known = year_has_grade(y->r, k, grade);
	if (!known)
		doc_unknown(&y->doc, path, grade);
}
