#include "phieu/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct buf *b, size_t extra)
{
	size_t need, cap;
	char *p;

	if (b->broken)
		return false;
	/* Half the address space: doubling cannot wrap. */
	if (extra > SIZE_MAX / 4 || b->len > SIZE_MAX / 4 || extra >= b->max ||
	    b->len >= b->max - extra) {
		b->broken = true;
		return false;
	}
	need = b->len + extra + 1;
	if (b->data && need <= b->cap)
		return true;
	cap = b->cap ? b->cap : 64;
	while (cap < need)
		cap *= 2;
	p = realloc(b->data, cap);
	if (!p) {
		b->broken = true;
		return false;
	}
	b->data = p;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->broken = true;
	if (!reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void buf_html(struct buf *b, const char *s)
{
	for (; s && *s; s++) {
		if (strchr("<>&\"", *s))
			buf_addf(b, "&#%d;", *s);
		else
			buf_add(b, s, 1);
	}
}

const char *buf_cstr(const struct buf *b)
{
	if (b->broken)
		return NULL;
	return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
	char *p;

	if (!b->broken && !b->data)
		buf_add(b, "", 0);
	p = b->broken ? NULL : b->data;
	if (!p)
		free(b->data);
	*b = (struct buf)BUF_INIT(b->max);
	return p;
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT(b->max);
}
