/* Guarded XML: any bytes in any pieces give the same events; nothing passes a
 * limit; a tree written out reads back the same. */
#include "fuzz.h"

#include <string.h>

#include "phieu/limits.h"
#include "phieu/utf8.h"
#include "phieu/xml.h"

#define ARENA ((size_t)64 << 20)

static const struct xml_limits limits = { .bytes = 3000,
					  .depth = 8,
					  .elements = 100,
					  .attrs = 4,
					  .tag = 200,
					  .text = 500 };

struct seen {
	uint64_t hash;
	size_t depth, elements;
};

static void add(struct seen *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ (unsigned char)p[i]) *
			  UINT64_C(1099511628211);
}

static bool on_start(void *arg, const char *ns, const char *name,
		     const struct xml_attr *attrs, size_t n, struct err *e)
{
	struct seen *s = arg;
	size_t bad;

	(void)e;
	MUST(++s->depth <= limits.depth && ++s->elements <= limits.elements);
	MUST(n <= limits.attrs && *name && !strchr(name, '\x01'));
	MUST(utf8_valid(name, strlen(name), &bad));
	add(s, "(", 1);
	add(s, ns, strlen(ns) + 1);
	add(s, name, strlen(name) + 1);
	for (size_t i = 0; i < n; i++) {
		MUST(utf8_valid(attrs[i].value, strlen(attrs[i].value), &bad));
		add(s, attrs[i].ns, strlen(attrs[i].ns) + 1);
		add(s, attrs[i].name, strlen(attrs[i].name) + 1);
		add(s, attrs[i].value, strlen(attrs[i].value) + 1);
	}
	return true;
}

static bool on_end(void *arg, const char *ns, const char *name, struct err *e)
{
	struct seen *s = arg;

	(void)ns;
	(void)name;
	(void)e;
	MUST(s->depth-- > 0);
	add(s, ")", 1);
	return true;
}

static bool on_text(void *arg, const char *p, size_t n, struct err *e)
{
	(void)e;
	add(arg, p, n);
	return true;
}

static const struct xml_handler handler = { on_start, on_end, on_text };

static bool run(const char *p, size_t n, size_t piece, struct seen *s,
		struct err *e)
{
	struct xml_stream *x = xml_stream_new(&limits, &handler, s, e);
	bool ok = true;

	MUST(x);
	for (size_t at = 0; ok && at < n; at += piece)
		ok = xml_stream_feed(x, p + at, n - at < piece ? n - at : piece,
				     e);
	ok = ok && xml_stream_end(x, e);
	MUST(ok || e->kind == ERR_INPUT);
	xml_stream_free(x);
	return ok;
}

static void write_node(struct xw *w, const struct xml_node *n)
{
	xw_start(w, xml_name_ok(n->name) ? n->name : "x");
	for (size_t i = 0; i < n->n_attrs; i++)
		if (xml_name_ok(n->attrs[i].name) && !*n->attrs[i].ns &&
		    strncmp(n->attrs[i].name, "xml", 3) != 0)
			xw_attr(w, n->attrs[i].name, n->attrs[i].value);
	if (!n->first)
		xw_text(w, n->text);
	for (const struct xml_node *c = n->first; c; c = c->next)
		write_node(w, c);
	xw_end(w);
}

static void compare(const struct xml_node *a, const struct xml_node *b)
{
	const struct xml_node *x, *y;

	if (!a->first)
		MUST(strcmp(a->text, b->text) == 0);
	for (x = a->first, y = b->first; x && y; x = x->next, y = y->next)
		compare(x, y);
	MUST(!x && !y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct seen whole = { 0 }, cut = { 0 };
	struct err e = { 0 }, other = { 0 };
	struct arena *a = arena_new(ARENA);
	struct xml_node *root, *again;
	struct buf out = BUF_INIT(1 << 20);
	struct xw w;
	bool ok = run(p, n, n ? n : 1, &whole, &e);

	MUST(run(p, n, 3, &cut, &other) == ok);
	MUST(!ok || (whole.hash == cut.hash && whole.depth == 0));
	root = xml_parse(p, n, &limits, a, &e);
	MUST((root != NULL) == ok);
	if (root) {
		xw_init(&w, &out);
		write_node(&w, root);
		MUST(buf_cstr(&out));
		again = xml_parse(out.data, out.len, &xml_submission_limits, a,
				  &e);
		MUST(again);
		compare(root, again);
	}
	buf_free(&out);
	arena_free(a);
	return 0;
}
