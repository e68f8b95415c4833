/* The sheets of an XLSForm as people write them: headings in every way, cells
 * of every kind, rows that are empty, sheets of their own. */
#include "support/xlsform.h"

#include <stdio.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/limits.h"

#define SET "form_title|form_id|version|basis\nPhiếu|P-1|1|thu\n"
#define YN  "list_name|name|label\nyn|co|Có\nyn|khong|Không\n"

/* survey, choices, settings; faults; notes; what stands in the form */
static const struct {
	const char *survey, *choices, *settings, *faults, *notes, *has;
} t[] = {
	/* headings */
	{ "Type|NAME|Label\ntext|Q1|A\n", NULL, SET, "", "", "\"text\":\"A\"" },
	{ " type |name |label :: Tiếng Việt (vi)\ntext|Q1|A\n", NULL, SET, "",
	  "", "\"text\":\"A\"" },
	{ "type|name|label::vi|label::en\ntext|Q1|A|B\n", NULL, SET, "", "",
	  "\"text_en\":\"B\"" },
	{ "type|name|label:vi|label:English\ntext|Q1|A|B\n", NULL, SET, "", "",
	  "\"text\":\"A\",\"text_en\":\"B\"" },
	{ "type|name|label::Vietnamese (vi)|label::English (en)|hint::vi\n"
	  "text|Q1|A|B|C\n",
	  NULL, SET, "", "", "\"note\":\"C\"" },
	{ "type|name|Label::Tiếng Việt\ntext|Q1|A\n", NULL, SET, "", "",
	  "\"text\":\"A\"" },
	/* a heading typed on a Mac: letters and marks apart */
	{ "type|name|label::Tie\xcc\x82\xcc\x81ng Vie\xcc\xa3\xcc\x82t (vi)\n"
	  "text|Q1|A\n",
	  NULL, SET, "", "", "\"text\":\"A\"" },
	{ "type|name|label|label::vi\ntext|Q1|A|B\n", NULL, SET,
	  "X02 /survey/D1", "", NULL },
	{ "type|name|label|label::fr\ntext|Q1|A|B\n", NULL, SET,
	  "X02 /survey/D1", "X00 /survey/D2", NULL },
	{ "type|name|label|media::image::vi\ntext|Q1|A\n", NULL, SET,
	  "X02 /survey/D1", "", NULL },
	{ "type|name|label|coefficient\ntext|Q1|A\n", NULL, SET,
	  "X02 /survey/D1", "", NULL },
	{ "type|name|label|hint::English (en)\ntext|Q1|A|B\n", NULL, SET,
	  "X05 /survey/D2", "", NULL },
	{ "type|name|label|hint::English (en)\ntext|Q1|A|\n", NULL, SET, "", "",
	  "\"Q1\"" },
	{ "type|name|label|required_message::Tiếng Việt (vi)|"
	  "constraint_message::English (en)|guidance_hint\n"
	  "text|Q1|A|Phải ghi|Wrong|x\n",
	  NULL, SET, "", "X00 /survey/D2;X00 /survey/E2;X00 /survey/F2",
	  "\"Q1\"" },
	{ "type|name|label|relevant|default|choice_filter|parameters\n"
	  "text|Q1|A|||1|\n",
	  NULL, SET, "X05 /survey/F2", "", NULL },
	/* rows */
	{ "\n\ntype|name|label\n\n\ntext|Q1|A\n\n\ntext|Q2|B\n\n", NULL, SET,
	  "", "", "\"Q2\"" },
	{ "type|name|label\ntext|Q1|A|x\n", NULL, SET, "X02 /survey/D2", "",
	  NULL },
	{ "type||name|label\ntext|x|Q1|A\n", NULL, SET, "X02 /survey/B2", "",
	  NULL },
	{ "type|name|label\n TEXT | Q1 |  A  \n", NULL, SET, "", "",
	  "\"code\":\"Q1\",\"text\":\"A\"" },
	{ "type|name|label\ntext|Q1|To\xcc\x82\xcc\x81t\n", NULL, SET, "", "",
	  "\"text\":\"Tốt\"" },
	{ "type|name|label\nselect_one  yn|Q1|A\n", YN, SET, "", "",
	  "\"type\":\"single\"" },
	{ "type|name|label\nSelect_One yn|Q1|A\n", YN, SET, "", "",
	  "\"type\":\"single\"" },
	/* kinds of cells */
	{ "type|name|label|required\ntext|Q1|A|TRUE\ntext|Q2|B|FALSE\n", NULL,
	  SET, "", "", "\"required\":true" },
	{ "type|name|label|required\ntext|Q1|A|1\ntext|Q2|B|0\n", NULL, SET, "",
	  "", "\"required\":false" },
	{ "type|name|label|max_bytes\ntext|Q1|A|=5*8,40\n", NULL, SET, "", "",
	  "\"max_bytes\":40" },
	/* a formula whose value is no text is an empty cell */
	{ "type|name|label|max_bytes\ntext|Q1|A|=5*8\n", NULL, SET, "", "",
	  "\"text\":\"A\",\"type\":\"text\"}" },
	/* blanks around, of the keyboard and of the web */
	{ "type|name|label\n\ttext\u00a0|\u00a0Q1 |\u00a0 A \u00a0b \u00a0\n",
	  NULL, SET, "", "", "\"code\":\"Q1\",\"text\":\"A \u00a0b\"" },
	{ "type|name|label\ntext|Q1|A|   \n", NULL, SET, "", "", "Q1" },
	{ "type|name|label|relevant\ntext|Q1|A| \n", NULL, SET, "", "", "Q1" },
	{ "type|name|label|hint\ntext|Q1|A| \n", NULL, SET, "", "",
	  "\"text\":\"A\",\"type\":\"text\"}" },
	{ "type|name|label|max_bytes\ntext|Q1|A|#N/A\n", NULL, SET,
	  "X04 /survey/D2", "", NULL },
	{ "type|name|label\nselect_one yn|Q1|A\n",
	  "list_name|name|label|coefficient\nyn|1|A|%0.5\nyn|2|B|%0\n", SET,
	  "X04 /choices/D2;X04 /choices/D3", "", NULL },
	{ "type|name|label\nselect_one yn|Q1|A\n",
	  "list_name|name|label|coefficient\nyn|1|A|100\nyn|2|B|0\n", SET, "",
	  "", "\"type\":\"scale\"" },
	{ "type|name|label\nselect_one yn|Q1|A\n",
	  "list_name|name|label|ordinal\nyn|co|A|2\nyn|khong|B|=1+0,1\n", SET,
	  "", "", "\"ordinal\":2" },
	/* settings */
	{ "type|name|label\ntext|Q1|A\n", NULL,
	  "form_title|form_id|version|basis\nPhiếu|P-1|2021|thu\n", "", "",
	  "\"version\":\"2021\"" },
	{ "type|name|label\ntext|Q1|A\n", NULL,
	  "form_title|form_id|basis\nPhiếu|P-1|thu\n", "", "",
	  "\"version\":\"1\"" },
	{ "type|name|label\ntext|Q1|A\n", NULL,
	  "title|id_string|basis|style|instance_name\nPhiếu|P-1|thu|pages|x\n",
	  "", "X00 /settings/D2;X00 /settings/E2", "\"code\":\"P-1\"" },
	{ "type|name|label\ntext|Q1|A\n", NULL,
	  "form_title|form_id|version|basis\nPhiếu|P-1|bản 2|thu\n",
	  "X04 /settings/C2", "", NULL },
	{ "type|name|label\ntext|Q1|A\n", NULL, NULL,
	  "X04 /settings/1;X04 /settings/1;X04 /settings/1", "", NULL },
};

static void sheets_are_read_as_people_write_them(void **state)
{
	struct xread b;
	size_t wrong = 0;

	(void)state;
	xread_open(&b);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct xbook books[4] = { { "survey", t[i].survey } };
		struct err e = { 0 };
		size_t n = 1;
		bool ok;

		if (t[i].choices)
			books[n++] = (struct xbook){ "choices", t[i].choices };
		if (t[i].settings)
			books[n++] =
				(struct xbook){ "settings", t[i].settings };
		ok = xread_book(&b, books, NULL, &e);
		if (!ok)
			print_message("%zu: %s\n", i, e.msg);
		ok = ok && strcmp(xread_said(&b, &b.faults), t[i].faults) == 0;
		if (!ok)
			print_message("%zu: faults %s\n", i,
				      xread_said(&b, &b.faults));
		else if (strcmp(xread_said(&b, &b.notes), t[i].notes) != 0) {
			print_message("%zu: notes %s\n", i,
				      xread_said(&b, &b.notes));
			ok = false;
		}
		if (ok && t[i].has && !strstr(b.parts.data, t[i].has)) {
			print_message("%zu: %s\n", i, b.parts.data);
			ok = false;
		}
		wrong += !ok;
	}
	xread_close(&b);
	assert_int_equal(wrong, 0);
}

#define SURVEY                                           \
	{                                                \
		"survey", "type|name|label\ntext|Q1|A\n" \
	}

static void other_sheets_are_notes_unless_they_mean_something(void **state)
{
	static const struct {
		struct xbook books[5];
		const char *faults;
	} b[] = {
		{ { SURVEY, { "settings", SET }, { "Ghi chú", "a|b\n" } }, "" },
		{ { SURVEY, { "settings", SET }, { "entities", "a|b\n" } },
		  "X05 /entities" },
		{ { SURVEY,
		    { "settings", SET },
		    { "OSM", "a\n" },
		    { "external_choices", "a\n" } },
		  "X05 /OSM;X05 /external_choices" },
		{ { { "Survey", "type|name|label\ntext|Q1|A\n" },
		    { "SETTINGS", SET } },
		  "" },
		{ { { "Sheet1", "type|name|label\ntext|Q1|A\n" },
		    { "settings", SET } },
		  "X01 /survey" },
		{ { { "survey", "\n" }, { "settings", SET } }, "X01 /survey" },
	};
	struct err e = { 0 };
	struct xread r;

	(void)state;
	xread_open(&r);
	for (size_t i = 0; i < sizeof b / sizeof *b; i++) {
		assert_true(xread_book(&r, b[i].books, NULL, &e));
		if (strcmp(xread_said(&r, &r.faults), b[i].faults) != 0)
			fail_msg("%zu: %s", i, r.said);
	}
	xread_close(&r);
}

static void a_survey_past_its_rows_is_refused_whole(void **state)
{
	struct buf s = BUF_INIT(4 << 20);
	struct xbook books[] = { { "survey", NULL },
				 { "settings", SET },
				 { NULL, NULL } };
	struct err e = { 0 };
	struct xread r;

	(void)state;
	buf_adds(&s, "type|name|label\n");
	for (int i = 0; i < LIMIT_XLSFORM_ROWS; i++)
		buf_addf(&s, "text|Q%d|A\n", i + 1);
	xread_open(&r);
	books[0].rows = buf_cstr(&s);
	assert_true(xread_book(&r, books, NULL, &e));
	buf_adds(&s, "text|Q|A\n");
	books[0].rows = buf_cstr(&s);
	assert_false(xread_book(&r, books, NULL, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.msg, "survey"));
	xread_close(&r);
	buf_free(&s);
}

static int start(void **state)
{
	struct err e = { 0 };

	(void)state;
	return hash_start(&e) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sheets_are_read_as_people_write_them),
		cmocka_unit_test(
			other_sheets_are_notes_unless_they_mean_something),
		cmocka_unit_test(a_survey_past_its_rows_is_refused_whole),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
