#include "phieu/quality_paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/file.h"

#define BOOK_BYTES ((size_t)64 << 20)

struct shown { /* a column of a printed table */
	struct paper_head head;
	const char *name; /* of the result; NULL: the running number */
	int digits;	  /* of a number; below 0: text */
};

static void put_head(struct paper *d, const struct quality_paper_head *h)
{
	*d = (struct paper){
		.superior = h->superior,
		.body = h->body,
		.place = h->place,
		.mark = "Dự thảo",
		.warning = h->wave->simulated ? "Số liệu mô phỏng"
			   : h->wave->trial
				   ? "Mẫu thử, không phải phiếu chính thức"
				   : "",
		.subject = h->wave->name,
		.landscape = true,
	};
}

/* A number that is too large for official decimals stands as text. */
static struct paper_cell cell(const struct res *r, size_t row,
			      const struct shown *s)
{
	const char *text = res_word(r, row, s->name);
	struct err ignored = { 0 };
	struct dec v;

	if (s->digits < 0 || !*text)
		return paper_text(text);
	if (!dec_parse(text, strlen(text), &v, &ignored))
		return paper_text(text);
	return paper_number(v, s->digits);
}

/* As people read it: days, truths. */
static struct paper_cell words(const struct res *r, size_t row,
			       const struct shown *s, struct arena *a)
{
	const char *text = res_word(r, row, s->name);

	if (strcmp(s->name, "received") == 0)
		return paper_text(paper_day(text, a));
	if (strcmp(s->name, "open") == 0)
		return paper_mark(strcmp(text, "t") == 0 ||
						  strcmp(text, "true") == 0
					  ? "mở"
					  : "xong");
	return cell(r, row, s);
}

static bool set_heads(struct paper_table *t, const struct shown *s, size_t n,
		      size_t rows, struct arena *a, struct err *e)
{
	struct paper_head *heads = arena_array(a, n, sizeof *heads);

	if (!heads)
		return err_no_memory(e);
	for (size_t c = 0; c < n; c++)
		heads[c] = s[c].head;
	*t = paper_table(heads, n, rows, a);
	t->fixed = 2;
	return t->cells || err_no_memory(e);
}

/* ---- the daily sheet of faults ------------------------------------------- */

static size_t rows_of(const struct res *r, const char *part)
{
	size_t n = 0;

	for (size_t i = 0; i < res_rows(r); i++)
		n += strcmp(res_word(r, i, "kind"), part) == 0 ? 1 : 0;
	return n;
}

static bool put_part(const struct res *r, const char *part, const char *caption,
		     struct arena *a, struct paper_table *t, struct err *e)
{
	static const struct shown shown[] = {
		{ { NULL, "STT", 5, false }, NULL, -1 },
		{ { NULL, "Điều tra viên", 22, false }, "name", -1 },
		{ { NULL, "Số phiếu", 16, false }, "sheet", -1 },
		{ { NULL, "Mẫu", 8, false }, "form", -1 },
		{ { NULL, "Đơn vị", 16, false }, "unit", -1 },
		{ { NULL, "Mã", 7, false }, "code", -1 },
		{ { NULL, "Chỗ", 22, false }, "place", -1 },
		{ { NULL, "Vì sao", 46, false }, "why", -1 },
		{ { NULL, "Ngày nhận", 12, false }, "received", -1 },
		{ { NULL, "Còn mở", 8, false }, "open", -1 },
	};
	const size_t n = sizeof shown / sizeof shown[0];
	size_t row = 0;

	if (!set_heads(t, shown, n, rows_of(r, part), a, e))
		return false;
	t->caption = caption;
	for (size_t i = 0; i < res_rows(r); i++) {
		if (strcmp(res_word(r, i, "kind"), part) != 0)
			continue;
		*paper_at(t, row, 0) =
			paper_mark(arena_printf(a, "%zu", row + 1));
		for (size_t c = 1; c < n; c++)
			*paper_at(t, row, c) = words(r, i, &shown[c], a);
		row++;
	}
	return true;
}

bool quality_paper_faults(const struct res *r,
			  const struct quality_paper_head *h, const char *day,
			  struct arena *a, struct paper *out, struct err *e)
{
	static const char *const signers[] = { "BƯU CỤC", "NGƯỜI KIỂM TRA" };
	struct paper_table *t = arena_array(a, 2, sizeof *t);
	const char **facts = arena_array(a, 4, sizeof *facts);

	put_head(out, h);
	if (!t || !facts)
		return err_no_memory(e);
	facts[0] = arena_printf(a, "Đợt %s%s%s", h->wave->code,
				h->office ? ", bưu cục: " : ", mọi bưu cục",
				h->office ? h->office : "");
	facts[1] = day && *day ? arena_printf(a, "Phiếu nhận ngày %s",
					      paper_day(day, a))
			       : "Phiếu nhận ngày hôm trước";
	facts[2] =
		arena_printf(a, "Trong ngày: %zu mục; còn mở từ trước: %zu mục",
			     rows_of(r, "new"), rows_of(r, "old"));
	facts[3] = "Mã V: phiếu không hợp lệ. Mã Q: dấu hiệu để hỏi lại, tự nó "
		   "không loại phiếu nào.";
	out->title = "PHIẾU LỖI TRONG NGÀY";
	out->facts = facts;
	out->n_facts = 4;
	out->tables = t;
	out->n_tables = 2;
	out->signers = signers;
	out->n_signers = 2;
	return put_part(r, "new", "I. Nhận trong ngày", a, &t[0], e) &&
	       put_part(r, "old", "II. Còn mở từ những ngày trước", a, &t[1],
			e) &&
	       (!arena_broken(a) || err_no_memory(e));
}

/* ---- payment ------------------------------------------------------------- */

static const struct shown pay_columns[] = {
	{ { NULL, "Bưu cục", 20, false }, "office", -1 },
	{ { NULL, "Điều tra viên", 22, false }, "name", -1 },
	{ { NULL, "Mã", 10, false }, "agent", -1 },
	{ { NULL, "Mẫu", 8, false }, "form", -1 },
	{ { "Phát ra", "Số phiếu", 9, false }, "issued", 0 },
	{ { "Phát ra", "Đơn giá", 12, false }, "rate_issued", 2 },
	{ { "Thu về", "Số phiếu", 9, false }, "collected", 0 },
	{ { "Thu về", "Đơn giá", 12, false }, "rate_collected", 2 },
	{ { "Hợp lệ", "Số phiếu", 9, false }, "valid", 0 },
	{ { "Hợp lệ", "Đơn giá", 12, false }, "rate_valid", 2 },
	{ { "Phúc tra", "Số phiếu", 9, false }, "rechecked", 0 },
	{ { "Phúc tra", "Đơn giá", 12, false }, "rate_rechecked", 2 },
	{ { NULL, "Thành tiền (đồng)", 18, false }, "amount", 2 },
};
enum { PAY_COLUMNS = sizeof pay_columns / sizeof pay_columns[0] };

static const char *sum_of(const struct res *r, size_t row, struct arena *a)
{
	const char *level = res_word(r, row, "level");

	return strcmp(level, "all") == 0 ? "TỔNG CỘNG"
	       : strcmp(level, "office") == 0
		       ? arena_printf(a, "Cộng %s", res_word(r, row, "office"))
		       : NULL;
}

static bool put_payment(const struct res *r, struct arena *a,
			struct paper_table *t, struct err *e)
{
	static const char *const notes[] = {
		"Thành tiền = tổng số phiếu × đơn giá; ô đơn giá trống là chưa "
		"nhập, tính 0 đồng."
	};

	if (!set_heads(t, pay_columns, PAY_COLUMNS, res_rows(r), a, e))
		return false;
	for (size_t i = 0; i < res_rows(r); i++) {
		const char *sum = sum_of(r, i, a);

		t->strong[i] = sum;
		for (size_t c = 0; c < PAY_COLUMNS; c++)
			*paper_at(t, i, c) = cell(r, i, &pay_columns[c]);
		if (sum)
			*paper_at(t, i, 0) = paper_text(sum);
	}
	t->notes = notes;
	t->n_notes = 1;
	return true;
}

bool quality_paper_payment(const struct res *r,
			   const struct quality_paper_head *h, struct arena *a,
			   struct paper *out, struct err *e)
{
	static const char *const signers[] = { "NGƯỜI LẬP BIỂU", "KẾ TOÁN",
					       "THỦ TRƯỞNG ĐƠN VỊ" };
	struct paper_table *t = arena_array(a, 1, sizeof *t);
	const char **facts = arena_array(a, 2, sizeof *facts);
	const char *freeze = res_word(r, 0, "freeze_no");

	put_head(out, h);
	if (!t || !facts)
		return err_no_memory(e);
	facts[0] = arena_printf(a, "Đợt %s%s%s", h->wave->code,
				h->office ? ", bưu cục: " : ", mọi bưu cục",
				h->office ? h->office : "");
	facts[1] = *freeze ? arena_printf(a,
					  "Số liệu khóa lần %s, không đổi được "
					  "nữa",
					  freeze)
			   : "Số liệu chưa khóa, còn thay đổi: không dùng để "
			     "thanh toán";
	out->title = "BẢNG TÍNH THANH TOÁN CHO ĐIỀU TRA VIÊN";
	out->facts = facts;
	out->n_facts = 2;
	out->tables = t;
	out->n_tables = 1;
	out->signers = signers;
	out->n_signers = 3;
	return put_payment(r, a, t, e) &&
	       (!arena_broken(a) || err_no_memory(e));
}

bool quality_paper(const char *list, const struct res *r,
		   const struct quality_paper_head *h, const char *day,
		   struct arena *a, struct paper *out, struct err *e)
{
	return strcmp(list, "payment") == 0
		       ? quality_paper_payment(r, h, a, out, e)
		       : quality_paper_faults(r, h, day, a, out, e);
}

bool quality_paper_book(const struct paper *d, struct buf *out, struct err *e)
{
	char path[] = "/tmp/phieu-paper.XXXXXX";
	int fd = mkstemp(path);
	char *bytes = NULL;
	size_t n = 0;

	if (fd < 0)
		return err_set(e, ERR_IO, "/tmp: cannot write");
	(void)close(fd);
	if (paper_xlsx(d, path, e))
		bytes = file_read(path, BOOK_BYTES, &n, e);
	(void)unlink(path);
	if (bytes)
		buf_add(out, bytes, n);
	free(bytes);
	return bytes && (buf_cstr(out) || err_no_memory(e));
}
