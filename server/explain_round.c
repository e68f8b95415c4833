#include "phieu/round_explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/guard_text.h"
#include "phieu/index_file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/round_result.h"

#define TEXT_BYTES ((size_t)64 << 20)

struct job {
	struct db *db;
	const struct round_explain *q;
	struct arena *a;
	struct round_result result;
	size_t unit, node; /* INDEX_NONE: the total */
	bool office_sees;  /* what was asked for */
	struct jw j;
};

static const struct index_node *node_of(const struct job *x)
{
	return &x->result.set.nodes[x->node];
}

/* ---- what is explained ----------------------------------------------------
 */

static bool recompute(struct job *x, struct err *e)
{
	const struct explained_result *r = x->q->result;
	struct buf content = BUF_INIT(TEXT_BYTES);
	struct faults f;
	bool ok;

	faults_init(&f, x->a);
	if (strcmp(r->method, INDEX_METHOD) != 0)
		return err_set(
			e, ERR_CONFLICT,
			"kết quả tính bằng %.40s, chương trình này là %s "
			"(another method)",
			r->method, INDEX_METHOD);
	if (!round_compute(r->input, strlen(r->input), x->a, &x->result, &f, e))
		return false;
	round_result_json(&x->result, &content);
	ok = buf_cstr(&content) || err_no_memory(e);
	if (ok && strcmp(content.data, r->content) != 0)
		ok = err_set(e, ERR_CONFLICT,
			     "kết quả số %" PRId64 " không khớp khi tính lại "
			     "(differs when recomputed)",
			     r->number);
	buf_free(&content);
	return ok;
}

static bool find(struct job *x, struct err *e)
{
	const struct index_set *s = &x->result.set;

	x->node = INDEX_NONE;
	while (x->unit < s->n_units &&
	       strcmp(s->units[x->unit].code, x->q->unit) != 0)
		x->unit++;
	if (x->unit == s->n_units)
		return err_set(e, ERR_INPUT,
			       "không có đơn vị (no unit) \"%.64s\"",
			       x->q->unit);
	for (size_t i = 0; x->q->criterion && i < s->n_nodes; i++)
		if (strcmp(s->nodes[i].code, x->q->criterion) == 0)
			x->node = i;
	return !x->q->criterion || x->node != INDEX_NONE ||
	       err_set(e, ERR_INPUT,
		       "không có tiêu chí (no criterion) \"%.64s\"",
		       x->q->criterion);
}

/* ---- the head --------------------------------------------------------------
 */

static void put_published(struct jw *j, const struct explained_result *r)
{
	jw_kb(j, "draft", r->release == 0);
	jw_key(j, "published");
	if (r->release == 0) {
		jw_null(j);
		return;
	}
	jw_object(j);
	jw_ki(j, "release", r->release);
	jw_kv(j, "kind", r->kind);
	jw_kv(j, "decision", r->decision);
	jw_kv(j, "reason", r->reason);
	jw_kv(j, "released_at", r->released_at);
	jw_key(j, "superseded_by");
	if (r->superseded_by)
		jw_int(j, r->superseded_by);
	else
		jw_null(j);
	jw_object_end(j);
}

static void put_head(struct job *x)
{
	const struct explained_result *r = x->q->result;
	const struct index_unit *u = &x->result.set.units[x->unit];
	struct jw *j = &x->j;

	jw_kv(j, "round", x->q->head->code);
	jw_kv(j, "name", x->q->head->name);
	jw_ki(j, "year", x->q->head->year);
	jw_kb(j, "trial", x->result.set.example);
	jw_ki(j, "result", r->number);
	jw_ki(j, "version", r->version);
	jw_kv(j, "made_at", r->made_at);
	jw_kv(j, "method", r->method);
	jw_kv(j, "sha256", r->sha256);
	jw_kv(j, "input_sha256", r->input_sha256);
	put_published(j, r);
	jw_key(j, "unit");
	jw_object(j);
	jw_kv(j, "code", u->code);
	jw_kv(j, "name", u->name);
	jw_kv(j, "kind", x->result.set.kinds[u->kind].code);
	jw_kv(j, "block", u->block);
	jw_object_end(j);
}

static void put_path(struct job *x, size_t node)
{
	const struct index_set *s = &x->result.set;

	if (s->nodes[node].parent != INDEX_NONE)
		put_path(x, s->nodes[node].parent);
	jw_object(&x->j);
	jw_kv(&x->j, "code", s->nodes[node].code);
	jw_kv(&x->j, "name", s->nodes[node].name);
	jw_object_end(&x->j);
}

static const char *effect_word(enum index_effect e)
{
	return e == INDEX_BONUS	      ? "bonus"
	       : e == INDEX_DEDUCTION ? "deduction"
				      : "counts";
}

static void put_criterion(struct job *x)
{
	const struct index_node *n;
	struct jw *j = &x->j;

	jw_key(j, "criterion");
	if (x->node == INDEX_NONE) {
		jw_null(j);
		return;
	}
	n = node_of(x);
	jw_object(j);
	jw_kv(j, "code", n->code);
	jw_kv(j, "name", n->name);
	jw_key(j, "maximum");
	jw_dec(j, n->maximum);
	jw_kv(j, "source", n->leaf ? index_source_word(n->source) : NULL);
	jw_kv(j, "effect", n->leaf ? effect_word(n->effect) : "counts");
	jw_kv(j, "basis", n->basis ? n->basis : x->result.set.basis);
	jw_key(j, "path");
	jw_array(j);
	put_path(x, x->node);
	jw_array_end(j);
	jw_object_end(j);
}

static const char *fixed(const struct job *x, struct dec d,
			 char text[DEC_TEXT_MAX + 8])
{
	return exact_fixed(d, x->result.set.rules.digits, text);
}

static void put_total(struct job *x)
{
	const struct index_total *t = index_total(x->result.ix, x->unit);
	struct jw *j = &x->j;
	char text[DEC_TEXT_MAX + 8];
	size_t n;
	const struct index_band *b = index_bands(x->result.ix, x->unit, &n);

	jw_kv(j, "state", t->complete ? "scored" : "incomplete");
	jw_kv(j, "points", t->computable ? fixed(x, t->published, text) : NULL);
	jw_kv(j, "grade",
	      t->complete && t->band != INDEX_NONE ? b[t->band].name : NULL);
	jw_key(j, "rank");
	if (t->rank)
		jw_int(j, (int64_t)t->rank);
	else
		jw_null(j);
	jw_kb(j, "shared", t->shared);
}

static bool has_points(enum index_state s)
{
	return s == INDEX_SCORED || s == INDEX_ZEROED || s == INDEX_SELF ||
	       s == INDEX_UNCLAIMED;
}

static void put_cell(struct job *x, size_t node)
{
	const struct index_cell *c = index_cell(x->result.ix, x->unit, node);
	char text[DEC_TEXT_MAX + 8];

	jw_kv(&x->j, "state", index_state_word(c->state));
	jw_kv(&x->j, "points",
	      has_points(c->state) ? fixed(x, c->points, text) : NULL);
}

/* ---- steps ------------------------------------------------------------------
 */

static void begin_step(struct job *x, int *number, const char *of)
{
	jw_object(&x->j);
	jw_ki(&x->j, "step", ++*number);
	jw_kv(&x->j, "of", of);
}

/* Why somebody decided so is for the unit, who appraises the criterion and
 * those who follow all; the others hear that there is a reason. */
static const char no_reason[] =
	"có lý do; chỉ đơn vị, cơ quan thẩm định, Tổ Thư ký, Hội đồng và kiểm "
	"toán xem được (there is a reason, not for this reader)";

/* `code` NULL: of no criterion, as what is taken from the total. */
static bool reads_reason(const struct job *x, const char *code)
{
	const struct round_explain *q = x->q;

	return q->all || (q->decisions && x->office_sees && code &&
			  q->criterion && strcmp(code, q->criterion) == 0);
}

static void hide_reasons(const struct job *x, size_t node,
			 struct index_record *r, size_t n)
{
	const char *code =
		node == INDEX_NONE ? NULL : x->result.set.nodes[node].code;

	for (size_t i = 0; i < n; i++) {
		if (r[i].reason && *r[i].reason && !reads_reason(x, code))
			r[i].reason = no_reason;
		for (size_t k = 0; k < r[i].n_inputs; k++) {
			struct index_input *in = &r[i].inputs[k];

			if (in->said && in->note && *in->note &&
			    !reads_reason(x, in->code))
				in->note = no_reason;
		}
	}
}

static bool put_records(struct job *x, size_t node, struct err *e)
{
	struct buf b = BUF_INIT(TEXT_BYTES);
	struct index_record *r;
	size_t n;

	if (!index_explain(x->result.ix, x->unit, node, x->a, &r, &n, e))
		return false;
	hide_reasons(x, node, r, n);
	if (x->q->guarded)
		guard_records(r, n, x->result.set.rules.digits, x->a);
	index_write_records(r, n, &b);
	if (!buf_cstr(&b)) {
		buf_free(&b);
		return err_no_memory(e);
	}
	jw_key(&x->j, "records");
	jw_raw(&x->j, b.data);
	buf_free(&b);
	return true;
}

/* Criteria below `top` (INDEX_NONE: all), each of which may be asked about. */
static void put_criteria(struct job *x, size_t top)
{
	const struct index_set *s = &x->result.set;

	jw_key(&x->j, "criteria");
	jw_array(&x->j);
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct index_node *n = &s->nodes[i];
		size_t up = n->parent, depth = 0;

		for (; up != top && up != INDEX_NONE; depth++)
			up = s->nodes[up].parent;
		if (up != top ||
		    index_cell(x->result.ix, x->unit, i)->state == INDEX_ABSENT)
			continue;
		jw_object(&x->j);
		jw_kv(&x->j, "code", n->code);
		jw_kv(&x->j, "name", n->name);
		jw_ki(&x->j, "depth", (int64_t)depth);
		jw_key(&x->j, "maximum");
		jw_dec(&x->j, n->maximum);
		put_cell(x, i);
		jw_object_end(&x->j);
	}
	jw_array_end(&x->j);
}

static void put_i64(struct jw *j, const char *key, const struct res *r,
		    size_t row, int col)
{
	jw_key(j, key);
	jw_raw(j, res_null(r, row, col) ? "null" : res_text(r, row, col));
}

static void put_column(struct jw *j, const char *key, const struct res *r,
		       size_t row, int col)
{
	jw_kv(j, key, res_null(r, row, col) ? NULL : res_text(r, row, col));
}

static void put_change(struct jw *j, const struct res *r, size_t i)
{
	static const char *const texts[] = { "at",   "by", "criterion", "what",
					     "from", "to", "why" };

	jw_object(j);
	for (int c = 0; c < 7; c++)
		put_column(j, texts[c], r, i, c);
	put_i64(j, "ruling", r, i, 7);
	put_i64(j, "meeting", r, i, 8);
	put_column(j, "held", r, i, 9);
	put_column(j, "document", r, i, 10);
	put_column(j, "office", r, i, 11);
	jw_object_end(j);
}

/* Who said what, until the result was computed. */
static bool put_decisions(struct job *x, int *number, struct err *e)
{
	struct res *r;

	if (!x->q->decisions)
		return true;
	r = store_explained_decisions(x->db, x->q->head->id,
				      x->q->result->number, x->q->unit,
				      x->q->criterion, x->q->office, e);
	if (!r)
		return false;
	if (res_rows(r) > 0) {
		begin_step(x, number, "decisions");
		jw_key(&x->j, "changes");
		jw_array(&x->j);
		for (size_t i = 0; i < res_rows(r); i++)
			put_change(&x->j, r, i);
		jw_array_end(&x->j);
		jw_object_end(&x->j);
	}
	res_free(r);
	return true;
}

/* "WAVE/RELEASE hash", as the value's origin says; false: not from a wave. */
static bool wave_of(const struct job *x, const char **wave,
		    const char **release)
{
	const struct index_value *v =
		index_value(x->result.ix, x->unit, x->node);
	const char *o = v ? v->origin : NULL, *slash;

	slash = o ? strchr(o, '/') : NULL;
	if (!slash || strspn(slash + 1, "0123456789") == 0)
		return false;
	*wave = arena_printf(x->a, "%.*s", (int)(slash - o), o);
	*release =
		arena_printf(x->a, "%.*s", (int)strspn(slash + 1, "0123456789"),
			     slash + 1);
	return *wave && *release;
}

/* The answers behind a criterion that a survey measures. */
static bool put_survey(struct job *x, int *number, struct err *e)
{
	const char *wave, *release;
	struct explanation x2;
	bool found;

	if (!wave_of(x, &wave, &release))
		return true;
	if (!store_explanation_get(x->db, wave, release, x->q->unit,
				   x->q->criterion, x->a, &x2, &found, e))
		return false;
	begin_step(x, number, "survey");
	jw_kv(&x->j, "wave", wave);
	jw_key(&x->j, "release");
	jw_raw(&x->j, release);
	jw_kv(&x->j, "snapshot_sha256", found ? x2.sha256 : NULL);
	jw_key(&x->j, "freeze");
	if (found)
		jw_int(&x->j, x2.freeze);
	else
		jw_null(&x->j);
	jw_key(&x->j, "explanation");
	jw_raw(&x->j, found && x2.content ? x2.content : "null");
	jw_object_end(&x->j);
	return true;
}

static bool put_steps(struct job *x, struct err *e)
{
	int number = 0;

	begin_step(x, &number, "total");
	if (!put_records(x, INDEX_NONE, e))
		return false;
	if (x->node == INDEX_NONE)
		put_criteria(x, INDEX_NONE);
	jw_object_end(&x->j);
	if (x->node == INDEX_NONE)
		return put_decisions(x, &number, e);
	begin_step(x, &number, "criterion");
	if (!put_records(x, x->node, e))
		return false;
	put_criteria(x, x->node);
	jw_object_end(&x->j);
	if (node_of(x)->leaf && (node_of(x)->source == INDEX_SURVEY ||
				 node_of(x)->source == INDEX_SATISFACTION))
		return put_survey(x, &number, e);
	return put_decisions(x, &number, e);
}

static bool write_document(struct job *x, struct buf *out, struct err *e)
{
	bool ok;

	jw_init(&x->j, out);
	jw_object(&x->j);
	put_head(x);
	put_criterion(x);
	jw_key(&x->j, "value");
	jw_object(&x->j);
	if (x->node == INDEX_NONE)
		put_total(x);
	else
		put_cell(x, x->node);
	jw_object_end(&x->j);
	jw_kb(&x->j, "decisions_shown", x->q->decisions && x->office_sees);
	jw_key(&x->j, "steps");
	jw_array(&x->j);
	ok = put_steps(x, e);
	jw_array_end(&x->j);
	jw_object_end(&x->j);
	return ok && (buf_cstr(out) || err_no_memory(e));
}

bool round_explain(struct db *db, const struct round_explain *q,
		   struct arena *a, struct buf *out, struct err *e)
{
	struct job x = { .db = db, .q = q, .a = a };
	bool ok = recompute(&x, e) && find(&x, e) &&
		  store_explained_seen(db, q->head->id, q->unit, q->criterion,
				       q->office, &x.office_sees, e) &&
		  write_document(&x, out, e);

	round_result_free(&x.result);
	return ok;
}
