/* Where in the instance something is that was found by its JSON pointer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xform_parts.h"

static const struct {
	const char *pointer, *place;
} heads[] = {
	{ "/instanceID", "/meta/instanceID" },
	{ "/replaces", "/meta/deprecatedID" },
	{ "/wave", "/@id" },
	{ "/form", "/@id" },
	{ "/version", "/@id" },
	{ "/sheet", "/head/sheet" },
	{ "/keying", "/head/keying" },
	{ "/group", "/head/group" },
	{ "/home", "/head/home" },
	{ "/collected", "/head/collected" },
	{ "/start", "/start" },
	{ "/end", "/end" },
	{ "/device", "/deviceid" },
	{ "/profile", "/profile" },
	{ "/ratings", "/ratings" },
	{ "/comment", "/end-page/comment" },
};

/* "/profile/gioi-tinh" or "/ratings/3/answers/Q2", NULL for a plain head. */
static const char *deeper(const struct xform_meta *m, struct arena *a,
			  const char *path)
{
	const char *rest, *name;
	char *end;
	size_t i;

	if (strncmp(path, "/profile/", 9) == 0) {
		name = xname(a, path + 9);
		return arena_printf(a, "/%s/profile/%s", m->root,
				    name ? name : "");
	}
	if (strncmp(path, "/ratings/", 9) != 0)
		return NULL;
	i = (size_t)strtoul(path + 9, &end, 10);
	if (end == path + 9 || i >= m->n_ratings)
		return NULL;
	rest = end;
	if (strncmp(rest, "/answers/", 9) == 0) {
		name = xname(a, rest + 9);
		return arena_printf(a, "/%s/%s/%s", m->root, m->rating_names[i],
				    name ? name : "");
	}
	if (strcmp(rest, "/answers") == 0)
		rest = "";
	return arena_printf(a, "/%s/%s%s", m->root, m->rating_names[i], rest);
}

static const char *place_of(const struct xform_meta *m, struct arena *a,
			    const char *path)
{
	const char *out = deeper(m, a, path);

	for (size_t i = 0; !out && i < sizeof heads / sizeof *heads; i++)
		if (strcmp(path, heads[i].pointer) == 0)
			out = arena_printf(a, "/%s%s", m->root, heads[i].place);
	return out ? out : path;
}

void xform_places(const struct xform_meta *meta, struct faults *faults,
		  size_t from)
{
	size_t kept = from;

	for (size_t i = from; i < faults->n; i++) {
		struct fault f = faults->list[i];
		size_t k = 0;

		f.path = place_of(meta, faults->arena, f.path);
		/* the first reason at a place is the useful one */
		while (k < kept && strcmp(faults->list[k].path, f.path) != 0)
			k++;
		if (k == kept)
			faults->list[kept++] = f;
	}
	faults->n = kept;
}
