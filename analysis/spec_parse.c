#include <math.h>
#include <string.h>

#include "phieu/limits.h"
#include "spec_parts.h"

/* The keys of every estimate. */
static const char *const common[] = { "name",  "stat", "of",   "by",
				      "where", "ci",   "deff", "df" };
#define COMMON (sizeof common / sizeof common[0])

/* "" when memory ends: the arena is broken and spec_read says so. */
const char *spec_path(struct spec_parse *p, const char *base, const char *key)
{
	const char *path = arena_printf(p->a, "%s/%s", base, key);

	return path ? path : "";
}

const char *spec_path_at(struct spec_parse *p, const char *base, size_t i)
{
	const char *path = arena_printf(p->a, "%s/%zu", base, i);

	return path ? path : "";
}

void spec_fault(struct spec_parse *p, const char *code, const char *base,
		const char *key, const char *en, const char *vi)
{
	fault_add(p->faults, code, key ? spec_path(p, base, key) : base, en,
		  vi);
}

bool spec_is_made(const struct spec_parse *p, const char *name)
{
	for (size_t i = 0; i < p->n_made; i++)
		if (strcmp(p->made[i], name) == 0)
			return true;
	return false;
}

const char *spec_column(struct spec_parse *p, const cJSON *node,
			const char *base, const char *key, unsigned as)
{
	const char *name;

	if (!cJSON_IsString(node) || node->valuestring[0] == '\0') {
		spec_fault(p, "E04", base, key, "the name of a column",
			   "phải là tên một cột");
		return NULL;
	}
	name = arena_strdup(p->a, node->valuestring);
	if (!name)
		return NULL;
	if (!spec_is_made(p, name) &&
	    frame_want(p->frame, name, as) == FRAME_NONE)
		spec_fault(p, "E06", base, key, "too many columns",
			   "quá nhiều cột");
	return name;
}

bool spec_columns(struct spec_parse *p, const cJSON *object, const char *base,
		  const char *key, unsigned as, size_t least, size_t most,
		  struct spec_names *out)
{
	const cJSON *node = json_get(object, key);
	const char *path = spec_path(p, base, key);
	bool list = cJSON_IsArray(node), ok = true;
	size_t n = list ? (size_t)cJSON_GetArraySize(node) : node != NULL;

	*out = (struct spec_names){ 0 };
	if (n < least || n > most) {
		spec_fault(p, node ? "E05" : "E03", path, NULL,
			   arena_printf(p->a, "%zu to %zu names of columns",
					least, most),
			   arena_printf(p->a, "cần từ %zu đến %zu tên cột",
					least, most));
		return false;
	}
	out->name = arena_array(p->a, n + 1, sizeof *out->name);
	if (!out->name)
		return false;
	for (size_t i = 0; i < n; i++) {
		const cJSON *one =
			list ? cJSON_GetArrayItem(node, (int)i) : node;

		out->name[i] =
			spec_column(p, one,
				    list ? spec_path_at(p, path, i) : path,
				    NULL, as);
		ok = ok && out->name[i];
	}
	out->n = n;
	return ok;
}

double spec_number(struct spec_parse *p, const cJSON *object, const char *base,
		   const char *key, double lo, double hi, double otherwise)
{
	const cJSON *node = json_get(object, key);

	if (!node)
		return otherwise;
	if (cJSON_IsNumber(node) && node->valuedouble >= lo &&
	    node->valuedouble <= hi)
		return node->valuedouble;
	spec_fault(p, cJSON_IsNumber(node) ? "E05" : "E04", base, key,
		   arena_printf(p->a, "a number from %g to %g", lo, hi),
		   arena_printf(p->a, "phải là số từ %g đến %g", lo, hi));
	return otherwise;
}

bool spec_bool(struct spec_parse *p, const cJSON *object, const char *base,
	       const char *key, bool otherwise)
{
	const cJSON *node = json_get(object, key);

	if (node && !cJSON_IsBool(node))
		spec_fault(p, "E04", base, key, "true or false",
			   "phải là true hoặc false");
	return cJSON_IsBool(node) ? cJSON_IsTrue(node) : otherwise;
}

size_t spec_word(struct spec_parse *p, const cJSON *object, const char *base,
		 const char *key, const char *const *words, size_t n,
		 size_t otherwise)
{
	const cJSON *node = json_get(object, key);
	struct buf b = BUF_INIT(1000);

	if (!node)
		return otherwise;
	for (size_t i = 0; i < n; i++) {
		if (cJSON_IsString(node) &&
		    strcmp(node->valuestring, words[i]) == 0) {
			buf_free(&b);
			return i;
		}
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	spec_fault(p, "E05", base, key,
		   arena_printf(p->a, "one of %s",
				buf_cstr(&b) ? buf_cstr(&b) : ""),
		   arena_printf(p->a, "phải là một trong: %s",
				buf_cstr(&b) ? buf_cstr(&b) : ""));
	buf_free(&b);
	return otherwise;
}

static bool is_known(const char *key, const char *const *known)
{
	for (size_t i = 0; known && known[i]; i++)
		if (strcmp(known[i], key) == 0)
			return true;
	return false;
}

void spec_known(struct spec_parse *p, const cJSON *object, const char *base,
		const char *const *known)
{
	for (const cJSON *k = object ? object->child : NULL; k; k = k->next)
		if (!is_known(k->string, known))
			spec_fault(p, "E02", base, k->string, "unknown key",
				   "khóa không có");
}

void spec_known_estimate(struct spec_parse *p, const cJSON *object,
			 const char *base, const char *const *known)
{
	for (const cJSON *k = object->child; k; k = k->next) {
		bool is = is_known(k->string, known);

		for (size_t i = 0; i < COMMON; i++)
			is = is || strcmp(common[i], k->string) == 0;
		if (!is)
			spec_fault(p, "E02", base, k->string, "unknown key",
				   "khóa không có");
	}
}
