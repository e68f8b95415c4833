/* Results in a list; computing one, publishing one after a page that says what
 * that does. */
#include <stdio.h>
#include <string.h>

#include "page_round.h"
#include "phieu/result_desk.h"

/* Values of a whole province twice, as text and as numbers. */
#define DESK_BYTES ((size_t)512 << 20)

/* ---- the list ---------------------------------------------------------------
 */

static void put_result(struct page *p, const struct res *r, size_t i)
{
	bool published = *res_text(r, i, 5), complete = res_bool(r, i, 3);

	page_put(p->b,
		 "<tr><th scope=\"row\"><a href=\"/rounds/%u/results/%s\">Kết "
		 "quả số %s</a></th><td class=\"t\">%d</td><td class=\"t\">%s"
		 "</td><td class=\"t\">%r</td><td class=\"t\">",
		 p->head.code, res_text(r, i, 0), res_text(r, i, 0),
		 res_text(r, i, 1), res_text(r, i, 2),
		 complete ? "đủ điểm" : "chưa đủ điểm");
	if (published)
		page_put(p->b, "%r lần %s: %s. %s",
			 strcmp(res_text(r, i, 6), "trial") == 0 ? "Công bố thử"
								 : "Công bố",
			 res_text(r, i, 5), res_text(r, i, 7),
			 res_text(r, i, 8));
	else
		page_put(p->b, "<span class=\"mark\">Dự thảo</span>");
	if (!published && complete && page_may(p, "round publish", NULL, NULL))
		page_put(p->b,
			 " <a href=\"/rounds/%u/publish?result=%u\">Công bố…"
			 "</a>",
			 p->head.code, res_text(r, i, 0));
	page_put(p->b, "</td></tr>\n");
}

static bool results(struct page *p, struct err *e)
{
	static const char *const heads[] = { "Kết quả",	 "<Tính lúc", "<Người",
					     "<Đủ điểm", "<Công bố",  NULL };
	struct res *r = store_result_list(p->db, p->head.id, e);
	size_t shown = 0;

	if (!r)
		return false;
	page_begin(p, "Kết quả");
	if (p->me.computes)
		page_put(p->b,
			 "<form method=\"post\" action=\"/rounds/%u/compute\">"
			 "<p>Tính từ những gì đang có; kết quả là dự thảo cho "
			 "đến khi công bố.</p><button type=\"submit\">Tính kết "
			 "quả</button></form>\n",
			 p->head.code);
	page_table(p, "Kết quả", heads);
	for (size_t i = res_rows(r); i-- > 0;)
		if (p->me.drafts || *res_text(r, i, 5)) {
			put_result(p, r, i);
			shown++;
		}
	page_table_end(p);
	if (!shown)
		page_put(p->b, "<p>Chưa công bố kết quả. <span lang=\"en\">"
			       "(nothing is published yet)</span></p>\n");
	page_end(p);
	res_free(r);
	return true;
}

enum http_done page_results(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return page_run(rq, rp, app, results);
}

/* ---- computing --------------------------------------------------------------
 */

static bool store_now(struct page *p, struct result_desk *d, int64_t *number,
		      struct err *e)
{
	return result_desk_now(d, e) &&
	       store_result_add(p->db, p->head.id, &d->values, &d->result,
				d->content.data, p->id->person.login, number,
				e);
}

static bool put_faults(struct page *p, const struct faults *f)
{
	page_begin(p, "Chưa tính được");
	page_wrong(p, 422,
		   "các giá trị không khớp bộ tiêu chí (the values do "
		   "not fit the set)");
	page_put(p->b, "<ul>\n");
	for (size_t i = 0; i < f->n; i++)
		page_put(p->b, "<li>%s %s: %s</li>\n", f->list[i].code,
			 f->list[i].path, f->list[i].message_vi);
	page_put(p->b, "</ul>\n");
	page_end(p);
	return true;
}

static bool compute(struct page *p, struct err *e)
{
	struct arena *a;
	struct result_desk d;
	int64_t number;
	bool ok;

	if (!p->me.computes)
		return page_refuse(p);
	a = arena_new(DESK_BYTES);
	if (!a) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	result_desk_init(&d, p->db, a, &p->head);
	ok = store_now(p, &d, &number, e);
	if (ok)
		ok = page_go(p,
			     arena_printf(p->a, "/results/%lld",
					  (long long)number),
			     "computed");
	else if (e->kind == ERR_INPUT && d.f.n)
		ok = put_faults(p, &d.f);
	result_desk_clear(&d);
	arena_free(a);
	return ok;
}

enum http_done page_compute(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return page_run_form(rq, rp, app, compute);
}

/* ---- publishing -------------------------------------------------------------
 */

static bool publish(struct page *p, struct err *e)
{
	const char *number = http_query(p->rq, "result");

	(void)e;
	if (!page_may(p, "round publish", NULL, NULL))
		return page_refuse(p);
	number = number ? number : "";
	page_begin(p, "Công bố kết quả");
	if (!page_step_open(p, STEP_PUBLISH) && !p->head.published)
		page_put(p->b, "<p>Bước công bố %s.</p>\n",
			 page_state_words(page_step_state(p, STEP_PUBLISH)));
	page_put(
		p->b,
		"<p>Sẽ công bố <a href=\"/rounds/%u/results/%u\">kết quả số "
		"%s</a> của kỳ <strong>%s</strong>. Công bố rồi thì không sửa, "
		"không xóa được: chỉ có thể công bố bản đính chính, thay thế "
		"bản trước. Tài liệu của kỳ (tiêu chí, đơn vị) không đổi được "
		"nữa.</p>\n",
		p->head.code, number, number, p->head.name);
	page_act_form(p, "round publish",
		      (const char *const[]){ "result", number, NULL },
		      "Công bố", "/results");
	page_put(p->b,
		 "<p><a href=\"/rounds/%u/results\">Bỏ, quay lại</a></p>\n",
		 p->head.code);
	page_end(p);
	return true;
}

enum http_done page_publish(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return page_run(rq, rp, app, publish);
}
