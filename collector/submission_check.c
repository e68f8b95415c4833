#include <string.h>

#include "phieu/limits.h"
#include "phieu/sheet.h"
#include "submission_parts.h"

#define STRAIGHT_MIN 5 /* answers from which Q01 means something */

static void check_wave(const struct plan *p, const struct submission *s,
		       struct faults *f)
{
	if (s->wave && strcmp(s->wave, p->wave) != 0)
		fault_say(f, "V00", "/wave", "the sheet is of another wave",
			  "phiếu thuộc đợt điều tra khác");
}

static void check_sheet(const struct plan *p, const struct submission *s,
			struct faults *f)
{
	struct sheet_no no, want;
	struct err e = { 0 };

	if (!s->sheet) {
		fault_say(f, "V01", "/sheet", "no sheet number",
			  "phiếu không có số");
		return;
	}
	if (!sheet_parse(s->sheet, strlen(s->sheet), &no, &e)) {
		bool digit = strstr(e.msg, "check digit") != NULL;

		fault_say(f, "V01", "/sheet", WORDS(f, "%s", e.msg),
			  digit ? "số phiếu sai chữ số kiểm tra"
				: "số phiếu không đúng dạng CT01-00012-7");
		return;
	}
	if (s->form != NONE &&
	    sheet_make(p->forms[s->form].code, no.serial, &want, &e) &&
	    strcmp(want.prefix, no.prefix) != 0)
		fault_say(f, "V01", "/sheet",
			  "the sheet number belongs to another form",
			  "số phiếu thuộc mẫu phiếu khác");
}

static void check_form(const struct plan *p, const struct submission *s,
		       struct faults *f)
{
	bool known = false;

	if (s->form != NONE || !s->form_code || !s->form_version)
		return;
	for (size_t i = 0; i < p->n_forms; i++)
		known |= strcmp(p->forms[i].code, s->form_code) == 0;
	if (known)
		fault_say(f, "V03", "/version",
			  "no such version of this form in the plan",
			  "kế hoạch không có phiên bản này của mẫu phiếu");
	else
		fault_say(f, "V03", "/form", "no such form in the plan",
			  "kế hoạch không có mẫu phiếu này");
}

static void check_home(const struct plan *p, const struct submission *s,
		       struct faults *f)
{
	const struct group *g = &p->groups[s->group];

	if (!g->has_home) {
		if (s->home_code)
			fault_say(f, "V03", "/home", "this group has no home",
				  "nhóm đối tượng này không gắn với đơn vị "
				  "công tác");
		return;
	}
	if (!s->home_code)
		fault_say(f, "V03", "/home", "the group needs a home",
			  "thiếu đơn vị công tác của người trả lời");
	else if (s->home == NONE)
		fault_say(f, "V03", "/home", "no such unit in the plan",
			  "kế hoạch không có đơn vị này");
	else if (p->units[s->home].kind != g->home_kind)
		fault_say(f, "V03", "/home", "a unit of the wrong kind",
			  "đơn vị công tác không đúng loại của nhóm");
}

static void check_group(const struct plan *p, const struct submission *s,
			struct faults *f)
{
	if (s->group == NONE) {
		if (s->group_code)
			fault_say(f, "V03", "/group",
				  "no such group in the plan",
				  "kế hoạch không có nhóm đối tượng này");
		return;
	}
	if (s->form != NONE && p->groups[s->group].form != s->form)
		fault_say(f, "V03", "/group",
			  "the group does not belong to the form",
			  "nhóm đối tượng không thuộc mẫu phiếu này");
	check_home(p, s, f);
}

static void check_day(const struct plan *p, const struct submission *s,
		      struct date today, struct faults *f)
{
	if (!s->has_collected)
		return;
	if (s->collected.days > today.days)
		fault_say(f, "V10", "/collected", "a day in the future",
			  "ngày thu phiếu ở tương lai");
	else if (s->collected.days < p->from.days ||
		 s->collected.days > p->to.days)
		fault_say(f, "V10", "/collected",
			  "outside the days of the survey",
			  "ngoài thời gian điều tra");
}

static const char *unit_path(struct faults *f, size_t rating)
{
	return fault_path(f, fault_path_at(f, "/ratings", rating), "unit", 4);
}

/* Home and group are known well enough to say who may be rated. */
static bool may_judge(const struct plan *p, const struct submission *s)
{
	const struct group *g;

	if (s->group == NONE)
		return false;
	g = &p->groups[s->group];
	return !g->has_home ||
	       (s->home != NONE && p->units[s->home].kind == g->home_kind);
}

static void check_unit(const struct plan *p, const struct submission *s,
		       size_t i, struct date day, bool *seen, struct faults *f)
{
	const struct rating *r = &s->ratings[i];

	if (r->unit == NONE) {
		fault_say(f, "V04", unit_path(f, i),
			  r->unit_code ? "no such unit in the plan"
				       : "no rated unit",
			  r->unit_code ? "kế hoạch không có đơn vị này"
				       : "thiếu đơn vị được đánh giá");
		return;
	}
	if (seen && seen[r->unit])
		fault_say(f, "V04", unit_path(f, i), "the unit is rated twice",
			  "một đơn vị được đánh giá hai lần");
	else if (may_judge(p, s) &&
		 !plan_may_rate(p, s->group, s->home, r->unit, day))
		fault_say(f, "V04", unit_path(f, i),
			  "this respondent does not rate this unit",
			  "người trả lời không thuộc diện đánh giá đơn vị này");
	if (seen)
		seen[r->unit] = true;
}

/* How many ratings a sheet of this group holds; 0 when it cannot be told. */
static size_t expected(const struct plan *p, const struct submission *s,
		       struct date day, struct faults *f)
{
	const struct group *g;
	size_t *out;

	if (!may_judge(p, s))
		return 0;
	g = &p->groups[s->group];
	if (g->per_sheet)
		return g->per_sheet;
	if (g->mode == RATES_OWN)
		return 1;
	out = arena_array(f->arena, p->n_units, sizeof *out);
	return out ? plan_rateable(p, s->group, s->home, day, out, p->n_units)
		   : 0;
}

static void check_units(const struct plan *p, const struct submission *s,
			struct faults *f)
{
	struct date day = s->has_collected ? s->collected : p->from;
	size_t want = expected(p, s, day, f);
	bool *seen = NULL;

	if (s->n_ratings > 1)
		seen = arena_array(f->arena, p->n_units, sizeof *seen);
	for (size_t i = 0; i < s->n_ratings; i++)
		check_unit(p, s, i, day, seen, f);
	if (s->n_ratings == 0 || (want && s->n_ratings != want)) {
		if (!want)
			want = 1;
		fault_say(f, "V04", "/ratings",
			  WORDS(f, "%zu rated units, the sheet has %zu",
				s->n_ratings, want),
			  WORDS(f,
				"có %zu đơn vị được đánh giá, phiếu này "
				"cần %zu",
				s->n_ratings, want));
	}
}

static bool in_extra(const char *extra, const char *code)
{
	struct jspan key, v;
	struct jscan c;

	if (!extra)
		return false;
	jscan_init(&c, extra, strlen(extra));
	jscan_enter(&c);
	while (jscan_key(&c, &key)) {
		jscan_value(&c, &v);
		if (jspan_is(&key, code))
			return true;
	}
	return false;
}

static bool is_blank(const struct rating *r, const struct question *q)
{
	return q->slot == NONE ? !in_extra(r->extra, q->code)
			       : r->answers[q->slot] == ANSWER_BLANK;
}

/* The path of an answer. */
static const char *answer_path(struct faults *f, size_t rating,
			       const char *code)
{
	const char *path = fault_path_at(f, "/ratings", rating);

	path = fault_path(f, path, "answers", 7);
	return code ? fault_path(f, path, code, strlen(code)) : path;
}

/* D2: answers given against questions put.  "Don't know" is an answer here;
 * what it is worth is decision D3. */
static bool enough(const struct decisions *d, size_t given, size_t put)
{
	if (d->minimum == MINIMUM_ALL)
		return given >= put;
	if (d->minimum == MINIMUM_PERCENT)
		return (int64_t)given * 100 * DEC_ONE >=
		       d->minimum_percent.micro * (int64_t)put;
	return true;
}

static void check_answers(const struct plan *p, const struct submission *s,
			  size_t i, struct faults *f)
{
	const struct form *form = &p->forms[s->form];
	const struct rating *r = &s->ratings[i];
	bool blank_faults = p->decisions.blank == BLANK_INVALID;
	size_t given = 0, put = 0;

	for (size_t k = 0; k < form->n_questions; k++) {
		const struct question *q = &form->questions[k];
		uint8_t byte;

		if (!q->asked)
			continue;
		if (q->slot != NONE) {
			byte = r->answers[q->slot];
			put++;
			given += byte <= ANSWER_MAX_OPTION ||
				 byte == ANSWER_DONT_KNOW;
		}
		if ((q->required || (blank_faults && q->slot != NONE)) &&
		    is_blank(r, q))
			fault_say(f, "V05", answer_path(f, i, q->code),
				  "this question must be answered",
				  "câu này bắt buộc phải trả lời");
	}
	if (!enough(&p->decisions, given, put))
		fault_say(f, "V05", answer_path(f, i, NULL),
			  WORDS(f,
				"%zu of %zu questions answered, fewer than "
				"the minimum",
				given, put),
			  WORDS(f,
				"trả lời %zu trên %zu câu, ít hơn mức tối "
				"thiểu",
				given, put));
}

static bool in_list(const struct profile_field *field, const struct jspan *v)
{
	struct jspan text = { .s = v->s + 1,
			      .n = v->n - 2,
			      .escaped = v->escaped };

	for (size_t i = 0; i < field->n_options; i++)
		if (!field->options[i].retired &&
		    jspan_is(&text, field->options[i].code))
			return true;
	return false;
}

static void check_profile_member(const struct form *form,
				 const struct jspan *key, const struct jspan *v,
				 struct faults *f)
{
	for (size_t i = 0; i < form->n_profile; i++) {
		if (!jspan_is(key, form->profile[i].code))
			continue;
		if (!in_list(&form->profile[i], v))
			fault_say(f, "V08",
				  fault_path(f, "/profile", key->s, key->n),
				  "not an option of this field",
				  "không thuộc danh mục của trường này");
		return;
	}
	fault_say(f, "V08", fault_path(f, "/profile", key->s, key->n),
		  "no such field on this form",
		  "mẫu phiếu không có trường thông tin này");
}

static void check_profile(const struct form *form, const char *profile,
			  struct faults *f)
{
	struct jspan key, v;
	struct jscan c;

	jscan_init(&c, profile, strlen(profile));
	jscan_enter(&c);
	while (jscan_key(&c, &key)) {
		jscan_value(&c, &v);
		check_profile_member(form, &key, &v, f);
	}
	for (size_t i = 0; i < form->n_profile; i++) {
		const char *code = form->profile[i].code;

		if (form->profile[i].required && !in_extra(profile, code))
			fault_say(f, "V08",
				  fault_path(f, "/profile", code, strlen(code)),
				  "required and missing",
				  "bắt buộc nhưng để trống");
	}
}

/* Q01: one column ticked all the way down. */
static bool straight(const struct submission *s, size_t n_slots)
{
	size_t answered = 0;
	uint8_t first = 0;

	for (size_t i = 0; i < s->n_ratings; i++) {
		for (size_t k = 0; k < n_slots; k++) {
			uint8_t byte = s->ratings[i].answers[k];

			if (byte == 0 || byte > ANSWER_MAX_OPTION)
				continue;
			if (answered++ == 0)
				first = byte;
			else if (byte != first)
				return false;
		}
	}
	return answered >= STRAIGHT_MIN;
}

void submission_check(const struct plan *p, const struct submission *s,
		      struct date today, struct faults *faults, unsigned *flags)
{
	const struct form *form = s->form == NONE ? NULL : &p->forms[s->form];

	check_wave(p, s, faults);
	check_sheet(p, s, faults);
	check_form(p, s, faults);
	check_group(p, s, faults);
	check_day(p, s, today, faults);
	check_units(p, s, faults);
	*flags = today.days > p->to.days ? FLAG_LATE : 0;
	if (!form)
		return;
	for (size_t i = 0; i < s->n_ratings; i++)
		check_answers(p, s, i, faults);
	check_profile(form, s->profile, faults);
	if (straight(s, form->n_slots))
		*flags |= FLAG_STRAIGHT;
}
