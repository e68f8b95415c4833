/* One submission: read and checked on its way in, its result on its way
 * out.  The same for a single one and for a line of NDJSON. */
#include <stdio.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/json.h"
#include "phieu/log.h"
#include "service_impl.h"

bool key_lists(const int32_t *list, size_t n, int32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

/* A key for a district serves its communes. */
bool key_serves(const struct wave_ref *w, const struct agent_scope *key,
		size_t home)
{
	for (; home != NONE; home = w->wave->plan->units[home].parent)
		if (key_lists(key->homes, key->n_homes, w->wave->unit_id[home]))
			return true;
	return false;
}

/* Of a group from nowhere in particular (councillors of the province), which
 * lies in no area: only a key for all of the wave takes it in. */
static bool homeless(const struct wave_ref *w, const struct submission *s)
{
	return s->group != NONE && !w->wave->plan->groups[s->group].has_home;
}

void line_odd(struct line *l, enum line_kind kind, const char *code,
	      const char *words, const char *vi)
{
	l->kind = kind;
	l->odd.code = code;
	l->odd.words = words;
	l->why_vi = vi;
}

static bool refused(const struct wave_ref *w, const struct agent_scope *key,
		    struct line *l)
{
	const struct submission *s = &l->sub;

	if (s->wave && strcmp(s->wave, key->wave_code) != 0)
		line_odd(l, LINE_REFUSAL, "wrong-wave",
			 "this key is for another wave",
			 "Khóa này dùng cho đợt điều tra khác");
	else if (s->form != NONE && !key->all_forms &&
		 !key_lists(key->forms, key->n_forms,
			    w->wave->form_id[s->form]))
		line_odd(l, LINE_REFUSAL, "wrong-form",
			 "this key is for other forms",
			 "Khóa này dùng cho mẫu phiếu khác");
	return l->kind == LINE_REFUSAL;
}

/* JSON of the faults on the arena; NULL when it does not fit. */
static const char *faults_text(struct faults *f, struct arena *a)
{
	struct buf b = BUF_INIT((size_t)4 << 20);
	const char *out = NULL;

	faults_sort(f);
	faults_json(f, &b);
	if (buf_cstr(&b))
		out = arena_strndup(a, b.data, b.len);
	buf_free(&b);
	return out;
}

/* A sheet of another area is somebody's filled sheet all the same: kept, not
 * counted (V02), while another wave or form is refused. */
static void check_area(const struct wave_ref *w, const struct agent_scope *key,
		       const struct submission *s, struct faults *faults)
{
	if (key->all_homes ||
	    (s->home != NONE ? key_serves(w, key, s->home) : !homeless(w, s)))
		return;
	fault_add(faults, "V02", "/home",
		  "the sheet is of an area that this agent does not serve",
		  "phiếu thuộc địa bàn không giao cho điều tra viên này");
}

static bool judge(struct wave_ref *w, const struct agent_scope *key,
		  struct faults *faults, struct arena *a, struct line *l)
{
	const struct plan *p = w->wave->plan;
	struct date today = instant_day_vn(clock_now_us());
	unsigned flags = 0;
	size_t from;

	from = faults->n;
	submission_check(p, &l->sub, today, faults, &flags);
	check_area(w, key, &l->sub, faults);
	if (l->meta)
		xform_places(l->meta, faults, from);
	if (l->names_files || l->sub.n_files > 0)
		flags |= FLAG_FILES;
	if (arena_broken(a))
		return false;
	if (today.days > p->to.days)
		flags |= FLAG_LATE;
	l->item.state = STATE_VALID;
	if (faults->n > 0) {
		l->item.state = STATE_INVALID;
		l->item.faults = faults_text(faults, a);
		if (!l->item.faults)
			return false;
	} else if (flags & FLAG_STRAIGHT) {
		l->item.state = STATE_QUERIED;
	}
	if (quota_take(w, l))
		flags |= FLAG_OVERFLOW;
	l->item.flags = flags;
	return true;
}

bool line_settle(struct wave_ref *w, const struct agent_scope *key,
		 struct faults *faults, struct arena *a, struct line *l)
{
	return refused(w, key, l) || judge(w, key, faults, a, l);
}

void line_begin(const struct wave_ref *w, const struct agent_scope *key,
		enum intake_way way, const char *bytes, size_t n,
		const uint8_t *sha, struct arena *a, struct line *l)
{
	*l = (struct line){ .cell = NONE, .arena = a };
	l->item = (struct intake_item){ .wave = w->wave,
					.s = &l->sub,
					.bytes = bytes,
					.n_bytes = n,
					.key = key->key,
					.way = way };
	l->odd = (struct intake_odd){ .wave = w->wave->id,
				      .key = key->key,
				      .bytes = bytes,
				      .n_bytes = n,
				      .way = way };
	l->hashed = sha != NULL;
	if (sha) {
		memcpy(l->item.sha, sha, SHA256_BYTES);
		memcpy(l->odd.sha, sha, SHA256_BYTES);
	}
}

bool line_read(struct wave_ref *w, const struct agent_scope *key,
	       enum intake_way way, const char *bytes, size_t n,
	       const uint8_t *sha, struct arena *a, struct line *l)
{
	struct err e = { 0 };
	struct faults faults;

	line_begin(w, key, way, bytes, n, sha, a, l);
	faults_init(&faults, a);
	if (n > LIMIT_SUBMISSION_BYTES) {
		line_odd(l, LINE_REFUSAL, "too-large",
			 "a submission is larger than 256 KiB",
			 "Phiếu gửi lên lớn hơn 256 KiB");
		return true;
	}
	if (!submission_read(bytes, n, w->wave->plan, a, &l->sub, &faults,
			     &e)) {
		if (e.kind != ERR_INPUT)
			return false;
		line_odd(l, LINE_QUARANTINE, "unreadable",
			 arena_strdup(a, e.msg),
			 "Không đọc được phiếu; nội dung được giữ lại để xem "
			 "xét");
		return l->odd.words != NULL;
	}
	l->files = l->sub.n_files ? arena_alloc(a, sizeof *l->files) : NULL;
	return !l->sub.n_files == !l->files &&
	       line_settle(w, key, &faults, a, l);
}

/* A sheet whose list of files was not kept is sent again; 0: it was, or its
 * turn did not come. */
static int behind_status(const struct line *l)
{
	if (!l->behind)
		return 0;
	switch (l->behind->end) {
	case END_DOWN: return 503;
	case END_FAILED: return 500;
	case END_OPEN:
	case END_ANSWERED: break;
	}
	return 0;
}

static int item_status(const struct line *l)
{
	if (l->answer.outcome <= INTAKE_DUPLICATE && behind_status(l) != 0)
		return behind_status(l);
	switch (l->answer.outcome) {
	case INTAKE_STORED: return l->answer.state == STATE_INVALID ? 422 : 201;
	case INTAKE_DUPLICATE:
		return l->answer.state == STATE_INVALID ? 422 : 200;
	case INTAKE_CONFLICT: return 409;
	case INTAKE_DENIED: return 401;
	case INTAKE_CLOSED: return 403;
	}
	return 500;
}

int line_status(const struct line *l)
{
	if (l->end == END_DOWN || l->end == END_OPEN)
		return 503;
	if (l->end == END_FAILED)
		return 500;
	if (l->kind == LINE_ITEM)
		return item_status(l);
	if (l->answer.outcome == INTAKE_DENIED)
		return 401;
	if (l->kind == LINE_QUARANTINE)
		return l->answer.outcome == INTAKE_CLOSED ? 403 : 400;
	return strcmp(l->odd.code, "too-large") == 0 ? 413 : 403;
}

bool receipt_text(const struct service *s, int key_id, const char *wave,
		  const char *instance, const uint8_t sha[SHA256_BYTES],
		  char out[RECEIPT_TEXT_MAX])
{
	for (size_t i = 0; i < s->n_receipt_keys; i++) {
		if (s->receipt_keys[i].id != key_id)
			continue;
		receipt_make((unsigned)key_id, s->receipt_keys[i].key, wave,
			     instance, sha, out);
		return true;
	}
	out[0] = '\0';
	return false;
}

const char *state_word(int state)
{
	static const char *const words[] = {
		[STATE_VALID] = "valid",	[STATE_QUERIED] = "queried",
		[STATE_INVALID] = "invalid",	[STATE_REPLACED] = "replaced",
		[STATE_ACCEPTED] = "accepted",	[STATE_REJECTED] = "rejected",
		[STATE_WITHDRAWN] = "withdrawn"
	};

	return state >= STATE_VALID && state <= STATE_WITHDRAWN ? words[state]
								: "unknown";
}

void write_flags(struct buf *out, unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *word;
	} words[] = { { FLAG_STRAIGHT, "Q01" },
		      { FLAG_OVERFLOW, "overflow" },
		      { FLAG_LATE, "late" },
		      { FLAG_FILES, "files" } };
	bool first = true;

	buf_adds(out, ",\"flags\":[");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!(flags & words[i].flag))
			continue;
		buf_adds(out, first ? "\"" : ",\"");
		buf_adds(out, words[i].word);
		buf_adds(out, "\"");
		first = false;
	}
	buf_adds(out, "]");
}

static void write_error(struct buf *out, const char *code, const char *message,
			const char *vi, const char *request)
{
	buf_adds(out, ",\"error\":");
	http_error_words(out, code, message, vi, request);
}

static const struct {
	int status;
	const char *code, *message, *message_vi;
} words_of[] = {
	{ 401, "key-revoked", "this key was revoked or has expired",
	  "Khóa truy cập đã bị thu hồi hoặc hết hạn" },
	{ 403, "wave-closed", "the wave takes no submissions",
	  "Đợt điều tra không nhận phiếu" },
	{ 409, "conflict",
	  "this instanceID came before with other content; both are kept for "
	  "the supervisor",
	  "Mã phiếu này đã nộp với nội dung khác; cả hai được giữ để giám sát "
	  "viên xem xét" },
	{ 500, "internal", "internal error, see the log under this id",
	  "Lỗi bên trong máy chủ" },
	{ 503, "unavailable", "the store does not answer; send the same again",
	  "Kho dữ liệu tạm ngừng; hãy gửi lại đúng nội dung này" },
};

/* Of a batch that was all or nothing, and became nothing: what would have
 * been kept was not, and must not be said to be. */
static bool write_dropped(const struct line *l, int status, const char *request,
			  struct buf *out)
{
	if (!l->dropped || (status != 400 && status != 409))
		return false;
	if (status == 400)
		write_error(out, l->odd.code, l->odd.words,
			    "Không đọc được phiếu", request);
	else
		write_error(out, "conflict",
			    "this instanceID came before with other content",
			    "Mã phiếu này đã nộp với nội dung khác", request);
	return true;
}

static void write_refused(const struct line *l, int status, const char *request,
			  struct buf *out)
{
	if (write_dropped(l, status, request, out))
		return;
	if (status != 401 && status < 500 && l->kind != LINE_ITEM &&
	    l->answer.outcome != INTAKE_CLOSED) {
		write_error(out, l->odd.code, l->odd.words, l->why_vi, request);
		return;
	}
	for (size_t i = 0; i < sizeof words_of / sizeof words_of[0]; i++)
		if (words_of[i].status == status)
			write_error(out, words_of[i].code, words_of[i].message,
				    words_of[i].message_vi, request);
}

/* No printf for what every line has: it would be a tenth of its time. */
static void member_name(struct buf *out, const char *name)
{
	buf_adds(out, ",\"");
	buf_adds(out, name);
	buf_adds(out, "\":");
}

/* A word of our own, with nothing to escape. */
static void member(struct buf *out, const char *name, const char *word)
{
	member_name(out, name);
	buf_adds(out, "\"");
	buf_adds(out, word);
	buf_adds(out, "\"");
}

static void member_int(struct buf *out, const char *name, int64_t v)
{
	char digits[24], *p = digits + sizeof digits;

	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	member_name(out, name);
	buf_add(out, p, (size_t)(digits + sizeof digits - p));
}

static void write_stored(struct service *s, const struct wave_ref *w,
			 const struct line *l, struct buf *out)
{
	char receipt[RECEIPT_TEXT_MAX];

	(void)receipt_text(s, l->answer.receipt_key, w->wave->code,
			   l->sub.instance, l->item.sha, receipt);
	member(out, "status", state_word(l->answer.state));
	if (!l->dropped)
		member(out, "receipt", receipt);
	if (l->behind && !l->dropped) {
		member_int(out, "files", (int64_t)l->sub.n_files);
		member_int(out, "missing", l->behind->files->answer.missing);
	}
	if (l->answer.state != STATE_INVALID) {
		write_flags(out, l->answer.flags);
		return;
	}
	buf_adds(out, ",\"errors\":");
	buf_adds(out, l->answer.faults ? l->answer.faults : "[]");
}

/* The receipt of what nobody could read: its bytes have no other name. */
static void write_quarantined(struct service *s, const struct wave_ref *w,
			      const struct line *l, struct buf *out)
{
	char receipt[RECEIPT_TEXT_MAX];

	(void)receipt_text(s, s->receipt_keys[0].id, w->wave->code,
			   "quarantine", l->item.sha, receipt);
	member(out, "status", "quarantined");
	member(out, "receipt", receipt);
}

void line_write(struct service *s, const struct wave_ref *w,
		const struct line *l, const char *request, int64_t number,
		struct buf *out)
{
	int status = line_status(l);
	size_t from = out->len;

	if (number > 0) {
		member_int(out, "line", number);
		member_int(out, "code", status);
	}
	if (l->sub.instance && l->kind != LINE_QUARANTINE) {
		buf_adds(out, ",\"instanceID\":");
		jw_escape(out, l->sub.instance, strlen(l->sub.instance));
	}
	if (status == 200 || status == 201 || status == 422) {
		write_stored(s, w, l, out);
	} else {
		if (status == 400 && !l->dropped)
			write_quarantined(s, w, l, out);
		write_refused(l, status, request, out);
	}
	buf_adds(out, "}\n");
	if (!out->broken) /* the first comma opens the object */
		out->data[from] = '{';
}

void line_count(struct service *s, const struct line *l)
{
	static const struct {
		int status;
		enum count count;
	} of[] = { { 201, COUNT_STORED },      { 200, COUNT_DUPLICATE },
		   { 422, COUNT_INVALID },     { 409, COUNT_CONFLICT },
		   { 400, COUNT_QUARANTINED }, { 413, COUNT_REFUSED },
		   { 401, COUNT_REFUSED },     { 503, COUNT_UNAVAILABLE },
		   { 500, COUNT_FAILED } };
	enum count c = l->answer.outcome == INTAKE_CLOSED ? COUNT_CLOSED
							  : COUNT_REFUSED;
	int status;

	if (l->kind == LINE_FILES) /* its sheet was counted */
		return;
	status = line_status(l);
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
		if (of[i].status == status)
			c = of[i].count;
	s->metrics.outcome[c]++;
}
