#include "plan_in.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"

struct entry {
	const char *code;
	size_t index;
};

static int by_code(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = strcmp(x->code, y->code);

	return c ? c : (x->index > y->index) - (x->index < y->index);
}

/* Collects the codes of a list.  Faulty ones are reported where the element
 * is read; here only those said twice. */
static void collect(struct pr *r, enum dir_name name, const char *list,
		    const char *key, const char *key2, size_t least,
		    size_t most)
{
	const cJSON *all = json_get(r->root, list), *v;
	struct dir *d = &r->dir[name];
	size_t n = cJSON_IsArray(all) ? (size_t)cJSON_GetArraySize(all) : 0;
	size_t i = 0, k = 0;
	struct entry *e;

	d->told = n > most || n < least || (all && !cJSON_IsArray(all));
	n = d->told ? 0 : n;
	e = arena_array(r->a, n + 1, sizeof *e);
	d->code = arena_array(r->a, n + 1, sizeof *d->code);
	d->sorted = arena_array(r->a, n + 1, sizeof *d->sorted);
	d->n = e && d->code && d->sorted ? n : 0;
	cJSON_ArrayForEach(v, all)
	{
		const char *s = json_get_text(v, key);
		const char *t = key2 ? json_get_text(v, key2) : "";

		if (d->n && s && t && plan_code_ok(s)) {
			d->code[i] = key2 ? arena_printf(r->a, "%s/%s", s, t)
					  : arena_strdup(r->a, s);
			e[k].code = d->code[i] ? d->code[i] : "";
			e[k++].index = i;
		}
		i++;
	}
	if (k)
		qsort(e, k, sizeof *e, by_code);
	for (i = 0; i < k; i++) {
		struct at top = { NULL, list, 0 };
		struct at element = { &top, NULL, e[i].index };
		struct at here = { &element, key, 0 };

		if (i == 0 || strcmp(e[i].code, e[i - 1].code) != 0)
			d->sorted[d->n_sorted++] = e[i].index;
		else
			plan_fault(r, &here, "P06", "%.130s is there twice",
				   "%.130s có hai lần", e[i].code);
	}
}

void plan_dirs(struct pr *r)
{
	collect(r, DIR_BASIS, "bases", "id", NULL, 1, LIMIT_BASES);
	collect(r, DIR_KIND, "unit_kinds", "code", NULL, 1, LIMIT_KINDS);
	collect(r, DIR_UNIT, "units", "code", NULL, 1, LIMIT_UNITS);
	collect(r, DIR_SCALE, "scales", "code", NULL, 0, LIMIT_SCALES);
	collect(r, DIR_FORM, "forms", "code", "version", 1, LIMIT_FORMS);
	collect(r, DIR_GROUP, "groups", "code", NULL, 1, LIMIT_GROUPS);
}

void plan_sort(size_t *index, size_t n, const char *const *code)
{
	/* lists come nearly sorted or short: insertion, binary search not
	 * needed */
	for (size_t i = 1; i < n; i++) {
		size_t k = i, moving = index[i];

		while (k && strcmp(code[index[k - 1]], code[moving]) > 0) {
			index[k] = index[k - 1];
			k--;
		}
		index[k] = moving;
	}
}
