#include "http_impl.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "phieu/json.h"
#include "phieu/log.h"

void http_set_header(struct http_reply *rp, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < rp->n_headers; i++)
		if (strcasecmp(rp->headers[i].name, name) == 0) {
			rp->headers[i].value = value;
			return;
		}
	if (rp->n_headers < sizeof rp->headers / sizeof rp->headers[0])
		rp->headers[rp->n_headers++] =
			(struct http_header_out){ name, value };
}

static const char *reply_header(const struct http_reply *rp, const char *name)
{
	size_t i;

	for (i = 0; i < rp->n_headers; i++)
		if (strcasecmp(rp->headers[i].name, name) == 0)
			return rp->headers[i].value;
	return NULL;
}

static void body_reset(struct buf *b)
{
	b->len = 0;
	b->broken = false;
	if (b->data)
		b->data[0] = '\0';
}

void http_error_words(struct buf *out, const char *code, const char *message,
		      const char *message_vi, const char *request)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	jw_kv(&w, "code", code);
	jw_kv(&w, "message", message);
	jw_kv(&w, "message_vi", message_vi);
	jw_kv(&w, "request", request);
	jw_object_end(&w);
}

void http_error(struct http_request *rq, struct http_reply *rp, int status,
		const char *code, const char *message, const char *message_vi)
{
	struct buf *b = &rp->body;

	body_reset(b);
	rp->status = status;
	rp->content_type = "application/json; charset=utf-8";
	buf_adds(b, "{\"error\":");
	http_error_words(b, code, message, message_vi, rq->id);
	buf_adds(b, "}\n");
	if (status == 503 || status == 429)
		http_set_header(rp, "Retry-After", "5");
}

/* Words shown; what a database or file said stays in the log. */
static const struct {
	enum err_kind kind;
	const char *code, *message, *message_vi;
} kind_words[] = {
	{ ERR_INPUT, "bad-input", NULL, "Dữ liệu gửi lên không hợp lệ" },
	{ ERR_CONFLICT, "conflict", NULL,
	  "Trạng thái hiện tại không cho phép việc này" },
	{ ERR_DENIED, "forbidden", "not allowed", "Không có quyền" },
	{ ERR_MATH, "not-computable", NULL, "Không tính được" },
	{ ERR_DOWN, "unavailable", "the store does not answer, try again",
	  "Kho dữ liệu tạm ngừng, hãy thử lại" },
	{ ERR_NOMEM, "busy", "too busy, try again",
	  "Đang quá tải, hãy thử lại" },
};

void http_error_of(struct http_request *rq, struct http_reply *rp,
		   const struct err *e)
{
	const char *code = "internal", *vi = "Lỗi bên trong máy chủ";
	const char *message = "internal error, see the log under this id";
	size_t i;

	for (i = 0; i < sizeof kind_words / sizeof kind_words[0]; i++) {
		if (kind_words[i].kind != e->kind)
			continue;
		code = kind_words[i].code;
		vi = kind_words[i].message_vi;
		message =
			kind_words[i].message ? kind_words[i].message : e->msg;
	}
	http_error(rq, rp, err_http_status(e->kind), code, message, vi);
	if (rp->status >= 500)
		log_err(LOG_ERROR, rq->id, "request-failed", e);
}

/* Weak comparison (RFC 9110 13.1.2): the W/ is ours when we packed. */
static bool etag_listed(const char *list, const char *etag)
{
	size_t n = strlen(etag);

	while (list && *list) {
		list += strspn(list, " \t,");
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		if (*list == '*')
			return true;
		if (*list == '"' && strncmp(list + 1, etag, n) == 0 &&
		    list[n + 1] == '"')
			return true;
		list += strcspn(list, ",");
	}
	return false;
}

bool http_not_modified(struct http_request *rq, struct http_reply *rp,
		       const char *etag)
{
	struct http_conn *c = rq->impl;

	(void)snprintf(c->etag, sizeof c->etag, "\"%s\"", etag);
	http_set_header(rp, "ETag", c->etag);
	if (!etag_listed(http_header(rq, "If-None-Match"), etag))
		return false;
	rp->status = 304;
	body_reset(&rp->body);
	return true;
}

static bool pack(struct http_conn *c)
{
	const struct buf *in = &c->rp.body;
	struct buf *out = &c->packed;
	z_stream z = { 0 };
	uLong bound;
	char *room;
	bool ok;

	/* 16: gzip framing; level 5: ours are tables, 6 gains 1 % */
	if (deflateInit2(&z, 5, Z_DEFLATED, MAX_WBITS + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	bound = deflateBound(&z, in->len);
	room = arena_alloc(c->rq.arena, bound);
	if (!room) {
		(void)deflateEnd(&z);
		return false;
	}
	z.next_in = (Bytef *)in->data;
	z.avail_in = (uInt)in->len;
	z.next_out = (Bytef *)room;
	z.avail_out = (uInt)bound;
	ok = deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < in->len;
	if (ok) {
		out->data = room;
		out->len = z.total_out;
	}
	(void)deflateEnd(&z);
	return ok;
}

static bool is_packable(const char *type)
{
	return type && (strncmp(type, "text/", 5) == 0 ||
			strncmp(type, "application/json", 16) == 0 ||
			strncmp(type, "application/x-ndjson", 20) == 0 ||
			strncmp(type, "application/xml", 15) == 0);
}

void http_prepare(struct http_conn *c)
{
	struct http_reply *rp = &c->rp;
	const char *etag;
	char *weak;

	if (c->prepared)
		return;
	c->prepared = true;
	if (rp->body.broken) {
		rp->n_headers = 0;
		http_error(&c->rq, rp, 500, "internal",
			   "the reply could not be built",
			   "Không tạo được câu trả lời");
	}
	if (c->s->c.dress)
		c->s->c.dress(&c->rq, rp, c->s->c.app);
	if (rp->status == 304 || rp->status == 204)
		body_reset(&rp->body);
	if (rp->body.len <= HTTP_GZIP_FROM || !is_packable(rp->content_type) ||
	    reply_header(rp, "Content-Encoding"))
		return;
	if (!reply_header(rp, "Vary"))
		http_set_header(rp, "Vary", "Accept-Encoding");
	if (!http_accepts(http_header(&c->rq, "Accept-Encoding"), "gzip"))
		return;
	if (!pack(c))
		return;
	c->is_packed = true;
	http_set_header(rp, "Content-Encoding", "gzip");
	etag = reply_header(rp, "ETag");
	weak = etag && etag[0] == '"' ? arena_printf(c->rq.arena, "W/%s", etag)
				      : NULL;
	if (weak)
		http_set_header(rp, "ETag", weak);
}

static void fixed_headers(struct http_conn *c, struct MHD_Response *r)
{
	static const struct {
		const char *name, *value;
	} fixed[] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Cache-Control", "no-store" },
		{ "Content-Security-Policy", "default-src 'self'" },
	};
	struct http_reply *rp = &c->rp;
	size_t i;

	for (i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		if (!reply_header(rp, fixed[i].name))
			(void)MHD_add_response_header(r, fixed[i].name,
						      fixed[i].value);
	for (i = 0; i < rp->n_headers; i++)
		(void)MHD_add_response_header(r, rp->headers[i].name,
					      rp->headers[i].value);
	(void)MHD_add_response_header(r, "X-Request-Id", c->rq.id);
	if (c->s->tls)
		(void)MHD_add_response_header(r, "Strict-Transport-Security",
					      "max-age=31536000");
	if (rp->content_type && rp->body.len > 0)
		(void)MHD_add_response_header(r, "Content-Type",
					      rp->content_type);
	if (c->s->quiesced || c->close_now)
		(void)MHD_add_response_header(r, "Connection", "close");
}

enum MHD_Result http_send(struct http_conn *c)
{
	const struct buf *b = c->is_packed ? &c->packed : &c->rp.body;
	struct MHD_Response *r;
	enum MHD_Result done;

	/* The body lives until the request is completed: nothing is copied. */
	r = MHD_create_response_from_buffer(b->len, b->data ? b->data : c->peer,
					    MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	fixed_headers(c, r);
	c->stage = STAGE_SENDING;
	c->since_ms = http_now_ms();
	done = MHD_queue_response(c->mhd, (unsigned)c->rp.status, r);
	MHD_destroy_response(r);
	return done;
}
