#include "phieu/sheet.h"

#include <string.h>

#define SERIAL_MAX 99999999u
#define TYPED_MAX  40 /* characters that matter in what people type */

/* Damm's totally anti-symmetric quasigroup of order 10: finds every single
 * wrong digit and every swap of neighbours.  (ISO 7064 MOD 11-10 misses one
 * swap in 45.) */
static const unsigned char damm[10][10] = {
	{ 0, 3, 1, 7, 5, 9, 8, 6, 4, 2 }, { 7, 0, 9, 2, 1, 5, 4, 8, 6, 3 },
	{ 4, 2, 0, 6, 8, 7, 1, 3, 5, 9 }, { 1, 7, 5, 0, 9, 8, 3, 4, 2, 6 },
	{ 6, 1, 2, 3, 0, 4, 5, 9, 7, 8 }, { 3, 6, 7, 4, 2, 0, 9, 5, 8, 1 },
	{ 5, 8, 6, 9, 7, 2, 0, 1, 3, 4 }, { 8, 9, 4, 5, 3, 6, 2, 0, 1, 7 },
	{ 9, 4, 3, 8, 6, 1, 7, 2, 0, 5 }, { 2, 5, 8, 1, 4, 3, 6, 7, 9, 0 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static char upper(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c;
}

/* A letter counts as two digits from A = 00, so CT01-00012 has check digit 7.
 */
static unsigned check_text(unsigned state, const char *s)
{
	for (; *s; s++) {
		if (is_digit(*s)) {
			state = damm[state][*s - '0'];
		} else {
			unsigned place = (unsigned)(*s - 'A');

			state = damm[state][place / 10];
			state = damm[state][place % 10];
		}
	}
	return state;
}

#define SERIAL_TEXT 11

/* Five digits at least, without printf: every sheet passes here three times.
 */
static size_t serial_text(uint32_t serial, char out[SERIAL_TEXT])
{
	size_t n = 5;

	for (uint32_t over = serial / 100000; over > 0; over /= 10)
		n++;
	out[n] = '\0';
	for (size_t i = n; i > 0; i--, serial /= 10)
		out[i - 1] = (char)('0' + serial % 10);
	return n;
}

static unsigned check_digit(const struct sheet_no *no)
{
	char serial[SERIAL_TEXT] = { 0 };

	serial_text(no->serial, serial);
	return check_text(check_text(0, no->prefix), serial);
}

/* What separates groups: spaces, hyphens, dots, the dashes that word
 * processors make of a hyphen (U+2010-U+2015, U+2212) and the no-break space.
 * Returns its length in bytes, 0 for anything else. */
static size_t separator(const char *s, size_t n)
{
	if (*s == ' ' || *s == '\t' || *s == '-' || *s == '.' || *s == '_' ||
	    *s == '/')
		return 1;
	if (n >= 2 && memcmp(s, "\xC2\xA0", 2) == 0)
		return 2;
	if (n >= 3 && memcmp(s, "\xE2\x80", 2) == 0 &&
	    (unsigned char)s[2] >= 0x90 && (unsigned char)s[2] <= 0x95)
		return 3;
	if (n >= 3 && memcmp(s, "\xE2\x88\x92", 3) == 0)
		return 3;
	return 0;
}

/* Letters and digits in one row, and where the last two groups begin. */
struct typed {
	char s[TYPED_MAX + 1];
	size_t n;
	size_t last, before_last; /* starts of groups */
};

static bool typed_read(const char *s, size_t n, struct typed *t, struct err *e)
{
	size_t i = 0;
	bool fresh = true;

	*t = (struct typed){ 0 };
	while (i < n) {
		size_t skip = separator(s + i, n - i);
		char c = upper(s[i]);

		if (skip) {
			fresh = true;
			i += skip;
			continue;
		}
		if (!is_digit(c) && !is_upper(c))
			return err_set(e, ERR_INPUT,
				       "a sheet number has letters, digits "
				       "and hyphens only");
		if (t->n == TYPED_MAX)
			return err_set(e, ERR_INPUT, "sheet number too long");
		if (fresh) {
			t->before_last = t->last;
			t->last = t->n;
			fresh = false;
		}
		t->s[t->n++] = c;
		i++;
	}
	return true;
}

/* Where the serial begins.  The check digit is always the last character;
 * the serial is the group before it, or what stands before it in its own
 * group ("CT01-000127"), or five digits when all is written in one. */
static bool serial_start(const struct typed *t, size_t *from, struct err *e)
{
	size_t tail = t->n - t->last;

	if (tail == 1)
		*from = t->before_last;
	else
		*from = t->last;
	if (*from == 0) {
		if (t->n < 7)
			return err_set(e, ERR_INPUT,
				       "not a sheet number like CT01-00012-7");
		*from = t->n - 6;
	}
	return true;
}

bool sheet_parse(const char *s, size_t n, struct sheet_no *out, struct err *e)
{
	struct sheet_no no = { 0 };
	struct typed t;
	size_t from, i;
	uint64_t serial = 0;

	if (!typed_read(s, n, &t, e))
		return false;
	if (t.n < 3)
		return err_set(e, ERR_INPUT,
			       "not a sheet number like CT01-00012-7");
	if (!serial_start(&t, &from, e))
		return false;
	if (from == 0 || from >= sizeof no.prefix || t.n - 1 - from < 1 ||
	    t.n - 1 - from > 8)
		return err_set(e, ERR_INPUT,
			       "not a sheet number like CT01-00012-7");
	for (i = from; i < t.n; i++)
		if (!is_digit(t.s[i]))
			return err_set(e, ERR_INPUT,
				       "the serial of a sheet number is "
				       "digits only");
	for (i = from; i + 1 < t.n; i++)
		serial = serial * 10 + (unsigned)(t.s[i] - '0');
	if (serial == 0)
		return err_set(e, ERR_INPUT, "a sheet's serial starts at 1");
	memcpy(no.prefix, t.s, from);
	no.serial = (uint32_t)serial;
	if (check_digit(&no) != (unsigned)(t.s[t.n - 1] - '0'))
		return err_set(e, ERR_INPUT,
			       "the check digit of the sheet number is wrong");
	*out = no;
	return true;
}

const char *sheet_text(const struct sheet_no *s, char out[SHEET_TEXT_MAX])
{
	size_t n = strlen(s->prefix);

	memcpy(out, s->prefix, n);
	out[n++] = '-';
	n += serial_text(s->serial, out + n);
	out[n++] = '-';
	out[n++] = (char)('0' + check_digit(s));
	out[n] = '\0';
	return out;
}

bool sheet_make(const char *form_code, uint32_t serial, struct sheet_no *out,
		struct err *e)
{
	struct sheet_no no = { .serial = serial };
	size_t n = 0;

	if (serial == 0 || serial > SERIAL_MAX)
		return err_set(e, ERR_INPUT, "a sheet's serial is 1 to %u",
			       SERIAL_MAX);
	for (; *form_code; form_code++) {
		char c = upper(*form_code);

		if (!is_digit(c) && !is_upper(c))
			continue;
		if (n + 1 == sizeof no.prefix)
			return err_set(e, ERR_INPUT,
				       "form code too long for a sheet number");
		no.prefix[n++] = c;
	}
	if (n == 0)
		return err_set(e, ERR_INPUT,
			       "a form code needs a letter or a digit");
	*out = no;
	return true;
}
