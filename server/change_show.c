/* The comparison of two years as tables in a terminal. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "change_show.h"
#include "phieu/chart.h"
#include "phieu/cli.h"
#include "phieu/index_file.h"

#define N(a)	   (sizeof(a) / sizeof((a)[0]))
#define WORDS_MOST ((size_t)1 << 16)

const char *change_text(bool has, const mpq_t x, int digits, bool plus,
			char out[CHANGE_TEXT])
{
	char text[DEC_TEXT_MAX];
	struct err e = { 0 };
	struct dec d;

	out[0] = '\0';
	if (has && exact_round(x, digits, EXACT_HALF_UP, &d, &e))
		(void)snprintf(out, CHANGE_TEXT, "%s%s",
			       plus && d.micro > 0 ? "+" : "",
			       dec_text_vi(d, digits, text));
	return out;
}

int change_digits(const struct index_change *c)
{
	int a = index_set_of(c->now)->rules.digits;
	int b = index_set_of(c->before)->rules.digits;

	return a > b ? a : b;
}

const char *change_rank(const struct index *ix, size_t unit,
			char out[CHANGE_TEXT])
{
	const struct index_total *t;

	out[0] = '\0';
	if (unit == INDEX_NONE)
		return out;
	t = index_total(ix, unit);
	if (t->rank > 0)
		(void)snprintf(out, CHANGE_TEXT, "%zu%s/%zu", t->rank,
			       t->shared ? "=" : "", index_ranked(ix, unit));
	return out;
}

const char *change_grade(const struct index *ix, size_t unit)
{
	const struct index_band *b;
	size_t n;

	if (unit == INDEX_NONE || index_total(ix, unit)->band == INDEX_NONE)
		return "";
	b = index_bands(ix, unit, &n);
	return b[index_total(ix, unit)->band].name;
}

/* ---- columns ----------------------------------------------------------- */

static void put(struct table *t, bool has, const mpq_t x, int digits, bool plus)
{
	char text[CHANGE_TEXT];

	table_cell(t, change_text(has, x, digits, plus, text));
}

static void put_moved(struct table *t, const struct index_moved *m, int digits)
{
	const struct index_side *a = &m->now, *b = &m->before;

	put(t, b->has, b->points, digits, false);
	put(t, a->has, a->points, digits, false);
	put(t, a->has && b->has, m->change, digits, true);
	put(t, b->shares, b->share, 2, false);
	put(t, a->shares, a->share, 2, false);
	put(t, a->shares && b->shares, m->share_change, 2, true);
}

/* What moved, and the marks. */
static void put_words(struct table *t, const struct index_moved *m)
{
	struct buf b = BUF_INIT(WORDS_MOST);

	buf_adds(&b, index_move_word_vi(m->move));
	if (m->marks) {
		buf_adds(&b, " (");
		index_marks_vi(m->marks, &b);
		buf_adds(&b, ")");
	}
	table_cell(t, buf_cstr(&b) ? b.data : "");
	buf_free(&b);
}

static bool totals(const struct index_change *c, size_t unit, struct err *e)
{
	static const char *const heads[] = {
		"đơn vị",   "năm trước",      "năm nay",      "thay đổi",
		"% trước",  "% nay",	      "+/- %",	      "hạng trước",
		"hạng nay", "xếp loại trước", "xếp loại nay", "nhận xét"
	};
	const struct index_set *s = index_set_of(c->now);
	struct table *t = table_headed(heads, N(heads), N(heads));
	char rank[CHANGE_TEXT];

	if (!t) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 1; i < 9; i++)
		table_right(t, i);
	for (size_t i = 0; i < s->n_units; i++) {
		size_t u = index_order(c->now)[i];

		if (unit != INDEX_NONE && u != unit)
			continue;
		table_cell(t, s->units[u].name);
		put_moved(t, &c->totals[u], change_digits(c));
		table_cell(t, change_rank(c->before, c->unit[u].before, rank));
		table_cell(t, change_rank(c->now, u, rank));
		table_cell(t, change_grade(c->before, c->unit[u].before));
		table_cell(t, change_grade(c->now, u));
		put_words(t, &c->totals[u]);
	}
	table_print(t, stdout);
	table_free(t);
	return true;
}

static bool criteria(const struct index_change *c, size_t unit, struct err *e)
{
	static const char *const heads[] = {
		"mã",	 "năm trước", "năm nay",      "thay đổi",   "% trước",
		"% nay", "+/- %",     "tối đa trước", "tối đa nay", "nhận xét"
	};
	const struct index_set *s = index_set_of(c->now);
	struct table *t = table_headed(heads, N(heads), N(heads));

	if (!t) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 1; i < 9; i++)
		table_right(t, i);
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct index_moved *m = index_moved(c, unit, i);

		if (m->move == INDEX_ABSENT_BOTH)
			continue;
		table_cell(t, s->nodes[i].code);
		put_moved(t, m, change_digits(c));
		put(t, m->before.there, m->before.maximum, change_digits(c),
		    false);
		put(t, m->now.there, m->now.maximum, change_digits(c), false);
		put_words(t, m);
	}
	printf("\n");
	table_print(t, stdout);
	table_free(t);
	return true;
}

/* "Tăng: 1.1, 2.3" */
static void list(const struct index_change *c, size_t unit,
		 enum index_move move)
{
	const struct index_set *s = index_set_of(c->now);
	const char *comma = "";

	for (size_t i = 0; i < s->n_nodes; i++)
		if (index_moved(c, unit, i)->move == move) {
			if (!*comma)
				printf("%s: ", index_move_word_vi(move));
			printf("%s%s", comma, s->nodes[i].code);
			comma = ", ";
		}
	if (*comma)
		printf("\n");
}

/* ---- what came and went ------------------------------------------------ */

/* "Sở A (81,14 điểm, hạng 1/6, Tốt)" */
static void stood(const struct index *ix, size_t unit)
{
	const struct index_total *t = index_total(ix, unit);
	char text[DEC_TEXT_MAX], rank[CHANGE_TEXT];

	printf("%s", index_set_of(ix)->units[unit].name);
	if (t->complete && t->computable)
		printf(" (%s điểm, hạng %s%s%s)",
		       dec_text_vi(t->published, index_set_of(ix)->rules.digits,
				   text),
		       change_rank(ix, unit, rank),
		       *change_grade(ix, unit) ? ", " : "",
		       change_grade(ix, unit));
}

static void gone(const struct index_change *c)
{
	const struct index_set *s = index_set_of(c->before);

	for (size_t i = 0; i < c->n_gone_node; i++)
		printf("tiêu chí không còn: %s %s\n",
		       s->nodes[c->gone_node[i]].code,
		       s->nodes[c->gone_node[i]].name);
	for (size_t i = 0; i < c->n_gone_unit; i++) {
		printf("đơn vị không còn: ");
		stood(c->before, c->gone_unit[i]);
		printf("\n");
	}
}

static void came_together(const struct index_change *c, size_t unit)
{
	const struct index_set *now = index_set_of(c->now);

	for (size_t u = 0; u < now->n_units; u++) {
		const char *comma = " ";

		if ((unit != INDEX_NONE && u != unit) ||
		    !(c->unit[u].marks & INDEX_MARK_MERGED))
			continue;
		printf("%s hợp nhất từ:", now->units[u].name);
		for (size_t i = 0; i < c->unit[u].n_from; i++) {
			printf("%s", comma);
			stood(c->before, c->unit[u].from[i]);
			comma = ", ";
		}
		printf("\n");
	}
}

static void rules(const struct index_change *c)
{
	const char *comma = " ";

	if (!c->rules)
		return;
	printf("quy tắc tính đã thay đổi:");
	for (size_t i = 0; i < INDEX_RULE_MARKS; i++)
		if (c->rules & (1U << i)) {
			printf("%s%s", comma, index_rule_mark_word_vi(i));
			comma = ", ";
		}
	printf("\n");
}

/* ---- surveys ----------------------------------------------------------- */

static void number(struct table *t, double v, int digits)
{
	char text[CHART_NUMBER];

	table_cell(t, isnan(v) ? "" : chart_number(v, digits, text));
}

static void test_row(struct table *t, const struct index_change *c,
		     const struct index_tested *x)
{
	const struct index_set *s = index_set_of(c->now);

	table_cell(t, s->units[x->unit].code);
	table_cell(t, s->nodes[x->node].code);
	number(t, x->before, 3);
	number(t, x->now, 3);
	if (x->why != INDEX_TESTED) {
		for (size_t i = 0; i < 4; i++)
			table_cell(t, "");
		table_cell(t, index_untested_word_vi(x->why));
		return;
	}
	number(t, x->t.value, 3);
	number(t, x->t.se, 3);
	number(t, x->t.t, 2);
	if (x->p_holm < 0.0001)
		table_cell(t, "<0,0001");
	else
		number(t, x->p_holm, 4);
	table_cell(t, x->clear ? "có ý nghĩa" : "chưa đủ căn cứ");
}

static bool tests(const struct index_change *c, size_t unit, struct err *e)
{
	static const char *const heads[] = {
		"đơn vị", "mã", "năm trước", "năm nay", "chênh lệch",
		"sai số", "z",	"p (Holm)",  "kết luận"
	};
	struct table *t;

	if (c->n_tests == 0)
		return true;
	t = table_headed(heads, N(heads), N(heads));
	if (!t) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 2; i < 8; i++)
		table_right(t, i);
	for (size_t i = 0; i < c->n_tests; i++)
		if (unit == INDEX_NONE || c->tests[i].unit == unit)
			test_row(t, c, &c->tests[i]);
	printf("\nkết quả khảo sát: kiểm định %zu thay đổi cùng lúc (Holm), "
	       "mức %.0f%%; coi hai năm là hai mẫu độc lập (as of independent "
	       "samples)\n",
	       c->n_tested, 100 * c->alpha);
	table_print(t, stdout);
	table_free(t);
	return true;
}

static void year(const struct index_change_head *h, size_t i,
		 const struct index *ix)
{
	const char *name = h->name[i] ? h->name[i] : index_set_of(ix)->title;

	printf("%s: %s%s%s%s\n", i == 0 ? "năm nay" : "năm trước",
	       name ? name : "", h->note[i] ? " — " : "",
	       h->note[i] ? h->note[i] : "",
	       index_set_of(ix)->example ? ", mẫu thử" : "");
}

bool change_show(const struct index_change *c, size_t unit,
		 const struct index_change_head *h, struct err *e)
{
	year(h, 0, c->now);
	year(h, 1, c->before);
	rules(c);
	if (!totals(c, unit, e) ||
	    (unit != INDEX_NONE && !criteria(c, unit, e)))
		return false;
	for (enum index_move m = INDEX_UP;
	     unit != INDEX_NONE && m <= INDEX_UNSETTLED; m++)
		list(c, unit, m);
	came_together(c, unit);
	gone(c);
	return tests(c, unit, e) &&
	       (fflush(stdout) == 0 ||
		err_set(e, ERR_IO, "cannot write the result"));
}
