/* secret.h - how the command line takes secrets and says who acts. */
#ifndef PHIEU_SECRET_H
#define PHIEU_SECRET_H

#include <stddef.h>

#include "phieu/err.h"

/* The first line of `file`, or typed without echo (asked twice when `twice`),
 * or a line of standard input when that is no terminal.  Never from the
 * arguments: those can be read by everybody on the machine.  Caller frees
 * with secret_free. */
char *secret_read(const char *file, const char *prompt, bool twice,
		  struct err *e) MUST_USE;
void secret_free(char *s); /* wiped first */

/* Who acts, for the log: "cli:" and the user who signed in to the machine,
 * also behind sudo. */
void actor_name(char *out, size_t max);

#endif
