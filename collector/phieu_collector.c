/* phieu-collector: the service that faces the field. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "phieu/cli.h"
#include "phieu/cluster.h"
#include "phieu/conf.h"
#include "phieu/hash.h"
#include "phieu/log.h"
#include "phieu/service.h"

#define CONF_FILE "/etc/phieu/phieu.conf"

static const char usage[] =
	"usage: phieu-collector [--routes] [--help] [--KEY VALUE ...]\n"
	"\n"
	"Receives filled sheets over HTTP and stores them in PostgreSQL.\n"
	"Prints one line {\"listening\":\"http://...\"} when it is ready;\n"
	"SIGTERM finishes what has begun and stops, SIGHUP takes up log level\n"
	"and TLS files.  Settings (--KEY VALUE, PHIEU_KEY in the environment,\n"
	"--config FILE): docs/CONFIG.md.\n"
	"\n"
	"  --routes  print the routes and who may use them, and stop\n";

static bool settings(struct conf **c, int *argc, char **argv, struct err *e)
{
	enum log_level level;

	*c = conf_new(e);
	if (*c && access(CONF_FILE, R_OK) == 0 && !conf_file(*c, CONF_FILE, e))
		return false;
	return *c && conf_env(*c, environ, e) && conf_args(*c, argc, argv, e) &&
	       log_level_parse(conf_text(*c, "log-level"), &level, e) &&
	       (log_set_level(level), true);
}

static int print_routes(void)
{
	struct buf b = BUF_INIT(1 << 16);

	service_print_routes(&b);
	(void)fputs(buf_cstr(&b) ? buf_cstr(&b) : "", stdout);
	buf_free(&b);
	return EXIT_DONE;
}

static int signals(void)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int serve(struct conf *c, struct err *e)
{
	struct service *s;
	unsigned cut;
	char text[16];
	int fd = signals();

	if (fd < 0) {
		err_set(e, ERR_IO, "cannot wait for signals");
		return EXIT_FAILED;
	}
	s = service_new(c, e);
	if (!s) {
		(void)close(fd);
		return EXIT_FAILED;
	}
	(void)printf("{\"listening\":\"%s\"}\n", service_url(s));
	(void)fflush(stdout);
	log_event(LOG_INFO, NULL, "listening", "url", service_url(s), NULL);
	cut = service_run(s, fd);
	(void)snprintf(text, sizeof text, "%u", cut);
	log_event(LOG_INFO, NULL, "stopped", "cut", text, NULL);
	service_free(s);
	(void)close(fd);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct conf *c = NULL;
	int rc = EXIT_FAILED;
	bool set;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--routes") == 0)
			return print_routes();
		if (strcmp(argv[i], "--help") == 0) {
			(void)fputs(usage, stdout);
			return EXIT_DONE;
		}
	}
	set = settings(&c, &argc, argv, &e);
	if (set && argc > 1) {
		(void)fprintf(stderr,
			      "phieu-collector: unknown argument %s\n%s",
			      argv[1], usage);
		rc = EXIT_USAGE;
	} else if (!set || !drop_privileges(c, &e) || !hash_start(&e)) {
		rc = cli_fail("phieu-collector", &e);
	} else {
		rc = serve(c, &e);
		if (rc != EXIT_DONE)
			(void)cli_fail("phieu-collector", &e);
	}
	conf_free(c);
	return rc;
}
