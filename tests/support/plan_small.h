/* plan_small.h - the small plan, edited. */
#ifndef TESTS_PLAN_SMALL_H
#define TESTS_PLAN_SMALL_H

#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/plan.h"
#include "support/test.h"

#define SMALL "tests/data/plan/small.json"

/* The small good plan with members set ("/a/0/b" to a JSON text), deleted
 * (NULL) or appended ("/a/-"), and every fault it then has. */
struct edit {
	const char *path, *json;
};
struct bad {
	struct edit edit[3];
	const char *want; /* "P20 /groups/1/quota/rule; …" in path order */
};

#define U "/units"
#define F "/forms/0"
#define Q "/forms/0/questions"
#define G "/groups"
#define C "/criteria"
#define D "/decisions"

MAYBE static char *small(size_t *n)
{
	struct err e = { 0 };
	char *text = file_read(SMALL, LIMIT_PLAN_BYTES, n, &e);

	assert_non_null(text);
	return text;
}

/* Sets, deletes or appends at a JSON pointer. */
MAYBE static void apply(cJSON *root, const struct edit *e)
{
	cJSON *at = root, *next, *v = e->json ? cJSON_Parse(e->json) : NULL;
	char key[64];
	const char *p = e->path;

	assert_true(!e->json || v);
	for (;;) {
		size_t n = 0;

		for (p++; *p && *p != '/'; p++) {
			key[n] = *p == '~' ? *++p == '0' ? '~' : '/' : *p;
			n++;
		}
		key[n] = '\0';
		next = cJSON_IsArray(at)
			       ? cJSON_GetArrayItem(at,
						    *key == '-'
							    ? -1
							    : (int)strtol(key,
									  NULL,
									  10))
			       : cJSON_GetObjectItemCaseSensitive(at, key);
		if (!*p)
			break;
		assert_non_null(next);
		at = next;
	}
	if (!e->json)
		cJSON_Delete(cJSON_DetachItemViaPointer(at, next));
	else if (next && cJSON_IsArray(at))
		assert_true(cJSON_ReplaceItemViaPointer(at, next, v));
	else if (cJSON_IsArray(at))
		assert_true(cJSON_AddItemToArray(at, v));
	else if (next)
		assert_true(cJSON_ReplaceItemInObjectCaseSensitive(at, key, v));
	else
		assert_true(cJSON_AddItemToObject(at, key, v));
}

MAYBE static char *edited(const struct edit *edits, size_t n_edits)
{
	size_t n;
	char *text = small(&n), *out;
	cJSON *root = cJSON_Parse(text);

	assert_non_null(root);
	for (size_t i = 0; i < n_edits && edits[i].path; i++)
		apply(root, &edits[i]);
	out = cJSON_PrintUnformatted(root);
	assert_non_null(out);
	cJSON_Delete(root);
	free(text);
	return out;
}

/* The plan, or NULL with its faults as "P20 /path; …". */
MAYBE static struct plan *read_text(const char *text, struct buf *said)
{
	struct err e = { 0 };
	struct arena *a = arena_new(LIMIT_PLAN_ARENA);
	struct faults f;
	struct plan *p;

	assert_true(hash_start(&e));
	faults_init(&f, a);
	p = plan_read(text, strlen(text), &f, &e);
	for (size_t i = 0; i < f.n; i++) {
		buf_addf(said, "%s%s %s", i ? "; " : "", f.list[i].code,
			 f.list[i].path);
		assert_true(*f.list[i].message);
		assert_true(*f.list[i].message_vi);
		assert_string_not_equal(f.list[i].message,
					f.list[i].message_vi);
	}
	if (!p && f.n == 0)
		buf_addf(said, "%s", e.msg);
	assert_true(p || f.n || e.kind != ERR_NONE);
	assert_false(p && f.n);
	arena_free(a);
	return p;
}

#endif
