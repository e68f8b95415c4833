#include "phieu/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool grow(char **p, size_t *cap, size_t max)
{
	size_t more = *cap ? *cap * 2 : 65536;
	char *q;

	if (more > max + 2)
		more = max + 2; /* one past the limit shows that it is past */
	q = realloc(*p, more);
	if (!q)
		return false;
	*p = q;
	*cap = more;
	return true;
}

char *file_read(const char *path, size_t max, size_t *n, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t cap = 0, len = 0;
	char *p = NULL;
	bool ok = false;

	if (fd < 0) {
		(void)err_set(e, ERR_INPUT, "%s: %s", path, strerror(errno));
		return NULL;
	}
	for (;;) {
		ssize_t got;

		if (len + 1 >= cap && !grow(&p, &cap, max)) {
			(void)err_set(e, ERR_NOMEM, "out of memory");
			break;
		}
		got = read(fd, p + len, cap - len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			(void)err_set(e, ERR_IO, "%s: %s", path,
				      strerror(errno));
			break;
		}
		len += (size_t)got;
		if (len > max) {
			(void)err_set(e, ERR_INPUT,
				      "%s is larger than %zu bytes", path, max);
			break;
		}
		if (got == 0) {
			ok = true;
			break;
		}
	}
	if (!is_stdin)
		(void)close(fd);
	if (!ok) {
		free(p);
		return NULL;
	}
	p[len] = '\0';
	*n = len;
	return p;
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

/* A device, a pipe, a terminal: renaming a file over it would put the file in
 * its place for everyone. */
static bool is_stream(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

/* The descriptor that /dev/stdout and its like lead to, also when that is a
 * file: opened anew it would be written from its beginning.  -1: none. */
static int own_stream(const char *path)
{
	struct stat at, mine;

	if (stat(path, &at) != 0)
		return -1;
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (fstat(fd, &mine) == 0 && mine.st_dev == at.st_dev &&
		    mine.st_ino == at.st_ino)
			return fd;
	return -1;
}

static bool write_stream(const char *path, const void *p, size_t n,
			 struct err *e)
{
	int own = own_stream(path), fd;
	bool ok;

	if (own >= 0) /* after what was printed before */
		return (fflush(NULL) == 0 && write_all(own, p, n)) ||
		       err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	ok = fd >= 0 && write_all(fd, p, n);
	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	return ok || err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
}

static bool is_link(const char *path, uid_t *owner)
{
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISLNK(st.st_mode))
		return false;
	*owner = st.st_uid;
	return true;
}

bool file_sync_folder(const char *path, struct err *e)
{
	char *copy = strdup(path);
	int fd;
	bool ok;

	if (!copy)
		return err_set(e, ERR_NOMEM, "out of memory");
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok = fd >= 0 && fsync(fd) == 0;
	if (!ok)
		(void)err_set(e, ERR_IO, "%s: %s", copy, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	free(copy);
	return ok;
}

static bool replace(const char *path, const void *p, size_t n, unsigned mode,
		    struct err *e)
{
	char *tmp = NULL;
	int fd = -1;
	bool ok = false;

	if (asprintf(&tmp, "%s.new.%ld", path, (long)getpid()) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  mode);
	if (fd < 0) {
		(void)err_set(e, ERR_IO, "%s: %s", tmp, strerror(errno));
		goto out;
	}
	ok = write_all(fd, p, n) && fsync(fd) == 0;
	ok = close(fd) == 0 && ok && rename(tmp, path) == 0;
	if (!ok) {
		(void)err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
		(void)unlink(tmp);
	}
	ok = ok && file_sync_folder(path, e);
out:
	free(tmp);
	return ok;
}

bool file_write(const char *path, const void *p, size_t n, unsigned mode,
		struct err *e)
{
	uid_t owner = 0;
	char *target;
	bool ok;

	if (is_stream(path))
		return write_stream(path, p, n, e);
	if (!is_link(path, &owner))
		return replace(path, p, n, mode, e);
	if (own_stream(path) >= 0)
		return write_stream(path, p, n, e);
	/* a link stays what it is; one that another user laid is not followed:
	 * it may lead to what only we may write */
	if (owner != geteuid() && owner != 0)
		return err_set(e, ERR_INPUT, "%s is a link of another user",
			       path);
	target = realpath(path, NULL);
	if (!target)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	ok = replace(target, p, n, mode, e);
	free(target);
	return ok;
}

bool file_may_write(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return err_set(e, ERR_IO, "cannot write %s: %s", path,
			       strerror(errno));
	(void)close(fd);
	return true;
}
