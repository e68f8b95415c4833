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

/* ---- Content-Encoding: gzip ---------------------------------------------
 */

struct http_unpack {
	z_stream z;
	char *out;
	size_t room;
};

void http_unpack_end(struct http_conn *c)
{
	if (!c->unpack)
		return;
	(void)inflateEnd(&c->unpack->z);
	free(c->unpack->out);
	free(c->unpack);
	c->unpack = NULL;
}

static enum unpacked busy(struct http_conn *c)
{
	http_unpack_end(c);
	refuse(c, 503, "busy", "too much is being sent, try again",
	       "Đang nhận quá nhiều dữ liệu, hãy thử lại");
	return UNPACK_REFUSED;
}

static bool begin(struct http_conn *c)
{
	struct http_unpack *u = calloc(1, sizeof *u);

	if (!u)
		return false;
	if (inflateInit2(&u->z, MAX_WBITS + 16) != Z_OK) {
		free(u);
		return false;
	}
	u->z.next_in = (Bytef *)c->body;
	u->z.avail_in = (uInt)c->rq.body_n;
	u->room = c->rq.body_n;
	c->unpack = u;
	return true;
}

/* Room for 8, 64, 512 … times the packed size up to the route's limit, so
 * that a small body never takes the whole limit. */
static bool more_room(struct http_conn *c)
{
	struct http_unpack *u = c->unpack;
	size_t limit = c->route->max_body, was = u->out ? u->room : 0;
	char *p;

	u->room = u->room > limit / 8 ? limit : u->room * 8;
	if (!http_charge(c, u->room - was))
		return false;
	p = realloc(u->out, u->room + 1);
	if (!p)
		return false;
	u->out = p;
	return true;
}

static enum unpacked done(struct http_conn *c)
{
	struct http_unpack *u = c->unpack;
	size_t got = u->z.total_out;

	u->out[got] = '\0';
	free(c->body);
	c->body = u->out;
	c->body_cap = u->room + 1;
	c->rq.body_n = got;
	u->out = NULL;
	http_unpack_end(c);
	return UNPACK_DONE;
}

/* One gzip member with nothing after it. */
enum unpacked http_body_unpack(struct http_conn *c, size_t slice)
{
	struct http_unpack *u;
	int rc;

	if (!c->unpack && !begin(c))
		return busy(c);
	u = c->unpack;
	if (!u->out || u->z.total_out == u->room) {
		if (u->out && u->room >= c->route->max_body) {
			http_unpack_end(c);
			refuse(c, 413, "too-large",
			       "the unpacked body is too large",
			       "Dữ liệu sau giải nén quá lớn");
			return UNPACK_REFUSED;
		}
		if (!more_room(c))
			return busy(c);
	}
	if (slice > u->room - u->z.total_out)
		slice = u->room - u->z.total_out;
	u->z.next_out = (Bytef *)u->out + u->z.total_out;
	u->z.avail_out = (uInt)slice;
	rc = inflate(&u->z, Z_NO_FLUSH);
	if (rc == Z_STREAM_END && u->z.avail_in == 0)
		return done(c);
	if (rc == Z_OK && u->z.avail_out == 0)
		return UNPACK_MORE;
	http_unpack_end(c);
	refuse(c, 400, "bad-gzip", "the body is not gzip",
	       "Dữ liệu nén gzip bị hỏng");
	return UNPACK_REFUSED;
}

/* In the thread of the event loop: the first of those that wait goes a slice
 * on.  One after the other, so that few hold much at the same time. */
void http_unpack_some(struct http_server *s)
{
	struct http_conn *c = s->unpacking;

	if (!c || http_body_unpack(c, HTTP_UNPACK_SLICE) == UNPACK_MORE)
		return;
	s->unpacking = c->next_job;
	c->next_job = NULL;
	c->is_gzip = false;
	/* suspended: what comes later resumes it by http_finish */
	if (!http_run_handler(c, false))
		return;
	c->finished = true;
	http_resume(c);
}

void http_unpack_later(struct http_conn *c)
{
	struct http_conn **at = &c->s->unpacking;

	while (*at)
		at = &(*at)->next_job;
	c->next_job = NULL;
	*at = c;
}
