/* log.h - one line an event to stderr: `ts level id=… event key=value …`.
 *
 * Never answers, tokens, passwords.  Values are escaped (control characters,
 * quotes), so a line is always one line. */
#ifndef PHIEU_LOG_H
#define PHIEU_LOG_H

#include "phieu/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level max);
/* Whether a line of this level would be written. */
bool log_takes(enum log_level l);
bool log_level_parse(const char *s, enum log_level *out,
		     struct err *e) MUST_USE;

/* `event` is a fixed word; then pairs of const char * key, value, ended by
 * NULL.  `id` is the request or batch, NULL where there is none. */
void log_event(enum log_level l, const char *id, const char *event, ...)
	__attribute__((sentinel));
void log_err(enum log_level l, const char *id, const char *event,
	     const struct err *e);

#endif
