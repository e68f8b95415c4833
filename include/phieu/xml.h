/* xml.h - XML from outside, as events or as a small tree; XML out.
 *
 * One guard for all of it (filled forms, parts of .xlsx files): UTF-8 only,
 * DOCTYPE refused and with it every entity but the five of XML itself
 * (&lt; &gt; &amp; &quot; &apos;), bounds on bytes, depth, elements, attributes
 * and the length of one tag.  Nothing is ever fetched.  Comments and processing
 * instructions are passed over, CDATA is text, a byte order mark is taken.
 * Names come apart as namespace and local name. */
#ifndef PHIEU_XML_H
#define PHIEU_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/err.h"

struct xml_limits {
	size_t bytes;	 /* of the whole text */
	size_t depth;	 /* of elements in each other; the root has 1 */
	size_t elements; /* in all */
	size_t attrs;	 /* of one element */
	size_t tag;	 /* bytes of one tag */
	size_t text;	 /* bytes of text straight inside one element */
};
extern const struct xml_limits xml_submission_limits, xml_xlsx_limits;

struct xml_attr {
	const char *ns, *name; /* ns "" where there is none */
	const char *value;
};

/* ---- events --------------------------------------------------------------
 * Each callback may stop the reading: false with `e` set.  Strings live as
 * long as the call.  `text` gets a run of text in as many pieces as it
 * comes; `text` and `end` may be NULL. */
struct xml_handler {
	bool (*start)(void *arg, const char *ns, const char *name,
		      const struct xml_attr *attrs, size_t n_attrs,
		      struct err *e);
	bool (*end)(void *arg, const char *ns, const char *name, struct err *e);
	bool (*text)(void *arg, const char *s, size_t n, struct err *e);
};

struct xml_stream;

/* `limits` and `h` must outlive the stream.  NULL: ERR_NOMEM. */
struct xml_stream *xml_stream_new(const struct xml_limits *limits,
				  const struct xml_handler *h, void *arg,
				  struct err *e) MUST_USE;
/* The next piece of any size.  ERR_INPUT names the line and what is wrong;
 * after a failure every further call fails with the same words. */
bool xml_stream_feed(struct xml_stream *x, const char *s, size_t n,
		     struct err *e) MUST_USE;
/* After the last piece: whether the document was whole. */
bool xml_stream_end(struct xml_stream *x, struct err *e) MUST_USE;
void xml_stream_free(struct xml_stream *x);
size_t xml_stream_line(const struct xml_stream *x); /* from 1 */

/* Value of the attribute without a namespace; NULL when absent. */
const char *xml_attr(const struct xml_attr *attrs, size_t n, const char *name);

/* ---- a tree ------------------------------------------------------------- */
struct xml_node {
	const char *ns, *name;
	const struct xml_attr *attrs;
	size_t n_attrs;
	struct xml_node *parent, *first, *last, *next;
	const char *text; /* all text straight inside, NUL-terminated; "" */
	size_t text_n, text_cap; /* bytes; room (the builder's own) */
	size_t line;
};

/* The root in the arena; NULL: ERR_INPUT or ERR_NOMEM. */
struct xml_node *xml_parse(const char *s, size_t n,
			   const struct xml_limits *limits, struct arena *a,
			   struct err *e) MUST_USE;
/* First child with this local name, whatever its namespace; NULL. */
struct xml_node *xml_child(const struct xml_node *n, const char *name);
/* Value of the attribute with this local name, the one without a namespace
 * first; NULL when absent. */
const char *xml_node_attr(const struct xml_node *n, const char *name);
bool xml_has_children(const struct xml_node *n);

/* ---- out ------------------------------------------------------------------
 * Names are trusted and borrowed until the element is closed; text is
 * escaped and keeps its bytes (what XML 1.0 cannot hold becomes U+FFFD).  Too
 * deep, or an end without its start, breaks `out` (see buf.h). */
#define LIMIT_XML_WRITE_DEPTH 32

struct xw {
	struct buf *out;
	unsigned depth;
	bool open; /* inside a start tag: attributes may come */
	const char *name[LIMIT_XML_WRITE_DEPTH];
};
void xw_init(struct xw *w, struct buf *out);
void xw_head(struct xw *w); /* <?xml version="1.0" encoding="UTF-8"?> */
void xw_start(struct xw *w, const char *name);
void xw_attr(struct xw *w, const char *name, const char *value);
void xw_attrf(struct xw *w, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void xw_text(struct xw *w, const char *s); /* NULL writes nothing */
void xw_end(struct xw *w);
void xw_line(struct xw *w); /* a line feed between elements */
/* <name>text</name>, or <name/> for NULL */
void xw_leaf(struct xw *w, const char *name, const char *text);

/* May this be an element name without a prefix (ASCII subset)? */
bool xml_name_ok(const char *s);

#endif
