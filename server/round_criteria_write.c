/* A workbook of criteria, written. */
#include <stdint.h>
#include <string.h>
#include <xlsxwriter.h>

#include "phieu/dec.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "round_criteria_parts.h"

enum {
	EXACT_DIGITS = 15,  /* that a number of Excel holds */
	LEAST_MICRO = 1000, /* below, programs write 1E-05 */
};

struct writing {
	struct arena *a;
	const cJSON *doc, *part;
	lxw_workbook *wb;
	lxw_worksheet *ws[SHEET_COUNT];
	lxw_row_t row[SHEET_COUNT]; /* the next free one */
	lxw_format *head, *title, *guide, *text, *field, *number, *strong;
};

static void make_formats(struct writing *x)
{
	lxw_format **all[] = { &x->head,  &x->title,  &x->guide, &x->text,
			       &x->field, &x->number, &x->strong };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		lxw_format *f = workbook_add_format(x->wb);

		format_set_font_name(f, "Times New Roman");
		format_set_font_size(f, 12);
		format_set_text_wrap(f);
		format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
		if (i != 1 && i != 2)
			format_set_border(f, LXW_BORDER_THIN);
		*all[i] = f;
	}
	format_set_bold(x->head);
	format_set_bg_color(x->head, 0xD9E2F3);
	format_set_bold(x->title);
	format_set_font_size(x->title, 13);
	format_set_bold(x->field);
	format_set_bg_color(x->field, 0xDDEBF7);
	format_set_bold(x->strong);
	format_set_bg_color(x->strong, 0xDDEBF7);
	format_set_num_format(x->number, "0.######");
	format_set_num_format(x->strong, "0.######");
}

/* ---- cells -------------------------------------------------------- */

static void put(struct writing *x, enum criteria_sheet s, int column,
		const char *text, lxw_format *f)
{
	if (text && *text)
		worksheet_write_string(x->ws[s], x->row[s], (lxw_col_t)column,
				       text, f);
	else
		worksheet_write_blank(x->ws[s], x->row[s], (lxw_col_t)column,
				      f);
}

static size_t digits(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s >= '0' && *s <= '9';
	return n;
}

/* As a number where Excel gives the same text back, else as text. */
static void put_number(struct writing *x, enum criteria_sheet s, int column,
		       const char *text, lxw_format *f)
{
	char shortest[DEC_TEXT_MAX];
	struct dec d;
	struct err e;

	if (text && digits(text) <= EXACT_DIGITS &&
	    dec_parse(text, strlen(text), &d, &e) &&
	    (d.micro == 0 || d.micro >= LEAST_MICRO) &&
	    strcmp(dec_text(d, shortest), text) == 0)
		worksheet_write_number(x->ws[s], x->row[s], (lxw_col_t)column,
				       dec_double(d), f);
	else
		put(x, s, column, text, f);
}

static const char *word_vi(const struct criteria_word *w, const char *word)
{
	for (; word && w->word; w++)
		if (strcmp(w->word, word) == 0)
			return w->vi;
	return word;
}

static const char *joined(struct writing *x, const cJSON *list)
{
	const char *s = NULL;
	const cJSON *v;

	cJSON_ArrayForEach(v, list)
	{
		const char *one = cJSON_GetStringValue(v);

		s = s ? arena_printf(x->a, "%s; %s", s, one ? one : "")
		      : arena_strdup(x->a, one ? one : "");
	}
	return s;
}

/* ---- criteria ---------------------------------------------------------- */

static void put_table(struct writing *x, const char *code, const cJSON *convert)
{
	const cJSON *l = json_get(convert, "linear"), *o;
	const cJSON *cap = json_get(l, "cap");
	enum criteria_sheet s = SHEET_TABLES;

	if (l) {
		put(x, s, CT_CODE, code, x->text);
		put(x, s, CT_KIND, "tuyến tính", x->text);
		put_number(x, s, CT_FROM, json_get_text(l, "low"), x->number);
		put_number(x, s, CT_TO, json_get_text(l, "high"), x->number);
		put(x, s, CT_POINTS, NULL, x->text);
		put(x, s, CT_CAP,
		    !cap		? NULL
		    : cJSON_IsTrue(cap) ? "x"
					: "không",
		    x->text);
		x->row[s]++;
	}
	cJSON_ArrayForEach(o, json_get(convert, "steps"))
	{
		put(x, s, CT_CODE, code, x->text);
		put(x, s, CT_KIND, "bậc", x->text);
		put_number(x, s, CT_FROM, json_get_text(o, "from"), x->number);
		put(x, s, CT_TO, NULL, x->text);
		put_number(x, s, CT_POINTS, json_get_text(o, "points"),
			   x->number);
		put(x, s, CT_CAP, NULL, x->text);
		x->row[s]++;
	}
}

static void put_groups(struct writing *x, const char *code, const cJSON *groups)
{
	const cJSON *g;

	cJSON_ArrayForEach(g, groups)
	{
		put(x, SHEET_GROUPS, CG_CODE, code, x->text);
		put(x, SHEET_GROUPS, CG_GROUP, g->string, x->text);
		put_number(x, SHEET_GROUPS, CG_WEIGHT, cJSON_GetStringValue(g),
			   x->number);
		x->row[SHEET_GROUPS]++;
	}
}

static void put_criterion(struct writing *x, const cJSON *o, const char *parent)
{
	bool inner = json_get(o, "children") != NULL;
	lxw_format *f = inner ? x->field : x->text;
	lxw_format *n = inner ? x->strong : x->number;
	const char *code = json_get_text(o, "code");
	enum criteria_sheet s = SHEET_CRITERIA;

	put(x, s, CC_CODE, code, f);
	put(x, s, CC_PARENT, parent, f);
	put(x, s, CC_NAME, json_get_text(o, "name"), f);
	put_number(x, s, CC_MAXIMUM, json_get_text(o, "maximum"), n);
	put(x, s, CC_SOURCE, word_vi(source_names, json_get_text(o, "source")),
	    f);
	put(x, s, CC_COMBINE,
	    word_vi(combine_names, json_get_text(o, "combine")), f);
	put_number(x, s, CC_NEED, json_get_text(o, "need"), n);
	put_number(x, s, CC_GRAIN, json_get_text(o, "grain"), n);
	put(x, s, CC_EFFECT, word_vi(effect_names, json_get_text(o, "effect")),
	    f);
	put(x, s, CC_APPLIES, joined(x, json_get(o, "applies")), f);
	put(x, s, CC_BASIS, json_get_text(o, "basis"), f);
	put(x, s, CC_NOTE, NULL, f);
	x->row[s]++;
	put_table(x, code, json_get(o, "convert"));
	put_groups(x, code, json_get(o, "groups"));
}

static void put_criteria(struct writing *x, const cJSON *list,
			 const char *parent)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, list)
	{
		put_criterion(x, o, parent);
		put_criteria(x, json_get(o, "children"),
			     json_get_text(o, "code"));
	}
}

/* ---- the other sheets -------------------------------------------------- */

static void put_kinds(struct writing *x)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, json_get(x->part, "kinds"))
	{
		put(x, SHEET_KINDS, CK_CODE, json_get_text(o, "code"), x->text);
		put(x, SHEET_KINDS, CK_NAME, json_get_text(o, "name"), x->text);
		put_number(x, SHEET_KINDS, CK_TOTAL, json_get_text(o, "total"),
			   x->number);
		x->row[SHEET_KINDS]++;
	}
}

static void put_replaced(struct writing *x)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, json_get(x->doc, "replaced"))
	{
		put(x, SHEET_REPLACED, CR_FROM, json_get_text(o, "from"),
		    x->text);
		put(x, SHEET_REPLACED, CR_TO, json_get_text(o, "to"), x->text);
		x->row[SHEET_REPLACED]++;
	}
}

static void put_pair(struct writing *x, const char *name, const char *value)
{
	put(x, SHEET_SET, 0, name, x->head);
	put(x, SHEET_SET, 1, value, x->text);
	x->row[SHEET_SET]++;
}

static void put_set(struct writing *x)
{
	const cJSON *example = json_get(x->part, "example");
	struct faults left;

	faults_init(&left, x->a);
	criteria_left_out(x->doc, &left);
	worksheet_set_column(x->ws[SHEET_SET], 0, 0, 24, NULL);
	worksheet_set_column(x->ws[SHEET_SET], 1, 1, 80, NULL);
	worksheet_set_paper(x->ws[SHEET_SET], 9); /* A4 */
	worksheet_fit_to_pages(x->ws[SHEET_SET], 1, 0);
	put_pair(x, "Tên", json_get_text(x->part, "title"));
	put_pair(x, "Căn cứ", json_get_text(x->part, "basis"));
	put_pair(x, "Mẫu thử",
		 !example		 ? NULL
		 : cJSON_IsTrue(example) ? "x"
					 : "không");
	for (size_t i = 0; i < left.n; i++)
		put_pair(x, i ? "" : "Không nằm trong tệp này",
			 left.list[i].path);
}

/* Words that a cell may hold, as Excel offers them. */
static void offer(struct writing *x, int column, const struct criteria_word *w)
{
	char *list[8];
	size_t n = 0;
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST,
				  .ignore_blank = LXW_VALIDATION_ON,
				  .show_error = LXW_VALIDATION_ON };

	for (; w->word && n < 7; w++)
		list[n++] = (char *)(uintptr_t)w->vi; /* it copies */
	list[n] = NULL;
	v.value_list = list;
	(void)worksheet_data_validation_range(x->ws[SHEET_CRITERIA],
					      CRITERIA_HEAD_ROW + 1,
					      (lxw_col_t)column,
					      CRITERIA_HEAD_ROW + 1000,
					      (lxw_col_t)column, &v);
}

static void put_heads(struct writing *x, enum criteria_sheet s,
		      const struct criteria_head *h, int n, const char *guide)
{
	lxw_worksheet *ws = x->ws[s];

	x->row[s] = 0;
	put(x, s, 0, criteria_sheets[s], x->title);
	x->row[s] = 1;
	put(x, s, 0, guide, x->guide);
	worksheet_merge_range(ws, 1, 0, 1, (lxw_col_t)(n - 1), guide, x->guide);
	worksheet_set_row(ws, 1, 48, NULL);
	x->row[s] = CRITERIA_HEAD_ROW;
	for (int c = 0; c < n; c++) {
		worksheet_set_column(ws, (lxw_col_t)c, (lxw_col_t)c, h[c].width,
				     NULL);
		put(x, s, c, h[c].heading, x->head);
	}
	x->row[s]++;
	worksheet_set_default_row(ws, 17, LXW_FALSE);
	worksheet_freeze_panes(ws, CRITERIA_HEAD_ROW + 1, 0);
	worksheet_set_landscape(ws);
	worksheet_set_paper(ws, 9); /* A4 */
	worksheet_fit_to_pages(ws, 1, 0);
}

static void put_all(struct writing *x)
{
	put_heads(x, SHEET_CRITERIA, criteria_heads, CC_COUNT,
		  "Mỗi dòng một lĩnh vực, tiêu chí hoặc tiêu chí thành phần, "
		  "cấp trên đứng trước. \"Thuộc\" để trống là lĩnh vực. Điểm "
		  "lẻ ghi bằng một loại dấu trong cả tệp. \"Ghi chú\" không "
		  "được giữ lại.");
	put_heads(x, SHEET_KINDS, kind_heads, CK_COUNT,
		  "Tổng điểm các lĩnh vực áp dụng cho loại đơn vị đó phải "
		  "đúng bằng số này.");
	put_heads(x, SHEET_TABLES, table_heads, CT_COUNT,
		  "Từ số đo ra điểm. Tuyến tính: Từ, Đến. Bậc: mỗi dòng một "
		  "bậc, từ mức này trở lên được số điểm này, cao trước.");
	put_heads(x, SHEET_GROUPS, group_heads, CG_COUNT,
		  "Nhóm người trả lời và trọng số của nhóm.");
	put_heads(x, SHEET_REPLACED, replaced_heads, CR_COUNT,
		  "Tiêu chí thay thế trong năm; mã mới để trống là bỏ hẳn.");
	offer(x, CC_SOURCE, source_names);
	offer(x, CC_COMBINE, combine_names);
	offer(x, CC_EFFECT, effect_names);
	put_set(x);
	put_criteria(x, json_get(x->part, "criteria"), NULL);
	put_kinds(x);
	put_replaced(x);
}

bool criteria_write(const cJSON *doc, const char *path, struct arena *a,
		    struct err *e)
{
	struct writing x = { .a = a, .doc = doc, .part = criteria_part(doc) };
	lxw_error failed = LXW_ERROR_MEMORY_MALLOC_FAILED;

	if (!file_may_write(path, e))
		return false;
	x.wb = workbook_new(path);
	if (x.wb) {
		for (int s = 0; s < SHEET_COUNT; s++)
			x.ws[s] = workbook_add_worksheet(x.wb,
							 criteria_sheets[s]);
		make_formats(&x);
		put_all(&x);
		worksheet_activate(x.ws[SHEET_CRITERIA]);
		failed = workbook_close(x.wb);
	}
	if (arena_broken(a))
		return err_set(e, ERR_NOMEM, "out of memory");
	return !failed || err_set(e, ERR_IO, "cannot write %s: %s", path,
				  lxw_strerror(failed));
}
