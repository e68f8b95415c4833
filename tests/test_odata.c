/* OData: which rows a filter takes, and what the documents say. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/odata.h"

struct world {
	struct plan *p;
	struct dataset *d;
	struct arena *a;
	struct dataset_cell *cells;
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct err e = { 0 };
	struct dataset_rating r = {
		.respondent = "17",
		.stratum = "cong-chuc-so|so-1",
		.frame = (double)NAN,
		.sample = 8,
		.weight = 1.5,
		.answers = (const uint8_t *)"",
		.profile = "{\"gioi-tinh\":\"nu\"}",
		.extra = "{\"SO\":\"12\",\"KENH\":[\"c\"]}",
	};

	assert_non_null(w);
	w->p = plan_file_read("tests/data/plan/ways.json", &e);
	assert_non_null(w->p);
	w->d = dataset_new(w->p, 1, &e);
	w->a = arena_new(1 << 20);
	assert_true(w->d && w->a);
	w->cells = calloc(w->d->n, sizeof *w->cells);
	r.group = plan_group(w->p, "cong-chuc-so");
	r.home = plan_unit(w->p, "so-1");
	r.unit = plan_unit(w->p, "so-2");
	assert_true(dataset_fill(w->d, &r, w->cells, &e));
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	free(w->cells);
	dataset_free(w->d);
	plan_free(w->p);
	arena_free(w->a);
	free(w);
	return 0;
}

static void a_filter_takes_what_it_says(void **state)
{
	static const struct {
		const char *filter;
		bool takes;
	} t[] = {
		{ "unit eq 'so-2'", true },
		{ "unit eq 'so-1'", false },
		{ "home ne unit", true },
		{ "respondent eq 17", true },
		{ "respondent gt 16.5 and respondent lt 1.8e1", true },
		{ "respondent ge 17 and respondent le 17", true },
		{ "respondent gt 17", false },
		{ "17 eq respondent", true },
		{ "id eq '17/so-2'", true },
		{ "id ge '17'", true },
		{ "SO eq 12 or SO eq 13", true },
		{ "SO eq -12", false },
		{ "not (SO eq 12)", false },
		{ "not SO eq 12", false },
		{ "unit in ('so-1', 'so-2')", true },
		{ "unit in ('so-1')", false },
		{ "SOMAX in (1, null)", true },
		{ "SO in (1, 12)", true },
		{ "SO in (1, 2)", false },
		/* null: equal to null alone, ordered with nothing */
		{ "frame_count eq null", true },
		{ "frame_count ne null", false },
		{ "frame_count eq 1", false },
		{ "frame_count ne 1", true },
		{ "frame_count lt 1", false },
		{ "frame_count gt 1", false },
		{ "null eq null", true },
		{ "null eq frame_count", true },
		{ "Q1 eq null", true },
		{ "Q1 lt 'Z'", false },
		{ "contains(unit, 'o-')", true },
		{ "contains(unit,'x')", false },
		{ "contains(Q1,'x')", false },
		{ "startswith(stratum, 'cong-')", true },
		{ "startswith(unit,'so-22')", false },
		{ "endswith(id,'/so-2')", true },
		{ "endswith(unit,'so-1')", false },
		{ "KENH_c eq '1' and KENH_a eq '0'", true },
		{ "true", true },
		{ "false or true and false", false },
		{ "  ( unit eq 'so-2' )  ", true },
		{ "unit eq 'it''s'", false },
		{ "'it''s' eq 'it''s'", true },
		{ "unit lt 'so-3' and unit le 'so-2' and unit ge 'so-2'",
		  true },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct err e = { 0 };
		bool unknown;
		struct odata_filter *f = odata_filter_read(w->d, t[i].filter,
							   w->a, &unknown, &e);

		if (!f)
			fail_msg("%s: %s", t[i].filter, e.msg);
		else if (odata_filter_takes(f, w->cells) != t[i].takes)
			fail_msg("%s: not %d", t[i].filter, t[i].takes);
	}
}

static void a_filter_that_cannot_be_read_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *filter, *words;
		bool unknown;
	} t[] = {
		{ "", "ký tự 1", false },
		{ "unit", "cần phép so sánh", false },
		{ "unit eq", "ký tự 8", false },
		{ "unit eq 'x", "thiếu dấu nháy đóng", false },
		{ "unit eq 'x' and", "cần tên biến", false },
		{ "unit eq 'x' unit", "thừa chữ", false },
		{ "unit eq 5", "khác kiểu", false },
		{ "respondent eq '5'", "khác kiểu", false },
		{ "respondent eq 1e999", "không phải là số", false },
		{ "respondent eq 1.2.3", "không phải là số", false },
		{ "respondent eq -", "không phải là số", false },
		{ "nosuch eq 5", "không có biến này", false },
		{ "UNIT eq 'so-1'", "không có biến này", false },
		{ "year(unit) eq 5", "chưa hỗ trợ", true },
		{ "unit/x eq 5", "chưa hỗ trợ", true },
		{ "contains(respondent,'1')", "chỉ dùng với văn bản", false },
		{ "contains(unit)", "cần hai giá trị", false },
		{ "contains unit", "cần dấu ngoặc", false },
		{ "unit in 'so-1'", "cần dấu ngoặc", false },
		{ "unit in ('so-1'", "thiếu dấu ngoặc đóng", false },
		{ "unit in (1)", "khác kiểu", false },
		{ "(unit eq 'so-1'", "thiếu dấu ngoặc đóng", false },
		{ "not", "cần tên biến", false },
		{ "SO eq 000000000000000000000000000000000000000000000000000"
		  "0000000000000000000",
		  "số quá dài", false },
	};
	struct world *w = *state;
	char deep[301];

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct err e = { 0 };
		bool unknown;

		if (odata_filter_read(w->d, t[i].filter, w->a, &unknown, &e))
			fail_msg("taken: %s", t[i].filter);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_int_equal(unknown, t[i].unknown);
		if (!strstr(e.msg, t[i].words))
			fail_msg("%s: %s", t[i].filter, e.msg);
	}
	memset(deep, '(', 300);
	deep[300] = '\0';
	{
		struct err e = { 0 };
		bool unknown;

		assert_null(odata_filter_read(w->d, deep, w->a, &unknown, &e));
		assert_non_null(strstr(e.msg, "quá nhiều tầng"));
	}
}

static void a_filter_has_a_longest_length(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	char *s = malloc(LIMIT_ODATA_FILTER + 2);
	bool unknown;

	assert_non_null(s);
	memset(s, ' ', LIMIT_ODATA_FILTER + 1);
	memcpy(s, "true", 4);
	s[LIMIT_ODATA_FILTER + 1] = '\0';
	assert_null(odata_filter_read(w->d, s, w->a, &unknown, &e));
	s[LIMIT_ODATA_FILTER] = '\0';
	assert_non_null(odata_filter_read(w->d, s, w->a, &unknown, &e));
	free(s);
}

static void select_names_what_comes(void **state)
{
	struct world *w = *state;
	struct buf out = BUF_INIT(1 << 16);
	bool *select = calloc(w->d->n + 1, sizeof *select);
	struct err e = { 0 };

	assert_non_null(select);
	assert_true(odata_select(w->d, "id, SO,frame_count", select, &e));
	odata_row(w->d, w->cells, select, &out);
	assert_string_equal(buf_cstr(&out), "{\"id\":\"17/so-2\",\"frame_"
					    "count\":null,\"SO\":12}");
	out.len = 0;
	assert_true(odata_select(w->d, "*", select, &e));
	odata_row(w->d, w->cells, select, &out);
	assert_non_null(strstr(buf_cstr(&out), "\"unit\":\"so-2\""));
	assert_false(odata_select(w->d, "id,nosuch", select, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_true(odata_select(w->d, "", select, &e));
	out.len = 0;
	odata_row(w->d, w->cells, select, &out);
	assert_string_equal(buf_cstr(&out), "{}");
	free(select);
	buf_free(&out);
}

/* Rows that differ in respondent, SO (NAN: missing) and unit's code. */
static struct dataset_cell *row_of(struct world *w, double respondent,
				   double so, const char *stratum)
{
	for (size_t i = 0; i < w->d->n; i++)
		if (strcmp(w->d->vars[i].name, "SO") == 0)
			w->cells[i].x = so;
	w->cells[DATASET_RESPONDENT].x = respondent;
	w->cells[DATASET_STRATUM].s = stratum;
	return w->cells;
}

static const struct {
	double respondent, so;
	const char *stratum;
} rows[] = { { 1, 5, "b" },  { 2, (double)NAN, "a" }, { 3, 5, "a" },
	     { 4, -1, "c" }, { 5, (double)NAN, "c" }, { 6, 0, "b" } };

/* The respondents of a page, "531"; what is wrong, "!". */
static const char *ordered(struct world *w, const char *orderby, size_t skip,
			   size_t most, char out[16])
{
	bool *select = calloc(w->d->n + 1, sizeof *select);
	struct buf line = BUF_INIT(4096), page = BUF_INIT(4096);
	struct err e = { 0 };
	struct odata_order *o = odata_order_read(w->d, orderby, w->a, &e);
	size_t given = 0, n = 0;

	(void)snprintf(out, 16, "!");
	assert_non_null(select);
	if (!o)
		goto out;
	assert_true(odata_select(w->d, "respondent", select, &e));
	for (size_t i = 0; i < 6; i++)
		assert_true(odata_order_add(o,
					    row_of(w, rows[i].respondent,
						   rows[i].so, rows[i].stratum),
					    &e));
	assert_int_equal(odata_order_rows(o), 6);
	assert_true(odata_order_cut(o, skip, most, &given, &e));
	for (size_t i = 0; i < 6; i++)
		assert_true(
			odata_order_give(o,
					 row_of(w, rows[i].respondent,
						rows[i].so, rows[i].stratum),
					 select, &line, &e));
	assert_false(odata_order_give(o, w->cells, select, &line, &e));
	odata_order_put(o, &page);
	for (const char *s = buf_cstr(&page); s && *s && n < 15; s++)
		if (*s >= '0' && *s <= '9')
			out[n++] = *s;
	out[n] = '\0';
	assert_int_equal(n, given);
out:
	odata_order_clear(o);
	odata_order_clear(NULL);
	buf_free(&line);
	buf_free(&page);
	free(select);
	return out;
}

static void rows_come_in_the_order_that_is_asked(void **state)
{
	static const struct {
		const char *orderby;
		size_t skip, most;
		const char *want;
	} t[] = {
		{ "SO", 0, 9, "254613" }, /* missing first, ties as they come */
		{ "SO desc", 0, 9, "136425" },
		{ "stratum", 0, 9, "231645" },
		{ "stratum desc,respondent desc", 0, 9, "546132" },
		{ "stratum asc , SO desc", 0, 9, "321645" },
		{ "id desc", 0, 9, "654321" },
		{ "stratum,id desc", 0, 9, "326154" },
		{ "Q1", 0, 9, "123456" }, /* nobody was asked */
		{ "SO", 2, 2, "46" },
		{ "SO", 5, 2, "3" },
		{ "SO", 7, 2, "" },
		{ "SO", 0, 0, "" },
		{ "nosuch", 0, 9, "!" },
		{ "", 0, 9, "!" },
		{ "SO,", 0, 9, "!" },
		{ "SO down", 0, 9, "!" },
		{ "SO desc asc", 0, 9, "!" },
		{ "length(SO)", 0, 9, "!" },
		{ "SO,SO,SO,SO,SO,SO,SO,SO,SO", 0, 9, "!" },
	};
	struct world *w = *state;
	struct err e = { 0 };
	char got[16];

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		if (strcmp(ordered(w, t[i].orderby, t[i].skip, t[i].most, got),
			   t[i].want) != 0)
			fail_msg("%s: %s, wanted %s", t[i].orderby, got,
				 t[i].want);
	assert_true(odata_order_is_plain(
		odata_order_read(w->d, "id asc", w->a, &e)));
	assert_false(odata_order_is_plain(
		odata_order_read(w->d, "id desc", w->a, &e)));
}

static void more_rows_than_can_be_sorted_are_refused(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct odata_order *o = odata_order_read(w->d, "stratum,SO", w->a, &e);

	assert_non_null(o);
	for (int i = 0; i < LIMIT_ODATA_SORT; i++)
		assert_true(odata_order_add(o, w->cells, &e));
	assert_false(odata_order_add(o, w->cells, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "$filter"));
	odata_order_clear(o);
}

static void the_metadata_describe_every_variable(void **state)
{
	struct world *w = *state;
	const struct dataset *sets[] = { w->d };
	struct buf out = BUF_INIT(1 << 20);

	odata_metadata(sets, 1, &out);
	for (size_t i = 0; i < w->d->n; i++) {
		char text[80];

		(void)snprintf(text, sizeof text,
			       "<Property Name=\"%s\" Type=\"Edm.%s\"",
			       w->d->vars[i].name,
			       w->d->vars[i].kind == DATASET_NUMBER ? "Double"
								    : "String");
		if (!strstr(out.data, text))
			fail_msg("no %s", text);
	}
	assert_non_null(strstr(out.data, "<PropertyRef Name=\"id\"/>"));
	out.len = 0;
	odata_service(sets, 1, "/v1/waves/w/odata/", &out);
	assert_string_equal(
		buf_cstr(&out),
		"{\"@odata.context\":\"/v1/waves/w/odata/$metadata\","
		"\"value\":[{\"name\":\"S_02\",\"kind\":\"EntitySet\","
		"\"url\":\"/v1/waves/w/odata/S_02\"}]}");
	buf_free(&out);
}

#define WITH(t) cmocka_unit_test_setup_teardown(t, begin, end)

int main(void)
{
	const struct CMUnitTest t[] = {
		WITH(a_filter_takes_what_it_says),
		WITH(a_filter_that_cannot_be_read_is_refused_with_its_place),
		WITH(a_filter_has_a_longest_length),
		WITH(select_names_what_comes),
		WITH(rows_come_in_the_order_that_is_asked),
		WITH(more_rows_than_can_be_sorted_are_refused),
		WITH(the_metadata_describe_every_variable),
	};
	return cmocka_run_group_tests_name("odata", t, NULL, NULL);
}
