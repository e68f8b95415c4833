/* The sheet ledger as a page: the balance by area, from there the agents of an
 * area, from there the sheets of an agent; what is still open; hand-over
 * records.  Reading only, no script; prints on A4. */
#include <stdio.h>
#include <string.h>

#include "phieu/ledger.h"
#include "web_impl.h"

static const struct {
	const char *by, *words;
} levels[] = {
	{ "area", "địa bàn" },	  { "agent", "điều tra viên" },
	{ "office", "bưu cục" },  { "form", "mẫu phiếu" },
	{ "group", "đối tượng" }, { "unit", "đơn vị" },
};

static const char *status_words(const char *s)
{
	static const char *const words[][2] = {
		{ "planned", "chưa giao" },
		{ "issued", "đã giao" },
		{ "left", "để lại" },
		{ "collected", "đã thu" },
		{ "keyed", "đã nhập" },
		{ "second-keyed", "nhập lần hai" },
		{ "checked", "đã kiểm tra" },
		{ "valid", "hợp lệ" },
		{ "invalid", "không hợp lệ" },
		{ "locked", "đã khóa" },
		{ "refused", "từ chối" },
		{ "not-met", "không gặp" },
		{ "moved", "chuyển đi" },
		{ "lost", "mất" },
		{ "cancelled", "hủy" },
		{ "replaced", "đã thay" },
		{ "void", "bỏ" },
		{ "out", "còn ngoài" },
		{ "unkeyed", "chưa nhập" },
		{ "contradiction", "mâu thuẫn" },
		{ "empty", "không có dữ liệu" },
		{ "foreign", "ngoài sổ" },
		{ "quota", "lệch chỉ tiêu" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], s) == 0)
			return words[i][1];
	return s;
}

/* A value inside a link: what is not plain is escaped by its bytes. */
static void put_query(struct buf *b, const char *s)
{
	for (; s && *s; s++) {
		bool plain = (*s >= 'a' && *s <= 'z') ||
			     (*s >= 'A' && *s <= 'Z') ||
			     (*s >= '0' && *s <= '9') || strchr("-_.", *s);

		if (plain)
			buf_add(b, s, 1);
		else
			buf_addf(b, "%%%02X", (unsigned char)*s);
	}
}

static void put_link(struct buf *b, const char *wave, const char *query)
{
	buf_adds(b, "<a href=\"/ledger/");
	put_query(b, wave);
	buf_addf(b, "?%s", query);
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
		put_query(b, code);
		buf_adds(b, "\">");
	} else if (deeper && *code) {
		put_link(b, v->code, "show=sheets&amp;agent=");
		put_query(b, code);
		if (area) {
			buf_adds(b, "&amp;area=");
			put_query(b, area);
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

/* ---- lists ------------------------------------------------------------- */

struct shown {
	const char *name, *head;
};
static const struct shown sheet_columns[] = { { "sheet", "Số phiếu" },
					      { "group", "Đối tượng" },
					      { "unit_now", "Đơn vị" },
					      { "agent", "Điều tra viên" },
					      { "status", "Trạng thái" },
					      { "code", "Mã" },
					      { "replaced_by", "Thay bằng" },
					      { "changed_on", "Từ ngày" },
					      { NULL, NULL } };
static const struct shown open_columns[] = {
	{ "kind", "Vì sao" },	     { "sheet", "Số phiếu" },
	{ "status", "Trạng thái" },  { "group", "Đối tượng" },
	{ "unit", "Đơn vị" },	     { "agent", "Điều tra viên" },
	{ "changed_on", "Từ ngày" }, { NULL, NULL }
};
static const struct shown event_columns[] = { { "event", "Số" },
					      { "done_on", "Ngày" },
					      { "act", "Việc" },
					      { "done_by", "Người làm" },
					      { "agent", "Điều tra viên" },
					      { "sheets", "Số phiếu" },
					      { "paper", "Biên bản" },
					      { "reason", "Lý do" },
					      { NULL, NULL } };

static void put_cell(struct buf *b, const struct wave_head *v, const char *name,
		     const char *s)
{
	if (*s && strcmp(name, "paper") == 0) {
		buf_adds(b, "<a href=\"/handover/");
		put_query(b, v->code);
		buf_addf(b, "/%s\">%s</a>", s, s);
	} else if (strcmp(name, "status") == 0 || strcmp(name, "kind") == 0) {
		web_put_escaped(b, status_words(s));
	} else {
		web_put_escaped(b, s);
	}
}

static void put_list(struct buf *b, const struct wave_head *v,
		     const struct res *r, const struct shown *columns,
		     const char *none)
{
	if (res_rows(r) == 0) {
		buf_addf(b, "<p>%s</p>\n", none);
		return;
	}
	buf_addf(
		b,
		"<p>%zu dòng</p><div class=\"scroll\" role=\"region\" "
		"tabindex=\"0\" aria-label=\"Danh sách\"><table class=\"list\">"
		"<thead><tr>",
		res_rows(r));
	for (const struct shown *c = columns; c->name; c++)
		buf_addf(b, "<th scope=\"col\">%s</th>", c->head);
	buf_adds(b, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < res_rows(r); i++) {
		buf_adds(b, "<tr>");
		for (const struct shown *c = columns; c->name; c++) {
			buf_adds(b, "<td>");
			put_cell(b, v, c->name, res_word(r, i, c->name));
			buf_adds(b, "</td>");
		}
		buf_adds(b, "</tr>\n");
	}
	buf_adds(b, "</tbody></table></div>\n");
}

/* ---- the page ---------------------------------------------------------- */

static void put_top(struct http_reply *rp, const struct http_request *rq,
		    const struct wave_head *v)
{
	struct buf *b = &rp->body;

	web_page_begin(rp, arena_printf(rq->arena, "Sổ phiếu %s", v->code));
	buf_adds(b, "<nav aria-label=\"Đường dẫn\"><a href=\"/\">Các đợt điều "
		    "tra</a> ");
	put_link(b, v->code, "by=area\">Cân đối</a> ");
	put_link(b, v->code, "show=open\">Còn mở</a> ");
	put_link(b, v->code, "show=sheets\">Phiếu</a> ");
	put_link(b, v->code, "show=events\">Biên bản và các việc</a>");
	buf_adds(b, "</nav>\n<main><h1>Sổ phiếu: ");
	web_put_escaped(b, v->name);
	buf_adds(b, "</h1>\n<p>");
	web_put_marks(b, v);
	web_put_days(b, v);
	buf_adds(b, "</p>\n");
}

static const struct {
	const char *list;
	const struct shown *columns;
	const char *none;
} views[] = {
	{ "sheets", sheet_columns, "Không có phiếu nào." },
	{ "open", open_columns,
	  "Không còn mục nào mở: sổ phiếu đã cân, có thể khóa." },
	{ "events", event_columns, "Chưa có việc nào." },
};

static bool page(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	const char *show = http_query(rq, "show"), *by = http_query(rq, "by");
	const struct ledger_list *l;
	struct res *r;
	size_t k = 0, n = sizeof views / sizeof views[0];

	while (k < n && (!show || strcmp(views[k].list, show) != 0))
		k++;
	l = ledger_list_find(k < n ? views[k].list : "balance");
	if (!by)
		by = "area";
	r = web_ledger_list(db, rq, rp, v, l, e);
	if (!r)
		return e->kind == ERR_NONE;
	put_top(rp, rq, v);
	if (k < n)
		put_list(&rp->body, v, r, views[k].columns, views[k].none);
	else
		put_balance(&rp->body, rq, v, r, by);
	web_page_end(rp);
	res_free(r);
	return true;
}

enum http_done web_ledger_page(struct http_request *rq, struct http_reply *rp,
			       void *app)
{
	return web_run_wave(rq, rp, app, page);
}
