/* What a unit does with its self-assessment as a whole: hand it in, explain it;
 * and what lets it change something again.  Requests, for both sides. */
#include <string.h>

#include "page_round.h"

/* ---- requests ---------------------------------------------------------------
 */

static void put_answer(struct page *p, const struct res *r, size_t i,
		       const char *unit, const char *back)
{
	const char *number = page_cell(r, i, "request");
	const char *preset[] = { "unit",   unit, "request", number,
				 "office", NULL, NULL };
	bool evidence = strcmp(page_cell(r, i, "kind"), "evidence") == 0;
	size_t node = page_node_of(p, page_cell(r, i, "criterion"));
	size_t office = INDEX_NONE;
	bool lead = false;

	if (evidence && page_may(p, "request supply", unit, NULL)) {
		page_act_form(p, "request supply", preset, "Đã bổ sung", back);
		return;
	}
	if (evidence)
		return;
	if (node != INDEX_NONE)
		office = page_office_for(p, page_unit_of(p, unit), node, &lead);
	if (lead)
		preset[5] = p->round.offices[office].code;
	if ((lead || p->me.all) &&
	    page_may(p, "request answer", NULL, preset[5]))
		page_act_form(p, "request answer", preset, "Trả lời", back);
}

static void put_request(struct page *p, const struct res *r, size_t i,
			const char *back)
{
	const char *state = page_cell(r, i, "state");
	bool open = strcmp(state, "open") == 0 || strcmp(state, "late") == 0;

	page_put(p->b,
		 "<li><p><strong>%r số %s</strong>%r%s, hạn %d: "
		 "<span class=\"tag %s\">%s</span></p><p class=\"text\">%s</p>",
		 strcmp(page_cell(r, i, "kind"), "evidence") == 0
			 ? "Yêu cầu bổ sung tài liệu"
			 : "Đề nghị đánh giá lại",
		 page_cell(r, i, "request"),
		 *page_cell(r, i, "criterion") ? ", tiêu chí " : "",
		 page_cell(r, i, "criterion"), page_cell(r, i, "due"),
		 open ? (*state == 'l' ? "past" : "asked") : "accepted",
		 page_request_state_words(state), page_cell(r, i, "content"));
	if (*page_cell(r, i, "answer"))
		page_put(p->b, "<p class=\"text\">Trả lời (%s): %s</p>",
			 page_cell(r, i, "answered_by"),
			 page_cell(r, i, "answer"));
	if (open)
		put_answer(p, r, i, page_cell(r, i, "unit"), back);
	page_put(p->b, "</li>\n");
}

static bool sees_request(const struct page *p, size_t unit, const char *node)
{
	size_t k = page_node_of(p, node);

	return p->me.all || p->me.unit[unit] ||
	       (k != INDEX_NONE && page_sees_item(p, unit, k));
}

bool page_requests(struct page *p, size_t unit, const char *criterion,
		   bool named, struct err *e)
{
	const char *code = p->round.set.units[unit].code, *back;
	struct res *r = page_list(p, "request list", code, NULL, e);
	size_t shown = 0;

	if (!r)
		return false;
	back = criterion ? page_item_path(p, unit, page_node_of(p, criterion))
			 : arena_printf(p->a, "/units/%s", code);
	for (size_t i = 0; i < res_rows(r); i++) {
		if ((criterion &&
		     strcmp(page_cell(r, i, "criterion"), criterion) != 0) ||
		    !sees_request(p, unit, page_cell(r, i, "criterion")))
			continue;
		if (shown++ == 0)
			page_put(p->b,
				 "<h2>Yêu cầu, đề nghị%r%s</h2>\n"
				 "<ul class=\"waves\">\n",
				 named ? ": " : "",
				 named ? p->round.set.units[unit].name : "");
		put_request(p, r, i, back);
	}
	page_put(p->b, shown ? "</ul>\n" : "");
	res_free(r);
	if (criterion && page_may(p, "request evaluation", code, NULL)) {
		page_put(p->b, "<details><summary>Đề nghị đánh giá lại mục này"
			       "</summary>\n");
		page_act_form(p, "request evaluation",
			      (const char *const[]){ "unit", code, "criterion",
						     criterion, NULL },
			      "Gửi đề nghị", back);
		page_put(p->b, "</details>\n");
	}
	return true;
}

/* ---- the whole --------------------------------------------------------------
 */

/* What was done to a self-assessment. */
typedef bool (*turn_fn)(struct db *db, int32_t round, const struct self_head *h,
			const char *text, const char *by, struct err *e);

static bool submit_it(struct db *db, int32_t round, const struct self_head *h,
		      const char *text, const char *by, struct err *e)
{
	(void)text;
	return store_self_submit(db, round, h, by, e);
}

struct turn {
	const char *title, *field, *done;
	turn_fn fn;
	size_t most; /* bytes of the text */
};

/* What was typed comes back, to be sent again. */
static bool turn_again(struct page *p, const struct turn *t,
		       const struct self_head *h, const char *text,
		       const struct err *why)
{
	const char *unit = p->rq->param[1];

	page_begin(p, t->title);
	page_wrong(p, err_http_status(why->kind), page_words(why));
	page_put(p->b,
		 "<form method=\"post\" action=\"%s\"><input type=\"hidden\" "
		 "name=\"version\" value=\"%i\">\n",
		 p->rq->path, (long long)h->version);
	if (t->field)
		page_put(p->b,
			 "<label for=\"text\">Nội dung</label><textarea "
			 "id=\"text\" name=\"%s\" rows=\"8\">\n%s</textarea>\n",
			 t->field, text);
	page_put(p->b,
		 "<button type=\"submit\">Ghi lại lần nữa</button></form>\n"
		 "<p><a href=\"/rounds/%u/units/%u\">Bỏ, quay lại</a></p>\n",
		 p->head.code, unit);
	page_end(p);
	return true;
}

static bool turn(struct page *p, const struct turn *t, struct err *e)
{
	const char *unit = p->rq->param[1];
	const char *text = t->field ? web_field(p->form, t->field) : "";
	const char *seen = web_field(p->form, "version");
	struct self_head h;
	struct dec version = { 0 };
	struct err why = { 0 };
	int64_t now;

	if (!store_self_head(p->db, p->head.id, unit, p->a, &h, e))
		return false;
	now = h.version;
	if (!dec_parse(seen, strlen(seen), &version, &why))
		return page_missing(p);
	h.version = version.micro / DEC_ONE;
	if (strlen(text) > t->most)
		(void)err_set(&why, ERR_INPUT,
			      "quá dài, nhiều nhất %zu byte (too long)",
			      t->most);
	else if (t->fn(p->db, p->head.id, &h, text, p->id->person.login, &why))
		return page_go(p, arena_printf(p->a, "/units/%s", unit),
			       t->done);
	h.version = now;
	if (why.kind == ERR_CONFLICT || why.kind == ERR_INPUT ||
	    why.kind == ERR_DENIED)
		return turn_again(p, t, &h, text, &why);
	*e = why;
	return false;
}

static bool own(const struct page *p)
{
	size_t u = page_unit_of(p, p->rq->param[1]);

	return u != INDEX_NONE && p->me.unit[u];
}

static bool submit(struct page *p, struct err *e)
{
	static const struct turn t = { "Chưa nộp được", NULL, "submitted",
				       submit_it, 0 };

	return own(p) ? turn(p, &t, e) : page_refuse(p);
}

static bool explain(struct page *p, struct err *e)
{
	static const struct turn t = { "Chưa lưu được giải trình", "text",
				       "explained", store_self_explain,
				       LIMIT_EXPLANATION_BYTES };

	return own(p) ? turn(p, &t, e) : page_refuse(p);
}

static bool reopen(struct page *p, struct err *e)
{
	static const struct turn t = { "Chưa mở lại được", "reason", "reopened",
				       store_self_reopen, LIMIT_TEXT_BYTES };

	if (!p->me.reopens)
		return page_refuse(p);
	if (page_unit_of(p, p->rq->param[1]) == INDEX_NONE)
		return page_missing(p);
	if (!*web_field(p->form, "reason")) {
		http_error(p->rq, p->rp, 422, "reason", "give a reason",
			   "Hãy nêu lý do");
		return true;
	}
	return turn(p, &t, e);
}

enum http_done page_submit(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	return page_run_form(rq, rp, app, submit);
}

enum http_done page_explain(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	return page_run_form(rq, rp, app, explain);
}

enum http_done page_reopen(struct http_request *rq, struct http_reply *rp,
			   void *app)
{
	return page_run_form(rq, rp, app, reopen);
}
