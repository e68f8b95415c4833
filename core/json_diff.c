#include "phieu/json_diff.h"

#include <string.h>

#include "phieu/json.h"

/* What names an element of a list, in this order; else its place does. */
static const char *const names[] = { "code", "id", "item", "home", "office" };

enum { PATH_BYTES = 16384 };

struct differ {
	json_diff_fn tell;
	void *ctx;
	bool broken;
};

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

static void told(struct differ *d, const struct step *s, const cJSON *a,
		 const cJSON *b)
{
	struct buf at = BUF_INIT(PATH_BYTES);

	path(s, &at);
	if (buf_cstr(&at))
		d->tell(d->ctx, buf_cstr(&at), a, b);
	else
		d->broken = true;
	buf_free(&at);
}

static bool compare(struct differ *d, const struct step *s, const cJSON *a,
		    const cJSON *b);

static bool compare_members(struct differ *d, const struct step *s,
			    const cJSON *a, const cJSON *b)
{
	bool differ = false;
	const cJSON *v;

	cJSON_ArrayForEach(v, a)
	{
		struct step here = { s, v->string, 0 };

		differ |= compare(d, &here, v, json_get(b, v->string));
	}
	cJSON_ArrayForEach(v, b)
	{
		struct step here = { s, v->string, 0 };

		if (!json_get(a, v->string))
			differ |= compare(d, &here, NULL, v);
	}
	return differ;
}

static bool compare_lists(struct differ *d, const struct step *s,
			  const cJSON *a, const cJSON *b)
{
	bool differ = false;
	size_t i = 0;
	const cJSON *v;

	cJSON_ArrayForEach(v, a)
	{
		struct step here = { s, name_of(v), i++ };

		differ |= compare(d, &here, v, partner(b, v));
	}
	i = 0;
	cJSON_ArrayForEach(v, b)
	{
		struct step here = { s, name_of(v), i++ };

		if (!partner(a, v))
			differ |= compare(d, &here, NULL, v);
	}
	return differ;
}

static bool compare(struct differ *d, const struct step *s, const cJSON *a,
		    const cJSON *b)
{
	if (a && b && cJSON_IsObject(a) && cJSON_IsObject(b))
		return compare_members(d, s, a, b);
	if (a && b && cJSON_IsArray(a) && cJSON_IsArray(b))
		return compare_lists(d, s, a, b);
	if (a && b && cJSON_Compare(a, b, true))
		return false;
	told(d, s, a, b);
	return true;
}

bool json_diff(const cJSON *a, const cJSON *b, json_diff_fn tell, void *ctx,
	       bool *broken)
{
	struct differ d = { tell, ctx, false };
	bool differ = compare(&d, NULL, a, b);

	*broken = d.broken;
	return differ;
}

/* ---- lines ------------------------------------------------------------- */

static void value(const cJSON *v, struct buf *out)
{
	struct err e;

	out->broken = !json_canonical(v, out, &e) || out->broken;
}

static void line(void *ctx, const char *at, const cJSON *a, const cJSON *b)
{
	struct buf *out = ctx;

	buf_addf(out, "%s %s: ", a && b ? "~" : a ? "-" : "+", at);
	if (a)
		value(a, out);
	if (a && b)
		buf_adds(out, " -> ");
	if (b)
		value(b, out);
	buf_adds(out, "\n");
}

bool json_diff_lines(const cJSON *a, const cJSON *b, struct buf *out)
{
	bool broken, differ = json_diff(a, b, line, out, &broken);

	out->broken = out->broken || broken;
	return differ;
}
