/* file.h - whole files in, whole files out. */
#ifndef PHIEU_FILE_H
#define PHIEU_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "phieu/err.h"

/* The file's bytes with a NUL after them; caller frees.  "-" reads standard
 * input.  ERR_INPUT when it is missing or larger than `max`, ERR_IO. */
char *file_read(const char *path, size_t max, size_t *n,
		struct err *e) MUST_USE;

/* Writes beside the file, syncs, renames over it and syncs the folder: after
 * a power cut there is the old file or the new one, never a part.  `mode` as
 * for open.  A device or pipe (/dev/stdout, wherever that leads) is written to,
 * not replaced; a link stays, what it leads to is replaced; ERR_INPUT for one
 * that another user laid. */
bool file_write(const char *path, const void *p, size_t n, unsigned mode,
		struct err *e) MUST_USE;

/* Makes the file where there is none, for libraries that would say only at
 * the end, and on standard error, that they cannot write it.  ERR_IO. */
bool file_may_write(const char *path, struct err *e) MUST_USE;

/* Makes a name given in the folder of `path` outlast a power cut. */
bool file_sync_folder(const char *path, struct err *e) MUST_USE;

#endif
