#include "phieu/run_as.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/cluster.h"

#define PATH_LIMIT 4096

static bool look_up(struct passwd *pw, const char *name, char *room, size_t n,
		    struct err *e)
{
	struct passwd *found = NULL;

	if (getpwnam_r(name, pw, room, n, &found) != 0 || !found)
		return err_set(e, ERR_INPUT, "there is no user %s here", name);
	return true;
}

bool run_as_init(struct run_as *who, const struct conf *c, struct err *e)
{
	const char *name = conf_text(c, "user");
	struct passwd pw, *found = NULL;
	char room[4096];

	*who = (struct run_as){ .uid = geteuid(), .gid = getegid() };
	if (geteuid() != 0) {
		if (getpwuid_r(geteuid(), &pw, room, sizeof room, &found) !=
			    0 ||
		    !found)
			return err_set(e, ERR_INPUT,
				       "user number %u has no name",
				       (unsigned)geteuid());
	} else {
		if (!look_up(&pw, name, room, sizeof room, e))
			return false;
		if (pw.pw_uid == 0)
			return err_set(e, ERR_INPUT,
				       "the database never runs as root: set "
				       "`user` to an unprivileged one");
		who->change = true;
		who->uid = pw.pw_uid;
		who->gid = pw.pw_gid;
	}
	if (snprintf(who->name, sizeof who->name, "%s", pw.pw_name) >=
	    (int)sizeof who->name)
		return err_set(e, ERR_INPUT, "user name too long");
	return true;
}

/* For good: real, effective and saved ids. */
static bool become(const struct run_as *who)
{
	if (!who->change)
		return true;
	return setgid(who->gid) == 0 && initgroups(who->name, who->gid) == 0 &&
	       setuid(who->uid) == 0 && setuid(0) != 0;
}

bool drop_privileges(const struct conf *c, struct err *e)
{
	struct run_as who;
	pid_t parent = getppid();
	int parent_dies = 0;

	if (geteuid() == 0) {
		if (!run_as_init(&who, c, e))
			return false;
		/* another user forgets what `phieu up` asked for: to end with
		 * it, however it ends */
		if (prctl(PR_GET_PDEATHSIG, &parent_dies) != 0 ||
		    !become(&who) || prctl(PR_SET_PDEATHSIG, parent_dies) != 0)
			return err_set(e, ERR_IO, "cannot become user %s",
				       who.name);
		if (parent_dies && getppid() != parent) /* in between */
			(void)raise(parent_dies);
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(e, ERR_IO, "no_new_privs: %s", strerror(errno));
	return true;
}

/* What libpq's programs may want of the user's own set-up. */
static const char *const kept[] = { "HOME", "PGPASSFILE", "PGSSLROOTCERT" };

static _Noreturn void child(const struct run_as *who, const char *const *argv,
			    const struct run_io *io, int said)
{
	char *env[8], room[4][PATH_LIMIT];
	size_t n = 0, used = 0;

	env[n++] = (char[]){ "LC_ALL=C.UTF-8" };
	env[n++] = (char[]){ "TZ=UTC" };
	env[n++] =
		(char[]){ "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" };
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		const char *v = getenv(kept[i]);

		if (v && snprintf(room[used], PATH_LIMIT, "%s=%s", kept[i], v) <
				 (int)PATH_LIMIT)
			env[n++] = room[used++];
	}
	if (io->password && snprintf(room[used], PATH_LIMIT, "PGPASSWORD=%s",
				     io->password) < (int)PATH_LIMIT)
		env[n++] = room[used];
	env[n] = NULL;
	if (dup2(io->in, 0) < 0 || dup2(io->out < 0 ? said : io->out, 1) < 0 ||
	    dup2(said, 2) < 0 || chdir("/") != 0 || !become(who))
		_exit(126);
	/* execve wants pointers to what it does not change */
	(void)execve(argv[0], (char *const *)(uintptr_t)argv, env);
	_exit(127);
}

/* To the end of file; what does not fit is read and dropped. */
static void drain(int fd, struct buf *out)
{
	char room[1024];
	ssize_t n;

	while ((n = read(fd, room, sizeof room)) != 0) {
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return;
		}
		if (out->len + (size_t)n < out->max)
			buf_add(out, room, (size_t)n);
	}
}

/* The last line that says something, for the error message. */
static const char *last_line(struct buf *said)
{
	char *s = said->data;
	size_t n = said->len;

	if (!s)
		return "it said nothing";
	while (n && (s[n - 1] == '\n' || s[n - 1] == ' '))
		s[--n] = '\0';
	while (n && s[n - 1] != '\n')
		n--;
	return s + n;
}

static bool wait_for(pid_t pid, int *status, struct err *e)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return err_set(e, ERR_IO, "waiting: %s",
				       strerror(errno));
	return true;
}

static bool start(const struct run_as *who, const char *const *argv,
		  const struct run_io *io, pid_t *pid, int *said, struct err *e)
{
	struct run_io use = *io;
	int ends[2], null = -1;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(e, ERR_IO, "pipe: %s", strerror(errno));
	if (use.in < 0)
		use.in = null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	*pid = use.in < 0 ? -1 : fork();
	if (*pid == 0)
		child(who, argv, &use, ends[1]);
	if (*pid < 0)
		err_set(e, ERR_IO, "fork: %s", strerror(errno));
	if (null >= 0)
		(void)close(null);
	(void)close(ends[1]);
	*said = ends[0];
	if (*pid < 0)
		(void)close(ends[0]);
	return *pid > 0;
}

bool run_as_with(const struct run_as *who, const char *const *argv,
		 const struct run_io *io, struct buf *out, struct err *e)
{
	struct buf own = BUF_INIT(64 << 10);
	struct buf *said = out ? out : &own;
	int fd = -1, status = 0;
	bool ok = false;
	pid_t pid = -1;

	if (!start(who, argv, io, &pid, &fd, e))
		return false;
	drain(fd, said);
	(void)close(fd);
	if (!wait_for(pid, &status, e))
		goto out;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		const char *slash = strrchr(argv[0], '/');

		err_set(e, ERR_IO, "%s failed: %s", slash ? slash + 1 : argv[0],
			last_line(said));
		goto out;
	}
	ok = true;
out:
	buf_free(&own);
	return ok;
}

bool run_as_program(const struct run_as *who, const char *const *argv,
		    struct buf *out, struct err *e)
{
	const struct run_io none = { .in = -1, .out = -1 };

	return run_as_with(who, argv, &none, out, e);
}

bool run_as_reaches(const struct run_as *who, const char *dir)
{
	const char *argv[] = { "/usr/bin/test",
			       "-r",
			       dir,
			       "-a",
			       "-w",
			       dir,
			       "-a",
			       "-x",
			       dir,
			       NULL };
	struct err ignored;

	return run_as_program(who, argv, NULL, &ignored);
}

bool run_as_give(const struct run_as *who, const char *path, struct err *e)
{
	if (who->change && lchown(path, who->uid, who->gid) != 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	return true;
}
