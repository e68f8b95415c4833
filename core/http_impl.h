/* http_impl.h - what the files core/http*.c share; nobody else includes it.
 *
 * libmicrohttpd runs in one thread only, by MHD_run: the caller's in
 * event-loop mode, a thread of ours with threads > 0.  Handlers then run in
 * workers and hand a request back through `done` and an eventfd, so no
 * function of the library is ever called from two threads. */
#ifndef PHIEU_HTTP_IMPL_H
#define PHIEU_HTTP_IMPL_H

#include <gnutls/abstract.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>

#include "phieu/http.h"

enum {
	HTTP_SWEEP_MS = 1000,
	HTTP_SLOW_SECONDS = 60,
	HTTP_RATE_BYTES = 100, /* a second */
	HTTP_GZIP_FROM = 1024,
	HTTP_RETRY_SECONDS = 5
};
/* A refused body is read to its end up to here, so that the client sees the
 * answer and the connection lives on; past it the connection is closed. */
#define HTTP_DRAIN_MAX ((size_t)32 << 20)
/* Unpacked at once without workers: about a millisecond. */
#define HTTP_UNPACK_SLICE  ((size_t)256 << 10)
#define HTTP_KEEP_BODY	   ((size_t)16 << 10) /* kept for the next request */
#define HTTP_KEEP_REPLY	   ((size_t)16 << 10)
#define HTTP_REPLY_MAX	   ((size_t)256 << 20)
#define HTTP_REQUEST_ARENA ((size_t)64 << 20)
#define HTTP_MHD_MEMORY	   ((size_t)32 << 10)

enum http_stage {
	STAGE_IDLE, /* no request, or its headers are coming in */
	STAGE_LINE, /* request line read */
	STAGE_BODY,
	STAGE_AUTH, /* a worker asks who it is, body not yet read */
	STAGE_HANDLER,
	STAGE_SENDING
};

struct http_unpack;
struct http_conn {
	struct http_request rq; /* first: http_finish comes back with it */
	struct http_reply rp;
	struct http_server *s;
	struct MHD_Connection *mhd;
	struct http_conn *prev, *next; /* of all connections */
	struct http_conn *next_job;    /* queue of workers, or done */
	int fd;
	char peer[INET6_ADDRSTRLEN];
	enum http_stage stage;
	uint64_t since_ms;   /* the stage began */
	uint64_t begun_ms;   /* the request began */
	uint64_t window_ms;  /* the rate's window began */
	size_t window_bytes; /* read in it */
	const struct http_route *route;
	struct http_pair query[LIMIT_HTTP_QUERY_PARAMS];
	size_t n_query;
	char *raw_query; /* after '?', or NULL */
	char *body;
	size_t body_cap;
	struct http_unpack *unpack; /* under way */
	size_t charged;		    /* of max_buffered */
	size_t drained;
	struct buf packed; /* gzip of the reply */
	char etag[160];	   /* as sent */
	bool is_head, has_body, is_gzip, bad_line;
	bool refused;	/* reply stands before the handler ran */
	bool close_now; /* the rest of the connection means nothing */
	bool suspended, finished, prepared, is_packed;
};

struct http_pool;
struct http_tls;

struct http_server {
	struct http_config c;
	char *certificate, *key;
	struct MHD_Daemon *mhd;
	int listen_fd;
	uint16_t port;
	bool quiesced, tls;
	bool ending;	     /* what comes now is refused */
	bool resumed;	     /* the library must run before anyone waits */
	atomic_bool closing; /* asked for by another thread */
	struct http_conn *conns;
	struct http_conn *unpacking; /* by next_job, in their order */
	struct http_pool *pool;
	struct http_tls *_Atomic tls_now;
	uint64_t next_id, swept_ms;
	char boot[9];
	atomic_size_t buffered;
	atomic_uint active, connections;
	_Atomic uint64_t replies[6];
};

uint64_t http_now_ms(void);
void http_refuse_stopping(struct http_conn *c);

/* http_conn.c */
struct http_conn *http_conn_new(struct http_server *s,
				struct MHD_Connection *mhd);
void http_conn_free(struct http_conn *c);
void http_resume(struct http_conn *c);
void http_sweep(struct http_server *s, uint64_t now);
enum MHD_Result http_on_request(void *cls, struct MHD_Connection *mhd,
				const char *url, const char *method,
				const char *version, const char *data,
				size_t *data_n, void **con_cls);
void *http_on_line(void *cls, const char *uri, struct MHD_Connection *mhd);
void http_on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
		       enum MHD_RequestTerminationCode why);
void http_on_connection(void *cls, struct MHD_Connection *mhd,
			void **socket_context,
			enum MHD_ConnectionNotificationCode what);

/* http_head.c: what the headers say; leaves the reply when they say wrong. */
void http_head(struct http_conn *c, const char *method, const char *version);

/* http_body.c */
void http_body_add(struct http_conn *c, const char *data, size_t n);
/* Content-Encoding: gzip, `slice` bytes of the result at a time; once it is
 * refused the reply stands. */
enum unpacked { UNPACK_MORE, UNPACK_DONE, UNPACK_REFUSED };
enum unpacked http_body_unpack(struct http_conn *c, size_t slice);
void http_unpack_end(struct http_conn *c); /* NULL-safe, also half-way */
/* Without workers: suspended ones wait their turn between other requests. */
void http_unpack_later(struct http_conn *c);
void http_unpack_some(struct http_server *s);
bool http_charge(struct http_conn *c, size_t n);

/* http_reply.c: gzip and the like, in the thread that ran the handler; then
 * the reply goes out, in the library's. */
void http_prepare(struct http_conn *c);
enum MHD_Result http_send(struct http_conn *c);

/* http_pool.c */
struct http_pool *http_pool_start(struct http_server *s, struct err *e);
void http_pool_auth(struct http_conn *c);
void http_pool_run(struct http_conn *c);
void http_pool_done(struct http_conn *c);
void http_pool_wake(struct http_server *s);
void http_pool_stop(struct http_server *s);
/* Hook, unpacking, handler; false when the reply comes later. */
bool http_run_handler(struct http_conn *c, bool auth_first);

/* http_tls.c */
struct http_tls *http_tls_new(const char *certificate, const char *key,
			      struct err *e);
void http_tls_free(struct http_tls *t); /* and all older ones */
int http_tls_callback(gnutls_session_t session, const gnutls_datum_t *req_ca_dn,
		      int n_reqs, const gnutls_pk_algorithm_t *pk_algos,
		      int n_pk, gnutls_pcert_st **pcert, unsigned *n_pcert,
		      gnutls_privkey_t *pkey);

#endif
