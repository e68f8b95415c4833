/* Rows of a workbook -> parts of a plan. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/utf8.h"
#include "plan_in.h"
#include "submission_parts.h"
#include "xlsform_parts.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define PART_BYTES  LIMIT_PLAN_BYTES

static void survey(const struct convert *c, const struct xline *l,
		   enum xcolumn column, const char *code, const char *en,
		   const char *vi)
{
	xlsform_say(&c->in, SHEET_SURVEY, l, column, code, en, vi);
}

/* ---- settings ------------------------------------------------------------ */

static const struct xline *settings(const struct convert *c)
{
	const struct xtable *t = &c->in.table[SHEET_SETTINGS];

	return t->n ? &t->lines[0] : NULL;
}

static void setting_missing(const struct convert *c, enum xcolumn column,
			    const char *en, const char *vi)
{
	xlsform_say(&c->in, SHEET_SETTINGS, settings(c), column, "X04", en, vi);
}

static void take_settings(struct convert *c, const char *basis)
{
	const struct xline *l = settings(c);

	c->form = cell(l, COL_FORM);
	c->version = cell(l, COL_VERSION) ? cell(l, COL_VERSION) : "1";
	c->basis = basis ? basis : cell(l, COL_BASIS);
	c->note = cell(l, COL_NOTE);
	if (!c->form || !plan_code_ok(c->form)) {
		setting_missing(c, COL_FORM,
				"form_id is missing or no code (letters, "
				"digits, . _ -)",
				"thiếu form_id hoặc không phải mã (chữ không "
				"dấu, số, . _ -)");
		c->form = "?";
	}
	if (!plan_code_ok(c->version))
		setting_missing(c, COL_VERSION, "version is no code",
				"version không phải mã");
	if (!cell(l, COL_TITLE))
		setting_missing(c, COL_TITLE, "form_title is missing",
				"thiếu form_title");
	if (!c->basis)
		setting_missing(c, COL_BASIS,
				"what the form rests on is missing: a column "
				"basis or --basis",
				"thiếu căn cứ của mẫu phiếu: cột basis hoặc "
				"--basis");
}

/* ---- survey -------------------------------------------------------------- */

enum what {
	IS_NONE,
	IS_UNKNOWN,
	IS_ONE,
	IS_MANY,
	IS_TEXT,
	IS_DECIMAL,
	IS_INTEGER,
	IS_NOTE,
	IS_GROUP,
	IS_GROUP_END,
	IS_META
};

static const struct {
	const char *name;
	enum what is;
	bool list; /* a list's name follows */
} types[] = {
	{ "select_one", IS_ONE, true },
	{ "select one", IS_ONE, true },
	{ "select one from", IS_ONE, true },
	{ "select1", IS_ONE, true },
	{ "select_multiple", IS_MANY, true },
	{ "select multiple", IS_MANY, true },
	{ "select all that apply", IS_MANY, true },
	{ "select all that apply from", IS_MANY, true },
	{ "text", IS_TEXT, false },
	{ "string", IS_TEXT, false },
	{ "decimal", IS_DECIMAL, false },
	{ "integer", IS_INTEGER, false },
	{ "int", IS_INTEGER, false },
	{ "note", IS_NOTE, false },
	{ "begin_group", IS_GROUP, false },
	{ "begin group", IS_GROUP, false },
	{ "end_group", IS_GROUP_END, false },
	{ "end group", IS_GROUP_END, false },
	{ "start", IS_META, false },
	{ "end", IS_META, false },
	{ "today", IS_META, false },
	{ "deviceid", IS_META, false },
	{ "username", IS_META, false },
	{ "phonenumber", IS_META, false },
	{ "email", IS_META, false },
	{ "audit", IS_META, false },
};

/* Type and the name of its list ("" where it takes none). */
static enum what type_of(struct convert *c, const char *s, const char **list)
{
	const char *end = strrchr(s, ' ');
	size_t n;

	*list = "";
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		n = strlen(types[i].name);
		if (strncasecmp(s, types[i].name, n) != 0)
			continue;
		if (!types[i].list && s[n] == '\0')
			return types[i].is;
		if (types[i].list && end && end == s + n && end[1]) {
			*list = arena_strdup(c->in.a, end + 1);
			return *list ? types[i].is : IS_UNKNOWN;
		}
	}
	return IS_UNKNOWN;
}

/* "_1a" of a code that begins with a digit, as xlsform_write puts it. */
static void plain_name(struct xline *l)
{
	const char *s = l->cell[COL_NAME];

	if (s && s[0] == '_' && s[1] >= '0' && s[1] <= '9')
		l->cell[COL_NAME] = s + 1;
}

static bool name_ok(struct convert *c, const struct xline *l)
{
	const struct xtable *t = &c->in.table[SHEET_SURVEY];
	const char *name = cell(l, COL_NAME);

	if (!name || !plan_code_ok(name)) {
		survey(c, l, COL_NAME, "X04",
		       "name is missing or no code (letters, digits, . _ -, "
		       "no _ in front)",
		       "thiếu name hoặc không phải mã (chữ không dấu, số, . _ "
		       "-, không bắt đầu bằng _)");
		return false;
	}
	for (const struct xline *k = t->lines; k != l; k++)
		if (k->cell[COL_NAME] && k->cell[COL_TYPE] &&
		    strcasecmp(k->cell[COL_TYPE], "begin_group") != 0 &&
		    strcasecmp(k->cell[COL_TYPE], "begin group") != 0 &&
		    strcmp(k->cell[COL_NAME], name) == 0) {
			survey(c, l, COL_NAME, "X06", "the name is there twice",
			       "name này có hai lần");
			return false;
		}
	return true;
}

/* A filled cell that this type has no use for. */
static void unused(struct convert *c, const struct xline *l,
		   enum xcolumn column)
{
	if (cell(l, column))
		survey(c, l, column, "X05",
		       "does not belong to a question of this type",
		       "không dùng cho câu hỏi loại này");
}

static void put_label(struct convert *c, struct jw *w, const struct xline *l,
		      const char *vi, const char *en)
{
	if (!cell(l, COL_LABEL))
		survey(c, l, COL_LABEL, "X04", "no Vietnamese label",
		       "thiếu nhãn tiếng Việt");
	jw_kv(w, vi, cell(l, COL_LABEL));
	if (cell(l, COL_LABEL_EN))
		jw_kv(w, en, cell(l, COL_LABEL_EN));
}

/* "LV1.2.so:CD1:1; HL.so:HL": criterion, item (the question when absent),
 * weight (1 when absent). */
static void take_criteria(struct convert *c, const struct xline *l)
{
	const char *s = cell(l, COL_CRITERION);

	for (; s && *s; s += strspn(s, "; ")) {
		size_t n = strcspn(s, ";");
		char *one = arena_strndup(c->in.a, s, n), *item, *weight;
		struct feed f = { .weight = "1",
				  .question = cell(l, COL_NAME) };
		struct err e = { 0 };
		struct dec d;

		s += n;
		if (!one || c->n_feeds == c->cap_feeds)
			return;
		while (n > 0 && one[n - 1] == ' ')
			one[--n] = '\0';
		item = strchr(one, ':');
		weight = item ? strchr(item + 1, ':') : NULL;
		if (item)
			*item++ = '\0';
		if (weight)
			*weight++ = '\0';
		f.criterion = one;
		f.item = item && *item ? item : f.question;
		if (weight)
			f.weight = weight;
		if (!plan_code_ok(one) || !f.item || !plan_code_ok(f.item) ||
		    !dec_parse(f.weight, strlen(f.weight), &d, &e))
			survey(c, l, COL_CRITERION, "X04",
			       "not CRITERION:ITEM:WEIGHT",
			       "không phải dạng TIÊU-CHÍ:MỤC:TRỌNG-SỐ");
		else
			c->feeds[c->n_feeds++] = f;
	}
}

/* Of a whole number the column says nothing else than 0, and what it says
 * stands before what the constraint says. */
static int decimals_of(struct convert *c, const struct xline *l, enum what is,
		       const struct xrange *in)
{
	const char *s = cell(l, COL_DECIMALS);
	char *end;
	long n;

	if (!s)
		return is == IS_INTEGER ? 0 : in->decimals;
	n = strtol(s, &end, 10);
	if (end == s || *end || n < 0 || n > DEC_DIGITS)
		survey(c, l, COL_DECIMALS, "X04",
		       "not a whole number from 0 to 6",
		       "không phải số nguyên từ 0 đến 6");
	else if (is == IS_INTEGER && n > 0)
		survey(c, l, COL_DECIMALS, "X05", "an integer has no decimals",
		       "số nguyên không có chữ số thập phân");
	else
		return (int)n;
	return -1;
}

static void put_range(struct convert *c, struct jw *w, const struct xline *l,
		      enum what is)
{
	const char *s = cell(l, COL_CONSTRAINT);
	struct xrange in = { .decimals = -1 };
	int decimals;

	if (s && !xlsform_range(s, c->in.a, &in)) {
		survey(c, l, COL_CONSTRAINT, "X05",
		       "a plan knows . >= A and . <= B for numbers only",
		       "kế hoạch chỉ có . >= A and . <= B cho câu hỏi số");
		return;
	}
	if (in.low)
		jw_kv(w, "min", in.low);
	if (in.high)
		jw_kv(w, "max", in.high);
	decimals = decimals_of(c, l, is, &in);
	if (decimals >= 0)
		jw_ki(w, "decimals", decimals);
}

static void put_bytes(struct convert *c, struct jw *w, const struct xline *l)
{
	const char *bytes = cell(l, COL_MAX_BYTES),
		   *s = cell(l, COL_CONSTRAINT);
	long n = 0;
	char *end;

	if (bytes) {
		n = strtol(bytes, &end, 10);
		if (*end || n < 1 || n > (long)LIMIT_COMMENT_BYTES) {
			survey(c, l, COL_MAX_BYTES, "X04",
			       "not a whole number from 1 to 8192",
			       "không phải số nguyên từ 1 đến 8192");
			return;
		}
	}
	if (s && !xlsform_length(s, &n)) {
		survey(c, l, COL_CONSTRAINT, "X05",
		       "a plan knows string-length(.) <= N for texts only",
		       "kế hoạch chỉ có string-length(.) <= N cho câu hỏi chữ");
		return;
	}
	if (bytes)
		n = strtol(bytes, &end, 10);
	else if (n > (long)LIMIT_COMMENT_BYTES / 2)
		n = LIMIT_COMMENT_BYTES;
	else
		n *= 2; /* letters with two marks take more than a byte */
	if (n > 0)
		jw_ki(w, "max_bytes", n);
}

static const char *field_of(const struct convert *c, const struct xline *l)
{
	if (cell(l, COL_FIELD))
		return cell(l, COL_FIELD);
	for (size_t i = c->depth; i-- > 0;)
		if (c->group[i])
			return c->group[i];
	return NULL;
}

static const char *kind_of(struct convert *c, const struct xline *l,
			   const char *list)
{
	const char *kind = cell(l, COL_KIND);

	if (!kind)
		return xlsform_is_scored(c, list) ? "scale" : "single";
	if (strcmp(kind, "scale") == 0 || strcmp(kind, "single") == 0)
		return kind;
	survey(c, l, COL_KIND, "X04", "kind is scale or single",
	       "kind chỉ có thể là scale hoặc single");
	return "single";
}

static bool list_ok(struct convert *c, const struct xline *l, const char *list)
{
	if (xlsform_list_size(c, list) > 0)
		return true;
	survey(c, l, COL_TYPE, "X06",
	       WORDS(c->in.faults, "no list \"%s\" in choices",
		     fault_quote(c->in.faults, list, strlen(list))),
	       WORDS(c->in.faults, "trang choices không có danh sách \"%s\"",
		     fault_quote(c->in.faults, list, strlen(list))));
	return false;
}

static void put_options(struct convert *c, struct jw *w, const char *list,
			bool may_share)
{
	struct use *u = xlsform_use(c, list);

	if (may_share && u->scale) {
		jw_kv(w, "scale", list);
		return;
	}
	jw_key(w, "options");
	xlsform_options(c, w, list, u->times++ > 0);
}

/* Does another question use the same scored list? */
static bool is_shared(const struct convert *c, const char *list)
{
	const struct xtable *t = &c->in.table[SHEET_SURVEY];
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const char *type = cell(&t->lines[i], COL_TYPE), *end;

		end = type ? strrchr(type, ' ') : NULL;
		n += end && strcmp(end + 1, list) == 0 &&
		     strncasecmp(type, "select", 6) == 0;
	}
	return n > 1 && plan_code_ok(list);
}

static void put_question(struct convert *c, const struct xline *l, enum what is,
			 const char *list)
{
	struct jw *w = &c->jq;
	const char *type = is == IS_ONE	   ? kind_of(c, l, list)
			   : is == IS_MANY ? "multiple"
			   : is == IS_TEXT ? "text"
					   : "number";
	bool yes;

	c->n_questions++;
	jw_object(w);
	jw_kv(w, "code", cell(l, COL_NAME));
	put_label(c, w, l, "text", "text_en");
	if (cell(l, COL_HINT))
		jw_kv(w, "note", cell(l, COL_HINT));
	jw_kv(w, "type", type);
	if (is == IS_ONE || is == IS_MANY) {
		bool scale = strcmp(type, "scale") == 0;

		if (scale && is_shared(c, list))
			xlsform_use(c, list)->scale = true;
		put_options(c, w, list, scale);
		unused(c, l, COL_CONSTRAINT);
	} else if (is == IS_TEXT) {
		put_bytes(c, w, l);
	} else {
		put_range(c, w, l, is);
	}
	if (is != IS_ONE)
		unused(c, l, COL_KIND);
	if (is != IS_TEXT)
		unused(c, l, COL_MAX_BYTES);
	if (is != IS_INTEGER && is != IS_DECIMAL)
		unused(c, l, COL_DECIMALS);
	if (field_of(c, l))
		jw_kv(w, "field", field_of(c, l));
	xlsform_flag(c, w, SHEET_SURVEY, l, COL_REQUIRED, "required");
	xlsform_flag(c, w, SHEET_SURVEY, l, COL_REVERSED, "reversed");
	if (!xlsform_yes(cell(l, COL_ASKED), &yes))
		survey(c, l, COL_ASKED, "X04", "neither yes nor no",
		       "không phải yes (có) hay no (không)");
	else if (cell(l, COL_ASKED) && !yes)
		jw_kb(w, "asked", false);
	jw_object_end(w);
	take_criteria(c, l);
}

static void put_profile(struct convert *c, const struct xline *l, enum what is,
			const char *list)
{
	static const enum xcolumn none[] = { COL_HINT,	    COL_CONSTRAINT,
					     COL_FIELD,	    COL_CRITERION,
					     COL_KIND,	    COL_REVERSED,
					     COL_MAX_BYTES, COL_DECIMALS,
					     COL_ASKED };
	struct jw *w = &c->jp;

	if (is != IS_ONE) {
		survey(c, l, COL_TYPE, "X03", "a profile field is a select_one",
		       "thông tin người trả lời chỉ có thể là select_one");
		return;
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		unused(c, l, none[i]);
	jw_object(w);
	jw_kv(w, "code", cell(l, COL_NAME));
	put_label(c, w, l, "label", "label_en");
	xlsform_flag(c, w, SHEET_SURVEY, l, COL_REQUIRED, "required");
	put_options(c, w, list, false);
	jw_object_end(w);
}

static void begin_group(struct convert *c, const struct xline *l)
{
	const char *name = cell(l, COL_NAME);

	if (c->depth == XLSFORM_GROUP_DEPTH) {
		survey(c, l, COL_TYPE, "X07", "groups nest too deep",
		       "nhóm lồng nhau quá sâu");
		return;
	}
	c->opened[c->depth] = l;
	c->is_profile[c->depth] = (name && strcasecmp(name, "profile") == 0) ||
				  (c->depth > 0 && c->is_profile[c->depth - 1]);
	c->group[c->depth] =
		c->is_profile[c->depth] ? NULL : cell(l, COL_LABEL);
	c->depth++;
}

static void end_group(struct convert *c, const struct xline *l)
{
	if (c->depth == 0)
		survey(c, l, COL_TYPE, "X07", "no group is open here",
		       "không có nhóm nào đang mở");
	else
		c->depth--;
}

/* The first note is the form's. */
static void take_note(struct convert *c, const struct xline *l)
{
	if (!c->note && cell(l, COL_LABEL) && c->depth == 0)
		c->note = cell(l, COL_LABEL);
	else
		survey(c, l, COL_TYPE, "X05", "a plan has one note for a form",
		       "kế hoạch chỉ có một ghi chú cho mỗi mẫu phiếu");
}

static void meta(struct convert *c, const struct xline *l)
{
	fault_add(c->in.notes, "X00",
		  xlsform_place(&c->in, SHEET_SURVEY, l, COL_TYPE),
		  "every form has these data anyway",
		  "mẫu phiếu nào cũng có sẵn dữ liệu này");
}

static void take_line(struct convert *c, const struct xline *l)
{
	const char *type = cell(l, COL_TYPE), *list;
	enum what is;

	if (!type) {
		for (size_t i = 0; i < COL_COUNT; i++)
			if (l->cell[i]) {
				survey(c, l, COL_TYPE, "X04", "no type",
				       "thiếu type");
				break;
			}
		return;
	}
	is = type_of(c, type, &list);
	switch (is) {
	case IS_GROUP: begin_group(c, l); return;
	case IS_GROUP_END: end_group(c, l); return;
	case IS_NOTE: take_note(c, l); return;
	case IS_META: meta(c, l); return;
	case IS_NONE:
	case IS_UNKNOWN:
		survey(c, l, COL_TYPE, "X03",
		       WORDS(c->in.faults, "a plan has no type \"%s\"",
			     fault_quote(c->in.faults, type, strlen(type))),
		       WORDS(c->in.faults, "kế hoạch không có loại \"%s\"",
			     fault_quote(c->in.faults, type, strlen(type))));
		return;
	default: break;
	}
	if (!name_ok(c, l) ||
	    ((is == IS_ONE || is == IS_MANY) && !list_ok(c, l, list)))
		return;
	if (c->depth > 0 && c->is_profile[c->depth - 1])
		put_profile(c, l, is, list);
	else
		put_question(c, l, is, list);
}

static void take_survey(struct convert *c)
{
	const struct xtable *t = &c->in.table[SHEET_SURVEY];

	if (!t->there || t->n == 0)
		fault_add(c->in.faults, "X01", "/survey",
			  "no sheet \"survey\" with rows",
			  "không có trang \"survey\" hoặc trang trống");
	for (size_t i = 0; i < t->n; i++)
		plain_name(&t->lines[i]);
	for (size_t i = 0; i < t->n; i++)
		take_line(c, &t->lines[i]);
	while (c->depth > 0)
		survey(c, c->opened[--c->depth], COL_TYPE, "X07",
		       "the group is not closed", "nhóm chưa đóng");
	if (t->n > 0 && c->n_questions == 0 && c->in.faults->n == 0)
		fault_add(c->in.faults, "X01", "/survey", "no question",
			  "không có câu hỏi nào");
}

/* ---- together ------------------------------------------------------------ */

static void put_scales(struct convert *c, struct jw *w)
{
	jw_key(w, "scales");
	jw_array(w);
	for (size_t i = 0; i < c->n_uses; i++) {
		struct use *u = &c->uses[i];

		if (!u->scale)
			continue;
		jw_object(w);
		jw_kv(w, "code", u->list);
		jw_kv(w, "basis", c->basis);
		jw_key(w, "options");
		xlsform_options(c, w, u->list, u->times++ > 0);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void put_form(struct convert *c, struct jw *w)
{
	const struct xline *l = settings(c);

	jw_object(w);
	jw_kv(w, "code", c->form);
	jw_kv(w, "version", c->version);
	jw_kv(w, "name", cell(l, COL_TITLE));
	if (cell(l, COL_TITLE_EN))
		jw_kv(w, "name_en", cell(l, COL_TITLE_EN));
	if (c->note)
		jw_kv(w, "note", c->note);
	jw_kv(w, "basis", c->basis);
	if (c->profile.len > 2) {
		jw_key(w, "profile");
		jw_raw(w, c->profile.data);
	}
	jw_key(w, "questions");
	jw_raw(w, c->questions.data);
	jw_object_end(w);
}

static void put_criteria(struct convert *c, struct jw *w)
{
	jw_key(w, "criteria");
	jw_array(w);
	for (size_t i = 0; i < c->n_feeds; i++) {
		const struct feed *f = &c->feeds[i];

		jw_object(w);
		jw_kv(w, "code", f->criterion);
		jw_kv(w, "item", f->item);
		jw_kv(w, "question", f->question);
		jw_kv(w, "weight", f->weight);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static bool convert(struct convert *c, const char *basis, struct buf *out)
{
	const struct xtable *t = &c->in.table[SHEET_SURVEY];
	struct jw w;

	c->uses = arena_array(c->in.a, t->n + 1, sizeof *c->uses);
	c->cap_feeds = 4 * t->n + 16;
	c->feeds = arena_array(c->in.a, c->cap_feeds, sizeof *c->feeds);
	if (!c->uses || !c->feeds)
		return false;
	take_settings(c, basis);
	jw_init(&c->jq, &c->questions);
	jw_init(&c->jp, &c->profile);
	jw_array(&c->jq);
	jw_array(&c->jp);
	take_survey(c);
	xlsform_unused_lists(c);
	jw_array_end(&c->jq);
	jw_array_end(&c->jp);
	if (!buf_cstr(&c->questions) || !buf_cstr(&c->profile))
		return false;
	jw_init(&w, out);
	jw_object(&w);
	put_scales(c, &w);
	jw_key(&w, "forms");
	jw_array(&w);
	put_form(c, &w);
	jw_array_end(&w);
	put_criteria(c, &w);
	jw_object_end(&w);
	return buf_cstr(out) != NULL && !arena_broken(c->in.a);
}

bool xlsform_read(const void *file, size_t n, const char *basis,
		  struct buf *out, struct faults *faults, struct faults *notes,
		  struct err *e)
{
	struct convert c = { .questions = BUF_INIT(PART_BYTES),
			     .profile = BUF_INIT(PART_BYTES) };
	bool ok = false;

	c.in.faults = faults;
	c.in.notes = notes;
	c.in.a = arena_new(ARENA_BYTES);
	if (!c.in.a)
		return err_set(e, ERR_NOMEM, "out of memory for a form");
	if (!xlsform_tables(&c.in, file, n, e))
		goto out;
	ok = convert(&c, basis, out) ||
	     err_set(e, ERR_NOMEM, "out of memory for a form");
out:
	buf_free(&c.questions);
	buf_free(&c.profile);
	arena_free(c.in.a);
	return ok;
}
