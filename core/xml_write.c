#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/utf8.h"
#include "phieu/xml.h"

void xw_init(struct xw *w, struct buf *out)
{
	*w = (struct xw){ .out = out };
}

void xw_head(struct xw *w)
{
	buf_adds(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

static void close_tag(struct xw *w)
{
	if (w->open)
		buf_adds(w->out, ">");
	w->open = false;
}

/* What XML 1.0 has no way to write: controls, U+FFFE, U+FFFF, and bytes that
 * are no UTF-8.  Length of the good character at s; 0 when it is none of
 * them, with *bad bytes to leave out. */
static size_t character(const char *s, size_t n, size_t *bad)
{
	unsigned char c = (unsigned char)*s;
	size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4, at;

	*bad = 1;
	if (c < 0x20)
		return strchr("\t\n\r", c) && c ? 1 : 0;
	if (len > n || !utf8_valid(s, len, &at))
		return 0;
	*bad = len;
	if (len == 3 && (memcmp(s, "\xEF\xBF\xBE", 3) == 0 ||
			 memcmp(s, "\xEF\xBF\xBF", 3) == 0))
		return 0;
	return len;
}

/* Line feeds inside an attribute and carriage returns anywhere would be made
 * spaces and line feeds by the reader. */
static const char *escape(char c, bool attr)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '\r': return "&#13;";
	case '"': return attr ? "&quot;" : NULL;
	case '\n': return attr ? "&#10;" : NULL;
	case '\t': return attr ? "&#9;" : NULL;
	default: return NULL;
	}
}

static void put(struct xw *w, const char *s, bool attr)
{
	size_t n = strlen(s), len, bad;
	const char *as;

	for (; n > 0; s += len, n -= len) {
		len = character(s, n, &bad);
		if (len == 0) {
			buf_adds(w->out, "\xEF\xBF\xBD");
			len = bad;
			continue;
		}
		as = escape(*s, attr);
		if (as)
			buf_adds(w->out, as);
		else
			buf_add(w->out, s, len);
	}
}

void xw_start(struct xw *w, const char *name)
{
	close_tag(w);
	if (w->depth == LIMIT_XML_WRITE_DEPTH) {
		w->out->broken = true;
		return;
	}
	w->name[w->depth++] = name;
	buf_adds(w->out, "<");
	buf_adds(w->out, name);
	w->open = true;
}

void xw_attr(struct xw *w, const char *name, const char *value)
{
	if (!w->open) {
		w->out->broken = true;
		return;
	}
	buf_adds(w->out, " ");
	buf_adds(w->out, name);
	buf_adds(w->out, "=\"");
	put(w, value, true);
	buf_adds(w->out, "\"");
}

void xw_attrf(struct xw *w, const char *name, const char *fmt, ...)
{
	char *value = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&value, fmt, ap);
	va_end(ap);
	if (n < 0) {
		w->out->broken = true;
		return;
	}
	xw_attr(w, name, value);
	free(value);
}

void xw_text(struct xw *w, const char *s)
{
	if (!s)
		return;
	close_tag(w);
	put(w, s, false);
}

void xw_end(struct xw *w)
{
	if (w->depth == 0) {
		w->out->broken = true;
		return;
	}
	w->depth--;
	if (w->open) {
		buf_adds(w->out, "/>");
		w->open = false;
		return;
	}
	buf_adds(w->out, "</");
	buf_adds(w->out, w->name[w->depth]);
	buf_adds(w->out, ">");
}

void xw_line(struct xw *w)
{
	close_tag(w);
	buf_adds(w->out, "\n");
}

void xw_leaf(struct xw *w, const char *name, const char *text)
{
	xw_start(w, name);
	xw_text(w, text);
	xw_end(w);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool xml_name_ok(const char *s)
{
	if (!is_letter(*s) && *s != '_')
		return false;
	for (; *s; s++)
		if (!is_letter(*s) && !(*s >= '0' && *s <= '9') &&
		    !strchr("_-.", *s))
			return false;
	return true;
}
