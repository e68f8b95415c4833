/* Forms of a desk's acts: each row of desk.h as labels and inputs, posted, run,
 * and led back; what was refused comes back with what was typed and what stands
 * now. */
#include <string.h>

#include "page_desk.h"
#include "page_round.h"

/* ---- one input ----------------------------------------------------------- */

bool desk_page_choices(struct desk_page *p, struct err *e)
{
	struct desk_who who = { 0 };

	if (!p->choices &&
	    (web_desk_who(p->rq, MAY_PEOPLE, p->v->wave, &who, e) ||
	     e->kind == ERR_NONE))
		p->choices = store_desk_choices(p->db, p->v->wave, &who, e);
	return p->choices;
}

static bool put_codes(struct desk_page *p, const char *kind, const char *now,
		      struct err *e)
{
	if (!desk_page_choices(p, e))
		return false;
	for (size_t i = 0; i < res_rows(p->choices); i++) {
		const char *code = res_word(p->choices, i, "code");
		const char *more = res_word(p->choices, i, "more");
		const char *name = res_word(p->choices, i, "name");

		if (strcmp(res_word(p->choices, i, "kind"), kind) == 0)
			page_option(p->b, code,
				    arena_printf(p->a, "%s (%s)%s%s", name,
						 code, *more ? ", " : "", more),
				    now);
	}
	return true;
}

static bool put_select(struct desk_page *p, const struct desk_param *m,
		       const char *id, const char *now, const char *none,
		       struct err *e)
{
	const char *kind = m->kind == DESK_AGENT   ? "agent"
			   : m->kind == DESK_GROUP ? "group"
						   : "unit";
	bool ok = true;

	page_put(p->b, "<select id=\"%s\" name=\"%s\"%r>", id, m->name,
		 m->needed ? " required" : "");
	page_put(p->b, "<option value=\"\">%s</option>", none);
	if (m->kind == DESK_CHOICE)
		for (const struct desk_choice *c = m->choices; c->value; c++)
			page_option(p->b, c->value, c->words, now);
	else
		ok = put_codes(p, kind, now, e);
	page_put(p->b, "</select>\n");
	return ok;
}

static const char *type_of(enum desk_kind k)
{
	if (k == DESK_NUMBER)
		return "type=\"text\" inputmode=\"numeric\"";
	return k == DESK_DAY ? "type=\"date\"" : "type=\"text\"";
}

static void put_hidden(struct desk_page *p, const char *name, const char *value)
{
	page_put(p->b, "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n",
		 name, value);
}

static bool put_field(struct desk_page *p, const struct desk_act *a,
		      const struct desk_param *m, const char *now,
		      struct err *e)
{
	const char *required = m->needed ? " required" : "";
	const char *id = arena_printf(p->a, "%s-%s", a->name, m->name);

	if (m->kind == DESK_VERSION) {
		if (*now)
			put_hidden(p, m->name, now);
		return true;
	}
	if (m->kind == DESK_FLAG) {
		page_put(p->b,
			 "<label class=\"flag\"><input type=\"checkbox\" "
			 "name=\"%s\" value=\"true\"%r> %s</label>\n",
			 m->name, strcmp(now, "true") == 0 ? " checked" : "",
			 desk_label(m));
		return true;
	}
	page_put(p->b, "<label for=\"%s\">%s%r</label>\n", id, desk_label(m),
		 m->needed ? "" : " <span>(không bắt buộc)</span>");
	if (m->kind >= DESK_AGENT)
		return put_select(p, m, id, now,
				  m->needed ? "– chọn –" : "– không –", e);
	if (m->kind == DESK_LONG || m->kind == DESK_SHEETS)
		page_put(p->b,
			 "<textarea id=\"%s\" name=\"%s\" rows=\"%r\" "
			 "autocapitalize=\"characters\" spellcheck=\"false\"%r>"
			 "\n%s</textarea>\n",
			 id, m->name, m->kind == DESK_LONG ? "2" : "6",
			 required, now);
	else
		page_put(p->b,
			 "<input id=\"%s\" name=\"%s\" %r%r value=\"%s\" "
			 "autocomplete=\"off\">\n",
			 id, m->name, type_of(m->kind), required, now);
	return true;
}

static const char *preset_of(const char *const *preset, const char *name)
{
	for (; preset && *preset; preset += 2)
		if (strcmp(preset[0], name) == 0)
			return preset[1] ? preset[1] : "";
	return "";
}

static void put_action(struct desk_page *p, const struct desk_act *a)
{
	page_put(p->b, "<form method=\"post\" action=\"");
	desk_page_path(p, "");
	page_put(p->b, "/%u\">\n", a->name);
}

bool desk_page_form(struct desk_page *p, const struct desk_act *a,
		    const char *const *preset, struct err *e)
{
	put_action(p, a);
	for (size_t i = 0; i < desk_params(a->params); i++)
		if (!put_field(p, a, &a->params[i],
			       preset_of(preset, a->params[i].name), e))
			return false;
	page_put(p->b,
		 "<button class=\"cap\" type=\"submit\">%s</button></form>\n",
		 a->summary_vi);
	return true;
}

/* ---- one thing: how it stands, what may be done, what became of it --------
 */

/* A list by name that this person may see, with one value for the key; NULL
 * without an error: the desk has none, or it is not for him. */
static struct res *about(struct desk_page *p, const char *name,
			 const char *value, const struct desk_list **out,
			 struct err *e)
{
	const struct desk_list *l = name ? desk_list_find(p->desk, name) : NULL;
	const char *values[DESK_PARAMS_MAX] = { NULL };
	struct err why = { 0 };
	struct res *r;
	int at = l ? desk_param_at(l->params, p->desk->key) : -1;

	*out = l;
	if (at < 0)
		return NULL;
	values[at] = value;
	r = web_desk_list(p->db, p->rq, p->v, p->desk, l, values, &why);
	if (!r && why.kind != ERR_DENIED && why.kind != ERR_INPUT)
		*e = why;
	return r;
}

/* What an act calls the thing: "sheets" takes one sheet, too. */
static const char *taken_as(const struct desk *d, const struct desk_act *a)
{
	for (size_t i = 0; i < desk_params(a->params); i++)
		if (strcmp(a->params[i].name, d->key) == 0 ||
		    (a->params[i].kind == DESK_SHEETS &&
		     strcmp(d->key, "sheet") == 0))
			return a->params[i].name;
	return NULL;
}

/* Do the rules know the act in this status?  What has no rules is asked when
 * it is done. */
static bool follows(struct desk_page *p, const struct desk_act *a,
		    const char *status, bool *yes, struct err *e)
{
	struct res *r;

	*yes = !a->of || !*status;
	if (*yes)
		return true;
	r = store_desk_may(p->db, a->of, status, e);
	if (!r)
		return false;
	for (size_t i = 0; i < res_rows(r); i++)
		*yes = *yes || strcmp(res_word(r, i, "act"), a->name) == 0;
	res_free(r);
	return true;
}

/* One thing as the list `one` has it. */
struct standing {
	const char *version, *status; /* "" where there is none */
	bool there;
};

static bool put_acts_on(struct desk_page *p, const char *value,
			const struct standing *now, struct err *e)
{
	for (size_t i = 0; i < p->desk->n_acts; i++) {
		const struct desk_act *a = &p->desk->acts[i];
		const char *as = taken_as(p->desk, a);
		const char *preset[] = { as, value, "version", now->version,
					 NULL };
		bool yes = false;

		if (!as || !desk_page_may(p, a))
			continue;
		if (!follows(p, a, now->status, &yes, e))
			return false;
		if (!yes)
			continue;
		page_put(p->b, "<details><summary class=\"cap\">%s</summary>\n",
			 a->summary_vi);
		if (!desk_page_form(p, a, preset, e))
			return false;
		page_put(p->b, "</details>\n");
	}
	return true;
}

/* How it stands now; false only with an error. */
static bool put_standing(struct desk_page *p, const char *value,
			 struct standing *out, struct err *e)
{
	const struct desk_list *l;
	struct res *r = about(p, p->desk->one, value, &l, e);

	*out = (struct standing){ "", "", r && res_rows(r) > 0 };
	if (out->there) {
		out->version = arena_strdup(p->a, res_word(r, 0, "version"));
		out->status = arena_strdup(p->a, res_word(r, 0, "status"));
		if (!out->version || !out->status)
			(void)err_set(e, ERR_NOMEM, "out of memory");
		page_put(p->b, "<h2>Hiện trạng</h2>\n");
		desk_page_rows(p, l, r, "");
	}
	res_free(r);
	return e->kind == ERR_NONE;
}

static bool put_history(struct desk_page *p, const char *value, struct err *e)
{
	const struct desk_list *l;
	struct res *r = about(p, p->desk->history, value, &l, e);

	if (r) {
		page_put(p->b, "<h2>Lịch sử</h2>\n");
		desk_page_rows(p, l, r, "Chưa có việc nào.");
	}
	res_free(r);
	return e->kind == ERR_NONE;
}

static bool put_about(struct desk_page *p, const char *value, struct err *e)
{
	struct standing now;

	desk_page_begin(p, value);
	page_put(p->b, "<h2>%s</h2>\n", value);
	if (!put_standing(p, value, &now, e))
		return false;
	if (!now.there) {
		p->rp->status = 404;
		page_put(p->b,
			 "<p class=\"error\">Không có %s trong địa bàn "
			 "của bạn.</p>\n",
			 value);
	}
	if (now.there && !put_acts_on(p, value, &now, e))
		return false;
	if (now.there && !put_history(p, value, e))
		return false;
	web_page_end(p->rp);
	return true;
}

/* ---- pages --------------------------------------------------------------- */

/* What narrows a list, as a form that asks again. */
static bool put_filter(struct desk_page *p, const struct desk_list *l,
		       struct err *e)
{
	size_t n = desk_params(l->params);

	if (n == 0)
		return true;
	page_put(p->b, "<details><summary>Lọc</summary>");
	page_put(p->b, "<form class=\"filter\" method=\"get\" action=\"");
	desk_page_path(p, "\">\n");
	put_hidden(p, "show", l->name);
	for (size_t i = 0; i < n; i++) {
		const struct desk_param *m = &l->params[i];
		const char *now = http_query(p->rq, m->name);
		const char *id = arena_printf(p->a, "filter-%s", m->name);

		page_put(p->b, "<p><label for=\"%s\">%s</label>", id,
			 desk_label(m));
		now = now ? now : "";
		if (m->kind >= DESK_AGENT) {
			if (!put_select(p, m, id, now, "– tất cả –", e))
				return false;
		} else {
			page_put(p->b,
				 "<input id=\"%s\" name=\"%s\" %r "
				 "value=\"%s\">",
				 id, m->name, type_of(m->kind), now);
		}
		page_put(p->b, "</p>\n");
	}
	page_put(p->b, "<button type=\"submit\">Xem</button></form></details>"
		       "\n");
	return true;
}

static bool put_list(struct desk_page *p, const struct desk_list *l,
		     struct err *e)
{
	struct res *r = web_desk_list(p->db, p->rq, p->v, p->desk, l, NULL, e);
	bool ok;

	if (!r)
		return false;
	desk_page_begin(p, l->summary_vi);
	page_put(p->b, "<h2 class=\"cap\">%s</h2>\n", l->summary_vi);
	desk_page_acts(p);
	ok = put_filter(p, l, e);
	if (ok && p->above)
		p->above(p, l);
	if (ok)
		desk_page_rows(p, l, r, "Không có dòng nào.");
	web_page_end(p->rp);
	res_free(r);
	return ok;
}

static bool put_act(struct desk_page *p, const struct desk_act *a,
		    struct err *e)
{
	const char *preset[2 * DESK_PARAMS_MAX + 1] = { NULL };

	if (!desk_page_may(p, a))
		return err_set(e, ERR_DENIED, "không có quyền (not allowed)");
	for (size_t i = 0; i < desk_params(a->params); i++) {
		preset[2 * i] = a->params[i].name;
		preset[2 * i + 1] = http_query(p->rq, a->params[i].name);
	}
	desk_page_begin(p, a->summary_vi);
	page_put(p->b, "<h2 class=\"cap\">%s</h2>\n", a->summary_vi);
	if (!desk_page_form(p, a, preset, e))
		return false;
	web_page_end(p->rp);
	return true;
}

bool desk_page_asks(const struct desk_page *p)
{
	return http_query(p->rq, "do") || http_query(p->rq, "show") ||
	       (p->desk->key && http_query(p->rq, p->desk->key));
}

bool desk_page_body(struct desk_page *p, const char *show, struct err *e)
{
	const char *act = http_query(p->rq, "do");
	const char *list = http_query(p->rq, "show");
	const char *one = p->desk->key ? http_query(p->rq, p->desk->key) : NULL;
	const struct desk_act *a = act ? desk_act_find(p->desk, act) : NULL;
	const struct desk_list *l = desk_list_find(p->desk, list ? list : show);

	if (one && *one && !act && !list)
		return put_about(p, one, e);
	if (act && a)
		return put_act(p, a, e);
	if (!act && l)
		return put_list(p, l, e);
	web_not_found(p->rq, p->rp);
	return true;
}

static bool first(struct desk_page *p, struct err *e)
{
	return desk_page_body(p, p->desk->lists[0].name, e);
}

enum http_done page_desk(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	return desk_page_run(rq, rp, app, NULL, first);
}

/* ---- posted -------------------------------------------------------------- */

static void take_values(struct desk_page *p, const struct desk_act *a,
			const char **values)
{
	for (size_t i = 0; i < desk_params(a->params); i++) {
		const char *s = web_field(p->form, a->params[i].name);

		if (a->params[i].kind == DESK_FLAG)
			values[i] = *s ? "true" : "false";
		else
			values[i] = *s ? s : NULL;
	}
}

/* Back to the desk, which says what was done. */
static void go(struct desk_page *p, const struct desk_act *a,
	       const struct desk_done *d)
{
	struct buf b = BUF_INIT(2048);
	const char *to;

	page_put(&b, "/%u/%u?done=%u", p->desk->name, p->v->code, a->name);
	if (p->desk->key && taken_as(p->desk, a) && d->moved == 1 &&
	    *web_field(p->form, "about"))
		page_put(&b, "&%u=%u", p->desk->key,
			 web_field(p->form, "about"));
	if (d->moved)
		page_put(&b, "&n=%i", (long long)d->moved);
	if (d->paper)
		page_put(&b, "&paper=%i", (long long)d->paper);
	if (d->made[0])
		page_put(&b, "&made=%u", d->made);
	to = buf_cstr(&b) ? arena_strdup(p->a, b.data) : NULL;
	buf_free(&b);
	p->rp->status = 303;
	http_set_header(p->rp, "Location", to ? to : "/");
}

/* What of the refused act is one thing: its code, or "". */
static const char *one_of(struct desk_page *p, const struct desk_act *a)
{
	const char *as = p->desk->key ? taken_as(p->desk, a) : NULL;
	const char *s = as ? web_field(p->form, as) : "";

	return strpbrk(s, ",;\r\n. ") ? "" : s;
}

/* The form again, under what was wrong with it: what was typed, and what
 * stands now. */
static bool refused(struct desk_page *p, const struct desk_act *a,
		    const struct err *why, struct err *e)
{
	const char *preset[2 * DESK_PARAMS_MAX + 1] = { NULL };
	struct standing now = { "", "", false };
	const char *one = one_of(p, a);

	desk_page_begin(p,
			arena_printf(p->a, "Chưa ghi được: %s", a->summary_vi));
	p->rp->status = err_http_status(why->kind);
	page_put(p->b,
		 "<p class=\"error\" role=\"alert\">Chưa ghi được: %s</p>"
		 "\n",
		 desk_told(p->desk, why->msg, p->a));
	if (*one && !put_standing(p, one, &now, e))
		return false;
	if (now.there && !put_history(p, one, e))
		return false;
	for (size_t i = 0; i < desk_params(a->params); i++) {
		preset[2 * i] = a->params[i].name;
		preset[2 * i + 1] =
			a->params[i].kind == DESK_VERSION
				? now.version
				: web_field(p->form, a->params[i].name);
	}
	page_put(p->b, "<h2>Bạn đã ghi</h2>\n");
	if (!desk_page_form(p, a, preset, e))
		return false;
	web_page_end(p->rp);
	return true;
}

/* Once more, under what the act will meet. */
static bool ask(struct desk_page *p, const struct desk_act *a, struct err *e)
{
	const char *none[DESK_PARAMS_MAX] = { NULL };
	const struct desk_list *l = desk_list_find(p->desk, a->confirm);
	struct res *r = NULL;

	if (l)
		r = web_desk_list(p->db, p->rq, p->v, p->desk, l, none, e);
	if (l && !r)
		return false;
	desk_page_begin(p, a->summary_vi);
	page_put(p->b, "<h2 class=\"cap\">%s</h2>\n", a->summary_vi);
	if (r) {
		page_put(p->b, "<h3 class=\"cap\">%s</h3>\n", l->summary_vi);
		desk_page_rows(p, l, r, "Không còn mục nào.");
	}
	res_free(r);
	put_action(p, a);
	for (size_t i = 0; i < desk_params(a->params); i++)
		if (*web_field(p->form, a->params[i].name))
			put_hidden(p, a->params[i].name,
				   web_field(p->form, a->params[i].name));
	put_hidden(p, "confirm", "true");
	page_put(p->b,
		 "<p><strong>Chắc chắn?</strong></p>"
		 "<button class=\"cap\" type=\"submit\">%s</button> "
		 "<a href=\"",
		 a->summary_vi);
	desk_page_path(p, "\">Thôi</a></form>\n");
	web_page_end(p->rp);
	return true;
}

/* Is it one that a page tells, with what was typed, rather than the service? */
static bool is_refusal(const struct err *e)
{
	return e->kind == ERR_INPUT || e->kind == ERR_CONFLICT ||
	       e->kind == ERR_DENIED;
}

static bool act(struct desk_page *p, struct err *e)
{
	const struct desk_act *a = desk_act_find(p->desk, p->rq->param[1]);
	const char *values[DESK_PARAMS_MAX] = { NULL };
	struct desk_done done = { 0 };
	struct err why = { 0 };

	if (!a) {
		web_not_found(p->rq, p->rp);
		return true;
	}
	if (!desk_page_may(p, a))
		return err_set(e, ERR_DENIED, "không có quyền (not allowed)");
	take_values(p, a, values);
	if (a->confirm && !*web_field(p->form, "confirm"))
		return ask(p, a, e);
	if (web_desk_do(p->db, p->rq, a, p->v->wave, values, &done, &why)) {
		go(p, a, &done);
		return true;
	}
	if (is_refusal(&why))
		return refused(p, a, &why, e);
	*e = why;
	return false;
}

enum http_done page_desk_do(struct http_request *rq, struct http_reply *rp,
			    void *app)
{
	struct web_fields f;

	if (!web_read_form(rq, rp, app, &f))
		return HTTP_REPLIED;
	return desk_page_run(rq, rp, app, &f, act);
}
