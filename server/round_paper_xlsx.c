/* A document as a workbook: one sheet, the tables below each other. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "phieu/paper.h"

#define SHEET_NAME "Báo cáo"

enum { MAX_DIGITS = 6, UPRIGHT_FROM = 7 };

struct book {
	const struct paper *d;
	struct arena *a;
	lxw_workbook *wb;
	lxw_worksheet *ws;
	lxw_format *plain, *title, *italic, *head, *upright, *text[2], *mark;
	lxw_format *number[MAX_DIGITS + 1][2]; /* [digits][strong] */
	lxw_row_t row;
	lxw_col_t last; /* column of the widest table */
};

static lxw_format *format(struct book *b, bool border, bool bold)
{
	lxw_format *f = workbook_add_format(b->wb);

	format_set_font_name(f, "Times New Roman");
	format_set_font_size(f, 12);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (border) {
		format_set_border(f, LXW_BORDER_THIN);
		format_set_text_wrap(f);
	}
	if (bold)
		format_set_bold(f);
	return f;
}

static void make_formats(struct book *b)
{
	static const char *const shown[MAX_DIGITS + 1] = {
		"#,##0",      "#,##0.0",     "#,##0.00",    "#,##0.000",
		"#,##0.0000", "#,##0.00000", "#,##0.000000"
	};

	b->plain = format(b, false, false);
	b->title = format(b, false, true);
	format_set_align(b->title, LXW_ALIGN_CENTER);
	b->italic = format(b, false, false);
	format_set_italic(b->italic);
	b->head = format(b, true, true);
	format_set_align(b->head, LXW_ALIGN_CENTER);
	format_set_align(b->head, LXW_ALIGN_VERTICAL_CENTER);
	b->upright = format(b, true, true);
	format_set_rotation(b->upright, 90);
	format_set_align(b->upright, LXW_ALIGN_CENTER);
	b->mark = format(b, true, false);
	format_set_align(b->mark, LXW_ALIGN_CENTER);
	for (int strong = 0; strong < 2; strong++) {
		b->text[strong] = format(b, true, strong);
		for (int k = 0; k <= MAX_DIGITS; k++) {
			lxw_format *f = format(b, true, strong);

			/* Excel shows its point as a comma where people use
			 * one */
			format_set_num_format(f, shown[k]);
			b->number[k][strong] = f;
		}
	}
}

static void put_line(struct book *b, const char *s, lxw_format *f)
{
	if (s && *s)
		worksheet_write_string(b->ws, b->row++, 0, s, f);
}

static void put_centre(struct book *b, const char *s)
{
	if (s && *s) {
		if (b->last)
			worksheet_merge_range(b->ws, b->row, 0, b->row, b->last,
					      s, b->title);
		else
			worksheet_write_string(b->ws, b->row, 0, s, b->title);
		b->row++;
	}
}

/* Left over right, as on paper; a narrow table has them below each other. */
static void put_pair(struct book *b, const char *left, const char *right,
		     lxw_format *f)
{
	lxw_col_t half = (lxw_col_t)(b->last / 2);

	if (b->last < 3) {
		put_centre(b, left);
		put_centre(b, right);
		return;
	}
	worksheet_merge_range(b->ws, b->row, 0, b->row, half, left, f);
	worksheet_merge_range(b->ws, b->row, (lxw_col_t)(half + 1), b->row,
			      b->last, right, f);
	b->row++;
}

static void put_letterhead(struct book *b)
{
	const struct paper *d = b->d;
	const char *day = arena_printf(b->a, "%s%sngày      tháng      năm",
				       d->place, *d->place ? ", " : "");

	put_pair(b, d->superior, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
		 b->title);
	put_pair(b, d->body, "Độc lập - Tự do - Hạnh phúc", b->title);
	put_pair(b, "Số:", day ? day : "", b->title);
	put_line(b, d->mark, b->title);
	put_centre(b, d->title);
	put_centre(b, d->subject);
	put_centre(b, d->warning);
	for (size_t i = 0; i < d->n_facts; i++)
		put_line(b, d->facts[i], b->italic);
	b->row++;
}

static bool same_group(const struct paper_table *t, size_t a, size_t b)
{
	return b < t->columns && t->heads[a].group && t->heads[b].group &&
	       strcmp(t->heads[a].group, t->heads[b].group) == 0;
}

/* A group over the heads that share it, from its first one. */
static void put_group(struct book *b, const struct paper_table *t, size_t c)
{
	const char *group = t->heads[c].group;
	size_t n = 1;

	if (c && same_group(t, c, c - 1))
		return;
	while (same_group(t, c, c + n))
		n++;
	if (n > 1)
		worksheet_merge_range(b->ws, b->row, (lxw_col_t)c, b->row,
				      (lxw_col_t)(c + n - 1), group, b->head);
	else
		worksheet_write_string(b->ws, b->row, (lxw_col_t)c, group,
				       b->head);
}

static void put_heads(struct book *b, const struct paper_table *t)
{
	bool two = false;
	lxw_row_t next;

	for (size_t c = 0; c < t->columns; c++)
		two = two || t->heads[c].group;
	next = (lxw_row_t)(b->row + (two ? 1 : 0));
	for (size_t c = 0; c < t->columns; c++) {
		const struct paper_head *h = &t->heads[c];
		bool upright = h->is_name && t->columns > UPRIGHT_FROM;

		if (h->group)
			put_group(b, t, c);
		if (!h->group && two)
			worksheet_merge_range(b->ws, b->row, (lxw_col_t)c, next,
					      (lxw_col_t)c, h->text, b->head);
		else
			worksheet_write_string(b->ws, next, (lxw_col_t)c,
					       h->text,
					       upright ? b->upright : b->head);
	}
	b->row = next + 1;
}

static void put_cell(struct book *b, const struct paper_cell *x, bool strong,
		     lxw_col_t c)
{
	int digits = x->digits;

	if (digits < 0 || digits > MAX_DIGITS)
		digits = MAX_DIGITS;
	if (x->is_number)
		worksheet_write_number(b->ws, b->row, c,
				       (double)x->value.micro / (double)DEC_ONE,
				       b->number[digits][strong]);
	else if (x->text && *x->text)
		/* a string is a string: "=1+1" stays what it is */
		worksheet_write_string(b->ws, b->row, c, x->text,
				       x->centre ? b->mark : b->text[strong]);
	else
		worksheet_write_blank(b->ws, b->row, c, b->text[strong]);
}

static void put_table(struct book *b, const struct paper_table *t)
{
	put_line(b, t->caption, b->title);
	put_heads(b, t);
	for (size_t r = 0; r < t->rows; r++, b->row++)
		for (size_t c = 0; c < t->columns; c++)
			put_cell(b, paper_at(t, r, c), t->strong[r],
				 (lxw_col_t)c);
	for (size_t i = 0; i < t->n_notes; i++)
		put_line(b, t->notes[i], b->italic);
	b->row++;
}

static void put_sign(struct book *b)
{
	put_pair(b, "Nơi nhận:", "LÃNH ĐẠO ĐƠN VỊ", b->title);
	put_pair(b, "- Lưu: VT.", "(Ký và ghi rõ họ tên)", b->title);
}

static void put_all(struct book *b)
{
	const struct paper *d = b->d;
	lxw_row_t *breaks = NULL; /* ends with a 0 */
	size_t n = 0;

	if (d->apart)
		breaks = arena_array(b->a, d->n_tables + 1, sizeof *breaks);
	for (size_t i = 0; i < d->n_tables; i++) {
		const struct paper_table *t = &d->tables[i];

		if (t->columns > (size_t)b->last + 1)
			b->last = (lxw_col_t)(t->columns - 1);
		for (size_t c = 0; i == 0 && c < t->columns; c++)
			worksheet_set_column(b->ws, (lxw_col_t)c, (lxw_col_t)c,
					     t->heads[c].width, NULL);
	}
	put_letterhead(b);
	for (size_t i = 0; i < d->n_tables; i++) {
		if (breaks && i && n < LXW_BREAKS_MAX)
			breaks[n++] = b->row;
		put_table(b, &d->tables[i]);
	}
	if (n)
		(void)worksheet_set_h_pagebreaks(b->ws, breaks);
	put_sign(b);
	if (d->landscape)
		worksheet_set_landscape(b->ws);
	worksheet_set_paper(b->ws, 9); /* A4 */
	worksheet_set_margins(b->ws, 1.18, 0.6, 0.8, 0.8);
	worksheet_fit_to_pages(b->ws, 1, 0);
}

static bool can_write(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	/* the library would say so on standard error, at the end */
	if (fd < 0) {
		(void)err_set(e, ERR_IO, "cannot write %s: %s", path,
			      strerror(errno));
		return false;
	}
	(void)close(fd);
	return true;
}

bool paper_xlsx(const struct paper *d, const char *path, struct err *e)
{
	struct book b = { .d = d };
	lxw_error failed = LXW_ERROR_MEMORY_MALLOC_FAILED;

	if (!can_write(path, e))
		return false;
	b.a = arena_new((size_t)16 << 20);
	b.wb = b.a ? workbook_new(path) : NULL;
	if (b.wb) {
		b.ws = workbook_add_worksheet(b.wb, SHEET_NAME);
		make_formats(&b);
		put_all(&b);
		failed = workbook_close(b.wb);
	}
	arena_free(b.a);
	return !failed || err_set(e, ERR_IO, "cannot write %s: %s", path,
				  lxw_strerror(failed));
}
