#include <string.h>

#include "phieu/json.h"
#include "submission_parts.h"

static const char *option_code(const struct question *q, uint8_t ordinal)
{
	for (size_t i = 0; i < q->n_options; i++)
		if (q->options[i].ordinal == ordinal)
			return q->options[i].code;
	return NULL;
}

static void write_mark(struct jw *w, const char *mark)
{
	jw_object(w);
	jw_kv(w, "mark", mark);
	jw_object_end(w);
}

static void write_answer(struct jw *w, const struct question *q, uint8_t byte)
{
	if (byte == ANSWER_NOT_ASKED)
		return;
	jw_key(w, q->code);
	switch (byte) {
	case ANSWER_BLANK: jw_null(w); break;
	case ANSWER_UNREADABLE: write_mark(w, "unreadable"); break;
	case ANSWER_DONT_KNOW: write_mark(w, "dont-know"); break;
	default: jw_text(w, option_code(q, byte)); break;
	}
}

/* The answer kept in `extra` (JSON of our own making), as it is. */
static void write_kept(struct jw *w, const struct question *q,
		       const char *extra)
{
	struct buf raw = BUF_INIT(LIMIT_SUBMISSION_BYTES * 4);
	struct jspan key, v;
	struct jscan c;

	jscan_init(&c, extra, strlen(extra));
	jscan_enter(&c);
	while (jscan_key(&c, &key)) {
		jscan_value(&c, &v);
		if (!jspan_is(&key, q->code))
			continue;
		buf_add(&raw, v.s, v.n);
		jw_key(w, q->code);
		jw_raw(w, buf_cstr(&raw) ? buf_cstr(&raw) : "null");
		break;
	}
	w->out->broken |= raw.broken;
	buf_free(&raw);
}

static void write_rating(const struct plan *p, const struct form *f,
			 const struct rating *r, struct jw *w)
{
	jw_object(w);
	jw_kv(w, "unit",
	      r->unit != NONE ? p->units[r->unit].code : r->unit_code);
	jw_key(w, "answers");
	jw_object(w);
	for (size_t q = 0; f && q < f->n_questions; q++) {
		const struct question *qu = &f->questions[q];

		if (qu->slot != NONE)
			write_answer(w, qu, r->answers[qu->slot]);
		else if (r->extra)
			write_kept(w, qu, r->extra);
	}
	jw_object_end(w);
	jw_object_end(w);
}

static void write_times(const struct submission *s, struct jw *w)
{
	char day[DATE_TEXT_MAX], at[INSTANT_TEXT_MAX];

	jw_kv(w, "collected",
	      s->has_collected ? date_text(s->collected, day) : NULL);
	if (s->has_start)
		jw_kv(w, "start", instant_text(s->start_us, at));
	if (s->has_end)
		jw_kv(w, "end", instant_text(s->end_us, at));
}

void submission_write(const struct plan *p, const struct submission *s,
		      struct buf *out)
{
	const struct form *f = s->form != NONE ? &p->forms[s->form] : NULL;
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	jw_kv(&w, "instanceID", s->instance);
	jw_kv(&w, "replaces", s->replaces);
	jw_kv(&w, "wave", s->wave);
	jw_kv(&w, "form", s->form_code);
	jw_kv(&w, "version", s->form_version);
	jw_kv(&w, "sheet", s->sheet);
	jw_ki(&w, "keying", s->keying);
	jw_kv(&w, "group", s->group_code);
	jw_kv(&w, "home", s->home_code);
	write_times(s, &w);
	if (s->device)
		jw_kv(&w, "device", s->device);
	if (s->simulated)
		jw_kb(&w, "simulated", true);
	jw_key(&w, "profile");
	jw_raw(&w, s->profile ? s->profile : "{}");
	jw_key(&w, "ratings");
	jw_array(&w);
	for (size_t i = 0; i < s->n_ratings; i++)
		write_rating(p, f, &s->ratings[i], &w);
	jw_array_end(&w);
	jw_kv(&w, "comment", s->comment);
	jw_object_end(&w);
}
