/* One simulated sheet.  An answer is a latent opinion (in thousandths: level
 * of the unit, of the group, of the person, difficulty of the question, the
 * moment) cut into the options from best to worst. */
#include <string.h>

#include "phieu/buf.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/sheet.h"
#include "simulate_parts.h"

#define LEVEL	    450 /* people are rather content */
#define SD_UNIT	    350
#define SD_GROUP    200
#define SD_PERSON   400
#define SD_QUESTION 300
#define SD_MOMENT   950
#define STEP	    900 /* width of an option */

#define BLANKS	     30 /* per mille of answers */
#define DONT_KNOWS   15
#define UNREADABLES  3
#define COMMENTS     80 /* per mille of sheets */
#define TIMED	     250
#define OPTIONAL_SET 900

static const char *const remarks[] = {
	"Đề nghị trả kết quả đúng hẹn.",
	"Thái độ phục vụ tốt, hướng dẫn rõ ràng.",
	"Thủ tục còn rườm rà, phải đi lại nhiều lần.",
	"Cần công khai phí và lệ phí tại nơi tiếp nhận.",
	"Dịch vụ công trực tuyến hay bị lỗi, mong khắc phục.",
	"Không có ý kiến gì thêm.",
};

struct making {
	const struct world *w;
	const struct plan *p;
	const struct spec *spec;
	const struct form *form;
	struct arena *a;
	struct submission *s;
	struct dice dice;
	int person;
	size_t column; /* the careless tick it all the way down */
	size_t spare;  /* answers that may still be missing (D2) */
};

/* A fixed trait of a unit, group or question in this run. */
static int trait(const char *seed, const char *what, uint64_t i, int sd)
{
	struct dice d;

	dice_init(&d, seed, what, i);
	return dice_normal(&d) * sd / 1000;
}

static const int *traits(const char *seed, const char *what, size_t n, int sd,
			 struct arena *a)
{
	int *out = arena_array(a, n + 1, sizeof *out);

	for (size_t i = 0; out && i < n; i++)
		out[i] = trait(seed, what, i, sd);
	return out;
}

bool world_init(struct world *w, const struct plan *p, const char *seed,
		struct arena *a)
{
	const int **question = arena_array(a, p->n_forms + 1, sizeof *question);

	if (!question)
		return false;
	for (size_t f = 0; f < p->n_forms; f++) {
		int *row = arena_array(a, p->forms[f].n_questions + 1,
				       sizeof *row);

		/* by code: the same question is as hard on every form */
		for (size_t q = 0; row && q < p->forms[f].n_questions; q++)
			row[q] = trait(seed, p->forms[f].questions[q].code, 0,
				       SD_QUESTION);
		question[f] = row;
	}
	*w = (struct world){ .p = p, .seed = seed, .question = question };
	w->unit = traits(seed, "unit", p->n_units, SD_UNIT, a);
	w->group = traits(seed, "group", p->n_groups, SD_GROUP, a);
	return !arena_broken(a);
}

static bool usable(const struct option *o)
{
	return !o->retired && !o->no_opinion;
}

/* Options from best to worst: by coefficient, then as printed. */
static size_t ranked(const struct question *q,
		     const struct option *out[LIMIT_OPTIONS])
{
	size_t n = 0, j;

	for (size_t i = 0; i < q->n_options && n < LIMIT_OPTIONS; i++) {
		const struct option *o = &q->options[i];

		if (!usable(o))
			continue;
		for (j = n; j > 0 && dec_cmp(out[j - 1]->coefficient,
					     o->coefficient) < 0;
		     j--)
			out[j] = out[j - 1];
		out[j] = o;
		n++;
	}
	return n;
}

static size_t place(int latent, size_t n)
{
	int best = n == 2 ? -200 : 400;
	size_t k = 0;

	while (k + 1 < n && latent <= best - STEP * (int)k)
		k++;
	return k;
}

/* May this answer be missing, and is it? */
static bool left_out(struct making *m, const struct question *q,
		     uint32_t per_mille)
{
	if (q->required || m->spare == 0 || !dice_chance(&m->dice, per_mille))
		return false;
	m->spare--;
	return true;
}

static uint8_t dont_know(const struct question *q)
{
	for (size_t i = 0; i < q->n_options; i++)
		if (q->options[i].no_opinion && !q->options[i].retired)
			return q->options[i].ordinal;
	return ANSWER_DONT_KNOW;
}

/* The same column in every question, whatever it means there. */
static uint8_t column(const struct making *m, const struct question *q)
{
	uint8_t last = ANSWER_BLANK;
	size_t k = 0;

	for (size_t i = 0; i < q->n_options; i++) {
		if (!usable(&q->options[i]))
			continue;
		last = q->options[i].ordinal;
		if (k++ == m->column)
			break;
	}
	return last;
}

static uint8_t single(struct making *m, const struct question *q, int opinion)
{
	const struct option *list[LIMIT_OPTIONS];
	size_t n = ranked(q, list);

	if (n == 0)
		return ANSWER_BLANK;
	if (m->spec->careless)
		return column(m, q);
	if (left_out(m, q, BLANKS) && m->p->decisions.blank != BLANK_INVALID)
		return ANSWER_BLANK;
	if (left_out(m, q, UNREADABLES))
		return ANSWER_UNREADABLE;
	if (dice_chance(&m->dice, DONT_KNOWS))
		return dont_know(q);
	opinion += dice_normal(&m->dice) * SD_MOMENT / 1000;
	opinion += m->w->question[m->s->form][q - m->form->questions];
	if (q->type == QUESTION_SINGLE && !list[0]->has_coefficient)
		return list[dice_below(&m->dice, (uint32_t)n)]->ordinal;
	return list[place(opinion, n)]->ordinal;
}

static void multiple(struct making *m, const struct question *q, struct jw *w)
{
	const struct option *list[LIMIT_OPTIONS];
	size_t n = ranked(q, list), sure;
	bool begun = false;

	if (n == 0)
		return;
	sure = dice_below(&m->dice, (uint32_t)n);
	for (size_t i = 0; i < q->n_options; i++) {
		const struct option *o = &q->options[i];

		if (!usable(o) ||
		    !(o == list[sure] || dice_chance(&m->dice, 250)))
			continue;
		if (!begun) {
			jw_key(w, q->code);
			jw_array(w);
			begun = true;
		}
		jw_text(w, o->code);
	}
	if (begun)
		jw_array_end(w);
}

/* A whole number near the middle of what is allowed. */
static void number(struct making *m, const struct question *q, struct jw *w)
{
	int64_t low = q->has_min ? q->min.micro
		      : q->has_max && q->max.micro < 0
			      ? q->max.micro - 100 * DEC_ONE
			      : 0;
	int64_t high = q->has_max ? q->max.micro : low + 100 * DEC_ONE;
	int64_t span, v;
	char text[DEC_TEXT_MAX];

	if (low % DEC_ONE)
		low += DEC_ONE - ((low % DEC_ONE) + DEC_ONE) % DEC_ONE;
	span = high >= low ? (high - low) / DEC_ONE : -1;
	if (span > 1000000)
		span = 1000000;
	v = q->min.micro;
	if (span >= 0) {
		v = dice_below(&m->dice, (uint32_t)span + 1);
		v += dice_below(&m->dice, (uint32_t)span + 1);
		v = low + v / 2 * DEC_ONE;
	}
	jw_kv(w, q->code, dec_text((struct dec){ v }, text));
}

static const char *remark(struct making *m)
{
	return remarks[dice_below(&m->dice, sizeof remarks / sizeof *remarks)];
}

static void kept(struct making *m, const struct question *q, struct jw *w)
{
	const char *text;

	if (!q->required && dice_chance(&m->dice, BLANKS))
		return;
	switch (q->type) {
	case QUESTION_MULTIPLE: multiple(m, q, w); break;
	case QUESTION_NUMBER: number(m, q, w); break;
	case QUESTION_TEXT:
		if (!q->required && !dice_chance(&m->dice, COMMENTS))
			break;
		text = remark(m);
		if (q->max_bytes && strlen(text) > q->max_bytes)
			text = "-";
		jw_kv(w, q->code, text);
		break;
	case QUESTION_SCALE:
	case QUESTION_SINGLE: break;
	}
}

/* How many answers decision D2 lets go missing in one rating. */
static size_t spare(const struct plan *p, const struct form *f)
{
	int64_t put = 0, need;

	for (size_t q = 0; q < f->n_questions; q++)
		put += f->questions[q].asked && f->questions[q].slot != NONE;
	switch (p->decisions.minimum) {
	case MINIMUM_ALL: return 0;
	case MINIMUM_PERCENT:
		need = (p->decisions.minimum_percent.micro * put +
			100 * DEC_ONE - 1) /
		       (100 * DEC_ONE);
		return need < put ? (size_t)(put - need) : 0;
	case MINIMUM_NONE: break;
	}
	return (size_t)put;
}

static bool rating(struct making *m, size_t unit, struct rating *out)
{
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES);
	uint8_t *answers = arena_alloc(m->a, m->form->n_slots + 1);
	int opinion = LEVEL + m->person;
	struct jw w;

	if (!answers)
		return false;
	*out = (struct rating){ .unit = unit,
				.unit_code = m->p->units[unit].code,
				.answers = answers };
	opinion += m->w->unit[unit] + m->w->group[m->spec->group];
	m->spare = spare(m->p, m->form);
	jw_init(&w, &b);
	jw_object(&w);
	for (size_t i = 0; i < m->form->n_questions; i++) {
		const struct question *q = &m->form->questions[i];

		if (!q->asked)
			continue;
		if (q->slot == NONE)
			kept(m, q, &w);
		else
			answers[q->slot] = single(m, q, opinion);
	}
	jw_object_end(&w);
	if (b.len > 2)
		out->extra = buf_cstr(&b) ? arena_strdup(m->a, b.data) : NULL;
	buf_free(&b);
	for (size_t k = 0; k < m->form->n_slots; k++)
		out->n_answered +=
			answers[k] >= 1 && answers[k] <= ANSWER_MAX_OPTION;
	return !arena_broken(m->a);
}

static bool ratings(struct making *m, struct err *e)
{
	const struct group *g = &m->p->groups[m->spec->group];
	struct submission *s = m->s;
	size_t *allowed = arena_array(m->a, m->p->n_units, sizeof *allowed);
	size_t n, want;

	if (!allowed)
		return err_set(e, ERR_NOMEM, "out of memory");
	n = plan_rateable(m->p, m->spec->group, m->spec->home, s->collected,
			  allowed, m->p->n_units);
	want = g->per_sheet ? g->per_sheet : n;
	if (n == 0 || want > n)
		return err_set(e, ERR_CONFLICT,
			       "group %s rates %zu units a sheet, the plan "
			       "lets it rate %zu",
			       g->code, want, n);
	s->ratings = arena_array(m->a, want, sizeof *s->ratings);
	if (!s->ratings)
		return err_set(e, ERR_NOMEM, "out of memory");
	/* sheets of a cell share its units out evenly */
	for (size_t k = 0; k < want; k++)
		if (!rating(m, allowed[(m->spec->in_cell * want + k) % n],
			    &s->ratings[k]))
			return err_set(e, ERR_NOMEM, "out of memory");
	s->n_ratings = want;
	return true;
}

/* Keys in bytewise order, as submission_read would have them. */
static bool profile(struct making *m)
{
	const struct form *f = m->form;
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES);
	const char *last = "";
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w);
	for (size_t k = 0; k < f->n_profile; k++) {
		const struct profile_field *next = NULL;
		size_t o;

		for (size_t i = 0; i < f->n_profile; i++)
			if (strcmp(f->profile[i].code, last) > 0 &&
			    (!next ||
			     strcmp(f->profile[i].code, next->code) < 0))
				next = &f->profile[i];
		if (!next)
			break;
		last = next->code;
		if (next->n_options == 0 ||
		    (!next->required && !dice_chance(&m->dice, OPTIONAL_SET)))
			continue;
		o = dice_below(&m->dice, (uint32_t)next->n_options);
		while (next->options[o].retired && o > 0)
			o--;
		if (!next->options[o].retired)
			jw_kv(&w, next->code, next->options[o].code);
	}
	jw_object_end(&w);
	m->s->profile = buf_cstr(&b) ? arena_strdup(m->a, b.data) : NULL;
	buf_free(&b);
	return m->s->profile != NULL;
}

/* Office hours in Việt Nam on the day of collection. */
static void times(struct making *m)
{
	struct submission *s = m->s;
	const int64_t second = 1000000;

	if (!dice_chance(&m->dice, TIMED))
		return;
	s->has_start = s->has_end = true;
	s->start_us = (int64_t)s->collected.days * 86400 * second +
		      (int64_t)dice_below(&m->dice, 9 * 3600) * second +
		      3600 * second;
	s->end_us = s->start_us +
		    (int64_t)(240 + dice_below(&m->dice, 1500)) * second;
	s->device = "simulator";
}

/* A day of the wave on which the home exists. */
static struct date a_day(struct making *m)
{
	const struct plan *p = m->p;
	const struct unit *home = NULL;
	int32_t from = p->from.days, to = p->to.days;

	if (m->spec->home != NONE)
		home = &p->units[m->spec->home];
	if (home && home->has_from && home->from.days > from)
		from = home->from.days;
	if (home && home->has_to && home->to.days < to)
		to = home->to.days;
	if (to < from)
		to = from;
	from += (int32_t)dice_below(&m->dice, (uint32_t)(to - from) + 1);
	return (struct date){ from };
}

static bool head(struct making *m, struct err *e)
{
	const struct plan *p = m->p;
	struct submission *s = m->s;
	char instance[INSTANCE_TEXT], sheet[SHEET_TEXT_MAX];
	struct sheet_no no;

	if (!sheet_make(m->form->code, m->spec->serial, &no, e))
		return false;
	simulate_instance(m->w->seed, p->wave, m->spec->i, instance);
	s->instance = arena_strdup(m->a, instance);
	s->sheet = arena_strdup(m->a, sheet_text(&no, sheet));
	s->wave = p->wave;
	s->form_code = m->form->code;
	s->form_version = m->form->version;
	s->group_code = p->groups[m->spec->group].code;
	if (m->spec->home != NONE)
		s->home_code = p->units[m->spec->home].code;
	s->keying = 1;
	s->has_collected = true;
	s->collected = a_day(m);
	s->simulated = true;
	s->group = m->spec->group;
	s->home = m->spec->home;
	s->form = p->groups[m->spec->group].form;
	times(m);
	if (dice_chance(&m->dice, COMMENTS))
		s->comment = remark(m);
	return true;
}

bool simulate_sheet(const struct world *w, const struct spec *spec,
		    struct arena *a, struct submission *s, struct err *e)
{
	struct making m = { .w = w, .p = w->p, .spec = spec, .a = a, .s = s };

	*s = (struct submission){ 0 };
	m.form = &w->p->forms[w->p->groups[spec->group].form];
	dice_init(&m.dice, w->seed, "sheet", spec->i);
	m.person = dice_normal(&m.dice) * SD_PERSON / 1000;
	m.column = dice_below(&m.dice, 3);
	if (!head(&m, e) || !ratings(&m, e))
		return false;
	if (!profile(&m) || arena_broken(a))
		return err_set(e, ERR_NOMEM, "out of memory");
	return true;
}
