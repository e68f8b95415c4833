#include <stdio.h>
#include <string.h>

#include "submission_parts.h"
#include "xform_parts.h"

struct fill {
	const struct layout *l;
	const struct submission *s;
	struct xw *w;
};

static const char *option_code(const struct question *q, uint8_t ordinal)
{
	for (size_t i = 0; i < q->n_options; i++)
		if (q->options[i].ordinal == ordinal)
			return q->options[i].code;
	return NULL;
}

static const char *slot_text(const struct question *q, uint8_t byte)
{
	switch (byte) {
	case ANSWER_BLANK: return NULL;
	case ANSWER_UNREADABLE: return XNAME_UNREADABLE;
	case ANSWER_DONT_KNOW: return XNAME_DONT_KNOW;
	default: return option_code(q, byte);
	}
}

/* Text of a value kept in `extra`; NULL: out of memory or nothing. */
static const char *extra_value(const struct fill *f, const struct jspan *v)
{
	struct buf b = BUF_INIT(LIMIT_XML_BYTES);
	struct err e = { 0 };
	struct jspan item;
	struct jscan c;
	const char *out = NULL;
	size_t n;

	switch (jspan_kind(v)) {
	case '"': return jspan_text(v, true, f->l->a, &n, &e);
	case '{':
		return memmem(v->s, v->n, "dont-know", 9) ? XNAME_DONT_KNOW
							  : XNAME_UNREADABLE;
	case '[': break;
	default: return NULL;
	}
	jscan_init(&c, v->s, v->n);
	jscan_enter(&c);
	while (jscan_item(&c)) {
		const char *s;

		jscan_value(&c, &item);
		s = jspan_text(&item, true, f->l->a, &n, &e);
		buf_adds(&b, b.len ? " " : "");
		buf_adds(&b, s ? s : "");
	}
	if (buf_cstr(&b))
		out = arena_strdup(f->l->a, b.data);
	buf_free(&b);
	return out;
}

static const char *extra_text(const struct fill *f, const char *extra,
			      const char *code)
{
	struct jspan key, v;
	struct jscan c;

	if (!extra)
		return NULL;
	jscan_init(&c, extra, strlen(extra));
	jscan_enter(&c);
	while (jscan_key(&c, &key)) {
		jscan_value(&c, &v);
		if (jspan_is(&key, code))
			return extra_value(f, &v);
	}
	return NULL;
}

static void leaf(const struct fill *f, const char *code, const char *text)
{
	const char *name = xname(f->l->a, code);

	xw_leaf(f->w, name ? name : "q", text);
}

static void fill_rating(const struct fill *f, const char *name,
			const struct rating *r)
{
	const struct form *form = f->l->f;

	xw_start(f->w, name);
	xw_leaf(f->w, "unit",
		r->unit != NONE ? f->l->p->units[r->unit].code : r->unit_code);
	for (size_t i = 0; i < form->n_questions; i++) {
		const struct question *q = &form->questions[i];

		if (!question_shown(q))
			continue;
		leaf(f, q->code,
		     q->slot != NONE ? slot_text(q, r->answers[q->slot])
				     : extra_text(f, r->extra, q->code));
	}
	xw_end(f->w);
}

static const struct section *section_of(const struct fill *f)
{
	const struct layout *l = f->l;

	for (size_t i = 0; i < l->n_sections; i++) {
		struct jspan v;
		const char *at = l->sections[i].groups;

		for (; f->s->group_code && *at; at += strspn(at, " ")) {
			v = (struct jspan){ .s = at, .n = strcspn(at, " ") };
			if (jspan_is(&v, f->s->group_code))
				return &l->sections[i];
			at += v.n;
		}
	}
	return l->n_sections ? &l->sections[0] : NULL;
}

static void fill_ratings(const struct fill *f)
{
	const struct section *s = section_of(f);

	xw_start(f->w, s ? s->name : "ratings");
	for (size_t k = 0; k < f->s->n_ratings; k++) {
		const struct rating *r = &f->s->ratings[k];
		const char *name;

		if (s && s->kind == SECTION_EVERY && r->unit != NONE)
			name = xname(f->l->a, f->l->p->units[r->unit].code);
		else
			name = slot_name(f->l->a, k);
		fill_rating(f, name ? name : "r", r);
	}
	xw_end(f->w);
}

static void fill_head(const struct fill *f)
{
	const struct submission *s = f->s;
	char at[INSTANT_TEXT_MAX], day[DATE_TEXT_MAX];

	xw_leaf(f->w, "start",
		s->has_start ? instant_text(s->start_us, at) : NULL);
	xw_leaf(f->w, "end", s->has_end ? instant_text(s->end_us, at) : NULL);
	xw_leaf(f->w, "deviceid", s->device);
	if (s->simulated)
		xw_leaf(f->w, "simulated", "true");
	xw_start(f->w, "head");
	xw_leaf(f->w, "sheet", s->sheet);
	xw_leaf(f->w, "group", s->group_code);
	if (s->home_code)
		xw_leaf(f->w, "home", s->home_code);
	xw_leaf(f->w, "collected",
		s->has_collected ? date_text(s->collected, day) : NULL);
	xw_leaf(f->w, "keying", s->keying == 2 ? "2" : "1");
	xw_end(f->w);
}

static void fill_profile(const struct fill *f)
{
	const char *profile = f->s->profile ? f->s->profile : "{}";
	struct jspan key, v;
	struct err e = { 0 };
	struct jscan c;
	size_t n;

	xw_start(f->w, "profile");
	jscan_init(&c, profile, strlen(profile));
	jscan_enter(&c);
	while (jscan_key(&c, &key)) {
		const char *code, *text;

		jscan_value(&c, &v);
		code = jspan_text(&key, false, f->l->a, &n, &e);
		text = jspan_text(&v, true, f->l->a, &n, &e);
		/* only what can be an element can be sent by this way */
		if (code && xml_name_ok(xname(f->l->a, code)))
			leaf(f, code, text);
	}
	xw_end(f->w);
}

static void fill(const struct fill *f)
{
	const struct submission *s = f->s;
	char id[XFORM_ID_MAX];

	xw_start(f->w, "data");
	xw_attr(f->w, "id", xform_id(f->l->p, s->form, id));
	xw_attr(f->w, "version", s->form_version);
	fill_head(f);
	fill_profile(f);
	fill_ratings(f);
	xw_start(f->w, "end-page");
	xw_leaf(f->w, "comment", s->comment);
	xw_end(f->w);
	xw_start(f->w, "meta");
	xw_leaf(f->w, "instanceID", s->instance);
	if (s->replaces)
		xw_leaf(f->w, "deprecatedID", s->replaces);
	xw_end(f->w);
	xw_end(f->w);
}

bool xform_fill(const struct plan *p, const struct submission *s,
		struct buf *out, struct err *e)
{
	struct arena *a = arena_new(XFORM_ARENA);
	struct layout l;
	struct xw w;
	struct fill f = { .l = &l, .s = s, .w = &w };
	bool ok = false;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory for a form");
	if (s->form == NONE) {
		err_set(e, ERR_INPUT, "a form that is not in the plan");
		goto out;
	}
	if (!layout_make(p, s->form, NULL, a, &l, e))
		goto out;
	xw_init(&w, out);
	fill(&f);
	ok = !out->broken && !arena_broken(a);
	if (!ok)
		err_set(e, ERR_NOMEM, "out of memory for a form");
out:
	arena_free(a);
	return ok;
}
