/* A round's reports and its comparison with an earlier round over HTTP. */
#include <string.h>

#include "change_rounds.h"
#include "phieu/hash.h"
#include "phieu/quality_paper.h"
#include "report_job.h"
#include "web_round.h"

#define XLSX_TYPE \
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define ARENA_BYTES ((size_t)1 << 30)
#define BOOK_BYTES  ((size_t)64 << 20)

enum form { FORM_JSON, FORM_HTML, FORM_CSV, FORM_XLSX, FORMS };
static const char *const form_words[FORMS] = { "json", "html", "csv", "xlsx" };

/* Of ?format=; what it is without is `form`. */
static bool form_of(struct web_room *m, enum form but, enum form *form,
		    struct err *e)
{
	const char *word = http_query(m->rq, "format");

	for (*form = FORM_JSON; word && *form < FORMS; (*form)++)
		if (*form != but && strcmp(word, form_words[*form]) == 0)
			return true;
	if (word) {
		m->no = (struct round_no){ .code = "bad-value",
					   .place = "?format" };
		return err_set(e, ERR_INPUT,
			       "định dạng: %s (one of these formats)",
			       but == FORM_JSON ? "html, csv, xlsx"
						: "json, html, csv");
	}
	*form = but == FORM_JSON ? FORM_HTML : FORM_JSON;
	return true;
}

/* Readers of all of the round's numbers to their own digits. */
static bool may_read(struct web_room *m, struct err *e)
{
	bool guarded;

	if (!web_room_door(m, DOOR_VERIFY, NULL, NULL, e) ||
	    !web_round_guarded(m->db, m->id, m->who.wave, m->head.id, &guarded,
			       e))
		return false;
	if (!guarded)
		return true;
	m->no = (struct round_no){ .code = "role" };
	return err_set(e, ERR_DENIED, "not allowed in the round");
}

static void put_head(struct web_room *m, bool trial, bool draft, enum form form)
{
	static const char *const types[FORMS] = {
		[FORM_JSON] = "application/json",
		[FORM_HTML] = "text/html; charset=utf-8",
		[FORM_CSV] = "text/csv; charset=utf-8",
		[FORM_XLSX] = XLSX_TYPE,
	};

	if (trial)
		http_set_header(m->rp, "X-Phieu-Trial", "mau-thu");
	if (draft)
		http_set_header(m->rp, "X-Phieu-Draft", "du-thao");
	http_set_header(m->rp, "Cache-Control", "private, no-cache");
	if (form == FORM_HTML)
		http_set_header(m->rp, "Content-Security-Policy",
				"default-src 'none'; style-src "
				"'unsafe-inline'; base-uri 'none'; "
				"frame-ancestors 'none'");
	m->rp->content_type = types[form];
}

/* The same bytes are not sent twice. */
static void not_again(struct web_room *m)
{
	uint8_t hash[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	sha256(m->rp->body.data, m->rp->body.len, hash);
	hex_text(hash, sizeof hash, hex);
	if (http_not_modified(m->rq, m->rp, arena_strdup(m->rq->arena, hex)))
		m->rp->body.len = 0;
}

/* ---- GET /v1/rounds/{round}/reports/{shape} --------------------------------
 */

static bool give_report(struct web_room *m, const struct paper *d,
			const char *shape, enum form form, struct err *e)
{
	struct buf b = BUF_INIT(BOOK_BYTES);
	bool ok;

	if (form != FORM_XLSX) {
		ok = form == FORM_HTML ? paper_html(d, &m->rp->body, e)
				       : paper_csv(d, &m->rp->body, e);
		if (ok)
			not_again(m);
		return ok;
	}
	ok = quality_paper_book(d, &b, e) &&
	     web_give_file(m->rq, m->rp,
			   arena_printf(m->rq->arena, "%s-%s.xlsx",
					m->head.code, shape),
			   XLSX_TYPE, b.data, b.len, e);
	m->rp->content_type = XLSX_TYPE;
	buf_free(&b);
	return ok;
}

static bool asked_of(struct web_room *m, struct report_asked *q,
		     enum report_shape *shape, struct err *e)
{
	const char *all = http_query(m->rq, "all-units");

	*q = (struct report_asked){
		.shape = m->rq->param[1],
		.result = http_query(m->rq, "result"),
		.unit = http_query(m->rq, "unit"),
		.node = http_query(m->rq, "node"),
		.all = all && strcmp(all, "true") == 0,
	};
	m->no = (struct round_no){ .place = "/shape" };
	if (!report_shape_parse(q->shape, shape))
		return err_set(e, ERR_INPUT,
			       "không có báo cáo này (there is no such "
			       "report): summary, unit, field, criteria, "
			       "result, special");
	m->no = (struct round_no){ .code = "bad-value", .place = "?result" };
	if (q->result &&
	    (strlen(q->result) > 9 ||
	     strspn(q->result, "0123456789") != strlen(q->result) ||
	     !*q->result))
		return err_set(e, ERR_INPUT,
			       "số của kết quả (the number of a result)");
	m->no.place = q->node ? "?node" : "?unit";
	return report_asked_check(q, shape, e);
}

static bool report_by(struct web_room *m, struct report_job *j, struct err *e)
{
	struct report_asked q;
	enum form form;

	if (!may_read(m, e) || !form_of(m, FORM_JSON, &form, e) ||
	    !asked_of(m, &q, &j->ask.shape, e))
		return false;
	m->no = (struct round_no){ .place = "?result" };
	if (!report_job_find(j, m->head.id, &q, e))
		return false;
	m->no.place = q.node ? "?node" : "?unit";
	if (!j->facts.release && !web_room_door(m, DOOR_DRAFT, NULL, NULL, e))
		return false;
	if (!report_job_make(j, &q, e))
		return false;
	put_head(m, j->facts.trial, j->facts.release == 0, form);
	return give_report(m, &j->paper, q.shape, form, e);
}

static bool report_get(struct web_room *m, struct err *e)
{
	struct report_job j = { .db = m->db, .a = arena_new(ARENA_BYTES) };
	bool ok = (j.a || err_set(e, ERR_NOMEM, "out of memory")) &&
		  report_by(m, &j, e);

	report_job_clear(&j);
	arena_free(j.a);
	return ok;
}

enum http_done web_round_report(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_round(rq, rp, app, report_get);
}

/* ---- GET /v1/rounds/{round}/compare?with= ----------------------------------
 */

/* The earlier round, where he may read the same. */
static bool open_other(struct web_room *m, struct web_room *other,
		       struct err *e)
{
	const char *with = http_query(m->rq, "with");
	bool found = false, ok;

	m->no = (struct round_no){ .code = "bad-value", .place = "?with" };
	if (!with)
		return err_set(e, ERR_INPUT,
			       "thiếu kỳ của năm trước (the earlier round is "
			       "missing)");
	*other = *m;
	if (!web_room_open(other, with, &found, e))
		return false;
	m->no.code = NULL;
	if (!found)
		return err_set(e, ERR_INPUT,
			       "không có kỳ này (there is no such round)");
	ok = may_read(other, e);
	m->no.code = other->no.code;
	return ok;
}

static bool give_change(struct web_room *m, struct change_job *j, size_t unit,
			enum form form, struct err *e)
{
	struct buf *b = &m->rp->body;

	put_head(m, m->head.trial, j->letter.draft, form);
	if (form == FORM_JSON)
		index_change_json(&j->c, unit, &j->head, b);
	else if (form == FORM_CSV)
		index_change_csv(&j->c, unit, b);
	else if (!change_page(j, unit, b, e))
		return false;
	not_again(m);
	return true;
}

static bool change_by(struct web_room *m, struct change_job *j, struct err *e)
{
	struct web_room other;
	struct round_head head[2];
	enum form form;
	size_t unit;

	if (!may_read(m, e) || !form_of(m, FORM_XLSX, &form, e) ||
	    !open_other(m, &other, e))
		return false;
	head[NOW] = m->head;
	head[BEFORE] = other.head;
	m->no = (struct round_no){ .place = "?with" };
	if (!change_rounds(j, head, e))
		return false;
	m->no = (struct round_no){ 0 };
	if (j->letter.draft &&
	    (!web_room_door(m, DOOR_DRAFT, NULL, NULL, e) ||
	     !web_room_door(&other, DOOR_DRAFT, NULL, NULL, e))) {
		m->no.code = "role";
		return false;
	}
	if (!change_made(j, e))
		return false;
	m->no.place = "?unit";
	return change_unit(j, http_query(m->rq, "unit"), &unit, e) &&
	       give_change(m, j, unit, form, e);
}

static bool change_get(struct web_room *m, struct err *e)
{
	struct change_job j = { .db = m->db, .a = arena_new(ARENA_BYTES) };
	bool ok = (j.a || err_set(e, ERR_NOMEM, "out of memory")) &&
		  change_by(m, &j, e);

	change_job_clear(&j);
	arena_free(j.a);
	return ok;
}

enum http_done web_round_compare(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run_round(rq, rp, app, change_get);
}
