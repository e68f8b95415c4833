#include "http_impl.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void refuse(struct http_conn *c, int status, const char *code,
		   const char *message, const char *vi)
{
	c->refused = true;
	c->rq.body_n = 0;
	http_error(&c->rq, &c->rp, status, code, message, vi);
}

/* Takes n bytes of the budget that all connections share. */
bool http_charge(struct http_conn *c, size_t n)
{
	size_t was = atomic_fetch_add(&c->s->buffered, n);

	if (c->s->c.max_buffered && was + n > c->s->c.max_buffered) {
		atomic_fetch_sub(&c->s->buffered, n);
		return false;
	}
	c->charged += n;
	return true;
}

static bool grow(struct http_conn *c, size_t need)
{
	size_t cap = c->body_cap ? c->body_cap : 4096;
	char *p;

	if (need <= c->body_cap)
		return true;
	while (cap < need)
		cap *= 2;
	p = realloc(c->body, cap);
	if (!p)
		return false;
	c->body = p;
	c->body_cap = cap;
	return true;
}

void http_body_add(struct http_conn *c, const char *data, size_t n)
{
	c->window_bytes += n;
	if (c->refused) {
		c->drained += n;
		return;
	}
	if (n > c->route->max_body - c->rq.body_n) {
		refuse(c, 413, "too-large", "the body is too large",
		       "Dữ liệu gửi lên quá lớn");
		return;
	}
	if (!http_charge(c, n) || !grow(c, c->rq.body_n + n + 1)) {
		refuse(c, 503, "busy", "too much is being sent, try again",
		       "Đang nhận quá nhiều dữ liệu, hãy thử lại");
		return;
	}
	memcpy(c->body + c->rq.body_n, data, n);
	c->rq.body_n += n;
	c->body[c->rq.body_n] = '\0';
}

/* One gzip member into out[max]; Z_STREAM_END with nothing after it. */
static int inflate_into(const char *in, size_t n, char *out, size_t max,
			size_t *out_n)
{
	z_stream z = { 0 };
	int rc = inflateInit2(&z, MAX_WBITS + 16);

	if (rc != Z_OK)
		return rc;
	z.next_in = (Bytef *)in;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)max;
	rc = inflate(&z, Z_FINISH);
	*out_n = z.total_out;
	if (rc != Z_STREAM_END && z.avail_out == 0)
		rc = Z_BUF_ERROR; /* more room may help */
	else if (rc != Z_STREAM_END || z.avail_in > 0)
		rc = Z_DATA_ERROR;
	(void)inflateEnd(&z);
	return rc;
}

/* Unpacks into growing room: 8, 64, 512 … times
 * the packed size up to the route's limit, so that a small body never takes the
 * whole limit. */
bool http_body_unpack(struct http_conn *c)
{
	size_t limit = c->route->max_body, room = c->rq.body_n, got = 0;
	size_t taken = 0;
	char *out = NULL, *p;
	int rc = Z_BUF_ERROR;

	while (rc == Z_BUF_ERROR && room < limit) {
		room = room > limit / 8 ? limit : room * 8;
		if (!http_charge(c, room - taken))
			goto out;
		taken = room;
		p = realloc(out, room + 1);
		if (!p)
			goto out;
		out = p;
		rc = inflate_into(c->body, c->rq.body_n, out, room, &got);
	}
	if (rc != Z_STREAM_END) {
		free(out);
		if (rc == Z_BUF_ERROR)
			refuse(c, 413, "too-large",
			       "the unpacked body is too large",
			       "Dữ liệu sau giải nén quá lớn");
		else
			refuse(c, 400, "bad-gzip", "the body is not gzip",
			       "Dữ liệu nén gzip bị hỏng");
		return false;
	}
	out[got] = '\0';
	free(c->body);
	c->body = out;
	c->body_cap = room + 1;
	c->rq.body_n = got;
	return true;
out:
	free(out);
	refuse(c, 503, "busy", "too much is being sent, try again",
	       "Đang nhận quá nhiều dữ liệu, hãy thử lại");
	return false;
}
