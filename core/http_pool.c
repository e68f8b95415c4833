/* Workers of the threads mode.  One loop thread runs the library; workers run
 * auth hooks and handlers, which may block, and hand requests back. */
#include "http_impl.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct http_pool {
	struct http_server *s;
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_t loop, *workers;
	unsigned n_workers;
	struct http_conn *head, **tail; /* to do */
	struct http_conn *done;
	int wake;
	bool stopping, loop_ends, has_loop;
};

static void wake(struct http_pool *p)
{
	uint64_t one = 1;

	while (write(p->wake, &one, sizeof one) < 0 && errno == EINTR)
		;
}

void http_pool_wake(struct http_server *s)
{
	wake(s->pool);
}

static void push(struct http_conn *c)
{
	struct http_pool *p = c->s->pool;

	(void)pthread_mutex_lock(&p->lock);
	c->next_job = NULL;
	*p->tail = c;
	p->tail = &c->next_job;
	(void)pthread_cond_signal(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
}

void http_pool_auth(struct http_conn *c)
{
	push(c);
}

void http_pool_run(struct http_conn *c)
{
	push(c);
}

void http_pool_done(struct http_conn *c)
{
	struct http_pool *p = c->s->pool;

	(void)pthread_mutex_lock(&p->lock);
	c->next_job = p->done;
	p->done = c;
	(void)pthread_mutex_unlock(&p->lock);
	wake(p);
}

static void do_job(struct http_conn *c)
{
	const struct http_config *k = &c->s->c;

	if (c->stage == STAGE_AUTH) {
		if (!k->auth(&c->rq, c->route->permission, &c->rp, k->app))
			c->refused = true;
		http_pool_done(c);
		return;
	}
	/* with a body, who it is was asked before the body was read */
	if (http_run_handler(c, !c->has_body &&
					c->route->permission != PERM_PUBLIC))
		http_pool_done(c);
}

static void *worker(void *arg)
{
	struct http_pool *p = arg;
	struct http_conn *c;

	for (;;) {
		(void)pthread_mutex_lock(&p->lock);
		while (!p->head && !p->stopping)
			(void)pthread_cond_wait(&p->work, &p->lock);
		c = p->head;
		if (c) {
			p->head = c->next_job;
			if (!p->head)
				p->tail = &p->head;
		}
		(void)pthread_mutex_unlock(&p->lock);
		if (!c)
			return NULL;
		do_job(c);
	}
}

/* In the loop thread: requests that workers are done with go on. */
static void resume_done(struct http_pool *p)
{
	struct http_conn *c, *next;
	uint64_t n;

	while (read(p->wake, &n, sizeof n) < 0 && errno == EINTR)
		;
	(void)pthread_mutex_lock(&p->lock);
	c = p->done;
	p->done = NULL;
	(void)pthread_mutex_unlock(&p->lock);
	for (; c; c = next) {
		next = c->next_job;
		if (c->stage == STAGE_HANDLER)
			c->finished = true;
		http_resume(c);
	}
}

static void *loop(void *arg)
{
	struct http_pool *p = arg;
	struct pollfd fds[2] = {
		{ .fd = http_fd(p->s), .events = POLLIN },
		{ .fd = p->wake, .events = POLLIN },
	};
	bool ends = false;

	while (!ends) {
		(void)poll(fds, 2, http_timeout_ms(p->s));
		if (fds[1].revents)
			resume_done(p);
		http_run(p->s);
		(void)pthread_mutex_lock(&p->lock);
		ends = p->loop_ends;
		(void)pthread_mutex_unlock(&p->lock);
	}
	return NULL;
}

static void pool_free(struct http_pool *p)
{
	if (p->wake >= 0)
		(void)close(p->wake);
	free(p->workers);
	free(p);
}

static void end_workers(struct http_pool *p)
{
	unsigned i;

	(void)pthread_mutex_lock(&p->lock);
	p->stopping = true;
	(void)pthread_cond_broadcast(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->n_workers; i++)
		(void)pthread_join(p->workers[i], NULL);
	p->n_workers = 0;
}

static void end_loop(struct http_pool *p)
{
	if (!p->has_loop)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->loop_ends = true;
	(void)pthread_mutex_unlock(&p->lock);
	wake(p);
	(void)pthread_join(p->loop, NULL);
	p->has_loop = false;
}

struct http_pool *http_pool_start(struct http_server *s, struct err *e)
{
	struct http_pool *p = calloc(1, sizeof *p);
	unsigned i;

	if (!p) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	p->s = s;
	p->tail = &p->head;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	p->workers = calloc(s->c.threads, sizeof *p->workers);
	if (p->wake < 0 || !p->workers)
		goto out;
	s->pool = p;
	for (i = 0; i < s->c.threads; i++) {
		if (pthread_create(&p->workers[i], NULL, worker, p) != 0)
			goto out;
		p->n_workers++;
	}
	if (pthread_create(&p->loop, NULL, loop, p) != 0)
		goto out;
	p->has_loop = true;
	return p;
out:
	(void)err_set(e, ERR_IO, "cannot start %u threads", s->c.threads);
	end_workers(p);
	pool_free(p);
	s->pool = NULL;
	return NULL;
}

void http_pool_stop(struct http_server *s)
{
	struct http_pool *p = s->pool;

	/* What workers have begun they finish: their statements have
	 * time-outs of their own. */
	end_workers(p);
	end_loop(p);
	resume_done(p);
	s->pool = NULL;
	pool_free(p);
}
