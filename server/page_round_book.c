/* A unit's workbook: given, taken back, told row by row what is wrong with it,
 * all or nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page_round.h"
#include "phieu/attachment.h"

/* ---- given ------------------------------------------------------------------
 */

static bool template(struct page *p, struct err *e)
{
	size_t unit = page_unit_of(p, p->rq->param[1]), n, n_now;
	struct self_row *now;
	struct self_head h;
	char *bytes;
	bool ok;

	if (unit == INDEX_NONE || !(p->me.all || p->me.unit[unit]))
		return page_missing(p);
	if (!store_self_head(p->db, p->head.id, p->rq->param[1], p->a, &h, e) ||
	    !store_self_rows(p->db, p->head.id, h.unit, &p->round, unit, p->a,
			     &now, &n_now, e))
		return false;
	bytes = self_sheet_bytes(&p->round, unit, now, n_now, &n, e);
	if (!bytes)
		return false;
	ok = web_give_file(p->rq, p->rp,
			   arena_printf(p->a, "%s-%s.xlsx", p->head.code,
					p->rq->param[1]),
			   ATTACHMENT_OTHER_TYPE, bytes, n, e);
	p->rp->content_type = "application/vnd.openxmlformats-officedocument."
			      "spreadsheetml.sheet";
	free(bytes);
	return ok;
}

enum http_done page_template(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return page_run(rq, rp, app, template);
}

/* ---- taken back -------------------------------------------------------------
 */

struct book {
	size_t unit;
	struct self_head h;
	struct self_row *now;
	size_t n_now;
	struct self_table t;
	struct faults f;
	bool dry;
};

static const char *back_to(struct page *p)
{
	return arena_printf(p->a, "/units/%s", p->rq->param[1]);
}

static void put_faults(struct page *p, const struct faults *f)
{
	static const char *const heads[] = { "Chỗ", "<Mã", "<Lỗi", NULL };

	page_table(p, "Các lỗi", heads);
	for (size_t i = 0; i < f->n; i++)
		page_put(p->b,
			 "<tr><th scope=\"row\">%s</th><td class=\"t\">%s</td>"
			 "<td class=\"t\">%s <span lang=\"en\">(%s)</span></td>"
			 "</tr>\n",
			 *f->list[i].path ? f->list[i].path : "/",
			 f->list[i].code, f->list[i].message_vi,
			 f->list[i].message);
	page_table_end(p);
	if (f->more)
		page_put(p->b, "<p>và %i lỗi nữa.</p>\n", (long long)f->more);
}

static void put_sums(struct page *p, const struct book *k)
{
	static const char *const heads[] = { "Mục", "Ghi trong bảng",
					     "Cộng lại", NULL };
	char typed[DEC_TEXT_MAX], is[DEC_TEXT_MAX];

	if (!k->t.n_sums)
		return;
	page_put(p->b, "<h2>Tổng ghi trong bảng không khớp</h2>\n"
		       "<p>Tổng ghi tay chỉ được kiểm tra, không được dùng."
		       "</p>\n");
	page_table(p, "Tổng không khớp", heads);
	for (size_t i = 0; i < k->t.n_sums; i++) {
		const struct self_sum *s = &k->t.sums[i];

		page_put(p->b,
			 "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td>"
			 "</tr>\n",
			 s->node == INDEX_NONE
				 ? "TỔNG"
				 : p->round.set.nodes[s->node].code,
			 dec_text_vi(s->typed, 0, typed),
			 dec_text_vi(s->adds_to, 0, is));
	}
	page_table_end(p);
}

static const struct self_row *now_of(const struct book *k, size_t node)
{
	for (size_t i = 0; i < k->n_now; i++)
		if (k->now[i].node == node)
			return &k->now[i];
	return NULL;
}

static void put_rows(struct page *p, const struct book *k)
{
	static const char *const heads[] = { "Tiêu chí", "Đang lưu",
					     "Trong bảng", "<Ghi chú", NULL };

	page_put(p->b, "<h2>Các dòng đọc được</h2>\n");
	page_table(p, "Các dòng đọc được", heads);
	for (size_t i = 0; i < k->t.n; i++) {
		const struct self_row *x = &k->t.rows[i];
		const struct index_node *n = &p->round.set.nodes[x->node];

		if (n->leaf)
			page_put(p->b,
				 "<tr><th scope=\"row\">%s %s</th><td>%p</td>"
				 "<td>%p</td><td class=\"t text\">%s</td></tr>"
				 "\n",
				 n->code, n->name,
				 page_self_text(p, now_of(k, x->node)),
				 page_self_text(p, x), x->note ? x->note : "");
	}
	page_table_end(p);
}

static bool tell(struct page *p, const struct book *k, const char *wrong,
		 int status)
{
	page_begin(p,
		   wrong ? "Chưa ghi bảng tự chấm" : "Kiểm tra bảng tự chấm");
	if (wrong)
		page_wrong(p, status, wrong);
	else
		page_put(p->b, "<p class=\"done\" role=\"status\">Bảng không "
			       "có lỗi; chưa ghi gì. Bỏ chọn “Chỉ kiểm tra” và "
			       "gửi lại để ghi.</p>\n");
	if (k->f.n)
		put_faults(p, &k->f);
	put_sums(p, k);
	if (!wrong)
		put_rows(p, k);
	page_put(p->b, "<p><a href=\"/rounds/%u%s\">Quay lại đơn vị</a></p>\n",
		 p->head.code, back_to(p));
	page_end(p);
	return true;
}

static const char *faults_words(struct page *p, const struct book *k)
{
	return arena_printf(p->a, "%zu lỗi, không ghi gì (nothing was stored)",
			    k->f.n + k->f.more);
}

/* The name and unit in the file must be those of the page. */
static bool read_book(struct page *p, struct book *k, struct err *e)
{
	struct page_upload u;

	if (!page_read_upload(p, &u))
		return false;
	k->dry = *web_field(p->form, "dry");
	faults_init(&k->f, p->a);
	return self_book_read(&p->round, k->unit, u.bytes, u.n, p->a, &k->t,
			      &k->f, e);
}

static bool store_book(struct page *p, struct book *k, struct err *e)
{
	struct err why = { 0 };

	if (!page_may_fill(p, &(const struct page_desk){ .unit = k->unit,
							 .self = k->h }))
		return tell(p, k,
			    "bản tự đánh giá đã nộp hoặc bước tự đánh giá "
			    "không mở (it is closed)",
			    409);
	if (store_self_put(p->db, p->head.id, k->h.unit, &p->round, k->unit,
			   k->t.rows, k->t.n, p->id->person.login, &k->f, &why))
		return page_go(p, back_to(p), "read");
	if (k->f.n)
		return tell(p, k, faults_words(p, k), page_status(p, &why));
	if (page_is_refusal(&why))
		return tell(p, k, page_words(p, &why), page_status(p, &why));
	*e = why;
	return false;
}

static bool workbook(struct page *p, struct err *e)
{
	struct book k = { .unit = page_unit_of(p, p->rq->param[1]) };
	struct err why = { 0 };

	if (k.unit == INDEX_NONE || !p->me.unit[k.unit])
		return page_refuse(p);
	if (!store_self_head(p->db, p->head.id, p->rq->param[1], p->a, &k.h,
			     e) ||
	    !store_self_rows(p->db, p->head.id, k.h.unit, &p->round, k.unit,
			     p->a, &k.now, &k.n_now, e))
		return false;
	if (!read_book(p, &k, &why)) {
		if (!p->form || p->rp->status >= 400)
			return true; /* said already */
		if (k.f.n)
			return tell(p, &k, faults_words(p, &k), 422);
		*e = why;
		return false;
	}
	if (k.dry)
		return tell(p, &k, NULL, 200);
	return store_book(p, &k, e);
}

enum http_done page_workbook(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return page_run_upload(rq, rp, app, workbook);
}
