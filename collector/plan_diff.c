#include <string.h>

#include "phieu/buf.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "plan_in.h"

/* What names an element of a list, in this order; else its place does. */
static const char *const names[] = { "code", "id", "item", "home", "office" };

static void value(const cJSON *v, struct buf *out)
{
	struct err e;

	out->broken = !json_canonical(v, out, &e) || out->broken;
}

static const char *name_of(const cJSON *v)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (json_get_text(v, names[i]))
			return json_get_text(v, names[i]);
	return NULL;
}

static bool same_name(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Elements of one list may share a name (an item on three forms): the k-th
 * of that name meets the k-th. */
static const cJSON *partner(const cJSON *list, const cJSON *of)
{
	const char *name = name_of(of);
	size_t before = 0, index = 0;
	const cJSON *v;

	for (v = of->prev; v && v->next; v = v->prev, index++)
		before += same_name(name, name_of(v));
	cJSON_ArrayForEach(v, list)
	{
		if (!name && index-- == 0)
			return v;
		if (same_name(name, name_of(v)) && before-- == 0)
			return v;
	}
	return NULL;
}

struct step {
	const struct step *up;
	const char *key;
	size_t index; /* where key is NULL */
};

static void path(const struct step *s, struct buf *out)
{
	if (!s)
		return;
	path(s->up, out);
	if (s->key)
		buf_addf(out, "/%s", s->key);
	else
		buf_addf(out, "/%zu", s->index);
}

static void line(const struct step *s, const cJSON *a, const cJSON *b,
		 struct buf *out)
{
	buf_adds(out, a && b ? "~ " : a ? "- " : "+ ");
	path(s, out);
	buf_adds(out, ": ");
	if (a)
		value(a, out);
	if (a && b)
		buf_adds(out, " -> ");
	if (b)
		value(b, out);
	buf_adds(out, "\n");
}

static bool compare(const struct step *s, const cJSON *a, const cJSON *b,
		    struct buf *out);

static bool compare_members(const struct step *s, const cJSON *a,
			    const cJSON *b, struct buf *out)
{
	bool differ = false;
	const cJSON *v;

	cJSON_ArrayForEach(v, a)
	{
		struct step here = { s, v->string, 0 };

		differ |= compare(&here, v, json_get(b, v->string), out);
	}
	cJSON_ArrayForEach(v, b)
	{
		struct step here = { s, v->string, 0 };

		if (!json_get(a, v->string))
			differ |= compare(&here, NULL, v, out);
	}
	return differ;
}

static bool compare_lists(const struct step *s, const cJSON *a, const cJSON *b,
			  struct buf *out)
{
	bool differ = false;
	size_t i = 0;
	const cJSON *v;

	cJSON_ArrayForEach(v, a)
	{
		struct step here = { s, name_of(v), i++ };

		differ |= compare(&here, v, partner(b, v), out);
	}
	i = 0;
	cJSON_ArrayForEach(v, b)
	{
		struct step here = { s, name_of(v), i++ };

		if (!partner(a, v))
			differ |= compare(&here, NULL, v, out);
	}
	return differ;
}

static bool compare(const struct step *s, const cJSON *a, const cJSON *b,
		    struct buf *out)
{
	if (a && b && cJSON_IsObject(a) && cJSON_IsObject(b))
		return compare_members(s, a, b, out);
	if (a && b && cJSON_IsArray(a) && cJSON_IsArray(b))
		return compare_lists(s, a, b, out);
	if (a && b && cJSON_Compare(a, b, true))
		return false;
	line(s, a, b, out);
	return true;
}

bool plan_diff(const struct plan *a, const struct plan *b, struct buf *out)
{
	struct err e;
	cJSON *x = json_parse(a->text, a->text_n, &json_plan_limits, &e);
	cJSON *y = json_parse(b->text, b->text_n, &json_plan_limits, &e);
	bool differ = false;

	out->broken = out->broken || !x || !y;
	if (!out->broken)
		differ = compare(NULL, x, y, out);
	cJSON_Delete(x);
	cJSON_Delete(y);
	return differ;
}
