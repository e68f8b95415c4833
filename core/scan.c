#include "phieu/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "phieu/date.h"

enum {
	SCAN_ARGS = 16,
	SCAN_TEXT = 1024, /* of the setting */
	SAID_BYTES = 1024,
	STEP_MS = 50,
};

#define MEMORY_BYTES ((rlim_t)4 << 30) /* a scanner holds its signatures */
#define WRITE_BYTES  ((rlim_t)1 << 30) /* what it unpacks */
#define OPEN_FILES   ((rlim_t)256)

bool scanner_from(const struct conf *c, struct scanner *out, struct err *e)
{
	const char *program = conf_text(c, "evidence-scanner");
	const char *word = conf_text(c, "evidence-unscanned");

	*out = (struct scanner){
		.program = program && *program ? program : NULL,
		.seconds = (int)conf_int(c, "evidence-scan-seconds"),
		.keep = strcmp(word, "keep") == 0
	};
	if (!out->keep && strcmp(word, "refuse") != 0)
		return err_set(e, ERR_INPUT,
			       "evidence-unscanned is refuse or keep, not "
			       "\"%.40s\"",
			       word);
	if (out->program &&
	    (out->program[0] != '/' || strlen(out->program) >= SCAN_TEXT))
		return err_set(e, ERR_INPUT,
			       "evidence-scanner is a program's whole path, as "
			       "/usr/bin/clamdscan --fdpass");
	return true;
}

static void failed(struct scan *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void failed(struct scan *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	out->state = SCAN_FAILED;
	(void)vsnprintf(out->words, sizeof out->words, fmt, ap);
	va_end(ap);
}

/* ---- the program ------------------------------------------------------- */

/* Its words, NULL after the last; `text` is cut up. */
static bool words_of(char *text, const char *path, char *argv[SCAN_ARGS])
{
	char *save = NULL;
	int n = 0;

	for (char *w = strtok_r(text, " ", &save); w;
	     w = strtok_r(NULL, " ", &save)) {
		if (n >= SCAN_ARGS - 2)
			return false;
		argv[n++] = w;
	}
	argv[n++] = (char *)(uintptr_t)path;
	argv[n] = NULL;
	return n > 1;
}

static void limit(int what, rlim_t most)
{
	const struct rlimit l = { most, most };

	if (setrlimit(what, &l) && errno != EPERM)
		_exit(126);
}

/* Between fork and exec only what a signal handler may call: another thread
 * may hold any lock. */
static void become_scanner(char *const *argv, int said, int seconds)
{
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char lang[] = "LC_ALL=C";
	char *const env[] = { path, lang, NULL };
	int none = open("/dev/null", O_RDONLY);
	sigset_t empty;

	(void)setpgid(0, 0);
	(void)sigemptyset(&empty);
	(void)sigprocmask(SIG_SETMASK, &empty, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || none < 0 ||
	    dup2(none, STDIN_FILENO) < 0 || dup2(said, STDOUT_FILENO) < 0 ||
	    dup2(said, STDERR_FILENO) < 0 || close_range(3, ~0U, 0))
		_exit(126);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, (rlim_t)seconds + 1);
	limit(RLIMIT_AS, MEMORY_BYTES);
	limit(RLIMIT_FSIZE, WRITE_BYTES);
	limit(RLIMIT_NOFILE, OPEN_FILES);
	execve(argv[0], argv, env);
	_exit(127);
}

/* Whether it ended; it stays to be waited for, so that nobody else gets its
 * number before its group is killed. */
static bool has_ended(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		       0 &&
	       info.si_pid == pid;
}

/* Reads all it says, so that it does not wait for us, and keeps the first
 * `cap` bytes.  False: time ran out before it ended. */
static bool listen_to(pid_t pid, int fd, int64_t until, char *said, size_t cap,
		      size_t *n)
{
	char rest[SAID_BYTES];
	bool open = true;

	while (clock_monotonic_us() < until) {
		struct pollfd p = { .fd = open ? fd : -1, .events = POLLIN };
		bool ended = has_ended(pid);
		ssize_t got = 0;

		if (poll(&p, 1, ended ? 0 : STEP_MS) > 0) {
			got = read(fd, rest, sizeof rest);
			open = got > 0;
		}
		for (ssize_t i = 0; i < got && *n < cap; i++)
			said[(*n)++] = rest[i];
		if (ended && got <= 0)
			return true;
	}
	return false;
}

/* Its first line without the path that it begins with. */
static void first_line(const char *said, size_t n, const char *path,
		       struct scan *out)
{
	size_t skip = strlen(path), k = 0;

	if (n <= skip + 2 || memcmp(said, path, skip) != 0 ||
	    memcmp(said + skip, ": ", 2) != 0)
		skip = 0;
	else
		skip += 2;
	for (size_t i = skip; i < n && said[i] != '\n'; i++)
		if (k + 1 < sizeof out->words)
			out->words[k++] =
				(char)(said[i] >= ' ' && said[i] < 0x7F
					       ? said[i]
					       : '?');
	out->words[k] = '\0';
}

static void judge(int status, const char *program, struct scan *out)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	char said[SCAN_WORDS];

	if (code == 0 || code == 1) {
		out->state = code == 0 ? SCAN_CLEAN : SCAN_INFECTED;
		if (out->words[0] == '\0')
			(void)snprintf(out->words, sizeof out->words, "%s",
				       code == 0 ? "clean" : "infected");
		return;
	}
	(void)snprintf(said, sizeof said, "%s", out->words);
	if (code == 127 && said[0] == '\0')
		failed(out, "%.100s cannot be run", program);
	else if (code >= 0)
		failed(out, "the scanner ended with %d%s%.100s", code,
		       said[0] ? ": " : "", said);
	else
		failed(out, "the scanner died of signal %d", WTERMSIG(status));
}

static void run(const struct scanner *s, const char *path, struct scan *out)
{
	int64_t until = clock_monotonic_us() + (int64_t)s->seconds * 1000000;
	char text[SCAN_TEXT], said[SAID_BYTES], *argv[SCAN_ARGS];
	int fds[2], status = 0;
	bool in_time;
	size_t n = 0;
	pid_t pid;

	(void)snprintf(text, sizeof text, "%s", s->program);
	if (!words_of(text, path, argv)) {
		failed(out, "too many words in evidence-scanner");
		return;
	}
	if (pipe2(fds, O_CLOEXEC)) {
		failed(out, "pipe: %s", strerror(errno));
		return;
	}
	pid = fork();
	if (pid == 0)
		become_scanner(argv, fds[1], s->seconds);
	(void)close(fds[1]);
	if (pid < 0) {
		(void)close(fds[0]);
		failed(out, "fork: %s", strerror(errno));
		return;
	}
	(void)setpgid(pid, pid); /* whoever comes first */
	in_time = listen_to(pid, fds[0], until, said, sizeof said, &n);
	(void)kill(-pid, SIGKILL); /* also what it left running */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	(void)close(fds[0]);
	if (!in_time) {
		failed(out, "no answer within %d seconds", s->seconds);
		return;
	}
	first_line(said, n, path, out);
	judge(status, argv[0], out);
}

/* ---- the file ---------------------------------------------------------- */

static bool fill(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

void scan_bytes(const struct scanner *s, const void *bytes, size_t n,
		struct scan *out)
{
	char path[] = "/tmp/phieu-scan.XXXXXX";
	bool good;
	int fd;

	*out = (struct scan){ .state = SCAN_NONE };
	if (!s->program)
		return;
	fd = mkostemp(path, O_CLOEXEC); /* 0600 */
	if (fd < 0) {
		failed(out, "cannot make a temporary file: %s",
		       strerror(errno));
		return;
	}
	good = fill(fd, bytes, n);
	if (!good)
		failed(out, "cannot write a temporary file: %s",
		       strerror(errno));
	if (close(fd) && good) {
		failed(out, "cannot write a temporary file");
		good = false;
	}
	if (good)
		run(s, path, out);
	(void)unlink(path);
}
