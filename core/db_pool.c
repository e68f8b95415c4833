/* A small pool: connections are opened when wanted and kept. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "phieu/db.h"

struct db_pool {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	char *conninfo, *application;
	int timeout_ms;
	size_t max, out; /* out: lent, or being opened */
	size_t n_idle;
	struct db *idle[];
};

struct db_pool *db_pool_new(const char *conninfo, const char *application,
			    size_t max, int statement_timeout_ms, struct err *e)
{
	struct db_pool *p = NULL;
	pthread_condattr_t a;

	if (max > 0 && max < 1000)
		p = calloc(1, sizeof *p + max * sizeof(struct db *));
	if (!p) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	p->conninfo = strdup(conninfo);
	p->application = strdup(application);
	p->max = max;
	p->timeout_ms = statement_timeout_ms;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&a);
	(void)pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->freed, &a);
	(void)pthread_condattr_destroy(&a);
	if (!p->conninfo || !p->application) {
		err_set(e, ERR_NOMEM, "out of memory");
		db_pool_free(p);
		return NULL;
	}
	return p;
}

void db_pool_free(struct db_pool *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_idle; i++)
		db_close(p->idle[i]);
	(void)pthread_cond_destroy(&p->freed);
	(void)pthread_mutex_destroy(&p->lock);
	free(p->conninfo);
	free(p->application);
	free(p);
}

static struct timespec after_ms(int ms)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

/* An idle connection may have been cut meanwhile; the end of the stream stands
 * behind a farewell that is still unread. */
static bool hung_up(const struct db *db)
{
	struct pollfd f = { .fd = db_socket(db), .events = POLLRDHUP };

	return poll(&f, 1, 0) > 0;
}

struct db *db_pool_take(struct db_pool *p, int wait_ms, struct err *e)
{
	struct timespec until = after_ms(wait_ms);
	struct db *db = NULL;
	int rc = 0;

	(void)pthread_mutex_lock(&p->lock);
	while (p->out >= p->max && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&p->freed, &p->lock, &until);
	if (p->out >= p->max) {
		(void)pthread_mutex_unlock(&p->lock);
		err_set(e, ERR_DOWN, "all database connections are in use");
		return NULL;
	}
	p->out++;
	if (p->n_idle > 0)
		db = p->idle[--p->n_idle];
	(void)pthread_mutex_unlock(&p->lock);
	if (db && !hung_up(db))
		return db;
	db_close(db);
	db = db_open(p->conninfo, p->application, DB_SERVICE_ROLE,
		     p->timeout_ms, e);
	if (!db)
		db_pool_give(p, NULL);
	return db;
}

void db_pool_give(struct db_pool *p, struct db *db)
{
	if (db) {
		db_rollback(db);
		if (!db_is_up(db)) {
			db_close(db);
			db = NULL;
		}
	}
	(void)pthread_mutex_lock(&p->lock);
	p->out--;
	if (db)
		p->idle[p->n_idle++] = db;
	(void)pthread_cond_signal(&p->freed);
	(void)pthread_mutex_unlock(&p->lock);
}
