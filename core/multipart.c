#include "phieu/multipart.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "phieu/hash.h"
#include "phieu/utf8.h"

#define BOUNDARY_MAX 200 /* RFC 2046 says 70; nobody is hurt by more */

struct span {
	const char *s;
	size_t n;
};

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t';
}

static struct span trimmed(struct span v)
{
	while (v.n > 0 && is_blank(v.s[0])) {
		v.s++;
		v.n--;
	}
	while (v.n > 0 && is_blank(v.s[v.n - 1]))
		v.n--;
	return v;
}

static bool span_is(struct span v, const char *word)
{
	return v.n == strlen(word) && strncasecmp(v.s, word, v.n) == 0;
}

/* ---- parameters: `; name=value; name="va\"lue"` --------------------------
 */

struct param {
	struct span name, value;
	bool quoted;
};

/* Where a quoted string ends; `s` is behind the opening quote.  NULL: it
 * does not end. */
static const char *quote_end(const char *s, const char *end)
{
	for (; s < end && *s != '"'; s++)
		if (*s == '\\' && s + 1 < end && (s[1] == '"' || s[1] == '\\'))
			s++;
	return s < end ? s : NULL;
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && is_blank(*s))
		s++;
	return s;
}

/* What stands behind the `=`, from `s`; where it ends, NULL: malformed. */
static const char *value_end(const char *s, const char *end, struct param *out)
{
	const char *from = s;

	out->quoted = s < end && *s == '"';
	if (!out->quoted) {
		while (s < end && *s != ';')
			s++;
		out->value = trimmed((struct span){ from, (size_t)(s - from) });
		return s;
	}
	s = quote_end(++from, end);
	if (!s)
		return NULL;
	out->value = (struct span){ from, (size_t)(s - from) };
	s = skip_blanks(s + 1, end);
	return s == end || *s == ';' ? s : NULL;
}

/* 1: a parameter; 0: no more; -1: malformed. */
static int param_next(struct span *rest, struct param *out)
{
	const char *s = rest->s, *end = rest->s + rest->n, *from;

	while (s < end && (is_blank(*s) || *s == ';'))
		s++;
	from = s;
	while (s < end && *s != '=' && *s != ';')
		s++;
	out->name = trimmed((struct span){ from, (size_t)(s - from) });
	if (out->name.n == 0 && s == end)
		return 0;
	if (out->name.n == 0 || s == end || *s == ';')
		return -1;
	s = value_end(skip_blanks(s + 1, end), end, out);
	if (!s)
		return -1;
	*rest = (struct span){ s, (size_t)(end - s) };
	return 1;
}

/* What browsers write for a quote and line ends inside a name (WHATWG), and
 * nothing else: a name may hold any other percent sign. */
static int escaped(const char *s, const char *end)
{
	if (end - s < 3 || *s != '%')
		return -1;
	if (s[1] == '2' && s[2] == '2')
		return '"';
	if (s[1] == '0' && (s[2] == 'D' || s[2] == 'd'))
		return '\r';
	if (s[1] == '0' && (s[2] == 'A' || s[2] == 'a'))
		return '\n';
	return -1;
}

static char *plain_value(struct arena *a, const struct param *p)
{
	char *out = arena_alloc(a, p->value.n + 1), *to = out;
	const char *s = p->value.s, *end = s + p->value.n;

	for (; out && s < end; s++) {
		int ch = escaped(s, end);

		if (ch >= 0) {
			*to++ = (char)ch;
			s += 2;
			continue;
		}
		if (p->quoted && *s == '\\' && s + 1 < end &&
		    (s[1] == '"' || s[1] == '\\'))
			s++;
		*to++ = *s;
	}
	return out;
}

/* RFC 8187: UTF-8'vi'%E1%BA%A3nh.jpg; "" when it is anything else. */
static char *star_value(struct arena *a, struct span v)
{
	const char *s = memchr(v.s, '\'', v.n), *end = v.s + v.n;
	char *out = arena_alloc(a, v.n + 1), *to = out;

	if (!out || !s ||
	    !span_is((struct span){ v.s, (size_t)(s - v.s) }, "utf-8"))
		return out;
	s = memchr(s + 1, '\'', (size_t)(end - s - 1));
	for (s = s ? s + 1 : end; s < end; s++) {
		if (*s != '%') {
			*to++ = *s;
			continue;
		}
		if (end - s < 3 || hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0) {
			*out = '\0';
			return out;
		}
		*to++ = (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
		s += 2;
	}
	*to = '\0';
	return out;
}

/* ---- the head of the whole ----------------------------------------------
 */

/* The media type before the first ';'. */
static struct span type_of(const char *s, size_t n)
{
	const char *semi = memchr(s, ';', n);

	return trimmed((struct span){ s, semi ? (size_t)(semi - s) : n });
}

bool multipart_is(const char *content_type)
{
	return content_type &&
	       span_is(type_of(content_type, strlen(content_type)),
		       "multipart/form-data");
}

static bool find_boundary(struct multipart *m, const char *content_type,
			  struct err *e)
{
	const char *semi = strchr(content_type, ';');
	struct span rest = { semi ? semi : "", semi ? strlen(semi) : 0 };
	struct param p;
	char *mark;

	while (param_next(&rest, &p) == 1) {
		if (!span_is(p.name, "boundary"))
			continue;
		if (p.value.n == 0 || p.value.n > BOUNDARY_MAX)
			break;
		mark = arena_printf(m->arena, "\r\n--%.*s", (int)p.value.n,
				    p.value.s);
		if (!mark)
			return err_set(e, ERR_NOMEM, "out of memory");
		m->mark = mark;
		m->mark_n = p.value.n + 4;
		return true;
	}
	return err_set(e, ERR_INPUT, "the multipart body has no boundary");
}

/* Behind a boundary: 1 another part follows, 2 it was the last, 0 it only
 * looked like one.  *after: where to go on. */
static int delimiter(const char *s, const char *end, const char **after)
{
	if (end - s >= 2 && s[0] == '-' && s[1] == '-') {
		*after = end; /* an epilogue means nothing */
		return 2;
	}
	while (s < end && is_blank(*s))
		s++;
	if (end - s < 2 || s[0] != '\r' || s[1] != '\n')
		return 0;
	*after = s + 2;
	return 1;
}

/* The next real delimiter from `s`: its kind, and the bytes before it. */
static int find_mark(const struct multipart *m, const char *s,
		     const char **before, const char **after)
{
	int kind;

	while ((s = memmem(s, (size_t)(m->end - s), m->mark, m->mark_n))) {
		*before = s;
		kind = delimiter(s + m->mark_n, m->end, after);
		if (kind)
			return kind;
		s++;
	}
	return 0;
}

bool multipart_open(struct multipart *m, const char *content_type,
		    const char *body, size_t n, struct arena *a, struct err *e)
{
	const char *before, *after;
	int kind = 0;

	*m = (struct multipart){ .at = body, .end = body + n, .arena = a };
	if (!multipart_is(content_type))
		return err_set(e, ERR_INPUT, "not multipart/form-data");
	if (!find_boundary(m, content_type, e))
		return false;
	/* the first one may stand at the very beginning, without CR LF */
	if (n >= m->mark_n - 2 && memcmp(body, m->mark + 2, m->mark_n - 2) == 0)
		kind = delimiter(body + m->mark_n - 2, m->end, &after);
	if (!kind)
		kind = find_mark(m, body, &before, &after);
	if (!kind)
		return err_set(e, ERR_INPUT,
			       "the boundary does not stand in the multipart "
			       "body");
	m->at = after;
	m->closed = kind == 2;
	return true;
}

/* ---- the head of a part -------------------------------------------------
 */

struct head {
	struct span disposition, type;
	bool coded; /* base64 and the like */
};

static bool keep_header(struct span name, struct span value, struct head *h,
			struct err *e)
{
	if (span_is(name, "Content-Disposition")) {
		if (h->disposition.s)
			return err_set(e, ERR_INPUT,
				       "a part with two Content-Disposition");
		h->disposition = value;
	} else if (span_is(name, "Content-Type")) {
		h->type = value;
	} else if (span_is(name, "Content-Transfer-Encoding")) {
		h->coded = !span_is(value, "binary") &&
			   !span_is(value, "8bit") && !span_is(value, "7bit");
	}
	return true;
}

/* Lines up to the empty one; *at goes behind it. */
static bool read_head(const char **at, const char *end, struct head *h,
		      struct err *e)
{
	const char *from = *at, *s = from;

	for (;;) {
		const char *nl = memmem(s, (size_t)(end - s), "\r\n", 2);
		const char *colon;

		if (!nl)
			return err_set(e, ERR_INPUT,
				       "the head of a part does not end");
		if ((size_t)(nl - from) > LIMIT_PART_HEAD_BYTES)
			return err_set(e, ERR_INPUT,
				       "the head of a part is too long");
		if (nl == s) {
			*at = nl + 2;
			return true;
		}
		colon = memchr(s, ':', (size_t)(nl - s));
		if (!colon || memchr(s, '\0', (size_t)(nl - s)))
			return err_set(e, ERR_INPUT,
				       "a malformed header in a part");
		if (!keep_header((struct span){ s, (size_t)(colon - s) },
				 trimmed((struct span){
					 colon + 1, (size_t)(nl - colon - 1) }),
				 h, e))
			return false;
		s = nl + 2;
	}
}

static bool take_name(struct arena *a, const struct param *p, bool star,
		      const char **out, struct err *e)
{
	char *v = star ? star_value(a, p->value) : plain_value(a, p);
	size_t bad;

	if (!v)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!utf8_valid(v, strlen(v), &bad))
		return err_set(e, ERR_INPUT, "a part's name is not UTF-8");
	if (*out)
		return err_set(e, ERR_INPUT, "a part has two names");
	*out = v;
	return true;
}

static bool read_names(struct arena *a, struct span disposition,
		       struct part *out, struct err *e)
{
	struct span kind = type_of(disposition.s, disposition.n), rest;
	const char *star = NULL;
	struct param p;
	int got;

	if (!span_is(kind, "form-data"))
		return err_set(e, ERR_INPUT, "a part that is no form-data");
	rest.s = kind.s + kind.n;
	rest.n = disposition.n - (size_t)(rest.s - disposition.s);
	while ((got = param_next(&rest, &p)) == 1) {
		bool ok = true;

		if (span_is(p.name, "name"))
			ok = take_name(a, &p, false, &out->name, e);
		else if (span_is(p.name, "filename"))
			ok = take_name(a, &p, false, &out->filename, e);
		else if (span_is(p.name, "filename*"))
			ok = take_name(a, &p, true, &star, e);
		if (!ok)
			return false;
	}
	if (got < 0)
		return err_set(e, ERR_INPUT, "a malformed Content-Disposition");
	if (star && *star)
		out->filename = star;
	return true;
}

static bool read_type(struct arena *a, struct span type, struct part *out,
		      struct err *e)
{
	struct span t =
		type.s ? type_of(type.s, type.n) : (struct span){ "", 0 };
	char *copy = arena_strndup(a, t.s, t.n);

	if (!copy)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (char *s = copy; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	out->type = copy;
	return true;
}

int multipart_next(struct multipart *m, struct part *out, struct err *e)
{
	const char *body = m->at, *before = NULL, *after = NULL;
	struct head h = { 0 };
	int kind;

	*out = (struct part){ 0 };
	if (m->closed)
		return 0;
	if (m->n_parts++ >= LIMIT_PARTS) {
		(void)err_set(e, ERR_INPUT, "more than %d parts", LIMIT_PARTS);
		return -1;
	}
	if (!read_head(&body, m->end, &h, e))
		return -1;
	/* an empty part may have its delimiter right behind its head, whose
	 * last CR LF then belongs to the delimiter */
	kind = find_mark(m, body - 2, &before, &after);
	if (!kind) {
		(void)err_set(e, ERR_INPUT,
			      "the multipart body ends in the middle of a "
			      "part");
		return -1;
	}
	if (h.coded) {
		(void)err_set(e, ERR_INPUT,
			      "a part with a Content-Transfer-Encoding");
		return -1;
	}
	out->bytes = body;
	out->n = before > body ? (size_t)(before - body) : 0;
	m->at = after;
	m->closed = kind == 2;
	if ((h.disposition.s && !read_names(m->arena, h.disposition, out, e)) ||
	    !read_type(m->arena, h.type, out, e))
		return -1;
	return 1;
}
