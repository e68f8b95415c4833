#include "phieu/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static const struct chart_words words = { "Điểm các đơn vị", "phần trăm",
					  "một lời ghi" };
static const struct chart_row rows[] = {
	{ "Sở Nội vụ", 72.5, 65.25, 79.75, 71 },
	{ "Một tên dài đến mức không thể nào đứng vừa trong chỗ dành cho nó",
	  40, -3, 104, NAN },
	{ "UBND huyện <A> & \"B\"", NAN, NAN, NAN, NAN },
	{ "không có khoảng", 12, NAN, NAN, 12 }
};

static struct buf room(void)
{
	return (struct buf)BUF_INIT((size_t)8 << 20);
}

static void ranked(struct buf *b, size_t n)
{
	struct err e = { 0 };

	if (!chart_ranked(rows, n, &words, "chính thức", b, &e))
		fail_msg("%s", e.msg);
}

static size_t count(const char *s, const char *what)
{
	size_t n = 0;

	for (; (s = strstr(s, what)) != NULL; s += strlen(what))
		n++;
	return n;
}

static void numbers_are_printed_as_in_vietnam(void **state)
{
	char out[CHART_NUMBER];

	(void)state;
	assert_string_equal(chart_number(72.46, 1, out), "72,5");
	assert_string_equal(chart_number(-0.04, 1, out), "0,0");
	assert_string_equal(chart_number(-14.26, 1, out), "-14,3");
	assert_string_equal(chart_number(7, 0, out), "7");
	assert_string_equal(chart_number(0.125, 3, out), "0,125");
	assert_string_equal(chart_number(NAN, 1, out), "–");
	assert_string_equal(chart_number(INFINITY, 1, out), "–");
}

static void
the_same_rows_give_the_same_bytes_and_other_rows_others(void **state)
{
	struct buf a = room(), b = room(), c = room();

	(void)state;
	ranked(&a, 4);
	ranked(&b, 4);
	ranked(&c, 3);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_int_not_equal(a.len, c.len);
	/* letters are shapes, nothing counts the pictures of the process, and
	 * no number has more than two decimals */
	assert_null(strstr(buf_cstr(&a), "surface"));
	assert_null(strstr(buf_cstr(&a), "<text"));
	assert_non_null(strstr(buf_cstr(&a), "viewBox"));
	for (const char *s = buf_cstr(&a); (s = strchr(s, '.')) != NULL; s++)
		assert_true(strspn(s + 1, "0123456789") <= 2);
	/* three whiskers and dots at most: the closed row has none */
	assert_int_equal(count(buf_cstr(&a), "stroke-width:2;"), 2);
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
}

static void no_row_at_all_is_a_picture_too(void **state)
{
	struct buf b = room();

	(void)state;
	ranked(&b, 0);
	assert_non_null(strstr(buf_cstr(&b), "</svg>"));
	buf_free(&b);
}

static void a_quadrant_holds_its_points_and_cuts(void **state)
{
	static const struct chart_corners corners = { "giữ", "sửa", "thấp",
						      "thừa" };
	const struct chart_point p[] = { { "LV1", 72.5, 0.21 },
					 { "LV2", 84.2, 0.17 },
					 { "LV3", 60, 0.4 } };
	const struct chart_point one[] = { { "LV1", 50, 0.5 } };
	struct buf a = room(), b = room();
	struct err e = { 0 };

	(void)state;
	assert_true(chart_quadrant(p, 3, 72, 0.26, &corners, &words, &a, &e));
	assert_int_equal(count(buf_cstr(&a), "stroke-width:1.4;"), 2);
	/* one point has no span of its own */
	assert_true(chart_quadrant(one, 1, 50, 0.5, &corners, &words, &b, &e));
	assert_null(strstr(buf_cstr(&b), "nan"));
	assert_null(strstr(buf_cstr(&b), "inf"));
	buf_free(&a);
	buf_free(&b);
}

static void shares_are_stacked_and_closed_ones_left_out(void **state)
{
	static const char *const level[] = { "Tốt", "Khá", "Trung bình",
					     "Kém", "e",   "f",
					     "g",   "h",   "i" };
	const struct chart_shares row[] = { { "Q1", { 0.5, 0.3, 0.19, 0.01 } },
					    { "Q2", { NAN, NAN, NAN, NAN } } };
	struct buf a = room(), b = room();
	struct err e = { 0 };

	(void)state;
	assert_true(chart_stacked(row, 2, level, 4, &words, &a, &e));
	assert_null(strstr(buf_cstr(&a), "nan"));
	assert_false(chart_stacked(row, 2, level, 9, &words, &b, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	buf_free(&a);
	buf_free(&b);
}

static void a_clear_change_is_drawn_bold(void **state)
{
	const struct chart_change row[] = { { "a", 60, 70, true },
					    { "b", 70, 69, false },
					    { "c", NAN, 69, false } };
	struct buf a = room(), b = room();
	struct chart_words bare = { "Thay đổi", "phần trăm", NULL };
	struct err e = { 0 };

	(void)state;
	assert_true(chart_changes(row, 3, "2019", "2020", &words, &a, &e));
	assert_int_equal(count(buf_cstr(&a), "stroke-width:3;"), 1);
	assert_true(chart_changes(row + 1, 2, "2019", "2020", &bare, &b, &e));
	assert_int_equal(count(buf_cstr(&b), "stroke-width:3;"), 0);
	buf_free(&a);
	buf_free(&b);
}

/* On one page no two pictures share an id, and every reference finds its own.
 */
static void pictures_on_a_page_keep_their_ids_apart(void **state)
{
	struct buf svg = room(), page = room();
	struct err e = { 0 };
	const char *s;

	(void)state;
	ranked(&svg, 4);
	assert_true(chart_inline(&svg, 1, "một \"hình\" <&>", &page, &e));
	assert_true(chart_inline(&svg, 2, "hai", &page, &e));
	s = buf_cstr(&page);
	assert_null(strstr(s, "<?xml"));
	assert_non_null(
		strstr(s, "aria-label=\"một &#34;hình&#34; &#60;&#38;"));
	assert_int_equal(count(s, "id=\"c1-glyph0-1\""), 1);
	assert_int_equal(count(s, "id=\"c2-glyph0-1\""), 1);
	assert_int_equal(count(s, " id=\"glyph"), 0);
	assert_int_equal(count(s, "href=\"#glyph"), 0);
	assert_true(count(s, "href=\"#c1-glyph") > 20);
	assert_int_equal(count(s, "<svg "), 2);
	buf_free(&svg);
	buf_adds(&svg, "not a picture");
	assert_false(chart_inline(&svg, 1, "x", &page, &e));
	assert_int_equal(e.kind, ERR_BUG);
	buf_free(&svg);
	buf_free(&page);
}

static void no_room_is_an_error(void **state)
{
	struct buf b = BUF_INIT(2000);
	struct err e = { 0 };

	(void)state;
	assert_false(chart_ranked(rows, 4, &words, NULL, &b, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	buf_free(&b);
}

static void years_stand_in_a_panel_each_with_their_ranks(void **state)
{
	static const int year[] = { 2021, 2022, 2023 };
	static const double a[] = { 90.1, NAN, 92.18 }, b[] = { NAN, NAN, NAN },
			    c[] = { 42.5, 42.5, 42.5 };
	static const int rank[] = { 1, 0, 12 }, none[] = { 0, 0, 0 };
	const struct chart_years_line line[] = { { "một", a, rank },
						 { "hai", b, none },
						 { "ba", c, none } };
	struct buf x = room(), y = room(), z = room(), one = room();
	struct buf small = BUF_INIT(100);
	struct err e = { 0 };

	(void)state;
	assert_true(chart_years(year, 3, line, 3, &words, &x, &e));
	assert_true(chart_years(year, 3, line, 3, &words, &y, &e));
	assert_true(chart_years(year, 3, line, 2, &words, &z, &e));
	assert_true(chart_years(year, 1, line, 1, &words, &one, &e));
	assert_string_equal(buf_cstr(&x), buf_cstr(&y));
	assert_true(x.len > z.len && z.len > one.len);
	assert_false(chart_years(year, 3, line, 3, &words, &small, &e));
	buf_free(&x);
	buf_free(&y);
	buf_free(&z);
	buf_free(&one);
	buf_free(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_printed_as_in_vietnam),
		cmocka_unit_test(
			the_same_rows_give_the_same_bytes_and_other_rows_others),
		cmocka_unit_test(no_row_at_all_is_a_picture_too),
		cmocka_unit_test(a_quadrant_holds_its_points_and_cuts),
		cmocka_unit_test(shares_are_stacked_and_closed_ones_left_out),
		cmocka_unit_test(a_clear_change_is_drawn_bold),
		cmocka_unit_test(pictures_on_a_page_keep_their_ids_apart),
		cmocka_unit_test(years_stand_in_a_panel_each_with_their_ranks),
		cmocka_unit_test(no_room_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
