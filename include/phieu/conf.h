/* conf.h - settings of the programs: one table, four sources.
 *
 * Default < file (key = value, # comments) < environment PHIEU_<KEY> (upper
 * case, - as _) < command-line option --key, whatever the order of the calls.
 * An unknown key is an error; an empty text stands for the default.
 * docs/CONFIG.md is checked against the table in conf_table.c. */
#ifndef PHIEU_CONF_H
#define PHIEU_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

enum conf_type { CONF_TEXT, CONF_INT, CONF_BOOL, CONF_SIZE /* 10M */ };

struct conf_key {
	const char *name;   /* "listen-port" */
	const char *def;    /* NULL: no default, value is NULL / 0 / false */
	const char *help;   /* one line */
	long long min, max; /* of INT and SIZE */
	enum conf_type type;
	bool reloadable; /* SIGHUP takes it up */
	bool secret;	 /* its value is in no message */
};

extern const struct conf_key conf_table[];
extern const size_t conf_table_n;

struct conf;

struct conf *conf_new(struct err *e) MUST_USE; /* the defaults */
void conf_free(struct conf *c);
bool conf_file(struct conf *c, const char *path, struct err *e) MUST_USE;
/* The same from memory: `text` of n bytes; what names it in errors. */
bool conf_parse(struct conf *c, const char *text, size_t n, const char *what,
		struct err *e) MUST_USE;
/* Reads the files again and takes up the reloadable settings that no
 * environment or option overrides; an error leaves everything as it was.
 * Texts borrowed of reloadable settings end with the call; numbers may be
 * read by other threads meanwhile. */
bool conf_reload(struct conf *c, struct err *e) MUST_USE;
bool conf_env(struct conf *c, char *const *envp, struct err *e) MUST_USE;
bool conf_set(struct conf *c, const char *key, const char *value,
	      struct err *e) MUST_USE;
/* Takes --key value, --key=value and --bool out of argv in place; what it
 * does not know stays (for the command's own options).  --config FILE is
 * read at once. */
bool conf_args(struct conf *c, int *argc, char **argv, struct err *e) MUST_USE;

/* Asking for a key that is not in the table is a bug (assert). */
const char *conf_text(const struct conf *c, const char *key); /* borrowed */
int64_t conf_int(const struct conf *c, const char *key);      /* INT and SIZE */
bool conf_bool(const struct conf *c, const char *key);

#endif
