#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/plan.h"
#include "support/plan_small.h"
#include "support/test.h"

static struct plan *good(const struct edit *edits, size_t n)
{
	char *text = edited(edits, n);
	struct buf said = BUF_INIT(1 << 16);
	struct plan *p = read_text(text, &said);

	assert_string_equal(buf_cstr(&said), "");
	assert_non_null(p);
	buf_free(&said);
	free(text);
	return p;
}

static void the_small_plan_is_read_whole(void **state)
{
	struct plan *p = good(NULL, 0);
	const struct form *f = &p->forms[plan_form(p, "F1", "1")];
	const struct group *g = &p->groups[plan_group(p, "phong")];
	const struct criterion *c = &p->criteria[plan_criterion(p, "L1.2")];
	const struct decisions *d = &p->decisions;

	(void)state;
	assert_string_equal(p->wave, "small");
	assert_string_equal(p->name_en, "Small");
	assert_true(p->is_trial); /* the basis of L2 */
	assert_int_equal(f->n_questions, 6);
	assert_int_equal(f->n_slots, 3);
	assert_int_equal(f->questions[form_question(f, "Q3")].slot, 2);
	assert_true(f->questions[3].slot == NONE);
	assert_true(form_question(f, "Q9") == NONE);
	assert_true(f->questions[0].required);
	assert_true(f->questions[1].asked);
	assert_int_equal(f->questions[0].options[1].coefficient.micro,
			 60 * DEC_ONE);
	assert_int_equal(f->questions[0].options[3].ordinal, 4);
	assert_true(f->questions[0].options[3].no_opinion);
	assert_false(f->questions[0].options[3].has_coefficient);
	assert_int_equal(f->questions[4].max.micro, 10500000);
	assert_int_equal(f->questions[5].max_bytes, 100);
	assert_int_equal(f->n_profile, 1);
	assert_true(g->has_home);
	assert_int_equal(g->total, 10);
	assert_int_equal(g->per_sheet, 1);
	assert_int_equal(g->cells[0].population, 4);
	assert_int_equal(g->cells[1].population, -1);
	assert_int_equal(p->groups[0].cells[0].population, 30);
	assert_true(p->groups[0].cells[0].home == NONE);
	assert_int_equal(p->n_criteria, 5);
	assert_int_equal(c->depth, 1);
	assert_true(p->criteria[c->parent].parent == NONE);
	assert_int_equal(c->n_kinds, 1);
	assert_int_equal(c->n_questions, 3);
	assert_int_equal(c->questions[0].weight.micro, 2 * DEC_ONE);
	assert_int_equal(c->questions[2].weight.micro, DEC_ONE);
	assert_true(c->basis == p->criteria[0].basis);
	assert_int_equal(p->criteria[plan_criterion(p, "L2")].n_kinds, 2);
	assert_true(plan_criterion(p, "L9") == NONE);
	assert_true(plan_criterion(p, "A") == NONE);
	assert_true(plan_group(p, "L9") == NONE);
	assert_true(plan_unit(p, "A") == NONE);
	assert_true(plan_unit(p, "X9") == NONE);
	assert_true(plan_form(p, "F1", "2") == NONE);
	assert_int_equal(d->minimum, MINIMUM_PERCENT);
	assert_int_equal(d->dont_know, BLANK_COEFFICIENT);
	assert_int_equal(d->dont_know_coefficient.micro, 20 * DEC_ONE);
	assert_int_equal(d->group_weight[plan_group(p, "dan")].micro, 1500000);
	assert_int_equal(d->n_sipas_bands, 3);
	assert_int_equal(d->n_bands, 3);
	assert_string_equal(d->bands[2].name, "Yếu");
	assert_int_equal(d->lonely, LONELY_ADJUST);
	assert_int_equal(d->n_profile_kept, 1);
	assert_true(d->has_retention);
	assert_int_equal(plan_total(p), 79);
	plan_free(p);
	plan_free(NULL);
}

static void what_only_decisions_make_a_trial(void **state)
{
	static const struct edit real[] = { { C "/1/basis", "\"qd-1\"" } };
	static const struct edit recollected[] = { { C "/1/basis", "\"qd-1\"" },
						   { "/bases/0/kind",
						     "\"recollected\"" } };
	struct plan *p = good(real, 1);

	(void)state;
	assert_false(p->is_trial);
	plan_free(p);
	p = good(recollected, 2);
	assert_true(p->is_trial);
	plan_free(p);
}

static void who_may_rate_whom(void **state)
{
	struct plan *p = good(NULL, 0);
	struct date day = p->from, before = { p->from.days - 60 };
	size_t s1 = plan_unit(p, "S1"), s2 = plan_unit(p, "S2");
	size_t x0 = plan_unit(p, "X0"), x1 = plan_unit(p, "X1");
	size_t x2 = plan_unit(p, "X2"), top = plan_unit(p, "T");
	size_t all = plan_group(p, "dai-bieu"),
	       own = plan_group(p, "cong-chuc");
	size_t map = plan_group(p, "phong"), dan = plan_group(p, "dan");
	size_t out[1];

	(void)state;
	assert_true(plan_may_rate(p, all, NONE, s1, day));
	assert_false(plan_may_rate(p, all, NONE, x1, day));
	assert_false(plan_may_rate(p, all, NONE, NONE, day));
	assert_true(plan_may_rate(p, own, s1, s1, day));
	assert_false(plan_may_rate(p, own, s1, s2, day));
	assert_false(plan_may_rate(p, own, NONE, s1, day));
	assert_false(plan_may_rate(p, own, top, s1, day));
	assert_true(plan_may_rate(p, map, x1, s1, day));
	assert_true(plan_may_rate(p, map, x1, s2, day));
	assert_false(plan_may_rate(p, map, x2, s1, day));
	assert_true(plan_may_rate(p, map, x2, s2, day));
	assert_false(plan_may_rate(p, dan, x0, x0, day));
	assert_true(plan_may_rate(p, dan, x0, x0, before));
	assert_false(plan_may_rate(p, dan, x2, x2, before));
	assert_int_equal(plan_rateable(p, all, NONE, day, out, 1), 2);
	assert_true(out[0] == s1);
	assert_null(plan_cell(p, own, x1));
	assert_int_equal(plan_cell(p, own, s2)->n, 15);
	plan_free(p);
}

static void own_may_be_an_ancestor(void **state)
{
	static const struct edit under[] = { { U "/3/parent", "\"S1\"" },
					     { U "/4/parent", "\"S2\"" },
					     { G "/3/rates/kind", "\"so\"" } };
	char *text = edited(under, 3);
	struct buf said = BUF_INIT(1 << 16);
	struct plan *p = read_text(text, &said);

	/* nobody is asked about xa any more, everything else is well */
	(void)state;
	assert_null(p);
	assert_null(strstr(buf_cstr(&said), "P17"));
	buf_free(&said);
	free(text);
}

static void a_form_may_have_two_versions(void **state)
{
	static const struct edit second[] = {
		{ "/forms/-",
		  "{\"code\":\"F1\",\"version\":\"2\",\"name\":\"n\","
		  "\"basis\":\"qd-1\",\"questions\":[{\"code\":\"Q1\","
		  "\"text\":\"t\",\"type\":\"text\"}]}" },
	};
	char *text = edited(second, 1);
	struct buf said = BUF_INIT(1 << 16);
	struct plan *p;
	cJSON *root = cJSON_Parse(text);
	static const struct edit name[] = {
		{ G "/0/form", "\"F1/1\"" },
		{ G "/1/form", "\"F1/2\"" },
		{ C "/0/children/1/questions/0/form", "\"F1/1\"" },
		{ C "/0/children/1/questions/2/form", "\"F1/1\"" },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		apply(root, &name[i]);
	free(text);
	text = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	p = read_text(text, &said);
	assert_string_equal(buf_cstr(&said), "");
	assert_true(p->groups[1].form == plan_form(p, "F1", "2"));
	assert_int_equal(p->forms[2].n_slots, 0);
	assert_int_equal(p->forms[2].questions[0].max_bytes,
			 LIMIT_COMMENT_BYTES);
	plan_free(p);
	buf_free(&said);
	free(text);
}

static void other_choices_are_read(void **state)
{
	static const struct edit pooled[] = {
		{ D "/D4", "{\"basis\":\"qd-1\",\"pool\":\"all\","
			   "\"missing_group\":\"zero\"}" },
		{ D "/D7", "{\"basis\":\"qd-1\",\"satisfaction\":"
			   "\"proportional\"}" },
		{ D "/D3", "{\"basis\":\"qd-1\",\"blank\":\"coefficient\","
			   "\"blank_coefficient\":\"10\",\"dont_know\":"
			   "\"excluded\"}" },
	};
	struct plan *p = good(pooled, 3);

	(void)state;
	assert_int_equal(p->decisions.pool, POOL_ALL);
	assert_null(p->decisions.group_weight);
	assert_int_equal(p->decisions.n_sipas_bands, 0);
	assert_int_equal(p->decisions.blank_coefficient.micro, 10 * DEC_ONE);
	plan_free(p);
}

static void equal_content_is_the_same_plan(void **state)
{
	/* composed and decomposed ở, members in another order */
	static const struct edit nfd[] = { { U "/1/name",
					     "\"So\\u031b\\u0309 một\"" } };
	static const struct edit nfc[] = { { U "/1/name", "\"Sở một\"" } };
	static const struct edit moved[] = { { "/total", NULL },
					     { "/total", "\"100\"" } };
	struct plan *a = good(NULL, 0), *b = good(nfd, 1), *c = good(nfc, 1);
	struct plan *d = good(moved, 2);

	(void)state;
	assert_string_equal(b->units[1].name, "Sở một");
	assert_string_equal(a->sha256, b->sha256);
	assert_string_equal(b->sha256, c->sha256);
	assert_string_equal(a->sha256, d->sha256);
	assert_int_equal(a->text_n, strlen(a->text));
	plan_free(a);
	plan_free(b);
	plan_free(c);
	plan_free(d);
}

static void what_is_not_json_is_an_error(void **state)
{
	static const char *const texts[] = { "",
					     "{",
					     "{}x",
					     "{\"a\":1,\"a\":2}",
					     "{\"a\":\"\\ud800\"}",
					     "\xef\xbb\xbf{}" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct err e = { 0 };
		struct arena *a = arena_new(1 << 16);
		struct faults f;

		faults_init(&f, a);
		assert_null(plan_read(texts[i], strlen(texts[i]), &f, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		assert_int_equal(f.n, 0);
		arena_free(a);
	}
}

static void a_plan_is_an_object(void **state)
{
	struct buf said = BUF_INIT(1 << 16);

	(void)state;
	assert_null(read_text("[]", &said));
	assert_string_equal(buf_cstr(&said), "P03 ");
	buf_free(&said);
}

static void diff_names_what_changed(void **state)
{
	static const struct edit change[] = {
		{ U "/-", "{\"code\":\"S3\",\"name\":\"Ba\",\"kind\":\"tinh\","
			  "\"basis\":\"qd-1\"}" },
		{ F "/questions/0/text", "\"Mới?\"" },
		{ D "/D12/profile_kept", "[]" },
	};
	struct plan *a = good(NULL, 0), *b = good(change, 3);
	struct buf said = BUF_INIT(1 << 16);

	(void)state;
	assert_false(plan_diff(a, a, &said));
	assert_string_equal(buf_cstr(&said), "");
	assert_true(plan_diff(a, b, &said));
	assert_string_equal(
		buf_cstr(&said),
		"- /decisions/D12/profile_kept/0: \"sex\"\n"
		"~ /forms/F1/questions/Q1/text: \"Một?\" -> \"Mới?\"\n"
		"+ /units/S3: {\"basis\":\"qd-1\",\"code\":\"S3\",\"kind\":"
		"\"tinh\",\"name\":\"Ba\"}\n");
	buf_free(&said);
	assert_true(plan_diff(b, a, &said));
	assert_non_null(strstr(buf_cstr(&said), "- /units/S3: "));
	assert_non_null(strstr(buf_cstr(&said), "+ /decisions/D12/"
						"profile_kept/0: \"sex\""));
	buf_free(&said);
	plan_free(a);
	plan_free(b);
}

static void diff_finds_members_and_items(void **state)
{
	static const struct edit change[] = {
		{ "/wave/name_en", NULL },
		{ C "/0/children/1/questions/1/weight", "\"2.5\"" },
		{ C "/0/children/1/questions/0/weight", "\"2.5\"" },
	};
	struct plan *a = good(NULL, 0), *b = good(change, 3);
	struct buf said = BUF_INIT(1 << 16);

	(void)state;
	assert_true(plan_diff(b, a, &said));
	assert_string_equal(
		buf_cstr(&said),
		"~ /criteria/L1/children/L1.2/questions/i1/weight: \"2.5\" -> "
		"\"2\"\n"
		"~ /criteria/L1/children/L1.2/questions/i1/weight: \"2.5\" -> "
		"\"2\"\n"
		"+ /wave/name_en: \"Small\"\n");
	buf_free(&said);
	plan_free(a);
	plan_free(b);
}

static void print_shows_everything(void **state)
{
	static const struct edit change[] = { { F "/note", "\"Ghi chú\"" } };
	struct plan *p = good(change, 1);
	struct buf said = BUF_INIT(1 << 16);

	(void)state;
	plan_print(p, &said);
	assert_non_null(strstr(buf_cstr(&said), "65 + 14 = 79"));
	assert_non_null(strstr(buf_cstr(&said), "40,5 (tự đánh giá"));
	assert_non_null(strstr(buf_cstr(&said), "3 × 5 × 2"));
	assert_non_null(strstr(buf_cstr(&said), "Ghi chú"));
	assert_non_null(strstr(buf_cstr(&said), "MẪU THỬ"));
	buf_free(&said);
	plan_free(p);
}

static void amendments_keep_stored_bytes(void **state)
{
	static const struct {
		struct edit edit[3];
		size_t faults;
	} t[] = {
		{ { { U "/1/name", "\"Tên mới\"" } }, 0 },
		{ { { "/scales/0/options/-", "{\"code\":\"D\",\"label\":\"d\","
					     "\"coefficient\":\"1\"}" } },
		  0 },
		{ { { "/scales/1/options/2/retired", "true" } }, 0 },
		/* an option of F1 and of F2 */
		{ { { "/scales/1/options/2/code", "\"Z\"" } }, 2 },
		{ { { "/scales/1/options/2/ordinal", "9" } }, 2 },
		{ { { "/scales/1/options/2", NULL } }, 2 },
		{ { { F "/questions/5/code", "\"Q7\"" } }, 1 },
		{ { { F "/questions/2/type", "\"multiple\"" } }, 1 },
		{ { { F "/questions/2", NULL } }, 1 },
		{ { { F "/version", "\"2\"" } }, 1 },
		{ { { U "/5", NULL } }, 1 },
		{ { { G "/3/code", "\"nguoi-dan\"" },
		    { D "/D4/weights/dan", NULL },
		    { D "/D4/weights/nguoi-dan", "\"1\"" } },
		  1 },
		{ { { G "/2/home", NULL },
		    { G "/2/rates/table/0/home", NULL },
		    { G "/2/quota", "{\"rule\":\"10\",\"total\":10,\"each\":10,"
				    "\"basis\":\"qd-1\"}" } },
		  1 },
		{ { { G "/2/home", "\"so\"" },
		    { G "/2/rates/table/0/home", NULL },
		    { G "/2/quota", "{\"rule\":\"5 × 2\",\"total\":10,"
				    "\"each\":5,\"basis\":\"qd-1\"}" } },
		  1 },
	};
	struct plan *was = good(NULL, 0);

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct plan *now = good(t[i].edit, 3);
		struct arena *a = arena_new(1 << 20);
		struct faults f;

		faults_init(&f, a);
		assert_int_equal(plan_may_follow(was, now, &f),
				 t[i].faults == 0);
		if (f.n != t[i].faults)
			fail_msg("%zu: %zu faults, %s", i, f.n,
				 f.n ? f.list[0].message : "");
		for (size_t k = 0; k < f.n; k++)
			assert_string_equal(f.list[k].code, "P33");
		plan_free(now);
		arena_free(a);
	}
	plan_free(was);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(the_small_plan_is_read_whole),
		cmocka_unit_test(what_only_decisions_make_a_trial),
		cmocka_unit_test(who_may_rate_whom),
		cmocka_unit_test(own_may_be_an_ancestor),
		cmocka_unit_test(a_form_may_have_two_versions),
		cmocka_unit_test(other_choices_are_read),
		cmocka_unit_test(equal_content_is_the_same_plan),
		cmocka_unit_test(what_is_not_json_is_an_error),
		cmocka_unit_test(a_plan_is_an_object),
		cmocka_unit_test(diff_names_what_changed),
		cmocka_unit_test(diff_finds_members_and_items),
		cmocka_unit_test(print_shows_everything),
		cmocka_unit_test(amendments_keep_stored_bytes),
	};
	return cmocka_run_group_tests_name("plan", t, NULL, NULL);
}
