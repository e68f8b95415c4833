/* Reports of a round: what stands on each of them, and those with a unit a
 * row. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/index_file.h"
#include "round_report_parts.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *word, *subject;
} shapes[REPORT_SHAPES] = {
	[REPORT_SUMMARY] = { "summary", "Tổng hợp kết quả" },
	[REPORT_UNIT] = { "unit", "Kết quả chi tiết từng đơn vị" },
	[REPORT_FIELD] = { "field", "Tổng hợp kết quả theo lĩnh vực" },
	[REPORT_CRITERIA] = { "criteria", "Phân tích tiêu chí" },
	[REPORT_RESULT] = { "result", "Kết quả và xếp hạng" },
	[REPORT_SPECIAL] = { "special", "Tiêu chí đặc thù không đánh giá" },
};

bool report_shape_parse(const char *word, enum report_shape *out)
{
	for (size_t i = 0; i < REPORT_SHAPES; i++)
		if (strcmp(shapes[i].word, word) == 0) {
			*out = (enum report_shape)i;
			return true;
		}
	return false;
}

/* ---- cells --------------------------------------------------------------- */

struct paper_cell shape_exact(const struct making *m, const mpq_t x)
{
	struct err e = { 0 };
	struct dec d;

	if (!exact_round(x, m->s->rules.digits, m->s->rules.round, &d, &e))
		return paper_text("quá lớn");
	return paper_number(d, m->s->rules.digits);
}

struct paper_cell shape_maximum(struct dec d)
{
	size_t digits = 0;

	while (digits < DEC_DIGITS && !dec_fits(d, digits))
		digits++;
	return paper_number(d, (int)digits);
}

struct paper_cell shape_whole(size_t n)
{
	return paper_number((struct dec){ (int64_t)n * DEC_ONE }, 0);
}

struct paper_cell shape_points(const struct making *m,
			       const struct index_cell *c)
{
	switch (c->state) {
	case INDEX_ABSENT: return paper_text("");
	case INDEX_REMOVED:
	case INDEX_OUT:
	case INDEX_MISSING: return paper_text(index_state_word_vi(c->state));
	default: return paper_number(c->points, m->s->rules.digits);
	}
}

static bool has_total(const struct making *m, size_t unit)
{
	const struct index_total *t = index_total(m->ix, unit);

	return t->complete && t->computable;
}

struct paper_cell shape_total(const struct making *m, size_t unit)
{
	if (!has_total(m, unit))
		return paper_text("chưa đủ");
	return paper_number(index_total(m->ix, unit)->published,
			    m->s->rules.digits);
}

const char *shape_grade(const struct making *m, size_t unit)
{
	const struct index_total *t = index_total(m->ix, unit);
	size_t n;
	const struct index_band *b = index_bands(m->ix, unit, &n);

	return has_total(m, unit) && t->band != INDEX_NONE ? b[t->band].name
							   : "";
}

static const char *shown(const struct making *m, const mpq_t x)
{
	struct paper_cell c = shape_exact(m, x);

	return paper_cell_text(&c, m->a);
}

const char *shape_why(const struct making *m, size_t unit)
{
	const struct index_total *t = index_total(m->ix, unit);
	const char *scaled = "", *bonus = "", *deduction = "";
	struct paper_cell total = shape_total(m, unit);

	if (!t->complete)
		return arena_printf(m->a,
				    "%s: còn %zu tiêu chí chưa có điểm, chưa "
				    "có tổng.",
				    m->s->units[unit].name, t->n_missing);
	if (!t->computable)
		return arena_printf(m->a, "%s: không còn tiêu chí để tính.",
				    m->s->units[unit].name);
	if (mpq_cmp(t->rescaled, t->sum) != 0)
		scaled = arena_printf(m->a,
				      "; quy đổi theo tiêu chí được đánh giá "
				      "%s",
				      shown(m, t->rescaled));
	if (mpq_sgn(t->bonus))
		bonus = arena_printf(m->a, "; thưởng %s", shown(m, t->bonus));
	if (mpq_sgn(t->deduction))
		deduction =
			arena_printf(m->a, "; trừ %s", shown(m, t->deduction));
	if (!scaled || !bonus || !deduction ||
	    !(*scaled || *bonus || *deduction))
		return NULL;
	return arena_printf(m->a, "%s: cộng %s%s%s%s; điểm công bố %s.",
			    m->s->units[unit].name, shown(m, t->sum), scaled,
			    bonus, deduction, paper_cell_text(&total, m->a));
}

/* Only some units stand on the sheet of what does not apply. */
static bool is_listed(const struct making *m, size_t unit)
{
	const struct index_total *t = index_total(m->ix, unit);

	return m->ask->shape != REPORT_SPECIAL || t->n_removed || t->n_out;
}

bool shape_notes(const struct making *m, const size_t *unit, size_t n,
		 const char *first, struct paper_table *t, struct err *e)
{
	const char **list = arena_array(m->a, n + 2, sizeof *list);

	if (!list) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	if (first)
		list[t->n_notes++] = first;
	for (size_t i = 0; i < n; i++) {
		const char *why =
			is_listed(m, unit[i]) ? shape_why(m, unit[i]) : NULL;

		if (why)
			list[t->n_notes++] = why;
	}
	t->notes = list;
	return true;
}

struct paper_table *shape_table(struct making *m, const char *caption,
				const struct paper_head *heads, size_t columns,
				size_t rows)
{
	struct paper_table *t = &m->tables[m->n];

	*t = paper_table(heads, columns, rows, m->a);
	t->caption = caption;
	if (!t->cells || !heads)
		return NULL;
	m->n++;
	return t;
}

/* In a narrow column, with what it means below the table. */
static const struct {
	enum index_state state;
	const char *mark;
} marks[] = {
	{ INDEX_REMOVED, "KĐG" },
	{ INDEX_OUT, "KT" },
	{ INDEX_MISSING, "CĐ" },
};

struct paper_cell shape_mark(const struct making *m, const struct index_cell *c)
{
	for (size_t i = 0; i < N(marks); i++)
		if (c->state == marks[i].state)
			return paper_mark(marks[i].mark);
	return shape_points(m, c);
}

const char *shape_legend(const struct making *m, const struct paper_table *t)
{
	const char *s = NULL;

	for (size_t k = 0; k < N(marks); k++) {
		bool used = false;

		for (size_t i = 0; i < t->rows * t->columns; i++)
			used = used || t->cells[i].text == marks[k].mark;
		if (used)
			s = arena_printf(m->a, "%s%s%s: %s", s ? s : "",
					 s ? "; " : "", marks[k].mark,
					 index_state_word_vi(marks[k].state));
	}
	return s;
}

/* ---- a unit a row -------------------------------------------------------- */

static const struct paper_head summary_heads[] = {
	{ NULL, "STT", 8, false },
	{ NULL, "Tên đơn vị", 44, false },
	{ NULL, "Điểm", 12, false },
	{ NULL, "Xếp loại", 16, false },
};

static void summary_row(const struct making *m, struct paper_table *t,
			size_t row, size_t unit)
{
	*paper_at(t, row, 0) = shape_whole(row + 1);
	*paper_at(t, row, 1) = paper_text(m->s->units[unit].name);
	*paper_at(t, row, 2) = shape_total(m, unit);
	*paper_at(t, row, 3) = paper_text(shape_grade(m, unit));
}

#define IMPACT "Điểm đánh giá tác động của CCHC"

static const struct paper_head result_heads[] = {
	{ NULL, "Xếp hạng", 10, false },
	{ NULL, "Tên đơn vị", 44, false },
	{ NULL, "Điểm thẩm định", 14, false },
	{ IMPACT, "KSCB", 12, false },
	{ IMPACT, "SIPAS", 12, false },
	{ NULL, "Tổng điểm đạt được", 16, false },
};
/* Where criteria come from other indices, their points have a column too:
 * without it the row would not add. */
static const struct paper_head result_heads_external[] = {
	{ NULL, "Xếp hạng", 10, false },
	{ NULL, "Tên đơn vị", 44, false },
	{ NULL, "Điểm thẩm định", 14, false },
	{ IMPACT, "KSCB", 12, false },
	{ IMPACT, "SIPAS", 12, false },
	{ IMPACT, "Chỉ số khác", 12, false },
	{ NULL, "Tổng điểm đạt được", 16, false },
};

static bool has_external(const struct making *m)
{
	for (size_t u = 0; u < m->s->n_units; u++)
		if (mpq_sgn(index_total(m->ix, u)->part[INDEX_EXTERNAL].full))
			return true;
	return false;
}

static void result_row(const struct making *m, struct paper_table *t,
		       size_t row, size_t unit)
{
	static const enum index_source order[] = { INDEX_ASSESSED, INDEX_SURVEY,
						   INDEX_SATISFACTION,
						   INDEX_EXTERNAL };
	const struct index_total *x = index_total(m->ix, unit);

	*paper_at(t, row, 0) = x->rank ? shape_whole(x->rank) : paper_text("");
	*paper_at(t, row, 1) = paper_text(m->s->units[unit].name);
	for (size_t k = 0; 2 + k + 1 < t->columns; k++)
		*paper_at(t, row, 2 + k) =
			shape_exact(m, x->part[order[k]].points);
	*paper_at(t, row, t->columns - 1) = shape_total(m, unit);
}

static const char *removed_list(const struct making *m, size_t unit)
{
	const char *list = "";
	char text[DEC_TEXT_MAX];

	for (size_t n = 0; list && n < m->s->n_nodes; n++) {
		const struct index_cell *c = index_cell(m->ix, unit, n);

		if (m->s->nodes[n].leaf &&
		    (c->state == INDEX_REMOVED || c->state == INDEX_OUT))
			list = arena_printf(m->a, "%s%s%s (%s)", list,
					    *list ? "; " : "",
					    m->s->nodes[n].code,
					    dec_text_vi(m->s->nodes[n].maximum,
							0, text));
	}
	return list ? list : "";
}

static void special_row(const struct making *m, struct paper_table *t,
			size_t row, size_t unit)
{
	const struct index_total *x = index_total(m->ix, unit);
	mpq_t removed;

	mpq_init(removed);
	mpq_sub(removed, x->full, x->base);
	*paper_at(t, row, 0) = shape_whole(row + 1);
	*paper_at(t, row, 1) = paper_text(m->s->units[unit].name);
	*paper_at(t, row, 2) = shape_exact(m, x->full);
	*paper_at(t, row, 3) = shape_exact(m, removed);
	*paper_at(t, row, 4) = shape_exact(m, x->base);
	*paper_at(t, row, 5) = shape_exact(m, x->sum);
	*paper_at(t, row, 6) =
		mpq_sgn(x->base) ? paper_number(x->percent, 2) : paper_text("");
	*paper_at(t, row, 7) = !has_total(m, unit) ? paper_text("chưa đủ")
			       : m->s->rules.item_first
				       ? shape_exact(m, x->scaled)
				       : shape_exact(m, x->rescaled);
	*paper_at(t, row, 8) = paper_text(removed_list(m, unit));
	mpq_clear(removed);
}

static const struct paper_head *special_heads(const struct making *m,
					      size_t unit)
{
	static const struct paper_head plain[] = {
		{ NULL, "STT", 8, false },
		{ NULL, "Tên đơn vị", 40, false },
		{ NULL, "Tổng điểm tối đa", 12, false },
		{ NULL, "Điểm không đánh giá", 12, false },
		{ NULL, "Điểm tối đa còn lại", 12, false },
		{ NULL, "Điểm đạt được", 12, false },
		{ NULL, "Tỷ lệ (%)", 10, false },
		{ NULL, NULL, 14, false },
		{ NULL, "Tiêu chí không đánh giá (điểm)", 40, false },
	};
	struct paper_head *h = arena_array(m->a, N(plain), sizeof *h);
	char text[DEC_TEXT_MAX];

	if (!h)
		return NULL;
	memcpy(h, plain, sizeof plain);
	h[7].text = arena_printf(
		m->a, "Điểm thẩm định (tối đa %s)",
		dec_text_vi(m->s->kinds[m->s->units[unit].kind].total, 0,
			    text));
	return h[7].text ? h : NULL;
}

static bool block_table(struct making *m, const size_t *unit, size_t n,
			struct err *e)
{
	const struct index_unit *u = &m->s->units[unit[0]];
	const char *name = u->block ? u->block : m->s->kinds[u->kind].name;
	bool external = has_external(m);
	struct paper_table *t;
	const char *none = NULL;
	size_t row = 0, listed = 0;

	for (size_t i = 0; i < n; i++)
		listed += is_listed(m, unit[i]);
	if (!listed)
		none = "Không đơn vị nào trong khối có tiêu chí không đánh "
		       "giá.";
	if (m->ask->shape == REPORT_SUMMARY)
		t = shape_table(m, name, summary_heads, N(summary_heads),
				listed);
	else if (m->ask->shape == REPORT_SPECIAL)
		t = shape_table(m, name, special_heads(m, unit[0]), 9, listed);
	else
		t = shape_table(m, name,
				external ? result_heads_external : result_heads,
				external ? N(result_heads_external)
					 : N(result_heads),
				listed);
	if (!t) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_listed(m, unit[i]))
			continue;
		if (m->ask->shape == REPORT_SUMMARY)
			summary_row(m, t, row++, unit[i]);
		else if (m->ask->shape == REPORT_SPECIAL)
			special_row(m, t, row++, unit[i]);
		else
			result_row(m, t, row++, unit[i]);
	}
	return shape_notes(m, unit, none ? 0 : n, none, t, e);
}

static bool blocks(struct making *m, struct err *e)
{
	const size_t *order = index_order(m->ix);
	size_t from = 0;

	for (size_t i = 1; i <= m->s->n_units; i++) {
		if (i < m->s->n_units &&
		    index_same_block(m->ix, order[from], order[i]))
			continue;
		if (!block_table(m, order + from, i - from, e))
			return false;
		from = i;
	}
	return true;
}

/* ---- what it rests on ---------------------------------------------------- */

static const char *count(struct arena *a, int64_t n)
{
	const char *s;

	if (n < 0)
		return "không rõ";
	s = n < 1000 ? arena_printf(a, "%" PRId64, n)
		     : arena_printf(a, "%s.%03d", count(a, n / 1000),
				    (int)(n % 1000));
	return s ? s : "";
}

static const char *wave_fact(const struct report_facts *f, struct arena *a)
{
	if (!*f->wave)
		return "Điều tra xã hội học: kỳ này không gắn với đợt điều tra "
		       "nào.";
	if (f->wave_release <= 0)
		return arena_printf(a,
				    "Điều tra xã hội học: đợt %s chưa công bố "
				    "kết quả.",
				    f->wave);
	return arena_printf(a,
			    "Điều tra xã hội học: đợt %s, lần công bố %" PRId64
			    ", khóa số liệu ngày %s; phiếu phát ra: %s, thu "
			    "về: %s, hợp lệ: %s.",
			    f->wave, f->wave_release,
			    paper_day(f->frozen_on, a), count(a, f->issued),
			    count(a, f->returned), count(a, f->valid));
}

static const char *rounding_fact(const struct index_rules *r, struct arena *a)
{
	return arena_printf(
		a, "Làm tròn: %d chữ số thập phân, %s; %s; điểm bằng nhau: %s.",
		r->digits,
		r->round == EXACT_HALF_UP ? "nửa đơn vị làm tròn lên"
					  : "nửa đơn vị về số chẵn",
		r->item_first ? "làm tròn từng mục rồi cộng"
			      : "cộng rồi làm tròn một lần, nên các ô đã làm "
				"tròn có thể lệch tổng ở chữ số cuối",
		r->ties == INDEX_SHARED ? "cùng hạng (1, 2, 2, 4)"
					: "cùng hạng (1, 2, 2, 3)");
}

static const char *release_fact(const struct report_facts *f, struct arena *a)
{
	if (!f->release)
		return "Chưa công bố.";
	return arena_printf(
		a, "Công bố lần %" PRId64 ", %s.%s", f->release, f->decision,
		f->superseded ? " Lần công bố này ĐÃ ĐƯỢC THAY THẾ bằng lần "
				"công bố sau."
			      : "");
}

bool report_frame(const struct report_facts *f, const struct index_rules *rules,
		  const char *more, struct arena *a, struct paper *out,
		  struct err *e)
{
	const char **facts = arena_array(a, 8, sizeof *facts);
	size_t n = 0;

	if (!facts) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	out->superior = f->superior;
	out->body = f->body;
	out->place = f->place;
	out->title = "BÁO CÁO";
	out->mark = f->release ? "" : "Dự thảo";
	out->warning = f->trial ? "MẪU THỬ, không phải kết quả chính thức" : "";
	facts[n++] = arena_printf(a, "Kỳ đánh giá: %s (%s), năm %" PRId64 ".",
				  f->name, f->round, f->year);
	if (f->result) {
		facts[n++] =
			arena_printf(a,
				     "Bộ tiêu chí: phiên bản %" PRId64
				     "; kết quả số %" PRId64
				     ", phương pháp %s, mã kiểm tra %.16s….",
				     f->version, f->result, f->method,
				     f->sha256);
		facts[n++] = release_fact(f, a);
		facts[n++] = wave_fact(f, a);
	} else {
		facts[n++] = "Kỳ này chưa tính kết quả.";
	}
	if (rules)
		facts[n++] = rounding_fact(rules, a);
	if (more)
		facts[n++] = more;
	out->facts = facts;
	out->n_facts = n;
	if (arena_broken(a)) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	return true;
}

bool round_report(const struct index *ix, const struct report_facts *f,
		  const struct report_ask *ask, struct arena *a,
		  struct paper *out, struct err *e)
{
	const struct index_set *s = index_set_of(ix);
	struct making m = { .ix = ix, .s = s, .ask = ask, .a = a };
	bool ok;

	*out = (struct paper){ 0 };
	m.tables =
		arena_array(a, s->n_units + s->n_kinds + 1, sizeof *m.tables);
	if (!m.tables) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	switch (ask->shape) {
	case REPORT_UNIT: ok = shape_units(&m, e); break;
	case REPORT_FIELD: ok = shape_field(&m, e); break;
	case REPORT_CRITERIA: ok = shape_criteria(&m, e); break;
	default: ok = blocks(&m, e);
	}
	if (!ok || !report_frame(f, &s->rules, NULL, a, out, e))
		return false;
	out->subject =
		arena_printf(a, "%s: %s", shapes[ask->shape].subject, f->name);
	out->tables = m.tables;
	out->n_tables = m.n;
	out->landscape =
		ask->shape != REPORT_SUMMARY && ask->shape != REPORT_RESULT;
	out->apart = ask->shape == REPORT_UNIT || ask->shape == REPORT_CRITERIA;
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}
