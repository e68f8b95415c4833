/* cmd_db.c - looking after the database from the command line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/backup.h"
#include "phieu/cluster.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/json.h"
#include "phieu/migrate.h"
#include "phieu/secret.h"
#include "phieu/store_care.h"

static struct conf *conf_of(void *app)
{
	return ((struct app *)app)->conf;
}

/* A command with no options and exactly `want` words after its name. */
static bool words(int argc, char **argv, int want, struct err *e)
{
	if (!cli_options(NULL, 0, &argc, argv, e))
		return false;
	return argc == want + 1 ||
	       err_set(e, ERR_INPUT, "%s takes %d word%s, see --help", argv[0],
		       want, want == 1 ? "" : "s");
}

static int done(bool ok, const struct err *e)
{
	return ok ? EXIT_DONE : cli_fail("phieu db", e);
}

static bool only_private(const struct conf *c, struct err *e)
{
	return connect_is_private(c) ||
	       err_set(e, ERR_INPUT,
		       "addresses of a real server are set: it is not phieu's "
		       "to start or stop");
}

/* A new cluster gets its schema at once; one with data is upgraded only by
 * `phieu db migrate`, after a backup. */
static bool first_schema(const struct conf *c, struct err *e)
{
	struct db *db = connect_as(c, WHO_OWNER, e);
	bool empty = false, ok;
	size_t n = 0;

	if (!db)
		return false;
	ok = store_care_is_empty(db, &empty, e) &&
	     (!empty || migrate_up(db, &n, e));
	if (ok && n)
		printf("new database, %zu migrations applied\n", n);
	if (ok && !empty && !migrate_check(db, e))
		(void)fprintf(stderr, "phieu db: %s\n", e->msg);
	db_close(db);
	return ok;
}

static bool start(const struct conf *c, struct err *e)
{
	char *dir = cluster_state_dir(c, e);
	bool started = false, ok;

	if (!dir)
		return false;
	ok = cluster_start(dir, c, &started, e);
	if (ok)
		printf("%s, state in %s\n",
		       started ? "started" : "was running already", dir);
	free(dir);
	return ok && first_schema(c, e);
}

static int run_start(int argc, char **argv, void *app)
{
	const struct conf *c = conf_of(app);
	struct err e;

	return done(words(argc, argv, 0, &e) && only_private(c, &e) &&
			    start(c, &e),
		    &e);
}

static bool stop(const struct conf *c, struct err *e)
{
	char *dir = cluster_state_dir(c, e);
	bool ran, ok;

	if (!dir)
		return false;
	ran = cluster_running(dir);
	ok = cluster_stop(dir, c, e);
	if (ok)
		printf("%s\n", ran ? "stopped" : "was not running");
	free(dir);
	return ok;
}

static int run_stop(int argc, char **argv, void *app)
{
	const struct conf *c = conf_of(app);
	struct err e;

	return done(words(argc, argv, 0, &e) && only_private(c, &e) &&
			    stop(c, &e),
		    &e);
}

/* ---- status ---- */

static void print_status(const struct care_status *s, const char *where)
{
	int64_t total = 0;

	printf("running             yes, %s\n", where);
	for (size_t i = 0; i < s->settings_n; i++)
		printf("%-19s %s\n", s->settings[i].name, s->settings[i].value);
	printf("migrations          %zu of %zu, newest %s\n", s->applied,
	       migrations_n, s->applied ? s->newest : "none");
	for (size_t i = 0; i < s->sizes_n; i++) {
		printf("  %-17s %8.1f MB\n", s->sizes[i].schema,
		       (double)s->sizes[i].bytes / 1e6);
		total += s->sizes[i].bytes;
	}
	printf("  %-17s %8.1f MB\n", "together", (double)total / 1e6);
}

static bool print_status_json(const struct care_status *s, const char *where,
			      const char *state, struct err *e)
{
	struct buf text = BUF_INIT(64 << 10);
	struct jw w;
	bool ok;

	jw_init(&w, &text);
	jw_object(&w);
	jw_kb(&w, "running", true);
	jw_kv(&w, "where", where);
	jw_kv(&w, "problem", *state ? state : NULL);
	jw_ki(&w, "migrations", (int64_t)s->applied);
	jw_ki(&w, "migrations_known", (int64_t)migrations_n);
	jw_kv(&w, "newest", s->newest);
	jw_key(&w, "settings");
	jw_object(&w);
	for (size_t i = 0; i < s->settings_n; i++)
		jw_kv(&w, s->settings[i].name, s->settings[i].value);
	jw_object_end(&w);
	jw_key(&w, "bytes");
	jw_object(&w);
	for (size_t i = 0; i < s->sizes_n; i++)
		jw_ki(&w, s->sizes[i].schema, s->sizes[i].bytes);
	jw_object_end(&w);
	jw_object_end(&w);
	ok = buf_cstr(&text) != NULL || err_set(e, ERR_NOMEM, "out of memory");
	if (ok)
		printf("%s\n", buf_cstr(&text));
	buf_free(&text);
	return ok;
}

/* What is not as it must be, in words; "" when all is well. */
static void judge(struct db *db, const struct care_status *s, char *out,
		  size_t max)
{
	const char *unsafe = care_unsafe(s);
	struct err e;

	*out = '\0';
	if (*unsafe)
		(void)snprintf(out, max,
			       "%s is not on: an acknowledged sheet could be "
			       "lost",
			       unsafe);
	else if (!migrate_check(db, &e))
		(void)snprintf(out, max, "%s", e.msg);
}

static bool status_of(struct db *db, const char *where, bool json,
		      struct err *e)
{
	struct care_status s;
	char problem[300];

	if (!store_care_status(db, &s, e))
		return false;
	judge(db, &s, problem, sizeof problem);
	if (json) {
		if (!print_status_json(&s, where, problem, e))
			return false;
	} else {
		print_status(&s, where);
	}
	return !*problem || err_set(e, ERR_CONFLICT, "%s", problem);
}

static bool status(const struct conf *c, bool json, struct err *e)
{
	char *dir = NULL;
	struct db *db;
	bool ok;

	if (connect_is_private(c)) {
		dir = cluster_state_dir(c, e);
		if (!dir)
			return false;
		if (!cluster_running(dir)) {
			printf(json ? "{\"running\":false}\n"
				    : "running             no\n");
			err_set(e, ERR_DOWN,
				"the database in %s is not running", dir);
			free(dir);
			return false;
		}
	}
	db = connect_as(c, WHO_OWNER, e);
	ok = db && status_of(db, dir ? dir : "at database-url", json, e);
	db_close(db);
	free(dir);
	return ok;
}

static int run_status(int argc, char **argv, void *app)
{
	bool json = false;
	const struct cli_opt opts[] = { { "--json", &json, NULL } };
	struct err e;

	return done(cli_options(opts, 1, &argc, argv, &e) &&
			    words(argc, argv, 0, &e) &&
			    status(conf_of(app), json, &e),
		    &e);
}

/* ---- schema and roles ---- */

static bool migrate(const struct conf *c, struct err *e)
{
	struct db *db = connect_as(c, WHO_OWNER, e);
	size_t n = 0;
	bool ok;

	if (!db)
		return false;
	ok = migrate_up(db, &n, e);
	if (ok)
		printf("%zu migrations applied, %zu in all\n", n, migrations_n);
	db_close(db);
	return ok;
}

static int run_migrate(int argc, char **argv, void *app)
{
	struct err e;

	return done(words(argc, argv, 0, &e) && migrate(conf_of(app), &e), &e);
}

static bool print_matrix(struct db *db, struct err *e)
{
	struct buf text = BUF_INIT(1 << 20);
	bool ok = store_care_matrix(db, &text, e);

	if (ok)
		printf("# role, table or function, rights: s select, i insert, "
		       "u update, d delete,\n"
		       "# t truncate, x execute; capital: some columns only "
		       "(U of a sequence: next number)\n%s",
		       buf_cstr(&text));
	buf_free(&text);
	return ok;
}

static bool give_password(struct db *db, const char *role, const char *file,
			  struct err *e)
{
	char *password = secret_read(file, "password of the role", true, e);
	bool ok;

	if (!password)
		return false;
	ok = strlen(password) >= 16 ||
	     err_set(e, ERR_INPUT,
		     "a program's password has at least 16 characters");
	ok = ok && store_care_password(db, role, password, e);
	secret_free(password);
	if (ok)
		printf("password of %s set\n", role);
	return ok;
}

static int run_roles(int argc, char **argv, void *app)
{
	const char *role = NULL, *file = NULL;
	const struct cli_opt opts[] = { { "--password-of", NULL, &role },
					{ "--password-file", NULL, &file } };
	struct db *db = NULL;
	struct err e;
	bool ok;

	ok = cli_options(opts, 2, &argc, argv, &e) && words(argc, argv, 0, &e);
	if (ok)
		db = connect_as(conf_of(app), WHO_OWNER, &e);
	ok = db &&
	     (role ? give_password(db, role, file, &e) : print_matrix(db, &e));
	db_close(db);
	return done(ok, &e);
}

/* ---- copies ---- */

static int run_backup(int argc, char **argv, void *app)
{
	int64_t bytes = 0;
	struct err e;
	bool ok;

	ok = words(argc, argv, 1, &e) &&
	     backup_write(conf_of(app), argv[1], &bytes, &e);
	if (ok)
		printf("%s: %" PRId64 " bytes, with %s.manifest.json; keep "
		       "both, on another machine\n",
		       argv[1], bytes, argv[1]);
	return done(ok, &e);
}

static int run_verify(int argc, char **argv, void *app)
{
	struct err e;
	bool ok;

	(void)app;
	ok = words(argc, argv, 1, &e) && backup_verify(argv[1], &e);
	if (ok)
		printf("%s is whole\n", argv[1]);
	return done(ok, &e);
}

static int run_restore(int argc, char **argv, void *app)
{
	struct err e;
	bool ok;

	ok = words(argc, argv, 1, &e) &&
	     backup_restore(conf_of(app), argv[1], &e);
	if (ok)
		printf("%s restored; check it with `phieu audit verify`\n",
		       argv[1]);
	return done(ok, &e);
}

static const struct cmd cmds[] = {
	{ "db start", "khởi động PostgreSQL riêng (start the private one)",
	  "phieu db start\n"
	  "\n"
	  "Makes it first if need be, in state-dir; a new one gets its "
	  "schema.\n"
	  "Nothing listens on the network.\n",
	  run_start },
	{ "db stop", "dừng PostgreSQL riêng (stop the private one)",
	  "phieu db stop\n", run_stop },
	{ "db status", "có chạy, có an toàn không, dung lượng (status, sizes)",
	  "phieu db status [--json]\n"
	  "\n"
	  "Exit code 1 when it is not running, a setting that durability "
	  "rests\n"
	  "on is off, or the schema is not this program's.\n",
	  run_status },
	{ "db migrate", "nâng cấp lược đồ (bring the schema up to date)",
	  "phieu db migrate\n"
	  "\n"
	  "Forward only, each step in a transaction.  Make a backup first.\n",
	  run_migrate },
	{ "db roles", "quyền, mật khẩu của vai trò (roles: rights, passwords)",
	  "phieu db roles\n"
	  "phieu db roles --password-of phieu_server [--password-file FILE]\n"
	  "\n"
	  "Prints the matrix, or sets the password that a service signs in "
	  "with\n"
	  "at a real server (asked for, never an argument).\n",
	  run_roles },
	{ "db backup", "sao lưu ra tệp (copy the database to a file)",
	  "phieu db backup FILE\n"
	  "\n"
	  "FILE appears whole or not at all, FILE.manifest.json beside it "
	  "holds its\n"
	  "SHA-256 and the heads of the log.\n",
	  run_backup },
	{ "db verify", "bản sao có nguyên vẹn không (is a copy whole?)",
	  "phieu db verify FILE\n", run_verify },
	{ "db restore", "phục hồi từ bản sao (fill an empty database)",
	  "phieu db restore FILE\n"
	  "\n"
	  "Refuses a damaged copy, one without its manifest, and a database "
	  "that\n"
	  "is not empty.\n",
	  run_restore },
};
const struct cmd_set cmd_db = { cmds, sizeof cmds / sizeof cmds[0] };
