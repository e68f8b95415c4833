#include "phieu/estimate_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/csv.h"
#include "phieu/file.h"

#define PIECE	    ((size_t)1 << 20)
#define TABLE_BYTES ((size_t)1 << 30)

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

/* Every column, the first as codes, the others as numbers. */
static bool want_all(const struct csv *c, struct frame *f, struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (frame_want(f, c->cells[i].s,
			       i == 0 ? FRAME_CODE : FRAME_NUMBER) ==
		    FRAME_NONE)
			return err_set(e, ERR_INPUT, "too many columns");
	return frame_header(f, c->cells, c->n, e);
}

static bool table_rows(const char *text, size_t n, struct frame *f,
		       struct err *e)
{
	struct csv c;
	bool ok;
	int got;

	if (!csv_open(&c, text, n, e))
		return false;
	got = csv_next(&c, e);
	ok = got > 0   ? want_all(&c, f, e)
	     : got < 0 ? false
		       : err_set(e, ERR_INPUT, "the file is empty");
	while (ok && (got = csv_next(&c, e)) > 0)
		ok = frame_row(f, c.cells, c.n, c.line, e);
	csv_close(&c);
	return ok && got == 0 && frame_done(f, e);
}

bool load_table(const char *spec_path, const char *name, struct frame *f,
		struct err *e)
{
	struct buf path = BUF_INIT(8192);
	char *text = NULL;
	size_t n = 0;
	bool ok = beside(spec_path, name, &path) ||
		  err_set(e, ERR_INPUT, "the path is too long");

	if (ok)
		text = file_read(buf_cstr(&path), TABLE_BYTES, &n, e);
	ok = text &&
	     (table_rows(text, n, f, e) || err_wrap(e, "%s", buf_cstr(&path)));
	free(text);
	buf_free(&path);
	return ok;
}
