/* What the table of a form's frozen answers looks like, and a row of it. */
#include "phieu/dataset.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/submission.h"

#define BOOK_BYTES ((size_t)64 << 20)

struct making {
	struct dataset *d;
	struct arena *a;
	const struct form *form;
	struct dataset_var *vars;
	const struct dataset_set **sets;
	const struct dataset_set *none; /* only: why there is no answer */
};

/* ---- names ---------------------------------------------------------------
 */

static bool is_reserved(const char *s)
{
	static const char *const words[] = {
		"all",	  "and",   "by",   "eq",   "ge",  "gt",	  "le",
		"lt",	  "ne",	   "not",  "or",   "to",  "with", "byte",
		"double", "float", "if",   "in",   "int", "long", "using",
		"strl",	  "str",   "_all", "_cons"
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return strncasecmp(s, "str", 3) == 0 &&
	       strspn(s + 3, "0123456789") == strlen(s + 3);
}

static bool is_taken(const struct making *m, const char *s)
{
	for (size_t i = 0; i < m->d->n; i++)
		if (strcasecmp(m->vars[i].name, s) == 0)
			return true;
	return false;
}

/* Letters and digits stay, a run of all else becomes one _. */
static size_t plain(const char *code, char out[DATASET_NAME_MAX + 1])
{
	size_t n = 0;

	if (!isalpha((unsigned char)*code))
		out[n++] = 'Q';
	for (; *code && n < DATASET_NAME_MAX; code++) {
		bool keep = isalnum((unsigned char)*code) &&
			    (unsigned char)*code < 0x80;

		if (keep)
			out[n++] = *code;
		else if (n > 0 && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n > 1 && out[n - 1] == '_')
		n--;
	out[n] = '\0';
	return n;
}

static const char *name_of(const struct making *m, const char *code)
{
	char base[DATASET_NAME_MAX + 1], name[DATASET_NAME_MAX + 24];
	size_t n = plain(code, base);

	(void)snprintf(name, sizeof name, "%s%s", base,
		       is_reserved(base) ? "_" : "");
	for (unsigned k = 2;
	     strlen(name) > DATASET_NAME_MAX || is_taken(m, name); k++) {
		char tail[16];
		int t = snprintf(tail, sizeof tail, "_%u", k);
		size_t most = DATASET_NAME_MAX - (size_t)t;

		(void)snprintf(name, sizeof name, "%.*s%s",
			       (int)(n < most ? n : most), base, tail);
	}
	return arena_strdup(m->a, name);
}

static struct dataset_var *add(struct making *m, const char *code,
			       const char *label, enum dataset_kind kind,
			       enum dataset_level level)
{
	struct dataset_var *v = &m->vars[m->d->n];

	*v = (struct dataset_var){ .code = code,
				   .label = label ? label : "",
				   .kind = kind,
				   .level = level };
	v->name = name_of(m, code);
	if (v->name)
		m->d->n++;
	return v;
}

/* ---- values --------------------------------------------------------------
 */

static const struct dataset_value no_answer[] = {
	{ DATASET_BLANK, "-9", "để trống", true, 'c', ANSWER_BLANK },
	{ DATASET_DONT_KNOW, "-8", "không biết", true, 'b', ANSWER_DONT_KNOW },
	{ DATASET_UNREADABLE, "-7", "không đọc được", true, 'a',
	  ANSWER_UNREADABLE },
};
enum { NO_ANSWERS = sizeof no_answer / sizeof no_answer[0] };

static bool same_values(const struct dataset_set *a,
			const struct dataset_value *v, size_t n)
{
	if (a->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (a->values[i].value != v[i].value ||
		    a->values[i].ordinal != v[i].ordinal ||
		    a->values[i].missing != v[i].missing ||
		    strcmp(a->values[i].code, v[i].code) != 0 ||
		    strcmp(a->values[i].label, v[i].label) != 0)
			return false;
	return true;
}

/* The one with these values: a list that many questions share is written
 * once. */
static const struct dataset_set *set_of(struct making *m, const char *name,
					const struct dataset_value *v, size_t n)
{
	struct dataset_set *s;

	for (size_t i = 0; i < m->d->n_sets; i++)
		if (same_values(m->sets[i], v, n))
			return m->sets[i];
	s = arena_array(m->a, 1, sizeof *s);
	if (!s)
		return NULL;
	*s = (struct dataset_set){ .name = name, .values = v, .n = n };
	m->sets[m->d->n_sets++] = s;
	return s;
}

/* "3" means 3 where all codes of a list are such numbers, up to the bytes. */
static bool are_numbers(const struct option *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t digits = strspn(o[i].code, "0123456789");

		if (digits == 0 || digits > 3 || o[i].code[digits] ||
		    (o[i].code[0] == '0' && digits > 1))
			return false;
	}
	return true;
}

/* Options by the byte that is stored (by their code, where it is a number),
 * then the reasons for no answer. */
static const struct dataset_set *option_set(struct making *m, const char *name,
					    const struct option *o, size_t n,
					    bool reasons)
{
	size_t all = n + (reasons ? NO_ANSWERS : 0);
	struct dataset_value *v = arena_array(m->a, all + 1, sizeof *v);
	bool numbers = are_numbers(o, n);

	if (!v)
		return NULL;
	for (size_t i = 0; i < n; i++)
		v[i] = (struct dataset_value){
			.value = numbers ? strtod(o[i].code, NULL)
					 : o[i].ordinal,
			.ordinal = o[i].ordinal,
			.code = o[i].code,
			.label = o[i].label,
			.missing = o[i].no_opinion
		};
	for (size_t i = n; i < all; i++)
		v[i] = no_answer[i - n];
	return set_of(m, name, v, all);
}

/* Of a profile's closed list, whose options have no stored byte. */
static const struct dataset_set *list_set(struct making *m, const char *name,
					  const struct option *o, size_t n)
{
	struct dataset_value *v = arena_array(m->a, n + 1, sizeof *v);

	for (size_t i = 0; v && i < n; i++)
		v[i] = (struct dataset_value){ .value = (double)(i + 1),
					       .code = o[i].code,
					       .label = o[i].label };
	return v ? set_of(m, name, v, n) : NULL;
}

static const char *with_code(struct making *m, const char *name,
			     const char *code)
{
	return arena_printf(m->a, "%s [%s]", name, code);
}

/* By place in the plan, from 1, so that a row's index finds its value. */
static const struct dataset_set *group_set(struct making *m)
{
	const struct plan *p = m->d->plan;
	struct dataset_value *v = arena_array(m->a, p->n_groups + 1, sizeof *v);

	for (size_t i = 0; v && i < p->n_groups; i++)
		v[i] = (struct dataset_value){
			.value = (double)(i + 1),
			.code = p->groups[i].code,
			.label = with_code(m, p->groups[i].name,
					   p->groups[i].code)
		};
	return v ? set_of(m, "group", v, p->n_groups) : NULL;
}

static const struct dataset_set *unit_set(struct making *m)
{
	const struct plan *p = m->d->plan;
	struct dataset_value *v = arena_array(m->a, p->n_units + 1, sizeof *v);

	for (size_t i = 0; v && i < p->n_units; i++)
		v[i] = (struct dataset_value){
			.value = (double)(i + 1),
			.code = p->units[i].code,
			.label =
				with_code(m, p->units[i].name, p->units[i].code)
		};
	return v ? set_of(m, "unit", v, p->n_units) : NULL;
}

static const struct dataset_set *kind_set(struct making *m)
{
	const struct plan *p = m->d->plan;
	struct dataset_value *v = arena_array(m->a, p->n_kinds + 1, sizeof *v);

	for (size_t i = 0; v && i < p->n_kinds; i++)
		v[i] = (struct dataset_value){ .value = (double)(i + 1),
					       .code = p->kinds[i].code,
					       .label = p->kinds[i].name };
	return v ? set_of(m, "unit_kind", v, p->n_kinds) : NULL;
}

/* ---- variables -----------------------------------------------------------
 */

static void add_fixed(struct making *m)
{
	static const struct {
		const char *name, *label;
		enum dataset_kind kind;
		enum dataset_level level;
	} fixed[DATASET_FIXED] = {
		[DATASET_RESPONDENT] = { "respondent",
					 "Số người trả lời (chỉ trong lần khóa "
					 "số liệu này)",
					 DATASET_NUMBER, DATASET_NOMINAL },
		[DATASET_GROUP] = { "group", "Nhóm đối tượng", DATASET_CODED,
				    DATASET_NOMINAL },
		[DATASET_HOME] = { "home", "Đơn vị của người trả lời",
				   DATASET_CODED, DATASET_NOMINAL },
		[DATASET_UNIT] = { "unit", "Đơn vị được đánh giá",
				   DATASET_CODED, DATASET_NOMINAL },
		[DATASET_UNIT_KIND] = { "unit_kind",
					"Loại đơn vị được đánh giá",
					DATASET_CODED, DATASET_NOMINAL },
		[DATASET_STRATUM] = { "stratum", "Tầng: nhóm và đơn vị",
				      DATASET_TEXT, DATASET_NOMINAL },
		[DATASET_FRAME] = { "frame_count",
				    "Số đối tượng của tầng (N_h)",
				    DATASET_NUMBER, DATASET_SCALE },
		[DATASET_SAMPLE] = { "sample_count",
				     "Số người trả lời của tầng (n_h)",
				     DATASET_NUMBER, DATASET_SCALE },
		[DATASET_WEIGHT] = { "weight",
				     "Trọng số N_h / n_h (1 khi chưa biết N_h)",
				     DATASET_NUMBER, DATASET_SCALE },
	};

	for (size_t i = 0; i < DATASET_FIXED; i++) {
		struct dataset_var *v = add(m, fixed[i].name, fixed[i].label,
					    fixed[i].kind, fixed[i].level);

		v->code = "";
		v->weight = i == DATASET_WEIGHT;
	}
	m->vars[DATASET_GROUP].set = group_set(m);
	m->vars[DATASET_HOME].set = unit_set(m);
	m->vars[DATASET_UNIT].set = m->vars[DATASET_HOME].set;
	m->vars[DATASET_UNIT_KIND].set = kind_set(m);
	m->vars[DATASET_STRATUM].width = 2 * LIMIT_CODE_BYTES + 1;
}

static void add_profile(struct making *m, size_t *at)
{
	const struct decisions *d = &m->d->plan->decisions;

	for (size_t k = 0; k < d->n_profile_kept; k++) {
		at[k] = NONE;
		for (size_t i = 0; i < m->form->n_profile; i++) {
			const struct profile_field *f = &m->form->profile[i];
			struct dataset_var *v;

			if (strcmp(f->code, d->profile_kept[k]) != 0)
				continue;
			at[k] = m->d->n;
			v = add(m, f->code, f->label, DATASET_CODED,
				DATASET_NOMINAL);
			v->set = list_set(m, v->name, f->options, f->n_options);
		}
	}
}

/* Why a question of many or of a number has no answer, beside it: its numbers
 * may be any. */
static void add_status(struct making *m, const struct question *q)
{
	struct dataset_var *s = add(m, arena_printf(m->a, "%s_status", q->code),
				    q->text, DATASET_CODED, DATASET_NOMINAL);

	s->question = q;
	if (!m->none) {
		struct dataset_value *v =
			arena_array(m->a, NO_ANSWERS + 1, sizeof *v);

		if (!v)
			return;
		v[0] = (struct dataset_value){ .value = 1,
					       .code = "1",
					       .label = "có trả lời" };
		memcpy(v + 1, no_answer, sizeof no_answer);
		m->none = set_of(m, "status", v, NO_ANSWERS + 1);
	}
	s->set = m->none;
}

static void add_ticks(struct making *m, const struct question *q)
{
	static const struct dataset_value tick[] = {
		{ 0, "0", "không chọn", false, 0, 0 },
		{ 1, "1", "có chọn", false, 0, 0 }
	};

	for (size_t i = 0; i < q->n_options; i++) {
		struct dataset_var *v =
			add(m,
			    arena_printf(m->a, "%s_%s", q->code,
					 q->options[i].code),
			    arena_printf(m->a, "%s: %s", q->text,
					 q->options[i].label),
			    DATASET_CODED, DATASET_NOMINAL);

		v->question = q;
		v->set = set_of(m, "ticked", tick, 2);
	}
}

static void add_question(struct making *m, const struct question *q, size_t *at)
{
	struct dataset_var *v;

	*at = NONE;
	if (!q->asked || q->type == QUESTION_TEXT)
		return;
	*at = m->d->n;
	if (q->type == QUESTION_MULTIPLE || q->type == QUESTION_NUMBER) {
		if (q->type == QUESTION_MULTIPLE)
			add_ticks(m, q);
		else
			add(m, q->code, q->text, DATASET_NUMBER, DATASET_SCALE)
				->question = q;
		add_status(m, q);
		return;
	}
	v = add(m, q->code, q->text, DATASET_CODED,
		q->type == QUESTION_SCALE ? DATASET_ORDINAL : DATASET_NOMINAL);
	v->question = q;
	v->set = option_set(m, v->name, q->options, q->n_options, true);
}

static size_t most_vars(const struct plan *p, const struct form *f)
{
	size_t n = DATASET_FIXED + p->decisions.n_profile_kept;

	for (size_t i = 0; i < f->n_questions; i++)
		n += f->questions[i].n_options + 2;
	return n;
}

static bool make(struct making *m)
{
	const struct plan *p = m->d->plan;
	size_t most = most_vars(p, m->form), *question, *profile;

	m->vars = arena_array(m->a, most + 1, sizeof *m->vars);
	m->sets = arena_array(m->a, most + 4, sizeof *m->sets);
	question =
		arena_array(m->a, m->form->n_questions + 1, sizeof *question);
	profile = arena_array(m->a, p->decisions.n_profile_kept + 1,
			      sizeof *profile);
	if (!m->vars || !m->sets || !question || !profile)
		return false;
	m->d->name = name_of(m, m->form->code);
	for (size_t i = 0; i < p->n_forms; i++)
		if (i != m->d->form &&
		    strcmp(p->forms[i].code, m->form->code) == 0)
			m->d->name = name_of(m, arena_printf(m->a, "%s_%s",
							     m->form->code,
							     m->form->version));
	m->d->vars = m->vars;
	m->d->sets = m->sets;
	m->d->question_var = question;
	m->d->profile_var = profile;
	add_fixed(m);
	add_profile(m, profile);
	for (size_t i = 0; i < m->form->n_questions; i++)
		add_question(m, &m->form->questions[i], &question[i]);
	return !arena_broken(m->a);
}

struct dataset *dataset_new(const struct plan *p, size_t form, struct err *e)
{
	struct arena *a = arena_new(BOOK_BYTES);
	struct making m = { .a = a, .form = &p->forms[form] };

	m.d = a ? arena_array(a, 1, sizeof *m.d) : NULL;
	if (m.d) {
		m.d->arena = a;
		m.d->plan = p;
		m.d->form = form;
	}
	if (!m.d || !make(&m)) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		arena_free(a);
		return NULL;
	}
	return m.d;
}

void dataset_free(struct dataset *d)
{
	if (d)
		arena_free(d->arena);
}

/* ---- a row ---------------------------------------------------------------
 */

static void put_number(struct dataset_cell *c, double x)
{
	c->x = x;
}

static void put_value(struct dataset_cell *c, const struct dataset_value *v)
{
	c->value = v;
	c->x = v->value;
}

/* The value of a set that stands for `x`. */
static bool put_coded(const struct dataset_var *v, double x,
		      struct dataset_cell *c)
{
	for (size_t i = 0; i < v->set->n; i++)
		if (v->set->values[i].value == x) {
			put_value(c, &v->set->values[i]);
			return true;
		}
	return false;
}

static bool put_answer(const struct dataset_var *v, uint8_t byte,
		       struct dataset_cell *c)
{
	for (size_t i = 0; i < v->set->n; i++)
		if (v->set->values[i].ordinal == byte) {
			put_value(c, &v->set->values[i]);
			return true;
		}
	return false;
}

static bool fill_slots(const struct dataset *d, const struct dataset_rating *r,
		       struct dataset_cell *cells, struct err *e)
{
	const struct form *f = &d->plan->forms[d->form];

	for (size_t i = 0; i < f->n_questions; i++) {
		size_t at = d->question_var[i], slot = f->questions[i].slot;

		if (at == NONE || slot == NONE || slot >= r->n_answers ||
		    r->answers[slot] == ANSWER_NOT_ASKED)
			continue;
		if (!put_answer(&d->vars[at], r->answers[slot], &cells[at]))
			return err_set(e, ERR_BUG,
				       "a frozen answer to %.64s is no option",
				       f->questions[i].code);
	}
	return true;
}

/* A mark instead of an answer: {"mark":"unreadable"}. */
static double status_of(const cJSON *said)
{
	const char *mark = json_get_text(said, "mark");

	if (!said || cJSON_IsNull(said))
		return DATASET_BLANK;
	if (!mark)
		return 1;
	return strcmp(mark, "unreadable") == 0 ? DATASET_UNREADABLE
					       : DATASET_DONT_KNOW;
}

static bool is_ticked(const cJSON *list, const char *code)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, list)
	{
		if (cJSON_IsString(o) && strcmp(o->valuestring, code) == 0)
			return true;
	}
	return false;
}

static void fill_beside(const struct dataset *d, const struct question *q,
			size_t at, const cJSON *extra,
			struct dataset_cell *cells)
{
	const cJSON *said = extra ? json_get(extra, q->code) : NULL;
	double status = status_of(said);
	size_t n = q->type == QUESTION_MULTIPLE ? q->n_options : 1;

	(void)put_coded(&d->vars[at + n], status, &cells[at + n]);
	if (!said || status != 1)
		return;
	if (q->type == QUESTION_NUMBER)
		put_number(&cells[at], cJSON_IsString(said)
					       ? strtod(said->valuestring, NULL)
					       : (double)NAN);
	for (size_t i = 0; q->type == QUESTION_MULTIPLE && i < n; i++)
		(void)put_coded(&d->vars[at + i],
				is_ticked(said, q->options[i].code) ? 1 : 0,
				&cells[at + i]);
}

static void fill_extra(const struct dataset *d, const cJSON *extra,
		       struct dataset_cell *cells)
{
	const struct form *f = &d->plan->forms[d->form];

	for (size_t i = 0; i < f->n_questions; i++)
		if (d->question_var[i] != NONE && f->questions[i].slot == NONE)
			fill_beside(d, &f->questions[i], d->question_var[i],
				    extra, cells);
}

static void fill_profile(const struct dataset *d, const cJSON *profile,
			 struct dataset_cell *cells)
{
	const struct decisions *k = &d->plan->decisions;

	for (size_t i = 0; i < k->n_profile_kept; i++) {
		size_t at = d->profile_var[i];
		const char *code = json_get_text(profile, k->profile_kept[i]);

		for (size_t j = 0; at != NONE && code && j < d->vars[at].set->n;
		     j++)
			if (strcmp(d->vars[at].set->values[j].code, code) == 0)
				put_value(&cells[at],
					  &d->vars[at].set->values[j]);
	}
}

static void fill_fixed(const struct dataset *d, const struct dataset_rating *r,
		       struct dataset_cell *c)
{
	const struct dataset_var *v = d->vars;

	c[DATASET_RESPONDENT].x = strtod(r->respondent, NULL);
	put_value(&c[DATASET_GROUP], &v[DATASET_GROUP].set->values[r->group]);
	if (r->home != NONE)
		put_value(&c[DATASET_HOME],
			  &v[DATASET_HOME].set->values[r->home]);
	put_value(&c[DATASET_UNIT], &v[DATASET_UNIT].set->values[r->unit]);
	put_value(&c[DATASET_UNIT_KIND],
		  &v[DATASET_UNIT_KIND]
			   .set->values[d->plan->units[r->unit].kind]);
	c[DATASET_STRATUM].s = r->stratum ? r->stratum : "";
	c[DATASET_FRAME].x = r->frame;
	c[DATASET_SAMPLE].x = r->sample;
	c[DATASET_WEIGHT].x = r->weight;
}

static bool parse(const char *text, cJSON **out, struct err *e)
{
	*out = cJSON_Parse(text);
	if (!*out)
		return err_set(e, ERR_BUG, "a frozen row is not JSON");
	return true;
}

bool dataset_fill(const struct dataset *d, const struct dataset_rating *r,
		  struct dataset_cell *cells, struct err *e)
{
	cJSON *profile = NULL, *extra = NULL;
	bool ok = true;

	for (size_t i = 0; i < d->n; i++)
		cells[i] = (struct dataset_cell){ .x = (double)NAN, .s = "" };
	fill_fixed(d, r, cells);
	if (r->profile)
		ok = parse(r->profile, &profile, e);
	if (ok && r->extra)
		ok = parse(r->extra, &extra, e);
	if (ok) {
		fill_profile(d, profile, cells);
		fill_extra(d, extra, cells);
		ok = fill_slots(d, r, cells, e);
	}
	cJSON_Delete(profile);
	cJSON_Delete(extra);
	return ok;
}
