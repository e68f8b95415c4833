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

struct list {
	const char *name, *key, *key2; /* key2: forms have a version */
	size_t least, most;
};

/* The good codes of a list into e[]; their number. */
static size_t good_codes(struct pr *r, struct dir *d, const struct list *l,
			 struct entry *e)
{
	const cJSON *v;
	size_t i = 0, k = 0;

	cJSON_ArrayForEach(v, json_get(r->root, l->name))
	{
		const char *s = json_get_text(v, l->key);
		const char *t = l->key2 ? json_get_text(v, l->key2) : "";
		char *code = NULL;

		if (s && t && plan_code_ok(s))
			code = l->key2 ? arena_printf(r->a, "%s/%s", s, t)
				       : arena_strdup(r->a, s);
		d->code[i] = code;
		if (code)
			e[k++] = (struct entry){ code, i };
		i++;
	}
	return k;
}

/* Collects the codes of a list.  Faulty ones are reported where the element
 * is read; here only those said twice. */
static void collect(struct pr *r, enum dir_name name, const struct list *l)
{
	const cJSON *all = json_get(r->root, l->name);
	struct dir *d = &r->dir[name];
	size_t n = cJSON_IsArray(all) ? (size_t)cJSON_GetArraySize(all) : 0;
	size_t k;
	struct entry *e = arena_array(r->a, n + 1, sizeof *e);

	d->told = n > l->most || n < l->least || (all && !cJSON_IsArray(all));
	d->code = arena_array(r->a, n + 1, sizeof *d->code);
	d->sorted = arena_array(r->a, n + 1, sizeof *d->sorted);
	if (d->told || !e || !d->code || !d->sorted)
		return;
	k = good_codes(r, d, l, e);
	if (k)
		qsort(e, k, sizeof *e, by_code);
	for (size_t i = 0; i < k; i++) {
		struct at top = { NULL, l->name, 0 };
		struct at element = { &top, NULL, e[i].index };
		struct at here = { &element, l->key, 0 };

		if (i == 0 || strcmp(e[i].code, e[i - 1].code) != 0)
			d->sorted[d->n_sorted++] = e[i].index;
		else
			plan_fault(r, &here, "P06", "%.130s is there twice",
				   "%.130s có hai lần", e[i].code);
	}
}

void plan_dirs(struct pr *r)
{
	static const struct list lists[DIR_COUNT] = {
		[DIR_BASIS] = { "bases", "id", NULL, 1, LIMIT_BASES },
		[DIR_KIND] = { "unit_kinds", "code", NULL, 1, LIMIT_KINDS },
		[DIR_UNIT] = { "units", "code", NULL, 1, LIMIT_UNITS },
		[DIR_SCALE] = { "scales", "code", NULL, 0, LIMIT_SCALES },
		[DIR_FORM] = { "forms", "code", "version", 1, LIMIT_FORMS },
		[DIR_GROUP] = { "groups", "code", NULL, 1, LIMIT_GROUPS },
	};

	for (size_t i = 0; i < DIR_COUNT; i++)
		collect(r, (enum dir_name)i, &lists[i]);
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
