/* The primary instance and its binds: what may be answered, when, and what
 * is refused with which words. */
#include <string.h>

#include "phieu/limits.h"
#include "plan_in.h"
#include "xform_parts.h"
#include "xlsform_parts.h"

struct bind { /* attributes of one bind, NULL: none */
	const char *type, *relevant, *required, *constraint, *message,
		*calculate, *preload, *params;
	bool readonly;
};

static void put(struct xw *w, const char *nodeset, const struct bind *b)
{
	xw_start(w, "bind");
	xw_attr(w, "nodeset", nodeset);
	if (b->type)
		xw_attr(w, "type", b->type);
	if (b->relevant)
		xw_attr(w, "relevant", b->relevant);
	if (b->required) {
		xw_attr(w, "required", b->required);
		xw_attrf(w, "jr:requiredMsg", "jr:itext('%s')",
			 say_id[SAY_REQUIRED]);
	}
	if (b->constraint) {
		xw_attr(w, "constraint", b->constraint);
		xw_attrf(w, "jr:constraintMsg", "jr:itext('%s')", b->message);
	}
	if (b->calculate)
		xw_attr(w, "calculate", b->calculate);
	if (b->readonly)
		xw_attr(w, "readonly", "true()");
	if (b->preload)
		xw_attr(w, "jr:preload", b->preload);
	if (b->params)
		xw_attr(w, "jr:preloadParams", b->params);
	xw_end(w);
	xw_line(w);
}

/* Printed in the arena; "" when there is no room (the arena tells). */
#define TEXT(l, ...) orempty(arena_printf((l)->a, __VA_ARGS__))

static const char *orempty(const char *s)
{
	return s ? s : "";
}

#define HEAD XPATH_ROOT "/head"

static void bind_sheet(const struct layout *l, struct xw *w)
{
	struct buf x = BUF_INIT(LIMIT_STRING_BYTES);
	struct bind b = { .type = "string",
			  .required = "true()",
			  .message = say_id[SAY_SHEET_BAD] };

	if (sheet_constraint(l->f->code, &x, NULL, 0))
		b.constraint = layout_text(l, &x);
	put(w, HEAD "/sheet", &b);
}

static void bind_home(const struct layout *l, struct xw *w)
{
	struct bind b = { .type = "string", .required = "true()" };

	if (!l->home_groups)
		return;
	if (l->homeless)
		b.relevant = TEXT(l, "selected('%s'," HEAD "/group)",
				  l->home_groups);
	put(w, HEAD "/home", &b);
}

static void bind_collected(const struct layout *l, struct xw *w)
{
	char from[DATE_TEXT_MAX], to[DATE_TEXT_MAX];
	struct bind b = { .type = "date",
			  .required = "true()",
			  .message = say_id[SAY_COLLECTED_BAD] };

	b.constraint =
		TEXT(l, ".>=date('%s') and .<=date('%s') and .<=today()",
		     date_text(l->p->from, from), date_text(l->p->to, to));
	put(w, HEAD "/collected", &b);
}

static void bind_head(const struct layout *l, struct xw *w)
{
	static const struct bind start = { .type = "dateTime",
					   .preload = "timestamp",
					   .params = "start" };
	static const struct bind end = { .type = "dateTime",
					 .preload = "timestamp",
					 .params = "end" };
	static const struct bind device = { .type = "string",
					    .preload = "property",
					    .params = "deviceid" };
	static const struct bind note = { .type = "string", .readonly = true };
	static const struct bind chosen = { .type = "string",
					    .required = "true()" };
	static const struct bind string = { .type = "string" };

	put(w, XPATH_ROOT "/start", &start);
	put(w, XPATH_ROOT "/end", &end);
	put(w, XPATH_ROOT "/deviceid", &device);
	if (l->p->is_trial)
		put(w, HEAD "/trial", &note);
	bind_sheet(l, w);
	if (l->n_groups > 1)
		put(w, HEAD "/group", &chosen);
	else
		put(w, HEAD "/group", &string);
	bind_home(l, w);
	bind_collected(l, w);
	if (l->paper)
		put(w, HEAD "/paper", &string);
	put(w, HEAD "/keying", &string);
}

static const char *required(const struct layout *l, bool is)
{
	if (!is)
		return NULL;
	return l->paper ? "not(selected(" HEAD "/paper,'blank'))" : "true()";
}

static void bind_profile(const struct layout *l, struct xw *w)
{
	for (size_t i = 0; i < l->f->n_profile; i++) {
		const struct profile_field *x = &l->f->profile[i];
		struct bind b = { .type = "string",
				  .required = required(l, x->required) };

		put(w,
		    TEXT(l, XPATH_ROOT "/profile/%s",
			 orempty(xname(l->a, x->code))),
		    &b);
	}
}

/* An int of an XForm has 32 bits. */
bool question_is_int(const struct question *q)
{
	int64_t most = INT64_C(2147483647) * DEC_ONE;

	return q->decimals == 0 && (!q->has_min || q->min.micro >= -most) &&
	       (!q->has_max || q->max.micro <= most);
}

/* Decimals are counted by arithmetic, with room for what binary fractions
 * lose: clients disagree on how a large or small number reads as text. */
static const char *range(const struct layout *l, const struct question *q)
{
	char low[DEC_TEXT_MAX], high[DEC_TEXT_MAX];
	struct buf x = BUF_INIT(LIMIT_STRING_BYTES);
	char step[XLSFORM_STEP_MAX];

	if (q->has_min)
		buf_addf(&x, ".>=%s", dec_text(q->min, low));
	if (q->has_max)
		buf_addf(&x, "%s.<=%s", x.len ? " and " : "",
			 dec_text(q->max, high));
	if (q->decimals < DEC_DIGITS && !question_is_int(q))
		buf_addf(&x, "%s%s", x.len ? " and " : "",
			 xlsform_step((int)q->decimals, step));
	return layout_text(l, &x);
}

static void bind_question(const struct layout *l, const struct question *q,
			  const char *rating, struct xw *w)
{
	struct bind b = { .type = "string",
			  .required = required(l, question_required(l, q)) };

	if (q->type == QUESTION_NUMBER) {
		b.type = question_is_int(q) ? "int" : "decimal";
		b.constraint = range(l, q);
		b.message = TEXT(l, "c-%s", q->code);
	} else if (q->type == QUESTION_TEXT) {
		b.constraint =
			TEXT(l, "string-length(.)<=%zu", q->max_bytes / 2);
		b.message = TEXT(l, "c-%s", q->code);
	}
	put(w, TEXT(l, "%s/%s", rating, orempty(xname(l->a, q->code))), &b);
}

/* Days are compared as numbers: every engine does that alike. */
static const char *valid_days(const struct layout *l, size_t unit)
{
	int first = unit_from(l->p, unit), last = unit_to(l->p, unit);
	const char *from = NULL, *to = NULL;

	if (first)
		from = TEXT(l, XPATH_DAY ">=%d", first);
	if (last)
		to = TEXT(l, XPATH_DAY "<=%d", last);
	return from && to ? TEXT(l, "%s and %s", from, to) : from ? from : to;
}

/* When a unit has its group of questions. */
static const char *unit_relevant(const struct layout *l, const struct xunit *x)
{
	const char *days = valid_days(l, x->unit), *home = NULL;

	if (x->homes)
		home = TEXT(l, "selected('%s'," HEAD "/home)", x->homes);
	return days && home ? TEXT(l, "%s and %s", days, home)
	       : days	    ? days
			    : home;
}

/* Not one of the units chosen before.  Past forty the server alone says. */
#define SLOTS_COMPARED ((size_t)40)

static const char *not_before(const struct layout *l, const struct section *s,
			      size_t k)
{
	struct buf x = BUF_INIT(LIMIT_STRING_BYTES);

	for (size_t i = k > SLOTS_COMPARED ? k - SLOTS_COMPARED : 0; i < k; i++)
		buf_addf(&x, "%s.!=" XPATH_ROOT "/%s/%s/unit",
			 x.len ? " and " : "", s->name,
			 orempty(slot_name(l->a, i)));
	return layout_text(l, &x);
}

static void bind_unit(const struct layout *l, size_t no, size_t k,
		      const char *rating, struct xw *w)
{
	const struct section *s = &l->sections[no];
	struct bind b = { .type = "string" };

	if (s->kind == SECTION_OWN) {
		b.calculate = TEXT(l,
				   "instance('homes')/root/item[name=" HEAD
				   "/home]/own%zu",
				   no + 1);
	} else if (s->kind == SECTION_PICK) {
		b.required = "true()";
		b.constraint = not_before(l, s, k);
		b.message = say_id[SAY_UNIT_TWICE];
	}
	put(w, TEXT(l, "%s/unit", rating), &b);
}

static void bind_section(const struct layout *l, size_t no, struct xw *w)
{
	const struct section *s = &l->sections[no];
	struct bind b = { 0 };

	if (l->n_sections > 1) {
		b.relevant =
			TEXT(l, "selected('%s'," HEAD "/group)", s->groups);
		put(w, TEXT(l, XPATH_ROOT "/%s", s->name), &b);
	}
	for (size_t k = 0; k < section_ratings(s); k++) {
		const char *rating = TEXT(l, XPATH_ROOT "/%s/%s", s->name,
					  rating_name(l, s, k));

		b.relevant = NULL;
		if (s->kind == SECTION_EVERY)
			b.relevant = unit_relevant(l, &s->units[k]);
		if (b.relevant)
			put(w, rating, &b);
		bind_unit(l, no, k, rating, w);
		for (size_t i = 0; i < l->f->n_questions; i++)
			if (question_shown(&l->f->questions[i]))
				bind_question(l, &l->f->questions[i], rating,
					      w);
	}
}

void write_binds(const struct layout *l, struct xw *w)
{
	static const struct bind uid = { .type = "string",
					 .readonly = true,
					 .preload = "uid" };
	static const struct bind photo = { .type = "binary" };
	struct bind b = { .type = "string", .message = "s-comment-bad" };

	bind_head(l, w);
	bind_profile(l, w);
	for (size_t i = 0; i < l->n_sections; i++)
		bind_section(l, i, w);
	b.constraint =
		TEXT(l, "string-length(.)<=%d", (int)(LIMIT_COMMENT_BYTES / 2));
	put(w, XPATH_ROOT "/end-page/comment", &b);
	if (l->photos) {
		put(w, XPATH_ROOT "/end-page/photo-1", &photo);
		put(w, XPATH_ROOT "/end-page/photo-2", &photo);
	}
	put(w, XPATH_ROOT "/meta/instanceID", &uid);
	b = (struct bind){ .type = "string" };
	b.calculate = TEXT(l, "concat('%s '," HEAD "/sheet)", l->f->code);
	put(w, XPATH_ROOT "/meta/instanceName", &b);
}
