/* PUT /v1/submissions/{instance}/attachments/{name}: a scan or photo of a
 * sheet that came before, one file a request; and the list of a sheet's files.
 *
 * A file is stored behind its sheet, never before it, so that no photo lies
 * here of a sheet that nobody has.  Its receipt is made with the receipt key
 * of the sheet and so is the same for ever. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "service_impl.h"

/* ---- the list that a sheet gives ---------------------------------------- */

bool line_behind(struct line *l, struct line *out)
{
	const struct submission *s = &l->sub;

	if (l->kind != LINE_ITEM || s->n_files == 0)
		return false;
	l->files->set = (struct attachment_set){ .wave = l->item.wave->id,
						 .key = l->item.key,
						 .instance = s->instance,
						 .sha = l->item.sha,
						 .named = s->files,
						 .n_named = s->n_files };
	*out = (struct line){ .kind = LINE_FILES,
			      .cell = NONE,
			      .arena = l->arena,
			      .files = l->files };
	l->behind = out;
	return true;
}

/* ---- one file ------------------------------------------------------------
 */

struct upload {
	struct http_request *rq;
	struct job job;
	struct line line;
	struct sent_files files;
	struct attachment file;
	struct file_known known;
	int64_t begun;
};

/* An instanceID has no control characters, and so no receipt of a sheet is
 * ever one of a file. */
static const char *receipt_name(struct arena *a, const char *instance,
				const char *name)
{
	return arena_printf(a, "file\n%s\n%s", instance, name);
}

/* What is known of a file that is here, but for its size. */
static bool write_file(struct jw *w, const struct service *s,
		       struct http_request *rq, const struct kept_file *f)
{
	const struct agent_scope *key = rq->identity;
	const char *instance = rq->param[0];
	const char *what = receipt_name(rq->arena, instance, f->name);
	char receipt[RECEIPT_TEXT_MAX], hex[2 * SHA256_BYTES + 1];

	if (!what)
		return false;
	(void)receipt_text(s, f->receipt_key, key->wave_code, what, f->sha,
			   receipt);
	hex_text(f->sha, SHA256_BYTES, hex);
	jw_kv(w, "name", f->name);
	jw_kv(w, "type", f->type);
	jw_kv(w, "state", attachment_state_word(f->type));
	jw_kv(w, "sha256", hex);
	jw_kv(w, "receipt", receipt);
	return true;
}

static void reply_kept(struct service *s, struct http_request *rq,
		       struct http_reply *rp, int status,
		       const struct kept_file *f, int64_t missing)
{
	struct jw w;

	rp->status = status;
	jw_init(&w, &rp->body);
	jw_object(&w);
	jw_kv(&w, "instanceID", rq->param[0]);
	if (!write_file(&w, s, rq, f)) {
		reply_down(rq, rp);
		return;
	}
	jw_ki(&w, "missing", missing);
	jw_object_end(&w);
	buf_adds(&rp->body, "\n");
}

static const struct refusal {
	int status;
	const char *code, *message, *message_vi;
} refusals[] = {
	{ 401, "key-revoked", "this key was revoked or has expired",
	  "Khóa truy cập đã bị thu hồi hoặc hết hạn" },
	{ 403, "wave-closed", "the wave takes no files any more",
	  "Đợt điều tra không nhận tệp nữa" },
	{ 404, "no-sheet",
	  "this agent has sent no such sheet; send the sheet first, then its "
	  "files",
	  "Chưa nhận phiếu này từ điều tra viên này; hãy gửi phiếu trước, rồi "
	  "gửi tệp kèm theo" },
	{ 409, "file-conflict",
	  "a file of this name came before with other content; both are kept "
	  "for the supervisor; give a new picture a new name",
	  "Đã nhận một tệp cùng tên nhưng nội dung khác; cả hai được giữ để "
	  "giám sát viên xem xét; ảnh mới cần tên mới" },
	{ 409, "sheet-withdrawn", "the sheet was withdrawn",
	  "Phiếu này đã được rút, không nhận tệp kèm theo" },
	{ 413, "too-many-files", "the sheet has as many files as it may",
	  "Phiếu đã có đủ số tệp tối đa" },
	{ 500, "internal", "internal error, see the log under this id",
	  "Lỗi bên trong máy chủ" },
};

static void refuse(struct http_request *rq, struct http_reply *rp,
		   const char *code)
{
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		const struct refusal *r = &refusals[i];

		if (strcmp(r->code, code) == 0)
			http_error(rq, rp, r->status, r->code, r->message,
				   r->message_vi);
	}
	if (rp->status == 401)
		http_set_header(rp, "WWW-Authenticate",
				"Bearer realm=\"phieu\"");
}

/* What the store said; NULL: the file is kept. */
static const char *refused_by(const struct line *l)
{
	const struct attachment_answer *a = &l->files->answer;

	if (l->end != END_ANSWERED)
		return l->end == END_FAILED ? "internal" : "down";
	switch (a->outcome) {
	case INTAKE_STORED: break;
	case INTAKE_DENIED: return "key-revoked";
	case INTAKE_CLOSED: return "wave-closed";
	case INTAKE_DUPLICATE:
	case INTAKE_CONFLICT: return "no-sheet";
	}
	if (a->refused > 0)
		return "too-many-files";
	return a->conflicts > 0 ? "file-conflict" : NULL;
}

static void upload_done(struct service *s, struct job *j)
{
	struct upload *u = j->owner;
	struct http_reply *rp = http_reply_of(u->rq);
	const char *why = refused_by(&u->line);
	struct kept_file f = { .name = u->file.name,
			       .type = u->file.type,
			       .receipt_key = u->known.receipt_key };

	memcpy(f.sha, u->file.sha, sizeof f.sha);
	if (!why)
		reply_kept(s, u->rq, rp, 201, &f, u->files.answer.missing);
	else if (strcmp(why, "down") == 0)
		reply_down(u->rq, rp);
	else
		refuse(u->rq, rp, why);
	metrics_latency(&s->metrics, clock_monotonic_us() - u->begun);
	wave_ref_drop(j->wave);
	http_finish(u->rq);
}

static bool same_as_before(const struct upload *u)
{
	return u->known.has_file &&
	       memcmp(u->known.file.sha, u->file.sha, SHA256_BYTES) == 0;
}

static enum http_done store(struct service *s, struct upload *u,
			    struct http_reply *rp)
{
	const struct agent_scope *key = u->rq->identity;
	struct err e = { 0 };
	struct wave_ref *w = service_wave(s, key->wave_code, &e);

	if (!w) {
		log_err(LOG_WARN, u->rq->id, "plan", &e);
		reply_down(u->rq, rp);
		return HTTP_REPLIED;
	}
	u->files.set = (struct attachment_set){ .wave = w->wave->id,
						.key = key->key,
						.instance = u->rq->param[0],
						.sha = u->known.sheet_sha,
						.files = &u->file,
						.n_files = 1 };
	u->line = (struct line){ .kind = LINE_FILES,
				 .cell = NONE,
				 .arena = u->rq->arena,
				 .files = &u->files };
	u->job = (struct job){ .wave = w,
			       .lines = &u->line,
			       .n = 1,
			       .bytes = u->rq->body_n,
			       .done = upload_done,
			       .owner = u };
	service_enqueue(s, &u->job);
	return HTTP_LATER;
}

/* Name and content.  False: replied. */
static bool read_upload(struct upload *u, struct http_reply *rp)
{
	struct http_request *rq = u->rq;
	struct err e = { 0 };

	if (rq->body_n == 0) {
		http_error(rq, rp, 400, "empty-file", "the file is empty",
			   "Tệp rỗng (0 byte); hãy chụp hoặc quét lại");
		return false;
	}
	if (attachment_take(&u->file, rq->param[1], rq->body, rq->body_n,
			    rq->arena, &e))
		return true;
	if (e.kind == ERR_INPUT)
		http_error(rq, rp, 400, "bad-name",
			   arena_strdup(rq->arena, e.msg),
			   "Tên tệp không dùng được: rỗng, quá 249 byte, hoặc "
			   "có dấu gạch chéo, ký tự điều khiển");
	else
		reply_down(rq, rp);
	return false;
}

enum http_done service_file_put(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	struct upload *u = arena_alloc(rq->arena, sizeof *u);
	const struct agent_scope *key = rq->identity;
	struct service *s = app;
	struct err e = { 0 };

	if (!u || !s->look || !service_can_write(s)) {
		s->metrics.outcome[COUNT_UNAVAILABLE]++;
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	u->rq = rq;
	u->begun = clock_monotonic_us();
	if (!read_upload(u, rp))
		return HTTP_REPLIED;
	if (!store_file_known(s->look, key->key, rq->param[0], u->file.name,
			      rq->arena, &u->known, &e)) {
		log_err(LOG_WARN, rq->id, "sheet-of-file", &e);
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	if (!u->known.found) {
		refuse(rq, rp, "no-sheet");
	} else if (same_as_before(u)) {
		reply_kept(s, rq, rp, 200, &u->known.file, u->known.missing);
	} else if (u->known.state == STATE_WITHDRAWN) {
		refuse(rq, rp, "sheet-withdrawn");
	} else {
		return store(s, u, rp);
	}
	return HTTP_REPLIED;
}

/* ---- the list ------------------------------------------------------------
 */

static bool write_row(struct jw *w, struct service *s, struct http_request *rq,
		      const struct kept_file *f)
{
	bool ok = true;

	jw_object(w);
	if (f->here)
		ok = write_file(w, s, rq, f);
	else
		jw_kv(w, "name", f->name);
	jw_kb(w, "here", f->here);
	jw_kb(w, "named", f->named);
	if (f->here) {
		jw_ki(w, "bytes", f->bytes);
		jw_kv(w, "received", f->received);
	}
	jw_object_end(w);
	return ok;
}

enum http_done service_files(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	const struct agent_scope *key = rq->identity;
	struct kept_file *list = NULL;
	struct file_known known;
	struct service *s = app;
	struct err e = { 0 };
	bool ok = false;
	struct jw w;
	size_t n = 0;

	if (!s->look ||
	    !store_file_known(s->look, key->key, rq->param[0], "", rq->arena,
			      &known, &e) ||
	    !store_files_known(s->look, key->key, rq->param[0],
			       known.receipt_key, rq->arena, &list, &n, &e))
		goto out;
	ok = true;
	if (!known.found) {
		http_error(rq, rp, 404, "not-found",
			   "this agent has sent no such instanceID",
			   "Điều tra viên này chưa nộp phiếu có mã đó");
		goto out;
	}
	jw_init(&w, &rp->body);
	jw_object(&w);
	jw_kv(&w, "instanceID", rq->param[0]);
	jw_ki(&w, "missing", known.missing);
	jw_key(&w, "files");
	jw_array(&w);
	for (size_t i = 0; ok && i < n; i++)
		ok = write_row(&w, s, rq, &list[i]);
	jw_array_end(&w);
	jw_object_end(&w);
	buf_adds(&rp->body, "\n");
out:
	if (!ok) {
		log_err(LOG_WARN, rq->id, "files", &e);
		reply_down(rq, rp);
	}
	return HTTP_REPLIED;
}
