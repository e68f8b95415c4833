#include "http_impl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "phieu/log.h"

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

uint64_t http_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool check_config(const struct http_config *c, struct err *e)
{
	size_t i;
	bool has_private = false;

	for (i = 0; i < c->n_routes; i++) {
		const struct http_route *r = &c->routes[i];

		if (r->permission == PERM_UNSET || !r->handler || !r->pattern ||
		    r->pattern[0] != '/')
			return err_set(e, ERR_BUG,
				       "route %s %s has no permission or no "
				       "handler",
				       http_method_name(r->method),
				       r->pattern ? r->pattern : "?");
		has_private = has_private || r->permission != PERM_PUBLIC;
	}
	if (has_private && !c->auth)
		return err_set(e, ERR_BUG, "routes ask for an auth hook");
	if (!c->tls_certificate != !c->tls_key)
		return err_set(e, ERR_INPUT,
			       "TLS needs a certificate and its key");
	return true;
}

static int listen_on(const struct http_config *c, uint16_t *port, struct err *e)
{
	struct sockaddr_storage at = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&at;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&at;
	socklen_t n = sizeof *v4;
	int one = 1, fd;

	if (inet_pton(AF_INET, c->address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(c->port);
	} else if (inet_pton(AF_INET6, c->address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(c->port);
		n = sizeof *v6;
	} else {
		(void)err_set(e, ERR_INPUT, "not an address: %s", c->address);
		return -1;
	}
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
	    bind(fd, (struct sockaddr *)&at, n) < 0 || listen(fd, 1024) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) < 0) {
		(void)err_set(e, ERR_IO, "cannot listen on %s port %u: %s",
			      c->address, c->port, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	*port = ntohs(at.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
	return fd;
}

static void library_says(void *cls, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void library_says(void *cls, const char *fmt, va_list ap)
{
	char line[256];

	(void)cls;
	(void)vsnprintf(line, sizeof line, fmt, ap);
	line[strcspn(line, "\r\n")] = '\0';
	log_event(LOG_DEBUG, NULL, "http-library", "says", line, NULL);
}

static bool start_library(struct http_server *s, struct err *e)
{
	const struct http_config *c = &s->c;
	unsigned flags =
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem options[16];
	size_t n = 0;

#define OPTION(o, v, p) \
	(options[n++] = (struct MHD_OptionItem){ (o), (intptr_t)(v), (p) })
	OPTION(MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_MHD_MEMORY, NULL);
	OPTION(MHD_OPTION_CONNECTION_LIMIT, c->max_connections, NULL);
	OPTION(MHD_OPTION_CONNECTION_TIMEOUT, c->idle_seconds, NULL);
	OPTION(MHD_OPTION_PER_IP_CONNECTION_LIMIT, c->max_per_address, NULL);
	OPTION(MHD_OPTION_LISTEN_SOCKET, s->listen_fd, NULL);
	OPTION(MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
	OPTION(MHD_OPTION_NOTIFY_CONNECTION, http_on_connection, s);
	OPTION(MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, s);
	OPTION(MHD_OPTION_URI_LOG_CALLBACK, http_on_line, s);
	if (s->tls) {
		flags |= MHD_USE_TLS;
		OPTION(MHD_OPTION_HTTPS_PRIORITIES, 0,
		       (void *)(intptr_t)TLS_PRIORITIES);
		OPTION(MHD_OPTION_HTTPS_CERT_CALLBACK, 0,
		       (void *)(intptr_t)http_tls_callback);
	}
	OPTION(MHD_OPTION_END, 0, NULL);
#undef OPTION
	/* the logger first: what it says of the other options is kept */
	s->mhd = MHD_start_daemon(flags, 0, NULL, NULL, http_on_request, s,
				  MHD_OPTION_EXTERNAL_LOGGER, library_says, s,
				  MHD_OPTION_ARRAY, options, MHD_OPTION_END);
	if (!s->mhd)
		return err_set(e, ERR_IO, "the HTTP library does not start");
	return true;
}

/* Writing to a connection the peer has closed must not end the program. */
static void ignore_sigpipe(void)
{
	struct sigaction old, ignore = { .sa_handler = SIG_IGN };

	if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
		(void)sigaction(SIGPIPE, &ignore, NULL);
}

static void set_defaults(struct http_config *c)
{
	if (!c->max_connections)
		c->max_connections = 1000;
	if (!c->idle_seconds)
		c->idle_seconds = 75;
	if (!c->slow_seconds)
		c->slow_seconds = HTTP_SLOW_SECONDS;
}

static void server_free(struct http_server *s)
{
	if (s->listen_fd >= 0)
		(void)close(s->listen_fd);
	http_tls_free(s->tls_now);
	free(s);
}

struct http_server *http_start(const struct http_config *c, struct err *e)
{
	struct http_server *s;
	uint32_t boot = 0;

	if (!check_config(c, e))
		return NULL;
	s = calloc(1, sizeof *s);
	if (!s) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	s->c = *c;
	s->listen_fd = -1;
	set_defaults(&s->c);
	if (getrandom(&boot, sizeof boot, 0) < 0)
		boot = (uint32_t)http_now_ms();
	(void)snprintf(s->boot, sizeof s->boot, "%08x", boot);
	ignore_sigpipe();
	if (c->tls_certificate) {
		s->tls = true;
		s->tls_now = http_tls_new(c->tls_certificate, c->tls_key, e);
		if (!s->tls_now)
			goto out;
	}
	s->c.tls_certificate = s->c.tls_key = NULL;
	s->listen_fd = listen_on(&s->c, &s->port, e);
	if (s->listen_fd < 0 || !start_library(s, e))
		goto out;
	if (c->threads > 0 && !http_pool_start(s, e)) {
		MHD_stop_daemon(s->mhd);
		s->listen_fd = -1; /* the library closed it */
		goto out;
	}
	return s;
out:
	server_free(s);
	return NULL;
}

uint16_t http_port(const struct http_server *s)
{
	return s->port;
}

int http_fd(const struct http_server *s)
{
	const union MHD_DaemonInfo *i =
		MHD_get_daemon_info(s->mhd, MHD_DAEMON_INFO_EPOLL_FD);

	return i ? i->epoll_fd : -1;
}

static void close_listener(struct http_server *s)
{
	if (s->quiesced)
		return;
	s->quiesced = true;
	(void)MHD_quiesce_daemon(s->mhd);
	(void)close(s->listen_fd);
	s->listen_fd = -1;
}

void http_run(struct http_server *s)
{
	if (atomic_load(&s->closing))
		close_listener(s);
	s->resumed = false;
	(void)MHD_run(s->mhd);
	http_unpack_some(s);
	http_sweep(s, http_now_ms());
}

int http_timeout_ms(const struct http_server *s)
{
	unsigned long long ms;

	if (s->resumed || s->unpacking)
		return 0;
	if (MHD_get_timeout(s->mhd, &ms) == MHD_YES && ms < HTTP_SWEEP_MS)
		return (int)ms;
	return s->conns ? HTTP_SWEEP_MS : -1;
}

void http_quiesce(struct http_server *s)
{
	atomic_store(&s->closing, true);
	if (s->pool)
		http_pool_wake(s);
	else
		close_listener(s);
}

unsigned http_active(const struct http_server *s)
{
	return atomic_load(&s->active);
}

void http_stats_get(const struct http_server *s, struct http_stats *out)
{
	size_t i;

	for (i = 0; i < 6; i++)
		out->replies[i] = atomic_load(&s->replies[i]);
	out->buffered = atomic_load(&s->buffered);
	out->active = atomic_load(&s->active);
	out->connections = atomic_load(&s->connections);
}

static void wait_idle(struct http_server *s, unsigned seconds)
{
	uint64_t until = http_now_ms() + seconds * 1000ULL;
	struct pollfd p = { .fd = http_fd(s), .events = POLLIN };

	while (http_active(s) > 0 && http_now_ms() < until) {
		(void)poll(&p, s->pool ? 0 : 1, 10);
		if (!s->pool)
			http_run(s);
	}
}

void http_refuse_stopping(struct http_conn *c)
{
	http_error(&c->rq, &c->rp, 503, "stopping",
		   "the service is stopping, try again",
		   "Dịch vụ đang dừng, hãy thử lại");
	c->refused = true;
}

/* The library must not be stopped over a suspended connection: none is from
 * here on. */
static void wake_all(struct http_server *s)
{
	struct http_conn *c;

	s->ending = true;
	s->unpacking = NULL;
	for (c = s->conns; c; c = c->next) {
		if (!c->suspended)
			continue;
		http_refuse_stopping(c);
		c->finished = true;
		http_resume(c);
	}
	(void)MHD_run(s->mhd);
	(void)MHD_run(s->mhd);
}

unsigned http_stop(struct http_server *s, unsigned seconds)
{
	unsigned cut;

	if (!s)
		return 0;
	http_quiesce(s);
	wait_idle(s, seconds);
	cut = http_active(s);
	if (s->pool)
		http_pool_stop(s);
	close_listener(s);
	wake_all(s);
	MHD_stop_daemon(s->mhd);
	server_free(s);
	return cut;
}
