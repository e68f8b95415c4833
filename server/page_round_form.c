/* Forms of acts: each row of act.h as labels and inputs, posted, run, and led
 * back; what was refused comes back with what was typed and what stands now. */
#include <string.h>
#include <strings.h>

#include "page_round.h"
#include "phieu/page_area.h"
#include "phieu/page_field.h"

/* ---- one input ------------------------------------------------------------
 */

static void put_unit_options(struct page *p, const char *now)
{
	for (size_t i = 0; i < p->round.set.n_units; i++)
		page_option(p->b, p->round.set.units[i].code,
			    p->round.set.units[i].name, now);
}

static void put_node_options(struct page *p, const char *act, const char *now)
{
	bool external = strncmp(act, "external", 8) == 0;
	/* findings and tasks are about groups and surveys too */
	bool any = strncmp(act, "inspect", 7) == 0 ||
		   strncmp(act, "improve", 7) == 0;

	for (size_t i = 0; i < p->round.set.n_nodes; i++) {
		const struct index_node *n = &p->round.set.nodes[i];

		if (any ||
		    (n->leaf &&
		     n->source == (external ? INDEX_EXTERNAL : INDEX_ASSESSED)))
			page_option(p->b, n->code,
				    arena_printf(p->a, "%s %s", n->code,
						 n->name),
				    now);
	}
}

static void put_office_options(struct page *p, const char *now)
{
	for (size_t i = 0; i < p->round.n_offices; i++)
		page_option(p->b, p->round.offices[i].code,
			    p->round.offices[i].name, now);
}

/* Teams of the plan of inspections; none when there is no plan yet. */
static void put_team_options(struct page *p, const char *now)
{
	struct err none = { 0 };
	struct res *r = page_list(p, "inspect teams", NULL, NULL, &none);

	for (size_t i = 0; r && i < res_rows(r); i++)
		if (i == 0 || strcmp(res_word(r, i, "team"),
				     res_word(r, i - 1, "team")) != 0)
			page_option(p->b, res_word(r, i, "team"),
				    res_word(r, i, "team_name"), now);
	res_free(r);
}

static void put_step_options(struct page *p, const char *now)
{
	for (int k = STEP_SELF; k <= STEP_PUBLISH; k++)
		page_option(p->b, round_step_word((enum round_step)k),
			    round_step_word_vi((enum round_step)k), now);
}

static void put_options(struct page *p, const char *act,
			const struct field_words *w, bool needed,
			const char *now)
{
	const struct field_choice *c;

	page_put(p->b, needed ? "<option value=\"\">– chọn –</option>"
			      : "<option value=\"\">– không –</option>");
	if (w->kind == FIELD_UNIT || w->kind == FIELD_LEAD)
		put_unit_options(p, now);
	if (w->kind == FIELD_OFFICE || w->kind == FIELD_LEAD)
		put_office_options(p, now);
	if (w->kind == FIELD_NODE)
		put_node_options(p, act, now);
	if (w->kind == FIELD_TEAM)
		put_team_options(p, now);
	if (w->kind == FIELD_STEP)
		put_step_options(p, now);
	for (size_t i = 0;
	     w->kind == FIELD_CHOICE && (c = page_choice(act, w->name, i)); i++)
		page_option(p->b, c->value, c->label, now);
}

static const char *type_of(enum field_kind k)
{
	if (k == FIELD_NUMBER)
		return "type=\"text\" inputmode=\"decimal\"";
	return k == FIELD_DAY ? "type=\"date\"" : "type=\"text\"";
}

static void put_field(struct page *p, const char *act, const char *id,
		      const struct act_param *param, const char *now)
{
	struct field_words w = page_field(act, param->name);
	bool needed = param->need == ACT_REQUIRED;
	const char *required = needed ? " required" : "";

	if (w.kind == FIELD_HIDDEN || (w.about && *now)) {
		page_put(p->b,
			 "<input type=\"hidden\" name=\"%s\" value=\"%s\">",
			 w.name, now);
		return;
	}
	if (param->flag) {
		page_put(p->b,
			 "<label class=\"flag\"><input type=\"checkbox\" "
			 "name=\"%s\" value=\"true\"%r> %s</label>\n",
			 w.name, strcmp(now, "true") == 0 ? " checked" : "",
			 w.label);
		return;
	}
	page_put(p->b, "<label for=\"%s-%s\">%s%r</label>\n", id, w.name,
		 w.label, needed ? "" : " <span>(không bắt buộc)</span>");
	if (w.kind == FIELD_LONG) {
		page_put(p->b,
			 "<textarea id=\"%s-%s\" name=\"%s\" rows=\"3\"%r>"
			 "\n%s</textarea>\n",
			 id, w.name, w.name, required, now);
	} else if (w.kind >= FIELD_UNIT) {
		page_put(p->b, "<select id=\"%s-%s\" name=\"%s\"%r>", id,
			 w.name, w.name, required);
		put_options(p, act, &w, needed, now);
		page_put(p->b, "</select>\n");
	} else {
		page_put(p->b,
			 "<input id=\"%s-%s\" name=\"%s\" %r%r value=\"%s\">\n",
			 id, w.name, w.name, type_of(w.kind), required, now);
	}
}

static const char *preset_of(const char *const *preset, const char *name)
{
	for (; preset && *preset; preset += 2)
		if (strcmp(preset[0], name) == 0)
			return preset[1] ? preset[1] : "";
	return "";
}

/* "appraise accept" as a word of an address. */
static const char *dashed(struct page *p, const char *s)
{
	char *out = arena_strdup(p->a, s);

	for (char *c = out; c && *c; c++)
		if (*c == ' ')
			*c = '-';
	return out ? out : "";
}

/* An id that no other form of the page has. */
static const char *id_of(struct page *p, const struct act *a,
			 const char *const *preset)
{
	struct buf b = BUF_INIT(512);
	const char *id;

	page_put(&b, "%s-%s-%s-%s%s", a->name, preset_of(preset, "unit"),
		 preset_of(preset, "criterion"), preset_of(preset, "request"),
		 preset_of(preset, "deduction"));
	buf_adds(&b, preset_of(preset, "task"));
	id = buf_cstr(&b) ? dashed(p, b.data) : "act";
	buf_free(&b);
	return id;
}

void page_act_form(struct page *p, const char *act, const char *const *preset,
		   const char *button, const char *back)
{
	const struct act *a = act_find(act);
	const char *id;

	if (!a)
		return;
	id = id_of(p, a, preset);
	page_put(p->b,
		 "<form method=\"post\" action=\"/rounds/%u/acts/%u\">"
		 "<input type=\"hidden\" name=\"back\" value=\"%s\">\n",
		 p->head.code, dashed(p, a->name), back);
	/* in the order of the words: what it is about, points, why */
	for (size_t k = 0; k <= page_field_places(); k++)
		for (size_t i = 0; i < act_params(a); i++)
			if (page_field_place(a->params[i].name) == k)
				put_field(p, act, id, &a->params[i],
					  preset_of(preset, a->params[i].name));
	page_put(p->b, "<button type=\"submit\">%s</button></form>\n",
		 button ? button : a->summary_vi);
}

/* ---- posted -----------------------------------------------------------------
 */

/* "3,5" is what people type. */
const char *page_number(struct page *p, const char *s)
{
	char *out = arena_strdup(p->a, s);

	for (char *c = out; c && *c; c++)
		if (*c == ',')
			*c = '.';
	return out ? out : s;
}

static void take_values(struct page *p, const struct act *a,
			const char **values)
{
	for (size_t i = 0; i < act_params(a); i++) {
		const char *name = a->params[i].name;
		const char *s = web_field(p->form, name);

		if (a->params[i].flag)
			values[i] = *s ? "true" : "false";
		else if (!*s)
			values[i] = NULL;
		else
			values[i] =
				page_field(a->name, name).kind == FIELD_NUMBER
					? page_number(p, s)
					: s;
	}
}

/* A path below the round, as our own forms name it; else its overview. */
static const char *back_of(struct page *p)
{
	const char *s = web_field(p->form, "back");
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"-._~/%?=&#";

	return *s == '/' && strspn(s, plain) == strlen(s) ? s : "";
}

/* Who changed this item last, and what stands now. */
static bool put_standing(struct page *p, const char *unit,
			 const char *criterion, struct err *e)
{
	struct page_standing *s;
	struct res *r;
	size_t n;

	if (!page_standing(p, unit, &s, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(s[i].criterion, criterion) == 0)
			page_put(p->b,
				 "<p>Đang có: tự chấm %p, %s %p%r%s</p>\n",
				 s[i].self, page_item_state_words(s[i].state),
				 s[i].appraised,
				 *s[i].reason ? "; lý do: " : "", s[i].reason);
	r = page_list(p, "round history", unit, criterion, e);
	if (!r)
		return false;
	if (res_rows(r)) {
		size_t last = res_rows(r) - 1;

		page_put(p->b,
			 "<p>Người sửa sau cùng: <strong>%s</strong>, lúc %d: "
			 "%s từ “%s” thành “%s”.</p>\n",
			 res_word(r, last, "done_by"), res_word(r, last, "at"),
			 page_change_words(res_word(r, last, "what")),
			 res_word(r, last, "was"),
			 res_word(r, last, "becomes"));
	}
	res_free(r);
	return true;
}

/* The version of a row of a list, "0": there is none yet. */
static const char *listed(struct page *p, const char *list, const char *unit,
			  const char *criterion, const char *key, struct err *e)
{
	struct res *r = page_list(p, list, unit, NULL, e);
	const char *version = "0";

	for (size_t i = 0; r && i < res_rows(r); i++)
		if (strcmp(res_word(r, i, key), criterion) == 0)
			version = arena_strdup(p->a, res_word(r, i, "version"));
	res_free(r);
	return r && version ? version : "";
}

static const char *task_version(struct page *p, const char *task, struct err *e)
{
	struct task_row *t;
	size_t n;

	if (!store_round_tasks(p->db, p->head.id, p->a, &t, &n, e))
		return "";
	for (size_t i = 0; i < n; i++)
		if (strcmp(t[i].code, task) == 0)
			return arena_printf(p->a, "%lld",
					    (long long)t[i].version);
	return "";
}

/* The version to be seen next: that of what stands now; "" when there is
 * nothing of the name. */
static const char *version_now(struct page *p, const struct act *a)
{
	const char *unit = web_field(p->form, "unit");
	const char *criterion = web_field(p->form, "criterion");
	const char *now;
	struct self_head h;
	struct err e = { 0 };

	if (strcmp(a->name, "round task") == 0)
		return task_version(p, web_field(p->form, "task"), &e);
	if (!page_area_now(p, a->name, &now, false, &e))
		return "";
	if (now)
		return now;
	if (!*unit)
		return "";
	if (strncmp(a->name, "self ", 5) == 0)
		return store_self_head(p->db, p->head.id, unit, p->a, &h, &e)
			       ? arena_printf(p->a, "%lld",
					      (long long)h.version)
			       : "";
	return listed(p,
		      strcmp(a->name, "external put") == 0 ? "external list"
							   : "appraise list",
		      unit, criterion, "criterion", &e);
}

const char *page_act_words(struct page *p, const struct act *a)
{
	static const char *const tails[] = { ", lần", ", phiên bản", ", số",
					     " số" };
	const char *s = a->summary_vi, *out;
	size_t n = strlen(s);

	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		const char *at = strstr(s, tails[i]);

		if (at && at[strlen(tails[i])] == '\0' && (size_t)(at - s) < n)
			n = (size_t)(at - s);
	}
	out = arena_strndup(p->a, s, n);
	return out ? out : s;
}

/* An act's words are those of what was done; here it was not. */
static const char *undone(struct page *p, const struct act *a)
{
	static const char already[] = "đã ";
	const char *s = page_act_words(p, a);

	return s + (strncmp(s, already, sizeof already - 1) == 0
			    ? sizeof already - 1
			    : 0);
}

/* The form again, under what was wrong with it. */
static bool refused(struct page *p, const struct act *a, const struct err *why,
		    struct err *e)
{
	const char *preset[2 * ACT_PARAMS_MAX + 1] = { NULL }, *now;
	const char *unit = web_field(p->form, "unit");
	const char *criterion = web_field(p->form, "criterion");
	size_t u = page_unit_of(p, unit), k = page_node_of(p, criterion);
	bool stale = why->kind == ERR_CONFLICT ||
		     (p->room.no.code &&
		      strcmp(p->room.no.code, "missing-version") == 0);

	page_begin(p, arena_printf(p->a, "Chưa ghi được: %s", undone(p, a)));
	page_wrong(p, page_status(p, why), page_words(p, why));
	if (u != INDEX_NONE)
		page_put(p->b, "<p>%s", p->round.set.units[u].name);
	if (u != INDEX_NONE && k != INDEX_NONE)
		page_put(p->b, ", %s %s", criterion,
			 p->round.set.nodes[k].name);
	page_put(p->b, u != INDEX_NONE ? "</p>\n" : "");
	if (*web_field(p->form, "result"))
		page_put(p->b, "<p>Kết quả số %s</p>\n",
			 web_field(p->form, "result"));
	if (stale && u != INDEX_NONE && k != INDEX_NONE &&
	    page_sees_item(p, u, k) && !area_act_find(a->name, NULL) &&
	    !put_standing(p, unit, criterion, e))
		return false;
	if (stale && !page_area_now(p, a->name, &now, true, e))
		return false;
	for (size_t i = 0; i < act_params(a); i++) {
		const char *name = a->params[i].name;

		preset[2 * i] = name;
		preset[2 * i + 1] = strcmp(name, "version") == 0 && stale
					    ? version_now(p, a)
					    : web_field(p->form, name);
	}
	page_act_form(p, a->name, preset, "Ghi lại lần nữa", back_of(p));
	page_put(p->b, "<p><a href=\"/rounds/%u%s\">Bỏ, quay lại</a></p>\n",
		 p->head.code, back_of(p));
	page_end(p);
	return true;
}

/* A form without the version that was seen is good for what nobody wrote. */
static void take_version(struct page *p, const struct act *a,
			 const char **values)
{
	int at = act_param_at(a->params, "version");
	const char *now;

	if (at < 0 || values[at])
		return;
	now = version_now(p, a);
	if (strcmp(now, "0") == 0)
		values[at] = now;
}

static bool act(struct page *p, struct err *e)
{
	const struct act *a = act_find(p->rq->param[1]);
	const char *values[ACT_PARAMS_MAX] = { NULL };
	const char *unit = web_field(p->form, "unit");
	const char *office = web_field(p->form, "office"), *made;
	struct err why = { 0 };

	if (!a)
		return page_missing(p);
	if (!page_may(p, a->name, *unit ? unit : NULL, *office ? office : NULL))
		return page_refuse(p);
	take_values(p, a, values);
	take_version(p, a, values);
	if (web_room_act(&p->room, a, values, &made, &why))
		return page_go(p, back_of(p), a->name);
	if (page_is_refusal(&why))
		return refused(p, a, &why, e);
	*e = why;
	return false;
}

enum http_done page_act(struct http_request *rq, struct http_reply *rp,
			void *app)
{
	return page_run_form(rq, rp, app, act);
}
