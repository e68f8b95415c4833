/* phieu-server - faces the office and index engines. */
#include <errno.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/cli.h"
#include "phieu/cluster.h"
#include "phieu/connect.h"
#include "phieu/date.h"
#include "phieu/hash.h"
#include "phieu/log.h"
#include "phieu/store_account.h"
#include "phieu/tls_files.h"
#include "web_impl.h"

#define PROGRAM	  "phieu-server"
#define CONF_FILE "/etc/phieu/phieu.conf"

enum { ROSTER_CONNECTIONS = 2 };

static const char help[] =
	"usage: phieu-server [--routes] [--help] [--KEY VALUE ...]\n"
	"\n"
	"The service of analysts and index engines.  Prints one line\n"
	"{\"listening\":\"http://...\"} when it is ready.  SIGTERM stops it\n"
	"after what has begun, SIGHUP takes up log level and TLS files.\n"
	"Settings (--KEY VALUE, PHIEU_KEY in the environment, --config FILE):\n"
	"docs/CONFIG.md.\n"
	"\n"
	"  --routes  print METHOD, pattern and who may, and stop\n"
	"  --help    this text\n";

static bool set_log_level(const struct conf *c, struct err *e)
{
	enum log_level level;

	if (!log_level_parse(conf_text(c, "log-level"), &level, e))
		return false;
	log_set_level(level);
	return true;
}

static bool read_settings(struct conf *c, int *argc, char **argv, struct err *e)
{
	if (access(CONF_FILE, R_OK) == 0 && !conf_file(c, CONF_FILE, e))
		return false;
	return conf_env(c, environ, e) && conf_args(c, argc, argv, e) &&
	       set_log_level(c, e);
}

static void print_routes(void)
{
	struct buf b = BUF_INIT(1 << 20);

	http_print_routes(web_routes, web_routes_n, web_permission_name, &b);
	(void)fputs(b.data ? b.data : "", stdout);
	buf_free(&b);
}

static bool start_http(struct web *w, const struct conf *c, struct err *e)
{
	struct tls_files tls = { 0 };
	struct http_config h = {
		.address = conf_text(c, "server-address"),
		.port = (uint16_t)conf_int(c, "server-port"),
		.threads = (unsigned)conf_int(c, "server-threads"),
		.max_connections = (unsigned)conf_int(c, "max-connections"),
		.max_per_address =
			(unsigned)conf_int(c, "max-connections-per-address"),
		.idle_seconds = (unsigned)conf_int(c, "idle-seconds"),
		.max_buffered = (size_t)conf_int(c, "max-buffered"),
		.server_name = PROGRAM,
		.log_requests = true,
		.routes = web_routes,
		.n_routes = web_routes_n,
		.auth = web_auth,
		.dress = web_dress,
		.app = w,
	};

	if (!tls_files_read(c, &tls, e))
		goto out;
	h.tls_certificate = tls.certificate;
	h.tls_key = tls.key;
	w->tls = tls.certificate;
	w->http = http_start(&h, e);
out:
	tls_files_free(&tls);
	return w->http;
}

static void say_listening(const struct web *w, const struct conf *c)
{
	const char *address = conf_text(c, "server-address");
	bool v6 = strchr(address, ':');

	(void)printf("{\"listening\":\"%s://%s%s%s:%u\"}\n",
		     w->tls ? "https" : "http", v6 ? "[" : "", address,
		     v6 ? "]" : "", http_port(w->http));
	(void)fflush(stdout);
}

/* SIGHUP: what may change without a restart; the rest is left alone. */
static bool reload(struct web *w, struct conf *c, struct err *e)
{
	struct tls_files tls = { 0 };
	bool ok = false;

	if (!conf_reload(c, e) || !set_log_level(c, e) ||
	    !tls_files_read(c, &tls, e))
		goto out;
	if (w->tls != (tls.certificate != NULL))
		(void)err_set(e, ERR_INPUT,
			      "TLS begins and ends with a restart only");
	else
		ok = !w->tls ||
		     http_tls_reload(w->http, tls.certificate, tls.key, e);
out:
	tls_files_free(&tls);
	return ok;
}

static int serve(struct web *w, struct conf *c, const sigset_t *signals)
{
	struct err e = { 0 };
	char cut_text[16];
	unsigned cut;
	int sig = 0;

	say_listening(w, c);
	log_event(LOG_INFO, NULL, "listening", "service", PROGRAM, NULL);
	while (sig != SIGTERM && sig != SIGINT) {
		if (sigwait(signals, &sig) != 0)
			break;
		if (sig != SIGHUP)
			continue;
		if (reload(w, c, &e))
			log_event(LOG_INFO, NULL, "reloaded", NULL);
		else
			log_err(LOG_ERROR, NULL, "reload-failed", &e);
		e = (struct err){ 0 };
	}
	cut = http_stop(w->http, (unsigned)conf_int(c, "stop-seconds"));
	(void)snprintf(cut_text, sizeof cut_text, "%u", cut);
	log_event(LOG_INFO, NULL, "stopped", "cut", cut_text, NULL);
	return cut ? EXIT_PARTLY : EXIT_DONE;
}

/* An owner's address is refused at once; a database that is down is waited
 * for, request by request. */
static bool try_database(struct web *w, struct err *e)
{
	struct db *db = db_pool_take(w->db, WEB_DB_WAIT_MS, e);

	if (!db && e->kind != ERR_DOWN)
		return false;
	if (!db)
		log_err(LOG_WARN, NULL, "database-down", e);
	else
		db_pool_give(w->db, db);
	*e = (struct err){ 0 };
	return true;
}

/* Persons of a roster have a connection and a role of their own; a service
 * that is given no address for it tells none. */
static bool open_roster(struct web *w, const struct conf *c, struct err *e)
{
	const char *url = conf_text(c, "database-url-roster");
	char *address;

	if (!connect_is_private(c) && !(url && *url))
		return true;
	address = connect_address(c, WHO_ROSTER, e);
	if (!address)
		return false;
	w->roster = db_pool_new(address, PROGRAM, ROSTER_CONNECTIONS,
				(int)conf_int(c, "statement-timeout-ms"), e);
	free(address);
	return w->roster;
}

static bool open_database(struct web *w, const struct conf *c, struct err *e)
{
	char *address = connect_address(c, WHO_SERVER, e);

	if (!address)
		return false;
	w->db = db_pool_new(address, PROGRAM,
			    (size_t)conf_int(c, "server-threads"),
			    (int)conf_int(c, "statement-timeout-ms"), e);
	free(address);
	return w->db && try_database(w, e);
}

static bool has_word(int argc, char **argv, const char *word)
{
	int i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct web w = { .started_us = clock_monotonic_us() };
	int code = EXIT_FAILED;
	struct conf *c = NULL;
	struct err e = { 0 };
	sigset_t signals;

	gsl_set_error_handler_off();
	if (has_word(argc, argv, "--help")) {
		(void)fputs(help, stdout);
		return EXIT_DONE;
	}
	if (has_word(argc, argv, "--routes")) {
		print_routes();
		return EXIT_DONE;
	}
	/* signals are waited for in this thread; those of the pool inherit */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	c = conf_new(&e);
	if (!c)
		goto out;
	if (!hash_start(&e) || !read_settings(c, &argc, argv, &e))
		goto out;
	if (argc > 1) {
		(void)err_set(&e, ERR_INPUT, "unknown word: %s", argv[1]);
		goto out;
	}
	people_rules_read(c, &w.rules);
	w.conf = c;
	if (drop_privileges(c, &e) && open_database(&w, c, &e) &&
	    open_roster(&w, c, &e) && start_http(&w, c, &e))
		code = serve(&w, c, &signals);
out:
	if (e.kind != ERR_NONE)
		code = cli_fail(PROGRAM, &e);
	db_pool_free(w.roster);
	db_pool_free(w.db);
	conf_free(c);
	return code;
}
