/* What was published, as a page that is read and printed: the points of all
 * units, and the criteria of one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/store_publish.h"
#include "web_impl.h"

/* "1.05" as it is written here: 1,05. */
static void put_points(struct buf *b, const char *s)
{
	for (s = s && *s ? s : "–"; *s; s++)
		buf_add(b, *s == '.' ? "," : s, 1);
}

/* Errors are statistics with six decimals: two are enough to read. */
static void put_rounded(struct buf *b, const char *six)
{
	char two[32];

	(void)snprintf(two, sizeof two, "%.2f", strtod(six, NULL));
	put_points(b, two);
}

static void put_cell(struct buf *b, const char *text)
{
	buf_adds(b, "<td>");
	put_points(b, text);
	buf_adds(b, "</td>");
}

/* `why`: the page of this number; NULL: there is none. */
static void put_numbers(struct buf *b, const struct component *c,
			const char *why)
{
	if (why && c->points) {
		buf_adds(b, "<td><a href=\"");
		web_put_escaped(b, why);
		buf_adds(b, "\">");
		put_points(b, c->points);
		buf_adds(b, "</a></td>");
	} else {
		put_cell(b, c->points);
	}
	put_cell(b, c->maximum);
	buf_adds(b, "<td>");
	if (c->low && c->high) {
		put_rounded(b, c->low);
		buf_adds(b, " – ");
		put_rounded(b, c->high);
	} else {
		buf_adds(b, "–");
	}
	buf_adds(b, "</td><td>");
	if (c->n_valid >= 0 && c->n_asked >= 0)
		buf_addf(b, "%lld/%lld", (long long)c->n_valid,
			 (long long)c->n_asked);
	else
		buf_adds(b, "–");
	buf_adds(b, "</td></tr>\n");
}

static void begin_table(struct buf *b, const char *first)
{
	buf_addf(b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-label=\"Kết quả\"><table><thead><tr>"
		 "<th scope=\"col\">%s</th><th scope=\"col\">Điểm</th>"
		 "<th scope=\"col\">Tối đa</th>"
		 "<th scope=\"col\">Khoảng tin cậy</th>"
		 "<th scope=\"col\">Trả lời/hỏi</th>"
		 "</tr></thead><tbody>\n",
		 first);
}

static void end_table(struct buf *b)
{
	buf_adds(b, "</tbody></table></div>\n"
		    "<p class=\"small\">– : không công bố, vì có quá ít phiếu "
		    "hoặc không hỏi.</p>\n");
}

/* Totals of all units in the order of the plan; each leads to its own. */
static void put_units(struct buf *b, const struct wave_head *v,
		      const struct component *rows, size_t n)
{
	size_t i;

	begin_table(b, "Đơn vị");
	for (i = 0; i < n; i++) {
		if (rows[i].kind != COMPONENT_TOTAL)
			continue;
		buf_adds(b, "<tr><th scope=\"row\"><a href=\"/results/");
		web_put_escaped(b, v->code);
		buf_adds(b, "?unit=");
		web_put_escaped(b, rows[i].unit);
		buf_adds(b, "\">");
		web_put_escaped(b, rows[i].unit_name);
		buf_adds(b, "</a></th>");
		put_numbers(b, &rows[i], NULL);
	}
	end_table(b);
}

static void put_criteria(struct buf *b, const char *wave, const char *unit,
			 const struct component *rows, size_t n,
			 struct arena *a)
{
	static const char *const classes[] = { [COMPONENT_CRITERION] = "cell",
					       [COMPONENT_GROUP] = "group",
					       [COMPONENT_TOTAL] = "total" };
	size_t i;

	begin_table(b, "Tiêu chí");
	for (i = 0; i < n; i++) {
		const struct component *c = &rows[i];

		if (strcmp(c->unit, unit) != 0)
			continue;
		buf_addf(b, "<tr class=\"%s\"><th scope=\"row\">",
			 classes[c->kind]);
		if (c->kind == COMPONENT_TOTAL) {
			buf_adds(b, "Tổng điểm");
		} else {
			web_put_escaped(b, c->criterion);
			buf_adds(b, " ");
			web_put_escaped(b, c->criterion_name);
		}
		buf_adds(b, "</th>");
		put_numbers(b, c,
			    c->kind == COMPONENT_TOTAL
				    ? NULL
				    : arena_printf(a, "/results/%s/%s/%s", wave,
						   c->unit, c->criterion));
	}
	end_table(b);
}

static const struct component *of_unit(const char *unit,
				       const struct component *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].unit, unit) == 0)
			return &rows[i];
	return NULL;
}

static void begin(struct http_request *rq, struct http_reply *rp,
		  const struct wave_head *v, bool one)
{
	struct buf *b = &rp->body;

	http_set_header(rp, "Cache-Control", "private, no-cache");
	web_page_begin(rp, arena_printf(rq->arena, "Kết quả %s", v->code));
	buf_adds(b, "<nav aria-label=\"Đường dẫn\"><a href=\"/\">"
		    "Các đợt điều tra</a>");
	if (one) {
		buf_adds(b, "<a href=\"/results/");
		web_put_escaped(b, v->code);
		buf_adds(b, "\">Tất cả đơn vị</a>");
	}
	buf_adds(b, "</nav>\n<main><h1>Kết quả: ");
	web_put_escaped(b, v->name);
	buf_adds(b, "</h1>\n<p>");
	web_put_marks(b, v);
	web_put_days(b, v);
	buf_adds(b, "</p>\n");
}

static void put_release(struct buf *b, const struct release *r,
			struct dec confidence)
{
	const char *at = r->released_at;
	char text[DEC_TEXT_MAX];

	buf_addf(b,
		 "<p class=\"small\">%s lần %d, ngày %.2s/%.2s/%.4s; phương "
		 "pháp ",
		 r->trial ? "Công bố thử" : "Công bố", (int)r->release, at + 8,
		 at + 5, at);
	web_put_escaped(b, r->method);
	buf_adds(b, "; độ tin cậy ");
	put_points(b, dec_text(confidence, text));
	buf_addf(b, "; mã số liệu %.16s</p>\n", r->sha256);
}

static bool put_all(struct db *db, struct http_request *rq,
		    struct http_reply *rp, const struct wave_head *v,
		    const struct release *r, const struct wave *full,
		    struct err *e)
{
	const char *unit = http_query(rq, "unit");
	const struct component *one;
	struct buf *b = &rp->body;
	struct component *rows;
	size_t n, total;

	if (!store_components(db, full, r->release, -1, 0, 0, rq->arena, &rows,
			      &n, &total, e))
		return false;
	one = unit ? of_unit(unit, rows, n) : NULL;
	if (unit && !one) {
		web_not_found(rq, rp);
		return true;
	}
	begin(rq, rp, v, one);
	if (one) {
		buf_adds(b, "<h2>");
		web_put_escaped(b, one->unit_name);
		buf_adds(b, "</h2>\n");
		put_criteria(b, v->code, unit, rows, n, rq->arena);
	} else {
		put_units(b, v, rows, n);
	}
	put_release(b, r, full->plan->decisions.confidence);
	web_page_end(rp);
	return true;
}

static bool page(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	struct release r;
	struct wave *full;
	bool found, ok;

	if (!store_release_get(db, v->wave, 0, &r, &found, e))
		return false;
	if (!found) {
		begin(rq, rp, v, false);
		buf_adds(&rp->body, "<p>Chưa công bố kết quả. <span "
				    "lang=\"en\">(nothing is published yet)"
				    "</span></p>\n");
		web_page_end(rp);
		return true;
	}
	full = store_wave_get(db, v->code, e);
	if (!full)
		return false;
	ok = put_all(db, rq, rp, v, &r, full, e);
	wave_free(full);
	return ok;
}

enum http_done web_results_page(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_wave(rq, rp, app, page);
}
