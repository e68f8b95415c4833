/* OpenRosa: a filled form and its files, as phones send them.
 *
 * Clients know only success (201) and failure: what is stored but not valid
 * gets 201 and the reason in the envelope.  Files are stored by a statement
 * behind the sheet's own; a client that lost the answer between the two sends
 * the same again, and until then the sheet is seen as incomplete
 * (field.incomplete). */
#include <stdio.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/log.h"
#include "phieu/multipart.h"
#include "service_impl.h"

#define XML_PART  "xml_submission_file"
#define MORE_PART "*isIncomplete*"

/* What one POST brought. */
struct sent {
	struct http_request *rq;
	struct job job;
	struct line line[2]; /* the sheet; its files */
	struct sent_files files;
	struct xform_meta meta;
	struct faults faults;
	const char *xml;
	size_t n_xml;
	struct attachment file[LIMIT_PARTS];
	size_t n_files;
	const char *named[XFORM_FILES_MAX];
	size_t n_named;
	bool too_large; /* one of the files */
	bool more;	/* says that the rest comes in another request */
	int64_t begun;
};

enum http_done openrosa_head(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	const char *base = openrosa_base(app, rq);

	if (!openrosa_version_ok(rq, rp))
		return HTTP_REPLIED;
	base = base ? arena_printf(rq->arena, "%s/submission", base) : NULL;
	if (base)
		http_set_header(rp, "Location", base);
	rp->status = 204;
	return HTTP_REPLIED;
}

/* ---- reading ------------------------------------------------------------
 */

static bool is_name(const struct part *p, const char *name)
{
	return p->name && strcmp(p->name, name) == 0;
}

/* Names of the file's part: clients give the same twice, and should they
 * differ it is the one that the sheet names.  Comparing comes later, when the
 * sheet is read, so that both are kept. */
struct sent_part {
	const char *name, *filename;
};

static bool take_part(struct sent *o, const struct part *p, struct arena *a,
		      struct sent_part *names, struct err *e)
{
	struct attachment *f = &o->file[o->n_files];
	const char *name = p->filename && *p->filename ? p->filename : p->name;

	if (is_name(p, XML_PART)) {
		if (o->xml)
			return err_set(e, ERR_INPUT, "two " XML_PART);
		o->xml = p->bytes;
		o->n_xml = p->n;
		return true;
	}
	if (is_name(p, MORE_PART)) {
		o->more = true;
		return true;
	}
	if (!name)
		return err_set(e, ERR_INPUT, "a part without a name");
	if (p->n == 0 && (!p->filename || !*p->filename))
		return true; /* an empty field of a web form */
	o->too_large = o->too_large || p->n > LIMIT_ATTACHMENT_BYTES;
	names[o->n_files] = (struct sent_part){ p->name, p->filename };
	o->n_files++;
	return attachment_take(f, name, p->bytes, p->n, a, e);
}

static bool read_parts(struct sent *o, struct sent_part *names, struct err *e)
{
	const struct http_request *rq = o->rq;
	struct multipart m;
	struct part p;
	int got;

	if (!multipart_open(&m, http_header(rq, "Content-Type"), rq->body,
			    rq->body_n, rq->arena, e))
		return false;
	while ((got = multipart_next(&m, &p, e)) == 1)
		if (!take_part(o, &p, rq->arena, names, e))
			return false;
	if (got < 0)
		return false;
	return o->xml || err_set(e, ERR_INPUT, "no part " XML_PART);
}

static bool is_named(const struct sent *o, const char *name)
{
	for (size_t i = 0; i < o->n_named; i++)
		if (strcmp(o->named[i], name) == 0)
			return true;
	return false;
}

/* Names in the sheet, NFC; what no file can be called no file will be. */
static bool settle_names(struct sent *o, const struct sent_part *names)
{
	struct arena *a = o->rq->arena;
	struct err e = { 0 };
	const char *name;

	for (size_t i = 0; i < o->meta.n_files; i++)
		if (attachment_name(o->meta.files[i], a, &name, &e) &&
		    !is_named(o, name))
			o->named[o->n_named++] = name;
	for (size_t i = 0; i < o->n_files; i++)
		if (names[i].name && !is_named(o, o->file[i].name) &&
		    attachment_name(names[i].name, a, &name, &e) &&
		    is_named(o, name))
			o->file[i].name = name;
	return !arena_broken(a);
}

static const char UNREADABLE_VI[] =
	"Không đọc được dữ liệu gửi lên; nội dung được giữ lại để xem xét";

/* The version that a form was filled in: ours, or another state of the same
 * form, whose answers mean the same. */
static bool version_known(const struct wave_ref *w, const struct sent *o)
{
	const struct plan *p = w->wave->plan;
	const struct form *f = &p->forms[xform_find(p, o->meta.form_id)];
	size_t n = strlen(f->version);
	const char *v = o->meta.form_version;

	return !v || !*v ||
	       (strncmp(v, f->version, n) == 0 && (v[n] == '-' || !v[n]));
}

static void park(struct line *l, const char *code, const char *words,
		 const char *vi)
{
	line_odd(l, LINE_QUARANTINE, code, words, vi);
}

/* An edit of a sheet that may still be edited, by the one who sent it.
 * False: the store is away. */
static bool check_edit(struct service *s, const struct agent_scope *key,
		       struct sent *o)
{
	struct line *l = &o->line[0];
	struct instance_known self, old;
	struct arena *a = o->rq->arena;
	struct err e = { 0 };

	if (!l->sub.replaces)
		return true;
	if (!s->look ||
	    !store_instance_find(s->look, key->key, l->sub.instance, a, &self,
				 &e) ||
	    !store_instance_find(s->look, key->key, l->sub.replaces, a, &old,
				 &e)) {
		log_err(LOG_WARN, o->rq->id, "edit-lookup", &e);
		return false;
	}
	if (self.found)
		return true; /* it came before: the same answer again */
	if (!old.found)
		park(l, "unknown-original",
		     "deprecatedID names no submission of this agent",
		     "Không tìm thấy phiếu gốc mà bản sửa này thay thế");
	else if (old.state == STATE_REPLACED)
		park(l, "already-replaced",
		     "the submission that this one edits was edited before",
		     "Phiếu gốc đã có bản sửa khác; hãy sửa bản mới nhất");
	else if (old.state > STATE_REPLACED)
		park(l, "already-judged",
		     "the submission that this one edits was judged by a "
		     "supervisor",
		     "Phiếu gốc đã được giám sát viên xử lý, không sửa được "
		     "nữa");
	else if (old.sheet && l->sub.sheet &&
		 (strcmp(old.sheet, l->sub.sheet) != 0 ||
		  old.keying != l->sub.keying))
		park(l, "other-sheet",
		     "an edit keeps the sheet's number; have the old one "
		     "withdrawn",
		     "Bản sửa phải giữ nguyên số phiếu; nếu số phiếu sai, đề "
		     "nghị giám sát viên rút phiếu cũ");
	return true;
}

static bool settle(struct service *s, const struct agent_scope *key,
		   struct wave_ref *w, struct sent *o)
{
	struct line *l = &o->line[0];

	if (xform_find(w->wave->plan, o->meta.form_id) == NONE)
		park(l, "unknown-form", "the wave has no such form",
		     "Đợt điều tra không có mẫu phiếu này; nội dung được giữ "
		     "lại để xem xét");
	else if (!version_known(w, o))
		park(l, "unknown-version", "the form has no such version",
		     "Mẫu phiếu không có phiên bản này; nội dung được giữ lại "
		     "để xem xét");
	else if (!check_edit(s, key, o))
		return false;
	l->meta = &o->meta;
	l->names_files = o->n_named > 0;
	return l->kind != LINE_ITEM ||
	       line_settle(w, key, &o->faults, o->rq->arena, l);
}

/* A body that could not be taken apart: what fits is kept to look at. */
static void odd_body(const struct agent_scope *key, struct wave_ref *w,
		     struct sent *o, const struct err *e)
{
	const struct http_request *rq = o->rq;
	struct line *l = &o->line[0];
	const char *words = arena_strdup(rq->arena, e->msg);

	line_begin(w, key, WAY_OPENROSA, rq->body, rq->body_n, NULL, rq->arena,
		   l);
	if (o->too_large)
		line_odd(l, LINE_REFUSAL, "file-too-large", words,
			 "Một tệp đính kèm lớn hơn 10 MiB");
	else if (rq->body_n > LIMIT_XML_BYTES)
		line_odd(l, LINE_REFUSAL, "bad-body", words,
			 "Không đọc được dữ liệu gửi lên");
	else
		park(l, "bad-body", words, UNREADABLE_VI);
}

/* False: out of memory, or the store is away. */
static bool read_all(struct service *s, const struct agent_scope *key,
		     struct wave_ref *w, struct sent *o)
{
	struct sent_part names[LIMIT_PARTS] = { 0 };
	struct arena *a = o->rq->arena;
	struct line *l = &o->line[0];
	struct err e = { 0 };

	faults_init(&o->faults, a);
	if (!read_parts(o, names, &e)) {
		odd_body(key, w, o, &e);
		return e.kind == ERR_INPUT && l->odd.words;
	}
	line_begin(w, key, WAY_OPENROSA, o->xml, o->n_xml, NULL, a, l);
	if (o->n_xml > LIMIT_XML_BYTES) {
		line_odd(l, LINE_REFUSAL, "too-large",
			 "a filled form is larger than 1 MiB",
			 "Phiếu gửi lên lớn hơn 1 MiB");
		return true;
	}
	if (!xform_read(o->xml, o->n_xml, w->wave->plan, a, &l->sub, &o->meta,
			&o->faults, &e)) {
		park(l, "unreadable", arena_strdup(a, e.msg), UNREADABLE_VI);
		return e.kind == ERR_INPUT && l->odd.words;
	}
	return settle_names(o, names) && settle(s, key, w, o);
}

/* The second line of the job, when there is anything to say of files. */
static void add_files(struct sent *o)
{
	const struct line *l = &o->line[0];

	if (l->kind != LINE_ITEM || o->n_files + o->n_named == 0)
		return;
	o->files.set = (struct attachment_set){ .wave = l->item.wave->id,
						.key = l->item.key,
						.instance = l->sub.instance,
						.sha = l->item.sha,
						.named = o->named,
						.n_named = o->n_named,
						.files = o->file,
						.n_files = o->n_files };
	o->line[1] = (struct line){ .kind = LINE_FILES,
				    .cell = NONE,
				    .arena = o->rq->arena,
				    .files = &o->files };
	o->job.n = 2;
}

/* ---- the answer ---------------------------------------------------------
 */

/* Of a line that is kept or refused without being a submission. */
static int odd_status(const struct line *l)
{
	static const struct {
		const char *code;
		int status;
	} of[] = { { "unknown-form", 404 },	{ "unknown-version", 404 },
		   { "unknown-original", 404 }, { "already-replaced", 409 },
		   { "already-judged", 409 },	{ "other-sheet", 409 },
		   { "too-large", 413 },	{ "file-too-large", 413 },
		   { "bad-body", 400 },		{ "unreadable", 400 } };
	int status = line_status(l);

	if (l->answer.outcome == INTAKE_CLOSED)
		return 409;
	if (status == 401 || status >= 500)
		return status;
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
		if (strcmp(of[i].code, l->odd.code) == 0)
			return of[i].status;
	return status;
}

static int sheet_status(const struct line *l)
{
	int status = line_status(l);

	if (l->kind != LINE_ITEM)
		return odd_status(l);
	if (l->end != END_ANSWERED || l->answer.outcome > INTAKE_DUPLICATE)
		return status == 403 ? 409 : status; /* the wave is closed */
	return l->answer.state == STATE_WITHDRAWN ? 409 : 201;
}

static int files_status(const struct line *l)
{
	const struct attachment_answer *a = &l->files->answer;

	if (l->end != END_ANSWERED)
		return l->end == END_FAILED ? 500 : 503;
	if (a->outcome == INTAKE_DENIED)
		return 401;
	if (a->outcome != INTAKE_STORED || a->conflicts > 0)
		return 409;
	return a->refused > 0 ? 413 : 201;
}

/* Both languages grow together. */
struct words {
	struct buf vi, en;
};

static void say(struct words *w, const char *vi, const char *en)
{
	buf_adds(&w->vi, vi);
	buf_adds(&w->en, en);
}

/* The first faults in words; the list is ours, as fault_json wrote it. */
static void say_faults(struct words *w, const char *json)
{
	cJSON *list = json ? cJSON_Parse(json) : NULL;
	int n = cJSON_GetArraySize(list), shown = n < 3 ? n : 3;

	say(w, " Phiếu CHƯA HỢP LỆ, chưa được tính:",
	    " The sheet is NOT VALID and does not count:");
	for (int i = 0; i < shown; i++) {
		const cJSON *f = cJSON_GetArrayItem(list, i);
		const char *field[4];
		static const char *const name[] = { "code", "path",
						    "message_vi", "message" };

		for (int k = 0; k < 4; k++) {
			field[k] = cJSON_GetStringValue(
				cJSON_GetObjectItemCaseSensitive(f, name[k]));
			field[k] = field[k] ? field[k] : "";
		}
		buf_addf(&w->vi, " %s %s: %s;", field[0], field[1], field[2]);
		buf_addf(&w->en, " %s %s: %s;", field[0], field[1], field[3]);
	}
	if (n > shown) {
		buf_addf(&w->vi, " và %d lỗi khác;", n - shown);
		buf_addf(&w->en, " and %d more;", n - shown);
	}
	say(w, " hãy sửa phiếu và gửi lại.", " mend it and send it again.");
	cJSON_Delete(list);
}

static void say_when(struct service *s, struct sent *o, struct words *w)
{
	const struct agent_scope *key = o->rq->identity;
	struct instance_known known = { 0 };
	struct err e = { 0 };

	if (s->look &&
	    !store_instance_find(s->look, key->key, o->line[0].sub.instance,
				 o->rq->arena, &known, &e))
		log_err(LOG_WARN, o->rq->id, "when-received", &e);
	say(w, "Đã nhận trước đó", "Received before");
	if (known.found && known.received) {
		buf_addf(&w->vi, " lúc %s", known.received);
		buf_addf(&w->en, ", %s", known.received);
	}
}

static void say_files(const struct sent *o, struct words *w)
{
	const struct attachment_answer *a = &o->files.answer;

	if (o->job.n < 2)
		return;
	if (a->conflicts > 0)
		say(w,
		    " Một tệp đính kèm cùng tên đã nhận với nội dung khác; cả "
		    "hai được giữ để giám sát viên xem xét.",
		    " A file of the same name came before with other content; "
		    "both are kept for the supervisor.");
	if (a->refused > 0)
		say(w, " Phiếu có quá nhiều tệp đính kèm.",
		    " The sheet has too many files.");
	if (a->missing == 0)
		return;
	buf_addf(&w->vi, " Còn thiếu %d tệp đính kèm.", a->missing);
	buf_addf(&w->en, " %d of its files are still missing.", a->missing);
}

static void say_stored(struct service *s, struct sent *o, struct words *w)
{
	const struct line *l = &o->line[0];
	char receipt[RECEIPT_TEXT_MAX];

	if (l->answer.outcome == INTAKE_DUPLICATE)
		say_when(s, o, w);
	else
		say(w, "Đã nhận", "Received");
	if (l->sub.sheet) {
		buf_addf(&w->vi, " phiếu %.80s", l->sub.sheet);
		buf_addf(&w->en, " sheet %.80s", l->sub.sheet);
	}
	(void)receipt_text(s, l->answer.receipt_key, o->job.wave->wave->code,
			   l->sub.instance, l->item.sha, receipt);
	buf_addf(&w->vi, ". Biên nhận: %s.", receipt);
	buf_addf(&w->en, ". Receipt: %s.", receipt);
	if (l->answer.state == STATE_INVALID)
		say_faults(w, l->answer.faults);
	else if (l->answer.state == STATE_QUERIED)
		say(w, " Phiếu sẽ được hỏi lại (Q01).",
		    " The sheet is queried (Q01).");
}

static void say_kept(struct service *s, const struct sent *o, struct words *w)
{
	const struct line *l = &o->line[0];
	char receipt[RECEIPT_TEXT_MAX];

	buf_addf(&w->vi, "%s (%s).", l->why_vi, l->odd.code);
	buf_addf(&w->en, "%s (%s).", l->odd.words, l->odd.code);
	if (l->kind != LINE_QUARANTINE)
		return;
	(void)receipt_text(s, s->receipt_keys[0].id, o->job.wave->wave->code,
			   "quarantine", l->item.sha, receipt);
	buf_addf(&w->vi, " Mã lưu giữ: %s.", receipt);
	buf_addf(&w->en, " Kept under: %s.", receipt);
}

static const struct {
	int status;
	const char *vi, *en;
} plain_words[] = {
	{ 401, "Khóa truy cập đã bị thu hồi hoặc hết hạn",
	  "the key was revoked or has expired" },
	{ 500, "Lỗi bên trong máy chủ", "internal error" },
	{ 503, "Kho dữ liệu tạm ngừng; hãy gửi lại sau",
	  "the store does not answer; send the same again" },
};

static void say_refused(struct service *s, const struct sent *o, int status,
			struct words *w)
{
	const struct line *l = &o->line[0];

	for (size_t i = 0; i < sizeof plain_words / sizeof plain_words[0]; i++)
		if (plain_words[i].status == status) {
			say(w, plain_words[i].vi, plain_words[i].en);
			return;
		}
	if (l->answer.outcome == INTAKE_CLOSED)
		say(w, "Đợt điều tra đã đóng, không nhận phiếu",
		    "the wave takes no submissions");
	else if (l->kind != LINE_ITEM)
		say_kept(s, o, w);
	else if (l->answer.outcome == INTAKE_CONFLICT)
		say(w,
		    "Mã phiếu này đã nộp với nội dung khác; cả hai được giữ để "
		    "giám sát viên xem xét",
		    "this instanceID came before with other content; both are "
		    "kept for the supervisor");
	else if (l->answer.state == STATE_WITHDRAWN)
		say(w, "Phiếu này đã được rút, không nhận lại",
		    "this sheet was withdrawn and is not taken again");
}

static void openrosa_done(struct service *s, struct job *j)
{
	struct sent *o = j->owner;
	struct http_reply *rp = http_reply_of(o->rq);
	struct words w = { BUF_INIT(1 << 16), BUF_INIT(1 << 16) };
	int status = sheet_status(&o->line[0]);
	bool stored = status == 201;

	if (stored && j->n > 1)
		status = files_status(&o->line[1]);
	if (stored && status != 401 && status < 500)
		say_stored(s, o, &w);
	else
		say_refused(s, o, status, &w);
	if (stored && status < 500)
		say_files(o, &w);
	openrosa_envelope(o->rq, rp, status, w.vi.broken ? "" : w.vi.data,
			  w.en.broken ? "" : w.en.data);
	buf_free(&w.vi);
	buf_free(&w.en);
	if (status == 503)
		http_set_header(rp, "Retry-After", "2");
	metrics_latency(&s->metrics, clock_monotonic_us() - o->begun);
	wave_ref_drop(j->wave);
	http_finish(o->rq);
}

static enum http_done take(struct service *s, struct http_request *rq,
			   struct http_reply *rp)
{
	const struct agent_scope *key = rq->identity;
	struct sent *o = arena_alloc(rq->arena, sizeof *o);
	struct err e = { 0 };
	struct wave_ref *w = service_wave(s, key->wave_code, &e);

	if (!w)
		log_err(LOG_WARN, rq->id, "plan", &e);
	if (o) {
		o->rq = rq;
		o->begun = clock_monotonic_us();
	}
	if (!o || !w || !read_all(s, key, w, o)) {
		wave_ref_drop(w);
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	o->job = (struct job){ .wave = w,
			       .lines = o->line,
			       .n = 1,
			       .bytes = rq->body_n,
			       .alone = o->line[0].sub.replaces != NULL,
			       .done = openrosa_done,
			       .owner = o };
	add_files(o);
	service_enqueue(s, &o->job);
	return HTTP_LATER;
}

enum http_done openrosa_submit(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	struct service *s = app;

	if (!openrosa_version_ok(rq, rp))
		return HTTP_REPLIED;
	if (!service_can_write(s)) {
		s->metrics.outcome[COUNT_UNAVAILABLE]++;
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	if (!multipart_is(http_header(rq, "Content-Type"))) {
		http_error(rq, rp, 415, "wrong-type",
			   "send multipart/form-data",
			   "Chỉ nhận multipart/form-data");
		return HTTP_REPLIED;
	}
	return take(s, rq, rp);
}
