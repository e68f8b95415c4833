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

static bool write_stream(const char *path, const void *p, size_t n,
			 struct err *e)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	bool ok = fd >= 0 && write_all(fd, p, n);

	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	return ok || err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
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

bool file_write(const char *path, const void *p, size_t n, unsigned mode,
		struct err *e)
{
	char *tmp = NULL;
	int fd = -1;
	bool ok = false;

	if (is_stream(path))
		return write_stream(path, p, n, e);
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
