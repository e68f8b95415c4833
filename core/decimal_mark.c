#include "phieu/decimal_mark.h"

#include <string.h>

/* Where the marks of a number stand: *last is the last one, *others whether
 * there is another kind, *count of the last kind, *after the digits behind
 * it.  False: no number. */
static bool marks(const char *s, char *last, bool *others, size_t *count,
		  size_t *after)
{
	const char *at = NULL;

	*last = '\0';
	*others = false;
	*count = 0;
	if (*s == '-')
		s++;
	for (; *s; s++) {
		if (*s != '.' && *s != ',') {
			if (*s < '0' || *s > '9')
				return false;
			continue;
		}
		if (*last && *s != *last)
			*others = true;
		*count = *s == *last ? *count + 1 : 1;
		*last = *s;
		at = s;
	}
	*after = at ? strlen(at + 1) : 0;
	return true;
}

/* Which mark this number shows to be the decimal one; 0: none or either. */
static char shows(const char *s)
{
	char last;
	bool others;
	size_t count, after;

	if (!marks(s, &last, &others, &count, &after) || !last)
		return '\0';
	if (others && count > 1)
		return '\0';
	if (others)
		return last;
	if (count == 1) {
		if (after == 3)
			return '\0';
		return last;
	}
	if (last == '.') /* 1.234.567: groups */
		return ',';
	return '.';
}

void decimal_mark_see(struct decimal_mark *m, const char *s)
{
	char mark = shows(s);

	m->point += mark == '.';
	m->comma += mark == ',';
}

char decimal_mark_of(const struct decimal_mark *m)
{
	if (m->point && !m->comma)
		return '.';
	return m->comma && !m->point ? ',' : '\0';
}

enum decimal_text decimal_mark_text(const char *s, char mark, struct arena *a,
				    const char **out)
{
	bool others;
	size_t count, after, n = 0;
	char last, *text;

	*out = s;
	if (!marks(s, &last, &others, &count, &after) || !last)
		return DECIMAL_TEXT_OK; /* whoever reads it says what is wrong
					 */
	if (!mark)
		return shows(s) ? DECIMAL_TEXT_BOTH : DECIMAL_TEXT_EITHER;
	if (shows(s) && shows(s) != mark)
		return DECIMAL_TEXT_BOTH;
	text = arena_strdup(a, s);
	for (const char *p = s; text && *p; p++) {
		if (*p == mark)
			text[n++] = '.';
		else if (*p != '.' && *p != ',')
			text[n++] = *p;
	}
	if (text)
		text[n] = '\0';
	*out = text ? text : s;
	return DECIMAL_TEXT_OK;
}
