#include "phieu/json.h"

#include <math.h>

#define EXACT_INTEGERS 9007199254740992.0 /* 2^53 */

cJSON *json_parse(const char *s, size_t n, const struct json_limits *lim,
		  struct err *e)
{
	cJSON *tree;

	if (!json_check(s, n, lim, NULL, e))
		return NULL;
	tree = cJSON_ParseWithLengthOpts(s, n, NULL, false);
	if (!tree) /* the grammar is right: nothing else is left */
		(void)err_set(e, ERR_NOMEM, "out of memory reading JSON");
	return tree;
}

const cJSON *json_get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *json_get_text(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(
		cJSON_GetObjectItemCaseSensitive(object, key));
}

const char *json_word(const cJSON *object, const char *key)
{
	const char *s = json_get_text(object, key);

	return s ? s : "";
}

bool json_is_true(const cJSON *object, const char *key)
{
	return cJSON_IsTrue(json_get(object, key));
}

const cJSON *json_first(const cJSON *list)
{
	return list ? list->child : NULL;
}

bool json_get_int(const cJSON *object, const char *key, int64_t *out)
{
	const cJSON *v = json_get(object, key);

	if (!cJSON_IsNumber(v) || !(fabs(v->valuedouble) < EXACT_INTEGERS) ||
	    v->valuedouble != floor(v->valuedouble))
		return false;
	*out = (int64_t)v->valuedouble;
	return true;
}
