#include "http_impl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct tally {
	size_t bytes;
	unsigned lengths, encodings, hosts;
	bool bad;
	const char *length, *encoding, *packing, *expect;
};

/* RFC 9110 5.6.2; the library lets "Content-Length : 3" through as a header of
 * another name, which a proxy may read differently. */
static bool is_token(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) &&
		    !strchr("!#$%&'*+-.^_`|~", *s))
			return false;
	return true;
}

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind,
				    const char *key, const char *value)
{
	struct tally *t = cls;

	(void)kind;
	if (!key || !*key || !value || !is_token(key)) {
		t->bad = true;
		return MHD_YES;
	}
	t->bytes += strlen(key) + strlen(value) + 4;
	if (strcasecmp(key, "Content-Length") == 0) {
		t->lengths++;
		t->length = value;
	} else if (strcasecmp(key, "Transfer-Encoding") == 0) {
		t->encodings++;
		t->encoding = value;
	} else if (strcasecmp(key, "Host") == 0) {
		t->hosts++;
	} else if (strcasecmp(key, "Content-Encoding") == 0) {
		t->packing = value;
	} else if (strcasecmp(key, "Expect") == 0) {
		t->expect = value;
	}
	return MHD_YES;
}

static void refuse(struct http_conn *c, int status, const char *code,
		   const char *message, const char *vi)
{
	c->refused = true;
	http_error(&c->rq, &c->rp, status, code, message, vi);
}

static bool digits(const char *s, uint64_t *out)
{
	size_t i;

	*out = 0;
	for (i = 0; s[i]; i++) {
		if (!isdigit((unsigned char)s[i]) || i > 18)
			return false;
		*out = *out * 10 + (uint64_t)(s[i] - '0');
	}
	return i > 0;
}

/* Where a body ends must be beyond doubt: two programs that disagree on it
 * (a proxy and we) would read different requests from the same bytes. */
static bool framing_ok(struct http_conn *c, const struct tally *t,
		       const char *version, uint64_t *length)
{
	bool chunked = t->encodings > 0;

	*length = 0;
	if (!t->bad && t->hosts <= 1 && t->lengths + t->encodings <= 1 &&
	    (!chunked || (strcasecmp(t->encoding, "chunked") == 0 &&
			  strcmp(version, "HTTP/1.1") == 0)) &&
	    (!t->length || digits(t->length, length)))
		return true;
	c->close_now = true;
	refuse(c, 400, "bad-headers", "conflicting or malformed headers",
	       "Tiêu đề HTTP mâu thuẫn hoặc sai");
	return false;
}

static bool method_of(struct http_conn *c, const char *method)
{
	enum http_method m;

	c->is_head = c->rq.is_head = strcmp(method, "HEAD") == 0;
	if (c->is_head) {
		c->rq.method = HTTP_GET;
		return true;
	}
	for (m = HTTP_GET; m <= HTTP_PATCH; m++)
		if (strcmp(method, http_method_name(m)) == 0) {
			c->rq.method = m;
			return true;
		}
	return false;
}

static int match(struct http_conn *c, enum http_method m)
{
	return http_match(c->s->c.routes, c->s->c.n_routes, m, c->rq.path,
			  c->rq.arena, c->rq.param);
}

static void refuse_method(struct http_conn *c)
{
	struct buf allow = BUF_INIT(256);
	enum http_method m;
	char *text;

	for (m = HTTP_GET; m <= HTTP_PATCH; m++)
		if (match(c, m) >= 0)
			buf_addf(&allow, "%s%s", allow.len ? ", " : "",
				 m == HTTP_GET ? "GET, HEAD"
					       : http_method_name(m));
	text = arena_strdup(c->rq.arena, allow.data ? allow.data : "");
	buf_free(&allow);
	if (text)
		http_set_header(&c->rp, "Allow", text);
	refuse(c, 405, "method-not-allowed", "this path does not take that",
	       "Đường dẫn này không nhận phương thức đó");
}

static bool find_route(struct http_conn *c, const char *method)
{
	bool known = method_of(c, method);
	int at = match(c, known ? c->rq.method : HTTP_GET);

	if (!known && at != -1)
		at = -2;
	if (at >= 0) {
		c->route = &c->s->c.routes[at];
		c->rq.pattern = c->route->pattern;
		return true;
	}
	if (at == -2)
		refuse_method(c);
	else
		refuse(c, 404, "not-found", "no such path",
		       "Không có đường dẫn này");
	return false;
}

static bool line_ok(struct http_conn *c)
{
	if (c->bad_line) {
		c->close_now = true;
		if (c->rq.path)
			refuse(c, 400, "bad-request", "malformed request line",
			       "Dòng yêu cầu HTTP sai");
		else
			refuse(c, 414, "path-too-long", "the path is too long",
			       "Đường dẫn quá dài");
		return false;
	}
	if (c->raw_query &&
	    !http_parse_query(c->rq.arena, c->raw_query, strlen(c->raw_query),
			      c->query, LIMIT_HTTP_QUERY_PARAMS, &c->n_query)) {
		refuse(c, 400, "bad-query", "malformed query",
		       "Tham số truy vấn sai");
		return false;
	}
	return true;
}

static bool body_ok(struct http_conn *c, const struct tally *t, uint64_t length)
{
	if (length > c->route->max_body ||
	    (t->encoding && c->route->max_body == 0)) {
		refuse(c, 413, "too-large", "the body is too large",
		       "Dữ liệu gửi lên quá lớn");
		return false;
	}
	if (c->has_body && t->packing &&
	    strcasecmp(t->packing, "identity") != 0 &&
	    strcasecmp(t->packing, "gzip") != 0) {
		http_set_header(&c->rp, "Accept-Encoding", "gzip");
		refuse(c, 415, "bad-encoding", "only gzip is understood",
		       "Chỉ nhận nén gzip");
		return false;
	}
	return true;
}

void http_head(struct http_conn *c, const char *method, const char *version)
{
	struct tally t = { 0 };
	uint64_t length;

	(void)MHD_get_connection_values(c->mhd, MHD_HEADER_KIND, count_header,
					&t);
	c->has_body = false;
	if (!framing_ok(c, &t, version, &length))
		return;
	c->has_body = length > 0 || t.encodings > 0;
	if (!is_token(method)) {
		c->close_now = true;
		refuse(c, 400, "bad-request", "malformed request line",
		       "Dòng yêu cầu HTTP sai");
		return;
	}
	if (t.bytes > LIMIT_HTTP_HEADER_BYTES) {
		c->close_now = true;
		refuse(c, 431, "headers-too-large", "the headers are too large",
		       "Tiêu đề HTTP quá lớn");
		return;
	}
	if (line_ok(c) && find_route(c, method) && body_ok(c, &t, length)) {
		c->is_gzip = c->has_body && t.packing &&
			     strcasecmp(t.packing, "gzip") == 0;
		return;
	}
	/* A body that need not come, or that is past reading to its end. */
	if (c->has_body && (t.expect || length > HTTP_DRAIN_MAX))
		c->close_now = true;
}
