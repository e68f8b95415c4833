/* err.h - the one error type every function that can fail fills in.
 *
 * A function that can fail returns bool or a pointer and takes
 * `struct err *e` last, never NULL.  On failure `e` says what happened; on
 * success `e` is untouched.  The outermost caller (main, request handler)
 * owns it and is the only one that logs it. */
#ifndef PHIEU_ERR_H
#define PHIEU_ERR_H

#include <stdbool.h>

#define MUST_USE __attribute__((warn_unused_result))

enum err_kind {
	ERR_NONE = 0,
	ERR_INPUT,    /* the user sent something wrong; show it to them  */
	ERR_CONFLICT, /* valid input, but the state forbids it            */
	ERR_DENIED,   /* authenticated but not allowed                    */
	ERR_DB,	      /* PostgreSQL said no; sqlstate is set              */
	ERR_DOWN,     /* PostgreSQL cannot be reached; try again          */
	ERR_IO,
	ERR_MATH, /* not computable: zero weight, no answers, ...     */
	ERR_NOMEM,
	ERR_BUG /* an invariant of ours is broken                   */
};

struct err {
	enum err_kind kind;
	char sqlstate[6];
	char msg[256];	  /* short, lower case, no final stop */
	char detail[256]; /* facts for the log; may hold a file:line */
};

/* Fills `e` and returns false, so callers can `return err_set(...)`. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "context: " before the message, kind and sqlstate stay.  Returns
 * false.  The first writer's words are kept; what does not fit is cut. */
bool err_wrap(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What is said when memory is short.  Returns false. */
static inline bool err_no_memory(struct err *e)
{
	(void)err_set(e, ERR_NOMEM, "out of memory");
	return false;
}

const char *err_kind_name(enum err_kind kind);
int err_http_status(enum err_kind kind); /* INPUT 400, CONFLICT 409, ... */

/* Exit codes of every program of ours. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_PARTLY = 3 };

#endif
