#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../collector/xform_parts.h"
#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/sheet.h"
#include "phieu/simulate.h"
#include "phieu/xform.h"
#include "phieu/xml.h"

#define SHEETS 250

static const char *const shipped[] = {
	"collector/plans/lai-chau-2020.json",
	"collector/plans/sipas-2017-example.json",
	"collector/plans/two-level-example.json",
	"tests/data/plan/ways.json",
	"tests/data/plan/numbers.json",
};
#define N_SHIPPED (sizeof shipped / sizeof *shipped)

static struct plan *load(const char *path)
{
	struct err e = { 0 };
	struct plan *p;

	assert_true(hash_start(&e));
	p = plan_file_read(path, &e);
	if (!p)
		fail_msg("%s: %s", path, e.msg);
	return p;
}

/* A sheet by the JSON way, and the same through an instance. */
struct both {
	const struct plan *p;
	size_t lines, compared;
};

static bool compare(const char *json, size_t n, void *ctx, struct err *e)
{
	struct both *t = ctx;
	struct arena *a = arena_new((size_t)8 << 20);
	struct buf was = BUF_INIT(1 << 20), xml = BUF_INIT(1 << 20),
		   now = BUF_INIT(1 << 20);
	struct submission s, back;
	struct xform_meta meta;
	struct faults f;
	size_t before;

	t->lines++;
	faults_init(&f, a);
	if (!submission_read(json, n, t->p, a, &s, &f, e) || s.form == NONE) {
		e->kind = ERR_NONE;
		goto out;
	}
	submission_write(t->p, &s, &was);
	before = f.n;
	assert_true(xform_fill(t->p, &s, &xml, e));
	faults_init(&f, a);
	if (!xform_read(xml.data, xml.len, t->p, a, &back, &meta, &f, e))
		fail_msg("%s\n%s", xml.data, e->msg);
	submission_write(t->p, &back, &now);
	assert_string_equal(now.data, was.data);
	if (before == 0)
		assert_int_equal(f.n, 0);
	t->compared++;
out:
	buf_free(&was);
	buf_free(&xml);
	buf_free(&now);
	arena_free(a);
	return true;
}

static void the_same_sheet_by_both_ways_is_the_same_submission(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SHIPPED; i++) {
		struct plan *p = load(shipped[i]);
		struct simulate how = { .seed = "phiếu",
					.n = SHEETS,
					.spoil = true };
		struct simulate_count count;
		struct both t = { .p = p };
		struct err e = { 0 };

		assert_true(simulate(p, &how, compare, &t, &count, &e));
		assert_true(t.compared >= SHEETS);
		plan_free(p);
	}
}

/* ---- forms --------------------------------------------------------------- */

#define MANY ((size_t)40000)

static const struct xml_limits form_limits = { .bytes = 64 << 20,
					       .depth = 40,
					       .elements = 500000,
					       .attrs = 20,
					       .tag = 64 << 10,
					       .text = 64 << 10 };

struct form_seen {
	struct xml_node *root, *model, *primary;
	const char **ids; /* of the first translation */
	size_t n_ids, translations;
};

static void see_texts(struct form_seen *s, struct arena *a)
{
	struct xml_node *t, *x, *itext = xml_child(s->model, "itext");
	size_t n;

	s->ids = arena_array(a, MANY, sizeof *s->ids);
	for (t = itext->first; t; t = t->next) {
		n = 0;
		for (x = t->first; x; x = x->next, n++) {
			const char *id = xml_node_attr(x, "id");

			assert_true(*xml_child(x, "value")->text);
			if (s->translations == 0)
				s->ids[s->n_ids++] = id;
			else
				assert_string_equal(s->ids[n], id);
		}
		assert_int_equal(n, s->n_ids);
		s->translations++;
	}
	assert_string_equal(xml_node_attr(itext->first, "lang"),
			    "Tiếng Việt (vi)");
	assert_string_equal(xml_node_attr(itext->first, "default"), "true()");
}

static void has_text(const struct form_seen *s, const char *id, size_t n)
{
	for (size_t i = 0; i < s->n_ids; i++)
		if (strncmp(s->ids[i], id, n) == 0 && s->ids[i][n] == '\0')
			return;
	fail_msg("no text %.*s", (int)n, id);
}

/* The element of the primary instance that an absolute path names. */
static void has_path(const struct form_seen *s, const char *path)
{
	const struct xml_node *n = s->primary;
	char name[256];

	assert_int_equal(strncmp(path, "/data", 5), 0);
	for (path += 5; *path == '/'; path += strlen(name)) {
		path++;
		(void)snprintf(name, sizeof name, "%.*s",
			       (int)strcspn(path, "/"), path);
		n = xml_child(n, name);
		if (!n)
			fail_msg("no element for %s", path);
	}
}

static void see_attrs(const struct form_seen *s, const struct xml_node *n)
{
	static const char call[] = "jr:itext('";

	for (size_t i = 0; i < n->n_attrs; i++) {
		const char *v = n->attrs[i].value;

		if (strncmp(v, call, sizeof call - 1) == 0)
			has_text(s, v + sizeof call - 1,
				 strcspn(v + sizeof call - 1, "'"));
		if (v[0] == '/' && (strcmp(n->attrs[i].name, "ref") == 0 ||
				    strcmp(n->attrs[i].name, "nodeset") == 0))
			has_path(s, v);
	}
	if (strcmp(n->name, "itextId") == 0)
		has_text(s, n->text, n->text_n);
	if (strcmp(n->name, "bind") == 0) {
		assert_int_equal(!xml_node_attr(n, "required"),
				 !xml_node_attr(n, "requiredMsg"));
		assert_int_equal(!xml_node_attr(n, "constraint"),
				 !xml_node_attr(n, "constraintMsg"));
	}
	for (const struct xml_node *c = n->first; c; c = c->next)
		see_attrs(s, c);
}

static void is_whole(const struct plan *p, const struct xform *x)
{
	struct arena *a = arena_new((size_t)256 << 20);
	struct form_seen s = { .root = NULL };
	struct err e = { 0 };
	char hash[XFORM_HASH_MAX];

	s.root = xml_parse(x->file.bytes, x->file.n, &form_limits, a, &e);
	if (!s.root)
		fail_msg("%s: %s", x->id, e.msg);
	s.model = xml_child(xml_child(s.root, "head"), "model");
	s.primary = xml_child(xml_child(s.model, "instance"), "data");
	assert_non_null(s.primary);
	assert_string_equal(xml_node_attr(s.primary, "id"), x->id);
	assert_string_equal(xml_node_attr(s.primary, "version"), x->version);
	see_texts(&s, a);
	see_attrs(&s, s.root);
	has_path(&s, "/data/meta/instanceID");
	has_path(&s, "/data/meta/instanceName");
	if (p->is_trial) {
		assert_non_null(strstr(x->title, "mẫu thử"));
		assert_non_null(strstr(x->file.bytes,
				       "Mẫu thử, không phải phiếu chính thức"));
	}
	xform_hash(x->file.bytes, x->file.n, hash);
	assert_string_equal(hash, x->file.hash);
	assert_int_equal(xform_find(p, x->id), x->form);
	arena_free(a);
}

static void every_form_is_whole(void **state)
{
	static const struct xform_opts opts[] = {
		{ .submission_url = NULL },
		{ .inline_max = 1, .no_photos = true },
		{ .inline_max = 1000,
		  .submission_url = "https://x.vn/a?b&c=<d>" },
	};

	(void)state;
	for (size_t i = 0; i < N_SHIPPED; i++) {
		struct plan *p = load(shipped[i]);
		struct arena *a = arena_new((size_t)256 << 20);
		struct err e = { 0 };
		struct xform x;

		for (size_t form = 0; form < p->n_forms; form++)
			for (size_t o = 0; o < 3; o++) {
				assert_true(xform_make(p, form, &opts[o], a, &x,
						       &e));
				is_whole(p, &x);
				assert_int_equal(!strstr(x.file.bytes,
							 "/photo-1"),
						 opts[o].no_photos);
				if (o == 2)
					assert_int_equal(x.n_media, 0);
			}
		arena_free(a);
		plan_free(p);
	}
}

static void the_version_follows_the_content(void **state)
{
	struct plan *p = load(shipped[0]);
	struct xform_opts other = { .submission_url = "https://x.vn/" };
	struct arena *a = arena_new((size_t)64 << 20);
	struct buf b = BUF_INIT(16 << 20);
	struct err e = { 0 };
	struct xform one, same, changed;

	(void)state;
	assert_true(xform_make(p, 0, NULL, a, &one, &e));
	assert_true(xform_make(p, 0, NULL, a, &same, &e));
	assert_true(xform_make(p, 0, &other, a, &changed, &e));
	assert_string_equal(one.version, same.version);
	assert_string_equal(one.file.hash, same.file.hash);
	assert_string_not_equal(one.version, changed.version);
	assert_string_equal(one.id, "lai-chau-2020~CT-01~1");
	assert_string_equal(one.file.name, "lai-chau-2020~CT-01~1.xml");
	assert_int_equal(strncmp(one.version, "1-", 2), 0);
	assert_true(xform_write(p, 0, NULL, &b, &e));
	assert_string_equal(b.data, one.file.bytes);
	assert_int_equal(xform_find(p, "lai-chau-2020~CT-01"), NONE);
	assert_int_equal(xform_find(p, ""), NONE);
	buf_free(&b);
	arena_free(a);
	plan_free(p);
}

static void lists_too_long_for_the_form_are_files(void **state)
{
	static const struct xform_opts small = { .inline_max = 1 };
	struct plan *p = load("tests/data/plan/ways.json");
	struct arena *a = arena_new((size_t)64 << 20);
	struct err e = { 0 };
	struct xform_file files[XFORM_MEDIA_MAX];
	size_t form = plan_form(p, "S-02", "1"), n;

	(void)state;
	assert_true(xform_media(p, form, &small, a, files, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(files[0].name, "homes.csv");
	assert_string_equal(files[0].type, "text/csv");
	assert_non_null(strstr(files[0].bytes, "name,label,groups,own1\r\n"));
	assert_non_null(strstr(files[0].bytes, ",cong-chuc-so,so-1\r\n"));
	assert_non_null(strstr(files[0].bytes, ",van-phong-xa,\r\n"));
	assert_string_equal(files[1].name, "units-2.csv");
	assert_non_null(strstr(files[1].bytes, "name,label,homes\r\n"));
	assert_non_null(strstr(files[1].bytes, "(Phòng A, kế toán, Phòng C)"));
	assert_non_null(strstr(files[1].bytes, "(Phòng \"\"B\"\")\",*\r\n"));
	assert_non_null(strstr(files[1].bytes, ",xa-01 xa-02\r\n"));
	arena_free(a);
	plan_free(p);
}

/* What stands in a form for a rule of the plan. */
static void rules_of_the_plan_stand_in_the_form(void **state)
{
	static const char *const ways[][2] = {
		{ "S-01", "relevant=\"format-date(/data/head/collected,"
			  "'%Y%m%d')&gt;=20260201\"" },
		{ "S-01", "relevant=\"format-date(/data/head/collected,"
			  "'%Y%m%d')&lt;=20260228\"" },
		{ "S-01", "relevant=\"selected('lanh-dao-xa',"
			  "/data/head/group)\"" },
		{ "S-01", "[(from='' or from&lt;=format-date(" },
		{ "S-01", "<from>20260201</from><to></to>" },
		{ "S-01", ".!=/data/ratings-2/r1/unit and "
			  ".!=/data/ratings-2/r2/unit" },
		{ "S-02", "[selected(groups,/data/head/group)]" },
		{ "S-02", "homes='*' or selected(homes,/data/head/home)" },
		{ "S-02", "nodeset=\"/data/ratings/r1/_1a\"" },
		{ "S-02", "nodeset=\"/data/ratings/r1/_unit\"" },
		{ "S-02", "nodeset=\"/data/profile/_9sex\"" },
		{ "S-02", "constraint=\".&gt;=0\"" },
		{ "S-02", "constraint=\".&lt;=9.5\"" },
		{ "S-02", "string-length(.)&lt;=10" },
		{ "S-02", "appearance=\"minimal\"" },
		{ "S-02", "not(selected(/data/head/paper,'blank'))" },
		{ "S-02", "Ghi &lt;số&gt; &amp; không ghi chữ" },
		{ "X-01", "relevant=\"selected('so-1',/data/head/home)\"" },
		{ "X-01", "relevant=\"selected('so-1 so-2',"
			  "/data/head/home)\"" },
	};
	static const char *const never[][2] = { { "S-02", "/BO" },
						{ "S-02", ">Cũ<" } };
	struct plan *p = load("tests/data/plan/ways.json");
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct buf b = BUF_INIT(16 << 20);

		assert_true(xform_write(p, plan_form(p, ways[i][0], "1"), NULL,
					&b, &e));
		if (!strstr(b.data, ways[i][1]))
			fail_msg("%s has no %s", ways[i][0], ways[i][1]);
		buf_free(&b);
	}
	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		struct buf b = BUF_INIT(16 << 20);

		assert_true(xform_write(p, plan_form(p, never[i][0], "1"), NULL,
					&b, &e));
		assert_null(strstr(b.data, never[i][1]));
		buf_free(&b);
	}
	plan_free(p);
}

static void numbers_are_held_to_their_decimals(void **state)
{
	static const char *const has[] = {
		"/W1\" type=\"int\" required=\"not(selected(/data/head/paper,"
		"'blank'))\" jr:requiredMsg=\"jr:itext('s-required')\" "
		"constraint=\".&gt;=0 and .&lt;=50\"",
		"/W2\" type=\"int\"/>",
		"/W3\" type=\"int\" constraint=\".&gt;=-3\"",
		/* past 32 bits no client has an int */
		"/W4\" type=\"decimal\" constraint=\".&gt;=0 and "
		".&lt;=9000000000 and abs(. - round(.)) &lt; 0.001\"",
		"/D1\" type=\"decimal\" constraint=\".&lt;=99.5 and abs(. * 10 "
		"- round(. * 10)) &lt; 0.001\" jr:constraintMsg=\"jr:itext("
		"'c-D1')\"",
		"/D5\" type=\"decimal\" constraint=\"abs(. * 100000 - round(. "
		"* 100000)) &lt; 0.001\"",
		"/D6\" type=\"decimal\"/>",
		"/X2\" type=\"decimal\"/>",
		"\"c-W1\"><value>Số nguyên từ 0 đến 50</value>",
		"\"c-W2\"><value>Số nguyên</value>",
		"\"c-D2\"><value>Số từ 0.25 đến 10 (không quá 2 chữ số thập "
		"phân)</value>",
		"\"c-X1\"><value>Số từ … đến -1</value>",
	};
	struct plan *p = load("tests/data/plan/numbers.json");
	struct buf b = BUF_INIT(16 << 20);
	struct err e = { 0 };

	(void)state;
	assert_true(xform_write(p, 0, NULL, &b, &e));
	for (size_t i = 0; i < sizeof has / sizeof *has; i++)
		if (!strstr(buf_cstr(&b), has[i]))
			fail_msg("no %s", has[i]);
	assert_null(strstr(b.data, "\"c-D6\""));
	assert_null(strstr(b.data, "\"c-X2\""));
	buf_free(&b);
	plan_free(p);
}

/* Walks the table of a constraint as its XPath does. */
static char walk(const char *table, char state, const char *digits)
{
	for (; *digits; digits++)
		state = table[10 * (state - '0') + (*digits - '0')];
	return state;
}

static void the_check_digit_of_a_form_is_that_of_its_sheets(void **state)
{
	static const char *const codes[] = { "CT-01", "CH-03", "SIPAS",
					     "X-02",  "1A",    "Z9.b" };
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		struct buf b = BUF_INIT(1 << 16);
		char example[SHEET_TEXT_MAX], digits[16];
		const char *table, *start;

		assert_true(sheet_constraint(codes[i], &b, example,
					     sizeof example));
		table = strstr(b.data, "'0317");
		assert_non_null(table);
		/* the innermost step begins with the state of the prefix */
		for (start = table; strstr(start + 1, "10*");)
			start = strstr(start + 1, "10*");
		for (uint32_t serial = 1; serial < 100000; serial += 811) {
			struct sheet_no no;
			char text[SHEET_TEXT_MAX];

			assert_true(sheet_make(codes[i], serial, &no, &e));
			(void)sheet_text(&no, text);
			(void)snprintf(digits, sizeof digits, "%05u%c",
				       (unsigned)serial,
				       text[strlen(text) - 1]);
			assert_int_equal(walk(table + 1, start[3], digits),
					 '0');
			digits[2] =
				digits[2] == '9' ? '0' : (char)(digits[2] + 1);
			assert_int_not_equal(walk(table + 1, start[3], digits),
					     '0');
		}
		buf_free(&b);
	}
}

static void what_is_no_form_cannot_be_filled(void **state)
{
	struct plan *p = load(shipped[0]);
	struct submission s = { .form = NONE };
	struct buf b = BUF_INIT(1 << 16);
	struct err e = { 0 };

	(void)state;
	assert_false(xform_fill(p, &s, &b, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	buf_free(&b);
	plan_free(p);
}

static void too_little_memory_is_said(void **state)
{
	struct plan *p = load(shipped[0]);
	struct err e = { 0 };
	struct xform x;
	size_t max;

	(void)state;
	for (max = 100; max < (size_t)1 << 20; max *= 2) {
		struct arena *a = arena_new(max);
		bool ok = xform_make(p, 1, NULL, a, &x, &e);

		arena_free(a);
		if (ok)
			break;
		assert_int_equal(e.kind, ERR_NOMEM);
	}
	assert_true(max > 10000 && max < (size_t)1 << 20);
	{
		struct buf b = BUF_INIT(1000);

		assert_false(xform_write(p, 0, NULL, &b, &e));
		assert_int_equal(e.kind, ERR_NOMEM);
		buf_free(&b);
	}
	plan_free(p);
}

/* ---- what clients send --------------------------------------------------- */

static void names_of_files_and_devices_are_kept(void **state)
{
	static const char xml[] =
		"<data id='lai-chau-2020~CH-01~1' version='v'>"
		"<deviceid>collect:1</deviceid><end-page>"
		"<photo-1>trang 1 \u0110.jpg</photo-1><photo-2> b.png "
		"</photo-2>"
		"</end-page><meta><instanceID>uuid:1</instanceID>"
		"<instanceName>CH-01 x</instanceName>"
		"<deprecatedID>uuid:0</deprecatedID></meta></data>";
	struct plan *p = load(shipped[0]);
	struct arena *a = arena_new(1 << 20);
	struct err e = { 0 };
	struct xform_meta m;
	struct submission s;
	struct faults f;

	(void)state;
	faults_init(&f, a);
	assert_true(xform_read(xml, sizeof xml - 1, p, a, &s, &m, &f, &e));
	assert_string_equal(s.instance, "uuid:1");
	assert_string_equal(s.replaces, "uuid:0");
	assert_string_equal(m.deprecated, "uuid:0");
	assert_string_equal(m.device, "collect:1");
	assert_string_equal(m.form_version, "v");
	assert_string_equal(m.instance_name, "CH-01 x");
	assert_int_equal(m.n_files, 2);
	assert_string_equal(m.files[0], "trang 1 \u0110.jpg");
	assert_string_equal(m.files[1], "b.png");
	arena_free(a);
	plan_free(p);
}

/* The first fault as "V05 /data/ratings/r1/Q1", "ok", or "quarantine …". */
static const char *answer_to(const struct plan *p, const char *xml, size_t n,
			     char *out, size_t size)
{
	struct arena *a = arena_new((size_t)32 << 20);
	struct err e = { 0 };
	struct xform_meta meta;
	struct submission s;
	struct faults f;
	unsigned flags;
	size_t from;

	faults_init(&f, a);
	if (!xform_read(xml, n, p, a, &s, &meta, &f, &e)) {
		assert_int_equal(e.kind, ERR_INPUT);
		(void)snprintf(out, size, "quarantine %s", e.msg);
		arena_free(a);
		return out;
	}
	from = f.n;
	submission_check(p, &s, date_from_ymd(2021, 2, 1), &f, &flags);
	xform_places(&meta, &f, from);
	for (size_t i = 0; i < f.n; i++) {
		if (f.list[i].path[0] != '/' ||
		    strncmp(f.list[i].path + 1, meta.root, strlen(meta.root)))
			fail_msg("%s is no place of the instance",
				 f.list[i].path);
		assert_true(*f.list[i].message && *f.list[i].message_vi);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(f.list[k].path, f.list[i].path);
	}
	if (f.n == 0)
		(void)snprintf(out, size, "ok");
	else
		(void)snprintf(out, size, "%s %s", f.list[0].code,
			       f.list[0].path);
	arena_free(a);
	return out;
}

/* Words of a quarantine need only stand in the message. */
static bool agrees(const char *got, const char *want)
{
	if (strncmp(want, "quarantine ", 11) != 0)
		return strcmp(got, want) == 0;
	return strncmp(got, "quarantine ", 11) == 0 &&
	       strstr(got + 11, want + 11);
}

#define FILES "tests/data/xforms/"

static void every_file_gets_its_stated_answer(void **state)
{
	struct plan *p = load(shipped[0]);
	struct err e = { 0 };
	size_t n, n_xml, files = 0, honest = 0, wrong = 0;
	char *list = file_read(FILES "answers.txt", 1 << 20, &n, &e);
	char path[256], got[512];

	(void)state;
	assert_non_null(list);
	for (char *line = list, *end; (end = strchr(line, '\n'));
	     line = end + 1) {
		char *tab = strchr(line, '\t'), *xml;

		*end = '\0';
		if (*line == '#')
			continue;
		assert_non_null(tab);
		*tab = '\0';
		(void)snprintf(path, sizeof path, FILES "%s.xml", line);
		xml = file_read(path, LIMIT_XML_BYTES * 2, &n_xml, &e);
		if (!xml)
			fail_msg("%s: %s", path, e.msg);
		(void)answer_to(p, xml, n_xml, got, sizeof got);
		if (!agrees(got, tab + 1)) {
			print_message("%s: %s\nwanted %s\n", line, got,
				      tab + 1);
			wrong++;
		}
		honest += strcmp(got, "ok") == 0;
		free(xml);
		files++;
	}
	assert_int_equal(wrong, 0);
	assert_true(files >= 110 && honest >= 30);
	free(list);
	plan_free(p);
}

static void too_large_a_file_is_quarantined(void **state)
{
	struct plan *p = load(shipped[0]);
	struct buf b = BUF_INIT(LIMIT_XML_BYTES + 1000);
	char got[512];

	(void)state;
	buf_adds(&b, "<data><!--");
	while (b.len < LIMIT_XML_BYTES)
		buf_adds(&b, "0123456789--><!--");
	buf_adds(&b, "--></data>");
	assert_non_null(strstr(answer_to(p, b.data, b.len, got, sizeof got),
			       "longer than"));
	buf_free(&b);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_same_sheet_by_both_ways_is_the_same_submission),
		cmocka_unit_test(every_form_is_whole),
		cmocka_unit_test(the_version_follows_the_content),
		cmocka_unit_test(lists_too_long_for_the_form_are_files),
		cmocka_unit_test(rules_of_the_plan_stand_in_the_form),
		cmocka_unit_test(numbers_are_held_to_their_decimals),
		cmocka_unit_test(
			the_check_digit_of_a_form_is_that_of_its_sheets),
		cmocka_unit_test(what_is_no_form_cannot_be_filled),
		cmocka_unit_test(too_little_memory_is_said),
		cmocka_unit_test(names_of_files_and_devices_are_kept),
		cmocka_unit_test(every_file_gets_its_stated_answer),
		cmocka_unit_test(too_large_a_file_is_quarantined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
