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

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	*e = (struct err){ .kind = kind };
	va_start(ap, fmt);
	(void)vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
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
