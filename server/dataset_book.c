/* What a data set says, for people and for archives (DDI Codebook 2.5, the
 * Data Documentation Initiative's schema of 2012 and its corrections). */
#include <stdio.h>
#include <string.h>

#include "phieu/dataset.h"
#include "phieu/xml.h"

static const char *const kind_words[] = { [DATASET_TEXT] = "văn bản",
					  [DATASET_CODED] = "mã",
					  [DATASET_NUMBER] = "số" };

static const struct option *option_of(const struct dataset_var *v,
				      const char *code)
{
	for (size_t i = 0; v->question && i < v->question->n_options; i++)
		if (strcmp(v->question->options[i].code, code) == 0)
			return &v->question->options[i];
	return NULL;
}

static bool has_slot(const struct dataset_var *v)
{
	return v->question && v->question->slot != NONE;
}

/* ---- a page -------------------------------------------------------------- */

static void cell(struct xw *w, const char *name, const char *text)
{
	xw_leaf(w, name, *text ? text : " ");
}

static void number_text(double x, char out[32])
{
	(void)snprintf(out, 32, "%.10g", x);
}

/* What an option is worth: "100 %, hài lòng". */
static void worth(const struct option *o, char out[64])
{
	char dec[DEC_TEXT_MAX] = "";

	out[0] = '\0';
	if (!o || o->no_opinion)
		return;
	if (o->has_coefficient)
		(void)dec_text(o->coefficient, dec);
	(void)snprintf(out, 64, "%s%s%s%s", dec, *dec ? " %" : "",
		       *dec && o->satisfied ? ", " : "",
		       o->satisfied ? "hài lòng" : "");
}

static void values_table(struct xw *w, const struct dataset_var *v)
{
	xw_start(w, "table");
	xw_attr(w, "class", "values");
	for (size_t i = 0; i < v->set->n; i++) {
		const struct dataset_value *x = &v->set->values[i];
		const struct option *o =
			has_slot(v) ? option_of(v, x->code) : NULL;
		char text[32], points[64];

		number_text(x->value, text);
		worth(o, points);
		xw_start(w, "tr");
		cell(w, "td", text);
		cell(w, "td", x->tag ? "" : x->code);
		cell(w, "td", x->label);
		cell(w, "td", x->missing ? "khuyết" : points);
		xw_end(w);
	}
	xw_end(w);
}

/* The variable before it with the same values; NULL: it is the first. */
static const struct dataset_var *like(const struct dataset *d,
				      const struct dataset_var *v)
{
	for (const struct dataset_var *o = d->vars; o < v; o++)
		if (o->set == v->set && !has_slot(o) == !has_slot(v))
			return o;
	return NULL;
}

static void page_values(struct xw *w, const struct dataset *d,
			const struct dataset_var *v)
{
	const struct dataset_var *first = v->set ? like(d, v) : NULL;

	if (first) {
		xw_text(w, "như ");
		xw_leaf(w, "b", first->name);
	} else if (v->set) {
		values_table(w, v);
	} else {
		xw_text(w, v->weight ? "trọng số" : " ");
	}
}

static void page_var(struct xw *w, const struct dataset *d,
		     const struct dataset_var *v)
{
	xw_start(w, "tr");
	cell(w, "th", v->name);
	cell(w, "td", v->code);
	cell(w, "td", v->label);
	cell(w, "td", kind_words[v->kind]);
	xw_start(w, "td");
	page_values(w, d, v);
	xw_end(w);
	xw_end(w);
	xw_line(w);
}

static void fact(struct xw *w, const char *name, const char *text)
{
	xw_start(w, "p");
	xw_leaf(w, "b", name);
	xw_text(w, " ");
	xw_text(w, text);
	xw_end(w);
	xw_line(w);
}

static void page_facts(struct xw *w, const struct dataset *d,
		       const struct dataset_head *h)
{
	const struct form *f = &d->plan->forms[d->form];
	char text[256];

	xw_leaf(w, "h1", h->title);
	if (h->trial)
		xw_leaf(w, "p", "Mẫu thử, không phải phiếu chính thức.");
	if (h->simulated)
		xw_leaf(w, "p", "Số liệu mô phỏng.");
	xw_leaf(w, "p",
		"Nội bộ: mỗi dòng là một người trả lời; không công bố, không "
		"chuyển ra ngoài cơ quan.");
	(void)snprintf(text, sizeof text, "%.60s, phiên bản %.40s", f->code,
		       f->version);
	fact(w, "Mẫu phiếu:", text);
	(void)snprintf(text, sizeof text,
		       "%.64s, kế hoạch phiên bản %d, khóa số liệu lần %d ngày "
		       "%.10s, %zu dòng",
		       h->wave, (int)h->plan_version, (int)h->freeze, h->day,
		       h->rows);
	fact(w, "Đợt điều tra:", text);
	fact(w, "SHA-256 của số liệu:", h->content_sha256);
	fact(w, "SHA-256 của kế hoạch:", h->plan_sha256);
	fact(w, "Không có trả lời:",
	     "-7 không đọc được, -8 không biết, -9 để trống (.a .b .c trong "
	     "Stata); ô trống: không hỏi. Câu trả lời bằng lời được giữ riêng, "
	     "không gắn với người trả lời.");
}

bool dataset_book_html(const struct dataset *d, const struct dataset_head *h,
		       struct buf *out, struct err *e)
{
	static const char *const heads[] = { "Biến", "Mã", "Nội dung", "Loại",
					     "Giá trị" };
	struct xw w;

	xw_init(&w, out);
	buf_adds(out, "<!DOCTYPE html>\n");
	xw_start(&w, "html");
	xw_attr(&w, "lang", "vi");
	xw_start(&w, "head");
	xw_start(&w, "meta");
	xw_attr(&w, "charset", "utf-8");
	xw_end(&w);
	xw_leaf(&w, "title", h->title);
	xw_leaf(&w, "style",
		"@page { size: A4; margin: 20mm 15mm 20mm 30mm } "
		"body { font: 12pt Times New Roman, serif } "
		"table { border-collapse: collapse; width: 100% } "
		"th, td { border: 1px solid #000; padding: 2pt 4pt; "
		"text-align: left; vertical-align: top } "
		"thead { display: table-header-group } "
		"tr { break-inside: avoid } .values td { border: 0 } "
		".vars { table-layout: fixed } "
		".vars th:nth-child(1) { width: 22% } "
		".vars th:nth-child(2) { width: 13% } "
		".vars th:nth-child(4) { width: 9% } "
		".vars th:nth-child(5) { width: 30% } "
		"th, td { overflow-wrap: break-word }");
	xw_end(&w);
	xw_start(&w, "body");
	page_facts(&w, d, h);
	xw_start(&w, "table");
	xw_attr(&w, "class", "vars");
	xw_start(&w, "thead");
	xw_start(&w, "tr");
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		xw_leaf(&w, "th", heads[i]);
	xw_end(&w);
	xw_end(&w);
	xw_start(&w, "tbody");
	for (size_t i = 0; i < d->n; i++)
		page_var(&w, d, &d->vars[i]);
	xw_end(&w);
	xw_end(&w);
	xw_end(&w);
	xw_end(&w);
	xw_line(&w);
	return !out->broken || err_set(e, ERR_NOMEM, "out of memory");
}

/* ---- DDI ----------------------------------------------------------------- */

static void study(struct xw *w, const struct dataset *d,
		  const struct dataset_head *h)
{
	const struct plan *p = d->plan;
	char from[DATE_TEXT_MAX], to[DATE_TEXT_MAX];

	xw_start(w, "stdyDscr");
	xw_start(w, "citation");
	xw_start(w, "titlStmt");
	xw_leaf(w, "titl", h->title);
	xw_leaf(w, "IDNo", h->wave);
	xw_end(w);
	xw_start(w, "verStmt");
	xw_start(w, "version");
	xw_attr(w, "date", h->day);
	xw_attrf(w, "type", "freeze-%d", (int)h->freeze);
	xw_text(w, h->content_sha256);
	xw_end(w);
	xw_end(w);
	xw_end(w);
	xw_start(w, "stdyInfo");
	if (h->trial || h->simulated)
		xw_leaf(w, "abstract",
			h->simulated ? "số liệu mô phỏng (simulated)"
				     : "mẫu thử, không phải phiếu chính thức");
	xw_start(w, "sumDscr");
	xw_start(w, "timePrd");
	xw_attr(w, "event", "start");
	xw_attr(w, "date", date_text(p->from, from));
	xw_text(w, from);
	xw_end(w);
	xw_start(w, "timePrd");
	xw_attr(w, "event", "end");
	xw_attr(w, "date", date_text(p->to, to));
	xw_text(w, to);
	xw_end(w);
	xw_leaf(w, "geogCover", p->province);
	xw_leaf(w, "anlyUnit", "một người trả lời về một đơn vị");
	xw_leaf(w, "dataKind", "survey");
	xw_end(w);
	xw_end(w);
	xw_start(w, "dataAccs");
	xw_start(w, "useStmt");
	xw_leaf(w, "restrctn", "nội bộ, không công bố");
	xw_end(w);
	xw_end(w);
	xw_end(w);
}

static void file(struct xw *w, const struct dataset *d,
		 const struct dataset_head *h)
{
	char text[24];

	xw_start(w, "fileDscr");
	xw_attr(w, "ID", "F1");
	xw_start(w, "fileTxt");
	xw_leaf(w, "fileName", d->name);
	xw_start(w, "fileStrc");
	xw_attr(w, "type", "rectangular");
	xw_end(w);
	xw_start(w, "dimensns");
	(void)snprintf(text, sizeof text, "%zu", h->rows);
	xw_leaf(w, "caseQnty", text);
	(void)snprintf(text, sizeof text, "%zu", d->n);
	xw_leaf(w, "varQnty", text);
	xw_end(w);
	xw_end(w);
	xw_end(w);
}

static void category(struct xw *w, const struct dataset_value *v)
{
	char text[32];

	number_text(v->value, text);
	xw_start(w, "catgry");
	if (v->missing)
		xw_attr(w, "missing", "Y");
	xw_leaf(w, "catValu", text);
	xw_leaf(w, "labl", v->label);
	xw_end(w);
}

static void variable(struct xw *w, const struct dataset *d, size_t i)
{
	static const char *const level[] = { [DATASET_NOMINAL] = "nominal",
					     [DATASET_ORDINAL] = "ordinal",
					     [DATASET_SCALE] = "ratio" };
	const struct dataset_var *v = &d->vars[i];

	xw_start(w, "var");
	xw_attrf(w, "ID", "V%zu", i + 1);
	xw_attr(w, "name", v->name);
	xw_attr(w, "files", "F1");
	if (v->weight)
		xw_attr(w, "wgt", "wgt");
	else if (d->vars[DATASET_WEIGHT].weight && v->question)
		xw_attrf(w, "wgt-var", "V%d", DATASET_WEIGHT + 1);
	xw_attr(w, "intrvl", v->level == DATASET_SCALE ? "contin" : "discrete");
	xw_attr(w, "nature", level[v->level]);
	xw_leaf(w, "labl", v->label);
	if (v->question) {
		xw_start(w, "qstn");
		xw_leaf(w, "qstnLit", v->question->text);
		xw_end(w);
	}
	for (size_t k = 0; v->set && k < v->set->n; k++)
		category(w, &v->set->values[k]);
	if (v->question && v->question->field)
		xw_leaf(w, "concept", v->question->field);
	xw_start(w, "varFormat");
	xw_attr(w, "type", v->kind == DATASET_TEXT ? "character" : "numeric");
	xw_end(w);
	xw_end(w);
	xw_line(w);
}

bool dataset_book_ddi(const struct dataset *d, const struct dataset_head *h,
		      struct buf *out, struct err *e)
{
	struct xw w;

	xw_init(&w, out);
	xw_head(&w);
	xw_start(&w, "codeBook");
	xw_attr(&w, "xmlns", "ddi:codebook:2_5");
	xw_attr(&w, "version", "2.5");
	xw_attr(&w, "xml:lang", "vi");
	xw_line(&w);
	study(&w, d, h);
	xw_line(&w);
	file(&w, d, h);
	xw_line(&w);
	xw_start(&w, "dataDscr");
	xw_line(&w);
	for (size_t i = 0; i < d->n; i++)
		variable(&w, d, i);
	xw_end(&w);
	xw_end(&w);
	xw_line(&w);
	return !out->broken || err_set(e, ERR_NOMEM, "out of memory");
}
