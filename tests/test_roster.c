/* Lists of persons as they are sent: heads by their words, marks, faults with
 * their rows; nobody is left out in silence. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/store_recheck.h"

struct world {
	struct arena *a;
	struct buf rows;
	struct faults f;
	struct err e;
	size_t n;
	bool ok;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	if (!w)
		return -1;
	w->a = arena_new((size_t)8 << 20);
	w->rows = (struct buf)BUF_INIT(1 << 20);
	*state = w;
	return w->a ? 0 : -1;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	buf_free(&w->rows);
	arena_free(w->a);
	free(w);
	return 0;
}

static const char *reads(struct world *w, const char *text)
{
	buf_free(&w->rows);
	w->rows = (struct buf)BUF_INIT(1 << 20);
	w->e = (struct err){ 0 };
	faults_init(&w->f, w->a);
	w->ok = roster_read(text, strlen(text), w->a, &w->rows, &w->n, &w->f,
			    &w->e);
	return w->ok ? buf_cstr(&w->rows) : NULL;
}

static void fault_is(struct world *w, const char *text, const char *code,
		     const char *path)
{
	assert_null(reads(w, text));
	assert_int_equal(w->e.kind, ERR_NONE);
	assert_int_equal(w->f.n, 1);
	assert_string_equal(w->f.list[0].code, code);
	assert_string_equal(w->f.list[0].path, path);
	assert_true(w->f.list[0].message[0] && w->f.list[0].message_vi[0]);
}

static void a_list_comes_as_its_persons(void **state)
{
	struct world *w = *state;

	assert_string_equal(
		reads(w, "mã,họ tên,nhóm,đơn vị,liên hệ,điều tra viên,đã đến,"
			 "đã thu\n"
			 "N1,Lò Thị A,hdnd-tinh,,\"bản 1, 0912\",DTV-01,x,\n"
			 "N2,B,xa,tam-duong,,,,1\n"),
		"[{\"row\":2,\"code\":\"N1\",\"name\":\"Lò Thị A\",\"group\":"
		"\"hdnd-tinh\",\"contact\":\"bản 1, 0912\",\"agent\":"
		"\"DTV-01\",\"visited\":true,\"collected\":false},"
		"{\"row\":3,\"code\":\"N2\",\"name\":\"B\",\"group\":\"xa\","
		"\"unit\":\"tam-duong\",\"visited\":false,\"collected\":"
		"true}]");
	assert_int_equal(w->n, 2);
}

static void heads_are_known_by_their_words(void **state)
{
	static const char want[] = "[{\"row\":2,\"code\":\"N1\",\"name\":\"A\","
				   "\"group\":\"g\",\"visited\":false,"
				   "\"collected\":false}]";
	static const char *const heads[] = {
		"code,name,group\nN1,A,g\n",
		"MÃ,HỌ VÀ TÊN,NHÓM\nN1,A,g\n",
		"ma nguoi;ten;doi tuong\nN1;A;g\n",
		"Mã người\tTên\tNhóm đối tượng\nN1\tA\tg\n",
		"code,name,group,note\nN1,A,g,whatever\n",
		/* the first of two counts */
		"code,name,group,code\nN1,A,g,N2\n",
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		const char *got = reads(w, heads[i]);

		if (!got || strcmp(got, want) != 0)
			fail_msg("%s: %s", heads[i], got ? got : "refused");
	}
}

static void columns_may_stand_in_any_order_below_a_title(void **state)
{
	struct world *w = *state;

	assert_string_equal(reads(w, "DANH SÁCH,,\nnhóm,họ tên,mã\ng,A,N1\n"),
			    "[{\"row\":3,\"code\":\"N1\",\"name\":\"A\","
			    "\"group\":\"g\",\"visited\":false,"
			    "\"collected\":false}]");
}

static void marks_are_yes_or_no(void **state)
{
	static const struct {
		const char *mark;
		bool is;
	} c[] = { { "x", true },   { "X", true },     { "1", true },
		  { "có", true },  { "Yes", true },   { "TRUE", true },
		  { "", false },   { "0", false },    { "không", false },
		  { "No", false }, { "false", false } };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		char text[100];
		const char *got;

		(void)snprintf(text, sizeof text,
			       "code,name,group,visited\nN1,A,g,%s\n",
			       c[i].mark);
		got = reads(w, text);
		if (!got || !strstr(got, c[i].is ? "\"visited\":true"
						 : "\"visited\":false"))
			fail_msg("%s: %s", c[i].mark, got ? got : "refused");
	}
	fault_is(w, "code,name,group,visited\nN1,A,g,x\nN2,B,g,rồi\n", "N08",
		 "/3/visited");
	fault_is(w, "code,name,group,collected\nN1,A,g,2\n", "N08",
		 "/2/collected");
}

static void without_heads_or_persons_it_is_no_list(void **state)
{
	struct buf deep = BUF_INIT(1 << 10);
	struct world *w = *state;

	fault_is(w, "a,b,c\nN1,A,g\n", "N07", "");
	fault_is(w, "code,name\nN1,A\n", "N07", "");
	fault_is(w, "code,name,group\n", "N07", "");
	/* heads that come later than anybody looks */
	for (int i = 0; i < 20; i++)
		buf_adds(&deep, "a,b,c\n");
	buf_adds(&deep, "code,name,group\nN1,A,g\n");
	fault_is(w, buf_cstr(&deep), "N07", "");
	buf_free(&deep);
}

static void what_is_missing_is_left_to_the_database_to_name(void **state)
{
	struct world *w = *state;

	assert_string_equal(reads(w, "code,name,group\n,A,\n"),
			    "[{\"row\":2,\"name\":\"A\",\"visited\":false,"
			    "\"collected\":false}]");
}

static void what_is_no_table_says_so(void **state)
{
	struct world *w = *state;

	assert_null(reads(w, ""));
	assert_true(w->f.n > 0 || w->e.kind == ERR_INPUT);
	assert_null(reads(w, "PK\003\004 no workbook"));
	assert_true(w->f.n > 0 || w->e.kind == ERR_INPUT);
}

static void memory_that_is_out_is_said(void **state)
{
	static const char text[] = "code,name,group\nN1,A,g\n";
	struct world *w = *state;
	struct buf small = BUF_INIT(10);

	faults_init(&w->f, w->a);
	assert_false(roster_read(text, sizeof text - 1, w->a, &small, &w->n,
				 &w->f, &w->e));
	assert_int_equal(w->e.kind, ERR_NOMEM);
	buf_free(&small);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_list_comes_as_its_persons),
		TEST(heads_are_known_by_their_words),
		TEST(columns_may_stand_in_any_order_below_a_title),
		TEST(marks_are_yes_or_no),
		TEST(without_heads_or_persons_it_is_no_list),
		TEST(what_is_missing_is_left_to_the_database_to_name),
		TEST(what_is_no_table_says_so),
		TEST(memory_that_is_out_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
