#include "phieu/cluster.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "phieu/buf.h"
#include "phieu/hash.h"
#include "phieu/run_as.h"

/* sockaddr_un holds 107 characters; PostgreSQL adds "/.s.PGSQL.5432". */
#define SOCKET_DIR_MAX 90
#define PATH_LIMIT     ((size_t)4096)

static const char *const roles[] = { "super",	"owner",    "collector",
				     "server",	"analysis", "roster",
				     "publish", "auditor",  "backup",
				     "mixer" };

static char *join(const char *a, const char *b, struct err *e)
{
	struct buf s = BUF_INIT(PATH_LIMIT);
	char *p;

	buf_addf(&s, "%s%s", a, b);
	p = buf_take(&s);
	if (!p)
		err_set(e, ERR_INPUT, "path too long");
	return p;
}

/* A relative state-dir is meant from where the user stands. */
static char *from_here(const char *dir, struct err *e)
{
	struct buf b = BUF_INIT(PATH_LIMIT);
	char cwd[PATH_LIMIT], *p;

	if (!getcwd(cwd, sizeof cwd)) {
		err_set(e, ERR_IO, "where am I: %s", strerror(errno));
		return NULL;
	}
	buf_addf(&b, "%s/%s", cwd, dir);
	p = buf_take(&b);
	if (!p)
		err_set(e, ERR_INPUT, "path too long");
	return p;
}

char *cluster_state_dir(const struct conf *c, struct err *e)
{
	const char *dir = conf_text(c, "state-dir"), *base;

	if (dir && *dir)
		return *dir == '/' ? join(dir, "", e) : from_here(dir, e);
	if (geteuid() == 0)
		return join("/var/lib/phieu", "", e);
	base = getenv("XDG_DATA_HOME");
	if (base && *base == '/')
		return join(base, "/phieu", e);
	base = getenv("HOME");
	if (base && *base == '/')
		return join(base, "/.local/share/phieu", e);
	err_set(e, ERR_INPUT, "no home directory: set state-dir");
	return NULL;
}

/* Where PostgreSQL 15's programs are; caller frees. */
static char *find_bin(const struct run_as *who, struct err *e)
{
	static const char usual[] = "/usr/lib/postgresql/15/bin";
	static const char *const ask[] = { "/usr/bin/pg_config", "--bindir",
					   NULL };
	struct buf out = BUF_INIT(PATH_LIMIT);
	struct err ignored;
	char *p;

	if (access("/usr/lib/postgresql/15/bin/initdb", X_OK) == 0)
		return join(usual, "", e);
	if (!run_as_program(who, ask, &out, &ignored)) {
		buf_free(&out);
		err_set(e, ERR_IO,
			"PostgreSQL 15 is not installed (package "
			"postgresql-15)");
		return NULL;
	}
	p = buf_take(&out);
	if (p)
		p[strcspn(p, "\n")] = '\0';
	else
		err_set(e, ERR_NOMEM, "out of memory");
	return p;
}

/* One PostgreSQL program: `name` in bin, then args up to NULL. */
static bool pg(const struct run_as *who, const char *bin, const char *name,
	       const char *const *args, struct err *e)
{
	const char *argv[24];
	char *path = NULL;
	size_t n = 0;
	bool ok;

	path = join(bin, "/", e);
	if (path) {
		char *whole = join(path, name, e);

		free(path);
		path = whole;
	}
	if (!path)
		return false;
	argv[n++] = path;
	while (*args && n < sizeof argv / sizeof argv[0] - 1)
		argv[n++] = *args++;
	argv[n] = NULL;
	ok = run_as_program(who, argv, NULL, e);
	free(path);
	return ok;
}

/* A directory of that user's alone.  One that is there already must be just
 * so: in /tmp somebody else may have been first. */
static bool own_dir(const struct run_as *who, const char *path, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return run_as_give(who, path, e);
	if (errno != EEXIST)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_IO, "%s is not a directory", path);
	if (st.st_uid != who->uid && st.st_uid == geteuid() &&
	    !run_as_give(who, path, e))
		return false; /* made by root beforehand: take it over */
	if (lstat(path, &st) != 0 || st.st_uid != who->uid)
		return err_set(e, ERR_DENIED, "%s does not belong to user %s",
			       path, who->name);
	if ((st.st_mode & 077) != 0 && chmod(path, 0700) != 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	return true;
}

/* mkdir -p for what is above the state directory. */
static bool make_parents(const char *path, struct err *e)
{
	char *p = join(path, "", e);
	bool ok = true;

	if (!p)
		return false;
	for (char *s = p + 1; ok && *s; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		if (mkdir(p, 0755) != 0 && errno != EEXIST)
			ok = err_set(e, ERR_IO, "%s: %s", p, strerror(errno));
		*s = '/';
	}
	free(p);
	return ok;
}

static char *socket_dir(const char *state_dir, struct err *e)
{
	uint8_t sum[SHA256_BYTES];
	char hex[17], *p;

	p = join(state_dir, "/sock", e);
	if (!p || strlen(p) < SOCKET_DIR_MAX)
		return p;
	free(p);
	sha256(state_dir, strlen(state_dir), sum);
	hex_text(sum, 8, hex);
	return join("/tmp/phieu-", hex, e);
}

/* Settings for an office machine with two cores.  Durability is spelt out, so
 * that `phieu db status` can hold the server to it.  Statements and details
 * stay out of the log: they could quote answers. */
static const char settings[] = "listen_addresses = ''\n"
			       "unix_socket_permissions = 0700\n"
			       "max_connections = 160\n"
			       "password_encryption = 'scram-sha-256'\n"
			       "fsync = on\n"
			       "full_page_writes = on\n"
			       "synchronous_commit = on\n"
			       "shared_buffers = '256MB'\n"
			       "effective_cache_size = '1GB'\n"
			       "work_mem = '8MB'\n"
			       "maintenance_work_mem = '64MB'\n"
			       "wal_buffers = '16MB'\n"
			       "max_wal_size = '2GB'\n"
			       "min_wal_size = '128MB'\n"
			       "checkpoint_timeout = '15min'\n"
			       "checkpoint_completion_target = 0.9\n"
			       "random_page_cost = 1.1\n"
			       "jit = off\n"
			       "timezone = 'UTC'\n"
			       "log_timezone = 'UTC'\n"
			       "log_line_prefix = '%m [%p] %u '\n"
			       "log_min_error_statement = panic\n"
			       "log_error_verbosity = terse\n"
			       "log_min_messages = warning\n"
			       "tcp_keepalives_idle = 60\n";

/* A whole file or none: tmp, fsync, rename. */
static bool put_file(const struct run_as *who, const char *dir,
		     const char *name, const struct buf *text, struct err *e)
{
	char *path = NULL, *tmp = NULL;
	bool ok = false;
	int fd = -1;

	path = join(dir, name, e);
	if (!path)
		return false;
	tmp = join(path, ".new", e);
	if (!tmp)
		goto out;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0 || text->broken ||
	    write(fd, text->data, text->len) != (ssize_t)text->len ||
	    fsync(fd) != 0) {
		err_set(e, ERR_IO, "%s: %s", tmp, strerror(errno));
		goto out;
	}
	if (!run_as_give(who, tmp, e))
		goto out;
	if (rename(tmp, path) != 0) {
		err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
		goto out;
	}
	ok = true;
out:
	if (fd >= 0)
		(void)close(fd);
	free(tmp);
	free(path);
	return ok;
}

/* Written at every start: a moved state directory or a new version of ours
 * takes effect without hand work. */
static bool write_settings(const struct run_as *who, const char *data,
			   const char *sock, struct err *e)
{
	static const char hba[] =
		"# Written by phieu.  The socket alone, and only the user "
		"that\n"
		"# runs the services (and root, who may become him).\n"
		"local all all peer map=phieu\n";
	struct buf text = BUF_INIT(64 << 10);
	bool ok = false;

	buf_addf(&text, "# Written by phieu at each start.\n%s", settings);
	buf_addf(&text, "unix_socket_directories = '%s'\n", sock);
	if (!put_file(who, data, "/phieu.conf", &text, e))
		goto out;
	buf_free(&text);
	buf_adds(&text, hba);
	if (!put_file(who, data, "/pg_hba.conf", &text, e))
		goto out;
	buf_free(&text);
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		buf_addf(&text, "phieu %s phieu_%s\n", who->name, roles[i]);
		if (who->change)
			buf_addf(&text, "phieu root phieu_%s\n", roles[i]);
	}
	ok = put_file(who, data, "/pg_ident.conf", &text, e);
out:
	buf_free(&text);
	return ok;
}

/* initdb into data.new, renamed when whole: a power cut half-way leaves
 * nothing that looks like a cluster. */
static bool make_cluster(const struct run_as *who, const char *bin,
			 const char *data, struct err *e)
{
	struct buf text = BUF_INIT(256);
	char *fresh = join(data, ".new", e);
	bool ok = false;

	if (!fresh)
		return false;
	const char *rm[] = { "/bin/rm", "-rf", "--", fresh, NULL };
	const char *args[] = { "-D",
			       fresh,
			       "-U",
			       "phieu_super",
			       "-E",
			       "UTF8",
			       "--locale=C.UTF-8",
			       "--data-checksums",
			       "-A",
			       "peer",
			       NULL };

	buf_adds(&text, "include 'phieu.conf'\n");
	if (!run_as_program(who, rm, NULL, e) ||
	    !pg(who, bin, "initdb", args, e) ||
	    !put_file(who, fresh, "/postgresql.conf", &text, e))
		goto out;
	if (rename(fresh, data) != 0) {
		err_set(e, ERR_IO, "%s: %s", data, strerror(errno));
		goto out;
	}
	ok = true;
out:
	buf_free(&text);
	free(fresh);
	return ok;
}

/* Does that process live in the data directory, as every process of a
 * cluster does?  Numbers are given again, and a dead one that nobody reaped
 * still answers to kill. */
static bool lives_in(const char *pid, const char *data)
{
	char link[64], cwd[PATH_LIMIT], real[PATH_LIMIT];
	ssize_t n;

	(void)snprintf(link, sizeof link, "/proc/%.20s/cwd", pid);
	n = readlink(link, cwd, sizeof cwd - 1);
	if (n < 0)
		return false;
	cwd[n] = '\0';
	return realpath(data, real) && strcmp(cwd, real) == 0;
}

/* Is the postmaster of the pid file alive? */
static bool is_running(const char *data)
{
	char path[PATH_LIMIT], line[32] = "";
	ssize_t n;
	int fd;

	if (snprintf(path, sizeof path, "%s/postmaster.pid", data) >=
	    (int)sizeof path)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, line, sizeof line - 1);
	(void)close(fd);
	line[strspn(line, "0123456789")] = '\0';
	return n > 0 && *line && lives_in(line, data);
}

static void remove_file(const char *dir, const char *name)
{
	char path[PATH_LIMIT];

	if (snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path)
		(void)unlink(path);
}

/* PostgreSQL will not start over a pid file whose number some process has.
 * When no process at all lives in the data directory the files are leftovers
 * of a crash; backends of a killed postmaster are given time to notice. */
static void remove_leftovers(const char *data, const char *sock)
{
	const struct timespec moment = { .tv_nsec = 100000000 };
	for (int tries = 0; tries < 50; tries++) {
		DIR *proc = opendir("/proc");
		bool quiet = proc != NULL;
		struct dirent *d;

		while (quiet && (d = readdir(proc)))
			quiet = d->d_name[0] < '1' || d->d_name[0] > '9' ||
				!lives_in(d->d_name, data);
		if (proc)
			(void)closedir(proc);
		if (quiet) {
			remove_file(data, "postmaster.pid");
			remove_file(sock, ".s.PGSQL.5432.lock");
			return;
		}
		(void)nanosleep(&moment, NULL);
	}
}

bool cluster_running(const char *state_dir)
{
	struct err ignored;
	char *data = join(state_dir, "/data", &ignored);
	bool yes = data && is_running(data);

	free(data);
	return yes;
}

bool cluster_exists(const char *state_dir)
{
	struct err ignored;
	char *file = join(state_dir, "/data/PG_VERSION", &ignored);
	bool yes = file && access(file, F_OK) == 0;

	free(file);
	return yes;
}

static bool has_database(const struct run_as *who, const char *bin,
			 const char *data, const char *sock, struct err *e)
{
	const char *user[] = { "-h",	      sock,	      "-U",
			       "phieu_super", "--createrole", "phieu_owner",
			       NULL };
	const char *base[] = { "-h", sock,	    "-U",    "phieu_super",
			       "-O", "phieu_owner", "phieu", NULL };
	struct buf none = BUF_INIT(16);
	char *mark = join(data, "/phieu.made", e);
	struct err why;
	bool ok = false;

	if (!mark)
		return false;
	ok = access(mark, F_OK) == 0;
	/* a start that was cut short may have made one of the two */
	if (!ok &&
	    (pg(who, bin, "createuser", user, &why) ||
	     strstr(why.msg, "already exists")) &&
	    (pg(who, bin, "createdb", base, &why) ||
	     strstr(why.msg, "already exists"))) {
		buf_adds(&none, "1\n");
		ok = put_file(who, data, "/phieu.made", &none, &why);
	}
	if (!ok)
		*e = why;
	buf_free(&none);
	free(mark);
	return ok;
}

static bool start_server(const struct run_as *who, const char *bin,
			 const char *state_dir, const char *data, struct err *e)
{
	char *log = join(state_dir, "/postgresql.log", e);
	const char *args[] = { "-D", data, "-w", "-t",	  "120",
			       "-l", log,  "-s", "start", NULL };
	bool ok;

	if (!log)
		return false;
	ok = pg(who, bin, "pg_ctl", args, e) ||
	     err_wrap(e, "the database did not start, see %s", log);
	free(log);
	return ok;
}

/* With the lock held and the directories made. */
static bool start_locked(const struct run_as *who, const char *state_dir,
			 const char *sock, bool *started, struct err *e)
{
	char *bin = NULL, *data = NULL;
	bool ok = false;

	data = join(state_dir, "/data", e);
	if (!data)
		return false;
	bin = find_bin(who, e);
	if (!bin)
		goto out;
	if (!cluster_exists(state_dir) && !make_cluster(who, bin, data, e))
		goto out;
	if (!is_running(data)) {
		remove_leftovers(data, sock);
		if (!write_settings(who, data, sock, e) ||
		    !start_server(who, bin, state_dir, data, e))
			goto out;
		*started = true;
	}
	ok = has_database(who, bin, data, sock, e);
out:
	free(bin);
	free(data);
	return ok;
}

static int lock_dir(const struct run_as *who, const char *state_dir,
		    struct err *e)
{
	char *path = join(state_dir, "/lock", e);
	int fd;

	if (!path)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) != 0) {
		err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		fd = -1;
	}
	if (fd >= 0 && !run_as_give(who, path, e)) {
		(void)close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

static bool make_state_dir(const struct run_as *who, const char *state_dir,
			   struct err *e)
{
	if (!make_parents(state_dir, e) || !own_dir(who, state_dir, e))
		return false;
	if (run_as_reaches(who, state_dir))
		return true;
	return err_set(
		e, ERR_INPUT,
		"user %s cannot reach %s: a directory above it is closed "
		"to others; choose another state-dir",
		who->name, state_dir);
}

bool cluster_state_make(const char *state_dir, const struct conf *c,
			struct err *e)
{
	struct run_as who;

	return run_as_init(&who, c, e) && make_state_dir(&who, state_dir, e);
}

bool cluster_start(const char *state_dir, const struct conf *c, bool *started,
		   struct err *e)
{
	struct run_as who;
	char *sock = NULL;
	bool ok = false;
	int lock = -1;

	*started = false;
	if (!run_as_init(&who, c, e) || !make_state_dir(&who, state_dir, e))
		return false;
	lock = lock_dir(&who, state_dir, e);
	if (lock < 0)
		return false;
	sock = socket_dir(state_dir, e);
	if (sock && own_dir(&who, sock, e))
		ok = start_locked(&who, state_dir, sock, started, e);
	free(sock);
	(void)close(lock);
	return ok;
}

/* One in /tmp is ours alone and would stay for ever. */
static void remove_socket_dir(const char *state_dir)
{
	struct err ignored;
	char *sock = socket_dir(state_dir, &ignored);

	if (sock)
		(void)rmdir(sock);
	free(sock);
}

bool cluster_stop(const char *state_dir, const struct conf *c, struct err *e)
{
	char *data = NULL, *bin = NULL;
	struct run_as who;
	bool ok = false;

	if (!cluster_running(state_dir))
		return true;
	if (!run_as_init(&who, c, e))
		return false;
	data = join(state_dir, "/data", e);
	bin = data ? find_bin(&who, e) : NULL;
	if (bin) {
		const char *args[] = { "-D", data,  "-m", "fast", "-w",
				       "-t", "120", "-s", "stop", NULL };

		ok = pg(&who, bin, "pg_ctl", args, e);
	}
	if (ok)
		remove_socket_dir(state_dir);
	free(bin);
	free(data);
	return ok;
}

/* Within single quotes of a conninfo. */
static void add_quoted(struct buf *b, const char *s)
{
	buf_adds(b, "'");
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			buf_adds(b, "\\");
		buf_add(b, s, 1);
	}
	buf_adds(b, "'");
}

char *cluster_address(const char *state_dir, const char *role, struct err *e)
{
	struct buf b = BUF_INIT(PATH_LIMIT);
	char *sock = socket_dir(state_dir, e), *p;

	if (!sock)
		return NULL;
	buf_adds(&b, "host=");
	add_quoted(&b, sock);
	buf_addf(&b, " dbname=phieu user=phieu_%s", role ? role : "owner");
	free(sock);
	p = buf_take(&b);
	if (!p)
		err_set(e, ERR_INPUT, "path too long");
	return p;
}

char *cluster_program(const struct conf *c, const char *name, struct err *e)
{
	struct run_as who;
	char *bin, *dir, *path;

	if (!run_as_init(&who, c, e))
		return NULL;
	bin = find_bin(&who, e);
	dir = bin ? join(bin, "/", e) : NULL;
	path = dir ? join(dir, name, e) : NULL;
	free(dir);
	free(bin);
	return path;
}
