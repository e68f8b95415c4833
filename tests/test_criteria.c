#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "phieu/criteria.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/test.h"

#define ROUND "docs/examples/round-ha-nam-2023.json"

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);
static long allocations_left = -1;

static bool allocation_fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return allocation_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_malloc(size_t size)
{
	return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return allocation_fails() ? NULL : __real_realloc(p, size);
}

struct world {
	struct arena *a;
	struct faults f, notes;
	struct buf out;
	cJSON *doc; /* what came out */
	struct err e;
	bool ok;
};

static void begin(struct world *w)
{
	*w = (struct world){ .a = arena_new((size_t)128 << 20),
			     .out = BUF_INIT(LIMIT_PLAN_BYTES) };
	assert_non_null(w->a);
	faults_init(&w->f, w->a);
	faults_init(&w->notes, w->a);
}

static void end(struct world *w)
{
	cJSON_Delete(w->doc);
	buf_free(&w->out);
	arena_free(w->a);
}

static cJSON *document(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *s = file_read(path, LIMIT_PLAN_BYTES, &n, &e);
	cJSON *doc = s ? json_parse(s, n, &json_plan_limits, &e) : NULL;

	if (!doc)
		fail_msg("%s: %s", path, e.msg);
	free(s);
	return doc;
}

static void read_bytes(struct world *w, const char *s, size_t n,
		       const cJSON *into)
{
	w->ok = criteria_read(s, n, into, w->a, &w->out, &w->notes, &w->f,
			      &w->e);
	assert_true(w->ok || w->f.n > 0);
	if (w->ok)
		w->doc = json_parse(w->out.data, w->out.len, &json_plan_limits,
				    &w->e);
	assert_true(!w->ok || w->doc);
}

static void read_text(struct world *w, const char *csv, const cJSON *into)
{
	begin(w);
	read_bytes(w, csv, strlen(csv), into);
}

static const struct fault *has(const struct faults *f, const char *code,
			       const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->list[i].code, code) == 0 &&
		    strcmp(f->list[i].path, path) == 0)
			return &f->list[i];
	for (size_t i = 0; i < f->n; i++)
		print_message("%s %s %s\n", f->list[i].code, f->list[i].path,
			      f->list[i].message);
	fail_msg("no %s at %s", code, path);
	return NULL;
}

/* "1>1.1 1>1.2 2": codes with their parents, in order. */
static void tree(const cJSON *list, const char *parent, struct buf *out)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, list)
	{
		buf_addf(out, "%s%s%s%s", out->len ? " " : "", parent,
			 *parent ? ">" : "", json_get_text(o, "code"));
		tree(json_get(o, "children"), json_get_text(o, "code"), out);
	}
}

static void tree_is(struct world *w, const char *want)
{
	struct buf b = BUF_INIT(10000);

	if (!w->ok)
		for (size_t i = 0; i < w->f.n; i++)
			print_message("%s %s %s\n", w->f.list[i].code,
				      w->f.list[i].path, w->f.list[i].message);
	assert_true(w->ok);
	tree(json_get(criteria_part(w->doc), "criteria"), "", &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

/* ---- round trips ------------------------------------------------------- */

static char book[] = "/tmp/phieu-criteria-test.XXXXXX";

static int make_book(void **state)
{
	int fd = mkstemp(book);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int drop_book(void **state)
{
	(void)state;
	return unlink(book);
}

static void read_book(struct world *w, const cJSON *into)
{
	size_t n;
	char *s = file_read(book, LIMIT_XLSX_BYTES, &n, &w->e);

	assert_non_null(s);
	read_bytes(w, s, n, into);
	free(s);
}

static void canonical_is(const cJSON *a, const cJSON *b)
{
	assert_true(cJSON_Compare(a, b, true));
}

static void every_example_comes_back_the_same(void **state)
{
	static const char *const files[] = {
		ROUND,
		"docs/examples/index-ba-cap.json",
		"docs/examples/index-dieu-kien.json",
		"docs/examples/index-hai-cap.json",
		"docs/examples/index-nhom.json",
		"docs/examples/index-thieu.json",
		"docs/examples/index-tthc-2021.json",
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		cJSON *doc = document(files[i]);
		struct world w;

		begin(&w);
		assert_true(criteria_write(doc, book, w.a, &w.e));
		read_book(&w, doc);
		if (!w.ok)
			fail_msg("%s: %s %s", files[i], w.f.list[0].code,
				 w.f.list[0].path);
		canonical_is(doc, w.doc);
		cJSON_Delete(doc);
		end(&w);
	}
}

#define CRITERIA(list)                                                             \
	"{\"format\":\"phieu-criteria/1\",\"example\":true,\"title\":\"mẫu "     \
	"thử\",\"kinds\":[{\"code\":\"so\",\"name\":\"Sở\",\"total\":\"10\"}," \
	"{\"code\":\"xa\",\"name\":\"Xã\",\"total\":\"6.5\"}],\"criteria\":"      \
	"[" list "]"

/* Every key that a criterion can have, defaults written out, and texts that a
 * spreadsheet likes to change. */
static const char everything[] = CRITERIA(
	"{\"code\":\"1\",\"name\":\"Một\",\"maximum\":\"6.50\",\"combine\":"
	"\"sum\",\"basis\":\"QĐ 1/2023\",\"children\":["
	"{\"code\":\"1.10\",\"name\":\"=1+1\",\"maximum\":\"4.0\",\"source\":"
	"\"assessed\",\"effect\":\"counts\",\"grain\":\"0.250\"},"
	"{\"code\":\"1.2\",\"name\":\"'02\",\"maximum\":\"2.500\",\"source\":"
	"\"survey\",\"groups\":{\"CT-01\":\"0.6\",\"CT-02\":\"0.4\"},"
	"\"convert\":{\"linear\":{\"low\":\"1\",\"high\":\"5\",\"cap\":false}}}"
	","
	"{\"code\":\"1.3\",\"name\":\"Thưởng\",\"maximum\":\"0.5\",\"source\":"
	"\"external\",\"effect\":\"bonus\"},"
	"{\"code\":\"1.4\",\"name\":\"Phạt\",\"maximum\":\"0.000001\","
	"\"source\":\"assessed\",\"effect\":\"deduction\"}]},"
	"{\"code\":\"2\",\"name\":\"SIPAS\",\"maximum\":\"2\",\"applies\":"
	"[\"so\"],\"source\":\"satisfaction\",\"convert\":{\"steps\":[{"
	"\"from\":\"90\",\"points\":\"2\"},{\"from\":\"80\",\"points\":"
	"\"1.5\"}]}},"
	"{\"code\":\"3\",\"name\":\"Điều kiện\",\"maximum\":\"1\",\"applies\":"
	"[\"so\"],\"combine\":\"all-of\",\"children\":[{\"code\":\"3.1\","
	"\"name\":\"a\",\"maximum\":\"1\",\"need\":\"0.5\",\"source\":"
	"\"assessed\"},{\"code\":\"3.2\",\"name\":\"b\",\"maximum\":\"9\","
	"\"source\":\"assessed\"}]},"
	"{\"code\":\"4\",\"name\":\"Công "
	"thức\",\"maximum\":\"0.5\",\"applies\":"
	"[\"so\"],\"combine\":\"formula\",\"convert\":{\"linear\":{\"low\":"
	"\"0\","
	"\"high\":\"100\",\"cap\":true}},\"children\":[{\"code\":\"4.1\","
	"\"name\":\"a\",\"maximum\":\"3\",\"source\":\"external\"}]}") ",\"repl"
								       "aced\":"
								       "[{"
								       "\"from"
								       "\":\"9."
								       "1\","
								       "\"to\":"
								       "\"1."
								       "2\"},{"
								       "\"from"
								       "\":\"9."
								       "2\"}]}";

static void every_key_of_a_criterion_comes_back(void **state)
{
	struct world w;
	cJSON *doc;

	(void)state;
	begin(&w);
	doc = json_parse(everything, sizeof everything - 1, &json_plan_limits,
			 &w.e);
	assert_non_null(doc);
	assert_true(criteria_write(doc, book, w.a, &w.e));
	/* the total of the departments wants 10 */
	cJSON_SetValuestring(
		cJSON_GetObjectItem(
			cJSON_GetArrayItem(cJSON_GetObjectItem(doc, "kinds"),
					   0),
			"total"),
		"10.0");
	assert_true(criteria_write(doc, book, w.a, &w.e));
	read_book(&w, NULL);
	tree_is(&w, "1 1>1.10 1>1.2 1>1.3 1>1.4 2 3 3>3.1 3>3.2 4 4>4.1");
	canonical_is(doc, w.doc);
	cJSON_Delete(doc);
	end(&w);
}

static void what_a_workbook_does_not_hold_is_told(void **state)
{
	cJSON *doc = document(ROUND);
	struct world w;

	(void)state;
	begin(&w);
	criteria_left_out(doc, &w.notes);
	(void)has(&w.notes, "C90", "/offices");
	(void)has(&w.notes, "C90", "/calendar");
	(void)has(&w.notes, "C90", "/assignments");
	(void)has(&w.notes, "C90", "/round");
	(void)has(&w.notes, "C90", "/index/rules");
	(void)has(&w.notes, "C90", "/index/units");
	cJSON_Delete(doc);
	end(&w);
	doc = document("docs/examples/index-ba-cap.json");
	begin(&w);
	criteria_left_out(doc, &w.notes);
	(void)has(&w.notes, "C90", "/kinds/xa/bands");
	cJSON_Delete(doc);
	end(&w);
}

static void a_workbook_that_cannot_be_written_is_said(void **state)
{
	cJSON *doc = document(ROUND);
	struct world w;

	(void)state;
	begin(&w);
	assert_false(criteria_write(doc, "/nowhere/x.xlsx", w.a, &w.e));
	assert_int_equal(w.e.kind, ERR_IO);
	cJSON_Delete(doc);
	end(&w);
}

/* A criterion that is gone leaves an office assigned to nothing. */
static void what_no_longer_fits_the_round_is_told(void **state)
{
	cJSON *doc = document(ROUND), *small = document(ROUND), *list;
	struct world w;

	(void)state;
	list = cJSON_GetObjectItem(cJSON_GetObjectItem(small, "index"),
				   "criteria");
	cJSON_DeleteItemFromArray(list, 0);
	for (int k = 0; k < 2; k++)
		cJSON_SetValuestring(
			cJSON_GetObjectItem(
				cJSON_GetArrayItem(
					cJSON_GetObjectItem(
						cJSON_GetObjectItem(small,
								    "index"),
						"kinds"),
					k),
				"total"),
			"90");
	begin(&w);
	assert_true(criteria_write(small, book, w.a, &w.e));
	read_book(&w, doc);
	assert_true(w.ok);
	assert_true(faults_have(&w.notes, "C96"));
	assert_int_equal(w.f.n, 0);
	cJSON_Delete(doc);
	cJSON_Delete(small);
	end(&w);
}

/* ---- tables as provinces print them ------------------------------------ */

#define HEADS "STT;Lĩnh vực/Tiêu chí/TCTP;Điểm tối đa;Ghi chú\n"

static void a_printed_table_is_read_by_its_numbers(void **state)
{
	struct world w;

	(void)state;
	read_text(&w,
		  "BỘ TIÊU CHÍ;;;\n" HEADS "(1);(2);(3);(4)\n"
		  "1.;Chỉ đạo;3,5;\n1.1.;Kế hoạch;2;\n1.1.1;Ban hành;1,25;\n"
		  "1.1.2;Thực hiện;0,75;\n;- Đạt 100%;0,75;\n1.2;Kiểm "
		  "tra;1,5;Điều tra xã hội học\n"
		  "2;Tác động;6,5;\n2.1;Chỉ số SIPAS;4;\n2.2;Chỉ số "
		  "PAPI;2,5;\n;Tổng cộng;10;\n",
		  NULL);
	tree_is(&w, "1 1>1.1 1.1>1.1.1 1.1>1.1.2 1>1.2 2 2>2.1 2>2.2");
	assert_non_null(strstr(w.out.data,
			       "{\"code\":\"1.2\",\"maximum\":\"1.5\",\"name\":"
			       "\"Kiểm tra\",\"source\":\"survey\"}"));
	assert_non_null(strstr(w.out.data, "SIPAS\",\"source\":\"satisf"));
	assert_non_null(strstr(w.out.data, "PAPI\",\"source\":\"external"));
	assert_non_null(strstr(w.out.data, "\"total\":\"10\""));
	(void)has(&w.notes, "C91", "/row/8/column/2");
	(void)has(&w.notes, "C92", "/row/4/column/4");
	(void)has(&w.notes, "C93", "/row/9/column/2");
	(void)has(&w.notes, "C95", "/row/13/column/3");
	(void)has(&w.notes, "C98", "/basis");
	end(&w);
}

static void fields_may_have_roman_numbers(void **state)
{
	struct world w;

	(void)state;
	/* 1.1 and 2.1 stand below I and II */
	read_text(&w,
		  HEADS "I;Một;6;\n1.1;a;4;\n1.2;b;2;\nII;Hai;4;\n2.1;c;4;\n"
			"Tổng cộng;;10;\n",
		  NULL);
	tree_is(&w, "I I>1.1 I>1.2 II II>2.1");
	end(&w);
	/* numbers that begin anew get the field's in front */
	read_text(&w,
		  HEADS "I;Một;6;\n1;a;6;\n1.1;b;6;\nII;Hai;4;\n1;c;4;\n"
			";TỔNG ĐIỂM;10;\n",
		  NULL);
	tree_is(&w, "I I>I.1 I.1>I.1.1 II II>II.1");
	assert_true(faults_have(&w.notes, "C94"));
	end(&w);
}

/* The table that a district's program printed: 10.05 for 10.5 (synthetic
 * names; the maxima are those of the published template). */
static void maxima_that_do_not_add_are_listed_with_what_they_give(void **state)
{
	static const char *const maxima[] = { "20.5", "10.00", "12",
					      "7",    "10.05", "10",
					      "10",   "10",    "10" };
	struct buf b = BUF_INIT(4000);
	const struct fault *f;
	struct world w;

	(void)state;
	buf_adds(&b, HEADS);
	for (size_t i = 0; i < 9; i++)
		buf_addf(&b, "%zu;Lĩnh vực %zu;%s;\n", i + 1, i + 1, maxima[i]);
	buf_adds(&b, ";Tổng;100;\n");
	read_text(&w, buf_cstr(&b), NULL);
	assert_false(w.ok);
	f = has(&w.f, "K11", "/row/11/column/3");
	assert_non_null(strstr(f->message, "add to 99.55, not to the declared "
					   "100"));
	assert_non_null(strstr(f->message_vi, "cộng lại 99.55, không phải "
					      "100"));
	end(&w);
	buf_free(&b);
}

static void each_parent_that_does_not_add_is_listed(void **state)
{
	const struct fault *f;
	struct world w;

	(void)state;
	read_text(&w,
		  HEADS "1;Một;5;\n1.1;a;2;\n1.2;b;2,5;\n2;Hai;5;\n2.1;c;"
			"5,5;\n;Tổng;10;\n",
		  NULL);
	assert_false(w.ok);
	assert_int_equal(w.f.n, 2);
	f = has(&w.f, "K10", "/row/2/column/3");
	assert_non_null(strstr(f->message, "children of 1 add to 4.5 for "
					   "don-vi, not to 5"));
	f = has(&w.f, "K10", "/row/5/column/3");
	assert_non_null(strstr(f->message_vi, "cộng lại 5.5"));
	end(&w);
}

static void a_total_that_no_kind_has_is_refused(void **state)
{
	cJSON *doc = document(ROUND);
	struct world w;

	(void)state;
	read_text(&w, HEADS "1;Một;99;\n;Tổng;99;\n", doc);
	assert_false(w.ok);
	(void)has(&w.f, "K11", "/row/3/column/3");
	(void)has(&w.f, "C11", "/row/3/column/3");
	cJSON_Delete(doc);
	end(&w);
}

/* ---- what is wrong with a file ----------------------------------------- */

static void refused(const char *csv, const char *code, const char *path)
{
	struct world w;

	read_text(&w, csv, NULL);
	assert_false(w.ok);
	assert_int_equal(w.e.kind, ERR_INPUT);
	(void)has(&w.f, code, path);
	for (size_t i = 0; i < w.f.n; i++) {
		assert_true(w.f.list[i].message[0] != '\0');
		assert_true(w.f.list[i].message_vi[0] != '\0');
	}
	end(&w);
}

static void every_fault_has_its_cell(void **state)
{
	(void)state;
	refused("a;b;c\n1;2;3\n", "C01", "/row/1/column/1");
	refused(HEADS "x;a;1;\n;Tổng;1;\n", "C02", "/row/2/column/1");
	refused(HEADS "1;a;một;\n;Tổng;1;\n", "C03", "/row/2/column/3");
	refused(HEADS "1;a;1,5;\n2;b;1.5;\n;Tổng;3;\n", "C03",
		"/row/2/column/3");
	refused(HEADS "1;a;1.500;\n;Tổng;1;\n", "C03", "/row/2/column/3");
	refused(HEADS "1;a;1,1234567;\n;Tổng;1;\n", "C03", "/row/2/column/3");
	refused(HEADS "1;a;;\n;Tổng;1;\n", "K03", "/row/2/column/3");
	refused(HEADS "1;;1;\n;Tổng;1;\n", "K03", "/row/2/column/2");
	refused(HEADS "1.1;a;1;\n;Tổng;1;\n", "C05", "/row/2/column/1");
	refused(HEADS "1;a;1;\n", "C08", "/row/2/column/3");
	refused(HEADS ";x;1;\n", "C09", "/row/0/column/1");
	refused(HEADS "1;a;1;\n1;b;1;\n;Tổng;2;\n", "C10", "/row/3/column/1");
	refused("", "F01", "/");
}

#define FULL \
	"Mã;Thuộc;Tên;Điểm tối đa;Nguồn điểm;Cách gộp;Áp dụng cho;Cộng, trừ\n"

static void words_and_parents_are_checked(void **state)
{
	struct world w;

	(void)state;
	refused(FULL "A;;a;1;sao;;;\nTổng;;;1\n", "C04", "/row/2/column/5");
	refused(FULL "A;;a;1;tự chấm;trung bình;;\nTổng;;;1\n", "C04",
		"/row/2/column/6");
	refused(FULL "A;;a;1;tự chấm;;xa;\nTổng;;;1\n", "K09",
		"/row/2/column/7");
	refused(FULL "A;;a;1;;;;\nTổng;;;1\n", "K03", "/row/2/column/5");
	refused(FULL "A;B;a;1;tự chấm;;;\nB;;b;1;tự chấm;;;\nTổng;;;1\n", "C05",
		"/row/2/column/2");
	refused(FULL "A;A;a;1;tự chấm;;;\nTổng;;;1\n", "C05",
		"/row/2/column/2");
	refused(FULL "A;;a;1;tự chấm;;;\nB;A;b;1;tự chấm;;;\nTổng;;;1\n", "K07",
		"/row/2/column/5");
	read_text(&w,
		  FULL "A;;a;1;;TỔNG;;\nx;A;b;1;Tự chấm;;don-vi; "
		       "\ny;A;c;1;SIPAS;;Đơn vị;điểm thưởng\nTổng;;;1\n",
		  NULL);
	tree_is(&w, "A A>x A>y");
	assert_non_null(strstr(w.out.data, "\"applies\":[\"don-vi\"],\"code\":"
					   "\"y\",\"effect\":\"bonus\""));
	end(&w);
}

static void criteria_too_deep_are_refused(void **state)
{
	struct buf b = BUF_INIT(4000);
	struct world w;

	(void)state;
	buf_adds(&b, FULL);
	for (int i = 0; i < 14; i++)
		buf_addf(&b, "c%d;%s%.0d;a;1;%s;;;\n", i, i ? "c" : "",
			 i ? i - 1 : 0, i == 13 ? "tự chấm" : "");
	buf_adds(&b, "Tổng;;;1\n");
	read_text(&w, buf_cstr(&b), NULL);
	assert_false(w.ok);
	assert_true(faults_have(&w.f, "C05"));
	end(&w);
	buf_free(&b);
}

/* ---- workbooks with faults in the other sheets ------------------------- */

struct cell {
	const char *sheet;
	lxw_row_t row;
	lxw_col_t col;
	const char *text;
};

/* Writes our workbook's sheets with these cells alone. */
static void write_cells(const struct cell *c, size_t n)
{
	lxw_workbook *wb = workbook_new(book);

	assert_non_null(wb);
	for (size_t i = 0; i < n; i++) {
		lxw_worksheet *ws =
			workbook_get_worksheet_by_name(wb, c[i].sheet);

		if (!ws)
			ws = workbook_add_worksheet(wb, c[i].sheet);
		worksheet_write_string(ws, c[i].row, c[i].col, c[i].text, NULL);
	}
	assert_int_equal(workbook_close(wb), LXW_NO_ERROR);
}

#define C "Tiêu chí"
#define Q "Quy đổi"
#define G "Nhóm trả lời"
#define BASE                                                                   \
	{ C, 0, 0, "Mã" }, { C, 0, 1, "Tên" }, { C, 0, 2, "Điểm tối đa" },     \
		{ C, 0, 3, "Nguồn điểm" }, { C, 1, 0, "1" }, { C, 1, 1, "a" }, \
		{ C, 1, 2, "2,5" }, { C, 1, 3, "khảo sát" },                   \
		{ C, 2, 0, "Tổng" }, { C, 2, 2, "2,5" },                       \
		{ Q, 0, 0, "Mã tiêu chí" }, { Q, 0, 1, "Kiểu" },               \
		{ Q, 0, 2, "Từ" }, { Q, 0, 3, "Đến" }, { Q, 0, 4, "Điểm" },    \
	{                                                                      \
		Q, 0, 5, "Chặn hai đầu"                                   \
	}
#define HEAD_G                                           \
	{ G, 0, 0, "Mã tiêu chí" }, { G, 0, 1, "Nhóm" }, \
	{                                                \
		G, 0, 2, "Trọng số"                  \
	}

static void faulty(const struct cell *c, size_t n, const char *code,
		   const char *path)
{
	struct world w;

	write_cells(c, n);
	begin(&w);
	read_book(&w, NULL);
	assert_false(w.ok);
	(void)has(&w.f, code, path);
	end(&w);
}
#define FAULTY(code, path, ...)                                        \
	do {                                                           \
		static const struct cell c_[] = { BASE, __VA_ARGS__ }; \
		faulty(c_, sizeof c_ / sizeof c_[0], code, path);      \
	} while (0)

static void faults_of_other_sheets_have_their_cells(void **state)
{
	(void)state;
	FAULTY("C06", "/" Q "/A2", { Q, 1, 0, "7" }, { Q, 1, 1, "bậc" });
	FAULTY("C04", "/" Q "/B2", { Q, 1, 0, "1" }, { Q, 1, 1, "cong" });
	FAULTY("C04", "/" Q "/F2", { Q, 1, 0, "1" }, { Q, 1, 1, "tuyến tính" },
	       { Q, 1, 2, "1" }, { Q, 1, 3, "5" }, { Q, 1, 5, "hm" });
	FAULTY("C06", "/" Q "/B3", { Q, 1, 0, "1" }, { Q, 1, 1, "tuyến tính" },
	       { Q, 1, 2, "1" }, { Q, 1, 3, "5" }, { Q, 2, 0, "1" },
	       { Q, 2, 1, "bậc" });
	FAULTY("C06", "/" Q "/B3", { Q, 1, 0, "1" }, { Q, 1, 1, "bậc" },
	       { Q, 1, 2, "1" }, { Q, 1, 4, "2,5" }, { Q, 2, 0, "1" },
	       { Q, 2, 1, "tuyến tính" });
	FAULTY("K03", "/" Q "/D2", { Q, 1, 0, "1" }, { Q, 1, 1, "tuyến tính" },
	       { Q, 1, 2, "1" });
	FAULTY("K03", "/" Q "/C2", { Q, 1, 0, "1" }, { Q, 1, 1, "tuyến tính" },
	       { Q, 1, 3, "1" });
	FAULTY("K03", "/" Q "/E3", { Q, 1, 0, "1" }, { Q, 1, 1, "bậc" },
	       { Q, 1, 2, "9" }, { Q, 1, 4, "2,5" }, { Q, 2, 0, "1" },
	       { Q, 2, 1, "bậc" }, { Q, 2, 2, "8" });
	FAULTY("C01", "/" G "/A1", { G, 0, 0, "Mã tiêu chí" });
	FAULTY("C07", "/" G "/B2", HEAD_G, { G, 1, 0, "1" },
	       { G, 1, 2, "0,5" });
	FAULTY("C10", "/" G "/B3", HEAD_G, { G, 1, 0, "1" }, { G, 1, 1, "CT" },
	       { G, 1, 2, "0,5" }, { G, 2, 0, "1" }, { G, 2, 1, "CT" },
	       { G, 2, 2, "0,5" });
	FAULTY("C03", "/" G "/C2", HEAD_G, { G, 1, 0, "1" }, { G, 1, 1, "CT" },
	       { G, 1, 2, "nửa" });
	FAULTY("K03", "/Loại đơn vị/B2", { "Loại đơn vị", 0, 0, "Mã" },
	       { "Loại đơn vị", 0, 1, "Tên" },
	       { "Loại đơn vị", 0, 2, "Tổng điểm" },
	       { "Loại đơn vị", 1, 0, "so" }, { "Loại đơn vị", 1, 2, "2,5" });
	FAULTY("K11", "/Loại đơn vị/C2", { "Loại đơn vị", 0, 0, "Mã" },
	       { "Loại đơn vị", 0, 1, "Tên" },
	       { "Loại đơn vị", 0, 2, "Tổng điểm" },
	       { "Loại đơn vị", 1, 0, "so" }, { "Loại đơn vị", 1, 1, "Sở" },
	       { "Loại đơn vị", 1, 2, "3" });
	FAULTY("C04", "/Bộ tiêu chí/B1", { "Bộ tiêu chí", 0, 0, "Mẫu thử" },
	       { "Bộ tiêu chí", 0, 1, "hm" });
}

static void the_set_and_its_groups_are_read(void **state)
{
	static const struct cell cells[] = {
		BASE,
		HEAD_G,
		{ G, 1, 0, "1" },
		{ G, 1, 1, "CT" },
		{ G, 1, 2, "0,5" },
		{ "Bộ tiêu chí", 0, 0, "Tên" },
		{ "Bộ tiêu chí", 0, 1, "Bộ mẫu" },
		{ "Bộ tiêu chí", 1, 0, "Căn cứ" },
		{ "Bộ tiêu chí", 1, 1, "QĐ 2" },
		{ "Bộ tiêu chí", 2, 0, "Mẫu thử" },
		{ "Thay thế", 0, 0, "Mã cũ" },
		{ "Thay thế", 0, 1, "Mã mới" },
		{ "Thay thế", 1, 0, "0.9" },
		{ "Thay thế", 1, 1, "1" },
		{ "Của tôi", 0, 0, "x" },
	};
	struct world w;

	(void)state;
	write_cells(cells, sizeof cells / sizeof cells[0]);
	begin(&w);
	read_book(&w, NULL);
	tree_is(&w, "1");
	assert_string_equal(
		w.out.data,
		"{\"basis\":\"QĐ 2\",\"criteria\":[{\"code\":\"1\",\"groups\":{"
		"\"CT\":\"0.5\"},\"maximum\":\"2.5\",\"name\":\"a\","
		"\"source\":\"survey\"}],\"format\":\"phieu-criteria/1\","
		"\"kinds\":[{\"code\":\"don-vi\",\"name\":\"Đơn vị\",\"total\":"
		"\"2.5\"}],\"replaced\":[{\"from\":\"0.9\",\"to\":\"1\"}],"
		"\"title\":\"Bộ mẫu\"}");
	assert_true(faults_have(&w.notes, "C97"));
	assert_false(faults_have(&w.notes, "C98"));
	end(&w);
}

/* 1.1 typed into Excel of some countries is the first of January. */
static void a_number_that_became_a_date_is_told(void **state)
{
	lxw_workbook *wb = workbook_new(book);
	lxw_worksheet *ws = workbook_add_worksheet(wb, "Bảng");
	lxw_format *day = workbook_add_format(wb);
	lxw_datetime d = { 2024, 1, 1, 0, 0, 0 };
	struct world w;

	(void)state;
	format_set_num_format(day, "d/m/yyyy");
	worksheet_write_string(ws, 0, 0, "STT", NULL);
	worksheet_write_string(ws, 0, 1, "Tiêu chí", NULL);
	worksheet_write_string(ws, 0, 2, "Điểm tối đa", NULL);
	worksheet_write_number(ws, 1, 0, 1, NULL);
	worksheet_write_string(ws, 1, 1, "a", NULL);
	worksheet_write_number(ws, 1, 2, 1.25, NULL);
	worksheet_write_datetime(ws, 2, 0, &d, day);
	worksheet_write_string(ws, 2, 1, "b", NULL);
	worksheet_write_datetime(ws, 2, 2, &d, day);
	worksheet_write_string(ws, 3, 0, "Tổng", NULL);
	worksheet_write_datetime(ws, 3, 2, &d, day);
	assert_int_equal(workbook_close(wb), LXW_NO_ERROR);
	begin(&w);
	read_book(&w, NULL);
	assert_false(w.ok);
	(void)has(&w.f, "C02", "/Bảng/A3");
	(void)has(&w.f, "C03", "/Bảng/C4");
	end(&w);
}

/* Each allocation fails once; true: none was left to fail. */
static bool reads_after(long allowed, const cJSON *into)
{
	static const char csv[] = HEADS "I;Một;60;\n1;a;60;\nII;Hai;40;\n"
					"1;SIPAS;40,0;\n;x;;\n;Tổng;100;\n";
	struct arena *a = arena_new((size_t)16 << 20);
	struct buf out = BUF_INIT(LIMIT_PLAN_BYTES);
	struct faults f, notes;
	struct err e = { 0 };
	bool ok;

	assert_non_null(a);
	faults_init(&f, a);
	faults_init(&notes, a);
	allocations_left = allowed;
	ok = criteria_read(csv, sizeof csv - 1, into, a, &out, &notes, &f, &e);
	allocations_left = -1;
	/* the readers of tables and of JSON say so in their own way */
	if (!ok && e.kind != ERR_NOMEM && !faults_have(&f, "F07") &&
	    !(f.n == 1 && strstr(f.list[0].message, "memory")))
		fail_msg("after %ld: %s %s", allowed, e.msg,
			 f.n ? f.list[0].message : "");
	buf_free(&out);
	arena_free(a);
	return ok;
}

static void memory_that_ends_is_said_wherever_it_ends(void **state)
{
	cJSON *doc = document(ROUND);
	long n = 0;

	(void)state;
	while (!reads_after(n, NULL))
		n++;
	assert_true(n > 5);
	n = 0;
	while (!reads_after(n, doc))
		n++;
	assert_true(n > 5);
	cJSON_Delete(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_example_comes_back_the_same),
		cmocka_unit_test(every_key_of_a_criterion_comes_back),
		cmocka_unit_test(what_a_workbook_does_not_hold_is_told),
		cmocka_unit_test(a_workbook_that_cannot_be_written_is_said),
		cmocka_unit_test(what_no_longer_fits_the_round_is_told),
		cmocka_unit_test(a_printed_table_is_read_by_its_numbers),
		cmocka_unit_test(fields_may_have_roman_numbers),
		cmocka_unit_test(
			maxima_that_do_not_add_are_listed_with_what_they_give),
		cmocka_unit_test(each_parent_that_does_not_add_is_listed),
		cmocka_unit_test(a_total_that_no_kind_has_is_refused),
		cmocka_unit_test(every_fault_has_its_cell),
		cmocka_unit_test(words_and_parents_are_checked),
		cmocka_unit_test(criteria_too_deep_are_refused),
		cmocka_unit_test(faults_of_other_sheets_have_their_cells),
		cmocka_unit_test(the_set_and_its_groups_are_read),
		cmocka_unit_test(a_number_that_became_a_date_is_told),
		cmocka_unit_test(memory_that_ends_is_said_wherever_it_ends),
	};

	return cmocka_run_group_tests(tests, make_book, drop_book);
}
