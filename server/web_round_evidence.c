/* Evidence of a unit over HTTP: kept once a content, opened as a download. */
#include <stdlib.h>
#include <string.h>

#include "phieu/attachment.h"
#include "phieu/json.h"
#include "phieu/scan.h"
#include "phieu/store_self.h"
#include "web_round.h"

enum { SCANS_MAX = 2 };

#define FILE_BYTES (LIMIT_EVIDENCE_BYTES * 2 + ((size_t)1 << 20))

/* ---- POST /v1/rounds/{round}/units/{unit}/evidence?name= --------------------
 */

static void put_kept(struct web_room *m, const struct attachment *f,
		     const char *unit, const char *criterion, bool added,
		     const struct scan *scan)
{
	struct jw j;

	m->rp->status = added ? 201 : 200;
	jw_init(&j, &m->rp->body);
	jw_object(&j);
	jw_kv(&j, "round", m->head.code);
	jw_kv(&j, "unit", unit);
	jw_kv(&j, "criterion", criterion);
	jw_kv(&j, "name", f->name);
	jw_kv(&j, "type", f->type);
	jw_ki(&j, "bytes", (int64_t)f->n);
	jw_kb(&j, "added", added);
	jw_kb(&j, "scanned", scan->state == SCAN_CLEAN);
	jw_object_end(&j);
}

static bool add(struct web_room *m, struct err *e)
{
	const char *unit = m->rq->param[1],
		   *criterion = http_query(m->rq, "criterion"),
		   *name = http_query(m->rq, "name");
	struct attachment f = { .bytes = m->rq->body, .n = m->rq->body_n };
	struct scanner scanner = { 0 };
	struct scan scan = { 0 };
	struct self_head h;
	bool added = false;

	m->no.place = "/unit";
	if (!web_room_door(m, DOOR_SELF_WRITE, &unit, NULL, e) ||
	    !store_self_head(m->db, m->head.id, unit, m->rq->arena, &h, e))
		return false;
	m->no = (struct round_no){ .place = "?name", .code = "bad-value" };
	if (!name)
		return err_set(e, ERR_INPUT,
			       "thiếu tên tệp (the name of the file is "
			       "missing)");
	if (f.n == 0)
		return err_set(e, ERR_INPUT, "tệp rỗng (the file is empty)");
	if (!attachment_name(name, m->rq->arena, &f.name, e) ||
	    !scanner_from(m->w->conf, &scanner, e))
		return false;
	f.type = attachment_type(f.bytes, f.n);
	m->no = (struct round_no){ .place = "?criterion" };
	if (!store_evidence_add(m->db, &scanner, m->head.id, h.unit, criterion,
				&f, m->login, &added, &scan, e)) {
		if (scan.state == SCAN_INFECTED)
			m->no = (struct round_no){ .code = "infected",
						   .place = "?name" };
		else if (e->kind == ERR_CONFLICT && !e->sqlstate[0])
			m->no = (struct round_no){ .code = "name-taken",
						   .place = "?name" };
		return false;
	}
	put_kept(m, &f, unit, criterion, added, &scan);
	return true;
}

bool web_scan_begin(struct http_request *rq, struct http_reply *rp,
		    struct web *w)
{
	if (atomic_fetch_add(&w->scans, 1) < SCANS_MAX ||
	    !conf_text(w->conf, "evidence-scanner"))
		return true;
	atomic_fetch_sub(&w->scans, 1);
	http_set_header(rp, "Retry-After", "5");
	http_error(rq, rp, 429, "busy",
		   "other files are being scanned; try again soon",
		   "Đang quét tệp của người khác; hãy thử lại sau");
	return false;
}

void web_scan_end(struct web *w)
{
	atomic_fetch_sub(&w->scans, 1);
}

enum http_done web_evidence_add(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	enum http_done done;

	if (!web_scan_begin(rq, rp, app))
		return HTTP_REPLIED;
	done = web_run_round(rq, rp, app, add);
	web_scan_end(app);
	return done;
}

/* ---- GET, DELETE …/evidence/{number}
 * ----------------------------------------- */

/* A number of at most nine digits. */
static bool is_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n < 10 && s[n] == '\0';
}

static bool unit_of(struct web_room *m, enum round_door door, const char **unit,
		    const char **office, struct self_head *h, struct err *e)
{
	m->no.place = "/unit";
	if (!web_room_door(m, door, unit, office, e) ||
	    !store_self_head(m->db, m->head.id, *unit, m->rq->arena, h, e))
		return false;
	m->no.place = "/evidence";
	return is_number(m->rq->param[2]) ||
	       err_set(e, ERR_INPUT,
		       "không có tệp số này (there is no such file)");
}

static bool open_file(struct web_room *m, struct err *e)
{
	const char *unit = m->rq->param[1], *office = NULL;
	struct arena *a = arena_new(FILE_BYTES);
	struct evidence_file f = { 0 };
	struct self_head h;
	bool ok;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = unit_of(m, DOOR_EVIDENCE_OPEN, &unit, &office, &h, e) &&
	     store_evidence_get(m->db, m->head.id, h.unit, m->rq->param[2],
				office, a, &f, e);
	if (ok) {
		http_set_header(m->rp, "X-File-SHA256",
				arena_strdup(m->rq->arena, f.sha256));
		ok = web_give_file(m->rq, m->rp, f.name, f.type, f.bytes, f.n,
				   e);
	}
	arena_free(a);
	return ok;
}

enum http_done web_evidence_open(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run_round(rq, rp, app, open_file);
}

static bool take_away(struct web_room *m, struct err *e)
{
	const char *unit = m->rq->param[1];
	struct self_head h;

	if (!unit_of(m, DOOR_SELF_WRITE, &unit, NULL, &h, e) ||
	    !store_evidence_remove(m->db, m->head.id, h.unit, m->rq->param[2],
				   m->login, e))
		return false;
	m->rp->status = 204;
	return true;
}

enum http_done web_evidence_remove(struct http_request *rq,
				   struct http_reply *rp, void *app)
{
	return web_run_round(rq, rp, app, take_away);
}
