/* What the collector tells: the plan, receipts, its health and figures. */
#include <string.h>

#include "phieu/date.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "service_impl.h"

enum http_done service_plan(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	const struct agent_scope *key = rq->identity;
	struct service *s = app;
	struct err e = { 0 };
	struct wave_ref *w = service_wave(s, key->wave_code, &e);

	if (!w) {
		http_error_of(rq, rp, &e);
		return HTTP_REPLIED;
	}
	if (!http_not_modified(rq, rp, w->wave->plan->sha256))
		buf_add(&rp->body, w->wave->plan->text, w->wave->plan->text_n);
	http_set_header(rp, "Cache-Control", "private, no-cache");
	wave_ref_drop(w);
	return HTTP_REPLIED;
}

enum http_done service_receipt(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	const struct agent_scope *key = rq->identity;
	const char *instance = rq->param[0];
	char receipt[RECEIPT_TEXT_MAX];
	struct intake_answer a = { 0 };
	uint8_t sha[SHA256_BYTES];
	struct service *s = app;
	struct err e = { 0 };
	bool found = false;

	if (!s->look) {
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	if (!store_receipt_find(s->look, key->key, instance, rq->arena, &found,
				sha, &a, &e)) {
		http_error_of(rq, rp, &e);
		return HTTP_REPLIED;
	}
	if (!found) {
		http_error(rq, rp, 404, "not-found",
			   "this agent has sent no such instanceID",
			   "Điều tra viên này chưa nộp phiếu có mã đó");
		return HTTP_REPLIED;
	}
	(void)receipt_text(s, a.receipt_key, key->wave_code, instance, sha,
			   receipt);
	buf_adds(&rp->body, "{\"instanceID\":");
	jw_escape(&rp->body, instance, strlen(instance));
	buf_addf(&rp->body, ",\"status\":\"%s\",\"receipt\":\"%s\"",
		 state_word(a.state), receipt);
	write_flags(&rp->body, a.flags);
	if (a.faults) {
		buf_adds(&rp->body, ",\"errors\":");
		buf_adds(&rp->body, a.faults);
	}
	buf_adds(&rp->body, "}\n");
	return HTTP_REPLIED;
}

enum http_done service_health(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	(void)rq;
	(void)app;
	buf_adds(&rp->body, "{\"status\":\"ok\"}\n");
	return HTTP_REPLIED;
}

enum http_done service_ready(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	const struct service *s = app;

	if (s->stopping)
		http_error(rq, rp, 503, "stopping", "the service is stopping",
			   "Dịch vụ đang dừng");
	else if (!s->look || !service_can_write(s))
		reply_down(rq, rp);
	else if (clock_monotonic_us() < s->full_until_us)
		http_error(rq, rp, 503, "store-full",
			   "the store could not take what came: is the disk "
			   "full?",
			   "Kho dữ liệu không ghi được: kiểm tra ổ đĩa có đầy "
			   "không");
	else
		buf_adds(&rp->body, "{\"status\":\"ready\"}\n");
	return HTTP_REPLIED;
}

static const double latency_le[LATENCY_BUCKETS] = { 0.0005, 0.001, 0.002, 0.005,
						    0.01,   0.02,  0.05,  0.1,
						    0.2,    0.5,   1,	  5 };

void metrics_latency(struct metrics *m, int64_t us)
{
	double seconds = (double)us / 1e6;
	size_t i = 0;

	while (i < LATENCY_BUCKETS && seconds > latency_le[i])
		i++;
	m->latency[i]++;
	m->latency_n++;
	m->latency_sum += seconds;
}

/* Buckets 1, 2, 4 … 1024. */
void metrics_batch(struct metrics *m, size_t n)
{
	size_t i = 0;

	while (i < BATCH_BUCKETS && n > (size_t)1 << i)
		i++;
	m->batch_size[i]++;
	m->batches++;
	m->batch_lines += n;
}

static void write_outcomes(const struct metrics *m, struct buf *b)
{
	static const char *const names[COUNT_KINDS] = {
		[COUNT_STORED] = "stored",
		[COUNT_DUPLICATE] = "duplicate",
		[COUNT_INVALID] = "invalid",
		[COUNT_CONFLICT] = "conflict",
		[COUNT_QUARANTINED] = "quarantined",
		[COUNT_REFUSED] = "refused",
		[COUNT_CLOSED] = "closed",
		[COUNT_UNAVAILABLE] = "unavailable",
		[COUNT_FAILED] = "failed",
	};

	buf_adds(b, "# HELP phieu_submissions_total Submissions answered.\n"
		    "# TYPE phieu_submissions_total counter\n");
	for (int i = 0; i < COUNT_KINDS; i++)
		buf_addf(b, "phieu_submissions_total{outcome=\"%s\"} %llu\n",
			 names[i], (unsigned long long)m->outcome[i]);
}

static void write_batches(const struct metrics *m, struct buf *b)
{
	unsigned long long sum = 0;

	buf_adds(b, "# HELP phieu_batch_size Submissions that shared a "
		    "transaction.\n# TYPE phieu_batch_size histogram\n");
	for (size_t i = 0; i < BATCH_BUCKETS; i++) {
		sum += m->batch_size[i];
		buf_addf(b, "phieu_batch_size_bucket{le=\"%zu\"} %llu\n",
			 (size_t)1 << i, sum);
	}
	buf_addf(b,
		 "phieu_batch_size_bucket{le=\"+Inf\"} %llu\n"
		 "phieu_batch_size_sum %llu\nphieu_batch_size_count %llu\n",
		 (unsigned long long)m->batches,
		 (unsigned long long)m->batch_lines,
		 (unsigned long long)m->batches);
}

static void write_latency(const struct metrics *m, struct buf *b)
{
	unsigned long long sum = 0;

	buf_adds(b, "# HELP phieu_request_seconds From a body read to its "
		    "reply.\n# TYPE phieu_request_seconds histogram\n");
	for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
		sum += m->latency[i];
		buf_addf(b, "phieu_request_seconds_bucket{le=\"%g\"} %llu\n",
			 latency_le[i], sum);
	}
	buf_addf(b,
		 "phieu_request_seconds_bucket{le=\"+Inf\"} %llu\n"
		 "phieu_request_seconds_sum %.6f\n"
		 "phieu_request_seconds_count %llu\n",
		 (unsigned long long)m->latency_n, m->latency_sum,
		 (unsigned long long)m->latency_n);
}

enum http_done service_metrics(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	const struct service *s = app;
	struct buf *b = &rp->body;
	size_t up = 0;

	(void)rq;
	rp->content_type = "text/plain; version=0.0.4; charset=utf-8";
	for (size_t i = 0; i < s->n_writers; i++)
		up += s->writers[i].phase != W_DOWN;
	write_outcomes(&s->metrics, b);
	write_batches(&s->metrics, b);
	write_latency(&s->metrics, b);
	buf_addf(b,
		 "# HELP phieu_queue Submissions waiting for a writer.\n"
		 "# TYPE phieu_queue gauge\nphieu_queue %zu\n"
		 "# HELP phieu_writers_up Database connections that write.\n"
		 "# TYPE phieu_writers_up gauge\nphieu_writers_up %zu\n"
		 "# HELP phieu_reconnects_total Attempts to reconnect.\n"
		 "# TYPE phieu_reconnects_total counter\n"
		 "phieu_reconnects_total %llu\n",
		 s->queued, up, (unsigned long long)s->metrics.reconnects);
	return HTTP_REPLIED;
}
