/* run_as.h - start another program, as an unprivileged user when we are root.
 *
 * No shell in between.  The child gets a bare environment (PATH, HOME, LC_ALL)
 * so that nobody's PGOPTIONS or PGDATA reaches our PostgreSQL. */
#ifndef PHIEU_RUN_AS_H
#define PHIEU_RUN_AS_H

#include <stdbool.h>
#include <sys/types.h>

#include "phieu/buf.h"
#include "phieu/conf.h"
#include "phieu/err.h"

struct run_as {
	uid_t uid;
	gid_t gid;
	bool change; /* we are root: children become uid */
	char name[64];
};

/* Root: the conf key `user`, which must not be root itself (ERR_INPUT); else
 * whoever we are. */
bool run_as_init(struct run_as *who, const struct conf *c,
		 struct err *e) MUST_USE;
/* argv[0] is a path.  What the program says goes to `out` (may be NULL), cut
 * at its maximum.  ERR_IO with the last of what it said on an exit code
 * other than 0. */
bool run_as_program(const struct run_as *who, const char *const *argv,
		    struct buf *out, struct err *e) MUST_USE;
/* The same with files: `in` (-1: nothing) and `out` (-1: to the buffer above)
 * become its standard input and output, `password` (may be NULL) its
 * PGPASSWORD: arguments can be read by everybody on the machine. */
struct run_io {
	int in, out;
	const char *password;
};
bool run_as_with(const struct run_as *who, const char *const *argv,
		 const struct run_io *io, struct buf *out,
		 struct err *e) MUST_USE;
/* May that user read, write and enter the directory? */
bool run_as_reaches(const struct run_as *who, const char *dir);
/* Gives a file or directory to that user (no-op unless `change`). */
bool run_as_give(const struct run_as *who, const char *path,
		 struct err *e) MUST_USE;

#endif
