/* Results as JSON and CSV, steps of an explanation as JSON. */
#include <string.h>

#include "document_parts.h"
#include "index_parts.h"
#include "phieu/csv.h"

const char *index_state_word(enum index_state s)
{
	static const char *const words[] = { "absent",	     "not-applicable",
					     "left-out",     "missing",
					     "missing-zero", "own-points",
					     "scored",	     "not-claimed" };

	return words[s];
}

const char *index_state_word_vi(enum index_state s)
{
	static const char *const words[] = { "không thuộc loại đơn vị",
					     "đặc thù, không đánh giá",
					     "thiếu, bỏ khỏi mẫu số",
					     "còn thiếu",
					     "thiếu, tính 0",
					     "lấy điểm tự chấm",
					     "đã chấm",
					     "không ghi" };

	return words[s];
}

const char *index_source_word(enum index_source s)
{
	return index_source_words[s];
}

const char *index_status_word(enum index_status s)
{
	return index_status_words[s];
}

static void put_cell(struct jw *w, const struct index *ix, size_t unit,
		     size_t node)
{
	const struct index_set *s = ix->s;
	const struct index_cell *c = index_cell(ix, unit, node);
	const struct index_value *v = index_value(ix, unit, node);
	struct dec percent;

	jw_object(w);
	jw_kv(w, "code", s->nodes[node].code);
	jw_kv(w, "state", index_state_word(c->state));
	index_put_fixed(w, "points", c->points, s->rules.digits);
	index_put_exact(w, "exact", c->before);
	jw_kb(w, "rounded", c->rounded);
	jw_key(w, "maximum");
	jw_dec(w, s->nodes[node].maximum);
	index_put_exact(w, "base", c->base);
	if (index_percent(c, 2, &percent))
		index_put_fixed(w, "percent", percent, 2);
	if (c->has_self)
		index_put_exact(w, "self", c->self);
	if (mpq_sgn(c->deducted) != 0)
		index_put_exact(w, "deducted", c->deducted);
	if (v && v->reason)
		jw_kv(w, "reason", v->reason);
	if (v && v->origin)
		jw_kv(w, "origin", v->origin);
	jw_object_end(w);
}

/* Leaves in one of the states that must be told. */
static void put_list(struct jw *w, const struct index *ix, size_t unit,
		     const char *key, enum index_state state)
{
	const struct index_set *s = ix->s;

	jw_key(w, key);
	jw_array(w);
	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].leaf && index_cell(ix, unit, i)->state == state)
			jw_text(w, s->nodes[i].code);
	jw_array_end(w);
}

static void put_parts(struct jw *w, const struct index_total *t)
{
	jw_key(w, "parts");
	jw_object(w);
	for (size_t k = 0; k < INDEX_SOURCES; k++) {
		const struct index_part *p = &t->part[k];

		if (mpq_sgn(p->full) == 0)
			continue;
		jw_key(w, index_source_words[k]);
		jw_object(w);
		index_put_exact(w, "points", p->points);
		index_put_exact(w, "maximum", p->full);
		index_put_exact(w, "base", p->base);
		jw_object_end(w);
	}
	jw_object_end(w);
}

static void put_total(struct jw *w, const struct index *ix, size_t unit)
{
	const struct index_total *t = index_total(ix, unit);
	int digits = ix->s->rules.digits;
	size_t n;
	const struct index_band *b = index_bands(ix, unit, &n);

	jw_kb(w, "complete", t->complete);
	if (t->computable) {
		index_put_fixed(w, t->complete ? "published" : "so_far",
				t->published, digits);
		index_put_exact(w, "exact", t->before);
		index_put_fixed(w, "percent", t->percent, 2);
	}
	if (t->band != INDEX_NONE)
		jw_kv(w, "grade", b[t->band].name);
	if (t->rank > 0) {
		jw_ki(w, "rank", (int64_t)t->rank);
		jw_kb(w, "shared", t->shared);
	}
	index_put_exact(w, "sum", t->sum);
	index_put_exact(w, "maximum", t->full);
	index_put_exact(w, "base", t->base);
	index_put_exact(w, "scaled", t->scaled);
	index_put_exact(w, "bonus", t->bonus);
	index_put_exact(w, "deduction", t->deduction);
	index_put_exact(w, "self", t->self);
	index_put_exact(w, "appraised", t->appraised);
	put_parts(w, t);
	put_list(w, ix, unit, "removed", INDEX_REMOVED);
	put_list(w, ix, unit, "left_out", INDEX_OUT);
	put_list(w, ix, unit, "missing_zero", INDEX_ZEROED);
	put_list(w, ix, unit, "missing", INDEX_MISSING);
	put_list(w, ix, unit, "own_points", INDEX_SELF);
}

static void put_unit(struct jw *w, const struct index *ix, size_t unit)
{
	const struct index_unit *u = &ix->s->units[unit];

	jw_object(w);
	jw_kv(w, "code", u->code);
	jw_kv(w, "name", u->name);
	jw_kv(w, "kind", ix->s->kinds[u->kind].code);
	if (u->block)
		jw_kv(w, "block", u->block);
	put_total(w, ix, unit);
	jw_key(w, "criteria");
	jw_array(w);
	for (size_t i = 0; i < ix->s->n_nodes; i++)
		if (index_cell(ix, unit, i)->state != INDEX_ABSENT)
			put_cell(w, ix, unit, i);
	jw_array_end(w);
	jw_object_end(w);
}

static void put_mismatch(struct jw *w, const struct index *ix,
			 const struct index_mismatch *m)
{
	const struct index_typed *t = &ix->s->typed[m->typed];

	jw_object(w);
	jw_kv(w, "unit", ix->s->units[t->unit].code);
	if (t->node != INDEX_NONE)
		jw_kv(w, "criterion", ix->s->nodes[t->node].code);
	if (t->grade) {
		jw_kv(w, "typed", t->grade);
		jw_kv(w, "computed", m->grade);
	} else {
		jw_key(w, "typed");
		jw_dec(w, t->points);
		jw_key(w, "computed");
		jw_dec(w, m->points);
	}
	jw_object_end(w);
}

/* Of the units in the order shown, so that rows do not matter. */
static void put_mismatches(struct jw *w, const struct index *ix,
			   const struct index_mismatch *m, size_t n)
{
	jw_key(w, "mismatches");
	jw_array(w);
	for (size_t i = 0; n > 0 && i < ix->s->n_units; i++)
		for (size_t k = 0; k < n; k++)
			if (ix->s->typed[m[k].typed].unit == ix->order[i])
				put_mismatch(w, ix, &m[k]);
	jw_array_end(w);
}

void index_write_json(const struct index *ix, const char *input_sha256,
		      const struct index_mismatch *m, size_t n_m,
		      struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	w.pretty = true;
	jw_object(&w);
	jw_kv(&w, "method", INDEX_METHOD);
	if (input_sha256)
		jw_kv(&w, "input_sha256", input_sha256);
	if (ix->s->title)
		jw_kv(&w, "title", ix->s->title);
	if (ix->s->basis)
		jw_kv(&w, "basis", ix->s->basis);
	jw_kb(&w, "example", ix->s->example);
	if (ix->s->example)
		jw_kv(&w, "note", "mẫu thử, không phải phiếu chính thức");
	jw_kb(&w, "draft", ix->s->rules.use_self);
	jw_key(&w, "units");
	jw_array(&w);
	for (size_t i = 0; i < ix->s->n_units; i++)
		put_unit(&w, ix, ix->order[i]);
	jw_array_end(&w);
	put_mismatches(&w, ix, m, n_m);
	jw_object_end(&w);
	buf_adds(out, "\n");
}

/* ---- CSV --------------------------------------------------------------- */

static void csv_fixed(struct buf *out, struct dec d, int digits)
{
	char text[DEC_TEXT_MAX + 8];

	index_put_csv(out, exact_fixed(d, digits, text));
}

static void csv_head(struct buf *out, const struct index *ix, size_t unit)
{
	const struct index_unit *u = &ix->s->units[unit];

	csv_write(out, u->code, strlen(u->code));
	index_put_csv(out, u->name);
	index_put_csv(out, ix->s->kinds[u->kind].code);
	index_put_csv(out, u->block);
}

static void csv_total(struct buf *out, const struct index *ix, size_t unit)
{
	const struct index_total *t = index_total(ix, unit);
	size_t n;
	const struct index_band *b = index_bands(ix, unit, &n);

	csv_head(out, ix, unit);
	index_put_csv(out, NULL);
	index_put_csv(out, NULL);
	index_put_csv(out, t->complete ? "complete" : "incomplete");
	csv_sep(out);
	index_plain(t->full, out);
	csv_sep(out);
	index_plain(t->base, out);
	if (t->computable)
		csv_fixed(out, t->published, ix->s->rules.digits);
	else
		csv_sep(out);
	csv_sep(out);
	index_plain(t->deduction, out);
	index_put_csv(out, t->band == INDEX_NONE ? NULL : b[t->band].name);
	csv_sep(out);
	if (t->rank > 0)
		buf_addf(out, "%zu", t->rank);
	csv_end_row(out);
}

static void csv_cell_row(struct buf *out, const struct index *ix, size_t unit,
			 size_t node)
{
	const struct index_cell *c = index_cell(ix, unit, node);

	csv_head(out, ix, unit);
	index_put_csv(out, ix->s->nodes[node].code);
	index_put_csv(out, ix->s->nodes[node].name);
	index_put_csv(out, index_state_word(c->state));
	csv_sep(out);
	index_plain(c->full, out);
	csv_sep(out);
	index_plain(c->base, out);
	csv_fixed(out, c->points, ix->s->rules.digits);
	csv_sep(out);
	index_plain(c->deducted, out);
	index_put_csv(out, NULL);
	index_put_csv(out, NULL);
	csv_end_row(out);
}

void index_write_csv(const struct index *ix, struct buf *out)
{
	buf_adds(out, "unit,unit_name,kind,block,criterion,criterion_name,"
		      "state,maximum,base,points,deducted,grade,rank");
	csv_end_row(out);
	for (size_t i = 0; i < ix->s->n_units; i++) {
		size_t u = ix->order[i];

		for (size_t k = 0; k < ix->s->n_nodes; k++)
			if (index_cell(ix, u, k)->state != INDEX_ABSENT)
				csv_cell_row(out, ix, u, k);
		csv_total(out, ix, u);
	}
}

/* ---- an explanation ---------------------------------------------------- */

static void put_text(struct jw *w, const char *key, const char *s)
{
	if (s)
		jw_kv(w, key, s);
}

void index_write_records(const struct index_record *r, size_t n,
			 struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	w.pretty = true;
	jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		jw_object(&w);
		jw_kv(&w, "rule", r[i].rule);
		jw_kv(&w, "words", r[i].words);
		jw_kv(&w, "words_vi", r[i].words_vi);
		jw_key(&w, "inputs");
		jw_array(&w);
		for (size_t k = 0; k < r[i].n_inputs; k++) {
			const struct index_input *in = &r[i].inputs[k];

			jw_object(&w);
			jw_kv(&w, "what", in->what);
			jw_kv(&w, "what_vi", in->what_vi);
			put_text(&w, "code", in->code);
			jw_kv(&w, "value", in->value);
			put_text(&w, "note", in->note);
			jw_object_end(&w);
		}
		jw_array_end(&w);
		put_text(&w, "before", r[i].before);
		put_text(&w, "after", r[i].after);
		put_text(&w, "basis", r[i].basis);
		put_text(&w, "reason", r[i].reason);
		put_text(&w, "origin", r[i].origin);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	buf_adds(out, "\n");
}
