#include "phieu/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "phieu/date.h"

#define LINE_MAX_BYTES 512

char *child_program(const char *name, struct err *e)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash, *path;

	if (n < 0) {
		(void)err_set(e, ERR_IO, "cannot find my own path: %s",
			      strerror(errno));
		return NULL;
	}
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (asprintf(&path, "%.*s/%s", (int)(slash - self), self, name) < 0) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	if (access(path, X_OK)) {
		(void)err_set(e, ERR_IO, "%s is not there", path);
		free(path);
		return NULL;
	}
	return path;
}

static void become_child(pid_t parent, const char *const *argv,
			 const char *const *env, int out)
{
	sigset_t none;

	/* Ctrl-C reaches the whole foreground group; the parent decides the
	 * order of stopping, so children sit in groups of their own. */
	(void)setpgid(0, 0);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL); /* ours may block some */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || (out >= 0 && dup2(out, STDOUT_FILENO) < 0))
		_exit(127);
	for (; env && *env; env++) {
		const char *eq = strchr(*env, '=');
		char name[128];

		if (!eq || (size_t)(eq - *env) >= sizeof name)
			_exit(127);
		(void)snprintf(name, sizeof name, "%.*s", (int)(eq - *env),
			       *env);
		if (setenv(name, eq + 1, 1))
			_exit(127);
	}
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* Reads the ready line; false when the child ends or time runs out. */
static bool hear_ready(struct child *c, int fd, int seconds, struct err *e)
{
	static const char key[] = "\"listening\":\"";
	int64_t until = clock_monotonic_us() + (int64_t)seconds * 1000000;
	char line[LINE_MAX_BYTES];
	size_t n = 0, len;
	const char *at;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = (until - clock_monotonic_us()) / 1000;
		ssize_t got;

		if (left <= 0 || n + 1 >= sizeof line)
			return err_set(e, ERR_IO, "%s does not get ready",
				       c->name);
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		got = read(fd, line + n, sizeof line - 1 - n);
		if (got <= 0)
			return err_set(e, ERR_IO,
				       "%s ended before it was ready", c->name);
		n += (size_t)got;
		line[n] = '\0';
		if (!strchr(line, '\n'))
			continue;
		at = strstr(line, key);
		if (!at)
			return err_set(e, ERR_IO, "%s says \"%.60s\"", c->name,
				       line);
		at += sizeof key - 1;
		len = strcspn(at, "\"");
		if (len >= sizeof c->url)
			return err_set(e, ERR_IO, "%s: address too long",
				       c->name);
		(void)snprintf(c->url, sizeof c->url, "%.*s", (int)len, at);
		return true;
	}
}

/* What it says goes to our standard error, and nothing is waited for. */
static bool start_deaf(struct child *c, const char *const *argv,
		       const char *const *env, struct err *e)
{
	pid_t parent = getpid();

	(void)fflush(NULL);
	c->pid = fork();
	if (c->pid < 0) {
		c->pid = 0;
		return err_set(e, ERR_IO, "fork: %s", strerror(errno));
	}
	if (c->pid == 0)
		become_child(parent, argv, env, STDERR_FILENO);
	return true;
}

bool child_start(struct child *c, const char *name, const char *const *argv,
		 const char *const *env, int seconds, struct err *e)
{
	int fds[2];
	pid_t parent;
	bool ok;

	*c = (struct child){ .name = name };
	if (seconds < 0)
		return start_deaf(c, argv, env, e);
	if (pipe2(fds, O_CLOEXEC))
		return err_set(e, ERR_IO, "pipe: %s", strerror(errno));
	(void)fflush(NULL);
	parent = getpid();
	c->pid = fork();
	if (c->pid < 0) {
		(void)close(fds[0]);
		(void)close(fds[1]);
		c->pid = 0;
		return err_set(e, ERR_IO, "fork: %s", strerror(errno));
	}
	if (c->pid == 0)
		become_child(parent, argv, env, fds[1]);
	(void)close(fds[1]);
	ok = hear_ready(c, fds[0], seconds, e);
	(void)close(fds[0]);
	if (!ok)
		(void)child_stop(c, 5);
	return ok;
}

static int code_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

bool child_run(const char *const *argv, const char *const *env, int *status,
	       struct err *e)
{
	pid_t pid, parent;

	(void)fflush(NULL);
	parent = getpid();
	pid = fork();
	if (pid < 0)
		return err_set(e, ERR_IO, "fork: %s", strerror(errno));
	if (pid == 0)
		become_child(parent, argv, env, STDERR_FILENO);
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return err_set(e, ERR_IO, "waitpid: %s",
				       strerror(errno));
	return true;
}

bool child_ended(struct child *c, int *code)
{
	int status;

	if (!c->pid || waitpid(c->pid, &status, WNOHANG) != c->pid)
		return false;
	*code = code_of(status);
	c->pid = 0;
	return true;
}

int child_stop(struct child *c, int seconds)
{
	int64_t until = clock_monotonic_us() + (int64_t)seconds * 1000000;
	const struct timespec nap = { .tv_nsec = 10000000 };
	int code = -1;

	if (!c->pid)
		return -1;
	(void)kill(c->pid, SIGTERM);
	while (!child_ended(c, &code)) {
		if (clock_monotonic_us() > until)
			(void)kill(c->pid, SIGKILL);
		(void)nanosleep(&nap, NULL);
	}
	return code;
}
