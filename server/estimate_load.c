#include "phieu/estimate_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 20)

static bool push_all(int fd, const char *path, struct frame_csv *c, char *piece,
		     struct err *e)
{
	for (;;) {
		ssize_t got = read(fd, piece, PIECE);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(e, ERR_IO, "%s: %s", path,
				       strerror(errno));
		if (got == 0)
			break;
		if (!frame_csv_push(c, piece, (size_t)got, e))
			return err_wrap(e, "%s", path);
	}
	return frame_csv_end(c, e) || err_wrap(e, "%s", path);
}

static bool load_file(const char *path, struct frame *f, struct err *e)
{
	bool in = strcmp(path, "-") == 0, ok = false;
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char *piece = malloc(PIECE);
	struct frame_csv c;

	frame_csv_init(&c, f);
	if (fd < 0)
		(void)err_set(e, ERR_INPUT, "%s: %s", path, strerror(errno));
	else if (!piece)
		(void)err_set(e, ERR_NOMEM, "out of memory");
	else
		ok = push_all(fd, path, &c, piece, e);
	frame_csv_clear(&c);
	free(piece);
	if (fd >= 0 && !in)
		(void)close(fd);
	return ok;
}

static bool beside(const char *spec_path, const char *name, struct buf *out)
{
	const char *slash = strrchr(spec_path, '/');

	out->len = 0;
	if (name[0] != '/' && slash && strcmp(name, "-") != 0)
		buf_add(out, spec_path, (size_t)(slash + 1 - spec_path));
	buf_adds(out, name);
	return buf_cstr(out) != NULL;
}

bool load_files(const struct spec *s, const char *spec_path, struct frame *f,
		struct err *e)
{
	struct buf path = BUF_INIT(8192);
	bool ok = true;

	for (size_t i = 0; ok && i < s->data.n; i++)
		ok = beside(spec_path, s->data.name[i], &path)
			     ? load_file(buf_cstr(&path), f, e)
			     : err_set(e, ERR_INPUT, "the path is too long");
	buf_free(&path);
	return ok && frame_done(f, e);
}
