#include "phieu/report_html.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_fields.h"
#include "phieu/plan.h"
#include "report_parts.h"
#include "result_parts.h"

#define MOST_FIELDS 64

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	"'none'; style-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
	":root{color-scheme:light}"
	"body{font:15px/1.5 \"DejaVu Sans\",system-ui,sans-serif;color:#222;"
	"max-width:980px;margin:0 auto;padding:1.2rem}"
	"h1{font-size:1.5rem;line-height:1.25;margin:.2em 0}"
	"h2{font-size:1.15rem;margin:2em 0 .4em;border-bottom:2px solid "
	"#005499;"
	"padding-bottom:.15em}h3{font-size:1rem;margin:1.4em 0 .3em}"
	"p{margin:.4em 0}[lang=en]{color:#666;font-size:.86em}"
	".mark{background:#fff3d6;border-left:5px solid #cc6108;padding:.5em "
	".8em;margin:.8em 0;font-weight:600}"
	".key{display:flex;flex-wrap:wrap;gap:.8em;margin:1em 0}"
	".key div{flex:1 1 10em;background:#f2f5f8;padding:.6em .9em}"
	".key b{display:block;font-size:1.5em;line-height:1.2}"
	"table{border-collapse:collapse;width:100%;margin:.6em "
	"0;font-size:.86em}"
	"caption{text-align:left;color:#555;padding:.2em 0}"
	"th,td{padding:.28em .45em;border-bottom:1px solid #d5d8dc;"
	"text-align:right;vertical-align:top}"
	"th{background:#f2f5f8;font-weight:600;vertical-align:bottom}"
	"th:first-child,td:first-child,.l{text-align:left}.w{white-space:"
	"nowrap}"
	".h td,.h th{text-align:center;padding:.28em .2em}"
	".h td:first-child,.h th:first-child{text-align:left}"
	".h0{background:#f6c9a5}.h1{background:#fae0c8}.h2{background:#f6f3ec}"
	".h3{background:#d9e8f4}.h4{background:#b3d0e8}"
	"svg{width:100%;height:auto;display:block;margin:.6em 0}"
	"figure{margin:1em 0}figcaption{color:#555;font-size:.86em}"
	"dl{font-size:.86em}dt{font-weight:600;margin-top:.4em}dd{margin:0}"
	"code{font-size:.9em;overflow-wrap:anywhere}"
	"@page{size:A4;margin:15mm 13mm}"
	"@media print{body{font-size:10pt;max-width:none;padding:0}"
	"h2,h3,caption{break-after:avoid}tr,figure,.key,.mark,dt,dd{break-"
	"inside:"
	"avoid}thead{display:table-header-group;break-after:avoid}"
	"tbody tr:first-child{break-before:avoid}"
	"th,.key div,.mark,[class^=h]{print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}}\n</style>\n";

struct page {
	const struct report_view *v;
	const struct plan *p;
	struct buf *b;
	const char *field[MOST_FIELDS];
	size_t fields;
	size_t picture; /* number of the next one */
};

static void raw(struct page *g, const char *s)
{
	buf_adds(g->b, s);
}

static void cell(struct page *g, const char *s)
{
	raw(g, "<td>");
	buf_html(g->b, s);
	raw(g, "</td>");
}

static void number(struct page *g, double v, int digits)
{
	char out[CHART_NUMBER];

	cell(g, chart_number(v, digits, out));
}

/* 1.193 */
static void whole(struct page *g, int64_t n)
{
	if (n >= 1000) {
		whole(g, n / 1000);
		buf_addf(g->b, ".%03d", (int)(n % 1000));
		return;
	}
	buf_addf(g->b, "%d", (int)n);
}

static void count(struct page *g, double n, bool shown)
{
	raw(g, "<td>");
	if (shown && isfinite(n))
		whole(g, (int64_t)n);
	else
		raw(g, "–");
	raw(g, "</td>");
}

static void interval(struct page *g, const struct est_cell *c, double by)
{
	char low[CHART_NUMBER], high[CHART_NUMBER];

	raw(g, "<td>");
	if (c && isfinite(c->r.ci_l)) {
		raw(g, chart_number(by * c->r.ci_l, 1, low));
		raw(g, "–");
		raw(g, chart_number(by * c->r.ci_u, 1, high));
	} else {
		raw(g, "–");
	}
	raw(g, "</td>");
}

static void section(struct page *g, const char *vi, const char *en)
{
	raw(g, "<h2>");
	buf_html(g->b, vi);
	raw(g, " <span lang=\"en\">");
	buf_html(g->b, en);
	raw(g, "</span></h2>\n");
}

/* Heads of a table, one after the other, parted by |. */
static void table(struct page *g, const char *class, const char *caption,
		  const char *heads)
{
	buf_addf(g->b, "<table%s><caption>", class);
	buf_html(g->b, caption);
	raw(g, "</caption><thead><tr>");
	while (*heads) {
		size_t n = strcspn(heads, "|");

		raw(g, "<th>");
		buf_add(g->b, heads, n);
		raw(g, "</th>");
		heads += n + (heads[n] == '|');
	}
	raw(g, "</tr></thead><tbody>\n");
}

static void table_end(struct page *g)
{
	raw(g, "</tbody></table>\n");
}

/* ---- pictures ---------------------------------------------------------- */

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool figures(struct page *g, const struct report_picture *p, size_t n,
		    const char *name, bool whole_name, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (!(whole_name ? strcmp(p[i].name, name) == 0
				 : starts(p[i].name, name)))
			continue;
		raw(g, "<figure>");
		if (!chart_inline(&p[i].svg, ++g->picture, p[i].title, g->b, e))
			return false;
		raw(g, "</figure>\n");
	}
	return true;
}

/* ---- what stands at the top -------------------------------------------- */

static void key_number(struct page *g, const char *value, const char *vi,
		       const char *en)
{
	raw(g, "<div><b>");
	buf_html(g->b, value);
	raw(g, "</b>");
	buf_html(g->b, vi);
	raw(g, " <span lang=\"en\">");
	buf_html(g->b, en);
	raw(g, "</span></div>\n");
}

static void summary(struct page *g)
{
	const struct report_view *v = g->v;
	const struct report_response *all =
		&v->extra->response[v->extra->n_response - 1];
	const struct est_cell *mean = report_find(v, "mean", FIELD_ALL, NULL);
	const struct est_cell *happy =
		report_find(v, "ratio",
			    FIELD_ALL ".satisfied/" FIELD_ALL ".answered",
			    NULL);
	char a[CHART_NUMBER], b[CHART_NUMBER];
	struct buf n = BUF_INIT(64);
	struct page small = { .b = &n };

	raw(g, "<div class=\"key\">\n");
	whole(&small, v->source->freeze[0].n_responses);
	key_number(g, buf_cstr(&n) ? buf_cstr(&n) : "", "phiếu được tính",
		   "sheets counted");
	buf_free(&n);
	key_number(g,
		   arena_printf(v->a, "%s %%",
				chart_number(100 * all->rr[0], 1, a)),
		   "tỷ lệ trả lời RR1", "response rate");
	key_number(g,
		   arena_printf(
			   v->a, "%s ± %s",
			   chart_number(report_value(mean), 1, a),
			   chart_number(mean ? (mean->r.ci_u - mean->r.ci_l) / 2
					     : (double)NAN,
					1, b)),
		   "điểm bình quân, % tối đa", "mean, % of maximum");
	key_number(g,
		   arena_printf(v->a, "%s %%",
				chart_number(100 * report_value(happy), 1, a)),
		   "câu trả lời hài lòng", "satisfied answers");
	raw(g, "</div>\n");
}

static void top(struct page *g)
{
	const struct report_view *v = g->v;

	raw(g, head);
	raw(g, "<title>");
	buf_html(g->b, g->p->name);
	raw(g, "</title></head><body>\n<h1>");
	buf_html(g->b, g->p->name);
	raw(g, "</h1>\n<p>");
	buf_html(g->b, g->p->province);
	raw(g, " · đợt <code>");
	buf_html(g->b, g->p->wave);
	raw(g, "</code> · khóa số liệu ngày ");
	buf_html(g->b, v->source->freeze[0].on);
	if (v->source->n > 1) {
		raw(g, " · so với <code>");
		buf_html(g->b, v->source->wave[1]->code);
		raw(g, "</code>");
	}
	raw(g, "</p>\n");
	if (v->limits->trial)
		raw(g,
		    "<p class=\"mark\">Mẫu thử, không phải phiếu chính thức. "
		    "<span lang=\"en\">A trial: the plan holds "
		    "examples.</span></p>\n");
	if (v->limits->simulated)
		raw(g, "<p class=\"mark\">SỐ LIỆU MÔ PHỎNG, không phải câu trả "
		       "lời thật. <span lang=\"en\">Simulated "
		       "answers.</span></p>\n");
	summary(g);
	buf_addf(g->b,
		 "<p>Điểm là phần trăm của điểm tối đa mà khảo sát cho. Khoảng "
		 "tin cậy theo mức của kế hoạch, tính theo cách lấy mẫu. Dấu – "
		 "là "
		 "số không công bố: ít hơn %d người trả lời cho một đơn vị, %d "
		 "cho ô nhỏ hơn, hoặc số mà nếu mở sẽ làm lộ số khác. <span "
		 "lang=\"en\">A dash is a number that is not published.</span>"
		 "</p>\n",
		 v->limits->min_unit, v->limits->min_sub);
}

/* ---- units ------------------------------------------------------------- */

/* Units of the kind that a unit is clearly above, or below. */
static void clear_pairs(const struct report_view *v, const char *unit,
			size_t *above, size_t *below)
{
	*above = *below = 0;
	for (size_t i = 0; i < v->r->n; i++) {
		const struct est_cell *c = &v->r->cell[i];
		bool first;

		if (strcmp(v->spec->estimate[c->estimate].stat, "unit_pairs") !=
			    0 ||
		    !(report_extra_of(c, "p_holm") < 0.05))
			continue;
		first = strcmp(c->key[0], unit) == 0;
		if (!first && strcmp(c->key[1], unit) != 0)
			continue;
		if (first == (c->r.value > 0))
			++*above;
		else
			++*below;
	}
}

static void unit_row(struct page *g, size_t kind, const struct unit *u)
{
	const char *own[] = { "unit", u->code, NULL };
	const char *keys[] = { "unit_kind", g->p->kinds[kind].code, "unit",
			       u->code, NULL };
	const struct est_cell *c =
		report_find(g->v, "unit_score", FIELD_ALL, own);
	const struct est_cell *happy =
		report_find(g->v, "ratio",
			    FIELD_ALL ".satisfied/" FIELD_ALL ".answered",
			    keys);
	const struct report_official *o = report_official_of(g->v, u->code, "");
	bool open = c && !isnan(c->r.value);
	size_t above, below;

	clear_pairs(g->v, u->code, &above, &below);
	raw(g, "<tr>");
	cell(g, u->name);
	count(g, o ? (double)o->rank : (double)NAN, o && o->rank > 0);
	raw(g, "<td>");
	if (o && o->points) {
		for (const char *s = o->points; *s; s++)
			buf_add(g->b, *s == '.' ? "," : s, 1);
		raw(g, " / ");
		for (const char *s = o->maximum; *s; s++)
			buf_add(g->b, *s == '.' ? "," : s, 1);
	} else {
		raw(g, "–");
	}
	raw(g, "</td>");
	number(g, report_percent(o), 1);
	number(g, report_value(c), 1);
	interval(g, c, 1);
	number(g, 100 * report_value(happy), 1);
	count(g, c ? (double)c->r.psu : 0, open);
	count(g, (double)above, open);
	count(g, (double)below, open);
	raw(g, "</tr>\n");
}

static bool units(struct page *g, const struct report_picture *pic, size_t n,
		  struct err *e)
{
	size_t *unit = arena_array(g->v->a, g->p->n_units + 1, sizeof *unit);

	if (!unit)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t k = 0; k < g->p->n_kinds; k++) {
		const struct unit_kind *kind = &g->p->kinds[k];
		size_t some = report_units(g->v, k, unit);

		if (some == 0)
			continue;
		section(g, kind->block ? kind->block : kind->name,
			kind->name_en ? kind->name_en : "units");
		if (!figures(g, pic, n,
			     arena_printf(g->v->a, "units-%s", kind->code),
			     true, e))
			return false;
		table(g, "",
		      "Điểm chính thức là điểm đếm của đợt; ước lượng là điểm "
		      "có "
		      "quyền số. Cao hơn rõ, thấp hơn rõ: số đơn vị cùng khối "
		      "mà khoảng cách vượt sai số (p theo Holm dưới 0,05).",
		      "Đơn vị|Hạng|Điểm chính thức|%|Ước lượng %|Khoảng tin "
		      "cậy|% hài lòng|Người trả lời|Cao hơn rõ|Thấp hơn rõ");
		for (size_t i = 0; i < some; i++)
			unit_row(g, k, &g->p->units[unit[i]]);
		table_end(g);
	}
	return true;
}

/* ---- fields and groups ------------------------------------------------- */

static const char *heat(double v)
{
	return isnan(v)	 ? "<td>"
	       : v >= 90 ? "<td class=\"h4\">"
	       : v >= 80 ? "<td class=\"h3\">"
	       : v >= 70 ? "<td class=\"h2\">"
	       : v >= 60 ? "<td class=\"h1\">"
			 : "<td class=\"h0\">";
}

static void field_heads(struct page *g)
{
	raw(g, "<table class=\"h\"><caption>Điểm bình quân theo lĩnh vực, phần "
	       "trăm điểm tối đa; đậm màu xanh là cao, màu cam là thấp."
	       "</caption><thead><tr><th>Đơn vị</th>");
	for (size_t f = 0; f < g->fields; f++) {
		raw(g, "<th>");
		buf_html(g->b, strcmp(g->field[f], FIELD_ALL) == 0
				       ? "Tất cả"
				       : g->field[f] + strlen("field."));
		raw(g, "</th>");
	}
	raw(g, "</tr></thead><tbody>\n");
}

static void field_row(struct page *g, const char *name, const char *const *keys)
{
	raw(g, "<tr>");
	cell(g, name);
	for (size_t f = 0; f < g->fields; f++) {
		double v = report_value(
			report_find(g->v, "mean", g->field[f], keys));
		char out[CHART_NUMBER];

		raw(g, heat(v));
		raw(g, chart_number(v, 1, out));
		raw(g, "</td>");
	}
	raw(g, "</tr>\n");
}

static void fields(struct page *g)
{
	section(g, "Theo lĩnh vực", "By field");
	raw(g, "<p>");
	for (size_t f = 0; f + 1 < g->fields; f++) {
		raw(g, f ? " · <b>" : "<b>");
		buf_html(g->b, g->field[f] + strlen("field."));
		raw(g, "</b> ");
		buf_html(g->b, report_field_name(g->v, g->field[f]));
	}
	raw(g, "</p>\n");
	field_heads(g);
	for (size_t k = 0; k < g->p->n_kinds; k++) {
		const char *kind[] = { "unit_kind", g->p->kinds[k].code, NULL };

		if (!report_find(g->v, "mean", FIELD_ALL, kind))
			continue;
		for (size_t u = 0; u < g->p->n_units; u++) {
			const char *keys[] = { "unit_kind", g->p->kinds[k].code,
					       "unit", g->p->units[u].code,
					       NULL };

			if (report_find(g->v, "mean", FIELD_ALL, keys))
				field_row(g, g->p->units[u].name, keys);
		}
		field_row(g,
			  arena_printf(g->v->a, "Cả khối: %s",
				       g->p->kinds[k].name),
			  kind);
	}
	field_row(g, "Toàn đợt", NULL);
	table_end(g);
}

static void groups(struct page *g)
{
	section(g, "Theo đối tượng trả lời", "By group");
	table(g, "", "Điểm của từng nhóm người trả lời cho từng khối.",
	      "Nhóm|Khối|Điểm %|Khoảng tin cậy|% hài lòng|Người trả lời|Hệ số "
	      "thiết kế");
	for (size_t k = 0; k < g->p->n_kinds; k++)
		for (size_t i = 0; i < g->p->n_groups; i++) {
			const char *keys[] = { "unit_kind", g->p->kinds[k].code,
					       "group", g->p->groups[i].code,
					       NULL };
			const struct est_cell *c =
				report_find(g->v, "mean", FIELD_ALL, keys);
			const struct est_cell *happy =
				report_find(g->v, "ratio",
					    FIELD_ALL ".satisfied/" FIELD_ALL
						      ".answered",
					    keys);

			if (!c)
				continue;
			raw(g, "<tr>");
			cell(g, g->p->groups[i].name);
			raw(g, "<td class=\"l\">");
			buf_html(g->b, g->p->kinds[k].name);
			raw(g, "</td>");
			number(g, report_value(c), 1);
			interval(g, c, 1);
			number(g, 100 * report_value(happy), 1);
			count(g, (double)c->r.psu, !isnan(c->r.value));
			number(g, c->r.deff_replace, 2);
			raw(g, "</tr>\n");
		}
	table_end(g);
}

/* ---- years ------------------------------------------------------------- */

static void change_row(struct page *g, const char *name,
		       const struct est_cell *c)
{
	raw(g, "<tr>");
	cell(g, name);
	number(g, report_extra_of(c, "value1"), 1);
	number(g, report_extra_of(c, "value2"), 1);
	number(g, report_value(c), 1);
	interval(g, c, 1);
	number(g, report_extra_of(c, "p_holm"), 3);
	raw(g, "</tr>\n");
}

static bool years(struct page *g, const struct report_picture *pic, size_t n,
		  struct err *e)
{
	if (g->v->source->n < 2)
		return true;
	section(g, "Thay đổi giữa hai đợt", "Change between waves");
	if (!figures(g, pic, n, "change-", false, e))
		return false;
	table(g, "",
	      "Tất cả lĩnh vực. Hai mẫu độc lập; p theo Holm dưới 0,05 là khác "
	      "nhau rõ.",
	      "Đơn vị|Trước|Nay|Thay đổi|Khoảng tin cậy|p (Holm)");
	for (size_t k = 0; k < g->p->n_kinds; k++) {
		const char *kind[] = { "unit_kind", g->p->kinds[k].code, NULL };
		const struct est_cell *c =
			report_find(g->v, "change", FIELD_ALL, kind);

		for (size_t u = 0; c && u < g->p->n_units; u++) {
			const char *keys[] = { "unit_kind", g->p->kinds[k].code,
					       "unit", g->p->units[u].code,
					       NULL };
			const struct est_cell *own =
				report_find(g->v, "change", FIELD_ALL, keys);

			if (own)
				change_row(g, g->p->units[u].name, own);
		}
		if (c)
			change_row(g,
				   arena_printf(g->v->a, "Cả khối: %s",
						g->p->kinds[k].name),
				   c);
	}
	change_row(g, "Toàn đợt", report_find(g->v, "change", FIELD_ALL, NULL));
	table_end(g);
	return true;
}

/* ---- the rest ---------------------------------------------------------- */

static bool drivers(struct page *g, const struct report_picture *pic, size_t n,
		    struct err *e)
{
	bool some = false;

	for (size_t i = 0; i < n; i++)
		some = some || strcmp(pic[i].name, "quadrant") == 0;
	if (!some)
		return true;
	section(g, "Nên cải thiện gì trước", "Importance and performance");
	if (!figures(g, pic, n, "quadrant", true, e))
		return false;
	table(g, "",
	      "Tương quan không phải nguyên nhân. Phần giải thích: phần của "
	      "mức "
	      "độ hài lòng đi cùng lĩnh vực, bình quân qua mọi thứ tự.",
	      "Lĩnh vực|Điểm %|Tương quan|Phần giải thích %");
	for (size_t i = 0; i < g->v->r->n; i++) {
		const struct est_cell *c = &g->v->r->cell[i];

		if (strcmp(g->v->spec->estimate[c->estimate].stat, "drivers") !=
		    0)
			continue;
		raw(g, "<tr>");
		cell(g, report_field_name(g->v, c->of));
		number(g, report_extra_of(c, "performance"), 1);
		number(g, report_extra_of(c, "importance"), 2);
		number(g, 100 * report_extra_of(c, "lmg"), 1);
		raw(g, "</tr>\n");
	}
	table_end(g);
	return true;
}

static const char *form_name(const struct plan *p, const char *code)
{
	for (size_t f = 0; f < p->n_forms; f++)
		if (strcmp(p->forms[f].code, code) == 0)
			return p->forms[f].name;
	return code;
}

static void response(struct page *g)
{
	section(g, "Phiếu phát ra và thu về", "Response");
	table(g, "",
	      "Theo AAPOR: hợp lệ (I), một phần (P), từ chối (R), không gặp "
	      "(NC), "
	      "mất (O), không thuộc diện (NE), chưa rõ (UH).",
	      "Nhóm|Mẫu|Kế "
	      "hoạch|I|P|R|NC|O|NE|UH|RR1&nbsp;%|COOP1&nbsp;%|REF1&nbsp;%");
	for (size_t i = 0; i < g->v->extra->n_response; i++) {
		const struct report_response *r = &g->v->extra->response[i];
		const int64_t n[] = { r->planned,      r->complete, r->partial,
				      r->refused,      r->not_met,  r->other,
				      r->not_eligible, r->unknown };
		size_t at = *r->group ? plan_group(g->p, r->group) : NONE;

		raw(g, "<tr>");
		cell(g, at == NONE ? "Tất cả" : g->p->groups[at].name);
		raw(g, "<td class=\"w\">");
		buf_html(g->b, r->form);
		raw(g, "</td>");
		for (size_t k = 0; k < sizeof n / sizeof n[0]; k++)
			count(g, (double)n[k], true);
		number(g, 100 * r->rr[0], 1);
		number(g, 100 * r->coop1, 1);
		number(g, 100 * r->ref1, 1);
		raw(g, "</tr>\n");
	}
	table_end(g);
}

static bool answers(struct page *g, const struct report_picture *pic, size_t n,
		    struct err *e)
{
	section(g, "Các câu trả lời", "Answers");
	if (!figures(g, pic, n, "answers-", false, e))
		return false;
	table(g, "",
	      "Độ tin cậy của thang đo: alpha của Cronbach, trên các phiếu trả "
	      "lời đủ.",
	      "Mẫu|Alpha|Khoảng tin cậy|Lượt đánh giá");
	for (size_t i = 0; i < g->v->r->n; i++) {
		const struct est_cell *c = &g->v->r->cell[i];
		const struct spec_estimate *x =
			&g->v->spec->estimate[c->estimate];
		char low[CHART_NUMBER], high[CHART_NUMBER];
		const char *slash;

		if (strcmp(x->stat, "alpha") != 0 || x->of.n == 0)
			continue;
		slash = strchr(x->of.name[0], '/');
		raw(g, "<tr>");
		cell(g,
		     form_name(g->p, slash ? arena_printf(g->v->a, "%.*s",
							  (int)(slash -
								x->of.name[0]),
							  x->of.name[0])
					   : ""));
		number(g, c->r.value, 2);
		raw(g, "<td>");
		raw(g, chart_number(c->r.ci_l, 2, low));
		raw(g, "–");
		raw(g, chart_number(c->r.ci_u, 2, high));
		raw(g, "</td>");
		count(g, (double)c->r.n, !isnan(c->r.value));
		raw(g, "</tr>\n");
	}
	table_end(g);
	return true;
}

static void method(struct page *g)
{
	const struct report_view *v = g->v;
	const struct est_results *r = v->r;
	struct words w[WORDS_MAX];
	size_t n = result_words(g->p, w);

	section(g, "Cách tính", "Method");
	raw(g, "<dl>");
	for (size_t i = 0; i < n; i++) {
		raw(g, "<dt>");
		buf_html(g->b, w[i].id);
		raw(g, " <span lang=\"en\">");
		buf_html(g->b, w[i].en);
		raw(g, "</span></dt><dd>");
		buf_html(g->b, w[i].text);
		raw(g, "</dd>");
	}
	raw(g, "</dl>\n<ul>");
	for (size_t i = 0; i < r->n_warnings; i++) {
		raw(g, "<li>");
		buf_html(g->b, r->warning[i].code);
		raw(g, ": ");
		buf_html(g->b, r->warning[i].message_vi);
		raw(g, "</li>");
	}
	buf_addf(
		g->b,
		"</ul>\n<p>Người trả lời là đơn vị mẫu; tầng: nhóm × nơi công "
		"tác, %zu tầng, %zu người, %zu lượt đánh giá. Sai số theo "
		"tuyến "
		"tính hóa, khoảng tin cậy theo t với bậc tự do của miền.</p>\n",
		r->design.strata, r->design.units, r->design.rows);
	buf_addf(g->b,
		 "<p>Khóa số liệu lần %" PRId32 ", SHA-256 <code>%s</code>",
		 v->source->freeze[0].freeze, v->source->freeze[0].sha256);
	if (v->extra->method) {
		buf_addf(g->b, "; kết quả %" PRId32 " (", v->extra->snapshot);
		buf_html(g->b, v->extra->method);
		raw(g, "), SHA-256 <code>");
		buf_html(g->b, v->extra->sha256);
		raw(g, "</code>");
	}
	raw(g, ".</p>\n</body></html>\n");
}

bool report_html(const struct report_view *v, struct buf *out, struct err *e)
{
	struct page g = { .v = v, .p = report_plan(v), .b = out };
	struct report_picture *pic;
	size_t n;
	bool ok;

	if (!report_pictures(v, &pic, &n, e))
		return false;
	g.fields = report_fields(v, g.field, MOST_FIELDS);
	top(&g);
	ok = units(&g, pic, n, e);
	fields(&g);
	groups(&g);
	ok = ok && years(&g, pic, n, e) && drivers(&g, pic, n, e);
	response(&g);
	ok = ok && answers(&g, pic, n, e);
	method(&g);
	report_pictures_free(pic, n);
	return ok && (buf_cstr(out) ||
		      err_set(e, ERR_NOMEM, "the page is too large"));
}
