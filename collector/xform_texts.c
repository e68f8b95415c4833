/* Words of a form: the plan's, and ours around them. */
#include <stdio.h>

#include "phieu/limits.h"
#include "phieu/sheet.h"
#include "xform_parts.h"

static const char paper_hint_vi[] =
	"Chỉ đánh dấu khi phiếu giấy như vậy. Phiếu vẫn "
	"được nhận và ghi rõ lỗi; không tự điền thay người "
	"trả lời.";
static const char collected_bad_vi[] =
	"Ngày thu phiếu phải trong thời gian điều tra và "
	"không ở tương lai";
static const char paper_hint_en[] =
	"Tick only what is so on paper. The sheet is taken "
	"and its fault recorded; never fill in for the "
	"respondent.";
static const char collected_bad_en[] =
	"The day must lie within the survey and not in "
	"the future";

const char *const say_id[SAY_COUNT] = {
	[SAY_TRIAL] = "s-trial",
	[SAY_HEAD] = "s-head",
	[SAY_SHEET] = "s-sheet",
	[SAY_SHEET_BAD] = "s-sheet-bad",
	[SAY_PAPER] = "s-paper",
	[SAY_PAPER_HINT] = "s-paper-hint",
	[SAY_PAPER_BLANK] = "s-paper-blank",
	[SAY_GROUP] = "s-group",
	[SAY_HOME] = "s-home",
	[SAY_COLLECTED] = "s-collected",
	[SAY_COLLECTED_BAD] = "s-collected-bad",
	[SAY_KEYING] = "s-keying",
	[SAY_KEYING_1] = "s-keying-1",
	[SAY_KEYING_2] = "s-keying-2",
	[SAY_PROFILE] = "s-profile",
	[SAY_RATINGS] = "s-ratings",
	[SAY_UNIT] = "s-unit",
	[SAY_UNIT_TWICE] = "s-unit-twice",
	[SAY_UNREADABLE] = "s-unreadable",
	[SAY_END] = "s-end",
	[SAY_COMMENT] = "s-comment",
	[SAY_PHOTO_1] = "s-photo-1",
	[SAY_PHOTO_2] = "s-photo-2",
	[SAY_PHOTO_HINT] = "s-photo-hint",
	[SAY_REQUIRED] = "s-required",
};

const char *const say_vi[SAY_COUNT] = {
	[SAY_TRIAL] = "Mẫu thử, không phải phiếu chính thức",
	[SAY_HEAD] = "Phiếu",
	[SAY_SHEET] = "Số phiếu",
	[SAY_SHEET_BAD] = "Số phiếu không đúng: xem lại số in trên phiếu",
	[SAY_PAPER] = "Tình trạng phiếu giấy",
	[SAY_PAPER_HINT] = paper_hint_vi,
	[SAY_PAPER_BLANK] = "Có câu bắt buộc bị bỏ trống",
	[SAY_GROUP] = "Nhóm đối tượng",
	[SAY_HOME] = "Đơn vị công tác hoặc nơi ở",
	[SAY_COLLECTED] = "Ngày thu phiếu",
	[SAY_COLLECTED_BAD] = collected_bad_vi,
	[SAY_KEYING] = "Lần nhập",
	[SAY_KEYING_1] = "Lần đầu",
	[SAY_KEYING_2] = "Nhập lại lần hai để đối chiếu",
	[SAY_PROFILE] = "Thông tin người trả lời",
	[SAY_RATINGS] = "Đánh giá",
	[SAY_UNIT] = "Đơn vị được đánh giá",
	[SAY_UNIT_TWICE] = "Đơn vị này đã được đánh giá ở trên",
	[SAY_UNREADABLE] = "Dấu không rõ",
	[SAY_END] = "Kết thúc",
	[SAY_COMMENT] = "Ý kiến khác",
	[SAY_PHOTO_1] = "Ảnh chụp phiếu giấy",
	[SAY_PHOTO_2] = "Ảnh chụp mặt sau",
	[SAY_PHOTO_HINT] = "Không bắt buộc. Không chụp người trả lời.",
	[SAY_REQUIRED] = "Mục này bắt buộc phải trả lời",
};

const char *const say_en[SAY_COUNT] = {
	[SAY_TRIAL] = "Trial form, not an official one",
	[SAY_HEAD] = "Sheet",
	[SAY_SHEET] = "Sheet number",
	[SAY_SHEET_BAD] = "Wrong sheet number: look at the sheet again",
	[SAY_PAPER] = "State of the paper sheet",
	[SAY_PAPER_HINT] = paper_hint_en,
	[SAY_PAPER_BLANK] = "A required question was left blank",
	[SAY_GROUP] = "Group of respondents",
	[SAY_HOME] = "Workplace or home",
	[SAY_COLLECTED] = "Day the sheet was collected",
	[SAY_COLLECTED_BAD] = collected_bad_en,
	[SAY_KEYING] = "Keying",
	[SAY_KEYING_1] = "First",
	[SAY_KEYING_2] = "Second, to compare",
	[SAY_PROFILE] = "About the respondent",
	[SAY_RATINGS] = "Ratings",
	[SAY_UNIT] = "Rated unit",
	[SAY_UNIT_TWICE] = "This unit is rated above already",
	[SAY_UNREADABLE] = "Unclear mark",
	[SAY_END] = "End",
	[SAY_COMMENT] = "Other remarks",
	[SAY_PHOTO_1] = "Photo of the paper sheet",
	[SAY_PHOTO_2] = "Photo of its back",
	[SAY_PHOTO_HINT] = "Not required. Never photograph the respondent.",
	[SAY_REQUIRED] = "This must be answered",
};

struct voice {
	const struct layout *l;
	struct xw *w;
	bool english;
};

static const char *either(const struct voice *v, const char *vi, const char *en)
{
	return v->english && en ? en : vi;
}

/* One text; the id in two parts, the second a number or a code. */
static void tell(const struct voice *v, const char *prefix, const char *id,
		 const char *text)
{
	xw_start(v->w, "text");
	xw_attrf(v->w, "id", "%s%s", prefix, id);
	xw_leaf(v->w, "value", text);
	xw_end(v->w);
	xw_line(v->w);
}

static void tell_list(const struct voice *v, size_t list)
{
	const struct xlist *x = &v->l->lists[list];

	for (size_t i = 0; i < x->n; i++) {
		char id[64];

		if (x->options[i].retired)
			continue;
		(void)snprintf(id, sizeof id, "%zu-%zu", list + 1, i);
		tell(v, "o", id,
		     either(v, x->options[i].label, x->options[i].label_en));
	}
}

/* "A whole number from 0 to 50", "Số từ … đến 10,5 (không quá 2 chữ số thập
 * phân)". */
static void tell_number(const struct voice *v, const struct question *q)
{
	char low[DEC_TEXT_MAX] = "…", high[DEC_TEXT_MAX] = "…";
	struct buf x = BUF_INIT(LIMIT_STRING_BYTES);
	bool whole = q->decimals == 0;
	const char *text;

	if (!q->has_min && !q->has_max && q->decimals == DEC_DIGITS)
		return; /* nothing is refused */
	if (q->has_min)
		(void)dec_text(q->min, low);
	if (q->has_max)
		(void)dec_text(q->max, high);
	buf_adds(&x, v->english ? whole ? "A whole number" : "A number"
		     : whole	? "Số nguyên"
				: "Số");
	if (q->has_min || q->has_max)
		buf_addf(&x, v->english ? " from %s to %s" : " từ %s đến %s",
			 low, high);
	if (!whole && q->decimals < DEC_DIGITS)
		buf_addf(&x,
			 v->english ? " (at most %zu decimals)"
				    : " (không quá %zu chữ số thập phân)",
			 q->decimals);
	text = layout_text(v->l, &x);
	tell(v, "c-", q->code, text ? text : "");
}

static void tell_question(const struct voice *v, const struct question *q)
{
	char *text = arena_printf(v->l->a, "%s. %s", q->code,
				  either(v, q->text, q->text_en));

	if (!question_shown(q))
		return;
	tell(v, "q-", q->code, text ? text : q->code);
	if (q->note)
		tell(v, "h-", q->code, q->note);
	if (q->type == QUESTION_NUMBER)
		tell_number(v, q);
	if (q->type == QUESTION_TEXT) {
		text = arena_printf(v->l->a,
				    v->english ? "At most %zu characters"
					       : "Không quá %zu ký tự",
				    q->max_bytes / 2);
		tell(v, "c-", q->code, text ? text : "");
	}
}

/* Headings of fields, in the order they begin. */
static void tell_fields(const struct voice *v)
{
	const struct form *f = v->l->f;

	for (size_t i = 0; i < f->n_questions; i++) {
		if (!f->questions[i].field || !question_shown(&f->questions[i]))
			continue;
		tell(v, "f-", f->questions[i].code, f->questions[i].field);
	}
}

static const char *unit_name(const struct voice *v, size_t unit)
{
	const struct unit *u = &v->l->p->units[unit];

	return either(v, u->name, u->name_en);
}

static void tell_section(const struct voice *v, size_t no)
{
	const struct section *s = &v->l->sections[no];
	char prefix[32];
	char *text;

	(void)snprintf(prefix, sizeof prefix, "u%zu-", no + 1);
	for (size_t i = 0; i < s->n_units; i++) {
		const struct xunit *u = &s->units[i];
		const char *name = unit_name(v, u->unit);

		if (s->kind == SECTION_EVERY)
			text = arena_printf(v->l->a, "%zu/%zu. %s", i + 1,
					    s->n_units, name);
		else if (s->list_file)
			continue;
		else if (u->offices)
			text = arena_printf(v->l->a, "%s (%s)", name,
					    u->offices);
		else
			text = arena_strdup(v->l->a, name);
		tell(v, prefix, v->l->p->units[u->unit].code, text ? text : "");
	}
}

static void tell_homes(const struct voice *v)
{
	const struct layout *l = v->l;

	if (l->homes_file)
		return;
	for (size_t i = 0; i < l->n_homes; i++)
		tell(v, "home-", l->p->units[l->homes[i].unit].code,
		     unit_name(v, l->homes[i].unit));
}

static void tell_head(const struct voice *v)
{
	const struct layout *l = v->l;
	char example[SHEET_TEXT_MAX] = "";
	char *text;

	for (size_t i = 0; i < SAY_COUNT; i++)
		tell(v, "", say_id[i], v->english ? say_en[i] : say_vi[i]);
	(void)sheet_constraint(l->f->code, NULL, example, sizeof example);
	text = arena_printf(l->a,
			    v->english
				    ? "As printed (%s), or its last digits only"
				    : "Như in trên phiếu (%s), hoặc chỉ gõ các "
				      "chữ số cuối",
			    example);
	tell(v, "", "s-sheet-hint", text ? text : "");
	if (l->f->note)
		tell(v, "", "s-note", l->f->note);
	for (size_t i = 0; i < l->n_groups; i++) {
		const struct group *g = &l->p->groups[l->groups[i]];

		tell(v, "g-", g->code, either(v, g->name, g->name_en));
	}
	text = arena_printf(l->a,
			    v->english ? "At most %d characters"
				       : "Không quá %d ký tự",
			    (int)(LIMIT_COMMENT_BYTES / 2));
	tell(v, "", "s-comment-bad", text ? text : "");
}

static void tell_all(const struct voice *v, const char *lang)
{
	const struct layout *l = v->l;

	xw_start(v->w, "translation");
	xw_attr(v->w, "lang", lang);
	if (!v->english)
		xw_attr(v->w, "default", "true()");
	xw_line(v->w);
	tell_head(v);
	tell_homes(v);
	for (size_t i = 0; i < l->n_lists; i++)
		tell_list(v, i);
	for (size_t i = 0; i < l->f->n_profile; i++) {
		const struct profile_field *x = &l->f->profile[i];

		tell(v, "p-", x->code, either(v, x->label, x->label_en));
	}
	tell_fields(v);
	for (size_t i = 0; i < l->f->n_questions; i++)
		tell_question(v, &l->f->questions[i]);
	for (size_t i = 0; i < l->n_sections; i++)
		tell_section(v, i);
	xw_end(v->w);
	xw_line(v->w);
}

void write_texts(const struct layout *l, struct xw *w)
{
	struct voice v = { .l = l, .w = w };

	xw_start(w, "itext");
	xw_line(w);
	tell_all(&v, "Tiếng Việt (vi)");
	if (l->english) {
		v.english = true;
		tell_all(&v, "English (en)");
	}
	xw_end(w);
	xw_line(w);
}
