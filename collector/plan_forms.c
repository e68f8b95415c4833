#include "plan_in.h"

#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"

struct option_in { /* an option and what fits its byte only later */
	struct option o;
	int ordinal;
};

static const struct member option_members[] = {
	MEMBER("code", M_CODE, true, .off = offsetof(struct option_in, o.code)),
	MEMBER("label", M_LINE, true,
	       .off = offsetof(struct option_in, o.label)),
	MEMBER("label_en", M_LINE, false,
	       .off = offsetof(struct option_in, o.label_en)),
	MEMBER("ordinal", M_INT, false,
	       .off = offsetof(struct option_in, ordinal), .min = 1,
	       .max = LIMIT_OPTIONS),
	MEMBER("coefficient", M_DEC, false,
	       .off = offsetof(struct option_in, o.coefficient),
	       .has = offsetof(struct option_in, o.has_coefficient), .min = 0,
	       .max = 100 * DEC_ONE),
	MEMBER("satisfied", M_BOOL, false,
	       .off = offsetof(struct option_in, o.satisfied)),
	MEMBER("no_opinion", M_BOOL, false,
	       .off = offsetof(struct option_in, o.no_opinion)),
	MEMBER("retired", M_BOOL, false,
	       .off = offsetof(struct option_in, o.retired)),
};

struct scale_in {
	const char *code, *name;
	size_t basis;
};

static const struct member scale_members[] = {
	MEMBER("code", M_CODE, true, .off = offsetof(struct scale_in, code)),
	MEMBER("name", M_LINE, false, .off = offsetof(struct scale_in, name)),
	MEMBER("basis", M_REF, true, .off = offsetof(struct scale_in, basis),
	       .dir = DIR_BASIS),
	MEMBER("options", M_LIST, true, .off = 0),
};

static const struct member profile_members[] = {
	MEMBER("code", M_CODE, true,
	       .off = offsetof(struct profile_field, code)),
	MEMBER("label", M_LINE, true,
	       .off = offsetof(struct profile_field, label)),
	MEMBER("label_en", M_LINE, false,
	       .off = offsetof(struct profile_field, label_en)),
	MEMBER("required", M_BOOL, false,
	       .off = offsetof(struct profile_field, required)),
	MEMBER("options", M_LIST, true, .off = 0),
};

static const char *const question_types[] = { "scale",	"single", "multiple",
					      "number", "text",	  NULL };

struct question_in {
	struct question q;
	size_t scale;
	bool typed;
};

static const struct member question_members[] = {
	MEMBER("code", M_CODE, true,
	       .off = offsetof(struct question_in, q.code)),
	MEMBER("text", M_TEXT, true,
	       .off = offsetof(struct question_in, q.text)),
	MEMBER("text_en", M_TEXT, false,
	       .off = offsetof(struct question_in, q.text_en)),
	MEMBER("note", M_TEXT, false,
	       .off = offsetof(struct question_in, q.note)),
	MEMBER("type", M_WORD, true,
	       .off = offsetof(struct question_in, q.type),
	       .has = offsetof(struct question_in, typed),
	       .words = question_types),
	MEMBER("scale", M_REF, false,
	       .off = offsetof(struct question_in, scale), .dir = DIR_SCALE),
	MEMBER("options", M_LIST, false, .off = 0),
	MEMBER("field", M_LINE, false,
	       .off = offsetof(struct question_in, q.field)),
	MEMBER("required", M_BOOL, false,
	       .off = offsetof(struct question_in, q.required)),
	MEMBER("reversed", M_BOOL, false,
	       .off = offsetof(struct question_in, q.reversed)),
	MEMBER("asked", M_BOOL, false,
	       .off = offsetof(struct question_in, q.asked)),
	MEMBER("min", M_DEC, false, .off = offsetof(struct question_in, q.min),
	       .has = offsetof(struct question_in, q.has_min),
	       .min = -INT64_MAX, .max = INT64_MAX),
	MEMBER("max", M_DEC, false, .off = offsetof(struct question_in, q.max),
	       .has = offsetof(struct question_in, q.has_max),
	       .min = -INT64_MAX, .max = INT64_MAX),
	MEMBER("decimals", M_SIZE, false,
	       .off = offsetof(struct question_in, q.decimals), .min = 0,
	       .max = DEC_DIGITS),
	MEMBER("max_bytes", M_SIZE, false,
	       .off = offsetof(struct question_in, q.max_bytes), .min = 1,
	       .max = LIMIT_COMMENT_BYTES),
};

static const struct member form_members[] = {
	MEMBER("code", M_CODE, true, .off = offsetof(struct form, code)),
	MEMBER("version", M_CODE, true, .off = offsetof(struct form, version)),
	MEMBER("name", M_LINE, true, .off = offsetof(struct form, name)),
	MEMBER("name_en", M_LINE, false, .off = offsetof(struct form, name_en)),
	MEMBER("note", M_TEXT, false, .off = offsetof(struct form, note)),
	MEMBER("basis", M_REF, true, .off = offsetof(struct form, basis),
	       .dir = DIR_BASIS),
	MEMBER("profile", M_LIST, false, .off = 0),
	MEMBER("questions", M_LIST, true, .off = 0),
};

/* Codes and ordinals of one list of options are each unique. */
static void unique_options(struct pr *r, const struct at *list,
			   const struct option *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct at element = { list, NULL, i };
		struct at code = { &element, "code", 0 };
		struct at ordinal = { &element, "ordinal", 0 };

		for (size_t k = 0; k < i; k++) {
			const char *other = o[k].code ? o[k].code : "?";

			if (o[i].code && strcmp(o[i].code, other) == 0)
				plan_fault(r, &code, "P06", "%s is there twice",
					   "%s có hai lần", other);
			if (o[i].ordinal == o[k].ordinal)
				plan_fault(r, &ordinal, "P15",
					   "ordinal %u is taken by option %s",
					   "thứ tự %u đã thuộc phương án %s",
					   o[i].ordinal, other);
		}
	}
}

struct option *plan_options(struct pr *r, const struct at *at,
			    const cJSON *json, const char *name, size_t *n)
{
	struct at list = { at, name, 0 };
	const cJSON *v;
	size_t i = 0;
	struct option *o =
		plan_list(r, at, json, name, 2, LIMIT_OPTIONS, sizeof *o, n);

	if (*n == 0)
		return NULL;
	cJSON_ArrayForEach(v, json_get(json, name))
	{
		struct at here = { &list, NULL, i };
		struct at satisfied = { &here, "satisfied", 0 };
		struct option_in in = { .ordinal = (int)i + 1 };

		(void)plan_members(r, &here, v, MEMBERS(option_members), &in);
		in.o.ordinal = (uint8_t)in.ordinal;
		/* one that was told as faulty is not told as missing */
		in.o.has_coefficient = plan_has(v, "coefficient");
		o[i++] = in.o;
		if (in.o.satisfied && in.o.no_opinion)
			plan_fault(r, &satisfied, "P15",
				   "no opinion cannot count as satisfied",
				   "không có ý kiến thì không thể tính là hài "
				   "lòng");
	}
	unique_options(r, &list, o, *n);
	return o;
}

static void read_scales(struct pr *r)
{
	struct at top = { NULL, "scales", 0 };
	const cJSON *v;
	size_t i = 0;

	r->scales = plan_list(r, NULL, r->root, "scales", 0, LIMIT_SCALES,
			      sizeof *r->scales, &r->n_scales);
	if (r->n_scales == 0)
		return;
	cJSON_ArrayForEach(v, json_get(r->root, "scales"))
	{
		struct at here = { &top, NULL, i };
		struct scale_in in = { 0 };

		if (plan_members(r, &here, v, MEMBERS(scale_members), &in))
			r->scales[i].options =
				plan_options(r, &here, v, "options",
					     &r->scales[i].n);
		i++;
	}
}

/* A list of options with coefficients on all, some or none. */
static void check_coefficients(struct pr *r, const struct at *at,
			       const struct question *q, bool scored,
			       bool allowed)
{
	size_t with = 0;

	if (!q->options)
		return;
	for (size_t i = 0; i < q->n_options; i++)
		with += q->options[i].has_coefficient;
	for (size_t i = 0; i < q->n_options; i++) {
		const struct option *o = &q->options[i];
		const char *code = o->code ? o->code : "?";

		if (o->has_coefficient && (!allowed || o->no_opinion))
			plan_fault(r, at, "P14",
				   "option %s takes no coefficient",
				   "phương án %s không được có hệ số", code);
		else if (!o->has_coefficient && allowed && !o->no_opinion &&
			 !o->retired && (scored || with))
			plan_fault(r, at, "P14", "option %s has no coefficient",
				   "phương án %s thiếu hệ số", code);
	}
}

static void no_member(struct pr *r, const struct at *at, const cJSON *v,
		      const char *name)
{
	struct at here = { at, name, 0 };

	if (plan_has(v, name))
		plan_fault(r, &here, "P16",
			   "does not belong to a question of this type",
			   "không dùng cho câu hỏi loại này");
}

/* Which members a question of each type may have beside the common ones. */
static const struct {
	bool options, coefficients, scored, range, bytes;
} fits[] = {
	[QUESTION_SCALE] = { true, true, true, false, false },
	[QUESTION_SINGLE] = { true, true, false, false, false },
	[QUESTION_MULTIPLE] = { true, false, false, false, false },
	[QUESTION_NUMBER] = { false, false, false, true, false },
	[QUESTION_TEXT] = { false, false, false, false, true },
};

static void question_options(struct pr *r, const struct at *at, const cJSON *v,
			     struct question_in *in)
{
	struct at options = { at, "options", 0 }, scale = { at, "scale", 0 };
	bool has_scale = plan_has(v, "scale"), has = plan_has(v, "options");
	struct question *q = &in->q;
	struct scale *shared = NULL;
	size_t before;

	if (!fits[q->type].options) {
		no_member(r, at, v, "scale");
		no_member(r, at, v, "options");
		return;
	}
	if (has_scale == has) {
		plan_fault(r, at, "P16", "needs either scale or options",
			   "cần một trong hai: scale hoặc options");
		return;
	}
	if (has) {
		q->options = plan_options(r, at, v, "options", &q->n_options);
	} else if (in->scale != NONE && in->scale < r->n_scales) {
		shared = &r->scales[in->scale];
		q->options = shared->options;
		q->n_options = shared->n;
	}
	if (shared && shared->told)
		return; /* once for a scale, not for each of its questions */
	before = r->f->n + r->f->more;
	check_coefficients(r, has ? &options : &scale, q, fits[q->type].scored,
			   fits[q->type].coefficients);
	if (shared)
		shared->told = r->f->n + r->f->more != before;
}

/* A limit that no answer can have would be shown to people as one. */
static void number_limits(struct pr *r, const struct at *at,
			  const struct question *q)
{
	struct at min = { at, "min", 0 }, max = { at, "max", 0 };

	if (q->has_min && !dec_fits(q->min, q->decimals))
		plan_fault(r, &min, "P16", "has more decimals than %zu",
			   "có quá %zu chữ số thập phân", q->decimals);
	if (q->has_max && !dec_fits(q->max, q->decimals))
		plan_fault(r, &max, "P16", "has more decimals than %zu",
			   "có quá %zu chữ số thập phân", q->decimals);
	if (q->has_min && q->has_max && dec_cmp(q->min, q->max) > 0)
		plan_fault(r, &max, "P16", "max is below min",
			   "max nhỏ hơn min");
}

static void read_question(struct pr *r, const struct at *at, const cJSON *v,
			  struct question *q)
{
	struct question_in in = { .q = { .asked = true,
					 .slot = NONE,
					 .type = QUESTION_TEXT,
					 .decimals = DEC_DIGITS } };

	if (!plan_members(r, at, v, MEMBERS(question_members), &in))
		return;
	if (in.typed)
		question_options(r, at, v, &in);
	if (in.typed && !fits[in.q.type].range) {
		no_member(r, at, v, "min");
		no_member(r, at, v, "max");
		no_member(r, at, v, "decimals");
	}
	if (in.typed && !fits[in.q.type].bytes)
		no_member(r, at, v, "max_bytes");
	if (in.q.type == QUESTION_TEXT && in.q.max_bytes == 0)
		in.q.max_bytes = LIMIT_COMMENT_BYTES;
	number_limits(r, at, &in.q);
	*q = in.q;
}

static void twice(struct pr *r, const struct at *list, size_t i,
		  const char *code)
{
	struct at element = { list, NULL, i };
	struct at here = { &element, "code", 0 };

	plan_fault(r, &here, "P06", "%s is there twice", "%s có hai lần", code);
}

static void read_questions(struct pr *r, const struct at *at, const cJSON *v,
			   struct form *f)
{
	struct at list = { at, "questions", 0 };
	const cJSON *x;
	size_t i = 0;
	struct question *q =
		plan_list(r, at, v, "questions", 1, LIMIT_QUESTIONS, sizeof *q,
			  &f->n_questions);

	f->questions = q;
	if (f->n_questions == 0)
		return;
	cJSON_ArrayForEach(x, json_get(v, "questions"))
	{
		struct at here = { &list, NULL, i };

		q[i].slot = NONE;
		read_question(r, &here, x, &q[i]);
		if (q[i].code && (q[i].type == QUESTION_SCALE ||
				  q[i].type == QUESTION_SINGLE))
			q[i].slot = f->n_slots++;
		for (size_t k = 0; k < i; k++)
			if (q[i].code && q[k].code &&
			    strcmp(q[i].code, q[k].code) == 0)
				twice(r, &list, i, q[i].code);
		i++;
	}
}

static void read_profile(struct pr *r, const struct at *at, const cJSON *v,
			 struct form *f)
{
	struct at list = { at, "profile", 0 };
	const cJSON *x;
	size_t i = 0;
	struct profile_field *p =
		plan_list(r, at, v, "profile", 0, LIMIT_PROFILE_KEYS, sizeof *p,
			  &f->n_profile);

	f->profile = p;
	if (f->n_profile == 0)
		return;
	cJSON_ArrayForEach(x, json_get(v, "profile"))
	{
		struct at here = { &list, NULL, i };
		struct at options = { &here, "options", 0 };
		struct question none = { 0 };

		if (plan_members(r, &here, x, MEMBERS(profile_members), &p[i]))
			p[i].options = plan_options(r, &here, x, "options",
						    &p[i].n_options);
		none.options = p[i].options;
		none.n_options = p[i].n_options;
		check_coefficients(r, &options, &none, false, false);
		for (size_t k = 0; k < i; k++)
			if (p[i].code && p[k].code &&
			    strcmp(p[i].code, p[k].code) == 0)
				twice(r, &list, i, p[i].code);
		i++;
	}
}

void plan_forms(struct pr *r)
{
	struct at top = { NULL, "forms", 0 };
	const cJSON *v;
	size_t n, i = 0;
	struct form *f;

	read_scales(r);
	f = plan_list(r, NULL, r->root, "forms", 1, LIMIT_FORMS, sizeof *f, &n);
	r->p->forms = f;
	r->p->n_forms = n;
	if (n == 0)
		return;
	cJSON_ArrayForEach(v, json_get(r->root, "forms"))
	{
		struct at here = { &top, NULL, i };

		f[i].basis = NONE;
		if (plan_members(r, &here, v, MEMBERS(form_members), &f[i])) {
			read_profile(r, &here, v, &f[i]);
			read_questions(r, &here, v, &f[i]);
		}
		i++;
	}
}
