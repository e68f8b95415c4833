/* Results of a round: the list of them, ranking per block with grades, a
 * unit's table by criterion. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page_round.h"
#include "phieu/exact.h"
#include "phieu/index_file.h"

/* ---- one result in hand -----------------------------------------------------
 */

struct shown {
	struct stored_result stored;
	struct round_result r;
	const char *release, *decision, *made; /* release "": a draft */
	bool superseded;
};

static long number_of(const char *s)
{
	return s ? strtol(s, NULL, 10) : 0;
}

/* Finds it in the list; *found false: none, or a draft that is not for this
 * person. */
static bool find(struct page *p, const char *number, struct shown *x,
		 bool *found, struct err *e)
{
	struct res *r = store_result_list(p->db, p->head.id, e);
	long newest = 0;

	*found = false;
	if (!r)
		return false;
	for (size_t i = 0; i < res_rows(r); i++) {
		long release = number_of(res_text(r, i, 5));

		newest = release > newest ? release : newest;
		if (strcmp(res_text(r, i, 0), number) != 0)
			continue;
		x->made = res_dup(p->a, r, i, 1);
		x->release = res_dup(p->a, r, i, 5);
		x->decision = res_dup(p->a, r, i, 7);
		*found = x->release && (p->me.drafts || *x->release);
	}
	x->superseded = *found && *x->release && number_of(x->release) < newest;
	res_free(r);
	return true;
}

static bool open_result(struct page *p, struct shown *x, bool *found,
			struct err *e)
{
	const char *number = p->rq->param[1];
	struct faults f;

	*x = (struct shown){ 0 };
	faults_init(&f, p->a);
	if (!find(p, number, x, found, e))
		return false;
	return !*found ||
	       (store_result_get(p->db, p->head.id, number, p->a, &x->stored,
				 e) &&
		round_compute(x->stored.input, strlen(x->stored.input), p->a,
			      &x->r, &f, e));
}

/* ---- numbers ----------------------------------------------------------------
 */

static const char *fixed(struct page *p, const struct shown *x, struct dec d)
{
	char text[DEC_TEXT_MAX];
	const char *s =
		arena_strdup(p->a, dec_text_vi(d, x->r.set.rules.digits, text));

	return s ? s : "";
}

/* An exact number, rounded as the round rounds. */
static const char *exact(struct page *p, const struct shown *x, const mpq_t q)
{
	const struct index_rules *rules = &x->r.set.rules;
	struct err e = { 0 };
	struct dec d;

	if (!exact_round(q, rules->digits, rules->round, &d, &e))
		return "";
	return fixed(p, x, d);
}

/* Survey, satisfaction and other indices together. */
static const char *impact(struct page *p, const struct shown *x,
			  const struct index_total *t)
{
	const char *s;
	mpq_t sum;

	mpq_init(sum);
	for (size_t i = INDEX_SURVEY; i < INDEX_SOURCES; i++)
		mpq_add(sum, sum, t->part[i].points);
	s = exact(p, x, sum);
	mpq_clear(sum);
	return s;
}

/* ---- heads ------------------------------------------------------------------
 */

static void put_status(struct page *p, const struct shown *x)
{
	if (!*x->release)
		page_put(p->b,
			 "<p><span class=\"mark\">Dự thảo (draft)</span> "
			 "Kết quả số %i, tính lúc %d; chưa công bố.</p>\n",
			 (long long)x->stored.number, x->made);
	else
		page_put(p->b,
			 "<p>%r lần %s theo %s; kết quả số %i, tính lúc %d."
			 "%r</p>\n",
			 p->head.trial ? "Công bố thử" : "Công bố", x->release,
			 x->decision, (long long)x->stored.number, x->made,
			 x->superseded
				 ? " <span class=\"mark\">đã có bản đính chính "
				   "thay thế</span>"
				 : "");
	page_put(p->b,
		 "<p class=\"small\">Phương pháp %s; mã số liệu %s.</p>\n",
		 x->stored.method, arena_strndup(p->a, x->stored.sha256, 16));
}

static void put_signature(struct page *p)
{
	page_put(p->b, "<p class=\"sign\">LÃNH ĐẠO ĐƠN VỊ<br><em>(Ký và ghi rõ "
		       "họ tên)</em></p>\n");
}

/* ---- ranking ----------------------------------------------------------------
 */

static const char *block_of(const struct shown *x, size_t unit)
{
	const struct index_unit *u = &x->r.set.units[unit];

	return u->block ? u->block : x->r.set.kinds[u->kind].name;
}

static void put_rank_row(struct page *p, const struct shown *x, size_t unit)
{
	const struct index_total *t = index_total(x->r.ix, unit);
	const struct index_unit *u = &x->r.set.units[unit];
	char rank[32] = "–";
	size_t n;
	const struct index_band *b = index_bands(x->r.ix, unit, &n);

	if (t->rank > 0)
		(void)snprintf(rank, sizeof rank, "%zu%s", t->rank,
			       t->shared ? "=" : "");
	page_put(p->b,
		 "<tr><th scope=\"row\"><a href=\"/rounds/%u/results/%i/%u\">"
		 "%s</a></th><td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
		 "<td><strong>%s</strong></td><td class=\"t\">%s</td></tr>\n",
		 p->head.code, (long long)x->stored.number, u->code, u->name,
		 rank, exact(p, x, t->appraised), impact(p, x, t),
		 exact(p, x, t->deduction),
		 t->computable ? fixed(p, x, t->published) : "–",
		 !t->complete		 ? "chưa đủ điểm"
		 : t->band == INDEX_NONE ? ""
					 : b[t->band].name);
}

static void put_ranking(struct page *p, const struct shown *x)
{
	static const char *const heads[] = {
		"Tên đơn vị",	  "Xếp hạng",
		"Điểm thẩm định", "Điểm đánh giá tác động (XHH, SIPAS)",
		"Điểm bị trừ",	  "Tổng điểm đạt được",
		"<Xếp loại",	  NULL
	};
	const size_t *order = index_order(x->r.ix);

	for (size_t i = 0; i < x->r.set.n_units; i++) {
		if (i == 0 ||
		    !index_same_block(x->r.ix, order[i - 1], order[i])) {
			if (i > 0)
				page_table_end(p);
			page_put(p->b, "<h2>%s</h2>\n", block_of(x, order[i]));
			page_table(p, block_of(x, order[i]), heads);
		}
		put_rank_row(p, x, order[i]);
	}
	if (x->r.set.n_units)
		page_table_end(p);
	page_put(p->b, "<p class=\"small\">“=”: cùng điểm, cùng hạng.</p>\n");
}

static bool result(struct page *p, struct err *e)
{
	struct shown x;
	bool found, ok = open_result(p, &x, &found, e);

	if (ok && !found) {
		ok = page_missing(p);
	} else if (ok) {
		page_begin(p, "Kết quả Chỉ số CCHC");
		put_status(p, &x);
		put_ranking(p, &x);
		put_signature(p);
		page_end(p);
	}
	round_result_free(&x.r);
	return ok;
}

enum http_done page_result(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	return page_run(rq, rp, app, result);
}

/* ---- a unit's table ---------------------------------------------------------
 */

static size_t depth_of(const struct index_set *s, size_t node)
{
	size_t depth = 0;

	while (s->nodes[node].parent != INDEX_NONE) {
		node = s->nodes[node].parent;
		depth++;
	}
	return depth;
}

/* A number with the way to how it came about. */
static void put_linked(struct page *p, const struct shown *x, size_t unit,
		       const char *node, const char *number)
{
	page_put(p->b,
		 "<td><a href=\"/rounds/%u/results/%i/%u/%u\">%s<span "
		 "class=\"unseen\">: vì sao</span></a></td>",
		 p->head.code, (long long)x->stored.number,
		 x->r.set.units[unit].code, node, number);
}

static void put_cell_row(struct page *p, const struct shown *x, size_t unit,
			 size_t node)
{
	const struct index_cell *c = index_cell(x->r.ix, unit, node);
	const struct index_node *n = &x->r.set.nodes[node];
	bool has = c->state == INDEX_SCORED || c->state == INDEX_SELF ||
		   c->state == INDEX_ZEROED;
	const char *after = "–";
	char text[DEC_TEXT_MAX];
	mpq_t left;

	mpq_init(left);
	exact_from_dec(left, c->points);
	if (n->effect != INDEX_DEDUCTION)
		mpq_sub(left, left, c->deducted);
	if (has)
		after = exact(p, x, left);
	mpq_clear(left);
	page_put(p->b,
		 "<tr%r><th scope=\"row\" class=\"d%i\">%s</th>"
		 "<td class=\"t\">%s",
		 n->leaf ? "" : " class=\"group\"",
		 (long long)depth_of(&x->r.set, node), n->code, n->name);
	if (!has || c->state != INDEX_SCORED)
		page_put(p->b, " <span class=\"tag\">%s</span>",
			 index_state_word_vi(c->state));
	page_put(p->b, "</td><td>%s</td><td>%s</td>",
		 dec_text_vi(n->maximum, 0, text),
		 c->has_self ? exact(p, x, c->self) : "–");
	put_linked(p, x, unit, n->code, has ? fixed(p, x, c->points) : "–");
	page_put(p->b, "<td>%s</td><td>%s</td></tr>\n",
		 mpq_sgn(c->deducted) ? exact(p, x, c->deducted) : "–", after);
}

static void put_total(struct page *p, const struct shown *x, size_t unit)
{
	const struct index_total *t = index_total(x->r.ix, unit);
	char text[DEC_TEXT_MAX];

	page_put(p->b,
		 "<tr class=\"total\"><th scope=\"row\">Tổng</th>"
		 "<td class=\"t\">Tổng điểm</td><td>%s</td><td>%s</td><td>%s"
		 "</td><td>%s</td>",
		 dec_text_vi(x->r.set.kinds[x->r.set.units[unit].kind].total, 0,
			     text),
		 exact(p, x, t->self), exact(p, x, t->scaled),
		 exact(p, x, t->deduction));
	put_linked(p, x, unit, "total",
		   t->computable ? fixed(p, x, t->published) : "–");
	page_put(p->b, "</tr>\n");
}

static void put_unit_head(struct page *p, const struct shown *x, size_t unit)
{
	const struct index_total *t = index_total(x->r.ix, unit);
	size_t n;
	const struct index_band *b = index_bands(x->r.ix, unit, &n);

	page_put(p->b,
		 "<p class=\"way\"><a href=\"/rounds/%u/results/%i\">Bảng xếp "
		 "hạng</a></p>\n"
		 "<p class=\"sum\">Tổng điểm <strong>%s</strong>",
		 p->head.code, (long long)x->stored.number,
		 t->computable ? fixed(p, x, t->published) : "–");
	if (t->complete && t->band != INDEX_NONE)
		page_put(p->b, ", xếp loại <strong>%s</strong>",
			 b[t->band].name);
	if (t->rank)
		page_put(p->b, ", hạng <strong>%i</strong>%r trong %s",
			 (long long)t->rank, t->shared ? " (cùng hạng)" : "",
			 block_of(x, unit));
	if (!t->complete)
		page_put(p->b,
			 ": <strong>chưa đủ điểm</strong>, còn thiếu %i "
			 "mục",
			 (long long)t->n_missing);
	page_put(p->b, ".</p>\n");
}

static void put_unit(struct page *p, const struct shown *x, size_t unit)
{
	static const char *const heads[] = { "Tiêu chí",	 "<Nội dung",
					     "Điểm tối đa",	 "Điểm tự chấm",
					     "Điểm thẩm định",	 "Điểm bị trừ",
					     "Điểm sau khi trừ", NULL };

	page_begin(p, x->r.set.units[unit].name);
	put_status(p, x);
	put_unit_head(p, x, unit);
	page_table(p, "Chi tiết theo tiêu chí", heads);
	for (size_t i = 0; i < x->r.set.n_nodes; i++)
		if (index_cell(x->r.ix, unit, i)->state != INDEX_ABSENT)
			put_cell_row(p, x, unit, i);
	put_total(p, x, unit);
	page_table_end(p);
	page_put(p->b,
		 "<p class=\"small way\">Bấm vào điểm để xem vì sao có số "
		 "đó.</p>\n");
	put_signature(p);
	page_end(p);
}

static bool result_unit(struct page *p, struct err *e)
{
	size_t unit = 0;
	struct shown x;
	bool found, ok = open_result(p, &x, &found, e);

	if (ok && found) {
		while (unit < x.r.set.n_units &&
		       strcmp(x.r.set.units[unit].code, p->rq->param[2]) != 0)
			unit++;
		found = unit < x.r.set.n_units;
	}
	if (ok && found)
		put_unit(p, &x, unit);
	else if (ok)
		ok = page_missing(p);
	round_result_free(&x.r);
	return ok;
}

enum http_done page_result_unit(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return page_run(rq, rp, app, result_unit);
}
