/* The sheet of choices: lists of options. */
#include <stdlib.h>
#include <string.h>

#include "phieu/dec.h"
#include "phieu/limits.h"
#include "plan_in.h"
#include "xlsform_parts.h"

void xlsform_flag(struct convert *c, struct jw *w, enum xsheet sheet,
		  const struct xline *l, enum xcolumn column, const char *name)
{
	bool yes;

	if (!xlsform_yes(cell(l, column), &yes))
		xlsform_say(&c->in, sheet, l, column, "X04",
			    "neither yes nor no",
			    "không phải yes (có) hay no (không)");
	else if (cell(l, column))
		jw_kb(w, name, yes);
}

static void coefficient(struct convert *c, struct jw *w, const struct xline *l)
{
	const char *s = cell(l, COL_COEFFICIENT);
	struct err e = { 0 };
	struct dec d;

	if (!s)
		return;
	if (!dec_parse(s, strlen(s), &d, &e))
		xlsform_say(&c->in, SHEET_CHOICES, l, COL_COEFFICIENT, "X04",
			    "not a decimal like 62.5",
			    "không phải số thập phân dạng 62.5");
	else
		jw_kv(w, "coefficient", s);
}

static void ordinal(struct convert *c, struct jw *w, const struct xline *l)
{
	const char *s = cell(l, COL_ORDINAL);
	char *end;
	long n;

	if (!s)
		return;
	n = strtol(s, &end, 10);
	if (*end || n < 1 || n > LIMIT_OPTIONS)
		xlsform_say(&c->in, SHEET_CHOICES, l, COL_ORDINAL, "X04",
			    "not a whole number from 1 to 200",
			    "không phải số nguyên từ 1 đến 200");
	else
		jw_ki(w, "ordinal", n);
}

static bool same_name_before(const struct xtable *t, const struct xline *l)
{
	for (const struct xline *k = t->lines; k != l; k++)
		if (k->cell[COL_LIST] && k->cell[COL_NAME] &&
		    strcmp(k->cell[COL_LIST], l->cell[COL_LIST]) == 0 &&
		    strcmp(k->cell[COL_NAME], l->cell[COL_NAME]) == 0)
			return true;
	return false;
}

static void option(struct convert *c, struct jw *w, const struct xline *l)
{
	const struct xtable *t = &c->in.table[SHEET_CHOICES];

	jw_object(w);
	if (!cell(l, COL_NAME) || !plan_code_ok(cell(l, COL_NAME)))
		xlsform_say(&c->in, SHEET_CHOICES, l, COL_NAME, "X04",
			    "name is missing or no code",
			    "thiếu name hoặc không phải mã");
	else if (same_name_before(t, l))
		xlsform_say(&c->in, SHEET_CHOICES, l, COL_NAME, "X06",
			    "the option is there twice",
			    "phương án có hai lần");
	if (!cell(l, COL_LABEL))
		xlsform_say(&c->in, SHEET_CHOICES, l, COL_LABEL, "X04",
			    "no Vietnamese label", "thiếu nhãn tiếng Việt");
	jw_kv(w, "code", cell(l, COL_NAME));
	jw_kv(w, "label", cell(l, COL_LABEL));
	if (cell(l, COL_LABEL_EN))
		jw_kv(w, "label_en", cell(l, COL_LABEL_EN));
	ordinal(c, w, l);
	coefficient(c, w, l);
	xlsform_flag(c, w, SHEET_CHOICES, l, COL_SATISFIED, "satisfied");
	xlsform_flag(c, w, SHEET_CHOICES, l, COL_NO_OPINION, "no_opinion");
	xlsform_flag(c, w, SHEET_CHOICES, l, COL_RETIRED, "retired");
	jw_object_end(w);
}

static bool in_list(const struct xline *l, const char *list)
{
	return cell(l, COL_LIST) && strcmp(cell(l, COL_LIST), list) == 0;
}

/* The faults of a list are told once, when it is first written. */
void xlsform_options(struct convert *c, struct jw *w, const char *list,
		     bool told)
{
	const struct xtable *t = &c->in.table[SHEET_CHOICES];
	size_t n = c->in.faults->n, more = c->in.faults->more;

	jw_array(w);
	for (size_t i = 0; i < t->n; i++)
		if (in_list(&t->lines[i], list))
			option(c, w, &t->lines[i]);
	jw_array_end(w);
	if (told) {
		c->in.faults->n = n;
		c->in.faults->more = more;
	}
}

size_t xlsform_list_size(const struct convert *c, const char *list)
{
	const struct xtable *t = &c->in.table[SHEET_CHOICES];
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += in_list(&t->lines[i], list);
	return n;
}

/* Every option that is put and says something has a coefficient. */
bool xlsform_is_scored(const struct convert *c, const char *list)
{
	const struct xtable *t = &c->in.table[SHEET_CHOICES];
	size_t with = 0;
	bool no, gone;

	for (size_t i = 0; i < t->n; i++) {
		const struct xline *l = &t->lines[i];

		if (!in_list(l, list))
			continue;
		(void)xlsform_yes(cell(l, COL_NO_OPINION), &no);
		(void)xlsform_yes(cell(l, COL_RETIRED), &gone);
		if (cell(l, COL_COEFFICIENT))
			with++;
		else if (!no && !gone)
			return false;
	}
	return with > 0;
}

struct use *xlsform_use(struct convert *c, const char *list)
{
	for (size_t i = 0; i < c->n_uses; i++)
		if (strcmp(c->uses[i].list, list) == 0)
			return &c->uses[i];
	c->uses[c->n_uses] = (struct use){ .list = list };
	return &c->uses[c->n_uses++];
}

/* Choices that no question names would be lost without a word. */
void xlsform_unused_lists(struct convert *c)
{
	const struct xtable *t = &c->in.table[SHEET_CHOICES];

	for (size_t i = 0; i < t->n; i++) {
		const struct xline *l = &t->lines[i];
		bool used = false;

		if (!cell(l, COL_LIST)) {
			xlsform_say(&c->in, SHEET_CHOICES, l, COL_LIST, "X04",
				    "no list_name", "thiếu list_name");
			continue;
		}
		for (size_t k = 0; k < c->n_uses; k++)
			used |= strcmp(c->uses[k].list, cell(l, COL_LIST)) == 0;
		if (!used &&
		    (i == 0 || !in_list(&t->lines[i - 1], cell(l, COL_LIST))))
			xlsform_say(&c->in, SHEET_CHOICES, l, COL_LIST, "X05",
				    "no question uses this list",
				    "không câu hỏi nào dùng danh sách này");
	}
}
