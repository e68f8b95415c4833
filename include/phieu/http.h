/* http.h - HTTP service: listener, table of routes, limits, who may.
 *
 * core/http*.c are the only files that see libmicrohttpd.  Two ways to run:
 * threads > 0: handlers run in a pool and may block (phieu-server);
 * threads = 0: nothing runs by itself, the caller's event loop calls
 * http_run when http_fd is readable (phieu-collector); a handler may return
 * HTTP_LATER and have http_finish called from the same thread later.
 *
 * Paths are logged as patterns, so a key in one never reaches the log.
 *
 * Order of a request: headers -> route (404, 405 with Allow) -> length
 * (413) -> `auth` hook (401/403, before any body is read) -> body -> handler
 * -> gzip where asked and useful -> one log line.  Every reply carries
 * X-Request-Id, X-Content-Type-Options: nosniff, Cache-Control: no-store
 * unless set, and Content-Security-Policy: default-src 'self'.  Errors are
 * {"error":{"code":…,"message":…,"message_vi":…,"request":…}}. */
#ifndef PHIEU_HTTP_H
#define PHIEU_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/err.h"
#include "phieu/limits.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_PATCH };
enum { PERM_UNSET = 0, PERM_PUBLIC = 1 }; /* services count on from 2 */
enum http_done { HTTP_REPLIED, HTTP_LATER };

#define HTTP_PATH_PARAMS 6

struct http_request {
	char id[20]; /* of the request, in logs and replies */
	enum http_method method;
	bool is_head;			     /* HEAD, answered like GET */
	const char *path;		     /* as received, without query */
	const char *query;		     /* as received, or NULL */
	const char *pattern;		     /* of the route */
	const char *param[HTTP_PATH_PARAMS]; /* decoded, in pattern order */
	const char *body; /* NUL-terminated after body_n bytes */
	size_t body_n;
	const char *peer; /* address as text */
	void *identity;	  /* what the auth hook made of the key; arena */
	void *user;	  /* the handler's own, across HTTP_LATER */
	struct arena *arena;
	void *impl;
};

struct http_header_out {
	const char *name, *value;
};
struct http_reply {
	int status;		  /* 200 */
	const char *content_type; /* "application/json; charset=utf-8" */
	struct buf body;
	struct http_header_out headers[12];
	size_t n_headers;
};

typedef enum http_done (*http_handler)(struct http_request *rq,
				       struct http_reply *rp, void *app);

/* Fields in the order in which a table of routes reads. */
struct http_route { /* NOLINT(clang-analyzer-optin.performance.Padding) */
	enum http_method method; /* GET answers HEAD too */
	const char *pattern;	 /* "/v1/waves/{wave}/progress" */
	int permission;		 /* PERM_UNSET is refused at start */
	size_t max_body;	 /* 0: no body taken */
	http_handler handler;
};

struct http_config {
	const char *address; /* "127.0.0.1" or "::1" or "0.0.0.0" */
	uint16_t port;	     /* 0: any free one, see http_port */
	unsigned threads;
	unsigned max_connections, max_per_address;
	unsigned idle_seconds; /* keep-alive and slow clients */
	/* A client that sends or takes less than 100 bytes a second over this
	 * many seconds is cut off; 0: 60.  There is no limit on the whole. */
	unsigned slow_seconds;
	size_t max_buffered; /* bodies in memory over all connections:
			      * past it 503 with Retry-After */
	const char *tls_certificate, *tls_key; /* PEM text, both or none */
	const char *server_name;	       /* for the log */
	/* false: a line for 2xx and 304 at debug only (hot routes) */
	bool log_requests;
	const struct http_route *routes;
	size_t n_routes;
	/* Of these no line in the log, whatever comes of it: that somebody
	 * asked, and when, is nobody's to know.  NULL: none. */
	bool (*silent)(const struct http_route *r);
	/* Fills rq->identity or the reply (and returns false).  Not called
	 * for PERM_PUBLIC. */
	bool (*auth)(struct http_request *rq, int permission,
		     struct http_reply *rp, void *app);
	/* A last look at every reply before it goes out, also at those that no
	 * handler wrote (401, 413 …); rq->pattern is "-" when there was no
	 * route.  NULL: none. */
	void (*dress)(struct http_request *rq, struct http_reply *rp,
		      void *app);
	void *app;
};

struct http_server;

struct http_server *http_start(const struct http_config *c,
			       struct err *e) MUST_USE;
uint16_t http_port(const struct http_server *s);
/* Sets tls_certificate and tls_key (PEM text) of new connections. */
bool http_tls_reload(struct http_server *s, const char *certificate,
		     const char *key, struct err *e) MUST_USE;
/* Graceful stop: no new connections, finish what has begun (at most
 * `seconds`), then close.  Returns how many were cut off. */
unsigned http_stop(struct http_server *s, unsigned seconds);

/* Event-loop mode. */
int http_fd(const struct http_server *s);
void http_run(struct http_server *s);
int http_timeout_ms(const struct http_server *s); /* -1: none */
void http_finish(struct http_request *rq);	  /* the reply is filled in */
struct http_reply *http_reply_of(struct http_request *rq);
void http_quiesce(struct http_server *s);	   /* stop accepting */
unsigned http_active(const struct http_server *s); /* requests begun */

/* For /metrics. */
struct http_stats {
	uint64_t replies[6]; /* [2]: 2xx … [5]: 5xx; [0]: cut off */
	size_t buffered;     /* bytes of bodies in memory */
	unsigned active, connections;
};
void http_stats_get(const struct http_server *s, struct http_stats *out);

/* For handlers.  Borrowed until the reply is sent; NULL when absent. */
const char *http_header(const struct http_request *rq, const char *name);
const char *http_query(const struct http_request *rq, const char *name);
void http_set_header(struct http_reply *rp, const char *name,
		     const char *value); /* value must outlive the reply */
/* {"code":…,"message":…,"message_vi":…,"request":…}, wherever an error is
 * told: alone or as one line of a batch. */
void http_error_words(struct buf *out, const char *code, const char *message,
		      const char *message_vi, const char *request);
/* Error reply in both languages; code like "not-found". */
void http_error(struct http_request *rq, struct http_reply *rp, int status,
		const char *code, const char *message, const char *message_vi);
void http_error_of(struct http_request *rq, struct http_reply *rp,
		   const struct err *e);
/* Sets ETag (quoted) and answers 304 when If-None-Match names it. */
bool http_not_modified(struct http_request *rq, struct http_reply *rp,
		       const char *etag);
/* "Authorization: Bearer x" -> x, else NULL. */
const char *http_bearer(const struct http_request *rq);
/* "Authorization: Basic …" -> name and secret, in the request's arena; false:
 * there is none, or it is not text with a colon. */
bool http_basic(struct http_request *rq, const char **name,
		const char **secret);
const char *http_cookie(struct http_request *rq, const char *name);

/* Matching alone, for tests and fuzzing: index of the route or -1 (no
 * path) / -2 (path known, method not). Percent-decodes parameters into the
 * arena; a bad escape, NUL or invalid UTF-8 is -1. */
int http_match(const struct http_route *routes, size_t n, enum http_method m,
	       const char *path, struct arena *a,
	       const char *param[HTTP_PATH_PARAMS]);
/* application/x-www-form-urlencoded pairs; false on a bad escape. */
struct http_pair {
	const char *name, *value;
};
bool http_parse_query(struct arena *a, const char *s, size_t n,
		      struct http_pair *out, size_t max, size_t *count);
const char *http_method_name(enum http_method m);
/* Does an Accept-Encoding, Accept … list take `token` (q > 0)? */
bool http_accepts(const char *list, const char *token);
/* A line `METHOD pattern permission` each, for --routes.  `name` gives the
 * words of a service's own permissions. */
void http_print_routes(const struct http_route *routes, size_t n,
		       void (*name)(int permission, struct buf *out),
		       struct buf *out);

#endif
