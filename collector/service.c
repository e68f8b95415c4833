#include "phieu/service.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "phieu/connect.h"
#include "phieu/date.h"
#include "phieu/digest.h"
#include "phieu/log.h"
#include "phieu/migrate.h"
#include "phieu/tls_files.h"
#include "service_impl.h"

static const struct http_route routes[] = {
	{ HTTP_POST, "/v1/submissions", PERM_AGENT, LIMIT_BATCH_BYTES,
	  service_submit },
	{ HTTP_PUT, "/v1/submissions/{instance}/attachments/{name}", PERM_AGENT,
	  LIMIT_ATTACHMENT_BYTES, service_file_put },
	{ HTTP_GET, "/v1/submissions/{instance}/attachments", PERM_AGENT, 0,
	  service_files },
	{ HTTP_POST, "/v1/imports", PERM_AGENT, LIMIT_XLSX_BYTES,
	  service_import },
	{ HTTP_GET, "/v1/templates/{form}.xlsx", PERM_AGENT, 0,
	  service_template },
	{ HTTP_GET, "/v1/plan", PERM_AGENT, 0, service_plan },
	{ HTTP_GET, "/v1/receipts/{instance}", PERM_AGENT, 0, service_receipt },
	{ HTTP_GET, "/v1/key/{key}/formList", PERM_KEY, 0, openrosa_list },
	{ HTTP_GET, "/v1/key/{key}/forms/{form}.xml", PERM_KEY, 0,
	  openrosa_form },
	{ HTTP_GET, "/v1/key/{key}/forms/{form}/manifest", PERM_KEY, 0,
	  openrosa_manifest },
	{ HTTP_GET, "/v1/key/{key}/forms/{form}/media/{file}", PERM_KEY, 0,
	  openrosa_media },
	{ HTTP_GET, "/v1/key/{key}/submission", PERM_KEY, 0, openrosa_head },
	{ HTTP_POST, "/v1/key/{key}/submission", PERM_KEY, LIMIT_OPENROSA_BYTES,
	  openrosa_submit },
	{ HTTP_GET, "/formList", PERM_DEVICE, 0, openrosa_list },
	{ HTTP_GET, "/forms/{form}.xml", PERM_DEVICE, 0, openrosa_form },
	{ HTTP_GET, "/forms/{form}/manifest", PERM_DEVICE, 0,
	  openrosa_manifest },
	{ HTTP_GET, "/forms/{form}/media/{file}", PERM_DEVICE, 0,
	  openrosa_media },
	{ HTTP_GET, "/submission", PERM_DEVICE, 0, openrosa_head },
	{ HTTP_POST, "/submission", PERM_DEVICE, LIMIT_OPENROSA_BYTES,
	  openrosa_submit },
	{ HTTP_GET, "/v1/receipts", PERM_AGENT, 0, service_receipts },
	{ HTTP_GET, "/v1/agent", PERM_AGENT, 0, service_agent },
	{ HTTP_GET, "/v1/agent/sheets", PERM_AGENT, 0, service_sheets },
	{ HTTP_POST, "/v1/agent/sheets", PERM_AGENT, LIMIT_TOLD_BYTES,
	  service_tell },
	{ HTTP_GET, "/v1/agent/queries", PERM_AGENT, 0, service_queries },
	{ HTTP_POST, "/v1/agent/queries/{query}", PERM_AGENT, 16384,
	  service_query_answer },
	{ HTTP_GET, "/v1/second", PERM_AGENT, 0, service_second },
	{ HTTP_GET, "/", PERM_PUBLIC, 0, service_to_page },
	{ HTTP_GET, "/agent", PERM_PUBLIC, 0, service_to_page },
	{ HTTP_GET, "/agent/", PERM_PUBLIC, 0, service_page },
	{ HTTP_GET, "/agent/{file}", PERM_PUBLIC, 0, service_page },
	{ HTTP_GET, "/answer/", PERM_PUBLIC, 0, service_ballot_page },
	{ HTTP_GET, "/answer/{file}", PERM_PUBLIC, 0, service_ballot_page },
	{ HTTP_POST, "/v1/ballot/form", PERM_PUBLIC, LIMIT_BALLOT_BYTES,
	  service_ballot_form },
	{ HTTP_POST, "/v1/ballot", PERM_PUBLIC, LIMIT_BALLOT_BYTES,
	  service_ballot_put },
	{ HTTP_GET, "/v1/ballot/{wave}/{group}/receipts", PERM_PUBLIC, 0,
	  service_ballot_receipts },
	{ HTTP_GET, "/healthz", PERM_PUBLIC, 0, service_health },
	{ HTTP_GET, "/readyz", PERM_PUBLIC, 0, service_ready },
	{ HTTP_GET, "/metrics", PERM_PUBLIC, 0, service_metrics },
};
enum { N_ROUTES = sizeof routes / sizeof routes[0] };

static bool of_respondents(const struct http_route *r)
{
	return strncmp(r->pattern, "/answer/", 8) == 0 ||
	       strncmp(r->pattern, "/v1/ballot", 10) == 0;
}

static void permission_name(int permission, struct buf *out)
{
	buf_adds(out, permission == PERM_PUBLIC	  ? "public"
		      : permission == PERM_KEY	  ? "key"
		      : permission == PERM_DEVICE ? "device"
						  : "agent");
}

void service_print_routes(struct buf *out)
{
	http_print_routes(routes, N_ROUTES, permission_name, out);
}

const char *service_url(const struct service *s)
{
	return s->url;
}

/* The connection for look-ups; also hears of new plans. */
static bool look_ready(struct service *s, struct err *e)
{
	if (db_listen(s->look, "phieu_plan", e)) {
		s->look_wait_us = RETRY_FIRST_US;
		return true;
	}
	db_close(s->look);
	s->look = NULL;
	return false;
}

static bool look_open(struct service *s, struct err *e)
{
	s->look = db_open(s->address, "phieu-collector", DB_SERVICE_ROLE,
			  service_timeout(s, true), e);
	return s->look && watch(s, s->look, &s->look, e) && look_ready(s, e);
}

/* Plans may have changed and keys been revoked while nobody listened. */
static void look_lost(struct service *s)
{
	log_event(LOG_WARN, NULL, "database-lost", "connection", "look-up",
		  NULL);
	db_close(s->look);
	s->look = NULL;
	s->look_retry_us = retry_after(&s->look_wait_us);
	service_keys_forget(s);
}

static void look_reconnect(struct service *s)
{
	struct err e = { 0 };

	switch (dial_go_on(s, &s->look_dial, &s->look, &s->look, &e)) {
	case DB_WAITING: return;
	case DB_READY:
		if (!look_ready(s, &e))
			break;
		service_waves_forget(s, NULL);
		return;
	case DB_FAILED: break;
	}
	s->look_retry_us = retry_after(&s->look_wait_us);
}

static void look_tend(struct service *s, int64_t now)
{
	if (s->look && !db_is_up(s->look))
		look_lost(s);
	if (!s->look && (s->look_dial.db ? now >= s->look_dial.until_us
					 : now >= s->look_retry_us))
		look_reconnect(s);
}

static void look_event(struct service *s)
{
	const char *channel, *payload;

	if (!s->look && s->look_dial.db)
		look_reconnect(s);
	while (s->look && db_notified(s->look, &channel, &payload)) {
		log_event(LOG_INFO, NULL, "plan-changed", "wave", payload,
			  NULL);
		service_waves_forget(s, *payload ? payload : NULL);
	}
}

static bool listen_http(struct service *s, struct err *e)
{
	const struct conf *c = s->conf;
	struct http_config h = {
		.address = conf_text(c, "collector-address"),
		.port = (uint16_t)conf_int(c, "collector-port"),
		.max_connections = (unsigned)conf_int(c, "max-connections"),
		.max_per_address =
			(unsigned)conf_int(c, "max-connections-per-address"),
		.idle_seconds = (unsigned)conf_int(c, "idle-seconds"),
		.max_buffered = (size_t)conf_int(c, "max-buffered"),
		.server_name = "phieu-collector",
		.routes = routes,
		.n_routes = N_ROUTES,
		.silent = of_respondents,
		.auth = service_auth,
		.dress = openrosa_dress,
		.app = s
	};
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };
	bool v6 = strchr(h.address, ':') != NULL, ok = false;
	struct tls_files tls = { 0 };

	if (!tls_files_read(c, &tls, e))
		goto out;
	s->tls = tls.certificate != NULL;
	h.tls_certificate = tls.certificate;
	h.tls_key = tls.key;
	s->http = http_start(&h, e);
	if (!s->http)
		goto out;
	(void)snprintf(s->url, sizeof s->url, "http%s://%s%s%s:%u",
		       s->tls ? "s" : "", v6 ? "[" : "", h.address,
		       v6 ? "]" : "", http_port(s->http));
	ok = epoll_ctl(s->epoll, EPOLL_CTL_ADD, http_fd(s->http), &ev) == 0;
	if (!ok)
		err_set(e, ERR_IO, "cannot watch the network");
out:
	tls_files_free(&tls);
	return ok;
}

/* New handshakes get the new certificate; open connections go on.  TLS is
 * neither begun nor ended on a listening socket: that takes a restart. */
static bool take_up(struct service *s, struct err *e)
{
	struct tls_files tls = { 0 };
	enum log_level level;
	bool ok = false;

	if (!conf_reload(s->conf, e) ||
	    !log_level_parse(conf_text(s->conf, "log-level"), &level, e) ||
	    !tls_files_read(s->conf, &tls, e))
		goto out;
	if (s->tls != (tls.certificate != NULL))
		err_set(e, ERR_INPUT,
			"TLS begins and ends with a restart only");
	else
		ok = !s->tls ||
		     http_tls_reload(s->http, tls.certificate, tls.key, e);
	if (ok)
		log_set_level(level);
out:
	tls_files_free(&tls);
	return ok;
}

static void reload(struct service *s)
{
	struct err e = { 0 };

	if (take_up(s, &e))
		log_event(LOG_INFO, NULL, "reloaded", NULL);
	else
		log_err(LOG_ERROR, NULL, "reload-failed", &e);
}

/* True when one of the signals says to stop. */
static bool signals_read(struct service *s)
{
	struct signalfd_siginfo si;
	bool stop = false;

	while (read(s->signal_fd, &si, sizeof si) == (ssize_t)sizeof si) {
		if (si.ssi_signo == SIGHUP)
			reload(s);
		else
			stop = true;
	}
	return stop;
}

/* The fault of a sheet number that counted before, as the store keeps it. */
static char *reused_fault(void)
{
	struct arena *a = arena_new(1 << 16);
	struct buf b = BUF_INIT(4096);
	struct faults f;

	if (!a)
		return NULL;
	faults_init(&f, a);
	fault_add(&f, "V01", "/sheet",
		  "this sheet number was counted before, under another "
		  "instanceID",
		  "Số phiếu này đã được tính trong một lần nộp khác");
	faults_json(&f, &b);
	arena_free(a);
	return buf_take(&b);
}

static bool open_writers(struct service *s, struct err *e)
{
	s->n_writers = (size_t)conf_int(s->conf, "collector-writers");
	for (size_t i = 0; i < s->n_writers; i++) {
		struct writer *w = &s->writers[i];
		w->phase = W_DOWN;
		w->lane = (int)conf_int(s->conf, "collector-lane") + (int)i;
		w->work = intake_work_new(e);
		if (!w->work || !writer_open(s, w, e))
			return false;
	}
	return true;
}

struct service *service_new(struct conf *c, struct err *e)
{
	struct service *s = calloc(1, sizeof *s);

	if (!s) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	s->conf = c;
	s->last = &s->first;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->keys = calloc(KEY_SLOTS, sizeof *s->keys);
	s->reused = reused_fault();
	s->seen = digest_seen_new(clock_now_us());
	if (s->epoll < 0 || !s->keys || !s->reused || !s->seen) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	s->address = connect_address(c, WHO_COLLECTOR, e);
	if (!s->address || !look_open(s, e) || !migrate_check(s->look, e) ||
	    !store_receipt_keys(s->look, &s->receipt_keys, &s->n_receipt_keys,
				e) ||
	    !open_writers(s, e) || !listen_http(s, e))
		goto out;
	return s;
out:
	service_free(s);
	return NULL;
}

void service_free(struct service *s)
{
	if (!s)
		return;
	while (s->children)
		child_drop(s, s->children);
	(void)http_stop(s->http, 0);
	for (size_t i = 0; i < MAX_WRITERS; i++)
		writer_free(&s->writers[i]);
	dial_give_up(&s->look_dial);
	db_close(s->look);
	service_waves_forget(s, NULL);
	for (size_t i = 0; s->keys && i < KEY_SLOTS; i++)
		arena_free(s->keys[i].arena);
	free(s->keys);
	digest_seen_free(s->seen);
	free(s->receipt_keys);
	free(s->reused);
	free(s->address);
	if (s->epoll >= 0)
		(void)close(s->epoll);
	free(s);
}

/* When a connection wants attention though nothing is heard. */
static int64_t writer_due(const struct writer *w)
{
	if (w->phase == W_IDLE)
		return INT64_MAX;
	if (w->phase != W_DOWN)
		return w->until_us;
	return w->dial.db ? w->dial.until_us : w->retry_us;
}

/* Until the next thing that comes by itself. */
static int patience_ms(const struct service *s, int64_t now, int64_t until)
{
	int ms = http_timeout_ms(s->http);
	int64_t next = until;

	for (size_t i = 0; i < s->n_writers; i++)
		if (writer_due(&s->writers[i]) < next)
			next = writer_due(&s->writers[i]);
	if (service_kick_due(s) < next)
		next = service_kick_due(s);
	if (!s->look) {
		int64_t due = s->look_dial.db ? s->look_dial.until_us
					      : s->look_retry_us;
		next = due < next ? due : next;
	}
	if (next == INT64_MAX)
		return ms;
	next = next > now ? (next - now) / 1000 + 1 : 0;
	if (next > 60000)
		next = 60000;
	return ms < 0 || next < ms ? (int)next : ms;
}

/* True when the signal to stop has come. */
static bool events(struct service *s, const struct epoll_event *ev, int n)
{
	bool stop = false;

	for (int i = 0; i < n; i++) {
		void *p = ev[i].data.ptr;
		if (p == &s->stopping)
			stop = signals_read(s) || stop;
		else if (p == &s->look)
			look_event(s);
		else if (p && !child_event(s, p))
			writer_event(s, p);
	}
	return stop;
}

unsigned service_run(struct service *s, int signal_fd)
{
	struct epoll_event ev[16] = { { .events = EPOLLIN,
					.data.ptr = &s->stopping } };
	int64_t now = clock_monotonic_us(), until = INT64_MAX;
	unsigned cut;

	s->signal_fd = signal_fd;
	(void)epoll_ctl(s->epoll, EPOLL_CTL_ADD, signal_fd, &ev[0]);
	while (!s->stopping || (http_active(s->http) > 0 && now < until)) {
		int n = epoll_wait(s->epoll, ev, 16,
				   patience_ms(s, now, until));
		if (n < 0 && errno != EINTR)
			break;
		now = clock_monotonic_us();
		if (events(s, ev, n > 0 ? n : 0) && !s->stopping) {
			s->stopping = true;
			until = now + conf_int(s->conf, "stop-seconds") *
					      INT64_C(1000000);
			log_event(LOG_INFO, NULL, "stopping", NULL);
			http_quiesce(s->http);
			(void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, signal_fd,
					NULL);
		}
		service_kick(s); /* the store works while we talk */
		http_run(s->http);
		service_kick(s);
		look_tend(s, now);
		for (size_t i = 0; i < s->n_writers; i++)
			writer_tend(s, &s->writers[i], now);
	}
	cut = http_stop(s->http, 0);
	s->http = NULL;
	return cut;
}
