/* archive_file.h - `phieu verify FILE`, shared by the command's two forms. */
#ifndef SERVER_ARCHIVE_FILE_H
#define SERVER_ARCHIVE_FILE_H

#include "phieu/commands.h"

/* Opens, recomputes and tells; the exit code.  3: something was left
 * unchecked because it is not in the archive. */
int archive_verify(const char *path, const char *key, const char *phrase);

#endif
