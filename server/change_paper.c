/* The comparison of two years as a document to print. */
#include <math.h>
#include <string.h>

#include "change_show.h"
#include "phieu/chart.h"

#define N(a)	   (sizeof(a) / sizeof((a)[0]))
#define WORDS_MOST ((size_t)1 << 16)
#define FACTS_MAX  8
#define NOTES_MAX  8

struct making {
	const struct index_change *c;
	const struct index_set *s, *was; /* now, before */
	size_t unit;			 /* INDEX_NONE: all */
	int digits;
	struct arena *a;
};

/* ---- cells --------------------------------------------------------------- */

static struct paper_cell exact(bool has, const mpq_t x, int digits)
{
	struct err e = { 0 };
	struct dec d;

	if (!has || !exact_round(x, digits, EXACT_HALF_UP, &d, &e))
		return paper_text("");
	return paper_number(d, digits);
}

static struct paper_cell real(const struct making *m, double v, int digits)
{
	char text[CHART_NUMBER];

	return paper_mark(
		isnan(v) ? ""
			 : arena_strdup(m->a, chart_number(v, digits, text)));
}

/* "tăng", "đã thay đổi: điểm tối đa" */
static struct paper_cell verdict(const struct making *m,
				 const struct index_moved *x)
{
	struct buf b = BUF_INIT(WORDS_MOST);
	const char *s;

	buf_adds(&b, index_move_word_vi(x->move));
	if (x->marks) {
		buf_adds(&b, ": ");
		index_marks_vi(x->marks, &b);
	}
	s = buf_cstr(&b) ? arena_strdup(m->a, b.data) : "";
	buf_free(&b);
	return paper_text(s);
}

/* Points, change, shares, change of shares from column `at` on. */
static void put_moved(const struct making *m, struct paper_cell *at,
		      const struct index_moved *x)
{
	const struct index_side *a = &x->now, *b = &x->before;

	at[0] = exact(b->has, b->points, m->digits);
	at[1] = exact(a->has, a->points, m->digits);
	at[2] = exact(a->has && b->has, x->change, m->digits);
	at[3] = exact(b->shares, b->share, 2);
	at[4] = exact(a->shares, a->share, 2);
	at[5] = exact(a->shares && b->shares, x->share_change, 2);
}

/* ---- units --------------------------------------------------------------- */

static size_t shown_units(const struct making *m)
{
	return m->unit == INDEX_NONE ? m->s->n_units : 1;
}

static size_t nth_unit(const struct making *m, size_t i)
{
	return m->unit == INDEX_NONE ? index_order(m->c->now)[i] : m->unit;
}

static const char *rank(const struct making *m, const struct index *ix,
			size_t unit)
{
	char text[CHANGE_TEXT];

	return arena_strdup(m->a, change_rank(ix, unit, text));
}

static bool units_table(const struct making *m, struct paper_table *out)
{
	static const char points[] = "Điểm", share[] = "% điểm tối đa";
	static const char ranks[] = "Hạng", grades[] = "Xếp loại";
	static const struct paper_head heads[] = {
		{ NULL, "Đơn vị", 26, false },
		{ points, "Năm trước", 9, false },
		{ points, "Năm nay", 9, false },
		{ points, "Thay đổi", 9, false },
		{ share, "Năm trước", 9, false },
		{ share, "Năm nay", 9, false },
		{ share, "Thay đổi", 9, false },
		{ ranks, "Năm trước", 8, false },
		{ ranks, "Năm nay", 8, false },
		{ grades, "Năm trước", 11, false },
		{ grades, "Năm nay", 11, false },
		{ NULL, "Nhận xét", 22, false },
	};
	size_t n = shown_units(m);
	struct paper_table t = paper_table(heads, N(heads), n, m->a);

	if (!t.cells)
		return false;
	t.caption = "1. Tổng hợp";
	t.fixed = 1;
	for (size_t i = 0; i < n; i++) {
		size_t u = nth_unit(m, i), was = m->c->unit[u].before;
		struct paper_cell *at = paper_at(&t, i, 0);

		at[0] = paper_text(m->s->units[u].name);
		put_moved(m, at + 1, &m->c->totals[u]);
		at[7] = paper_mark(rank(m, m->c->before, was));
		at[8] = paper_mark(rank(m, m->c->now, u));
		at[9] = paper_text(change_grade(m->c->before, was));
		at[10] = paper_text(change_grade(m->c->now, u));
		at[11] = verdict(m, &m->c->totals[u]);
	}
	*out = t;
	return true;
}

/* ---- one unit's criteria ---------------------------------------------------
 */

static const char *codes_of(const struct making *m, size_t unit,
			    enum index_move move)
{
	struct buf b = BUF_INIT(WORDS_MOST);
	const char *comma = "", *s;

	for (size_t i = 0; i < m->s->n_nodes; i++)
		if (index_moved(m->c, unit, i)->move == move) {
			if (!*comma)
				buf_addf(&b, "%s: ", index_move_word_vi(move));
			buf_addf(&b, "%s%s", comma, m->s->nodes[i].code);
			comma = ", ";
		}
	s = *comma && buf_cstr(&b) ? arena_printf(m->a, "- %s.", b.data) : NULL;
	buf_free(&b);
	return s;
}

static void unit_notes(const struct making *m, size_t unit,
		       struct paper_table *t)
{
	const char **notes = arena_array(m->a, NOTES_MAX, sizeof *notes);

	if (!notes)
		return;
	for (enum index_move k = INDEX_UP; k <= INDEX_UNSETTLED; k++) {
		notes[t->n_notes] = codes_of(m, unit, k);
		t->n_notes += notes[t->n_notes] != NULL;
	}
	t->notes = notes;
}

static size_t rows_of(const struct making *m, size_t unit)
{
	size_t n = 0;

	for (size_t i = 0; i < m->s->n_nodes; i++)
		n += index_moved(m->c, unit, i)->move != INDEX_ABSENT_BOTH;
	return n;
}

static bool unit_table(const struct making *m, size_t unit, size_t number,
		       struct paper_table *out)
{
	static const char points[] = "Điểm", most[] = "Điểm tối đa";
	static const char share[] = "% điểm tối đa";
	static const struct paper_head heads[] = {
		{ NULL, "Mã", 7, false },
		{ NULL, "Tiêu chí", 34, false },
		{ points, "Năm trước", 9, false },
		{ points, "Năm nay", 9, false },
		{ points, "Thay đổi", 9, false },
		{ share, "Năm trước", 9, false },
		{ share, "Năm nay", 9, false },
		{ share, "Thay đổi", 9, false },
		{ most, "Năm trước", 9, false },
		{ most, "Năm nay", 9, false },
		{ NULL, "Nhận xét", 20, false },
	};
	struct paper_table t =
		paper_table(heads, N(heads), rows_of(m, unit), m->a);
	size_t row = 0;

	if (!t.cells)
		return false;
	t.caption =
		arena_printf(m->a, "%zu. %s", number, m->s->units[unit].name);
	t.fixed = 2;
	for (size_t i = 0; i < m->s->n_nodes; i++) {
		const struct index_moved *x = index_moved(m->c, unit, i);
		const struct index_node *n = &m->s->nodes[i];
		struct paper_cell *at = paper_at(&t, row, 0);

		if (x->move == INDEX_ABSENT_BOTH)
			continue;
		at[0] = paper_text(n->code);
		at[1] = paper_text(n->name);
		put_moved(m, at + 2, x);
		at[8] = exact(x->before.there, x->before.maximum, m->digits);
		at[9] = exact(x->now.there, x->now.maximum, m->digits);
		at[10] = verdict(m, x);
		t.strong[row++] = n->parent == INDEX_NONE;
	}
	unit_notes(m, unit, &t);
	*out = t;
	return true;
}

/* ---- the survey ------------------------------------------------------------
 */

static void test_row(const struct making *m, const struct index_tested *x,
		     struct paper_cell *at)
{
	at[0] = paper_text(m->s->units[x->unit].name);
	at[1] = paper_text(m->s->nodes[x->node].code);
	at[2] = real(m, x->before, 3);
	at[3] = real(m, x->now, 3);
	if (x->why != INDEX_TESTED) {
		at[8] = paper_text(
			arena_printf(m->a, "không kiểm định: %s",
				     index_untested_word_vi(x->why)));
		return;
	}
	at[4] = real(m, x->t.value, 3);
	at[5] = real(m, x->t.se, 3);
	at[6] = real(m, x->t.t, 2);
	at[7] = x->p_holm < 0.0001 ? paper_mark("<0,0001")
				   : real(m, x->p_holm, 4);
	at[8] = paper_text(x->clear ? "có ý nghĩa thống kê"
				    : "chưa đủ căn cứ kết luận thay đổi");
}

static bool tests_table(const struct making *m, size_t number,
			struct paper_table *out)
{
	static const struct paper_head heads[] = {
		{ NULL, "Đơn vị", 22, false },
		{ NULL, "Tiêu chí", 9, false },
		{ NULL, "Năm trước", 9, false },
		{ NULL, "Năm nay", 9, false },
		{ NULL, "Chênh lệch", 9, false },
		{ NULL, "Sai số chuẩn", 9, false },
		{ NULL, "z", 7, false },
		{ NULL, "p (Holm)", 9, false },
		{ NULL, "Kết luận", 26, false },
	};
	const struct index_change *c = m->c;
	struct paper_table t;
	const char **note = arena_array(m->a, 1, sizeof *note);
	size_t n = 0, row = 0;

	for (size_t i = 0; i < c->n_tests; i++)
		n += m->unit == INDEX_NONE || c->tests[i].unit == m->unit;
	t = paper_table(heads, N(heads), n, m->a);
	if (!t.cells || !note)
		return false;
	t.caption = arena_printf(m->a,
				 "%zu. Thay đổi của kết quả điều tra, khảo sát",
				 number);
	t.fixed = 2;
	for (size_t i = 0; i < c->n_tests; i++)
		if (m->unit == INDEX_NONE || c->tests[i].unit == m->unit)
			test_row(m, &c->tests[i], paper_at(&t, row++, 0));
	note[0] = arena_printf(m->a,
			       "Kiểm định %zu thay đổi cùng lúc, hiệu chỉnh "
			       "Holm, mức ý nghĩa %.0f%%. Coi hai năm là hai "
			       "mẫu độc lập, vì không biết ai trả lời cả hai "
			       "năm: nếu nhiều người trả lời cả hai năm và "
			       "giống nhau, thay đổi thật có thể rõ hơn p cho "
			       "thấy.",
			       c->n_tested, 100 * c->alpha);
	t.notes = note;
	t.n_notes = 1;
	*out = t;
	return true;
}

/* ---- what came and went
 * ------------------------------------------------------ */

static void put_stood(const struct making *m, struct paper_cell *at,
		      size_t unit, const char *what)
{
	const struct index_total *t = index_total(m->c->before, unit);

	at[0] = paper_text(m->was->units[unit].name);
	if (t->complete && t->computable)
		at[1] = paper_number(t->published, m->was->rules.digits);
	at[2] = paper_mark(rank(m, m->c->before, unit));
	at[3] = paper_text(change_grade(m->c->before, unit));
	at[4] = paper_text(what);
}

static size_t merged(const struct making *m)
{
	size_t n = 0;

	for (size_t u = 0; u < m->s->n_units; u++)
		if (m->c->unit[u].marks & INDEX_MARK_MERGED)
			n += m->c->unit[u].n_from;
	return n;
}

/* Units of the year before that have no row of their own any more. */
static bool gone_table(const struct making *m, size_t number,
		       struct paper_table *out)
{
	static const struct paper_head heads[] = {
		{ NULL, "Đơn vị của năm trước", 40, false },
		{ NULL, "Điểm", 10, false },
		{ NULL, "Hạng", 8, false },
		{ NULL, "Xếp loại", 14, false },
		{ NULL, "Năm nay", 40, false },
	};
	const struct index_change *c = m->c;
	struct paper_table t =
		paper_table(heads, N(heads), c->n_gone_unit + merged(m), m->a);
	size_t row = 0;

	if (!t.cells)
		return false;
	t.caption =
		arena_printf(m->a, "%zu. Đơn vị hợp nhất, không còn", number);
	t.fixed = 1;
	for (size_t u = 0; u < m->s->n_units; u++)
		for (size_t i = 0; (c->unit[u].marks & INDEX_MARK_MERGED) &&
				   i < c->unit[u].n_from;
		     i++)
			put_stood(m, paper_at(&t, row++, 0), c->unit[u].from[i],
				  arena_printf(m->a, "hợp nhất vào %s",
					       m->s->units[u].name));
	for (size_t i = 0; i < c->n_gone_unit; i++)
		put_stood(m, paper_at(&t, row++, 0), c->gone_unit[i],
			  "không còn");
	*out = t;
	return true;
}

/* ---- the whole
 * --------------------------------------------------------------- */

static const char *year(const struct making *m,
			const struct index_change_head *h, size_t i)
{
	const struct index_set *s = i == 0 ? m->s : m->was;
	const char *name = h->name[i] ? h->name[i] : s->title;

	return arena_printf(m->a, "%s: %s%s%s%s.",
			    i == 0 ? "Năm nay" : "Năm trước", name ? name : "",
			    h->note[i] ? "; " : "",
			    h->note[i] ? h->note[i] : "",
			    s->example ? "; mẫu thử" : "");
}

static const char *rules(const struct making *m)
{
	struct buf b = BUF_INIT(WORDS_MOST);
	const char *comma = "", *s;

	for (size_t i = 0; i < INDEX_RULE_MARKS; i++)
		if (m->c->rules & (1U << i)) {
			buf_addf(&b, "%s%s", comma, index_rule_mark_word_vi(i));
			comma = ", ";
		}
	s = *comma && buf_cstr(&b)
		    ? arena_printf(m->a, "Quy tắc tính đã thay đổi: %s.",
				   b.data)
		    : NULL;
	buf_free(&b);
	return s;
}

static const char *gone_criteria(const struct making *m)
{
	struct buf b = BUF_INIT(WORDS_MOST);
	const char *comma = "", *s;

	for (size_t i = 0; i < m->c->n_gone_node; i++) {
		buf_addf(&b, "%s%s", comma,
			 m->was->nodes[m->c->gone_node[i]].code);
		comma = ", ";
	}
	s = *comma && buf_cstr(&b)
		    ? arena_printf(m->a, "Tiêu chí không còn: %s.", b.data)
		    : NULL;
	buf_free(&b);
	return s;
}

static bool facts(const struct making *m, const struct index_change_head *h,
		  struct paper *out)
{
	const char **f = arena_array(m->a, FACTS_MAX, sizeof *f);
	size_t n = 0;

	if (!f)
		return false;
	f[n++] = year(m, h, 0);
	f[n++] = year(m, h, 1);
	f[n] = rules(m);
	n += f[n] != NULL;
	f[n] = gone_criteria(m);
	n += f[n] != NULL;
	f[n++] = "Tiêu chí đã thay đổi (nội dung, điểm tối đa, cách chấm, tiêu "
		 "chí bên dưới) có ghi rõ và không xếp vào tăng, giảm hay giữ "
		 "nguyên.";
	out->facts = f;
	out->n_facts = n;
	return true;
}

static bool tables(const struct making *m, struct paper *out)
{
	size_t n = shown_units(m), k = 0;
	struct paper_table *t = arena_array(m->a, n + 3, sizeof *t);

	if (!t || !units_table(m, &t[k++]))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!unit_table(m, nth_unit(m, i), k + 1, &t[k]))
			return false;
		k++;
	}
	if (m->c->n_tests > 0 && !tests_table(m, k + 1, &t[k]))
		return false;
	k += m->c->n_tests > 0;
	if (m->unit == INDEX_NONE && m->c->n_gone_unit + merged(m) > 0) {
		if (!gone_table(m, k + 1, &t[k]))
			return false;
		k++;
	}
	out->tables = t;
	out->n_tables = k;
	return true;
}

bool change_paper(const struct index_change *c, size_t unit,
		  const struct index_change_head *h,
		  const struct change_letter *l, struct arena *a,
		  struct paper *out, struct err *e)
{
	struct making m = { .c = c,
			    .s = index_set_of(c->now),
			    .was = index_set_of(c->before),
			    .unit = unit,
			    .digits = change_digits(c),
			    .a = a };

	*out = (struct paper){
		.superior = l->superior ? l->superior : "",
		.body = l->body ? l->body : "",
		.place = l->place ? l->place : "",
		.mark = l->draft ? "Dự thảo" : "",
		.warning = m.s->example || m.was->example
				   ? "Mẫu thử, không phải kết quả chính thức"
				   : "",
		.title = "BÁO CÁO",
		.subject = "So sánh Chỉ số cải cách hành chính với năm trước",
		.landscape = true
	};
	return (facts(&m, h, out) && tables(&m, out) && !arena_broken(a)) ||
	       err_no_memory(e);
}
