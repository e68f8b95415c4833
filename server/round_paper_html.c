/* A document as a page that prints on A4 in the layout of Nghị định
 * 30/2020/NĐ-CP, Phụ lục I: letterhead in two columns, Times New Roman, the
 * number of the page at the top centre from page 2 on. */
#include <stdio.h>
#include <string.h>

#include "phieu/paper.h"

/* More columns than this and names of units stand upright; more than that and
 * the table goes on below, its first columns again. */
enum { UPRIGHT_FROM = 7, LEAVE_PORTRAIT = 12, LEAVE_LANDSCAPE = 26 };

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	"'none'; style-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
	":root{color-scheme:light}"
	"body{font:13pt/1.25 \"Times New Roman\",\"Liberation "
	"Serif\",Tinos,serif;"
	"color:#000;margin:0 auto;padding:1.2rem;max-width:1100px}"
	".head{display:flex;justify-content:space-between;text-align:center;"
	"gap:1em;margin-bottom:14pt}.head>div{flex:1}.head p{margin:0}"
	".up{text-transform:uppercase}.b{font-weight:bold}.i{font-style:italic}"
	".rule{display:inline-block;border-bottom:1px solid #000;"
	"padding-bottom:1pt}"
	".bar{width:6em;border-bottom:1px solid #000;margin:2pt auto 4pt}"
	".national{font-size:12.5pt;font-weight:bold;white-space:nowrap}"
	".mark{display:inline-block;border:1px solid #000;padding:1pt 8pt;"
	"margin-top:6pt;font-weight:bold}"
	".gap{display:inline-block;min-width:3.2em}"
	"h1{font-size:14pt;text-align:center;margin:6pt 0 0}"
	".subject{font-size:14pt;font-weight:bold;text-align:center;margin:0 0 "
	"8pt}"
	".warning{text-align:center;font-weight:bold;margin:0 0 6pt}"
	".facts{font-size:11pt;margin:0 0 8pt}.facts p{margin:0}"
	"figure{margin:6pt 0}svg{width:100%;height:auto;display:block}"
	"table{border-collapse:collapse;width:100%;table-layout:fixed;border:1."
	"5pt solid #000;"
	"margin:2pt 0 6pt;font-size:12pt}"
	"table.many{font-size:10pt}"
	"caption{text-align:left;font-weight:bold;padding:4pt 0;"
	"break-after:avoid}"
	"th,td{border:.5pt solid #000;padding:2pt 4pt;vertical-align:top;"
	"overflow-wrap:break-word}"
	"th{text-align:center;vertical-align:middle}"
	"th.name{writing-mode:vertical-rl;transform:rotate(180deg);"
	"text-align:left;padding:4pt 1pt;max-height:9em;font-weight:bold;"
	"margin:auto;line-height:1.05}"
	"td.n{text-align:right;white-space:nowrap}td.c{text-align:center}"
	"tr.strong td{font-weight:bold}"
	".note{font-size:11pt;margin:0 0 2pt}"
	".sign{display:flex;justify-content:space-between;margin-top:16pt;"
	"break-inside:avoid}.sign .to{font-size:11pt}"
	".sign .to b{font-size:12pt;font-style:italic}"
	".sign .who{text-align:center;min-width:45%}.sign p{margin:0}"
	".room{height:26mm}"
	".apart{break-before:page}"
	"@media print{body{padding:0;max-width:none}tr{break-inside:avoid}"
	"thead{display:table-header-group}}\n";

struct page {
	struct buf *b;
	const struct paper *d;
	struct arena *a;
};

static void raw(const struct page *g, const char *s)
{
	buf_adds(g->b, s);
}

static void line(const struct page *g, const char *class, const char *s)
{
	buf_addf(g->b, "<p class=\"%s\">", class);
	buf_html(g->b, s && *s ? s : " ");
	raw(g, "</p>\n");
}

static void letterhead(const struct page *g)
{
	raw(g, "<div class=\"head\"><div>\n");
	line(g, "up", g->d->superior);
	line(g, "up b", g->d->body);
	raw(g, "<div class=\"bar\"></div>\n"
	       "<p>Số: <span class=\"gap\"></span></p>\n");
	if (*g->d->mark) {
		raw(g, "<p class=\"mark up\">");
		buf_html(g->b, g->d->mark);
		raw(g, "</p>\n");
	}
	raw(g, "</div><div>\n"
	       "<p class=\"national\">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p>\n"
	       "<p class=\"b\"><span class=\"rule\">Độc lập - Tự do - Hạnh "
	       "phúc</span></p>\n<p class=\"i\" style=\"margin-top:6pt\">");
	if (*g->d->place) {
		buf_html(g->b, g->d->place);
		raw(g, ", ");
	}
	raw(g, "ngày <span class=\"gap\" style=\"min-width:1.4em\"></span> "
	       "tháng <span class=\"gap\" style=\"min-width:1.4em\"></span> "
	       "năm <span class=\"gap\"></span></p>\n</div></div>\n");
}

/* ---- tables -------------------------------------------------------------- */

/* Columns of one printed piece: the fixed ones, then from..to. */
struct piece {
	const struct paper_table *t;
	size_t from, to;
	bool upright;
};

/* The k-th column of the piece in the table; SIZE_MAX past the last. */
static size_t column_of(const struct piece *p, size_t k)
{
	if (k < p->t->fixed)
		return k;
	k += p->from - p->t->fixed;
	return k < p->to ? k : (size_t)-1;
}

static bool same_group(const struct paper_head *a, const struct paper_head *b)
{
	return a->group && b->group && strcmp(a->group, b->group) == 0;
}

static size_t span_of(const struct piece *p, size_t k)
{
	const struct paper_head *h = p->t->heads;
	size_t n = 1, first = column_of(p, k);

	while (column_of(p, k + n) != (size_t)-1 &&
	       same_group(&h[first], &h[column_of(p, k + n)]))
		n++;
	return n;
}

static void head_cell(const struct page *g, const struct piece *p, size_t c,
		      bool two)
{
	const struct paper_head *h = &p->t->heads[c];

	buf_addf(g->b, "<th%s%s>",
		 p->upright && h->is_name ? " class=name" : "",
		 two ? " rowspan=2" : "");
	buf_html(g->b, h->text);
	raw(g, "</th>");
}

static void table_head(const struct page *g, const struct piece *p)
{
	bool two = false;
	size_t c;

	for (size_t k = 0; (c = column_of(p, k)) != (size_t)-1; k++)
		two = two || p->t->heads[c].group;
	raw(g, "<thead><tr>");
	for (size_t k = 0; (c = column_of(p, k)) != (size_t)-1;) {
		size_t n = span_of(p, k);

		if (p->t->heads[c].group) {
			buf_addf(g->b, "<th colspan=%zu>", n);
			buf_html(g->b, p->t->heads[c].group);
			raw(g, "</th>");
		} else {
			head_cell(g, p, c, two);
		}
		k += n;
	}
	raw(g, "</tr>");
	if (two)
		raw(g, "<tr>");
	for (size_t k = 0; two && (c = column_of(p, k)) != (size_t)-1; k++)
		if (p->t->heads[c].group)
			head_cell(g, p, c, false);
	raw(g, two ? "</tr></thead>\n" : "</thead>\n");
}

/* Widths in proportion, so that tables below each other look alike. */
static void columns(const struct page *g, const struct piece *p)
{
	int all = 0;
	size_t c;

	for (size_t k = 0; (c = column_of(p, k)) != (size_t)-1; k++)
		all += p->t->heads[c].width;
	if (all <= 0)
		return;
	raw(g, "<colgroup>");
	for (size_t k = 0; (c = column_of(p, k)) != (size_t)-1; k++)
		buf_addf(g->b, "<col style=\"width:%d.%d%%\">",
			 p->t->heads[c].width * 1000 / all / 10,
			 p->t->heads[c].width * 1000 / all % 10);
	raw(g, "</colgroup>");
}

static void piece(const struct page *g, const struct piece *p, bool first)
{
	const struct paper_table *t = p->t;
	size_t c;

	buf_addf(g->b, "<table%s>",
		 p->to - p->from + t->fixed > UPRIGHT_FROM ? " class=many"
							   : "");
	if (t->caption) {
		raw(g, "<caption>");
		buf_html(g->b, t->caption);
		raw(g, first ? "</caption>" : " (tiếp)</caption>");
	}
	columns(g, p);
	table_head(g, p);
	raw(g, "<tbody>\n");
	for (size_t r = 0; r < t->rows; r++) {
		raw(g, t->strong[r] ? "<tr class=strong>" : "<tr>");
		for (size_t k = 0; (c = column_of(p, k)) != (size_t)-1; k++) {
			const struct paper_cell *x = paper_at(t, r, c);

			raw(g, x->centre || (x->is_number && !c)
				       ? "<td class=c>"
			       : x->is_number ? "<td class=n>"
					      : "<td>");
			buf_html(g->b, paper_cell_text(x, g->a));
			raw(g, "</td>");
		}
		raw(g, "</tr>\n");
	}
	raw(g, "</tbody></table>\n");
}

static void whole_table(const struct page *g, const struct paper_table *t)
{
	size_t room = g->d->landscape ? LEAVE_LANDSCAPE : LEAVE_PORTRAIT;
	size_t from = t->fixed;

	room = room > t->fixed ? room - t->fixed : 1;
	do {
		struct piece p = { .t = t, .from = from };

		p.to = from + room < t->columns ? from + room : t->columns;
		p.upright = t->columns > UPRIGHT_FROM;
		piece(g, &p, from == t->fixed);
		from = p.to;
	} while (from < t->columns);
	for (size_t i = 0; i < t->n_notes; i++)
		line(g, "note", t->notes[i]);
}

static void signers(const struct page *g)
{
	raw(g, "<div class=\"sign\">\n");
	for (size_t i = 0; i < g->d->n_signers; i++) {
		raw(g, "<div class=\"who\"><p class=\"b\">");
		buf_html(g->b, g->d->signers[i]);
		raw(g, "</p>\n<p class=\"i\">(Ký và ghi rõ họ tên)</p>"
		       "<div class=\"room\"></div></div>\n");
	}
	raw(g, "</div>\n");
}

static void signature(const struct page *g)
{
	if (g->d->n_signers > 0) {
		signers(g);
		return;
	}
	raw(g, "<div class=\"sign\"><div class=\"to\"><p><b>Nơi nhận:</b></p>\n"
	       "<p>- Lưu: VT.</p></div>\n"
	       "<div class=\"who\"><p class=\"b\">LÃNH ĐẠO ĐƠN VỊ</p>\n"
	       "<p class=\"i\">(Ký và ghi rõ họ tên)</p>"
	       "<div class=\"room\"></div></div></div>\n");
}

static void body(const struct page *g)
{
	const struct paper *d = g->d;

	letterhead(g);
	raw(g, "<h1>");
	buf_html(g->b, d->title);
	raw(g, "</h1>\n");
	line(g, "subject", d->subject);
	if (*d->warning)
		line(g, "warning", d->warning);
	raw(g, "<div class=\"facts\">\n");
	for (size_t i = 0; i < d->n_facts; i++)
		line(g, "fact", d->facts[i]);
	raw(g, "</div>\n");
	if (d->picture) {
		raw(g, "<figure>");
		raw(g, d->picture);
		raw(g, "</figure>\n");
	}
	for (size_t i = 0; i < d->n_tables; i++) {
		raw(g, d->apart && i ? "<section class=\"apart\">\n"
				     : "<section>\n");
		whole_table(g, &d->tables[i]);
		raw(g, "</section>\n");
	}
	signature(g);
}

bool paper_html(const struct paper *d, struct buf *out, struct err *e)
{
	struct arena *a = arena_new((size_t)64 << 20);
	const struct page g = { out, d, a };
	bool ok;

	if (!a) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	raw(&g, head);
	buf_addf(out,
		 "@page{size:A4%s;margin:20mm 15mm 20mm 30mm;"
		 "@top-center{content:counter(page);font:13pt \"Times New "
		 "Roman\",\"Liberation Serif\",serif}}"
		 "@page:first{@top-center{content:none}}\n</style>\n<title>",
		 d->landscape ? " landscape" : "");
	buf_html(g.b, d->subject);
	raw(&g, "</title></head><body>\n");
	body(&g);
	raw(&g, "</body></html>\n");
	ok = buf_cstr(out) && !arena_broken(a);
	arena_free(a);
	return ok || err_set(e, ERR_NOMEM, "the document is too large");
}
