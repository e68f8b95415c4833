#include <stdio.h>
#include <string.h>

#include "phieu/limits.h"
#include "submission_parts.h"

#define KEY_SHOWN   96 /* bytes of a key in a path */
#define VALUE_SHOWN 40 /* bytes of a value in a message */

/* Past the limit faults are only counted, so their words are not made. */
static bool full(const struct faults *f)
{
	return f->n >= LIMIT_FAULTS;
}

void fault_say(struct faults *f, const char *code, const char *path,
	       const char *en, const char *vi)
{
	if (!full(f))
		for (size_t i = 0; i < f->n; i++)
			if (strcmp(f->list[i].path, path) == 0)
				return;
	fault_add(f, code, path, en, vi);
}

/* The longest prefix of at most `max` bytes that ends with a whole
 * character. */
static size_t cut(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)s[max] & 0xC0) == 0x80)
		max--;
	return max;
}

const char *fault_path(struct faults *f, const char *parent, const char *key,
		       size_t n)
{
	char *out, *p;
	size_t from, len;

	if (full(f) || !parent)
		return "";
	len = strlen(parent);
	n = cut(key, n, KEY_SHOWN);
	out = arena_alloc(f->arena, len + 2 * n + 2);
	if (!out)
		return "";
	memcpy(out, parent, len);
	p = out + len;
	*p++ = '/';
	for (from = 0; from < n; from++) {
		if (key[from] == '~' || key[from] == '/') {
			*p++ = '~';
			*p++ = key[from] == '~' ? '0' : '1';
		} else {
			*p++ = key[from];
		}
	}
	*p = '\0';
	return out;
}

const char *fault_path_at(struct faults *f, const char *parent, size_t i)
{
	const char *out;

	if (full(f))
		return "";
	out = arena_printf(f->arena, "%s/%zu", parent, i);
	return out ? out : "";
}

const char *fault_quote(struct faults *f, const char *s, size_t n)
{
	size_t keep = cut(s, n, VALUE_SHOWN);
	char *out;

	out = arena_alloc(f->arena, keep + 4);
	if (!out)
		return "";
	memcpy(out, s, keep);
	for (size_t i = 0; i < keep; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7F)
			out[i] = '?';
	if (keep < n)
		(void)snprintf(out + keep, 4, "…");
	return out;
}
