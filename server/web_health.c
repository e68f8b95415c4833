#include <stdio.h>

#include "phieu/date.h"
#include "phieu/migrate.h"
#include "web_impl.h"

enum http_done web_healthz(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	(void)rq;
	(void)app;
	rp->content_type = "text/plain; charset=utf-8";
	buf_adds(&rp->body, "ok\n");
	return HTTP_REPLIED;
}

static bool ready(struct db *db, struct http_request *rq, struct http_reply *rp,
		  struct web *w, struct err *e)
{
	struct err why = { 0 };

	(void)w;
	if (!migrate_check(db, &why)) {
		if (why.kind != ERR_CONFLICT) {
			*e = why;
			return false;
		}
		http_error(rq, rp, 503, "schema",
			   "the database needs phieu db migrate",
			   "Cơ sở dữ liệu chưa được nâng cấp");
		return true;
	}
	rp->content_type = "text/plain; charset=utf-8";
	buf_adds(&rp->body, "ready\n");
	return true;
}

enum http_done web_readyz(struct http_request *rq, struct http_reply *rp,
			  void *app)
{
	return web_run(rq, rp, app, ready);
}

static void metric(struct buf *b, const char *name, const char *type,
		   const char *help, uint64_t v)
{
	buf_addf(b,
		 "# HELP phieu_server_%s %s\n# TYPE phieu_server_%s %s\n"
		 "phieu_server_%s %llu\n",
		 name, help, name, type, name, (unsigned long long)v);
}

enum http_done web_metrics(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	struct web *w = app;
	struct buf *b = &rp->body;
	struct http_stats s;
	int i;

	(void)rq;
	http_stats_get(w->http, &s);
	rp->content_type = "text/plain; version=0.0.4; charset=utf-8";
	buf_adds(b, "# HELP phieu_server_replies_total replies by class\n"
		    "# TYPE phieu_server_replies_total counter\n");
	for (i = 1; i < 6; i++)
		buf_addf(b, "phieu_server_replies_total{class=\"%dxx\"} %llu\n",
			 i, (unsigned long long)s.replies[i]);
	metric(b, "cut_total", "counter", "requests cut off", s.replies[0]);
	metric(b, "active", "gauge", "requests begun", s.active);
	metric(b, "connections", "gauge", "open connections", s.connections);
	metric(b, "buffered_bytes", "gauge", "bytes of bodies in memory",
	       s.buffered);
	metric(b, "uptime_seconds", "gauge", "seconds since the start",
	       (uint64_t)((clock_monotonic_us() - w->started_us) / 1000000));
	return HTTP_REPLIED;
}
