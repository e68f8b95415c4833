/* Requests for evidence and for another evaluation, for both sides. */
#include <string.h>

#include "page_round.h"

/* ---- requests ---------------------------------------------------------------
 */

static void put_answer(struct page *p, const struct res *r, size_t i,
		       const char *unit, const char *back)
{
	const char *number = res_word(r, i, "request");
	const char *preset[] = { "unit",   unit, "request", number,
				 "office", NULL, NULL };
	bool evidence = strcmp(res_word(r, i, "kind"), "evidence") == 0;
	size_t node = page_node_of(p, res_word(r, i, "criterion"));
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
	const char *state = res_word(r, i, "state");
	bool open = strcmp(state, "open") == 0 || strcmp(state, "late") == 0;

	page_put(p->b,
		 "<li><p><strong>%r số %s</strong>%r%s, hạn %d: "
		 "<span class=\"tag %s\">%s</span></p><p class=\"text\">%s</p>",
		 strcmp(res_word(r, i, "kind"), "evidence") == 0
			 ? "Yêu cầu bổ sung tài liệu"
			 : "Đề nghị đánh giá lại",
		 res_word(r, i, "request"),
		 *res_word(r, i, "criterion") ? ", tiêu chí " : "",
		 res_word(r, i, "criterion"), res_word(r, i, "due"),
		 open ? (*state == 'l' ? "past" : "asked") : "accepted",
		 page_request_state_words(state), res_word(r, i, "content"));
	if (*res_word(r, i, "answer"))
		page_put(p->b, "<p class=\"text\">Trả lời (%s): %s</p>",
			 res_word(r, i, "answered_by"),
			 res_word(r, i, "answer"));
	if (open)
		put_answer(p, r, i, res_word(r, i, "unit"), back);
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
		     strcmp(res_word(r, i, "criterion"), criterion) != 0) ||
		    !sees_request(p, unit, res_word(r, i, "criterion")))
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
