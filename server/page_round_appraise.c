/* The appraiser's list: units by criteria of what his office leads or
 * cooperates in, never his own unit, by state. */
#include <string.h>

#include "page_round.h"

struct filter {
	const char *state, *unit;
	bool *handed_in; /* [n_units] */
};

static const struct {
	const char *word, *vi;
} states[] = {
	{ "", "tất cả" },
	{ "pending", "chưa thẩm định" },
	{ "asked", "chờ bổ sung tài liệu" },
	{ "objects", "đơn vị không thống nhất" },
	{ "accepted", "chấp nhận" },
	{ "corrected", "điều chỉnh" },
};

static bool is_state(const struct page_standing *s, const char *state)
{
	if (strcmp(state, "objects") == 0)
		return strcmp(s->opinion, "objects") == 0;
	return !*state || strcmp(s->state, state) == 0;
}

static void put_filter(struct page *p, const struct filter *f)
{
	page_put(p->b,
		 "<form method=\"get\" class=\"filter\" action=\"/rounds/%u/"
		 "appraise\"><label for=\"state\">Trạng thái</label>"
		 "<select id=\"state\" name=\"state\">",
		 p->head.code);
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		page_put(p->b, "<option value=\"%s\"%r>%s</option>",
			 states[i].word,
			 strcmp(f->state, states[i].word) == 0 ? " selected"
							       : "",
			 states[i].vi);
	page_put(p->b, "</select><label for=\"unit\">Đơn vị</label>"
		       "<select id=\"unit\" name=\"unit\"><option value=\"\">"
		       "tất cả</option>");
	for (size_t i = 0; i < p->round.set.n_units; i++)
		if (page_sees_unit(p, i))
			page_put(p->b, "<option value=\"%s\"%r>%s</option>",
				 p->round.set.units[i].code,
				 strcmp(f->unit, p->round.set.units[i].code) ==
						 0
					 ? " selected"
					 : "",
				 p->round.set.units[i].name);
	page_put(p->b, "</select><button type=\"submit\" class=\"less\">Lọc"
		       "</button></form>\n");
}

/* Takes what the unit says, from the list itself. */
static void put_quick(struct page *p, const struct page_standing *s,
		      const char *office, const struct filter *f)
{
	page_put(p->b,
		 "<form method=\"post\" class=\"inline\" action=\"/rounds/%u/"
		 "acts/appraise-accept\"><input type=\"hidden\" name=\"office\""
		 " value=\"%s\"><input type=\"hidden\" name=\"unit\" "
		 "value=\"%s\"><input type=\"hidden\" name=\"criterion\" "
		 "value=\"%s\"><input type=\"hidden\" name=\"version\" "
		 "value=\"%i\"><input type=\"hidden\" name=\"back\" "
		 "value=\"/appraise?state=%u&amp;unit=%u\">"
		 "<button type=\"submit\" class=\"less\">Chấp nhận"
		 "<span class=\"unseen\"> %s %s</span></button></form>",
		 p->head.code, office, s->unit, s->criterion,
		 (long long)s->version, f->state, f->unit, s->unit,
		 s->criterion);
}

static void put_row(struct page *p, const struct page_standing *s, size_t unit,
		    size_t node, const struct filter *f)
{
	bool lead, quick;
	size_t office = page_office_for(p, unit, node, &lead);

	quick = lead && f->handed_in[unit] && *s->self &&
		strcmp(s->state, "pending") == 0 &&
		page_step_open(p, STEP_APPRAISE);
	page_put(p->b,
		 "<tr><th scope=\"row\">%s%r</th><td class=\"t\">"
		 "<a href=\"/rounds/%u%r\">%s %s</a>%r</td><td>%p</td>"
		 "<td>%p</td><td>%p</td><td class=\"t\">"
		 "<span class=\"tag %s\">%s</span></td><td class=\"t\">"
		 "<span class=\"tag %s\">%s</span></td><td>",
		 p->round.set.units[unit].name,
		 f->handed_in[unit] ? ""
				    : " <span class=\"tag\">chưa nộp</span>",
		 p->head.code, page_item_path(p, unit, node), s->criterion,
		 p->round.set.nodes[node].name,
		 lead ? "" : " <span class=\"tag\">phối hợp</span>", s->maximum,
		 s->self, s->appraised, s->state,
		 page_item_state_words(s->state), s->opinion,
		 page_opinion_words(s->opinion));
	if (quick)
		put_quick(p, s, p->round.offices[office].code, f);
	page_put(p->b, "</td></tr>\n");
}

static size_t put_rows(struct page *p, const struct page_standing *s, size_t n,
		       const struct filter *f)
{
	size_t shown = 0;

	for (size_t i = 0; i < n; i++) {
		size_t unit = page_unit_of(p, s[i].unit);
		size_t node = page_node_of(p, s[i].criterion);
		bool lead;

		if (unit == INDEX_NONE || node == INDEX_NONE ||
		    !page_applies(p, unit, node) ||
		    page_office_for(p, unit, node, &lead) == INDEX_NONE ||
		    !is_state(&s[i], f->state) ||
		    (*f->unit && strcmp(f->unit, s[i].unit) != 0))
			continue;
		put_row(p, &s[i], unit, node, f);
		shown++;
	}
	return shown;
}

static bool find_handed_in(struct page *p, struct filter *f, struct err *e)
{
	bool *list = arena_array(p->a, p->round.set.n_units + 1, sizeof *list);
	struct res *late = store_self_late(p->db, p->head.id, e);

	if (!late)
		return false;
	for (size_t i = 0; list && i < res_rows(late); i++) {
		size_t unit = page_unit_of(p, res_text(late, i, 0));

		if (unit != INDEX_NONE)
			list[unit] =
				strcmp(res_text(late, i, 2), "submitted") == 0;
	}
	res_free(late);
	f->handed_in = list;
	if (!list)
		(void)err_set(e, ERR_NOMEM, "out of memory");
	return list != NULL;
}

static bool appraise(struct page *p, struct err *e)
{
	static const char *const heads[] = {
		"Đơn vị",	  "<Tiêu chí", "Tối đa",
		"Tự chấm",	  "Thẩm định", "<Trạng thái",
		"<Ý kiến đơn vị", "Chấp nhận", NULL
	};
	const char *state = http_query(p->rq, "state");
	const char *unit = http_query(p->rq, "unit");
	struct filter f = { state ? state : "", unit ? unit : "", NULL };
	struct page_standing *s;
	size_t n, shown;

	if (!p->me.has_office)
		return page_refuse(p);
	if (!find_handed_in(p, &f, e) ||
	    !page_standing(p, *f.unit ? f.unit : NULL, &s, &n, e))
		return false;
	page_begin(p, "Thẩm định");
	page_put(p->b,
		 "<p>Bước thẩm định <span class=\"tag %s\">%s</span>"
		 "</p>\n",
		 page_step_state(p, STEP_APPRAISE),
		 page_state_words(page_step_state(p, STEP_APPRAISE)));
	put_filter(p, &f);
	page_table(p, "Các mục thẩm định", heads);
	shown = put_rows(p, s, n, &f);
	page_table_end(p);
	page_put(p->b, "<p>%i mục.</p>\n", (long long)shown);
	page_end(p);
	return true;
}

enum http_done page_appraise(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return page_run(rq, rp, app, appraise);
}
