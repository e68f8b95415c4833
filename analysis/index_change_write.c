/* The comparison as JSON and CSV, and its words. */
#include <math.h>
#include <string.h>

#include "change_parts.h"
#include "document_parts.h"
#include "index_parts.h"
#include "phieu/csv.h"

struct word {
	const char *en, *vi;
};

static const struct word moves[] = {
	{ "absent", "không thuộc loại đơn vị" },
	{ "up", "tăng" },
	{ "down", "giảm" },
	{ "kept", "giữ nguyên" },
	{ "changed", "đã thay đổi" },
	{ "new", "mới" },
	{ "gone", "không còn" },
	{ "unsettled", "không đủ hai năm" },
};
static const struct word marks[INDEX_MARKS] = {
	{ "code", "mã khác" },
	{ "text", "nội dung" },
	{ "maximum", "điểm tối đa" },
	{ "kind", "cách chấm" },
	{ "children", "tiêu chí bên dưới" },
	{ "merged", "hợp nhất" },
};
static const struct word rules[INDEX_RULE_MARKS] = {
	{ "rescale", "quy đổi tiêu chí đặc thù" },
	{ "missing", "xử lý phần thiếu" },
	{ "rounding", "làm tròn" },
	{ "bands", "mức xếp loại" },
	{ "ties", "đồng hạng" },
	{ "bounds", "chặn trên, chặn dưới" },
};
static const struct word untested[INDEX_UNTESTED] = {
	{ "tested", "đã kiểm định" },
	{ "new", "năm trước không có" },
	{ "another-criterion", "tiêu chí đã thay đổi" },
	{ "no-value", "có năm không có kết quả khảo sát" },
	{ "no-standard-error", "có năm không có sai số chuẩn" },
};

const char *index_move_word(enum index_move m)
{
	return moves[m].en;
}

const char *index_move_word_vi(enum index_move m)
{
	return moves[m].vi;
}

const char *index_rule_mark_word_vi(size_t bit)
{
	return rules[bit].vi;
}

const char *index_untested_word(enum index_untested u)
{
	return untested[u].en;
}

const char *index_untested_word_vi(enum index_untested u)
{
	return untested[u].vi;
}

void index_marks_vi(unsigned bits, struct buf *out)
{
	const char *comma = "";

	for (size_t i = 0; i < INDEX_MARKS; i++)
		if (bits & (1U << i)) {
			buf_addf(out, "%s%s", comma, marks[i].vi);
			comma = ", ";
		}
}

/* ---- JSON -------------------------------------------------------------- */

static void put_words(struct jw *w, const char *key, unsigned bits,
		      const struct word *list, size_t n)
{
	jw_key(w, key);
	jw_array(w);
	for (size_t i = 0; i < n; i++)
		if (bits & (1U << i))
			jw_text(w, list[i].en);
	jw_array_end(w);
}

static void put_side(struct jw *w, const char *key, const struct index_side *s)
{
	if (!s->there)
		return;
	jw_key(w, key);
	jw_object(w);
	jw_kv(w, "state", index_state_word(s->state));
	if (s->has)
		index_put_exact(w, "points", s->points);
	index_put_exact(w, "maximum", s->maximum);
	if (s->shares)
		index_put_exact(w, "share", s->share);
	jw_object_end(w);
}

/* Members of an open object. */
static void put_moved(struct jw *w, const struct index_moved *m)
{
	jw_kv(w, "move", index_move_word(m->move));
	put_words(w, "marks", m->marks, marks, INDEX_MARKS);
	put_side(w, "now", &m->now);
	put_side(w, "before", &m->before);
	if (m->now.has && m->before.has)
		index_put_exact(w, "change", m->change);
	if (m->now.shares && m->before.shares)
		index_put_exact(w, "share_change", m->share_change);
}

static void put_year(struct jw *w, const char *key, const struct index *ix,
		     const struct index_change_head *h, size_t year)
{
	jw_key(w, key);
	jw_object(w);
	jw_kv(w, "name", h->name[year] ? h->name[year] : ix->s->title);
	if (h->note[year])
		jw_kv(w, "note", h->note[year]);
	if (h->sha256[year])
		jw_kv(w, "input_sha256", h->sha256[year]);
	jw_kb(w, "example", ix->s->example);
	jw_kb(w, "draft", ix->s->rules.use_self);
	jw_object_end(w);
}

static const char *grade_of(const struct index *ix, size_t unit)
{
	size_t band = index_total(ix, unit)->band, n;
	const struct index_band *b = index_bands(ix, unit, &n);

	return band == INDEX_NONE ? NULL : b[band].name;
}

/* A unit of one of the years: what it had. */
static void put_standing(struct jw *w, const struct index *ix, size_t unit)
{
	const struct index_total *t = index_total(ix, unit);
	char text[DEC_TEXT_MAX + 8];

	jw_object(w);
	jw_kv(w, "code", ix->s->units[unit].code);
	jw_kv(w, "name", ix->s->units[unit].name);
	jw_kv(w, "kind", ix->s->kinds[ix->s->units[unit].kind].code);
	if (t->complete && t->computable)
		jw_kv(w, "published",
		      exact_fixed(t->published, ix->s->rules.digits, text));
	if (grade_of(ix, unit))
		jw_kv(w, "grade", grade_of(ix, unit));
	if (t->rank > 0) {
		jw_ki(w, "rank", (int64_t)t->rank);
		jw_ki(w, "ranked", (int64_t)index_ranked(ix, unit));
	}
	jw_object_end(w);
}

static void put_cell(struct jw *w, const struct index_change *c, size_t unit,
		     size_t node)
{
	const struct index_node *n = &c->now->s->nodes[node];
	const struct index_match *m = &c->node[node];

	jw_object(w);
	jw_kv(w, "code", n->code);
	jw_kv(w, "name", n->name);
	if (m->n_from > 0 &&
	    (m->marks & (INDEX_MARK_CODE | INDEX_MARK_MERGED))) {
		jw_key(w, "from");
		jw_array(w);
		for (size_t i = 0; i < m->n_from; i++)
			jw_text(w, c->before->s->nodes[m->from[i]].code);
		jw_array_end(w);
	}
	if (m->marks & INDEX_MARK_TEXT)
		jw_kv(w, "name_before", c->before->s->nodes[m->before].name);
	put_moved(w, index_moved(c, unit, node));
	jw_object_end(w);
}

static void put_list(struct jw *w, const struct index_change *c, size_t unit,
		     enum index_move move)
{
	jw_key(w, index_move_word(move));
	jw_array(w);
	for (size_t i = 0; i < c->now->s->n_nodes; i++)
		if (index_moved(c, unit, i)->move == move)
			jw_text(w, c->now->s->nodes[i].code);
	jw_array_end(w);
}

static void put_unit(struct jw *w, const struct index_change *c, size_t unit)
{
	const struct index_set *s = c->now->s;
	const struct index_match *m = &c->unit[unit];

	jw_object(w);
	jw_key(w, "unit");
	put_standing(w, c->now, unit);
	put_words(w, "unit_marks", m->marks, marks, INDEX_MARKS);
	jw_key(w, "from");
	jw_array(w);
	for (size_t i = 0; i < m->n_from; i++)
		put_standing(w, c->before, m->from[i]);
	jw_array_end(w);
	jw_key(w, "total");
	jw_object(w);
	put_moved(w, &c->totals[unit]);
	jw_object_end(w);
	jw_key(w, "criteria");
	jw_array(w);
	for (size_t i = 0; i < s->n_nodes; i++)
		if (index_moved(c, unit, i)->move != INDEX_ABSENT_BOTH)
			put_cell(w, c, unit, i);
	jw_array_end(w);
	for (enum index_move k = INDEX_UP; k <= INDEX_UNSETTLED; k++)
		put_list(w, c, unit, k);
	jw_object_end(w);
}

static void put_test(struct jw *w, const struct index_change *c,
		     const struct index_tested *t)
{
	jw_object(w);
	jw_kv(w, "unit", c->now->s->units[t->unit].code);
	jw_kv(w, "criterion", c->now->s->nodes[t->node].code);
	jw_kv(w, "state", index_untested_word(t->why));
	if (!isnan(t->now))
		jw_kd(w, "now", t->now);
	if (!isnan(t->before))
		jw_kd(w, "before", t->before);
	if (t->why == INDEX_TESTED) {
		jw_kd(w, "se_now", t->se_now);
		jw_kd(w, "se_before", t->se_before);
		jw_kd(w, "difference", t->t.value);
		jw_kd(w, "se", t->t.se);
		jw_kd(w, "z", t->t.t);
		jw_kd(w, "p", t->t.p);
		jw_kd(w, "p_holm", t->p_holm);
		jw_kd(w, "ci_l", t->t.ci_l);
		jw_kd(w, "ci_u", t->t.ci_u);
		jw_kb(w, "significant", t->clear);
	}
	jw_object_end(w);
}

/* How a test took the two years: said wherever a p is. */
#define SAMPLES "independent"

static void put_tests(struct jw *w, const struct index_change *c, size_t unit)
{
	jw_key(w, "tests");
	jw_object(w);
	jw_kd(w, "alpha", c->alpha);
	jw_ki(w, "family", (int64_t)c->n_tested);
	jw_kv(w, "samples", SAMPLES);
	jw_kv(w, "samples_words",
	      "The two years are taken as independent samples, for nobody "
	      "knows who answered in both: if many did and alike, a change may "
	      "be clearer than p says.");
	jw_kv(w, "samples_words_vi",
	      "Coi hai năm là hai mẫu độc lập, vì không biết ai trả lời cả hai "
	      "năm: nếu nhiều người trả lời cả hai năm và giống nhau, thay đổi "
	      "thật có thể rõ hơn p cho thấy.");
	jw_key(w, "list");
	jw_array(w);
	for (size_t i = 0; i < c->n_tests; i++)
		if (unit == INDEX_NONE || c->tests[i].unit == unit)
			put_test(w, c, &c->tests[i]);
	jw_array_end(w);
	jw_object_end(w);
}

static void put_gone_nodes(struct jw *w, const struct index_change *c)
{
	const struct index_set *s = c->before->s;

	jw_key(w, "criteria_gone");
	jw_array(w);
	for (size_t i = 0; i < c->n_gone_node; i++) {
		const struct index_node *n = &s->nodes[c->gone_node[i]];

		jw_object(w);
		jw_kv(w, "code", n->code);
		jw_kv(w, "name", n->name);
		jw_key(w, "maximum");
		jw_dec(w, n->maximum);
		jw_object_end(w);
	}
	jw_array_end(w);
}

/* In the order shown of the year before. */
static void put_gone_units(struct jw *w, const struct index_change *c)
{
	jw_key(w, "units_gone");
	jw_array(w);
	for (size_t i = 0; i < c->before->s->n_units; i++)
		for (size_t k = 0; k < c->n_gone_unit; k++)
			if (c->gone_unit[k] == c->before->order[i])
				put_standing(w, c->before, c->gone_unit[k]);
	jw_array_end(w);
}

void index_change_json(const struct index_change *c, size_t unit,
		       const struct index_change_head *h, struct buf *out)
{
	const struct index_set *s = c->now->s;
	struct jw w;

	jw_init(&w, out);
	w.pretty = true;
	jw_object(&w);
	jw_kv(&w, "method", INDEX_CHANGE_METHOD);
	put_year(&w, "now", c->now, h, 0);
	put_year(&w, "before", c->before, h, 1);
	put_words(&w, "rules_changed", c->rules, rules, INDEX_RULE_MARKS);
	put_gone_nodes(&w, c);
	put_gone_units(&w, c);
	jw_key(&w, "units");
	jw_array(&w);
	for (size_t i = 0; i < s->n_units; i++)
		if (unit == INDEX_NONE || unit == c->now->order[i])
			put_unit(&w, c, c->now->order[i]);
	jw_array_end(&w);
	put_tests(&w, c, unit);
	jw_object_end(&w);
	buf_adds(out, "\n");
}

/* ---- CSV --------------------------------------------------------------- */

static void csv_exact(struct buf *out, bool has, const mpq_t x)
{
	csv_sep(out);
	if (has)
		index_plain(x, out);
}

static void csv_marks(struct buf *out, unsigned bits)
{
	const char *space = "";

	csv_sep(out);
	for (size_t i = 0; i < INDEX_MARKS; i++)
		if (bits & (1U << i)) {
			buf_addf(out, "%s%s", space, marks[i].en);
			space = " ";
		}
}

static void csv_moved(struct buf *out, const struct index_moved *m)
{
	const struct index_side *a = &m->now, *b = &m->before;

	index_put_csv(out, index_move_word(m->move));
	csv_marks(out, m->marks);
	csv_exact(out, b->has, b->points);
	csv_exact(out, a->has, a->points);
	csv_exact(out, a->has && b->has, m->change);
	csv_exact(out, b->there, b->maximum);
	csv_exact(out, a->there, a->maximum);
	csv_exact(out, b->shares, b->share);
	csv_exact(out, a->shares, a->share);
	csv_exact(out, a->shares && b->shares, m->share_change);
}

static void csv_rank(struct buf *out, const struct index *ix, size_t unit)
{
	csv_sep(out);
	if (unit != INDEX_NONE && index_total(ix, unit)->rank > 0)
		buf_addf(out, "%zu", index_total(ix, unit)->rank);
}

/* Tests stand in the order of the rows: the next one, when it is of this. */
static const struct index_tested *
next_test(const struct index_change *c, size_t unit, size_t node, size_t *at)
{
	const struct index_tested *t = &c->tests[*at];

	if (*at == c->n_tests || t->unit != unit || t->node != node)
		return NULL;
	++*at;
	return t;
}

static void csv_test(struct buf *out, const struct index_tested *t)
{
	index_put_csv(out, t ? index_untested_word(t->why) : NULL);
	csv_sep(out);
	if (t && t->why == INDEX_TESTED)
		buf_addf(out, "%.6g", t->p_holm);
	index_put_csv(out, t && t->why == INDEX_TESTED ? SAMPLES : NULL);
}

static void csv_row(struct buf *out, const struct index_change *c, size_t unit,
		    size_t node, size_t *at)
{
	const struct index_unit *u = &c->now->s->units[unit];
	const struct index_node *n = &c->now->s->nodes[node];
	size_t was = c->node[node].before;

	csv_write(out, u->code, strlen(u->code));
	index_put_csv(out, u->name);
	index_put_csv(out, n->code);
	index_put_csv(out,
		      was == INDEX_NONE ? NULL : c->before->s->nodes[was].code);
	index_put_csv(out, n->name);
	csv_moved(out, index_moved(c, unit, node));
	for (size_t i = 0; i < 4; i++) /* ranks and grades are of totals */
		index_put_csv(out, NULL);
	csv_test(out, next_test(c, unit, node, at));
	csv_end_row(out);
}

static void csv_total(struct buf *out, const struct index_change *c,
		      size_t unit)
{
	const struct index_unit *u = &c->now->s->units[unit];
	size_t was = c->unit[unit].before;

	csv_write(out, u->code, strlen(u->code));
	index_put_csv(out, u->name);
	for (size_t i = 0; i < 3; i++)
		index_put_csv(out, NULL);
	csv_moved(out, &c->totals[unit]);
	csv_rank(out, c->before, was);
	csv_rank(out, c->now, unit);
	index_put_csv(out, was == INDEX_NONE ? NULL : grade_of(c->before, was));
	index_put_csv(out, grade_of(c->now, unit));
	csv_test(out, NULL);
	csv_end_row(out);
}

void index_change_csv(const struct index_change *c, size_t unit,
		      struct buf *out)
{
	const struct index_set *s = c->now->s;
	size_t at = 0;

	buf_adds(out, "unit,unit_name,criterion,criterion_before,"
		      "criterion_name,move,marks,points_before,points,change,"
		      "maximum_before,maximum,share_before,share,"
		      "share_change,rank_before,rank,grade_before,grade,test,"
		      "p_holm,samples");
	csv_end_row(out);
	for (size_t i = 0; i < s->n_units; i++) {
		size_t u = c->now->order[i];

		if (unit != INDEX_NONE && unit != u) {
			while (at < c->n_tests && c->tests[at].unit == u)
				at++;
			continue;
		}
		for (size_t k = 0; k < s->n_nodes; k++)
			if (index_moved(c, u, k)->move != INDEX_ABSENT_BOTH)
				csv_row(out, c, u, k, &at);
		csv_total(out, c, u);
	}
}
