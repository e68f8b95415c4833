/* The parts that every workbook for a form has: lists, names, formats. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "import_parts.h"
#include "phieu/sheet_xlsx.h"
#include "template_parts.h"

#if defined(__SANITIZE_ADDRESS__)
/* libxlsxwriter 1.1.4 copies the formula of a drop-down twice and frees one
 * copy: some 25 bytes a column, in programs that end soon. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:lxw_strdup\n";
}
#endif

#define LISTS_NAME "Danh mục"
#define HELP_MAX   250 /* characters of an input message; Excel takes 255 */

static bool rates_many(const struct plan *p, const struct group *g)
{
	return g->mode != RATES_OWN &&
	       !(g->mode == RATES_MAPPED && g->n_table == 1 && p->n_units > 0);
}

/* Homes and units of a form, by what its groups need. */
struct needs {
	size_t groups;
	bool home, unit, block;
	size_t kind; /* of the block */
};

static struct needs needs_of(const struct plan *p, size_t form)
{
	struct needs n = { .block = true, .kind = NONE };

	for (size_t i = 0; i < p->n_groups; i++) {
		const struct group *g = &p->groups[i];
		if (g->form != form)
			continue;
		n.groups++;
		n.home |= g->has_home;
		n.unit |= rates_many(p, g);
		if (g->mode != RATES_ALL || g->per_sheet ||
		    (n.kind != NONE && n.kind != g->rated_kind))
			n.block = false;
		n.kind = g->rated_kind;
	}
	n.block &= n.groups > 0;
	return n;
}

static void column_add(struct template_book *t, enum import_role role,
		       size_t at)
{
	struct template_column *c = &t->columns[t->n_columns++];

	c->role = role;
	c->at = at;
	c->key = import_key(t->f, role, at, t->a);
	c->heading = import_heading(t->f, role, at, true, t->a);
}

/* ---- lists
 * ---------------------------------------------------------------------- */

static lxw_row_t list_begin(struct template_book *t, const char *title)
{
	worksheet_write_string(t->lists, 0, t->n_lists, title, t->head);
	worksheet_set_column(t->lists, t->n_lists, t->n_lists, 30, NULL);
	return 1;
}

static void list_add(struct template_book *t, lxw_row_t *row, const char *text)
{
	worksheet_write_string(t->lists, (*row)++, t->n_lists, text, t->plain);
}

/* "='Danh mục'!$A$2:$A$21" */
static void list_end(struct template_book *t, lxw_row_t row, char out[64])
{
	char at[XLSX_ADDRESS_MAX];

	out[0] = '\0';
	if (row > 1)
		(void)snprintf(out, 64, "='" LISTS_NAME "'!$%s$2:$%s$%u",
			       xlsx_address(t->n_lists, 0, at),
			       xlsx_address(t->n_lists, 0, at), row);
	t->n_lists++;
}

/* A name alone, or with its code where another unit has the same. */
static const char *unit_name(struct template_book *t, size_t unit)
{
	const struct unit *u = &t->p->units[unit];

	for (size_t i = 0; i < t->p->n_units; i++)
		if (i != unit && strcmp(t->p->units[i].name, u->name) == 0)
			return arena_printf(t->a, "%s (%s)", u->name, u->code);
	return u->name;
}

static bool is_home(const struct template_book *t, size_t unit)
{
	const struct plan *p = t->p;

	for (size_t i = 0; i < p->n_groups; i++)
		if (p->groups[i].form == t->form && p->groups[i].has_home &&
		    p->groups[i].home_kind == p->units[unit].kind)
			return true;
	return false;
}

static bool is_rated(const struct template_book *t, size_t unit)
{
	const struct plan *p = t->p;

	for (size_t i = 0; i < p->n_groups; i++) {
		const struct group *g = &p->groups[i];
		if (g->form != t->form)
			continue;
		if (g->mode != RATES_MAPPED &&
		    g->rated_kind == p->units[unit].kind)
			return true;
		for (size_t k = 0; g->mode == RATES_MAPPED && k < g->n_table;
		     k++)
			if (g->table[k].unit == unit)
				return true;
	}
	return false;
}

static bool is_there(const struct template_book *t, size_t unit)
{
	const struct unit *u = &t->p->units[unit];

	return (!u->has_from || u->from.days <= t->p->to.days) &&
	       (!u->has_to || u->to.days >= t->p->from.days);
}

static void list_units(struct template_book *t, struct template_column *c,
		       bool (*belongs)(const struct template_book *, size_t))
{
	lxw_row_t row = list_begin(t, c->heading);

	for (size_t i = 0; i < t->p->n_units; i++)
		if (is_there(t, i) && belongs(t, i))
			list_add(t, &row, unit_name(t, i));
	list_end(t, row, c->list);
}

static void list_groups(struct template_book *t, struct template_column *c)
{
	lxw_row_t row = list_begin(t, c->heading);

	for (size_t i = 0; i < t->p->n_groups; i++)
		if (t->p->groups[i].form == t->form)
			list_add(t, &row, t->p->groups[i].name);
	list_end(t, row, c->list);
}

static void list_profile(struct template_book *t, struct template_column *c)
{
	const struct profile_field *p = &t->f->profile[c->at];
	lxw_row_t row = list_begin(t, c->heading);

	for (size_t i = 0; i < p->n_options; i++)
		if (!p->options[i].retired)
			list_add(t, &row, p->options[i].label);
	list_end(t, row, c->list);
}

/* The column before that asks with the same options: one list serves both. */
static const struct template_column *same_options(const struct template_book *t,
						  size_t column)
{
	const struct question *q = &t->f->questions[t->columns[column].at], *o;

	for (size_t i = 0; i < column; i++) {
		size_t k = 0;
		if (t->columns[i].role != IMPORT_QUESTION)
			continue;
		o = &t->f->questions[t->columns[i].at];
		if (o->n_options != q->n_options || !t->columns[i].list[0])
			continue;
		while (k < q->n_options &&
		       strcmp(o->options[k].code, q->options[k].code) == 0)
			k++;
		if (k == q->n_options)
			return &t->columns[i];
	}
	return NULL;
}

/* Codes; where they are letters the digits of their places too, for the
 * number pad. */
static void list_options(struct template_book *t, size_t column)
{
	struct template_column *c = &t->columns[column];
	const struct question *q = &t->f->questions[c->at];
	const struct template_column *same = same_options(t, column);
	bool digits = false;
	lxw_row_t row;

	if (same) {
		memcpy(c->list, same->list, sizeof c->list);
		return;
	}
	row = list_begin(t, q->code);
	for (size_t i = 0; i < q->n_options; i++) {
		digits |= q->options[i].code[0] >= '0' &&
			  q->options[i].code[0] <= '9';
		if (!q->options[i].retired)
			list_add(t, &row, q->options[i].code);
	}
	for (size_t i = 0; !digits && i < q->n_options; i++)
		if (!q->options[i].retired)
			worksheet_write_number(t->lists, row++, t->n_lists,
					       (double)(i + 1), t->plain);
	worksheet_write_string(t->lists, row++, t->n_lists, "?", t->plain);
	list_end(t, row, c->list);
}

static void make_lists(struct template_book *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		struct template_column *c = &t->columns[i];
		enum question_type type;
		switch (c->role) {
		case IMPORT_GROUP: list_groups(t, c); break;
		case IMPORT_HOME: list_units(t, c, is_home); break;
		case IMPORT_UNIT: list_units(t, c, is_rated); break;
		case IMPORT_PROFILE: list_profile(t, c); break;
		case IMPORT_QUESTION:
			type = t->f->questions[c->at].type;
			if (type == QUESTION_SCALE || type == QUESTION_SINGLE)
				list_options(t, i);
			break;
		default: break;
		}
	}
}

/* ---- help and rules of a column
 * ---------------------------------------------------- */

/* At most HELP_MAX characters, whole ones. */
static const char *cut(struct arena *a, const char *s)
{
	size_t n = 0, chars = 0;

	while (s[n] && chars < HELP_MAX) {
		n++;
		while (((unsigned char)s[n] & 0xc0) == 0x80)
			n++;
		chars++;
	}
	return arena_strndup(a, s, n);
}

static const char *options_help(struct template_book *t,
				const struct question *q)
{
	struct buf b = BUF_INIT((size_t)LIMIT_TEXT_BYTES * 4);
	const char *out;

	if (q->type == QUESTION_MULTIPLE)
		buf_adds(&b, "Nhiều phương án, cách nhau dấu phẩy. ");
	for (size_t i = 0; i < q->n_options; i++)
		if (!q->options[i].retired)
			buf_addf(&b, "%s%s = %s", i ? "; " : "",
				 q->options[i].code, q->options[i].label);
	buf_adds(&b, ". ? = không đọc được. Bỏ trống = không trả lời.");
	out = buf_cstr(&b) ? cut(t->a, b.data) : NULL;
	buf_free(&b);
	return out;
}

static const char *number_help(struct template_book *t,
			       const struct question *q)
{
	struct buf b = BUF_INIT((size_t)LIMIT_TEXT_BYTES);
	char text[DEC_TEXT_MAX];
	const char *out;

	buf_adds(&b, q->decimals ? "Số" : "Số nguyên");
	if (q->has_min)
		buf_addf(&b, " từ %s", dec_text_vi(q->min, 0, text));
	if (q->has_max)
		buf_addf(&b, " đến %s", dec_text_vi(q->max, 0, text));
	if (q->decimals > 0 && q->decimals < DEC_DIGITS)
		buf_addf(&b, ", không quá %zu chữ số thập phân", q->decimals);
	buf_adds(&b, ". Bỏ trống nếu không trả lời.");
	out = buf_cstr(&b) ? arena_strdup(t->a, b.data) : NULL;
	buf_free(&b);
	return out;
}

static const char *help_of(struct template_book *t,
			   const struct template_column *c)
{
	const struct question *q;

	switch (c->role) {
	case IMPORT_SHEET:
		return "Gõ đúng số in trên phiếu, ví dụ CT01-00012-7. Chỉ gõ "
		       "một lần, ở dòng đầu của phiếu.";
	case IMPORT_COLLECTED: return "ngày/tháng/năm, ví dụ 03/02/2021";
	case IMPORT_GROUP:
	case IMPORT_HOME:
	case IMPORT_UNIT:
	case IMPORT_PROFILE: return "Chọn trong danh sách.";
	case IMPORT_COMMENT: return "Chép nguyên văn ý kiến trên phiếu.";
	case IMPORT_QUESTION:
		q = &t->f->questions[c->at];
		if (q->n_options)
			return options_help(t, q);
		return q->type == QUESTION_NUMBER ? number_help(t, q)
						  : "Chép nguyên văn.";
	default: return NULL;
	}
}

static lxw_datetime day(struct date d)
{
	lxw_datetime out = { 0 };

	date_ymd(d, &out.year, &out.month, &out.day);
	return out;
}

/* Excel can be asked for whole numbers or for any; how many decimals is said
 * in the help and judged when the file comes in.  Words are refused always. */
static void number_rule(const struct question *q, lxw_data_validation *v)
{
	static const struct dec lowest = { -INT64_MAX },
				highest = { INT64_MAX };

	v->validate = q->decimals == 0 ? LXW_VALIDATION_TYPE_INTEGER
				       : LXW_VALIDATION_TYPE_DECIMAL;
	v->criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
	v->minimum_number = dec_double(q->has_min ? q->min : lowest);
	v->maximum_number = dec_double(q->has_max ? q->max : highest);
}

static void rule_of(struct template_book *t, struct template_column *c,
		    lxw_data_validation *v)
{
	const struct question *q =
		c->role == IMPORT_QUESTION ? &t->f->questions[c->at] : NULL;

	v->validate = LXW_VALIDATION_TYPE_ANY;
	if (c->list[0]) {
		v->validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
		v->value_formula = c->list;
	} else if (c->role == IMPORT_COLLECTED) {
		v->validate = LXW_VALIDATION_TYPE_DATE;
		v->criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
		v->minimum_datetime = day(t->p->from);
		v->maximum_datetime = day(t->p->to);
	} else if (q && q->type == QUESTION_NUMBER) {
		number_rule(q, v);
	}
}

void template_validate(struct template_book *t, struct template_column *c,
		       lxw_row_t from, lxw_row_t to, lxw_col_t column)
{
	/* the library takes char * and copies */
	char wrong[] = "Giá trị không hợp lệ";
	char why[] = "Giá trị không có trong danh mục hoặc ngoài khoảng cho "
		     "phép.";
	const char *help = help_of(t, c);
	char title[32];
	lxw_data_validation v = { .ignore_blank = LXW_VALIDATION_ON,
				  .show_input = LXW_VALIDATION_ON,
				  .show_error = LXW_VALIDATION_ON,
				  .dropdown = LXW_VALIDATION_ON,
				  .error_type = LXW_VALIDATION_ERROR_TYPE_STOP,
				  .error_title = wrong,
				  .error_message = why };

	if (!help)
		return;
	(void)snprintf(title, sizeof title, "%s",
		       c->role == IMPORT_QUESTION ? t->f->questions[c->at].code
						  : "Hướng dẫn");
	v.input_title = title;
	v.input_message = (char *)(uintptr_t)help;
	rule_of(t, c, &v);
	(void)worksheet_data_validation_range(t->sheet, from, column, to,
					      column, &v);
}

/* ---- the book
 * ------------------------------------------------------------------------ */

static void make_formats(struct template_book *t)
{
	lxw_format **all[] = { &t->head,     &t->hidden,      &t->open_text,
			       &t->open_day, &t->locked,      &t->locked_too,
			       &t->bad,	     &t->why,	      &t->plain,
			       &t->title,    &t->open_number, &t->bad_number };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		*all[i] = workbook_add_format(t->wb);
		format_set_font_name(*all[i], "Arial");
		format_set_font_size(*all[i], 10);
	}
	format_set_bold(t->head);
	format_set_text_wrap(t->head);
	format_set_bg_color(t->head, 0xD9E2F3);
	format_set_border(t->head, LXW_BORDER_THIN);
	format_set_align(t->head, LXW_ALIGN_VERTICAL_TOP);
	format_set_font_color(t->hidden, 0x808080);
	format_set_num_format(t->open_text, "@");
	format_set_border(t->open_text, LXW_BORDER_HAIR);
	format_set_unlocked(t->open_text);
	format_set_num_format(t->open_day, "dd/mm/yyyy");
	format_set_border(t->open_day, LXW_BORDER_HAIR);
	format_set_unlocked(t->open_day);
	format_set_bg_color(t->locked, 0xF2F2F2);
	format_set_border(t->locked, LXW_BORDER_HAIR);
	format_set_bg_color(t->locked_too, 0xDDEBF7);
	format_set_border(t->locked_too, LXW_BORDER_HAIR);
	format_set_bg_color(t->bad, 0xFFC7CE);
	format_set_font_color(t->bad, 0x9C0006);
	format_set_num_format(t->bad, "@");
	format_set_border(t->bad, LXW_BORDER_THIN);
	format_set_unlocked(t->bad);
	/* in a cell of text a rule for numbers refuses every number */
	format_set_border(t->open_number, LXW_BORDER_HAIR);
	format_set_unlocked(t->open_number);
	format_set_bg_color(t->bad_number, 0xFFC7CE);
	format_set_font_color(t->bad_number, 0x9C0006);
	format_set_border(t->bad_number, LXW_BORDER_THIN);
	format_set_unlocked(t->bad_number);
	format_set_font_color(t->why, 0x9C0006);
	format_set_text_wrap(t->why);
	format_set_align(t->why, LXW_ALIGN_VERTICAL_TOP);
	format_set_text_wrap(t->plain);
	format_set_align(t->plain, LXW_ALIGN_VERTICAL_TOP);
	format_set_bold(t->title);
	format_set_font_size(t->title, 13);
	format_set_text_wrap(t->title);
}

static void make_columns(struct template_book *t)
{
	struct needs n = needs_of(t->p, t->form);

	column_add(t, IMPORT_SHEET, 0);
	if (n.unit)
		column_add(t, IMPORT_UNIT, 0);
	if (n.groups > 1)
		column_add(t, IMPORT_GROUP, 0);
	if (n.home)
		column_add(t, IMPORT_HOME, 0);
	column_add(t, IMPORT_COLLECTED, 0);
	for (size_t i = 0; i < t->f->n_profile; i++)
		column_add(t, IMPORT_PROFILE, i);
	for (size_t i = 0; i < t->f->n_questions; i++)
		if (t->f->questions[i].asked)
			column_add(t, IMPORT_QUESTION, i);
	column_add(t, IMPORT_COMMENT, 0);
	for (size_t i = 0; n.block && i < t->p->n_units; i++)
		if (t->p->units[i].kind == n.kind && is_there(t, i))
			t->units[t->n_units++] = i;
}

static void make_names(struct template_book *t)
{
	const char *value;

	value = arena_printf(t->a, "=\"%s\"", t->f->code);
	workbook_define_name(t->wb, "PHIEU_FORM", value ? value : "=\"\"");
	value = arena_printf(t->a, "=\"%s\"", t->f->version);
	workbook_define_name(t->wb, "PHIEU_VERSION", value ? value : "=\"\"");
	value = arena_printf(t->a, "=\"%s\"", t->p->wave);
	workbook_define_name(t->wb, "PHIEU_WAVE", value ? value : "=\"\"");
}

const char *template_mark(struct template_book *t)
{
	return arena_printf(t->a, IMPORT_MARK "%s;%s;%s", t->f->code,
			    t->f->version, t->p->wave);
}

bool template_begin(struct template_book *t, const struct plan *p, size_t form,
		    const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	/* the library would say so on standard error, at the end */
	if (fd < 0)
		return err_set(e, ERR_IO, "cannot write %s: %s", path,
			       strerror(errno));
	(void)close(fd);
	*t = (struct template_book){ .p = p,
				     .f = &p->forms[form],
				     .form = form };
	t->a = arena_new((size_t)64 << 20);
	if (t->a) {
		t->columns =
			arena_array(t->a,
				    8 + t->f->n_profile + t->f->n_questions,
				    sizeof *t->columns);
		t->units = arena_array(t->a, p->n_units + 1, sizeof *t->units);
		if (t->columns && t->units)
			t->wb = workbook_new(path);
	}
	if (!t->wb) {
		arena_free(t->a);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	t->sheet = workbook_add_worksheet(t->wb, IMPORT_SHEET_NAME);
	make_formats(t);
	make_columns(t);
	return true;
}

/* Not every program fits the height of a row to its text by itself. */
static void line(lxw_worksheet *ws, lxw_row_t *row, const char *text,
		 lxw_format *format)
{
	size_t chars = 0;

	for (const char *s = text; s && *s; s++)
		chars += ((unsigned char)*s & 0xc0) != 0x80;
	worksheet_set_row(ws, *row, 16 * ceil((double)(chars + 1) / 85), NULL);
	worksheet_write_string(ws, (*row)++, 0, text, format);
}

static void guide_question(struct template_book *t, lxw_worksheet *ws,
			   lxw_row_t *row, const struct question *q)
{
	struct buf b = BUF_INIT((size_t)LIMIT_TEXT_BYTES * 4);

	for (size_t i = 0; i < q->n_options; i++)
		if (!q->options[i].retired)
			buf_addf(&b, "%s%s = %s", b.len ? "; " : "",
				 q->options[i].code, q->options[i].label);
	line(ws, row, arena_printf(t->a, "%s. %s", q->code, q->text), t->plain);
	if (b.len && buf_cstr(&b))
		line(ws, row, arena_printf(t->a, "        %s", b.data),
		     t->plain);
	buf_free(&b);
}

void template_guide(struct template_book *t)
{
	static const char *const vi[] = {
		"1. Mỗi phiếu giấy: gõ số phiếu ở dòng đầu (cột A), chọn nhóm "
		"đối tượng, đơn vị công tác và ngày thu. Phiếu đánh giá nhiều "
		"đơn vị chiếm nhiều dòng liền nhau, mỗi dòng một đơn vị; các "
		"dòng sau không gõ lại số phiếu.",
		"2. Nhấn Tab để sang ô tiếp theo. Câu trả lời gõ mã phương án "
		"(chữ hoặc số). Bỏ trống nếu người trả lời không đánh dấu; gõ "
		"? nếu không đọc được hoặc đánh hai dấu.",
		"3. Không thêm, bớt, đổi tên cột. Cần ghi chú riêng thì thêm "
		"cột có tiêu đề bắt đầu bằng \"Ghi chú\" ở cuối.",
		"4. Lưu tệp (.xlsx) rồi kéo vào trang nhập phiếu, hoặc dùng "
		"phieu-upload. Xem trước sẽ chỉ từng ô có lỗi; sửa xong gửi "
		"lại chính tệp này, không sợ bị đếm hai lần.",
		"5. Phiếu sửa sau khi đã gửi: sửa trong tệp và gửi lại, bản "
		"mới thay bản cũ.",
	};
	static const char *const en[] = {
		"1. For each paper sheet type its number in the first row "
		"(column A), choose group, home unit and day. A sheet that "
		"rates many units takes a row each; the number is typed once.",
		"2. Tab goes to the next cell. Type the option's code. Leave "
		"blank what was left blank; ? for what cannot be read or has "
		"two marks.",
		"3. Do not add, remove or rename columns; a column of your own "
		"begins with \"Ghi chú\".",
		"4. Save as .xlsx and drop it on the entry page, or use "
		"phieu-upload. The preview names each wrong cell; send the "
		"mended file again, nothing counts twice.",
	};
	lxw_worksheet *ws = workbook_add_worksheet(t->wb, IMPORT_GUIDE_NAME);
	lxw_row_t row = 0;

	worksheet_set_column(ws, 0, 0, 95, t->plain);
	worksheet_set_paper(ws, 9);
	worksheet_fit_to_pages(ws, 1, 0);
	line(ws, &row,
	     arena_printf(t->a, "Mẫu phiếu %s, phiên bản %s: %s", t->f->code,
			  t->f->version, t->f->name),
	     t->title);
	if (t->p->bases[t->f->basis].kind == BASIS_EXAMPLE || t->p->is_trial)
		line(ws, &row, "MẪU THỬ, KHÔNG PHẢI PHIẾU CHÍNH THỨC", t->why);
	for (size_t i = 0; i < sizeof vi / sizeof vi[0]; i++)
		line(ws, &row, vi[i], t->plain);
	row++;
	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].role == IMPORT_QUESTION)
			guide_question(t, ws, &row,
				       &t->f->questions[t->columns[i].at]);
	row++;
	line(ws, &row, "In English", t->title);
	for (size_t i = 0; i < sizeof en / sizeof en[0]; i++)
		line(ws, &row, en[i], t->plain);
	worksheet_protect(ws, NULL, NULL);
	t->lists = workbook_add_worksheet(t->wb, LISTS_NAME);
	make_lists(t);
	worksheet_hide(t->lists);
	make_names(t);
}

bool template_end(struct template_book *t, const char *path, struct err *e)
{
	lxw_error why = workbook_close(t->wb);
	bool broken = arena_broken(t->a);

	arena_free(t->a);
	if (broken)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (why != LXW_NO_ERROR)
		return err_set(e, ERR_IO, "cannot write %s: %s", path,
			       lxw_strerror(why));
	return true;
}
