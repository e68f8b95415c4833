/* POST /v1/imports: a filled Excel or CSV file.
 *
 * A process of its own reads the file into sheets; these go through the queue
 * like a batch that is all or nothing, or, for a preview, through the same
 * statements and then back (so that sheets counted before are found too); a
 * second process turns the outcome into a report or a marked workbook. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/date.h"
#include "phieu/form_template.h"
#include "phieu/import.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "service_impl.h"

#define IMPORT_ARENA ((size_t)192 << 20)
#define XLSX_TYPE \
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

struct import_run {
	struct child_run child; /* first: the loop knows it by this */
	struct http_request *rq;
	struct wave_ref *wave;
	const struct agent_scope *key;
	struct import_options options;
	bool preview, marked;
	struct arena *arena; /* of sheets and lines */
	char *parsed;	     /* what the first process said */
	size_t n_parsed;
	size_t form;
	struct import_sheet *sheets;
	struct import_seen *seen;
	struct line *lines;
	size_t n;
	size_t table_faults;
	struct job job;
	struct import_file file;
	bool kept;
	int64_t begun;
};

/* ---- what the first process says
 * ------------------------------------------------ */

struct parsed_head {
	uint64_t sheets, faults, form;
};
struct parsed_sheet {
	uint32_t row, keying, faulty, number, rest; /* lengths of texts */
};

static bool put(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n > 0) {
		ssize_t k = write(fd, s, n);
		if (k <= 0)
			return false;
		s += k;
		n -= (size_t)k;
	}
	return true;
}

static bool put_sheet(int fd, const struct import_sheet *s)
{
	struct parsed_sheet h = { .row = s->row,
				  .keying = (uint32_t)s->keying,
				  .faulty = s->faulty,
				  .rest = (uint32_t)s->n_rest };

	h.number = s->number ? (uint32_t)strlen(s->number) : 0;
	return put(fd, &h, sizeof h) && put(fd, s->number, h.number) &&
	       put(fd, s->rest, h.rest);
}

static bool parse_file(int fd, void *ctx)
{
	const struct import_run *r = ctx;
	struct err e = { 0 };
	struct import *im =
		import_read(r->rq->body, r->rq->body_n, &r->options, &e);
	struct parsed_head h;
	bool ok;

	if (!im)
		return false;
	h = (struct parsed_head){ im->n_sheets, im->n_faults + im->more_faults,
				  (uint64_t)im->form };
	ok = put(fd, &h, sizeof h);
	for (size_t i = 0; ok && i < im->n_sheets; i++)
		ok = put_sheet(fd, &im->sheets[i]);
	return ok;
}

/* The process may have been taken over by the file: nothing it says is
 * believed beyond its length, and the JSON is checked like any other. */
static bool take_parsed(struct import_run *r)
{
	const char *at = r->parsed, *end = r->parsed + r->n_parsed;
	struct parsed_head h;

	if ((size_t)(end - at) < sizeof h)
		return false;
	memcpy(&h, at, sizeof h);
	at += sizeof h;
	if (h.sheets > LIMIT_IMPORT_SHEETS)
		return false;
	r->table_faults = (size_t)h.faults;
	r->form = (size_t)h.form;
	if (r->form >= r->options.plan->n_forms)
		return h.sheets == 0;
	r->sheets = arena_array(r->arena, h.sheets + 1, sizeof *r->sheets);
	for (; r->sheets && r->n < h.sheets; r->n++) {
		struct parsed_sheet p;
		if ((size_t)(end - at) < sizeof p)
			return false;
		memcpy(&p, at, sizeof p);
		at += sizeof p;
		if (p.rest > LIMIT_SUBMISSION_BYTES * 2 ||
		    p.number > LIMIT_STRING_BYTES ||
		    (size_t)(end - at) < (size_t)p.number + p.rest)
			return false;
		r->sheets[r->n] = (struct import_sheet){
			.row = p.row,
			.keying = p.keying == 2 ? 2 : 1,
			.faulty = p.faulty != 0,
			.number =
				p.number ? arena_strndup(r->arena, at, p.number)
					 : NULL,
			.rest = at + p.number,
			.n_rest = p.rest
		};
		at += p.number + p.rest;
	}
	return r->sheets && at == end;
}

/* ---- ends
 * ------------------------------------------------------------------------- */

static void run_free(struct service *s, struct import_run *r)
{
	s->imports--;
	wave_ref_drop(r->wave);
	free(r->parsed);
	arena_free(r->arena);
}

static void give_up(struct service *s, struct import_run *r, int status,
		    const char *code, const char *words, const char *vi)
{
	struct http_request *rq = r->rq;
	struct http_reply *rp = http_reply_of(rq);

	run_free(s, r);
	http_error(rq, rp, status, code, words, vi);
	if (status == 503)
		http_set_header(rp, "Retry-After", "2");
	http_finish(rq);
}

static void unreadable(struct service *s, struct import_run *r)
{
	give_up(s, r, 422, "file-too-hard",
		"the file takes more memory or time than reading a file may",
		"Tệp cần quá nhiều bộ nhớ hoặc thời gian để đọc");
}

static void down(struct service *s, struct import_run *r)
{
	give_up(s, r, 503, "unavailable",
		"the store does not answer; send the same again",
		"Kho dữ liệu tạm ngừng; hãy gửi lại đúng nội dung này");
}

/* ---- the report, in the second process
 * ----------------------------------------------- */

struct tally {
	int64_t fresh, again, superseded, replaced, invalid, queried, refused;
};

static void count_line(const struct line *l, struct tally *t)
{
	int status = line_status(l);

	switch (status) {
	case 201: t->fresh++; break;
	case 200: t->again++; break;
	case 422: t->invalid++; break;
	default: t->refused++; break;
	}
	t->queried += (status == 200 || status == 201) &&
		      l->answer.state == STATE_QUERIED;
	t->superseded += status == 200 && l->answer.state == STATE_REPLACED;
	t->replaced += status == 201 && l->answer.replaced;
}

/* What the collector found, put to the cells. */
static bool place_lines(const struct import_run *r, struct import *im)
{
	struct err e = { 0 };

	for (size_t i = 0; i < r->n && i < im->n_sheets; i++) {
		const struct line *l = &r->lines[i];
		int status = line_status(l);
		const char *why =
			l->answer.faults ? l->answer.faults : l->item.faults;
		if (status == 422 && why && !import_place(im, i, why, &e))
			return false;
		if (status == 409)
			import_add_fault(
				im, im->sheets[i].row, 0, false, "C01", "",
				"this sheet came before with other content",
				"phiếu này đã nộp với nội dung khác");
		else if (l->kind == LINE_REFUSAL)
			import_add_fault(im, im->sheets[i].row, 0, false, "C02",
					 "", l->odd.words, l->why_vi);
		else if (l->kind == LINE_QUARANTINE)
			import_add_fault(im, im->sheets[i].row, 0, false, "C03",
					 "", l->odd.words,
					 "không đọc được phiếu ở dòng này");
	}
	import_sort(im);
	return true;
}

static void write_counts(const struct import_run *r, struct jw *w)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < r->n; i++)
		if (r->lines)
			count_line(&r->lines[i], &t);
	jw_key(w, "counts");
	jw_object(w);
	jw_ki(w, "sheets", (int64_t)r->n);
	jw_ki(w, "new", t.fresh);
	jw_ki(w, "duplicates", t.again);
	jw_ki(w, "superseded", t.superseded);
	jw_ki(w, "replacing", t.replaced);
	jw_ki(w, "queried", t.queried);
	jw_ki(w, "invalid", t.invalid);
	jw_ki(w, "refused", t.refused);
	jw_object_end(w);
}

static void write_receipts(struct service *s, const struct import_run *r,
			   struct jw *w)
{
	char receipt[RECEIPT_TEXT_MAX];

	jw_key(w, "results");
	jw_array(w);
	for (size_t i = 0; i < r->n; i++) {
		const struct line *l = &r->lines[i];
		jw_object(w);
		jw_ki(w, "row", r->sheets[i].row);
		jw_ki(w, "code", line_status(l));
		jw_kv(w, "sheet", l->sub.sheet);
		jw_kv(w, "instanceID", l->sub.instance);
		jw_kv(w, "status", state_word(l->answer.state));
		if (l->sub.replaces)
			jw_kv(w, "replaces", l->sub.replaces);
		if (receipt_text(s, l->answer.receipt_key, r->wave->wave->code,
				 l->sub.instance, l->item.sha, receipt))
			jw_kv(w, "receipt", receipt);
		jw_object_end(w);
	}
	jw_array_end(w);
}

/* Of a file that was stored and whose report could not be made. */
static void write_little(const struct import_run *r, struct jw *w)
{
	const struct form *f = &r->options.plan->forms[r->form];

	jw_kv(w, "form", f->code);
	jw_kv(w, "version", f->version);
	jw_ki(w, "sheets", (int64_t)r->n);
	jw_ki(w, "rows", (int64_t)r->n);
	jw_key(w, "notes");
	jw_array(w);
	jw_array_end(w);
	jw_key(w, "faults");
	jw_array(w);
	jw_array_end(w);
	jw_ki(w, "more", 0);
}

static void write_report(struct service *s, const struct import_run *r,
			 const struct import *im, struct buf *out)
{
	char hex[2 * SHA256_BYTES + 1], receipt[RECEIPT_TEXT_MAX];
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	jw_kb(&w, "preview", r->preview);
	jw_kb(&w, "stored", r->kept);
	hex_text(r->file.sha, SHA256_BYTES, hex);
	jw_kv(&w, "sha256", hex);
	if (r->kept &&
	    receipt_text(s, s->receipt_keys[0].id, r->wave->wave->code,
			 "import", r->file.sha, receipt))
		jw_kv(&w, "receipt", receipt);
	write_counts(r, &w);
	if (im)
		import_report(im, &w);
	else
		write_little(r, &w);
	if (r->kept)
		write_receipts(s, r, &w);
	jw_object_end(&w);
	buf_adds(out, "\n");
}

struct report {
	struct service *s;
	struct import_run *r;
};

static bool make_report(int fd, void *ctx)
{
	const struct report *p = ctx;
	struct import_run *r = p->r;
	struct buf out = BUF_INIT((size_t)64 << 20);
	struct err e = { 0 };
	struct import *im =
		import_read(r->rq->body, r->rq->body_n, &r->options, &e);
	char path[40];

	if (!im || !place_lines(r, im))
		return false;
	if (r->marked) {
		(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		return import_marked(im, path, &e);
	}
	write_report(p->s, r, im, &out);
	return buf_cstr(&out) && put(fd, out.data, out.len);
}

static void reported(struct service *s, struct child_run *c)
{
	struct import_run *r = (struct import_run *)(void *)c;
	struct http_request *rq = r->rq;
	struct http_reply *rp = http_reply_of(rq);
	size_t n;
	char *said = child_take(s, c, &n);

	if (!said && !r->kept) {
		unreadable(s, r);
		return;
	}
	if (said)
		buf_add(&rp->body, said, n);
	else /* stored it is, and that must be said */
		write_report(s, r, NULL, &rp->body);
	free(said);
	rp->status = r->preview || r->kept ? 200 : 422;
	if (r->marked) {
		rp->content_type = XLSX_TYPE;
		http_set_header(rp, "Content-Disposition",
				"attachment; filename=\"phieu-loi.xlsx\"");
	}
	metrics_latency(&s->metrics, clock_monotonic_us() - r->begun);
	run_free(s, r);
	http_finish(rq);
}

static void report(struct service *s, struct import_run *r)
{
	struct report *p = arena_alloc(r->rq->arena, sizeof *p);
	struct err e = { 0 };

	if (!p) {
		down(s, r);
		return;
	}
	*p = (struct report){ s, r };
	r->child.done = reported;
	if (child_start(s, &r->child, r->marked, make_report, p, &e))
		return;
	log_err(LOG_ERROR, r->rq->id, "import", &e);
	down(s, r);
}

/* ---- sheets to the store
 * -------------------------------------------------------------- */

static void stored(struct service *s, struct job *j)
{
	struct import_run *r = j->owner;
	bool is_down = false;

	for (size_t i = 0; i < r->n; i++) {
		int status = line_status(&r->lines[i]);
		is_down |= status == 503 || status == 500;
	}
	r->kept = !j->rolled_back && !is_down;
	if (is_down)
		down(s, r);
	else
		report(s, r);
}

/* Lines that the store has no part in say what they would have said. */
static bool settle_odd(struct import_run *r)
{
	bool good = true;

	for (size_t i = 0; i < r->n; i++) {
		struct line *l = &r->lines[i];
		good &= l->kind == LINE_ITEM && l->item.state != STATE_INVALID;
		if (l->kind == LINE_ITEM)
			continue;
		l->end = END_ANSWERED;
		l->answer.outcome = INTAKE_STORED;
	}
	return good;
}

static bool read_lines(struct import_run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct import_sheet *sh = &r->sheets[i];
		const char *replaces =
			import_replaces(sh, r->seen[i].list, r->seen[i].n);
		struct buf json = BUF_INIT(LIMIT_SUBMISSION_BYTES * 2 + 1024);
		char *own;
		size_t n;
		import_json(sh, replaces, &json);
		n = json.len;
		own = buf_cstr(&json) ? arena_strndup(r->arena, json.data, n)
				      : NULL;
		buf_free(&json);
		if (!own || !line_read(r->wave, r->key, WAY_FILE, own, n, NULL,
				       r->arena, &r->lines[i]))
			return false;
	}
	return true;
}

static bool look_up(struct service *s, struct import_run *r)
{
	struct err e = { 0 };

	r->seen = arena_array(r->arena, r->n + 1, sizeof *r->seen);
	r->lines = arena_array(r->arena, r->n + 1, sizeof *r->lines);
	if (!r->seen || !r->lines || !s->look)
		return false;
	for (size_t i = 0; i < r->n; i++)
		r->seen[i] =
			(struct import_seen){ .number = r->sheets[i].number,
					      .keying = r->sheets[i].keying };
	if (store_import_known(s->look, r->key->key, r->seen, r->n, r->arena,
			       &e))
		return true;
	log_err(LOG_WARN, r->rq->id, "import", &e);
	return false;
}

static void give_places_back(struct import_run *r)
{
	for (size_t i = 0; i < r->n; i++)
		quota_settle(r->wave, &r->lines[i], false);
}

static bool any_item(const struct import_run *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->lines[i].kind == LINE_ITEM)
			return true;
	return false;
}

static void parsed(struct service *s, struct child_run *c)
{
	struct import_run *r = (struct import_run *)(void *)c;
	bool good;

	r->parsed = child_take(s, c, &r->n_parsed);
	if (!r->parsed || !take_parsed(r)) {
		unreadable(s, r);
		return;
	}
	if (r->n == 0) {
		report(s, r);
		return;
	}
	if (!look_up(s, r)) {
		down(s, r);
		return;
	}
	if (!read_lines(r)) {
		give_places_back(r);
		unreadable(s, r);
		return;
	}
	good = settle_odd(r) && r->table_faults == 0;
	if (!any_item(r)) {
		report(s, r);
		return;
	}
	r->file = (struct import_file){ .key = r->key->key,
					.form = r->wave->wave->form_id[r->form],
					.bytes = r->rq->body,
					.n = r->rq->body_n,
					.sheets = r->n };
	sha256(r->rq->body, r->rq->body_n, r->file.sha);
	r->job = (struct job){ .wave = r->wave,
			       .lines = r->lines,
			       .n = r->n,
			       .bytes = r->n_parsed,
			       .alone = true,
			       .atomic = true,
			       .dry = r->preview || !good,
			       .file = &r->file,
			       .done = stored,
			       .owner = r };
	service_enqueue(s, &r->job);
}

/* ---- requests
 * ---------------------------------------------------------------------------
 */

static bool is_on(struct http_request *rq, const char *name)
{
	const char *v = http_query(rq, name);

	return v && strcmp(v, "1") == 0;
}

static bool bad_request(struct http_request *rq, struct http_reply *rp,
			const char *code, const char *en, const char *vi)
{
	http_error(rq, rp, 400, code, en, vi);
	return false;
}

static bool options_of(struct http_request *rq, struct http_reply *rp,
		       struct import_run *r)
{
	const char *charset = http_query(rq, "encoding");

	r->options = (struct import_options){ .plan = r->wave->wave->plan,
					      .form = http_query(rq, "form") };
	r->preview = is_on(rq, "preview") || is_on(rq, "marked");
	r->marked = is_on(rq, "marked");
	if (charset && !charset_parse(charset, &r->options.charset))
		return bad_request(
			rq, rp, "unknown-encoding",
			"no encoding of this name; utf-8, utf-16le, "
			"utf-16be, tcvn3, vni, windows-1258",
			"Không có bảng mã này; dùng utf-8, utf-16le, "
			"utf-16be, tcvn3, vni, windows-1258");
	return true;
}

enum http_done service_import(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	const struct agent_scope *key = rq->identity;
	struct service *s = app;
	struct import_run *r;
	struct err e = { 0 };

	if (!s->look || !service_can_write(s) || s->imports >= CHILDREN) {
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	r = arena_alloc(rq->arena, sizeof *r);
	if (r)
		r->wave = service_wave(s, key->wave_code, &e);
	if (!r || !r->wave) {
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	r->rq = rq;
	r->key = key;
	r->begun = clock_monotonic_us();
	r->child = (struct child_run){ .pid = -1, .pidfd = -1, .out = -1 };
	if (!options_of(rq, rp, r)) {
		wave_ref_drop(r->wave);
		return HTTP_REPLIED;
	}
	r->arena = arena_new(IMPORT_ARENA);
	r->child.done = parsed;
	if (!r->arena || !child_start(s, &r->child, false, parse_file, r, &e)) {
		log_err(LOG_ERROR, rq->id, "import", &e);
		wave_ref_drop(r->wave);
		arena_free(r->arena);
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	s->imports++;
	return HTTP_LATER;
}
