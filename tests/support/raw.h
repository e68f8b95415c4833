/* raw.h - a client that sends bytes as they are: tests of HTTP need what no
 * library would send. */
#ifndef TESTS_RAW_H
#define TESTS_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct raw {
	int fd;
	char *in; /* received, not yet taken */
	size_t n, cap;
};

struct raw_reply {
	int status; /* 0: closed without an answer */
	char *head; /* status line and headers, NUL-terminated */
	char *body;
	size_t body_n;
};

/* 127.0.0.1; fails the test when nobody listens. */
struct raw raw_open(uint16_t port);
void raw_close(struct raw *r);
void raw_send(struct raw *r, const void *p, size_t n);
void raw_ends(struct raw *r); /* nothing more will be sent */
void raw_text(struct raw *r, const char *text);
/* One reply, at most ten seconds.  `no_body`: it answers a HEAD. */
struct raw_reply raw_take(struct raw *r, bool no_body);
void raw_reply_free(struct raw_reply *p);
/* Value of a header in `out`; false when absent. */
bool raw_header(const struct raw_reply *p, const char *name, char *out,
		size_t max);
/* Has the peer closed, with nothing left to take?  Waits ten seconds. */
bool raw_is_closed(struct raw *r);

#endif
