#include "index_show.h"

#include <math.h>
#include <stdio.h>

#include "phieu/cli.h"

static const char *code_of(const struct index *ix, size_t unit)
{
	return index_set_of(ix)->units[unit].code;
}

static void number(struct table *t, double v, const char *form)
{
	char text[40] = "";

	if (isfinite(v))
		(void)snprintf(text, sizeof text,
			       form[0] == '%' ? "%.0f%%" : "%.3f",
			       form[0] == '%' ? 100 * v : v);
	table_cell(t, text);
}

static void count(struct table *t, size_t n)
{
	char text[24] = "";

	if (n > 0)
		(void)snprintf(text, sizeof text, "%zu", n);
	table_cell(t, text);
}

/* Grades with a chance: "Tốt 93%, Khá 7%". */
static void grades(struct table *t, const struct index *ix,
		   const struct index_sure_unit *u)
{
	struct buf b = BUF_INIT(4000);
	size_t n;
	const struct index_band *band = index_bands(ix, u->unit, &n);

	for (size_t i = 0; n > 0 && i < u->n_grade; i++) {
		const char *name = i < n ? band[i].name : "-";

		if (u->p_grade[i] <= 0)
			continue;
		buf_addf(&b, "%s%s ", b.len > 0 ? ", " : "", name);
		if (u->p_grade[i] < 0.005)
			buf_adds(&b, "<1%");
		else
			buf_addf(&b, "%.0f%%", 100 * u->p_grade[i]);
	}
	table_cell(t, b.len > 0 && buf_cstr(&b) ? b.data : "");
	buf_free(&b);
}

static struct table *units_table(void)
{
	static const char *const heads[] = {
		"hạng",	   "mã",	  "điểm",     "sai số",
		"hạng từ", "đến",	  "trong 3",  "TB cộng",
		"TB nhân", "TB điều hòa", "Copeland", "xếp loại có thể"
	};
	const size_t n = sizeof heads / sizeof heads[0];
	struct table *t = table_new(n);

	for (size_t i = 0; t && i < n; i++) {
		table_cell(t, heads[i]);
		if (i != 1 && i + 1 < n)
			table_right(t, i);
	}
	if (t)
		table_rule(t);
	return t;
}

static void unit_row(struct table *t, const struct index *ix,
		     const struct index_sure_unit *u)
{
	const struct index_total *total = index_total(ix, u->unit);
	int digits = index_set_of(ix)->rules.digits;
	char text[DEC_TEXT_MAX];

	count(t, total->rank);
	table_cell(t, code_of(ix, u->unit));
	table_cell(t, dec_text_vi(total->published, digits, text));
	number(t, u->sd, "f");
	count(t, (size_t)floor(u->low));
	count(t, (size_t)ceil(u->high));
	number(t, u->p_top3, "%");
	count(t, u->arithmetic);
	count(t, u->geometric);
	count(t, u->harmonic);
	count(t, u->copeland);
	grades(t, ix, u);
}

static bool show_units(const struct index *ix, const struct index_sure *s,
		       struct err *e)
{
	struct table *t = NULL;

	for (size_t i = 0; i < s->n_units; i++) {
		bool first =
			i == 0 || !index_same_block(ix, s->units[i - 1].unit,
						    s->units[i].unit);

		if (first) {
			if (t)
				table_print(t, stdout);
			table_free(t);
			printf("\n");
			t = units_table();
			if (!t)
				return err_set(e, ERR_NOMEM, "out of memory");
		}
		unit_row(t, ix, &s->units[i]);
	}
	if (t)
		table_print(t, stdout);
	table_free(t);
	return true;
}

static bool show_factors(const struct index_sure *s, struct err *e)
{
	static const char *const heads[] = { "yếu tố", "mã", "bậc một",
					     "tổng" };
	struct table *t;

	if (s->n_factors == 0)
		return true;
	t = table_headed(heads, 4, 2);
	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < s->n_factors; i++) {
		table_cell(t, s->factors[i].kind);
		table_cell(t, s->factors[i].code ? s->factors[i].code : "");
		number(t, s->factors[i].first, "f");
		number(t, s->factors[i].total, "f");
	}
	printf("\nđộ nhạy của thứ hạng (sensitivity), trọng số đổi tới "
	       "±%.0f%%\n",
	       100 * s->how.noise);
	table_print(t, stdout);
	table_free(t);
	return true;
}

/* Only what would change a grade or a rank. */
static void show_more(const struct index *ix, const struct index_more *m,
		      size_t n)
{
	const struct index_set *s = index_set_of(ix);
	char added[DEC_TEXT_MAX], published[DEC_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct index_total *t = index_total(ix, m[i].unit);
		size_t bands;
		const struct index_band *b = index_bands(ix, m[i].unit, &bands);

		if (m[i].rank == t->rank && m[i].band == t->band)
			continue;
		printf("%s: thêm %s điểm ở %s: %s điểm", code_of(ix, m[i].unit),
		       dec_text_vi(m[i].added, 0, added),
		       s->nodes[m[i].node].code,
		       dec_text_vi(m[i].published, s->rules.digits, published));
		if (m[i].rank != t->rank)
			printf(", hạng %zu → %zu", t->rank, m[i].rank);
		if (m[i].band != t->band && m[i].band != INDEX_NONE)
			printf(", %s", b[m[i].band].name);
		printf("\n");
	}
}

bool index_show_sure(const struct index *ix, const struct index_sure *s,
		     const struct index_more *more, size_t n_more,
		     struct err *e)
{
	if (index_set_of(ix)->example)
		printf("mẫu thử, không phải phiếu chính thức\n");
	printf("bảng nội bộ, không thuộc điểm công bố; %zu lần mô phỏng, mầm "
	       "%lu, %zu giá trị có sai số, mức %.0f%%\n",
	       s->how.draws, s->how.seed, s->n_errors, 100 * s->how.level);
	if (s->n_errors == 0)
		printf("không có giá trị nào có sai số: thứ hạng không đổi khi "
		       "mô phỏng (no value has a standard error)\n");
	if (!show_units(ix, s, e))
		return false;
	if (s->n_pairs > 0)
		printf("\nkhông phân biệt được (not told apart):\n");
	for (size_t i = 0; i < s->n_pairs; i++)
		printf("%s > %s: %.0f%%\n", code_of(ix, s->pairs[i].a),
		       code_of(ix, s->pairs[i].b), 100 * s->pairs[i].p_above);
	if (!show_factors(s, e))
		return false;
	if (n_more > 0)
		printf("\nthêm một điểm (one more point), nếu đổi hạng hoặc "
		       "xếp loại:\n");
	show_more(ix, more, n_more);
	return fflush(stdout) == 0 ||
	       err_set(e, ERR_IO, "cannot write the result");
}
