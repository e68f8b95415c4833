/* What every page of a round begins with: who looks, at which round, what may
 * be seen; and the frame around it. */
#include "page_round.h"

#include <string.h>

#include "acts_parts.h"
#include "phieu/multipart.h"
#include "phieu/page_area.h"
#include "phieu/store_people.h"

/* ---- who ------------------------------------------------------------------
 */

static bool asks(const struct page *p, unsigned roles, enum act_binding binding,
		 const char *unit, const char *office)
{
	const struct round_ask ask = { roles, binding, false };

	return round_may(&p->room.who, &ask, unit, office).why == ROUND_MAY;
}

static bool door(const struct page *p, enum round_door d)
{
	const struct round_ask ask = round_ask_door(d);

	return round_may(&p->room.who, &ask, NULL, NULL).why == ROUND_MAY;
}

static bool find_me(struct page *p, struct err *e)
{
	bool *unit, *office;

	unit = arena_array(p->a, p->round.set.n_units + 1, sizeof *unit);
	office = arena_array(p->a, p->round.n_offices + 1, sizeof *office);
	if (!unit || !office) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	p->me = (struct page_me){ .unit = unit, .office = office };
	p->me.all = asks(p, READERS, ACT_ANYBODY, NULL, NULL);
	p->me.drafts = door(p, DOOR_DRAFT);
	p->me.computes = door(p, DOOR_COMPUTE);
	for (size_t i = 0; i < p->round.set.n_units; i++) {
		unit[i] = asks(p, ROLE_BIT(ROLE_UNIT), ACT_OWN_UNIT,
			       p->round.set.units[i].code, NULL);
		p->me.has_unit = p->me.has_unit || unit[i];
	}
	for (size_t i = 0; i < p->round.n_offices; i++) {
		office[i] = asks(p, ROLE_BIT(ROLE_APPRAISER), ACT_OWN_OFFICE,
				 NULL, p->round.offices[i].code);
		p->me.has_office = p->me.has_office || office[i];
	}
	return true;
}

size_t page_unit_of(const struct page *p, const char *code)
{
	return code ? round_unit(&p->round, code) : INDEX_NONE;
}

size_t page_node_of(const struct page *p, const char *code)
{
	return code ? round_node(&p->round, code) : INDEX_NONE;
}

bool page_applies(const struct page *p, size_t unit, size_t node)
{
	const bool *kinds = p->round.set.nodes[node].applies;

	return !kinds || kinds[p->round.set.units[unit].kind];
}

size_t page_office_for(const struct page *p, size_t unit, size_t node,
		       bool *lead)
{
	size_t found = INDEX_NONE;

	*lead = false;
	for (size_t i = 0; !*lead && i < p->round.n_offices; i++) {
		bool leads;

		if (!p->me.office[i] ||
		    (p->round.offices[i].unit == unit && !p->round.own_unit) ||
		    !round_office_has(&p->round, i, node, &leads))
			continue;
		found = i;
		*lead = leads;
	}
	return found;
}

bool page_sees_item(const struct page *p, size_t unit, size_t node)
{
	bool lead;

	return p->me.all || p->me.unit[unit] ||
	       page_office_for(p, unit, node, &lead) != INDEX_NONE;
}

bool page_sees_unit(const struct page *p, size_t unit)
{
	const struct index_set *s = &p->round.set;

	if (p->me.all || p->me.unit[unit])
		return true;
	for (size_t i = 0; p->me.has_office && i < s->n_nodes; i++)
		if (s->nodes[i].leaf && s->nodes[i].source == INDEX_ASSESSED &&
		    page_sees_item(p, unit, i))
			return true;
	return false;
}

bool page_may(const struct page *p, const char *act, const char *unit,
	      const char *office)
{
	const struct act *a = act_find(act);
	struct round_ask ask;

	if (!a)
		return false;
	ask = round_ask_act(a);
	return round_may(&p->room.who, &ask, unit, office).why == ROUND_MAY;
}

/* ---- steps -----------------------------------------------------------------
 */

const char *page_step_state(const struct page *p, enum round_step step)
{
	for (size_t i = 0; i < 4; i++)
		if (strcmp(p->steps[i].step, round_step_word(step)) == 0)
			return p->steps[i].state;
	return "none";
}

bool page_step_open(const struct page *p, enum round_step step)
{
	return strcmp(page_step_state(p, step), "open") == 0;
}

const char *page_state_words(const char *state)
{
	static const char *const words[][2] = {
		{ "open", "đang mở" },	  { "before", "chưa tới ngày" },
		{ "past", "đã hết hạn" }, { "closed", "đã đóng" },
		{ "none", "không có" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return state;
}

/* ---- running ---------------------------------------------------------------
 */

struct job { /* in rq->user */
	page_fn fn;
	const struct web_fields *form;
};

static bool read_round(struct page *p, struct err *e)
{
	const char *text;
	struct faults f;

	faults_init(&f, p->a);
	if (!store_round_text(p->db, p->head.id, p->a, &text, e) ||
	    !store_round_steps(p->db, p->head.id, p->a, p->steps, e))
		return false;
	if (!round_read(text, strlen(text), p->a, &p->round, &f))
		return err_set(e, ERR_BUG, "the stored document has a fault");
	return find_me(p, e);
}

static bool run(struct db *db, struct http_request *rq, struct http_reply *rp,
		struct web *w, struct err *e)
{
	const struct job *j = rq->user;
	struct page p = { .db = db,
			  .rq = rq,
			  .rp = rp,
			  .w = w,
			  .id = rq->identity,
			  .b = &rp->body,
			  .a = rq->arena,
			  .form = j->form };
	bool found;

	p.room = (struct web_room){
		.db = db, .rq = rq, .rp = rp, .w = w, .id = rq->identity
	};
	if (!web_room_open(&p.room, rq->param[0], &found, e))
		return false;
	if (!found)
		return page_missing(&p);
	p.head = p.room.head;
	if (!read_round(&p, e))
		return false;
	if (!p.me.all && !p.me.has_unit && !p.me.has_office)
		return page_missing(&p);
	http_set_header(rp, "Cache-Control", "private, no-cache");
	return j->fn(&p, e);
}

enum http_done page_run(struct http_request *rq, struct http_reply *rp,
			void *app, page_fn fn)
{
	struct job j = { .fn = fn };

	rq->user = &j;
	(void)web_run(rq, rp, app, run);
	rq->user = NULL;
	return HTTP_REPLIED;
}

enum http_done page_run_form(struct http_request *rq, struct http_reply *rp,
			     void *app, page_fn fn)
{
	struct web_fields form;
	struct job j = { .fn = fn, .form = &form };

	if (!web_read_form(rq, rp, app, &form))
		return HTTP_REPLIED;
	rq->user = &j;
	(void)web_run(rq, rp, app, run);
	rq->user = NULL;
	return HTTP_REPLIED;
}

enum http_done page_run_upload(struct http_request *rq, struct http_reply *rp,
			       void *app, page_fn fn)
{
	const struct web *w = app;

	if (web_is_own_form(rq, w->tls))
		return page_run(rq, rp, app, fn);
	http_error(rq, rp, 403, "csrf", "the form was sent from another site",
		   "Biểu mẫu được gửi từ trang khác");
	return HTTP_REPLIED;
}

static bool bad_upload(struct page *p)
{
	http_error(p->rq, p->rp, 400, "bad-form", "malformed form, or no file",
		   "Biểu mẫu sai hoặc chưa chọn tệp");
	return false;
}

static void take_part(struct page *p, const struct part *part,
		      struct web_fields *form, struct page_upload *out)
{
	struct http_pair *pair;
	const char *value;

	if (part->filename) {
		*out = (struct page_upload){ .name = part->filename,
					     .bytes = part->bytes,
					     .n = part->n };
		return;
	}
	value = arena_strndup(p->a, part->bytes, part->n);
	if (!part->name || !value || form->n == WEB_FIELDS_MAX)
		return;
	pair = &form->pair[form->n++];
	pair->name = part->name;
	pair->value = value;
}

bool page_read_upload(struct page *p, struct page_upload *out)
{
	struct web_fields *form = arena_alloc(p->a, sizeof *form);
	struct multipart m;
	struct part part;
	struct err e = { 0 };
	int more;

	*out = (struct page_upload){ 0 };
	if (!form || !multipart_open(&m, http_header(p->rq, "Content-Type"),
				     p->rq->body, p->rq->body_n, p->a, &e))
		return bad_upload(p);
	while ((more = multipart_next(&m, &part, &e)) == 1)
		take_part(p, &part, form, out);
	p->form = form;
	/* a browser sends an empty name when no file was chosen */
	return (more == 0 && out->name && *out->name) || bad_upload(p);
}

bool page_missing(struct page *p)
{
	web_not_found(p->rq, p->rp);
	return true;
}

bool page_refuse(struct page *p)
{
	http_error(p->rq, p->rp, 403, "forbidden", "not allowed",
		   "Không có quyền");
	return true;
}

bool page_go(struct page *p, const char *path, const char *done)
{
	struct buf b = BUF_INIT(4096);
	size_t n = strcspn(path, "#");
	const char *to;

	page_put(&b, "/rounds/%u", p->head.code);
	buf_add(&b, path, n);
	if (done)
		page_put(&b, "%rdone=%u", memchr(path, '?', n) ? "&" : "?",
			 done);
	buf_adds(&b, path + n);
	to = buf_cstr(&b) ? arena_strdup(p->a, b.data) : NULL;
	buf_free(&b);
	p->rp->status = 303;
	http_set_header(p->rp, "Location", to ? to : "/rounds");
	return true;
}

/* ---- the frame --------------------------------------------------------------
 */

/* Acts of pages that are no rows of act.h. */
static const char *done_words(struct page *p, const char *name)
{
	static const char *const words[][2] = {
		{ "round publish", "đã công bố" },
		{ "saved", "đã lưu mục" },
		{ "file", "đã thêm tài liệu kiểm chứng" },
		{ "file-there", "tài liệu này đã có từ trước" },
		{ "file-removed", "đã rút tài liệu; lịch sử vẫn còn" },
		{ "read", "đã ghi bảng tự chấm" },
		{ "computed", "đã tính kết quả" },
	};
	const struct act *a = act_find(name);

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], name) == 0)
			return words[i][1];
	return a ? page_act_words(p, a) : NULL;
}

static void put_areas(struct page *p)
{
	for (size_t i = 0; i < AREAS; i++)
		if (page_sees_area(p, areas[i].name))
			page_put(p->b, "<a href=\"/rounds/%u/work/%u\">%s</a>",
				 p->head.code, areas[i].name, areas[i].title);
}

static void put_nav(struct page *p)
{
	page_put(p->b,
		 "<nav aria-label=\"Đường dẫn\"><a href=\"/\">Trang đầu</a>"
		 "<a href=\"/rounds\">Các kỳ đánh giá</a>"
		 "<a href=\"/rounds/%u\">Kỳ %s</a>",
		 p->head.code, p->head.code);
	if (p->me.has_office)
		page_put(p->b, "<a href=\"/rounds/%u/appraise\">Thẩm định</a>",
			 p->head.code);
	if (p->me.all)
		page_put(p->b,
			 "<a href=\"/rounds/%u/council\">Hội đồng, Tổ Thư ký"
			 "</a>",
			 p->head.code);
	put_areas(p);
	page_put(p->b,
		 "<a href=\"/rounds/%u/results\">Kết quả</a>"
		 "<span class=\"who\"></span><span>%s</span></nav>\n",
		 p->head.code, p->id->person.name);
}

void page_begin(struct page *p, const char *title)
{
	const char *done = http_query(p->rq, "done");

	p->b->len = 0;
	web_page_begin(p->rp, title);
	put_nav(p);
	page_put(p->b, "<main><h1>%s</h1>\n<p>%s ", title, p->head.name);
	if (p->head.trial)
		page_put(p->b, "<span class=\"mark\">mẫu thử, không phải bộ "
			       "tiêu chí chính thức (trial)</span>");
	page_put(p->b, "</p>\n");
	done = done && !p->form ? done_words(p, done) : NULL;
	if (done)
		page_put(p->b,
			 "<p class=\"done\" role=\"status\">Đã ghi: %s.</p>\n",
			 done);
}

void page_end(struct page *p)
{
	web_page_end(p->rp);
}

void page_wrong(struct page *p, int status, const char *words)
{
	p->rp->status = status;
	page_put(p->b,
		 "<p class=\"error\" id=\"error\" role=\"alert\">%s.</p>\n",
		 words);
}

const char *page_words(struct page *p, const struct err *e)
{
	struct round_words x;

	web_round_words(&p->room, e, &x);
	if (!x.message_vi)
		return e->msg;
	return arena_printf(p->a, "%s (%s)%s%s", x.message_vi, x.message,
			    *x.todo_vi ? ". Cách làm: " : "", x.todo_vi);
}

int page_status(struct page *p, const struct err *e)
{
	struct round_words x;

	web_round_words(&p->room, e, &x);
	return x.status;
}

bool page_is_refusal(const struct err *e)
{
	return e->kind == ERR_INPUT || e->kind == ERR_CONFLICT ||
	       e->kind == ERR_DENIED || strstr(e->msg, "S21");
}
