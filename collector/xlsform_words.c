/* Little languages inside cells: yes and no, the constraints of a number and
 * of a text. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/dec.h"
#include "xlsform_parts.h"

bool xlsform_yes(const char *s, bool *out)
{
	static const char *const yes[] = { "yes", "true", "true()",
					   "x",	  "1",	  "có" };
	static const char *const no[] = { "no", "false", "false()", "0",
					  "không" };

	*out = false;
	if (!s)
		return true;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (strcasecmp(s, yes[i]) == 0) {
			*out = true;
			return true;
		}
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (strcasecmp(s, no[i]) == 0)
			return true;
	return false;
}

static void skip(const char **s)
{
	while (isspace((unsigned char)**s))
		++*s;
}

static bool word(const char **s, const char *w)
{
	size_t n = strlen(w);

	skip(s);
	if (strncmp(*s, w, n) != 0)
		return false;
	*s += n;
	return true;
}

/* A decimal as plans write them, in the arena. */
static const char *decimal(const char **s, struct arena *a)
{
	struct err e = { 0 };
	struct dec d;
	size_t n;

	skip(s);
	n = strspn(*s, "-0123456789.");
	if (!dec_parse(*s, n, &d, &e))
		return NULL;
	*s += n;
	return arena_strndup(a, *s - n, n);
}

bool xlsform_range(const char *s, struct arena *a, const char **low,
		   const char **high)
{
	*low = *high = NULL;
	do {
		const char **side;

		if (!word(&s, "."))
			return false;
		if (word(&s, ">="))
			side = low;
		else if (word(&s, "<="))
			side = high;
		else
			return false;
		if (*side)
			return false;
		*side = decimal(&s, a);
		if (!*side)
			return false;
	} while (word(&s, "and "));
	skip(&s);
	return *s == '\0';
}

bool xlsform_length(const char *s, long *max)
{
	char *end;

	if (!word(&s, "string-length(") || !word(&s, ".") || !word(&s, ")") ||
	    !word(&s, "<="))
		return false;
	skip(&s);
	*max = strtol(s, &end, 10);
	if (end == s || *max < 1 || *max > 1000000)
		return false;
	s = end;
	skip(&s);
	return *s == '\0';
}
