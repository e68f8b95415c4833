#include "phieu/dec.h"

#include <stdio.h>
#include <string.h>

#define DECIMALS 6

/* "not a number" with the text where it can be shown safely. */
static bool refuse(const char *s, size_t n, const char *why, struct err *e)
{
	size_t i;

	for (i = 0; i < n && s[i] > ' ' && s[i] < 0x7f; i++)
		;
	if (i == n && n > 0 && n <= 40)
		return err_set(e, ERR_INPUT, "number '%.*s': %s", (int)n, s,
			       why);
	return err_set(e, ERR_INPUT, "number: %s", why);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits from *i on into *u; false on overflow. */
static bool take_digits(const char *s, size_t n, size_t *i, uint64_t *u)
{
	for (; *i < n && is_digit(s[*i]); ++*i) {
		if (__builtin_mul_overflow(*u, UINT64_C(10), u) ||
		    __builtin_add_overflow(*u, (uint64_t)(s[*i] - '0'), u))
			return false;
	}
	return true;
}

/* ".5" from s[*i] on into *u, with the number of decimals; NULL, or what is
 * wrong. */
static const char *take_decimals(const char *s, size_t n, size_t *i,
				 uint64_t *u, size_t *decimals)
{
	size_t point = *i;
	bool fits;

	*decimals = 0;
	if (*i < n && s[*i] == ',')
		return "decimals follow a point, not a comma";
	if (*i == n || s[*i] != '.')
		return NULL;
	++*i;
	fits = take_digits(s, n, i, u);
	*decimals = *i - point - 1;
	if (*decimals > DECIMALS)
		return "more than six decimals";
	if (!fits)
		return "too large";
	return *decimals ? NULL : "no digit after the point";
}

bool dec_parse(const char *s, size_t n, struct dec *out, struct err *e)
{
	bool negative = n > 0 && s[0] == '-', fits;
	size_t first = negative ? 1 : 0, i = first, decimals;
	uint64_t u = 0, limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	const char *wrong;

	if (n == 0)
		return err_set(e, ERR_INPUT, "number: empty");
	fits = take_digits(s, n, &i, &u);
	if (i == first && fits)
		return refuse(s, n, "a digit is wanted first", e);
	wrong = fits ? take_decimals(s, n, &i, &u, &decimals) : "too large";
	if (wrong)
		return refuse(s, n, wrong, e);
	if (i < n)
		return refuse(s, n, "only digits and one point are taken", e);
	for (; fits && decimals < DECIMALS; decimals++)
		fits = !__builtin_mul_overflow(u, UINT64_C(10), &u);
	if (!fits || u > limit)
		return refuse(s, n, "too large", e);
	/* Two's complement of INT64_MIN has no positive twin. */
	out->micro = negative ? (int64_t)(UINT64_C(0) - u) : (int64_t)u;
	return true;
}

/* Writes the value with `point`, at least `least` decimals, as many as its
 * exact value needs. */
static const char *text(struct dec d, char point, int least,
			char buf[DEC_TEXT_MAX])
{
	bool negative = d.micro < 0;
	uint64_t u =
		negative ? UINT64_C(0) - (uint64_t)d.micro : (uint64_t)d.micro;
	uint64_t part = u % (uint64_t)DEC_ONE;
	int digits = DECIMALS;
	char tail[DECIMALS + 1];
	int i;

	for (i = DECIMALS - 1; i >= 0; i--) {
		tail[i] = (char)('0' + part % 10);
		part /= 10;
	}
	while (digits > least && tail[digits - 1] == '0')
		digits--;
	tail[digits] = '\0';
	(void)snprintf(buf, DEC_TEXT_MAX, "%s%llu%.*s%s", negative ? "-" : "",
		       (unsigned long long)(u / (uint64_t)DEC_ONE),
		       digits > 0 ? 1 : 0, &point, tail);
	return buf;
}

const char *dec_text(struct dec d, char buf[DEC_TEXT_MAX])
{
	return text(d, '.', 0, buf);
}

const char *dec_text_vi(struct dec d, int digits, char buf[DEC_TEXT_MAX])
{
	if (digits < 0)
		digits = 0;
	if (digits > DECIMALS)
		digits = DECIMALS;
	return text(d, ',', digits, buf);
}

bool dec_add(struct dec a, struct dec b, struct dec *out, struct err *e)
{
	int64_t sum;

	if (__builtin_add_overflow(a.micro, b.micro, &sum))
		return err_set(e, ERR_MATH, "sum of decimals too large");
	out->micro = sum;
	return true;
}

bool dec_sub(struct dec a, struct dec b, struct dec *out, struct err *e)
{
	int64_t difference;

	if (__builtin_sub_overflow(a.micro, b.micro, &difference))
		return err_set(e, ERR_MATH, "difference of decimals too large");
	out->micro = difference;
	return true;
}
