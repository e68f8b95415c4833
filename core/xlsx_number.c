/* Numbers and days as workbooks hold them. */
#include "xlsx_impl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS_A_DAY 86400

static size_t digits(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= '0' && s[i] <= '9')
		i++;
	return i;
}

/* Length of a decimal number at s, 0 when there is none; strtod alone would
 * take hexadecimal, infinity and NaN. */
static size_t number_length(const char *s, size_t n)
{
	size_t i = 0, whole, part = 0, mark;

	if (i < n && (s[i] == '-' || s[i] == '+'))
		i++;
	whole = digits(s + i, n - i);
	i += whole;
	if (i < n && s[i] == '.') {
		part = digits(s + i + 1, n - i - 1);
		i += 1 + part;
	}
	if (whole + part == 0)
		return 0;
	if (i < n && (s[i] == 'e' || s[i] == 'E')) {
		mark = i + 1;
		if (mark < n && (s[mark] == '-' || s[mark] == '+'))
			mark++;
		part = digits(s + mark, n - mark);
		if (part == 0)
			return 0;
		i = mark + part;
	}
	return i;
}

bool xlsx_number(const char *s, size_t n, double *value)
{
	if (n == 0 || n > 60 || number_length(s, n) != n)
		return false;
	*value = strtod(s, NULL);
	return isfinite(*value);
}

static size_t significant(const char *s, size_t n)
{
	size_t i = 0, count = 0;

	while (i < n && (s[i] < '1' || s[i] > '9'))
		i++;
	for (; i < n; i++)
		count += s[i] != '.';
	return count;
}

/* Excel computes in double and shows 15 digits: what is beyond them is the
 * binary tail of the digits that a person typed. */
size_t xlsx_number_text(const char *s, size_t n, double value, char out[40])
{
	bool plain = !memchr(s, 'e', n) && !memchr(s, 'E', n) && s[0] != '+';
	int len, at;

	if (plain && n < 40 && significant(s, n) <= 15) {
		memcpy(out, s, n);
		out[n] = '\0';
		return n;
	}
	if (fabs(value) < 1e15 && fabs(value) >= 1e-4) {
		at = 14 - (int)floor(log10(fabs(value)));
		len = snprintf(out, 40, "%.*f", at < 0 ? 0 : at, value);
		if (len > 0 && memchr(out, '.', (size_t)len)) {
			while (out[len - 1] == '0')
				len--;
			if (out[len - 1] == '.')
				len--;
			out[len] = '\0';
		}
	} else {
		len = snprintf(out, 40, "%.15g", value);
	}
	return len > 0 ? (size_t)len : 0;
}

/* Day 60 of the 1900 calendar is 29 February 1900, which never was: Excel
 * keeps the mistake of Lotus 1-2-3, so that days before it are one off. */
bool xlsx_serial(double serial, bool is_1904, struct date *day, int *seconds)
{
	double whole = floor(serial);
	int32_t n;

	if (!(serial >= 0) || serial >= 2958466)
		return false;
	n = (int32_t)whole;
	*seconds = (int)floor((serial - whole) * SECONDS_A_DAY + 0.5);
	if (*seconds == SECONDS_A_DAY) {
		*seconds = 0;
		n++;
	}
	if (is_1904) {
		day->days = date_from_ymd(1904, 1, 1).days + n;
	} else {
		if (n == 60)
			return false;
		day->days = date_from_ymd(1899, 12, n < 60 ? 31 : 30).days + n;
	}
	return day->days <= date_from_ymd(9999, 12, 31).days;
}
