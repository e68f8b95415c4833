#include <stdlib.h>
#include <string.h>

#include "document_parts.h"
#include "phieu/limits.h"

static const struct json_limits index_limits = {
	.depth = 2 * LIMIT_CRITERIA_DEPTH + 8,
	.nodes = 4000000,
	.string_bytes = LIMIT_TEXT_BYTES,
	.bytes = LIMIT_INDEX_BYTES
};

const char *const index_source_words[INDEX_SOURCES] = { "assessed", "survey",
							"satisfaction",
							"external" };
const char *const index_status_words[4] = { "given", "not-applicable",
					    "pending", "no-answers" };

/* ---- small readers ----------------------------------------------------- */

const char *ir_path(struct index_reader *r, const char *base, const char *key)
{
	const char *path = arena_printf(r->a, "%s/%s", base, key);

	return path ? path : "";
}

const char *ir_path_at(struct index_reader *r, const char *base, size_t i)
{
	const char *path = arena_printf(r->a, "%s/%zu", base, i);

	return path ? path : "";
}

void ir_fault(struct index_reader *r, const char *code, const char *base,
	      const char *key, const char *en, const char *vi)
{
	fault_add(r->f, code, key ? ir_path(r, base, key) : base, en, vi);
}

bool ir_object(struct index_reader *r, const cJSON *o, const char *base,
	       const char *const *known)
{
	if (!cJSON_IsObject(o)) {
		ir_fault(r, "K04", base, NULL, "an object",
			 "phải là đối tượng");
		return false;
	}
	for (const cJSON *k = o->child; k; k = k->next) {
		size_t i = 0;

		while (known[i] && strcmp(known[i], k->string) != 0)
			i++;
		if (!known[i])
			ir_fault(r, "K02", base, k->string, "unknown key",
				 "khóa không có");
	}
	return true;
}

const char *ir_text(struct index_reader *r, const cJSON *o, const char *base,
		    const char *key, bool wanted)
{
	const cJSON *v = json_get(o, key);
	const char *s;

	if (!v) {
		if (wanted)
			ir_fault(r, "K03", base, key, "is missing",
				 "còn thiếu");
		return NULL;
	}
	if (!cJSON_IsString(v) || v->valuestring[0] == '\0' ||
	    strlen(v->valuestring) > LIMIT_NAME_BYTES) {
		ir_fault(r, "K04", base, key,
			 "a text of 1 to 1000 bytes (numbers are texts too)",
			 "phải là chữ từ 1 đến 1000 byte (số cũng viết dạng "
			 "chữ)");
		return NULL;
	}
	s = arena_strdup(r->a, v->valuestring);
	return s ? s : "";
}

bool ir_dec(struct index_reader *r, const cJSON *o, const char *base,
	    const char *key, bool wanted, struct dec *out)
{
	const char *s = ir_text(r, o, base, key, wanted);
	struct err e = { 0 };

	*out = (struct dec){ 0 };
	if (!s)
		return false;
	if (dec_parse(s, strlen(s), out, &e))
		return true;
	ir_fault(r, "K15", base, key, arena_strdup(r->a, e.msg),
		 "cần một số có tối đa sáu chữ số thập phân");
	return false;
}

bool ir_flag(struct index_reader *r, const cJSON *o, const char *base,
	     const char *key)
{
	const cJSON *v = json_get(o, key);

	if (v && !cJSON_IsBool(v))
		ir_fault(r, "K04", base, key, "true or false",
			 "phải là true hoặc false");
	return cJSON_IsTrue(v);
}

size_t ir_word(struct index_reader *r, const cJSON *o, const char *base,
	       const char *key, const char *const *words, size_t n,
	       size_t otherwise)
{
	const cJSON *v = json_get(o, key);
	const char *text = cJSON_GetStringValue(v);
	struct buf b = BUF_INIT(1000);
	const char *list;

	if (!v && otherwise != INDEX_NONE)
		return otherwise;
	for (size_t i = 0; i < n; i++) {
		if (text && strcmp(text, words[i]) == 0) {
			buf_free(&b);
			return i;
		}
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	list = buf_cstr(&b) ? b.data : "";
	ir_fault(r, v ? "K05" : "K03", base, key,
		 arena_printf(r->a, "one of %s", list),
		 arena_printf(r->a, "phải là một trong: %s", list));
	buf_free(&b);
	return 0;
}

size_t ir_list(struct index_reader *r, const cJSON *o, const char *base,
	       const char *key, bool wanted, size_t most, const cJSON **list)
{
	size_t n;

	*list = json_get(o, key);
	if (!*list && !wanted)
		return 0;
	n = cJSON_IsArray(*list) ? (size_t)cJSON_GetArraySize(*list) : 0;
	if (n > 0 && n <= most)
		return n;
	ir_fault(r, *list ? "K05" : "K03", base, key,
		 arena_printf(r->a, "a list of 1 to %zu", most),
		 arena_printf(r->a, "danh sách từ 1 đến %zu mục", most));
	*list = NULL;
	return 0;
}

/* ---- codes ------------------------------------------------------------- */

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct index_code *)a)->code,
		      ((const struct index_code *)b)->code);
}

void ir_codes(struct index_reader *r, struct index_code *c, size_t n,
	      const char *base)
{
	qsort(c, n, sizeof *c, by_code);
	for (size_t i = 1; i < n; i++)
		if (c[i].code[0] != '\0' &&
		    strcmp(c[i].code, c[i - 1].code) == 0)
			ir_fault(r, "K08", base, NULL,
				 arena_printf(r->a, "code %s stands twice",
					      c[i].code),
				 arena_printf(r->a, "mã %s có hai lần",
					      c[i].code));
}

size_t ir_find(const struct index_code *c, size_t n, const char *code)
{
	struct index_code want = { .code = code };
	const struct index_code *got =
		c ? bsearch(&want, c, n, sizeof *c, by_code) : NULL;

	return got ? got->at : INDEX_NONE;
}

/* ---- rules and kinds --------------------------------------------------- */

void ir_bands(struct index_reader *r, const cJSON *o, const char *base,
	      bool wanted, const struct index_band **out, size_t *n)
{
	static const char *const keys[] = { "name", "from", NULL };
	const cJSON *list;
	size_t k = ir_list(r, o, base, "bands", wanted, LIMIT_BANDS, &list);
	struct index_band *b = arena_array(r->a, k + 1, sizeof *b);

	*out = NULL;
	*n = 0;
	base = ir_path(r, base, "bands");
	for (size_t i = 0; b && i < k; i++) {
		const cJSON *one = cJSON_GetArrayItem(list, (int)i);
		const char *path = ir_path_at(r, base, i);

		if (!ir_object(r, one, path, keys))
			continue;
		b[i].name = ir_text(r, one, path, "name", true);
		(void)ir_dec(r, one, path, "from", true, &b[i].from);
		*out = b;
		*n = k;
	}
}

static void read_missing(struct index_reader *r, const cJSON *o)
{
	static const char *const keys[] = { "assessed", "survey",
					    "satisfaction", "external", NULL };
	static const char *const words[] = { "incomplete", "leave-out", "zero",
					     "self" };
	const cJSON *m = json_get(o, "missing");
	const char *path = "/rules/missing";

	if (!m) {
		ir_fault(r, "K03", path, NULL, "is missing", "còn thiếu");
		return;
	}
	if (!ir_object(r, m, path, keys))
		return;
	for (size_t k = 0; k < INDEX_SOURCES; k++)
		r->set->rules.missing[k] = (enum index_missing)
			ir_word(r, m, path, index_source_words[k], words,
				k == INDEX_ASSESSED ? 4 : 3, INDEX_NONE);
}

/* "survey", "exact", "deduction", "criterion:1.2" */
static bool tie_of(struct index_reader *r, const char *s, struct index_tie *t)
{
	static const char prefix[] = "criterion:";
	const size_t n = sizeof prefix - 1;

	for (size_t k = 0; k < INDEX_SOURCES; k++)
		if (strcmp(s, index_source_words[k]) == 0) {
			*t = (struct index_tie){ .by = INDEX_TIE_SOURCE,
						 .source =
							 (enum index_source)k };
			return true;
		}
	*t = (struct index_tie){ .by = INDEX_TIE_EXACT };
	if (strcmp(s, "exact") == 0)
		return true;
	t->by = INDEX_TIE_DEDUCTION;
	if (strcmp(s, "deduction") == 0)
		return true;
	if (strncmp(s, prefix, n) != 0)
		return false;
	t->by = INDEX_TIE_NODE;
	t->node = ir_find(r->node_code, r->set->n_nodes, s + n);
	return t->node != INDEX_NONE;
}

static void read_ties(struct index_reader *r, const cJSON *o)
{
	static const char *const words[] = { "shared", "dense" };
	struct index_rules *x = &r->set->rules;
	const cJSON *list;
	size_t n =
		ir_list(r, o, "/rules", "tie_break", false, LIMIT_BANDS, &list);
	struct index_tie *t = arena_array(r->a, n + 1, sizeof *t);

	x->ties = (enum index_ties)ir_word(r, o, "/rules", "ties", words, 2,
					   INDEX_NONE);
	for (size_t i = 0; t && i < n; i++) {
		const cJSON *one = cJSON_GetArrayItem(list, (int)i);

		if (!cJSON_IsString(one) || !tie_of(r, one->valuestring, &t[i]))
			ir_fault(r, "K09", ir_path_at(r, "/rules/tie_break", i),
				 NULL,
				 "a source, exact, deduction or criterion:CODE",
				 "cần một nguồn điểm, exact, deduction hoặc "
				 "criterion:MÃ");
		x->tie_break = t;
		x->n_tie_break = n;
	}
}

static void read_digits(struct index_reader *r, const cJSON *o)
{
	int64_t digits = 0;

	if (!json_get(o, "digits"))
		ir_fault(r, "K03", "/rules", "digits", "is missing",
			 "còn thiếu");
	else if (!json_get_int(o, "digits", &digits) || digits < 0 ||
		 digits > 6)
		ir_fault(r, "K05", "/rules", "digits", "0 to 6", "từ 0 đến 6");
	else
		r->set->rules.digits = (int)digits;
}

static void read_rules(struct index_reader *r, const cJSON *root)
{
	static const char *const keys[] = {
		"rescale", "missing", "missing_group", "digits",
		"round",   "order",   "floor_zero",    "cap_total",
		"draft",   "bands",   "ties",	       "tie_break",
		NULL
	};
	static const char *const rescale[] = { "total", "source", "parent",
					       "none" };
	static const char *const group[] = { "renormalise", "unscored",
					     "zero" };
	static const char *const round[] = { "half-up", "half-even" };
	static const char *const order[] = { "sum-first", "item-first" };
	const cJSON *o = json_get(root, "rules");
	struct index_rules *x = &r->set->rules;
	const char *p = "/rules";

	if (!o) {
		ir_fault(r, "K03", p, NULL, "is missing", "còn thiếu");
		return;
	}
	if (!ir_object(r, o, p, keys))
		return;
	x->rescale = (enum index_rescale)ir_word(r, o, p, "rescale", rescale, 4,
						 INDEX_NONE);
	x->missing_group =
		(enum index_group_missing)ir_word(r, o, p, "missing_group",
						  group, 3,
						  INDEX_GROUP_UNSCORED);
	x->round = (enum exact_round)ir_word(r, o, p, "round", round, 2,
					     INDEX_NONE);
	x->item_first = ir_word(r, o, p, "order", order, 2, INDEX_NONE) == 1;
	x->floor_zero = ir_flag(r, o, p, "floor_zero");
	x->cap_total = ir_flag(r, o, p, "cap_total");
	x->use_self = ir_flag(r, o, p, "draft");
	read_digits(r, o);
	read_missing(r, o);
	ir_bands(r, o, p, false, &x->bands, &x->n_bands);
	read_ties(r, o);
}

static void read_kinds(struct index_reader *r, const cJSON *root)
{
	static const char *const keys[] = { "code", "name", "total", "bands",
					    NULL };
	const cJSON *list;
	size_t n = ir_list(r, root, "", "kinds", true, LIMIT_KINDS, &list);
	struct index_kind *k = arena_array(r->a, n + 1, sizeof *k);
	struct index_code *c = arena_array(r->a, n + 1, sizeof *c);

	if (!k || !c)
		return;
	for (size_t i = 0; i < n; i++) {
		const cJSON *one = cJSON_GetArrayItem(list, (int)i);
		const char *path = ir_path_at(r, "/kinds", i), *code = NULL;

		if (ir_object(r, one, path, keys)) {
			code = ir_text(r, one, path, "code", true);
			k[i].name = ir_text(r, one, path, "name", true);
			(void)ir_dec(r, one, path, "total", true, &k[i].total);
			ir_bands(r, one, path, false, &k[i].bands,
				 &k[i].n_bands);
		}
		k[i].code = code ? code : "";
		c[i] = (struct index_code){ k[i].code, i };
	}
	r->set->kinds = k;
	r->set->n_kinds = n;
	ir_codes(r, c, n, "/kinds");
	r->kind_code = c;
}

/* ---- the whole --------------------------------------------------------- */

static void read_head(struct index_reader *r, const cJSON *root)
{
	static const char *const format[] = { INDEX_METHOD };

	(void)ir_word(r, root, "", "format", format, 1, INDEX_NONE);
	r->set->title = ir_text(r, root, "", "title", false);
	r->set->basis = ir_text(r, root, "", "basis", false);
	r->set->example = ir_flag(r, root, "", "example");
	if (!r->set->basis && !r->set->example)
		ir_fault(r, "K03", "", "basis",
			 "the decision's number and date, or \"example\": true",
			 "cần số, ngày của quyết định, hoặc \"example\": true");
}

bool index_read(const char *json, size_t n, struct arena *a,
		struct index_set *out, struct faults *faults)
{
	static const char *const keys[] = { "format",	"title", "basis",
					    "example",	"rules", "kinds",
					    "criteria", "units", NULL };
	struct index_reader r = { .a = a, .f = faults, .set = out };
	struct err e = { 0 };
	cJSON *root = json_parse(json, n, &index_limits, &e);
	bool whole;

	*out = (struct index_set){ 0 };
	if (!root) {
		ir_fault(&r, "K01", "", NULL, arena_strdup(a, e.msg),
			 arena_printf(a, "không phải JSON hợp lệ: %s", e.msg));
		return false;
	}
	if (ir_object(&r, root, "", keys)) {
		read_head(&r, root);
		read_kinds(&r, root);
		ir_criteria(&r, root);
		read_rules(&r, root);
		ir_units(&r, root);
	}
	cJSON_Delete(root);
	if (arena_broken(a))
		ir_fault(&r, "K06", "", NULL, "too large", "quá lớn");
	whole = faults->n == 0 && index_check(out, faults);
	faults_sort(faults);
	return whole;
}
