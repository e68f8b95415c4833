/* `phieu hook`: who is told of what happens in a wave, and the sender. */
#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "phieu/cluster.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/hash.h"
#include "phieu/hook.h"
#include "phieu/migrate.h"
#include "phieu/rows.h"
#include "phieu/secret.h"

#define NAME	    "phieu hook"
#define ARENA_BYTES ((size_t)1 << 20)

enum {
	LOOK_MS = 1000,		   /* between looks into an empty outbox */
	REST_MS = 5000,		   /* after the database went away */
	WAIT_CAP_MS = 3600 * 1000, /* of one event */
	PAUSE_CAP_MS = 300 * 1000, /* of a hook that answers nothing */
	FORGET_EACH_LOOKS = 3600,
};

static struct db *owner_db(void *app, struct err *e)
{
	return connect_ready(((struct app *)app)->conf, WHO_OWNER, e);
}

static bool inside_ok(const void *app)
{
	return conf_bool(((const struct app *)app)->conf, "hook-inside");
}

/* ---- add, list, remove, again -------------------------------------------
 */

/* The one given, or a new one that is shown once.  Caller frees. */
static char *take_secret(const char *file, char made[TOKEN_TEXT_MAX],
			 struct err *e)
{
	char *s;

	if (!file) {
		token_new("wh", made);
		s = strdup(made);
		if (!s)
			(void)err_set(e, ERR_NOMEM, "out of memory");
		return s;
	}
	s = secret_read(file, "", false, e);
	if (s && (strlen(s) < HOOK_SECRET_MIN || strlen(s) > HOOK_SECRET_MAX)) {
		secret_free(s);
		(void)err_set(e, ERR_INPUT, "a secret has %d to %d bytes",
			      HOOK_SECRET_MIN, HOOK_SECRET_MAX);
		return NULL;
	}
	return s;
}

static bool add(struct db *db, const char *wave, const char *round,
		const char *url, const char *events, const char *secret,
		int64_t *hook, struct err *e)
{
	char by[64];

	actor_name(by, sizeof by);
	if (!store_hook_add(db, wave, round, url, events, secret, by, hook, e))
		return e->kind == ERR_INPUT
			       ? err_set(e, ERR_INPUT,
					 "events are %s, with commas",
					 wave ? "submission.stored, "
						"submission.edited, "
						"submission.reviewed, "
						"wave.frozen, "
						"release.published"
					      : "round.published, "
						"round.corrected")
			       : false;
	return *hook > 0 ||
	       err_set(e, ERR_INPUT, "there is no %s \"%.100s\"",
		       wave ? "wave" : "round", wave ? wave : round);
}

static int run_add(int argc, char **argv, void *app)
{
	const char *wave = NULL, *round = NULL, *url = NULL;
	const char *events = NULL, *file = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--round", NULL, &round },
					{ "--url", NULL, &url },
					{ "--events", NULL, &events },
					{ "--secret-file", NULL, &file } };
	char made[TOKEN_TEXT_MAX] = "";
	struct db *db = NULL;
	struct err e = { 0 };
	char *secret = NULL;
	int64_t hook = 0;
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e);
	if (ok && (argc != 1 || !wave == !round || !url || !events))
		ok = err_set(&e, ERR_INPUT,
			     "give --wave or --round, --url and --events");
	ok = ok && hook_url_ok(url, inside_ok(app), &e);
	if (ok)
		secret = take_secret(file, made, &e);
	if (secret)
		db = owner_db(app, &e);
	ok = db && add(db, wave, round, url, events, secret, &hook, &e);
	if (ok)
		printf("hook %" PRId64 "\n", hook);
	if (ok && made[0])
		printf("khóa ký, chỉ hiện một lần (secret, shown once): %s\n",
		       made);
	secret_free(secret);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail(NAME, &e);
}

static int run_list(int argc, char **argv, void *app)
{
	static const char *const heads[] = {
		"hook",	    "đợt, kỳ", "địa chỉ",   "sự kiện", "trạng thái",
		"đang chờ", "đã nhận", "bỏ (dead)", "lỗi cuối"
	};
	const char *wave = NULL, *round = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--round", NULL, &round } };
	struct res *r = NULL;
	struct db *db = NULL;
	struct err e = { 0 };
	bool ok;

	ok = cli_options(opts, 2, &argc, argv, &e);
	if (ok)
		db = owner_db(app, &e);
	if (db)
		r = store_hook_list(db, wave, round, &e);
	ok = r && rows_print(r, heads, sizeof heads / sizeof heads[0], "-", &e);
	res_free(r);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail(NAME, &e);
}

/* What remove, again and test are told: --hook N. */
static struct db *one_hook(int *argc, char **argv, void *app, const char **hook,
			   struct err *e)
{
	const struct cli_opt opts[] = { { "--hook", NULL, hook } };

	*hook = NULL;
	if (!cli_options(opts, 1, argc, argv, e))
		return NULL;
	if (*argc == 1 && *hook && strspn(*hook, "0123456789") < 10 &&
	    (*hook)[strspn(*hook, "0123456789")] == '\0' && **hook)
		return owner_db(app, e);
	(void)err_set(e, ERR_INPUT, "give --hook NUMBER (phieu hook list)");
	return NULL;
}

static bool none(const char *hook, struct err *e)
{
	return err_set(e, ERR_INPUT, "there is no hook %s", hook);
}

static int run_remove(int argc, char **argv, void *app)
{
	struct err e = { 0 };
	const char *hook;
	struct db *db = one_hook(&argc, argv, app, &hook, &e);
	bool found = false, ok;
	char by[64];

	actor_name(by, sizeof by);
	ok = db && store_hook_remove(db, hook, by, &found, &e) &&
	     (found || none(hook, &e));
	db_close(db);
	return ok ? EXIT_DONE : cli_fail(NAME, &e);
}

static int run_again(int argc, char **argv, void *app)
{
	struct err e = { 0 };
	const char *hook;
	struct db *db = one_hook(&argc, argv, app, &hook, &e);
	size_t n = 0;
	bool ok;

	ok = db && store_hook_again(db, hook, &n, &e);
	if (ok)
		printf("%zu sự kiện chờ gửi lại (events wait again)\n", n);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail(NAME, &e);
}

static int timeout_seconds(const void *app)
{
	return (int)conf_int(((const struct app *)app)->conf,
			     "hook-timeout-seconds");
}

static int run_test(int argc, char **argv, void *app)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct hook_event ev = { 0 };
	struct err e = { 0 };
	const char *hook;
	struct db *db = one_hook(&argc, argv, app, &hook, &e);
	bool found = false, ok;

	ok = db && (a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     store_hook_try(db, hook, a, &ev, &found, &e) &&
	     (found || none(hook, &e)) &&
	     hook_send(&ev, inside_ok(app), timeout_seconds(app), &e);
	if (ok)
		printf("%s: nhận được (received) %s\n", ev.url, ev.id);
	db_close(db);
	arena_free(a);
	return ok ? EXIT_DONE : cli_fail(NAME, &e);
}

/* ---- the sender ---------------------------------------------------------
 */

struct sender {
	void *app;
	struct db *db;
	struct arena *arena;
	int signals; /* -1: not asked to follow */
	size_t sent, failed, dead;
};

static bool note(struct sender *s, const struct hook_event *ev,
		 const struct err *failed, struct err *e)
{
	const struct conf *c = ((struct app *)s->app)->conf;
	int64_t base = conf_int(c, "hook-retry-ms");
	int64_t wait = 0, pause = 0;
	uint32_t chance[2];
	bool dead;

	random_bytes(chance, sizeof chance);
	if (failed) {
		wait = hook_wait_ms(ev->attempts, base, WAIT_CAP_MS, chance[0]);
		pause = hook_wait_ms(ev->failures, base, PAUSE_CAP_MS,
				     chance[1]);
		(void)fprintf(stderr, "phieu hook: %s %s: %s\n", ev->kind,
			      ev->id, failed->msg);
	}
	if (!store_hook_note(s->db, ev->event, failed ? failed->msg : NULL,
			     wait, pause, conf_int(c, "hook-days"), &dead, e))
		return false;
	s->sent += !failed;
	s->failed += failed != NULL;
	s->dead += dead;
	if (dead)
		(void)fprintf(stderr,
			      NAME ": %s %s: given up after %" PRId64 " days "
				   "(phieu hook again)\n",
			      ev->kind, ev->id, conf_int(c, "hook-days"));
	return true;
}

/* One event, in one transaction that holds it; *found false: none is due. */
static bool send_one(struct sender *s, bool *found, struct err *e)
{
	struct hook_event ev;
	struct err failed = { 0 };
	bool ok;

	arena_reset(s->arena);
	ok = db_begin(s->db, e) &&
	     store_hook_take(s->db, s->arena, &ev, found, e);
	if (ok && *found) {
		bool got = hook_send(&ev, inside_ok(s->app),
				     timeout_seconds(s->app), &failed);

		ok = note(s, &ev, got ? NULL : &failed, e) &&
		     db_commit(s->db, e);
	}
	db_rollback(s->db);
	return ok;
}

/* True when asked to stop. */
static bool rest(const struct sender *s, int ms)
{
	struct pollfd p = { .fd = s->signals, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

/* A service waits for its database; it never starts one. */
static struct db *follow_db(const struct conf *c, struct err *e)
{
	char *address = connect_address(c, WHO_PUBLISH, e);
	struct db *db =
		address ? db_open(address, NAME, DB_SERVICE_ROLE, 0, e) : NULL;

	free(address);
	if (db && !migrate_check(db, e)) {
		db_close(db);
		return NULL;
	}
	return db;
}

static bool open_db(struct sender *s, struct err *e)
{
	const struct conf *c = ((struct app *)s->app)->conf;

	db_close(s->db);
	s->db = s->signals >= 0 ? follow_db(c, e)
				: connect_ready(c, WHO_PUBLISH, e);
	return s->db && store_hook_forget(s->db, e);
}

static bool send_due(struct sender *s, struct err *e)
{
	bool found = true;

	while (found && !(s->signals >= 0 && rest(s, 0)))
		if (!send_one(s, &found, e))
			return false;
	return true;
}

static bool catch_signals(struct sender *s, struct err *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    (s->signals = signalfd(-1, &set, SFD_CLOEXEC)) < 0)
		return err_set(e, ERR_IO, "signals: %s", strerror(errno));
	return true;
}

static bool follow(struct sender *s, struct err *e)
{
	struct err lost = { 0 };
	size_t looks = 0;
	bool up;

	if (!drop_privileges(((struct app *)s->app)->conf, e) ||
	    !catch_signals(s, e))
		return false;
	up = open_db(s, &lost);
	if (!up && lost.kind != ERR_DOWN)
		return err_set(e, lost.kind, "%s", lost.msg);
	while (!rest(s, up ? LOOK_MS : REST_MS)) {
		lost = (struct err){ 0 };
		if (!up || ++looks % FORGET_EACH_LOOKS == 0)
			up = open_db(s, &lost);
		up = up && send_due(s, &lost);
		if (!up)
			(void)fprintf(stderr, NAME ": %s\n", lost.msg);
	}
	return true;
}

static int run_send(int argc, char **argv, void *app)
{
	bool once = false, on = false, ok;
	const struct cli_opt opts[] = { { "--once", &once, NULL },
					{ "--follow", &on, NULL } };
	struct sender s = { .app = app, .signals = -1 };
	struct err e = { 0 };

	ok = cli_options(opts, 2, &argc, argv, &e);
	if (ok && (argc != 1 || once == on))
		ok = err_set(&e, ERR_INPUT, "give --once or --follow");
	if (ok && !(s.arena = arena_new(ARENA_BYTES)))
		ok = err_set(&e, ERR_NOMEM, "out of memory");
	ok = ok && (on ? follow(&s, &e) : open_db(&s, &e) && send_due(&s, &e));
	if (ok)
		printf("đã gửi %zu, chưa được %zu, bỏ %zu (sent, failed, "
		       "given up)\n",
		       s.sent, s.failed, s.dead);
	db_close(s.db);
	arena_free(s.arena);
	if (s.signals >= 0)
		(void)close(s.signals);
	if (!ok)
		return cli_fail(NAME, &e);
	return s.failed && !on ? EXIT_PARTLY : EXIT_DONE;
}

static const struct cmd cmds[] = {
	{ "hook add",
	  "báo sự kiện của đợt hoặc kỳ tới một địa chỉ (make a webhook)",
	  "phieu hook add --wave W|--round R --url URL --events E,E "
	  "[--secret-file F]\n"
	  "\n"
	  "Events of a wave: submission.stored, submission.edited, "
	  "submission.reviewed,\n"
	  "wave.frozen, release.published; of a round: round.published, "
	  "round.corrected.\n"
	  "What is sent names the event, the wave or round and the "
	  "instanceID, freeze or\n"
	  "release, never answers or persons.  Signed "
	  "with the\n"
	  "secret in F (16 to 256 bytes, the first line) or with a new one "
	  "that "
	  "is shown\n"
	  "once.\n",
	  run_add },
	{ "hook list",
	  "các địa chỉ và sự kiện đang chờ (webhooks, their queues)",
	  "phieu hook list [--wave W] [--round R]\n"
	  "\n"
	  "Dead: given up after hook-days; phieu hook again tries them once "
	  "more.\n",
	  run_list },
	{ "hook remove", "thôi báo tới một địa chỉ (take a webhook away)",
	  "phieu hook remove --hook N\n"
	  "\n"
	  "What still waits for it is not sent.\n",
	  run_remove },
	{ "hook test", "gửi thử một sự kiện (send an event made up)",
	  "phieu hook test --hook N\n"
	  "\n"
	  "Of kind hook.test, signed like all others; says what came back.\n",
	  run_test },
	{ "hook again", "gửi lại những sự kiện đã bỏ (try dead events again)",
	  "phieu hook again --hook N\n"
	  "\n"
	  "Each is tried once more.\n",
	  run_again },
	{ "hook send", "gửi các sự kiện đang chờ (send what waits)",
	  "phieu hook send --once | --follow\n"
	  "\n"
	  "--once sends what is due and ends (3: some failed); --follow stays "
	  "until it is\n"
	  "stopped, as a service.  Several may run.  An event leaves the queue "
	  "only when\n"
	  "the receiver answered 2xx; it may arrive twice, under the same "
	  "Phieu-Event-Id.\n",
	  run_send },
};
const struct cmd_set cmd_hook = { cmds, sizeof cmds / sizeof cmds[0] };
