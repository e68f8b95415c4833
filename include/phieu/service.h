/* service.h - the collector: one thread, one event loop.
 *
 * HTTP and the sockets of a few writing connections are waited for together.
 * A request is read and checked at once and queued; whenever a writer is
 * free, all that waits goes into one transaction (group commit), so that
 * with one client nothing is delayed and with many the cost of a commit is
 * shared.  A reply is given only after its commit. */
#ifndef PHIEU_SERVICE_H
#define PHIEU_SERVICE_H

#include "phieu/buf.h"
#include "phieu/conf.h"
#include "phieu/err.h"

struct service;

/* Connects (as the collector's role, refusing an owner's address and a
 * server that is not durable) and listens.  `c` outlives the service, which
 * reads it anew on SIGHUP. */
struct service *service_new(struct conf *c, struct err *e) MUST_USE;
void service_free(struct service *s);
/* "http://127.0.0.1:8081" */
const char *service_url(const struct service *s);
/* Until SIGTERM or SIGINT (blocked before by the caller, read from signal_fd,
 * which does not block): stops accepting, finishes what has begun.  Returns
 * how many requests were cut off.  SIGHUP, from the same place, takes up the
 * reloadable settings and the TLS files; what fails is logged and changes
 * nothing that is served. */
unsigned service_run(struct service *s, int signal_fd);
/* Lines `METHOD pattern permission`. */
void service_print_routes(struct buf *out);

#endif
