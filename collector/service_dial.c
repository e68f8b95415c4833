/* Connections to the database, made without stopping the loop. */
#include <sys/epoll.h>

#include "phieu/date.h"
#include "service_impl.h"

bool watch(struct service *s, struct db *db, void *tag, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = tag };
	int fd = db_socket(db);

	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) == 0 ||
	    epoll_ctl(s->epoll, EPOLL_CTL_MOD, fd, &ev) == 0)
		return true;
	return err_set(e, ERR_IO, "cannot watch a connection");
}

int service_timeout(const struct service *s, bool look)
{
	int ms = (int)conf_int(s->conf, "statement-timeout-ms");

	return look && ms > LOOK_MS ? LOOK_MS : ms;
}

int64_t retry_after(int64_t *wait_us)
{
	int64_t at = clock_monotonic_us() + *wait_us;

	*wait_us = *wait_us * 2 > RETRY_LAST_US ? RETRY_LAST_US : *wait_us * 2;
	return at;
}

void dial_give_up(struct dial *d)
{
	db_close(d->db); /* which takes its socket out of the epoll set */
	*d = (struct dial){ 0 };
}

/* libpq may have gone on to another address with another socket. */
static bool rewatch(struct service *s, struct dial *d, void *tag, bool write,
		    struct err *e)
{
	struct epoll_event ev = { .events = write ? EPOLLOUT : EPOLLIN,
				  .data.ptr = tag };
	int fd = db_socket(d->db);

	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) != 0 &&
	    epoll_ctl(s->epoll, EPOLL_CTL_MOD, fd, &ev) != 0)
		return err_set(e, ERR_IO, "cannot watch a connection");
	return true;
}

static enum db_poll settle(struct service *s, struct dial *d, void *tag,
			   struct db **out, struct err *e)
{
	int timeout = service_timeout(s, out == &s->look);

	if (!db_dial_done(d->db, DB_SERVICE_ROLE, timeout, e) ||
	    !watch(s, d->db, tag, e)) {
		dial_give_up(d);
		return DB_FAILED;
	}
	*out = d->db;
	*d = (struct dial){ 0 };
	return DB_READY;
}

enum db_poll dial_go_on(struct service *s, struct dial *d, void *tag,
			struct db **out, struct err *e)
{
	bool write = true;
	enum db_poll p = DB_FAILED;

	if (!d->db) {
		d->db = db_dial(s->address, "phieu-collector", e);
		d->until_us =
			clock_monotonic_us() + DIAL_SECONDS * INT64_C(1000000);
		p = d->db ? DB_WAITING : DB_FAILED;
	} else if (clock_monotonic_us() < d->until_us) {
		p = db_dial_poll(d->db, &write, e);
	} else {
		err_set(e, ERR_DOWN, "no answer in %d s", DIAL_SECONDS);
	}
	if (p == DB_READY)
		return settle(s, d, tag, out, e);
	if (p == DB_WAITING && rewatch(s, d, tag, write, e))
		return DB_WAITING;
	dial_give_up(d);
	return DB_FAILED;
}
