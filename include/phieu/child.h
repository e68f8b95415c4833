/* child.h - programs of ours run as children: start, hear they are ready,
 * stop.
 *
 * A child writes one line `{"listening":"http://…"}` to its standard output
 * when it can be used; its standard error is ours.  It is sent SIGTERM when
 * the parent dies, so nothing is left running. */
#ifndef PHIEU_CHILD_H
#define PHIEU_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "phieu/err.h"

struct child {
	pid_t pid; /* 0: none */
	const char *name;
	char url[128]; /* where it listens */
};

/* Path of a program beside the one running; caller frees. */
char *child_program(const char *name, struct err *e) MUST_USE;

/* `argv` as for execv, argv[0] the path.  `env` are NAME=value settings put
 * over the present environment, NULL-terminated.  Waits at most `seconds`
 * for the line; below 0: a child that says none, what it says goes to our
 * standard error. */
bool child_start(struct child *c, const char *name, const char *const *argv,
		 const char *const *env, int seconds, struct err *e) MUST_USE;
/* Runs to its end; *status as from waitpid.  What it says goes to our standard
 * error: standard output is the caller's own. */
bool child_run(const char *const *argv, const char *const *env, int *status,
	       struct err *e) MUST_USE;
/* SIGTERM, waits at most `seconds`, then SIGKILL.  Returns the exit code, 128
 * + the signal, or -1 when there was no child. */
int child_stop(struct child *c, int seconds);
/* Reaps it when it has ended: true, and *code as above. */
bool child_ended(struct child *c, int *code);

#endif
