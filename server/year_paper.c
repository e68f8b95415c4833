/* Targets and lists of commendation as tables of a paper. */
#include "year_paper.h"

#include <stdio.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const char *text(const struct res *r, size_t row, int col,
			struct arena *a)
{
	const char *s = res_dup(a, r, row, col);

	return s ? s : "";
}

static struct paper_cell ordinal(size_t n)
{
	return paper_number((struct dec){ (int64_t)n * DEC_ONE }, 0);
}

/* A number with the decimals it has; a text where it is none. */
/* ---- targets ------------------------------------------------------------- */

enum {
	T_CODE,
	T_WORDS,
	T_LEAD,
	T_DUE,
	T_WANTED,
	T_UNIT,
	T_MEASURED,
	T_STATE,
	T_SOURCE,
	T_DAY,
	T_WHY
};

static const char *state_vi(const char *s)
{
	return strcmp(s, "met") == 0	   ? "Đạt"
	       : strcmp(s, "not-met") == 0 ? "Không đạt"
					   : "Chưa đo";
}

static const struct paper_head target_heads[] = {
	{ NULL, "STT", 11, false },
	{ NULL, "Chỉ tiêu", 60, false },
	{ NULL, "Cơ quan chủ trì", 26, false },
	{ NULL, "Thời hạn", 16, false },
	{ NULL, "Mức đặt ra", 14, false },
	{ NULL, "Số đo", 16, false },
	{ NULL, "Kết quả", 14, false },
	{ NULL, "Nguồn", 36, false },
};

static const char *source_of(const struct res *r, size_t i, struct arena *a)
{
	const char *source = text(r, i, T_SOURCE, a), *s;

	if (!*source)
		return text(r, i, T_WHY, a);
	s = arena_printf(a, "%s (%s)", source,
			 paper_day(text(r, i, T_DAY, a), a));
	return s ? s : "";
}

static void target_row(const struct res *r, size_t i, struct arena *a,
		       struct paper_table *t)
{
	const char *unit = text(r, i, T_UNIT, a);
	const char *shown = text(r, i, T_MEASURED, a);

	*paper_at(t, i, 0) = ordinal(i + 1);
	*paper_at(t, i, 1) = paper_text(text(r, i, T_WORDS, a));
	*paper_at(t, i, 2) = paper_text(text(r, i, T_LEAD, a));
	*paper_at(t, i, 3) = paper_text(paper_day(text(r, i, T_DUE, a), a));
	*paper_at(t, i, 4) =
		paper_text(arena_printf(a, "%s%s%s", text(r, i, T_WANTED, a),
					*unit ? " " : "", unit));
	*paper_at(t, i, 5) = paper_text(arena_printf(a, "%s%s%s", shown,
						     *shown && *unit ? " " : "",
						     *shown ? unit : ""));
	*paper_at(t, i, 6) = paper_mark(state_vi(text(r, i, T_STATE, a)));
	*paper_at(t, i, 7) = paper_text(source_of(r, i, a));
}

static size_t in_state(const struct res *r, const char *state)
{
	size_t n = 0;

	for (size_t i = 0; i < res_rows(r); i++)
		n += strcmp(res_text(r, i, T_STATE), state) == 0;
	return n;
}

bool target_tables(const struct res *r, struct arena *a, struct paper *out,
		   struct err *e)
{
	struct paper_table *t = arena_array(a, 1, sizeof *t);
	const char **notes = arena_array(a, 1, sizeof *notes);

	if (!t || !notes)
		return err_no_memory(e);
	*t = paper_table(target_heads, N(target_heads), res_rows(r), a);
	if (!t->cells)
		return err_no_memory(e);
	for (size_t i = 0; i < res_rows(r); i++)
		target_row(r, i, a, t);
	notes[0] = arena_printf(
		a, "Đạt %zu, không đạt %zu, chưa đo %zu trong %zu chỉ tiêu.",
		in_state(r, "met"), in_state(r, "not-met"),
		in_state(r, "not-measured"), res_rows(r));
	t->notes = notes;
	t->n_notes = 1;
	out->tables = t;
	out->n_tables = 1;
	out->landscape = true;
	return !arena_broken(a) || err_no_memory(e);
}

/* ---- commendation -------------------------------------------------------- */

enum {
	U_LIST,
	U_RULE,
	U_TITLE,
	U_BLOCK,
	U_RANK,
	U_UNIT,
	U_NAME,
	U_POINTS,
	U_GRADE,
	U_RESULT,
	U_STATE,
	U_WHY
};
enum {
	P_PERSON,
	P_UNIT,
	P_UNIT_NAME,
	P_NAME,
	P_POSITION,
	P_MERIT,
	P_PAPER,
	P_STATE,
	P_TITLE,
	P_WHY
};

static const struct paper_head unit_heads[] = {
	{ NULL, "STT", 11, false },	  { NULL, "Tên đơn vị", 40, false },
	{ NULL, "Hình thức", 28, false }, { NULL, "Khối thi đua", 24, false },
	{ NULL, "Hạng", 8, false },	  { NULL, "Điểm", 10, false },
	{ NULL, "Xếp loại", 14, false },  { NULL, "Theo", 40, false },
};
static const struct paper_head out_heads[] = {
	{ NULL, "STT", 11, false },	  { NULL, "Tên đơn vị", 40, false },
	{ NULL, "Hình thức", 28, false }, { NULL, "Khối thi đua", 24, false },
	{ NULL, "Hạng", 8, false },	  { NULL, "Điểm", 10, false },
	{ NULL, "Xếp loại", 14, false },  { NULL, "Lý do", 40, false },
};

static size_t rows_in(const struct res *r, int col, const char *state)
{
	size_t n = 0;

	for (size_t i = 0; i < res_rows(r); i++)
		n += strcmp(res_text(r, i, col), state) == 0;
	return n;
}

static bool unit_table(const struct res *r, const char *state, struct arena *a,
		       struct paper_table *t, struct err *e)
{
	bool listed = strcmp(state, "listed") == 0;
	size_t row = 0;

	*t = paper_table(listed ? unit_heads : out_heads, N(unit_heads),
			 rows_in(r, U_STATE, state), a);
	if (!t->cells)
		return err_no_memory(e);
	t->caption = listed ? "Tập thể được đề nghị khen thưởng"
			    : "Tập thể không đưa vào danh sách và lý do";
	for (size_t i = 0; i < res_rows(r); i++) {
		const char *why = text(r, i, U_WHY, a);

		if (strcmp(res_text(r, i, U_STATE), state) != 0)
			continue;
		*paper_at(t, row, 0) = ordinal(row + 1);
		*paper_at(t, row, 1) = paper_text(text(r, i, U_NAME, a));
		*paper_at(t, row, 2) = paper_text(text(r, i, U_TITLE, a));
		*paper_at(t, row, 3) = paper_text(text(r, i, U_BLOCK, a));
		*paper_at(t, row, 4) = paper_decimal(text(r, i, U_RANK, a));
		*paper_at(t, row, 5) = paper_decimal(text(r, i, U_POINTS, a));
		*paper_at(t, row, 6) = paper_text(text(r, i, U_GRADE, a));
		*paper_at(t, row, 7) =
			listed ? paper_text(
					 arena_printf(a, "%s; kết quả số %s",
						      why,
						      text(r, i, U_RESULT, a)))
			       : paper_text(why);
		row++;
	}
	return true;
}

static const struct paper_head person_heads[] = {
	{ NULL, "STT", 11, false },	      { NULL, "Họ và tên", 26, false },
	{ NULL, "Chức vụ", 26, false },	      { NULL, "Đơn vị", 30, false },
	{ NULL, "Thành tích", 40, false },    { NULL, "Hình thức", 26, false },
	{ NULL, "Căn cứ, lý do", 34, false },
};

static void person_row(const struct res *r, size_t i, struct arena *a,
		       struct paper_table *t, size_t row)
{
	const char *paper = text(r, i, P_PAPER, a);

	*paper_at(t, row, 0) = ordinal(row + 1);
	*paper_at(t, row, 1) = paper_text(text(r, i, P_NAME, a));
	*paper_at(t, row, 2) = paper_text(text(r, i, P_POSITION, a));
	*paper_at(t, row, 3) = paper_text(text(r, i, P_UNIT_NAME, a));
	*paper_at(t, row, 4) = paper_text(text(r, i, P_MERIT, a));
	*paper_at(t, row, 5) = paper_text(text(r, i, P_TITLE, a));
	*paper_at(t, row, 6) =
		paper_text(arena_printf(a, "%s%s%s", text(r, i, P_WHY, a),
					*paper ? "; " : "", paper));
}

static bool person_table(const struct res *r, const char *state,
			 struct arena *a, struct paper_table *t, struct err *e)
{
	size_t row = 0;

	*t = paper_table(person_heads, N(person_heads),
			 rows_in(r, P_STATE, state), a);
	if (!t->cells)
		return err_no_memory(e);
	t->caption = strcmp(state, "listed") == 0
			     ? "Cá nhân được đề nghị khen thưởng"
			     : "Cá nhân không đưa vào danh sách và lý do";
	for (size_t i = 0; i < res_rows(r); i++)
		if (strcmp(res_text(r, i, P_STATE), state) == 0)
			person_row(r, i, a, t, row++);
	return true;
}

bool reward_tables(const struct res *units, const struct res *persons,
		   struct arena *a, struct paper *out, struct err *e)
{
	struct paper_table *t = arena_array(a, 4, sizeof *t);

	if (!t)
		return err_no_memory(e);
	if (!unit_table(units, "listed", a, &t[0], e) ||
	    !unit_table(units, "kept-out", a, &t[1], e))
		return false;
	if (persons && (!person_table(persons, "listed", a, &t[2], e) ||
			!person_table(persons, "kept-out", a, &t[3], e)))
		return false;
	out->tables = t;
	out->n_tables = persons ? 4 : 2;
	out->landscape = true;
	return !arena_broken(a) || err_no_memory(e);
}
