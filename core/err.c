#include "phieu/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int http;
} kinds[] = {
	[ERR_NONE] = { "none", 200 },
	[ERR_INPUT] = { "input", 400 },
	[ERR_CONFLICT] = { "conflict", 409 },
	[ERR_DENIED] = { "denied", 403 },
	[ERR_DB] = { "db", 500 },
	[ERR_DOWN] = { "down", 503 },
	[ERR_IO] = { "io", 500 },
	[ERR_MATH] = { "math", 422 },
	[ERR_NOMEM] = { "nomem", 503 },
	[ERR_BUG] = { "bug", 500 },
};

/* A message cut in the middle of a letter would be no UTF-8, and JSON with it
 * no JSON: the started letter goes. */
static void drop_cut_letter(char *s, size_t size)
{
	size_t n = strlen(s), i = n, want;
	unsigned char lead;

	if (n + 1 < size)
		return;
	while (i > 0 && n - i < 3 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i == 0)
		return;
	lead = (unsigned char)s[i - 1];
	if (lead < 0xc0)
		return;
	want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	if (n - (i - 1) < want)
		s[i - 1] = '\0';
}

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	*e = (struct err){ .kind = kind };
	va_start(ap, fmt);
	(void)vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	drop_cut_letter(e->msg, sizeof e->msg);
	return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	char was[sizeof e->msg];
	va_list ap;
	size_t n;

	memcpy(was, e->msg, sizeof was);
	va_start(ap, fmt);
	(void)vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	(void)snprintf(e->msg + n, sizeof e->msg - n, ": %s", was);
	drop_cut_letter(e->msg, sizeof e->msg);
	return false;
}

static bool known(enum err_kind kind)
{
	return (size_t)kind < sizeof kinds / sizeof kinds[0];
}

const char *err_kind_name(enum err_kind kind)
{
	return known(kind) ? kinds[kind].name : "?";
}

int err_http_status(enum err_kind kind)
{
	return known(kind) ? kinds[kind].http : 500;
}
