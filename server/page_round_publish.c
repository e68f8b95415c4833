/* Results in a list; computing one, publishing one after a page that says what
 * that does. */
#include <stdio.h>
#include <string.h>

#include "page_round.h"

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
	if (!published && complete && p->me.computes)
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

static bool put_computed(struct page *p, const struct round_values *v,
			 struct round_result *r, int64_t *number, struct err *e)
{
	struct buf content = BUF_INIT(LIMIT_INDEX_BYTES);
	bool ok;

	round_result_json(r, &content);
	if (!buf_cstr(&content)) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	ok = store_result_add(p->db, p->head.id, v, r, content.data,
			      p->id->person.login, number, e);
	buf_free(&content);
	return ok;
}

static bool compute_now(struct page *p, int64_t *number, struct faults *f,
			struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_INDEX_BYTES);
	struct round_result r = { 0 };
	struct round_values v;
	bool ok;

	ok = store_round_values(p->db, p->head.id, p->a, &v, e) &&
	     round_input(&p->round, v.v, v.n, v.d, v.n_d, &text, e) &&
	     round_compute(text.data, text.len, p->a, &r, f, e) &&
	     put_computed(p, &v, &r, number, e);
	round_result_free(&r);
	buf_free(&text);
	return ok;
}

static bool compute(struct page *p, struct err *e)
{
	struct err why = { 0 };
	struct faults f;
	int64_t number;

	if (!p->me.computes)
		return page_refuse(p);
	faults_init(&f, p->a);
	if (compute_now(p, &number, &f, &why))
		return page_go(p,
			       arena_printf(p->a, "/results/%lld",
					    (long long)number),
			       "computed");
	if (why.kind != ERR_INPUT || f.n == 0) {
		*e = why;
		return false;
	}
	page_begin(p, "Chưa tính được");
	page_wrong(p, 422,
		   "các giá trị không khớp bộ tiêu chí (the values do "
		   "not fit the set)");
	page_put(p->b, "<ul>\n");
	for (size_t i = 0; i < f.n; i++)
		page_put(p->b, "<li>%s %s: %s</li>\n", f.list[i].code,
			 f.list[i].path, f.list[i].message_vi);
	page_put(p->b, "</ul>\n");
	page_end(p);
	return true;
}

enum http_done page_compute(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return page_run_form(rq, rp, app, compute);
}

/* ---- publishing -------------------------------------------------------------
 */

static void put_publish(struct page *p, const char *number,
			const char *decision, const char *reason)
{
	page_put(
		p->b,
		"<p>Sẽ công bố <a href=\"/rounds/%u/results/%u\">kết quả số "
		"%s</a> của kỳ <strong>%s</strong>. Công bố rồi thì không sửa, "
		"không xóa được: chỉ có thể công bố bản đính chính, thay thế "
		"bản trước. Tài liệu của kỳ (tiêu chí, đơn vị) không đổi được "
		"nữa.</p>\n"
		"<form method=\"post\" action=\"/rounds/%u/publish\">"
		"<input type=\"hidden\" name=\"result\" value=\"%s\">\n"
		"<label for=\"decision\">Quyết định công bố (số, ngày)</label>"
		"<input id=\"decision\" name=\"decision\" type=\"text\" "
		"required value=\"%s\">\n"
		"<label for=\"reason\">Lý do</label><textarea id=\"reason\" "
		"name=\"reason\" rows=\"3\" required>\n%s</textarea>\n"
		"<label class=\"flag\"><input type=\"checkbox\" name=\"sure\" "
		"value=\"true\" required> Tôi đã xem kết quả và muốn công bố"
		"</label>\n<button type=\"submit\">Công bố</button></form>\n"
		"<p><a href=\"/rounds/%u/results\">Bỏ, quay lại</a></p>\n",
		p->head.code, number, number, p->head.name, p->head.code,
		number, decision, reason, p->head.code);
}

static bool publish(struct page *p, struct err *e)
{
	const char *number = http_query(p->rq, "result");

	(void)e;
	if (!p->me.computes)
		return page_refuse(p);
	page_begin(p, "Công bố kết quả");
	if (!page_step_open(p, STEP_PUBLISH) && !p->head.published)
		page_put(p->b, "<p>Bước công bố %s.</p>\n",
			 page_state_words(page_step_state(p, STEP_PUBLISH)));
	put_publish(p, number ? number : "", "", "");
	page_end(p);
	return true;
}

enum http_done page_publish(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return page_run(rq, rp, app, publish);
}

static bool publish_done(struct page *p, struct err *e)
{
	const char *number = web_field(p->form, "result");
	const char *decision = web_field(p->form, "decision");
	const char *reason = web_field(p->form, "reason");
	struct err why = { 0 };
	int64_t release;

	if (!p->me.computes)
		return page_refuse(p);
	if (!*decision || !*reason || !*web_field(p->form, "sure"))
		(void)err_set(&why, ERR_INPUT,
			      "cần số quyết định, lý do và xác nhận (decision, "
			      "reason and the mark are needed)");
	else if (store_result_publish(p->db, p->head.id, number, decision,
				      reason, p->id->person.login, &release,
				      &why))
		return page_go(p, arena_printf(p->a, "/results/%s", number),
			       "published");
	if (why.kind != ERR_INPUT && why.kind != ERR_CONFLICT &&
	    why.kind != ERR_DENIED && why.kind != ERR_DB) {
		*e = why;
		return false;
	}
	page_begin(p, "Chưa công bố được");
	page_wrong(p, err_http_status(why.kind), page_words(&why));
	put_publish(p, number, decision, reason);
	page_end(p);
	return true;
}

enum http_done page_publish_done(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return page_run_form(rq, rp, app, publish_done);
}
