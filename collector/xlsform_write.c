/* A form of the plan as a workbook by the XLSForm convention. */
#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "xlsform_parts.h"

#define WIDE   45.0
#define NARROW 14.0

struct book {
	const struct plan *p;
	const struct form *f;
	size_t form;
	struct arena *a;
	const cJSON *own; /* the form as the plan file has it */
	lxw_workbook *wb;
	lxw_worksheet *ws;
	lxw_format *head, *text;
	lxw_row_t row;
	const char *const *heads; /* of the sheet being written */
	size_t n_heads;
};

static void sheet(struct book *b, const char *name, const char *const heads[],
		  size_t n)
{
	b->ws = workbook_add_worksheet(b->wb, name);
	b->row = 0;
	b->heads = heads;
	b->n_heads = n;
	for (size_t i = 0; i < n; i++) {
		lxw_col_t c = (lxw_col_t)i;
		bool wide = strstr(heads[i], "::") != NULL;

		(void)worksheet_set_column(b->ws, c, c, wide ? WIDE : NARROW,
					   b->text);
		(void)worksheet_write_string(b->ws, 0, c, heads[i], b->head);
	}
	worksheet_freeze_panes(b->ws, 1, 0);
}

/* In the row begun last; NULL leaves the cell empty.  Everything is text, so
 * that codes keep their zeros. */
static void put(struct book *b, const char *column, const char *s)
{
	for (size_t i = 0; s && *s && i < b->n_heads; i++)
		if (strcmp(b->heads[i], column) == 0)
			(void)worksheet_write_string(b->ws, b->row,
						     (lxw_col_t)i, s, b->text);
}

/* Names are elements of XML elsewhere: none begins with a digit.  Codes never
 * begin with '_', so that it comes off again. */
static void put_name(struct book *b, const char *code)
{
	const char *name = code;

	if (code[0] >= '0' && code[0] <= '9')
		name = arena_printf(b->a, "_%s", code);
	put(b, "name", name);
}

static void put_yes(struct book *b, const char *column, bool yes)
{
	put(b, column, yes ? "yes" : NULL);
}

/* "no" only where the plan file says false, so that it comes back as it was. */
static void put_required(struct book *b, const cJSON *own)
{
	const cJSON *v = json_get(own, "required");

	if (v)
		put(b, "required", cJSON_IsTrue(v) ? "yes" : "no");
}

static const cJSON *own_question(const struct book *b, size_t q)
{
	return cJSON_GetArrayItem(json_get(b->own, "questions"), (int)q);
}

#define LABEL_VI "label::Tiếng Việt (vi)"
#define LABEL_EN "label::English (en)"
#define HINT_VI	 "hint::Tiếng Việt (vi)"
/* a second form_title would make a list of the title in other programs */
#define TITLE_EN "form_title_en"

static const char *const survey_heads[] = {
	"type",	     "name",	   LABEL_VI,	 LABEL_EN,    HINT_VI,
	"required",  "constraint", "appearance", "kind",      "field",
	"criterion", "reversed",   "asked",	 "max_bytes", "decimals",
};
static const char *const choices_heads[] = {
	"list_name",   "name",	    LABEL_VI,	  LABEL_EN,  "ordinal",
	"coefficient", "satisfied", "no_opinion", "retired",
};
static const char *const settings_heads[] = {
	"form_title",	    TITLE_EN, "form_id", "version",
	"default_language", "basis",  "note",
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

static bool same_options(const struct option *a, size_t n,
			 const struct option *b, size_t m)
{
	/* a shared scale is one list in the plan's memory */
	return a == b && n == m;
}

/* The name of a question's list: its scale's code, else its own. */
static const char *list_name(const struct book *b, size_t q)
{
	const cJSON *own =
		cJSON_GetArrayItem(json_get(b->own, "questions"), (int)q);
	const char *scale = json_get_text(own, "scale");
	char *name;

	if (scale)
		return scale;
	name = arena_printf(b->a, "%s-list", b->f->questions[q].code);
	return name ? name : "list";
}

static const char *profile_list(const struct book *b, size_t i)
{
	char *name = arena_printf(b->a, "%s-list", b->f->profile[i].code);

	return name ? name : "list";
}

/* "LV1.2.so:CD1:1; HL.so:HL:1" */
static const char *feeds(const struct book *b, size_t q)
{
	const char *out = "";

	for (size_t i = 0; i < b->p->n_criteria; i++) {
		const struct criterion *c = &b->p->criteria[i];

		for (size_t k = 0; k < c->n_questions; k++) {
			const struct crit_question *x = &c->questions[k];
			char weight[DEC_TEXT_MAX];

			if (x->form != b->form || x->question != q)
				continue;
			out = arena_printf(b->a, "%s%s%s:%s:%s", out,
					   *out ? "; " : "", c->code, x->item,
					   dec_text(x->weight, weight));
			if (!out)
				return "";
		}
	}
	return out;
}

static void put_bytes(struct book *b, size_t i)
{
	const struct question *q = &b->f->questions[i];
	char text[80];

	/* the default comes back by itself */
	if (!json_get(own_question(b, i), "max_bytes"))
		return;
	(void)snprintf(text, sizeof text, "%zu", q->max_bytes);
	put(b, "max_bytes", text);
	(void)snprintf(text, sizeof text, "string-length(.) <= %zu",
		       q->max_bytes / 2);
	put(b, "constraint", q->max_bytes > 1 ? text : NULL);
}

/* The type integer says what decimals says of whole numbers. */
static void put_range(struct book *b, size_t i)
{
	const struct question *q = &b->f->questions[i];
	char low[DEC_TEXT_MAX], high[DEC_TEXT_MAX], step[XLSFORM_STEP_MAX];
	struct buf x = BUF_INIT((size_t)4 * XLSFORM_STEP_MAX);
	char digits[4];

	if (q->has_min)
		buf_addf(&x, ". >= %s", dec_text(q->min, low));
	if (q->has_max)
		buf_addf(&x, "%s. <= %s", x.len ? " and " : "",
			 dec_text(q->max, high));
	if (q->decimals > 0 && q->decimals < DEC_DIGITS)
		buf_addf(&x, "%s%s", x.len ? " and " : "",
			 xlsform_step((int)q->decimals, step));
	if (x.len)
		put(b, "constraint", buf_cstr(&x));
	buf_free(&x);
	if (q->decimals > 0 && json_get(own_question(b, i), "decimals")) {
		(void)snprintf(digits, sizeof digits, "%u",
			       (unsigned)q->decimals % 10);
		put(b, "decimals", digits);
	}
}

static void question(struct book *b, size_t i)
{
	const struct question *q = &b->f->questions[i];
	const char *type = q->type == QUESTION_TEXT ? "text"
			   : q->decimals == 0	    ? "integer"
						    : "decimal";

	b->row++;
	if (q->n_options > 0)
		type = arena_printf(b->a, "%s %s",
				    q->type == QUESTION_MULTIPLE
					    ? "select_multiple"
					    : "select_one",
				    list_name(b, i));
	put(b, "type", type);
	put_name(b, q->code);
	put(b, LABEL_VI, q->text);
	put(b, LABEL_EN, q->text_en);
	put(b, HINT_VI, q->note);
	put_required(b, own_question(b, i));
	if (q->type == QUESTION_TEXT)
		put_bytes(b, i);
	else if (q->type == QUESTION_NUMBER)
		put_range(b, i);
	if (q->type == QUESTION_SCALE || q->type == QUESTION_SINGLE)
		put(b, "kind", q->type == QUESTION_SCALE ? "scale" : "single");
	put(b, "field", q->field);
	put(b, "criterion", feeds(b, i));
	put_yes(b, "reversed", q->reversed);
	if (!q->asked)
		put(b, "asked", "no");
}

static void survey(struct book *b)
{
	sheet(b, "survey", survey_heads, N(survey_heads));
	if (b->f->n_profile > 0) {
		b->row++;
		put(b, "type", "begin_group");
		put(b, "name", "profile");
		put(b, LABEL_VI, "Thông tin người trả lời");
		put(b, LABEL_EN, "About the respondent");
	}
	for (size_t i = 0; i < b->f->n_profile; i++) {
		const struct profile_field *x = &b->f->profile[i];

		b->row++;
		put(b, "type",
		    arena_printf(b->a, "select_one %s", profile_list(b, i)));
		put_name(b, x->code);
		put(b, LABEL_VI, x->label);
		put(b, LABEL_EN, x->label_en);
		put_required(b, cJSON_GetArrayItem(json_get(b->own, "profile"),
						   (int)i));
	}
	if (b->f->n_profile > 0) {
		b->row++;
		put(b, "type", "end_group");
	}
	for (size_t i = 0; i < b->f->n_questions; i++)
		question(b, i);
}

static void list(struct book *b, const char *name, const struct option *o,
		 size_t n)
{
	char text[DEC_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		b->row++;
		put(b, "list_name", name);
		put(b, "name", o[i].code);
		put(b, LABEL_VI, o[i].label);
		put(b, LABEL_EN, o[i].label_en);
		if (o[i].ordinal != i + 1) {
			(void)snprintf(text, sizeof text, "%u", o[i].ordinal);
			put(b, "ordinal", text);
		}
		if (o[i].has_coefficient)
			put(b, "coefficient", dec_text(o[i].coefficient, text));
		put_yes(b, "satisfied", o[i].satisfied);
		put_yes(b, "no_opinion", o[i].no_opinion);
		put_yes(b, "retired", o[i].retired);
	}
}

static void choices(struct book *b)
{
	sheet(b, "choices", choices_heads, N(choices_heads));
	for (size_t i = 0; i < b->f->n_profile; i++)
		list(b, profile_list(b, i), b->f->profile[i].options,
		     b->f->profile[i].n_options);
	for (size_t i = 0; i < b->f->n_questions; i++) {
		const struct question *q = &b->f->questions[i];
		bool told = q->n_options == 0;

		for (size_t k = 0; k < i && !told; k++)
			told = same_options(q->options, q->n_options,
					    b->f->questions[k].options,
					    b->f->questions[k].n_options);
		if (!told)
			list(b, list_name(b, i), q->options, q->n_options);
	}
}

static void settings(struct book *b)
{
	sheet(b, "settings", settings_heads, N(settings_heads));
	b->row++;
	put(b, "form_title", b->f->name);
	put(b, TITLE_EN, b->f->name_en);
	put(b, "form_id", b->f->code);
	put(b, "version", b->f->version);
	put(b, "default_language", "Tiếng Việt (vi)");
	put(b, "basis", b->p->bases[b->f->basis].id);
	put(b, "note", b->f->note);
}

static bool write_book(struct book *b, const char *path, struct err *e)
{
	lxw_error code;

	b->wb = workbook_new(path);
	if (!b->wb)
		return err_set(e, ERR_NOMEM, "out of memory for a workbook");
	b->head = workbook_add_format(b->wb);
	b->text = workbook_add_format(b->wb);
	format_set_bold(b->head);
	format_set_num_format_index(b->text, 0x31); /* text */
	format_set_text_wrap(b->text);
	format_set_align(b->text, LXW_ALIGN_VERTICAL_TOP);
	survey(b);
	choices(b);
	settings(b);
	code = workbook_close(b->wb);
	if (code != LXW_NO_ERROR)
		return err_set(e, ERR_IO, "cannot write %s: %s", path,
			       lxw_strerror(code));
	return true;
}

bool xlsform_write(const struct plan *p, size_t form, const char *path,
		   struct err *e)
{
	struct book b = { .p = p, .f = &p->forms[form], .form = form };
	cJSON *plan = json_parse(p->text, p->text_n, &json_plan_limits, e);
	bool ok = false;

	if (!plan)
		return false;
	b.own = cJSON_GetArrayItem(json_get(plan, "forms"), (int)form);
	b.a = arena_new((size_t)16 << 20);
	if (!b.a)
		err_set(e, ERR_NOMEM, "out of memory for a workbook");
	else
		ok = write_book(&b, path, e);
	if (ok && arena_broken(b.a))
		ok = err_set(e, ERR_NOMEM, "out of memory for a workbook");
	arena_free(b.a);
	cJSON_Delete(plan);
	return ok;
}
