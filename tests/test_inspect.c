#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/inspect.h"
#include "phieu/json.h"
#include "support/test.h"

#define PLAN  "docs/examples/inspect-thanh-hoa-2023.json"
#define ROUND "docs/examples/round-thanh-hoa-2023.json"

struct world {
	struct arena *a;
	struct round r;
	struct inspect_plan p;
	struct faults f;
	bool ok;
};

static char *text_of(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *s = file_read(path, (size_t)16 << 20, &n, &e);

	assert_non_null(s);
	return s;
}

/* The example, one text put for another; NULL: as it is. */
static void read_edited(struct world *w, const char *from, const char *to)
{
	char *round = text_of(ROUND), *plan = text_of(PLAN);
	struct buf b = BUF_INIT(1 << 20);
	const char *at = from ? strstr(plan, from) : plan;

	if (!at)
		fail_msg("the example has no %s", from);
	*w = (struct world){ .a = arena_new((size_t)64 << 20) };
	faults_init(&w->f, w->a);
	assert_true(round_read(round, strlen(round), w->a, &w->r, &w->f));
	buf_add(&b, plan, (size_t)(at - plan));
	buf_adds(&b, from ? to : "");
	buf_adds(&b, at + (from ? strlen(from) : 0));
	w->ok = inspect_read(buf_cstr(&b), b.len, &w->r, w->a, &w->p, &w->f);
	buf_free(&b);
	free(plan);
	free(round);
}

static void done(struct world *w)
{
	arena_free(w->a);
}

static void the_plan_of_thanh_hoa_is_read_whole(void **state)
{
	struct world w;
	unsigned both = 1U << 1 | 1U << 2;

	(void)state;
	read_edited(&w, NULL, NULL);
	assert_true(w.ok);
	assert_string_equal(w.p.round, "thanh-hoa-2023");
	assert_int_equal(w.p.documents_days, 3);
	assert_int_equal(w.p.conclusion_days, -1);
	assert_true(w.p.example);
	assert_int_equal(w.p.n_entries, 18);
	assert_int_equal(w.p.entries[0].quarters, both); /* quý II, III */
	assert_int_equal(w.p.entries[5].quarters, both);
	assert_int_equal(w.p.entries[6].quarters, 0); /* trong năm */
	assert_string_equal(w.p.entries[17].unit, "quan-son");
	assert_int_equal(w.p.entries[0].form, FORM_OPEN);
	assert_int_equal(w.p.n_outline, 17);
	assert_int_equal(w.p.n_teams, 2);
	assert_true(w.p.teams[0].members[0].head);
	assert_false(w.p.teams[0].members[1].head);
	done(&w);
}

static void the_text_kept_is_canonical(void **state)
{
	struct world w;
	struct inspect_plan again;
	struct faults f;

	(void)state;
	read_edited(&w, NULL, NULL);
	faults_init(&f, w.a);
	assert_true(inspect_read(w.p.text, strlen(w.p.text), NULL, w.a, &again,
				 &f));
	assert_string_equal(w.p.text, again.text);
	assert_string_equal(inspect_round(w.p.text, strlen(w.p.text), w.a),
			    "thanh-hoa-2023");
	assert_null(inspect_round("{", 1, w.a));
	assert_null(inspect_round("{\"plan\":{}}", 11, w.a));
	done(&w);
}

static void what_is_no_example_says_nothing_of_it(void **state)
{
	struct world w;

	(void)state;
	read_edited(&w, "\"basis\": \"example\"", "\"basis\": \"QĐ 1\"");
	assert_true(w.ok);
	assert_true(w.p.example); /* the second team */
	done(&w);
}

static void the_tables_carry_what_the_text_says(void **state)
{
	struct world w;
	struct buf b = BUF_INIT(1 << 20);
	struct err e = { 0 };
	cJSON *tree;
	const cJSON *x;

	(void)state;
	read_edited(&w, "\"documents_days\": 3",
		    "\"documents_days\": 5, \"conclusion_days\": 15");
	assert_true(w.ok);
	inspect_tables(&w.p, &b);
	tree = json_parse(buf_cstr(&b), b.len, &json_plan_limits, &e);
	assert_non_null(tree);
	assert_int_equal(json_get(tree, "documents_days")->valueint, 5);
	assert_int_equal(json_get(tree, "conclusion_days")->valueint, 15);
	x = cJSON_GetArrayItem(json_get(tree, "inspections"), 0);
	assert_string_equal(json_get_text(x, "unit"), "so-giao-duc");
	assert_int_equal(cJSON_GetArraySize(json_get(x, "quarters")), 2);
	assert_true(cJSON_IsNull(json_get(x, "team")));
	x = cJSON_GetArrayItem(json_get(tree, "outline"), 6);
	assert_string_equal(json_get_text(x, "code"), "II.2a");
	assert_int_equal(cJSON_GetArraySize(json_get(x, "kinds")), 1);
	x = cJSON_GetArrayItem(json_get(tree, "teams"), 1);
	assert_int_equal(cJSON_GetArraySize(json_get(x, "members")), 2);
	cJSON_Delete(tree);
	b.len = 0;
	w.p.conclusion_days = -1;
	inspect_tables(&w.p, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"conclusion_days\":null"));
	buf_free(&b);
	done(&w);
}

/* One fault each: what is put for what, its code and its place. */
static const struct {
	const char *from, *to, *code, *path;
} bad[] = {
	{ "\"round\": \"thanh-hoa-2023\"", "\"round\": \"ha-nam-2023\"", "K07",
	  "/plan/round" },
	{ "\"round\": \"thanh-hoa-2023\",", "", "K01", "/plan/round" },
	{ "\"documents_days\": 3", "\"documents_days\": 3, \"x\": 1", "K02",
	  "/plan/x" },
	{ "\"authority\": \"Sở Nội vụ\",", "", "K01", "/plan/authority" },
	{ "\"documents_days\": 3", "\"documents_days\": 61", "K03",
	  "/plan/documents_days" },
	{ "\"documents_days\": 3",
	  "\"documents_days\": 3, \"conclusion_days\":"
	  " -1",
	  "K03", "/plan/conclusion_days" },
	{ "\"code\": \"doan-2\"", "\"code\": \"doan-1\"", "K06",
	  "/teams/1/code" },
	{ "\"head\": true", "\"head\": false", "K08", "/teams/0/members" },
	{ "\"office\": \"so-tai-chinh\"",
	  "\"office\": \"so-tai-chinh\", \"head\": 1", "K03",
	  "/teams/0/members/2/head" },
	{ "Thành viên B", "Thành viên A", "K06", "/teams/0/members/1" },
	{ "\"office\": \"so-noi-vu\"", "\"office\": \"so-x\"", "K05",
	  "/teams/0/members/0/office" },
	{ "\"position\": \"Lãnh đạo Sở Nội vụ\",", "", "K01",
	  "/teams/0/members/0/position" },
	{ "\"code\": \"I.2\"", "\"code\": \"I.1\"", "K06", "/outline/1/code" },
	{ "\"huyen\"", "\"xa\"", "K05", "/outline/6/kinds/0" },
	{ "\"units\": [", "\"units\": [\"so-x\",", "K05",
	  "/outline/11/units/0" },
	{ "\"asks\": [", "\"asks\": [3,", "K03", "/outline/0/asks/0" },
	{ "\"number\": 2,", "\"number\": 1,", "K06", "/inspections/1/number" },
	{ "\"number\": 2,", "\"number\": 0,", "K03", "/inspections/1/number" },
	{ "\"unit\": \"so-giao-thong\"", "\"unit\": \"so-x\"", "K05",
	  "/inspections/1/unit" },
	{ "\"unit\": \"so-giao-thong\"", "\"unit\": \"so-giao-duc\"", "K11",
	  "/inspections/1/unit" },
	{ "\"unit\": \"so-giao-duc\",\n   \"quarters\": [\n    2,",
	  "\"unit\": \"so-giao-duc\",\n   \"quarters\": [\n    5,", "K09",
	  "/inspections/0/quarters/0" },
	{ "\"unit\": \"so-giao-duc\",\n   \"quarters\": [\n    2,",
	  "\"unit\": \"so-giao-duc\",\n   \"quarters\": [\n    3,", "K09",
	  "/inspections/0/quarters/1" },
	{ "\"unit\": \"so-giao-duc\",",
	  "\"unit\": \"so-giao-duc\", \"form\": \"x\",", "K03",
	  "/inspections/0/form" },
	{ "\"unit\": \"so-giao-duc\",",
	  "\"unit\": \"so-giao-duc\", \"team\": \"doan-9\",", "K05",
	  "/inspections/0/team" },
	/* nobody inspects his own unit */
	{ "\"unit\": \"so-tu-phap\",",
	  "\"unit\": \"so-tu-phap\", \"team\": \"doan-2\",", "K10",
	  "/inspections/3/team" },
	{ "\"unit\": \"so-giao-duc\",", "\"unit\": 3,", "K03",
	  "/inspections/0/unit" },
	{ "\"unit\": \"so-giao-duc\",", "\"unit\": \"sở\",", "K03",
	  "/inspections/0/unit" },
	{ "\"units\": [\n    \"so-tai-chinh\"\n   ]", "\"units\": \"x\"", "K03",
	  "/outline/11/units" },
};

static void each_fault_has_its_code_and_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct world w;

		read_edited(&w, bad[i].from, bad[i].to);
		assert_false(w.ok);
		if (w.f.n != 1 || strcmp(w.f.list[0].code, bad[i].code) != 0 ||
		    strcmp(w.f.list[0].path, bad[i].path) != 0)
			fail_msg("%s: %zu faults, first %s %s, want %s %s",
				 bad[i].to, w.f.n, w.f.list[0].code,
				 w.f.list[0].path, bad[i].code, bad[i].path);
		assert_true(*w.f.list[0].message && *w.f.list[0].message_vi);
		done(&w);
	}
}

static void refused(const char *text, const char *code)
{
	struct arena *a = arena_new((size_t)8 << 20);
	struct inspect_plan p;
	struct faults f;

	faults_init(&f, a);
	assert_false(inspect_read(text, strlen(text), NULL, a, &p, &f));
	if (!faults_have(&f, code))
		fail_msg("%s: no %s, but %s %s", text, code, f.list[0].code,
			 f.list[0].path);
	arena_free(a);
}

static void what_is_no_plan_is_refused(void **state)
{
	(void)state;
	refused("", "K00");
	refused("[]", "K00");
	refused("{\"plan\":1}", "K01");
	refused("{\"outline\":[],\"inspections\":[]}", "K12");
	refused("{\"teams\":{},\"outline\":{},\"inspections\":{}}", "K03");
	refused("{\"teams\":[[1]],\"outline\":[\"x\"],\"inspections\":[3]}",
		"K03");
	refused("{\"teams\":[{\"members\":[7]}]}", "K03");
	/* canonical text has whole numbers; elsewhere they are refused */
	refused("{\"plan\":{\"documents_days\":2.5}}", "K03");
}

static void all_faults_come_at_once(void **state)
{
	struct world w;

	(void)state;
	read_edited(&w, "\"number\": 2,\n   \"unit\": \"so-giao-thong\"",
		    "\"number\": 1, \"unit\": \"x\", \"team\": \"y\", "
		    "\"form\": \"z\"");
	assert_false(w.ok);
	assert_int_equal(w.f.n, 4);
	done(&w);
}

/* A unit may come twice in a year, in different quarters; without quarters
 * it may not. */
static void a_unit_comes_once_in_a_quarter(void **state)
{
	struct world w;

	(void)state;
	read_edited(&w,
		    "\"number\": 2,\n   \"unit\": \"so-giao-thong\",\n   "
		    "\"quarters\": [\n    2,\n    3\n   ]",
		    "\"number\": 2, \"unit\": \"so-giao-duc\", "
		    "\"quarters\": [1, 4]");
	assert_true(w.ok);
	done(&w);
	read_edited(&w,
		    "\"number\": 2,\n   \"unit\": \"so-giao-thong\",\n   "
		    "\"quarters\": [\n    2,\n    3\n   ]",
		    "\"number\": 2, \"unit\": \"so-giao-duc\"");
	assert_true(faults_have(&w.f, "K11"));
	done(&w);
}

static void forms_and_teams_may_stand_in_the_plan(void **state)
{
	struct world w;

	(void)state;
	read_edited(&w, "\"unit\": \"so-giao-duc\",",
		    "\"unit\": \"so-giao-duc\", \"form\": \"dossiers\", "
		    "\"team\": \"doan-1\", \"note\": \"x\",");
	assert_true(w.ok);
	assert_int_equal(w.p.entries[0].form, FORM_DOSSIERS);
	assert_string_equal(w.p.entries[0].team, "doan-1");
	done(&w);
	read_edited(&w, "\"unit\": \"so-giao-duc\",",
		    "\"unit\": \"so-giao-duc\", \"form\": \"on-site\",");
	assert_int_equal(w.p.entries[0].form, FORM_ON_SITE);
	done(&w);
}

/* With memory for ever more of it: refused with K00, never half a plan. */
static void short_memory_is_a_fault(void **state)
{
	char *plan = text_of(PLAN);
	struct arena *faults = arena_new((size_t)8 << 20);
	bool taken = false;

	(void)state;
	for (size_t cap = 64; !taken; cap += 211) {
		struct arena *a = arena_new(cap);
		struct inspect_plan p;
		struct faults f;

		faults_init(&f, faults);
		taken = inspect_read(plan, strlen(plan), NULL, a, &p, &f);
		assert_true(taken || f.n > 0);
		assert_true(!taken || p.n_entries == 18);
		arena_free(a);
		arena_reset(faults);
	}
	arena_free(faults);
	free(plan);
}

/* ---- the report --------------------------------------------------------- */

static const struct inspect_answer_row answers[] = {
	{ "I.1", "I", "Kế hoạch <năm>", "partly", "thiếu & chậm" },
	{ "I.2", "I", "Tuyên truyền", "", "" },
};
static const struct inspect_finding_row findings[] = {
	{ "1", "3.1", "Kiểm soát", "Chưa công khai", "2023-06-10", "Ông A",
	  "overdue", "12", "", "" },
	{ "2", "", "", "Chậm báo cáo", "2023-06-30", "Bà B", "remedied", "1",
	  "Đã gửi", "2023-07-01" },
};
static const struct inspect_measure_row measures[] = {
	{ "1", "UBND tỉnh", "Xem xét", "", "recommended", "" },
	{ "2", "UBND tỉnh", "Nhắc nhở", "2023-07-31", "done", "đã nhắc" },
};
static const struct inspect_member members[] = {
	{ "Bà C", "Trưởng phòng", "so-noi-vu", true },
	{ "Ông D", "Chuyên viên", NULL, false },
};
static const struct inspect_report running = {
	.round_name = "Kỳ",
	.unit = "Sở X",
	.form = "on-site",
	.state = "running",
	.first_day = "2023-05-10",
	.last_day = "2023-05-11",
	.documents_due = "2023-05-07",
	.documents_on = "2023-05-09",
	.started_on = "2023-05-10",
	.strengths = "tốt",
	.causes = "thiếu người",
	.number = "",
	.concluded_on = "",
	.conclusion = "",
	.team = "Đoàn 1",
	.team_basis = "example",
	.members = members,
	.n_members = 2,
	.answers = answers,
	.n_answers = 2,
	.findings = findings,
	.n_findings = 2,
	.measures = measures,
	.n_measures = 2,
};

static char *page_of(const struct inspect_report *r)
{
	struct world w;
	struct paper d;
	struct buf b = BUF_INIT(1 << 22);
	struct err e = { 0 };
	char *s;

	read_edited(&w, NULL, NULL);
	assert_true(inspect_paper(&w.p, r, 7, w.a, &d, &e));
	assert_true(paper_html(&d, &b, &e));
	s = buf_take(&b);
	done(&w);
	return s;
}

static void has(const char *page, const char *text)
{
	if (!strstr(page, text))
		fail_msg("the page has no \"%s\"", text);
}

static void a_draft_says_that_it_is_one(void **state)
{
	char *s = page_of(&running);

	(void)state;
	has(s, "Dự thảo");
	has(s, "Mẫu thử");
	has(s, "Bà C");
	has(s, "Trưởng đoàn");
	has(s, "số 7");
	has(s, "nhận ngày 09/05/2023, trễ 2 ngày");
	has(s, "trực tiếp tại đơn vị");
	has(s, "thực hiện một phần");
	has(s, "chưa xem");
	has(s, "quá hạn, trễ 12 ngày");
	has(s, "đã khắc phục ngày 01/07/2023, trễ 1 ngày: Đã gửi");
	has(s, "3.1 Kiểm soát");
	has(s, "Nguyên nhân: thiếu người");
	has(s, "đã thực hiện: đã nhắc");
	has(s, "(mẫu thử)");
	assert_null(strstr(s, "<năm>")); /* text, never markup */
	assert_null(strstr(s, "Không có."));
	free(s);
}

static void a_numbered_conclusion_is_no_draft(void **state)
{
	struct inspect_report r = running;
	char *s;

	(void)state;
	r.number = "01/KL";
	r.concluded_on = "2023-05-20";
	r.conclusion = "Khắc phục ngay";
	r.documents_on = "2023-05-06";
	r.n_findings = r.n_measures = 0;
	r.form = "qua mạng"; /* a word of a later version stays as it is */
	s = page_of(&r);
	assert_null(strstr(s, "Dự thảo"));
	has(s, "Kết luận số 01/KL ngày 20/05/2023");
	has(s, "Kết luận: Khắc phục ngay");
	has(s, "nhận ngày 06/05/2023");
	has(s, "qua mạng");
	has(s, "Không có.");
	assert_null(strstr(s, "trễ"));
	free(s);
}

static void what_has_not_begun_says_so(void **state)
{
	struct inspect_report r = running;
	char *s;

	(void)state;
	r.first_day = r.last_day = r.started_on = r.team = "";
	r.documents_due = "";
	r.state = "cancelled";
	s = page_of(&r);
	has(s, "chưa ấn định");
	has(s, "đã hủy");
	assert_null(strstr(s, "Báo cáo, hồ sơ"));
	free(s);
	r.documents_due = "2023-05-07";
	r.documents_on = "";
	s = page_of(&r);
	has(s, "chưa gửi");
	free(s);
}

static void a_paper_wants_its_memory(void **state)
{
	struct inspect_plan p = { .title = "x",
				  .basis = "x",
				  .authority = "x" };
	bool made = false;

	(void)state;
	for (size_t cap = 64; !made; cap += 331) {
		struct arena *a = arena_new(cap);
		struct err e = { 0 };
		struct paper d;

		made = inspect_paper(&p, &running, 1, a, &d, &e);
		assert_int_equal(e.kind, made ? ERR_NONE : ERR_NOMEM);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_of_thanh_hoa_is_read_whole),
		cmocka_unit_test(the_text_kept_is_canonical),
		cmocka_unit_test(what_is_no_example_says_nothing_of_it),
		cmocka_unit_test(the_tables_carry_what_the_text_says),
		cmocka_unit_test(each_fault_has_its_code_and_place),
		cmocka_unit_test(what_is_no_plan_is_refused),
		cmocka_unit_test(all_faults_come_at_once),
		cmocka_unit_test(a_unit_comes_once_in_a_quarter),
		cmocka_unit_test(forms_and_teams_may_stand_in_the_plan),
		cmocka_unit_test(short_memory_is_a_fault),
		cmocka_unit_test(a_draft_says_that_it_is_one),
		cmocka_unit_test(a_numbered_conclusion_is_no_draft),
		cmocka_unit_test(what_has_not_begun_says_so),
		cmocka_unit_test(a_paper_wants_its_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
