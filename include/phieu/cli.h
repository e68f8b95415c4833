/* cli.h - programs with sub-commands as one table. */
#ifndef PHIEU_CLI_H
#define PHIEU_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "phieu/err.h"

struct cmd {
	const char *name;    /* "plan check"; words separated by one space */
	const char *summary; /* one line */
	const char *usage;   /* "phieu plan check FILE", options below it */
	int (*run)(int argc, char **argv, void *app); /* argv[0]: the name */
};

/* Finds the longest matching command, answers --help and unknown words
 * (nearest name proposed), runs.  Returns the exit code. */
int cli_run(const char *program, const struct cmd *cmds, size_t n, int argc,
	    char **argv, void *app);

/* Options of one command: {"--json", &flag, NULL}, {"--wave", NULL, &text}.
 * Takes them out of argv; an unknown option or a missing value is
 * ERR_INPUT.  "--" ends options.  *argc is what is left. */
struct cli_opt {
	const char *name;
	bool *flag;
	const char **text;
};
bool cli_options(const struct cli_opt *opts, size_t n, int *argc, char **argv,
		 struct err *e) MUST_USE;

/* Prints "program: message" on stderr and returns the exit code by kind. */
int cli_fail(const char *program, const struct err *e);

/* What a command says, all of it or an error: ERR_NOMEM when `b` is broken,
 * ERR_IO. */
struct buf;
bool cli_put(const struct buf *b, FILE *to, struct err *e) MUST_USE;

/* A table for people: columns padded by display width, numbers right. */
struct table;
struct table *table_new(size_t columns);
/* With its heads and a line below them; columns from `right` on are numbers. */
struct table *table_headed(const char *const *heads, size_t n, size_t right);
void table_free(struct table *t);
void table_cell(struct table *t, const char *text); /* row by row; copied */
void table_rule(struct table *t);		    /* a line across    */
void table_right(struct table *t, size_t column);
void table_print(const struct table *t, FILE *to);

#endif
