#include "phieu/jscan.h"

#include <stdint.h>
#include <string.h>

#include "phieu/utf8.h"

void jscan_init(struct jscan *c, const char *s, size_t n)
{
	*c = (struct jscan){ .at = s, .end = s + n, .first = true };
}

static void space(struct jscan *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' ||
				  *c->at == '\r' || *c->at == '\t'))
		c->at++;
}

char jscan_peek(struct jscan *c)
{
	space(c);
	if (c->at == c->end)
		return '\0';
	return *c->at;
}

void jscan_enter(struct jscan *c)
{
	if (jscan_peek(c))
		c->at++;
	c->first = true;
}

#define EACH(b) (UINT64_C(0x0101010101010101) * (b))

/* To the next quote or backslash, or near before it, eight bytes at a time:
 * the high bit of a byte is set where it is one; a borrow may set it above
 * such a one, never below, so that the lowest is true. */
static const char *skip_plain(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t v, quote, slash, odd;

		memcpy(&v, p, sizeof v);
		quote = v ^ EACH('"');
		slash = v ^ EACH('\\');
		odd = (((quote - EACH(1)) & ~quote) |
		       ((slash - EACH(1)) & ~slash)) &
		      EACH(0x80);
		if (odd) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
			p += __builtin_ctzll(odd) / 8;
#endif
			break;
		}
		p += 8;
	}
	return p;
}

/* Past a string; at its opening quote.  Span without the quotes.  Most are
 * shorter than what a look at eight bytes costs. */
static void string(struct jscan *c, struct jspan *out)
{
	const char *p = c->at + 1, *end = c->end;
	const char *near = end - p > 8 ? p + 8 : end;
	bool escaped = false;

	while (p < near && *p != '"' && *p != '\\')
		p++;
	if (p == near)
		p = skip_plain(p, end);
	while (p < end && *p != '"') {
		if (*p == '\\') {
			escaped = true;
			p++;
		}
		if (p < end)
			p = skip_plain(p + 1, end);
	}
	if (p > end)
		p = end;
	*out = (struct jspan){ .s = c->at + 1,
			       .n = (size_t)(p - c->at - 1),
			       .escaped = escaped };
	c->at = p < end ? p + 1 : end;
}

/* A comma or nothing, then true; at the close (or the end) past it. */
static bool more(struct jscan *c)
{
	char ch = jscan_peek(c);

	if (ch == ',' && !c->first) {
		c->at++;
		ch = jscan_peek(c);
	}
	c->first = false;
	if (ch == '}' || ch == ']')
		c->at++;
	return ch && ch != '}' && ch != ']';
}

bool jscan_key(struct jscan *c, struct jspan *key)
{
	if (!more(c) || *c->at != '"')
		return false;
	string(c, key);
	if (jscan_peek(c) == ':')
		c->at++;
	return true;
}

bool jscan_item(struct jscan *c)
{
	return more(c);
}

/* Past an object or array, whatever is in it. */
static void nest(struct jscan *c)
{
	const char *p = c->at, *end = c->end;
	size_t depth = 0;

	while (p < end) {
		char ch = *p++;

		if (ch == '"') {
			while (p < end && *p != '"')
				p += *p == '\\' && end - p > 1 ? 2 : 1;
			p += p < end;
		} else if (ch == '{' || ch == '[') {
			depth++;
		} else if ((ch == '}' || ch == ']') && --depth == 0) {
			break;
		}
	}
	c->at = p < end ? p : end;
}

static bool ends_number(char ch)
{
	return ch == ',' || ch == '}' || ch == ']' || ch == ' ' || ch == '\n' ||
	       ch == '\r' || ch == '\t';
}

void jscan_value(struct jscan *c, struct jspan *out)
{
	struct jspan inner = { 0 };
	char ch = jscan_peek(c);

	*out = (struct jspan){ .s = c->at };
	if (ch == '"') {
		string(c, &inner);
		out->escaped = inner.escaped;
	} else if (ch == '{' || ch == '[') {
		nest(c);
	} else {
		while (c->at < c->end && !ends_number(*c->at))
			c->at++;
	}
	c->first = false;
	out->n = (size_t)(c->at - out->s);
}

char jspan_kind(const struct jspan *v)
{
	if (v->n == 0)
		return '\0';
	if (*v->s == '-' || (*v->s >= '0' && *v->s <= '9'))
		return 'd';
	return *v->s;
}

static unsigned hex4(const char *p)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		unsigned d = 0;

		if (c >= '0' && c <= '9')
			d = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			d = (unsigned)(c - 'A') + 10;
		v = v << 4 | d;
	}
	return v;
}

static size_t put_utf8(char *out, unsigned u)
{
	if (u < 0x80) {
		out[0] = (char)u;
		return 1;
	}
	if (u < 0x800) {
		out[0] = (char)(0xC0 | u >> 6);
		out[1] = (char)(0x80 | (u & 0x3F));
		return 2;
	}
	if (u < 0x10000) {
		out[0] = (char)(0xE0 | u >> 12);
		out[1] = (char)(0x80 | (u >> 6 & 0x3F));
		out[2] = (char)(0x80 | (u & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | u >> 18);
	out[1] = (char)(0x80 | (u >> 12 & 0x3F));
	out[2] = (char)(0x80 | (u >> 6 & 0x3F));
	out[3] = (char)(0x80 | (u & 0x3F));
	return 4;
}

/* One escape at p (after the backslash); what it takes, *out_n what it
 * gives.  \uXXXX is three bytes at most and a pair four, so the decoded text
 * is never longer than the raw one. */
static size_t escape(const char *p, size_t left, char *out, size_t *out_n)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;
	unsigned u;

	*out_n = 0;
	if (left == 0)
		return 0;
	if (*p != 'u') {
		found = strchr(from, *p);
		*out = *p;
		if (found && *p)
			*out = to[found - from];
		*out_n = 1;
		return 1;
	}
	if (left < 5)
		return left;
	u = hex4(p + 1);
	if (u >= 0xD800 && u < 0xDC00 && left >= 11 && p[5] == '\\') {
		u = 0x10000 + ((u - 0xD800) << 10) + (hex4(p + 7) - 0xDC00);
		*out_n = put_utf8(out, u & 0x1FFFFF);
		return 11;
	}
	*out_n = put_utf8(out, u);
	return 5;
}

static size_t decode(const char *s, size_t n, char *out)
{
	size_t i = 0, len = 0, took, gave;

	while (i < n) {
		if (s[i] != '\\') {
			out[len++] = s[i++];
			continue;
		}
		took = escape(s + i + 1, n - i - 1, out + len, &gave);
		i += 1 + took;
		len += gave;
	}
	return len;
}

bool jspan_is(const struct jspan *key, const char *name)
{
	char small[64];
	size_t n;

	if (!key->escaped) {
		/* most are told apart by their first letter; no NUL stands
		 * in a key, so that the name's end differs from all of it */
		if (key->n == 0 || *key->s != *name)
			return key->n == 0 && !*name;
		for (size_t i = 1; i < key->n; i++)
			if (key->s[i] != name[i])
				return false;
		return name[key->n] == '\0';
	}
	n = strlen(name);
	/* an escape is six bytes for one at most; longer is no name of ours */
	if (key->n > sizeof small - 1)
		return false;
	return decode(key->s, key->n, small) == n &&
	       memcmp(small, name, n) == 0;
}

char *jspan_text(const struct jspan *v, bool quoted, struct arena *a, size_t *n,
		 struct err *e)
{
	const char *s = v->s;
	size_t len = v->n;
	char *own = NULL;

	if (quoted) {
		s++;
		len -= 2;
	}
	if (v->escaped) {
		own = arena_alloc(a, len + 1);
		if (!own)
			goto out;
		len = decode(s, len, own);
		s = own;
	}
	if (!utf8_is_plain(s, len))
		return utf8_nfc(a, s, len, n, e);
	if (!own)
		own = arena_strndup(a, s, len);
	if (!own)
		goto out;
	*n = len;
	return own;
out:
	err_set(e, ERR_NOMEM, "out of memory");
	return NULL;
}
