/* Answers as clients write them in an instance, one element changed at a time:
 * what the sheet then says, or the fault and its place. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/hash.h"
#include "phieu/sheet.h"
#include "phieu/xform.h"

struct one {
	const char *what; /* head, profile, rating, end or meta */
	const char *xml;  /* what is put there */
	const char *want; /* piece of the filled sheet, or "!fault place" */
};

/* Plan numbers.json: whole numbers and decimals as Collect, KoboCollect,
 * Enketo and ODK Web Forms write them. */
static const struct one numbers[] = {
	{ "rating", "<W1>7</W1>", "<W1>7</W1>" },
	{ "rating", "<W1> 7 </W1>", "<W1>7</W1>" },
	{ "rating", "<W1>7.0</W1>", "<W1>7</W1>" },
	{ "rating", "<W1>07</W1>", "<W1>7</W1>" },
	{ "rating", "<W1>50</W1>", "<W1>50</W1>" },
	{ "rating", "<W1>51</W1>", "!V07 /data/ratings/r1/W1" },
	{ "rating", "<W1>7.5</W1>", "!V07 /data/ratings/r1/W1" },
	{ "rating", "<W1>-1</W1>", "!V07 /data/ratings/r1/W1" },
	{ "rating", "<W1>7,0</W1>", "!V07 /data/ratings/r1/W1" },
	{ "rating", "<W1>1e1</W1>", "!V07 /data/ratings/r1/W1" },
	{ "rating", "<W1>NaN</W1>", "!V07 /data/ratings/r1/W1" },
	{ "rating", "<W1/>", "!V05 /data/ratings/r1/W1" },
	{ "rating", "<W1>   </W1>", "!V05 /data/ratings/r1/W1" },
	{ "rating", "<W1>7</W1><W3>-3</W3>", "<W3>-3</W3>" },
	{ "rating", "<W1>7</W1><W3>-4</W3>", "!V07 /data/ratings/r1/W3" },
	{ "rating", "<W1>7</W1><W4>9000000000</W4>", "<W4>9000000000</W4>" },
	{ "rating", "<W1>7</W1><W4>9.0E9</W4>", "!V07 /data/ratings/r1/W4" },
	{ "rating", "<W1>7</W1><D1>-0.1</D1>", "<D1>-0.1</D1>" },
	{ "rating", "<W1>7</W1><D1>0.15</D1>", "!V07 /data/ratings/r1/D1" },
	{ "rating", "<W1>7</W1><D2>1.15</D2>", "<D2>1.15</D2>" },
	{ "rating", "<W1>7</W1><D2>1.150</D2>", "<D2>1.15</D2>" },
	{ "rating", "<W1>7</W1><D2>1.155</D2>", "!V07 /data/ratings/r1/D2" },
	{ "rating", "<W1>7</W1><D2>10.01</D2>", "!V07 /data/ratings/r1/D2" },
	{ "rating", "<W1>7</W1><D6>0.000001</D6>", "<D6>0.000001</D6>" },
	{ "rating", "<W1>7</W1><D6>0.0000001</D6>",
	  "!V07 /data/ratings/r1/D6" },
	{ "rating", "<W1>_unreadable</W1>", "<W1>_unreadable</W1>" },
	{ "rating", "<W1>7</W1><X2>_dont-know</X2>", "<X2>_dont-know</X2>" },
};

/* Plan sheet_plan.json: choices, several choices, texts, the head. */
static const struct one sheets[] = {
	{ "rating", "<Q1>A</Q1>", "<Q1>A</Q1>" },
	{ "rating", "<Q1> A </Q1>", "<Q1>A</Q1>" },
	{ "rating", "<Q1>a</Q1>", "!V07 /data/ratings/r1/Q1" },
	{ "rating", "<Q1>A B</Q1>", "!V06 /data/ratings/r1/Q1" },
	{ "rating", "<Q1/>", "!V05 /data/ratings/r1/Q1" },
	{ "rating", "<Q1>_unreadable</Q1>", "<Q1>_unreadable</Q1>" },
	{ "rating", "<Q1>_dont-know</Q1>", "<Q1>_dont-know</Q1>" },
	{ "rating", "<Q1>_other</Q1>", "!V07 /data/ratings/r1/Q1" },
	{ "rating", "<Q1>A</Q1><Q4>A</Q4>", "!V07 /data/ratings/r1/Q4" },
	{ "rating", "<Q1>A</Q1><Q4/>", "<Q1>A</Q1>" },
	{ "rating", "<Q1>A</Q1><Q5>kb</Q5>", "<Q5>kb</Q5>" },
	{ "rating", "<Q1>A</Q1><Q5>cu</Q5>", "!V07 /data/ratings/r1/Q5" },
	{ "rating", "<Q1>A</Q1><M1>a</M1>", "<M1>a</M1>" },
	{ "rating", "<Q1>A</Q1><M1>c a</M1>", "<M1>a c</M1>" },
	{ "rating", "<Q1>A</Q1><M1>  a \n b </M1>", "<M1>a b</M1>" },
	{ "rating", "<Q1>A</Q1><M1>a a</M1>", "!V07 /data/ratings/r1/M1" },
	{ "rating", "<Q1>A</Q1><M1>a z</M1>", "!V07 /data/ratings/r1/M1" },
	{ "rating", "<Q1>A</Q1><M1>_unreadable</M1>", "<M1>_unreadable</M1>" },
	{ "rating", "<Q1>A</Q1><T1>Tốt &lt;&amp;&gt;</T1>",
	  "<T1>Tốt &lt;&amp;&gt;</T1>" },
	{ "rating", "<Q1>A</Q1><T1>To\xcc\x82\xcc\x81t</T1>", "<T1>Tốt</T1>" },
	{ "rating", "<Q1>A</Q1><T1><![CDATA[<b>]]></T1>",
	  "<T1>&lt;b&gt;</T1>" },
	{ "rating",
	  "<Q1>A</Q1><T1>dài quá bốn mươi byte, nhất là tiếng Việt</T1>",
	  "!V07 /data/ratings/r1/T1" },
	{ "rating", "<Q1>A</Q1><N1>100.5</N1>", "<N1>100.5</N1>" },
	{ "rating", "<Q1>A</Q1><N1>100.6</N1>", "!V07 /data/ratings/r1/N1" },
	{ "rating", "<Q1>A</Q1><Q9>A</Q9>", "!V07 /data/ratings/r1/Q9" },
	{ "rating", "<Q1>A</Q1><Q1>B</Q1>", "!V00 /data/ratings/r1/Q1" },
	{ "rating", "<Q1>A</Q1><Q2><x/>A</Q2>", "!V00 /data/ratings/r1/Q2" },
	{ "profile", "<tuoi>gia</tuoi>", "<tuoi>gia</tuoi>" },
	{ "profile", "<tuoi/>", "<gioi-tinh>nam</gioi-tinh>" },
	{ "profile", "<tuoi>nua</tuoi>", "!V08 /data/profile/tuoi" },
	{ "profile", "<mau>x</mau>", "!V08 /data/profile/mau" },
	{ "end", "<comment>Tốt</comment>", "<comment>Tốt</comment>" },
	{ "end", "<comment> \n </comment>", "<Q1>A</Q1>" },
	{ "end", "<photo-1>a.jpg</photo-1>", "<Q1>A</Q1>" },
	{ "meta", "<deprecatedID>uuid:0</deprecatedID>",
	  "<deprecatedID>uuid:0</deprecatedID>" },
	{ "meta", "<deprecatedID/>", "<Q1>A</Q1>" },
	{ "meta", "<deprecatedID>uuid:1</deprecatedID>",
	  "!V00 /data/meta/deprecatedID" },
	{ "meta", "<instanceName>x</instanceName>", "<Q1>A</Q1>" },
	{ "head", "<trial/><paper/>", "<Q1>A</Q1>" },
	{ "head", "<keying>2</keying>", "<keying>2</keying>" },
	{ "head", "<keying>1</keying>", "<keying>1</keying>" },
	{ "head", "<keying>3</keying>", "!V00 /data/head/keying" },
	{ "head", "<lạ>x</lạ>", "!V00 /data/head/lạ" },
};

struct form_in {
	const char *plan, *id, *form, *home, *rating;
	const char *profile;
};

static void put(struct buf *b, const struct form_in *in, const struct one *o)
{
	bool rating = strcmp(o->what, "rating") == 0;
	struct sheet_no no;
	char text[SHEET_TEXT_MAX];
	struct err e = { 0 };

	assert_true(sheet_make(in->form, 1, &no, &e));
	b->len = 0;
	buf_addf(
		b,
		"<data id=\"%s\" version=\"1-0\"><head><sheet>%s</sheet><group>"
		"cong-chuc</group><home>%s</home><collected>2021-01-15"
		"</collected>%s</head><profile>%s%s</profile>",
		in->id, sheet_text(&no, text), in->home,
		strcmp(o->what, "head") == 0 ? o->xml : "", in->profile,
		strcmp(o->what, "profile") == 0 ? o->xml : "");
	buf_addf(b,
		 "<ratings><r1><unit>%s</unit>%s</r1></ratings><end-page>%s"
		 "</end-page><meta><instanceID>uuid:1</instanceID>%s</meta>"
		 "</data>",
		 in->home, rating ? o->xml : in->rating,
		 strcmp(o->what, "end") == 0 ? o->xml : "",
		 strcmp(o->what, "meta") == 0 ? o->xml : "");
	assert_non_null(buf_cstr(b));
}

/* The faults as "!V07 /data/…;…", or the sheet written again. */
static const char *answer(const struct plan *p, const struct buf *xml,
			  struct buf *out)
{
	struct arena *a = arena_new((size_t)16 << 20);
	struct xform_meta meta;
	struct submission s;
	struct err e = { 0 };
	struct faults f;
	unsigned flags = 0;
	size_t from;

	out->len = 0;
	faults_init(&f, a);
	if (!xform_read(xml->data, xml->len, p, a, &s, &meta, &f, &e)) {
		buf_addf(out, "quarantine %s", e.msg);
		goto done;
	}
	from = f.n;
	submission_check(p, &s, date_from_ymd(2021, 2, 1), &f, &flags);
	xform_places(&meta, &f, from);
	for (size_t i = 0; i < f.n; i++)
		buf_addf(out, "%s%s %s", i ? ";" : "!", f.list[i].code,
			 f.list[i].path);
	if (f.n == 0 && !xform_fill(p, &s, out, &e))
		buf_addf(out, "not filled: %s", e.msg);
done:
	arena_free(a);
	return buf_cstr(out) ? out->data : "";
}

static size_t judge(const struct form_in *in, const struct one *list, size_t n)
{
	struct buf xml = BUF_INIT(1 << 16), out = BUF_INIT(1 << 16),
		   again = BUF_INIT(1 << 16);
	struct err e = { 0 };
	struct plan *p = plan_file_read(in->plan, &e);
	size_t wrong = 0;

	assert_non_null(p);
	for (size_t i = 0; i < n; i++) {
		const char *got;
		bool ok;

		put(&xml, in, &list[i]);
		got = answer(p, &xml, &out);
		ok = list[i].want[0] == '!'
			     ? strcmp(got, list[i].want) == 0
			     : got[0] == '<' && strstr(got, list[i].want);
		if (!ok) {
			print_message("%s %s: %.400s, want %s\n", list[i].what,
				      list[i].xml, got, list[i].want);
			wrong++;
			continue;
		}
		/* what was written says the same once more */
		if (got[0] == '<' &&
		    strcmp(answer(p, &out, &again), out.data) != 0) {
			print_message("%s: %s\n  then %s\n", list[i].xml,
				      out.data, again.data);
			wrong++;
		}
	}
	plan_free(p);
	buf_free(&xml);
	buf_free(&out);
	buf_free(&again);
	return wrong;
}

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void numbers_are_read_as_clients_write_them(void **state)
{
	static const struct form_in in = { "tests/data/plan/numbers.json",
					   "so-2021~N-1~1",
					   "N1",
					   "so-a",
					   "",
					   "" };
	struct one list[N(numbers)];
	char with[N(numbers)][200];

	(void)state;
	for (size_t i = 0; i < N(numbers); i++) {
		list[i] = numbers[i];
		(void)snprintf(with[i], sizeof with[i], "<Q1>A</Q1>%s",
			       numbers[i].xml);
		list[i].xml = with[i];
	}
	assert_int_equal(judge(&in, list, N(list)), 0);
}

static void answers_are_read_as_clients_write_them(void **state)
{
	static const struct form_in in = { "tests/data/sheet_plan.json",
					   "thu-2021~T-1~1",
					   "T1",
					   "so-a",
					   "<Q1>A</Q1>",
					   "<gioi-tinh>nam</gioi-tinh>" };

	(void)state;
	assert_int_equal(judge(&in, sheets, N(sheets)), 0);
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
		cmocka_unit_test(numbers_are_read_as_clients_write_them),
		cmocka_unit_test(answers_are_read_as_clients_write_them),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
