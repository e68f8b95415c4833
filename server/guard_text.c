#include "phieu/guard_text.h"

#include <gmp.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/exact.h"
#include "phieu/json.h"

#define DIGITS	    "0123456789"
#define DIGITS_MOST ((size_t)4096) /* of a number */

/* "-12", "8/11", "0.727": 0 no number, 1 a decimal, 2 a fraction. */
static int shape(const char *s, size_t *decimals)
{
	size_t whole, rest;

	*decimals = 0;
	s += *s == '-';
	whole = strspn(s, DIGITS);
	if (whole == 0 || whole > DIGITS_MOST)
		return 0;
	if (s[whole] == '\0')
		return 1;
	rest = strspn(s + whole + 1, DIGITS);
	if (rest == 0 || rest > DIGITS_MOST || s[whole + 1 + rest] != '\0')
		return 0;
	if (s[whole] == '/')
		return 2;
	*decimals = rest;
	return s[whole] == '.' ? 1 : 0;
}

/* Out of a text of that shape; false: nothing over 0 below the line. */
static bool take(mpq_t q, struct arena *a, const char *s, size_t decimals)
{
	char *text = arena_strdup(a, s), *dot = text ? strchr(text, '.') : NULL;

	if (!text)
		return false;
	if (!dot) {
		if (mpq_set_str(q, text, 10) != 0 ||
		    mpz_sgn(mpq_denref(q)) == 0)
			return false;
		mpq_canonicalize(q);
		return true;
	}
	memmove(dot, dot + 1, strlen(dot));
	if (mpz_set_str(mpq_numref(q), text, 10) != 0)
		return false;
	mpz_ui_pow_ui(mpq_denref(q), 10, decimals);
	mpq_canonicalize(q);
	return true;
}

const char *guard_number(struct arena *a, const char *s, int digits)
{
	char text[DEC_TEXT_MAX + 8];
	struct err e = { 0 };
	const char *out = s;
	size_t decimals;
	struct dec d;
	mpq_t q;
	int kind = s ? shape(s, &decimals) : 0;

	if (kind == 0 || (kind == 1 && decimals <= (size_t)digits))
		return s;
	mpq_init(q);
	if (take(q, a, s, decimals) &&
	    exact_round(q, digits, EXACT_HALF_UP, &d, &e))
		out = arena_strdup(a, exact_fixed(d, digits, text));
	else
		out = NULL;
	mpq_clear(q);
	return out;
}

/* Members that hold numbers as text; the others are words. */
static bool is_number_key(const char *key)
{
	static const char *const keys[] = { "exact",	 "points",    "sum",
					    "maximum",	 "base",      "scaled",
					    "bonus",	 "deduction", "self",
					    "appraised", "deducted",  "value",
					    "before",	 "after",     "percent",
					    "published", "so_far" };

	for (size_t i = 0; key && i < sizeof keys / sizeof keys[0]; i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

int guard_digits(const cJSON *doc)
{
	const cJSON *u = json_first(json_get(doc, "units"));
	const cJSON *c = json_first(json_get(u, "criteria"));
	const char *s = c ? json_get_text(c, "points") : NULL;
	const char *dot = s ? strchr(s, '.') : NULL;

	return dot ? (int)strlen(dot + 1) : 0;
}

static int digits_of(const cJSON *doc, const cJSON *o, int digits)
{
	return strcmp(o->string, "percent") == 0 && json_get(doc, "state")
		       ? 0
		       : digits;
}

bool guard_content(cJSON *doc, int digits, struct arena *a)
{
	for (cJSON *o = doc ? doc->child : NULL; o; o = o->next) {
		const char *s;

		if (o->child) {
			if (!guard_content(o, digits, a))
				return false;
			continue;
		}
		if (!cJSON_IsString(o) || !is_number_key(o->string))
			continue;
		s = guard_number(a, o->valuestring, digits_of(doc, o, digits));
		if (s != o->valuestring && (!s || !cJSON_SetValuestring(o, s)))
			return false;
	}
	return true;
}

void guard_records(struct index_record *r, size_t n, int digits,
		   struct arena *a)
{
	for (size_t i = 0; i < n; i++) {
		r[i].before = guard_number(a, r[i].before, digits);
		r[i].after = guard_number(a, r[i].after, digits);
		for (size_t k = 0; k < r[i].n_inputs; k++)
			r[i].inputs[k].value =
				guard_number(a, r[i].inputs[k].value, digits);
	}
}
