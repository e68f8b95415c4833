/* Guarded reading: expat's events, checked, as ours. */
#include "phieu/xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/limits.h"

#define SEPARATOR  '\x01' /* cannot occur in XML: between URI and local name */
#define FEED_BYTES ((size_t)64 << 10)

const struct xml_limits xml_submission_limits = {
	.bytes = LIMIT_XML_BYTES,
	.depth = LIMIT_XML_DEPTH,
	.elements = LIMIT_XML_ELEMENTS,
	.attrs = LIMIT_XML_ATTRS,
	.tag = LIMIT_XML_TAG_BYTES,
	.text = LIMIT_STRING_BYTES,
};

/* A sheet of a million cells is an honest file. */
const struct xml_limits xml_xlsx_limits = {
	.bytes = LIMIT_XLSX_PART_BYTES,
	.depth = LIMIT_XML_DEPTH,
	.elements = LIMIT_XLSX_ELEMENTS,
	.attrs = LIMIT_XML_ATTRS,
	.tag = LIMIT_XML_TAG_BYTES,
	.text = LIMIT_XLSX_PART_BYTES, /* blanks between a sheet's rows */
};

struct xml_stream {
	XML_Parser parser;
	const struct xml_limits *lim;
	const struct xml_handler *h;
	void *arg;
	size_t fed, depth, elements;
	size_t *text; /* bytes of text so far, by level */
	struct xml_attr *attrs;
	char *ns[LIMIT_XML_NAMESPACES]; /* every URI met, once */
	size_t n_ns;
	struct err why;
	bool failed;
};

size_t xml_stream_line(const struct xml_stream *x)
{
	return (size_t)XML_GetCurrentLineNumber(x->parser);
}

static void stop(struct xml_stream *x)
{
	x->failed = true;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

__attribute__((format(printf, 2, 3))) static void refuse(struct xml_stream *x,
							 const char *fmt, ...)
{
	char words[160];
	va_list ap;

	if (x->failed)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	err_set(&x->why, ERR_INPUT, "XML, line %zu: %s", xml_stream_line(x),
		words);
	stop(x);
}

/* Our copy of a namespace URI of n bytes; NULL when the reading stopped. */
static const char *intern(struct xml_stream *x, const char *uri, size_t n)
{
	for (size_t i = 0; i < x->n_ns; i++)
		if (strncmp(x->ns[i], uri, n) == 0 && x->ns[i][n] == '\0')
			return x->ns[i];
	if (x->n_ns == LIMIT_XML_NAMESPACES) {
		refuse(x, "more than %d namespaces", LIMIT_XML_NAMESPACES);
		return NULL;
	}
	x->ns[x->n_ns] = strndup(uri, n);
	if (!x->ns[x->n_ns]) {
		err_set(&x->why, ERR_NOMEM, "out of memory for XML");
		stop(x);
		return NULL;
	}
	return x->ns[x->n_ns++];
}

/* expat's "uri\x01local" or "local". */
static bool split(struct xml_stream *x, const char *full, const char **ns,
		  const char **name)
{
	const char *cut = strchr(full, SEPARATOR);

	*ns = "";
	*name = full;
	if (!cut)
		return true;
	*name = cut + 1;
	*ns = intern(x, full, (size_t)(cut - full));
	return *ns != NULL;
}

static bool take_attrs(struct xml_stream *x, const XML_Char **atts, size_t *n)
{
	for (*n = 0; *atts; atts += 2, ++*n) {
		if (*n == x->lim->attrs) {
			refuse(x, "more than %zu attributes", x->lim->attrs);
			return false;
		}
		if (!split(x, atts[0], &x->attrs[*n].ns, &x->attrs[*n].name))
			return false;
		x->attrs[*n].value = atts[1];
	}
	return true;
}

static void on_start(void *arg, const XML_Char *full, const XML_Char **atts)
{
	struct xml_stream *x = arg;
	const char *ns, *name;
	size_t n;

	if (x->failed)
		return;
	if ((size_t)XML_GetCurrentByteCount(x->parser) > x->lim->tag)
		refuse(x, "a tag of more than %zu bytes", x->lim->tag);
	else if (x->depth == x->lim->depth)
		refuse(x, "nested more than %zu deep", x->lim->depth);
	else if (x->elements == x->lim->elements)
		refuse(x, "more than %zu elements", x->lim->elements);
	if (x->failed || !split(x, full, &ns, &name) ||
	    !take_attrs(x, atts, &n))
		return;
	x->elements++;
	x->text[x->depth++] = 0;
	if (!x->h->start(x->arg, ns, name, x->attrs, n, &x->why))
		stop(x);
}

static void on_end(void *arg, const XML_Char *full)
{
	struct xml_stream *x = arg;
	const char *ns, *name;

	if (x->failed)
		return;
	x->depth--;
	if (x->h->end && split(x, full, &ns, &name) &&
	    !x->h->end(x->arg, ns, name, &x->why))
		stop(x);
}

static void on_text(void *arg, const XML_Char *s, int n)
{
	struct xml_stream *x = arg;
	size_t *sum;

	if (x->failed || x->depth == 0)
		return;
	sum = &x->text[x->depth - 1];
	*sum += (size_t)n;
	if (*sum > x->lim->text)
		refuse(x, "more than %zu bytes of text in one element",
		       x->lim->text);
	else if (x->h->text && !x->h->text(x->arg, s, (size_t)n, &x->why))
		stop(x);
}

static void on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
		       const XML_Char *pubid, int has_internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)has_internal;
	refuse(arg, "DOCTYPE is not accepted");
}

static void on_declaration(void *arg, const XML_Char *version,
			   const XML_Char *encoding, int standalone)
{
	(void)standalone;
	if (version && strcmp(version, "1.0") != 0)
		refuse(arg, "XML version other than 1.0");
	else if (encoding && strcasecmp(encoding, "utf-8") != 0 &&
		 strcasecmp(encoding, "utf8") != 0 &&
		 strcasecmp(encoding, "us-ascii") != 0)
		refuse(arg, "declared encoding \"%.32s\", not UTF-8", encoding);
}

/* expat writes the URI out before each name that uses its prefix: a long one
 * would be a small bomb. */
static void on_namespace(void *arg, const XML_Char *prefix, const XML_Char *uri)
{
	(void)prefix;
	if (uri && strlen(uri) > LIMIT_XML_NS_BYTES)
		refuse(arg, "a namespace of more than %d bytes",
		       LIMIT_XML_NS_BYTES);
}

struct xml_stream *xml_stream_new(const struct xml_limits *limits,
				  const struct xml_handler *h, void *arg,
				  struct err *e)
{
	struct xml_stream *x = calloc(1, sizeof *x);

	if (!x)
		goto out;
	x->lim = limits;
	x->h = h;
	x->arg = arg;
	x->text = calloc(limits->depth, sizeof *x->text);
	x->attrs = calloc(limits->attrs, sizeof *x->attrs);
	x->parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
	if (!x->text || !x->attrs || !x->parser)
		goto out;
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	XML_SetXmlDeclHandler(x->parser, on_declaration);
	XML_SetStartNamespaceDeclHandler(x->parser, on_namespace);
	return x;
out:
	xml_stream_free(x);
	err_set(e, ERR_NOMEM, "out of memory for XML");
	return NULL;
}

void xml_stream_free(struct xml_stream *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->n_ns; i++)
		free(x->ns[i]);
	if (x->parser)
		XML_ParserFree(x->parser);
	free(x->attrs);
	free(x->text);
	free(x);
}

static bool failed(struct xml_stream *x, struct err *e)
{
	*e = x->why;
	return false;
}

/* What expat itself found, unless one of us stopped it. */
static bool broken(struct xml_stream *x, struct err *e)
{
	enum XML_Error code = XML_GetErrorCode(x->parser);

	if (!x->failed && code == XML_ERROR_NO_MEMORY)
		err_set(&x->why, ERR_NOMEM, "out of memory for XML");
	else if (!x->failed)
		err_set(&x->why, ERR_INPUT, "XML, line %zu: %s",
			xml_stream_line(x), XML_ErrorString(code));
	x->failed = true;
	return failed(x, e);
}

/* UTF-16 and UTF-32 would only be told as an "invalid token". */
static bool looks_wide(const char *s, size_t n)
{
	return n >= 2 &&
	       (s[0] == '\0' || s[1] == '\0' || memcmp(s, "\xFE\xFF", 2) == 0 ||
		memcmp(s, "\xFF\xFE", 2) == 0);
}

bool xml_stream_feed(struct xml_stream *x, const char *s, size_t n,
		     struct err *e)
{
	if (x->failed)
		return failed(x, e);
	if (x->fed == 0 && looks_wide(s, n))
		refuse(x, "not UTF-8 (UTF-16 or UTF-32)");
	while (n > 0 && !x->failed) {
		size_t take = n < FEED_BYTES ? n : FEED_BYTES;
		XML_Index at;

		if (take > x->lim->bytes - x->fed) {
			refuse(x, "longer than %zu bytes", x->lim->bytes);
			break;
		}
		x->fed += take;
		if (XML_Parse(x->parser, s, (int)take, 0) != XML_STATUS_OK)
			return broken(x, e);
		/* What is held back is the beginning of one tag or comment;
		 * expat waits for as much again before it looks anew.  The
		 * exact bound is on_start's. */
		at = XML_GetCurrentByteIndex(x->parser);
		if (at >= 0 &&
		    x->fed - (size_t)at > 2 * x->lim->tag + FEED_BYTES)
			refuse(x, "a tag of more than %zu bytes", x->lim->tag);
		s += take;
		n -= take;
	}
	return !x->failed || failed(x, e);
}

bool xml_stream_end(struct xml_stream *x, struct err *e)
{
	if (x->failed)
		return failed(x, e);
	if (XML_Parse(x->parser, "", 0, 1) != XML_STATUS_OK)
		return broken(x, e);
	return !x->failed || failed(x, e);
}

const char *xml_attr(const struct xml_attr *attrs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!*attrs[i].ns && strcmp(attrs[i].name, name) == 0)
			return attrs[i].value;
	return NULL;
}
