/* A small XML document as a tree in an arena. */
#include <stdint.h>
#include <string.h>

#include "phieu/xml.h"

struct builder {
	struct arena *a;
	struct xml_stream *x;
	struct xml_node *root, *at; /* at: the element that is open */
	struct buf run;		    /* text since the last tag */
};

static bool no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, "out of memory for XML");
}

/* Ends a run of text: joins it to what its element has. */
static bool flush(struct builder *b, struct err *e)
{
	struct xml_node *n = b->at;
	size_t need;
	char *all;

	if (b->run.broken)
		return no_memory(e);
	if (b->run.len == 0 || !n)
		return true;
	need = n->text_n + b->run.len;
	if (need >= n->text_cap) {
		/* room for as much again when there is a second run */
		n->text_cap = (n->text_n ? 2 * need : need) + 1;
		all = arena_alloc(b->a, n->text_cap);
		if (!all)
			return no_memory(e);
		memcpy(all, n->text, n->text_n);
		n->text = all;
	}
	memcpy((char *)(uintptr_t)n->text + n->text_n, b->run.data, b->run.len);
	n->text_n = need;
	b->run.len = 0;
	return true;
}

/* Between elements nobody means the white space. */
static void drop_space(struct builder *b)
{
	for (size_t i = 0; i < b->run.len; i++)
		if (!strchr(" \t\r\n", b->run.data[i]))
			return;
	b->run.len = 0;
}

static bool copy_attrs(struct builder *b, struct xml_node *n,
		       const struct xml_attr *attrs, size_t n_attrs)
{
	struct xml_attr *own;

	if (n_attrs == 0)
		return true;
	own = arena_array(b->a, n_attrs, sizeof *own);
	if (!own)
		return false;
	for (size_t i = 0; i < n_attrs; i++) {
		own[i].ns = arena_strdup(b->a, attrs[i].ns);
		own[i].name = arena_strdup(b->a, attrs[i].name);
		own[i].value = arena_strdup(b->a, attrs[i].value);
		if (!own[i].ns || !own[i].name || !own[i].value)
			return false;
	}
	n->attrs = own;
	n->n_attrs = n_attrs;
	return true;
}

static bool on_start(void *arg, const char *ns, const char *name,
		     const struct xml_attr *attrs, size_t n_attrs,
		     struct err *e)
{
	struct builder *b = arg;
	struct xml_node *n;

	drop_space(b);
	if (!flush(b, e))
		return false;
	n = arena_alloc(b->a, sizeof *n);
	if (!n || !copy_attrs(b, n, attrs, n_attrs))
		return no_memory(e);
	n->ns = arena_strdup(b->a, ns);
	n->name = arena_strdup(b->a, name);
	n->text = "";
	n->line = xml_stream_line(b->x);
	if (!n->ns || !n->name)
		return no_memory(e);
	n->parent = b->at;
	if (!b->at)
		b->root = n;
	else if (!b->at->last)
		b->at->first = b->at->last = n;
	else
		b->at->last = b->at->last->next = n;
	b->at = n;
	return true;
}

static bool on_end(void *arg, const char *ns, const char *name, struct err *e)
{
	struct builder *b = arg;

	(void)ns;
	(void)name;
	if (b->at->first)
		drop_space(b);
	if (!flush(b, e))
		return false;
	b->at = b->at->parent;
	return true;
}

static bool on_text(void *arg, const char *s, size_t n, struct err *e)
{
	struct builder *b = arg;

	buf_add(&b->run, s, n);
	return !b->run.broken || no_memory(e);
}

static const struct xml_handler handler = { on_start, on_end, on_text };

struct xml_node *xml_parse(const char *s, size_t n,
			   const struct xml_limits *limits, struct arena *a,
			   struct err *e)
{
	struct builder b = { .a = a };
	struct xml_node *root = NULL;

	b.run.max = limits->text + 2;
	b.x = xml_stream_new(limits, &handler, &b, e);
	if (b.x && xml_stream_feed(b.x, s, n, e) && xml_stream_end(b.x, e))
		root = b.root;
	xml_stream_free(b.x);
	buf_free(&b.run);
	return root;
}

struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
	struct xml_node *c;

	for (c = n->first; c; c = c->next)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

const char *xml_node_attr(const struct xml_node *n, const char *name)
{
	const char *plain = xml_attr(n->attrs, n->n_attrs, name);

	if (plain)
		return plain;
	for (size_t i = 0; i < n->n_attrs; i++)
		if (strcmp(n->attrs[i].name, name) == 0)
			return n->attrs[i].value;
	return NULL;
}

bool xml_has_children(const struct xml_node *n)
{
	return n->first != NULL;
}
