/* Work on files from outside in a process of its own: it cannot open, send,
 * start or signal anything, has bounds on memory and time, and its end,
 * however it comes, is an event of the loop.  What it has to say it writes
 * to a nameless file in memory. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/log.h"
#include "service_impl.h"

enum {
	CHILD_OUT = 3, /* where the child finds its output */
	CHILD_SECONDS = 20,
	CHILD_FILES = 64
};
#define CHILD_MEMORY ((rlim_t)512 << 20) /* more than the collector's own */
#define CHILD_BYTES  ((rlim_t)256 << 20) /* of output and temporary files */

#if defined(__SANITIZE_ADDRESS__) || !defined(__x86_64__)
#define PLAIN 1 /* a sanitizer maps terabytes and wants its own calls */
#else
#define PLAIN 0
#endif

static void limit(int what, rlim_t n)
{
	struct rlimit l = { .rlim_cur = n, .rlim_max = n };

	(void)setrlimit(what, &l);
}

static rlim_t mapped(void)
{
	char text[64] = { 0 };
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	unsigned long pages = 0;

	if (fd >= 0) {
		if (read(fd, text, sizeof text - 1) > 0)
			pages = strtoul(text, NULL, 10);
		(void)close(fd);
	}
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

#if !PLAIN
#define DENY(call)                                              \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

/* A parser that somebody has taken over has no other process to go to and no
 * line to the outside. */
static bool confine(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		DENY(execve),
		DENY(execveat),
		DENY(fork),
		DENY(vfork),
		DENY(clone),
		DENY(clone3),
		DENY(kill),
		DENY(tkill),
		DENY(rt_sigqueueinfo),
		DENY(ptrace),
		DENY(process_vm_readv),
		DENY(process_vm_writev),
		DENY(pidfd_send_signal),
		DENY(pidfd_getfd),
		DENY(socket),
		DENY(socketpair),
		DENY(connect),
		DENY(bind),
		DENY(sendto),
		DENY(sendmsg),
		DENY(sendmmsg),
		DENY(io_uring_setup),
		DENY(bpf),
		DENY(open_by_handle_at),
		DENY(mount),
		DENY(setuid),
		DENY(setgid),
		DENY(rename),
		DENY(renameat),
		DENY(renameat2),
		DENY(link),
		DENY(linkat),
		DENY(symlink),
		DENY(symlinkat),
		DENY(chmod),
		DENY(fchmod),
		DENY(chown),
		DENY(truncate),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	};
	struct sock_fprog prog = { .len = sizeof code / sizeof code[0],
				   .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) == 0;
}
#else
static bool confine(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}
#endif

static _Noreturn void be_child(int out, bool files,
			       bool (*work)(int fd, void *ctx), void *ctx)
{
	if (dup2(out, CHILD_OUT) < 0)
		_exit(2);
	(void)close_range(CHILD_OUT + 1, ~0u, 0);
	(void)close(0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (!PLAIN)
		limit(RLIMIT_AS, mapped() + CHILD_MEMORY);
	limit(RLIMIT_CPU, CHILD_SECONDS);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, CHILD_BYTES);
	limit(RLIMIT_NOFILE, files ? CHILD_FILES : 0);
	if (!confine())
		_exit(2);
	_exit(work(CHILD_OUT, ctx) ? 0 : 1);
}

bool child_start(struct service *s, struct child_run *c, bool files,
		 bool (*work)(int fd, void *ctx), void *ctx, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	c->out = memfd_create("phieu-import", MFD_CLOEXEC);
	c->pid = c->out >= 0 ? fork() : -1;
	if (c->pid == 0)
		be_child(c->out, files, work, ctx);
	c->pidfd = c->pid > 0 ? pidfd_open(c->pid, 0) : -1;
	if (c->pidfd >= 0 &&
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, c->pidfd, &ev) == 0) {
		c->next = s->children;
		s->children = c;
		return true;
	}
	err_set(e, ERR_IO, "cannot start a process: %s", strerror(errno));
	child_drop(s, c);
	return false;
}

void child_drop(struct service *s, struct child_run *c)
{
	struct child_run **at = &s->children;

	while (*at && *at != c)
		at = &(*at)->next;
	if (*at)
		*at = c->next;
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	if (c->pidfd >= 0)
		(void)close(c->pidfd);
	if (c->out >= 0)
		(void)close(c->out);
	c->pid = c->pidfd = c->out = -1;
}

char *child_take(struct service *s, struct child_run *c, size_t *n)
{
	off_t size = lseek(c->out, 0, SEEK_END);
	char number[16], *out = NULL;
	size_t got = 0;
	int status = 0;

	if (waitpid(c->pid, &status, 0) != c->pid)
		status = -1;
	c->pid = -1;
	if (status == 0 && size >= 0)
		out = malloc((size_t)size + 1);
	while (out && got < (size_t)size) {
		ssize_t k = pread(c->out, out + got, (size_t)size - got,
				  (off_t)got);
		if (k <= 0) {
			free(out);
			out = NULL;
			break;
		}
		got += (size_t)k;
	}
	if (status != 0) {
		(void)snprintf(number, sizeof number, "%d", status);
		log_event(LOG_WARN, NULL, "import-process-ended", "status",
			  number, NULL);
	}
	*n = got;
	child_drop(s, c);
	return out;
}

bool child_event(struct service *s, void *tag)
{
	for (struct child_run *c = s->children; c; c = c->next) {
		if (c == tag) {
			c->done(s, c);
			return true;
		}
	}
	return false;
}
