/* Rows of a table of criteria become a tree: by the codes of their parents, or
 * by how they are numbered (I, 1, 1.1, 1.1.1). */
#include <string.h>

#include "phieu/limits.h"
#include "round_criteria_parts.h"

#define NONE SIZE_MAX

struct levels {
	struct criteria_reading *x;
	const char **number; /* [row of list] as it stands, without the dot */
	bool *roman;
	size_t *field; /* the Roman row above; NONE */
	size_t n_roman;
};

static bool is_roman(const char *s)
{
	return *s && strspn(s, "IVXL") == strlen(s);
}

/* 1, 1.1, 1.1.1 */
static bool is_dotted(const char *s)
{
	while (*s >= '0' && *s <= '9') {
		s += strspn(s, "0123456789");
		if (!*s)
			return true;
		if (*s++ != '.')
			return false;
	}
	return false;
}

/* "I.", "1.1.", "1)" without what stands behind. */
static const char *bare(struct arena *a, const char *s)
{
	size_t n = strlen(s);

	while (n > 0 && strchr(".)-: ", s[n - 1]))
		n--;
	s = arena_strndup(a, s, n);
	return s ? s : "";
}

/* ---- which rows are criteria ------------------------------------------- */

static bool is_total(struct criteria_reading *x, const char *s)
{
	return s && criteria_key_in(criteria_key(x, s),
				    "tong|tong cong|tong diem|tong so|cong|"
				    "tong so diem|total");
}

/* "(1)", "(2)": a row that numbers the columns. */
static bool numbers_columns(const struct grid_row *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->cells[i].n < 3 || r->cells[i].s[0] != '(' ||
		    r->cells[i].s[r->cells[i].n - 1] != ')')
			return false;
	return r->n > 1;
}

static void not_read(struct criteria_reading *x, const struct grid_row *r,
		     const char *name)
{
	criteria_note(x, SHEET_CRITERIA, r, CC_NAME, "C91",
		      arena_printf(x->notes->arena,
				   "without a number, not read: \"%.120s\"",
				   name ? name : ""),
		      arena_printf(x->notes->arena,
				   "dòng không có số thứ tự, không đọc: "
				   "\"%.120s\"",
				   name ? name : ""));
}

/* True: a criterion stands in the row. */
static bool takes(struct criteria_reading *x, const struct grid_row *r)
{
	const struct grid_cell *c =
		criteria_cell(x, SHEET_CRITERIA, r, CC_CODE);
	const char *code = criteria_text(x, SHEET_CRITERIA, r, CC_CODE);
	const char *name = criteria_text(x, SHEET_CRITERIA, r, CC_NAME);

	if (is_total(x, code) || (!code && is_total(x, name))) {
		x->total_row = r;
		x->total = criteria_number(x, SHEET_CRITERIA, r, CC_MAXIMUM);
		return false;
	}
	if (numbers_columns(r))
		return false;
	if (c && c->kind == GRID_DATE) {
		criteria_fault(x, SHEET_CRITERIA, r, CC_CODE, "C02",
			       "Excel made a date of this number; write it as "
			       "text",
			       "Excel đã đổi số thứ tự này thành ngày; hãy ghi "
			       "dạng chữ");
		return false;
	}
	if (code && code[strspn(code, "-–+•* ")] != '\0')
		return true;
	if (name || criteria_cell(x, SHEET_CRITERIA, r, CC_MAXIMUM))
		not_read(x, r, name);
	return false;
}

static void list_rows(struct criteria_reading *x)
{
	const struct grid_row *r;
	size_t n = 0;

	while (criteria_row(x, SHEET_CRITERIA, n))
		n++;
	x->list = arena_array(x->a, n + 1, sizeof *x->list);
	for (size_t i = 0; x->list && i < n; i++) {
		r = criteria_row(x, SHEET_CRITERIA, i);
		if (r && takes(x, r))
			x->list[x->n++] = (struct criterion){
				.row = r,
				.code = criteria_text(x, SHEET_CRITERIA, r,
						      CC_CODE),
				.above = NONE
			};
	}
}

/* ---- by parents -------------------------------------------------------- */

/* The nearest above with this code. */
static size_t code_above(const struct criteria_reading *x, size_t before,
			 const char *code)
{
	while (before-- > 0)
		if (strcmp(x->list[before].code, code) == 0)
			return before;
	return NONE;
}

static void by_parents(struct criteria_reading *x)
{
	for (size_t i = 0; i < x->n; i++) {
		const char *parent = criteria_text(x, SHEET_CRITERIA,
						   x->list[i].row, CC_PARENT);

		if (!parent)
			continue;
		x->list[i].above = code_above(x, i, parent);
		if (x->list[i].above == NONE)
			criteria_fault(
				x, SHEET_CRITERIA, x->list[i].row, CC_PARENT,
				"C05",
				arena_printf(
					x->f->arena,
					"no criterion \"%.60s\" above this "
					"row",
					parent),
				arena_printf(x->f->arena,
					     "phía trên không có tiêu chí "
					     "\"%.60s\"",
					     parent));
	}
}

/* ---- by numbers -------------------------------------------------------- */

/* The row of a dotted number within the same field. */
static size_t number_above(const struct levels *v, size_t row,
			   const char *number, size_t n)
{
	while (row-- > 0 && !v->roman[row])
		if (strlen(v->number[row]) == n &&
		    memcmp(v->number[row], number, n) == 0)
			return row;
	return NONE;
}

static size_t parent_of(const struct levels *v, size_t row)
{
	const char *number = v->number[row];
	size_t n = strlen(number), found = NONE;
	const char *dot;

	if (v->roman[row])
		return NONE;
	while (found == NONE && (dot = memrchr(number, '.', n))) {
		n = (size_t)(dot - number);
		found = number_above(v, row, number, n);
	}
	return found != NONE ? found : v->field[row];
}

/* 1.1.1 without 1.1 or any field above it hangs on nothing. */
static void needs_parent(struct levels *v, size_t row)
{
	if (v->roman[row] || v->x->list[row].above != NONE ||
	    !strchr(v->number[row], '.'))
		return;
	criteria_fault(v->x, SHEET_CRITERIA, v->x->list[row].row, CC_CODE,
		       "C05", "there is no level above it",
		       "phía trên không có cấp cha của mục này");
}

static bool restart(const struct levels *v)
{
	for (size_t i = 0; i < v->x->n; i++)
		for (size_t k = 0; !v->roman[i] && k < i; k++)
			if (!v->roman[k] &&
			    strcmp(v->number[i], v->number[k]) == 0 &&
			    v->field[i] != v->field[k])
				return true;
	return false;
}

/* Numbers that begin anew in each field get the field's in front. */
static void name_codes(struct levels *v)
{
	struct criteria_reading *x = v->x;
	bool prefix = v->n_roman > 0 && restart(v);

	for (size_t i = 0; i < x->n; i++) {
		size_t field = v->field[i];

		x->list[i].code =
			prefix && !v->roman[i] && field != NONE
				? arena_printf(x->a, "%s.%s", v->number[field],
					       v->number[i])
				: v->number[i];
		if (!x->list[i].code)
			x->list[i].code = "";
	}
	if (prefix && x->n > 0)
		criteria_note(x, SHEET_CRITERIA, x->list[0].row, CC_CODE, "C94",
			      "numbers begin anew in each field; codes got the "
			      "field's number in front (II.1.2)",
			      "số thứ tự bắt đầu lại ở mỗi lĩnh vực; mã được "
			      "thêm số của lĩnh vực (II.1.2)");
}

static bool read_numbers(struct levels *v)
{
	struct criteria_reading *x = v->x;

	v->number = arena_array(x->a, x->n + 1, sizeof *v->number);
	v->roman = arena_array(x->a, x->n + 1, sizeof *v->roman);
	v->field = arena_array(x->a, x->n + 1, sizeof *v->field);
	if (!v->number || !v->roman || !v->field)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		v->number[i] = bare(x->a, x->list[i].code);
		v->roman[i] = is_roman(v->number[i]);
		v->field[i] = i == 0		? NONE
			      : v->roman[i - 1] ? i - 1
						: v->field[i - 1];
		v->n_roman += v->roman[i];
		if (!v->roman[i] && !is_dotted(v->number[i]))
			criteria_fault(
				x, SHEET_CRITERIA, x->list[i].row, CC_CODE,
				"C02",
				"no number like I, 1, 1.1, 1.1.1 (or give a "
				"column \"Thuộc\")",
				"không phải số thứ tự dạng I, 1, 1.1, 1.1.1 "
				"(hoặc thêm cột \"Thuộc\")");
	}
	return true;
}

static void by_numbers(struct criteria_reading *x)
{
	struct levels v = { .x = x };

	if (!read_numbers(&v))
		return;
	for (size_t i = 0; i < x->n; i++) {
		x->list[i].above = parent_of(&v, i);
		needs_parent(&v, i);
	}
	name_codes(&v);
}

/* ---- both -------------------------------------------------------------- */

static void check_depth(struct criteria_reading *x, size_t i)
{
	size_t depth = 1, at = i;

	while ((at = x->list[at].above) != NONE)
		depth++;
	if (depth <= LIMIT_CRITERIA_DEPTH)
		return;
	criteria_fault(x, SHEET_CRITERIA, x->list[i].row, CC_CODE, "C05",
		       "too deep", "quá nhiều cấp");
	x->list[i].above = NONE;
}

static void check_twice(struct criteria_reading *x, size_t i)
{
	if (code_above(x, i, x->list[i].code) != NONE)
		criteria_fault(x, SHEET_CRITERIA, x->list[i].row, CC_CODE,
			       "C10",
			       arena_printf(x->f->arena,
					    "code %.60s stands above already",
					    x->list[i].code),
			       arena_printf(x->f->arena,
					    "mã %.60s đã có ở dòng trên",
					    x->list[i].code));
}

void criteria_levels(struct criteria_reading *x)
{
	size_t fields = 0;

	list_rows(x);
	if (x->n > LIMIT_CRITERIA) {
		criteria_fault(x, SHEET_CRITERIA, x->list[0].row, CC_CODE,
			       "C09", "too many criteria",
			       "quá nhiều tiêu chí");
		x->n = 0;
		return;
	}
	if (x->sheet[SHEET_CRITERIA].column[CC_PARENT] != NO_COLUMN)
		by_parents(x);
	else
		by_numbers(x);
	for (size_t i = 0; i < x->n; i++) {
		struct criterion *c = &x->list[i];

		check_depth(x, i);
		c->place = c->above == NONE ? fields++
					    : x->list[c->above].n_below++;
		check_twice(x, i);
	}
	if (x->n == 0 && x->f->n == 0)
		criteria_fault(x, SHEET_CRITERIA, NULL, CC_CODE, "C09",
			       "there is no criterion in this file",
			       "trong tệp không có tiêu chí nào");
}
