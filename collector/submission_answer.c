/* Answers of one rating: JSON values -> answer bytes and `extra`. */
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/utf8.h"
#include "submission_parts.h"

enum mark { MARK_NONE, MARK_UNREADABLE, MARK_DONT_KNOW, MARK_BAD };

/* "/ratings/3/answers/Q2", made only when there is something to say. */
static const char *here(struct reader *r)
{
	const char *path = fault_path_at(r->f, "/ratings", r->rating);

	path = fault_path(r->f, path, "answers", 7);
	return fault_path(r->f, path, r->key.s, r->key.n);
}

static void bad_type(struct reader *r)
{
	fault_say(r->f, "V00", here(r), "an answer of the wrong type",
		  "câu trả lời sai kiểu dữ liệu");
}

/* Codes are a letter or two: a call would cost more than the comparison. */
static bool is_code(const char *code, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (code[i] != s[i] || !s[i])
			return false;
	return code[n] == '\0';
}

/* The option with this code, NULL (and the fault said) when there is none. */
static const struct option *
option_of(struct reader *r, const struct question *q, const struct jspan *v)
{
	const struct option *o = NULL;
	const char *s = v->s + 1;
	size_t n = v->n - 2;

	/* most codes are a letter: no copy unless it needs decoding */
	if (v->escaped || !utf8_is_plain(s, n))
		s = reader_text(r, v, true, &n);
	if (!s)
		return NULL;
	for (size_t i = 0; i < q->n_options && !o; i++)
		if (is_code(q->options[i].code, s, n))
			o = &q->options[i];
	if (o && !o->retired)
		return o;
	fault_say(r->f, "V07", here(r),
		  WORDS(r->f,
			o ? "option \"%s\" of %s is no longer used"
			  : "no option \"%s\" in question %s",
			fault_quote(r->f, s, n), q->code),
		  WORDS(r->f,
			o ? "phương án \"%s\" của câu %s không còn "
			    "dùng"
			  : "không có phương án \"%s\" trong câu %s",
			fault_quote(r->f, s, n), q->code));
	return NULL;
}

/* {"mark":"unreadable"} or {"mark":"dont-know"}; the cursor is at the
 * object. */
static enum mark read_mark(struct reader *r, struct jscan *c)
{
	enum mark mark = MARK_BAD;
	struct jspan key, v;
	size_t members = 0;

	jscan_enter(c);
	while (jscan_key(c, &key)) {
		jscan_value(c, &v);
		members++;
		if (!jspan_is(&key, "mark") || jspan_kind(&v) != '"')
			continue;
		v.s++;
		v.n -= 2;
		if (jspan_is(&v, "unreadable"))
			mark = MARK_UNREADABLE;
		else if (jspan_is(&v, "dont-know"))
			mark = MARK_DONT_KNOW;
		else
			mark = MARK_NONE;
	}
	if (mark == MARK_BAD || members != 1) {
		bad_type(r);
		return MARK_BAD;
	}
	if (mark == MARK_NONE)
		fault_say(r->f, "V07", here(r),
			  "a mark is \"unreadable\" or \"dont-know\"",
			  "dấu chỉ có thể là \"unreadable\" (không đọc được) "
			  "hoặc \"dont-know\" (không biết)");
	return mark;
}

/* Several boxes ticked where one is allowed: a fault from two on. */
static uint8_t read_ticks(struct reader *r, struct jscan *c,
			  const struct question *q)
{
	const struct option *o = NULL;
	struct jspan v;
	size_t n = 0;
	bool bad = false;

	jscan_enter(c);
	while (jscan_item(c)) {
		jscan_value(c, &v);
		if (bad)
			continue;
		if (jspan_kind(&v) != '"') {
			bad_type(r);
			bad = true;
			continue;
		}
		o = option_of(r, q, &v);
		bad = !o;
		n++;
	}
	if (n > 1 && !bad)
		fault_say(r->f, "V06", here(r),
			  "two options marked in a single-choice question",
			  "đánh dấu từ hai phương án trở lên ở câu chỉ được "
			  "chọn một");
	if (bad || n > 1)
		return ANSWER_UNREADABLE;
	return o ? o->ordinal : (uint8_t)ANSWER_BLANK;
}

static uint8_t read_single(struct reader *r, struct jscan *c,
			   const struct question *q)
{
	const struct option *o;
	struct jspan v;

	switch (jscan_peek(c)) {
	case '[': return read_ticks(r, c, q);
	case '{':
		return read_mark(r, c) == MARK_DONT_KNOW ? ANSWER_DONT_KNOW
							 : ANSWER_UNREADABLE;
	default: break;
	}
	jscan_value(c, &v);
	switch (jspan_kind(&v)) {
	case 'n': return ANSWER_BLANK;
	case '"':
		o = option_of(r, q, &v);
		return o ? o->ordinal : (uint8_t)ANSWER_UNREADABLE;
	default: bad_type(r); return ANSWER_UNREADABLE;
	}
}

/* Keeps `"code":value` for the rating's extra. */
static void keep(struct reader *r, size_t q, const char *json)
{
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES * 2);

	jw_escape(&b, r->form->questions[q].code,
		  strlen(r->form->questions[q].code));
	buf_adds(&b, ":");
	buf_adds(&b, json);
	r->extra[q] = buf_cstr(&b) ? arena_strdup(r->a, buf_cstr(&b)) : NULL;
	if (!r->extra[q])
		reader_no_memory(r);
	buf_free(&b);
}

/* The ticked options in the order of the form, as a JSON array. */
static void keep_ticked(struct reader *r, size_t q,
			const bool ticked[LIMIT_OPTIONS + 1])
{
	const struct question *qu = &r->form->questions[q];
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES);
	bool any = false;

	for (size_t i = 0; i < qu->n_options; i++) {
		if (!ticked[qu->options[i].ordinal])
			continue;
		buf_adds(&b, any ? "," : "[");
		any = true;
		jw_escape(&b, qu->options[i].code, strlen(qu->options[i].code));
	}
	buf_adds(&b, "]");
	if (any && buf_cstr(&b))
		keep(r, q, buf_cstr(&b));
	buf_free(&b);
}

static void read_multiple(struct reader *r, struct jscan *c, size_t q)
{
	bool ticked[LIMIT_OPTIONS + 1] = { false };
	const struct question *qu = &r->form->questions[q];
	const struct option *o;
	struct jspan v;
	bool bad = false;

	jscan_enter(c);
	while (jscan_item(c)) {
		jscan_value(c, &v);
		if (bad)
			continue;
		if (jspan_kind(&v) != '"') {
			bad_type(r);
			bad = true;
			continue;
		}
		o = option_of(r, qu, &v);
		bad = !o;
		if (o && ticked[o->ordinal])
			fault_say(r->f, "V07", here(r),
				  "the same option is named twice",
				  "một phương án được ghi hai lần");
		if (o)
			ticked[o->ordinal] = true;
	}
	if (!bad)
		keep_ticked(r, q, ticked);
}

static bool whole(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((s[i] < '0' || s[i] > '9') && !(i == 0 && s[i] == '-'))
			return false;
	return true;
}

static void out_of_range(struct reader *r, const struct question *q)
{
	char low[DEC_TEXT_MAX] = "-", high[DEC_TEXT_MAX] = "-";

	if (q->has_min)
		(void)dec_text(q->min, low);
	if (q->has_max)
		(void)dec_text(q->max, high);
	fault_say(r->f, "V07", here(r),
		  WORDS(r->f, "number out of range (from %s to %s)", low, high),
		  WORDS(r->f, "số nằm ngoài khoảng cho phép (từ %s đến %s)",
			low, high));
}

static void too_fine(struct reader *r, const struct question *q)
{
	if (q->decimals == 0)
		fault_say(r->f, "V07", here(r), "not a whole number",
			  "không phải số nguyên");
	else
		fault_say(r->f, "V07", here(r),
			  WORDS(r->f, "a number with more than %zu decimals",
				q->decimals),
			  WORDS(r->f, "số có quá %zu chữ số thập phân",
				q->decimals));
}

/* A JSON integer, or any decimal as text. */
static void read_number(struct reader *r, const struct jspan *v, size_t q)
{
	const struct question *qu = &r->form->questions[q];
	char text[DEC_TEXT_MAX], quoted[DEC_TEXT_MAX + 2];
	const char *s = v->s;
	size_t n = v->n;
	struct err e = { 0 };
	struct dec d;

	if (jspan_kind(v) == 'd' && !whole(s, n)) {
		fault_say(r->f, "V00", here(r),
			  "a number with decimals or an exponent must be sent "
			  "as a string",
			  "số có phần thập phân hoặc số mũ phải gửi dưới dạng "
			  "chuỗi");
		return;
	}
	if (jspan_kind(v) == '"')
		s = reader_text(r, v, true, &n);
	if (!s)
		return;
	if (!dec_parse(s, n, &d, &e)) {
		fault_say(r->f, "V07", here(r),
			  WORDS(r->f,
				"\"%s\" is not a number "
				"that can be kept exactly",
				fault_quote(r->f, s, n)),
			  WORDS(r->f, "\"%s\" không phải là số hợp lệ",
				fault_quote(r->f, s, n)));
		return;
	}
	if ((qu->has_min && dec_cmp(d, qu->min) < 0) ||
	    (qu->has_max && dec_cmp(d, qu->max) > 0)) {
		out_of_range(r, qu);
		return;
	}
	if (!dec_fits(d, qu->decimals)) {
		too_fine(r, qu);
		return;
	}
	quoted[0] = '"';
	n = strlen(dec_text(d, text));
	memcpy(quoted + 1, text, n);
	memcpy(quoted + 1 + n, "\"", 2);
	keep(r, q, quoted);
}

static void read_words(struct reader *r, const struct jspan *v, size_t q)
{
	const struct question *qu = &r->form->questions[q];
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES * 2);
	size_t n, i = 0;
	const char *s = reader_text(r, v, true, &n);

	if (!s)
		return;
	while (i < n && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n'))
		i++;
	if (i == n)
		return; /* spaces only: blank */
	if (qu->max_bytes && n > qu->max_bytes) {
		fault_say(r->f, "V07", here(r),
			  WORDS(r->f, "text longer than %zu bytes",
				qu->max_bytes),
			  WORDS(r->f, "văn bản dài quá %zu byte",
				qu->max_bytes));
		return;
	}
	jw_escape(&b, s, n);
	if (buf_cstr(&b))
		keep(r, q, buf_cstr(&b));
	buf_free(&b);
}

static void read_extra(struct reader *r, struct jscan *c, size_t q)
{
	enum question_type type = r->form->questions[q].type;
	char kind = jscan_peek(c);
	enum mark mark;
	struct jspan v;

	if (kind == '{') {
		mark = read_mark(r, c);
		if (mark == MARK_UNREADABLE)
			keep(r, q, "{\"mark\":\"unreadable\"}");
		else if (mark == MARK_DONT_KNOW)
			keep(r, q, "{\"mark\":\"dont-know\"}");
		return;
	}
	if (kind == '[' && type == QUESTION_MULTIPLE) {
		read_multiple(r, c, q);
		return;
	}
	jscan_value(c, &v);
	kind = jspan_kind(&v);
	if (kind == 'n')
		return;
	if (type == QUESTION_NUMBER && (kind == '"' || kind == 'd'))
		read_number(r, &v, q);
	else if (type == QUESTION_TEXT && kind == '"')
		read_words(r, &v, q);
	else
		bad_type(r);
}

/* Answers come in the order of the form nearly always: try the next
 * question before looking.  Codes are ASCII and compared as sent, not after
 * normalising: U+212A becomes a K, and one question would be answered twice
 * under two keys. */
static size_t question_of(struct reader *r, const struct jspan *key,
			  size_t *next)
{
	const struct form *f = r->form;

	if (*next < f->n_questions && jspan_is(key, f->questions[*next].code))
		return (*next)++;
	for (size_t q = 0; q < f->n_questions; q++)
		if (jspan_is(key, f->questions[q].code)) {
			*next = q + 1;
			return q;
		}
	return NONE;
}

/* A question the form does not put takes null only. */
static void not_asked(struct reader *r)
{
	fault_say(r->f, "V07", here(r), "this form does not ask the question",
		  "mẫu phiếu này không hỏi câu này");
}

static void unknown(struct reader *r)
{
	fault_say(r->f, "V07", here(r),
		  WORDS(r->f, "no question \"%s\" on form %s",
			fault_quote(r->f, r->key.s, r->key.n), r->form->code),
		  WORDS(r->f, "không có câu \"%s\" trong mẫu phiếu %s",
			fault_quote(r->f, r->key.s, r->key.n), r->form->code));
}

static void read_one(struct reader *r, struct jscan *c, size_t q,
		     uint8_t *answers)
{
	const struct question *qu = &r->form->questions[q];
	struct jspan v;

	if (!qu->asked) {
		jscan_value(c, &v);
		if (jspan_kind(&v) != 'n')
			not_asked(r);
	} else if (qu->slot != NONE) {
		answers[qu->slot] = read_single(r, c, qu);
	} else {
		read_extra(r, c, q);
	}
}

void read_answers(struct reader *r, struct jscan *c, uint8_t *answers)
{
	struct jspan v;
	size_t q, next = 0;

	jscan_enter(c);
	while (!r->failed && jscan_key(c, &r->key)) {
		q = question_of(r, &r->key, &next);
		if (q != NONE) {
			read_one(r, c, q, answers);
			continue;
		}
		jscan_value(c, &v);
		unknown(r);
	}
}
