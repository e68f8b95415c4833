#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "../collector/xlsform_parts.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/xlsform.h"

static const char *const shipped[] = {
	"collector/plans/lai-chau-2020.json",
	"collector/plans/sipas-2017-example.json",
	"collector/plans/two-level-example.json",
	"tests/data/plan/small.json",
	"tests/data/plan/ways.json",
	"tests/data/plan/numbers.json",
};

struct bench {
	struct arena *a;
	struct faults faults, notes;
	struct buf parts, joined;
	char path[64];
};

static void bench_open(struct bench *b)
{
	struct err e = { 0 };
	int fd;

	assert_true(hash_start(&e));
	*b = (struct bench){ .parts = BUF_INIT(16 << 20),
			     .joined = BUF_INIT(16 << 20),
			     .path = "/tmp/phieu-xlsform.XXXXXX" };
	fd = mkstemp(b->path);
	assert_true(fd >= 0);
	(void)close(fd);
	b->a = arena_new(16 << 20);
	faults_init(&b->faults, b->a);
	faults_init(&b->notes, b->a);
}

static void bench_close(struct bench *b)
{
	(void)unlink(b->path);
	buf_free(&b->parts);
	buf_free(&b->joined);
	arena_free(b->a);
}

static bool read_back(struct bench *b, const char *basis, struct err *e)
{
	size_t n;
	char *file = file_read(b->path, LIMIT_XLSX_BYTES, &n, e);
	bool ok;

	assert_non_null(file);
	ok = xlsform_read(file, n, basis, &b->parts, &b->faults, &b->notes, e);
	free(file);
	return ok;
}

static void no_faults(const struct bench *b)
{
	for (size_t i = 0; i < b->faults.n; i++)
		print_message("%s %s %s\n", b->faults.list[i].code,
			      b->faults.list[i].path,
			      b->faults.list[i].message);
	assert_int_equal(b->faults.n, 0);
}

static void same_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_true(a == b);
	else
		assert_string_equal(a, b);
}

static void same_options(const struct option *a, const struct option *b,
			 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(a[i].code, b[i].code);
		assert_string_equal(a[i].label, b[i].label);
		same_text(a[i].label_en, b[i].label_en);
		assert_int_equal(a[i].ordinal, b[i].ordinal);
		assert_int_equal(a[i].has_coefficient, b[i].has_coefficient);
		assert_int_equal(a[i].coefficient.micro,
				 b[i].coefficient.micro);
		assert_int_equal(a[i].satisfied, b[i].satisfied);
		assert_int_equal(a[i].no_opinion, b[i].no_opinion);
		assert_int_equal(a[i].retired, b[i].retired);
	}
}

static void same_question(const struct question *a, const struct question *b)
{
	assert_string_equal(a->code, b->code);
	assert_string_equal(a->text, b->text);
	same_text(a->text_en, b->text_en);
	same_text(a->note, b->note);
	same_text(a->field, b->field);
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->required, b->required);
	assert_int_equal(a->reversed, b->reversed);
	assert_int_equal(a->asked, b->asked);
	assert_int_equal(a->has_min, b->has_min);
	assert_int_equal(a->has_max, b->has_max);
	assert_int_equal(a->min.micro, b->min.micro);
	assert_int_equal(a->max.micro, b->max.micro);
	assert_int_equal(a->decimals, b->decimals);
	assert_int_equal(a->max_bytes, b->max_bytes);
	assert_int_equal(a->slot, b->slot);
	assert_int_equal(a->n_options, b->n_options);
	same_options(a->options, b->options, a->n_options);
}

static void same_form(const struct form *a, const struct form *b)
{
	assert_string_equal(a->code, b->code);
	assert_string_equal(a->version, b->version);
	assert_string_equal(a->name, b->name);
	same_text(a->name_en, b->name_en);
	same_text(a->note, b->note);
	assert_int_equal(a->basis, b->basis);
	assert_int_equal(a->n_profile, b->n_profile);
	for (size_t i = 0; i < a->n_profile; i++) {
		assert_string_equal(a->profile[i].code, b->profile[i].code);
		assert_string_equal(a->profile[i].label, b->profile[i].label);
		same_text(a->profile[i].label_en, b->profile[i].label_en);
		assert_int_equal(a->profile[i].required,
				 b->profile[i].required);
		assert_int_equal(a->profile[i].n_options,
				 b->profile[i].n_options);
		same_options(a->profile[i].options, b->profile[i].options,
			     a->profile[i].n_options);
	}
	assert_int_equal(a->n_questions, b->n_questions);
	for (size_t i = 0; i < a->n_questions; i++)
		same_question(&a->questions[i], &b->questions[i]);
}

static void same_criteria(const struct plan *a, const struct plan *b)
{
	struct buf diff = BUF_INIT(1 << 20);

	assert_int_equal(a->n_criteria, b->n_criteria);
	for (size_t i = 0; i < a->n_criteria; i++) {
		const struct criterion *x = &a->criteria[i],
				       *y = &b->criteria[i];

		assert_int_equal(x->n_questions, y->n_questions);
		for (size_t k = 0; k < x->n_questions; k++) {
			assert_string_equal(x->questions[k].item,
					    y->questions[k].item);
			assert_int_equal(x->questions[k].weight.micro,
					 y->questions[k].weight.micro);
			assert_int_equal(x->questions[k].form,
					 y->questions[k].form);
			assert_int_equal(x->questions[k].question,
					 y->questions[k].question);
		}
	}
	if (plan_diff(a, b, &diff))
		fail_msg("%s", diff.data);
	buf_free(&diff);
}

static void round_trip(const struct plan *p, size_t form)
{
	struct err e = { 0 };
	struct faults f;
	struct bench b;
	struct plan *now;

	bench_open(&b);
	faults_init(&f, b.a);
	assert_true(xlsform_write(p, form, b.path, &e));
	if (!read_back(&b, NULL, &e))
		fail_msg("%s", e.msg);
	no_faults(&b);
	if (!xlsform_join(p, b.parts.data, b.parts.len, &b.joined, &b.faults,
			  &e))
		fail_msg("%s", e.msg);
	no_faults(&b);
	now = plan_read(b.joined.data, b.joined.len, &f, &e);
	assert_non_null(now);
	assert_int_equal(now->n_forms, p->n_forms);
	same_form(&p->forms[form], &now->forms[form]);
	same_criteria(p, now);
	plan_free(now);
	bench_close(&b);
}

static void a_form_out_and_in_again_is_the_same_form(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_true(hash_start(&e));
	for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
		struct plan *p = plan_file_read(shipped[i], &e);

		assert_non_null(p);
		for (size_t form = 0; form < p->n_forms; form++)
			round_trip(p, form);
		plan_free(p);
	}
}

/* ---- workbooks by hand ---------------------------------------------------
 * A sheet is rows of cells: "a|b|c\nd||e\n". */
struct book_in {
	const char *survey, *choices, *settings;
};

static void put_sheet(lxw_workbook *wb, const char *name, const char *text)
{
	lxw_worksheet *ws;
	lxw_row_t row = 0;
	lxw_col_t col = 0;
	char cell[2000];

	if (!text)
		return;
	ws = workbook_add_worksheet(wb, name);
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "|\n");

		(void)snprintf(cell, sizeof cell, "%.*s", (int)n, at);
		if (n > 0 && strspn(cell, "0123456789") == n)
			worksheet_write_number(ws, row, col, strtod(cell, NULL),
					       NULL);
		else if (n > 0)
			worksheet_write_string(ws, row, col, cell, NULL);
		at += n;
		col++;
		if (*at == '\n') {
			row++;
			col = 0;
		}
		at += *at != '\0';
	}
}

static void put_book(const struct bench *b, const struct book_in *in)
{
	lxw_workbook *wb = workbook_new(b->path);

	put_sheet(wb, "survey", in->survey);
	put_sheet(wb, "choices", in->choices);
	put_sheet(wb, "settings", in->settings);
	assert_int_equal(workbook_close(wb), LXW_NO_ERROR);
}

#define SETTINGS "form_title|form_id|version|basis\nPhiếu thử|P-1|2|mau-thu\n"
#define YESNO	 "list_name|name|label\nyn|co|Có\nyn|khong|Không\n"

static void a_form_of_the_field_becomes_parts_of_a_plan(void **state)
{
	static const struct book_in in = {
		"Command|Tag|Caption|hint|required|constraint|constraint "
		"message|appearance|criterion\n"
		"start|start\n"
		"note|n1|Đây là mẫu thử\n"
		"begin group|profile|Người trả lời\n"
		"select one from yn|sex|Có phải nữ?||yes\n"
		"end group\n"
		"begin_group|g1|Lĩnh vực 1\n"
		"select_one muc|Q1|Đánh giá?|Chọn một|TRUE()||||LV1:a:2; LV2\n"
		"select1 muc|Q2|Lại đánh giá?\n"
		"end_group\n"
		"select all that apply from yn|Q3|Những gì?||no\n"
		"integer|Q4|Bao nhiêu?|||. >= 1 and . <= 50|Từ 1 đến 50\n"
		"text|Q5|Ý kiến?|||string-length(.) <= 200||multiline\n"
		"select_one yn|Q6|Có không?\n",
		"list name|name|label|coefficient|satisfied|ghi_chu\n"
		"muc|1|Tốt|100|yes\nmuc|2|Kém|0\n"
		"yn|co|Có\nyn|khong|Không\n",
		SETTINGS
	};
	static const char want[] =
		"{\"scales\":[{\"code\":\"muc\",\"basis\":\"mau-thu\","
		"\"options\":[{\"code\":\"1\",\"label\":\"Tốt\","
		"\"coefficient\":\"100\",\"satisfied\":true},{\"code\":\"2\","
		"\"label\":\"Kém\",\"coefficient\":\"0\"}]}],"
		"\"forms\":[{\"code\":\"P-1\",\"version\":\"2\","
		"\"name\":\"Phiếu thử\",\"note\":\"Đây là mẫu thử\","
		"\"basis\":\"mau-thu\",\"profile\":[{\"code\":\"sex\","
		"\"label\":\"Có phải nữ?\",\"required\":true,\"options\":["
		"{\"code\":\"co\",\"label\":\"Có\"},{\"code\":\"khong\","
		"\"label\":\"Không\"}]}],\"questions\":["
		"{\"code\":\"Q1\",\"text\":\"Đánh giá?\",\"note\":\"Chọn "
		"một\",\"type\":\"scale\",\"scale\":\"muc\",\"field\":\"Lĩnh "
		"vực 1\",\"required\":true},"
		"{\"code\":\"Q2\",\"text\":\"Lại đánh giá?\",\"type\":"
		"\"scale\",\"scale\":\"muc\",\"field\":\"Lĩnh vực 1\"},"
		"{\"code\":\"Q3\",\"text\":\"Những gì?\",\"type\":"
		"\"multiple\",\"options\":[{\"code\":\"co\",\"label\":"
		"\"Có\"},{\"code\":\"khong\",\"label\":\"Không\"}],"
		"\"required\":false},"
		"{\"code\":\"Q4\",\"text\":\"Bao nhiêu?\",\"type\":\"number\","
		"\"min\":\"1\",\"max\":\"50\",\"decimals\":0},"
		"{\"code\":\"Q5\",\"text\":\"Ý kiến?\",\"type\":\"text\","
		"\"max_bytes\":400},"
		"{\"code\":\"Q6\",\"text\":\"Có không?\",\"type\":\"single\","
		"\"options\":[{\"code\":\"co\",\"label\":\"Có\"},{\"code\":"
		"\"khong\",\"label\":\"Không\"}]}]}],"
		"\"criteria\":[{\"code\":\"LV1\",\"item\":\"a\",\"question\":"
		"\"Q1\",\"weight\":\"2\"},{\"code\":\"LV2\",\"item\":\"Q1\","
		"\"question\":\"Q1\",\"weight\":\"1\"}]}";
	struct err e = { 0 };
	struct bench b;

	(void)state;
	bench_open(&b);
	put_book(&b, &in);
	assert_true(read_back(&b, NULL, &e));
	/* an unknown column is named even where nothing stands below it */
	assert_int_equal(b.faults.n, 1);
	assert_string_equal(b.faults.list[0].code, "X02");
	assert_string_equal(b.faults.list[0].path, "/choices/F1");
	assert_string_equal(b.parts.data, want);
	/* start and two looks; an integer stays one */
	assert_int_equal(b.notes.n, 3);
	bench_close(&b);
}

/* "_1a" is the code 1a: other programs want names of XML. */
static void names_that_begin_with_a_digit_come_back(void **state)
{
	static const struct book_in in = {
		"type|name|label|criterion\ntext|_1a|A|LV1\ntext|Q2|B\n", NULL,
		"form_title|form_title_en|form_id|basis\nA|B|P-1|thu\n"
	};
	static const struct book_in both = {
		"type|name|label\ntext|_1a|A\ntext|1a|B\n", NULL, SETTINGS
	};
	struct err e = { 0 };
	struct bench b;

	(void)state;
	bench_open(&b);
	put_book(&b, &in);
	assert_true(read_back(&b, NULL, &e));
	no_faults(&b);
	assert_non_null(strstr(b.parts.data, "{\"code\":\"1a\""));
	assert_non_null(strstr(b.parts.data, "\"question\":\"1a\""));
	assert_non_null(strstr(b.parts.data, "\"name_en\":\"B\""));
	b.parts.len = 0;
	put_book(&b, &both);
	assert_true(read_back(&b, NULL, &e));
	assert_int_equal(b.faults.n, 1);
	assert_string_equal(b.faults.list[0].code, "X06");
	assert_string_equal(b.faults.list[0].path, "/survey/B3");
	bench_close(&b);
}

static void what_a_plan_cannot_carry_is_named(void **state)
{
	static const struct {
		struct book_in in;
		const char *code, *place;
	} t[] = {
		{ { NULL, NULL, SETTINGS }, "X01", "/survey" },
		{ { "type|name|label\n", NULL, SETTINGS }, "X01", "/survey" },
		{ { "type|name|label\nstart|s\n", NULL, SETTINGS },
		  "X01",
		  "/survey" },
		{ { "type|name|label|màu\ntext|Q1|A\n", NULL, SETTINGS },
		  "X02",
		  "/survey/D1" },
		{ { "type|name|label|label::French (fr)\ntext|Q1|A\n", NULL,
		    SETTINGS },
		  "X02",
		  "/survey/D1" },
		{ { "type|name|label|name\ntext|Q1|A\n", NULL, SETTINGS },
		  "X02",
		  "/survey/D1" },
		{ { "type|name|label\ntext|Q1|A|lạc\n", NULL, SETTINGS },
		  "X02",
		  "/survey/D2" },
		{ { "type|name|label\ngeopoint|Q1|A\n", NULL, SETTINGS },
		  "X03",
		  "/survey/A2" },
		{ { "type|name|label\nbegin_repeat|Q1|A\n", NULL, SETTINGS },
		  "X03",
		  "/survey/A2" },
		{ { "type|name|label\nselect_one yn or_other|Q1|A\n", YESNO,
		    SETTINGS },
		  "X03",
		  "/survey/A2" },
		{ { "type|name|label\nselect_one|Q1|A\n", NULL, SETTINGS },
		  "X03",
		  "/survey/A2" },
		{ { "type|name|label\nselect_one_from_file a.csv|Q1|A\n", NULL,
		    SETTINGS },
		  "X03",
		  "/survey/A2" },
		{ { "type|name|label\nbegin_group|profile|P\ntext|Q1|A\n"
		    "end_group\ntext|Q2|B\n",
		    NULL, SETTINGS },
		  "X03",
		  "/survey/A3" },
		{ { "type|name|label\n|Q1|A\ntext|Q2|B\n", NULL, SETTINGS },
		  "X04",
		  "/survey/A2" },
		{ { "type|name|label\ntext||A\ntext|Q2|B\n", NULL, SETTINGS },
		  "X04",
		  "/survey/B2" },
		{ { "type|name|label\ntext|_q|A\n", NULL, SETTINGS },
		  "X04",
		  "/survey/B2" },
		{ { "type|name|label\ntext|Câu|A\n", NULL, SETTINGS },
		  "X04",
		  "/survey/B2" },
		{ { "type|name|label\ntext|Q1|\n", NULL, SETTINGS },
		  "X04",
		  "/survey/C2" },
		{ { "type|name|label|required\ntext|Q1|A|${Q0} = 1\n", NULL,
		    SETTINGS },
		  "X04",
		  "/survey/D2" },
		{ { "type|name|label|asked\ntext|Q1|A|maybe\n", NULL,
		    SETTINGS },
		  "X04",
		  "/survey/D2" },
		{ { "type|name|label|kind\nselect_one yn|Q1|A|likert\n", YESNO,
		    SETTINGS },
		  "X04",
		  "/survey/D2" },
		{ { "type|name|label|max_bytes\ntext|Q1|A|9000\n", NULL,
		    SETTINGS },
		  "X04",
		  "/survey/D2" },
		{ { "type|name|label|criterion\ntext|Q1|A|a:b:c\n", NULL,
		    SETTINGS },
		  "X04",
		  "/survey/D2" },
		{ { "type|name|label\ntext|Q1|A\n", NULL,
		    "form_title|form_id|basis\nA|mã số|b\n" },
		  "X04",
		  "/settings/B2" },
		{ { "type|name|label\ntext|Q1|A\n", NULL,
		    "form_title|form_id\nA|B\n" },
		  "X04",
		  "/settings/2" },
		{ { "type|name|label\nselect_one yn|Q1|A\n",
		    "list_name|name|label|coefficient\nyn|a|A|62,5\nyn|b|B\n",
		    SETTINGS },
		  "X04",
		  "/choices/D2" },
		{ { "type|name|label\nselect_one yn|Q1|A\n",
		    "list_name|name|label|ordinal\nyn|a|A|0\nyn|b|B|201\n",
		    SETTINGS },
		  "X04",
		  "/choices/D2" },
		{ { "type|name|label\nselect_one yn|Q1|A\n",
		    "list_name|name|label\nyn|a|A\n|b|B\n", SETTINGS },
		  "X04",
		  "/choices/A3" },
		{ { "type|name|label\nselect_one yn|Q1|A\n",
		    "list_name|name|label\nyn||A\nyn|b|B\n", SETTINGS },
		  "X04",
		  "/choices/B2" },
		{ { "type|name|label\nselect_one yn|Q1|A\n",
		    "list_name|name|label\nyn|a|\nyn|b|B\n", SETTINGS },
		  "X04",
		  "/choices/C2" },
		{ { "type|name|label|relevant\ntext|Q1|A|${Q0} = '1'\n", NULL,
		    SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label|calculation\ntext|Q1|A|1 + 1\n", NULL,
		    SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label|constraint\ndecimal|Q1|A|. > 1\n", NULL,
		    SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label|constraint\ntext|Q1|A|regex(., 'a')\n",
		    NULL, SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label|constraint\n"
		    "select_one yn|Q1|A|. != 'co'\n",
		    YESNO, SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label|max_bytes\ndecimal|Q1|A|10\n", NULL,
		    SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label|decimals\ndecimal|Q1|A|7\n", NULL,
		    SETTINGS },
		  "X04",
		  "/survey/D2" },
		{ { "type|name|label|decimals\ndecimal|Q1|A|hai\n", NULL,
		    SETTINGS },
		  "X04",
		  "/survey/D2" },
		{ { "type|name|label|decimals\ndecimal|Q1|A|-1\n", NULL,
		    SETTINGS },
		  "X04",
		  "/survey/D2" },
		{ { "type|name|label|decimals\ninteger|Q1|A|2\n", NULL,
		    SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label|decimals\ntext|Q1|A|2\n", NULL, SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label|decimals\nselect_one yn|Q1|A|0\n", YESNO,
		    SETTINGS },
		  "X05",
		  "/survey/D2" },
		{ { "type|name|label\nnote|a|1\nnote|b|2\ntext|Q1|A\n", NULL,
		    SETTINGS },
		  "X05",
		  "/survey/A3" },
		{ { "type|name|label\ntext|Q1|A\n", YESNO, SETTINGS },
		  "X05",
		  "/choices/A2" },
		{ { "type|name|label\ntext|Q1|A\n", NULL,
		    "form_title|form_id|basis|public_key\nA|B|c|MIIB\n" },
		  "X05",
		  "/settings/D2" },
		{ { "type|name|label\nselect_one x|Q1|A\n", YESNO, SETTINGS },
		  "X06",
		  "/survey/A2" },
		{ { "type|name|label\ntext|Q1|A\ntext|Q1|B\n", NULL, SETTINGS },
		  "X06",
		  "/survey/B3" },
		{ { "type|name|label\nselect_one yn|Q1|A\n",
		    YESNO "yn|co|Lại có\n", SETTINGS },
		  "X06",
		  "/choices/B4" },
		{ { "type|name|label\ntext|Q1|A\nend_group\n", NULL, SETTINGS },
		  "X07",
		  "/survey/A3" },
		{ { "type|name|label\nbegin_group|g|G\ntext|Q1|A\n", NULL,
		    SETTINGS },
		  "X07",
		  "/survey/A2" },
	};
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		bool found = false;
		struct bench b;

		bench_open(&b);
		put_book(&b, &t[i].in);
		if (!read_back(&b, NULL, &e))
			fail_msg("%zu: %s", i, e.msg);
		for (size_t k = 0; k < b.faults.n; k++) {
			const struct fault *f = &b.faults.list[k];

			assert_true(*f->message && *f->message_vi);
			found |= strcmp(f->code, t[i].code) == 0 &&
				 strcmp(f->path, t[i].place) == 0;
		}
		for (size_t k = 0; !found && k < b.faults.n; k++)
			print_message("%s %s %s\n", b.faults.list[k].code,
				      b.faults.list[k].path,
				      b.faults.list[k].message);
		if (!found)
			fail_msg("%zu: no %s at %s", i, t[i].code, t[i].place);
		bench_close(&b);
	}
}

static void groups_nest_only_so_deep(void **state)
{
	struct buf s = BUF_INIT(10000);
	struct err e = { 0 };
	struct bench b;

	(void)state;
	buf_adds(&s, "type|name|label\n");
	for (int i = 0; i < 20; i++)
		buf_addf(&s, "begin_group|g%d|G\n", i);
	bench_open(&b);
	put_book(&b, &(struct book_in){ s.data, NULL, SETTINGS });
	assert_true(read_back(&b, NULL, &e));
	assert_true(faults_have(&b.faults, "X07"));
	bench_close(&b);
	buf_free(&s);
}

static void what_is_no_workbook_is_said_so(void **state)
{
	struct err e = { 0 };
	struct bench b;

	(void)state;
	bench_open(&b);
	assert_false(xlsform_read("survey", 6, NULL, &b.parts, &b.faults,
				  &b.notes, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(b.faults.n, 1);
	assert_int_equal(b.faults.list[0].code[0], 'F');
	bench_close(&b);
}

/* Into the small plan: a form in the place of its F2. */
static const struct book_in small_f2 = {
	"type|name|label|criterion\n"
	"select_one ba|Q1|Câu mới?|L1.2:i3:3; L2:i1:1\n"
	"select_one ba|Q9|Thêm?|L1.3\n",
	"list_name|name|label|coefficient|satisfied\n"
	"ba|A|Rất tốt|100|yes\n"
	"ba|B|Không tốt|0\n",
	"form_title|form_id|version\nPhiếu|F2|1\n"
};
static const struct book_in small_bad = {
	"type|name|label|criterion\ntext|Q1|Gì?|9.9\n", NULL,
	"form_title|form_id|version\nPhiếu|F2|1\n"
};

static size_t rows_of(const struct plan *p, const char *criterion)
{
	return p->criteria[plan_criterion(p, criterion)].n_questions;
}

static void parts_are_put_into_a_plan_and_checked(void **state)
{
	struct err e = { 0 };
	const struct form *f;
	struct plan *p, *now;
	struct bench b;

	(void)state;
	bench_open(&b);
	p = plan_file_read("tests/data/plan/small.json", &e);
	assert_non_null(p);
	put_book(&b, &small_f2);
	assert_true(read_back(&b, "qd-1", &e));
	no_faults(&b);
	assert_true(xlsform_join(p, b.parts.data, b.parts.len, &b.joined,
				 &b.faults, &e));
	no_faults(&b);
	now = plan_read(b.joined.data, b.joined.len, &b.faults, &e);
	assert_non_null(now);
	assert_int_equal(now->n_forms, p->n_forms);
	f = &now->forms[plan_form(now, "F2", "1")];
	assert_int_equal(f->n_questions, 2);
	assert_string_equal(f->questions[1].code, "Q9");
	/* the scale of the same name belongs to others: options of its own */
	assert_int_equal(f->questions[0].n_options, 2);
	assert_string_equal(f->questions[0].options[0].label, "Rất tốt");
	/* i1 and i2 of F1 stay, F2's row of i1 gives way to i3 */
	assert_int_equal(rows_of(now, "L1.2"), 3);
	assert_int_equal(rows_of(now, "L1.3"), 1);
	assert_int_equal(rows_of(now, "L2"), 1);
	plan_free(now);

	/* a criterion that is not there, and a plan that no longer works */
	b.parts.len = b.joined.len = 0;
	put_book(&b, &small_bad);
	assert_true(read_back(&b, "qd-1", &e));
	no_faults(&b);
	assert_true(xlsform_join(p, b.parts.data, b.parts.len, &b.joined,
				 &b.faults, &e));
	assert_true(faults_have(&b.faults, "X04"));
	assert_true(b.faults.n > 1);
	plan_free(p);
	bench_close(&b);
}

static void little_languages_are_read_exactly(void **state)
{
	static const struct {
		const char *in;
		bool ok;
		const char *low, *high;
		int decimals;
	} range[] = {
		{ ". >= 1 and . <= 50", true, "1", "50", -1 },
		{ ".>=1 and .<=50", true, "1", "50", -1 },
		{ " . <= 9.5 ", true, NULL, "9.5", -1 },
		{ ".>=-3", true, "-3", NULL, -1 },
		{ "abs(. - round(.)) < 0.001", true, NULL, NULL, 0 },
		{ "abs(.-round(.))<0.001 and .>=2", true, "2", NULL, 0 },
		{ "abs(. * 10 - round(. * 10)) < 0.001", true, NULL, NULL, 1 },
		{ ". >= 0.5 and . <= 9 and abs( . *100-round(.*100) ) < 0.001 ",
		  true, "0.5", "9", 2 },
		{ "abs(. * 100000 - round(. * 100000)) < 0.001", true, NULL,
		  NULL, 5 },
		{ "abs(. * 1000000 - round(. * 1000000)) < 0.001", false, NULL,
		  NULL, 0 },
		{ "abs(. * 10 - round(. * 100)) < 0.001", false, NULL, NULL,
		  0 },
		{ "abs(. * 10 - round(. * 10)) < 0.1", false, NULL, NULL, 0 },
		{ "abs(.) < 0.001", false, NULL, NULL, 0 },
		{ "abs(. - round(.)) < 0.001 and abs(. - round(.)) < 0.001",
		  false, NULL, NULL, 0 },
		{ "abs(. - round(.)) < 0.0011", false, NULL, NULL, 0 },
		{ ". > 1", false, NULL, NULL, 0 },
		{ ". >= 1 or . <= 5", false, NULL, NULL, 0 },
		{ ". >= 1 and . >= 5", false, NULL, NULL, 0 },
		{ ". >= x", false, NULL, NULL, 0 },
		{ ". >= 1 and", false, NULL, NULL, 0 },
		{ "${a} >= 1", false, NULL, NULL, 0 },
		{ ". >= 1.1234567", false, NULL, NULL, 0 },
	};
	static const struct {
		const char *in;
		long max; /* 0: refused */
	} length[] = { { "string-length(.) <= 200", 200 },
		       { "string-length( . )<=5 ", 5 },
		       { "string-length(.) < 200", 0 },
		       { "string-length(.) <= 0", 0 },
		       { "string-length(.) <= 9999999", 0 },
		       { "string-length(.) <= 5 and . != 'x'", 0 },
		       { "string-length(", 0 } };
	struct arena *a = arena_new(1 << 16);
	struct xrange got;
	long max;
	bool yes;

	(void)state;
	for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
		if (xlsform_range(range[i].in, a, &got) != range[i].ok)
			fail_msg("%s", range[i].in);
		if (!range[i].ok)
			continue;
		same_text(got.low, range[i].low);
		same_text(got.high, range[i].high);
		assert_int_equal(got.decimals, range[i].decimals);
	}
	for (size_t i = 0; i < sizeof length / sizeof *length; i++) {
		bool ok = xlsform_length(length[i].in, &max);

		assert_int_equal(ok, length[i].max > 0);
		if (ok)
			assert_int_equal(max, length[i].max);
	}
	assert_true(xlsform_yes("TRUE()", &yes) && yes);
	assert_true(xlsform_yes("có", &yes) && yes);
	assert_true(xlsform_yes("No", &yes) && !yes);
	assert_true(xlsform_yes(NULL, &yes) && !yes);
	assert_false(xlsform_yes("maybe", &yes));
	arena_free(a);
}

static void a_path_that_cannot_be_written_is_told(void **state)
{
	struct err e = { 0 };
	struct plan *p;

	(void)state;
	assert_true(hash_start(&e));
	p = plan_file_read("tests/data/plan/small.json", &e);
	assert_non_null(p);
	assert_false(xlsform_write(p, 0, "/nonexistent/dir/x.xlsx", &e));
	assert_int_equal(e.kind, ERR_IO);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_out_and_in_again_is_the_same_form),
		cmocka_unit_test(a_form_of_the_field_becomes_parts_of_a_plan),
		cmocka_unit_test(names_that_begin_with_a_digit_come_back),
		cmocka_unit_test(what_a_plan_cannot_carry_is_named),
		cmocka_unit_test(groups_nest_only_so_deep),
		cmocka_unit_test(what_is_no_workbook_is_said_so),
		cmocka_unit_test(parts_are_put_into_a_plan_and_checked),
		cmocka_unit_test(little_languages_are_read_exactly),
		cmocka_unit_test(a_path_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
