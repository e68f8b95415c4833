/* Little languages inside cells: yes and no, the constraints of a number and
 * of a text. */
#include <ctype.h>
#include <stdio.h>
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

/* ". >= 1" or ". <= 50", each once. */
static bool side(const char **s, struct arena *a, struct xrange *out)
{
	const char **to;

	if (!word(s, "."))
		return false;
	if (word(s, ">="))
		to = &out->low;
	else if (word(s, "<="))
		to = &out->high;
	else
		return false;
	if (*to)
		return false;
	*to = decimal(s, a);
	return *to != NULL;
}

/* "abs(. * 100 - round(. * 100)) < 0.001", as xlsform_step writes it. */
static bool step(const char **s, struct xrange *out)
{
	char want[XLSFORM_STEP_MAX];

	if (out->decimals >= 0)
		return false;
	for (int n = 0; n < DEC_DIGITS; n++) {
		const char *at = *s, *w = xlsform_step(n, want);

		while (*w) {
			skip(&at);
			if (*at != *w)
				break;
			at++;
			w++;
			while (*w == ' ')
				w++;
		}
		if (*w)
			continue;
		*s = at;
		out->decimals = n;
		return true;
	}
	return false;
}

const char *xlsform_step(int decimals, char out[XLSFORM_STEP_MAX])
{
	int by = 1;

	for (int i = 0; i < decimals; i++)
		by *= 10;
	if (by == 1)
		(void)snprintf(out, XLSFORM_STEP_MAX,
			       "abs(. - round(.)) < 0.001");
	else
		(void)snprintf(out, XLSFORM_STEP_MAX,
			       "abs(. * %d - round(. * %d)) < 0.001", by, by);
	return out;
}

bool xlsform_range(const char *s, struct arena *a, struct xrange *out)
{
	*out = (struct xrange){ .decimals = -1 };
	do {
		const char *at = s;

		if (word(&at, "abs")) {
			if (!step(&s, out))
				return false;
		} else if (!side(&s, a, out)) {
			return false;
		}
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
