/* `phieu up`: everything on one machine, in the foreground.  This is how
 * anyone tries the system, and how a small office may run it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/buf.h"
#include "phieu/child.h"
#include "phieu/cluster.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/date.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/log.h"
#include "phieu/migrate.h"
#include "phieu/plan.h"
#include "phieu/store_account.h"
#include "phieu/store_agent.h"
#include "phieu/store_plan.h"

#define READY_SECONDS	 60
#define STOP_SECONDS	 15
#define WATCH_MS	 1000
#define RESTART_PAUSE_US 1000000 /* a child that dies at once is not spun */

struct up {
	struct conf *conf;
	const char *plan_file, *simulate;
	bool json;
	char *state;
	bool cluster_started;
	bool trial; /* the wave's plan rests on examples */
	bool over;  /* the wave takes no more sheets */
	int lock;
	char wave[LIMIT_CODE_BYTES + 1];
	char agent_key[TOKEN_TEXT_MAX], analyst_key[TOKEN_TEXT_MAX],
		engine_key[TOKEN_TEXT_MAX];
	struct child collector, server, sender;
	bool has_sender; /* webhooks: an address to send as is known */
	char collector_port[16], server_port[16];   /* kept over restarts */
	int64_t collector_at, server_at, sender_at; /* when last started */
	int signals;
};

static bool load_plan(struct up *u, struct db *owner, struct err *e)
{
	struct plan *p = plan_file_read(u->plan_file, e);
	int32_t version;
	bool changed, ok;

	if (!p)
		return false;
	(void)snprintf(u->wave, sizeof u->wave, "%s", p->wave);
	u->trial = p->is_trial;
	ok = store_plan_load(owner, p, "phieu up", "phieu up", &version,
			     &changed, e);
	plan_free(p);
	return ok;
}

#define UP_AGENT "phieu-up" /* code of the agent whose key `up` shows */
#define KEY_DAYS 30

static bool make_agent_key(struct up *u, struct db *owner, struct err *e)
{
	struct wave *w = store_wave_get(owner, u->wave, e);
	int32_t key;
	bool ok;

	if (!w)
		return false;
	u->trial = w->plan->is_trial;
	u->over =
		strcmp(w->state, "draft") != 0 && strcmp(w->state, "open") != 0;
	ok = store_agent_add(owner, UP_AGENT, "phieu up", "phieu up",
			     "phieu up", e);
	if (!ok && e->kind == ERR_CONFLICT) { /* of an earlier time */
		*e = (struct err){ 0 };
		ok = true;
	}
	ok = ok &&
	     store_agent_key_add(owner, UP_AGENT, w, NULL, 0, NULL, 0, KEY_DAYS,
				 "phieu up", u->agent_key, &key, e);
	wave_free(w);
	return ok;
}

/* Migrations, plan, one key of each kind.  Keys are new each time: only
 * their hashes are kept, so an old one cannot be shown again. */
static bool prepare(struct up *u, struct err *e)
{
	struct db *owner = connect_as(u->conf, WHO_OWNER, e);
	size_t applied;
	bool ok;

	if (!owner)
		return false;
	ok = migrate_up(owner, &applied, e) &&
	     (!u->plan_file || load_plan(u, owner, e)) &&
	     (!u->wave[0] || make_agent_key(u, owner, e)) &&
	     store_api_key_add(owner, "phieu up", "phieu up", ROLE_ANALYST,
			       NULL, KEY_DAYS, u->analyst_key, e) &&
	     store_api_key_add(owner, "phieu up", "phieu up", ROLE_ENGINE, NULL,
			       KEY_DAYS, u->engine_key, e);
	db_close(owner);
	return ok;
}

/* Other programs (the demo) find the collector by this file. */
static bool note_pid(const struct up *u, struct err *e)
{
	char path[4096], text[32];
	int fd, n;
	bool ok;

	(void)snprintf(path, sizeof path, "%s/collector.pid", u->state);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0644);
	n = snprintf(text, sizeof text, "%ld\n", (long)u->collector.pid);
	if (fd < 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	ok = write(fd, text, (size_t)n) == n;
	if (close(fd) || !ok)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	return true;
}

/* `port` keeps the address of a service across a restart; "0" takes a free
 * one. */
static bool start_service(struct up *u, struct child *c, const char *name,
			  const char *port_key, const char *port, struct err *e)
{
	char *path = child_program(name, e);
	char state[4200], port_setting[128];
	const char *env[] = { state, port_setting, NULL };
	const char *argv[2];
	bool ok;

	if (!path)
		return false;
	argv[0] = path;
	argv[1] = NULL;
	(void)snprintf(state, sizeof state, "PHIEU_STATE_DIR=%s", u->state);
	(void)snprintf(port_setting, sizeof port_setting, "%s=%s", port_key,
		       port);
	ok = child_start(c, name, argv, env, READY_SECONDS, e);
	free(path);
	return ok;
}

static bool start_collector(struct up *u, const char *port, struct err *e)
{
	return start_service(u, &u->collector, "phieu-collector",
			     "PHIEU_COLLECTOR_PORT", port, e) &&
	       note_pid(u, e);
}

static bool start_server(struct up *u, const char *port, struct err *e)
{
	return start_service(u, &u->server, "phieu-server", "PHIEU_SERVER_PORT",
			     port, e);
}

/* `port` is nobody's: it has the form that mend calls. */
static bool start_sender(struct up *u, const char *port, struct err *e)
{
	char *path = child_program("phieu", e);
	char state[4200];
	const char *env[] = { state, NULL };
	const char *argv[] = { path, "hook", "send", "--follow", NULL };
	bool ok;

	(void)port;
	if (!path)
		return false;
	(void)snprintf(state, sizeof state, "PHIEU_STATE_DIR=%s", u->state);
	ok = child_start(&u->sender, "phieu hook send", argv, env, -1, e);
	free(path);
	return ok;
}

/* With a database elsewhere the sender's address may be kept elsewhere too. */
static bool start_hooks(struct up *u, struct err *e)
{
	struct err none = { 0 };
	char *address = connect_address(u->conf, WHO_PUBLISH, &none);

	u->has_sender = address != NULL;
	free(address);
	if (u->has_sender)
		return start_sender(u, NULL, e);
	log_err(LOG_WARN, NULL, "hooks-not-sent", &none);
	return true;
}

/* For people: lines to paste into another shell. */
static void print_shell(const struct up *u, const char *database)
{
	printf("\nphieu đang chạy, số liệu ở %s (running, state is kept "
	       "there)\ndatabase: %s\n",
	       u->state, database);
	if (u->wave[0])
		printf("đợt điều tra (wave): %s%s%s\n", u->wave,
		       u->trial ? " — mẫu thử, không phải phiếu chính thức"
				: "",
		       u->simulate ? " — số liệu mô phỏng (simulated)" : "");
	printf("\nDán vào cửa sổ lệnh khác (paste into another shell):\n\n"
	       "export COLLECTOR=%s\nexport SERVER=%s\n"
	       "export PHIEU_STATE_DIR='%s'\n",
	       u->collector.url, u->server.url, u->state);
	if (u->wave[0])
		printf("export PHIEU_AGENT_KEY=%s\n", u->agent_key);
	printf("export ANALYST_KEY=%s\nexport ENGINE_KEY=%s\n\n"
	       "Ctrl-C: dừng tất cả (stops everything)\n",
	       u->analyst_key, u->engine_key);
}

static void print_ready(const struct up *u, const char *database)
{
	struct buf b = BUF_INIT(16384);
	struct jw w;

	if (u->json) {
		jw_init(&w, &b);
		jw_object(&w);
		jw_kv(&w, "collector", u->collector.url);
		jw_kv(&w, "server", u->server.url);
		jw_kv(&w, "database", database);
		jw_kv(&w, "agent_key", u->wave[0] ? u->agent_key : NULL);
		jw_kv(&w, "analyst_key", u->analyst_key);
		jw_kv(&w, "engine_key", u->engine_key);
		jw_kv(&w, "wave", u->wave[0] ? u->wave : NULL);
		jw_object_end(&w);
		printf("%s\n", buf_cstr(&b) ? buf_cstr(&b) : "{}");
		buf_free(&b);
	} else {
		print_shell(u, database);
	}
	(void)fflush(stdout);
}

/* Simulated sheets take the road of real ones: phieu-upload over HTTP. */
static bool simulate(struct up *u, struct err *e)
{
	char file[4200], outbox[4200], key[TOKEN_TEXT_MAX + 32];
	char state[4200];
	const char *env[] = { key, state, NULL };
	char *phieu = child_program("phieu", e);
	char *upload = child_program("phieu-upload", e);
	int status = 0;
	bool ok = false;

	if (!phieu || !upload)
		goto out;
	if (u->over) {
		(void)fputs("đợt điều tra không nhận phiếu nữa, không mô "
			    "phỏng thêm (the wave takes no more sheets, "
			    "nothing is simulated)\n",
			    stderr);
		ok = true;
		goto out;
	}
	(void)snprintf(file, sizeof file, "%s/simulated.ndjson", u->state);
	(void)snprintf(outbox, sizeof outbox, "%s/simulated.outbox", u->state);
	(void)snprintf(key, sizeof key, "PHIEU_AGENT_KEY=%s", u->agent_key);
	(void)snprintf(state, sizeof state, "PHIEU_STATE_DIR=%s", u->state);
	{
		const char *a[] = { phieu,    "simulate", "--wave", u->wave,
				    "--seed", "1",	  "--n",    u->simulate,
				    "--out",  file,	  NULL };
		const char *b[] = { upload,	file,
				    "--to",	u->collector.url,
				    "--outbox", outbox,
				    NULL };

		if (!child_run(a, env, &status, e))
			goto out;
		if (status == 0 && !child_run(b, env, &status, e))
			goto out;
	}
	/* some refused, as of another seed: told above, no reason to stop */
	ok = (WIFEXITED(status) && (WEXITSTATUS(status) == EXIT_DONE ||
				    WEXITSTATUS(status) == EXIT_PARTLY)) ||
	     err_set(e, ERR_IO, "simulating or uploading failed");
out:
	free(phieu);
	free(upload);
	return ok;
}

static void note_port(const struct child *c, char port[16])
{
	const char *colon = strrchr(c->url, ':');

	(void)snprintf(port, 16, "%s", colon ? colon + 1 : "0");
}

/* A service that died by itself comes back at its address; when it cannot,
 * say while the database recovers, a later look tries again. */
static void mend(struct up *u, struct child *c, int64_t *at, const char *port,
		 bool (*start)(struct up *, const char *, struct err *))
{
	int64_t now = clock_monotonic_us();
	struct err e = { 0 };
	char code_text[16];
	int code;

	if (child_ended(c, &code)) {
		(void)snprintf(code_text, sizeof code_text, "%d", code);
		log_event(LOG_WARN, NULL, "service-ended", "name", c->name,
			  "code", code_text, NULL);
	}
	if (c->pid != 0 || now - *at < RESTART_PAUSE_US)
		return;
	*at = now;
	if (!start(u, port, &e))
		log_err(LOG_ERROR, NULL, "service-start", &e);
}

/* Which run of the database this is: its process and when that began. */
static bool run_of_database(const struct up *u, char out[64])
{
	char path[4200], *text, *line = NULL;
	struct err none = { 0 };
	size_t n;

	(void)snprintf(path, sizeof path, "%s/data/postmaster.pid", u->state);
	text = file_read(path, 4096, &n, &none);
	if (text && (line = strchr(text, '\n')) != NULL)
		line = strchr(line + 1, '\n'); /* over the directory */
	if (line)
		(void)snprintf(out, 64, "%.*s %.*s\n", (int)strcspn(text, "\n"),
			       text, (int)strcspn(line + 1, "\n"), line + 1);
	free(text);
	return line != NULL;
}

/* What we started we stop.  The lock's file says which run that is, so that
 * the next `phieu up` does it when this one was killed; one that somebody
 * else started stays. */
static void note_database(struct up *u)
{
	char now[64] = "", then[64] = "";

	if (!connect_is_private(u->conf) || !run_of_database(u, now))
		return;
	if (!u->cluster_started) {
		u->cluster_started =
			pread(u->lock, then, sizeof then - 1, 0) > 0 &&
			strcmp(then, now) == 0;
		if (u->cluster_started)
			log_event(LOG_INFO, NULL, "database-taken-over", NULL);
		return;
	}
	if (ftruncate(u->lock, 0) != 0 ||
	    pwrite(u->lock, now, strlen(now), 0) != (ssize_t)strlen(now))
		log_event(LOG_WARN, NULL, "database-not-noted", NULL);
}

/* Everything that ought to run, runs again. */
static void tend(struct up *u)
{
	struct err e = { 0 };

	if (connect_is_private(u->conf) && !cluster_running(u->state)) {
		log_event(LOG_WARN, NULL, "database-ended", NULL);
		if (!cluster_start(u->state, u->conf, &u->cluster_started, &e))
			log_err(LOG_ERROR, NULL, "database-start", &e);
		else
			note_database(u);
	}
	mend(u, &u->collector, &u->collector_at, u->collector_port,
	     start_collector);
	mend(u, &u->server, &u->server_at, u->server_port, start_server);
	if (u->has_sender)
		mend(u, &u->sender, &u->sender_at, NULL, start_sender);
}

static bool watch(struct up *u, struct err *e)
{
	for (;;) {
		struct pollfd p = { .fd = u->signals, .events = POLLIN };
		struct signalfd_siginfo si;

		if (poll(&p, 1, WATCH_MS) < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "poll: %s", strerror(errno));
		if (p.revents &&
		    read(u->signals, &si, sizeof si) == sizeof si &&
		    si.ssi_signo != SIGCHLD)
			return true;
		tend(u);
	}
}

static bool catch_signals(struct up *u, struct err *e)
{
	sigset_t s;

	(void)sigemptyset(&s);
	(void)sigaddset(&s, SIGINT);
	(void)sigaddset(&s, SIGTERM);
	(void)sigaddset(&s, SIGHUP);
	(void)sigaddset(&s, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &s, NULL))
		return err_set(e, ERR_IO, "signals: %s", strerror(errno));
	u->signals = signalfd(-1, &s, SFD_CLOEXEC);
	return u->signals >= 0 ||
	       err_set(e, ERR_IO, "signals: %s", strerror(errno));
}

/* Two at once would fight over the collectors' lanes and stop each other's
 * database.  Children do not inherit the lock: it ends with this process. */
static bool be_alone(struct up *u, struct err *e)
{
	char path[4200];

	/* with a database elsewhere no private cluster has made it */
	if (!cluster_state_make(u->state, u->conf, e))
		return false;
	(void)snprintf(path, sizeof path, "%s/up.lock", u->state);
	u->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (u->lock < 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	if (flock(u->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	return err_set(e, ERR_CONFLICT,
		       "đang chạy rồi (running already) %.120s; dùng --dir "
		       "cho bản khác (--dir for another)",
		       u->state);
}

static bool up(struct up *u, struct err *e)
{
	char *database = NULL;
	bool ok = false;

	u->state = cluster_state_dir(u->conf, e);
	if (!u->state || !catch_signals(u, e))
		return false;
	if (connect_is_private(u->conf) &&
	    !cluster_start(u->state, u->conf, &u->cluster_started, e))
		return false;
	if (!be_alone(u, e))
		return false;
	note_database(u);
	database = connect_address(u->conf, WHO_OWNER, e);
	ok = database && prepare(u, e) && start_collector(u, "0", e) &&
	     start_server(u, "0", e) && start_hooks(u, e) &&
	     (!u->simulate || !u->wave[0] || simulate(u, e));
	if (ok) {
		note_port(&u->collector, u->collector_port);
		note_port(&u->server, u->server_port);
		print_ready(u, database);
		ok = watch(u, e);
	}
	free(database);
	return ok;
}

/* In the order that loses nothing: the door first, the store last. */
static void down(struct up *u)
{
	struct err e;

	(void)child_stop(&u->collector, STOP_SECONDS);
	(void)child_stop(&u->server, STOP_SECONDS);
	(void)child_stop(&u->sender, STOP_SECONDS);
	if (u->cluster_started && !cluster_stop(u->state, u->conf, &e))
		log_err(LOG_ERROR, NULL, "cluster-stop", &e);
	if (u->signals >= 0)
		(void)close(u->signals);
	if (u->lock >= 0)
		(void)close(u->lock);
	free(u->state);
}

static int run_up(int argc, char **argv, void *app)
{
	struct up u = { .conf = ((struct app *)app)->conf,
			.signals = -1,
			.lock = -1 };
	const char *dir = NULL, *wave = NULL;
	const struct cli_opt opts[] = { { "--json", &u.json, NULL },
					{ "--dir", NULL, &dir },
					{ "--wave", NULL, &wave },
					{ "--plan", NULL, &u.plan_file },
					{ "--simulate", NULL, &u.simulate } };
	struct err e = { 0 };
	bool ok;

	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail("phieu up", &e);
	if (argc > 1) {
		(void)err_set(&e, ERR_INPUT, "unexpected word \"%s\"", argv[1]);
		return cli_fail("phieu up", &e);
	}
	if (wave)
		(void)snprintf(u.wave, sizeof u.wave, "%s", wave);
	if (dir && !conf_set(u.conf, "state-dir", dir, &e))
		return cli_fail("phieu up", &e);
	ok = up(&u, &e);
	down(&u);
	return ok ? EXIT_DONE : cli_fail("phieu up", &e);
}

static const struct cmd cmds[] = {
	{ "up", "chạy tất cả trên máy này (run everything here)",
	  "phieu up [--dir D] [--plan FILE] [--wave W] [--simulate N] "
	  "[--json]\n"
	  "\n"
	  "Starts the private PostgreSQL (where no database is configured), "
	  "applies\n"
	  "migrations, loads the plan, starts phieu-collector and phieu-server "
	  "on\n"
	  "free loopback ports and the sender of webhooks, and restarts what "
	  "dies.\n"
	  "When all is ready it prints the addresses and newly made keys, to "
	  "be\n"
	  "pasted into another shell (one JSON line with --json).\n"
	  "SIGINT or SIGTERM stops everything cleanly.\n"
	  "\n"
	  "  --dir D       state directory (setting state-dir)\n"
	  "  --plan FILE   load this plan\n"
	  "  --wave W      make the agent's key for this wave when no plan is "
	  "given\n"
	  "  --simulate N  upload N simulated sheets first (those of\n"
	  "                phieu simulate --seed 1)\n"
	  "  --json        one JSON line instead of text\n",
	  run_up },
};
const struct cmd_set cmd_up = { cmds, sizeof cmds / sizeof cmds[0] };
