/* Pages of inspections, improvement, the year and commendation: each list a
 * table, each act a form of its own that begins with what stands, all from the
 * rows of act.h and page_area.h. */
#include <string.h>

#include "page_round.h"
#include "phieu/page_area.h"
#include "phieu/page_field.h"

enum { ROWS_SHOWN = 100, WORD_MAX = 64 };

/* ---- whose ----------------------------------------------------------------
 */

static bool some(enum round_why why)
{
	return why == ROUND_MAY || why == ROUND_WHICH;
}

static bool may_list(const struct page *p, const char *name)
{
	const struct act_list *l = act_list_find(name);
	const struct round_ask ask = round_ask_list(l);

	return l && some(round_may(&p->room.who, &ask, NULL, NULL).why);
}

static bool may_act(const struct page *p, const char *name)
{
	const struct act *a = act_find(name);
	const struct round_ask ask = round_ask_act(a);

	return a && some(round_may(&p->room.who, &ask, NULL, NULL).why);
}

bool page_sees_area(const struct page *p, const char *name)
{
	const struct area *a = area_find(name);

	for (size_t i = 0; a && i < a->n_lists; i++)
		if (may_list(p, a->lists[i].name))
			return true;
	return false;
}

static const char *asked(const struct page *p, const char *name)
{
	const char *s =
		p->form ? web_field(p->form, name) : http_query(p->rq, name);

	return s && *s ? s : NULL;
}

/* Who is of several units or offices, and said none: the first of them. */
static void first_own(const struct page *p, const struct act_list *l,
		      const char **values)
{
	int unit = act_param_at(l->params, "unit");
	int office = act_param_at(l->params, "office");

	for (size_t i = 0; unit >= 0 && i < p->round.set.n_units; i++)
		if (p->me.unit[i]) {
			values[unit] = p->round.set.units[i].code;
			return;
		}
	for (size_t i = 0; office >= 0 && i < p->round.n_offices; i++)
		if (p->me.office[i]) {
			values[office] = p->round.offices[i].code;
			return;
		}
}

/* A list with what was asked for, narrowed to what is his; NULL without an
 * error: it is not for him. */
static struct res *rows_of(struct page *p, const char *name, struct err *e)
{
	const struct act_list *l = act_list_find(name);
	const struct round_ask ask = round_ask_list(l);
	const char *values[ACT_PARAMS_MAX] = { NULL }, *unit, *office;
	enum round_why why;

	for (size_t i = 0; i < act_list_params(l); i++)
		if (!p->form)
			values[i] = asked(p, l->params[i].name);
	unit = p->form ? NULL : asked(p, "unit");
	office = p->form ? NULL : asked(p, "office");
	why = round_may(&p->room.who, &ask, unit, office).why;
	if (why == ROUND_WHICH)
		first_own(p, l, values);
	else if (why != ROUND_MAY)
		return NULL;
	return web_room_list(&p->room, l, values, e);
}

/* ---- a cell ---------------------------------------------------------------
 */

/* Units and offices may have the same codes. */
static const char *who_is(const struct page *p, const char *column,
			  const char *code)
{
	size_t unit = page_unit_of(p, code);

	if (unit != INDEX_NONE && strcmp(column, "unit") == 0)
		return p->round.set.units[unit].name;
	for (size_t i = 0; i < p->round.n_offices; i++)
		if (strcmp(p->round.offices[i].code, code) == 0)
			return p->round.offices[i].name;
	return unit == INDEX_NONE ? code : p->round.set.units[unit].name;
}

static bool warns(const char *s)
{
	return strcmp(s, "overdue") == 0 || strcmp(s, "not-met") == 0 ||
	       strcmp(s, "kept-out") == 0 || strcmp(s, "not") == 0;
}

static void put_value(struct page *p, const char *list, const char *column,
		      const char *s)
{
	const char *vi = area_words(list, column, s);

	switch (area_look(column)) {
	case LOOK_WORD:
		/* what was written by somebody is no mark */
		page_put(p->b, vi == s ? "%r%s%r" : "<span class=\"%r\">%s%r",
			 vi == s    ? ""
			 : warns(s) ? "tag past"
				    : "tag",
			 vi, vi == s ? "" : "</span>");
		break;
	case LOOK_WHO: page_put(p->b, "%s", who_is(p, column, s)); break;
	case LOOK_DAY: page_put(p->b, "%d", s); break;
	case LOOK_POINTS: page_put(p->b, "%p", s); break;
	case LOOK_LONG:
	case LOOK_TEXT:
	case LOOK_WHOLE:
		page_put(p->b, "%s", strcmp(s, "example") ? s : "mẫu thử");
		break;
	}
}

static const char *class_of(const char *column)
{
	switch (area_look(column)) {
	case LOOK_LONG: return " class=\"t text\"";
	case LOOK_TEXT:
	case LOOK_WORD:
	case LOOK_WHO: return " class=\"t\"";
	case LOOK_DAY:
	case LOOK_WHOLE:
	case LOOK_POINTS: break;
	}
	return "";
}

/* ---- a table --------------------------------------------------------------
 */

struct table {
	const struct area *area;
	const struct area_list *list;
	const struct act_list *rows;
	int cols[LIST_COLUMNS_MAX];
	size_t n_cols;
	bool acts; /* some act goes with its rows */
};

static bool goes_with(const struct page *p, const struct table *t,
		      const struct area_act *a)
{
	return a->list && strcmp(a->list, t->list->name) == 0 &&
	       may_act(p, a->name);
}

static void table_init(const struct page *p, struct table *t,
		       const struct area *area, const struct area_list *list,
		       const struct res *r)
{
	const char *at = list->shows;
	char word[WORD_MAX];

	*t = (struct table){ .area = area, .list = list };
	t->rows = act_list_find(list->name);
	while (at && t->n_cols < LIST_COLUMNS_MAX &&
	       area_word(&at, word, sizeof word))
		if (res_column(r, word) >= 0)
			t->cols[t->n_cols++] = res_column(r, word);
	for (int i = 0; !list->shows && i < (int)res_columns(r) &&
			t->n_cols < LIST_COLUMNS_MAX;
	     i++)
		if (strcmp(res_name(r, i), "version") != 0)
			t->cols[t->n_cols++] = i;
	for (size_t i = 0; i < area->n_acts; i++)
		t->acts = t->acts || goes_with(p, t, &area->acts[i]);
}

static void put_heads(struct page *p, const struct table *t,
		      const struct res *r)
{
	page_put(p->b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"%s\"><table><thead><tr>",
		 t->list->title);
	for (size_t i = 0; i < t->n_cols; i++) {
		const char *name = res_name(r, t->cols[i]);
		bool left = i == 0 || *class_of(name);

		page_put(p->b, "<th scope=\"col\"%r>%s</th>",
			 left ? " class=\"t\"" : "",
			 t->rows->heads[t->cols[i]]);
	}
	page_put(p->b, "%r</tr></thead><tbody>\n",
		 t->acts ? "<th scope=\"col\" class=\"t noprint\">Việc</th>"
			 : "");
}

/* "?inspection=3&item=II.1" of the row. */
static void put_keys(struct page *p, const char *keys, const struct res *r,
		     size_t row)
{
	const char *sep = "?";
	char word[WORD_MAX];

	while (area_word(&keys, word, sizeof word)) {
		page_put(p->b, "%r%u=%u", sep, word, res_word(r, row, word));
		sep = "&amp;";
	}
}

static bool suits(const struct area_act *a, const struct res *r, size_t row)
{
	return (!a->states || area_has(a->states, res_word(r, row, "state"))) &&
	       (!a->unless || !*res_word(r, row, a->unless));
}

/* "inspect schedule" as a word of an address. */
static void put_dashed(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_add(b, *s == ' ' ? "-" : s, 1);
}

static void put_links(struct page *p, const struct table *t,
		      const struct res *r, size_t row)
{
	page_put(p->b, "<td class=\"t noprint\">");
	for (size_t i = 0; i < t->area->n_acts; i++) {
		const struct area_act *a = &t->area->acts[i];

		if (!goes_with(p, t, a) || !suits(a, r, row))
			continue;
		page_put(p->b, "<a class=\"act\" href=\"/rounds/%u/work/%u/",
			 p->head.code, t->area->name);
		put_dashed(p->b, a->name);
		put_keys(p, a->keys, r, row);
		page_put(p->b, "\">%s<span class=\"unseen\"> %s</span></a> ",
			 a->words, res_text(r, row, t->cols[0]));
	}
	page_put(p->b, "</td>");
}

static bool is_late(const struct res *r, size_t row)
{
	static const char *const columns[] = { "days_late", "late",
					       "report_late" };

	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		if (strspn(res_word(r, row, columns[i]), "0") !=
		    strlen(res_word(r, row, columns[i])))
			return true;
	return strcmp(res_word(r, row, "state"), "overdue") == 0;
}

/* The number of an inspection leads to all of it. */
static void put_first(struct page *p, const struct table *t,
		      const struct res *r, size_t row)
{
	const char *name = res_name(r, t->cols[0]);
	const char *s = res_word(r, row, name);
	bool leads = strcmp(t->list->name, "inspect list") == 0;

	page_put(p->b, "<tr%r><th scope=\"row\"%r>",
		 is_late(r, row) ? " class=\"late\"" : "",
		 strlen(s) > 40 ? " class=\"text\"" : "");
	if (leads)
		page_put(p->b, "<a href=\"/rounds/%u/work/%u?%u=%u\">Đợt ",
			 p->head.code, t->area->name, name, s);
	put_value(p, t->list->name, name, s);
	page_put(p->b, leads ? "</a></th>" : "</th>");
}

static void put_row(struct page *p, const struct table *t, const struct res *r,
		    size_t row)
{
	put_first(p, t, r, row);
	for (size_t i = 1; i < t->n_cols; i++) {
		const char *name = res_name(r, t->cols[i]);

		page_put(p->b, "<td%r>", class_of(name));
		put_value(p, t->list->name, name, res_word(r, row, name));
		page_put(p->b, "</td>");
	}
	if (t->acts)
		put_links(p, t, r, row);
	page_put(p->b, "</tr>\n");
}

/* Is the row of the inspection that was asked for? */
static bool is_asked(const struct page *p, const struct res *r, size_t row)
{
	const char *s = asked(p, "inspection");

	return !s || res_column(r, "inspection") < 0 ||
	       strcmp(res_word(r, row, "inspection"), s) == 0;
}

static void put_table(struct page *p, const struct table *t,
		      const struct res *r)
{
	const char *only = asked(p, "list");
	size_t most = only ? SIZE_MAX : ROWS_SHOWN, shown = 0, left = 0;

	page_put(p->b, "<h2>%s</h2>\n", t->list->title);
	for (size_t i = 0; i < res_rows(r); i++) {
		if (!is_asked(p, r, i))
			continue;
		if (shown == most) {
			left++;
			continue;
		}
		if (shown++ == 0)
			put_heads(p, t, r);
		put_row(p, t, r, i);
	}
	if (shown)
		page_table_end(p);
	else
		page_put(p->b, "<p>Không có.</p>\n");
	if (left) {
		page_put(p->b,
			 "<p>Còn %i dòng nữa. <a href=\"/rounds/%u/work/%u?"
			 "list=",
			 (long long)left, p->head.code, t->area->name);
		put_dashed(p->b, t->list->name);
		page_put(p->b, "%r%u\">Xem tất cả</a></p>\n",
			 asked(p, "unit") ? "&amp;unit=" : "",
			 asked(p, "unit") ? asked(p, "unit") : "");
	}
}

/* ---- the page -------------------------------------------------------------
 */

static bool wanted(const struct page *p, const struct area_list *l)
{
	const char *only = asked(p, "list");

	if (only && act_list_find(only) != act_list_find(l->name))
		return false;
	/* of one inspection: what says of which it is */
	if (asked(p, "inspection") && (strcmp(l->name, "inspect teams") == 0 ||
				       strcmp(l->name, "inspect late") == 0))
		return false;
	return (!l->needs || asked(p, l->needs)) && may_list(p, l->name);
}

/* Units to choose from, when there are several for him. */
static void put_filter(struct page *p, const struct area *a)
{
	const char *now = asked(p, "unit");
	size_t own = 0;

	for (size_t i = 0; i < p->round.set.n_units; i++)
		own += p->me.unit[i];
	if ((!p->me.all && own < 2) || strcmp(a->name, "year") == 0)
		return;
	page_put(p->b,
		 "<form method=\"get\" class=\"noprint\" action=\"/rounds/%u/"
		 "work/%u\"><label for=\"of\">Đơn vị</label>"
		 "<select id=\"of\" name=\"unit\">",
		 p->head.code, a->name);
	if (p->me.all)
		page_option(p->b, "", "– tất cả –", now);
	for (size_t i = 0; i < p->round.set.n_units; i++)
		if (p->me.all || p->me.unit[i])
			page_option(p->b, p->round.set.units[i].code,
				    p->round.set.units[i].name, now);
	page_put(p->b, "</select><button type=\"submit\" class=\"less\">Xem"
		       "</button></form>\n");
}

/* Acts that are about no row. */
static void put_acts(struct page *p, const struct area *a)
{
	bool any = false;

	for (size_t i = 0; i < a->n_acts; i++) {
		if (a->acts[i].list || !may_act(p, a->acts[i].name))
			continue;
		page_put(p->b, "%r<li><a href=\"/rounds/%u/work/%u/",
			 any ? "" : "<ul class=\"noprint\">\n", p->head.code,
			 a->name);
		put_dashed(p->b, a->acts[i].name);
		page_put(p->b, "\">%s</a></li>\n", a->acts[i].words);
		any = true;
	}
	if (any)
		page_put(p->b, "</ul>\n");
}

static bool put_lists(struct page *p, const struct area *a, struct err *e)
{
	for (size_t i = 0; i < a->n_lists; i++) {
		struct table t;
		struct res *r;

		if (!wanted(p, &a->lists[i]))
			continue;
		r = rows_of(p, a->lists[i].name, e);
		if (!r && e->kind != ERR_NONE)
			return false;
		if (!r)
			continue;
		table_init(p, &t, a, &a->lists[i], r);
		put_table(p, &t, r);
		res_free(r);
	}
	return true;
}

static bool show(struct page *p, struct err *e)
{
	const struct area *a = area_find(p->rq->param[1]);
	const char *unit = asked(p, "unit"), *of = asked(p, "inspection");
	size_t u = page_unit_of(p, unit);

	if (!a)
		return page_missing(p);
	if (!page_sees_area(p, a->name))
		return page_refuse(p);
	if (unit && (u == INDEX_NONE || !page_sees_unit(p, u)))
		return page_missing(p);
	page_begin(p, of ? arena_printf(p->a, "%s: đợt %s", a->title, of)
			 : a->title);
	if (of || asked(p, "list"))
		page_put(p->b,
			 "<p class=\"noprint\"><a href=\"/rounds/%u/work/%u\">"
			 "Tất cả: %s</a></p>\n",
			 p->head.code, a->name, a->title);
	else
		put_acts(p, a);
	put_filter(p, a);
	if (!put_lists(p, a, e))
		return false;
	page_end(p);
	return true;
}

enum http_done page_area(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	return page_run(rq, rp, app, show);
}

/* ---- what stands ----------------------------------------------------------
 */

static bool same_keys(const struct page *p, const char *keys,
		      const struct res *r, size_t row)
{
	char word[WORD_MAX];

	while (area_word(&keys, word, sizeof word)) {
		const char *s = asked(p, word);

		if (strcmp(res_word(r, row, word), s ? s : "") != 0)
			return false;
	}
	return true;
}

struct standing {
	const struct area_act *act;
	struct res *r; /* NULL: about no row, or not for him */
	long row;      /* -1: there is none such */
};

static bool standing_open(struct page *p, const char *act, struct standing *out,
			  struct err *e)
{
	*out = (struct standing){ .row = -1 };
	out->act = area_act_find(act, NULL);
	if (!out->act || !out->act->list)
		return true;
	out->r = rows_of(p, out->act->list, e);
	if (!out->r)
		return e->kind == ERR_NONE;
	for (size_t i = 0; out->row < 0 && i < res_rows(out->r); i++)
		if (same_keys(p, out->act->keys, out->r, i))
			out->row = (long)i;
	return true;
}

static const char *standing_cell(const struct standing *s, const char *column)
{
	return s->row < 0 ? "" : res_word(s->r, (size_t)s->row, column);
}

/* "unit" of "unit_name": said by its code already. */
static const char *stem_of(struct page *p, const char *name)
{
	size_t n = strlen(name) - (sizeof "_name" - 1);
	const char *out = arena_strndup(p->a, name, n);

	return out ? out : "";
}

/* All of the row, a line each. */
static void put_standing(struct page *p, const struct standing *s)
{
	const struct act_list *l;

	if (s->row < 0)
		return;
	l = act_list_find(s->act->list);
	page_put(p->b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		       "aria-label=\"Đang có\"><table class=\"both\"><tbody>"
		       "\n");
	for (int i = 0; i < (int)act_list_columns(l); i++) {
		const char *name = res_name(s->r, i);
		const char *text = res_word(s->r, (size_t)s->row, name);

		if (!*text || strcmp(name, "version") == 0 ||
		    (strstr(name, "_name") &&
		     area_has("unit lead team", stem_of(p, name))))
			continue;
		page_put(p->b,
			 "<tr><th scope=\"row\">%s</th><td class=\"t text\">",
			 l->heads[i]);
		put_value(p, l->name, name, text);
		page_put(p->b, "</td></tr>\n");
	}
	page_table_end(p);
}

/* The column that a parameter begins with: "from=first_day". */
static bool taken(const char **at, char *param, char *column)
{
	char word[WORD_MAX];
	char *eq;

	if (!area_word(at, word, sizeof word))
		return false;
	eq = strchr(word, '=');
	if (eq)
		*eq = '\0';
	memcpy(param, word, strlen(word) + 1);
	if (eq)
		memmove(column, eq + 1, strlen(eq + 1) + 1);
	else
		memcpy(column, word, strlen(word) + 1);
	return true;
}

/* What two people wrote, side by side. */
static void put_both(struct page *p, const struct standing *s)
{
	char param[WORD_MAX], column[WORD_MAX];
	const char *at = s->act->takes;

	page_put(p->b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"Hai bản\"><table class=\"both\"><thead><tr>"
		 "<th scope=\"col\">Mục</th><th scope=\"col\" class=\"t\">"
		 "Đang lưu</th><th scope=\"col\" class=\"t\">Đã nhập</th>"
		 "</tr></thead><tbody>\n");
	while (taken(&at, param, column)) {
		const char *now = standing_cell(s, column);

		if (strcmp(param, "version") == 0 || strcmp(param, "unit") == 0)
			continue;
		page_put(p->b,
			 "<tr><th scope=\"row\">%s</th><td class=\"t text\">",
			 page_field(s->act->name, param).label);
		put_value(p, s->act->list, column, now);
		page_put(p->b, "</td><td class=\"t text\">");
		put_value(p, s->act->list, column, web_field(p->form, param));
		page_put(p->b, "</td></tr>\n");
	}
	page_table_end(p);
}

/* Does an entry of the history speak of the row?  "inspect-answer 3 II.1",
 * "finding 7", and of tasks "7 planned …". */
static bool speaks_of(const struct res *r, size_t i, const char *keys,
		      const char *text)
{
	const char *what = res_word(r, i, "what");
	const char *was = res_word(r, i, "was");
	size_t n = strlen(text), m = strlen(what);

	if (strcmp(what, "improve") == 0 && strcmp(keys, "task") == 0)
		return strncmp(was, text, n) == 0 && was[n] == ' ';
	return strncmp(what, keys, 4) == 0 && m > n && what[m - n - 1] == ' ' &&
	       strcmp(what + m - n, text) == 0;
}

/* "3 II.1": what says which row it is. */
static const char *key_text(struct page *p, const struct standing *s)
{
	const char *at = s->act->keys, *out = "";
	char word[WORD_MAX];

	while (area_word(&at, word, sizeof word))
		out = arena_printf(p->a, "%s%s%s", out, *out ? " " : "",
				   standing_cell(s, word));
	return out ? out : "";
}

/* Who wrote last. */
static bool put_last(struct page *p, const struct standing *s, struct err *e)
{
	const char *key = key_text(p, s);
	struct res *r = page_list(p, "round history", NULL, NULL, e);
	size_t n = r ? res_rows(r) : 0, last = n;

	for (size_t i = 0; *key && i < n; i++)
		if (speaks_of(r, i, s->act->keys, key))
			last = i;
	if (last < n)
		page_put(p->b,
			 "<p>Người sửa sau cùng: <strong>%s</strong>, lúc %d."
			 "</p>\n",
			 res_word(r, last, "done_by"), res_word(r, last, "at"));
	res_free(r);
	return r != NULL;
}

bool page_area_now(struct page *p, const char *act, const char **version,
		   bool told, struct err *e)
{
	struct standing s;

	*version = NULL;
	if (!standing_open(p, act, &s, e))
		return false;
	if (s.act)
		*version = s.row < 0
				   ? "0"
				   : arena_strdup(p->a,
						  standing_cell(&s, "version"));
	if (told && s.act && s.row >= 0) {
		page_put(p->b, "<h2>Đang lưu</h2>\n");
		if (!put_last(p, &s, e)) {
			res_free(s.r);
			return false;
		}
		put_both(p, &s);
		put_standing(p, &s);
	}
	res_free(s.r);
	return true;
}

/* ---- a form ---------------------------------------------------------------
 */

/* What an own unit or office is put in by itself need not be asked. */
static const char *own_of(const struct page *p, const struct act *a,
			  const char *param)
{
	const struct round_ask ask = round_ask_act(a);
	struct round_right r = round_may(&p->room.who, &ask, NULL, NULL);

	if (r.why != ROUND_MAY || !r.bound)
		return NULL;
	if (strcmp(param, "unit") == 0)
		return r.unit;
	return strcmp(param, "office") == 0 ? r.office : NULL;
}

static void preset_of(struct page *p, const struct act *a,
		      const struct standing *s, const char **preset)
{
	for (size_t i = 0; i < act_params(a); i++) {
		const char *name = a->params[i].name;
		const char *at = s->act->takes, *own = own_of(p, a, name);
		char param[WORD_MAX], column[WORD_MAX];

		preset[2 * i] = name;
		preset[2 * i + 1] = own ? own : asked(p, name);
		if (strcmp(name, "version") == 0 && s->row < 0)
			preset[2 * i + 1] = "0";
		while (s->row >= 0 && taken(&at, param, column))
			if (strcmp(param, name) == 0)
				preset[2 * i + 1] = standing_cell(s, column);
	}
}

static bool form(struct page *p, struct err *e)
{
	const struct area *area = area_find(p->rq->param[1]), *of = NULL;
	const struct act *a = act_find(p->rq->param[2]);
	const char *preset[2 * ACT_PARAMS_MAX + 1] = { NULL }, *back;
	struct standing s;

	if (!area || !a || !area_act_find(a->name, &of) || of != area)
		return page_missing(p);
	if (!may_act(p, a->name))
		return page_refuse(p);
	if (!standing_open(p, a->name, &s, e))
		return false;
	if (!s.act)
		return page_missing(p);
	preset_of(p, a, &s, preset);
	back = asked(p, "item") && asked(p, "inspection")
		       ? arena_printf(p->a, "/work/%s?inspection=%s",
				      area->name, asked(p, "inspection"))
		       : arena_printf(p->a, "/work/%s", area->name);
	page_begin(p, arena_printf(p->a, "%s: %s", area->title, s.act->words));
	put_standing(p, &s);
	page_act_form(p, a->name, preset, s.act->words, back);
	page_put(p->b, "<p><a href=\"/rounds/%u%s\">Bỏ, quay lại</a></p>\n",
		 p->head.code, back);
	page_end(p);
	res_free(s.r);
	return true;
}

enum http_done page_area_form(struct http_request *rq, struct http_reply *rp,
			      void *app)
{
	return page_run(rq, rp, app, form);
}
