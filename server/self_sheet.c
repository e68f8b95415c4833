/* The workbook of a unit's self-assessment, written. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/self.h"
#include "phieu/sheet_xlsx.h"
#include "self_parts.h"

const struct self_head self_heads[SELF_COLUMNS] = {
	[SELF_CODE] = { "code", "Mã", 10 },
	[SELF_NAME] = { "name", "Nội dung", 60 },
	[SELF_MAXIMUM] = { "maximum", "Điểm tối đa", 12 },
	[SELF_POINTS] = { "points", "Điểm tự chấm", 12 },
	[SELF_NA] = { "na", "Không áp dụng (x)", 14 },
	[SELF_NOTE] = { "note", "Ghi chú, giải trình", 50 },
	[SELF_VERSION] = { "version", "Phiên bản", 10 },
};

struct book {
	const struct round *r;
	size_t unit;
	struct arena *a;
	lxw_workbook *wb;
	lxw_worksheet *ws;
	lxw_format *head, *title, *locked, *field, *open, *number, *guide;
	lxw_row_t *row_of; /* by node; 0: not on the sheet */
	const struct self_row *now;
	size_t n_now;
};

static void make_formats(struct book *b)
{
	lxw_format **all[] = { &b->head, &b->title,  &b->locked, &b->field,
			       &b->open, &b->number, &b->guide };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		*all[i] = workbook_add_format(b->wb);
		format_set_font_name(*all[i], "Times New Roman");
		format_set_font_size(*all[i], 12);
		format_set_text_wrap(*all[i]);
		format_set_align(*all[i], LXW_ALIGN_VERTICAL_TOP);
		if (*all[i] != b->title && *all[i] != b->guide)
			format_set_border(*all[i], LXW_BORDER_THIN);
	}
	format_set_bold(b->head);
	format_set_bg_color(b->head, 0xD9E2F3);
	format_set_bold(b->title);
	format_set_font_size(b->title, 13);
	format_set_bg_color(b->locked, 0xF2F2F2);
	format_set_bold(b->field);
	format_set_bg_color(b->field, 0xDDEBF7);
	format_set_unlocked(b->open);
	format_set_unlocked(b->number);
	format_set_num_format(b->number, "0.######");
}

bool self_applies(const struct round *r, size_t unit, size_t node)
{
	const struct index_node *n = &r->set.nodes[node];

	return !n->applies || n->applies[r->set.units[unit].kind];
}

static const struct self_row *row_at(const struct self_row *now, size_t n,
				     size_t node)
{
	for (size_t i = 0; i < n; i++)
		if (now[i].node == node)
			return &now[i];
	return NULL;
}

static const char *source_words(enum index_source s)
{
	switch (s) {
	case INDEX_SURVEY: return "ĐTXHH: không tự chấm";
	case INDEX_SATISFACTION: return "SIPAS: không tự chấm";
	case INDEX_EXTERNAL: return "chỉ số bên ngoài: không tự chấm";
	default: return NULL;
	}
}

/* What the formula gives now: a program that computes nothing shows it. */
static double sum_now(const struct book *b, size_t node)
{
	const struct index_set *s = &b->r->set;
	int64_t micro = 0;

	for (size_t i = 0; i < b->n_now; i++) {
		size_t at = b->now[i].node;

		if (!b->now[i].has_points ||
		    s->nodes[at].effect != INDEX_COUNTS)
			continue;
		while (at != INDEX_NONE && at != node)
			at = s->nodes[at].parent;
		micro += at == node ? b->now[i].points.micro : 0;
	}
	return dec_double((struct dec){ micro });
}

/* "=SUM(D5,D9)" over the children that are typed. */
static void put_sum(struct book *b, size_t node, lxw_row_t row)
{
	const struct index_set *s = &b->r->set;
	struct buf f = BUF_INIT(8000);
	char at[XLSX_ADDRESS_MAX];
	const char *sep = "=SUM(";

	for (size_t i = node + 1; i < s->n_nodes; i++) {
		if (s->nodes[i].parent != node || !b->row_of[i])
			continue;
		if (s->nodes[i].leaf && (s->nodes[i].source != INDEX_ASSESSED ||
					 s->nodes[i].effect != INDEX_COUNTS))
			continue;
		buf_addf(&f, "%s%s", sep,
			 xlsx_address(SELF_POINTS, b->row_of[i] + 1, at));
		sep = ",";
	}
	if (f.len && s->nodes[node].combine == INDEX_SUM) {
		buf_adds(&f, ")");
		if (buf_cstr(&f))
			worksheet_write_formula_num(b->ws, row, SELF_POINTS,
						    f.data, b->field,
						    sum_now(b, node));
	} else {
		worksheet_write_blank(b->ws, row, SELF_POINTS, b->field);
	}
	buf_free(&f);
}

static void put_rule(struct book *b, const struct index_node *n, lxw_row_t row)
{
	/* the library takes char * and copies */
	char title[] = "Điểm tự chấm", wrong[] = "Điểm không hợp lệ";
	char text[DEC_TEXT_MAX], message[120];
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_DECIMAL,
				  .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
				  .minimum_number = 0,
				  .maximum_number = dec_double(n->maximum),
				  .ignore_blank = LXW_VALIDATION_ON,
				  .show_input = LXW_VALIDATION_ON,
				  .show_error = LXW_VALIDATION_ON,
				  .error_title = wrong,
				  .input_title = title,
				  .error_message = message,
				  .input_message = message };

	(void)snprintf(message, sizeof message, "Từ 0 đến %s điểm",
		       dec_text_vi(n->maximum, 0, text));
	(void)worksheet_data_validation_cell(b->ws, row, SELF_POINTS, &v);
}

static void put_open(struct book *b, size_t node, lxw_row_t row,
		     const struct self_row *x)
{
	if (x && x->has_points)
		worksheet_write_number(b->ws, row, SELF_POINTS,
				       dec_double(x->points), b->number);
	else
		worksheet_write_blank(b->ws, row, SELF_POINTS, b->number);
	worksheet_write_string(b->ws, row, SELF_NA,
			       x && x->not_applicable ? "x" : "", b->open);
	worksheet_write_string(b->ws, row, SELF_NOTE,
			       x && x->note ? x->note : "", b->open);
	put_rule(b, &b->r->set.nodes[node], row);
}

static void put_node(struct book *b, size_t node, lxw_row_t row,
		     const struct self_row *x)
{
	const struct index_node *n = &b->r->set.nodes[node];
	lxw_format *f = n->leaf ? b->locked : b->field;

	worksheet_write_string(b->ws, row, SELF_CODE, n->code, f);
	worksheet_write_string(b->ws, row, SELF_NAME, n->name, f);
	worksheet_write_number(b->ws, row, SELF_MAXIMUM, dec_double(n->maximum),
			       f);
	worksheet_write_number(b->ws, row, SELF_VERSION,
			       x ? (double)x->version : 0, b->locked);
	if (n->leaf && n->source == INDEX_ASSESSED) {
		put_open(b, node, row, x);
		return;
	}
	if (n->leaf)
		worksheet_write_string(b->ws, row, SELF_POINTS, "", f);
	else
		put_sum(b, node, row);
	worksheet_write_string(b->ws, row, SELF_NA, "", f);
	worksheet_write_string(b->ws, row, SELF_NOTE,
			       n->leaf && source_words(n->source)
				       ? source_words(n->source)
				       : "",
			       f);
}

static void put_head(struct book *b)
{
	const struct index_unit *u = &b->r->set.units[b->unit];
	struct lxw_protection p = { .format_columns = 1, .format_rows = 1 };

	for (int c = 0; c < SELF_COLUMNS; c++) {
		worksheet_set_column(b->ws, (lxw_col_t)c, (lxw_col_t)c,
				     self_heads[c].width, NULL);
		worksheet_write_string(b->ws, SELF_HEAD_ROW, (lxw_col_t)c,
				       self_heads[c].heading, b->head);
	}
	worksheet_merge_range(b->ws, 0, 0, 0, SELF_NOTE,
			      arena_printf(b->a, "%s — %s", b->r->name,
					   u->name),
			      b->title);
	worksheet_merge_range(
		b->ws, 1, 0, 1, SELF_NOTE,
		arena_printf(b->a,
			     "Chỉ điền cột \"%s\", \"%s\" và \"%s\". Điểm lẻ "
			     "ghi bằng một loại dấu (phẩy hoặc chấm) trong cả "
			     "tệp.%s",
			     self_heads[SELF_POINTS].heading,
			     self_heads[SELF_NA].heading,
			     self_heads[SELF_NOTE].heading,
			     b->r->set.example ? " MẪU THỬ, không phải bộ tiêu "
						 "chí chính thức."
					       : ""),
		b->guide);
	worksheet_set_row(b->ws, 1, 34, NULL);
	worksheet_set_column_opt(b->ws, SELF_VERSION, SELF_VERSION, 10, NULL,
				 &(lxw_row_col_options){ .hidden = 1 });
	worksheet_freeze_panes(b->ws, SELF_HEAD_ROW + 1, 2);
	worksheet_protect(b->ws, NULL, &p);
	worksheet_repeat_rows(b->ws, SELF_HEAD_ROW, SELF_HEAD_ROW);
	worksheet_set_landscape(b->ws);
	worksheet_set_paper(b->ws, 9); /* A4 */
	worksheet_fit_to_pages(b->ws, 1, 0);
}

static void put_all(struct book *b)
{
	const struct index_set *s = &b->r->set;
	lxw_row_t row = SELF_HEAD_ROW + 1;

	for (size_t i = 0; i < s->n_nodes; i++)
		if (self_applies(b->r, b->unit, i))
			b->row_of[i] = row++;
	put_head(b);
	for (size_t i = 0; i < s->n_nodes; i++)
		if (b->row_of[i])
			put_node(b, i, b->row_of[i],
				 row_at(b->now, b->n_now, i));
}

bool self_sheet_write(const struct round *r, size_t unit,
		      const struct self_row *now, size_t n, const char *path,
		      struct err *e)
{
	struct book b = { .r = r, .unit = unit, .now = now, .n_now = n };
	lxw_error failed = LXW_ERROR_MEMORY_MALLOC_FAILED;

	if (!file_may_write(path, e))
		return false;
	b.a = arena_new((size_t)16 << 20);
	b.row_of = b.a ? arena_array(b.a, r->set.n_nodes + 1, sizeof *b.row_of)
		       : NULL;
	b.wb = b.row_of ? workbook_new(path) : NULL;
	if (b.wb) {
		b.ws = workbook_add_worksheet(b.wb, SELF_SHEET);
		make_formats(&b);
		workbook_define_name(b.wb, SELF_NAME_ROUND,
				     arena_printf(b.a, "=\"%s\"", r->code));
		workbook_define_name(b.wb, SELF_NAME_UNIT,
				     arena_printf(b.a, "=\"%s\"",
						  r->set.units[unit].code));
		put_all(&b);
		failed = workbook_close(b.wb);
	}
	arena_free(b.a);
	return !failed || err_set(e, ERR_IO, "cannot write %s: %s", path,
				  lxw_strerror(failed));
}

/* The library writes files only: one that is nowhere. */
char *self_sheet_bytes(const struct round *r, size_t unit,
		       const struct self_row *now, size_t n_now, size_t *n,
		       struct err *e)
{
	char path[40], *bytes = NULL;
	int fd = memfd_create("workbook", MFD_CLOEXEC);

	if (fd < 0) {
		(void)err_set(e, ERR_IO, "no memory file: %s", strerror(errno));
		return NULL;
	}
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (self_sheet_write(r, unit, now, n_now, path, e))
		bytes = file_read(path, LIMIT_XLSX_BYTES, n, e);
	(void)close(fd);
	return bytes;
}
