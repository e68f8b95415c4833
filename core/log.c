#include "phieu/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "phieu/date.h"
#include "phieu/utf8.h"

/* One write of at most PIPE_BUF bytes is never mixed with another process's
 * (POSIX write), so a line is whole even where two services share a log. */
#define LINE_MAX_BYTES 4096
#define VALUE_MAX      1024
#define CUT	       " cut=yes"

static const char *const level_names[] = { "error", "warn", "info", "debug" };

static _Atomic int max_level = LOG_INFO;

void log_set_level(enum log_level max)
{
	atomic_store(&max_level, (int)max);
}

bool log_takes(enum log_level l)
{
	return (int)l <= atomic_load(&max_level);
}

bool log_level_parse(const char *s, enum log_level *out, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
		if (strcmp(s, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return err_set(e, ERR_INPUT,
		       "log level is one of error, warn, info, debug");
}

struct line {
	char s[LINE_MAX_BYTES];
	size_t n;
};

/* Room for the mark of a cut and the newline is kept back. */
static bool add(struct line *l, const char *s, size_t n)
{
	if (n > sizeof l->s - l->n - sizeof CUT)
		return false;
	memcpy(l->s + l->n, s, n);
	l->n += n;
	return true;
}

/* Length of the character at s that may be shown as it is; 0 for control
 * characters (C1 too: terminals obey them) and bytes that are no UTF-8. */
static size_t showable(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t len, bad;

	if (u[0] < 0x20 || u[0] == 0x7f)
		return 0;
	if (u[0] < 0x80)
		return 1;
	if (u[0] == 0xc2 && u[1] >= 0x80 && u[1] <= 0x9f)
		return 0;
	for (len = 2; len <= 4 && s[len - 1] != '\0'; len++) {
		if (utf8_valid(s, len, &bad))
			return len;
	}
	return 0;
}

static bool needs_quotes(const char *s)
{
	size_t len;

	if (*s == '\0')
		return true;
	for (; *s; s += len) {
		len = showable(s);
		if (len == 0 || strchr(" \"=\\", *s))
			return true;
	}
	return false;
}

static bool add_value(struct line *l, const char *s)
{
	size_t first = l->n, len;
	char hex[5];
	bool ok;

	if (!needs_quotes(s) && strlen(s) <= VALUE_MAX)
		return add(l, s, strlen(s));
	ok = add(l, "\"", 1);
	for (; ok && *s; s += len) {
		if (l->n - first > VALUE_MAX) {
			ok = add(l, "\xe2\x80\xa6", 3); /* … */
			break;
		}
		len = showable(s);
		if (len == 0) {
			(void)snprintf(hex, sizeof hex, "\\x%02X",
				       (unsigned)(unsigned char)*s);
			ok = add(l, hex, 4);
			len = 1;
		} else {
			if (*s == '"' || *s == '\\')
				ok = add(l, "\\", 1);
			ok = ok && add(l, s, len);
		}
	}
	return ok && add(l, "\"", 1);
}

/* A pair stands whole or not at all. */
static bool add_pair(struct line *l, const char *key, const char *value)
{
	size_t before = l->n;

	if (add(l, " ", 1) && add(l, key, strlen(key)) && add(l, "=", 1) &&
	    add_value(l, value ? value : ""))
		return true;
	l->n = before;
	return false;
}

static void start(struct line *l, enum log_level level, const char *id,
		  const char *event)
{
	const char *name = level_names[level];
	char ts[INSTANT_TEXT_MAX];

	l->n = 0;
	(void)instant_text(clock_now_us(), ts);
	(void)add(l, ts, strlen(ts));
	(void)add(l, " ", 1);
	(void)add(l, name, strlen(name));
	if (id)
		(void)add_pair(l, "id", id);
	(void)add(l, " ", 1);
	(void)add(l, event, strlen(event));
}

static void finish(struct line *l, bool whole)
{
	if (!whole) {
		memcpy(l->s + l->n, CUT, sizeof CUT - 1);
		l->n += sizeof CUT - 1;
	}
	l->s[l->n++] = '\n';
	/* A log that cannot be written has nobody to tell. */
	if (write(STDERR_FILENO, l->s, l->n) < 0)
		return;
}

static bool is_wanted(enum log_level level)
{
	return (int)level <= atomic_load(&max_level);
}

void log_event(enum log_level l, const char *id, const char *event, ...)
{
	const char *key;
	struct line line;
	bool whole = true;
	va_list ap;

	if (!is_wanted(l))
		return;
	start(&line, l, id, event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)))
		whole = add_pair(&line, key, va_arg(ap, const char *)) && whole;
	va_end(ap);
	finish(&line, whole);
}

void log_err(enum log_level l, const char *id, const char *event,
	     const struct err *e)
{
	struct line line;
	bool whole;

	if (!is_wanted(l))
		return;
	start(&line, l, id, event);
	whole = add_pair(&line, "kind", err_kind_name(e->kind));
	if (e->sqlstate[0])
		whole = add_pair(&line, "sqlstate", e->sqlstate) && whole;
	whole = add_pair(&line, "message", e->msg) && whole;
	if (e->detail[0])
		whole = add_pair(&line, "detail", e->detail) && whole;
	finish(&line, whole);
}
