#include "http_impl.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "phieu/base64.h"
#include "phieu/hash.h"
#include "phieu/log.h"

#define BASIC_MAX 4096 /* a name and its secret */

static void peer_text(struct http_conn *c)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c->mhd,
					MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *a = i ? i->client_addr : NULL;
	const void *in = NULL;

	if (a && a->sa_family == AF_INET)
		in = &((const struct sockaddr_in *)(const void *)a)->sin_addr;
	else if (a && a->sa_family == AF_INET6)
		in = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
	if (!in || !inet_ntop(a->sa_family, in, c->peer, sizeof c->peer))
		memcpy(c->peer, "?", 2);
}

struct http_conn *http_conn_new(struct http_server *s,
				struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *i;
	struct http_conn *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->rq.arena = arena_new(HTTP_REQUEST_ARENA);
	if (!c->rq.arena) {
		free(c);
		return NULL;
	}
	c->s = s;
	c->mhd = mhd;
	c->rq.impl = c;
	c->rq.peer = c->peer;
	c->rp.body.max = HTTP_REPLY_MAX;
	i = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	c->fd = i ? i->connect_fd : -1;
	peer_text(c);
	c->since_ms = http_now_ms();
	c->next = s->conns;
	if (c->next)
		c->next->prev = c;
	s->conns = c;
	atomic_fetch_add(&s->connections, 1);
	return c;
}

void http_conn_free(struct http_conn *c)
{
	if (!c)
		return;
	if (c->prev)
		c->prev->next = c->next;
	else
		c->s->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	atomic_fetch_sub(&c->s->connections, 1);
	http_unpack_end(c);
	arena_free(c->rq.arena);
	buf_free(&c->rp.body);
	free(c->body);
	free(c);
}

void http_on_connection(void *cls, struct MHD_Connection *mhd,
			void **socket_context,
			enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*socket_context = http_conn_new(cls, mhd);
		return;
	}
	http_conn_free(*socket_context);
	*socket_context = NULL;
}

static void name_request(struct http_conn *c)
{
	uint32_t n = (uint32_t)c->s->next_id++;
	size_t boot = strlen(c->s->boot);
	uint8_t number[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
			      (uint8_t)(n >> 8), (uint8_t)n };

	memcpy(c->rq.id, c->s->boot, boot);
	c->rq.id[boot] = '-';
	hex_text(number, sizeof number, c->rq.id + boot + 1);
}

/* Path and query as received; the library cuts the line up afterwards. */
static void keep_line(struct http_conn *c, const char *uri)
{
	const char *authority = strstr(uri, "://"), *q;
	size_t n;

	if (*uri != '/' && authority)
		uri = strchr(authority + 3, '/');
	n = uri ? strlen(uri) : 0;
	c->rq.path = "";
	c->bad_line = n == 0 || *uri != '/' || memchr(uri, '#', n);
	if (c->bad_line)
		return;
	if (n > LIMIT_HTTP_PATH_BYTES) {
		c->bad_line = true;
		c->rq.path = NULL;
		return;
	}
	q = memchr(uri, '?', n);
	c->rq.path = arena_strndup(c->rq.arena, uri, q ? (size_t)(q - uri) : n);
	c->raw_query = q ? arena_strdup(c->rq.arena, q + 1) : NULL;
	c->rq.query = c->raw_query;
	if (!c->rq.path || (q && !c->raw_query)) {
		c->bad_line = true;
		c->rq.path = "";
	}
}

void *http_on_line(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(mhd,
					MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct http_conn *c = i ? i->socket_context : NULL;
	struct http_server *s = cls;

	if (!c)
		return NULL;
	atomic_fetch_add(&s->active, 1);
	c->stage = STAGE_LINE;
	c->begun_ms = http_now_ms();
	name_request(c);
	keep_line(c, uri);
	c->rq.pattern = "-";
	c->rq.body = "";
	c->rp.status = 200;
	c->rp.content_type = "application/json; charset=utf-8";
	return c;
}

static void suspend(struct http_conn *c)
{
	c->suspended = true;
	MHD_suspend_connection(c->mhd);
}

void http_resume(struct http_conn *c)
{
	c->suspended = false;
	c->s->resumed = true;
	MHD_resume_connection(c->mhd);
}

static enum MHD_Result on_identity(struct http_conn *c)
{
	c->stage = STAGE_BODY;
	c->window_ms = http_now_ms();
	if (!c->refused || !c->has_body || !http_header(&c->rq, "Expect"))
		return MHD_YES;
	/* the body waits for our word and need not come */
	c->close_now = true;
	http_prepare(c);
	return http_send(c);
}

static enum MHD_Result on_head(struct http_conn *c, const char *method,
			       const char *version)
{
	http_head(c, method, version);
	c->stage = STAGE_BODY;
	c->since_ms = c->window_ms = http_now_ms();
	c->window_bytes = 0;
	if (c->refused && c->close_now) {
		http_prepare(c);
		return http_send(c);
	}
	if (c->refused || c->route->permission == PERM_PUBLIC)
		return MHD_YES;
	if (!c->s->pool) {
		if (!c->s->c.auth(&c->rq, c->route->permission, &c->rp,
				  c->s->c.app))
			c->refused = true;
		return on_identity(c);
	} else if (c->has_body) {
		c->stage = STAGE_AUTH;
		suspend(c);
		http_pool_auth(c);
	}
	return MHD_YES;
}

bool http_run_handler(struct http_conn *c, bool auth_first)
{
	const struct http_config *k = &c->s->c;

	if (auth_first &&
	    !k->auth(&c->rq, c->route->permission, &c->rp, k->app))
		c->refused = true;
	while (!c->refused && c->is_gzip &&
	       http_body_unpack(c, SIZE_MAX) == UNPACK_MORE)
		;
	c->rq.body = c->body && c->rq.body_n ? c->body : "";
	if (!c->refused &&
	    c->route->handler(&c->rq, &c->rp, k->app) == HTTP_LATER)
		return false; /* another thread may have it by now */
	http_prepare(c);
	return true;
}

static enum MHD_Result on_end(struct http_conn *c)
{
	c->stage = STAGE_HANDLER;
	c->since_ms = http_now_ms();
	if (c->s->ending && !c->refused)
		http_refuse_stopping(c);
	if (!c->refused && c->s->pool) {
		suspend(c);
		http_pool_run(c);
		return MHD_YES;
	}
	if (!c->refused && c->is_gzip) {
		suspend(c);
		http_unpack_later(c);
		return MHD_YES;
	}
	if (c->refused || http_run_handler(c, false))
		c->finished = true;
	if (!c->finished) {
		suspend(c);
		return MHD_YES;
	}
	http_prepare(c);
	return http_send(c);
}

enum MHD_Result http_on_request(void *cls, struct MHD_Connection *mhd,
				const char *url, const char *method,
				const char *version, const char *data,
				size_t *data_n, void **con_cls)
{
	struct http_conn *c = *con_cls;

	(void)cls;
	(void)mhd;
	(void)url;
	if (!c)
		return MHD_NO;
	if (c->stage == STAGE_LINE)
		return on_head(c, method, version);
	if (c->stage == STAGE_AUTH) /* the library repeats its first call */
		return on_identity(c);
	if (*data_n > 0) {
		http_body_add(c, data, *data_n);
		*data_n = 0;
		return c->drained > HTTP_DRAIN_MAX ? MHD_NO : MHD_YES;
	}
	if (c->stage == STAGE_BODY)
		return on_end(c);
	if (c->stage == STAGE_HANDLER && c->finished) {
		http_prepare(c);
		return http_send(c);
	}
	return MHD_YES;
}

static bool is_silent(const struct http_conn *c)
{
	return c->route && c->s->c.silent && c->s->c.silent(c->route);
}

static void log_request(const struct http_conn *c, bool cut)
{
	bool quiet = !c->s->c.log_requests && !cut && c->rp.status < 300;
	char status[16], bytes[24], ms[24];

	if (is_silent(c))
		return;
	if (!log_takes(quiet ? LOG_DEBUG : LOG_INFO))
		return;
	(void)snprintf(status, sizeof status, "%d", c->rp.status);
	(void)snprintf(bytes, sizeof bytes, "%zu",
		       c->is_packed ? c->packed.len : c->rp.body.len);
	(void)snprintf(ms, sizeof ms, "%llu",
		       (unsigned long long)(http_now_ms() - c->begun_ms));
	log_event(quiet ? LOG_DEBUG : LOG_INFO, c->rq.id, "request", "method",
		  c->is_head ? "HEAD" : http_method_name(c->rq.method), "route",
		  c->rq.pattern, "status", cut ? "cut" : status, "bytes", bytes,
		  "ms", ms, "peer", c->peer, NULL);
}

/* Ready for the next request on this connection; small buffers stay. */
static void clear_request(struct http_conn *c)
{
	struct buf *b = &c->rp.body;
	size_t i;

	if (c->charged)
		atomic_fetch_sub(&c->s->buffered, c->charged);
	c->charged = c->drained = c->n_query = 0;
	http_unpack_end(c);
	if (c->body_cap > HTTP_KEEP_BODY) {
		free(c->body);
		c->body = NULL;
		c->body_cap = 0;
	}
	if (b->cap > HTTP_KEEP_REPLY)
		buf_free(b);
	b->len = 0;
	b->broken = false;
	if (b->data)
		b->data[0] = '\0';
	c->rp.n_headers = 0;
	c->packed = (struct buf){ 0 };
	c->route = NULL;
	c->raw_query = NULL;
	c->rq.identity = c->rq.user = NULL;
	c->rq.path = c->rq.pattern = "";
	c->rq.method = HTTP_GET;
	c->rq.is_head = false;
	c->rq.query = NULL;
	c->rq.body_n = 0;
	for (i = 0; i < HTTP_PATH_PARAMS; i++)
		c->rq.param[i] = NULL;
	c->is_head = c->has_body = c->is_gzip = c->bad_line = false;
	c->refused = c->close_now = c->suspended = c->finished = false;
	c->prepared = c->is_packed = false;
	arena_reset(c->rq.arena);
}

void http_on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
		       enum MHD_RequestTerminationCode why)
{
	struct http_conn *c = *con_cls;
	struct http_server *s = cls;
	bool cut;

	(void)mhd;
	*con_cls = NULL;
	if (!c)
		return;
	cut = why != MHD_REQUEST_TERMINATED_COMPLETED_OK;
	atomic_fetch_add(&s->replies[cut ? 0 : c->rp.status / 100 % 6], 1);
	log_request(c, cut);
	clear_request(c);
	c->stage = STAGE_IDLE;
	c->since_ms = http_now_ms();
	atomic_fetch_sub(&s->active, 1);
}

/* An honest slow client keeps HTTP_RATE_BYTES a second up; the library's own
 * time-out sees only total silence. */
static bool is_too_slow(struct http_conn *c, uint64_t now)
{
	uint64_t window = c->s->c.slow_seconds * 1000ULL;
	uint64_t idle = c->s->c.idle_seconds * 1000ULL;
	size_t sent;

	switch (c->stage) {
	case STAGE_IDLE: /* or its headers trickle in */
	case STAGE_LINE: return now - c->since_ms > idle + window;
	case STAGE_BODY:
		if (now - c->window_ms < window)
			return false;
		if (c->window_bytes * 1000 < window * HTTP_RATE_BYTES)
			return true;
		c->window_ms = now;
		c->window_bytes = 0;
		return false;
	case STAGE_SENDING:
		sent = c->is_packed ? c->packed.len : c->rp.body.len;
		return now - c->since_ms >
		       window + sent * 1000ULL / HTTP_RATE_BYTES;
	case STAGE_AUTH:
	case STAGE_HANDLER: break;
	}
	return false;
}

void http_sweep(struct http_server *s, uint64_t now)
{
	struct http_conn *c;

	if (now - s->swept_ms < HTTP_SWEEP_MS)
		return;
	s->swept_ms = now;
	for (c = s->conns; c; c = c->next)
		if (c->fd >= 0 && is_too_slow(c, now)) {
			if (!is_silent(c))
				log_event(LOG_INFO, c->rq.id, "too-slow",
					  "peer", c->peer, NULL);
			(void)shutdown(c->fd, SHUT_RDWR);
			c->fd = -1;
		}
}

void http_finish(struct http_request *rq)
{
	struct http_conn *c = rq->impl;

	if (c->s->pool) {
		http_pool_done(c);
		return;
	}
	c->finished = true;
	if (!c->suspended)
		return;
	http_resume(c);
}

struct http_reply *http_reply_of(struct http_request *rq)
{
	struct http_conn *c = rq->impl;

	return &c->rp;
}

const char *http_header(const struct http_request *rq, const char *name)
{
	const struct http_conn *c = rq->impl;

	return MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, name);
}

const char *http_query(const struct http_request *rq, const char *name)
{
	const struct http_conn *c = rq->impl;
	size_t i;

	for (i = 0; i < c->n_query; i++)
		if (strcmp(c->query[i].name, name) == 0)
			return c->query[i].value;
	return NULL;
}

const char *http_bearer(const struct http_request *rq)
{
	const char *v = http_header(rq, "Authorization");

	if (!v || strncasecmp(v, "Bearer ", 7) != 0)
		return NULL;
	v += 7;
	v += strspn(v, " ");
	return *v ? v : NULL;
}

bool http_basic(struct http_request *rq, const char **name, const char **secret)
{
	const char *v = http_header(rq, "Authorization");
	struct buf b = BUF_INIT(BASIC_MAX);
	char *both = NULL, *colon;

	if (!v || strncasecmp(v, "Basic ", 6) != 0)
		return false;
	v += 6 + strspn(v + 6, " ");
	if (base64_parse(&b, v, strlen(v)) && b.len > 0 &&
	    !memchr(b.data, '\0', b.len))
		both = arena_strndup(rq->arena, b.data, b.len);
	if (b.data)
		explicit_bzero(b.data, b.len);
	buf_free(&b);
	colon = both ? strchr(both, ':') : NULL;
	if (!colon)
		return false;
	*colon = '\0';
	*name = both;
	*secret = colon + 1;
	return true;
}

const char *http_cookie(struct http_request *rq, const char *name)
{
	const char *p = http_header(rq, "Cookie");
	size_t n = strlen(name), len;

	while (p && *p) {
		p += strspn(p, "; \t");
		len = strcspn(p, ";");
		if (len > n && p[n] == '=' && memcmp(p, name, n) == 0)
			return arena_strndup(rq->arena, p + n + 1, len - n - 1);
		p += len;
	}
	return NULL;
}
