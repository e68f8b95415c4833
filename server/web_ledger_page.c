/* The sheet ledger's first page: the balance by area, from there the agents of
 * an area, from there the sheets of an agent; prints on A4.  All else is as of
 * any desk (page_desk.h). */
#include <string.h>

#include "page_desk.h"
#include "page_round.h"
#include "phieu/ledger.h"

static const struct {
	const char *by, *words;
} levels[] = {
	{ "area", "địa bàn" },	  { "agent", "điều tra viên" },
	{ "office", "bưu cục" },  { "form", "mẫu phiếu" },
	{ "group", "đối tượng" }, { "unit", "đơn vị" },
};

static void put_link(struct buf *b, const char *wave, const char *query)
{
	page_put(b, "<a href=\"/ledger/%u?", wave);
	buf_adds(b, query);
}

/* ---- the balance ------------------------------------------------------- */

static const struct {
	const char *name, *head;
} counts[] = {
	{ "planned", "Kế hoạch" },
	{ "waiting", "Chưa giao" },
	{ "issued", "Đã giao" },
	{ "collected", "Thu về" },
	{ "refused", "Từ chối" },
	{ "not_met", "Không gặp" },
	{ "lost", "Mất" },
	{ "cancelled", "Hủy" },
	{ "still_out", "Còn ngoài" },
	{ "valid", "Hợp lệ" },
	{ "invalid", "Không hợp lệ" },
};
enum { N_COUNTS = sizeof counts / sizeof counts[0] };

/* From an area to its agents, from an agent to his sheets. */
static void put_name(struct buf *b, const struct http_request *rq,
		     const struct wave_head *v, const char *by,
		     const char *code, const char *name)
{
	const char *area = http_query(rq, "area");
	bool deeper = strcmp(by, "area") == 0 || strcmp(by, "agent") == 0;

	buf_adds(b, "<th scope=\"row\">");
	if (deeper && *code && strcmp(by, "area") == 0) {
		put_link(b, v->code, "by=agent&amp;area=");
		page_put(b, "%u", code);
		buf_adds(b, "\">");
	} else if (deeper && *code) {
		put_link(b, v->code, "show=sheets&amp;agent=");
		page_put(b, "%u", code);
		if (area) {
			buf_adds(b, "&amp;area=");
			page_put(b, "%u", area);
		}
		buf_adds(b, "\">");
	}
	web_put_escaped(b, *name		      ? name
			   : strcmp(by, "agent") == 0 ? "(chưa giao ai)"
						      : "(cấp tỉnh)");
	buf_adds(b, deeper && *code ? "</a></th>" : "</th>");
}

static void put_counts(struct buf *b, const struct res *r, size_t row)
{
	for (int i = 0; i < N_COUNTS; i++) {
		buf_adds(b, "<td>");
		buf_adds(b, res_word(r, row, counts[i].name));
		buf_adds(b, "</td>");
	}
	buf_adds(b, "</tr>\n");
}

static void put_sums(struct buf *b, const struct res *r)
{
	buf_adds(b, "<tr class=\"total\"><th scope=\"row\">Tổng cộng</th>");
	for (int i = 0; i < N_COUNTS; i++) {
		int c = res_column(r, counts[i].name);
		bool any = false;
		int64_t sum = 0, n;
		struct err e = { 0 };

		for (size_t k = 0; k < res_rows(r); k++)
			if (c >= 0 && !res_null(r, k, c) &&
			    res_i64(r, k, c, &n, &e)) {
				sum += n;
				any = true;
			}
		if (any)
			buf_addf(b, "<td>%lld</td>", (long long)sum);
		else
			buf_adds(b, "<td></td>");
	}
	buf_adds(b, "</tr>\n");
}

static void put_levels(struct buf *b, const struct wave_head *v, const char *by)
{
	buf_adds(b, "<p>Cân đối theo: ");
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		buf_adds(b, i ? " · " : "");
		if (strcmp(levels[i].by, by) == 0) {
			buf_addf(b, "<strong>%s</strong>", levels[i].words);
			continue;
		}
		put_link(b, v->code, "by=");
		buf_addf(b, "%s\">%s</a>", levels[i].by, levels[i].words);
	}
	buf_adds(b, "</p>\n");
}

static void put_balance(struct buf *b, const struct http_request *rq,
			const struct wave_head *v, const struct res *r,
			const char *by)
{
	put_levels(b, v, by);
	buf_adds(b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		    "aria-label=\"Bảng cân đối phiếu\"><table><thead><tr>"
		    "<th scope=\"col\">Nơi, người</th>");
	for (int i = 0; i < N_COUNTS; i++)
		buf_addf(b, "<th scope=\"col\">%s</th>", counts[i].head);
	buf_adds(b, "</tr></thead><tbody>\n");
	for (size_t k = 0; k < res_rows(r); k++) {
		buf_adds(b, "<tr>");
		put_name(b, rq, v, by, res_word(r, k, "code"),
			 res_word(r, k, "name"));
		put_counts(b, r, k);
	}
	put_sums(b, r);
	buf_adds(b, "</tbody></table></div>\n<p class=\"small\">Đã giao = thu "
		    "về + từ chối + không gặp + mất + hủy + còn ngoài. "
		    "Không gặp gồm cả đã chuyển đi; hủy gồm cả phiếu hỏng đã "
		    "thay số.</p>\n");
}

/* ---- the page ---------------------------------------------------------- */

/* Of the sheets that a list shows: to print. */
static void put_prints(struct desk_page *p, const struct desk_list *l)
{
	static const char *const prints[][2] = {
		{ "cards", "In thẻ số phiếu và mã QR" },
		{ "list", "In danh sách" },
	};

	if (strcmp(l->name, "sheets") != 0)
		return;
	page_put(p->b, "<p class=\"way\">");
	for (size_t i = 0; i < sizeof prints / sizeof prints[0]; i++) {
		const char *sep = "?";

		page_put(p->b, "<a href=\"");
		desk_page_path(p, "/print/");
		page_put(p->b, "%r", prints[i][0]);
		for (size_t k = 0; k < desk_params(l->params); k++) {
			const char *s = http_query(p->rq, l->params[k].name);

			if (!s || !*s)
				continue;
			page_put(p->b, "%r%r=%u", sep, l->params[k].name, s);
			sep = "&amp;";
		}
		page_put(p->b, "\">%s</a> ", prints[i][1]);
	}
	page_put(p->b, "</p>\n");
}

/* No ledger yet: whoever may begins it here. */
static bool not_begun(struct desk_page *p, struct err *e)
{
	const struct desk_act *a = desk_act_find(p->desk, "plan");

	desk_page_begin(p, "Sổ phiếu");
	p->rp->status = 409;
	page_put(p->b, "<p>Đợt này chưa lập sổ phiếu: phiếu chưa được đánh số "
		       "và theo dõi từng tờ.</p>\n");
	if (a && desk_page_may(p, a) && !desk_page_form(p, a, NULL, e))
		return false;
	web_page_end(p->rp);
	return true;
}

static bool page(struct desk_page *p, struct err *e)
{
	const char *asked = http_query(p->rq, "by");
	const char *values[DESK_PARAMS_MAX] = { asked ? asked : "area",
						http_query(p->rq, "agent"),
						http_query(p->rq, "area") };
	const struct desk_list *l = desk_list_find(p->desk, "balance");
	struct res *r;

	p->above = put_prints;
	if (desk_page_asks(p) &&
	    !(http_query(p->rq, "show") &&
	      strcmp(http_query(p->rq, "show"), "balance") == 0))
		return desk_page_body(p, "balance", e);
	if (!p->v->ledger)
		return not_begun(p, e);
	r = l ? web_desk_list(p->db, p->rq, p->v, p->desk, l, values, e) : NULL;
	if (!r)
		return false;
	desk_page_begin(p, "Sổ phiếu");
	desk_page_acts(p);
	put_balance(p->b, p->rq, p->v, r, values[0]);
	web_page_end(p->rp);
	res_free(r);
	return true;
}

enum http_done web_ledger_page(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	return desk_page_run(rq, rp, app, NULL, page);
}
