/* How sheets come in, as a page that is read and printed. */
#include <stdio.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/store_progress.h"
#include "web_impl.h"

enum { COLUMNS = 9 };

/* 1193 as 1.193, as it is written here. */
static void put_count(struct buf *b, int64_t n)
{
	if (n >= 1000) {
		put_count(b, n / 1000);
		buf_addf(b, ".%03d", (int)(n % 1000));
	} else {
		buf_addf(b, "%d", (int)n);
	}
}

static const char *or_unplaced(const char *name)
{
	return name ? name : "(chưa xếp được)";
}

static void put_name(struct buf *b, const struct progress_row *r)
{
	buf_adds(b, "<th scope=\"row\">");
	switch (r->level) {
	case PROGRESS_CELL:
		web_put_escaped(b, r->home_name ? r->home_name
						: or_unplaced(r->group_name));
		break;
	case PROGRESS_GROUP:
		buf_adds(b, "Cộng nhóm: ");
		web_put_escaped(b, or_unplaced(r->group_name));
		break;
	case PROGRESS_FORM:
		buf_adds(b, "Cộng mẫu ");
		web_put_escaped(b, or_unplaced(r->form));
		break;
	case PROGRESS_HOME:
		web_put_escaped(b, r->home_name ? r->home_name : "(không)");
		break;
	case PROGRESS_TOTAL: buf_adds(b, "Tổng cộng"); break;
	}
	buf_adds(b, "</th>");
}

static void put_row(struct buf *b, const struct progress_row *r)
{
	const int64_t n[COLUMNS - 1] = { r->n.planned, r->n.received,
					 r->n.valid,   r->n.queried,
					 r->n.invalid, r->n.set_aside,
					 r->n.missing, r->n.over };
	size_t i;

	buf_addf(b, "<tr class=\"%s\">", progress_level_name(r->level));
	put_name(b, r);
	for (i = 0; i < COLUMNS - 1; i++) {
		buf_adds(b, "<td>");
		put_count(b, n[i]);
		buf_adds(b, "</td>");
	}
	buf_adds(b, "</tr>\n");
}

/* A group that has units of its own is named once, above them. */
static void put_group(struct buf *b, const struct progress_row *r)
{
	buf_addf(b,
		 "<tr class=\"begin\"><th colspan=\"%d\" "
		 "scope=\"colgroup\">",
		 COLUMNS);
	web_put_escaped(b, or_unplaced(r->form));
	buf_adds(b, " · ");
	web_put_escaped(b, or_unplaced(r->group_name));
	buf_adds(b, "</th></tr>\n");
}

static bool begins_group(const struct progress_row *rows, size_t i)
{
	return rows[i].level == PROGRESS_CELL && rows[i].home_name &&
	       (i == 0 || rows[i - 1].level != PROGRESS_CELL);
}

/* The sum of one row says nothing that the row does not. */
static bool sums_one(const struct progress_row *rows, size_t i)
{
	return rows[i].level == PROGRESS_GROUP && i > 0 &&
	       rows[i - 1].level == PROGRESS_CELL && !rows[i - 1].home_name &&
	       (i == 1 || rows[i - 2].level != PROGRESS_CELL);
}

static void put_table(struct buf *b, const struct progress_row *rows, size_t n,
		      bool homes)
{
	size_t i;

	buf_addf(b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"%s\"><table><thead><tr>"
		 "<th scope=\"col\">%s</th>"
		 "<th scope=\"col\">Kế hoạch</th><th scope=\"col\">Thu về</th>"
		 "<th scope=\"col\">Hợp lệ</th>"
		 "<th scope=\"col\">Chờ xem lại</th>"
		 "<th scope=\"col\">Không hợp lệ</th>"
		 "<th scope=\"col\">Để riêng</th>"
		 "<th scope=\"col\">Còn thiếu</th><th scope=\"col\">Vượt</th>"
		 "</tr></thead><tbody>\n",
		 homes ? "Tiến độ theo đơn vị nơi phát phiếu"
		       : "Tiến độ theo mẫu phiếu và nhóm",
		 homes ? "Đơn vị" : "Mẫu phiếu, nhóm, đơn vị");
	for (i = 0; i < n; i++) {
		if (rows[i].level != PROGRESS_TOTAL &&
		    (rows[i].level == PROGRESS_HOME) != homes)
			continue;
		if (sums_one(rows, i))
			continue;
		if (begins_group(rows, i))
			put_group(b, &rows[i]);
		put_row(b, &rows[i]);
	}
	buf_adds(b, "</tbody></table></div>\n");
}

/* What one asks first, and when it was so: a print has no clock. */
static void put_summary(struct buf *b, const struct progress_row *rows,
			size_t n)
{
	char now[INSTANT_TEXT_MAX];
	size_t i;

	for (i = 0; i < n; i++) {
		const struct progress_counts *c = &rows[i].n;

		if (rows[i].level != PROGRESS_TOTAL)
			continue;
		buf_adds(b, "<p class=\"sum\">Thu về <strong>");
		put_count(b, c->received);
		buf_adds(b, "</strong> phiếu, kế hoạch <strong>");
		put_count(b, c->planned);
		buf_adds(b, "</strong>; còn thiếu <strong>");
		put_count(b, c->missing);
		buf_adds(b, "</strong>.</p>\n");
	}
	(void)instant_text(clock_now_us() + (int64_t)7 * 3600 * 1000000, now);
	buf_addf(b,
		 "<p class=\"small\">Số liệu lúc %.5s ngày %.2s/%.2s/%.4s "
		 "(giờ Việt Nam)</p>\n",
		 now + 11, now + 8, now + 5, now);
}

static bool page(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	struct progress_row *rows;
	struct buf *b = &rp->body;
	size_t n;

	if (!store_progress(db, v->wave, rq->arena, &rows, &n, e))
		return false;
	web_page_begin(rp, arena_printf(rq->arena, "Tiến độ %s", v->code));
	buf_adds(b, "<nav aria-label=\"Đường dẫn\"><a href=\"/\">"
		    "Các đợt điều tra</a></nav>\n<main><h1>Tiến độ: ");
	web_put_escaped(b, v->name);
	buf_adds(b, "</h1>\n<p>");
	web_put_marks(b, v);
	web_put_days(b, v);
	buf_adds(b, "</p>\n");
	put_summary(b, rows, n);
	put_table(b, rows, n, false);
	buf_adds(b, "<h2>Theo đơn vị nơi phát phiếu</h2>\n");
	put_table(b, rows, n, true);
	web_page_end(rp);
	return true;
}

enum http_done web_progress_page(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run_wave(rq, rp, app, page);
}
