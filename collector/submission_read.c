#include <string.h>

#include "phieu/attachment.h"
#include "phieu/json.h"
#include "phieu/sheet.h"
#include "submission_parts.h"

void reader_no_memory(struct reader *r)
{
	err_set(r->e, ERR_NOMEM, "out of memory for a submission");
	r->failed = true;
}

char *reader_text(struct reader *r, const struct jspan *v, bool quoted,
		  size_t *n)
{
	char *s = jspan_text(v, quoted, r->a, n, r->e);

	if (!s)
		r->failed = true;
	return s;
}

static void wrong_type(struct reader *r, const char *path)
{
	fault_say(r->f, "V00", path, "wrong type of value",
		  "giá trị sai kiểu dữ liệu");
}

static void missing(struct reader *r, const char *path)
{
	fault_say(r->f, "V00", path, "missing", "thiếu trường này");
}

static void unknown_member(struct reader *r, const char *parent,
			   const struct jspan *key)
{
	fault_say(r->f, "V00", fault_path(r->f, parent, key->s, key->n),
		  "unknown member", "trường không có trong quy định");
}

/* What the top level may hold. */
enum head {
	H_INSTANCE,
	H_REPLACES,
	H_WAVE,
	H_FORM,
	H_VERSION,
	H_SHEET,
	H_KEYING,
	H_GROUP,
	H_HOME,
	H_COLLECTED,
	H_START,
	H_END,
	H_DEVICE,
	H_SIMULATED,
	H_PROFILE,
	H_RATINGS,
	H_COMMENT,
	H_FILES,
	H_COUNT
};

static const char *const head_name[H_COUNT] = {
	[H_INSTANCE] = "instanceID", [H_REPLACES] = "replaces",
	[H_WAVE] = "wave",	     [H_FORM] = "form",
	[H_VERSION] = "version",     [H_SHEET] = "sheet",
	[H_KEYING] = "keying",	     [H_GROUP] = "group",
	[H_HOME] = "home",	     [H_COLLECTED] = "collected",
	[H_START] = "start",	     [H_END] = "end",
	[H_DEVICE] = "device",	     [H_SIMULATED] = "simulated",
	[H_PROFILE] = "profile",     [H_RATINGS] = "ratings",
	[H_COMMENT] = "comment",     [H_FILES] = "files",
};

static void read_heads(struct reader *r, struct jscan *c,
		       struct jspan value[H_COUNT])
{
	struct jspan key, v;
	size_t h = 0, k;

	memset(value, 0, sizeof *value * H_COUNT);
	jscan_enter(c);
	while (jscan_key(c, &key)) {
		jscan_value(c, &v);
		/* they come in the order of the contract nearly always */
		for (k = 0; k < H_COUNT; k++, h = (h + 1) % H_COUNT)
			if (jspan_is(&key, head_name[h]))
				break;
		if (k < H_COUNT)
			value[h] = v;
		else
			unknown_member(r, "", &key);
	}
}

/* Spaces around what people type are nobody's meaning. */
static const char *trimmed(char *s, size_t n)
{
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		s[--n] = '\0';
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* A text member, NULL when absent, null, empty or wrong (then said). */
static const char *head_text(struct reader *r, const struct jspan *v,
			     const char *path, size_t max, bool required)
{
	char kind = jspan_kind(v);
	const char *s = NULL;
	char *own;
	size_t n;

	if (kind == '"') {
		own = reader_text(r, v, true, &n);
		if (!own)
			return NULL;
		s = trimmed(own, n);
	} else if (kind && kind != 'n') {
		wrong_type(r, path);
		return NULL;
	}
	if (!s || !*s) {
		if (required)
			missing(r, path);
		return NULL;
	}
	if (strlen(s) <= max)
		return s;
	fault_say(r->f, "V00", path, WORDS(r->f, "longer than %zu bytes", max),
		  WORDS(r->f, "dài quá %zu byte", max));
	return NULL;
}

/* Printable ASCII without spaces: it stands in paths and receipts. */
static bool instance_ok(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] <= 0x20 || s[i] >= 0x7F)
			return false;
	return n > 0 && n <= LIMIT_INSTANCE_BYTES;
}

static bool read_instance(struct reader *r, const struct jspan *v)
{
	const char *s = NULL;
	size_t n;

	if (jspan_kind(v) == '"') {
		s = reader_text(r, v, true, &n);
		if (!s)
			return false;
	}
	if (!s || !instance_ok(s)) {
		r->failed = true;
		return err_set(r->e, ERR_INPUT,
			       "no usable instanceID (1 to %d printable ASCII "
			       "characters without spaces)",
			       LIMIT_INSTANCE_BYTES);
	}
	r->s->instance = s;
	return true;
}

static void read_replaces(struct reader *r, const struct jspan *v)
{
	const char *s =
		head_text(r, v, "/replaces", LIMIT_INSTANCE_BYTES, false);

	if (!s)
		return;
	if (!instance_ok(s) || strcmp(s, r->s->instance) == 0) {
		fault_say(r->f, "V00", "/replaces",
			  "not the instanceID of another submission",
			  "không phải instanceID của một phiếu khác");
		return;
	}
	r->s->replaces = s;
}

static void read_codes(struct reader *r, const struct jspan v[H_COUNT])
{
	struct submission *s = r->s;

	s->wave = head_text(r, &v[H_WAVE], "/wave", LIMIT_CODE_BYTES, true);
	s->form_code =
		head_text(r, &v[H_FORM], "/form", LIMIT_CODE_BYTES, true);
	s->form_version =
		head_text(r, &v[H_VERSION], "/version", LIMIT_CODE_BYTES, true);
	s->group_code =
		head_text(r, &v[H_GROUP], "/group", LIMIT_CODE_BYTES, true);
	s->home_code =
		head_text(r, &v[H_HOME], "/home", LIMIT_CODE_BYTES, false);
	s->device =
		head_text(r, &v[H_DEVICE], "/device", LIMIT_CODE_BYTES, false);
	read_replaces(r, &v[H_REPLACES]);
}

/* The number as printed, so that one sheet has one spelling; as typed when
 * it is not a number at all. */
static void read_sheet(struct reader *r, const struct jspan *v)
{
	const char *s = head_text(r, v, "/sheet", LIMIT_CODE_BYTES, false);
	char text[SHEET_TEXT_MAX];
	struct err e = { 0 };
	struct sheet_no no;

	if (s && sheet_parse(s, strlen(s), &no, &e)) {
		s = arena_strdup(r->a, sheet_text(&no, text));
		if (!s)
			reader_no_memory(r);
	}
	r->s->sheet = s;
}

static void read_keying(struct reader *r, const struct jspan *v)
{
	char kind = jspan_kind(v);

	r->s->keying = 1;
	if (!kind || kind == 'n')
		return;
	if (v->n == 1 && (*v->s == '1' || *v->s == '2'))
		r->s->keying = *v->s - '0';
	else
		fault_say(r->f, "V00", "/keying", "keying is 1 or 2",
			  "lần nhập chỉ có thể là 1 hoặc 2");
}

static void read_collected(struct reader *r, const struct jspan *v)
{
	const char *s = head_text(r, v, "/collected", LIMIT_CODE_BYTES, true);
	struct err e = { 0 };

	if (!s)
		return;
	r->s->has_collected = date_parse(s, strlen(s), &r->s->collected, &e);
	if (!r->s->has_collected)
		fault_say(r->f, "V00", "/collected",
			  "not a date written YYYY-MM-DD",
			  "không phải ngày viết theo dạng NĂM-THÁNG-NGÀY");
}

static bool read_instant(struct reader *r, const struct jspan *v,
			 const char *path, int64_t *us)
{
	const char *s = head_text(r, v, path, LIMIT_CODE_BYTES, false);
	struct err e = { 0 };

	if (!s)
		return false;
	if (instant_parse(s, strlen(s), us, &e))
		return true;
	fault_say(r->f, "V00", path,
		  "not an instant like 2021-02-03T08:15:00+07:00",
		  "không phải thời điểm dạng 2021-02-03T08:15:00+07:00");
	return false;
}

static void read_simulated(struct reader *r, const struct jspan *v)
{
	char kind = jspan_kind(v);

	if (kind == 't')
		r->s->simulated = true;
	else if (kind && kind != 'n' && kind != 'f')
		wrong_type(r, "/simulated");
}

static void read_comment(struct reader *r, const struct jspan *v)
{
	r->s->comment = head_text(r, v, "/comment", LIMIT_COMMENT_BYTES, false);
}

static bool names_file(const struct submission *s, const char *name)
{
	for (size_t i = 0; i < s->n_files; i++)
		if (strcmp(s->files[i], name) == 0)
			return true;
	return false;
}

/* One name; the same in another composition of letters is the same. */
static void read_file(struct reader *r, const struct jspan *v, size_t i)
{
	const char *path = fault_path_at(r->f, "/files", i);
	const char *name = NULL;
	struct err e = { 0 };
	char *s;
	size_t n;

	if (jspan_kind(v) != '"') {
		wrong_type(r, path);
		return;
	}
	s = reader_text(r, v, true, &n);
	if (!s)
		return;
	if (attachment_name(s, r->a, &name, &e)) {
		if (!names_file(r->s, name))
			r->s->files[r->s->n_files++] = name;
	} else if (e.kind == ERR_NOMEM) {
		reader_no_memory(r);
	} else {
		fault_say(r->f, "V00", path, "no file can have this name",
			  "không tệp nào có tên như vậy");
	}
}

static void read_files(struct reader *r, const struct jspan *v)
{
	char kind = jspan_kind(v);
	struct jspan one;
	struct jscan c;

	if (!kind || kind == 'n')
		return;
	if (kind != '[') {
		wrong_type(r, "/files");
		return;
	}
	r->s->files = arena_array(r->a, LIMIT_ATTACHMENTS, sizeof *r->s->files);
	if (!r->s->files) {
		reader_no_memory(r);
		return;
	}
	jscan_init(&c, v->s, v->n);
	jscan_enter(&c);
	for (size_t i = 0; !r->failed && jscan_item(&c); i++) {
		jscan_value(&c, &one);
		if (i == LIMIT_ATTACHMENTS) {
			fault_say(r->f, "V00", "/files",
				  WORDS(r->f, "more than %d files",
					LIMIT_ATTACHMENTS),
				  WORDS(r->f, "nhiều hơn %d tệp",
					LIMIT_ATTACHMENTS));
			break;
		}
		read_file(r, &one, i);
	}
}

struct pair {
	const char *key, *value;
};

/* Members in bytewise order: canonical JSON.  Keys that only became equal by
 * normalising (composed and decomposed letters) are one field given twice. */
static size_t profile_sort(struct reader *r, struct pair *list, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct pair one = list[i];
		size_t j = kept;

		while (j > 0 && strcmp(one.key, list[j - 1].key) < 0)
			j--;
		if (j > 0 && strcmp(one.key, list[j - 1].key) == 0) {
			fault_say(r->f, "V08",
				  fault_path(r->f, "/profile", one.key,
					     strlen(one.key)),
				  "the field is given twice",
				  "trường thông tin này được ghi hai lần");
			continue;
		}
		memmove(&list[j + 1], &list[j], (kept - j) * sizeof *list);
		list[j] = one;
		kept++;
	}
	return kept;
}

static void profile_write(struct reader *r, struct pair *list, size_t n)
{
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES * 2);
	struct jw w;

	n = profile_sort(r, list, n);
	jw_init(&w, &b);
	jw_object(&w);
	for (size_t i = 0; i < n; i++)
		jw_kv(&w, list[i].key, list[i].value);
	jw_object_end(&w);
	r->s->profile = buf_cstr(&b) ? arena_strdup(r->a, buf_cstr(&b)) : NULL;
	if (!r->s->profile)
		reader_no_memory(r);
	buf_free(&b);
}

/* One member; false when it is not to be kept. */
static bool profile_member(struct reader *r, const struct jspan *key,
			   const struct jspan *v, struct pair *out)
{
	size_t n;

	if (jspan_kind(v) == 'n')
		return false;
	if (jspan_kind(v) != '"') {
		fault_say(r->f, "V08",
			  fault_path(r->f, "/profile", key->s, key->n),
			  "not the code of an option",
			  "không phải mã của một phương án");
		return false;
	}
	out->key = reader_text(r, key, false, &n);
	out->value = out->key ? reader_text(r, v, true, &n) : NULL;
	return out->value != NULL;
}

static void read_profile(struct reader *r, const struct jspan *v)
{
	struct pair list[LIMIT_PROFILE_KEYS];
	char kind = jspan_kind(v);
	struct jspan key, value;
	struct jscan c;
	size_t n = 0;

	r->s->profile = "{}";
	if (!kind || kind == 'n')
		return;
	if (kind != '{') {
		wrong_type(r, "/profile");
		return;
	}
	jscan_init(&c, v->s, v->n);
	jscan_enter(&c);
	while (!r->failed && jscan_key(&c, &key)) {
		jscan_value(&c, &value);
		if (n == LIMIT_PROFILE_KEYS) {
			fault_say(r->f, "V08", "/profile",
				  "too many profile fields",
				  "quá nhiều trường thông tin người trả lời");
			break;
		}
		if (profile_member(r, &key, &value, &list[n]))
			n++;
	}
	if (!r->failed && n > 0)
		profile_write(r, list, n);
}

/* Joins what read_answers kept into one JSON object; NULL when nothing. */
static const char *extra_text(struct reader *r)
{
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES * 4);
	const char *out = NULL;

	for (size_t q = 0; q < r->form->n_questions; q++) {
		if (!r->extra[q])
			continue;
		buf_adds(&b, b.len ? "," : "{");
		buf_adds(&b, r->extra[q]);
		r->extra[q] = NULL;
	}
	if (b.len == 0 && !b.broken)
		return NULL;
	buf_adds(&b, "}");
	if (buf_cstr(&b))
		out = arena_strdup(r->a, buf_cstr(&b));
	if (!out)
		reader_no_memory(r);
	buf_free(&b);
	return out;
}

static size_t count_answered(const uint8_t *answers, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += answers[i] >= 1 && answers[i] <= ANSWER_MAX_OPTION;
	return k;
}

static uint8_t *rating_begin(struct reader *r)
{
	size_t n = r->form ? r->form->n_slots : 0;
	uint8_t *answers = arena_alloc(r->a, n + 1);

	if (!answers)
		reader_no_memory(r);
	else if (n > 0)
		memcpy(answers, r->blank, n);
	return answers;
}

static void rating_unit(struct reader *r, struct jscan *c, struct rating *out)
{
	const char *path = "";
	struct jspan v;

	jscan_value(c, &v);
	if (jspan_kind(&v) != '"' || v.n - 2 > LIMIT_CODE_BYTES) {
		path = fault_path_at(r->f, "/ratings", r->rating);
		path = fault_path(r->f, path, "unit", 4);
	}
	out->unit_code = head_text(r, &v, path, LIMIT_CODE_BYTES, false);
	if (out->unit_code)
		out->unit = plan_unit(r->p, out->unit_code);
}

static void read_rating(struct reader *r, struct jscan *c, struct rating *out)
{
	uint8_t *answers = rating_begin(r);
	bool has_answers = false;
	struct jspan key, v;

	*out = (struct rating){ .unit = NONE, .answers = answers };
	jscan_enter(c);
	while (!r->failed && jscan_key(c, &key)) {
		if (jspan_is(&key, "unit")) {
			rating_unit(r, c, out);
		} else if (jspan_is(&key, "answers") && jscan_peek(c) == '{') {
			has_answers = true;
			if (r->form)
				read_answers(r, c, answers);
			else
				jscan_value(c, &v);
		} else {
			const char *at =
				fault_path_at(r->f, "/ratings", r->rating);

			jscan_value(c, &v);
			if (!jspan_is(&key, "answers")) {
				unknown_member(r, at, &key);
				continue;
			}
			has_answers = true;
			wrong_type(r, fault_path(r->f, at, "answers", 7));
		}
	}
	if (r->failed)
		return;
	if (!has_answers)
		missing(r,
			fault_path(r->f,
				   fault_path_at(r->f, "/ratings", r->rating),
				   "answers", 7));
	if (r->form)
		out->n_answered = count_answered(answers, r->form->n_slots);
	if (r->form && r->extra)
		out->extra = extra_text(r);
}

/* Something else in its place: kept as an empty rating, so that those after
 * it keep their numbers in the paths of faults. */
static void read_no_rating(struct reader *r, struct jscan *c,
			   struct rating *out)
{
	struct jspan skipped;

	jscan_value(c, &skipped);
	wrong_type(r, fault_path_at(r->f, "/ratings", r->rating));
	*out = (struct rating){ .unit = NONE, .answers = rating_begin(r) };
}

/* Room for one more, doubling; the arena keeps the small old ones. */
static struct rating *rating_room(struct reader *r, size_t *cap)
{
	struct submission *s = r->s;
	struct rating *more;

	if (s->n_ratings < *cap)
		return &s->ratings[s->n_ratings];
	*cap = *cap ? *cap * 4 : 4;
	more = arena_array(r->a, *cap, sizeof *more);
	if (!more) {
		reader_no_memory(r);
		return NULL;
	}
	if (s->n_ratings > 0)
		memcpy(more, s->ratings, s->n_ratings * sizeof *more);
	s->ratings = more;
	return &more[s->n_ratings];
}

static void read_ratings(struct reader *r, const struct jspan *v)
{
	struct jscan c;
	size_t cap = 0;

	if (jspan_kind(v) != '[') {
		if (v->n == 0)
			missing(r, "/ratings");
		else
			wrong_type(r, "/ratings");
		return;
	}
	jscan_init(&c, v->s, v->n);
	jscan_enter(&c);
	for (r->rating = 0; !r->failed && jscan_item(&c); r->rating++) {
		struct rating *room;

		if (r->s->n_ratings == LIMIT_RATINGS) {
			fault_say(r->f, "V04", "/ratings",
				  "too many rated units on one sheet",
				  "một phiếu đánh giá quá nhiều đơn vị");
			break;
		}
		room = rating_room(r, &cap);
		if (!room)
			return;
		if (jscan_peek(&c) == '{')
			read_rating(r, &c, room);
		else
			read_no_rating(r, &c, room);
		r->s->n_ratings++;
	}
}

/* The form's blank rating, and whether anything goes to `extra`. */
static void prepare_form(struct reader *r)
{
	const struct form *f = r->form;
	bool extra = false;
	uint8_t *blank;

	if (!f)
		return;
	blank = arena_alloc(r->a, f->n_slots + 1);
	if (!blank) {
		reader_no_memory(r);
		return;
	}
	for (size_t q = 0; q < f->n_questions; q++) {
		if (f->questions[q].slot == NONE)
			extra = true;
		else
			blank[f->questions[q].slot] =
				f->questions[q].asked ? ANSWER_BLANK
						      : ANSWER_NOT_ASKED;
	}
	r->blank = blank;
	if (!extra)
		return;
	r->extra = arena_array(r->a, f->n_questions, sizeof *r->extra);
	if (!r->extra)
		reader_no_memory(r);
}

static void look_up(struct reader *r)
{
	struct submission *s = r->s;

	s->form = s->group = s->home = NONE;
	if (s->form_code && s->form_version)
		s->form = plan_form(r->p, s->form_code, s->form_version);
	if (s->group_code)
		s->group = plan_group(r->p, s->group_code);
	if (s->home_code)
		s->home = plan_unit(r->p, s->home_code);
	if (s->form != NONE)
		r->form = &r->p->forms[s->form];
}

bool submission_read(const char *json, size_t n, const struct plan *p,
		     struct arena *a, struct submission *out,
		     struct faults *faults, struct err *e)
{
	struct reader r = { .p = p, .a = a, .s = out, .f = faults, .e = e };
	struct jspan v[H_COUNT];
	struct jscan c;

	*out = (struct submission){ .form = NONE, .group = NONE, .home = NONE };
	if (!json_check(json, n, &json_submission_limits, NULL, e))
		return false;
	jscan_init(&c, json, n);
	if (jscan_peek(&c) != '{')
		return err_set(e, ERR_INPUT, "a submission is a JSON object");
	read_heads(&r, &c, v);
	if (!read_instance(&r, &v[H_INSTANCE]))
		return false;
	read_codes(&r, v);
	read_sheet(&r, &v[H_SHEET]);
	read_keying(&r, &v[H_KEYING]);
	read_collected(&r, &v[H_COLLECTED]);
	out->has_start =
		read_instant(&r, &v[H_START], "/start", &out->start_us);
	out->has_end = read_instant(&r, &v[H_END], "/end", &out->end_us);
	read_simulated(&r, &v[H_SIMULATED]);
	read_comment(&r, &v[H_COMMENT]);
	read_profile(&r, &v[H_PROFILE]);
	read_files(&r, &v[H_FILES]);
	look_up(&r);
	prepare_form(&r);
	if (!r.failed)
		read_ratings(&r, &v[H_RATINGS]);
	return !r.failed;
}
