/* cluster.h - phieu's own private PostgreSQL.
 *
 * State lives in one directory (state-dir): data/, sock/, log.  Started by
 * root, everything in it belongs to and runs as an unprivileged user (conf
 * key `user`, default postgres); by a user, to that user.  Socket only, no
 * TCP; directory mode 0700; checksums on; full durability. */
#ifndef PHIEU_CLUSTER_H
#define PHIEU_CLUSTER_H

#include <stdbool.h>

#include "phieu/conf.h"
#include "phieu/err.h"

/* Default state-dir: root /var/lib/phieu, else $XDG_DATA_HOME/phieu or
 * ~/.local/share/phieu.  Returns the configured or default one; caller
 * frees. */
char *cluster_state_dir(const struct conf *c, struct err *e) MUST_USE;
/* Makes it where it is missing, and what is above it: mode 0700, of the user
 * that services run as.  For who needs it without a private cluster. */
bool cluster_state_make(const char *state_dir, const struct conf *c,
			struct err *e) MUST_USE;
/* initdb if needed, start, wait until it answers, create the database.
 * *started false when it ran already. */
bool cluster_start(const char *state_dir, const struct conf *c, bool *started,
		   struct err *e) MUST_USE;
bool cluster_stop(const char *state_dir, const struct conf *c,
		  struct err *e) MUST_USE;
bool cluster_running(const char *state_dir);
bool cluster_exists(const char *state_dir); /* made, running or not */
/* "host=… dbname=phieu user=phieu_<role>", caller frees; role "collector",
 * "server", …; NULL: the owner. */
char *cluster_address(const char *state_dir, const char *role,
		      struct err *e) MUST_USE;
/* Path of one of PostgreSQL's programs ("pg_dump"), caller frees. */
char *cluster_program(const struct conf *c, const char *name,
		      struct err *e) MUST_USE;
/* Become the unprivileged user for good (no-op when not root); services call
 * it first thing.  Sets PR_SET_NO_NEW_PRIVS. */
bool drop_privileges(const struct conf *c, struct err *e) MUST_USE;

#endif
