/* Behind one number, for people and for programs. */
#include <inttypes.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/round_explain.h"
#include "result_parts.h"

#define TEXT_BYTES ((size_t)64 << 20)

static const char *formula_vi(const struct behind *b)
{
	if (b->n_parts > 0)
		return "điểm = tổng điểm các mục có điều tra; mục không có trả "
		       "lời theo quyết định D5";
	if (b->cell->kind == COMPONENT_CRITERION && b->satisfaction)
		return "điểm = tối đa × tỷ lệ hài lòng (%) / 100, hoặc theo "
		       "bậc của quyết định D7; tỷ lệ = Σ trọng số câu × tỷ lệ "
		       "/ Σ trọng số câu, trong câu = Σ trọng số nhóm × tỷ lệ "
		       "nhóm / Σ trọng số nhóm";
	return "điểm = tối đa × Σ trọng số câu × hệ số trung bình (%) / Σ "
	       "trọng số câu / 100; hệ số trung bình của câu = Σ trọng số nhóm "
	       "× trung bình nhóm / Σ trọng số nhóm (D4)";
}

static const char *formula_en(const struct behind *b)
{
	if (b->n_parts > 0)
		return "points = sum of the parts that a survey measures; "
		       "parts without answers by decision D5";
	if (b->cell->kind == COMPONENT_CRITERION && b->satisfaction)
		return "points = maximum x share of the satisfied (%) / 100, "
		       "or by the bands of decision D7; share = sum of weight "
		       "x share / sum of weights over questions, within a "
		       "question over groups";
	return "points = maximum x sum of question weight x mean coefficient "
	       "(%) / sum of question weights / 100; mean coefficient of a "
	       "question = sum of group weight x group mean / sum of group "
	       "weights (D4)";
}

static void json_options(struct jw *j, const struct behind_item *it)
{
	const struct question *q = it->question;

	jw_key(j, "options");
	jw_array(j);
	for (size_t o = 0; it->shown && q && o < q->n_options; o++) {
		jw_object(j);
		jw_kv(j, "code", q->options[o].code);
		jw_kv(j, "label", q->options[o].label);
		jw_key(j, "percent");
		if (q->options[o].no_opinion)
			jw_null(j);
		else
			jw_dec(j, it->coefficient[o]);
		jw_object_end(j);
	}
	jw_array_end(j);
}

/* A closed group looks like one that nobody answered for. */
static void json_row(struct jw *j, const struct behind *b,
		     const struct behind_item *it, const struct behind_row *row)
{
	const struct plan *p = b->r->plan;
	size_t options = it->question ? it->question->n_options : 0;

	jw_object(j);
	jw_kv(j, "group",
	      row->group == NONE ? NULL : p->groups[row->group].code);
	jw_kv(j, "name",
	      row->group == NONE ? "tất cả" : p->groups[row->group].name);
	jw_key(j, "weight");
	if (row->group != NONE && p->decisions.pool == POOL_GROUP_WEIGHTS)
		jw_dec(j, row->weight);
	else
		jw_null(j);
	jw_kb(j, "shown", row->shown);
	if (row->shown) {
		jw_ki(j, "n", row->n);
		jw_kv(j, "mean", row->mean);
		jw_key(j, "counts");
		jw_array(j);
		for (size_t o = 0; o < options; o++)
			jw_int(j, row->count[o]);
		jw_array_end(j);
		jw_ki(j, "unreadable", row->unreadable);
		jw_ki(j, "dont_know", row->dont_know);
		jw_ki(j, "blank", row->blank);
	}
	jw_object_end(j);
}

static void json_item(struct jw *j, const struct behind *b,
		      const struct behind_item *it)
{
	char percent[DEC_TEXT_MAX + 8];

	jw_object(j);
	jw_kv(j, "item", it->code);
	jw_kv(j, "text", it->question ? it->question->text : "");
	jw_key(j, "weight");
	jw_dec(j, it->weight);
	jw_kb(j, "shown", it->shown);
	if (it->shown) {
		jw_ki(j, "n_asked", it->n_asked);
		jw_ki(j, "n_valid", it->n_valid);
		jw_kv(j, "mean", it->mean);
		jw_kv(j, "percent",
		      it->scored ? exact_fixed(it->rounded, it->guarded ? 0 : 2,
					       percent)
				 : NULL);
	}
	json_options(j, it);
	jw_key(j, "groups");
	jw_array(j);
	for (size_t g = 0; it->shown && g <= b->r->plan->n_groups; g++)
		if (it->rows[g].asked || it->rows[g].shown)
			json_row(j, b, it, &it->rows[g]);
	jw_array_end(j);
	jw_object_end(j);
}

static void json_parts(struct jw *j, const struct behind *b)
{
	const struct plan *p = b->r->plan;

	jw_key(j, "parts");
	jw_array(j);
	for (size_t i = 0; i < b->n_parts; i++) {
		const struct result_cell *c = b->parts[i];
		bool shown = c->shown && c->scored;
		char text[DEC_TEXT_MAX + 8];

		jw_object(j);
		jw_kv(j, "code", p->criteria[c->criterion].code);
		jw_kv(j, "name", p->criteria[c->criterion].name);
		jw_kv(j, "points",
		      shown ? exact_fixed(c->points, p->decisions.digits, text)
			    : NULL);
		jw_kv(j, "exact", guard_exact(c));
		jw_object_end(j);
	}
	jw_array_end(j);
}

/* "D4": 4; 0: not one of D1 to D12. */
static size_t decision_of(const char *id)
{
	size_t n = 0;

	if (*id++ != 'D')
		return 0;
	for (; *id >= '0' && *id <= '9'; id++)
		n = 10 * n + (size_t)(*id - '0');
	return n <= 12 ? n : 0;
}

/* The decisions that shaped it, each with what stands behind it. */
static void json_decisions(struct jw *j, const struct plan *p)
{
	struct words w[WORDS_MAX];
	size_t n = result_words(p, w);

	jw_key(j, "decisions");
	jw_array(j);
	for (size_t i = 0; i < n; i++) {
		size_t d = decision_of(w[i].id);
		size_t at = d > 0 ? p->decisions.basis[d] : NONE;

		jw_object(j);
		jw_kv(j, "id", w[i].id);
		jw_kv(j, "text", w[i].text);
		jw_kv(j, "text_en", w[i].en);
		jw_kv(j, "basis", at == NONE ? NULL : p->bases[at].id);
		jw_kv(j, "number", at == NONE ? NULL : p->bases[at].number);
		jw_kv(j, "date", at == NONE ? NULL : p->bases[at].date);
		jw_kv(j, "title", at == NONE ? NULL : p->bases[at].title);
		jw_object_end(j);
	}
	jw_array_end(j);
}

static void json_value(struct jw *j, const struct behind *b)
{
	const struct plan *p = b->r->plan;
	const struct result_cell *c = b->cell;
	bool shown = c->shown && c->scored;
	char text[DEC_TEXT_MAX + 8];

	jw_kb(j, "shown", shown);
	jw_kv(j, "points",
	      shown ? exact_fixed(c->points, p->decisions.digits, text) : NULL);
	jw_kv(j, "exact", guard_exact(c));
	jw_kb(j, "guarded", shown && c->guarded);
	jw_key(j, "maximum");
	if (shown)
		jw_dec(j, c->maximum);
	else
		jw_null(j);
	jw_kb(j, "rescaled", shown && c->rescaled);
	jw_key(j, "n_asked");
	if (shown)
		jw_int(j, c->n_asked);
	else
		jw_null(j);
	jw_key(j, "n_valid");
	if (shown)
		jw_int(j, c->n_valid);
	else
		jw_null(j);
	jw_kv(j, "formula", formula_vi(b));
	jw_kv(j, "formula_en", formula_en(b));
}

void behind_json(const struct behind *b, struct buf *out)
{
	const struct result *r = b->r;
	const struct plan *p = r->plan;
	struct jw j;

	jw_init(&j, out);
	jw_object(&j);
	jw_kv(&j, "wave", p->wave);
	jw_kv(&j, "name", p->name);
	jw_kb(&j, "trial", p->is_trial);
	jw_kb(&j, "simulated", r->in.simulated);
	jw_kv(&j, "method", METHOD_VERSION);
	jw_kv(&j, "unit", p->units[b->unit].code);
	jw_kv(&j, "unit_name", p->units[b->unit].name);
	jw_kv(&j, "criterion", p->criteria[b->criterion].code);
	jw_kv(&j, "criterion_name", p->criteria[b->criterion].name);
	json_value(&j, b);
	jw_key(&j, "items");
	jw_array(&j);
	for (size_t i = 0; i < b->n_items; i++)
		json_item(&j, b, &b->items[i]);
	jw_array_end(&j);
	json_parts(&j, b);
	json_decisions(&j, p);
	jw_object_end(&j);
}

bool result_explain_json(const struct result *r, size_t unit, size_t criterion,
			 struct arena *a, struct buf *out, struct err *e)
{
	struct behind b;

	if (!result_behind(r, unit, criterion, a, &b, e))
		return false;
	behind_json(&b, out);
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}

bool result_explain(const struct result *r, size_t unit, size_t criterion,
		    FILE *to, struct err *e)
{
	struct arena *a = arena_new(TEXT_BYTES);
	struct buf b = BUF_INIT(TEXT_BYTES);
	cJSON *doc = NULL;
	bool ok;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = result_explain_json(r, unit, criterion, a, &b, e);
	if (ok)
		doc = json_parse(b.data, b.len, &json_plan_limits, e);
	ok = doc && explain_print(doc, to, e);
	cJSON_Delete(doc);
	buf_free(&b);
	arena_free(a);
	return ok;
}
